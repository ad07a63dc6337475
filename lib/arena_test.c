/* The arena: alignment, zeroing, growth, deferred releases, and every way of running out. */
#include "lib/arena.h"

#include "lib/map.h"
#include "lib/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
memory_is_aligned_and_zeroed(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    for (size_t size = 0; size < 3000; size += 7) {
        char *memory = bp_arena_alloc(arena, size);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(memory[i], 0);
        }
        memset(memory, 0xAA, size);
    }
    assert_non_null(bp_arena_alloc(arena, 5 * 1024 * 1024));
    bp_arena_free(arena);
    bp_arena_free(NULL);
}

static void
growing_keeps_the_content(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    char *first = bp_arena_alloc(arena, 10);
    memcpy(first, "123456789", 10);
    char *grown = bp_arena_grow(arena, first, 10, 100);
    assert_ptr_equal(grown, first);
    assert_string_equal(grown, "123456789");
    assert_int_equal(grown[99], 0);
    bp_arena_alloc(arena, 1);
    char *moved = bp_arena_grow(arena, grown, 100, 200000);
    assert_ptr_not_equal(moved, grown);
    assert_string_equal(moved, "123456789");
    assert_int_equal(moved[199999], 0);
    assert_string_equal(bp_arena_grow(arena, moved, 200000, 20), "123456789");
    assert_non_null(bp_arena_grow(arena, NULL, 0, 8));
    bp_arena_free(arena);
}

static void
note_order(void *object)
{
    char **end = object;
    *(*end)++ = 'x';
}

static void
releases_run_newest_first_and_once(void **state)
{
    (void)state;
    char log[8] = "";
    char *ends[3] = {log, log + 3, log + 6};
    bp_arena *arena = bp_arena_new(NULL);
    for (size_t i = 0; i < 3; i++) {
        bp_arena_defer(arena, note_order, &ends[i]);
    }
    bp_arena_release(arena, &ends[1]);
    assert_ptr_equal(ends[1], log + 4);
    bp_arena_release(arena, &ends[1]);
    bp_arena_release(arena, log);
    assert_ptr_equal(ends[1], log + 4);
    bp_arena_free(arena);
    assert_ptr_equal(ends[0], log + 1);
    assert_ptr_equal(ends[1], log + 4);
    assert_ptr_equal(ends[2], log + 7);
}

static int released;

static void
count_release(void *object)
{
    (void)object;
    released++;
}

typedef struct limited {
    int left;
    int blocks;
} limited;

static void *
limited_alloc(void *context, size_t size)
{
    limited *on = context;
    if (on->left == 0) {
        return NULL;
    }
    on->left--;
    on->blocks++;
    return malloc(size);
}

static void
limited_release(void *context, void *block)
{
    limited *on = context;
    on->blocks--;
    free(block);
}

static jmp_buf out_of_memory;

static void
leave(void *context)
{
    *(bool *)context = true;
    longjmp(out_of_memory, 1);
}

static void
exhaust(bp_arena *arena)
{
    static int object;
    for (;;) {
        bp_arena_defer(arena, count_release, &object);
        released--;
        bp_arena_alloc(arena, 100);
    }
}

static void
run_out_after(int blocks)
{
    static bool failed;
    limited on = {blocks, 0};
    failed = false;
    released = 0;
    bp_arena *arena = bp_arena_new(&(bp_allocator){limited_alloc, limited_release, &on});
    bp_arena_on_failure(arena, leave, &failed);
    if (setjmp(out_of_memory) == 0) {
        exhaust(arena);
    }
    assert_true(failed);
    bp_arena_free(arena);
    assert_true(released == 0 || released == 1); /* 1: the one whose registering failed */
    assert_int_equal(on.blocks, 0);
}

/* Whatever the block at which memory ends, every object is released and every block given back. */
static void
exhaustion_leaves_nothing_behind(void **state)
{
    (void)state;
    limited none = {0, 0};
    assert_null(bp_arena_new(&(bp_allocator){limited_alloc, limited_release, &none}));
    for (int blocks = 1; blocks < 7; blocks++) {
        run_out_after(blocks);
    }
}

static void
sizes_that_overflow_are_exhaustion(void **state)
{
    (void)state;
    static bool failed;
    bp_arena *arena = bp_arena_new(NULL);
    bp_arena_on_failure(arena, leave, &failed);
    if (setjmp(out_of_memory) == 0) {
        bp_arena_array(arena, SIZE_MAX / 2, 4);
    }
    assert_true(failed);
    failed = false;
    if (setjmp(out_of_memory) == 0) {
        bp_arena_alloc(arena, SIZE_MAX - 3);
    }
    assert_true(failed);
    bp_arena_free(arena);
}

static void
vectors_grow(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    BP_VEC(int) numbers = {0};
    for (int i = 0; i < 10000; i++) {
        int *added = bp_vec_add(arena, &numbers);
        assert_int_equal(*added, 0);
        *added = i;
        bp_arena_alloc(arena, 1);
    }
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(numbers.at[i], i);
    }
    assert_int_equal(numbers.count, 10000);
    bp_arena_free(arena);
}

static void
maps_keep_the_order_of_insertion(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_map *map = bp_map_new(arena);
    int values[2000];
    for (size_t i = 0; i < 2000; i++) {
        bp_map_set(map, bp_str_format(arena, "key%zu", i * 7919 % 2000), &values[i]);
    }
    assert_int_equal(bp_map_count(map), 2000);
    for (size_t i = 0; i < 2000; i++) {
        assert_ptr_equal(bp_map_at(map, i)->value, &values[i]);
        assert_ptr_equal(bp_map_get(map, bp_map_at(map, i)->key), &values[i]);
    }
    assert_null(bp_map_get(map, BP_STR("key2000")));
    bp_arena_free(arena);
}

static void
maps_replace_and_add(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_map *map = bp_map_new(arena);
    int a = 0;
    int b = 0;
    bool added = false;
    assert_ptr_equal(bp_map_add(map, BP_STR("x"), &a, &added), &a);
    assert_true(added);
    assert_ptr_equal(bp_map_add(map, BP_STR("x"), &b, &added), &a);
    assert_false(added);
    bp_map_set(map, BP_STR("x"), &b);
    assert_ptr_equal(bp_map_get(map, BP_STR("x")), &b);
    assert_ptr_equal(bp_map_add(map, (bp_str){NULL, 0}, &a, NULL), &a);
    assert_ptr_equal(bp_map_get(map, BP_STR("")), &a);
    assert_ptr_equal(bp_map_add(map, BP_STR("x\0y"), &a, NULL), &a);
    assert_int_equal(bp_map_count(map), 3);
    bp_arena_free(arena);
}

static void
children(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_arena *child = bp_arena_child(arena);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < 100; i++) {
            const char *fresh = bp_arena_alloc(child, 1000);
            assert_int_equal(fresh[0] | fresh[999], 0);
        }
        size_t full = bp_arena_size(child);
        bp_arena_reset(child);
        assert_true(bp_arena_size(child) < full);
    }
    bp_arena_release(arena, child);
    bp_arena_child(arena);
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_and_zeroed),
        cmocka_unit_test(growing_keeps_the_content),
        cmocka_unit_test(releases_run_newest_first_and_once),
        cmocka_unit_test(exhaustion_leaves_nothing_behind),
        cmocka_unit_test(sizes_that_overflow_are_exhaustion),
        cmocka_unit_test(vectors_grow),
        cmocka_unit_test(maps_keep_the_order_of_insertion),
        cmocka_unit_test(maps_replace_and_add),
        cmocka_unit_test(children),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
