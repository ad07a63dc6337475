/*
 * YAML as JSON: what `--output yaml` prints, and templates, by the same reader as an inventory, so
 * that its refusals hold. Scalars without quotes are what JSON would write: numbers and booleans.
 */
#include "compiler/inventory/survey_parts.h"

#include "compiler/organization/yaml.h"

static void
put_text(bp_buf *out, bp_str text)
{
    bp_buf_add_char(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '"' || c == '\\') {
            bp_buf_add_char(out, '\\');
        }
        if (c < 0x20) {
            bp_buf_format(out, "\\u%04x", c);
        } else {
            bp_buf_add_char(out, (char)c);
        }
    }
    bp_buf_add_char(out, '"');
}

/* Digits only: an id that lost its quotes has to be seen as the number that it is. */
static bool
is_number(bp_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!bp_is_digit(text.at[i])) {
            return false;
        }
    }
    return text.size > 0 && (text.size == 1 || text.at[0] != '0');
}

static void
put_scalar(bp_buf *out, bp_yaml_event event, bool key)
{
    bp_str text = event.text;
    if (key || !event.plain) {
        put_text(out, text);
    } else if (text.size == 0 || bp_str_is(text, "null") || bp_str_is(text, "~")) {
        bp_buf_add_c(out, "null");
    } else if (bp_str_is(text, "true") || bp_str_is(text, "false") || is_number(text)) {
        bp_buf_add(out, text);
    } else {
        put_text(out, text);
    }
}

typedef struct level {
    bool map;
    size_t count; /* scalars and containers in it; of a map keys too */
} level;

enum { DEPTH = 66 };

/* What stands between two values. */
static void
put_between(bp_buf *out, level *in)
{
    if (in->count > 0) {
        bp_buf_add_char(out, in->map && in->count % 2 == 1 ? ':' : ',');
    }
    in->count++;
}

static bool
convert(bp_yaml *yaml, bp_buf *out)
{
    level levels[DEPTH] = {{.map = false}};
    size_t depth = 0;
    for (;;) {
        bp_yaml_event event = bp_yaml_next(yaml);
        bool opens = event.kind == BP_YAML_MAP || event.kind == BP_YAML_LIST;
        if (event.kind == BP_YAML_END || event.kind == BP_YAML_ERROR) {
            return event.kind == BP_YAML_END;
        }
        if (event.kind == BP_YAML_MAP_END || event.kind == BP_YAML_LIST_END) {
            bp_buf_add_char(out, event.kind == BP_YAML_MAP_END ? '}' : ']');
            depth--;
            continue;
        }
        bool key = levels[depth].map && levels[depth].count % 2 == 0;
        put_between(out, &levels[depth]);
        if (!opens) {
            put_scalar(out, event, key);
            continue;
        }
        if (depth + 1 == DEPTH) {
            return false;
        }
        bp_buf_add_char(out, event.kind == BP_YAML_MAP ? '{' : '[');
        levels[++depth] = (level){.map = event.kind == BP_YAML_MAP};
    }
}

bool
bp_yaml_to_json(bp_survey *survey, bp_arena *arena, bp_str text, bp_str *json)
{
    size_t count = 0;
    const bp_rule *rules = bp_diagnostics_rules(survey->list, &count);
    bp_sources *sources = bp_sources_new(arena);
    bp_diagnostics *unheard = bp_diagnostics_new(arena, sources, rules, count);
    const bp_source *source = bp_sources_add(sources, BP_STR("template"), text);
    bp_buf out = {.arena = arena};
    bool good = convert(bp_yaml_open(arena, unheard, source, "the text"), &out);
    *json = bp_buf_text(&out);
    return good;
}

typedef struct memory {
    bp_str rest;
} memory;

static int64_t
read_memory(void *context, char *at, size_t room)
{
    memory *from = context;
    size_t size = from->rest.size < room ? from->rest.size : room;
    for (size_t i = 0; i < size; i++) {
        at[i] = from->rest.at[i];
    }
    from->rest = bp_str_cut(from->rest, size, from->rest.size);
    return (int64_t)size;
}

bool
bp_survey_read_yaml(bp_survey *survey, const bp_source *source)
{
    bp_arena *arena = bp_arena_child(survey->arena);
    bp_buf out = {.arena = arena};
    bool good = convert(bp_yaml_open(arena, survey->list, source, "the dump"), &out);
    memory from = {bp_buf_text(&out)};
    if (!good) {
        survey->refused++;
    }
    good = good && bp_survey_read(survey, source->path, (bp_json_input){read_memory, &from});
    bp_arena_release(survey->arena, arena);
    return good;
}
