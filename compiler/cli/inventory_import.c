/*
 * `backpol inventory import`: dumps of AWS CLI calls made into an inventory. What dumps mean stands
 * in compiler/inventory; here are the options, the summary, and the writing: all of it or nothing.
 */
#include "compiler/cli/inventory_import.h"

#include "compiler/cli/inventory.h"
#include "compiler/organization/write.h"
#include "lib/calendar.h"

#include <sys/stat.h>

enum { COUNTS_UP_TO = 1000, FILE_CAP = 64 << 20 };

typedef BP_VEC(bp_str) texts;

static texts
given_texts(const bp_run *run, bp_option_id id)
{
    texts all = {0};
    for (size_t i = 0; i < run->line.options.count; i++) {
        if (run->line.options.at[i].id == id) {
            *bp_vec_add(run->arena, &all) = bp_str_of(run->line.options.at[i].value);
        }
    }
    return all;
}

static bool
read_options(bp_run *run, bp_survey_options *options)
{
    const char *time = bp_option_value(&run->line, BP_OPTION_CAPTURED_AT);
    const char *counts = bp_option_value(&run->line, BP_OPTION_COUNTS);
    texts roles = given_texts(run, BP_OPTION_KEEP_ROLE);
    texts tags = given_texts(run, BP_OPTION_WATCH_TAG);
    *options = (bp_survey_options){
        .allow_truncated = bp_option_given(&run->line, BP_OPTION_ALLOW_TRUNCATED),
        .config_complete = bp_option_given(&run->line, BP_OPTION_CONFIG_COMPLETE),
        .keep_roles = roles.at,
        .keep_role_count = roles.count,
        .watched_tags = tags.at,
        .watched_tag_count = tags.count,
    };
    if (time != NULL && !bp_str_is(bp_str_of(time), "unknown")) {
        options->has_captured = bp_instant_parse(bp_str_of(time), &options->captured);
        if (!options->has_captured) {
            bp_run_usage(run, "--captured-at takes a time like 2026-11-02T06:00:00Z or unknown");
            return false;
        }
    }
    if (counts != NULL && !bp_str_is(bp_str_of(counts), "exact") &&
        !bp_str_is(bp_str_of(counts), "presence")) {
        bp_run_usage(run, "--counts takes exact or presence, not \"%s\"", counts);
        return false;
    }
    if (run->line.words.count == 0 && bp_option_value(&run->line, BP_OPTION_INTO) == NULL) {
        bp_run_usage(run, "inventory import needs dumps: files, folders, or - for standard input");
        return false;
    }
    return true;
}

/* ---- the file that stands there */

/* Whether a text of YAML holds a comment besides the first line of the canonical form. */
static bool
has_comments(bp_str text)
{
    bp_str first = BP_STR("# backpol inventory, canonical form\n");
    char quote = '\0';
    if (bp_str_starts(text, first)) {
        text = bp_str_cut(text, first.size, text.size);
    }
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        char before = i == 0 ? '\n' : text.at[i - 1];
        if (quote != '\0') {
            i += quote == '"' && c == '\\';
            quote = c == quote ? '\0' : quote;
        } else if (c == '#' && (before == ' ' || before == '\n' || before == '\t')) {
            return true;
        } else if ((c == '"' || c == '\'') && !bp_is_alnum(before)) {
            quote = c;
        }
    }
    return false;
}

static bool
may_replace(bp_importing *all, const char *typed, const char *path)
{
    struct stat found;
    bp_run *run = all->run;
    bp_str text = {"", 0};
    bp_file_error error = {0};
    if (lstat(path, &found) != 0) {
        return true;
    }
    bp_arena *scratch = bp_arena_child(run->arena);
    if (!bp_file_read_anywhere(scratch, path, FILE_CAP, &text, &error)) {
        bp_run_trouble(run, "cannot write \"%s\": %.*s", typed, BP_ARG(error.text));
        bp_arena_release(run->arena, scratch);
        return false;
    }
    bool inventory = bp_str_starts(text, BP_STR("backpol_inventory:")) ||
                     bp_str_contains(text, BP_STR("\nbackpol_inventory:"));
    bool comments = inventory && has_comments(text);
    bp_arena_release(run->arena, scratch);
    if (!inventory && !bp_option_given(&run->line, BP_OPTION_FORCE)) {
        bp_survey_no_output(all->survey, bp_str_of(typed), "is there and is no inventory",
                            "--force writes over it");
        return false;
    }
    if (comments && !bp_option_given(&run->line, BP_OPTION_DROP_COMMENTS) &&
        !bp_option_given(&run->line, BP_OPTION_FORCE)) {
        bp_survey_no_output(all->survey, bp_str_of(typed), "holds comments, which are not kept",
                            "--drop-comments writes it without them");
        return false;
    }
    return true;
}

/* ---- writing */

static int
write_all(bp_importing *all, const char *path, bp_str inventory)
{
    bp_run *run = all->run;
    size_t count = 0;
    const bp_survey_file *policies = bp_survey_files(all->survey, &count);
    bp_file_out *files = bp_arena_array(run->arena, count + 1, sizeof *files);
    bp_str whole = bp_str_of(path);
    bp_str folder = bp_path_folder(whole);
    bp_file_error error = {0};
    for (size_t i = 0; i < count; i++) {
        files[i] = (bp_file_out){.path = policies[i].path, .text = policies[i].text};
    }
    files[count] = (bp_file_out){.path = bp_str_cut(whole, folder.size + 1, whole.size),
                                 .text = inventory,
                                 .keep_mode = true};
    if (!bp_file_write_set(run->arena, folder.size == 0 ? "/" : bp_str_c(run->arena, folder), files,
                           count + 1, NULL, 0, &error)) {
        return bp_run_trouble(run, "%.*s", BP_ARG(error.text));
    }
    return BP_EXIT_NOTHING;
}

