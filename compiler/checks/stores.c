/*
 * Walks over the places that write into vaults, and finds out what the vault is in each cell. No
 * rule is judged here: whether it is missing needs.c decides, what its lock or policy does to a
 * backup the families.
 */
#include "compiler/checks/stores.h"

#include "compiler/checks/forms.h"

/* What all stores of one walk share. */
typedef struct walk {
    const bp_check_context *context;
    bp_store_visit *visit;
    void *state;
} walk;

static void
tell(const walk *w, bp_store store)
{
    if (!bp_vault_name_is_good(store.name) || bp_text_is_unfinished(store.name)) {
        return;
    }
    store.vault = bp_model_vault(w->context->model, store.name);
    w->visit(w->state, &store);
}

static void
walk_rule(const walk *w, const bp_plan_use *use, const bp_node *rule)
{
    const bp_value *value = bp_node_value(rule, "target_backup_vault_name");
    bp_store store = {.use = use, .rule = rule, .node = rule, .regions = use->usable};
    if (value != NULL && value->kind == BP_VALUE_TEXT) {
        const bp_reference *reference = value->reference;
        store.value = value;
        store.reference = reference;
        store.name = reference != NULL ? reference->name : value->text;
        store.name_span = reference != NULL ? reference->name_span : value->span;
        store.literal = reference == NULL || reference->literal;
        tell(w, store);
    }
    value = bp_node_value(rule, "target_logically_air_gapped_backup_vault_arn");
    if (value != NULL && value->kind == BP_VALUE_TEXT && value->reference != NULL &&
        bp_reference_is_own_account(value->reference)) {
        store.value = value;
        store.reference = value->reference;
        store.name = value->reference->name;
        store.name_span = value->reference->name_span;
        store.literal = value->reference->literal;
        tell(w, store);
    }
}

static void
walk_copy(const walk *w, const bp_plan_use *use, const bp_node *rule, const bp_node *copy)
{
    const bp_check_context *context = w->context;
    const bp_reference *reference = bp_copy_destination(copy);
    int region = reference != NULL ? bp_region_index(context->facts, reference->region) : -1;
    if (region < 0 || (bp_home_regions(context) & BP_REGION_BIT(region)) == 0) {
        return;
    }
    bp_store store = {.use = use,
                      .rule = rule,
                      .node = copy,
                      .value = bp_node_value(copy, "target_backup_vault_arn"),
                      .reference = reference,
                      .name = reference->name,
                      .name_span = reference->name_span,
                      .copy = true,
                      .literal = reference->literal,
                      .regions = BP_REGION_BIT(region)};
    if (!bp_reference_is_own_account(reference)) {
        store.elsewhere = true;
        store.to = context->org != NULL ? bp_org_account(context->org, reference->account) : NULL;
        if (context->org != NULL && (store.to == NULL || !bp_account_counts(store.to))) {
            return;
        }
    }
    tell(w, store);
}

void
bp_each_store_of(const bp_check_context *context, const bp_plan_use *use, bp_store_visit *visit,
                 void *state)
{
    walk w = {context, visit, state};
    for (const bp_node *rule = bp_node_first(use->plan, "rules"); rule != NULL; rule = rule->next) {
        walk_rule(&w, use, rule);
        for (const bp_node *copy = bp_node_first(rule, "copy_actions"); copy != NULL;
             copy = copy->next) {
            walk_copy(&w, use, rule, copy);
        }
    }
}

void
bp_each_store(const bp_check_context *context, bp_store_visit *visit, void *state)
{
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    for (size_t i = 0; i < uses->count; i++) {
        bp_each_store_of(context, &uses->at[i], visit, state);
    }
}

const bp_policy *
bp_store_policy(const bp_check_context *context, const bp_store *store)
{
    return bp_use_value_owner(context, store->use, store->value)->policy;
}

bp_region_mask
bp_closed_regions(const bp_check_context *context, const bp_account *account)
{
    return account->regions_known ? context->org->opt_in & ~account->regions : 0;
}

bp_region_mask
bp_brought_regions(const bp_check_context *context, const bp_bound_vault *vault,
                   const bp_account *account, bp_region_mask wanted)
{
    bp_region_mask brought = 0;
    for (bp_region_mask rest = vault != NULL ? wanted : 0; rest != 0; rest &= rest - 1) {
        int region = bp_mask_first(rest);
        if (bp_model_provides_vault(context->model, vault, account, region)) {
            brought |= BP_REGION_BIT(region);
        }
    }
    return brought;
}

