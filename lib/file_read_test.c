/* Reading and listing below a root: what is let in, and every kind of thing that is not. */
#include "lib/file_test.h"

static const char *
read_is(scratch *room, const char *path, bool *ok, bp_file_error *error)
{
    bp_str text = {"", 0};
    *ok = bp_file_read(room->arena, room->root, bp_str_of(path), 1000, &text, error);
    return *ok ? text.at : bp_str_c(room->arena, error->text);
}

static void
expect_read(scratch *room, const char *path, const char *text)
{
    bool ok = false;
    bp_file_error error;
    assert_string_equal(read_is(room, path, &ok, &error), text);
    assert_true(ok);
}

static bp_file_error
expect_refused(scratch *room, const char *path, const char *why)
{
    bool ok = false;
    bp_file_error error;
    assert_string_equal(read_is(room, path, &ok, &error), why);
    assert_false(ok);
    return error;
}

static void
files_and_inner_links_are_read(void **state)
{
    scratch *room = *state;
    make_folder(room, "a");
    make_folder(room, "a/b");
    make_file(room, "a/b/x", "text");
    make_file(room, "empty", "");
    make_link(room, "l1", "a/b/x");
    make_link(room, "a/b/up", "../../a/./b/x");
    make_link(room, "dir", "a//b/");
    make_link(room, "l2", "dir/up");
    expect_read(room, "a/b/x", "text");
    expect_read(room, "./a//b/./x", "text");
    expect_read(room, "empty", "");
    expect_read(room, "l1", "text");
    expect_read(room, "a/b/up", "text");
    expect_read(room, "dir/x", "text");
    expect_read(room, "l2", "text");
    assert_true(expect_refused(room, "dir/none", "No such file or directory").missing);
}

static void
nothing_outside_is_read(void **state)
{
    scratch *room = *state;
    make_folder(room, "a");
    make_link(room, "a/passwd", "/etc/passwd");
    make_link(room, "up", "..");
    make_link(room, "far", "a/../../etc/passwd");
    const char *leads_out = "is a link that leads out of the project";
    assert_true(expect_refused(room, "a/passwd", leads_out).outside);
    assert_true(expect_refused(room, "up/x", leads_out).outside);
    assert_true(expect_refused(room, "far", leads_out).outside);
    const char *no_path = "is not a path inside the project";
    assert_true(expect_refused(room, "/etc/passwd", no_path).outside);
    assert_true(expect_refused(room, "a/../../x", no_path).outside);
    assert_true(expect_refused(room, "", no_path).outside);
    bp_file_error error;
    bp_str text;
    assert_false(bp_file_read(room->arena, room->root, BP_STR("a\0b"), 10, &text, &error));
    assert_true(error.outside);
}

static void
what_is_no_file_is_refused_at_once(void **state)
{
    scratch *room = *state;
    make_folder(room, "folder");
    make_file(room, "file", "x");
    make_link(room, "nothing", "gone");
    make_link(room, "loop", "loop");
    make_link(room, "ping", "pong");
    make_link(room, "pong", "ping");
    assert_int_equal(mkfifoat(room->folder, "fifo", 0644), 0);
    expect_refused(room, "folder", "is a folder");
    expect_refused(room, "fifo", "is a FIFO, not a file");
    assert_false(expect_refused(room, "nothing", "is a link to nothing").missing);
    expect_refused(room, "loop", "is a loop of links");
    expect_refused(room, "ping", "is a loop of links");
    expect_refused(room, "file/x", "Not a directory");
    assert_true(expect_refused(room, "gone", "No such file or directory").missing);
    assert_true(expect_refused(room, "gone/x", "No such file or directory").missing);
}

