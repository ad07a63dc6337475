/*
 * A strict, streaming JSON reader: RFC 8259 and nothing else.
 *
 * It pulls events from a text and builds no tree. It refuses: invalid UTF-8, byte order marks
 * inside, NUL and control characters in strings, lone surrogates, nesting over 64, keys twice in
 * one object, text after the value, numbers with leading zeros or of more than 64 characters. Every
 * event has a span, so that findings can point into the text.
 */
#ifndef BP_LIB_JSON_READ_H
#define BP_LIB_JSON_READ_H

#include "lib/source.h"

typedef enum bp_json_kind {
    BP_JSON_END, /* the text ended after one whole value */
    BP_JSON_ERROR,
    BP_JSON_OBJECT, /* { */
    BP_JSON_OBJECT_END,
    BP_JSON_ARRAY, /* [ */
    BP_JSON_ARRAY_END,
    BP_JSON_KEY,
    BP_JSON_STRING,
    BP_JSON_NUMBER,
    BP_JSON_TRUE,
    BP_JSON_FALSE,
    BP_JSON_NULL
} bp_json_kind;

typedef struct bp_json_event {
    bp_json_kind kind;
    bp_span span;   /* with the quotes; for an error the place it was noticed */
    bp_str text;    /* decoded key or string, or the number as written; for an error the message */
    bp_span opener; /* error: the bracket or first key that explains it, if any; a key that is
                       given again: the first one */
} bp_json_event;

typedef struct bp_json_reader bp_json_reader;

bp_json_reader *bp_json_reader_new(bp_arena *arena, const bp_source *source);
/* Decoded texts go into this arena and may outlive the reader; else they are in the reader's. */
void bp_json_reader_keep_texts(bp_json_reader *reader, bp_arena *arena);
/* Gives a key that stands twice in one object as a key with its `opener`, instead of an error. */
void bp_json_reader_give_repeats(bp_json_reader *reader);
/* The next event. After END or ERROR the same event is given again. */
bp_json_event bp_json_next(bp_json_reader *on);
/* Skips the value whose first event was just taken; false if an error turned up in it. */
bool bp_json_skip(bp_json_reader *reader, bp_json_event first);

#endif
