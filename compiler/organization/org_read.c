/*
 * Reading an inventory: the top level, organization, settings and coverage.
 *
 * Sections may come in any order. coverage and sets are kept until both were met or the file ends;
 * a tree that comes before them is kept, too, and read after them.
 */
#include "compiler/organization/org_reader.h"
#include "lib/calendar.h"

static void
read_format(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    bp_str text = {NULL, 0};
    if (bp_org_text(reader, first, "the number of the format, 1", &text) && !bp_str_is(text, "1")) {
        bp_report(reader->list, "SYN005", first.span,
                  "inventory format \"%.*s\"; this version of backpol reads format 1",
                  BP_ARG(text));
        reader->stop = true;
    }
}

static void
read_captured(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    bp_organization *org = reader->org;
    bp_str text = {NULL, 0};
    if (!bp_org_text(reader, first, "a date or time", &text)) {
        return;
    }
    org->captured_at = text;
    org->captured_span = first.span;
    if (bp_str_is(text, "unknown")) {
        return;
    }
    org->captured_known = bp_instant_parse(text, &org->captured);
    if (!org->captured_known) {
        bp_finding *finding = bp_report(
            reader->list, "TOP011", first.span,
            "\"%.*s\" is no time; write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, in UTC", BP_ARG(text));
        finding->severity = BP_ERROR;
    }
}

static void
read_org_id(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    if (bp_org_text(reader, first, "the id of the organization", &reader->org->id)) {
        bp_org_id(reader, reader->org->id, first.span, "o-");
    }
}

static void
read_partition(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    bp_str text = {NULL, 0};
    if (!bp_org_text(reader, first, "the partition", &text)) {
        return;
    }
    reader->org->partition = text;
    if (bp_partition_known(text)) {
        return;
    }
    bp_suggester suggester = bp_suggest_start(text);
    size_t count = 0;
    const bp_partition *partitions = bp_partitions(&count);
    for (size_t i = 0; i < count; i++) {
        bp_suggest_offer(&suggester, bp_str_of(partitions[i].name));
    }
    bp_finding *finding =
        bp_report(reader->list, "REG002", first.span, "unknown partition \"%.*s\"", BP_ARG(text));
    bp_org_did_you_mean(reader, finding, &suggester);
}

static void
read_management(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    reader->management_span = first.span;
    if (!bp_org_account_id(reader, first, &reader->org->management_id)) {
        reader->org->management_id = (bp_str){NULL, 0};
    }
}

static void
read_features(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    static const char *const words[] = {"all", "consolidated-billing", "unknown"};
    static const bp_org_features means[] = {BP_FEATURES_ALL, BP_FEATURES_BILLING,
                                            BP_FEATURES_UNKNOWN};
    size_t index = 2;
    bp_org_word(reader, first, words, 3, &index);
    reader->org->features = means[index];
    reader->org->features_span = first.span;
}

static void
read_organization(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    static const bp_org_key keys[] = {{"id", read_org_id, true},
                                      {"partition", read_partition, true},
                                      {"management_account", read_management, true},
                                      {"features", read_features, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("\"organization\"", keys);
    bp_org_map(reader, first, key.span, &shape, into);
    reader->organization_seen = true;
}

static void
read_policy_type(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    static const char *const words[] = {"unknown", "enabled", "pending-enable", "pending-disable",
                                        "disabled"};
    size_t index = 0;
    bp_org_word(reader, first, words, 5, &index);
    reader->org->policy_type = (bp_policy_type)(BP_POLICY_TYPE_UNKNOWN + index);
    reader->org->policy_type_span = first.span;
}

/* A list, or the words none and unknown. Gives whether the answer is known. */
static bool
read_list_or_none(bp_org_reader *reader, bp_yaml_event first, const char *what, bp_org_read *item)
{
    static const char *const words[] = {"unknown", "none"};
    size_t index = 0;
    if (first.kind == BP_YAML_SCALAR) {
        return bp_org_word(reader, first, words, 2, &index) && index == 1;
    }
    bp_org_list(reader, first, what, item, reader);
    return true;
}

static void
read_principal(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)into;
    (void)key;
    bp_str text = {NULL, 0};
    if (bp_org_text(reader, item, "a service principal", &text)) {
        *bp_vec_add(reader->arena, &reader->org->trusted) = text;
    }
}

static void
read_trusted(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    reader->org->trusted_span = bp_org_place(reader, first);
    reader->org->trusted_known =
        read_list_or_none(reader, first, "a list of service principals", read_principal);
}

static void
read_cross_account(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    static const char *const words[] = {"unknown", "disabled", "enabled"};
    size_t index = 0;
    if (bp_org_word(reader, first, words, 3, &index)) {
        reader->org->cross_account_backup = (bp_answer)(BP_UNKNOWN + index);
        reader->org->cross_account_span = first.span;
    }
}

static void
read_administrator(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)into;
    (void)key;
    bp_str id = {NULL, 0};
    if (bp_org_account_id(reader, item, &id)) {
        *bp_vec_add(reader->arena, &reader->org->administrators) = id;
    }
}

