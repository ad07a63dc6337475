/*
 * The deployment: roles, vaults and policies in their final order, with names and places.
 *
 * The order on every path is roles, vaults, policies one after another; policies keep the order of
 * declaration because the order of attachment decides which of two peers wins. Names that collide
 * after mapping are refused here: adding one thing must never rename another's artifacts.
 */
#include "compiler/deploy/parts.h"

#include <stdlib.h>

/* One name of a kind, for collisions. */
typedef struct claim {
    bp_str name;
    bp_span span;
} claim;

typedef struct plan {
    bp_arena *arena;
    bp_diagnostics *diagnostics;
    const bp_model *model;
    bp_needs *needs;
    bp_deployment *out;
    bp_map *unresolved;      /* text → itself: each is named once */
    uint32_t *active_before; /* ACTIVE accounts below an index */
    bool good;
} plan;

/* Two things of one kind whose slugs are equal. */
static void
claim_slug(plan *p, bp_map *claims, const char *kind, bp_str slug, bp_str name, bp_span span)
{
    claim *mine = BP_NEW(p->arena, claim);
    *mine = (claim){.name = name, .span = span};
    bool added = false;
    const claim *first = bp_map_add(claims, slug, mine, &added);
    if (added) {
        return;
    }
    p->good = false;
    /* A name that is declared twice was reported where it is declared. */
    if (bp_str_equal(first->name, name) && bp_diagnostics_has(p->diagnostics, BP_ERROR)) {
        return;
    }
    bp_finding *finding =
        bp_report(p->diagnostics, "OPS010", span,
                  "%s \"%.*s\" and \"%.*s\" both become \"%.*s\" in names of files and stacks; "
                  "these names must differ",
                  kind, BP_ARG(first->name), BP_ARG(name), BP_ARG(slug));
    bp_finding_mark(p->diagnostics, finding, "becomes \"%.*s\"", BP_ARG(slug));
    bp_finding_label(p->diagnostics, finding, first->span, "becomes \"%.*s\" too", BP_ARG(slug));
    bp_finding_help(p->diagnostics, finding,
                    "rename one of them: letter case and other characters than letters and digits "
                    "do not count");
}

static void
add_unresolved(plan *p, bp_str text)
{
    bool added = false;
    bp_map_add(p->unresolved, text, p, &added);
    if (added) {
        *bp_vec_add(p->arena, &p->out->unresolved) = text;
        p->out->resolved = false;
    }
}

static bp_str
text_of_ref(bp_arena *arena, const bp_target_ref *ref)
{
    switch (ref->kind) {
    case BP_TARGET_ROOT:
        return BP_STR("root");
    case BP_TARGET_ORGANIZATION:
        return BP_STR("organization");
    case BP_TARGET_OU:
        return bp_str_format(arena, "ou(\"%.*s\")", BP_ARG(ref->text));
    case BP_TARGET_ACCOUNT:
        return bp_str_format(arena, "account(\"%.*s\")", BP_ARG(ref->text));
    }
    return (bp_str){0};
}

/* Names the written targets that did not bind. Bound ones are in the same order. */
static void
note_holes(plan *p, const bp_target_refs *refs, const bp_bound_targets *bound, bool holes)
{
    size_t next = 0;
    for (size_t i = 0; (holes || p->model->org == NULL) && i < refs->count; i++) {
        const bp_target_ref *ref = &refs->at[i];
        const bp_target_ref *found = next < bound->count ? bound->at[next].ref : NULL;
        if (found != NULL && (found == ref || bp_span_equal(found->span, ref->span))) {
            next++;
            if (p->model->org != NULL) {
                continue;
            }
        }
        add_unresolved(p, text_of_ref(p->arena, ref));
    }
}

static bp_stack
start_stack(plan *p, bp_stack_kind kind, bp_str name)
{
    return (bp_stack){.kind = kind,
                      .name = name,
                      .slug = bp_slug(p->arena, name),
                      .stack_name = bp_stack_set_name(p->arena, kind, name)};
}

