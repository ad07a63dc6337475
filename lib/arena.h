/*
 * Arena: the memory of one session.
 *
 * Everything that a session allocates lives in its arena and dies with it; nobody frees single
 * objects. This is the only module that calls malloc. An allocation that fails does not return: it
 * calls the arena's failure handler, which must leave by longjmp or end the program, so no caller
 * ever sees NULL. Foreign objects (libyaml, PCRE2, cJSON, file descriptors) are tied to the arena
 * with bp_arena_defer and released on every way out.
 */
#ifndef BP_LIB_ARENA_H
#define BP_LIB_ARENA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct bp_arena bp_arena;

/* Where the arena takes its blocks from. Tests pass one that fails at the k-th call. */
typedef struct bp_allocator {
    void *(*alloc)(void *context, size_t size);
    void (*release)(void *context, void *block);
    void *context;
} bp_allocator;

/* Called when memory is exhausted. Must not return. */
typedef void bp_arena_failure(void *context);

/* A new arena, or NULL when not even that can be allocated. `allocator` NULL means malloc and free;
 * it is copied. */
bp_arena *bp_arena_new(const bp_allocator *allocator);

/* Runs the deferred releases, newest first, then gives all memory back. NULL is allowed. */
void bp_arena_free(bp_arena *arena);

/* An arena for work that ends before that of `owner`: its memory goes with bp_arena_release(owner,
 * scratch), with the owner at the latest. Where memory is exhausted, the owner fails. */
bp_arena *bp_arena_scratch(bp_arena *owner) __attribute__((returns_nonnull));

/* Sets what happens when memory is exhausted. Without a handler the program aborts. */
void bp_arena_on_failure(bp_arena *arena, bp_arena_failure *handler, void *context);

/* Zeroed memory for `size` bytes, aligned for any type. Never NULL. */
void *bp_arena_alloc(bp_arena *arena, size_t size) __attribute__((returns_nonnull));

/* Like bp_arena_alloc for `count` objects of `size` bytes; an overflow is treated as exhausted
 * memory. */
void *bp_arena_array(bp_arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));

/* Enlarges `old` from `old_size` to `new_size` bytes; in place where it is the newest allocation,
 * else by a copy. */
void *bp_arena_grow(bp_arena *arena, void *old, size_t old_size, size_t new_size)
    __attribute__((returns_nonnull));

/* A zero-terminated copy of `size` bytes. */
char *bp_arena_copy(bp_arena *arena, const char *at, size_t size) __attribute__((returns_nonnull));

/* Registers `release(object)` for bp_arena_free. On failure to register, the object is released
 * before leaving. */
void bp_arena_defer(bp_arena *arena, void (*release)(void *object), void *object);

/* Releases a deferred object now, and forgets it. Does nothing if it is not registered. */
void bp_arena_release(bp_arena *arena, void *object);

/* Memory is exhausted, as told by a foreign library. Does not return. */
_Noreturn void bp_arena_fail(bp_arena *arena);

/*
 * An arena for what does not last as long as the session: it takes its blocks from where `parent`
 * takes them, fails as the parent fails, and dies with it at the latest. bp_arena_release(parent,
 * child) ends it before.
 */
bp_arena *bp_arena_child(bp_arena *parent) __attribute__((returns_nonnull));

/* Forgets everything that was allocated, runs the deferred releases, and keeps one small block for
 * what comes next. */
void bp_arena_reset(bp_arena *arena);

/* Bytes that the arena holds at the moment. */
size_t bp_arena_size(const bp_arena *arena);

#define BP_NEW(arena, type) ((type *)bp_arena_alloc((arena), sizeof(type)))

#endif
