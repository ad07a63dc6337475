/*
 * The program, callable: everything that the process gives to it comes in as a host, so that tests
 * run whole commands in their own process.
 */
#ifndef BP_COMPILER_CLI_CLI_H
#define BP_COMPILER_CLI_CLI_H

#include "lib/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct bp_host {
    const bp_allocator *allocator; /* NULL: malloc and free */
    int in;                        /* descriptors of standard input, output and error */
    int out;
    int err;
    const char *(*environment)(const char *name); /* NULL results: not set. May be NULL itself */
    int64_t now;                                  /* seconds since 1970, UTC */
    bool out_is_terminal;
} bp_host;

/* Exit codes, the same for every command. */
typedef enum bp_exit {
    BP_EXIT_NOTHING = 0, /* nothing to report */
    BP_EXIT_FOUND = 1,   /* something to report; nothing was written */
    BP_EXIT_CANNOT = 2   /* the job could not be done */
} bp_exit;

/*
 * Runs one command line and gives the exit code. Exhausted memory and failed output end here, with
 * one line on host->err. SIGPIPE and SIGXFSZ must be ignored by the caller.
 */
int bp_cli_main(int argc, char **argv, const bp_host *host);

#endif
