/*
 * `backpol build`: check, plan, emit in memory, then compare, print or write. Nothing is written
 * while a finding fails the run or standard output cannot be written.
 */
#include "compiler/cli/build.h"
#include "lib/suggest.h"

typedef struct target_row {
    const char *name;
    unsigned bit;
} target_row;

static const target_row target_rows[] = {
    {"policies", BP_TARGET_POLICIES},
    {"templates", BP_TARGET_TEMPLATES},
    {"cloudformation", BP_TARGET_CLOUDFORMATION},
    {"cli", BP_TARGET_CLI},
    {"terraform", BP_TARGET_TERRAFORM},
    {"effective", BP_TARGET_EFFECTIVE_ALL},
};

enum { TARGET_COUNT = sizeof target_rows / sizeof target_rows[0] };

static bool
read_target(bp_run *run, bp_str word, unsigned *targets)
{
    bp_suggester nearest = bp_suggest_start(word);
    for (size_t i = 0; i < TARGET_COUNT; i++) {
        if (bp_str_is(word, target_rows[i].name)) {
            *targets |= target_rows[i].bit;
            return true;
        }
        bp_suggest_offer(&nearest, bp_str_of(target_rows[i].name));
    }
    if (nearest.best.size > 0) {
        bp_run_usage(run, "no target is called \"%.*s\"; did you mean \"%.*s\"?", BP_ARG(word),
                     BP_ARG(nearest.best));
    } else {
        bp_run_usage(run,
                     "no target is called \"%.*s\"; known are policies, templates, "
                     "cloudformation, cli, terraform and effective",
                     BP_ARG(word));
    }
    return false;
}

/* --target, each a word or several with commas; else what the manifest says (set later). */
static bool
read_targets(bp_run *run, unsigned *targets)
{
    *targets = 0;
    for (size_t i = 0; i < run->line.options.count; i++) {
        if (run->line.options.at[i].id != BP_OPTION_TARGET) {
            continue;
        }
        bp_str rest = bp_str_of(run->line.options.at[i].value);
        do {
            size_t comma = bp_str_find(rest, ',');
            if (!read_target(run, bp_str_cut(rest, 0, comma), targets)) {
                return false;
            }
            rest = bp_str_cut(rest, comma + 1, rest.size);
        } while (rest.size > 0);
    }
    return true;
}

static bool
must_stop(const bp_run *run, const bp_session *session)
{
    bp_severity fail_on = run->fail_on_given ? run->fail_on : session->manifest->fail_on;
    return session->outcome == BP_CANNOT || bp_diagnostics_has(session->diagnostics, fail_on) ||
           bp_session_has_holes(session);
}

/* Attachments and stack sets need every target found; policies and templates alone do not. */
static bool
targets_resolved(bp_session *session, unsigned targets)
{
    const bp_deployment *deployment = session->deployment;
    unsigned asking = BP_TARGET_CLOUDFORMATION | BP_TARGET_CLI | BP_TARGET_TERRAFORM;
    if (deployment->resolved || (targets & asking) == 0) {
        return true;
    }
    bp_buf names = {.arena = session->arena};
    for (size_t i = 0; i < deployment->unresolved.count; i++) {
        bp_buf_add_c(&names, i == 0 ? "" : ", ");
        bp_buf_add(&names, deployment->unresolved.at[i]);
    }
    bp_session_trouble(session,
                       "no inventory resolves %.*s; name one with --inventory, or build policies "
                       "and templates alone: --target policies,templates",
                       BP_ARG(bp_buf_text(&names)));
    return false;
}

/* Everything up to artifacts in memory. False: the report tells why. */
static bool
make_artifacts(const bp_run *run, bp_session *session, bp_build_order *order)
{
    if (!bp_session_load(session) || !bp_session_compile(session) || !bp_session_check(session)) {
        return false;
    }
    if (bp_session_has_lone_documents(session)) {
        bp_session_trouble(session,
                           "a document by itself can be checked and not built; name it under "
                           "\"documents\" in the manifest");
        return false;
    }
    order->targets = order->targets == 0 ? session->manifest->targets : order->targets;
    order->delegated = session->manifest->delegated;
    if (must_stop(run, session) || !bp_session_plan(session) || must_stop(run, session) ||
        !targets_resolved(session, order->targets) || !bp_build_may_remove(session, order)) {
        return false;
    }
    if (!bp_session_emit(session, order)) {
        return false;
    }
    bp_session_finish(session);
    return !must_stop(run, session);
}

