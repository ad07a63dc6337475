/*
 * The manifest, backpol.yaml: which files make the project, where output goes, which levels rules
 * have.
 */
#ifndef BP_COMPILER_PROJECT_MANIFEST_H
#define BP_COMPILER_PROJECT_MANIFEST_H

#include "compiler/facts/facts.h"
#include "lib/diagnostic.h"

typedef struct bp_manifest_text {
    bp_str text;
    bp_span span; /* does not exist for defaults */
} bp_manifest_text;

typedef struct bp_level {
    const bp_rule *rule; /* NULL: `prefix` names a family ("SEC") */
    bp_str prefix;
    bp_severity severity;
    bp_span span;
} bp_level;

typedef BP_VEC(bp_level) bp_levels;

/* Levels that hold for accounts below some OUs alone. */
typedef struct bp_override {
    bp_manifest_text ou; /* a path, or a pattern: of paths: segments with wildcards */
    bp_levels levels;
    bp_span level_span;
} bp_override;

/* A rule that nobody may silence. */
typedef struct bp_locked_rule {
    const bp_rule *rule;
    bp_span span;
} bp_locked_rule;

typedef enum bp_manifest_target_kind {
    BP_MANIFEST_ROOT,
    BP_MANIFEST_OU,
    BP_MANIFEST_ACCOUNT
} bp_manifest_target_kind;

/* root, "ou:PATH" or "account:ID": what stands behind the colon. */
typedef struct bp_manifest_target {
    bp_manifest_target_kind kind;
    bp_str text;
    bp_span span;
    unsigned order; /* see bp_target_ref; 0 in a manifest */
} bp_manifest_target;

typedef enum bp_named_thing {
    BP_NAMED_POLICY,
    BP_NAMED_PLAN,
    BP_NAMED_RULE,
    BP_NAMED_SELECTION,
    BP_NAMED_VAULT,
    BP_NAMED_ROLE,
    BP_NAMED_THINGS
} bp_named_thing;

/* A convention of the team: a pattern that names match as a whole. */
typedef struct bp_naming {
    const char *pattern; /* NULL: none; compiles */
    bp_span span;
} bp_naming;

/* A backup policy that is written as JSON. */
typedef struct bp_manifest_document {
    bp_manifest_text file;
    bp_manifest_text name;
    bool attach_written;
    BP_VEC(bp_manifest_target) attach;
} bp_manifest_document;

/* An account, or all accounts at or below an OU, that need no plan. */
typedef struct bp_exemption {
    bool is_ou;
    bp_manifest_text target; /* a path or id of an OU, or an id or name of an account */
    bp_manifest_text reason;
} bp_exemption;

/* Which accounts a plan has to reach. */
typedef struct bp_manifest_coverage {
    bool require;    /* an account without a plan is an error */
    bool management; /* the management account is looked at, too */
    BP_VEC(bp_exemption) exempt;
} bp_manifest_coverage;

/* Parts of a build. */
enum {
    BP_TARGET_POLICIES = 1,
    BP_TARGET_TEMPLATES = 2,
    BP_TARGET_CLOUDFORMATION = 4,
    BP_TARGET_CLI = 8,
    BP_TARGET_EFFECTIVE = 16, /* while there are few accounts */
    BP_TARGET_TERRAFORM = 32,
    BP_TARGET_EFFECTIVE_ALL = 64 /* however many accounts there are */
};

typedef struct bp_manifest {
    const bp_source *source; /* NULL: no manifest, all defaults */
    BP_VEC(bp_manifest_text) sources;
    BP_VEC(bp_manifest_document *) documents;
    bp_manifest_text inventory;     /* empty text: none named */
    int64_t inventory_max_age_days; /* default 30 */
    int64_t facts_max_age_days;     /* default 180 */
    bp_manifest_text facts_extra;   /* a file of rows for the fact tables; empty text: none */
    const bp_facts *facts;          /* with those rows, once they are read; NULL: compiled in */
    bp_manifest_text home_region;   /* empty text: by partition */
    bp_manifest_text output_dir;    /* default "generated" */
    unsigned targets;               /* BP_TARGET_ bits; default all but terraform */
    bool delegated;                 /* output.call_as: stack sets by a delegated administrator */
    bp_span call_as_span;           /* does not exist: not written */
    bp_manifest_text deployer;      /* output.account: who deploys; empty text: nobody says */
    bp_levels levels;
    BP_VEC(bp_locked_rule) locked;
    BP_VEC(bp_override *) overrides; /* later ones are stronger */
    bp_naming naming[BP_NAMED_THINGS];
    bp_manifest_text baseline; /* empty text: none */
    bp_manifest_coverage coverage;
    BP_VEC(bp_str) placeholders;
    bp_severity fail_on; /* default error */
    bool lowercase_names;
} bp_manifest;

/* All defaults. */
bp_manifest *bp_manifest_new(bp_arena *arena);

/*
 * Reads a manifest. Every key of the documented manifest is known here; keys whose feature this
 * release does not have are refused by name (CFG001), never ignored. False when it cannot be used
 * (the answer is exit 2).
 */
bool bp_manifest_read(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source,
                      bp_manifest **manifest);

/*
 * Judges what the manifest says of Regions by the tables in use. bp_manifest_read does it itself
 * where no file of facts is named. False: reported.
 */
bool bp_manifest_check_regions(bp_diagnostics *diagnostics, const bp_manifest *manifest,
                               const bp_facts *facts);

#endif
