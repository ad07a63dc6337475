/*
 * TOP: targets without accounts, policies without targets, the age of the inventory, and the
 * management account, which backup policies reach and service-managed stack sets never do.
 * TOP001 and TOP002 belong to binding, TOP010 and TOP014 to the reader of the inventory.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/needs.h"

#include <inttypes.h>

enum { SECONDS_A_DAY = 86400, STATES_SHOWN = 5, NAMES_SHOWN = 6 };

/* Whether every list of accounts at or below the OU was looked at. */
static bool
looked_at(const bp_organization *org, const bp_ou *ou)
{
    for (uint32_t i = (uint32_t)(ou - org->ous.at); i < ou->end_ou; i++) {
        if (!org->ous.at[i].accounts_known || !org->ous.at[i].ous_known) {
            return false;
        }
    }
    return true;
}

static void
judge_target(const bp_check_context *context, const bp_bound_policy *policy,
             const bp_bound_target *target)
{
    const bp_organization *org = context->org;
    bp_range range = {0, 0};
    if (target->ou != NULL) {
        range = (bp_range){target->ou->first_account, target->ou->end_account};
    } else {
        range.first = bp_account_index(org, target->account);
        range.end = range.first + 1;
    }
    bp_ranges ranges = {&range, 1, 1};
    if (bp_ranges_active(org, &ranges) > 0) {
        return;
    }
    if (target->ou != NULL && !looked_at(org, target->ou)) {
        bp_skip_check(context->diagnostics, "TOP005", 1,
                      "the tree of the inventory is not complete");
        return;
    }
    size_t there = range.end - range.first;
    bp_diagnostics *list = context->diagnostics;
    bp_finding *finding =
        bp_report(list, "TOP005", target->ref->span, "%s; a policy protects active accounts only",
                  target->account != NULL ? "this account is not active"
                  : there == 0            ? "no account stands at or below this target"
                                          : "no account at or below this target is active");
    bp_finding_mark(list, finding, "no active account");
    bp_finding_label(list, finding,
                     target->ou != NULL ? target->ou->span : org->accounts.at[range.first].span,
                     "the target in the inventory");
    for (uint32_t i = range.first; i < range.end && i < range.first + STATES_SHOWN; i++) {
        const bp_account *account = &org->accounts.at[i];
        bp_finding_note(list, finding, "\"%.*s\" (%.*s) is %s", BP_ARG(account->name),
                        BP_ARG(account->id), bp_account_state_name(account->state));
    }
    bp_finding_scope(list, finding,
                     bp_node_scope(context->arena, policy->policy->name, policy->policy->document));
}

/* Without an inventory no target was looked up; counts what binding would have judged. */
static void
skip_targets(const bp_check_context *context)
{
    size_t ous = 0;
    size_t accounts = 0;
    size_t all = 0;
    for (size_t i = 0; i < context->program->policies.count; i++) {
        const bp_target_refs *refs = &context->program->policies.at[i]->attach;
        for (size_t t = 0; t < refs->count; t++) {
            ous += refs->at[t].kind == BP_TARGET_OU && !refs->at[t].unknown;
            accounts += refs->at[t].kind == BP_TARGET_ACCOUNT && !refs->at[t].unknown;
            all += !refs->at[t].unknown;
        }
    }
    bp_skip_without_inventory(context, "TOP001", ous);
    bp_skip_without_inventory(context, "TOP002", accounts);
    bp_skip_without_inventory(context, "TOP005", all);
}

void
bp_check_targets(const bp_check_context *context)
{
    if (context->program != NULL && context->org == NULL) {
        skip_targets(context);
    }
    for (size_t i = 0; context->program != NULL && i < context->program->policies.count; i++) {
        const bp_policy *policy = context->program->policies.at[i];
        if (policy->attach.count == 0 && !policy->alone) {
            bp_finding *finding =
                bp_report(context->diagnostics, "TOP012", policy->span,
                          "policy \"%.*s\" is attached nowhere; without a target it protects "
                          "nothing",
                          BP_ARG(policy->name));
            bp_finding_mark(context->diagnostics, finding, "no target");
            bp_finding_help(context->diagnostics, finding,
                            "name its targets with attach, or delete the policy");
        }
    }
    for (size_t i = 0;
         context->model != NULL && context->org != NULL && i < context->model->policies.count;
         i++) {
        const bp_bound_policy *policy = &context->model->policies.at[i];
        for (size_t t = 0; t < policy->targets.count; t++) {
            judge_target(context, policy, &policy->targets.at[t]);
        }
    }
}

