/*
 * Documents behind `raw`: each recorded document, its members written as raw JSON of a policy,
 * gives the same document again, and is predicted like the document itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "compiler/backpol.h"
#include "compiler/policy/tree.h"
#include "lib/calendar.h"
#include "lib/file.h"
#include "lib/json_read.h"
#include "lib/json_write.h"

static bp_str
cut_field(bp_str *rest)
{
    size_t end = bp_str_find(*rest, '\t');
    bp_str field = bp_str_cut(*rest, 0, end);
    *rest = bp_str_cut(*rest, end + 1, rest->size);
    return field;
}

/* A value of a document's member: what stands from `start` up to the next key or last brace. */
static bp_str
member_text(bp_str document, size_t start, size_t end)
{
    bp_str text = bp_str_trim(bp_str_cut(document, start, end));
    bool comma = text.size > 0 && text.at[text.size - 1] == ',';
    return bp_str_trim(bp_str_cut(text, 0, text.size - (comma ? 1 : 0)));
}

/* The members of a document as statements; false if it is no object that parses, or has none. */
static bool
as_raw(bp_arena *arena, bp_str document, bp_buf *text)
{
    bp_sources *sources = bp_sources_new(arena);
    bp_json_reader *reader =
        bp_json_reader_new(arena, bp_sources_add(sources, BP_STR("case.json"), document));
    bp_json_event event = bp_json_next(reader);
    if (event.kind != BP_JSON_OBJECT) {
        return false;
    }
    size_t members = 0;
    bp_buf_add_c(text, "edition 1\npolicy \"case\" {\n");
    for (event = bp_json_next(reader); event.kind == BP_JSON_KEY; members++) {
        bp_str key = bp_span_text(sources, event.span);
        bp_json_event first = bp_json_next(reader);
        if (!bp_json_skip(reader, first)) {
            return false;
        }
        event = bp_json_next(reader);
        bp_buf_format(text, "raw %.*s = %.*s\n", BP_ARG(key),
                      BP_ARG(member_text(document, first.span.start, event.span.start)));
    }
    bp_buf_add_c(text, "}\n");
    return members > 0 && event.kind == BP_JSON_OBJECT_END;
}

static bp_session *
new_session(bp_arena *arena, bp_str instant)
{
    bp_options options = {.root = "."};
    bp_str at = bp_str_is(instant, "-") ? BP_STR("2026-09-13T09:00:00Z") : instant;
    assert_true(bp_instant_parse(at, &options.as_of));
    return bp_session_new(arena, &options);
}

static bool
refuses(bp_session *session)
{
    if (bp_session_compile(session)) {
        bp_session_check(session);
    }
    bp_diagnostics_settle(session->diagnostics);
    for (size_t i = 0; i < bp_diagnostics_total(session->diagnostics); i++) {
        const bp_finding *finding = bp_diagnostics_at(session->diagnostics, i);
        assert_true(bp_span_exists(finding->span));
        if (finding->aws == BP_AWS_REJECTS) {
            return true;
        }
    }
    return false;
}

/* The document of a session's one policy, letter case ignored: fixed keys are folded by the reader
 * of documents alone. */
static bp_str
written(bp_session *session)
{
    assert_int_equal(session->program->policies.count, 1);
    return bp_str_fold(
        session->arena,
        bp_tree_write_compact(session->arena, session->program->policies.at[0]->document));
}

/* False, and told, if the case differs. */
static bool
run_case(bp_str id, bp_str instant, bp_str answer, bp_str document)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_buf text = {.arena = arena};
    bool same = true;
    /* An empty document cannot be said: the language writes its plans. */
    if (as_raw(arena, document, &text)) {
        bp_session *raw = new_session(arena, instant);
        bp_session *json = new_session(arena, instant);
        const bp_source *source =
            bp_sources_add(raw->sources, BP_STR("case.bpol"), bp_buf_text(&text));
        *bp_vec_add(arena, &raw->files) = bp_parse(arena, raw->diagnostics, source);
        bp_session_add_document(json, BP_STR("case.json"), BP_STR("case"), document);
        bool refused = refuses(raw);
        bool accepted = bp_str_is(answer, "accepted");
        same = refused != accepted && refuses(json) == refused &&
               (refused || bp_json_texts_equal(arena, written(raw), written(json)));
        if (!same) {
            print_error("%.*s, which AWS %.*s\n%.*s\n", BP_ARG(id), BP_ARG(answer),
                        BP_ARG(written(raw)));
        }
    }
    bp_arena_free(arena);
    return same;
}

static void
raw_documents_are_documents(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_str rest = {0};
    bp_file_error error = {0};
    size_t count = 0;
    size_t different = 0;
    assert_true(bp_file_read(arena, ".", BP_STR("testdata/verdicts/recorded.tsv"), 4 * 1024 * 1024,
                             &rest, &error));
    while (rest.size > 0) {
        size_t end = bp_str_find(rest, '\n');
        bp_str line = bp_str_cut(rest, 0, end);
        rest = bp_str_cut(rest, end + 1, rest.size);
        if (line.size == 0 || line.at[0] == '#') {
            continue;
        }
        bp_str id = cut_field(&line);
        bp_str instant = cut_field(&line);
        bp_str answer = cut_field(&line);
        count++;
        different += run_case(id, instant, answer, line) ? 0 : 1;
    }
    bp_arena_free(arena);
    assert_true(count >= 250);
    assert_int_equal(different, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(raw_documents_are_documents)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