static void
the_cap_holds(void **state)
{
    scratch *room = *state;
    bp_str text;
    bp_file_error error;
    make_file(room, "f", "12345");
    assert_true(bp_file_read(room->arena, room->root, BP_STR("f"), 5, &text, &error));
    assert_int_equal(text.size, 5);
    assert_false(bp_file_read(room->arena, room->root, BP_STR("f"), 4, &text, &error));
    assert_true(error.too_large);
    assert_string_equal(error.text.at, "is larger than 4 bytes");
    /* A file that tells no size: the cap holds while reading. */
    if (access("/proc/self/status", R_OK) == 0) {
        assert_true(bp_file_read_anywhere(room->arena, "/proc/self/status", 65536, &text, &error));
        assert_true(text.size > 100);
        assert_false(bp_file_read_anywhere(room->arena, "/proc/self/status", 100, &text, &error));
        assert_true(error.too_large);
    }
}

static void
paths_of_the_user_may_lie_anywhere(void **state)
{
    scratch *room = *state;
    make_file(room, "f", "x");
    make_link(room, "l", "f");
    make_link(room, "nothing", "gone");
    assert_int_equal(mkfifoat(room->folder, "fifo", 0644), 0);
    bp_str text;
    bp_file_error error;
    char path[128];
    snprintf(path, sizeof path, "%s/l", room->root);
    assert_true(bp_file_read_anywhere(room->arena, path, 10, &text, &error));
    snprintf(path, sizeof path, "%s/nothing", room->root);
    assert_false(bp_file_read_anywhere(room->arena, path, 10, &text, &error));
    assert_string_equal(error.text.at, "is a link to nothing");
    assert_false(error.missing);
    snprintf(path, sizeof path, "%s/fifo", room->root);
    assert_false(bp_file_read_anywhere(room->arena, path, 10, &text, &error));
    assert_string_equal(error.text.at, "is a FIFO, not a file");
    assert_false(bp_file_read_anywhere(room->arena, room->root, 10, &text, &error));
    assert_string_equal(error.text.at, "is a folder");
}

static void
glob_is(scratch *room, const char *pattern, const char *expected)
{
    bp_file_list list;
    bp_file_error error;
    assert_true(bp_file_glob(room->arena, room->root, bp_str_of(pattern), 100, &list, &error));
    bp_buf buf = {.arena = room->arena};
    for (size_t i = 0; i < list.count; i++) {
        bp_buf_format(&buf, "%s%.*s", i == 0 ? "" : " ", BP_ARG(list.at[i]));
    }
    assert_string_equal(bp_buf_text(&buf).at, expected);
}

static void
globs_list_in_byte_order(void **state)
{
    scratch *room = *state;
    make_folder(room, "p");
    make_folder(room, "p/q");
    make_folder(room, "p/q/r");
    make_folder(room, "p/.git");
    make_folder(room, "p/folder.bpol");
    static const char *const files[] = {"p/b.bpol",      "p/a.bpol",  "p/q/c.bpol", "p/q/r/d.bpol",
                                        "p/.git/e.bpol", "p/.h.bpol", "p/n.txt",    "top.bpol"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        make_file(room, files[i], "");
    }
    make_link(room, "p/z.bpol", "gone");
    make_link(room, "p/q/loop", "..");
    make_link(room, "pp", "p");
    glob_is(room, "p/*.bpol", "p/a.bpol p/b.bpol p/folder.bpol p/z.bpol");
    glob_is(room, "p/**/*.bpol",
            "p/a.bpol p/b.bpol p/folder.bpol p/q/c.bpol p/q/r/d.bpol p/z.bpol");
    glob_is(room, "**/d.bpol", "p/q/r/d.bpol");
    glob_is(room, "**/q/**", "p/q/c.bpol p/q/r/d.bpol");
    glob_is(room, "p/?.bpol", "p/a.bpol p/b.bpol p/z.bpol");
    glob_is(room, "*/*/c*l", "p/q/c.bpol");
    glob_is(room, "p/.h.bpol", "p/.h.bpol");
    glob_is(room, "top.bpol", "top.bpol");
    glob_is(room, "none/*.bpol", "");
    glob_is(room, "pp/a*", "pp/a.bpol");
}

