/*
 * Annotations for GitHub Actions. GitHub shows ten of each kind for a step, so the worst come first
 * and the rest is counted in a last notice; what says the same at one place is told once. These
 * lines are the only ones that may begin with "::".
 */
#include "lib/render.h"

enum { SHOWN_MAX = 10 };

typedef struct annotations {
    bp_sources *sources;
    bp_str prefix;
} annotations;

/* User text, neutralised and then escaped as workflow commands want it; properties also escape what
 * ends a property. */
static bp_str
escaped(bp_arena *arena, bp_str text, bool property)
{
    bp_str safe = bp_output_safe(arena, text);
    bp_buf buf = {.arena = arena};
    for (size_t i = 0; i < safe.size; i++) {
        char c = safe.at[i];
        if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
            bp_buf_format(&buf, "%%%02X", (unsigned)c);
        } else {
            bp_buf_add_char(&buf, c);
        }
    }
    return bp_buf_text(&buf);
}

static void
add_place(bp_arena *arena, bp_buf *line, const annotations *on, bp_span span)
{
    bp_sources *sources = on->sources;
    const bp_source *source = bp_sources_get(sources, span.source);
    if (source == NULL) {
        return;
    }
    bp_position start = bp_sources_position(sources, span.source, span.start);
    bp_position end = bp_sources_position(sources, span.source, span.end);
    bool outside = bp_str_starts(source->path, BP_STR("/"));
    bp_str path = bp_str_format(arena, "%.*s%.*s", BP_ARG(outside ? BP_STR("") : on->prefix),
                                BP_ARG(source->path));
    path = escaped(arena, path, true);
    bp_buf_format(line, "file=%.*s,line=%u,endLine=%u,", BP_ARG(path), start.line, end.line);
    if (start.line == end.line) { /* GitHub refuses columns over several lines */
        bp_buf_format(line, "col=%u,endColumn=%u,", start.column, end.column);
    }
}

static void
annotate(bp_arena *arena, bp_output *out, const annotations *on, const bp_finding_group *group)
{
    const bp_finding *finding = group->first;
    const char *kind = finding->severity == BP_ERROR     ? "error"
                       : finding->severity == BP_WARNING ? "warning"
                                                         : "notice";
    bp_buf line = {.arena = arena};
    bp_buf_format(&line, "::%s ", kind);
    add_place(arena, &line, on, finding->span);
    bp_buf_format(&line, "title=%s %s::", finding->rule->code, finding->rule->slug);
    bp_buf_add(&line, escaped(arena, finding->message, false));
    if (group->count > 1) {
        bp_buf_format(&line, " (%zu times)", group->count);
    }
    bp_buf_add_char(&line, '\n');
    bp_output_str(out, bp_buf_text(&line));
}

void
bp_render_github(bp_arena *arena, bp_diagnostics *list, const bp_report_facts *facts,
                 bp_output *out)
{
    annotations on = {bp_diagnostics_sources(list), facts->prefix};
    size_t count = 0;
    const bp_finding_group *groups = bp_render_groups(arena, list, &count);
    size_t shown[BP_ERROR + 1] = {0};
    size_t left[3] = {0};
    for (size_t i = 0; i < count; i++) {
        bp_severity severity = groups[i].first->severity;
        if (shown[severity] == SHOWN_MAX) {
            left[BP_ERROR - severity] += groups[i].count;
            continue;
        }
        annotate(arena, out, &on, &groups[i]);
        shown[severity]++;
    }
    if (left[0] + left[1] + left[2] > 0) {
        bp_buf line = {.arena = arena};
        bp_buf_format(&line,
                      "::notice title=backpol::not annotated: %zu more errors, %zu more warnings, "
                      "%zu more infos\n",
                      left[0], left[1], left[2]);
        bp_output_str(out, bp_buf_text(&line));
    }
}
