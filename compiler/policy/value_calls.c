/*
 * Calls: arguments into slots, and the schedule calls, each to its cron text.
 *
 * The texts are those of the language's description; whether a cron text of the user is good is for
 * checks.
 */
#include "compiler/policy/elaborate.h"

enum { HOURS_A_DAY = 24, MINUTES_AN_HOUR = 60, MONTH_DAYS = 31 };

bp_typing
bp_argument_typing(const bp_typing *typing, bp_want want, const char *what)
{
    bp_typing argument = *typing;
    argument.want = want;
    argument.row = NULL;
    argument.what = what;
    return argument;
}

static void
offer_slots(bp_elab *elab, const bp_slot *slots, size_t count, bp_suggester *suggester)
{
    for (size_t i = 0; i < count; i++) {
        if (slots[i].name[0] != '\0') {
            bp_offer(elab, suggester, bp_str_of(slots[i].name));
        }
    }
}

/* The slot of an argument; `count` when it has none (reported). */
static size_t
find_slot(const bp_typing *typing, const bp_expr *call, const bp_ast_entry *entry,
          const bp_slot *slots, size_t count, size_t position)
{
    bp_elab *elab = typing->elab;
    bool named = entry->key.text.size > 0;
    for (size_t i = 0; i < count; i++) {
        bool positional = slots[i].name[0] == '\0';
        if (named ? bp_str_is(entry->key.text, slots[i].name) : positional && i == position) {
            return i;
        }
    }
    if (named) {
        bp_finding *finding = bp_fault(elab, "SYN018", entry->key.span, call->env,
                                       "\"%.*s()\" has no argument \"%.*s\"",
                                       BP_ARG(call->value->text), BP_ARG(entry->key.text));
        bp_suggester suggester = bp_suggest_start(entry->key.text);
        offer_slots(elab, slots, count, &suggester);
        bp_suggest_fix(elab, finding, &suggester, entry->key.span, false);
        return count;
    }
    bp_finding *finding =
        bp_fault(elab, "SYN018", entry->value->span, call->env,
                 "\"%.*s()\" takes no such argument here", BP_ARG(call->value->text));
    if (position < count) {
        bp_finding_help(elab->diagnostics, finding, "write %s: in front of %s",
                        slots[position].name, slots[position].what);
    }
    return count;
}

bool
bp_call_bind(const bp_typing *typing, const bp_expr *call, const bp_slot *slots, size_t count,
             const bp_ast_value **values)
{
    const bp_ast_value *value = call->value;
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        values[i] = NULL;
    }
    for (size_t i = 0; i < value->items.count; i++) {
        const bp_ast_entry *entry = &value->items.at[i];
        if (entry->value == NULL) {
            good = false;
            continue;
        }
        size_t slot = find_slot(typing, call, entry, slots, count, i);
        if (slot == count) {
            good = false;
        } else if (values[slot] == NULL) {
            values[slot] = entry->value;
        }
    }
    for (size_t i = 0; i < count && good; i++) {
        if (slots[i].required && values[i] == NULL) {
            bp_fault(typing->elab, "SYN018", value->span, call->env, "\"%.*s()\" lacks %s",
                     BP_ARG(value->text), slots[i].what);
            good = false;
        }
    }
    return good;
}

/* An argument as a number. */
static bool
number_of(const bp_typing *typing, const bp_expr *call, const bp_ast_value *value, bp_want want,
          const char *what, int64_t *number)
{
    bp_typing argument = bp_argument_typing(typing, want, what);
    const bp_value *typed = bp_type_value(&argument, value, call->env);
    *number = typed->number;
    return typed->kind == BP_VALUE_TEXT;
}

