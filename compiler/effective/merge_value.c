/*
 * What the operators of one level do to the value of a setting: assigns first, of several the
 * first, then all appends, then all removes. What is odd about it becomes an event.
 *
 * Not here: the tree of settings and the controls (merge.c).
 */
#include "compiler/effective/merge_parts.h"

#include <string.h>

/* What the compiler adds by itself changes nothing, and nothing is said about it. */
static bool
is_supplied(const bp_node *node)
{
    return node->supplied;
}

/* The copy of a node of which it is told how it was before. */
static const bp_merged *
frozen(bp_merger *m, const bp_merged *node)
{
    bp_merged *copy = BP_NEW(m->arena, bp_merged);
    *copy = *node;
    return copy;
}

static bool
holds_text(const bp_merged *node, bp_str text)
{
    for (size_t i = 0; i < node->items.count; i++) {
        const bp_value *item = node->items.at[i].value;
        if (item->kind == BP_VALUE_TEXT && bp_str_equal(item->text, text)) {
            return true;
        }
    }
    return false;
}

static bool
value_holds(const bp_value *value, bp_str text)
{
    if (value->kind == BP_VALUE_TEXT) {
        return bp_str_equal(value->text, text);
    }
    for (size_t i = 0; i < value->items.count; i++) {
        const bp_value *item = value->items.at[i];
        if (item->kind == BP_VALUE_TEXT && bp_str_equal(item->text, text)) {
            return true;
        }
    }
    return false;
}

/* Whether two values are the same as far as anyone can tell: the order of a list means nothing. */
static bool
same_value(const bp_value *a, const bp_value *b)
{
    if (a->kind != b->kind) {
        return a->kind == BP_VALUE_UNKNOWN || b->kind == BP_VALUE_UNKNOWN;
    }
    if (a->kind == BP_VALUE_TEXT) {
        return bp_str_equal(a->text, b->text);
    }
    for (size_t i = 0; i < a->items.count; i++) {
        if (a->items.at[i]->kind == BP_VALUE_TEXT && !value_holds(b, a->items.at[i]->text)) {
            return false;
        }
    }
    for (size_t i = 0; i < b->items.count; i++) {
        if (b->items.at[i]->kind == BP_VALUE_TEXT && !value_holds(a, b->items.at[i]->text)) {
            return false;
        }
    }
    return true;
}

/* The texts of a value, one after the other. */
static const bp_value *const *
texts_of(const bp_value *const *value, size_t *count)
{
    if ((*value)->kind == BP_VALUE_LIST) {
        *count = (*value)->items.count;
        return (const bp_value *const *)(*value)->items.at;
    }
    *count = 1;
    return value;
}

/* Makes place for some more items: most values are one text, and there are very many. */
static void
make_room(bp_merger *m, bp_merged *node, size_t more)
{
    bp_written *wider = bp_arena_array(m->arena, node->items.count + more, sizeof *wider);
    if (node->items.count > 0) {
        memcpy(wider, node->items.at, node->items.count * sizeof *wider);
    }
    node->items.at = wider;
    node->items.room = node->items.count + more;
}

static void
add_item(bp_merger *m, bp_merged *node, const bp_value *value, const bp_bound_policy *bound)
{
    *bp_vec_add(m->arena, &node->items) = (bp_written){value, bound};
    node->hole = node->hole || value->kind == BP_VALUE_UNKNOWN;
}

static void
set_value(bp_merger *m, bp_merged *node, const bp_part *part)
{
    const bp_value *value = part->node->assign;
    size_t count = 0;
    const bp_value *const *items = texts_of(&value, &count);
    node->has_value = true;
    node->list = value->kind == BP_VALUE_LIST;
    node->hole = value->kind == BP_VALUE_UNKNOWN;
    node->whole = (bp_written){value, part->bound};
    node->items.count = 0;
    make_room(m, node, count);
    for (size_t i = 0; i < count; i++) {
        add_item(m, node, items[i], part->bound);
    }
}

/* The first value of the list that an assign drops belongs to somebody above. */
static void
tell_replaced(bp_merger *m, bp_merged *node, const bp_part *part, bp_way *level)
{
    const bp_value *value = part->node->assign;
    if (!node->has_value || !node->list || node->hole || value->kind != BP_VALUE_LIST) {
        return;
    }
    for (size_t i = 0; i < node->items.count; i++) {
        const bp_written *item = &node->items.at[i];
        if (item->bound != part->bound && item->value->kind == BP_VALUE_TEXT &&
            !value_holds(value, item->value->text)) {
            bp_merge_tell(
                m, level,
                (bp_merge_event){.kind = BP_MERGE_REPLACED,
                                 .mine = *part,
                                 .other = {.node = node->first.node, .bound = item->bound},
                                 .before = frozen(m, node)});
            return;
        }
    }
}

