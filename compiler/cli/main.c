/*
 * The process: descriptors, signals, environment and clock, made into a host. Everything else is
 * bp_cli_main.
 */
#include "compiler/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* The one place of the program that reads the environment. */
static const char *
environment(const char *name)
{
    return getenv(name);
}

/* A standard descriptor that was closed is taken by a file that cannot be written, so that no file
 * opened later stands in its place. */
static void
hold_descriptor(int descriptor)
{
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) {
        return;
    }
    int held = open("/dev/null", O_RDONLY);
    if (held >= 0 && held != descriptor) {
        (void)dup2(held, descriptor);
        (void)close(held);
    }
}

int
main(int argc, char **argv)
{
    for (int descriptor = 0; descriptor <= 2; descriptor++) {
        hold_descriptor(descriptor);
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)sigaction(SIGXFSZ, &ignore, NULL); /* a size limit is then a failed write, told as such */
    bp_host host = {
        .in = STDIN_FILENO,
        .out = STDOUT_FILENO,
        .err = STDERR_FILENO,
        .environment = environment,
        .now = (int64_t)time(NULL),
        .out_is_terminal = isatty(STDOUT_FILENO) == 1,
    };
    return bp_cli_main(argc, argv, &host);
}
