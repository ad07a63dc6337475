/*
 * Blocks: bodies and the statements in them. Which setting or block belongs where is not asked,
 * except to find out which brace is missing: a block that can only stand further out, and is not
 * indented deeper than the open block, shows that this one was not closed.
 */
#include "grammar/parser.h"

static bp_ast_kind
block_of(const bp_token *token)
{
    if (token->kind != BP_TOKEN_WORD) {
        return BP_AST_UNKNOWN;
    }
    return token->keyword == BP_KEY_plan     ? BP_AST_PLAN
           : token->keyword == BP_KEY_rule   ? BP_AST_RULE
           : token->keyword == BP_KEY_select ? BP_AST_SELECT
           : token->keyword == BP_KEY_copy   ? BP_AST_COPY
                                             : BP_AST_UNKNOWN;
}

bool
bp_parse_at_block(bp_parser *parser)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    const bp_token *next = bp_parser_peek(parser, 1);
    bool block = block_of(token) != BP_AST_UNKNOWN || bp_parser_is_key(token, BP_KEY_extend);
    return block && !bp_parser_is_operator(next->kind) && !bp_parser_is_key(next, BP_KEY_children);
}

/* ---- blocks */

/* `tags` or `resources` before the name of a selection. */
static void
select_form(bp_parser *parser, bp_ast_statement *block)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    bool known = bp_parser_at_word(parser, "tags") || bp_parser_at_word(parser, "resources");
    bool before_name = bp_parser_peek(parser, 1)->kind == BP_TOKEN_STRING;
    if (token->kind != BP_TOKEN_WORD || (!known && !before_name)) {
        return;
    }
    if (!known) {
        bp_parser_expected(parser, "\"tags\", \"resources\" or the name of the selection");
    }
    bp_token taken = bp_parser_take(parser);
    if (known) {
        block->form = bp_parser_name_of(parser, &taken);
    }
}

static bool
destination(bp_parser *parser, bp_ast_statement *block)
{
    if (bp_parser_at_key(parser, BP_KEY_to)) {
        bp_parser_take(parser);
    } else {
        bp_finding *finding = bp_parser_expected(parser, "\"to\"");
        bp_span point = bp_span_after(block->keyword);
        if (!bp_parser_at(parser, BP_TOKEN_WORD)) {
            return false;
        }
        bp_parser_fix(parser, finding, true, point, " to");
    }
    bool good = bp_parser_at(parser, BP_TOKEN_WORD) || bp_parser_at(parser, BP_TOKEN_STRING) ||
                bp_parser_at(parser, BP_TOKEN_OPEN_BRACKET);
    if (!good) {
        bp_parser_expected(parser, "a destination like vault(\"name\") in us-east-1");
        return false;
    }
    block->destination = bp_parse_value(parser);
    return block->destination != NULL;
}

static bool
header(bp_parser *parser, bp_ast_statement *block)
{
    block->block = block_of(bp_parser_peek(parser, 0));
    if (block->block == BP_AST_UNKNOWN) {
        bp_parser_expected(parser, "\"plan\", \"rule\", \"select\" or \"copy to\"");
        return false;
    }
    block->keyword = bp_parser_here(parser);
    bp_parser_take(parser);
    if (block->block == BP_AST_COPY) {
        return destination(parser, block) && bp_parse_uses(parser, &block->uses);
    }
    if (block->block == BP_AST_SELECT) {
        select_form(parser, block);
    }
    const char *what = block->block == BP_AST_PLAN   ? "the name of a plan"
                       : block->block == BP_AST_RULE ? "the name of a rule"
                                                     : "the name of a selection";
    return bp_parser_quoted(parser, what, &block->name) && bp_parse_uses(parser, &block->uses);
}

bp_ast_statement *
bp_parse_block(bp_parser *parser)
{
    bp_ast_statement *block = BP_NEW(parser->arena, bp_ast_statement);
    bp_token first = *bp_parser_peek(parser, 0);
    block->kind = BP_AST_BLOCK;
    block->doc = first.doc;
    block->extend = bp_parser_is_key(&first, BP_KEY_extend);
    if (block->extend) {
        bp_parser_take(parser);
    }
    bool good = header(parser, block);
    block->span =
        bp_span_join(bp_parser_span(parser, &first), bp_parser_span(parser, &parser->last));
    if (good) {
        block->body =
            bp_parse_body(parser, block->block, block->span, first.indent, block->uses.written);
    }
    if (block->body == NULL) {
        bp_parse_lost_body(parser, block->block, first.indent);
        return NULL;
    }
    return block;
}

/* ---- bodies */