/* What a policy needs in the management account and does not find there. */
typedef struct trap {
    const bp_check_context *context;
    const bp_account *account; /* NULL: not in the tree */
    bp_map *vaults;            /* names, each once */
    bp_map *roles;
    bp_region_mask regions;
    bp_span first; /* the first need */
    bool declared;
    bool unknown;
} trap;

static void
add_name(trap *found, bp_map *names, bp_str name, bp_span span)
{
    bp_map_set(names, name, found);
    if (!bp_span_exists(found->first)) {
        found->first = span;
    }
}

/* Regions that the places of a need want in the management account; *any: it gets one of them. */
static bp_region_mask
management_regions(const bp_need_place *places, size_t count, bool *any)
{
    bp_region_mask wanted = 0;
    *any = false;
    for (size_t i = 0; i < count; i++) {
        if (places[i].use->management) {
            *any = true;
            wanted |= places[i].regions;
        }
    }
    return wanted;
}

static void
trap_vault(trap *found, const bp_vault_need *need)
{
    bool any = false;
    bp_region_mask wanted = management_regions(need->places.at, need->places.count, &any);
    bp_region_mask present = 0;
    bp_region_mask absent = 0;
    if (found->account != NULL) {
        wanted &= ~(found->account->regions_known
                        ? bp_regions_opt_in(found->context->facts) & ~found->account->regions
                        : (bp_region_mask)0);
        bp_org_vault_regions(found->account, need->name, &present, &absent);
    }
    bp_region_mask missing = need->vault != NULL ? wanted & ~present : wanted & absent;
    if (missing != 0) {
        found->declared = found->declared || need->vault != NULL;
        found->regions |= missing;
        add_name(found, found->vaults, need->name, need->name_span);
    } else if ((wanted & ~present & ~absent) != 0) {
        found->unknown = true;
    }
}

static void
trap_role(trap *found, const bp_role_need *need)
{
    const bp_reference *reference = need->reference;
    bool any = false;
    (void)management_regions(need->places.at, need->places.count, &any);
    if (!any) {
        return;
    }
    bp_answer answer = found->account == NULL
                           ? BP_UNKNOWN
                           : bp_org_role_answer(found->account, reference->path, reference->name);
    if (answer == BP_PRESENT) {
        return;
    }
    if (answer == BP_UNKNOWN && need->role == NULL) {
        found->unknown = true;
        return;
    }
    found->declared = found->declared || need->role != NULL;
    add_name(found, found->roles, reference->name, reference->name_span);
}

/* The target through which the policy reaches the account. */
static const bp_bound_target *
target_of(const bp_check_context *context, const bp_bound_policy *policy,
          const bp_account *management)
{
    for (size_t i = 0; i < policy->targets.count; i++) {
        const bp_bound_target *target = &policy->targets.at[i];
        if (management == NULL ? target->ou != NULL && target->ou->depth == 0
                               : target->account == management ||
                                     (target->ou != NULL &&
                                      bp_org_ou_contains(context->org, target->ou, management))) {
            return target;
        }
    }
    return NULL;
}

static void
note_names(const bp_check_context *context, bp_finding *finding, const char *what,
           const bp_map *names)
{
    size_t count = bp_map_count(names);
    bp_buf text = {.arena = context->arena};
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
        bp_buf_format(&text, "%s\"%.*s\"", i > 0 ? ", " : "", BP_ARG(bp_map_at(names, i)->key));
    }
    if (count > NAMES_SHOWN) {
        bp_buf_format(&text, " and %zu more", count - NAMES_SHOWN);
    }
    if (count > 0) {
        bp_finding_note(context->diagnostics, finding, "missing there: %s%s %.*s", what,
                        bp_plural((int64_t)count), BP_ARG(bp_buf_text(&text)));
    }
}

