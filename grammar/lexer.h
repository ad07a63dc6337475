/*
 * The lexer: one token at a time from the text of a source.
 *
 * It never fails. What is no token becomes BAD, BAD_NUMBER or BAD_STRING with a flaw that says what
 * was seen, and the parser words the finding. Runs of newlines are one NEWLINE token. Decoded texts
 * and documentation live in the arena, everything else is a slice of the source.
 */
#ifndef BP_GRAMMAR_LEXER_H
#define BP_GRAMMAR_LEXER_H

#include "lib/source.h"

#define TOKEN(kind, name) BP_TOKEN_##kind,
typedef enum bp_token_kind {
#include "grammar/tokens.def"
    BP_TOKEN_COUNT
} bp_token_kind;

#define KEYWORD(word) BP_KEY_##word,
typedef enum bp_keyword {
    BP_KEY_NONE,
#include "grammar/tokens.def"
    BP_KEY_COUNT
} bp_keyword;

/* What is wrong with a BAD… token. */
typedef enum bp_flaw {
    BP_FLAW_NONE,
    BP_FLAW_CHARACTER,  /* a character, or a run of non-ASCII ones, that no token has */
    BP_FLAW_COMMENT,    /* a block comment, whole or unclosed */
    BP_FLAW_OPERATOR,   /* @@assign and the like */
    BP_FLAW_SEMICOLON,  /* ; */
    BP_FLAW_CURLY,      /* a text in curly quotes; `text` is what stands in them */
    BP_FLAW_APOSTROPHE, /* a text in single quotes; `text` is what stands in them */
    BP_FLAW_UNCLOSED,   /* a string without closing quote; ends at the end of its line */
    BP_FLAW_ESCAPE,     /* a backslash that JSON does not know, a lone surrogate, U+0000 */
    BP_FLAW_CONTROL,    /* a control character in a string */
    BP_FLAW_NUMBER,     /* a run that starts like a number and is none */
    BP_FLAW_RANGE       /* a duration with a count of more than nine digits */
} bp_flaw;

typedef struct bp_token {
    bp_token_kind kind;
    bp_keyword keyword; /* of a WORD that is reserved */
    bp_flaw flaw;
    bool first;           /* nothing but blanks stands before it on its line */
    char unit;            /* DURATION: m h d w */
    uint32_t indent;      /* of its line, in columns; a tab fills up to a multiple of four */
    uint32_t start;       /* bytes of the source */
    uint32_t end;         /* one past the last */
    uint32_t flaw_start;  /* ESCAPE, CONTROL: the bytes that are wrong */
    uint32_t flaw_end;    /* one past them */
    uint32_t line_offset; /* where its line starts */
    int64_t number;       /* INT: value, -1 if above 18 digits. DURATION: count. TIME: minutes */
    bp_str text;          /* as written; of a STRING and of quoted flaws: decoded */
    bp_str doc;           /* text of the documentation comments before it */
} bp_token;

typedef struct bp_lexer {
    bp_arena *arena;
    const bp_source *source;
    uint32_t at;
    uint32_t line_offset;
    uint32_t indent;
    bool first;
    bool no_comment_end; /* no block comment ends behind this place: do not look again */
    bp_buf doc;
} bp_lexer;

/* Starts behind a byte order mark. */
bp_lexer bp_lexer_start(bp_arena *arena, const bp_source *source);
/* The next token; at the end of the text EOF, again and again. */
bp_token bp_lexer_next(bp_lexer *lexer);

/* As in messages: "a number", "\"=\"". */
const char *bp_token_name(bp_token_kind kind);
/* The row of tokens.def: "BAD_NUMBER". */
const char *bp_token_id(bp_token_kind kind);
/* The word of a keyword; "" for BP_KEY_NONE. */
bp_str bp_keyword_text(bp_keyword keyword);
/* BP_KEY_NONE if the word is not reserved. */
bp_keyword bp_keyword_of(bp_str word);

/* Parts of the lexer. Each reads at lexer->at, moves it, and fills kind, flaw, text and number. */
void bp_lex_string(bp_lexer *lexer, bp_token *token);
void bp_lex_foreign_quotes(bp_lexer *lexer, bp_token *token);
void bp_lex_number(bp_lexer *lexer, bp_token *token);

/* Opening curly quote at `at`? */
bool bp_lex_is_curly(bp_str text, size_t at);

#endif
