/*
 * Recovery: bracketed lists that read on behind a missing comma, and the way from a failed
 * statement to the next one. Everything moves forward only, so that hostile input takes linear
 * time.
 */
#include "grammar/parser.h"

static bool
is_operator(bp_token_kind kind)
{
    return kind == BP_TOKEN_ASSIGN || kind == BP_TOKEN_APPEND || kind == BP_TOKEN_REMOVE;
}

/* Whether a keyword and the token behind it start a block or an item. */
static bool
starts_block(bp_keyword keyword, const bp_token *next, const bp_token *third)
{
    bool text = next->kind == BP_TOKEN_STRING;
    bool word = next->kind == BP_TOKEN_WORD;
    bool headed = third->kind == BP_TOKEN_OPEN_BRACE ||
                  (third->kind == BP_TOKEN_WORD && third->keyword == BP_KEY_uses);
    bool named = keyword == BP_KEY_plan || keyword == BP_KEY_rule || keyword == BP_KEY_policy ||
                 keyword == BP_KEY_raw || keyword == BP_KEY_include;
    bool deployed = keyword == BP_KEY_role || keyword == BP_KEY_vault;
    bool select = keyword == BP_KEY_select && word && third->kind == BP_TOKEN_STRING;
    bool copy = keyword == BP_KEY_copy && word && next->keyword == BP_KEY_to;
    bool extend = keyword == BP_KEY_extend && word && next->keyword != BP_KEY_NONE;
    bool control = keyword == BP_KEY_children && word && next->keyword == BP_KEY_may;
    bool other = (keyword == BP_KEY_let || keyword == BP_KEY_template) && word;
    return (text && (named || keyword == BP_KEY_select || (deployed && headed))) || select ||
           copy || extend || control || other;
}

bool
bp_parser_at_statement(bp_parser *parser, bool settings)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    if (token->kind != BP_TOKEN_WORD || !token->first) {
        return false;
    }
    const bp_token *next = bp_parser_peek(parser, 1);
    const bp_token *third = bp_parser_peek(parser, 2);
    if (settings && is_operator(next->kind)) {
        return true;
    }
    if (bp_str_is(token->text, "air_gapped")) {
        return next->kind == BP_TOKEN_WORD && next->keyword == BP_KEY_vault;
    }
    return starts_block(token->keyword, next, third);
}

/* Whether indentation shows that a statement with open brackets is over: behind a value the brace
 * of an outer block, else a statement not further right than the one that failed. */
static bool
outdented(bp_parser *parser, bool value)
{
    uint32_t indent = parser->indent;
    const bp_token *token = bp_parser_peek(parser, 0);
    if (!token->first || token->indent > indent) {
        return false;
    }
    bool brace = value && token->kind == BP_TOKEN_CLOSE_BRACE && token->indent < indent;
    return brace || bp_parser_at_statement(parser, true);
}

void
bp_parser_sync(bp_parser *parser)
{
    size_t braces = 0;
    size_t others = 0;
    bool value = parser->bracket_count > 0;
    for (unsigned i = 0; i < parser->bracket_count; i++) {
        bool brace = parser->brackets[i].kind == BP_TOKEN_OPEN_BRACE;
        braces += brace;
        others += !brace;
    }
    parser->bracket_count = 0;
    for (;; bp_parser_take(parser)) {
        bp_token_kind kind = bp_parser_peek(parser, 0)->kind;
        bool brackets = braces + others > 0;
        if (kind == BP_TOKEN_EOF) {
            parser->swallowed = parser->swallowed || brackets;
            return;
        }
        if ((kind == BP_TOKEN_NEWLINE && !brackets) ||
            (kind == BP_TOKEN_CLOSE_BRACE && braces == 0) ||
            (brackets && value && bp_parser_at_statement(parser, braces == 0)) ||
            (brackets && outdented(parser, value))) {
            return;
        }
        braces += kind == BP_TOKEN_OPEN_BRACE;
        braces -= kind == BP_TOKEN_CLOSE_BRACE;
        others += kind == BP_TOKEN_OPEN_PAREN || kind == BP_TOKEN_OPEN_BRACKET;
        bool closes = kind == BP_TOKEN_CLOSE_PAREN || kind == BP_TOKEN_CLOSE_BRACKET;
        others -= closes && others > 0;
    }
}

/* Whether a statement starts here, so that the bracket on top was left open. A word and "=" may
 * also be an entry or argument with "=" for ":"; then indentation decides. */
static bool
at_next_statement(bp_parser *parser)
{
    const bp_token *open = &parser->brackets[parser->bracket_count - 1];
    bool list = open->kind == BP_TOKEN_OPEN_BRACKET;
    bool settings = list || bp_parser_peek(parser, 0)->indent <= open->indent;
    return bp_parser_at_statement(parser, settings);
}

static bool
too_deep(bp_parser *parser)
{
    if (parser->block_count + parser->bracket_count < BP_NESTING) {
        return false;
    }
    bp_finding *finding = bp_parser_report(parser, "SYN015", bp_parser_here(parser),
                                           "brackets are nested deeper than %d", BP_NESTING);
    bp_parser_help(parser, finding, "what stands inside was not read");
    return true;
}

