/*
 * Output: the one way to print anything that came from a user.
 *
 * A writer collects text and hands it to a file descriptor (or keeps it, for tests). bp_output_user
 * neutralises: C0, C1, ESC, DEL, bidirectional controls, zero-width characters and invalid UTF-8
 * become visible \x.. or \u.... escapes, and no line can begin with "::" or hold "##[", which CI
 * systems obey. Writers never exit; a failed write is remembered and told by bp_output_flush.
 */
#ifndef BP_LIB_OUTPUT_H
#define BP_LIB_OUTPUT_H

#include "lib/text.h"

typedef struct bp_output bp_output;

/* A writer to an open descriptor, or, with -1, into memory. Belongs to the arena; it does not close
 * the descriptor. */
bp_output *bp_output_new(bp_arena *arena, int descriptor);
/* Trusted text of the program itself, as it is. */
void bp_output_text(bp_output *out, const char *text);
void bp_output_str(bp_output *out, bp_str text);
/* Text that may hold bytes of a user: neutralised. Newlines become visible too. */
void bp_output_user(bp_output *out, bp_str text);
/* printf of trusted format; user text in the arguments is neutralised because the result is.
 * Newlines pass. */
void bp_output_format(bp_output *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The neutralised form of a text, for machine formats that escape in their own way afterwards. */
bp_str bp_output_safe(bp_arena *arena, bp_str text);
/* Writes what is pending. False once any write failed; *error is then the errno (EPIPE included).
 */
bool bp_output_flush(bp_output *out, int *error);
/* What an in-memory writer holds. */
bp_str bp_output_memory(const bp_output *out);

#endif
