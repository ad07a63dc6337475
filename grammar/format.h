/*
 * The formatter: the canonical layout of a .bpol text.
 *
 * There is one layout and no option: two spaces a level, one statement a line, "=" aligned in a run
 * of neighbouring settings, lists on one line up to 100 columns and else one element a line, one
 * blank line between blocks. Formatting twice changes nothing, and the syntax tree stays the same.
 * No comment is lost: it stays behind the token that it follows on a line, else before the one that
 * it precedes. A byte order mark goes, lines end with LF, nothing blank stands at their end.
 */
#ifndef BP_GRAMMAR_FORMAT_H
#define BP_GRAMMAR_FORMAT_H

#include "grammar/ast.h"

/*
 * Appends the canonical layout of a source to `out`. False, with `out` untouched, when the text has
 * a syntax finding; that was reported to `diagnostics`.
 */
bool bp_format(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source, bp_buf *out);

/* The same for a file that was parsed before. False when it is broken. */
bool bp_format_parsed(bp_arena *arena, const bp_ast_file *file, bp_buf *out);

#endif
