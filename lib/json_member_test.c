/*
 * Members by names, held against the events of the same bytes: what is skipped is read as strictly,
 * what is given is the same, and a mistake is told in the same place with the same words, wherever
 * the window of a stream ends.
 */
#include "lib/json_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef struct memory {
    bp_str rest;
    size_t step; /* bytes given at once */
} memory;

static int64_t
give(void *context, char *at, size_t room)
{
    memory *from = context;
    size_t size = from->rest.size < room ? from->rest.size : room;
    size = size < from->step ? size : from->step;
    memcpy(at, size == 0 ? "" : from->rest.at, size);
    from->rest = bp_str_cut(from->rest, size, from->rest.size);
    return (int64_t)size;
}

static const char *const wanted[] = {"name", "arn", "nested", "days", "list", "\xC3\xA9"};

enum { WANTED = sizeof wanted / sizeof *wanted, LONG = 1024 * 1024 };

static size_t
number_of(bp_str key)
{
    size_t number = 0;
    while (number < WANTED && !bp_str_is(key, wanted[number])) {
        number++;
    }
    return number;
}

static void
note(bp_buf *to, const bp_json_event *event)
{
    bp_buf_format(to, " %d@%u-%u<%u:", (int)event->kind, event->span.start, event->span.end,
                  event->opener.start);
    bp_buf_add(to, event->text);
}

/* The value of a wanted member, event by event, nested objects too. False: an error. */
static bool
note_value(bp_buf *to, bp_json_reader *reader, bp_json_event event)
{
    size_t open = 0;
    for (;;) {
        note(to, &event);
        if (event.kind == BP_JSON_ERROR) {
            return false;
        }
        open += event.kind == BP_JSON_OBJECT || event.kind == BP_JSON_ARRAY;
        open -= event.kind == BP_JSON_OBJECT_END || event.kind == BP_JSON_ARRAY_END;
        if (open == 0) {
            return true;
        }
        event = bp_json_next(reader);
    }
}

static bool
is_value(bp_json_kind kind)
{
    return kind != BP_JSON_ERROR && kind != BP_JSON_OBJECT_END && kind != BP_JSON_END;
}

/* One object, whose bracket was taken. By events alone: keys that nobody wants are skipped here. */
static bool
object_by_events(bp_buf *to, bp_json_reader *reader, bp_json_names *names)
{
    (void)names;
    for (;;) {
        bp_json_event key = bp_json_next(reader);
        if (key.kind != BP_JSON_KEY) {
            note(to, &key);
            return key.kind == BP_JSON_OBJECT_END;
        }
        size_t number = number_of(key.text);
        bp_json_event value = bp_json_next(reader);
        if (value.kind == BP_JSON_ERROR) {
            note(to, &value);
            return false;
        }
        if (number < WANTED) {
            bp_buf_format(to, "\n%zu", number);
            if (!note_value(to, reader, value)) {
                return false;
            }
            continue;
        }
        for (size_t open = value.kind == BP_JSON_OBJECT || value.kind == BP_JSON_ARRAY; open > 0;) {
            bp_json_event each = bp_json_next(reader);
            open += each.kind == BP_JSON_OBJECT || each.kind == BP_JSON_ARRAY;
            open -= each.kind == BP_JSON_OBJECT_END || each.kind == BP_JSON_ARRAY_END;
            if (each.kind == BP_JSON_ERROR) {
                note(to, &each);
                return false;
            }
        }
    }
}

static bool
object_by_names(bp_buf *to, bp_json_reader *reader, bp_json_names *names)
{
    names->next = 0;
    for (;;) {
        bp_json_event value;
        size_t number = bp_json_member(reader, names, &value);
        if (number == WANTED) {
            assert_false(is_value(value.kind));
            note(to, &value);
            return value.kind == BP_JSON_OBJECT_END;
        }
        bp_buf_format(to, "\n%zu", number);
        if (!note_value(to, reader, value)) {
            return false;
        }
    }
}

typedef bool object_reader(bp_buf *to, bp_json_reader *reader, bp_json_names *names);

/* A list of objects, or one; everything that is given of it. */
static bp_str
trace(bp_arena *arena, bp_json_reader *reader, object_reader *object)
{
    bp_buf to = {.arena = arena};
    bp_json_names names = {.count = 0};
    bp_json_event event = bp_json_next(reader);
    for (size_t i = 0; i < WANTED; i++) {
        bp_json_names_add(&names, wanted[i], 0);
    }
    while (event.kind != BP_JSON_END && event.kind != BP_JSON_ERROR) {
        note(&to, &event);
        if (event.kind == BP_JSON_OBJECT && !object(&to, reader, &names)) {
            break;
        }
        event = bp_json_next(reader);
    }
    note(&to, &event);
    return bp_buf_text(&to);
}

