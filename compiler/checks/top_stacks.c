/*
 * TOP017: stack sets of the inventory that say a vault or role was made where the lists of the
 * account, which were looked at directly, lack it. The lists count; somebody should know.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/needs.h"

#include <stdlib.h>

/* Accounts that a stack set has an instance in, by index, and where it is not as it should be. */
typedef struct expectation {
    const bp_organization *org;
    const bp_org_stack_set *set;
    bp_map *spoiled; /* account id → bp_region_mask: not current, or without */
} expectation;

static void
note_spoiled(bp_arena *arena, bp_map *spoiled, const bp_stack_instances *list)
{
    for (size_t i = 0; i < list->count; i++) {
        bp_region_mask *mask = bp_map_get(spoiled, list->at[i].account);
        if (mask == NULL) {
            mask = BP_NEW(arena, bp_region_mask);
            bp_map_set(spoiled, list->at[i].account, mask);
        }
        *mask |= list->at[i].in;
    }
}

/* The Regions in which the instance of an account is current. */
static bp_region_mask
current_in(const expectation *wanted, const bp_account *account)
{
    const bp_region_mask *spoiled = bp_map_get(wanted->spoiled, account->id);
    if (account->management || account->state != BP_STATE_ACTIVE) {
        return 0;
    }
    return wanted->set->regions & ~(spoiled == NULL ? 0 : *spoiled);
}

/* What is missing of one thing. */
typedef struct lack {
    size_t accounts;
    const bp_account *first;
    bp_region_mask regions; /* of the first */
} lack;

static void
add_lack(lack *all, const bp_account *account, bp_region_mask regions)
{
    if (all->accounts++ == 0) {
        all->first = account;
        all->regions = regions;
    }
}

static bool
lists_role(const bp_account *account, bp_str name)
{
    for (size_t i = 0; account->roles != NULL && i < account->roles->roles.count; i++) {
        if (bp_str_equal(account->roles->roles.at[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* A list of roles holds those that AWS Backup may assume and those called after it: of another role
 * it says nothing. */
static bool
would_be_listed(bp_arena *arena, bp_str name)
{
    return bp_str_contains(bp_str_fold(arena, name), BP_STR("backup"));
}

static void
judge_account(const expectation *wanted, const bp_account *account, bp_str name, bool vault,
              lack *all)
{
    bp_region_mask current = current_in(wanted, account);
    if (current == 0) {
        return;
    }
    if (vault) {
        bp_region_mask present = 0;
        bp_region_mask absent = 0;
        bp_org_vault_regions(account, name, &present, &absent);
        if ((absent & current) != 0) {
            add_lack(all, account, absent & current);
        }
    } else if (account->roles != NULL && account->roles->complete && !lists_role(account, name)) {
        add_lack(all, account, 0);
    }
}

static void
judge(const bp_check_context *context, const expectation *wanted, bp_str name, bool vault)
{
    const bp_organization *org = wanted->org;
    lack all = {.accounts = 0};
    uint32_t done = 0; /* targets may contain each other: every account once */
    bp_ranges ranges = {.at = NULL};
    for (size_t t = 0; t < wanted->set->targets.count; t++) {
        const bp_ou *ou = bp_org_ou(org, wanted->set->targets.at[t]);
        if (ou != NULL) {
            *bp_vec_add(context->arena, &ranges) = (bp_range){ou->first_account, ou->end_account};
        }
    }
    bp_ranges_settle(&ranges);
    for (size_t r = 0; r < ranges.count; r++) {
        done = ranges.at[r].first > done ? ranges.at[r].first : done;
        for (; done < ranges.at[r].end; done++) {
            judge_account(wanted, &org->accounts.at[done], name, vault, &all);
        }
    }
    if (all.accounts == 0) {
        return;
    }
    bp_diagnostics *list = context->diagnostics;
    bp_str accounts = all.accounts == 1
                          ? BP_STR("1 account")
                          : bp_str_format(context->arena, "%zu accounts", all.accounts);
    bp_finding *finding =
        bp_report(list, "TOP017", wanted->set->span,
                  "stack set \"%.*s\" is current in %.*s that %s no %s \"%.*s\"; the account's own "
                  "list counts",
                  BP_ARG(wanted->set->name), BP_ARG(accounts), all.accounts == 1 ? "has" : "have",
                  vault ? "vault" : "role", BP_ARG(name));
    bp_finding_label(
        list, finding, all.first->span, "%s",
        vault ? bp_str_c(context->arena, bp_str_format(context->arena, "not in %.*s",
                                                       BP_ARG(bp_mask_words(context, all.regions))))
              : "not among its roles");
    bp_finding_help(list, finding,
                    "one of the two lists is older: collect the stack instances and the %s again",
                    vault ? "vaults" : "roles");
}

void
bp_check_contradictions(const bp_check_context *context)
{
    const bp_organization *org = context->org;
    for (size_t i = 0; org != NULL && i < org->stack_sets.count; i++) {
        const bp_org_stack_set *set = &org->stack_sets.at[i];
        if (!set->makes_known || !set->instances_known) {
            continue;
        }
        expectation wanted = {org, set, bp_map_new(context->arena)};
        note_spoiled(context->arena, wanted.spoiled, &set->not_current);
        note_spoiled(context->arena, wanted.spoiled, &set->without);
        for (size_t v = 0; v < set->vaults.count; v++) {
            judge(context, &wanted, set->vaults.at[v], true);
        }
        for (size_t r = 0; r < set->roles.count; r++) {
            if (would_be_listed(context->arena, set->roles.at[r])) {
                judge(context, &wanted, set->roles.at[r], false);
            }
        }
    }
}
