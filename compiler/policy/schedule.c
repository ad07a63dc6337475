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
#include "compiler/policy/schedule.h"

#include <string.h>

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, YEAR, FIELDS };

typedef struct field_kind {
    const char *name;  /* "minute" */
    const char *range; /* the rule of the message */
    int low;
    int high;
    int step; /* largest step; 0 = no limit */
    bool wraps;
    const char *names; /* three letters each, beginning with `low`; NULL = numbers only */
} field_kind;

static const field_kind kinds[FIELDS] = {
    {"minute", "minutes are 0 to 59", 0, 59, 59, true, NULL},
    {"hour", "hours are 0 to 23", 0, 23, 23, true, NULL},
    {"day of the month", "days of a month are 1 to 31", 1, 31, 31, true, NULL},
    {"month", "months are 1 to 12 or JAN to DEC", 1, 12, 12, true,
     "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"},
    {"weekday", "weekdays are 1 (Sunday) to 7 (Saturday) or SUN to SAT", 1, 7, 7, true,
     "SUNMONTUEWEDTHUFRISAT"},
    {"year", "years are 1970 to 2199", BP_SCHEDULE_YEAR, BP_SCHEDULE_LAST_YEAR, 0, false, NULL},
};

/* A place in the text of the expression. */
typedef struct slice {
    size_t start;
    size_t end;
} slice;

typedef struct reader {
    bp_arena *arena;
    bp_str text;
    bp_schedule *out;
    int field;
    slice item; /* the item of the field's list that is read */
    size_t at;
} reader;

static bool
fail(reader *r, bp_schedule_fault fault, slice where, bp_str message)
{
    r->out->fault = fault;
    r->out->start = where.start;
    r->out->end = where.end;
    r->out->field = fault == BP_SCHEDULE_RANGE ? r->field : -1;
    r->out->message = message;
    return false;
}

static bp_str
words(const reader *r, slice where)
{
    return bp_str_cut(r->text, where.start, where.end);
}

/* The item as a whole is no value of its field. */
static bool
fail_item(reader *r)
{
    const field_kind *kind = &kinds[r->field];
    bp_str item = words(r, r->item);
    return fail(r, BP_SCHEDULE_RANGE, r->item,
                bp_str_format(r->arena, "\"%.*s\" cannot stand in the %s field of a schedule; %s",
                              BP_ARG(item), kind->name, kind->range));
}

/* A part of the item is outside its range. */
static bool
fail_value(reader *r, slice where)
{
    const field_kind *kind = &kinds[r->field];
    bp_str value = words(r, where);
    return fail(r, BP_SCHEDULE_RANGE, where,
                bp_str_format(r->arena, "%s \"%.*s\" in a schedule; %s", kind->name, BP_ARG(value),
                              kind->range));
}

static bool
fail_step(reader *r, slice where)
{
    const field_kind *kind = &kinds[r->field];
    bp_str limit =
        kind->step > 0 ? bp_str_format(r->arena, "1 to %d", kind->step) : BP_STR("1 or more");
    return fail(r, BP_SCHEDULE_RANGE, where,
                bp_str_format(r->arena,
                              "step \"%.*s\" in the %s field of a schedule; a step there is %.*s",
                              BP_ARG(words(r, where)), kind->name, BP_ARG(limit)));
}

static char
peek(const reader *r)
{
    return r->at < r->item.end ? r->text.at[r->at] : '\0';
}

static char
peek_folded(const reader *r)
{
    return bp_fold_char(peek(r));
}

static bool
at_end(const reader *r)
{
    return r->at >= r->item.end;
}

static bool
take(reader *r, char c)
{
    if (at_end(r) || peek_folded(r) != c) {
        return false;
    }
    r->at++;
    return true;
}

/* Reads digits; too large ones become a number outside every range. False when there is none. */
static bool
take_number(reader *r, int *number, slice *where)
{
    size_t start = r->at;
    int value = 0;
    while (bp_is_digit(peek(r))) {
        value = value > 99999 ? value : value * 10 + (peek(r) - '0');
        r->at++;
    }
    *number = value;
    *where = (slice){start, r->at};
    return r->at > start;
}

