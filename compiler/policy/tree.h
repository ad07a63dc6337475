/*
 * The policy tree: the one representation of a backup policy, whatever it was written in.
 *
 * It has the shape of the JSON document: a node is an object member, its children are members below
 * it in source order. A leaf carries what the value operators give it; every node and value carries
 * its place. Fixed keys are lower case, as AWS documents them; names (plan, rule, selection, tag,
 * condition) are as written and compare folded. Checks read the tree, effective policies are trees
 * merged, printers write trees.
 *
 * Memory is the session's arena. After building, nobody changes a tree.
 */
#ifndef BP_COMPILER_POLICY_TREE_H
#define BP_COMPILER_POLICY_TREE_H

#include "compiler/policy/settings.h"
#include "lib/source.h"
#include "lib/text.h"

typedef struct bp_node bp_node;
typedef struct bp_value bp_value;
struct bp_policy;

typedef enum bp_value_kind {
    BP_VALUE_UNKNOWN, /* did not bind or parse: reported already, everything that follows from it
                         stays silent */
    BP_VALUE_TEXT,
    BP_VALUE_LIST,
    BP_VALUE_OBJECT /* JSON alone: an object where AWS reads a value */
} bp_value_kind;

/* What a text means when it refers to something: the parts, each with its place. */
typedef enum bp_reference_kind { BP_REF_NONE, BP_REF_VAULT, BP_REF_ROLE } bp_reference_kind;

typedef struct bp_reference {
    bp_reference_kind kind;
    bp_str partition; /* empty for a bare vault name */
    bp_str name;      /* of the vault or role, without its path */
    bp_str path;      /* of a role: "/" or "/a/b/" */
    bp_str region;    /* of a vault destination; "$region" for an air-gapped target */
    bp_str account;   /* "$account" or 12 digits; empty for a bare vault name */
    bp_span name_span;
    bp_span region_span;
    bp_span account_span;
    bool literal; /* written as an ARN, not as a call */
} bp_reference;

/* A member of an object that is a value. */
typedef struct bp_member {
    bp_str key;
    bp_span span;
    bp_value *value;
} bp_member;

typedef BP_VEC(bp_member) bp_members;

struct bp_value {
    bp_value_kind kind;
    bp_str text;              /* TEXT: exactly as it stands in the document */
    BP_VEC(bp_value *) items; /* LIST: of settings, TEXT or UNKNOWN values; of JSON, any */
    bp_members *members;      /* OBJECT; else NULL */
    bp_span span;             /* where it was written (argument, template line, setting) */
    bp_span uses; /* the outermost `uses` that brought it here; does not exist for values written in
                     place */
    bp_span
        declared;  /* the constant or parameter that stands for it; does not exist if written out */
    bool unquoted; /* a JSON number, true, false or null: written back without quotes */
    bool
        emptied; /* in merged trees: a list that was not empty before values were removed from it */
    bool has_number;
    int64_t number;                 /* of durations: in the unit of the document (minutes, days) */
    const bp_reference *reference;  /* NULL unless it refers to a vault or role */
    const struct bp_policy *writer; /* in merged trees: whose value it is; else NULL */
};

/* `children may …` of one node: BP_MAY_ bits of grammar/ast.h; 0 = none. */
typedef struct bp_child_control {
    unsigned may;
    bp_span span;
    const bp_value *written; /* JSON that is no set of the known words, as it stands; else NULL */
} bp_child_control;

/* What a node is, by its depth and key. */
typedef enum bp_node_kind {
    BP_NODE_ROOT, /* the document */
    BP_NODE_PLANS,
    BP_NODE_PLAN,
    BP_NODE_RULE,
    BP_NODE_COPY,
    BP_NODE_SELECTION, /* of either form: see bp_node_form */
    BP_NODE_CONTAINER, /* rules, lifecycle, selections, tags … */
    BP_NODE_ENTRY,     /* a tag or condition by its identifier */
    BP_NODE_LEAF
} bp_node_kind;

