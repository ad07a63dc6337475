/*
 * The map over uthash: the table finds entries, a vector keeps their order. Most maps stay small;
 * the first entries are found in the vector, and the table is built when there are more. The hash
 * is keyed by where the program and the map happen to lie in memory, so that nobody can prepare
 * thousands of keys that collide; nothing that is printed depends on it.
 */
#include "lib/map.h"

#include "lib/vec.h"

#include <stdint.h>
#include <string.h>

/* uthash takes its buckets from the arena; a failure there never returns, so uthash_fatal cannot be
 * reached. */
#define uthash_malloc(size) bp_arena_alloc(map->arena, (size))
#define uthash_free(memory, size) ((void)(memory), (void)(size))
#define uthash_fatal(message) bp_arena_fail(map->arena)
#define HASH_FUNCTION(key, size, hash) ((hash) = keyed_hash(map->seed, (key), (size)))
#include <uthash.h>

enum { FEW = 8 };

typedef struct slot slot;
struct slot {
    bp_map_entry entry;
    UT_hash_handle hh;
};

struct bp_map {
    bp_arena *arena;
    uint64_t seed[2];
    slot *table; /* of all entries; NULL while they are few */
    BP_VEC(slot *) order;
};

static uint64_t
rotated(uint64_t value, unsigned by)
{
    return value << by | value >> (64 - by);
}

static void
sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotated(v[1], 13) ^ v[0];
    v[0] = rotated(v[0], 32);
    v[2] += v[3];
    v[3] = rotated(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotated(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotated(v[1], 17) ^ v[2];
    v[2] = rotated(v[2], 32);
}

/* SipHash-1-3, folded to 32 bits. */
static unsigned
keyed_hash(const uint64_t seed[2], const char *key, size_t size)
{
    uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575, seed[1] ^ 0x646f72616e646f6d,
                     seed[0] ^ 0x6c7967656e657261, seed[1] ^ 0x7465646279746573};
    for (size_t at = 0; at <= size; at += 8) {
        uint64_t word = 0;
        memcpy(&word, key + at, size - at < 8 ? size - at : 8);
        if (size - at < 8) {
            word |= (uint64_t)size << 56;
        }
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++) {
        sip_round(v);
    }
    uint64_t hash = v[0] ^ v[1] ^ v[2] ^ v[3];
    return (unsigned)(hash ^ hash >> 32);
}

uint32_t
bp_keyed_hash(const uint64_t seed[2], bp_str text)
{
    return keyed_hash(seed, text.size == 0 ? "" : text.at, text.size);
}

bp_map *
bp_map_new(bp_arena *arena)
{
    bp_map *map = BP_NEW(arena, bp_map);
    map->arena = arena;
    map->seed[0] = (uint64_t)(uintptr_t)map;
    map->seed[1] = (uint64_t)(uintptr_t)&bp_map_new;
    return map;
}

static slot *
find(const bp_map *map, bp_str key)
{
    slot *found = NULL;
    if (map->table != NULL) {
        HASH_FIND(hh, map->table, key.at == NULL ? "" : key.at, key.size, found);
        return found;
    }
    for (size_t i = 0; i < map->order.count; i++) {
        if (bp_str_equal(map->order.at[i]->entry.key, key)) {
            return map->order.at[i];
        }
    }
    return NULL;
}

static void
add_to_table(bp_map *map, slot *added)
{
    bp_str key = added->entry.key;
    HASH_ADD_KEYPTR(hh, map->table, key.at == NULL ? "" : key.at, key.size, added);
}

static void
append(bp_map *map, slot *added)
{
    *bp_vec_add(map->arena, &map->order) = added;
    if (map->table != NULL) {
        add_to_table(map, added);
    } else if (map->order.count > FEW) {
        for (size_t i = 0; i < map->order.count; i++) {
            add_to_table(map, map->order.at[i]);
        }
    }
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
        append(map, found);
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
