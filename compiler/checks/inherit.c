/*
 * INH001 to INH004: what policies do to each other on the way down the tree.
 *
 * The merge notes what is odd at each level; here it is told once for each cause, with the accounts
 * whose way goes through that level. Incomplete plans are told at the block that lacks something,
 * with the policies that are in it. What an extension does not find is INH012.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"
#include "compiler/effective/faults.h"
#include "grammar/ast.h"
#include "lib/suggest.h"

enum { VALUES_SHOWN = 8, LABELS = 3, OTHERS = 4 };

/* One cause with the accounts that it is about. */
typedef struct cause {
    const bp_merge_event *event; /* NULL: INH001 */
    bp_fault fault;
    const bp_effective_plan *plan;
    const bp_effective_result *result; /* the first one that has the plan */
    bp_result_list results;
    BP_VEC(const bp_bound_policy *) others; /* of a conflict: the policies beside that of the event */
} cause;

typedef struct causes {
    const bp_check_context *context;
    BP_VEC(cause *) list;
    bp_map *incomplete; /* bytes of the address of a plan → itself */
    bp_map *known;      /* bytes of what makes it one → cause * */
} causes;

static cause *
cause_of(causes *all, const void *key, size_t size, bool *added)
{
    bp_arena *arena = all->context->arena;
    bp_str bytes = {key, size};
    cause *found = bp_map_get(all->known, bytes);
    *added = found == NULL;
    if (found == NULL) {
        found = BP_NEW(arena, cause);
        *bp_vec_add(arena, &all->list) = found;
        bp_map_set(all->known, bp_str_copy(arena, bytes), found);
    }
    return found;
}

static void
add_result(causes *all, cause *found, const bp_effective_result *result)
{
    if (found->results.count == 0 || found->results.at[found->results.count - 1] != result) {
        *bp_vec_add(all->context->arena, &found->results) = result;
    }
}

/* Takes note of one more policy that a value conflicts with; a few are named. */
static void
add_other(causes *all, cause *found, const bp_bound_policy *other)
{
    bool known = other == found->event->other.bound || found->others.count == OTHERS;
    for (size_t i = 0; i < found->others.count && !known; i++) {
        known = found->others.at[i] == other;
    }
    if (!known) {
        *bp_vec_add(all->context->arena, &found->others) = other;
    }
}

/* A value that conflicts with those of several peers is one cause. */
static void
take_event(causes *all, const bp_merge_event *event, const bp_effective_result *result)
{
    bool conflict = event->kind == BP_MERGE_CONFLICT;
    struct {
        const void *mine;
        const void *other;
        uint64_t kind;
    } key = {event->mine.node, conflict ? NULL : event->other.node,
             (uint64_t)event->kind * BP_OPERATORS + (uint64_t)event->operator_};
    bool added = false;
    cause *found = cause_of(all, &key, sizeof key, &added);
    if (added) {
        found->event = event;
    }
    if (conflict) {
        add_other(all, found, event->other.bound);
    }
    add_result(all, found, result);
}

/* Whether a fault of INH001 is one of the node. */
static bool
is_incomplete(const bp_fault *fault, const bp_node *node)
{
    return fault->kind == BP_FAULT_MISSING && !fault->told_elsewhere && fault->node == node;
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
        bp_plan_faults(arena, plan->plan, all->context->as_of, &faults);
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
    bp_plan_faults(all->context->arena, plan->plan, all->context->as_of, &faults);
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
        cause *found = cause_of(all, &key, sizeof key, &added);
        if (added) {
            found->fault = *fault;
            found->plan = plan;
            found->result = result;
        }
        add_result(all, found, result);
    }
}

/* The name of a setting in the words of its source. */
static bp_str
setting_of(const bp_part *part)
{
    const bp_node *node = part->node;
    if (node->setting == NULL || node->setting->name[0] == '\0' || part->bound->policy->from_json) {
        return node->key;
    }
    return bp_str_of(node->setting->name);
}

static const bp_value *
value_of(const bp_node *node, int operator_)
{
    return operator_ == BP_OPERATOR_ASSIGN   ? node->assign
           : operator_ == BP_OPERATOR_APPEND ? node->append
                                             : node->remove;
}

static bp_finding *
start(const bp_check_context *context, const char *code, const bp_part *part, bp_span span,
      bp_span uses, bp_str message)
{
    bp_finding *finding = bp_report(context->diagnostics, code, span, "%.*s", BP_ARG(message));
    bp_finding_scope(context->diagnostics, finding,
                     bp_node_scope(context->arena, part->bound->policy->name, part->node));
    bp_finding_uses(context, finding, uses);
    return finding;
}

