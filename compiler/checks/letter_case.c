/*
 * SYN019 of names: plans, rules and selections whose names have capital letters, which effective
 * policies show in lower case. One finding a plan. Keys and operators of JSON are told where they
 * are read (compiler/policy/document_keys.c); names that differ in letter case alone are SYN008's.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"

enum { LABELS = 3 };

typedef struct cased_names {
    const bp_place *place;
    const bp_node *first;
    size_t count;
    bp_finding *finding;
} cased_names;

static const char *
kind_of(const bp_node *node)
{
    return node->kind == BP_NODE_PLAN ? "plan" : node->kind == BP_NODE_RULE ? "rule" : "selection";
}

/* Lower case as an edit, where the name stands there as it is. */
static void
offer(const cased_names *names, const bp_node *node, bp_str lower)
{
    bp_diagnostics *list = names->place->context->diagnostics;
    bp_arena *arena = names->place->context->arena;
    bp_str quoted = bp_str_format(arena, "\"%.*s\"", BP_ARG(node->key));
    if (!bp_str_equal(bp_span_text(bp_diagnostics_sources(list), node->span), quoted)) {
        return;
    }
    bp_str text = bp_str_format(arena, "\"%.*s\"", BP_ARG(lower));
    if (names->finding->fixes.count > 0) {
        bp_finding_edit(list, names->finding, node->span, text);
    } else {
        bp_finding_fix(list, names->finding, false, node->span, text,
                       "write the names in lower case");
    }
}

static void
add_name(cased_names *names, const bp_node *node)
{
    bp_diagnostics *list = names->place->context->diagnostics;
    bp_str lower = bp_str_fold(names->place->context->arena, node->key);
    if (names->finding == NULL) {
        names->first = node;
        names->finding = bp_report(list, "SYN019", node->span,
                                   "capital letters in the name of %s \"%.*s\"; effective policies "
                                   "show it as \"%.*s\"",
                                   kind_of(node), BP_ARG(node->key), BP_ARG(lower));
    } else if (names->count <= LABELS) {
        bp_finding_label(list, names->finding, node->span, "%s \"%.*s\", too", kind_of(node),
                         BP_ARG(lower));
    }
    names->count++;
    offer(names, node, lower);
}

/* The names of a container that have capital letters, without those that differ from another one
 * in letter case alone. */
static void
add_names(cased_names *names, const bp_node *plan, const char *path, bp_node_kind kind)
{
    bp_arena *arena = names->place->context->arena;
    bp_map *seen = bp_map_new(arena);
    for (const bp_node *node = bp_node_first(plan, path); node != NULL; node = node->next) {
        bool added = false;
        size_t *times = BP_NEW(arena, size_t);
        times = bp_map_add(seen, bp_str_fold(arena, node->key), times, &added);
        ++*times;
    }
    for (const bp_node *node = bp_node_first(plan, path); node != NULL; node = node->next) {
        bp_str lower = bp_str_fold(arena, node->key);
        const size_t *times = bp_map_get(seen, lower);
        if (node->kind == kind && !node->extend && *times == 1 && !bp_str_equal(lower, node->key)) {
            add_name(names, node);
        }
    }
}

static void
judge_plan(const bp_place *place)
{
    const bp_node *plan = place->node;
    cased_names names = {.place = place};
    if (bp_place_inherits(place) != NULL) {
        return; /* the names are another policy's */
    }
    bp_str lower = bp_str_fold(place->context->arena, plan->key);
    if (!plan->extend && !bp_str_equal(lower, plan->key)) {
        add_name(&names, plan);
    }
    add_names(&names, plan, "rules", BP_NODE_RULE);
    add_names(&names, plan, "selections/tags", BP_NODE_SELECTION);
    add_names(&names, plan, "selections/resources", BP_NODE_SELECTION);
    if (names.finding == NULL) {
        return;
    }
    bp_diagnostics *list = place->context->diagnostics;
    if (names.count > 1) {
        bp_finding_note(list, names.finding, "%zu names of this plan have capital letters",
                        names.count);
    }
    if (names.first == plan) {
        bp_finding_note(list, names.finding,
                        "seen for rules and selections; likely for plans, which AWS folds, too");
    }
    bp_finding_help(list, names.finding,
                    "write it as reports will show it; for AWS the two spellings are one name");
    bp_text_finding(place, names.finding, names.first->uses);
}

void
bp_check_letter_case(const bp_check_context *context)
{
    bp_each_plan(context, judge_plan);
}
