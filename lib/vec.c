/* The growing step of the typed vectors; the rest is in the macros of vec.h. */
#include "lib/vec.h"

#include <stdint.h>

enum { FIRST_BYTES = 64 }; /* most vectors stay short, and there are many of them */

void *
bp_vec_more(bp_arena *arena, void *at, size_t *room, size_t size)
{
    size_t first = size < FIRST_BYTES ? FIRST_BYTES / size : 1;
    size_t more = *room == 0 ? first : *room * 2;
    if (more > SIZE_MAX / 2 / size) {
        bp_arena_fail(arena);
    }
    void *grown = bp_arena_grow(arena, at, *room * size, more * size);
    *room = more;
    return grown;
}
