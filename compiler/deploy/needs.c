/*
 * Needs: which node of the tree needs which declared vault, in which Regions.
 *
 * The effective document of a node gives it the vaults of its rules in the plan's Regions and the
 * destinations of copies within the account; a copy to a literal account gives the need to that
 * account. A node is looked at where its document differs from that of the node above: what a lower
 * policy takes away stays where the upper one brought it.
 * The management account is kept apart: no stack set of the service-managed kind ever gets there.
 *
 * Not here: how nodes become targets of stack sets (groups.c), and whether a vault is missing
 * (checks).
 */
#include "compiler/deploy/parts.h"

#include <stdlib.h>

/* What one policy wants of one vault, whoever receives the policy. */
typedef struct wish {
    bp_vault_needs *vault;
    bp_region_mask own;     /* in the receiving account */
    bp_region_mask foreign; /* in `account` */
    bp_str account;
} wish;

typedef struct walk {
    bp_arena *arena;
    const bp_model *model;
    const bp_effective *effective;
    bp_needs *needs;
    bp_map *by_name; /* name → bp_vault_needs * */
    BP_VEC(wish) wishes;
} walk;

static int
compare_needs(const void *a, const void *b)
{
    uint32_t left = ((const bp_need *)a)->node;
    uint32_t right = ((const bp_need *)b)->node;
    return (left > right) - (left < right);
}

void
bp_needs_settle(bp_need_list *list)
{
    if (list->count == 0) {
        return;
    }
    qsort(list->at, list->count, sizeof *list->at, compare_needs);
    size_t kept = 0;
    for (size_t i = 1; i < list->count; i++) {
        if (list->at[i].node == list->at[kept].node) {
            list->at[kept].regions |= list->at[i].regions;
        } else {
            list->at[++kept] = list->at[i];
        }
    }
    list->count = kept + 1;
}

static int
compare_texts(const void *a, const void *b)
{
    return bp_str_compare(*(const bp_str *)a, *(const bp_str *)b);
}

void
bp_strings_settle(bp_strings *list)
{
    if (list->count == 0) {
        return;
    }
    qsort(list->at, list->count, sizeof *list->at, compare_texts);
    size_t kept = 0;
    for (size_t i = 1; i < list->count; i++) {
        if (!bp_str_equal(list->at[i], list->at[kept])) {
            list->at[++kept] = list->at[i];
        }
    }
    list->count = kept + 1;
}

uint32_t
bp_node_of_target(const bp_organization *org, const bp_bound_target *target)
{
    if (target->ou != NULL) {
        return (uint32_t)(target->ou - org->ous.at);
    }
    return (uint32_t)org->ous.count + bp_account_index(org, target->account);
}

bool
bp_node_is_management(const bp_organization *org, uint32_t node)
{
    return node >= org->ous.count && org->accounts.at[node - org->ous.count].management;
}

static void
add_wish(walk *w, bp_str vault, bp_region_mask own, bp_region_mask foreign, bp_str account)
{
    bp_vault_needs *found = bp_map_get(w->by_name, vault);
    if (found == NULL || (own | foreign) == 0) {
        return;
    }
    *bp_vec_add(w->arena, &w->wishes) =
        (wish){.vault = found, .own = own, .foreign = foreign, .account = account};
}

/* The parts of a vault ARN at a leaf; NULL when there is none to rely on. */
static const bp_reference *
vault_reference(walk *w, const bp_node *from, const char *path)
{
    const bp_value *value = bp_node_value(from, path);
    if (value == NULL || value->kind != BP_VALUE_TEXT) {
        return NULL;
    }
    if (value->reference != NULL && value->reference->kind == BP_REF_VAULT) {
        return value->reference;
    }
    return bp_reference_of_arn(w->arena, value->text, value->span, BP_REF_VAULT);
}

static void
walk_copy(walk *w, const bp_node *copy, bp_str source_vault)
{
    const bp_reference *to = vault_reference(w, copy, "target_backup_vault_arn");
    if (to == NULL || to->account.size == 0) {
        return;
    }
    int region = bp_region_index(w->model->facts, to->region);
    bp_region_mask mask = region < 0 ? 0 : BP_REGION_BIT(region);
    if (bp_str_is(to->account, "$account")) {
        add_wish(w, to->name, mask, 0, (bp_str){0});
        return;
    }
    w->needs->cross_account_copies = true;
    add_wish(w, to->name, 0, mask, to->account);
    bp_vault_needs *source = bp_map_get(w->by_name, source_vault);
    if (source != NULL) {
        *bp_vec_add(w->arena, &source->copies_out) = to->account;
    }
}

static void
walk_rule(walk *w, const bp_node *rule, bp_region_mask regions)
{
    bp_str vault = {0};
    if (bp_node_text(rule, "target_backup_vault_name", &vault)) {
        add_wish(w, vault, regions, 0, (bp_str){0});
    }
    const bp_reference *gap =
        vault_reference(w, rule, "target_logically_air_gapped_backup_vault_arn");
    if (gap != NULL) {
        add_wish(w, gap->name, regions, 0, (bp_str){0});
    }
    for (const bp_node *copy = bp_node_first(rule, "copy_actions"); copy; copy = copy->next) {
        walk_copy(w, copy, vault);
    }
}

static void
add_need(walk *w, bp_vault_needs *vault, uint32_t node, bp_region_mask regions)
{
    if (bp_node_is_management(w->model->org, node)) {
        return;
    }
    *bp_vec_add(w->arena, &vault->at) = (bp_need){.node = node, .regions = regions};
}

