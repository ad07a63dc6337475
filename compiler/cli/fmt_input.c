/*
 * `backpol fmt -`: standard input in the canonical layout on standard output, for editors. The text
 * is given back as it is, byte for byte where the layout does not ask for another; without syntax
 * finding alone, so that an editor never replaces a text by half of it. Findings go to standard
 * error here, because standard output belongs to the text.
 */
#include "compiler/cli/fmt.h"
#include "grammar/format.h"

static bool
report(bp_run *run, bp_session *session)
{
    if (!bp_fmt_writes(run)) {
        return bp_fmt_report(run, session);
    }
    bp_report_beside(run, session);
    return true;
}

int
bp_fmt_input(bp_run *run)
{
    bp_str before = {0};
    bp_buf output = {.arena = run->arena};
    if (!bp_input_read(run, &before)) {
        return BP_EXIT_CANNOT;
    }
    const char *name = bp_option_value(&run->line, BP_OPTION_STDIN_FILENAME);
    bp_options options = {.root = ".", .as_of = run->as_of};
    bp_session *session = bp_session_new(run->arena, &options);
    const bp_source *source =
        bp_sources_add(session->sources, bp_str_of(name == NULL ? "<stdin>" : name), before);
    bool good = bp_format(run->arena, session->diagnostics, source, &output);
    if (!report(run, session)) {
        return BP_EXIT_CANNOT;
    }
    if (!good) {
        return BP_EXIT_FOUND;
    }
    bp_str after = bp_buf_text(&output);
    if (bp_fmt_writes(run)) {
        bp_output_str(run->out, after);
        return BP_EXIT_NOTHING;
    }
    if (bp_str_equal(before, after)) {
        return BP_EXIT_NOTHING;
    }
    bp_fmt_tell(run, source->path, before, after);
    return BP_EXIT_FOUND;
}
