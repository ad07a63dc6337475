/*
 * Which project a run is about: the manifest found upwards from the start folder, the files that
 * the user named, the inventory, and the levels that options ask for. Reading is the session's.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include "compiler/cli/run.h"
#include "lib/suggest.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char manifest_name[] = "backpol.yaml";

enum { FILES_MAX = 10000 };

const char *
bp_project_path(bp_run *run, const char *typed)
{
    if (typed[0] == '/') {
        return typed;
    }
    return bp_str_format(run->arena, "%s/%s", run->start, typed).at;
}

/* The real path of something that exists, or NULL with errno. */
static const char *
real_path(bp_run *run, const char *path)
{
    char buffer[PATH_MAX];
    if (realpath(path, buffer) == NULL) {
        return NULL;
    }
    return bp_arena_copy(run->arena, buffer, strlen(buffer));
}

/* Whether something stands at folder/name; a dangling link counts, so that it gets told about. */
static bool
stands(bp_run *run, bp_str folder, const char *name)
{
    struct stat found;
    bp_str path = bp_str_format(run->arena, "%.*s/%s", BP_ARG(folder), name);
    return lstat(path.at, &found) == 0;
}

/* The nearest folder upwards with a manifest; stops at the folder of a repository. NULL: none. */
static const char *
folder_with_manifest(bp_run *run, const char *start)
{
    bp_str folder = bp_str_of(start);
    for (;;) {
        if (stands(run, folder, manifest_name)) {
            return folder.size == 0 ? "/" : bp_str_c(run->arena, bp_str_copy(run->arena, folder));
        }
        if (stands(run, folder, ".git") || folder.size == 0) {
            return NULL;
        }
        do {
            folder.size--;
        } while (folder.size > 0 && folder.at[folder.size] != '/');
    }
}

bool
bp_project_start(bp_run *run)
{
    const char *asked = bp_option_value(&run->line, BP_OPTION_DIRECTORY);
    struct stat found;
    run->start = real_path(run, asked == NULL ? "." : asked);
    if (run->start == NULL || stat(run->start, &found) != 0) {
        bp_run_trouble(run, "cannot work in \"%s\": %s", asked == NULL ? "." : asked,
                       strerror(errno));
        return false;
    }
    if (!S_ISDIR(found.st_mode)) {
        bp_run_trouble(run, "cannot work in \"%s\": it is no folder", asked);
        return false;
    }
    return true;
}

/* The folder part and the last name of an absolute path; the folder made real. NULL if it is not
 * there. */
static const char *
real_folder_of(bp_run *run, const char *path, bp_str *name)
{
    bp_str whole = bp_str_of(path);
    while (whole.size > 1 && whole.at[whole.size - 1] == '/') {
        whole.size--;
    }
    bp_str folder = bp_path_folder(whole);
    *name = bp_str_cut(whole, folder.size + (folder.size < whole.size ? 1 : 0), whole.size);
    if (whole.at[0] == '/' && folder.size == 0) {
        *name = bp_str_cut(whole, 1, whole.size);
        return "/";
    }
    return real_path(run, bp_str_c(run->arena, bp_str_copy(run->arena, folder)));
}

/* A typed path for the options of a session: relative to the root where it lies below it, else
 * absolute. Links in the last name stay, for the session to judge. */
bp_str
bp_project_relative(bp_run *run, const char *root, const char *typed)
{
    const char *path = bp_project_path(run, typed);
    bp_str name;
    const char *folder = real_folder_of(run, path, &name);
    if (folder == NULL || bp_str_is(name, "..") || bp_str_is(name, ".") || name.size == 0) {
        return bp_str_of(path);
    }
    bp_str full = bp_str_is(bp_str_of(folder), "/")
                      ? bp_str_format(run->arena, "/%.*s", BP_ARG(name))
                      : bp_str_format(run->arena, "%s/%.*s", folder, BP_ARG(name));
    bp_str start = bp_str_of(root);
    if (start.size > 1 && bp_str_starts(full, start) && full.size > start.size &&
        full.at[start.size] == '/') {
        return bp_str_cut(full, start.size + 1, full.size);
    }
    return full;
}

static bool
config_given(bp_run *run, const char *config, bp_options *options)
{
    bp_str name;
    options->root = real_folder_of(run, bp_project_path(run, config), &name);
    if (options->root == NULL) {
        bp_run_trouble(run, "cannot read the manifest \"%s\": %s", config, strerror(errno));
        return false;
    }
    options->manifest_path = name;
    return true;
}

