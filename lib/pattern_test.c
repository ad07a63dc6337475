/* Patterns: anchoring, groups, limits, and memory that stays in the arena. */
#include "lib/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bp_match
match(const char *pattern, const char *subject)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_match result = bp_pattern_match(bp_patterns_new(arena), pattern, bp_str_of(subject));
    bp_arena_free(arena);
    return result;
}

static void
the_whole_subject_must_match(void **state)
{
    (void)state;
    assert_int_equal(match("[a-z]{2,4}", "abc"), BP_MATCH_YES);
    assert_int_equal(match("[a-z]{2,4}", "abcde"), BP_MATCH_NO);
    assert_int_equal(match("[a-z]{2,4}", "1abc"), BP_MATCH_NO);
    assert_int_equal(match("[a-z]{2,4}", "abc\n"), BP_MATCH_NO);
    assert_int_equal(match("[a-z]+$", "abc\n"), BP_MATCH_NO);
    assert_int_equal(match("a|ab", "ab"), BP_MATCH_YES);
    assert_int_equal(match("", ""), BP_MATCH_YES);
    assert_int_equal(match("\\w+", "\xC3\xA9"), BP_MATCH_NO);
}

static void
groups_are_slices_of_the_subject(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_patterns *patterns = bp_patterns_new(arena);
    bp_str groups[4];
    bp_str subject = BP_STR("us-east-1");
    assert_int_equal(
        bp_pattern_groups(patterns, "([a-z]+)-(gov-)?([a-z]+)-[0-9]", subject, groups, 4),
        BP_MATCH_YES);
    assert_true(bp_str_equal(groups[0], subject));
    assert_ptr_equal(groups[0].at, subject.at);
    assert_true(bp_str_is(groups[1], "us"));
    assert_null(groups[2].at);
    assert_true(bp_str_is(groups[3], "east"));
    assert_int_equal(bp_pattern_groups(patterns, "(x)?y(z)?", BP_STR("y"), groups, 4),
                     BP_MATCH_YES);
    assert_null(groups[1].at);
    assert_null(groups[2].at);
    assert_null(groups[3].at);
    bp_arena_free(arena);
}

static void
limits_are_told_apart_from_no(void **state)
{
    (void)state;
    char longest[258];
    memset(longest, 'a', sizeof longest);
    longest[256] = '\0';
    assert_int_equal(match("a*", longest), BP_MATCH_YES);
    longest[256] = 'a';
    longest[257] = '\0';
    assert_int_equal(match("a*", longest), BP_MATCH_LIMIT);
    longest[60] = '\0';
    assert_int_equal(match("(a|aa)+b", longest), BP_MATCH_NO); /* no b: PCRE2 sees it at once */
    longest[40] = 'c';
    longest[41] = 'b';
    longest[42] = '\0';
    assert_int_equal(match("(a|aa)+b", longest), BP_MATCH_LIMIT);
}

static void
a_pattern_is_compiled_once(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_patterns *patterns = bp_patterns_new(arena);
    bp_pattern_match(patterns, "(a+)+x", BP_STR("aaax"));
    size_t before = bp_arena_size(arena);
    for (int i = 0; i < 20000; i++) {
        assert_int_equal(bp_pattern_match(patterns, "(a+)+x", BP_STR("aaaaaaax")), BP_MATCH_YES);
    }
    assert_int_equal(bp_arena_size(arena), before);
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_subject_must_match),
        cmocka_unit_test(groups_are_slices_of_the_subject),
        cmocka_unit_test(limits_are_told_apart_from_no),
        cmocka_unit_test(a_pattern_is_compiled_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
