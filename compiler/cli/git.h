/*
 * Revisions of the project, read by git. For `diff` alone: no other command starts a program.
 */
#ifndef BP_COMPILER_CLI_GIT_H
#define BP_COMPILER_CLI_GIT_H

#include "compiler/cli/run.h"

typedef struct bp_git bp_git;

/* The repository that a folder (absolute) lies in; NULL: none, or git cannot be used; *why tells
 * for people. */
bp_git *bp_git_open(bp_run *run, const char *folder, bp_str *why);
/* The id of the commit that a word names; empty when it names none; *why tells. */
bp_str bp_git_commit(bp_git *git, bp_str word, bp_str *why);
/* The files of a commit below the folder; NULL when they cannot be listed; *why tells. */
const bp_file_tree *bp_git_tree(bp_git *git, bp_str commit, bp_str *why);
/* The folder as the repository names it: "" or "a/b". */
bp_str bp_git_prefix(const bp_git *git);

#endif
