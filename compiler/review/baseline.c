/*
 * The baseline: faults that a project had when it adopted backpol, and that are not to fail it.
 *
 * An entry names rule, scope and the text at the caret, and never a line, so that it stays good
 * while files move and policies grow; a fault of the same rule at another text is a new one. It is
 * written sorted, so that two people who write it get the same bytes.
 */
#include "compiler/review/review.h"

#include "lib/json_read.h"
#include "lib/json_write.h"

#include <stdlib.h>

enum { TEXT_MAX = 80, COUNT_MAX = 1000000 };

static const char format_name[] = "backpol/baseline/1";

/* ---- keys */

/* The first line of the text at a place, cut between two characters. */
static bp_str
text_at(const bp_review *review, bp_span span)
{
    bp_str text = bp_span_text(bp_diagnostics_sources(review->diagnostics), span);
    text = bp_str_cut(text, 0, bp_str_find(text, '\n'));
    size_t end = text.size > TEXT_MAX ? TEXT_MAX : text.size;
    while (end > 0 && end < text.size && ((unsigned char)text.at[end] & 0xC0) == 0x80) {
        end--;
    }
    return bp_str_trim(bp_str_cut(text, 0, end));
}

static bp_str
file_of(const bp_review *review, bp_span span)
{
    const bp_source *source =
        bp_sources_get(bp_diagnostics_sources(review->diagnostics), span.source);
    return source == NULL ? BP_STR("") : source->path;
}

static bp_str
key_of(bp_arena *arena, const bp_baseline_entry *entry)
{
    bp_buf key = {.arena = arena};
    bp_buf_add_c(&key, entry->rule->code);
    bp_buf_add_char(&key, '\n');
    bp_buf_add(&key, entry->scope);
    bp_buf_add_char(&key, '\n');
    bp_buf_add(&key, entry->file);
    bp_buf_add_char(&key, '\n');
    bp_buf_add(&key, entry->at);
    return bp_buf_text(&key);
}

static bp_baseline_entry
entry_of(const bp_review *review, const bp_finding *finding)
{
    bp_baseline_entry entry = {.rule = finding->rule,
                               .scope = finding->scope,
                               .at = text_at(review, finding->span),
                               .count = 1};
    if (finding->scope.size == 0) {
        entry.file = file_of(review, finding->span);
    }
    return entry;
}

/* ---- reading */

typedef struct reader {
    bp_review *review;
    const bp_source *source;
    bp_json_reader *json;
    bool bad;
} reader;

static void
refuse(reader *r, bp_span span, const char *what)
{
    if (!r->bad) {
        bp_finding *finding = bp_report(r->review->diagnostics, "CFG001", span, "%s", what);
        bp_finding_help(r->review->diagnostics, finding,
                        "write the baseline with: backpol check --write-baseline");
    }
    r->bad = true;
}

static bool
take(reader *r, bp_json_kind kind, bp_json_event *event)
{
    *event = bp_json_next(r->json);
    if (event->kind == BP_JSON_ERROR && !r->bad) {
        bp_report(r->review->diagnostics, "SYN001", event->span, "%.*s", BP_ARG(event->text));
        r->bad = true;
    } else if (event->kind != kind) {
        refuse(r, event->span, "no baseline of the form backpol/baseline/1");
    }
    return !r->bad;
}

static void
read_code(reader *r, bp_baseline_entry *entry, bp_json_event value)
{
    entry->span = value.span;
    entry->rule = bp_diagnostics_rule(r->review->diagnostics, value.text);
    if (entry->rule == NULL) {
        bp_report(r->review->diagnostics, "CFG002", value.span,
                  "no rule has the code or slug \"%.*s\"", BP_ARG(value.text));
        r->bad = true;
    }
}

static void
read_count(reader *r, bp_baseline_entry *entry)
{
    bp_json_event value;
    if (take(r, BP_JSON_NUMBER, &value) && (!bp_str_number(value.text, &entry->count) ||
                                            entry->count < 1 || entry->count > COUNT_MAX)) {
        refuse(r, value.span, "the count of an entry is a number from 1 on");
    }
}

