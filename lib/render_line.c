/* One finding a line, for editors and grep: file:line:col: error[CODE]: message. */
#include "lib/excerpt.h"
#include "lib/render.h"

enum { MESSAGE_MAX = 2000 };

void
bp_render_line(bp_arena *arena, bp_diagnostics *list, const bp_report_facts *facts, bp_output *out)
{
    bp_sources *sources = bp_diagnostics_sources(list);
    size_t shown = 0;
    size_t hidden = 0;
    for (size_t i = 0; i < bp_diagnostics_total(list); i++) {
        const bp_finding *finding = bp_diagnostics_at(list, i);
        if (facts->quiet && finding->severity != BP_ERROR) {
            continue;
        }
        if (facts->limit > 0 && shown == facts->limit) {
            hidden++;
            continue;
        }
        shown++;
        const bp_source *source = bp_sources_get(sources, finding->span.source);
        if (source != NULL) {
            bp_position at =
                bp_sources_position(sources, finding->span.source, finding->span.start);
            bp_output_user(out, source->path);
            bp_output_format(out, ":%u:%u: ", at.line, at.column);
        }
        bp_output_format(out, "%s[%s]: ", bp_severity_name(finding->severity), finding->rule->code);
        bp_output_user(out, bp_excerpt_cap(arena, finding->message, MESSAGE_MAX));
        bp_output_text(out, "\n");
    }
    if (hidden > 0) {
        bp_output_format(out, "%zu more findings are not shown\n", hidden);
    }
}
