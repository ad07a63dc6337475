/*
 * Deployed policies, attachments and stack sets of the inventory: their form, and that what they
 * point at exists. Kept is which policy is attached where; policy documents are not opened.
 */
#include "compiler/organization/org_reader.h"

static void
read_text(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    bp_str text = {NULL, 0};
    bp_org_text(reader, first, "a text", &text);
}

static void
read_flag(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    bool flag = false;
    bp_org_flag(reader, first, &flag);
}

static void
read_name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_policy *policy = into;
    bp_org_text(reader, first, "a text", &policy->name);
}

/* A path below the folder of the inventory. */
static void
read_file(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_policy *policy = into;
    bp_str path = {NULL, 0};
    if (!bp_org_text(reader, first, "the path of a file", &path)) {
        return;
    }
    bool leaves = path.size == 0 || path.at[0] == '/';
    for (bp_str rest = path; rest.size > 0;) {
        size_t end = bp_str_find(rest, '/');
        leaves = leaves || bp_str_is(bp_str_cut(rest, 0, end), "..");
        rest = bp_str_cut(rest, end + 1, rest.size);
    }
    if (leaves) {
        bp_report(reader->list, "CFG008", first.span,
                  "path \"%.*s\" leaves the folder of the inventory; policy documents lie below it",
                  BP_ARG(path));
        return;
    }
    policy->file = path;
}

static void
read_chars(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    int64_t number = 0;
    bp_org_number(reader, first, &number);
}

static void
read_digest(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    bp_str text = {NULL, 0};
    if (!bp_org_text(reader, first, "a SHA-256 digest", &text)) {
        return;
    }
    bool good = text.size == 64;
    for (size_t i = 0; good && i < text.size; i++) {
        good = bp_is_digit(text.at[i]) || (text.at[i] >= 'a' && text.at[i] <= 'f');
    }
    if (!good) {
        bp_report(reader->list, "SYN005", first.span,
                  "\"%.*s\" is no SHA-256 digest; a digest is 64 digits of 0-9 and a-f",
                  BP_ARG(text));
    }
}

