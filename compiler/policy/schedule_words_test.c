/*
 * Schedules in words: the words of a table of expressions, and words of the common forms read back
 * by a reader of their own and held against the computed runs, both ways.
 */
#include "compiler/policy/schedule.h"
#include "lib/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DAY = 24 * 60, RUNS = 50, YEARS = 220 };

static const struct {
    const char *fields;
    const char *words;
} told[] = {
    {"0 5 ? * * *", "every day at 05:00 UTC"},
    {"0 5 * * ? *", "every day at 05:00 UTC"},
    {"15 * ? * * *", "every hour at :15 UTC"},
    {"0/30 * ? * * *", "every hour at :00 and :30 UTC"},
    {"* * ? * * *", "every minute"},
    {"15 * ? * MON *", "every hour at :15 UTC, every Monday"},
    {"0 5,17 ? * * *", "every day at 05:00 and 17:00 UTC"},
    {"30 5,11,17,23 ? * * *", "every day at 05:30, 11:30, 17:30 and 23:30 UTC"},
    {"0 */2 ? * * *", "every day, every 2 hours from 00:00 to 22:00 UTC"},
    {"0 1/3 ? * * *", "every day, every 3 hours from 01:00 to 22:00 UTC"},
    {"15 8-17 ? * MON-FRI *", "Monday to Friday, every hour from 08:15 to 17:15 UTC"},
    {"0 20-2 ? * * *", "every day at :00 in the hours 0 to 2 and 20 to 23 UTC"},
    {"0,59 7 ? * * *", "every day at 07:00 and 07:59 UTC"},
    {"0,30 8-17 ? * * *", "every day at :00 and :30 in the hours 8 to 17 UTC"},
    {"0/15 5 ? * * *", "every day at 05:00, 05:15, 05:30 and 05:45 UTC"},
    {"0 3 ? * MON *", "every Monday at 03:00 UTC"},
    {"0 3 ? * mon,THU *", "every Monday and Thursday at 03:00 UTC"},
    {"0 3 ? * SUN,SAT *", "every Saturday and Sunday at 03:00 UTC"},
    {"0 3 ? * 2-6 *", "Monday to Friday at 03:00 UTC"},
    {"0 3 ? * SAT-MON *", "Saturday to Monday at 03:00 UTC"},
    {"0 3 ? * MON-WED,FRI *", "Monday to Wednesday and Friday at 03:00 UTC"},
    {"0 3 ? * L *", "every Saturday at 03:00 UTC"},
    {"0 3 ? * MON-FRI/2 *", "Monday to Friday at 03:00 UTC"},
    {"0 5 ? * MON#1 *", "on the first Monday of every month at 05:00 UTC"},
    {"0 5 ? * SAT#5 *",
     "on the fifth Saturday of every month at 05:00 UTC, skipping months without it"},
    {"0 5 ? * 6L *", "on the last Friday of every month at 05:00 UTC"},
    {"0 5 ? * 1#1,2 *", "on the first Sunday of every month at 05:00 UTC"},
    {"0 5 ? JAN * *", "every day in January at 05:00 UTC"},
    {"0 5 ? NOV-FEB MON *", "every Monday in the months November to February at 05:00 UTC"},
    {"0 5 1 * ? *", "on day 1 of every month at 05:00 UTC"},
    {"0 5 1,15 * ? *", "on days 1 and 15 of every month at 05:00 UTC"},
    {"0 5 1-5 * ? *", "on days 1 to 5 of every month at 05:00 UTC"},
    {"0 5 1-5W * ? *", "on days 1 to 5 of every month at 05:00 UTC"},
    {"0 5 31 * ? *", "on day 31 of every month at 05:00 UTC, skipping months without it"},
    {"0 5 29-31 * ? *",
     "on days 29 to 31 of every month at 05:00 UTC, skipping days that a month lacks"},
    {"0 5 29 FEB ? *", "on day 29 of February at 05:00 UTC, skipping months without it"},
    {"0 5 31 JAN,MAR ? *", "on day 31 of January and March at 05:00 UTC"},
    {"0 5 30 APR,JUN ? *", "on day 30 of April and June at 05:00 UTC"},
    {"0 5 L * ? *", "on the last day of every month at 05:00 UTC"},
    {"0 5 L-3 * ? *", "3 days before the last day of every month at 05:00 UTC"},
    {"0 5 L-1 * ? *", "1 day before the last day of every month at 05:00 UTC"},
    {"0 5 L-30 * ? *",
     "30 days before the last day of every month at 05:00 UTC, skipping months without it"},
    {"0 5 LW * ? *", "on the last day from Monday to Friday of every month at 05:00 UTC"},
    {"0 5 L-3W * ? *", "on the day from Monday to Friday nearest to 3 days before the last day of "
                       "every month at 05:00 UTC"},
    {"0 5 15W * ? *",
     "on the day from Monday to Friday nearest to day 15 of every month at 05:00 UTC"},
    {"0 5 31W * ? *", "on the day from Monday to Friday nearest to day 31 of every month at 05:00 "
                      "UTC, skipping months without it"},
    {"0 5 1W,15W * ? *",
     "on the day from Monday to Friday nearest to day 1 of every month at 05:00 UTC"},
    {"0 5 1/28 JAN ? *", "on days 1 and 29 of January at 05:00 UTC"},
    {"0 5 1 1,4,7,10 ? *", "on day 1 of January, April, July and October at 05:00 UTC"},
    {"0 5 1 JAN ? 2030", "on day 1 of January at 05:00 UTC, in 2030"},
    {"0 5 1 JAN ? 2030,2031", "on day 1 of January at 05:00 UTC, in 2030 and 2031"},
    {"0 5 1 JAN ? 2030-2035", "on day 1 of January at 05:00 UTC, in the years 2030 to 2035"},
    {"0 5 1 JAN ? 2030/2", "on day 1 of January at 05:00 UTC, every 2 years from 2030 to 2198"},
    {"5,10,20 1,3,9 ? * * *", "every day at :05, :10 and :20 in the hours 1, 3 and 9 UTC"},
    {"7 0-3,20-23 ? * * *", "every day at :07 in the hours 0 to 3 and 20 to 23 UTC"},
    {"0 5 1 * ? * *", "on day 1 of every month at 05:00 UTC"},
    {"0 5 1 * ?", "on day 1 of every month at 05:00 UTC"},
};

