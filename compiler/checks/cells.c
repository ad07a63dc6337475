/*
 * Plans with their accounts, sets of cells, and the small things that all families of the
 * organization say alike. No rule is judged here.
 */
#include "compiler/checks/cells.h"

#include "compiler/coverage/coverage.h"

#include <stdlib.h>

enum { ROWS_NOTED = 5 };

const char *
bp_plural(size_t count)
{
    return count == 1 ? "" : "s";
}

size_t
bp_mask_count(bp_region_mask mask)
{
    size_t count = 0;
    for (; mask != 0; mask &= mask - 1) {
        count++;
    }
    return count;
}

int
bp_mask_first(bp_region_mask mask)
{
    int at = 0;
    if (mask == 0) {
        return -1;
    }
    for (int width = 32; width > 0; width /= 2) {
        if ((mask & (((bp_region_mask)1 << width) - 1)) == 0) {
            mask >>= width;
            at += width;
        }
    }
    return at;
}

bp_str
bp_mask_words(const bp_check_context *context, bp_region_mask mask)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(context->facts, &count);
    bp_buf words = {.arena = context->arena};
    for (size_t i = 0; i < count; i++) {
        if ((mask & BP_REGION_BIT(i)) != 0) {
            bp_buf_format(&words, "%s%s", words.size > 0 ? ", " : "", regions[i].code);
        }
    }
    return bp_buf_text(&words);
}

bp_region_mask
bp_home_regions(const bp_check_context *context)
{
    return context->org == NULL ? ~(bp_region_mask)0
                                : bp_regions_of_partition(context->facts, context->org->partition);
}

/* The bytes of a pointer as a key of a map; the number must live as long as the map. */
static bp_str
key_of(const uintptr_t *number)
{
    return (bp_str){(const char *)number, sizeof(uintptr_t)};
}

/* A slot for each plan that somebody gets, found by its node. */
static bp_map *
slots_of(const bp_check_context *context, bp_plan_uses *uses)
{
    bp_map *slots = bp_map_new(context->arena);
    bp_region_mask usable = bp_policy_regions(context->facts, context->org);
    for (size_t i = 0; i < context->effective->plans.count; i++) {
        const bp_effective_plan *plan = &context->effective->plans.at[i];
        bp_plan_use *use = bp_vec_add(context->arena, uses);
        use->policy = plan->policy;
        use->bound = plan->bound;
        use->plan = plan->plan;
        use->merged = plan->merged;
        use->regions = bp_plan_regions(context->facts, plan->plan);
        use->usable = use->regions & usable;
        uintptr_t *key = BP_NEW(context->arena, uintptr_t);
        size_t *slot = BP_NEW(context->arena, size_t);
        *key = (uintptr_t)plan->plan;
        *slot = uses->count - 1;
        bp_map_set(slots, key_of(key), slot);
    }
    return slots;
}

/* Marks the plans that the management account gets: what is attached to the root reaches it also
 * when the tree does not list it. */
static void
mark_management(const bp_check_context *context, const bp_map *slots, bp_plan_uses *uses)
{
    const bp_effective *effective = context->effective;
    const bp_account *management = bp_org_management(context->org);
    bp_way *way = management != NULL
                      ? effective->account_ways[bp_account_index(context->org, management)]
                      : effective->ou_ways[0];
    bp_merged *plans = bp_merged_kid(effective->merger, bp_merger_document(effective->merger, way),
                                     BP_STR("plans"));
    if (plans == NULL) {
        return;
    }
    bp_merged_open(effective->merger, plans);
    for (size_t i = 0; i < plans->kids.count; i++) {
        uintptr_t key = (uintptr_t)bp_merged_tree(effective->merger, plans->kids.at[i]);
        const size_t *slot = bp_map_get(slots, key_of(&key));
        if (slot != NULL) {
            uses->at[*slot].management = true;
        }
    }
}

/* The slots of the plans of each result, and how many accounts every slot gets. */
typedef BP_VEC(size_t) slot_list;

