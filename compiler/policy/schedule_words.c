/*
 * Schedules in words: "on day 1 of every month at 05:00 UTC".
 *
 * Told from the compiled form, not from the text, so that the words mean what runs: whatever the
 * reader of the expression left out (the second of two 15W, what follows a range) is not said.
 * Every schedule has words; common ones have short ones. A day that some months lack is said to be
 * skipped, because people write 31 and mean the last one.
 */
#include "compiler/policy/schedule.h"
#include "lib/calendar.h"

enum {
    HOURS = 24,
    MINUTES = 60,
    MONTHS = 12,
    WEEK = 7,
    MOST_TIMES = 6, /* times of day that are listed one by one */
    SET_SIZE = BP_SCHEDULE_LAST_YEAR - BP_SCHEDULE_YEAR + 1
};

/* Values in the order in which they are told; those of a week or year may begin in its middle. */
typedef struct value_set {
    int at[SET_SIZE];
    size_t count;
} value_set;

typedef void say_value(bp_buf *out, int value);

static const char *const month_names[] = {"",        "January",  "February", "March",  "April",
                                          "May",     "June",     "July",     "August", "September",
                                          "October", "November", "December"};
static const char *const weekday_names[] = {"",          "Sunday",   "Monday", "Tuesday",
                                            "Wednesday", "Thursday", "Friday", "Saturday"};

static void
say_number(bp_buf *out, int value)
{
    bp_buf_format(out, "%d", value);
}

static void
say_minute(bp_buf *out, int value)
{
    bp_buf_format(out, ":%02d", value);
}

static void
say_month(bp_buf *out, int value)
{
    bp_buf_add_c(out, month_names[value]);
}

static void
say_weekday(bp_buf *out, int value)
{
    bp_buf_add_c(out, weekday_names[value]);
}

static void
say_time(bp_buf *out, int minute_of_day)
{
    bp_buf_format(out, "%02d:%02d", minute_of_day / MINUTES, minute_of_day % MINUTES);
}

static value_set
set_of(uint64_t mask, int low, int high)
{
    value_set set = {.count = 0};
    for (int value = low; value <= high; value++) {
        if ((mask >> value & 1) != 0) {
            set.at[set.count++] = value;
        }
    }
    return set;
}

/* The set of a circle from `start` on, or from where a run of three or more crosses it: "Saturday
 * to Monday", "November to February". */
static value_set
circle_of(uint32_t mask, int size, int start)
{
    int before = 0;
    int after = 0;
    while (before < size && (mask >> ((start - 2 - before + 2 * size) % size + 1) & 1) != 0) {
        before++;
    }
    while (after < size && (mask >> ((start - 1 + after) % size + 1) & 1) != 0) {
        after++;
    }
    if (before == size || before == 0 || after == 0 || before + after < 3) {
        before = 0;
    }
    value_set set = {.count = 0};
    for (int i = 0; i < size; i++) {
        int value = (start - 1 - before + i + size) % size + 1;
        if ((mask >> value & 1) != 0) {
            set.at[set.count++] = value;
        }
    }
    return set;
}

/* How many values from `from` on follow each other by one, round a circle of `size` (0: none). */
static size_t
run_length(const value_set *set, size_t from, int size)
{
    size_t length = 1;
    while (from + length < set->count) {
        int next = set->at[from + length - 1] + 1;
        next = size > 0 && next > size ? 1 : next;
        if (set->at[from + length] != next) {
            break;
        }
        length++;
    }
    return length;
}

/* Whether say_set tells a range: "the months November to February" reads better than without. */
static bool
has_range(const value_set *set, int circle)
{
    bool range = false;
    for (size_t i = 0; i < set->count; i++) {
        range = range || run_length(set, i, circle) >= 3;
    }
    return range;
}

/* "1, 3 and 5 to 9"; ranges from three values on. */
static void
say_set(bp_buf *out, const value_set *set, say_value *say, int circle)
{
    for (size_t i = 0; i < set->count;) {
        size_t length = run_length(set, i, circle);
        size_t told = length >= 3 ? length : 1;
        if (i > 0) {
            bp_buf_add_c(out, i + told == set->count ? " and " : ", ");
        }
        say(out, set->at[i]);
        if (told > 1) {
            bp_buf_add_c(out, " to ");
            say(out, set->at[i + told - 1]);
        }
        i += told;
    }
}

/* The step of three or more values that are equally far apart; 0 if they are not. */
static int
step_of(const value_set *set)
{
    int step = set->count >= 3 ? set->at[1] - set->at[0] : 0;
    for (size_t i = 2; i < set->count; i++) {
        step = set->at[i] - set->at[i - 1] == step ? step : 0;
    }
    return step;
}

/* ---- times of day */