static void
words_of_expressions(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    assert_true(sizeof told / sizeof told[0] >= 40);
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        bp_schedule schedule =
            bp_schedule_parse(arena, bp_str_format(arena, "cron(%s)", told[i].fields));
        assert_int_equal(schedule.fault, BP_SCHEDULE_GOOD);
        bp_str words = bp_schedule_words(arena, &schedule);
        if (!bp_str_is(words, told[i].words)) {
            fail_msg("%s\n  says   %.*s\n  wanted %s", told[i].fields, BP_ARG(words),
                     told[i].words);
        }
    }
    bp_arena_free(arena);
}

static void
the_next_run_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *words;
    } cases[] = {
        {"cron(0 5 ? * * *)", "every day at 05:00 UTC; next 2026-11-03"},
        {"cron(0 8 ? * * *)", "every day at 08:00 UTC; next 2026-11-02"},
        {"cron(0 5,17 ? * * *)", "every day at 05:00 and 17:00 UTC; next 2026-11-02 at 17:00"},
        {"cron(0 5 31 FEB ? *)",
         "on day 31 of February at 05:00 UTC, skipping months without it; no run ahead"},
        {"cron(0 5 1 JAN ? 2030)", "on day 1 of January at 05:00 UTC, in 2030; next 2030-01-01"},
        {"cron(0 5 1 JAN ? 2020)", "on day 1 of January at 05:00 UTC, in 2020; no run ahead"},
        {"cron(0 5 1 * ? * * *)", "on day 1 of every month at 05:00 UTC; next 2026-12-01"},
        {"cron(0 5 * * *)", ""},
        {"nightly", ""},
        {"", ""},
    };
    bp_arena *arena = bp_arena_new(NULL);
    int64_t as_of;
    assert_true(bp_instant_parse(BP_STR("2026-11-02T07:00:00Z"), &as_of));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bp_schedule schedule = bp_schedule_parse(arena, bp_str_of(cases[i].text));
        assert_string_equal(bp_str_c(arena, bp_schedule_told(arena, &schedule, as_of)),
                            cases[i].words);
    }
    bp_arena_free(arena);
}

/* ---- a reader of words */

typedef struct claim {
    bool times[DAY];
    bool weekdays[8];
    bool dates[32];
    bool months[13];
    int nth; /* 1 to 5; -1 = last; 0 = every */
    bool by_date;
    bool last_day;
    int nearest;
    int year_first;
    int year_last;
} claim;

static const char *const weekdays[] = {"",          "Sunday",   "Monday", "Tuesday",
                                       "Wednesday", "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"",        "January",  "February", "March",  "April",
                                     "May",     "June",     "July",     "August", "September",
                                     "October", "November", "December"};

static bool
take(const char **at, const char *word)
{
    size_t size = strlen(word);
    bool here = strncmp(*at, word, size) == 0;
    *at += here ? size : 0;
    return here;
}

static int
take_name(const char **at, const char *const *names, int count)
{
    for (int i = 1; i < count; i++) {
        if (take(at, names[i])) {
            return i;
        }
    }
    return 0;
}

