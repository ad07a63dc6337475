/*
 * Values of an imported document in the words of the language: only where they give exactly the
 * text of the document. Whether a value is a good one is for checks.
 */
#include "compiler/facts/facts.h"
#include "compiler/facts/ids.h"
#include "compiler/policy/import_parts.h"
#include "lib/json_write.h"

enum {
    DURATION_DIGITS = 9, /* as many as the lexer takes */
    CRON_FIELDS = 6,
    HOUR = 60,
    DAY_HOURS = 24,
    PATTERN_WORDS = 64
};

/* ---- numbers */

/* A whole number without leading zeros, of at most `digits`. */
static bool
plain_number(bp_str text, size_t digits, int64_t *number)
{
    return text.size <= digits && (text.size == 1 || (text.size > 1 && text.at[0] != '0')) &&
           bp_str_number(text, number);
}

static bool
minutes(bp_str text, bp_buf *out)
{
    int64_t number = 0;
    if (!plain_number(text, DURATION_DIGITS, &number)) {
        return false;
    }
    bool hours = number > 0 && number % HOUR == 0;
    bp_buf_format(out, "%lld%s", (long long)(hours ? number / HOUR : number), hours ? "h" : "m");
    return true;
}

static bool
days(bp_str text, bp_buf *out)
{
    int64_t number = 0;
    if (!plain_number(text, DURATION_DIGITS, &number)) {
        return false;
    }
    bp_buf_format(out, "%lldd", (long long)number);
    return true;
}

/* ---- schedules */

typedef struct cron {
    bp_str fields[CRON_FIELDS]; /* minute, hour, day, month, weekday, year */
    int minute;                 /* of the times that calls take */
    int hour;                   /* the first one */
    bool one_hour;
} cron;

static bool
read_time(bp_str text, int64_t below, int *number)
{
    int64_t read = 0;
    bool good = plain_number(text, 2, &read) && read < below;
    *number = (int)read;
    return good;
}

static bool
read_cron(bp_str text, cron *out)
{
    if (!bp_str_starts(text, BP_STR("cron(")) || !bp_str_ends(text, BP_STR(")"))) {
        return false;
    }
    bp_str rest = bp_str_cut(text, 5, text.size - 1);
    for (size_t i = 0; i < CRON_FIELDS; i++) {
        size_t end = bp_str_find(rest, ' ');
        if (end == 0 || (end == rest.size) != (i + 1 == CRON_FIELDS)) {
            return false;
        }
        out->fields[i] = bp_str_cut(rest, 0, end);
        rest = bp_str_cut(rest, end + 1, rest.size);
    }
    bp_str hour = out->fields[1];
    size_t comma = bp_str_find(hour, ',');
    out->one_hour = comma == hour.size;
    return read_time(out->fields[0], HOUR, &out->minute) &&
           (bp_str_is(hour, "*") || read_time(bp_str_cut(hour, 0, comma), DAY_HOURS, &out->hour));
}

/* Whether the fields behind the hour are these. */
static bool
days_are(const cron *fields, const char *day, const char *weekday)
{
    return (day == NULL || bp_str_is(fields->fields[2], day)) &&
           bp_str_is(fields->fields[3], "*") &&
           (weekday == NULL || bp_str_is(fields->fields[4], weekday)) &&
           bp_str_is(fields->fields[5], "*");
}

/* The hours that every() gives for a step and a first hour. */
static bool
is_every(bp_arena *arena, const cron *fields, int step)
{
    bp_buf hours = {.arena = arena};
    for (int hour = fields->hour; hour < DAY_HOURS; hour += step) {
        bp_buf_format(&hours, "%s%d", hours.size == 0 ? "" : ",", hour);
    }
    return fields->hour < step && bp_str_equal(bp_buf_text(&hours), fields->fields[1]);
}

static bool
every(bp_arena *arena, const cron *fields, bp_buf *out)
{
    static const int steps[] = {1, 2, 3, 4, 6, 8, 12};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (!is_every(arena, fields, steps[i])) {
            continue;
        }
        bp_buf_format(out, "every(%dh", steps[i]);
        if (fields->hour > 0 || fields->minute > 0) {
            bp_buf_format(out, ", from: %02d:%02d", fields->hour, fields->minute);
        }
        bp_buf_add_c(out, ")");
        return true;
    }
    return false;
}

