/*
 * `backpol fmt`: every policy file of the project, or those named, in the canonical layout; only
 * files that change are written, each as a whole. `--check` and `--diff` write nothing. A file with
 * a syntax finding is never touched; the others are. Standard input is read in fmt_input.c, the
 * layout is made in grammar/.
 */
#include "compiler/cli/fmt.h"
#include "grammar/format.h"
#include "lib/diff.h"

typedef struct formatting {
    bp_run *run;
    bp_session *session;
    BP_VEC(bp_file_out) changed;
    size_t broken; /* files that do not parse or could not be read */
} formatting;

bool
bp_fmt_writes(const bp_run *run)
{
    return !bp_option_given(&run->line, BP_OPTION_CHECK) &&
           !bp_option_given(&run->line, BP_OPTION_DIFF);
}

/* ---- what is said */

void
bp_fmt_tell(bp_run *run, bp_str path, bp_str before, bp_str after)
{
    bool quiet = bp_option_given(&run->line, BP_OPTION_QUIET) || bp_report_is_machine(run);
    bool check = bp_option_given(&run->line, BP_OPTION_CHECK);
    if (quiet) {
        return;
    }
    if (check || bp_fmt_writes(run)) {
        bp_output_text(run->out, check ? "would change " : "changed ");
        bp_output_user(run->out, path);
        bp_output_text(run->out, "\n");
    }
    if (bp_option_given(&run->line, BP_OPTION_DIFF)) {
        bp_buf text = {.arena = run->arena};
        bp_diff_unified(run->arena, path, path, before, after, &text);
        bp_write_lines(run, bp_buf_text(&text));
    }
}

static void
tell_count(const formatting *all)
{
    bp_run *run = all->run;
    bool quiet = bp_option_given(&run->line, BP_OPTION_QUIET) || bp_report_is_machine(run) ||
                 bp_option_given(&run->line, BP_OPTION_DIFF);
    if (quiet) {
        return;
    }
    bp_str files = bp_count_of(run->arena, all->session->files.count, "file", "files");
    bp_output_format(run->out,
                     bp_fmt_writes(run) ? "%zu of %.*s changed\n" : "%zu of %.*s would change\n",
                     all->changed.count, BP_ARG(files));
}

bool
bp_fmt_report(bp_run *run, bp_session *session)
{
    bp_diagnostics_settle(session->diagnostics);
    bool silent = bp_diagnostics_total(session->diagnostics) == 0 && !bp_report_is_machine(run);
    for (size_t i = 0; i < run->reports.count; i++) {
        silent = silent && run->reports.at[i].path.size == 0;
    }
    if (silent) {
        return true;
    }
    bp_str files = bp_count_of(run->arena, session->files.count, "file", "files");
    return bp_report_all(run, session, files);
}

/* ---- what is done */

static void
format_file(formatting *all, const bp_ast_file *file)
{
    bp_run *run = all->run;
    bp_buf text = {.arena = run->arena};
    if (!bp_format_parsed(run->arena, file, &text)) {
        all->broken++;
        return;
    }
    bp_str after = bp_buf_text(&text);
    if (bp_str_equal(file->source->text, after)) {
        return;
    }
    *bp_vec_add(run->arena, &all->changed) =
        (bp_file_out){.path = file->source->path, .text = after, .keep_mode = true};
    if (!bp_fmt_writes(run)) {
        bp_fmt_tell(run, file->source->path, file->source->text, after);
    }
}

/* Writes one file. Each is a set of its own: the layout of one file needs no other. */
static bool
write_file(formatting *all, const bp_file_out *file)
{
    bp_run *run = all->run;
    if (!bp_write_back(run, all->session, file->path, file->text)) {
        return false;
    }
    bp_fmt_tell(run, file->path, BP_STR(""), BP_STR(""));
    return true;
}

static bool
write_all(formatting *all)
{
    bool written = true;
    for (size_t i = 0; i < all->changed.count; i++) {
        written = write_file(all, &all->changed.at[i]) && written;
    }
    return written;
}

static int
format_project(bp_run *run)
{
    formatting all = {.run = run, .session = bp_project_open(run)};
    if (all.session == NULL) {
        return BP_EXIT_CANNOT;
    }
    bool loaded = bp_session_load_texts(all.session);
    for (size_t i = 0; i < all.session->files.count; i++) {
        format_file(&all, all.session->files.at[i]);
    }
    bool written = !bp_fmt_writes(run) || write_all(&all);
    if (loaded && written) {
        tell_count(&all);
    }
    bool reported = bp_fmt_report(run, all.session);
    bp_report_trouble(run, all.session);
    if (!loaded || !written || !reported || all.session->outcome == BP_CANNOT) {
        return BP_EXIT_CANNOT;
    }
    bool found = all.broken > 0 || (!bp_fmt_writes(run) && all.changed.count > 0);
    return found ? BP_EXIT_FOUND : BP_EXIT_NOTHING;
}

int
bp_command_fmt(bp_run *run)
{
    bool input = false;
    for (size_t i = 0; i < run->line.words.count; i++) {
        bp_str word = bp_str_of(run->line.words.at[i]);
        input = input || bp_str_is(word, "-");
        if (bp_str_ends(word, BP_STR(".json"))) {
            return bp_run_trouble(run, "cannot format \"%.*s\": only .bpol files have a layout",
                                  BP_ARG(word));
        }
    }
    if (input && run->line.words.count > 1) {
        return bp_run_usage(run, "\"-\" stands for standard input; it cannot be one of several");
    }
    if (!input && bp_option_given(&run->line, BP_OPTION_STDIN_FILENAME)) {
        return bp_run_usage(run, "--stdin-filename belongs to standard input: backpol fmt -");
    }
    return input ? bp_fmt_input(run) : format_project(run);
}