static bool
find_root(bp_run *run, bp_options *options)
{
    const char *config = bp_option_value(&run->line, BP_OPTION_CONFIG);
    if (config == NULL) {
        config = bp_run_environment(run, "BACKPOL_CONFIG");
    }
    if (config != NULL) {
        return config_given(run, config, options);
    }
    options->root = folder_with_manifest(run, run->start);
    if (options->root == NULL && run->line.words.count > 0) {
        bp_str name;
        const char *folder =
            real_folder_of(run, bp_project_path(run, run->line.words.at[0]), &name);
        options->root = folder == NULL ? NULL : folder_with_manifest(run, folder);
    }
    if (options->root != NULL) {
        options->manifest_path = bp_str_of(manifest_name);
        return true;
    }
    options->root = run->start;
    if (run->line.words.count == 0 && run->command != BP_COMMAND_INVENTORY) {
        bp_run_trouble(run,
                       "no %s in \"%s\" or above; name the files to judge, or start in a "
                       "project",
                       manifest_name, run->start);
        return false;
    }
    return true;
}

/* All .bpol files below a folder that the user named. */
static bool
add_folder(bp_run *run, bp_options *options, const char *typed)
{
    bp_file_list list = {0};
    bp_file_error error = {0};
    const char *folder = real_path(run, bp_project_path(run, typed));
    bool listed = folder != NULL &&
                  bp_file_glob(run->arena, folder, BP_STR("**/*.bpol"), FILES_MAX, &list, &error);
    if (!listed || list.count == 0) {
        bp_run_trouble(
            run, "cannot read \"%s\": it is a folder %s%.*s", typed,
            listed ? "without a .bpol file" : "that cannot be listed: ", BP_ARG(error.text));
        return false;
    }
    for (size_t i = 0; i < list.count; i++) {
        bp_str path = bp_str_format(run->arena, "%s/%.*s", folder, BP_ARG(list.at[i]));
        *bp_vec_add(run->arena, &options->files) = bp_project_relative(run, options->root, path.at);
    }
    return true;
}

static bool
add_named_files(bp_run *run, bp_options *options)
{
    for (size_t i = 0; i < run->line.words.count; i++) {
        const char *typed = run->line.words.at[i];
        struct stat found;
        if (bp_str_is(bp_str_of(typed), "-")) {
            bp_run_trouble(run, "standard input is not read by this release; name a file");
            return false;
        }
        bool named_like_a_file = bp_str_ends(bp_str_of(typed), BP_STR(".bpol")) ||
                                 bp_str_ends(bp_str_of(typed), BP_STR(".json"));
        bool is_folder = stat(bp_project_path(run, typed), &found) == 0 && S_ISDIR(found.st_mode);
        if (is_folder && !named_like_a_file) {
            if (!add_folder(run, options, typed)) {
                return false;
            }
            continue;
        }
        *bp_vec_add(run->arena, &options->files) = bp_project_relative(run, options->root, typed);
    }
    return true;
}

static int
by_bytes(const void *left, const void *right)
{
    return bp_str_compare(*(const bp_str *)left, *(const bp_str *)right);
}

/* The order in which files are named must not change what is made of them. */
static void
sort_files(bp_options *options)
{
    if (options->files.count > 0) {
        qsort(options->files.at, options->files.count, sizeof *options->files.at, by_bytes);
    }
}

static bool
rule_fits(const bp_rule *rule, bp_str word)
{
    bp_str code = bp_str_of(rule->code);
    return bp_str_equal_folded(word, code) || bp_str_equal_folded(word, bp_str_of(rule->slug)) ||
           (word.size > 0 && word.size < code.size &&
            bp_str_equal_folded(word, bp_str_cut(code, 0, word.size)));
}

static bool
mark_rules(bp_run *run, bp_session *session, bp_str word, bool *marked)
{
    size_t count = 0;
    bool any = false;
    const bp_rule *rules = bp_diagnostics_rules(session->diagnostics, &count);
    bp_suggester nearest = bp_suggest_start(word);
    for (size_t i = 0; i < count; i++) {
        bp_suggest_offer(&nearest, bp_str_of(rules[i].code));
        bp_suggest_offer(&nearest, bp_str_of(rules[i].slug));
        if (rule_fits(&rules[i], word)) {
            marked[i] = true;
            any = true;
        }
    }
    if (!any && nearest.best.size > 0) {
        bp_run_usage(run, "no rule is called \"%.*s\"; did you mean \"%.*s\"?", BP_ARG(word),
                     BP_ARG(nearest.best));
    } else if (!any) {
        bp_run_usage(run, "no rule is called \"%.*s\"; backpol rules lists them", BP_ARG(word));
    }
    return any;
}

