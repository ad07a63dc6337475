/*
 * Files: reading what a stranger may have put there, and writing so that the old or the new stands,
 * never half of it.
 *
 * Reading opens below a root folder, component by component, without following links out of it;
 * only regular files are read (a FIFO, device, folder, dangling link or loop is a clear refusal),
 * under a size cap. Writing goes into a temporary file in the same folder, with a full write loop,
 * fsync, a checked close and rename. Errors are returned as text for people, without file content.
 */
#ifndef BP_LIB_FILE_H
#define BP_LIB_FILE_H

#include "lib/text.h"

typedef struct bp_file_error {
    bp_str text;  /* "is a folder", "No such file or directory" … ; empty = no error */
    bool missing; /* nothing stands there */
    bool outside; /* absolute, "..", or a link that leaves the root */
    bool too_large;
    bool replaced; /* writing: the new set stands all the same, only tidying up behind it failed */
} bp_file_error;

/*
 * Reads a whole file below `root` (a folder on disk, zero-terminated). `path` is relative; absolute
 * paths, "..", NUL and links that leave the root are refused. At most `cap` bytes.
 */
bool bp_file_read(bp_arena *arena, const char *root, bp_str path, size_t cap, bp_str *text,
                  bp_file_error *error);
/* Whether a part of a relative path below `root` is a link, wherever it leads. */
bool bp_file_is_link(bp_arena *arena, const char *root, bp_str path);
/* The same for a path that the user typed: anywhere, relative to the working directory. */
bool bp_file_read_anywhere(bp_arena *arena, const char *path, size_t cap, bp_str *text,
                           bp_file_error *error);

/*
 * Whether a folder to write to lies below `root`: a relative path whose existing part no link leads
 * out. What is not there yet is fine; a file in its place is refused.
 */
bool bp_file_inside(bp_arena *arena, const char *root, bp_str path, bp_file_error *error);

typedef struct bp_file_list {
    bp_str *at;
    size_t count;
} bp_file_list;

/*
 * Paths below `root` that match a glob (as in the manifest: '*' and '?' inside a segment, "**" any
 * number of segments; names that begin with a dot match only if the segment does), in byte order.
 * Links to folders are not entered. What matches and is no regular file (a FIFO, a dangling link, a
 * folder named like a file) is listed too, so that reading it refuses it aloud. No match is an
 * empty list; more than `limit` is an error.
 */
bool bp_file_glob(bp_arena *arena, const char *root, bp_str pattern, size_t limit,
                  bp_file_list *files, bp_file_error *error);

/* "a/./b//c" → "a/b/c". False for absolute paths, "..", NUL, an empty result. */
bool bp_path_clean(bp_arena *arena, bp_str path, bp_str *clean);
/* The folder part of a path ("" for none) and a join with one '/'. */
bp_str bp_path_folder(bp_str path);
bp_str bp_path_join(bp_arena *arena, bp_str folder, bp_str name);

/* One file of a set to write; paths are clean and relative to the set's folder. */
typedef struct bp_file_out {
    bp_str path;
    bp_str text;
    bool executable; /* 0755, else 0644, whatever the umask */
    bool keep_mode;  /* instead the permissions of the file that stands there, if there is one */
} bp_file_out;

/*
 * Writes a set of files into `folder` (made if missing), the last one in the list last of all
 * ("manifest last"), each by temporary file, fsync and rename; first all temporaries, then all
 * renames, so that a full disk changes nothing. Before the last rename it removes `stale` (paths
 * relative to the folder; missing ones are fine), in the end folders that became empty by that. A
 * lock on the folder itself serialises two writers; SIGINT, SIGTERM and SIGHUP are blocked while
 * renaming. On failure the old files are put back, the temporaries removed, and *error says which
 * file and why. Nothing is written through links inside the folder. Names like ".NAME.1.old.part"
 * in a folder of the set are its own. A writer that is killed may leave some files new and some
 * old.
 */
bool bp_file_write_set(bp_arena *arena, const char *folder, const bp_file_out *files, size_t count,
                       const bp_str *stale, size_t stale_count, bp_file_error *error);

/*
 * The same for a folder that is ours as a whole, in one step: the new folder is made beside
 * the old one, as ".NAME.PID.part", everything in the old one that is neither in `files` nor in
 * `stale` is linked into it, and the two names are exchanged; then the old one is removed. Whoever
 * looks, and however the writer ends, killed included, sees the whole old set or the whole new
 * one; what a killed writer left beside is removed by the next. The folder gets a new inode, files
 * of others keep theirs. Where that cannot be (no exchange in the file system, a mount point, a
 * folder above that is not ours to write, folders of another owner, more than 10,000 files of
 * others), as bp_file_write_set.
 */
bool bp_file_write_folder(bp_arena *arena, const char *folder, const bp_file_out *files,
                          size_t count, const bp_str *stale, size_t stale_count,
                          bp_file_error *error);

#endif