/* "mon, thu" of "MON,THU"; false when they are no names of days, or one stands twice. */
static bool
weekdays(bp_arena *arena, bp_str field, bp_str *names)
{
    bp_str all = BP_STR("MON TUE WED THU FRI SAT SUN ");
    unsigned seen = 0;
    bp_buf out = {.arena = arena};
    while (field.size > 0) {
        bp_str day = bp_str_cut(field, 0, 3);
        size_t at = 0;
        while (at < all.size && !bp_str_equal(day, bp_str_cut(all, at, at + 3))) {
            at += 4;
        }
        bool last = field.size == 3;
        if (at >= all.size || (seen & 1u << at / 4) != 0 ||
            (!last && (field.size < 7 || field.at[3] != ','))) {
            return false;
        }
        seen |= 1u << at / 4;
        bp_buf_format(&out, "%s%.*s", out.size == 0 ? "" : ", ", BP_ARG(bp_str_fold(arena, day)));
        field = bp_str_cut(field, 4, field.size);
    }
    *names = bp_buf_text(&out);
    return out.size > 0;
}

static bool
schedule_call(bp_arena *arena, const cron *fields, bp_buf *out)
{
    bp_str names;
    int64_t day = 0;
    bool any_hour = bp_str_is(fields->fields[1], "*");
    if (any_hour || !fields->one_hour) {
        if (!days_are(fields, "?", "*")) {
            return false;
        }
        if (any_hour) {
            bp_buf_format(out, "hourly(:%02d)", fields->minute);
        }
        return any_hour || every(arena, fields, out);
    }
    if (days_are(fields, "?", "*")) {
        bp_buf_format(out, "daily(%02d:%02d)", fields->hour, fields->minute);
    } else if (days_are(fields, "?", NULL) && weekdays(arena, fields->fields[4], &names)) {
        bp_buf_format(out, "weekly([%.*s], %02d:%02d)", BP_ARG(names), fields->hour,
                      fields->minute);
    } else if (days_are(fields, "L", "?")) {
        bp_buf_format(out, "monthly(last, %02d:%02d)", fields->hour, fields->minute);
    } else if (days_are(fields, NULL, "?") && plain_number(fields->fields[2], 2, &day) &&
               day >= 1 && day <= 31) {
        bp_buf_format(out, "monthly(%d, %02d:%02d)", (int)day, fields->hour, fields->minute);
    } else {
        return false;
    }
    return true;
}

static bool
schedule(bp_arena *arena, bp_str text, bp_buf *out)
{
    cron fields = {0};
    if (read_cron(text, &fields) && schedule_call(arena, &fields, out)) {
        return true;
    }
    if (!bp_str_starts(text, BP_STR("cron("))) {
        return false;
    }
    bp_str inside = bp_str_cut(text, 5, text.size - 1);
    bool whole = !bp_str_ends(text, BP_STR(")")) || bp_str_starts(inside, BP_STR("cron("));
    bp_buf_add_c(out, "cron(");
    bp_json_quote(out, whole ? text : inside);
    bp_buf_add_c(out, ")");
    return true;
}

/* ---- names */

bool
bp_bpol_is_region(bp_str text)
{
    bool hyphen = false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        bool letter = bp_is_alnum(c) || c == '_';
        bool joins = c == '-' && i > 0 && text.at[i - 1] != '-' && i + 1 < text.size;
        if ((!letter && !joins) || (i == 0 && bp_is_digit(c))) {
            return false;
        }
        hyphen = hyphen || joins;
    }
    return hyphen;
}

static void
call(bp_buf *out, const char *name, bp_str text)
{
    bp_buf_format(out, "%s(", name);
    bp_json_quote(out, text);
    bp_buf_add_c(out, ")");
}

static bool
is_role(const bp_bpol_writer *writer, bp_str text, bp_str *name)
{
    bp_str start =
        bp_str_format(writer->arena, "arn:%.*s:iam::$account:role/", BP_ARG(writer->partition));
    *name = bp_str_cut(text, start.size, text.size);
    if (!bp_str_starts(text, start) || name->size == 0 || name->at[0] == '/') {
        return false;
    }
    const bp_program *project = writer->import->project;
    const bp_role *declared = project == NULL ? NULL : bp_map_get(project->role_by_name, *name);
    return declared == NULL || bp_str_is(declared->path, "/");
}

static void
role(const bp_bpol_writer *writer, bp_str text, bp_buf *out)
{
    bp_str name;
    bool plain = is_role(writer, text, &name);
    call(out, plain ? "role" : "arn", plain ? name : text);
}

/* A vault of the account and Region of each backup. */
static bool
air_gapped(const bp_bpol_writer *writer, bp_str text, bp_buf *out)
{
    bp_str start = bp_str_format(
        writer->arena, "arn:%.*s:backup:$region:$account:backup-vault:", BP_ARG(writer->partition));
    if (!bp_str_starts(text, start) || text.size == start.size) {
        return false;
    }
    call(out, "vault", bp_str_cut(text, start.size, text.size));
    return true;
}

