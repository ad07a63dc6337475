/*
 * QTA: sizes and counts of a document (QTA001, QTA002, QTA010).
 *
 * Attachments are counted where the organization is known; templates where they are written.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"
#include "compiler/facts/facts.h"

enum { MARGIN_PERCENT = 80 };

/* Tells how much each plan takes of the text: what to move out of the policy. */
static void
note_shares(bp_arena *arena, bp_diagnostics *list, bp_finding *finding, const bp_policy *policy)
{
    const bp_node *plan = bp_node_first(policy->document, "plans");
    if (plan == NULL || plan->next == NULL) {
        bp_finding_help(list, finding,
                        "split the plan, by Region or by rule, and make a second policy");
        return;
    }
    for (int told = 0; plan != NULL && told < 5; plan = plan->next, told++) {
        size_t size = bp_str_characters(bp_tree_write_compact(arena, plan));
        bp_finding_note(list, finding, "plan \"%.*s\" takes about %zu characters",
                        BP_ARG(plan->key), size);
    }
    bp_finding_help(list, finding,
                    "move plans into a second policy; one target takes up to 10 of them");
}

void
bp_check_policy_size(bp_arena *arena, bp_diagnostics *diagnostics, const bp_policy *policy,
                     bp_str text)
{
    int64_t most = bp_quota_find("POL_CHARS")->value;
    int64_t margin = most / 100 * MARGIN_PERCENT;
    int64_t size = (int64_t)bp_str_characters(text);
    if (size <= margin) {
        return;
    }
    bp_finding *finding =
        size > most ? bp_report(diagnostics, "QTA001", policy->span,
                                "policy of %lld characters as it is sent; a backup policy has at "
                                "most %lld",
                                (long long)size, (long long)most)
                    : bp_report(diagnostics, "QTA002", policy->span,
                                "policy of %lld characters as it is sent; the limit is %lld",
                                (long long)size, (long long)most);
    bp_finding_scope(diagnostics, finding, bp_node_scope(arena, policy->name, NULL));
    note_shares(arena, diagnostics, finding, policy);
}

static void
judge_size(const bp_place *place)
{
    bp_arena *arena = place->context->arena;
    bp_diagnostics *list = place->context->diagnostics;
    bp_str compact = bp_tree_write_compact(arena, place->node);
    const bp_source *source =
        bp_sources_get(bp_diagnostics_sources(list), place->policy->document->span.source);
    /* A document by itself is sent as somebody wrote it. */
    bool as_written = place->policy->alone && source != NULL;
    bp_check_policy_size(arena, list, place->policy, as_written ? source->text : compact);
}

void
bp_check_policy_sizes(const bp_check_context *context)
{
    bp_each_policy(context, judge_size);
}

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
    bp_text_finding(place, finding, uses);
}

static void
judge_nodes(const bp_place *place, const bp_node *first, bp_node_kind kind, const char *id)
{
    const bp_quota *quota = bp_quota_find(id);
    const bp_node *beyond = NULL;
    size_t number = count_nodes(first, kind, quota->value, &beyond);
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
    const bp_quota *values = bp_quota_find("SELECTION_TAGS");
    const bp_value *list = bp_node_value(place->node, "tag_value");
    if (list != NULL && (int64_t)list->items.count > values->value) {
        const bp_value *beyond = list->items.at[values->value];
        report_count(place, beyond->span, beyond->uses, values, list->items.count);
    }
    const bp_quota *conditions = bp_quota_find("SELECTION_CONDITIONS");
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
