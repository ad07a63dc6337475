/*
 * Coverage: which accounts, Regions and resources are reached by no plan, which are left out with a
 * reason, and where copies lie.
 *
 * Accounts with the same plans and the same resources share one answer. Everything lives in the
 * arena; texts are those of the organization and the manifest.
 */
#ifndef BP_COMPILER_COVERAGE_COVERAGE_H
#define BP_COMPILER_COVERAGE_COVERAGE_H

#include "compiler/coverage/selected.h"
#include "compiler/effective/effective.h"

typedef enum bp_cover_state {
    BP_COVER_REACHED,    /* some plan */
    BP_COVER_NONE,       /* active, and no plan */
    BP_COVER_UNKNOWN,    /* no plan, but one that could not be read or bound may reach it; or nobody
                            knows whether it is active */
    BP_COVER_EXEMPT,     /* no plan, with a reason of the manifest */
    BP_COVER_MANAGEMENT, /* no plan, the management account, and nobody asked for it */
    BP_COVER_INACTIVE    /* nothing is expected of it */
} bp_cover_state;

/* Where copies of an account's plans go. */
typedef struct bp_cover_copy {
    bp_str vault;
    bp_str account; /* "$account": the own one */
    int region;     /* index; -1: not known */
} bp_cover_copy;

/* Resources of one row, by how plans take them. The masks are disjoint. */
typedef struct bp_cover_row {
    const bp_resource_row *row;
    bp_region_mask reached;
    bp_region_mask missed;  /* in a Region of some plan, taken by none */
    bp_region_mask outside; /* in a Region in which no plan runs */
    bp_region_mask unknown;
} bp_cover_row;

typedef BP_VEC(bp_cover_row) bp_cover_rows;
typedef BP_VEC(bp_cover_copy) bp_cover_copies;

/* What accounts with the same plans and resources share. */
typedef struct bp_cover_answer {
    const bp_effective_result *result; /* NULL: no policy reaches them */
    const bp_resource_set *resources;  /* NULL: unknown */
    bp_region_mask regions;            /* in which some plan runs */
    bool regions_open;                 /* some plan's Regions are not known */
    bp_region_mask outside;            /* that hold resources and no plan */
    bp_cover_rows rows;
    bp_cover_copies copies;
    bool copies_open; /* some destination is not known */
} bp_cover_answer;

/* `account` or `ou` of an exemption, found. */
typedef struct bp_bound_exemption {
    const bp_exemption *exemption;
    uint32_t first; /* accounts: [first, end) */
    uint32_t end;
    bool found;
    size_t used; /* accounts that would be uncovered without it */
} bp_bound_exemption;

typedef struct bp_account_cover {
    bp_cover_state state;
    const bp_cover_answer *answer;
    const bp_bound_exemption *exemption; /* of EXEMPT */
    bp_region_mask received;             /* where copies of other accounts arrive */
    bp_region_mask enabled; /* opt-in Regions that are enabled, without a plan and without resources
                               that are known */
} bp_account_cover;

/* Accounts without a plan that lack it for one reason: no policy is attached to their OU or above.
 */
typedef struct bp_cover_gap {
    const bp_ou *ou;
    bool whole; /* all that is expected below the OU; else accounts that stand in it */
    BP_VEC(uint32_t) accounts;
    const bp_ou *nearest; /* the nearest OU that has a policy; NULL for none */
    const bp_bound_policy *policy;
} bp_cover_gap;

typedef struct bp_coverage {
    const bp_organization *org;
    bool open;                               /* some policy or target could not be read or bound */
    bp_account_cover *accounts;              /* by index */
    BP_VEC(bp_bound_exemption) exemptions;   /* in written order */
    BP_VEC(bp_cover_gap) gaps;               /* in tree order */
    size_t counts[BP_COVER_INACTIVE + 1];    /* accounts by state */
    BP_VEC(const bp_cover_answer *) answers; /* each once, by first account */
} bp_coverage;

/* Regions in which a plan can run: those of the organization's partition where backup policies
 * work. */
bp_region_mask bp_policy_regions(const bp_facts *facts, const bp_organization *org);

/* The organization must be there. */
const bp_coverage *bp_coverage_of(bp_arena *arena, const bp_model *model,
                                  const bp_effective *effective, const bp_manifest *manifest);

#endif