static void
hold_stream(bp_arena *arena, bp_str text, size_t step, bp_str expected)
{
    memory from = {text, step};
    bp_json_reader *reader = bp_json_reader_stream(arena, (bp_json_input){give, &from});
    bp_str got = trace(arena, reader, object_by_names);
    if (!bp_str_equal(got, expected)) {
        fail_msg("in pieces of %zu: %.*s\n\n%.*s\n\nof %.*s", step, BP_ARG(got), BP_ARG(expected),
                 (int)(text.size < 500 ? text.size : 500), text.at);
    }
}

/* By events and by names, from a text and from streams. */
static void
hold(bp_str text)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_source source = {.text = text};
    memory from = {text, SIZE_MAX};
    bp_json_input input = {give, &from};
    bp_str whole = trace(arena, bp_json_reader_new(arena, &source), object_by_events);
    bp_str named = trace(arena, bp_json_reader_new(arena, &source), object_by_names);
    if (!bp_str_equal(named, whole)) {
        fail_msg("%.*s\n\n%.*s\n\nof %.*s", BP_ARG(named), BP_ARG(whole), BP_ARG(text));
    }
    bp_str streamed = trace(arena, bp_json_reader_stream(arena, input), object_by_events);
    hold_stream(arena, text, SIZE_MAX, streamed);
    hold_stream(arena, text, 5, streamed);
    bp_arena_free(arena);
}

static const char *const texts[] = {
    "{}",
    "{ }",
    "{\"name\":\"x\",\"arn\":\"arn:aws:backup:eu-west-1:1:v\",\"days\":28}",
    ("[{\"name\": \"a\", \"other\": \"b\", \"days\": 1234, \"flag\": true, \"none\": null},\n"
     " {\"days\": 7, \"name\": \"c\", \"flag\": false},{\"other\":\"b\"}]"),
    ("{\n    \"other\": {\n        \"deep\": [1, {\"x\": \"y\"}, \"z\"]\n    },\n    \"name\": "
     "\"x\"\n}"),
    "{\"nested\": {\"name\": \"inner\", \"name2\": [{}, []]}, \"list\": [\"a\", 1, {\"name\": 2}]}",
    /* keys twice, by names, among the others, inside of what is skipped, spelt otherwise */
    "{\"name\":1,\"name\":2}",
    "{\"name\":1,\"x\":2,\"arn\":3,\"x\":4}",
    "{\"x\":{\"y\":1,\"y\":2}}",
    "{\"name\":1,\"\\u006eame\":2}",
    "{\"\\u006eame\":1,\"name\":2}",
    "{\"x\":1,\"\\u0078\":2}",
    "{\"name\":{\"name\":1},\"arn\":{\"arn\":1,\"name\":2},\"x\":{\"x\":{\"x\":1}}}",
    "{\"days\":1,\"list\":2,\"nested\":3,\"arn\":4,\"name\":5,\"name\":6}",
    "{\"arn\":4,\"\xC3\xA9\":1,\"name\":5,\"\\u00e9\":6}",
    /* what is skipped is read all the same */
    "{\"x\":\"\xFF\",\"name\":1}",
    "{\"x\":\"a\xC3\",\"name\":1}",
    "{\"x\":[\"\xED\xA0\x80\"],\"name\":1}",
    "{\"\xC3\":1,\"name\":1}",
    "{\"x\":\"\\ud83d\\ude00\",\"name\":\"\\ud83d\\ude00\"}",
    "{\"x\":\"\\ud83d\",\"name\":1}",
    "{\"x\":\"\\q\",\"name\":1}",
    "{\"x\":\"a\nb\",\"name\":1}",
    "{\"x\":{\"y\":\"\\udc00\"},\"name\":1}",
    "{\"x\":01,\"name\":1}",
    "{\"x\":1.5e+300,\"name\":-0.0}",
    "{\"x\":1.,\"name\":1}",
    "{\"x\":1e,\"name\":1}",
    "{\"x\":-,\"name\":1}",
    "{\"x\":truex,\"name\":1}",
    "{\"x\":tru,\"name\":1}",
    "{\"x\":nulL,\"name\":1}",
    "{\"x\":1 2,\"name\":1}",
    "{\"x\":1\"name\":1}",
    "{\"x\":true\"name\":1}",
    "{\"x\":\"y\"\"name\":1}",
    "{\"x\" 1}",
    "{\"x\":}",
    "{\"x\":1,}",
    "{,\"x\":1}",
    "{\"x\":1]",
    "{\"x\":[1}",
    "{\"x\":[1,]}",
    "{x:1}",
    "{\"x\":1,,\"name\":1}",
    /* lists whose objects differ in a blank, a comma, a key, from what was learned */
    "[{\"name\": 1, \"x\": 2, \"arn\": 3}, {\"name\": 1, \"x\": 2, \"arn\": 3}]",
    ("[{\"name\": 1, \"x\": 2, \"arn\": 3}, {\"name\": 1, \"arn\": 3, \"x\": 2}, {\"x\": 1, \"x\": "
     "2}]"),
    "[{\"name\": 1, \"x\": 2}, {\"name\": 1 \"x\": 2}]",
    "[{\"name\": 1, \"x\": 2}, {, \"x\": 2}]",
    "[{\"name\": 1, \"x\": 2}, {\"name\": 1,\"x\": 2}, {\"name\": 1, \"x\":2}]",
    "[{\"name\": 1}, {\"x\": 2 \"name\": 1}]",
    "[{\"name\": 1, \"nested\": {\"name\": 1, \"x\": 3}}, {\"name\": {\"name\": 1}, \"name\": 1}]",
    "[{\"name\": 1, \"days\": 2, \"name\": 3}]",
    "{\"x\":\"y",
    "{\"x\":",
    "{\"x\"",
    "{\"x",
    "{\"name\":tr",
    "{\"name\":12",
    "{\"name\":1}}",
    "{\"x\"\t:\r\n \"y\"\t,\r\n\t\"name\" : \t1 }",
    "{\"x\":\xEF\xBB\xBF\"y\"}",
};