/* "assign and append". */
static bp_str
allowed_words(bp_arena *arena, unsigned allowed)
{
    static const char *const words[] = {"assign", "append", "remove"};
    bp_buf out = {.arena = arena};
    for (size_t i = 0; i < BP_OPERATORS; i++) {
        if ((allowed & (1u << i)) != 0) {
            bp_buf_format(&out, "%s%s", out.size > 0 ? ", " : "", words[i]);
        }
    }
    return out.size == 0 ? BP_STR("nothing") : bp_buf_text(&out);
}

static unsigned
allowed_by(const bp_node *node)
{
    unsigned may = node->control.may;
    unsigned allowed = 0;
    allowed |= (may & (BP_MAY_ASSIGN | BP_MAY_ALL)) != 0 ? 1u << BP_OPERATOR_ASSIGN : 0;
    allowed |= (may & (BP_MAY_APPEND | BP_MAY_ALL)) != 0 ? 1u << BP_OPERATOR_APPEND : 0;
    allowed |= (may & (BP_MAY_REMOVE | BP_MAY_ALL)) != 0 ? 1u << BP_OPERATOR_REMOVE : 0;
    return allowed;
}

static void
label_control(const bp_check_context *context, bp_finding *finding, const bp_part *limit)
{
    if (limit->node == NULL) {
        return;
    }
    bp_span span =
        bp_span_exists(limit->node->control.span) ? limit->node->control.span : limit->node->span;
    bp_str words = allowed_words(context->arena, allowed_by(limit->node));
    bp_finding_label(context->diagnostics, finding, span, "policies below may: %.*s",
                     BP_ARG(words));
}

static bp_str
policy_of(const bp_part *part)
{
    return part->bound == NULL ? BP_STR("?") : part->bound->policy->name;
}

static bp_finding *
report_blocked(const bp_check_context *context, const bp_merge_event *event)
{
    static const char *const words[] = {"assigned", "appended to", "removed from"};
    const bp_value *value = value_of(event->mine.node, event->operator_);
    bp_finding *finding =
        start(context, "INH003", &event->mine, value->span, value->uses,
              bp_str_format(context->arena,
                            "%.*s is %s, which policy \"%.*s\" does not allow; AWS ignores it "
                            "without a word",
                            BP_ARG(setting_of(&event->mine)), words[event->operator_],
                            BP_ARG(policy_of(&event->other))));
    bp_finding_mark(context->diagnostics, finding, "has no effect");
    label_control(context, finding, &event->other);
    bp_finding_help(context->diagnostics, finding,
                    "leave it out, or allow it where the control stands");
    return finding;
}

static bp_finding *
report_key(const bp_check_context *context, const bp_merge_event *event)
{
    bp_finding *finding = start(
        context, "INH003", &event->mine, event->mine.node->span, event->mine.node->uses,
        bp_str_format(context->arena,
                      "\"%.*s\" is new where policy \"%.*s\" lets policies below add nothing; "
                      "AWS leaves it out",
                      BP_ARG(event->mine.node->key), BP_ARG(policy_of(&event->other))));
    finding->severity = BP_WARNING;
    label_control(context, finding, &event->other);
    bp_finding_note(context->diagnostics, finding,
                    "documented by AWS; nobody has seen it in recorded answers");
    return finding;
}

static bp_finding *
report_wider(const bp_check_context *context, const bp_merge_event *event)
{
    const bp_node *node = event->mine.node;
    bp_span span = bp_span_exists(node->control.span) ? node->control.span : node->span;
    bp_finding *finding =
        start(context, "INH003", &event->mine, span, node->uses,
              bp_str_format(context->arena,
                            "child control of %.*s allows more than that of policy \"%.*s\"; a "
                            "control cannot be widened",
                            BP_ARG(setting_of(&event->mine)), BP_ARG(policy_of(&event->other))));
    finding->severity = BP_WARNING;
    label_control(context, finding, &event->other);
    return finding;
}

static void
note_others(const bp_check_context *context, const cause *found, bp_finding *finding)
{
    bp_buf names = {.arena = context->arena};
    for (size_t i = 0; i < found->others.count && i < LABELS; i++) {
        bp_buf_format(&names, "%s\"%.*s\"", i > 0 ? ", " : "",
                      BP_ARG(found->others.at[i]->policy->name));
    }
    if (found->others.count > 0) {
        bp_finding_note(context->diagnostics, finding, "elsewhere it meets policy %.*s%s",
                        BP_ARG(bp_buf_text(&names)), found->others.count > LABELS ? " and more" : "");
    }
}

