/*
 * Sizes of policies (QTA001, QTA002): what is sent is counted in code points, white space included,
 * and a policy that is too large is told with its parts and the cut that would make it fit. What
 * the cut makes of the number of policies on each target is said too (QTA003 counts those that
 * there are). Nothing is cut here.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/size_cut.h"
#include "compiler/checks/walk.h"
#include "compiler/facts/facts.h"

#include <stdlib.h>

enum { MARGIN_PERCENT = 80, TOLD_PLANS = 12, TOLD_PARTS = 20 };

/* A policy with its sizes. */
typedef struct sized {
    const bp_policy *policy;
    const bp_bound_policy *bound; /* NULL: nothing was bound */
    size_t sent;                  /* characters as it is sent */
    size_t minified;
    bp_size_cut cut; /* no parts: it needs none */
} sized;

typedef struct share {
    const bp_node *plan;
    size_t size;
    size_t order;
} share;

typedef struct size_check {
    const bp_check_context *context;
    sized *policies;
    size_t count;
    size_t most;
} size_check;

/* A document by itself is sent as somebody wrote it; all others are minified. */
static sized
measure(const size_check *check, size_t index)
{
    const bp_check_context *context = check->context;
    sized s = {.policy = context->program->policies.at[index]};
    if (s.policy->document == NULL) {
        return s;
    }
    if (context->model != NULL && index < context->model->policies.count) {
        s.bound = &context->model->policies.at[index];
    }
    const bp_source *source = bp_sources_get(bp_diagnostics_sources(context->diagnostics),
                                             s.policy->document->span.source);
    s.minified = bp_str_characters(bp_tree_write_compact(context->arena, s.policy->document));
    s.sent = s.policy->alone && source != NULL ? bp_str_characters(source->text) : s.minified;
    if (s.minified > check->most) {
        s.cut = bp_size_cut_of(context->arena, s.policy->document, check->most);
    }
    return s;
}

static int
larger_first(const void *a, const void *b)
{
    const share *x = a;
    const share *y = b;
    if (x->size != y->size) {
        return x->size > y->size ? -1 : 1;
    }
    return x->order < y->order ? -1 : 1;
}

/* What each plan takes, the largest first. */
static void
note_shares(const size_check *check, const sized *s, bp_finding *finding)
{
    bp_arena *arena = check->context->arena;
    bp_diagnostics *list = check->context->diagnostics;
    BP_VEC(share) shares = {0};
    const bp_node *plan = bp_node_first(s->policy->document, "plans");
    for (; plan != NULL; plan = plan->next) {
        share *next = bp_vec_add(arena, &shares);
        *next = (share){plan, bp_size_of_plan(arena, plan), shares.count};
    }
    if (shares.count == 0) {
        return;
    }
    qsort(shares.at, shares.count, sizeof *shares.at, larger_first);
    size_t rest = 0;
    for (size_t i = 0; i < shares.count; i++) {
        size_t size = shares.at[i].size;
        if (i >= TOLD_PLANS) {
            rest += size;
            continue;
        }
        bp_finding_note(list, finding, "plan \"%.*s\" takes %zu characters, %zu %%",
                        BP_ARG(bp_shown_text(arena, shares.at[i].plan->key)), size,
                        (100 * size + s->minified / 2) / s->minified);
    }
    if (shares.count > TOLD_PLANS) {
        bp_finding_note(list, finding, "%zu more plan%s take%s %zu characters, %zu %%",
                        shares.count - TOLD_PLANS, shares.count - TOLD_PLANS == 1 ? "" : "s",
                        shares.count - TOLD_PLANS == 1 ? "s" : "", rest,
                        (100 * rest + s->minified / 2) / s->minified);
    }
}

static void
note_controls(const size_check *check, const sized *s, bp_finding *finding)
{
    size_t controls = bp_tree_control_characters(check->context->arena, s->policy->document);
    if (controls > 0) {
        bp_finding_note(check->context->diagnostics, finding,
                        "child controls take %zu characters, %zu %%", controls,
                        (100 * controls + s->minified / 2) / s->minified);
    }
}

/* "policy 1 of 2, 9880 characters: plans "a", "b"" */
static void
note_part(const size_check *check, const sized *s, bp_finding *finding, size_t index)
{
    const bp_size_part *part = &s->cut.parts.at[index];
    bp_buf names = {.arena = check->context->arena};
    for (size_t i = 0; i < part->plans.count; i++) {
        bp_buf_format(&names, "%s\"%.*s\"", i == 0 ? "" : ", ",
                      BP_ARG(bp_shown_text(check->context->arena, part->plans.at[i]->key)));
    }
    bp_finding_note(check->context->diagnostics, finding,
                    "policy %zu of %zu, %zu characters%s: plan%s %.*s", index + 1,
                    s->cut.parts.count, part->characters,
                    part->characters > check->most ? ", too large alone" : "",
                    part->plans.count == 1 ? "" : "s", BP_ARG(bp_buf_text(&names)));
}

/* Policies that a target has when every policy of the project that needs it is cut. */
static size_t
policies_on(const size_check *check, bp_str target)
{
    size_t number = 0;
    for (size_t i = 0; i < check->count; i++) {
        const sized *s = &check->policies[i];
        bool here = false;
        for (size_t t = 0; s->bound != NULL && t < s->bound->targets.count; t++) {
            here = here || bp_str_equal(s->bound->targets.at[t].id, target);
        }
        if (here) {
            number += s->cut.parts.count > 0 ? s->cut.parts.count : 1;
        }
    }
    return number;
}

