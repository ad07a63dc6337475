/*
 * STK002: whether stack sets are called as what the deploying account is: the management account as
 * itself, a delegated administrator of stack sets as such. Who deploys is known where the manifest
 * names the account; else only that nobody can be a delegated administrator where there is none.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"

#define PRINCIPAL "member.org.stacksets.cloudformation.amazonaws.com"

static bool
is_administrator(const bp_organization *org, bp_str account)
{
    for (size_t i = 0; i < org->set_administrators.count; i++) {
        if (bp_str_equal(org->set_administrators.at[i], account)) {
            return true;
        }
    }
    return false;
}

/* Where the manifest says it, with the word that would be right there. */
static bp_finding *
report(const bp_check_context *context, const char *right, bp_str message)
{
    const bp_manifest *manifest = context->manifest;
    bool written = bp_span_exists(manifest->call_as_span);
    bp_span span = written ? manifest->call_as_span : manifest->deployer.span;
    bp_finding *finding = bp_report(context->diagnostics, "STK002", span, "%.*s", BP_ARG(message));
    if (written && manifest->deployer.text.size > 0) {
        bp_finding_label(context->diagnostics, finding, manifest->deployer.span,
                         "the account that deploys");
    }
    if (right != NULL && written) {
        bp_finding_fix(context->diagnostics, finding, true, span, bp_str_of(right),
                       "replace with %s", right);
    } else if (right != NULL) {
        bp_finding_help(context->diagnostics, finding, "write call_as: %s beside it", right);
    }
    return finding;
}

static void
note_list(const bp_check_context *context, bp_finding *finding, bp_str account)
{
    const bp_organization *org = context->org;
    if (bp_span_exists(org->set_administrators_span)) {
        bp_finding_label(context->diagnostics, finding, org->set_administrators_span,
                         "the list of them");
    }
    bp_finding_help(context->diagnostics, finding,
                    "register it in the management account: aws organizations "
                    "register-delegated-administrator --service-principal " PRINCIPAL
                    " --account-id %.*s",
                    BP_ARG(account));
}

/* The manifest says delegated_admin; nothing speaks against who deploys, as far as it is named. */
static void
judge_delegated(const bp_check_context *context)
{
    const bp_organization *org = context->org;
    bp_str account = context->manifest->deployer.text;
    if (!org->set_administrators_known) {
        bp_skip_check(context->diagnostics, "STK002", 1,
                      "no list of the delegated administrators of stack sets");
    } else if (org->set_administrators.count == 0) {
        bp_finding *finding =
            report(context, account.size == 0 ? "self" : NULL,
                   BP_STR("stack sets are called as a delegated administrator, and the "
                          "organization has none for them"));
        note_list(context, finding, account.size > 0 ? account : BP_STR("ID"));
    } else if (account.size > 0 && !is_administrator(org, account)) {
        bp_finding *finding =
            report(context, NULL,
                   bp_str_format(context->arena,
                                 "stack sets are called as a delegated administrator, and account "
                                 "%.*s is none for them",
                                 BP_ARG(account)));
        note_list(context, finding, account);
    }
}

void
bp_check_caller(const bp_check_context *context)
{
    const bp_manifest *manifest = context->manifest;
    const bp_organization *org = context->org;
    if (manifest == NULL || context->model == NULL ||
        context->model->vaults.count + context->model->roles.count == 0) {
        return; /* no stack sets */
    }
    bp_str account = manifest->deployer.text;
    if (!manifest->delegated && account.size == 0) {
        return;
    }
    if (org == NULL) {
        bp_skip_without_inventory(context, "STK002", 1);
        return;
    }
    bool management = bp_str_equal(account, org->management_id);
    if (manifest->delegated && management) {
        report(context, "self",
               BP_STR("stack sets are called as a delegated administrator, and the management "
                      "account deploys; it calls as itself"));
    } else if (!manifest->delegated && !management) {
        bp_finding *finding = report(
            context, "delegated_admin",
            bp_str_format(context->arena,
                          "account %.*s deploys, and stack sets are called as its own; those of "
                          "the organization are the management account's",
                          BP_ARG(account)));
        bp_finding_note(context->diagnostics, finding, "the management account is %.*s",
                        BP_ARG(org->management_id));
    } else if (manifest->delegated) {
        judge_delegated(context);
    }
}
