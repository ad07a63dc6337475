/*
 * Finds the cells that stack sets reach. No rule is judged here.
 */
#include "compiler/checks/placed.h"

/* The accounts of some ranges that count, each with these Regions. */
static bp_cell_rows
rows_of_ranges(const bp_check_context *context, const bp_ranges *ranges, bp_region_mask regions)
{
    bp_cell_rows rows = {0};
    for (size_t r = 0; regions != 0 && r < ranges->count; r++) {
        for (uint32_t i = ranges->at[r].first; i < ranges->at[r].end; i++) {
            const bp_account *account = &context->org->accounts.at[i];
            if (bp_account_counts(account) && !account->management) {
                *bp_vec_add(context->arena, &rows) = (bp_cell_row){i, regions};
            }
        }
    }
    return rows;
}

/* What policies need of a vault; all Regions of it in *regions. Gathered by account: needs are many
 * and overlap. */
static bp_cell_rows
needed_rows(const bp_check_context *context, const bp_bound_vault *vault, bp_region_mask *regions)
{
    const bp_needs *needs = bp_needs_of(context);
    bp_cell_rows rows = {0};
    size_t count = context->org->accounts.count;
    bp_region_mask *masks = bp_arena_array(context->arena, count + 1, sizeof *masks);
    for (size_t i = 0; i < needs->vaults.count; i++) {
        const bp_vault_need *need = &needs->vaults.at[i];
        if (need->vault != vault) {
            continue;
        }
        bp_cell_rows some = bp_vault_need_rows(context, need);
        for (size_t r = 0; r < some.count; r++) {
            masks[some.at[r].account] |= some.at[r].regions;
        }
        *regions |= bp_need_regions(need);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (masks[i] != 0) {
            *bp_vec_add(context->arena, &rows) = (bp_cell_row){i, masks[i]};
        }
    }
    return rows;
}

bp_placed
bp_vault_placed(const bp_check_context *context, const bp_bound_vault *vault)
{
    bp_placed placed = {0};
    const bp_vault *written = vault->vault;
    bp_region_mask regions = 0;
    if (context->org == NULL) {
        return placed;
    }
    placed.needed = needed_rows(context, vault, &regions);
    if (vault->placed_by_need) {
        placed.all = placed.needed;
        return placed;
    }
    regions = written->regions_written ? vault->regions : regions;
    if (written->deploy_to_written) {
        placed.all = rows_of_ranges(context, &vault->accounts, regions);
    } else {
        bp_cells_add(context->arena, &placed.all, &placed.needed);
        for (size_t i = 0; i < placed.all.count; i++) {
            placed.all.at[i].regions = regions;
        }
    }
    placed.needed = bp_cells_both(context->arena, &placed.needed, &placed.all);
    return placed;
}

/* Takes the Regions of some instances away from, or adds them to, the rows of a stack set. */
static void
change_rows(const bp_check_context *context, bp_cell_rows *rows, const bp_stack_instances *list,
            bool more)
{
    bp_map *by_id = bp_map_new(context->arena);
    for (size_t i = 0; i < list->count && !more; i++) {
        bp_map_set(by_id, list->at[i].account, (void *)&list->at[i]);
    }
    for (size_t i = 0; i < rows->count && !more; i++) {
        const bp_stack_instance *lost =
            bp_map_get(by_id, context->org->accounts.at[rows->at[i].account].id);
        rows->at[i].regions &= ~(lost != NULL ? lost->in : 0);
    }
    for (size_t i = 0; i < list->count && more; i++) {
        const bp_account *account = bp_org_account(context->org, list->at[i].account);
        if (account != NULL && !account->management) {
            bp_cell_row row = {bp_account_index(context->org, account), list->at[i].in};
            bp_cell_rows single = {&row, 1, 1};
            bp_cells_add(context->arena, rows, &single);
        }
    }
}

bp_cell_rows
bp_set_cells(const bp_check_context *context, const bp_org_stack_set *set)
{
    bp_ranges ranges = {0};
    for (size_t i = 0; i < set->targets.count; i++) {
        const bp_ou *ou = bp_org_ou(context->org, set->targets.at[i]);
        if (ou != NULL) {
            *bp_vec_add(context->arena, &ranges) = (bp_range){ou->first_account, ou->end_account};
        }
    }
    bp_ranges_settle(&ranges);
    bp_cell_rows rows = rows_of_ranges(context, &ranges, set->regions);
    change_rows(context, &rows, &set->without, false);
    change_rows(context, &rows, &set->extra, true);
    return rows;
}

bool
bp_set_makes(const bp_org_stack_set *set, bool vault, bp_str name)
{
    size_t count = vault ? set->vaults.count : set->roles.count;
    for (size_t i = 0; i < count; i++) {
        if (bp_str_equal(vault ? set->vaults.at[i] : set->roles.at[i], name)) {
            return true;
        }
    }
    return false;
}

static bp_cell_rows
choose(bp_arena *arena, const bp_cell_rows *a, const bp_cell_rows *b, bool both)
{
    bp_cell_rows rows = {0};
    size_t j = 0;
    for (size_t i = 0; i < a->count; i++) {
        while (j < b->count && b->at[j].account < a->at[i].account) {
            j++;
        }
        bool found = j < b->count && b->at[j].account == a->at[i].account;
        bp_region_mask other = found ? b->at[j].regions : 0;
        bp_region_mask left = a->at[i].regions & (both ? other : ~other);
        if (left != 0) {
            *bp_vec_add(arena, &rows) = (bp_cell_row){a->at[i].account, left};
        }
    }
    return rows;
}

bp_cell_rows
bp_cells_both(bp_arena *arena, const bp_cell_rows *a, const bp_cell_rows *b)
{
    return choose(arena, a, b, true);
}

bp_cell_rows
bp_cells_without(bp_arena *arena, const bp_cell_rows *a, const bp_cell_rows *b)
{
    return choose(arena, a, b, false);
}
