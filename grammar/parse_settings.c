/*
 * Statements without a body: settings, child controls and raw JSON. The operators and the words of
 * child controls are read here; whether a setting exists and takes them is not asked.
 */
#include "grammar/parser.h"

#include "lib/suggest.h"

static bool
allow(bp_parser *parser, unsigned *may)
{
    static const char *const words[] = {"nothing", "assign", "append", "remove", "all"};
    const bp_token *token = bp_parser_peek(parser, 0);
    bp_suggester suggester = bp_suggest_start(token->text);
    for (unsigned i = 0; i < 5 && token->kind == BP_TOKEN_WORD; i++) {
        if (bp_str_is(token->text, words[i])) {
            *may |= 1U << i;
            bp_parser_take(parser);
            return true;
        }
        bp_suggest_offer(&suggester, bp_str_of(words[i]));
    }
    bp_finding *finding =
        bp_parser_expected(parser, "\"nothing\", \"assign\", \"append\", \"remove\" or \"all\"");
    if (token->kind == BP_TOKEN_WORD && suggester.best.size > 0) {
        bp_parser_help(parser, finding, "did you mean \"%.*s\"?", BP_ARG(suggester.best));
    }
    return false;
}

/* `children may W, W`; the current token is `children`. */
static bool
control(bp_parser *parser, bp_ast_control *out)
{
    bp_span start = bp_parser_here(parser);
    bp_parser_take(parser);
    if (!bp_parser_at_key(parser, BP_KEY_may)) {
        bp_parser_expected(parser, "\"may\"");
        return false;
    }
    do {
        bp_parser_take(parser); /* may, or a comma */
        if (!allow(parser, &out->may)) {
            out->may = 0;
            return false;
        }
    } while (bp_parser_at(parser, BP_TOKEN_COMMA));
    out->span = bp_span_join(start, bp_parser_span(parser, &parser->last));
    return true;
}

void
bp_parse_block_control(bp_parser *parser, bp_ast_body *body)
{
    bp_ast_control read = {0};
    bp_span start = bp_parser_here(parser);
    bool good = control(parser, &read);
    if (good && bp_parser_at_key(parser, BP_KEY_here)) {
        read.here = true;
        read.span = bp_span_join(read.span, bp_parser_here(parser));
        bp_parser_take(parser);
    }
    bool again = good && bp_span_exists(body->control.span);
    if (body->statements.count > 0) {
        bp_finding *finding =
            bp_parser_error(parser, start,
                            "\"children may\" on a line of its own behind other statements; for a "
                            "whole block it stands first in the block");
        bp_parser_help(parser, finding,
                       "for one setting, write it at the end of the line of that setting");
    } else if (again && body->control.here != read.here && body->other.may == 0) {
        body->other = read;
    } else if (again) {
        bp_ast_name name = {read.here ? BP_STR("children may ... here") : BP_STR("children may"),
                            read.span};
        bp_parser_twice(parser, "block control", name,
                        body->control.here == read.here ? body->control.span : body->other.span);
    } else if (good) {
        body->control = read;
    }
    if (!good) {
        bp_parser_sync(parser);
    }
}

/* ---- settings */

static bool
is_value_start(const bp_token *token, const bp_token *next)
{
    bool literal = token->kind == BP_TOKEN_STRING || token->kind == BP_TOKEN_INT ||
                   token->kind == BP_TOKEN_DURATION || token->kind == BP_TOKEN_TIME;
    bool list = token->kind == BP_TOKEN_OPEN_BRACKET;
    bool call = token->kind == BP_TOKEN_WORD && next->kind == BP_TOKEN_OPEN_PAREN;
    return list || call || (literal && !bp_parser_is_operator(next->kind));
}

static void
operator(bp_parser *parser, bp_ast_statement *setting)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    setting->op_span = bp_parser_here(parser);
    setting->op = token->kind == BP_TOKEN_APPEND   ? BP_AST_OP_APPEND
                  : token->kind == BP_TOKEN_REMOVE ? BP_AST_OP_REMOVE
                                                   : BP_AST_OP_ASSIGN;
    if (setting->op != BP_AST_OP_ASSIGN) {
        bp_parser_take(parser);
    } else if (token->kind == BP_TOKEN_ASSIGN || token->kind == BP_TOKEN_COLON) {
        bp_parse_assign(parser);
    } else {
        setting->op_span = bp_span_after(setting->name.span);
        bp_finding *finding = bp_parser_error(parser, setting->op_span,
                                              "no \"=\" behind \"%.*s\"; a setting takes "
                                              "\"=\" and a value",
                                              BP_ARG(setting->name.text));
        bp_parser_fix(parser, finding, true, setting->op_span, " =");
    }
    if (bp_parser_at(parser, BP_TOKEN_NEWLINE)) {
        bool below = is_value_start(bp_parser_peek(parser, 1), bp_parser_peek(parser, 2));
        bp_parser_error(parser, bp_span_after(setting->op_span),
                        "found the end of the line; expected the value of \"%.*s\"%s",
                        BP_ARG(setting->name.text),
                        below ? ", which stands on the line of its setting" : "");
        if (below) {
            bp_parser_newlines(parser);
        }
    }
}

