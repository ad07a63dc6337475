/*
 * For unit tests of what a text makes: a program in, the document out, written with ' for ", and
 * what was found beside it.
 */
#ifndef BP_COMPILER_POLICY_LANGUAGE_FIXTURE_H
#define BP_COMPILER_POLICY_LANGUAGE_FIXTURE_H

#include "compiler/policy/elaborate_fixture.h"

/* A text of policies, the document of the first one, and findings that are no infos. */
typedef struct language_case {
    const char *text;
    const char *document; /* NULL: not looked at */
    const char *findings; /* NULL: not looked at */
} language_case;

static inline bp_str
fixture_quotes(bp_arena *arena, const char *text)
{
    bp_buf out = {.arena = arena};
    for (size_t i = 0; text[i] != '\0'; i++) {
        bp_buf_add_char(&out, text[i] == '\'' ? '"' : text[i]);
    }
    return bp_buf_text(&out);
}

/* Lines of findings that are no infos; that a case uses only some of the templates is no fault. */
static inline const char *
fixture_faults(fixture *f)
{
    bp_buf out = {.arena = f->arena};
    bp_str rest = bp_str_of(fixture_findings(f));
    while (rest.size > 0) {
        size_t end = bp_str_find(rest, '\n');
        bp_str line = bp_str_cut(rest, 0, end);
        rest = bp_str_cut(rest, end + 1, rest.size);
        bool unused = strstr(bp_str_c(f->arena, line), "nothing uses the template") != NULL;
        if (!unused && !bp_str_ends(line, BP_STR(" (i)"))) {
            bp_buf_format(&out, "%.*s\n", BP_ARG(line));
        }
    }
    return bp_str_c(f->arena, bp_buf_text(&out));
}

/* `around` holds one %s, where the text of the case stands; as does `document`, or is NULL. */
static inline void
expect_cases(const char *around, const char *document, const language_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_str frame = bp_str_of(around);
        size_t hole = bp_str_find(frame, '%');
        fixture *f = fixture_text(bp_str_c(
            arena, bp_str_format(arena, "%.*s%s%.*s", BP_ARG(bp_str_cut(frame, 0, hole)),
                                 cases[i].text, BP_ARG(bp_str_cut(frame, hole + 2, frame.size)))));
        if (cases[i].findings != NULL) {
            assert_string_equal(fixture_faults(f), cases[i].findings);
        }
        if (cases[i].document != NULL) {
            bp_str whole = bp_str_of(document);
            size_t at = bp_str_find(whole, '%');
            bp_str expected =
                bp_str_format(arena, "%.*s%s%.*s", BP_ARG(bp_str_cut(whole, 0, at)),
                              cases[i].document, BP_ARG(bp_str_cut(whole, at + 2, whole.size)));
            assert_string_equal(fixture_document(f, 0),
                                bp_str_c(arena, fixture_quotes(arena, bp_str_c(arena, expected))));
        }
        fixture_free(f);
        bp_arena_free(arena);
    }
}

#define EXPECT_CASES(around, document, cases) \
    expect_cases((around), (document), (cases), sizeof(cases) / sizeof(cases)[0])

/* Cases within a plan, or as whole files. */
#define PLAN_TEXT "policy \"p\" { plan \"q\" {\n%s\n} }\n"
#define PLAN_DOCUMENT "{'plans':{'q':{%s}}}"

#endif
