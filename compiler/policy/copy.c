/*
 * Copies of a tree with nodes left out: what a document would be without some of its plans, or
 * without its child controls. Values are shared with the original, nodes are not.
 */
#include "compiler/policy/tree.h"

static bp_node *
copy_node(bp_arena *arena, const bp_node *node)
{
    bp_node *copy = BP_NEW(arena, bp_node);
    *copy = *node;
    copy->parent = NULL;
    copy->first = NULL;
    copy->last = NULL;
    copy->next = NULL;
    return copy;
}

/* Walks by the links of the original, so that no depth of nesting can exhaust the stack. */
bp_node *
bp_tree_copy(bp_arena *arena, const bp_node *root, bp_keep_node *keep, void *context)
{
    bp_node *copy = copy_node(arena, root);
    bp_node *into = copy;
    const bp_node *node = root->first;
    while (node != NULL) {
        if (keep == NULL || keep(context, node)) {
            bp_node *child = copy_node(arena, node);
            bp_node_add(into, child);
            if (node->first != NULL) {
                into = child;
                node = node->first;
                continue;
            }
        }
        while (node->next == NULL) {
            node = node->parent;
            if (node == root) {
                return copy;
            }
            into = into->parent;
        }
        node = node->next;
    }
    return copy;
}

static const bp_node *
after(const bp_node *root, const bp_node *node)
{
    if (node->first != NULL) {
        return node->first;
    }
    while (node != root && node->next == NULL) {
        node = node->parent;
    }
    return node == root ? NULL : node->next;
}

static bool
any_control(const bp_node *root)
{
    for (const bp_node *node = root; node != NULL; node = after(root, node)) {
        if (bp_node_controlled(node)) {
            return true;
        }
    }
    return false;
}

static bp_node *
copy_without_controls(bp_arena *arena, const bp_node *root)
{
    bp_node *copy = bp_tree_copy(arena, root, NULL, NULL);
    bp_node *node = copy;
    while (node != NULL) {
        node->control = (bp_child_control){0};
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node != copy && node->next == NULL) {
            node = node->parent;
        }
        node = node == copy ? NULL : node->next;
    }
    return copy;
}

size_t
bp_tree_control_characters(bp_arena *arena, const bp_node *root)
{
    if (!any_control(root)) {
        return 0;
    }
    bp_node *copy = copy_without_controls(arena, root);
    return bp_str_characters(bp_tree_write_compact(arena, root)) -
           bp_str_characters(bp_tree_write_compact(arena, copy));
}
