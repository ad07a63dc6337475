/*
 * Memory that runs out: every scenario is run again and again, with the first, second, … k-th
 * allocation failing. Each time it must end with 2 and one line, print nothing, and leave what
 * stands on disk whole. Leaks are seen by the sanitizer that the tests also run under.
 */
#define _XOPEN_SOURCE 700 /* mkdtemp, nftw */

#include "compiler/cli/cli.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS_MAX = 16, TEXT_MAX = 256 * 1024, EVERY_ONE = 120, SAMPLES = 200 };

typedef struct budget {
    size_t calls;
    size_t fail_at; /* SIZE_MAX: never */
    size_t alive;
} budget;

static void *
counted_alloc(void *context, size_t size)
{
    budget *left = context;
    if (left->calls++ == left->fail_at) {
        return NULL;
    }
    left->alive++;
    return malloc(size);
}

static void
counted_release(void *context, void *block)
{
    budget *left = context;
    if (block != NULL) {
        left->alive--;
    }
    free(block);
}

typedef struct outcome {
    int code;
    char out[TEXT_MAX];
    char err[TEXT_MAX];
} outcome;

static void
read_back(int file, char *text)
{
    ssize_t size = pread(file, text, TEXT_MAX - 1, 0);
    text[size < 0 ? 0 : size] = '\0';
    close(file);
}

static int
scratch_file(void)
{
    char name[] = P_tmpdir "/backpol-test-XXXXXX";
    int file = mkstemp(name);
    assert_true(file >= 0);
    unlink(name);
    return file;
}

static void
run(budget *left, const char *const *words, outcome *result)
{
    char *argv[WORDS_MAX + 1] = {NULL};
    int argc = 0;
    for (; words[argc] != NULL; argc++) {
        argv[argc] = strdup(words[argc]);
    }
    int out = scratch_file();
    int err = scratch_file();
    bp_allocator allocator = {counted_alloc, counted_release, left};
    bp_host host = {.allocator = &allocator, .out = out, .err = err, .now = 1793577600};
    result->code = bp_cli_main(argc, argv, &host);
    read_back(out, result->out);
    read_back(err, result->err);
    for (int i = 0; i < argc; i++) {
        free(argv[i]);
    }
}

static void
fail_at(const char *const *words, size_t k, const char *folder)
{
    static outcome result;
    budget left = {.fail_at = k};
    struct stat found;
    char part[512];
    run(&left, words, &result);
    assert_int_equal(result.code, 2);
    assert_string_equal(result.err, "backpol: out of memory\n");
    assert_int_equal(left.alive, 0);
    if (folder == NULL) {
        assert_string_equal(result.out, "");
        return;
    }
    (void)snprintf(part, sizeof part, "%s/policies", folder);
    bool some = stat(part, &found) == 0;
    (void)snprintf(part, sizeof part, "%s/manifest.json", folder);
    assert_int_equal(some, stat(part, &found) == 0);
}

/* All allocations where there are few, else a fixed number spread over them. */
static void
fail_everywhere(const char *const *words, int expected, const char *folder)
{
    static outcome result;
    budget left = {.fail_at = SIZE_MAX};
    run(&left, words, &result);
    if (result.code != expected) {
        print_message("%s%s", result.out, result.err);
    }
    assert_int_equal(result.code, expected);
    assert_int_equal(left.alive, 0);
    assert_true(left.calls > 0);
    size_t step = left.calls <= EVERY_ONE ? 1 : 1 + left.calls / SAMPLES;
    for (size_t k = 0; k < left.calls; k += k < EVERY_ONE ? 1 : step) {
        fail_at(words, k, folder);
    }
}

#define SCENARIO(name, expected, ...)                                      \
    static void name(void **state)                                         \
    {                                                                      \
        static const char *const words[] = {"backpol", __VA_ARGS__, NULL}; \
        (void)state;                                                       \
        fail_everywhere(words, expected, NULL);                            \
    }

#define SEED "-C", "testdata/seed", "--as-of", "2026-11-02"

SCENARIO(version, 0, "--version")
SCENARIO(help, 0, "--help")
SCENARIO(unknown_option, 2, "check", "--fromat", "json")
SCENARIO(rules_as_json, 0, "rules", "--format", "json")
SCENARIO(explain, 0, "explain", "NAM002")
SCENARIO(explain_schedule, 0, "explain", "--schedule", "cron(0 5 ? * MON-FRI *)", "--as-of",
         "2026-11-02")
