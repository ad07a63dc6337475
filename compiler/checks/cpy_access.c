/*
 * CPY009, CPY010: what the vault at the other end of a copy lets in. CPY009: its access policy and
 * the accounts that copy; CPY010: its key and the types that are copied.
 *
 * A vault that the project deploys has the policy and key of its declaration; what the inventory
 * does not tell of other vaults is skipped and counted. That the vault exists is VLT002.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/override.h"
#include "compiler/checks/stores.h"
#include "compiler/checks/types.h"

/* One reason at one copy of a policy. */
typedef struct cause {
    const bp_store *store;
    const bp_policy *policy;
    bp_store_vault vault;
    bp_severity severity;
    bool partly; /* the pattern also takes types that are fully managed */
    bool open;   /* the types are not known */
    bool abroad; /* it crosses accounts, not Regions alone */
    bp_span named_at;
    bp_type_list types;
    bp_cell_rows rows;
} cause;

typedef BP_VEC(cause) cause_list;

typedef struct access {
    const bp_check_context *context;
    const bp_check_context *scratch; /* for one plan */
    const bp_plan_use *use;
    const bp_named_types *named; /* NULL: not looked up yet */
    cause_list shut;             /* CPY009 */
    cause_list keyless;          /* CPY010 */
    bp_account_set unknown_policy;
    bp_account_set unknown_key;
    size_t without_inventory;
    size_t keys_without_inventory;
} access;

static cause *
cause_of(access *run, cause_list *list, const bp_store *store, const bp_store_vault *vault,
         bp_severity severity)
{
    const bp_policy *policy = bp_store_policy(run->context, store);
    for (size_t i = list->count; i > 0; i--) {
        cause *known = &list->at[i - 1];
        if (known->policy != policy && !store->use->merged) {
            break;
        }
        if (known->policy == policy && known->severity == severity &&
            known->vault.declared == vault->declared && known->vault.listed == vault->listed &&
            bp_span_equal(known->store->name_span, store->name_span)) {
            return known;
        }
    }
    bp_store *kept = BP_NEW(run->context->arena, bp_store);
    *kept = *store;
    cause *fresh = bp_vec_add(run->context->arena, list);
    *fresh = (cause){.store = kept, .policy = policy, .vault = *vault, .severity = severity};
    return fresh;
}

static bool
is_listed(const bp_organization *org, const bp_org_vault *vault, const bp_account *account)
{
    for (size_t i = 0; i < vault->copy_from_ids.count; i++) {
        bp_str id = vault->copy_from_ids.at[i];
        const bp_ou *ou = bp_org_ou(org, id);
        if (bp_str_equal(id, account->id) || (ou != NULL && bp_org_ou_contains(org, ou, account))) {
            return true;
        }
    }
    return false;
}

static bool
is_source(const bp_organization *org, const bp_bound_vault *vault, const bp_account *account)
{
    for (size_t i = 0; i < vault->copy_sources.count; i++) {
        const bp_bound_target *source = &vault->copy_sources.at[i];
        if (source->self_is_organization || source->account == account ||
            (source->ou != NULL && bp_org_ou_contains(org, source->ou, account))) {
            return true;
        }
    }
    return vault->copy_source_holes;
}

/* Whether copies of an account come into the vault. */
static bp_answer
lets_in(const bp_organization *org, const bp_store *store, const bp_store_vault *vault,
        const bp_account *account)
{
    if (vault->declared != NULL) {
        return is_source(org, store->vault, account) ? BP_PRESENT : BP_ABSENT;
    }
    switch (vault->listed->copy_from) {
    case BP_COPY_FROM_UNKNOWN:
    case BP_COPY_FROM_OTHER:
        return BP_UNKNOWN;
    case BP_COPY_FROM_NONE:
        return BP_ABSENT;
    case BP_COPY_FROM_ORGANIZATION:
        return BP_PRESENT;
    case BP_COPY_FROM_LISTED:
        return is_listed(org, vault->listed, account) ? BP_PRESENT : BP_ABSENT;
    }
    return BP_UNKNOWN;
}

