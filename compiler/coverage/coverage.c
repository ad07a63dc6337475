/*
 * Puts plans, resources and exemptions together: an answer for each pair of plans and resources, a
 * state for each account, and the OUs that lack a policy (gaps.c). Nothing is judged or printed.
 */
#include "compiler/coverage/parts.h"

bp_region_mask
bp_policy_regions(const bp_facts *facts, const bp_organization *org)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(facts, &count);
    bp_region_mask usable =
        org == NULL ? ~(bp_region_mask)0 : bp_regions_of_partition(facts, org->partition);
    for (size_t i = 0; i < count; i++) {
        if (regions[i].backup_policies == BP_ABSENT || regions[i].backup_endpoint == BP_ABSENT) {
            usable &= ~BP_REGION_BIT(i);
        }
    }
    return usable;
}

/* ---- answers */

static void
add_copy(const bp_cover_maker *m, bp_cover_answer *answer, const bp_cover_copy *found)
{
    for (size_t i = 0; i < answer->copies.count; i++) {
        const bp_cover_copy *known = &answer->copies.at[i];
        if (known->region == found->region && bp_str_equal(known->vault, found->vault) &&
            bp_str_equal(known->account, found->account)) {
            return;
        }
    }
    *bp_vec_add(m->arena, &answer->copies) = *found;
}

static void
read_copy(const bp_cover_maker *m, bp_cover_answer *answer, const bp_node *copy)
{
    const bp_value *value = bp_node_value(copy, "target_backup_vault_arn");
    if (value == NULL || value->kind != BP_VALUE_TEXT || value->reference == NULL ||
        value->reference->kind != BP_REF_VAULT) {
        answer->copies_open = true;
        return;
    }
    const bp_reference *to = value->reference;
    bp_cover_copy found = {to->name, to->account, bp_region_index(m->model->facts, to->region)};
    add_copy(m, answer, &found);
}

static void
read_plan(const bp_cover_maker *m, bp_cover_answer *answer, const bp_node *plan)
{
    answer->regions = bp_plan_regions(m->model->facts, plan) & m->usable;
    answer->regions_open = plan->holes || bp_node_unknown(plan, "regions");
    const bp_value *list = bp_node_value(plan, "regions");
    for (size_t i = 0; list != NULL && i < list->items.count; i++) {
        answer->regions_open = answer->regions_open || list->items.at[i]->kind != BP_VALUE_TEXT;
    }
    for (const bp_node *rule = bp_node_first(plan, "rules"); rule != NULL; rule = rule->next) {
        const bp_node *copy = bp_node_first(rule, "copy_actions");
        for (; copy != NULL; copy = copy->next) {
            read_copy(m, answer, copy);
        }
    }
}

/* What a plan says by itself: results share plans. */
static const bp_cover_answer *
plan_answer(const bp_cover_maker *m, const bp_effective_plan *plan)
{
    bp_str key = {(const char *)&plan->plan, sizeof plan->plan};
    bp_cover_answer *known = bp_map_get(m->plans, key);
    if (known == NULL) {
        known = BP_NEW(m->arena, bp_cover_answer);
        read_plan(m, known, plan->plan);
        bp_map_set(m->plans, key, known);
    }
    return known;
}

static void
add_plan(const bp_cover_maker *m, bp_cover_answer *answer, const bp_effective_plan *plan)
{
    const bp_cover_answer *says = plan_answer(m, plan);
    answer->regions |= says->regions;
    answer->regions_open = answer->regions_open || says->regions_open;
    answer->copies_open = answer->copies_open || says->copies_open;
    for (size_t i = 0; i < says->copies.count; i++) {
        add_copy(m, answer, &says->copies.at[i]);
    }
}

