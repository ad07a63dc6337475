/*
 * Binding: policies, vaults and roles of the program meet the organization.
 *
 * Every target is looked up once (targets.c), and the accounts at or below become ranges. What did
 * not bind is a hole that later stages are silent about. Nothing is judged here but targets.
 */
#include "compiler/model/targets.h"

static bp_range
range_of(const bp_organization *org, const bp_bound_target *target)
{
    if (target->ou != NULL) {
        return (bp_range){target->ou->first_account, target->ou->end_account};
    }
    uint32_t index = bp_account_index(org, target->account);
    return (bp_range){index, index + 1};
}

/* Binds a list of targets; true if all were found. */
static bool
bind_targets(bp_target_finder *finder, const bp_target_refs *refs, bp_bound_targets *targets,
             bp_ranges *ranges)
{
    bool all = true;
    for (size_t i = 0; i < refs->count; i++) {
        bp_bound_target target;
        if (!bp_target_find(finder, &refs->at[i], &target)) {
            all = false;
            continue;
        }
        *bp_vec_add(finder->arena, targets) = target;
        if (ranges != NULL && !target.self_is_organization) {
            *bp_vec_add(finder->arena, ranges) = range_of(finder->org, &target);
        }
    }
    if (ranges != NULL) {
        bp_ranges_settle(ranges);
    }
    return all;
}

static void
without_management(bp_arena *arena, const bp_organization *org, bp_ranges *ranges)
{
    const bp_account *management = bp_org_management(org);
    if (management != NULL) {
        bp_ranges_remove(arena, ranges, bp_account_index(org, management));
    }
}

static void
bind_policy(bp_target_finder *finder, bp_bound_policy *bound)
{
    if (finder == NULL) {
        return;
    }
    const bp_organization *org = finder->org;
    const bp_account *management = bp_org_management(org);
    bound->holes = !bind_targets(finder, &bound->policy->attach, &bound->targets, &bound->reach);
    if (management != NULL) {
        bound->reaches_management =
            bp_ranges_hold(&bound->reach, bp_account_index(org, management));
        return;
    }
    for (size_t i = 0; i < bound->targets.count; i++) {
        const bp_ou *ou = bound->targets.at[i].ou;
        bound->reaches_management = bound->reaches_management || (ou != NULL && ou->depth == 0);
    }
}

/* The Regions of a vault's `regions`, all for none; false if some is not known. */
static bool
vault_regions(const bp_facts *facts, const bp_vault *vault, bp_region_mask *mask)
{
    bool all = true;
    *mask = vault->regions_written ? 0 : ~(bp_region_mask)0;
    for (size_t i = 0; vault->regions_written && i < vault->regions.count; i++) {
        const bp_value *value = vault->regions.at[i];
        int index = value->kind == BP_VALUE_TEXT ? bp_region_index(facts, value->text) : -1;
        if (index < 0) {
            all = false;
        } else {
            *mask |= BP_REGION_BIT(index);
        }
    }
    return all;
}

static void
bind_vault(const bp_facts *facts, bp_target_finder *finder, bp_bound_vault *bound)
{
    const bp_vault *vault = bound->vault;
    bound->placed_by_need = !vault->deploy_to_written && !vault->regions_written;
    bound->region_holes = !vault_regions(facts, vault, &bound->regions);
    if (finder == NULL) {
        return;
    }
    const bp_organization *org = finder->org;
    if (vault->deploy_to_written) {
        bound->holes = !bind_targets(finder, &vault->deploy_to, &bound->targets, &bound->accounts);
    } else {
        *bp_vec_add(finder->arena, &bound->accounts) = (bp_range){0, (uint32_t)org->accounts.count};
        bp_ranges_settle(&bound->accounts);
    }
    without_management(finder->arena, org, &bound->accounts);
    if (!bind_targets(finder, &vault->allow_copies_from, &bound->copy_sources, NULL)) {
        bound->copy_source_holes = true;
    }
}

static void
bind_role(bp_target_finder *finder, bp_bound_role *bound)
{
    if (finder == NULL) {
        return;
    }
    const bp_role *role = bound->role;
    if (role->deploy_to.count > 0 || role->deploy_to_written) {
        bound->holes = !bind_targets(finder, &role->deploy_to, &bound->targets, &bound->accounts);
    } else {
        *bp_vec_add(finder->arena, &bound->targets) =
            (bp_bound_target){.ou = &finder->org->ous.at[0], .id = finder->org->ous.at[0].id};
        *bp_vec_add(finder->arena, &bound->accounts) =
            (bp_range){0, (uint32_t)finder->org->accounts.count};
        bp_ranges_settle(&bound->accounts);
    }
    without_management(finder->arena, finder->org, &bound->accounts);
}

