/*
 * Collects what policies need, and looks every need up in the inventory and in the declared stack
 * sets. Names that cannot be right (NAM001, ROL002, ROL004, holes) are left to the rules about
 * form; so are Regions that a rule about Regions speaks of.
 */
#include "compiler/checks/needs.h"

#include "compiler/checks/forms.h"
#include "compiler/checks/stores.h"

#include <string.h>

static void
add_place(const bp_check_context *context, bp_vault_need *need, const bp_plan_use *use,
          bp_region_mask regions)
{
    *bp_vec_add(context->arena, &need->places) = (bp_need_place){use, regions};
}

/* What makes two needs one: the place in the policy, and where it leads. */
typedef struct need_key {
    const void *policy;
    const void *to;
    uint32_t source;
    uint32_t start;
    uint32_t end;
    uint32_t copy;
} need_key;

/* The index + 1 of the need of a key; a new one gets `fresh`. */
static size_t *
slot_of(const bp_check_context *context, bp_map *slots, need_key key, bp_str name, size_t fresh)
{
    enum { LONGEST = 128 }; /* names that are judged here are shorter */
    char bytes[sizeof key + LONGEST];
    size_t size = name.size < LONGEST ? name.size : LONGEST;
    memcpy(bytes, &key, sizeof key);
    memcpy(bytes + sizeof key, name.at, size);
    bp_str text = {bytes, sizeof key + size};
    size_t *slot = bp_map_get(slots, text);
    if (slot == NULL) {
        slot = BP_NEW(context->arena, size_t);
        *slot = fresh + 1;
        bp_map_set(slots, bp_str_copy(context->arena, text), slot);
    }
    return slot;
}

/* What a walk over stores fills. */
typedef struct gathering {
    const bp_check_context *context;
    bp_needs *needs;
} gathering;

static void
add_store(void *state, const bp_store *store)
{
    const gathering *into = state;
    const bp_check_context *context = into->context;
    bp_needs *needs = into->needs;
    const bp_bound_policy *bound = bp_use_value_owner(context, store->use, store->value);
    need_key key = {.policy = bound->policy,
                    .to = store->to,
                    .source = store->name_span.source,
                    .start = store->name_span.start,
                    .end = store->name_span.end,
                    .copy = store->copy};
    size_t count = needs->vaults.count;
    size_t slot = *slot_of(context, needs->slots, key, store->name, count);
    if (slot == count + 1) {
        *bp_vec_add(context->arena, &needs->vaults) =
            (bp_vault_need){.policy = bound->policy,
                            .bound = bound,
                            .node = store->node,
                            .value = store->value,
                            .name = store->name,
                            .name_span = store->name_span,
                            .copy = store->copy,
                            .literal = store->literal,
                            .to = store->to,
                            .elsewhere = store->elsewhere,
                            .vault = store->vault,
                            .reference = store->reference};
    }
    add_place(context, &needs->vaults.at[slot - 1], store->use, store->regions);
}

static void
add_role(const bp_check_context *context, bp_needs *needs, const bp_plan_use *use,
         const bp_node *node, const char *path)
{
    const bp_value *value = bp_node_value(node, path);
    if (value == NULL || value->kind != BP_VALUE_TEXT || value->reference == NULL ||
        value->reference->kind != BP_REF_ROLE || !bp_role_arn_is_good(value) ||
        bp_text_is_unfinished(value->reference->name)) {
        return;
    }
    const bp_reference *reference = value->reference;
    const bp_bound_policy *bound = bp_use_value_owner(context, use, value);
    need_key key = {.policy = bound->policy,
                    .to = needs,
                    .source = reference->name_span.source,
                    .start = reference->name_span.start,
                    .end = reference->name_span.end};
    size_t count = needs->roles.count;
    size_t slot = *slot_of(context, needs->slots, key, reference->name, count);
    if (slot == count + 1) {
        *bp_vec_add(context->arena, &needs->roles) =
            (bp_role_need){.policy = bound->policy,
                           .bound = bound,
                           .node = node,
                           .value = value,
                           .reference = reference,
                           .role = bp_model_role(context->model, reference->path, reference->name)};
    }
    bp_role_need *need = &needs->roles.at[slot - 1];
    *bp_vec_add(context->arena, &need->places) = (bp_need_place){use, 0};
}

static void
add_plan(const bp_check_context *context, bp_needs *needs, const bp_plan_use *use)
{
    gathering into = {context, needs};
    bp_each_store_of(context, use, add_store, &into);
    static const char *const forms[] = {"selections/tags", "selections/resources"};
    for (size_t i = 0; i < 2; i++) {
        for (const bp_node *selection = bp_node_first(use->plan, forms[i]); selection != NULL;
             selection = selection->next) {
            add_role(context, needs, use, selection, "iam_role_arn");
        }
    }
    const bp_node *scanner = bp_node_first(use->plan, "scan_settings");
    for (; scanner != NULL; scanner = scanner->next) {
        add_role(context, needs, use, scanner, "scanner_role_arn");
    }
}