/* CPY009: accounts that the policy of the destination does not let in. */
static void
judge_policy(access *run, const bp_store *store, const bp_store_vault *vault)
{
    const bp_organization *org = run->context->org;
    bp_cell_rows shut = {0};
    for (size_t i = 0; i < store->use->accounts.count; i++) {
        uint32_t index = store->use->accounts.at[i];
        const bp_account *account = &org->accounts.at[index];
        bp_answer answer = account == store->to ? BP_PRESENT : lets_in(org, store, vault, account);
        if (answer == BP_ABSENT) {
            *bp_vec_add(run->scratch->arena, &shut) = (bp_cell_row){index, 0};
        } else if (answer == BP_UNKNOWN) {
            bp_account_set_add(run->context, &run->unknown_policy,
                               bp_account_index(org, store->to));
        }
    }
    if (shut.count > 0) {
        cause *found = cause_of(run, &run->shut, store, vault, BP_ERROR);
        bp_cells_add(run->context->arena, &found->rows, &shut);
    }
}

/* Whether the key of the vault is one that AWS manages; UNKNOWN where nobody looked. */
static bp_answer
has_managed_key(const bp_store_vault *vault)
{
    if (vault->declared != NULL) {
        return vault->declared->encryption == BP_ENCRYPT_AWS && !vault->declared->air_gapped
                   ? BP_PRESENT
                   : BP_ABSENT;
    }
    if (vault->listed->kind != BP_VAULT_STANDARD) {
        return BP_ABSENT;
    }
    switch (vault->listed->key) {
    case BP_KEY_UNKNOWN:
        return BP_UNKNOWN;
    case BP_KEY_AWS_BACKUP:
    case BP_KEY_AWS_SERVICE:
        return BP_PRESENT;
    case BP_KEY_CUSTOMER:
    case BP_KEY_AWS_OWNED:
        return BP_ABSENT;
    }
    return BP_UNKNOWN;
}

/* The cells from which the copy leaves its account, or else its Region. */
static bp_cell_rows
crossing(const access *run, const bp_store *store, const bp_cell_rows *all)
{
    bp_cell_rows rows = {0};
    for (size_t i = 0; i < all->count; i++) {
        const bp_account *account = &run->context->org->accounts.at[all->at[i].account];
        bool abroad = store->elsewhere && account != store->to;
        bp_region_mask from = all->at[i].regions & (abroad ? ~(bp_region_mask)0 : ~store->regions);
        if (from != 0) {
            *bp_vec_add(run->scratch->arena, &rows) = (bp_cell_row){all->at[i].account, from};
        }
    }
    return rows;
}

/* Types of a group that AWS Backup does not manage by itself. */
static bp_type_list
dependent(const access *run, const bp_named_group *group, bool *sure)
{
    bp_type_list bad = {0};
    for (size_t i = 0; i < group->types.count; i++) {
        const bp_type *type = group->types.at[i];
        if (type->full_management == BP_ABSENT && !bp_type_never_copies(type) &&
            !bp_type_has_advanced(run->context->facts, type)) {
            *bp_vec_add(run->scratch->arena, &bad) = type;
            *sure = *sure && bp_type_mark(type, "full_management") == BP_MARK_VERIFIED;
        }
    }
    return bad;
}

