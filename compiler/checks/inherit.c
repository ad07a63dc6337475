/*
 * INH001 to INH005, INH008: what policies do to each other on the way down the tree.
 *
 * The merge notes what is odd at each level; here it is told once for each cause, with the accounts
 * whose way goes through that level. Incomplete plans are told at the block that lacks something,
 * with the policies that are in it. What an extension does not find is INH012.
 */
#include "compiler/checks/inherit.h"
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"
#include "lib/suggest.h"

enum { LABELS = 3 };

typedef struct causes {
    const bp_check_context *context;
    BP_VEC(bp_inherit_cause *) list;
    bp_map *incomplete; /* bytes of the address of a plan → itself */
    bp_map *known;      /* bytes of what makes it one → bp_inherit_cause * */
    bp_map *levels;     /* bytes of the address of a way → bp_inherit_level * */
} causes;

static bp_inherit_cause *
cause_of(causes *all, const void *key, size_t size, bool *added)
{
    bp_arena *arena = all->context->arena;
    bp_str bytes = {key, size};
    bp_inherit_cause *found = bp_map_get(all->known, bytes);
    *added = found == NULL;
    if (found == NULL) {
        found = BP_NEW(arena, bp_inherit_cause);
        *bp_vec_add(arena, &all->list) = found;
        bp_map_set(all->known, bp_str_copy(arena, bytes), found);
    }
    return found;
}

static void
add_level(causes *all, bp_inherit_cause *found, const bp_inherit_level *level)
{
    if (found->levels.count == 0 || found->levels.at[found->levels.count - 1] != level) {
        *bp_vec_add(all->context->arena, &found->levels) = level;
    }
}

static void
add_result(causes *all, bp_inherit_cause *found, const bp_effective_result *result)
{
    if (found->results.count == 0 || found->results.at[found->results.count - 1] != result) {
        *bp_vec_add(all->context->arena, &found->results) = result;
    }
}

/* Takes note of one more policy whose value meets the same place; a few are told. */
static void
add_other(causes *all, bp_inherit_cause *found, const bp_merge_event *event)
{
    bool known =
        event->other.bound == found->event->other.bound || found->others.count == BP_INHERIT_OTHERS;
    for (size_t i = 0; i < found->others.count && !known; i++) {
        known = found->others.at[i]->other.bound == event->other.bound;
    }
    if (!known) {
        *bp_vec_add(all->context->arena, &found->others) = event;
    }
}

/* Whether the value is removed from something on another way to the same place. */
static bool
removes_elsewhere(const causes *all, const bp_merge_event *event)
{
    const void *address = event->value;
    return bp_map_get(all->context->effective->merger->removed,
                      (bp_str){(const char *)&address, sizeof address}) != NULL;
}

/* A value that meets those of several policies is one cause. */
static void
take_event(causes *all, const bp_merge_event *event, const bp_inherit_level *level)
{
    bool nothing = event->kind == BP_MERGE_NOTHING;
    bool many = event->kind == BP_MERGE_CONFLICT || event->kind == BP_MERGE_WEAKENED;
    if (nothing && removes_elsewhere(all, event)) {
        return;
    }
    struct {
        const void *mine;
        const void *other;
        uint64_t kind;
    } key = {event->mine.node,
             nothing ? (const void *)event->value
             : many  ? NULL
                     : (const void *)event->other.node,
             (uint64_t)event->kind * BP_OPERATORS + (uint64_t)event->operator_};
    bool added = false;
    bp_inherit_cause *found = cause_of(all, &key, sizeof key, &added);
    if (added) {
        found->event = event;
    }
    if (many) {
        add_other(all, found, event);
    }
    add_level(all, found, level);
}

/* Takes the events of the levels on the way of a result, each level once; results share them. */
static void
take_way(causes *all, const bp_effective_result *result)
{
    bp_arena *arena = all->context->arena;
    for (const bp_way *way = result->way; way != NULL; way = way->above) {
        bp_inherit_level *level = bp_map_get(all->levels, (bp_str){(const char *)&way, sizeof way});
        if (level == NULL) {
            level = BP_NEW(arena, bp_inherit_level);
            level->way = way;
            bp_map_set(all->levels, (bp_str){(const char *)&level->way, sizeof way}, level);
            for (size_t e = 0; e < way->events.count; e++) {
                take_event(all, &way->events.at[e], level);
            }
        }
        *bp_vec_add(arena, &level->results) = result;
    }
}

/* Whether a fault of INH001 is one of the node. */
static bool
is_incomplete(const bp_fault *fault, const bp_node *node)
{
    return (fault->kind == BP_FAULT_MISSING || fault->kind == BP_FAULT_FEW) &&
           !fault->told_elsewhere && fault->node == node;
}

