/*
 * The algorithm of effective policies, one level at a time.
 *
 * A merged node never changes once it was given out: a level that touches it gets a copy of its
 * own, whose untouched children are shared. What is odd about a meeting (operators that are not
 * allowed, peers that disagree) is noted as an event of the level; checks decide what to say about
 * it.
 *
 * Not here: what operators do to the value of a setting (merge_value.c), which policies stand where
 * (ways.c), and trees for checks (merge_tree.c).
 */
#include "compiler/effective/merge_parts.h"

#include <string.h>

#include "grammar/ast.h"

/* Documents are read with a limit of their own; this one only keeps the walk finite. */
enum { DEPTH = 80, MANY_KIDS = 32 };

/* The parts that meet at one key. */
typedef struct group {
    bp_str key;
    bp_parts parts;
    bool known; /* the node has such a child */
} group;

typedef BP_VEC(group *) groups;

static bp_merged *merge_node(bp_merger *m, bp_merged *above, const bp_parts *parts, bp_way *level,
                             int depth);

static bp_str
bytes_of(const void *const *pointer)
{
    return (bp_str){(const char *)pointer, sizeof *pointer};
}

/* Plans, rules, copies and selections. */
static bool
is_block(const bp_node *node)
{
    return node->kind == BP_NODE_PLAN || node->kind == BP_NODE_RULE || node->kind == BP_NODE_COPY ||
           node->kind == BP_NODE_SELECTION;
}

/* Whether a value is removed at a node or below it. */
static bool
removes(const bp_node *node, int depth)
{
    bool any = node->remove != NULL;
    for (const bp_node *kid = node->first; kid != NULL && !any && depth < DEPTH; kid = kid->next) {
        any = removes(kid, depth + 1);
    }
    return any;
}

/* A node that has nothing but one place in it. Those of blocks and containers are kept: many levels
 * share them. */
static bp_merged *
sole(bp_merger *m, const bp_part *part)
{
    const void **key = NULL;
    if (part->node->first != NULL) {
        key = BP_NEW(m->arena, const void *);
        *key = part->node;
        bp_merged *known = bp_map_get(m->soles, bytes_of(key));
        if (known != NULL) {
            return known;
        }
    }
    bp_merged *node = BP_NEW(m->arena, bp_merged);
    node->first = *part;
    node->sole = true;
    node->removes = removes(part->node, 0);
    node->allowed = BP_ALLOWED_ALL;
    if (key != NULL) {
        bp_map_set(m->soles, bytes_of(key), node);
    }
    return node;
}

void
bp_merge_tell(bp_merger *m, bp_way *level, bp_merge_event event)
{
    if (level != NULL) {
        *bp_vec_add(m->scratch, &level->events) = event;
    }
}

bool
bp_merged_allows(const bp_merged *node, int operator_)
{
    return (node->allowed & (1u << operator_)) != 0;
}

bp_part
bp_merged_limit(const bp_merged *node, int operator_)
{
    return node->limits == NULL ? (bp_part){0} : node->limits->by[operator_];
}

/* What a control leaves to the levels below, as bits of operators. */
static unsigned
allowed_by(const bp_child_control *control)
{
    unsigned allowed = 0;
    if (control->may == 0 || (control->may & BP_MAY_ALL) != 0) {
        return BP_ALLOWED_ALL;
    }
    allowed |= (control->may & BP_MAY_ASSIGN) != 0 ? 1u << BP_OPERATOR_ASSIGN : 0;
    allowed |= (control->may & BP_MAY_APPEND) != 0 ? 1u << BP_OPERATOR_APPEND : 0;
    allowed |= (control->may & BP_MAY_REMOVE) != 0 ? 1u << BP_OPERATOR_REMOVE : 0;
    return allowed;
}

/* Controls bind from the next level on; those of peers meet. */
static void
narrow(bp_merger *m, bp_merged *node, const bp_parts *parts, bp_way *level)
{
    unsigned above = node->allowed;
    for (size_t i = 0; i < parts->count; i++) {
        const bp_part *part = &parts->at[i];
        unsigned allowed = allowed_by(&part->node->control);
        for (int o = 0; o < BP_OPERATORS; o++) {
            unsigned bit = 1u << o;
            if (part->node->control.may != 0 && (allowed & bit) != 0 && (above & bit) == 0) {
                bp_merge_tell(m, level,
                              (bp_merge_event){.kind = BP_MERGE_WIDER,
                                               .operator_ = o,
                                               .mine = *part,
                                               .other = bp_merged_limit(node, o)});
                break;
            }
        }
        unsigned lost = node->allowed & ~allowed;
        if (lost != 0) {
            bp_limits *limits = BP_NEW(m->arena, bp_limits);
            if (node->limits != NULL) {
                *limits = *node->limits;
            }
            for (int o = 0; o < BP_OPERATORS; o++) {
                if ((lost & (1u << o)) != 0) {
                    limits->by[o] = *part;
                }
            }
            node->limits = limits;
        }
        node->allowed &= allowed;
    }
}