/* Whether the node has just this value: then it stays that of whoever wrote it. */
static bool
has_value(const bp_merged *node, const bp_value *value)
{
    size_t count = 0;
    const bp_value *const *items = texts_of(&value, &count);
    if (!node->has_value || node->hole || node->list != (value->kind == BP_VALUE_LIST) ||
        node->items.count != count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (items[i]->kind != BP_VALUE_TEXT ||
            !bp_str_equal(items[i]->text, node->items.at[i].value->text)) {
            return false;
        }
    }
    return true;
}

/* Whether a setting protects less with another value. */
static bool
is_weaker(const bp_node *leaf, bp_str before, bp_str after)
{
    int64_t was = 0;
    int64_t becomes = 0;
    if (bp_str_is(leaf->key, "delete_after_days")) {
        return bp_str_number(before, &was) && bp_str_number(after, &becomes) && becomes < was;
    }
    return bp_str_is(leaf->key, "enable_continuous_backup") &&
           bp_str_equal_folded(before, BP_STR("true")) &&
           bp_str_equal_folded(after, BP_STR("false"));
}

static void
tell_weaker(bp_merger *m, const bp_merged *node, const bp_part *part, bp_way *level)
{
    const bp_value *value = part->node->assign;
    if (!node->has_value || node->list || node->hole || value->kind != BP_VALUE_TEXT ||
        node->whole.bound == part->bound ||
        !is_weaker(part->node, node->items.at[0].value->text, value->text)) {
        return;
    }
    bp_merge_tell(m, level,
                  (bp_merge_event){.kind = BP_MERGE_WEAKENED,
                                   .operator_ = BP_OPERATOR_ASSIGN,
                                   .mine = *part,
                                   .other = {.node = node->first.node, .bound = node->whole.bound},
                                   .value = value,
                                   .before = frozen(m, node)});
}

/* The first of peers whose people wrote an assign; tells of one that differs from it. What the
 * compiler supplied rivals nobody. */
static const bp_part *
tell_rival(bp_merger *m, const bp_part *owner, const bp_part *part, bp_way *level)
{
    if (is_supplied(part->node)) {
        return owner;
    }
    if (owner == NULL) {
        return part;
    }
    if (!same_value(owner->node->assign, part->node->assign) && owner->bound != part->bound) {
        bp_merge_tell(m, level,
                      (bp_merge_event){.kind = BP_MERGE_CONFLICT,
                                       .attached = level != NULL && level->attached,
                                       .mine = *part,
                                       .other = *owner});
    }
    return owner;
}

static void
apply_assigns(bp_merger *m, bp_merged *node, const bp_parts *parts, bp_way *level)
{
    const bp_part *first = NULL;
    const bp_part *owner = NULL;
    for (size_t i = 0; i < parts->count; i++) {
        const bp_part *part = &parts->at[i];
        if (part->node->assign == NULL) {
            continue;
        }
        if (!bp_merged_allows(node, BP_OPERATOR_ASSIGN)) {
            if (!is_supplied(part->node)) {
                bp_merge_tell(m, level,
                              (bp_merge_event){.kind = BP_MERGE_BLOCKED,
                                               .operator_ = BP_OPERATOR_ASSIGN,
                                               .mine = *part,
                                               .other = bp_merged_limit(node, BP_OPERATOR_ASSIGN)});
            }
            continue;
        }
        first = first == NULL ? part : first;
        owner = tell_rival(m, owner, part, level);
    }
    if (owner != NULL && same_value(owner->node->assign, first->node->assign)) {
        tell_replaced(m, node, owner, level);
        tell_weaker(m, node, owner, level);
    }
    if (first != NULL && !(is_supplied(first->node) && has_value(node, first->node->assign))) {
        set_value(m, node, first);
    }
}

static void
append_value(bp_merger *m, bp_merged *node, const bp_part *part)
{
    const bp_value *value = part->node->append;
    size_t count = 0;
    const bp_value *const *items = texts_of(&value, &count);
    if (!node->has_value || (!node->list && !node->hole)) {
        node->has_value = node->list = true;
        node->whole = (bp_written){value, part->bound};
        node->items.count = 0;
    }
    make_room(m, node, count);
    for (size_t i = 0; i < count; i++) {
        if (items[i]->kind != BP_VALUE_TEXT || !holds_text(node, items[i]->text)) {
            add_item(m, node, items[i], part->bound);
        }
    }
}

