/*
 * Stores: the places in plans that write into vaults (rules and copies), and what is known about
 * the vault in each cell that they write to.
 *
 * A vault that the project's own stack set brings into a cell is what its declaration says; else
 * the inventory speaks. The management account gets no stack set: there the inventory alone speaks.
 */
#ifndef BP_COMPILER_CHECKS_STORES_H
#define BP_COMPILER_CHECKS_STORES_H

#include "compiler/checks/cells.h"

typedef struct bp_store {
    const bp_plan_use *use;
    const bp_node *rule;
    const bp_node *node; /* the rule itself, or the copy */
    const bp_value *value;
    const bp_reference *reference; /* may be NULL */
    bp_str name;
    bp_span name_span;
    bool copy;
    bool literal;                /* written as an ARN or bare text */
    bool elsewhere;              /* a copy whose destination account is written in digits */
    const bp_account *to;        /* that account, or NULL */
    bp_region_mask regions;      /* in which it writes */
    const bp_bound_vault *vault; /* the declaration of this exact name, or NULL */
} bp_store;

typedef void bp_store_visit(void *state, const bp_store *store);

/* Calls a function with every store of a plan, or of all plans that somebody gets, in order: the
 * vault of a rule, its air-gapped vault, its copies. Names that cannot be right are left out, and
 * copies into accounts that are not there (CPY006). */
void bp_each_store_of(const bp_check_context *context, const bp_plan_use *use,
                      bp_store_visit *visit, void *state);
void bp_each_store(const bp_check_context *context, bp_store_visit *visit, void *state);

/* Vaults that are alike in the cells that a store writes to, the first of them listed; one of the
 * two is set. */
typedef struct bp_store_vault {
    const bp_vault *declared;
    const bp_org_vault *listed;
    bp_cell_rows rows; /* none for what is judged from the text alone */
} bp_store_vault;

typedef BP_VEC(bp_store_vault) bp_store_vaults;

/* A context whose arena may be reset: organizations are large, and what is found of one store is
 * not needed for the next. What families share is made before, in the arena of `context`. Its arena
 * ends by bp_arena_release(context->arena, …). */
bp_check_context bp_scratch_context(const bp_check_context *context);
/* Cells in which the vault is absent, or not known to be, are in none of them. */
bp_store_vaults bp_store_vaults_of(const bp_check_context *context, const bp_store *store);

/* Whose store it is, and where findings about it belong. */
const bp_policy *bp_store_policy(const bp_check_context *context, const bp_store *store);
/* Opt-in Regions that are closed in the account: REG003 speaks of them. */
bp_region_mask bp_closed_regions(const bp_check_context *context, const bp_account *account);
/* Regions of `wanted` that the stack set of a declared vault (may be NULL) brings to the account.
 */
bp_region_mask bp_brought_regions(const bp_check_context *context, const bp_bound_vault *vault,
                                  const bp_account *account, bp_region_mask wanted);

#endif
