/*
 * Deployed policies and attachments of the inventory: their form, and that what they point at
 * exists. Policy documents are not opened here; stack sets are read in org_stack_sets.c.
 */
#include "compiler/organization/org_reader.h"

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
    policy->file_span = first.span;
}

static void
read_chars(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    int64_t number = 0;
    if (bp_org_number(reader, first, &number)) {
        ((bp_org_policy *)into)->chars = number;
    }
}

static void
read_digest(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
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
        return;
    }
    ((bp_org_policy *)into)->sha256 = text;
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
read_policy_tags(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    ((bp_org_policy *)into)->tags = bp_org_tags_of(reader, first);
}

static void
read_policy(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)into;
    (void)key;
    static const bp_org_key keys[] = {{"id", read_policy_id, true},
                                      {"name", read_name, true},
                                      {"content", read_content, false},
                                      {"tags", read_policy_tags, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("a policy", keys);
    bp_org_policy policy = {.chars = -1};
    bp_org_map(reader, item, bp_org_place(reader, item), &shape, &policy);
    if (policy.id.size > 0) {
        *bp_vec_add(reader->arena, &reader->org->policies) = policy;
    }
}

void
bp_org_policies(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of policies", read_policy, into);
}

void
bp_org_nowhere(bp_org_reader *reader, bp_yaml_event item, const char *what, bool complete)
{
    bp_finding *finding = bp_report(reader->list, "SYN018", item.span,
                                    "%s \"%.*s\" is not in the inventory", what, BP_ARG(item.text));
    finding->severity = complete ? BP_ERROR : BP_INFO;
}

/* An attachment being read: how many policies its target has, those of earlier rows counted. */
typedef struct attachment {
    bp_str to;
    bp_str target; /* as written */
    bool ordered;
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
    found->target = id;
    if (!is_target(reader, id)) {
        bp_org_nowhere(reader, first, "target", reader->org->tree_complete);
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
        bp_org_nowhere(reader, item, "policy", reader->org->policies_complete);
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
    (void)key;
    static const char *const words[] = {"unknown", "attached"};
    size_t index = 0;
    bp_org_word(reader, first, words, 2, &index);
    ((attachment *)into)->ordered = index == 1;
}

/* Adds what earlier rows attach to the same target. */
static void
count_target(bp_org_reader *reader, bp_map *targets, attachment *found, bp_span place)
{
    size_t most = (size_t)bp_quota_find(reader->org->facts, "ORG_ATTACH_OU")->value;
    if (found->target.size == 0) {
        return;
    }
    size_t *count = bp_map_get(targets, found->target);
    if (count == NULL) {
        count = BP_NEW(reader->arena, size_t);
        bp_map_set(targets, found->target, count);
    }
    if (*count <= most && *count + found->policies > most && !bp_span_exists(found->eleventh)) {
        found->eleventh = place;
    }
    *count += found->policies;
    found->policies = *count;
}

static void
read_attachment(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    static const bp_org_key keys[] = {{"to", read_target, true},
                                      {"policies", read_attached_list, true},
                                      {"order", read_order, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("an attachment", keys);
    attachment found = {.policies = 0};
    size_t before = reader->org->attachments.count;
    bp_org_map(reader, item, bp_org_place(reader, item), &shape, &found);
    count_target(reader, into, &found, bp_org_place(reader, item));
    for (size_t i = before; i < reader->org->attachments.count; i++) {
        bp_org_attachment *one = &reader->org->attachments.at[i];
        one->to = found.to;
        one->target = found.target;
        one->ordered = found.ordered;
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
    (void)into;
    bp_org_list(reader, first, "a list of attachments", read_attachment, bp_map_new(reader->arena));
}
