/*
 * Comparing: what two compiled projects do differently, account by account and policy by policy.
 *
 * Every pair of ways that some account goes is compared once, and every pair of merged plans once,
 * however many accounts have it. Every change is told once, with all accounts that have it. Nothing
 * here prints.
 */
#ifndef BP_COMPILER_COMPARE_COMPARE_H
#define BP_COMPILER_COMPARE_COMPARE_H

#include "compiler/effective/effective.h"

/* What makes a change dangerous, worst first. */
typedef enum bp_danger {
    BP_DANGER_COVERAGE,  /* an account, a Region, a plan, a rule or a selection loses its backups */
    BP_DANGER_INVALID,   /* AWS will find the effective policy faulty */
    BP_DANGER_RETENTION, /* backups are kept shorter */
    BP_DANGER_COPY,      /* copies are lost */
    BP_DANGER_LOCK,      /* a lock or a child control allows more */
    BP_DANGER_SELECTION, /* fewer resources are selected */
    BP_DANGER_SCHEDULE,  /* backups are made less often */
    BP_DANGER_CONTINUOUS, /* point-in-time recovery is lost */
    BP_DANGER_NONE
} bp_danger;

typedef enum bp_change_kind {
    BP_CHANGE_COVERED, /* the account gets its first plan */
    BP_CHANGE_BARE,    /* it loses its last plan */
    BP_CHANGE_REGIONS, /* some plan runs in Regions where none did, or the reverse */
    BP_CHANGE_INVALID, /* its effective policy becomes faulty */
    BP_CHANGE_VALID,   /* it becomes valid */
    BP_CHANGE_ADDED,   /* a plan, rule, copy, selection, tag or condition */
    BP_CHANGE_REMOVED,
    BP_CHANGE_RENAMED, /* removed and added with the same content */
    BP_CHANGE_VALUE,   /* a value is another, set, or no longer set */
    BP_CHANGE_LIST,    /* members came or went */
    BP_CHANGE_ORDER,   /* the same members in another order */
    BP_CHANGE_CONTROL  /* what policies below may do */
} bp_change_kind;

/* Who wrote what stands there. */
typedef struct bp_origin {
    bp_str policy; /* empty: nobody, or several */
    bp_span span;
} bp_origin;

/* One state of a place. */
typedef struct bp_state {
    bool there;
    bp_str text;  /* as in the document; of a part: a summary; of a list: joined */
    bp_str words; /* for people: "35d", a schedule in English */
    bp_origin from;
} bp_state;

typedef BP_VEC(bp_str) bp_texts_list;

typedef struct bp_change {
    bp_change_kind kind;
    bp_danger danger;
    bp_str path;      /* "plans.daily.rules.r.lifecycle.delete_after_days"; empty: the account */
    bp_str what;      /* "retention", "schedule", "plan", "Regions" … */
    bp_str operator_; /* of policies: "append", "remove"; else empty */
    bp_state before;
    bp_state after;
    bp_texts_list removed; /* of REGIONS, LIST */
    bp_texts_list added;
} bp_change;

typedef BP_VEC(bp_change) bp_changes;

/* An account of a group. */
typedef struct bp_changed_account {
    const bp_account *before; /* NULL: not in the old inventory */
    const bp_account *after;
} bp_changed_account;

/* The changes that these accounts have, and no others: an account may be in several groups. */
typedef struct bp_change_group {
    bp_changes changes; /* dangerous ones first */
    BP_VEC(bp_changed_account) accounts;
} bp_change_group;

/* An account that one side alone knows, or that counts on one side alone; or that moved. */
typedef enum bp_movement_kind {
    BP_ACCOUNT_NEW,
    BP_ACCOUNT_GONE,
    BP_ACCOUNT_MOVED,
    BP_ACCOUNT_STATE /* it became active, or no longer is */
} bp_movement_kind;

typedef struct bp_movement {
    bp_movement_kind kind;
    const bp_account *before;
    const bp_account *after;
    size_t plans; /* that it gets; of one that is gone: that it had */
} bp_movement;

typedef enum bp_policy_change_kind {
    BP_POLICY_NEW,
    BP_POLICY_GONE,
    BP_POLICY_RENAMED,
    BP_POLICY_CHANGED
} bp_policy_change_kind;

typedef struct bp_policy_change {
    bp_policy_change_kind kind;
    const bp_bound_policy *before;
    const bp_bound_policy *after;
    bp_changes changes;     /* of the document */
    bool only_form;         /* the document is written in another way and says the same */
    bool description;       /* it has another description */
    bp_texts_list attached; /* names of targets */
    bp_texts_list detached;
} bp_policy_change;

/* The policies of one target act in another order. */
typedef struct bp_order_change {
    bp_str target;
    bp_texts_list before;
    bp_texts_list after;
} bp_order_change;

/* A declared vault or role. */
typedef struct bp_declared_change {
    bool vault;
    bp_str name;
    bp_changes changes; /* one of kind ADDED or REMOVED, or values */
} bp_declared_change;

typedef struct bp_compare_side {
    const bp_model *model;
    const bp_effective *effective;
    bool declares; /* vaults and roles are declared by this side: it is a project */
} bp_compare_side;

typedef struct bp_difference {
    bool accounts_compared;         /* both sides have an inventory */
    size_t accounts;                /* active ones of both sides, each once */
    size_t changed;                 /* of them */
    BP_VEC(bp_change_group) groups; /* dangerous ones first, then those of more accounts */
    BP_VEC(bp_movement) movements;
    BP_VEC(bp_policy_change) policies; /* gone ones last */
    BP_VEC(bp_order_change) orders;
    BP_VEC(bp_declared_change) declared;
    size_t dangers; /* changes that are, each group counted once */
} bp_difference;

/* `as_of`: the instant from which runs of schedules are counted. */
bp_difference *bp_compare(bp_arena *arena, const bp_compare_side *before,
                          const bp_compare_side *after, int64_t as_of);
bool bp_difference_any(const bp_difference *difference);
/* "coverage", "retention" …; empty for NONE. */
const char *bp_danger_name(bp_danger danger);
/* "backups are kept shorter" …; empty for NONE. */
const char *bp_danger_words(bp_danger danger);

#endif
