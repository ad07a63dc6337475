/*
 * `backpol inventory check`: an inventory judged by itself: what the reader finds in it. Policies
 * are not looked at, and a manifest only for the name of the inventory and its levels.
 */
#include "compiler/cli/inventory.h"

#include "compiler/session_parts.h"

int
bp_inventory_check(bp_run *run)
{
    if (run->line.words.count > 1) {
        return bp_run_usage(run, "inventory check takes one inventory at most");
    }
    const char *typed = run->line.words.count == 0 ? NULL : run->line.words.at[0];
    run->line.words.count = 0;
    bp_session *session = bp_project_open(run);
    if (session == NULL) {
        return BP_EXIT_CANNOT;
    }
    if (typed != NULL) {
        session->options.inventory_path = bp_project_relative(run, session->options.root, typed);
    }
    if (bp_session_load_manifest(session) && bp_session_load_inventory(session) &&
        session->org == NULL) {
        return bp_run_trouble(run, "there is no org.yaml here; name an inventory");
    }
    if (!bp_report_all(run, session, bp_report_checked(run->arena, session))) {
        return BP_EXIT_CANNOT;
    }
    bp_report_trouble(run, session);
    if (session->outcome == BP_CANNOT) {
        return BP_EXIT_CANNOT;
    }
    return bp_diagnostics_has(session->diagnostics,
                              run->fail_on_given ? run->fail_on : session->manifest->fail_on)
               ? BP_EXIT_FOUND
               : BP_EXIT_NOTHING;
}
