/*
 * Durations: a count with its unit, to minutes or days.
 *
 * Nothing is rounded and nothing guessed: a value without unit, in quotes, or with a unit that the
 * setting does not take is an error that offers what was likely meant.
 */
#include "compiler/policy/elaborate.h"

enum { HOUR = 60, DAY = 24 * 60, WEEK = 7 * DAY, WEEK_DAYS = 7 };

static int64_t
unit_minutes(char unit)
{
    switch (unit) {
    case 'm':
        return 1;
    case 'h':
        return HOUR;
    case 'd':
        return DAY;
    case 'w':
        return WEEK;
    default:
        return 0;
    }
}

/* Replaces the value by a corrected one. */
static void
offer(const bp_typing *typing, bp_finding *finding, const bp_expr *expr, bool safe,
      const char *format, long long count)
{
    bp_elab *elab = typing->elab;
    bp_buf text = {.arena = elab->arena};
    bp_buf_format(&text, "%lld%s", count, format);
    bp_finding_fix(elab->diagnostics, finding, safe, expr->value->span, bp_buf_text(&text),
                   "write %.*s", BP_ARG(bp_buf_text(&text)));
}

static bp_value *
too_large(const bp_typing *typing, const bp_expr *expr)
{
    bp_fault(typing->elab, "SYN016", expr->value->span, expr->env,
             "\"%.*s\" is too large for a duration", BP_ARG(expr->value->text));
    return bp_value_hole(typing, expr);
}

static bp_value *
result(const bp_typing *typing, const bp_expr *expr, int64_t number)
{
    bp_str text = bp_str_format(typing->elab->arena, "%lld", (long long)number);
    bp_value *value = bp_value_text(typing, expr, text);
    value->has_number = true;
    value->number = number;
    return value;
}

/* A number without unit. */
static bp_value *
no_unit(const bp_typing *typing, const bp_expr *expr)
{
    bp_elab *elab = typing->elab;
    const bp_ast_value *value = expr->value;
    bool minutes = typing->want == BP_WANT_MINUTES;
    bool days = typing->want == BP_WANT_DAYS;
    bp_finding *finding =
        bp_fault(elab, "SYN016", value->span, expr->env, "\"%.*s\" has no unit; %.*s takes %s",
                 BP_ARG(value->text), BP_ARG(bp_typing_name(typing)), bp_want_words(typing->want));
    if (minutes) {
        offer(typing, finding, expr, false, "m", (long long)value->number);
    } else if (days && value->number > 0) {
        offer(typing, finding, expr, false, "d", (long long)value->number);
    } else if (typing->want == BP_WANT_HOURS) {
        offer(typing, finding, expr, false, "h", (long long)value->number);
    } else if (days) {
        bp_finding_help(elab->diagnostics, finding, "for no end write never");
    }
    return bp_value_hole(typing, expr);
}

/* Words for units that people write in quotes. `days` is 0 for shorter ones. */
static const struct {
    const char *word;
    char unit;
    int days;
} spelled[] = {
    {"m", 'm', 0},    {"min", 'm', 0},   {"minute", 'm', 0}, {"minutes", 'm', 0}, {"h", 'h', 0},
    {"hour", 'h', 0}, {"hours", 'h', 0}, {"d", 'd', 1},      {"day", 'd', 1},     {"days", 'd', 1},
    {"w", 'w', 7},    {"week", 'w', 7},  {"weeks", 'w', 7},  {"month", 0, 30},    {"months", 0, 30},
    {"mo", 0, 30},    {"y", 0, 365},     {"year", 0, 365},   {"years", 0, 365},
};

/* A duration in quotes. */
static bp_value *
quoted(const bp_typing *typing, const bp_expr *expr)
{
    bp_elab *elab = typing->elab;
    bp_str text = bp_str_trim(expr->value->text);
    size_t digits = 0;
    while (digits < text.size && bp_is_digit(text.at[digits])) {
        digits++;
    }
    int64_t count = 0;
    if (!bp_str_number(bp_str_cut(text, 0, digits), &count)) {
        return bp_type_mismatch(typing, expr);
    }
    bp_finding *finding = bp_fault(elab, "SYN016", expr->value->span, expr->env,
                                   "a duration in quotes; %.*s takes %s, without quotes",
                                   BP_ARG(bp_typing_name(typing)), bp_want_words(typing->want));
    bp_str unit = bp_str_trim(bp_str_cut(text, digits, text.size));
    for (size_t i = 0; i < sizeof spelled / sizeof spelled[0]; i++) {
        if (!bp_str_equal_folded(unit, bp_str_of(spelled[i].word))) {
            continue;
        }
        char suffix[2] = {spelled[i].unit, '\0'};
        if (spelled[i].unit != 0) {
            offer(typing, finding, expr, true, suffix, (long long)count);
        } else if (count <= 1000000) {
            bp_finding_help(elab->diagnostics, finding,
                            "months and years are no units; %s has %d days: %lldd",
                            spelled[i].days == 30 ? "a month" : "a year", spelled[i].days,
                            (long long)(count * spelled[i].days));
        }
        break;
    }
    return bp_value_hole(typing, expr);
}

