/*
 * Spare vaults: what stack sets bring to accounts and Regions where no policy needs it.
 *
 * An OU brings a vault to every account below it, and a policy further down may take the Region or
 * the vault away again; written targets may reach wider than the policies. Neither is a mistake,
 * but every vault has a key that costs money, so the build says how many there are.
 */
#include "compiler/deploy/parts.h"

#include <string.h>

enum { SPARE_SHOWN = 3 };

typedef struct survey {
    bp_arena *arena;
    const bp_model *model;
    const bp_effective *effective;
    bp_needs *needs;
    bp_map *of_plan;        /* bytes of the address of a plan → bp_wishes * */
    bp_region_mask *needed; /* by account: where it needs the vault in hand */
} survey;

/* Accounts share plans: each is read once. */
static const bp_wishes *
wishes_of(survey *s, const bp_node *plan)
{
    char bytes[sizeof plan];
    memcpy(bytes, &plan, sizeof plan);
    bp_str key = {bytes, sizeof bytes};
    bp_wishes *wishes = bp_map_get(s->of_plan, key);
    if (wishes == NULL) {
        wishes = BP_NEW(s->arena, bp_wishes);
        bp_wishes_of_plan(s->arena, s->model, s->needs, plan, wishes);
        bp_map_set(s->of_plan, bp_str_copy(s->arena, key), wishes);
    }
    return wishes;
}

/* What one plan that reaches somebody wants of a vault; destinations of its copies get their need
 * at once. */
static bp_region_mask
wanted_by(survey *s, const bp_effective_plan *plan, const bp_vault_needs *vault)
{
    const bp_wishes *wishes = wishes_of(s, plan->plan);
    bp_region_mask own = 0;
    for (size_t i = 0; i < wishes->count; i++) {
        const bp_wish *wish = &wishes->at[i];
        if (wish->vault != vault) {
            continue;
        }
        own |= wish->own;
        const bp_account *to =
            wish->foreign != 0 ? bp_org_account(s->model->org, wish->account) : NULL;
        if (to != NULL) {
            s->needed[bp_account_index(s->model->org, to)] |= wish->foreign;
        }
    }
    return own;
}

static void
fill_needed(survey *s, const bp_vault_needs *vault)
{
    for (size_t i = 0; i < s->model->org->accounts.count; i++) {
        s->needed[i] = 0;
    }
    for (size_t r = 0; r < s->effective->results.count; r++) {
        const bp_effective_result *result = &s->effective->results.at[r];
        bp_region_mask own = 0;
        for (size_t i = 0; result->accounts.count > 0 && i < result->plans.count; i++) {
            own |= wanted_by(s, result->plans.at[i], vault);
        }
        for (size_t i = 0; own != 0 && i < result->accounts.count; i++) {
            s->needed[result->accounts.at[i]] |= own;
        }
    }
}

static void
count_cell(survey *s, bp_stack *stack, uint32_t index, bp_str code)
{
    const bp_account *account = &s->model->org->accounts.at[index];
    int region = bp_region_index(s->model->facts, code);
    if (account->management || !bp_account_counts(account) || region < 0) {
        return;
    }
    stack->cells++;
    if ((s->needed[index] & BP_REGION_BIT(region)) != 0) {
        return;
    }
    stack->spare++;
    if (stack->spare_in.count < SPARE_SHOWN) {
        bp_str name = account->name.size > 0 ? account->name : account->id;
        *bp_vec_add(s->arena, &stack->spare_in) =
            bp_str_format(s->arena, "%.*s in %.*s", BP_ARG(name), BP_ARG(code));
    }
}

static void
count_group(survey *s, bp_stack *stack, const bp_instance_group *group)
{
    const bp_organization *org = s->model->org;
    for (size_t i = 0; i < group->accounts.count; i++) {
        const bp_account *account = bp_org_account(org, group->accounts.at[i]);
        for (size_t r = 0; account != NULL && r < group->regions.count; r++) {
            count_cell(s, stack, bp_account_index(org, account), group->regions.at[r]);
        }
    }
    for (size_t i = 0; group->accounts.count == 0 && i < group->ous.count; i++) {
        const bp_ou *ou = bp_map_get(org->ou_by_id, group->ous.at[i]);
        for (uint32_t a = ou != NULL ? ou->first_account : 0; ou != NULL && a < ou->end_account;
             a++) {
            for (size_t r = 0; r < group->regions.count; r++) {
                count_cell(s, stack, a, group->regions.at[r]);
            }
        }
    }
}

void
bp_spare_count(bp_arena *arena, const bp_model *model, const bp_effective *effective,
               bp_needs *needs, bp_deployment *deployment)
{
    if (model->org == NULL || effective == NULL || !effective->named) {
        return;
    }
    survey s = {.arena = arena,
                .model = model,
                .effective = effective,
                .needs = needs,
                .of_plan = bp_map_new(arena)};
    size_t accounts = model->org->accounts.count;
    s.needed = bp_arena_array(arena, accounts > 0 ? accounts : 1, sizeof *s.needed);
    for (size_t i = 0; i < deployment->stacks.count; i++) {
        bp_stack *stack = &deployment->stacks.at[i];
        const bp_vault_needs *vault =
            stack->kind == BP_STACK_VAULT ? bp_map_get(needs->by_name, stack->name) : NULL;
        if (vault == NULL) {
            continue;
        }
        fill_needed(&s, vault);
        for (size_t g = 0; g < stack->groups.count; g++) {
            count_group(&s, stack, &stack->groups.at[g]);
        }
    }
}
