/*
 * REG: Regions that plans, copies and declared vaults name. Which Regions exist and what works
 * there is the fact table's; whether an account has an opt-in Region open is the inventory's.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/forms.h"
#include "compiler/checks/needs.h"
#include "compiler/checks/override.h"
#include "compiler/checks/walk.h"

#include "lib/calendar.h"
#include "lib/suggest.h"

enum { SECONDS_A_DAY = 86400 };

/* Whether the table of Regions is older than its limit. */
static bool
table_is_old(const bp_check_context *context)
{
    int64_t day = 0;
    int64_t limit = context->manifest != NULL ? context->manifest->facts_max_age_days : 180;
    return bp_instant_parse(bp_str_of(bp_facts_as_of()), &day) &&
           context->as_of - day > limit * SECONDS_A_DAY;
}

/* REG001 for a text that is no known code. */
static bp_finding *
report_unknown(const bp_check_context *context, bp_str text, bp_span span, bool json)
{
    bp_diagnostics *list = context->diagnostics;
    const bp_region *named = bp_region_by_name(context->facts, text);
    bp_str shown = bp_shown_text(context->arena, text);
    bp_suggester near = bp_suggest_start(text);
    size_t count = 0;
    const bp_region *regions = bp_regions(context->facts, &count);
    for (size_t i = 0; i < count; i++) {
        bp_suggest_offer(&near, bp_str_of(regions[i].code));
    }
    bp_str right = named != NULL ? bp_str_of(named->code) : near.best;
    bp_finding *finding =
        bp_report(list, "REG001", span, "\"%.*s\" is not a Region%s", BP_ARG(shown),
                  named != NULL          ? " code; it is a display name"
                  : bp_str_is(text, "*") ? "; every Region is named by its code"
                                         : " of AWS");
    bp_finding_mark(list, finding, "no such Region");
    if (right.size > 0) {
        bp_finding_help(list, finding, "did you mean %.*s?", BP_ARG(right));
        bp_str seen = bp_span_text(bp_diagnostics_sources(list), span);
        bool quoted = bp_str_starts(seen, BP_STR("\""));
        if (quoted || bp_str_equal(seen, text)) {
            bp_str fixed =
                json && quoted ? bp_str_format(context->arena, "\"%.*s\"", BP_ARG(right)) : right;
            bp_finding_fix(list, finding, named != NULL || near.nearness >= BP_NEAR_LOOSE, span,
                           fixed, "replace with %.*s", BP_ARG(fixed));
        }
    } else if (bp_region_shaped(text) && table_is_old(context)) {
        finding->severity = BP_WARNING;
        finding->aws = BP_AWS_UNKNOWN;
    }
    bp_finding_note(list, finding, "Regions as of %s", bp_facts_as_of());
    return finding;
}

static bp_str
partition_of(const bp_check_context *context, const bp_policy *policy)
{
    if (context->org != NULL) {
        return context->org->partition;
    }
    if (context->manifest != NULL && context->manifest->home_region.text.size > 0) {
        const bp_region *home = bp_region_find(context->facts, context->manifest->home_region.text);
        if (home != NULL) {
            return bp_str_of(home->partition);
        }
    }
    for (const bp_node *plan = bp_node_first(policy->document, "plans"); plan != NULL;
         plan = plan->next) {
        const bp_value *list = bp_node_value(plan, "regions");
        for (size_t i = 0; list != NULL && i < list->items.count; i++) {
            const bp_value *item = list->items.at[i];
            const bp_region *region =
                item->kind == BP_VALUE_TEXT ? bp_region_find(context->facts, item->text) : NULL;
            if (region != NULL) {
                return bp_str_of(region->partition);
            }
        }
    }
    return (bp_str){"", 0};
}

/* Reports, or adds to the finding of the policy, a Region of another partition. */
static void
foreign_region(const bp_check_context *context, const bp_policy *policy, bp_str partition,
               bp_finding **told, bp_span span, const bp_region *region)
{
    bp_diagnostics *list = context->diagnostics;
    if (*told != NULL) {
        bp_finding_label(list, *told, span, "%s is in %s", region->code, region->partition);
        return;
    }
    *told = bp_report(
        list, "REG002", span, "%s is in partition %s, %s is in %.*s; nothing crosses partitions",
        region->code, region->partition,
        context->org != NULL ? "the organization" : "the rest of the policy", BP_ARG(partition));
    bp_finding_mark(list, *told, "another partition");
    bp_finding_scope(list, *told, bp_node_scope(context->arena, policy->name, policy->document));
}

