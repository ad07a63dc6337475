/*
 * Inside of the parser: what its parts share. Only grammar/ includes this.
 *
 * Each statement may report one syntax finding: bp_parser_error returns NULL once the statement has
 * one, and the functions that refine a finding take NULL. A part that cannot go on returns false or
 * NULL and leaves the current token; bp_parser_sync then goes to the next statement.
 */
#ifndef BP_GRAMMAR_PARSER_H
#define BP_GRAMMAR_PARSER_H

#include "grammar/ast.h"
#include "grammar/lexer.h"
#include "lib/map.h"

enum { BP_NESTING = 64, BP_AHEAD = 4 };

/* A block whose brace is open. */
typedef struct bp_open_block {
    bp_ast_kind kind;
    bp_span header;
    bp_span brace;
    uint32_t indent;      /* of the line of its header */
    uint32_t line_offset; /* where the line of its brace starts */
} bp_open_block;

typedef struct bp_parser {
    bp_arena *arena;
    bp_diagnostics *diagnostics;
    const bp_source *source;
    bp_ast_file *file;
    bp_lexer lexer;
    bp_token ahead[BP_AHEAD]; /* ring of tokens; ahead[now] is the current one */
    unsigned now;
    unsigned held;
    bp_token last; /* the newest consumed token that is no newline */
    bool any;      /* `last` exists */
    bool quiet;    /* the statement has its finding */
    bp_open_block blocks[BP_NESTING];
    unsigned block_count;
    bp_token brackets[BP_NESTING]; /* open brackets of the value being read */
    unsigned bracket_count;
    unsigned close_to;     /* blocks that stay open; the others are being closed */
    uint32_t crowded;      /* line whose second statement was reported, counted from offset + 1 */
    uint32_t indent;       /* of the statement being read */
    bool swallowed;        /* recovery ran into the end of the file */
    bool told_unclosed;    /* a missing brace was reported: braces at the end follow from it */
    unsigned closed_early; /* braces that will turn up later for blocks closed by recovery */
    bool adrift;           /* file level: reported that something stands outside of all blocks */
    bool early_close;      /* the last item was closed by a brace indented deeper than it */
    bp_span early_brace;   /* that brace */
    bp_span suspect;       /* header of a block whose closing brace is not below it */
    bp_finding *commas;    /* finding about missing commas of this statement */
    bp_finding *assigns;   /* finding about "=" for ":" of this statement */
} bp_parser;

/* Tokens. */
const bp_token *bp_parser_peek(bp_parser *parser,
                               unsigned ahead); /* ahead < BP_AHEAD; 0 = current */
bp_token bp_parser_take(bp_parser *parser);     /* consumes the current token */
bool bp_parser_at(bp_parser *parser, bp_token_kind kind);
bool bp_parser_at_key(bp_parser *parser, bp_keyword keyword);
bool bp_parser_at_word(bp_parser *parser, const char *word);
bool bp_parser_is_key(const bp_token *token, bp_keyword keyword);
/* "=", "+=", "-=", and ":", which people write for "=". */
bool bp_parser_is_operator(bp_token_kind kind);
bool bp_parser_accept(bp_parser *parser, bp_token_kind kind);
void bp_parser_newlines(bp_parser *parser);
bp_span bp_parser_span(const bp_parser *parser, const bp_token *token);
/* Of the current token; at the end of a line or of the file the point behind the last token. */
bp_span bp_parser_here(bp_parser *parser);
bp_ast_name bp_parser_name_of(const bp_parser *parser, const bp_token *token);
/* A token in words: "\"abc\"", "the end of the line"; empty while nothing can be reported. */
bp_str bp_parser_describe(bp_parser *parser, const bp_token *token);

