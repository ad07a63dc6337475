/*
 * Policy documents inside dumps: whose copies a vault lets in, and whether AWS Backup may assume a
 * role. Nothing of a document is kept but the answer; what these few forms do not say is "other".
 */
#include "compiler/inventory/survey_parts.h"

#include "compiler/facts/ids.h"

#include <string.h>

bp_json_reader *
bp_inner_reader(bp_arena *arena, bp_str text)
{
    bp_source *source = BP_NEW(arena, bp_source);
    source->text = text;
    return bp_json_reader_new(arena, source);
}

void
bp_inner_broken(bp_dump *dump, const char *what, bp_json_event error)
{
    bp_finding *finding = bp_dump_report(
        dump, "IMP051", "IMP051", "the JSON text of %s does not parse: %.*s, at byte %u of it",
        what, BP_ARG(error.text), error.span.start);
    bp_survey_help(dump->survey, finding, "take the dump again; it stays unknown");
}

/* A document is small: it is read into lists of (path, value) where the path is of keys. */
typedef struct leaf {
    char path[96];
    bp_str value;
    size_t statement;
} leaf;

typedef BP_VEC(leaf) leaves;

enum { LEVELS = 8 };

typedef struct flattening {
    bp_arena *arena;
    leaves all;
    bp_str keys[LEVELS];
    bool list[LEVELS];
    size_t depth;
    size_t statement;
    bool deep;
} flattening;

static void
add_leaf(flattening *on, bp_str value)
{
    leaf *added = bp_vec_add(on->arena, &on->all);
    size_t size = 0;
    for (size_t i = 1; i <= on->depth && i < LEVELS; i++) {
        bp_str key = on->keys[i];
        if (on->list[i] || size + key.size + 2 > sizeof added->path) {
            on->deep = on->deep || !on->list[i];
            continue;
        }
        if (size > 0) {
            added->path[size++] = '/';
        }
        memcpy(added->path + size, key.at, key.size);
        size += key.size;
    }
    added->path[size] = '\0';
    added->value = value;
    added->statement = on->statement;
}

/* One event into the lists. */
static void
flatten(flattening *on, bp_json_event event)
{
    bool opens = event.kind == BP_JSON_OBJECT || event.kind == BP_JSON_ARRAY;
    size_t here = on->depth < LEVELS ? on->depth : LEVELS - 1;
    if (event.kind == BP_JSON_KEY) {
        on->keys[here] = bp_str_copy(on->arena, event.text);
        return;
    }
    if (opens) {
        bool statement = event.kind == BP_JSON_OBJECT &&
                         (on->depth == 1 || (on->depth == 2 && on->list[2])) &&
                         bp_str_is(on->keys[1], "Statement");
        on->statement += statement;
        on->depth++;
        if (on->depth >= LEVELS) {
            on->deep = true;
            return;
        }
        on->list[on->depth] = event.kind == BP_JSON_ARRAY;
        on->keys[on->depth] = BP_STR("");
        return;
    }
    if (event.kind == BP_JSON_OBJECT_END || event.kind == BP_JSON_ARRAY_END) {
        on->depth--;
        return;
    }
    add_leaf(on, bp_str_copy(on->arena, event.text));
}

static bool
is_path(const leaf *each, const char *path)
{
    return strcmp(each->path, path) == 0;
}

/* The facts of one statement. */
typedef struct statement {
    bool allow;
    bool deny;
    bool action;     /* the one that counts is among its actions */
    bool not_action; /* NotAction, NotPrincipal */
    bool service;    /* AWS Backup is among its principals */
    bool anyone;
    bool other_principal;
    bool conditions;
    bool other_condition;
    size_t org_ids;
    bp_str org_id; /* the last of them */
    BP_VEC(bp_str) accounts;
    BP_VEC(bp_str) ous;
} statement;

/* Whether an action of a statement, which may end in '*', is the one that counts. */
static bool
action_fits(bp_str pattern, const char *action)
{
    bp_str wanted = bp_str_of(action);
    size_t star = bp_str_find(pattern, '*');
    if (star == pattern.size) {
        return bp_str_equal_folded(pattern, wanted);
    }
    return star + 1 == pattern.size && star <= wanted.size &&
           bp_str_equal_folded(bp_str_cut(pattern, 0, star), bp_str_cut(wanted, 0, star));
}