const bp_needs *
bp_needs_of(const bp_check_context *context)
{
    if (context->cache != NULL && context->cache->needs != NULL) {
        return context->cache->needs;
    }
    bp_check_context lasting = *context;
    lasting.arena = context->cache != NULL ? context->cache->arena : context->arena;
    bp_needs *needs = BP_NEW(lasting.arena, bp_needs);
    needs->slots = bp_map_new(lasting.arena);
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    for (size_t i = 0; i < uses->count; i++) {
        add_plan(&lasting, needs, &uses->at[i]);
    }
    if (context->cache != NULL) {
        context->cache->needs = needs;
    }
    return needs;
}

bp_region_mask
bp_need_regions(const bp_vault_need *need)
{
    bp_region_mask mask = 0;
    for (size_t i = 0; i < need->places.count; i++) {
        mask |= need->places.at[i].regions;
    }
    return mask;
}

/* What is known about one name in a set of vaults. Accounts share a few sets: each is searched
 * once for a need, but for rare clashes. */
typedef struct lookup {
    const bp_vault_set *set;
    bp_region_mask present;
    bp_region_mask absent;
} lookup;

enum { LOOKUPS = 64, LOW_BITS = 4 };

typedef struct lookups {
    lookup at[LOOKUPS];
} lookups;

static lookup
look_up(lookups *known, const bp_account *account, bp_str name)
{
    lookup *entry = &known->at[((uintptr_t)account->vaults >> LOW_BITS) % LOOKUPS];
    if (entry->set != account->vaults || account->vaults == NULL) {
        entry->set = account->vaults;
        bp_org_vault_regions(account, name, &entry->present, &entry->absent);
    }
    return *entry;
}

static void
judge_account(const bp_check_context *context, const bp_vault_need *need, lookups *known,
              uint32_t index, bp_region_mask wanted, bp_need_cells *cells)
{
    const bp_account *account = &context->org->accounts.at[index];
    wanted &= ~bp_closed_regions(context, account);
    if (wanted == 0) {
        return;
    }
    cells->cells += bp_mask_count(wanted);
    lookup found = look_up(known, account, need->name);
    bp_region_mask bare = wanted & ~bp_brought_regions(context, need->vault, account, wanted);
    bp_region_mask absent = bare & found.absent;
    bp_region_mask unknown = bare & ~found.absent & ~found.present;
    if (need->vault != NULL && bare != 0) {
        *bp_vec_add(context->arena, &cells->bare) = (bp_cell_row){index, bare};
    }
    if (unknown != 0) {
        *bp_vec_add(context->arena, &cells->unknown) = (bp_cell_row){index, unknown};
    }
    if (absent == 0) {
        return;
    }
    *bp_vec_add(context->arena, &cells->absent) = (bp_cell_row){index, absent};
    if (cells->near == NULL) {
        cells->near = bp_org_vault_other_case(account, need->name, absent);
        cells->near_account = account;
    }
}

/* Whether all places of a need are in the same accounts, as those of plans that nobody changes. */
static bool
one_reach(const bp_need_place *places, size_t count)
{
    const bp_plan_use *first = places[0].use;
    for (size_t i = 1; i < count; i++) {
        const bp_plan_use *use = places[i].use;
        if (use != first && (use->accounts.count != first->accounts.count ||
                             (first->accounts.count > 0 &&
                              memcmp(use->accounts.at, first->accounts.at,
                                     first->accounts.count * sizeof *first->accounts.at) != 0))) {
            return false;
        }
    }
    return true;
}

/* Calls a function with every account of a need but the management account. */
typedef void judge_cell(void *state, uint32_t account, bp_region_mask regions);

/* The cells of places whose accounts differ, in tree order. A mask of Regions for each account:
 * places may be as many as there are OUs. */
static void
each_mixed_cell(const bp_check_context *context, const bp_need_place *places, size_t count,
                judge_cell *judge, void *state)
{
    size_t accounts = context->org->accounts.count;
    bp_arena *scratch = bp_arena_scratch(context->arena);
    bp_region_mask *wanted = bp_arena_array(scratch, accounts + 1, sizeof *wanted);
    bool *reached = bp_arena_array(scratch, accounts + 1, sizeof *reached);
    for (size_t i = 0; i < count; i++) {
        const bp_plan_use *use = places[i].use;
        for (size_t a = 0; a < use->accounts.count; a++) {
            wanted[use->accounts.at[a]] |= places[i].regions;
            reached[use->accounts.at[a]] = true;
        }
    }
    for (uint32_t account = 0; account < accounts; account++) {
        if (reached[account] && !context->org->accounts.at[account].management) {
            judge(state, account, wanted[account]);
        }
    }
    bp_arena_release(context->arena, scratch);
}

