/*
 * Rows of a project's own for the fact tables: a YAML list of {table, key, set, reason, date}.
 */
#ifndef BP_COMPILER_PROJECT_FACTS_EXTRA_H
#define BP_COMPILER_PROJECT_FACTS_EXTRA_H

#include "compiler/facts/facts.h"
#include "lib/diagnostic.h"

/*
 * Puts the rows of a file on top of the tables of *facts, which is then another handle in the
 * arena. False when the file cannot be used: reported (CFG001, SYN codes of YAML), *facts stays.
 */
bool bp_facts_extra_read(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source,
                         const bp_facts **facts);

#endif