static void
read_member(reader *r, bp_baseline_entry *entry, bp_json_event key)
{
    bp_json_event value;
    if (bp_str_is(key.text, "count")) {
        read_count(r, entry);
        return;
    }
    if (!take(r, BP_JSON_STRING, &value)) {
        return;
    }
    if (bp_str_is(key.text, "code")) {
        read_code(r, entry, value);
    } else if (bp_str_is(key.text, "scope")) {
        entry->scope = value.text;
    } else if (bp_str_is(key.text, "file")) {
        entry->file = value.text;
    } else if (bp_str_is(key.text, "at")) {
        entry->at = value.text;
    } else {
        refuse(r, key.span, "unknown key of an entry; it has code, scope, file, at and count");
    }
}

static void
keep_entry(reader *r, bp_baseline_entry *entry)
{
    bp_review *review = r->review;
    bp_baseline *baseline = review->baseline;
    bp_span lock = BP_NOWHERE;
    bool added = false;
    if (bp_review_locked(review->manifest, entry->rule, &lock)) {
        bp_finding *finding =
            bp_report(review->diagnostics, "CFG005", entry->span,
                      "%s cannot stand in a baseline; the manifest locks it", entry->rule->code);
        bp_finding_label(review->diagnostics, finding, lock, "locked here");
        entry->idle = true;
    }
    const bp_baseline_entry *before =
        bp_map_add(baseline->by_key, key_of(review->arena, entry), entry, &added);
    if (!added) {
        bp_finding *finding = bp_report(review->diagnostics, "SYN007", entry->span,
                                        "the same entry twice; an entry has a count");
        bp_finding_label(review->diagnostics, finding, before->span, "first here");
        r->bad = true;
        return;
    }
    *bp_vec_add(review->arena, &baseline->entries) = entry;
}

static void
read_entry(reader *r, bp_json_event open)
{
    bp_baseline_entry *entry = BP_NEW(r->review->arena, bp_baseline_entry);
    entry->count = 1;
    for (bp_json_event key; !r->bad;) {
        key = bp_json_next(r->json);
        if (key.kind == BP_JSON_OBJECT_END) {
            break;
        }
        if (key.kind == BP_JSON_ERROR) {
            bp_report(r->review->diagnostics, "SYN001", key.span, "%.*s", BP_ARG(key.text));
            r->bad = true;
            return;
        }
        read_member(r, entry, key);
    }
    if (!r->bad && entry->rule == NULL) {
        refuse(r, open.span, "an entry without a code");
    }
    if (!r->bad) {
        keep_entry(r, entry);
    }
}

static void
read_findings(reader *r)
{
    bp_json_event event;
    if (!take(r, BP_JSON_ARRAY, &event)) {
        return;
    }
    while (!r->bad) {
        event = bp_json_next(r->json);
        if (event.kind == BP_JSON_ARRAY_END) {
            return;
        }
        if (event.kind == BP_JSON_ERROR) {
            bp_report(r->review->diagnostics, "SYN001", event.span, "%.*s", BP_ARG(event.text));
            r->bad = true;
        } else if (event.kind != BP_JSON_OBJECT) {
            refuse(r, event.span, "a baseline lists its findings as objects");
        } else {
            read_entry(r, event);
        }
    }
}

static void
read_key(reader *r, const char *name)
{
    bp_json_event key;
    if (take(r, BP_JSON_KEY, &key) && !bp_str_is(key.text, name)) {
        refuse(r, key.span, "no baseline of the form backpol/baseline/1");
    }
}

