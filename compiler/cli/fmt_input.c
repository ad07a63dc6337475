/*
 * `backpol fmt -`: standard input in the canonical layout on standard output, for editors. The text
 * is given back as it is, byte for byte where the layout does not ask for another; without syntax
 * finding alone, so that an editor never replaces a text by half of it. Findings go to standard
 * error here, because standard output belongs to the text.
 */
#include "compiler/cli/fmt.h"
#include "grammar/format.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_CAP = 1024 * 1024, CHUNK = 65536 };

/* All of standard input, up to one byte more than the cap. */
static bool
read_input(bp_run *run, bp_buf *text)
{
    char *chunk = bp_arena_alloc(run->arena, CHUNK);
    while (text->size <= INPUT_CAP) {
        ssize_t got = read(run->host->in, chunk, CHUNK);
        if (got == 0) {
            return true;
        }
        if (got < 0 && errno != EINTR) {
            bp_run_trouble(run, "cannot read standard input: %s", strerror(errno));
            return false;
        }
        bp_buf_add(text, (bp_str){chunk, got < 0 ? 0 : (size_t)got});
    }
    bp_run_trouble(run, "standard input is larger than %d MiB; it is not read", INPUT_CAP >> 20);
    return false;
}

static bool
report(bp_run *run, bp_session *session)
{
    if (!bp_fmt_writes(run)) {
        return bp_fmt_report(run, session);
    }
    bp_report_facts facts = {.quiet = bp_option_given(&run->line, BP_OPTION_QUIET),
                             .limit = (size_t)run->max_findings};
    bp_diagnostics_settle(session->diagnostics);
    if (bp_diagnostics_total(session->diagnostics) > 0) {
        run->reports.at[0].render(run->arena, session->diagnostics, &facts, run->err);
    }
    return true;
}

int
bp_fmt_input(bp_run *run)
{
    bp_buf input = {.arena = run->arena};
    bp_buf output = {.arena = run->arena};
    if (!read_input(run, &input)) {
        return BP_EXIT_CANNOT;
    }
    const char *name = bp_option_value(&run->line, BP_OPTION_STDIN_FILENAME);
    bp_options options = {.root = ".", .as_of = run->as_of};
    bp_session *session = bp_session_new(run->arena, &options);
    bp_str before = bp_buf_text(&input);
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