void
bp_bpol_destination(const bp_bpol_writer *writer, bp_str arn, bp_buf *out)
{
    const bp_reference *to = bp_reference_of_arn(writer->arena, arn, BP_NOWHERE, BP_REF_VAULT);
    bool own = to != NULL && bp_str_is(to->account, "$account");
    if (to == NULL || !bp_str_equal(to->partition, writer->partition) ||
        !bp_bpol_is_region(to->region) || !(own || bp_is_account_id(to->account)) ||
        to->name.size == 0) {
        call(out, "arn", arn);
        return;
    }
    call(out, "vault", to->name);
    bp_buf_format(out, " in %.*s", BP_ARG(to->region));
    if (!own) {
        bp_buf_add_c(out, " of ");
        call(out, "account", to->account);
    }
}

static void
pattern(const bp_bpol_writer *writer, bp_str text, bp_buf *out)
{
    bp_str words[PATTERN_WORDS];
    size_t count = bp_pattern_words(bp_facts_built_in(), words, PATTERN_WORDS);
    bp_str usual = BP_STR("arn:aws:");
    for (size_t i = 0; i < count && i < PATTERN_WORDS; i++) {
        bp_str means = bp_str_of(bp_pattern_of_word(bp_facts_built_in(), words[i]));
        if (bp_str_starts(means, usual)) {
            means = bp_str_format(writer->arena, "arn:%.*s:%.*s", BP_ARG(writer->partition),
                                  BP_ARG(bp_str_cut(means, usual.size, means.size)));
        }
        if (bp_str_equal(means, text)) {
            bp_buf_add(out, words[i]);
            return;
        }
    }
    call(out, "arn", text);
}

/* ---- words */

static bool
choice(const char *choices, bp_str text, bp_buf *out)
{
    bp_str rest = bp_str_of(choices);
    while (rest.size > 0) {
        bp_str each = bp_str_cut(rest, 0, bp_str_find(rest, ' '));
        size_t sign = bp_str_find(each, '=');
        if (bp_str_equal(bp_str_cut(each, sign + 1, each.size), text)) {
            bp_buf_add(out, bp_str_cut(each, 0, sign));
            return true;
        }
        rest = bp_str_cut(rest, each.size + 1, rest.size);
    }
    return false;
}

static bool
scalar(const bp_bpol_writer *writer, const bp_setting *row, bp_str text, bp_buf *out)
{
    switch (row->type) {
    case BP_TYPE_STRING:
        bp_json_quote(out, text);
        return true;
    case BP_TYPE_SWITCH:
        return choice("on=true off=false", text, out);
    case BP_TYPE_ENABLED:
        return choice("on=enabled off=disabled", text, out);
    case BP_TYPE_MINUTES:
        return minutes(text, out);
    case BP_TYPE_DAYS:
        return days(text, out);
    case BP_TYPE_SCHEDULE:
        return schedule(writer->arena, text, out);
    case BP_TYPE_REGION:
        bp_buf_add(out, text);
        return bp_bpol_is_region(text);
    case BP_TYPE_VAULT_NAME:
        call(out, "vault", text);
        return true;
    case BP_TYPE_AIR_GAPPED_ARN:
        return air_gapped(writer, text, out);
    case BP_TYPE_ROLE:
        role(writer, text, out);
        return true;
    case BP_TYPE_PATTERN:
        pattern(writer, text, out);
        return true;
    case BP_TYPE_CHOICE:
        return choice(row->choices, text, out);
    case BP_TYPE_TARGET:
    case BP_TYPE_PROTECTED:
    case BP_TYPE_CONDITION:
    case BP_TYPE_TAGS:
    case BP_TYPE_ENCRYPTION:
    case BP_TYPE_LOCK:
    case BP_TYPE_TOPIC:
    case BP_TYPE_SOURCE:
    case BP_TYPE_ARN:
    case BP_TYPE_CONTAINER:
        return false;
    }
    return false;
}

bool
bp_bpol_value(const bp_bpol_writer *writer, const bp_setting *row, const bp_part *value,
              bp_buf *out)
{
    bp_str text;
    if (!row->list) {
        return bp_part_text(value, &text) && scalar(writer, row, text, out);
    }
    if (value->kind != BP_AST_LIST) {
        return false;
    }
    bp_buf_add_char(out, '[');
    for (size_t i = 0; i < value->items.count; i++) {
        bp_buf_add_c(out, i == 0 ? "" : ", ");
        if (!bp_part_text(value->items.at[i], &text) || !scalar(writer, row, text, out)) {
            return false;
        }
    }
    bp_buf_add_char(out, ']');
    return true;
}
