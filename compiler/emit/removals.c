/*
 * Removals: what the previous manifest deployed and the deployment no longer has, in the reverse
 * order of deployment, with the inputs of the calls.
 *
 * Vaults stay: instances go with RetainStacks, and nothing here deletes a vault, key or role. What
 * another target of the same stack set still covers is left alone.
 */
#include "compiler/emit/removal_parts.h"

/* One row, made from remove.sh. */
static const struct {
    const char *name;
    const char *text;
} REMOVE_SCRIPT[] = {
#include "compiler/emit/remove_sh.inc"
};

const char *
bp_removal_word(bp_removal_kind what)
{
    switch (what) {
    case BP_REMOVE_ATTACHMENT:
        return "policy-attachment";
    case BP_REMOVE_POLICY:
        return "policy";
    case BP_REMOVE_INSTANCES:
        return "stack-instances";
    case BP_REMOVE_STACK_SET:
        return "stack-set";
    case BP_REMOVE_MANAGEMENT_STACK:
        return "management-stack";
    }
    return "";
}

static const bp_deployed_policy *
policy_now(const bp_deployment *deployment, bp_str name)
{
    for (size_t i = 0; i < deployment->policies.count; i++) {
        if (bp_str_equal(deployment->policies.at[i].policy->name, name)) {
            return &deployment->policies.at[i];
        }
    }
    return NULL;
}

/* By the name of the stack, which is what the two have in common. */
static const bp_stack *
stack_now(const bp_deployment *deployment, bp_str stack_name)
{
    for (size_t i = 0; i < deployment->stacks.count; i++) {
        if (bp_str_equal(deployment->stacks.at[i].stack_name, stack_name)) {
            return &deployment->stacks.at[i];
        }
    }
    return NULL;
}

static bool
has(const bp_strings *list, bp_str text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (bp_str_equal(list->at[i], text)) {
            return true;
        }
    }
    return false;
}

/* The file by which the script finds the policy in the organization's list. */
static void
name_policy(removing *r, const bp_previous_policy *policy)
{
    bp_arena *arena = r->emission->arena;
    bp_emit_file(r->emission,
                 bp_str_format(arena, "cli/remove-policy-%.*s.name", BP_ARG(policy->slug)),
                 bp_str_format(arena, "%.*s\n", BP_ARG(policy->name)), false);
}

static void
remove_attachment(removing *r, const bp_previous_policy *policy, bp_str target)
{
    bp_arena *arena = r->emission->arena;
    bp_json *body = bp_json_object(arena);
    bp_json_put_text(body, "TargetId", target);
    bp_removal row = {.what = BP_REMOVE_ATTACHMENT,
                      .name = policy->name,
                      .detail = target,
                      .input =
                          bp_str_format(arena, "cli/remove-policy-%.*s.detach-policy.%.*s.json",
                                        BP_ARG(policy->slug), BP_ARG(target))};
    bp_removal_add(r, &row, body);
    bp_buf_format(&r->plan, "policy-attachment\tremove-policy-%.*s\t%.*s\n", BP_ARG(policy->slug),
                  BP_ARG(target));
}

/* All that is detached, then all that is deleted: a policy that is attached cannot be. */
static void
remove_policies(removing *r)
{
    const bp_previous *previous = r->emission->previous;
    for (size_t i = previous->policies.count; i-- > 0;) {
        const bp_previous_policy *policy = &previous->policies.at[i];
        const bp_deployed_policy *now = policy_now(r->emission->deployment, policy->name);
        bool named = now == NULL;
        for (size_t t = policy->targets.count; t-- > 0;) {
            if (now == NULL || !has(&now->targets, policy->targets.at[t])) {
                remove_attachment(r, policy, policy->targets.at[t]);
                named = true;
            }
        }
        if (named) {
            name_policy(r, policy);
        }
    }
    for (size_t i = previous->policies.count; i-- > 0;) {
        const bp_previous_policy *policy = &previous->policies.at[i];
        if (policy_now(r->emission->deployment, policy->name) != NULL) {
            continue;
        }
        bp_arena *arena = r->emission->arena;
        bp_removal row = {.what = BP_REMOVE_POLICY,
                          .name = policy->name,
                          .detail = BP_STR("no longer declared"),
                          .input = bp_str_format(arena, "cli/remove-policy-%.*s.delete-policy.json",
                                                 BP_ARG(policy->slug))};
        bp_removal_add(r, &row, bp_json_object(arena)); /* its id is found by the name */
        bp_buf_format(&r->plan, "policy\tremove-policy-%.*s\t-\n", BP_ARG(policy->slug));
    }
}