/* A hyphen in a setting name: reported, and read as "_". */
static void
plain_name(bp_parser *parser, bp_ast_name *name)
{
    if (bp_str_find(name->text, '-') == name->text.size) {
        return;
    }
    char *meant = bp_arena_copy(parser->arena, name->text.at, name->text.size);
    for (size_t i = 0; i < name->text.size; i++) {
        meant[i] = meant[i] == '-' ? '_' : meant[i];
    }
    bp_finding *finding = bp_parser_error(parser, name->span,
                                          "\"%.*s\" has a hyphen; settings are written with \"_\"",
                                          BP_ARG(name->text));
    bp_parser_fix(parser, finding, true, name->span, meant);
    name->text = (bp_str){meant, name->text.size};
}

bp_ast_statement *
bp_parse_setting(bp_parser *parser)
{
    bp_ast_statement *setting = BP_NEW(parser->arena, bp_ast_statement);
    bp_token word = bp_parser_take(parser);
    setting->kind = BP_AST_SETTING;
    setting->name = bp_parser_name_of(parser, &word);
    setting->doc = word.doc;
    plain_name(parser, &setting->name);
    bool good = true;
    if (!bp_parser_at_key(parser, BP_KEY_children)) {
        operator(parser, setting);
        setting->value = bp_parse_value(parser);
        good = setting->value != NULL;
    }
    if (good && bp_parser_at_key(parser, BP_KEY_children)) {
        good = control(parser, &setting->control);
    }
    setting->span = bp_span_join(setting->name.span, bp_parser_span(parser, &parser->last));
    if (setting->value == NULL && setting->op != BP_AST_OP_NONE) {
        setting->value = bp_parse_new_value(parser, BP_AST_UNKNOWN, setting->span);
    }
    if (!good) {
        bp_parser_sync(parser);
    }
    return setting;
}

void
bp_parse_note_setting(bp_parser *parser, bp_map **seen, bp_ast_statement *setting)
{
    static const char *const marks[] = {"", "", "+", "-"};
    if (*seen == NULL) {
        *seen = bp_map_new(parser->arena);
    }
    bp_str key = setting->name.text;
    if (setting->op == BP_AST_OP_NONE) {
        key = bp_str_format(parser->arena, "%.*s!", BP_ARG(key));
    } else if (setting->op != BP_AST_OP_ASSIGN) {
        key = bp_str_format(parser->arena, "%.*s%s", BP_ARG(key), marks[setting->op]);
    }
    bool added = false;
    const bp_ast_statement *first = bp_map_add(*seen, key, setting, &added);
    if (!added) {
        bool bare = setting->op == BP_AST_OP_NONE;
        bp_parser_twice(parser, bare ? "child control of" : "setting", setting->name,
                        first->name.span);
        return;
    }
    if (bp_span_exists(setting->control.span) && setting->op != BP_AST_OP_NONE) {
        key = bp_str_format(parser->arena, "%.*s!", BP_ARG(setting->name.text));
        first = bp_map_add(*seen, key, setting, &added);
        if (!added) {
            bp_ast_name here = {setting->name.text, setting->control.span};
            bp_parser_twice(parser, "child control of", here, first->control.span);
        }
    }
}

bp_ast_statement *
bp_parse_raw(bp_parser *parser)
{
    bp_ast_statement *statement = BP_NEW(parser->arena, bp_ast_statement);
    bp_token word = bp_parser_take(parser);
    statement->kind = BP_AST_RAW;
    statement->doc = word.doc;
    if (bp_parser_quoted(parser, "a key", &statement->name) && bp_parse_assign(parser)) {
        statement->json = bp_parse_json(parser);
    }
    statement->span =
        bp_span_join(bp_parser_span(parser, &word), bp_parser_span(parser, &parser->last));
    if (statement->json == NULL) {
        bp_parser_sync(parser);
        statement->json = bp_parse_new_value(parser, BP_AST_UNKNOWN, statement->span);
    }
    return statement->name.text.size > 0 ? statement : NULL;
}
