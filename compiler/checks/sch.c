/*
 * SCH: schedules and windows (SCH001 to SCH004, SCH006, SCH010, SCH011, SCH013).
 *
 * How a schedule is read, and when it runs, is compiler/policy/schedule.h; here it is judged and
 * told, with the caret on the part of the expression that is wrong where it stands in the source as
 * it is in the document.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"
#include "compiler/facts/facts.h"
#include "compiler/policy/schedule.h"
#include "lib/calendar.h"

/* The span of bytes of a schedule's text. Schedules that a call made (daily …) are not written out:
 * then it is the whole value. *exact says which. */
static bp_span
span_within(const bp_place *place, const bp_value *value, size_t start, size_t end, bool *exact)
{
    bp_str text = value->text;
    bool bracketed = bp_str_starts(text, BP_STR("cron("));
    size_t head = bracketed ? 5 : 0;
    size_t tail = bp_str_ends(text, BP_STR(")")) && bracketed ? text.size - 1 : text.size;
    bp_span span = bp_span_within(place, value, bp_str_cut(text, head, tail), exact);
    *exact = *exact && start >= head && end <= tail && end > start;
    if (!*exact) {
        return value->span;
    }
    span.start += (uint32_t)(start - head);
    span.end = span.start + (uint32_t)(end - start);
    return span;
}

static const char *
fault_code(bp_schedule_fault fault)
{
    switch (fault) {
    case BP_SCHEDULE_GOOD:
    case BP_SCHEDULE_FORM:
        return "SCH001";
    case BP_SCHEDULE_RANGE:
        return "SCH002";
    case BP_SCHEDULE_DAY_FIELDS:
        return "SCH003";
    }
    return "SCH001";
}

/* Whether a schedule with a "*" too many, or one too few, is refused for its runs alone: read as if
 * the weekday were "?", or the day "*". */
static bool
runs_are_refused(const bp_place *place, const bp_value *value, const bp_schedule *schedule)
{
    bp_str text = value->text;
    bp_str wrong = bp_str_cut(text, schedule->start, schedule->end);
    if (!bp_str_is(wrong, "*") && !bp_str_is(wrong, "?")) {
        return false;
    }
    bp_str other = bp_str_is(wrong, "*") ? BP_STR("?") : BP_STR("*");
    bp_schedule mended =
        bp_schedule_parse(place->context->arena,
                          bp_str_format(place->context->arena, "%.*s%.*s%.*s",
                                        BP_ARG(bp_str_cut(text, 0, schedule->start)), BP_ARG(other),
                                        BP_ARG(bp_str_cut(text, schedule->end, text.size))));
    int64_t first;
    int64_t second;
    int64_t last;
    if (mended.fault != BP_SCHEDULE_GOOD) {
        return false;
    }
    bp_cadence cadence =
        bp_schedule_cadence(&mended, place->context->as_of, &first, &second, &last);
    return cadence == BP_CADENCE_NEVER || cadence == BP_CADENCE_TOO_FREQUENT;
}

static void
report_fault(const bp_place *place, const bp_value *value, const bp_schedule *schedule)
{
    bp_diagnostics *list = place->context->diagnostics;
    bool exact;
    bp_span span = span_within(place, value, schedule->start, schedule->end, &exact);
    bp_finding *finding =
        bp_report(list, fault_code(schedule->fault), span, "%.*s", BP_ARG(schedule->message));
    bp_text_finding(place, finding, value->uses);
    if (schedule->fault == BP_SCHEDULE_DAY_FIELDS && runs_are_refused(place, value, schedule)) {
        finding->aws = BP_AWS_REJECTS;
    }
    if (schedule->help.size > 0) {
        bp_finding_help(list, finding, "%.*s", BP_ARG(schedule->help));
    }
    bp_str wrong = bp_str_cut(value->text, schedule->start, schedule->end);
    if (exact && schedule->fault == BP_SCHEDULE_DAY_FIELDS && bp_str_is(wrong, "*")) {
        bp_finding_fix(list, finding, true, span, BP_STR("?"), "replace with ?");
    }
}

static void
report_seventh(const bp_place *place, const bp_value *value, const bp_schedule *schedule)
{
    bp_diagnostics *list = place->context->diagnostics;
    bool exact;
    bp_span span =
        span_within(place, value, schedule->seventh_start, schedule->seventh_end, &exact);
    bp_str rest = bp_str_cut(value->text, schedule->seventh_start, schedule->seventh_end);
    bp_finding *finding = bp_report(
        list, "SCH001", span,
        "\"%.*s\" behind the sixth field of a schedule; AWS does not read what stands there",
        BP_ARG(bp_shown_text(place->context->arena, rest)));
    finding->severity = BP_WARNING;
    finding->aws = BP_AWS_ACCEPTS;
    bp_text_finding(place, finding, value->uses);
    bp_finding_help(list, finding, "the sixth field is the year; there is no field for seconds");
}

