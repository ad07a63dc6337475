/*
 * DAT: how far the data reaches. DAT001: the tables in use are old. DAT003: rules were skipped
 * because the inventory does not know; it runs last, over what the others counted. QTA003: how many
 * policies hang on one target.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"
#include "compiler/checks/size_cut.h"
#include "compiler/facts/facts.h"
#include "lib/calendar.h"

#include <inttypes.h>
#include <string.h>

enum { SECONDS_A_DAY = 86400 };

void
bp_check_facts_age(const bp_check_context *context)
{
    int64_t day = 0;
    int64_t limit = context->manifest != NULL ? context->manifest->facts_max_age_days : 180;
    if (!bp_instant_parse(bp_str_of(bp_facts_as_of()), &day) ||
        context->as_of - day <= limit * SECONDS_A_DAY) {
        return;
    }
    bp_finding *finding = bp_report(
        context->diagnostics, "DAT001", BP_NOWHERE,
        "the facts about AWS are of %s, %" PRId64 " days old; the limit is %" PRId64 " days",
        bp_facts_as_of(), (context->as_of - day) / SECONDS_A_DAY, limit);
    bp_finding_help(context->diagnostics, finding, "use a newer release");
}

/* Rules that answer a question of their own when they do not know, or ask of the organization as a
 * whole and not of an account or Region: they do not make a finding by themselves. */
static bool
is_answered(const bp_check_context *context, const bp_skip *skip)
{
    return !context->require_inventory &&
           (strcmp(skip->rule->code, "SEL010") == 0 || strcmp(skip->rule->code, "TOP015") == 0);
}

/* The read-only calls that answer what rules ask. */
static const char *
call_of(const char *code)
{
    static const char *const calls[][2] = {
        {"VLT", "aws backup list-backup-vaults"},
        {"NAM002", "aws backup list-backup-vaults"},
        {"STK", "aws backup list-backup-vaults"},
        {"LIF", "aws backup list-backup-vaults"},
        {"ROL", "aws iam list-roles"},
        {"REG003", "aws account list-regions"},
        {"CPY006", "aws organizations list-accounts"},
        {"CPY012", "aws backup describe-global-settings"},
        {"TOP001", "aws organizations list-organizational-units-for-parent"},
        {"TOP002", "aws organizations list-accounts-for-parent"},
        {"TOP005", "aws organizations list-accounts-for-parent"},
        {"TOP006", "aws backup list-backup-vaults"},
        {"TOP015", "aws organizations describe-organization, list-roots and "
                   "list-aws-service-access-for-organization"},
        {"SEL010", "aws backup describe-region-settings"},
        {"CPY004", "aws backup describe-region-settings"},
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (bp_str_starts(bp_str_of(code), bp_str_of(calls[i][0]))) {
            return calls[i][1];
        }
    }
    return NULL;
}

/* Names each call once. */
static void
help_with_calls(bp_diagnostics *list, bp_finding *finding, bp_arena *arena)
{
    bp_buf words = {.arena = arena};
    for (size_t i = 0; i < bp_diagnostics_skips(list); i++) {
        const char *call = call_of(bp_diagnostics_skip_at(list, i)->rule->code);
        if (call != NULL && !bp_str_contains(bp_buf_text(&words), bp_str_of(call))) {
            bp_buf_format(&words, "%s%s", words.size > 0 ? ", " : "", call);
        }
    }
    if (words.size > 0) {
        bp_finding_help(list, finding, "this would settle it: %.*s", BP_ARG(bp_buf_text(&words)));
    }
}

