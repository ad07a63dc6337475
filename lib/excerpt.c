/*
 * Laying out one source line. The work is bounded by the window, not by the line: a stranger's line
 * may be a megabyte long and have thousands of findings.
 */
#include "lib/excerpt.h"

#include "lib/unicode.h"

enum {
    TAB = 4,
    BEFORE_BYTES = 1024, /* looked at in front of the span, and behind its start */
    BEHIND_BYTES = 4096,
    LEFT_COLUMNS = 80, /* kept in front of the span when the line is cut */
    CUT_COLUMNS = BP_EXCERPT_COLUMNS - 2
};

typedef struct glyph {
    size_t size;    /* bytes in the line */
    size_t columns; /* as shown */
    uint32_t character;
    bool valid;
} glyph;

static glyph
glyph_at(bp_str text, size_t at, size_t column)
{
    glyph next = {.size = 0};
    next.size = bp_utf8_next(text, at, &next.character);
    next.valid = next.size != 0;
    if (!next.valid) {
        next.size = 1;
        next.columns = 4;
    } else if (next.character == '\t') {
        next.columns = TAB - column % TAB;
    } else if (bp_character_hidden(next.character)) {
        next.columns = next.character < 0x80 ? 4 : next.character > 0xFFFF ? 10 : 6;
    } else {
        next.columns = bp_character_width(next.character);
    }
    return next;
}

/* The nearest start of a character at or before `at`. */
static size_t
character_start(bp_str text, size_t at)
{
    for (size_t i = 0; i < 3 && at > 0 && at < text.size; i++) {
        if (((unsigned char)text.at[at] & 0xC0) != 0x80) {
            break;
        }
        at--;
    }
    return at;
}

static void
add_glyph(bp_buf *shown, bp_str text, size_t at, glyph next)
{
    if (next.valid && next.character == '\t') {
        for (size_t i = 0; i < next.columns; i++) {
            bp_buf_add_char(shown, ' ');
        }
    } else {
        bp_buf_add(shown, bp_str_cut(text, at, at + next.size));
    }
}

/* Columns up to the byte `end`. */
static size_t
columns_before(bp_str text, size_t end)
{
    size_t column = 0;
    for (size_t at = 0; at < end && at < text.size;) {
        glyph next = glyph_at(text, at, column);
        column += next.columns;
        at += next.size;
    }
    return column;
}

bp_excerpt
bp_excerpt_make(bp_arena *arena, bp_str line, size_t start, size_t end)
{
    start = start > line.size ? line.size : start;
    end = end > line.size ? line.size : end < start ? start : end;
    size_t from = start > BEFORE_BYTES ? character_start(line, start - BEFORE_BYTES) : 0;
    size_t to =
        line.size - start > BEHIND_BYTES ? character_start(line, start + BEHIND_BYTES) : line.size;
    bp_str text = bp_str_cut(line, from, to);
    size_t first = 0;
    size_t span = columns_before(text, start - from);
    bool whole = from == 0 && to == line.size;
    bool fits = whole && columns_before(text, text.size) <= BP_EXCERPT_COLUMNS;
    if (!fits && (from > 0 || span > 2 * LEFT_COLUMNS)) {
        first = span > LEFT_COLUMNS ? span - LEFT_COLUMNS : 0;
    }
    bp_buf shown = {.arena = arena};
    bp_excerpt made = {.width = 0};
    size_t room = fits ? BP_EXCERPT_COLUMNS : CUT_COLUMNS;
    size_t column = 0;
    size_t used = 0;
    if (from > 0 || first > 0) {
        bp_buf_add_c(&shown, "\xE2\x80\xA6");
    }
    size_t lead = from > 0 || first > 0 ? 1 : 0;
    size_t at = 0;
    made.column = lead;
    while (at < text.size) {
        glyph next = glyph_at(text, at, column);
        if (column >= first && used + next.columns > room) {
            break;
        }
        if (column >= first) {
            add_glyph(&shown, text, at, next);
            used += next.columns;
            made.column += at + from < start ? next.columns : 0;
            made.width += at + from >= start && at + from < end ? next.columns : 0;
        }
        column += next.columns;
        at += next.size;
    }
    if (from + at < line.size) {
        bp_buf_add_c(&shown, "\xE2\x80\xA6");
    }
    made.width = made.width == 0 ? 1 : made.width;
    made.text = bp_buf_text(&shown);
    return made;
}

bp_str
bp_excerpt_cap(bp_arena *arena, bp_str text, size_t limit)
{
    if (text.size <= limit) {
        return text;
    }
    bp_buf buf = {.arena = arena};
    bp_buf_add(&buf, bp_str_cut(text, 0, character_start(text, limit)));
    bp_buf_add_c(&buf, "\xE2\x80\xA6");
    return bp_buf_text(&buf);
}