/* A unit that a retention does not take. */
static bp_value *
not_days(const bp_typing *typing, const bp_expr *expr)
{
    bp_elab *elab = typing->elab;
    const bp_ast_value *value = expr->value;
    int64_t per_day = value->unit == 'h' ? DAY / HOUR : DAY;
    bp_finding *finding;
    if (value->unit == 'm') {
        finding = bp_fault(elab, "SYN016", value->span, expr->env,
                           "\"%.*s\" means minutes, not months; %.*s takes days or weeks",
                           BP_ARG(value->text), BP_ARG(bp_typing_name(typing)));
        if (value->number <= 1200) {
            bp_finding_help(elab->diagnostics, finding, "%lld months of 30 days are %lldd",
                            (long long)value->number, (long long)(value->number * 30));
        }
    } else {
        finding = bp_fault(elab, "SYN016", value->span, expr->env,
                           "\"%.*s\" is in hours; %.*s takes days or weeks", BP_ARG(value->text),
                           BP_ARG(bp_typing_name(typing)));
    }
    if (value->number > 0 && value->number % per_day == 0) {
        offer(typing, finding, expr, value->unit == 'h', "d", (long long)(value->number / per_day));
    }
    return bp_value_hole(typing, expr);
}

static bp_value *
type_hours(const bp_typing *typing, const bp_expr *expr)
{
    const bp_ast_value *value = expr->value;
    if (value->unit == 'h') {
        return result(typing, expr, value->number);
    }
    bp_finding *finding = bp_fault(typing->elab, "SYN016", value->span, expr->env,
                                   "\"%.*s\" is not in hours; %.*s takes %s", BP_ARG(value->text),
                                   BP_ARG(bp_typing_name(typing)), bp_want_words(typing->want));
    int64_t minutes = unit_minutes(value->unit);
    if (value->number < INT64_MAX / WEEK && value->number * minutes % HOUR == 0) {
        offer(typing, finding, expr, true, "h", (long long)(value->number * minutes / HOUR));
    }
    return bp_value_hole(typing, expr);
}

static bool
is_never(const bp_expr *expr)
{
    return expr->value->kind == BP_AST_WORD && bp_str_is(expr->value->text, "never");
}

bp_value *
bp_type_duration(const bp_typing *typing, const bp_expr *expr)
{
    const bp_ast_value *value = expr->value;
    if (value->kind == BP_AST_INT) {
        return no_unit(typing, expr);
    }
    if (value->kind == BP_AST_STRING) {
        return quoted(typing, expr);
    }
    if (value->kind != BP_AST_DURATION) {
        /* An argument may be `never` where its use decides. */
        if (typing->want == BP_WANT_DURATION && is_never(expr)) {
            return bp_value_text(typing, expr, value->text);
        }
        return value->kind == BP_AST_WORD ? bp_type_unknown(typing, expr)
                                          : bp_type_mismatch(typing, expr);
    }
    if (value->number < 0 || value->number > INT64_MAX / WEEK) {
        return too_large(typing, expr);
    }
    if (typing->want == BP_WANT_HOURS) {
        return type_hours(typing, expr);
    }
    if (typing->want != BP_WANT_DAYS) {
        return result(typing, expr, value->number * unit_minutes(value->unit));
    }
    if (value->unit != 'd' && value->unit != 'w') {
        return not_days(typing, expr);
    }
    return result(typing, expr, value->unit == 'w' ? value->number * WEEK_DAYS : value->number);
}

bool
bp_type_days(const bp_typing *typing, const bp_expr *expr, int64_t *days)
{
    const bp_value *value = bp_type_expr(typing, expr);
    *days = value->number;
    return value->kind == BP_VALUE_TEXT && value->has_number;
}
