/*
 * SEL008 and SEL014, with SCH009 of coincide.c: one tag that leads into several plans of an account
 * and Region, and rules with continuous backup that meet on one selection. Plans of one document
 * meet always; those of several documents where they have an account and a Region in common.
 */
#include "compiler/checks/coincide.h"
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"
#include "compiler/policy/schedule.h"

enum { YEAR = 365 * 86400, RUNS_MOST = 1000 };

/* A value of a tag selection of a plan. */
typedef struct tag_use {
    const bp_plan_use *use;
    const bp_node *selection;
    const bp_value *value;
} tag_use;

typedef BP_VEC(tag_use) tag_uses;

/* One finding to be: two places, and the cells in which they meet. */
typedef struct meeting {
    const char *code;
    const tag_use *first;
    const tag_use *second;
    bp_cell_rows rows;
} meeting;

typedef struct twice {
    const bp_check_context *context;
    bp_map *by_tag; /* key and value → tag_uses * */
    BP_VEC(meeting) meetings;
    bp_map *runs;  /* text of a schedule → size_t * */
    bp_map *known; /* code and places → number of the meeting + 1 */
    bp_coincidences *coincide;
} twice;

static const bp_node *
continuous_rule(const bp_node *after, const bp_node *plan)
{
    const bp_node *rule = after != NULL ? after->next : bp_node_first(plan, "rules");
    while (rule != NULL && !bp_place_on(rule, "enable_continuous_backup")) {
        rule = rule->next;
    }
    return rule;
}

/* The cells in which both plans run; false for none. */
static bool
meet(const bp_check_context *context, const bp_plan_use *a, const bp_plan_use *b,
     bp_cell_rows *rows)
{
    bp_region_mask regions = a->usable & b->usable;
    if (regions == 0 || a->plan == b->plan) {
        return false;
    }
    if (a->accounts.count == 0 || b->accounts.count == 0) {
        return a->policy == b->policy && a->accounts.count == b->accounts.count;
    }
    for (size_t i = 0, k = 0; i < a->accounts.count && k < b->accounts.count;) {
        if (a->accounts.at[i] == b->accounts.at[k]) {
            *bp_vec_add(context->arena, rows) = (bp_cell_row){a->accounts.at[i], regions};
            i++;
            k++;
        } else if (a->accounts.at[i] < b->accounts.at[k]) {
            i++;
        } else {
            k++;
        }
    }
    return rows->count > 0;
}

static void
add_meeting(twice *t, const char *code, const tag_use *first, const tag_use *second,
            const bp_cell_rows *rows)
{
    const bp_span *span = &second->value->span;
    if (bp_str_is(bp_str_of(code), "SEL014")) {
        span = &continuous_rule(NULL, second->use->plan)->span;
    }
    bp_str key = bp_str_format(t->context->arena, "%s %u %zu", code, (unsigned)span->source,
                               (size_t)span->start);
    const size_t *number = bp_map_get(t->known, key);
    if (number != NULL) {
        bp_cells_add(t->context->arena, &t->meetings.at[*number].rows, rows);
        return;
    }
    size_t *made = BP_NEW(t->context->arena, size_t);
    *made = t->meetings.count;
    bp_map_set(t->known, key, made);
    *bp_vec_add(t->context->arena, &t->meetings) = (meeting){code, first, second, *rows};
}

