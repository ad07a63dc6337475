/* Slices and the growing buffer. No locale, no hidden state; see text.h. */
#include "lib/text.h"

#include "lib/unicode.h"

#include <stdio.h>
#include <string.h>

enum { FORMATTED = 256 }; /* most texts are shorter, and formatted once */

char
bp_fold_char(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
bp_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool
bp_is_alpha(char c)
{
    char folded = bp_fold_char(c);
    return folded >= 'a' && folded <= 'z';
}

bool
bp_is_alnum(char c)
{
    return bp_is_alpha(c) || bp_is_digit(c);
}

bool
bp_str_is_digits(bp_str a)
{
    size_t i = 0;
    while (i < a.size && bp_is_digit(a.at[i])) {
        i++;
    }
    return i > 0 && i == a.size;
}

const char *
bp_plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

bp_str
bp_str_of(const char *text)
{
    return (bp_str){text, text == NULL ? 0 : strlen(text)};
}

bool
bp_str_equal(bp_str a, bp_str b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}

bool
bp_str_equal_folded(bp_str a, bp_str b)
{
    if (a.size != b.size) {
        return false;
    }
    for (size_t i = 0; i < a.size; i++) {
        if (a.at[i] != b.at[i] && bp_fold_char(a.at[i]) != bp_fold_char(b.at[i])) {
            return false;
        }
    }
    return true;
}

int
bp_str_compare(bp_str a, bp_str b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common == 0 ? 0 : memcmp(a.at, b.at, common);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

bool
bp_str_starts(bp_str a, bp_str prefix)
{
    return a.size >= prefix.size && bp_str_equal(bp_str_cut(a, 0, prefix.size), prefix);
}

bool
bp_str_ends(bp_str a, bp_str suffix)
{
    return a.size >= suffix.size &&
           bp_str_equal(bp_str_cut(a, a.size - suffix.size, a.size), suffix);
}

size_t
bp_str_find(bp_str a, char byte)
{
    const char *hit = a.size == 0 ? NULL : memchr(a.at, byte, a.size);
    return hit == NULL ? a.size : (size_t)(hit - a.at);
}

bool
bp_str_contains(bp_str a, bp_str part)
{
    size_t i = 0;
    while (part.size > 0 && i + part.size <= a.size) {
        i += bp_str_find(bp_str_cut(a, i, a.size), part.at[0]);
        if (bp_str_equal(bp_str_cut(a, i, i + part.size), part)) {
            return true;
        }
        i++;
    }
    return part.size == 0;
}

bp_str
bp_str_cut(bp_str a, size_t start, size_t end)
{
    if (end > a.size) {
        end = a.size;
    }
    if (start >= end) {
        return (bp_str){"", 0};
    }
    return (bp_str){a.at + start, end - start};
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bp_str
bp_str_trim(bp_str a)
{
    while (a.size > 0 && is_blank(a.at[0])) {
        a = (bp_str){a.at + 1, a.size - 1};
    }
    while (a.size > 0 && is_blank(a.at[a.size - 1])) {
        a.size--;
    }
    return a;
}

bp_str
bp_str_copy(bp_arena *arena, bp_str a)
{
    return (bp_str){bp_arena_copy(arena, a.at, a.size), a.size};
}

bp_str
bp_str_fold(bp_arena *arena, bp_str a)
{
    char *copy = bp_arena_copy(arena, a.at, a.size);
    for (size_t i = 0; i < a.size; i++) {
        copy[i] = bp_fold_char(copy[i]);
    }
    return (bp_str){copy, a.size};
}

bp_str
bp_str_vformat(bp_arena *arena, const char *format, va_list arguments)
{
    char most[FORMATTED];
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(most, sizeof most, format, arguments);
    char *text = bp_arena_alloc(arena, size < 0 ? 1 : (size_t)size + 1);
    if (size >= FORMATTED) {
        (void)vsnprintf(text, (size_t)size + 1, format, again);
    } else if (size > 0) {
        memcpy(text, most, (size_t)size);
    }
    va_end(again);
    return (bp_str){text, size < 0 ? 0 : (size_t)size};
}

bp_str
bp_str_format(bp_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_str text = bp_str_vformat(arena, format, arguments);
    va_end(arguments);
    return text;
}

const char *
bp_str_c(bp_arena *arena, bp_str a)
{
    return bp_arena_copy(arena, a.at, a.size);
}

bool
bp_str_number(bp_str a, int64_t *number)
{
    if (a.size == 0 || a.size > 18) {
        return false;
    }
    int64_t value = 0;
    for (size_t i = 0; i < a.size; i++) {
        if (!bp_is_digit(a.at[i])) {
            return false;
        }
        value = value * 10 + (a.at[i] - '0');
    }
    *number = value;
    return true;
}

size_t
bp_str_characters(bp_str a)
{
    size_t count = bp_ascii_run(a, 0);
    for (size_t i = count; i < a.size;) {
        uint32_t character = 0;
        size_t size = bp_utf8_next(a, i, &character);
        i += size == 0 ? 1 : size;
        size_t plain = bp_ascii_run(a, i);
        i += plain;
        count += 1 + plain;
    }
    return count;
}

bool
bp_str_valid_utf8(bp_str a, size_t *bad)
{
    for (size_t i = bp_ascii_run(a, 0); i < a.size; i += bp_ascii_run(a, i)) {
        uint32_t character = 0;
        size_t size = bp_utf8_next(a, i, &character);
        if (size == 0) {
            *bad = i;
            return false;
        }
        i += size;
    }
    return true;
}

static void
make_room(bp_buf *buf, size_t more)
{
    if (buf->room - buf->size > more) {
        return;
    }
    size_t room = buf->room == 0 ? 64 : buf->room * 2;
    if (room < buf->size + more + 1) {
        room = buf->size + more + 1;
    }
    buf->at = bp_arena_grow(buf->arena, buf->at, buf->room, room);
    buf->room = room;
}

void
bp_buf_add(bp_buf *buf, bp_str text)
{
    make_room(buf, text.size);
    if (text.size != 0) {
        memcpy(buf->at + buf->size, text.at, text.size);
    }
    buf->size += text.size;
    buf->at[buf->size] = '\0';
}

void
bp_buf_add_c(bp_buf *buf, const char *text)
{
    bp_buf_add(buf, bp_str_of(text));
}

void
bp_buf_add_char(bp_buf *buf, char c)
{
    bp_buf_add(buf, (bp_str){&c, 1});
}

void
bp_buf_format(bp_buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    if (size >= 0) {
        make_room(buf, (size_t)size);
        (void)vsnprintf(buf->at + buf->size, (size_t)size + 1, format, again);
        buf->size += (size_t)size;
    }
    va_end(again);
    va_end(arguments);
}

bp_str
bp_buf_text(const bp_buf *buf)
{
    return (bp_str){buf->at == NULL ? "" : buf->at, buf->size};
}
