/*
 * CPY001 to CPY004, CPY007, CPY011, CPY014: what copies can do, by type, Region and account. One
 * finding for each copy of a policy and reason; cells add up over the plans that share the copy.
 */
#include "compiler/checks/copy_cause.h"
#include "compiler/checks/families.h"
#include "compiler/checks/override.h"
#include "compiler/checks/types.h"

/* One copy of one plan, taken apart. */
typedef struct copy_at {
    bp_copy_causes *causes;
    const bp_check_context *context;
    const bp_plan_use *use;
    const bp_named_types *named;
    const bp_node *rule;
    const bp_node *copy;
    const bp_reference *to;
    int region;
    bool own_account;
    bool air_gapped; /* the destination is declared as such a vault */
} copy_at;

/* CPY007: the vault that the rule writes to, in an effective Region and the same account. */
static void
judge_self(const copy_at *at)
{
    const bp_value *vault = bp_node_value(at->rule, "target_backup_vault_name");
    const bp_plan_use *use = at->use;
    if (vault == NULL || vault->kind != BP_VALUE_TEXT || !bp_str_equal(vault->text, at->to->name) ||
        (use->regions & BP_REGION_BIT(at->region)) == 0) {
        return;
    }
    bp_cell_rows rows = {0};
    for (size_t i = 0; i < use->accounts.count; i++) {
        const bp_account *account = &at->context->org->accounts.at[use->accounts.at[i]];
        if (at->own_account || bp_str_equal(account->id, at->to->account)) {
            *bp_vec_add(at->context->arena, &rows) =
                (bp_cell_row){use->accounts.at[i], BP_REGION_BIT(at->region)};
        }
    }
    if (rows.count == 0 && !(at->own_account && use->accounts.count == 0)) {
        return;
    }
    bp_copy_cause *cause = bp_copy_cause_of(at->causes, "CPY007", use, at->copy, BP_WARNING);
    cause->region = at->region;
    bp_copy_cause_rows(at->causes, cause, &rows);
}

/* Accounts and Regions of a group from which the copy leaves. */
static const bp_cell_rows *
cells_of(const copy_at *at, const bp_named_group *group)
{
    return group->listed ? &group->rows : &at->named->everywhere;
}

/* CPY001: types of the group that are never copied. */
static void
judge_support(const copy_at *at, const bp_named_group *group)
{
    bp_type_list bad = {0};
    bool sure = true;
    for (size_t i = 0; i < group->types.count; i++) {
        const bp_type *type = group->types.at[i];
        if (!bp_type_never_copies(type) || bp_type_has_advanced(at->context->facts, type)) {
            const bp_type *was = type->user != NULL ? type->user->was : NULL;
            bool spared = was != NULL && bp_type_never_copies(was) && !bp_type_never_copies(type);
            bp_user_spared(at->context, spared ? type->user : NULL);
            at->causes->unknown_support +=
                type->cross_region == BP_UNKNOWN || type->cross_account == BP_UNKNOWN;
            continue;
        }
        *bp_vec_add(at->context->arena, &bad) = type;
        sure = sure && bp_type_mark(type, "cross_region") == BP_MARK_VERIFIED &&
               bp_type_mark(type, "cross_account") == BP_MARK_VERIFIED;
    }
    if (bad.count == 0) {
        return;
    }
    bool error = sure && bad.count == group->types.count;
    bp_copy_cause *cause =
        bp_copy_cause_of(at->causes, "CPY001", at->use, at->copy, error ? BP_ERROR : BP_WARNING);
    bp_copy_cause_rows(at->causes, cause, cells_of(at, group));
    cause->partly = cause->partly || bad.count < group->types.count;
    for (size_t i = 0; i < bad.count; i++) {
        bp_copy_cause_type(at->causes, cause, bad.at[i], group->span);
    }
}

/* What the exceptions say about one type and this copy. */
typedef struct exception {
    bp_region_mask sources; /* from which it fails when it stays in the account */
    bp_region_mask abroad;  /* from which it fails when it goes to another account */
    bool sure;
    const bp_copy_exception *row; /* the first that applies; NULL: the type's own row */
} exception;

