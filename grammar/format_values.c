/*
 * One statement, header or element at a time: which of its brackets stay on the line and which are
 * laid out over lines. A bracket stays if all up to the next bracket that may be laid out fits into
 * the columns, so the last one of a long line breaks first; one that holds a comment never stays.
 */
#include "grammar/format_parts.h"

const bp_comment *
bp_layout_tail(const bp_layout *layout, uint32_t piece)
{
    uint32_t tail = layout->pieces.at[piece].tail;
    return tail == 0 ? NULL : &layout->comments.at[tail - 1];
}

bool
bp_layout_blank(const bp_layout *layout, uint32_t piece)
{
    const bp_piece *at = &layout->pieces.at[piece];
    return at->own < at->own_end ? layout->comments.at[at->own].blank : at->blank;
}

void
bp_layout_comments(bp_layout *layout, uint32_t piece, uint32_t level, bool blank)
{
    const bp_piece *at = &layout->pieces.at[piece];
    for (uint32_t i = at->own; i < at->own_end; i++) {
        const bp_comment *comment = &layout->comments.at[i];
        if (comment->blank && (blank || i > at->own)) {
            bp_lines_blank(&layout->lines);
        }
        bp_lines_comment(&layout->lines, level, comment);
    }
}

/* Whether a bracket may be laid out over lines. */
static bool
may_break(const bp_layout *layout, uint32_t open)
{
    const bp_piece *piece = &layout->pieces.at[open];
    bool empty = piece->match == open + 1 && !bp_layout_commented(layout, open, piece->match);
    return bp_piece_opens(piece) && !empty && !piece->solid;
}

bool
bp_layout_breaks(const bp_layout *layout, const bp_extent *range)
{
    if (bp_layout_commented(layout, range->first, range->last)) {
        return true;
    }
    uint32_t width = range->level * BP_FORMAT_INDENT + range->behind +
                     bp_layout_flat(layout, range->first, range->last);
    bool can = false;
    for (uint32_t i = range->first; i <= range->last; i++) {
        can = can || may_break(layout, i);
        i = bp_piece_opens(&layout->pieces.at[i]) ? layout->pieces.at[i].match : i;
    }
    return can && width > BP_FORMAT_COLUMNS;
}

/* Whether the bracket at `open` can stay on the open line. */
static bool
fits(const bp_layout *layout, const bp_extent *range, uint32_t open)
{
    const bp_piece *pieces = layout->pieces.at;
    uint32_t last = pieces[open].match;
    if (bp_layout_commented(layout, open, last)) {
        return false;
    }
    while (last < range->last && !bp_layout_commented(layout, last, last + 1)) {
        last++;
        if (may_break(layout, last)) {
            break;
        }
        last = bp_piece_opens(&pieces[last]) ? pieces[last].match : last;
    }
    uint32_t width = layout->lines.width + bp_layout_flat(layout, open, last);
    return width + (last == range->last ? range->behind : 0) <= BP_FORMAT_COLUMNS;
}

static void
add(bp_layout *layout, uint32_t piece)
{
    const bp_piece *at = &layout->pieces.at[piece];
    bp_lines_add(&layout->lines, at->text, at->width);
}

/* A bracket and all in it, on the open line. */
static void
add_flat(bp_layout *layout, uint32_t open)
{
    uint32_t close = layout->pieces.at[open].match;
    for (uint32_t i = open; i <= close; i++) {
        const bp_piece *piece = &layout->pieces.at[i];
        if (piece->dropped) {
            continue;
        }
        bp_lines_spaces(&layout->lines, i == open ? 0 : piece->space);
        add(layout, i);
    }
}

/* The last piece of the element that starts at `first`, in the bracket that closes at `close`. */
static uint32_t
element_end(const bp_layout *layout, uint32_t first, uint32_t close)
{
    const bp_piece *pieces = layout->pieces.at;
    uint32_t last = first;
    for (;;) {
        last = bp_piece_opens(&pieces[last]) ? pieces[last].match : last;
        if (last + 1 == close || pieces[last + 1].kind == BP_TOKEN_COMMA) {
            return last;
        }
        last++;
    }
}

/* Ends the line of an element whose last piece is `last`: the comma, and the comments on both sides
 * of the comma that was written. */
static void
end_element(bp_layout *layout, uint32_t last, uint32_t level, bool comma)
{
    const bp_piece *written = &layout->pieces.at[last + 1];
    const bp_comment *tail = bp_layout_tail(layout, last);
    const bp_comment *behind = NULL;
    if (comma) {
        bp_lines_add(&layout->lines, BP_STR(","), 1);
    }
    if (written->kind != BP_TOKEN_COMMA) {
        bp_lines_close(&layout->lines, tail);
        return;
    }
    behind = bp_layout_tail(layout, last + 1);
    if (tail == NULL && written->own == written->own_end) {
        tail = behind;
        behind = NULL;
    }
    bp_lines_close(&layout->lines, tail);
    bp_layout_comments(layout, last + 1, level, false);
    if (behind != NULL) {
        bp_lines_comment(&layout->lines, level, behind);
    }
}

/* A bracket and all in it, one element a line; leaves the line of the closing bracket open. */
static void
add_broken(bp_layout *layout, uint32_t open, uint32_t level)
{
    uint32_t close = layout->pieces.at[open].match;
    bool json = layout->pieces.at[open].json;
    add(layout, open);
    bp_lines_close(&layout->lines, bp_layout_tail(layout, open));
    for (uint32_t first = open + 1; first < close;) {
        uint32_t last = element_end(layout, first, close);
        bool comma = !json || last + 1 < close;
        bool inner = first > open + 1;
        const bp_piece *piece = &layout->pieces.at[first];
        bp_layout_comments(layout, first, level + 1, inner);
        if (piece->blank && (inner || piece->own < piece->own_end)) {
            bp_lines_blank(&layout->lines);
        }
        bp_lines_open(&layout->lines, level + 1);
        bp_layout_extent(layout, &(bp_extent){first, last, level + 1, comma, 0});
        end_element(layout, last, level + 1, comma);
        first = last + 1 + (layout->pieces.at[last + 1].kind == BP_TOKEN_COMMA);
    }
    bp_layout_comments(layout, close, level + 1, open + 1 < close);
    bp_lines_open(&layout->lines, level);
    add(layout, close);
}

/* Recursion is as deep as brackets nest, which the parser keeps under 64. */
void
bp_layout_extent(bp_layout *layout, const bp_extent *range)
{
    uint32_t level = range->level;
    for (uint32_t i = range->first; i <= range->last; i++) {
        if (i > range->first && bp_layout_commented(layout, i - 1, i)) {
            /* a comment between a key and its value */
            bp_lines_close(&layout->lines, bp_layout_tail(layout, i - 1));
            level = range->level + 1;
            bp_layout_comments(layout, i, level, false);
            bp_lines_open(&layout->lines, level);
        } else if (i > range->first) {
            uint32_t pad = i == range->first + 1 ? range->pad : 0;
            bp_lines_spaces(&layout->lines, layout->pieces.at[i].space + pad);
        }
        if (!bp_piece_opens(&layout->pieces.at[i])) {
            add(layout, i);
            continue;
        }
        if (may_break(layout, i) && !fits(layout, range, i)) {
            add_broken(layout, i, level);
        } else {
            add_flat(layout, i);
        }
        i = layout->pieces.at[i].match;
    }
}
