/* The writer: what a user's text may never do, and writes that fail. */
#include "lib/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

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
user_is(bp_str text, const char *expected)
{
    bp_output *out = bp_output_new(arena, -1);
    bp_output_text(out, "> ");
    bp_output_user(out, text);
    bp_str memory = bp_output_memory(out);
    assert_string_equal(bp_str_cut(memory, 2, memory.size).at, expected);
}

static void
hidden_characters_become_visible(void **state)
{
    (void)state;
    user_is(BP_STR("plain \xC3\xA9 \xE6\x97\xA5"), "plain \xC3\xA9 \xE6\x97\xA5");
    user_is(BP_STR("a\0b\tc\nd\re"), "a\\x00b\\x09c\\x0ad\\x0de");
    user_is(BP_STR("\x1B[31m\x7F"), "\\x1b[31m\\x7f");
    user_is(BP_STR("\xC2\x9B"), "\\u009b");
    user_is(BP_STR("\xE2\x80\xAE\xE2\x81\xA6\xE2\x80\x8B\xEF\xBB\xBF"),
            "\\u202e\\u2066\\u200b\\ufeff");
    user_is(BP_STR("\xF3\xA0\x81\x81"), "\\U000e0041");
    user_is(BP_STR("\xFF\xC0\xAF\xED\xA0\x80\xC3"), "\\xff\\xc0\\xaf\\xed\\xa0\\x80\\xc3");
    user_is(BP_STR("e\xCC\x81"), "e\xCC\x81");
}

static const char *
lines(const char *trusted, const char *user, const char *after)
{
    bp_output *out = bp_output_new(arena, -1);
    bp_output_text(out, trusted);
    bp_output_user(out, bp_str_of(user));
    bp_output_text(out, after);
    return bp_output_memory(out).at;
}

static void
no_line_of_a_user_is_a_command(void **state)
{
    (void)state;
    assert_string_equal(lines("", "::error::x", ""), "\\x3a:error::x");
    assert_string_equal(lines("  ", "::error::x", ""), "  \\x3a:error::x");
    assert_string_equal(lines("a\n", ":", ":1"), "a\n\\x3a:1");
    assert_string_equal(lines(":", ":error", ""), ":\\x3aerror");
    assert_string_equal(lines("", " \t::x", ""), " \\x09::x");
    assert_string_equal(lines("a", "::error::x", ""), "a::error::x");
    assert_string_equal(lines("", "x ##[error]y", ""), "x ##\\x5berror]y");
    assert_string_equal(lines("#", "#[error]", ""), "##\\x5berror]");
    assert_string_equal(lines("##", "vso[x]", ""), "##vso\\x5bx]");
    assert_string_equal(lines("", "####[x]", ""), "####\\x5bx]");
    assert_string_equal(lines("", "# [x] #[y]", ""), "# [x] #[y]");
}

static void
formats_are_neutralised_but_for_newlines(void **state)
{
    (void)state;
    bp_output *out = bp_output_new(arena, -1);
    bp_output_format(out, "%s\n%s\n", "a\x1B", "::error::b");
    assert_string_equal(bp_output_memory(out).at, "a\\x1b\n\\x3a:error::b\n");
    bp_output *own = bp_output_new(arena, -1);
    bp_output_text(own, "::error::x\n");
    assert_string_equal(bp_output_memory(own).at, "::error::x\n");
    assert_string_equal(bp_output_safe(arena, BP_STR("::a\nb")).at, "\\x3a:a\\x0ab");
}

static void
large_text_reaches_the_descriptor_whole(void **state)
{
    (void)state;
    char name[] = "/tmp/backpol-output-XXXXXX";
    int file = mkstemp(name);
    assert_true(file >= 0);
    unlink(name);
    bp_output *out = bp_output_new(arena, file);
    for (int i = 0; i < 30000; i++) {
        bp_output_format(out, "line %d\n", i);
    }
    int error = -1;
    assert_true(bp_output_flush(out, &error));
    assert_int_equal(error, 0);
    assert_int_equal(lseek(file, 0, SEEK_CUR), 10 * 7 + 90 * 8 + 900 * 9 + 9000 * 10 + 20000 * 11);
    close(file);
}

static void
a_failed_write_is_remembered(void **state)
{
    (void)state;
    int file = open("/dev/full", O_WRONLY);
    if (file < 0) {
        skip();
    }
    bp_output *out = bp_output_new(arena, file);
    bp_output_text(out, "x");
    int error = 0;
    assert_false(bp_output_flush(out, &error));
    assert_int_equal(error, ENOSPC);
    close(file);
    assert_false(bp_output_flush(out, &error));
    assert_int_equal(error, ENOSPC);
    bp_output *closed = bp_output_new(arena, file);
    bp_output_text(closed, "x");
    assert_false(bp_output_flush(closed, &error));
    assert_int_equal(error, EBADF);
    bp_output *silent = bp_output_new(arena, file);
    assert_true(bp_output_flush(silent, NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hidden_characters_become_visible, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(no_line_of_a_user_is_a_command, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(formats_are_neutralised_but_for_newlines, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(large_text_reaches_the_descriptor_whole, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(a_failed_write_is_remembered, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