static void
read_administrators(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    reader->org->administrators_known =
        read_list_or_none(reader, first, "a list of account ids", read_administrator);
}

static void
read_set_administrator(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)into;
    (void)key;
    bp_str id = {NULL, 0};
    if (bp_org_account_id(reader, item, &id)) {
        *bp_vec_add(reader->arena, &reader->org->set_administrators) = id;
    }
}

static void
read_set_administrators(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    reader->org->set_administrators_span = key.span;
    reader->org->set_administrators_known =
        read_list_or_none(reader, first, "a list of account ids", read_set_administrator);
}

static void
read_settings(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    static const bp_org_key keys[] = {
        {"backup_policy_type", read_policy_type, false},
        {"trusted_access", read_trusted, false},
        {"cross_account_backup", read_cross_account, false},
        {"delegated_administrators", read_administrators, false},
        {"stack_set_administrators", read_set_administrators, false},
    };
    static const bp_org_shape shape = BP_ORG_SHAPE("\"settings\"", keys);
    bp_org_map(reader, first, key.span, &shape, into);
}

static void
read_complete(bp_org_reader *reader, bp_yaml_event first, bool *complete, bool *partial)
{
    static const char *const words[] = {"complete", "partial", "unknown"};
    size_t index = 2;
    bp_org_word(reader, first, words, 3, &index);
    *complete = index == 0;
    *partial = index == 1;
}

static void
read_tree_coverage(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    read_complete(reader, first, &reader->org->tree_complete, &reader->org->tree_partial);
}

static void
read_policy_coverage(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    read_complete(reader, first, &reader->org->policies_complete, &reader->org->policies_partial);
}

static void
read_stack_set_coverage(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    read_complete(reader, first, &reader->org->stack_sets_complete,
                  &reader->org->stack_sets_partial);
}

static void
read_region_coverage(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    reader->seen_known = first.kind != BP_YAML_SCALAR || !bp_str_is(first.text, "unknown");
    bp_org_seen(reader, first, &reader->seen);
    reader->org->regions_known = reader->seen_known;
    reader->org->regions = reader->seen;
}

static void
read_watched_tag(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)into;
    (void)key;
    bp_str tag = {NULL, 0};
    if (bp_org_text(reader, item, "a tag key", &tag)) {
        *bp_vec_add(reader->arena, &reader->org->watched_tags) = tag;
    }
}

static void
read_watched_tags(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    read_list_or_none(reader, first, "a list of tag keys", read_watched_tag);
}

static void
read_coverage(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const bp_org_key keys[] = {
        {"tree", read_tree_coverage, false},
        {"policies", read_policy_coverage, false},
        {"stack_sets", read_stack_set_coverage, false},
        {"regions", read_region_coverage, false},
        {"watched_tags", read_watched_tags, false},
    };
    static const bp_org_shape shape = BP_ORG_SHAPE("\"coverage\"", keys);
    bp_org_map(reader, first, bp_org_place(reader, first), &shape, into);
}

#define KEEP(name, field)                                                                       \
    static void name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first) \
    {                                                                                           \
        (void)into;                                                                             \
        (void)key;                                                                              \
        reader->field = bp_org_keep(reader, first);                                             \
    }

