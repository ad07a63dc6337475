/*
 * What removals.c and remove_instances.c share.
 */
#ifndef BP_COMPILER_EMIT_REMOVAL_PARTS_H
#define BP_COMPILER_EMIT_REMOVAL_PARTS_H

#include "compiler/emit/parts.h"

typedef struct removing {
    bp_emission *emission;
    bp_buf plan; /* cli/remove.tsv */
} removing;

/* Writes the input and lists the removal. */
void bp_removal_add(removing *r, const bp_removal *row, const bp_json *body);

/* Instances of a stack set that it has no target for any more; all of them where `now` is NULL or
 * has no groups. */
void bp_remove_instances(removing *r, const bp_previous_stack *set, const bp_stack *now);

#endif
