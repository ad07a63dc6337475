/*
 * Causes of findings about copies: gathered first, one for each policy, copy and reason, and told
 * when all plans were seen.
 */
#ifndef BP_COMPILER_CHECKS_COPY_CAUSE_H
#define BP_COMPILER_CHECKS_COPY_CAUSE_H

#include "compiler/checks/cells.h"

typedef struct bp_copy_cause {
    const char *code;
    const bp_policy *policy;
    const bp_node *copy;
    const bp_plan_use *use;
    bp_severity severity; /* BP_OFF: decided when told */
    int region;           /* of the destination */
    bool partly;          /* the pattern takes types that can be copied, too */
    bool sure;            /* CPY004: known to be off */
    const bp_node *selection;
    const bp_copy_exception *row;
    bp_span named_at; /* where a type is named first */
    BP_VEC(const bp_type *) types;
    bp_cell_rows rows;
} bp_copy_cause;

typedef struct bp_copy_causes {
    const bp_check_context *context;
    BP_VEC(bp_copy_cause *) list;
    size_t unknown_support; /* types of which the tables do not say whether they are copied */
    size_t unknown_air_gap; /* the same, into an air-gapped vault */
} bp_copy_causes;

/* The cause of a code and severity at a copy of the policy; new if there is none yet. */
bp_copy_cause *bp_copy_cause_of(bp_copy_causes *causes, const char *code, const bp_plan_use *use,
                                const bp_node *copy, bp_severity severity);
void bp_copy_cause_rows(bp_copy_causes *causes, bp_copy_cause *cause, const bp_cell_rows *rows);
/* Adds a type once. `span`: where it is named; may not exist. */
void bp_copy_cause_type(bp_copy_causes *causes, bp_copy_cause *cause, const bp_type *type,
                        bp_span span);
/* Reports all causes. */
void bp_copy_causes_report(bp_copy_causes *causes);

#endif
