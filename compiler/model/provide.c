/*
 * What the project's own stack sets provide: whether a declared vault or role will stand in a cell.
 *
 * Placement itself (groups of OUs, order) is the deployment's; this only answers "would it be
 * there". Service-managed stack sets never deploy to the management account.
 */
#include "compiler/model/model.h"

const bp_bound_vault *
bp_model_vault(const bp_model *model, bp_str name)
{
    return bp_map_get(model->vault_by_name, name);
}

const bp_bound_role *
bp_model_role(const bp_model *model, bp_str path, bp_str name)
{
    const bp_bound_role *role = bp_map_get(model->role_by_name, name);
    return role != NULL && bp_str_equal(role->role->path, path) ? role : NULL;
}

bool
bp_model_provides_vault(const bp_model *model, const bp_bound_vault *vault,
                        const bp_account *account, int region)
{
    if (vault == NULL || account->management) {
        return false;
    }
    if (region >= 0 && !vault->region_holes && (vault->regions & BP_REGION_BIT(region)) == 0) {
        return false;
    }
    return vault->placed_by_need || vault->holes ||
           bp_ranges_hold(&vault->accounts, bp_account_index(model->org, account));
}

bool
bp_model_provides_role(const bp_model *model, const bp_bound_role *role, const bp_account *account)
{
    if (role == NULL || account->management) {
        return false;
    }
    return role->holes || bp_ranges_hold(&role->accounts, bp_account_index(model->org, account));
}