static bp_str
target_words(bp_arena *arena, const bp_bound_target *target)
{
    if (target->ou != NULL && target->ou->depth == 0) {
        return BP_STR("the root");
    }
    bp_str name = target->ou != NULL ? target->ou->path : target->account->name;
    return bp_str_format(arena, "\"%.*s\"", BP_ARG(bp_shown_text(arena, name)));
}

static bool
told_before(const bp_bound_targets *targets, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (bp_str_equal(targets->at[i].id, targets->at[index].id)) {
            return true;
        }
    }
    return false;
}

/* Holds the cut against the quota of each target. False when one of them would have too many. */
static bool
note_quota(const size_check *check, const sized *s, bp_finding *finding)
{
    bp_diagnostics *list = check->context->diagnostics;
    bool fits = true;
    bool known = s->bound != NULL && s->bound->targets.count > 0;
    for (size_t t = 0; known && t < s->bound->targets.count; t++) {
        const bp_bound_target *target = &s->bound->targets.at[t];
        if (target->ou == NULL && target->account == NULL) {
            continue;
        }
        size_t number = policies_on(check, target->id);
        int64_t limit = bp_attach_limit(check->context->facts, target);
        if (told_before(&s->bound->targets, t)) {
            continue;
        }
        bool over = (int64_t)number > limit;
        fits = fits && !over;
        bp_finding_note(list, finding,
                        "with this cut %.*s has %zu backup policies of its own, of "
                        "%lld that it may have%s",
                        BP_ARG(target_words(check->context->arena, target)), number,
                        (long long)limit, over ? ": too many (QTA003)" : "");
        if (over) {
            bp_finding_label(list, finding, target->ref->span, "%zu policies with this cut",
                             number);
        }
    }
    if (!known || s->bound->holes) {
        int64_t limit = bp_quota_find(check->context->facts, "ORG_ATTACH_OU")->value;
        fits = fits && (int64_t)s->cut.parts.count <= limit;
        bp_finding_note(list, finding,
                        "one target takes %lld backup policies; how many %s of this policy %s is "
                        "not known",
                        (long long)limit, known ? "some targets" : "the targets", "have");
    }
    return fits;
}

static void
tell_cut(const size_check *check, const sized *s, bp_finding *finding)
{
    bp_diagnostics *list = check->context->diagnostics;
    size_t parts = s->cut.parts.count;
    bool alone = false;
    for (size_t i = 0; i < parts; i++) {
        alone = alone || s->cut.parts.at[i].characters > check->most;
    }
    if (parts > 1) {
        bp_finding_note(list, finding,
                        "cut by plan it makes %zu policies; on the same targets they give what it "
                        "gave",
                        parts);
    }
    for (size_t i = 0; i < parts && i < TOLD_PARTS; i++) {
        note_part(check, s, finding, i);
    }
    if (parts > TOLD_PARTS) {
        bp_finding_note(list, finding, "and %zu more polic%s", parts - TOLD_PARTS,
                        parts - TOLD_PARTS == 1 ? "y" : "ies");
    }
    bool fits = parts <= 1 || note_quota(check, s, finding);
    if (parts > 1) {
        bp_finding_help(list, finding, "move the plans into policies as noted, %s",
                        s->policy->from_json ? "attached to the same targets"
                                             : "with the same \"attach\"");
    }
    if (!fits) {
        bp_finding_help(list, finding,
                        "merge other policies of the target, or attach some to the OUs below it");
    }
    if (alone) {
        bp_finding_help(list, finding,
                        "split a plan that is too large alone, by Region or by "
                        "rule, into plans of other names");
    }
}

static void
report(const size_check *check, const sized *s)
{
    bp_diagnostics *list = check->context->diagnostics;
    bool too_large = s->sent > check->most;
    bp_finding *finding =
        too_large ? bp_report(list, "QTA001", s->policy->span,
                              "policy of %zu characters as it is sent; a backup policy has at most "
                              "%zu",
                              s->sent, check->most)
                  : bp_report(list, "QTA002", s->policy->span,
                              "policy of %zu characters as it is sent; the limit is %zu", s->sent,
                              check->most);
    bp_finding_scope(list, finding, bp_node_scope(check->context->arena, s->policy->name, NULL));
    if (s->minified < s->sent) {
        bp_finding_note(list, finding, "minified it has %zu characters", s->minified);
    }
    note_shares(check, s, finding);
    note_controls(check, s, finding);
    if (s->cut.parts.count > 0) {
        tell_cut(check, s, finding);
    } else if (s->minified < s->sent) {
        bp_finding_help(list, finding, "send it without the white space between its parts");
    } else {
        bp_finding_help(list, finding,
                        "move plans into a second policy; one target takes up to %lld of them",
                        (long long)bp_quota_find(check->context->facts, "ORG_ATTACH_OU")->value);
    }
}

void
bp_check_policy_sizes(const bp_check_context *context)
{
    if (context->program == NULL) {
        return;
    }
    size_t count = context->program->policies.count;
    size_check check = {.context = context,
                        .policies = bp_arena_array(context->arena, count + 1, sizeof(sized)),
                        .count = count,
                        .most = (size_t)bp_quota_find(context->facts, "POL_CHARS")->value};
    for (size_t i = 0; i < count; i++) {
        check.policies[i] = measure(&check, i);
    }
    for (size_t i = 0; i < count; i++) {
        if (check.policies[i].sent > check.most / 100 * MARGIN_PERCENT) {
            report(&check, &check.policies[i]);
        }
    }
}
