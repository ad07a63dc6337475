/* What the files of compiler/compare/ share. For them alone. */
#ifndef BP_COMPILER_COMPARE_PARTS_H
#define BP_COMPILER_COMPARE_PARTS_H

#include "compiler/compare/compare.h"

/* One place of a document, flat. */
typedef struct bp_leaf {
    bp_str key;  /* what makes it the same place on both sides: keys, folded, and the operator */
    bp_str path; /* for people */
    size_t depth;
    size_t end; /* of the list: behind the last place below it */
    const bp_node *node;
    bool part;    /* a plan, rule, copy, selection, tag or condition: no value of its own */
    bool control; /* what policies below may do */
    unsigned may; /* CONTROL: BP_ALLOWED_ALL bits */
    bool list;
    const char *operator_;
    bp_texts_list items;     /* of a scalar: one */
    BP_VEC(bp_origin) wrote; /* of a merged list: who wrote each item */
    const bp_parts *block;   /* of a merged one: the places of the block around it; may be NULL */
    const char *inside;      /* its keys in that block, joined by '/' */
    bp_origin from;
} bp_leaf;

typedef struct bp_flat {
    BP_VEC(bp_leaf) leaves; /* parents before what is below them */
    bp_map *by_key;         /* key → bp_leaf *; in the order of the list */
} bp_flat;

typedef BP_VEC(bp_merged *) bp_merged_list;

/* The places of merged nodes that lie side by side below the key `above`. */
bp_flat *bp_flat_of_merged(bp_merger *merger, const bp_merged_list *nodes, bp_str above);
/* The places of a policy as it is written, operators and child controls included. */
bp_flat *bp_flat_of_policy(bp_arena *arena, const bp_policy *policy);

/* Who makes the merged nodes of the two sides. */
typedef struct bp_compare_pair {
    bp_merger *before;
    bp_merger *after;
} bp_compare_pair;

/* Whether two nodes are the same in the effective document, whatever their order. */
bool bp_merged_same(const bp_compare_pair *pair, bp_merged *before, bp_merged *after);

/* What differs, added to the list. */
void bp_compare_flats(bp_arena *arena, const bp_flat *before, const bp_flat *after, int64_t as_of,
                      bp_changes *changes);

/* words.c: what a setting is called, a state in words, and whether a change is dangerous. */
bp_str bp_change_what(const bp_leaf *leaf);
bp_state bp_state_of(bp_arena *arena, const bp_flat *flat, const bp_leaf *leaf);
bp_danger bp_danger_of_value(bp_arena *arena, const bp_leaf *before, const bp_leaf *after,
                             int64_t as_of);
bp_danger bp_danger_of_list(const bp_leaf *leaf, const bp_change *change);
bp_danger bp_danger_of_part(const bp_leaf *leaf, bool removed);

/* Dangerous changes first; else the order stays. */
void bp_changes_sort(bp_arena *arena, bp_changes *changes);
/* What is in `from` and not in `other`. */
void bp_texts_without(bp_arena *arena, const bp_texts_list *from, const bp_texts_list *other,
                      bp_texts_list *into);
bp_str bp_texts_joined(bp_arena *arena, const bp_texts_list *list);

/* groups.c, policies.c, declared.c: the parts of a difference. */
typedef struct bp_compare_run {
    bp_arena *arena;
    const bp_compare_side *before;
    const bp_compare_side *after;
    int64_t as_of;
    bp_difference *difference;
} bp_compare_run;

void bp_compare_accounts(bp_compare_run *run);
void bp_compare_policies(bp_compare_run *run);
void bp_compare_declared(bp_compare_run *run);

#endif
