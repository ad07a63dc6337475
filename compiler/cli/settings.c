/*
 * Values of options that every command takes: formats, levels, dates, colours. What a level does to
 * a rule is set where the session is made (project.c).
 */
#include "compiler/cli/run.h"
#include "lib/calendar.h"
#include "lib/suggest.h"

enum { MAX_FINDINGS = 1000 };

static bool
read_format(bp_run *run, bp_str value)
{
    size_t equals = bp_str_find(value, '=');
    const char *names = NULL;
    bp_report_to to = {.kind = bp_str_cut(value, 0, equals),
                       .path = bp_str_cut(value, equals + 1, SIZE_MAX)};
    bool known = false;
    if (run->command == BP_COMMAND_DIFF) { /* differences are no findings: forms of their own */
        names = "text, json, markdown";
        known = bp_str_is(to.kind, "text") || bp_str_is(to.kind, "json") ||
                bp_str_is(to.kind, "markdown");
    } else {
        to.render = bp_render_find(to.kind, &names);
        known = to.render != NULL;
    }
    if (!known) {
        bp_run_usage(run, "unknown format \"%.*s\"; known are %s", BP_ARG(to.kind), names);
        return false;
    }
    if (equals < value.size && to.path.size == 0) {
        bp_run_usage(run, "--format %.*s names no file", BP_ARG(value));
        return false;
    }
    *bp_vec_add(run->arena, &run->reports) = to;
    return true;
}

/* Formats that are one document: nothing may stand beside them. */
static bool
is_document(const bp_report_to *to)
{
    return to->path.size == 0 && (bp_str_is(to->kind, "json") || bp_str_is(to->kind, "sarif"));
}

bool
bp_report_is_machine(const bp_run *run)
{
    for (size_t i = 0; i < run->reports.count; i++) {
        if (is_document(&run->reports.at[i])) {
            return true;
        }
    }
    return false;
}

static bool
has_format(const bp_run *run, const char *kind)
{
    for (size_t i = 0; i < run->reports.count; i++) {
        if (bp_str_is(run->reports.at[i].kind, kind)) {
            return true;
        }
    }
    return false;
}

/* Formats in the order given; `text` where none goes to standard output, and annotations on GitHub
 * unless standard output is a document. */
static bool
read_formats(bp_run *run)
{
    size_t on_out = 0;
    for (size_t i = 0; i < run->line.options.count; i++) {
        const bp_given_option *given = &run->line.options.at[i];
        if (given->id == BP_OPTION_FORMAT && !read_format(run, bp_str_of(given->value))) {
            return false;
        }
    }
    for (size_t i = 0; i < run->reports.count; i++) {
        on_out += run->reports.at[i].path.size == 0;
    }
    if (on_out > 1 && bp_report_is_machine(run)) {
        bp_run_usage(run,
                     "a document and another format cannot share standard output; give one a file");
        return false;
    }
    if (run->reports.count == 0) {
        (void)read_format(run, BP_STR("text"));
    }
    const char *github = bp_run_environment(run, "GITHUB_ACTIONS");
    if (github != NULL && bp_str_is(bp_str_of(github), "true") && !has_format(run, "github") &&
        !bp_report_is_machine(run) && run->command != BP_COMMAND_DIFF) {
        (void)read_format(run, BP_STR("github"));
    }
    return true;
}

static bool
read_fail_on(bp_run *run)
{
    const char *value = bp_option_value(&run->line, BP_OPTION_FAIL_ON);
    run->fail_on = BP_ERROR;
    if (value == NULL) {
        return true;
    }
    run->fail_on_given = true;
    for (bp_severity each = BP_INFO; each <= BP_ERROR; each++) {
        if (bp_str_is(bp_str_of(value), bp_severity_name(each))) {
            run->fail_on = each;
            return true;
        }
    }
    bp_run_usage(run, "--fail-on takes error, warning or info, not \"%s\"", value);
    return false;
}

static bool
read_color(bp_run *run)
{
    const char *value = bp_option_value(&run->line, BP_OPTION_COLOR);
    bp_str when = bp_str_of(value == NULL ? "auto" : value);
    if (bp_str_is(when, "auto")) {
        run->color =
            bp_run_environment(run, "NO_COLOR") == NULL &&
            (run->host->out_is_terminal || bp_run_environment(run, "CLICOLOR_FORCE") != NULL);
    } else if (bp_str_is(when, "always") || bp_str_is(when, "never")) {
        run->color = bp_str_is(when, "always");
    } else {
        bp_run_usage(run, "--color takes auto, always or never, not \"%s\"", value);
        return false;
    }
    return true;
}

static bool
read_numbers(bp_run *run)
{
    const char *value = bp_option_value(&run->line, BP_OPTION_MAX_FINDINGS);
    run->max_findings = MAX_FINDINGS;
    if (value != NULL && !bp_str_number(bp_str_of(value), &run->max_findings)) {
        bp_run_usage(run, "--max-findings takes a number, not \"%s\"", value);
        return false;
    }
    value = bp_option_value(&run->line, BP_OPTION_AS_OF);
    run->as_of = run->host->now;
    if (value != NULL && !bp_instant_parse(bp_str_of(value), &run->as_of)) {
        bp_run_usage(run,
                     "--as-of takes a date like 2026-11-02 or an instant like "
                     "2026-11-02T00:00:00Z, not \"%s\"",
                     value);
        return false;
    }
    return true;
}

bool
bp_settings_read(bp_run *run)
{
    return read_formats(run) && read_fail_on(run) && read_color(run) && read_numbers(run);
}
