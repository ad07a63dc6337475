/*
 * Results: the accounts of each way from the root, and the plans that they get.
 *
 * Which levels stand above an account is the business of levels.c, what policies become together
 * that of merge.c.
 */
#include "compiler/effective/effective.h"

#include <stdlib.h>

typedef struct evaluation {
    bp_arena *arena;
    const bp_model *model;
    bp_effective *effective;
    bool *in_a_result; /* for each policy */
    bp_map *plan_of;   /* bytes of the address of a plan → index of effective->plans + 1 */
} evaluation;

static bp_str
key_of(const void *const *pointer)
{
    return (bp_str){(const char *)pointer, sizeof *pointer};
}

static int
by_declaration(const void *a, const void *b)
{
    const bp_bound_policy *left = *(const bp_bound_policy *const *)a;
    const bp_bound_policy *right = *(const bp_bound_policy *const *)b;
    return left < right ? -1 : left > right;
}

/* All policies of a way, each once. */
static void
collect_policies(evaluation *e, bp_effective_result *result)
{
    for (const bp_way *way = result->way; way != NULL; way = way->above) {
        for (size_t i = 0; i < way->peers.count; i++) {
            *bp_vec_add(e->arena, &result->policies) = way->peers.at[i];
            e->in_a_result[way->peers.at[i] - e->model->policies.at] = true;
        }
    }
    if (result->policies.count == 0) {
        return;
    }
    qsort(result->policies.at, result->policies.count, sizeof *result->policies.at, by_declaration);
    size_t kept = 0;
    for (size_t i = 1; i < result->policies.count; i++) {
        if (result->policies.at[i] != result->policies.at[kept]) {
            result->policies.at[++kept] = result->policies.at[i];
        }
    }
    result->policies.count = kept + 1;
}

/* The one record of a plan, whichever results have it. */
static const bp_effective_plan *
plan_of(evaluation *e, bp_merged *from)
{
    const bp_node *tree = bp_merged_tree(e->effective->merger, from);
    const void *address = tree;
    const bp_effective_plan *known = bp_map_get(e->plan_of, key_of(&address));
    if (known != NULL) {
        return known;
    }
    bp_effective_plan *plan = BP_NEW(e->arena, bp_effective_plan);
    *plan = (bp_effective_plan){.plan = tree,
                                .policy = from->first.bound->policy,
                                .bound = from->first.bound,
                                .merged = tree != from->first.node,
                                .from = from};
    const void **key = BP_NEW(e->arena, const void *);
    *key = tree;
    bp_map_set(e->plan_of, key_of(key), plan);
    return plan;
}

static void
collect_plans(evaluation *e, bp_effective_result *result)
{
    bp_merger *merger = e->effective->merger;
    bp_merged *document = bp_merger_document(merger, result->way);
    bp_merged *plans = bp_merged_kid(merger, document, BP_STR("plans"));
    if (plans == NULL) {
        return;
    }
    bp_merged_open(merger, plans);
    result->plans.room = plans->kids.count;
    result->plans.at = bp_arena_array(e->arena, plans->kids.count + 1, sizeof *result->plans.at);
    for (size_t i = 0; i < plans->kids.count; i++) {
        if (plans->kids.at[i]->first.node->kind == BP_NODE_PLAN) {
            result->plans.at[result->plans.count++] = plan_of(e, plans->kids.at[i]);
        }
    }
}

static bp_effective_result *
result_of(evaluation *e, bp_way *way)
{
    if (way->result != SIZE_MAX) {
        return &e->effective->results.at[way->result];
    }
    way->result = e->effective->results.count;
    bp_effective_result *result = bp_vec_add(e->arena, &e->effective->results);
    *result = (bp_effective_result){.way = way};
    collect_policies(e, result);
    collect_plans(e, result);
    return result;
}

