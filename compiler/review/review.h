/*
 * Review: which of the findings are heard.
 *
 * Stages and checks report all that they see. What people said about that beforehand is applied
 * here: levels below some OUs, locked rules, comments that suppress, and the baseline of a project
 * that was adopted with its faults. Nothing is judged here, and a finding is hidden or re-levelled,
 * never changed otherwise.
 */
#ifndef BP_COMPILER_REVIEW_REVIEW_H
#define BP_COMPILER_REVIEW_REVIEW_H

#include "compiler/model/model.h"
#include "grammar/ast.h"

/* `backpol: ignore RULE` of one comment, for one rule of it. */
typedef struct bp_suppression {
    const bp_rule *rule;
    bp_span comment;
    bp_span word;    /* the rule as it is written */
    size_t others;   /* further rules in the comment */
    bp_span covered; /* whose findings it hides; does not exist: nothing follows the comment */
    bp_str scope;    /* of the block that it stands before; findings there are hidden wherever their
                        place is. Empty: none */
    bool idle;       /* expired or locked, which was reported: hides nothing */
    size_t hidden;
} bp_suppression;

typedef BP_VEC(bp_suppression) bp_suppressions;

/* One line of a baseline: so many findings of one rule, with one text at their place, in one scope.
 */
typedef struct bp_baseline_entry {
    const bp_rule *rule;
    bp_str scope; /* policy/NAME/plan/NAME/…; empty: `file` says where */
    bp_str file;
    bp_str at; /* the text at the caret, its first line, at most 80 bytes */
    int64_t count;
    bp_span span; /* of the code in the baseline */
    bool idle;    /* of a locked rule, which was reported */
    int64_t hidden;
} bp_baseline_entry;

typedef struct bp_baseline {
    BP_VEC(bp_baseline_entry *) entries;
    bp_map *by_key;
} bp_baseline;

typedef struct bp_review {
    bp_arena *arena;
    bp_diagnostics *diagnostics;
    const bp_manifest *manifest;
    const bp_organization *org; /* NULL: no inventory */
    const bp_model *model;      /* NULL: not bound */
    bp_suppressions suppressions;
    bp_baseline *baseline; /* NULL: none */
    bp_map *levels;        /* of overrides: rule and policy → bp_severity * */
    size_t suppressed;     /* findings hidden by comments */
    size_t baselined;      /* findings hidden by the baseline */
} bp_review;

/* Reads the suppressions of a policy file: reports CFG002, CFG003 and CFG005. `as_of`: the instant
 * by which they expire. */
void bp_review_read(bp_review *review, const bp_ast_file *file, int64_t as_of);

/* Reports CFG005 where the manifest gives a locked rule a lower level, and TOP001 where an override
 * is about no OU. */
void bp_review_begin(const bp_review *review);
/* Whether the manifest locks a rule; *span is where. */
bool bp_review_locked(const bp_manifest *manifest, const bp_rule *rule, bp_span *span);

/* Applies all that is known to the findings of the moment. May be called again after more were
 * reported. */
void bp_review_apply(bp_review *review);

/* Reports CFG004 for what hid nothing, as far as its rule was judged. `whole`: all stages ran. */
void bp_review_end(bp_review *review, bool whole);

/* Reads a baseline: reports CFG001, CFG002, CFG005. False: it cannot be used. */
bool bp_baseline_read(bp_review *review, const bp_source *source);
/* The baseline that hides all findings of the list that are not of locked rules; *count is how many
 * they are. The list is settled. */
bp_str bp_baseline_write(const bp_review *review, size_t *count);

/* Levels by OU, suppressions, baseline: parts of bp_review_apply. */
void bp_review_override(bp_review *review);
void bp_review_suppress(bp_review *review);
void bp_review_baseline(bp_review *review);

#endif
