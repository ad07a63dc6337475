/* The calendar against dates known from elsewhere, and every day of 400 years forth and back. */
#include "lib/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
known_days(void **state)
{
    (void)state;
    assert_int_equal(bp_date_days((bp_date){1970, 1, 1}), 0);
    assert_int_equal(bp_date_days((bp_date){1969, 12, 31}), -1);
    assert_int_equal(bp_date_days((bp_date){2000, 2, 29}), 11016);
    assert_int_equal(bp_date_days((bp_date){2026, 11, 2}), 20759);
    assert_int_equal(bp_date_days((bp_date){1, 1, 1}), -719162);
    assert_int_equal(bp_date_days((bp_date){9999, 12, 31}), 2932896);
}

static void
known_weekdays(void **state)
{
    (void)state;
    assert_int_equal(bp_date_weekday((bp_date){1970, 1, 1}), 5);
    assert_int_equal(bp_date_weekday((bp_date){2026, 11, 2}), 2);
    assert_int_equal(bp_date_weekday((bp_date){2026, 11, 1}), 1);
    assert_int_equal(bp_date_weekday((bp_date){2026, 10, 31}), 7);
    assert_int_equal(bp_date_weekday((bp_date){1900, 1, 1}), 2);
}

static void
days_and_dates_are_inverse(void **state)
{
    (void)state;
    bp_date expected = {1800, 1, 1};
    int64_t days = bp_date_days(expected);
    while (expected.year < 2201) {
        bp_date date = bp_days_date(days);
        assert_int_equal(date.year, expected.year);
        assert_int_equal(date.month, expected.month);
        assert_int_equal(date.day, expected.day);
        assert_int_equal(bp_date_days(date), days);
        days++;
        if (++expected.day > bp_month_days(expected.year, expected.month)) {
            expected.day = 1;
            expected.month++;
        }
        if (expected.month > 12) {
            expected.month = 1;
            expected.year++;
        }
    }
}

static void
months_have_their_days(void **state)
{
    (void)state;
    assert_int_equal(bp_month_days(2026, 2), 28);
    assert_int_equal(bp_month_days(2028, 2), 29);
    assert_int_equal(bp_month_days(1900, 2), 28);
    assert_int_equal(bp_month_days(2000, 2), 29);
    assert_int_equal(bp_month_days(2026, 4), 30);
    assert_int_equal(bp_month_days(2026, 12), 31);
}

static void
instants_are_read_exactly(void **state)
{
    (void)state;
    int64_t instant = -1;
    assert_true(bp_instant_parse(BP_STR("1970-01-01"), &instant));
    assert_int_equal(instant, 0);
    assert_true(bp_instant_parse(BP_STR("2026-11-02T09:30:05Z"), &instant));
    assert_int_equal(instant, 20759LL * 86400 + 9 * 3600 + 30 * 60 + 5);
    static const char *const bad[] = {
        "",           "2026-13-01",           "2026-00-01",           "2026-02-29",
        "0000-01-01", "2026-11-02T24:00:00Z", "2026-11-02T23:60:00Z", "2026-11-02T23:59:60Z",
        "2026-11-2",  "2026-11-02T09:30:05",  "2026-11-02 09:30:05Z", "2026-11-02t09:30:05z",
        "2026/11/02", "2026-11-02 ",          "+026-11-02",           "2026-11-02T09:30:05Zx"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(bp_instant_parse(bp_str_of(bad[i]), &instant));
    }
}

static void
instants_are_written_back(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    int64_t instant = 0;
    assert_true(bp_instant_parse(BP_STR("2026-11-02T09:30:05Z"), &instant));
    assert_string_equal(bp_instant_text(arena, instant).at, "2026-11-02T09:30:05Z");
    assert_string_equal(bp_instant_date(arena, instant).at, "2026-11-02");
    assert_string_equal(bp_instant_text(arena, -1).at, "1969-12-31T23:59:59Z");
    assert_string_equal(bp_instant_date(arena, -1).at, "1969-12-31");
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days),
        cmocka_unit_test(known_weekdays),
        cmocka_unit_test(days_and_dates_are_inverse),
        cmocka_unit_test(months_have_their_days),
        cmocka_unit_test(instants_are_read_exactly),
        cmocka_unit_test(instants_are_written_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
