/*
 * Events, mappings and lists of the inventory: what every section shares.
 *
 * Duplicate and unknown keys, missing keys and wrong kinds are reported here once for all sections.
 * What a key means stands in the tables of the sections.
 */
#include "compiler/organization/org_reader.h"

#include <string.h>

bp_yaml_event
bp_org_next(bp_org_reader *reader)
{
    if (reader->replay != NULL) {
        if (reader->replayed < reader->replay->events.count) {
            return reader->replay->events.at[reader->replayed++];
        }
        return (bp_yaml_event){.kind = BP_YAML_ERROR};
    }
    bp_yaml_event event = bp_yaml_next(reader->yaml);
    reader->broken = reader->broken || event.kind == BP_YAML_ERROR;
    return event;
}

static bool
is_end(bp_yaml_kind kind)
{
    return kind == BP_YAML_END || kind == BP_YAML_ERROR;
}

/* Follows the depth of structures through one event. */
static size_t
deepen(size_t depth, bp_yaml_kind kind)
{
    switch (kind) {
    case BP_YAML_MAP:
    case BP_YAML_LIST:
        return depth + 1;
    case BP_YAML_MAP_END:
    case BP_YAML_LIST_END:
        return depth - 1;
    case BP_YAML_SCALAR:
    case BP_YAML_END:
    case BP_YAML_ERROR:
        break;
    }
    return depth;
}

void
bp_org_skip(bp_org_reader *reader, bp_yaml_event first)
{
    for (size_t depth = deepen(0, first.kind); depth > 0;) {
        bp_yaml_event event = bp_org_next(reader);
        if (is_end(event.kind)) {
            return;
        }
        depth = deepen(depth, event.kind);
    }
}

bp_org_record *
bp_org_keep(bp_org_reader *reader, bp_yaml_event first)
{
    bp_org_record *record = BP_NEW(reader->arena, bp_org_record);
    *bp_vec_add(reader->arena, &record->events) = first;
    for (size_t depth = deepen(0, first.kind); depth > 0;) {
        bp_yaml_event event = bp_org_next(reader);
        if (is_end(event.kind)) {
            break;
        }
        depth = deepen(depth, event.kind);
        *bp_vec_add(reader->arena, &record->events) = event;
    }
    return record;
}

void
bp_org_again(bp_org_reader *reader, const bp_org_record *record, bp_org_read *read, void *into)
{
    const bp_org_record *before = reader->replay;
    size_t replayed = reader->replayed;
    reader->replay = record;
    reader->replayed = 0;
    bp_yaml_event first = bp_org_next(reader);
    read(reader, into, first, first);
    reader->replay = before;
    reader->replayed = replayed;
}

bp_span
bp_org_place(const bp_org_reader *reader, bp_yaml_event first)
{
    if (first.span.start != first.span.end) {
        return first.span;
    }
    bp_str text = reader->source->text;
    size_t end = first.span.start;
    while (end < text.size && strchr(" :\r\n", text.at[end]) == NULL) {
        end++;
    }
    return bp_span_of(reader->source, first.span.start, end);
}

void
bp_org_wrong_kind(bp_org_reader *reader, bp_yaml_event first, const char *belongs)
{
    if (is_end(first.kind)) {
        return;
    }
    const char *seen = first.kind == BP_YAML_MAP    ? "a mapping"
                       : first.kind == BP_YAML_LIST ? "a list"
                       : first.text.size == 0       ? "no value"
                                                    : "a single value";
    bp_report(reader->list, "SYN005", bp_org_place(reader, first), "%s here; %s belongs here", seen,
              belongs);
    reader->stop = true;
    bp_org_skip(reader, first);
}

void
bp_org_did_you_mean(bp_org_reader *reader, bp_finding *finding, const bp_suggester *suggester)
{
    if (suggester->best.size > 0) {
        bp_finding_help(reader->list, finding, "did you mean \"%.*s\"?", BP_ARG(suggester->best));
    }
}

