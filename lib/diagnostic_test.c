/* Sources with their positions, and the list of findings: order, levels, repeats, skips. */
#include "lib/diagnostic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const bp_rule rules[] = {
    {"AAA001", "first-rule", BP_WARNING, BP_AWS_ACCEPTS, "DOC", "", "0.1.0"},
    {"BBB001", "second-rule", BP_ERROR, BP_AWS_REJECTS, "DOC", "", "0.1.0"},
    {"CCC001", "third-rule", BP_INFO, BP_AWS_NONE, "DOC", "", "0.1.0"},
};

typedef struct desk {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *list;
} desk;

static int
set_up(void **state)
{
    static desk on;
    on.arena = bp_arena_new(NULL);
    on.sources = bp_sources_new(on.arena);
    on.list = bp_diagnostics_new(on.arena, on.sources, rules, 3);
    *state = &on;
    return 0;
}

static int
tear_down(void **state)
{
    desk *on = *state;
    bp_arena_free(on->arena);
    return 0;
}

static const bp_source *
add(desk *on, bp_str text)
{
    return bp_sources_add(on->sources, BP_STR("x"), text);
}

static void
expect_position(desk *on, const bp_source *source, uint32_t offset, uint32_t line, uint32_t column)
{
    bp_position at = bp_sources_position(on->sources, source->id, offset);
    assert_int_equal(at.line, line);
    assert_int_equal(at.column, column);
}

static void
positions_count_characters(void **state)
{
    desk *on = *state;
    const bp_source *source = add(on, BP_STR("\xEF\xBB\xBF"
                                             "a\xC3\xA9z\r\n\n\xFFx"));
    expect_position(on, source, 0, 1, 1);
    expect_position(on, source, 3, 1, 1);
    expect_position(on, source, 4, 1, 2);
    expect_position(on, source, 6, 1, 3);
    expect_position(on, source, 9, 2, 1);
    expect_position(on, source, 10, 3, 1);
    expect_position(on, source, 11, 3, 2);
    expect_position(on, source, 12, 3, 3);
    expect_position(on, source, 999, 3, 3);
    assert_true(bp_str_is(bp_sources_line(on->sources, source->id, 1), "a\xC3\xA9z"));
    assert_true(bp_str_is(bp_sources_line(on->sources, source->id, 2), ""));
    assert_true(bp_str_is(bp_sources_line(on->sources, source->id, 3), "\xFFx"));
    assert_true(bp_str_is(bp_sources_line(on->sources, source->id, 4), ""));
    assert_true(bp_str_is(bp_sources_line(on->sources, source->id, 0), ""));
    expect_position(on, add(on, BP_STR("")), 5, 1, 1);
    expect_position(on, add(on, BP_STR("a\n")), 2, 2, 1);
}

static void
positions_in_a_megabyte_line(void **state)
{
    desk *on = *state;
    enum { CHARACTERS = 400000 };
    char *text = bp_arena_alloc(on->arena, CHARACTERS * 3 + 1);
    text[0] = '\n';
    for (size_t i = 0; i < CHARACTERS; i++) {
        memcpy(text + 1 + 3 * i, "\xE6\x97\xA5", 3);
    }
    const bp_source *source = add(on, (bp_str){text, CHARACTERS * 3 + 1});
    for (uint32_t i = 0; i < CHARACTERS; i += 7) {
        expect_position(on, source, 1 + 3 * i, 2, i + 1);
    }
}

static void
spans(void **state)
{
    desk *on = *state;
    const bp_source *source = add(on, BP_STR("abcdef"));
    bp_span a = bp_span_of(source, 1, 3);
    bp_span b = bp_span_of(source, 4, 5);
    assert_true(bp_str_is(bp_span_text(on->sources, bp_span_join(a, b)), "bcde"));
    assert_int_equal(bp_span_after(a).start, 3);
    assert_int_equal(bp_span_after(a).end, 3);
    assert_true(bp_span_compare(a, b) < 0);
    assert_true(bp_span_compare(BP_NOWHERE, a) < 0);
    assert_false(bp_span_exists(BP_NOWHERE));
    assert_true(bp_str_is(bp_span_text(on->sources, BP_NOWHERE), ""));
    assert_null(bp_sources_get(on->sources, 2));
    assert_null(bp_sources_get(on->sources, 0));
}

static const char *
order(desk *on)
{
    bp_buf buf = {.arena = on->arena};
    bp_diagnostics_settle(on->list);
    for (size_t i = 0; i < bp_diagnostics_total(on->list); i++) {
        bp_buf_add(&buf, bp_diagnostics_at(on->list, i)->message);
    }
    return bp_buf_text(&buf).at;
}

static void
findings_are_sorted_by_place_code_and_order_of_report(void **state)
{
    desk *on = *state;
    const bp_source *one = add(on, BP_STR("text"));
    const bp_source *two = add(on, BP_STR("text"));
    bp_report(on->list, "AAA001", bp_span_of(two, 0, 1), "g");
    bp_report(on->list, "BBB001", bp_span_of(one, 2, 3), "e");
    bp_report(on->list, "AAA001", bp_span_of(one, 2, 4), "f");
    bp_report(on->list, "AAA001", bp_span_of(one, 2, 3), "d");
    bp_report(on->list, "AAA001", bp_span_of(one, 2, 3), "c");
    bp_report(on->list, "CCC001", BP_NOWHERE, "b");
    bp_report(on->list, "AAA001", BP_NOWHERE, "a");
    assert_string_equal(order(on), "abdcefg");
    bp_report(on->list, "AAA001", bp_span_of(one, 0, 1), "x");
    assert_string_equal(order(on), "abxdcefg");
}

