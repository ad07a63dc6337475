/*
 * VLT008, VLT012: what is kept in a locked vault. A lock has bounds for the retention of everything
 * that comes in, and AWS Backup fails the job whose retention is outside; under a compliance lock
 * without a maximum nobody can remove what has no retention.
 *
 * Locks that the inventory does not tell are skipped and counted. Whether a declared lock is one
 * that AWS takes is VLT006.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/forms.h"
#include "compiler/checks/stores.h"
#include "compiler/checks/walk.h"

#define RETENTION "lifecycle/delete_after_days"

/* The lock of one kind of vault. */
typedef struct vault_lock {
    bp_lock_mode mode;
    int64_t min; /* days; 0 = no bound */
    int64_t max;
    bp_span span; /* where it is said */
    bool listed;  /* by the inventory */
} vault_lock;

/* How long something is kept. */
typedef struct retention {
    bool known;
    const bp_value *value; /* NULL: for ever */
    int64_t days;
    bool of_rule; /* a copy without one follows its rule */
} retention;

typedef enum breach { BREACH_SHORT, BREACH_LONG, BREACH_FOR_EVER, BREACH_IMMORTAL } breach;

/* One reason at one place of a policy. */
typedef struct cause {
    breach kind;
    const bp_store *store;
    const bp_policy *policy;
    retention kept;
    vault_lock lock;
    bp_span span; /* of the finding */
    bp_cell_rows rows;
} cause;

typedef struct locks {
    const bp_check_context *context;
    const bp_check_context *scratch; /* for one store */
    BP_VEC(cause) causes;
    bp_account_set unknown;
    size_t without_inventory;
} locks;

static vault_lock
lock_of(const bp_check_context *context, const bp_store_vault *vault)
{
    if (vault->declared != NULL) {
        const bp_lock *written = &vault->declared->lock;
        bool air_gapped = vault->declared->air_gapped;
        vault_lock found = {
            .mode = air_gapped || written->word == BP_COMPLIANCE ? BP_LOCK_COMPLIANCE
                    : written->word == BP_GOVERNANCE             ? BP_LOCK_GOVERNANCE
                                                                 : BP_LOCK_NONE,
            .min = written->min_days,
            .max = written->max_days,
            .span = bp_span_exists(written->span) ? written->span : vault->declared->span};
        if (found.mode != BP_LOCK_NONE && !bp_lock_is_good(context->facts, written)) {
            found.mode = BP_LOCK_UNKNOWN; /* VLT006, VLT009 */
        }
        return found;
    }
    const bp_org_vault *listed = vault->listed;
    return (vault_lock){.mode = listed->lock,
                        .min = listed->lock_min > 0 ? listed->lock_min : 0,
                        .max = listed->lock_max > 0 ? listed->lock_max : 0,
                        .span = listed->span,
                        .listed = true};
}

/* The retention that a rule or copy says; for ever when it says none. */
static retention
retention_at(const bp_check_context *context, const bp_node *node)
{
    retention kept = {.value = bp_node_value(node, RETENTION)};
    bool event = bp_node_at(node, "lifecycle/delete_after_event") != NULL;
    if (kept.value == NULL) {
        kept.known = !node->holes && !event && bp_node_at(node, RETENTION) == NULL;
    } else {
        kept.known = !event && bp_node_number(node, RETENTION, &kept.days) && kept.days >= 1 &&
                     kept.days <= bp_quota_find(context->facts, "DAYS_MAX")->value;
    }
    return kept;
}

static retention
retention_of(const bp_check_context *context, const bp_store *store)
{
    retention kept = retention_at(context, store->node);
    if (store->copy && kept.known && kept.value == NULL) {
        kept = retention_at(context, store->rule);
        kept.of_rule = true;
    }
    return kept;
}

/* Where a finding belongs: the days, or what has none. */
static bp_span
place_of(const bp_store *store, const retention *kept)
{
    return kept->value == NULL || kept->of_rule ? store->node->span : kept->value->span;
}

