/*
 * The tree is cJSON's, the rest is ours: a handle per container that knows the arena, ownership
 * that survives a jump out of the middle, own printing, and comparing with what was written. Not
 * for reading what a stranger wrote: that is json_read.c.
 */
#include "lib/json_write.h"

#include "lib/map.h"
#include "lib/unicode.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

enum { DEPTH_MAX = 128 };

/* Integers beyond this are not exact in a double. */
#define NUMBER_MAX 9007199254740992LL

struct bp_json {
    bp_arena *arena;
    cJSON *node;
    bool owned; /* by this handle: a root */
    bp_map *keys;
};

static void
release(void *object)
{
    bp_json *value = object;
    if (value->owned) {
        cJSON_Delete(value->node);
        value->node = NULL;
    }
}

/* The handle is registered before the node exists, so a node is never without an owner. */
static bp_json *
root(bp_arena *arena)
{
    bp_json *value = BP_NEW(arena, bp_json);
    value->arena = arena;
    bp_arena_defer(arena, release, value);
    return value;
}

static void
own(bp_json *value, cJSON *node)
{
    if (node == NULL) {
        bp_arena_fail(value->arena);
    }
    value->node = node;
    value->owned = true;
}

bp_json *
bp_json_object(bp_arena *arena)
{
    bp_json *value = root(arena);
    own(value, cJSON_CreateObject());
    return value;
}

bp_json *
bp_json_array(bp_arena *arena)
{
    bp_json *value = root(arena);
    own(value, cJSON_CreateArray());
    return value;
}

/* Takes note of a new key, which lives as long as the arena. Before the node is made, because an
 * arena that fails here would leave the node without an owner. */
static void
reserve(bp_json *object, const char *key)
{
    bool added = false;
    if (object->keys == NULL) {
        object->keys = bp_map_new(object->arena);
        for (cJSON *each = object->node->child; each != NULL; each = each->next) {
            bp_map_set(object->keys, bp_str_of(each->string), object);
        }
    }
    bp_map_add(object->keys, bp_str_of(key), object, &added);
    if (!added) {
        abort();
    }
}

/* Hands a fresh node to an object, under a key that is reserved. */
static void
add_member(bp_json *object, const char *key, cJSON *node)
{
    if (node == NULL) {
        bp_arena_fail(object->arena);
    }
    if (!cJSON_AddItemToObjectCS(object->node, key, node)) {
        abort();
    }
}

static void
add_element(bp_json *array, cJSON *node)
{
    if (node == NULL) {
        bp_arena_fail(array->arena);
    }
    if (!cJSON_AddItemToArray(array->node, node)) {
        abort();
    }
}

/* Zero-terminated for cJSON, which ends strings at NUL and knows no invalid UTF-8: both become
 * U+FFFD. */
static const char *
clean(bp_arena *arena, bp_str text)
{
    size_t bad = 0;
    if (bp_str_find(text, '\0') == text.size && bp_str_valid_utf8(text, &bad)) {
        return bp_str_c(arena, text);
    }
    bp_buf buf = {.arena = arena};
    for (size_t i = 0; i < text.size;) {
        uint32_t character = 0;
        size_t size = bp_utf8_next(text, i, &character);
        bp_utf8_add(&buf, size == 0 || character == 0 ? 0xFFFD : character);
        i += size == 0 ? 1 : size;
    }
    return bp_buf_text(&buf).at;
}

/* A root gives its node away; it may still be filled through its handle. */
static cJSON *
given(bp_json *value)
{
    if (!value->owned) {
        abort();
    }
    value->owned = false;
    return value->node;
}

void
bp_json_put(bp_json *object, const char *key, bp_json *value)
{
    reserve(object, key);
    add_member(object, key, given(value));
}

void
bp_json_put_named(bp_json *object, bp_str key, bp_json *value)
{
    const char *copy = clean(object->arena, key);
    reserve(object, copy);
    add_member(object, copy, given(value));
}

void
bp_json_put_text(bp_json *object, const char *key, bp_str value)
{
    reserve(object, key);
    add_member(object, key, cJSON_CreateString(clean(object->arena, value)));
}

void
bp_json_put_c(bp_json *object, const char *key, const char *value)
{
    bp_json_put_text(object, key, bp_str_of(value));
}

void
bp_json_put_number(bp_json *object, const char *key, int64_t value)
{
    if (value > NUMBER_MAX || value < -NUMBER_MAX) {
        abort();
    }
    reserve(object, key);
    add_member(object, key, cJSON_CreateNumber((double)value));
}

void
bp_json_put_bool(bp_json *object, const char *key, bool value)
{
    reserve(object, key);
    add_member(object, key, cJSON_CreateBool(value));
}

