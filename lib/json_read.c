/*
 * The pull reader: a state and a stack of open containers, no recursion. Every byte is looked at
 * once. Small objects find a repeated key by looking through the few before; larger ones by a map.
 *
 * A stream is read through a window (json_stream.c): it is moved on between two tokens, so that a
 * token and all that can decide about it lie in it; only strings and blanks may be longer.
 */
#include "lib/json_read.h"

#include "lib/json_stream.h"
#include "lib/unicode.h"

#include <string.h>

bp_json_reader *
bp_json_reader_new(bp_arena *arena, const bp_source *source)
{
    bp_json_reader *reader = BP_NEW(arena, bp_json_reader);
    reader->arena = arena;
    reader->texts = arena;
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

static bp_json_event
fail(bp_json_reader *on, bp_span span, bp_span opener, const char *message)
{
    on->ended = true;
    on->last = (bp_json_event){
        .kind = BP_JSON_ERROR, .span = span, .text = bp_str_of(message), .opener = opener};
    return on->last;
}

static bp_json_event
fail_here(bp_json_reader *on, const char *message)
{
    return fail(on, span_here(on), BP_NOWHERE, message);
}

static bp_json_event
event(const bp_json_reader *on, bp_json_kind kind, size_t start, bp_str text)
{
    return (bp_json_event){.kind = kind, .span = span_from(on, start), .text = text};
}

static void
skip_blanks(bp_json_reader *on)
{
    do {
        while (!at_end(on) &&
               (peek(on) == ' ' || peek(on) == '\t' || peek(on) == '\n' || peek(on) == '\r')) {
            on->at++;
        }
    } while (on->text.size - on->at < BP_JSON_AHEAD && bp_json_more(on, on->at));
}

/* After a value: what may come depends on where it stood. */
static void
value_ended(bp_json_reader *on)
{
    on->state = on->depth == 0 ? DONE : WANT_COMMA_OR_END;
}

static bp_json_event
open_container(bp_json_reader *on, bool object)
{
    if (on->depth == BP_JSON_DEPTH) {
        return fail(on, span_here(on), on->frames[BP_JSON_DEPTH - 1].opener,
                    "more than 64 levels of nesting");
    }
    size_t start = on->at++;
    bp_json_frame *opened = &on->frames[on->depth++];
    opened->object = object;
    opened->opener = span_from(on, start);
    opened->offset = on->stream.base + start;
    opened->keys = on->keys.count;
    opened->names = on->names.size;
    opened->all = NULL;
    on->state = object ? WANT_FIRST_KEY : WANT_FIRST_VALUE;
    return event(on, object ? BP_JSON_OBJECT : BP_JSON_ARRAY, start, BP_STR(""));
}

static bp_json_event
close_container(bp_json_reader *on)
{
    const bp_json_frame *open = &on->frames[on->depth - 1];
    bool object = peek(on) == '}';
    if (object != open->object) {
        return fail(on, span_here(on), open->opener,
                    open->object ? "\"]\" cannot close an object" : "\"}\" cannot close an array");
    }
    size_t start = on->at++;
    on->depth--;
    on->keys.count = open->keys;
    on->names.size = open->names;
    if (open->all != NULL) {
        bp_arena_reset(open->memory);
    }
    value_ended(on);
    return event(on, object ? BP_JSON_OBJECT_END : BP_JSON_ARRAY_END, start, BP_STR(""));
}

static int
hex_value(char c)
{
    char folded = bp_fold_char(c);
    return bp_is_digit(c) ? c - '0' : folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
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

/* All bytes that need no second look, at once: printable ASCII without quotes and backslashes. */
static void
plain_run(bp_json_reader *on)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    const char *at = on->text.at + on->at;
    const char *end = on->text.at + on->text.size;
    while (end - at >= 8) {
        uint64_t word = 0;
        memcpy(&word, at, 8);
        uint64_t quote = word ^ ones * '"';
        uint64_t backslash = word ^ ones * '\\';
        uint64_t found = (quote - ones) & ~quote;
        found |= (backslash - ones) & ~backslash;
        found |= (word - ones * 0x20) & ~word;
        if (((found | word) & highs) != 0) {
            break;
        }
        at += 8;
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20 &&
           (unsigned char)*at < 0x80) {
        at++;
    }
    on->at = (size_t)(at - on->text.at);
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
    bp_buf fresh = {.arena = on->arena};
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

static bp_json_event
string_value(bp_json_reader *on)
{
    bp_str text = {"", 0};
    const char *wrong = string(on, &text);
    if (wrong != NULL) {
        bp_span quote = span_at(on, on->at_quote, on->at_quote + 1);
        return fail(on, span_here(on), at_end(on) ? quote : BP_NOWHERE, wrong);
    }
    value_ended(on);
    return event(on, BP_JSON_STRING, on->at_quote, text);
}

static bool
digits(bp_json_reader *on)
{
    size_t start = on->at;
    while (bp_is_digit(peek(on))) {
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
        if (bp_is_digit(peek(on))) {
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

static bp_json_event
number_value(bp_json_reader *on)
{
    size_t start = on->at;
    const char *wrong = number(on);
    if (wrong != NULL) {
        return fail_here(on, wrong);
    }
    if (on->at - start > NUMBER_MAX) {
        return fail(on, span_from(on, start), BP_NOWHERE, "a number of more than 64 characters");
    }
    value_ended(on);
    return event(on, BP_JSON_NUMBER, start, bp_str_cut(on->text, start, on->at));
}

static bp_json_event
word_value(bp_json_reader *on)
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
            return event(on, words[i].kind, start, word);
        }
    }
    return fail(on, span_from(on, start), BP_NOWHERE,
                "a bare word is no value; text stands in double quotes");
}

/* Nothing fits here: says why, in the words of what is there. */
static bp_json_event
unexpected(bp_json_reader *on, const char *wanted)
{
    bp_str text = on->text;
    uint32_t character = 0;
    bp_span opener = on->depth > 0 ? on->frames[on->depth - 1].opener : BP_NOWHERE;
    if (at_end(on) && on->stream.failed) {
        return fail_here(on, "cannot be read");
    }
    if (at_end(on)) {
        return fail(on, span_here(on), opener,
                    on->depth == 0                     ? "the text ends; a value must stand here"
                    : on->frames[on->depth - 1].object ? "the text ends inside an object"
                                                       : "the text ends inside an array");
    }
    size_t size = bp_utf8_next(text, on->at, &character);
    if (size == 0) {
        return fail_here(on, "invalid UTF-8");
    }
    if (character == 0xFEFF) {
        return fail_here(on, "a byte order mark inside the text");
    }
    if (character == 0) {
        return fail_here(on, "a NUL byte");
    }
    return fail_here(on, wanted);
}

static bp_json_event
value(bp_json_reader *on)
{
    char c = peek(on);
    if (c == '{' || c == '[') {
        return open_container(on, c == '{');
    }
    if (c == '"') {
        return string_value(on);
    }
    if (c == '-' || bp_is_digit(c)) {
        return number_value(on);
    }
    return bp_is_alpha(c) ? word_value(on) : unexpected(on, "a value must stand here");
}

/* Most keys differ in their size or at an end. */
static uint32_t
sketch_of(bp_str text)
{
    uint32_t ends = text.size == 0 ? 0
                                   : (uint32_t)(unsigned char)text.at[0] << 8 |
                                         (uint32_t)(unsigned char)text.at[text.size - 1];
    return (uint32_t)text.size << 16 ^ ends;
}

static bp_str
name_of(const bp_json_reader *on, const bp_json_known_key *of)
{
    return on->source == NULL ? (bp_str){on->names.at + of->name, of->size} : of->text;
}

static void
index_keys(bp_json_reader *on, bp_json_frame *in)
{
    if (in->memory == NULL) {
        in->memory = bp_arena_child(on->arena);
    }
    in->all = bp_map_new(in->memory);
    for (size_t i = in->keys; i < on->keys.count; i++) {
        bp_json_known_key *copy = BP_NEW(in->memory, bp_json_known_key);
        *copy = on->keys.at[i];
        bp_map_set(in->all, bp_str_copy(in->memory, name_of(on, copy)), copy);
    }
}

/* The same key before in this object, or NULL; takes note of a new one. */
static const bp_json_known_key *
seen_before(bp_json_reader *on, bp_json_frame *in, bp_str text, bp_span span)
{
    bp_json_known_key fresh = {.text = text, .sketch = sketch_of(text), .span = span};
    for (size_t i = in->keys; in->all == NULL && i < on->keys.count; i++) {
        const bp_json_known_key *each = &on->keys.at[i];
        if (each->sketch == fresh.sketch && bp_str_equal(name_of(on, each), text)) {
            return each;
        }
    }
    if (in->all == NULL && on->keys.count - in->keys >= BP_JSON_FEW) {
        index_keys(on, in);
    }
    if (in->all != NULL) {
        const bp_json_known_key *stands = bp_map_get(in->all, text);
        if (stands == NULL) {
            bp_json_known_key *copy = BP_NEW(in->memory, bp_json_known_key);
            *copy = fresh;
            bp_map_set(in->all, bp_str_copy(in->memory, text), copy);
        }
        return stands;
    }
    if (on->source == NULL) {
        fresh.name = on->names.size;
        fresh.size = text.size;
        bp_buf_add(&on->names, text);
    }
    *bp_vec_add(on->arena, &on->keys) = fresh;
    return NULL;
}

static bp_json_event
key_event(bp_json_reader *on)
{
    if (peek(on) != '"') {
        return unexpected(on, on->state == WANT_KEY && peek(on) == '}'
                                  ? "a key must follow the comma"
                                  : "a key in double quotes must stand here");
    }
    bp_json_event read = string_value(on);
    if (read.kind == BP_JSON_ERROR) {
        return read;
    }
    const bp_json_known_key *first =
        seen_before(on, &on->frames[on->depth - 1], read.text, read.span);
    if (first != NULL && !on->give_repeats) {
        return fail(on, read.span, first->span, "the same key twice in one object");
    }
    read.kind = BP_JSON_KEY;
    read.opener = first == NULL ? BP_NOWHERE : first->span;
    on->state = WANT_COLON;
    return read;
}

static bp_json_event
after_value(bp_json_reader *on)
{
    bool object = on->frames[on->depth - 1].object;
    if (peek(on) == '}' || peek(on) == ']') {
        return close_container(on);
    }
    if (peek(on) != ',') {
        return unexpected(on, object ? "a comma or \"}\" must stand here"
                                     : "a comma or \"]\" must stand here");
    }
    on->at++;
    skip_blanks(on);
    on->state = object ? WANT_KEY : WANT_VALUE;
    return object ? key_event(on) : value(on);
}

bp_json_event
bp_json_next(bp_json_reader *on)
{
    if (on->ended) {
        return on->last;
    }
    skip_blanks(on);
    switch (on->state) {
    case WANT_VALUE:
        return value(on);
    case WANT_FIRST_VALUE:
        return peek(on) == ']' ? close_container(on) : value(on);
    case WANT_FIRST_KEY:
        return peek(on) == '}' ? close_container(on) : key_event(on);
    case WANT_KEY:
        return key_event(on);
    case WANT_COLON:
        if (peek(on) != ':') {
            return unexpected(on, "a colon must follow a key");
        }
        on->at++;
        skip_blanks(on);
        return value(on);
    case WANT_COMMA_OR_END:
        return after_value(on);
    case DONE:
        break;
    }
    if (!at_end(on) && on->many) {
        return value(on);
    }
    if (!at_end(on)) {
        return fail(on, span_at(on, on->at, on->text.size), BP_NOWHERE,
                    "text after the end of the value");
    }
    if (on->stream.failed) {
        return fail_here(on, "cannot be read");
    }
    on->ended = true;
    on->last = event(on, BP_JSON_END, on->at, BP_STR(""));
    return on->last;
}

bool
bp_json_skip(bp_json_reader *on, bp_json_event first)
{
    size_t open = first.kind == BP_JSON_OBJECT || first.kind == BP_JSON_ARRAY ? 1 : 0;
    while (open > 0) {
        bp_json_event each = bp_json_next(on);
        if (each.kind == BP_JSON_ERROR) {
            return false;
        }
        open += each.kind == BP_JSON_OBJECT || each.kind == BP_JSON_ARRAY;
        open -= each.kind == BP_JSON_OBJECT_END || each.kind == BP_JSON_ARRAY_END;
    }
    return first.kind != BP_JSON_ERROR;
}
