/*
 * Map: text to pointer, in insertion order. The one door to uthash.
 *
 * Keys are not copied: they must live as long as the map, so pass slices of sources or of the
 * arena. Iteration is in insertion order, so that nothing that is printed depends on a hash.
 */
#ifndef BP_LIB_MAP_H
#define BP_LIB_MAP_H

#include "lib/arena.h"
#include "lib/text.h"

typedef struct bp_map bp_map;

typedef struct bp_map_entry {
    bp_str key;
    void *value;
} bp_map_entry;

/* A hash of a text that nobody can foresee who does not know the seed. */
uint32_t bp_keyed_hash(const uint64_t seed[2], bp_str text);

/* An empty map whose memory is the arena's. Never NULL. */
bp_map *bp_map_new(bp_arena *arena);
/* The value of a key, or NULL. */
void *bp_map_get(const bp_map *map, bp_str key);
/* Sets the value of a key, new or not. `value` must not be NULL. */
void bp_map_set(bp_map *map, bp_str key, void *value);
/* Sets the value only if the key is new; gives the value that now stands, and *added says which it
 * is (may be NULL). */
void *bp_map_add(bp_map *map, bp_str key, void *value, bool *added);
size_t bp_map_count(const bp_map *map);
/* The entry at `index`, 0 to count - 1, in insertion order. */
const bp_map_entry *bp_map_at(const bp_map *map, size_t index);

#endif
