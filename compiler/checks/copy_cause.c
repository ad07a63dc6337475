/*
 * Gathers causes of findings about copies and writes the findings. Which cause there is, cpy.c
 * decides; here are the words.
 */
#include "compiler/checks/copy_cause.h"

#include "compiler/checks/override.h"
#include "compiler/checks/types.h"

bp_copy_cause *
bp_copy_cause_of(bp_copy_causes *causes, const char *code, const bp_plan_use *use,
                 const bp_node *copy, bp_severity severity)
{
    const bp_policy *policy =
        bp_use_value_owner(causes->context, use, bp_node_value(copy, "target_backup_vault_arn"))
            ->policy;
    for (size_t i = causes->list.count; i > 0; i--) {
        bp_copy_cause *cause = causes->list.at[i - 1];
        if (cause->policy != policy && !use->merged) {
            break;
        }
        if (cause->policy == policy && bp_str_is(bp_str_of(cause->code), code) &&
            cause->severity == severity && bp_span_equal(cause->copy->span, copy->span) &&
            bp_str_equal_folded(cause->copy->key, copy->key)) {
            return cause;
        }
    }
    bp_copy_cause *cause = BP_NEW(causes->context->arena, bp_copy_cause);
    *cause = (bp_copy_cause){.code = code,
                             .policy = policy,
                             .use = use,
                             .copy = copy,
                             .severity = severity,
                             .region = -1};
    *bp_vec_add(causes->context->arena, &causes->list) = cause;
    return cause;
}

void
bp_copy_cause_rows(bp_copy_causes *causes, bp_copy_cause *cause, const bp_cell_rows *rows)
{
    bp_cells_add(causes->context->arena, &cause->rows, rows);
}

void
bp_copy_cause_type(bp_copy_causes *causes, bp_copy_cause *cause, const bp_type *type, bp_span span)
{
    if (!bp_span_exists(cause->named_at)) {
        cause->named_at = span;
    }
    for (size_t i = 0; i < cause->types.count; i++) {
        if (cause->types.at[i] == type) {
            return;
        }
    }
    *bp_vec_add(causes->context->arena, &cause->types) = type;
}

static const char *const copy_columns[] = {"cross_region", "cross_account", "single_action",
                                           "air_gapped_vault"};

static void
note_sources(const bp_copy_causes *causes, bp_finding *finding, const bp_copy_cause *cause)
{
    bp_diagnostics *list = causes->context->diagnostics;
    bp_finding_note(list, finding, "copy support as of %s", bp_facts_as_of());
    for (size_t i = 0; i < cause->types.count; i++) {
        const bp_type *type = cause->types.at[i];
        if (bp_type_mark(type, "cross_region") != BP_MARK_VERIFIED && type->note[0] != '\0') {
            bp_str words = bp_type_words(causes->context->arena, &type, 1);
            bp_finding_note(list, finding, "%.*s: %s", BP_ARG(words), type->note);
        }
    }
    if (cause->row != NULL && cause->row->note[0] != '\0') {
        bp_finding_note(list, finding, "%s", cause->row->note);
    }
    for (size_t i = 0; i < cause->types.count; i++) {
        const bp_user_row *user = cause->types.at[i]->user;
        bool decides = false;
        for (size_t c = 0; c < sizeof copy_columns / sizeof copy_columns[0]; c++) {
            decides = decides || bp_user_row_sets(user, copy_columns[c]);
        }
        bp_user_told(causes->context, finding, decides ? user : NULL);
    }
    bp_user_told(causes->context, finding, cause->row != NULL ? cause->row->user : NULL);
}

