/*
 * Listing what matches a pattern. Folders are visited one after the other from a list, each opened
 * anew from the root, so that no chain of folders however deep holds descriptors or stack.
 */
#include "lib/file.h"

#include "lib/file_walk.h"
#include "lib/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { SEGMENTS_MAX = BP_GLOB_SEGMENTS };

typedef struct glob {
    bp_arena *arena;
    const char *root;
    bp_glob pattern;
    size_t limit;
    BP_VEC(bp_str) folders; /* still to visit, and visited */
    BP_VEC(bp_str) files;
} glob;

static bool
is_wild(bp_str segment)
{
    return bp_str_find(segment, '*') < segment.size || bp_str_find(segment, '?') < segment.size;
}

/* One segment against one name: the last '*' takes more on a mismatch. '?' takes one byte. Names
 * that begin with a dot match only a segment that does. */
static bool
matches_segment(bp_str segment, bp_str name)
{
    if (bp_str_starts(name, BP_STR(".")) && !bp_str_starts(segment, BP_STR("."))) {
        return false;
    }
    size_t at = 0;
    size_t star = SIZE_MAX;
    size_t taken = 0;
    for (size_t i = 0; i < name.size;) {
        if (at < segment.size && segment.at[at] == '*') {
            star = at++;
            taken = i;
        } else if (at < segment.size && (segment.at[at] == '?' || segment.at[at] == name.at[i])) {
            at++;
            i++;
        } else if (star != SIZE_MAX) {
            at = star + 1;
            i = ++taken;
        } else {
            return false;
        }
    }
    while (at < segment.size && segment.at[at] == '*') {
        at++;
    }
    return at == segment.size;
}

static size_t
split(bp_str path, bp_str parts[SEGMENTS_MAX])
{
    size_t count = 0;
    for (size_t at = 0; at < path.size; count++) {
        bp_str rest = bp_str_cut(path, at, path.size);
        bp_str part = bp_str_cut(rest, 0, bp_str_find(rest, '/'));
        if (count < SEGMENTS_MAX) {
            parts[count] = part;
        }
        at += part.size + 1;
    }
    return count;
}

/* The whole path against the whole pattern: like a segment, with "**" as the star; it does not take
 * hidden folders. */
bool
bp_glob_matches(const bp_glob *on, bp_str path)
{
    bp_str names[SEGMENTS_MAX];
    size_t count = split(path, names);
    size_t at = 0;
    size_t star = SIZE_MAX;
    size_t taken = 0;
    for (size_t i = 0; i < count && count <= SEGMENTS_MAX;) {
        if (at < on->count && bp_str_is(on->segments[at], "**")) {
            star = at++;
            taken = i;
        } else if (at < on->count && matches_segment(on->segments[at], names[i])) {
            at++;
            i++;
        } else if (star != SIZE_MAX && !bp_str_starts(names[taken], BP_STR("."))) {
            at = star + 1;
            i = ++taken;
        } else {
            return false;
        }
    }
    while (at < on->count && bp_str_is(on->segments[at], "**")) {
        at++;
    }
    return at == on->count && count <= SEGMENTS_MAX;
}

/* Whether folders below a folder at this depth can hold matches. */
static bool
goes_deeper(const bp_glob *on, size_t depth)
{
    return on->any_deep || depth + 1 < on->count;
}

bool
bp_glob_takes_files_alone(const bp_glob *on)
{
    bp_str segment = on->segments[on->count - 1];
    while (segment.size > 0 && segment.at[0] == '*') {
        segment = bp_str_cut(segment, 1, segment.size);
    }
    return segment.size == 0;
}

static bool
take(glob *on, bp_str path, bp_file_error *error)
{
    if (on->files.count == on->limit) {
        error->text = bp_str_format(on->arena, "holds more than %zu matching files", on->limit);
        error->too_large = true;
        return false;
    }
    *bp_vec_add(on->arena, &on->files) = path;
    return true;
}

/* Something is kept that matches and cannot be read, too (a FIFO, a dangling link, a folder named
 * like a file): reading it then says so, instead of silence here. */
