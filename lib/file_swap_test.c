/* Writing a whole folder: exchanged in one step, files of others kept, nothing left beside it. */
#include "lib/file_test.h"

#include <sys/file.h>
#include <sys/wait.h>

static const bp_file_out new_files[] = {{{"a.txt", 5}, {"new a", 5}, false, false},
                                        {{"in/b.sh", 7}, {"new b", 5}, true, false},
                                        {{"manifest.json", 13}, {"new m", 5}, false, false}};

enum { NEW_FILES = sizeof new_files / sizeof *new_files };

static bool
write_out(scratch *room, const char *folder, const bp_str *stale, size_t count,
          bp_file_error *error)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", room->root, folder);
    return bp_file_write_folder(room->arena, path, new_files, NEW_FILES, stale, count, error);
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

static bool
is_there(scratch *room, const char *path)
{
    return faccessat(room->folder, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static struct stat
look(scratch *room, const char *path)
{
    struct stat found;
    assert_int_equal(fstatat(room->folder, path, &found, AT_SYMLINK_NOFOLLOW), 0);
    return found;
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

/* An older output with a stale file, a stale folder and what others put there. */
static void
make_old(scratch *room)
{
    make_folder(room, "out");
    make_folder(room, "out/in");
    make_folder(room, "out/gone");
    make_folder(room, "out/own");
    make_folder(room, "out/own/deep");
    make_folder(room, "out/void");
    make_file(room, "out/a.txt", "old a");
    make_file(room, "out/manifest.json", "old m");
    make_file(room, "out/stale.txt", "old s");
    make_file(room, "out/gone/stale.txt", "old s");
    make_file(room, "out/in/note", "theirs");
    make_file(room, "out/own/deep/note", "theirs");
    make_link(room, "out/link", "/nowhere");
}

static const bp_str stale_paths[] = {{"stale.txt", 9}, {"gone/stale.txt", 14}, {"never", 5}};

static void
a_first_set_stands(void **state)
{
    scratch *room = *state;
    bp_file_error error;
    assert_true(write_out(room, "new/out", NULL, 0, &error));
    expect_text(room, "new/out/a.txt", "new a");
    assert_int_equal(look(room, "new/out/in/b.sh").st_mode & 07777, 0755);
    assert_int_equal(look(room, "new/out").st_mode & 07777, 0755);
    assert_int_equal(entries(room, "new"), 1);
}

static void
what_is_not_ours_is_kept(void **state)
{
    scratch *room = *state;
    bp_file_error error;
    make_old(room);
    assert_int_equal(fchmodat(room->folder, "out/own", 0750, 0), 0);
    assert_int_equal(fchmodat(room->folder, "out", 0700, 0), 0);
    ino_t note = look(room, "out/own/deep/note").st_ino;
    ino_t folder = look(room, "out").st_ino;
    assert_true(write_out(room, "out", stale_paths, 3, &error));
    assert_int_not_equal(look(room, "out").st_ino, folder); /* it was exchanged */
    assert_int_equal(look(room, "out").st_mode & 07777, 0700);
    assert_int_equal(look(room, "out/own").st_mode & 07777, 0750);
    assert_int_equal(look(room, "out/own/deep/note").st_ino, note);
    assert_int_equal(look(room, "out/own/deep/note").st_nlink, 1);
    expect_text(room, "out/in/note", "theirs");
    expect_text(room, "out/a.txt", "new a");
    assert_true(S_ISLNK(look(room, "out/link").st_mode));
    assert_true(is_there(room, "out/void"));
    assert_false(is_there(room, "out/stale.txt"));
    assert_false(is_there(room, "out/gone"));
    assert_int_equal(entries(room, "."), 1);
}

static void
a_folder_behind_a_link_is_exchanged_and_the_link_kept(void **state)
{
    scratch *room = *state;
    bp_file_error error;
    make_old(room);
    make_link(room, "way", "out");
    assert_true(write_out(room, "way", NULL, 0, &error));
    assert_true(S_ISLNK(look(room, "way").st_mode));
    expect_text(room, "out/a.txt", "new a");
    assert_int_equal(entries(room, "."), 2);
}

static void
nothing_is_written_through_links_or_over_folders(void **state)
{
    scratch *room = *state;
    bp_file_error error;
    make_folder(room, "out");
    make_folder(room, "victim");
    make_link(room, "out/in", "../victim");
    make_file(room, "out/a.txt", "old a");
    assert_false(write_out(room, "out", NULL, 0, &error));
    assert_true(bp_str_contains(error.text, BP_STR("is a link")));
    assert_false(error.replaced);
    assert_int_equal(entries(room, "victim"), 0);
    unlinkat(room->folder, "out/in", 0);
    make_folder(room, "out/manifest.json");
    assert_false(write_out(room, "out", NULL, 0, &error));
    assert_true(bp_str_contains(error.text, BP_STR("is a folder")));
    expect_text(room, "out/a.txt", "old a");
    assert_int_equal(entries(room, "."), 2);
}

static void
what_a_killed_writer_left_goes_and_its_likes_stay(void **state)
{
    scratch *room = *state;
    bp_file_error error;
    make_old(room);
    make_folder(room, ".out.123.part");
    make_folder(room, ".out.123.part/in");
    make_file(room, ".out.123.part/in/b.sh", "half");
    make_link(room, ".out.123.part/link", "../out");
    make_folder(room, ".other.123.part");
    make_folder(room, ".out.part");
    make_file(room, ".out.9.part", "a file");
    make_file(room, "out/.a.txt.77.part", "half");
    assert_true(write_out(room, "out", stale_paths, 3, &error));
    assert_false(is_there(room, ".out.123.part"));
    assert_false(is_there(room, "out/.a.txt.77.part"));
    assert_true(is_there(room, ".other.123.part"));
    assert_true(is_there(room, ".out.part"));
    assert_true(is_there(room, ".out.9.part"));
    expect_text(room, "out/a.txt", "new a");
}

/* Someone who looks all the time sees one of the two sets, never the folder missing or mixed. */
static void
a_reader_sees_one_set(void **state)
{
    scratch *room = *state;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/out", room->root);
    bp_file_out files[2] = {{BP_STR("first"), BP_STR("0"), false, false},
                            {BP_STR("second"), BP_STR("0"), false, false}};
    bp_file_error error;
    assert_true(bp_file_write_folder(room->arena, path, files, 2, NULL, 0, &error));
    pid_t writer = fork();
    if (writer == 0) {
        bool good = true;
        for (int i = 0; i < 60; i++) {
            files[0].text = files[1].text = i % 2 == 0 ? BP_STR("1") : BP_STR("0");
            good = bp_file_write_folder(room->arena, path, files, 2, NULL, 0, &error) && good;
        }
        _exit(good ? 0 : 1);
    }
    int status = 0;
    while (waitpid(writer, &status, WNOHANG) == 0) {
        int folder = openat(room->folder, "out", O_RDONLY | O_DIRECTORY);
        assert_true(folder >= 0);
        char first = 'x';
        char second = 'x';
        int one = openat(folder, "first", O_RDONLY);
        int two = openat(folder, "second", O_RDONLY);
        /* A set that was replaced meanwhile is on its way out: nothing, but never the other one. */
        if (one >= 0 && two >= 0 && read(one, &first, 1) == 1 && read(two, &second, 1) == 1) {
            assert_int_equal(first, second);
        }
        close(one);
        close(two);
        close(folder);
    }
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(entries(room, "."), 1);
}

static void
writers_wait_for_each_other(void **state)
{
    scratch *room = *state;
    enum { WRITERS = 6 };
    pid_t writers[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        if (writers[i] == 0) {
            bool good = true;
            for (int k = 0; k < 8; k++) {
                bp_file_error error;
                good = write_out(room, "out", NULL, 0, &error) && good;
            }
            _exit(good ? 0 : 1);
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        int status = 0;
        assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    expect_text(room, "out/in/b.sh", "new b");
    assert_int_equal(entries(room, "out"), 3);
    assert_int_equal(entries(room, "."), 1);
}

static void
a_path_that_leaves_is_refused(void **state)
{
    scratch *room = *state;
    bp_file_out file = {BP_STR("../evil"), BP_STR("x"), false, false};
    bp_file_error error;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/out", room->root);
    assert_false(bp_file_write_folder(room->arena, path, &file, 1, NULL, 0, &error));
    assert_true(error.outside);
    assert_int_equal(entries(room, "."), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_first_set_stands, make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(what_is_not_ours_is_kept, make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(a_folder_behind_a_link_is_exchanged_and_the_link_kept,
                                        make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(nothing_is_written_through_links_or_over_folders,
                                        make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(what_a_killed_writer_left_goes_and_its_likes_stay,
                                        make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(a_reader_sees_one_set, make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(writers_wait_for_each_other, make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(a_path_that_leaves_is_refused, make_scratch,
                                        remove_scratch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
