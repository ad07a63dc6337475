/*
 * The document of a tree as JSON text, minified or indented.
 *
 * Written straight from the nodes, so that both forms have the same members in the same order. The
 * tree is walked by its own links: no depth of nesting can exhaust the stack. Values that are holes
 * are written as null; a document with holes is never emitted, only dumped.
 */
#include "compiler/policy/tree.h"
#include "grammar/ast.h"
#include "lib/json_write.h"

enum { VALUE_DEPTH = 64 };

typedef struct writer {
    bp_buf text;
    bool pretty;
    size_t depth;
    bool empty; /* nothing was written yet in the open container */
} writer;

static void
line(writer *out)
{
    if (!out->pretty) {
        return;
    }
    bp_buf_add_char(&out->text, '\n');
    for (size_t i = 0; i < out->depth; i++) {
        bp_buf_add_c(&out->text, "  ");
    }
}

static void
open_container(writer *out, char bracket)
{
    bp_buf_add_char(&out->text, bracket);
    out->depth++;
    out->empty = true;
}

static void
close_container(writer *out, char bracket)
{
    out->depth--;
    if (!out->empty) {
        line(out);
    }
    bp_buf_add_char(&out->text, bracket);
    out->empty = false;
}

/* Comma and line before the next member or element. */
static void
next(writer *out)
{
    if (!out->empty) {
        bp_buf_add_char(&out->text, ',');
    }
    out->empty = false;
    line(out);
}

static void
key(writer *out, bp_str name)
{
    next(out);
    bp_json_quote(&out->text, name);
    bp_buf_add_c(&out->text, out->pretty ? ": " : ":");
}

/* Values nest no deeper than a source may; beyond that, nothing was read. */
static void
write_value(writer *out, const bp_value *value, int depth)
{
    if (value->kind == BP_VALUE_UNKNOWN || depth > VALUE_DEPTH) {
        bp_buf_add_c(&out->text, "null");
    } else if (value->kind == BP_VALUE_TEXT && value->unquoted) {
        bp_buf_add(&out->text, value->text);
    } else if (value->kind == BP_VALUE_TEXT) {
        bp_json_quote(&out->text, value->text);
    } else if (value->kind == BP_VALUE_LIST) {
        open_container(out, '[');
        for (size_t i = 0; i < value->items.count; i++) {
            next(out);
            write_value(out, value->items.at[i], depth + 1);
        }
        close_container(out, ']');
    } else {
        open_container(out, '{');
        for (size_t i = 0; value->members != NULL && i < value->members->count; i++) {
            key(out, value->members->at[i].key);
            write_value(out, value->members->at[i].value, depth + 1);
        }
        close_container(out, '}');
    }
}

static void
write_control(writer *out, const bp_child_control *control)
{
    static const struct {
        unsigned bit;
        const char *word;
    } words[] = {{BP_MAY_NOTHING, "@@none"},
                 {BP_MAY_ALL, "@@all"},
                 {BP_MAY_ASSIGN, "@@assign"},
                 {BP_MAY_APPEND, "@@append"},
                 {BP_MAY_REMOVE, "@@remove"}};
    if (control->may == 0 && control->written == NULL) {
        return;
    }
    key(out, BP_STR("@@operators_allowed_for_child_policies"));
    if (control->written != NULL) {
        write_value(out, control->written, 0);
        return;
    }
    open_container(out, '[');
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((control->may & words[i].bit) != 0) {
            next(out);
            bp_json_quote(&out->text, bp_str_of(words[i].word));
        }
    }
    close_container(out, ']');
}

static void
write_operator(writer *out, const char *operator_key, const bp_value *value)
{
    if (value != NULL) {
        key(out, bp_str_of(operator_key));
        write_value(out, value, 0);
    }
}

/* Opens a node and writes its operators; a value that stands for it is written whole. */
static void
open_node(writer *out, const bp_node *node)
{
    if (node->plain != NULL) {
        write_value(out, node->plain, 0);
        return;
    }
    open_container(out, '{');
    write_operator(out, "@@assign", node->assign);
    write_operator(out, "@@append", node->append);
    write_operator(out, "@@remove", node->remove);
}

/* The control is the last member of its object. */
static void
close_node(writer *out, const bp_node *node)
{
    if (node->plain == NULL) {
        write_control(out, &node->control);
        close_container(out, '}');
    }
}

static bp_str
write_tree(bp_arena *arena, const bp_node *root, bool pretty)
{
    writer out = {.text = {.arena = arena}, .pretty = pretty};
    const bp_node *node = root;
    open_node(&out, node);
    for (;;) {
        if (node->first != NULL) {
            node = node->first;
        } else {
            close_node(&out, node);
            while (node != root && node->next == NULL) {
                node = node->parent;
                close_node(&out, node);
            }
            if (node == root) {
                return bp_buf_text(&out.text);
            }
            node = node->next;
        }
        key(&out, node->key);
        open_node(&out, node);
    }
}

bp_str
bp_tree_write_compact(bp_arena *arena, const bp_node *root)
{
    return write_tree(arena, root, false);
}

bp_str
bp_tree_write_pretty(bp_arena *arena, const bp_node *root)
{
    return write_tree(arena, root, true);
}