static void
take_accounts(evaluation *e)
{
    const bp_organization *org = e->model->org;
    for (uint32_t i = 0; i < org->accounts.count; i++) {
        bp_way *way = e->effective->account_ways[i];
        if (way != NULL && bp_account_counts(&org->accounts.at[i])) {
            bp_effective_result *result = result_of(e, way);
            *bp_vec_add(e->arena, &result->accounts) = i;
            result->includes_management =
                result->includes_management || org->accounts.at[i].management;
        }
    }
}

static void
list_plans(evaluation *e)
{
    for (size_t i = 0; i < e->model->policies.count; i++) {
        const bp_node *plan = bp_node_first(e->model->policies.at[i].policy->document, "plans");
        for (; plan != NULL; plan = plan->next) {
            const void *key = plan;
            const bp_effective_plan *found = bp_map_get(e->plan_of, key_of(&key));
            if (found != NULL) {
                *bp_vec_add(e->arena, &e->effective->plans) = *found;
            }
        }
    }
    for (size_t i = 0; i < bp_map_count(e->plan_of); i++) {
        const bp_effective_plan *plan = bp_map_at(e->plan_of, i)->value;
        if (plan->merged) {
            *bp_vec_add(e->arena, &e->effective->plans) = *plan;
        }
    }
}

bool
bp_effective_evaluate(bp_arena *arena, const bp_model *model, bp_effective **effective)
{
    size_t count = model->policies.count;
    evaluation e = {.arena = arena,
                    .model = model,
                    .effective = BP_NEW(arena, bp_effective),
                    .plan_of = bp_map_new(arena)};
    e.in_a_result = bp_arena_array(arena, count + 1, sizeof *e.in_a_result);
    e.effective->named = model->org != NULL;
    e.effective->merger = BP_NEW(arena, bp_merger);
    *e.effective->merger = bp_merger_new(arena);
    if (model->org != NULL) {
        bp_effective_ways(arena, model, e.effective->merger, &e.effective->ou_ways,
                          &e.effective->account_ways);
        take_accounts(&e);
    }
    for (size_t i = 0; i < count; i++) {
        if (!e.in_a_result[i]) {
            const bp_bound_policy *bound = &model->policies.at[i];
            bp_peers alone = {{&bound, 1, 1}, false};
            (void)result_of(&e, bp_merger_way(e.effective->merger, NULL, &alone));
        }
    }
    list_plans(&e);
    *effective = e.effective;
    return true;
}

static const bp_bound_policy *
bound_of(const bp_model *model, const bp_policy *policy)
{
    return policy->number < model->policies.count ? &model->policies.at[policy->number] : NULL;
}

const bp_bound_policy *
bp_value_writer(const bp_model *model, const bp_value *value, const bp_bound_policy *otherwise)
{
    return value == NULL || value->writer == NULL ? otherwise : bound_of(model, value->writer);
}

const bp_bound_policy *
bp_node_writer(const bp_model *model, const bp_node *node, const bp_bound_policy *otherwise)
{
    return node == NULL || node->writer == NULL ? otherwise : bound_of(model, node->writer);
}

/* Adds or takes the Regions of a list. */
static bp_region_mask
mask_of(const bp_facts *facts, const bp_value *list)
{
    bp_region_mask mask = 0;
    for (size_t i = 0; list != NULL && list->kind == BP_VALUE_LIST && i < list->items.count; i++) {
        const bp_value *item = list->items.at[i];
        int index = item->kind == BP_VALUE_TEXT ? bp_region_index(facts, item->text) : -1;
        if (index >= 0) {
            mask |= BP_REGION_BIT(index);
        }
    }
    return mask;
}

bp_region_mask
bp_plan_regions(const bp_facts *facts, const bp_node *plan)
{
    const bp_node *regions = bp_node_child(plan, "regions");
    if (regions == NULL) {
        return 0;
    }
    return (mask_of(facts, regions->assign) | mask_of(facts, regions->append)) &
           ~mask_of(facts, regions->remove);
}
