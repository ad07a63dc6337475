/*
 * Text: slices of bytes that somebody else owns, and a buffer that grows in an arena.
 *
 * A bp_str is never zero-terminated by promise and may hold any byte; sizes are bytes. Folding
 * means ASCII lower-casing, the way AWS folds keys and names. Nothing here looks at the locale.
 */
#ifndef BP_LIB_TEXT_H
#define BP_LIB_TEXT_H

#include "lib/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct bp_str {
    const char *at;
    size_t size;
} bp_str;

#define BP_STR(literal) ((bp_str){("" literal), sizeof(literal) - 1})
/* For printf's "%.*s". */
#define BP_ARG(s) (int)(s).size, ((s).at == NULL ? "" : (s).at)

/* The slice of a zero-terminated string; NULL gives the empty slice. */
bp_str bp_str_of(const char *text);
/* Short where `text` is a literal, and where the first bytes differ. */
static inline bool
bp_str_is(bp_str a, const char *text)
{
    if (a.size == 0 || a.at[0] != text[0]) {
        return a.size == 0 && text[0] == '\0';
    }
    return a.size == strlen(text) && memcmp(a.at, text, a.size) == 0;
}
bool bp_str_equal(bp_str a, bp_str b);
/* Equal after ASCII lower-casing. */
bool bp_str_equal_folded(bp_str a, bp_str b);
/* Byte order, like memcmp; a shorter text comes first. */
int bp_str_compare(bp_str a, bp_str b);
bool bp_str_starts(bp_str a, bp_str prefix);
bool bp_str_ends(bp_str a, bp_str suffix);
/* Index of the first `byte` in `a`, or a.size. */
size_t bp_str_find(bp_str a, char byte);
/* Whether `part` occurs in `a`. */
bool bp_str_contains(bp_str a, bp_str part);
/* From `start` to before `end`, both clamped to the slice. */
bp_str bp_str_cut(bp_str a, size_t start, size_t end);
/* Without ASCII blanks at both ends. */
bp_str bp_str_trim(bp_str a);
/* An owned, zero-terminated copy in the arena. */
bp_str bp_str_copy(bp_arena *arena, bp_str a);
bp_str bp_str_fold(bp_arena *arena, bp_str a);
/* printf into the arena. */
bp_str bp_str_format(bp_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bp_str bp_str_vformat(bp_arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
/* Zero-terminated; copies only if needed to terminate. */
const char *bp_str_c(bp_arena *arena, bp_str a);
/* Decimal digits only, 1 to 18 of them, into *number; false otherwise. */
bool bp_str_number(bp_str a, int64_t *number);
/* Number of Unicode code points, counting each byte of invalid UTF-8 as one. */
size_t bp_str_characters(bp_str a);
/* True if all bytes form valid UTF-8 (no surrogates, no overlong forms); else *bad is the offset of
 * the first bad byte. */
bool bp_str_valid_utf8(bp_str a, size_t *bad);

char bp_fold_char(char c);
bool bp_is_digit(char c);
bool bp_is_alpha(char c);
bool bp_is_alnum(char c);

/* A growing text. Zero-initialise with its arena; `text` may be taken at any time. */
typedef struct bp_buf {
    bp_arena *arena;
    char *at;
    size_t size;
    size_t room;
} bp_buf;

void bp_buf_add(bp_buf *buf, bp_str text);
void bp_buf_add_c(bp_buf *buf, const char *text);
void bp_buf_add_char(bp_buf *buf, char c);
void bp_buf_format(bp_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
bp_str bp_buf_text(const bp_buf *buf);

#endif
