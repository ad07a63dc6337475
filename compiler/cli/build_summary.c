/* The last lines of a build: what was written, where it will apply, and what to do next. */
#include "compiler/cli/build.h"

static const char *
state_name(bp_file_state state)
{
    switch (state) {
    case BP_FILE_NEW:
        return "new";
    case BP_FILE_SAME:
        return "unchanged";
    case BP_FILE_CHANGED:
    case BP_FILE_FOREIGN:
        return "changed";
    }
    return "";
}

bp_str
bp_build_grouped(bp_arena *arena, size_t number)
{
    if (number < 1000) {
        return bp_str_format(arena, "%zu", number);
    }
    bp_str high = bp_build_grouped(arena, number / 1000);
    return bp_str_format(arena, "%.*s,%03zu", BP_ARG(high), number % 1000);
}

/* One line in columns: a word at the left, a path, and two remarks. */
static void
line(bp_run *run, const char *word, bp_str path, bp_str remark, const char *state)
{
    int room = 52 - (int)bp_str_characters(path);
    bp_output_format(run->out, "%-8s %.*s%*s  %.*s%s%s\n", word, BP_ARG(path), room < 0 ? 0 : room,
                     "", BP_ARG(remark), state[0] == '\0' ? "" : "   ", state);
}

static const char *
state_of_path(const bp_session *session, const bp_comparison *comparison, bp_str path)
{
    for (size_t i = 0; i < session->artifacts->files.count; i++) {
        if (bp_str_equal(session->artifacts->files.at[i].path, path)) {
            return state_name(comparison->states[i]);
        }
    }
    return "";
}

static const char *
print_policies(bp_run *run, const bp_session *session, const bp_comparison *comparison,
               const char *word)
{
    const bp_deployment *deployment = session->deployment;
    bp_str limit =
        bp_build_grouped(run->arena, (size_t)bp_quota_find(session->facts, "POL_CHARS")->value);
    for (size_t i = 0; i < deployment->policies.count; i++) {
        const bp_deployed_policy *policy = &deployment->policies.at[i];
        bp_str path = bp_str_format(run->arena, "policies/%.*s.json", BP_ARG(policy->slug));
        bp_str size = bp_build_grouped(run->arena, policy->characters);
        bp_str remark =
            bp_str_format(run->arena, "%.*s of %.*s characters", BP_ARG(size), BP_ARG(limit));
        if (policy->controls > 0) {
            remark = bp_str_format(run->arena, "%.*s, %.*s in child controls", BP_ARG(remark),
                                   BP_ARG(bp_build_grouped(run->arena, policy->controls)));
        }
        line(run, word, bp_path_join(run->arena, comparison->shown, path), remark,
             state_of_path(session, comparison, path));
        word = "";
    }
    return word;
}

/* How many Regions the vaults of the deployment need, all together. */
static size_t
count_regions(bp_arena *arena, const bp_deployment *deployment)
{
    bp_map *regions = bp_map_new(arena);
    for (size_t i = 0; i < deployment->stacks.count; i++) {
        const bp_stack *stack = &deployment->stacks.at[i];
        for (size_t g = 0; stack->kind == BP_STACK_VAULT && g < stack->groups.count; g++) {
            const bp_strings *codes = &stack->groups.at[g].regions;
            for (size_t r = 0; r < codes->count; r++) {
                bp_map_set(regions, codes->at[r], regions);
            }
        }
    }
    return bp_map_count(regions);
}

static void
print_templates(bp_run *run, const bp_session *session, const bp_comparison *comparison,
                const char *word)
{
    const bp_deployment *deployment = session->deployment;
    size_t roles = 0;
    size_t vaults = 0;
    for (size_t i = 0; i < deployment->stacks.count; i++) {
        roles += deployment->stacks.at[i].kind == BP_STACK_ROLE;
        vaults += deployment->stacks.at[i].kind == BP_STACK_VAULT;
    }
    if (roles + vaults == 0) {
        return;
    }
    bp_buf remark = {.arena = run->arena};
    if (roles > 0) {
        bp_buf_add(&remark, bp_count_of(run->arena, roles, "role", "roles"));
    }
    if (vaults > 0) {
        bp_str regions =
            bp_count_of(run->arena, count_regions(run->arena, deployment), "Region", "Regions");
        bp_buf_add_c(&remark, roles > 0 ? ", " : "");
        bp_buf_add(&remark, bp_count_of(run->arena, vaults, "vault", "vaults"));
        bp_buf_format(&remark, " in %.*s", BP_ARG(regions));
    }
    line(run, word, bp_path_join(run->arena, comparison->shown, BP_STR("templates/…")),
         bp_buf_text(&remark), "");
}

