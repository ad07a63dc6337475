/*
 * Emit: the files of a build, made in memory from the deployment alone.
 */
#ifndef BP_COMPILER_EMIT_EMIT_H
#define BP_COMPILER_EMIT_EMIT_H

#include "compiler/deploy/deployment.h"
#include "compiler/emit/previous.h"
#include "lib/file.h"

/* So many accounts have effective policies written without being asked for. */
enum { BP_EFFECTIVE_ACCOUNTS = 200 };

/* Where templates are put that are too large to be sent, or that nobody wants to send. */
typedef struct bp_template_bucket {
    bp_str url;    /* https://HOST/…, without a '/' at the end */
    bp_str bucket; /* its name, and what stands before the name of an object: "" or "a/b/" */
    bp_str prefix;
    bp_str region; /* empty: the address does not say */
} bp_template_bucket;

/* What a build is asked for. */
typedef struct bp_build_order {
    unsigned targets;                 /* BP_TARGET_ bits */
    const bp_template_bucket *bucket; /* NULL: templates are sent inline */
    const bp_previous *previous;      /* NULL: nothing is removed */
    bool delegated; /* stack sets are called by a delegated administrator, not by their account */
} bp_build_order;

/*
 * Reads the address of a folder in S3: https, the host of S3 with the bucket in it or at the
 * beginning of the path, no user, port, query or fragment, and only letters, digits, ".", "_" and
 * "-" in segments. False: *why tells what is wrong, after "it".
 */
bool bp_bucket_read(bp_arena *arena, bp_str url, bp_template_bucket *bucket, const char **why);

/* What targets need of each other: Terraform reads policies and templates from their files, and
 * what goes into a bucket is a file, too. */
unsigned bp_build_targets(const bp_build_order *order);

typedef struct bp_artifacts {
    BP_VEC(bp_file_out) files; /* in byte order of the path, manifest.json last */
    bp_removals removals;      /* against the previous manifest, in the order they are done */
    size_t management_size;    /* bytes of the management template; 0: not made */
    size_t largest;            /* bytes of the largest template as it is sent */
} bp_artifacts;

/*
 * Makes every file of the order (manifest.json always). JSON is read back and compared before it is
 * accepted. Reports QTA001, QTA002, QTA008, STK003, OPS010, OPS011, OPS009 (own mistakes).
 */
bool bp_emit(bp_arena *arena, bp_diagnostics *diagnostics, const bp_deployment *deployment,
             const bp_build_order *order, bp_artifacts **artifacts);

/*
 * Reports what bp_emit would report about the user's input, without making the files: for `check`,
 * which must see on a pull request what only a build would find, at the cost of the templates
 * alone.
 */
bool bp_emit_judge(bp_arena *arena, bp_diagnostics *diagnostics, const bp_deployment *deployment,
                   unsigned targets);

/* Paths that the manifest.json of an earlier build lists, for the removal of those that are no
 * longer made. False when the text is no manifest of ours. Only clean paths below the folder are
 * given. */
bool bp_manifest_files(bp_arena *arena, bp_str manifest_json, bp_strings *paths);

/* What a step of a deployment makes, in the order in which that has to be. */
typedef enum bp_step_kind {
    BP_STEP_STACK, /* in the management account */
    BP_STEP_ROLE_SET,
    BP_STEP_VAULT_SET,
    BP_STEP_POLICY /* attached */
} bp_step_kind;

typedef struct bp_plan_step {
    bp_step_kind kind;
    bp_str key;    /* "role-SLUG", "vault-SLUG"; of a policy its slug */
    bp_span place; /* bytes of the text */
} bp_plan_step;

typedef BP_VEC(bp_plan_step) bp_plan_steps;

/* The steps that a plan.tsv, or cli.steps of a manifest.json, has; those that the text shows until
 * it cannot be read. Other lines and steps are left out. */
bp_plan_steps bp_plan_read_steps(bp_arena *arena, bp_str text);
bp_plan_steps bp_manifest_read_steps(bp_arena *arena, bp_str text);

#endif