/* Whether a block of kind `inner` belongs directly into one of kind `outer`. */
static bool
belongs(bp_ast_kind outer, bp_ast_kind inner)
{
    return (inner == BP_AST_PLAN && outer == BP_AST_POLICY) ||
           (inner == BP_AST_RULE && outer == BP_AST_PLAN) ||
           (inner == BP_AST_SELECT && outer == BP_AST_PLAN) ||
           (inner == BP_AST_COPY && outer == BP_AST_RULE);
}

/* How many blocks stay open when the current token starts a statement. */
static unsigned
stays_open(bp_parser *parser)
{
    unsigned open = parser->block_count;
    const bp_token *token = bp_parser_peek(parser, 0);
    if (!token->first || token->indent > parser->blocks[open - 1].indent) {
        return open;
    }
    if (bp_parse_at_item(parser)) {
        return 0;
    }
    bp_ast_kind kind =
        block_of(bp_parser_is_key(token, BP_KEY_extend) ? bp_parser_peek(parser, 1) : token);
    if (kind == BP_AST_UNKNOWN || !bp_parse_at_block(parser)) {
        return open;
    }
    for (unsigned i = open; i > 0; i--) {
        if (belongs(parser->blocks[i - 1].kind, kind)) {
            return i;
        }
    }
    return open;
}

static void
close_early(bp_parser *parser, unsigned keep)
{
    const bp_open_block *open = &parser->blocks[parser->block_count - 1];
    bp_finding *finding =
        bp_parser_error(parser, bp_parser_here(parser), "found %.*s; expected \"}\" for the %s",
                        BP_ARG(bp_parser_describe(parser, bp_parser_peek(parser, 0))),
                        bp_ast_kind_name(open->kind));
    bp_parser_label(parser, finding, open->brace, "opened here");
    parser->closed_early += parser->block_count - keep;
    parser->close_to = keep;
}

static void
end_of_file(bp_parser *parser)
{
    if (parser->swallowed || parser->told_unclosed) {
        return;
    }
    parser->told_unclosed = true;
    bp_parser_fresh(parser);
    const bp_open_block *open = &parser->blocks[parser->block_count - 1];
    bp_finding *finding = bp_parser_error(parser, bp_parser_here(parser),
                                          "found the end of the file; expected \"}\" for the %s",
                                          bp_ast_kind_name(open->kind));
    bp_parser_label(parser, finding, open->brace, "opened here");
    if (bp_span_exists(parser->suspect)) {
        bp_parser_label(parser, finding, parser->suspect,
                        "the brace that closes this block stands further left than it");
    }
}

/* The closing brace of the innermost block; indentation tells where braces do not fit. */
static bp_span
closing_brace(bp_parser *parser)
{
    const bp_open_block *open = &parser->blocks[parser->block_count - 1];
    bp_token brace = bp_parser_take(parser);
    bp_span span = bp_parser_span(parser, &brace);
    if (brace.first && brace.indent < open->indent && !bp_span_exists(parser->suspect)) {
        parser->suspect = open->header;
    }
    if (parser->block_count == 1) {
        parser->early_close = brace.first && brace.indent > open->indent;
        parser->early_brace = span;
    }
    return span;
}

void
bp_parse_end(bp_parser *parser)
{
    while (bp_parser_at(parser, BP_TOKEN_COMMA) ||
           bp_parser_peek(parser, 0)->flaw == BP_FLAW_SEMICOLON) {
        bp_finding *finding = bp_parser_error(
            parser, bp_parser_here(parser),
            "found %.*s behind a statement; statements are separated by the end of the line",
            BP_ARG(bp_parser_describe(parser, bp_parser_peek(parser, 0))));
        bp_token taken = *bp_parser_peek(parser, 0);
        bp_parser_take(parser);
        bool ends = bp_parser_at(parser, BP_TOKEN_NEWLINE) || bp_parser_at(parser, BP_TOKEN_EOF);
        bp_parser_fix(parser, finding, ends, bp_parser_span(parser, &taken), ends ? "" : "\n");
    }
    const bp_token *token = bp_parser_peek(parser, 0);
    if (token->kind == BP_TOKEN_NEWLINE || token->kind == BP_TOKEN_EOF ||
        token->kind == BP_TOKEN_CLOSE_BRACE || token->first) {
        return;
    }
    bool word = token->kind == BP_TOKEN_WORD;
    bool statement = word && (bp_parser_is_operator(bp_parser_peek(parser, 1)->kind) ||
                              bp_parse_at_block(parser));
    bool bad = token->flaw != BP_FLAW_NONE;
    if (statement && parser->crowded == token->line_offset + 1) {
        return; /* one finding a line is enough */
    }
    bp_finding *finding =
        bad ? bp_parser_bad(parser, token)
            : bp_parser_error(parser, bp_parser_here(parser),
                              "found %.*s behind a statement; a statement ends at the end of its "
                              "line",
                              BP_ARG(bp_parser_describe(parser, token)));
    if (!statement) {
        bp_parser_sync(parser);
        return;
    }
    parser->crowded = token->line_offset + 1;
    if (finding != NULL) {
        bp_span gap = bp_span_of(parser->source, parser->last.end, token->start);
        bp_str line = bp_str_format(parser->arena, "\n%*s", (int)token->indent, "");
        bp_finding_fix(parser->diagnostics, finding, true, gap, line, "begin a new line");
    }
}

