/* Excerpts: where the marks stand under tabs, wide and hidden characters, and in cut lines. */
#include "lib/excerpt.h"

#include "lib/unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bp_arena *arena;

static int
open_arena(void **state)
{
    (void)state;
    arena = bp_arena_new(NULL);
    return 0;
}

static int
close_arena(void **state)
{
    (void)state;
    bp_arena_free(arena);
    return 0;
}

static void
expect(bp_str line, size_t start, size_t end, const char *text, size_t column, size_t width)
{
    bp_excerpt made = bp_excerpt_make(arena, line, start, end);
    assert_string_equal(made.text.at, text);
    assert_int_equal(made.column, column);
    assert_int_equal(made.width, width);
}

static void
marks_stand_under_their_text(void **state)
{
    (void)state;
    expect(BP_STR("abc def"), 4, 7, "abc def", 4, 3);
    expect(BP_STR("\tx\ty"), 1, 2, "    x   y", 4, 1);
    expect(BP_STR("a\tb"), 1, 3, "a   b", 1, 4);
    expect(BP_STR("\xE6\x97\xA5\xE6\x9C\xAC x"), 3, 6, "\xE6\x97\xA5\xE6\x9C\xAC x", 2, 2);
    expect(BP_STR("e\xCC\x81x"), 3, 4, "e\xCC\x81x", 1, 1);
    expect(BP_STR("\x1B[x"), 1, 2, "\x1B[x", 4, 1);               /* printed as \x1b */
    expect(BP_STR("\xE2\x80\xAE-"), 3, 4, "\xE2\x80\xAE-", 6, 1); /* printed as \u202e */
    expect(BP_STR("\xFF-"), 1, 2, "\xFF-", 4, 1);
    expect(BP_STR(""), 0, 0, "", 0, 1);
    expect(BP_STR("ab"), 2, 2, "ab", 2, 1);
    expect(BP_STR("ab"), 1, 99, "ab", 1, 1);
    expect(BP_STR("ab"), 50, 99, "ab", 2, 1);
}

static size_t
columns(bp_str text)
{
    return bp_str_characters(text); /* all of width 1 in these tests */
}

static void
long_lines_are_cut_around_the_mark(void **state)
{
    (void)state;
    char line[1000];
    memset(line, '-', sizeof line);
    bp_excerpt made = bp_excerpt_make(arena, (bp_str){line, 240}, 200, 210);
    assert_int_equal(made.text.size, 240);
    assert_int_equal(made.column, 200);
    memcpy(line + 500, "MARK", 4);
    made = bp_excerpt_make(arena, (bp_str){line, 1000}, 500, 504);
    assert_int_equal(columns(made.text), 240);
    assert_true(bp_str_starts(made.text, BP_STR("\xE2\x80\xA6-")));
    assert_true(bp_str_ends(made.text, BP_STR("-\xE2\x80\xA6")));
    assert_int_equal(made.width, 4);
    assert_string_equal(
        bp_str_copy(arena, bp_str_cut(made.text, made.column + 2, made.column + 6)).at, "MARK");
    made = bp_excerpt_make(arena, (bp_str){line, 1000}, 0, 1);
    assert_int_equal(made.column, 0);
    assert_int_equal(columns(made.text), 239);
    made = bp_excerpt_make(arena, (bp_str){line, 1000}, 1000, 1000);
    assert_int_equal(made.column, 81);
    assert_int_equal(columns(made.text), 81);
    made = bp_excerpt_make(arena, (bp_str){line, 1000}, 0, 1000);
    assert_int_equal(made.width, 238);
}

static void
a_megabyte_costs_no_more_than_a_window(void **state)
{
    (void)state;
    enum { MANY = 1 << 20 };
    char *line = bp_arena_alloc(arena, MANY);
    for (size_t i = 0; i + 3 <= MANY; i += 3) {
        memcpy(line + i, "\xE6\x97\xA5", 3);
    }
    for (size_t i = 0; i < 10000; i++) {
        bp_excerpt made = bp_excerpt_make(arena, (bp_str){line, MANY}, 3 * i * 30, 3 * i * 30 + 3);
        size_t bad = 0;
        assert_int_equal(made.width, 2);
        assert_true(made.text.size < 400);
        assert_true(bp_str_valid_utf8(made.text, &bad));
    }
}

static void
caps_cut_at_characters(void **state)
{
    (void)state;
    assert_string_equal(bp_excerpt_cap(arena, BP_STR("abc"), 3).at, "abc");
    assert_string_equal(bp_excerpt_cap(arena, BP_STR("abcd"), 3).at, "abc\xE2\x80\xA6");
    assert_string_equal(bp_excerpt_cap(arena, BP_STR("a\xC3\xA9x"), 2).at, "a\xE2\x80\xA6");
}

static void
code_points_survive_the_round(void **state)
{
    (void)state;
    static const uint32_t some[] = {0,      'a',    0x7F,   0x80,    0x7FF,   0x800,
                                    0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        bp_buf buf = {.arena = arena};
        uint32_t back = 1;
        bp_utf8_add(&buf, some[i]);
        assert_int_equal(bp_utf8_next(bp_buf_text(&buf), 0, &back), buf.size);
        assert_int_equal(back, some[i]);
    }
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xE2\x82",
                                      "\xC3("};
    uint32_t none = 0;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(bp_utf8_next(bp_str_of(bad[i]), 0, &none), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(marks_stand_under_their_text),           TEST(long_lines_are_cut_around_the_mark),
        TEST(a_megabyte_costs_no_more_than_a_window), TEST(caps_cut_at_characters),
        TEST(code_points_survive_the_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
