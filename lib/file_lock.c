/*
 * The folder of a set of files: making what is missing of it, one writer at a time, and the names
 * of temporaries. The lock is the folder's own, so that nothing lies about when its holder is
 * killed; a holder may also replace the folder, which those who waited have to notice. Not for
 * files.
 */
#include "lib/file_lock.h"

#include "lib/file_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

enum { TRIES = 64 };

static bp_str
words_of(bp_arena *arena, const char *path, int code)
{
    return bp_str_format(arena, "cannot write \"%s\": %.*s", path,
                         BP_ARG(bp_file_errno(arena, code).text));
}

static bool
make_folders(bp_arena *arena, const char *folder, bp_root *root, bp_str *why)
{
    bp_str path = bp_str_of(folder);
    for (size_t end = 1; end <= path.size; end++) {
        if (end < path.size && path.at[end] != '/') {
            continue;
        }
        const char *each = bp_arena_copy(arena, path.at, end);
        *bp_vec_add(arena, &root->made) = each;
        if (mkdir(each, BP_FOLDER_MODE) == 0) {
            chmod(each, BP_FOLDER_MODE);
            continue;
        }
        int code = errno;
        struct stat found;
        root->made.count--;
        /* EACCES and EROFS may come before EEXIST, of a folder that is there all the same. */
        bool there =
            code == EEXIST || code == EISDIR || (end < path.size && stat(each, &found) == 0);
        if (!there) {
            *why = words_of(arena, each, code);
            return false;
        }
    }
    return true;
}

bool
bp_lock_folder(int folder)
{
    while (flock(folder, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return errno == ENOLCK || errno == EOPNOTSUPP || errno == ENOSYS || errno == EBADF ||
                   errno == EINVAL;
        }
    }
    return true;
}

/* Whether the open folder still is what stands under the path. */
static bool
still_stands(const char *folder, int descriptor, bool *failed)
{
    struct stat held;
    struct stat now;
    *failed = fstat(descriptor, &held) != 0;
    return !*failed && held.st_nlink > 0 && stat(folder, &now) == 0 && now.st_dev == held.st_dev &&
           now.st_ino == held.st_ino;
}

bool
bp_root_open(bp_arena *arena, const char *folder, bp_root *root, bp_str *why)
{
    root->descriptor = -1;
    for (int i = 0; i < TRIES; i++) {
        if (!make_folders(arena, folder, root, why)) {
            return false;
        }
        root->descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (root->descriptor < 0) {
            int code = errno;
            *why =
                code == ENOTDIR
                    ? bp_str_format(arena, "cannot write \"%s\": is a file, not a folder", folder)
                    : words_of(arena, folder, code);
            return false;
        }
        bool failed = false;
        if (!bp_lock_folder(root->descriptor)) {
            *why = words_of(arena, folder, errno);
            return false;
        }
        if (still_stands(folder, root->descriptor, &failed)) {
            return true;
        }
        if (failed) {
            *why = words_of(arena, folder, errno);
            return false;
        }
        bp_root_close(root);
    }
    *why = bp_str_format(arena, "cannot write \"%s\": other writers keep replacing the folder",
                         folder);
    return false;
}

void
bp_root_close(bp_root *root)
{
    if (root->descriptor >= 0) {
        close(root->descriptor);
        root->descriptor = -1;
    }
}

void
bp_root_unmake(bp_root *root)
{
    for (size_t i = root->made.count; i-- > 0;) {
        rmdir(root->made.at[i]);
    }
    root->made.count = 0;
}

bool
bp_mask_interrupts(sigset_t *old)
{
    sigset_t interrupts;
    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    sigaddset(&interrupts, SIGTERM);
    sigaddset(&interrupts, SIGHUP);
    return sigprocmask(SIG_BLOCK, &interrupts, old) == 0;
}

bp_str
bp_leftover_name(bp_str entry)
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
