/*
 * What the files of this folder share and nobody else includes: needs (which node of the tree needs
 * which vault where) and groups (the fewest stack set targets that cover them).
 *
 * A node is an OU or an account of the organization: OUs by their index, accounts by the number of
 * OUs plus their index. Everything lives in the arena that is passed in.
 */
#ifndef BP_COMPILER_DEPLOY_PARTS_H
#define BP_COMPILER_DEPLOY_PARTS_H

#include "compiler/deploy/deployment.h"

/* Regions in which one node needs something. */
typedef struct bp_need {
    uint32_t node;
    bp_region_mask regions;
} bp_need;

typedef BP_VEC(bp_need) bp_need_list;

/* Where one declared vault is needed. */
typedef struct bp_vault_needs {
    const bp_vault *vault;
    bp_need_list at; /* ascending nodes, each once; the management account is never one of them */
    bp_region_mask management; /* what a policy or a copy wants in the management account */
    bp_strings copies_out;     /* literal accounts, by bytes, each once */
} bp_vault_needs;

/* What one plan wants of one vault, whoever receives the plan. */
typedef struct bp_wish {
    bp_vault_needs *vault;
    bp_region_mask own;     /* in the receiving account */
    bp_region_mask foreign; /* in `account` */
    bp_str account;
} bp_wish;

typedef BP_VEC(bp_wish) bp_wishes;

typedef struct bp_needs {
    BP_VEC(bp_vault_needs) vaults; /* same order as model->vaults */
    bp_map *by_name;               /* name → bp_vault_needs * */
    bool cross_account_copies;
    bool reaches_management;
} bp_needs;

/* Walks the effective documents of all nodes: what they need, and what copies to literal accounts
 * need there. Without an organization only the copies are known. Never fails. */
bp_needs *bp_needs_collect(bp_arena *arena, const bp_model *model, const bp_effective *effective);

/* What a plan wants of declared vaults, one entry a vault and account. */
void bp_wishes_of_plan(bp_arena *arena, const bp_model *model, bp_needs *needs, const bp_node *plan,
                       bp_wishes *wishes);

/* The node of a bound target. */
uint32_t bp_node_of_target(const bp_organization *org, const bp_bound_target *target);
/* Whether a node is the management account, which no service-managed stack set reaches. */
bool bp_node_is_management(const bp_organization *org, uint32_t node);
/* Sorts by node and joins entries of one node. */
void bp_needs_settle(bp_need_list *list);

/*
 * Covers needs from the top: what an ancestor covers is not repeated below. OUs of equal Regions
 * form one group (chunks of 50), single accounts of equal Regions one with their parents as OUs.
 * OUs come first, then accounts, by Region list. `needs` is settled.
 */
void bp_groups_cover(bp_arena *arena, const bp_organization *org, const bp_need_list *needs,
                     bp_instance_groups *groups);

/* Where a role goes: its targets, in the home Region alone; the management account by a plain stack
 * if a policy reaches it or it is named. */
void bp_place_role(bp_arena *arena, const bp_model *model, const bp_needs *needs,
                   const bp_bound_role *role, bp_stack *stack);
/* Where a vault goes: what the source says about targets and Regions, else what policies need. */
void bp_place_vault(bp_arena *arena, const bp_model *model, const bp_vault_needs *needs,
                    const bp_bound_vault *vault, bp_stack *stack);
/* Counts what the groups of vaults reach and no policy needs: an OU brings a vault to all of its
 * accounts, those that a lower policy takes it away from among them. */
void bp_spare_count(bp_arena *arena, const bp_model *model, const bp_effective *effective,
                    bp_needs *needs, bp_deployment *deployment);
/* Who may copy into a vault, as templates say it. */
void bp_place_copies_in(bp_arena *arena, const bp_organization *org, const bp_bound_vault *vault,
                        bp_copy_access *access);

/* OPS010: tags and a permissions boundary that IAM refuses. False after a finding. */
bool bp_check_role_texts(bp_arena *arena, bp_diagnostics *diagnostics, const bp_bound_role *bound,
                         bp_str partition);

/* Codes of a mask in byte order. */
void bp_region_codes(const bp_facts *facts, bp_arena *arena, bp_region_mask mask,
                     bp_strings *codes);

/* Sorts by bytes and drops repeats. */
void bp_strings_settle(bp_strings *list);

#endif
