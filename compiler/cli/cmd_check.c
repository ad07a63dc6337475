/*
 * `backpol check`: all stages in memory, then the report. Planning follows clean checks,
 * and what emitting would report is judged, so that what only a build would find is seen on a pull
 * request; nothing is written.
 */
#include "compiler/cli/run.h"

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

int
bp_command_check(bp_run *run)
{
    bp_session *session = bp_project_open(run);
    if (session == NULL) {
        return BP_EXIT_CANNOT;
    }
    session->options.with_project = true;
    check_all(session);
    if (!bp_report_all(run, session, bp_report_checked(run->arena, session))) {
        return BP_EXIT_CANNOT;
    }
    bp_report_trouble(run, session);
    return bp_report_exit(run, session);
}