static void
report_never(const bp_place *place, const bp_value *value, int64_t first, int64_t last)
{
    const bp_check_context *context = place->context;
    bp_finding *finding;
    if (first != 0) {
        finding = bp_report(context->diagnostics, "SCH004", value->span,
                            "only one run is ahead, on %.*s; AWS takes a schedule with two or more",
                            BP_ARG(bp_instant_date(context->arena, first)));
    } else if (last != 0) {
        finding = bp_report(context->diagnostics, "SCH004", value->span,
                            "no run after %.*s; AWS takes a schedule with two or more runs ahead",
                            BP_ARG(bp_instant_date(context->arena, context->as_of)));
        bp_finding_note(context->diagnostics, finding, "the last run was %.*s",
                        BP_ARG(bp_instant_text(context->arena, last)));
    } else {
        finding = bp_report(context->diagnostics, "SCH004", value->span,
                            "the schedule never runs; no month it names has such a day");
    }
    bp_text_finding(place, finding, value->uses);
    bp_note_schedule(place, finding, value);
    if (first != 0 || last != 0) {
        bp_finding_help(context->diagnostics, finding, "write * for the year, or leave it out");
    }
}

static void
report_frequent(const bp_place *place, const bp_value *value, bool by_chance, int64_t first,
                int64_t second)
{
    const bp_check_context *context = place->context;
    bp_diagnostics *list = context->diagnostics;
    long long apart = (long long)(second - first) / 60;
    long long least = (long long)bp_quota_find(place->context->facts, "SCHEDULE_GAP")->value;
    const char *ending = apart == 1 ? "" : "s";
    bp_finding *finding;
    if (by_chance) {
        finding =
            bp_report(list, "SCH011", value->span,
                      "runs that are %lld minute%s apart; AWS accepts them by chance, because "
                      "it looks at the next two runs alone",
                      apart, ending);
        finding->severity = BP_WARNING;
        finding->aws = BP_AWS_ACCEPTS;
    } else {
        finding = bp_report(list, "SCH011", value->span,
                            "next two runs %lld minute%s apart; they must be at least %lld minutes "
                            "apart",
                            apart, ending, least);
    }
    bp_text_finding(place, finding, value->uses);
    bp_finding_note(list, finding, "%s: %.*s and %.*s",
                    by_chance ? "closest pair of runs" : "next two runs",
                    BP_ARG(bp_instant_text(context->arena, first)),
                    BP_ARG(bp_instant_text(context->arena, second)));
    bp_note_schedule(place, finding, value);
    if (by_chance) {
        bp_finding_note(list, finding,
                        "the same policy is refused when those two are the next ones");
    }
    bp_finding_help(list, finding, "%s is the most frequent schedule there is",
                    bp_by_source(place, "hourly(:00)", "cron(0 * ? * * *)"));
}

void
bp_note_schedule(const bp_place *place, bp_finding *finding, const bp_value *schedule)
{
    bp_arena *arena = place->context->arena;
    bp_schedule parsed = bp_schedule_parse(arena, schedule->text);
    bp_str told = bp_schedule_told(arena, &parsed, place->context->as_of);
    if (told.size > 0) {
        bp_finding_note(place->context->diagnostics, finding, "in words: %.*s", BP_ARG(told));
    }
}

/* What is said of a schedule, wherever it stands: policies share a few. */
typedef struct judged {
    bp_schedule schedule;
    bp_cadence cadence;
    int64_t first;
    int64_t second;
    int64_t last;
} judged;

static const judged *
judge_text(const bp_check_context *context, bp_str text)
{
    struct bp_check_cache *cache = context->cache;
    if (cache != NULL && cache->schedules == NULL) {
        cache->schedules = bp_map_new(cache->arena);
    }
    judged *known = cache != NULL ? bp_map_get(cache->schedules, text) : NULL;
    if (known != NULL) {
        return known;
    }
    bp_arena *arena = cache != NULL ? cache->arena : context->arena;
    judged *made = BP_NEW(arena, judged);
    made->schedule = bp_schedule_parse(arena, text);
    if (made->schedule.fault == BP_SCHEDULE_GOOD) {
        made->cadence = bp_schedule_cadence(&made->schedule, context->as_of, &made->first,
                                            &made->second, &made->last);
    }
    if (cache != NULL) {
        bp_map_set(cache->schedules, text, made);
    }
    return made;
}