static int
report_only(bp_run *run, bp_session *session)
{
    if (!bp_report_all(run, session, bp_report_checked(run->arena, session))) {
        return BP_EXIT_CANNOT;
    }
    bp_report_trouble(run, session);
    int code = bp_report_exit(run, session);
    if (code == BP_EXIT_NOTHING) {
        return bp_run_trouble(run, "the build stopped without a finding; nothing was written");
    }
    return code;
}

static int
print_policy(bp_run *run, bp_session *session, const char *name)
{
    const bp_deployment *deployment = session->deployment;
    bp_suggester nearest = bp_suggest_start(bp_str_of(name));
    for (size_t i = 0; i < deployment->policies.count; i++) {
        const bp_deployed_policy *policy = &deployment->policies.at[i];
        if (bp_str_is(policy->policy->name, name)) {
            bp_diagnostics_settle(session->diagnostics);
            bp_document_print(run, policy->text);
            return BP_EXIT_NOTHING;
        }
        bp_suggest_offer(&nearest, policy->policy->name);
    }
    if (nearest.best.size > 0) {
        return bp_run_usage(run, "no policy is called \"%s\"; did you mean \"%.*s\"?", name,
                            BP_ARG(nearest.best));
    }
    return bp_run_usage(run, "no policy is called \"%s\"", name);
}

static int
compare_only(bp_run *run, bp_session *session, const bp_comparison *comparison)
{
    bp_build_report_stale(session, comparison);
    if (!bp_report_all(run, session, bp_report_checked(run->arena, session))) {
        return BP_EXIT_CANNOT;
    }
    bp_report_trouble(run, session);
    int code = bp_report_exit(run, session);
    bool differs = bp_diagnostics_count(session->diagnostics, BP_ERROR) > 0;
    return code == BP_EXIT_NOTHING && differs ? BP_EXIT_FOUND : code;
}

static int
write_all(bp_run *run, bp_session *session, const bp_comparison *comparison,
          const bp_build_order *order)
{
    if (comparison->foreign_manifest) {
        return bp_run_trouble(run,
                              "\"%.*s/manifest.json\" is no manifest of backpol; build into "
                              "another folder, or move it away",
                              BP_ARG(comparison->shown));
    }
    if (!bp_report_all(run, session, bp_report_checked(run->arena, session)) ||
        !bp_run_flush(run) || !bp_build_write(run, session, comparison)) {
        return BP_EXIT_CANNOT;
    }
    if (!bp_report_is_machine(run) && !bp_option_given(&run->line, BP_OPTION_QUIET)) {
        bp_build_summary(run, session, comparison, order);
    }
    return BP_EXIT_NOTHING;
}

int
bp_command_build(bp_run *run)
{
    bp_build_order order = {0};
    bp_comparison comparison = {0};
    const char *print = bp_option_value(&run->line, BP_OPTION_PRINT);
    bool compare = bp_option_given(&run->line, BP_OPTION_CHECK);
    if (print != NULL && compare) {
        return bp_run_usage(run, "--print and --check exclude each other");
    }
    if (!read_targets(run, &order.targets)) {
        return BP_EXIT_CANNOT;
    }
    if (print != NULL) {
        order.targets = BP_TARGET_POLICIES;
    }
    bp_session *session = bp_project_open(run);
    if (session == NULL || (print == NULL && !bp_build_read_order(run, &order))) {
        return BP_EXIT_CANNOT;
    }
    if (!make_artifacts(run, session, &order)) {
        return report_only(run, session);
    }
    if (print != NULL) {
        return print_policy(run, session, print);
    }
    if (!bp_build_folder(run, session, &comparison)) {
        return session->outcome == BP_CANNOT ? report_only(run, session) : BP_EXIT_CANNOT;
    }
    bp_build_compare(run, session, &comparison);
    return compare ? compare_only(run, session, &comparison)
                   : write_all(run, session, &comparison, &order);
}
