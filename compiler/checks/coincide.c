/*
 * SCH009: start windows of two rules that overlap for the same resources. AWS Backup then makes one
 * backup, for the rule that keeps it longer; the other rule yields fewer, and its copies are left
 * out. One finding for each rule that loses, with those it loses to.
 *
 * Two continuous rules are SEL014's. A rule without a schedule, or with one that AWS refuses, is
 * not compared.
 */
#include "compiler/checks/coincide.h"
#include "compiler/checks/walk.h"
#include "compiler/policy/schedule.h"
#include "lib/calendar.h"

enum {
    WINDOW = 480, /* minutes, where a rule says nothing */
    DAY = 1440,
    CLASHES = 3,
    STEPS = 200,     /* runs of the rarer of two schedules that are looked at */
    TOLD = 3,        /* winners that are named in a finding */
    RULES_MOST = 32, /* no plan of so many rules is ever valid (QTA010) */
    /* What a hostile project may cost, a second or so: what is beyond is skipped and counted. */
    STEPS_MOST = 400000,
    WORK_MOST = 400000 /* pairs of rules in two plans, more for many accounts */
};

/* The first times at which a run lies in the open start window of the other rule. */
typedef struct clashes {
    size_t count;
    int64_t at[CLASHES];
} clashes;

typedef struct windowed {
    const bp_node *rule;
    bp_str text; /* of the schedule; empty: not compared */
    int64_t window;
    int64_t keep; /* days; INT64_MAX: for ever */
} windowed;

typedef struct winner {
    const bp_node *rule;
    const bp_node *plan;
    int64_t keep;
    const clashes *at;
} winner;

/* A rule that loses, and to whom. */
typedef struct loser {
    windowed rule;
    const bp_plan_use *use; /* NULL: against rules of its own plan */
    const bp_value *tag;
    BP_VEC(winner) winners;
    bp_cell_rows rows;
} loser;

struct bp_coincidences {
    const bp_check_context *context;
    bp_map *losers; /* place of a rule → loser * */
    BP_VEC(loser *) list;
    size_t work;
    size_t omitted; /* pairs of plans */
};

bp_coincidences *
bp_coincide_new(const bp_check_context *context)
{
    bp_coincidences *c = BP_NEW(context->arena, bp_coincidences);
    c->context = context;
    c->losers = bp_map_new(context->arena);
    return c;
}

/* A number that is not written: *value stays; false when what stands there is none. */
static bool
number_or(const bp_node *rule, const char *path, int64_t *value)
{
    return bp_node_at(rule, path) == NULL || bp_node_number(rule, path, value);
}

static windowed
windowed_of(const bp_node *rule)
{
    windowed of = {.rule = rule, .window = WINDOW, .keep = INT64_MAX};
    bp_str text = {"", 0};
    if (!rule->holes && bp_node_text(rule, "schedule_expression", &text) &&
        number_or(rule, "start_backup_window_minutes", &of.window) && of.window > 0 &&
        number_or(rule, "lifecycle/delete_after_days", &of.keep)) {
        of.text = text;
    }
    return of;
}

/* Whether a run of `b` lies in a window of `a`, whatever the day: all days of a schedule have the
 * same times. */
static bool
times_meet(const bp_schedule *a, int64_t window, const bp_schedule *b)
{
    bool open[DAY] = {false};
    int64_t left = 0; /* minutes that the last window stays open */
    for (int minute = 0; minute < 2 * DAY; minute++) {
        int hour = minute / 60 % 24;
        bool runs = (a->hours >> hour & 1) != 0 && (a->minutes >> (minute % 60) & 1) != 0;
        left = runs ? window : left;
        open[minute % DAY] = open[minute % DAY] || left > 0;
        left -= left > 0 ? 1 : 0;
    }
    for (int minute = 0; minute < DAY; minute++) {
        if (open[minute] && (b->hours >> (minute / 60) & 1) != 0 &&
            (b->minutes >> (minute % 60) & 1) != 0) {
            return true;
        }
    }
    return false;
}

