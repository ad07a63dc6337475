/*
 * STK004: a declared vault or role whose stack set is narrower than what policies need. The stack
 * set alone is judged, whatever the inventory lists: one finding for each declaration.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/needs.h"

/* The cells of one declaration, gathered over all policies. */
typedef struct gap {
    bp_cell_rows rows;
    const bp_vault_need *need; /* the first that is not covered */
} gap;

static gap
gap_of(const bp_check_context *context, const bp_needs *needs, const bp_bound_vault *vault)
{
    gap found = {0};
    for (size_t i = 0; i < needs->vaults.count; i++) {
        const bp_vault_need *need = &needs->vaults.at[i];
        bp_need_cells cells;
        if (need->vault != vault || (need->to != NULL && need->to->management)) {
            continue;
        }
        bp_vault_need_judge(context, need, &cells);
        if (cells.bare.count == 0) {
            continue;
        }
        if (found.need == NULL) {
            found.need = need;
        }
        bp_cells_add(context->arena, &found.rows, &cells.bare);
    }
    return found;
}

/* Labels what asks for a missing Region: a plan's list or a copy. */
static void
label_need(const bp_check_context *context, bp_finding *finding, const gap *found,
           bp_region_mask missing)
{
    bp_diagnostics *list = context->diagnostics;
    bp_region_mask wanted = missing & bp_need_regions(found->need);
    int region = bp_mask_first(wanted);
    size_t count = 0;
    const bp_region *regions = bp_regions(context->facts, &count);
    if (found->need->copy && bp_span_exists(found->need->reference->region_span)) {
        bp_finding_label(list, finding, found->need->reference->region_span, "a copy goes there");
        return;
    }
    for (size_t i = 0; region >= 0 && i < found->need->places.count; i++) {
        const bp_value *value =
            bp_plan_region_value(context, found->need->places.at[i].use->plan, region);
        if (value != NULL && !found->need->copy) {
            bp_finding_label(list, finding, value->span, "a plan of \"%.*s\" backs up in %s",
                             BP_ARG(found->need->policy->name), regions[region].code);
            return;
        }
    }
    bp_finding_label(list, finding, found->need->name_span, "needed here");
}

static void
report_vault(const bp_check_context *context, const bp_bound_vault *bound, const gap *found)
{
    const bp_vault *vault = bound->vault;
    bp_diagnostics *list = context->diagnostics;
    bp_region_mask lacking = 0;
    bool accounts = false;
    for (size_t i = 0; i < found->rows.count; i++) {
        lacking |= found->rows.at[i].regions & ~bound->regions;
        accounts = accounts || !bp_ranges_hold(&bound->accounts, found->rows.at[i].account);
    }
    bool by_region = lacking != 0 && vault->regions_written;
    bp_span span = by_region                  ? vault->regions_span
                   : vault->deploy_to_written ? vault->deploy_to_span
                                              : vault->span;
    bp_str regions = bp_mask_words(context, lacking);
    size_t cells = bp_cells_count(&found->rows);
    bp_finding *finding = bp_report(
        list, "STK004", span,
        "the stack set of vault \"%.*s\" does not reach %zu account-Region pair%s that policies "
        "need; it must cover all of them",
        BP_ARG(vault->name), cells, bp_plural(cells));
    if (by_region) {
        bp_finding_mark(list, finding, "without %.*s", BP_ARG(regions));
    } else {
        bp_finding_mark(list, finding, "does not reach every account that needs it");
    }
    if (by_region && accounts && vault->deploy_to_written) {
        bp_finding_label(list, finding, vault->deploy_to_span, "some accounts are not below these");
    }
    label_need(context, finding, found, by_region ? lacking : ~(bp_region_mask)0);
    bp_cells_tell(context, finding, &found->rows);
    bp_cells_note(context, finding, &found->rows, "not covered:");
    bp_finding_help(list, finding,
                    "add the missing places, or leave deploy_to and regions out: the vault is then "
                    "placed wherever policies need it");
}

static void
report_role(const bp_check_context *context, const bp_role *role, const bp_role_need *need,
            const bp_cell_rows *rows)
{
    bp_diagnostics *list = context->diagnostics;
    bp_span span = role->span;
    if (role->deploy_to.count > 0 && bp_span_exists(role->deploy_to.at[0].span)) {
        span = bp_span_join(role->deploy_to.at[0].span,
                            role->deploy_to.at[role->deploy_to.count - 1].span);
    }
    bp_finding *finding = bp_report(
        list, "STK004", span,
        "the stack set of role \"%.*s\" does not reach %zu account%s that policies need; it must "
        "cover all of them",
        BP_ARG(role->name), rows->count, bp_plural(rows->count));
    bp_finding_mark(list, finding, "does not reach every account that needs it");
    bp_finding_label(list, finding, need->reference->name_span, "needed here by \"%.*s\"",
                     BP_ARG(need->policy->name));
    bp_cells_tell(context, finding, rows);
    bp_cells_note(context, finding, rows, "not covered:");
    bp_finding_help(list, finding, "deploy_to = [root] reaches every member account");
}

static void
judge_role(const bp_check_context *context, const bp_needs *needs, const bp_bound_role *role)
{
    bp_cell_rows rows = {0};
    const bp_role_need *first = NULL;
    for (size_t i = 0; i < needs->roles.count; i++) {
        bp_need_cells cells;
        if (needs->roles.at[i].role != role) {
            continue;
        }
        bp_role_need_judge(context, &needs->roles.at[i], &cells);
        if (cells.bare.count > 0) {
            first = first != NULL ? first : &needs->roles.at[i];
            bp_cells_add(context->arena, &rows, &cells.bare);
        }
    }
    if (first != NULL) {
        report_role(context, role->role, first, &rows);
    }
}

/* Counts the declarations with written places that policies use, when nothing can be judged. */
static void
skip_without_inventory(const bp_check_context *context)
{
    size_t count = 0;
    for (size_t i = 0; i < context->model->vaults.count; i++) {
        count += !context->model->vaults.at[i].placed_by_need;
    }
    bp_skip_without_inventory(context, "STK004", count);
}

void
bp_check_stack_sets(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL) {
        return;
    }
    if (context->org == NULL) {
        skip_without_inventory(context);
        return;
    }
    const bp_needs *needs = bp_needs_of(context);
    for (size_t i = 0; i < context->model->vaults.count; i++) {
        const bp_bound_vault *vault = &context->model->vaults.at[i];
        if (vault->placed_by_need) {
            continue;
        }
        gap found = gap_of(context, needs, vault);
        if (found.need != NULL) {
            report_vault(context, vault, &found);
        }
    }
    for (size_t i = 0; i < context->model->roles.count; i++) {
        judge_role(context, needs, &context->model->roles.at[i]);
    }
}