static void
judge_group(access *run, const bp_store *store, const bp_store_vault *vault,
            const bp_named_group *group)
{
    bool sure = true;
    bp_type_list bad = dependent(run, group, &sure);
    bp_cell_rows rows =
        crossing(run, store, group->listed ? &group->rows : &run->named->everywhere);
    bool leaves =
        rows.count > 0 || (store->use->accounts.count == 0 &&
                           (store->elsewhere || (store->use->usable & ~store->regions) != 0));
    if (bad.count == 0 || !leaves) {
        return;
    }
    bool error = sure && store->elsewhere && bad.count == group->types.count;
    cause *found = cause_of(run, &run->keyless, store, vault, error ? BP_ERROR : BP_WARNING);
    found->abroad = store->elsewhere;
    found->partly = found->partly || bad.count < group->types.count;
    found->named_at = bp_span_exists(found->named_at) ? found->named_at : group->span;
    bp_cells_add(run->context->arena, &found->rows, &rows);
    for (size_t b = 0; b < bad.count; b++) {
        bool known = false;
        for (size_t i = 0; i < found->types.count; i++) {
            known = known || found->types.at[i] == bad.at[b];
        }
        if (!known) {
            *bp_vec_add(run->context->arena, &found->types) = bad.at[b];
        }
    }
}

/* CPY010: types whose copies need a key of the customer. */
static void
judge_key(access *run, const bp_store *store, const bp_store_vault *vault)
{
    bp_answer managed = has_managed_key(vault);
    if (managed == BP_UNKNOWN) {
        for (size_t i = 0; i < vault->rows.count; i++) {
            bp_account_set_add(run->context, &run->unknown_key, vault->rows.at[i].account);
        }
    }
    if (managed != BP_PRESENT) {
        return;
    }
    if (run->named == NULL) {
        bp_named_types *named = BP_NEW(run->scratch->arena, bp_named_types);
        *named = bp_named_types_of(run->scratch, run->use);
        run->named = named;
    }
    size_t before = run->keyless.count;
    for (size_t g = 0; g < run->named->groups.count; g++) {
        judge_group(run, store, vault, &run->named->groups.at[g]);
    }
    if (run->named->open != NULL && store->elsewhere && run->keyless.count == before) {
        cause *found = cause_of(run, &run->keyless, store, vault, BP_WARNING);
        bp_cell_rows rows = crossing(run, store, &run->named->everywhere);
        found->abroad = true;
        found->open = true;
        found->named_at = run->named->open->span;
        bp_cells_add(run->context->arena, &found->rows, &rows);
    }
}

static void
judge_store(void *state, const bp_store *store)
{
    access *run = state;
    if (!store->copy) {
        return;
    }
    if (run->context->org == NULL) {
        run->without_inventory += store->elsewhere;
        run->keys_without_inventory += store->vault == NULL;
    }
    bp_store_vaults vaults = bp_store_vaults_of(run->scratch, store);
    for (size_t i = 0; i < vaults.count; i++) {
        const bp_store_vault *vault = &vaults.at[i];
        if (store->elsewhere && run->context->org != NULL) {
            judge_policy(run, store, vault);
        }
        judge_key(run, store, vault);
    }
}

static void
dress(const access *run, const cause *of, bp_finding *finding, const char *what)
{
    bp_diagnostics *list = run->context->diagnostics;
    const bp_store *store = of->store;
    bp_span span = of->vault.declared != NULL ? of->vault.declared->span : of->vault.listed->span;
    bp_finding_label(list, finding, span, "%s", what);
    bp_finding_uses(run->context, finding, store->value->uses);
    bp_finding_scope(list, finding,
                     bp_node_scope(run->context->arena, of->policy->name, store->node));
    if (run->context->org != NULL) {
        bp_cells_tell(run->context, finding, &of->rows);
    }
}

