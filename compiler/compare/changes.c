/*
 * The changes between two flat lists of places: what stands on one side alone, values that are
 * others, lists whose members came or went, and parts that only have another name.
 */
#include "compiler/compare/parts.h"

/* So many parts that are gone are looked for under other names. */
enum { RENAMES_MAX = 100 };

typedef struct comparing {
    bp_arena *arena;
    const bp_flat *before;
    const bp_flat *after;
    int64_t as_of;
    bp_changes *changes;
    bp_map *renamed; /* keys of parts of the new side that the old one has by another name */
    size_t gone;     /* parts that were looked for under other names */
} comparing;

void
bp_texts_without(bp_arena *arena, const bp_texts_list *from, const bp_texts_list *other,
                 bp_texts_list *into)
{
    bp_map *known = bp_map_new(arena);
    for (size_t i = 0; i < other->count; i++) {
        bp_map_set(known, other->at[i], known);
    }
    for (size_t i = 0; i < from->count; i++) {
        if (bp_map_get(known, from->at[i]) == NULL) {
            *bp_vec_add(arena, into) = from->at[i];
        }
    }
}

static bool
same_items(const bp_leaf *a, const bp_leaf *b)
{
    if (a->list != b->list || a->part != b->part || a->items.count != b->items.count) {
        return false;
    }
    for (size_t i = 0; i < a->items.count; i++) {
        if (!bp_str_equal(a->items.at[i], b->items.at[i])) {
            return false;
        }
    }
    return true;
}

static bp_change *
add(comparing *c, const bp_leaf *before, const bp_leaf *after, bp_change_kind kind)
{
    const bp_leaf *leaf = after != NULL ? after : before;
    bp_change *change = bp_vec_add(c->arena, c->changes);
    *change = (bp_change){.kind = kind,
                          .danger = BP_DANGER_NONE,
                          .path = leaf->path,
                          .what = bp_change_what(leaf),
                          .operator_ = bp_str_of(leaf->operator_)};
    change->before = bp_state_of(c->arena, c->before, before);
    change->after = bp_state_of(c->arena, c->after, after);
    return change;
}

static bool
holds_text(const bp_value *list, bp_str text)
{
    for (size_t i = 0; list != NULL && i < list->items.count; i++) {
        if (list->items.at[i]->kind == BP_VALUE_TEXT &&
            bp_str_equal(list->items.at[i]->text, text)) {
            return true;
        }
    }
    return false;
}

/* Who made a merged list what it is: the writer of the first item that came, else the remover of
 * the first that went; who assigned it otherwise. */
static void
find_origin(const bp_leaf *leaf, const bp_change *change, bp_origin *from)
{
    for (size_t i = 0; i < leaf->wrote.count && change->added.count > 0; i++) {
        if (bp_str_equal(leaf->items.at[i], change->added.at[0])) {
            *from = leaf->wrote.at[i];
            return;
        }
    }
    for (size_t i = 0; leaf->block != NULL && change->removed.count > 0 && i < leaf->block->count;
         i++) {
        const bp_part *part = &leaf->block->at[i];
        const bp_node *node = bp_node_at(part->node, leaf->inside);
        if (node != NULL && holds_text(node->remove, change->removed.at[0])) {
            *from = (bp_origin){part->bound->policy->name, node->remove->span};
        }
    }
}

static void
compare_lists(comparing *c, const bp_leaf *before, const bp_leaf *after)
{
    static const bp_texts_list nothing = {0};
    const bp_texts_list *was = before == NULL ? &nothing : &before->items;
    const bp_texts_list *is = after == NULL ? &nothing : &after->items;
    bp_change *change = add(c, before, after, BP_CHANGE_LIST);
    bp_texts_without(c->arena, was, is, &change->removed);
    bp_texts_without(c->arena, is, was, &change->added);
    if (change->removed.count + change->added.count == 0) {
        change->kind = before != NULL && after != NULL ? BP_CHANGE_ORDER : BP_CHANGE_VALUE;
    }
    if (after != NULL) {
        find_origin(after, change, &change->after.from);
    }
    change->danger = bp_danger_of_list(after != NULL ? after : before, change);
}

static void
compare_controls(comparing *c, const bp_leaf *before, const bp_leaf *after)
{
    unsigned was = before == NULL ? BP_ALLOWED_ALL : before->may;
    unsigned is = after == NULL ? BP_ALLOWED_ALL : after->may;
    if (before != NULL && after != NULL && was == is) {
        return;
    }
    bp_change *change = add(c, before, after, BP_CHANGE_CONTROL);
    change->danger = (is & ~was) != 0 ? BP_DANGER_LOCK : BP_DANGER_NONE;
}

