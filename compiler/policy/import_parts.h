/*
 * Inside of import: what its parts share. Only compiler/policy/ includes this.
 *
 * A document is JSON whose members are marked as they are written in a form of the language;
 * whatever is not marked in the end is written as `raw`, so that nothing can be forgotten.
 */
#ifndef BP_COMPILER_POLICY_IMPORT_PARTS_H
#define BP_COMPILER_POLICY_IMPORT_PARTS_H

#include "compiler/policy/import.h"
#include "grammar/ast.h"
#include "lib/vec.h"

typedef struct bp_part bp_part;

/* A member of an object. */
typedef struct bp_part_member {
    bp_str key;     /* a fixed key or operator in its documented spelling, a name as written */
    bp_str written; /* as it stands in the document */
    bool clashes;   /* another key of the object is the same but for letter case: both stay raw */
    bool taken;     /* written in a form of the language */
    bool supplied;  /* the destination of a copy that extends: no control of a block covers it */
    bp_part *value;
} bp_part_member;

/* A JSON value. */
struct bp_part {
    bp_ast_kind kind; /* MAP, LIST, STRING, INT, REAL, WORD */
    bp_str text;      /* of scalars */
    BP_VEC(bp_part_member) members;
    BP_VEC(bp_part *) items;
};

typedef struct bp_bpol_writer {
    bp_arena *arena;
    const bp_import *import;
    bp_str partition;
    bp_buf out;
    BP_VEC(bp_str) way; /* keys from the root to the block that is being written */
} bp_bpol_writer;

/* ---- import_json.c */

/* A document with its keys folded as AWS does. */
bp_part *bp_part_of(bp_arena *arena, const bp_ast_value *json);
/* A text that is equal for equal documents. */
bp_str bp_part_canonical(bp_arena *arena, const bp_part *part);
/* The member of a key, if it is the only one of this key and not taken; else NULL. NULL and values
 * that are no objects have none. */
bp_part_member *bp_part_find(const bp_part *object, const char *key);
/* The same along a path of keys joined by '/'. */
bp_part_member *bp_part_at(const bp_part *object, const char *path);
/* Whether nothing of a value is left: all of an object that held something was taken. */
bool bp_part_done(const bp_part *part);
/* What is left of a value, as JSON. */
void bp_part_write(bp_buf *out, const bp_part *part);
/* Whether some members of an object cannot stand behind `raw` one by one: they clash, or have an
 * empty key. */
bool bp_part_clashes(const bp_part *object);
/* Whether an object gives an operator twice, in different letter case: it has one place in a tree.
 */
bool bp_part_repeats_operator(const bp_part *part);
/* The text of a scalar as AWS reads it: a text, whole number or boolean. False for anything else.
 */
bool bp_part_text(const bp_part *part, bp_str *text);

/* ---- write_bpol.c */

/* The text of a file with the policy, not yet laid out. False when the document has no form that
 * the language could give it. */
bool bp_bpol_write(const bp_import *import, bp_part *document, bp_str *text);

/* ---- write_bpol_value.c */

/* The words of a value for a setting; false when there are none that give exactly this value. */
bool bp_bpol_value(const bp_bpol_writer *writer, const bp_setting *row, const bp_part *value,
                   bp_buf *out);
/* Whether a text is a Region in the language. */
bool bp_bpol_is_region(bp_str text);
/* "vault(…) in … of …" or "arn(…)" of the destination of a copy. */
void bp_bpol_destination(const bp_bpol_writer *writer, bp_str arn, bp_buf *out);

/* ---- write_bpol_maps.c */

void bp_bpol_tags(bp_bpol_writer *writer, const bp_setting *row, bp_part *block);
void bp_bpol_conditions(bp_bpol_writer *writer, const bp_setting *row, bp_part *block);

/* ---- write_bpol_control.c */

/* The BP_MAY_ bits of the control in an object; 0 when it has none that the language can say. */
unsigned bp_bpol_control_of(const bp_part *object);
/* The bits that all leaves written below a block have, two of them at least; else 0. */
unsigned bp_bpol_deep(const bp_part *block);
/* Marks the controls of all leaves below a block as taken. */
void bp_bpol_take_deep(bp_part *block);
/* "children may …" */
void bp_bpol_control(bp_buf *out, unsigned may);

#endif
