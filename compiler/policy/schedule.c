/*
 * Reads the cron expressions of AWS Backup.
 *
 * What is accepted here is what CreatePolicy accepted when it was asked (answers recorded on
 * 2026-09-13), which is looser than the documentation in some places and stricter in others: a
 * seventh field is not read, nor is anything behind a complete range; of several "15W" only the
 * smallest acts; a "#" acts on the smallest weekday of its list; a lone "L" among the weekdays is
 * every Saturday, not the last one. The readings are those of the older Quartz scheduler. Runs are
 * computed in schedule_runs.c; how often a schedule may run is judged there and by the checks.
 */
#include "compiler/policy/schedule_read.h"

#include <string.h>

static bool
blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Parts the inside of the brackets; gives the number of fields, at most BP_CRON_FIELDS + 1: the
 * last one then covers all that AWS does not read. */
static size_t
split(const bp_cron_reader *r, bp_cron_slice inside, bp_cron_slice fields[BP_CRON_FIELDS + 1])
{
    size_t count = 0;
    size_t at = inside.start;
    while (at < inside.end) {
        if (blank(r->text.at[at])) {
            at++;
            continue;
        }
        size_t start = at;
        while (at < inside.end && !blank(r->text.at[at])) {
            at++;
        }
        if (count > BP_CRON_FIELDS) {
            fields[BP_CRON_FIELDS].end = at;
            continue;
        }
        fields[count++] = (bp_cron_slice){start, at};
    }
    return count;
}

static bool
fail_form(bp_cron_reader *r)
{
    bp_cron_slice all = {0, r->text.size};
    bp_str rule = BP_STR("a schedule is cron( with five or six fields )");
    if (r->text.size == 0) {
        return bp_cron_fail(r, BP_SCHEDULE_FORM, all,
                            bp_str_format(r->arena, "empty schedule; %.*s", BP_ARG(rule)));
    }
    if (bp_str_starts(bp_str_fold(r->arena, r->text), BP_STR("rate("))) {
        r->out->help =
            BP_STR("rates are for EventBridge; write hourly(:00), every(6h), daily(05:00) "
                   "or weekly([mon], 05:00)");
    }
    return bp_cron_fail(r, BP_SCHEDULE_FORM, all,
                        bp_str_format(r->arena, "\"%.*s\" is no cron expression; %.*s",
                                      BP_ARG(bp_cron_shown(r, all)), BP_ARG(rule)));
}

/* Finds the inside of the brackets. */
static bool
read_form(bp_cron_reader *r, bp_cron_slice *inside)
{
    static const bp_str head = {"cron(", 5};
    if (!bp_str_starts(r->text, head)) {
        return fail_form(r);
    }
    size_t close = bp_str_find(r->text, ')');
    if (close == r->text.size) {
        return bp_cron_fail(
            r, BP_SCHEDULE_FORM, (bp_cron_slice){r->text.size, r->text.size},
            BP_STR("the bracket of cron( is not closed; nothing but ) ends a schedule"));
    }
    if (close + 1 != r->text.size) {
        bp_cron_slice rest = {close + 1, r->text.size};
        return bp_cron_fail(
            r, BP_SCHEDULE_FORM, rest,
            bp_str_format(r->arena,
                          "\"%.*s\" behind the bracket of a schedule; nothing may follow it",
                          BP_ARG(bp_cron_shown(r, rest))));
    }
    *inside = (bp_cron_slice){head.size, close};
    return true;
}

static bool
fail_count(bp_cron_reader *r, bp_cron_slice inside, size_t count)
{
    bp_str text = bp_cron_words(r, inside);
    if (count == 1 && bp_str_find(text, ',') < text.size) {
        r->out->help = BP_STR("part the fields by blanks: 0 5 ? * * *");
    } else {
        r->out->help = BP_STR("the fields are minute, hour, day of the month, month, weekday and "
                              "year; one of the two day fields is ?");
    }
    return bp_cron_fail(
        r, BP_SCHEDULE_FORM, inside.start < inside.end ? inside : (bp_cron_slice){0, r->text.size},
        bp_str_format(r->arena, "%zu field%s in \"%.*s\"; a schedule has five or six", count,
                      bp_plural(count), BP_ARG(bp_cron_shown(r, inside))));
}

/* Exactly one of the day fields is "?". */
static bool
check_day_fields(bp_cron_reader *r, bp_cron_slice day, bp_cron_slice weekday)
{
    bool day_open = bp_str_is(bp_cron_words(r, day), "?");
    bool weekday_open = bp_str_is(bp_cron_words(r, weekday), "?");
    if (day_open != weekday_open) {
        return true;
    }
    if (day_open) {
        r->out->help = BP_STR("write * for the weekday to run every day");
        return bp_cron_fail(
            r, BP_SCHEDULE_DAY_FIELDS, weekday,
            BP_STR("both day fields are ?; exactly one of day of the month and weekday is"));
    }
    bool replace_day =
        bp_str_is(bp_cron_words(r, day), "*") && !bp_str_is(bp_cron_words(r, weekday), "*");
    r->out->help =
        bp_str_format(r->arena, "write ? for the %s", replace_day ? "day of the month" : "weekday");
    return bp_cron_fail(
        r, BP_SCHEDULE_DAY_FIELDS, replace_day ? day : weekday,
        BP_STR("neither day field is ?; exactly one of day of the month and weekday is"));
}

static void
every_year(bp_schedule *schedule)
{
    for (int year = BP_SCHEDULE_YEAR; year <= BP_SCHEDULE_LAST_YEAR; year++) {
        int bit = year - BP_SCHEDULE_YEAR;
        schedule->years[bit / 64] |= (uint64_t)1 << (bit % 64);
    }
}

static void
read_schedule(bp_cron_reader *r)
{
    bp_cron_slice inside = {0};
    bp_cron_slice fields[BP_CRON_FIELDS + 1];
    if (!read_form(r, &inside)) {
        return;
    }
    size_t count = split(r, inside, fields);
    if (count < BP_CRON_FIELDS - 1) {
        fail_count(r, inside, count);
        return;
    }
    for (size_t field = 0; field < BP_CRON_FIELDS && field < count; field++) {
        if (!bp_cron_read_field(r, (bp_cron_field)field, fields[field])) {
            return;
        }
    }
    if (!check_day_fields(r, fields[BP_CRON_DAY], fields[BP_CRON_WEEKDAY])) {
        return;
    }
    if (count < BP_CRON_FIELDS) {
        every_year(r->out);
    }
    if (count > BP_CRON_FIELDS) {
        r->out->seventh_field = true;
        r->out->seventh_start = fields[BP_CRON_FIELDS].start;
        r->out->seventh_end = fields[BP_CRON_FIELDS].end;
    }
}

bp_schedule
bp_schedule_parse(bp_arena *arena, bp_str text)
{
    bp_schedule schedule;
    memset(&schedule, 0, sizeof schedule);
    schedule.field = -1;
    bp_cron_reader r = {.arena = arena, .text = text, .out = &schedule};
    read_schedule(&r);
    if (schedule.fault == BP_SCHEDULE_GOOD && schedule.days != 0 &&
        schedule.day_kind == BP_SCHEDULE_BY_WEEKDAY) {
        schedule.day_kind = BP_SCHEDULE_BY_DATE;
    }
    return schedule;
}
