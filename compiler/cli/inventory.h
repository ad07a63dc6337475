/* The parts of `backpol inventory`. For compiler/cli alone. */
#ifndef BP_COMPILER_CLI_INVENTORY_H
#define BP_COMPILER_CLI_INVENTORY_H

#include "compiler/cli/run.h"

/* Each takes the words after its own name, gives an exit code, and has said why. */
bp_command bp_inventory_check;
bp_command bp_inventory_commands;
bp_command bp_inventory_import;
bp_command bp_inventory_list;

/* A session with the manifest and the inventory of the run read, or the one that was typed (may be
 * NULL). org is NULL where the inventory is broken, which findings tell. NULL: said already. */
bp_session *bp_inventory_open(bp_run *run, const char *typed);

/* The list of parts, for the help of the command. */
void bp_inventory_help(bp_output *out);

#endif