static void
say_minutes(bp_buf *out, const value_set *minutes)
{
    int step = step_of(minutes);
    if (minutes->count == MINUTES) {
        bp_buf_add_c(out, "every minute");
    } else if (step > 1) {
        bp_buf_format(out, "every %d minutes from :%02d to :%02d", step, minutes->at[0],
                      minutes->at[minutes->count - 1]);
    } else {
        bp_buf_add_c(out, "at ");
        say_set(out, minutes, say_minute, 0);
    }
}

/* Many hours with one minute: by their step, or as a list of times and runs of hours. */
static void
say_hours(bp_buf *out, const value_set *hours, int minute)
{
    int step = step_of(hours);
    if (step > 0) {
        bp_buf_add_c(out, step > 1 ? ", every " : ", every hour from ");
        if (step > 1) {
            bp_buf_format(out, "%d hours from ", step);
        }
        say_time(out, hours->at[0] * MINUTES + minute);
        bp_buf_add_c(out, " to ");
        say_time(out, hours->at[hours->count - 1] * MINUTES + minute);
        return;
    }
    bp_buf_add_c(out, " at ");
    say_minute(out, minute);
    bp_buf_add_c(out, " in the hours ");
    say_set(out, hours, say_number, 0);
}

static void
say_times(bp_buf *out, const value_set *hours, const value_set *minutes)
{
    size_t count = hours->count * minutes->count;
    if (count > MOST_TIMES && minutes->count == 1) {
        say_hours(out, hours, minutes->at[0]);
        return;
    }
    bp_buf_add_char(out, ' ');
    if (count > MOST_TIMES) {
        say_minutes(out, minutes);
        bp_buf_add_c(out, hours->count == 1 ? " in the hour " : " in the hours ");
        say_set(out, hours, say_number, 0);
        return;
    }
    value_set times = {.count = 0};
    for (size_t i = 0; i < count; i++) {
        times.at[i] = hours->at[i / minutes->count] * MINUTES + minutes->at[i % minutes->count];
    }
    bp_buf_add_c(out, "at ");
    for (size_t i = 0; i < count; i++) {
        bp_buf_add_c(out, i == 0 ? "" : i + 1 == count ? " and " : ", ");
        say_time(out, times.at[i]);
    }
}

/* ---- days */

static bool
every_day(const bp_schedule *s)
{
    bool all = s->day_kind == BP_SCHEDULE_BY_WEEKDAY
                   ? s->weekday_nth == 0 && (s->weekdays >> 1 & 0x7F) == 0x7F
                   : s->day_kind == BP_SCHEDULE_BY_DATE && s->days >> 1 == 0x7FFFFFFF;
    return all;
}

static void
say_months(bp_buf *out, const bp_schedule *s, const char *before, const char *every)
{
    value_set months = circle_of(s->months, MONTHS, 1);
    if (months.count == MONTHS) {
        bp_buf_add_c(out, every);
        return;
    }
    bp_buf_format(out, " %s %s", before, has_range(&months, MONTHS) ? "the months " : "");
    say_set(out, &months, say_month, MONTHS);
}

static void
say_weekdays(bp_buf *out, const bp_schedule *s)
{
    value_set days = circle_of(s->weekdays, WEEK, 2);
    bp_buf_add_c(out, has_range(&days, WEEK) ? "" : "every ");
    say_set(out, &days, say_weekday, WEEK);
}

static void
say_counted_weekday(bp_buf *out, const bp_schedule *s)
{
    static const char *const counts[] = {"last", "", "first", "second", "third", "fourth", "fifth"};
    value_set days = set_of(s->weekdays, 1, WEEK);
    bp_buf_format(out, "on the %s %s", counts[s->weekday_nth + 1], weekday_names[days.at[0]]);
}

static void
say_dates(bp_buf *out, const value_set *days)
{
    bp_buf_add_c(out, days->count == 1 ? "on day " : "on days ");
    say_set(out, days, say_number, 0);
}

static void
say_end(bp_buf *out, const bp_schedule *s)
{
    bool weekday = s->day_kind == BP_SCHEDULE_LAST_WEEKDAY;
    if (s->day_offset == 0) {
        bp_buf_add_c(out, weekday ? "on the last day from Monday to Friday" : "on the last day");
        return;
    }
    bp_buf_format(out, "%s%d %s before the last day",
                  weekday ? "on the day from Monday to Friday nearest to " : "", s->day_offset,
                  s->day_offset == 1 ? "day" : "days");
}

/* Days of the shortest month that the schedule names, 29 February left out. */
static int
shortest_month(const bp_schedule *s)
{
    int shortest = 31;
    for (int month = 1; month <= MONTHS; month++) {
        int length = bp_month_days(1970, month);
        shortest = (s->months >> month & 1) != 0 && length < shortest ? length : shortest;
    }
    return shortest;
}

