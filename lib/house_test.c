/*
 * The rules of the house, read from the sources themselves: functions that nobody calls, libraries
 * that have one door, layers that include downwards alone, files that stay readable. A scan and not
 * a poisoned header, because system headers declare what is banned.
 */
#include "lib/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { FILES_MAX = 5000, SOURCE_MAX = 4 * 1024 * 1024, LINES_MAX = 800 };

static bp_arena *arena;
static int faults;

static int
open_arena(void **state)
{
    (void)state;
    arena = bp_arena_new(NULL);
    faults = 0;
    return 0;
}

static int
close_arena(void **state)
{
    (void)state;
    bp_arena_free(arena);
    return 0;
}

typedef void visitor(bp_str path, bp_str text);

static void
visit(visitor *look, const char *pattern)
{
    bp_file_list files;
    bp_file_error error;
    assert_true(bp_file_glob(arena, ".", bp_str_of(pattern), FILES_MAX, &files, &error));
    for (size_t i = 0; i < files.count; i++) {
        bp_str text;
        assert_true(bp_file_read(arena, ".", files.at[i], SOURCE_MAX, &text, &error));
        look(files.at[i], text);
    }
}

static void
visit_all(visitor *look)
{
    static const char *const patterns[] = {"lib/**/*.c",     "lib/**/*.h",      "grammar/**/*.c",
                                           "grammar/**/*.h", "compiler/**/*.c", "compiler/**/*.h"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        visit(look, patterns[i]);
    }
    assert_int_equal(faults, 0);
}

static void
fault(bp_str path, const char *what, const char *word)
{
    print_error("%.*s: %s %s\n", BP_ARG(path), what, word);
    faults++;
}

static bool
is_word(char c)
{
    return bp_is_alnum(c) || c == '_';
}

/* The text with comments and literals blanked. */
static bp_str
code_of(bp_str text)
{
    char *code = bp_arena_copy(arena, text.at, text.size);
    char inside = '\0'; /* '"', '\'', '/' for a line comment, '*' for a block comment */
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        char next = i + 1 < text.size ? text.at[i + 1] : '\0';
        if (inside == '\0') {
            inside = c == '"' || c == '\''                      ? c
                     : c == '/' && (next == '/' || next == '*') ? next
                                                                : '\0';
            continue;
        }
        code[i] = c == '\n' ? '\n' : ' ';
        if ((inside == '"' || inside == '\'') && c == '\\') {
            code[++i] = ' ';
        } else if (inside == '*' ? c == '*' && next == '/' : c == (inside == '/' ? '\n' : inside)) {
            inside = '\0';
        }
    }
    return (bp_str){code, text.size};
}

/* Whether `word` is called in the code. */
static bool
calls(bp_str code, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = strstr(code.at, word); at != NULL; at = strstr(at + 1, word)) {
        const char *behind = at + size;
        behind += strspn(behind, " \n");
        if (*behind == '(' && (at == code.at || !is_word(at[-1]))) {
            return true;
        }
    }
    return false;
}

static bool
is_test(bp_str path)
{
    return bp_str_ends(path, BP_STR("_test.c")) || bp_str_ends(path, BP_STR("_test.h")) ||
           bp_str_ends(path, BP_STR("_fixture.h"));
}

static void
look_for_banned(bp_str path, bp_str text)
{
    static const char *const nowhere[] = {"strcpy", "strcat", "sprintf", "vsprintf",  "strtok",
                                          "atoi",   "atol",   "strtol",  "strtoul",   "gets",
                                          "alloca", "system", "popen",   "setlocale", "scanf",
                                          "sscanf", "tmpnam"};
    static const char *const arena_alone[] = {"malloc", "calloc", "realloc", "free", "strdup"};
    static const char *const starters[] = {"fork",    "vfork", "execv",       "execve",
                                           "execvp",  "execl", "execlp",      "execle",
                                           "fexecve", "clone", "posix_spawn", "posix_spawnp"};
    static const char *const cli_alone[] = {"getenv", "exit", "time", "clock_gettime"};
    bp_str code = code_of(text);
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        if (calls(code, nowhere[i])) {
            fault(path, "calls", nowhere[i]);
        }
    }
    for (size_t i = 0; i < sizeof arena_alone / sizeof *arena_alone; i++) {
        if (!is_test(path) && !bp_str_is(path, "lib/arena.c") && calls(code, arena_alone[i])) {
            fault(path, "calls", arena_alone[i]);
        }
    }
    for (size_t i = 0; i < sizeof starters / sizeof *starters; i++) {
        if (!is_test(path) && !bp_str_is(path, "compiler/cli/process.c") &&
            calls(code, starters[i])) {
            fault(path, "starts a program by", starters[i]);
        }
    }
    for (size_t i = 0; i < sizeof cli_alone / sizeof *cli_alone; i++) {
        if (!is_test(path) && !bp_str_starts(path, BP_STR("compiler/cli/")) &&
            calls(code, cli_alone[i])) {
            fault(path, "calls", cli_alone[i]);
        }
    }
}

