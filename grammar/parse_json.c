/*
 * JSON behind `raw`: RFC 8259 over the tokens of the language, comments allowed. The tree is made
 * of the same nodes as other values: MAP, LIST, STRING, INT, REAL, and WORD for true, false and
 * null.
 */
#include "grammar/parser.h"

typedef struct members {
    bp_ast_entries *items;
    bp_map *keys;
} members;

static bool
read_json_element(bp_parser *parser, void *context)
{
    members *list = context;
    bp_ast_value *value = bp_parse_json(parser);
    if (value != NULL) {
        *bp_vec_add(parser->arena, list->items) = (bp_ast_entry){.value = value};
    }
    return value != NULL;
}

static bool
read_member(bp_parser *parser, void *context)
{
    members *map = context;
    bp_ast_name key = {0};
    if (!bp_parser_quoted(parser, "a key of JSON", &key)) {
        return false;
    }
    bp_parser_newlines(parser);
    if (!bp_parser_accept(parser, BP_TOKEN_COLON)) {
        bp_parser_expected(parser, "\":\"");
        return false;
    }
    bp_parser_newlines(parser);
    bp_ast_value *value = bp_parse_json(parser);
    if (value == NULL) {
        return false;
    }
    if (map->keys == NULL) {
        map->keys = bp_map_new(parser->arena);
    }
    bp_ast_name *place = BP_NEW(parser->arena, bp_ast_name);
    *place = key;
    bool added = false;
    const bp_ast_name *first = bp_map_add(map->keys, key.text, place, &added);
    if (!added) {
        bp_parser_twice(parser, "key", key, first->span);
    }
    *bp_vec_add(parser->arena, map->items) = (bp_ast_entry){key, value};
    return true;
}

static bp_ast_value *
container(bp_parser *parser, bp_ast_kind kind)
{
    bool list = kind == BP_AST_LIST;
    bp_ast_value *value = bp_parse_new_value(parser, kind, bp_parser_here(parser));
    members context = {.items = &value->items};
    bp_sequence sequence = {.open = list ? BP_TOKEN_OPEN_BRACKET : BP_TOKEN_OPEN_BRACE,
                            .close = list ? BP_TOKEN_CLOSE_BRACKET : BP_TOKEN_CLOSE_BRACE,
                            .strict = true,
                            .read = list ? read_json_element : read_member,
                            .context = &context};
    bp_span close;
    if (!bp_parser_sequence(parser, &sequence, &close)) {
        return NULL;
    }
    value->span = bp_span_join(value->span, close);
    return value;
}

/* The kind of a token that is a whole JSON value, or UNKNOWN. */
static bp_ast_kind
scalar(const bp_token *token)
{
    bp_str text = token->text;
    bool digits = token->kind == BP_TOKEN_INT;
    if (token->kind == BP_TOKEN_STRING) {
        return BP_AST_STRING;
    }
    if (digits && (text.size == 1 || text.at[0] != '0')) {
        return token->number < 0 ? BP_AST_REAL : BP_AST_INT;
    }
    if (token->kind == BP_TOKEN_REAL) {
        return BP_AST_REAL;
    }
    bool word = token->kind == BP_TOKEN_WORD &&
                (bp_str_is(text, "true") || bp_str_is(text, "false") || bp_str_is(text, "null"));
    return word ? BP_AST_WORD : BP_AST_UNKNOWN;
}

static void
no_json(bp_parser *parser)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    if (token->flaw != BP_FLAW_NONE && token->flaw != BP_FLAW_NUMBER) {
        bp_parser_bad(parser, token);
        return;
    }
    bp_finding *finding =
        bp_parser_error(parser, bp_parser_here(parser), "found %.*s; expected a JSON value",
                        BP_ARG(bp_parser_describe(parser, token)));
    if (token->kind == BP_TOKEN_WORD || token->kind == BP_TOKEN_DURATION) {
        bp_parser_help(parser, finding,
                       "behind \"raw\" stands JSON: texts in quotes, numbers, true, false, null");
    }
}

bp_ast_value *
bp_parse_json(bp_parser *parser)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    if (token->kind == BP_TOKEN_OPEN_BRACKET) {
        return container(parser, BP_AST_LIST);
    }
    if (token->kind == BP_TOKEN_OPEN_BRACE) {
        return container(parser, BP_AST_MAP);
    }
    bp_ast_kind kind = scalar(token);
    if (kind == BP_AST_UNKNOWN) {
        no_json(parser);
        if (!bp_parse_at_value(parser)) {
            return NULL;
        }
    }
    bp_token taken = bp_parser_take(parser);
    bp_ast_value *value = bp_parse_new_value(parser, kind, bp_parser_span(parser, &taken));
    value->text = taken.text;
    value->number = taken.number;
    return value;
}