static void
print_written(bp_run *run, const bp_session *session, const bp_comparison *comparison,
              unsigned targets)
{
    const char *word = "Wrote";
    if ((targets & BP_TARGET_POLICIES) != 0) {
        word = print_policies(run, session, comparison, word);
    }
    if ((targets & BP_TARGET_TEMPLATES) != 0) {
        print_templates(run, session, comparison, word);
    }
    size_t counts[BP_FILE_FOREIGN + 1] = {0};
    for (size_t i = 0; i < session->artifacts->files.count; i++) {
        counts[comparison->states[i]]++;
    }
    bp_output_format(run->out, "%-8s %zu files: %zu new, %zu changed, %zu unchanged, %zu removed\n",
                     "Files", session->artifacts->files.count, counts[BP_FILE_NEW],
                     counts[BP_FILE_CHANGED], counts[BP_FILE_SAME], comparison->stale.count);
}

static void
print_attachments(bp_run *run, const bp_deployment *deployment)
{
    enum { TOLD_TARGETS = 6 }; /* of a policy; all of them stand in manifest.json */
    bp_buf text = {.arena = run->arena};
    for (size_t i = 0; i < deployment->policies.count; i++) {
        const bp_deployed_policy *policy = &deployment->policies.at[i];
        if (policy->target_names.count == 0) {
            continue;
        }
        bp_buf_add_c(&text, text.size == 0 ? "" : " · ");
        bp_buf_format(&text, "%.*s -> ", BP_ARG(policy->policy->name));
        size_t count = policy->target_names.count;
        size_t told = count > TOLD_TARGETS + 1 ? TOLD_TARGETS : count;
        for (size_t n = 0; n < told; n++) {
            bp_buf_add_c(&text, n == 0 ? "" : ", ");
            bp_buf_add(&text, policy->target_names.at[n]);
        }
        if (told < count) {
            bp_buf_format(&text, " and %zu more", count - told);
        }
        bp_str accounts = bp_count_of(run->arena, policy->accounts, "account", "accounts");
        bp_buf_format(&text, " (%.*s)", BP_ARG(accounts));
    }
    if (text.size > 0) {
        bp_output_format(run->out, "%-8s %.*s\n", "Attach", BP_ARG(bp_buf_text(&text)));
    }
}

/* The lock as it was asked for: "compliance(min: 7d, max: 365d, grace: 3d)". */
static bp_str
lock_words(bp_arena *arena, const bp_lock *lock)
{
    bp_buf words = {.arena = arena};
    bp_buf_format(&words, "compliance(min: %lldd", (long long)lock->min_days);
    if (lock->max_days > 0) {
        bp_buf_format(&words, ", max: %lldd", (long long)lock->max_days);
    }
    if (lock->grace_days > 0) {
        bp_buf_format(&words, ", grace: %lldd", (long long)lock->grace_days);
    }
    bp_buf_add_c(&words, ")");
    return bp_buf_text(&words);
}

/* What is special about the stack of one vault. */
static void
print_vault_notes(bp_run *run, const bp_stack *stack)
{
    const bp_vault *vault = stack->vault;
    if (vault->lock.word == BP_COMPLIANCE) {
        bp_output_format(run->out,
                         "%-8s vault %.*s gets a compliance lock, %.*s: nobody can remove it once "
                         "its grace time of %lld days is over\n",
                         "Note", BP_ARG(stack->name), BP_ARG(lock_words(run->arena, &vault->lock)),
                         (long long)(vault->lock.grace_days > 0 ? vault->lock.grace_days : 3));
    }
    if (vault->air_gapped) {
        bp_output_format(run->out,
                         "%-8s air-gapped vault %.*s is locked from its first day: nobody can "
                         "change its retention bounds or delete a backup early\n",
                         "Note", BP_ARG(stack->name));
    }
    if (vault->dropped) {
        bp_output_format(run->out,
                         "%-8s vault %.*s and its key are deleted with their stack (keep = off); "
                         "only a vault that holds backups survives, and the deletion then fails\n",
                         "Warning", BP_ARG(stack->name));
    }
    if (vault->notify.name.size > 0) {
        bp_output_format(run->out,
                         "%-8s vault %.*s tells topic %.*s: it must exist in each account and "
                         "Region of the vault and let backup.amazonaws.com publish\n",
                         "Note", BP_ARG(stack->name), BP_ARG(vault->notify.name));
    }
    if (stack->spare > 0) {
        bp_output_format(run->out,
                         "%-8s vault %.*s goes to %zu account-Region pair%s, %zu of which no "
                         "policy needs: ",
                         "Note", BP_ARG(stack->name), stack->cells, stack->cells == 1 ? "" : "s",
                         stack->spare);
        for (size_t i = 0; i < stack->spare_in.count; i++) {
            bp_output_format(run->out, "%s%.*s", i > 0 ? ", " : "", BP_ARG(stack->spare_in.at[i]));
        }
        bp_output_text(run->out, stack->spare > stack->spare_in.count ? " …\n" : "\n");
    }
}

