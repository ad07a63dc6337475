/*
 * A stream of dumps: which of them each value is, by its envelope, its path or its keys, and the
 * loop over its top-level members. What the members say is read in read_*.c.
 */
#include "compiler/inventory/survey_parts.h"

#include "compiler/facts/ids.h"
#include "lib/file.h"

#include <string.h>

bp_str
bp_kept(bp_survey *survey, bp_str text)
{
    return bp_text_of(survey, bp_text_number(survey, text));
}

const bp_dump_row *
bp_dump_row_named(bp_str command)
{
    const bp_dump_row *rows = bp_dump_rows();
    for (size_t i = 0; i < BP_DUMP_KINDS; i++) {
        if (bp_str_is(command, rows[i].command)) {
            return &rows[i];
        }
    }
    return NULL;
}

bool
bp_dump_set_region(bp_dump *dump, bp_str code)
{
    if (dump->region >= 0 && bp_str_equal(dump->region_code, code)) {
        return true;
    }
    bp_survey *survey = dump->survey;
    uint32_t number = bp_text_number(survey, code);
    bp_region_read *read = &survey->regions_read[number % BP_REGIONS_READ];
    if (read->text != number || number == 0) {
        read->text = number;
        read->region = bp_region_index(survey->options.facts, code);
    }
    dump->region = read->region;
    dump->region_code = bp_text_of(survey, number);
    return dump->region >= 0;
}

/* ---- what the path says */

