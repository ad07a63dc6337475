/*
 * SEL: what a plan selects (SEL001, SEL004, SEL006, SEL007, SEL009, SEL016, SEL017, SEL020).
 *
 * Which of the selected types can be copied, or honour cold storage, is judged elsewhere.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"
#include "compiler/facts/facts.h"
#include "lib/suggest.h"

static size_t
count(const bp_node *first, bp_node_kind kind)
{
    size_t number = 0;
    for (; first != NULL; first = first->next) {
        number += first->kind == kind ? 1 : 0;
    }
    return number;
}

static const bp_node *
selections(const bp_place *place, const char *form)
{
    return bp_node_first(place->node, form);
}

static bp_finding *
report_plan(const bp_place *place, const char *code, bp_span span, bp_str message)
{
    bp_finding *finding =
        bp_report(place->context->diagnostics, code, span, "%.*s", BP_ARG(message));
    return bp_text_finding(place, finding, place->node->uses);
}

static bool
are_peers(const bp_bound_policy *a, const bp_bound_policy *b)
{
    for (size_t i = 0; i < a->targets.count; i++) {
        for (size_t k = 0; k < b->targets.count; k++) {
            if (a->targets.at[i].ou == b->targets.at[k].ou &&
                a->targets.at[i].account == b->targets.at[k].account) {
                return true;
            }
        }
    }
    return false;
}

/* Whether a selection comes before another one: by its place in one file; of policies above each
 * other from the top down; of peers what is extended before what extends, then by name. */
static bool
comes_first(const bp_place *place, const bp_node *a, const bp_node *b)
{
    if (a->span.source == b->span.source || place->merged == NULL) {
        return bp_span_compare(a->span, b->span) <= 0;
    }
    const bp_model *model = place->context->model;
    const bp_bound_policy *one = bp_node_writer(model, a, place->merged->bound);
    const bp_bound_policy *other = bp_node_writer(model, b, place->merged->bound);
    const bp_parts *parts = &place->merged->from->parts;
    bool peers = are_peers(one, other);
    bool extends[2] = {false, false};
    for (size_t i = 0; i < parts->count; i++) {
        const bp_bound_policy *bound = parts->at[i].bound;
        if (!peers && (bound == one || bound == other)) {
            return bound == one;
        }
        extends[0] = extends[0] || (bound == one && bp_part_extends(&parts->at[i]));
        extends[1] = extends[1] || (bound == other && bp_part_extends(&parts->at[i]));
    }
    return extends[0] != extends[1] ? extends[1]
                                    : bp_str_compare(one->policy->name, other->policy->name) <= 0;
}

static void
judge_forms(const bp_place *place)
{
    const bp_node *tags = selections(place, "selections/tags");
    const bp_node *resources = selections(place, "selections/resources");
    if (tags == NULL || resources == NULL || (place->merged != NULL && place->plan->holes)) {
        return;
    }
    bool tags_first = comes_first(place, tags, resources);
    const bp_node *second = tags_first ? resources : tags;
    const bp_node *first = tags_first ? tags : resources;
    bp_finding *finding = report_plan(
        place, "SEL004", second->span,
        BP_STR("one plan selects by tags and by resources; a plan takes one of the two forms"));
    const bp_policy *writer = second->writer != NULL ? second->writer : place->policy;
    if (writer->from_json) {
        finding->severity = BP_WARNING; /* what AWS does with it was not seen */
    }
    bp_finding_label(place->context->diagnostics, finding, first->span, "selects by %s",
                     tags_first ? "tags" : "resources");
    bp_finding_help(place->context->diagnostics, finding,
                    "write two plans, or one resource selection with the tag in %s",
                    bp_by_source(place, "where", "its conditions"));
}

/* Words that say how often; letter case ignored. */
static const char *const frequencies[] = {"hourly", "daily",     "weekly", "monthly",
                                          "yearly", "quarterly", "annual"};

