/*
 * Values: literals, words, lists, maps and calls, and the named arguments after `uses`. What a
 * value means, and whether it may stand where it stands, is not asked here.
 */
#include "grammar/parser.h"

bp_ast_value *
bp_parse_new_value(bp_parser *parser, bp_ast_kind kind, bp_span span)
{
    bp_ast_value *value = BP_NEW(parser->arena, bp_ast_value);
    value->kind = kind;
    value->span = span;
    return value;
}

/* Words that belong to the sentence around a value and cannot be one. */
static bool
is_glue(const bp_token *token)
{
    return token->keyword == BP_KEY_in || token->keyword == BP_KEY_of ||
           token->keyword == BP_KEY_uses || token->keyword == BP_KEY_children;
}

static bool
in_call(const bp_parser *parser)
{
    return parser->bracket_count > 0 &&
           parser->brackets[parser->bracket_count - 1].kind == BP_TOKEN_OPEN_PAREN;
}

static bool
is_quoted_flaw(const bp_token *token)
{
    return token->flaw == BP_FLAW_CURLY || token->flaw == BP_FLAW_APOSTROPHE;
}

bool
bp_parse_at_value(bp_parser *parser)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    switch (token->kind) {
    case BP_TOKEN_WORD:
        return !is_glue(token);
    case BP_TOKEN_STRING:
    case BP_TOKEN_INT:
    case BP_TOKEN_DURATION:
    case BP_TOKEN_TIME:
    case BP_TOKEN_REAL:
    case BP_TOKEN_OPEN_BRACKET:
    case BP_TOKEN_OPEN_BRACE:
    case BP_TOKEN_BAD_NUMBER:
    case BP_TOKEN_BAD_STRING:
        return true;
    case BP_TOKEN_COLON:
        return in_call(parser) && bp_parser_peek(parser, 1)->kind == BP_TOKEN_INT;
    case BP_TOKEN_BAD:
        return is_quoted_flaw(token);
    case BP_TOKEN_EOF:
    case BP_TOKEN_NEWLINE:
    case BP_TOKEN_ASSIGN:
    case BP_TOKEN_APPEND:
    case BP_TOKEN_REMOVE:
    case BP_TOKEN_COMMA:
    case BP_TOKEN_OPEN_PAREN:
    case BP_TOKEN_CLOSE_PAREN:
    case BP_TOKEN_CLOSE_BRACKET:
    case BP_TOKEN_CLOSE_BRACE:
    case BP_TOKEN_COUNT:
        break;
    }
    return false;
}

/* Notes a key of a list of keys; reports a second one. */
static void
note_key(bp_parser *parser, bp_map **keys, const char *what, bp_ast_name key)
{
    if (*keys == NULL) {
        *keys = bp_map_new(parser->arena);
    }
    bp_span *place = BP_NEW(parser->arena, bp_span);
    *place = key.span;
    bool added = false;
    const bp_span *first = bp_map_add(*keys, key.text, place, &added);
    if (!added) {
        bp_parser_twice(parser, what, key, *first);
    }
}

/* The ":" behind a key; "=" is reported and taken for it. */
static bool
colon(bp_parser *parser, const char *where)
{
    if (bp_parser_accept(parser, BP_TOKEN_COLON)) {
        return true;
    }
    if (!bp_parser_at(parser, BP_TOKEN_ASSIGN)) {
        bp_parser_expected(parser, "\":\"");
        return false;
    }
    bp_span span = bp_parser_here(parser);
    if (parser->assigns != NULL) {
        bp_finding_edit(parser->diagnostics, parser->assigns, span, BP_STR(":"));
    } else {
        bp_finding *finding = bp_parser_error(
            parser, span, "\"=\" in %s; a key and its value are joined by \":\"", where);
        bp_parser_fix(parser, finding, true, span, ":");
        parser->assigns = finding;
    }
    bp_parser_take(parser);
    return true;
}

typedef struct entries {
    bp_ast_entries *items;
    bp_map *keys;
    bool named;     /* a named argument was read */
    bool all_named; /* arguments of a template */
    bool operators; /* a map with a key like "@@assign" */
} entries;

