/*
 * Writing a set of files as one step as far as a file system allows: all temporaries, then hard
 * links that keep the old files, then all renames; a failure anywhere puts the old files back. The
 * job is tied to the arena, so that running out of memory cleans up as well. Links inside the
 * folder are never followed. Not for single reports, and not for deciding what to write.
 */
#include "lib/file.h"

#include "lib/file_lock.h"
#include "lib/file_walk.h"
#include "lib/map.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* An open folder of the set. */
typedef struct place {
    bp_str path; /* relative to the set's folder; "" is that itself */
    const char *name;
    struct place *above;
    int descriptor;
    bool made; /* by this job */
} place;

/* A file on its way, or a stale one on its way out. */
typedef struct part {
    const bp_file_out *file; /* NULL: stale */
    bp_str path;
    place *in;
    const char *name;
    const char *temporary;
    const char *backup;
    bool has_temporary;
    bool has_backup;
    bool had_old;
    bool renamed; /* or removed */
    mode_t mode;
} part;

typedef struct job {
    bp_arena *arena;
    bp_file_error *error;
    const char *folder;
    bp_root root;
    BP_VEC(place *) places;
    bp_map *place_by_path;
    bp_map *names; /* paths that this set writes or removes */
    part *parts;   /* the files, then the stale ones */
    size_t count;  /* of both */
    size_t files;
    bool done; /* the new set stands */
    bool masked;
    sigset_t old_mask;
} job;

static bool
fail(job *on, bp_str path, const char *why)
{
    bp_str name = path.size == 0 ? bp_str_of(on->folder) : path;
    on->error->text = bp_str_format(on->arena, "cannot write \"%.*s\": %s", BP_ARG(name), why);
    return false;
}

static bool
fail_code(job *on, bp_str path, int code)
{
    return fail(on, path, bp_file_errno(on->arena, code).text.at);
}

/* Puts the old files back, newest step first. Allocates nothing. */
static void
roll_back(job *on)
{
    for (size_t i = on->count; i-- > 0;) {
        part *each = &on->parts[i];
        if (each->renamed && each->has_backup) {
            if (renameat(each->in->descriptor, each->backup, each->in->descriptor, each->name) ==
                0) {
                each->has_backup = false;
            }
        } else if (each->renamed && !each->had_old) {
            unlinkat(each->in->descriptor, each->name, 0);
        }
    }
}

/* A second time if the first fails: nothing lies about for a fault that passes. */
static void
remove_surely(int in, const char *name)
{
    if (unlinkat(in, name, 0) != 0) {
        unlinkat(in, name, 0);
    }
}

static void
remove_temporaries(job *on)
{
    for (size_t i = 0; i < on->count; i++) {
        part *each = &on->parts[i];
        if (each->has_temporary) {
            remove_surely(each->in->descriptor, each->temporary);
            each->has_temporary = false;
        }
        if (each->has_backup) {
            remove_surely(each->in->descriptor, each->backup);
            each->has_backup = false;
        }
    }
}

static void
unmask(job *on)
{
    if (on->masked) {
        on->masked = false;
        sigprocmask(SIG_SETMASK, &on->old_mask, NULL);
    }
}

/* The end of every job, good or bad; also run by the arena. */
static void
finish(void *object)
{
    job *on = object;
    if (!on->done) {
        roll_back(on);
    }
    remove_temporaries(on);
    for (size_t i = on->places.count; i-- > 0;) {
        place *each = on->places.at[i];
        if (each->made && !on->done && each->above != NULL) {
            unlinkat(each->above->descriptor, each->name, AT_REMOVEDIR);
        }
        if (each->descriptor >= 0 && each->above != NULL) {
            close(each->descriptor);
        }
    }
    if (!on->done) {
        bp_root_unmake(&on->root); /* under the lock: the next writer sees that it is gone */
    }
    bp_root_close(&on->root);
    unmask(on);
}

