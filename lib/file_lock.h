/*
 * The folder that a set of files is written into: made, opened, held by one writer at a time, and
 * what a killed writer left in it. Shared by file_write.c and file_swap.c. Private to lib/file*.c.
 */
#ifndef BP_LIB_FILE_LOCK_H
#define BP_LIB_FILE_LOCK_H

#include "lib/file.h"
#include "lib/vec.h"

#include <signal.h>

enum { BP_FOLDER_MODE = 0755 };

typedef struct bp_root {
    int descriptor;            /* -1: not open */
    BP_VEC(const char *) made; /* folders that had to be made to have it, outermost first */
} bp_root;

/*
 * Makes the folder and what is missing above it, opens it and waits for its lock, which ends with
 * the descriptor. What is opened is what stands under the path then, whoever removed or replaced
 * the folder meanwhile. False: *why says why; close and unmake as after success.
 */
bool bp_root_open(bp_arena *arena, const char *folder, bp_root *root, bp_str *why);
void bp_root_close(bp_root *root);
/* Removes the folders that were made, if they are empty. */
void bp_root_unmake(bp_root *root);

/* Waits for the lock of an open folder. Where the file system has no locks, true without. */
bool bp_lock_folder(int folder);
/* Blocks SIGINT, SIGTERM and SIGHUP; false if that failed and *old is not to be restored. */
bool bp_mask_interrupts(sigset_t *old);
/* The NAME in ".NAME.PID.part" or ".NAME.PID.old.part"; empty for anything else. */
bp_str bp_leftover_name(bp_str entry);

#endif
