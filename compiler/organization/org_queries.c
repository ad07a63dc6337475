/*
 * Questions to an organization that was read. Three answers: what nobody looked at is unknown, and
 * never absent.
 */
#include "compiler/organization/org_reader.h"

/* What carries a name: the first in tree order, and how many. */
typedef struct named {
    const void *first;
    size_t count;
} named;

static void
note_name(bp_arena *arena, bp_map *map, bp_str name, const void *object)
{
    named *entry = bp_map_get(map, name);
    if (entry == NULL) {
        entry = BP_NEW(arena, named);
        entry->first = object;
        bp_map_set(map, name, entry);
    }
    entry->count++;
}

void
bp_org_index_names(bp_arena *arena, bp_organization *org)
{
    org->ou_by_path = bp_map_new(arena);
    org->ou_by_name = bp_map_new(arena);
    org->account_by_name = bp_map_new(arena);
    for (size_t i = 1; i < org->ous.count; i++) {
        bp_ou *ou = &org->ous.at[i];
        size_t slashes = 0;
        for (size_t at = 0; at < ou->path.size; at++) {
            slashes += ou->path.at[at] == '/';
        }
        if (ou->name.size == 0) {
            continue;
        }
        note_name(arena, org->ou_by_name, ou->name, ou);
        if (slashes + 1 == ou->depth) {
            bp_map_add(org->ou_by_path, ou->path, ou, NULL);
        }
    }
    for (size_t i = 0; i < org->accounts.count; i++) {
        if (org->accounts.at[i].name.size > 0) {
            note_name(arena, org->account_by_name, org->accounts.at[i].name, &org->accounts.at[i]);
        }
    }
}

const bp_account *
bp_org_account(const bp_organization *org, bp_str id)
{
    return bp_map_get(org->account_by_id, id);
}

const bp_account *
bp_org_account_named(const bp_organization *org, bp_str name, bool *many)
{
    const named *entry = bp_map_get(org->account_by_name, name);
    *many = entry != NULL && entry->count > 1;
    return entry == NULL || *many ? NULL : entry->first;
}

const bp_ou *
bp_org_ou(const bp_organization *org, bp_str id)
{
    return bp_map_get(org->ou_by_id, id);
}

const bp_ou *
bp_org_ou_path(const bp_organization *org, bp_str path)
{
    return bp_map_get(org->ou_by_path, path);
}

const bp_ou *
bp_org_ou_named(const bp_organization *org, bp_str name, size_t *count)
{
    const named *entry = bp_map_get(org->ou_by_name, name);
    *count = entry == NULL ? 0 : entry->count;
    return entry == NULL ? NULL : entry->first;
}

const bp_account *
bp_org_management(const bp_organization *org)
{
    return bp_org_account(org, org->management_id);
}

bool
bp_org_ou_contains(const bp_organization *org, const bp_ou *ou, const bp_account *account)
{
    size_t index = (size_t)(account - org->accounts.at);
    return index >= ou->first_account && index < ou->end_account;
}

void
bp_org_vault_regions(const bp_account *account, bp_str name, bp_region_mask *present,
                     bp_region_mask *absent)
{
    *present = 0;
    *absent = 0;
    if (account->vaults == NULL) {
        return;
    }
    bp_region_mask creating = 0;
    for (size_t i = 0; i < account->vaults->vaults.count; i++) {
        const bp_org_vault *vault = &account->vaults->vaults.at[i];
        if (vault->kind == BP_VAULT_RESTORE_ACCESS || !bp_str_equal(vault->name, name)) {
            continue;
        }
        if (vault->creating) {
            creating |= vault->in;
        } else {
            *present |= vault->in;
        }
    }
    *absent = account->vaults->seen & ~*present & ~creating;
}

const bp_org_vault *
bp_org_vault_other_case(const bp_account *account, bp_str name, bp_region_mask regions)
{
    for (size_t i = 0; account->vaults != NULL && i < account->vaults->vaults.count; i++) {
        const bp_org_vault *vault = &account->vaults->vaults.at[i];
        if ((vault->in & regions) != 0 && vault->kind != BP_VAULT_RESTORE_ACCESS &&
            bp_str_equal_folded(vault->name, name) && !bp_str_equal(vault->name, name)) {
            return vault;
        }
    }
    return NULL;
}

