/*
 * Placement: from needs and from what the source says to the instance groups of one stack set.
 *
 * `deploy_to` and `regions` win over the computation; where only one is written the other follows
 * from the needs. Whether the result is wide enough is judged by the checks (STK004).
 */
#include "compiler/deploy/parts.h"

/* The first entry at or behind a node. */
static size_t
lower_bound(const bp_need_list *list, uint32_t node)
{
    size_t from = 0;
    size_t to = list->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (list->at[middle].node < node) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

static bp_region_mask
needed_between(const bp_need_list *list, uint32_t first, uint32_t end)
{
    bp_region_mask mask = 0;
    for (size_t i = lower_bound(list, first); i < list->count && list->at[i].node < end; i++) {
        mask |= list->at[i].regions;
    }
    return mask;
}

/* Regions that a target, anything above it or anything below it needs. */
static bp_region_mask
needed_around(const bp_organization *org, const bp_need_list *list, uint32_t node)
{
    uint32_t ous = (uint32_t)org->ous.count;
    bp_region_mask mask = 0;
    uint32_t ou = node;
    if (node >= ous) {
        mask |= needed_between(list, node, node + 1);
        ou = org->accounts.at[node - ous].ou;
        mask |= needed_between(list, ou, ou + 1);
    } else {
        const bp_ou *at = &org->ous.at[node];
        mask |= needed_between(list, node, at->end_ou);
        mask |= needed_between(list, ous + at->first_account, ous + at->end_account);
    }
    while (ou != 0) {
        ou = org->ous.at[ou].parent;
        mask |= needed_between(list, ou, ou + 1);
    }
    return mask;
}

static void
written_targets(bp_arena *arena, const bp_organization *org, const bp_bound_targets *targets,
                bp_need_list *out, bool *management)
{
    for (size_t i = 0; i < targets->count; i++) {
        const bp_bound_target *target = &targets->at[i];
        if (target->ou == NULL && target->account == NULL) {
            continue;
        }
        uint32_t node = bp_node_of_target(org, target);
        if (bp_node_is_management(org, node)) {
            *management = true;
        } else {
            *bp_vec_add(arena, out) = (bp_need){.node = node, .regions = 1};
        }
    }
}

void
bp_place_role(bp_arena *arena, const bp_model *model, const bp_needs *needs,
              const bp_bound_role *role, bp_stack *stack)
{
    if (model->org == NULL) {
        return;
    }
    bp_need_list nodes = {0};
    bool management = needs->reaches_management;
    written_targets(arena, model->org, &role->targets, &nodes, &management);
    bp_needs_settle(&nodes);
    bp_groups_cover(arena, model->org, &nodes, &stack->groups);
    /* IAM is global: the name can be made once in an account, whatever the Region. */
    for (size_t i = 0; i < stack->groups.count; i++) {
        stack->groups.at[i].regions = (bp_strings){0};
        *bp_vec_add(arena, &stack->groups.at[i].regions) = model->home_region;
    }
    if (management) {
        *bp_vec_add(arena, &stack->management_regions) = model->home_region;
    }
}

void
bp_place_vault(bp_arena *arena, const bp_model *model, const bp_vault_needs *needs,
               const bp_bound_vault *vault, bp_stack *stack)
{
    const bp_organization *org = model->org;
    if (org == NULL) {
        return;
    }
    bool regions_written = vault->vault->regions_written;
    bp_region_mask management = needs->management;
    bp_need_list nodes = {0};
    if (vault->vault->deploy_to_written) {
        bool named = false;
        written_targets(arena, org, &vault->targets, &nodes, &named);
        for (size_t i = 0; i < nodes.count; i++) {
            nodes.at[i].regions =
                regions_written ? vault->regions : needed_around(org, &needs->at, nodes.at[i].node);
        }
        bp_needs_settle(&nodes);
        management |= named && regions_written ? vault->regions : 0;
    } else {
        for (size_t i = 0; i < needs->at.count; i++) {
            *bp_vec_add(arena, &nodes) =
                (bp_need){.node = needs->at.at[i].node,
                          .regions = regions_written ? vault->regions : needs->at.at[i].regions};
        }
    }
    bp_groups_cover(arena, org, &nodes, &stack->groups);
    bp_region_codes(model->facts, arena, management, &stack->management_regions);
}

/* "o-…/r-…/ou-…/…/" and a star: the OU and everything below it. */
static bp_str
path_of_ou(bp_arena *arena, const bp_organization *org, const bp_ou *ou)
{
    bp_str path = bp_str_format(arena, "%.*s/*", BP_ARG(ou->id));
    for (const bp_ou *at = ou; at != org->ous.at;) {
        at = &org->ous.at[at->parent];
        path = bp_str_format(arena, "%.*s/%.*s", BP_ARG(at->id), BP_ARG(path));
    }
    return bp_str_format(arena, "%.*s/%.*s", BP_ARG(org->id), BP_ARG(path));
}

void
bp_place_copies_in(bp_arena *arena, const bp_organization *org, const bp_bound_vault *vault,
                   bp_copy_access *access)
{
    for (size_t i = 0; org != NULL && i < vault->copy_sources.count; i++) {
        const bp_bound_target *source = &vault->copy_sources.at[i];
        if (source->self_is_organization) {
            access->organization = true;
        } else if (source->ou != NULL) {
            *bp_vec_add(arena, &access->ou_paths) = path_of_ou(arena, org, source->ou);
        } else if (source->account != NULL) {
            *bp_vec_add(arena, &access->accounts) = source->account->id;
        }
    }
    bp_strings_settle(&access->ou_paths);
    bp_strings_settle(&access->accounts);
}
