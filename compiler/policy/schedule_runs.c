/*
 * The runs of a schedule: which instants it names, and how close they come.
 *
 * Runs lie on whole minutes in UTC; all days of a schedule have the same times. Days are found
 * month by month, so that a schedule that never runs costs some thousand steps, not one a minute.
 * The rule of AWS (recorded verdicts of 2026-09-13): two runs must lie ahead of the call, the two
 * next ones at least 60 minutes apart; later pairs are not looked at.
 */
#include "compiler/policy/schedule.h"
#include "lib/calendar.h"

enum {
    DAY_MINUTES = 24 * 60,
    CLOSE = 60,
    HORIZON = 9 * 366 /* days; the longest time between two leap years is eight years */
};

/* A month that is searched for days. */
typedef struct month_days {
    int year;
    int month;
    int64_t first;  /* days since 1970-01-01 of its first day */
    int length;     /* in days */
    int weekday;    /* of the first day, 1 = Sunday */
    uint32_t found; /* bit 1-31: the days that run */
} month_days;

static uint32_t
bit(int value)
{
    return (uint32_t)1 << value;
}

static int
weekday_of(const month_days *m, int day)
{
    return (m->weekday - 1 + day - 1) % 7 + 1;
}

/* Monday to Friday nearest to a day, without leaving the month. */
static int
nearest_weekday(const month_days *m, int day)
{
    int weekday = weekday_of(m, day);
    if (weekday == 7) {
        return day == 1 ? day + 2 : day - 1;
    }
    if (weekday == 1) {
        return day == m->length ? day - 2 : day + 1;
    }
    return day;
}

static int
smallest(uint32_t mask)
{
    int value = 0;
    while (value < 31 && (mask & bit(value)) == 0) {
        value++;
    }
    return value;
}

/* The days of a month by the weekday field. */
static uint32_t
by_weekday(const bp_schedule *s, const month_days *m)
{
    uint32_t days = 0;
    if (s->weekday_nth == 0) {
        for (int day = 1; day <= m->length; day++) {
            days |= (s->weekdays & bit(weekday_of(m, day))) != 0 ? bit(day) : 0;
        }
        return days;
    }
    int first = 1 + (smallest(s->weekdays) - m->weekday + 7) % 7;
    int day = s->weekday_nth > 0 ? first + 7 * (s->weekday_nth - 1)
                                 : first + 7 * ((m->length - first) / 7);
    return day <= m->length ? bit(day) : 0;
}

static uint32_t
days_of(const bp_schedule *s, const month_days *m)
{
    int day =
        s->day_kind == BP_SCHEDULE_NEAREST_WEEKDAY ? smallest(s->days) : m->length - s->day_offset;
    switch (s->day_kind) {
    case BP_SCHEDULE_BY_WEEKDAY:
        return by_weekday(s, m);
    case BP_SCHEDULE_BY_DATE:
        return s->days & (uint32_t)(((uint64_t)1 << (m->length + 1)) - 1);
    case BP_SCHEDULE_LAST:
        return day >= 1 ? bit(day) : 0;
    case BP_SCHEDULE_NEAREST_WEEKDAY:
    case BP_SCHEDULE_LAST_WEEKDAY:
        return day >= 1 && day <= m->length ? bit(nearest_weekday(m, day)) : 0;
    }
    return 0;
}

static bool
year_runs(const bp_schedule *s, int year)
{
    int index = year - BP_SCHEDULE_YEAR;
    return (s->years[index / 64] >> (index % 64) & 1) != 0;
}

static void
search(const bp_schedule *s, month_days *m)
{
    m->found = 0;
    if (!year_runs(s, m->year) || (s->months & bit(m->month)) == 0) {
        return;
    }
    bp_date date = {m->year, m->month, 1};
    m->first = bp_date_days(date);
    m->length = bp_month_days(m->year, m->month);
    m->weekday = bp_date_weekday(date);
    m->found = days_of(s, m);
}

/* The month of a day, moved to the nearest year that can be searched. */
static month_days
month_of(int64_t day)
{
    int64_t first = bp_date_days((bp_date){BP_SCHEDULE_YEAR, 1, 1});
    int64_t last = bp_date_days((bp_date){BP_SCHEDULE_LAST_YEAR, 12, 31});
    bp_date date = bp_days_date(day < first ? first : day > last ? last : day);
    return (month_days){.year = date.year, .month = date.month};
}

static bool
step_month(month_days *m, int by)
{
    m->month += by;
    if (m->month < 1 || m->month > 12) {
        m->year += by;
        m->month = by > 0 ? 1 : 12;
    }
    return m->year >= BP_SCHEDULE_YEAR && m->year <= BP_SCHEDULE_LAST_YEAR;
}

/* The first run day at or after `day`, or the last one at or before it when `by` is -1. */
static bool
run_day(const bp_schedule *s, int64_t day, int by, int64_t *found)
{
    month_days m = month_of(day);
    do {
        search(s, &m);
        for (int i = by > 0 ? 1 : 31; m.found != 0 && i >= 1 && i <= 31; i += by) {
            int64_t candidate = m.first + i - 1;
            bool beyond = by > 0 ? candidate >= day : candidate <= day;
            if ((m.found & bit(i)) != 0 && beyond) {
                *found = candidate;
                return true;
            }
        }
    } while (step_month(&m, by));
    return false;
}

/* The first time of day at or after a minute, or the last one at or before it; -1 if none. Hours
 * without a run are passed over whole. */