static exception
exception_of(const copy_at *at, const bp_type *type)
{
    size_t count = 0;
    const bp_copy_exception *rows = bp_copy_exceptions(at->context->facts, &count);
    bp_region_mask to = BP_REGION_BIT(at->region);
    bp_region_mask from = at->use->usable;
    exception found = {.sure = true};
    for (size_t i = 0; i < count; i++) {
        const bp_copy_exception *row = &rows[i];
        if (!bp_str_is(bp_str_of(row->type), type->id)) {
            continue;
        }
        bp_region_mask hit = (row->regions & to) != 0 ? from : from & row->regions;
        const bp_copy_exception *was = row->user != NULL ? row->user->was : NULL;
        if (hit == 0 && was != NULL && (was->regions & (to | from)) != 0) {
            bp_user_spared(at->context, row->user);
        }
        bp_region_mask sources = 0;
        bp_region_mask abroad = 0;
        switch (row->kind) {
        case BP_COPY_ANY:
            sources = abroad = hit;
            break;
        case BP_COPY_CROSS_REGION:
            sources = abroad = hit & ~to;
            break;
        case BP_COPY_CROSS_ACCOUNT:
            abroad = hit;
            break;
        case BP_COPY_AIR_GAPPED:
            sources = abroad = at->air_gapped ? hit : 0;
            break;
        }
        if (at->own_account) {
            abroad = 0;
        }
        if ((sources | abroad) != 0) {
            found.row = found.row != NULL ? found.row : row;
            found.sure = found.sure && row->mark == BP_MARK_VERIFIED;
        }
        found.sources |= sources;
        found.abroad |= abroad;
    }
    if (type->cross_account == BP_ABSENT && !at->own_account) {
        found.abroad = from;
        found.sure = found.sure && found.row != NULL
                         ? found.sure
                         : bp_type_mark(type, "cross_account") == BP_MARK_VERIFIED;
    }
    return found;
}

/* Rows of the group in which the exception bites. */
static bp_cell_rows
bitten(const copy_at *at, const bp_named_group *group, const exception *found)
{
    const bp_cell_rows *all = cells_of(at, group);
    bp_cell_rows rows = {0};
    for (size_t i = 0; i < all->count; i++) {
        const bp_account *account = &at->context->org->accounts.at[all->at[i].account];
        bool abroad = !at->own_account && !bp_str_equal(account->id, at->to->account);
        bp_region_mask where = all->at[i].regions & (abroad ? found->abroad : found->sources);
        if (where != 0) {
            *bp_vec_add(at->context->arena, &rows) = (bp_cell_row){all->at[i].account, where};
        }
    }
    return rows;
}

/* CPY002: exceptions for the Regions at either end, and for other accounts. */
static void
judge_regions(const copy_at *at, const bp_named_group *group)
{
    size_t hit = 0;
    bool sure = true;
    for (size_t i = 0; i < group->types.count; i++) {
        exception found = exception_of(at, group->types.at[i]);
        bool bites =
            !bp_type_never_copies(group->types.at[i]) && (found.sources | found.abroad) != 0;
        hit += bites;
        sure = sure && (!bites || found.sure);
    }
    for (size_t i = 0; i < group->types.count && hit > 0; i++) {
        const bp_type *type = group->types.at[i];
        exception found = exception_of(at, type);
        if (bp_type_never_copies(type) || (found.sources | found.abroad) == 0) {
            continue;
        }
        bp_cell_rows rows = bitten(at, group, &found);
        if (rows.count == 0 && at->use->accounts.count > 0) {
            continue;
        }
        bool error = sure && hit == group->types.count;
        bp_copy_cause *cause = bp_copy_cause_of(at->causes, "CPY002", at->use, at->copy,
                                                error ? BP_ERROR : BP_WARNING);
        cause->region = at->region;
        cause->partly = cause->partly || hit < group->types.count;
        cause->row = cause->row != NULL ? cause->row : found.row;
        bp_copy_cause_rows(at->causes, cause, &rows);
        bp_copy_cause_type(at->causes, cause, type, group->span);
    }
}

/* A cause of types of a group; those that are bad, and how many. */
static void
add_types(const copy_at *at, const char *code, const bp_named_group *group, const bp_type_list *bad,
          bool sure, const bp_cell_rows *rows)
{
    bool error = sure && bad->count == group->types.count;
    if (bad->count == 0 || (rows->count == 0 && at->use->accounts.count > 0)) {
        return;
    }
    bp_copy_cause *cause =
        bp_copy_cause_of(at->causes, code, at->use, at->copy, error ? BP_ERROR : BP_WARNING);
    cause->region = at->region;
    cause->partly = cause->partly || bad->count < group->types.count;
    bp_copy_cause_rows(at->causes, cause, rows);
    for (size_t i = 0; i < bad->count; i++) {
        bp_copy_cause_type(at->causes, cause, bad->at[i], group->span);
    }
}

