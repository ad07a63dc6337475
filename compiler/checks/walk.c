/*
 * The walks over policies that document checks share, and how their findings are dressed.
 *
 * Nothing is judged here. Depth is bounded by the shape of the document: the deepest leaf of a
 * policy lies nine levels below its root.
 */
#include "compiler/checks/walk.h"

enum { DEPTH = 64, SHOWN_BYTES = 60 };

void
bp_each_policy(const bp_check_context *context, bp_visit *visit)
{
    if (context->program == NULL) {
        return;
    }
    for (size_t i = 0; i < context->program->policies.count; i++) {
        const bp_policy *policy = context->program->policies.at[i];
        if (policy->document != NULL) {
            bp_place place = {.context = context, .policy = policy, .node = policy->document};
            visit(&place);
        }
    }
}

typedef enum layer { PLANS, RULES, COPIES, LIFECYCLES, SELECTIONS } layer;

static void
visit_rule(bp_place *place, layer wanted, bp_visit *visit)
{
    place->node = place->rule;
    if (wanted == RULES || wanted == LIFECYCLES) {
        visit(place);
    }
    if (wanted == RULES) {
        return;
    }
    const bp_node *copy = bp_node_first(place->rule, "copy_actions");
    for (; copy != NULL; copy = copy->next) {
        if (copy->kind == BP_NODE_COPY) {
            place->node = copy;
            visit(place);
        }
    }
}

static void
visit_selections(bp_place *place, const char *form, bp_visit *visit)
{
    const bp_node *selection = bp_node_first(place->plan, form);
    for (; selection != NULL; selection = selection->next) {
        if (selection->kind == BP_NODE_SELECTION) {
            place->node = selection;
            visit(place);
        }
    }
}

static void
visit_plan(bp_place *place, layer wanted, bp_visit *visit)
{
    place->node = place->plan;
    place->rule = NULL;
    if (wanted == PLANS) {
        visit(place);
        return;
    }
    if (wanted == SELECTIONS) {
        visit_selections(place, "selections/tags", visit);
        visit_selections(place, "selections/resources", visit);
        return;
    }
    for (const bp_node *rule = bp_node_first(place->plan, "rules"); rule; rule = rule->next) {
        if (rule->kind == BP_NODE_RULE) {
            place->rule = rule;
            visit_rule(place, wanted, visit);
        }
    }
}

static void
each(const bp_check_context *context, layer wanted, bp_visit *visit)
{
    if (context->program == NULL) {
        return;
    }
    for (size_t i = 0; i < context->program->policies.count; i++) {
        bp_place place = {.context = context, .policy = context->program->policies.at[i]};
        const bp_node *plan = bp_node_first(place.policy->document, "plans");
        for (; plan != NULL; plan = plan->next) {
            if (plan->kind == BP_NODE_PLAN) {
                place.plan = plan;
                visit_plan(&place, wanted, visit);
            }
        }
    }
}

void
bp_each_plan(const bp_check_context *context, bp_visit *visit)
{
    each(context, PLANS, visit);
}

void
bp_each_rule(const bp_check_context *context, bp_visit *visit)
{
    each(context, RULES, visit);
}

void
bp_each_copy(const bp_check_context *context, bp_visit *visit)
{
    each(context, COPIES, visit);
}

void
bp_each_lifecycle(const bp_check_context *context, bp_visit *visit)
{
    each(context, LIFECYCLES, visit);
}

void
bp_each_selection(const bp_check_context *context, bp_visit *visit)
{
    each(context, SELECTIONS, visit);
}

static void
descend(bp_place *place, const bp_node *node, bp_visit *visit, int depth)
{
    if (depth > DEPTH) {
        return;
    }
    for (const bp_node *child = node->first; child != NULL; child = child->next) {
        place->node = child;
        place->plan = bp_node_up(child, BP_NODE_PLAN);
        place->rule = bp_node_up(child, BP_NODE_RULE);
        visit(place);
        descend(place, child, visit, depth + 1);
    }
}

void
bp_each_node(const bp_check_context *context, bp_visit *visit)
{
    if (context->program == NULL) {
        return;
    }
    for (size_t i = 0; i < context->program->policies.count; i++) {
        bp_place place = {.context = context, .policy = context->program->policies.at[i]};
        if (place.policy->document != NULL) {
            descend(&place, place.policy->document, visit, 0);
        }
    }
}

static bool
plan_complete(const bp_node *plan)
{
    if (bp_node_value(plan, "regions") == NULL) {
        return false;
    }
    if (bp_node_first(plan, "selections/tags") == NULL &&
        bp_node_first(plan, "selections/resources") == NULL) {
        return false;
    }
    for (const bp_node *rule = bp_node_first(plan, "rules"); rule != NULL; rule = rule->next) {
        if (bp_node_value(rule, "target_backup_vault_name") != NULL) {
            return true;
        }
    }
    return false;
}

bool
bp_plan_lacks_parts(const bp_node *plan)
{
    return bp_node_child(plan, "regions") == NULL || bp_node_first(plan, "rules") == NULL ||
           (bp_node_first(plan, "selections/tags") == NULL &&
            bp_node_first(plan, "selections/resources") == NULL);
}

