/*
 * Results: the accounts of each way from the root, and the plans that they get.
 *
 * OUs stand in tree order, parents first, so one pass gives every OU its level and another every
 * account. What policies become together is the business of merge.c.
 */
#include "compiler/effective/effective.h"

#include <stdlib.h>

/* Policies attached to one OU or account, in the order in which they act. */
typedef struct peers {
    BP_VEC(const bp_bound_policy *) list;
    BP_VEC(unsigned) orders; /* of bp_target_ref */
} peers;

typedef struct evaluation {
    bp_arena *arena;
    const bp_model *model;
    bp_effective *effective;
    bool *in_a_result; /* for each policy */
    bp_map *plan_of;   /* bytes of the address of a plan → index of effective->plans + 1 */
} evaluation;

static void
attach(bp_arena *arena, peers *at, const bp_bound_policy *bound, unsigned order)
{
    size_t place = at->list.count;
    while (place > 0 && at->orders.at[place - 1] > order) {
        place--;
    }
    if (place > 0 && at->list.at[place - 1] == bound) {
        return;
    }
    (void)bp_vec_add(arena, &at->list);
    (void)bp_vec_add(arena, &at->orders);
    for (size_t i = at->list.count - 1; i > place; i--) {
        at->list.at[i] = at->list.at[i - 1];
        at->orders.at[i] = at->orders.at[i - 1];
    }
    at->list.at[place] = bound;
    at->orders.at[place] = order;
}

void
bp_effective_ways(bp_arena *arena, const bp_model *model, bp_merger *merger, bp_way ***ou_ways,
                  bp_way ***account_ways)
{
    const bp_organization *org = model->org;
    peers *at_ou = bp_arena_array(arena, org->ous.count + 1, sizeof *at_ou);
    peers *at_account = bp_arena_array(arena, org->accounts.count + 1, sizeof *at_account);
    for (size_t i = 0; i < model->policies.count; i++) {
        const bp_bound_policy *bound = &model->policies.at[i];
        for (size_t t = 0; t < bound->targets.count; t++) {
            const bp_bound_target *target = &bound->targets.at[t];
            unsigned order = target->ref == NULL ? 0 : target->ref->order;
            if (target->ou != NULL) {
                attach(arena, &at_ou[target->ou - org->ous.at], bound, order);
            } else if (target->account != NULL) {
                attach(arena, &at_account[bp_account_index(org, target->account)], bound, order);
            }
        }
    }
    *ou_ways = bp_arena_array(arena, org->ous.count + 1, sizeof **ou_ways);
    *account_ways = bp_arena_array(arena, org->accounts.count + 1, sizeof **account_ways);
    for (size_t i = 0; i < org->ous.count; i++) {
        bp_way *above = i == 0 ? NULL : (*ou_ways)[org->ous.at[i].parent];
        (*ou_ways)[i] = bp_merger_way(merger, above, at_ou[i].list.at, at_ou[i].list.count);
    }
    for (size_t i = 0; i < org->accounts.count; i++) {
        bp_way *above = (*ou_ways)[org->accounts.at[i].ou];
        (*account_ways)[i] =
            bp_merger_way(merger, above, at_account[i].list.at, at_account[i].list.count);
    }
}

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
    for (size_t i = 0; i < plans->kids.count; i++) {
        bp_merged *plan = plans->kids.at[i];
        if (plan->first.node->kind == BP_NODE_PLAN) {
            const bp_node *tree = bp_merged_tree(merger, plan);
            *bp_vec_add(e->arena, &result->plans) =
                (bp_effective_plan){.plan = tree,
                                    .policy = plan->first.bound->policy,
                                    .bound = plan->first.bound,
                                    .merged = tree != plan->first.node,
                                    .from = plan};
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

/* The plans of all results by their tree, each once. */
static void
index_plans(evaluation *e)
{
    for (size_t i = 0; i < e->effective->results.count; i++) {
        const bp_effective_result *result = &e->effective->results.at[i];
        for (size_t p = 0; p < result->plans.count; p++) {
            bp_effective_plan *plan = &result->plans.at[p];
            const void **key = BP_NEW(e->arena, const void *);
            *key = plan->plan;
            (void)bp_map_add(e->plan_of, key_of(key), plan, NULL);
        }
    }
}

static void
list_plans(evaluation *e)
{
    index_plans(e);
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
            const bp_bound_policy *alone = &model->policies.at[i];
            (void)result_of(&e, bp_merger_way(e.effective->merger, NULL, &alone, 1));
        }
    }
    list_plans(&e);
    *effective = e.effective;
    return true;
}

static const bp_bound_policy *
bound_of(const bp_model *model, const bp_policy *policy)
{
    for (size_t i = 0; i < model->policies.count; i++) {
        if (model->policies.at[i].policy == policy) {
            return &model->policies.at[i];
        }
    }
    return NULL;
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