static void
statement(bp_parser *parser, bp_ast_body *body, bp_map **seen)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    const bp_token *next = bp_parser_peek(parser, 1);
    bool word = token->kind == BP_TOKEN_WORD;
    bp_ast_statement *read = NULL;
    if (bp_parser_is_key(token, BP_KEY_children) && !bp_parser_is_operator(next->kind)) {
        bp_parse_block_control(parser, body);
    } else if (bp_parse_at_block(parser)) {
        read = bp_parse_block(parser);
    } else if (bp_parser_is_key(token, BP_KEY_raw) && !bp_parser_is_operator(next->kind)) {
        read = bp_parse_raw(parser);
    } else if (bp_parse_at_item(parser)) {
        bp_parser_error(parser, bp_parser_here(parser),
                        "found \"%.*s\" inside of a %s; it stands outside of all blocks",
                        BP_ARG(token->text),
                        bp_ast_kind_name(parser->blocks[parser->block_count - 1].kind));
        bp_parse_item(parser);
    } else if (word &&
               (bp_parser_is_operator(next->kind) || bp_parser_is_key(next, BP_KEY_children))) {
        read = bp_parse_setting(parser);
    } else if (!bp_parse_slip(parser, &read)) {
        bp_parser_sync(parser);
    }
    if (read != NULL) {
        *bp_vec_add(parser->arena, &body->statements) = read;
        if (read->kind == BP_AST_SETTING && !parser->quiet) {
            bp_parse_note_setting(parser, seen, read);
        }
    }
    if (parser->close_to >= parser->block_count) {
        bp_parse_end(parser);
    }
}

static void
statements(bp_parser *parser, bp_ast_body *body)
{
    bp_map *seen = NULL;
    for (;;) {
        bp_parser_newlines(parser);
        if (parser->close_to < parser->block_count) {
            return;
        }
        if (bp_parser_at(parser, BP_TOKEN_CLOSE_BRACE)) {
            body->close = closing_brace(parser);
            return;
        }
        if (bp_parser_at(parser, BP_TOKEN_EOF)) {
            end_of_file(parser);
            return;
        }
        bp_parser_fresh(parser);
        parser->indent = bp_parser_peek(parser, 0)->indent;
        unsigned keep = stays_open(parser);
        if (keep < parser->block_count) {
            close_early(parser, keep);
            return;
        }
        statement(parser, body, &seen);
    }
}

typedef enum opening { NO_BODY, BRACE, BRACE_MEANT, EMPTY_BODY } opening;

static bool
line_ends(bp_parser *parser)
{
    return bp_parser_at(parser, BP_TOKEN_NEWLINE) || bp_parser_at(parser, BP_TOKEN_EOF) ||
           bp_parser_at(parser, BP_TOKEN_CLOSE_BRACE);
}

/* The line of a header ends without brace. What comes next tells whether the body follows, or "{}"
 * was left out. */
static opening
no_brace(bp_parser *parser, uint32_t indent, bool after_uses)
{
    const bp_token *token = bp_parser_peek(parser, 0);
    const bp_token *next = bp_parser_peek(parser, 1);
    const bp_open_block *outer =
        parser->block_count == 0 ? NULL : &parser->blocks[parser->block_count - 1];
    bool closes = token->kind == BP_TOKEN_CLOSE_BRACE && !token->first &&
                  (outer == NULL || outer->line_offset != token->line_offset);
    bool follows = token->kind == BP_TOKEN_NEWLINE && next->first && next->indent > indent &&
                   next->kind != BP_TOKEN_CLOSE_BRACE && next->kind != BP_TOKEN_EOF;
    bp_span behind = bp_span_after(bp_parser_span(parser, &parser->last));
    bp_finding *finding = bp_parser_error(
        parser, behind, "found %.*s; expected \"{\"%s", BP_ARG(bp_parser_describe(parser, token)),
        after_uses && !closes && !follows ? ", also after \"uses\"" : "");
    if (closes || follows) {
        bp_parser_fix(parser, finding, true, behind, " {");
        return BRACE_MEANT;
    }
    bp_parser_help(parser, finding, "a block that adds nothing is written with {}");
    bp_parser_fix(parser, finding, true, behind, " {}");
    return EMPTY_BODY;
}

