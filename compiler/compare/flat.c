/*
 * Documents as flat lists of places, so that two of them are compared by keys, whatever their
 * order. Merged documents and written ones become the same kind of list.
 */
#include "compiler/compare/parts.h"
#include "grammar/ast.h"

enum { DEPTH = 80 };

typedef struct flattener {
    bp_arena *arena;
    bp_merger *merger;
    bp_str policy; /* of a written document */
    bp_flat *flat;
} flattener;

/* Where the walk stands. */
typedef struct place {
    bp_str key;
    bp_str path;
    size_t depth;
    const bp_parts
        *block;         /* the places of the plan, rule, copy or selection around it; may be NULL */
    const char *inside; /* keys from that block down to here, joined by '/' */
} place;

static place
below(const flattener *f, const place *at, bp_str name)
{
    place next = {.depth = at->depth + 1, .block = at->block};
    bp_str folded = bp_str_fold(f->arena, name);
    next.key = bp_str_format(f->arena, "%.*s\x1f%.*s", BP_ARG(at->key), BP_ARG(folded));
    next.path = bp_str_format(f->arena, "%.*s%s%.*s", BP_ARG(at->path),
                              at->path.size > 0 ? "." : "", BP_ARG(folded));
    next.inside = at->inside == NULL
                      ? folded.at
                      : bp_str_format(f->arena, "%s/%.*s", at->inside, BP_ARG(folded)).at;
    return next;
}

static bool
is_part(const bp_node *node)
{
    switch (node->kind) {
    case BP_NODE_PLAN:
    case BP_NODE_RULE:
    case BP_NODE_COPY:
    case BP_NODE_SELECTION:
    case BP_NODE_ENTRY:
        return true;
    case BP_NODE_ROOT:
    case BP_NODE_PLANS:
    case BP_NODE_CONTAINER:
    case BP_NODE_LEAF:
        break;
    }
    return false;
}

static bp_leaf *
add(const flattener *f, const place *at, const bp_node *node)
{
    bp_leaf *leaf = bp_vec_add(f->arena, &f->flat->leaves);
    *leaf = (bp_leaf){.key = at->key, .path = at->path, .depth = at->depth, .node = node};
    leaf->operator_ = "";
    leaf->end = f->flat->leaves.count;
    return leaf;
}

static bp_str
text_of(const bp_value *value)
{
    return value->kind == BP_VALUE_TEXT ? value->text : BP_STR("(not known)");
}

static void
settle(const flattener *f)
{
    f->flat->by_key = bp_map_new(f->arena);
    for (size_t i = 0; i < f->flat->leaves.count; i++) {
        bp_leaf *leaf = &f->flat->leaves.at[i];
        (void)bp_map_add(f->flat->by_key, leaf->key, leaf, NULL);
    }
}

static void
add_merged(const flattener *f, bp_merged *node, const place *at)
{
    if (!bp_merged_holds(f->merger, node)) {
        return;
    }
    size_t index = f->flat->leaves.count;
    if (node->has_value || is_part(node->first.node)) {
        bp_leaf *leaf = add(f, at, node->first.node);
        leaf->part = !node->has_value;
        leaf->list = node->list;
        leaf->block = at->block;
        leaf->inside = at->inside;
        for (size_t i = 0; i < node->items.count && node->has_value; i++) {
            const bp_written *item = &node->items.at[i];
            *bp_vec_add(f->arena, &leaf->items) = text_of(item->value);
            *bp_vec_add(f->arena, &leaf->wrote) =
                (bp_origin){item->bound->policy->name, item->value->span};
        }
        const bp_bound_policy *by =
            node->has_value && node->whole.bound != NULL ? node->whole.bound : node->first.bound;
        leaf->from.policy = by->policy->name;
        leaf->from.span = node->has_value && node->whole.value != NULL ? node->whole.value->span
                                                                       : node->first.node->span;
    }
    for (size_t i = 0; i < node->kids.count && at->depth < DEPTH && !node->has_value; i++) {
        place here = *at;
        if (node->parts.count > 0) {
            here.block = &node->parts;
            here.inside = NULL;
        }
        place next = below(f, &here, node->kids.at[i]->first.node->key);
        add_merged(f, node->kids.at[i], &next);
    }
    if (index < f->flat->leaves.count && f->flat->leaves.at[index].part) {
        f->flat->leaves.at[index].end = f->flat->leaves.count;
    }
}

