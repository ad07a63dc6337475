/*
 * Excerpts: one source line as it can be shown, with the columns of a span in it. Private to the
 * renderers.
 *
 * Tabs become blanks up to the next multiple of 4, hidden characters visible escapes; a line wider
 * than 240 columns is cut around the span.
 */
#ifndef BP_LIB_EXCERPT_H
#define BP_LIB_EXCERPT_H

#include "lib/source.h"

enum { BP_EXCERPT_COLUMNS = 240 };

typedef struct bp_excerpt {
    bp_str text;   /* what to print; still to go through bp_output_user */
    size_t column; /* blanks before the marks */
    size_t width;  /* columns to mark, at least 1 */
} bp_excerpt;

/* Shows `line`, marking the bytes `start` to before `end` of it (both may lie behind its end). */
bp_excerpt bp_excerpt_make(bp_arena *arena, bp_str line, size_t start, size_t end);
/* At most `limit` bytes of a text, cut at a character and ended with "…". */
bp_str bp_excerpt_cap(bp_arena *arena, bp_str text, size_t limit);

#endif
