/*
 * The walk below a root. It holds the folders of the way open on a stack, so that ".." in a link
 * means the folder it was entered from, and allocates nothing while it does.
 */
#include "lib/file_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { FOLDERS_MAX = 64, LINKS_MAX = 40, REST_MAX = 8192, NAME_BYTES = 256 };

typedef struct walk {
    int folders[FOLDERS_MAX];
    size_t depth;
    size_t links;
    char rest[REST_MAX]; /* what is still to be walked */
    size_t own;          /* bytes of the rest that do not come from a link */
    bool from_link;      /* the name at hand comes from a link */
    int code;            /* errno of a failure, or 0 */
    const char *refusal; /* fixed words of a failure, or NULL */
    bool outside;
} walk;

static void
close_handle(void *object)
{
    bp_handle *handle = object;
    if (handle->descriptor >= 0) {
        close(handle->descriptor);
        handle->descriptor = -1;
    }
}

bp_handle *
bp_handle_new(bp_arena *arena)
{
    bp_handle *handle = BP_NEW(arena, bp_handle);
    handle->descriptor = -1;
    bp_arena_defer(arena, close_handle, handle);
    return handle;
}

void
bp_handle_close(bp_arena *arena, bp_handle *handle)
{
    bp_arena_release(arena, handle);
}

const char *
bp_file_kind(mode_t mode)
{
    if (S_ISDIR(mode)) {
        return "is a folder";
    }
    if (S_ISFIFO(mode)) {
        return "is a FIFO, not a file";
    }
    if (S_ISSOCK(mode)) {
        return "is a socket, not a file";
    }
    if (S_ISLNK(mode)) {
        return "is a link, not a file";
    }
    return S_ISREG(mode) ? "is a file, not a folder" : "is a device, not a file";
}

bp_file_error
bp_file_errno(bp_arena *arena, int code)
{
    bp_file_error error = {.missing = code == ENOENT};
    error.text = bp_str_copy(arena, bp_str_of(strerror(code)));
    return error;
}

bp_file_error
bp_file_refusal(const char *text)
{
    return (bp_file_error){.text = bp_str_of(text)};
}

static bool
fail_code(walk *on, int code)
{
    on->code = code;
    return false;
}

static bool
refuse(walk *on, const char *text)
{
    on->refusal = text;
    return false;
}

static bool
leaves_root(walk *on)
{
    on->outside = true;
    return refuse(on, "is a link that leads out of the project");
}

/* Takes the next component of the rest into `name`; false if there is none or it is too long. */
static bool
next_name(walk *on, char name[NAME_BYTES])
{
    on->from_link = strlen(on->rest) > on->own;
    size_t start = strspn(on->rest, "/");
    size_t size = strcspn(on->rest + start, "/");
    if (size == 0) {
        return false;
    }
    if (size >= NAME_BYTES) {
        return fail_code(on, ENAMETOOLONG);
    }
    memcpy(name, on->rest + start, size);
    name[size] = '\0';
    size_t used = start + size;
    used += strspn(on->rest + used, "/");
    memmove(on->rest, on->rest + used, strlen(on->rest + used) + 1);
    return true;
}

/* Puts the target of a link in front of the rest. */
static bool
follow(walk *on, const char *name)
{
    char target[REST_MAX];
    ssize_t size = readlinkat(on->folders[on->depth], name, target, sizeof target - 1);
    if (size < 0) {
        return fail_code(on, errno);
    }
    if (++on->links > LINKS_MAX) {
        return refuse(on, "is a loop of links");
    }
    if (size > 0 && target[0] == '/') {
        return leaves_root(on);
    }
    size_t room = sizeof target - (size_t)size;
    size_t rest = strlen(on->rest);
    if (size == 0 || rest + 2 > room) {
        return fail_code(on, ENAMETOOLONG);
    }
    target[size] = '/';
    memcpy(target + size + 1, on->rest, rest + 1);
    memcpy(on->rest, target, (size_t)size + 1 + rest + 1);
    on->own = on->from_link ? on->own : rest;
    return true;
}

static bool
enter(walk *on, const char *name)
{
    if (on->depth + 1 == FOLDERS_MAX) {
        return refuse(on, "lies more than 63 folders deep");
    }
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int folder = openat(on->folders[on->depth], name, flags);
    if (folder < 0) {
        return fail_code(on, errno);
    }
    on->folders[++on->depth] = folder;
    return true;
}

static bool
go_up(walk *on)
{
    if (on->depth == 0) {
        return leaves_root(on);
    }
    close(on->folders[on->depth--]);
    return true;
}

/* Not blocking, so that a FIFO put there after the look does not hold us. */
static bool
open_regular(walk *on, const char *name, int *file)
{
    int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    *file = openat(on->folders[on->depth], name, flags);
    struct stat now;
    if (*file < 0 || fstat(*file, &now) != 0) {
        return fail_code(on, errno);
    }
    return S_ISREG(now.st_mode) || refuse(on, bp_file_kind(now.st_mode));
}

/* One component. *file becomes a descriptor when it was the regular file at the end of the way. */
static bool
step(walk *on, const char *name, bool folder, int *file)
{
    struct stat found;
    if (strcmp(name, ".") == 0) {
        return true;
    }
    if (strcmp(name, "..") == 0) {
        return go_up(on);
    }
    if (fstatat(on->folders[on->depth], name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT && on->from_link ? refuse(on, "is a link to nothing")
                                                : fail_code(on, errno);
    }
    if (S_ISLNK(found.st_mode)) {
        return follow(on, name);
    }
    if (S_ISDIR(found.st_mode)) {
        return enter(on, name);
    }
    if (on->rest[0] != '\0') {
        return fail_code(on, ENOTDIR);
    }
    if (folder || !S_ISREG(found.st_mode)) {
        return refuse(on, bp_file_kind(found.st_mode));
    }
    return open_regular(on, name, file);
}

static bool
walk_all(walk *on, bool folder, int *file)
{
    char name[NAME_BYTES];
    while (*file < 0 && next_name(on, name)) {
        if (!step(on, name, folder, file)) {
            return false;
        }
    }
    if (on->code != 0) {
        return false;
    }
    if (*file < 0 && !folder) {
        return refuse(on, "is a folder");
    }
    return true;
}

bool
bp_walk_open(bp_arena *arena, const char *root, bp_str path, bool folder, bp_handle *handle,
             bp_file_error *error)
{
    walk on = {.depth = 0};
    *error = (bp_file_error){.text = {"", 0}};
    if (path.size >= sizeof on.rest) {
        *error = bp_file_errno(arena, ENAMETOOLONG);
        return false;
    }
    memcpy(on.rest, path.size == 0 ? "" : path.at, path.size);
    on.own = path.size;
    on.folders[0] = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (on.folders[0] < 0) {
        *error = bp_file_errno(arena, errno);
        return false;
    }
    int file = -1;
    bool opened = walk_all(&on, folder, &file);
    if (opened && folder) {
        file = on.folders[on.depth--];
    }
    for (size_t i = 0; i <= on.depth && on.depth < FOLDERS_MAX; i++) {
        close(on.folders[i]);
    }
    if (opened) {
        handle->descriptor = file;
        return true;
    }
    if (file >= 0) {
        close(file);
    }
    *error = on.refusal != NULL ? bp_file_refusal(on.refusal) : bp_file_errno(arena, on.code);
    error->outside = on.outside;
    return false;
}