static bool
says(bp_arena *arena, bp_str text, const char *word)
{
    return bp_str_contains(bp_str_fold(arena, text), bp_str_of(word));
}

static bool
selection_says(bp_arena *arena, const bp_node *selection, const char *word)
{
    bp_str key;
    if (says(arena, selection->key, word) ||
        (bp_node_text(selection, "tag_key", &key) && says(arena, key, word))) {
        return true;
    }
    const bp_value *values = bp_node_value(selection, "tag_value");
    for (size_t i = 0; values != NULL && i < values->items.count; i++) {
        if (says(arena, values->items.at[i]->text, word)) {
            return true;
        }
    }
    return false;
}

/* A frequency that a rule and a selection both name: they were meant as a pair. */
static const char *
shared_word(const bp_place *place)
{
    bp_arena *arena = place->context->arena;
    for (size_t i = 0; i < sizeof frequencies / sizeof frequencies[0]; i++) {
        bool in_rule = false;
        bool in_selection = false;
        const bp_node *node = bp_node_first(place->node, "rules");
        for (; node != NULL && !in_rule; node = node->next) {
            in_rule = says(arena, node->key, frequencies[i]);
        }
        static const char *const both[] = {"selections/tags", "selections/resources"};
        for (size_t k = 0; in_rule && k < 2; k++) {
            for (node = selections(place, both[k]); node != NULL; node = node->next) {
                in_selection = in_selection || selection_says(arena, node, frequencies[i]);
            }
        }
        if (in_selection) {
            return frequencies[i];
        }
    }
    return NULL;
}

static void
judge_pairing(const bp_place *place)
{
    size_t rules = count(bp_node_first(place->node, "rules"), BP_NODE_RULE);
    size_t chosen = count(selections(place, "selections/tags"), BP_NODE_SELECTION) +
                    count(selections(place, "selections/resources"), BP_NODE_SELECTION);
    if (rules < 2 || chosen < 2) {
        return;
    }
    bp_diagnostics *list = place->context->diagnostics;
    bp_finding *finding = report_plan(
        place, "SEL009", place->node->span,
        bp_str_format(place->context->arena,
                      "%zu rules and %zu selections in one plan; every rule runs for every "
                      "selection, which makes %zu runs",
                      rules, chosen, rules * chosen));
    const char *word = shared_word(place);
    if (word == NULL) {
        finding->severity = BP_INFO;
        return;
    }
    bp_finding_note(list, finding, "\"%s\" stands in the name of a rule and in a selection", word);
    bp_finding_help(list, finding, "one plan for each pair that belongs together");
}

static void
judge_plan(const bp_place *place)
{
    if (bp_place_whole(place)) {
        judge_pairing(place);
    }
}

/* A role of another selection of the plan, for the help. */
static const bp_value *
role_nearby(const bp_node *plan)
{
    static const char *const both[] = {"selections/tags", "selections/resources"};
    for (size_t k = 0; k < 2; k++) {
        const bp_node *selection = bp_node_first(plan, both[k]);
        for (; selection != NULL; selection = selection->next) {
            const bp_value *role = bp_node_value(selection, "iam_role_arn");
            if (role != NULL && role->kind == BP_VALUE_TEXT) {
                return role;
            }
        }
    }
    return NULL;
}

static void
judge_role(const bp_place *place)
{
    if (!bp_place_whole(place) || place->node->holes ||
        bp_node_at(place->node, "iam_role_arn") != NULL) {
        return;
    }
    bp_diagnostics *list = place->context->diagnostics;
    bp_finding *finding =
        bp_report(list, "SEL017", place->node->span,
                  "selection without a role; AWS Backup has to assume one in every account");
    bp_text_finding(place, finding, place->node->uses);
    const bp_value *role = role_nearby(place->plan);
    if (role != NULL) {
        bp_finding_label(list, finding, role->span, "the role of another selection of this plan");
    }
    bp_finding_help(
        list, finding, "add %s",
        bp_by_source(place, "role = role(\"…\")", "\"iam_role_arn\" with the ARN of a role"));
}

