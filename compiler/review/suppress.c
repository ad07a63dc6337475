/*
 * Suppressions at work: which findings a comment hides, and which comments hide nothing. Reading
 * them stands in suppress_read.c.
 */
#include "compiler/review/review.h"

/* The rules about suppressions themselves: a comment that hid them would hide itself. */
static bool
is_about_suppressions(const bp_rule *rule)
{
    static const char *const codes[] = {"CFG002", "CFG003", "CFG004", "CFG005"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (bp_str_is(bp_str_of(rule->code), codes[i])) {
            return true;
        }
    }
    return false;
}

static bool
is_in_scope(bp_str scope, bp_str block)
{
    return block.size > 0 && bp_str_starts(scope, block) &&
           (scope.size == block.size || scope.at[block.size] == '/');
}

/* By its place; what does not rest on the text alone (a template used in many policies) also by the
 * block it is about. */
static bool
hides(const bp_suppression *suppression, const bp_finding *finding)
{
    if (suppression->idle || finding->rule != suppression->rule) {
        return false;
    }
    bool at = bp_span_exists(suppression->covered) &&
              finding->span.source == suppression->covered.source &&
              finding->span.start >= suppression->covered.start &&
              finding->span.start < suppression->covered.end;
    return at || (!finding->by_text && is_in_scope(finding->scope, suppression->scope));
}

static bool
is_heard(const void *context, const bp_finding *finding)
{
    /* bp_diagnostics_keep hands its context on unchanged; what was hidden is counted in it. */
    bp_review *review = *(bp_review *const *)context;
    if (is_about_suppressions(finding->rule)) {
        return true;
    }
    bool heard = true;
    for (size_t i = 0; i < review->suppressions.count; i++) {
        bp_suppression *suppression = &review->suppressions.at[i];
        if (hides(suppression, finding)) {
            suppression->hidden++;
            heard = false;
        }
    }
    review->suppressed += !heard;
    return heard;
}

void
bp_review_suppress(bp_review *review)
{
    if (review->suppressions.count > 0) {
        bp_diagnostics_keep(review->diagnostics, is_heard, &review);
    }
}

/* ---- unused */

static bool
was_skipped(const bp_diagnostics *list, const bp_rule *rule)
{
    for (size_t i = 0; i < bp_diagnostics_skips(list); i++) {
        if (bp_diagnostics_skip_at(list, i)->rule == rule) {
            return true;
        }
    }
    return false;
}

/* Whether the rule was judged everywhere in this run, so that silence means there is nothing. What
 * only a build sees is not judged while other errors keep it from being planned. */
static bool
was_judged(const bp_review *review, const bp_rule *rule, bool whole)
{
    bool late = bp_str_is(bp_str_of(rule->over), "ART") ||
                bp_str_starts(bp_str_of(rule->code), BP_STR("STK")) ||
                bp_str_is(bp_str_of(rule->over), "all");
    return !bp_diagnostics_is_off(review->diagnostics, rule) &&
           !was_skipped(review->diagnostics, rule) && (whole || !late);
}

/* The comment with its whole line where nothing else stands there, else with the blanks before it.
 */
static bp_span
with_blanks(const bp_review *review, bp_span comment)
{
    bp_sources *sources = bp_diagnostics_sources(review->diagnostics);
    bp_str text = bp_sources_get(sources, comment.source)->text;
    while (comment.start > 0 &&
           (text.at[comment.start - 1] == ' ' || text.at[comment.start - 1] == '\t')) {
        comment.start--;
    }
    bool alone = comment.start == 0 || text.at[comment.start - 1] == '\n';
    size_t end = comment.end + bp_str_find(bp_str_cut(text, comment.end, text.size), '\n');
    if (alone) {
        comment.end = (uint32_t)(end < text.size ? end + 1 : end);
    }
    return comment;
}

/* The word with the comma or blank that parts it from its neighbour. */
static bp_span
with_gap(const bp_review *review, bp_span word)
{
    bp_sources *sources = bp_diagnostics_sources(review->diagnostics);
    bp_str text = bp_sources_get(sources, word.source)->text;
    uint32_t end = word.end;
    while (end < text.size &&
           (text.at[end] == ',' || text.at[end] == ' ' || text.at[end] == '\t')) {
        end++;
    }
    bool followed = end < text.size && bp_is_alnum(text.at[end]);
    while (!followed && word.start > 0 &&
           (text.at[word.start - 1] == ',' || text.at[word.start - 1] == ' ')) {
        word.start--;
    }
    word.end = followed ? end : word.end;
    return word;
}

static void
report_unused(bp_review *review, const bp_suppression *suppression)
{
    bp_finding *finding =
        bp_report(review->diagnostics, "CFG004", suppression->word,
                  "this suppression of %s hides nothing", suppression->rule->code);
    if (!bp_span_exists(suppression->covered)) {
        bp_finding_note(review->diagnostics, finding,
                        "nothing follows the comment that it could be about");
    }
    if (suppression->others == 0) {
        bp_finding_fix(review->diagnostics, finding, true,
                       with_blanks(review, suppression->comment), BP_STR(""), "delete the comment");
    } else {
        bp_finding_fix(review->diagnostics, finding, true, with_gap(review, suppression->word),
                       BP_STR(""), "delete %s", suppression->rule->code);
    }
}

static void
report_stale(bp_review *review, const bp_baseline_entry *entry)
{
    int64_t gone = entry->count - entry->hidden;
    bp_str where = entry->scope.size > 0 ? entry->scope : entry->file;
    bp_finding *finding =
        bp_report(review->diagnostics, "CFG004", entry->span, "%s of \"%.*s\" is no longer found%s",
                  entry->rule->code, BP_ARG(where),
                  entry->hidden > 0 ? " as often as the baseline says" : "");
    if (entry->hidden > 0) {
        bp_finding_note(review->diagnostics, finding, "found %lld of %lld times",
                        (long long)entry->hidden, (long long)entry->count);
    }
    bp_finding_help(review->diagnostics, finding,
                    "%s: write the baseline anew with --write-baseline, so that the fault cannot "
                    "come back unseen",
                    gone == entry->count ? "well done" : "some are mended");
}

void
bp_review_end(bp_review *review, bool whole)
{
    for (size_t i = 0; i < review->suppressions.count; i++) {
        const bp_suppression *suppression = &review->suppressions.at[i];
        if (suppression->hidden == 0 && !suppression->idle &&
            was_judged(review, suppression->rule, whole)) {
            report_unused(review, suppression);
        }
    }
    for (size_t i = 0; review->baseline != NULL && i < review->baseline->entries.count; i++) {
        const bp_baseline_entry *entry = review->baseline->entries.at[i];
        if (entry->hidden < entry->count && !entry->idle &&
            was_judged(review, entry->rule, whole)) {
            report_stale(review, entry);
        }
    }
}

void
bp_review_apply(bp_review *review)
{
    bp_review_override(review);
    bp_diagnostics_settle(review->diagnostics);
    bp_review_suppress(review);
    bp_review_baseline(review);
}
