/*
 * The oracle: what CreatePolicy answers to a document, as far as anybody recorded it, against what
 * backpol predicts: that it is refused, when some finding says "rejects".
 *
 * recorded.tsv holds recorded answers, whole.tsv the same fragments in a whole policy, near.tsv
 * cases of our own beside them. All differences are listed, by case.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "compiler/backpol.h"
#include "lib/calendar.h"
#include "lib/file.h"

typedef struct verdict_case {
    bp_str id;
    bp_str instant;
    bp_str answer;
    bp_str document;
} verdict_case;

static bp_str
cut_field(bp_str *rest)
{
    size_t end = bp_str_find(*rest, '\t');
    bp_str field = bp_str_cut(*rest, 0, end);
    *rest = bp_str_cut(*rest, end + 1, rest->size);
    return field;
}

/* The findings of a document; the session is the caller's arena's. */
static const bp_diagnostics *
judge(bp_arena *arena, const verdict_case *each)
{
    bp_options options = {.root = "."};
    bp_str instant = bp_str_is(each->instant, "-") ? BP_STR("2026-09-13T09:00:00Z") : each->instant;
    assert_true(bp_instant_parse(instant, &options.as_of));
    bp_session *session = bp_session_new(arena, &options);
    bp_session_add_document(session, BP_STR("case.json"), BP_STR("case"), each->document);
    if (bp_session_compile(session)) {
        bp_session_check(session);
    }
    bp_diagnostics_settle(session->diagnostics);
    return session->diagnostics;
}

static bool
is_refused(const bp_diagnostics *list)
{
    for (size_t i = 0; i < bp_diagnostics_total(list); i++) {
        if (bp_diagnostics_at(list, i)->aws == BP_AWS_REJECTS) {
            return true;
        }
    }
    return false;
}

/* Every finding has a place inside the document. */
static bool
all_have_places(const bp_diagnostics *list, bp_str document)
{
    for (size_t i = 0; i < bp_diagnostics_total(list); i++) {
        bp_span span = bp_diagnostics_at(list, i)->span;
        if (!bp_span_exists(span) || span.start > span.end || span.end > document.size) {
            return false;
        }
    }
    return true;
}

static void
print_difference(const verdict_case *each, const bp_diagnostics *list)
{
    print_error("%.*s: AWS %.*s it\n", BP_ARG(each->id), BP_ARG(each->answer));
    for (size_t i = 0; i < bp_diagnostics_total(list); i++) {
        const bp_finding *finding = bp_diagnostics_at(list, i);
        print_error("    %s %s: %.*s\n", finding->rule->code, bp_verdict_name(finding->aws),
                    BP_ARG(finding->message));
    }
}

/* The next number of a fixed row of numbers that look random. */
static uint32_t
next_number(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

/* Some bytes of a text replaced, cut out or repeated. */
static bp_str
mutate(bp_arena *arena, bp_str text, uint32_t *state)
{
    static const char bytes[] = "{}[]\",:@$\\0159 eE+-._/\n\t\xC3\x80\xFFtrufalsn";
    bp_buf out = {.arena = arena};
    for (size_t i = 0; i < text.size; i++) {
        uint32_t choice = next_number(state) % 1500;
        if (choice == 0) {
            bp_buf_add_char(&out, bytes[next_number(state) % (sizeof bytes - 1)]);
        } else if (choice == 1) {
            bp_buf_add(&out, bp_str_cut(text, i, i + next_number(state) % 20));
        } else if (choice == 2) {
            i += next_number(state) % 20;
        } else {
            bp_buf_add_char(&out, text.at[i]);
        }
    }
    return bp_buf_text(&out);
}

/* Whatever stands in a document: it ends, and every finding has a place in it. */
static void
mutated_documents(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_str rest = {0};
    bp_file_error error = {0};
    uint32_t number = 20260913;
    assert_true(bp_file_read(arena, ".", BP_STR("testdata/verdicts/whole.tsv"), 4 * 1024 * 1024,
                             &rest, &error));
    while (rest.size > 0) {
        size_t end = bp_str_find(rest, '\n');
        bp_str line = bp_str_cut(rest, 0, end);
        rest = bp_str_cut(rest, end + 1, rest.size);
        if (line.size == 0 || line.at[0] == '#') {
            continue;
        }
        verdict_case each = {.id = cut_field(&line)};
        each.instant = cut_field(&line);
        each.answer = cut_field(&line);
        for (int i = 0; i < 20; i++) {
            bp_arena *own = bp_arena_new(NULL);
            each.document = mutate(own, line, &number);
            const bp_diagnostics *list = judge(own, &each);
            if (!all_have_places(list, each.document)) {
                fail_msg("a finding without a place: %.*s", BP_ARG(each.document));
            }
            bp_arena_free(own);
        }
    }
    bp_arena_free(arena);
}

/* Runs the cases of a file; at least `least` of them. */
static void
run_file(const char *path, size_t least)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_str rest = {0};
    bp_file_error error = {0};
    size_t count = 0;
    size_t different = 0;
    assert_true(bp_file_read(arena, ".", bp_str_of(path), 4 * 1024 * 1024, &rest, &error));
    while (rest.size > 0) {
        size_t end = bp_str_find(rest, '\n');
        bp_str line = bp_str_cut(rest, 0, end);
        rest = bp_str_cut(rest, end + 1, rest.size);
        if (line.size == 0 || line.at[0] == '#') {
            continue;
        }
        verdict_case each = {.id = cut_field(&line)};
        each.instant = cut_field(&line);
        each.answer = cut_field(&line);
        each.document = line;
        assert_true(bp_str_is(each.answer, "accepted") || bp_str_is(each.answer, "rejected"));
        bp_arena *own = bp_arena_new(NULL);
        const bp_diagnostics *list = judge(own, &each);
        bool refused = bp_str_is(each.answer, "rejected");
        if (is_refused(list) != refused || !all_have_places(list, each.document)) {
            different++;
            print_difference(&each, list);
        }
        bp_arena_free(own);
        count++;
    }
    bp_arena_free(arena);
    assert_true(count >= least);
    assert_int_equal(different, 0);
}

static void
recorded_answers(void **state)
{
    (void)state;
    run_file("testdata/verdicts/recorded.tsv", 255);
}

static void
recorded_fragments_in_whole_policies(void **state)
{
    (void)state;
    run_file("testdata/verdicts/whole.tsv", 150);
}

static void
near_cases(void **state)
{
    (void)state;
    run_file("testdata/verdicts/near.tsv", 300);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_answers),
        cmocka_unit_test(recorded_fragments_in_whole_policies),
        cmocka_unit_test(near_cases),
        cmocka_unit_test(mutated_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
