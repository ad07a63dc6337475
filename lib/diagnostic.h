/*
 * Diagnostics: the one list of findings, filled by every stage and printed by renderers alone.
 *
 * A finding is a record, never a text: rule, severity, primary place, message, further places,
 * notes, help, fixes, scope, and what it reaches. Messages are lower case, without a full stop;
 * what was seen first, the rule after a semicolon; the user's words in double quotes. All strings
 * that a finding is given are copied into the list's arena, so callers may format into anything.
 *
 * The rule table comes from above (compiler/checks/checks.def); this module only knows its shape.
 */
#ifndef BP_LIB_DIAGNOSTIC_H
#define BP_LIB_DIAGNOSTIC_H

#include "lib/arena.h"
#include "lib/source.h"
#include "lib/text.h"
#include "lib/vec.h"

typedef enum bp_severity { BP_OFF, BP_INFO, BP_WARNING, BP_ERROR } bp_severity;

/* Who notices the fault, and when. Names as in the json format. */
typedef enum bp_verdict {
    BP_AWS_NONE,              /* concerns the source or the tool */
    BP_AWS_REJECTS,           /* CreatePolicy or CreateStackSet refuses it */
    BP_AWS_INVALID_EFFECTIVE, /* accepted, then the merged policy is invalid in the account */
    BP_AWS_JOB_FAILS,         /* accepted, and backups or copies do not happen */
    BP_AWS_ACCEPTS,           /* works, but is likely unwanted */
    BP_AWS_UNKNOWN            /* nobody has seen what AWS does */
} bp_verdict;

typedef struct bp_rule {
    const char *code; /* "NAM002" */
    const char *slug; /* "vault-name-case" */
    bp_severity severity;
    bp_verdict aws;
    const char *over;    /* SYNTAX DOC ORG MODEL EFF ART CONF all */
    const char *summary; /* one line for `rules` */
    const char *since;   /* first release that has it */
} bp_rule;

typedef struct bp_label {
    bp_span span;
    bp_str text;
} bp_label;

typedef struct bp_edit {
    bp_span span; /* replaced bytes; empty = insertion */
    bp_str text;
} bp_edit;

typedef struct bp_fix {
    bool safe;   /* keeps the evident meaning */
    bp_str text; /* 'replace with "x"' */
    BP_VEC(bp_edit) edits;
} bp_fix;

/* One account × Region that a finding is about; `region` may be empty. */
typedef struct bp_cell {
    bp_str account;      /* 12 digits */
    bp_str account_name; /* for text output; may be empty */
    bp_str region;
} bp_cell;

typedef struct bp_finding {
    const bp_rule *rule;
    bp_severity severity;
    bp_verdict aws;
    bp_span span;
    bp_str message;
    bp_str label; /* text at the primary caret; may be empty */
    BP_VEC(bp_label) labels;
    BP_VEC(bp_str) notes;
    BP_VEC(bp_str) help;
    BP_VEC(bp_fix) fixes;
    bool by_text; /* decided by the text at its place alone: told once, however many blocks share it
                   */
    bp_str scope; /* policy/NAME/plan/NAME/rule/NAME; may be empty */
    BP_VEC(bp_cell) cells;
    bool settled;    /* its severity stands, whatever the level of its rule */
    size_t sequence; /* order of reporting: keeps sorting stable */
} bp_finding;

/* A rule that could not be judged somewhere, and why. */
typedef struct bp_skip {
    const bp_rule *rule;
    bp_str reason;
    size_t count;
} bp_skip;

typedef struct bp_diagnostics bp_diagnostics;

bp_diagnostics *bp_diagnostics_new(bp_arena *arena, bp_sources *sources, const bp_rule *rules,
                                   size_t rule_count);

/* The rule of a code ("NAM002") or slug, letter case ignored; NULL if there is none. */
const bp_rule *bp_diagnostics_rule(const bp_diagnostics *list, bp_str code_or_slug);

