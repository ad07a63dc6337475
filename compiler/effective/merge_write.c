/*
 * The effective document as text: what DescribeEffectivePolicy would show.
 *
 * Keys are folded to lower case, values are texts, containers without content are left out. The
 * placeholder "$account" is replaced where the document is written for one account.
 */
#include "compiler/effective/merge.h"
#include "lib/json_write.h"

enum { DEPTH = 80 };

typedef struct writer {
    bp_merger *merger;
    bp_buf *out;
    bp_str account;
} writer;

static const char variable[] = "$account";

bp_str
bp_effective_text(bp_arena *arena, bp_str text, bp_str account)
{
    size_t size = sizeof variable - 1;
    if (account.size == 0 || !bp_str_contains(text, bp_str_of(variable))) {
        return text;
    }
    bp_buf out = {.arena = arena};
    for (size_t i = 0; i < text.size;) {
        if (i + size <= text.size && bp_str_is(bp_str_cut(text, i, i + size), variable)) {
            bp_buf_add(&out, account);
            i += size;
        } else {
            bp_buf_add_char(&out, text.at[i++]);
        }
    }
    return bp_buf_text(&out);
}

static bool
holds(bp_merger *merger, bp_merged *node, int depth)
{
    bp_merged_open(merger, node);
    if (node->has_value) {
        return true;
    }
    for (size_t i = 0; i < node->kids.count && depth < DEPTH; i++) {
        if (holds(merger, node->kids.at[i], depth + 1)) {
            return true;
        }
    }
    return false;
}

bool
bp_merged_holds(bp_merger *merger, bp_merged *node)
{
    return node != NULL && holds(merger, node, 0);
}

static void
line(const writer *w, size_t indent)
{
    bp_buf_add_char(w->out, '\n');
    for (size_t i = 0; i < indent; i++) {
        bp_buf_add_char(w->out, ' ');
    }
}

static void
write_text(const writer *w, const bp_value *value)
{
    if (value->kind == BP_VALUE_TEXT) {
        bp_json_quote(w->out, bp_effective_text(w->merger->arena, value->text, w->account));
    } else {
        bp_buf_add_c(w->out, "null"); /* a hole: reported where it is written */
    }
}

static void
write_value(const writer *w, const bp_merged *node, size_t indent)
{
    if (!node->list) {
        write_text(w, node->items.at[0].value);
        return;
    }
    bp_buf_add_char(w->out, '[');
    for (size_t i = 0; i < node->items.count; i++) {
        bp_buf_add_c(w->out, i > 0 ? "," : "");
        line(w, indent + 2);
        write_text(w, node->items.at[i].value);
    }
    if (node->items.count > 0) {
        line(w, indent);
    }
    bp_buf_add_char(w->out, ']');
}

static void
write_node(const writer *w, bp_merged *node, size_t indent, int depth)
{
    bool any = false;
    if (node->has_value) {
        write_value(w, node, indent);
        return;
    }
    bp_buf_add_char(w->out, '{');
    for (size_t i = 0; i < node->kids.count && depth < DEPTH; i++) {
        bp_merged *kid = node->kids.at[i];
        if (!holds(w->merger, kid, 0)) {
            continue;
        }
        bp_str key = bp_str_fold(w->merger->arena, kid->first.node->key);
        bp_buf_add_c(w->out, any ? "," : "");
        any = true;
        line(w, indent + 2);
        bp_json_quote(w->out, bp_effective_text(w->merger->arena, key, w->account));
        bp_buf_add_c(w->out, ": ");
        write_node(w, kid, indent + 2, depth + 1);
    }
    if (any) {
        line(w, indent);
    }
    bp_buf_add_char(w->out, '}');
}

void
bp_merged_write(bp_merger *merger, bp_merged *root, bp_str account, size_t indent, bp_buf *out)
{
    writer w = {.merger = merger, .out = out, .account = account};
    if (!bp_merged_holds(merger, root)) {
        bp_buf_add_c(out, "{}");
        return;
    }
    write_node(&w, root, indent, 0);
}
