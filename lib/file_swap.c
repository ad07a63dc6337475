/*
 * Writing a whole folder as one step: the new folder is made complete beside the old one, what is
 * not ours is linked into it, and one exchange of the two names makes it stand. Whoever looks, and
 * whenever a writer is killed, sees the old set or the new one. Where a file system or a folder
 * does not allow it, the set is written in place (file_write.c), which a kill can cut in two.
 */
#define _DEFAULT_SOURCE   /* syscall */
#define _XOPEN_SOURCE 700 /* realpath */

#include "lib/file_lock.h"
#include "lib/file_walk.h"
#include "lib/map.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DEPTH_MAX = 64, CARRIED_MAX = 10000, EXCHANGE_NAMES = 2 /* RENAME_EXCHANGE of Linux */ };

typedef enum outcome { DONE, FAILED, IN_PLACE /* this folder cannot be exchanged */ } outcome;

typedef struct swap {
    bp_arena *arena;
    bp_file_error *error;
    bp_root root; /* the old folder, under its lock */
    int parent;   /* the folder that holds both */
    int fresh;    /* the new folder, under its lock too once it stands */
    const char *name;
    const char *beside; /* the other name in `parent`: first of the new folder, then of the old */
    const char *beside_path;
    bp_map *ours; /* paths: to the job itself for files of the set, to its error for stale ones */
    size_t carried;
    bool made; /* something stands under the other name */
    bool exchanged;
    bool masked;
    sigset_t old_mask;
} swap;

/* A folder on the way down, in the old tree and in the new. */
typedef struct level {
    struct level *above;
    const char *name;
    bp_str path;
    int old;
    int fresh; /* -1: not there, or not yet */
    struct stat found;
} level;

static outcome
fail(swap *on, bp_str path, const char *why)
{
    bp_str name = path.size == 0 ? bp_str_of(on->name) : path;
    on->error->text = bp_str_format(on->arena, "cannot write \"%.*s\": %s", BP_ARG(name), why);
    return FAILED;
}

static outcome
fail_code(swap *on, bp_str path, int code)
{
    return fail(on, path, bp_file_errno(on->arena, code).text.at);
}

