/*
 * Reads one field of a cron expression: lists of values, ranges, steps, and the marks of the day
 * fields.
 *
 * Follows what CreatePolicy accepted (see schedule.c), quirks included: nothing is read behind a
 * complete range, and the step behind a range of names does not count.
 */
#include "compiler/policy/schedule_read.h"

typedef struct field_kind {
    const char *name;  /* "minute" */
    const char *range; /* the rule of the message */
    int low;
    int high;
    int step; /* largest step; 0 = no limit */
    bool wraps;
    const char *names; /* three letters each, beginning with `low`; NULL = numbers only */
} field_kind;

static const field_kind kinds[BP_CRON_FIELDS] = {
    {"minute", "minutes are 0 to 59", 0, 59, 59, true, NULL},
    {"hour", "hours are 0 to 23", 0, 23, 23, true, NULL},
    {"day of the month", "days of a month are 1 to 31", 1, 31, 31, true, NULL},
    {"month", "months are 1 to 12 or JAN to DEC", 1, 12, 12, true,
     "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"},
    {"weekday", "weekdays are 1 (Sunday) to 7 (Saturday) or SUN to SAT", 1, 7, 7, true,
     "SUNMONTUEWEDTHUFRISAT"},
    {"year", "years are 1970 to 2199", BP_SCHEDULE_YEAR, BP_SCHEDULE_LAST_YEAR, 0, false, NULL},
};

bool
bp_cron_fail(bp_cron_reader *r, bp_schedule_fault fault, bp_cron_slice where, bp_str message)
{
    r->out->fault = fault;
    r->out->start = where.start;
    r->out->end = where.end;
    r->out->field = fault == BP_SCHEDULE_RANGE ? (int)r->field : -1;
    r->out->message = message;
    return false;
}

bp_str
bp_cron_words(const bp_cron_reader *r, bp_cron_slice where)
{
    return bp_str_cut(r->text, where.start, where.end);
}

enum { SHOWN_BYTES = 60 };

/* A part of the text for a message: cut between characters. */
bp_str
bp_cron_shown(const bp_cron_reader *r, bp_cron_slice where)
{
    bp_str text = bp_cron_words(r, where);
    if (text.size <= SHOWN_BYTES) {
        return text;
    }
    size_t end = SHOWN_BYTES;
    while (end > 0 && ((unsigned char)text.at[end] & 0xC0) == 0x80) {
        end--;
    }
    return bp_str_format(r->arena, "%.*s...", BP_ARG(bp_str_cut(text, 0, end)));
}

/* The item as a whole is no value of its field. */
static bool
fail_item(bp_cron_reader *r)
{
    const field_kind *kind = &kinds[r->field];
    bp_str item = bp_cron_shown(r, r->item);
    return bp_cron_fail(r, BP_SCHEDULE_RANGE, r->item,
                        bp_str_format(r->arena,
                                      "\"%.*s\" cannot stand in the %s field of a schedule; %s",
                                      BP_ARG(item), kind->name, kind->range));
}

/* A part of the item is outside its range. */
static bool
fail_value(bp_cron_reader *r, bp_cron_slice where)
{
    const field_kind *kind = &kinds[r->field];
    bp_str value = bp_cron_shown(r, where);
    return bp_cron_fail(r, BP_SCHEDULE_RANGE, where,
                        bp_str_format(r->arena, "%s \"%.*s\" in a schedule; %s", kind->name,
                                      BP_ARG(value), kind->range));
}

static bool
fail_step(bp_cron_reader *r, bp_cron_slice where)
{
    const field_kind *kind = &kinds[r->field];
    bp_str limit =
        kind->step > 0 ? bp_str_format(r->arena, "1 to %d", kind->step) : BP_STR("1 or more");
    return bp_cron_fail(
        r, BP_SCHEDULE_RANGE, where,
        bp_str_format(r->arena, "step \"%.*s\" in the %s field of a schedule; a step there is %.*s",
                      BP_ARG(bp_cron_shown(r, where)), kind->name, BP_ARG(limit)));
}

static char
peek(const bp_cron_reader *r)
{
    return r->at < r->item.end ? r->text.at[r->at] : '\0';
}

static char
peek_folded(const bp_cron_reader *r)
{
    return bp_fold_char(peek(r));
}

static bool
at_end(const bp_cron_reader *r)
{
    return r->at >= r->item.end;
}

static bool
take(bp_cron_reader *r, char c)
{
    if (at_end(r) || peek_folded(r) != c) {
        return false;
    }
    r->at++;
    return true;
}

/* Reads digits; too large ones become a number outside every range. False when there is none. */
static bool
take_number(bp_cron_reader *r, int *number, bp_cron_slice *where)
{
    size_t start = r->at;
    int value = 0;
    while (bp_is_digit(peek(r))) {
        value = value > 99999 ? value : value * 10 + (peek(r) - '0');
        r->at++;
    }
    *number = value;
    *where = (bp_cron_slice){start, r->at};
    return r->at > start;
}

/* Reads a name of three letters. */
static bool
take_name(bp_cron_reader *r, int *number, bp_cron_slice *where)
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
            *where = (bp_cron_slice){r->at, r->at + 3};
            r->at += 3;
            return true;
        }
    }
    return false;
}

static bool
in_range(const bp_cron_reader *r, int number)
{
    return number >= kinds[r->field].low && number <= kinds[r->field].high;
}

