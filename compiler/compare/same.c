/*
 * Whether two merged nodes say the same: without making anything, since most plans of most accounts
 * do.
 */
#include "compiler/compare/parts.h"

enum { DEPTH = 80 };

static bool
same_value(const bp_value *a, const bp_value *b)
{
    return a->kind == b->kind && (a->kind != BP_VALUE_TEXT || bp_str_equal(a->text, b->text));
}

static bool
same_values(const bp_merged *a, const bp_merged *b)
{
    if (a->list != b->list || a->items.count != b->items.count) {
        return false;
    }
    for (size_t i = 0; i < a->items.count; i++) {
        if (!same_value(a->items.at[i].value, b->items.at[i].value)) {
            return false;
        }
    }
    return true;
}

static size_t
count_of_holding(bp_merger *merger, const bp_merged *node)
{
    size_t count = 0;
    for (size_t i = 0; i < node->kids.count; i++) {
        count += bp_merged_holds(merger, node->kids.at[i]);
    }
    return count;
}

/* The child of the same key; most stand at the same place. */
static bp_merged *
twin_of(const bp_compare_pair *pair, const bp_merged *kid, bp_merged *other, size_t index)
{
    bp_str key = kid->first.node->key;
    if (index < other->kids.count &&
        bp_str_equal_folded(other->kids.at[index]->first.node->key, key)) {
        return other->kids.at[index];
    }
    return bp_merged_kid(pair->after, other, bp_str_fold(pair->after->arena, key));
}

static bool
same(const bp_compare_pair *pair, bp_merged *a, bp_merged *b, int depth)
{
    bp_merged_open(pair->before, a);
    bp_merged_open(pair->after, b);
    if (a->has_value != b->has_value || depth == DEPTH) {
        return false;
    }
    if (a->has_value) {
        return same_values(a, b);
    }
    if (count_of_holding(pair->before, a) != count_of_holding(pair->after, b)) {
        return false;
    }
    for (size_t i = 0; i < a->kids.count; i++) {
        bp_merged *kid = a->kids.at[i];
        if (!bp_merged_holds(pair->before, kid)) {
            continue;
        }
        bp_merged *twin = twin_of(pair, kid, b, i);
        if (!bp_merged_holds(pair->after, twin) || !same(pair, kid, twin, depth + 1)) {
            return false;
        }
    }
    return true;
}

bool
bp_merged_same(const bp_compare_pair *pair, bp_merged *before, bp_merged *after)
{
    return same(pair, before, after, 0);
}