static bool
is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int
open_folder(int in, const char *name)
{
    return openat(in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void
close_list(void *object)
{
    closedir(object);
}

/* A list of an open folder that does not take its descriptor along; NULL: errno says why. */
static DIR *
list_of(int folder)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = copy < 0 ? NULL : fdopendir(copy);
    if (list == NULL && copy >= 0) {
        close(copy);
    }
    return list;
}

static int remove_tree(int in, const char *name, int depth);

/* Removes an entry, a second time if the first fails: it must not lie about for a passing fault. */
static int
remove_entry(int in, const char *name, int flag)
{
    if (unlinkat(in, name, flag) == 0 || errno == ENOENT || unlinkat(in, name, flag) == 0) {
        return 0;
    }
    return errno;
}

static int
empty_folder(int folder, int depth)
{
    DIR *list = list_of(folder);
    int code = list == NULL ? errno : 0;
    for (const struct dirent *each = list == NULL ? NULL : readdir(list); each != NULL;
         each = readdir(list)) {
        int one = is_dots(each->d_name) ? 0 : remove_tree(folder, each->d_name, depth + 1);
        code = one == 0 ? code : one;
    }
    if (list != NULL) {
        closedir(list);
    }
    return code;
}

/* Removes a folder with all in it, or a file. Links are removed and never followed. Allocates
 * nothing of the arena: it also runs when that is exhausted. 0, or a code of errno. */
static int
remove_tree(int in, const char *name, int depth)
{
    struct stat found;
    if (fstatat(in, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? 0 : errno;
    }
    if (!S_ISDIR(found.st_mode)) {
        return remove_entry(in, name, 0);
    }
    int folder = depth > DEPTH_MAX ? -1 : open_folder(in, name);
    if (folder < 0) {
        return depth > DEPTH_MAX ? ELOOP : errno;
    }
    int code = empty_folder(folder, depth);
    if (code != 0) {
        code = empty_folder(folder, depth);
    }
    close(folder);
    return code == 0 ? remove_entry(in, name, AT_REMOVEDIR) : code;
}

/* The end of every job, good or bad; also run by the arena. */
static void
finish(void *object)
{
    swap *on = object;
    if (on->made) {
        if (remove_tree(on->parent, on->beside, 0) != 0) {
            remove_tree(on->parent, on->beside, 0);
        }
        on->made = false;
    }
    if (!on->exchanged) {
        bp_root_unmake(&on->root);
    }
    if (on->fresh >= 0) {
        close(on->fresh);
    }
    if (on->parent >= 0) {
        close(on->parent);
    }
    bp_root_close(&on->root);
    if (on->masked) {
        on->masked = false;
        sigprocmask(SIG_SETMASK, &on->old_mask, NULL);
    }
}

/* Finds the folder that holds ours, and both names in it. */
static outcome
find_parent(swap *on, const char *folder)
{
    char real[PATH_MAX];
    struct stat here;
    struct stat above;
    if (realpath(folder, real) == NULL) {
        return IN_PLACE;
    }
    bp_str path = bp_str_of(real);
    bp_str parent = bp_path_folder(path);
    if (path.size <= 1) {
        return IN_PLACE;
    }
    on->name = bp_str_c(on->arena, bp_str_cut(path, parent.size + 1, path.size));
    on->beside = bp_str_format(on->arena, ".%s.%ld.part", on->name, (long)getpid()).at;
    on->beside_path = bp_str_format(on->arena, "%.*s/%s", BP_ARG(parent), on->beside).at;
    on->parent = open(parent.size == 0 ? "/" : bp_str_c(on->arena, parent),
                      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool together = on->parent >= 0 && fstat(on->parent, &above) == 0 &&
                    fstat(on->root.descriptor, &here) == 0 && above.st_dev == here.st_dev;
    return together ? DONE : IN_PLACE;
}

/* Removes folders beside ours that a killed writer left. We hold the lock: no other is at work. */
static void
remove_leftovers(swap *on)
{
    DIR *list = list_of(on->parent);
    if (list == NULL) {
        return;
    }
    bp_arena_defer(on->arena, close_list, list);
    for (const struct dirent *each = readdir(list); each != NULL; each = readdir(list)) {
        struct stat found;
        if (bp_str_is(bp_leftover_name(bp_str_of(each->d_name)), on->name) &&
            fstatat(on->parent, each->d_name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISDIR(found.st_mode)) {
            remove_tree(on->parent, each->d_name, 0);
        }
    }
    bp_arena_release(on->arena, list);
}

/* Gives a folder of the new tree what the old one of the same path has. */
static outcome
same_folder(int fresh, const struct stat *old)
{
    struct stat now;
    if (fstat(fresh, &now) != 0) {
        return IN_PLACE;
    }
    bool owned = now.st_uid == old->st_uid &&
                 (now.st_gid == old->st_gid || fchown(fresh, (uid_t)-1, old->st_gid) == 0);
    return owned && fchmod(fresh, old->st_mode & 07777) == 0 ? DONE : IN_PLACE;
}

/* Makes the folder in the new tree, for something of others in it. */
static outcome
need_folder(level *at)
{
    if (at->fresh >= 0) {
        return DONE;
    }
    if (need_folder(at->above) != DONE || mkdirat(at->above->fresh, at->name, 0700) != 0) {
        return IN_PLACE;
    }
    at->fresh = open_folder(at->above->fresh, at->name);
    return at->fresh >= 0 ? same_folder(at->fresh, &at->found) : IN_PLACE;
}

static outcome carry_folder(swap *on, level *at, int depth);

/* Goes down into a folder of the old tree. */
static outcome
carry_below(swap *on, level *above, const char *name, bp_str path, int depth)
{
    level here = {.above = above, .name = name, .path = path, .fresh = -1};
    here.old = depth > DEPTH_MAX ? -1 : open_folder(above->old, name);
    if (here.old < 0 || fstat(here.old, &here.found) != 0) {
        if (here.old >= 0) {
            close(here.old);
        }
        return IN_PLACE;
    }
    here.fresh = above->fresh < 0 ? -1 : open_folder(above->fresh, name);
    outcome carried = here.fresh < 0 ? DONE : same_folder(here.fresh, &here.found);
    if (carried == DONE) {
        carried = carry_folder(on, &here, depth);
    }
    if (carried == DONE && here.fresh >= 0 && fsync(here.fresh) != 0) {
        carried = fail_code(on, path, errno);
    }
    close(here.old);
    if (here.fresh >= 0) {
        close(here.fresh);
    }
    return carried;
}

static outcome
carry_entry(swap *on, level *at, const char *name, int depth)
{
    struct stat found;
    bp_str path = bp_path_join(on->arena, at->path, bp_str_of(name));
    bp_str leftover = bp_leftover_name(bp_str_of(name));
    const void *kind = bp_map_get(on->ours, path);
    if (fstatat(at->old, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? DONE : IN_PLACE;
    }
    if (kind == on && !S_ISREG(found.st_mode)) {
        return fail(on, path,
                    S_ISLNK(found.st_mode) ? "is a link; nothing is written through links"
                                           : bp_file_kind(found.st_mode));
    }
    bool temporary = leftover.size > 0 && S_ISREG(found.st_mode) &&
                     (bp_str_ends(bp_str_of(name), BP_STR(".old.part")) ||
                      bp_map_get(on->ours, bp_path_join(on->arena, at->path, leftover)) != NULL);
    if (temporary || (kind != NULL && S_ISREG(found.st_mode))) {
        return DONE;
    }
    if (S_ISDIR(found.st_mode)) {
        return carry_below(on, at, name, path, depth + 1);
    }
    if (++on->carried > CARRIED_MAX || need_folder(at) != DONE) {
        return IN_PLACE;
    }
    if (linkat(at->old, name, at->fresh, name, 0) == 0) {
        return DONE;
    }
    /* The set needs a folder where something else stands: in place says it. */
    return IN_PLACE;
}

/* Links what is not ours into the new tree. Folders that held ours alone go; empty ones stay. */
static outcome
carry_folder(swap *on, level *at, int depth)
{
    DIR *list = list_of(at->old);
    if (list == NULL) {
        return IN_PLACE;
    }
    bp_arena_defer(on->arena, close_list, list);
    outcome carried = DONE;
    bool empty = true;
    for (const struct dirent *each = readdir(list); each != NULL && carried == DONE;
         each = readdir(list)) {
        if (!is_dots(each->d_name)) {
            empty = false;
            const char *name = bp_str_c(on->arena, bp_str_of(each->d_name));
            carried = carry_entry(on, at, name, depth);
        }
    }
    bp_arena_release(on->arena, list);
    return carried == DONE && empty ? need_folder(at) : carried;
}

static outcome
carry_all(swap *on)
{
    level top = {.path = BP_STR(""), .old = on->root.descriptor, .fresh = on->fresh};
    if (fstat(on->root.descriptor, &top.found) != 0 || same_folder(on->fresh, &top.found) != DONE) {
        return IN_PLACE;
    }
    outcome carried = carry_folder(on, &top, 0);
    if (carried == DONE && (fsync(on->fresh) != 0 || fsync(on->parent) != 0)) {
        carried = fail_code(on, BP_STR(""), errno);
    }
    return carried;
}

static bool
exchange_names(const swap *on)
{
#ifdef SYS_renameat2
    return syscall(SYS_renameat2, on->parent, on->beside, on->parent, on->name,
                   (unsigned)EXCHANGE_NAMES) == 0;
#else
    errno = ENOSYS;
    return false;
#endif
}

static outcome
exchange(swap *on)
{
    if (!bp_lock_folder(on->fresh) || !exchange_names(on)) {
        return IN_PLACE;
    }
    on->exchanged = true;
    if (fsync(on->parent) != 0) {
        int code = errno;
        on->exchanged = !exchange_names(on);
        on->error->replaced = on->exchanged;
        return fail_code(on, BP_STR(""), code);
    }
    return DONE;
}

/* Whether all files below a folder of the old tree are ours. What cannot be seen is not. */
static bool
all_ours(swap *on, int folder, bp_str path, int depth)
{
    DIR *list = depth > DEPTH_MAX ? NULL : list_of(folder);
    if (list == NULL) {
        return false;
    }
    bp_arena_defer(on->arena, close_list, list);
    bool ours = true;
    for (const struct dirent *each = readdir(list); each != NULL && ours; each = readdir(list)) {
        if (is_dots(each->d_name)) {
            continue;
        }
        bp_str here = bp_path_join(on->arena, path, bp_str_of(each->d_name));
        int below = open_folder(folder, each->d_name);
        ours = below < 0 ? bp_map_get(on->ours, here) != NULL ||
                               bp_leftover_name(bp_str_of(each->d_name)).size > 0
                         : all_ours(on, below, here, depth + 1);
        if (below >= 0) {
            close(below);
        }
    }
    bp_arena_release(on->arena, list);
    return ours;
}

static outcome rescue_folder(swap *on, int old, int fresh, bp_str path, int depth);

/* Brings over what others wrote into the old tree while the new one was made. */
static outcome
rescue_entry(swap *on, int old, int fresh, bp_str path, const char *name)
{
    struct stat left;
    struct stat now;
    bool there = fstatat(old, name, &left, AT_SYMLINK_NOFOLLOW) == 0;
    const void *kind = bp_map_get(on->ours, path);
    if (!there || kind != NULL || bp_leftover_name(bp_str_of(name)).size > 0) {
        return DONE;
    }
    bool twin = fstatat(fresh, name, &now, AT_SYMLINK_NOFOLLOW) == 0;
    if (twin && (S_ISDIR(left.st_mode) || now.st_ino == left.st_ino)) {
        return DONE;
    }
    return renameat(old, name, fresh, name) == 0 ? DONE : fail_code(on, path, errno);
}

static outcome
rescue_folder(swap *on, int old, int fresh, bp_str path, int depth)
{
    DIR *list = old < 0 || fresh < 0 || depth > DEPTH_MAX ? NULL : list_of(old);
    if (list == NULL) {
        return DONE;
    }
    bp_arena_defer(on->arena, close_list, list);
    outcome rescued = DONE;
    for (const struct dirent *each = readdir(list); each != NULL && rescued == DONE;
         each = readdir(list)) {
        if (is_dots(each->d_name)) {
            continue;
        }
        bp_str here = bp_path_join(on->arena, path, bp_str_of(each->d_name));
        int below_old = open_folder(old, each->d_name);
        int below_fresh = below_old < 0 ? -1 : open_folder(fresh, each->d_name);
        /* A folder that the new tree does not have holds stale files, or just came. */
        bool gone = below_old >= 0 && below_fresh < 0 && all_ours(on, below_old, here, depth + 1);
        rescued = gone ? DONE : rescue_entry(on, old, fresh, here, each->d_name);
        if (rescued == DONE) {
            rescued = rescue_folder(on, below_old, below_fresh, here, depth + 1);
        }
        if (below_old >= 0) {
            close(below_old);
        }
        if (below_fresh >= 0) {
            close(below_fresh);
        }
    }
    bp_arena_release(on->arena, list);
    return rescued;
}

/* The new folder stands; what is left of the old one goes. */
static outcome
remove_old(swap *on)
{
    on->error->replaced = true;
    outcome rescued = rescue_folder(on, on->root.descriptor, on->fresh, BP_STR(""), 0);
    if (rescued != DONE) {
        on->made = false; /* it holds a file of others: it stays, and is named */
        return rescued;
    }
    int code = remove_tree(on->parent, on->beside, 0);
    code = code == 0 ? 0 : remove_tree(on->parent, on->beside, 0);
    on->made = false;
    if (code != 0) {
        on->error->text = bp_str_format(on->arena, "cannot remove \"%s\" beside it: %.*s",
                                        on->beside, BP_ARG(bp_file_errno(on->arena, code).text));
        return FAILED;
    }
    return DONE;
}

static outcome
run(swap *on, const char *folder, const bp_file_out *files, size_t count)
{
    if (!bp_root_open(on->arena, folder, &on->root, &on->error->text)) {
        return FAILED;
    }
    outcome at = find_parent(on, folder);
    if (at != DONE) {
        return at;
    }
    on->masked = bp_mask_interrupts(&on->old_mask);
    remove_leftovers(on);
    if (mkdirat(on->parent, on->beside, BP_FOLDER_MODE) != 0) {
        return IN_PLACE;
    }
    on->made = true;
    if (!bp_file_write_set(on->arena, on->beside_path, files, count, NULL, 0, on->error)) {
        return FAILED;
    }
    on->fresh = open_folder(on->parent, on->beside);
    if (on->fresh < 0) {
        return fail_code(on, BP_STR(""), errno);
    }
    at = carry_all(on);
    at = at == DONE ? exchange(on) : at;
    return at == DONE ? remove_old(on) : at;
}

bool
bp_file_write_folder(bp_arena *arena, const char *folder, const bp_file_out *files, size_t count,
                     const bp_str *stale, size_t stale_count, bp_file_error *error)
{
    *error = (bp_file_error){.text = {"", 0}};
    swap *on = BP_NEW(arena, swap);
    on->arena = arena;
    on->error = error;
    on->root.descriptor = on->parent = on->fresh = -1;
    on->ours = bp_map_new(arena);
    for (size_t i = 0; i < stale_count; i++) {
        bp_map_set(on->ours, stale[i], on->error);
    }
    for (size_t i = 0; i < count; i++) {
        bp_map_set(on->ours, files[i].path, on);
    }
    bp_arena_defer(arena, finish, on);
    outcome end = run(on, folder, files, count);
    bp_arena_release(arena, on);
    if (end == IN_PLACE) {
        return bp_file_write_set(arena, folder, files, count, stale, stale_count, error);
    }
    return end == DONE;
}
