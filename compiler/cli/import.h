/* What `import` and `init --from-json` share: policy documents to texts. For compiler/cli alone. */
#ifndef BP_COMPILER_CLI_IMPORT_H
#define BP_COMPILER_CLI_IMPORT_H

#include "compiler/cli/run.h"

/* Imports one document; what went wrong is said or stands in the session's findings. Gives the exit
 * code. */
int bp_import_one(bp_run *run, bp_session *session, const bp_session *project,
                  const bp_import_order *order, bp_str *text);
/* "a/b/prod.json" → "prod". */
bp_str bp_import_name(bp_str path);
/* The file of a policy: its name without what a path cannot hold, and ".bpol". */
bp_str bp_import_file(bp_arena *arena, bp_str name);
/* A path for people: as it was typed. False: the file cannot be read, which is said. */
bool bp_import_read(bp_run *run, const char *typed, bp_str *text);

#endif
