/* Writing JSON: layout, escapes, ownership, comparing, and text of any bytes. */
#include "lib/json_write.h"

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

static bp_json *
sample(void)
{
    bp_json *object = bp_json_object(arena);
    bp_json_put_c(object, "name", "a \"b\" \\ \n");
    bp_json_put_number(object, "count", 9007199254740992LL);
    bp_json_put_number(object, "below", -3);
    bp_json_put_bool(object, "yes", true);
    bp_json_put_object(object, "none");
    bp_json *list = bp_json_put_array(object, "list");
    bp_json_push_text(list, BP_STR("\xC3\xA9"));
    bp_json_put_bool(bp_json_push_object(list), "deep", false);
    bp_json_put_array(object, "empty");
    return object;
}

static void
both_styles(void **state)
{
    (void)state;
    assert_string_equal(
        bp_json_print(arena, sample(), BP_JSON_COMPACT).at,
        "{\"name\":\"a \\\"b\\\" \\\\ \\n\",\"count\":9007199254740992,\"below\":-3,"
        "\"yes\":true,\"none\":{},\"list\":[\"\xC3\xA9\",{\"deep\":false}],"
        "\"empty\":[]}");
    assert_string_equal(bp_json_print(arena, sample(), BP_JSON_PRETTY).at,
                        "{\n  \"name\": \"a \\\"b\\\" \\\\ \\n\",\n  \"count\": 9007199254740992,\n"
                        "  \"below\": -3,\n  \"yes\": true,\n  \"none\": {},\n  \"list\": [\n"
                        "    \"\xC3\xA9\",\n    {\n      \"deep\": false\n    }\n  ],\n"
                        "  \"empty\": []\n}");
}

static void
quoted_is(bp_str text, const char *expected)
{
    bp_buf buf = {.arena = arena};
    bp_json_quote(&buf, text);
    assert_string_equal(bp_buf_text(&buf).at, expected);
}