/* The partition an ARN names, when it was written out as one; empty else. */
static bp_str
written_partition(const bp_check_context *context, const bp_value *value)
{
    if (value == NULL || value->kind != BP_VALUE_TEXT ||
        !bp_str_starts(value->text, BP_STR("arn:")) ||
        !bp_str_contains(bp_span_text(bp_diagnostics_sources(context->diagnostics), value->span),
                         BP_STR("arn:"))) {
        return (bp_str){"", 0};
    }
    bp_str rest = bp_str_cut(value->text, sizeof "arn:" - 1, value->text.size);
    return bp_str_cut(rest, 0, bp_str_find(rest, ':'));
}

static void
foreign_arn(const bp_check_context *context, const bp_policy *policy, const bp_node *plan,
            bp_str partition, bp_finding **told, const bp_value *value)
{
    bp_diagnostics *list = context->diagnostics;
    bp_str written = written_partition(context, value);
    if (written.size == 0 || partition.size == 0 || bp_str_equal(written, partition) ||
        bp_str_contains(written, BP_STR("$"))) {
        return;
    }
    if (*told == NULL) {
        *told =
            bp_report(list, "REG002", value->span,
                      "this ARN is of partition %.*s, the %s %.*s; nothing crosses partitions",
                      BP_ARG(written), context->org != NULL ? "organization is in" : "policy is of",
                      BP_ARG(partition));
        bp_finding_mark(list, *told, "another partition");
        bp_finding_scope(list, *told, bp_node_scope(context->arena, policy->name, plan));
        bp_finding_uses(context, *told, value->uses);
    } else {
        bp_finding_label(list, *told, value->span, "of %.*s, too", BP_ARG(written));
    }
    bp_str seen = bp_span_text(bp_diagnostics_sources(list), value->span);
    for (size_t at = 0; at + written.size + 5 <= seen.size; at++) {
        bp_str rest = bp_str_cut(seen, at, seen.size);
        if (!bp_str_starts(rest, BP_STR("arn:"))) {
            continue;
        }
        uint32_t start = value->span.start + (uint32_t)at + 4;
        bp_span span = {value->span.source, start, start + (uint32_t)written.size};
        if ((*told)->fixes.count == 0) {
            bp_finding_fix(list, *told, true, span, partition, "write %.*s in all ARNs",
                           BP_ARG(partition));
        } else {
            bp_finding_edit(list, *told, span, partition);
        }
        return;
    }
}

/* All ARNs of a plan: roles, destinations, type patterns. */
static void
judge_plan_arns(const bp_check_context *context, const bp_policy *policy, const bp_node *plan,
                bp_str partition)
{
    bp_finding *told = NULL;
    static const char *const forms[] = {"selections/tags", "selections/resources"};
    static const char *const lists[] = {"resource_types", "not_resource_types"};
    for (const bp_node *rule = bp_node_first(plan, "rules"); rule != NULL; rule = rule->next) {
        for (const bp_node *copy = bp_node_first(rule, "copy_actions"); copy != NULL;
             copy = copy->next) {
            const bp_reference *reference = bp_copy_destination(copy);
            const bp_region *region =
                reference != NULL ? bp_region_find(context->facts, reference->region) : NULL;
            /* The Region of a whole foreign destination is told already. */
            if (region == NULL || bp_str_is(partition, region->partition)) {
                foreign_arn(context, policy, plan, partition, &told,
                            bp_node_value(copy, "target_backup_vault_arn"));
            }
        }
    }
    for (size_t f = 0; f < 2; f++) {
        for (const bp_node *selection = bp_node_first(plan, forms[f]); selection != NULL;
             selection = selection->next) {
            foreign_arn(context, policy, plan, partition, &told,
                        bp_node_value(selection, "iam_role_arn"));
            for (size_t l = 0; l < 2; l++) {
                const bp_value *list = bp_node_value(selection, lists[l]);
                for (size_t i = 0; list != NULL && i < list->items.count; i++) {
                    foreign_arn(context, policy, plan, partition, &told, list->items.at[i]);
                }
            }
        }
    }
}

static void
judge_offered(const bp_place *place, const bp_value *item, const bp_region *region)
{
    const bp_check_context *context = place->context;
    bool backup = region->backup_endpoint == BP_ABSENT;
    const char *column = backup ? "backup_endpoint" : "backup_policies";
    const bp_region *was = region->user != NULL ? region->user->was : NULL;
    if (!backup && region->backup_policies != BP_ABSENT) {
        bool spared = region->user != NULL && (was == NULL || was->backup_endpoint == BP_ABSENT ||
                                               was->backup_policies == BP_ABSENT);
        bp_user_spared(context, spared ? region->user : NULL);
        return;
    }
    bp_finding *finding =
        bp_report(context->diagnostics, "REG005", item->span,
                  backup ? "%s has no AWS Backup; a plan cannot run there"
                         : "backup policies do not work in %s; a plan there is never applied",
                  region->code);
    if (bp_region_mark(region, column) != BP_MARK_VERIFIED) {
        finding->severity = BP_WARNING;
    }
    bp_user_told(context, finding, bp_user_row_sets(region->user, column) ? region->user : NULL);
    bp_finding_mark(context->diagnostics, finding, "not offered here");
    bp_finding_note(context->diagnostics, finding, "as of %s, \"%s\"", bp_facts_as_of(),
                    region->name);
    bp_finding_help(context->diagnostics, finding, "leave this Region out");
    (void)bp_text_finding(place, finding, item->uses);
}

