/*
 * Raw JSON into the tree: merged object by object with what settings and blocks wrote, keys
 * compared folded. A value or an operator has one place.
 *
 * The tree holds what was written, whatever it is; it is judged as a document of JSON is, by the
 * reader of documents. Objects are followed as deep as the parser reads them.
 */
#include "compiler/policy/document.h"
#include "compiler/policy/elaborate.h"

enum { MERGE_DEPTH = 80 }; /* beyond the nesting that the parser takes */

typedef struct merge {
    bp_builder *build;
    const bp_env *env;
} merge;

/* ---- what a key stands for */

static bool
is_key(const bp_node *node, const char *key)
{
    return node != NULL && bp_str_equal_folded(node->key, bp_str_of(key));
}

/* The kind of a member that holds others, by what is above it. */
static bp_node_kind
container_kind(const bp_node *parent, bp_str key)
{
    const bp_node *above = parent->parent;
    const bp_node *top = above == NULL ? NULL : above->parent;
    bp_node_kind over = top == NULL ? BP_NODE_ROOT : top->kind;
    bool in_plan = above != NULL && above->kind == BP_NODE_PLAN;
    bool in_rule = above != NULL && above->kind == BP_NODE_RULE;
    if (parent->kind == BP_NODE_ROOT && bp_str_equal_folded(key, BP_STR("plans"))) {
        return BP_NODE_PLANS;
    }
    if (parent->kind == BP_NODE_PLANS) {
        return BP_NODE_PLAN;
    }
    if (in_plan && is_key(parent, "rules")) {
        return BP_NODE_RULE;
    }
    if (in_rule && is_key(parent, "copy_actions")) {
        return BP_NODE_COPY;
    }
    if ((is_key(parent, "tags") || is_key(parent, "resources")) && is_key(above, "selections") &&
        over == BP_NODE_PLAN) {
        return BP_NODE_SELECTION;
    }
    if ((in_plan && is_key(parent, "backup_plan_tags")) ||
        (in_rule && is_key(parent, "recovery_point_tags")) ||
        (is_key(above, "conditions") && over == BP_NODE_SELECTION)) {
        return BP_NODE_ENTRY;
    }
    return BP_NODE_CONTAINER;
}

static unsigned
block_of(const bp_node *node)
{
    /* Kinds that are no blocks have no settings of their own. */
    return node->kind == BP_NODE_ROOT   ? BP_BLOCK_POLICY
           : node->kind == BP_NODE_PLAN ? BP_BLOCK_PLAN
           : node->kind == BP_NODE_RULE ? BP_BLOCK_RULE
           : node->kind == BP_NODE_COPY ? BP_BLOCK_COPY
           : node->kind == BP_NODE_SELECTION
               ? (bp_node_is_tags(node) ? BP_BLOCK_SELECT_TAGS : BP_BLOCK_SELECT_RESOURCES)
               : 0;
}

/* The row of a key, by its path below the nearest block. Settings have short paths. */
static const bp_setting *
row_of_key(const merge *raw, const bp_node *parent, bp_str key)
{
    bp_str path = key;
    size_t steps = 0;
    while (parent != NULL && block_of(parent) == 0 && steps++ < 4) {
        path =
            bp_str_format(raw->build->elab->arena, "%.*s/%.*s", BP_ARG(parent->key), BP_ARG(path));
        parent = parent->parent;
    }
    return parent == NULL || block_of(parent) == 0 ? NULL
                                                   : bp_setting_of_path(path, block_of(parent));
}

/* ---- merging */

typedef enum member_kind {
    MEMBER_NODE,
    MEMBER_ASSIGN,
    MEMBER_APPEND,
    MEMBER_REMOVE,
    MEMBER_CONTROL
} member_kind;