bool
bp_baseline_read(bp_review *review, const bp_source *source)
{
    reader r = {
        .review = review, .source = source, .json = bp_json_reader_new(review->arena, source)};
    bp_json_event event;
    review->baseline = BP_NEW(review->arena, bp_baseline);
    review->baseline->by_key = bp_map_new(review->arena);
    if (take(&r, BP_JSON_OBJECT, &event)) {
        read_key(&r, "format");
    }
    if (!r.bad && take(&r, BP_JSON_STRING, &event) && !bp_str_is(event.text, format_name)) {
        refuse(&r, event.span, "no baseline of the form backpol/baseline/1");
    }
    if (!r.bad) {
        read_key(&r, "findings");
    }
    if (!r.bad) {
        read_findings(&r);
    }
    if (!r.bad && take(&r, BP_JSON_OBJECT_END, &event)) {
        take(&r, BP_JSON_END, &event);
    }
    return !r.bad;
}

/* ---- hiding */

static bool
is_new(const void *context, const bp_finding *finding)
{
    /* As in suppress.c: what is hidden is counted behind the context. */
    bp_review *review = *(bp_review *const *)context;
    bp_baseline_entry found = entry_of(review, finding);
    bp_baseline_entry *entry = bp_map_get(review->baseline->by_key, key_of(review->arena, &found));
    if (entry == NULL || entry->idle || entry->hidden >= entry->count) {
        return true;
    }
    entry->hidden++;
    review->baselined++;
    return false;
}

void
bp_review_baseline(bp_review *review)
{
    if (review->baseline != NULL) {
        bp_diagnostics_keep(review->diagnostics, is_new, &review);
    }
}

/* ---- writing */

static int
by_content(const void *left, const void *right)
{
    const bp_baseline_entry *a = *(bp_baseline_entry *const *)left;
    const bp_baseline_entry *b = *(bp_baseline_entry *const *)right;
    int order = bp_str_compare(a->scope, b->scope);
    order = order != 0 ? order : bp_str_compare(a->file, b->file);
    order = order != 0 ? order : bp_str_compare(bp_str_of(a->rule->code), bp_str_of(b->rule->code));
    return order != 0 ? order : bp_str_compare(a->at, b->at);
}

static void
collect(const bp_review *review, bp_baseline *into, size_t *count)
{
    bp_span lock = BP_NOWHERE;
    for (size_t i = 0; i < bp_diagnostics_total(review->diagnostics); i++) {
        const bp_finding *finding = bp_diagnostics_at(review->diagnostics, i);
        if (bp_review_locked(review->manifest, finding->rule, &lock)) {
            continue;
        }
        bp_baseline_entry *entry = BP_NEW(review->arena, bp_baseline_entry);
        *entry = entry_of(review, finding);
        bool added = false;
        bp_baseline_entry *known =
            bp_map_add(into->by_key, key_of(review->arena, entry), entry, &added);
        if (added) {
            *bp_vec_add(review->arena, &into->entries) = entry;
        } else {
            known->count++;
        }
        *count += 1;
    }
}

bp_str
bp_baseline_write(const bp_review *review, size_t *count)
{
    bp_baseline all = {.by_key = bp_map_new(review->arena)};
    *count = 0;
    collect(review, &all, count);
    if (all.entries.count > 0) {
        qsort(all.entries.at, all.entries.count, sizeof *all.entries.at, by_content);
    }
    bp_json *document = bp_json_object(review->arena);
    bp_json_put_c(document, "format", format_name);
    bp_json *list = bp_json_put_array(document, "findings");
    for (size_t i = 0; i < all.entries.count; i++) {
        const bp_baseline_entry *entry = all.entries.at[i];
        bp_json *row = bp_json_push_object(list);
        bp_json_put_c(row, "code", entry->rule->code);
        bp_json_put_text(row, entry->scope.size > 0 ? "scope" : "file",
                         entry->scope.size > 0 ? entry->scope : entry->file);
        bp_json_put_text(row, "at", entry->at);
        if (entry->count > 1) {
            bp_json_put_number(row, "count", entry->count);
        }
    }
    bp_buf text = {.arena = review->arena};
    bp_buf_add(&text, bp_json_print(review->arena, document, BP_JSON_PRETTY));
    bp_buf_add_char(&text, '\n');
    return bp_buf_text(&text);
}
