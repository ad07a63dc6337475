/*
 * TOP013: active accounts that no plan reaches, one finding for each OU that lacks a policy; and
 * exemptions of the manifest that name nothing (CFG001) or exempt nothing (CFG004).
 *
 * Which accounts these are is found in compiler/coverage/. Where a policy or target could not be
 * read or bound, which is told elsewhere, nobody knows what it would reach: accounts are not told
 * then.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"
#include "compiler/coverage/coverage.h"
#include "lib/suggest.h"

/* ---- exemptions */

static bp_str
nearest_of(const bp_organization *org, const bp_exemption *exemption)
{
    bp_suggester near = bp_suggest_start(exemption->target.text);
    for (size_t i = 0; i < org->ous.count && exemption->is_ou; i++) {
        bp_suggest_offer(&near, org->ous.at[i].path);
    }
    for (size_t i = 0; i < org->accounts.count && !exemption->is_ou; i++) {
        bp_suggest_offer(&near, org->accounts.at[i].id);
        bp_suggest_offer(&near, org->accounts.at[i].name);
    }
    return near.best;
}

static void
report_not_there(const bp_check_context *context, const bp_exemption *exemption)
{
    const char *what = exemption->is_ou ? "OU" : "account";
    if (!context->org->tree_complete) {
        bp_skip_check(context->diagnostics, "TOP013", 1,
                      "an exemption names an %s that the inventory does not know", what);
        return;
    }
    bp_finding *finding = bp_report(context->diagnostics, "CFG001", exemption->target.span,
                                    "no %s \"%.*s\" in the organization; an exemption names one "
                                    "that is there",
                                    what, BP_ARG(exemption->target.text));
    bp_str near = nearest_of(context->org, exemption);
    if (near.size > 0) {
        bp_finding_help(context->diagnostics, finding, "did you mean \"%.*s\"?", BP_ARG(near));
    }
}

static void
report_unused(const bp_check_context *context, const bp_coverage *coverage,
              const bp_bound_exemption *bound)
{
    size_t active = 0;
    size_t management = 0;
    for (uint32_t i = bound->first; i < bound->end; i++) {
        active += bp_account_counts(&context->org->accounts.at[i]);
        management += coverage->accounts[i].state == BP_COVER_MANAGEMENT;
    }
    const bp_exemption *exemption = bound->exemption;
    const char *why = active == 0            ? "no account there is active"
                      : active == management ? "the management account is left out anyway"
                      : exemption->is_ou
                          ? "every active account there is reached by a plan, or has "
                            "an exemption of its own"
                          : "a plan reaches the account";
    bp_finding *finding = bp_report(context->diagnostics, "CFG004", exemption->target.span,
                                    "the exemption of \"%.*s\" exempts nothing; %s",
                                    BP_ARG(exemption->target.text), why);
    bp_finding_help(context->diagnostics, finding, "remove the exemption");
}

static void
judge_exemptions(const bp_check_context *context, const bp_coverage *coverage)
{
    for (size_t i = 0; i < coverage->exemptions.count; i++) {
        const bp_bound_exemption *bound = &coverage->exemptions.at[i];
        if (!bound->found) {
            report_not_there(context, bound->exemption);
        } else if (bound->used == 0 && !coverage->open) {
            report_unused(context, coverage, bound);
        }
    }
}

/* ---- accounts */

static bp_str
message_of(const bp_check_context *context, const bp_cover_gap *gap)
{
    const bp_account *first = &context->org->accounts.at[gap->accounts.at[0]];
    size_t count = gap->accounts.count;
    bp_str where =
        gap->ou->depth == 0
            ? BP_STR("the root")
            : bp_str_format(context->arena, "OU \"%.*s\"",
                            BP_ARG(gap->ou->path.size > 0 ? gap->ou->path : gap->ou->id));
    if (count == 1) {
        return bp_str_format(context->arena,
                             "no plan reaches account \"%.*s\" (%.*s); an active account without "
                             "one is not backed up",
                             BP_ARG(first->name.size > 0 ? first->name : first->id),
                             BP_ARG(first->id));
    }
    return bp_str_format(context->arena,
                         "no plan reaches %s%zu active accounts %s %.*s; an active account without "
                         "one is not backed up",
                         gap->whole ? "the " : "", count, gap->whole ? "below" : "in",
                         BP_ARG(where));
}

static void
tell_accounts(const bp_check_context *context, bp_finding *finding, const bp_cover_gap *gap)
{
    bp_cell_rows rows = {.count = gap->accounts.count, .room = gap->accounts.count};
    rows.at = bp_arena_array(context->arena, rows.count, sizeof *rows.at);
    for (size_t i = 0; i < rows.count; i++) {
        rows.at[i] = (bp_cell_row){gap->accounts.at[i], 0};
    }
    bp_cells_tell(context, finding, &rows);
}

static void
report_gap(const bp_check_context *context, const bp_coverage *coverage, const bp_cover_gap *gap)
{
    bp_diagnostics *list = context->diagnostics;
    const bp_account *first = &context->org->accounts.at[gap->accounts.at[0]];
    bool single = gap->accounts.count == 1;
    bp_str message = message_of(context, gap);
    bp_finding *finding =
        bp_report(list, "TOP013", single ? first->span : gap->ou->span, "%.*s", BP_ARG(message));
    bp_region_mask received = 0;
    if (context->manifest->coverage.require) {
        finding->severity = BP_ERROR;
    }
    bp_finding_mark(list, finding, single ? "reached by no plan" : "no policy reaches this far");
    tell_accounts(context, finding, gap);
    for (size_t i = 0; i < gap->accounts.count; i++) {
        received |= coverage->accounts[gap->accounts.at[i]].received;
    }
    if (received != 0) {
        bp_finding_note(list, finding,
                        "copies of other accounts arrive there, in %.*s; what the account itself "
                        "holds is not backed up",
                        BP_ARG(bp_mask_words(context, received)));
    }
    if (gap->nearest != NULL) {
        bp_finding_help(list, finding,
                        "the nearest OU with a policy is \"%.*s\" (\"%.*s\"); attach one here too",
                        BP_ARG(gap->nearest->depth == 0 ? BP_STR("root") : gap->nearest->path),
                        BP_ARG(gap->policy->policy->name));
    }
    bp_finding_help(list, finding,
                    "or exempt it in the manifest: coverage: { exempt: [{ %s: \"%.*s\", reason: "
                    "\"…\" }] }",
                    single ? "account" : "ou",
                    BP_ARG(single                ? first->id
                           : gap->ou->depth == 0 ? BP_STR("root")
                                                 : gap->ou->path));
}

static bool
has_lone_document(const bp_program *program)
{
    for (size_t i = 0; i < program->policies.count; i++) {
        if (program->policies.at[i]->alone) {
            return true;
        }
    }
    return false;
}

void
bp_check_coverage(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL || context->manifest == NULL ||
        has_lone_document(context->program)) {
        return;
    }
    if (context->org == NULL) {
        bool some = context->program->policies.count > 0 && !context->program->broken;
        bp_skip_without_inventory(context, "TOP013", some);
        return;
    }
    const bp_coverage *coverage =
        bp_coverage_of(context->arena, context->model, context->effective, context->manifest);
    for (size_t i = 0; i < coverage->gaps.count; i++) {
        report_gap(context, coverage, &coverage->gaps.at[i]);
    }
    judge_exemptions(context, coverage);
}