static void
take_principal(bp_arena *arena, statement *into, bp_str value)
{
    bp_arn arn;
    if (bp_str_is(value, "*")) {
        into->anyone = true;
    } else if (bp_is_account_id(value)) {
        *bp_vec_add(arena, &into->accounts) = value;
    } else if (bp_arn_parse(value, &arn) && bp_str_is(arn.service, "iam") &&
               bp_str_is(arn.rest, "root") && bp_is_account_id(arn.account)) {
        *bp_vec_add(arena, &into->accounts) = arn.account;
    } else {
        into->other_principal = true;
    }
}

/* o-…/r-…/ou-…/ and a '*' at the end: the last OU. */
static void
take_path(bp_arena *arena, statement *into, bp_str value)
{
    bp_str last = {"", 0};
    bool good = bp_str_ends(value, BP_STR("/*"));
    bp_str rest = bp_str_cut(value, 0, value.size - (good ? 2 : 0));
    while (rest.size > 0) {
        size_t slash = bp_str_find(rest, '/');
        last = bp_str_cut(rest, 0, slash);
        rest = bp_str_cut(rest, slash + 1, rest.size);
    }
    if (good && bp_str_starts(last, BP_STR("ou-")) && bp_is_target_id(last)) {
        *bp_vec_add(arena, &into->ous) = last;
    } else {
        into->other_condition = true;
    }
}

static void
take_leaf(bp_dump *dump, statement *into, const leaf *each, const char *action)
{
    bp_str value = each->value;
    if (is_path(each, "Statement/Effect")) {
        into->allow = bp_str_is(value, "Allow");
        into->deny = !into->allow;
    } else if (is_path(each, "Statement/Action")) {
        into->action = into->action || action_fits(value, action);
    } else if (is_path(each, "Statement/NotAction") ||
               strncmp(each->path, "Statement/NotPrincipal", 22) == 0) {
        into->not_action = true;
    } else if (is_path(each, "Statement/Principal") || is_path(each, "Statement/Principal/AWS")) {
        take_principal(dump->item, into, value);
    } else if (strncmp(each->path, "Statement/Principal/", 20) == 0) {
        into->service = into->service || (is_path(each, "Statement/Principal/Service") &&
                                          bp_str_is(value, "backup.amazonaws.com"));
        into->other_principal = true;
    } else if (is_path(each, "Statement/Condition/StringEquals/aws:PrincipalOrgID")) {
        into->conditions = true;
        into->org_ids++;
        into->org_id = value;
        into->other_condition = into->other_condition || !bp_is_org_id(value);
    } else if (is_path(each, "Statement/Condition/ForAnyValue:StringLike/aws:PrincipalOrgPaths")) {
        into->conditions = true;
        take_path(dump->item, into, value);
    } else if (strncmp(each->path, "Statement/Condition/", 20) == 0) {
        into->conditions = true;
        into->other_condition = true;
    }
}

typedef struct statements {
    statement *at;
    size_t count;
    bool deep;
} statements;

static statements
statements_of(bp_dump *dump, const flattening *flat, const char *action)
{
    statements all = {.count = flat->statement, .deep = flat->deep};
    all.at = bp_arena_array(dump->item, flat->statement + 1, sizeof *all.at);
    for (size_t i = 0; i < flat->all.count; i++) {
        const leaf *each = &flat->all.at[i];
        if (each->statement > 0) {
            take_leaf(dump, &all.at[each->statement - 1], each, action);
        }
    }
    return all;
}

/* All of a JSON text; false: it does not parse, reported. */
static bool
flatten_text(bp_dump *dump, const char *what, bp_str text, flattening *flat)
{
    bp_json_reader *reader = bp_inner_reader(dump->item, text);
    for (;;) {
        bp_json_event event = bp_json_next(reader);
        if (event.kind == BP_JSON_ERROR) {
            bp_inner_broken(dump, what, event);
            return false;
        }
        if (event.kind == BP_JSON_END) {
            return true;
        }
        flatten(flat, event);
    }
}

/* ---- access policies */

typedef BP_VEC(bp_str) id_list;

/* What one Allow adds; false: this table cannot say it. Which organization is ours may not be known
 * yet: its id is kept. */
static bool
add_allow(bp_arena *arena, const statement *each, bp_str *organization, id_list *ids)
{
    if (each->other_principal || each->other_condition) {
        return false;
    }
    if (each->anyone) {
        bool by_org = each->org_ids == 1 && each->ous.count == 0 &&
                      (organization->size == 0 || bp_str_equal(*organization, each->org_id));
        bool by_path = each->org_ids == 0 && each->ous.count > 0;
        *organization = by_org ? each->org_id : *organization;
        for (size_t i = 0; i < each->ous.count && by_path; i++) {
            bp_str id = each->ous.at[i];
            *bp_vec_add(arena, ids) = id;
        }
        return (by_org || by_path) && each->accounts.count == 0;
    }
    for (size_t i = 0; i < each->accounts.count; i++) {
        bp_str id = each->accounts.at[i];
        *bp_vec_add(arena, ids) = id;
    }
    return each->accounts.count > 0 && !each->conditions;
}