static void
repeats_are_dropped_even_when_others_stand_between(void **state)
{
    desk *on = *state;
    bp_report(on->list, "AAA001", BP_NOWHERE, "z");
    bp_report(on->list, "AAA001", BP_NOWHERE, "b");
    bp_report(on->list, "AAA001", BP_NOWHERE, "z");
    bp_report(on->list, "BBB001", BP_NOWHERE, "z");
    assert_string_equal(order(on), "zbz");
    for (int i = 0; i < 20000; i++) {
        bp_report(on->list, "CCC001", BP_NOWHERE, "%d", i % 10000);
    }
    order(on);
    assert_int_equal(bp_diagnostics_total(on->list), 10003);
}

static const char *
scoped(desk *on, bool by_text)
{
    static const char *const scopes[] = {"policy/b", "policy/a", "policy/b"};
    bp_diagnostics *list = on->list = bp_diagnostics_new(on->arena, on->sources, rules, 3);
    for (size_t i = 0; i < 3; i++) {
        bp_finding *finding = bp_report(list, "AAA001", BP_NOWHERE, "m");
        bp_finding_scope(list, finding, bp_str_of(scopes[i]));
        finding->by_text = by_text;
    }
    bp_diagnostics_settle(list);
    bp_buf buf = {.arena = on->arena};
    for (size_t i = 0; i < bp_diagnostics_total(list); i++) {
        bp_buf_format(&buf, "%.*s ", BP_ARG(bp_diagnostics_at(list, i)->scope));
    }
    return bp_buf_text(&buf).at;
}

/* One template in two policies: told once if the text decides, else once for each. */
static void
scopes_are_told_apart_unless_the_text_decides(void **state)
{
    desk *on = *state;
    assert_string_equal(scoped(on, false), "policy/b policy/a ");
    assert_string_equal(scoped(on, true), "policy/b ");
}

static void
levels_apply_before_and_after(void **state)
{
    desk *on = *state;
    bp_report(on->list, "AAA001", BP_NOWHERE, "a");
    assert_false(bp_diagnostics_has(on->list, BP_ERROR));
    assert_true(bp_diagnostics_has(on->list, BP_WARNING));
    bp_diagnostics_level(on->list, &rules[0], BP_ERROR);
    assert_true(bp_diagnostics_has(on->list, BP_ERROR));
    bp_diagnostics_level(on->list, &rules[1], BP_OFF);
    bp_report(on->list, "BBB001", BP_NOWHERE, "b");
    assert_int_equal(bp_diagnostics_count(on->list, BP_ERROR), 1);
    assert_string_equal(order(on), "a");
    assert_int_equal(bp_diagnostics_at(on->list, 0)->severity, BP_ERROR);
    bp_finding *softer = bp_report(on->list, "CCC001", BP_NOWHERE, "c");
    softer->severity = BP_WARNING;
    order(on);
    assert_int_equal(bp_diagnostics_count(on->list, BP_WARNING), 1);
}

static void
rules_are_found_by_code_and_slug(void **state)
{
    desk *on = *state;
    assert_ptr_equal(bp_diagnostics_rule(on->list, BP_STR("bbb001")), &rules[1]);
    assert_ptr_equal(bp_diagnostics_rule(on->list, BP_STR("Third-Rule")), &rules[2]);
    assert_null(bp_diagnostics_rule(on->list, BP_STR("BBB")));
}

static void
skips_of_one_reason_add_up(void **state)
{
    desk *on = *state;
    bp_skip_check(on->list, "AAA001", 2, "no %s", "roles");
    bp_skip_check(on->list, "BBB001", 1, "no roles");
    bp_skip_check(on->list, "AAA001", 3, "no roles");
    assert_int_equal(bp_diagnostics_skips(on->list), 2);
    assert_int_equal(bp_diagnostics_skip_at(on->list, 0)->count, 5);
    assert_string_equal(bp_diagnostics_skip_at(on->list, 0)->reason.at, "no roles");
}

static void
a_fix_takes_more_edits(void **state)
{
    desk *on = *state;
    const bp_source *source = add(on, BP_STR("text"));
    bp_finding *finding = bp_report(on->list, "AAA001", bp_span_of(source, 0, 1), "m");
    bp_finding_fix(on->list, finding, true, finding->span, BP_STR("a"), "one");
    bp_finding_fix(on->list, finding, false, finding->span, BP_STR("b"), "two");
    bp_finding_edit(on->list, finding, finding->span, BP_STR("c"));
    assert_int_equal(finding->fixes.count, 2);
    assert_int_equal(finding->fixes.at[0].edits.count, 1);
    assert_int_equal(finding->fixes.at[1].edits.count, 2);
    assert_string_equal(finding->fixes.at[1].edits.at[1].text.at, "c");
}

static void
names_of_enums(void **state)
{
    (void)state;
    assert_string_equal(bp_severity_name(BP_WARNING), "warning");
    assert_string_equal(bp_verdict_name(BP_AWS_INVALID_EFFECTIVE), "invalid-effective");
    assert_string_equal(bp_verdict_name(BP_AWS_UNKNOWN), "unknown");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(positions_count_characters),
        TEST(positions_in_a_megabyte_line),
        TEST(spans),
        TEST(findings_are_sorted_by_place_code_and_order_of_report),
        TEST(repeats_are_dropped_even_when_others_stand_between),
        TEST(scopes_are_told_apart_unless_the_text_decides),
        TEST(levels_apply_before_and_after),
        TEST(rules_are_found_by_code_and_slug),
        TEST(skips_of_one_reason_add_up),
        TEST(a_fix_takes_more_edits),
        TEST(names_of_enums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
