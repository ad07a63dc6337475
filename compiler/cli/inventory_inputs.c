/*
 * The inputs of `backpol inventory import`: files, folders in the order of bytes, standard input;
 * what is no JSON is told by its first bytes. Links are never followed, and names are listed folder
 * by folder, so that a folder of many thousand dumps costs no memory.
 */
#include "compiler/cli/inventory_import.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { START = 4096, FOLDERS_MAX = 32, YAML_CAP = 16 * 1024 * 1024, INVENTORY_CAP = 64 << 20 };

static const int64_t FILE_CAP = INT64_C(8) << 30;

/* A descriptor whose first bytes were looked at. */
typedef struct stream {
    int descriptor;
    char start[START];
    size_t size;
    size_t given;
    int64_t total;
} stream;

static int64_t
read_stream(void *context, char *at, size_t room)
{
    stream *from = context;
    if (from->given < from->size) {
        size_t rest = from->size - from->given;
        size_t size = rest < room ? rest : room;
        memcpy(at, from->start + from->given, size);
        from->given += size;
        return (int64_t)size;
    }
    for (;;) {
        ssize_t got = read(from->descriptor, at, room);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        from->total += got > 0 ? got : 0;
        return from->total > FILE_CAP ? -1 : got;
    }
}

static bool
fill_start(stream *from)
{
    while (from->size < START) {
        ssize_t got = read(from->descriptor, from->start + from->size, START - from->size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got == 0;
        }
        from->size += (size_t)got;
    }
    return true;
}

typedef enum kind { JSON, INVENTORY, YAML, NOTHING, ERROR_TEXT, TABLE } kind;

static bool
is_key_line(bp_str line)
{
    size_t at = bp_str_find(line, ':');
    for (size_t i = 0; i < at; i++) {
        if (!bp_is_alnum(line.at[i]) && line.at[i] != '_' && line.at[i] != '"' &&
            line.at[i] != '\'') {
            return false;
        }
    }
    return at > 0 && at < line.size;
}

static kind
kind_of(bp_str start)
{
    static const char *const errors[] = {
        "An error occurred", "usage:", "Unable to locate",          "Could not connect",  "Error",
        "aws: error",        "<",      "You must specify a region", "Partial credentials"};
    bp_str text =
        bp_str_starts(start, BP_STR("\xEF\xBB\xBF")) ? bp_str_cut(start, 3, start.size) : start;
    text = bp_str_trim(text);
    bp_str line = bp_str_cut(text, 0, bp_str_find(text, '\n'));
    if (text.size == 0) {
        return NOTHING;
    }
    if (text.at[0] == '{' || text.at[0] == '[') {
        return JSON;
    }
    if (bp_str_contains(text, BP_STR("backpol_inventory:"))) {
        return INVENTORY;
    }
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (bp_str_starts(text, bp_str_of(errors[i]))) {
            return ERROR_TEXT;
        }
    }
    if (bp_str_starts(line, BP_STR("----")) || bp_str_starts(line, BP_STR("+-")) ||
        text.at[0] == '|' || bp_str_find(line, '\t') < line.size) {
        return TABLE;
    }
    return is_key_line(line) || bp_str_is(line, "---") || bp_str_starts(line, BP_STR("#")) ? YAML
                                                                                           : JSON;
}

/* All of a stream, up to a cap. */
static bool
read_whole(bp_importing *all, stream *from, size_t cap, bp_str path, bp_str *text)
{
    bp_buf whole = {.arena = all->run->arena};
    char *chunk = bp_arena_alloc(all->run->arena, START);
    for (;;) {
        int64_t got = read_stream(from, chunk, START);
        if (got <= 0) {
            *text = bp_buf_text(&whole);
            return got == 0;
        }
        bp_buf_add(&whole, (bp_str){chunk, (size_t)got});
        if (whole.size > cap) {
            bp_survey_unreadable(
                all->survey, path,
                bp_str_format(all->run->arena, "YAML of more than %zu MiB is not read", cap >> 20));
            return false;
        }
    }
}

static bool
read_inventory(bp_importing *all, bp_str path, bp_str text)
{
    bp_organization *org = NULL;
    const bp_source *source = bp_sources_add(all->session->sources, path, text);
    if (!bp_organization_read(all->run->arena, all->session->diagnostics, all->session->facts,
                              source, all->run->as_of, &org)) {
        all->broken = true;
        return false;
    }
    bp_survey_start_from(all->survey, org);
    return true;
}

static void
refuse_text(bp_importing *all, bp_str path, kind what)
{
    const char *why = what == NOTHING ? "an empty file is no answer; what the call says is unknown"
                      : what == ERROR_TEXT
                          ? "text of an error in place of an answer; what the call says is unknown"
                          : "a table or plain text cannot be read; run it with --output json";
    bp_survey_no_answer(all->survey, path, what == TABLE ? "IMP004" : "IMP003", why);
}

static void
read_open(bp_importing *all, bp_str path, int descriptor)
{
    stream from = {.descriptor = descriptor};
    bp_str text = {"", 0};
    if (!fill_start(&from)) {
        bp_survey_unreadable(all->survey, path, bp_str_of(strerror(errno)));
        return;
    }
    kind what = kind_of((bp_str){from.start, from.size});
    switch (what) {
    case JSON:
        bp_survey_read(all->survey, path, (bp_json_input){read_stream, &from});
        break;
    case INVENTORY:
        if (read_whole(all, &from, INVENTORY_CAP, path, &text)) {
            read_inventory(all, path, text);
        }
        break;
    case YAML:
        if (read_whole(all, &from, YAML_CAP, path, &text)) {
            bp_survey_read_yaml(all->survey, bp_sources_add(all->session->sources, path, text));
        }
        break;
    case NOTHING:
    case ERROR_TEXT:
    case TABLE:
        refuse_text(all, path, what);
        break;
    }
}

