/*
 * NAM001: names that no vault can have, in settings, ARNs and declarations. VLT011: copy
 * destinations that are no vault ARN. Judged from the text alone.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"
#include "compiler/checks/forms.h"
#include "compiler/checks/walk.h"

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
