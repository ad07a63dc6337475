/*
 * From a finished session to the reports that were asked for, and to the exit code. How a finding
 * looks is decided by the renderers of lib/.
 */
#include "compiler/cli/run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bp_str
bp_count_of(bp_arena *arena, size_t count, const char *single, const char *plural)
{
    return bp_str_format(arena, "%zu %s", count, count == 1 ? single : plural);
}

static size_t
count_rules(const bp_program *program)
{
    size_t count = 0;
    for (size_t i = 0; i < program->policies.count; i++) {
        const bp_node *plan = bp_node_first(program->policies.at[i]->document, "plans");
        for (; plan != NULL; plan = plan->next) {
            const bp_node *rule = bp_node_first(plan, "rules");
            for (; rule != NULL; rule = rule->next) {
                count++;
            }
        }
    }
    return count;
}

bp_str
bp_report_checked(bp_arena *arena, const bp_session *session)
{
    const bp_program *program = session->program;
    if (program == NULL) {
        return bp_count_of(arena, session->files.count, "file", "files");
    }
    bp_buf text = {.arena = arena};
    bp_buf_add(&text, bp_count_of(arena, program->policies.count, "policy", "policies"));
    bp_buf_add_c(&text, ", ");
    bp_buf_add(&text, bp_count_of(arena, count_rules(program), "rule", "rules"));
    if (program->vaults.count > 0) {
        bp_buf_add_c(&text, ", ");
        bp_buf_add(&text, bp_count_of(arena, program->vaults.count, "vault", "vaults"));
    }
    if (program->roles.count > 0) {
        bp_buf_add_c(&text, ", ");
        bp_buf_add(&text, bp_count_of(arena, program->roles.count, "role", "roles"));
    }
    const bp_organization *org = session->org;
    if (org == NULL) {
        bp_buf_add_c(&text, " without an inventory: nothing was checked against an organization");
        return bp_buf_text(&text);
    }
    bp_str accounts = bp_count_of(arena, org->accounts.count, "account", "accounts");
    bp_buf_format(&text, " against %.*s (%.*s", BP_ARG(org->source->path), BP_ARG(accounts));
    if (org->captured_at.size > 0) {
        bp_str day = bp_str_cut(org->captured_at, 0, bp_str_find(org->captured_at, 'T'));
        bp_buf_format(&text, ", captured %.*s", BP_ARG(day));
    }
    bp_buf_add_c(&text, ")");
    return bp_buf_text(&text);
}

/* Where the project lies below the checkout that a CI system works in: annotations and code
 * scanning name files from there. */
static bp_str
prefix_of(const bp_run *run, const bp_session *session)
{
    const char *workspace = bp_run_environment(run, "GITHUB_WORKSPACE");
    bp_str top = bp_str_of(workspace);
    bp_str root = bp_str_of(session->options.root);
    while (top.size > 1 && top.at[top.size - 1] == '/') {
        top.size--;
    }
    bool below = top.size > 1 && bp_str_starts(root, top) && root.size > top.size + 1 &&
                 root.at[top.size] == '/';
    return below ? bp_str_format(run->arena, "%.*s/",
                                 BP_ARG(bp_str_cut(root, top.size + 1, root.size)))
                 : BP_STR("");
}

static bp_report_facts
facts_of(const bp_run *run, const bp_session *session, bp_str checked)
{
    bp_report_facts facts = {
        .tool_version = bp_str_of(BACKPOL_VERSION),
        .facts_as_of = bp_str_of(bp_facts_as_of()),
        .limit = (size_t)run->max_findings,
        .verbose = bp_option_given(&run->line, BP_OPTION_VERBOSE),
        .quiet = bp_option_given(&run->line, BP_OPTION_QUIET),
        .checked = checked,
        .columns = run->command == BP_COMMAND_BUILD,
        .page = bp_check_explanation,
        .prefix = prefix_of(run, session),
        .suppressed = session->review.suppressed,
        .baselined = session->review.baselined,
    };
    if (session->manifest->source != NULL) {
        facts.project_path = session->manifest->source->path;
    }
    if (session->org != NULL) {
        facts.inventory_path = session->org->source->path;
        facts.captured_at = session->org->captured_at;
        facts.accounts = session->org->accounts.count;
        facts.known = run->inventory_known;
    }
    return facts;
}

static bool
write_all(int descriptor, bp_str text)
{
    for (size_t done = 0; done < text.size;) {
        ssize_t wrote = write(descriptor, text.at + done, text.size - done);
        if (wrote < 0 && errno != EINTR) {
            return false;
        }
        done += wrote < 0 ? 0 : (size_t)wrote;
    }
    return true;
}

/* A device or pipe that the user named is written to; anything else is replaced as a whole. */
static bool
write_special(const char *path, bp_str text)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return false;
    }
    bool written = write_all(descriptor, text);
    return close(descriptor) == 0 && written;
}

static bool
write_report(bp_run *run, const bp_report_to *to, bp_str text)
{
    const char *path = bp_project_path(run, bp_str_c(run->arena, to->path));
    struct stat found;
    if (stat(path, &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode)) {
        if (!write_special(path, text)) {
            bp_run_trouble(run, "cannot write \"%.*s\": %s", BP_ARG(to->path), strerror(errno));
            return false;
        }
        return true;
    }
    bp_str whole = bp_str_of(path);
    bp_str folder = bp_path_folder(whole);
    bp_file_out file = {.path = bp_str_cut(whole, folder.size + 1, whole.size), .text = text};
    bp_file_error error = {0};
    if (!bp_file_write_set(run->arena, bp_str_c(run->arena, folder), &file, 1, NULL, 0, &error)) {
        bp_run_trouble(run, "report \"%.*s\": %.*s", BP_ARG(to->path), BP_ARG(error.text));
        return false;
    }
    return true;
}

