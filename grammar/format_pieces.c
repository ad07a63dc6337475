/*
 * From a source to the pieces of the formatter: tokens with the comments around them, the brackets
 * paired, the blanks between neighbours known. This is all that the formatter sees of the text; it
 * decides nothing about lines.
 */
#include "grammar/format_parts.h"

/* What stands between two tokens, read from left to right. */
typedef struct trivia {
    bp_str text; /* the source */
    uint32_t at;
    uint32_t end;
    uint32_t newlines; /* since the token or comment before */
    bool broken;       /* a newline was seen */
} trivia;

bool
bp_piece_opens(const bp_piece *piece)
{
    return piece->kind == BP_TOKEN_OPEN_PAREN || piece->kind == BP_TOKEN_OPEN_BRACKET ||
           piece->kind == BP_TOKEN_OPEN_BRACE;
}

static bool
closes(const bp_piece *piece)
{
    return piece->kind == BP_TOKEN_CLOSE_PAREN || piece->kind == BP_TOKEN_CLOSE_BRACKET ||
           piece->kind == BP_TOKEN_CLOSE_BRACE;
}

/* ---- comments */

/* Columns from the start of the line of `at` to it; a tab fills up to a multiple of four. */
static uint32_t
column_of(bp_str text, uint32_t at)
{
    uint32_t start = at;
    while (start > 0 && text.at[start - 1] != '\n') {
        start--;
    }
    uint32_t column = 0;
    for (uint32_t i = start; i < at; i++) {
        bool inside = ((unsigned char)text.at[i] & 0xC0) == 0x80;
        column = text.at[i] == '\t' ? column / 4 * 4 + 4 : column + !inside;
    }
    return column;
}

/* The next comment of the trivia; false at its end. */
static bool
next_comment(trivia *between, bp_comment *comment)
{
    for (; between->at < between->end; between->at++) {
        char c = between->text.at[between->at];
        if (c == '#' || c == '/') {
            break;
        }
        between->newlines += c == '\n';
        between->broken = between->broken || c == '\n';
    }
    if (between->at >= between->end) {
        return false;
    }
    uint32_t start = between->at;
    bp_str line = bp_str_cut(between->text, start, between->end);
    line = bp_str_cut(line, 0, bp_str_find(line, '\n'));
    between->at += (uint32_t)line.size;
    while (line.size > 0 && (line.at[line.size - 1] == ' ' || line.at[line.size - 1] == '\t' ||
                             line.at[line.size - 1] == '\r')) {
        line.size--;
    }
    *comment = (bp_comment){.text = line, .blank = between->newlines > 1};
    between->newlines = 0;
    return true;
}

/* Everything between the token before and `piece`, which is the next one to be added. */
static void
read_trivia(bp_layout *layout, uint32_t from, uint32_t to, bp_piece *piece)
{
    trivia between = {.text = layout->source->text, .at = from, .end = to};
    size_t count = layout->pieces.count;
    bp_comment comment;
    piece->own = (uint32_t)layout->comments.count;
    while (next_comment(&between, &comment)) {
        bool behind = count > 0 && !between.broken;
        if (behind) {
            uint32_t start = (uint32_t)(comment.text.at - layout->source->text.at);
            comment.column = column_of(layout->source->text, start);
            comment.gap = comment.column - column_of(layout->source->text, from);
        }
        *bp_vec_add(layout->arena, &layout->comments) = comment;
        if (behind) {
            layout->pieces.at[count - 1].tail = (uint32_t)layout->comments.count;
            piece->own++;
        }
    }
    piece->own_end = (uint32_t)layout->comments.count;
    piece->before = piece->own_end;
    piece->blank = between.newlines > 1;
}

/* ---- tokens */

/* Recursion is as deep as blocks nest, which the parser keeps under 64. */
static void
note_body(bp_layout *layout, const bp_ast_body *body)
{
    if (body == NULL) {
        return;
    }
    *bp_vec_add(layout->arena, &layout->bodies) = body->open.start;
    for (size_t i = 0; i < body->statements.count; i++) {
        note_body(layout, body->statements.at[i]->body);
    }
}

static void
read_pieces(bp_layout *layout)
{
    size_t bodies = 0;
    bp_lexer lexer = bp_lexer_start(layout->arena, layout->source);
    uint32_t end = lexer.at;
    bp_token token;
    do {
        token = bp_lexer_next(&lexer);
        if (token.kind == BP_TOKEN_NEWLINE) {
            continue;
        }
        bp_piece piece = {.kind = token.kind, .keyword = token.keyword, .first = token.first};
        piece.text = bp_str_cut(layout->source->text, token.start, token.end);
        piece.body = bodies < layout->bodies.count && layout->bodies.at[bodies] == token.start;
        bodies += piece.body;
        read_trivia(layout, end, token.start, &piece);
        *bp_vec_add(layout->arena, &layout->pieces) = piece;
        end = token.end;
    } while (token.kind != BP_TOKEN_EOF);
}

static void
pair_brackets(bp_layout *layout)
{
    uint32_t *open = bp_arena_array(layout->arena, layout->pieces.count, sizeof *open);
    uint32_t depth = 0;
    for (uint32_t i = 0; i < layout->pieces.count; i++) {
        bp_piece *piece = &layout->pieces.at[i];
        if (bp_piece_opens(piece)) {
            open[depth++] = i;
        } else if (closes(piece) && depth > 0) {
            piece->match = open[--depth];
            layout->pieces.at[piece->match].match = i;
        }
    }
}

/* ---- what a piece is */