SCENARIO(facts, 0, "facts", "-C", "testdata/checks/DAT002-facts-overridden", "--config", "bad.yaml")
SCENARIO(facts_of_a_table, 0, "facts", "regions", "eu-west-1", "--format", "json")
SCENARIO(facts_unknown, 2, "facts", "region")
SCENARIO(check_with_facts, 0, "check", SEED, "--facts",
         "../checks/DAT002-facts-overridden/bad-facts.yaml")
SCENARIO(check_as_text, 0, "check", SEED)
SCENARIO(check_as_json, 0, "check", SEED, "--format", "json")
SCENARIO(check_as_github, 0, "check", SEED, "--format", "github", "--verbose")
SCENARIO(check_fails_on_warning, 1, "check", SEED, "--fail-on", "warning")
SCENARIO(check_with_fixes_to_show, 1, "check", "-C",
         "testdata/cli/fixes-are-shown-applied-and-hold", "--as-of", "2026-11-02", "--diff")
SCENARIO(check_with_a_baseline, 2, "check", "-C",
         "testdata/cli/a-baseline-that-cannot-be-read-is-2", "--baseline", "10.json", "a.bpol")
SCENARIO(check_with_levels_by_ou, 1, "check", "-C",
         "testdata/cli/levels-below-an-ou-are-for-its-accounts", "--as-of", "2026-11-02",
         "--config", "cells-off.yaml")
SCENARIO(no_such_file, 2, "check", SEED, "nowhere.bpol")
SCENARIO(no_such_inventory, 2, "check", SEED, "--inventory", "nowhere.yaml")
SCENARIO(inventory_is_no_inventory, 2, "check", SEED, "--inventory", "backpol.yaml")
SCENARIO(manifest_is_no_manifest, 2, "check", SEED, "--config", "org.yaml")
SCENARIO(inventory_commands, 0, "inventory", "commands", SEED)
SCENARIO(inventory_policy, 0, "inventory", "commands", "--print-iam")
SCENARIO(dump_tokens, 0, "dump", SEED, "--stage", "tokens")
SCENARIO(dump_ast, 0, "dump", SEED, "--stage", "ast")
SCENARIO(dump_policy, 0, "dump", SEED, "--stage", "policy")
SCENARIO(dump_document, 0, "dump", SEED, "--stage", "document")
SCENARIO(dump_model, 0, "dump", SEED, "--stage", "model")
SCENARIO(dump_deployment, 0, "dump", SEED, "--stage", "deployment")
SCENARIO(coverage_as_text, 1, "coverage", "-C", "testdata/cli/coverage-tells-what-no-plan-reaches",
         "--as-of", "2026-11-02", "--config", "required.yaml")
SCENARIO(coverage_as_json, 0, "coverage", "-C", "testdata/cli/coverage-tells-what-no-plan-reaches",
         "--as-of", "2026-11-02", "--format", "json")
SCENARIO(inventory_check, 0, "inventory", "check", SEED, "--as-of", "2026-11-02")
SCENARIO(inventory_check_json, 0, "inventory", "check", SEED, "--as-of", "2026-11-02", "--format",
         "json")
SCENARIO(inventory_list, 0, "inventory", "list", "vaults", SEED)
SCENARIO(inventory_list_json, 0, "inventory", "list", "accounts", SEED, "--format", "json")
SCENARIO(fmt_check, 0, "fmt", SEED, "--check")
SCENARIO(fmt_diff, 1, "fmt", "--diff", "testdata/fmt/the-layout-of-every-statement/messy.bpol")
SCENARIO(import_policy, 0, "import", "testdata/import/policies/all-operators.json")
SCENARIO(import_nothing, 2, "import", "nowhere.json")
SCENARIO(inventory_import, 0, "inventory", "import", "--quiet", "--watch-tag", "backup",
         "testdata/inventory-import/dumps-become-an-organization/dumps.ndjson")
SCENARIO(inventory_import_refused, 2, "inventory", "import", "testdata/seed/org.yaml",
         "nowhere.json")
SCENARIO(init_over_a_project, 2, "init", "-C", "testdata/seed")
SCENARIO(diff_of_folders, 1, "diff", "testdata/seed", "testdata/diff/seed-with-child", "--as-of",
         "2026-11-02")
