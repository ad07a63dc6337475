/*
 * The arena: blocks in a list, a bump pointer in the newest. Not a general allocator: nothing is
 * freed singly, except that the newest allocation can grow in place.
 */
#include "lib/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 16 * 1024, LARGEST_BLOCK = 1024 * 1024 };

typedef struct block block;
struct block {
    block *older;
    size_t size;
    size_t used;
    max_align_t data[];
};

typedef struct deferred deferred;
struct deferred {
    deferred *older;
    void (*release)(void *object);
    void *object;
};

struct bp_arena {
    bp_allocator allocator;
    block *newest;
    deferred *deferred;
    bp_arena_failure *failure;
    void *failure_context;
    bp_arena *parent; /* of a child: whose failure handler counts */
    size_t size;
};

static void *
malloc_alloc(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void
malloc_release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

bp_arena *
bp_arena_new(const bp_allocator *allocator)
{
    bp_allocator chosen = {malloc_alloc, malloc_release, NULL};
    if (allocator != NULL) {
        chosen = *allocator;
    }
    bp_arena *arena = chosen.alloc(chosen.context, sizeof *arena);
    if (arena != NULL) {
        memset(arena, 0, sizeof *arena);
        arena->allocator = chosen;
    }
    return arena;
}

static void
run_deferred(bp_arena *arena)
{
    while (arena->deferred != NULL) {
        deferred *next = arena->deferred;
        arena->deferred = next->older;
        if (next->object != NULL) {
            next->release(next->object);
        }
    }
}

void
bp_arena_free(bp_arena *arena)
{
    if (arena == NULL) {
        return;
    }
    run_deferred(arena);
    bp_allocator allocator = arena->allocator;
    for (block *each = arena->newest; each != NULL;) {
        block *older = each->older;
        allocator.release(allocator.context, each);
        each = older;
    }
    allocator.release(allocator.context, arena);
}

void
bp_arena_on_failure(bp_arena *arena, bp_arena_failure *handler, void *context)
{
    arena->failure = handler;
    arena->failure_context = context;
}

_Noreturn void
bp_arena_fail(bp_arena *arena)
{
    while (arena->parent != NULL) {
        arena = arena->parent;
    }
    if (arena->failure != NULL) {
        arena->failure(arena->failure_context);
    }
    abort();
}

static void
fail_owner(void *owner)
{
    bp_arena_fail(owner);
}

static void
free_scratch(void *scratch)
{
    bp_arena_free(scratch);
}

bp_arena *
bp_arena_scratch(bp_arena *owner)
{
    bp_arena *scratch = bp_arena_new(&owner->allocator);
    if (scratch == NULL) {
        bp_arena_fail(owner);
    }
    bp_arena_on_failure(scratch, fail_owner, owner);
    bp_arena_defer(owner, free_scratch, scratch);
    return scratch;
}

static size_t
aligned(size_t size)
{
    size_t unit = sizeof(max_align_t);
    return (size + unit - 1) / unit * unit;
}

static bool
try_add_block(bp_arena *arena, size_t needed)
{
    size_t size = arena->newest == NULL ? FIRST_BLOCK : arena->newest->size * 2;
    if (size > LARGEST_BLOCK) {
        size = LARGEST_BLOCK;
    }
    if (size < needed) {
        size = needed;
    }
    block *added = arena->allocator.alloc(arena->allocator.context, sizeof *added + size);
    if (added == NULL) {
        return false;
    }
    *added = (block){.older = arena->newest, .size = size};
    arena->newest = added;
    arena->size += sizeof *added + size;
    return true;
}

static size_t
needed_for(size_t size)
{
    return aligned(size == 0 ? 1 : size);
}

/* Memory that holds whatever it held before. */
static void *
take(bp_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2) {
        bp_arena_fail(arena);
    }
    size_t needed = needed_for(size);
    if (arena->newest == NULL || arena->newest->size - arena->newest->used < needed) {
        if (!try_add_block(arena, needed)) {
            bp_arena_fail(arena);
        }
    }
    block *room = arena->newest;
    void *memory = (char *)room->data + room->used;
    room->used += needed;
    return memory;
}

void *
bp_arena_alloc(bp_arena *arena, size_t size)
{
    return memset(take(arena, size), 0, needed_for(size));
}

void *
bp_arena_array(bp_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / 2 / size) {
        bp_arena_fail(arena);
    }
    return bp_arena_alloc(arena, count * size);
}

void *
bp_arena_grow(bp_arena *arena, void *old, size_t old_size, size_t new_size)
{
    if (new_size > SIZE_MAX / 2) {
        bp_arena_fail(arena);
    }
    block *room = arena->newest;
    size_t was = aligned(old_size == 0 ? 1 : old_size);
    size_t now = aligned(new_size == 0 ? 1 : new_size);
    if (old != NULL && room != NULL && now >= was && room->used >= was &&
        (char *)old == (char *)room->data + room->used - was &&
        room->size - room->used >= now - was) {
        memset((char *)old + was, 0, now - was);
        room->used += now - was;
        return old;
    }
    void *memory = bp_arena_alloc(arena, new_size);
    if (old != NULL) {
        memcpy(memory, old, old_size < new_size ? old_size : new_size);
    }
    return memory;
}

char *
bp_arena_copy(bp_arena *arena, const char *at, size_t size)
{
    char *copy = take(arena, size + 1);
    if (size != 0) {
        memcpy(copy, at, size);
    }
    copy[size] = '\0';
    return copy;
}

void
bp_arena_defer(bp_arena *arena, void (*release)(void *object), void *object)
{
    size_t needed = aligned(sizeof(deferred));
    if (arena->newest == NULL || arena->newest->size - arena->newest->used < needed) {
        if (!try_add_block(arena, needed)) {
            release(object);
            bp_arena_fail(arena);
        }
    }
    deferred *added = bp_arena_alloc(arena, sizeof *added);
    *added = (deferred){.older = arena->deferred, .release = release, .object = object};
    arena->deferred = added;
}

void
bp_arena_release(bp_arena *arena, void *object)
{
    for (deferred *each = arena->deferred; each != NULL; each = each->older) {
        if (each->object == object && object != NULL) {
            each->object = NULL;
            each->release(object);
            return;
        }
    }
}

static void
free_child(void *child)
{
    bp_arena_free(child);
}

bp_arena *
bp_arena_child(bp_arena *parent)
{
    bp_arena *child = bp_arena_new(&parent->allocator);
    if (child == NULL) {
        bp_arena_fail(parent);
    }
    child->parent = parent;
    bp_arena_defer(parent, free_child, child);
    return child;
}

void
bp_arena_reset(bp_arena *arena)
{
    run_deferred(arena);
    block *each = arena->newest;
    while (each != NULL && each->older != NULL) {
        block *older = each->older;
        arena->size -= sizeof *each + each->size;
        arena->allocator.release(arena->allocator.context, each);
        each = older;
    }
    arena->newest = each;
    if (each != NULL) {
        each->used = 0;
    }
}

size_t
bp_arena_size(const bp_arena *arena)
{
    return arena->size;
}