static void
add_cause(locks *run, const bp_store *store, const retention *kept, const vault_lock *lock,
          breach kind, const bp_cell_rows *rows)
{
    const bp_policy *policy = bp_store_policy(run->context, store);
    bp_span span = place_of(store, kept);
    for (size_t i = run->causes.count; i > 0; i--) {
        cause *known = &run->causes.at[i - 1];
        if (known->policy != policy && !store->use->merged) {
            break;
        }
        if (known->policy == policy && known->kind == kind && bp_span_equal(known->span, span) &&
            known->lock.min == lock->min && known->lock.max == lock->max) {
            bp_cells_add(run->context->arena, &known->rows, rows);
            return;
        }
    }
    bp_store *kept_store = BP_NEW(run->context->arena, bp_store);
    *kept_store = *store;
    cause *fresh = bp_vec_add(run->context->arena, &run->causes);
    *fresh = (cause){kind, kept_store, policy, *kept, *lock, span, {0}};
    bp_cells_add(run->context->arena, &fresh->rows, rows);
}

static void
judge_vault(locks *run, const bp_store *store, const retention *kept, const bp_store_vault *vault)
{
    vault_lock lock = lock_of(run->context, vault);
    if (lock.mode == BP_LOCK_UNKNOWN) {
        for (size_t i = 0; lock.listed && i < vault->rows.count; i++) {
            bp_account_set_add(run->context, &run->unknown, vault->rows.at[i].account);
        }
        return;
    }
    if (lock.mode == BP_LOCK_NONE) {
        return;
    }
    if (kept->value == NULL && lock.max > 0) {
        add_cause(run, store, kept, &lock, BREACH_FOR_EVER, &vault->rows);
    } else if (kept->value == NULL && lock.mode == BP_LOCK_COMPLIANCE) {
        add_cause(run, store, kept, &lock, BREACH_IMMORTAL, &vault->rows);
    } else if (kept->value != NULL && lock.min > 0 && kept->days < lock.min) {
        add_cause(run, store, kept, &lock, BREACH_SHORT, &vault->rows);
    } else if (kept->value != NULL && lock.max > 0 && kept->days > lock.max) {
        add_cause(run, store, kept, &lock, BREACH_LONG, &vault->rows);
    }
}

static void
judge_store(void *state, const bp_store *store)
{
    locks *run = state;
    retention kept = retention_of(run->context, store);
    const bp_bound_vault *ours = store->vault;
    if (!kept.known || (ours != NULL && ours->placed_by_need && !ours->vault->air_gapped &&
                        ours->vault->lock.word == BP_NO_LOCK)) {
        return; /* brought everywhere, and without a lock */
    }
    run->without_inventory += run->context->org == NULL && store->vault == NULL;
    bp_store_vaults vaults = bp_store_vaults_of(run->scratch, store);
    for (size_t i = 0; i < vaults.count; i++) {
        judge_vault(run, store, &kept, &vaults.at[i]);
    }
    bp_arena_reset(run->scratch->arena);
}

static bp_finding *
start(const locks *run, const cause *of)
{
    bp_diagnostics *list = run->context->diagnostics;
    const char *kept = of->store->copy ? "copies" : "backups";
    bp_str name = of->store->name;
    long long days = of->kept.days;
    switch (of->kind) {
    case BREACH_SHORT:
        return bp_report(list, "VLT008", of->span,
                         "%s kept %lld day%s in vault \"%.*s\"; its lock takes %lld days or more",
                         kept, days, bp_plural((size_t)days), BP_ARG(name),
                         (long long)of->lock.min);
    case BREACH_LONG:
        return bp_report(list, "VLT008", of->span,
                         "%s kept %lld days in vault \"%.*s\"; its lock takes %lld days or less",
                         kept, days, BP_ARG(name), (long long)of->lock.max);
    case BREACH_FOR_EVER:
        return bp_report(list, "VLT008", of->span,
                         "%s without retention in vault \"%.*s\"; its lock takes %lld days or less",
                         kept, BP_ARG(name), (long long)of->lock.max);
    case BREACH_IMMORTAL:
        return bp_report(list, "VLT012", of->span,
                         "%s without retention in vault \"%.*s\"; under its compliance lock nobody "
                         "can ever remove them",
                         kept, BP_ARG(name));
    }
    return NULL;
}

