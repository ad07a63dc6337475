/*
 * `backpol coverage`: which accounts, Regions and types no plan reaches, from the model in memory.
 * Nothing is written, and findings are not shown: `check` tells them.
 */
#include "compiler/cli/coverage.h"

static bool
wants_json(bp_run *run, bool *json)
{
    *json = false;
    for (size_t i = 0; i < run->reports.count; i++) {
        bp_str kind = run->reports.at[i].kind;
        *json = bp_str_is(kind, "json");
        if ((!*json && bp_option_given(&run->line, BP_OPTION_FORMAT) && !bp_str_is(kind, "text")) ||
            run->reports.at[i].path.size > 0) {
            bp_run_usage(run, "coverage is shown as text or json, on standard output");
            return false;
        }
    }
    return true;
}

/* Nothing to show: the findings tell why. */
static int
report_only(bp_run *run, bp_session *session)
{
    bp_report_facts facts = {.limit = (size_t)run->max_findings};
    bp_diagnostics_settle(session->diagnostics);
    bp_render_text(run->arena, session->diagnostics, &facts, run->err);
    bp_report_trouble(run, session);
    return BP_EXIT_CANNOT;
}

/* What the table cannot show when something is wrong with the project. */
static void
say_errors(bp_run *run, const bp_session *session)
{
    size_t errors = 0;
    for (size_t i = 0; i < bp_diagnostics_total(session->diagnostics); i++) {
        const bp_finding *finding = bp_diagnostics_at(session->diagnostics, i);
        errors += bp_diagnostics_severity(session->diagnostics, finding) == BP_ERROR &&
                  !bp_str_is(bp_str_of(finding->rule->code), "TOP013");
    }
    if (errors > 0) {
        bp_output_format(run->err,
                         "backpol: the project has %zu error%s, which backpol check tells; what "
                         "they are about may not work as shown\n",
                         errors, bp_plural(errors));
    }
}

int
bp_command_coverage(bp_run *run)
{
    bool json = false;
    if (run->line.words.count > 0) {
        return bp_run_usage(run, "coverage takes no argument; it is about the whole project");
    }
    bp_session *session = wants_json(run, &json) ? bp_project_open(run) : NULL;
    if (session == NULL) {
        return BP_EXIT_CANNOT;
    }
    if (!bp_session_load(session) || !bp_session_compile(session) || !bp_session_check(session)) {
        return report_only(run, session);
    }
    if (session->org == NULL) {
        return bp_run_trouble(run, "coverage needs an inventory of accounts; name one with "
                                   "--inventory");
    }
    bp_session_finish(session);
    const bp_coverage *coverage =
        bp_coverage_of(run->arena, session->model, session->effective, session->manifest);
    bp_cover_sums sums =
        bp_cover_sums_of(run->arena, coverage, session->manifest->coverage.require);
    if (json) {
        bp_coverage_print_json(run, &sums);
    } else {
        bp_coverage_print_text(run, &sums);
    }
    say_errors(run, session);
    bp_report_trouble(run, session);
    return bp_report_exit(run, session);
}
