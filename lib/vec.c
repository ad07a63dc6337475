/* The growing step of the typed vectors; the rest is in the macros of vec.h. */
#include "lib/vec.h"

#include <stdint.h>

void *
bp_vec_more(bp_arena *arena, void *at, size_t *room, size_t size)
{
    size_t more = *room == 0 ? 8 : *room * 2;
    if (more > SIZE_MAX / 2 / size) {
        bp_arena_fail(arena);
    }
    void *grown = bp_arena_grow(arena, at, *room * size, more * size);
    *room = more;
    return grown;
}