/* The edit that takes an item out of a list with the comma before it. */
static void
offer_removal(const bp_check_context *context, bp_finding *finding, const bp_value *before,
              const bp_value *item)
{
    bp_span span = {item->span.source, before->span.end, item->span.end};
    if (before->span.source != item->span.source || before->span.end > item->span.start) {
        return;
    }
    bp_span between = {span.source, before->span.end, item->span.start};
    bp_str text = bp_span_text(bp_diagnostics_sources(context->diagnostics), between);
    if (bp_str_is(bp_str_trim(text), ",")) {
        bp_finding_fix(context->diagnostics, finding, true, span, (bp_str){"", 0}, "drop one");
    }
}

static void
judge_repeats(const bp_place *place, const bp_value *list)
{
    bp_diagnostics *diagnostics = place->context->diagnostics;
    bp_map *seen = bp_map_new(place->context->arena);
    for (size_t i = 0; i < list->items.count; i++) {
        bp_value *item = list->items.at[i];
        bool added = false;
        if (item->kind != BP_VALUE_TEXT) {
            continue;
        }
        const bp_value *first = bp_map_add(seen, item->text, item, &added);
        if (added) {
            continue;
        }
        bp_finding *finding =
            bp_report(diagnostics, "REG007", item->span,
                      "%.*s is in this list twice; once is enough", BP_ARG(item->text));
        bp_finding_label(diagnostics, finding, first->span, "the first one");
        offer_removal(place->context, finding, list->items.at[i - 1], item);
        (void)bp_text_finding(place, finding, item->uses);
    }
}

static bool
holds(const bp_value *list, bp_str text)
{
    for (size_t i = 0; list != NULL && i < list->items.count; i++) {
        const bp_value *item = list->items.at[i];
        if (item->kind != BP_VALUE_TEXT || bp_str_equal(item->text, text)) {
            return true;
        }
    }
    return false;
}

/* REG009: a list with nothing in it, as written or after what the same document removes. */
static void
judge_empty(const bp_place *place, const bp_node *regions)
{
    const bp_value *list = regions->assign;
    if (list == NULL || list->kind != BP_VALUE_LIST || regions->append != NULL ||
        (regions->remove != NULL && regions->remove->kind != BP_VALUE_LIST)) {
        return;
    }
    for (size_t i = 0; i < list->items.count; i++) {
        const bp_value *item = list->items.at[i];
        if (item->kind != BP_VALUE_TEXT || !holds(regions->remove, item->text)) {
            return;
        }
    }
    bool removed = list->items.count > 0 && regions->remove != NULL;
    bp_finding *finding = bp_report(place->context->diagnostics, "REG009",
                                    removed ? regions->remove->span : list->span,
                                    "no Region is left; a plan runs in no other Region than those "
                                    "it names");
    if (removed) {
        bp_finding_label(place->context->diagnostics, finding, list->span, "all of these");
    }
    (void)bp_text_finding(place, finding, list->uses);
}

/* REG009 after the merge: the caret is where the last Region was taken away. */
static void
judge_merged_empty(const bp_place *place)
{
    const bp_value *list = bp_node_value(place->plan, "regions");
    const bp_parts *parts = &place->merged->from->parts;
    if (list == NULL || list->kind != BP_VALUE_LIST || list->items.count > 0) {
        return;
    }
    bp_span span = list->span;
    bp_span uses = list->uses;
    const bp_policy *writer = list->writer;
    for (size_t i = 0; i < parts->count; i++) {
        const bp_node *leaf = bp_node_child(parts->at[i].node, "regions");
        const bp_value *removed = leaf == NULL ? NULL : leaf->remove;
        if (removed != NULL) {
            span = removed->span;
            uses = removed->uses;
            writer = parts->at[i].bound->policy;
        }
    }
    bp_finding *finding = bp_report(place->context->diagnostics, "REG009", span,
                                    "no Region is left; a plan runs in no other Region than those "
                                    "it names");
    (void)bp_text_finding(place, finding, uses);
    if (writer != NULL) {
        bp_finding_scope(place->context->diagnostics, finding,
                         bp_node_scope(place->context->arena, writer->name, place->plan));
    }
    if (!bp_span_equal(span, list->span)) {
        bp_finding_label(place->context->diagnostics, finding, list->span, "assigned here");
    }
}

