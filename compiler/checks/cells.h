/*
 * Cells: which accounts and Regions a finding of the organization families is about.
 *
 * A plan with the accounts that get it is a bp_plan_use, made from the effective results; a set of
 * cells is a list of rows, one an account, with its Regions as a mask. All lists are in tree order
 * and live in the arena of the context.
 */
#ifndef BP_COMPILER_CHECKS_CELLS_H
#define BP_COMPILER_CHECKS_CELLS_H

#include "compiler/checks/checks.h"

/* One plan and the ACTIVE accounts that get it. No account: it is judged from its text alone. */
typedef struct bp_plan_use {
    const bp_policy *policy; /* who defines it */
    const bp_bound_policy *bound;
    const bp_node *plan;
    bool merged;               /* its values say whose they are */
    bool management;           /* the management account gets it */
    bp_region_mask regions;    /* that the plan names and the table knows */
    bp_region_mask usable;     /* without those of another partition or without backup policies */
    BP_VEC(uint32_t) accounts; /* indices, ascending */
} bp_plan_use;

typedef BP_VEC(bp_plan_use) bp_plan_uses;

/* What several families need and one makes: plans with their accounts, and needs (needs.h). */
struct bp_check_cache {
    bp_arena *arena; /* outlives single checks */
    const bp_plan_uses *uses;
    const struct bp_needs *needs;
    size_t *decided; /* verdicts by the number of the user's row of facts */
    size_t user_rows;
    bp_map *schedules;    /* text of a schedule → what sch.c found of it */
    bp_map *clashes;      /* two schedules with their windows → when they meet (SCH009) */
    size_t clash_steps;   /* runs that were looked at for them */
    size_t clash_omitted; /* pairs that were not compared after so many */
    bp_map *told; /* bytes of what rows are made of → the finding that has their cells first */
};

/* All plans that somebody gets, those of one document in order of declaration, then merged ones;
 * none when the stages before did not come to pass. */
const bp_plan_uses *bp_plan_uses_of(const bp_check_context *context);

typedef struct bp_cell_row {
    uint32_t account;
    bp_region_mask regions; /* 0: the account as a whole */
} bp_cell_row;

typedef BP_VEC(bp_cell_row) bp_cell_rows;

size_t bp_mask_count(bp_region_mask mask);
/* The index of the first Region of a mask, -1 for none. */
int bp_mask_first(bp_region_mask mask);
/* "us-east-1, eu-west-1". */
bp_str bp_mask_words(const bp_check_context *context, bp_region_mask mask);
/* Regions of the partition that plans are judged in: the organization's where it is known. */
bp_region_mask bp_home_regions(const bp_check_context *context);

/* Adds the cells of `b` to `a`; both in tree order. `a` must own its rows. */
void bp_cells_add(bp_arena *arena, bp_cell_rows *a, const bp_cell_rows *b);
/* The accounts of some results, in tree order; every account is in one result at most. */
typedef BP_VEC(const bp_effective_result *) bp_result_list;
bp_cell_rows bp_cells_of_results(const bp_check_context *context, const bp_result_list *results);
/* The account of the first row; there must be one. */
const bp_account *bp_cells_first(const bp_check_context *context, const bp_cell_rows *rows);
size_t bp_cells_count(const bp_cell_rows *rows);
/* Puts the cells into a finding. */
void bp_cells_tell(const bp_check_context *context, bp_finding *finding, const bp_cell_rows *rows);
/* Adds a note "Prod Account (222233334444): us-east-1, eu-west-1" for the first few rows. */
void bp_cells_note(const bp_check_context *context, bp_finding *finding, const bp_cell_rows *rows,
                   const char *what);

/* A set of accounts, for counting each once. */
typedef struct bp_account_set {
    bool *holds; /* by index; NULL while empty */
    size_t count;
} bp_account_set;

void bp_account_set_add(const bp_check_context *context, bp_account_set *set, uint32_t account);

/* Counts checks of a rule that were not made because there is no inventory; nothing for 0. */
void bp_skip_without_inventory(const bp_check_context *context, const char *code, size_t count);

/* Labels the place where a template was used; nothing for values written in place. */
void bp_finding_uses(const bp_check_context *context, bp_finding *finding, bp_span uses);
/* The item of a plan's `regions` with this code, or NULL. */
const bp_value *bp_plan_region_value(const bp_check_context *context, const bp_node *plan,
                                     int region);
/* The vault reference of a copy's destination; NULL when it is unknown or no vault ARN. */
const bp_reference *bp_copy_destination(const bp_node *copy);
/* Whether the reference stays in the account that makes the backup. */
bool bp_reference_is_own_account(const bp_reference *reference);
/* Whose value, or whose node, of a used plan it is. */
const bp_bound_policy *bp_use_value_owner(const bp_check_context *context, const bp_plan_use *use,
                                          const bp_value *value);
const bp_bound_policy *bp_use_node_owner(const bp_check_context *context, const bp_plan_use *use,
                                         const bp_node *node);
/* "", "s". */
const char *bp_plural(size_t count);

#endif
