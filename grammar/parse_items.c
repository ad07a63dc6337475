/*
 * Files and items: edition, include, let, template, role, vault, policy. What stands outside of all
 * blocks and belongs into one is reported once; what follows from a brace too many stays silent.
 */
#include "grammar/parser.h"

#include "lib/suggest.h"

static bool
is_air_gapped(const bp_token *token)
{
    return token->kind == BP_TOKEN_WORD &&
           (bp_str_is(token->text, "air_gapped") || bp_str_is(token->text, "air-gapped") ||
            bp_str_is(token->text, "airgapped"));
}

bool
bp_parse_at_item(bp_parser *parser)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    const bp_token *next = bp_parser_peek(parser, 1);
    const bp_token *third = bp_parser_peek(parser, 2);
    bool headed = third->kind == BP_TOKEN_OPEN_BRACE;
    if (bp_parser_is_key(token, BP_KEY_role) || bp_parser_is_key(token, BP_KEY_vault)) {
        return next->kind == BP_TOKEN_STRING && headed;
    }
    if (bp_parser_is_key(token, BP_KEY_policy)) {
        return next->kind == BP_TOKEN_STRING || (next->kind == BP_TOKEN_WORD && headed);
    }
    if (is_air_gapped(token)) {
        return bp_parser_is_key(next, BP_KEY_vault);
    }
    return (bp_parser_is_key(token, BP_KEY_include) && next->kind == BP_TOKEN_STRING) ||
           (bp_parser_is_key(token, BP_KEY_edition) && next->kind == BP_TOKEN_INT) ||
           (bp_parser_is_key(token, BP_KEY_let) && next->kind == BP_TOKEN_WORD) ||
           (bp_parser_is_key(token, BP_KEY_template) && next->kind == BP_TOKEN_WORD);
}

/* ---- edition */

static void
edition(bp_parser *parser, bool first)
{
    bp_token word = bp_parser_take(parser);
    bp_ast_file *file = parser->file;
    bp_span span = bp_parser_span(parser, &word);
    if (!first) {
        bp_finding *finding = bp_parser_report(
            parser, "SYN011", span, "\"edition\" is not the first statement; it opens every file");
        bp_parser_label(parser, finding, file->edition_span, "the first statement");
        bp_parser_sync(parser);
        return;
    }
    file->edition_span = span;
    bool assign = bp_parser_at(parser, BP_TOKEN_ASSIGN);
    if (assign) {
        bp_finding *finding = bp_parser_error(parser, bp_parser_here(parser),
                                              "found \"=\"; expected the number of the edition");
        bp_parser_fix(parser, finding, true, bp_parser_here(parser), "");
        bp_parser_take(parser);
    }
    if (!bp_parser_at(parser, BP_TOKEN_INT)) {
        bp_finding *finding = bp_parser_expected(parser, "the number of the edition");
        bp_parser_help(parser, finding, "write edition %d", BP_EDITION_NEWEST);
        bp_parser_sync(parser);
        file->edition = BP_EDITION_NEWEST;
        return;
    }
    bp_token number = bp_parser_take(parser);
    file->edition = number.number;
    file->edition_span = bp_span_join(span, bp_parser_span(parser, &number));
    if (number.number < BP_EDITION_OLDEST || number.number > BP_EDITION_NEWEST) {
        file->edition = 0;
        bp_finding *finding = bp_parser_report(parser, "SYN011", bp_parser_span(parser, &number),
                                               "edition %.*s is not supported; this program reads "
                                               "edition %d",
                                               BP_ARG(number.text), BP_EDITION_NEWEST);
        bp_parser_help(parser, finding,
                       number.number == 0 ? "write edition %d"
                                          : "edition %d is the newest one here",
                       BP_EDITION_NEWEST);
        return;
    }
    bp_parse_end(parser);
}

/* ---- include, let */

static bp_ast_item *
new_item(bp_parser *parser, bp_ast_kind kind)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    bp_ast_item *item = BP_NEW(parser->arena, bp_ast_item);
    item->kind = kind;
    item->keyword = bp_parser_here(parser);
    item->doc = token->doc;
    return item;
}

static void
end_span(bp_parser *parser, bp_ast_item *item)
{
    item->span = bp_span_join(item->keyword, bp_parser_span(parser, &parser->last));
}

static bool
include(bp_parser *parser, bp_ast_item *item)
{
    bp_parser_take(parser);
    return bp_parser_quoted(parser, "the path of a file", &item->name);
}

