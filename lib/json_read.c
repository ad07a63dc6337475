/*
 * The pull reader: a state and a stack of open containers, no recursion. Every byte is looked at
 * once. Small objects find a repeated key by looking through the few before; larger ones by a map.
 *
 * A stream is read through a window (json_stream.c): it is moved on between two tokens, so that a
 * token and all that can decide about it lie in it; only strings and blanks may be longer.
 */
#include "lib/json_read.h"

#include "lib/json_scan.h"
#include "lib/json_stream.h"
#include "lib/unicode.h"

#include <string.h>

bp_json_reader *
bp_json_reader_new(bp_arena *arena, const bp_source *source)
{
    bp_json_reader *reader = BP_NEW(arena, bp_json_reader);
    reader->arena = arena;
    reader->texts = arena;
    reader->other.arena = arena;
    reader->source = source;
    reader->text = source->text;
    reader->stream.ended = true;
    reader->longest = SIZE_MAX;
    reader->at = bp_str_starts(source->text, BP_STR("\xEF\xBB\xBF")) ? 3 : 0;
    return reader;
}

void
bp_json_reader_keep_texts(bp_json_reader *reader, bp_arena *arena)
{
    reader->texts = arena;
}

void
bp_json_reader_give_repeats(bp_json_reader *reader)
{
    reader->give_repeats = true;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char
peek(const bp_json_reader *on)
{
    return on->at < on->text.size ? on->text.at[on->at] : '\0';
}

static bool
at_end(const bp_json_reader *on)
{
    return on->at >= on->text.size;
}

static bp_span
span_at(const bp_json_reader *on, size_t start, size_t end)
{
    uint32_t base = (uint32_t)on->stream.base;
    return (bp_span){on->source == NULL ? 0 : on->source->id, base + (uint32_t)start,
                     base + (uint32_t)end};
}

static bp_span
span_from(const bp_json_reader *on, size_t start)
{
    return span_at(on, start, on->at);
}

/* The character at hand, or the end of the text. */
static bp_span
span_here(const bp_json_reader *on)
{
    uint32_t character = 0;
    size_t size = at_end(on) ? 0 : bp_utf8_next(on->text, on->at, &character);
    size_t end = at_end(on) ? on->at : on->at + (size == 0 ? 1 : size);
    return span_at(on, on->at, end);
}

static void
fail(bp_json_reader *on, bp_span span, bp_span opener, const char *message)
{
    on->ended = true;
    on->last = (bp_json_event){
        .kind = BP_JSON_ERROR, .span = span, .text = bp_str_of(message), .opener = opener};
}

static void
fail_here(bp_json_reader *on, const char *message)
{
    fail(on, span_here(on), BP_NOWHERE, message);
}

static void
give(bp_json_reader *on, bp_json_event *out, bp_json_kind kind, size_t start)
{
    uint32_t base = (uint32_t)on->stream.base;
    out->kind = kind;
    out->span.source = on->source == NULL ? 0 : on->source->id;
    out->span.start = base + (uint32_t)start;
    out->span.end = base + (uint32_t)on->at;
    out->text.at = "";
    out->text.size = 0;
    out->opener.source = 0;
    out->opener.start = 0;
    out->opener.end = 0;
}

static void
skip_some_blanks(bp_json_reader *on)
{
    do {
        const char *end = on->text.at + on->text.size;
        on->at = (size_t)(bp_json_after_blanks(on->text.at + on->at, end) - on->text.at);
    } while (on->text.size - on->at < BP_JSON_AHEAD && bp_json_more(on, on->at));
}

static void
skip_blanks(bp_json_reader *on)
{
    if (on->text.size - on->at < BP_JSON_AHEAD || bp_json_is_blank(on->text.at[on->at])) {
        skip_some_blanks(on);
    }
}

/* After a value: what may come depends on where it stood. */
static void
value_ended(bp_json_reader *on)
{
    on->state = on->depth == 0 ? DONE : WANT_COMMA_OR_END;
}

void
bp_json_open(bp_json_reader *on, bool object, bp_json_event *out)
{
    if (on->depth == BP_JSON_DEPTH) {
        fail(on, span_here(on), on->frames[BP_JSON_DEPTH - 1].opener,
             "more than 64 levels of nesting");
        return;
    }
    size_t start = on->at++;
    bp_json_frame *opened = &on->frames[on->depth++];
    opened->object = object;
    opened->opener = span_from(on, start);
    opened->offset = on->stream.base + start;
    opened->keys = on->keys.count;
    opened->names = on->names.size;
    opened->sketches = 0;
    opened->by = 0;
    opened->all = NULL;
    on->state = object ? WANT_FIRST_KEY : WANT_FIRST_VALUE;
    give(on, out, object ? BP_JSON_OBJECT : BP_JSON_ARRAY, start);
}

static void
close_container(bp_json_reader *on, bp_json_event *out)
{
    const bp_json_frame *open = &on->frames[on->depth - 1];
    bool object = peek(on) == '}';
    if (object != open->object) {
        fail(on, span_here(on), open->opener,
             open->object ? "\"]\" cannot close an object" : "\"}\" cannot close an array");
        return;
    }
    size_t start = on->at++;
    on->depth--;
    on->keys.count = open->keys;
    if (on->named > open->keys) {
        on->named = open->keys;
        on->names.size = open->names;
    }
    if (open->all != NULL) {
        bp_arena_reset(open->memory);
    }
    value_ended(on);
    give(on, out, object ? BP_JSON_OBJECT_END : BP_JSON_ARRAY_END, start);
}

static int
hex_value(char c)
{
    char folded = bp_fold_char(c);
    return is_digit(c) ? c - '0' : folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

/* Four hexadecimal digits at `at`; -1 if they are not there. */
static int32_t
hex_unit(bp_str text, size_t at)
{
    int32_t unit = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = at + i < text.size ? hex_value(text.at[at + i]) : -1;
        if (digit < 0) {
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

/* "\uXXXX" or a pair of them, at the backslash. NULL or what is wrong. */
static const char *
unicode_escape(bp_json_reader *on, bp_buf *decoded)
{
    bp_str text = on->text;
    int32_t unit = hex_unit(text, on->at + 2);
    uint32_t character = (uint32_t)unit;
    size_t size = 6;
    if (unit < 0) {
        return "\"\\u\" needs four hexadecimal digits";
    }
    if (unit == 0) {
        return "a string cannot hold NUL";
    }
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        bool second = bp_str_starts(bp_str_cut(text, on->at + 6, text.size), BP_STR("\\u"));
        int32_t low = second ? hex_unit(text, on->at + 8) : -1;
        if (low < 0xDC00 || low > 0xDFFF) {
            return "half of a surrogate pair; the other half must follow";
        }
        character = 0x10000 + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
        size = 12;
    } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
        return "half of a surrogate pair; the other half must stand before";
    }
    bp_utf8_add(decoded, character);
    on->at += size;
    return NULL;
}

static const char *
escape(bp_json_reader *on, bp_buf *decoded)
{
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    bp_str text = on->text;
    char c = on->at + 1 < text.size ? text.at[on->at + 1] : '\0';
    if (c == 'u') {
        return unicode_escape(on, decoded);
    }
    bp_str letters = BP_STR("\"\\/bfnrt");
    size_t index = bp_str_find(letters, c);
    if (index == letters.size) {
        return "unknown escape in a string";
    }
    bp_buf_add_char(decoded, meanings[index]);
    on->at += 2;
    return NULL;
}

/* One character of a string that is not a quote or an escape. NULL or what is wrong. */
static const char *
plain(bp_json_reader *on, bp_buf *decoded, bool copying)
{
    uint32_t character = 0;
    size_t size = bp_utf8_next(on->text, on->at, &character);
    if (size == 0) {
        return "invalid UTF-8";
    }
    if (character < 0x20) {
        return character == 0 ? "a string cannot hold NUL"
                              : "a string cannot hold a control character; it must be escaped";
    }
    if (copying) {
        bp_buf_add(decoded, bp_str_cut(on->text, on->at, on->at + size));
    }
    on->at += size;
    return NULL;
}

static void
plain_run(bp_json_reader *on)
{
    const char *start = on->text.at;
    on->at = (size_t)(bp_json_plain_end(start + on->at, start + on->text.size) - start);
}

/* One piece of a string: a run, a character or an escape. NULL or what is wrong. */
static const char *
piece(bp_json_reader *on, bp_buf *decoded, bool *copying)
{
    if (peek(on) == '\\') {
        if (!*copying) {
            bp_buf_add(decoded, bp_str_cut(on->text, on->at_quote + 1, on->at));
            *copying = true;
        }
        return escape(on, decoded);
    }
    size_t from = on->at;
    plain_run(on);
    if (on->at == from) {
        return plain(on, decoded, *copying);
    }
    if (*copying) {
        bp_buf_add(decoded, bp_str_cut(on->text, from, on->at));
    }
    return NULL;
}

/* A string at its opening quote, into *text: a slice of the text where nothing is escaped. NULL or
 * what is wrong. */
static const char *
string(bp_json_reader *on, bp_str *text)
{
    enum { ESCAPE_MAX = 12 };
    bp_buf fresh = {.arena = on->texts};
    bp_buf *decoded = on->source == NULL ? &on->decoded : &fresh;
    bool copying = false;
    decoded->size = 0;
    on->at_quote = on->at++;
    for (;;) {
        if (on->text.size - on->at < ESCAPE_MAX && !on->stream.ended) {
            size_t back = on->at - on->at_quote;
            bp_json_more(on, on->at_quote);
            on->at_quote = on->at - back;
        }
        if (at_end(on) && on->stream.ended) {
            return "the text ends inside a string";
        }
        if (peek(on) == '"') {
            break;
        }
        const char *wrong = piece(on, decoded, &copying);
        if (wrong != NULL) {
            return wrong;
        }
        if (on->at - on->at_quote > on->longest) {
            return "a string that is too long";
        }
    }
    *text = copying ? bp_buf_text(decoded) : bp_str_cut(on->text, on->at_quote + 1, on->at);
    on->at++;
    return NULL;
}

static void
string_value(bp_json_reader *on, bp_json_event *out)
{
    bp_str text = {on->text.at + on->at + 1, 0};
    const char *end = on->text.at + on->text.size;
    const char *stop = bp_json_plain_end(text.at, end);
    text.size = (size_t)(stop - text.at);
    on->at_quote = on->at;
    if (stop < end && *stop == '"' && text.size < on->longest) {
        on->at += text.size + 2;
    } else {
        const char *wrong = string(on, &text);
        if (wrong != NULL) {
            bp_span quote = span_at(on, on->at_quote, on->at_quote + 1);
            fail(on, span_here(on), at_end(on) ? quote : BP_NOWHERE, wrong);
            return;
        }
    }
    value_ended(on);
    give(on, out, BP_JSON_STRING, on->at_quote);
    out->text.at = text.at;
    out->text.size = text.size;
}

static bool
digits(bp_json_reader *on)
{
    size_t start = on->at;
    while (is_digit(peek(on))) {
        on->at++;
    }
    return on->at > start;
}

/* NULL or what is wrong. */
static const char *
number(bp_json_reader *on)
{
    on->at += peek(on) == '-';
    if (peek(on) == '0') {
        on->at++;
        if (is_digit(peek(on))) {
            return "a number cannot begin with 0; an id must be a string in double quotes";
        }
    } else if (!digits(on)) {
        return "a digit must follow \"-\"";
    }
    if (peek(on) == '.') {
        on->at++;
        if (!digits(on)) {
            return "a digit must follow \".\"";
        }
    }
    if (bp_fold_char(peek(on)) == 'e') {
        on->at++;
        on->at += peek(on) == '+' || peek(on) == '-';
        if (!digits(on)) {
            return "a digit must follow the exponent sign";
        }
    }
    return NULL;
}

static void
number_value(bp_json_reader *on, bp_json_event *out)
{
    size_t start = on->at;
    const char *wrong = number(on);
    if (wrong != NULL) {
        fail_here(on, wrong);
        return;
    }
    if (on->at - start > NUMBER_MAX) {
        fail(on, span_from(on, start), BP_NOWHERE, "a number of more than 64 characters");
        return;
    }
    value_ended(on);
    give(on, out, BP_JSON_NUMBER, start);
    out->text = bp_str_cut(on->text, start, on->at);
}

static void
word_value(bp_json_reader *on, bp_json_event *out)
{
    static const struct {
        const char *word;
        bp_json_kind kind;
    } words[] = {{"true", BP_JSON_TRUE}, {"false", BP_JSON_FALSE}, {"null", BP_JSON_NULL}};
    size_t start = on->at;
    while (bp_is_alnum(peek(on)) || peek(on) == '_') {
        on->at++;
    }
    bp_str word = bp_str_cut(on->text, start, on->at);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (bp_str_is(word, words[i].word)) {
            value_ended(on);
            give(on, out, words[i].kind, start);
            out->text = word;
            return;
        }
    }
    fail(on, span_from(on, start), BP_NOWHERE,
         "a bare word is no value; text stands in double quotes");
}

/* Nothing fits here: says why, in the words of what is there. */
static void
unexpected(bp_json_reader *on, const char *wanted)
{
    bp_str text = on->text;
    uint32_t character = 0;
    bp_span opener = on->depth > 0 ? on->frames[on->depth - 1].opener : BP_NOWHERE;
    if (at_end(on) && on->stream.failed) {
        fail_here(on, "cannot be read");
        return;
    }
    if (at_end(on)) {
        fail(on, span_here(on), opener,
             on->depth == 0                     ? "the text ends; a value must stand here"
             : on->frames[on->depth - 1].object ? "the text ends inside an object"
                                                : "the text ends inside an array");
        return;
    }
    size_t size = bp_utf8_next(text, on->at, &character);
    fail_here(on, size == 0             ? "invalid UTF-8"
                  : character == 0xFEFF ? "a byte order mark inside the text"
                  : character == 0      ? "a NUL byte"
                                        : wanted);
}

static void
value(bp_json_reader *on, bp_json_event *out)
{
    char c = peek(on);
    if (c == '"') {
        string_value(on, out);
    } else if (c == '{' || c == '[') {
        bp_json_open(on, c == '{', out);
    } else if (c == '-' || is_digit(c)) {
        number_value(on, out);
    } else if (bp_is_alpha(c)) {
        word_value(on, out);
    } else {
        unexpected(on, "a value must stand here");
    }
}

static void
key_event(bp_json_reader *on, bp_json_event *out)
{
    if (peek(on) != '"') {
        unexpected(on, on->state == WANT_KEY && peek(on) == '}'
                           ? "a key must follow the comma"
                           : "a key in double quotes must stand here");
        return;
    }
    string_value(on, out);
    if (on->ended) {
        return;
    }
    if (on->frames[on->depth - 1].by != 0) {
        bp_json_sketch_keys(on);
    }
    const bp_json_known_key *first = bp_json_seen_before(on, out->text, out->span);
    if (first != NULL && !on->give_repeats) {
        fail(on, out->span, first->span, "the same key twice in one object");
        return;
    }
    out->kind = BP_JSON_KEY;
    if (first != NULL) {
        out->opener = first->span;
    }
    on->state = WANT_COLON;
}

static void
after_value(bp_json_reader *on, bp_json_event *out)
{
    bool object = on->frames[on->depth - 1].object;
    if (peek(on) == '}' || peek(on) == ']') {
        close_container(on, out);
        return;
    }
    if (peek(on) != ',') {
        unexpected(on, object ? "a comma or \"}\" must stand here"
                              : "a comma or \"]\" must stand here");
        return;
    }
    on->at++;
    skip_blanks(on);
    on->state = object ? WANT_KEY : WANT_VALUE;
    if (object) {
        key_event(on, out);
    } else {
        value(on, out);
    }
}

/* After a value outside of all containers. */
static void
after_all(bp_json_reader *on, bp_json_event *out)
{
    if (!at_end(on) && on->many) {
        value(on, out);
    } else if (!at_end(on)) {
        fail(on, span_at(on, on->at, on->text.size), BP_NOWHERE, "text after the end of the value");
    } else if (on->stream.failed) {
        fail_here(on, "cannot be read");
    } else {
        on->ended = true;
        give(on, &on->last, BP_JSON_END, on->at);
    }
}

static void
step(bp_json_reader *on, bp_json_event *out)
{
    skip_blanks(on);
    switch (on->state) {
    case WANT_COMMA_OR_END:
        after_value(on, out);
        break;
    case WANT_COLON:
        if (peek(on) != ':') {
            unexpected(on, "a colon must follow a key");
            break;
        }
        on->at++;
        skip_blanks(on);
        value(on, out);
        break;
    case WANT_VALUE:
        value(on, out);
        break;
    case WANT_FIRST_VALUE:
        if (peek(on) == ']') {
            close_container(on, out);
        } else {
            value(on, out);
        }
        break;
    case WANT_FIRST_KEY:
        if (peek(on) == '}') {
            close_container(on, out);
        } else {
            key_event(on, out);
        }
        break;
    case WANT_KEY:
        key_event(on, out);
        break;
    case DONE:
        after_all(on, out);
        break;
    }
}

void
bp_json_read(bp_json_reader *on, bp_json_event *out)
{
    if (!on->ended) {
        step(on, out);
    }
    if (on->ended) {
        *out = on->last;
    }
}

bp_json_event
bp_json_next(bp_json_reader *on)
{
    bp_json_event event;
    bp_json_read(on, &event);
    return event;
}
