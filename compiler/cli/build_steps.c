/*
 * STK006 of `backpol build --check`: a committed plan whose order somebody changed by hand, so that
 * a policy is attached before a stack set that it needs is there. That the file is not what the
 * sources make is OPS001, which fails the build; this tells what deploying it would do.
 */
#include "compiler/cli/build.h"

/* Whether some value of a policy's text names the vault or role of a stack. */
static bool
needs(const bp_node *top, const bp_stack *stack)
{
    bool role = stack->kind == BP_STACK_ROLE;
    for (const bp_node *node = top; node != NULL;) {
        const bp_reference *reference = node->assign == NULL ? NULL : node->assign->reference;
        if (reference != NULL && (reference->kind == BP_REF_ROLE) == role &&
            bp_str_equal(reference->name, stack->name)) {
            return true;
        }
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node != top && node->next == NULL) {
            node = node->parent;
        }
        node = node == top ? NULL : node->next;
    }
    return false;
}

/* The first step that attaches each policy, by its slug, and the last one that makes each stack. */
typedef struct bp_step_places {
    bp_map *policies;
    bp_map *stacks;
} bp_step_places;

static bp_step_places
places_of(bp_arena *arena, bp_plan_steps *steps)
{
    bp_step_places places = {bp_map_new(arena), bp_map_new(arena)};
    for (size_t i = 0; i < steps->count; i++) {
        bp_plan_step *step = &steps->at[i];
        if (step->kind != BP_STEP_POLICY) {
            bp_map_set(places.stacks, step->key, step);
        } else {
            (void)bp_map_add(places.policies, step->key, step, NULL);
        }
    }
    return places;
}

/* The first of the things that a policy needs and that are made after it is attached. */
static const bp_plan_step *
late_step(bp_session *session, const bp_step_places *places, const bp_deployed_policy *policy,
          const bp_plan_step *attached, const bp_stack **made)
{
    const bp_deployment *deployment = session->deployment;
    const bp_plan_step *late = NULL;
    for (size_t i = 0; i < deployment->stacks.count; i++) {
        const bp_stack *stack = &deployment->stacks.at[i];
        bp_str key =
            bp_str_format(session->arena, "%s-%.*s",
                          stack->kind == BP_STACK_ROLE ? "role" : "vault", BP_ARG(stack->slug));
        const bp_plan_step *step = bp_map_get(places->stacks, key);
        if (step != NULL && step > attached && (late == NULL || step < late) &&
            needs(policy->policy->document, stack)) {
            late = step;
            *made = stack;
        }
    }
    return late;
}

static bp_span
placed(const bp_source *source, const bp_plan_step *step)
{
    return bp_span_of(source, step->place.start, step->place.end);
}

static void
report(bp_session *session, const bp_source *source, bp_str policy, const bp_plan_step *attached,
       const bp_plan_step *late, const bp_stack *stack)
{
    const char *kind = stack->kind == BP_STACK_ROLE ? "role" : "vault";
    bp_finding *finding =
        bp_report(session->diagnostics, "STK006", placed(source, attached),
                  "policy \"%.*s\" is attached before %s \"%.*s\" is made, which it needs",
                  BP_ARG(policy), kind, BP_ARG(stack->name));
    bp_finding_label(session->diagnostics, finding, placed(source, late), "the %s is made here",
                     kind);
    bp_finding_note(session->diagnostics, finding,
                    "every job fails until it is there, and where that step fails, for ever");
    bp_finding_help(session->diagnostics, finding,
                    "run backpol build, which writes roles, vaults and policies in this order");
}

void
bp_build_report_order(bp_session *session, bp_str path, bp_str shown, bp_str text)
{
    bp_plan_steps steps = {0};
    if (bp_str_is(path, "cli/plan.tsv")) {
        steps = bp_plan_read_steps(session->arena, text);
    } else if (bp_str_is(path, "manifest.json")) {
        steps = bp_manifest_read_steps(session->arena, text);
    }
    bp_step_places places = places_of(session->arena, &steps);
    const bp_source *source = NULL;
    for (size_t i = 0; i < session->deployment->policies.count; i++) {
        const bp_deployed_policy *policy = &session->deployment->policies.at[i];
        const bp_plan_step *attached = bp_map_get(places.policies, policy->slug);
        const bp_stack *stack = NULL;
        const bp_plan_step *late =
            attached == NULL ? NULL : late_step(session, &places, policy, attached, &stack);
        if (late != NULL) {
            source = source != NULL ? source : bp_sources_add(session->sources, shown, text);
            report(session, source, policy->policy->name, attached, late, stack);
        }
    }
}
