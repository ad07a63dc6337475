/*
 * The YAML door: libyaml's events with caps, positions in bytes, and refusals in our words.
 *
 * Only events are used, one at a time: libyaml looks at most 1,024 characters ahead, so a depth cap
 * over events also bounds its work on deep nesting. What keys mean is the caller's.
 */
#include "compiler/organization/yaml.h"

#include "compiler/organization/yaml_text.h"
#include "lib/unicode.h"

#include <string.h>
#include <yaml.h>

enum { MAX_DEPTH = 64, MAX_SCALARS = 4000000 };

/* A structure that is open. */
typedef struct level {
    bool map;
    bool value; /* in a mapping: the next node is a value, not a key */
    size_t start;
} level;

struct bp_yaml {
    bp_arena *arena;
    bp_diagnostics *list;
    const bp_source *source;
    const char *what;
    bool usable;
    bool done;
    bp_yaml_kind last; /* what to go on answering once done */
    yaml_parser_t parser;
    yaml_event_t event;
    bool holds_event;
    size_t documents;
    size_t scalars;
    size_t depth;
    level levels[MAX_DEPTH];
    /* libyaml counts characters; this pair ties its count to bytes. */
    size_t character;
    size_t byte;
    size_t plain; /* up to this byte the two are equally far apart: all is ASCII */
};

static void
drop_event(bp_yaml *yaml)
{
    if (yaml->holds_event) {
        yaml->holds_event = false;
        yaml_event_delete(&yaml->event);
    }
}

static void
release(void *object)
{
    bp_yaml *yaml = object;
    drop_event(yaml);
    yaml_parser_delete(&yaml->parser);
}