/* Leaps from run to run of the rarer schedule. */
static void
find_clashes(const bp_check_context *context, const windowed *a, const windowed *b, clashes *found)
{
    enum { LONGEST = 52560000 /* a hundred years */, READING = 8 /* costs so many steps */ };
    if (context->cache->clash_steps >= STEPS_MOST) {
        context->cache->clash_omitted++;
        return;
    }
    context->cache->clash_steps += READING;
    bp_schedule one = bp_schedule_parse(context->arena, a->text);
    bp_schedule other = bp_schedule_parse(context->arena, b->text);
    int64_t open_a = 60 * (a->window < LONGEST ? a->window : LONGEST);
    int64_t open_b = 60 * (b->window < LONGEST ? b->window : LONGEST);
    int64_t after_a = context->as_of;
    int64_t after_b = context->as_of;
    if (one.fault != BP_SCHEDULE_GOOD || other.fault != BP_SCHEDULE_GOOD ||
        (!times_meet(&one, a->window, &other) && !times_meet(&other, b->window, &one))) {
        return;
    }
    for (int step = 0; step < STEPS && found->count < CLASHES; step++) {
        context->cache->clash_steps++;
        int64_t run_a;
        int64_t run_b;
        if (!bp_schedule_next(&one, after_a, &run_a) ||
            !bp_schedule_next(&other, after_b, &run_b)) {
            return;
        }
        if (run_a <= run_b ? run_a + open_a > run_b : run_b + open_b > run_a) {
            found->at[found->count++] = run_a > run_b ? run_a : run_b;
            after_a = run_a;
            after_b = run_b;
        } else if (run_a < run_b) {
            after_a = run_b - open_a;
        } else {
            after_b = run_a - open_b;
        }
    }
}

/* Kept beyond this check: plans share their schedules. */
static const clashes *
clashes_of(const bp_check_context *context, const windowed *a, const windowed *b)
{
    struct bp_check_cache *cache = context->cache;
    bp_str key = bp_str_format(context->arena, "%.*s\n%lld\n%.*s\n%lld", BP_ARG(a->text),
                               (long long)a->window, BP_ARG(b->text), (long long)b->window);
    if (cache->clashes == NULL) {
        cache->clashes = bp_map_new(cache->arena);
    }
    clashes *found = bp_map_get(cache->clashes, key);
    if (found == NULL) {
        found = BP_NEW(cache->arena, clashes);
        find_clashes(context, a, b, found);
        bp_map_set(cache->clashes, bp_str_copy(cache->arena, key), found);
    }
    return found;
}

static loser *
loser_of(bp_coincidences *c, const windowed *rule, const bp_plan_use *use)
{
    bp_arena *arena = c->context->arena;
    const bp_span *span = &rule->rule->span;
    bp_str key = bp_str_format(arena, "%u %zu %zu %s", (unsigned)span->source, (size_t)span->start,
                               (size_t)rule->rule->uses.start, use == NULL ? "own" : "other");
    loser *found = bp_map_get(c->losers, key);
    if (found == NULL) {
        found = BP_NEW(arena, loser);
        found->rule = *rule;
        found->use = use;
        bp_map_set(c->losers, key, found);
        *bp_vec_add(arena, &c->list) = found;
    }
    return found;
}

static void
add_winner(bp_coincidences *c, loser *to, const winner *one)
{
    for (size_t i = 0; i < to->winners.count; i++) {
        if (bp_span_equal(to->winners.at[i].rule->span, one->rule->span)) {
            return;
        }
    }
    *bp_vec_add(c->context->arena, &to->winners) = *one;
}

static bool
both_continuous(const bp_node *a, const bp_node *b)
{
    return bp_place_on(a, "enable_continuous_backup") && bp_place_on(b, "enable_continuous_backup");
}

/* A copy that is lost with the backup: the winner makes none into the same vault, or keeps it for
 * less time. NULL if there is none. */
static const bp_node *
lost_copy(const windowed *losing, const bp_node *winning)
{
    const bp_node *copy = bp_node_first(losing->rule, "copy_actions");
    for (; copy != NULL; copy = copy->next) {
        const bp_node *other = bp_node_first(winning, "copy_actions");
        while (other != NULL && !bp_str_equal_folded(other->key, copy->key)) {
            other = other->next;
        }
        int64_t keep = INT64_MAX;
        int64_t kept = INT64_MAX;
        if (other == NULL ||
            (number_or(copy, "lifecycle/delete_after_days", &keep) &&
             number_or(other, "lifecycle/delete_after_days", &kept) && kept < keep)) {
            return copy;
        }
    }
    return NULL;
}

