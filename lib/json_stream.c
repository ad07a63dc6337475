/*
 * The window of a JSON stream: which bytes are at hand, and where they stand in the file. Nothing
 * here knows JSON. Lines and columns are counted when bytes leave the window.
 */
#include "lib/json_stream.h"

#include <string.h>

enum { WINDOW = 96 * 1024, LONGEST = 64 * 1024, AROUND = 160 };

bp_json_reader *
bp_json_reader_stream(bp_arena *arena, bp_json_input input)
{
    bp_json_reader *reader = BP_NEW(arena, bp_json_reader);
    reader->arena = arena;
    reader->many = true;
    reader->longest = LONGEST;
    reader->names.arena = arena;
    reader->decoded.arena = arena;
    reader->other.arena = arena;
    reader->stream.input = input;
    reader->stream.room = WINDOW;
    reader->stream.at = bp_arena_alloc(arena, WINDOW);
    reader->text.at = reader->stream.at;
    return reader;
}

/* In parts whose count fits into a byte: compilers make that many bytes at once of it. */
static size_t
line_ends(const char *at, size_t size)
{
    enum { PART = 240 };
    size_t count = 0;
    while (size > 0) {
        size_t part = size < PART ? size : PART;
        uint8_t here = 0;
        for (size_t i = 0; i < part; i++) {
            here = (uint8_t)(here + (at[i] == '\n'));
        }
        count += here;
        at += part;
        size -= part;
    }
    return count;
}

/* Takes the first `size` bytes of the window into the counts. */
static void
leave(bp_json_window *window, size_t size)
{
    size_t lines = line_ends(window->at, size);
    size_t start = size;
    while (lines > 0 && window->at[start - 1] != '\n') {
        start--;
    }
    start = lines > 0 ? start : 0;
    window->columns = (lines > 0 ? 0 : window->columns) +
                      bp_str_characters((bp_str){window->at + start, size - start});
    window->lines += lines;
    window->base += size;
}

static void
read_more(bp_json_reader *on)
{
    bp_json_window *window = &on->stream;
    while (!window->ended && on->text.size < window->room) {
        int64_t got = window->input.read(window->input.context, window->at + on->text.size,
                                         window->room - on->text.size);
        window->ended = got <= 0;
        window->failed = got < 0;
        on->text.size += got > 0 ? (size_t)got : 0;
    }
}

bool
bp_json_more(bp_json_reader *on, size_t keep)
{
    bp_json_window *window = &on->stream;
    size_t rest = on->text.size - keep;
    if (window->ended) {
        return false;
    }
    bp_json_name_keys(on);
    if (keep > 0) {
        leave(window, keep);
        memmove(window->at, window->at + keep, rest);
    }
    if (rest > window->room / 2) {
        window->at = bp_arena_grow(on->arena, window->at, window->room, window->room * 2);
        window->room *= 2;
    }
    on->text = (bp_str){window->at, rest};
    on->at -= keep;
    read_more(on);
    if (!window->started) {
        window->started = true;
        on->at = bp_str_starts(on->text, BP_STR("\xEF\xBB\xBF")) ? 3 : 0;
    }
    return on->text.size > rest;
}

uint64_t
bp_json_offset(const bp_json_reader *reader, bp_span span)
{
    return reader->stream.base + (uint32_t)(span.start - (uint32_t)reader->stream.base);
}

/* The line around [from, to) of the window, as much of it as is of use. */
static bp_str
line_around(const bp_json_reader *on, size_t from, size_t to, size_t *start)
{
    size_t end = to;
    *start = from;
    while (*start > 0 && from - *start < AROUND && on->text.at[*start - 1] != '\n') {
        --*start;
    }
    while (*start < from && ((unsigned char)on->text.at[*start] & 0xC0) == 0x80) {
        ++*start;
    }
    while (end < on->text.size && end - to < AROUND && on->text.at[end] != '\n') {
        end++;
    }
    while (end > to && end < on->text.size && ((unsigned char)on->text.at[end] & 0xC0) == 0x80) {
        end--;
    }
    return bp_str_cut(on->text, *start, end);
}

static bp_position
position_of(const bp_json_reader *on, size_t at)
{
    size_t lines = line_ends(on->text.at, at);
    size_t start = at;
    while (start > 0 && on->text.at[start - 1] != '\n') {
        start--;
    }
    uint64_t before = lines > 0 ? 0 : on->stream.columns;
    size_t here = bp_str_characters(bp_str_cut(on->text, start, at));
    uint64_t line = on->stream.lines + lines + 1;
    uint64_t column = before + here + 1;
    return (bp_position){line > UINT32_MAX ? UINT32_MAX : (uint32_t)line,
                         column > UINT32_MAX ? UINT32_MAX : (uint32_t)column};
}

bp_span
bp_json_place(const bp_json_reader *reader, bp_sources *sources, bp_str path, bp_span span)
{
    uint32_t base = (uint32_t)reader->stream.base;
    size_t from = (uint32_t)(span.start - base);
    size_t size = (uint32_t)(span.end - span.start);
    size_t start = 0;
    from = from > reader->text.size ? reader->text.size : from;
    size = size > reader->text.size - from ? reader->text.size - from : size;
    bp_str line = line_around(reader, from, from + (size > AROUND ? AROUND : size), &start);
    const bp_source *source = bp_sources_add_part(sources, path, line, position_of(reader, start));
    return bp_span_of(source, from - start, from - start + (size > AROUND ? AROUND : size));
}

size_t
bp_json_depth(const bp_json_reader *reader)
{
    return reader->depth;
}

bool
bp_json_ended_early(const bp_json_reader *reader)
{
    return reader->stream.ended && reader->at >= reader->text.size && reader->state != DONE;
}