static bp_finding *
report_conflict(const bp_check_context *context, const cause *found)
{
    bp_diagnostics *list = context->diagnostics;
    const bp_merge_event *event = found->event;
    const bp_value *mine = event->mine.node->assign;
    bp_finding *finding =
        start(context, "INH002", &event->mine, mine->span, mine->uses,
              bp_str_format(context->arena,
                            "policy \"%.*s\" on the same target assigns another value to %.*s; "
                            "the first attached wins, an order that no file shows",
                            BP_ARG(policy_of(&event->other)), BP_ARG(setting_of(&event->mine))));
    bp_finding_label(list, finding, event->other.node->assign->span, "the other value");
    bp_finding_note(list, finding,
                    "shown as if the policy that is declared first were attached "
                    "first: \"%.*s\"",
                    BP_ARG(policy_of(&event->other)));
    note_others(context, found, finding);
    bp_finding_help(list, finding, "let one policy assign it, or attach one of them further down");
    return finding;
}

static bp_str
values_words(bp_arena *arena, const bp_written *items, size_t count)
{
    bp_buf out = {.arena = arena};
    for (size_t i = 0; i < count && i < VALUES_SHOWN; i++) {
        bp_buf_format(&out, "%s%.*s", i > 0 ? ", " : "",
                      BP_ARG(bp_shown_text(arena, items[i].value->text)));
    }
    if (count > VALUES_SHOWN) {
        bp_buf_format(&out, " and %zu more", count - VALUES_SHOWN);
    }
    return bp_buf_text(&out);
}

static bp_finding *
report_replaced(const bp_check_context *context, const bp_merge_event *event)
{
    bp_arena *arena = context->arena;
    const bp_value *mine = event->mine.node->assign;
    const bp_merged *before = event->before;
    bp_finding *finding =
        start(context, "INH004", &event->mine, mine->span, mine->uses,
              bp_str_format(arena,
                            "%.*s is assigned over an inherited list; values of policy \"%.*s\" "
                            "are dropped",
                            BP_ARG(setting_of(&event->mine)), BP_ARG(policy_of(&event->other))));
    bp_written *after = bp_arena_array(arena, mine->items.count + 1, sizeof *after);
    for (size_t i = 0; i < mine->items.count; i++) {
        after[i] = (bp_written){mine->items.at[i], event->mine.bound};
    }
    bp_finding_label(context->diagnostics, finding, before->whole.value->span, "inherited");
    bp_str old = values_words(arena, before->items.at, before->items.count);
    bp_str now = values_words(arena, after, mine->items.count);
    bp_finding_note(context->diagnostics, finding, "before: %.*s", BP_ARG(old));
    bp_finding_note(context->diagnostics, finding, "after: %.*s", BP_ARG(now));
    bp_finding_help(context->diagnostics, finding,
                    event->mine.bound->policy->from_json
                        ? "use @@append and @@remove to change single values"
                        : "use += and -= to change single values");
    return finding;
}

/* What a block lacks: "no Regions, no rule". */
static bp_str
lacking_words(const bp_check_context *context, const cause *found)
{
    static const struct {
        const char *key;
        const char *words;
    } names[] = {{"regions", "Regions"},
                 {"rules", "rule"},
                 {"selections", "selection"},
                 {"target_backup_vault_name", "vault"}};
    bp_faults faults = {0};
    bp_buf out = {.arena = context->arena};
    bp_plan_faults(context->arena, found->plan->plan, context->as_of, &faults);
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
meant_plan(const cause *found)
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
label_contributors(const bp_check_context *context, const cause *found, bp_finding *finding)
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

static bp_finding *
report_incomplete(const bp_check_context *context, const cause *found)
{
    bp_diagnostics *list = context->diagnostics;
    const bp_node *node = found->fault.node;
    bp_part part = {node, bp_node_writer(context->model, node, found->plan->bound)};
    bool plan = node->kind == BP_NODE_PLAN;
    bp_finding *finding =
        start(context, "INH001", &part, node->span, node->uses,
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

static bp_finding *
report_event(const bp_check_context *context, const cause *found)
{
    const bp_merge_event *event = found->event;
    switch (event->kind) {
    case BP_MERGE_BLOCKED:
        return report_blocked(context, event);
    case BP_MERGE_KEY_BLOCKED:
        return report_key(context, event);
    case BP_MERGE_WIDER:
        return report_wider(context, event);
    case BP_MERGE_CONFLICT:
        return report_conflict(context, found);
    case BP_MERGE_REPLACED:
        return report_replaced(context, event);
    }
    return NULL;
}

static void
report(const bp_check_context *context, const cause *found)
{
    bp_finding *finding =
        found->event != NULL ? report_event(context, found) : report_incomplete(context, found);
    bp_cell_rows rows = bp_cells_of_results(context, &found->results);
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
                  .incomplete = bp_map_new(context->arena)};
    find_incomplete(&all);
    for (size_t i = 0; i < effective->results.count; i++) {
        const bp_effective_result *result = &effective->results.at[i];
        if (result->accounts.count == 0) {
            continue;
        }
        for (const bp_way *way = result->way; way != NULL; way = way->above) {
            for (size_t e = 0; e < way->events.count; e++) {
                take_event(&all, &way->events.at[e], result);
            }
        }
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
