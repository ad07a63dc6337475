/*
 * The deployment: what goes where, in which order. Emitters read this and nothing else.
 *
 * Computed from the model and the effective policies: which stack sets there are, their instance
 * groups, plain stacks for the management account, policies with their text and targets. Everything
 * is in its final order: roles, then vaults, each by slug; policies in order of declaration;
 * Regions and ids by bytes.
 */
#ifndef BP_COMPILER_DEPLOY_DEPLOYMENT_H
#define BP_COMPILER_DEPLOY_DEPLOYMENT_H

#include "compiler/effective/effective.h"

typedef BP_VEC(bp_str) bp_strings;

/* One group of instances: CreateStackInstances takes one at a time. */
typedef struct bp_instance_group {
    bp_strings ous;      /* OU or root ids, 1 to 50 */
    bp_strings accounts; /* ids, for account_filter_type INTERSECTION; empty: all below the OUs */
    bp_strings regions;
} bp_instance_group;

typedef BP_VEC(bp_instance_group) bp_instance_groups;

typedef enum bp_stack_kind { BP_STACK_ROLE, BP_STACK_VAULT } bp_stack_kind;

/* Who may copy into or out of a vault, in the words of templates. */
typedef struct bp_copy_access {
    bool organization;   /* aws:PrincipalOrgID */
    bp_strings ou_paths; /* aws:PrincipalOrgPaths: o-…/r-…/ou-…/ with a star at the end */
    bp_strings accounts;
} bp_copy_access;

/* One declared role or vault that is deployed somewhere. */
typedef struct bp_stack {
    bp_stack_kind kind;
    bp_str name; /* of the role or vault */
    bp_str slug;
    bp_str stack_name; /* backpol-KIND-SLUG */
    const bp_role *role;
    const bp_vault *vault;
    unsigned permits;         /* roles: BP_PERMIT_ bits, as bp_role_permits gives them */
    bp_copy_access copies_in; /* vaults: allow_copies_from */
    bp_strings copies_out; /* vaults: literal destination accounts of copies out of it, by bytes */
    bp_instance_groups groups;     /* empty: no stack set */
    bp_strings management_regions; /* plain stacks in the management account; empty: none */
    size_t cells;        /* vaults: pairs of an ACTIVE account and a Region that the groups reach */
    size_t spare;        /* of them, those in which no policy needs the vault */
    bp_strings spare_in; /* the first few of these, "Account in Region" */
} bp_stack;

typedef struct bp_deployed_policy {
    const bp_policy *policy;
    bp_str slug;
    bp_str text; /* as sent, minified */
    size_t characters;
    size_t controls;         /* characters of it that child controls take */
    bp_strings targets;      /* ids in written order */
    bp_strings target_names; /* for the summary */
    size_t accounts;         /* ACTIVE accounts reached */
} bp_deployed_policy;

typedef struct bp_deployment {
    const bp_facts *facts;
    bp_str partition;
    bp_str home_region;
    bp_str global_region;   /* of IAM and Organizations in the partition */
    bp_str organization_id; /* empty without an inventory */
    bp_str root_id;
    bp_str management_id;
    BP_VEC(bp_stack) stacks;
    BP_VEC(bp_deployed_policy) policies;
    const bp_organization *org;    /* NULL: no inventory */
    const bp_effective *effective; /* what accounts get */
    bool cross_account_copies;
    bool resolved;         /* every target is known: attachments and stack sets can be written */
    bp_strings unresolved; /* what is not, for the message */
} bp_deployment;

/* Reports OPS010 (slugs that collide or are too long), STK011. */
bool bp_deploy(bp_arena *arena, bp_diagnostics *diagnostics, const bp_model *model,
               const bp_effective *effective, bp_deployment **deployment);

/*
 * What the template of a role permits: what is written; else backup and restore, and the pair for
 * S3 if a selection with this role names S3, protects it or takes everything. On top of either, for
 * which there are no words: backup search and malware scans where rules of its plans ask for them,
 * and scanning where a plan names it as scanner role; one that only scans gets nothing else unless
 * that is written. `effective` may be NULL.
 */
unsigned bp_role_permits(const bp_facts *facts, const bp_effective *effective, const bp_role *role);

/* Letters to lower case, other runs to one '-', ends trimmed, at most 80; never empty. */
bp_str bp_slug(bp_arena *arena, bp_str name);
/* The name of the stack set, or stack, of a role or vault: backpol-KIND-SLUG. */
bp_str bp_stack_set_name(bp_arena *arena, bp_stack_kind kind, bp_str name);

/* Indented text for `dump --stage=deployment`. */
void bp_deployment_dump(const bp_deployment *deployment, bp_buf *out);

#endif
