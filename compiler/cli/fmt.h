/* What the parts of `backpol fmt` share. For compiler/cli/cmd_fmt.c and fmt_input.c alone. */
#ifndef BP_COMPILER_CLI_FMT_H
#define BP_COMPILER_CLI_FMT_H

#include "compiler/cli/run.h"

/* Whether the run writes: neither --check nor --diff is given. */
bool bp_fmt_writes(const bp_run *run);
/* Says on standard output that a file changed or would change, and how, as far as options ask. */
void bp_fmt_tell(bp_run *run, bp_str path, bp_str before, bp_str after);
/* Renders findings, if there are any, or if a program or a file waits for the report. False: said
 * already. */
bool bp_fmt_report(bp_run *run, bp_session *session);
/* `backpol fmt -`: gives the exit code. */
int bp_fmt_input(bp_run *run);

#endif