void
bp_check_missing_inventory(const bp_check_context *context)
{
    bp_diagnostics *list = context->diagnostics;
    size_t skips = bp_diagnostics_skips(list);
    bool inventory = context->org != NULL;
    size_t open = 0;
    for (size_t i = 0; i < skips; i++) {
        open += !is_answered(context, bp_diagnostics_skip_at(list, i));
    }
    if (inventory ? open == 0 : !context->has_project && !context->require_inventory) {
        return;
    }
    bool named = context->manifest != NULL && bp_span_exists(context->manifest->inventory.span);
    size_t rules = 0;
    for (size_t i = 0; i < skips; i++) {
        bool again = false;
        for (size_t j = 0; j < i; j++) {
            again = again ||
                    bp_diagnostics_skip_at(list, j)->rule == bp_diagnostics_skip_at(list, i)->rule;
        }
        rules += !again;
    }
    bp_finding *finding = NULL;
    if (inventory) {
        finding = bp_report(list, "DAT003", named ? context->manifest->inventory.span : BP_NOWHERE,
                            "%zu rule%s could not be checked everywhere; the inventory does not "
                            "know enough",
                            rules, bp_plural(rules));
    } else {
        finding = bp_report(list, "DAT003", named ? context->manifest->inventory.span : BP_NOWHERE,
                            "there is no inventory; rules that need the organization were skipped");
    }
    if (context->require_inventory) {
        finding->severity = BP_ERROR;
    }
    for (size_t i = 0; i < skips; i++) {
        const bp_skip *skip = bp_diagnostics_skip_at(list, i);
        bp_finding_note(list, finding, "%s (%s): skipped %zu time%s, %.*s", skip->rule->code,
                        skip->rule->slug, skip->count, bp_plural(skip->count),
                        BP_ARG(skip->reason));
    }
    bp_finding_help(list, finding,
                    inventory ? "read-only AWS calls fill in what is missing; no key at all means "
                                "that nobody looked"
                              : "write the accounts, vaults and roles of the organization into "
                                "org.yaml; read-only AWS calls list them");
    if (inventory) {
        help_with_calls(list, finding, context->arena);
    }
}

/* Policies on one target, with where each is attached. */
typedef struct attached {
    size_t count;
    const bp_target_ref *first;
} attached;

int64_t
bp_attach_limit(const bp_facts *facts, const bp_bound_target *target)
{
    const char *quota = "ORG_ATTACH_ACCOUNT";
    if (target->ou != NULL) {
        quota = target->ou->depth == 0 ? "ORG_ATTACH_ROOT" : "ORG_ATTACH_OU";
    }
    return bp_quota_find(facts, quota)->value;
}

static void
count_target(const bp_check_context *context, bp_map *targets, const bp_bound_policy *policy,
             size_t index)
{
    const bp_bound_target *target = &policy->targets.at[index];
    int64_t limit = bp_attach_limit(context->facts, target);
    for (size_t i = 0; i < index; i++) {
        if (bp_str_equal(policy->targets.at[i].id, target->id)) {
            return;
        }
    }
    attached *known = bp_map_get(targets, target->id);
    if (known == NULL) {
        known = BP_NEW(context->arena, attached);
        known->first = target->ref;
        bp_map_set(targets, target->id, known);
    }
    known->count++;
    if ((int64_t)known->count != limit + 1) {
        return;
    }
    bp_finding *finding =
        bp_report(context->diagnostics, "QTA003", target->ref->span,
                  "this target gets its backup policy number %zu; one target takes %" PRId64,
                  known->count, limit);
    bp_finding_mark(context->diagnostics, finding, "one too many");
    bp_finding_label(context->diagnostics, finding, known->first->span, "the first one");
    bp_finding_help(context->diagnostics, finding,
                    "merge policies of this target, or attach some to the OUs below it");
}

void
bp_check_attachments(const bp_check_context *context)
{
    if (context->model == NULL) {
        return;
    }
    bp_map *targets = bp_map_new(context->arena);
    size_t count = context->model->policies.count;
    int64_t limit = bp_quota_find(context->facts, "ORG_POLICIES")->value;
    for (size_t i = 0; i < count; i++) {
        const bp_bound_policy *policy = &context->model->policies.at[i];
        for (size_t t = 0; t < policy->targets.count; t++) {
            count_target(context, targets, policy, t);
        }
        if ((int64_t)i == limit) {
            (void)bp_report(
                context->diagnostics, "QTA003", policy->policy->span,
                "this is backup policy number %zu; an organization has at most %" PRId64, i + 1,
                limit);
        }
    }
}