static int
hex_value(char c)
{
    char folded = bp_fold_char(c);
    return bp_is_digit(c) ? c - '0' : folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

static bp_str
percent_decoded(bp_arena *arena, bp_str text)
{
    bp_buf out = {.arena = arena};
    for (size_t i = 0; i < text.size; i++) {
        int high = text.at[i] == '%' && i + 2 < text.size ? hex_value(text.at[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text.at[i + 2]) : -1;
        bp_buf_add_char(&out, low >= 0 ? (char)(high * 16 + low) : text.at[i]);
        i += low >= 0 ? 2 : 0;
    }
    return bp_buf_text(&out);
}

static void
take_part(bp_dump *dump, bp_str part)
{
    unsigned needs = dump->row->needs;
    bp_str *sub = (needs & BP_ABOUT_PARENT) != 0   ? &dump->parent
                  : (needs & BP_ABOUT_TARGET) != 0 ? &dump->target
                  : (needs & BP_ABOUT_POLICY) != 0 ? &dump->policy
                  : (needs & BP_ABOUT_ROLE) != 0   ? &dump->role
                  : (needs & BP_ABOUT_VAULT) != 0  ? &dump->vault
                                                   : &dump->stack_set;
    unsigned rest = needs & ~(unsigned)(BP_ABOUT_ACCOUNT | BP_ABOUT_REGION);
    if ((needs & BP_ABOUT_ACCOUNT) != 0 && dump->account.size == 0 && bp_is_account_id(part)) {
        dump->account = bp_kept(dump->survey, part);
        dump->from_path |= BP_ABOUT_ACCOUNT;
    } else if ((needs & BP_ABOUT_REGION) != 0 && dump->region < 0 &&
               bp_region_index(dump->survey->options.facts, part) >= 0) {
        bp_dump_set_region(dump, part);
        dump->from_path |= BP_ABOUT_REGION;
    } else if (rest != 0 && sub->size == 0) {
        *sub = bp_kept(dump->survey, percent_decoded(dump->survey->arena, part));
        dump->from_path |= rest;
    }
}

/* …/service.command/ACCOUNT/REGION.json, or service.command.json. */
static void
read_path(bp_dump *dump)
{
    bp_str rest = dump->path;
    size_t dot = rest.size;
    while (dot > 0 && rest.at[dot - 1] != '.' && rest.at[dot - 1] != '/') {
        dot--;
    }
    if (dot > 0 && rest.at[dot - 1] == '.') {
        rest = bp_str_cut(rest, 0, dot - 1);
    }
    while (rest.size > 0) {
        size_t slash = bp_str_find(rest, '/');
        bp_str part = bp_str_cut(rest, 0, slash);
        rest = bp_str_cut(rest, slash + 1, rest.size);
        const bp_dump_row *row = bp_dump_row_named(part);
        if (row != NULL) {
            dump->row = row;
            dump->row_from_path = true;
        } else if (dump->row != NULL) {
            take_part(dump, part);
        }
    }
}

/* What the path says, which is the same for all answers of the file. */
static void
begin_file(bp_dump *dump)
{
    bp_dump fresh = {.survey = dump->survey,
                     .reader = dump->reader,
                     .scratch = dump->scratch,
                     .item = dump->item,
                     .path = dump->path,
                     .file = dump->file,
                     .envelope = dump->envelope,
                     .names = dump->names,
                     .by_path = dump->by_path,
                     .region = -1};
    const bp_survey_options *options = &dump->survey->options;
    fresh.taken = options->has_captured ? options->captured : BP_NO_TIME;
    read_path(&fresh);
    bp_dump *by_path = BP_NEW(dump->survey->arena, bp_dump);
    *by_path = fresh;
    dump->by_path = by_path;
}

void
bp_dump_begin(bp_dump *dump)
{
    if (dump->by_path == NULL) {
        begin_file(dump);
    }
    bp_json_event last = dump->last;
    bool pushed = dump->pushed;
    const bp_dump *by_path = dump->by_path;
    bp_arena_reset(dump->scratch);
    bp_arena_reset(dump->item);
    *dump = *by_path;
    dump->by_path = by_path;
    dump->last = last;
    dump->pushed = pushed;
}

/* ---- one answer */

bp_unit_key
bp_dump_key(const bp_dump *dump)
{
    unsigned needs = dump->row->needs;
    bp_unit_key key = {.kind = bp_dump_kind_of(dump->row), .region = -1};
    if ((needs & BP_ABOUT_ACCOUNT) != 0) {
        key.account = dump->account;
    }
    if ((needs & BP_ABOUT_REGION) != 0) {
        key.region = dump->region;
    }
    key.sub = (needs & BP_ABOUT_PARENT) != 0      ? dump->parent
              : (needs & BP_ABOUT_TARGET) != 0    ? dump->target
              : (needs & BP_ABOUT_POLICY) != 0    ? dump->policy
              : (needs & BP_ABOUT_ROLE) != 0      ? dump->role
              : (needs & BP_ABOUT_VAULT) != 0     ? dump->vault
              : (needs & BP_ABOUT_STACK_SET) != 0 ? dump->stack_set
                                                  : BP_STR("");
    if (key.kind == BP_DUMP_STACK_SETS) {
        key.sub = dump->call_as;
    }
    return key;
}

void
bp_dump_next_group(bp_dump *dump)
{
    const char *cut = dump->cut_how;
    dump->presence_only = true;
    dump->cut_how = NULL;
    bp_unit_enter(dump, bp_dump_key(dump));
    dump->cut_how = cut;
    dump->entered = false;
    dump->records.at = NULL;
    dump->records.room = 0;
    dump->keys.at = NULL;
    dump->keys.room = 0;
    bp_arena_reset(dump->scratch);
}

/* Whether a member shows that more would follow. */
static bool
note_continuation(bp_dump *dump, const char *key, bp_json_event value)
{
    bool flag = strcmp(key, "IsTruncated") == 0 || strcmp(key, "Truncated") == 0;
    bool more =
        flag ? value.kind == BP_JSON_TRUE : value.kind == BP_JSON_STRING && value.text.size > 0;
    if (more) {
        dump->cut_how = key;
    }
    return bp_dump_skip(dump, value);
}

static const char *
continuation_key(bp_str key)
{
    static const char *const keys[] = {"NextToken",       "IsTruncated", "Marker",
                                       "PaginationToken", "Truncated",   "NextMarker"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (bp_str_is(key, keys[i])) {
            return keys[i];
        }
    }
    return NULL;
}

static const bp_dump_row *
row_of_key(bp_str key)
{
    const bp_dump_row *rows = bp_dump_rows();
    if (bp_str_is(key, "Accounts")) {
        return &rows[BP_DUMP_ACCOUNTS];
    }
    if (bp_str_is(key, "BackupVaultArn")) {
        return &rows[BP_DUMP_ACCESS];
    }
    for (size_t i = 0; i < BP_DUMP_KINDS; i++) {
        if (bp_str_is(key, rows[i].key)) {
            return &rows[i];
        }
    }
    return NULL;
}

static void
finish_payload(bp_dump *dump)
{
    if (dump->row == NULL || !dump->seen) {
        bp_finding *finding = NULL;
        if (dump->row == NULL) {
            finding = bp_dump_report(dump, "IMP011", "IMP011",
                                     "no key of a dump that is known is in this object");
        } else {
            finding = bp_dump_report(dump, "SYN005", "IMP023", "answer of %s without \"%s\"",
                                     dump->row->command, dump->row->key);
        }
        bp_survey_help(dump->survey, finding,
                       "known are Organization, Roots, OrganizationalUnits, Accounts, Policies, "
                       "Policy, Targets, Tags, EnabledServicePrincipals, DelegatedAdministrators, "
                       "GlobalSettings, ResourceTypeOptInPreference, BackupVaultList, "
                       "BackupVaultName, Aliases, Roles, AttachedPolicies, Regions, "
                       "ResourceTagMappingList, Results, Summaries, StackSet; or wrap it: "
                       "{\"dump\": \"service.command\", …, \"data\": …}");
        return;
    }
    if (dump->entered && dump->records.count == 0) {
        return;
    }
    if (!dump->entered && bp_dump_addressed(dump, dump->row->needs)) {
        bp_unit_enter(dump, bp_dump_key(dump));
    }
}

/* The value of a top-level key. */
static bool
read_member(bp_dump *dump, bp_str key)
{
    const char *continuation = continuation_key(key);
    const bp_dump_row *of_key = row_of_key(key);
    bool access = dump->row != NULL && bp_dump_kind_of(dump->row) == BP_DUMP_ACCESS;
    if (continuation != NULL) {
        return note_continuation(dump, continuation, bp_dump_next(dump));
    }
    if (access && !bp_str_is(key, "ResponseMetadata")) {
        dump->seen = true;
        bp_dump_push(dump);
        return bp_read_access(dump, dump->last);
    }
    if (dump->row == NULL && of_key != NULL) {
        dump->row = of_key;
        if (bp_dump_kind_of(of_key) == BP_DUMP_ACCESS) {
            return read_member(dump, key);
        }
    }
    if (dump->row == &bp_dump_rows()[BP_DUMP_SETTINGS] &&
        bp_str_is(key, "ResourceTypeManagementPreference")) {
        return bp_read_management(dump, bp_dump_next(dump));
    }
    if (dump->row != NULL && bp_str_is(key, dump->row->key)) {
        dump->seen = true;
        return dump->row->read(dump, bp_dump_next(dump));
    }
    return bp_dump_skip(dump, bp_dump_next(dump));
}

bool
bp_read_payload(bp_dump *dump)
{
    for (;;) {
        bp_json_event event = bp_dump_next(dump);
        if (event.kind == BP_JSON_OBJECT_END) {
            finish_payload(dump);
            return true;
        }
        if (event.kind != BP_JSON_KEY || !read_member(dump, event.text)) {
            return false;
        }
    }
}

/* ---- by account and Region */

typedef struct cell {
    bp_str account;
    bp_str region;
} cell;

typedef struct aggregate {
    BP_VEC(cell) failed; /* before it was known what failed */
    const bp_dump_row *row;
} aggregate;

static void
fail_cell(bp_dump *dump, const bp_dump_row *row, cell where)
{
    bp_dump_begin(dump);
    dump->row = row;
    dump->account = where.account;
    if (where.region.size > 0) {
        bp_dump_set_region(dump, where.region);
    }
    bp_unit_fail(dump, bp_dump_key(dump));
}

static bool
read_leaf(bp_dump *dump, aggregate *all, cell where, bp_json_event first)
{
    if (first.kind == BP_JSON_NULL) {
        if (all->row != NULL) {
            fail_cell(dump, all->row, where);
        } else {
            *bp_vec_add(dump->survey->arena, &all->failed) = where;
        }
        return true;
    }
    if (first.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(dump, first, "an account or Region", "an unchanged answer or null");
    }
    bp_dump_begin(dump);
    dump->account = where.account;
    if (where.region.size > 0) {
        bp_dump_set_region(dump, where.region);
    }
    bool good = bp_read_payload(dump);
    all->row = dump->row == NULL ? all->row : dump->row;
    return good;
}

static bool
read_regions(bp_dump *dump, aggregate *all, bp_str account)
{
    for (;;) {
        bp_json_event key = bp_dump_next(dump);
        if (key.kind == BP_JSON_OBJECT_END) {
            return true;
        }
        if (key.kind != BP_JSON_KEY) {
            return false;
        }
        cell where = {account, bp_kept(dump->survey, key.text)};
        if (bp_region_index(dump->survey->options.facts, key.text) < 0) {
            bp_dump_report(dump, "REG001", "IMP022", "Region \"%.*s\" is not known",
                           BP_ARG(key.text));
            if (!bp_dump_skip(dump, bp_dump_next(dump))) {
                return false;
            }
        } else if (!read_leaf(dump, all, where, bp_dump_next(dump))) {
            return false;
        }
    }
}

static bool
read_account(bp_dump *dump, aggregate *all, bp_str account)
{
    bp_json_event first = bp_dump_next(dump);
    if (first.kind == BP_JSON_OBJECT) {
        bp_json_event key = bp_dump_next(dump);
        bool by_region = key.kind == BP_JSON_KEY && bp_region_shaped(key.text);
        bool empty = key.kind == BP_JSON_OBJECT_END;
        bp_dump_push(dump);
        if (by_region || empty) {
            return read_regions(dump, all, account);
        }
    }
    return read_leaf(dump, all, (cell){account, BP_STR("")}, first);
}

static bool
read_aggregate(bp_dump *dump)
{
    aggregate all = {.row = dump->row};
    for (;;) {
        bp_json_event key = bp_dump_next(dump);
        if (key.kind == BP_JSON_OBJECT_END) {
            break;
        }
        if (key.kind != BP_JSON_KEY) {
            return false;
        }
        bp_str account = bp_kept(dump->survey, key.text);
        if (!bp_is_account_id(key.text)) {
            bp_dump_report(dump, "SYN005", "IMP021",
                           "key \"%.*s\" beside account ids; an account id is 12 digits",
                           BP_ARG(key.text));
            if (!bp_dump_skip(dump, bp_dump_next(dump))) {
                return false;
            }
        } else if (!read_account(dump, &all, account)) {
            return false;
        }
    }
    for (size_t i = 0; i < all.failed.count && all.row != NULL; i++) {
        fail_cell(dump, all.row, all.failed.at[i]);
    }
    if (all.failed.count > 0 && all.row == NULL) {
        bp_dump_report(dump, "IMP011", "IMP011", "only null for every account; what was asked?");
    }
    return true;
}

/* ---- a value of the stream */

static bool
looks_like_id(bp_str key)
{
    for (size_t i = 0; i < key.size; i++) {
        if (!bp_is_digit(key.at[i])) {
            return false;
        }
    }
    return key.size > 0;
}

/* An object whose bracket was taken. */
static bool
read_object(bp_dump *dump, bool glued)
{
    bp_json_event key = bp_dump_next(dump);
    bp_dump_push(dump);
    if (key.kind == BP_JSON_KEY && bp_is_envelope_key(key.text)) {
        return bp_read_envelope(dump);
    }
    if (key.kind == BP_JSON_KEY && looks_like_id(key.text)) {
        return read_aggregate(dump);
    }
    if (glued && key.kind == BP_JSON_KEY && row_of_key(key.text) != NULL &&
        bp_dump_kind_of(row_of_key(key.text)) != BP_DUMP_ACCESS) {
        dump->presence_only = true;
        return bp_read_payload(dump);
    }
    return glued ? bp_read_lone_vault(dump) : bp_read_payload(dump);
}

static bool
read_glued(bp_dump *dump)
{
    for (;;) {
        bp_json_event event = bp_dump_next(dump);
        if (event.kind == BP_JSON_ARRAY_END) {
            return true;
        }
        bp_dump_begin(dump);
        if (event.kind == BP_JSON_OBJECT ? !read_object(dump, true)
                                         : !bp_wrong_kind(dump, event, "a list", "an object")) {
            return false;
        }
    }
}

static void
broken(bp_dump *dump)
{
    bp_json_event error = dump->last;
    bp_survey *survey = dump->survey;
    unsigned long long at = (unsigned long long)bp_json_offset(dump->reader, error.span);
    survey->refused++;
    if (error.kind != BP_JSON_ERROR) {
        bp_dump_report(dump, "SYN001", "IMP002", "not a dump at byte %llu", at);
        return;
    }
    if (bp_str_is(error.text, "cannot be read")) {
        bp_dump_report(dump, "IMP001", "IMP001", "cannot be read past byte %llu", at);
        return;
    }
    bp_finding *finding = bp_dump_report(dump, "SYN001", "IMP002", "not JSON at byte %llu: %.*s",
                                         at, BP_ARG(error.text));
    if (bp_json_ended_early(dump->reader)) {
        bp_survey_help(survey, finding,
                       "the dump is cut off: take it again; nothing of it is used");
    } else {
        bp_survey_help(survey, finding, "take the dump again; nothing of it is used");
    }
}

static uint32_t
origin_of(bp_survey *survey, bp_str path)
{
    bp_str folder = bp_path_folder(path);
    bp_str name = bp_str_cut(path, folder.size + (folder.size > 0), path.size);
    *bp_vec_add(survey->arena, &survey->origins) =
        (bp_origin){bp_text_number(survey, folder), bp_text_number(survey, name)};
    return (uint32_t)(survey->origins.count - 1);
}

bool
bp_survey_read(bp_survey *survey, bp_str path, bp_json_input input)
{
    bp_arena *memory = bp_arena_child(survey->arena);
    bp_dump dump = {.survey = survey,
                    .reader = bp_json_reader_stream(memory, input),
                    .scratch = bp_arena_child(memory),
                    .item = bp_arena_child(memory),
                    .path = path};
    bool good = true;
    bp_names_kept *names = NULL;
    dump.file = memory;
    dump.names = &names;
    dump.envelope = BP_NEW(memory, bp_json_names);
    bp_envelope_names(dump.envelope);
    survey->origin = origin_of(survey, path);
    for (;;) {
        bp_json_event first = bp_dump_next(&dump);
        bp_dump_begin(&dump);
        if (first.kind == BP_JSON_END) {
            break;
        }
        good = first.kind == BP_JSON_OBJECT  ? read_object(&dump, false)
               : first.kind == BP_JSON_ARRAY ? read_glued(&dump)
                                             : false;
        if (!good) {
            broken(&dump);
            break;
        }
    }
    bp_survey_tell_rest(survey, path);
    bp_arena_release(survey->arena, memory);
    return good;
}

void
bp_survey_unreadable(bp_survey *survey, bp_str path, bp_str why)
{
    survey->refused++;
    bp_survey_report(survey, "IMP001", "IMP001", path, "%.*s", BP_ARG(why));
}

void
bp_survey_no_answer(bp_survey *survey, bp_str path, const char *reason, const char *why)
{
    bp_arena *memory = bp_arena_child(survey->arena);
    bp_dump dump = {.survey = survey,
                    .scratch = bp_arena_child(memory),
                    .item = bp_arena_child(memory),
                    .path = path};
    bp_dump_begin(&dump);
    bp_finding *finding = bp_survey_report(survey, "SYN001", reason, path, "%s", why);
    if (dump.row != NULL && bp_dump_says(&dump, dump.row->needs)) {
        bp_unit_make(survey, bp_dump_key(&dump))->failed = true;
    }
    if (dump.row != NULL) {
        bp_str call = bp_dump_call(&dump);
        bp_survey_help(survey, finding, "repeat: %.*s", BP_ARG(call));
    }
    bp_arena_release(survey->arena, memory);
}

void
bp_survey_no_output(bp_survey *survey, bp_str path, const char *why, const char *way_out)
{
    bp_finding *finding = bp_survey_report(survey, "IMP061", "IMP061", path, "%s", why);
    bp_survey_help(survey, finding, "%s", way_out);
}
