/* The strict reader: events with their places, everything it refuses, and hostile sizes. */
#include "lib/json_read.h"

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

static bp_json_reader *
reader_of(bp_str text)
{
    return bp_json_reader_new(arena, bp_sources_add(bp_sources_new(arena), BP_STR("x"), text));
}

/* All events as a line; an error as "!start-end[<opener] message". */
static const char *
trace(bp_str text)
{
    static const char marks[] = "$!{}[]ksntf0";
    bp_json_reader *reader = reader_of(text);
    bp_buf buf = {.arena = arena};
    for (;;) {
        bp_json_event each = bp_json_next(reader);
        bp_buf_format(&buf, "%c", marks[each.kind]);
        if (each.kind == BP_JSON_ERROR) {
            bp_buf_format(&buf, "%u-%u", each.span.start, each.span.end);
            if (bp_span_exists(each.opener)) {
                bp_buf_format(&buf, "<%u", each.opener.start);
            }
            bp_buf_format(&buf, " ");
        }
        if (each.kind != BP_JSON_END) {
            bp_buf_add(&buf, each.text);
        }
        if (each.kind == BP_JSON_END || each.kind == BP_JSON_ERROR) {
            bp_json_event again = bp_json_next(reader);
            assert_int_equal(again.kind, each.kind);
            assert_true(bp_span_equal(again.span, each.span));
            return bp_buf_text(&buf).at;
        }
    }
}

#define TRACE(literal, expected) assert_string_equal(trace(BP_STR(literal)), expected)

static void
values_come_in_order(void **state)
{
    (void)state;
    TRACE(" {\"a\" : [1, -2.5e+3, true], \"b\":{}, \"c\":[ ], \"d\":null,\"\":false}\n",
          "{ka[n1n-2.5e+3ttrue]kb{}kc[]kd0nullkffalse}$");
    TRACE("\"x\"", "sx$");
    TRACE("0", "n0$");
    TRACE("\xEF\xBB\xBF[]", "[]$");
    TRACE("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\xC3\xA9\"",
          "s\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x98\x80\xC3\xA9$");
}

static void
events_know_their_place(void **state)
{
    (void)state;
    bp_json_reader *reader = reader_of(BP_STR("{ \"ab\": \"c\\n\" }"));
    assert_int_equal(bp_json_next(reader).span.end, 1);
    bp_json_event key = bp_json_next(reader);
    assert_int_equal(key.span.start, 2);
    assert_int_equal(key.span.end, 6);
    bp_json_event value = bp_json_next(reader);
    assert_int_equal(value.span.start, 8);
    assert_int_equal(value.span.end, 13);
    assert_int_equal(bp_json_next(reader).span.start, 14);
}

static void
broken_structure_is_refused(void **state)
{
    (void)state;
    TRACE("", "!0-0 the text ends; a value must stand here");
    TRACE("  ", "!2-2 the text ends; a value must stand here");
    TRACE("[1", "[n1!2-2<0 the text ends inside an array");
    TRACE("{\"a\"", "{ka!4-4<0 the text ends inside an object");
    TRACE("[1 2]", "[n1!3-4 a comma or \"]\" must stand here");
    TRACE("[1,]", "[n1!3-4 a value must stand here");
    TRACE("[,1]", "[!1-2 a value must stand here");
    TRACE("{\"a\":1,}", "{kan1!7-8 a key must follow the comma");
    TRACE("{a:1}", "{!1-2 a key in double quotes must stand here");
    TRACE("{\"a\" 1}", "{ka!5-6 a colon must follow a key");
    TRACE("{\"a\":}", "{ka!5-6 a value must stand here");
    TRACE("[1}", "[n1!2-3<0 \"}\" cannot close an array");
    TRACE("{\"a\":1]", "{kan1!6-7<0 \"]\" cannot close an object");
    TRACE("[] x", "[]!3-4 text after the end of the value");
    TRACE("]", "!0-1 a value must stand here");
    TRACE("[nul]", "[!1-4 a bare word is no value; text stands in double quotes");
    TRACE("[True]", "[!1-5 a bare word is no value; text stands in double quotes");
    TRACE("['a']", "[!1-2 a value must stand here");
    TRACE("[1] // x", "[n1]!4-8 text after the end of the value");
}

