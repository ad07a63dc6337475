/* `backpol check --fix` and `--write-baseline`. For compiler/cli alone. */
#ifndef BP_COMPILER_CLI_FIX_H
#define BP_COMPILER_CLI_FIX_H

#include "compiler/cli/run.h"

/* A file that fixes changed. */
typedef struct bp_fixed_file {
    bp_str path;
    bp_str before; /* as it stands on disk */
    bp_str after;
} bp_fixed_file;

typedef struct bp_fixes {
    BP_VEC(bp_fixed_file) files; /* in byte order of their paths */
    size_t count;                /* fixes that were applied */
} bp_fixes;

/* Whether the options ask for fixes. */
bool bp_fix_wanted(const bp_run *run);
/*
 * Applies the fixes of a judged session to the texts in run->overlay; policy files are laid out
 * anew. Fixes that touch each other wait for another round. The number of fixes; 0 when none is
 * left. *broken: a fix made a text that cannot be read, and nothing may be written.
 */
size_t bp_fix_round(bp_run *run, const bp_session *session, bp_fixes *fixes, bool *broken);
/* Shows or writes what changed, as the options ask for. False: said already. */
bool bp_fix_finish(bp_run *run, const bp_session *session, bp_fixes *fixes);

/* Writes the findings of a finished session into the baseline. Gives the exit code. */
int bp_baseline_store(bp_run *run, bp_session *session);

#endif
