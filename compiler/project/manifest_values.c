/*
 * Mappings, lists and values of the manifest, whatever they mean. Each reports its own mistakes and
 * marks the manifest as unusable. The keys stand in manifest.c.
 */
#include "compiler/project/manifest_reader.h"

#include "lib/suggest.h"

#include <string.h>

/* The span of a value, never empty where text follows. */
bp_span
bp_manifest_place(const bp_manifest_reader *r, bp_yaml_event event)
{
    bp_str text = r->manifest->source->text;
    size_t end = event.span.end;
    while (event.span.start == event.span.end && end < text.size &&
           strchr(" :\r\n", text.at[end]) == NULL) {
        end++;
    }
    return bp_span_of(r->manifest->source, event.span.start, end);
}

void
bp_manifest_wrong_kind(bp_manifest_reader *r, bp_yaml_event first, const char *belongs)
{
    r->bad = true;
    if (first.kind == BP_YAML_ERROR || first.kind == BP_YAML_END) {
        return;
    }
    const char *seen = first.kind == BP_YAML_MAP    ? "a mapping"
                       : first.kind == BP_YAML_LIST ? "a list"
                       : first.text.size == 0       ? "no value"
                                                    : "a single value";
    bp_report(r->list, "CFG001", bp_manifest_place(r, first), "%s here; %s belongs here", seen,
              belongs);
    bp_yaml_skip(r->yaml, first);
}

bool
bp_manifest_take_text(bp_manifest_reader *r, bp_yaml_event first, const char *belongs, bp_str *text)
{
    if (first.kind != BP_YAML_SCALAR) {
        bp_manifest_wrong_kind(r, first, belongs);
        return false;
    }
    bool none = first.text.size == 0 ||
                (first.plain && (bp_str_is(first.text, "~") || bp_str_is(first.text, "null")));
    if (none) {
        bp_report(r->list, "CFG001", first.span, "no value here; %s belongs here", belongs);
        r->bad = true;
        return false;
    }
    *text = first.text;
    return true;
}