static void
add_role(plan *p, bp_map *claims, const bp_bound_role *bound)
{
    const bp_role *role = bound->role;
    bp_stack stack = start_stack(p, BP_STACK_ROLE, role->name);
    stack.role = role;
    claim_slug(p, claims, "roles", stack.slug, role->name, role->span);
    for (size_t i = 0; i < role->regions.count; i++) {
        if (!bp_str_equal(role->regions.at[i], p->model->home_region)) {
            bp_finding *finding = bp_report(
                p->diagnostics, "STK011", role->span,
                "role \"%.*s\" is deployed to \"%.*s\"; IAM is global, a role is made "
                "once in an account, in the home Region \"%.*s\"",
                BP_ARG(role->name), BP_ARG(role->regions.at[i]), BP_ARG(p->model->home_region));
            bp_finding_help(p->diagnostics, finding, "leave the Regions of the role out");
            p->good = false;
            break;
        }
    }
    p->good = bp_check_role_texts(p->arena, p->diagnostics, bound, p->model->partition) && p->good;
    note_holes(p, &role->deploy_to, &bound->targets, bound->holes);
    if (p->model->org == NULL && role->deploy_to.count == 0) {
        add_unresolved(p, BP_STR("root"));
    }
    stack.permits = bp_role_permits(p->model->facts, p->out->effective, role);
    bp_place_role(p->arena, p->model, p->needs, bound, &stack);
    *bp_vec_add(p->arena, &p->out->stacks) = stack;
}

static void
add_vault(plan *p, bp_map *claims, const bp_bound_vault *bound, const bp_vault_needs *needs)
{
    const bp_vault *vault = bound->vault;
    bp_stack stack = start_stack(p, BP_STACK_VAULT, vault->name);
    stack.vault = vault;
    claim_slug(p, claims, "vaults", stack.slug, vault->name, vault->span);
    note_holes(p, &vault->deploy_to, &bound->targets, bound->holes);
    note_holes(p, &vault->allow_copies_from, &bound->copy_sources, bound->copy_source_holes);
    stack.copies_out = needs->copies_out;
    bp_place_copies_in(p->arena, p->model->org, bound, &stack.copies_in);
    bp_place_vault(p->arena, p->model, needs, bound, &stack);
    *bp_vec_add(p->arena, &p->out->stacks) = stack;
}

static int
compare_stacks(const void *a, const void *b)
{
    const bp_stack *left = a;
    const bp_stack *right = b;
    if (left->kind != right->kind) {
        return left->kind < right->kind ? -1 : 1;
    }
    int order = bp_str_compare(left->slug, right->slug);
    return order != 0 ? order : bp_str_compare(left->name, right->name);
}

static void
add_stacks(plan *p)
{
    bp_map *roles = bp_map_new(p->arena);
    bp_map *vaults = bp_map_new(p->arena);
    for (size_t i = 0; i < p->model->roles.count; i++) {
        add_role(p, roles, &p->model->roles.at[i]);
    }
    for (size_t i = 0; i < p->model->vaults.count; i++) {
        add_vault(p, vaults, &p->model->vaults.at[i], &p->needs->vaults.at[i]);
    }
    if (p->out->stacks.count > 0) {
        qsort(p->out->stacks.at, p->out->stacks.count, sizeof p->out->stacks.at[0], compare_stacks);
    }
}

static bp_str
name_of_target(const bp_bound_target *target)
{
    if (target->ou != NULL) {
        return target->ou->path.size > 0 ? target->ou->path : BP_STR("root");
    }
    return target->account->name.size > 0 ? target->account->name : target->account->id;
}

static void
add_targets(plan *p, const bp_bound_policy *bound, bp_deployed_policy *policy)
{
    bp_map *seen = bp_map_new(p->arena);
    for (size_t i = 0; i < bound->targets.count; i++) {
        const bp_bound_target *target = &bound->targets.at[i];
        bool added = false;
        if (target->ou != NULL || target->account != NULL) {
            bp_map_add(seen, target->id, p, &added);
        }
        if (added) {
            *bp_vec_add(p->arena, &policy->targets) = target->id;
            *bp_vec_add(p->arena, &policy->target_names) = name_of_target(target);
        }
    }
}

