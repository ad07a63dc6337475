/*
 * The lexer's main loop: blanks, comments, newlines, words and punctuation. Strings are read in
 * lex_string.c and numbers in lex_number.c. It takes every byte sequence of valid UTF-8 and moves
 * forward with every token; bytes that fit nothing become BAD tokens. Nothing is reported here.
 */
#include "grammar/lexer.h"

static const char *const token_names[] = {
#define TOKEN(kind, name) name,
#include "grammar/tokens.def"
};

static const char *const token_ids[] = {
#define TOKEN(kind, name) #kind,
#include "grammar/tokens.def"
};

static const bp_str keywords[] = {
    {"", 0},
#define KEYWORD(word) {#word, sizeof #word - 1},
#include "grammar/tokens.def"
};

const char *
bp_token_name(bp_token_kind kind)
{
    return token_names[kind];
}

const char *
bp_token_id(bp_token_kind kind)
{
    return token_ids[kind];
}

bp_str
bp_keyword_text(bp_keyword keyword)
{
    return keywords[keyword];
}

bp_keyword
bp_keyword_of(bp_str word)
{
    for (int i = 1; i < BP_KEY_COUNT; i++) {
        if (keywords[i].size == word.size && keywords[i].at[0] == word.at[0] &&
            bp_str_equal(keywords[i], word)) {
            return (bp_keyword)i;
        }
    }
    return BP_KEY_NONE;
}

bp_lexer
bp_lexer_start(bp_arena *arena, const bp_source *source)
{
    uint32_t start = bp_str_starts(source->text, BP_STR("\xEF\xBB\xBF")) ? 3 : 0;
    return (bp_lexer){.arena = arena,
                      .source = source,
                      .at = start,
                      .line_offset = start,
                      .first = true,
                      .doc = {.arena = arena}};
}

static char
peek(const bp_lexer *lexer, size_t ahead)
{
    size_t at = lexer->at + ahead;
    return at < lexer->source->text.size ? lexer->source->text.at[at] : '\0';
}

static bool
at_end(const bp_lexer *lexer)
{
    return lexer->at >= lexer->source->text.size;
}

/* A comment up to its newline. Three slashes and not four: documentation. */
static void
skip_comment(bp_lexer *lexer)
{
    bp_str rest = bp_str_cut(lexer->source->text, lexer->at, lexer->source->text.size);
    bp_str line = bp_str_cut(rest, 0, bp_str_find(rest, '\n'));
    lexer->at += (uint32_t)line.size;
    if (!bp_str_starts(line, BP_STR("///")) || bp_str_starts(line, BP_STR("////"))) {
        return;
    }
    if (bp_str_ends(line, BP_STR("\r"))) {
        line.size--;
    }
    if (lexer->doc.size > 0) {
        bp_buf_add_char(&lexer->doc, '\n');
    }
    bool blank = bp_str_starts(line, BP_STR("/// "));
    bp_buf_add(&lexer->doc, bp_str_cut(line, blank ? 4 : 3, line.size));
}

static bool
skip_blank(bp_lexer *lexer)
{
    char c = peek(lexer, 0);
    if (at_end(lexer) || (c != ' ' && c != '\t' && !(c == '\r' && peek(lexer, 1) == '\n'))) {
        return false;
    }
    if (lexer->first) {
        lexer->indent = c == '\t' ? lexer->indent / 4 * 4 + 4 : lexer->indent + 1;
    }
    lexer->at++;
    return true;
}

/* Blanks, comments and newlines. True if there was a newline; *newline is the first one. */
static bool
skip_trivia(bp_lexer *lexer, uint32_t *newline)
{
    bool found = false;
    for (;;) {
        if (skip_blank(lexer)) {
            continue;
        }
        char c = peek(lexer, 0);
        if (c == '#' || (c == '/' && peek(lexer, 1) == '/')) {
            skip_comment(lexer);
        } else if (c == '\n') {
            *newline = found ? *newline : lexer->at;
            found = true;
            lexer->at++;
            lexer->line_offset = lexer->at;
            lexer->indent = 0;
            lexer->first = true;
        } else {
            return found;
        }
    }
}

static bool
is_word(char c)
{
    return bp_is_alnum(c) || c == '_';
}

static void
lex_word(bp_lexer *lexer, bp_token *token)
{
    token->kind = BP_TOKEN_WORD;
    while (is_word(peek(lexer, 0)) || (peek(lexer, 0) == '-' && is_word(peek(lexer, 1)))) {
        lexer->at++;
    }
    token->keyword = bp_keyword_of(bp_str_cut(lexer->source->text, token->start, lexer->at));
}

