/*
 * The text format, for people at a terminal: headline, excerpts with carets, notes, fixes, help,
 * and a summary in the end. What a line of source looks like is decided in excerpt.c.
 */
#include "lib/excerpt.h"
#include "lib/map.h"
#include "lib/render.h"

#include <string.h>

enum { TEXT_MAX = 2000, SAMPLES_MAX = 5, PLACES_MAX = 20 };

typedef struct page {
    bp_arena *arena;
    bp_sources *sources;
    const bp_report_facts *facts;
    bp_output *out;
    int gutter; /* digits of the largest line number of the finding at hand */
} page;

/* A span to underline in an excerpt. */
typedef struct mark {
    bp_span span;
    bp_str text;
    bp_position at;
    bool primary;
    bool drawn;
} mark;

static const char *
color_of(bp_severity severity)
{
    return severity == BP_ERROR     ? "\x1B[1;31m"
           : severity == BP_WARNING ? "\x1B[1;33m"
                                    : "\x1B[1;36m";
}

#define FRAME "\x1B[1;34m"
#define BOLD "\x1B[1m"

static void
paint(const page *on, const char *color)
{
    if (on->facts->color) {
        bp_output_text(on->out, color);
    }
}

static void
unpaint(const page *on)
{
    paint(on, "\x1B[0m");
}

static void
put_user(const page *on, bp_str text)
{
    bp_output_user(on->out, bp_excerpt_cap(on->arena, text, TEXT_MAX));
}

static void
repeat(const page *on, char c, size_t count)
{
    char text[2] = {c, '\0'};
    for (size_t i = 0; i < count; i++) {
        bp_output_text(on->out, text);
    }
}

static void
put_headline(const page *on, const bp_finding *finding)
{
    paint(on, color_of(finding->severity));
    bp_output_format(on->out, "%s[%s]", bp_severity_name(finding->severity), finding->rule->code);
    unpaint(on);
    paint(on, BOLD);
    bp_output_text(on->out, ": ");
    put_user(on, finding->message);
    unpaint(on);
    bp_output_format(on->out, "  (%s)\n", finding->rule->slug);
}

/* The start of a line in the frame: blanks, a line number if not 0, and the bar. */
static void
put_gutter(const page *on, uint32_t line)
{
    paint(on, FRAME);
    if (line > 0) {
        bp_output_format(on->out, "%*u |", on->gutter, line);
    } else {
        bp_output_format(on->out, "%*s |", on->gutter, "");
    }
    unpaint(on);
}

static void
put_place(const page *on, const char *arrow, const mark *at)
{
    const bp_source *source = bp_sources_get(on->sources, at->span.source);
    paint(on, FRAME);
    repeat(on, ' ', (size_t)on->gutter);
    bp_output_text(on->out, arrow); /* not through the neutraliser: one arrow is ":::" */
    unpaint(on);
    bp_output_text(on->out, " ");
    put_user(on, source->path);
    bp_output_format(on->out, ":%u:%u\n", at->at.line, at->at.column);
}

static bp_excerpt
excerpt_of(const page *on, const mark *at)
{
    bp_str line = bp_sources_line(on->sources, at->span.source, at->at.line);
    const bp_source *source = bp_sources_get(on->sources, at->span.source);
    /* An empty line has no address of its own; then there is nothing in front of the span. */
    size_t start = line.size == 0 ? 0 : (size_t)(line.at - source->text.at);
    size_t from = at->span.start > start ? at->span.start - start : 0;
    size_t to = at->span.end > start ? at->span.end - start : 0;
    return bp_excerpt_make(on->arena, line, from, to);
}

static void
put_mark(const page *on, const bp_finding *finding, const mark *at, bp_excerpt excerpt)
{
    put_gutter(on, 0);
    bp_output_text(on->out, " ");
    repeat(on, ' ', excerpt.column);
    paint(on, at->primary ? color_of(finding->severity) : FRAME);
    repeat(on, at->primary ? '^' : '-', excerpt.width);
    if (at->text.size > 0) {
        bp_output_text(on->out, " ");
        put_user(on, at->text);
    }
    unpaint(on);
    bp_output_text(on->out, "\n");
}

/* One source line and all marks in it. On a line that had to be cut, marks that would need another
 * cut get an excerpt of their own. */
static void
put_excerpt(const page *on, const bp_finding *finding, mark *marks, size_t count, size_t first)
{
    bp_excerpt shown = excerpt_of(on, &marks[first]);
    put_gutter(on, 0);
    bp_output_text(on->out, "\n");
    put_gutter(on, marks[first].at.line);
    if (shown.text.size > 0) {
        bp_output_text(on->out, " ");
    }
    bp_output_user(on->out, shown.text);
    bp_output_text(on->out, "\n");
    for (size_t i = first; i < count; i++) {
        if (marks[i].drawn || marks[i].span.source != marks[first].span.source ||
            marks[i].at.line != marks[first].at.line) {
            continue;
        }
        bp_excerpt excerpt = excerpt_of(on, &marks[i]);
        if (bp_str_equal(excerpt.text, shown.text)) {
            put_mark(on, finding, &marks[i], excerpt);
            marks[i].drawn = true;
        }
    }
}

