/*
 * The parser's machinery: tokens ahead, findings, names, bracketed lists and recovery. What the
 * sentences of the language are is in parse_items.c, parse_blocks.c and parse_values.c; what people
 * write instead of them in parse_slips.c.
 */
#include "grammar/parser.h"

const bp_token *
bp_parser_peek(bp_parser *parser, unsigned ahead)
{
    while (parser->held <= ahead) {
        bp_token token = bp_lexer_next(&parser->lexer);
        if (token.kind == BP_TOKEN_BAD && token.flaw == BP_FLAW_COMMENT) {
            bool quiet = parser->quiet;
            parser->quiet = false;
            bp_parser_bad(parser, &token);
            parser->quiet = quiet;
            continue;
        }
        parser->ahead[(parser->now + parser->held) % BP_AHEAD] = token;
        parser->held++;
    }
    return &parser->ahead[(parser->now + ahead) % BP_AHEAD];
}

bp_token
bp_parser_take(bp_parser *parser)
{
    bp_token token = *bp_parser_peek(parser, 0);
    if (token.kind == BP_TOKEN_EOF) {
        return token;
    }
    parser->now = (parser->now + 1) % BP_AHEAD;
    parser->held--;
    if (token.kind != BP_TOKEN_NEWLINE) {
        parser->last = token;
        parser->any = true;
    }
    return token;
}

bool
bp_parser_at(bp_parser *parser, bp_token_kind kind)
{
    return bp_parser_peek(parser, 0)->kind == kind;
}

bool
bp_parser_at_key(bp_parser *parser, bp_keyword keyword)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    return token->kind == BP_TOKEN_WORD && token->keyword == keyword;
}

bool
bp_parser_at_word(bp_parser *parser, const char *word)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    return token->kind == BP_TOKEN_WORD && bp_str_is(token->text, word);
}

bool
bp_parser_is_key(const bp_token *token, bp_keyword keyword)
{
    return token->kind == BP_TOKEN_WORD && token->keyword == keyword;
}

bool
bp_parser_is_operator(bp_token_kind kind)
{
    return kind == BP_TOKEN_ASSIGN || kind == BP_TOKEN_APPEND || kind == BP_TOKEN_REMOVE ||
           kind == BP_TOKEN_COLON;
}

bool
bp_parser_accept(bp_parser *parser, bp_token_kind kind)
{
    if (!bp_parser_at(parser, kind)) {
        return false;
    }
    bp_parser_take(parser);
    return true;
}

void
bp_parser_newlines(bp_parser *parser)
{
    while (bp_parser_accept(parser, BP_TOKEN_NEWLINE)) {
    }
}

bp_span
bp_parser_span(const bp_parser *parser, const bp_token *token)
{
    return bp_span_of(parser->source, token->start, token->end);
}

bp_span
bp_parser_here(bp_parser *parser)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    if (token->kind != BP_TOKEN_NEWLINE && token->kind != BP_TOKEN_EOF) {
        return bp_parser_span(parser, token);
    }
    uint32_t at = parser->any ? parser->last.end : 0;
    return bp_span_of(parser->source, at, at);
}

bp_ast_name
bp_parser_name_of(const bp_parser *parser, const bp_token *token)
{
    return (bp_ast_name){token->text, bp_parser_span(parser, token)};
}

bp_str
bp_parser_describe(bp_parser *parser, const bp_token *token)
{
    if (parser->quiet) {
        return BP_STR(""); /* nobody will read it */
    }
    if (token->kind == BP_TOKEN_NEWLINE || token->kind == BP_TOKEN_EOF) {
        return bp_str_of(bp_token_name(token->kind));
    }
    size_t end = token->end;
    bool cut = token->end - token->start > 40;
    if (cut) {
        end = token->start + 36;
        while (((unsigned char)parser->source->text.at[end] & 0xC0) == 0x80) {
            end--;
        }
    }
    bool quoted = token->kind == BP_TOKEN_STRING;
    return bp_str_format(parser->arena, quoted ? "the text %.*s%s" : "\"%.*s%s\"",
                         BP_ARG(bp_str_cut(parser->source->text, token->start, end)),
                         cut ? "..." : "");
}

