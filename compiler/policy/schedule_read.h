/*
 * Inside of the reading of schedules: what schedule.c (the form) and schedule_field.c (one field)
 * share.
 */
#ifndef BP_COMPILER_POLICY_SCHEDULE_READ_H
#define BP_COMPILER_POLICY_SCHEDULE_READ_H

#include "compiler/policy/schedule.h"

typedef enum bp_cron_field {
    BP_CRON_MINUTE,
    BP_CRON_HOUR,
    BP_CRON_DAY,
    BP_CRON_MONTH,
    BP_CRON_WEEKDAY,
    BP_CRON_YEAR,
    BP_CRON_FIELDS
} bp_cron_field;

/* A place in the text of the expression. */
typedef struct bp_cron_slice {
    size_t start;
    size_t end;
} bp_cron_slice;

typedef struct bp_cron_reader {
    bp_arena *arena;
    bp_str text;
    bp_schedule *out;
    bp_cron_field field;
    bp_cron_slice item; /* the item of the field's list that is read */
    size_t at;
} bp_cron_reader;

/* Notes a fault; always false. */
bool bp_cron_fail(bp_cron_reader *reader, bp_schedule_fault fault, bp_cron_slice where,
                  bp_str message);
/* The text of a place; the same cut to 60 bytes for messages. */
bp_str bp_cron_words(const bp_cron_reader *reader, bp_cron_slice where);
bp_str bp_cron_shown(const bp_cron_reader *reader, bp_cron_slice where);
/* Reads one field into the schedule. False after a fault. */
bool bp_cron_read_field(bp_cron_reader *reader, bp_cron_field field, bp_cron_slice where);

#endif