static void
keys_stand_once(void **state)
{
    (void)state;
    TRACE("{\"a\":1,\"b\":{\"a\":2},\"a\":3}",
          "{kan1kb{kan2}!19-22<1 the same key twice in one object");
    TRACE("{\"a\":1,\"\\u0061\":3}", "{kan1!7-15<1 the same key twice in one object");
    TRACE("{\"a\":1,\"A\":3}", "{kan1kAn3}$");
    TRACE("[{\"a\":1},{\"a\":1}]", "[{kan1}{kan1}]$");
    TRACE(
        "{\"0\":0,\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,\"9\":0}",
        "{k0n0k1n0k2n0k3n0k4n0k5n0k6n0k7n0k8n0k9n0!61-64<55 the same key twice in one object");
    TRACE("{\"0\":0,\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"0\":0}",
          "{k0n0k1n0k2n0k3n0k4n0k5n0k6n0k7n0k8n0!55-58<1 the same key twice in one object");
}

static void
bad_strings_are_refused(void **state)
{
    (void)state;
    TRACE("[\"ab", "[!4-4<1 the text ends inside a string");
    TRACE("\"a\nb\"", "!2-3 a string cannot hold a control character; it must be escaped");
    TRACE("\"a\0b\"", "!2-3 a string cannot hold NUL");
    TRACE("\"\\u0000\"", "!1-2 a string cannot hold NUL");
    TRACE("\"a\xFF\"", "!2-3 invalid UTF-8");
    TRACE("\"\xED\xA0\x80\"", "!1-2 invalid UTF-8");
    TRACE("\"\xC3\"", "!1-2 invalid UTF-8");
    TRACE("\"\\x\"", "!1-2 unknown escape in a string");
    TRACE("\"\\", "!1-2 unknown escape in a string");
    TRACE("\"\\u12\"", "!1-2 \"\\u\" needs four hexadecimal digits");
    TRACE("\"\\ud800\"", "!1-2 half of a surrogate pair; the other half must follow");
    TRACE("\"\\ud800\\u0041\"", "!1-2 half of a surrogate pair; the other half must follow");
    TRACE("\"\\udc00\"", "!1-2 half of a surrogate pair; the other half must stand before");
    TRACE("[\xEF\xBB\xBF]", "[!1-4 a byte order mark inside the text");
    TRACE("[\0]", "[!1-2 a NUL byte");
    TRACE("[\xFE]", "[!1-2 invalid UTF-8");
}

static void
bad_numbers_are_refused(void **state)
{
    (void)state;
    TRACE("012345678901",
          "!1-2 a number cannot begin with 0; an id must be a string in double quotes");
    TRACE("-", "!1-1 a digit must follow \"-\"");
    TRACE("1.", "!2-2 a digit must follow \".\"");
    TRACE("1.x", "!2-3 a digit must follow \".\"");
    TRACE("1e+", "!3-3 a digit must follow the exponent sign");
    TRACE("+1", "!0-1 a value must stand here");
    TRACE(".5", "!0-1 a value must stand here");
    TRACE("0x10", "n0!1-4 text after the end of the value");
    char digits[66];
    memset(digits, '9', sizeof digits);
    assert_int_equal(bp_json_next(reader_of((bp_str){digits, 64})).kind, BP_JSON_NUMBER);
    assert_int_equal(bp_json_next(reader_of((bp_str){digits, 65})).kind, BP_JSON_ERROR);
}

static void
nesting_ends_at_64(void **state)
{
    (void)state;
    enum { MANY = 200000 };
    char *open = bp_arena_alloc(arena, MANY);
    memset(open, '[', MANY);
    bp_json_reader *reader = reader_of((bp_str){open, MANY});
    for (int i = 0; i < 64; i++) {
        assert_int_equal(bp_json_next(reader).kind, BP_JSON_ARRAY);
    }
    bp_json_event error = bp_json_next(reader);
    assert_int_equal(error.kind, BP_JSON_ERROR);
    assert_int_equal(error.span.start, 64);
    memset(open + 64, ']', 64);
    reader = reader_of((bp_str){open, 128});
    assert_true(bp_json_skip(reader, bp_json_next(reader)));
    assert_int_equal(bp_json_next(reader).kind, BP_JSON_END);
}