/* The finding, unless the statement has one already. */
static bp_finding *report(bp_parser *parser, const char *code, bp_span span, const char *format,
                          va_list arguments) __attribute__((format(printf, 4, 0)));

static bp_finding *
report(bp_parser *parser, const char *code, bp_span span, const char *format, va_list arguments)
{
    parser->file->broken = true;
    if (parser->quiet) {
        return NULL;
    }
    parser->quiet = true;
    bp_str message = bp_str_vformat(parser->arena, format, arguments);
    return bp_report(parser->diagnostics, code, span, "%.*s", BP_ARG(message));
}

bp_finding *
bp_parser_error(bp_parser *parser, bp_span span, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_finding *finding = report(parser, "SYN001", span, format, arguments);
    va_end(arguments);
    return finding;
}

bp_finding *
bp_parser_report(bp_parser *parser, const char *code, bp_span span, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_finding *finding = report(parser, code, span, format, arguments);
    va_end(arguments);
    return finding;
}

bp_finding *
bp_parser_expected(bp_parser *parser, const char *what)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    if (token->kind == BP_TOKEN_BAD || token->kind == BP_TOKEN_BAD_STRING ||
        token->kind == BP_TOKEN_BAD_NUMBER) {
        return bp_parser_bad(parser, token);
    }
    if (parser->quiet) {
        return NULL;
    }
    return bp_parser_error(parser, bp_parser_here(parser), "found %.*s; expected %s",
                           BP_ARG(bp_parser_describe(parser, token)), what);
}

void
bp_parser_help(bp_parser *parser, bp_finding *finding, const char *format, ...)
{
    if (finding == NULL) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    bp_str text = bp_str_vformat(parser->arena, format, arguments);
    va_end(arguments);
    bp_finding_help(parser->diagnostics, finding, "%.*s", BP_ARG(text));
}

void
bp_parser_label(bp_parser *parser, bp_finding *finding, bp_span span, const char *text)
{
    if (finding != NULL) {
        bp_finding_label(parser->diagnostics, finding, span, "%s", text);
    }
}

void
bp_parser_fix(bp_parser *parser, bp_finding *finding, bool safe, bp_span span,
              const char *replacement)
{
    if (finding == NULL) {
        return;
    }
    bp_str text = bp_str_of(replacement);
    bp_str shown = bp_str_trim(text);
    if (span.start == span.end) {
        bp_finding_fix(parser->diagnostics, finding, safe, span, text, "insert \"%.*s\"",
                       BP_ARG(shown));
    } else if (shown.size == 0) {
        bp_str gone = bp_str_cut(parser->source->text, span.start, span.end);
        bp_finding_fix(parser->diagnostics, finding, safe, span, text, "remove \"%.*s\"",
                       BP_ARG(gone));
    } else {
        bp_finding_fix(parser->diagnostics, finding, safe, span, text, "replace with \"%.*s\"",
                       BP_ARG(shown));
    }
}

void
bp_parser_twice(bp_parser *parser, const char *what, bp_ast_name name, bp_span first)
{
    parser->file->broken = true;
    bp_finding *finding =
        bp_report(parser->diagnostics, "SYN007", name.span,
                  "%s \"%.*s\" stands twice here; each may stand once", what, BP_ARG(name.text));
    bp_parser_label(parser, finding, first, "first written here");
}

static bool
looks_like_name(bp_str text)
{
    bool good = text.size > 0 && text.size <= 64 && text.at[0] >= 'a' && text.at[0] <= 'z';
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        good = good && ((c >= 'a' && c <= 'z') || bp_is_digit(c) || c == '_');
    }
    return good;
}