static void
globs_are_bounded_and_stay_inside(void **state)
{
    scratch *room = *state;
    make_file(room, "a", "");
    make_file(room, "b", "");
    make_link(room, "out", "/etc");
    bp_file_list list;
    bp_file_error error;
    assert_true(bp_file_glob(room->arena, room->root, BP_STR("[ab]"), 1, &list, &error));
    assert_int_equal(list.count, 0);
    assert_true(bp_file_glob(room->arena, room->root, BP_STR("?"), 2, &list, &error));
    assert_int_equal(list.count, 2);
    assert_false(bp_file_glob(room->arena, room->root, BP_STR("?"), 1, &list, &error));
    assert_true(error.too_large);
    assert_false(bp_file_glob(room->arena, room->root, BP_STR("../*"), 9, &list, &error));
    assert_true(error.outside);
    assert_false(bp_file_glob(room->arena, room->root, BP_STR("out/*"), 9, &list, &error));
    assert_true(error.outside);
    assert_false(bp_file_glob(room->arena, room->root, BP_STR("a/x/*"), 9, &list, &error));
    assert_string_equal(error.text.at, "\"a/x\" Not a directory");
}

static void
stars_do_not_take_exponential_time(void **state)
{
    scratch *room = *state;
    char name[200];
    memset(name, 'a', 199);
    name[199] = '\0';
    make_file(room, name, "");
    glob_is(room, "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "");
    glob_is(room, "**/**/**/**/**/**/**/**/**/**/**/**/b", "");
}

static void
folders_to_write_lie_inside(void **state)
{
    scratch *room = *state;
    make_folder(room, "a");
    make_file(room, "f", "");
    make_link(room, "out", "/tmp");
    make_link(room, "in", "a");
    make_link(room, "nothing", "gone");
    static const char *const good[] = {"a", "a/new/deep", "new", "in", "in/new"};
    static const char *const bad[] = {"out", "out/x", "/tmp", "..", "f", "f/x", "nothing", ""};
    bp_file_error error;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(bp_file_inside(room->arena, room->root, bp_str_of(good[i]), &error));
        assert_int_equal(error.text.size, 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(bp_file_inside(room->arena, room->root, bp_str_of(bad[i]), &error));
        assert_true(error.text.size > 0);
        assert_true(error.outside == (i < 4 || i == 7));
    }
}

static void
paths_are_cleaned(void **state)
{
    scratch *room = *state;
    bp_str clean;
    assert_true(bp_path_clean(room->arena, BP_STR("a/./b//c/"), &clean));
    assert_string_equal(clean.at, "a/b/c");
    assert_true(bp_path_clean(room->arena, BP_STR("..a/b.."), &clean));
    static const char *const bad[] = {"", ".", "./", "/a", "..", "a/..", "a/../b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(bp_path_clean(room->arena, bp_str_of(bad[i]), &clean));
    }
    assert_true(bp_str_is(bp_path_folder(BP_STR("a/b/c")), "a/b"));
    assert_true(bp_str_is(bp_path_folder(BP_STR("c")), ""));
    assert_true(bp_str_is(bp_path_folder(BP_STR("/c")), "/"));
    assert_string_equal(bp_path_join(room->arena, BP_STR("a/b"), BP_STR("c")).at, "a/b/c");
    assert_string_equal(bp_path_join(room->arena, BP_STR(""), BP_STR("c")).at, "c");
    assert_string_equal(bp_path_join(room->arena, BP_STR("/"), BP_STR("c")).at, "/c");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_and_inner_links_are_read),     TEST(nothing_outside_is_read),
        TEST(what_is_no_file_is_refused_at_once), TEST(the_cap_holds),
        TEST(paths_of_the_user_may_lie_anywhere), TEST(globs_list_in_byte_order),
        TEST(globs_are_bounded_and_stay_inside),  TEST(stars_do_not_take_exponential_time),
        TEST(folders_to_write_lie_inside),        TEST(paths_are_cleaned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
