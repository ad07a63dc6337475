/*
 * The difference of two texts, line by line, in the unified form that people and patch(1) read.
 *
 * The shortest difference is looked for while it stays small; beyond that all between the first and
 * the last difference counts as replaced, so that no pair of texts takes long.
 */
#ifndef BP_LIB_DIFF_H
#define BP_LIB_DIFF_H

#include "lib/text.h"

/* Appends the difference with its header of two lines, three lines of context around each change;
 * nothing when the texts are equal. `before_name` and `after_name` are written as they are. */
void bp_diff_unified(bp_arena *arena, bp_str before_name, bp_str after_name, bp_str before,
                     bp_str after, bp_buf *out);

#endif
