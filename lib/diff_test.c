/*
 * Differences: the form of hunks, and that applying a difference to the old text always gives the
 * new one, also for texts that differ beyond the bound of the search.
 */
#include "lib/diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bp_str
diff(bp_arena *arena, bp_str before, bp_str after)
{
    bp_buf out = {.arena = arena};
    bp_diff_unified(arena, BP_STR("a"), BP_STR("b"), before, after, &out);
    return bp_buf_text(&out);
}

typedef struct row {
    const char *before;
    const char *after;
    const char *expected; /* behind the header */
} row;

static void
hunks_have_the_form_that_patch_reads(void **state)
{
    (void)state;
    static const row rows[] = {
        {"a\nb\n", "a\nc\n", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"},
        {"a\n", "a\nb\n", "@@ -1 +1,2 @@\n a\n+b\n"},
        {"", "a\n", "@@ -0,0 +1 @@\n+a\n"},
        {"a\n", "", "@@ -1 +0,0 @@\n-a\n"},
        {"a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
        {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
         "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
        {"x\n1\n2\n3\n4\n5\n6\ny\n", "1\n2\n3\n4\n5\n6\n",
         "@@ -1,8 +1,6 @@\n-x\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n"},
        {"x\n1\n2\n3\n4\n5\n6\n7\ny\n", "1\n2\n3\n4\n5\n6\n7\n",
         "@@ -1,4 +1,3 @@\n-x\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-y\n"},
        {"a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_str text = diff(arena, bp_str_of(rows[i].before), bp_str_of(rows[i].after));
        assert_true(bp_str_starts(text, BP_STR("--- a\n+++ b\n@@ ")));
        if (rows[i].expected != NULL) {
            assert_string_equal(bp_str_c(arena, text) + 12, rows[i].expected);
        }
        bp_arena_free(arena);
    }
}

static void
equal_texts_have_none(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    assert_int_equal(diff(arena, BP_STR("a\nb"), BP_STR("a\nb")).size, 0);
    assert_int_equal(diff(arena, BP_STR(""), BP_STR("")).size, 0);
    bp_arena_free(arena);
}

static bp_str
next_line(bp_str *text)
{
    size_t end = bp_str_find(*text, '\n') + 1;
    bp_str line = bp_str_cut(*text, 0, end);
    *text = bp_str_cut(*text, end, text->size);
    return line;
}

/* What a difference makes of a text of whole lines. Counts its lines that change something. */
static bp_str
apply(bp_arena *arena, bp_str before, bp_str changes, size_t *changed)
{
    bp_buf out = {.arena = arena};
    size_t at = 0;
    next_line(&changes);
    next_line(&changes);
    while (changes.size > 0) {
        bp_str line = next_line(&changes);
        bp_str rest = bp_str_cut(line, 1, line.size);
        if (line.at[0] == '@') {
            int64_t start = 0;
            bp_str number = bp_str_cut(line, 4, line.size);
            size_t digits = 0;
            while (bp_is_digit(number.at[digits])) {
                digits++;
            }
            assert_true(bp_str_number(bp_str_cut(number, 0, digits), &start));
            while (at + 1 < (size_t)start) {
                bp_buf_add(&out, next_line(&before));
                at++;
            }
            continue;
        }
        if (line.at[0] != '+') {
            assert_true(bp_str_equal(next_line(&before), rest));
            at++;
        }
        if (line.at[0] != '-') {
            bp_buf_add(&out, rest);
        }
        *changed += line.at[0] != ' ';
    }
    bp_buf_add(&out, before);
    return bp_buf_text(&out);
}

static void
applied_differences_give_the_new_text(void **state)
{
    (void)state;
    uint64_t random = 17;
    for (size_t round = 0; round < 400; round++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_buf before = {.arena = arena};
        bp_buf after = {.arena = arena};
        size_t count = round % 100 == 99 ? 3000 : round % 40;
        size_t edits = 0;
        for (size_t i = 0; i < count; i++) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            unsigned how = (unsigned)(random >> 40) % (round % 2 == 0 ? 3 : 12);
            unsigned word = (unsigned)(random >> 50) % 5;
            if (how != 0) {
                bp_buf_format(&before, "%u\n", word);
            }
            if (how != 1) {
                bp_buf_format(&after, "%u\n", word);
            }
            edits += how < 2;
        }
        size_t changed = 0;
        bp_str old = bp_buf_text(&before);
        bp_str new = bp_buf_text(&after);
        bp_str changes = diff(arena, old, new);
        bp_str got = apply(arena, old, changes, &changed);
        assert_int_equal(got.size, new.size);
        assert_memory_equal(got.at, new.at, new.size);
        assert_true(changed <= edits || edits > 500); /* no more than was done */
        bp_arena_free(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hunks_have_the_form_that_patch_reads),
        cmocka_unit_test(equal_texts_have_none),
        cmocka_unit_test(applied_differences_give_the_new_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
