/*
 * VLT: vaults that policies need and no cell has; NAM002: the same when only the letter case
 * differs. Declared vaults are covered by their stack sets (stk.c); here the rest meets the
 * inventory.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/needs.h"

#include "lib/suggest.h"

/* What one run over the needs remembers. */
typedef struct vaults {
    const bp_check_context *context;
    bp_diagnostics *list;
    const bp_needs *needs;
    bool *done; /* by need: told together with another one */
    bp_account_set unknown_targets;
    bp_account_set unknown_copies;
    size_t without_inventory; /* needs */
    size_t copies_without_inventory;
    const bp_policy *default_told; /* VLT003 once a policy */
    bp_finding *default_finding;
} vaults;

/* The place of a name as quoted text, for a fix: with its quotes where it has some. */
static void
offer_spelling(vaults *run, bp_finding *finding, bp_span span, bp_str right)
{
    bp_str seen = bp_span_text(bp_diagnostics_sources(run->list), span);
    bool quoted = bp_str_starts(seen, BP_STR("\""));
    bp_str text = quoted ? bp_str_format(run->context->arena, "\"%.*s\"", BP_ARG(right)) : right;
    if (seen.size > 0) {
        bp_finding_fix(run->list, finding, true, span, text, "replace with \"%.*s\"",
                       BP_ARG(right));
    }
}

static bp_finding *
told(vaults *run, const bp_vault_need *need, bp_finding *finding, const bp_cell_rows *rows)
{
    bp_finding_scope(run->list, finding,
                     bp_node_scope(run->context->arena, need->policy->name, need->node));
    bp_finding_uses(run->context, finding, need->value->uses);
    if (run->context->org != NULL) {
        bp_cells_tell(run->context, finding, rows);
    }
    return finding;
}