static member_kind
kind_of_key(bp_str key)
{
    static const char *const words[] = {"@@assign", "@@append", "@@remove",
                                        "@@operators_allowed_for_child_policies"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (bp_str_equal_folded(key, bp_str_of(words[i]))) {
            return (member_kind)(MEMBER_ASSIGN + i);
        }
    }
    return MEMBER_NODE;
}

static void
report_twice(const merge *raw, const bp_ast_name *key, const bp_node *node, bp_span first)
{
    bp_elab *elab = raw->build->elab;
    bp_finding *finding =
        key->text.size > 1 && key->text.at[0] == '@' && node->key.size > 0
            ? bp_fault(elab, "SYN007", key->span, raw->env,
                       "\"%.*s\" of \"%.*s\" is written twice; a value or operator has one place",
                       BP_ARG(key->text), BP_ARG(node->key))
            : bp_fault(elab, "SYN007", key->span, raw->env,
                       "\"%.*s\" is written twice; a value or operator has one place",
                       BP_ARG(key->text));
    bp_finding_label(elab->diagnostics, finding, first, "first written here");
}

static bool
is_hole(const bp_node *node)
{
    return node->assign != NULL && node->assign->kind == BP_VALUE_UNKNOWN;
}

static void
merge_operator(const merge *raw, bp_node *node, const bp_ast_entry *member, member_kind kind)
{
    bp_value **slot = kind == MEMBER_ASSIGN   ? &node->assign
                      : kind == MEMBER_APPEND ? &node->append
                                              : &node->remove;
    if (*slot != NULL) {
        report_twice(raw, &member->key, node, (*slot)->span);
        return;
    }
    *slot = bp_raw_value(raw->build->elab, raw->env, member->value);
    bp_raw_refer(raw->build->elab, *slot, node->setting);
}

static void
merge_control(const merge *raw, bp_node *node, const bp_ast_entry *member)
{
    if (bp_node_controlled(node)) {
        report_twice(raw, &member->key, node, node->control.span);
        return;
    }
    node->control = bp_raw_control(raw->build->elab, raw->env, member->value);
}

/* Whether an object holds a value operator. */
static bool
has_operator(const bp_ast_value *json)
{
    for (size_t i = 0; i < json->items.count; i++) {
        member_kind kind = kind_of_key(json->items.at[i].key.text);
        if (kind != MEMBER_NODE && kind != MEMBER_CONTROL) {
            return true;
        }
    }
    return false;
}

static bp_node *
new_node(const merge *raw, bp_node *parent, const bp_ast_entry *member)
{
    bp_arena *arena = raw->build->elab->arena;
    const bp_setting *row = row_of_key(raw, parent, member->key.text);
    bp_node_kind kind = container_kind(parent, member->key.text);
    bool leaf = row != NULL && row->type != BP_TYPE_CONTAINER && row->type != BP_TYPE_TAGS &&
                row->type != BP_TYPE_CONDITION;
    bool object = member->value->kind == BP_AST_MAP;
    if (leaf ||
        (kind == BP_NODE_CONTAINER && row == NULL && (!object || has_operator(member->value)))) {
        kind = BP_NODE_LEAF;
    }
    bp_node *node = bp_node_new(arena, kind, member->key.text, member->key.span);
    node->uses = raw->env->uses;
    node->setting = leaf ? row : NULL;
    node->raw = true;
    return node;
}

/* The key of a child in the map of merged nodes: its parent by address, and the folded key. */
static bp_str
child_key(const merge *raw, const bp_node *parent, bp_str key)
{
    bp_arena *arena = raw->build->elab->arena;
    return bp_str_format(arena, "%p/%.*s", (const void *)parent, BP_ARG(bp_str_fold(arena, key)));
}

/* A child, and the object that brought it: 0 for what stood there before. */
typedef struct entered {
    bp_node *node;
    size_t object;
} entered;

static void
enter(const merge *raw, bp_str key, bp_node *node, size_t object)
{
    entered *entry = BP_NEW(raw->build->elab->arena, entered);
    *entry = (entered){node, object};
    bp_map_set(raw->build->merged, key, entry);
}