static void
read_content(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    static const bp_org_key keys[] = {
        {"file", read_file, true}, {"chars", read_chars, false}, {"sha256", read_digest, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("the content of a policy", keys);
    bp_org_map(reader, first, key.span, &shape, into);
}

static bool
is_policy_id(bp_str id)
{
    bool good = bp_str_starts(id, BP_STR("p-")) && id.size >= 10 && id.size <= 130;
    for (size_t i = 2; good && i < id.size; i++) {
        good = bp_is_alnum(id.at[i]) || id.at[i] == '_';
    }
    return good;
}

static void
read_policy_id(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_policy *policy = into;
    bp_str id = {NULL, 0};
    if (!bp_org_text(reader, first, "the id of a policy", &id)) {
        return;
    }
    if (!is_policy_id(id)) {
        bp_report(reader->list, "TOP010", first.span,
                  "\"%.*s\" is no id of a policy; it is \"p-\" and 8 to 128 letters or digits",
                  BP_ARG(id));
    }
    policy->id = id;
    bp_span *place = BP_NEW(reader->arena, bp_span);
    *place = first.span;
    bool added = false;
    const bp_span *before = bp_map_add(reader->policy_ids, id, place, &added);
    if (!added) {
        bp_finding *finding =
            bp_report(reader->list, "TOP010", first.span, "policy id \"%.*s\" twice", BP_ARG(id));
        bp_finding_label(reader->list, finding, *before, "first here");
    }
}

static void
read_policy(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)into;
    (void)key;
    static const bp_org_key keys[] = {{"id", read_policy_id, true},
                                      {"name", read_name, true},
                                      {"content", read_content, false},
                                      {"tags", bp_org_read_tags, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("a policy", keys);
    bp_org_policy policy = {.id = {NULL, 0}};
    bp_org_map(reader, item, bp_org_place(reader, item), &shape, &policy);
    *bp_vec_add(reader->arena, &reader->org->policies) = policy;
}

void
bp_org_policies(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of policies", read_policy, into);
}

/* Reports a reference to something that the inventory does not hold: an error where its list is
 * complete, else a remark. */
static void
report_nowhere(bp_org_reader *reader, bp_yaml_event item, const char *what, bool complete)
{
    bp_finding *finding =
        bp_report(reader->list, "SYN018", item.span, "%s \"%.*s\" is not in the %s", what,
                  BP_ARG(item.text), "inventory");
    finding->severity = complete ? BP_ERROR : BP_INFO;
}

/* An attachment being read: how many policies it names. */
typedef struct attachment {
    bp_str to;
    size_t policies;
    bp_span eleventh;
} attachment;

static bool
is_target(const bp_org_reader *reader, bp_str id)
{
    return bp_org_ou(reader->org, id) != NULL || bp_org_account(reader->org, id) != NULL;
}

static void
read_target(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    attachment *found = into;
    bp_str id = {NULL, 0};
    if (!bp_org_text(reader, first, "the id of a target", &id)) {
        return;
    }
    bool other = bp_str_starts(id, BP_STR("ou-")) || bp_str_starts(id, BP_STR("r-"));
    if (!other && !bp_org_account_id(reader, first, &id)) {
        return;
    }
    if (!is_target(reader, id)) {
        report_nowhere(reader, first, "target", reader->org->tree_complete);
        return;
    }
    found->to = id;
}

static void
read_attached(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    attachment *found = into;
    bp_str id = {NULL, 0};
    if (!bp_org_text(reader, item, "the id of a policy", &id)) {
        return;
    }
    if (++found->policies ==
        (size_t)bp_quota_find(reader->org->facts, "ORG_ATTACH_OU")->value + 1) {
        found->eleventh = item.span;
    }
    *bp_vec_add(reader->arena, &reader->org->attachments) = (bp_org_attachment){.policy = id};
    if (bp_map_get(reader->policy_ids, id) == NULL) {
        report_nowhere(reader, item, "policy", reader->org->policies_complete);
    }
}

static void
read_attached_list(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of policy ids", read_attached, into);
}

static void
read_order(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    static const char *const words[] = {"attached", "unknown"};
    size_t index = 0;
    bp_org_word(reader, first, words, 2, &index);
}

static void
read_attachment(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)into;
    (void)key;
    static const bp_org_key keys[] = {{"to", read_target, true},
                                      {"policies", read_attached_list, true},
                                      {"order", read_order, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("an attachment", keys);
    attachment found = {.policies = 0};
    size_t before = reader->org->attachments.count;
    bp_org_map(reader, item, bp_org_place(reader, item), &shape, &found);
    for (size_t i = before; i < reader->org->attachments.count; i++) {
        reader->org->attachments.at[i].to = found.to;
    }
    if (bp_span_exists(found.eleventh)) {
        bp_report(reader->list, "TOP010", found.eleventh,
                  "%zu policies on one target; at most %lld can be attached", found.policies,
                  (long long)bp_quota_find(reader->org->facts, "ORG_ATTACH_OU")->value);
    }
}

void
bp_org_attachments(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of attachments", read_attachment, into);
}

static void
read_permission(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    static const char *const words[] = {"service-managed", "self-managed", "unknown"};
    size_t index = 0;
    bp_org_word(reader, first, words, 3, &index);
}

static void
read_caller(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    static const char *const words[] = {"delegated-admin", "self"};
    size_t index = 0;
    bp_org_word(reader, first, words, 2, &index);
}

static void
read_stack_target(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)into;
    (void)key;
    bp_str id = {NULL, 0};
    if (bp_org_text(reader, item, "the id of an OU or the root", &id) &&
        bp_org_ou(reader->org, id) == NULL) {
        report_nowhere(reader, item, "target", reader->org->tree_complete);
    }
}

static void
read_stack_targets(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of OU ids", read_stack_target, into);
}

static void
read_regions(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    bp_region_mask mask = 0;
    bp_org_region_set(reader, first, &mask);
}

static void
read_texts(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of names", read_text, into);
}

static void
read_makes(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    static const bp_org_key keys[] = {{"vaults", read_texts, false}, {"roles", read_texts, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("what a stack set makes", keys);
    static const char *const words[] = {"unknown"};
    size_t index = 0;
    if (first.kind == BP_YAML_SCALAR) {
        bp_org_word(reader, first, words, 1, &index);
    } else {
        bp_org_map(reader, first, key.span, &shape, into);
    }
}

static void
read_account(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    bp_str id = {NULL, 0};
    bp_org_account_id(reader, first, &id);
}

static void
read_instance(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    static const bp_org_key keys[] = {{"account", read_account, true},
                                      {"in", read_regions, true},
                                      {"status", read_text, false},
                                      {"detail", read_text, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("a stack instance", keys);
    bp_org_map(reader, item, bp_org_place(reader, item), &shape, into);
}

static void
read_instance_list(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of stack instances", read_instance, into);
}

static void
read_instances(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    static const bp_org_key keys[] = {{"not_current", read_instance_list, false},
                                      {"without", read_instance_list, false},
                                      {"extra", read_instance_list, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("the instances of a stack set", keys);
    static const char *const words[] = {"current", "unknown"};
    size_t index = 0;
    if (first.kind == BP_YAML_SCALAR) {
        bp_org_word(reader, first, words, 2, &index);
    } else {
        bp_org_map(reader, first, key.span, &shape, into);
    }
}

static void
read_stack_set(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    static const bp_org_key keys[] = {
        {"name", read_text, true},        {"permission", read_permission, false},
        {"call_as", read_caller, false},  {"auto_deploy", read_flag, false},
        {"retain", read_flag, false},     {"targets", read_stack_targets, false},
        {"regions", read_regions, false}, {"parameters", bp_org_read_tags, false},
        {"makes", read_makes, false},     {"instances", read_instances, false},
    };
    static const bp_org_shape shape = BP_ORG_SHAPE("a stack set", keys);
    bp_org_map(reader, item, bp_org_place(reader, item), &shape, into);
}

void
bp_org_stack_sets(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of stack sets", read_stack_set, into);
}
