/* Slices and buffers: bytes, folding, numbers, and what is no UTF-8. */
#include "lib/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
comparing(void **state)
{
    (void)state;
    bp_str none = {NULL, 0};
    assert_true(bp_str_equal(none, BP_STR("")));
    assert_false(bp_str_equal(BP_STR("a"), BP_STR("a\0")));
    assert_true(bp_str_equal_folded(BP_STR("Abc-9"), BP_STR("aBC-9")));
    assert_false(bp_str_equal_folded(BP_STR("a["), BP_STR("A{")));
    assert_false(bp_str_equal_folded(BP_STR("\xC3\x89"), BP_STR("\xC3\xA9")));
    assert_true(bp_str_compare(BP_STR("a"), BP_STR("ab")) < 0);
    assert_true(bp_str_compare(BP_STR("\xFF"), BP_STR("a")) > 0);
    assert_int_equal(bp_str_compare(none, BP_STR("")), 0);
    assert_true(bp_str_is(none, ""));
    assert_true(bp_str_is(bp_str_of(NULL), ""));
}

static void
looking_inside(void **state)
{
    (void)state;
    bp_str text = BP_STR("abcabc");
    assert_true(bp_str_starts(text, BP_STR("abc")));
    assert_true(bp_str_starts(text, BP_STR("")));
    assert_false(bp_str_starts(BP_STR("ab"), BP_STR("abc")));
    assert_true(bp_str_ends(text, BP_STR("bc")));
    assert_false(bp_str_ends(text, BP_STR("b")));
    assert_int_equal(bp_str_find(text, 'c'), 2);
    assert_int_equal(bp_str_find(text, 'x'), 6);
    assert_int_equal(bp_str_find((bp_str){NULL, 0}, 'x'), 0);
    assert_true(bp_str_contains(text, BP_STR("cab")));
    assert_false(bp_str_contains(text, BP_STR("cb")));
    assert_true(bp_str_contains(text, BP_STR("")));
    assert_true(bp_str_is(bp_str_cut(text, 2, 4), "ca"));
    assert_true(bp_str_is(bp_str_cut(text, 4, 99), "bc"));
    assert_int_equal(bp_str_cut(text, 4, 2).size, 0);
    assert_int_equal(bp_str_cut(text, 99, 100).size, 0);
    assert_true(bp_str_is(bp_str_trim(BP_STR(" \t\r\na b \n")), "a b"));
    assert_int_equal(bp_str_trim(BP_STR(" \t ")).size, 0);
}

static void
numbers_are_digits_alone(void **state)
{
    (void)state;
    int64_t number = -1;
    assert_true(bp_str_number(BP_STR("0"), &number));
    assert_int_equal(number, 0);
    assert_true(bp_str_number(BP_STR("007"), &number));
    assert_int_equal(number, 7);
    assert_true(bp_str_number(BP_STR("999999999999999999"), &number));
    assert_true(number == 999999999999999999LL);
    assert_false(bp_str_number(BP_STR("1000000000000000000"), &number));
    assert_false(bp_str_number(BP_STR(""), &number));
    assert_false(bp_str_number(BP_STR("+1"), &number));
    assert_false(bp_str_number(BP_STR("1 "), &number));
    assert_false(bp_str_number(BP_STR("1a"), &number));
}

static void
utf8_is_checked(void **state)
{
    (void)state;
    size_t bad = 99;
    assert_true(bp_str_valid_utf8(BP_STR("a\xC3\xA9\xE6\x97\xA5\xF0\x9F\x98\x80\0"), &bad));
    assert_false(bp_str_valid_utf8(BP_STR("ab\xC3"), &bad));
    assert_int_equal(bad, 2);
    assert_false(bp_str_valid_utf8(BP_STR("\xC0\xAF"), &bad));
    assert_int_equal(bad, 0);
    assert_int_equal(bp_str_characters(BP_STR("a\xC3\xA9\xE6\x97\xA5\xF0\x9F\x98\x80")), 4);
    assert_int_equal(bp_str_characters(BP_STR("\xFF\xC3\xE6\x97")), 4);
}

static void
copies_end_in_zero(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_str slice = bp_str_cut(BP_STR("Hello"), 1, 3);
    assert_string_equal(bp_str_copy(arena, slice).at, "el");
    assert_string_equal(bp_str_c(arena, slice), "el");
    assert_string_equal(bp_str_c(arena, (bp_str){NULL, 0}), "");
    assert_string_equal(bp_str_fold(arena, BP_STR("AbC\xC3\x89")).at, "abc\xC3\x89");
    bp_str made = bp_str_format(arena, "%d %.*s %s", 7, BP_ARG(slice), "x");
    assert_string_equal(made.at, "7 el x");
    assert_int_equal(made.size, 6);
    bp_arena_free(arena);
}

static void
buffers_grow(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_buf buf = {.arena = arena};
    assert_string_equal(bp_buf_text(&buf).at, "");
    bp_buf_add(&buf, (bp_str){NULL, 0});
    for (int i = 0; i < 5000; i++) {
        bp_buf_add_char(&buf, (char)('a' + i % 26));
        bp_buf_add_c(&buf, "-");
        bp_buf_format(&buf, "%d", i % 10);
        bp_arena_alloc(arena, 1);
    }
    assert_int_equal(buf.size, 15000);
    assert_int_equal(strlen(buf.at), 15000);
    assert_memory_equal(buf.at + 3 * 27, "b-7c-8", 6);
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparing),
        cmocka_unit_test(looking_inside),
        cmocka_unit_test(numbers_are_digits_alone),
        cmocka_unit_test(utf8_is_checked),
        cmocka_unit_test(copies_end_in_zero),
        cmocka_unit_test(buffers_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