static bp_finding *
report_self(const bp_copy_causes *causes, const bp_copy_cause *cause)
{
    size_t count = 0;
    const char *code = bp_regions(causes->context->facts, &count)[cause->region].code;
    bp_diagnostics *list = causes->context->diagnostics;
    bp_finding *finding =
        bp_report(list, "CPY007", cause->copy->span,
                  "in %s this copies a backup into the vault it is already in", code);
    const bp_value *region = bp_plan_region_value(causes->context, cause->use->plan, cause->region);
    bp_finding_mark(list, finding, "same account, Region and vault");
    if (region != NULL) {
        bp_finding_label(list, finding, region->span, "%s is also a Region of the plan", code);
    }
    bp_finding_note(list, finding,
                    "what AWS does then is not documented; at best there is no "
                    "second copy");
    bp_finding_help(list, finding,
                    "move %s into a plan of its own with another destination, or copy into another "
                    "vault there",
                    code);
    return finding;
}

static bp_finding *
report_support(const bp_copy_causes *causes, const bp_copy_cause *cause, bp_str types)
{
    bp_diagnostics *list = causes->context->diagnostics;
    bp_finding *finding = bp_report(
        list, "CPY001", cause->copy->span,
        cause->partly ? "some of what is selected cannot be copied: %.*s"
                      : "%.*s: cannot be copied, not even to another vault of the same account and "
                        "Region",
        BP_ARG(types));
    bp_finding_mark(list, finding, "copies what is selected");
    note_sources(causes, finding, cause);
    bp_finding_help(list, finding, "put %s into a plan without a copy",
                    cause->types.count == 1 ? "this type" : "these types");
    return finding;
}

static bp_finding *
report_regions(const bp_copy_causes *causes, const bp_copy_cause *cause, bp_str types)
{
    size_t count = 0;
    const char *code = bp_regions(causes->context->facts, &count)[cause->region].code;
    bp_diagnostics *list = causes->context->diagnostics;
    const bp_reference *to = bp_copy_destination(cause->copy);
    bool abroad = !bp_reference_is_own_account(to);
    bp_finding *finding =
        bp_report(list, "CPY002", cause->copy->span, "%s%.*s: cannot be copied to %s%s from here",
                  cause->partly ? "some of what is selected, " : "", BP_ARG(types), code,
                  abroad ? " of another account" : "");
    bp_region_mask from = 0;
    for (size_t i = 0; i < cause->rows.count; i++) {
        from |= cause->rows.at[i].regions;
    }
    if (from != 0) {
        bp_str words = bp_mask_words(causes->context, from);
        bp_finding_note(list, finding, "copies that start in %.*s", BP_ARG(words));
    }
    bp_finding_mark(list, finding, "not between these Regions%s", abroad ? " and accounts" : "");
    note_sources(causes, finding, cause);
    if (cause->row != NULL && cause->row->changed[0] != '\0') {
        bp_finding_note(list, finding, "this changed %s", cause->row->changed);
    }
    bp_finding_help(list, finding,
                    "copy this type to another Region, or put it into a plan "
                    "without this copy");
    return finding;
}

static bp_finding *
report_one_step(const bp_copy_causes *causes, const bp_copy_cause *cause, bp_str types)
{
    bp_diagnostics *list = causes->context->diagnostics;
    bp_finding *finding =
        bp_report(list, "CPY003", cause->copy->span,
                  "%s%.*s: one copy cannot go to another Region and another account at once",
                  cause->partly ? "some of what is selected, " : "", BP_ARG(types));
    bp_finding_mark(list, finding, "crosses both Region and account");
    note_sources(causes, finding, cause);
    bp_finding_help(list, finding,
                    "copy to another Region first, and from there to the other account");
    return finding;
}

static bp_finding *
report_air_gapped(const bp_copy_causes *causes, const bp_copy_cause *cause, bp_str types)
{
    bp_diagnostics *list = causes->context->diagnostics;
    bp_finding *finding = bp_report(
        list, "CPY011", cause->copy->span, "%s%.*s: an air-gapped vault does not take such backups",
        cause->partly ? "some of what is selected, " : "", BP_ARG(types));
    bp_finding_mark(list, finding, "into an air-gapped vault");
    note_sources(causes, finding, cause);
    bp_finding_help(list, finding, "copy %s into an ordinary vault, in a plan without this copy",
                    cause->types.count == 1 ? "this type" : "these types");
    return finding;
}