/* The plan of this name that a result takes from another policy; NULL if the policy's own is not in
 * it. */
static const bp_node *
met_in(const bp_effective_result *result, const bp_place *place)
{
    const bp_node *other = NULL;
    bool own = false;
    for (size_t i = 0; i < result->plans.count; i++) {
        const bp_effective_plan *each = &result->plans.at[i];
        if (each->plan == place->plan) {
            own = true;
        } else if (other == NULL && each->policy != place->policy &&
                   bp_str_equal_folded(each->plan->key, place->plan->key)) {
            other = each->plan;
        }
    }
    return own ? other : NULL;
}

const bp_node *
bp_place_inherits(const bp_place *place)
{
    const bp_effective *effective = place->context->effective;
    if (!place->policy->from_json || place->plan == NULL || effective == NULL ||
        !effective->named || !bp_plan_lacks_parts(place->plan)) {
        return NULL;
    }
    for (size_t i = 0; i < effective->results.count; i++) {
        const bp_node *other = met_in(&effective->results.at[i], place);
        if (other != NULL) {
            return other;
        }
    }
    return NULL;
}

bool
bp_place_whole(const bp_place *place)
{
    for (const bp_node *node = place->node; node != NULL; node = node->parent) {
        if (node->extend) {
            return false;
        }
    }
    if (bp_place_inherits(place) != NULL) {
        return false;
    }
    return place->context->org != NULL || plan_complete(place->plan);
}

bp_finding *
bp_text_finding(const bp_place *place, bp_finding *finding, bp_span uses)
{
    bp_diagnostics *diagnostics = place->context->diagnostics;
    finding->by_text = true;
    bp_finding_scope(diagnostics, finding,
                     bp_node_scope(place->context->arena, place->policy->name, place->node));
    if (bp_span_exists(uses)) {
        bp_finding_label(diagnostics, finding, uses, "used here");
    }
    return finding;
}

const char *
bp_by_source(const bp_place *place, const char *language, const char *json)
{
    return place->policy->from_json ? json : language;
}

bool
bp_place_on(const bp_node *from, const char *path)
{
    bp_str text;
    return bp_node_text(from, path, &text) && bp_str_is(text, "true");
}

bp_str
bp_value_source(const bp_place *place, const bp_value *value)
{
    return bp_span_text(bp_diagnostics_sources(place->context->diagnostics), value->span);
}

/* "90d" or "12w" or 90: digits, then at most a unit. */
static bool
written_number(bp_str source, char *unit)
{
    size_t digits = 0;
    while (digits < source.size && bp_is_digit(source.at[digits])) {
        digits++;
    }
    *unit = digits + 1 == source.size ? source.at[digits] : '\0';
    return digits > 0 && (digits == source.size || (*unit >= 'a' && *unit <= 'z'));
}

bp_str
bp_value_words(const bp_place *place, const bp_value *value, const char *unit)
{
    char letter;
    bp_str source = bp_value_source(place, value);
    if (written_number(source, &letter) && letter != '\0') {
        return source;
    }
    return bp_str_format(place->context->arena, "%.*s %s",
                         BP_ARG(bp_shown_text(place->context->arena, value->text)), unit);
}

bool
bp_value_rewrite(const bp_place *place, const bp_value *value, int64_t number, bp_str *text)
{
    bp_arena *arena = place->context->arena;
    bp_str source = bp_value_source(place, value);
    char unit;
    if (written_number(source, &unit)) {
        bool days = unit == 'd' || unit == 'w';
        const char *letter = unit == '\0' ? "" : days ? "d" : "m";
        *text = bp_str_format(arena, "%lld%s", (long long)number, letter);
        return true;
    }
    if (source.size > 2 && source.at[0] == '"' &&
        written_number(bp_str_cut(source, 1, source.size - 1), &unit) && unit == '\0') {
        *text = bp_str_format(arena, "\"%lld\"", (long long)number);
        return true;
    }
    return false;
}

bp_span
bp_span_within(const bp_place *place, const bp_value *value, bp_str part, bool *exact)
{
    bp_str source = bp_value_source(place, value);
    size_t at = 0;
    size_t found = 0;
    for (size_t i = 0; part.size > 0 && i + part.size <= source.size && found < 2; i++) {
        if (bp_str_equal(bp_str_cut(source, i, i + part.size), part)) {
            at = found == 0 ? i : at;
            found++;
        }
    }
    *exact = found == 1;
    if (!*exact) {
        return value->span;
    }
    uint32_t start = value->span.start + (uint32_t)at;
    return (bp_span){value->span.source, start, start + (uint32_t)part.size};
}

bp_str
bp_shown_text(bp_arena *arena, bp_str text)
{
    if (text.size <= SHOWN_BYTES) {
        return text;
    }
    size_t end = SHOWN_BYTES;
    while (end > 0 && ((unsigned char)text.at[end] & 0xC0) == 0x80) {
        end--;
    }
    return bp_str_format(arena, "%.*s...", BP_ARG(bp_str_cut(text, 0, end)));
}