bp_json *
bp_json_put_object(bp_json *object, const char *key)
{
    bp_json *value = bp_json_object(object->arena);
    bp_json_put(object, key, value);
    return value;
}

bp_json *
bp_json_put_array(bp_json *object, const char *key)
{
    bp_json *value = bp_json_array(object->arena);
    bp_json_put(object, key, value);
    return value;
}

void
bp_json_push(bp_json *array, bp_json *value)
{
    add_element(array, given(value));
}

void
bp_json_push_text(bp_json *array, bp_str value)
{
    add_element(array, cJSON_CreateString(clean(array->arena, value)));
}

bp_json *
bp_json_push_object(bp_json *array)
{
    bp_json *value = bp_json_object(array->arena);
    bp_json_push(array, value);
    return value;
}

bp_json *
bp_json_copy(const bp_json *value)
{
    bp_json *copy = root(value->arena);
    own(copy, cJSON_Duplicate(value->node, true));
    return copy;
}

/* The bytes after a backslash for the short escapes, or NUL. */
static char
short_escape(uint32_t character)
{
    switch (character) {
    case '"':
        return '"';
    case '\\':
        return '\\';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return '\0';
    }
}

static void
escape_hidden(bp_buf *buf, uint32_t character)
{
    if (character > 0xFFFF) {
        character -= 0x10000;
        bp_buf_format(buf, "\\u%04x\\u%04x", 0xD800 + (character >> 10),
                      0xDC00 + (character & 0x3FF));
    } else {
        bp_buf_format(buf, "\\u%04x", character);
    }
}

/* Whether the text up to `at` ends in "##" or "##word": with '[' it would be a command to a CI. */
static bool
after_hashes(bp_str text, size_t at)
{
    while (at > 0 && bp_is_alpha(text.at[at - 1])) {
        at--;
    }
    return at >= 2 && text.at[at - 1] == '#' && text.at[at - 2] == '#';
}

/* Bytes from `at` on that stand in JSON as they are, whatever is around them. */
static size_t
plain_run(bp_str text, size_t at)
{
    size_t end = at;
    while (end < text.size && text.at[end] >= ' ' && text.at[end] < 0x7F && text.at[end] != '"' &&
           text.at[end] != '\\' && text.at[end] != '[') {
        end++;
    }
    return end - at;
}

void
bp_json_quote(bp_buf *buf, bp_str text)
{
    bp_buf_add_char(buf, '"');
    for (size_t i = 0; i < text.size;) {
        size_t plain = plain_run(text, i);
        if (plain > 0) {
            bp_buf_add(buf, bp_str_cut(text, i, i + plain));
            i += plain;
            continue;
        }
        uint32_t character = 0;
        size_t size = bp_utf8_next(text, i, &character);
        if (size == 0) {
            bp_utf8_add(buf, 0xFFFD); /* a value must be valid text whatever it held */
        } else if (short_escape(character) != '\0') {
            bp_buf_add_char(buf, '\\');
            bp_buf_add_char(buf, short_escape(character));
        } else if (bp_character_hidden(character) || (character == '[' && after_hashes(text, i))) {
            escape_hidden(buf, character);
        } else {
            bp_buf_add(buf, bp_str_cut(text, i, i + size));
        }
        i += size == 0 ? 1 : size;
    }
    bp_buf_add_char(buf, '"');
}

static void print_value(bp_buf *buf, const cJSON *node, bp_json_style style, int depth);

static void
new_line(bp_buf *buf, bp_json_style style, int depth)
{
    if (style == BP_JSON_PRETTY) {
        bp_buf_add_char(buf, '\n');
        for (int i = 0; i < depth; i++) {
            bp_buf_add_c(buf, "  ");
        }
    }
}

static void
print_container(bp_buf *buf, const cJSON *node, bp_json_style style, int depth)
{
    bool object = cJSON_IsObject(node);
    bp_buf_add_char(buf, object ? '{' : '[');
    for (const cJSON *each = node->child; each != NULL; each = each->next) {
        new_line(buf, style, depth + 1);
        if (object) {
            bp_json_quote(buf, bp_str_of(each->string));
            bp_buf_add_c(buf, style == BP_JSON_PRETTY ? ": " : ":");
        }
        print_value(buf, each, style, depth + 1);
        if (each->next != NULL) {
            bp_buf_add_char(buf, ',');
        }
    }
    if (node->child != NULL) {
        new_line(buf, style, depth);
    }
    bp_buf_add_char(buf, object ? '}' : ']');
}