/* Finds the plans that lack something: most do not, and many results share them. */
static void
find_incomplete(causes *all)
{
    const bp_effective *effective = all->context->effective;
    bp_arena *arena = all->context->arena;
    for (size_t i = 0; i < effective->plans.count; i++) {
        bp_effective_plan *plan = &effective->plans.at[i];
        bp_faults faults = {0};
        if (plan->plan->extend || plan->plan->holes) {
            continue;
        }
        bp_plan_faults(arena, all->context->facts, plan->plan, all->context->as_of, &faults);
        if (faults.count > 0) {
            const void **address = BP_NEW(arena, const void *);
            *address = plan->plan;
            bp_map_set(all->incomplete, (bp_str){(const char *)address, sizeof *address}, plan);
        }
    }
}

static void
take_faults(causes *all, const bp_effective_plan *plan, const bp_effective_result *result)
{
    bp_faults faults = {0};
    const void *address = plan->plan;
    if (bp_map_get(all->incomplete, (bp_str){(const char *)&address, sizeof address}) == NULL) {
        return;
    }
    bp_plan_faults(all->context->arena, all->context->facts, plan->plan, all->context->as_of,
                   &faults);
    bool apart = false; /* the plan itself lacks something: that says it for what is in it */
    for (size_t i = 0; i < faults.count; i++) {
        apart = apart || is_incomplete(&faults.at[i], plan->plan);
    }
    for (size_t i = 0, told = 0; i < faults.count; i++) {
        const bp_fault *fault = &faults.at[i];
        if (apart ? told > 0 || !is_incomplete(fault, plan->plan)
                  : !is_incomplete(fault, fault->node)) {
            continue;
        }
        told++;
        struct {
            uint64_t place;
            uint64_t source;
            const void *member;
        } key = {((uint64_t)fault->node->span.start << 32) + fault->node->span.end,
                 fault->node->span.source, fault->key};
        bool added = false;
        bp_inherit_cause *found = cause_of(all, &key, sizeof key, &added);
        if (added) {
            found->fault = *fault;
            found->plan = plan;
            found->result = result;
        }
        add_result(all, found, result);
    }
}

/* What a block lacks: "no Regions, no rule". */
static bp_str
lacking_words(const bp_check_context *context, const bp_inherit_cause *found)
{
    static const struct {
        const char *key;
        const char *words;
    } names[] = {{"regions", "Regions"},
                 {"rules", "rule"},
                 {"selections", "selection"},
                 {"target_backup_vault_name", "vault"},
                 {"tag_value", "tag value left"}};
    bp_faults faults = {0};
    bp_buf out = {.arena = context->arena};
    bp_plan_faults(context->arena, context->facts, found->plan->plan, context->as_of, &faults);
    for (size_t i = 0; i < faults.count; i++) {
        for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
            if (is_incomplete(&faults.at[i], found->fault.node) &&
                bp_str_is(bp_str_of(faults.at[i].key), names[n].key)) {
                bp_buf_format(&out, "%sno %s", out.size > 0 ? ", " : "", names[n].words);
            }
        }
    }
    return bp_buf_text(&out);
}

/* A plan of the same accounts whose name is near: the one that was meant. */
static const bp_effective_plan *
meant_plan(const bp_inherit_cause *found)
{
    const bp_effective_plan *best = NULL;
    bp_suggester suggester = bp_suggest_start(found->plan->plan->key);
    for (size_t i = 0; i < found->result->plans.count; i++) {
        const bp_effective_plan *plan = found->result->plans.at[i];
        const char *before = suggester.best.at;
        if (plan->plan != found->plan->plan) {
            bp_suggest_offer(&suggester, plan->plan->key);
            best = suggester.best.at != before ? plan : best;
        }
    }
    return best;
}

static void
label_contributors(const bp_check_context *context, const bp_inherit_cause *found,
                   bp_finding *finding)
{
    const bp_parts *parts = &found->plan->from->parts;
    const bp_bound_policy *last = NULL;
    size_t labels = 0;
    for (size_t i = 0; i < parts->count && labels < LABELS; i++) {
        if (!bp_span_equal(parts->at[i].node->span, finding->span) && parts->at[i].bound != last) {
            bp_finding_label(context->diagnostics, finding, parts->at[i].node->span,
                             "policy \"%.*s\" is in the plan, too",
                             BP_ARG(parts->at[i].bound->policy->name));
            labels++;
        }
        last = parts->at[i].bound;
    }
}

