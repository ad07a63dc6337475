/*
 * Unicode: decoding UTF-8, and how a character shows in a terminal. The one door to utf8proc.
 */
#ifndef BP_LIB_UNICODE_H
#define BP_LIB_UNICODE_H

#include "lib/text.h"

/* How many bytes from `at` on are ASCII, up to the first that is not. */
size_t bp_ascii_run(bp_str text, size_t at);
/* Bytes of the well-formed UTF-8 sequence at `at` (no surrogates, no overlong forms) and its code
 * point, or 0 when the byte there starts none. `at` must lie inside the text. */
size_t bp_utf8_next(bp_str text, size_t at, uint32_t *character);
/* Appends a code point as UTF-8. */
void bp_utf8_add(bp_buf *buf, uint32_t character);
/* Control, format, bidirectional, zero-width and separator characters: what a reader would not see,
 * or what changes how the rest is seen. The blank is not one of them, the tab is. */
bool bp_character_hidden(uint32_t character);
/* Columns of a visible character: 0 (combining), 1 or 2 (wide). */
unsigned bp_character_width(uint32_t character);

#endif