static bp_finding *
report_advanced(const bp_copy_causes *causes, const bp_copy_cause *cause)
{
    size_t count = 0;
    const char *code = bp_regions(causes->context->facts, &count)[cause->region].code;
    const char *api = cause->types.at[0]->api_name;
    bp_diagnostics *list = causes->context->diagnostics;
    bp_finding *finding = bp_report(
        list, "CPY004", cause->copy->span,
        cause->sure ? "%s tables selected by \"%.*s\" cannot be copied to %s here"
                    : "%s tables selected by \"%.*s\" can be copied to %s only with advanced "
                      "features, which are not known to be on",
        api, BP_ARG(cause->selection->key), code);
    finding->severity = cause->sure ? BP_ERROR : BP_WARNING;
    bp_finding_mark(list, finding,
                    cause->sure ? "advanced features are off"
                                : "advanced features are not known to be on");
    note_sources(causes, finding, cause);
    bp_finding_note(list, finding,
                    "advanced features need the opt-in and the management by AWS Backup, for each "
                    "account and Region; a policy cannot turn them on");
    bp_finding_help(list, finding,
                    "turn both on in the management account and in the accounts of the tables, or "
                    "put %s into a plan without a copy",
                    api);
    return finding;
}

static bp_finding *
report_open(const bp_copy_causes *causes, const bp_copy_cause *cause, bp_str types)
{
    bp_diagnostics *list = causes->context->diagnostics;
    bp_finding *finding =
        bp_report(list, "CPY014", cause->copy->span,
                  "resources of some types would not be copied; the selection names no types");
    bp_finding_mark(list, finding, "copies whatever is selected");
    bp_finding_note(list, finding, "never copied: %.*s", BP_ARG(types));
    note_sources(causes, finding, cause);
    bp_finding_help(list, finding,
                    "put such types into a plan without a copy, or say with protects "
                    "which types are meant");
    return finding;
}

static void
report(const bp_copy_causes *causes, const bp_copy_cause *cause)
{
    const bp_check_context *context = causes->context;
    bp_diagnostics *list = context->diagnostics;
    bp_str types = bp_type_words(context->arena, cause->types.at, cause->types.count);
    bp_str code = bp_str_of(cause->code);
    bp_finding *finding = bp_str_is(code, "CPY007")   ? report_self(causes, cause)
                          : bp_str_is(code, "CPY001") ? report_support(causes, cause, types)
                          : bp_str_is(code, "CPY002") ? report_regions(causes, cause, types)
                          : bp_str_is(code, "CPY003") ? report_one_step(causes, cause, types)
                          : bp_str_is(code, "CPY011") ? report_air_gapped(causes, cause, types)
                          : bp_str_is(code, "CPY004") ? report_advanced(causes, cause)
                                                      : report_open(causes, cause, types);
    if (cause->severity != BP_OFF) {
        finding->severity = cause->severity;
    }
    if (bp_span_exists(cause->named_at)) {
        bp_finding_label(list, finding, cause->named_at, "selected here");
    } else if (cause->selection != NULL && bp_str_is(code, "CPY014")) {
        bp_finding_label(list, finding, cause->selection->span, "this selection");
    }
    bp_finding_uses(context, finding, cause->copy->uses);
    bp_finding_scope(list, finding,
                     bp_node_scope(context->arena, cause->policy->name, cause->copy));
    if (context->org != NULL) {
        bp_cells_tell(context, finding, &cause->rows);
    }
}

void
bp_copy_causes_report(bp_copy_causes *causes)
{
    for (size_t i = 0; i < causes->list.count; i++) {
        report(causes, causes->list.at[i]);
    }
}
