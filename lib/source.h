/*
 * Sources: the texts that findings point into, and the spans that point.
 *
 * A span is a source number and two byte offsets; lines and columns are computed only when
 * something is printed. Lines count from 1 and end at LF, CRLF or the end of the text; columns
 * count characters from 1; a leading byte order mark belongs to no column. The table owns the texts
 * (in its arena).
 */
#ifndef BP_LIB_SOURCE_H
#define BP_LIB_SOURCE_H

#include "lib/arena.h"
#include "lib/text.h"

#include <stdint.h>

/* Source 0 is "nowhere": a finding about the project as a whole. */
typedef struct bp_span {
    uint32_t source;
    uint32_t start;
    uint32_t end; /* one past the last byte; start == end marks a point between two bytes */
} bp_span;

#define BP_NOWHERE ((bp_span){0, 0, 0})

typedef struct bp_source {
    bp_str path; /* as printed: relative to the project root, with '/' */
    bp_str text;
    uint32_t id;
    uint32_t *lines; /* offsets of line starts; made at first use */
    uint32_t line_count;
    uint32_t lines_before;   /* of a part: lines of the file that end before it */
    uint32_t columns_before; /* of a part: characters before it on its first line */
} bp_source;

typedef struct bp_sources bp_sources;

typedef struct bp_position {
    uint32_t line;   /* from 1 */
    uint32_t column; /* characters, from 1 */
} bp_position;

bp_sources *bp_sources_new(bp_arena *arena);
/* Adds a text of less than 4 GiB under the path to print. Neither is copied. */
const bp_source *bp_sources_add(bp_sources *sources, bp_str path, bp_str text);
/* Adds a part of a file that is not kept as a whole: positions count from `start`. Path and text
 * are copied. */
const bp_source *bp_sources_add_part(bp_sources *sources, bp_str path, bp_str text,
                                     bp_position start);
/* NULL for source 0 and unknown ids. */
const bp_source *bp_sources_get(const bp_sources *sources, uint32_t id);

/* The span of one offset or of a range in a source. */
bp_span bp_span_of(const bp_source *source, size_t start, size_t end);
/* From the start of `a` to the end of `b`, which lie in one source. */
bp_span bp_span_join(bp_span a, bp_span b);
/* The point just behind a span: where something is missing. */
bp_span bp_span_after(bp_span span);
bool bp_span_exists(bp_span span);
bool bp_span_equal(bp_span a, bp_span b);
/* Source order, then start, then end. */
int bp_span_compare(bp_span a, bp_span b);
/* The bytes of a span. Empty for BP_NOWHERE. */
bp_str bp_span_text(const bp_sources *sources, bp_span span);

/* Line and column of a byte offset of an existing source; offsets past the end give the end. */
bp_position bp_sources_position(bp_sources *sources, uint32_t source, uint32_t offset);
/* The text of a line without its end; empty past the last. */
bp_str bp_sources_line(bp_sources *sources, uint32_t source, uint32_t line);

#endif
