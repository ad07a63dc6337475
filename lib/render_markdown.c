/*
 * Markdown: a report for the summary of a job or a comment. One row for findings that say the same
 * at one place, the worst first; GitHub takes 1 MiB of a step, so what is too much is counted.
 */
#include "lib/render.h"

enum { ROWS_MAX = 500 };

/* User text in a cell of a table: neutralised, and without any meaning in Markdown or HTML. */
static void
add_cell(bp_arena *arena, bp_buf *row, bp_str text)
{
    bp_str safe = bp_output_safe(arena, text);
    for (size_t i = 0; i < safe.size; i++) {
        char c = safe.at[i];
        bool active = c == '\\' || c == '`' || c == '*' || c == '_' || c == '[' || c == ']' ||
                      c == '<' || c == '>' || c == '|' || c == '#' || c == '~' || c == '!' ||
                      c == '@' || c == '&';
        if (c == '<' || c == '>' || c == '&' || c == '@') {
            bp_buf_format(row, "&#%u;", (unsigned)(unsigned char)c);
        } else if (c == '\n' || c == '\r') {
            bp_buf_add_char(row, ' ');
        } else {
            bp_buf_add_c(row, active ? "\\" : "");
            bp_buf_add_char(row, c);
        }
    }
}

static void
add_row(bp_arena *arena, bp_output *out, bp_sources *sources, const bp_finding_group *group)
{
    const bp_finding *finding = group->first;
    const bp_source *source = bp_sources_get(sources, finding->span.source);
    bp_buf row = {.arena = arena};
    bp_buf_format(&row, "| %s | %s | ", bp_severity_name(finding->severity), finding->rule->code);
    if (source != NULL) {
        bp_position at = bp_sources_position(sources, finding->span.source, finding->span.start);
        add_cell(arena, &row, source->path);
        bp_buf_format(&row, ":%u", at.line);
    }
    bp_buf_add_c(&row, " | ");
    add_cell(arena, &row, finding->message);
    if (group->count > 1) {
        bp_buf_format(&row, " (%zu times)", group->count);
    }
    bp_buf_add_c(&row, " |\n");
    bp_output_str(out, bp_buf_text(&row));
}

static void
add_count(bp_output *out, bool *any, size_t count, const char *word)
{
    if (count > 0) {
        bp_output_format(out, "%s%zu %s%s", *any ? ", " : "", count, word, bp_plural(count));
        *any = true;
    }
}

void
bp_render_markdown(bp_arena *arena, bp_diagnostics *list, const bp_report_facts *facts,
                   bp_output *out)
{
    size_t count = 0;
    const bp_finding_group *groups = bp_render_groups(arena, list, &count);
    bool any = false;
    bp_output_text(out, "### backpol\n\n");
    add_count(out, &any, bp_diagnostics_count(list, BP_ERROR), "error");
    add_count(out, &any, bp_diagnostics_count(list, BP_WARNING), "warning");
    add_count(out, &any, bp_diagnostics_count(list, BP_INFO), "info");
    bp_output_text(out, any ? "" : "no findings");
    add_count(out, &(bool){true}, facts->suppressed, "suppressed finding");
    add_count(out, &(bool){true}, facts->baselined, "finding");
    bp_output_text(out, facts->baselined > 0 ? " in the baseline\n" : "\n");
    if (count > 0) {
        bp_output_text(out, "\n| level | rule | place | finding |\n| --- | --- | --- | --- |\n");
    }
    for (size_t i = 0; i < count && i < ROWS_MAX; i++) {
        add_row(arena, out, bp_diagnostics_sources(list), &groups[i]);
    }
    if (count > ROWS_MAX) {
        bp_output_format(out, "\n%zu more rows are left out\n", count - ROWS_MAX);
    }
    if (bp_diagnostics_skips(list) > 0) {
        size_t skipped = 0;
        for (size_t i = 0; i < bp_diagnostics_skips(list); i++) {
            skipped += bp_diagnostics_skip_at(list, i)->count;
        }
        bp_output_format(out, "\n%zu checks skipped: the inventory does not know enough\n",
                         skipped);
    }
}
