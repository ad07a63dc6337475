/*
 * The walks over policies that document checks share, and how their findings are dressed.
 *
 * Nothing is judged here. Depth is bounded by the shape of the document: the deepest leaf of a
 * policy lies nine levels below its root.
 */
#include "compiler/checks/walk.h"

#include "compiler/checks/cells.h"

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

static void
visit_rule(bp_place *place, bp_layer wanted, bp_visit *visit)
{
    place->node = place->rule;
    if (wanted == BP_LAYER_RULES || wanted == BP_LAYER_LIFECYCLES) {
        visit(place);
    }
    if (wanted == BP_LAYER_RULES) {
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
visit_plan(bp_place *place, bp_layer wanted, bp_visit *visit)
{
    place->node = place->plan;
    place->rule = NULL;
    if (wanted == BP_LAYER_PLANS) {
        visit(place);
        return;
    }
    if (wanted == BP_LAYER_SELECTIONS) {
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
each(const bp_check_context *context, bp_layer wanted, bp_visit *visit)
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
bp_each_merged(const bp_check_context *context, bp_layer layer, bp_visit *visit)
{
    const bp_effective *effective = context->effective;
    for (size_t i = 0; effective != NULL && i < effective->plans.count; i++) {
        const bp_effective_plan *plan = &effective->plans.at[i];
        if (plan->merged) {
            bp_place place = {
                .context = context, .policy = plan->policy, .plan = plan->plan, .merged = plan};
            visit_plan(&place, layer, visit);
        }
    }
}

void
bp_each_effective(const bp_check_context *context, bp_layer layer, bp_visit *visit)
{
    const bp_effective *effective = context->effective;
    if (effective == NULL) {
        each(context, layer, visit);
        return;
    }
    for (size_t i = 0; i < effective->plans.count; i++) {
        const bp_effective_plan *plan = &effective->plans.at[i];
        if (!plan->merged) {
            bp_place place = {.context = context, .policy = plan->policy, .plan = plan->plan};
            visit_plan(&place, layer, visit);
        }
    }
    bp_each_merged(context, layer, visit);
}

void
bp_each_plan(const bp_check_context *context, bp_visit *visit)
{
    each(context, BP_LAYER_PLANS, visit);
}

void
bp_each_rule(const bp_check_context *context, bp_visit *visit)
{
    each(context, BP_LAYER_RULES, visit);
}

void
bp_each_copy(const bp_check_context *context, bp_visit *visit)
{
    each(context, BP_LAYER_COPIES, visit);
}

void
bp_each_lifecycle(const bp_check_context *context, bp_visit *visit)
{
    each(context, BP_LAYER_LIFECYCLES, visit);
}

void
bp_each_selection(const bp_check_context *context, bp_visit *visit)
{
    each(context, BP_LAYER_SELECTIONS, visit);
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

const bp_node *
bp_place_inherits(const bp_place *place)
{
    const bp_effective *effective = place->context->effective;
    if (!place->policy->from_json || place->plan == NULL || place->merged != NULL ||
        effective == NULL || !effective->named || !bp_plan_lacks_parts(place->plan)) {
        return NULL;
    }
    for (size_t i = 0; i < effective->plans.count; i++) {
        const bp_node *other = NULL;
        bool own = false;
        const bp_parts *parts = &effective->plans.at[i].from->parts;
        for (size_t p = 0; p < parts->count; p++) {
            own = own || parts->at[p].node == place->plan;
            if (other == NULL && parts->at[p].bound->policy != place->policy) {
                other = parts->at[p].node;
            }
        }
        if (own && other != NULL) {
            return other;
        }
    }
    return NULL;
}

bool
bp_place_whole(const bp_place *place)
{
    /* Blocks alone say it; merged plans share what is below them, so this does not climb. */
    const bp_node *const blocks[] = {place->node, place->rule, place->plan};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (blocks[i] != NULL && blocks[i]->extend) {
            return false;
        }
    }
    if (bp_place_inherits(place) != NULL) {
        return false;
    }
    return place->context->org != NULL || plan_complete(place->plan);
}

/* Whose value or node stands at a place of a node or below it; NULL if nothing stands there. Merged
 * plans share what is below their blocks, so this does not climb. */
static const bp_policy *
writer_below(const bp_node *node, bp_span span, int depth)
{
    const bp_value *value = node->assign;
    if (value != NULL && bp_span_equal(value->span, span)) {
        return value->writer;
    }
    for (size_t i = 0; value != NULL && i < value->items.count; i++) {
        if (bp_span_equal(value->items.at[i]->span, span)) {
            return value->items.at[i]->writer;
        }
    }
    if (bp_span_equal(node->span, span)) {
        return node->writer;
    }
    for (const bp_node *kid = node->first; kid != NULL && depth < DEPTH; kid = kid->next) {
        const bp_policy *found = writer_below(kid, span, depth + 1);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static const bp_policy *
writer_at(const bp_place *place, bp_span span)
{
    const bp_policy *found = writer_below(place->plan, span, 0);
    return found != NULL ? found : place->policy;
}

/* Tells which accounts get the merged plan of a place. */
static void
tell_accounts(const bp_place *place, bp_finding *finding)
{
    const bp_effective *effective = place->context->effective;
    const bp_plan_uses *uses = bp_plan_uses_of(place->context);
    size_t index = (size_t)(place->merged - effective->plans.at);
    bp_cell_rows rows = {0};
    if (index >= uses->count || place->context->org == NULL) {
        return;
    }
    for (size_t i = 0; i < uses->at[index].accounts.count; i++) {
        *bp_vec_add(place->context->arena, &rows) =
            (bp_cell_row){.account = uses->at[index].accounts.at[i]};
    }
    bp_cells_tell(place->context, finding, &rows);
}

bp_finding *
bp_text_finding(const bp_place *place, bp_finding *finding, bp_span uses)
{
    bp_diagnostics *diagnostics = place->context->diagnostics;
    const bp_policy *policy = place->policy;
    finding->by_text = true;
    if (place->merged != NULL) {
        policy = writer_at(place, finding->span);
        /* What one document holds was told there; this is seen after the merge. */
        finding->aws = finding->aws == BP_AWS_REJECTS ? BP_AWS_INVALID_EFFECTIVE : finding->aws;
        tell_accounts(place, finding);
    }
    bp_finding_scope(diagnostics, finding,
                     bp_node_scope(place->context->arena, policy->name, place->node));
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
