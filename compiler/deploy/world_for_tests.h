/*
 * A small organization with policies, built by hand: for the unit tests of deploy and emit alone.
 *
 * OUs are added in tree order, each account right after the OU it stands in and before child OUs,
 * so that the accounts at or below an OU are a range. Call world_finish before the first policy.
 * Functions are inline so that a test may leave some unused.
 */
#ifndef BP_COMPILER_DEPLOY_WORLD_FOR_TESTS_H
#define BP_COMPILER_DEPLOY_WORLD_FOR_TESTS_H

#include "compiler/deploy/deployment.h"

#include <stdarg.h>

typedef struct world {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *diagnostics;
    bp_organization *org;
    bp_model *model;
} world;

static const bp_rule WORLD_RULES[] = {
    {"OPS009", "rule-failed", BP_ERROR, BP_AWS_NONE, "all", "", "0.1"},
    {"OPS010", "output-name", BP_ERROR, BP_AWS_NONE, "ART", "", "0.1"},
    {"OPS011", "active-text", BP_ERROR, BP_AWS_NONE, "ART", "", "0.1"},
    {"QTA008", "template-too-large", BP_ERROR, BP_AWS_NONE, "ART", "", "0.1"},
    {"STK003", "template-invariant", BP_ERROR, BP_AWS_NONE, "ART", "", "0.1"},
    {"STK006", "deploy-order", BP_WARNING, BP_AWS_NONE, "ART", "", "0.1"},
    {"STK011", "role-in-many-regions", BP_ERROR, BP_AWS_NONE, "MODEL", "", "0.1"},
};

static inline world
world_new(const char *organization, const char *root, const char *management, const char *home)
{
    world w = {.arena = bp_arena_new(NULL)};
    w.sources = bp_sources_new(w.arena);
    w.diagnostics = bp_diagnostics_new(w.arena, w.sources, WORLD_RULES,
                                       sizeof WORLD_RULES / sizeof *WORLD_RULES);
    w.org = BP_NEW(w.arena, bp_organization);
    w.org->id = bp_str_of(organization);
    w.org->partition = BP_STR("aws");
    w.org->management_id = bp_str_of(management);
    w.org->tree_complete = true;
    w.org->account_by_id = bp_map_new(w.arena);
    w.org->ou_by_id = bp_map_new(w.arena);
    *bp_vec_add(w.arena, &w.org->ous) = (bp_ou){.id = bp_str_of(root), .name = BP_STR("Root")};
    w.model = BP_NEW(w.arena, bp_model);
    w.model->program = BP_NEW(w.arena, bp_program);
    w.model->org = w.org;
    w.model->partition = BP_STR("aws");
    w.model->home_region = bp_str_of(home);
    return w;
}

static inline uint32_t
world_ou(world *w, uint32_t parent, const char *id, const char *name)
{
    *bp_vec_add(w->arena, &w->org->ous) = (bp_ou){.id = bp_str_of(id),
                                                  .name = bp_str_of(name),
                                                  .path = bp_str_of(name),
                                                  .parent = parent,
                                                  .depth = w->org->ous.at[parent].depth + 1};
    return (uint32_t)w->org->ous.count - 1;
}

static inline void
world_account(world *w, uint32_t ou, const char *id)
{
    bp_str text = bp_str_of(id);
    *bp_vec_add(w->arena, &w->org->accounts) =
        (bp_account){.id = text,
                     .name = text,
                     .ou = ou,
                     .management = bp_str_equal(text, w->org->management_id)};
}

static inline void
world_finish(world *w)
{
    bp_organization *org = w->org;
    for (size_t i = org->ous.count; i-- > 0;) {
        bp_ou *ou = &org->ous.at[i];
        ou->end_ou = (uint32_t)i + 1;
        for (size_t k = i + 1; k < org->ous.count && org->ous.at[k].depth > ou->depth; k++) {
            ou->end_ou = (uint32_t)k + 1;
        }
        bool found = false;
        for (uint32_t a = 0; a < org->accounts.count; a++) {
            if (org->accounts.at[a].ou >= i && org->accounts.at[a].ou < ou->end_ou) {
                ou->first_account = found ? ou->first_account : a;
                ou->end_account = a + 1;
                found = true;
            }
        }
        bp_map_set(org->ou_by_id, ou->id, ou);
    }
    for (size_t i = 0; i < org->accounts.count; i++) {
        bp_map_set(org->account_by_id, org->accounts.at[i].id, &org->accounts.at[i]);
    }
}

static inline bp_bound_target
world_target(world *w, const char *id)
{
    bp_bound_target target = {.id = bp_str_of(id)};
    target.ou = bp_map_get(w->org->ou_by_id, target.id);
    target.account = bp_map_get(w->org->account_by_id, target.id);
    target.self_is_organization = bp_str_is(target.id, "organization");
    return target;
}

