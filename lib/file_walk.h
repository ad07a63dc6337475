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

/* "is a folder", "is a FIFO" … of something that is not a regular file. */
const char *bp_file_kind(mode_t mode);
/* An error told by errno. */
bp_file_error bp_file_errno(bp_arena *arena, int code);
/* A refusal in fixed words. */
bp_file_error bp_file_refusal(const char *text);

#endif
