/*
 * Dumps of the tree: the organization, its root, OUs and accounts. Where an OU or account stands is
 * said by its path, else by the envelope; the tree is put together in put_tree.c.
 */
#include "compiler/inventory/survey_parts.h"

#include "compiler/facts/ids.h"

static bool
id_fits(bp_dump *dump, bool fits, const char *what, bp_str id)
{
    if (!fits) {
        bp_dump_report(dump, "TOP010", "IMP022", "\"%.*s\" is no id of %s", BP_ARG(id), what);
        dump->spoiled = true;
    }
    return fits;
}

bool
bp_read_organization(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"Id", BP_FIELD_TEXT, true, NULL},
                                      {"MasterAccountId", BP_FIELD_ACCOUNT, true, NULL},
                                      {"FeatureSet", BP_FIELD_TEXT, false, NULL},
                                      {"Arn", BP_FIELD_ARN, true, NULL}};
    bp_value values[4];
    bp_arn arn;
    if (first.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(dump, first, "Organization", "an object");
    }
    if (!bp_read_members(dump, "organization", fields, 4, values)) {
        return false;
    }
    if (!values[0].good || !values[1].good || !values[3].good ||
        !id_fits(dump, bp_is_org_id(values[0].text), "an organization", values[0].text)) {
        dump->spoiled = true;
        return true;
    }
    bp_dump_org_arn(dump, values[3].text);
    if (bp_str_is(values[2].text, "CONSOLIDATED_BILLING")) {
        bp_finding *finding =
            bp_dump_report(dump, "TOP010", "IMP031",
                           "the organization has consolidated billing only; backup policies need "
                           "all features");
        finding->severity = BP_WARNING;
    }
    bp_arn_parse(values[3].text, &arn);
    bp_record_add(dump, (bp_str[]){values[0].text, values[1].text, values[2].text, arn.partition},
                  4);
    return true;
}

/* PolicyTypes: the word of the entry of backup policies. */
static bool
read_types(bp_dump *dump, bp_json_event first, bp_value *value)
{
    static const bp_field fields[] = {{"Type", BP_FIELD_TEXT, true, NULL},
                                      {"Status", BP_FIELD_TEXT, true, NULL}};
    static const char *const words[][2] = {{"ENABLED", "enabled"},
                                           {"PENDING_ENABLE", "pending-enable"},
                                           {"PENDING_DISABLE", "pending-disable"}};
    bp_value values[2];
    value->text = BP_STR("disabled");
    if (first.kind != BP_JSON_ARRAY) {
        return bp_wrong_kind(dump, first, "PolicyTypes", "a list");
    }
    for (;;) {
        bp_json_event event = bp_dump_next(dump);
        if (event.kind == BP_JSON_ARRAY_END) {
            return true;
        }
        if (event.kind != BP_JSON_OBJECT) {
            return bp_wrong_kind(dump, event, "PolicyTypes", "an object");
        }
        if (!bp_read_members(dump, "policy type", fields, 2, values)) {
            return false;
        }
        if (!bp_str_is(values[0].text, "BACKUP_POLICY")) {
            continue;
        }
        value->text = BP_STR("unknown");
        for (size_t i = 0; i < 3; i++) {
            if (bp_str_is(values[1].text, words[i][0])) {
                value->text = bp_str_of(words[i][1]);
            }
        }
        if (bp_str_is(value->text, "unknown")) {
            bp_dump_report(dump, "IMP041", "IMP041", "\"%.*s\" is no known status of a policy type",
                           BP_ARG(values[1].text));
        }
    }
}

static bool
take_root(bp_dump *dump, const bp_value *values)
{
    bp_dump_point(dump, &values[0]);
    if (!id_fits(dump,
                 bp_str_starts(values[0].text, BP_STR("r-")) && bp_is_target_id(values[0].text),
                 "a root", values[0].text)) {
        return true;
    }
    bp_dump_org_arn(dump, values[3].text);
    bp_str types = values[2].there ? values[2].text : BP_STR("disabled");
    bp_record_add(dump, (bp_str[]){values[0].text, values[1].text, types}, 3);
    return true;
}