/* --only and --ignore: stronger than all that the manifest says. */
static bool
choose_rules(bp_run *run, bp_session *session)
{
    size_t count = 0;
    const bp_rule *rules = bp_diagnostics_rules(session->diagnostics, &count);
    bool *only = bp_arena_array(run->arena, count, sizeof *only);
    bool *ignored = bp_arena_array(run->arena, count, sizeof *ignored);
    bool any_only = bp_option_given(&run->line, BP_OPTION_ONLY);
    for (size_t i = 0; i < run->line.options.count; i++) {
        const bp_given_option *given = &run->line.options.at[i];
        if (given->id != BP_OPTION_ONLY && given->id != BP_OPTION_IGNORE) {
            continue;
        }
        if (!mark_rules(run, session, bp_str_of(given->value),
                        given->id == BP_OPTION_ONLY ? only : ignored)) {
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (ignored[i] || (any_only && !only[i])) {
            bp_diagnostics_mute(session->diagnostics, &rules[i]);
        }
    }
    return true;
}

static void
name_facts(bp_run *run, bp_options *options)
{
    const char *facts = bp_option_value(&run->line, BP_OPTION_FACTS);
    if (facts != NULL) {
        options->facts_path = bp_project_relative(run, options->root, facts);
    }
}

bp_session *
bp_project_open(bp_run *run)
{
    bp_options options = {.as_of = run->as_of,
                          .require_inventory =
                              bp_option_given(&run->line, BP_OPTION_REQUIRE_INVENTORY)};
    if (!bp_project_start(run) || !find_root(run, &options) || !add_named_files(run, &options)) {
        return NULL;
    }
    sort_files(&options);
    const char *inventory = bp_option_value(&run->line, BP_OPTION_INVENTORY);
    if (inventory != NULL) {
        options.inventory_path = bp_project_relative(run, options.root, inventory);
    }
    name_facts(run, &options);
    const char *baseline = bp_option_value(&run->line, BP_OPTION_BASELINE);
    if (baseline != NULL) {
        options.baseline_path = bp_project_relative(run, options.root, baseline);
    }
    options.no_baseline = bp_option_given(&run->line, BP_OPTION_WRITE_BASELINE);
    options.overlay = run->overlay;
    bp_session *session = bp_session_new(run->arena, &options);
    if (!choose_rules(run, session)) {
        return NULL;
    }
    return session;
}

bool
bp_project_locate(bp_run *run, bp_options *options)
{
    const char *config = bp_option_value(&run->line, BP_OPTION_CONFIG);
    config = config != NULL ? config : bp_run_environment(run, "BACKPOL_CONFIG");
    if (config != NULL) {
        return config_given(run, config, options);
    }
    options->root = folder_with_manifest(run, run->start);
    options->manifest_path = bp_str_of(manifest_name);
    return options->root != NULL;
}

bp_session *
bp_project_facts(bp_run *run)
{
    bp_options options = {.as_of = run->as_of};
    if (!bp_project_start(run)) {
        return NULL;
    }
    if (!bp_project_locate(run, &options)) {
        if (options.manifest_path.size == 0) {
            return NULL; /* one was named, and is not there */
        }
        options.root = run->start;
        options.manifest_path = (bp_str){0};
    }
    name_facts(run, &options);
    bp_session *session = bp_session_new(run->arena, &options);
    bool done = bp_session_load_facts(session);
    bp_report_beside(run, session);
    bp_report_trouble(run, session);
    return done && session->outcome != BP_CANNOT ? session : NULL;
}

bp_session *
bp_project_around(bp_run *run)
{
    bp_options options = {.as_of = run->as_of};
    if (!bp_project_locate(run, &options)) {
        return NULL;
    }
    const char *inventory = bp_option_value(&run->line, BP_OPTION_INVENTORY);
    if (inventory != NULL) {
        options.inventory_path = bp_project_relative(run, options.root, inventory);
    }
    name_facts(run, &options);
    bp_session *session = bp_session_new(run->arena, &options);
    if (bp_session_load(session) && bp_session_compile(session)) {
        return session;
    }
    bp_run_trouble(run,
                   "the project around it cannot be read; backpol check tells why, and nothing "
                   "of it is used here");
    return NULL;
}