/* SEL001: where the container is missing altogether, the merged plan lacks a part (INH001). */
static void
judge_empty(const bp_place *place)
{
    const bp_node *plan = place->node;
    const bp_node *container = bp_node_child(plan, "selections");
    if (container == NULL || plan->holes || plan->extend ||
        selections(place, "selections/tags") != NULL ||
        selections(place, "selections/resources") != NULL) {
        return;
    }
    if (place->context->org == NULL &&
        (bp_node_child(plan, "regions") == NULL || bp_node_first(plan, "rules") == NULL)) {
        return; /* taken for a part of a plan */
    }
    report_plan(place, "SEL001", container->span,
                BP_STR("the selections hold nothing; the plan backs up no resource"));
}

/* SEL020: each scanner that a rule names needs its settings in the plan, which say what to scan and
 * with which role. */
static void
judge_scan(const bp_place *place)
{
    if (!bp_place_whole(place) || place->node->holes || place->plan->holes) {
        return;
    }
    const bp_node *scan = bp_node_first(place->node, "scan_actions");
    const bp_node *settings = bp_node_child(place->plan, "scan_settings");
    for (; scan != NULL; scan = scan->next) {
        bp_str key = scan->key;
        const bp_node *known = settings == NULL ? NULL : settings->first;
        while (known != NULL && !bp_str_equal_folded(known->key, key)) {
            known = known->next;
        }
        if (known != NULL) {
            continue;
        }
        const bp_value *mode = bp_node_value(scan, "scan_mode");
        bp_diagnostics *list = place->context->diagnostics;
        bp_finding *finding = bp_report(
            list, "SEL020", mode != NULL ? mode->span : scan->span,
            "rule \"%.*s\" scans its backups, and plan \"%.*s\" has no scan settings; they "
            "say what is scanned, and with which role",
            BP_ARG(place->node->key), BP_ARG(place->plan->key));
        bp_finding_label(list, finding, place->plan->span, "a plan without scan settings");
        bp_text_finding(place, finding, mode != NULL ? mode->uses : place->node->uses);
        bp_finding_help(list, finding, "add %s to the plan",
                        bp_by_source(place, "scan_types and scan_role",
                                     "\"scan_settings\" with resource_types and scanner_role_arn"));
    }
}

void
bp_check_selections(const bp_check_context *context)
{
    bp_each_plan(context, judge_forms);
    bp_each_merged(context, BP_LAYER_PLANS, judge_forms);
    bp_each_effective(context, BP_LAYER_PLANS, judge_empty);
    bp_each_effective(context, BP_LAYER_PLANS, judge_plan);
    bp_each_effective(context, BP_LAYER_SELECTIONS, judge_role);
    bp_each_effective(context, BP_LAYER_RULES, judge_scan);
}

static void
judge_tag_value(const bp_place *place, const bp_value *value)
{
    if (value->kind != BP_VALUE_TEXT || (value->text.size > 0 && !value->unquoted)) {
        return;
    }
    bp_diagnostics *list = place->context->diagnostics;
    bp_finding *finding;
    if (value->unquoted) {
        finding = bp_report(list, "SEL016", value->span,
                            "%.*s without quotes among tag values; values of tags are texts",
                            BP_ARG(bp_shown_text(place->context->arena, value->text)));
        bp_finding_fix(list, finding, true, value->span,
                       bp_str_format(place->context->arena, "\"%.*s\"", BP_ARG(value->text)),
                       "put it in quotes");
    } else {
        finding = bp_report(list, "SEL016", value->span,
                            "empty tag value; it selects resources whose tag has no value");
    }
    bp_text_finding(place, finding, value->uses);
}

static void
judge_tag_values(const bp_place *place)
{
    const bp_node *leaf = bp_node_child(place->node, "tag_value");
    const bp_value *lists[] = {leaf == NULL ? NULL : leaf->assign,
                               leaf == NULL ? NULL : leaf->append};
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; lists[i] != NULL && j < lists[i]->items.count; j++) {
            judge_tag_value(place, lists[i]->items.at[j]);
        }
    }
}