static bool
let(bp_parser *parser, bp_ast_item *item)
{
    bp_parser_take(parser);
    if (!bp_parser_name(parser, "the name of a constant", &item->name)) {
        return false;
    }
    if (bp_parse_assign(parser)) {
        item->value = bp_parse_value(parser);
    }
    if (item->value == NULL) {
        item->value = bp_parse_new_value(parser, BP_AST_UNKNOWN, item->name.span);
        bp_parser_sync(parser);
    }
    return true;
}

/* ---- template */

static const char *const type_names[] = {
    "string", "int",  "switch",  "duration", "time",          "schedule",  "region",
    "vault",  "role", "account", "target",   "resource_type", "condition", "tags"};

static bool
type_name(bp_parser *parser, bp_ast_name *type)
{
    if (!bp_parser_at(parser, BP_TOKEN_WORD)) {
        bp_parser_expected(parser, "a type");
        return false;
    }
    bp_token token = bp_parser_take(parser);
    *type = bp_parser_name_of(parser, &token);
    bp_suggester suggester = bp_suggest_start(token.text);
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++) {
        if (bp_str_is(token.text, type_names[i])) {
            return true;
        }
        bp_suggest_offer(&suggester, bp_str_of(type_names[i]));
    }
    bp_finding *finding = bp_parser_error(parser, type->span, "\"%.*s\" is no type of a parameter",
                                          BP_ARG(token.text));
    if (suggester.best.size > 0) {
        bp_parser_help(parser, finding, "did you mean \"%.*s\"?", BP_ARG(suggester.best));
    }
    bp_parser_help(parser, finding,
                   "types are string, int, switch, duration, time, schedule, region, vault, role, "
                   "account, target, resource_type, condition, tags");
    return true;
}

typedef struct parameters {
    bp_ast_item *item;
    bp_map *seen;
} parameters;

static void
note_parameter(bp_parser *parser, parameters *list, const bp_ast_parameter *read)
{
    if (list->seen == NULL) {
        list->seen = bp_map_new(parser->arena);
    }
    bp_ast_name *place = BP_NEW(parser->arena, bp_ast_name);
    *place = read->name;
    bool added = false;
    const bp_ast_name *first = bp_map_add(list->seen, read->name.text, place, &added);
    if (!added) {
        bp_parser_twice(parser, "parameter", read->name, first->span);
    }
}

static bool
parameter_type(bp_parser *parser, bp_ast_parameter *read)
{
    if (!bp_parser_accept(parser, BP_TOKEN_COLON)) {
        bp_finding *finding = bp_parser_expected(parser, "\":\" and the type of the parameter");
        bp_parser_help(parser, finding, "write it as \"%.*s: vault\" or with another type",
                       BP_ARG(read->name.text));
        return false;
    }
    read->list = bp_parser_accept(parser, BP_TOKEN_OPEN_BRACKET);
    if (!type_name(parser, &read->type)) {
        return false;
    }
    if (read->list && !bp_parser_accept(parser, BP_TOKEN_CLOSE_BRACKET)) {
        bp_parser_expected(parser, "\"]\"");
        return false;
    }
    return true;
}

static bool
read_parameter(bp_parser *parser, void *context)
{
    parameters *list = context;
    bp_ast_parameter read = {0};
    if (!bp_parser_name(parser, "the name of a parameter", &read.name) ||
        !parameter_type(parser, &read)) {
        return false;
    }
    if (bp_parser_accept(parser, BP_TOKEN_ASSIGN)) {
        read.preset = bp_parse_value(parser);
        if (read.preset == NULL) {
            return false;
        }
    }
    note_parameter(parser, list, &read);
    *bp_vec_add(parser->arena, &list->item->parameters) = read;
    return true;
}

static bool
template_kind(bp_parser *parser, bp_ast_item *item)
{
    item->block = bp_parser_at_key(parser, BP_KEY_plan)     ? BP_AST_PLAN
                  : bp_parser_at_key(parser, BP_KEY_rule)   ? BP_AST_RULE
                  : bp_parser_at_key(parser, BP_KEY_select) ? BP_AST_SELECT
                  : bp_parser_at_key(parser, BP_KEY_copy)   ? BP_AST_COPY
                                                            : BP_AST_UNKNOWN;
    if (item->block == BP_AST_UNKNOWN) {
        bp_finding *finding =
            bp_parser_expected(parser, "\"plan\", \"rule\", \"select\" or \"copy\"");
        bp_parser_help(parser, finding,
                       "a template says what it is a template of: template rule daily {");
        return false;
    }
    bp_parser_take(parser);
    return true;
}

