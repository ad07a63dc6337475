/*
 * JSON to write: a cJSON tree behind checked calls, printed our own way. The one door to cJSON.
 *
 * A failed allocation inside cJSON never makes a smaller document: it ends through the arena's
 * failure handler. A value that was added to another belongs to it; roots are released with the
 * arena. Keys are added in order and may stand once only (a second one is a programming error and
 * aborts). Numbers are integers.
 */
#ifndef BP_LIB_JSON_WRITE_H
#define BP_LIB_JSON_WRITE_H

#include "lib/text.h"

typedef struct bp_json bp_json;

bp_json *bp_json_object(bp_arena *arena);
bp_json *bp_json_array(bp_arena *arena);

/* Members of an object: added at the end. Key is a constant of the program, or (bp_json_put_named)
 * a text of the user. */
void bp_json_put(bp_json *object, const char *key, bp_json *value);
void bp_json_put_named(bp_json *object, bp_str key, bp_json *value);
void bp_json_put_text(bp_json *object, const char *key, bp_str value);
void bp_json_put_c(bp_json *object, const char *key, const char *value);
void bp_json_put_number(bp_json *object, const char *key, int64_t value);
void bp_json_put_bool(bp_json *object, const char *key, bool value);
/* New empty object or array as a member. */
bp_json *bp_json_put_object(bp_json *object, const char *key);
bp_json *bp_json_put_array(bp_json *object, const char *key);
/* Elements of an array. */
void bp_json_push(bp_json *array, bp_json *value);
void bp_json_push_text(bp_json *array, bp_str value);
bp_json *bp_json_push_object(bp_json *array);
/* A deep copy, a root of its own. */
bp_json *bp_json_copy(const bp_json *value);

typedef enum bp_json_style {
    BP_JSON_COMPACT, /* no white space */
    BP_JSON_PRETTY   /* two blanks a level, one member a line; empty containers as {} and [] */
} bp_json_style;

/* The text, without a final newline. Non-ASCII as itself, controls escaped. */
bp_str bp_json_print(bp_arena *arena, const bp_json *value, bp_json_style style);

/* Reads `text` back with cJSON and compares it, order included, with `value`: what was written is
 * what was meant. */
bool bp_json_same(bp_arena *arena, const bp_json *value, bp_str text);
/* Whether two JSON texts mean the same, order of members ignored; false also if one of them does
 * not parse. */
bool bp_json_texts_equal(bp_arena *arena, bp_str a, bp_str b);
/* A tree from a text that the program itself wrote; NULL if it does not parse. */
bp_json *bp_json_parse(bp_arena *arena, bp_str text);

/* A JSON string literal with its quotes, appended to a buffer: the one escaper, also for text
 * writers. */
void bp_json_quote(bp_buf *buf, bp_str text);

#endif