static void
add_row(const bp_cover_maker *m, bp_cover_answer *answer, const bp_resource_row *row)
{
    const bp_organization *org = m->made->org;
    bp_region_mask maybe = answer->regions_open ? row->in : 0;
    bp_cover_row *made = bp_vec_add(m->arena, &answer->rows);
    *made = (bp_cover_row){.row = row};
    for (size_t i = 0; answer->result != NULL && i < answer->result->plans.count; i++) {
        const bp_node *plan = answer->result->plans.at[i]->plan;
        bp_region_mask where = plan_answer(m, answer->result->plans.at[i])->regions & row->in;
        if (where == 0) {
            continue;
        }
        switch (bp_plan_takes(org, plan, row)) {
        case BP_PRESENT:
            made->reached |= where;
            break;
        case BP_UNKNOWN:
            maybe |= where;
            break;
        case BP_ABSENT:
            break;
        }
    }
    made->unknown = maybe & ~made->reached;
    made->outside = row->in & ~answer->regions & ~made->unknown;
    made->missed = row->in & ~(made->reached | made->unknown | made->outside);
    answer->outside |= made->outside;
}

static const bp_cover_answer *
answer_of(bp_cover_maker *m, const bp_effective_result *result, const bp_resource_set *resources)
{
    const void **pair = bp_arena_array(m->arena, 2, sizeof *pair);
    pair[0] = result;
    pair[1] = resources;
    bp_str key = {(const char *)pair, 2 * sizeof *pair};
    const bp_cover_answer *known = bp_map_get(m->answers, key);
    if (known != NULL) {
        return known;
    }
    bp_cover_answer *made = BP_NEW(m->arena, bp_cover_answer);
    made->result = result;
    made->resources = resources;
    for (size_t i = 0; result != NULL && i < result->plans.count; i++) {
        add_plan(m, made, result->plans.at[i]);
    }
    for (size_t i = 0; resources != NULL && i < resources->rows.count; i++) {
        add_row(m, made, &resources->rows.at[i]);
    }
    bp_map_set(m->answers, key, made);
    *bp_vec_add(m->arena, &m->made->answers) = made;
    return made;
}

/* ---- exemptions */

static void
bind_exemption(bp_cover_maker *m, const bp_exemption *exemption)
{
    const bp_organization *org = m->made->org;
    bp_bound_exemption *bound = bp_vec_add(m->arena, &m->made->exemptions);
    *bound = (bp_bound_exemption){.exemption = exemption};
    if (exemption->is_ou) {
        const bp_ou *ou = bp_str_is(exemption->target.text, "root")
                              ? &org->ous.at[0]
                              : bp_org_ou_path(org, exemption->target.text);
        ou = ou == NULL ? bp_org_ou(org, exemption->target.text) : ou;
        bound->found = ou != NULL;
        bound->first = ou != NULL ? ou->first_account : 0;
        bound->end = ou != NULL ? ou->end_account : 0;
        return;
    }
    bool many = false;
    const bp_account *account = bp_org_account(org, exemption->target.text);
    account = account == NULL ? bp_org_account_named(org, exemption->target.text, &many) : account;
    bound->found = account != NULL;
    bound->first = account != NULL ? bp_account_index(org, account) : 0;
    bound->end = bound->first + (account != NULL);
}

/* The exemption of each account: that of the account itself before that of an OU, and the smaller
 * OU before the larger. */
static bp_bound_exemption **
exemptions_of(const bp_cover_maker *m)
{
    bp_bound_exemption **best =
        bp_arena_array(m->arena, m->made->org->accounts.count + 1, sizeof(void *));
    for (size_t i = 0; i < m->made->exemptions.count; i++) {
        bp_bound_exemption *at = &m->made->exemptions.at[i];
        for (uint32_t a = at->first; a < at->end; a++) {
            if (best[a] == NULL || at->end - at->first < best[a]->end - best[a]->first) {
                best[a] = at;
            }
        }
    }
    return best;
}

/* ---- accounts */

