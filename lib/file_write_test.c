/* Writing sets: the new set stands whole, or the old one does, and nothing is left lying about. */
#include "lib/file_test.h"

#include <sys/wait.h>

static bool
write_two(scratch *room, const char *folder, const char *first, const char *second, char *why)
{
    bp_file_out files[] = {{bp_str_of(first), BP_STR("new one"), false, false},
                           {bp_str_of(second), BP_STR("new two"), true, false}};
    bp_file_error error;
    char path[128];
    snprintf(path, sizeof path, "%s/%s", room->root, folder);
    bool done = bp_file_write_set(room->arena, path, files, 2, NULL, 0, &error);
    snprintf(why, 256, "%.*s", BP_ARG(error.text));
    return done;
}

static void
expect_text(scratch *room, const char *path, const char *text)
{
    char buffer[64] = "";
    int file = openat(room->folder, path, O_RDONLY | O_NOFOLLOW);
    assert_true(file >= 0);
    assert_true(read(file, buffer, sizeof buffer - 1) >= 0);
    close(file);
    assert_string_equal(buffer, text);
}

static void
expect_absent(scratch *room, const char *path)
{
    assert_int_not_equal(faccessat(room->folder, path, F_OK, AT_SYMLINK_NOFOLLOW), 0);
}

static size_t
entries(scratch *room, const char *path)
{
    DIR *list = fdopendir(openat(room->folder, path, O_RDONLY | O_DIRECTORY));
    assert_non_null(list);
    size_t count = 0;
    while (readdir(list) != NULL) {
        count++;
    }
    closedir(list);
    return count - 2;
}

static mode_t
mode_of(scratch *room, const char *path)
{
    struct stat found;
    assert_int_equal(fstatat(room->folder, path, &found, AT_SYMLINK_NOFOLLOW), 0);
    return found.st_mode & 07777;
}

static void
a_new_set_stands(void **state)
{
    scratch *room = *state;
    char why[256];
    mode_t old = umask(0077);
    assert_true(write_two(room, "x/out", "sub/deep/a", "b.sh", why));
    umask(old);
    expect_text(room, "x/out/sub/deep/a", "new one");
    expect_text(room, "x/out/b.sh", "new two");
    assert_int_equal(mode_of(room, "x/out/sub/deep/a"), 0644);
    assert_int_equal(mode_of(room, "x/out/b.sh"), 0755);
    assert_int_equal(mode_of(room, "x/out"), 0755);
    assert_int_equal(mode_of(room, "x/out/sub/deep"), 0755);
    assert_int_equal(entries(room, "x/out"), 2);
    assert_int_equal(entries(room, "x/out/sub/deep"), 1);
    assert_true(write_two(room, "x/out", "sub/deep/a", "b.sh", why));
    assert_int_equal(entries(room, "x/out"), 2);
    assert_int_equal(entries(room, "x/out/sub/deep"), 1);
}

static void
a_file_in_the_folders_place(void **state)
{
    scratch *room = *state;
    char why[256];
    make_file(room, "out", "mine");
    assert_false(write_two(room, "out", "a", "b", why));
    assert_non_null(strstr(why, "out\": is a file, not a folder"));
    assert_false(write_two(room, "out/deeper", "a", "b", why));
    assert_non_null(strstr(why, "Not a directory"));
    expect_text(room, "out", "mine");
}

/* The second file cannot be written: the first keeps its old text, and new folders go again. */
static void
failing_early_changes_nothing(void **state)
{
    scratch *room = *state;
    char why[256];
    make_folder(room, "out");
    make_folder(room, "out/b");
    make_file(room, "out/a", "old");
    assert_false(write_two(room, "out", "a", "b", why));
    assert_string_equal(why, "cannot write \"b\": is a folder");
    expect_text(room, "out/a", "old");
    assert_false(write_two(room, "out", "new/x", "b", why));
    expect_absent(room, "out/new");
    assert_int_equal(entries(room, "out"), 2);
    make_file(room, "out/f", "");
    assert_false(write_two(room, "out", "a", "f/x", why));
    assert_string_equal(why, "cannot write \"f\": is a file, not a folder");
    assert_int_equal(entries(room, "out"), 3);
}

