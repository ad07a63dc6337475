/*
 * NAM001: names that no vault can have, in settings, ARNs and declarations. VLT011: copy
 * destinations that are no vault ARN. VLT013: air-gapped vaults of rules. Judged from the text
 * alone.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"
#include "compiler/checks/forms.h"
#include "compiler/checks/walk.h"
#include "compiler/facts/ids.h"

static bp_finding *
report_name(const bp_check_context *context, bp_str name, bp_span span)
{
    bp_diagnostics *list = context->diagnostics;
    bp_finding *finding = NULL;
    bp_str words = bp_shown_text(context->arena, name);
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        if (bp_is_alnum(c) || c == '-' || c == '_') {
            continue;
        }
        size_t end = i + 1;
        while (end < name.size && ((unsigned char)name.at[end] & 0xC0) == 0x80) {
            end++;
        }
        bp_str shown = bp_str_cut(name, i, end);
        finding = bp_report(list, "NAM001", span,
                            "vault name \"%.*s\" holds \"%.*s\"; letters, digits, \"-\" and \"_\" "
                            "are allowed",
                            BP_ARG(words), BP_ARG(shown));
        bp_finding_mark(list, finding, "\"%.*s\" cannot stand in a vault name", BP_ARG(shown));
        break;
    }
    if (finding == NULL) {
        finding = bp_report(list, "NAM001", span,
                            "vault name \"%.*s\" has %zu character%s; a vault has 2 to 50",
                            BP_ARG(words), name.size, bp_plural(name.size));
        if (name.size == 1) {
            finding->aws = BP_AWS_JOB_FAILS;
            bp_finding_note(list, finding,
                            "AWS accepts the policy, yet no vault of one character can exist");
        }
    }
    finding->by_text = true;
    return finding;
}

/* A name that is used: the declaration is told where it stands, not at each use. */
static void
judge_use(const bp_place *place, bp_str name, bp_span span, bp_span uses)
{
    if (bp_vault_name_is_good(name) || bp_text_is_unfinished(name) ||
        bp_map_get(place->context->program->vault_by_name, name) != NULL) {
        return;
    }
    (void)bp_text_finding(place, report_name(place->context, name, span), uses);
}

static void
judge_rule(const bp_place *place)
{
    static const char *const paths[] = {"target_backup_vault_name",
                                        "target_logically_air_gapped_backup_vault_arn"};
    for (size_t i = 0; i < 2; i++) {
        const bp_value *value = bp_node_value(place->node, paths[i]);
        if (value == NULL || value->kind != BP_VALUE_TEXT) {
            continue;
        }
        if (value->reference != NULL) {
            judge_use(place, value->reference->name, value->reference->name_span, value->uses);
        } else if (i == 0) {
            judge_use(place, value->text, value->span, value->uses);
        }
    }
}

/* The text with `:vault:` made `:backup-vault:`; empty where that is not the slip. */
static void
offer_backup_vault(const bp_place *place, bp_finding *finding, const bp_value *value)
{
    bp_diagnostics *list = place->context->diagnostics;
    bp_str seen = bp_span_text(bp_diagnostics_sources(list), value->span);
    bp_str slip = BP_STR(":vault:");
    for (size_t at = 0; at + slip.size <= seen.size; at++) {
        if (bp_str_starts(bp_str_cut(seen, at, seen.size), slip)) {
            uint32_t start = value->span.start + (uint32_t)at;
            bp_span span = {value->span.source, start, start + (uint32_t)slip.size};
            bp_finding_fix(list, finding, true, span, BP_STR(":backup-vault:"),
                           "write backup-vault:");
            return;
        }
    }
}

static void
judge_copy(const bp_place *place)
{
    bp_diagnostics *list = place->context->diagnostics;
    const bp_value *value = bp_node_value(place->node, "target_backup_vault_arn");
    if (value == NULL || value->kind != BP_VALUE_TEXT || bp_arn_is_unfinished(value->text)) {
        return;
    }
    const bp_reference *reference = value->reference;
    bp_finding *finding = NULL;
    bp_str shown =
        bp_shown_text(place->context->arena, reference == NULL ? value->text : reference->account);
    if (reference == NULL) {
        finding = bp_report(list, "VLT011", value->span,
                            "\"%.*s\" is not the ARN of a vault; the form is "
                            "arn:PARTITION:backup:REGION:ACCOUNT:backup-vault:NAME",
                            BP_ARG(shown));
        if (bp_str_contains(value->text, BP_STR(":vault:"))) {
            finding->aws = BP_AWS_UNKNOWN;
            bp_finding_help(list, finding, "\"backup-vault:\" stands before the name");
            offer_backup_vault(place, finding, value);
        }
        (void)bp_text_finding(place, finding, value->uses);
        return;
    }
    if (bp_str_find(reference->region, '$') < reference->region.size) {
        return; /* SYN013 */
    }
    bool own = bp_reference_is_own_account(reference);
    if (reference->region.size == 0 || (!own && !bp_is_account_id(reference->account))) {
        bool region = reference->region.size == 0;
        if (region) {
            finding = bp_report(list, "VLT011", value->span,
                                "the ARN of a destination has no Region; it must name one");
        } else {
            finding = bp_report(list, "VLT011", reference->account_span,
                                "\"%.*s\" is no account; a destination takes $account or 12 digits",
                                BP_ARG(shown));
        }
        (void)bp_text_finding(place, finding, value->uses);
        return;
    }
    judge_use(place, reference->name, reference->name_span, value->uses);
}