/* Programs are started for `diff` alone: each door knows only the one before it. */
static void
look_for_starters(bp_str path, bp_str text)
{
    static const struct {
        const char *header;
        const char *users[4];
    } doors[] = {
        {"#include \"compiler/cli/process.h\"",
         {"compiler/cli/process.c", "compiler/cli/git.c", "compiler/cli/process_test.c"}},
        {"#include \"compiler/cli/git.h\"", {"compiler/cli/git.c", "compiler/cli/diff.h"}},
        {"bp_git_open(", {"compiler/cli/git.c", "compiler/cli/git.h", "compiler/cli/diff_sides.c"}},
    };
    for (size_t i = 0; i < sizeof doors / sizeof *doors; i++) {
        bool known = bp_str_is(path, "lib/house_test.c");
        for (size_t u = 0; u < 4 && doors[i].users[u] != NULL; u++) {
            known = known || bp_str_is(path, doors[i].users[u]);
        }
        if (!known && bp_str_contains(text, bp_str_of(doors[i].header))) {
            fault(path, "has", doors[i].header);
        }
    }
}

static void
look_for_doors(bp_str path, bp_str text)
{
    static const struct {
        const char *header;
        const char *door;
    } doors[] = {{"<yaml.h>", "compiler/organization/yaml.c"},
                 {"<pcre2.h>", "lib/pattern.c"},
                 {"cJSON.h>", "lib/json_write.c"},
                 {"<uthash.h>", "lib/map.c"},
                 {"<utf8proc.h>", "lib/unicode.c"}};
    for (size_t i = 0; i < sizeof doors / sizeof *doors; i++) {
        if (bp_str_is(path, doors[i].door) || bp_str_is(path, "lib/house_test.c")) {
            continue;
        }
        if (bp_str_contains(text, bp_str_of(doors[i].header))) {
            fault(path, "includes", doors[i].header);
        }
    }
}

/* Rank of the folder of a path; a folder may include itself and lower ranks. -1: not a layer. */
static int
rank(bp_str path)
{
    static const struct {
        const char *folder;
        int rank;
    } layers[] = {{"lib", 0},
                  {"grammar", 1},
                  {"compiler/facts", 1},
                  {"compiler/policy", 2},
                  {"compiler/organization", 2},
                  {"compiler/project", 3},
                  {"compiler/model", 4},
                  {"compiler/effective", 5},
                  {"compiler/compare", 6},
                  {"compiler/deploy", 6},
                  {"compiler/checks", 7},
                  {"compiler/emit", 7},
                  {"compiler", 8},
                  {"compiler/cli", 9}};
    bp_str folder = bp_path_folder(path);
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        if (bp_str_is(folder, layers[i].folder)) {
            return layers[i].rank;
        }
    }
    return -1;
}

static void
look_for_layers(bp_str path, bp_str text)
{
    static const char include[] = "#include \"";
    for (const char *at = strstr(text.at, include); at != NULL; at = strstr(at, include)) {
        at += sizeof include - 1;
        bp_str target = {at, strcspn(at, "\"\n")};
        bool own = bp_str_equal(bp_path_folder(path), bp_path_folder(target));
        int from = rank(path);
        int to = rank(target);
        if (from >= 0 && to >= 0 && !own && to >= from) {
            fault(path, "includes upwards or sideways", bp_str_c(arena, target));
        }
    }
}

static void
look_at_size(bp_str path, bp_str text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.size; i++) {
        lines += text.at[i] == '\n';
    }
    if (lines > LINES_MAX && !is_test(path)) {
        fault(path, "has more than 800", "lines");
    }
}

static void
banned_functions_are_not_called(void **state)
{
    (void)state;
    visit_all(look_for_banned);
}

static void
libraries_have_one_door(void **state)
{
    (void)state;
    visit_all(look_for_doors);
}

static void
programs_are_started_for_diff_alone(void **state)
{
    (void)state;
    visit_all(look_for_starters);
}

static void
layers_include_downwards(void **state)
{
    (void)state;
    visit_all(look_for_layers);
}

static void
files_stay_readable(void **state)
{
    (void)state;
    visit_all(look_at_size);
}

/* The scan itself sees what it should. */
static void
the_scan_is_not_blind(void **state)
{
    (void)state;
    bp_str code = code_of(BP_STR("/* strcpy( */ x = \"atoi(\"; // gets(\n my_free(a); ato i;"));
    assert_false(calls(code, "strcpy"));
    assert_false(calls(code, "atoi"));
    assert_false(calls(code, "gets"));
    assert_false(calls(code, "free"));
    code = code_of(BP_STR("c = '\"'; strcpy (a, b); /**/ free(x); \"\\\"\"; exit(1);"));
    assert_true(calls(code, "strcpy"));
    assert_true(calls(code, "free"));
    assert_true(calls(code, "exit"));
    assert_int_equal(rank(BP_STR("compiler/session.c")), 8);
    assert_int_equal(rank(BP_STR("lib/text.h")), 0);
    assert_int_equal(rank(BP_STR("tools/x.c")), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(banned_functions_are_not_called),
        TEST(libraries_have_one_door),
        TEST(programs_are_started_for_diff_alone),
        TEST(layers_include_downwards),
        TEST(files_stay_readable),
        TEST(the_scan_is_not_blind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
