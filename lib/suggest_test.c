/* Suggestions: each kind of nearness, their order, ties, and what is too far. */
#include "lib/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *
nearest(const char *wanted, const char *const *words)
{
    bp_suggester suggester = bp_suggest_start(bp_str_of(wanted));
    for (; *words != NULL; words++) {
        bp_suggest_offer(&suggester, bp_str_of(*words));
    }
    return suggester.nearness == BP_NEAR_NOT ? "" : suggester.best.at;
}

#define NEAREST(wanted, ...) nearest(wanted, (const char *const[]){__VA_ARGS__, NULL})

static void
the_nearer_kind_wins_whatever_the_order(void **state)
{
    (void)state;
    assert_string_equal(NEAREST("Prod-Vault", "prodvalt", "prodvault", "PROD-VAULT"), "PROD-VAULT");
    assert_string_equal(NEAREST("Prod-Vault", "PROD-VAULT", "prodvault", "prodvalt"), "PROD-VAULT");
    assert_string_equal(NEAREST("Prod-Vault", "prod-vaultt", "prod_vault"), "prod_vault");
    assert_string_equal(NEAREST("Root/Prod", "Prof", "Root/Sandbox/Prod"), "Root/Sandbox/Prod");
    assert_string_equal(NEAREST("Prod", "Pro", "Root/Sandbox/Prod"), "Root/Sandbox/Prod");
}

static void
distance_has_a_limit_by_length(void **state)
{
    (void)state;
    assert_string_equal(NEAREST("us-east1", "eu-west-1", "us-east-2", "us-east-1"), "us-east-1");
    assert_string_equal(NEAREST("reigon", "region"), "region");
    assert_string_equal(NEAREST("abcdef", "abcxyf"), "abcxyf");
    assert_string_equal(NEAREST("abcdef", "abxyzf"), "");
    assert_string_equal(NEAREST("abc", "abd", "abe"), "abd");
    assert_string_equal(NEAREST("a", "b"), "");
    assert_string_equal(NEAREST("", "b"), "");
    assert_string_equal(NEAREST("REIGON", "region"), "region");
}

static void
a_smaller_distance_replaces_a_larger_one(void **state)
{
    (void)state;
    assert_string_equal(NEAREST("abcdefghi", "abcdefxyz", "abcdefghx"), "abcdefghx");
    assert_string_equal(NEAREST("abcdefghi", "abcdefghx", "abcdefghy"), "abcdefghx");
}

static void
the_same_word_and_nothing_are_no_suggestion(void **state)
{
    (void)state;
    assert_string_equal(NEAREST("vault", "vault", ""), "");
    assert_string_equal(NEAREST("--", "__"), "");
}

static void
distances_are_as_counted_by_hand(void **state)
{
    (void)state;
    assert_int_equal(bp_edit_distance(BP_STR(""), BP_STR("")), 0);
    assert_int_equal(bp_edit_distance(BP_STR(""), BP_STR("abc")), 3);
    assert_int_equal(bp_edit_distance(BP_STR("kitten"), BP_STR("sitting")), 3);
    assert_int_equal(bp_edit_distance(BP_STR("ab"), BP_STR("ba")), 1);
    assert_int_equal(bp_edit_distance(BP_STR("Ab"), BP_STR("ab")), 1);
    char longest[129];
    memset(longest, 'x', sizeof longest);
    assert_int_equal(bp_edit_distance((bp_str){longest, 128}, BP_STR("y")), 128);
    assert_true(bp_edit_distance((bp_str){longest, 129}, BP_STR("x")) == SIZE_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearer_kind_wins_whatever_the_order),
        cmocka_unit_test(distance_has_a_limit_by_length),
        cmocka_unit_test(a_smaller_distance_replaces_a_larger_one),
        cmocka_unit_test(the_same_word_and_nothing_are_no_suggestion),
        cmocka_unit_test(distances_are_as_counted_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
