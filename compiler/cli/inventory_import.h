/* What the files of `inventory import` share. For compiler/cli alone. */
#ifndef BP_COMPILER_CLI_INVENTORY_IMPORT_H
#define BP_COMPILER_CLI_INVENTORY_IMPORT_H

#include "compiler/cli/run.h"
#include "compiler/inventory/survey.h"
#include "lib/file.h"

typedef struct bp_importing {
    bp_run *run;
    bp_session *session; /* its findings and sources */
    bp_survey *survey;
    bp_str into; /* text of the inventory that was started from */
    bool broken; /* an inventory that cannot be used; reported */
} bp_importing;

/* Reads a file, a folder or standard input into the survey; what is wrong is reported. */
void bp_import_input(bp_importing *all, const char *typed);
/* Reads the inventory to start from. False: said or reported. */
bool bp_import_inventory(bp_importing *all, const char *typed);

#endif