static int
take_number(const char **at)
{
    int number = 0;
    assert_true(bp_is_digit(**at));
    while (bp_is_digit(**at)) {
        number = number * 10 + *(*at)++ - '0';
    }
    return number;
}

static int
take_value(const char **at, const char *const *names, int size)
{
    int value = names != NULL ? take_name(at, names, size + 1) : take_number(at);
    assert_true(value >= 1 && value <= size);
    return value;
}

/* A comma that a value follows; behind a list another part may follow. */
static bool
take_comma(const char **at, const char *const *names, int size)
{
    const char *next = *at;
    const char *value = *at;
    if (!take(&next, ", ") && !take(&next, " and ")) {
        return false;
    }
    value = next;
    if (names != NULL ? take_name(&value, names, size + 1) == 0 : !bp_is_digit(*value)) {
        return false;
    }
    *at = next;
    return true;
}

/* "a, b and c to d", round a circle. */
static void
take_set(const char **at, const char *const *names, int size, bool *set)
{
    do {
        int value = take_value(at, names, size);
        set[value] = true;
        if (take(at, " to ")) {
            int end = take_value(at, names, size);
            while (value != end) {
                value = value % size + 1;
                set[value] = true;
            }
        }
    } while (take_comma(at, names, size));
}

static int
take_time(const char **at)
{
    int hour = take_number(at);
    assert_true(take(at, ":"));
    return hour * 60 + take_number(at);
}

static void
take_times(const char **at, claim *c)
{
    int step = 0;
    if (take(at, " at ")) {
        do {
            c->times[take_time(at)] = true;
        } while (take(at, ", ") || take(at, " and "));
    } else if (take(at, ", every hour from ")) {
        step = 60;
    } else {
        assert_true(take(at, ", every "));
        step = 60 * take_number(at);
        assert_true(take(at, " hours from "));
    }
    if (step > 0) {
        int from = take_time(at);
        assert_true(take(at, " to "));
        for (int to = take_time(at); from <= to; from += step) {
            c->times[from] = true;
        }
    }
    assert_true(take(at, " UTC"));
}

static void
take_days(const char **at, claim *c)
{
    static const char *const counts[] = {"", "first ", "second ", "third ", "fourth ", "fifth "};
    if (take(at, "every day")) {
        memset(c->weekdays, true, sizeof c->weekdays);
    } else if (take(at, "on the last day")) {
        c->last_day = true;
    } else if (take(at, "on the day from Monday to Friday nearest to day ")) {
        c->nearest = take_number(at);
    } else if (take(at, "on the ")) {
        c->nth = take_name(at, counts, 6);
        if (c->nth == 0) {
            assert_true(take(at, "last "));
            c->nth = -1;
        }
        c->weekdays[take_value(at, weekdays, 7)] = true;
    } else if (take(at, "on days ") || take(at, "on day ")) {
        c->by_date = true;
        take_set(at, NULL, 31, c->dates);
    } else {
        take(at, "every ");
        take_set(at, weekdays, 7, c->weekdays);
    }
    if (take(at, " of every month") ||
        !(take(at, " of the months ") || take(at, " in the months ") || take(at, " of ") ||
          take(at, " in "))) {
        memset(c->months, true, sizeof c->months);
    } else {
        take_set(at, months, 12, c->months);
    }
}

static claim
read_words(const char *words)
{
    claim c = {.year_first = 1, .year_last = 9999};
    const char *at = words;
    if (take(&at, "every hour at :")) {
        for (int minute = take_number(&at); minute < DAY; minute += 60) {
            c.times[minute] = true;
        }
        assert_true(take(&at, " UTC"));
        const char *days = "every day";
        bool year = strncmp(at, ", in ", 5) == 0;
        take_days(!year && take(&at, ", ") ? &at : &days, &c);
    } else {
        take_days(&at, &c);
        take_times(&at, &c);
    }
    if (take(&at, ", in the years ") || take(&at, ", in ")) {
        c.year_first = take_number(&at);
        c.year_last = take(&at, " to ") || take(&at, " and ") ? take_number(&at) : c.year_first;
    }
    if (!take(&at, ", skipping months without it")) {
        take(&at, ", skipping days that a month lacks");
    }
    if (*at != '\0') {
        fail_msg("not read: \"%s\" in \"%s\"", at, words);
    }
    return c;
}

static bool
is_nearest(bp_date date, int wanted)
{
    int weekday = bp_date_weekday(date);
    int length = bp_month_days(date.year, date.month);
    if (wanted > length || weekday == 1 || weekday == 7) {
        return false;
    }
    /* The wanted day itself, or the working day beside the weekend that it lies in. */
    for (int distance = 0; distance <= 2; distance++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            int day = wanted + sign * distance;
            if (day < 1 || day > length) {
                continue;
            }
            int candidate = bp_date_weekday((bp_date){date.year, date.month, day});
            if (candidate != 1 && candidate != 7) {
                return day == date.day;
            }
        }
    }
    return false;
}

