/*
 * Standard input, for commands that take a text from it: whole, and no larger than a file of a
 * policy may be.
 */
#include "compiler/cli/run.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_CAP = 1024 * 1024, CHUNK = 65536 };

bool
bp_input_read(bp_run *run, bp_str *text)
{
    bp_buf all = {.arena = run->arena};
    char *chunk = bp_arena_alloc(run->arena, CHUNK);
    while (all.size <= INPUT_CAP) {
        ssize_t got = read(run->host->in, chunk, CHUNK);
        if (got == 0) {
            *text = bp_buf_text(&all);
            return true;
        }
        if (got < 0 && errno != EINTR) {
            bp_run_trouble(run, "cannot read standard input: %s", strerror(errno));
            return false;
        }
        bp_buf_add(&all, (bp_str){chunk, got < 0 ? 0 : (size_t)got});
    }
    bp_run_trouble(run, "standard input is larger than %d MiB; it is not read", INPUT_CAP >> 20);
    return false;
}
