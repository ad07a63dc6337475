/*
 * Renderers: one file a format, all over the same settled list of findings. They print and decide
 * nothing.
 */
#ifndef BP_LIB_RENDER_H
#define BP_LIB_RENDER_H

#include "lib/diagnostic.h"
#include "lib/json_write.h"
#include "lib/output.h"

/* What a report says about the run, apart from its findings. Empty strings and NULL leave parts
 * out. */
typedef struct bp_report_facts {
    bp_str tool_version;
    bp_str facts_as_of;
    bp_str inventory_path; /* empty: no inventory */
    bp_str captured_at;
    size_t accounts;
    const bp_json *known; /* json: how much the inventory knows; NULL: not asked for */
    size_t suppressed;
    size_t baselined;
    size_t limit;   /* findings printed at most; 0 = all. The rest is counted */
    bool color;     /* text only */
    bool verbose;   /* text: skipped checks one by one */
    bool quiet;     /* text, line: errors only, no summary */
    bp_str checked; /* text: what was looked at, for the summary line: "2 policies, 4 accounts"; may
                       be empty */
    bp_str prefix;  /* sarif, github: the project's folder below that of the repository, with its
                       final '/'; may be empty */
    bp_str project_path; /* sarif: the file that stands for the project as a whole; may be empty */
    const char *(*page)(bp_str code); /* sarif: what explains a rule, in Markdown; may be NULL */
    bool columns; /* text: the summary as the first line of a build's: "Checked  …; 2 warnings" */
} bp_report_facts;

typedef void bp_renderer(bp_arena *arena, bp_diagnostics *list, const bp_report_facts *facts,
                         bp_output *out);

bp_renderer bp_render_text;  /* excerpts with carets, notes, fixes, summary */
bp_renderer bp_render_line;  /* file:line:col: error[CODE]: message */
bp_renderer bp_render_json;  /* format_version 1.0 */
bp_renderer bp_render_sarif; /* SARIF 2.1.0 */
bp_renderer
    bp_render_github; /* ::error file=…:: annotations, worst first, 10 errors and 10 warnings */
bp_renderer bp_render_markdown; /* a table, for the summary of a job */

/* Findings of one rule, at one place, with one message: one cause, seen in several policies. */
typedef struct bp_finding_group {
    const bp_finding *first;
    size_t count;
    size_t at; /* of the first in the list */
} bp_finding_group;

/* The findings of a settled list by cause, worst first, else in the order of report. */
const bp_finding_group *bp_render_groups(bp_arena *arena, const bp_diagnostics *list,
                                         size_t *count);

/* One finding as an element of a JSON array, without what it reaches. Gives the element. */
bp_json *bp_render_finding(bp_json *findings, bp_sources *sources, const bp_finding *finding);

/* The renderer of a format name; NULL if there is none. `names` (may be NULL) gets the known names,
 * comma-separated. */
bp_renderer *bp_render_find(bp_str name, const char **names);

#endif