bp_str
bp_access_words(bp_dump *dump, bp_str document)
{
    flattening flat = {.arena = dump->item};
    bp_str organization = {NULL, 0};
    id_list ids = {0};
    if (!flatten_text(dump, "the access policy", document, &flat)) {
        return BP_STR("");
    }
    statements all = statements_of(dump, &flat, "backup:CopyIntoBackupVault");
    if (all.deep) {
        return BP_STR("other");
    }
    for (size_t i = 0; i < all.count; i++) {
        const statement *each = &all.at[i];
        if (each->not_action) {
            return BP_STR("other");
        }
        if (!each->action) {
            continue;
        }
        if (!each->allow || !add_allow(dump->item, each, &organization, &ids)) {
            return BP_STR("other");
        }
    }
    if (organization.size > 0) {
        return ids.count == 0 ? bp_str_format(dump->item, "organization %.*s", BP_ARG(organization))
                              : BP_STR("other");
    }
    if (ids.count == 0) {
        return BP_STR("none");
    }
    for (size_t i = 0; i < ids.count; i++) {
        bp_buf one = {.arena = dump->item};
        bp_buf_add(&one, ids.at[i]);
        ids.at[i] = bp_buf_text(&one);
    }
    bp_str joined = bp_records_join(dump->item, ids.at, ids.count);
    bp_buf words = {.arena = dump->item};
    for (size_t i = 0; i < joined.size; i++) {
        bool last = i + 1 == joined.size;
        if (!last || joined.at[i] != BP_RECORD_END) {
            bp_buf_add_char(&words, joined.at[i] == BP_RECORD_END ? ' ' : joined.at[i]);
        }
    }
    return bp_buf_text(&words);
}

/* ---- trust */

static bp_str
trust_of(bp_dump *dump, const flattening *flat)
{
    statements all = statements_of(dump, flat, "sts:AssumeRole");
    bool trusted = false;
    bool denied = false;
    bool conditions = false;
    for (size_t i = 0; i < all.count; i++) {
        const statement *each = &all.at[i];
        bool backup = (each->service || each->anyone) && (each->action || each->not_action);
        denied = denied || (each->deny && backup);
        if (each->allow && each->service && each->action) {
            trusted = true;
            conditions = conditions || each->conditions;
        }
    }
    if (denied || all.deep) {
        return BP_STR("unknown");
    }
    if (trusted && conditions) {
        bp_finding *finding =
            bp_dump_report(dump, "IMP041", "IMP046",
                           "role that AWS Backup may assume under a condition; it is taken for "
                           "trusted");
        finding->severity = BP_INFO;
    }
    return trusted ? BP_STR("backup") : BP_STR("other");
}

static int
hex_value(char c)
{
    char folded = bp_fold_char(c);
    return bp_is_digit(c) ? c - '0' : folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

bp_str
bp_trust_words(bp_dump *dump, bp_str document)
{
    flattening flat = {.arena = dump->item};
    bp_buf plain = {.arena = dump->item};
    bool encoded = bp_str_starts(document, BP_STR("%"));
    for (size_t i = 0; i < document.size && encoded; i++) {
        int high =
            document.at[i] == '%' && i + 2 < document.size ? hex_value(document.at[i + 1]) : -1;
        int low = high >= 0 ? hex_value(document.at[i + 2]) : -1;
        bp_buf_add_char(&plain, low >= 0 ? (char)(high * 16 + low) : document.at[i]);
        i += low >= 0 ? 2 : 0;
    }
    if (!flatten_text(dump, "the trust document", encoded ? bp_buf_text(&plain) : document,
                      &flat)) {
        return BP_STR("unknown");
    }
    return trust_of(dump, &flat);
}

bp_str
bp_trust_of(bp_dump *dump, bp_json_event first)
{
    flattening flat = {.arena = dump->item};
    flatten(&flat, first);
    while (flat.depth > 0) {
        bp_json_event event = bp_dump_next(dump);
        if (event.kind == BP_JSON_ERROR) {
            return (bp_str){NULL, 0};
        }
        flatten(&flat, event);
    }
    return trust_of(dump, &flat);
}
