/*
 * Days and dates by the arithmetic of 400-year eras that begin on 1 March. No clock, no time zone,
 * no C library time.
 */
#include "lib/calendar.h"

enum { DAY = 86400, ERA_DAYS = 146097, EPOCH_SHIFT = 719468 };

static int64_t
floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t
bp_date_days(bp_date date)
{
    int64_t year = date.year - (date.month <= 2);
    int64_t era = floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - EPOCH_SHIFT;
}

bp_date
bp_days_date(int64_t days)
{
    days += EPOCH_SHIFT;
    int64_t era = floor_divide(days, ERA_DAYS);
    int64_t day_of_era = days - era * ERA_DAYS;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    bp_date date = {.day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
                    .month = (int)(month < 10 ? month + 3 : month - 9)};
    date.year = (int)(year_of_era + era * 400 + (date.month <= 2));
    return date;
}

int
bp_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

int
bp_date_weekday(bp_date date)
{
    int64_t since_sunday = bp_date_days(date) + 4;
    return (int)(since_sunday - floor_divide(since_sunday, 7) * 7) + 1;
}

/* The number of `digits` digits at `at`, within low to high. */
static bool
field(bp_str text, size_t at, size_t digits, int low, int high, int *value)
{
    int number = 0;
    for (size_t i = at; i < at + digits; i++) {
        number = number * 10 + (text.at[i] - '0');
    }
    *value = number;
    return number >= low && number <= high;
}

bool
bp_instant_parse(bp_str text, int64_t *instant)
{
    static const char form[] = "0000-00-00T00:00:00Z";
    if (text.size != 10 && text.size != 20) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (form[i] == '0' ? !bp_is_digit(text.at[i]) : text.at[i] != form[i]) {
            return false;
        }
    }
    bp_date date;
    if (!field(text, 0, 4, 1, 9999, &date.year) || !field(text, 5, 2, 1, 12, &date.month) ||
        !field(text, 8, 2, 1, bp_month_days(date.year, date.month), &date.day)) {
        return false;
    }
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (text.size == 20 &&
        (!field(text, 11, 2, 0, 23, &hour) || !field(text, 14, 2, 0, 59, &minute) ||
         !field(text, 17, 2, 0, 59, &second))) {
        return false;
    }
    *instant = bp_date_days(date) * DAY + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
    return true;
}

bp_str
bp_instant_date(bp_arena *arena, int64_t instant)
{
    bp_date date = bp_days_date(floor_divide(instant, DAY));
    return bp_str_format(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

bp_str
bp_instant_text(bp_arena *arena, int64_t instant)
{
    bp_date date = bp_days_date(floor_divide(instant, DAY));
    int second = (int)(instant - floor_divide(instant, DAY) * DAY);
    return bp_str_format(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", date.year, date.month, date.day,
                         second / 3600, second / 60 % 60, second % 60);
}