/* Reads a name of three letters. */
static bool
take_name(reader *r, int *number, slice *where)
{
    const field_kind *kind = &kinds[r->field];
    if (kind->names == NULL || r->item.end - r->at < 3) {
        return false;
    }
    bp_str name = bp_str_cut(r->text, r->at, r->at + 3);
    for (int i = 0; i <= kind->high - kind->low; i++) {
        bp_str known = {kind->names + (size_t)i * 3, 3};
        if (bp_str_equal_folded(name, known)) {
            *number = kind->low + i;
            *where = (slice){r->at, r->at + 3};
            r->at += 3;
            return true;
        }
    }
    return false;
}

static bool
in_range(const reader *r, int number)
{
    return number >= kinds[r->field].low && number <= kinds[r->field].high;
}

/* One value of the field, in range. */
static bool
read_value(reader *r, int *number, bool *named)
{
    slice where;
    *named = take_name(r, number, &where);
    if (*named) {
        return true;
    }
    if (!take_number(r, number, &where)) {
        return fail_item(r);
    }
    return in_range(r, *number) || fail_value(r, where);
}

/* The number behind a slash; the item ends there. */
static bool
read_step(reader *r, int *step, bool limited)
{
    slice where;
    if (!take_number(r, step, &where)) {
        return fail_item(r);
    }
    int largest = kinds[r->field].step;
    if (*step < 1 || (limited && largest > 0 && *step > largest)) {
        return fail_step(r, where);
    }
    return at_end(r) || fail_item(r);
}

static void
set_bit(reader *r, int value)
{
    bp_schedule *out = r->out;
    switch (r->field) {
    case MINUTE:
        out->minutes |= (uint64_t)1 << value;
        return;
    case HOUR:
        out->hours |= (uint32_t)1 << value;
        return;
    case DAY:
        out->days |= (uint32_t)1 << value;
        return;
    case MONTH:
        out->months |= (uint32_t)1 << value;
        return;
    case WEEKDAY:
        out->weekdays |= (uint32_t)1 << value;
        return;
    default:
        out->years[(value - BP_SCHEDULE_YEAR) / 64] |= (uint64_t)1
                                                       << ((value - BP_SCHEDULE_YEAR) % 64);
        return;
    }
}

/* All values from first to last; a range that runs backwards goes on at the low end. */
static void
set_bits(reader *r, int first, int last, int step)
{
    const field_kind *kind = &kinds[r->field];
    int count = kind->high - kind->low + 1;
    int end = last < first ? last + count : last;
    for (int value = first; value <= end; value += step) {
        set_bit(r, value > kind->high ? value - count : value);
    }
}

/* Behind "a-": b, and a step that counts only behind numbers. What follows is not read by AWS. */
static bool
read_range(reader *r, int first, bool first_named)
{
    int last;
    bool named;
    if (!read_value(r, &last, &named)) {
        return false;
    }
    if (last < first && !kinds[r->field].wraps) {
        return fail(r, BP_SCHEDULE_RANGE, r->item,
                    bp_str_format(r->arena,
                                  "the years \"%.*s\" run backwards; the first comes first",
                                  BP_ARG(words(r, r->item))));
    }
    int step = 1;
    if (!first_named && !named && take(r, '/')) {
        slice where;
        if (!take_number(r, &step, &where)) {
            return fail_item(r);
        }
        if (step < 1) {
            return fail_step(r, where);
        }
    }
    set_bits(r, first, last, step);
    return true;
}

/* L, LW, L-k, L-kW among the days of the month. */
static bool
read_last_day(reader *r)
{
    int offset = 0;
    slice where = r->item;
    if (take(r, '-')) {
        if (!take_number(r, &offset, &where)) {
            return fail_item(r);
        }
        if (offset > 30) {
            return fail(
                r, BP_SCHEDULE_RANGE, where,
                bp_str_format(r->arena,
                              "\"%.*s\" days before the end of a month; it can be at most 30",
                              BP_ARG(words(r, where))));
        }
    }
    r->out->day_kind = take(r, 'w') ? BP_SCHEDULE_LAST_WEEKDAY : BP_SCHEDULE_LAST;
    r->out->day_offset = offset;
    return at_end(r) || fail_item(r);
}

/* Behind "d#": which one of the month. */
static bool
read_nth(reader *r)
{
    int nth;
    slice where;
    if (!take_number(r, &nth, &where) || !at_end(r)) {
        return fail_item(r);
    }
    if (nth < 1 || nth > 5) {
        return fail(r, BP_SCHEDULE_RANGE, where,
                    bp_str_format(r->arena, "weekday number \"%.*s\" of the month; it is 1 to 5",
                                  BP_ARG(words(r, where))));
    }
    r->out->weekday_nth = nth;
    return true;
}

