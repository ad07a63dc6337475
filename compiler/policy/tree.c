/*
 * The policy tree: making nodes, finding them, and the way from a node up to its policy.
 *
 * Lookups walk the children of one node: fine for fixed keys, which are few. Whoever adds thousands
 * of named children keeps a map of its own. Nothing here knows a setting or reports a finding.
 */
#include "compiler/policy/tree.h"

#include "lib/vec.h"

bp_node *
bp_node_new(bp_arena *arena, bp_node_kind kind, bp_str key, bp_span span)
{
    bp_node *node = BP_NEW(arena, bp_node);
    node->kind = kind;
    node->key = key;
    node->span = span;
    return node;
}

void
bp_node_add(bp_node *parent, bp_node *child)
{
    child->parent = parent;
    child->next = NULL;
    if (parent->last == NULL) {
        parent->first = child;
    } else {
        parent->last->next = child;
    }
    parent->last = child;
}

static bp_node *
child_of(const bp_node *parent, bp_str key)
{
    if (parent == NULL) {
        return NULL;
    }
    for (bp_node *node = parent->first; node != NULL; node = node->next) {
        if (bp_str_equal_folded(node->key, key)) {
            return node;
        }
    }
    return NULL;
}

const bp_node *
bp_node_child(const bp_node *parent, const char *key)
{
    return child_of(parent, bp_str_of(key));
}

bp_node *
bp_node_find(bp_node *parent, bp_str key)
{
    return child_of(parent, key);
}

/* Equal without regard to letter case, quickly where they are not. */
static bool
same_char(char a, char b)
{
    return a == b || ((a ^ b) == ('a' ^ 'A') && bp_is_alpha(a));
}

/* Whether a path begins with a key, as a whole part of it; then *path goes on behind it. Checks
 * look up paths more often than anything else, so this reads the two once. */
static bool
take_key(const char **path, bp_str key)
{
    const char *at = *path;
    for (size_t i = 0; i < key.size; i++) {
        if (at[i] == '/' || !same_char(at[i], key.at[i])) {
            return false;
        }
    }
    if (at[key.size] != '/' && at[key.size] != '\0') {
        return false;
    }
    *path = at[key.size] == '/' ? at + key.size + 1 : at + key.size;
    return true;
}

bp_node *
bp_node_find_at(bp_node *from, const char *path)
{
    bp_node *node = from;
    while (node != NULL && *path != '\0') {
        node = node->first;
        while (node != NULL && !take_key(&path, node->key)) {
            node = node->next;
        }
    }
    return node;
}

const bp_node *
bp_node_at(const bp_node *from, const char *path)
{
    const bp_node *node = from;
    while (node != NULL && *path != '\0') {
        node = node->first;
        while (node != NULL && !take_key(&path, node->key)) {
            node = node->next;
        }
    }
    return node;
}

const bp_value *
bp_node_value(const bp_node *from, const char *path)
{
    const bp_node *leaf = bp_node_at(from, path);
    return leaf == NULL ? NULL : leaf->assign;
}

bool
bp_node_text(const bp_node *from, const char *path, bp_str *text)
{
    const bp_value *value = bp_node_value(from, path);
    if (value == NULL || value->kind != BP_VALUE_TEXT) {
        return false;
    }
    *text = value->text;
    return true;
}

bool
bp_node_number(const bp_node *from, const char *path, int64_t *number)
{
    const bp_value *value = bp_node_value(from, path);
    if (value == NULL || value->kind != BP_VALUE_TEXT) {
        return false;
    }
    if (value->has_number) {
        *number = value->number;
        return true;
    }
    return bp_str_number(value->text, number);
}

bool
bp_node_unknown(const bp_node *from, const char *path)
{
    const bp_value *value = bp_node_value(from, path);
    return value != NULL && value->kind == BP_VALUE_UNKNOWN;
}

bool
bp_node_is_tags(const bp_node *selection)
{
    return selection != NULL && selection->parent != NULL &&
           bp_str_equal_folded(selection->parent->key, BP_STR("tags"));
}

bool
bp_node_controlled(const bp_node *node)
{
    return node->control.may != 0 || node->control.written != NULL;
}

bool
bp_node_written(const bp_node *node)
{
    return node->assign != NULL || node->append != NULL || node->remove != NULL;
}

const bp_node *
bp_node_up(const bp_node *node, bp_node_kind kind)
{
    while (node != NULL && node->kind != kind) {
        node = node->parent;
    }
    return node;
}

const bp_node *
bp_node_first(const bp_node *from, const char *path)
{
    const bp_node *container = bp_node_at(from, path);
    return container == NULL ? NULL : container->first;
}

/* The word of a node in a scope; NULL for nodes that a scope does not name. */
static const char *
scope_word(bp_node_kind kind)
{
    switch (kind) {
    case BP_NODE_PLAN:
        return "plan";
    case BP_NODE_RULE:
        return "rule";
    case BP_NODE_COPY:
        return "copy";
    case BP_NODE_SELECTION:
        return "select";
    case BP_NODE_ROOT:
    case BP_NODE_PLANS:
    case BP_NODE_CONTAINER:
    case BP_NODE_ENTRY:
    case BP_NODE_LEAF:
        return NULL;
    }
    return NULL;
}

bp_str
bp_node_scope(bp_arena *arena, bp_str policy, const bp_node *node)
{
    BP_VEC(const bp_node *) chain = {0};
    for (const bp_node *up = node; up != NULL; up = up->parent) {
        if (scope_word(up->kind) != NULL) {
            *bp_vec_add(arena, &chain) = up;
        }
    }
    bp_buf scope = {.arena = arena};
    bp_buf_add_c(&scope, "policy/");
    bp_buf_add(&scope, policy);
    for (size_t i = chain.count; i > 0; i--) {
        bp_buf_add_char(&scope, '/');
        bp_buf_add_c(&scope, scope_word(chain.at[i - 1]->kind));
        bp_buf_add_char(&scope, '/');
        bp_buf_add(&scope, chain.at[i - 1]->key);
    }
    return bp_buf_text(&scope);
}