/* The nearest number of days that the lock takes, written as the user writes it. */
static void
offer_days(const locks *run, const cause *of, bp_finding *finding)
{
    const bp_value *value = of->kept.value;
    bp_place place = {.context = run->context, .policy = of->policy, .node = of->store->node};
    int64_t days = of->kind == BREACH_SHORT ? of->lock.min : of->lock.max;
    bp_str text;
    if (value == NULL) {
        bp_finding_help(run->context->diagnostics, finding, "set a retention%s",
                        of->kind == BREACH_FOR_EVER ? " within the lock" : "");
        return;
    }
    if (of->kept.of_rule) {
        bp_finding_help(run->context->diagnostics, finding,
                        "give the copy a retention of its own, of %lld days for instance",
                        (long long)days);
        return;
    }
    if (!bp_span_exists(value->declared) && bp_value_rewrite(&place, value, days, &text)) {
        bp_finding_fix(run->context->diagnostics, finding, false, value->span, text,
                       "replace with %.*s", BP_ARG(text));
    } else {
        bp_finding_help(run->context->diagnostics, finding, "keep them %lld days for instance",
                        (long long)days);
    }
}

static void
report(const locks *run, const cause *of)
{
    const bp_check_context *context = run->context;
    bp_diagnostics *list = context->diagnostics;
    bp_finding *finding = start(run, of);
    bp_str range = of->lock.min > 0 && of->lock.max > 0
                       ? bp_str_format(context->arena, "%lld to %lld days", (long long)of->lock.min,
                                       (long long)of->lock.max)
                   : of->lock.max > 0
                       ? bp_str_format(context->arena, "at most %lld days", (long long)of->lock.max)
                       : bp_str_format(context->arena, "at least %lld day%s",
                                       (long long)of->lock.min, bp_plural((size_t)of->lock.min));
    if (of->kind == BREACH_FOR_EVER) {
        finding->severity = BP_WARNING;
    }
    if (of->kept.of_rule) {
        bp_finding_mark(list, finding, "has no retention of its own");
        bp_finding_label(list, finding,
                         of->kept.value != NULL ? of->kept.value->span : of->store->rule->span,
                         "so it follows its rule");
    }
    bp_finding_label(list, finding, of->lock.span, "%s lock: %.*s",
                     of->lock.mode == BP_LOCK_COMPLIANCE ? "compliance" : "governance",
                     BP_ARG(range));
    bp_finding_uses(context, finding, of->store->value->uses);
    bp_finding_scope(list, finding,
                     bp_node_scope(context->arena, of->policy->name, of->store->node));
    if (context->org != NULL) {
        bp_cells_tell(context, finding, &of->rows);
    }
    offer_days(run, of, finding);
}

void
bp_check_locks(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL) {
        return;
    }
    bp_check_context scratch = bp_scratch_context(context);
    locks run = {.context = context, .scratch = &scratch};
    bp_each_store(context, judge_store, &run);
    bp_arena_release(context->arena, scratch.arena);
    for (size_t i = 0; i < run.causes.count; i++) {
        report(&run, &run.causes.at[i]);
    }
    if (run.unknown.count > 0) {
        bp_skip_check(context->diagnostics, "VLT008", run.unknown.count,
                      "the lock of a vault is not known in %zu account%s", run.unknown.count,
                      bp_plural(run.unknown.count));
        bp_skip_check(context->diagnostics, "VLT012", run.unknown.count,
                      "the lock of a vault is not known in %zu account%s", run.unknown.count,
                      bp_plural(run.unknown.count));
    }
    bp_skip_without_inventory(context, "VLT008", run.without_inventory);
    bp_skip_without_inventory(context, "VLT012", run.without_inventory);
}