/* The bracket on top was not closed where the current token stands. */
static bool
unclosed(bp_parser *parser, const bp_sequence *sequence)
{
    const bp_token *open = &parser->brackets[parser->bracket_count - 1];
    bp_finding *finding =
        bp_parser_error(parser, bp_parser_here(parser), "found %.*s; expected %s for the %s",
                        BP_ARG(bp_parser_describe(parser, bp_parser_peek(parser, 0))),
                        bp_token_name(sequence->close), bp_token_name(sequence->open));
    bp_parser_label(parser, finding, bp_parser_span(parser, open), "opened here");
    return false;
}

/* `}` for `]` and the like on one line: as meant. */
static bool
wrong_closer(bp_parser *parser, const bp_sequence *sequence)
{
    bp_token_kind kind = bp_parser_peek(parser, 0)->kind;
    bool closer = kind == BP_TOKEN_CLOSE_BRACKET || kind == BP_TOKEN_CLOSE_PAREN ||
                  kind == BP_TOKEN_CLOSE_BRACE;
    const bp_token *here = bp_parser_peek(parser, 0);
    if (!closer || kind == sequence->close || here->first) {
        return false;
    }
    for (unsigned i = parser->bracket_count - 1; i > 0; i--) {
        bp_token_kind outer = parser->brackets[i - 1].kind;
        if ((kind == BP_TOKEN_CLOSE_PAREN && outer == BP_TOKEN_OPEN_PAREN) ||
            (kind == BP_TOKEN_CLOSE_BRACKET && outer == BP_TOKEN_OPEN_BRACKET) ||
            (kind == BP_TOKEN_CLOSE_BRACE && outer == BP_TOKEN_OPEN_BRACE)) {
            return false;
        }
    }
    return kind != BP_TOKEN_CLOSE_BRACE || parser->block_count == 0 ||
           parser->blocks[parser->block_count - 1].line_offset != here->line_offset;
}

static bool
close_sequence(bp_parser *parser, const bp_sequence *sequence, bp_span *close)
{
    if (!bp_parser_at(parser, sequence->close)) {
        unclosed(parser, sequence);
    }
    *close = bp_parser_here(parser);
    bp_parser_take(parser);
    parser->bracket_count--;
    return true;
}

/* A comma is missing behind `behind`; one finding a statement collects them all. */
static void
missing_comma(bp_parser *parser, const bp_sequence *sequence, bp_token behind, bool line)
{
    bp_span point = bp_span_after(bp_parser_span(parser, &behind));
    if (parser->commas != NULL) {
        bp_finding_edit(parser->diagnostics, parser->commas, point, BP_STR(","));
        return;
    }
    bp_finding *finding =
        line ? bp_parser_error(parser, point,
                               "no comma after %.*s; the lines between %s and "
                               "%s are separated by commas",
                               BP_ARG(bp_parser_describe(parser, &behind)),
                               bp_token_name(sequence->open), bp_token_name(sequence->close))
             : bp_parser_error(parser, bp_parser_here(parser), "found %.*s; expected \",\" or %s",
                               BP_ARG(bp_parser_describe(parser, bp_parser_peek(parser, 0))),
                               bp_token_name(sequence->close));
    bp_parser_fix(parser, finding, line, point, ",");
    parser->commas = finding;
}

/* Behind an element: true if another one or the closing bracket comes. */
static bool
separator(bp_parser *parser, const bp_sequence *sequence)
{
    bp_token behind = parser->last;
    bool line = bp_parser_at(parser, BP_TOKEN_NEWLINE);
    bp_parser_newlines(parser);
    if (bp_parser_at(parser, sequence->close) || wrong_closer(parser, sequence)) {
        return true;
    }
    if (bp_parser_at(parser, BP_TOKEN_COMMA)) {
        bp_span comma = bp_parser_here(parser);
        bp_parser_take(parser);
        bp_parser_newlines(parser);
        if (sequence->strict && bp_parser_at(parser, sequence->close)) {
            bp_finding *finding = bp_parser_error(
                parser, comma, "a comma before %s; JSON takes none after the last element",
                bp_token_name(sequence->close));
            bp_parser_fix(parser, finding, true, comma, "");
        }
        return true;
    }
    if (at_next_statement(parser) || !bp_parse_at_value(parser)) {
        const bp_token *token = bp_parser_peek(parser, 0);
        if (token->flaw != BP_FLAW_NONE) {
            bp_parser_bad(parser, token);
        }
        return unclosed(parser, sequence);
    }
    missing_comma(parser, sequence, behind, line);
    return true;
}

bool
bp_parser_sequence(bp_parser *parser, const bp_sequence *sequence, bp_span *close)
{
    if (too_deep(parser)) {
        return false;
    }
    parser->brackets[parser->bracket_count++] = bp_parser_take(parser);
    for (;;) {
        bp_parser_newlines(parser);
        if (bp_parser_at(parser, sequence->close) || wrong_closer(parser, sequence)) {
            return close_sequence(parser, sequence, close);
        }
        if (bp_parser_at(parser, BP_TOKEN_EOF) || bp_parser_at(parser, BP_TOKEN_CLOSE_BRACE) ||
            at_next_statement(parser)) {
            return unclosed(parser, sequence);
        }
        if (!sequence->read(parser, sequence->context) || !separator(parser, sequence)) {
            return false;
        }
    }
}