/* What may stand behind a single value: a range, a step, or a mark of the day fields. */
static bool
read_tail(reader *r, int value, bool named)
{
    if (take(r, '-')) {
        return read_range(r, value, named);
    }
    if (take(r, '/')) {
        int step;
        if (!read_step(r, &step, true)) {
            return false;
        }
        set_bits(r, value, kinds[r->field].high, step);
        return true;
    }
    set_bit(r, value);
    if (r->field == DAY && take(r, 'w')) {
        r->out->day_kind = BP_SCHEDULE_NEAREST_WEEKDAY;
    } else if (r->field == WEEKDAY && take(r, 'l')) {
        r->out->weekday_nth = -1;
    } else if (r->field == WEEKDAY && take(r, '#')) {
        return read_nth(r);
    }
    return at_end(r) || fail_item(r);
}

static bool
read_star(reader *r)
{
    const field_kind *kind = &kinds[r->field];
    int step = 1;
    if (take(r, '/')) {
        if (!read_step(r, &step, true)) {
            return false;
        }
    } else if (!at_end(r)) {
        return fail_item(r);
    }
    set_bits(r, kind->low, kind->high, step);
    return true;
}

static bool
read_item(reader *r)
{
    r->at = r->item.start;
    if (take(r, '*')) {
        return read_star(r);
    }
    if (r->field == DAY && take(r, 'l')) {
        return read_last_day(r);
    }
    if (r->field == WEEKDAY && r->item.end - r->at == 1 && take(r, 'l')) {
        set_bit(r, 7); /* alone it is the last day of the week, every week */
        return true;
    }
    int value;
    bool named;
    return read_value(r, &value, &named) && read_tail(r, value, named);
}

/* Lists that the day fields do not take, whatever their items. */
static bool
check_day_list(reader *r, slice field)
{
    bp_str text = words(r, field);
    if (bp_str_find(text, ',') == text.size) {
        return true;
    }
    if (bp_str_find(text, 'L') < text.size || bp_str_find(text, 'l') < text.size) {
        return fail(r, BP_SCHEDULE_RANGE, field,
                    bp_str_format(r->arena,
                                  "\"%.*s\" lists days together with L; L has to stand alone",
                                  BP_ARG(text)));
    }
    size_t first = bp_str_find(text, '#');
    if (bp_str_find(bp_str_cut(text, first + 1, text.size), '#') + first + 1 < text.size) {
        return fail(
            r, BP_SCHEDULE_RANGE, field,
            bp_str_format(r->arena,
                          "\"%.*s\" holds # more than once; only one weekday can be counted",
                          BP_ARG(text)));
    }
    return true;
}

static bool
read_field(reader *r, int field, slice where)
{
    r->field = field;
    bool day_field = field == DAY || field == WEEKDAY;
    if (day_field && bp_str_is(words(r, where), "?")) {
        return true;
    }
    if (day_field && !check_day_list(r, where)) {
        return false;
    }
    size_t start = where.start;
    while (start <= where.end) {
        bp_str rest = bp_str_cut(r->text, start, where.end);
        size_t length = bp_str_find(rest, ',');
        r->item = (slice){start, start + length};
        if (length == 0) {
            r->item = where;
            return fail_item(r);
        }
        if (!read_item(r)) {
            return false;
        }
        start += length + 1;
    }
    return true;
}

static bool
blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Parts the inside of the brackets; gives the number of fields, at most FIELDS + 1: the last one
 * then covers all that AWS does not read. */
static size_t
split(const reader *r, slice inside, slice fields[FIELDS + 1])
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
        if (count > FIELDS) {
            fields[FIELDS].end = at;
            continue;
        }
        fields[count++] = (slice){start, at};
    }
    return count;
}