static bp_value *cron(const bp_typing *typing, const bp_expr *call, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bp_value *
cron(const bp_typing *typing, const bp_expr *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_str fields = bp_str_vformat(typing->elab->arena, format, arguments);
    va_end(arguments);
    bp_str text = bp_str_format(typing->elab->arena, "cron(%.*s)", BP_ARG(fields));
    return bp_value_text(typing, call, text);
}

static bp_value *
hourly(const bp_typing *typing, const bp_expr *call)
{
    static const bp_slot slots[] = {{"", "the minute, such as :15", true}};
    const bp_ast_value *values[1];
    int64_t minute;
    if (!bp_call_bind(typing, call, slots, 1, values) ||
        !number_of(typing, call, values[0], BP_WANT_MINUTE, "the minute of hourly()", &minute)) {
        return bp_value_hole(typing, call);
    }
    return cron(typing, call, "%d * ? * * *", (int)minute);
}

static bool
good_step(int64_t hours)
{
    return hours >= 1 && hours <= HOURS_A_DAY && HOURS_A_DAY % hours == 0;
}

static bp_value *
every(const bp_typing *typing, const bp_expr *call)
{
    static const bp_slot slots[] = {{"", "the number of hours, such as 6h", true},
                                    {"from", "the first time", false}};
    const bp_ast_value *values[2];
    int64_t step;
    int64_t from = 0;
    bool good = bp_call_bind(typing, call, slots, 2, values) &&
                number_of(typing, call, values[0], BP_WANT_HOURS, "the step of every()", &step);
    if (good && values[1] != NULL) {
        good = number_of(typing, call, values[1], BP_WANT_TIME, "the first time of every()", &from);
    }
    if (!good) {
        return bp_value_hole(typing, call);
    }
    if (!good_step(step)) {
        bp_fault(typing->elab, "SYN020", values[0]->span, call->env,
                 "every %lld hours does not divide a day; every() takes 1, 2, 3, 4, 6, 8, 12 or 24 "
                 "hours",
                 (long long)step);
        return bp_value_hole(typing, call);
    }
    bp_buf hours = {.arena = typing->elab->arena};
    for (int64_t hour = from / MINUTES_AN_HOUR % step; hour < HOURS_A_DAY; hour += step) {
        bp_buf_format(&hours, "%s%d", hours.size == 0 ? "" : ",", (int)hour);
    }
    return cron(typing, call, "%d %.*s ? * * *", (int)(from % MINUTES_AN_HOUR),
                BP_ARG(bp_buf_text(&hours)));
}

static bp_value *
daily(const bp_typing *typing, const bp_expr *call)
{
    static const bp_slot slots[] = {{"", "the time, such as 05:00", true}};
    const bp_ast_value *values[1];
    int64_t at;
    if (!bp_call_bind(typing, call, slots, 1, values) ||
        !number_of(typing, call, values[0], BP_WANT_TIME, "the time of daily()", &at)) {
        return bp_value_hole(typing, call);
    }
    return cron(typing, call, "%d %d ? * * *", (int)(at % MINUTES_AN_HOUR),
                (int)(at / MINUTES_AN_HOUR));
}

/* "MON,THU" in written order; false when reported. */
static bool
weekdays(const bp_typing *typing, const bp_expr *call, const bp_ast_value *value, bp_buf *text)
{
    bp_typing argument =
        bp_argument_typing(typing, BP_WANT_WEEKDAY, "the first argument of weekly()");
    const bp_value *list = bp_type_list(&argument, value, call->env);
    if (list->kind != BP_VALUE_LIST) {
        return false;
    }
    for (size_t i = 0; i < list->items.count; i++) {
        const bp_value *day = list->items.at[i];
        if (day->kind != BP_VALUE_TEXT) {
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            if (bp_str_equal(list->items.at[j]->text, day->text)) {
                bp_finding *finding = bp_fault(typing->elab, "SYN007", day->span, call->env,
                                               "a weekday twice; each may stand once");
                bp_finding_label(typing->elab->diagnostics, finding, list->items.at[j]->span,
                                 "first written here");
                return false;
            }
        }
        bp_buf_add_c(text, i == 0 ? "" : ",");
        bp_buf_add(text, day->text);
    }
    if (list->items.count == 0) {
        bp_fault(typing->elab, "SYN018", value->span, call->env,
                 "no weekday; weekly() takes at least one");
        return false;
    }
    return true;
}

static bp_value *
weekly(const bp_typing *typing, const bp_expr *call)
{
    static const bp_slot slots[] = {{"", "the weekdays, such as [mon, thu]", true},
                                    {"", "the time, such as 05:00", true}};
    const bp_ast_value *values[2];
    int64_t at = 0;
    bp_buf days = {.arena = typing->elab->arena};
    if (!bp_call_bind(typing, call, slots, 2, values)) {
        return bp_value_hole(typing, call);
    }
    bool good = weekdays(typing, call, values[0], &days);
    good = number_of(typing, call, values[1], BP_WANT_TIME, "the time of weekly()", &at) && good;
    if (!good) {
        return bp_value_hole(typing, call);
    }
    return cron(typing, call, "%d %d ? * %.*s *", (int)(at % MINUTES_AN_HOUR),
                (int)(at / MINUTES_AN_HOUR), BP_ARG(bp_buf_text(&days)));
}

static bp_value *
monthly(const bp_typing *typing, const bp_expr *call)
{
    static const bp_slot slots[] = {{"", "the day of the month, a number or last", true},
                                    {"", "the time, such as 05:00", true}};
    const bp_ast_value *values[2];
    int64_t at = 0;
    if (!bp_call_bind(typing, call, slots, 2, values)) {
        return bp_value_hole(typing, call);
    }
    bp_typing argument = bp_argument_typing(typing, BP_WANT_MONTHDAY, "the day of monthly()");
    const bp_value *day = bp_type_value(&argument, values[0], call->env);
    bool good = number_of(typing, call, values[1], BP_WANT_TIME, "the time of monthly()", &at);
    if (!good || day->kind != BP_VALUE_TEXT) {
        return bp_value_hole(typing, call);
    }
    if (day->has_number && (day->number < 1 || day->number > MONTH_DAYS)) {
        bp_fault(typing->elab, "SCH002", day->span, call->env,
                 "day %lld; a month has the days 1 to 31, and last", (long long)day->number);
        return bp_value_hole(typing, call);
    }
    bp_str text = day->has_number
                      ? bp_str_format(typing->elab->arena, "%lld", (long long)day->number)
                      : day->text;
    return cron(typing, call, "%d %d %.*s * ? *", (int)(at % MINUTES_AN_HOUR),
                (int)(at / MINUTES_AN_HOUR), BP_ARG(text));
}

/* cron("0 5 ? * * *"): the span is that of the text in quotes, so that a fault within it can be
 * shown. A text that has its cron( ) is taken as it is. */
static bp_value *
cron_text(const bp_typing *typing, const bp_expr *call)
{
    bp_expr text;
    if (!bp_call_text(typing, call, "the cron fields", &text)) {
        return bp_value_hole(typing, call);
    }
    bp_str written = text.value->text;
    bp_value *value = bp_str_starts(written, BP_STR("cron("))
                          ? bp_value_text(typing, &text, written)
                          : cron(typing, &text, "%.*s", BP_ARG(written));
    if (!bp_span_exists(value->declared)) {
        value->declared = call->declared;
    }
    return value;
}

bp_value *
bp_type_schedule(const bp_typing *typing, const bp_expr *expr)
{
    static const struct {
        const char *name;
        bp_value *(*make)(const bp_typing *typing, const bp_expr *call);
    } calls[] = {{"hourly", hourly}, {"every", every},     {"daily", daily},
                 {"weekly", weekly}, {"monthly", monthly}, {"cron", cron_text}};
    if (expr->value->kind != BP_AST_CALL) {
        return bp_type_unknown(typing, expr);
    }
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (bp_str_is(expr->value->text, calls[i].name)) {
            return calls[i].make(typing, expr);
        }
    }
    return bp_type_unknown(typing, expr);
}