static void
report_policy(const access *run, const cause *of)
{
    bp_diagnostics *list = run->context->diagnostics;
    const bp_account *to = of->store->to;
    bool declared = of->vault.declared != NULL;
    bp_finding *finding = bp_report(
        list, "CPY009", of->store->name_span,
        "vault \"%.*s\" of account %.*s does not let in copies of %zu account%s; its access policy "
        "must allow each of them",
        BP_ARG(of->store->name), BP_ARG(to->id), of->rows.count, bp_plural(of->rows.count));
    bp_finding_mark(list, finding, "copies into it are denied");
    dress(run, of, finding,
          declared ? "allow_copies_from of this vault does not name them"
                   : "the inventory knows its access policy");
    bp_cells_note(run->context, finding, &of->rows, "not let in:");
    bp_finding_help(list, finding, "%s",
                    declared ? "add allow_copies_from = [organization] to the vault, or the "
                               "accounts or OUs that copy"
                             : "allow backup:CopyIntoBackupVault to these accounts, their OU or "
                               "the organization in the access policy of the vault");
}

static void
report_key(const access *run, const cause *of)
{
    bp_diagnostics *list = run->context->diagnostics;
    bp_str types = bp_type_words(run->context->arena, of->types.at, of->types.count);
    bool declared = of->vault.declared != NULL;
    bp_finding *finding = NULL;
    if (of->open) {
        finding = bp_report(list, "CPY010", of->store->name_span,
                            "vault \"%.*s\" has a key that AWS manages; types that AWS Backup "
                            "does not manage fully cannot be copied to another account with it",
                            BP_ARG(of->store->name));
    } else {
        finding = bp_report(
            list, "CPY010", of->store->name_span,
            of->abroad ? "%s%.*s: cannot be copied to another account under the key of "
                         "vault \"%.*s\"; it needs a key of your own"
                       : "%s%.*s: copies to another Region may fail under the key of "
                         "vault \"%.*s\"; it needs a key of your own",
            of->partly ? "some of what is selected, " : "", BP_ARG(types), BP_ARG(of->store->name));
    }
    finding->severity = of->severity;
    finding->aws = of->abroad ? finding->aws : BP_AWS_UNKNOWN;
    bp_finding_mark(list, finding, "under a key that AWS manages");
    if (bp_span_exists(of->named_at)) {
        bp_finding_label(list, finding, of->named_at, "%s",
                         of->open ? "this selection names no types" : "selected here");
    }
    dress(run, of, finding, declared ? "declared with such a key" : "the inventory knows its key");
    bp_finding_note(list, finding, "management of types as of %s", bp_facts_as_of());
    for (size_t i = 0; i < of->types.count; i++) {
        const bp_user_row *user = of->types.at[i]->user;
        bp_user_told(run->context, finding,
                     bp_user_row_sets(user, "full_management") ? user : NULL);
    }
    bp_finding_help(list, finding, "%s",
                    declared ? "encryption = customer_managed"
                             : "copy into a vault with a customer managed key that both accounts "
                               "may use");
}

static void
skip(const access *run, const char *code, const bp_account_set *unknown, const char *what)
{
    if (unknown->count > 0) {
        bp_skip_check(run->context->diagnostics, code, unknown->count,
                      "the %s of a vault is not known in %zu account%s", what, unknown->count,
                      bp_plural(unknown->count));
    }
}

void
bp_check_vault_access(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL) {
        return;
    }
    bp_check_context scratch = bp_scratch_context(context);
    access run = {.context = context, .scratch = &scratch};
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    for (size_t i = 0; i < uses->count; i++) {
        run.use = &uses->at[i];
        run.named = NULL;
        bp_each_store_of(context, run.use, judge_store, &run);
        bp_arena_reset(scratch.arena);
    }
    bp_arena_release(context->arena, scratch.arena);
    for (size_t i = 0; i < run.shut.count; i++) {
        report_policy(&run, &run.shut.at[i]);
    }
    for (size_t i = 0; i < run.keyless.count; i++) {
        report_key(&run, &run.keyless.at[i]);
    }
    skip(&run, "CPY009", &run.unknown_policy, "access policy");
    skip(&run, "CPY010", &run.unknown_key, "key");
    bp_skip_without_inventory(context, "CPY009", run.without_inventory);
    bp_skip_without_inventory(context, "CPY010", run.keys_without_inventory);
}