/* ---- what is said */

static bp_str
kept(bp_arena *arena, int64_t keep)
{
    return keep == INT64_MAX
               ? BP_STR("for ever")
               : bp_str_format(arena, "for %lld day%s", (long long)keep, bp_plural((size_t)keep));
}

static void
note_clashes(const bp_check_context *context, bp_finding *finding, const winner *one)
{
    bp_buf times = {.arena = context->arena};
    for (size_t i = 0; i < one->at->count; i++) {
        bp_buf_format(&times, "%s%.*s", i == 0 ? "" : ", ",
                      BP_ARG(bp_instant_text(context->arena, one->at->at[i])));
    }
    bp_finding_note(context->diagnostics, finding, "first times with rule \"%.*s\": %.*s",
                    BP_ARG(one->rule->key), BP_ARG(bp_buf_text(&times)));
}

/* "rule \"a\"", with its plan where that is another one; or how many there are. */
static bp_str
winners_words(const bp_check_context *context, const loser *of)
{
    const winner *first = &of->winners.at[0];
    if (of->winners.count > 1) {
        return bp_str_format(context->arena, "%zu other rules", of->winners.count);
    }
    return of->use == NULL
               ? bp_str_format(context->arena, "rule \"%.*s\"", BP_ARG(first->rule->key))
               : bp_str_format(context->arena, "rule \"%.*s\" of plan \"%.*s\"",
                               BP_ARG(first->rule->key), BP_ARG(first->plan->key));
}

static void
explain(const bp_check_context *context, bp_finding *finding, const loser *of, const bp_node *copy)
{
    bp_diagnostics *list = context->diagnostics;
    for (size_t i = 0; i < of->winners.count && i < TOLD; i++) {
        const winner *one = &of->winners.at[i];
        bp_finding_label(list, finding, one->rule->span, "keeps its backups %.*s%s",
                         BP_ARG(kept(context->arena, one->keep)),
                         one->keep == of->rule.keep ? ", too" : "");
        note_clashes(context, finding, one);
    }
    if (copy != NULL) {
        bp_finding_label(list, finding, copy->span, "this copy is left out then");
    }
    bp_finding_help(list, finding,
                    "move one of the schedules, or shorten the start windows, so that one ends "
                    "before the other begins");
    if (copy != NULL) {
        bp_finding_help(list, finding, "or let the other rule%s make that copy, too",
                        bp_plural(of->winners.count));
    }
}

/* One finding for a rule that loses. Info where all that is lost is a backup that another rule
 * makes and keeps longer. */
static bp_finding *
report(const bp_check_context *context, const loser *of)
{
    bool equal = false;
    const bp_node *copy = NULL;
    for (size_t i = 0; i < of->winners.count; i++) {
        equal = equal || of->winners.at[i].keep == of->rule.keep;
        copy = copy != NULL ? copy : lost_copy(&of->rule, of->winners.at[i].rule);
    }
    bp_finding *finding =
        bp_report(context->diagnostics, "SCH009", of->rule.rule->span,
                  "start windows of rule \"%.*s\" overlap those of %.*s%s",
                  BP_ARG(of->rule.rule->key), BP_ARG(winners_words(context, of)),
                  !equal ? "; AWS Backup makes one backup then, for the rule that keeps it longer"
                  : of->winners.count == 1
                      ? ", and both keep backups equally long; AWS Backup makes one backup then"
                      : ", and some keep backups as long; AWS Backup makes one backup then");
    if (!equal && copy == NULL) {
        finding->severity = BP_INFO;
    }
    explain(context, finding, of, copy);
    return finding;
}

/* ---- rules of one plan */

typedef BP_VEC(windowed) windowed_rules;

static windowed_rules
rules_of(const bp_check_context *context, const bp_node *plan)
{
    windowed_rules rules = {0};
    for (const bp_node *rule = bp_node_first(plan, "rules"); rule != NULL; rule = rule->next) {
        windowed found = windowed_of(rule);
        if (rule->kind == BP_NODE_RULE && found.text.size > 0) {
            *bp_vec_add(context->arena, &rules) = found;
        }
    }
    if (rules.count > RULES_MOST) {
        bp_skip_check(context->diagnostics, "SCH009", 1, "plan of more rules than AWS takes");
        rules.count = 0;
    }
    return rules;
}

