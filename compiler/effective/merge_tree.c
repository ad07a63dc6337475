/*
 * Merged nodes as policy trees, for the checks: every leaf has one assigned value.
 *
 * The tree is made once for a merged node and has copies of the values, which remember their places
 * and whose they are. Trees whose nodes share merged nodes share what is below these: each has a
 * node of its own there, and below it the children of the first. The links of such children lead up
 * into that first tree, whose keys are the same. A plan that one document brings whole is that
 * document's own tree, so that what is said about it does not depend on who else is there.
 */
#include "compiler/effective/merge.h"

enum { DEPTH = 80, FEW_KIDS = 32 };

static bp_value *
copy_value(bp_merger *m, const bp_written *written)
{
    bp_value *copy = BP_NEW(m->arena, bp_value);
    *copy = *written->value;
    copy->writer = written->bound->policy;
    return copy;
}

static bp_value *
value_of(bp_merger *m, const bp_merged *node)
{
    bp_value *value = copy_value(m, &node->whole);
    if (!node->list) {
        return value;
    }
    value->kind = BP_VALUE_LIST;
    value->items.at = NULL;
    value->items.count = value->items.room = 0;
    for (size_t i = 0; i < node->items.count; i++) {
        *bp_vec_add(m->arena, &value->items) = copy_value(m, &node->items.at[i]);
    }
    value->emptied = node->items.count == 0 && node->whole.value->items.count > 0;
    return value;
}

/* What the places of a block say together. */
static void
join_parts(bp_merger *m, const bp_merged *from, bp_node *node)
{
    node->extend = from->parts.count > 0;
    for (size_t i = 0; i < from->parts.count; i++) {
        const bp_node *part = from->parts.at[i].node;
        node->holes = node->holes || part->holes;
        node->extend = node->extend && part->extend;
        if (part->never && !node->never) {
            node->never = true;
            node->never_span = part->never_span;
        }
        for (size_t p = 0; p < part->protects.count; p++) {
            *bp_vec_add(m->arena, &node->protects) = part->protects.at[p];
        }
    }
}

static bp_node *kid_of(bp_merger *m, bp_merged *from, int depth);

static bp_node *
tree_of(bp_merger *m, bp_merged *from, int depth)
{
    const bp_node *first = from->first.node;
    bp_merged_open(m, from);
    bp_node *node = bp_node_new(m->arena, first->kind, first->key, first->span);
    node->uses = first->uses;
    node->setting = first->setting;
    node->writer = from->first.bound->policy;
    join_parts(m, from, node);
    if (from->has_value) {
        node->assign = value_of(m, from);
    }
    for (size_t i = 0; i < from->kids.count && depth < DEPTH; i++) {
        bp_node *kid = kid_of(m, from->kids.at[i], depth + 1);
        if (kid->kind != BP_NODE_LEAF || kid->assign != NULL) {
            bp_node_add(node, kid);
        }
    }
    return node;
}

/* A merged node that stands in a tree already gets a second node with the same children. */
static bp_node *
kid_of(bp_merger *m, bp_merged *from, int depth)
{
    if (from->made == NULL) {
        bp_node *tree = tree_of(m, from, depth);
        from->made = tree;
        return tree;
    }
    bp_node *shell = BP_NEW(m->arena, bp_node);
    *shell = *from->made;
    shell->parent = NULL;
    shell->next = NULL;
    return shell;
}

/* Whether no two children have one key: AWS takes such keys for one. */
static bool
keys_differ(bp_merger *m, const bp_node *parent)
{
    bp_map *keys = NULL;
    size_t count = 0;
    for (const bp_node *kid = parent->first; kid != NULL; kid = kid->next, count++) {
        for (const bp_node *other = parent->first; count < FEW_KIDS && other != kid;
             other = other->next) {
            if (bp_str_equal_folded(kid->key, other->key)) {
                return false;
            }
        }
    }
    if (count <= FEW_KIDS) {
        return true;
    }
    keys = bp_map_new(m->arena);
    for (const bp_node *kid = parent->first; kid != NULL; kid = kid->next) {
        bp_map_set(keys, bp_str_fold(m->arena, kid->key), m);
    }
    return bp_map_count(keys) == count;
}

/* Whether a document's node reads as it is: only assigns, and no key twice. */
static bool
reads_plainly(bp_merger *m, const bp_node *node, int depth)
{
    if (node->append != NULL || node->remove != NULL || depth == DEPTH || !keys_differ(m, node)) {
        return false;
    }
    for (const bp_node *kid = node->first; kid != NULL; kid = kid->next) {
        if (!reads_plainly(m, kid, depth + 1)) {
            return false;
        }
    }
    return true;
}

const bp_node *
bp_merged_tree(bp_merger *m, bp_merged *node)
{
    if (node->made != NULL) {
        return node->made;
    }
    if (node->sole && reads_plainly(m, node->first.node, 0)) {
        node->made = node->first.node;
    } else {
        bp_node *tree = tree_of(m, node, 0);
        tree->parent = node->first.node->parent;
        node->made = tree;
    }
    return node->made;
}
