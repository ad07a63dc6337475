/*
 * The levels of an organization: the policies of every OU and account, in the order in which they
 * act.
 *
 * That is the order of attachment, which no source shows. The inventory tells it for policies that
 * are deployed; others are attached after them, in the order of declaration, as `build` does. Where
 * the inventory does not tell, all stand in the order of declaration.
 */
#include "compiler/effective/effective.h"

#include <stdlib.h>

/* The policies of the project by the ids of those that are deployed, and who stands where. */
typedef struct levels {
    bp_arena *arena;
    const bp_model *model;
    bp_map *by_id; /* id of a deployed policy → the project's policy of that name */
    bp_map *order; /* id of a target → its attachments in order, where that is known */
} levels;

/* Indices of policies of the model. */
typedef BP_VEC(size_t) attached_list;

/* Peers with the numbers that say their order: bp_target_ref. */
typedef struct placed {
    bp_peers peers;
    BP_VEC(unsigned) orders;
} placed;

static void
attach(bp_arena *arena, placed *at, const bp_bound_policy *bound, unsigned order)
{
    size_t place = at->peers.list.count;
    while (place > 0 && at->orders.at[place - 1] > order) {
        place--;
    }
    if (place > 0 && at->peers.list.at[place - 1] == bound) {
        return;
    }
    (void)bp_vec_add(arena, &at->peers.list);
    (void)bp_vec_add(arena, &at->orders);
    for (size_t i = at->peers.list.count - 1; i > place; i--) {
        at->peers.list.at[i] = at->peers.list.at[i - 1];
        at->orders.at[i] = at->orders.at[i - 1];
    }
    at->peers.list.at[place] = bound;
    at->orders.at[place] = order;
}

/* Finds the project's policy of every deployed one, by its name. */
static void
find_deployed(levels *l)
{
    const bp_organization *org = l->model->org;
    bp_map *by_name = bp_map_new(l->arena);
    for (size_t i = 0; i < l->model->policies.count; i++) {
        const bp_bound_policy *bound = &l->model->policies.at[i];
        size_t *index = BP_NEW(l->arena, size_t);
        *index = i;
        (void)bp_map_add(by_name, bound->policy->name, index, NULL);
    }
    for (size_t i = 0; i < org->policies.count; i++) {
        size_t *index = bp_map_get(by_name, org->policies.at[i].name);
        if (index != NULL) {
            bp_map_set(l->by_id, org->policies.at[i].id, index);
        }
    }
}

static void
find_order(levels *l)
{
    const bp_organization *org = l->model->org;
    for (size_t i = 0; i < org->attachments.count; i++) {
        const bp_org_attachment *attachment = &org->attachments.at[i];
        const size_t *index = bp_map_get(l->by_id, attachment->policy);
        if (!attachment->ordered || index == NULL || attachment->to.size == 0) {
            continue;
        }
        attached_list *list = bp_map_get(l->order, attachment->to);
        if (list == NULL) {
            list = BP_NEW(l->arena, attached_list);
            bp_map_set(l->order, attachment->to, list);
        }
        *bp_vec_add(l->arena, list) = *index;
    }
}

static bool
holds(const bp_peers *peers, const bp_bound_policy *bound)
{
    for (size_t i = 0; i < peers->list.count; i++) {
        if (peers->list.at[i] == bound) {
            return true;
        }
    }
    return false;
}

/* Puts the peers of a target into the order of its attachments; those that are not attached yet
 * come last. */
static void
order_peers(const levels *l, bp_str target, bp_peers *peers)
{
    const attached_list *known = bp_map_get(l->order, target);
    bp_peers sorted = {.attached = true};
    for (size_t i = 0; known != NULL && i < known->count; i++) {
        const bp_bound_policy *bound = &l->model->policies.at[known->at[i]];
        if (holds(peers, bound) && !holds(&sorted, bound)) {
            *bp_vec_add(l->arena, &sorted.list) = bound;
        }
    }
    if (sorted.list.count == 0) {
        return;
    }
    for (size_t i = 0; i < peers->list.count; i++) {
        if (!holds(&sorted, peers->list.at[i])) {
            *bp_vec_add(l->arena, &sorted.list) = peers->list.at[i];
        }
    }
    *peers = sorted;
}

/* The peers of all OUs and accounts, in the order that targets give, else of declaration. */
static void
place_peers(const levels *l, placed *at_ou, placed *at_account)
{
    const bp_organization *org = l->model->org;
    for (size_t i = 0; i < l->model->policies.count; i++) {
        const bp_bound_policy *bound = &l->model->policies.at[i];
        for (size_t t = 0; t < bound->targets.count; t++) {
            const bp_bound_target *target = &bound->targets.at[t];
            unsigned order = target->ref == NULL ? 0 : target->ref->order;
            if (target->ou != NULL) {
                attach(l->arena, &at_ou[target->ou - org->ous.at], bound, order);
            } else if (target->account != NULL) {
                attach(l->arena, &at_account[bp_account_index(org, target->account)], bound, order);
            }
        }
    }
}

/* OUs stand in tree order, parents first, so one pass gives every OU its level and another every
 * account. */
void
bp_effective_ways(bp_arena *arena, const bp_model *model, bp_merger *merger, bp_way ***ou_ways,
                  bp_way ***account_ways)
{
    const bp_organization *org = model->org;
    levels l = {arena, model, bp_map_new(arena), bp_map_new(arena)};
    placed *at_ou = bp_arena_array(arena, org->ous.count + 1, sizeof *at_ou);
    placed *at_account = bp_arena_array(arena, org->accounts.count + 1, sizeof *at_account);
    find_deployed(&l);
    find_order(&l);
    place_peers(&l, at_ou, at_account);
    *ou_ways = bp_arena_array(arena, org->ous.count + 1, sizeof **ou_ways);
    *account_ways = bp_arena_array(arena, org->accounts.count + 1, sizeof **account_ways);
    for (size_t i = 0; i < org->ous.count; i++) {
        bp_way *above = i == 0 ? NULL : (*ou_ways)[org->ous.at[i].parent];
        order_peers(&l, org->ous.at[i].id, &at_ou[i].peers);
        (*ou_ways)[i] = bp_merger_way(merger, above, &at_ou[i].peers);
    }
    for (size_t i = 0; i < org->accounts.count; i++) {
        bp_way *above = (*ou_ways)[org->accounts.at[i].ou];
        order_peers(&l, org->accounts.at[i].id, &at_account[i].peers);
        (*account_ways)[i] = bp_merger_way(merger, above, &at_account[i].peers);
    }
}