static void
members_are_those_of_the_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        hold(bp_str_of(texts[i]));
    }
    hold(BP_STR("{\"x\":\"a\0b\",\"name\":1}"));
    hold(BP_STR("{\"x\":1\0,\"name\":1}"));
}

/* Every byte of every text, changed to some others, and every beginning of it. */
static void
changed_bytes_and_beginnings(void **state)
{
    (void)state;
    static const char others[] = "\"\\,:{}[] 0-e\x7F\x80\x01";
    char changed[256];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        bp_str text = bp_str_of(texts[i]);
        assert_true(text.size < sizeof changed);
        memcpy(changed, text.at, text.size);
        for (size_t at = 0; at < text.size; at++) {
            hold(bp_str_cut(text, 0, at));
            changed[at] = others[(at + i) % (sizeof others - 1)];
            hold((bp_str){changed, text.size});
            changed[at] = text.at[at];
        }
    }
}

/* The window is 96 KiB: members of every kind at every place around its end. */
static void
members_across_the_end_of_the_window(void **state)
{
    (void)state;
    static const char *const middles[] = {
        "\"name\": \"plain\", \"x\": \"es\\u00e9\\ud83d\\ude00caped\", \"days\": 1234",
        "\"x\": {\"y\": [true, \"\xF0\x9F\x98\x80\"]}, \"name\": false, \"x\": 1",
        "\"x\": \"\xF0\x9F\x98\", \"name\": 1",
        "\"list\": [1, 2], \"name\": \"y\", \"name\": 1",
    };
    enum { WINDOW = 96 * 1024, AROUND = 80 };
    bp_arena *arena = bp_arena_new(NULL);
    for (size_t m = 0; m < sizeof middles / sizeof *middles; m++) {
        for (size_t before = 0; before < AROUND; before++) {
            bp_arena *scratch = bp_arena_child(arena);
            bp_buf text = {.arena = scratch};
            bp_buf_add_c(&text, "[{\"first\": \"");
            while (text.size < WINDOW / 2 - before) {
                bp_buf_add_char(&text, 'a');
            }
            bp_buf_add_c(&text, "\", \"arn\": \"");
            while (text.size < WINDOW - before) {
                bp_buf_add_char(&text, 'b');
            }
            bp_buf_format(&text, "\", %s}]", middles[m]);
            memory from = {bp_buf_text(&text), SIZE_MAX};
            bp_json_input input = {give, &from};
            bp_str expected =
                trace(scratch, bp_json_reader_stream(scratch, input), object_by_events);
            hold_stream(scratch, bp_buf_text(&text), SIZE_MAX, expected);
            hold_stream(scratch, bp_buf_text(&text), 4096, expected);
            bp_arena_release(arena, scratch);
        }
    }
    bp_arena_free(arena);
}