static bp_cover_state
state_of(const bp_cover_maker *m, uint32_t index, bp_bound_exemption *exemption)
{
    const bp_account *account = &m->made->org->accounts.at[index];
    const bp_effective_result *result = m->results[index];
    if (!bp_account_counts(account)) {
        return account->state == BP_STATE_UNKNOWN ? BP_COVER_UNKNOWN : BP_COVER_INACTIVE;
    }
    if (result != NULL && result->plans.count > 0) {
        return BP_COVER_REACHED;
    }
    if (account->management && !m->manifest->coverage.management) {
        return BP_COVER_MANAGEMENT;
    }
    if (exemption != NULL) {
        exemption->used++;
        return BP_COVER_EXEMPT;
    }
    return m->made->open ? BP_COVER_UNKNOWN : BP_COVER_NONE;
}

static void
fill_account(bp_cover_maker *m, uint32_t index, bp_bound_exemption *exemption)
{
    const bp_account *account = &m->made->org->accounts.at[index];
    bp_account_cover *cover = &m->made->accounts[index];
    cover->state = state_of(m, index, exemption);
    cover->exemption = cover->state == BP_COVER_EXEMPT ? exemption : NULL;
    cover->answer = answer_of(m, m->results[index], account->resources);
    m->made->counts[cover->state]++;
    if (account->regions_known && cover->state == BP_COVER_REACHED) {
        bp_region_mask seen = account->resources != NULL ? account->resources->seen : 0;
        cover->enabled = account->regions & m->made->org->opt_in & m->usable &
                         ~cover->answer->regions & ~cover->answer->outside & ~seen;
        cover->enabled = cover->answer->regions_open ? 0 : cover->enabled;
    }
}

/* Copies that leave an account arrive somewhere. */
static void
send_copies(bp_cover_maker *m, uint32_t from)
{
    const bp_account_cover *cover = &m->made->accounts[from];
    for (size_t i = 0; i < cover->answer->copies.count; i++) {
        const bp_cover_copy *copy = &cover->answer->copies.at[i];
        const bp_account *to = bp_org_account(m->made->org, copy->account);
        if (cover->state == BP_COVER_REACHED && to != NULL && copy->region >= 0 &&
            bp_account_index(m->made->org, to) != from) {
            m->made->accounts[bp_account_index(m->made->org, to)].received |=
                BP_REGION_BIT(copy->region);
        }
    }
}

static bool
is_open(const bp_model *model)
{
    if (model->program->broken) {
        return true;
    }
    for (size_t i = 0; i < model->policies.count; i++) {
        if (model->policies.at[i].holes) {
            return true;
        }
    }
    return false;
}

const bp_coverage *
bp_coverage_of(bp_arena *arena, const bp_model *model, const bp_effective *effective,
               const bp_manifest *manifest)
{
    const bp_organization *org = model->org;
    size_t count = org->accounts.count;
    bp_cover_maker m = {.arena = arena, .model = model, .manifest = manifest};
    m.made = BP_NEW(arena, bp_coverage);
    m.made->org = org;
    m.usable = bp_policy_regions(model->facts, org);
    m.made->open = is_open(model);
    m.made->accounts = bp_arena_array(arena, count + 1, sizeof *m.made->accounts);
    m.plans = bp_map_new(arena);
    m.answers = bp_map_new(arena);
    m.results = bp_arena_array(arena, count + 1, sizeof *m.results);
    for (size_t i = 0; i < effective->results.count; i++) {
        const bp_effective_result *result = &effective->results.at[i];
        for (size_t a = 0; a < result->accounts.count; a++) {
            m.results[result->accounts.at[a]] = result;
        }
    }
    for (size_t i = 0; i < manifest->coverage.exempt.count; i++) {
        bind_exemption(&m, &manifest->coverage.exempt.at[i]);
    }
    bp_bound_exemption **exemptions = exemptions_of(&m);
    for (uint32_t i = 0; i < count; i++) {
        fill_account(&m, i, exemptions[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        send_copies(&m, i);
    }
    bp_cover_gaps(&m);
    return m.made;
}