static void
report_trap(const bp_check_context *context, const bp_bound_policy *policy, const trap *found)
{
    bp_diagnostics *list = context->diagnostics;
    const bp_bound_target *target = target_of(context, policy, found->account);
    const char *what = bp_map_count(found->vaults) == 0  ? "the role"
                       : bp_map_count(found->roles) == 0 ? "the vault"
                                                         : "the role and the vault";
    bp_finding *finding = bp_report(
        list, "TOP006", target != NULL ? target->ref->span : policy->policy->span,
        found->declared
            ? "the policy reaches the management account, where stack sets never deploy %s"
            : "the policy reaches the management account, which lacks %s that it needs",
        what);
    bp_finding_mark(list, finding, "reaches the management account");
    bp_finding_label(list, finding, found->first, "needed here");
    if (found->account != NULL) {
        bp_finding_label(list, finding, found->account->span, "the management account");
    }
    bp_cell_row row = {found->account != NULL ? bp_account_index(context->org, found->account) : 0,
                       found->regions};
    bp_cell_rows rows = {&row, 1, 1};
    if (found->account != NULL) {
        bp_cells_tell(context, finding, &rows);
    }
    note_names(context, finding, "vault", found->vaults);
    note_names(context, finding, "role", found->roles);
    bp_finding_note(list, finding,
                    "unlike service control policies, backup policies apply to the management "
                    "account");
    bp_finding_help(list, finding,
                    "attach the policy to the OUs below the root, or set TOP006 to warning in the "
                    "manifest: build then writes plain stacks for that account");
    bp_finding_scope(list, finding,
                     bp_node_scope(context->arena, policy->policy->name, policy->policy->document));
}

void
bp_check_management_account(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL) {
        return;
    }
    if (context->org == NULL) {
        bp_skip_without_inventory(context, "TOP006", context->model->policies.count);
        return;
    }
    const bp_needs *needs = bp_needs_of(context);
    size_t unknown = 0;
    for (size_t i = 0; i < context->model->policies.count; i++) {
        const bp_bound_policy *policy = &context->model->policies.at[i];
        if (!policy->reaches_management) {
            continue;
        }
        trap found = {.context = context,
                      .account = bp_org_management(context->org),
                      .vaults = bp_map_new(context->arena),
                      .roles = bp_map_new(context->arena)};
        for (size_t n = 0; n < needs->vaults.count; n++) {
            if (needs->vaults.at[n].bound == policy && !needs->vaults.at[n].elsewhere) {
                trap_vault(&found, &needs->vaults.at[n]);
            }
        }
        for (size_t n = 0; n < needs->roles.count; n++) {
            if (needs->roles.at[n].bound == policy) {
                trap_role(&found, &needs->roles.at[n]);
            }
        }
        if (bp_map_count(found.vaults) + bp_map_count(found.roles) > 0) {
            report_trap(context, policy, &found);
        }
        unknown += found.unknown;
    }
    if (unknown > 0) {
        bp_skip_check(context->diagnostics, "TOP006", 1,
                      "vaults or roles of the management account are not known");
    }
}

/* The whole day that an instant lies in. */
static int64_t
day_of(int64_t instant)
{
    return instant >= 0 ? instant / SECONDS_A_DAY : (instant - SECONDS_A_DAY + 1) / SECONDS_A_DAY;
}

void
bp_check_inventory_age(const bp_check_context *context)
{
    const bp_organization *org = context->org;
    if (org == NULL) {
        return;
    }
    bp_diagnostics *list = context->diagnostics;
    bp_span span =
        bp_span_exists(org->captured_span) ? org->captured_span : bp_span_of(org->source, 0, 0);
    int64_t limit = context->manifest != NULL ? context->manifest->inventory_max_age_days : 30;
    bp_finding *finding = NULL;
    if (!org->captured_known && org->captured_at.size > 0 &&
        !bp_str_is(org->captured_at, "unknown")) {
        return; /* it is no time at all: the reader said so */
    }
    if (!org->captured_known) {
        finding = bp_report(list, "TOP011", span,
                            "the inventory does not say when it was captured; its age cannot be "
                            "judged");
    } else if (day_of(org->captured) > day_of(context->as_of)) {
        finding = bp_report(list, "TOP011", span,
                            "the inventory was captured on %.*s, which is in the future",
                            BP_ARG(org->captured_at));
    } else if (context->as_of - org->captured > limit * SECONDS_A_DAY) {
        int64_t days = (context->as_of - org->captured) / SECONDS_A_DAY;
        finding = bp_report(list, "TOP011", span,
                            "the inventory is %" PRId64 " days old; the limit is %" PRId64 " days",
                            days, limit);
    }
    if (finding != NULL) {
        bp_finding_note(list, finding,
                        "every finding about accounts, vaults and roles rests on it");
        bp_finding_help(list, finding,
                        "collect it again and write the day into captured_at: YYYY-MM-DD");
    }
}
