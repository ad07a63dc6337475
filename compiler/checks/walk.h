/*
 * Walking over the policies of a program, for checks that judge their text.
 *
 * Each walk calls a function with every place of one kind, in source order. What a template's own
 * text decides is reported through bp_text_finding, so that it is told once.
 */
#ifndef BP_COMPILER_CHECKS_WALK_H
#define BP_COMPILER_CHECKS_WALK_H

#include "compiler/checks/checks.h"

typedef struct bp_place {
    const bp_check_context *context;
    const bp_policy *policy;
    const bp_node *plan; /* NULL for bp_each_policy */
    const bp_node *rule; /* of a rule or copy; else NULL */
    /* The plan is what several documents become together; NULL: it is the text of one. */
    const bp_effective_plan *merged;
    const bp_node *node; /* the plan, rule, copy or selection itself; the document for policies */
} bp_place;

typedef enum bp_layer {
    BP_LAYER_PLANS,
    BP_LAYER_RULES,
    BP_LAYER_COPIES,
    BP_LAYER_LIFECYCLES, /* rules and the copies in them */
    BP_LAYER_SELECTIONS
} bp_layer;

typedef void bp_visit(const bp_place *place);

void bp_each_policy(const bp_check_context *context, bp_visit *visit);
void bp_each_plan(const bp_check_context *context, bp_visit *visit);
void bp_each_rule(const bp_check_context *context, bp_visit *visit);
void bp_each_copy(const bp_check_context *context, bp_visit *visit);
/* Rules and the copies in them. */
void bp_each_lifecycle(const bp_check_context *context, bp_visit *visit);
void bp_each_selection(const bp_check_context *context, bp_visit *visit);
/* Plans that are more than one document's text, as accounts get them. */
void bp_each_merged(const bp_check_context *context, bp_layer layer, bp_visit *visit);
/* All plans as accounts get them: those of one document, then merged ones. A document's plan that
 * only stands in merged ones is not visited. Where nothing was evaluated, the documents' own. */
void bp_each_effective(const bp_check_context *context, bp_layer layer, bp_visit *visit);
/* Every node below the documents, containers and leaves included; place->node is the node. */
void bp_each_node(const bp_check_context *context, bp_visit *visit);

/*
 * Whether rules about merged policies may judge this plan's text: without an organization only
 * complete plans (Regions, a rule with a vault, selections) count, others are taken for fragments.
 * A plan, or anything in it, that says `extend` is never judged so, nor is the plan of a document
 * that changes an inherited one.
 */
bool bp_place_whole(const bp_place *place);

/*
 * The plan that a document's plan changes: one of its name in another policy for the same accounts,
 * where the document's own lacks Regions, rules or selections, which is all that JSON can say of
 * it. NULL where there is none, or nobody knows. AWS judges the document without it.
 */
const bp_node *bp_place_inherits(const bp_place *place);
/* The same for any plan of a policy: whether it lacks a part of a plan of its own. */
bool bp_plan_lacks_parts(const bp_node *plan);

/* Marks a finding as decided by text: told once, with the scope of the place, and a label at the
 * `uses` that brought it there, if any; of a merged plan with the accounts that get it. Gives the
 * finding. */
bp_finding *bp_text_finding(const bp_place *place, bp_finding *finding, bp_span uses);

/* The code of a finding about what a document lacks: INH013 where a plan further up may have it. */
const char *bp_lacking_code(const bp_place *place, const char *code);
/* Tells such a finding where the plan stands that AWS does not look at; nothing for other codes. */
void bp_lacking_note(const bp_place *place, bp_finding *finding);

/* The words for the source that the place was written in: the language, or JSON. */
const char *bp_by_source(const bp_place *place, const char *language, const char *json);

/* Whether a switch of the document is on. */
bool bp_place_on(const bp_node *from, const char *path);
/* A day or minute value as written in the source, for messages: "12w"; else its number and unit. */
bp_str bp_value_words(const bp_place *place, const bp_value *value, const char *unit);
/* The text that writes `number`, in days or minutes, in place of a value in the same form ("180d",
 * "180", "\"180\""); false when what stands there is no number written out. */
bool bp_value_rewrite(const bp_place *place, const bp_value *value, int64_t number, bp_str *text);

/* The span of a part of a value's text, where that stands exactly once in what was written; the
 * whole value, and *exact false, where it does not (texts that a call made, escapes). */
bp_span bp_span_within(const bp_place *place, const bp_value *value, bp_str part, bool *exact);

/* Finds the first placeholder (SYN012) in a text, those that the manifest allows left out. */
bool bp_placeholder_find(const bp_check_context *context, bp_str text, size_t *start, size_t *end);

/* Whether a name says that it is still to come: REPLACE_ME, changeme, TODO (SYN012). */
bool bp_name_says_later(bp_str text);

/* A text for a message: cut to 60 bytes, between characters. */
bp_str bp_shown_text(bp_arena *arena, bp_str text);

/* Tells a schedule in words, with its next run, as a note; nothing for one with a fault. */
void bp_note_schedule(const bp_place *place, bp_finding *finding, const bp_value *schedule);

/* The source text of a value, or empty. */
bp_str bp_value_source(const bp_place *place, const bp_value *value);

#endif