/* What a person has to know before deploying, each once. */
static void
print_notes(bp_run *run, const bp_deployment *deployment, unsigned targets)
{
    bp_buf plain = {.arena = run->arena};
    bool retained = false;
    bool dropped = false;
    for (size_t i = 0; i < deployment->stacks.count; i++) {
        const bp_stack *stack = &deployment->stacks.at[i];
        dropped |= stack->vault != NULL && stack->vault->dropped;
        retained |= stack->vault == NULL || !stack->vault->dropped;
        if (stack->management_regions.count > 0) {
            bp_buf_add_c(&plain, plain.size == 0 ? "" : ", ");
            bp_buf_add(&plain, stack->stack_name);
        }
        if (stack->vault != NULL) {
            print_vault_notes(run, stack);
        }
    }
    if ((targets & BP_TARGET_EFFECTIVE) != 0 && deployment->org != NULL &&
        deployment->org->accounts.count > BP_EFFECTIVE_ACCOUNTS) {
        bp_output_format(run->out,
                         "%-8s effective policies of %zu accounts are not written; ask for them "
                         "with --target effective\n",
                         "Note", deployment->org->accounts.count);
    }
    if (plain.size > 0) {
        bp_output_format(run->out, "%-8s plain stacks in the management account: %.*s\n", "Note",
                         BP_ARG(bp_buf_text(&plain)));
    }
    if (retained) {
        bp_output_format(run->out,
                         "%-8s %s, keys and roles are retained when a stack goes; an account "
                         "that comes back meets names that exist\n",
                         "Note", dropped ? "all other vaults" : "vaults");
    }
}

static void
print_next(bp_run *run, const bp_session *session, const bp_comparison *comparison,
           unsigned targets)
{
    bp_str shown = comparison->shown;
    bp_output_format(run->out, "%-8s review %.*s/", "Next", BP_ARG(shown));
    bool script = (targets & BP_TARGET_CLI) != 0;
    bool template = (targets & BP_TARGET_CLOUDFORMATION) != 0;
    if (script) {
        bp_output_format(run->out, ", then %.*s/cli/deploy.sh", BP_ARG(shown));
    }
    if (template) {
        bp_output_format(run->out, "%s the management template", script ? " or" : ", then");
    }
    if ((targets & BP_TARGET_TERRAFORM) != 0) {
        bp_output_format(run->out, "%s terraform in %.*s/terraform",
                         script || template ? " or" : ", then", BP_ARG(shown));
    }
    if (session->artifacts->removals.count > 0) {
        bp_output_format(run->out, ", at last %.*s/cli/remove.sh", BP_ARG(shown));
    }
    bp_output_text(run->out, "\n");
}

/* The members that the compiler added to extensions: lists among them stay as they are until the
 * next build. */
static void
print_supplied(bp_run *run, const bp_policy *policy)
{
    const bp_node *node = policy->document;
    while (node != NULL) {
        if (node->supplied && node->kind == BP_NODE_LEAF &&
            !bp_str_is(node->key, "target_backup_vault_arn")) {
            const bp_node *block = node->parent;
            while (block->kind == BP_NODE_CONTAINER && block->parent != NULL) {
                block = block->parent;
            }
            bp_output_format(
                run->out, "%-8s %.*s of \"%.*s\" in policy %.*s, from what is inherited\n",
                "Supplied", BP_ARG(node->key), BP_ARG(block->key), BP_ARG(policy->name));
        }
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node->parent != NULL && node->next == NULL) {
            node = node->parent;
        }
        node = node->next;
    }
}

void
bp_build_summary(bp_run *run, const bp_session *session, const bp_comparison *comparison,
                 const bp_build_order *order)
{
    unsigned targets = bp_build_targets(order);
    print_written(run, session, comparison, targets);
    bp_build_sizes(run, session, order);
    print_attachments(run, session->deployment);
    bp_build_removals(run, session, order);
    for (size_t i = 0;
         bp_option_given(&run->line, BP_OPTION_VERBOSE) && i < session->program->policies.count;
         i++) {
        print_supplied(run, session->program->policies.at[i]);
    }
    print_notes(run, session->deployment, targets);
    print_next(run, session, comparison, targets);
}