/* A vault placed by need; change it through the pointers. */
static inline bp_vault *
world_vault(world *w, const char *name)
{
    bp_vault *vault = BP_NEW(w->arena, bp_vault);
    vault->name = bp_str_of(name);
    bp_bound_vault *bound = bp_vec_add(w->arena, &w->model->vaults);
    bound->vault = vault;
    bound->placed_by_need = true;
    bound->regions = ~(bp_region_mask)0;
    return vault;
}

static inline bp_role *
world_role(world *w, const char *name, const char *target)
{
    bp_role *role = BP_NEW(w->arena, bp_role);
    role->name = bp_str_of(name);
    role->path = BP_STR("/");
    role->permits = BP_PERMIT_BACKUP | BP_PERMIT_RESTORE;
    bp_bound_role *bound = bp_vec_add(w->arena, &w->model->roles);
    bound->role = role;
    *bp_vec_add(w->arena, &bound->targets) = world_target(w, target);
    return role;
}

static inline bp_node *
world_node(world *w, bp_node *parent, bp_node_kind kind, const char *key)
{
    bp_node *node = bp_node_new(w->arena, kind, bp_str_of(key), BP_NOWHERE);
    bp_node_add(parent, node);
    return node;
}

static inline void
world_leaf(world *w, bp_node *parent, const char *key, const char *text)
{
    bp_node *leaf = world_node(w, parent, BP_NODE_LEAF, key);
    leaf->assign = BP_NEW(w->arena, bp_value);
    leaf->assign->kind = BP_VALUE_TEXT;
    leaf->assign->text = bp_str_of(text);
}

/* Items separated by blanks. */
static inline void
world_list(world *w, bp_node *parent, const char *key, const char *items)
{
    bp_node *leaf = world_node(w, parent, BP_NODE_LEAF, key);
    leaf->assign = BP_NEW(w->arena, bp_value);
    leaf->assign->kind = BP_VALUE_LIST;
    bp_str rest = bp_str_of(items);
    while (rest.size > 0) {
        size_t end = bp_str_find(rest, ' ');
        bp_value *item = BP_NEW(w->arena, bp_value);
        item->kind = BP_VALUE_TEXT;
        item->text = bp_str_cut(rest, 0, end);
        *bp_vec_add(w->arena, &leaf->assign->items) = item;
        rest = bp_str_cut(rest, end + 1, rest.size);
    }
}

static inline bp_policy *
world_policy(world *w, const char *name)
{
    bp_policy *policy = BP_NEW(w->arena, bp_policy);
    policy->name = bp_str_of(name);
    policy->document = bp_node_new(w->arena, BP_NODE_ROOT, (bp_str){"", 0}, BP_NOWHERE);
    world_node(w, policy->document, BP_NODE_PLANS, "plans");
    bp_vec_add(w->arena, &w->model->policies)->policy = policy;
    return policy;
}

/* Attaches the newest policy. */
static inline void
world_attach(world *w, const char *id)
{
    bp_bound_policy *bound = &w->model->policies.at[w->model->policies.count - 1];
    bp_bound_target target = world_target(w, id);
    bp_range range = {0, 0};
    if (target.ou != NULL) {
        range = (bp_range){target.ou->first_account, target.ou->end_account};
    } else {
        range.first = bp_account_index(w->org, target.account);
        range.end = range.first + 1;
    }
    *bp_vec_add(w->arena, &bound->targets) = target;
    *bp_vec_add(w->arena, &bound->reach) = range;
    for (uint32_t i = range.first; i < range.end; i++) {
        bound->reaches_management |= w->org->accounts.at[i].management;
    }
}

/* A plan of one rule; `copy` is an ARN or NULL. Gives the rule. */
static inline bp_node *
world_plan(world *w, bp_policy *policy, const char *name, const char *regions, const char *vault,
           const char *copy)
{
    bp_node *plan = world_node(w, policy->document->first, BP_NODE_PLAN, name);
    world_list(w, plan, "regions", regions);
    bp_node *rules = world_node(w, plan, BP_NODE_CONTAINER, "rules");
    bp_node *rule = world_node(w, rules, BP_NODE_RULE, "daily");
    world_leaf(w, rule, "target_backup_vault_name", vault);
    if (copy != NULL) {
        bp_node *copies = world_node(w, rule, BP_NODE_CONTAINER, "copy_actions");
        bp_node *one = world_node(w, copies, BP_NODE_COPY, copy);
        world_leaf(w, one, "target_backup_vault_arn", copy);
    }
    return rule;
}

/* The deployment, and as text. */
static inline bp_deployment *
world_deploy(world *w, bool *good)
{
    bp_effective *effective = NULL;
    bp_deployment *deployment = NULL;
    bp_effective_evaluate(w->arena, w->model, &effective);
    *good = bp_deploy(w->arena, w->diagnostics, w->model, effective, &deployment);
    return deployment;
}

static inline const char *
world_dump(world *w)
{
    bool good = false;
    bp_buf text = {.arena = w->arena};
    bp_deployment_dump(world_deploy(w, &good), &text);
    return bp_str_c(w->arena, bp_buf_text(&text));
}

#endif
