/*
 * Instances of a stack set that are no longer wanted: the earlier targets less what the present
 * ones cover.
 *
 * A target is an OU in a Region. What covers it may have moved up (then nothing goes) or down (then
 * what is still covered is taken out of the removal, account by account). An OU that the inventory
 * does not know is removed as it was named.
 */
#include "compiler/emit/removal_parts.h"

/* What one DeleteStackInstances takes. */
typedef struct bp_cut {
    bp_strings ous;
    bp_strings regions;
    bp_strings accounts;
    const char *filter; /* NULL: none; INTERSECTION: these accounts; DIFFERENCE: all but these */
} bp_cut;

typedef BP_VEC(bp_cut) bp_cuts;

static const bp_ou *
ou_of(const bp_organization *org, bp_str id)
{
    return org == NULL ? NULL : bp_org_ou(org, id);
}

static bool
has(const bp_strings *list, bp_str text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (bp_str_equal(list->at[i], text)) {
            return true;
        }
    }
    return false;
}

/* Whether a group covers all that is at or below an OU. */
static bool
group_covers_ou(const bp_organization *org, const bp_instance_group *group, bp_str id)
{
    if (group->accounts.count > 0) {
        return false;
    }
    if (has(&group->ous, id)) {
        return true;
    }
    const bp_ou *ou = ou_of(org, id);
    while (ou != NULL && ou->depth > 0) {
        ou = &org->ous.at[ou->parent];
        if (has(&group->ous, ou->id)) {
            return true;
        }
    }
    return false;
}

static bool
covers_ou(const bp_organization *org, const bp_stack *now, bp_str id, bp_str region)
{
    for (size_t i = 0; now != NULL && i < now->groups.count; i++) {
        const bp_instance_group *group = &now->groups.at[i];
        if (has(&group->regions, region) && group_covers_ou(org, group, id)) {
            return true;
        }
    }
    return false;
}

static bool
covers_account(const bp_organization *org, const bp_stack *now, bp_str id, bp_str region)
{
    const bp_account *account = org == NULL ? NULL : bp_org_account(org, id);
    for (size_t i = 0; account != NULL && now != NULL && i < now->groups.count; i++) {
        const bp_instance_group *group = &now->groups.at[i];
        if (!has(&group->regions, region) ||
            (group->accounts.count > 0 && !has(&group->accounts, id))) {
            continue;
        }
        for (size_t n = 0; n < group->ous.count; n++) {
            const bp_ou *ou = ou_of(org, group->ous.at[n]);
            if (ou != NULL && bp_org_ou_contains(org, ou, account)) {
                return true;
            }
        }
    }
    return false;
}

/* Accounts at or below an OU that something narrower still covers. */
static bp_strings
still_covered(bp_arena *arena, const bp_organization *org, const bp_stack *now, bp_str id,
              bp_str region)
{
    bp_strings kept = {0};
    const bp_ou *ou = ou_of(org, id);
    for (size_t i = ou == NULL ? 0 : ou->first_account; ou != NULL && i < ou->end_account; i++) {
        bp_str account = org->accounts.at[i].id;
        if (covers_account(org, now, account, region)) {
            *bp_vec_add(arena, &kept) = account;
        }
    }
    return kept;
}

static bool
same(const bp_strings *a, const bp_strings *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!bp_str_equal(a->at[i], b->at[i])) {
            return false;
        }
    }
    return true;
}

/* Adds a Region to the cut of the same OUs and accounts, or begins one. */
static void
cut_region(bp_arena *arena, bp_cuts *cuts, const bp_cut *cut, bp_str region)
{
    for (size_t i = 0; i < cuts->count; i++) {
        bp_cut *other = &cuts->at[i];
        if (other->filter == cut->filter && same(&other->ous, &cut->ous) &&
            same(&other->accounts, &cut->accounts)) {
            *bp_vec_add(arena, &other->regions) = region;
            return;
        }
    }
    bp_cut *next = bp_vec_add(arena, cuts);
    *next = *cut;
    *bp_vec_add(arena, &next->regions) = region;
}

static void
cut_ou(removing *r, const bp_stack *now, bp_str ou, bp_str region, bp_cuts *cuts)
{
    static const char difference[] = "DIFFERENCE";
    bp_arena *arena = r->emission->arena;
    const bp_organization *org = r->emission->deployment->org;
    if (covers_ou(org, now, ou, region)) {
        return;
    }
    bp_cut cut = {.accounts = still_covered(arena, org, now, ou, region)};
    cut.filter = cut.accounts.count > 0 ? difference : NULL;
    *bp_vec_add(arena, &cut.ous) = ou;
    cut_region(arena, cuts, &cut, region);
}

