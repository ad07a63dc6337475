/*
 * The program many times in one process, for tests that run it ten thousand times: each line of
 * standard input is a command line, its words divided by tabs. After what a run prints on standard
 * output come its exit code, one digit, and a NUL. What it says on standard error is dropped. The
 * runs share nothing but the process: all memory of one is released before the next starts.
 */
#include "compiler/cli/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WORDS_MAX = 32 };

/* The words of a line, which is cut up. */
static int
split(char *line, char **words)
{
    int count = 0;
    words[count++] = line;
    for (; *line != '\0'; line++) {
        if (*line == '\t' && count < WORDS_MAX) {
            *line = '\0';
            words[count++] = line + 1;
        }
    }
    words[count] = NULL;
    return count;
}

int
main(void)
{
    char *line = NULL;
    size_t room = 0;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)sigaction(SIGXFSZ, &ignore, NULL);
    bp_host host = {.in = open("/dev/null", O_RDONLY),
                    .out = STDOUT_FILENO,
                    .err = open("/dev/null", O_WRONLY),
                    .now = (int64_t)time(NULL)};
    if (host.in < 0 || host.err < 0) {
        return 2;
    }
    for (ssize_t size = 0; (size = getline(&line, &room, stdin)) > 0;) {
        char *words[WORDS_MAX + 1] = {NULL};
        if (line[size - 1] == '\n') {
            line[size - 1] = '\0';
        }
        int count = split(line, words);
        char end[2] = {(char)('0' + bp_cli_main(count, words, &host)), '\0'};
        if (write(STDOUT_FILENO, end, sizeof end) != (ssize_t)sizeof end) {
            free(line);
            return 2;
        }
    }
    free(line);
    return 0;
}