static void
hostile_text_is_valid_and_harmless(void **state)
{
    (void)state;
    quoted_is(BP_STR("\x01\x7F\x1B[0m"), "\"\\u0001\\u007f\\u001b[0m\"");
    quoted_is(BP_STR("a\0b"), "\"a\\u0000b\"");
    quoted_is(BP_STR("\xFF\xC3"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    quoted_is(BP_STR("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    quoted_is(BP_STR("\xE2\x80\xAE\xC2\x85"), "\"\\u202e\\u0085\"");
    quoted_is(BP_STR("\xF3\xA0\x81\x81"), "\"\\udb40\\udc41\"");
    quoted_is(BP_STR("##[error]"), "\"##\\u005berror]\"");
    quoted_is(BP_STR("##vso[x]"), "\"##vso\\u005bx]\"");
    quoted_is(BP_STR("#[x] a##b c[1]"), "\"#[x] a##b c[1]\"");
    quoted_is(BP_STR("\xE6\x97\xA5\xF0\x9F\x98\x80"), "\"\xE6\x97\xA5\xF0\x9F\x98\x80\"");
}

static void
text_of_any_bytes_survives_the_round(void **state)
{
    (void)state;
    char all[256];
    for (int i = 0; i < 256; i++) {
        all[i] = (char)i;
    }
    bp_json *object = bp_json_object(arena);
    bp_json_put_text(object, "all", (bp_str){all, sizeof all});
    bp_json_put_named(object, (bp_str){all, sizeof all}, bp_json_array(arena));
    bp_str text = bp_json_print(arena, object, BP_JSON_PRETTY);
    size_t bad = 0;
    assert_true(bp_str_valid_utf8(text, &bad));
    assert_true(bp_json_same(arena, object, text));
}

static void
same_sees_every_difference(void **state)
{
    (void)state;
    bp_json *value = bp_json_object(arena);
    bp_json_put_number(value, "a", 1);
    bp_json_put_c(value, "b", "x");
    assert_true(bp_json_same(arena, value, BP_STR("{\"a\":1,\"b\":\"x\"}")));
    assert_true(bp_json_same(arena, value, BP_STR(" {\"a\": 1,\n\"b\": \"x\"}\n")));
    assert_false(bp_json_same(arena, value, BP_STR("{\"b\":\"x\",\"a\":1}")));
    assert_false(bp_json_same(arena, value, BP_STR("{\"a\":1}")));
    assert_false(bp_json_same(arena, value, BP_STR("{\"a\":1,\"b\":\"x\",\"c\":1}")));
    assert_false(bp_json_same(arena, value, BP_STR("{\"a\":2,\"b\":\"x\"}")));
    assert_false(bp_json_same(arena, value, BP_STR("{\"a\":1,\"b\":\"X\"}")));
    assert_false(bp_json_same(arena, value, BP_STR("{\"a\":1,\"B\":\"x\"}")));
    assert_false(bp_json_same(arena, value, BP_STR("{\"a\":true,\"b\":\"x\"}")));
    assert_false(bp_json_same(arena, value, BP_STR("{\"a\":1,\"b\":\"x\"} x")));
    assert_false(bp_json_same(arena, value, BP_STR("{\"a\":1,\"b\":\"x\"")));
    assert_false(bp_json_same(arena, value, BP_STR("{\"a\":1,\"b\":\"x\"}\0")));
}

static void
texts_equal_ignores_order_of_members_alone(void **state)
{
    (void)state;
    assert_true(bp_json_texts_equal(arena, BP_STR("{\"a\":[1,{\"x\":null,\"y\":2}],\"b\":true}"),
                                    BP_STR("{\"b\":true,\"a\":[1,{\"y\":2,\"x\":null}]}")));
    assert_false(bp_json_texts_equal(arena, BP_STR("[1,2]"), BP_STR("[2,1]")));
    assert_false(bp_json_texts_equal(arena, BP_STR("[1,2]"), BP_STR("[1]")));
    assert_false(bp_json_texts_equal(arena, BP_STR("{\"a\":1}"), BP_STR("{\"a\":1,\"b\":1}")));
    assert_false(bp_json_texts_equal(arena, BP_STR("{\"a\":1,\"a\":1}"), BP_STR("{\"a\":1}")));
    assert_false(bp_json_texts_equal(arena, BP_STR("{\"a\":1}"), BP_STR("{\"A\":1}")));
    assert_false(bp_json_texts_equal(arena, BP_STR("{"), BP_STR("{")));
    assert_false(bp_json_texts_equal(arena, BP_STR("{}"), BP_STR("[]")));
}

static void
a_deep_text_is_no_tree(void **state)
{
    (void)state;
    char deep[600];
    memset(deep, '[', 300);
    memset(deep + 300, ']', 300);
    assert_null(bp_json_parse(arena, (bp_str){deep, 600}));
    assert_non_null(bp_json_parse(arena, (bp_str){deep + 200, 200}));
}

static void
copies_are_independent(void **state)
{
    (void)state;
    bp_json *value = bp_json_object(arena);
    bp_json_put_number(value, "a", 1);
    bp_json *copy = bp_json_copy(value);
    bp_json_put_number(copy, "b", 2);
    assert_string_equal(bp_json_print(arena, value, BP_JSON_COMPACT).at, "{\"a\":1}");
    assert_string_equal(bp_json_print(arena, copy, BP_JSON_COMPACT).at, "{\"a\":1,\"b\":2}");
    bp_json *outer = bp_json_array(arena);
    bp_json_push(outer, copy);
    bp_json_put_number(copy, "c", 3);
    assert_string_equal(bp_json_print(arena, outer, BP_JSON_COMPACT).at,
                        "[{\"a\":1,\"b\":2,\"c\":3}]");
}

static void *
countdown(void *context, size_t size)
{
    int *left = context;
    return (*left)-- > 0 ? test_malloc(size) : NULL;
}

static void
give_back(void *context, void *block)
{
    (void)context;
    test_free(block);
}

static jmp_buf out_of_memory;

static void
leave(void *context)
{
    (void)context;
    longjmp(out_of_memory, 1);
}

static void
fill_until_memory_ends(bp_arena *limited)
{
    bp_json *list = bp_json_array(limited);
    for (int i = 0; i < 100000; i++) {
        bp_json *object = bp_json_push_object(list);
        bp_json_put_c(object, "key", "value");
        bp_json_put(object, "copy", bp_json_copy(object));
    }
}

static void
run_out_after(int blocks)
{
    int left = blocks;
    bp_arena *limited = bp_arena_new(&(bp_allocator){countdown, give_back, &left});
    bp_arena_on_failure(limited, leave, NULL);
    if (setjmp(out_of_memory) == 0) {
        fill_until_memory_ends(limited);
        fail();
    }
    bp_arena_free(limited);
}

/* A large document under an arena that fails at the k-th block: nothing may leak (ASan tells). */
static void
no_allocation_failure_leaks(void **state)
{
    (void)state;
    for (int blocks = 1; blocks < 12; blocks++) {
        run_out_after(blocks);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_styles, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(hostile_text_is_valid_and_harmless, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(text_of_any_bytes_survives_the_round, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(same_sees_every_difference, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(texts_equal_ignores_order_of_members_alone, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(a_deep_text_is_no_tree, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(copies_are_independent, open_arena, close_arena),
        cmocka_unit_test(no_allocation_failure_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
