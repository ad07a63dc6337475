/*
 * Slips: what people write from the habits of JSON, HCL, YAML or C, each with the finding that
 * helps. Nothing here accepts a sentence that the grammar does not have; some are read on as meant.
 */
#include "grammar/parser.h"

#include "lib/suggest.h"

static bp_str
escaped_character(bp_parser *parser, const bp_token *token)
{
    static const unsigned char masks[] = {0x7F, 0x1F, 0x0F, 0x07};
    bp_str text = bp_str_cut(parser->source->text, token->start, token->end);
    unsigned char lead = (unsigned char)text.at[0];
    unsigned size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    unsigned code = lead & masks[size - 1];
    for (unsigned i = 1; i < size && i < text.size; i++) {
        code = code << 6 | ((unsigned char)text.at[i] & 0x3F);
    }
    bool plain = code > 0x20 && code < 0x7F;
    return plain ? bp_str_format(parser->arena, "\"%c\"", (char)code)
                 : bp_str_format(parser->arena, "the character U+%04X", code);
}

static bp_finding *
bad_quotes(bp_parser *parser, const bp_token *token)
{
    bp_span span = bp_parser_span(parser, token);
    bool curly = token->flaw == BP_FLAW_CURLY;
    bp_finding *finding =
        bp_parser_error(parser, span, "found %s quotes; a text stands in plain double quotes",
                        curly ? "curly" : "single");
    bool plain = bp_str_find(token->text, '\\') == token->text.size;
    bp_str fixed = bp_str_format(parser->arena, "\"%.*s\"", BP_ARG(token->text));
    bp_parser_fix(parser, finding, plain, span, bp_str_c(parser->arena, fixed));
    return finding;
}

static bp_finding *
bad_string(bp_parser *parser, const bp_token *token)
{
    bp_span flaw = bp_span_of(parser->source, token->flaw_start, token->flaw_end);
    bp_span opener = bp_span_of(parser->source, token->start, token->start + 1);
    bp_finding *finding = NULL;
    if (token->flaw == BP_FLAW_UNCLOSED) {
        bp_span end = bp_span_of(parser->source, token->end, token->end);
        finding = bp_parser_error(
            parser, end, "found the end of the line in a text; expected its closing quote");
        bp_parser_label(parser, finding, opener, "the text begins here");
    } else if (token->flaw == BP_FLAW_CONTROL) {
        char byte = parser->source->text.at[token->flaw_start];
        finding = bp_parser_error(parser, flaw, "a text holds the control character U+%04X",
                                  (unsigned)(unsigned char)byte);
        bp_parser_help(parser, finding, "write %s",
                       byte == '\t' ? "\\t" : "it as \\u and its code");
    } else {
        bp_str written = bp_str_cut(parser->source->text, flaw.start, flaw.end);
        finding = bp_parser_error(parser, flaw, "\"%.*s\" is no escape of a text", BP_ARG(written));
        bp_parser_help(parser, finding,
                       "escapes are those of JSON, without \\u0000; a backslash itself is \\\\");
    }
    return finding;
}

static bp_finding *
bad_operator(bp_parser *parser, const bp_token *token)
{
    bp_finding *finding = bp_parser_error(
        parser, bp_parser_span(parser, token),
        "\"%.*s\" is an operator of the JSON form; a setting says it by \"=\", \"+=\" or \"-=\"",
        BP_ARG(token->text));
    bp_parser_help(parser, finding, "\"=\" is @@assign, \"+=\" is @@append, \"-=\" is @@remove");
    return finding;
}

static bp_finding *
bad_character(bp_parser *parser, const bp_token *token)
{
    bp_finding *finding =
        bp_parser_error(parser, bp_parser_span(parser, token), "%.*s means nothing here",
                        BP_ARG(escaped_character(parser, token)));
    char c = parser->source->text.at[token->start];
    if (c == '$') {
        bp_parser_help(parser, finding,
                       "there is no interpolation; constants are named by \"let\"");
    } else if ((unsigned char)c >= 0x80) {
        bp_parser_help(parser, finding, "outside of texts and comments only ASCII is used");
    }
    return finding;
}