/* CPY003: both Region and account in one action. */
static void
judge_one_step(const copy_at *at, const bp_named_group *group)
{
    bp_type_list bad = {0};
    bool sure = true;
    exception all = {.abroad = at->use->usable & ~BP_REGION_BIT(at->region)};
    for (size_t i = 0; i < group->types.count && !at->own_account && all.abroad != 0; i++) {
        const bp_type *type = group->types.at[i];
        if (type->single_action == BP_ABSENT && type->cross_region != BP_ABSENT &&
            type->cross_account != BP_ABSENT) {
            *bp_vec_add(at->context->arena, &bad) = type;
            sure = sure && bp_type_mark(type, "single_action") == BP_MARK_VERIFIED;
        }
    }
    if (bad.count > 0) {
        bp_cell_rows rows = bitten(at, group, &all);
        add_types(at, "CPY003", group, &bad, sure, &rows);
    }
}

/* Whether the destination of an account's copies is an air-gapped vault. */
static bool
goes_into_air_gap(const copy_at *at, const bp_account *account)
{
    const bp_organization *org = at->context->org;
    const bp_account *holder = at->own_account ? account : bp_org_account(org, at->to->account);
    const bp_org_vault *vault =
        holder == NULL ? NULL : bp_org_vault_in(holder, at->to->name, at->region);
    return at->air_gapped || (vault != NULL && vault->kind == BP_VAULT_AIR_GAPPED);
}

/* CPY011: types that an air-gapped vault does not take. */
static void
judge_air_gap(const copy_at *at, const bp_named_group *group)
{
    bp_type_list bad = {0};
    bp_cell_rows rows = {0};
    bool sure = true;
    size_t unknown = 0;
    const bp_cell_rows *all = cells_of(at, group);
    for (size_t i = 0; i < group->types.count; i++) {
        const bp_type *type = group->types.at[i];
        if (type->air_gapped_vault == BP_ABSENT && !bp_type_never_copies(type)) {
            *bp_vec_add(at->context->arena, &bad) = type;
            sure = sure && bp_type_mark(type, "air_gapped_vault") == BP_MARK_VERIFIED;
        }
        unknown += type->air_gapped_vault == BP_UNKNOWN && !bp_type_never_copies(type);
    }
    for (size_t i = 0; i < all->count && bad.count + unknown > 0; i++) {
        if (goes_into_air_gap(at, &at->context->org->accounts.at[all->at[i].account])) {
            *bp_vec_add(at->context->arena, &rows) = all->at[i];
        }
    }
    if (rows.count > 0 || (at->air_gapped && all->count == 0)) {
        at->causes->unknown_air_gap += unknown;
        add_types(at, "CPY011", group, &bad, sure, &rows);
    }
}

/* Whether advanced features are on: the opt-in of the management account counts everywhere, who
 * decides about "managed" is not sure. */
static bool
is_off(const bp_account *account, const bp_account *management, int region, bp_str api)
{
    if (account == NULL) {
        return false;
    }
    bool opted_out = bp_org_opted_in(account, region, api) == BP_ABSENT;
    if (opted_out && account != management && management != NULL &&
        bp_org_opted_in(management, region, api) == BP_PRESENT) {
        opted_out = false;
    }
    return opted_out || bp_org_managed(account, region, api) == BP_ABSENT;
}

static bool
is_on(const bp_account *account, const bp_account *management, int region, bp_str api)
{
    return management != NULL && bp_org_managed(account, region, api) == BP_PRESENT &&
           bp_org_managed(management, region, api) == BP_PRESENT &&
           bp_org_opted_in(management, region, api) == BP_PRESENT;
}

