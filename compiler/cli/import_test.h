/*
 * What tests of import share: an import of a text, the document that the result gives, and a
 * comparison of documents of its own: by lists of "path = value", not by values.
 */
#ifndef BP_COMPILER_CLI_IMPORT_TEST_H
#define BP_COMPILER_CLI_IMPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/backpol.h"
#include "grammar/format.h"
#include "lib/file.h"
#include "lib/json_read.h"
#include "lib/json_write.h"

static inline bp_session *
new_session(bp_arena *arena)
{
    bp_options options = {.root = "."};
    return bp_session_new(arena, &options);
}

static inline bp_import_result
import_text(bp_session *session, bp_str json, bp_str *text)
{
    bp_import_order order = {.path = BP_STR("case.json"),
                             .shown = BP_STR("case.json"),
                             .name = BP_STR("case"),
                             .text = json};
    return bp_session_import(session, NULL, &order, text);
}

/* The document of a text of the language. */
static inline bp_str
document_of(bp_arena *arena, bp_str text)
{
    bp_session *session = new_session(arena);
    const bp_source *source = bp_sources_add(session->sources, BP_STR("case.bpol"), text);
    const bp_ast_file *file = bp_parse(arena, session->diagnostics, source);
    bp_elaboration how = {.arena = arena, .diagnostics = session->diagnostics};
    bp_program *program = NULL;
    assert_false(file->broken);
    assert_true(bp_elaborate(&how, &file, 1, &program));
    assert_int_equal(program->policies.count, 1);
    return bp_tree_write_compact(arena, program->policies.at[0]->document);
}

/* ---- lines of a document */

typedef BP_VEC(bp_str) lines;

typedef struct flattening {
    bp_arena *arena;
    bp_json_reader *reader;
    lines values; /* "plans/evening/regions/@@assign/0 = us-east-1", folded but for values */
    lines names;  /* keys that AWS does not fold */
} flattening;

static inline bool
is_fixed_key(bp_str key)
{
    static const char all[] =
        " plans regions rules selections tags resources schedule_expression "
        "start_backup_window_minutes complete_backup_window_minutes enable_continuous_backup "
        "target_backup_vault_name target_logically_air_gapped_backup_vault_arn lifecycle "
        "move_to_cold_storage_after_days delete_after_days "
        "opt_in_to_archive_for_supported_resources copy_actions target_backup_vault_arn "
        "recovery_point_tags tag_key tag_value index_actions resource_types scan_actions guardduty "
        "scan_mode iam_role_arn not_resource_types conditions string_equals string_not_equals "
        "string_like string_not_like condition_key condition_value advanced_backup_settings ec2 "
        "windows_vss s3 backup_acls backup_object_tags backup_plan_tags scan_settings "
        "scanner_role_arn @@assign @@append @@remove @@operators_allowed_for_child_policies ";
    char folded[128];
    if (key.size + 3 > sizeof folded || memchr(key.at, ' ', key.size) != NULL) {
        return false;
    }
    folded[0] = ' ';
    for (size_t i = 0; i < key.size; i++) {
        folded[i + 1] = bp_fold_char(key.at[i]);
    }
    folded[key.size + 1] = ' ';
    folded[key.size + 2] = '\0';
    return strstr(all, folded) != NULL;
}

static inline void
add_line(flattening *on, bp_str path, const char *kind, bp_str text)
{
    *bp_vec_add(on->arena, &on->values) =
        bp_str_format(on->arena, "%.*s = %s%.*s", BP_ARG(path), kind, BP_ARG(text));
}

static inline void
flatten(flattening *on, bp_str path, bp_json_event event, bool control)
{
    size_t index = 0;
    if (event.kind == BP_JSON_OBJECT) {
        add_line(on, path, "object", BP_STR(""));
        for (event = bp_json_next(on->reader); event.kind == BP_JSON_KEY;
             event = bp_json_next(on->reader)) {
            if (!is_fixed_key(event.text)) {
                *bp_vec_add(on->arena, &on->names) = event.text;
            }
            bp_str folded = bp_str_fold(on->arena, event.text);
            flatten(on, bp_str_format(on->arena, "%.*s/%.*s", BP_ARG(path), BP_ARG(folded)),
                    bp_json_next(on->reader),
                    bp_str_is(folded, "@@operators_allowed_for_child_policies"));
        }
        assert_int_equal(event.kind, BP_JSON_OBJECT_END);
    } else if (event.kind == BP_JSON_ARRAY) {
        add_line(on, path, "list", BP_STR(""));
        for (event = bp_json_next(on->reader); event.kind != BP_JSON_ARRAY_END;
             event = bp_json_next(on->reader)) {
            bp_str below = control ? bp_str_format(on->arena, "%.*s/*", BP_ARG(path))
                                   : bp_str_format(on->arena, "%.*s/%zu", BP_ARG(path), index++);
            if (control && event.kind == BP_JSON_STRING) {
                event.text = bp_str_fold(on->arena, event.text);
            }
            flatten(on, below, event, false);
        }
    } else if (event.kind == BP_JSON_NULL) {
        add_line(on, path, "null", BP_STR(""));
    } else {
        assert_true(event.kind == BP_JSON_STRING || event.kind == BP_JSON_NUMBER ||
                    event.kind == BP_JSON_TRUE || event.kind == BP_JSON_FALSE);
        bp_str word = event.kind == BP_JSON_TRUE    ? BP_STR("true")
                      : event.kind == BP_JSON_FALSE ? BP_STR("false")
                                                    : event.text;
        add_line(on, path, "text ", word);
    }
}

