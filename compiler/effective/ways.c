/*
 * Levels: which policies stand on top of which, each way from the root once.
 *
 * Two OUs below one parent that carry the same policies are one level; so are two accounts. What a
 * level merges to is made when somebody asks for it, on top of what the level above merged to.
 */
#include "compiler/effective/merge.h"

bp_merger
bp_merger_new(bp_arena *arena)
{
    return (bp_merger){.arena = arena,
                       .levels = bp_map_new(arena),
                       .soles = bp_map_new(arena),
                       .removed = bp_map_new(arena)};
}

bp_way *
bp_merger_way(bp_merger *merger, bp_way *above, const bp_peers *peers)
{
    if (peers->list.count == 0) {
        return above;
    }
    bp_buf key = {.arena = merger->arena};
    bp_buf_add(&key, (bp_str){(const char *)&above, sizeof above});
    bp_buf_add_char(&key, peers->attached ? 'a' : 'd');
    for (size_t i = 0; i < peers->list.count; i++) {
        bp_buf_add(&key, (bp_str){(const char *)&peers->list.at[i], sizeof peers->list.at[i]});
    }
    bp_way *level = bp_map_get(merger->levels, bp_buf_text(&key));
    if (level != NULL) {
        return level;
    }
    level = BP_NEW(merger->arena, bp_way);
    level->above = above;
    level->attached = peers->attached;
    level->result = SIZE_MAX;
    for (size_t i = 0; i < peers->list.count; i++) {
        *bp_vec_add(merger->arena, &level->peers) = peers->list.at[i];
    }
    bp_map_set(merger->levels, bp_buf_text(&key), level);
    return level;
}

static void
merge_level(bp_merger *merger, bp_way *level)
{
    bp_parts parts = {0};
    for (size_t i = 0; i < level->peers.count; i++) {
        const bp_bound_policy *bound = level->peers.at[i];
        if (bound->policy->document != NULL) {
            *bp_vec_add(merger->arena, &parts) = (bp_part){bound->policy->document, bound};
        }
    }
    bp_merged *above = level->above == NULL ? NULL : level->above->document;
    level->document = bp_merge_over(merger, above, &parts, level);
    level->merged = true;
}

bp_merged *
bp_merger_document(bp_merger *merger, bp_way *level)
{
    while (level != NULL && !level->merged) {
        bp_way *next = level;
        while (next->above != NULL && !next->above->merged) {
            next = next->above;
        }
        merge_level(merger, next);
    }
    return level == NULL ? NULL : level->document;
}
