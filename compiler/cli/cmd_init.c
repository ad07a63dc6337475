#include "compiler/cli/import.h"
int
bp_command_init(bp_run *run)
{
    (void)run;
    return 0;
}
