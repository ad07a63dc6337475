/*
 * What a build is asked for beside its targets: a bucket for templates, and the manifest of what is
 * deployed, whose leavings are planned. And what is said about both, and about sizes, at the end.
 */
#include "compiler/cli/build.h"

enum { PREVIOUS_CAP = 64 * 1024 * 1024 };

static bool
read_bucket(bp_run *run, bp_build_order *order)
{
    const char *url = bp_option_value(&run->line, BP_OPTION_TEMPLATE_BUCKET);
    const char *why = "";
    if (url == NULL) {
        return true;
    }
    bp_template_bucket *bucket = BP_NEW(run->arena, bp_template_bucket);
    if (!bp_bucket_read(run->arena, bp_str_of(url), bucket, &why)) {
        bp_run_usage(run, "--template-bucket \"%s\" cannot be used: it %s", url, why);
        return false;
    }
    order->bucket = bucket;
    return true;
}

/* What of earlier vaults can only be set once stands in their templates, beside the manifest. Where
 * a template is not there, nothing is known. */
static void
read_fixed(bp_run *run, const char *path, bp_previous_stack *stack)
{
    bp_str folder = bp_path_folder(bp_str_of(path));
    bp_str text = {0};
    bp_file_error error = {0};
    if (stack->kind == BP_STACK_VAULT && stack->template.size > 0 &&
        bp_file_read(run->arena, bp_str_c(run->arena, folder), stack->template, PREVIOUS_CAP, &text,
                     &error)) {
        stack->fixed = bp_template_fixed(run->arena, text);
        stack->dropped = bp_template_drops(run->arena, text);
    }
}

static bool
read_previous(bp_run *run, bp_build_order *order)
{
    const char *typed = bp_option_value(&run->line, BP_OPTION_PREVIOUS);
    bp_str text = {0};
    bp_str why = {0};
    bp_file_error error = {0};
    if (typed == NULL) {
        return true;
    }
    const char *path = bp_project_path(run, typed);
    bp_previous *previous = BP_NEW(run->arena, bp_previous);
    if (!bp_file_read_anywhere(run->arena, path, PREVIOUS_CAP, &text, &error)) {
        bp_run_trouble(run, "--previous \"%s\" cannot be read: %.*s", typed, BP_ARG(error.text));
        return false;
    }
    if (!bp_previous_read(run->arena, text, previous, &why)) {
        bp_run_trouble(run, "--previous \"%s\" cannot be used: it %.*s", typed, BP_ARG(why));
        return false;
    }
    for (size_t i = 0; i < previous->stack_sets.count; i++) {
        read_fixed(run, path, &previous->stack_sets.at[i]);
    }
    for (size_t i = 0; i < previous->stacks.count; i++) {
        read_fixed(run, path, &previous->stacks.at[i]);
    }
    order->previous = previous;
    return true;
}

bool
bp_build_read_order(bp_run *run, bp_build_order *order)
{
    return read_bucket(run, order) && read_previous(run, order);
}

bool
bp_build_may_remove(bp_session *session, const bp_build_order *order)
{
    const bp_previous *previous = order->previous;
    const bp_deployment *deployment = session->deployment;
    if (previous == NULL) {
        return true;
    }
    if ((order->targets & BP_TARGET_CLI) == 0) {
        bp_session_trouble(session, "--previous needs the target cli; CloudFormation and Terraform "
                                    "notice by themselves what is no longer there");
        return false;
    }
    if (previous->script.size == 0) {
        bp_session_trouble(session, "the previous manifest was built without the target cli, so "
                                    "nothing was deployed by its script");
        return false;
    }
    if (!bp_str_equal(previous->organization_id, deployment->organization_id)) {
        bp_session_trouble(session,
                           "the previous manifest is of organization \"%.*s\", this build of "
                           "\"%.*s\"",
                           BP_ARG(previous->organization_id), BP_ARG(deployment->organization_id));
        return false;
    }
    if (!bp_str_equal(previous->home_region, deployment->home_region)) {
        bp_session_trouble(session,
                           "the previous manifest has its stack sets in %.*s, this build in %.*s; "
                           "stack sets do not move: remove the old ones by hand",
                           BP_ARG(previous->home_region), BP_ARG(deployment->home_region));
        return false;
    }
    return true;
}