void
bp_check_tag_values(const bp_check_context *context)
{
    bp_each_selection(context, judge_tag_values);
}

static void
suggest_pattern(const bp_place *place, bp_finding *finding, const bp_value *value)
{
    size_t rows;
    const bp_type *types = bp_types(place->context->facts, &rows);
    bp_suggester near = bp_suggest_start(value->text);
    for (size_t i = 0; i < rows; i++) {
        if (types[i].pattern[0] != '\0') {
            bp_suggest_offer(&near, bp_str_of(types[i].pattern));
        }
    }
    if (near.best.size > 0) {
        bp_finding_help(place->context->diagnostics, finding, "did you mean \"%.*s\"?",
                        BP_ARG(near.best));
    }
    bp_finding_help(place->context->diagnostics, finding,
                    "a single resource is selected by its tag");
}

static void
judge_pattern(const bp_place *place, const bp_value *value)
{
    size_t start;
    size_t end;
    const bp_type *type;
    if (value->kind != BP_VALUE_TEXT || bp_str_is(value->text, "*") ||
        bp_types_of_pattern(place->context->facts, value->text, &type, 1) > 0 ||
        bp_placeholder_find(place->context, value->text, &start, &end)) {
        return;
    }
    bp_finding *finding =
        bp_report(place->context->diagnostics, "SEL006", value->span,
                  "\"%.*s\" cannot be selected; a policy takes \"*\" and the patterns of the types "
                  "that AWS Backup supports",
                  BP_ARG(bp_shown_text(place->context->arena, value->text)));
    bp_text_finding(place, finding, value->uses);
    suggest_pattern(place, finding, value);
}

static void
judge_type_list(const bp_place *place, const char *path)
{
    const bp_node *leaf = bp_node_at(place->node, path);
    const bp_value *lists[] = {leaf == NULL ? NULL : leaf->assign,
                               leaf == NULL ? NULL : leaf->append,
                               leaf == NULL ? NULL : leaf->remove};
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; lists[i] != NULL && j < lists[i]->items.count; j++) {
            judge_pattern(place, lists[i]->items.at[j]);
        }
    }
    const bp_value *assigned = lists[0];
    if (assigned != NULL && assigned->kind == BP_VALUE_LIST && assigned->items.count == 0) {
        bp_finding *finding = bp_report(place->context->diagnostics, "SEL006", assigned->span,
                                        "empty list of resource types; it must name at least one");
        bp_text_finding(place, finding, assigned->uses);
    }
}

static void
judge_everything(const bp_place *place)
{
    const bp_value *types = bp_node_value(place->node, "resource_types");
    if (types == NULL || bp_node_first(place->node, "conditions") != NULL ||
        bp_node_at(place->node, "not_resource_types") != NULL || place->node->extend) {
        return;
    }
    for (size_t i = 0; i < types->items.count; i++) {
        const bp_value *value = types->items.at[i];
        if (value->kind != BP_VALUE_TEXT || !bp_str_is(value->text, "*")) {
            continue;
        }
        bp_finding *finding =
            bp_report(place->context->diagnostics, "SEL007", value->span,
                      "everything is selected, without a condition or an exclusion; every "
                      "resource of every type that is opted in is backed up");
        bp_text_finding(place, finding, value->uses);
        bp_finding_help(place->context->diagnostics, finding,
                        "add a condition on a tag, or not_resource_types");
        return;
    }
}

static void
judge_types(const bp_place *place)
{
    if (bp_node_is_tags(place->node)) {
        return;
    }
    judge_type_list(place, "resource_types");
    judge_type_list(place, "not_resource_types");
    judge_everything(place);
}

void
bp_check_selected_types(const bp_check_context *context)
{
    bp_each_selection(context, judge_types);
}
