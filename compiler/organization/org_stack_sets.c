/*
 * Stack sets of the inventory: what is deployed by CloudFormation, and which instances are not as
 * they should be. What follows from it for vaults and roles is not judged here.
 */
#include "compiler/organization/org_reader.h"

static void
read_name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_stack_set *set = into;
    set->span = bp_org_place(reader, first);
    bp_org_text(reader, first, "the name of a stack set", &set->name);
}

static void
read_permission(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"unknown", "service-managed", "self-managed"};
    size_t index = 0;
    bp_org_word(reader, first, words, 3, &index);
    ((bp_org_stack_set *)into)->permission = (bp_stack_permission)(BP_STACK_UNKNOWN + index);
}

static void
read_caller(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"self", "delegated-admin"};
    size_t index = 0;
    bp_org_word(reader, first, words, 2, &index);
    ((bp_org_stack_set *)into)->delegated = index == 1;
}

/* true, false, or the word unknown. */
static bp_answer
answer_of(bp_org_reader *reader, bp_yaml_event first)
{
    bool flag = false;
    bool unknown = first.kind == BP_YAML_SCALAR && bp_str_is(first.text, "unknown");
    if (unknown || !bp_org_flag(reader, first, &flag)) {
        return BP_UNKNOWN;
    }
    return flag ? BP_PRESENT : BP_ABSENT;
}

static void
read_auto_deploy(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    ((bp_org_stack_set *)into)->auto_deploy = answer_of(reader, first);
}

static void
read_retain(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    ((bp_org_stack_set *)into)->retain = answer_of(reader, first);
}

static void
read_target(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    bp_str id = {NULL, 0};
    if (!bp_org_text(reader, item, "the id of an OU or the root", &id)) {
        return;
    }
    *bp_vec_add(reader->arena, &((bp_org_stack_set *)into)->targets) = id;
    if (bp_org_ou(reader->org, id) == NULL) {
        bp_org_nowhere(reader, item, "target", reader->org->tree_complete);
    }
}

static void
read_targets(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of OU ids", read_target, into);
}

static void
read_regions(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_region_set(reader, first, &((bp_org_stack_set *)into)->regions);
}

static void
read_parameters(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_stack_set *set = into;
    bp_tag_set parameters = {.name = {NULL, 0}};
    bp_org_tag_map(reader, first, &parameters);
    for (size_t i = 0; i < parameters.tags.count; i++) {
        *bp_vec_add(reader->arena, &set->parameters) = parameters.tags.at[i];
    }
}

static void
read_vault(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    bp_str name = {NULL, 0};
    if (bp_org_text(reader, item, "the name of a vault", &name)) {
        *bp_vec_add(reader->arena, &((bp_org_stack_set *)into)->vaults) = name;
    }
}

static void
read_role(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    bp_str name = {NULL, 0};
    if (bp_org_text(reader, item, "the name of a role", &name)) {
        *bp_vec_add(reader->arena, &((bp_org_stack_set *)into)->roles) = name;
    }
}

static void
read_vaults(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of names", read_vault, into);
}

static void
read_roles(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of names", read_role, into);
}

static void
read_makes(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    static const bp_org_key keys[] = {{"vaults", read_vaults, false}, {"roles", read_roles, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("what a stack set makes", keys);
    static const char *const words[] = {"unknown"};
    size_t index = 0;
    if (first.kind == BP_YAML_SCALAR) {
        bp_org_word(reader, first, words, 1, &index);
    } else {
        ((bp_org_stack_set *)into)->makes_known = true;
        bp_org_map(reader, first, key.span, &shape, into);
    }
}

static void
read_account(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_stack_instance *instance = into;
    instance->span = bp_org_place(reader, first);
    if (!bp_org_account_id(reader, first, &instance->account)) {
        instance->account = (bp_str){NULL, 0};
    }
}

static void
read_in(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_region_set(reader, first, &((bp_stack_instance *)into)->in);
}

static void
read_status(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_text(reader, first, "a text", &((bp_stack_instance *)into)->status);
}

static void
read_detail(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_text(reader, first, "a text", &((bp_stack_instance *)into)->detail);
}

static void
read_instance(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    static const bp_org_key keys[] = {{"account", read_account, true},
                                      {"in", read_in, true},
                                      {"status", read_status, false},
                                      {"detail", read_detail, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("a stack instance", keys);
    bp_stack_instance instance = {.in = 0};
    bp_org_map(reader, item, bp_org_place(reader, item), &shape, &instance);
    if (instance.account.size > 0) {
        *bp_vec_add(reader->arena, (bp_stack_instances *)into) = instance;
    }
}

#define INSTANCES(name, field)                                                                  \
    static void name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first) \
    {                                                                                           \
        (void)key;                                                                              \
        bp_org_list(reader, first, "a list of stack instances", read_instance,                  \
                    &((bp_org_stack_set *)into)->field);                                        \
    }

INSTANCES(read_not_current, not_current)
INSTANCES(read_without, without)
INSTANCES(read_extra, extra)

static void
read_instances(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    static const bp_org_key keys[] = {{"not_current", read_not_current, false},
                                      {"without", read_without, false},
                                      {"extra", read_extra, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("the instances of a stack set", keys);
    static const char *const words[] = {"unknown", "current"};
    bp_org_stack_set *set = into;
    size_t index = 0;
    if (first.kind == BP_YAML_SCALAR) {
        bp_org_word(reader, first, words, 2, &index);
        set->instances_known = index == 1;
    } else {
        set->instances_known = true;
        bp_org_map(reader, first, key.span, &shape, set);
    }
}

/* One name stands for one stack set. */
static void
check_twice(bp_org_reader *reader, bp_map *names, const bp_org_stack_set *set)
{
    bp_span *place = BP_NEW(reader->arena, bp_span);
    *place = set->span;
    bool added = false;
    const bp_span *before = bp_map_add(names, set->name, place, &added);
    if (!added) {
        bp_finding *finding = bp_report(reader->list, "TOP010", set->span,
                                        "stack set \"%.*s\" twice", BP_ARG(set->name));
        bp_finding_label(reader->list, finding, *before, "first here");
    }
}

static void
read_stack_set(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    static const bp_org_key keys[] = {
        {"name", read_name, true},        {"permission", read_permission, false},
        {"call_as", read_caller, false},  {"auto_deploy", read_auto_deploy, false},
        {"retain", read_retain, false},   {"targets", read_targets, false},
        {"regions", read_regions, false}, {"parameters", read_parameters, false},
        {"makes", read_makes, false},     {"instances", read_instances, false},
    };
    static const bp_org_shape shape = BP_ORG_SHAPE("a stack set", keys);
    bp_org_stack_set set = {.name = {NULL, 0}};
    bp_org_map(reader, item, bp_org_place(reader, item), &shape, &set);
    if (set.name.size > 0) {
        check_twice(reader, into, &set);
        *bp_vec_add(reader->arena, &reader->org->stack_sets) = set;
    }
}

void
bp_org_stack_sets(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    bp_org_list(reader, first, "a list of stack sets", read_stack_set, bp_map_new(reader->arena));
}
