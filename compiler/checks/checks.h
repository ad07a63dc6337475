/*
 * Checks: one row a rule (checks.def), one file a family. A check reads trees, model and effective
 * policies, and fills findings; it never prints, never changes what it reads.
 *
 * A check that cannot decide (the inventory does not know) counts itself as skipped with
 * bp_skip_check; only what is absent in complete data may be an error.
 */
#ifndef BP_COMPILER_CHECKS_CHECKS_H
#define BP_COMPILER_CHECKS_CHECKS_H

#include "compiler/deploy/deployment.h"

/* What the checks run over. Stages that did not come to pass are NULL. */
typedef struct bp_check_context {
    bp_arena *arena; /* of one check: it does not outlive it */
    bp_diagnostics *diagnostics;
    int64_t as_of;
    const bp_facts *facts; /* NULL: those that are compiled in */
    const bp_manifest *manifest;
    const bp_program *program;
    const bp_organization *org; /* NULL: no inventory */
    const bp_model *model;
    const bp_effective *effective;
    struct bp_check_cache *cache; /* what families share; bp_check_all makes it */
    struct bp_patterns *patterns;
    bool require_inventory;
    bool has_project; /* a manifest or explicit inventory: a missing inventory is worth DAT003 */
} bp_check_context;

/* The rule table, for bp_diagnostics_new. */
const bp_rule *bp_check_rules(size_t *count);

/* Runs all families that can run. Reports through context->diagnostics. */
void bp_check_all(const bp_check_context *context);
/* Runs the families that judge the inventory (ORG) and no policy; there need be no program. */
void bp_check_inventory(const bp_check_context *context);

/* The explanation of a rule for `explain`: markdown text made from compiler/checks/docs/CODE.md;
 * NULL if there is none. */
const char *bp_check_explanation(bp_str code);

#endif
