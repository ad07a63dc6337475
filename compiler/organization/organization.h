/*
 * The organization: what the inventory (org.yaml) says exists, with three answers to every
 * question.
 *
 * Accounts stand in tree order, so that the accounts at or below an OU are one range of the array;
 * sets of vaults, roles and Region settings are shared by the accounts that name them. Everything
 * keeps the place it was read from. A pointer to a set that is NULL means unknown. All memory is
 * the session's arena; texts are slices of the file or of the arena.
 */
#ifndef BP_COMPILER_ORGANIZATION_ORGANIZATION_H
#define BP_COMPILER_ORGANIZATION_ORGANIZATION_H

#include "compiler/facts/facts.h"
#include "lib/diagnostic.h"
#include "lib/map.h"
#include "lib/vec.h"

typedef enum bp_account_state {
    BP_STATE_ACTIVE,
    BP_STATE_PENDING_ACTIVATION,
    BP_STATE_SUSPENDED,
    BP_STATE_PENDING_CLOSURE,
    BP_STATE_CLOSED,
    BP_STATE_UNKNOWN
} bp_account_state;

typedef enum bp_vault_kind {
    BP_VAULT_STANDARD,
    BP_VAULT_AIR_GAPPED,
    BP_VAULT_RESTORE_ACCESS
} bp_vault_kind;
typedef enum bp_vault_key {
    BP_KEY_UNKNOWN,
    BP_KEY_CUSTOMER,
    BP_KEY_AWS_BACKUP,
    BP_KEY_AWS_SERVICE,
    BP_KEY_AWS_OWNED
} bp_vault_key;
typedef enum bp_lock_mode {
    BP_LOCK_UNKNOWN,
    BP_LOCK_NONE,
    BP_LOCK_GOVERNANCE,
    BP_LOCK_COMPLIANCE
} bp_lock_mode;

/* Whose copies a vault's access policy lets in. */
typedef enum bp_copy_from {
    BP_COPY_FROM_UNKNOWN,
    BP_COPY_FROM_NONE,
    BP_COPY_FROM_ORGANIZATION,
    BP_COPY_FROM_LISTED, /* the accounts and OUs of copy_from_ids */
    BP_COPY_FROM_OTHER   /* a policy that these words cannot say: never an error */
} bp_copy_from;

typedef struct bp_org_vault {
    bp_str name;
    bp_span span; /* of the name */
    bp_region_mask in;
    bp_vault_kind kind;
    bp_vault_key key;
    bp_lock_mode lock;
    int64_t lock_min; /* days; -1 = no bound */
    int64_t lock_max;
    bp_copy_from copy_from;
    BP_VEC(bp_str) copy_from_ids; /* of accounts and OUs */
    bool creating;                /* counts as unknown */
} bp_org_vault;

typedef struct bp_vault_set {
    bp_str name;         /* empty for a value written on an account */
    bp_region_mask seen; /* Regions that were looked at completely */
    BP_VEC(bp_org_vault) vaults;
} bp_vault_set;

typedef struct bp_org_role {
    bp_str name;
    bp_str path; /* "/" or "/a/b/" */
    bp_span span;
    bp_answer trusts_backup;
    bool policies_known;
    BP_VEC(bp_str) policies; /* "service-role/NAME" of AWS managed ones, else whole ARNs */
} bp_org_role;

typedef struct bp_role_set {
    bp_str name;
    bool complete;
    BP_VEC(bp_org_role) roles;
} bp_role_set;

/* One row of Region settings: types by their API names. */
typedef struct bp_region_setting {
    bp_region_mask in;
    BP_VEC(bp_str) opted_in;
    BP_VEC(bp_str) opted_out;
    BP_VEC(bp_str) managed;
    BP_VEC(bp_str) unmanaged;
    bp_span span;
} bp_region_setting;

typedef struct bp_region_settings {
    bp_str name;
    BP_VEC(bp_region_setting) rows;
} bp_region_settings;

/* Resources of one kind that exist somewhere; types is more than one id where an ARN cannot tell
 * them apart. */
typedef struct bp_resource_row {
    BP_VEC(const bp_type *) types;
    bp_region_mask in;
    BP_VEC(bp_label) tags;   /* text = value, span = of the key: the key is its text */
    BP_VEC(bp_str) tag_keys; /* parallel to tags */
    int64_t count;           /* -1 = at least one */
} bp_resource_row;

typedef struct bp_resource_set {
    bp_str name;
    bp_region_mask seen;
    BP_VEC(bp_resource_row) rows;
} bp_resource_set;

typedef struct bp_org_tag {
    bp_str key;
    bp_str value;
    bp_span span; /* of the key */
} bp_org_tag;

/* Tags of the root, an OU, an account or a policy. */
typedef struct bp_tag_set {
    bp_str name; /* empty for a value written in its place */
    BP_VEC(bp_org_tag) tags;
} bp_tag_set;