static void
print_summary(bp_importing *all, const bp_organization *org)
{
    size_t count = 0;
    bp_output *err = all->run->err;
    const bp_survey_line *lines = bp_survey_lines(all->survey, &count);
    if (bp_option_given(&all->run->line, BP_OPTION_QUIET)) {
        return;
    }
    bp_output_format(err, "%zu account%s, %zu OU%s below the root\n", org->accounts.count,
                     org->accounts.count == 1 ? "" : "s", org->ous.count - 1,
                     org->ous.count == 2 ? "" : "s");
    bp_output_format(err, "%-26s %9s %9s %9s %9s\n", "answers about", "complete", "cut off",
                     "failed", "missing");
    for (size_t i = 0; i < count; i++) {
        bp_output_format(err, "%-26s %9zu %9zu %9zu %9zu\n", lines[i].section, lines[i].complete,
                         lines[i].truncated, lines[i].failed, lines[i].missing);
    }
}

static const bp_organization *
kept_names(bp_importing *all, bool *good)
{
    const char *typed = bp_option_value(&all->run->line, BP_OPTION_KEEP_NAMES);
    bp_organization *org = NULL;
    bp_str text = {"", 0};
    bp_file_error error = {0};
    *good = true;
    if (typed == NULL) {
        return NULL;
    }
    if (!bp_file_read_anywhere(all->run->arena, bp_project_path(all->run, typed), FILE_CAP, &text,
                               &error)) {
        bp_run_trouble(all->run, "cannot read \"%s\": %.*s", typed, BP_ARG(error.text));
        *good = false;
        return NULL;
    }
    const bp_source *source = bp_sources_add(all->session->sources, bp_str_of(typed), text);
    *good = bp_organization_read(all->run->arena, all->session->diagnostics, all->session->facts,
                                 source, all->run->as_of, &org);
    return org;
}

static bool
wants_counts(const bp_run *run, const bp_organization *org)
{
    const char *counts = bp_option_value(&run->line, BP_OPTION_COUNTS);
    return counts == NULL ? org->accounts.count <= COUNTS_UP_TO
                          : bp_str_is(bp_str_of(counts), "exact");
}

/* Without a place for them, the documents of policies are left out. */
static void
forget_files(bp_arena *arena, bp_organization *copy, const bp_organization *org)
{
    *copy = *org;
    copy->policies.at = bp_arena_array(arena, org->policies.count + 1, sizeof *copy->policies.at);
    for (size_t i = 0; i < org->policies.count; i++) {
        copy->policies.at[i] = org->policies.at[i];
        copy->policies.at[i].file = BP_STR("");
        copy->policies.at[i].chars = -1;
        copy->policies.at[i].sha256 = BP_STR("");
    }
}

static int
finish(bp_importing *all, const char *out)
{
    bp_run *run = all->run;
    const bp_organization *org = NULL;
    const char *path = out == NULL ? NULL : bp_project_path(run, out);
    bool good = true;
    bool done = bp_survey_finish(all->survey, &org);
    const bp_organization *keep = kept_names(all, &good);
    bool may = out == NULL || !done || may_replace(all, out, path);
    bp_report_beside(run, all->session);
    if (done) {
        print_summary(all, org);
    }
    if (!done || !good || all->broken || bp_survey_refused(all->survey) > 0) {
        return bp_run_trouble(run, "nothing was written");
    }
    if (!may || bp_diagnostics_has(all->session->diagnostics, run->fail_on)) {
        bp_run_trouble(run, "nothing was written");
        return BP_EXIT_FOUND;
    }
    enum {
        USUAL = 64 * 1024,
        AN_ACCOUNT = 112
    }; /* bytes: room for most, so that it need not grow */
    bp_buf text = {.arena = run->arena, .room = USUAL + org->accounts.count * AN_ACCOUNT};
    text.at = bp_arena_alloc(run->arena, text.room);
    bp_organization bare;
    if (out == NULL) {
        forget_files(run->arena, &bare, org);
    }
    bp_organization_write(run->arena, out == NULL ? &bare : org, keep, wants_counts(run, org),
                          &text);
    if (out == NULL) {
        bp_output_str(run->out, bp_buf_text(&text));
        return BP_EXIT_NOTHING;
    }
    return write_all(all, path, bp_buf_text(&text));
}

int
bp_inventory_import(bp_run *run)
{
    bp_survey_options options;
    const char *into = bp_option_value(&run->line, BP_OPTION_INTO);
    const char *out = bp_option_value(&run->line, BP_OPTION_OUT);
    if (!read_options(run, &options) || !bp_project_start(run)) {
        return BP_EXIT_CANNOT;
    }
    const bp_session *tables = bp_project_facts(run);
    if (tables == NULL) {
        return BP_EXIT_CANNOT;
    }
    bp_options of_session = {.root = run->start, .as_of = run->as_of};
    bp_importing all = {.run = run, .session = bp_session_new(run->arena, &of_session)};
    all.session->facts = tables->facts;
    options.facts = tables->facts;
    all.survey = bp_survey_new(run->arena, all.session->diagnostics, &options);
    if (into != NULL && !bp_import_inventory(&all, into)) {
        bp_report_beside(run, all.session);
        return BP_EXIT_CANNOT;
    }
    for (size_t i = 0; i < run->line.words.count; i++) {
        bp_import_input(&all, run->line.words.at[i]);
    }
    return finish(&all, out == NULL ? into : out);
}
