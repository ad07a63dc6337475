/*
 * Writing a set of files as one step as far as a file system allows: all temporaries, then hard
 * links that keep the old files, then all renames; a failure anywhere puts the old files back. The
 * job is tied to the arena, so that running out of memory cleans up as well. Links inside the
 * folder are never followed. Not for single reports, and not for deciding what to write.
 */
#include "lib/file.h"

#include "lib/file_walk.h"
#include "lib/map.h"
#include "lib/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { FOLDER_MODE = 0755, TRIES = 16 };

/* An open folder of the set. */
typedef struct place {
    bp_str path; /* relative to the set's folder; "" is that itself */
    const char *name;
    struct place *above;
    int descriptor;
    bool made; /* by this job */
} place;

/* A file on its way. */
typedef struct part {
    const bp_file_out *file;
    place *in;
    const char *name;
    const char *temporary;
    const char *backup;
    bool has_temporary;
    bool has_backup;
    bool had_old;
    bool renamed;
    mode_t mode;
} part;

typedef struct job {
    bp_arena *arena;
    bp_file_error *error;
    const char *folder;
    BP_VEC(const char *) made_above; /* folders that had to be made to have `folder` */
    BP_VEC(place *) places;
    bp_map *place_by_path;
    bp_map *names; /* paths that this set writes or removes */
    part *parts;
    size_t count;
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

static void
remove_temporaries(job *on)
{
    for (size_t i = 0; i < on->count; i++) {
        part *each = &on->parts[i];
        if (each->has_temporary) {
            unlinkat(each->in->descriptor, each->temporary, 0);
            each->has_temporary = false;
        }
        if (each->has_backup) {
            unlinkat(each->in->descriptor, each->backup, 0);
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
        if (each->descriptor >= 0) {
            close(each->descriptor); /* the root's lock goes with it */
        }
    }
    for (size_t i = on->made_above.count; i-- > 0 && !on->done;) {
        rmdir(on->made_above.at[i]);
    }
    unmask(on);
}

/* Makes the set's folder and what is missing above it. */
static bool
make_root(job *on)
{
    bp_str path = bp_str_of(on->folder);
    for (size_t end = 1; end <= path.size; end++) {
        if (end < path.size && path.at[end] != '/') {
            continue;
        }
        const char *each = bp_arena_copy(on->arena, path.at, end);
        const char **made = bp_vec_add(on->arena, &on->made_above);
        *made = each;
        if (mkdir(each, FOLDER_MODE) == 0) {
            chmod(each, FOLDER_MODE);
            continue;
        }
        on->made_above.count--;
        if (errno != EEXIST && errno != EISDIR) {
            return fail_code(on, bp_str_of(each), errno);
        }
    }
    return true;
}

/* Waits for the lock. Where the file system has no locks, writing goes on without. */
static bool
lock(int folder)
{
    while (flock(folder, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return errno == ENOLCK || errno == EOPNOTSUPP || errno == ENOSYS || errno == EBADF ||
                   errno == EINVAL;
        }
    }
    return true;
}

/* Opens and locks the root. Another writer may have failed and removed it while we waited. */
static bool
open_root(job *on)
{
    place *root = BP_NEW(on->arena, place);
    root->path = BP_STR("");
    root->descriptor = -1;
    *bp_vec_add(on->arena, &on->places) = root;
    bp_map_set(on->place_by_path, root->path, root);
    for (int i = 0; i < TRIES; i++) {
        struct stat now;
        if (!make_root(on)) {
            return false;
        }
        root->descriptor = open(on->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (root->descriptor < 0) {
            return errno == ENOTDIR ? fail(on, root->path, "is a file, not a folder")
                                    : fail_code(on, root->path, errno);
        }
        if (!lock(root->descriptor) || fstat(root->descriptor, &now) != 0) {
            return fail_code(on, root->path, errno);
        }
        if (now.st_nlink > 0) {
            return true;
        }
        close(root->descriptor);
        root->descriptor = -1;
    }
    return fail(on, root->path, "another writer keeps removing the folder");
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
    folder->made = mkdirat(above->descriptor, folder->name, FOLDER_MODE) == 0;
    if (!folder->made && errno != EEXIST) {
        return fail_code(on, path, errno);
    }
    folder->descriptor =
        openat(above->descriptor, folder->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder->descriptor < 0) {
        return fail_folder(on, above, folder, errno);
    }
    if (folder->made && fchmod(folder->descriptor, FOLDER_MODE) != 0) {
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

static bool
prepare_part(job *on, part *each, const bp_file_out *file)
{
    if (!is_clean(on, file->path) || !open_folder_of(on, file->path, &each->in)) {
        return false;
    }
    bp_str folder = bp_path_folder(file->path);
    size_t skipped = folder.size == 0 ? 0 : folder.size + 1;
    long process = (long)getpid();
    each->file = file;
    each->mode = file->executable ? 0755 : 0644;
    each->name = bp_str_c(on->arena, bp_str_cut(file->path, skipped, file->path.size));
    each->temporary = bp_str_format(on->arena, ".%s.%ld.part", each->name, process).at;
    each->backup = bp_str_format(on->arena, ".%s.%ld.old.part", each->name, process).at;
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

/* The name inside ".NAME.PID.part" or ".NAME.PID.old.part"; empty for anything else. */
static bp_str
name_in_leftover(bp_str entry)
{
    bp_str end = BP_STR(".part");
    if (!bp_str_starts(entry, BP_STR(".")) || !bp_str_ends(entry, end)) {
        return BP_STR("");
    }
    entry = bp_str_cut(entry, 1, entry.size - end.size);
    if (bp_str_ends(entry, BP_STR(".old"))) {
        entry.size -= 4;
    }
    size_t size = entry.size;
    while (size > 0 && bp_is_digit(entry.at[size - 1])) {
        size--;
    }
    bool numbered = size < entry.size && size > 1 && entry.at[size - 1] == '.';
    return numbered ? bp_str_cut(entry, 0, size - 1) : BP_STR("");
}

static void
close_folder(void *object)
{
    closedir(object);
}

/* Removes temporaries of our own names that a killed writer left. We hold the lock: no other writer
 * is at work. */
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
        bp_str name = name_in_leftover(bp_str_of(entry->d_name));
        if (name.size > 0 &&
            bp_map_get(on->names, bp_path_join(on->arena, in->path, name)) != NULL) {
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
    int in = each->in->descriptor;
    if (!each->had_old) {
        return true;
    }
    each->has_backup = linkat(in, each->name, in, each->backup, 0) == 0;
    bool unsupported = errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS || errno == EMLINK;
    return each->has_backup || unsupported || fail_code(on, each->file->path, errno);
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

static void
mask(job *on)
{
    sigset_t interrupts;
    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    sigaddset(&interrupts, SIGTERM);
    sigaddset(&interrupts, SIGHUP);
    on->masked = sigprocmask(SIG_BLOCK, &interrupts, &on->old_mask) == 0;
}

static bool
rename_all(job *on)
{
    for (size_t i = 0; i < on->count; i++) {
        if (!keep_old(on, &on->parts[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < on->count; i++) {
        part *each = &on->parts[i];
        int in = each->in->descriptor;
        if (renameat(in, each->temporary, in, each->name) != 0) {
            return fail_code(on, each->file->path, errno);
        }
        each->renamed = true;
        each->has_temporary = false;
    }
    return sync_places(on);
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
        close(at);
        at = next;
        start += name.size + 1;
    }
    return at;
}

/* Removes one entry below the root; a missing one is fine, and only regular files and empty folders
 * go. */
static int
remove_entry(const job *on, bp_str path, bool folder)
{
    bp_str above = bp_path_folder(path);
    size_t skipped = above.size == 0 ? 0 : above.size + 1;
    const char *name = bp_str_c(on->arena, bp_str_cut(path, skipped, path.size));
    int in = open_existing(on, above);
    if (in < 0) {
        return ENOENT;
    }
    struct stat found;
    int code = 0;
    bool there = fstatat(in, name, &found, AT_SYMLINK_NOFOLLOW) == 0;
    bool ours = there && (folder ? S_ISDIR(found.st_mode) : S_ISREG(found.st_mode));
    if (!ours) {
        code = ENOENT;
    } else if (unlinkat(in, name, folder ? AT_REMOVEDIR : 0) != 0) {
        code = errno;
    }
    close(in);
    return code;
}

static bool
remove_stale(job *on, const bp_str *stale, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bp_map_get(on->names, stale[i]) == on) {
            continue; /* it was just written */
        }
        int code = remove_entry(on, stale[i], false);
        if (code != 0 && code != ENOENT) {
            fail_code(on, stale[i], code);
            return false;
        }
        bp_str folder = bp_path_folder(stale[i]);
        while (code == 0 && folder.size > 0 && remove_entry(on, folder, true) == 0) {
            folder = bp_path_folder(folder);
        }
    }
    return true;
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
    for (size_t i = 0; i < on->count; i++) {
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
    for (size_t i = 0; i < on->count; i++) {
        if (!prepare_part(on, &on->parts[i], &files[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < on->places.count; i++) {
        remove_leftovers(on, on->places.at[i]);
    }
    for (size_t i = 0; i < on->count; i++) {
        if (!write_temporary(on, &on->parts[i])) {
            return false;
        }
    }
    mask(on);
    if (!rename_all(on)) {
        return false;
    }
    on->done = true;
    return remove_stale(on, stale, stale_count);
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
    on->place_by_path = bp_map_new(arena);
    on->names = bp_map_new(arena);
    on->parts = bp_arena_array(arena, count, sizeof *on->parts);
    on->count = count;
    bp_arena_defer(arena, finish, on);
    bool written = run(on, files, stale, stale_count);
    bp_arena_release(arena, on);
    return written;
}