/* Marks the values that take something away, and tells of one that does not. */
static void
tell_removed(bp_merger *m, const bp_merged *node, const bp_part *part, bp_way *level)
{
    const bp_value *value = part->node->remove;
    const bp_merged *before = NULL;
    size_t count = 0;
    const bp_value *const *items = texts_of(&value, &count);
    for (size_t i = 0; i < count; i++) {
        if (items[i]->kind != BP_VALUE_TEXT) {
            continue;
        }
        if (holds_text(node, items[i]->text)) {
            const void **key = BP_NEW(m->arena, const void *);
            *key = items[i];
            (void)bp_map_add(m->removed, (bp_str){(const char *)key, sizeof *key}, key, NULL);
        } else if (!node->hole && !is_supplied(part->node)) {
            before = before == NULL ? frozen(m, node) : before;
            bp_merge_tell(m, level,
                          (bp_merge_event){.kind = BP_MERGE_NOTHING,
                                           .operator_ = BP_OPERATOR_REMOVE,
                                           .mine = *part,
                                           .value = items[i],
                                           .before = before});
        }
    }
}

static bool
is_part(const bp_parts *parts, const bp_bound_policy *bound)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->at[i].bound == bound) {
            return true;
        }
    }
    return false;
}

/* A Region that a policy further up brought, and that is taken away. */
static void
tell_fewer_regions(bp_merger *m, const bp_merged *node, const bp_parts *peers, const bp_part *part,
                   bp_way *level)
{
    const bp_node *leaf = part->node;
    if (node->hole || leaf->parent == NULL || leaf->parent->kind != BP_NODE_PLAN ||
        !bp_str_is(leaf->key, "regions")) {
        return;
    }
    for (size_t i = 0; i < node->items.count; i++) {
        const bp_written *item = &node->items.at[i];
        if (item->value->kind == BP_VALUE_TEXT && value_holds(leaf->remove, item->value->text) &&
            !is_part(peers, item->bound)) {
            bp_merge_tell(
                m, level,
                (bp_merge_event){.kind = BP_MERGE_WEAKENED,
                                 .operator_ = BP_OPERATOR_REMOVE,
                                 .mine = *part,
                                 .other = {.node = node->first.node, .bound = item->bound},
                                 .value = leaf->remove,
                                 .before = frozen(m, node)});
            return;
        }
    }
}

static void
remove_value(bp_merger *m, bp_merged *node, const bp_value *value)
{
    size_t kept = 0;
    size_t count = 0;
    const bp_value *const *items = texts_of(&value, &count);
    for (size_t i = 0; i < count; i++) {
        node->hole = node->hole || (node->list && items[i]->kind == BP_VALUE_UNKNOWN);
    }
    make_room(m, node, 0); /* the list as it was belongs to the level above */
    for (size_t i = 0; node->list && i < node->items.count; i++) {
        const bp_value *item = node->items.at[i].value;
        if (item->kind != BP_VALUE_TEXT || !value_holds(value, item->text)) {
            node->items.at[kept++] = node->items.at[i];
        }
    }
    node->items.count = node->list ? kept : node->items.count;
}

static void
apply_lists(bp_merger *m, bp_merged *node, const bp_parts *parts, int operator_, bp_way *level)
{
    for (size_t i = 0; i < parts->count; i++) {
        const bp_part *part = &parts->at[i];
        const bp_value *value =
            operator_ == BP_OPERATOR_APPEND ? part->node->append : part->node->remove;
        if (value == NULL) {
            continue;
        }
        if (!bp_merged_allows(node, operator_)) {
            bp_merge_tell(m, level,
                          (bp_merge_event){.kind = BP_MERGE_BLOCKED,
                                           .operator_ = operator_,
                                           .mine = *part,
                                           .other = bp_merged_limit(node, operator_)});
        } else if (operator_ == BP_OPERATOR_APPEND) {
            append_value(m, node, part);
        } else {
            tell_removed(m, node, part, level);
            tell_fewer_regions(m, node, parts, part, level);
            remove_value(m, node, value);
        }
    }
}

void
bp_merge_values(bp_merger *m, bp_merged *node, const bp_parts *parts, bp_way *level)
{
    apply_assigns(m, node, parts, level);
    apply_lists(m, node, parts, BP_OPERATOR_APPEND, level);
    apply_lists(m, node, parts, BP_OPERATOR_REMOVE, level);
}