bool
bp_parser_name(bp_parser *parser, const char *what, bp_ast_name *name)
{
    if (!bp_parser_at(parser, BP_TOKEN_WORD)) {
        bp_finding *finding = bp_parser_expected(parser, what);
        if (bp_parser_at(parser, BP_TOKEN_STRING)) {
            bp_parser_help(parser, finding, "write it without quotes");
        }
        return false;
    }
    bp_token token = bp_parser_take(parser);
    *name = bp_parser_name_of(parser, &token);
    if (token.keyword != BP_KEY_NONE) {
        bp_finding *finding =
            bp_parser_error(parser, name->span, "\"%.*s\" is a reserved word; it cannot be %s",
                            BP_ARG(token.text), what);
        bp_parser_help(parser, finding, "choose another word, for example \"my_%.*s\"",
                       BP_ARG(token.text));
    } else if (!looks_like_name(token.text)) {
        bp_finding *finding =
            bp_parser_error(parser, name->span,
                            "\"%.*s\" cannot be %s; it takes a lower-case letter and up to 63 "
                            "lower-case letters, digits and \"_\"",
                            BP_ARG(token.text), what);
        if (bp_str_find(token.text, '-') < token.text.size) {
            bp_parser_help(parser, finding,
                           "write \"_\" for \"-\"; a hyphen always means a Region");
        }
    }
    return true;
}

bool
bp_parser_quoted(bp_parser *parser, const char *what, bp_ast_name *name)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    bool foreign = token->flaw == BP_FLAW_CURLY || token->flaw == BP_FLAW_APOSTROPHE;
    if (token->kind == BP_TOKEN_WORD) {
        bp_finding *finding =
            bp_parser_error(parser, bp_parser_here(parser), "found \"%.*s\"; expected %s in quotes",
                            BP_ARG(token->text), what);
        bp_str quoted = bp_str_format(parser->arena, "\"%.*s\"", BP_ARG(token->text));
        bp_parser_help(parser, finding, "write %.*s", BP_ARG(quoted));
        if (finding != NULL) {
            bp_finding_fix(parser->diagnostics, finding, true, bp_parser_here(parser), quoted,
                           "put it in quotes");
        }
    } else if (token->kind == BP_TOKEN_BAD_STRING || foreign) {
        bp_parser_bad(parser, token);
    } else if (token->kind != BP_TOKEN_STRING) {
        bp_parser_expected(
            parser, bp_str_c(parser->arena, bp_str_format(parser->arena, "%s in quotes", what)));
        return false;
    }
    bp_token taken = bp_parser_take(parser);
    *name = bp_parser_name_of(parser, &taken);
    return true;
}

void
bp_parser_fresh(bp_parser *parser)
{
    parser->quiet = false;
    parser->bracket_count = 0;
    parser->commas = NULL;
    parser->assigns = NULL;
}

bp_ast_file *
bp_parse(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source)
{
    bp_parser parser = {.arena = arena,
                        .diagnostics = diagnostics,
                        .source = source,
                        .file = BP_NEW(arena, bp_ast_file),
                        .close_to = BP_NESTING};
    parser.file->source = source;
    size_t bad = source->text.size;
    size_t nul = bp_str_find(source->text, '\0');
    bool valid = bp_str_valid_utf8(source->text, &bad);
    if (nul < source->text.size && nul < bad) {
        bp_parser_error(&parser, bp_span_of(source, nul, nul + 1),
                        "byte %zu is NUL; a policy is text in UTF-8", nul);
    } else if (!valid) {
        bp_parser_error(&parser, bp_span_of(source, bad, bad + 1),
                        "byte %zu is 0x%02X, which is no UTF-8; a policy is text in UTF-8", bad,
                        (unsigned)(unsigned char)source->text.at[bad]);
    } else {
        parser.lexer = bp_lexer_start(arena, source);
        bp_parse_file(&parser);
    }
    return parser.file;
}