static void
remove_stack_set(removing *r, const bp_previous_stack *set)
{
    bp_arena *arena = r->emission->arena;
    bp_json *body = bp_json_object(arena);
    bp_json_put_text(body, "StackSetName", set->stack_name);
    bp_json_put_c(body, "CallAs", r->emission->call_as);
    bp_removal row = {
        .what = BP_REMOVE_STACK_SET,
        .name = set->stack_name,
        .detail = bp_str_format(arena, "%.*s %.*s", BP_ARG(set->kind_word), BP_ARG(set->creates)),
        .input = bp_str_format(arena, "cli/remove-%.*s-%.*s.delete-stack-set.json",
                               BP_ARG(set->kind_word), BP_ARG(set->slug))};
    bp_removal_add(r, &row, body);
    bp_buf_format(&r->plan, "stack-set\tremove-%.*s-%.*s\t%.*s\n", BP_ARG(set->kind_word),
                  BP_ARG(set->slug), BP_ARG(set->stack_name));
}

static void
remove_stack(removing *r, const bp_previous_stack *stack, bp_str region)
{
    bp_arena *arena = r->emission->arena;
    bp_json *body = bp_json_object(arena);
    bp_json_put_text(body, "StackName", stack->stack_name);
    bp_str key = bp_str_format(arena, "remove-management-%.*s-%.*s", BP_ARG(stack->kind_word),
                               BP_ARG(stack->slug));
    bp_removal row = {.what = BP_REMOVE_MANAGEMENT_STACK,
                      .name = stack->stack_name,
                      .detail = region,
                      .input = bp_str_format(arena, "cli/%.*s.%.*s.delete-stack.json", BP_ARG(key),
                                             BP_ARG(region)),
                      .vault = stack->kind == BP_STACK_VAULT ? stack->creates : (bp_str){0},
                      .dropped = stack->dropped};
    bp_removal_add(r, &row, body);
    bp_buf_format(&r->plan, "management-stack\t%.*s\t%.*s\t%.*s\n", BP_ARG(key), BP_ARG(region),
                  BP_ARG(stack->stack_name));
}

static void
remove_stacks(removing *r)
{
    const bp_previous *previous = r->emission->previous;
    for (size_t i = previous->stacks.count; i-- > 0;) {
        const bp_previous_stack *stack = &previous->stacks.at[i];
        const bp_stack *now = stack_now(r->emission->deployment, stack->stack_name);
        for (size_t n = stack->regions.count; n-- > 0;) {
            if (now == NULL || !has(&now->management_regions, stack->regions.at[n])) {
                remove_stack(r, stack, stack->regions.at[n]);
            }
        }
    }
}

void
bp_removal_add(removing *r, const bp_removal *row, const bp_json *body)
{
    bp_emit_json(r->emission, row->input, body, BP_JSON_PRETTY);
    *bp_vec_add(r->emission->arena, &r->emission->artifacts->removals) = *row;
}

void
bp_emit_removals(bp_emission *emission)
{
    const bp_previous *previous = emission->previous;
    const bp_deployment *deployment = emission->deployment;
    removing r = {.emission = emission, .plan = {.arena = emission->arena}};
    bp_buf_format(&r.plan, "organization\t%.*s\nhome-region\t%.*s\nglobal-region\t%.*s\n",
                  BP_ARG(deployment->organization_id), BP_ARG(deployment->home_region),
                  BP_ARG(deployment->global_region));
    if (!bp_calls_for_itself(emission)) {
        bp_buf_format(&r.plan, "call-as\t%s\n", emission->call_as);
    }
    remove_policies(&r);
    for (size_t i = previous->stack_sets.count; i-- > 0;) {
        const bp_previous_stack *set = &previous->stack_sets.at[i];
        bp_remove_instances(&r, set, stack_now(deployment, set->stack_name));
    }
    for (size_t i = previous->stack_sets.count; i-- > 0;) {
        const bp_previous_stack *set = &previous->stack_sets.at[i];
        const bp_stack *now = stack_now(deployment, set->stack_name);
        if (now == NULL || now->groups.count == 0) {
            remove_stack_set(&r, set);
        }
    }
    remove_stacks(&r);
    if (emission->artifacts->removals.count > 0) {
        bp_emit_file(emission, BP_STR("cli/remove.tsv"), bp_buf_text(&r.plan), false);
        bp_emit_file(emission, BP_STR("cli/remove.sh"), bp_str_of(REMOVE_SCRIPT[0].text), true);
    }
}