bool
bp_read_roots(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"Id", BP_FIELD_TEXT, true, NULL},
                                      {"Name", BP_FIELD_TEXT, false, NULL},
                                      {"PolicyTypes", BP_FIELD_NESTED, false, read_types},
                                      {"Arn", BP_FIELD_ARN, false, NULL}};
    return bp_read_list(dump, first, "root", fields, 4, take_root);
}

/* The id in front of `id` in a path, or the last one. */
static bp_str
parent_in(bp_str path, bp_str id)
{
    bp_str last = {"", 0};
    bp_str before = {"", 0};
    while (path.size > 0) {
        size_t slash = bp_str_find(path, '/');
        if (slash > 0) {
            before = last;
            last = bp_str_cut(path, 0, slash);
        }
        path = bp_str_cut(path, slash + 1, path.size);
    }
    return bp_str_equal(last, id) ? before : last;
}

static bool
is_parent_id(bp_str id)
{
    return bp_is_target_id(id) && !bp_is_account_id(id);
}

/* Where an entry stands, against what the dump is about. False: refused, reported. */
static bool
stands_under(bp_dump *dump, bp_str parent)
{
    if (parent.size == 0) {
        return true;
    }
    if (!id_fits(dump, is_parent_id(parent), "a root or OU", parent)) {
        return false;
    }
    if (dump->parent.size == 0) {
        dump->derived = true;
        dump->parent = bp_kept(dump->survey, parent);
    } else if (!bp_str_equal(dump->parent, parent)) {
        if (!dump->derived) {
            bp_dump_report(dump, "IMP014", "IMP014",
                           "entry that stands under \"%.*s\" in a list of what stands under "
                           "\"%.*s\"",
                           BP_ARG(parent), BP_ARG(dump->parent));
            dump->spoiled = true;
            return false;
        }
        bp_dump_next_group(dump);
        dump->parent = bp_kept(dump->survey, parent);
    }
    return true;
}

static bool
take_ou(bp_dump *dump, const bp_value *values)
{
    bp_str id = values[0].text;
    bp_dump_point(dump, &values[0]);
    if (!id_fits(dump, bp_str_starts(id, BP_STR("ou-")) && bp_is_target_id(id), "an OU", id)) {
        return true;
    }
    bp_dump_org_arn(dump, values[3].text);
    bp_str parent = values[2].there ? parent_in(values[2].text, id) : BP_STR("");
    if (stands_under(dump, parent) && bp_dump_addressed(dump, BP_ABOUT_PARENT)) {
        bp_record_add(dump, (bp_str[]){id, values[1].text}, 2);
    }
    return true;
}

bool
bp_read_ous(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"Id", BP_FIELD_TEXT, true, NULL},
                                      {"Name", BP_FIELD_TEXT, true, NULL},
                                      {"Path", BP_FIELD_TEXT, false, NULL},
                                      {"Arn", BP_FIELD_ARN, false, NULL}};
    return bp_read_list(dump, first, "OU", fields, 4, take_ou);
}

/* ---- accounts */

/* Paths: the parent by the path that ends in the account; which account is known afterwards, so
 * the paths are kept, one a line. */
static bool
read_paths(bp_dump *dump, bp_json_event first, bp_value *value)
{
    bp_buf paths = {.arena = dump->item};
    if (first.kind != BP_JSON_ARRAY) {
        return bp_wrong_kind(dump, first, "Paths", "a list");
    }
    for (;;) {
        bp_json_event event = bp_dump_next(dump);
        if (event.kind == BP_JSON_ARRAY_END) {
            break;
        }
        if (event.kind != BP_JSON_STRING) {
            return bp_wrong_kind(dump, event, "Paths", "a string");
        }
        bp_buf_add(&paths, event.text);
        bp_buf_add_char(&paths, '\n');
    }
    value->text = bp_buf_text(&paths);
    return true;
}

static bp_str
parent_of_account(bp_str paths, bp_str id)
{
    bp_str parent = {"", 0};
    while (paths.size > 0) {
        size_t end = bp_str_find(paths, '\n');
        bp_str path = bp_str_cut(paths, 0, end);
        bp_str trimmed = path;
        trimmed.size -= bp_str_ends(path, BP_STR("/"));
        if (parent.size == 0 || bp_str_ends(trimmed, id)) {
            parent = parent_in(path, id);
        }
        paths = bp_str_cut(paths, end + 1, paths.size);
    }
    return parent;
}

