/*
 * `backpol check`: all stages in memory, then the report. Planning follows clean checks,
 * and what emitting would report is judged, so that what only a build would find is seen on a pull
 * request; nothing is written.
 */
#include "compiler/cli/fix.h"

enum { ROUNDS_MAX = 10 };

static void
check_all(bp_session *session)
{
    if (!bp_session_load(session) || !bp_session_compile(session) || !bp_session_check(session)) {
        return;
    }
    if (session->outcome == BP_CANNOT || bp_session_has_lone_documents(session) ||
        bp_session_has_holes(session) || bp_diagnostics_has(session->diagnostics, BP_ERROR) ||
        !bp_session_plan(session)) {
        return;
    }
    unsigned targets = session->manifest->targets;
    if (!session->deployment->resolved) {
        targets &= BP_TARGET_POLICIES | BP_TARGET_TEMPLATES;
    }
    (void)bp_session_judge(session, targets);
}

static bp_session *
judge(bp_run *run)
{
    bp_session *session = bp_project_open(run);
    if (session != NULL) {
        session->options.with_project = true;
        check_all(session);
    }
    return session;
}

/* Judges and mends until nothing is left that may be mended. The words of the command line are read
 * anew each time. NULL: said already. */
static bp_session *
judge_and_mend(bp_run *run, bp_fixes *fixes)
{
    bool broken = false;
    run->overlay = bp_map_new(run->arena);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        bp_session *session = judge(run);
        if (session == NULL) {
            return NULL;
        }
        bp_session_finish(session);
        bp_report_asked(session);
        if (session->outcome == BP_CANNOT || bp_fix_round(run, session, fixes, &broken) == 0) {
            return broken ? NULL : session;
        }
    }
    bp_run_trouble(run, "fixes that undo each other; nothing was written");
    return NULL;
}

static bool
options_fit(bp_run *run)
{
    bool writes = bp_option_given(&run->line, BP_OPTION_WRITE_BASELINE);
    bool diff = bp_option_given(&run->line, BP_OPTION_DIFF);
    if (writes && bp_fix_wanted(run)) {
        bp_run_usage(run, "--write-baseline goes without fixes");
        return false;
    }
    if (diff && bp_report_is_machine(run)) {
        bp_run_usage(run, "--diff is for people; it goes without a machine format");
        return false;
    }
    return true;
}

int
bp_command_check(bp_run *run)
{
    if (!options_fit(run)) {
        return BP_EXIT_CANNOT;
    }
    bp_fixes fixes = {.count = 0};
    bool mend = bp_fix_wanted(run);
    bool diff = bp_option_given(&run->line, BP_OPTION_DIFF);
    bp_session *session = mend ? judge_and_mend(run, &fixes) : judge(run);
    if (session == NULL) {
        return BP_EXIT_CANNOT;
    }
    if (bp_option_given(&run->line, BP_OPTION_WRITE_BASELINE)) {
        return bp_baseline_store(run, session);
    }
    if ((mend && !bp_fix_finish(run, session, &fixes)) ||
        !bp_report_all(run, session, bp_report_checked(run->arena, session))) {
        return BP_EXIT_CANNOT;
    }
    bp_report_trouble(run, session);
    int code = bp_report_exit(run, session);
    return code == BP_EXIT_NOTHING && diff && fixes.count > 0 ? BP_EXIT_FOUND : code;
}