/* Against one rule of a plan win those that keep longer, and those before it that keep as long. */
static void
compare_in_plan(const bp_place *place, const windowed_rules *rules, size_t index)
{
    const bp_check_context *context = place->context;
    loser of = {.rule = rules->at[index]};
    for (size_t i = 0; i < rules->count; i++) {
        const windowed *other = &rules->at[i];
        bool wins = other->keep > of.rule.keep || (other->keep == of.rule.keep && i < index);
        if (!wins || both_continuous(other->rule, of.rule.rule)) {
            continue;
        }
        winner one = {other->rule, place->node, other->keep, clashes_of(context, other, &of.rule)};
        if (one.at->count > 0) {
            *bp_vec_add(context->arena, &of.winners) = one;
        }
    }
    if (of.winners.count > 0) {
        bp_place at = *place;
        at.rule = of.rule.rule;
        at.node = of.rule.rule;
        bp_text_finding(&at, report(context, &of), of.rule.rule->uses);
    }
}

static void
judge_plan(const bp_place *place)
{
    const bp_node *plan = place->node;
    if (!bp_place_whole(place) || (bp_node_first(plan, "selections/tags") == NULL &&
                                   bp_node_first(plan, "selections/resources") == NULL)) {
        return;
    }
    windowed_rules rules = rules_of(place->context, plan);
    for (size_t i = 0; i < rules.count; i++) {
        compare_in_plan(place, &rules, i);
    }
}

/* ---- rules of two plans */

/* `second` stands behind `first`, so it loses where both keep as long. */
static void
compare_two(bp_coincidences *c, const bp_plan_use *const uses[2], const windowed *const rules[2],
            const bp_value *tag, const bp_cell_rows *rows)
{
    size_t loses = rules[0]->keep < rules[1]->keep ? 0 : 1;
    const windowed *losing = rules[loses];
    const windowed *winning = rules[1 - loses];
    winner one = {winning->rule, uses[1 - loses]->plan, winning->keep,
                  clashes_of(c->context, winning, losing)};
    if (one.at->count == 0 || both_continuous(losing->rule, winning->rule)) {
        return;
    }
    loser *of = loser_of(c, losing, uses[loses]);
    of->tag = of->tag == NULL ? tag : of->tag;
    add_winner(c, of, &one);
    bp_cells_add(c->context->arena, &of->rows, rows);
}

void
bp_coincide_meet(bp_coincidences *c, const bp_plan_use *a, const bp_plan_use *b,
                 const bp_value *tag, const bp_cell_rows *rows)
{
    if (c->work >= WORK_MOST) {
        c->omitted++;
        return;
    }
    windowed_rules first = rules_of(c->context, a->plan);
    windowed_rules second = rules_of(c->context, b->plan);
    c->work += 1 + first.count * second.count * (1 + rows->count / 8);
    for (size_t i = 0; i < first.count; i++) {
        for (size_t k = 0; k < second.count; k++) {
            compare_two(c, (const bp_plan_use *const[2]){a, b},
                        (const windowed *const[2]){&first.at[i], &second.at[k]}, tag, rows);
        }
    }
}

static void
report_meeting(const bp_check_context *context, const loser *of)
{
    const bp_node *rule = of->rule.rule;
    bp_finding *finding = report(context, of);
    bp_finding_label(context->diagnostics, finding, of->tag->span,
                     "the tag that both plans select");
    bp_finding_uses(context, finding, rule->uses);
    bp_cells_tell(context, finding, &of->rows);
    bp_str policy = bp_use_node_owner(context, of->use, rule)->policy->name;
    bp_finding_scope(context->diagnostics, finding, bp_node_scope(context->arena, policy, rule));
}

void
bp_coincide_report(bp_coincidences *c)
{
    for (size_t i = 0; i < c->list.count; i++) {
        report_meeting(c->context, c->list.at[i]);
    }
    bp_each_effective(c->context, BP_LAYER_PLANS, judge_plan);
    bp_diagnostics *list = c->context->diagnostics;
    if (c->omitted > 0) {
        bp_skip_check(list, "SCH009", c->omitted, "too many plans that share a tag");
    }
    if (c->context->cache->clash_omitted > 0) {
        bp_skip_check(list, "SCH009", c->context->cache->clash_omitted,
                      "too many different schedules");
    }
}
