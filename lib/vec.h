/*
 * Vectors: typed, growing arrays in an arena.
 *
 *     BP_VEC(bp_str) names = {0};
 *     *bp_vec_add(arena, &names) = name;         adds a zeroed element and gives its address
 *     for (size_t i = 0; i < names.count; i++) { use(names.at[i]); }
 *
 * The arena owns the elements; an address is good until the next bp_vec_add.
 */
#ifndef BP_LIB_VEC_H
#define BP_LIB_VEC_H

#include "lib/arena.h"

#define BP_VEC(type)  \
    struct {          \
        type *at;     \
        size_t count; \
        size_t room;  \
    }

#define bp_vec_add(arena, vec)                                                                  \
    ((vec)->count == (vec)->room                                                                \
         ? (void)((vec)->at = bp_vec_more((arena), (vec)->at, &(vec)->room, sizeof *(vec)->at)) \
         : (void)0,                                                                             \
     &(vec)->at[(vec)->count++])

/* Doubles the room of a full vector; used by bp_vec_add alone. */
void *bp_vec_more(bp_arena *arena, void *at, size_t *room, size_t size)
    __attribute__((returns_nonnull));

#endif
