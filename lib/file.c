/*
 * Reading whole files. What may be opened is decided in file_walk.c; writing is in file_write.c,
 * listing in file_glob.c.
 */
#include "lib/file.h"

#include "lib/file_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { KIB = 1024, MIB = 1024 * 1024 };

static bool
too_large(bp_arena *arena, size_t cap, bp_file_error *error)
{
    const char *unit = cap % MIB == 0 ? "MiB" : cap % KIB == 0 ? "KiB" : "bytes";
    size_t amount = cap % MIB == 0 ? cap / MIB : cap % KIB == 0 ? cap / KIB : cap;
    error->text = bp_str_format(arena, "is larger than %zu %s", amount, unit);
    error->too_large = true;
    return false;
}

/* Reads to the end, one byte past the cap at most: the file may grow while it is read. */
static bool
read_all(bp_arena *arena, int file, size_t cap, bp_str *text, bp_file_error *error)
{
    struct stat now;
    if (fstat(file, &now) != 0) {
        *error = bp_file_errno(arena, errno);
        return false;
    }
    if (now.st_size > 0 && (uintmax_t)now.st_size > cap) {
        return too_large(arena, cap, error);
    }
    size_t room = (size_t)now.st_size + 2;
    char *at = bp_arena_alloc(arena, room);
    size_t size = 0;
    for (;;) {
        if (size + 1 == room) {
            at = bp_arena_grow(arena, at, room, room * 2);
            room *= 2;
        }
        ssize_t got = read(file, at + size, room - 1 - size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            *error = bp_file_errno(arena, errno);
            return false;
        }
        if (got == 0) {
            break;
        }
        size += (size_t)got;
        if (size > cap) {
            return too_large(arena, cap, error);
        }
    }
    at[size] = '\0';
    *text = (bp_str){at, size};
    return true;
}

bool
bp_file_read(bp_arena *arena, const char *root, bp_str path, size_t cap, bp_str *text,
             bp_file_error *error)
{
    bp_str clean;
    *error = (bp_file_error){.text = {"", 0}};
    if (!bp_path_clean(arena, path, &clean)) {
        *error = bp_file_refusal("is not a path inside the project");
        error->outside = true;
        return false;
    }
    bp_handle *handle = bp_handle_new(arena);
    bool done = bp_walk_open(arena, root, clean, false, handle, error) &&
                read_all(arena, handle->descriptor, cap, text, error);
    bp_handle_close(arena, handle);
    return done;
}

bool
bp_file_is_link(bp_arena *arena, const char *root, bp_str path)
{
    for (size_t end = 0; end < path.size; end++) {
        end += bp_str_find(bp_str_cut(path, end, path.size), '/');
        struct stat found;
        bp_str part = bp_path_join(arena, bp_str_of(root), bp_str_cut(path, 0, end));
        if (lstat(bp_str_c(arena, part), &found) == 0 && S_ISLNK(found.st_mode)) {
            return true;
        }
    }
    return false;
}

static bool
refuse_link(bp_arena *arena, const char *path, int code, bp_file_error *error)
{
    struct stat found;
    if (code == ENOENT && lstat(path, &found) == 0) {
        *error = bp_file_refusal("is a link to nothing");
    } else if (code == ELOOP) {
        *error = bp_file_refusal("is a loop of links");
    } else {
        *error = bp_file_errno(arena, code);
    }
    return false;
}

static bool
open_anywhere(bp_arena *arena, const char *path, bp_handle *handle, bp_file_error *error)
{
    struct stat found;
    if (stat(path, &found) != 0) {
        return refuse_link(arena, path, errno, error);
    }
    if (S_ISREG(found.st_mode)) {
        handle->descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (handle->descriptor < 0 || fstat(handle->descriptor, &found) != 0) {
            return refuse_link(arena, path, errno, error);
        }
    }
    if (!S_ISREG(found.st_mode)) {
        *error = bp_file_refusal(bp_file_kind(found.st_mode));
        return false;
    }
    return true;
}

bool
bp_file_read_anywhere(bp_arena *arena, const char *path, size_t cap, bp_str *text,
                      bp_file_error *error)
{
    *error = (bp_file_error){.text = {"", 0}};
    bp_handle *handle = bp_handle_new(arena);
    bool done = open_anywhere(arena, path, handle, error) &&
                read_all(arena, handle->descriptor, cap, text, error);
    bp_handle_close(arena, handle);
    return done;
}

bool
bp_file_inside(bp_arena *arena, const char *root, bp_str path, bp_file_error *error)
{
    bp_str clean;
    if (!bp_path_clean(arena, path, &clean)) {
        *error = bp_file_refusal("is not a path inside the project");
        error->outside = true;
        return false;
    }
    bp_handle *handle = bp_handle_new(arena);
    bool inside = bp_walk_open(arena, root, clean, true, handle, error);
    if (!inside && error->missing) {
        *error = (bp_file_error){.text = {"", 0}};
        inside = true;
    }
    bp_handle_close(arena, handle);
    return inside;
}
