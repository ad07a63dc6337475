/*
 * How much an inventory knows. Accounts that are not active are not expected to hold anything and
 * are not counted; what is not known is no fault, it is only told, with the call that settles it.
 */
#include "compiler/cli/inventory_known.h"

static const bp_known_count sections[BP_KNOWN_SECTIONS] = {
    [BP_KNOWN_VAULTS] = {.name = "vaults",
                         .key = "vaults",
                         .command = "aws backup list-backup-vaults --region REGION",
                         .where = "in each account and Region"},
    [BP_KNOWN_ROLES] = {.name = "roles",
                        .key = "roles",
                        .command = "aws iam list-roles",
                        .where = "in each account"},
    [BP_KNOWN_SETTINGS] = {.name = "Region settings",
                           .key = "region_settings",
                           .command = "aws backup describe-region-settings --region REGION",
                           .where = "in each account and Region"},
    [BP_KNOWN_RESOURCES] = {.name = "resources",
                            .key = "resources",
                            .command = "aws resourcegroupstaggingapi get-resources --region REGION",
                            .where = "in each account and Region"},
    [BP_KNOWN_REGIONS] = {.name = "opt-in Regions",
                          .key = "regions",
                          .command = "aws account list-regions --account-id ACCOUNT",
                          .where = "for each account"},
};

/* 2 = known, 1 = in part, 0 = not. */
static int
seen_of(const bp_organization *org, bp_region_mask seen, bool some)
{
    bool all = org->regions_known ? (org->regions & ~seen) == 0 : seen != 0;
    return all ? 2 : seen != 0 || some ? 1 : 0;
}

static int
knowledge(const bp_organization *org, const bp_account *account, bp_known_section section)
{
    switch (section) {
    case BP_KNOWN_VAULTS:
        return account->vaults == NULL
                   ? 0
                   : seen_of(org, account->vaults->seen, account->vaults->vaults.count > 0);
    case BP_KNOWN_ROLES:
        return account->roles == NULL            ? 0
               : account->roles->complete        ? 2
               : account->roles->roles.count > 0 ? 1
                                                 : 0;
    case BP_KNOWN_SETTINGS: {
        bp_region_mask seen = 0;
        for (size_t i = 0;
             account->region_settings != NULL && i < account->region_settings->rows.count; i++) {
            seen |= account->region_settings->rows.at[i].in;
        }
        return seen == 0 ? 0 : seen_of(org, seen, true);
    }
    case BP_KNOWN_RESOURCES:
        return account->resources == NULL
                   ? 0
                   : seen_of(org, account->resources->seen, account->resources->rows.count > 0);
    case BP_KNOWN_REGIONS:
        return account->regions_known ? 2 : 0;
    case BP_KNOWN_SECTIONS:
        break;
    }
    return 0;
}

static void
count_account(bp_known *known, const bp_organization *org, const bp_account *account)
{
    for (bp_known_section s = BP_KNOWN_VAULTS; s < BP_KNOWN_SECTIONS; s++) {
        bp_known_count *count = &known->sections[s];
        int how = knowledge(org, account, s);
        count->known += how == 2;
        count->partly += how == 1;
        if (how != 2 && count->open == NULL) {
            count->open = account;
        }
    }
}

static void
fill_facts(bp_known *known, const bp_organization *org)
{
    const bp_known_fact facts[BP_KNOWN_FACTS] = {
        {"tree", "tree",
         "aws organizations list-organizational-units-for-parent and list-accounts-for-parent",
         org->tree_complete && known->open_ous == 0, org->ous.count > 1 || org->accounts.count > 0},
        {"feature set", "features", "aws organizations describe-organization",
         org->features != BP_FEATURES_UNKNOWN, false},
        {"backup policy type", "backup_policy_type", "aws organizations list-roots",
         org->policy_type != BP_POLICY_TYPE_UNKNOWN, false},
        {"trusted access", "trusted_access",
         "aws organizations list-aws-service-access-for-organization", org->trusted_known, false},
        {"cross-account backup", "cross_account_backup", "aws backup describe-global-settings",
         org->cross_account_backup != BP_UNKNOWN, false},
        {"delegated administrators", "delegated_administrators",
         "aws organizations list-delegated-administrators --service-principal "
         "backup.amazonaws.com",
         org->administrators_known, false},
        {"policies", "policies", "aws organizations list-policies --filter BACKUP_POLICY",
         org->policies_complete, org->policies.count > 0},
        {"stack sets", "stack_sets", "aws cloudformation list-stack-sets --status ACTIVE",
         org->stack_sets_complete, org->stack_sets.count > 0},
        {"looked-at Regions", "coverage_regions", "", org->regions_known, false},
    };
    for (size_t i = 0; i < BP_KNOWN_FACTS; i++) {
        known->facts[i] = facts[i];
    }
}

bp_known
bp_known_of(const bp_organization *org)
{
    bp_known known = {.active = 0};
    for (size_t s = 0; s < BP_KNOWN_SECTIONS; s++) {
        known.sections[s] = sections[s];
    }
    for (size_t i = 0; i < org->ous.count; i++) {
        known.open_ous += !org->ous.at[i].accounts_known || !org->ous.at[i].ous_known;
    }
    for (size_t i = 0; i < org->accounts.count; i++) {
        const bp_account *account = &org->accounts.at[i];
        known.states[account->state]++;
        if (account->state == BP_STATE_ACTIVE) {
            known.active++;
            count_account(&known, org, account);
        }
    }
    fill_facts(&known, org);
    return known;
}

bp_str
bp_known_regions(const bp_organization *org, bp_arena *arena, bp_region_mask mask)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(org->facts, &count);
    bp_buf text = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        if ((mask & BP_REGION_BIT(i)) != 0) {
            bp_buf_format(&text, "%s%s", text.size == 0 ? "" : ", ", regions[i].code);
        }
    }
    return text.size == 0 ? BP_STR("none") : bp_buf_text(&text);
}
