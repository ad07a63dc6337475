/*
 * The model: policies bound to the organization — which targets exist, which accounts each policy
 * reaches, which cells (account × Region) a declared vault or role will be deployed to.
 *
 * Three states: without an organization (org NULL) nothing is reached and checks that need it are
 * skipped; with one, a target that did not bind is a hole, reported once. Sets of accounts are
 * ranges of org->accounts, sorted and disjoint.
 */
#ifndef BP_COMPILER_MODEL_MODEL_H
#define BP_COMPILER_MODEL_MODEL_H

#include "compiler/organization/organization.h"
#include "compiler/policy/program.h"
#include "compiler/project/manifest.h"

typedef struct bp_range {
    uint32_t first; /* indices of accounts: [first, end) */
    uint32_t end;
} bp_range;

typedef BP_VEC(bp_range) bp_ranges;

/* A target that was found: an OU (root included) or an account. */
typedef struct bp_bound_target {
    const bp_target_ref *ref;
    const bp_ou *ou;           /* NULL for an account */
    const bp_account *account; /* NULL for an OU */
    bp_str id;                 /* of the OU, root or account */
    bool self_is_organization; /* `organization` of allow_copies_from */
} bp_bound_target;

typedef BP_VEC(bp_bound_target) bp_bound_targets;

typedef struct bp_bound_policy {
    const bp_policy *policy;
    bp_bound_targets targets; /* in written order, those that were found */
    bool holes;               /* some target was not found */
    bp_ranges reach;          /* ACTIVE accounts and others alike; use bp_account_counts */
    bool reaches_management;  /* also when the tree lacks that account and the root is a target */
} bp_bound_policy;

/* Where the project deploys a declared vault. */
typedef struct bp_bound_vault {
    const bp_vault *vault;
    bool placed_by_need; /* neither deploy_to nor regions is written: wherever policies need it */
    bp_bound_targets targets; /* of deploy_to */
    bp_ranges
        accounts; /* at or below them; the management account left out: stack sets never go there */
    bp_region_mask regions;        /* of `regions`; all when not written */
    bool region_holes;             /* some Region of `regions` is not known */
    bp_bound_targets copy_sources; /* of allow_copies_from */
    bool copy_source_holes;
    bool holes; /* some target of deploy_to was not found */
} bp_bound_vault;

typedef struct bp_bound_role {
    const bp_role *role;
    bp_bound_targets targets;
    bp_ranges accounts; /* without the management account */
    bool holes;
} bp_bound_role;

typedef struct bp_model {
    const bp_facts *facts;
    const bp_program *program;
    const bp_organization *org; /* NULL: no inventory */
    bp_str partition;
    bp_str home_region;
    BP_VEC(bp_bound_policy) policies; /* same order as program->policies */
    BP_VEC(bp_bound_vault) vaults;    /* same order as program->vaults */
    BP_VEC(bp_bound_role) roles;
    bp_map *vault_by_name; /* exact name → bp_bound_vault * */
    bp_map *role_by_name;  /* exact name → bp_bound_role * */
} bp_model;

/* Binds; reports TOP001, TOP002 (targets, vault and role targets). False only if nothing can
 * follow. */
bool bp_bind(bp_arena *arena, bp_diagnostics *diagnostics, const bp_program *program,
             const bp_organization *org, const bp_manifest *manifest, bp_model **model);

/* Whether checks expect anything of an account: active ones only. */
bool bp_account_counts(const bp_account *account);
bool bp_ranges_hold(const bp_ranges *ranges, uint32_t account);
/* Sorts ranges and joins those that touch. */
void bp_ranges_settle(bp_ranges *ranges);
/* Takes one account out of settled ranges. */
void bp_ranges_remove(bp_arena *arena, bp_ranges *ranges, uint32_t account);
/* ACTIVE accounts in the ranges. */
size_t bp_ranges_active(const bp_organization *org, const bp_ranges *ranges);
uint32_t bp_account_index(const bp_organization *org, const bp_account *account);

/* The declared vault or role of an exact name, bound; NULL if the project declares none. */
const bp_bound_vault *bp_model_vault(const bp_model *model, bp_str name);
const bp_bound_role *bp_model_role(const bp_model *model, bp_str path, bp_str name);
/* Whether the project's stack sets provide the vault in (account, Region): declared, not in the
 * management account, and placed by need or by targets and Regions that cover the cell. A target
 * or Region that did not bind may cover it: a declaration with holes provides everywhere. */
bool bp_model_provides_vault(const bp_model *model, const bp_bound_vault *vault,
                             const bp_account *account, int region);
bool bp_model_provides_role(const bp_model *model, const bp_bound_role *role,
                            const bp_account *account);

/* Indented text for `dump --stage=model`; schedules in words, with the first run after as_of. */
void bp_model_dump(const bp_model *model, int64_t as_of, bp_buf *out);

#endif
