/*
 * The syntax tree of one .bpol file: what was written, with the place of every part, and no meaning
 * yet.
 *
 * It knows no AWS word beyond the block keywords of the grammar. A value that could not be read is
 * a value of kind BP_AST_UNKNOWN: later stages keep silent about it. The tree lives in the arena of
 * the parse; slices point into the source, decoded strings into the arena.
 */
#ifndef BP_GRAMMAR_AST_H
#define BP_GRAMMAR_AST_H

#include "lib/diagnostic.h"
#include "lib/source.h"
#include "lib/vec.h"

typedef struct bp_ast_value bp_ast_value;
typedef struct bp_ast_body bp_ast_body;

/* A word, name or decoded string, and where it stands (strings with their quotes). */
typedef struct bp_ast_name {
    bp_str text;
    bp_span span;
} bp_ast_name;

#define NODE(kind, name) BP_AST_##kind,
typedef enum bp_ast_kind {
#include "grammar/nodes.def"
} bp_ast_kind;

/* "string", "call" … as in messages and dumps. */
const char *bp_ast_kind_name(bp_ast_kind kind);

/* A map entry or a named argument; a positional argument or list element has an empty key. */
typedef struct bp_ast_entry {
    bp_ast_name key;
    bp_ast_value *value;
} bp_ast_entry;

typedef BP_VEC(bp_ast_entry) bp_ast_entries;

struct bp_ast_value {
    bp_ast_kind kind;
    bp_span span; /* the whole value, with in … of … */
    bp_str text; /* STRING: decoded. WORD and CALL: the word. INT, DURATION, TIME, REAL: as written.
                    MINUTE: ":15" */
    bp_span word;   /* CALL: the word alone */
    int64_t number; /* INT: the value. DURATION: its count. TIME and MINUTE: minutes after midnight
                       / the hour */
    char unit;      /* DURATION: m h d w */
    bp_ast_entries items;  /* LIST, MAP, CALL: elements, entries, arguments */
    bp_ast_name in_region; /* `in REGION`; span does not exist if not written */
    bp_ast_value *of;      /* `of account(…)`; NULL if not written */
};

typedef enum bp_ast_operator {
    BP_AST_OP_NONE,
    BP_AST_OP_ASSIGN,
    BP_AST_OP_APPEND,
    BP_AST_OP_REMOVE
} bp_ast_operator;

enum {
    BP_MAY_NOTHING = 1,
    BP_MAY_ASSIGN = 2,
    BP_MAY_APPEND = 4,
    BP_MAY_REMOVE = 8,
    BP_MAY_ALL = 16
};

/* `children may …`: a set of BP_MAY_ bits; 0 = not written. */
typedef struct bp_ast_control {
    unsigned may;
    bool here;
    bp_span span;
} bp_ast_control;

/* NAME(args) after `uses`. */
typedef struct bp_ast_uses {
    bool written;
    bp_ast_name name;
    bp_span span; /* from the name to the closing bracket */
    bp_ast_entries arguments;
} bp_ast_uses;

/* SETTING, BLOCK or RAW, by `kind`. */
typedef struct bp_ast_statement {
    bp_ast_kind kind;
    bp_span span;     /* the statement; of a block: its header up to the brace */
    bp_ast_name name; /* setting word; name of plan, rule, select; key of raw */
    /* SETTING */
    bp_ast_operator op;
    bp_span op_span;
    bp_ast_value *value; /* NULL when only a control is written */
    bp_ast_control control;
    /* BLOCK: PLAN, RULE, SELECT, COPY */
    bp_ast_kind block;
    bool extend;
    bp_span keyword;           /* of the block word */
    bp_ast_name form;          /* `tags` or `resources` of a select; empty if not written */
    bp_ast_value *destination; /* COPY */
    bp_ast_uses uses;
    bp_ast_body *body;
    /* RAW */
    bp_ast_value *json;
    bp_str doc; /* text of the /// lines above; may be empty */
} bp_ast_statement;

typedef BP_VEC(bp_ast_statement *) bp_ast_statements;

struct bp_ast_body {
    bp_span open;
    bp_span close;          /* does not exist when the closing brace is missing */
    bp_ast_control control; /* `children may …` first in the block, with `here` or without */
    bp_ast_control other;   /* a second one, of the other form; may == 0: not written */
    bp_ast_statements statements;
};

typedef struct bp_ast_parameter {
    bp_ast_name name;
    bp_ast_name type;
    bool list;            /* [type] */
    bp_ast_value *preset; /* default; NULL if there is none */
} bp_ast_parameter;

/* One item of a file: INCLUDE, LET, TEMPLATE, ROLE, VAULT, POLICY, by `kind`. */
typedef struct bp_ast_item {
    bp_ast_kind kind;
    bp_span span; /* header, for blocks; whole statement else */
    bp_span keyword;
    bp_ast_name name;    /* include: the path */
    bp_ast_value *value; /* LET */
    bp_ast_kind block;   /* TEMPLATE: PLAN, RULE, SELECT, COPY */
    BP_VEC(bp_ast_parameter) parameters;
    bp_ast_uses uses;
    bool air_gapped; /* VAULT */
    bp_ast_body *body;
    bp_str doc;
} bp_ast_item;

typedef struct bp_ast_file {
    const bp_source *source;
    int64_t edition; /* 0 when missing or not usable; the parser has reported it */
    bp_span edition_span;
    BP_VEC(bp_ast_item *) items;
    bool broken; /* some syntax finding was reported: the tree is a part of what was meant */
} bp_ast_file;

/* Editions this program reads. */
enum { BP_EDITION_OLDEST = 1, BP_EDITION_NEWEST = 1 };

/*
 * Parses a source. Never fails: what does not parse is reported (SYN001, SYN007, SYN011, SYN015,
 * SYN016) once per statement, and reading goes on at the next statement. Nesting over 64 is
 * reported and not followed.
 */
bp_ast_file *bp_parse(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source);

/* The tree, or the tokens, as indented text for `dump` and tests. */
void bp_ast_dump(const bp_ast_file *file, bp_buf *out);
void bp_tokens_dump(bp_arena *arena, const bp_source *source, bp_buf *out);

#endif
