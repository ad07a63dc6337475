/*
 * The program: everything that a project's .bpol files declare, elaborated — constants and
 * templates are gone.
 *
 * One tree a policy, the roles and vaults that stack sets deploy, and for each where it was
 * written.
 */
#ifndef BP_COMPILER_POLICY_PROGRAM_H
#define BP_COMPILER_POLICY_PROGRAM_H

#include "compiler/facts/facts.h"
#include "compiler/policy/tree.h"
#include "grammar/ast.h"
#include "lib/map.h"

typedef enum bp_target_kind {
    BP_TARGET_ROOT,
    BP_TARGET_OU,
    BP_TARGET_ACCOUNT,
    BP_TARGET_ORGANIZATION
} bp_target_kind;

/* A target as written: root, ou("…") by path, bare name or id, account("…") by name or id. */
typedef struct bp_target_ref {
    bp_target_kind kind;
    bp_str text;
    bp_span span;   /* of the text in the brackets, or of the word */
    bool unknown;   /* reported already */
    unsigned order; /* among the policies of the target: lower ones act first; equal ones in order
                       of declaration */
} bp_target_ref;

typedef BP_VEC(bp_target_ref) bp_target_refs;

typedef struct bp_tag {
    bp_str key;
    bp_str value;
    bp_span span;
} bp_tag;

typedef BP_VEC(bp_tag) bp_tags;

typedef struct bp_policy {
    size_t number; /* among the policies of the program, once they are bound */
    bp_str name;
    bp_span span; /* of the name */
    bp_str description;
    bp_span description_span;
    bool attach_written;
    bp_target_refs attach;
    bp_tags tags;
    bp_node *document;
    bool from_json; /* read from a policy document */
    bool alone;     /* a document that was named by itself: sent as it is written, and where it is
                       attached is not known */
} bp_policy;

enum {
    BP_PERMIT_BACKUP = 1,
    BP_PERMIT_RESTORE = 2,
    BP_PERMIT_S3_BACKUP = 4,
    BP_PERMIT_S3_RESTORE = 8,
    /* No word gives these: what plans make the role do does. */
    BP_PERMIT_INDEX = 16,
    BP_PERMIT_SCANS = 32,  /* starting malware scans */
    BP_PERMIT_SCANNER = 64 /* being the role that scans */
};

typedef struct bp_role {
    bp_str name;
    bp_span span;
    bool deploy_to_written;
    bp_target_refs deploy_to; /* default: the root */
    unsigned permits;         /* BP_PERMIT_ bits; default backup and restore */
    bool permits_written;
    bp_str path;                 /* "/" or "/a/b/" */
    bp_str permissions_boundary; /* ARN, may be empty */
    bp_span boundary_span;
    bool source_account_condition;
    bp_tags tags;
    BP_VEC(bp_str) regions; /* always empty in edition 1: the home Region */
} bp_role;

typedef enum bp_encryption { BP_ENCRYPT_CUSTOMER, BP_ENCRYPT_AWS, BP_ENCRYPT_ARN } bp_encryption;

typedef enum bp_lock_word { BP_NO_LOCK, BP_GOVERNANCE, BP_COMPLIANCE } bp_lock_word;

typedef struct bp_lock {
    bp_lock_word word;
    bp_span span;
    int64_t min_days; /* 0 = not written */
    int64_t max_days;
    int64_t grace_days;
    bp_span min_span; /* of the days; do not exist where they are not written */
    bp_span max_span;
    bp_span grace_span;
} bp_lock;

/* The SNS topic that hears of events of a vault, in the account and Region of the vault. */
typedef struct bp_topic {
    bp_str name; /* empty: none */
    bp_span span;
    BP_VEC(bp_str) events; /* as the API spells them, each once */
} bp_topic;

typedef struct bp_vault {
    bp_str name;
    bp_span span;
    bool air_gapped;
    bool deploy_to_written;
    bp_span deploy_to_span;
    bp_target_refs deploy_to;
    bool regions_written;
    bp_span regions_span;
    BP_VEC(bp_value *) regions;
    bp_encryption encryption;
    bp_str key_arn;
    bp_span encryption_span;
    bp_lock lock; /* of an air-gapped vault its two bounds, without a word */
    bp_target_refs allow_copies_from;
    bp_topic notify;
    bool dropped; /* `keep = off`: goes with its stack */
    bp_span keep_span;
    bp_tags tags;
} bp_vault;

typedef struct bp_program {
    BP_VEC(bp_policy *) policies; /* in order of declaration, files in the order given */
    BP_VEC(bp_role *) roles;
    BP_VEC(bp_vault *) vaults;
    bp_map *role_by_name;  /* exact name → bp_role * */
    bp_map *vault_by_name; /* exact name → bp_vault *; both kinds share it */
    bool broken;           /* some file did not parse whole: what is missing may stand there */
} bp_program;

/* How the elaborator reads an included file: gives the parsed file of a clean path, or NULL after
 * reporting SYN017. */
typedef struct bp_includer {
    const bp_ast_file *(*load)(void *context, bp_str path, bp_span from);
    void *context;
} bp_includer;

/* The path below the root of a file that the file at `from` includes as `written`: worked out from
 * the texts alone. NULL, or why it is refused: "is absolute", "leaves the project" … */
const char *bp_include_path(bp_arena *arena, bp_str from, bp_str written, bp_str *path);

/* How the elaborator looks up the 12 digits of an account that is named in `of account("name")`.
 * False after reporting TOP002. `find` may be NULL: no inventory. */
typedef struct bp_account_finder {
    bool (*find)(void *context, bp_str name, bp_span span, bp_str *id);
    void *context;
} bp_account_finder;

typedef struct bp_elaboration {
    bp_arena *arena;
    bp_diagnostics *diagnostics;
    const bp_facts *facts;
    bp_str partition; /* of generated ARNs; "" = decide by the policy's Regions, then "aws" */
    bp_includer includer;
    bp_account_finder account_id;
} bp_elaboration;

/*
 * Turns parsed files into a program: includes, constants, templates, typed values, settings by
 * settings.def. What does not make sense is reported and becomes a hole. Checks of AWS meaning are
 * not made here.
 */
bool bp_elaborate(const bp_elaboration *how, const bp_ast_file *const *files, size_t count,
                  bp_program **program);

#endif