static bool
read_element(bp_parser *parser, void *context)
{
    entries *list = context;
    bp_ast_value *value = bp_parse_value(parser);
    if (value != NULL) {
        *bp_vec_add(parser->arena, list->items) = (bp_ast_entry){.value = value};
    }
    return value != NULL;
}

static bool
read_entry(bp_parser *parser, void *context)
{
    entries *map = context;
    bool word = bp_parser_at(parser, BP_TOKEN_WORD);
    if (!word && !bp_parser_at(parser, BP_TOKEN_STRING)) {
        bp_parser_expected(parser, "a key");
        return false;
    }
    bp_token token = bp_parser_take(parser);
    bp_ast_name key = bp_parser_name_of(parser, &token);
    if (bp_str_starts(key.text, BP_STR("@@"))) {
        bp_finding *finding =
            bp_parser_error(parser, key.span,
                            "%.*s is an operator of the JSON form; a setting says it by \"=\", "
                            "\"+=\" or \"-=\"",
                            BP_ARG(bp_parser_describe(parser, &token)));
        bp_parser_help(parser, finding,
                       "\"=\" is @@assign, \"+=\" is @@append, \"-=\" is @@remove");
        map->operators = true;
    }
    if (!colon(parser, "a map")) {
        return false;
    }
    bp_parser_newlines(parser);
    bp_ast_value *value = bp_parse_value(parser);
    if (value == NULL) {
        return false;
    }
    note_key(parser, &map->keys, "key", key);
    *bp_vec_add(parser->arena, map->items) = (bp_ast_entry){key, value};
    return true;
}

static bool
read_argument(bp_parser *parser, void *context)
{
    entries *list = context;
    bp_token_kind next = bp_parser_peek(parser, 1)->kind;
    bool word = bp_parser_at(parser, BP_TOKEN_WORD);
    bp_ast_entry entry = {0};
    if (word && (next == BP_TOKEN_COLON || next == BP_TOKEN_ASSIGN)) {
        if (list->all_named) {
            bp_parser_name(parser, "the name of a parameter", &entry.key);
        } else {
            bp_token token = bp_parser_take(parser);
            entry.key = bp_parser_name_of(parser, &token);
        }
        list->named = true;
        if (!colon(parser, "an argument")) {
            return false;
        }
        bp_parser_newlines(parser);
    } else if (list->all_named && bp_parse_at_value(parser)) {
        bp_finding *finding =
            bp_parser_error(parser, bp_parser_here(parser),
                            "an argument without name; arguments of a template are named");
        bp_parser_help(parser, finding, "write the parameter and \":\" before it");
    } else if (list->named && bp_parse_at_value(parser)) {
        bp_parser_error(parser, bp_parser_here(parser),
                        "an argument without name behind a named one; those without come first");
    }
    entry.value = bp_parse_value(parser);
    if (entry.value == NULL) {
        return false;
    }
    if (entry.key.text.size > 0) {
        note_key(parser, &list->keys, "argument", entry.key);
    }
    *bp_vec_add(parser->arena, list->items) = entry;
    return true;
}

static bp_ast_value *
bracketed(bp_parser *parser, bp_ast_kind kind)
{
    bool list = kind == BP_AST_LIST;
    bp_ast_value *value = bp_parse_new_value(parser, kind, bp_parser_here(parser));
    entries context = {.items = &value->items};
    bp_sequence sequence = {.open = list ? BP_TOKEN_OPEN_BRACKET : BP_TOKEN_OPEN_BRACE,
                            .close = list ? BP_TOKEN_CLOSE_BRACKET : BP_TOKEN_CLOSE_BRACE,
                            .read = list ? read_element : read_entry,
                            .context = &context};
    bp_span close;
    if (!bp_parser_sequence(parser, &sequence, &close)) {
        return NULL;
    }
    value->span = bp_span_join(value->span, close);
    if (context.operators) {
        value->kind = BP_AST_UNKNOWN;
    }
    return value;
}

/* "(" … ")" behind a word whose value is `value`. */
static bool
arguments(bp_parser *parser, bp_ast_entries *items, bool all_named, bp_span *close)
{
    entries context = {.items = items, .all_named = all_named};
    bp_sequence sequence = {.open = BP_TOKEN_OPEN_PAREN,
                            .close = BP_TOKEN_CLOSE_PAREN,
                            .read = read_argument,
                            .context = &context};
    return bp_parser_sequence(parser, &sequence, close);
}