static slot_list *
slots_of_results(const bp_check_context *context, bp_plan_uses *uses)
{
    const bp_map *slots = slots_of(context, uses);
    if (context->org != NULL) {
        mark_management(context, slots, uses);
    }
    const bp_effective *effective = context->effective;
    slot_list *lists = bp_arena_array(context->arena, effective->results.count + 1, sizeof *lists);
    for (size_t i = 0; i < effective->results.count; i++) {
        const bp_effective_result *result = &effective->results.at[i];
        for (size_t p = 0; p < result->plans.count && result->accounts.count > 0; p++) {
            uintptr_t key = (uintptr_t)result->plans.at[p]->plan;
            const size_t *slot = bp_map_get(slots, key_of(&key));
            if (slot != NULL) {
                *bp_vec_add(context->arena, &lists[i]) = *slot;
                uses->at[*slot].accounts.room += result->accounts.count;
            }
        }
    }
    return lists;
}

/* Gives every plan its accounts, in tree order. */
static void
fill_accounts(const bp_check_context *context, bp_plan_uses *uses, const slot_list *lists)
{
    size_t count = context->org->accounts.count;
    const bp_effective *effective = context->effective;
    const slot_list **list_of = bp_arena_array(context->arena, count + 1, sizeof(void *));
    for (size_t i = 0; i < uses->count; i++) {
        uses->at[i].accounts.at =
            bp_arena_array(context->arena, uses->at[i].accounts.room, sizeof(uint32_t));
    }
    for (size_t i = 0; i < effective->results.count; i++) {
        const bp_effective_result *result = &effective->results.at[i];
        for (size_t a = 0; a < result->accounts.count; a++) {
            list_of[result->accounts.at[a]] = &lists[i];
        }
    }
    for (uint32_t account = 0; account < count; account++) {
        for (size_t p = 0; list_of[account] != NULL && p < list_of[account]->count; p++) {
            bp_plan_use *use = &uses->at[list_of[account]->at[p]];
            use->accounts.at[use->accounts.count++] = account;
        }
    }
}

const bp_plan_uses *
bp_plan_uses_of(const bp_check_context *context)
{
    if (context->cache != NULL && context->cache->uses != NULL) {
        return context->cache->uses;
    }
    bp_check_context lasting = *context;
    lasting.arena = context->cache != NULL ? context->cache->arena : context->arena;
    bp_plan_uses *uses = BP_NEW(lasting.arena, bp_plan_uses);
    if (context->model != NULL && context->effective != NULL) {
        const slot_list *lists = slots_of_results(&lasting, uses);
        if (context->org != NULL) {
            fill_accounts(&lasting, uses, lists);
        }
    }
    if (context->cache != NULL) {
        context->cache->uses = uses;
    }
    return uses;
}

/* Adds the rows of `b` to those of `a` in place; false if `a` lacks an account. */
static bool
join_in_place(bp_cell_rows *a, const bp_cell_rows *b)
{
    size_t i = 0;
    for (size_t j = 0; j < b->count; j++) {
        while (i < a->count && a->at[i].account < b->at[j].account) {
            i++;
        }
        if (i == a->count || a->at[i].account != b->at[j].account) {
            return false;
        }
        a->at[i].regions |= b->at[j].regions;
    }
    return true;
}

void
bp_cells_add(bp_arena *arena, bp_cell_rows *a, const bp_cell_rows *b)
{
    if (join_in_place(a, b)) {
        return;
    }
    bp_cell_rows sum = {.room = a->count + b->count};
    sum.at = bp_arena_array(arena, sum.room, sizeof *sum.at);
    size_t i = 0;
    size_t j = 0;
    while (i < a->count || j < b->count) {
        bp_cell_row *row = &sum.at[sum.count++];
        if (j == b->count || (i < a->count && a->at[i].account < b->at[j].account)) {
            *row = a->at[i++];
        } else if (i == a->count || b->at[j].account < a->at[i].account) {
            *row = b->at[j++];
        } else {
            *row = a->at[i++];
            row->regions |= b->at[j++].regions;
        }
    }
    *a = sum;
}

static int
by_account(const void *a, const void *b)
{
    uint32_t left = ((const bp_cell_row *)a)->account;
    uint32_t right = ((const bp_cell_row *)b)->account;
    return left < right ? -1 : left > right;
}

