/*
 * CPY005, CPY006, CPY012: where copies go, whatever is copied. The key of a copy and its ARN, and
 * destinations in other accounts.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"
#include "compiler/checks/forms.h"
#include "compiler/checks/walk.h"
#include "compiler/facts/ids.h"

#include "lib/suggest.h"

/* What AWS takes as the key of a copy: the ARN of a vault, in this or that account. */
static bool
is_vault_arn(const bp_place *place, bp_str key)
{
    const bp_reference *reference =
        bp_reference_of_arn(place->context->arena, key, BP_NOWHERE, BP_REF_VAULT);
    return bp_arn_is_unfinished(key) ||
           (reference != NULL && reference->region.size > 0 && reference->region.at[0] != '$' &&
            (bp_str_is(reference->account, "$account") || bp_is_account_id(reference->account)));
}

/* Offers the missing member in a document, where the object of the copy is not empty. */
static void
offer_target(const bp_place *place, bp_finding *finding)
{
    const bp_node *copy = place->node;
    if ((!place->policy->from_json && !copy->raw) || copy->first == NULL ||
        !is_vault_arn(place, copy->key)) {
        return;
    }
    bp_span before = copy->first->span;
    bp_span at = {before.source, before.start, before.start};
    bp_finding_fix(place->context->diagnostics, finding, true, at,
                   bp_str_format(place->context->arena,
                                 "\"target_backup_vault_arn\": {\"@@assign\": \"%.*s\"}, ",
                                 BP_ARG(copy->key)),
                   "add the ARN of the key");
}

/* CPY005. In the language both are one expression; raw blocks and JSON can differ. */
static void
judge_key(const bp_place *place)
{
    bp_diagnostics *list = place->context->diagnostics;
    const bp_node *copy = place->node;
    const bp_node *leaf = bp_node_child(copy, "target_backup_vault_arn");
    const bp_value *value = bp_node_value(copy, "target_backup_vault_arn");
    bp_finding *finding = NULL;
    bp_str shown = bp_shown_text(place->context->arena, copy->key);
    if (leaf == NULL && !copy->extend && !copy->holes) {
        finding = bp_report(list, "CPY005", copy->span,
                            "the copy does not repeat its ARN in target_backup_vault_arn; every "
                            "document has to");
        finding->aws = BP_AWS_REJECTS;
        offer_target(place, finding);
    } else if (value != NULL && value->kind == BP_VALUE_TEXT &&
               !bp_str_equal_folded(value->text, copy->key)) {
        finding = bp_report(list, "CPY005", value->span,
                            "the key of the copy is \"%.*s\", its ARN another one; both must name "
                            "one vault",
                            BP_ARG(shown));
        bp_finding_label(list, finding, copy->span, "the key");
        if (!bp_str_starts(copy->key, BP_STR("arn:")) && !is_vault_arn(place, copy->key)) {
            finding->aws = BP_AWS_REJECTS;
        }
    }
    if (finding != NULL) {
        (void)bp_text_finding(place, finding, copy->uses);
    }
}

/* Whether the policy reaches an account other than the destination, as far as is known. */
static bool
leaves_account(const bp_plan_use *use, const bp_organization *org, bp_str account)
{
    for (size_t i = 0; i < use->accounts.count; i++) {
        if (!bp_str_equal(org->accounts.at[use->accounts.at[i]].id, account)) {
            return true;
        }
    }
    return use->accounts.count == 0;
}

static bool
tree_is_complete(const bp_organization *org)
{
    for (size_t i = 0; i < org->ous.count; i++) {
        if (!org->ous.at[i].accounts_known || !org->ous.at[i].ous_known) {
            return false;
        }
    }
    return true;
}

static void
dress(const bp_check_context *context, const bp_plan_use *use, const bp_node *copy,
      bp_finding *finding)
{
    finding->by_text = true; /* the place and the organization decide, not who is reached */
    bp_finding_uses(context, finding, copy->uses);
    bp_finding_scope(
        context->diagnostics, finding,
        bp_node_scope(context->arena, bp_use_node_owner(context, use, copy)->policy->name, copy));
}