bp_finding *
bp_parser_bad(bp_parser *parser, const bp_token *token)
{
    bp_finding *finding = NULL;
    switch (token->flaw) {
    case BP_FLAW_CURLY:
    case BP_FLAW_APOSTROPHE:
        return bad_quotes(parser, token);
    case BP_FLAW_UNCLOSED:
    case BP_FLAW_ESCAPE:
    case BP_FLAW_CONTROL:
        return bad_string(parser, token);
    case BP_FLAW_OPERATOR:
        return bad_operator(parser, token);
    case BP_FLAW_NUMBER:
    case BP_FLAW_RANGE:
        return bp_parser_bad_number(parser, token);
    case BP_FLAW_COMMENT:
        finding =
            bp_parser_error(parser, bp_span_of(parser->source, token->start, token->start + 2),
                            "found \"/*\"; a comment begins with \"//\" or \"#\" and ends "
                            "with its line");
        bp_parser_help(parser, finding, "begin each line of the comment with //");
        return finding;
    case BP_FLAW_SEMICOLON:
        return bp_parser_error(parser, bp_parser_span(parser, token),
                               "found \";\"; a statement ends at the end of its line");
    case BP_FLAW_CHARACTER:
    case BP_FLAW_NONE:
        break;
    }
    return bad_character(parser, token);
}

/* "key": value, and "key" = value. */
static void
quoted_setting(bp_parser *parser)
{
    bp_token token = *bp_parser_peek(parser, 0);
    bp_finding *finding = bp_parser_error(
        parser, bp_parser_here(parser),
        "found %.*s as the name of a setting; settings stand without quotes and take \"=\"",
        BP_ARG(bp_parser_describe(parser, &token)));
    bp_parser_help(parser, finding, "JSON stands behind \"raw\" only: raw \"key\" = { ... }");
}

static void
unknown_block(bp_parser *parser)
{
    static const char *const words[] = {"plan", "rule", "select", "copy", "extend", "raw"};
    const bp_token *token = bp_parser_peek(parser, 0);
    bp_suggester suggester = bp_suggest_start(token->text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        bp_suggest_offer(&suggester, bp_str_of(words[i]));
    }
    bp_finding *finding = bp_parser_error(
        parser, bp_parser_here(parser),
        "\"%.*s\" is no block; blocks are plan, rule, select and copy to", BP_ARG(token->text));
    if (suggester.best.size > 0) {
        bp_parser_help(parser, finding, "did you mean \"%.*s\"?", BP_ARG(suggester.best));
        bp_parser_fix(parser, finding, false, bp_parser_here(parser),
                      bp_str_c(parser->arena, suggester.best));
    } else {
        bp_parser_help(parser, finding, "a setting is written as: name = value");
    }
}

/* A word in a statement's first place, with something behind it that is no operator. */
static bool
word_slip(bp_parser *parser, bp_ast_statement **statement)
{
    const bp_token *next = bp_parser_peek(parser, 1);
    const bp_token *third = bp_parser_peek(parser, 2);
    bool brace = next->kind == BP_TOKEN_OPEN_BRACE;
    bool headed = third->kind == BP_TOKEN_OPEN_BRACE ||
                  (third->kind == BP_TOKEN_WORD && third->keyword == BP_KEY_uses);
    bool label = next->kind == BP_TOKEN_STRING || next->kind == BP_TOKEN_WORD;
    if (brace || (label && headed)) {
        unknown_block(parser);
        return false;
    }
    bool two_words = next->kind == BP_TOKEN_WORD &&
                     (third->kind == BP_TOKEN_ASSIGN || third->kind == BP_TOKEN_COLON);
    bool value = next->kind == BP_TOKEN_STRING || next->kind == BP_TOKEN_WORD ||
                 next->kind == BP_TOKEN_INT || next->kind == BP_TOKEN_DURATION ||
                 next->kind == BP_TOKEN_TIME || next->kind == BP_TOKEN_OPEN_BRACKET;
    if (value && !two_words) {
        *statement = bp_parse_setting(parser);
        return true;
    }
    bp_token word = bp_parser_take(parser);
    bp_finding *finding = bp_parser_expected(parser, "\"=\"");
    if (two_words) {
        bp_parser_help(parser, finding, "the name of a setting is one word, with \"_\" inside");
    } else if (word.keyword != BP_KEY_NONE) {
        bp_parser_help(parser, finding, "\"%.*s\" is a reserved word", BP_ARG(word.text));
    }
    return false;
}

bool
bp_parse_slip(bp_parser *parser, bp_ast_statement **statement)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    if (token->kind == BP_TOKEN_WORD) {
        return word_slip(parser, statement);
    }
    bp_token_kind next = bp_parser_peek(parser, 1)->kind;
    if (token->kind == BP_TOKEN_STRING &&
        (next == BP_TOKEN_COLON || next == BP_TOKEN_ASSIGN || next == BP_TOKEN_APPEND)) {
        quoted_setting(parser);
        return false;
    }
    bp_parser_expected(parser, "a setting, a block or \"}\"");
    return false;
}
