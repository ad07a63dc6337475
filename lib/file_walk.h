/*
 * Opening below a folder without leaving it: what reading and listing of file.h share. Private to
 * lib/file*.c.
 *
 * Every component is opened by itself, never following links in the kernel; links are resolved
 * here, so that one which leaves the root is seen, whoever changes the tree meanwhile.
 */
#ifndef BP_LIB_FILE_WALK_H
#define BP_LIB_FILE_WALK_H

#include "lib/file.h"

#include <sys/stat.h>

/* A descriptor that is closed with the arena, or before by bp_handle_close. */
typedef struct bp_handle {
    int descriptor; /* -1: none */
} bp_handle;

bp_handle *bp_handle_new(bp_arena *arena);
void bp_handle_close(bp_arena *arena, bp_handle *handle);

/*
 * Opens the regular file (or, with `folder`, the folder) that the clean `path` names below `root`
 * into handle->descriptor. The empty path is the root itself. On failure *error says why.
 */
bool bp_walk_open(bp_arena *arena, const char *root, bp_str path, bool folder, bp_handle *handle,
                  bp_file_error *error);

/* A pattern of bp_file_glob, split. */
enum { BP_GLOB_SEGMENTS = 64 };

typedef struct bp_glob {
    bp_str segments[BP_GLOB_SEGMENTS];
    size_t count;
    size_t fixed;  /* leading segments without wildcards */
    bp_str start;  /* these, joined: the folder to start from */
    bool any_deep; /* has a "**" */
} bp_glob;

/* False: *error says why the pattern is refused. */
bool bp_glob_prepare(bp_arena *arena, bp_str pattern, bp_glob *on, bp_file_error *error);
bool bp_glob_matches(const bp_glob *on, bp_str path);
/* Whether the last segment is stars alone: it takes files, whatever their names, and no folder. */
bool bp_glob_takes_files_alone(const bp_glob *on);

/* "is a folder", "is a FIFO" … of something that is not a regular file. */
const char *bp_file_kind(mode_t mode);
/* An error told by errno. */
bp_file_error bp_file_errno(bp_arena *arena, int code);
/* A refusal in fixed words. */
bp_file_error bp_file_refusal(const char *text);

#endif
