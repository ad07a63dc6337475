/*
 * NAM012: names that do not follow the team's own conventions, `naming:` of the manifest. Declared
 * things and what documents define; what a policy only extends or refers to was named elsewhere.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"
#include "lib/pattern.h"

static const char *const things[BP_NAMED_THINGS] = {"policy",    "plan",  "rule",
                                                    "selection", "vault", "role"};

/* A finding at the name, or NULL where it follows the convention. */
static bp_finding *
judge(const bp_check_context *context, bp_named_thing thing, bp_str name, bp_span span)
{
    const bp_naming *naming = &context->manifest->naming[thing];
    if (naming->pattern == NULL || name.size == 0) {
        return NULL;
    }
    bp_match match = bp_pattern_match(context->patterns, naming->pattern, name);
    if (match == BP_MATCH_YES) {
        return NULL;
    }
    bp_finding *finding =
        match == BP_MATCH_NO
            ? bp_report(context->diagnostics, "NAM012", span,
                        "%s name \"%.*s\" does not follow the convention of this project",
                        things[thing], BP_ARG(name))
            : bp_report(
                  context->diagnostics, "OPS009", span,
                  "whether the %s name \"%.*s\" follows the convention took too many steps to "
                  "find out; the pattern must be simpler",
                  things[thing], BP_ARG(name));
    bp_finding_label(context->diagnostics, finding, naming->span, "the convention");
    return finding;
}

static void
judge_node(const bp_place *place)
{
    const bp_node *node = place->node;
    bp_named_thing thing = node->kind == BP_NODE_PLAN        ? BP_NAMED_PLAN
                           : node->kind == BP_NODE_RULE      ? BP_NAMED_RULE
                           : node->kind == BP_NODE_SELECTION ? BP_NAMED_SELECTION
                                                             : BP_NAMED_THINGS;
    if (thing == BP_NAMED_THINGS || node->extend) {
        return;
    }
    bp_finding *finding = judge(place->context, thing, node->key, node->span);
    if (finding != NULL) {
        bp_text_finding(place, finding, node->uses);
    }
}

void
bp_check_naming(const bp_check_context *context)
{
    if (context->program == NULL || context->manifest == NULL ||
        context->manifest->source == NULL) {
        return;
    }
    const bp_program *program = context->program;
    for (size_t i = 0; i < program->policies.count; i++) {
        const bp_policy *policy = program->policies.at[i];
        judge(context, BP_NAMED_POLICY, policy->name, policy->span);
    }
    for (size_t i = 0; i < program->vaults.count; i++) {
        judge(context, BP_NAMED_VAULT, program->vaults.at[i]->name, program->vaults.at[i]->span);
    }
    for (size_t i = 0; i < program->roles.count; i++) {
        judge(context, BP_NAMED_ROLE, program->roles.at[i]->name, program->roles.at[i]->span);
    }
    bp_each_node(context, judge_node);
}
