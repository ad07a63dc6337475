/*
 * Calendar: UTC instants as seconds since 1970-01-01T00:00:00Z, proleptic Gregorian, no leap
 * seconds, no time zone data. Nothing here reads a clock; the program passes the instant it judges
 * by (--as-of).
 */
#ifndef BP_LIB_CALENDAR_H
#define BP_LIB_CALENDAR_H

#include "lib/text.h"

typedef struct bp_date {
    int year;  /* 1 to 9999 */
    int month; /* 1 to 12 */
    int day;   /* 1 to 31 */
} bp_date;

/* Days since 1970-01-01. */
int64_t bp_date_days(bp_date date);
bp_date bp_days_date(int64_t days);
int bp_month_days(int year, int month);
/* 1 = Sunday to 7 = Saturday, as cron of AWS counts. */
int bp_date_weekday(bp_date date);
/* "YYYY-MM-DD" or "YYYY-MM-DDThh:mm:ssZ" exactly; a date alone means 00:00:00Z. */
bool bp_instant_parse(bp_str text, int64_t *instant);
/* "YYYY-MM-DD" of an instant. */
bp_str bp_instant_date(bp_arena *arena, int64_t instant);
/* "YYYY-MM-DDThh:mm:ssZ". */
bp_str bp_instant_text(bp_arena *arena, int64_t instant);

#endif
