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

/* Counts nodes of one kind from `first` on; *beyond is the first one over the limit. */
static size_t
count_nodes(const bp_node *first, bp_node_kind kind, int64_t most, const bp_node **beyond)
{
    size_t number = 0;
    for (const bp_node *node = first; node != NULL; node = node->next) {
        if (node->kind != kind) {
            continue;
        }
        number++;
        if ((int64_t)number == most + 1) {
            *beyond = node;
        }
    }
    return number;
}

static void
report_count(const bp_place *place, bp_span span, bp_span uses, const bp_quota *quota,
             size_t number)
{
    bp_finding *finding =
        bp_report(place->context->diagnostics, "QTA010", span, "%zu %s; AWS Backup takes %lld",
                  number, quota->what, (long long)quota->value);
    bp_quota_told(place->context, finding, quota);
    bp_text_finding(place, finding, uses);
}

static void
judge_nodes(const bp_place *place, const bp_node *first, bp_node_kind kind, const char *id)
{
    const bp_quota *quota = bp_quota_find(place->context->facts, id);
    const bp_node *beyond = NULL;
    size_t number = count_nodes(first, kind, quota->value, &beyond);
    bp_quota_kept(place->context, quota, (int64_t)number);
    if (beyond != NULL) {
        report_count(place, beyond->span, beyond->uses, quota, number);
    }
}

static void
judge_plan(const bp_place *place)
{
    const bp_node *plan = place->node;
    const bp_node *tags = bp_node_first(plan, "selections/tags");
    judge_nodes(place, bp_node_first(plan, "rules"), BP_NODE_RULE, "PLAN_RULES");
    judge_nodes(place, tags, BP_NODE_SELECTION, "PLAN_TAG_SELECTIONS");
    judge_nodes(place, bp_node_first(plan, "selections/resources"), BP_NODE_SELECTION,
                "PLAN_ASSIGNMENTS");
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
    const bp_quota *values = bp_quota_find(place->context->facts, "SELECTION_TAGS");
    const bp_value *list = bp_node_value(place->node, "tag_value");
    if (list != NULL && (int64_t)list->items.count > values->value) {
        const bp_value *beyond = list->items.at[values->value];
        report_count(place, beyond->span, beyond->uses, values, list->items.count);
    }
    const bp_quota *conditions = bp_quota_find(place->context->facts, "SELECTION_CONDITIONS");
    size_t number = 0;
    const bp_node *group = bp_node_first(place->node, "conditions");
    for (; group != NULL; group = group->next) {
        const bp_node *beyond = NULL;
        size_t before = number;
        number +=
            count_nodes(group->first, BP_NODE_ENTRY, conditions->value - (int64_t)before, &beyond);
        if (beyond != NULL) {
            report_count(place, beyond->span, beyond->uses, conditions, number);
            return;
        }
    }
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
