/*
 * STK007, STK009, STK014: stack sets and the accounts they go to. STK007: a listed stack set that
 * takes its vault or role along when an account leaves. STK009: a Region that is closed in an
 * account of the project's stack set, or in the management account. STK014: one role name made by
 * several stack sets, each for its own OUs.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/placed.h"

/* The need of a vault or role that a stack set makes, and that the project does not declare. */
typedef struct made {
    bool vault;
    bp_str name;
    bp_span span;
    const bp_policy *policy;
} made;

static bool
find_made(const bp_check_context *context, const bp_org_stack_set *set, made *found)
{
    const bp_needs *needs = bp_needs_of(context);
    for (size_t i = 0; i < needs->vaults.count; i++) {
        const bp_vault_need *need = &needs->vaults.at[i];
        if (need->vault == NULL && bp_set_makes(set, true, need->name)) {
            *found = (made){true, need->name, need->name_span, need->policy};
            return true;
        }
    }
    for (size_t i = 0; i < needs->roles.count; i++) {
        const bp_role_need *need = &needs->roles.at[i];
        if (need->role == NULL && bp_set_makes(set, false, need->reference->name)) {
            *found = (made){false, need->reference->name, need->reference->name_span, need->policy};
            return true;
        }
    }
    return false;
}

/* STK007 */
static void
judge_retain(const bp_check_context *context, const bp_org_stack_set *set, size_t *unknown)
{
    bp_diagnostics *list = context->diagnostics;
    made found;
    if (!set->makes_known || set->retain == BP_PRESENT || !find_made(context, set, &found)) {
        return;
    }
    if (set->retain == BP_UNKNOWN) {
        *unknown += 1;
        return;
    }
    bp_finding *finding = bp_report(
        list, "STK007", set->span,
        "stack set \"%.*s\" deletes its stacks when an account leaves; %s \"%.*s\" may go "
        "with them",
        BP_ARG(set->name), found.vault ? "vault" : "role", BP_ARG(found.name));
    bp_finding_mark(list, finding, "retain: false");
    bp_finding_label(list, finding, found.span, "policy \"%.*s\" relies on it",
                     BP_ARG(found.policy->name));
    bp_finding_note(list, finding,
                    "AWS Backup uses the role later, too, to expire what it has made");
    bp_finding_help(list, finding,
                    "let the stack set retain stacks on account removal, and give the resources a "
                    "DeletionPolicy of Retain");
}

/* A maker of a role: the project, or a stack set of the inventory. */
typedef struct maker {
    bp_span span;
    const bp_org_stack_set *set; /* NULL: the project */
} maker;

typedef BP_VEC(maker) makers;

static makers
makers_of(const bp_check_context *context, bp_str name, const bp_bound_role *declared)
{
    makers all = {0};
    bp_str ours = bp_stack_set_name(context->arena, BP_STACK_ROLE, name);
    if (declared != NULL) {
        *bp_vec_add(context->arena, &all) = (maker){declared->role->span, NULL};
    }
    for (size_t i = 0; i < context->org->stack_sets.count; i++) {
        const bp_org_stack_set *set = &context->org->stack_sets.at[i];
        bool own = declared != NULL && bp_str_equal(set->name, ours);
        if (!own && set->makes_known && bp_set_makes(set, false, name)) {
            *bp_vec_add(context->arena, &all) = (maker){set->span, set};
        }
    }
    return all;
}

/* STK014 */
static void
judge_role(const bp_check_context *context, bp_str name, const bp_bound_role *declared, bp_span at)
{
    bp_diagnostics *list = context->diagnostics;
    makers all = makers_of(context, name, declared);
    if (all.count < 2) {
        return;
    }
    bp_finding *finding =
        bp_report(list, "STK014", at,
                  "role \"%.*s\" is made by %zu stack sets; where an account moves from one to the "
                  "other, it is created and deleted at once",
                  BP_ARG(name), all.count);
    for (size_t i = 0; i < all.count; i++) {
        if (all.at[i].set != NULL) {
            bp_finding_label(list, finding, all.at[i].span, "made by this stack set");
        }
    }
    bp_finding_help(list, finding, "let one stack set at the root make it in every account");
}

static void
judge_roles(const bp_check_context *context)
{
    bp_map *seen = bp_map_new(context->arena);
    for (size_t i = 0; i < context->model->roles.count; i++) {
        const bp_bound_role *role = &context->model->roles.at[i];
        bp_map_set(seen, role->role->name, BP_NEW(context->arena, bool));
        judge_role(context, role->role->name, role, role->role->span);
    }
    const bp_needs *needs = bp_needs_of(context);
    for (size_t i = 0; i < needs->roles.count; i++) {
        bp_str name = needs->roles.at[i].reference->name;
        if (bp_map_get(seen, name) == NULL) {
            bp_map_set(seen, name, BP_NEW(context->arena, bool));
            judge_role(context, name, NULL, needs->roles.at[i].reference->name_span);
        }
    }
}