SCENARIO(diff_as_json, 1, "diff", "testdata/seed", "testdata/diff/seed-with-child", "--as-of",
         "2026-11-02", "--format", "json")
SCENARIO(diff_as_markdown, 1, "diff", "testdata/seed", "testdata/diff/seed-with-child", "--as-of",
         "2026-11-02", "--format", "markdown")
SCENARIO(diff_of_nothing, 2, "diff", "path:nowhere")
SCENARIO(build_print, 0, "build", SEED, "--print", "prodbackuppolicy")
SCENARIO(build_for_a_bucket, 1, "build", SEED, "--check", "--out", "nowhere", "--target",
         "cli,terraform", "--template-bucket", "https://s3.eu-west-1.amazonaws.com/templates/a")
SCENARIO(build_with_removals, 1, "build", SEED, "--check", "--out", "nowhere", "--target", "cli",
         "--previous", "../build/removals-against-an-earlier-manifest/old/manifest.json")
SCENARIO(build_check_differs, 1, "build", SEED, "--check", "--out", "nowhere")

static int
remove_one(const char *path, const struct stat *found, int kind, struct FTW *walk)
{
    (void)found;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void
build_into_a_new_folder(void **state)
{
    (void)state;
    static outcome result;
    char folder[] = P_tmpdir "/backpol-test-XXXXXX";
    char out[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(out, sizeof out, "%s/out", folder);
    const char *const words[] = {"backpol", "build", SEED, "--out", out, NULL};
    budget left = {.fail_at = SIZE_MAX};
    run(&left, words, &result);
    assert_int_equal(result.code, 0);
    size_t calls = left.calls;
    for (size_t k = 0; k < calls; k++) {
        char fresh[80];
        (void)snprintf(fresh, sizeof fresh, "%s/%zu", folder, k);
        const char *const again[] = {"backpol", "build", SEED, "--out", fresh, NULL};
        fail_at(again, k, fresh);
    }
    assert_int_equal(nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version),
        cmocka_unit_test(help),
        cmocka_unit_test(unknown_option),
        cmocka_unit_test(rules_as_json),
        cmocka_unit_test(explain),
        cmocka_unit_test(explain_schedule),
        cmocka_unit_test(facts),
        cmocka_unit_test(facts_of_a_table),
        cmocka_unit_test(facts_unknown),
        cmocka_unit_test(check_with_facts),
        cmocka_unit_test(check_as_text),
        cmocka_unit_test(check_as_json),
        cmocka_unit_test(check_as_github),
        cmocka_unit_test(check_fails_on_warning),
        cmocka_unit_test(check_with_fixes_to_show),
        cmocka_unit_test(check_with_a_baseline),
        cmocka_unit_test(check_with_levels_by_ou),
        cmocka_unit_test(no_such_file),
        cmocka_unit_test(no_such_inventory),
        cmocka_unit_test(inventory_is_no_inventory),
        cmocka_unit_test(manifest_is_no_manifest),
        cmocka_unit_test(inventory_commands),
        cmocka_unit_test(inventory_policy),
        cmocka_unit_test(dump_tokens),
        cmocka_unit_test(dump_ast),
        cmocka_unit_test(dump_policy),
        cmocka_unit_test(dump_document),
        cmocka_unit_test(dump_model),
        cmocka_unit_test(dump_deployment),
        cmocka_unit_test(coverage_as_text),
        cmocka_unit_test(coverage_as_json),
        cmocka_unit_test(inventory_check),
        cmocka_unit_test(inventory_check_json),
        cmocka_unit_test(inventory_list),
        cmocka_unit_test(inventory_list_json),
        cmocka_unit_test(fmt_check),
        cmocka_unit_test(fmt_diff),
        cmocka_unit_test(import_policy),
        cmocka_unit_test(import_nothing),
        cmocka_unit_test(inventory_import),
        cmocka_unit_test(inventory_import_refused),
        cmocka_unit_test(init_over_a_project),
        cmocka_unit_test(diff_of_folders),
        cmocka_unit_test(diff_as_json),
        cmocka_unit_test(diff_as_markdown),
        cmocka_unit_test(diff_of_nothing),
        cmocka_unit_test(build_print),
        cmocka_unit_test(build_for_a_bucket),
        cmocka_unit_test(build_with_removals),
        cmocka_unit_test(build_check_differs),
        cmocka_unit_test(build_into_a_new_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