static bool template(bp_parser *parser, bp_ast_item *item, uint32_t indent)
{
    parameters context = {.item = item};
    bp_sequence sequence = {.open = BP_TOKEN_OPEN_PAREN,
                            .close = BP_TOKEN_CLOSE_PAREN,
                            .read = read_parameter,
                            .context = &context};
    bp_parser_take(parser);
    bp_span close;
    if (!template_kind(parser, item) ||
        !bp_parser_name(parser, "the name of a template", &item->name) ||
        (bp_parser_at(parser, BP_TOKEN_OPEN_PAREN) &&
         !bp_parser_sequence(parser, &sequence, &close)) ||
        !bp_parse_uses(parser, &item->uses)) {
        return false;
    }
    end_span(parser, item);
    item->body = bp_parse_body(parser, item->block, item->span, indent, item->uses.written);
    return item->body != NULL;
}

/* ---- role, vault, policy */

static void
air_gapped(bp_parser *parser, bp_ast_item *item)
{
    bp_token token = bp_parser_take(parser);
    item->air_gapped = true;
    if (!bp_str_is(token.text, "air_gapped")) {
        bp_span span = bp_parser_span(parser, &token);
        bp_finding *finding = bp_parser_error(
            parser, span, "found \"%.*s\"; the word is written \"air_gapped\"", BP_ARG(token.text));
        bp_parser_fix(parser, finding, true, span, "air_gapped");
    }
}

static bool
named_block(bp_parser *parser, bp_ast_item *item, uint32_t indent)
{
    bp_parser_take(parser);
    const char *what = item->kind == BP_AST_ROLE    ? "the name of a role"
                       : item->kind == BP_AST_VAULT ? "the name of a vault"
                                                    : "the name of a policy";
    if (!bp_parser_quoted(parser, what, &item->name)) {
        return false;
    }
    end_span(parser, item);
    item->body = bp_parse_body(parser, item->kind, item->span, indent, false);
    return item->body != NULL;
}

static bp_ast_kind
item_kind(const bp_token *token)
{
    return bp_parser_is_key(token, BP_KEY_include)    ? BP_AST_INCLUDE
           : bp_parser_is_key(token, BP_KEY_let)      ? BP_AST_LET
           : bp_parser_is_key(token, BP_KEY_template) ? BP_AST_TEMPLATE
           : bp_parser_is_key(token, BP_KEY_role)     ? BP_AST_ROLE
           : bp_parser_is_key(token, BP_KEY_policy)   ? BP_AST_POLICY
                                                      : BP_AST_VAULT;
}

void
bp_parse_item(bp_parser *parser)
{
    if (bp_parser_at_key(parser, BP_KEY_edition)) {
        edition(parser, false);
        return;
    }
    uint32_t indent = bp_parser_peek(parser, 0)->indent;
    bp_ast_item *item = new_item(parser, item_kind(bp_parser_peek(parser, 0)));
    if (is_air_gapped(bp_parser_peek(parser, 0))) {
        air_gapped(parser, item);
    }
    bool block =
        item->kind == BP_AST_ROLE || item->kind == BP_AST_VAULT || item->kind == BP_AST_POLICY;
    bool good = block                           ? named_block(parser, item, indent)
                : item->kind == BP_AST_TEMPLATE ? template(parser, item, indent)
                : item->kind == BP_AST_INCLUDE  ? include(parser, item)
                                                : let(parser, item);
    if (!good && (block || item->kind == BP_AST_TEMPLATE)) {
        bp_parse_lost_body(parser, block ? item->kind : item->block, indent);
        return;
    }
    if (!good) {
        bp_parser_sync(parser);
        return;
    }
    if (item->body == NULL) {
        end_span(parser, item);
    }
    *bp_vec_add(parser->arena, &parser->file->items) = item;
}

/* ---- files */

static bool
at_loose_item(bp_parser *parser)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    const bp_token *next = bp_parser_peek(parser, 1);
    bool keyword = bp_parser_is_key(token, BP_KEY_policy) ||
                   bp_parser_is_key(token, BP_KEY_vault) || bp_parser_is_key(token, BP_KEY_role) ||
                   bp_parser_is_key(token, BP_KEY_template) ||
                   bp_parser_is_key(token, BP_KEY_let) || bp_parser_is_key(token, BP_KEY_include) ||
                   bp_parser_is_key(token, BP_KEY_edition);
    return (keyword && !bp_parser_is_operator(next->kind)) || bp_parse_at_item(parser);
}

/* The finding about something that stands outside of all blocks; NULL while another one explains
 * it. */
static bp_finding *
stray(bp_parser *parser, const char *rule)
{
    if (parser->adrift) {
        parser->quiet = true;
        return NULL;
    }
    parser->adrift = true;
    const bp_token *token = bp_parser_peek(parser, 0);
    bp_finding *finding = token->flaw != BP_FLAW_NONE
                              ? bp_parser_bad(parser, token)
                              : bp_parser_error(parser, bp_parser_here(parser), "found %.*s; %s",
                                                BP_ARG(bp_parser_describe(parser, token)), rule);
    if (parser->early_close && token->flaw == BP_FLAW_NONE) {
        bp_parser_label(parser, finding, parser->early_brace,
                        "this brace, indented deeper than its block, closes that block");
    }
    return finding;
}