static void
lex_block_comment(bp_lexer *lexer, bp_token *token)
{
    bp_str text = lexer->source->text;
    token->kind = BP_TOKEN_BAD;
    token->flaw = BP_FLAW_COMMENT;
    for (size_t i = lexer->at + 2; i + 1 < text.size && !lexer->no_comment_end; i++) {
        if (text.at[i] == '*' && text.at[i + 1] == '/') {
            lexer->at = (uint32_t)(i + 2);
            return;
        }
    }
    lexer->no_comment_end = true;
    bp_str rest = bp_str_cut(text, lexer->at, text.size);
    lexer->at += (uint32_t)bp_str_find(rest, '\n');
}

static void
lex_bad(bp_lexer *lexer, bp_token *token)
{
    char c = peek(lexer, 0);
    token->kind = BP_TOKEN_BAD;
    token->flaw = c == ';' ? BP_FLAW_SEMICOLON : BP_FLAW_CHARACTER;
    lexer->at++;
    if (c == '@' && peek(lexer, 0) == '@') {
        token->flaw = BP_FLAW_OPERATOR;
        lexer->at++;
        while (is_word(peek(lexer, 0))) {
            lexer->at++;
        }
    }
    if ((unsigned char)c < 0x80) {
        return;
    }
    while (!at_end(lexer) && (unsigned char)peek(lexer, 0) >= 0x80 &&
           !bp_lex_is_curly(lexer->source->text, lexer->at)) {
        lexer->at++;
    }
}

static bool
lex_punctuation(bp_lexer *lexer, bp_token *token)
{
    static const struct {
        const char *text;
        bp_token_kind kind;
    } marks[] = {
        {"+=", BP_TOKEN_APPEND},     {"-=", BP_TOKEN_REMOVE},      {"=", BP_TOKEN_ASSIGN},
        {":", BP_TOKEN_COLON},       {",", BP_TOKEN_COMMA},        {"(", BP_TOKEN_OPEN_PAREN},
        {")", BP_TOKEN_CLOSE_PAREN}, {"[", BP_TOKEN_OPEN_BRACKET}, {"]", BP_TOKEN_CLOSE_BRACKET},
        {"{", BP_TOKEN_OPEN_BRACE},  {"}", BP_TOKEN_CLOSE_BRACE}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        bool two = marks[i].text[1] != '\0';
        if (peek(lexer, 0) == marks[i].text[0] && (!two || peek(lexer, 1) == marks[i].text[1])) {
            token->kind = marks[i].kind;
            lexer->at += two ? 2 : 1;
            return true;
        }
    }
    return false;
}

static void
lex_token(bp_lexer *lexer, bp_token *token)
{
    char c = peek(lexer, 0);
    bool negative = c == '-' && bp_is_digit(peek(lexer, 1));
    if (bp_is_alpha(c) || c == '_') {
        lex_word(lexer, token);
    } else if (c == '"') {
        bp_lex_string(lexer, token);
    } else if (bp_is_digit(c) || negative) {
        bp_lex_number(lexer, token);
    } else if (c == '\'' || bp_lex_is_curly(lexer->source->text, lexer->at)) {
        bp_lex_foreign_quotes(lexer, token);
    } else if (c == '/' && peek(lexer, 1) == '*') {
        lex_block_comment(lexer, token);
    } else if (!lex_punctuation(lexer, token)) {
        lex_bad(lexer, token);
    }
}

bp_token
bp_lexer_next(bp_lexer *lexer)
{
    uint32_t newline = 0;
    if (skip_trivia(lexer, &newline)) {
        bp_str text = bp_str_cut(lexer->source->text, newline, newline + 1);
        return (bp_token){
            .kind = BP_TOKEN_NEWLINE, .start = newline, .end = newline + 1, .text = text};
    }
    bp_token token = {.kind = BP_TOKEN_EOF,
                      .first = lexer->first,
                      .indent = lexer->indent,
                      .line_offset = lexer->line_offset,
                      .start = lexer->at,
                      .doc = bp_buf_text(&lexer->doc)};
    lexer->doc = (bp_buf){.arena = lexer->arena};
    if (!at_end(lexer)) {
        lex_token(lexer, &token);
        lexer->first = false;
    }
    token.end = lexer->at;
    if (token.text.at == NULL) {
        token.text = bp_str_cut(lexer->source->text, token.start, token.end);
    }
    return token;
}