struct bp_node {
    bp_node_kind kind;
    bp_span span; /* the name, setting word or key: where a caret for the node belongs */
    bp_span uses; /* the outermost `uses` that brought it here */
    bp_span never_span;
    bool holes;     /* ROOT, PLAN, RULE, SELECTION, COPY: some of it was refused and reported, so
                       what is missing may stand there */
    bool extend;    /* PLAN, RULE, SELECTION, COPY: changes an inherited one */
    bool form_open; /* SELECTION that extends: nothing in it says its form, which is that of the
                       inherited one; it stands under resources until that is known */
    bool supplied;  /* LEAF: demanded by AWS and added by the compiler inside `extend`, not written:
                       no block control covers it */
    bool raw;       /* made by `raw` */
    bool never; /* rule or copy: `delete_after = never` is written (a wish, nothing in the document)
                 */
    bp_str key;
    bp_node *parent;
    bp_node *first;
    bp_node *last;
    bp_node *next;
    const bp_setting *setting; /* LEAF: its row; NULL for keys that no row knows */
    bp_value *assign; /* LEAF: by operator; NULL = not used. ROOT: what AWS does not read */
    bp_value *append;
    bp_value *remove;
    bp_value *plain; /* JSON that is no object where AWS reads one: stands for the whole node */
    bp_child_control control;
    const struct bp_policy *writer; /* in merged trees: who brought the node first; else NULL */
    BP_VEC(bp_value *) protects;    /* SELECTION: ids or patterns that people mean to protect */
};

bp_node *bp_node_new(bp_arena *arena, bp_node_kind kind, bp_str key, bp_span span);
/* Adds a child at the end. */
void bp_node_add(bp_node *parent, bp_node *child);
/* The child of a key (compared folded), or NULL. NULL parents are allowed. */
const bp_node *bp_node_child(const bp_node *parent, const char *key);
bp_node *bp_node_find(bp_node *parent, bp_str key);
/* The same as bp_node_at, of a node that is being built. */
bp_node *bp_node_find_at(bp_node *from, const char *path);
/* Follows keys joined by '/': bp_node_at(rule, "lifecycle/delete_after_days"). NULL when any is
 * missing. */
const bp_node *bp_node_at(const bp_node *from, const char *path);
/* The assigned value of a leaf at a path, or NULL when it is not assigned. May be UNKNOWN. */
const bp_value *bp_node_value(const bp_node *from, const char *path);
/* The same as text; false when not assigned, UNKNOWN, or no text. */
bool bp_node_text(const bp_node *from, const char *path, bp_str *text);
/* The same as a whole number. */
bool bp_node_number(const bp_node *from, const char *path, int64_t *number);
/* True when the leaf is assigned and UNKNOWN: a check must stay silent. */
bool bp_node_unknown(const bp_node *from, const char *path);
/* Whether a selection stands under selections/tags. */
bool bp_node_is_tags(const bp_node *selection);
/* "policy/NAME/plan/NAME/rule/NAME" for findings. */
bp_str bp_node_scope(bp_arena *arena, bp_str policy, const bp_node *node);
/* Whether a node carries a child control. */
bool bp_node_controlled(const bp_node *node);
/* Whether a value operator of the node is used. */
bool bp_node_written(const bp_node *node);
/* The nearest ancestor of a kind, the node itself included; NULL if none. */
const bp_node *bp_node_up(const bp_node *node, bp_node_kind kind);

/* All children of the container at `path` below `from`:  for (n = bp_node_first(plan, "rules"); n;
 * n = n->next) */
const bp_node *bp_node_first(const bp_node *from, const char *path);

/* The parts of a vault ARN "arn:P:backup:R:A:backup-vault:N" or role ARN "arn:P:iam::A:role/PATH/N"
 * whose text starts at byte `start` of the source; NULL if the shape is another. */
const bp_reference *bp_reference_of_arn(bp_arena *arena, bp_str arn, bp_span span,
                                        bp_reference_kind kind);

/* The document as AWS gets it, minified, without a final newline; and the same indented by two
 * blanks. */
bp_str bp_tree_write_compact(bp_arena *arena, const bp_node *root);
bp_str bp_tree_write_pretty(bp_arena *arena, const bp_node *root);
/* Whether a node, with all below it, goes into a copy. Called in source order, not for the root. */
typedef bool bp_keep_node(void *context, const bp_node *node);
/* A copy of a tree without the nodes that `keep` refuses (NULL: all are kept). Values are shared.
 */
bp_node *bp_tree_copy(bp_arena *arena, const bp_node *root, bp_keep_node *keep, void *context);
/* How many characters of the minified document its child controls take, by writing it without. */
size_t bp_tree_control_characters(bp_arena *arena, const bp_node *root);
/* The tree as indented text with operators and places, for `dump --stage=policy`. */
void bp_tree_dump(bp_sources *sources, const bp_node *root, bp_buf *out);

#endif
