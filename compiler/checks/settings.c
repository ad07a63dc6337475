/*
 * TOP015: settings of the organization without which backup policies cannot be attached, or the
 * project's stack sets not be deployed. Each is judged only where the inventory says it.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"
#include "compiler/facts/ids.h"

static const char backup_principal[] = "backup.amazonaws.com";

static void
report(const bp_check_context *context, bp_span span, const char *seen, const char *rule,
       const char *help)
{
    const bp_organization *org = context->org;
    bp_finding *finding = bp_report(context->diagnostics, "TOP015",
                                    bp_span_exists(span) ? span : org->span, "%s; %s", seen, rule);
    bp_finding_help(context->diagnostics, finding, "%s", help);
}

static void
unknown(const bp_check_context *context, const char *what)
{
    if (context->program == NULL) {
        return; /* an inventory judged by itself says what it does not know */
    }
    bp_skip_check(context->diagnostics, "TOP015", 1, "%s", what);
}

static void
judge_features(const bp_check_context *context)
{
    const bp_organization *org = context->org;
    switch (org->features) {
    case BP_FEATURES_ALL:
        break;
    case BP_FEATURES_UNKNOWN:
        unknown(context, "the feature set of the organization is not known");
        break;
    case BP_FEATURES_BILLING:
        report(context, org->features_span, "the organization has consolidated billing alone",
               "policies need all features",
               "enable all features of the organization: aws organizations enable-all-features");
        break;
    }
}

static void
judge_policy_type(const bp_check_context *context)
{
    const bp_organization *org = context->org;
    static const char help[] = "enable the type BACKUP_POLICY on the root: aws organizations "
                               "enable-policy-type";
    static const char rule[] = "a policy can be attached only while they are enabled on the root";
    switch (org->policy_type) {
    case BP_POLICY_TYPE_ENABLED:
        break;
    case BP_POLICY_TYPE_UNKNOWN:
        unknown(context, "backup_policy_type is not known");
        break;
    case BP_POLICY_TYPE_PENDING_ENABLE:
        report(context, org->policy_type_span, "backup policies are still being enabled", rule,
               "wait until it is done, and import the inventory again");
        break;
    case BP_POLICY_TYPE_PENDING_DISABLE:
        report(context, org->policy_type_span, "backup policies are being disabled", rule, help);
        break;
    case BP_POLICY_TYPE_DISABLED:
        report(context, org->policy_type_span, "backup policies are disabled", rule, help);
        break;
    }
}

static bool
trusts(const bp_organization *org, const char *principal)
{
    for (size_t i = 0; i < org->trusted.count; i++) {
        if (bp_str_is(org->trusted.at[i], principal)) {
            return true;
        }
    }
    return false;
}

/* Declared vaults and roles are brought by service-managed stack sets. */
static bool
uses_stack_sets(const bp_check_context *context)
{
    return context->program != NULL &&
           (context->program->vaults.count > 0 || context->program->roles.count > 0);
}

static void
judge_trust(const bp_check_context *context)
{
    const bp_organization *org = context->org;
    if (!org->trusted_known) {
        unknown(context, "trusted_access is not known");
        return;
    }
    if (!trusts(org, backup_principal)) {
        report(context, org->trusted_span, "AWS Backup has no trusted access to the organization",
               "without it plans of policies do not reach the accounts",
               "aws organizations enable-aws-service-access --service-principal "
               "backup.amazonaws.com");
    }
    if (uses_stack_sets(context) && !trusts(org, BP_STACK_SETS_PRINCIPAL)) {
        report(context, org->trusted_span,
               "CloudFormation stack sets have no trusted access to the organization",
               "the vaults and roles of this project are deployed by them",
               "activate it in the management account: aws cloudformation "
               "activate-organizations-access");
    }
}

void
bp_check_settings(const bp_check_context *context)
{
    if (context->org == NULL ||
        (context->program != NULL && context->program->policies.count == 0)) {
        return;
    }
    judge_features(context);
    judge_policy_type(context);
    judge_trust(context);
}