/* Findings; all take a NULL finding. */
bp_finding *bp_parser_error(bp_parser *parser, bp_span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same under another code. */
bp_finding *bp_parser_report(bp_parser *parser, const char *code, bp_span span, const char *format,
                             ...) __attribute__((format(printf, 4, 5)));
/* "found X; expected Y" at the current token, or the finding about a token that is none. */
bp_finding *bp_parser_expected(bp_parser *parser, const char *what);
void bp_parser_help(bp_parser *parser, bp_finding *finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void bp_parser_label(bp_parser *parser, bp_finding *finding, bp_span span, const char *text);
void bp_parser_fix(bp_parser *parser, bp_finding *finding, bool safe, bp_span span,
                   const char *replacement);
/* The finding about a BAD… token, worded by its flaw. */
bp_finding *bp_parser_bad(bp_parser *parser, const bp_token *token);
/* SYN016 (or SYN001) about a BAD_NUMBER token. */
bp_finding *bp_parser_bad_number(bp_parser *parser, const bp_token *token);
/* A word that is a unit of time behind a number and a blank: reports SYN016. `unit` is that word.
 */
bool bp_parser_loose_unit(bp_parser *parser, const bp_token *number, const bp_token *unit);
/* Says that a key, parameter, argument or setting stands twice (SYN007). */
void bp_parser_twice(bp_parser *parser, const char *what, bp_ast_name name, bp_span first);

/* Names and texts. */
/* A NAME: lower case, no hyphen, not reserved. What breaks that is reported and taken as meant;
 * false if there is no word at all. */
bool bp_parser_name(bp_parser *parser, const char *what, bp_ast_name *name);
/* A name in quotes; unquoted and wrongly quoted ones are reported and taken as meant. */
bool bp_parser_quoted(bp_parser *parser, const char *what, bp_ast_name *name);

/* Recovery. */
/* Whether the current token is the first of its line and certainly starts a block or an item; with
 * `settings` also a setting. */
bool bp_parser_at_statement(bp_parser *parser, bool settings);
/* Skips to the end of the statement that failed, brackets that it opened included. */
void bp_parser_sync(bp_parser *parser);
/* Starts a new statement: it may report again. */
void bp_parser_fresh(bp_parser *parser);

/* Bracketed lists of anything with commas: values, entries, arguments, parameters, members. */
typedef struct bp_sequence {
    bp_token_kind open;
    bp_token_kind close;
    const char *element; /* in messages: "a value" */
    bool strict;         /* JSON: no comma before the closing bracket */
    bool (*read)(bp_parser *parser, void *context);
    void *context;
} bp_sequence;
/* Reads from the opening bracket, which is the current token, to the closing one; *close is the
 * span of that. False when it was given up. */
bool bp_parser_sequence(bp_parser *parser, const bp_sequence *sequence, bp_span *close);

/* parse_values.c. */
/* A value, or one of kind UNKNOWN after a finding that was got over. NULL when given up. */
bp_ast_value *bp_parse_value(bp_parser *parser);
/* Whether the current token can start a value. */
bool bp_parse_at_value(bp_parser *parser);
bp_ast_value *bp_parse_new_value(bp_parser *parser, bp_ast_kind kind, bp_span span);
/* [ uses ]; false when given up. */
bool bp_parse_uses(bp_parser *parser, bp_ast_uses *uses);
/* `=`, or `:` for it with a finding; false when neither stands there. */
bool bp_parse_assign(bp_parser *parser);

/* parse_json.c. */
bp_ast_value *bp_parse_json(bp_parser *parser);

/* parse_blocks.c. */
/* A body from its brace on, for a header that was just read. NULL when there is none (reported). */
bp_ast_body *bp_parse_body(bp_parser *parser, bp_ast_kind kind, bp_span header, uint32_t indent,
                           bool after_uses);
/* After a header that was given up: skips to its brace and reads the body for its own findings. */
void bp_parse_lost_body(bp_parser *parser, bp_ast_kind kind, uint32_t indent);
/* A block statement; the current token is its first word. */
bp_ast_statement *bp_parse_block(bp_parser *parser);
/* Whether a block starts here. */
bool bp_parse_at_block(bp_parser *parser);
/* After a statement: the end of its line. */
void bp_parse_end(bp_parser *parser);

/* parse_slips.c: what people write from other habits. */
/* A statement that is none; reports the best reason. The caller syncs unless true is returned:
 * then it was read as meant into *statement. */
bool bp_parse_slip(bp_parser *parser, bp_ast_statement **statement);

/* parse_items.c. */
void bp_parse_file(bp_parser *parser);
/* Whether an item starts here, certainly. */
bool bp_parse_at_item(bp_parser *parser);
/* One item; added to the file unless it was given up. */
void bp_parse_item(bp_parser *parser);
/* parse_settings.c. */
/* The setting whose word is the current token and whose operator or control follows. */
bp_ast_statement *bp_parse_setting(bp_parser *parser);
/* Reports a setting with the same operator, or its control, a second time in one body; *seen is the
 * memory of that body, NULL at first. */
void bp_parse_note_setting(bp_parser *parser, bp_map **seen, bp_ast_statement *setting);
/* `children may ...` as a statement. */
void bp_parse_block_control(bp_parser *parser, bp_ast_body *body);
/* `raw "key" = JSON`; NULL when there is no key. */
bp_ast_statement *bp_parse_raw(bp_parser *parser);

#endif
