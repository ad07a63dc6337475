/*
 * What AWS would find wrong with a plan after the merge: codes, paths and fields as its report of
 * effective policies has them. Holes are no faults: they were reported where they are.
 */
#ifndef BP_COMPILER_EFFECTIVE_FAULTS_H
#define BP_COMPILER_EFFECTIVE_FAULTS_H

#include "compiler/effective/merge.h"
#include "compiler/facts/facts.h"

typedef enum bp_fault_kind {
    BP_FAULT_MISSING,  /* KEY_REQUIRED */
    BP_FAULT_FEW,      /* ELEMENTS_TOO_FEW */
    BP_FAULT_MANY,     /* ELEMENTS_TOO_MANY */
    BP_FAULT_TOGETHER, /* CROSS_ATTRIBUTE_VALIDATION */
    BP_FAULT_VALUE     /* a value that no policy may have */
} bp_fault_kind;

typedef struct bp_fault {
    bp_fault_kind kind;
    const bp_node *node; /* that lacks something, or whose values do not go together */
    const char *key;     /* MISSING, FEW, MANY: the member of the node */
    bool told_elsewhere; /* a rule of its own speaks of it: not INH001 */
} bp_fault;

typedef BP_VEC(bp_fault) bp_faults;

/* The faults of a plan of an effective policy, in the order of its parts. `as_of`: the instant by
 * which the distance of runs is judged. */
void bp_plan_faults(bp_arena *arena, const bp_facts *facts, const bp_node *plan, int64_t as_of,
                    bp_faults *faults);

/* The faults of all plans that a level merges to; a NULL level has none. True if every part of them
 * was understood; else something was refused where it is written, and what AWS would say is open.
 */
bool bp_way_faults(bp_merger *merger, const bp_facts *facts, bp_way *way, int64_t as_of,
                   bp_faults *faults);

#endif
