/*
 * REG008, CPY013: copies that are less than they look like. REG008: a copy within the account whose
 * Region is also a Region of the plan, so that what lives there is copied next door. CPY013: the
 * copy of a continuous backup, which is a snapshot.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/stores.h"
#include "compiler/checks/walk.h"

/* One copy of a policy that stays in some Region. */
typedef struct cause {
    const bp_store *store;
    const bp_policy *policy;
    bp_cell_rows rows;
} cause;

typedef struct places {
    const bp_check_context *context;
    const bp_check_context *scratch; /* for one store */
    BP_VEC(cause) causes;
} places;

static cause *
cause_of(places *run, const bp_store *store)
{
    const bp_policy *policy = bp_store_policy(run->context, store);
    for (size_t i = run->causes.count; i > 0; i--) {
        cause *known = &run->causes.at[i - 1];
        if (known->policy != policy && !store->use->merged) {
            break;
        }
        if (known->policy == policy && bp_span_equal(known->store->node->span, store->node->span) &&
            bp_str_equal(known->store->name, store->name)) {
            return known;
        }
    }
    bp_store *kept = BP_NEW(run->context->arena, bp_store);
    *kept = *store;
    cause *fresh = bp_vec_add(run->context->arena, &run->causes);
    *fresh = (cause){.store = kept, .policy = policy};
    return fresh;
}

/* An air-gapped vault is reached by a copy alone, also from its own Region. */
static bool
is_air_gapped(const bp_check_context *context, const bp_store *store)
{
    bp_store_vaults vaults = bp_store_vaults_of(context, store);
    bool air_gapped = store->vault != NULL && store->vault->vault->air_gapped;
    for (size_t i = 0; i < vaults.count; i++) {
        const bp_org_vault *listed = vaults.at[i].listed;
        air_gapped = air_gapped || (listed != NULL && listed->kind == BP_VAULT_AIR_GAPPED);
    }
    return air_gapped;
}

static void
judge_store(void *state, const bp_store *store)
{
    places *run = state;
    const bp_plan_use *use = store->use;
    bp_str vault = {"", 0};
    if (!store->copy || store->elsewhere || (use->usable & store->regions) == 0 ||
        !bp_node_text(store->rule, "target_backup_vault_name", &vault) ||
        bp_str_equal(vault, store->name) || is_air_gapped(run->scratch, store)) {
        return;
    }
    cause *found = cause_of(run, store);
    bp_cell_rows rows = {0};
    for (size_t i = 0; i < use->accounts.count; i++) {
        *bp_vec_add(run->scratch->arena, &rows) =
            (bp_cell_row){use->accounts.at[i], store->regions};
    }
    bp_cells_add(run->context->arena, &found->rows, &rows);
    bp_arena_reset(run->scratch->arena);
}

static void
report_stay(const places *run, const cause *of)
{
    const bp_check_context *context = run->context;
    bp_diagnostics *list = context->diagnostics;
    const bp_store *store = of->store;
    int region = bp_mask_first(store->regions);
    size_t count = 0;
    const char *code = bp_regions(context->facts, &count)[region].code;
    bp_finding *finding =
        bp_report(list, "REG008", store->node->span,
                  "what is backed up in %s is copied within %s; it gets no copy in another Region",
                  code, code);
    bp_finding_mark(list, finding, "into another vault of the same account and Region");
    const bp_value *value = bp_plan_region_value(context, store->use->plan, region);
    if (value != NULL) {
        bp_finding_label(list, finding, value->span, "%s is also a Region of the plan", code);
    }
    bp_finding_uses(context, finding, store->value->uses);
    bp_finding_scope(list, finding, bp_node_scope(context->arena, of->policy->name, store->node));
    if (context->org != NULL) {
        bp_cells_tell(context, finding, &of->rows);
    }
    if (store->use->usable == store->regions) {
        bp_finding_help(list, finding, "add a copy to another Region");
    } else {
        bp_finding_help(list, finding, "give %s a plan of its own, with a copy that goes elsewhere",
                        code);
    }
}

/* CPY013, decided by the text of rule and copy. */
static void
judge_continuous(const bp_place *place)
{
    bp_diagnostics *list = place->context->diagnostics;
    if (!bp_place_on(place->rule, "enable_continuous_backup")) {
        return;
    }
    const bp_value *on = bp_node_value(place->rule, "enable_continuous_backup");
    bp_finding *finding =
        bp_report(list, "CPY013", place->node->span,
                  "copy of a continuous backup; a copy is a snapshot, it cannot be restored to a "
                  "point in time");
    bp_text_finding(place, finding, place->node->uses);
    bp_finding_mark(list, finding, "a snapshot for each run");
    bp_finding_label(list, finding, on->span, "continuous backup is on");
}

void
bp_check_copy_places(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL) {
        return;
    }
    bp_check_context scratch = bp_scratch_context(context);
    places run = {.context = context, .scratch = &scratch};
    bp_each_store(context, judge_store, &run);
    bp_arena_release(context->arena, scratch.arena);
    for (size_t i = 0; i < run.causes.count; i++) {
        report_stay(&run, &run.causes.at[i]);
    }
    bp_each_effective(context, BP_LAYER_COPIES, judge_continuous);
}