/* CPY004: types that copy only with advanced features. */
static void
judge_advanced(const copy_at *at, const bp_named_group *group)
{
    const bp_type *type = NULL;
    const bp_organization *org = at->context->org;
    for (size_t i = 0; i < group->types.count && type == NULL; i++) {
        type = bp_type_has_advanced(at->context->facts, group->types.at[i]) ? group->types.at[i]
                                                                            : NULL;
    }
    if (type == NULL) {
        return;
    }
    const bp_cell_rows *all = cells_of(at, group);
    bp_cell_rows off = {0};
    bp_cell_rows open = {0};
    const bp_account *management = org != NULL ? bp_org_management(org) : NULL;
    bp_str api = bp_str_of(type->api_name);
    for (size_t i = 0; org != NULL && i < all->count; i++) {
        const bp_account *account = &org->accounts.at[all->at[i].account];
        bp_region_mask none = 0;
        bp_region_mask some = 0;
        for (bp_region_mask rest = all->at[i].regions; rest != 0; rest &= rest - 1) {
            int region = bp_mask_first(rest);
            if (is_off(account, management, region, api) &&
                is_off(management, management, region, api)) {
                none |= BP_REGION_BIT(region);
            } else if (!is_on(account, management, region, api)) {
                some |= BP_REGION_BIT(region);
            }
        }
        if (none != 0) {
            *bp_vec_add(at->context->arena, &off) = (bp_cell_row){all->at[i].account, none};
        }
        if (some != 0) {
            *bp_vec_add(at->context->arena, &open) = (bp_cell_row){all->at[i].account, some};
        }
    }
    if (off.count == 0 && open.count == 0 && all->count > 0) {
        return;
    }
    bp_copy_cause *cause = bp_copy_cause_of(at->causes, "CPY004", at->use, at->copy, BP_OFF);
    cause->region = at->region;
    bp_copy_cause_type(at->causes, cause, type, group->span);
    if (cause->selection == NULL) {
        cause->selection = group->selection;
    }
    if (off.count > 0) {
        if (!cause->sure) {
            cause->rows = (bp_cell_rows){0};
        }
        cause->sure = true;
        bp_copy_cause_rows(at->causes, cause, &off);
    } else if (!cause->sure) {
        bp_copy_cause_rows(at->causes, cause, &open);
    }
}

/* CPY014: a selection whose types nobody knows. */
static void
judge_open(const copy_at *at, const bp_named_types *named)
{
    bp_copy_cause *cause = NULL;
    for (size_t i = 0; named->open != NULL && i < named->possible.count; i++) {
        if (!bp_type_never_copies(named->possible.at[i])) {
            continue;
        }
        cause = bp_copy_cause_of(at->causes, "CPY014", at->use, at->copy, BP_INFO);
        cause->selection = cause->selection != NULL ? cause->selection : named->open;
        bp_copy_cause_type(at->causes, cause, named->possible.at[i], BP_NOWHERE);
    }
}

static void
judge_copy(bp_copy_causes *causes, const bp_plan_use *use, const bp_named_types *named,
           const bp_node *rule, const bp_node *copy)
{
    const bp_check_context *context = causes->context;
    copy_at at = {.causes = causes,
                  .context = context,
                  .use = use,
                  .named = named,
                  .rule = rule,
                  .copy = copy,
                  .to = bp_copy_destination(copy)};
    at.region = at.to != NULL ? bp_region_index(context->facts, at.to->region) : -1;
    if (at.region < 0 || (bp_home_regions(context) & BP_REGION_BIT(at.region)) == 0) {
        return;
    }
    const bp_bound_vault *vault = bp_model_vault(context->model, at.to->name);
    at.own_account = bp_reference_is_own_account(at.to);
    at.air_gapped = vault != NULL && vault->vault->air_gapped;
    judge_self(&at);
    for (size_t g = 0; g < named->groups.count; g++) {
        judge_support(&at, &named->groups.at[g]);
        judge_regions(&at, &named->groups.at[g]);
        judge_one_step(&at, &named->groups.at[g]);
        judge_air_gap(&at, &named->groups.at[g]);
        judge_advanced(&at, &named->groups.at[g]);
    }
    judge_open(&at, named);
}

/* `passing` is the context of what is known of this plan alone. */
static void
judge_use(bp_copy_causes *causes, const bp_check_context *passing, const bp_plan_use *use)
{
    bp_named_types named = {0};
    bool filled = false;
    for (const bp_node *rule = bp_node_first(use->plan, "rules"); rule != NULL; rule = rule->next) {
        const bp_node *copy = bp_node_first(rule, "copy_actions");
        for (; copy != NULL; copy = copy->next) {
            if (!filled) {
                named = bp_named_types_of(passing, use);
                filled = true;
            }
            judge_copy(causes, use, &named, rule, copy);
        }
    }
}

void
bp_check_copies(const bp_check_context *context)
{
    bp_copy_causes causes = {.context = context};
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    for (size_t i = 0; i < uses->count; i++) {
        bp_check_context passing = *context;
        passing.arena = bp_arena_scratch(context->arena);
        judge_use(&causes, &passing, &uses->at[i]);
        bp_arena_release(context->arena, passing.arena);
    }
    bp_copy_causes_report(&causes);
    if (causes.unknown_support > 0) {
        bp_skip_check(context->diagnostics, "CPY001", causes.unknown_support,
                      "no table says whether these types are copied");
    }
    if (causes.unknown_air_gap > 0) {
        bp_skip_check(context->diagnostics, "CPY011", causes.unknown_air_gap,
                      "no table says whether an air-gapped vault takes these types");
    }
}
