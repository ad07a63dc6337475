/*
 * What the laws share: sessions, places of findings, and noting what does not hold.
 */
#include "tools/fuzz/laws.h"

/* 2026-11-02, in seconds: rules that look at the calendar say the same every day. */
static const int64_t as_of = 1793577600;

bp_session *
fuzz_session(bp_arena *arena)
{
    bp_options options = {.root = ".", .as_of = as_of};
    return bp_session_new(arena, &options);
}

void
fuzz_fail(fuzz_trial *trial, const char *what, bp_str before, bp_str after)
{
    if (trial->broken != NULL) {
        return;
    }
    trial->broken = what;
    bp_buf_format(&trial->detail, "---- before\n%.*s\n---- after\n%.*s\n", BP_ARG(before),
                  BP_ARG(after));
}

static bool
is_inside(const bp_sources *sources, bp_span span)
{
    const bp_source *source = bp_sources_get(sources, span.source);
    return source != NULL && span.start <= span.end && span.end <= source->text.size;
}

void
fuzz_check_places(fuzz_trial *trial, const bp_diagnostics *list)
{
    const bp_sources *sources = bp_diagnostics_sources(list);
    for (size_t i = 0; i < bp_diagnostics_total(list); i++) {
        const bp_finding *finding = bp_diagnostics_at(list, i);
        bool inside = is_inside(sources, finding->span) && finding->message.size > 0;
        for (size_t k = 0; k < finding->labels.count; k++) {
            inside = inside && is_inside(sources, finding->labels.at[k].span);
        }
        for (size_t k = 0; k < finding->fixes.count; k++) {
            for (size_t e = 0; e < finding->fixes.at[k].edits.count; e++) {
                inside = inside && is_inside(sources, finding->fixes.at[k].edits.at[e].span);
            }
        }
        if (!inside) {
            fuzz_fail(trial, "a finding has its places in the text", finding->message,
                      bp_str_of(finding->rule->code));
        }
    }
}
