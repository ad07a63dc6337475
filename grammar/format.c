/*
 * The formatter's view of a file: statements in bodies, the blank lines between them, the columns
 * of "=". What is in a statement is laid out in format_values.c. It works on tokens; the tree tells
 * which braces open blocks, and the parser has proved that all else is where it belongs.
 */
#include "grammar/format.h"

#include "grammar/format_parts.h"

/* A longer name moves no "=" but its own: hostile texts must not grow. */
enum { LONGEST_NAME = 64 };

typedef struct statement {
    uint32_t first; /* pieces */
    uint32_t last;
    uint32_t brace; /* of its body; 0 = it has none */
    uint32_t pad;   /* blanks more before the operator of a setting */
    bool setting;   /* with an operator */
    bool broken;    /* takes more than one line */
} statement;

typedef BP_VEC(statement) statements;

/* ---- reading */

static bool
is_operator(bp_token_kind kind)
{
    return kind == BP_TOKEN_ASSIGN || kind == BP_TOKEN_APPEND || kind == BP_TOKEN_REMOVE;
}

/* The statement that starts at `first`, in what ends before the piece `end`. */
static statement
read_statement(const bp_layout *layout, uint32_t first, uint32_t end)
{
    const bp_piece *pieces = layout->pieces.at;
    statement read = {.first = first};
    read.setting = is_operator(pieces[first + 1].kind);
    for (uint32_t i = first;; i++) {
        if (pieces[i].body) {
            read.brace = i;
            read.last = pieces[i].match;
            return read;
        }
        i = bp_piece_opens(&pieces[i]) ? pieces[i].match : i;
        if (i + 1 == end || pieces[i + 1].first) {
            read.last = i;
            return read;
        }
    }
}

/* Nothing stands in the body of the statement, no comment either. */
static bool
is_empty(const bp_layout *layout, const statement *block)
{
    return block->last == block->brace + 1 &&
           !bp_layout_commented(layout, block->brace, block->last);
}

/* The pieces of the statement without its body, at a level. */
static bp_extent
extent_of(const bp_layout *layout, const statement *at, uint32_t level)
{
    bp_extent range = {at->first, at->last, level, 0, at->pad};
    if (at->brace > 0) {
        range.last = at->brace - 1;
        range.behind = is_empty(layout, at) ? 3 : 2;
    }
    return range;
}

static void
read_body(bp_layout *layout, uint32_t first, uint32_t end, uint32_t level, statements *body)
{
    while (first < end) {
        statement read = read_statement(layout, first, end);
        bp_extent range = extent_of(layout, &read, level);
        bool open = read.brace > 0 && !is_empty(layout, &read);
        read.broken = open || bp_layout_breaks(layout, &range);
        *bp_vec_add(layout->arena, body) = read;
        first = read.last + 1;
    }
}

/* ---- the columns of "=" */

/* Where the "=" of a setting would stand, counted from its name. */
static uint32_t
natural_column(const bp_layout *layout, const statement *setting)
{
    const bp_piece *pieces = layout->pieces.at;
    return pieces[setting->first].width + pieces[setting->first + 1].width;
}

static bool
may_align(const bp_layout *layout, const statement *at)
{
    return at->setting && !at->broken && layout->pieces.at[at->first].width <= LONGEST_NAME;
}

/* Whether a setting continues the run of the one before it. */
static bool
continues(const bp_layout *layout, const statement *at)
{
    const bp_piece *first = &layout->pieces.at[at->first];
    return may_align(layout, at) && first->own == first->own_end && !first->blank;
}

static void
align(const bp_layout *layout, statements *body)
{
    for (size_t i = 0; i < body->count;) {
        if (!may_align(layout, &body->at[i])) {
            i++;
            continue;
        }
        size_t end = i;
        uint32_t column = 0;
        do {
            uint32_t natural = natural_column(layout, &body->at[end]);
            column = natural > column ? natural : column;
            end++;
        } while (end < body->count && continues(layout, &body->at[end]));
        for (; i < end; i++) {
            body->at[i].pad = column - natural_column(layout, &body->at[i]);
        }
    }
}

