/*
 * The tree and the tokens as text, for `dump` and for tests: one node a line, two blanks a level,
 * with line:column of where it stands. Nothing in the program reads this format.
 */
#include "grammar/ast.h"
#include "grammar/lexer.h"

typedef struct dumper {
    bp_buf *out;
    bp_str text;
    size_t at; /* a cursor: offset, line and column, so that a dump takes linear time */
    uint32_t line;
    uint32_t column;
    int depth;
} dumper;

const char *
bp_ast_kind_name(bp_ast_kind kind)
{
    static const char *const names[] = {
#define NODE(kind, name) name,
#include "grammar/nodes.def"
    };
    return names[kind];
}

static void
start(dumper *d, bp_str text)
{
    d->text = text;
    d->at = bp_str_starts(text, BP_STR("\xEF\xBB\xBF")) ? 3 : 0;
    d->line = 1;
    d->column = 1;
}

static void
place(dumper *d, uint32_t offset)
{
    if (offset < d->at) {
        start(d, d->text);
    }
    for (; d->at < offset && d->at < d->text.size; d->at++) {
        if (d->text.at[d->at] == '\n') {
            d->line++;
            d->column = 1;
        } else if (((unsigned char)d->text.at[d->at] & 0xC0) != 0x80) {
            d->column++;
        }
    }
    /* behind the last byte of a character: as if before the next */
    bp_buf_format(d->out, "%u:%u", d->line, d->column);
}

static void
line(dumper *d, bp_span span)
{
    bp_buf_format(d->out, "%*s", d->depth * 2, "");
    if (bp_span_exists(span)) {
        place(d, span.start);
        bp_buf_add_char(d->out, ' ');
    }
}

static void
quoted(dumper *d, bp_str text)
{
    bp_buf_add_char(d->out, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c < 0x20 || c == 0x7F) {
            bp_buf_format(d->out, "\\u%04x", c);
        } else {
            if (c == '"' || c == '\\') {
                bp_buf_add_char(d->out, '\\');
            }
            bp_buf_add_char(d->out, (char)c);
        }
    }
    bp_buf_add_char(d->out, '"');
}

/* The parser keeps nesting under 64, so this recursion ends. */
static void dump_value(dumper *d, bp_str key, const bp_ast_value *value);

static void
dump_entries(dumper *d, const bp_ast_entries *entries)
{
    d->depth++;
    for (size_t i = 0; i < entries->count; i++) {
        dump_value(d, entries->at[i].key.text, entries->at[i].value);
    }
    d->depth--;
}

static void
dump_value(dumper *d, bp_str key, const bp_ast_value *value)
{
    if (value == NULL) {
        return;
    }
    line(d, value->span);
    if (key.size > 0) {
        quoted(d, key);
        bp_buf_add_c(d->out, ": ");
    }
    bp_buf_add_c(d->out, bp_ast_kind_name(value->kind));
    if (value->text.size > 0 || value->kind == BP_AST_STRING) {
        bp_buf_add_char(d->out, ' ');
        if (value->kind == BP_AST_STRING) {
            quoted(d, value->text);
        } else {
            bp_buf_add(d->out, value->text);
        }
    }
    if (bp_span_exists(value->in_region.span)) {
        bp_buf_format(d->out, " in %.*s", BP_ARG(value->in_region.text));
    }
    bp_buf_add_char(d->out, '\n');
    dump_entries(d, &value->items);
    d->depth++;
    dump_value(d, BP_STR("of"), value->of);
    d->depth--;
}

static void
dump_control(dumper *d, const bp_ast_control *control)
{
    static const char *const words[] = {"nothing", "assign", "append", "remove", "all"};
    if (control->may == 0) {
        return;
    }
    line(d, control->span);
    bp_buf_add_c(d->out, "children may");
    for (unsigned i = 0; i < 5; i++) {
        if ((control->may >> i & 1U) != 0) {
            bp_buf_format(d->out, " %s", words[i]);
        }
    }
    bp_buf_add_c(d->out, control->here ? " here\n" : "\n");
}

static void
dump_uses(dumper *d, const bp_ast_uses *uses)
{
    if (uses->written) {
        line(d, uses->span);
        bp_buf_format(d->out, "uses %.*s\n", BP_ARG(uses->name.text));
        dump_entries(d, &uses->arguments);
    }
}

static void
dump_doc(dumper *d, bp_str doc)
{
    while (doc.size > 0) {
        size_t end = bp_str_find(doc, '\n');
        line(d, BP_NOWHERE);
        bp_buf_format(d->out, "/// %.*s\n", BP_ARG(bp_str_cut(doc, 0, end)));
        doc = bp_str_cut(doc, end + 1, doc.size);
    }
}

