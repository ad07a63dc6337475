/*
 * Collects what policies need, and looks every need up in the inventory and in the declared stack
 * sets. Names that cannot be right (NAM001, ROL002, ROL004, holes) are left to the rules about
 * form; so are Regions that a rule about Regions speaks of.
 */
#include "compiler/checks/needs.h"

#include "compiler/checks/forms.h"

static void
add_place(const bp_check_context *context, bp_vault_need *need, const bp_plan_use *use,
          bp_region_mask regions)
{
    *bp_vec_add(context->arena, &need->places) = (bp_need_place){use, regions};
}

/* The need of this policy that stands at the same place, or NULL. */
static bp_vault_need *
same_vault_need(bp_needs *needs, const bp_vault_need *wanted)
{
    for (size_t i = needs->vaults.count; i > 0; i--) {
        bp_vault_need *need = &needs->vaults.at[i - 1];
        if (need->policy != wanted->policy) {
            return NULL;
        }
        if (need->copy == wanted->copy && need->to == wanted->to &&
            bp_span_equal(need->name_span, wanted->name_span) &&
            bp_str_equal(need->name, wanted->name)) {
            return need;
        }
    }
    return NULL;
}

static void
add_vault(const bp_check_context *context, bp_needs *needs, const bp_plan_use *use,
          bp_vault_need wanted, bp_region_mask regions)
{
    if (!bp_vault_name_is_good(wanted.name) || bp_text_is_unfinished(wanted.name)) {
        return;
    }
    wanted.policy = use->policy;
    wanted.bound = use->bound;
    wanted.vault = bp_model_vault(context->model, wanted.name);
    bp_vault_need *need = same_vault_need(needs, &wanted);
    if (need == NULL) {
        need = bp_vec_add(context->arena, &needs->vaults);
        *need = wanted;
    }
    add_place(context, need, use, regions);
}

static void
add_rule_vaults(const bp_check_context *context, bp_needs *needs, const bp_plan_use *use,
                const bp_node *rule)
{
    const bp_value *value = bp_node_value(rule, "target_backup_vault_name");
    if (value != NULL && value->kind == BP_VALUE_TEXT) {
        const bp_reference *reference = value->reference;
        bp_vault_need need = {.node = rule,
                              .value = value,
                              .reference = reference,
                              .name = reference != NULL ? reference->name : value->text,
                              .name_span = reference != NULL ? reference->name_span : value->span,
                              .literal = reference == NULL || reference->literal};
        add_vault(context, needs, use, need, use->usable);
    }
    value = bp_node_value(rule, "target_logically_air_gapped_backup_vault_arn");
    if (value != NULL && value->kind == BP_VALUE_TEXT && value->reference != NULL &&
        bp_reference_is_own_account(value->reference)) {
        bp_vault_need need = {.node = rule,
                              .value = value,
                              .reference = value->reference,
                              .name = value->reference->name,
                              .name_span = value->reference->name_span,
                              .literal = value->reference->literal};
        add_vault(context, needs, use, need, use->usable);
    }
}

static void
add_copy_vault(const bp_check_context *context, bp_needs *needs, const bp_plan_use *use,
               const bp_node *copy)
{
    const bp_reference *reference = bp_copy_destination(copy);
    int region = reference != NULL ? bp_region_index(reference->region) : -1;
    if (region < 0 || (bp_home_regions(context) & BP_REGION_BIT(region)) == 0) {
        return;
    }
    bp_vault_need need = {.node = copy,
                          .value = bp_node_value(copy, "target_backup_vault_arn"),
                          .reference = reference,
                          .name = reference->name,
                          .name_span = reference->name_span,
                          .copy = true,
                          .literal = reference->literal};
    if (!bp_reference_is_own_account(reference)) {
        need.elsewhere = true;
        need.to = context->org != NULL ? bp_org_account(context->org, reference->account) : NULL;
        if (context->org != NULL && (need.to == NULL || !bp_account_counts(need.to))) {
            return;
        }
    }
    add_vault(context, needs, use, need, BP_REGION_BIT(region));
}

