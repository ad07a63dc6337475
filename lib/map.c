/* The map over uthash: the table finds entries, a vector keeps their order. */
#include "lib/map.h"

#include "lib/vec.h"

#include <stdint.h>

/* uthash takes its buckets from the arena; a failure there never returns, so uthash_fatal cannot be
 * reached. */
#define uthash_malloc(size) bp_arena_alloc(map->arena, (size))
#define uthash_free(memory, size) ((void)(memory), (void)(size))
#define uthash_fatal(message) bp_arena_fail(map->arena)
#include <uthash.h>

typedef struct slot slot;
struct slot {
    bp_map_entry entry;
    UT_hash_handle hh;
};

struct bp_map {
    bp_arena *arena;
    slot *table;
    BP_VEC(slot *) order;
};

bp_map *
bp_map_new(bp_arena *arena)
{
    bp_map *map = BP_NEW(arena, bp_map);
    map->arena = arena;
    return map;
}

static slot *
find(const bp_map *map, bp_str key)
{
    slot *found = NULL;
    HASH_FIND(hh, map->table, key.at == NULL ? "" : key.at, key.size, found);
    return found;
}

void *
bp_map_get(const bp_map *map, bp_str key)
{
    const slot *found = find(map, key);
    return found == NULL ? NULL : found->entry.value;
}

void *
bp_map_add(bp_map *map, bp_str key, void *value, bool *added)
{
    slot *found = find(map, key);
    if (added != NULL) {
        *added = found == NULL;
    }
    if (found == NULL) {
        found = BP_NEW(map->arena, slot);
        found->entry = (bp_map_entry){key, value};
        HASH_ADD_KEYPTR(hh, map->table, key.at == NULL ? "" : key.at, key.size, found);
        *bp_vec_add(map->arena, &map->order) = found;
    }
    return found->entry.value;
}

void
bp_map_set(bp_map *map, bp_str key, void *value)
{
    bool added = false;
    bp_map_add(map, key, value, &added);
    if (!added) {
        find(map, key)->entry.value = value;
    }
}

size_t
bp_map_count(const bp_map *map)
{
    return map->order.count;
}

const bp_map_entry *
bp_map_at(const bp_map *map, size_t index)
{
    return &map->order.at[index]->entry;
}