static mark
mark_of(const page *on, bp_span span, bp_str text, bool primary)
{
    mark made = {.span = span, .text = text, .primary = primary, .drawn = !bp_span_exists(span)};
    if (!made.drawn) {
        made.at = bp_sources_position(on->sources, span.source, span.start);
    }
    return made;
}

static int
digits(uint32_t number)
{
    int count = 1;
    for (; number >= 10; number /= 10) {
        count++;
    }
    return count;
}

static void
begin_remark(const page *on, const char *kind)
{
    paint(on, FRAME);
    bp_output_format(on->out, "%*s = ", on->gutter, "");
    unpaint(on);
    paint(on, BOLD);
    bp_output_text(on->out, kind);
    unpaint(on);
    bp_output_text(on->out, ": ");
}

static void
put_remark(const page *on, const char *kind, bp_str text)
{
    begin_remark(on, kind);
    put_user(on, text);
    bp_output_text(on->out, "\n");
}

/* A file that was not read, or is empty, has a place and no line to show. */
static bool
has_text(const page *on, bp_span span)
{
    const bp_source *source = bp_sources_get(on->sources, span.source);
    return source == NULL || source->text.size > 0;
}

static void
put_excerpts(page *on, const bp_finding *finding)
{
    size_t more = finding->labels.count > PLACES_MAX ? finding->labels.count - PLACES_MAX : 0;
    size_t count = finding->labels.count - more + 1;
    mark *marks = bp_arena_array(on->arena, count, sizeof *marks);
    marks[0] = mark_of(on, finding->span, finding->label, true);
    for (size_t i = 1; i < count; i++) {
        const bp_label *label = &finding->labels.at[i - 1];
        marks[i] = mark_of(on, label->span, label->text, false);
    }
    on->gutter = 2;
    for (size_t i = 0; i < count; i++) {
        int needed = digits(marks[i].at.line);
        on->gutter = needed > on->gutter ? needed : on->gutter;
    }
    for (size_t i = 0; i < count; i++) {
        if (!marks[i].drawn) {
            put_place(on, i == 0 ? "-->" : ":::", &marks[i]);
            if (has_text(on, marks[i].span)) {
                put_excerpt(on, finding, marks, count, i);
            }
        }
    }
    if (more > 0) {
        put_remark(on, "note", bp_str_format(on->arena, "%zu more places are not shown", more));
    }
}

/* Who notices, in a sentence; NULL where there is nothing to say. */
static const char *
verdict_note(bp_verdict verdict)
{
    switch (verdict) {
    case BP_AWS_REJECTS:
        return "AWS refuses this when the policy or the stack set is created";
    case BP_AWS_INVALID_EFFECTIVE:
        return "AWS accepts the policy; the merged policy is then invalid in the account";
    case BP_AWS_JOB_FAILS:
        return "AWS accepts the policy; the backup or copy job fails later";
    case BP_AWS_UNKNOWN:
        return "it is not known what AWS does with this";
    case BP_AWS_NONE:
    case BP_AWS_ACCEPTS:
        break;
    }
    return NULL;
}

static void
put_count(const page *on, size_t count, const char *noun)
{
    bp_output_format(on->out, "%zu %s%s", count, noun, bp_plural(count));
}

static void
put_samples(const page *on, const bp_finding *finding)
{
    for (size_t i = 0; i < finding->cells.count && i < SAMPLES_MAX; i++) {
        const bp_cell *cell = &finding->cells.at[i];
        bool again = i > 0 && bp_str_equal(cell->account, finding->cells.at[i - 1].account);
        bp_output_text(on->out, i == 0 ? "" : ", ");
        if (!again && cell->account_name.size > 0) {
            put_user(on, cell->account_name);
            bp_output_format(on->out, " (%.*s)", BP_ARG(cell->account));
        } else if (!again) {
            put_user(on, cell->account);
        }
        if (cell->region.size > 0) {
            bp_output_text(on->out, again ? "" : " in ");
            put_user(on, cell->region);
        }
    }
}

/* How many accounts and Regions a finding reaches. */
static void
count_reach(const page *on, const bp_finding *finding, size_t *accounts, size_t *regions)
{
    bp_arena *scratch = bp_arena_scratch(on->arena);
    bp_map *by_account = bp_map_new(scratch);
    bp_map *by_region = bp_map_new(scratch);
    for (size_t i = 0; i < finding->cells.count; i++) {
        bp_cell *cell = &finding->cells.at[i];
        bp_map_set(by_account, cell->account, cell);
        if (cell->region.size > 0) {
            bp_map_set(by_region, cell->region, cell);
        }
    }
    *accounts = bp_map_count(by_account);
    *regions = bp_map_count(by_region);
    bp_arena_release(on->arena, scratch);
}