/* The opening bracket of parameters: template KIND NAME ( */
static bool
opens_parameters(const bp_piece *piece, uint32_t index)
{
    return piece->kind == BP_TOKEN_OPEN_PAREN && index >= 3 && piece[-3].keyword == BP_KEY_template;
}

/* Marks the brackets of list types among parameters: NAME : [ TYPE ] */
static void
mark_types(bp_layout *layout, uint32_t open)
{
    bp_piece *pieces = layout->pieces.at;
    for (uint32_t i = open + 1; i < pieces[open].match; i++) {
        if (!bp_piece_opens(&pieces[i])) {
            continue;
        }
        pieces[i].solid = pieces[i - 1].kind == BP_TOKEN_COLON;
        i = pieces[i].match;
    }
}

/* Marks the JSON behind: raw "key" = */
static void
mark_json(bp_layout *layout, uint32_t raw)
{
    bp_piece *pieces = layout->pieces.at;
    uint32_t last = bp_piece_opens(&pieces[raw + 3]) ? pieces[raw + 3].match : raw + 3;
    for (uint32_t i = raw + 3; i <= last; i++) {
        pieces[i].json = true;
    }
}

/* Whether a piece follows the bracket or comma before an element, where a key may stand. */
static bool
starts_element(const bp_piece *piece)
{
    return bp_piece_opens(&piece[-1]) || piece[-1].kind == BP_TOKEN_COMMA;
}

static bool
is_key(const bp_piece *piece)
{
    return piece[1].kind == BP_TOKEN_COLON &&
           (piece->kind == BP_TOKEN_WORD || piece->kind == BP_TOKEN_STRING) &&
           starts_element(piece);
}

static bool
is_operator(const bp_piece *piece)
{
    return piece->kind == BP_TOKEN_ASSIGN || piece->kind == BP_TOKEN_APPEND ||
           piece->kind == BP_TOKEN_REMOVE;
}

/* `true` and `false` where a value stands; "on" and "off" mean the same. The first word of a block
 * is the name of a setting. */
static bool
is_switch(const bp_piece *piece)
{
    bool word = piece->keyword == BP_KEY_true || piece->keyword == BP_KEY_false;
    bool name = is_operator(&piece[1]) || piece[1].keyword == BP_KEY_children;
    bool value = is_operator(&piece[-1]) || piece[-1].kind == BP_TOKEN_COLON ||
                 (starts_element(piece) && !name);
    return word && value && !piece->json && !is_key(piece) && piece[1].kind != BP_TOKEN_OPEN_PAREN;
}

/* All pieces but the first and the end of the file have neighbours on both sides. */
static void
mark_pieces(bp_layout *layout)
{
    bp_piece *pieces = layout->pieces.at;
    for (uint32_t i = 1; i + 1 < layout->pieces.count; i++) {
        if (opens_parameters(&pieces[i], i)) {
            mark_types(layout, i);
        }
        if (pieces[i].keyword == BP_KEY_raw && pieces[i + 1].kind == BP_TOKEN_STRING &&
            pieces[i + 2].kind == BP_TOKEN_ASSIGN) {
            mark_json(layout, i);
        }
        pieces[i + 1].key = is_key(&pieces[i]);
        if (is_switch(&pieces[i])) {
            pieces[i].text = pieces[i].keyword == BP_KEY_true ? BP_STR("on") : BP_STR("off");
            pieces[i].keyword = BP_KEY_NONE;
        }
    }
}

/* ---- blanks and widths */

/* A child control behind a value stands apart from it; behind the name of its setting it does not.
 */
static uint32_t
space_before(const bp_piece *piece)
{
    const bp_piece *last = &piece[-1];
    bool minute = last->kind == BP_TOKEN_COLON && !last->key;
    bool tight = piece->kind == BP_TOKEN_COMMA || piece->kind == BP_TOKEN_OPEN_PAREN ||
                 closes(piece) || piece->key;
    if (tight || minute || bp_piece_opens(last)) {
        return 0;
    }
    bool name =
        last->kind == BP_TOKEN_WORD && (last->first || last[-1].kind == BP_TOKEN_OPEN_BRACE);
    bool control = piece->keyword == BP_KEY_children && piece[1].keyword == BP_KEY_may && !name;
    return control ? 3 : 1;
}

/* A comma before the closing bracket is not written on one line. */
static bool
is_dropped(const bp_piece *piece)
{
    return piece->kind == BP_TOKEN_COMMA && closes(&piece[1]);
}

static void
measure(bp_layout *layout)
{
    uint32_t flat = 0;
    for (uint32_t i = 0; i < layout->pieces.count; i++) {
        bp_piece *piece = &layout->pieces.at[i];
        bool last = i + 1 == layout->pieces.count;
        piece->flat = flat;
        piece->space = i == 0 || last ? 0 : space_before(piece);
        piece->width = (uint32_t)bp_str_characters(piece->text);
        piece->dropped = !last && is_dropped(piece);
        flat += last || piece->dropped ? 0 : piece->space + piece->width;
    }
}

void
bp_layout_read(bp_layout *layout)
{
    for (size_t i = 0; i < layout->file->items.count; i++) {
        note_body(layout, layout->file->items.at[i]->body);
    }
    read_pieces(layout);
    pair_brackets(layout);
    mark_pieces(layout);
    measure(layout);
}

uint32_t
bp_layout_flat(const bp_layout *layout, uint32_t first, uint32_t last)
{
    const bp_piece *pieces = layout->pieces.at;
    return pieces[last].flat + pieces[last].space + pieces[last].width - pieces[first].flat -
           pieces[first].space;
}

bool
bp_layout_commented(const bp_layout *layout, uint32_t first, uint32_t last)
{
    return layout->pieces.at[last].before > layout->pieces.at[first].before;
}
