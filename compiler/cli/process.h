/*
 * Other programs: the one place that starts any. A program is started by its absolute path with a
 * list of arguments, never through a shell, and ends with the arena at the latest.
 */
#ifndef BP_COMPILER_CLI_PROCESS_H
#define BP_COMPILER_CLI_PROCESS_H

#include "lib/text.h"

typedef struct bp_process bp_process;

/* What to start: lists end with NULL. */
typedef struct bp_program_call {
    const char *path;             /* absolute */
    const char *const *arguments; /* the name of the program first */
    const char *const *environment;
} bp_program_call;

/* Starts a program with pipes for its input and output; what it says on standard error is lost.
 * NULL: it could not be started; *why tells. */
bp_process *bp_process_start(bp_arena *arena, const bp_program_call *call, bp_str *why);
/* Hands text to its input. False when it does not take it. */
bool bp_process_send(bp_process *process, bp_str text);
/* One line of its output, without the newline, of at most `cap` bytes. */
bool bp_process_line(bp_process *process, size_t cap, bp_str *line);
/* So many bytes of its output. */
bool bp_process_take(bp_process *process, size_t size, bp_str *text);
/* Ends it, done or not. */
void bp_process_end(bp_process *process);

typedef struct bp_process_result {
    bp_str out;
    bp_str err;     /* the first 4 KiB of it */
    bool too_large; /* it said more than `cap` bytes, and was ended */
    bool too_slow;  /* it said nothing for a minute, and was ended */
    int code;       /* exit code; -1 when a signal ended it, or it was ended */
} bp_process_result;

/* Runs a program to its end without any input. False: it could not be started; *why tells. */
bool bp_process_run(bp_arena *arena, const bp_program_call *call, size_t cap,
                    bp_process_result *result, bp_str *why);

#endif