void
bp_check_deployed_sets(const bp_check_context *context)
{
    size_t unknown = 0;
    if (context->model == NULL || context->effective == NULL || context->org == NULL) {
        return;
    }
    for (size_t i = 0; i < context->org->stack_sets.count; i++) {
        judge_retain(context, &context->org->stack_sets.at[i], &unknown);
    }
    judge_roles(context);
    if (unknown > 0) {
        bp_skip_check(context->diagnostics, "STK007", unknown,
                      "retain is not known of %zu stack set%s", unknown, bp_plural(unknown));
    }
}

/* Cells whose Region is closed in the account; where nobody knows, the account is counted. */
static bp_cell_rows
closed_cells(const bp_check_context *context, const bp_cell_rows *rows, bp_account_set *unknown)
{
    bp_cell_rows closed = {0};
    bp_region_mask opt_in = bp_regions_opt_in(context->facts);
    for (size_t i = 0; i < rows->count; i++) {
        const bp_account *account = &context->org->accounts.at[rows->at[i].account];
        bp_region_mask asked = rows->at[i].regions & opt_in;
        if (asked != 0 && !account->regions_known) {
            bp_account_set_add(context, unknown, rows->at[i].account);
        } else if ((asked & ~account->regions) != 0) {
            *bp_vec_add(context->arena, &closed) =
                (bp_cell_row){rows->at[i].account, asked & ~account->regions};
        }
    }
    return closed;
}

/* The place of a closed Region in what the vault says, or where the vault is named. */
static bp_span
region_place(const bp_check_context *context, const bp_vault *vault, bp_region_mask closed)
{
    for (size_t i = 0; vault->regions_written && i < vault->regions.count; i++) {
        const bp_value *value = vault->regions.at[i];
        int region =
            value->kind == BP_VALUE_TEXT ? bp_region_index(context->facts, value->text) : -1;
        if (region >= 0 && (closed & BP_REGION_BIT(region)) != 0) {
            return value->span;
        }
    }
    return vault->span;
}

static void
report_closed(const bp_check_context *context, const bp_vault *vault, const bp_cell_rows *rows,
              const bp_account *management)
{
    bp_diagnostics *list = context->diagnostics;
    bp_region_mask closed = 0;
    for (size_t i = 0; i < rows->count; i++) {
        closed |= rows->at[i].regions;
    }
    bp_str words = bp_mask_words(context, closed);
    bp_finding *finding = bp_report(
        list, "STK009", region_place(context, vault, closed),
        management != NULL
            ? "%.*s is not enabled in the management account; the stack set of vault \"%.*s\" "
              "cannot go there"
            : "%.*s is not enabled in every account that the stack set of vault \"%.*s\" goes to; "
              "its instances fail there",
        BP_ARG(words), BP_ARG(vault->name));
    bp_finding_mark(list, finding, "an opt-in Region");
    bp_finding_label(list, finding, bp_cells_first(context, rows)->span,
                     "the Regions of this account are known");
    bp_cells_tell(context, finding, rows);
    bp_cells_note(context, finding, rows, "not enabled:");
    bp_finding_help(list, finding, "%s",
                    management != NULL
                        ? "enable it in the management account, too"
                        : "enable it in those accounts, or narrow deploy_to and regions");
}

/* STK009. What a plan or copy needs in a closed Region is REG003. */
static void
judge_regions(const bp_check_context *context, const bp_bound_vault *vault, bp_account_set *unknown)
{
    const bp_account *management = bp_org_management(context->org);
    bp_placed placed = bp_vault_placed(context, vault);
    bp_cell_rows extra = bp_cells_without(context->arena, &placed.all, &placed.needed);
    bp_cell_rows closed = closed_cells(context, &extra, unknown);
    if (closed.count > 0) {
        report_closed(context, vault->vault, &closed, NULL);
    }
    if (management == NULL || placed.all.count == 0) {
        return;
    }
    bp_cell_row own = {bp_account_index(context->org, management), 0};
    for (size_t i = 0; i < placed.all.count; i++) {
        own.regions |= placed.all.at[i].regions;
    }
    bp_cell_rows single = {&own, 1, 1};
    closed = closed_cells(context, &single, unknown);
    if (closed.count > 0) {
        report_closed(context, vault->vault, &closed, management);
    }
}

void
bp_check_set_regions(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL) {
        return;
    }
    bp_account_set unknown = {0};
    size_t count = context->model->vaults.count;
    for (size_t i = 0; context->org != NULL && i < count; i++) {
        judge_regions(context, &context->model->vaults.at[i], &unknown);
    }
    if (unknown.count > 0) {
        bp_skip_check(context->diagnostics, "STK009", unknown.count,
                      "enabled Regions are not known in %zu account%s", unknown.count,
                      bp_plural(unknown.count));
    }
    bp_skip_without_inventory(context, "STK009", context->org == NULL ? count : 0);
}
