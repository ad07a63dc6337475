/*
 * Schedules against the answers of the real service: expressions that CreatePolicy took or refused
 * on 2026-09-13 at the instant given, alone or with the archive switch on (90 days in cold
 * storage). Then runs, cadence, and where a fault is said to be.
 */
#include "compiler/policy/schedule.h"
#include "lib/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { PLAIN, ARCHIVED };
enum { REFUSED, ACCEPTED };

typedef struct verdict {
    const char *text;
    const char *instant;
    int archive;
    int accepted;
} verdict;

/* clang-format off */
static const verdict recorded[] = {
    {"cron(0 5 1,15 * ? *)", "2026-09-13T06:57:52Z", PLAIN, ACCEPTED},
    {"cron(0/15 * ? * * *)", "2026-09-13T06:57:52Z", PLAIN, REFUSED},
    {"cron(0 5 ? * MON#2 *)", "2026-09-13T06:57:52Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? JAN * 2200)", "2026-09-13T06:57:52Z", PLAIN, REFUSED},
    {"cron(0 5 ? * MON-FRI *)", "2026-09-13T06:57:52Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? * MON#2,TUE#3 *)", "2026-09-13T06:57:52Z", PLAIN, REFUSED},
    {"cron(0 5 ? NOV-FEB * *)", "2026-09-13T06:57:52Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? JAN * 1969)", "2026-09-13T06:57:52Z", PLAIN, REFUSED},
    {"nightly", "2026-09-13T06:57:52Z", PLAIN, REFUSED},
    {"cron(0 5 ? * * 9999)", "2026-09-13T06:57:52Z", PLAIN, REFUSED},
    {"cron(0 5 15W * ? *)", "2026-09-13T06:57:52Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? * 0 *)", "2026-09-13T06:57:52Z", PLAIN, REFUSED},
    {"cron(0 5 ? * mon *)", "2026-09-13T06:57:52Z", PLAIN, ACCEPTED},
    {"cron(0 5 L * ? *)", "2026-09-13T06:57:52Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? JAN * 2030/2)", "2026-09-13T06:57:52Z", PLAIN, ACCEPTED},
    {"cron(0,59 7 ? * * *)", "2026-09-13T07:40:34Z", PLAIN, ACCEPTED},
    {"cron(0,59 8 ? * * *)", "2026-09-13T07:40:34Z", PLAIN, REFUSED},
    {"cron(0 5 1,29 JAN ? *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5 1,29 FEB ? *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5 1,28 FEB ? *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5 1/28 JAN ? *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5 1/28 * ? *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5 1,1 * ? *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5,5 1 * ? *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5-5 1 * ? *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5,6 1 * ? *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? * MON#1 *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? FEB SAT#5 *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? * SUN#5 *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5 31W * ? *)", "2026-09-13T07:32:15Z", PLAIN, ACCEPTED},
    {"cron(0 5 31 FEB ? *)", "2026-09-13T07:32:15Z", PLAIN, REFUSED},
    {"cron(0 5 1 JAN ? 2025)", "2026-09-13T07:32:15Z", PLAIN, REFUSED},
    {"cron(0 5 1,29 JAN,FEB ? *)", "2026-09-13T07:36:05Z", PLAIN, ACCEPTED},
    {"cron(0 5 1,29 JAN,MAR ? *)", "2026-09-13T07:36:05Z", PLAIN, ACCEPTED},
    {"cron(0 5 1,28 JAN,FEB ? *)", "2026-09-13T07:36:05Z", PLAIN, ACCEPTED},
    {"cron(0 5 1,30 JAN,FEB ? *)", "2026-09-13T07:36:05Z", PLAIN, ACCEPTED},
    {"cron(0 5 1 JAN ? 2030,2031)", "2026-09-13T07:36:05Z", PLAIN, ACCEPTED},
    {"cron(0 5 1 JAN ? 1970,1971)", "2026-09-13T07:36:05Z", PLAIN, REFUSED},
    {"cron(0 5 31W FEB ? *)", "2026-09-13T07:42:31Z", PLAIN, REFUSED},
    {"cron(0 5 L-3W * ? *)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0 5 L-30 * ? *)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? * 1L *)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? * 0L *)", "2026-09-13T07:42:31Z", PLAIN, REFUSED},
    {"cron(0 5 ? * MONL *)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? * 7-1 *)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? JAN * 2035-2030)", "2026-09-13T07:42:31Z", PLAIN, REFUSED},
    {"cron(0 5 1-5W * ? *)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0 5 1W,15W * ? *)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? * 1#1,2 *)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0 5 L,L * ? *)", "2026-09-13T07:42:31Z", PLAIN, REFUSED},
    {"cron(0 5 ? * MON#1/2 *)", "2026-09-13T07:42:31Z", PLAIN, REFUSED},
    {"cron(*/60 5 ? * * *)", "2026-09-13T07:03:25Z", PLAIN, REFUSED},
    {"cron(0/59 5 ? * * *)", "2026-09-13T07:03:25Z", PLAIN, REFUSED},
    {"cron(1/59 5 ? * * *)", "2026-09-13T07:03:25Z", PLAIN, ACCEPTED},
    {"cron(0,0 5 ? * * *)", "2026-09-13T07:03:25Z", PLAIN, ACCEPTED},
    {"cron(44,46 8 ? * * *)", "2026-09-13T08:46:03Z", PLAIN, REFUSED},
    {"cron(0 5 1 JAN ? *)", "2026-09-13T08:46:17Z", PLAIN, ACCEPTED},
    {"cron(0 5 1 * ? *)", "2026-09-13T07:04:35Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 1 1 ? *)", "2026-09-13T07:04:35Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 ? * * *)", "2026-09-13T07:05:59Z", ARCHIVED, REFUSED},
    {"cron(0 5 1 * ? *)", "2026-09-13T07:05:59Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 ? * SUN *)", "2026-09-13T07:05:59Z", ARCHIVED, REFUSED},
    {"cron(0 5 1,29 JAN ? *)", "2026-09-13T07:32:15Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 1,29 * ? *)", "2026-09-13T07:32:15Z", ARCHIVED, REFUSED},
    {"cron(0 5 1,30 JAN ? *)", "2026-09-13T07:32:15Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 1/28 * ? *)", "2026-09-13T07:32:15Z", ARCHIVED, REFUSED},
    {"cron(0 5 L-3 * ? *)", "2026-09-13T07:32:15Z", ARCHIVED, ACCEPTED},
    {"cron(0 5-5 1 * ? *)", "2026-09-13T07:32:15Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 ? * MON#1 *)", "2026-09-13T07:32:15Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 ? * SUN#5 *)", "2026-09-13T07:32:15Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 15W * ? *)", "2026-09-13T07:32:15Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 31W * ? *)", "2026-09-13T07:32:15Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 LW * ? *)", "2026-09-13T07:32:15Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 31 FEB ? *)", "2026-09-13T07:32:15Z", ARCHIVED, REFUSED},
    {"cron(0 5 29 FEB ? 2027)", "2026-09-13T07:32:15Z", ARCHIVED, REFUSED},
    {"cron(0 5 29 FEB ? 2028)", "2026-09-13T07:32:15Z", ARCHIVED, REFUSED},
    {"cron(0 5 1 JAN ? 1970)", "2026-09-13T07:32:15Z", ARCHIVED, REFUSED},
    {"cron(0 5 ? * * *)", "2026-09-13T07:32:15Z", ARCHIVED, REFUSED},
    {"cron(0 5 ? JAN * 1970)", "2026-09-13T07:36:05Z", ARCHIVED, REFUSED},
    {"cron(0 5 1 JAN ? 2030,2031)", "2026-09-13T07:36:05Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 ? * 1#1,2 *)", "2026-09-13T08:52:46Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 ? * 1,2#1 *)", "2026-09-13T08:52:46Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 ? * 1-2L *)", "2026-09-13T08:52:46Z", ARCHIVED, REFUSED},
    {"cron(0 5 1W,15W * ? *)", "2026-09-13T08:52:46Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 1-5W * ? *)", "2026-09-13T08:52:46Z", ARCHIVED, REFUSED},
    {"cron(0 5 ? * L *)", "2026-09-13T08:52:46Z", ARCHIVED, REFUSED},
    {"cron(0 5 1 * ? * garbage)", "2026-09-13T08:52:46Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 L-3W * ? *)", "2026-09-13T08:52:46Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 1 * ? *)", "2026-09-13T08:53:12Z", ARCHIVED, ACCEPTED},
    /* The same two minutes, seconds before and after the second of them. */
    {"cron(44,46 8 ? * * *)", "2026-09-13T08:45:51Z", PLAIN, ACCEPTED},
    /* Told of the same recordings. */
    {"", "2026-09-13T06:57:52Z", PLAIN, REFUSED},
    {"rate(1 day)", "2026-09-13T06:57:52Z", PLAIN, REFUSED},
    {"cron(0 5 ? * * *) ", "2026-09-13T06:57:52Z", PLAIN, REFUSED},
    {"cron(0  5 ? * * *)", "2026-09-13T06:57:52Z", PLAIN, ACCEPTED},
    {"cron(0 5 1 * ?)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0 5 1 * ?)", "2026-09-13T07:42:31Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 1 * ? * *)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0,59 6 ? * * *)", "2026-09-13T07:40:34Z", PLAIN, REFUSED},
    {"cron(0 20-2 ? * * *)", "2026-09-13T07:40:34Z", PLAIN, ACCEPTED},
    {"cron(0/60 5 ? * * *)", "2026-09-13T07:03:25Z", PLAIN, REFUSED},
    {"cron(0 5 ? * MON-FRI/2 *)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0 5 L-31 * ? *)", "2026-09-13T07:42:31Z", PLAIN, REFUSED},
    {"cron(0 5 ? * 1L,2L *)", "2026-09-13T07:42:31Z", PLAIN, REFUSED},
    {"cron(0 5 ? * L *)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? * 6L *)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(0 5 ? * MON#0 *)", "2026-09-13T07:42:31Z", PLAIN, REFUSED},
    {"cron(0 5 ? * MON#6 *)", "2026-09-13T07:42:31Z", PLAIN, REFUSED},
    {"cron(0 5 29 FEB ? 2028)", "2026-09-13T07:32:15Z", PLAIN, REFUSED},
    {"cron(0 5 29 FEB ? 2028,2032)", "2026-09-13T07:36:05Z", PLAIN, ACCEPTED},
    {"cron(0 5 1 JAN ? 2030)", "2026-09-13T07:36:05Z", PLAIN, REFUSED},
    {"cron(0 5 1,28 FEB ? *)", "2026-09-13T07:32:15Z", ARCHIVED, REFUSED},
    {"cron(0 5 1,28 JAN,FEB ? *)", "2026-09-13T07:36:05Z", ARCHIVED, REFUSED},
    {"cron(0 5 1,29 JAN,FEB ? *)", "2026-09-13T07:36:05Z", ARCHIVED, ACCEPTED},
    {"cron(0 5 ? JAN * 2030-2035)", "2026-09-13T07:42:31Z", PLAIN, ACCEPTED},
    {"cron(* * * * * *)", "2026-09-13T06:57:52Z", PLAIN, REFUSED},
};
/* clang-format on */

