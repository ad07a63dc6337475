/*
 * What is said of the odd things that the merge noted: operators and controls that are not allowed
 * (INH003), peers that disagree (INH002), lists that are replaced (INH004), removes of nothing
 * (INH005), and less protection further down (INH008).
 *
 * Not here: which events are one cause, and for which accounts (inherit.c).
 */
#include "compiler/checks/inherit.h"
#include "compiler/checks/walk.h"
#include "grammar/ast.h"
#include "lib/suggest.h"

enum { VALUES_SHOWN = 8, LABELS = 3 };

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

bp_finding *
bp_inherit_start(const bp_check_context *context, const char *code, const bp_part *part,
                 bp_span span, bp_span uses, bp_str message)
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
    bp_finding *finding = bp_inherit_start(
        context, "INH003", &event->mine, value->span, value->uses,
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
    bp_finding *finding = bp_inherit_start(
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
    bp_finding *finding = bp_inherit_start(
        context, "INH003", &event->mine, span, node->uses,
        bp_str_format(context->arena,
                      "child control of %.*s allows more than that of policy \"%.*s\"; a "
                      "control cannot be widened",
                      BP_ARG(setting_of(&event->mine)), BP_ARG(policy_of(&event->other))));
    finding->severity = BP_WARNING;
    label_control(context, finding, &event->other);
    return finding;
}

static void
note_others(const bp_check_context *context, const bp_inherit_cause *found, bp_finding *finding)
{
    bp_buf names = {.arena = context->arena};
    for (size_t i = 0; i < found->others.count && i < LABELS; i++) {
        bp_buf_format(&names, "%s\"%.*s\"", i > 0 ? ", " : "",
                      BP_ARG(policy_of(&found->others.at[i]->other)));
    }
    if (found->others.count > 0) {
        bp_finding_note(context->diagnostics, finding, "elsewhere it meets policy %.*s%s",
                        BP_ARG(bp_buf_text(&names)),
                        found->others.count > LABELS ? " and more" : "");
    }
}

static bp_finding *
report_conflict(const bp_check_context *context, const bp_inherit_cause *found)
{
    bp_diagnostics *list = context->diagnostics;
    const bp_merge_event *event = found->event;
    const bp_value *mine = event->mine.node->assign;
    bp_finding *finding = bp_inherit_start(
        context, "INH002", &event->mine, mine->span, mine->uses,
        bp_str_format(context->arena,
                      "policy \"%.*s\" on the same target assigns another value to %.*s; "
                      "the first attached wins, an order that no file shows",
                      BP_ARG(policy_of(&event->other)), BP_ARG(setting_of(&event->mine))));
    bp_finding_label(list, finding, event->other.node->assign->span, "the other value");
    bp_finding_note(list, finding,
                    event->attached
                        ? "the inventory says that this one was attached first: \"%.*s\""
                        : "shown as if the policy that is declared first were attached "
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
    bp_finding *finding = bp_inherit_start(
        context, "INH004", &event->mine, mine->span, mine->uses,
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

/* INH005: the caret is on the value that is removed. */
static bp_finding *
report_nothing(const bp_check_context *context, const bp_merge_event *event)
{
    bp_arena *arena = context->arena;
    bp_diagnostics *list = context->diagnostics;
    const bp_merged *before = event->before;
    bp_finding *finding = bp_inherit_start(
        context, "INH005", &event->mine, event->value->span, event->value->uses,
        bp_str_format(
            arena, "\"%.*s\" is removed from %.*s, which does not hold it; nothing happens",
            BP_ARG(bp_shown_text(arena, event->value->text)), BP_ARG(setting_of(&event->mine))));
    bp_finding_mark(list, finding, "nothing to remove");
    if (before->items.count == 0) {
        bp_finding_note(list, finding, "no value is inherited at all");
        return finding;
    }
    bp_suggester nearest = bp_suggest_start(event->value->text);
    for (size_t i = 0; i < before->items.count; i++) {
        bp_suggest_offer(&nearest, before->items.at[i].value->text);
    }
    bp_finding_label(list, finding, before->whole.value->span, "the list that it meets");
    bp_str held = values_words(arena, before->items.at, before->items.count);
    bp_finding_note(list, finding, "it holds: %.*s", BP_ARG(held));
    if (nearest.best.size > 0) {
        bp_finding_help(list, finding, "did you mean \"%.*s\"?", BP_ARG(nearest.best));
    }
    return finding;
}

/* "35 days", "eu-west-1, eu-central-1", "on". */
static bp_str
strength_words(bp_arena *arena, const bp_node *leaf, const bp_written *items, size_t count)
{
    bool days = bp_str_is(leaf->key, "delete_after_days") && count == 1;
    bp_str words = count == 0 ? BP_STR("none") : values_words(arena, items, count);
    return days
               ? bp_str_format(arena, "%.*s day%s", BP_ARG(words), bp_str_is(words, "1") ? "" : "s")
               : words;
}

/* What a setting is after the operator of an event. */
static bp_str
after_words(bp_arena *arena, const bp_merge_event *event)
{
    const bp_node *leaf = event->mine.node;
    const bp_merged *before = event->before;
    bp_written one = {event->value, event->mine.bound};
    if (event->operator_ == BP_OPERATOR_ASSIGN) {
        return strength_words(arena, leaf, &one, 1);
    }
    bp_written *kept = bp_arena_array(arena, before->items.count + 1, sizeof *kept);
    size_t count = 0;
    for (size_t i = 0; i < before->items.count; i++) {
        bool gone = false;
        for (size_t r = 0; r < event->value->items.count; r++) {
            gone = gone ||
                   bp_str_equal(event->value->items.at[r]->text, before->items.at[i].value->text);
        }
        if (!gone) {
            kept[count++] = before->items.at[i];
        }
    }
    return strength_words(arena, leaf, kept, count);
}

static void
note_change(const bp_check_context *context, bp_finding *finding, const bp_merge_event *event)
{
    bp_str was = strength_words(context->arena, event->mine.node, event->before->items.at,
                                event->before->items.count);
    bp_str is = after_words(context->arena, event);
    bp_finding_note(context->diagnostics, finding,
                    "before, from policy \"%.*s\": %.*s; after: %.*s",
                    BP_ARG(policy_of(&event->other)), BP_ARG(was), BP_ARG(is));
}

/* Where the weaker value stands: of a remove, the first Region that is there to be taken. */
static bp_span
span_of(const bp_merge_event *event)
{
    const bp_merged *before = event->before;
    for (size_t r = 0; r < event->value->items.count; r++) {
        const bp_value *item = event->value->items.at[r];
        for (size_t i = 0; i < before->items.count; i++) {
            if (bp_str_equal(item->text, before->items.at[i].value->text)) {
                return item->span;
            }
        }
    }
    return event->value->span;
}

/* INH008. */
static bp_finding *
report_weakened(const bp_check_context *context, const bp_inherit_cause *found)
{
    bp_diagnostics *list = context->diagnostics;
    const bp_merge_event *event = found->event;
    const bp_node *leaf = event->mine.node;
    const char *what = event->operator_ == BP_OPERATOR_REMOVE ? "an inherited Region is taken away"
                       : bp_str_is(leaf->key, "delete_after_days")
                           ? "retention is shorter than the inherited one"
                           : "continuous backup is turned off where it is inherited";
    bp_finding *finding = bp_inherit_start(
        context, "INH008", &event->mine, span_of(event), event->value->uses,
        bp_str_format(context->arena, "%s; accounts below are protected less", what));
    bp_finding_label(list, finding, event->before->whole.value->span, "inherited");
    note_change(context, finding, event);
    for (size_t i = 0; i < found->others.count; i++) {
        note_change(context, finding, found->others.at[i]);
    }
    bp_finding_help(list, finding, "if it is meant, say so with a suppression and its reason");
    return finding;
}

bp_finding *
bp_inherit_report(const bp_check_context *context, const bp_inherit_cause *found)
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
    case BP_MERGE_NOTHING:
        return report_nothing(context, event);
    case BP_MERGE_WEAKENED:
        return report_weakened(context, found);
    }
    return NULL;
}