/* What is found while the accounts of a store are looked at. */
typedef struct finder {
    const bp_check_context *context;
    const bp_store *store;
    bp_store_vaults *all;
    const bp_vault_set *set;
    BP_VEC(const bp_org_vault *) listed; /* of the set, those of the name */
} finder;

/* Whether two listed vaults are the same for all that is asked of them, whoever holds them. */
static bool
alike(const bp_org_vault *a, const bp_org_vault *b)
{
    if (a == b || a == NULL || b == NULL) {
        return a == b;
    }
    bool same = a->kind == b->kind && a->key == b->key && a->lock == b->lock &&
                a->lock_min == b->lock_min && a->lock_max == b->lock_max &&
                a->copy_from == b->copy_from && a->copy_from_ids.count == b->copy_from_ids.count;
    for (size_t i = 0; same && i < a->copy_from_ids.count; i++) {
        same = bp_str_equal(a->copy_from_ids.at[i], b->copy_from_ids.at[i]);
    }
    return same;
}

static void
add(finder *f, const bp_vault *declared, const bp_org_vault *listed, bp_cell_row row)
{
    if (row.regions == 0) {
        return;
    }
    size_t i = f->all->count;
    while (i > 0 &&
           (f->all->at[i - 1].declared != declared || !alike(f->all->at[i - 1].listed, listed))) {
        i--;
    }
    if (i == 0) {
        bp_store_vault fresh = {declared, listed, {0}};
        if (f->all->count == 0) { /* most often the only kind there is */
            fresh.rows.room = f->store->elsewhere ? 1 : f->store->use->accounts.count;
            fresh.rows.at =
                bp_arena_array(f->context->arena, fresh.rows.room, sizeof *fresh.rows.at);
        }
        *bp_vec_add(f->context->arena, f->all) = fresh;
        i = f->all->count;
    }
    *bp_vec_add(f->context->arena, &f->all->at[i - 1].rows) = row;
}

static void
ask_set(finder *f, const bp_account *account)
{
    const bp_vault_set *set = account->vaults;
    f->set = set;
    f->listed.count = 0;
    for (size_t i = 0; set != NULL && i < set->vaults.count; i++) {
        const bp_org_vault *vault = &set->vaults.at[i];
        if (vault->kind != BP_VAULT_RESTORE_ACCESS && !vault->creating &&
            bp_str_equal(vault->name, f->store->name)) {
            *bp_vec_add(f->context->arena, &f->listed) = vault;
        }
    }
}

static void
look_at(finder *f, uint32_t index)
{
    const bp_account *account = &f->context->org->accounts.at[index];
    const bp_store *store = f->store;
    bp_region_mask wanted = store->regions & ~bp_closed_regions(f->context, account);
    bp_region_mask ours = bp_brought_regions(f->context, store->vault, account, wanted);
    add(f, ours != 0 ? store->vault->vault : NULL, NULL, (bp_cell_row){index, ours});
    wanted &= ~ours;
    if (account->vaults == NULL || account->vaults != f->set) {
        ask_set(f, account);
    }
    for (size_t i = 0; i < f->listed.count; i++) {
        const bp_org_vault *vault = f->listed.at[i];
        add(f, NULL, vault, (bp_cell_row){index, wanted & vault->in});
        wanted &= ~vault->in;
    }
}

bp_check_context
bp_scratch_context(const bp_check_context *context)
{
    (void)bp_plan_uses_of(context);
    bp_check_context scratch = *context;
    scratch.arena = bp_arena_child(context->arena);
    return scratch;
}

bp_store_vaults
bp_store_vaults_of(const bp_check_context *context, const bp_store *store)
{
    bp_store_vaults all = {0};
    finder f = {.context = context, .store = store, .all = &all};
    const bp_plan_use *use = store->use;
    if (context->org != NULL && store->elsewhere) {
        look_at(&f, bp_account_index(context->org, store->to));
    } else if (context->org != NULL) {
        for (size_t i = 0; i < use->accounts.count; i++) {
            look_at(&f, use->accounts.at[i]);
        }
    }
    bool by_text = context->org == NULL || (!store->elsewhere && use->accounts.count == 0);
    if (by_text && store->vault != NULL) {
        *bp_vec_add(context->arena, &all) = (bp_store_vault){store->vault->vault, NULL, {0}};
    }
    return all;
}