static bool
claims_day(const claim *c, int64_t day)
{
    bp_date date = bp_days_date(day);
    int length = bp_month_days(date.year, date.month);
    if (!c->months[date.month] || date.year < c->year_first || date.year > c->year_last) {
        return false;
    }
    if (c->by_date) {
        return c->dates[date.day];
    }
    if (c->last_day) {
        return date.day == length;
    }
    if (c->nearest > 0) {
        return is_nearest(date, c->nearest);
    }
    bool counted =
        c->nth == 0 || (c->nth == -1 ? date.day + 7 > length : (date.day - 1) / 7 + 1 == c->nth);
    return counted && c->weekdays[bp_date_weekday(date)];
}

/* The first RUNS runs that the words claim are those that are computed, none more and none less. */
static void
hold_against_runs(bp_arena *arena, bp_str text, int64_t as_of)
{
    bp_schedule schedule = bp_schedule_parse(arena, text);
    assert_int_equal(schedule.fault, BP_SCHEDULE_GOOD);
    const char *words = bp_str_c(arena, bp_schedule_words(arena, &schedule));
    claim c = read_words(words);
    int64_t run = as_of;
    bool more = bp_schedule_next(&schedule, run, &run);
    int64_t first = as_of / 86400;
    int count = 0;
    for (int64_t day = first; count < RUNS && day < first + (int64_t)YEARS * 366; day++) {
        if (bp_days_date(day).year > BP_SCHEDULE_LAST_YEAR) {
            break;
        }
        bool claimed_day = claims_day(&c, day);
        for (int minute = 0; claimed_day && count < RUNS && minute < DAY; minute++) {
            int64_t claimed = (day * DAY + minute) * 60;
            if (!c.times[minute] || claimed <= as_of) {
                continue;
            }
            if (!more || run != claimed) {
                fail_msg("%.*s \"%s\": claims %.*s", BP_ARG(text), words,
                         BP_ARG(bp_instant_text(arena, claimed)));
            }
            count++;
            more = bp_schedule_next(&schedule, run, &run);
        }
    }
    if (count < RUNS && more) {
        fail_msg("%.*s \"%s\": does not claim %.*s", BP_ARG(text), words,
                 BP_ARG(bp_instant_text(arena, run)));
    }
}

static void
words_claim_the_runs_and_no_others(void **state)
{
    (void)state;
    static const char *const times[] = {"0 5",   "30 5,17", "59 23",         "15 *",
                                        "0 */2", "7 8-17",  "30 5,11,17,23", "0 1/3"};
    static const char *const days[] = {
        "? %s *",     "? %s MON", "? %s MON,THU", "? %s MON-FRI",     "? %s SAT-MON", "? %s MON#1",
        "? %s SAT#5", "? %s 6L",  "? %s L",       "? %s SUN,TUE-THU", "* %s ?",       "1 %s ?",
        "1,15 %s ?",  "31 %s ?",  "L %s ?",       "15W %s ?",         "1W %s ?",      "31W %s ?",
        "28-30 %s ?", "1/7 %s ?", "29 %s ?",      "1W,15W %s ?"};
    static const char *const in_months[] = {"*", "JAN", "FEB", "NOV-FEB", "1/3", "4,6,9"};
    static const char *const years[] = {"*", "2027,2028", "2026-2031"};
    static const char *const instants[] = {"2026-11-02", "2027-02-28T23:59:59Z"};
    size_t tried = 0;
    for (size_t d = 0; d < sizeof days / sizeof days[0]; d++) {
        bp_arena *arena = bp_arena_new(NULL);
        for (size_t i = 0; i < 6 * 8 * 3; i++) {
            bp_str form = bp_str_of(days[d]);
            size_t hole = bp_str_find(form, '%');
            int64_t as_of;
            assert_true(bp_instant_parse(bp_str_of(instants[(d + i) % 2]), &as_of));
            hold_against_runs(arena,
                              bp_str_format(arena, "cron(%s %.*s%s%.*s %s)", times[i % 8],
                                            BP_ARG(bp_str_cut(form, 0, hole)), in_months[i / 8 % 6],
                                            BP_ARG(bp_str_cut(form, hole + 2, form.size)),
                                            years[i / 48 % 3]),
                              as_of);
            tried++;
        }
        bp_arena_free(arena);
    }
    assert_true(tried > 3000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_expressions),
        cmocka_unit_test(the_next_run_is_told),
        cmocka_unit_test(words_claim_the_runs_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
