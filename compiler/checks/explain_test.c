/*
 * The rule table as a whole: codes are unique and in the order of the catalogue's families, and
 * every row is explained, with all parts of an explanation.
 */
#include "compiler/checks/text_fixture.h"

enum { ROWS = sizeof text_rules / sizeof text_rules[0] };

static const char *const families[] = {"SYN", "NAM", "TOP", "VLT", "ROL", "REG",
                                       "CPY", "LIF", "SCH", "SEL", "INH", "QTA",
                                       "STK", "OPS", "DAT", "CFG", "IMP"};

static size_t
family_of(const char *code)
{
    size_t i = 0;
    while (i < sizeof families / sizeof families[0] && strncmp(code, families[i], 3) != 0) {
        i++;
    }
    return i;
}

static void
codes_and_slugs(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const bp_rule *rule = &text_rules[i];
        assert_int_equal(strlen(rule->code), 6);
        assert_true(family_of(rule->code) < sizeof families / sizeof families[0]);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(rule->code, text_rules[k].code);
            assert_string_not_equal(rule->slug, text_rules[k].slug);
        }
        if (i == 0) {
            continue;
        }
        size_t before = family_of(text_rules[i - 1].code);
        assert_true(before <= family_of(rule->code));
        assert_true(before != family_of(rule->code) ||
                    strcmp(text_rules[i - 1].code, rule->code) < 0);
    }
}

static bool
holds(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void
explanations(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const bp_rule *rule = &text_rules[i];
        const char *text = bp_check_explanation(bp_str_of(rule->code));
        if (text == NULL) {
            fail_msg("docs/%s.md is missing", rule->code);
            return;
        }
        bp_str all = bp_str_of(text);
        bp_str title = bp_str_cut(all, 0, bp_str_find(all, '\n'));
        assert_true(bp_str_contains(title, bp_str_of(rule->code)));
        assert_true(bp_str_contains(title, bp_str_of(rule->slug)));
        assert_true(holds(text, "## What it catches\n") && holds(text, "## Why it matters\n") &&
                    holds(text, "## Good\n") && holds(text, "## Source\n") &&
                    holds(text, "## How to silence it\n"));
    }
    assert_non_null(bp_check_explanation(BP_STR("lif001")));
    assert_null(bp_check_explanation(BP_STR("LIF0011")));
    assert_null(bp_check_explanation(BP_STR("")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_and_slugs),
        cmocka_unit_test(explanations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
