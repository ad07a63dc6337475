/*
 * A tree of files in memory: what stands in a revision, read by the same rules as a folder on disk.
 *
 * Paths are looked up component by component; links are followed inside the tree alone, and one
 * that leaves it, a loop and a link to nothing are the refusals of file.h. Contents are fetched
 * when they are read, after their owner has seen the cap.
 */
#ifndef BP_LIB_FILE_TREE_H
#define BP_LIB_FILE_TREE_H

#include "lib/file.h"

typedef enum bp_tree_kind {
    BP_TREE_FILE,
    BP_TREE_LINK,
    BP_TREE_MODULE /* a folder whose content is another repository's: nothing is known of it */
} bp_tree_kind;

typedef struct bp_tree_file {
    bp_str path; /* clean, below the root of the tree */
    bp_tree_kind kind;
    bp_str id; /* for its owner, to find the content by */
} bp_tree_file;

/* Gives the content of a file, or the target of a link, if it has no more than `cap` bytes. */
typedef bool bp_tree_fetch(void *context, bp_arena *arena, const bp_tree_file *file, size_t cap,
                           bp_str *text, bp_file_error *error);

typedef struct bp_file_tree bp_file_tree;

/* An empty tree. Texts of what is added must live as long. */
bp_file_tree *bp_file_tree_new(bp_arena *arena, bp_tree_fetch *fetch, void *context);
/* Adds a file; false when its path is not clean or stands already: it is left out. */
bool bp_file_tree_add(bp_file_tree *tree, const bp_tree_file *file);

/* bp_file_read and bp_file_glob, in the tree. */
bool bp_file_tree_read(bp_arena *arena, const bp_file_tree *tree, bp_str path, size_t cap,
                       bp_str *text, bp_file_error *error);
bool bp_file_tree_glob(bp_arena *arena, const bp_file_tree *tree, bp_str pattern, size_t limit,
                       bp_file_list *files, bp_file_error *error);

#endif