static void
links_inside_are_never_written_through(void **state)
{
    scratch *room = *state;
    char why[256];
    make_folder(room, "out");
    make_folder(room, "else");
    make_file(room, "victim", "mine");
    make_link(room, "out/b", "../victim");
    make_link(room, "out/sub", "../else");
    assert_false(write_two(room, "out", "a", "b", why));
    assert_string_equal(why, "cannot write \"b\": is a link; nothing is written through links");
    assert_false(write_two(room, "out", "a", "sub/x", why));
    assert_string_equal(why, "cannot write \"sub\": is a link; nothing is written through links");
    expect_text(room, "victim", "mine");
    assert_int_equal(entries(room, "else"), 0);
    expect_absent(room, "out/a");
}

static void
paths_that_leave_are_refused(void **state)
{
    scratch *room = *state;
    char why[256];
    static const char *const bad[] = {"../x", "/tmp/x", "a/../../x", "./x", "a//x", ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(write_two(room, "out", "a", bad[i], why));
        expect_absent(room, "out");
    }
    bp_file_error error;
    bp_str stale = BP_STR("../victim");
    make_file(room, "victim", "mine");
    char path[128];
    snprintf(path, sizeof path, "%s/out", room->root);
    assert_false(bp_file_write_set(room->arena, path, NULL, 0, &stale, 1, &error));
    assert_true(error.outside);
    expect_text(room, "victim", "mine");
}

static void
stale_files_go_and_foreign_ones_stay(void **state)
{
    scratch *room = *state;
    make_folder(room, "out");
    make_folder(room, "out/old");
    make_folder(room, "out/old/deep");
    make_folder(room, "out/mixed");
    make_file(room, "out/old/deep/x", "");
    make_file(room, "out/mixed/x", "");
    make_file(room, "out/mixed/foreign", "keep");
    make_file(room, "out/kept", "old");
    make_link(room, "out/link", "kept");
    bp_str stale[] = {BP_STR("old/deep/x"), BP_STR("mixed/x"), BP_STR("kept"), BP_STR("gone/x"),
                      BP_STR("link")};
    bp_file_out file = {BP_STR("kept"), BP_STR("new"), false, false};
    bp_file_error error;
    char path[128];
    snprintf(path, sizeof path, "%s/out", room->root);
    assert_true(bp_file_write_set(room->arena, path, &file, 1, stale, 5, &error));
    expect_absent(room, "out/old");
    expect_absent(room, "out/mixed/x");
    expect_text(room, "out/mixed/foreign", "keep");
    expect_text(room, "out/kept", "new");
    assert_int_equal(faccessat(room->folder, "out/link", F_OK, AT_SYMLINK_NOFOLLOW), 0);
}

static void
permissions_stay_where_that_is_asked(void **state)
{
    scratch *room = *state;
    make_folder(room, "out");
    make_file(room, "out/kept", "old");
    make_file(room, "out/set", "old");
    assert_int_equal(fchmodat(room->folder, "out/kept", 0640, 0), 0);
    assert_int_equal(fchmodat(room->folder, "out/set", 0600, 0), 0);
    bp_file_out files[] = {{BP_STR("kept"), BP_STR("new"), false, true},
                           {BP_STR("fresh"), BP_STR("new"), false, true},
                           {BP_STR("set"), BP_STR("new"), false, false}};
    bp_file_error error;
    char path[128];
    snprintf(path, sizeof path, "%s/out", room->root);
    assert_true(bp_file_write_set(room->arena, path, files, 3, NULL, 0, &error));
    expect_text(room, "out/kept", "new");
    assert_int_equal(mode_of(room, "out/kept"), 0640);
    assert_int_equal(mode_of(room, "out/fresh"), 0644);
    assert_int_equal(mode_of(room, "out/set"), 0644);
}

