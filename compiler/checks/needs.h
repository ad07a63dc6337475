/*
 * Needs: which vaults and roles the policies of the project use, and in which cells.
 *
 * One need is one place in one policy: the same argument used for a rule and for its copy makes
 * two. Vault, role, stack set and management account families judge needs; none of them walks the
 * trees again. The management account never counts among the cells: TOP006 judges it.
 */
#ifndef BP_COMPILER_CHECKS_NEEDS_H
#define BP_COMPILER_CHECKS_NEEDS_H

#include "compiler/checks/cells.h"

typedef struct bp_need_place {
    const bp_plan_use *use;
    bp_region_mask regions; /* 0 for a role */
} bp_need_place;

typedef struct bp_vault_need {
    const bp_policy *policy;
    const bp_bound_policy *bound;
    const bp_node *node; /* the first rule or copy */
    const bp_value *value;
    bp_str name;
    bp_span name_span;
    bool copy;
    bool literal;                  /* written as an ARN or bare text */
    const bp_account *to;          /* destination account by its digits, NULL = own account */
    bool elsewhere;                /* digits are written */
    const bp_bound_vault *vault;   /* the declaration of this exact name, or NULL */
    const bp_reference *reference; /* may be NULL */
    BP_VEC(bp_need_place) places;
} bp_vault_need;

typedef struct bp_role_need {
    const bp_policy *policy;
    const bp_bound_policy *bound;
    const bp_node *node; /* the first selection or plan */
    const bp_value *value;
    const bp_reference *reference;
    const bp_bound_role *role; /* declared with this name and path, or NULL */
    BP_VEC(bp_need_place) places;
} bp_role_need;

typedef struct bp_needs {
    BP_VEC(bp_vault_need) vaults;
    BP_VEC(bp_role_need) roles;
    bp_map *slots; /* place of a need → its number */
} bp_needs;

/* What a vault or role need finds in the accounts it reaches. */
typedef struct bp_need_cells {
    size_t cells; /* all that count */
    bp_cell_rows absent;
    bp_cell_rows unknown;
    bp_cell_rows bare;            /* not covered by the declared stack set */
    const bp_org_vault *near;     /* first vault that differs only in case, in an absent cell */
    const bp_org_role *near_role; /* first role under another path or case where it is absent */
    const bp_account *near_account;
} bp_need_cells;

const bp_needs *bp_needs_of(const bp_check_context *context);
/* Judges the cells of a need; nothing without an inventory. */
void bp_vault_need_judge(const bp_check_context *context, const bp_vault_need *need,
                         bp_need_cells *cells);
void bp_role_need_judge(const bp_check_context *context, const bp_role_need *need,
                        bp_need_cells *cells);
/* The cells of a need, in tree order, without the management account; none without an inventory.
 * Opt-in Regions that are closed there are among them. Roles have no Regions. */
bp_cell_rows bp_vault_need_rows(const bp_check_context *context, const bp_vault_need *need);
bp_cell_rows bp_role_need_rows(const bp_check_context *context, const bp_role_need *need);
/* All Regions that a need wants in an account. */
bp_region_mask bp_need_regions(const bp_vault_need *need);
/* A declared vault whose name differs only in letter case, or NULL. */
const bp_bound_vault *bp_vault_other_case(const bp_model *model, bp_str name);

/* Whether a role is the one that the console makes where somebody uses AWS Backup there. */
bool bp_role_is_default(const bp_reference *role);

#endif
