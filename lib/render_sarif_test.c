/* SARIF and Markdown, over sources that a stranger may have written. */
#include "lib/render.h"

#include "lib/json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const bp_rule rules[] = {
    {"CPY007", "self-copy", BP_WARNING, BP_AWS_ACCEPTS, "EFF", "copy onto itself", "0.1"},
    {"NAM002", "vault-name-case", BP_ERROR, BP_AWS_JOB_FAILS, "EFF", "another case", "0.1"},
    {"OPS001", "stale", BP_INFO, BP_AWS_NONE, "ART", "out of date", "0.1"},
};

typedef struct desk {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *list;
    const bp_source *source;
    bp_report_facts facts;
} desk;

static const char *
page(bp_str code)
{
    return bp_str_is(code, "NAM002") ? "# NAM002" : NULL;
}

static desk
start(const char *path, const char *text)
{
    desk on = {.arena = bp_arena_new(NULL)};
    on.sources = bp_sources_new(on.arena);
    on.source = bp_sources_add(on.sources, bp_str_of(path), bp_str_of(text));
    on.list = bp_diagnostics_new(on.arena, on.sources, rules, sizeof rules / sizeof *rules);
    on.facts = (bp_report_facts){.tool_version = BP_STR("0.1.0"), .page = page};
    return on;
}

static bp_str
rendered(desk *on, bp_renderer *render)
{
    bp_output *out = bp_output_new(on->arena, -1);
    bp_diagnostics_settle(on->list);
    render(on->arena, on->list, &on->facts, out);
    return bp_output_memory(out);
}

static void
has(bp_str text, const char *part)
{
    if (!bp_str_contains(text, bp_str_of(part))) {
        fail_msg("lacks %s:\n%.*s", part, BP_ARG(text));
    }
}

static void
lacks(bp_str text, const char *part)
{
    if (bp_str_contains(text, bp_str_of(part))) {
        fail_msg("holds %s:\n%.*s", part, BP_ARG(text));
    }
}

static void
nothing_found_is_an_empty_list(void **state)
{
    (void)state;
    desk on = start("a.bpol", "text\n");
    bp_str text = rendered(&on, bp_render_sarif);
    assert_non_null(bp_json_parse(on.arena, text));
    has(text, "\"version\": \"2.1.0\"");
    has(text, "\"results\": []");
    has(text, "\"id\": \"OPS001\"");
    has(text, "\"markdown\": \"# NAM002\"");
    bp_arena_free(on.arena);
}

static bp_finding *
report(desk *on, size_t start, size_t end, const char *scope)
{
    bp_finding *finding =
        bp_report(on->list, "NAM002", bp_span_of(on->source, start, end), "another case");
    bp_finding_scope(on->list, finding, bp_str_of(scope));
    return finding;
}

static void
a_result_has_places_fixes_and_levels(void **state)
{
    (void)state;
    desk on = start("a b/ü.bpol", "äö \"Prod\"\nvault\n");
    bp_finding *finding = report(&on, 5, 11, "policy/p");
    bp_finding_label(on.list, finding, bp_span_of(on.source, 12, 17), "declared here");
    bp_finding_fix(on.list, finding, true, finding->span, BP_STR("\"prod\""), "replace");
    bp_finding_fix(on.list, finding, false, finding->span, BP_STR(""), "remove");
    bp_report(on.list, "OPS001", BP_NOWHERE, "no place");
    on.facts.prefix = BP_STR("infra/backup/");
    on.facts.project_path = BP_STR("backpol.yaml");
    bp_str text = rendered(&on, bp_render_sarif);
    assert_non_null(bp_json_parse(on.arena, text));
    has(text, "\"uri\": \"infra/backup/a%20b/%C3%BC.bpol\"");
    has(text, "\"uri\": \"infra/backup/backpol.yaml\"");
    has(text, "\"startColumn\": 4,\n                  \"endLine\": 1,\n                  "
              "\"endColumn\": 10");
    has(text, "\"ruleIndex\": 1");
    has(text, "\"level\": \"error\"");
    has(text, "\"level\": \"note\"");
    has(text, "\"text\": \"declared here\"");
    has(text, "\"text\": \"remove (changes the meaning)\"");
    has(text, "\"aws\": \"job-fails\"");
    bp_arena_free(on.arena);
}

/* The fingerprints of a report, in order. */
static bp_str
prints(desk *on)
{
    bp_str text = rendered(on, bp_render_sarif);
    bp_buf all = {.arena = on->arena};
    bp_str mark = BP_STR("\"backpolScope/v1\": \"");
    for (size_t i = 0; i + mark.size < text.size; i++) {
        if (bp_str_starts(bp_str_cut(text, i, text.size), mark)) {
            bp_str rest = bp_str_cut(text, i + mark.size, text.size);
            bp_buf_add(&all, bp_str_cut(rest, 0, bp_str_find(rest, '"')));
            bp_buf_add_char(&all, ' ');
        }
    }
    return bp_buf_text(&all);
}