/* What Organizations takes as the name and description of a policy. */
static void
check_policy_texts(plan *p, const bp_policy *policy)
{
    const bp_quota *name = bp_quota_find(p->model->facts, "POL_NAME");
    const bp_quota *description = bp_quota_find(p->model->facts, "POL_DESCRIPTION");
    size_t size = bp_str_characters(policy->name);
    if (size == 0 || (int64_t)size > name->value) {
        bp_report(p->diagnostics, "OPS010", policy->span,
                  "the name of this policy has %zu characters; Organizations takes 1 to %lld", size,
                  (long long)name->value);
        p->good = false;
    }
    size = bp_str_characters(policy->description);
    if ((int64_t)size > description->value) {
        bp_report(p->diagnostics, "OPS010", policy->description_span,
                  "the description of policy \"%.*s\" has %zu characters; Organizations takes at "
                  "most %lld",
                  BP_ARG(policy->name), size, (long long)description->value);
        p->good = false;
    }
}

static void
add_policy(plan *p, bp_map *claims, const bp_bound_policy *bound)
{
    const bp_policy *source = bound->policy;
    bp_deployed_policy policy = {.policy = source, .slug = bp_slug(p->arena, source->name)};
    claim_slug(p, claims, "policies", policy.slug, source->name, source->span);
    check_policy_texts(p, source);
    policy.text = bp_tree_write_compact(p->arena, source->document);
    policy.characters = bp_str_characters(policy.text);
    policy.controls = bp_tree_control_characters(p->arena, source->document);
    note_holes(p, &source->attach, &bound->targets, bound->holes);
    add_targets(p, bound, &policy);
    for (size_t i = 0; p->active_before != NULL && i < bound->reach.count; i++) {
        const bp_range *range = &bound->reach.at[i];
        policy.accounts += p->active_before[range->end] - p->active_before[range->first];
    }
    *bp_vec_add(p->arena, &p->out->policies) = policy;
}

static void
count_active(plan *p)
{
    const bp_organization *org = p->model->org;
    p->active_before = bp_arena_array(p->arena, org->accounts.count + 1, sizeof(uint32_t));
    for (size_t i = 0; i < org->accounts.count; i++) {
        p->active_before[i + 1] =
            p->active_before[i] + (bp_account_counts(&org->accounts.at[i]) ? 1 : 0);
    }
}

static void
fill_head(plan *p)
{
    const bp_model *model = p->model;
    const bp_partition *partition = bp_partition_find(model->partition);
    p->out->facts = model->facts;
    p->out->partition = model->partition;
    p->out->home_region = model->home_region;
    p->out->global_region =
        partition != NULL ? bp_str_of(partition->iam_region) : model->home_region;
    p->out->cross_account_copies = p->needs->cross_account_copies;
    p->out->resolved = model->org != NULL;
    if (model->org != NULL) {
        p->out->organization_id = model->org->id;
        p->out->root_id = model->org->ous.count > 0 ? model->org->ous.at[0].id : (bp_str){0};
        p->out->management_id = model->org->management_id;
        count_active(p);
    }
}

bool
bp_deploy(bp_arena *arena, bp_diagnostics *diagnostics, const bp_model *model,
          const bp_effective *effective, bp_deployment **deployment)
{
    plan p = {.arena = arena,
              .diagnostics = diagnostics,
              .model = model,
              .needs = bp_needs_collect(arena, model, effective),
              .out = BP_NEW(arena, bp_deployment),
              .unresolved = bp_map_new(arena),
              .good = true};
    p.out->org = model->org;
    p.out->effective = effective;
    fill_head(&p);
    add_stacks(&p);
    bp_spare_count(arena, model, effective, p.needs, p.out);
    bp_map *claims = bp_map_new(arena);
    for (size_t i = 0; i < model->policies.count; i++) {
        add_policy(&p, claims, &model->policies.at[i]);
    }
    *deployment = p.out;
    return p.good;
}
