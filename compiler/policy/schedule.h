/*
 * Schedules: AWS cron expressions as the service really reads them (recorded verdicts, see
 * schedule.c), their runs (schedule_runs.c), and what they say in words (schedule_words.c).
 */
#ifndef BP_COMPILER_POLICY_SCHEDULE_H
#define BP_COMPILER_POLICY_SCHEDULE_H

#include "lib/text.h"

typedef enum bp_schedule_fault {
    BP_SCHEDULE_GOOD,
    BP_SCHEDULE_FORM,      /* SCH001: not cron( five or six fields ) */
    BP_SCHEDULE_RANGE,     /* SCH002: a value or form outside the grammar of a field */
    BP_SCHEDULE_DAY_FIELDS /* SCH003: not exactly one day field is "?" */
} bp_schedule_fault;

enum { BP_SCHEDULE_YEAR = 1970, BP_SCHEDULE_LAST_YEAR = 2199 };

/* Which days of a month a schedule runs on. */
typedef enum bp_schedule_days {
    BP_SCHEDULE_BY_WEEKDAY,
    BP_SCHEDULE_BY_DATE,         /* the days in the mask that the month has */
    BP_SCHEDULE_NEAREST_WEEKDAY, /* Monday to Friday nearest to the smallest day of the mask */
    BP_SCHEDULE_LAST,            /* the last day of the month, less an offset */
    BP_SCHEDULE_LAST_WEEKDAY     /* Monday to Friday nearest to that day */
} bp_schedule_days;

typedef struct bp_schedule {
    bp_schedule_fault fault;
    size_t start, end;  /* bytes of the fault within the text */
    int field;          /* 0 minute … 5 year, -1 = the whole */
    bp_str message;     /* what was seen, the rule after a semicolon */
    bp_str help;        /* a way out; may be empty */
    bool seventh_field; /* AWS does not read it: warning */
    size_t seventh_start, seventh_end;
    /* Compiled form; only for GOOD. */
    uint64_t minutes; /* bit m */
    uint32_t hours;
    uint32_t months; /* bit 1-12 */
    uint32_t days;   /* bit 1-31; 0 when by weekday */
    bp_schedule_days day_kind;
    int day_offset;    /* of LAST and LAST_WEEKDAY: days before the end of the month */
    uint32_t weekdays; /* bit 1-7, 1 = Sunday */
    int weekday_nth;   /* 1-5 of the smallest weekday of the mask, -1 = its last one, 0 = every week
                        */
    uint64_t years[4]; /* bit year - BP_SCHEDULE_YEAR; all years when none is written */
} bp_schedule;

/* Parses the text of a schedule_expression. Messages are in the arena. */
bp_schedule bp_schedule_parse(bp_arena *arena, bp_str text);
/* The first run strictly after an instant (seconds, UTC), up to the end of 2199; false if there is
 * none. */
bool bp_schedule_next(const bp_schedule *schedule, int64_t after, int64_t *run);

typedef enum bp_cadence {
    BP_CADENCE_FINE,         /* two runs ahead, all gaps at least 60 minutes */
    BP_CADENCE_NEVER,        /* fewer than two runs after the instant */
    BP_CADENCE_TOO_FREQUENT, /* the next two runs are less than 60 minutes apart */
    BP_CADENCE_BY_CHANCE     /* only another pair of runs is less than 60 minutes apart: the verdict
                                depends on the day */
} bp_cadence;

/* Judges the runs after `as_of`; *first and *second get the pair of runs that decides (the next
 * two, or the close pair), 0 when there is none. *last gets the last run at or before as_of if
 * there is none ahead, else 0. */
bp_cadence bp_schedule_cadence(const bp_schedule *schedule, int64_t as_of, int64_t *first,
                               int64_t *second, int64_t *last);

/* A good schedule in English: "every Monday and Thursday at 03:00 UTC". It says every run of the
 * schedule and no other; empty for a schedule with a fault. */
bp_str bp_schedule_words(bp_arena *arena, const bp_schedule *schedule);
/* The same with the first run after an instant: "…; next 2026-11-03", with its time when a day has
 * several, or "…; no run ahead". */
bp_str bp_schedule_told(bp_arena *arena, const bp_schedule *schedule, int64_t as_of);

#endif