/* 200,000 keys in one object and as many small objects: linear, so this test ends at once. */
static void
large_texts_are_linear(void **state)
{
    (void)state;
    bp_buf buf = {.arena = arena};
    bp_buf_add_c(&buf, "[{");
    for (int i = 0; i < 200000; i++) {
        bp_buf_format(&buf, "%s\"key%d\":\"\\n\"", i == 0 ? "" : ",", i);
    }
    bp_buf_add_c(&buf, "}");
    for (int i = 0; i < 200000; i++) {
        bp_buf_add_c(&buf, ",{\"a\":{}}");
    }
    bp_buf_add_c(&buf, "]");
    bp_json_reader *reader = reader_of(bp_buf_text(&buf));
    assert_true(bp_json_skip(reader, bp_json_next(reader)));
    assert_int_equal(bp_json_next(reader).kind, BP_JSON_END);
}

static void
values_can_be_skipped(void **state)
{
    (void)state;
    bp_json_reader *reader = reader_of(BP_STR("[{\"a\":[1,{}]},2,[3"));
    bp_json_next(reader);
    assert_true(bp_json_skip(reader, bp_json_next(reader)));
    bp_json_event two = bp_json_next(reader);
    assert_true(bp_str_is(two.text, "2"));
    assert_true(bp_json_skip(reader, two));
    assert_false(bp_json_skip(reader, bp_json_next(reader)));
    assert_false(bp_json_skip(reader, bp_json_next(reader)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

static void
repeated_keys_can_be_given(void **state)
{
    (void)state;
    bp_json_reader *reader = reader_of(BP_STR("{\"a\":1,\"b\":2,\"a\":3}"));
    bp_json_reader_give_repeats(reader);
    size_t repeats = 0;
    for (bp_json_event each = bp_json_next(reader); each.kind != BP_JSON_END;
         each = bp_json_next(reader)) {
        assert_int_not_equal(each.kind, BP_JSON_ERROR);
        if (each.kind == BP_JSON_KEY && bp_span_exists(each.opener)) {
            repeats++;
            assert_int_equal(each.opener.start, 1);
            assert_int_equal(each.span.start, 13);
        }
    }
    assert_int_equal(repeats, 1);
}

/* The texts of a document outlive the arena that it was read in. */
static void
kept_texts_outlive_the_reader(void **state)
{
    (void)state;
    bp_arena *kept = bp_arena_new(NULL);
    bp_arena *reading = bp_arena_new(NULL);
    bp_sources *sources = bp_sources_new(kept);
    const bp_source *source =
        bp_sources_add(sources, BP_STR("a.json"), BP_STR("[\"plain\", \"es\\u0063aped\"]"));
    bp_json_reader *reader = bp_json_reader_new(reading, source);
    bp_json_reader_keep_texts(reader, kept);
    bp_str texts[2];
    assert_int_equal(bp_json_next(reader).kind, BP_JSON_ARRAY);
    texts[0] = bp_json_next(reader).text;
    texts[1] = bp_json_next(reader).text;
    bp_arena_free(reading);
    assert_true(bp_str_is(texts[0], "plain"));
    assert_true(bp_str_is(texts[1], "escaped"));
    bp_arena_free(kept);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_texts_outlive_the_reader),
        TEST(values_come_in_order),
        TEST(events_know_their_place),
        TEST(broken_structure_is_refused),
        TEST(keys_stand_once),
        TEST(bad_strings_are_refused),
        TEST(bad_numbers_are_refused),
        TEST(nesting_ends_at_64),
        TEST(large_texts_are_linear),
        TEST(values_can_be_skipped),
        TEST(repeated_keys_can_be_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
