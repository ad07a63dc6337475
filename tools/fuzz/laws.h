/* What the laws for policies and for documents share. */
#ifndef BP_TOOLS_FUZZ_LAWS_H
#define BP_TOOLS_FUZZ_LAWS_H

#include "compiler/backpol.h"
#include "tools/fuzz/fuzz.h"

/* A session without project and inventory, at a fixed instant. */
bp_session *fuzz_session(bp_arena *arena);
/* Every finding, label and edit lies inside of its source. */
void fuzz_check_places(fuzz_trial *trial, const bp_diagnostics *list);

#endif