bp_cell_rows
bp_cells_of_results(const bp_check_context *context, const bp_result_list *results)
{
    bp_cell_rows rows = {0};
    size_t room = 0;
    for (size_t i = 0; i < results->count; i++) {
        room += results->at[i]->accounts.count;
    }
    rows.room = room;
    rows.at = bp_arena_array(context->arena, room + 1, sizeof *rows.at);
    for (size_t i = 0; i < results->count; i++) {
        for (size_t a = 0; a < results->at[i]->accounts.count; a++) {
            rows.at[rows.count++] = (bp_cell_row){results->at[i]->accounts.at[a], 0};
        }
    }
    if (rows.count > 1) {
        qsort(rows.at, rows.count, sizeof *rows.at, by_account);
    }
    size_t kept = 0;
    for (size_t i = 0; i < rows.count; i++) {
        if (kept == 0 || rows.at[kept - 1].account != rows.at[i].account) {
            rows.at[kept++] = rows.at[i];
        }
    }
    rows.count = kept;
    return rows;
}

const bp_account *
bp_cells_first(const bp_check_context *context, const bp_cell_rows *rows)
{
    return &context->org->accounts.at[rows->at[0].account];
}

size_t
bp_cells_count(const bp_cell_rows *rows)
{
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        count += rows->at[i].regions == 0 ? 1 : bp_mask_count(rows->at[i].regions);
    }
    return count;
}

/* Whether the cells of a finding, as many as there are, are exactly these rows. */
static bool
cells_are(const bp_check_context *context, const bp_cell *cells, const bp_cell_rows *rows)
{
    size_t at = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const bp_account *account = &context->org->accounts.at[rows->at[i].account];
        for (bp_region_mask rest = rows->at[i].regions; rest != 0; rest &= rest - 1, at++) {
            size_t count = 0;
            const char *code = bp_regions(context->facts, &count)[bp_mask_first(rest)].code;
            if (cells[at].account.at != account->id.at || cells[at].region.at != code) {
                return false;
            }
        }
        if (rows->at[i].regions == 0 &&
            (cells[at].account.at != account->id.at || cells[at++].region.size > 0)) {
            return false;
        }
    }
    return true;
}

/* A number that the same rows have, and others hardly. */
static uint64_t
number_of(const bp_cell_rows *rows)
{
    uint64_t number = 0xcbf29ce484222325u;
    for (size_t i = 0; i < rows->count; i++) {
        number = (number ^ rows->at[i].account) * 0x100000001b3u;
        number = (number ^ rows->at[i].regions) * 0x100000001b3u;
    }
    return number;
}

/* The cells of a finding, which do not move any more. */
typedef struct told_cells {
    bp_cell *at;
    size_t count;
} told_cells;

static told_cells **
told_slot(const bp_check_context *context, const bp_cell_rows *rows)
{
    struct bp_check_cache *cache = context->cache;
    cache->told = cache->told == NULL ? bp_map_new(cache->arena) : cache->told;
    uint64_t number = number_of(rows);
    told_cells **slot = bp_map_get(cache->told, (bp_str){(const char *)&number, sizeof number});
    if (slot == NULL) {
        uint64_t *key = BP_NEW(cache->arena, uint64_t);
        *key = number;
        slot = BP_NEW(cache->arena, told_cells *);
        bp_map_set(cache->told, (bp_str){(const char *)key, sizeof *key}, slot);
    }
    return slot;
}

static void
add_cells(const bp_check_context *context, bp_finding *finding, const bp_cell_rows *rows)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(context->facts, &count);
    for (size_t i = 0; i < rows->count; i++) {
        const bp_account *account = &context->org->accounts.at[rows->at[i].account];
        if (rows->at[i].regions == 0) {
            bp_finding_cell(context->diagnostics, finding, account->id, account->name,
                            (bp_str){"", 0});
        }
        for (bp_region_mask rest = rows->at[i].regions; rest != 0; rest &= rest - 1) {
            bp_finding_cell(context->diagnostics, finding, account->id, account->name,
                            bp_str_of(regions[bp_mask_first(rest)].code));
        }
    }
}

