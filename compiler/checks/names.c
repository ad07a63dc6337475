/*
 * SYN018 of vaults and roles: references by call to what is neither declared nor known to the
 * inventory, while nothing says that it is absent. A warning: the name may exist. NAM006: two
 * policies that meet in an account and define one plan name.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/needs.h"
#include "compiler/checks/walk.h"

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

/* One plan that meets another of its name, with the accounts where it does. */
typedef struct meeting {
    const bp_effective_plan *later;
    const bp_effective_plan *earlier;
    bp_cell_rows rows;
} meeting;

typedef BP_VEC(meeting *) meetings;

static void
add_meeting(const bp_check_context *context, meetings *all, bp_map *by_plan,
            const bp_effective_plan *later, const bp_effective_plan *earlier,
            const bp_effective_result *result)
{
    const bp_node **key = BP_NEW(context->arena, const bp_node *);
    *key = later->plan;
    bp_str text = {(const char *)key, sizeof(const bp_node *)};
    meeting *found = bp_map_get(by_plan, text);
    if (found == NULL) {
        found = BP_NEW(context->arena, meeting);
        found->later = later;
        found->earlier = earlier;
        *bp_vec_add(context->arena, all) = found;
        bp_map_set(by_plan, text, found);
    }
    bp_cell_rows rows = {0};
    for (size_t i = 0; i < result->accounts.count; i++) {
        *bp_vec_add(context->arena, &rows) = (bp_cell_row){result->accounts.at[i], 0};
    }
    bp_cells_add(context->arena, &found->rows, &rows);
}

static void
report_meeting(const bp_check_context *context, const meeting *found)
{
    bp_diagnostics *list = context->diagnostics;
    const bp_node *plan = found->later->plan;
    bp_finding *finding = bp_report(
        list, "NAM006", plan->span,
        "plan \"%.*s\" is also defined by policy \"%.*s\" for the same accounts; AWS would merge "
        "the two leaf by leaf",
        BP_ARG(plan->key), BP_ARG(found->earlier->policy->name));
    if (found->later->policy->from_json || found->earlier->policy->from_json) {
        finding->severity = BP_WARNING;
    }
    bp_finding_mark(list, finding, "the same name in the same accounts");
    bp_finding_label(list, finding, found->earlier->plan->span, "first defined here");
    bp_finding_uses(context, finding, plan->uses);
    bp_cells_tell(context, finding, &found->rows);
    bp_cells_note(context, finding, &found->rows, "both reach");
    bp_finding_help(list, finding, "give one of the plans another name");
    bp_finding_scope(list, finding,
                     bp_node_scope(context->arena, found->later->policy->name, plan));
}

/* Without an inventory nobody knows who meets; counts the names that two policies define. */
static void
skip_plan_names(const bp_check_context *context)
{
    bp_map *seen = bp_map_new(context->arena);
    size_t count = 0;
    for (size_t i = 0; i < context->effective->results.count; i++) {
        const bp_effective_result *result = &context->effective->results.at[i];
        for (size_t p = 0; p < result->plans.count; p++) {
            bool added = false;
            bp_str name = bp_str_fold(context->arena, result->plans.at[p].plan->key);
            (void)bp_map_add(seen, name, &result->plans.at[p], &added);
            count += !added;
        }
    }
    bp_skip_without_inventory(context, "NAM006", count);
}

void
bp_check_plan_names(const bp_check_context *context)
{
    if (context->effective == NULL) {
        return;
    }
    if (!context->effective->named) {
        skip_plan_names(context);
        return;
    }
    meetings all = {0};
    bp_map *by_plan = bp_map_new(context->arena);
    for (size_t i = 0; i < context->effective->results.count; i++) {
        const bp_effective_result *result = &context->effective->results.at[i];
        bp_map *names = bp_map_new(context->arena);
        for (size_t p = 0; p < result->plans.count; p++) {
            bp_effective_plan *plan = &result->plans.at[p];
            bool added = false;
            bp_str name = bp_str_fold(context->arena, plan->plan->key);
            if (plan->plan->extend ||
                (plan->policy->from_json && bp_plan_lacks_parts(plan->plan))) {
                continue;
            }
            const bp_effective_plan *first = bp_map_add(names, name, plan, &added);
            if (!added && first->policy != plan->policy) {
                add_meeting(context, &all, by_plan, plan, first, result);
            }
        }
    }
    for (size_t i = 0; i < all.count; i++) {
        report_meeting(context, all.at[i]);
    }
}