static bp_ast_value *
word_or_call(bp_parser *parser)
{
    if (is_glue(bp_parser_peek(parser, 0))) {
        bp_parser_expected(parser, "a value");
        return NULL;
    }
    bp_token token = bp_parser_take(parser);
    bp_span span = bp_parser_span(parser, &token);
    bp_ast_value *value = bp_parse_new_value(parser, BP_AST_WORD, span);
    value->text = token.text;
    if (!bp_parser_at(parser, BP_TOKEN_OPEN_PAREN)) {
        return value;
    }
    value->kind = BP_AST_CALL;
    value->word = span;
    bp_span close;
    if (!arguments(parser, &value->items, false, &close)) {
        return NULL;
    }
    value->span = bp_span_join(span, close);
    return value;
}

static bp_ast_value *
minute(bp_parser *parser)
{
    bp_span start = bp_parser_here(parser);
    bp_parser_take(parser);
    if (!bp_parser_at(parser, BP_TOKEN_INT)) {
        bp_parser_expected(parser, "two digits, the minute");
        return NULL;
    }
    bp_token token = bp_parser_take(parser);
    bp_span span = bp_span_join(start, bp_parser_span(parser, &token));
    bool good = token.text.size == 2 && token.number < 60;
    if (!good) {
        bp_finding *finding =
            bp_parser_error(parser, span, "\":%.*s\" is no minute; it takes two digits, 00 to 59",
                            BP_ARG(token.text));
        if (token.text.size == 1) {
            bp_parser_help(parser, finding, "write :0%.*s", BP_ARG(token.text));
        }
    }
    bp_ast_value *value = bp_parse_new_value(parser, good ? BP_AST_MINUTE : BP_AST_UNKNOWN, span);
    value->number = token.number;
    value->text = bp_str_format(parser->arena, ":%.*s", BP_ARG(token.text));
    return value;
}

static bp_ast_value *
whole_number(bp_parser *parser)
{
    bp_token token = bp_parser_take(parser);
    const bp_token *next = bp_parser_peek(parser, 0);
    bp_ast_value *value = bp_parse_new_value(parser, BP_AST_INT, bp_parser_span(parser, &token));
    value->text = token.text;
    value->number = token.number;
    bp_token_kind third = bp_parser_peek(parser, 1)->kind;
    bool statement = bp_parser_is_operator(third);
    if (next->kind == BP_TOKEN_WORD && !next->first && !statement &&
        bp_parser_loose_unit(parser, &token, next)) {
        bp_token unit = bp_parser_take(parser);
        value->span = bp_span_join(value->span, bp_parser_span(parser, &unit));
        value->kind = BP_AST_UNKNOWN;
    } else if (token.number < 0) {
        bp_parser_error(parser, value->span, "a number of %zu digits; it takes at most 18",
                        token.text.size);
        value->kind = BP_AST_UNKNOWN;
    }
    return value;
}

static bp_ast_value *
literal(bp_parser *parser, bp_ast_kind kind)
{
    bp_token token = bp_parser_take(parser);
    bp_ast_value *value = bp_parse_new_value(parser, kind, bp_parser_span(parser, &token));
    value->text = token.text;
    value->number = token.number;
    value->unit = token.unit;
    return value;
}

/* A token that is none: reported; quotes of another kind are taken as meant. */
static bp_ast_value *
flawed(bp_parser *parser)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    bool real = token->kind == BP_TOKEN_REAL;
    if (real) {
        bp_parser_error(parser, bp_parser_here(parser),
                        "\"%.*s\" is no whole number; numbers have no sign and no fraction",
                        BP_ARG(token->text));
    } else {
        bp_parser_bad(parser, token);
    }
    return literal(parser, is_quoted_flaw(token) ? BP_AST_STRING : BP_AST_UNKNOWN);
}