static void
judge_schedule(const bp_place *place)
{
    const bp_value *value = bp_node_value(place->node, "schedule_expression");
    size_t a;
    size_t b;
    if (value == NULL || value->kind != BP_VALUE_TEXT ||
        bp_placeholder_find(place->context, value->text, &a, &b)) {
        return;
    }
    const judged *found = judge_text(place->context, value->text);
    if (found->schedule.fault != BP_SCHEDULE_GOOD) {
        report_fault(place, value, &found->schedule);
        return;
    }
    if (found->schedule.seventh_field) {
        report_seventh(place, value, &found->schedule);
    }
    switch (found->cadence) {
    case BP_CADENCE_FINE:
        return;
    case BP_CADENCE_NEVER:
        report_never(place, value, found->first, found->last);
        return;
    case BP_CADENCE_TOO_FREQUENT:
        report_frequent(place, value, false, found->first, found->second);
        return;
    case BP_CADENCE_BY_CHANCE:
        report_frequent(place, value, true, found->first, found->second);
        return;
    }
}

void
bp_check_schedules(const bp_check_context *context)
{
    bp_each_rule(context, judge_schedule);
}

/* Largest window that is taken for minutes without a word: 60 days. */
enum { SECONDS_FROM = 86400 };

static void
offer_minutes(const bp_place *place, bp_finding *finding, const bp_value *value, int64_t number)
{
    bp_str text;
    if (!bp_span_exists(value->declared) && bp_value_rewrite(place, value, number, &text)) {
        bp_finding_fix(place->context->diagnostics, finding, false, value->span, text,
                       "replace with %.*s", BP_ARG(text));
    }
}

static void
report_long(const bp_place *place, const bp_value *value, const char *name, int64_t minutes)
{
    bp_diagnostics *list = place->context->diagnostics;
    int64_t most = bp_quota_find(place->context->facts, "WINDOW_MAX")->value;
    bp_finding *finding;
    if (minutes > most) {
        finding = bp_report(list, "SCH013", value->span,
                            "%s window of %lld minutes; the API of AWS Backup takes %lld at most",
                            name, (long long)minutes, (long long)most);
        finding->severity = BP_ERROR;
        finding->aws = BP_AWS_INVALID_EFFECTIVE;
    } else {
        finding = bp_report(list, "SCH013", value->span,
                            "%s window of %lld minutes, which is %lld days; windows are in minutes",
                            name, (long long)minutes, (long long)(minutes / 1440));
    }
    bp_text_finding(place, finding, value->uses);
    int64_t as_seconds = minutes / 60;
    if (minutes % 60 == 0 && as_seconds >= 60 && as_seconds <= most) {
        bp_finding_help(list, finding, "if %lld was meant as seconds, it is %lld minutes",
                        (long long)minutes, (long long)as_seconds);
        offer_minutes(place, finding, value, as_seconds);
    }
}

static void
judge_window(const bp_place *place, const char *path, const char *quota, const char *name)
{
    const bp_value *value = bp_node_value(place->node, path);
    int64_t minutes;
    if (!bp_node_number(place->node, path, &minutes)) {
        return;
    }
    int64_t least = bp_quota_find(place->context->facts, quota)->value;
    if (minutes >= SECONDS_FROM) {
        report_long(place, value, name, minutes);
    }
    if (minutes >= least) {
        return;
    }
    bp_diagnostics *list = place->context->diagnostics;
    bp_finding *finding = bp_report(
        list, "SCH006", value->span, "%s window of %.*s; it must be at least %lld minutes", name,
        BP_ARG(bp_value_words(place, value, minutes == 1 ? "minute" : "minutes")),
        (long long)least);
    bp_text_finding(place, finding, value->uses);
    offer_minutes(place, finding, value, least);
}

static void
judge_windows(const bp_place *place)
{
    judge_window(place, "start_backup_window_minutes", "WINDOW_START_MIN", "start");
    judge_window(place, "complete_backup_window_minutes", "WINDOW_COMPLETE_MIN", "completion");
}

void
bp_check_windows(const bp_check_context *context)
{
    bp_each_rule(context, judge_windows);
}

static void
judge_presence(const bp_place *place)
{
    if (!bp_place_whole(place) || place->node->holes ||
        bp_node_at(place->node, "schedule_expression") != NULL) {
        return;
    }
    bp_diagnostics *list = place->context->diagnostics;
    bp_finding *finding =
        bp_report(list, "SCH010", place->node->span,
                  "rule without a schedule; the documentation of backup policies asks for one");
    bp_text_finding(place, finding, place->node->uses);
    bp_finding_note(list, finding, "the API of AWS Backup would run it every day at 05:00 UTC");
    bp_finding_help(list, finding, "add %s, or another one",
                    bp_by_source(place, "schedule = daily(05:00)",
                                 "a schedule_expression such as cron(0 5 ? * * *)"));
}

void
bp_check_rule_schedule(const bp_check_context *context)
{
    bp_each_effective(context, BP_LAYER_RULES, judge_presence);
}
