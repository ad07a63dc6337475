/* What merge.c and merge_value.c share. For those two alone. */
#ifndef BP_COMPILER_EFFECTIVE_MERGE_PARTS_H
#define BP_COMPILER_EFFECTIVE_MERGE_PARTS_H

#include "compiler/effective/merge.h"

/* Adds an event to a level; nothing where there is none. */
void bp_merge_tell(bp_merger *merger, bp_way *level, bp_merge_event event);
/* Whether the levels above left an operator to this one. */
bool bp_merged_allows(const bp_merged *node, int operator_);
/* The part that took an operator away; without a node if nobody did. */
bp_part bp_merged_limit(const bp_merged *node, int operator_);
/* Lets the operators of the parts work on the value of a node. */
void bp_merge_values(bp_merger *merger, bp_merged *node, const bp_parts *parts, bp_way *level);

#endif
