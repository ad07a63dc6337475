/*
 * Targets: finds what root, ou("…") and account("…") name in the organization, and says what is
 * near when nothing is there (TOP001, TOP002).
 */
#ifndef BP_COMPILER_MODEL_TARGETS_H
#define BP_COMPILER_MODEL_TARGETS_H

#include "compiler/model/model.h"

typedef struct bp_target_finder {
    bp_arena *arena;
    bp_diagnostics *diagnostics;
    const bp_organization *org;
    bool ous_complete;      /* every OU of the tree is known */
    bool accounts_complete; /* every account of the tree is known */
    size_t offers;          /* words still to be offered for suggestions, all targets together */
} bp_target_finder;

bp_target_finder bp_target_finder_new(bp_arena *arena, bp_diagnostics *diagnostics,
                                      const bp_organization *org);
/* False: not found, which is reported unless the inventory does not know or it was before. */
bool bp_target_find(bp_target_finder *finder, const bp_target_ref *ref, bp_bound_target *found);

#endif
