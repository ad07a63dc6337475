/*
 * What the JSON reader is made of, and the window of a stream. Private to lib/json_read.c and
 * lib/json_stream.c.
 */
#ifndef BP_LIB_JSON_STREAM_H
#define BP_LIB_JSON_STREAM_H

#include "lib/json_read.h"
#include "lib/map.h"
#include "lib/vec.h"

enum {
    BP_JSON_DEPTH = 64,
    NUMBER_MAX = 64,
    BP_JSON_FEW = 64,    /* keys of an object that are looked through one by one */
    BP_JSON_AHEAD = 1024 /* bytes in the window at the start of a token, if there are so many */
};

typedef enum state {
    WANT_VALUE,        /* at the start, after ':' and after ',' in an array */
    WANT_FIRST_VALUE,  /* after '[' */
    WANT_FIRST_KEY,    /* after '{' */
    WANT_KEY,          /* after ',' in an object */
    WANT_COLON,        /* after a key */
    WANT_COMMA_OR_END, /* after a value in a container */
    DONE
} state;

typedef struct bp_json_known_key {
    bp_str text; /* of a whole text */
    size_t name; /* of a stream: where its copy begins among the names */
    size_t size; /* of the copy */
    uint32_t sketch;
    bp_span span;
} bp_json_known_key;

typedef struct bp_json_frame {
    bool object;
    bp_span opener;
    uint64_t offset;  /* of the bracket */
    size_t keys;      /* where its keys begin among those of all open objects */
    size_t names;     /* the same for their copies */
    bp_map *all;      /* once there are more than a few */
    bp_arena *memory; /* of the map; kept for the next object of this depth */
} bp_json_frame;

typedef struct bp_json_window {
    bp_json_input input;
    char *at;
    size_t room;
    uint64_t base;    /* bytes of the stream before the window */
    uint64_t lines;   /* line ends before the window */
    uint64_t columns; /* characters before the window on its first line */
    bool started;
    bool ended; /* nothing more will come */
    bool failed;
} bp_json_window;

struct bp_json_reader {
    bp_arena *arena;
    bp_arena *texts;         /* decoded texts; the arena, unless told */
    const bp_source *source; /* NULL: a stream */
    bp_str text;             /* the whole text, or the window */
    size_t at;
    size_t at_quote; /* of the string at hand */
    state state;
    bp_json_frame frames[BP_JSON_DEPTH];
    size_t depth;
    BP_VEC(bp_json_known_key) keys;
    bp_buf names;
    bp_buf decoded; /* the string at hand, where it has escapes */
    size_t longest;
    bool many;  /* values may follow one another */
    bool ended; /* `last` is given for ever */
    bool give_repeats;
    bp_json_event last;
    bp_json_window stream;
};

/* Moves the window on, so that it begins at `keep`, and reads more into it. False: nothing came. */
bool bp_json_more(bp_json_reader *on, size_t keep);

#endif