static bool
look_at(glob *on, int folder, bp_str path, const char *name, bp_file_error *error)
{
    struct stat found;
    if (fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT; /* gone meanwhile */
    }
    bool link_to_folder =
        S_ISLNK(found.st_mode) && fstatat(folder, name, &found, 0) == 0 && S_ISDIR(found.st_mode);
    if (S_ISDIR(found.st_mode) && !link_to_folder && name[0] != '.') {
        *bp_vec_add(on->arena, &on->folders) = path;
    }
    if (S_ISDIR(found.st_mode) && bp_glob_takes_files_alone(&on->pattern)) {
        return true;
    }
    return !bp_glob_matches(&on->pattern, path) || take(on, path, error);
}

static void
close_folder(void *object)
{
    closedir(object);
}

static bool
visit_opened(glob *on, bp_str folder, DIR *open, bp_file_error *error)
{
    bp_str parts[SEGMENTS_MAX];
    size_t depth = split(folder, parts);
    size_t before = on->folders.count;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(open);
        if (entry == NULL) {
            break;
        }
        bp_str name = bp_str_of(entry->d_name);
        if (bp_str_is(name, ".") || bp_str_is(name, "..")) {
            continue;
        }
        bp_str path = bp_path_join(on->arena, folder, name);
        if (!look_at(on, dirfd(open), path, entry->d_name, error)) {
            return false;
        }
    }
    if (!goes_deeper(&on->pattern, depth)) {
        on->folders.count = before;
    }
    if (errno != 0) {
        *error = bp_file_errno(on->arena, errno);
        return false;
    }
    return true;
}

static bool
visit(glob *on, bp_str folder, bp_file_error *error)
{
    bp_handle *handle = bp_handle_new(on->arena);
    if (!bp_walk_open(on->arena, on->root, folder, true, handle, error)) {
        bp_handle_close(on->arena, handle);
        bool nothing = error->missing;
        if (nothing) {
            *error = (bp_file_error){.text = {"", 0}};
        }
        return nothing;
    }
    DIR *open = fdopendir(handle->descriptor);
    if (open == NULL) {
        *error = bp_file_errno(on->arena, errno);
        bp_handle_close(on->arena, handle);
        return false;
    }
    handle->descriptor = -1; /* closed by closedir from now on */
    bp_handle_close(on->arena, handle);
    bp_arena_defer(on->arena, close_folder, open);
    bool done = visit_opened(on, folder, open, error);
    bp_arena_release(on->arena, open);
    return done;
}

static int
by_bytes(const void *left, const void *right)
{
    return bp_str_compare(*(const bp_str *)left, *(const bp_str *)right);
}

bool
bp_glob_prepare(bp_arena *arena, bp_str pattern, bp_glob *on, bp_file_error *error)
{
    bp_str clean;
    *on = (bp_glob){.start = {"", 0}};
    if (!bp_path_clean(arena, pattern, &clean)) {
        *error = bp_file_refusal("is not a path inside the project");
        error->outside = true;
        return false;
    }
    on->count = split(clean, on->segments);
    if (on->count > SEGMENTS_MAX) {
        *error = bp_file_refusal("has more than 64 segments");
        return false;
    }
    while (on->fixed + 1 < on->count && !is_wild(on->segments[on->fixed])) {
        on->start = bp_path_join(arena, on->start, on->segments[on->fixed++]);
    }
    for (size_t i = 0; i < on->count; i++) {
        on->any_deep = on->any_deep || bp_str_is(on->segments[i], "**");
    }
    return true;
}

bool
bp_file_glob(bp_arena *arena, const char *root, bp_str pattern, size_t limit, bp_file_list *files,
             bp_file_error *error)
{
    glob on = {.arena = arena, .root = root, .limit = limit};
    *error = (bp_file_error){.text = {"", 0}};
    *files = (bp_file_list){NULL, 0};
    if (!bp_glob_prepare(arena, pattern, &on.pattern, error)) {
        return false;
    }
    *bp_vec_add(arena, &on.folders) = on.pattern.start;
    for (size_t i = 0; i < on.folders.count; i++) {
        if (!visit(&on, on.folders.at[i], error)) {
            if (on.folders.at[i].size > 0) {
                error->text = bp_str_format(arena, "\"%.*s\" %.*s", BP_ARG(on.folders.at[i]),
                                            BP_ARG(error->text));
            }
            return false;
        }
    }
    if (on.files.count > 0) {
        qsort(on.files.at, on.files.count, sizeof *on.files.at, by_bytes);
    }
    *files = (bp_file_list){on.files.at, on.files.count};
    return true;
}