/* Two places of one key, or one of them alone: no part. */
static void
compare_values(comparing *c, const bp_leaf *before, const bp_leaf *after)
{
    const bp_leaf *leaf = after != NULL ? after : before;
    bool lists = (before == NULL || before->list) && (after == NULL || after->list);
    if (leaf->control) {
        compare_controls(c, before, after);
    } else if (before != NULL && after != NULL && same_items(before, after)) {
        return;
    } else if (lists) {
        compare_lists(c, before, after);
    } else {
        bp_change *change = add(c, before, after, BP_CHANGE_VALUE);
        change->danger = bp_danger_of_value(c->arena, before, after, c->as_of);
    }
}

static bool
has_no_twin(const bp_flat *flat, const bp_leaf *leaf)
{
    return bp_map_get(flat->by_key, leaf->key) == NULL;
}

/* Whether two parts say the same below their names. */
static bool
same_content(const comparing *c, const bp_leaf *a, const bp_leaf *b)
{
    const bp_leaf *end = c->before->leaves.at + a->end;
    const bp_leaf *other = b + 1;
    if (end - a != c->after->leaves.at + b->end - b || end - a < 2) {
        return false;
    }
    for (const bp_leaf *leaf = a + 1; leaf < end; leaf++, other++) {
        if (!bp_str_equal(bp_str_cut(leaf->key, a->key.size, leaf->key.size),
                          bp_str_cut(other->key, b->key.size, other->key.size)) ||
            !same_items(leaf, other)) {
            return false;
        }
    }
    return true;
}

static bp_str
key_above(const bp_leaf *leaf)
{
    size_t end = leaf->key.size;
    while (end > 0 && leaf->key.at[end - 1] != '\x1f') {
        end--;
    }
    return bp_str_cut(leaf->key, 0, end);
}

/* The part of the new side that is `part` by another name; NULL: none. */
static const bp_leaf *
renamed_to(const comparing *c, const bp_leaf *part)
{
    for (size_t i = 0; i < c->after->leaves.count; i++) {
        const bp_leaf *leaf = &c->after->leaves.at[i];
        if (leaf->part && leaf->depth == part->depth && leaf->node->kind == part->node->kind &&
            has_no_twin(c->before, leaf) && bp_map_get(c->renamed, leaf->key) == NULL &&
            bp_str_equal(key_above(leaf), key_above(part)) && same_content(c, part, leaf)) {
            return leaf;
        }
    }
    return NULL;
}

static void
part_is_gone(comparing *c, const bp_leaf *part)
{
    const bp_leaf *now = c->gone++ < RENAMES_MAX ? renamed_to(c, part) : NULL;
    if (now != NULL) {
        bp_change *change = add(c, part, now, BP_CHANGE_RENAMED);
        change->before.words = bp_str_fold(c->arena, part->node->key);
        change->after.words = bp_str_fold(c->arena, now->node->key);
        change->before.text = change->before.words;
        change->after.text = change->after.words;
        bp_map_set(c->renamed, now->key, c);
        return;
    }
    add(c, part, NULL, BP_CHANGE_REMOVED)->danger = bp_danger_of_part(part, true);
}

void
bp_compare_flats(bp_arena *arena, const bp_flat *before, const bp_flat *after, int64_t as_of,
                 bp_changes *changes)
{
    comparing c = {.arena = arena,
                   .before = before,
                   .after = after,
                   .as_of = as_of,
                   .changes = changes,
                   .renamed = bp_map_new(arena)};
    for (size_t i = 0; i < before->leaves.count; i++) {
        const bp_leaf *leaf = &before->leaves.at[i];
        const bp_leaf *twin = bp_map_get(after->by_key, leaf->key);
        if (twin == NULL && leaf->part) {
            part_is_gone(&c, leaf);
            i = leaf->end - 1;
        } else if (!leaf->part || (twin != NULL && !twin->part)) {
            compare_values(&c, leaf, twin);
        }
    }
    for (size_t i = 0; i < after->leaves.count; i++) {
        const bp_leaf *leaf = &after->leaves.at[i];
        if (!has_no_twin(before, leaf)) {
            continue;
        }
        if (!leaf->part) {
            compare_values(&c, NULL, leaf);
            continue;
        }
        if (bp_map_get(c.renamed, leaf->key) == NULL) {
            add(&c, NULL, leaf, BP_CHANGE_ADDED)->danger = bp_danger_of_part(leaf, false);
        }
        i = leaf->end - 1;
    }
}

/* Stable: one pass a danger. */
void
bp_changes_sort(bp_arena *arena, bp_changes *changes)
{
    bp_changes sorted = {0};
    for (int danger = 0; danger <= BP_DANGER_NONE; danger++) {
        for (size_t i = 0; i < changes->count; i++) {
            if (changes->at[i].danger == (bp_danger)danger) {
                *bp_vec_add(arena, &sorted) = changes->at[i];
            }
        }
    }
    *changes = sorted;
}
