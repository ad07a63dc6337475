/* What the parts of `backpol init` share. For compiler/cli/cmd_init.c and init_adopt.c alone. */
#ifndef BP_COMPILER_CLI_INIT_H
#define BP_COMPILER_CLI_INIT_H

#include "compiler/cli/run.h"
#include "lib/file.h"

typedef BP_VEC(bp_file_out) bp_init_files;

/* A file to write, below the start folder. */
void bp_init_add(bp_run *run, bp_init_files *files, bp_str path, bp_str text);
typedef struct bp_adopted {
    bool unattached;  /* of some policy it is not known where it is attached */
    bp_str inventory; /* of the attachments, absolute; empty: none was found */
} bp_adopted;

/* The policies in JSON below a folder, a file each. Gives the exit code; why is said. */
int bp_init_adopt(bp_run *run, const char *folder, bp_init_files *files, bp_adopted *adopted);

#endif