/* Kinds of named values, in the order in which they are read. */
typedef enum bp_set_kind {
    BP_SET_REGIONS,
    BP_SET_TAGS,
    BP_SET_VAULTS,
    BP_SET_ROLES,
    BP_SET_REGION_SETTINGS,
    BP_SET_RESOURCES,
    BP_SET_PROFILES,
    BP_SET_KINDS
} bp_set_kind;

/* What an account or a profile holds: by kind a bp_region_mask, bp_tag_set, bp_vault_set … */
typedef struct bp_org_holdings {
    const void *values[BP_SET_KINDS]; /* NULL = unknown */
    unsigned written;                 /* bits by kind */
} bp_org_holdings;

/* A value with a name in the inventory; of a profile the value is a bp_org_holdings. */
typedef struct bp_org_named {
    bp_set_kind kind;
    bp_str name;
    const void *value;
} bp_org_named;

typedef struct bp_account {
    bp_str id; /* 12 digits */
    bp_str name;
    bp_span span; /* of the id */
    uint32_t ou;  /* index of the OU it stands in */
    bp_account_state state;
    bool management;
    const bp_vault_set *vaults;                /* NULL = unknown */
    const bp_role_set *roles;                  /* NULL = unknown */
    const bp_region_settings *region_settings; /* NULL = unknown */
    const bp_resource_set *resources;          /* NULL = unknown */
    const bp_tag_set *tags;                    /* NULL = unknown */
    bool regions_known;
    bp_region_mask regions; /* enabled opt-in Regions, when known */
} bp_account;

/* An organizational unit; index 0 is the root. */
typedef struct bp_ou {
    bp_str id;
    bp_str name;
    bp_str path;            /* names below the root joined by '/'; "" for the root */
    bp_span span;           /* of the name, of the id where it has none */
    bp_span id_span;        /* of the id */
    uint32_t parent;        /* of the root: itself */
    unsigned depth;         /* of the root: 0 */
    uint32_t first_account; /* accounts at or below: [first_account, end_account) */
    uint32_t end_account;
    uint32_t end_ou;     /* OUs at or below: [own index, end_ou) */
    bool accounts_known; /* its own list of accounts was looked at */
    bool ous_known;
    const bp_tag_set *tags; /* NULL = unknown */
} bp_ou;

/* A backup policy that is deployed; what was not readable is empty. */
typedef struct bp_org_policy {
    bp_str id;
    bp_str name;
    bp_str file; /* of its document, below the folder of the inventory; may be empty */
    bp_span file_span;
    int64_t chars; /* bytes of the file; -1 = not said */
    bp_str sha256; /* of the file; may be empty */
    const bp_tag_set *tags;
} bp_org_policy;

/* One policy on one target. */
typedef struct bp_org_attachment {
    bp_str to;     /* id of the root, an OU or account of the tree; empty: it is not there */
    bp_str target; /* the id as it was written, in the tree or not */
    bp_str policy; /* id */
    bool ordered;  /* the policies of this target stand in the order in which they were attached */
} bp_org_attachment;

typedef enum bp_stack_permission {
    BP_STACK_UNKNOWN,
    BP_STACK_SERVICE_MANAGED,
    BP_STACK_SELF_MANAGED
} bp_stack_permission;

/* Stack instances of one account that are not as they should be. */
typedef struct bp_stack_instance {
    bp_str account;
    bp_region_mask in;
    bp_str status; /* may be empty */
    bp_str detail; /* may be empty */
    bp_span span;  /* of the account */
} bp_stack_instance;

typedef BP_VEC(bp_stack_instance) bp_stack_instances;

/* A stack set that is deployed. */
typedef struct bp_org_stack_set {
    bp_str name;
    bp_span span; /* of the name */
    bp_stack_permission permission;
    bool delegated;         /* run by a delegated administrator */
    bp_answer auto_deploy;  /* new accounts get it */
    bp_answer retain;       /* stacks stay when an account leaves */
    BP_VEC(bp_str) targets; /* ids of OUs or the root */
    bp_region_mask regions;
    BP_VEC(bp_org_tag) parameters;
    bool makes_known;
    BP_VEC(bp_str) vaults; /* names that its template makes */
    BP_VEC(bp_str) roles;
    bool instances_known;
    bp_stack_instances not_current; /* all empty: every expected instance is current */
    bp_stack_instances without;
    bp_stack_instances extra;
} bp_org_stack_set;

typedef enum bp_org_features {
    BP_FEATURES_UNKNOWN,
    BP_FEATURES_ALL,
    BP_FEATURES_BILLING
} bp_org_features;

typedef enum bp_policy_type {
    BP_POLICY_TYPE_UNKNOWN,
    BP_POLICY_TYPE_ENABLED,
    BP_POLICY_TYPE_PENDING_ENABLE,
    BP_POLICY_TYPE_PENDING_DISABLE,
    BP_POLICY_TYPE_DISABLED
} bp_policy_type;

