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

#include <stdint.h>

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

/* Where a stream gets its bytes: up to `room` of them into `at`; 0 at the end, negative when they
 * cannot be read. */
typedef struct bp_json_input {
    int64_t (*read)(void *context, char *at, size_t room);
    void *context;
} bp_json_input;

/*
 * Reads values that follow one another, of any number and length, through a window. Strings are up
 * to 64 KiB long, unless a name of a member says otherwise. The text of an event is good until the
 * next call; its span means something to bp_json_place alone, and as long. A read that fails is
 * BP_JSON_ERROR with the text "cannot be read".
 */
bp_json_reader *bp_json_reader_stream(bp_arena *arena, bp_json_input input);
/* Bytes of the stream before the event, counted from 0. */
uint64_t bp_json_offset(const bp_json_reader *reader, bp_span span);
/* Makes a source of the line around the last event, and gives the event's place in it. */
bp_span bp_json_place(const bp_json_reader *reader, bp_sources *sources, bp_str path, bp_span span);
/* How many containers are open. */
size_t bp_json_depth(const bp_json_reader *reader);
/* Whether the stream ended before the value that was begun did. */
bool bp_json_ended_early(const bp_json_reader *reader);
/* Decoded texts go into this arena and may outlive the reader; else they are in the reader's. */
void bp_json_reader_keep_texts(bp_json_reader *reader, bp_arena *arena);
/* Gives a key that stands twice in one object as a key with its `opener`, instead of an error. */
void bp_json_reader_give_repeats(bp_json_reader *reader);
/* The next event. After END or ERROR the same event is given again. */
bp_json_event bp_json_next(bp_json_reader *on);
/* The same into *out, which is written as a whole. */
void bp_json_read(bp_json_reader *on, bp_json_event *out);
/* Skips the value whose first event was just taken; false if an error turned up in it. */
bool bp_json_skip(bp_json_reader *reader, bp_json_event first);
/* The same, where *last is the first event and becomes the last one, or the error. */
bool bp_json_skip_to(bp_json_reader *reader, bp_json_event *last);

enum { BP_JSON_NAMES_MAX = 32, BP_JSON_STEPS = 32, BP_JSON_STEP_MAX = 56 };

/* How one member followed another: all bytes from behind a value to the next one. */
typedef struct bp_json_step {
    char text[BP_JSON_STEP_MAX];
    uint8_t size; /* 0: none */
    uint8_t key;  /* where it begins in the text */
    uint8_t key_size;
    uint8_t number;
    uint8_t next[2]; /* steps that followed this one; 0: none */
    bool first;      /* at the start of an object */
} bp_json_step;

/* Keys that a caller looks for in an object. Zero-initialise. */
typedef struct bp_json_names {
    bp_str at[BP_JSON_NAMES_MAX];
    size_t longest[BP_JSON_NAMES_MAX]; /* of their values, if those are strings; 0: the reader's */
    size_t count;
    bool others;    /* members of other keys are given, too: with the number `count` … */
    bp_str other;   /* … and their key, which is good until the next call */
    size_t next;    /* where the search begins */
    uint64_t mark;  /* the reader's: it is for one reader */
    uint64_t sizes; /* a bit a size: a key of another one is none of them */
    bp_json_step steps[BP_JSON_STEPS]; /* seen before; 0 stands for the start of an object */
    size_t learned;
    size_t step; /* the last one; 0: none of them */
} bp_json_names;

/* At most BP_JSON_NAMES_MAX; `name` has to live as long. */
void bp_json_names_add(bp_json_names *names, const char *name, size_t longest);
/* The number of a key; names->count if it is none of them. */
size_t bp_json_names_find(bp_json_names *names, bp_str key);
/*
 * The next member of the innermost object whose key is one of `names`: its number, and the first
 * event of its value. Members in between are skipped, as strictly as they would be read. At the end
 * of the object, or at an error: names->count and that event. No key may have been taken already.
 */
size_t bp_json_member(bp_json_reader *on, bp_json_names *names, bp_json_event *value);
/* The value of the member whose key was just taken, which may be none of them. */
size_t bp_json_member_value(bp_json_reader *on, bp_json_names *names, bp_str key,
                            bp_json_event *value);

#endif