/* A literal account gets what copies bring there, if it belongs to the organization. */
static void
grant_foreign(walk *w, const wish *of)
{
    const bp_organization *org = w->model->org;
    const bp_account *account = bp_org_account(org, of->account);
    if (account == NULL) {
        return;
    }
    if (account->management) {
        of->vault->management |= of->foreign;
        return;
    }
    add_need(w, of->vault, (uint32_t)org->ous.count + bp_account_index(org, account), of->foreign);
}

/* Gives the wishes of plans to a node, or to the management account. */
static void
grant(walk *w, uint32_t node, bool management)
{
    for (size_t i = 0; i < w->wishes.count; i++) {
        const wish *of = &w->wishes.at[i];
        if (of->foreign != 0) {
            grant_foreign(w, of);
        } else if (management) {
            of->vault->management |= of->own;
        } else {
            add_need(w, of->vault, node, of->own);
        }
    }
}

static int
compare_wishes(const void *a, const void *b)
{
    const wish *left = a;
    const wish *right = b;
    if (left->vault != right->vault) {
        return left->vault < right->vault ? -1 : 1;
    }
    if ((left->foreign != 0) != (right->foreign != 0)) {
        return left->foreign != 0 ? 1 : -1;
    }
    return bp_str_compare(left->account, right->account);
}

/* Rules of one policy mostly name one vault: joined, a target gets one entry a vault. */
static void
join_wishes(walk *w)
{
    if (w->wishes.count == 0) {
        return;
    }
    qsort(w->wishes.at, w->wishes.count, sizeof *w->wishes.at, compare_wishes);
    size_t kept = 0;
    for (size_t i = 1; i < w->wishes.count; i++) {
        if (compare_wishes(&w->wishes.at[kept], &w->wishes.at[i]) == 0) {
            w->wishes.at[kept].own |= w->wishes.at[i].own;
            w->wishes.at[kept].foreign |= w->wishes.at[i].foreign;
        } else {
            w->wishes.at[++kept] = w->wishes.at[i];
        }
    }
    w->wishes.count = kept + 1;
}

static void
walk_plan(walk *w, const bp_node *plan)
{
    bp_region_mask regions = bp_plan_regions(w->model->facts, plan);
    for (const bp_node *rule = bp_node_first(plan, "rules"); rule; rule = rule->next) {
        walk_rule(w, rule, regions);
    }
}

/* Without an organization only what copies say of accounts is known. */
static void
walk_policy(walk *w, const bp_bound_policy *bound)
{
    const bp_node *plan = bp_node_first(bound->policy->document, "plans");
    for (; plan != NULL; plan = plan->next) {
        walk_plan(w, plan);
    }
}

static const bp_merged *
plans_of(walk *w, bp_way *way)
{
    bp_merger *merger = w->effective->merger;
    bp_merged *plans = bp_merged_kid(merger, bp_merger_document(merger, way), BP_STR("plans"));
    if (plans != NULL) {
        bp_merged_open(merger, plans);
    }
    return plans;
}

/* What a node wants on top of the node above it: plans that are the same there are covered there.
 * Plans that are touched keep their place in the list. */
static void
walk_way(walk *w, bp_way *way, bp_way *above, uint32_t node, bool management)
{
    if (way == NULL || way == above) {
        return;
    }
    const bp_merged *plans = plans_of(w, way);
    const bp_merged *known = plans_of(w, above);
    w->wishes.count = 0;
    for (size_t i = 0; plans != NULL && i < plans->kids.count; i++) {
        if (known == NULL || i >= known->kids.count || known->kids.at[i] != plans->kids.at[i]) {
            walk_plan(w, bp_merged_tree(w->effective->merger, plans->kids.at[i]));
        }
    }
    join_wishes(w);
    grant(w, node, management);
}

static void
walk_tree(walk *w)
{
    const bp_organization *org = w->model->org;
    const bp_effective *effective = w->effective;
    const bp_account *management = bp_org_management(org);
    for (uint32_t i = 0; i < org->ous.count; i++) {
        bp_way *above = i == 0 ? NULL : effective->ou_ways[org->ous.at[i].parent];
        walk_way(w, effective->ou_ways[i], above, i, false);
    }
    for (uint32_t i = 0; i < org->accounts.count; i++) {
        walk_way(w, effective->account_ways[i], effective->ou_ways[org->accounts.at[i].ou],
                 (uint32_t)org->ous.count + i, false);
    }
    if (w->needs->reaches_management) {
        bp_way *way = management != NULL
                          ? effective->account_ways[bp_account_index(org, management)]
                          : effective->ou_ways[0];
        walk_way(w, way, NULL, 0, true);
    }
}

bp_needs *
bp_needs_collect(bp_arena *arena, const bp_model *model, const bp_effective *effective)
{
    walk w = {.arena = arena,
              .model = model,
              .effective = effective,
              .needs = BP_NEW(arena, bp_needs),
              .by_name = bp_map_new(arena)};
    for (size_t i = 0; i < model->vaults.count; i++) {
        bp_vec_add(arena, &w.needs->vaults)->vault = model->vaults.at[i].vault;
    }
    for (size_t i = 0; i < w.needs->vaults.count; i++) {
        bp_vault_needs *needs = &w.needs->vaults.at[i];
        bp_map_add(w.by_name, needs->vault->name, needs, NULL);
    }
    for (size_t i = 0; i < model->policies.count; i++) {
        w.needs->reaches_management |= model->policies.at[i].reaches_management;
        if (model->org == NULL) {
            w.wishes.count = 0;
            walk_policy(&w, &model->policies.at[i]);
        }
    }
    if (model->org != NULL) {
        walk_tree(&w);
    }
    for (size_t i = 0; i < w.needs->vaults.count; i++) {
        bp_needs_settle(&w.needs->vaults.at[i].at);
        bp_strings_settle(&w.needs->vaults.at[i].copies_out);
    }
    return w.needs;
}