static bool
fail_form(reader *r)
{
    slice all = {0, r->text.size};
    bp_str rule = BP_STR("a schedule is cron( with five or six fields )");
    if (r->text.size == 0) {
        return fail(r, BP_SCHEDULE_FORM, all,
                    bp_str_format(r->arena, "empty schedule; %.*s", BP_ARG(rule)));
    }
    if (bp_str_starts(bp_str_fold(r->arena, r->text), BP_STR("rate("))) {
        r->out->help =
            BP_STR("rates are for EventBridge; write hourly(:00), every(6h), daily(05:00) "
                   "or weekly([mon], 05:00)");
    }
    return fail(r, BP_SCHEDULE_FORM, all,
                bp_str_format(r->arena, "\"%.*s\" is no cron expression; %.*s", BP_ARG(r->text),
                              BP_ARG(rule)));
}

/* Finds the inside of the brackets. */
static bool
read_form(reader *r, slice *inside)
{
    static const bp_str head = {"cron(", 5};
    if (!bp_str_starts(r->text, head)) {
        return fail_form(r);
    }
    size_t close = bp_str_find(r->text, ')');
    if (close == r->text.size) {
        return fail(r, BP_SCHEDULE_FORM, (slice){r->text.size, r->text.size},
                    BP_STR("the bracket of cron( is not closed; nothing but ) ends a schedule"));
    }
    if (close + 1 != r->text.size) {
        slice rest = {close + 1, r->text.size};
        return fail(
            r, BP_SCHEDULE_FORM, rest,
            bp_str_format(r->arena,
                          "\"%.*s\" behind the bracket of a schedule; nothing may follow it",
                          BP_ARG(words(r, rest))));
    }
    *inside = (slice){head.size, close};
    return true;
}

static bool
fail_count(reader *r, slice inside, size_t count)
{
    bp_str text = words(r, inside);
    if (count == 1 && bp_str_find(text, ',') < text.size) {
        r->out->help = BP_STR("part the fields by blanks: 0 5 ? * * *");
    } else {
        r->out->help = BP_STR("the fields are minute, hour, day of the month, month, weekday and "
                              "year; one of the two day fields is ?");
    }
    return fail(r, BP_SCHEDULE_FORM, inside.start < inside.end ? inside : (slice){0, r->text.size},
                bp_str_format(r->arena, "%zu field%s in \"%.*s\"; a schedule has five or six",
                              count, count == 1 ? "" : "s", BP_ARG(text)));
}

/* Exactly one of the day fields is "?". */
static bool
check_day_fields(reader *r, slice day, slice weekday)
{
    bool day_open = bp_str_is(words(r, day), "?");
    bool weekday_open = bp_str_is(words(r, weekday), "?");
    if (day_open != weekday_open) {
        return true;
    }
    if (day_open) {
        r->out->help = BP_STR("write * for the weekday to run every day");
        return fail(
            r, BP_SCHEDULE_DAY_FIELDS, weekday,
            BP_STR("both day fields are ?; exactly one of day of the month and weekday is"));
    }
    bool replace_day = bp_str_is(words(r, day), "*") && !bp_str_is(words(r, weekday), "*");
    r->out->help =
        bp_str_format(r->arena, "write ? for the %s", replace_day ? "day of the month" : "weekday");
    return fail(r, BP_SCHEDULE_DAY_FIELDS, replace_day ? day : weekday,
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
read_schedule(reader *r)
{
    slice inside;
    slice fields[FIELDS + 1];
    if (!read_form(r, &inside)) {
        return;
    }
    size_t count = split(r, inside, fields);
    if (count < FIELDS - 1) {
        fail_count(r, inside, count);
        return;
    }
    for (int field = 0; field < FIELDS && (size_t)field < count; field++) {
        if (!read_field(r, field, fields[field])) {
            return;
        }
    }
    if (!check_day_fields(r, fields[DAY], fields[WEEKDAY])) {
        return;
    }
    if (count < FIELDS) {
        every_year(r->out);
    }
    if (count > FIELDS) {
        r->out->seventh_field = true;
        r->out->seventh_start = fields[FIELDS].start;
        r->out->seventh_end = fields[FIELDS].end;
    }
}

bp_schedule
bp_schedule_parse(bp_arena *arena, bp_str text)
{
    bp_schedule schedule;
    memset(&schedule, 0, sizeof schedule);
    schedule.field = -1;
    reader r = {.arena = arena, .text = text, .out = &schedule};
    read_schedule(&r);
    if (schedule.fault == BP_SCHEDULE_GOOD && schedule.days != 0 &&
        schedule.day_kind == BP_SCHEDULE_BY_WEEKDAY) {
        schedule.day_kind = BP_SCHEDULE_BY_DATE;
    }
    return schedule;
}