void
bp_check_vault_names(const bp_check_context *context)
{
    if (context->program == NULL) {
        return;
    }
    for (size_t i = 0; i < context->program->vaults.count; i++) {
        const bp_vault *vault = context->program->vaults.at[i];
        if (!bp_vault_name_is_good(vault->name) && !bp_text_is_unfinished(vault->name)) {
            (void)report_name(context, vault->name, vault->span);
        }
    }
    bp_each_rule(context, judge_rule);
    bp_each_copy(context, judge_copy);
}

/* The ordinary vault that an air-gapped one stands beside; on the path it may come from above. */
static void
judge_ordinary(const bp_place *place, const bp_value *value)
{
    if (!bp_place_whole(place) || place->node->holes ||
        bp_node_at(place->node, "target_backup_vault_name") != NULL) {
        return;
    }
    bp_finding *finding = bp_report(place->context->diagnostics, "VLT013", value->span,
                                    "rule with an air-gapped vault and no other; it also needs an "
                                    "ordinary vault");
    finding->aws = BP_AWS_INVALID_EFFECTIVE;
    bp_finding_help(place->context->diagnostics, finding, "add target_backup_vault_name");
    (void)bp_text_finding(place, finding, value->uses);
}

static void
judge_air_gapped(const bp_place *place)
{
    bp_diagnostics *list = place->context->diagnostics;
    const bp_value *value =
        bp_node_value(place->node, "target_logically_air_gapped_backup_vault_arn");
    if (value == NULL || value->kind != BP_VALUE_TEXT || bp_arn_is_unfinished(value->text)) {
        return;
    }
    judge_ordinary(place, value);
    const bp_reference *reference = value->reference;
    bp_finding *finding = NULL;
    if (reference == NULL) {
        finding = bp_report(list, "VLT013", value->span,
                            "\"%.*s\" is not the ARN of an air-gapped vault; the form is "
                            "arn:PARTITION:backup:$region:$account:backup-vault:NAME",
                            BP_ARG(bp_shown_text(place->context->arena, value->text)));
        offer_backup_vault(place, finding, value);
        (void)bp_text_finding(place, finding, value->uses);
        return;
    }
    bool region = bp_str_is(reference->region, "$region");
    if (region && bp_str_is(reference->account, "$account")) {
        return;
    }
    bp_str written = region ? reference->account : reference->region;
    bp_str variable = region ? BP_STR("$account") : BP_STR("$region");
    finding =
        bp_report(list, "VLT013", region ? reference->account_span : reference->region_span,
                  "\"%.*s\" in the air-gapped vault of a rule; it takes %.*s there, which AWS "
                  "fills in",
                  BP_ARG(bp_shown_text(place->context->arena, written)), BP_ARG(variable));
    if (bp_str_equal(bp_span_text(bp_diagnostics_sources(list), finding->span), written)) {
        bp_finding_fix(list, finding, true, finding->span, variable, "replace with %.*s",
                       BP_ARG(variable));
        bool other = !region && !bp_str_is(reference->account, "$account");
        if (other) {
            bp_finding_edit(list, finding, reference->account_span, BP_STR("$account"));
        }
    }
    (void)bp_text_finding(place, finding, value->uses);
}

void
bp_check_air_gapped_targets(const bp_check_context *context)
{
    bp_each_rule(context, judge_air_gapped);
}

/* One number of days of a declared lock, and what it has to be. */
static bool
judge_days(const bp_check_context *context, const bp_vault *vault, const char *what, int64_t days,
           bp_span span, int64_t least)
{
    int64_t most = bp_quota_find(context->facts, "DAYS_MAX")->value;
    if (!bp_span_exists(span) || (days >= least && days <= most)) {
        return true;
    }
    bp_finding *finding =
        bp_report(context->diagnostics, "VLT006", span,
                  "%lld day%s as the %s of a lock; it is %lld to %lld days", (long long)days,
                  bp_plural(days), what, (long long)least, (long long)most);
    bp_finding_label(context->diagnostics, finding, vault->span, "the lock of this vault");
    return false;
}

void
bp_check_lock_values(const bp_check_context *context)
{
    for (size_t i = 0; context->program != NULL && i < context->program->vaults.count; i++) {
        const bp_vault *vault = context->program->vaults.at[i];
        const bp_lock *lock = &vault->lock;
        int64_t grace = bp_quota_find(context->facts, "VAULT_LOCK_GRACE")->value;
        bool good = judge_days(context, vault, "minimum", lock->min_days, lock->min_span, 1);
        good = judge_days(context, vault, "maximum", lock->max_days, lock->max_span, 1) && good;
        (void)judge_days(context, vault, "grace time", lock->grace_days, lock->grace_span, grace);
        if (!good || lock->max_days == 0 || lock->min_days <= lock->max_days) {
            continue;
        }
        bp_finding *finding = bp_report(
            context->diagnostics, "VLT006", lock->max_span,
            "a maximum of %lld day%s below the minimum of %lld; such a lock takes nothing",
            (long long)lock->max_days, bp_plural(lock->max_days), (long long)lock->min_days);
        bp_finding_label(context->diagnostics, finding, lock->min_span, "the minimum");
        bp_finding_help(context->diagnostics, finding, "are the two swapped?");
    }
}
