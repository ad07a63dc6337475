/*
 * REG003: opt-in Regions that plans back up or copies go to, and that are not enabled in the
 * account concerned. One finding for a Region in a policy, however many lists name it.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/needs.h"

typedef struct closed {
    const bp_policy *policy;
    const bp_node *node;
    int region;
    bp_span span;  /* where the Region is written first */
    bp_span other; /* a second place, if any */
    bp_span uses;
    bp_cell_rows rows;
} closed;

typedef struct run {
    const bp_check_context *context;
    BP_VEC(closed) found;
    bp_account_set unknown;
} run;

/* Adds a row, in tree order, if the Region is closed in the account. */
static void
look(run *state, bp_cell_rows *rows, uint32_t index, int region)
{
    const bp_account *account = &state->context->org->accounts.at[index];
    bp_answer answer = bp_org_region_enabled(state->context->org, account, region);
    if (answer == BP_ABSENT) {
        *bp_vec_add(state->context->arena, rows) = (bp_cell_row){index, BP_REGION_BIT(region)};
    } else if (answer == BP_UNKNOWN) {
        bp_account_set_add(state->context, &state->unknown, index);
    }
}

static void
add(run *state, const bp_plan_use *use, const bp_node *node, int region, bp_span span,
    const bp_cell_rows *rows)
{
    bp_arena *arena = state->context->arena;
    if (rows->count == 0) {
        return;
    }
    for (size_t i = state->found.count; i > 0; i--) {
        closed *known = &state->found.at[i - 1];
        if (known->policy != use->policy) {
            break;
        }
        if (known->region == region) {
            bp_cells_add(arena, &known->rows, rows);
            if (!bp_span_equal(known->span, span) && !bp_span_exists(known->other)) {
                known->other = span;
            }
            return;
        }
    }
    *bp_vec_add(arena, &state->found) = (closed){.policy = use->policy,
                                                 .node = node,
                                                 .region = region,
                                                 .span = span,
                                                 .uses = node->uses,
                                                 .rows = *rows};
}

static void
judge_plan(run *state, const bp_plan_use *use)
{
    bp_region_mask opt_in = use->usable & bp_regions_opt_in(state->context->facts);
    for (; opt_in != 0; opt_in &= opt_in - 1) {
        int region = bp_mask_first(opt_in);
        const bp_value *value = bp_plan_region_value(state->context, use->plan, region);
        bp_cell_rows rows = {0};
        for (size_t i = 0; i < use->accounts.count; i++) {
            look(state, &rows, use->accounts.at[i], region);
        }
        if (value != NULL) {
            add(state, use, use->plan, region, value->span, &rows);
        }
    }
}

static void
judge_copy(run *state, const bp_plan_use *use, const bp_node *copy)
{
    const bp_reference *reference = bp_copy_destination(copy);
    int region = reference != NULL ? bp_region_index(state->context->facts, reference->region) : -1;
    bp_cell_rows rows = {0};
    if (region < 0 || (bp_regions_opt_in(state->context->facts) & BP_REGION_BIT(region)) == 0 ||
        (bp_home_regions(state->context) & BP_REGION_BIT(region)) == 0) {
        return;
    }
    if (bp_reference_is_own_account(reference)) {
        for (size_t i = 0; i < use->accounts.count; i++) {
            look(state, &rows, use->accounts.at[i], region);
        }
    } else {
        const bp_account *account = bp_org_account(state->context->org, reference->account);
        if (account != NULL && bp_account_counts(account)) {
            look(state, &rows, bp_account_index(state->context->org, account), region);
        }
    }
    add(state, use, copy, region, reference->region_span, &rows);
}

static void
report(const bp_check_context *context, const closed *found)
{
    size_t count = 0;
    const bp_region *region = &bp_regions(context->facts, &count)[found->region];
    bp_diagnostics *list = context->diagnostics;
    const bp_account *first = bp_cells_first(context, &found->rows);
    bp_finding *finding =
        bp_report(list, "REG003", found->span,
                  "%s is not enabled in %zu account%s; an opt-in Region must be enabled where it "
                  "is used",
                  region->code, found->rows.count, bp_plural(found->rows.count));
    bp_finding_mark(list, finding, "closed in \"%.*s\"%s", BP_ARG(first->name),
                    found->rows.count > 1 ? " and others" : "");
    bp_finding_label(list, finding, first->span, "this account has not enabled it");
    if (bp_span_exists(found->other)) {
        bp_finding_label(list, finding, found->other, "used here, too");
    }
    bp_finding_uses(context, finding, found->uses);
    bp_cells_tell(context, finding, &found->rows);
    bp_cells_note(context, finding, &found->rows, "closed in");
    bp_finding_note(list, finding, "%s is an opt-in Region, as of %s", region->code,
                    bp_facts_as_of());
    bp_finding_help(list, finding, "enable the Region in the account, or leave it out");
    bp_finding_scope(list, finding,
                     bp_node_scope(context->arena, found->policy->name, found->node));
}

void
bp_check_region_enabled(const bp_check_context *context)
{
    run state = {.context = context};
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    size_t without_inventory = 0;
    for (size_t i = 0; i < uses->count; i++) {
        const bp_plan_use *use = &uses->at[i];
        if (context->org == NULL) {
            without_inventory += (use->usable & bp_regions_opt_in(context->facts)) != 0;
            continue;
        }
        judge_plan(&state, use);
        for (const bp_node *rule = bp_node_first(use->plan, "rules"); rule != NULL;
             rule = rule->next) {
            for (const bp_node *copy = bp_node_first(rule, "copy_actions"); copy != NULL;
                 copy = copy->next) {
                judge_copy(&state, use, copy);
            }
        }
    }
    for (size_t i = 0; i < state.found.count; i++) {
        report(context, &state.found.at[i]);
    }
    if (state.unknown.count > 0) {
        bp_skip_check(context->diagnostics, "REG003", state.unknown.count,
                      "enabled Regions unknown for %zu account%s", state.unknown.count,
                      bp_plural(state.unknown.count));
    }
    bp_skip_without_inventory(context, "REG003", without_inventory);
}