/* ---- writing */

static void write_body(bp_layout *layout, uint32_t first, uint32_t end, uint32_t level);

/* Recursion is as deep as blocks nest, which the parser keeps under 64. */
static void
write_statement(bp_layout *layout, const statement *at, uint32_t level)
{
    bp_extent range = extent_of(layout, at, level);
    bp_lines *lines = &layout->lines;
    bp_lines_open(lines, level);
    bp_layout_extent(layout, &range);
    if (at->brace > 0 && is_empty(layout, at)) {
        bp_lines_add(lines, BP_STR(" {}"), 3);
    } else if (at->brace > 0) {
        bp_lines_add(lines, BP_STR(" {"), 2);
        bp_lines_close(lines, bp_layout_tail(layout, at->brace));
        write_body(layout, at->brace + 1, at->last, level + 1);
        bp_lines_open(lines, level);
        bp_lines_add(lines, BP_STR("}"), 1);
    }
    bp_lines_close(lines, bp_layout_tail(layout, at->last));
}

/* Whether a blank line must stand between neighbours: around blocks, and in a file around all that
 * takes more than one line. What takes one line each may stand together. */
static bool
must_part(const bp_layout *layout, const statement *above, const statement *below, bool file)
{
    bool edition = file && layout->pieces.at[above->first].keyword == BP_KEY_edition;
    bool blocks = above->brace > 0 || below->brace > 0;
    bool single = file ? !above->broken && !below->broken
                       : above->brace > 0 && below->brace > 0 && !above->broken && !below->broken;
    return edition || ((file || blocks) && !single);
}

/* Whether the comment before a piece is its documentation. */
static bool
documented(const bp_layout *layout, const bp_piece *piece)
{
    if (piece->own == piece->own_end) {
        return false;
    }
    bp_str last = layout->comments.at[piece->own_end - 1].text;
    return bp_str_starts(last, BP_STR("///")) && !bp_str_starts(last, BP_STR("////"));
}

/* What stands between a statement and the one above it (NULL: it is the first of its body): blank
 * lines and comments. */
static void
write_gap(bp_layout *layout, const statement *above, const statement *at, uint32_t level, bool file)
{
    const bp_piece *piece = &layout->pieces.at[at->first];
    bool commented = piece->own < piece->own_end;
    if (above != NULL &&
        (bp_layout_blank(layout, at->first) || must_part(layout, above, at, file))) {
        bp_lines_blank(&layout->lines);
    }
    bp_layout_comments(layout, at->first, level, false);
    if (commented && piece->blank && !documented(layout, piece)) {
        bp_lines_blank(&layout->lines);
    }
}

static void
write_body(bp_layout *layout, uint32_t first, uint32_t end, uint32_t level)
{
    statements body = {0};
    bool file = layout->pieces.at[end].kind == BP_TOKEN_EOF;
    read_body(layout, first, end, level, &body);
    align(layout, &body);
    for (size_t i = 0; i < body.count; i++) {
        write_gap(layout, i == 0 ? NULL : &body.at[i - 1], &body.at[i], level, file);
        write_statement(layout, &body.at[i], level);
    }
    bp_layout_comments(layout, end, level, body.count > 0);
}

bool
bp_format_parsed(bp_arena *arena, const bp_ast_file *file, bp_buf *out)
{
    if (file->broken) {
        return false;
    }
    bp_layout layout = {.arena = arena, .file = file, .source = file->source};
    layout.lines.arena = arena;
    layout.lines.code.arena = arena;
    bp_layout_read(&layout);
    write_body(&layout, 0, (uint32_t)layout.pieces.count - 1, 0);
    bp_lines_write(&layout.lines, out);
    return true;
}

bool
bp_format(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source, bp_buf *out)
{
    return bp_format_parsed(arena, bp_parse(arena, diagnostics, source), out);
}
