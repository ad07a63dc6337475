/*
 * A preloaded library that lets the k-th file call of a program fail, or kills the program there.
 * Steered by the environment:
 *
 *   FAULT_AT=K         which call, from 1; 0 or absent: none, calls are only counted
 *   FAULT_WITH=EIO     the error, EIO, ENOSPC or EACCES; or KILL (SIGKILL before the call), AFTER
 *                      (SIGKILL right behind it)
 *   FAULT_NOTE=FILE    gets the number of calls at the end, or the name of the call at the fault
 *   FAULT_NO_EXCHANGE  renameat2 always fails with EINVAL, as on file systems without it
 *
 * For tools/faults/sweep alone; no part of the program.
 */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NO_FAULT = 0, KILL_BEFORE = -1, KILL_AFTER = -2 };

static long fault_at;
static long calls;
static int fault = NO_FAULT;
static int no_exchange;
static const char *note_path;
static long (*real)(long, ...);

static void
note(const char *text)
{
    int file = note_path == NULL
                   ? -1
                   : (int)real(SYS_openat, AT_FDCWD, note_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file >= 0) {
        (void)real(SYS_write, file, text, strlen(text));
        (void)real(SYS_close, file);
    }
}

__attribute__((constructor)) static void
start(void)
{
    const char *k = getenv("FAULT_AT");
    const char *kind = getenv("FAULT_WITH");
    kind = kind == NULL ? "" : kind;
    fault_at = k == NULL ? 0 : strtol(k, NULL, 10);
    note_path = getenv("FAULT_NOTE");
    *(void **)&real = dlsym(RTLD_NEXT, "syscall");
    no_exchange = getenv("FAULT_NO_EXCHANGE") != NULL;
    fault = strcmp(kind, "EIO") == 0      ? EIO
            : strcmp(kind, "ENOSPC") == 0 ? ENOSPC
            : strcmp(kind, "EACCES") == 0 ? EACCES
            : strcmp(kind, "KILL") == 0   ? KILL_BEFORE
            : strcmp(kind, "AFTER") == 0  ? KILL_AFTER
                                          : NO_FAULT;
}

__attribute__((destructor)) static void
stop(void)
{
    char text[32];
    if (fault_at == 0) {
        snprintf(text, sizeof text, "%ld", calls);
        note(text);
    }
}

/* Counts a call. 1: it has to fail, errno is set. */
static int
fails(const char *name)
{
    if (++calls != fault_at) {
        return 0;
    }
    note(name);
    if (fault == KILL_BEFORE) {
        raise(SIGKILL);
    }
    errno = fault > 0 ? fault : errno;
    return fault > 0;
}

static long
done(long result)
{
    if (calls == fault_at && fault == KILL_AFTER) {
        raise(SIGKILL);
    }
    return result;
}

/* A call whose arguments go to the kernel as they are. */
#define FAULTY(type, name, parameters, ...)                             \
    type name parameters                                                \
    {                                                                   \
        return fails(#name) ? (type)-1 : (type)done(real(__VA_ARGS__)); \
    }

/* clang-format off */
FAULTY(ssize_t, write, (int file, const void *text, size_t size), SYS_write, file, text, size)
FAULTY(int, fsync, (int file), SYS_fsync, file)
FAULTY(int, fdatasync, (int file), SYS_fdatasync, file)
FAULTY(int, rename, (const char *from, const char *to), SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0)
FAULTY(int, renameat, (int in, const char *from, int out, const char *to), SYS_renameat2, in, from, out, to, 0)
FAULTY(int, unlink, (const char *path), SYS_unlinkat, AT_FDCWD, path, 0)
FAULTY(int, unlinkat, (int in, const char *path, int flags), SYS_unlinkat, in, path, flags)
FAULTY(int, rmdir, (const char *path), SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR)
FAULTY(int, mkdir, (const char *path, mode_t mode), SYS_mkdirat, AT_FDCWD, path, mode)
FAULTY(int, mkdirat, (int in, const char *path, mode_t mode), SYS_mkdirat, in, path, mode)
FAULTY(int, linkat, (int in, const char *from, int out, const char *to, int flags), SYS_linkat, in, from, out, to, flags)
FAULTY(int, fchmod, (int file, mode_t mode), SYS_fchmod, file, mode)
FAULTY(int, chmod, (const char *path, mode_t mode), SYS_fchmodat, AT_FDCWD, path, mode)
FAULTY(int, flock, (int file, int what), SYS_flock, file, what)
/* clang-format on */

/* A close that fails has closed all the same. */
int
close(int file)
{
    int failed = fails("close");
    int code = errno;
    int result = (int)done(real(SYS_close, file));
    if (failed) {
        errno = code;
    }
    return failed ? -1 : result;
}

static int
open_at(int in, const char *path, int flags, mode_t mode)
{
    return fails("open") ? -1 : (int)done(real(SYS_openat, in, path, flags, mode));
}

static mode_t
mode_of(int flags, va_list more)
{
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
}

#define OPENS(name)                                  \
    int name(const char *path, int flags, ...)       \
    {                                                \
        va_list more;                                \
        va_start(more, flags);                       \
        mode_t mode = mode_of(flags, more);          \
        va_end(more);                                \
        return open_at(AT_FDCWD, path, flags, mode); \
    }

#define OPENS_AT(name)                                 \
    int name(int in, const char *path, int flags, ...) \
    {                                                  \
        va_list more;                                  \
        va_start(more, flags);                         \
        mode_t mode = mode_of(flags, more);            \
        va_end(more);                                  \
        return open_at(in, path, flags, mode);         \
    }

OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)

/* renameat2, which the program calls by number: not every C library has it. */
static int
exchange(int in, const char *from, int out, const char *to, unsigned flags)
{
    if (fails("renameat2")) {
        return -1;
    }
    if (no_exchange && flags != 0) {
        errno = EINVAL;
        return (int)done(-1);
    }
    return (int)done(real(SYS_renameat2, in, from, out, to, flags));
}

long
syscall(long number, ...)
{
    long with[6];
    va_list more;
    va_start(more, number);
    for (int i = 0; i < 6; i++) {
        with[i] = va_arg(more, long);
    }
    va_end(more);
    if (number == SYS_renameat2) {
        return exchange((int)with[0], (const char *)with[1], (int)with[2], (const char *)with[3],
                        (unsigned)with[4]);
    }
    return real(number, with[0], with[1], with[2], with[3], with[4], with[5]);
}
