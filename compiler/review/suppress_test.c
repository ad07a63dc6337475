/*
 * Which findings a comment hides: by its place (the file, a block, a statement, a line) and by the
 * scope of its block; and that many comments and many findings cost little more than one of each.
 */
#include "compiler/review/review.h"
#include "grammar/parse_fixture.h"

static const bp_manifest nothing_said;

typedef struct trial {
    fixture f;
    bp_review review;
} trial;

static trial
begin(const char *text)
{
    trial t = {.f = fixture_parse(text, strlen(text))};
    t.review =
        (bp_review){.arena = t.f.arena, .diagnostics = t.f.diagnostics, .manifest = &nothing_said};
    bp_review_read(&t.review, t.f.file, 0);
    return t;
}

static void
report_at(trial *t, const char *code, const char *word, const char *scope)
{
    const bp_source *source = t->f.file->source;
    size_t start = (size_t)(strstr(source->text.at, word) - source->text.at);
    bp_finding *finding =
        bp_report(t->f.diagnostics, code, bp_span_of(source, start, start + strlen(word)), "here");
    bp_finding_scope(t->f.diagnostics, finding, bp_str_of(scope));
}

static const char text[] = "// backpol: ignore SYN011 -- of the file\n"
                           "edition 1\n"
                           "// backpol: ignore SYN007 -- of the constant\n"
                           "let first = 1\n"
                           "let second = 2 // backpol: ignore SYN016 -- of the line\n"
                           "// backpol: ignore SYN007, SYN015 -- of the policy\n"
                           "// backpol: ignore SYN007 -- said twice\n"
                           "policy \"p\" {\n"
                           "  plan \"a\" {\n"
                           "    // backpol: ignore SYN007 -- of the rule\n"
                           "    rule \"r\" { vault = \"inner\" }\n"
                           "    rule \"s\" { vault = \"other\" }\n"
                           "    // backpol: ignore SYN016 -- of the rule, too\n"
                           "    rule \"t\" { vault = \"third\" }\n"
                           "  }\n"
                           "}\n"
                           "let outside = 3\n";

/* The comments that hid something, by the order of the rules that they name. */
static void
expect_used(const trial *t, const char *used)
{
    assert_int_equal(t->review.suppressions.count, strlen(used));
    for (size_t i = 0; i < t->review.suppressions.count; i++) {
        if ((t->review.suppressions.at[i].hidden > 0) != (used[i] == 'x')) {
            fail_msg("%s: suppression %zu hid %zu", used, i, t->review.suppressions.at[i].hidden);
        }
    }
}

static void
places_are_hidden(void **state)
{
    static const struct {
        const char *code, *word;
        bool hidden;
        const char *used; /* file, constant, line, policy twice, said twice, rule, rule too */
    } rows[] = {
        {"SYN011", "edition", true, "x......."},  {"SYN011", "outside", true, "x......."},
        {"SYN007", "first", true, ".x......"},    {"SYN007", "second", false, "........"},
        {"SYN016", "second", true, "..x....."},   {"SYN016", "first", false, "........"},
        {"SYN007", "plan", true, "...x.x.."},     {"SYN007", "inner", true, "...x.xx."},
        {"SYN007", "other", true, "...x.x.."},    {"SYN015", "other", true, "....x..."},
        {"SYN016", "third", true, ".......x"},    {"SYN016", "other", false, "........"},
        {"SYN007", "outside", false, "........"}, {"SYN001", "inner", false, "........"},
        {"SYN007", "edition", false, "........"}, {"SYN015", "outside", false, "........"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        trial t = begin(text);
        report_at(&t, rows[i].code, rows[i].word, "");
        bp_review_suppress(&t.review);
        if (bp_diagnostics_total(t.f.diagnostics) != !rows[i].hidden) {
            fail_msg("row %zu: %s at %s: %.*s", i, rows[i].code, rows[i].word,
                     BP_ARG(fixture_findings(&t.f, true)));
        }
        assert_int_equal(t.review.suppressed, rows[i].hidden);
        expect_used(&t, rows[i].used);
        fixture_free(&t.f);
    }
}

static void
scopes_are_hidden(void **state)
{
    static const struct {
        const char *scope;
        bool by_text;
        const char *used;
    } rows[] = {
        {"policy/p", false, "...x.x.."},
        {"policy/p/plan/a/rule/r", false, "...x.xx."},
        {"policy/p/plan/a/rule/r/copy/x", false, "...x.xx."},
        {"policy/p/plan/a/rule/rr", false, "...x.x.."},
        {"policy/pp", false, "........"},
        {"policy/p/plan/a/rule/r", true, "........"},
        {"", false, "........"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        trial t = begin(text);
        report_at(&t, "SYN007", "outside", rows[i].scope);
        bp_diagnostics_edit(t.f.diagnostics, 0)->by_text = rows[i].by_text;
        bp_review_suppress(&t.review);
        expect_used(&t, rows[i].used);
        fixture_free(&t.f);
    }
}

/* A stranger may write as many comments and faults as a file holds. */
static void
many_cost_little(void **state)
{
    enum { MANY = 3000 };
    bp_arena *arena = bp_arena_new(NULL);
    bp_buf out = {.arena = arena};
    (void)state;
    bp_buf_add_c(&out, "edition 1\npolicy \"p\" {\n");
    for (int i = 0; i < MANY; i++) {
        bp_buf_format(&out, "// backpol: ignore SYN007 -- many\nplan \"a%d\" { x = 1 }\n", i);
    }
    for (int i = 0; i < MANY; i++) {
        bp_buf_add_c(&out, "// backpol: ignore SYN007 -- of one plan\n");
    }
    bp_buf_add_c(&out, "plan \"last\" { y = 1 }\n}\n");
    bp_buf_add_char(&out, '\0');
    trial t = begin(out.at);
    size_t before = bp_arena_size(t.f.arena);
    size_t body = 0;
    for (const char *at = out.at; (at = strstr(at, "{ ")) != NULL; at++) {
        size_t start = (size_t)(at - out.at);
        bp_report(t.f.diagnostics, "SYN007", bp_span_of(t.f.file->source, start, start + 1), "x");
        body++;
    }
    assert_int_equal(body, MANY + 1);
    bp_review_suppress(&t.review);
    assert_int_equal(t.review.suppressed, MANY + 1);
    assert_int_equal(bp_diagnostics_total(t.f.diagnostics), 0);
    for (size_t i = 0; i < t.review.suppressions.count; i++) {
        assert_int_equal(t.review.suppressions.at[i].hidden, 1);
    }
    assert_true(before < 200 * out.size);
    fixture_free(&t.f);
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_hidden),
        cmocka_unit_test(scopes_are_hidden),
        cmocka_unit_test(many_cost_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