static bp_merged **
kid_of(bp_merged *node, bp_str key)
{
    for (size_t i = 0; i < node->kids.count; i++) {
        if (bp_str_equal_folded(node->kids.at[i]->first.node->key, key)) {
            return &node->kids.at[i];
        }
    }
    return NULL;
}

/* The children of all parts, grouped by key in order of appearance. */
static groups
group_kids(bp_merger *m, const bp_parts *parts)
{
    groups all = {0};
    bp_map *by_key = NULL;
    for (size_t i = 0; i < parts->count; i++) {
        for (bp_node *kid = parts->at[i].node->first; kid != NULL; kid = kid->next) {
            group *found = NULL;
            if (by_key == NULL && all.count >= MANY_KIDS) {
                by_key = bp_map_new(m->scratch);
                for (size_t g = 0; g < all.count; g++) {
                    bp_map_set(by_key, bp_str_fold(m->scratch, all.at[g]->key), all.at[g]);
                }
            }
            if (by_key != NULL) {
                found = bp_map_get(by_key, bp_str_fold(m->scratch, kid->key));
            }
            for (size_t g = 0; by_key == NULL && g < all.count && found == NULL; g++) {
                found = bp_str_equal_folded(all.at[g]->key, kid->key) ? all.at[g] : NULL;
            }
            if (found == NULL) {
                found = BP_NEW(m->scratch, group);
                found->key = kid->key;
                *bp_vec_add(m->scratch, &all) = found;
                if (by_key != NULL) {
                    bp_map_set(by_key, bp_str_fold(m->scratch, kid->key), found);
                }
            }
            *bp_vec_add(m->scratch, &found->parts) = (bp_part){kid, parts->at[i].bound};
        }
    }
    return all;
}

static void
widen_kids(bp_merger *m, bp_merged *node, size_t more)
{
    bp_merged **wider = bp_arena_array(m->arena, node->kids.count + more, sizeof(bp_merged *));
    for (size_t i = 0; i < node->kids.count; i++) {
        wider[i] = node->kids.at[i];
    }
    node->kids.at = wider;
    node->kids.room = node->kids.count + more;
}

/* Children that are there already meet what the parts bring; others are new. */
static void
merge_kids(bp_merger *m, bp_merged *node, const bp_parts *parts, bp_way *level, int depth)
{
    size_t fresh = 0;
    groups all = group_kids(m, parts);
    bp_map *known = node->kids.count >= MANY_KIDS ? bp_map_new(m->scratch) : NULL;
    for (size_t i = 0; known != NULL && i < node->kids.count; i++) {
        bp_map_set(known, bp_str_fold(m->scratch, node->kids.at[i]->first.node->key),
                   &node->kids.at[i]);
    }
    for (size_t g = 0; g < all.count; g++) {
        group *met = all.at[g];
        bp_merged **kid = known != NULL ? bp_map_get(known, bp_str_fold(m->scratch, met->key))
                                        : kid_of(node, met->key);
        met->known = kid != NULL;
        fresh += kid == NULL;
        if (kid != NULL) {
            *kid = merge_node(m, *kid, &met->parts, level, depth + 1);
        }
    }
    if (fresh > 0 && bp_merged_allows(node, BP_OPERATOR_APPEND)) {
        widen_kids(m, node, fresh);
    }
    for (size_t g = 0; g < all.count; g++) {
        const group *met = all.at[g];
        if (met->known) {
            continue;
        }
        if (bp_merged_allows(node, BP_OPERATOR_APPEND)) {
            bp_merged *kid = merge_node(m, NULL, &met->parts, level, depth + 1);
            *bp_vec_add(m->arena, &node->kids) = kid;
        } else {
            bp_merge_tell(m, level,
                          (bp_merge_event){.kind = BP_MERGE_KEY_BLOCKED,
                                           .operator_ = BP_OPERATOR_APPEND,
                                           .mine = met->parts.at[0],
                                           .other = bp_merged_limit(node, BP_OPERATOR_APPEND)});
        }
    }
}

static void
add_parts(bp_merger *m, bp_merged *node, const bp_parts *parts)
{
    size_t count = node->parts.count;
    bp_part *all = bp_arena_array(m->arena, count + parts->count, sizeof *all);
    for (size_t i = 0; i < count; i++) {
        all[i] = node->parts.at[i];
    }
    for (size_t i = 0; i < parts->count; i++) {
        all[count + i] = parts->at[i];
    }
    node->parts.at = all;
    node->parts.count = node->parts.room = count + parts->count;
}

/* What a level is merged with, but does not leave behind, goes when its merging ends. */
static bool
begin(bp_merger *m)
{
    if (m->scratch != NULL) {
        return false;
    }
    m->scratch = bp_arena_scratch(m->arena);
    return true;
}

static void
end(bp_merger *m, bool outermost)
{
    if (outermost) {
        bp_arena_release(m->arena, m->scratch);
        m->scratch = NULL;
    }
}

