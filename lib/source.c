/*
 * The table of sources. Line starts and character counts are found once per source, when the first
 * position is asked for; after that a position costs a search, however long the text or the line.
 */
#include "lib/source.h"

#include "lib/unicode.h"
#include "lib/vec.h"

#include <string.h>

enum { MARK_EVERY = 1024 };

/* The number of characters before a byte offset. One about every MARK_EVERY bytes, so that a column
 * in a line of a megabyte costs no more than one in a short line. */
typedef struct mark {
    uint32_t offset;
    uint32_t characters;
} mark;

typedef struct entry {
    bp_source source;
    BP_VEC(mark) marks; /* made at first use */
} entry;

struct bp_sources {
    bp_arena *arena;
    BP_VEC(entry *) all;
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
    entry *added = BP_NEW(sources->arena, entry);
    bp_source *source = &added->source;
    *bp_vec_add(sources->arena, &sources->all) = added;
    source->path = path;
    source->text = text;
    source->id = (uint32_t)sources->all.count;
    return source;
}

const bp_source *
bp_sources_add_part(bp_sources *sources, bp_str path, bp_str text, bp_position start)
{
    bp_sources_add(sources, bp_str_copy(sources->arena, path), bp_str_copy(sources->arena, text));
    bp_source *source = &sources->all.at[sources->all.count - 1]->source;
    source->lines_before = start.line - 1;
    source->columns_before = start.column - 1;
    return source;
}

const bp_source *
bp_sources_get(const bp_sources *sources, uint32_t id)
{
    return id == 0 || id > sources->all.count ? NULL : &sources->all.at[id - 1]->source;
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
    bp_source *source =
        id == 0 || id > sources->all.count ? NULL : &sources->all.at[id - 1]->source;
    if (source != NULL && source->lines == NULL) {
        index_lines(sources, source);
    }
    return source;
}

bp_str
bp_sources_line(bp_sources *sources, uint32_t source, uint32_t line)
{
    const bp_source *from = indexed(sources, source);
    if (from == NULL || line <= from->lines_before ||
        line - from->lines_before > from->line_count) {
        return BP_STR("");
    }
    line -= from->lines_before;
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

static void
set_marks(bp_sources *sources, entry *of)
{
    bp_str text = of->source.text;
    uint32_t characters = 0;
    size_t next = 0;
    for (size_t at = 0; at < text.size; characters++) {
        if (at >= next) {
            *bp_vec_add(sources->arena, &of->marks) = (mark){(uint32_t)at, characters};
            next = at + MARK_EVERY;
        }
        uint32_t character = 0;
        size_t size = bp_utf8_next(text, at, &character);
        at += size == 0 ? 1 : size;
    }
    if (of->marks.count == 0) {
        *bp_vec_add(sources->arena, &of->marks) = (mark){0, 0};
    }
}

static uint32_t
characters_before(bp_sources *sources, entry *of, uint32_t offset)
{
    if (of->marks.count == 0) {
        set_marks(sources, of);
    }
    size_t low = 0;
    size_t high = of->marks.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (of->marks.at[middle].offset <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    bp_str since = bp_str_cut(of->source.text, of->marks.at[low].offset, offset);
    return of->marks.at[low].characters + (uint32_t)bp_str_characters(since);
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
    if (start == 0 && bp_str_starts(from->text, BP_STR("\xEF\xBB\xBF"))) {
        start = 3;
        offset = offset < 3 ? 3 : offset;
    }
    entry *of = sources->all.at[source - 1];
    uint32_t column = characters_before(sources, of, offset) -
                      characters_before(sources, of, (uint32_t)start) + 1;
    return (bp_position){low + 1 + from->lines_before,
                         column + (low == 0 ? from->columns_before : 0)};
}
