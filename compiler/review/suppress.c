/*
 * Suppressions at work: which findings a comment hides, and which comments hide nothing. Reading
 * them stands in suppress_read.c.
 */
#include "compiler/review/review.h"

#include <stdlib.h>
#include <string.h>

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

/* Suppressions that a finding can be looked up in. Those of one rule and one place, or one scope,
 * share an entry: a thousand comments before one block are asked once. */
typedef struct lookup {
    bp_review *review;
    const bp_suppression **by_place; /* sorted; a place comes after those that enclose it */
    size_t *above;                   /* of each, 1 + the nearest before it that may reach as far */
    size_t *hidden_here;             /* of each; of equals, the first counts */
    size_t places;
    bp_map *by_scope; /* rule and scope → size_t *, what is hidden there */
} lookup;

static int
compare_places(const void *left, const void *right)
{
    const bp_suppression *a = *(const bp_suppression *const *)left;
    const bp_suppression *b = *(const bp_suppression *const *)right;
    int order = strcmp(a->rule->code, b->rule->code);
    if (order != 0 || a->covered.source != b->covered.source) {
        return order != 0 ? order : a->covered.source < b->covered.source ? -1 : 1;
    }
    if (a->covered.start != b->covered.start) {
        return a->covered.start < b->covered.start ? -1 : 1;
    }
    return a->covered.end > b->covered.end ? -1 : a->covered.end < b->covered.end;
}

/* Places of the same rule and source are neighbours. */
static bool
is_family(const bp_suppression *a, const bp_suppression *b)
{
    return a->rule == b->rule && a->covered.source == b->covered.source;
}

static bp_str
scope_key(bp_arena *arena, const bp_rule *rule, bp_str scope)
{
    return bp_str_format(arena, "%s%.*s", rule->code, BP_ARG(scope));
}

static lookup
lookup_of(bp_review *review)
{
    bp_arena *arena = review->arena;
    size_t most = review->suppressions.count + 1;
    lookup all = {.review = review,
                  .by_place = bp_arena_array(arena, most, sizeof(bp_suppression *)),
                  .above = bp_arena_array(arena, most, sizeof(size_t)),
                  .hidden_here = bp_arena_array(arena, most, sizeof(size_t)),
                  .by_scope = bp_map_new(arena)};
    for (size_t i = 0; i < review->suppressions.count; i++) {
        const bp_suppression *each = &review->suppressions.at[i];
        if (!each->idle && bp_span_exists(each->covered)) {
            all.by_place[all.places++] = each;
        }
        if (!each->idle && each->scope.size > 0) {
            bp_map_add(all.by_scope, scope_key(arena, each->rule, each->scope),
                       BP_NEW(arena, size_t), NULL);
        }
    }
    if (all.places > 0) {
        qsort(all.by_place, all.places, sizeof(bp_suppression *), compare_places);
    }
    for (size_t i = 1; i < all.places; i++) {
        size_t near =
            compare_places(&all.by_place[i - 1], &all.by_place[i]) == 0 ? all.above[i - 1] : i;
        while (near > 0 && is_family(all.by_place[near - 1], all.by_place[i]) &&
               all.by_place[near - 1]->covered.end <= all.by_place[i]->covered.start) {
            near = all.above[near - 1];
        }
        all.above[i] = near > 0 && is_family(all.by_place[near - 1], all.by_place[i]) ? near : 0;
    }
    return all;
}

/* The first of those that are equal to one. */
static size_t
first_equal(const lookup *all, const bp_suppression *key)
{
    size_t low = 0;
    for (size_t high = all->places; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (compare_places(&all->by_place[middle], &key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Those whose place holds the finding: the last that starts before it, and what encloses that. */
static bool
is_hidden_by_place(lookup *all, const bp_finding *finding)
{
    if (!bp_span_exists(finding->span)) {
        return false;
    }
    bp_suppression next = {.rule = finding->rule, .covered = finding->span};
    next.covered.start++;
    next.covered.end = UINT32_MAX;
    bool hidden = false;
    for (size_t near = first_equal(all, &next); near > 0; near = all->above[near - 1]) {
        const bp_suppression *each = all->by_place[near - 1];
        if (!is_family(each, &next)) {
            break;
        }
        if (finding->span.start >= each->covered.start && finding->span.start < each->covered.end) {
            all->hidden_here[first_equal(all, each)]++;
            hidden = true;
        }
    }
    return hidden;
}

/* What does not rest on the text alone (a template used in many policies) is also hidden by the
 * block it is about. */
static bool
is_hidden_by_scope(lookup *all, const bp_finding *finding)
{
    if (finding->by_text || bp_map_count(all->by_scope) == 0) {
        return false;
    }
    bool hidden = false;
    bp_str key = scope_key(all->review->arena, finding->rule, finding->scope);
    for (size_t end = 0; end <= key.size; end++) {
        if (end == key.size || key.at[end] == '/') {
            size_t *count = bp_map_get(all->by_scope, bp_str_cut(key, 0, end));
            if (count != NULL) {
                *count += 1;
                hidden = true;
            }
        }
    }
    return hidden;
}

static bool
is_heard(const void *context, const bp_finding *finding)
{
    /* bp_diagnostics_keep hands its context on unchanged; what was hidden is counted in it. */
    lookup *all = *(lookup *const *)context;
    if (is_about_suppressions(finding->rule)) {
        return true;
    }
    bool here = is_hidden_by_place(all, finding);
    bool hidden = is_hidden_by_scope(all, finding) || here;
    all->review->suppressed += hidden;
    return !hidden;
}

static void
count_hidden(const lookup *all)
{
    bp_review *review = all->review;
    for (size_t i = 0; i < review->suppressions.count; i++) {
        bp_suppression *each = &review->suppressions.at[i];
        if (!each->idle && bp_span_exists(each->covered)) {
            each->hidden += all->hidden_here[first_equal(all, each)];
        }
        if (!each->idle && each->scope.size > 0) {
            const size_t *count =
                bp_map_get(all->by_scope, scope_key(review->arena, each->rule, each->scope));
            each->hidden += count == NULL ? 0 : *count;
        }
    }
}

void
bp_review_suppress(bp_review *review)
{
    if (review->suppressions.count > 0) {
        lookup all = lookup_of(review);
        lookup *context = &all;
        bp_diagnostics_keep(review->diagnostics, is_heard, &context);
        count_hidden(&all);
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
