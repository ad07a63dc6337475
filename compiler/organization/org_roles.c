/*
 * Role sets of the inventory. A role set that is a plain list is complete: a role that it lacks
 * does not exist, or AWS Backup may not assume it.
 */
#include "compiler/organization/org_reader.h"

#include <string.h>

static bool
is_role_name(bp_str name)
{
    if (name.size < 1 || name.size > 64) {
        return false;
    }
    for (size_t i = 0; i < name.size; i++) {
        if (!bp_is_alnum(name.at[i]) && memchr("_+=,.@-", name.at[i], 7) == NULL) {
            return false;
        }
    }
    return true;
}

static void
read_name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_role *role = into;
    if (!bp_org_text(reader, first, "the name of a role", &role->name)) {
        return;
    }
    role->span = first.span;
    if (!is_role_name(role->name)) {
        bp_report(reader->list, "ROL002", first.span,
                  "\"%.*s\" is no name of a role; a name is 1 to 64 letters, digits or any of "
                  "_+=,.@-, without its path",
                  BP_ARG(role->name));
    }
}

static void
read_path(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_str path = {NULL, 0};
    if (!bp_org_text(reader, first, "the path of a role", &path)) {
        return;
    }
    bool good = path.size >= 1 && path.size <= 512 && path.at[0] == '/' &&
                path.at[path.size - 1] == '/' && !bp_str_is(path, "//");
    for (size_t i = 0; good && i < path.size; i++) {
        good = path.at[i] > ' ' && path.at[i] <= '~';
    }
    if (good) {
        ((bp_org_role *)into)->path = path;
    } else {
        bp_report(reader->list, "ROL002", first.span,
                  "\"%.*s\" is no path of a role; a path begins and ends with \"/\"", BP_ARG(path));
    }
}

static void
read_trust(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"unknown", "other", "backup"};
    size_t index = 0;
    if (bp_org_word(reader, first, words, 3, &index)) {
        ((bp_org_role *)into)->trusts_backup = (bp_answer)(BP_UNKNOWN + index);
    }
}

/* What stands for the ARN of a policy that AWS manages; other texts as they are. */
static bp_str
short_of(bp_str policy)
{
    bp_str managed = BP_STR("iam::aws:policy/");
    if (!bp_str_starts(policy, BP_STR("arn:"))) {
        return policy;
    }
    bp_str rest = bp_str_cut(policy, strlen("arn:"), policy.size);
    rest = bp_str_cut(rest, bp_str_find(rest, ':') + 1, rest.size); /* after the partition */
    return bp_str_starts(rest, managed) ? bp_str_cut(rest, managed.size, rest.size) : policy;
}

static void
read_policy(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    bp_str policy = {NULL, 0};
    if (!bp_org_text(reader, item, "a managed policy", &policy)) {
        return;
    }
    if (policy.size > 0 && policy.at[0] == '/') {
        bp_report(
            reader->list, "SYN005", item.span,
            "\"%.*s\" begins with \"/\"; a managed policy is its path and name without it, or "
            "its ARN",
            BP_ARG(policy));
        return;
    }
    *bp_vec_add(reader->arena, &((bp_org_role *)into)->policies) = short_of(policy);
}

static void
read_policies(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    if (first.kind == BP_YAML_SCALAR && bp_str_is(first.text, "unknown")) {
        return;
    }
    ((bp_org_role *)into)->policies_known = true;
    bp_org_list(reader, first, "a list of managed policies", read_policy, into);
}

typedef struct role_set_draft {
    bp_role_set *set;
    bp_map *folded; /* name in small letters → index of its first row, a size_t */
} role_set_draft;

/* IAM knows no two roles whose names differ only in letter case. */
static void
check_twice(bp_org_reader *reader, role_set_draft *draft, const bp_org_role *role)
{
    if (draft->folded == NULL) {
        draft->folded = bp_map_new(reader->arena);
    }
    size_t *index = BP_NEW(reader->arena, size_t);
    *index = draft->set->roles.count;
    bool added = false;
    const size_t *before =
        bp_map_add(draft->folded, bp_str_fold(reader->arena, role->name), index, &added);
    if (added) {
        return;
    }
    const bp_org_role *other = &draft->set->roles.at[*before];
    bool same = bp_str_equal(other->name, role->name);
    if (same && !bp_str_equal(other->path, role->path)) {
        return;
    }
    bp_finding *finding =
        bp_report(reader->list, same ? "SYN007" : "SYN008", role->span,
                  same ? "role \"%.*s\" twice in one set"
                       : "role \"%.*s\" differs from another only in letter case; an account "
                         "cannot hold both",
                  BP_ARG(role->name));
    bp_finding_label(reader->list, finding, other->span, same ? "first here" : "the other one");
}

static void
read_role(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    static const bp_org_key keys[] = {{"name", read_name, true},
                                      {"path", read_path, false},
                                      {"trust", read_trust, false},
                                      {"policies", read_policies, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("a role", keys);
    role_set_draft *draft = into;
    bp_org_role role = {.path = BP_STR("/"), .trusts_backup = BP_UNKNOWN};
    if (item.kind == BP_YAML_SCALAR) {
        role.trusts_backup = BP_PRESENT;
        read_name(reader, &role, key, item);
    } else {
        bp_org_map(reader, item, bp_org_place(reader, item), &shape, &role);
    }
    if (role.name.size > 0) {
        check_twice(reader, draft, &role);
        *bp_vec_add(reader->arena, &draft->set->roles) = role;
    }
}

static void
read_have(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of roles", read_role, into);
}

static void
read_seen(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"partial", "complete", "unknown"};
    size_t index = 0;
    if (bp_org_word(reader, first, words, 3, &index)) {
        ((role_set_draft *)into)->set->complete = index == 1;
    }
}

const void *
bp_org_roles_value(bp_org_reader *reader, bp_str name, bp_yaml_event first)
{
    static const bp_org_key keys[] = {{"seen", read_seen, false}, {"have", read_have, true}};
    static const bp_org_shape shape = BP_ORG_SHAPE("a role set", keys);
    bp_role_set *set = BP_NEW(reader->arena, bp_role_set);
    set->name = name;
    role_set_draft draft = {.set = set};
    if (first.kind == BP_YAML_MAP) {
        bp_org_map(reader, first, bp_org_place(reader, first), &shape, &draft);
    } else {
        set->complete = true;
        if (first.kind != BP_YAML_SCALAR) { /* a scalar is `none` here */
            bp_org_list(reader, first, "a list of roles", read_role, &draft);
        }
    }
    return set;
}