bp_flat *
bp_flat_of_merged(bp_merger *merger, const bp_merged_list *nodes, bp_str above)
{
    flattener f = {.arena = merger->arena, .merger = merger};
    place top = {.key = above, .path = above};
    f.flat = BP_NEW(f.arena, bp_flat);
    for (size_t i = 0; i < nodes->count; i++) {
        place at = below(&f, &top, nodes->at[i]->first.node->key);
        add_merged(&f, nodes->at[i], &at);
    }
    settle(&f);
    return f.flat;
}

static void
add_operator(const flattener *f, const place *at, const bp_node *node, const char *operator_,
             const bp_value *value)
{
    if (value == NULL) {
        return;
    }
    place own = *at;
    own.key = bp_str_format(f->arena, "%.*s\x1f@%s", BP_ARG(at->key), operator_);
    bp_leaf *leaf = add(f, &own, node);
    leaf->operator_ = operator_;
    leaf->list = value->kind == BP_VALUE_LIST;
    leaf->from = (bp_origin){f->policy, value->span};
    if (!leaf->list) {
        *bp_vec_add(f->arena, &leaf->items) = text_of(value);
    }
    for (size_t i = 0; leaf->list && i < value->items.count; i++) {
        *bp_vec_add(f->arena, &leaf->items) = text_of(value->items.at[i]);
    }
}

static unsigned
allowed_by(const bp_child_control *control)
{
    unsigned may = 0;
    if ((control->may & BP_MAY_ALL) != 0) {
        return BP_ALLOWED_ALL;
    }
    may |= (control->may & BP_MAY_ASSIGN) != 0 ? 1u << BP_OPERATOR_ASSIGN : 0;
    may |= (control->may & BP_MAY_APPEND) != 0 ? 1u << BP_OPERATOR_APPEND : 0;
    may |= (control->may & BP_MAY_REMOVE) != 0 ? 1u << BP_OPERATOR_REMOVE : 0;
    return may;
}

static void
add_control(const flattener *f, const place *at, const bp_node *node)
{
    static const char *const words[] = {"assign", "append", "remove"};
    if (!bp_node_controlled(node)) {
        return;
    }
    place own = *at;
    own.key = bp_str_format(f->arena, "%.*s\x1f@control", BP_ARG(at->key));
    bp_leaf *leaf = add(f, &own, node);
    leaf->control = true;
    leaf->list = true;
    leaf->may = allowed_by(&node->control);
    leaf->from = (bp_origin){f->policy, node->control.span};
    for (unsigned i = 0; i < BP_OPERATORS; i++) {
        if ((leaf->may & 1u << i) != 0) {
            *bp_vec_add(f->arena, &leaf->items) = bp_str_of(words[i]);
        }
    }
}

static void
add_written(const flattener *f, const bp_node *node, const place *at)
{
    size_t index = f->flat->leaves.count;
    if (is_part(node)) {
        bp_leaf *leaf = add(f, at, node);
        leaf->part = true;
        leaf->from = (bp_origin){f->policy, node->span};
    }
    add_operator(f, at, node, "assign", node->assign);
    add_operator(f, at, node, "append", node->append);
    add_operator(f, at, node, "remove", node->remove);
    add_operator(f, at, node, "plain", node->plain);
    add_control(f, at, node);
    for (const bp_node *kid = node->first; kid != NULL && at->depth < DEPTH; kid = kid->next) {
        place next = below(f, at, kid->key);
        add_written(f, kid, &next);
    }
    if (index < f->flat->leaves.count && f->flat->leaves.at[index].part) {
        f->flat->leaves.at[index].end = f->flat->leaves.count;
    }
}

bp_flat *
bp_flat_of_policy(bp_arena *arena, const bp_policy *policy)
{
    flattener f = {.arena = arena, .policy = policy->name};
    place at = {.key = {"", 0}, .path = {"", 0}};
    f.flat = BP_NEW(arena, bp_flat);
    if (policy->document != NULL) {
        add_written(&f, policy->document, &at);
    }
    settle(&f);
    return f.flat;
}