static void
judge_list(const bp_place *place, const bp_value *list, bp_str partition, bp_finding **foreign)
{
    if (list == NULL || list->kind != BP_VALUE_LIST) {
        return;
    }
    for (size_t i = 0; i < list->items.count; i++) {
        const bp_value *item = list->items.at[i];
        if (item->kind != BP_VALUE_TEXT || bp_text_is_unfinished(item->text)) {
            continue;
        }
        const bp_region *region = bp_region_find(place->context->facts, item->text);
        if (region == NULL) {
            (void)bp_text_finding(
                place,
                report_unknown(place->context, item->text, item->span, place->policy->from_json),
                item->uses);
        } else if (partition.size > 0 && !bp_str_is(partition, region->partition)) {
            foreign_region(place->context, place->policy, partition, foreign, item->span, region);
        } else {
            judge_offered(place, item, region);
        }
    }
    judge_repeats(place, list);
}

/* What is taken out of a list has to be a Region as well. */
static void
judge_removed(const bp_place *place, const bp_value *list)
{
    for (size_t i = 0; list != NULL && i < list->items.count; i++) {
        const bp_value *item = list->items.at[i];
        if (item->kind == BP_VALUE_TEXT &&
            bp_region_find(place->context->facts, item->text) == NULL) {
            (void)bp_text_finding(
                place,
                report_unknown(place->context, item->text, item->span, place->policy->from_json),
                item->uses);
        }
    }
}

static void
judge_copies(const bp_place *at, bp_str partition, bp_finding **foreign)
{
    for (const bp_node *rule = bp_node_first(at->plan, "rules"); rule != NULL; rule = rule->next) {
        for (const bp_node *copy = bp_node_first(rule, "copy_actions"); copy != NULL;
             copy = copy->next) {
            const bp_reference *reference = bp_copy_destination(copy);
            if (reference == NULL || bp_text_is_unfinished(reference->region)) {
                continue;
            }
            const bp_region *region = bp_region_find(at->context->facts, reference->region);
            bp_place place = *at;
            place.rule = rule;
            place.node = copy;
            if (region == NULL && reference->region.size > 0) {
                bp_finding *finding =
                    report_unknown(at->context, reference->region, reference->region_span, true);
                finding->aws = BP_AWS_UNKNOWN; /* seen for the Regions of plans alone */
                (void)bp_text_finding(&place, finding, copy->uses);
            } else if (region != NULL && partition.size > 0 &&
                       !bp_str_is(partition, region->partition)) {
                foreign_region(at->context, at->policy, partition, foreign, reference->region_span,
                               region);
            }
        }
    }
}

static void
judge_policy(const bp_place *at)
{
    bp_finding *foreign = NULL;
    bp_str partition = partition_of(at->context, at->policy);
    for (const bp_node *plan = bp_node_first(at->policy->document, "plans"); plan != NULL;
         plan = plan->next) {
        const bp_node *regions = bp_node_child(plan, "regions");
        bp_place place = *at;
        place.plan = plan;
        place.node = plan;
        if (regions != NULL) {
            judge_list(&place, regions->assign, partition, &foreign);
            judge_list(&place, regions->append, partition, &foreign);
            judge_removed(&place, regions->remove);
            judge_empty(&place, regions);
        }
        judge_copies(&place, partition, &foreign);
        judge_plan_arns(at->context, at->policy, plan, partition);
    }
}

/* Regions of declared vaults: unknown codes and codes of another partition. */
static void
judge_vaults(const bp_check_context *context)
{
    for (size_t i = 0; i < context->program->vaults.count; i++) {
        const bp_vault *vault = context->program->vaults.at[i];
        for (size_t r = 0; r < vault->regions.count; r++) {
            const bp_value *item = vault->regions.at[r];
            const bp_region *region =
                item->kind == BP_VALUE_TEXT ? bp_region_find(context->facts, item->text) : NULL;
            if (item->kind == BP_VALUE_TEXT && region == NULL) {
                report_unknown(context, item->text, item->span, false)->by_text = true;
            } else if (region != NULL && context->org != NULL &&
                       !bp_str_is(context->org->partition, region->partition)) {
                bp_finding *finding =
                    bp_report(context->diagnostics, "REG002", item->span,
                              "%s is in partition %s, the organization is in %.*s; nothing crosses "
                              "partitions",
                              region->code, region->partition, BP_ARG(context->org->partition));
                finding->by_text = true;
            }
        }
    }
}

void
bp_check_regions(const bp_check_context *context)
{
    if (context->program != NULL) {
        bp_each_policy(context, judge_policy);
        bp_each_merged(context, BP_LAYER_PLANS, judge_merged_empty);
        judge_vaults(context);
    }
}
