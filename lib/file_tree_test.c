/* Trees in memory: the path rules of the disk, without one. */
#include "lib/file_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { CAP = 100 };

static bp_arena *arena;
static bp_file_tree *tree;

static bool
fetch(void *context, bp_arena *into, const bp_tree_file *file, size_t cap, bp_str *text,
      bp_file_error *error)
{
    (void)context;
    if (file->id.size > cap) {
        error->too_large = true;
        return false;
    }
    *text = bp_str_copy(into, file->id);
    return true;
}

static bool
add(const char *path, bp_tree_kind kind, const char *content)
{
    bp_tree_file file = {.path = bp_str_of(path), .kind = kind, .id = bp_str_of(content)};
    return bp_file_tree_add(tree, &file);
}

static int
open_tree(void **state)
{
    (void)state;
    arena = bp_arena_new(NULL);
    tree = bp_file_tree_new(arena, fetch, NULL);
    assert_true(add("a/one.bpol", BP_TREE_FILE, "one"));
    assert_true(add("a/b/two.bpol", BP_TREE_FILE, "two"));
    assert_true(add("a/.hidden/x.bpol", BP_TREE_FILE, "x"));
    assert_true(add("a/link.bpol", BP_TREE_LINK, "../a/b/../one.bpol"));
    assert_true(add("folder", BP_TREE_LINK, "a/b"));
    assert_true(add("out", BP_TREE_LINK, "../secret"));
    assert_true(add("a/up", BP_TREE_LINK, "../../secret"));
    assert_true(add("absolute", BP_TREE_LINK, "/etc/passwd"));
    assert_true(add("loop", BP_TREE_LINK, "./loop"));
    assert_true(add("dangling", BP_TREE_LINK, "a/nothing"));
    assert_true(add("module", BP_TREE_MODULE, ""));
    return 0;
}

static int
close_tree(void **state)
{
    (void)state;
    bp_arena_free(arena);
    return 0;
}

static void
reads(const char *path, const char *content)
{
    bp_str text = {0};
    bp_file_error error;
    assert_true(bp_file_tree_read(arena, tree, bp_str_of(path), CAP, &text, &error));
    assert_true(bp_str_is(text, content));
}

static bp_file_error
refuses(const char *path, const char *why)
{
    bp_str text = {0};
    bp_file_error error;
    assert_false(bp_file_tree_read(arena, tree, bp_str_of(path), CAP, &text, &error));
    assert_true(bp_str_is(error.text, why));
    return error;
}

static void
files_and_links_are_read(void **state)
{
    (void)state;
    reads("a/one.bpol", "one");
    reads("./a//one.bpol", "one");
    reads("a/link.bpol", "one");
    reads("folder/two.bpol", "two");
}

static void
what_leaves_the_tree_is_refused(void **state)
{
    (void)state;
    assert_true(refuses("out", "is a link that leads out of the project").outside);
    assert_true(refuses("a/up", "is a link that leads out of the project").outside);
    assert_true(refuses("absolute", "is a link that leads out of the project").outside);
    assert_true(refuses("../a/one.bpol", "is not a path inside the project").outside);
    assert_true(refuses("/a/one.bpol", "is not a path inside the project").outside);
    refuses("loop", "is a loop of links");
    refuses("dangling", "is a link to nothing");
    refuses("module", "is a folder");
    refuses("a", "is a folder");
    refuses("a/one.bpol/x", "Not a directory");
    assert_true(refuses("a/nothing", "No such file or directory").missing);
    assert_true(refuses("module/x", "No such file or directory").missing);
}

static void
paths_that_are_not_clean_are_left_out(void **state)
{
    (void)state;
    assert_false(add("../x", BP_TREE_FILE, ""));
    assert_false(add("/x", BP_TREE_FILE, ""));
    assert_false(add("a//x", BP_TREE_FILE, ""));
    assert_false(add("", BP_TREE_FILE, ""));
    assert_false(add("a/one.bpol", BP_TREE_FILE, "again"));
    reads("a/one.bpol", "one");
}

static void
lists(const char *pattern, const char *const *paths)
{
    bp_file_list list;
    bp_file_error error;
    assert_true(bp_file_tree_glob(arena, tree, bp_str_of(pattern), 10, &list, &error));
    size_t count = 0;
    for (; paths[count] != NULL; count++) {
        assert_true(count < list.count);
        assert_true(bp_str_is(list.at[count], paths[count]));
    }
    assert_int_equal(list.count, count);
}

static void
patterns_list_as_on_disk(void **state)
{
    (void)state;
    lists("**/*.bpol", (const char *const[]){"a/b/two.bpol", "a/link.bpol", "a/one.bpol", NULL});
    lists("a/*.bpol", (const char *const[]){"a/link.bpol", "a/one.bpol", NULL});
    lists("folder/*.bpol", (const char *const[]){"folder/two.bpol", NULL});
    lists("a/.hidden/*.bpol", (const char *const[]){"a/.hidden/x.bpol", NULL});
    lists("nothing/*.bpol", (const char *const[]){NULL});
    lists("mod*", (const char *const[]){"module", NULL});
    lists("a/*", (const char *const[]){"a/link.bpol", "a/one.bpol", "a/up", NULL});
}

static void
limits_hold(void **state)
{
    (void)state;
    bp_file_list list;
    bp_file_error error;
    bp_str text;
    assert_false(bp_file_tree_glob(arena, tree, BP_STR("**/*.bpol"), 2, &list, &error));
    assert_true(error.too_large);
    assert_true(bp_file_tree_glob(arena, tree, BP_STR("**/*.bpol"), 3, &list, &error));
    assert_false(bp_file_tree_glob(arena, tree, BP_STR("../*.bpol"), 3, &list, &error));
    assert_true(error.outside);
    assert_false(bp_file_tree_read(arena, tree, BP_STR("a/one.bpol"), 2, &text, &error));
    assert_true(error.too_large);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_tree, close_tree)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_and_links_are_read),
        TEST(what_leaves_the_tree_is_refused),
        TEST(paths_that_are_not_clean_are_left_out),
        TEST(patterns_list_as_on_disk),
        TEST(limits_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