/* One value of the field, in range. */
static bool
read_value(bp_cron_reader *r, int *number, bool *named)
{
    bp_cron_slice where;
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
read_step(bp_cron_reader *r, int *step, bool limited)
{
    bp_cron_slice where;
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
set_bit(bp_cron_reader *r, int value)
{
    bp_schedule *out = r->out;
    switch (r->field) {
    case BP_CRON_MINUTE:
        out->minutes |= (uint64_t)1 << value;
        return;
    case BP_CRON_HOUR:
        out->hours |= (uint32_t)1 << value;
        return;
    case BP_CRON_DAY:
        out->days |= (uint32_t)1 << value;
        return;
    case BP_CRON_MONTH:
        out->months |= (uint32_t)1 << value;
        return;
    case BP_CRON_WEEKDAY:
        out->weekdays |= (uint32_t)1 << value;
        return;
    case BP_CRON_YEAR:
        out->years[(value - BP_SCHEDULE_YEAR) / 64] |= (uint64_t)1
                                                       << ((value - BP_SCHEDULE_YEAR) % 64);
        return;
    case BP_CRON_FIELDS:
        return;
    }
}

/* All values from first to last; a range that runs backwards goes on at the low end. */
static void
set_bits(bp_cron_reader *r, int first, int last, int step)
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
read_range(bp_cron_reader *r, int first, bool first_named)
{
    int last;
    bool named;
    if (!read_value(r, &last, &named)) {
        return false;
    }
    if (last < first && !kinds[r->field].wraps) {
        return bp_cron_fail(r, BP_SCHEDULE_RANGE, r->item,
                            bp_str_format(r->arena,
                                          "the years \"%.*s\" run backwards; the first comes first",
                                          BP_ARG(bp_cron_shown(r, r->item))));
    }
    int step = 1;
    if (!first_named && !named && take(r, '/')) {
        bp_cron_slice where;
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
read_last_day(bp_cron_reader *r)
{
    int offset = 0;
    bp_cron_slice where = r->item;
    if (take(r, '-')) {
        if (!take_number(r, &offset, &where)) {
            return fail_item(r);
        }
        if (offset > 30) {
            return bp_cron_fail(
                r, BP_SCHEDULE_RANGE, where,
                bp_str_format(r->arena,
                              "\"%.*s\" days before the end of a month; it can be at most 30",
                              BP_ARG(bp_cron_shown(r, where))));
        }
    }
    r->out->day_kind = take(r, 'w') ? BP_SCHEDULE_LAST_WEEKDAY : BP_SCHEDULE_LAST;
    r->out->day_offset = offset;
    return at_end(r) || fail_item(r);
}

/* Behind "d#": which one of the month. */
static bool
read_nth(bp_cron_reader *r)
{
    int nth;
    bp_cron_slice where;
    if (!take_number(r, &nth, &where) || !at_end(r)) {
        return fail_item(r);
    }
    if (nth < 1 || nth > 5) {
        return bp_cron_fail(r, BP_SCHEDULE_RANGE, where,
                            bp_str_format(r->arena,
                                          "weekday number \"%.*s\" of the month; it is 1 to 5",
                                          BP_ARG(bp_cron_shown(r, where))));
    }
    r->out->weekday_nth = nth;
    return true;
}

/* What may stand behind a single value: a range, a step, or a mark of the day fields. */
static bool
read_tail(bp_cron_reader *r, int value, bool named)
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
    if (r->field == BP_CRON_DAY && take(r, 'w')) {
        r->out->day_kind = BP_SCHEDULE_NEAREST_WEEKDAY;
    } else if (r->field == BP_CRON_WEEKDAY && take(r, 'l')) {
        r->out->weekday_nth = -1;
    } else if (r->field == BP_CRON_WEEKDAY && take(r, '#')) {
        return read_nth(r);
    }
    return at_end(r) || fail_item(r);
}

static bool
read_star(bp_cron_reader *r)
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
read_item(bp_cron_reader *r)
{
    r->at = r->item.start;
    if (take(r, '*')) {
        return read_star(r);
    }
    if (r->field == BP_CRON_DAY && take(r, 'l')) {
        return read_last_day(r);
    }
    if (r->field == BP_CRON_WEEKDAY && r->item.end - r->at == 1 && take(r, 'l')) {
        set_bit(r, 7); /* alone it is the last day of the week, every week */
        return true;
    }
    int value;
    bool named;
    return read_value(r, &value, &named) && read_tail(r, value, named);
}

/* Lists that the day fields do not take, whatever their items. */
static bool
check_day_list(bp_cron_reader *r, bp_cron_slice field)
{
    bp_str text = bp_cron_words(r, field);
    if (bp_str_find(text, ',') == text.size) {
        return true;
    }
    if (bp_str_find(text, 'L') < text.size || bp_str_find(text, 'l') < text.size) {
        return bp_cron_fail(
            r, BP_SCHEDULE_RANGE, field,
            bp_str_format(r->arena, "\"%.*s\" lists days together with L; L has to stand alone",
                          BP_ARG(bp_cron_shown(r, field))));
    }
    size_t first = bp_str_find(text, '#');
    if (bp_str_find(bp_str_cut(text, first + 1, text.size), '#') + first + 1 < text.size) {
        return bp_cron_fail(
            r, BP_SCHEDULE_RANGE, field,
            bp_str_format(r->arena,
                          "\"%.*s\" holds # more than once; only one weekday can be counted",
                          BP_ARG(bp_cron_shown(r, field))));
    }
    return true;
}

bool
bp_cron_read_field(bp_cron_reader *r, bp_cron_field field, bp_cron_slice where)
{
    r->field = field;
    bool day_field = field == BP_CRON_DAY || field == BP_CRON_WEEKDAY;
    if (day_field && bp_str_is(bp_cron_words(r, where), "?")) {
        return true;
    }
    if (day_field && !check_day_list(r, where)) {
        return false;
    }
    size_t start = where.start;
    while (start <= where.end) {
        bp_str rest = bp_str_cut(r->text, start, where.end);
        size_t length = bp_str_find(rest, ',');
        r->item = (bp_cron_slice){start, start + length};
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
