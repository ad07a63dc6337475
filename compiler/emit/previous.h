/*
 * What an earlier build deployed, as its manifest.json says, and what of it is to be removed.
 */
#ifndef BP_COMPILER_EMIT_PREVIOUS_H
#define BP_COMPILER_EMIT_PREVIOUS_H

#include "compiler/deploy/deployment.h"

/* A stack set, or a plain stack of the management account. */
typedef struct bp_previous_stack {
    bp_stack_kind kind;
    bp_str kind_word;
    bp_str creates; /* the real name of the role or vault */
    bp_str slug;
    bp_str stack_name;
    bp_str template;           /* path in the folder of the manifest; empty: none */
    bp_str fixed;              /* what of its template can only be set once; empty: not known */
    bool dropped;              /* its template lets the vault go with its stack; false: not known */
    bp_instance_groups groups; /* stack sets */
    bp_strings regions;        /* plain stacks */
} bp_previous_stack;

typedef struct bp_previous_policy {
    bp_str name;
    bp_str slug;
    bp_strings targets;
} bp_previous_policy;

typedef struct bp_previous {
    bp_str format;
    bp_str organization_id;
    bp_str home_region;
    bp_str script; /* of the CLI path; empty: that path was not built */
    BP_VEC(bp_previous_stack) stack_sets;
    BP_VEC(bp_previous_stack) stacks;
    BP_VEC(bp_previous_policy) policies;
} bp_previous;

/* Reads a manifest.json. False: *why tells what is wrong, after "it". Every name that could get
 * into a path or a plan is held to what a build writes. */
bool bp_previous_read(bp_arena *arena, bp_str manifest_json, bp_previous *previous, bp_str *why);

/* What of the template of a vault cannot be changed without another vault taking its place: type,
 * key, and the bounds of an air-gapped one. As a text to compare; empty: no vault in it. */
bp_str bp_template_fixed(bp_arena *arena, bp_str template_json);

/* Whether a template lets its vault go with its stack (keep = off). */
bool bp_template_drops(bp_arena *arena, bp_str template_json);

typedef enum bp_removal_kind { /* in the order they are done */
                               BP_REMOVE_ATTACHMENT,
                               BP_REMOVE_POLICY,
                               BP_REMOVE_INSTANCES,
                               BP_REMOVE_STACK_SET,
                               BP_REMOVE_MANAGEMENT_STACK
} bp_removal_kind;

typedef struct bp_removal {
    bp_removal_kind what;
    bp_str name;   /* of the policy, stack set or stack */
    bp_str detail; /* where, or of what */
    bp_str input;  /* path of its input file */
    bp_str vault;  /* the vault that stays behind without a stack; empty: none */
    bool dropped;  /* no, it goes with its stack */
} bp_removal;

typedef BP_VEC(bp_removal) bp_removals;

/* "policy-attachment" … as in manifest.json and for --yes of remove.sh. */
const char *bp_removal_word(bp_removal_kind what);

#endif
