/*
 * `extend`: finds what a block changes, and adds what AWS demands of a document by itself.
 *
 * Runs after binding and before evaluation, and is the only stage that adds to documents: the form
 * of a selection that says none, and the inherited members of extend_supply.c. JSON documents are
 * left as they are.
 */
#ifndef BP_COMPILER_EFFECTIVE_EXTEND_H
#define BP_COMPILER_EFFECTIVE_EXTEND_H

#include "compiler/effective/merge.h"
#include "lib/diagnostic.h"

/* Settles all policies of a model: reports INH012 where nothing is extended, INH013 where members
 * are missing and cannot be supplied. `whole`: the model has all policies of the project; else what
 * is not found may stand elsewhere, and is counted as not checked. */
void bp_extend_settle(bp_arena *arena, bp_diagnostics *diagnostics, const bp_model *model,
                      bool whole);

#endif