KEEP(keep_coverage, coverage)
KEEP(keep_sets, named)
KEEP(keep_policies, policies)
KEEP(keep_attachments, attachments)
KEEP(keep_stack_sets, stack_sets)

static void
prepare(bp_org_reader *reader)
{
    if (!reader->prepared) {
        reader->prepared = true;
        bp_org_read_sets(reader, read_coverage);
    }
}

static void
read_root(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    reader->root_key = key.span;
    bool ready = reader->organization_seen && reader->coverage != NULL && reader->named != NULL;
    if (ready) {
        prepare(reader);
        bp_org_tree(reader, into, key, first);
    } else {
        reader->root = bp_org_keep(reader, first);
    }
}

/* An empty file, or one that is a list or a word. */
static void
report_top(bp_org_reader *reader, bp_yaml_event first)
{
    bool empty = first.kind == BP_YAML_END;
    reader->stop = true;
    bp_org_skip(reader, first);
    if (reader->broken) {
        return;
    }
    bp_finding *finding =
        bp_report(reader->list, "SYN001", empty ? bp_span_of(reader->source, 0, 0) : first.span,
                  empty ? "the inventory is empty" : "the inventory is no mapping");
    bp_finding_help(reader->list, finding,
                    "it begins with the keys \"backpol_inventory: 1\", \"organization:\" and "
                    "\"root:\"");
}

static void
read_file(bp_org_reader *reader)
{
    static const bp_org_key keys[] = {
        {"backpol_inventory", read_format, true},
        {"captured_at", read_captured, false},
        {"organization", read_organization, true},
        {"settings", read_settings, false},
        {"coverage", keep_coverage, false},
        {"sets", keep_sets, false},
        {"root", read_root, true},
        {"policies", keep_policies, false},
        {"attachments", keep_attachments, false},
        {"stack_sets", keep_stack_sets, false},
    };
    static const bp_org_shape shape = BP_ORG_SHAPE("an inventory", keys);
    bp_yaml_event first = bp_org_next(reader);
    if (first.kind == BP_YAML_ERROR) {
        return;
    }
    if (first.kind != BP_YAML_MAP) {
        report_top(reader, first);
        return;
    }
    bp_org_map(reader, first, bp_org_place(reader, first), &shape, reader);
    if (!reader->broken) {
        bp_org_next(reader);
    }
}

/* The sections that were kept, in the order in which they need each other. */
static void
read_kept(bp_org_reader *reader)
{
    prepare(reader);
    if (reader->root != NULL) {
        bp_org_again(reader, reader->root, bp_org_tree, reader);
    }
    if (reader->broken) {
        return;
    }
    bp_org_finish_tree(reader);
    reader->policy_ids = bp_map_new(reader->arena);
    if (reader->policies != NULL) {
        bp_org_again(reader, reader->policies, bp_org_policies, reader);
    }
    if (reader->attachments != NULL) {
        bp_org_again(reader, reader->attachments, bp_org_attachments, reader);
    }
    if (reader->stack_sets != NULL) {
        bp_org_again(reader, reader->stack_sets, bp_org_stack_sets, reader);
    }
    bp_org_report_unused(reader);
    bp_org_index_names(reader->arena, reader->org);
}

bool
bp_organization_read(bp_arena *arena, bp_diagnostics *diagnostics, const bp_facts *facts,
                     const bp_source *source, int64_t as_of, bp_organization **organization)
{
    (void)as_of; /* ages are judged by a check, which counts what rests on them */
    bp_organization *org = BP_NEW(arena, bp_organization);
    org->facts = facts;
    org->opt_in = bp_regions_opt_in(facts);
    org->source = source;
    org->account_by_id = bp_map_new(arena);
    org->ou_by_id = bp_map_new(arena);
    bp_org_reader reader = {.arena = arena, .list = diagnostics, .source = source, .org = org};
    for (size_t kind = 0; kind < BP_SET_KINDS; kind++) {
        reader.sets[kind] = bp_map_new(arena);
    }
    reader.yaml = bp_yaml_open(arena, diagnostics, source, "the inventory");
    read_file(&reader);
    if (!reader.broken) {
        read_kept(&reader);
    }
    if (reader.broken || reader.stop || !reader.tree_read) {
        return false;
    }
    *organization = org;
    return true;
}