bp_yaml *
bp_yaml_open(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source,
             const char *what)
{
    bp_yaml *yaml = BP_NEW(arena, bp_yaml);
    yaml->arena = arena;
    yaml->list = diagnostics;
    yaml->source = source;
    yaml->what = what;
    size_t body = 0;
    if (!bp_yaml_check_bytes(diagnostics, source, what, &body)) {
        yaml->done = true;
        yaml->last = BP_YAML_ERROR;
        return yaml;
    }
    yaml->byte = body;
    yaml->plain = body + bp_ascii_run(source->text, body);
    if (yaml_parser_initialize(&yaml->parser) == 0) {
        bp_arena_fail(arena);
    }
    bp_arena_defer(arena, release, yaml);
    bp_str text = bp_str_cut(source->text, body, source->text.size);
    yaml_parser_set_encoding(&yaml->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(
        &yaml->parser, (const unsigned char *)(text.at == NULL ? "" : text.at), text.size);
    return yaml;
}

static bool
continues(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* The byte offset of a character number; near the one asked for last. */
static size_t
byte_of(bp_yaml *yaml, size_t character)
{
    bp_str text = yaml->source->text;
    if (character + yaml->byte - yaml->character <= yaml->plain) {
        yaml->byte += character - yaml->character;
        yaml->character = character;
        return yaml->byte;
    }
    while (yaml->character < character && yaml->byte < text.size) {
        yaml->byte++;
        while (yaml->byte < text.size && continues(text.at[yaml->byte])) {
            yaml->byte++;
        }
        yaml->character++;
    }
    while (yaml->character > character && yaml->byte > 0) {
        yaml->byte--;
        while (yaml->byte > 0 && continues(text.at[yaml->byte])) {
            yaml->byte--;
        }
        yaml->character--;
    }
    return yaml->byte;
}

static bp_yaml_event
finish(bp_yaml *yaml, bp_yaml_kind kind)
{
    drop_event(yaml);
    yaml->done = true;
    yaml->last = kind;
    size_t size = yaml->source->text.size;
    return (bp_yaml_event){.kind = kind, .span = bp_span_of(yaml->source, size, size)};
}

/* The word at an offset: up to a blank, a bracket or the end of the line. */
static bp_span
word_at(const bp_yaml *yaml, size_t start)
{
    bp_str text = yaml->source->text;
    size_t end = start < text.size ? start + 1 : start;
    while (end < text.size && strchr(" \t\r\n,[]{}", text.at[end]) == NULL) {
        end++;
    }
    return bp_span_of(yaml->source, start, end);
}

static bp_yaml_event
refuse(bp_yaml *yaml, bp_span span, const char *construct, const char *help)
{
    bp_finding *finding =
        bp_report(yaml->list, "SYN015", span, "%s; %s cannot hold one", construct, yaml->what);
    bp_finding_help(yaml->list, finding, "%s", help);
    return finish(yaml, BP_YAML_ERROR);
}

static bp_yaml_event
refuse_cap(bp_yaml *yaml, bp_span span, const char *what, int most)
{
    bp_report(yaml->list, "SYN015", span, "more than %d %s; %s is not read further", most, what,
              yaml->what);
    return finish(yaml, BP_YAML_ERROR);
}

static bp_yaml_event
complain(bp_yaml *yaml)
{
    const yaml_parser_t *parser = &yaml->parser;
    if (parser->error == YAML_MEMORY_ERROR) {
        bp_arena_fail(yaml->arena);
    }
    bp_yaml_complaint complaint = {
        .context = parser->context,
        .problem = parser->problem,
        .at = byte_of(yaml, parser->problem_mark.index),
        .opened = byte_of(yaml, parser->context_mark.index),
    };
    bool node = parser->context != NULL && yaml->depth > 0 &&
                strcmp(parser->context, "while parsing a flow node") == 0;
    if (node) { /* that begins where nothing stands: what is open is the structure around it */
        complaint.opened = yaml->levels[yaml->depth - 1].start;
        complaint.context = yaml->levels[yaml->depth - 1].map ? "while parsing a flow mapping"
                                                              : "while parsing a flow sequence";
    }
    bp_yaml_report(yaml->list, yaml->source, yaml->what, complaint);
    return finish(yaml, BP_YAML_ERROR);
}

/* Whether the node that comes now is a key; moves on to its value, and from a value to the next
 * key. */
static bool
take_place(bp_yaml *yaml)
{
    if (yaml->depth == 0 || !yaml->levels[yaml->depth - 1].map) {
        return false;
    }
    level *top = &yaml->levels[yaml->depth - 1];
    top->value = !top->value;
    return top->value;
}

static bp_yaml_event
open_structure(bp_yaml *yaml, bool map, bp_span span)
{
    static const char anchor[] = "repeat the text, or name a set";
    const unsigned char *tag =
        map ? yaml->event.data.mapping_start.tag : yaml->event.data.sequence_start.tag;
    const unsigned char *name =
        map ? yaml->event.data.mapping_start.anchor : yaml->event.data.sequence_start.anchor;
    if (name != NULL) {
        return refuse(yaml, word_at(yaml, span.start), "an anchor", anchor);
    }
    if (tag != NULL) {
        return refuse(yaml, word_at(yaml, span.start), "a tag",
                      "leave the tag out; every value is text here");
    }
    if (take_place(yaml)) {
        return refuse(yaml, span, map ? "a mapping as a key" : "a list as a key",
                      "a key is one word");
    }
    if (yaml->depth == MAX_DEPTH) {
        return refuse_cap(yaml, bp_span_of(yaml->source, span.start, span.start + 1),
                          "structures within each other", MAX_DEPTH);
    }
    yaml->levels[yaml->depth++] = (level){.map = map, .start = span.start};
    drop_event(yaml);
    return (bp_yaml_event){.kind = map ? BP_YAML_MAP : BP_YAML_LIST, .span = span};
}

/* The value of a scalar: a slice of the file where it stands there letter by letter. */
static bp_str
scalar_text(bp_yaml *yaml, bp_span span, bool plain)
{
    bp_str value = {(const char *)yaml->event.data.scalar.value, yaml->event.data.scalar.length};
    bp_str there = bp_str_cut(yaml->source->text, span.start, span.end);
    if (!plain && there.size >= 2) {
        there = bp_str_cut(there, 1, there.size - 1);
    }
    return bp_str_equal(there, value) ? there : bp_str_copy(yaml->arena, value);
}

static bp_yaml_event
take_scalar(bp_yaml *yaml, bp_span span)
{
    const unsigned char *tag = yaml->event.data.scalar.tag;
    yaml_scalar_style_t style = yaml->event.data.scalar.style;
    if (yaml->event.data.scalar.anchor != NULL) {
        return refuse(yaml, word_at(yaml, span.start), "an anchor",
                      "repeat the text, or name a set");
    }
    if (tag != NULL) {
        return refuse(yaml, word_at(yaml, span.start), "a tag",
                      "leave the tag out; every value is text here");
    }
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) {
        return refuse(yaml, word_at(yaml, span.start), "a block scalar",
                      "write the text in quotes on one line");
    }
    if (++yaml->scalars > MAX_SCALARS) {
        return refuse_cap(yaml, word_at(yaml, span.start), "values", MAX_SCALARS);
    }
    bool plain = style == YAML_PLAIN_SCALAR_STYLE;
    bp_yaml_event event = {.kind = BP_YAML_SCALAR, .span = span, .plain = plain};
    event.text = scalar_text(yaml, span, plain);
    if (take_place(yaml) && plain && bp_str_is(event.text, "<<")) {
        return refuse(yaml, span, "a merge key", "write the keys out");
    }
    drop_event(yaml);
    return event;
}

static bp_yaml_event
close_structure(bp_yaml *yaml, bp_yaml_kind kind, bp_span span)
{
    yaml->depth--;
    drop_event(yaml);
    return (bp_yaml_event){.kind = kind, .span = span};
}

/* A document begins: the first one, without directives, or nothing. */
static bool
document_start(bp_yaml *yaml, bp_span span, bp_yaml_event *refusal)
{
    const yaml_version_directive_t *version = yaml->event.data.document_start.version_directive;
    bool tags = yaml->event.data.document_start.tag_directives.start !=
                yaml->event.data.document_start.tag_directives.end;
    if (version != NULL || tags) {
        *refusal = refuse(yaml, word_at(yaml, span.start), "a directive", "remove the line");
        return false;
    }
    if (++yaml->documents > 1) {
        *refusal = refuse(yaml, word_at(yaml, span.start), "a second document",
                          "keep one document in a file");
        return false;
    }
    return true;
}

bp_yaml_event
bp_yaml_next(bp_yaml *yaml)
{
    while (!yaml->done) {
        drop_event(yaml);
        if (yaml_parser_parse(&yaml->parser, &yaml->event) == 0) {
            return complain(yaml);
        }
        yaml->holds_event = true;
        size_t start = byte_of(yaml, yaml->event.start_mark.index);
        size_t end = byte_of(yaml, yaml->event.end_mark.index);
        bp_span span = bp_span_of(yaml->source, start, end < start ? start : end);
        bp_yaml_event refusal;
        switch (yaml->event.type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            break;
        case YAML_NO_EVENT:
        case YAML_STREAM_END_EVENT:
            return finish(yaml, BP_YAML_END);
        case YAML_DOCUMENT_START_EVENT:
            if (!document_start(yaml, span, &refusal)) {
                return refusal;
            }
            break;
        case YAML_ALIAS_EVENT:
            return refuse(yaml, span, "an alias", "repeat the text, or name a set");
        case YAML_SCALAR_EVENT:
            return take_scalar(yaml, span);
        case YAML_SEQUENCE_START_EVENT:
            return open_structure(yaml, false, span);
        case YAML_MAPPING_START_EVENT:
            return open_structure(yaml, true, span);
        case YAML_SEQUENCE_END_EVENT:
            return close_structure(yaml, BP_YAML_LIST_END, span);
        case YAML_MAPPING_END_EVENT:
            return close_structure(yaml, BP_YAML_MAP_END, span);
        }
    }
    return finish(yaml, yaml->last);
}

bool
bp_yaml_skip(bp_yaml *yaml, bp_yaml_event first)
{
    size_t depth = first.kind == BP_YAML_MAP || first.kind == BP_YAML_LIST ? 1 : 0;
    while (depth > 0) {
        bp_yaml_event event = bp_yaml_next(yaml);
        switch (event.kind) {
        case BP_YAML_END:
        case BP_YAML_ERROR:
            return false;
        case BP_YAML_MAP:
        case BP_YAML_LIST:
            depth++;
            break;
        case BP_YAML_MAP_END:
        case BP_YAML_LIST_END:
            depth--;
            break;
        case BP_YAML_SCALAR:
            break;
        }
    }
    return first.kind != BP_YAML_ERROR && first.kind != BP_YAML_END;
}