static void
apply(bp_merger *m, bp_merged *node, const bp_parts *parts, bp_way *level, int depth)
{
    /* AWS does not read operators and controls that stand at the root of a document. */
    bool root = node->first.node->kind == BP_NODE_ROOT;
    if (!root) {
        bp_merge_values(m, node, parts, level);
    }
    if (depth < DEPTH) {
        merge_kids(m, node, parts, level, depth);
    }
    if (!root) {
        narrow(m, node, parts, level);
    }
    if (is_block(node->first.node)) {
        add_parts(m, node, parts);
    }
}

void
bp_merged_open(bp_merger *m, bp_merged *node)
{
    if (node->opened) {
        return;
    }
    node->opened = true;
    if (node->sole) {
        bool outermost = begin(m);
        bp_parts parts = {&node->first, 1, 1};
        apply(m, node, &parts, NULL, 0);
        end(m, outermost);
    }
}

/* Whether what a document does once, it may do again without changing anything: a control of its
 * own takes no operator away that others of the setting rest on. */
static bool
is_steady(const bp_node *node, int depth)
{
    if (depth == DEPTH || ((node->append != NULL || node->remove != NULL) &&
                           allowed_by(&node->control) != BP_ALLOWED_ALL)) {
        return false;
    }
    for (const bp_node *kid = node->first; kid != NULL; kid = kid->next) {
        if (!is_steady(kid, depth + 1)) {
            return false;
        }
    }
    return true;
}

/* Whether the parts bring nothing but what is there already, from the very same place: a policy
 * that is attached twice on the way. */
static bool
brings_nothing_new(const bp_merged *above, const bp_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (!above->sole || parts->at[i].node != above->first.node) {
            return false;
        }
    }
    return is_steady(above->first.node, 0);
}

/* What a document that meets nobody removes, can only be what it gives itself. */
static void
tell_idle(bp_merger *m, const bp_part *part, bp_way *level, int depth)
{
    const bp_node *node = part->node;
    if (node->remove != NULL) {
        bp_merged own = {.first = *part, .allowed = BP_ALLOWED_ALL};
        bp_parts parts = {&own.first, 1, 1};
        apply(m, &own, &parts, level, DEPTH);
    }
    for (const bp_node *kid = node->first; kid != NULL && depth < DEPTH; kid = kid->next) {
        bp_part below = {kid, part->bound};
        tell_idle(m, &below, level, depth + 1);
    }
}

static bp_merged *
merge_node(bp_merger *m, bp_merged *above, const bp_parts *parts, bp_way *level, int depth)
{
    if (above == NULL && parts->count == 1) {
        bp_merged *alone = sole(m, &parts->at[0]);
        if (alone->removes) {
            tell_idle(m, &parts->at[0], level, depth);
        }
        return alone;
    }
    if (above != NULL && brings_nothing_new(above, parts)) {
        return above;
    }
    bp_merged *node = BP_NEW(m->arena, bp_merged);
    if (above == NULL) {
        *node = (bp_merged){.first = parts->at[0], .allowed = BP_ALLOWED_ALL};
    } else {
        bp_merged_open(m, above);
        *node = *above;
        widen_kids(m, node, 0);
    }
    node->sole = false;
    node->opened = true;
    node->made = NULL;
    apply(m, node, parts, level, depth);
    return node;
}

/* There may be very many: they are gathered in scratch and kept without room to spare. */
static void
keep_events(bp_merger *m, bp_way *level)
{
    if (level == NULL || level->events.count == 0) {
        return;
    }
    bp_merge_event *kept = bp_arena_array(m->arena, level->events.count, sizeof *kept);
    memcpy(kept, level->events.at, level->events.count * sizeof *kept);
    level->events.at = kept;
    level->events.room = level->events.count;
}

bp_merged *
bp_merge_over(bp_merger *m, bp_merged *above, const bp_parts *peers, bp_way *events)
{
    if (peers->count == 0) {
        return above;
    }
    bool outermost = begin(m);
    bp_merged *merged = merge_node(m, above, peers, events, 0);
    keep_events(m, events);
    end(m, outermost);
    return merged;
}

bp_merged *
bp_merged_kid(bp_merger *m, bp_merged *node, bp_str key)
{
    if (node == NULL) {
        return NULL;
    }
    bp_merged_open(m, node);
    bp_merged **kid = kid_of(node, key);
    return kid == NULL ? NULL : *kid;
}

bp_merged *
bp_merged_at(bp_merger *m, bp_merged *from, const char *path)
{
    bp_str rest = bp_str_of(path);
    while (from != NULL && rest.size > 0) {
        size_t end = bp_str_find(rest, '/');
        from = bp_merged_kid(m, from, bp_str_cut(rest, 0, end));
        rest = bp_str_cut(rest, end + 1, rest.size);
    }
    return from;
}

bool
bp_part_extends(const bp_part *part)
{
    if (part->node->extend || !part->bound->policy->from_json) {
        return part->node->extend;
    }
    const bp_node *plan = bp_node_up(part->node, BP_NODE_PLAN);
    return bp_node_child(plan, "regions") == NULL || bp_node_first(plan, "rules") == NULL ||
           (bp_node_first(plan, "selections/tags") == NULL &&
            bp_node_first(plan, "selections/resources") == NULL);
}