/* Nesting and numbers have their limits in what is skipped, too; many keys have theirs in time. */
static void
limits_hold_in_what_is_skipped(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    for (size_t depth = 60; depth < 68; depth++) {
        bp_buf arrays = {.arena = arena};
        bp_buf objects = {.arena = arena};
        bp_buf_add_c(&arrays, "{\"x\":");
        for (size_t i = 0; i < depth; i++) {
            bp_buf_add_c(&arrays, "[");
            bp_buf_add_c(&objects, "{\"x\":");
        }
        bp_buf_add_c(&objects, "1");
        for (size_t i = 0; i < depth; i++) {
            bp_buf_add_c(&arrays, "]");
            bp_buf_add_c(&objects, "}");
        }
        bp_buf_add_c(&arrays, ",\"name\":1}");
        hold(bp_buf_text(&arrays));
        hold(bp_buf_text(&objects));
    }
    for (size_t digits = 62; digits < 68; digits++) {
        bp_buf numbers = {.arena = arena};
        bp_buf_add_c(&numbers, "{\"x\":");
        for (size_t i = 0; i < digits; i++) {
            bp_buf_add_c(&numbers, "7");
        }
        bp_buf_add_c(&numbers, ",\"name\":1}");
        hold(bp_buf_text(&numbers));
    }
    for (size_t twice = 0; twice < 2; twice++) {
        bp_buf keys = {.arena = arena};
        bp_buf_add_c(&keys, "{\"days\":0");
        for (int i = 0; i < 20000; i++) {
            bp_buf_format(&keys, ",\"key%d\":%d", i, i);
        }
        bp_buf_add_c(&keys, twice == 0 ? ",\"name\":1}" : ",\"name\":1,\"days\":1}");
        hold(bp_buf_text(&keys));
    }
    bp_arena_free(arena);
}

/* 64 KiB, unless a name allows more. */
static void
long_strings_of_some_names(void **state)
{
    (void)state;
    enum { USUAL = 64 * 1024 };
    static const struct {
        const char *key;
        size_t size;
        bool good;
    } cases[] = {{"short", USUAL - 1, true}, {"short", USUAL + 1, false},
                 {"x", USUAL + 1, false},    {"long", USUAL + 1, true},
                 {"long", LONG - 1, true},   {"long", LONG + 1, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_json_names names = {.count = 0};
        bp_json_names_add(&names, "short", 0);
        bp_json_names_add(&names, "long", LONG);
        bp_buf text = {.arena = arena};
        bp_buf_format(&text, "{\"%s\":\"", cases[i].key);
        for (size_t n = 0; n < cases[i].size; n++) {
            bp_buf_add_char(&text, 'a');
        }
        bp_buf_add_c(&text, "\"}");
        memory from = {bp_buf_text(&text), SIZE_MAX};
        bp_json_reader *reader = bp_json_reader_stream(arena, (bp_json_input){give, &from});
        bp_json_event value = bp_json_next(reader);
        size_t number = bp_json_member(reader, &names, &value);
        if (number < names.count) {
            assert_int_equal(value.text.size, cases[i].size);
            bp_json_member(reader, &names, &value);
        }
        assert_int_equal(value.kind == BP_JSON_OBJECT_END, cases[i].good);
        bp_arena_free(arena);
    }
}

/* Others are given with their keys; so is a member whose key was taken before. */
static void
others_are_given_if_wanted(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_source source = {.text =
                            BP_STR("{\"first\":1,\"x\\u0079\":2,\"name\":3,\"z\":[4],\"q\":5}")};
    bp_json_reader *reader = bp_json_reader_new(arena, &source);
    bp_json_names names = {.others = true};
    bp_json_names_add(&names, "name", 0);
    bp_json_event value = bp_json_next(reader);
    value = bp_json_next(reader);
    assert_int_equal(bp_json_member_value(reader, &names, value.text, &value), 1);
    assert_true(bp_str_is(names.other, "first") && bp_str_is(value.text, "1"));
    assert_int_equal(bp_json_member(reader, &names, &value), 1);
    assert_true(bp_str_is(names.other, "xy") && bp_str_is(value.text, "2"));
    assert_int_equal(bp_json_member(reader, &names, &value), 0);
    assert_true(bp_str_is(value.text, "3"));
    assert_int_equal(bp_json_member(reader, &names, &value), 1);
    assert_true(bp_str_is(names.other, "z") && bp_json_skip_to(reader, &value));
    assert_int_equal(value.kind, BP_JSON_ARRAY_END);
    assert_int_equal(bp_json_member(reader, &names, &value), 1);
    assert_true(bp_str_is(names.other, "q"));
    assert_int_equal(bp_json_member(reader, &names, &value), 1);
    assert_int_equal(value.kind, BP_JSON_OBJECT_END);
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_those_of_the_events),
        cmocka_unit_test(changed_bytes_and_beginnings),
        cmocka_unit_test(members_across_the_end_of_the_window),
        cmocka_unit_test(limits_hold_in_what_is_skipped),
        cmocka_unit_test(long_strings_of_some_names),
        cmocka_unit_test(others_are_given_if_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