static void
report_unknown(bp_org_reader *reader, bp_yaml_event key, const bp_org_shape *shape)
{
    bp_suggester suggester = bp_suggest_start(key.text);
    for (size_t i = 0; i < shape->count; i++) {
        bp_suggest_offer(&suggester, bp_str_of(shape->keys[i].name));
    }
    bp_finding *finding = bp_report(reader->list, "SYN003", key.span, "unknown key \"%.*s\" in %s",
                                    BP_ARG(key.text), shape->what);
    if (suggester.best.size > 0) {
        bp_finding_fix(reader->list, finding, false, key.span, suggester.best,
                       "replace with \"%.*s\"", BP_ARG(suggester.best));
    } else {
        bp_finding_help(reader->list, finding,
                        "keys that begin with \"x-\" are left alone, for notes of your own");
    }
}

static void
report_twice(bp_org_reader *reader, bp_yaml_event key, bp_span before)
{
    bp_finding *finding = bp_report(reader->list, "SYN007", key.span,
                                    "key \"%.*s\" twice in one mapping", BP_ARG(key.text));
    bp_finding_label(reader->list, finding, before, "first here");
    reader->stop = true;
}

/* A key outside the table: its own note ("x-"), or a mistake; also twice. */
static void
take_foreign_key(bp_org_reader *reader, bp_yaml_event key, const bp_org_shape *shape, bp_map **keys)
{
    if (*keys == NULL) {
        *keys = bp_map_new(reader->arena);
    }
    bp_span *place = BP_NEW(reader->arena, bp_span);
    *place = key.span;
    bool added = false;
    const bp_span *before = bp_map_add(*keys, key.text, place, &added);
    if (!added) {
        report_twice(reader, key, *before);
    } else if (!bp_str_starts(key.text, BP_STR("x-"))) {
        report_unknown(reader, key, shape);
    }
    bp_org_skip(reader, bp_org_next(reader));
}

static void
report_missing(bp_org_reader *reader, bp_span owner, const bp_org_shape *shape, uint32_t seen)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (shape->keys[i].required && (seen & ((uint32_t)1 << i)) == 0) {
            bp_report(reader->list, "SYN004", owner, "%s without \"%s\"; the key is required",
                      shape->what, shape->keys[i].name);
            reader->stop = true;
        }
    }
}

void
bp_org_map(bp_org_reader *reader, bp_yaml_event first, bp_span owner, const bp_org_shape *shape,
           void *into)
{
    if (first.kind != BP_YAML_MAP) {
        bp_str belongs = bp_str_format(reader->arena, "a mapping for %s", shape->what);
        bp_org_wrong_kind(reader, first, bp_str_c(reader->arena, belongs));
        return;
    }
    uint32_t seen = 0;
    bp_span places[32];
    bp_map *foreign = NULL;
    for (;;) {
        bp_yaml_event key = bp_org_next(reader);
        if (key.kind != BP_YAML_SCALAR) {
            if (key.kind == BP_YAML_MAP_END) {
                report_missing(reader, owner, shape, seen);
            }
            return;
        }
        size_t i = 0;
        while (i < shape->count && !bp_str_is(key.text, shape->keys[i].name)) {
            i++;
        }
        if (i == shape->count) {
            take_foreign_key(reader, key, shape, &foreign);
        } else if ((seen & ((uint32_t)1 << i)) != 0) {
            report_twice(reader, key, places[i]);
            bp_org_skip(reader, bp_org_next(reader));
        } else {
            seen |= (uint32_t)1 << i;
            places[i] = key.span;
            shape->keys[i].read(reader, into, key, bp_org_next(reader));
        }
    }
}

void
bp_org_list(bp_org_reader *reader, bp_yaml_event first, const char *what, bp_org_read *item,
            void *into)
{
    if (first.kind != BP_YAML_LIST) {
        bp_org_wrong_kind(reader, first, what);
        return;
    }
    for (;;) {
        bp_yaml_event event = bp_org_next(reader);
        if (event.kind == BP_YAML_LIST_END || is_end(event.kind)) {
            return;
        }
        item(reader, into, event, event);
    }
}