static void
read_file(bp_importing *all, const char *disk, bp_str path)
{
    struct stat found;
    int descriptor = open(disk, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) {
        bool link = errno == ELOOP;
        bp_survey_unreadable(all->survey, path,
                             link ? BP_STR("a link is not followed; name the file itself")
                                  : bp_str_of(strerror(errno)));
        return;
    }
    if (fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode)) {
        bp_survey_unreadable(all->survey, path, BP_STR("is not a regular file"));
    } else if (found.st_size > FILE_CAP) {
        bp_survey_unreadable(all->survey, path, BP_STR("is larger than 8 GiB"));
    } else {
        read_open(all, path, descriptor);
    }
    close(descriptor);
}

/* ---- folders */

static int
by_bytes(const void *a, const void *b)
{
    return bp_str_compare(*(const bp_str *)a, *(const bp_str *)b);
}

typedef BP_VEC(bp_str) names;

static bool
list_folder(bp_arena *arena, const char *disk, names *all)
{
    DIR *folder = opendir(disk);
    if (folder == NULL) {
        return false;
    }
    /* nothing may fail between here and closedir: names are counted first */
    size_t size = 0;
    for (const struct dirent *each = readdir(folder); each != NULL; each = readdir(folder)) {
        size += strlen(each->d_name) + 1;
    }
    closedir(folder);
    char *room = bp_arena_alloc(arena, size + 1);
    size_t used = 0;
    folder = opendir(disk);
    if (folder == NULL) {
        return false;
    }
    for (const struct dirent *each = readdir(folder); each != NULL; each = readdir(folder)) {
        size_t length = strlen(each->d_name) + 1;
        if (used + length <= size) {
            memcpy(room + used, each->d_name, length);
            used += length;
        }
    }
    closedir(folder);
    for (size_t at = 0; at < used;) {
        bp_str name = bp_str_of(room + at);
        at += name.size + 1;
        if (!bp_str_is(name, ".") && !bp_str_is(name, "..")) {
            *bp_vec_add(arena, all) = name;
        }
    }
    if (all->count > 1) {
        qsort(all->at, all->count, sizeof *all->at, by_bytes);
    }
    return true;
}

static void read_folder(bp_importing *all, const char *disk, bp_str path, unsigned depth);

static void
read_entry(bp_importing *all, bp_arena *arena, const char *disk, bp_str path, unsigned depth)
{
    struct stat found;
    bool dump = bp_str_ends(path, BP_STR(".json")) || bp_str_ends(path, BP_STR(".ndjson"));
    (void)arena;
    if (lstat(disk, &found) != 0) {
        bp_survey_unreadable(all->survey, path, bp_str_of(strerror(errno)));
    } else if (S_ISDIR(found.st_mode)) {
        read_folder(all, disk, path, depth + 1);
    } else if (S_ISLNK(found.st_mode)) {
        bp_survey_unreadable(all->survey, path, BP_STR("a link is not followed"));
    } else if (dump) {
        read_file(all, disk, path);
    }
}

static void
read_folder(bp_importing *all, const char *disk, bp_str path, unsigned depth)
{
    bp_arena *arena = bp_arena_child(all->run->arena);
    names entries = {0};
    if (depth > FOLDERS_MAX) {
        bp_survey_unreadable(all->survey, path, BP_STR("lies more than 32 folders deep"));
    } else if (!list_folder(arena, disk, &entries)) {
        bp_survey_unreadable(all->survey, path, bp_str_of(strerror(errno)));
    }
    for (size_t i = 0; i < entries.count; i++) {
        bp_str name = entries.at[i];
        bp_str full = bp_str_format(arena, "%s/%.*s", disk, BP_ARG(name));
        read_entry(all, arena, full.at, bp_path_join(arena, path, name), depth);
    }
    bp_arena_release(all->run->arena, arena);
}

void
bp_import_input(bp_importing *all, const char *typed)
{
    struct stat found;
    bp_str path = bp_str_of(typed);
    if (bp_str_is(path, "-")) {
        read_open(all, BP_STR("<standard input>"), all->run->host->in);
        return;
    }
    const char *disk = bp_project_path(all->run, typed);
    if (lstat(disk, &found) != 0) {
        bp_survey_unreadable(all->survey, path, bp_str_of(strerror(errno)));
        return;
    }
    while (path.size > 1 && bp_str_ends(path, BP_STR("/"))) {
        path.size--;
    }
    if (S_ISDIR(found.st_mode)) {
        read_folder(all, disk, path, 0);
    } else {
        read_file(all, disk, path);
    }
}

bool
bp_import_inventory(bp_importing *all, const char *typed)
{
    bp_str text = {"", 0};
    bp_file_error error = {0};
    if (!bp_file_read_anywhere(all->run->arena, bp_project_path(all->run, typed), INVENTORY_CAP,
                               &text, &error)) {
        bp_run_trouble(all->run, "cannot read \"%s\": %.*s", typed, BP_ARG(error.text));
        return false;
    }
    all->into = text;
    return read_inventory(all, bp_str_of(typed), text);
}
