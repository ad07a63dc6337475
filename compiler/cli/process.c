/*
 * Starting programs: posix_spawn, three pipes, and waiting with a limit of time. Which program is
 * started, and with what, is the business of the caller; only `diff` has one (git.c).
 */
#include "compiler/cli/process.h"

#include "lib/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIPES = 3, CHUNK = 65536, SILENCE = 60 * 1000, SAID_MAX = 4096 };

struct bp_process {
    bp_arena *arena;
    pid_t id;        /* 0: not running */
    int ours[PIPES]; /* our ends: its input, output and error; -1: closed */
    int its[PIPES];  /* its ends, until it runs */
    char *at;        /* read and not taken yet */
    size_t size;
    size_t room;
};

static void
close_end(int *end)
{
    if (*end >= 0) {
        (void)close(*end);
        *end = -1;
    }
}

static int
wait_for(bp_process *process)
{
    int status = 0;
    while (waitpid(process->id, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    process->id = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
end_process(void *object)
{
    bp_process *process = object;
    for (int i = 0; i < PIPES; i++) {
        close_end(&process->ours[i]);
        close_end(&process->its[i]);
    }
    if (process->id > 0) {
        (void)kill(process->id, SIGKILL);
        (void)wait_for(process);
    }
}

static bool
make_pipes(bp_process *process)
{
    for (int i = 0; i < PIPES; i++) {
        int ends[2];
        if (pipe(ends) != 0) {
            return false;
        }
        process->ours[i] = ends[i == 0 ? 1 : 0];
        process->its[i] = ends[i == 0 ? 0 : 1];
        if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) != 0 || fcntl(ends[1], F_SETFD, FD_CLOEXEC) != 0) {
            return false;
        }
    }
    return true;
}

/* posix_spawn wants pointers to what it does not change. */
static char *const *
unchanged(const char *const *list)
{
    union {
        const char *const *in;
        char *const *out;
    } same = {.in = list};
    return same.out;
}

/* Signals that we ignore are not ignored there. */
static int
spawn(bp_process *process, const bp_program_call *call, bool with_error)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t how;
    sigset_t usual;
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0) {
        return code;
    }
    code = posix_spawnattr_init(&how);
    if (code != 0) {
        (void)posix_spawn_file_actions_destroy(&actions);
        return code;
    }
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    (void)sigaddset(&usual, SIGXFSZ);
    code = posix_spawnattr_setsigdefault(&how, &usual);
    code = code != 0 ? code : posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF);
    for (int i = 0; i < PIPES && code == 0; i++) {
        code = i == 2 && !with_error
                   ? posix_spawn_file_actions_addopen(&actions, i, "/dev/null", O_WRONLY, 0)
                   : posix_spawn_file_actions_adddup2(&actions, process->its[i], i);
    }
    pid_t id = 0;
    code = code != 0 ? code
                     : posix_spawn(&id, call->path, &actions, &how, unchanged(call->arguments),
                                   unchanged(call->environment));
    process->id = code == 0 ? id : 0;
    (void)posix_spawnattr_destroy(&how);
    (void)posix_spawn_file_actions_destroy(&actions);
    return code;
}

static bp_process *
start(bp_arena *arena, const bp_program_call *call, bool with_error, bp_str *why)
{
    bp_process *process = BP_NEW(arena, bp_process);
    *process = (bp_process){.arena = arena, .ours = {-1, -1, -1}, .its = {-1, -1, -1}};
    bp_arena_defer(arena, end_process, process);
    int code = make_pipes(process) ? spawn(process, call, with_error) : errno;
    for (int i = 0; i < PIPES; i++) {
        close_end(&process->its[i]);
    }
    if (code == 0) {
        return process;
    }
    bp_arena_release(arena, process);
    *why = bp_str_copy(arena, bp_str_of(strerror(code)));
    return NULL;
}

bp_process *
bp_process_start(bp_arena *arena, const bp_program_call *call, bp_str *why)
{
    return start(arena, call, false, why);
}

