/*
 * The cut of a policy that is too large, by plan: plans of different names merge side by side, so
 * several policies on the same targets give what one gave. Whoever writes policies makes the cut;
 * this says which plans go where, and how large each policy becomes.
 */
#ifndef BP_COMPILER_CHECKS_SIZE_CUT_H
#define BP_COMPILER_CHECKS_SIZE_CUT_H

#include "compiler/model/model.h"

typedef BP_VEC(const bp_node *) bp_plan_list;

/* One of the new policies. */
typedef struct bp_size_part {
    bp_plan_list plans; /* in the order of the document */
    size_t characters;  /* of the document with these plans alone, minified */
} bp_size_part;

typedef struct bp_size_cut {
    BP_VEC(bp_size_part) parts; /* empty when the document has no plans */
} bp_size_cut;

/*
 * Packs the plans of a document into policies of at most `most` characters: the largest plan first,
 * each into the first policy that has room for it. A plan that is too large alone gets a policy of
 * its own, which is then larger than `most`. What stands beside the plans stays in every policy.
 */
bp_size_cut bp_size_cut_of(bp_arena *arena, const bp_node *document, size_t most);

/* What a plan takes of a minified document, with its name, in characters. */
size_t bp_size_of_plan(bp_arena *arena, const bp_node *plan);

/* How many backup policies may be attached to a target directly. dat.c */
int64_t bp_attach_limit(const bp_facts *facts, const bp_bound_target *target);

#endif