static void
suggest_account(const bp_check_context *context, bp_finding *finding, bp_str id)
{
    bp_suggester near = bp_suggest_start(id);
    for (size_t i = 0; i < context->org->accounts.count; i++) {
        bp_suggest_offer(&near, context->org->accounts.at[i].id);
    }
    if (near.best.size > 0) {
        const bp_account *account = bp_org_account(context->org, near.best);
        bp_finding_help(context->diagnostics, finding, "did you mean %.*s, \"%.*s\"?",
                        BP_ARG(near.best), BP_ARG(account->name));
        bp_finding_label(context->diagnostics, finding, account->span, "this account is near");
    }
}

/* CPY006. True if the destination is an account to copy to. */
static bool
judge_account(const bp_check_context *context, const bp_plan_use *use, const bp_node *copy,
              const bp_reference *reference)
{
    bp_diagnostics *list = context->diagnostics;
    const bp_account *account = bp_org_account(context->org, reference->account);
    if (account != NULL && bp_account_counts(account)) {
        return true;
    }
    if (account == NULL && !tree_is_complete(context->org)) {
        bp_skip_check(list, "CPY006", 1, "the tree of the inventory is not complete");
        return false;
    }
    bp_finding *finding = NULL;
    if (account == NULL) {
        finding = bp_report(list, "CPY006", reference->account_span,
                            "account %.*s is not in the organization; copies go to accounts of the "
                            "same organization alone",
                            BP_ARG(reference->account));
        suggest_account(context, finding, reference->account);
    } else {
        finding = bp_report(list, "CPY006", reference->account_span,
                            "account %.*s is %s; only an active account can receive copies",
                            BP_ARG(reference->account), bp_account_state_name(account->state));
        bp_finding_label(list, finding, account->span, "this account");
    }
    dress(context, use, copy, finding);
    return false;
}

/* Adds up what could not be judged. */
typedef struct run {
    const bp_check_context *context;
    size_t without_inventory;
    size_t unknown_switch;
} run;

static void
judge_destination(run *state, const bp_plan_use *use, const bp_node *copy)
{
    const bp_check_context *context = state->context;
    const bp_reference *reference = bp_copy_destination(copy);
    if (reference == NULL || !bp_is_account_id(reference->account)) {
        return;
    }
    if (context->org == NULL) {
        state->without_inventory++;
        return;
    }
    if (!judge_account(context, use, copy, reference) ||
        !leaves_account(use, context->org, reference->account)) {
        return;
    }
    if (context->org->cross_account_backup == BP_UNKNOWN) {
        state->unknown_switch++;
    } else if (context->org->cross_account_backup == BP_ABSENT) {
        bp_finding *finding =
            bp_report(context->diagnostics, "CPY012", reference->account_span,
                      "this copies to another account while cross-account backup is off; the "
                      "management account has to enable it");
        bp_finding_mark(context->diagnostics, finding, "another account");
        bp_finding_label(context->diagnostics, finding, context->org->cross_account_span,
                         "off here");
        bp_finding_help(context->diagnostics, finding,
                        "turn cross-account backup on in the management account");
        dress(context, use, copy, finding);
    }
}

void
bp_check_copy_destinations(const bp_check_context *context)
{
    run state = {.context = context};
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    bp_each_copy(context, judge_key);
    for (size_t i = 0; i < uses->count; i++) {
        for (const bp_node *rule = bp_node_first(uses->at[i].plan, "rules"); rule != NULL;
             rule = rule->next) {
            for (const bp_node *copy = bp_node_first(rule, "copy_actions"); copy != NULL;
                 copy = copy->next) {
                judge_destination(&state, &uses->at[i], copy);
            }
        }
    }
    bp_skip_without_inventory(context, "CPY006", state.without_inventory);
    bp_skip_without_inventory(context, "CPY012", state.without_inventory);
    if (state.unknown_switch > 0) {
        bp_skip_check(context->diagnostics, "CPY012", state.unknown_switch,
                      "cross_account_backup is not known");
    }
}