static int
time_of_day(const bp_schedule *s, int minute, int by)
{
    while (minute >= 0 && minute < DAY_MINUTES) {
        int in_hour = minute % 60;
        if ((s->hours >> (minute / 60) & 1) == 0) {
            minute += by > 0 ? 60 - in_hour : -1 - in_hour;
        } else if ((s->minutes >> in_hour & 1) == 0) {
            minute += by;
        } else {
            return minute;
        }
    }
    return -1;
}

/* The whole minutes up to an instant, also before 1970. */
static int64_t
minutes_before(int64_t instant)
{
    return instant >= 0 ? instant / 60 : -((-instant + 59) / 60);
}

static int64_t
day_of_minute(int64_t minute)
{
    return minute >= 0 ? minute / DAY_MINUTES : -((-minute + DAY_MINUTES - 1) / DAY_MINUTES);
}

/* The run at or after a minute (by 1), or at or before it (by -1), in minutes. */
static bool
run_minute(const bp_schedule *s, int64_t minute, int by, int64_t *run)
{
    int64_t day = day_of_minute(minute);
    int64_t found;
    if (run_day(s, day, by, &found) && found == day) {
        int time = time_of_day(s, (int)(minute - day * DAY_MINUTES), by);
        if (time >= 0) {
            *run = day * DAY_MINUTES + time;
            return true;
        }
    }
    if (!run_day(s, day + by, by, &found)) {
        return false;
    }
    *run = found * DAY_MINUTES + time_of_day(s, by > 0 ? 0 : DAY_MINUTES - 1, by);
    return true;
}

bool
bp_schedule_next(const bp_schedule *schedule, int64_t after, int64_t *run)
{
    int64_t minute;
    if (schedule->fault != BP_SCHEDULE_GOOD ||
        !run_minute(schedule, minutes_before(after) + 1, 1, &minute)) {
        return false;
    }
    *run = minute * 60;
    return true;
}

/* The closest pair of times of day from a minute on: its first time, or -1 if there is no pair. */
static int
closest_of_day(const bp_schedule *s, int from, int *gap)
{
    int best = -1;
    int before = -1;
    for (int minute = time_of_day(s, from, 1); minute >= 0;
         minute = time_of_day(s, minute + 1, 1)) {
        if (before >= 0 && (best < 0 || minute - before < *gap)) {
            best = before;
            *gap = minute - before;
        }
        before = minute;
    }
    return best;
}

/* The closest pair within a day from a run on, the earliest of equal ones. */
static bool
closest_within_day(const bp_schedule *s, int64_t from, int64_t *first, int *gap)
{
    int64_t day = day_of_minute(from);
    int rest_gap = DAY_MINUTES;
    int start = closest_of_day(s, 0, gap);
    int rest = closest_of_day(s, (int)(from - day * DAY_MINUTES), &rest_gap);
    if (start < 0) {
        return false;
    }
    if (rest >= 0 && rest_gap == *gap) {
        *first = day * DAY_MINUTES + rest;
        return true;
    }
    if (!run_day(s, day + 1, 1, &day)) {
        *first = day * DAY_MINUTES + rest;
        *gap = rest_gap;
        return rest >= 0;
    }
    *first = day * DAY_MINUTES + start;
    return true;
}

/* The first day from `day` on that runs and whose next day runs too. Which days follow each other
 * is the same every year but for leap years, so some years tell. */
static bool
two_days_running(const bp_schedule *s, int64_t day, int64_t *found)
{
    int64_t previous;
    int64_t next;
    if (!run_day(s, day, 1, &previous)) {
        return false;
    }
    int64_t end = previous + HORIZON;
    while (previous < end && run_day(s, previous + 1, 1, &next)) {
        if (next == previous + 1) {
            *found = previous;
            return true;
        }
        previous = next;
    }
    return false;
}

/* The closest pair of runs from a run on, in minutes; the earliest of equal ones. */
static bool
closest_pair(const bp_schedule *s, int64_t from, int64_t *first, int64_t *second)
{
    int gap = DAY_MINUTES;
    int64_t day;
    if (closest_within_day(s, from, first, &gap)) {
        *second = *first + gap;
    } else {
        gap = DAY_MINUTES;
    }
    int early = time_of_day(s, 0, 1);
    int late = time_of_day(s, DAY_MINUTES - 1, -1);
    int over_midnight = DAY_MINUTES - late + early;
    if (over_midnight < CLOSE && over_midnight < gap &&
        two_days_running(s, day_of_minute(from), &day)) {
        *first = day * DAY_MINUTES + late;
        *second = *first + over_midnight;
        gap = over_midnight;
    }
    return gap < DAY_MINUTES;
}

bp_cadence
bp_schedule_cadence(const bp_schedule *schedule, int64_t as_of, int64_t *first, int64_t *second,
                    int64_t *last)
{
    *first = *second = *last = 0;
    int64_t minute;
    if (!bp_schedule_next(schedule, as_of, first)) {
        if (schedule->fault == BP_SCHEDULE_GOOD &&
            run_minute(schedule, minutes_before(as_of), -1, &minute)) {
            *last = minute * 60;
        }
        return BP_CADENCE_NEVER;
    }
    if (!bp_schedule_next(schedule, *first, second)) {
        return BP_CADENCE_NEVER;
    }
    if (*second - *first < CLOSE * 60) {
        return BP_CADENCE_TOO_FREQUENT;
    }
    int64_t a = 0;
    int64_t b = 0;
    if (closest_pair(schedule, *first / 60, &a, &b) && b - a < CLOSE) {
        *first = a * 60;
        *second = b * 60;
        return BP_CADENCE_BY_CHANCE;
    }
    return BP_CADENCE_FINE;
}