static void
leftovers_of_a_killed_writer_go(void **state)
{
    scratch *room = *state;
    char why[256];
    make_folder(room, "out");
    make_file(room, "out/.a.4711.part", "half");
    make_file(room, "out/.a.4711.old.part", "old");
    make_file(room, "out/.foreign.4711.part", "not ours");
    make_file(room, "out/.a.part", "not ours");
    make_file(room, "out/.a.x1.part", "not ours");
    assert_true(write_two(room, "out", "a", "b", why));
    expect_absent(room, "out/.a.4711.part");
    expect_absent(room, "out/.a.4711.old.part");
    assert_int_equal(entries(room, "out"), 5);
}

/* Memory ends after so many blocks, somewhere in the middle of the job. */
static void *
countdown(void *context, size_t size)
{
    int *left = context;
    return (*left)-- > 0 ? test_malloc(size) : NULL;
}

static void
give_back(void *context, void *block)
{
    (void)context;
    test_free(block);
}

static jmp_buf out_of_memory;

static void
leave(void *context)
{
    (void)context;
    longjmp(out_of_memory, 1);
}

enum { MANY = 200 };

static bool
write_many(const char *folder, int blocks)
{
    int left = blocks;
    bp_arena *arena = bp_arena_new(&(bp_allocator){countdown, give_back, &left});
    bp_arena_on_failure(arena, leave, NULL);
    volatile bool done = false;
    if (setjmp(out_of_memory) == 0) {
        bp_file_out *files = bp_arena_array(arena, MANY, sizeof *files);
        for (int i = 0; i < MANY; i++) {
            files[i].path = bp_str_format(arena, "folder%d/file%d", i % 7, i);
            files[i].text = BP_STR("new");
        }
        bp_file_error error;
        done = bp_file_write_set(arena, folder, files, MANY, NULL, 0, &error);
    }
    bp_arena_free(arena);
    return done;
}

static void
running_out_of_memory_leaves_nothing(void **state)
{
    scratch *room = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/out", room->root);
    int blocks = 2;
    while (!write_many(path, blocks)) {
        expect_absent(room, "out");
        assert_true(++blocks < 50);
    }
    assert_true(blocks > 3);
    assert_int_equal(entries(room, "out"), 7);
    assert_int_equal(entries(room, "out/folder3"), MANY / 7 + (3 < MANY % 7));
}

/* Two processes, many rounds: each time one whole set stands. */
static void
two_writers_take_turns(void **state)
{
    scratch *room = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/out", room->root);
    pid_t child = fork();
    assert_true(child >= 0);
    bp_str text = child == 0 ? BP_STR("child") : BP_STR("parent");
    bp_file_out files[] = {{BP_STR("a"), text, false, false},
                           {BP_STR("s/b"), text, false, false},
                           {BP_STR("c"), text, false, false}};
    bool good = true;
    for (int i = 0; i < 30; i++) {
        bp_file_error error;
        good = bp_file_write_set(room->arena, path, files, 3, NULL, 0, &error) && good;
    }
    if (child == 0) {
        _exit(good ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(good);
    assert_int_equal(entries(room, "out"), 3);
    char last[8] = "";
    int file = openat(room->folder, "out/a", O_RDONLY);
    assert_true(read(file, last, sizeof last - 1) > 0);
    close(file);
    expect_text(room, "out/s/b", last);
    expect_text(room, "out/c", last);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_set_stands),
        TEST(a_file_in_the_folders_place),
        TEST(failing_early_changes_nothing),
        TEST(links_inside_are_never_written_through),
        TEST(paths_that_leave_are_refused),
        TEST(stale_files_go_and_foreign_ones_stay),
        TEST(permissions_stay_where_that_is_asked),
        TEST(leftovers_of_a_killed_writer_go),
        TEST(running_out_of_memory_leaves_nothing),
        TEST(two_writers_take_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
