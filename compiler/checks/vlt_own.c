/*
 * VLT005: another owner made a vault of this name where the project's stack set would make it. Two
 * declarations of one name are SYN018 already.
 *
 * Who made a vault the inventory tells by its stack sets. A vault in a cell that the project's own
 * stack set is known to reach is ours; without a complete list of stack sets nobody knows.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/placed.h"

/* Cells in which the inventory has a vault of the name, or where its absence is certain. */
static bp_cell_rows
listed_cells(const bp_check_context *context, const bp_cell_rows *among, bp_str name, bool present)
{
    bp_cell_rows rows = {0};
    for (size_t i = 0; i < among->count; i++) {
        const bp_account *account = &context->org->accounts.at[among->at[i].account];
        bp_region_mask is = 0;
        bp_region_mask is_not = 0;
        bp_org_vault_regions(account, name, &is, &is_not);
        bp_region_mask regions = among->at[i].regions & (present ? is : is_not);
        if (regions != 0) {
            *bp_vec_add(context->arena, &rows) = (bp_cell_row){among->at[i].account, regions};
        }
    }
    return rows;
}

static void
report_taken(const bp_check_context *context, const bp_vault *vault, const bp_org_stack_set *set,
             const bp_cell_rows *rows)
{
    bp_diagnostics *list = context->diagnostics;
    size_t cells = bp_cells_count(rows);
    const bp_account *first = bp_cells_first(context, rows);
    int region = bp_mask_first(rows->at[0].regions);
    const bp_org_vault *listed = bp_org_vault_in(first, vault->name, region);
    bp_finding *finding =
        bp_report(list, "VLT005", vault->span,
                  "vault \"%.*s\" exists already in %zu account-Region pair%s, made by another "
                  "owner; the project's stack set fails there",
                  BP_ARG(vault->name), cells, bp_plural(cells));
    bp_finding_mark(list, finding, "would be made a second time");
    if (set != NULL) {
        bp_finding_label(list, finding, set->span, "this stack set makes it");
    } else if (listed != NULL) {
        bp_finding_label(list, finding, listed->span, "no stack set of the project made this one");
    }
    bp_cells_tell(context, finding, rows);
    bp_cells_note(context, finding, rows, "exists in");
    bp_finding_help(list, finding,
                    "name the vault without declaring it, keep the declaration away from there by "
                    "deploy_to and regions, or import the vault into the stack set");
}

/* What nobody knows the owner of. */
static void
judge_owner(const bp_check_context *context, const bp_bound_vault *bound, bp_account_set *unknown)
{
    const bp_organization *org = context->org;
    const bp_vault *vault = bound->vault;
    bool asked = org->stack_sets.count > 0 || org->stack_sets_partial || org->stack_sets_complete;
    if (!asked) {
        return; /* an inventory without a word on stack sets was not made to answer this */
    }
    bp_str ours = bp_stack_set_name(context->arena, BP_STACK_VAULT, vault->name);
    bp_cell_rows rest = bp_vault_placed(context, bound).all;
    bp_cell_rows absent = listed_cells(context, &rest, vault->name, false);
    rest = bp_cells_without(context->arena, &rest, &absent);
    for (size_t i = 0; rest.count > 0 && i < org->stack_sets.count; i++) {
        const bp_org_stack_set *set = &org->stack_sets.at[i];
        bool own = bp_str_equal(set->name, ours);
        if (!own && (!set->makes_known || !bp_set_makes(set, true, vault->name))) {
            continue;
        }
        bp_cell_rows cells = bp_set_cells(context, set);
        bp_cell_rows taken = bp_cells_both(context->arena, &rest, &cells);
        if (taken.count > 0 && !own) {
            report_taken(context, vault, set, &taken);
        }
        rest = bp_cells_without(context->arena, &rest, &taken);
    }
    rest = listed_cells(context, &rest, vault->name, true);
    if (rest.count > 0 && org->stack_sets_complete) {
        report_taken(context, vault, NULL, &rest);
        return;
    }
    for (size_t i = 0; i < rest.count; i++) {
        bp_account_set_add(context, unknown, rest.at[i].account);
    }
}

void
bp_check_vault_owners(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL) {
        return;
    }
    bp_account_set unknown = {0};
    size_t count = context->model->vaults.count;
    for (size_t i = 0; context->org != NULL && i < count; i++) {
        judge_owner(context, &context->model->vaults.at[i], &unknown);
    }
    if (unknown.count > 0) {
        bp_skip_check(context->diagnostics, "VLT005", unknown.count,
                      "who made a vault is not known in %zu account%s", unknown.count,
                      bp_plural(unknown.count));
    }
}