static bp_ast_value *
primary(bp_parser *parser)
{
    if (!bp_parse_at_value(parser)) {
        if (bp_parser_at(parser, BP_TOKEN_COLON) &&
            bp_parser_peek(parser, 1)->kind == BP_TOKEN_INT) {
            return minute(parser);
        }
        bp_parser_expected(parser, "a value");
        return NULL;
    }
    switch (bp_parser_peek(parser, 0)->kind) {
    case BP_TOKEN_WORD:
        return word_or_call(parser);
    case BP_TOKEN_STRING:
        return literal(parser, BP_AST_STRING);
    case BP_TOKEN_INT:
        return whole_number(parser);
    case BP_TOKEN_DURATION:
        return literal(parser, BP_AST_DURATION);
    case BP_TOKEN_TIME:
        return literal(parser, BP_AST_TIME);
    case BP_TOKEN_OPEN_BRACKET:
        return bracketed(parser, BP_AST_LIST);
    case BP_TOKEN_OPEN_BRACE:
        return bracketed(parser, BP_AST_MAP);
    case BP_TOKEN_COLON:
        return minute(parser);
    case BP_TOKEN_REAL:
    case BP_TOKEN_BAD_NUMBER:
    case BP_TOKEN_BAD_STRING:
    case BP_TOKEN_BAD:
    case BP_TOKEN_EOF:
    case BP_TOKEN_NEWLINE:
    case BP_TOKEN_ASSIGN:
    case BP_TOKEN_APPEND:
    case BP_TOKEN_REMOVE:
    case BP_TOKEN_COMMA:
    case BP_TOKEN_OPEN_PAREN:
    case BP_TOKEN_CLOSE_PAREN:
    case BP_TOKEN_CLOSE_BRACKET:
    case BP_TOKEN_CLOSE_BRACE:
    case BP_TOKEN_COUNT:
        break;
    }
    return flawed(parser);
}

bp_ast_value *
bp_parse_value(bp_parser *parser)
{
    bp_ast_value *value = primary(parser);
    if (value != NULL && bp_parser_at_key(parser, BP_KEY_in)) {
        bp_parser_take(parser);
        if (!bp_parser_at(parser, BP_TOKEN_WORD)) {
            bp_finding *finding = bp_parser_expected(parser, "a Region");
            bool quoted = bp_parser_at(parser, BP_TOKEN_STRING);
            bp_parser_help(parser, quoted ? finding : NULL, "write the Region without quotes");
            if (!quoted) {
                return NULL;
            }
        }
        bp_token token = bp_parser_take(parser);
        value->in_region = bp_parser_name_of(parser, &token);
        value->span = bp_span_join(value->span, value->in_region.span);
    }
    if (value != NULL && bp_parser_at_key(parser, BP_KEY_of)) {
        bp_parser_take(parser);
        value->of = primary(parser);
        if (value->of == NULL) {
            return NULL;
        }
        value->span = bp_span_join(value->span, value->of->span);
    }
    return value;
}

bool
bp_parse_uses(bp_parser *parser, bp_ast_uses *uses)
{
    if (!bp_parser_at_key(parser, BP_KEY_uses)) {
        return true;
    }
    bp_parser_take(parser);
    uses->written = true;
    if (!bp_parser_name(parser, "the name of a template", &uses->name)) {
        return false;
    }
    uses->span = uses->name.span;
    if (!bp_parser_at(parser, BP_TOKEN_OPEN_PAREN)) {
        return true;
    }
    bp_span close;
    if (!arguments(parser, &uses->arguments, true, &close)) {
        return false;
    }
    uses->span = bp_span_join(uses->span, close);
    return true;
}

bool
bp_parse_assign(bp_parser *parser)
{
    if (bp_parser_accept(parser, BP_TOKEN_ASSIGN)) {
        return true;
    }
    if (!bp_parser_at(parser, BP_TOKEN_COLON)) {
        bp_parser_expected(parser, "\"=\"");
        return false;
    }
    bp_span span = bp_parser_here(parser);
    bp_finding *finding =
        bp_parser_error(parser, span, "found \":\" behind %.*s; a statement takes \"=\"",
                        BP_ARG(bp_parser_describe(parser, &parser->last)));
    bp_parser_fix(parser, finding, true, span, " =");
    bp_parser_take(parser);
    return true;
}
