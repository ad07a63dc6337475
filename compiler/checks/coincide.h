/*
 * Rules whose start windows overlap (SCH009). What shares a tag is found in twice.c, which tells
 * the two plans; rules of one plan are compared here.
 */
#ifndef BP_COMPILER_CHECKS_COINCIDE_H
#define BP_COMPILER_CHECKS_COINCIDE_H

#include "compiler/checks/cells.h"

typedef struct bp_coincidences bp_coincidences;

/* Lives in the arena of the context. */
bp_coincidences *bp_coincide_new(const bp_check_context *context);
/* Compares the rules of two plans that select one tag, the same in both, in some cells. */
void bp_coincide_meet(bp_coincidences *c, const bp_plan_use *a, const bp_plan_use *b,
                      const bp_value *tag, const bp_cell_rows *rows);
/* Compares the rules of each plan, and reports what was found in all. */
void bp_coincide_report(bp_coincidences *c);

#endif
