/*
 * Numbers with a unit that is none: "6months", "1.5h", "30 d". The finding offers what can be
 * written; nothing is rounded, and months and years are never counted silently.
 */
#include "grammar/parser.h"

/* Words for units, the minutes of one, and whether the number of days varies. */
typedef struct unit {
    const char *words; /* between blanks */
    int64_t minutes;
    bool calendar;
} unit;

static const unit units[] = {
    {" m min mins minute minutes ", 1, false},
    {" h hr hrs hour hours ", 60, false},
    {" d day days ", 1440, false},
    {" w wk wks week weeks ", 10080, false},
    {" mo mon mth mths month months ", 43200, true},
    {" y yr yrs year years ", 525600, true},
    {" s sec secs second seconds ", 0, false},
};

static const unit *
unit_of(bp_parser *parser, bp_str word)
{
    bp_str wanted =
        bp_str_format(parser->arena, " %.*s ", BP_ARG(bp_str_fold(parser->arena, word)));
    for (size_t i = 0; word.size > 0 && word.size <= 8 && i < sizeof units / sizeof units[0]; i++) {
        if (bp_str_contains(bp_str_of(units[i].words), wanted)) {
            return &units[i];
        }
    }
    return NULL;
}

/* "1.5" in thousandths; false with more than nine digits before or three behind the point. */
static bool
thousandths(bp_str number, int64_t *value)
{
    size_t point = bp_str_find(number, '.');
    bp_str whole = bp_str_cut(number, 0, point);
    bp_str fraction = bp_str_cut(number, point + 1, number.size);
    if (whole.size > 9 || fraction.size > 3 || !bp_str_number(whole, value)) {
        return false;
    }
    *value *= 1000;
    int64_t part = 0;
    if (fraction.size > 0 && !bp_str_number(fraction, &part)) {
        return false;
    }
    static const int64_t scale[] = {0, 100, 10, 1};
    *value += part * scale[fraction.size];
    return true;
}

/* The shortest way to write a number of minutes. */
static bp_str
written(bp_parser *parser, int64_t minutes)
{
    bool days = minutes % 1440 == 0;
    bool hours = minutes % 60 == 0;
    return bp_str_format(parser->arena, "%lld%s",
                         (long long)(minutes / (days    ? 1440
                                                : hours ? 60
                                                        : 1)),
                         days    ? "d"
                         : hours ? "h"
                                 : "m");
}

/* A count and its unit, as written at `span`. */
static void
judge(bp_parser *parser, bp_span span, bp_str count, const unit *found)
{
    bp_str all = bp_str_cut(parser->source->text, span.start, span.end);
    if (found->minutes == 0) {
        bp_finding *finding = bp_parser_report(
            parser, "SYN016", span, "\"%.*s\" is no duration; seconds are no unit", BP_ARG(all));
        bp_parser_help(parser, finding, "units are m (minutes), h, d and w");
        return;
    }
    bp_finding *finding =
        bp_parser_report(parser, "SYN016", span,
                         found->calendar ? "\"%.*s\" is no duration; months and years are no units"
                                         : "\"%.*s\" is no duration; it is a whole number and one "
                                           "of m, h, d, w without a blank",
                         BP_ARG(all));
    int64_t value = 0;
    if (!thousandths(count, &value) || value * found->minutes % 1000 != 0) {
        bp_parser_help(parser, finding,
                       "write whole minutes (m), hours (h), days (d) or weeks (w)");
        return;
    }
    int64_t minutes = value / 1000 * found->minutes + value % 1000 * found->minutes / 1000;
    bp_str meant = written(parser, minutes);
    bool whole_unit = value % 1000 == 0 && !found->calendar;
    if (whole_unit) {
        const char *letter = found->minutes == 1      ? "m"
                             : found->minutes == 60   ? "h"
                             : found->minutes == 1440 ? "d"
                                                      : "w";
        meant = bp_str_format(parser->arena, "%lld%s", (long long)(value / 1000), letter);
    }
    if (found->minutes == 525600) {
        int64_t days = value * 366 / 1000;
        bp_parser_help(parser, finding, "write %.*s, or %lldd with leap days", BP_ARG(meant),
                       (long long)days);
    } else if (found->calendar) {
        bp_parser_help(parser, finding, "write the days: %.*s, at 30 days a month", BP_ARG(meant));
    } else {
        bp_parser_help(parser, finding, "write %.*s", BP_ARG(meant));
    }
    bp_parser_fix(parser, finding, !found->calendar, span, bp_str_c(parser->arena, meant));
}

bool
bp_parser_loose_unit(bp_parser *parser, const bp_token *number, const bp_token *word)
{
    const unit *found = unit_of(parser, word->text);
    if (found != NULL) {
        judge(parser, bp_span_of(parser->source, number->start, word->end), number->text, found);
    }
    return found != NULL;
}

static bp_finding *
no_time(bp_parser *parser, bp_span span, bp_str text)
{
    bp_finding *finding =
        bp_parser_error(parser, span,
                        "\"%.*s\" is no time; it takes two digits, \":\" and two digits, 00:00 to "
                        "23:59",
                        BP_ARG(text));
    if (text.size == 4 && text.at[1] == ':') {
        bp_parser_help(parser, finding, "write 0%.*s", BP_ARG(text));
    }
    return finding;
}

bp_finding *
bp_parser_bad_number(bp_parser *parser, const bp_token *token)
{
    bp_span span = bp_parser_span(parser, token);
    bp_str text = bp_str_cut(parser->source->text, token->start, token->end);
    bp_str shown = bp_parser_describe(parser, token);
    if (token->flaw == BP_FLAW_RANGE) {
        return bp_parser_report(parser, "SYN016", span,
                                "%.*s is too large for a duration; it takes at most nine digits",
                                BP_ARG(shown));
    }
    size_t letters = 0;
    while (letters < text.size && (bp_is_digit(text.at[letters]) || text.at[letters] == '.')) {
        letters++;
    }
    const unit *found = unit_of(parser, bp_str_cut(text, letters, text.size));
    if (found != NULL) {
        judge(parser, span, bp_str_cut(text, 0, letters), found);
        return NULL;
    }
    if (bp_str_find(text, ':') < text.size) {
        return no_time(parser, span, text);
    }
    bp_finding *finding =
        bp_parser_error(parser, span, "%.*s is no number, duration or time", BP_ARG(shown));
    bp_parser_help(parser, finding, "write 35, 35d, 8h or 05:00; a text stands in quotes");
    return finding;
}
