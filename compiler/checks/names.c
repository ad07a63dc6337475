/*
 * SYN018 of vaults and roles: references by call to what is neither declared nor known to the
 * inventory, while nothing says that it is absent. A warning: the name may exist. NAM006: two
 * policies that meet in an account and define one plan name.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/needs.h"

#include "lib/suggest.h"

/* All names of vaults and roles that the inventory has anywhere. */
typedef struct known_names {
    bp_map *vaults;
    bp_map *roles;
} known_names;

static known_names
names_of(const bp_check_context *context)
{
    known_names known = {bp_map_new(context->arena), bp_map_new(context->arena)};
    const bp_vault_set *vaults = NULL;
    const bp_role_set *roles = NULL;
    for (size_t i = 0; context->org != NULL && i < context->org->accounts.count; i++) {
        bp_account *account = &context->org->accounts.at[i];
        for (size_t v = 0; account->vaults != NULL && account->vaults != vaults &&
                           v < account->vaults->vaults.count;
             v++) {
            (void)bp_map_add(known.vaults, account->vaults->vaults.at[v].name, account, NULL);
        }
        for (size_t r = 0;
             account->roles != NULL && account->roles != roles && r < account->roles->roles.count;
             r++) {
            (void)bp_map_add(known.roles, account->roles->roles.at[r].name, account, NULL);
        }
        vaults = account->vaults;
        roles = account->roles;
    }
    return known;
}

static void
offer_all(bp_suggester *suggester, const bp_map *names)
{
    for (size_t i = 0; i < bp_map_count(names); i++) {
        bp_suggest_offer(suggester, bp_map_at(names, i)->key);
    }
}

static void
finish(const bp_check_context *context, bp_finding *finding, bp_suggester near, bp_span declared)
{
    bp_diagnostics *list = context->diagnostics;
    finding->severity = BP_WARNING;
    bp_finding_mark(list, finding, "not declared, and not known to the inventory");
    if (near.best.size > 0) {
        bp_finding_help(list, finding, "did you mean \"%.*s\"?", BP_ARG(near.best));
    }
    if (near.best.size > 0 && bp_span_exists(declared)) {
        bp_finding_label(list, finding, declared, "declared here");
    }
}

static void
judge_vault(const bp_check_context *context, const known_names *known, const bp_vault_need *need)
{
    bp_need_cells cells;
    if (need->vault != NULL || need->literal || bp_str_is(need->name, "Default") ||
        bp_vault_other_case(context->model, need->name) != NULL ||
        bp_map_get(known->vaults, need->name) != NULL) {
        return;
    }
    bp_vault_need_judge(context, need, &cells);
    if (cells.absent.count > 0 || (cells.cells > 0 && cells.unknown.count == 0)) {
        return;
    }
    bp_suggester near = bp_suggest_start(need->name);
    bp_span declared = BP_NOWHERE;
    for (size_t i = 0; i < context->model->vaults.count; i++) {
        bp_suggest_offer(&near, context->model->vaults.at[i].vault->name);
    }
    if (near.best.size > 0) {
        declared = bp_model_vault(context->model, near.best)->vault->span;
    }
    offer_all(&near, known->vaults);
    bp_finding *finding = bp_report(context->diagnostics, "SYN018", need->name_span,
                                    "vault \"%.*s\" is not declared in the project; the inventory "
                                    "does not say whether it exists",
                                    BP_ARG(need->name));
    finish(context, finding, near, declared);
    bp_finding_scope(context->diagnostics, finding,
                     bp_node_scope(context->arena, need->policy->name, need->node));
    bp_finding_uses(context, finding, need->value->uses);
}

static void
judge_role(const bp_check_context *context, const known_names *known, const bp_role_need *need)
{
    bp_need_cells cells;
    const bp_reference *reference = need->reference;
    if (need->role != NULL || reference->literal ||
        bp_map_get(known->roles, reference->name) != NULL) {
        return;
    }
    bp_role_need_judge(context, need, &cells);
    if (cells.absent.count > 0 || (cells.cells > 0 && cells.unknown.count == 0)) {
        return;
    }
    bp_suggester near = bp_suggest_start(reference->name);
    bp_span declared = BP_NOWHERE;
    for (size_t i = 0; i < context->model->roles.count; i++) {
        bp_suggest_offer(&near, context->model->roles.at[i].role->name);
    }
    if (near.best.size > 0) {
        const bp_bound_role *role = bp_map_get(context->model->role_by_name, near.best);
        declared = role->role->span;
    }
    offer_all(&near, known->roles);
    bp_finding *finding = bp_report(context->diagnostics, "SYN018", reference->name_span,
                                    "role \"%.*s\" is not declared in the project; the inventory "
                                    "does not say whether it exists",
                                    BP_ARG(reference->name));
    finish(context, finding, near, declared);
    bp_finding_scope(context->diagnostics, finding,
                     bp_node_scope(context->arena, need->policy->name, need->node));
    bp_finding_uses(context, finding, need->value->uses);
}

void
bp_check_unknown_names(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL || context->program->broken) {
        return;
    }
    const bp_needs *needs = bp_needs_of(context);
    known_names known = names_of(context);
    bp_span last = BP_NOWHERE;
    for (size_t i = 0; i < needs->vaults.count; i++) {
        /* A rule and its copy that share one argument are one place. */
        if (!bp_span_equal(last, needs->vaults.at[i].name_span)) {
            judge_vault(context, &known, &needs->vaults.at[i]);
        }
        last = needs->vaults.at[i].name_span;
    }
    for (size_t i = 0; i < needs->roles.count; i++) {
        judge_role(context, &known, &needs->roles.at[i]);
    }
}