static void
each_cell(const bp_check_context *context, const bp_need_place *places, size_t count,
          judge_cell *judge, void *state)
{
    const bp_plan_use *use = places[0].use;
    bp_region_mask wanted = 0;
    if (!one_reach(places, count)) {
        each_mixed_cell(context, places, count, judge, state);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        wanted |= places[i].regions;
    }
    for (size_t i = 0; i < use->accounts.count; i++) {
        uint32_t account = use->accounts.at[i];
        if (!context->org->accounts.at[account].management) {
            judge(state, account, wanted);
        }
    }
}

typedef struct vault_run {
    const bp_check_context *context;
    const bp_vault_need *need;
    lookups known;
    bp_need_cells *cells;
} vault_run;

static void
judge_vault_cell(void *state, uint32_t account, bp_region_mask regions)
{
    vault_run *run = state;
    judge_account(run->context, run->need, &run->known, account, regions, run->cells);
}

void
bp_vault_need_judge(const bp_check_context *context, const bp_vault_need *need,
                    bp_need_cells *cells)
{
    *cells = (bp_need_cells){0};
    if (context->org == NULL) {
        return;
    }
    vault_run run = {.context = context, .need = need, .cells = cells};
    if (need->elsewhere) {
        judge_vault_cell(&run, bp_account_index(context->org, need->to), bp_need_regions(need));
        return;
    }
    each_cell(context, need->places.at, need->places.count, judge_vault_cell, &run);
}

typedef struct role_run {
    const bp_check_context *context;
    const bp_role_need *need;
    bp_need_cells *cells;
} role_run;

static void
judge_role_cell(void *state, uint32_t index, bp_region_mask regions)
{
    role_run *run = state;
    bp_need_cells *cells = run->cells;
    const bp_check_context *context = run->context;
    const bp_reference *reference = run->need->reference;
    const bp_account *account = &context->org->accounts.at[index];
    (void)regions; /* roles are the same in all of them */
    cells->cells++;
    bool brought = bp_model_provides_role(context->model, run->need->role, account);
    bp_answer answer = bp_org_role_answer(account, reference->path, reference->name);
    if (run->need->role != NULL && !brought) {
        *bp_vec_add(context->arena, &cells->bare) = (bp_cell_row){index, 0};
    }
    if (brought || answer == BP_PRESENT) {
        return;
    }
    *bp_vec_add(context->arena, answer == BP_ABSENT ? &cells->absent : &cells->unknown) =
        (bp_cell_row){index, 0};
    if (answer == BP_ABSENT && cells->near_role == NULL) {
        cells->near_role = bp_org_role_near(account, reference->path, reference->name);
        cells->near_account = account;
    }
}

void
bp_role_need_judge(const bp_check_context *context, const bp_role_need *need, bp_need_cells *cells)
{
    *cells = (bp_need_cells){0};
    role_run run = {.context = context, .need = need, .cells = cells};
    if (context->org != NULL) {
        each_cell(context, need->places.at, need->places.count, judge_role_cell, &run);
    }
}

typedef struct row_run {
    bp_arena *arena;
    bp_cell_rows *rows;
} row_run;

static void
keep_row(void *state, uint32_t index, bp_region_mask regions)
{
    row_run *run = state;
    *bp_vec_add(run->arena, run->rows) = (bp_cell_row){index, regions};
}

bp_cell_rows
bp_vault_need_rows(const bp_check_context *context, const bp_vault_need *need)
{
    bp_cell_rows rows = {0};
    row_run run = {context->arena, &rows};
    if (context->org != NULL && need->elsewhere && !need->to->management) {
        keep_row(&run, bp_account_index(context->org, need->to), bp_need_regions(need));
    } else if (context->org != NULL && !need->elsewhere) {
        each_cell(context, need->places.at, need->places.count, keep_row, &run);
    }
    return rows;
}

bp_cell_rows
bp_role_need_rows(const bp_check_context *context, const bp_role_need *need)
{
    bp_cell_rows rows = {0};
    row_run run = {context->arena, &rows};
    if (context->org != NULL) {
        each_cell(context, need->places.at, need->places.count, keep_row, &run);
    }
    return rows;
}

const bp_bound_vault *
bp_vault_other_case(const bp_model *model, bp_str name)
{
    for (size_t i = 0; i < model->vaults.count; i++) {
        const bp_bound_vault *vault = &model->vaults.at[i];
        if (bp_str_equal_folded(vault->vault->name, name) &&
            !bp_str_equal(vault->vault->name, name)) {
            return vault;
        }
    }
    return NULL;
}

bool
bp_role_is_default(const bp_reference *role)
{
    return bp_str_is(role->name, "AWSBackupDefaultServiceRole") &&
           bp_str_is(role->path, "/service-role/");
}