static void
add_value(twice *t, const tag_use *second, bp_str key)
{
    bp_arena *arena = t->context->arena;
    bp_str words = bp_str_format(arena, "%.*s\n%.*s", BP_ARG(key), BP_ARG(second->value->text));
    tag_uses *uses = bp_map_get(t->by_tag, words);
    if (uses == NULL) {
        uses = BP_NEW(arena, tag_uses);
        bp_map_set(t->by_tag, words, uses);
    }
    for (size_t i = 0; i < uses->count; i++) {
        bp_cell_rows rows = {0};
        if (!meet(t->context, uses->at[i].use, second->use, &rows)) {
            continue;
        }
        tag_use *first = BP_NEW(arena, tag_use);
        tag_use *again = BP_NEW(arena, tag_use);
        *first = uses->at[i];
        *again = *second;
        bp_coincide_meet(t->coincide, first->use, second->use, second->value, &rows);
        add_meeting(t, "SEL008", first, again, &rows);
        if (continuous_rule(NULL, first->use->plan) != NULL &&
            continuous_rule(NULL, second->use->plan) != NULL) {
            bp_cell_rows copy = {0};
            bp_cells_add(arena, &copy, &rows);
            add_meeting(t, "SEL014", first, again, &copy);
        }
    }
    *bp_vec_add(arena, uses) = *second;
}

static void
add_plan(twice *t, const bp_plan_use *use)
{
    const bp_node *selection = bp_node_first(use->plan, "selections/tags");
    for (; selection != NULL; selection = selection->next) {
        bp_str key = {"", 0};
        const bp_value *values = bp_node_value(selection, "tag_value");
        if (!bp_node_text(selection, "tag_key", &key) || values == NULL) {
            continue;
        }
        for (size_t i = 0; i < values->items.count; i++) {
            tag_use found = {use, selection, values->items.at[i]};
            if (found.value->kind == BP_VALUE_TEXT) {
                add_value(t, &found, key);
            }
        }
    }
}

/* How often a schedule runs in a year; counted once for each text. */
static size_t
runs_of_text(twice *t, bp_str text)
{
    size_t *known = bp_map_get(t->runs, text);
    if (known != NULL) {
        return *known;
    }
    known = BP_NEW(t->context->arena, size_t);
    bp_schedule schedule = bp_schedule_parse(t->context->arena, text);
    int64_t run = t->context->as_of;
    while (schedule.fault == BP_SCHEDULE_GOOD && *known < RUNS_MOST &&
           bp_schedule_next(&schedule, run, &run) && run <= t->context->as_of + YEAR) {
        ++*known;
    }
    bp_map_set(t->runs, text, known);
    return *known;
}

/* How often the rules of a plan run in a year; *more: at least so often. */
static size_t
runs_of(twice *t, const bp_node *plan, bool *more)
{
    size_t runs = 0;
    for (const bp_node *rule = bp_node_first(plan, "rules"); rule != NULL; rule = rule->next) {
        bp_str text = {"", 0};
        if (bp_node_text(rule, "schedule_expression", &text)) {
            size_t own = runs_of_text(t, text);
            *more = *more || own >= RUNS_MOST;
            runs += own;
        }
    }
    return runs;
}

static void
note_runs(twice *t, bp_finding *finding, const bp_node *plan)
{
    bool more = false;
    size_t runs = runs_of(t, plan, &more);
    if (runs > 0) {
        bp_finding_note(t->context->diagnostics, finding, "plan \"%.*s\" makes %s%zu run%s a year",
                        BP_ARG(plan->key), more ? "at least " : "", runs, bp_plural(runs));
    }
}

static void
finish(const bp_check_context *context, bp_finding *finding, const meeting *found,
       const bp_node *node)
{
    const bp_plan_use *use = found->second->use;
    bp_cells_tell(context, finding, &found->rows);
    bp_finding_scope(
        context->diagnostics, finding,
        bp_node_scope(context->arena, bp_use_node_owner(context, use, node)->policy->name, node));
}