typedef struct bp_organization {
    const bp_facts *facts;
    const bp_source *source;
    bp_str id;
    bp_str partition;
    bp_str management_id;
    bp_str captured_at; /* as written; empty = missing */
    bp_span captured_span;
    bool captured_known; /* false: missing, "unknown", or malformed, which is reported already */
    int64_t captured;    /* instant */
    bp_span span;        /* of the key `organization` */
    bool tree_complete;
    bool tree_partial; /* said to be so, which answers like saying nothing */
    bp_org_features features;
    bp_span features_span;
    bp_policy_type policy_type; /* of backup policies, on the root */
    bp_span policy_type_span;
    bool trusted_known;
    BP_VEC(bp_str) trusted; /* service principals with trusted access */
    bp_span trusted_span;
    bool administrators_known;
    BP_VEC(bp_str) administrators; /* ids of delegated administrators for AWS Backup */
    bool set_administrators_known;
    BP_VEC(bp_str) set_administrators; /* the same for stack sets of CloudFormation */
    bp_span set_administrators_span;
    bp_answer cross_account_backup; /* PRESENT = enabled, ABSENT = disabled */
    bp_span cross_account_span;
    bool regions_known; /* coverage.regions is written */
    bp_region_mask regions;
    bp_region_mask opt_in; /* Regions that each account has to enable: bp_regions_opt_in(facts) */
    BP_VEC(bp_ou) ous;
    BP_VEC(bp_account) accounts;
    BP_VEC(bp_str) watched_tags;
    bp_map *account_by_id; /* id → bp_account * */
    bp_map *ou_by_id;      /* id → bp_ou * */
    bp_map *ou_by_path;    /* path → bp_ou *, for paths whose names hold no '/' */
    bp_map *ou_by_name;    /* for the queries below */
    bp_map *account_by_name;
    bool policies_complete;
    bool policies_partial;
    BP_VEC(bp_org_policy) policies;
    BP_VEC(bp_org_attachment) attachments; /* in the order of the inventory */
    bool stack_sets_complete;
    bool stack_sets_partial;
    BP_VEC(bp_org_stack_set) stack_sets;
    BP_VEC(bp_org_named) named; /* all named values, for those who write names again */
} bp_organization;

/*
 * Reads an inventory. False: nothing may be checked against it (the answer is exit 2); findings
 * tell why. True with findings of severity error: the rest is used. `as_of` is the instant to judge
 * captured_at by; the organization keeps `facts`.
 */
bool bp_organization_read(bp_arena *arena, bp_diagnostics *diagnostics, const bp_facts *facts,
                          const bp_source *source, int64_t as_of, bp_organization **organization);

const bp_account *bp_org_account(const bp_organization *org, bp_str id);
/* By name, where it is unique: *many tells that it is not (then NULL). */
const bp_account *bp_org_account_named(const bp_organization *org, bp_str name, bool *many);
const bp_ou *bp_org_ou(const bp_organization *org, bp_str id);
/* By path relative to the root ("Non-Prod/QA"), exact case. */
const bp_ou *bp_org_ou_path(const bp_organization *org, bp_str path);
/* By bare name anywhere in the tree; *count = how many have it. The first in tree order, or NULL.
 */
const bp_ou *bp_org_ou_named(const bp_organization *org, bp_str name, size_t *count);
const bp_account *
bp_org_management(const bp_organization *org); /* NULL when it is not in the tree */
bool bp_org_ou_contains(const bp_organization *org, const bp_ou *ou, const bp_account *account);

/*
 * Where a vault of this exact name is in the account: Regions in which it is present, and Regions
 * in which its absence is certain. All others are unknown. Vaults being created count as unknown;
 * restore-access vaults as absent.
 */
void bp_org_vault_regions(const bp_account *account, bp_str name, bp_region_mask *present,
                          bp_region_mask *absent);
/* A vault that differs only in letter case and stands in one of `regions`; NULL if none. */
const bp_org_vault *bp_org_vault_other_case(const bp_account *account, bp_str name,
                                            bp_region_mask regions);
/* The vault row of this exact name in a Region, or NULL. */
const bp_org_vault *bp_org_vault_in(const bp_account *account, bp_str name, int region);
/* A role by path ("/" or "/a/b/") and name. */
bp_answer bp_org_role_answer(const bp_account *account, bp_str path, bp_str name);
/* A role of this name under another path, or that differs only in case; NULL if none. */
const bp_org_role *bp_org_role_near(const bp_account *account, bp_str path, bp_str name);
/* Whether an opt-in Region is enabled in the account; always-on Regions are PRESENT. */
bp_answer bp_org_region_enabled(const bp_organization *org, const bp_account *account, int region);
/* Whether a type (API name) is opted in / managed by AWS Backup in (account, Region). */
bp_answer bp_org_opted_in(const bp_account *account, int region, bp_str api_name);
bp_answer bp_org_managed(const bp_account *account, int region, bp_str api_name);

const char *bp_account_state_name(bp_account_state state);

#endif
