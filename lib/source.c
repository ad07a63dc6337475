/* The table of sources. Line starts are found once per source, when the first position is asked
 * for. */
#include "lib/source.h"

#include "lib/vec.h"

#include <string.h>

struct bp_sources {
    bp_arena *arena;
    BP_VEC(bp_source *) all;
};

bp_sources *
bp_sources_new(bp_arena *arena)
{
    bp_sources *sources = BP_NEW(arena, bp_sources);
    sources->arena = arena;
    return sources;
}

const bp_source *
bp_sources_add(bp_sources *sources, bp_str path, bp_str text)
{
    bp_source *source = BP_NEW(sources->arena, bp_source);
    *bp_vec_add(sources->arena, &sources->all) = source;
    source->path = path;
    source->text = text;
    source->id = (uint32_t)sources->all.count;
    return source;
}

const bp_source *
bp_sources_get(const bp_sources *sources, uint32_t id)
{
    return id == 0 || id > sources->all.count ? NULL : sources->all.at[id - 1];
}

bp_span
bp_span_of(const bp_source *source, size_t start, size_t end)
{
    return (bp_span){source->id, (uint32_t)start, (uint32_t)end};
}

bp_span
bp_span_join(bp_span a, bp_span b)
{
    return (bp_span){a.source, a.start, b.end};
}

bp_span
bp_span_after(bp_span span)
{
    return (bp_span){span.source, span.end, span.end};
}

bool
bp_span_exists(bp_span span)
{
    return span.source != 0;
}

bool
bp_span_equal(bp_span a, bp_span b)
{
    return a.source == b.source && a.start == b.start && a.end == b.end;
}

int
bp_span_compare(bp_span a, bp_span b)
{
    if (a.source != b.source) {
        return a.source < b.source ? -1 : 1;
    }
    if (a.start != b.start) {
        return a.start < b.start ? -1 : 1;
    }
    return (a.end > b.end) - (a.end < b.end);
}

bp_str
bp_span_text(const bp_sources *sources, bp_span span)
{
    const bp_source *source = bp_sources_get(sources, span.source);
    return source == NULL ? BP_STR("") : bp_str_cut(source->text, span.start, span.end);
}

static void
index_lines(bp_sources *sources, bp_source *source)
{
    BP_VEC(uint32_t) lines = {0};
    *bp_vec_add(sources->arena, &lines) = 0;
    for (size_t i = 0; i < source->text.size; i++) {
        const char *newline = memchr(source->text.at + i, '\n', source->text.size - i);
        if (newline == NULL) {
            break;
        }
        i = (size_t)(newline - source->text.at);
        *bp_vec_add(sources->arena, &lines) = (uint32_t)(i + 1);
    }
    source->lines = lines.at;
    source->line_count = (uint32_t)lines.count;
}

static bp_source *
indexed(bp_sources *sources, uint32_t id)
{
    bp_source *source = id == 0 || id > sources->all.count ? NULL : sources->all.at[id - 1];
    if (source != NULL && source->lines == NULL) {
        index_lines(sources, source);
    }
    return source;
}

bp_str
bp_sources_line(bp_sources *sources, uint32_t source, uint32_t line)
{
    const bp_source *from = indexed(sources, source);
    if (from == NULL || line == 0 || line > from->line_count) {
        return BP_STR("");
    }
    size_t start = from->lines[line - 1];
    size_t end = line < from->line_count ? from->lines[line] - 1 : from->text.size;
    if (line == 1 && bp_str_starts(from->text, BP_STR("\xEF\xBB\xBF"))) {
        start = 3;
    }
    bp_str text = bp_str_cut(from->text, start, end);
    if (bp_str_ends(text, BP_STR("\r"))) {
        text.size--;
    }
    return text;
}

bp_position
bp_sources_position(bp_sources *sources, uint32_t source, uint32_t offset)
{
    const bp_source *from = indexed(sources, source);
    if (from == NULL) {
        return (bp_position){1, 1};
    }
    if (offset > from->text.size) {
        offset = (uint32_t)from->text.size;
    }
    uint32_t low = 0;
    uint32_t high = from->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (from->lines[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    size_t start = from->lines[low];
    if (start == 0 && offset >= 3 && bp_str_starts(from->text, BP_STR("\xEF\xBB\xBF"))) {
        start = 3;
    }
    bp_str before = bp_str_cut(from->text, start, offset);
    return (bp_position){low + 1, (uint32_t)bp_str_characters(before) + 1};
}