static void
cut_accounts(removing *r, const bp_stack *now, const bp_instance_group *group, bp_str region,
             bp_cuts *cuts)
{
    static const char intersection[] = "INTERSECTION";
    bp_arena *arena = r->emission->arena;
    bp_cut cut = {.ous = group->ous, .filter = intersection};
    for (size_t i = 0; i < group->accounts.count; i++) {
        if (!covers_account(r->emission->deployment->org, now, group->accounts.at[i], region)) {
            *bp_vec_add(arena, &cut.accounts) = group->accounts.at[i];
        }
    }
    if (cut.accounts.count > 0) {
        cut_region(arena, cuts, &cut, region);
    }
}

/* Whole OUs of equal Regions go together; no more than the earlier group had, so within what one
 * call takes. */
static void
join_ous(bp_arena *arena, bp_cuts *cuts)
{
    size_t kept = 0;
    for (size_t i = 0; i < cuts->count; i++) {
        bp_cut *cut = &cuts->at[i];
        bp_cut *into = NULL;
        for (size_t n = 0; n < kept && cut->filter == NULL && into == NULL; n++) {
            bool fits = cuts->at[n].filter == NULL && same(&cuts->at[n].regions, &cut->regions);
            into = fits ? &cuts->at[n] : NULL;
        }
        for (size_t n = 0; into != NULL && n < cut->ous.count; n++) {
            *bp_vec_add(arena, &into->ous) = cut->ous.at[n];
        }
        if (into == NULL) {
            cuts->at[kept++] = *cut;
        }
    }
    cuts->count = kept;
}

static bp_str
listed(bp_arena *arena, const bp_strings *list)
{
    bp_buf out = {.arena = arena};
    for (size_t i = 0; i < list->count; i++) {
        bp_buf_add_c(&out, i == 0 ? "" : ", ");
        bp_buf_add(&out, list->at[i]);
    }
    return bp_buf_text(&out);
}

static bp_str
detail_of(bp_arena *arena, const bp_cut *cut)
{
    bp_str ous = listed(arena, &cut->ous);
    bp_str regions = listed(arena, &cut->regions);
    bp_str accounts = listed(arena, &cut->accounts);
    if (cut->filter == NULL) {
        return bp_str_format(arena, "%.*s in %.*s", BP_ARG(ous), BP_ARG(regions));
    }
    if (cut->filter[0] == 'I') {
        return bp_str_format(arena, "%.*s in %.*s", BP_ARG(accounts), BP_ARG(regions));
    }
    return bp_str_format(arena, "%.*s without %.*s in %.*s", BP_ARG(ous), BP_ARG(accounts),
                         BP_ARG(regions));
}

static void
remove_cut(removing *r, const bp_previous_stack *set, const bp_cut *cut, size_t number)
{
    bp_arena *arena = r->emission->arena;
    bp_json *body = bp_json_object(arena);
    bp_json_put_text(body, "StackSetName", set->stack_name);
    bp_json *targets = bp_json_put_object(body, "DeploymentTargets");
    bp_json_put(targets, "OrganizationalUnitIds", bp_texts(arena, &cut->ous));
    if (cut->filter != NULL) {
        bp_json_put(targets, "Accounts", bp_texts(arena, &cut->accounts));
        bp_json_put_c(targets, "AccountFilterType", cut->filter);
    }
    bp_json_put(body, "Regions", bp_texts(arena, &cut->regions));
    bp_json_put(body, "OperationPreferences", bp_operation_preferences(arena));
    bp_json_put_bool(body, "RetainStacks", true);
    bp_json_put_c(body, "CallAs", r->emission->call_as);
    bp_str input = bp_str_format(arena, "cli/remove-%.*s-%.*s.delete-stack-instances.%zu.json",
                                 BP_ARG(set->kind_word), BP_ARG(set->slug), number);
    bp_removal row = {.what = BP_REMOVE_INSTANCES,
                      .name = set->stack_name,
                      .detail = detail_of(arena, cut),
                      .input = input,
                      .vault = set->kind == BP_STACK_VAULT ? set->creates : (bp_str){0}};
    bp_removal_add(r, &row, body);
    bp_buf_format(&r->plan, "stack-instances\tremove-%.*s-%.*s\t%.*s\t%zu\n",
                  BP_ARG(set->kind_word), BP_ARG(set->slug), BP_ARG(set->stack_name), number);
}

void
bp_remove_instances(removing *r, const bp_previous_stack *set, const bp_stack *now)
{
    bp_arena *arena = r->emission->arena;
    size_t number = 0;
    for (size_t i = 0; i < set->groups.count; i++) {
        const bp_instance_group *group = &set->groups.at[i];
        bp_cuts cuts = {0};
        for (size_t n = 0; n < group->regions.count; n++) {
            if (group->accounts.count > 0) {
                cut_accounts(r, now, group, group->regions.at[n], &cuts);
            }
            for (size_t o = 0; group->accounts.count == 0 && o < group->ous.count; o++) {
                cut_ou(r, now, group->ous.at[o], group->regions.at[n], &cuts);
            }
        }
        join_ous(arena, &cuts);
        for (size_t n = 0; n < cuts.count; n++) {
            remove_cut(r, set, &cuts.at[n], ++number);
        }
    }
}
