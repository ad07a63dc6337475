/*
 * QTA: counts of a document (QTA010).
 *
 * Its size is judged in size.c. Attachments are counted where the organization is known; templates
 * where they are written.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/override.h"
#include "compiler/checks/walk.h"
#include "compiler/facts/facts.h"

/* What one policy brings of the things that are counted. */
typedef struct share {
    const bp_policy *policy;
    size_t count;
    bp_span first;
} share;

/* Things that are counted: nodes of a kind, or the items of a list. */
typedef struct tally {
    const bp_place *place;
    const bp_quota *quota;
    size_t number;
    bp_span beyond; /* the first one over the limit */
    bp_span uses;
    BP_VEC(share) shares; /* in order of appearance */
} tally;

static void
count_one(tally *on, const bp_policy *writer, bp_span span, bp_span uses)
{
    share *own = NULL;
    on->number++;
    if ((int64_t)on->number == on->quota->value + 1) {
        on->beyond = span;
        on->uses = uses;
    }
    for (size_t i = 0; i < on->shares.count; i++) {
        own = on->shares.at[i].policy == writer ? &on->shares.at[i] : own;
    }
    if (own == NULL) {
        own = bp_vec_add(on->place->context->arena, &on->shares);
        *own = (share){.policy = writer, .first = span};
    }
    own->count++;
}

static void
count_nodes(tally *on, const bp_node *first, bp_node_kind kind)
{
    for (const bp_node *node = first; node != NULL; node = node->next) {
        if (node->kind == kind) {
            const bp_policy *writer = node->writer != NULL ? node->writer : on->place->policy;
            count_one(on, writer, node->span, node->uses);
        }
    }
}

/* Which policies brought how many: a note, and a label where the others begin. */
static void
tell_shares(const tally *on, bp_finding *finding)
{
    enum { TOLD = 6 };
    bp_diagnostics *list = on->place->context->diagnostics;
    bp_buf words = {.arena = on->place->context->arena};
    size_t told = on->shares.count < TOLD ? on->shares.count : TOLD;
    for (size_t i = 0; i < told; i++) {
        const share *own = &on->shares.at[i];
        bp_buf_format(&words, "%s\"%.*s\" brings %zu", i > 0 ? ", " : "", BP_ARG(own->policy->name),
                      own->count);
        if (!bp_span_equal(own->first, on->beyond)) {
            bp_finding_label(list, finding, own->first, "%s policy \"%.*s\"",
                             own->count > 1 ? "the first of" : "from", BP_ARG(own->policy->name));
        }
    }
    if (told < on->shares.count) {
        bp_buf_format(&words, " and %zu more policies the rest", on->shares.count - told);
    }
    bp_finding_note(list, finding, "policy %.*s", BP_ARG(bp_buf_text(&words)));
}

/* Tells a count over its limit. What one policy brings alone is told of its document. */
static void
judge(const tally *on)
{
    const bp_place *place = on->place;
    bp_quota_kept(place->context, on->quota, (int64_t)on->number);
    if ((int64_t)on->number <= on->quota->value) {
        return;
    }
    for (size_t i = 0; place->merged != NULL && i < on->shares.count; i++) {
        if ((int64_t)on->shares.at[i].count > on->quota->value) {
            return;
        }
    }
    bp_finding *finding = bp_report(place->context->diagnostics, "QTA010", on->beyond,
                                    "%zu %s; AWS Backup takes %lld", on->number, on->quota->what,
                                    (long long)on->quota->value);
    bp_quota_told(place->context, finding, on->quota);
    bp_text_finding(place, finding, on->uses);
    if (place->merged != NULL && on->shares.count > 1) {
        tell_shares(on, finding);
    }
}

static tally
start(const bp_place *place, const char *quota)
{
    return (tally){.place = place, .quota = bp_quota_find(place->context->facts, quota)};
}

static void
judge_nodes(const bp_place *place, const bp_node *first, bp_node_kind kind, const char *quota)
{
    tally on = start(place, quota);
    count_nodes(&on, first, kind);
    judge(&on);
}

static void
judge_plan(const bp_place *place)
{
    const bp_node *plan = place->node;
    const bp_node *tags = bp_node_first(plan, "selections/tags");
    judge_nodes(place, bp_node_first(plan, "rules"), BP_NODE_RULE, "PLAN_RULES");
    judge_nodes(place, tags, BP_NODE_SELECTION, "PLAN_TAG_SELECTIONS");
    tally all = start(place, "PLAN_ASSIGNMENTS");
    count_nodes(&all, tags, BP_NODE_SELECTION);
    count_nodes(&all, bp_node_first(plan, "selections/resources"), BP_NODE_SELECTION);
    judge(&all);
}

static void
judge_rule(const bp_place *place)
{
    judge_nodes(place, bp_node_first(place->node, "copy_actions"), BP_NODE_COPY, "RULE_COPIES");
    judge_nodes(place, bp_node_first(place->node, "recovery_point_tags"), BP_NODE_ENTRY, "RP_TAGS");
}

static void
judge_selection(const bp_place *place)
{
    tally values = start(place, "SELECTION_TAGS");
    const bp_value *list = bp_node_value(place->node, "tag_value");
    for (size_t i = 0; list != NULL && i < list->items.count; i++) {
        const bp_value *value = list->items.at[i];
        count_one(&values, value->writer != NULL ? value->writer : place->policy, value->span,
                  value->uses);
    }
    judge(&values);
    tally conditions = start(place, "SELECTION_CONDITIONS");
    const bp_node *group = bp_node_first(place->node, "conditions");
    for (; group != NULL; group = group->next) {
        count_nodes(&conditions, group->first, BP_NODE_ENTRY);
    }
    judge(&conditions);
}

void
bp_check_plan_limits(const bp_check_context *context)
{
    bp_each_plan(context, judge_plan);
    bp_each_rule(context, judge_rule);
    bp_each_selection(context, judge_selection);
    bp_each_merged(context, BP_LAYER_PLANS, judge_plan);
    bp_each_merged(context, BP_LAYER_RULES, judge_rule);
    bp_each_merged(context, BP_LAYER_SELECTIONS, judge_selection);
}
