/*
 * Inside of the formatter: pieces (tokens with the comments around them) and lines (what is
 * written, before comments find their columns). Only grammar/format*.c include this.
 *
 * Everything here assumes a text without syntax finding: brackets match, nest at most 64 deep, and
 * a comment stands only where the grammar lets a line end.
 */
#ifndef BP_GRAMMAR_FORMAT_PARTS_H
#define BP_GRAMMAR_FORMAT_PARTS_H

#include "grammar/ast.h"
#include "grammar/lexer.h"
#include "lib/vec.h"

enum { BP_FORMAT_COLUMNS = 100, BP_FORMAT_INDENT = 2 };

typedef struct bp_comment {
    bp_str text;     /* from its mark on, without blanks at the end */
    uint32_t column; /* where it stood in its line, counted from 0 */
    uint32_t gap;    /* columns between it and what it follows; 0 on a line of its own */
    bool blank;      /* a blank line stood before it */
} bp_comment;

typedef struct bp_piece {
    bp_token_kind kind;
    bp_keyword keyword;
    bp_str text;      /* as it is to be written */
    uint32_t width;   /* of the text, in characters */
    uint32_t space;   /* blanks between it and the piece before when they share a line */
    uint32_t match;   /* of a bracket: the other one; 0 for all else */
    uint32_t flat;    /* width of all pieces before it, blanks included, on one endless line */
    uint32_t before;  /* number of comments before it in the file */
    uint32_t own;     /* the first of its comments on lines of their own … */
    uint32_t own_end; /* … and one past the last */
    uint32_t tail;    /* the comment behind it on its line, counted from 1; 0 = none */
    bool first;       /* began a line */
    bool blank;       /* a blank line stood before it, behind its own comments */
    bool body;        /* the opening brace of a block, not of a map */
    bool key;         /* a colon that joins a key and its value */
    bool json;        /* part of a value behind `raw` */
    bool dropped;     /* a comma that is not written where its bracket stays on one line */
    bool solid;       /* a bracket of a type: no line may end within */
} bp_piece;

typedef struct bp_line {
    uint32_t start; /* bytes of `code` */
    uint32_t end;
    uint32_t width;
    const bp_comment *tail; /* NULL = none */
} bp_line;

/* Lines that are being written. */
typedef struct bp_lines {
    bp_arena *arena;
    bp_buf code;
    BP_VEC(bp_line) lines;
    uint32_t width; /* of the line that is open */
} bp_lines;

typedef struct bp_layout {
    bp_arena *arena;
    const bp_ast_file *file;
    const bp_source *source;
    BP_VEC(uint32_t) bodies; /* offsets of the braces that open blocks, in order */
    BP_VEC(bp_piece) pieces; /* the last one is the end of the file */
    BP_VEC(bp_comment) comments;
    bp_lines lines;
} bp_layout;

/* format_pieces.c: fills bodies, pieces and comments from the file. */
void bp_layout_read(bp_layout *layout);
/* Whether a bracket opens. */
bool bp_piece_opens(const bp_piece *piece);
/* Width of the pieces from `first` to `last` on one line. */
uint32_t bp_layout_flat(const bp_layout *layout, uint32_t first, uint32_t last);
/* Whether a comment stands behind `first` and before `last`. */
bool bp_layout_commented(const bp_layout *layout, uint32_t first, uint32_t last);

/* format_values.c. */
/*
 * Writes the pieces of a statement, header or element, the line being open, and leaves the line
 * open. `behind` columns follow the last piece on its line; `pad` more blanks stand before the
 * second piece. The comment behind the last piece is the caller's.
 */
typedef struct bp_extent {
    uint32_t first;
    uint32_t last;
    uint32_t level;
    uint32_t behind;
    uint32_t pad;
} bp_extent;
void bp_layout_extent(bp_layout *layout, const bp_extent *range);
/* Whether these pieces take more than one line, behind a line start at `level`. */
bool bp_layout_breaks(const bp_layout *layout, const bp_extent *range);
/* The comments of a piece on lines of their own, with the blank lines between them; `blank`: one
 * may stand before the first. */
void bp_layout_comments(bp_layout *layout, uint32_t piece, uint32_t level, bool blank);
/* Whether a blank line stood before a piece and its comments. */
bool bp_layout_blank(const bp_layout *layout, uint32_t piece);
/* The comment behind a piece, or NULL. */
const bp_comment *bp_layout_tail(const bp_layout *layout, uint32_t piece);

/* format_lines.c. */
void bp_lines_open(bp_lines *lines, uint32_t level);
void bp_lines_add(bp_lines *lines, bp_str text, uint32_t width);
void bp_lines_spaces(bp_lines *lines, uint32_t count);
/* Ends the open line; `tail` is written behind it, NULL = none. */
void bp_lines_close(bp_lines *lines, const bp_comment *tail);
void bp_lines_blank(bp_lines *lines);
void bp_lines_comment(bp_lines *lines, uint32_t level, const bp_comment *comment);
/* All lines as text, comments in their columns. */
void bp_lines_write(const bp_lines *lines, bp_buf *out);

#endif