/* Opens and locks the root. */
static bool
open_root(job *on)
{
    place *root = BP_NEW(on->arena, place);
    root->path = BP_STR("");
    root->descriptor = -1;
    *bp_vec_add(on->arena, &on->places) = root;
    bp_map_set(on->place_by_path, root->path, root);
    bool opened = bp_root_open(on->arena, on->folder, &on->root, &on->error->text);
    root->descriptor = on->root.descriptor;
    return opened;
}

/* Why a name that should be a folder could not be opened. */
static bool
fail_folder(job *on, const place *above, const place *folder, int code)
{
    struct stat found;
    if (fstatat(above->descriptor, folder->name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
        !S_ISDIR(found.st_mode)) {
        return fail(on, folder->path,
                    S_ISLNK(found.st_mode) ? "is a link; nothing is written through links"
                                           : bp_file_kind(found.st_mode));
    }
    return fail_code(on, folder->path, code);
}

static bool
open_place(job *on, place *above, bp_str path, place **opened)
{
    *opened = bp_map_get(on->place_by_path, path);
    if (*opened != NULL) {
        return true;
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): the root is the first place */
    size_t skipped = above->path.size == 0 ? 0 : above->path.size + 1;
    place *folder = BP_NEW(on->arena, place);
    folder->path = path;
    folder->above = above;
    folder->descriptor = -1;
    folder->name = bp_str_c(on->arena, bp_str_cut(path, skipped, path.size));
    *bp_vec_add(on->arena, &on->places) = folder;
    bp_map_set(on->place_by_path, path, folder);
    folder->made = mkdirat(above->descriptor, folder->name, BP_FOLDER_MODE) == 0;
    if (!folder->made && errno != EEXIST) {
        return fail_code(on, path, errno);
    }
    folder->descriptor =
        openat(above->descriptor, folder->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder->descriptor < 0) {
        return fail_folder(on, above, folder, errno);
    }
    if (folder->made && fchmod(folder->descriptor, BP_FOLDER_MODE) != 0) {
        return fail_code(on, path, errno);
    }
    *opened = folder;
    return true;
}

/* Opens the folder of a path, making what is missing on the way. */
static bool
open_folder_of(job *on, bp_str path, place **opened)
{
    *opened = on->places.at[0];
    for (size_t at = 0;;) {
        size_t slash = at + bp_str_find(bp_str_cut(path, at, path.size), '/');
        if (slash >= path.size) {
            return true;
        }
        if (!open_place(on, *opened, bp_str_cut(path, 0, slash), opened)) {
            return false;
        }
        at = slash + 1;
    }
}

static bool
is_clean(job *on, bp_str path)
{
    bp_str clean;
    if (bp_path_clean(on->arena, path, &clean) && bp_str_equal(path, clean)) {
        return true;
    }
    on->error->outside = true;
    return fail(on, path, "is not a path inside the folder");
}

static void
name_part(const job *on, part *each, bp_str path)
{
    bp_str folder = bp_path_folder(path);
    size_t skipped = folder.size == 0 ? 0 : folder.size + 1;
    long process = (long)getpid();
    each->path = path;
    each->name = bp_str_c(on->arena, bp_str_cut(path, skipped, path.size));
    each->temporary = bp_str_format(on->arena, ".%s.%ld.part", each->name, process).at;
    each->backup = bp_str_format(on->arena, ".%s.%ld.old.part", each->name, process).at;
}

static bool
prepare_part(job *on, part *each, const bp_file_out *file)
{
    if (!is_clean(on, file->path) || !open_folder_of(on, file->path, &each->in)) {
        return false;
    }
    each->file = file;
    each->mode = file->executable ? 0755 : 0644;
    name_part(on, each, file->path);
    struct stat found;
    if (fstatat(each->in->descriptor, each->name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT || fail_code(on, file->path, errno);
    }
    each->had_old = true;
    each->mode = file->keep_mode ? found.st_mode & 0777 : each->mode;
    if (S_ISLNK(found.st_mode)) {
        return fail(on, file->path, "is a link; nothing is written through links");
    }
    return S_ISREG(found.st_mode) || fail(on, file->path, bp_file_kind(found.st_mode));
}

static void
close_folder(void *object)
{
    closedir(object);
}

/* Removes temporaries of our own names that a killed writer left, and what it kept of old files,
 * whatever their names. We hold the lock: no other writer is at work. */
static void
remove_leftovers(job *on, const place *in)
{
    int copy = openat(in->descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *open = copy < 0 ? NULL : fdopendir(copy);
    if (open == NULL) {
        if (copy >= 0) {
            close(copy);
        }
        return;
    }
    bp_arena_defer(on->arena, close_folder, open);
    for (const struct dirent *entry = readdir(open); entry != NULL; entry = readdir(open)) {
        bp_str name = bp_leftover_name(bp_str_of(entry->d_name));
        if (name.size > 0 &&
            (bp_str_ends(bp_str_of(entry->d_name), BP_STR(".old.part")) ||
             bp_map_get(on->names, bp_path_join(on->arena, in->path, name)) != NULL)) {
            unlinkat(in->descriptor, entry->d_name, 0);
        }
    }
    bp_arena_release(on->arena, open);
}

static bool
write_whole(int file, bp_str text)
{
    for (size_t done = 0; done < text.size;) {
        ssize_t wrote = write(file, text.at + done, text.size - done);
        if (wrote < 0 && errno != EINTR) {
            return false;
        }
        done += wrote < 0 ? 0 : (size_t)wrote;
    }
    return true;
}

static bool
write_temporary(job *on, part *each)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int file = openat(each->in->descriptor, each->temporary, flags, 0600);
    if (file < 0) {
        return fail_code(on, each->file->path, errno);
    }
    each->has_temporary = true;
    int code = 0;
    if (!write_whole(file, each->file->text) || fchmod(file, each->mode) != 0 || fsync(file) != 0) {
        code = errno;
    }
    if (close(file) != 0 && code == 0 && errno != EINTR) {
        code = errno;
    }
    return code == 0 || fail_code(on, each->file->path, code);
}

/* Some file systems have no hard links: there a rename that fails half-way cannot be undone. */
static bool
keep_old(job *on, part *each)
{
    if (!each->had_old) {
        return true;
    }
    int in = each->in->descriptor;
    each->has_backup = linkat(in, each->name, in, each->backup, 0) == 0;
    bool unsupported = errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS || errno == EMLINK;
    return each->has_backup || unsupported || fail_code(on, each->path, errno);
}

static bool
sync_places(job *on)
{
    for (size_t i = 0; i < on->places.count; i++) {
        const place *each = on->places.at[i];
        if (fsync(each->descriptor) != 0 && errno != EINVAL && errno != EBADF) {
            return fail_code(on, each->path, errno);
        }
    }
    return true;
}

/* The folder of a path below the root, no links followed; -1 if it is not there. */
static int
open_existing(const job *on, bp_str folder)
{
    int at = openat(on->places.at[0]->descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t start = 0; at >= 0 && start < folder.size;) {
        bp_str rest = bp_str_cut(folder, start, folder.size);
        bp_str name = bp_str_cut(rest, 0, bp_str_find(rest, '/'));
        char text[256] = "";
        if (name.size < sizeof text) {
            memcpy(text, name.at, name.size);
        }
        int next = openat(at, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int code = errno;
        close(at);
        errno = code;
        at = next;
        start += name.size + 1;
    }
    return at;
}

/* Finds a stale file: a missing one is fine, and only a regular file is ever ours. */
static bool
prepare_stale(job *on, part *each, bp_str path)
{
    if (bp_map_get(on->names, path) == on) {
        return true; /* it is written */
    }
    int folder = open_existing(on, bp_path_folder(path));
    if (folder < 0) {
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP || fail_code(on, path, errno);
    }
    place *in = BP_NEW(on->arena, place);
    in->path = bp_path_folder(path);
    in->above = on->places.at[0];
    in->descriptor = folder;
    *bp_vec_add(on->arena, &on->places) = in;
    name_part(on, each, path);
    struct stat found;
    if (fstatat(folder, each->name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT || fail_code(on, path, errno);
    }
    each->had_old = S_ISREG(found.st_mode);
    each->in = each->had_old ? in : NULL;
    return true;
}

/* Puts one new file in its place, or removes a stale one. */
static bool
settle(job *on, part *each)
{
    int in = each->in == NULL ? -1 : each->in->descriptor;
    bool gone = each->file == NULL && (in < 0 || unlinkat(in, each->name, 0) == 0);
    if (!gone && (each->file == NULL || renameat(in, each->temporary, in, each->name) != 0)) {
        return fail_code(on, each->path, errno);
    }
    each->renamed = in >= 0;
    each->has_temporary = false;
    return true;
}

/* All files but the last, the stale ones, then the last: the list of files, which still lists the
 * stale ones until they are gone. */
static bool
rename_all(job *on)
{
    for (size_t i = 0; i < on->count; i++) {
        if (!keep_old(on, &on->parts[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < on->count; i++) {
        if (i + 1 != on->files && !settle(on, &on->parts[i])) {
            return false;
        }
    }
    return (on->files == 0 || settle(on, &on->parts[on->files - 1])) && sync_places(on);
}

/* Removes folders that became empty when the stale files went. */
static void
remove_empty_folders(job *on)
{
    for (size_t i = on->files; i < on->count; i++) {
        bp_str folder = on->parts[i].renamed ? bp_path_folder(on->parts[i].path) : BP_STR("");
        int code = 0;
        while (code == 0 && folder.size > 0) {
            bp_str above = bp_path_folder(folder);
            size_t skipped = above.size == 0 ? 0 : above.size + 1;
            int in = open_existing(on, above);
            const char *name = bp_str_c(on->arena, bp_str_cut(folder, skipped, folder.size));
            code = in < 0 ? ENOENT : unlinkat(in, name, AT_REMOVEDIR) == 0 ? 0 : errno;
            if (in >= 0) {
                close(in);
            }
            folder = above;
        }
    }
}

static bool
note_names(job *on, const bp_file_out *files, const bp_str *stale, size_t stale_count)
{
    for (size_t i = 0; i < stale_count; i++) {
        if (!is_clean(on, stale[i])) {
            return false;
        }
        bp_map_set(on->names, stale[i], on->error);
    }
    for (size_t i = 0; i < on->files; i++) {
        bp_map_set(on->names, files[i].path, on);
    }
    return true;
}

static bool
run(job *on, const bp_file_out *files, const bp_str *stale, size_t stale_count)
{
    if (!note_names(on, files, stale, stale_count) || !open_root(on)) {
        return false;
    }
    for (size_t i = 0; i < on->files; i++) {
        if (!prepare_part(on, &on->parts[i], &files[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < stale_count; i++) {
        if (!prepare_stale(on, &on->parts[on->files + i], stale[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < on->places.count; i++) {
        remove_leftovers(on, on->places.at[i]);
    }
    for (size_t i = 0; i < on->files; i++) {
        if (!write_temporary(on, &on->parts[i])) {
            return false;
        }
    }
    on->masked = bp_mask_interrupts(&on->old_mask);
    if (!rename_all(on)) {
        return false;
    }
    on->done = true;
    remove_temporaries(on);
    remove_empty_folders(on);
    return true;
}

bool
bp_file_write_set(bp_arena *arena, const char *folder, const bp_file_out *files, size_t count,
                  const bp_str *stale, size_t stale_count, bp_file_error *error)
{
    *error = (bp_file_error){.text = {"", 0}};
    job *on = BP_NEW(arena, job);
    on->arena = arena;
    on->error = error;
    on->folder = folder;
    on->root.descriptor = -1;
    on->place_by_path = bp_map_new(arena);
    on->names = bp_map_new(arena);
    on->parts = bp_arena_array(arena, count + stale_count, sizeof *on->parts);
    on->count = count + stale_count;
    on->files = count;
    bp_arena_defer(arena, finish, on);
    bool written = run(on, files, stale, stale_count);
    bp_arena_release(arena, on);
    return written;
}