static bp_str
state_word(bp_dump *dump, bp_str state, bp_str status)
{
    static const char *const words[][2] = {{"ACTIVE", "active"},
                                           {"PENDING_ACTIVATION", "pending-activation"},
                                           {"SUSPENDED", "suspended"},
                                           {"PENDING_CLOSURE", "pending-closure"},
                                           {"CLOSED", "closed"}};
    bp_str text = state.size > 0 ? state : status;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (bp_str_is(text, words[i][0])) {
            return bp_str_of(words[i][1]);
        }
    }
    if (text.size > 0) {
        bp_dump_report(dump, "IMP041", "IMP041", "\"%.*s\" is no known state of an account",
                       BP_ARG(text));
    }
    return BP_STR("unknown");
}

static bool
take_account(bp_dump *dump, const bp_value *values)
{
    bp_str id = values[0].text;
    bp_dump_point(dump, &values[0]);
    bp_str parent = parent_of_account(values[4].text, id);
    bp_dump_org_arn(dump, values[5].text);
    bool children = bp_dump_kind_of(dump->row) == BP_DUMP_CHILDREN;
    if (children && (!stands_under(dump, parent) || !bp_dump_addressed(dump, BP_ABOUT_PARENT))) {
        return true;
    }
    if (!children && parent.size > 0 &&
        !id_fits(dump, is_parent_id(parent), "a root or OU", parent)) {
        return true;
    }
    bp_str state = state_word(dump, values[2].text, values[3].text);
    bp_record_add(dump, (bp_str[]){id, values[1].text, state, children ? BP_STR("") : parent}, 4);
    return true;
}

/* Without an envelope, accounts that all stand under one parent are the list of that parent: taken
 * for the whole organization it would deny all others. */
static void
choose_list(bp_dump *dump)
{
    bp_str parent = {"", 0};
    for (size_t i = 0; i < dump->records.count; i++) {
        bp_record record;
        bp_str rest = dump->records.at[i];
        bp_record_next(dump->item, &rest, &record);
        if (record.field[3].size == 0 ||
            (parent.size > 0 && !bp_str_equal(parent, record.field[3]))) {
            return;
        }
        parent = record.field[3];
    }
    if (parent.size == 0) {
        return;
    }
    dump->row = &bp_dump_rows()[BP_DUMP_CHILDREN];
    dump->parent = bp_kept(dump->survey, parent);
    for (size_t i = 0; i < dump->records.count; i++) {
        bp_record record;
        bp_str rest = dump->records.at[i];
        bp_buf buf = {.arena = dump->scratch};
        bp_record_next(dump->item, &rest, &record);
        for (size_t f = 0; f < 3; f++) {
            bp_record_field(&buf, record.field[f]);
        }
        bp_record_field(&buf, BP_STR(""));
        dump->records.at[i] = bp_buf_text(&buf);
    }
}

bool
bp_read_accounts(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {
        {"Id", BP_FIELD_ACCOUNT, true, NULL},          {"Name", BP_FIELD_TEXT, false, NULL},
        {"State", BP_FIELD_TEXT, false, NULL},         {"Status", BP_FIELD_TEXT, false, NULL},
        {"Paths", BP_FIELD_NESTED, false, read_paths}, {"Arn", BP_FIELD_ARN, false, NULL}};
    if (!bp_read_list(dump, first, "account", fields, 6, take_account)) {
        return false;
    }
    bool named = dump->enveloped || dump->row_from_path;
    if (!named && bp_dump_kind_of(dump->row) == BP_DUMP_ACCOUNTS) {
        if (dump->records.count == 0 && !dump->spoiled) {
            bp_dump_report(dump, "IMP011", "IMP011",
                           "an empty list of accounts that does not say whose; wrap it: {\"dump\": "
                           "\"organizations.list-accounts-for-parent\", \"parent\": \"r-ab12\", "
                           "\"data\": …}");
            dump->spoiled = true;
        }
        choose_list(dump);
    }
    return true;
}