static void
put_reach(const page *on, const bp_finding *finding)
{
    size_t accounts = 0;
    size_t regions = 0;
    if (finding->cells.count == 0) {
        return;
    }
    count_reach(on, finding, &accounts, &regions);
    size_t product = accounts * regions;
    begin_remark(on, "note");
    bp_output_text(on->out, "reaches ");
    put_count(on, accounts, "account");
    if (regions > 0) {
        bp_output_text(on->out, " x ");
        put_count(on, regions, "Region");
    }
    if (product > 0 && product != finding->cells.count) {
        bp_output_format(on->out, " (%zu of %zu pairs)", finding->cells.count, product);
    }
    bp_output_text(on->out, "; first: ");
    put_samples(on, finding);
    bp_output_text(on->out, "\n");
}

static void
put_remarks(const page *on, const bp_finding *finding)
{
    for (size_t i = 0; i < finding->notes.count; i++) {
        put_remark(on, "note", finding->notes.at[i]);
    }
    /* Of text that does not parse AWS never hears. */
    const char *verdict = verdict_note(finding->aws);
    if (verdict != NULL && strcmp(finding->rule->over, "SYNTAX") != 0) {
        put_remark(on, "note", bp_str_of(verdict));
    }
    put_reach(on, finding);
    for (size_t i = 0; i < finding->fixes.count; i++) {
        const bp_fix *fix = &finding->fixes.at[i];
        begin_remark(on, "fix");
        put_user(on, fix->text);
        bp_output_text(on->out, fix->safe ? "   [safe]\n" : "   [changes the meaning]\n");
    }
    for (size_t i = 0; i < finding->help.count; i++) {
        put_remark(on, "help", finding->help.at[i]);
    }
    put_remark(on, "help", bp_str_format(on->arena, "backpol explain %s", finding->rule->code));
}

static void
put_skips(const page *on, const bp_diagnostics *list)
{
    size_t total = 0;
    for (size_t i = 0; i < bp_diagnostics_skips(list); i++) {
        total += bp_diagnostics_skip_at(list, i)->count;
    }
    if (total == 0) {
        bp_output_text(on->out, "\n");
        return;
    }
    bp_output_text(on->out, "; ");
    put_count(on, total, "check");
    bp_output_text(on->out, " skipped");
    if (!on->facts->verbose) {
        bp_output_text(on->out, " (--verbose lists them)\n");
        return;
    }
    bp_output_text(on->out, ":\n");
    for (size_t i = 0; i < bp_diagnostics_skips(list); i++) {
        const bp_skip *skip = bp_diagnostics_skip_at(list, i);
        bp_output_format(on->out, "  %s %s: %zu, ", skip->rule->code, skip->rule->slug,
                         skip->count);
        put_user(on, skip->reason);
        bp_output_text(on->out, "\n");
    }
}

static void
put_summary(const page *on, const bp_diagnostics *list)
{
    static const struct {
        bp_severity severity;
        const char *noun;
    } kinds[] = {{BP_ERROR, "error"}, {BP_WARNING, "warning"}, {BP_INFO, "info"}};
    bool any = false;
    bool first = on->facts->columns && on->facts->checked.size > 0;
    if (first) {
        bp_output_text(on->out, "Checked  ");
        put_user(on, on->facts->checked);
        bp_output_text(on->out, "; ");
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t count = bp_diagnostics_count(list, kinds[i].severity);
        if (count > 0) {
            bp_output_text(on->out, any ? ", " : "");
            put_count(on, count, kinds[i].noun);
            any = true;
        }
    }
    bp_output_text(on->out, any ? "" : "no findings");
    if (on->facts->suppressed > 0) {
        bp_output_format(on->out, "; %zu suppressed", on->facts->suppressed);
    }
    if (on->facts->baselined > 0) {
        bp_output_format(on->out, "; %zu in the baseline", on->facts->baselined);
    }
    if (on->facts->checked.size > 0 && !first) {
        bp_output_text(on->out, "; checked ");
        put_user(on, on->facts->checked);
    }
    put_skips(on, list);
}

void
bp_render_text(bp_arena *arena, bp_diagnostics *list, const bp_report_facts *facts, bp_output *out)
{
    page on = {.arena = arena, .sources = bp_diagnostics_sources(list), .facts = facts, .out = out};
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
        put_headline(&on, finding);
        put_excerpts(&on, finding);
        put_remarks(&on, finding);
        bp_output_text(out, "\n");
        shown++;
    }
    if (hidden > 0) {
        bp_output_format(out, "%zu more finding%s not shown (--max-findings)\n\n", hidden,
                         hidden == 1 ? " is" : "s are");
    }
    if (!facts->quiet) {
        put_summary(&on, list);
    }
}