/* Where the last values of a list were taken away: the selection in that policy, and the place. */
static bp_part
emptied_by(const bp_check_context *context, const bp_inherit_cause *found, const bp_value **removed)
{
    const bp_node *node = found->fault.node;
    bp_merger *merger = context->effective->merger;
    bp_merged *tags = bp_merged_at(merger, found->plan->from, "selections/tags");
    bp_merged *selection = bp_merged_kid(merger, tags, node->key);
    bp_part last = {node, bp_node_writer(context->model, node, found->plan->bound)};
    for (size_t i = 0; selection != NULL && i < selection->parts.count; i++) {
        const bp_node *leaf = bp_node_child(selection->parts.at[i].node, found->fault.key);
        if (leaf != NULL && leaf->remove != NULL) {
            *removed = leaf->remove;
            last = selection->parts.at[i];
        }
    }
    return last;
}

/* A selection whose tag values are all removed. */
static bp_finding *
report_emptied(const bp_check_context *context, const bp_inherit_cause *found)
{
    const bp_node *node = found->fault.node;
    const bp_value *list = bp_node_value(node, found->fault.key);
    const bp_value *removed = list;
    bp_part part = emptied_by(context, found, &removed);
    bp_finding *finding = bp_inherit_start(
        context, "INH001", &part, removed->span, removed->uses,
        bp_str_format(context->arena, "selection \"%.*s\" has %.*s in the effective policy",
                      BP_ARG(node->key), BP_ARG(lacking_words(context, found))));
    bp_finding_label(context->diagnostics, finding, list->span, "given here");
    bp_finding_note(context->diagnostics, finding,
                    "the last valid effective policy stays in force meanwhile");
    bp_finding_help(context->diagnostics, finding,
                    "leave a value, or give others in this policy; nothing takes a selection away");
    return finding;
}

static bp_finding *
report_incomplete(const bp_check_context *context, const bp_inherit_cause *found)
{
    bp_diagnostics *list = context->diagnostics;
    const bp_node *node = found->fault.node;
    bp_part part = {node, bp_node_writer(context->model, node, found->plan->bound)};
    bool plan = node->kind == BP_NODE_PLAN;
    if (found->fault.kind == BP_FAULT_FEW) {
        return report_emptied(context, found);
    }
    bp_finding *finding = bp_inherit_start(
        context, "INH001", &part, node->span, node->uses,
        bp_str_format(context->arena, "%s \"%.*s\" has %.*s in the effective policy",
                      plan ? "plan" : "rule", BP_ARG(node->key),
                      BP_ARG(lacking_words(context, found))));
    label_contributors(context, found, finding);
    bp_finding_note(list, finding, "the last valid effective policy stays in force meanwhile");
    const bp_effective_plan *meant = plan ? meant_plan(found) : NULL;
    if (meant != NULL) {
        bp_finding_label(list, finding, meant->plan->span, "a plan of these accounts");
        bp_finding_help(list, finding, "did you mean to change the plan \"%.*s\"?",
                        BP_ARG(meant->plan->key));
    } else {
        bp_finding_help(list, finding, "bring it in this policy, or in one above or beside it");
    }
    return finding;
}

/* The results that a cause is about; twice where two levels of one way have the event. */
static const bp_result_list *
results_of(const bp_check_context *context, const bp_inherit_cause *found)
{
    if (found->event == NULL) {
        return &found->results;
    }
    if (found->levels.count == 1) {
        return &found->levels.at[0]->results;
    }
    bp_result_list *all = BP_NEW(context->arena, bp_result_list);
    for (size_t i = 0; i < found->levels.count; i++) {
        const bp_result_list *of = &found->levels.at[i]->results;
        for (size_t r = 0; r < of->count; r++) {
            *bp_vec_add(context->arena, all) = of->at[r];
        }
    }
    return all;
}

static void
report(const bp_check_context *context, const bp_inherit_cause *found)
{
    bp_finding *finding = found->event != NULL ? bp_inherit_report(context, found)
                                               : report_incomplete(context, found);
    bp_cell_rows rows = bp_cells_of_results(context, results_of(context, found));
    bp_cells_tell(context, finding, &rows);
}

void
bp_check_inheritance(const bp_check_context *context)
{
    const bp_effective *effective = context->effective;
    if (effective == NULL || context->program->broken || !effective->named) {
        return;
    }
    causes all = {.context = context,
                  .known = bp_map_new(context->arena),
                  .levels = bp_map_new(context->arena),
                  .incomplete = bp_map_new(context->arena)};
    find_incomplete(&all);
    for (size_t i = 0; i < effective->results.count; i++) {
        const bp_effective_result *result = &effective->results.at[i];
        if (result->accounts.count == 0) {
            continue;
        }
        take_way(&all, result);
        for (size_t p = 0; bp_map_count(all.incomplete) > 0 && p < result->plans.count; p++) {
            take_faults(&all, result->plans.at[p], result);
        }
    }
    for (size_t i = 0; i < all.list.count; i++) {
        bp_check_context passing = *context;
        passing.arena = bp_arena_scratch(context->arena);
        report(&passing, all.list.at[i]);
        bp_arena_release(context->arena, passing.arena);
    }
}