/* Enters the children of a node that is merged into, once. */
static void
enter_children(const merge *raw, bp_node *parent)
{
    /* Without the '/' of a child: a key may be empty. */
    bp_str mark = bp_str_format(raw->build->elab->arena, "%p", (const void *)parent);
    if (bp_map_get(raw->build->merged, mark) != NULL) {
        return;
    }
    enter(raw, mark, parent, 0);
    for (bp_node *node = parent->first; node != NULL; node = node->next) {
        enter(raw, child_key(raw, parent, node->key), node, 0);
    }
}

static void merge_members(const merge *raw, bp_node *node, const bp_ast_entries *members,
                          int depth);

/* Merges a member that is a node into a parent. Two spellings of one key in one object stay two. */
static void
merge_node(const merge *raw, bp_node *parent, const bp_ast_entry *member, size_t object, int depth)
{
    bool map = member->value->kind == BP_AST_MAP;
    bp_str key = child_key(raw, parent, member->key.text);
    const entered *entry = bp_map_get(raw->build->merged, key);
    bp_node *found = entry == NULL ? NULL : entry->node;
    if (found != NULL && entry->object == object) {
        if (bp_str_equal(found->key, member->key.text)) {
            return; /* the parser told it */
        }
        found = NULL;
    }
    if (found != NULL && is_hole(found)) {
        return;
    }
    if (found != NULL && found->plain != NULL) {
        report_twice(raw, &member->key, parent, found->span);
    }
    if (found != NULL && (!map || found->plain != NULL)) {
        return; /* a value where an object stands: it is judged as that */
    }
    if (found == NULL) {
        found = new_node(raw, parent, member);
        bp_node_add(parent, found);
        enter(raw, key, found, object);
    }
    if (map) {
        merge_members(raw, found, &member->value->items, depth + 1);
    } else {
        found->plain = bp_raw_value(raw->build->elab, raw->env, member->value);
    }
}

/* Whether a key stands in front of this member too, in any letter case: that is told already. */
static bool
repeats(const bp_ast_entries *members, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (bp_str_equal_folded(members->at[i].key.text, members->at[index].key.text)) {
            return true;
        }
    }
    return false;
}

static void
merge_members(const merge *raw, bp_node *node, const bp_ast_entries *members, int depth)
{
    size_t object = ++raw->build->objects;
    if (depth > MERGE_DEPTH) {
        return;
    }
    enter_children(raw, node);
    for (size_t i = 0; i < members->count; i++) {
        const bp_ast_entry *member = &members->at[i];
        member_kind kind = kind_of_key(member->key.text);
        if (kind == MEMBER_NODE) {
            merge_node(raw, node, member, object, depth);
        } else if (!repeats(members, i) && kind == MEMBER_CONTROL) {
            merge_control(raw, node, member);
        } else if (!is_hole(node) && !repeats(members, i)) {
            merge_operator(raw, node, member, kind);
        }
    }
}

void
bp_build_raws(bp_builder *build, bp_node *node, const bp_instance *instance)
{
    for (size_t i = 0; i < instance->raws.count; i++) {
        const bp_raw *raw = &instance->raws.at[i];
        if (raw->layer == *raw->top) {
            merge merging = {build, raw->env};
            bp_ast_entries members = {0};
            *bp_vec_add(build->elab->arena, &members) =
                (bp_ast_entry){raw->statement->name, raw->statement->json};
            if (build->merged == NULL) {
                build->merged = bp_map_new(build->elab->arena);
            }
            merge_members(&merging, node, &members, 0);
            bp_ast_value object = {.kind = BP_AST_MAP, .span = raw->statement->span};
            object.items = members;
            bp_document_judge(build->elab->arena, build->elab->diagnostics, (bp_str){"", 0}, node,
                              &object);
        }
    }
}
