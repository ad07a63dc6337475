/*
 * Inside of reading documents: what its parts share. Only compiler/policy/ includes this.
 *
 * The text becomes values (document_text.c), these become nodes by the rows of settings.def
 * (document.c), leaves get their values (document_leaf.c, document_value.c).
 */
#ifndef BP_COMPILER_POLICY_DOCUMENT_PARTS_H
#define BP_COMPILER_POLICY_DOCUMENT_PARTS_H

#include "compiler/policy/document.h"
#include "lib/json_read.h"
#include "lib/suggest.h"

typedef struct bp_document {
    bp_arena *arena;
    bp_diagnostics *diagnostics;
    const bp_source *source;
    bp_str policy;     /* its name, for scopes */
    bp_arena *scratch; /* of the values that the text becomes first; NULL: the arena */
    bp_finding *cased; /* SYN019, told once for a text; NULL so far */
    size_t cased_words;
} bp_document;

/* Where a JSON object stands: a block, and the way below it by the rows: names are "*". */
typedef struct bp_document_level {
    unsigned block;
    bp_str path;
} bp_document_level;

/* ---- document_text.c */

/* The whole text as MAP, LIST, STRING, INT, REAL and WORD values. NULL when reported. *empty: there
 * is nothing but blanks in it. */
bp_ast_value *bp_document_parse(bp_document *document, bool *empty);

/* ---- document.c */

/* A finding about the text at a place, with the scope of a node. */
bp_finding *bp_document_fault(bp_document *document, const char *code, bp_span span,
                              const bp_node *node, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The nearest block takes note that something in it was refused. */
void bp_document_hole(bp_node *node);
/* What stands at a level that was just stepped to; where a block begins, the level is its top then.
 */
bp_node_kind bp_document_kind_at(bp_document_level *level, const bp_setting *row);

/* ---- document_keys.c */

/* One step down from a level. */
typedef struct bp_document_step {
    const bp_setting *row; /* NULL for a container without one */
    bp_str path;           /* below the block, by the rows: names are "*" */
    bp_str key;            /* a fixed key in its documented spelling, a name as it is written */
} bp_document_step;

/* False when no row goes there. */
bool bp_document_take_step(const bp_document_level *level, bp_str key, bp_document_step *step);
/* SYN003 for a key that no row knows at a level; false for the one that is only doubtful. */
bool bp_document_unknown(bp_document *document, const bp_node *node, const bp_document_level *level,
                         const bp_ast_value *object, const bp_ast_name *key);
/* SYN012 for a key that a template language has to fill in; false if it is none. */
bool bp_document_placeholder_key(bp_document *document, const bp_node *node,
                                 const bp_ast_name *key);
/* SYN008 for keys of one object that differ in letter case alone. */
void bp_document_folded_keys(bp_document *document, const bp_node *node,
                             const bp_ast_value *object);

/* SYN019 for a key, operator or word of a control that is not in its documented spelling. */
void bp_document_spelling(bp_document *document, const bp_node *node, const bp_ast_name *written,
                          bp_str documented);
/* The same for a member of an object; silent where SYN008 tells of it. */
void bp_document_member_spelling(bp_document *document, const bp_node *node,
                                 const bp_ast_value *object, size_t member, bp_str documented);
/* Says how many there were. */
void bp_document_spelling_end(bp_document *document);

/* ---- document_leaf.c */

typedef enum bp_word_at {
    BP_AT_NONE,
    BP_AT_ASSIGN,
    BP_AT_APPEND,
    BP_AT_REMOVE,
    BP_AT_CONTROL
} bp_word_at;

/* An operator's or control's documented spelling; the key itself where it is none. */
bp_str bp_document_word_spelling(bp_str key);
/* The operator or control of a key, letter case ignored. */
bp_word_at bp_document_word(bp_str key);
bool bp_document_is_word(bp_str key);
/* SYN006 for a key that begins with "@@" and is no operator. */
void bp_document_bad_word(bp_document *document, const bp_node *node, const bp_ast_name *key);
/* The control that a node's member gives. */
void bp_document_control(bp_document *document, bp_node *node, const bp_ast_name *key,
                         const bp_ast_value *value);
/* The operators and values of a leaf. */
void bp_document_leaf(bp_document *document, bp_node *leaf, const bp_document_level *level,
                      const bp_ast_value *json);

/* ---- document_value.c */

/* What a leaf takes. */
typedef struct bp_document_place {
    bp_document *document;
    const bp_node *leaf;
    unsigned block;
} bp_document_place;

/* The value of an operator: of the kind that the row takes, or a hole. Never NULL. */
bp_value *bp_document_value(const bp_document_place *place, const bp_ast_value *json);
/* A list, text or hole, whatever it means. */
bp_value *bp_document_any(bp_document *document, const bp_ast_value *json);
bp_value *bp_document_value_hole(bp_document *document, bp_span span);
/* A form that a later step fills in: SYN012 tells of it, and nobody judges it as what it is not. */
bool bp_document_is_placeholder(bp_str text);
/* "a list", "a number" … */
const char *bp_document_kind(const bp_ast_value *json);

#endif