const bp_org_vault *
bp_org_vault_in(const bp_account *account, bp_str name, int region)
{
    for (size_t i = 0; account->vaults != NULL && i < account->vaults->vaults.count; i++) {
        const bp_org_vault *vault = &account->vaults->vaults.at[i];
        if ((vault->in & BP_REGION_BIT(region)) != 0 && bp_str_equal(vault->name, name)) {
            return vault;
        }
    }
    return NULL;
}

bp_answer
bp_org_role_answer(const bp_account *account, bp_str path, bp_str name)
{
    if (account->roles == NULL) {
        return BP_UNKNOWN;
    }
    for (size_t i = 0; i < account->roles->roles.count; i++) {
        const bp_org_role *role = &account->roles->roles.at[i];
        if (bp_str_equal(role->name, name) && bp_str_equal(role->path, path)) {
            return BP_PRESENT;
        }
    }
    return account->roles->complete ? BP_ABSENT : BP_UNKNOWN;
}

const bp_org_role *
bp_org_role_near(const bp_account *account, bp_str path, bp_str name)
{
    const bp_org_role *other_case = NULL;
    for (size_t i = 0; account->roles != NULL && i < account->roles->roles.count; i++) {
        const bp_org_role *role = &account->roles->roles.at[i];
        if (!bp_str_equal_folded(role->name, name)) {
            continue;
        }
        bool same = bp_str_equal(role->name, name);
        if (same && !bp_str_equal(role->path, path)) {
            return role;
        }
        if (!same && other_case == NULL) {
            other_case = role;
        }
    }
    return other_case;
}

bp_answer
bp_org_region_enabled(const bp_organization *org, const bp_account *account, int region)
{
    if ((org->opt_in & BP_REGION_BIT(region)) == 0) {
        return BP_PRESENT;
    }
    if (!account->regions_known) {
        return BP_UNKNOWN;
    }
    return (account->regions & BP_REGION_BIT(region)) != 0 ? BP_PRESENT : BP_ABSENT;
}

static bool
names(const bp_str *at, size_t count, bp_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (bp_str_equal(at[i], name)) {
            return true;
        }
    }
    return false;
}

/* The answer of the first row of the Region that names the type. */
static bp_answer
setting_answer(const bp_account *account, int region, bp_str api_name, bool managed)
{
    const bp_region_settings *settings = account->region_settings;
    for (size_t i = 0; settings != NULL && i < settings->rows.count; i++) {
        const bp_region_setting *row = &settings->rows.at[i];
        if ((row->in & BP_REGION_BIT(region)) == 0) {
            continue;
        }
        if (managed ? names(row->managed.at, row->managed.count, api_name)
                    : names(row->opted_in.at, row->opted_in.count, api_name)) {
            return BP_PRESENT;
        }
        if (managed ? names(row->unmanaged.at, row->unmanaged.count, api_name)
                    : names(row->opted_out.at, row->opted_out.count, api_name)) {
            return BP_ABSENT;
        }
    }
    return BP_UNKNOWN;
}

bp_answer
bp_org_opted_in(const bp_account *account, int region, bp_str api_name)
{
    return setting_answer(account, region, api_name, false);
}

bp_answer
bp_org_managed(const bp_account *account, int region, bp_str api_name)
{
    return setting_answer(account, region, api_name, true);
}

const char *
bp_account_state_name(bp_account_state state)
{
    static const char *const words[] = {
        [BP_STATE_ACTIVE] = "active",       [BP_STATE_PENDING_ACTIVATION] = "pending-activation",
        [BP_STATE_SUSPENDED] = "suspended", [BP_STATE_PENDING_CLOSURE] = "pending-closure",
        [BP_STATE_CLOSED] = "closed",       [BP_STATE_UNKNOWN] = "unknown",
    };
    return words[state];
}