static void
report_tag(twice *t, const meeting *found)
{
    const bp_check_context *context = t->context;
    bp_diagnostics *list = context->diagnostics;
    const bp_node *plan = found->first->use->plan;
    const bp_value *value = found->second->value;
    bp_str key = {"", 0};
    (void)bp_node_text(found->second->selection, "tag_key", &key);
    bp_finding *finding =
        bp_report(list, "SEL008", value->span,
                  "plan \"%.*s\" selects the tag \"%.*s\" = \"%.*s\", too; each plan makes backups "
                  "of its own",
                  BP_ARG(plan->key), BP_ARG(bp_shown_text(context->arena, key)),
                  BP_ARG(bp_shown_text(context->arena, value->text)));
    bp_finding_label(list, finding, found->first->value->span, "selected by \"%.*s\" here",
                     BP_ARG(plan->key));
    bp_finding_uses(context, finding, value->uses);
    note_runs(t, finding, plan);
    note_runs(t, finding, found->second->use->plan);
    bp_finding_help(list, finding, "where one backup is enough, give each plan a value of its own");
    finish(context, finding, found, found->second->selection);
}

static void
report_continuous(const bp_check_context *context, const meeting *found)
{
    bp_diagnostics *list = context->diagnostics;
    const bp_node *one = continuous_rule(NULL, found->first->use->plan);
    const bp_node *other = continuous_rule(NULL, found->second->use->plan);
    bp_finding *finding =
        bp_report(list, "SEL014", other->span,
                  "rule \"%.*s\" and rule \"%.*s\" of plan \"%.*s\" back up the same resources "
                  "continuously; one counts, the other makes snapshots",
                  BP_ARG(other->key), BP_ARG(one->key), BP_ARG(found->first->use->plan->key));
    finding->severity = BP_WARNING;
    bp_finding_label(list, finding, one->span, "the other continuous rule");
    bp_finding_label(list, finding, found->second->value->span, "the tag that both plans select");
    bp_finding_help(list, finding, "keep continuous backup in one of them");
    finish(context, finding, found, other);
}

/* Whether two rules are known to write into different vaults. */
static bool
vaults_differ(const bp_node *a, const bp_node *b)
{
    bp_str one = {"", 0};
    bp_str other = {"", 0};
    return bp_node_text(a, "target_backup_vault_name", &one) &&
           bp_node_text(b, "target_backup_vault_name", &other) && !bp_str_equal(one, other);
}

static void
judge_plan(const bp_place *place)
{
    bp_diagnostics *list = place->context->diagnostics;
    const bp_node *first = continuous_rule(NULL, place->node);
    const bp_node *second = first == NULL ? NULL : continuous_rule(first, place->node);
    if (second == NULL || (bp_node_first(place->node, "selections/tags") == NULL &&
                           bp_node_first(place->node, "selections/resources") == NULL)) {
        return;
    }
    bool error = false;
    for (const bp_node *rule = second; rule != NULL; rule = continuous_rule(rule, place->node)) {
        error = error || vaults_differ(first, rule);
    }
    bp_finding *finding =
        bp_report(list, "SEL014", second->span,
                  error ? "a second rule of the plan backs up continuously, into another vault; "
                          "AWS Backup keeps one continuous backup of a resource"
                        : "a second rule of the plan backs up continuously; one counts, the other "
                          "makes snapshots");
    if (!error) {
        finding->severity = BP_WARNING;
    }
    bp_finding_label(list, finding, first->span, "the first one");
    bp_text_finding(place, finding, second->uses);
    bp_finding_help(list, finding, "keep continuous backup in one rule");
}

void
bp_check_twice(const bp_check_context *context)
{
    twice t = {.context = context,
               .by_tag = bp_map_new(context->arena),
               .runs = bp_map_new(context->arena),
               .known = bp_map_new(context->arena),
               .coincide = bp_coincide_new(context)};
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    for (size_t i = 0; i < uses->count; i++) {
        add_plan(&t, &uses->at[i]);
    }
    for (size_t i = 0; i < t.meetings.count; i++) {
        if (bp_str_is(bp_str_of(t.meetings.at[i].code), "SEL008")) {
            report_tag(&t, &t.meetings.at[i]);
        } else {
            report_continuous(context, &t.meetings.at[i]);
        }
    }
    bp_each_effective(context, BP_LAYER_PLANS, judge_plan);
    bp_coincide_report(t.coincide);
}
