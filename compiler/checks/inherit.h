/* What inherit.c and inherit_events.c share. For those two alone. */
#ifndef BP_COMPILER_CHECKS_INHERIT_H
#define BP_COMPILER_CHECKS_INHERIT_H

#include "compiler/checks/cells.h"
#include "compiler/effective/faults.h"

enum { BP_INHERIT_OTHERS = 4 };

/* A level, and the results whose way goes through it. */
typedef struct bp_inherit_level {
    const bp_way *way;
    bp_result_list results;
} bp_inherit_level;

/* One cause with the accounts that it is about. */
typedef struct bp_inherit_cause {
    const bp_merge_event *event; /* NULL: INH001 */
    bp_fault fault;
    const bp_effective_plan *plan;
    const bp_effective_result *result;       /* the first one that has the plan */
    BP_VEC(const bp_inherit_level *) levels; /* where the event happened */
    bp_result_list results;                  /* of INH001 */
    /* Of conflicts and weakened settings: events of the same place with other policies, a few. */
    BP_VEC(const bp_merge_event *) others;
} bp_inherit_cause;

/* A finding at a place of a part, with its scope. */
bp_finding *bp_inherit_start(const bp_check_context *context, const char *code, const bp_part *part,
                             bp_span span, bp_span uses, bp_str message);
/* The finding of a cause that has an event. */
bp_finding *bp_inherit_report(const bp_check_context *context, const bp_inherit_cause *found);

#endif