/* The copy need of the same argument, if it is still to be told. */
static size_t
sibling(vaults *run, size_t index)
{
    const bp_vault_need *need = &run->needs->vaults.at[index];
    for (size_t i = index + 1; i < run->needs->vaults.count; i++) {
        const bp_vault_need *other = &run->needs->vaults.at[i];
        if (other->policy != need->policy) {
            break;
        }
        if (!run->done[i] && !other->elsewhere &&
            bp_span_equal(other->name_span, need->name_span)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* Cells that are absent or unknown, those of needs at the same place included. */
static bp_cell_rows
join_siblings(vaults *run, size_t index, const bp_need_cells *cells, bool unknown_too)
{
    bp_arena *arena = run->context->arena;
    bp_cell_rows rows = {0};
    bp_cells_add(arena, &rows, &cells->absent);
    if (unknown_too) {
        bp_cells_add(arena, &rows, &cells->unknown);
    }
    for (size_t next = sibling(run, index); next != SIZE_MAX; next = sibling(run, index)) {
        bp_need_cells others;
        run->done[next] = true;
        bp_vault_need_judge(run->context, &run->needs->vaults.at[next], &others);
        bp_cells_add(arena, &rows, &others.absent);
        if (unknown_too) {
            bp_cells_add(arena, &rows, &others.unknown);
        }
    }
    return rows;
}

static void
report_case(vaults *run, size_t index, const bp_need_cells *cells, const bp_bound_vault *twin)
{
    const bp_vault_need *need = &run->needs->vaults.at[index];
    bp_str right = twin != NULL ? twin->vault->name : cells->near->name;
    bp_finding *finding = bp_report(run->list, "NAM002", need->name_span,
                                    "vault \"%.*s\" does not exist; \"%.*s\" does",
                                    BP_ARG(need->name), BP_ARG(right));
    bp_cell_rows rows = join_siblings(run, index, cells, twin != NULL);
    told(run, need, finding, &rows);
    bp_finding_mark(run->list, finding, "no vault with this exact spelling");
    if (twin != NULL) {
        bp_finding_label(run->list, finding, twin->vault->span, "declared here");
    } else {
        bp_finding_label(run->list, finding, cells->near->span, "the inventory has this one");
    }
    bp_finding_note(run->list, finding, "vault names are case-sensitive");
    offer_spelling(run, finding, need->name_span, right);
}

/* Offers the nearest name that is declared or stands in the account. */
static void
suggest_vault(vaults *run, bp_finding *finding, const bp_vault_need *need,
              const bp_account *account)
{
    bp_suggester suggester = bp_suggest_start(need->name);
    for (size_t i = 0; i < run->context->model->vaults.count; i++) {
        bp_suggest_offer(&suggester, run->context->model->vaults.at[i].vault->name);
    }
    for (size_t i = 0; account->vaults != NULL && i < account->vaults->vaults.count; i++) {
        if (!bp_str_equal(account->vaults->vaults.at[i].name, need->name)) {
            bp_suggest_offer(&suggester, account->vaults->vaults.at[i].name);
        }
    }
    if (suggester.best.size > 0) {
        bp_finding_help(run->list, finding, "did you mean \"%.*s\"?", BP_ARG(suggester.best));
    } else {
        bp_finding_help(run->list, finding,
                        "declare it in the project, so that a stack set makes it: vault \"%.*s\" "
                        "{}",
                        BP_ARG(need->name));
    }
}

static void
report_missing(vaults *run, size_t index, const bp_need_cells *cells)
{
    const bp_vault_need *need = &run->needs->vaults.at[index];
    const bp_account *first = bp_cells_first(run->context, &cells->absent);
    bp_cell_rows rows = join_siblings(run, index, cells, false);
    size_t missing = bp_cells_count(&rows);
    bp_finding *finding = NULL;
    if (need->copy) {
        finding = bp_report(run->list, "VLT002", need->name_span,
                            "vault \"%.*s\" does not exist where it is copied to; a copy needs its "
                            "vault in the receiving account and Region",
                            BP_ARG(need->name));
    } else {
        finding = bp_report(run->list, "VLT001", need->name_span,
                            "vault \"%.*s\" does not exist in %s; a rule needs its vault in every "
                            "account and Region that it backs up",
                            BP_ARG(need->name),
                            missing >= cells->cells ? "any account and Region that is reached"
                                                    : "some accounts or Regions");
    }
    told(run, need, finding, &rows);
    bp_finding_mark(run->list, finding, "missing in %zu of %zu account-Region pairs", missing,
                    missing > cells->cells ? missing : cells->cells);
    bp_cells_note(run->context, finding, &rows, "missing in");
    bp_finding_label(run->list, finding, first->span,
                     "the vaults of this account are listed, without it");
    bp_region_mask present = 0;
    bp_region_mask absent = 0;
    bp_org_vault_regions(first, need->name, &present, &absent);
    if (present != 0) {
        bp_str where = bp_mask_words(run->context, present);
        bp_finding_note(run->list, finding, "in \"%.*s\" this name exists in %.*s",
                        BP_ARG(first->name), BP_ARG(where));
        bp_finding_help(run->list, finding,
                        "create it in the missing places, or leave those Regions out");
    } else {
        suggest_vault(run, finding, need, first);
    }
}

/* VLT003: the vault that only the console makes. True if the need is dealt with. */
static bool
judge_default(vaults *run, const bp_vault_need *need, const bp_need_cells *cells)
{
    bool abroad = need->copy && need->elsewhere;
    if (!bp_str_is(need->name, "Default") || cells->absent.count > 0) {
        return false;
    }
    bool known = run->context->org != NULL && cells->cells > 0 && cells->unknown.count == 0;
    if (known && !abroad) {
        return true;
    }
    if (!abroad && run->default_told == need->policy) {
        bp_finding_label(run->list, run->default_finding, need->name_span, "and here");
        return true;
    }
    bp_finding *finding = bp_report(
        run->list, "VLT003", need->name_span, "%s",
        abroad ? "the vault \"Default\" of another account cannot receive copies; its key cannot "
                 "be shared"
               : "the vault \"Default\" is taken for granted; only the console makes it, for each "
                 "account and Region");
    told(run, need, finding, &cells->unknown);
    if (abroad) {
        finding->severity = BP_ERROR;
    } else {
        run->default_told = need->policy;
        run->default_finding = finding;
        bp_finding_mark(run->list, finding, "not known to exist everywhere");
    }
    bp_finding_help(run->list, finding, "declare a vault of your own and name it here");
    return true;
}

static void
count_unknown(vaults *run, const bp_vault_need *need, const bp_need_cells *cells)
{
    bp_account_set *set = need->copy ? &run->unknown_copies : &run->unknown_targets;
    for (size_t i = 0; i < cells->unknown.count; i++) {
        bp_account_set_add(run->context, set, cells->unknown.at[i].account);
    }
}

static void
judge(vaults *run, size_t index)
{
    const bp_vault_need *need = &run->needs->vaults.at[index];
    bp_need_cells cells;
    bp_vault_need_judge(run->context, need, &cells);
    if (run->context->org == NULL) {
        run->without_inventory += !need->copy;
        run->copies_without_inventory += need->copy;
    }
    if (need->vault != NULL) {
        return; /* what its stack set does not cover is STK004; the management account gets a stack
                 */
    }
    if (run->context->program->broken || judge_default(run, need, &cells)) {
        return;
    }
    const bp_bound_vault *twin = bp_vault_other_case(run->context->model, need->name);
    bool open = run->context->org == NULL || cells.cells == 0 || cells.absent.count > 0 ||
                cells.unknown.count > 0;
    if (open && (twin != NULL || cells.near != NULL)) {
        report_case(run, index, &cells, twin);
        return;
    }
    if (cells.absent.count > 0) {
        report_missing(run, index, &cells);
    }
    count_unknown(run, need, &cells);
}

static void
skip(vaults *run, const char *code, const bp_account_set *unknown, size_t without_inventory)
{
    if (unknown->count > 0) {
        bp_skip_check(run->list, code, unknown->count, "no complete vault list for %zu account%s",
                      unknown->count, bp_plural(unknown->count));
    }
    bp_skip_without_inventory(run->context, code, without_inventory);
}

void
bp_check_vaults(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL) {
        return;
    }
    vaults run = {.context = context, .list = context->diagnostics, .needs = bp_needs_of(context)};
    run.done = bp_arena_array(context->arena, run.needs->vaults.count + 1, sizeof *run.done);
    for (size_t i = 0; i < run.needs->vaults.count; i++) {
        if (!run.done[i]) {
            judge(&run, i);
        }
    }
    skip(&run, "VLT001", &run.unknown_targets, run.without_inventory);
    skip(&run, "VLT002", &run.unknown_copies, run.copies_without_inventory);
}
