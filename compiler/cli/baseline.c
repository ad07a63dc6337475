/*
 * `backpol check --write-baseline`: all that is found becomes what is known. Comments that suppress
 * stay as they are; what a baseline hides stands in compiler/review/.
 */
#include "compiler/cli/fix.h"

int
bp_baseline_store(bp_run *run, bp_session *session)
{
    if (session->outcome == BP_CANNOT || bp_session_has_holes(session)) {
        if (!bp_report_all(run, session, bp_report_checked(run->arena, session))) {
            return BP_EXIT_CANNOT;
        }
        bp_report_trouble(run, session);
        return bp_run_trouble(run, "no baseline is written of what is not understood");
    }
    bp_str path = session->options.baseline_path;
    path = path.size > 0 ? path : session->manifest->baseline.text;
    path = path.size > 0 ? path : BP_STR(BP_BASELINE_NAME);
    size_t count = 0;
    bp_session_finish(session);
    bp_str text = bp_baseline_write(&session->review, &count);
    if (!bp_write_back(run, session, path, text)) {
        return BP_EXIT_CANNOT;
    }
    size_t locked = bp_diagnostics_total(session->diagnostics) - count;
    if (!bp_option_given(&run->line, BP_OPTION_QUIET)) {
        bp_output_text(run->out, "wrote ");
        bp_output_user(run->out, path);
        bp_output_format(run->out, ": %.*s\n",
                         BP_ARG(bp_count_of(run->arena, count, "finding", "findings")));
    }
    if (locked > 0) {
        bp_output_format(run->out, "%zu of locked rules left out\n", locked);
    }
    if (session->options.baseline_path.size == 0 && session->manifest->baseline.text.size == 0) {
        bp_output_format(run->out, "to use it, write \"baseline: %s\" into the manifest\n",
                         BP_BASELINE_NAME);
    }
    return BP_EXIT_NOTHING;
}