static int
set_up(void **state)
{
    *state = bp_arena_new(NULL);
    return 0;
}

static int
tear_down(void **state)
{
    bp_arena_free(*state);
    return 0;
}

static int64_t
instant_of(const char *text)
{
    int64_t instant = 0;
    assert_true(bp_instant_parse(bp_str_of(text), &instant));
    return instant;
}

static bool
accepted(const bp_schedule *schedule, int64_t instant, bool archive)
{
    int64_t first;
    int64_t second;
    int64_t last;
    if (schedule->fault != BP_SCHEDULE_GOOD) {
        return false;
    }
    bp_cadence cadence = bp_schedule_cadence(schedule, instant, &first, &second, &last);
    if (cadence != BP_CADENCE_FINE && cadence != BP_CADENCE_BY_CHANCE) {
        return false;
    }
    int64_t a;
    int64_t b;
    return !archive || (bp_schedule_next(schedule, instant, &a) &&
                        bp_schedule_next(schedule, a, &b) && b - a >= 28 * 86400);
}

static void
verdicts_of_the_service(void **state)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof recorded / sizeof recorded[0]; i++) {
        const verdict *v = &recorded[i];
        bp_schedule schedule = bp_schedule_parse(*state, bp_str_of(v->text));
        bool got = accepted(&schedule, instant_of(v->instant), v->archive == ARCHIVED);
        if (got != (v->accepted == ACCEPTED)) {
            print_error("%s at %s%s: %s\n", v->text, v->instant,
                        v->archive == ARCHIVED ? " with archive" : "",
                        got ? "accepted here, refused there" : "refused here, accepted there");
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* The next runs after 2026-11-02, a Monday. */
static void
runs(void **state)
{
    static const struct {
        const char *text;
        const char *next[3];
    } cases[] = {
        {"cron(0 5 ? * * *)",
         {"2026-11-02T05:00:00Z", "2026-11-03T05:00:00Z", "2026-11-04T05:00:00Z"}},
        {"cron(30 5,17 ? * * *)",
         {"2026-11-02T05:30:00Z", "2026-11-02T17:30:00Z", "2026-11-03T05:30:00Z"}},
        {"cron(0 0 ? * 2 *)",
         {"2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"}},
        {"cron(0 22-1 ? * SUN *)",
         {"2026-11-08T00:00:00Z", "2026-11-08T01:00:00Z", "2026-11-08T22:00:00Z"}},
        {"cron(0 5 31 * ? *)",
         {"2026-12-31T05:00:00Z", "2027-01-31T05:00:00Z", "2027-03-31T05:00:00Z"}},
        {"cron(0 5 L * ? *)",
         {"2026-11-30T05:00:00Z", "2026-12-31T05:00:00Z", "2027-01-31T05:00:00Z"}},
        {"cron(0 5 L-3 FEB ? *)",
         {"2027-02-25T05:00:00Z", "2028-02-26T05:00:00Z", "2029-02-25T05:00:00Z"}},
        {"cron(0 5 LW * ? *)",
         {"2026-11-30T05:00:00Z", "2026-12-31T05:00:00Z", "2027-01-29T05:00:00Z"}},
        {"cron(0 5 15W * ? *)",
         {"2026-11-16T05:00:00Z", "2026-12-15T05:00:00Z", "2027-01-15T05:00:00Z"}},
        {"cron(0 5 1W * ? 2027)",
         {"2027-01-01T05:00:00Z", "2027-02-01T05:00:00Z", "2027-03-01T05:00:00Z"}},
        {"cron(0 5 1W MAY ? *)",
         {"2027-05-03T05:00:00Z", "2028-05-01T05:00:00Z", "2029-05-01T05:00:00Z"}},
        {"cron(0 5 31W JAN ? *)",
         {"2027-01-29T05:00:00Z", "2028-01-31T05:00:00Z", "2029-01-31T05:00:00Z"}},
        {"cron(0 5 1W,15W * ? *)",
         {"2026-11-02T05:00:00Z", "2026-12-01T05:00:00Z", "2027-01-01T05:00:00Z"}},
        {"cron(0 5 ? * 6L *)",
         {"2026-11-27T05:00:00Z", "2026-12-25T05:00:00Z", "2027-01-29T05:00:00Z"}},
        {"cron(0 5 ? * L *)",
         {"2026-11-07T05:00:00Z", "2026-11-14T05:00:00Z", "2026-11-21T05:00:00Z"}},
        {"cron(0 5 ? * MON#1 *)",
         {"2026-11-02T05:00:00Z", "2026-12-07T05:00:00Z", "2027-01-04T05:00:00Z"}},
        {"cron(0 5 ? * 1#1,2 *)",
         {"2026-12-06T05:00:00Z", "2027-01-03T05:00:00Z", "2027-02-07T05:00:00Z"}},
        {"cron(0 5 ? FEB SAT#5 *)", {"2048-02-29T05:00:00Z", "2076-02-29T05:00:00Z", NULL}},
        {"cron(0 5 29 FEB ? *)",
         {"2028-02-29T05:00:00Z", "2032-02-29T05:00:00Z", "2036-02-29T05:00:00Z"}},
        {"cron(0 5 1/10 1/6 ? *)",
         {"2027-01-01T05:00:00Z", "2027-01-11T05:00:00Z", "2027-01-21T05:00:00Z"}},
        {"cron(0 5 10-20/5 NOV ? *)",
         {"2026-11-10T05:00:00Z", "2026-11-15T05:00:00Z", "2026-11-20T05:00:00Z"}},
        {"cron(0 0 1 1 ? 2198,2199)", {"2198-01-01T00:00:00Z", "2199-01-01T00:00:00Z", ""}},
        {"cron(0 5 31 JUN ? *)", {"", NULL, NULL}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bp_schedule schedule = bp_schedule_parse(*state, bp_str_of(cases[i].text));
        assert_int_equal(schedule.fault, BP_SCHEDULE_GOOD);
        int64_t at = instant_of("2026-11-02");
        for (size_t k = 0; k < 3 && cases[i].next[k] != NULL; k++) {
            bool found = bp_schedule_next(&schedule, at, &at);
            if (cases[i].next[k][0] == '\0') {
                assert_false(found);
                break;
            }
            assert_true(found);
            assert_string_equal(bp_str_c(*state, bp_instant_text(*state, at)), cases[i].next[k]);
        }
    }
}

/* Strictly after: the instant of a run is not its own next run. Before 1970 counts too. */
static void
edges_of_time(void **state)
{
    bp_schedule daily = bp_schedule_parse(*state, BP_STR("cron(0 5 ? * * *)"));
    int64_t run;
    assert_true(bp_schedule_next(&daily, instant_of("2026-11-02T05:00:00Z"), &run));
    assert_int_equal(run, instant_of("2026-11-03T05:00:00Z"));
    assert_true(bp_schedule_next(&daily, instant_of("2026-11-02T04:59:59Z"), &run));
    assert_int_equal(run, instant_of("2026-11-02T05:00:00Z"));
    assert_true(bp_schedule_next(&daily, -86400 * 400 - 1, &run));
    assert_int_equal(run, instant_of("1970-01-01T05:00:00Z"));
    assert_true(bp_schedule_next(&daily, instant_of("2199-12-31T04:59:00Z"), &run));
    assert_false(bp_schedule_next(&daily, instant_of("2199-12-31T05:00:00Z"), &run));
    assert_false(bp_schedule_next(&daily, INT64_MAX / 2, &run));
}

static void
judge(void **state, const char *text, bp_cadence expected, const char *first, const char *second)
{
    bp_schedule schedule = bp_schedule_parse(*state, bp_str_of(text));
    int64_t a;
    int64_t b;
    int64_t last;
    assert_int_equal(schedule.fault, BP_SCHEDULE_GOOD);
    assert_int_equal(
        bp_schedule_cadence(&schedule, instant_of("2026-11-02T06:30:00Z"), &a, &b, &last),
        expected);
    if (first != NULL) {
        assert_int_equal(a, first[0] == '\0' ? 0 : instant_of(first));
    }
    if (second != NULL) {
        assert_int_equal(b, second[0] == '\0' ? 0 : instant_of(second));
    }
}

static void
cadence(void **state)
{
    judge(state, "cron(0 5 ? * * *)", BP_CADENCE_FINE, "2026-11-03T05:00:00Z",
          "2026-11-04T05:00:00Z");
    judge(state, "cron(0 * ? * * *)", BP_CADENCE_FINE, NULL, NULL);
    judge(state, "cron(0/30 * ? * * *)", BP_CADENCE_TOO_FREQUENT, "2026-11-02T07:00:00Z",
          "2026-11-02T07:30:00Z");
    judge(state, "cron(0,59 6 ? * * *)", BP_CADENCE_BY_CHANCE, "2026-11-03T06:00:00Z",
          "2026-11-03T06:59:00Z");
    /* The closest pair, not the first one. */
    judge(state, "cron(0,20,59 6 ? * 3 *)", BP_CADENCE_TOO_FREQUENT, "2026-11-03T06:00:00Z",
          "2026-11-03T06:20:00Z");
    judge(state, "cron(0,25,59 6 ? * 2 *)", BP_CADENCE_BY_CHANCE, "2026-11-09T06:00:00Z",
          "2026-11-09T06:25:00Z");
    judge(state, "cron(5 0,1 ? * SAT,SUN *)", BP_CADENCE_FINE, NULL, NULL);
    judge(state, "cron(0 0-23 1 * ? *)", BP_CADENCE_FINE, NULL, NULL);
    judge(state, "cron(59 0,23 ? * * 2026)", BP_CADENCE_FINE, NULL, NULL);
    judge(state, "cron(1 1 1 1 ? 2027)", BP_CADENCE_NEVER, "2027-01-01T01:01:00Z", "");
    judge(state, "cron(1 1 1 1 ? 2020)", BP_CADENCE_NEVER, "", "");
}

/* The last run of a day and the first of the next one are a pair too, where both days run. */
static void
cadence_over_midnight(void **state)
{
    bp_schedule schedule = bp_schedule_parse(*state, BP_STR("cron(0,59 0,23 ? * * *)"));
    int64_t a;
    int64_t b;
    int64_t last;
    assert_int_equal(
        bp_schedule_cadence(&schedule, instant_of("2026-11-02T00:30:00Z"), &a, &b, &last),
        BP_CADENCE_BY_CHANCE);
    assert_int_equal(a, instant_of("2026-11-02T23:59:00Z"));
    assert_int_equal(b, instant_of("2026-11-03T00:00:00Z"));
    assert_int_equal(
        bp_schedule_cadence(&schedule, instant_of("2026-11-02T23:30:00Z"), &a, &b, &last),
        BP_CADENCE_TOO_FREQUENT);
    assert_int_equal(b - a, 60);
    /* Days that never follow each other: the pair within the day is the closest. */
    schedule = bp_schedule_parse(*state, BP_STR("cron(0,59 0,23 1,3 * ? *)"));
    assert_int_equal(
        bp_schedule_cadence(&schedule, instant_of("2026-11-03T00:30:00Z"), &a, &b, &last),
        BP_CADENCE_BY_CHANCE);
    assert_int_equal(b - a, 59 * 60);
    assert_int_equal(a, instant_of("2026-11-03T23:00:00Z"));
}

static void
last_run(void **state)
{
    bp_schedule schedule = bp_schedule_parse(*state, BP_STR("cron(15 3 28 2 ? 2024,2025)"));
    int64_t first;
    int64_t second;
    int64_t last;
    assert_int_equal(
        bp_schedule_cadence(&schedule, instant_of("2026-11-02"), &first, &second, &last),
        BP_CADENCE_NEVER);
    assert_int_equal(last, instant_of("2025-02-28T03:15:00Z"));
    assert_int_equal(
        bp_schedule_cadence(&schedule, instant_of("2025-02-28T03:15:00Z"), &first, &second, &last),
        BP_CADENCE_NEVER);
    assert_int_equal(last, instant_of("2025-02-28T03:15:00Z"));
    schedule = bp_schedule_parse(*state, BP_STR("cron(15 3 30 2 ? *)"));
    assert_int_equal(
        bp_schedule_cadence(&schedule, instant_of("2026-11-02"), &first, &second, &last),
        BP_CADENCE_NEVER);
    assert_int_equal(last, 0);
}

static void
faults(void **state)
{
    static const struct {
        const char *text;
        bp_schedule_fault fault;
        const char *at; /* what the fault covers */
        int field;
    } cases[] = {
        {"nightly", BP_SCHEDULE_FORM, "nightly", -1},
        {"CRON(0 5 ? * * *)", BP_SCHEDULE_FORM, "CRON(0 5 ? * * *)", -1},
        {"cron(0 5 ? *)", BP_SCHEDULE_FORM, "0 5 ? *", -1},
        {"cron(0,5,?,*,*,*)", BP_SCHEDULE_FORM, "0,5,?,*,*,*", -1},
        {"cron()", BP_SCHEDULE_FORM, "cron()", -1},
        {"cron(0 5 ? * * *", BP_SCHEDULE_FORM, "", -1},
        {"cron(0 5 ? * * *) x", BP_SCHEDULE_FORM, " x", -1},
        {"cron(60 5 ? * * *)", BP_SCHEDULE_RANGE, "60", 0},
        {"cron(0 24 ? * * *)", BP_SCHEDULE_RANGE, "24", 1},
        {"cron(0 5 32 * ? *)", BP_SCHEDULE_RANGE, "32", 2},
        {"cron(0 5 0 * ? *)", BP_SCHEDULE_RANGE, "0", 2},
        {"cron(0 5 ? 13 * *)", BP_SCHEDULE_RANGE, "13", 3},
        {"cron(0 5 ? JAN,FEBR * *)", BP_SCHEDULE_RANGE, "FEBR", 3},
        {"cron(0 5 ? * 8 *)", BP_SCHEDULE_RANGE, "8", 4},
        {"cron(0 5 ? * MON,0 *)", BP_SCHEDULE_RANGE, "0", 4},
        {"cron(0 5 ? * MONDAY *)", BP_SCHEDULE_RANGE, "MONDAY", 4},
        {"cron(0 5 ? * * 1969)", BP_SCHEDULE_RANGE, "1969", 5},
        {"cron(0 5 ? * * 2200)", BP_SCHEDULE_RANGE, "2200", 5},
        {"cron(0 5 ? * * 99999999999999999999)", BP_SCHEDULE_RANGE, "99999999999999999999", 5},
        {"cron(0 5 ? * * 2035-2030)", BP_SCHEDULE_RANGE, "2035-2030", 5},
        {"cron(? 5 ? * * *)", BP_SCHEDULE_RANGE, "?", 0},
        {"cron(0/60 5 ? * * *)", BP_SCHEDULE_RANGE, "60", 0},
        {"cron(0 5/0 ? * * *)", BP_SCHEDULE_RANGE, "0", 1},
        {"cron(/5 5 ? * * *)", BP_SCHEDULE_RANGE, "/5", 0},
        {"cron(0 5, ? * * *)", BP_SCHEDULE_RANGE, "5,", 1},
        {"cron(0 5- ? * * *)", BP_SCHEDULE_RANGE, "5-", 1},
        {"cron(0 5x ? * * *)", BP_SCHEDULE_RANGE, "5x", 1},
        {"cron(0 5 L,15 * ? *)", BP_SCHEDULE_RANGE, "L,15", 2},
        {"cron(0 5 32W * ? *)", BP_SCHEDULE_RANGE, "32", 2},
        {"cron(0 5 LX * ? *)", BP_SCHEDULE_RANGE, "LX", 2},
        {"cron(0 5 ? * 2#1,3#1 *)", BP_SCHEDULE_RANGE, "2#1,3#1", 4},
        {"cron(0 5 ? * 2#9 *)", BP_SCHEDULE_RANGE, "9", 4},
        {"cron(0 5 * * * *)", BP_SCHEDULE_DAY_FIELDS, "*", -1},
        {"cron(0 5 * * MON *)", BP_SCHEDULE_DAY_FIELDS, "*", -1},
        {"cron(0 5 15 * MON *)", BP_SCHEDULE_DAY_FIELDS, "MON", -1},
        {"cron(0 5 ? * ? *)", BP_SCHEDULE_DAY_FIELDS, "?", -1},
        {"cron(0 5 * * *)", BP_SCHEDULE_DAY_FIELDS, "*", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bp_str text = bp_str_of(cases[i].text);
        bp_schedule schedule = bp_schedule_parse(*state, text);
        bp_str at = bp_str_cut(text, schedule.start, schedule.end);
        if (schedule.fault != cases[i].fault || !bp_str_is(at, cases[i].at)) {
            print_error("%s: fault %d at \"%.*s\"\n", cases[i].text, (int)schedule.fault,
                        BP_ARG(at));
        }
        assert_int_equal(schedule.fault, cases[i].fault);
        assert_true(bp_str_is(at, cases[i].at));
        assert_int_equal(schedule.field, cases[i].field);
        assert_true(schedule.message.size > 0);
        int64_t run;
        assert_false(bp_schedule_next(&schedule, 0, &run));
    }
}

static void
seventh_field(void **state)
{
    bp_str text = BP_STR("cron(0 5 1 * ? * and more)");
    bp_schedule schedule = bp_schedule_parse(*state, text);
    assert_int_equal(schedule.fault, BP_SCHEDULE_GOOD);
    assert_true(schedule.seventh_field);
    assert_true(
        bp_str_is(bp_str_cut(text, schedule.seventh_start, schedule.seventh_end), "and more"));
    schedule = bp_schedule_parse(*state, BP_STR("cron(0 5 1 * ? *)"));
    assert_false(schedule.seventh_field);
}

/* No text may crash it: every byte in every place of a field, and every cut of a good one. */
static void
any_bytes(void **state)
{
    char text[] = "cron(0/15 5-9 ? JAN,MAR MON#2 2030/2 x)";
    size_t size = sizeof text - 1;
    for (size_t at = 0; at < size; at++) {
        char kept = text[at];
        bp_schedule_parse(*state, (bp_str){text, at});
        for (int byte = 0; byte < 256; byte++) {
            text[at] = (char)byte;
            bp_schedule schedule = bp_schedule_parse(*state, (bp_str){text, size});
            assert_true(schedule.start <= schedule.end && schedule.end <= size);
            int64_t a;
            int64_t b;
            int64_t c;
            bp_schedule_cadence(&schedule, 1793577600, &a, &b, &c);
        }
        text[at] = kept;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(verdicts_of_the_service, set_up, tear_down),
        cmocka_unit_test_setup_teardown(runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(edges_of_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cadence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cadence_over_midnight, set_up, tear_down),
        cmocka_unit_test_setup_teardown(last_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(faults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seventh_field, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_bytes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
