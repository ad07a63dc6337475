/*
 * Effective policies, first form: plans side by side.
 *
 * A sweep over the bounds of all reaches finds the stretches of accounts that the same policies
 * reach; equal sets share one result, wherever they stand in the tree. Nothing is merged here: the
 * evaluator of merged policies will fill the same results.
 */
#include "compiler/effective/effective.h"

#include <stdlib.h>

/* A policy begins or ends to reach the accounts from `at` on. */
typedef struct edge {
    uint32_t at;
    uint32_t policy;
    bool begins;
} edge;

typedef BP_VEC(edge) edges;

/* The policies that reach the accounts of the stretch at hand. */
typedef struct sweep {
    bp_arena *arena;
    const bp_model *model;
    bp_effective *effective;
    unsigned char *reaching; /* a bit for each policy */
    size_t bytes;
    size_t active;     /* bits that are set */
    bp_map *result_of; /* the bits as text → the index of the result */
    bool *in_a_result; /* for each policy */
} sweep;

static int
by_place(const void *a, const void *b)
{
    const edge *left = a;
    const edge *right = b;
    if (left->at != right->at) {
        return left->at < right->at ? -1 : 1;
    }
    return left->policy < right->policy ? -1 : left->policy > right->policy;
}

static void
add_policy(sweep *state, bp_effective_result *result, size_t index)
{
    const bp_bound_policy *bound = &state->model->policies.at[index];
    *bp_vec_add(state->arena, &result->policies) = bound;
    const bp_node *plan = bp_node_first(bound->policy->document, "plans");
    for (; plan != NULL; plan = plan->next) {
        if (plan->kind == BP_NODE_PLAN) {
            *bp_vec_add(state->arena, &result->plans) =
                (bp_effective_plan){.plan = plan, .policy = bound->policy};
        }
    }
}

/* The result of the set of policies at hand, made at its first account. */
static size_t
result_of_set(sweep *state)
{
    bp_str key = {(const char *)state->reaching, state->bytes};
    const size_t *known = bp_map_get(state->result_of, key);
    if (known != NULL) {
        return *known;
    }
    size_t *number = BP_NEW(state->arena, size_t);
    *number = state->effective->results.count;
    bp_map_set(state->result_of, bp_str_copy(state->arena, key), number);
    bp_effective_result *result = bp_vec_add(state->arena, &state->effective->results);
    for (size_t i = 0; i < state->model->policies.count; i++) {
        if ((state->reaching[i / 8] & (1u << (i % 8))) != 0) {
            state->in_a_result[i] = true;
            add_policy(state, result, i);
        }
    }
    return *number;
}

/* All accounts of [first, end) are reached by the set at hand. */
static void
take_stretch(sweep *state, uint32_t first, uint32_t end)
{
    const bp_organization *org = state->model->org;
    size_t number = SIZE_MAX;
    for (uint32_t at = first; at < end && state->active > 0; at++) {
        const bp_account *account = &org->accounts.at[at];
        if (!bp_account_counts(account)) {
            continue;
        }
        if (number == SIZE_MAX) {
            number = result_of_set(state);
        }
        bp_effective_result *result = &state->effective->results.at[number];
        *bp_vec_add(state->arena, &result->accounts) = at;
        result->includes_management = result->includes_management || account->management;
    }
}

static void
sweep_accounts(sweep *state)
{
    edges all = {0};
    for (size_t i = 0; i < state->model->policies.count; i++) {
        const bp_ranges *reach = &state->model->policies.at[i].reach;
        for (size_t r = 0; r < reach->count; r++) {
            *bp_vec_add(state->arena, &all) = (edge){reach->at[r].first, (uint32_t)i, true};
            *bp_vec_add(state->arena, &all) = (edge){reach->at[r].end, (uint32_t)i, false};
        }
    }
    if (all.count > 0) {
        qsort(all.at, all.count, sizeof *all.at, by_place);
    }
    for (size_t i = 0; i < all.count; i++) {
        const edge *next = &all.at[i];
        unsigned char bit = (unsigned char)(1u << (next->policy % 8));
        if (i > 0) {
            take_stretch(state, all.at[i - 1].at, next->at);
        }
        if (next->begins) {
            state->reaching[next->policy / 8] |= bit;
            state->active++;
        } else {
            state->reaching[next->policy / 8] &= (unsigned char)~bit;
            state->active--;
        }
    }
}

bool
bp_effective_evaluate(bp_arena *arena, const bp_model *model, bp_effective **effective)
{
    size_t count = model->policies.count;
    sweep state = {.arena = arena,
                   .model = model,
                   .effective = BP_NEW(arena, bp_effective),
                   .bytes = count / 8 + 1,
                   .result_of = bp_map_new(arena)};
    state.reaching = bp_arena_alloc(arena, state.bytes);
    state.in_a_result = bp_arena_array(arena, count + 1, sizeof *state.in_a_result);
    state.effective->named = model->org != NULL;
    if (model->org != NULL) {
        sweep_accounts(&state);
    }
    for (size_t i = 0; i < count; i++) {
        if (!state.in_a_result[i]) {
            add_policy(&state, bp_vec_add(arena, &state.effective->results), i);
        }
    }
    *effective = state.effective;
    return true;
}

/* Adds or takes the Regions of a list. */
static bp_region_mask
mask_of(const bp_value *list)
{
    bp_region_mask mask = 0;
    for (size_t i = 0; list != NULL && list->kind == BP_VALUE_LIST && i < list->items.count; i++) {
        const bp_value *item = list->items.at[i];
        int index = item->kind == BP_VALUE_TEXT ? bp_region_index(item->text) : -1;
        if (index >= 0) {
            mask |= BP_REGION_BIT(index);
        }
    }
    return mask;
}

bp_region_mask
bp_plan_regions(const bp_node *plan)
{
    const bp_node *regions = bp_node_child(plan, "regions");
    if (regions == NULL) {
        return 0;
    }
    return (mask_of(regions->assign) | mask_of(regions->append)) & ~mask_of(regions->remove);
}
