/*
 * What the JSON reader is made of, and the window of a stream. Private to lib/json_*.c.
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
    bp_str text;     /* in the window or the whole text; at NULL: there is a copy */
    size_t name;     /* where its copy begins among the names */
    size_t size;     /* of the copy */
    uint32_t sketch; /* 0: one of the names by which the object is read */
    bp_span span;
} bp_json_known_key;

typedef struct bp_json_frame {
    bool object;
    bp_span opener;
    uint64_t offset;   /* of the bracket */
    size_t keys;       /* where its keys begin among those of all open objects */
    size_t names;      /* the same for their copies, once there are some */
    uint64_t sketches; /* a bit a key: a key whose bit is not set is new */
    uint64_t by;       /* mark of the names among which alone its keys were looked for; or 0 */
    uint64_t named;    /* a bit a name of them that stood */
    bp_map *all;       /* once there are more than a few */
    bp_arena *memory;  /* of the map; kept for the next object of this depth */
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
    size_t named; /* how many of them have copies: always the first ones */
    bp_buf names;
    bp_buf other;   /* a key that is none of the names */
    bp_buf decoded; /* the string at hand, where it has escapes */
    size_t longest;
    uint64_t marks; /* given to names */
    bool many;      /* values may follow one another */
    bool ended;     /* `last` is given for ever */
    bool give_repeats;
    bp_json_event last;
    bp_json_window stream;
};

/* Moves the window on, so that it begins at `keep`, and reads more into it. False: nothing came. */
bool bp_json_more(bp_json_reader *on, size_t keep);

/* Copies the keys whose texts lie in the window, before it is moved. */
void bp_json_name_keys(bp_json_reader *on);

/* The same key before in the innermost object, or NULL; takes note of a new one. */
const bp_json_known_key *bp_json_seen_before(bp_json_reader *on, bp_str text, bp_span span);

/* Makes up for the keys of the innermost object that were taken by names, without sketches. */
void bp_json_sketch_keys(bp_json_reader *on);

/* Takes the bracket at hand and gives its event; too deep: an error. */
void bp_json_open(bp_json_reader *on, bool object, bp_json_event *out);

#endif