static void
add_role(const bp_check_context *context, bp_needs *needs, const bp_plan_use *use,
         const bp_node *node, const char *path)
{
    const bp_value *value = bp_node_value(node, path);
    if (value == NULL || value->kind != BP_VALUE_TEXT || value->reference == NULL ||
        value->reference->kind != BP_REF_ROLE || !bp_role_arn_is_good(value) ||
        bp_text_is_unfinished(value->reference->name)) {
        return;
    }
    const bp_reference *reference = value->reference;
    bp_role_need *need = NULL;
    for (size_t i = needs->roles.count; i > 0 && need == NULL; i--) {
        bp_role_need *known = &needs->roles.at[i - 1];
        if (known->policy != use->policy) {
            break;
        }
        if (bp_span_equal(known->reference->name_span, reference->name_span) &&
            bp_str_equal(known->reference->name, reference->name)) {
            need = known;
        }
    }
    if (need == NULL) {
        need = bp_vec_add(context->arena, &needs->roles);
        *need =
            (bp_role_need){.policy = use->policy,
                           .bound = use->bound,
                           .node = node,
                           .value = value,
                           .reference = reference,
                           .role = bp_model_role(context->model, reference->path, reference->name)};
    }
    *bp_vec_add(context->arena, &need->places) = (bp_need_place){use, 0};
}

static void
add_plan(const bp_check_context *context, bp_needs *needs, const bp_plan_use *use)
{
    for (const bp_node *rule = bp_node_first(use->plan, "rules"); rule != NULL; rule = rule->next) {
        add_rule_vaults(context, needs, use, rule);
        for (const bp_node *copy = bp_node_first(rule, "copy_actions"); copy != NULL;
             copy = copy->next) {
            add_copy_vault(context, needs, use, copy);
        }
    }
    static const char *const forms[] = {"selections/tags", "selections/resources"};
    for (size_t i = 0; i < 2; i++) {
        for (const bp_node *selection = bp_node_first(use->plan, forms[i]); selection != NULL;
             selection = selection->next) {
            add_role(context, needs, use, selection, "iam_role_arn");
        }
    }
    const bp_node *scanner = bp_node_first(use->plan, "scan_settings");
    for (; scanner != NULL; scanner = scanner->next) {
        add_role(context, needs, use, scanner, "scanner_role_arn");
    }
}

const bp_needs *
bp_needs_of(const bp_check_context *context)
{
    if (context->cache != NULL && context->cache->needs != NULL) {
        return context->cache->needs;
    }
    bp_needs *needs = BP_NEW(context->arena, bp_needs);
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    for (size_t i = 0; i < uses->count; i++) {
        add_plan(context, needs, &uses->at[i]);
    }
    if (context->cache != NULL) {
        context->cache->needs = needs;
    }
    return needs;
}

bp_region_mask
bp_need_regions(const bp_vault_need *need)
{
    bp_region_mask mask = 0;
    for (size_t i = 0; i < need->places.count; i++) {
        mask |= need->places.at[i].regions;
    }
    return mask;
}

/* Opt-in Regions that are closed in the account: REG003 speaks of them. */
static bp_region_mask
closed_regions(const bp_account *account)
{
    return account->regions_known ? bp_regions_opt_in() & ~account->regions : 0;
}

/* What is known about one name in a set of vaults. Accounts share a few sets: each is searched
 * once for a need, but for rare clashes. */
typedef struct lookup {
    const bp_vault_set *set;
    bp_region_mask present;
    bp_region_mask absent;
} lookup;

enum { LOOKUPS = 64, LOW_BITS = 4 };

typedef struct lookups {
    lookup at[LOOKUPS];
} lookups;

static lookup
look_up(lookups *known, const bp_account *account, bp_str name)
{
    lookup *entry = &known->at[((uintptr_t)account->vaults >> LOW_BITS) % LOOKUPS];
    if (entry->set != account->vaults || account->vaults == NULL) {
        entry->set = account->vaults;
        bp_org_vault_regions(account, name, &entry->present, &entry->absent);
    }
    return *entry;
}