/* Many policies reach alike and cells are many: findings about the same rows share them. */
void
bp_cells_tell(const bp_check_context *context, bp_finding *finding, const bp_cell_rows *rows)
{
    if (rows->count == 0) {
        return;
    }
    if (finding->cells.count > 0 || context->cache == NULL) {
        add_cells(context, finding, rows);
        return;
    }
    told_cells **known = told_slot(context, rows);
    size_t cells = bp_cells_count(rows);
    if (*known != NULL && (*known)->count == cells && cells_are(context, (*known)->at, rows)) {
        finding->cells.at = (*known)->at;
        finding->cells.count = finding->cells.room = cells;
        return;
    }
    finding->cells.at = bp_arena_array(context->cache->arena, cells, sizeof *finding->cells.at);
    finding->cells.room = cells;
    add_cells(context, finding, rows);
    *known = BP_NEW(context->cache->arena, told_cells);
    **known = (told_cells){finding->cells.at, cells};
}

void
bp_cells_note(const bp_check_context *context, bp_finding *finding, const bp_cell_rows *rows,
              const char *what)
{
    for (size_t i = 0; i < rows->count && i < ROWS_NOTED; i++) {
        const bp_account *account = &context->org->accounts.at[rows->at[i].account];
        bp_str regions = bp_mask_words(context, rows->at[i].regions);
        bp_finding_note(context->diagnostics, finding, "%s \"%.*s\" (%.*s)%s%.*s", what,
                        BP_ARG(account->name), BP_ARG(account->id), regions.size > 0 ? ": " : "",
                        BP_ARG(regions));
    }
    if (rows->count > ROWS_NOTED) {
        bp_finding_note(context->diagnostics, finding, "and %zu more account%s",
                        rows->count - ROWS_NOTED, bp_plural(rows->count - ROWS_NOTED));
    }
}

void
bp_account_set_add(const bp_check_context *context, bp_account_set *set, uint32_t account)
{
    if (set->holds == NULL) {
        set->holds = bp_arena_array(context->arena, context->org->accounts.count, sizeof(bool));
    }
    set->count += !set->holds[account];
    set->holds[account] = true;
}

void
bp_skip_without_inventory(const bp_check_context *context, const char *code, size_t count)
{
    if (count > 0) {
        bp_skip_check(context->diagnostics, code, count, "no inventory");
    }
}

void
bp_finding_uses(const bp_check_context *context, bp_finding *finding, bp_span uses)
{
    /* An argument stands within the `uses` already: pointing at both says nothing more. */
    bool within = finding->span.source == uses.source && finding->span.start >= uses.start &&
                  finding->span.end <= uses.end;
    if (bp_span_exists(uses) && !within) {
        bp_finding_label(context->diagnostics, finding, uses, "used here");
    }
}

static const bp_value *
item_of(const bp_value *list, bp_str code)
{
    for (size_t i = 0; list != NULL && list->kind == BP_VALUE_LIST && i < list->items.count; i++) {
        const bp_value *item = list->items.at[i];
        if (item->kind == BP_VALUE_TEXT && bp_str_equal(item->text, code)) {
            return item;
        }
    }
    return NULL;
}

const bp_value *
bp_plan_region_value(const bp_check_context *context, const bp_node *plan, int region)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(context->facts, &count);
    const bp_node *leaf = bp_node_child(plan, "regions");
    if (leaf == NULL || region < 0 || (size_t)region >= count) {
        return NULL;
    }
    bp_str code = bp_str_of(regions[region].code);
    const bp_value *item = item_of(leaf->assign, code);
    return item != NULL ? item : item_of(leaf->append, code);
}

const bp_reference *
bp_copy_destination(const bp_node *copy)
{
    const bp_value *value = bp_node_value(copy, "target_backup_vault_arn");
    if (value == NULL || value->kind != BP_VALUE_TEXT || value->reference == NULL ||
        value->reference->kind != BP_REF_VAULT) {
        return NULL;
    }
    return value->reference;
}

bool
bp_reference_is_own_account(const bp_reference *reference)
{
    return bp_str_is(reference->account, "$account");
}

const bp_bound_policy *
bp_use_value_owner(const bp_check_context *context, const bp_plan_use *use, const bp_value *value)
{
    return use->merged ? bp_value_writer(context->model, value, use->bound) : use->bound;
}

const bp_bound_policy *
bp_use_node_owner(const bp_check_context *context, const bp_plan_use *use, const bp_node *node)
{
    return use->merged ? bp_node_writer(context->model, node, use->bound) : use->bound;
}