void
bp_process_end(bp_process *process)
{
    bp_arena_release(process->arena, process);
}

bool
bp_process_send(bp_process *process, bp_str text)
{
    for (size_t done = 0; done < text.size;) {
        ssize_t wrote = write(process->ours[0], text.at + done, text.size - done);
        if (wrote < 0 && errno != EINTR) {
            return false;
        }
        done += wrote < 0 ? 0 : (size_t)wrote;
    }
    return true;
}

/* Waits for something to read at one of the ends. */
static bool
wait_to_read(struct pollfd *ends, nfds_t count)
{
    for (;;) {
        int ready = poll(ends, count, SILENCE);
        if (ready >= 0 || errno != EINTR) {
            return ready > 0;
        }
    }
}

static bool
read_more(bp_process *process)
{
    struct pollfd end = {.fd = process->ours[1], .events = POLLIN};
    if (process->room - process->size < CHUNK) {
        size_t room = process->room * 2 + CHUNK;
        process->at = bp_arena_grow(process->arena, process->at, process->room, room);
        process->room = room;
    }
    if (!wait_to_read(&end, 1)) {
        return false;
    }
    ssize_t got = read(process->ours[1], process->at + process->size, CHUNK);
    process->size += got > 0 ? (size_t)got : 0;
    return got > 0 || (got < 0 && errno == EINTR);
}

/* Takes bytes from the front of what was read. */
static bp_str
take(bp_process *process, size_t size)
{
    bp_str text = bp_str_copy(process->arena, (bp_str){process->at, size});
    memmove(process->at, process->at + size, process->size - size);
    process->size -= size;
    return text;
}

bool
bp_process_line(bp_process *process, size_t cap, bp_str *line)
{
    for (;;) {
        size_t end = bp_str_find((bp_str){process->at, process->size}, '\n');
        if (end < process->size) {
            *line = take(process, end + 1);
            line->size--;
            return true;
        }
        if (process->size > cap || !read_more(process)) {
            return false;
        }
    }
}

bool
bp_process_take(bp_process *process, size_t size, bp_str *text)
{
    while (process->size < size) {
        if (!read_more(process)) {
            return false;
        }
    }
    *text = take(process, size);
    return true;
}

/* One read into a text; closes the end when there is no more. */
static void
collect(int *end, bp_buf *into)
{
    char chunk[CHUNK];
    ssize_t got = read(*end, chunk, sizeof chunk);
    if (got > 0) {
        bp_buf_add(into, (bp_str){chunk, (size_t)got});
    } else if (got == 0 || errno != EINTR) {
        close_end(end);
    }
}

bool
bp_process_run(bp_arena *arena, const bp_program_call *call, size_t cap, bp_process_result *result,
               bp_str *why)
{
    bp_buf out = {.arena = arena};
    bp_buf err = {.arena = arena};
    *result = (bp_process_result){.code = -1};
    bp_process *process = start(arena, call, true, why);
    if (process == NULL) {
        return false;
    }
    close_end(&process->ours[0]);
    while (process->ours[1] >= 0 || process->ours[2] >= 0) {
        struct pollfd ends[] = {{.fd = process->ours[1], .events = POLLIN},
                                {.fd = process->ours[2], .events = POLLIN}};
        result->too_slow = !wait_to_read(ends, 2);
        result->too_large = out.size > cap || err.size > cap;
        if (result->too_slow || result->too_large) {
            break;
        }
        if (ends[0].revents != 0) {
            collect(&process->ours[1], &out);
        }
        if (ends[1].revents != 0) {
            collect(&process->ours[2], &err);
        }
    }
    if (!result->too_slow && !result->too_large) {
        result->code = wait_for(process);
    }
    bp_arena_release(arena, process);
    result->out = bp_buf_text(&out);
    result->err = bp_str_cut(bp_buf_text(&err), 0, SAID_MAX);
    return true;
}