/* Regions of `wanted` that the declared stack set brings to the account. */
static bp_region_mask
provided(const bp_check_context *context, const bp_vault_need *need, const bp_account *account,
         bp_region_mask wanted)
{
    bp_region_mask brought = 0;
    for (bp_region_mask rest = wanted; rest != 0; rest &= rest - 1) {
        int region = bp_mask_first(rest);
        if (bp_model_provides_vault(context->model, need->vault, account, region)) {
            brought |= BP_REGION_BIT(region);
        }
    }
    return brought;
}

static void
judge_account(const bp_check_context *context, const bp_vault_need *need, lookups *known,
              uint32_t index, bp_region_mask wanted, bp_need_cells *cells)
{
    const bp_account *account = &context->org->accounts.at[index];
    wanted &= ~closed_regions(account);
    if (wanted == 0) {
        return;
    }
    cells->cells += bp_mask_count(wanted);
    lookup found = look_up(known, account, need->name);
    bp_region_mask bare =
        need->vault != NULL ? wanted & ~provided(context, need, account, wanted) : wanted;
    bp_region_mask absent = bare & found.absent;
    bp_region_mask unknown = bare & ~found.absent & ~found.present;
    cells->somewhere = cells->somewhere || (wanted & found.present) != 0;
    if (need->vault != NULL && bare != 0) {
        *bp_vec_add(context->arena, &cells->bare) = (bp_cell_row){index, bare};
    }
    if (unknown != 0) {
        *bp_vec_add(context->arena, &cells->unknown) = (bp_cell_row){index, unknown};
    }
    if (absent == 0) {
        return;
    }
    *bp_vec_add(context->arena, &cells->absent) = (bp_cell_row){index, absent};
    if (cells->near == NULL) {
        cells->near = bp_org_vault_other_case(account, need->name, absent);
        cells->near_account = account;
    }
}

void
bp_vault_need_judge(const bp_check_context *context, const bp_vault_need *need,
                    bp_need_cells *cells)
{
    *cells = (bp_need_cells){0};
    lookups known = {0};
    if (context->org == NULL) {
        return;
    }
    if (need->elsewhere) {
        judge_account(context, need, &known, bp_account_index(context->org, need->to),
                      bp_need_regions(need), cells);
        return;
    }
    const bp_plan_use *use = need->places.at[0].use;
    bp_region_mask wanted = bp_need_regions(need);
    for (size_t i = 0; i < use->accounts.count; i++) {
        if (!context->org->accounts.at[use->accounts.at[i]].management) {
            judge_account(context, need, &known, use->accounts.at[i], wanted, cells);
        }
    }
}

void
bp_role_need_judge(const bp_check_context *context, const bp_role_need *need, bp_need_cells *cells)
{
    *cells = (bp_need_cells){0};
    const bp_plan_use *use = need->places.at[0].use;
    const bp_reference *reference = need->reference;
    for (size_t i = 0; context->org != NULL && i < use->accounts.count; i++) {
        uint32_t index = use->accounts.at[i];
        const bp_account *account = &context->org->accounts.at[index];
        if (account->management) {
            continue;
        }
        cells->cells++;
        bool brought = bp_model_provides_role(context->model, need->role, account);
        bp_answer answer = bp_org_role_answer(account, reference->path, reference->name);
        cells->somewhere = cells->somewhere || answer == BP_PRESENT;
        if (need->role != NULL && !brought) {
            *bp_vec_add(context->arena, &cells->bare) = (bp_cell_row){index, 0};
        }
        if (brought || answer == BP_PRESENT) {
            continue;
        }
        *bp_vec_add(context->arena, answer == BP_ABSENT ? &cells->absent : &cells->unknown) =
            (bp_cell_row){index, 0};
        if (answer == BP_ABSENT && cells->near_role == NULL) {
            cells->near_role = bp_org_role_near(account, reference->path, reference->name);
            cells->near_account = account;
        }
    }
}

const bp_bound_vault *
bp_vault_other_case(const bp_model *model, bp_str name)
{
    for (size_t i = 0; i < model->vaults.count; i++) {
        const bp_bound_vault *vault = &model->vaults.at[i];
        if (bp_str_equal_folded(vault->vault->name, name) &&
            !bp_str_equal(vault->vault->name, name)) {
            return vault;
        }
    }
    return NULL;
}