bool
bp_report_hand_over(bp_run *run, const bp_report_to *to, bp_str text)
{
    if (to->path.size > 0) {
        return write_report(run, to, text);
    }
    bp_output_str(run->out, text);
    return true;
}

/* The summary of the job, to which every step of a workflow adds its part. */
static bool
add_job_summary(bp_run *run, bp_session *session, bp_str checked)
{
    const char *path = bp_run_environment(run, "GITHUB_STEP_SUMMARY");
    bool asked = false;
    for (size_t i = 0; i < run->reports.count; i++) {
        asked = asked || bp_str_is(run->reports.at[i].kind, "github");
    }
    if (path == NULL || !asked) {
        return true;
    }
    bp_report_facts facts = facts_of(run, session, checked);
    bp_output *memory = bp_output_new(run->arena, -1);
    bp_render_markdown(run->arena, session->diagnostics, &facts, memory);
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    bool written = file >= 0 && write_all(file, bp_output_memory(memory));
    if (file >= 0) {
        written = close(file) == 0 && written;
    }
    if (!written) {
        bp_run_trouble(run, "cannot write the summary of the job: %s", strerror(errno));
    }
    return written;
}

static bool
is_named(const bp_session *session, bp_span span)
{
    const bp_source *source = bp_sources_get(session->sources, span.source);
    for (size_t i = 0; source != NULL && i < session->options.files.count; i++) {
        if (bp_str_equal(session->options.files.at[i], source->path)) {
            return true;
        }
    }
    return false;
}

/* Whoever names files of a project wants to hear of what stands in these or is explained by them,
 * and of the project as such. */
static bool
is_asked_for(const void *context, const bp_finding *finding)
{
    const bp_session *session = context;
    const bp_source *source = bp_sources_get(session->sources, finding->span.source);
    bool policy = source != NULL && (bp_str_ends(source->path, BP_STR(".bpol")) ||
                                     bp_str_ends(source->path, BP_STR(".json")));
    bool asked = !policy || is_named(session, finding->span);
    for (size_t i = 0; i < finding->labels.count && !asked; i++) {
        asked = is_named(session, finding->labels.at[i].span);
    }
    return asked;
}

void
bp_report_asked(bp_session *session)
{
    if (session->whole && session->options.files.count > 0) {
        bp_diagnostics_keep(session->diagnostics, is_asked_for, session);
    }
}

bool
bp_report_all(bp_run *run, bp_session *session, bp_str checked)
{
    bp_session_finish(session);
    bp_report_asked(session);
    /* A failure of the tool is told on standard error and makes no report: "no findings" would be
     * read as "all is well". */
    if (session->outcome == BP_CANNOT && bp_diagnostics_total(session->diagnostics) == 0) {
        return true;
    }
    for (size_t i = 0; i < run->reports.count; i++) {
        const bp_report_to *to = &run->reports.at[i];
        bp_report_facts facts = facts_of(run, session, checked);
        facts.color = run->color && to->path.size == 0;
        bp_output *memory = bp_output_new(run->arena, -1);
        to->render(run->arena, session->diagnostics, &facts, memory);
        if (!bp_report_hand_over(run, to, bp_output_memory(memory))) {
            return false;
        }
    }
    return add_job_summary(run, session, checked);
}

void
bp_report_beside(bp_run *run, bp_session *session)
{
    bp_report_facts facts = {.quiet = bp_option_given(&run->line, BP_OPTION_QUIET),
                             .limit = (size_t)run->max_findings};
    bp_diagnostics_settle(session->diagnostics);
    if (bp_diagnostics_total(session->diagnostics) > 0) {
        run->reports.at[0].render(run->arena, session->diagnostics, &facts, run->err);
    }
}

void
bp_report_errors(bp_run *run, bp_session *session)
{
    bp_report_facts facts = {.quiet = true, .limit = (size_t)run->max_findings};
    bp_diagnostics_settle(session->diagnostics);
    if (bp_diagnostics_has(session->diagnostics, BP_ERROR)) {
        bp_render_text(run->arena, session->diagnostics, &facts, run->err);
    }
}

void
bp_report_trouble(bp_run *run, const bp_session *session)
{
    for (size_t i = 0; i < session->trouble.count; i++) {
        bp_run_trouble(run, "%.*s", BP_ARG(session->trouble.at[i]));
    }
}

static bool
inventory_left_questions(const bp_session *session)
{
    if (!session->options.require_inventory) {
        return false;
    }
    for (size_t i = 0; i < bp_diagnostics_total(session->diagnostics); i++) {
        const bp_finding *finding = bp_diagnostics_at(session->diagnostics, i);
        if (bp_str_is(bp_str_of(finding->rule->code), "DAT003")) {
            return true;
        }
    }
    return false;
}

int
bp_report_exit(bp_run *run, const bp_session *session)
{
    bp_severity fail_on = run->fail_on_given ? run->fail_on : session->manifest->fail_on;
    bool found = bp_diagnostics_has(session->diagnostics, fail_on);
    if (session->outcome == BP_CANNOT) {
        if (session->trouble.count == 0 && bp_diagnostics_total(session->diagnostics) == 0) {
            bp_run_trouble(run,
                           "could not do the job; the findings that tell why are switched off");
        }
        return BP_EXIT_CANNOT;
    }
    if (inventory_left_questions(session)) {
        return BP_EXIT_CANNOT;
    }
    if (!found && bp_session_has_holes(session)) {
        return bp_run_trouble(run, "a part of the policies is not understood, and the findings "
                                   "that tell why are switched off");
    }
    return found ? BP_EXIT_FOUND : BP_EXIT_NOTHING;
}