static inline int
by_bytes(const void *left, const void *right)
{
    return bp_str_compare(*(const bp_str *)left, *(const bp_str *)right);
}

static inline void
flatten_text(flattening *on, bp_str text)
{
    bp_sources *sources = bp_sources_new(on->arena);
    on->reader =
        bp_json_reader_new(on->arena, bp_sources_add(sources, BP_STR("document.json"), text));
    flatten(on, BP_STR(""), bp_json_next(on->reader), false);
    qsort(on->values.at, on->values.count, sizeof(bp_str), by_bytes);
    if (on->names.count > 0) {
        qsort(on->names.at, on->names.count, sizeof(bp_str), by_bytes);
    }
}

/* The first difference of two sorted lists, what stands twice in a row counted once; empty: none.
 */
static inline bp_str
first_difference(const lines *a, const lines *b)
{
    size_t i = 0;
    size_t k = 0;
    while (i < a->count && k < b->count) {
        if (!bp_str_equal(a->at[i], b->at[k])) {
            return bp_str_compare(a->at[i], b->at[k]) < 0 ? a->at[i] : b->at[k];
        }
        bp_str both = a->at[i];
        while (i < a->count && bp_str_equal(a->at[i], both)) {
            i++;
        }
        while (k < b->count && bp_str_equal(b->at[k], both)) {
            k++;
        }
    }
    return i < a->count ? a->at[i] : k < b->count ? b->at[k] : BP_STR("");
}

/* The first line in which two documents differ; empty: they are one to AWS. */
static inline bp_str
difference(bp_arena *arena, bp_str a, bp_str b)
{
    flattening one = {.arena = arena};
    flattening other = {.arena = arena};
    flatten_text(&one, a);
    flatten_text(&other, b);
    bp_str found = first_difference(&one.values, &other.values);
    return found.size > 0 ? found : first_difference(&one.names, &other.names);
}

/* What policies above a document have; NULL: nothing. */
typedef bool inherited(void *context, const bp_str *way, size_t count);

/* Imports a document and looks at all that has to hold; false when it was refused. */
static inline bool
round_trip(bp_arena *arena, bp_str json, inherited *inherits)
{
    bp_session *session = new_session(arena);
    bp_import import = {.arena = arena,
                        .diagnostics = session->diagnostics,
                        .name = BP_STR("case"),
                        .inherits = inherits};
    bp_str text = {0};
    const bp_source *document = bp_sources_add(session->sources, BP_STR("case.json"), json);
    bp_import_result result = bp_import_document(&import, document, &text);
    if (result == BP_IMPORT_REFUSED) {
        assert_true(bp_diagnostics_has(session->diagnostics, BP_ERROR));
        return false;
    }
    if (result == BP_IMPORT_DIFFERS) {
        fprintf(stderr, "%.*s\nbecame\n%.*s\n", BP_ARG(json), BP_ARG(text));
        fail_msg("it does not read back");
    }
    bp_str again = document_of(arena, text);
    bp_str differs = difference(arena, json, again);
    if (differs.size > 0) {
        fprintf(stderr, "%.*s\nbecame\n%.*s\nwhich is\n%.*s\n", BP_ARG(json), BP_ARG(text),
                BP_ARG(again));
        fail_msg("it differs: %.*s", BP_ARG(differs));
    }
    bp_buf formatted = {.arena = arena};
    const bp_source *source = bp_sources_add(session->sources, BP_STR("case.bpol"), text);
    assert_true(bp_format(arena, session->diagnostics, source, &formatted));
    assert_true(bp_str_equal(bp_buf_text(&formatted), text));
    return true;
}

#endif
