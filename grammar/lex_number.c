/*
 * Numbers of the lexer: INT, DURATION, TIME and REAL, and everything else that starts with a digit,
 * which is one BAD_NUMBER, so that "6months" or "1.5h" is judged as a whole.
 */
#include "grammar/lexer.h"

static char
at_of(bp_str text, size_t at)
{
    return at < text.size ? text.at[at] : '\0';
}

static size_t
digits(bp_str text, size_t at)
{
    size_t end = at;
    while (bp_is_digit(at_of(text, end))) {
        end++;
    }
    return end - at;
}

/* Where the run that starts at `at` ends. */
static size_t
run_end(bp_str text, size_t at)
{
    size_t end = at + (text.at[at] == '-' ? 1 : 0);
    bool clock = true; /* only digits and ":" so far */
    for (;; end++) {
        char c = at_of(text, end);
        char next = at_of(text, end + 1);
        char before = bp_fold_char(at_of(text, end - 1));
        bool colon = clock && c == ':' && bp_is_digit(next);
        bool hyphen = c == '-' && (bp_is_alnum(next) || next == '_');
        bool exponent = c == '+' && before == 'e' && bp_is_digit(next);
        if (!bp_is_alnum(c) && c != '_' && c != '.' && !colon && !hyphen && !exponent) {
            return end;
        }
        clock = clock && (colon || bp_is_digit(c));
    }
}

/* A number of JSON. */
static bool
is_json_number(bp_str run)
{
    size_t at = at_of(run, 0) == '-' ? 1 : 0;
    size_t whole = digits(run, at);
    if (whole == 0 || (whole > 1 && run.at[at] == '0')) {
        return false;
    }
    at += whole;
    if (at_of(run, at) == '.') {
        size_t fraction = digits(run, at + 1);
        if (fraction == 0) {
            return false;
        }
        at += 1 + fraction;
    }
    if (bp_fold_char(at_of(run, at)) == 'e') {
        bool sign = at_of(run, at + 1) == '-' || at_of(run, at + 1) == '+';
        size_t exponent = digits(run, at + (sign ? 2 : 1));
        if (exponent == 0) {
            return false;
        }
        at += (sign ? 2 : 1) + exponent;
    }
    return at == run.size;
}

static bool
is_time(bp_str run, int64_t *minutes)
{
    if (run.size != 5 || digits(run, 0) != 2 || run.at[2] != ':' || digits(run, 3) != 2) {
        return false;
    }
    int hour = (run.at[0] - '0') * 10 + run.at[1] - '0';
    int minute = (run.at[3] - '0') * 10 + run.at[4] - '0';
    *minutes = hour * 60 + minute;
    return hour < 24 && minute < 60;
}

static bool
is_unit(char c)
{
    return c == 'm' || c == 'h' || c == 'd' || c == 'w';
}

static void
duration(bp_token *token, bp_str run)
{
    bp_str count = bp_str_cut(run, 0, run.size - 1);
    bool fits = bp_str_number(count, &token->number) && token->number <= 999999999;
    token->unit = run.at[run.size - 1];
    token->kind = fits ? BP_TOKEN_DURATION : BP_TOKEN_BAD_NUMBER;
    token->flaw = fits ? BP_FLAW_NONE : BP_FLAW_RANGE;
}

void
bp_lex_number(bp_lexer *lexer, bp_token *token)
{
    size_t end = run_end(lexer->source->text, lexer->at);
    bp_str run = bp_str_cut(lexer->source->text, lexer->at, end);
    size_t whole = digits(run, 0);
    if (whole == run.size) {
        token->kind = BP_TOKEN_INT;
        if (!bp_str_number(run, &token->number)) {
            token->number = -1;
        }
    } else if (whole + 1 == run.size && is_unit(run.at[whole])) {
        duration(token, run);
    } else if (is_time(run, &token->number)) {
        token->kind = BP_TOKEN_TIME;
    } else if (is_json_number(run)) {
        token->kind = BP_TOKEN_REAL;
    } else {
        token->kind = BP_TOKEN_BAD_NUMBER;
        token->flaw = BP_FLAW_NUMBER;
    }
    lexer->at = (uint32_t)end;
}
