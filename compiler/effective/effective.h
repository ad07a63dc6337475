/*
 * Effective policies: what each account really gets.
 *
 * This is the seam that the evaluator of merged policies will fill. Until then the plans of an
 * account are those of all policies that reach it, side by side; two policies that meet in an
 * account with one plan name are an error (NAM006), so side by side and merged are the same
 * wherever no error is reported. Results are made once per distinct set of reaching policies, not
 * once per account.
 */
#ifndef BP_COMPILER_EFFECTIVE_EFFECTIVE_H
#define BP_COMPILER_EFFECTIVE_EFFECTIVE_H

#include "compiler/model/model.h"

/* One plan that the accounts of a result get. */
typedef struct bp_effective_plan {
    const bp_node *plan;
    const bp_policy *policy; /* where its leaves come from */
} bp_effective_plan;

/* What a set of accounts gets, all alike. */
typedef struct bp_effective_result {
    BP_VEC(uint32_t) accounts; /* indices, ascending: ACTIVE accounts only */
    BP_VEC(bp_effective_plan) plans;
    BP_VEC(const bp_bound_policy *) policies; /* reaching, in order of declaration */
    bool includes_management;
} bp_effective_result;

/*
 * Without an organization there is one result with no account for each policy: "one unnamed
 * account" with the complete plans of that policy. With one, policies that reach no ACTIVE account
 * stand likewise at the end.
 */
typedef struct bp_effective {
    BP_VEC(bp_effective_result) results; /* by first account */
    bool named;                          /* false: no organization, accounts are unnamed */
} bp_effective;

bool bp_effective_evaluate(bp_arena *arena, const bp_model *model, bp_effective **effective);

/* The Regions of a plan that the table knows, as a mask; holes and unknown codes are left out. */
bp_region_mask bp_plan_regions(const bp_node *plan);

#endif
