/*
 * Effective policies: what each account really gets.
 *
 * The policies on the way from the root to an account are merged level by level (merge.h). Results
 * are made once for each distinct way, not once for each account, and a way shares everything with
 * the way above it that its own policies do not touch.
 */
#ifndef BP_COMPILER_EFFECTIVE_EFFECTIVE_H
#define BP_COMPILER_EFFECTIVE_EFFECTIVE_H

#include "compiler/effective/merge.h"

/* One plan that the accounts of a result get. */
typedef struct bp_effective_plan {
    const bp_node *plan;
    const bp_policy *policy; /* who defines it; in a merged plan every value says whose it is */
    const bp_bound_policy *bound;
    bool merged;     /* more than the text of one document */
    bp_merged *from; /* with all places that are in it */
} bp_effective_plan;

/* What a set of accounts gets, all alike. */
typedef struct bp_effective_result {
    BP_VEC(uint32_t) accounts; /* indices, ascending: ACTIVE accounts only */
    BP_VEC(const bp_effective_plan *) plans;
    BP_VEC(const bp_bound_policy *) policies; /* reaching, in order of declaration */
    bool includes_management;
    bp_way *way; /* from the root */
} bp_effective_result;

/*
 * Without an organization there is one result with no account for each policy: "one unnamed
 * account" with the complete plans of that policy. With one, policies that reach no ACTIVE account
 * stand likewise at the end.
 */
typedef struct bp_effective {
    BP_VEC(bp_effective_result) results; /* by first account */
    /* All plans of the results, each once: first those that are one document's own, in order of
     * declaration, then merged ones by their first result. */
    BP_VEC(bp_effective_plan) plans;
    bool named;            /* false: no organization, accounts are unnamed */
    bp_merger *merger;     /* for asking levels about their documents */
    bp_way **ou_ways;      /* by OU; NULL entries: nothing is attached up to there */
    bp_way **account_ways; /* by account; those of any state */
} bp_effective;

bool bp_effective_evaluate(bp_arena *arena, const bp_model *model, bp_effective **effective);

/* The levels of all OUs and accounts of an organization, for policies attached by their targets.
 * Peers stand in the order of attachment where the inventory tells it, else of declaration. */
void bp_effective_ways(bp_arena *arena, const bp_model *model, bp_merger *merger, bp_way ***ou_ways,
                       bp_way ***account_ways);

/* Whose a value of a plan is, and the policy with its targets; `otherwise` for plans of one
 * document. NULL values are allowed. */
const bp_bound_policy *bp_value_writer(const bp_model *model, const bp_value *value,
                                       const bp_bound_policy *otherwise);
const bp_bound_policy *bp_node_writer(const bp_model *model, const bp_node *node,
                                      const bp_bound_policy *otherwise);

/* The Regions of a plan that the table knows, as a mask; holes and unknown codes are left out. */
bp_region_mask bp_plan_regions(const bp_facts *facts, const bp_node *plan);

#endif