/* The partition of the first Region of a list that the table knows; empty for none. */
static bp_str
partition_of_list(const bp_facts *facts, const bp_value *list)
{
    for (size_t i = 0; list != NULL && list->kind == BP_VALUE_LIST && i < list->items.count; i++) {
        const bp_value *item = list->items.at[i];
        const bp_region *region =
            item->kind == BP_VALUE_TEXT ? bp_region_find(facts, item->text) : NULL;
        if (region != NULL) {
            return bp_str_of(region->partition);
        }
    }
    return (bp_str){"", 0};
}

/* The same over all plans of the program. */
static bp_str
partition_of_plans(const bp_facts *facts, const bp_program *program)
{
    bp_str partition = {"", 0};
    for (size_t i = 0; i < program->policies.count; i++) {
        const bp_node *plan = bp_node_first(program->policies.at[i]->document, "plans");
        for (; plan != NULL && partition.size == 0; plan = plan->next) {
            const bp_node *regions = bp_node_child(plan, "regions");
            if (regions != NULL) {
                partition = partition_of_list(facts, regions->assign);
            }
            if (regions != NULL && partition.size == 0) {
                partition = partition_of_list(facts, regions->append);
            }
        }
    }
    return partition;
}

static void
choose_partition(bp_model *model, const bp_manifest *manifest)
{
    bp_str written = manifest != NULL ? manifest->home_region.text : (bp_str){"", 0};
    const bp_region *home = bp_region_find(model->facts, written);
    if (model->org != NULL) {
        model->partition = model->org->partition;
    } else if (home != NULL) {
        model->partition = bp_str_of(home->partition);
    } else {
        model->partition = partition_of_plans(model->facts, model->program);
    }
    if (model->partition.size == 0) {
        model->partition = BP_STR("aws");
    }
    model->home_region = written;
    if (written.size == 0) {
        const bp_partition *partition = bp_partition_find(model->partition);
        model->home_region = bp_str_is(model->partition, "aws-cn")
                                 ? BP_STR("cn-north-1")
                                 : bp_str_of(partition != NULL ? partition->iam_region : "");
    }
}

bool
bp_bind(bp_arena *arena, bp_diagnostics *diagnostics, const bp_program *program,
        const bp_organization *org, const bp_manifest *manifest, bp_model **out)
{
    bp_model *model = BP_NEW(arena, bp_model);
    bp_target_finder made = {0};
    bp_target_finder *finder = NULL;
    *out = model;
    model->program = program;
    model->org = org;
    model->facts = manifest != NULL ? manifest->facts : NULL;
    model->vault_by_name = bp_map_new(arena);
    model->role_by_name = bp_map_new(arena);
    choose_partition(model, manifest);
    if (org != NULL) {
        made = bp_target_finder_new(arena, diagnostics, org);
        finder = &made;
    }
    for (size_t i = 0; i < program->policies.count; i++) {
        bp_bound_policy *bound = bp_vec_add(arena, &model->policies);
        program->policies.at[i]->number = i;
        bound->policy = program->policies.at[i];
        bind_policy(finder, bound);
    }
    for (size_t i = 0; i < program->vaults.count; i++) {
        bp_bound_vault *bound = bp_vec_add(arena, &model->vaults);
        bound->vault = program->vaults.at[i];
        bind_vault(model->facts, finder, bound);
    }
    for (size_t i = 0; i < program->roles.count; i++) {
        bp_bound_role *bound = bp_vec_add(arena, &model->roles);
        bound->role = program->roles.at[i];
        bind_role(finder, bound);
    }
    /* Addresses are final only now. */
    for (size_t i = 0; i < model->vaults.count; i++) {
        bp_bound_vault *vault = &model->vaults.at[i];
        (void)bp_map_add(model->vault_by_name, vault->vault->name, vault, NULL);
    }
    for (size_t i = 0; i < model->roles.count; i++) {
        bp_bound_role *role = &model->roles.at[i];
        (void)bp_map_add(model->role_by_name, role->role->name, role, NULL);
    }
    return true;
}