static void
unknown_item(bp_parser *parser)
{
    static const char *const words[] = {"policy", "vault",   "role",      "template",
                                        "let",    "include", "air_gapped"};
    const bp_token *token = bp_parser_peek(parser, 0);
    bp_suggester suggester = bp_suggest_start(token->text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        bp_suggest_offer(&suggester, bp_str_of(words[i]));
    }
    bool word = token->kind == BP_TOKEN_WORD;
    bool assign = bp_parser_peek(parser, 1)->kind == BP_TOKEN_ASSIGN;
    bp_span span = bp_parser_here(parser);
    bp_finding *finding = stray(parser, "expected policy, vault, role, template, let or include");
    if (word && suggester.best.size > 0) {
        bp_parser_help(parser, finding, "did you mean \"%.*s\"?", BP_ARG(suggester.best));
        bp_parser_fix(parser, finding, false, span, bp_str_c(parser->arena, suggester.best));
    } else if (token->kind == BP_TOKEN_OPEN_BRACE) {
        bp_parser_help(parser, finding, "a policy in JSON is no .bpol file");
    } else if (word && assign) {
        bp_parser_help(parser, finding, "a constant is written as: let NAME = value");
    }
    bp_parser_sync(parser);
}

/* Something that is no item. */
static void
misfit(bp_parser *parser)
{
    if (bp_parser_at(parser, BP_TOKEN_CLOSE_BRACE)) {
        if (parser->closed_early > 0) {
            parser->closed_early--;
        } else {
            stray(parser, "nothing is open here");
        }
        bp_parser_take(parser);
        return;
    }
    if (bp_parse_at_block(parser)) {
        stray(parser, "a plan stands in a policy, a rule or select in a plan, a copy in a rule");
        bp_parse_block(parser);
        bp_parse_end(parser);
        return;
    }
    unknown_item(parser);
}

static void
missing_edition(bp_parser *parser, bp_span first)
{
    bp_parser_fresh(parser);
    bp_finding *finding = bp_parser_report(
        parser, "SYN011", first, "no \"edition\"; it is the first statement of every file");
    bp_parser_help(parser, finding, "write edition %d in the first line", BP_EDITION_NEWEST);
    size_t start = bp_str_starts(parser->source->text, BP_STR("\xEF\xBB\xBF")) ? 3 : 0;
    if (finding != NULL) {
        bp_finding_fix(parser->diagnostics, finding, true, bp_span_of(parser->source, start, start),
                       BP_STR("edition 1\n\n"), "insert \"edition 1\"");
    }
}

/* "Edition 1", "editon 1": reported, and to be read as meant. */
static bool
misspelt_edition(bp_parser *parser)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    bp_suggester suggester = bp_suggest_start(token->text);
    bp_suggest_offer(&suggester, BP_STR("edition"));
    if (token->kind != BP_TOKEN_WORD || suggester.best.size == 0 ||
        bp_parser_peek(parser, 1)->kind != BP_TOKEN_INT) {
        return false;
    }
    bp_span span = bp_parser_here(parser);
    bp_finding *finding =
        bp_parser_error(parser, span, "found \"%.*s\"; expected \"edition\"", BP_ARG(token->text));
    bp_parser_fix(parser, finding, true, span, "edition");
    return true;
}

void
bp_parse_file(bp_parser *parser)
{
    bp_parser_newlines(parser);
    bp_span first = bp_parser_here(parser);
    bool opened = bp_parser_at_key(parser, BP_KEY_edition) || misspelt_edition(parser);
    bool word = bp_parser_at(parser, BP_TOKEN_WORD) || bp_parser_at(parser, BP_TOKEN_EOF);
    bool later = false;
    parser->file->edition_span = first;
    if (opened) {
        edition(parser, true);
        if (parser->file->edition == 0) {
            return;
        }
    }
    for (bp_parser_newlines(parser); !bp_parser_at(parser, BP_TOKEN_EOF);
         bp_parser_newlines(parser)) {
        bp_parser_fresh(parser);
        parser->indent = bp_parser_peek(parser, 0)->indent;
        later = later || bp_parser_at_key(parser, BP_KEY_edition);
        if (!at_loose_item(parser)) {
            misfit(parser);
            continue;
        }
        parser->adrift = false;
        parser->early_close = false;
        bp_parse_item(parser);
        bp_parse_end(parser);
    }
    if (!opened && !later && word) {
        missing_edition(parser, first);
    }
}
