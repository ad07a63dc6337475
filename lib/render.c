/* The table of formats, and findings that say the same put together. */
#include "lib/render.h"

#include <stdlib.h>

bp_renderer *
bp_render_find(bp_str name, const char **names)
{
    static const struct {
        const char *name;
        bp_renderer *render;
    } formats[] = {{"text", bp_render_text},     {"line", bp_render_line},
                   {"json", bp_render_json},     {"sarif", bp_render_sarif},
                   {"github", bp_render_github}, {"markdown", bp_render_markdown}};
    if (names != NULL) {
        *names = "text, line, json, sarif, github, markdown";
    }
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (bp_str_is(name, formats[i].name)) {
            return formats[i].render;
        }
    }
    return NULL;
}

/* Worst first; then the same rule, place and message side by side, in the order of the list. */
static int
by_severity(const void *left, const void *right)
{
    const bp_finding_group *a = left;
    const bp_finding_group *b = right;
    if (a->first->severity != b->first->severity) {
        return a->first->severity > b->first->severity ? -1 : 1;
    }
    return (a->at > b->at) - (a->at < b->at);
}

static int
by_cause(const void *left, const void *right)
{
    const bp_finding_group *first = left;
    const bp_finding_group *second = right;
    const bp_finding *a = first->first;
    const bp_finding *b = second->first;
    int order = bp_span_compare(a->span, b->span);
    order = order != 0 ? order : (a->rule > b->rule) - (a->rule < b->rule);
    order = order != 0 ? order : (int)b->severity - (int)a->severity;
    order = order != 0 ? order : bp_str_compare(a->message, b->message);
    return order != 0 ? order : (first->at > second->at) - (first->at < second->at);
}

static bool
is_same(const bp_finding *a, const bp_finding *b)
{
    return a->rule == b->rule && a->severity == b->severity && bp_span_equal(a->span, b->span) &&
           bp_str_equal(a->message, b->message);
}

const bp_finding_group *
bp_render_groups(bp_arena *arena, const bp_diagnostics *list, size_t *count)
{
    size_t total = bp_diagnostics_total(list);
    bp_finding_group *groups = bp_arena_array(arena, total + 1, sizeof *groups);
    for (size_t i = 0; i < total; i++) {
        groups[i] = (bp_finding_group){bp_diagnostics_at(list, i), 1, i};
    }
    qsort(groups, total, sizeof *groups, by_cause);
    size_t kept = 0;
    for (size_t i = 0; i < total; i++) {
        if (kept > 0 && is_same(groups[kept - 1].first, groups[i].first)) {
            groups[kept - 1].count++;
        } else {
            groups[kept++] = groups[i];
        }
    }
    qsort(groups, kept, sizeof *groups, by_severity);
    *count = kept;
    return groups;
}
