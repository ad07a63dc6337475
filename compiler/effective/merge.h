/*
 * Merging: what the documents on the way from the root to an account become together.
 *
 * A merged node is made once for each distinct way and shared by all that go it. What one document
 * alone brings is kept as a pointer to the document's node (a node that is `sole`), and is looked
 * into only when another document meets it: plans that stand side by side cost a pointer each.
 *
 * The documents of one level are peers: assigns first, of several the first, then all appends, then
 * all removes. A child control binds the levels below. A node starts with everything allowed.
 */
#ifndef BP_COMPILER_EFFECTIVE_MERGE_H
#define BP_COMPILER_EFFECTIVE_MERGE_H

#include "compiler/model/model.h"

typedef struct bp_merged bp_merged;
typedef struct bp_way bp_way;

/* A place in the document of a policy. */
typedef struct bp_part {
    const bp_node *node;
    const bp_bound_policy *bound;
} bp_part;

typedef BP_VEC(bp_part) bp_parts;

/* A text of a value, and whose it is. */
typedef struct bp_written {
    const bp_value *value;
    const bp_bound_policy *bound;
} bp_written;

/* The operators of a document, as bits and as indices. */
enum { BP_OPERATOR_ASSIGN, BP_OPERATOR_APPEND, BP_OPERATOR_REMOVE, BP_OPERATORS };
enum { BP_ALLOWED_ALL = (1u << BP_OPERATORS) - 1 };

/* Who took an operator away from the levels below. */
typedef struct bp_limits {
    bp_part by[BP_OPERATORS]; /* node NULL: still allowed */
} bp_limits;

struct bp_merged {
    bp_part first;            /* the place that brought it first */
    bool sole;                /* nothing but `first` is in it */
    bool opened;              /* what follows is filled in */
    bool has_value;           /* some operator gave it one */
    bool list;                /* TEXT or LIST, as values are */
    bool hole;                /* some of the value is not known */
    bool removes;             /* sole: somewhere in it values are removed */
    unsigned allowed;         /* bits: what levels below may do */
    bp_written whole;         /* the assign (or first append) that the value stands on */
    BP_VEC(bp_written) items; /* a scalar is one item */
    const bp_limits *limits;  /* NULL: nobody took anything away */
    BP_VEC(bp_merged *) kids; /* in order of appearance, by folded key */
    bp_parts parts;           /* of plans, rules, copies and selections: all places, root first */
    const bp_node *made;      /* as a tree: see bp_merged_tree; shared by all that hold the node */
};

/* What happened on the way and may not be meant. */
typedef enum bp_merge_event_kind {
    BP_MERGE_BLOCKED,     /* `mine` uses an operator that `other` does not allow */
    BP_MERGE_KEY_BLOCKED, /* `mine` is new under a container whose control at `other` forbids it */
    BP_MERGE_WIDER,       /* the control of `mine` allows what that of `other` does not */
    BP_MERGE_CONFLICT,    /* `mine` and `other` are peers and assign different values */
    BP_MERGE_REPLACED,    /* the assign of `mine` drops values of the list that `other` wrote */
    BP_MERGE_NOTHING,     /* `mine` removes `value`, which is not in the list */
    BP_MERGE_WEAKENED     /* `mine` shortens a retention, takes Regions or turns continuous backup
                             off, which `other` brought */
} bp_merge_event_kind;

typedef struct bp_merge_event {
    bp_merge_event_kind kind;
    int operator_;
    bool attached; /* of CONFLICT: the order is that of the inventory */
    bp_part mine;
    bp_part other;
    const bp_value *value;   /* of NOTHING; of WEAKENED: what `mine` says */
    const bp_merged *before; /* of REPLACED, NOTHING and WEAKENED: the setting as it was */
} bp_merge_event;

/* The policies attached to one place of the tree, on top of those above it. The same policies in
 * the same order on top of the same level are the same level, wherever they are attached. */
struct bp_way {
    bp_way *above; /* NULL at the top */
    BP_VEC(const bp_bound_policy *) peers;
    bool attached;       /* the inventory says in which order they were attached, and they are so */
    bp_merged *document; /* NULL until asked for */
    bool merged;
    BP_VEC(bp_merge_event) events; /* those of this level alone */
    size_t result;                 /* of bp_effective; SIZE_MAX: none */
};

/* Makes levels and what they merge to. */
typedef struct bp_merger {
    bp_arena *arena;
    bp_arena *scratch; /* of one level; NULL between them */
    bp_map *levels;    /* bytes of the way → bp_way * */
    bp_map *soles;     /* bytes of the address of a block or container → bp_merged * */
    bp_map *removed;   /* bytes of the address of a value that some level removed → itself */
} bp_merger;

bp_merger bp_merger_new(bp_arena *arena);

/* The policies of one level, in the order in which they act. */
typedef struct bp_peers {
    BP_VEC(const bp_bound_policy *) list;
    bool attached; /* see bp_way */
} bp_peers;

/* The level of these peers on top of another; `above` itself when there are none. */
bp_way *bp_merger_way(bp_merger *merger, bp_way *above, const bp_peers *peers);
/* The merged document of a level, root node of it; NULL where no policy has a document. */
bp_merged *bp_merger_document(bp_merger *merger, bp_way *level);
/* The same without keeping it: `peers` on top of a document, which may be NULL. */
bp_merged *bp_merge_over(bp_merger *merger, bp_merged *above, const bp_parts *peers,
                         bp_way *events);

/* Whether the block of a part changes one that others define: it says `extend`; of a JSON document,
 * which cannot say it, a plan that lacks Regions, rules or selections, and what is in such a plan.
 */
bool bp_part_extends(const bp_part *part);

/* Fills in a node that is `sole`. */
void bp_merged_open(bp_merger *merger, bp_merged *node);
/* A child by key (folded), or NULL. NULL nodes are allowed. */
bp_merged *bp_merged_kid(bp_merger *merger, bp_merged *node, bp_str key);
/* Follows keys joined by '/'. */
bp_merged *bp_merged_at(bp_merger *merger, bp_merged *from, const char *path);
/* Whether anything of the node is in the effective document. */
bool bp_merged_holds(bp_merger *merger, bp_merged *node);

/* The node as a tree for checks: values are assigned, `writer` says whose they are. A node that is
 * sole and has nothing but assigns is the document's own. */
const bp_node *bp_merged_tree(bp_merger *merger, bp_merged *node);

/* The effective document as JSON, as AWS shows it: identifiers folded, scalars as texts, no empty
 * containers; indented by two blanks from `indent` blanks on. An account replaces "$account". */
void bp_merged_write(bp_merger *merger, bp_merged *root, bp_str account, size_t indent,
                     bp_buf *out);
/* The text of a value of the effective document for one account; empty account: as it is. */
bp_str bp_effective_text(bp_arena *arena, bp_str text, bp_str account);

#endif