/*
 * Adds a finding at the rule's own severity and verdict. Never NULL; the caller may refine the
 * record through the functions below or by its fields. `code` must be in the rule table (a
 * programming error otherwise: it aborts).
 */
bp_finding *bp_report(bp_diagnostics *list, const char *code, bp_span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void bp_finding_mark(bp_diagnostics *list, bp_finding *finding, const char *format, ...)
    __attribute__((format(printf, 3, 4))); /* the text at the primary caret */
void bp_finding_label(bp_diagnostics *list, bp_finding *finding, bp_span span, const char *format,
                      ...) __attribute__((format(printf, 4, 5))); /* a second place */
void bp_finding_note(bp_diagnostics *list, bp_finding *finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void bp_finding_help(bp_diagnostics *list, bp_finding *finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A fix of one edit; the text says what it does. */
void bp_finding_fix(bp_diagnostics *list, bp_finding *finding, bool safe, bp_span span,
                    bp_str replacement, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* Adds one more edit to the newest fix. */
void bp_finding_edit(bp_diagnostics *list, bp_finding *finding, bp_span span, bp_str replacement);
void bp_finding_scope(bp_diagnostics *list, bp_finding *finding, bp_str scope);
/* The texts of a cell are not copied: they are the organization's and live as long. */
void bp_finding_cell(bp_diagnostics *list, bp_finding *finding, bp_str account, bp_str account_name,
                     bp_str region);

/* Counts a check that was not made. Equal reasons of one rule are added up. */
void bp_skip_check(bp_diagnostics *list, const char *code, size_t count, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Changes the level of a rule for everything reported before and after: BP_OFF hides it. */
void bp_diagnostics_level(bp_diagnostics *list, const bp_rule *rule, bp_severity severity);
/* Hides a rule whatever its level is or becomes. */
void bp_diagnostics_mute(bp_diagnostics *list, const bp_rule *rule);
/* The severity of a finding by the levels of the moment. */
bp_severity bp_diagnostics_severity(const bp_diagnostics *list, const bp_finding *finding);
/* The level of a rule at the moment: its usual one, unless another one was set. */
bp_severity bp_diagnostics_level_of(const bp_diagnostics *list, const bp_rule *rule);
/* Whether findings of the rule are hidden by its level, or muted. */
bool bp_diagnostics_is_off(const bp_diagnostics *list, const bp_rule *rule);

/* Drops every finding that `keep` does not want. */
void bp_diagnostics_keep(bp_diagnostics *list,
                         bool (*keep)(const void *context, const bp_finding *finding),
                         const void *context);

/*
 * Ends collecting: drops findings that are off, and repeats (same rule, place and message; same
 * scope too, unless by_text; cells of repeats by text are joined), and sorts by source, place, code
 * and order of report.
 * Findings without a place come first. May be called again after more reports.
 */
void bp_diagnostics_settle(bp_diagnostics *list);

size_t bp_diagnostics_count(const bp_diagnostics *list, bp_severity severity);
/* Whether a finding of this severity or a higher one was reported, before or after settling; levels
 * apply. */
bool bp_diagnostics_has(const bp_diagnostics *list, bp_severity at_least);
size_t bp_diagnostics_total(const bp_diagnostics *list);
const bp_finding *bp_diagnostics_at(const bp_diagnostics *list, size_t index);
/* The same, to be refined. */
bp_finding *bp_diagnostics_edit(bp_diagnostics *list, size_t index);
size_t bp_diagnostics_skips(const bp_diagnostics *list);
const bp_skip *bp_diagnostics_skip_at(const bp_diagnostics *list, size_t index);
bp_sources *bp_diagnostics_sources(const bp_diagnostics *list);
const bp_rule *bp_diagnostics_rules(const bp_diagnostics *list, size_t *count);

/* "error", "warning", "info", "off". */
const char *bp_severity_name(bp_severity severity);
/* As in the json format: "rejects", "invalid-effective" … */
const char *bp_verdict_name(bp_verdict verdict);

#endif