void
bp_build_sizes(bp_run *run, const bp_session *session, const bp_build_order *order)
{
    const bp_artifacts *artifacts = session->artifacts;
    bool named = order->bucket != NULL;
    const bp_quota *quota =
        bp_quota_find(session->facts, named ? "CFN_BODY_S3" : "CFN_BODY_INLINE");
    bp_str most = bp_build_grouped(run->arena, (size_t)quota->value);
    bp_buf text = {.arena = run->arena};
    if (artifacts->largest > 0) {
        bp_str size = bp_build_grouped(run->arena, artifacts->largest);
        bp_buf_format(&text, "largest template %.*s", BP_ARG(size));
    }
    if (artifacts->management_size > 0) {
        bp_str size = bp_build_grouped(run->arena, artifacts->management_size);
        bp_buf_format(&text, "%smanagement template %.*s", text.size > 0 ? ", " : "", BP_ARG(size));
    }
    if (text.size > 0) {
        bp_output_format(run->out, "%-8s %.*s of %.*s bytes %s\n", "Sizes",
                         BP_ARG(bp_buf_text(&text)), BP_ARG(most),
                         named ? "that CloudFormation reads from a bucket"
                               : "that CloudFormation takes inline");
    }
    unsigned others = BP_TARGET_CLOUDFORMATION | BP_TARGET_TERRAFORM;
    if (named && (order->targets & BP_TARGET_CLI) != 0 && (order->targets & others) != 0) {
        bp_output_format(run->out,
                         "%-8s templates have to be in the bucket before any other way is taken: "
                         "ONLY_TEMPLATES=1 cli/deploy.sh copies them\n",
                         "Note");
    }
}

static const bp_file_out *
file_at(const bp_artifacts *artifacts, bp_str path)
{
    for (size_t i = 0; i < artifacts->files.count; i++) {
        if (bp_str_equal(artifacts->files.at[i].path, path)) {
            return &artifacts->files.at[i];
        }
    }
    return NULL;
}

/* A name or key that is set once: another vault or role takes the place of the old one, which
 * stays. */
static void
warn_of_replacement(bp_run *run, const bp_session *session, const bp_previous_stack *old)
{
    const bp_deployment *deployment = session->deployment;
    for (size_t i = 0; i < deployment->stacks.count; i++) {
        const bp_stack *now = &deployment->stacks.at[i];
        if (!bp_str_equal(now->stack_name, old->stack_name)) {
            continue;
        }
        if (!bp_str_equal(now->name, old->creates)) {
            bp_output_format(run->out,
                             "%-8s %.*s \"%.*s\" becomes \"%.*s\": names are set once, so a new "
                             "one is made and the old one stays with what is in it\n",
                             "Warning", BP_ARG(old->kind_word), BP_ARG(old->creates),
                             BP_ARG(now->name));
            return;
        }
        const bp_file_out *file = file_at(session->artifacts, old->template);
        if (file == NULL || old->fixed.size == 0 ||
            bp_str_equal(bp_template_fixed(run->arena, file->text), old->fixed)) {
            return;
        }
        bp_output_format(run->out,
                         "%-8s the key, kind or bounds of vault \"%.*s\" change: they are set "
                         "once, and a vault of that name stands; deploying fails until it is "
                         "removed, or take another name\n",
                         "Warning", BP_ARG(old->creates));
        return;
    }
}

void
bp_build_removals(bp_run *run, const bp_session *session, const bp_build_order *order)
{
    const bp_previous *previous = order->previous;
    const bp_removals *removals = &session->artifacts->removals;
    for (size_t i = 0; i < removals->count; i++) {
        const bp_removal *row = &removals->at[i];
        bp_output_format(run->out, "%-8s %s %.*s: %.*s\n", i == 0 ? "Remove" : "",
                         bp_removal_word(row->what), BP_ARG(row->name), BP_ARG(row->detail));
    }
    for (size_t i = 0; i < removals->count; i++) {
        const bp_removal *row = &removals->at[i];
        if (row->vault.size > 0 && row->dropped) {
            bp_output_format(run->out,
                             "%-8s stack %.*s takes vault %.*s and its key with it (keep = off): "
                             "%.*s; AWS refuses while the vault holds backups\n",
                             "Warning", BP_ARG(row->name), BP_ARG(row->vault), BP_ARG(row->detail));
        } else if (row->vault.size > 0) {
            bp_output_format(run->out,
                             "%-8s vault %.*s stays, with its key and backups, and no stack owns "
                             "it: %.*s\n",
                             "Orphaned", BP_ARG(row->vault), BP_ARG(row->detail));
        }
    }
    for (size_t i = 0; previous != NULL && i < previous->stack_sets.count; i++) {
        warn_of_replacement(run, session, &previous->stack_sets.at[i]);
    }
    for (size_t i = 0; previous != NULL && i < previous->stacks.count; i++) {
        warn_of_replacement(run, session, &previous->stacks.at[i]);
    }
}