static void
print_value(bp_buf *buf, const cJSON *node, bp_json_style style, int depth)
{
    if (depth > DEPTH_MAX) {
        abort();
    }
    if (cJSON_IsString(node)) {
        bp_json_quote(buf, bp_str_of(node->valuestring));
    } else if (cJSON_IsNumber(node)) {
        bp_buf_format(buf, "%.17g", node->valuedouble);
    } else if (cJSON_IsBool(node)) {
        bp_buf_add_c(buf, cJSON_IsTrue(node) ? "true" : "false");
    } else if (cJSON_IsNull(node)) {
        bp_buf_add_c(buf, "null");
    } else {
        print_container(buf, node, style, depth);
    }
}

bp_str
bp_json_print(bp_arena *arena, const bp_json *value, bp_json_style style)
{
    bp_buf buf = {.arena = arena};
    print_value(&buf, value->node, style, 0);
    return bp_buf_text(&buf);
}

/* Whether no container below `node` lies deeper than DEPTH_MAX and no object has a key twice. */
static bool
is_plain(bp_arena *arena, const cJSON *node, int depth)
{
    if (depth > DEPTH_MAX) {
        return false;
    }
    bp_map *keys = cJSON_IsObject(node) ? bp_map_new(arena) : NULL;
    for (cJSON *each = node->child; each != NULL; each = each->next) {
        bool added = true;
        if (keys != NULL) {
            bp_map_add(keys, bp_str_of(each->string), each, &added);
        }
        if (!added || !is_plain(arena, each, depth + 1)) {
            return false;
        }
    }
    return true;
}

/* The parsed text as a root, or NULL. */
bp_json *
bp_json_parse(bp_arena *arena, bp_str text)
{
    const char *copy = bp_str_c(arena, text);
    bp_json *value = root(arena);
    const char *end = NULL;
    if (bp_str_find(text, '\0') < text.size) {
        return NULL;
    }
    value->node = cJSON_ParseWithLengthOpts(copy, text.size + 1, &end, true);
    value->owned = value->node != NULL;
    if (value->node == NULL || !is_plain(arena, value->node, 0)) {
        return NULL;
    }
    return value;
}

static bool
same_scalar(const cJSON *a, const cJSON *b)
{
    if (cJSON_IsString(a)) {
        return bp_str_equal(bp_str_of(a->valuestring), bp_str_of(b->valuestring));
    }
    return !cJSON_IsNumber(a) ||
           !(a->valuedouble < b->valuedouble || a->valuedouble > b->valuedouble);
}

static int
kind(const cJSON *node)
{
    return node->type & 0xFF;
}

/* Order of members counts. Both are at most DEPTH_MAX deep. */
static bool
same_in_order(const cJSON *a, const cJSON *b)
{
    if (kind(a) != kind(b) || !same_scalar(a, b)) {
        return false;
    }
    const cJSON *left = a->child;
    const cJSON *right = b->child;
    for (; left != NULL && right != NULL; left = left->next, right = right->next) {
        if (cJSON_IsObject(a) && !bp_str_is(bp_str_of(left->string), right->string)) {
            return false;
        }
        if (!same_in_order(left, right)) {
            return false;
        }
    }
    return left == NULL && right == NULL;
}

static bool
same_meaning(bp_arena *arena, const cJSON *a, const cJSON *b)
{
    if (!cJSON_IsObject(a) || !cJSON_IsObject(b)) {
        if (kind(a) != kind(b) || !same_scalar(a, b)) {
            return false;
        }
        const cJSON *left = a->child;
        const cJSON *right = b->child;
        while (left != NULL && right != NULL && same_meaning(arena, left, right)) {
            left = left->next;
            right = right->next;
        }
        return left == NULL && right == NULL;
    }
    bp_map *members = bp_map_new(arena);
    for (cJSON *each = b->child; each != NULL; each = each->next) {
        bp_map_set(members, bp_str_of(each->string), each);
    }
    size_t count = 0;
    for (const cJSON *each = a->child; each != NULL; each = each->next, count++) {
        const cJSON *other = bp_map_get(members, bp_str_of(each->string));
        if (other == NULL || !same_meaning(arena, each, other)) {
            return false;
        }
    }
    return count == bp_map_count(members);
}

bool
bp_json_same(bp_arena *arena, const bp_json *value, bp_str text)
{
    const bp_json *read = bp_json_parse(arena, text);
    return read != NULL && is_plain(arena, value->node, 0) &&
           same_in_order(value->node, read->node);
}

bool
bp_json_texts_equal(bp_arena *arena, bp_str a, bp_str b)
{
    const bp_json *left = bp_json_parse(arena, a);
    const bp_json *right = bp_json_parse(arena, b);
    return left != NULL && right != NULL && same_meaning(arena, left->node, right->node);
}