/* One of some words. */
bool
bp_manifest_take_word(bp_manifest_reader *r, bp_yaml_event first, const char *const *words,
                      size_t count, size_t *index)
{
    bp_buf choices = {.arena = r->arena};
    bp_suggester suggester = bp_suggest_start(first.text);
    for (size_t i = 0; i < count; i++) {
        if (first.kind == BP_YAML_SCALAR && bp_str_is(first.text, words[i])) {
            *index = i;
            return true;
        }
        bp_suggest_offer(&suggester, bp_str_of(words[i]));
        bp_buf_format(&choices, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", words[i]);
    }
    bp_str text = {NULL, 0};
    bp_str list = bp_buf_text(&choices);
    if (!bp_manifest_take_text(r, first, bp_str_c(r->arena, list), &text)) {
        return false;
    }
    r->bad = true;
    bp_finding *finding = bp_report(r->list, "CFG001", first.span,
                                    "\"%.*s\" here; it has to be %.*s", BP_ARG(text), BP_ARG(list));
    if (suggester.best.size > 0) {
        bp_finding_fix(r->list, finding, suggester.nearness == BP_NEAR_CASE, first.span,
                       suggester.best, "replace with \"%.*s\"", BP_ARG(suggester.best));
    }
    return false;
}

void
bp_manifest_take_switch(bp_manifest_reader *r, bp_yaml_event first, bool *on)
{
    static const char *const words[] = {"false", "true"};
    size_t index = 0;
    if (bp_manifest_take_word(r, first, words, 2, &index)) {
        *on = index == 1;
    }
}

static void
report_unknown(bp_manifest_reader *r, bp_yaml_event key, const bp_manifest_key *keys, size_t count)
{
    bp_suggester suggester = bp_suggest_start(key.text);
    for (size_t i = 0; i < count; i++) {
        bp_suggest_offer(&suggester, bp_str_of(keys[i].name));
    }
    bp_finding *finding = bp_report(r->list, "CFG001", key.span,
                                    "unknown key \"%.*s\" in the manifest", BP_ARG(key.text));
    if (suggester.best.size > 0) {
        bp_finding_fix(r->list, finding, false, key.span, suggester.best, "replace with \"%.*s\"",
                       BP_ARG(suggester.best));
    }
    r->bad = true;
}

static void
report_twice(bp_manifest_reader *r, bp_yaml_event key, bp_span before)
{
    bp_finding *finding = bp_report(r->list, "SYN007", key.span,
                                    "key \"%.*s\" twice in one mapping", BP_ARG(key.text));
    bp_finding_label(r->list, finding, before, "first here");
    r->bad = true;
}

static void
refuse_key(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    bp_finding *finding =
        bp_report(r->list, "CFG001", key.span,
                  "\"%.*s\" is not usable in this release; no key of the manifest is ignored",
                  BP_ARG(key.text));
    bp_finding_help(r->list, finding, "remove the key");
    r->bad = true;
    bp_yaml_skip(r->yaml, first);
}

void
bp_manifest_read_map(bp_manifest_reader *r, bp_yaml_event first, const bp_manifest_key *keys,
                     size_t count)
{
    if (first.kind != BP_YAML_MAP) {
        bp_manifest_wrong_kind(r, first, "a mapping of keys to values");
        return;
    }
    bp_span places[32];
    unsigned seen = 0;
    for (;;) {
        bp_yaml_event key = bp_yaml_next(r->yaml);
        if (key.kind != BP_YAML_SCALAR) {
            return;
        }
        size_t i = 0;
        while (i < count && !bp_str_is(key.text, keys[i].name)) {
            i++;
        }
        bp_yaml_event value = bp_yaml_next(r->yaml);
        if (i == count) {
            report_unknown(r, key, keys, count);
            bp_yaml_skip(r->yaml, value);
        } else if ((seen & (1U << i)) != 0) {
            report_twice(r, key, places[i]);
            bp_yaml_skip(r->yaml, value);
        } else {
            seen |= 1U << i;
            places[i] = key.span;
            (keys[i].read == NULL ? refuse_key : keys[i].read)(r, key, value);
        }
    }
}

/* The next item of a list; false at its end. */
bool
bp_manifest_next_item(bp_manifest_reader *r, bp_yaml_event *item)
{
    *item = bp_yaml_next(r->yaml);
    return item->kind != BP_YAML_LIST_END && item->kind != BP_YAML_ERROR &&
           item->kind != BP_YAML_END;
}

/* A path or pattern that stays under the root. */
bool
bp_manifest_take_path(bp_manifest_reader *r, bp_yaml_event first, const char *belongs,
                      bp_manifest_text *path)
{
    bp_str text = {NULL, 0};
    if (!bp_manifest_take_text(r, first, belongs, &text)) {
        return false;
    }
    const char *wrong = NULL;
    if (text.at[0] == '/') {
        wrong = "is absolute";
    } else if (bp_str_find(text, '\0') < text.size) {
        wrong = "holds a NUL";
    }
    for (bp_str rest = text; wrong == NULL && rest.size > 0;) {
        size_t end = bp_str_find(rest, '/');
        wrong = bp_str_is(bp_str_cut(rest, 0, end), "..") ? "leaves its folder by \"..\"" : NULL;
        rest = bp_str_cut(rest, end + 1, rest.size);
    }
    if (wrong != NULL) {
        bp_report(r->list, "CFG008", first.span,
                  "path \"%.*s\" %s; paths are relative to the manifest and stay below it",
                  BP_ARG(text), wrong);
        r->bad = true;
        return false;
    }
    *path = (bp_manifest_text){.text = text, .span = first.span};
    return true;
}

void
bp_manifest_take_days(bp_manifest_reader *r, bp_yaml_event first, int64_t *days)
{
    bp_str text = {NULL, 0};
    int64_t number = 0;
    if (!bp_manifest_take_text(r, first, "a number of days", &text)) {
        return;
    }
    bool zero = text.size > 1 && text.at[0] == '0';
    if (zero || text.size > 5 || !bp_str_number(text, &number) || number < 1 || number > 36500) {
        bp_report(r->list, "CFG001", first.span,
                  "\"%.*s\" is no number of days; write 1 to 36500, digits alone", BP_ARG(text));
        r->bad = true;
        return;
    }
    *days = number;
}
