/*
 * The tree as text for people who work on the program: one line a node, with operators and places.
 *
 * The form is for reading and for tests; nothing parses it. It walks the links of the tree and does
 * not recurse.
 */
#include "compiler/policy/tree.h"
#include "grammar/ast.h"

enum { VALUE_DEPTH = 64 };

static const char *
kind_word(bp_node_kind kind)
{
    switch (kind) {
    case BP_NODE_ROOT:
        return "document";
    case BP_NODE_PLANS:
        return "plans";
    case BP_NODE_PLAN:
        return "plan";
    case BP_NODE_RULE:
        return "rule";
    case BP_NODE_COPY:
        return "copy";
    case BP_NODE_SELECTION:
        return "selection";
    case BP_NODE_CONTAINER:
        return "container";
    case BP_NODE_ENTRY:
        return "entry";
    case BP_NODE_LEAF:
        return "leaf";
    }
    return "node";
}

static void
dump_place(bp_sources *sources, bp_span span, const char *before, bp_buf *out)
{
    const bp_source *source = bp_sources_get(sources, span.source);
    if (source == NULL) {
        return;
    }
    bp_position at = bp_sources_position(sources, span.source, span.start);
    bp_buf_format(out, "  %s%.*s:%u:%u", before, BP_ARG(source->path), (unsigned)at.line,
                  (unsigned)at.column);
}

static void
dump_text(const bp_value *value, int depth, bp_buf *out)
{
    bool list = value->kind == BP_VALUE_LIST;
    if (value->kind == BP_VALUE_UNKNOWN || depth > VALUE_DEPTH) {
        bp_buf_add_c(out, "?");
    } else if (value->kind == BP_VALUE_TEXT) {
        bp_buf_format(out, value->unquoted ? "%.*s" : "\"%.*s\"", BP_ARG(value->text));
    } else {
        bp_buf_add_c(out, list ? "[" : "{");
        for (size_t i = 0; list && i < value->items.count; i++) {
            bp_buf_add_c(out, i == 0 ? "" : ", ");
            dump_text(value->items.at[i], depth + 1, out);
        }
        for (size_t i = 0; !list && i < value->members->count; i++) {
            bp_buf_format(out, "%s\"%.*s\": ", i == 0 ? "" : ", ",
                          BP_ARG(value->members->at[i].key));
            dump_text(value->members->at[i].value, depth + 1, out);
        }
        bp_buf_add_c(out, list ? "]" : "}");
    }
}

static void
dump_value(bp_sources *sources, const char *sign, const bp_value *value, bp_buf *out)
{
    if (value == NULL) {
        return;
    }
    bp_buf_format(out, " %s ", sign);
    dump_text(value, 0, out);
    dump_place(sources, value->span, "", out);
    dump_place(sources, value->declared, "as ", out);
}

static void
dump_control(bp_sources *sources, const bp_child_control *control, bp_buf *out)
{
    static const char *const words[] = {"nothing", "assign", "append", "remove", "all"};
    if (control->may == 0 && control->written == NULL) {
        return;
    }
    bp_buf_add_c(out, "  children may");
    if (control->written != NULL) {
        bp_buf_add_c(out, " ");
        dump_text(control->written, 0, out);
    }
    const char *before = " ";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((control->may & (1U << i)) != 0) {
            bp_buf_format(out, "%s%s", before, words[i]);
            before = ", ";
        }
    }
    dump_place(sources, control->span, "", out);
}

static void
dump_node(bp_sources *sources, const bp_node *node, size_t depth, bp_buf *out)
{
    for (size_t i = 0; i < depth; i++) {
        bp_buf_add_c(out, "  ");
    }
    bp_buf_format(out, "%s%s%s", node->raw ? "raw " : "", node->extend ? "extend " : "",
                  kind_word(node->kind));
    if (node->key.size > 0) {
        bp_buf_format(out, " \"%.*s\"", BP_ARG(node->key));
    }
    dump_value(sources, "=", node->assign, out);
    dump_value(sources, "+=", node->append, out);
    dump_value(sources, "-=", node->remove, out);
    dump_value(sources, "raw", node->plain, out);
    dump_control(sources, &node->control, out);
    bp_buf_add_c(out, node->form_open ? " of the inherited form" : "");
    bp_buf_add_c(out, node->supplied ? " supplied" : "");
    if (node->never) {
        bp_buf_add_c(out, " never deleted");
    }
    for (size_t i = 0; i < node->protects.count; i++) {
        bp_buf_format(out, "%s%.*s", i == 0 ? " protects " : ", ",
                      BP_ARG(node->protects.at[i]->text));
    }
    if (!bp_node_written(node) && node->plain == NULL) {
        dump_place(sources, node->span, "", out);
    }
    dump_place(sources, node->uses, "by ", out);
    bp_buf_add_char(out, '\n');
}

void
bp_tree_dump(bp_sources *sources, const bp_node *root, bp_buf *out)
{
    const bp_node *node = root;
    size_t depth = 0;
    for (;;) {
        dump_node(sources, node, depth, out);
        if (node->first != NULL) {
            node = node->first;
            depth++;
            continue;
        }
        while (node != root && node->next == NULL) {
            node = node->parent;
            depth--;
        }
        if (node == root) {
            return;
        }
        node = node->next;
    }
}