static void dump_body(dumper *d, const bp_ast_body *body);

static void
dump_block(dumper *d, const bp_ast_statement *block)
{
    bp_buf_format(d->out, "%s%s", block->extend ? "extend " : "", bp_ast_kind_name(block->block));
    if (block->form.text.size > 0) {
        bp_buf_format(d->out, " %.*s", BP_ARG(block->form.text));
    }
    if (block->block != BP_AST_COPY) {
        bp_buf_add_char(d->out, ' ');
        quoted(d, block->name.text);
    }
    bp_buf_add_char(d->out, '\n');
    d->depth++;
    dump_value(d, BP_STR("to"), block->destination);
    dump_uses(d, &block->uses);
    dump_body(d, block->body);
    d->depth--;
}

static void
dump_statement(dumper *d, const bp_ast_statement *statement)
{
    static const char *const operators[] = {"", " =", " +=", " -="};
    dump_doc(d, statement->doc);
    line(d, statement->span);
    if (statement->kind == BP_AST_BLOCK) {
        dump_block(d, statement);
        return;
    }
    bool raw = statement->kind == BP_AST_RAW;
    bp_buf_add_c(d->out, raw ? "raw " : "setting ");
    if (raw) {
        quoted(d, statement->name.text);
    } else {
        bp_buf_add(d->out, statement->name.text);
    }
    bp_buf_format(d->out, "%s\n", operators[statement->op]);
    d->depth++;
    dump_value(d, BP_STR(""), raw ? statement->json : statement->value);
    dump_control(d, &statement->control);
    d->depth--;
}

static void
dump_body(dumper *d, const bp_ast_body *body)
{
    if (body == NULL) {
        return;
    }
    dump_control(d, &body->control);
    dump_control(d, &body->other);
    for (size_t i = 0; i < body->statements.count; i++) {
        dump_statement(d, body->statements.at[i]);
    }
}

static void
dump_parameters(dumper *d, const bp_ast_item *item)
{
    for (size_t i = 0; i < item->parameters.count; i++) {
        const bp_ast_parameter *parameter = &item->parameters.at[i];
        line(d, parameter->name.span);
        bp_buf_format(d->out,
                      parameter->list ? "parameter %.*s: [%.*s]\n" : "parameter %.*s: %.*s\n",
                      BP_ARG(parameter->name.text), BP_ARG(parameter->type.text));
        d->depth++;
        dump_value(d, BP_STR(""), parameter->preset);
        d->depth--;
    }
}

static void
dump_item(dumper *d, const bp_ast_item *item)
{
    dump_doc(d, item->doc);
    line(d, item->span);
    bp_buf_format(d->out, "%s%s ", item->air_gapped ? "air_gapped " : "",
                  bp_ast_kind_name(item->kind));
    if (item->kind == BP_AST_TEMPLATE) {
        bp_buf_format(d->out, "%s ", bp_ast_kind_name(item->block));
    }
    if (item->kind == BP_AST_TEMPLATE || item->kind == BP_AST_LET) {
        bp_buf_add(d->out, item->name.text);
    } else {
        quoted(d, item->name.text);
    }
    bp_buf_add_char(d->out, '\n');
    d->depth++;
    dump_parameters(d, item);
    dump_uses(d, &item->uses);
    dump_value(d, BP_STR(""), item->value);
    dump_body(d, item->body);
    d->depth--;
}

void
bp_ast_dump(const bp_ast_file *file, bp_buf *out)
{
    dumper d = {.out = out};
    start(&d, file->source->text);
    bp_buf_format(out, "edition %lld\n", (long long)file->edition);
    for (size_t i = 0; i < file->items.count; i++) {
        dump_item(&d, file->items.at[i]);
    }
    if (file->broken) {
        bp_buf_add_c(out, "broken\n");
    }
}

void
bp_tokens_dump(bp_arena *arena, const bp_source *source, bp_buf *out)
{
    dumper d = {.out = out};
    start(&d, source->text);
    bp_lexer lexer = bp_lexer_start(arena, source);
    bp_token token;
    do {
        token = bp_lexer_next(&lexer);
        place(&d, token.start);
        bp_buf_format(out, " %s", bp_token_id(token.kind));
        if (token.kind != BP_TOKEN_NEWLINE && token.kind != BP_TOKEN_EOF) {
            bp_buf_add_char(out, ' ');
            quoted(&d, bp_str_cut(source->text, token.start, token.end));
        }
        bp_buf_add_char(out, '\n');
    } while (token.kind != BP_TOKEN_EOF);
}
