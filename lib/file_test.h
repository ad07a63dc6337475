/* A scratch folder for the tests of file.h. Shared by file_read_test.c and file_write_test.c. */
#ifndef BP_LIB_FILE_TEST_H
#define BP_LIB_FILE_TEST_H

#include "lib/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct scratch {
    bp_arena *arena;
    char root[64];
    int folder;
} scratch;

static inline int
make_scratch(void **state)
{
    static scratch room;
    room.arena = bp_arena_new(NULL);
    strncpy(room.root, "/tmp/backpol-file-XXXXXX", sizeof room.root - 1);
    assert_non_null(mkdtemp(room.root));
    room.folder = open(room.root, O_RDONLY | O_DIRECTORY);
    *state = &room;
    return 0;
}

static inline void
remove_below(int folder, const char *name, int depth)
{
    struct stat found;
    if (depth > 100 || fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return;
    }
    if (S_ISDIR(found.st_mode)) {
        int inner = openat(folder, name, O_RDONLY | O_DIRECTORY);
        DIR *list = fdopendir(inner);
        assert_non_null(list);
        for (struct dirent *each = readdir(list); each != NULL; each = readdir(list)) {
            if (strcmp(each->d_name, ".") != 0 && strcmp(each->d_name, "..") != 0) {
                remove_below(inner, each->d_name, depth + 1);
            }
        }
        closedir(list);
    }
    unlinkat(folder, name, S_ISDIR(found.st_mode) ? AT_REMOVEDIR : 0);
}

static inline int
remove_scratch(void **state)
{
    scratch *room = *state;
    bp_arena_free(room->arena);
    close(room->folder);
    remove_below(AT_FDCWD, room->root, 0);
    return 0;
}

static inline void
make_file(scratch *room, const char *path, const char *text)
{
    int file = openat(room->folder, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
}

static inline void
make_folder(scratch *room, const char *path)
{
    assert_int_equal(mkdirat(room->folder, path, 0755), 0);
}

static inline void
make_link(scratch *room, const char *path, const char *target)
{
    assert_int_equal(symlinkat(target, room->folder, path), 0);
}

#endif
