/*
 * Answers that were asked of others and not of this: they are counted, and what they would say
 * stays unknown. Accounts that are not active are not expected to answer. Policies of vaults and
 * aliases of keys are counted where vaults are put together.
 */
#include "compiler/inventory/survey_parts.h"

static bool
asked(const bp_putting *on, bp_dump_kind kind, bp_str account, bp_str sub)
{
    return bp_line_find(on->survey, kind, account, sub) != NULL;
}

static void
count_account(bp_putting *on, const bp_account *account)
{
    static const bp_dump_kind kinds[] = {BP_DUMP_ROLES, BP_DUMP_REGIONS};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (on->has[kinds[i]] && !asked(on, kinds[i], account->id, BP_STR(""))) {
            bp_put_missing(on, kinds[i]);
        }
    }
}

static void
count_regions(bp_putting *on, const bp_account *account, bp_dump_kind kind)
{
    bp_region_mask regions = on->org->regions;
    bp_line *line = bp_line_find(on->survey, kind, account->id, BP_STR(""));
    for (int region = 0; on->has[kind] && region < BP_NO_REGION; region++) {
        bool wanted = (regions & BP_REGION_BIT(region)) != 0 &&
                      bp_org_region_enabled(on->org, account, region) != BP_ABSENT;
        if (wanted && bp_line_unit(on->survey, line, region) == NULL) {
            bp_put_missing(on, kind);
        }
    }
}

/* Whether Region settings were asked of members too, or of the management account alone. */
static bool
settings_of_members(const bp_putting *on)
{
    const bp_survey *survey = on->survey;
    for (size_t i = 0; i < survey->line_count; i++) {
        const bp_line *line = bp_line_at(survey, i);
        if (line->kind == BP_DUMP_SETTINGS &&
            !bp_str_equal(bp_text_of(survey, line->account), on->org->management_id)) {
            return true;
        }
    }
    return false;
}

static void
count_tags(bp_putting *on, bp_str target)
{
    if (on->has[BP_DUMP_TAGS] && !asked(on, BP_DUMP_TAGS, BP_STR(""), target)) {
        bp_put_missing(on, BP_DUMP_TAGS);
    }
}

/* A list of policies is of use with their documents and targets: they are always expected. */
static void
count_policies(bp_putting *on)
{
    const bp_organization *org = on->org;
    for (size_t i = 0; i < org->policies.count; i++) {
        bp_str id = org->policies.at[i].id;
        if (!asked(on, BP_DUMP_POLICY, BP_STR(""), id)) {
            bp_put_missing(on, BP_DUMP_POLICY);
        }
        if (!on->has[BP_DUMP_ATTACHED] && !asked(on, BP_DUMP_TARGETS, BP_STR(""), id)) {
            bp_put_missing(on, BP_DUMP_TARGETS);
        }
        count_tags(on, id);
    }
}

static void
count_attached(bp_putting *on, bp_str target)
{
    if (on->has[BP_DUMP_ATTACHED] && !on->has[BP_DUMP_TARGETS] &&
        !asked(on, BP_DUMP_ATTACHED, BP_STR(""), target)) {
        bp_put_missing(on, BP_DUMP_ATTACHED);
    }
}

void
bp_put_all_missing(bp_putting *on)
{
    const bp_organization *org = on->org;
    bool members = settings_of_members(on);
    for (size_t i = 0; i < org->accounts.count; i++) {
        const bp_account *account = &org->accounts.at[i];
        count_attached(on, account->id);
        if (account->state != BP_STATE_ACTIVE) {
            continue;
        }
        count_account(on, account);
        count_regions(on, account, BP_DUMP_VAULTS);
        count_regions(on, account, BP_DUMP_RESOURCES);
        if (members || account->management) {
            count_regions(on, account, BP_DUMP_SETTINGS);
        }
        count_tags(on, account->id);
    }
    for (size_t i = 0; i < org->ous.count; i++) {
        count_attached(on, org->ous.at[i].id);
        count_tags(on, org->ous.at[i].id);
    }
    for (size_t i = 0; i < org->stack_sets.count; i++) {
        bp_str name = org->stack_sets.at[i].name;
        if (!asked(on, BP_DUMP_STACK_SET, BP_STR(""), name)) {
            bp_put_missing(on, BP_DUMP_STACK_SET);
        }
        if (on->has[BP_DUMP_INSTANCES] && !asked(on, BP_DUMP_INSTANCES, BP_STR(""), name)) {
            bp_put_missing(on, BP_DUMP_INSTANCES);
        }
    }
    count_policies(on);
}