/* Up to the opening brace. NO_BODY when none is there and none is meant. */
static opening
opening_brace(bp_parser *parser, uint32_t indent, bool after_uses)
{
    if (bp_parser_at(parser, BP_TOKEN_OPEN_BRACE)) {
        return BRACE;
    }
    const bp_token *next = bp_parser_peek(parser, 1);
    if (bp_parser_at(parser, BP_TOKEN_NEWLINE) && next->kind == BP_TOKEN_OPEN_BRACE) {
        bp_span brace = bp_parser_span(parser, next);
        bp_finding *finding = bp_parser_error(
            parser, brace, "found \"{\" on a line of its own; it stands on the line of its header");
        bp_parser_fix(parser, finding, true, bp_span_after(bp_parser_span(parser, &parser->last)),
                      " {");
        if (finding != NULL) {
            bp_finding_edit(parser->diagnostics, finding, brace, BP_STR(""));
        }
        bp_parser_newlines(parser);
        return BRACE;
    }
    if (bp_parser_at(parser, BP_TOKEN_ASSIGN) && next->kind == BP_TOKEN_OPEN_BRACE) {
        bp_finding *finding = bp_parser_error(parser, bp_parser_here(parser),
                                              "found \"=\"; a block has none before its \"{\"");
        bp_parser_fix(parser, finding, true, bp_parser_here(parser), "");
        bp_parser_take(parser);
        return BRACE;
    }
    if (!line_ends(parser)) {
        bp_parser_expected(parser, "\"{\"");
        return NO_BODY;
    }
    return no_brace(parser, indent, after_uses);
}

static bool
nested_too_deep(bp_parser *parser)
{
    if (parser->block_count + parser->bracket_count < BP_NESTING) {
        return false;
    }
    bp_finding *finding = bp_parser_report(parser, "SYN015", bp_parser_here(parser),
                                           "blocks are nested deeper than %d", BP_NESTING);
    bp_parser_help(parser, finding, "what stands inside was not read");
    return true;
}

bp_ast_body *
bp_parse_body(bp_parser *parser, bp_ast_kind kind, bp_span header_span, uint32_t indent,
              bool after_uses)
{
    opening how = opening_brace(parser, indent, after_uses);
    if (how == NO_BODY || nested_too_deep(parser)) {
        return NULL;
    }
    bp_ast_body *body = BP_NEW(parser->arena, bp_ast_body);
    body->open = how == BRACE ? bp_parser_here(parser)
                              : bp_span_after(bp_parser_span(parser, &parser->last));
    if (how == EMPTY_BODY) {
        body->close = body->open;
        return body;
    }
    uint32_t line_offset =
        how == BRACE ? bp_parser_peek(parser, 0)->line_offset : parser->last.line_offset;
    parser->blocks[parser->block_count++] =
        (bp_open_block){kind, header_span, body->open, indent, line_offset};
    if (how == BRACE) {
        bp_parser_take(parser);
    }
    uint32_t outer_indent = parser->indent;
    statements(parser, body);
    parser->indent = outer_indent;
    parser->block_count--;
    if (parser->close_to == parser->block_count) {
        parser->close_to = BP_NESTING;
    }
    bp_parser_fresh(parser);
    return body;
}

void
bp_parse_lost_body(bp_parser *parser, bp_ast_kind kind, uint32_t indent)
{
    size_t open = parser->bracket_count;
    parser->bracket_count = 0;
    for (;; bp_parser_take(parser)) {
        bp_token_kind token = bp_parser_peek(parser, 0)->kind;
        bp_token_kind next = bp_parser_peek(parser, 1)->kind;
        bool body = open == 0 || next == BP_TOKEN_NEWLINE || next == BP_TOKEN_CLOSE_BRACE;
        bool line_end = token == BP_TOKEN_CLOSE_BRACE || (token == BP_TOKEN_NEWLINE && open == 0);
        if ((token == BP_TOKEN_OPEN_BRACE && body) || line_end) {
            if (bp_parse_body(parser, kind, bp_parser_here(parser), indent, false) == NULL) {
                bp_parser_sync(parser);
            }
            return;
        }
        if (token == BP_TOKEN_EOF || bp_parser_at_statement(parser, true)) {
            return;
        }
        open += token == BP_TOKEN_OPEN_PAREN || token == BP_TOKEN_OPEN_BRACKET;
        bool closes = token == BP_TOKEN_CLOSE_PAREN || token == BP_TOKEN_CLOSE_BRACKET;
        open -= closes && open > 0;
    }
}