/* A day that not every month of the schedule has is skipped there. */
static void
say_skipping(bp_buf *out, const bp_schedule *s)
{
    value_set days = set_of(s->days, 1, 31);
    int needed = 0;
    switch (s->day_kind) {
    case BP_SCHEDULE_BY_WEEKDAY:
        needed = s->weekday_nth == 5 ? 35 : 0;
        break;
    case BP_SCHEDULE_BY_DATE:
        needed = every_day(s) ? 0 : days.at[days.count - 1];
        break;
    case BP_SCHEDULE_NEAREST_WEEKDAY:
        needed = days.at[0];
        break;
    case BP_SCHEDULE_LAST:
    case BP_SCHEDULE_LAST_WEEKDAY:
        needed = s->day_offset + 1;
        break;
    }
    if (needed > shortest_month(s)) {
        bool several = s->day_kind == BP_SCHEDULE_BY_DATE && days.count > 1;
        bp_buf_add_c(out, several ? ", skipping days that a month lacks"
                                  : ", skipping months without it");
    }
}

static void
say_days(bp_buf *out, const bp_schedule *s)
{
    bool weekly = s->day_kind == BP_SCHEDULE_BY_WEEKDAY && s->weekday_nth == 0;
    if (every_day(s) || weekly) {
        if (every_day(s)) {
            bp_buf_add_c(out, "every day");
        } else {
            say_weekdays(out, s);
        }
        say_months(out, s, "in", "");
        return;
    }
    value_set days = set_of(s->days, 1, 31);
    switch (s->day_kind) {
    case BP_SCHEDULE_BY_WEEKDAY:
        say_counted_weekday(out, s);
        break;
    case BP_SCHEDULE_BY_DATE:
        say_dates(out, &days);
        break;
    case BP_SCHEDULE_NEAREST_WEEKDAY:
        bp_buf_format(out, "on the day from Monday to Friday nearest to day %d", days.at[0]);
        break;
    case BP_SCHEDULE_LAST:
    case BP_SCHEDULE_LAST_WEEKDAY:
        say_end(out, s);
        break;
    }
    say_months(out, s, "of", " of every month");
}

static void
say_years(bp_buf *out, const bp_schedule *s)
{
    value_set years = {.count = 0};
    for (int year = BP_SCHEDULE_YEAR; year <= BP_SCHEDULE_LAST_YEAR; year++) {
        int bit = year - BP_SCHEDULE_YEAR;
        if ((s->years[bit / 64] >> (bit % 64) & 1) != 0) {
            years.at[years.count++] = year;
        }
    }
    int step = step_of(&years);
    if (years.count == SET_SIZE || years.count == 0) {
        return;
    }
    if (step > 1) {
        bp_buf_format(out, ", every %d years from %d to %d", step, years.at[0],
                      years.at[years.count - 1]);
        return;
    }
    bp_buf_add_c(out, has_range(&years, 0) ? ", in the years " : ", in ");
    say_set(out, &years, say_number, 0);
}

bp_str
bp_schedule_words(bp_arena *arena, const bp_schedule *schedule)
{
    bp_buf out = {.arena = arena};
    if (schedule->fault != BP_SCHEDULE_GOOD) {
        return bp_buf_text(&out);
    }
    value_set hours = set_of(schedule->hours, 0, HOURS - 1);
    value_set minutes = set_of(schedule->minutes, 0, MINUTES - 1);
    bool all_hours = hours.count == HOURS;
    bool all_days = every_day(schedule) && (schedule->months >> 1 & 0xFFF) == 0xFFF;
    if (all_hours) {
        bp_buf_add_c(&out, minutes.count == MINUTES ? "" : "every hour ");
        say_minutes(&out, &minutes);
        bp_buf_add_c(&out, minutes.count == MINUTES ? "" : " UTC");
    }
    if (!all_hours || !all_days) {
        bp_buf_add_c(&out, all_hours ? ", " : "");
        say_days(&out, schedule);
    }
    if (!all_hours) {
        say_times(&out, &hours, &minutes);
        bp_buf_add_c(&out, " UTC");
    }
    say_years(&out, schedule);
    say_skipping(&out, schedule);
    return bp_buf_text(&out);
}

bp_str
bp_schedule_told(bp_arena *arena, const bp_schedule *schedule, int64_t as_of)
{
    bp_str words = bp_schedule_words(arena, schedule);
    int64_t run;
    if (words.size == 0) {
        return words;
    }
    if (!bp_schedule_next(schedule, as_of, &run)) {
        return bp_str_format(arena, "%.*s; no run ahead", BP_ARG(words));
    }
    bool once = (schedule->hours & (schedule->hours - 1)) == 0 &&
                (schedule->minutes & (schedule->minutes - 1)) == 0;
    bp_str date = bp_instant_date(arena, run);
    bp_str time = bp_str_cut(bp_instant_text(arena, run), date.size + 1, date.size + 6);
    return once ? bp_str_format(arena, "%.*s; next %.*s", BP_ARG(words), BP_ARG(date))
                : bp_str_format(arena, "%.*s; next %.*s at %.*s", BP_ARG(words), BP_ARG(date),
                                BP_ARG(time));
}