static void
fingerprints_do_not_know_lines(void **state)
{
    (void)state;
    desk before = start("a.bpol", "\"Prod\" \"Prod\" \"Test\"\n");
    report(&before, 0, 6, "policy/p");
    report(&before, 7, 13, "policy/p");
    report(&before, 14, 20, "policy/p");
    desk after = start("b.bpol", "# moved\n\n\"Prod\" \"Prod\" \"Test\"\n");
    report(&after, 9, 15, "policy/p");
    report(&after, 16, 22, "policy/p");
    report(&after, 23, 29, "policy/p");
    desk other = start("b.bpol", "\"Prod\" \"Prod\" \"Test\"\n");
    report(&other, 0, 6, "policy/q");
    bp_str one = prints(&before);
    assert_true(bp_str_equal(one, prints(&after)));
    assert_false(bp_str_starts(one, bp_str_trim(prints(&other))));
    has(one, ":1 ");
    has(one, ":2 ");
    lacks(one, ":3 ");
    bp_arena_free(before.arena);
    bp_arena_free(after.arena);
    bp_arena_free(other.arena);
}

static void
what_is_not_said_is_told(void **state)
{
    (void)state;
    desk on = start("a.bpol", "text\n");
    bp_skip_check(on.list, "CPY007", 3, "no vault list");
    for (size_t i = 0; i < 5003; i++) {
        bp_report(on.list, i % 2 == 0 ? "OPS001" : "NAM002", BP_NOWHERE, "number %zu", i);
    }
    bp_str text = rendered(&on, bp_render_sarif);
    has(text, "CPY007 not checked 3 times: no vault list");
    has(text, "3 more findings are left out");
    has(text, "number 5001\"");
    lacks(text, "number 5000\"");
    bp_arena_free(on.arena);
}

static void
any_bytes_stay_a_document(void **state)
{
    (void)state;
    char all[256 + 1];
    for (int i = 0; i < 256; i++) {
        all[i] = (char)(i == 0 ? 1 : i);
    }
    all[256] = '\0';
    desk on = start(all, all);
    bp_finding *finding = bp_report(on.list, "NAM002", bp_span_of(on.source, 10, 200), "%s", all);
    bp_finding_scope(on.list, finding, bp_str_of(all));
    bp_finding_fix(on.list, finding, false, finding->span, bp_str_of(all), "%s", all);
    bp_str text = rendered(&on, bp_render_sarif);
    size_t bad = 0;
    assert_true(bp_str_valid_utf8(text, &bad));
    assert_non_null(bp_json_parse(on.arena, text));
    assert_true(bp_str_valid_utf8(rendered(&on, bp_render_markdown), &bad));
    bp_arena_free(on.arena);
}

static void
markdown_puts_causes_together(void **state)
{
    (void)state;
    desk on = start("a.bpol", "one\ntwo\n");
    report(&on, 0, 3, "policy/p");
    report(&on, 0, 3, "policy/q");
    bp_report(on.list, "CPY007", bp_span_of(on.source, 4, 7), "second");
    on.facts.suppressed = 1;
    bp_str text = rendered(&on, bp_render_markdown);
    has(text, "2 errors, 1 warning, 1 suppressed finding\n");
    has(text, "| error | NAM002 | a.bpol:1 | another case (2 times) |\n"
              "| warning | CPY007 | a.bpol:2 | second |\n");
    bp_arena_free(on.arena);
}

static void
markdown_of_a_stranger_is_text(void **state)
{
    (void)state;
    desk on = start("a|b.bpol", "one\n");
    bp_report(on.list, "NAM002", bp_span_of(on.source, 0, 1),
              "<img src=x> [a](http://b) @team | `c` #1 **d** &amp; \n# head");
    bp_str text = rendered(&on, bp_render_markdown);
    has(text, "a\\|b.bpol:1");
    lacks(text, "<img");
    lacks(text, "[a](");
    lacks(text, "@team");
    lacks(text, "\n# head");
    lacks(text, " **d**");
    lacks(text, "&amp;");
    bp_arena_free(on.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_found_is_an_empty_list),
        cmocka_unit_test(a_result_has_places_fixes_and_levels),
        cmocka_unit_test(fingerprints_do_not_know_lines),
        cmocka_unit_test(what_is_not_said_is_told),
        cmocka_unit_test(any_bytes_stay_a_document),
        cmocka_unit_test(markdown_puts_causes_together),
        cmocka_unit_test(markdown_of_a_stranger_is_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
