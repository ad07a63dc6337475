/*
 * REG006: named types that AWS Backup does not take in a Region of the plan. One finding for each
 * selected pattern; Regions and accounts add up over the plans that share it.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/override.h"
#include "compiler/checks/types.h"

/* What one pattern of one policy lacks. */
typedef struct lack {
    const bp_policy *policy;
    const bp_plan_use *use;
    const bp_node *selection;
    bp_span span;
    bool nothing; /* nothing of the plan's only selection is taken: an error */
    bool partly;  /* the pattern also covers types that are taken */
    bp_region_mask regions;
    bp_type_list types;
    bp_cell_rows rows;
} lack;

typedef struct run {
    const bp_check_context *context;
    BP_VEC(lack) lacks;
    size_t unknown;
} run;

/* Regions of a mask in which a type is not taken; *sure: by rows that may make an error. */
static bp_region_mask
missing(run *state, const bp_type *type, bp_region_mask where, bool *sure)
{
    const bp_check_context *context = state->context;
    const bp_type_regions *row = bp_type_regions_find(context->facts, bp_str_of(type->id));
    if (row == NULL) {
        return 0;
    }
    const bp_type_regions *was = row->user != NULL ? row->user->was : NULL;
    if (was != NULL && (was->missing & where & ~row->missing) != 0) {
        bp_user_spared(context, row->user);
    }
    *sure = *sure && ((row->missing & where) == 0 || row->mark == BP_MARK_VERIFIED);
    return row->missing & ~row->unknown & where;
}

/* Regions in which every type of every group is missing. */
static bp_region_mask
all_missing(run *state, const bp_plan_use *use, const bp_named_types *named, bool *sure)
{
    bp_region_mask mask = use->usable;
    size_t selections = 0;
    static const char *const kinds[] = {"selections/tags", "selections/resources"};
    for (size_t k = 0; k < 2; k++) {
        const bp_node *node = bp_node_first(use->plan, kinds[k]);
        for (; node != NULL; node = node->next) {
            selections++;
        }
    }
    *sure = true;
    if (selections != 1 || named->open != NULL || named->groups.count == 0) {
        return 0;
    }
    for (size_t g = 0; g < named->groups.count; g++) {
        const bp_named_group *group = &named->groups.at[g];
        for (size_t t = 0; t < group->types.count; t++) {
            mask &= missing(state, group->types.at[t], use->usable, sure);
        }
        mask = group->listed ? 0 : mask;
    }
    return *sure ? mask : 0;
}

static lack *
lack_of(run *state, const bp_plan_use *use, const bp_named_group *group, bool nothing)
{
    const bp_policy *policy = bp_use_node_owner(state->context, use, group->selection)->policy;
    for (size_t i = state->lacks.count; i > 0; i--) {
        lack *known = &state->lacks.at[i - 1];
        if (known->policy == policy && known->nothing == nothing &&
            bp_span_equal(known->selection->span, group->selection->span) &&
            bp_span_equal(known->span, group->span)) {
            return known;
        }
    }
    lack *found = bp_vec_add(state->context->arena, &state->lacks);
    *found = (lack){.policy = policy,
                    .use = use,
                    .selection = group->selection,
                    .span = group->span,
                    .nothing = nothing};
    return found;
}

static void
add_lack(run *state, const bp_plan_use *use, const bp_named_types *named,
         const bp_named_group *group, const bp_type *type, bp_region_mask where, bool nothing)
{
    const bp_check_context *context = state->context;
    lack *found = lack_of(state, use, group, nothing);
    const bp_cell_rows *all = group->listed ? &group->rows : &named->everywhere;
    bp_cell_rows rows = {0};
    bool known = false;
    for (size_t i = 0; i < found->types.count; i++) {
        known = known || found->types.at[i] == type;
    }
    if (!known) {
        *bp_vec_add(context->arena, &found->types) = type;
    }
    for (size_t i = 0; i < all->count; i++) {
        bp_region_mask hit = all->at[i].regions & where;
        if (hit != 0) {
            *bp_vec_add(context->arena, &rows) = (bp_cell_row){all->at[i].account, hit};
        }
    }
    found->regions |= where;
    found->partly = found->partly || found->types.count < group->types.count;
    bp_cells_add(context->arena, &found->rows, &rows);
}

static void
judge(run *state, const bp_plan_use *use)
{
    bp_named_types named = bp_named_types_of(state->context, use);
    bool sure = true;
    bp_region_mask nothing = all_missing(state, use, &named, &sure);
    for (size_t g = 0; g < named.groups.count; g++) {
        const bp_named_group *group = &named.groups.at[g];
        bp_region_mask cells = use->usable;
        if (group->listed) {
            cells = 0;
            for (size_t i = 0; i < group->rows.count; i++) {
                cells |= group->rows.at[i].regions;
            }
        }
        for (size_t t = 0; t < group->types.count; t++) {
            const bp_type *type = group->types.at[t];
            bp_region_mask where = missing(state, type, cells, &sure);
            for (bp_region_mask rest = cells; rest != 0; rest &= rest - 1) {
                state->unknown += bp_type_in_region(state->context->facts, type,
                                                    bp_mask_first(rest)) == BP_UNKNOWN;
            }
            if ((where & nothing) != 0) {
                add_lack(state, use, &named, group, type, where & nothing, true);
            }
            if ((where & ~nothing) != 0) {
                add_lack(state, use, &named, group, type, where & ~nothing, false);
            }
        }
    }
}

static void
report(const bp_check_context *context, const lack *found)
{
    bp_diagnostics *list = context->diagnostics;
    bp_str types = bp_type_words(context->arena, found->types.at, found->types.count);
    bp_str where = bp_mask_words(context, found->regions);
    bp_span span = bp_span_exists(found->span) ? found->span : found->selection->span;
    bp_finding *finding =
        bp_report(list, "REG006", span, "%s%.*s: AWS Backup does not take this in %.*s",
                  found->partly ? "some of what is selected, " : "", BP_ARG(types), BP_ARG(where));
    finding->severity = found->nothing ? BP_ERROR : BP_WARNING;
    bp_finding_mark(list, finding,
                    found->nothing ? "nothing of this selection there" : "not there");
    const bp_value *region =
        bp_plan_region_value(context, found->use->plan, bp_mask_first(found->regions));
    if (region != NULL) {
        bp_finding_label(list, finding, region->span, "the plan runs here");
    }
    for (size_t i = 0; i < found->types.count; i++) {
        const bp_type_regions *row =
            bp_type_regions_find(context->facts, bp_str_of(found->types.at[i]->id));
        if (row->note[0] != '\0') {
            bp_finding_note(list, finding, "%s: %s", found->types.at[i]->label, row->note);
        }
        bp_user_told(context, finding, row->user);
    }
    bp_finding_note(list, finding, "types by Region as of %s", bp_facts_as_of());
    bp_finding_help(list, finding, "leave such Regions out of the plan of %s",
                    found->types.count == 1 ? "this type" : "these types");
    bp_finding_scope(list, finding,
                     bp_node_scope(context->arena, found->policy->name, found->selection));
    if (context->org != NULL) {
        bp_cells_tell(context, finding, &found->rows);
    }
}

void
bp_check_types_in_regions(const bp_check_context *context)
{
    run state = {.context = context};
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    for (size_t i = 0; i < uses->count; i++) {
        judge(&state, &uses->at[i]);
    }
    for (size_t i = 0; i < state.lacks.count; i++) {
        report(context, &state.lacks.at[i]);
    }
    if (state.unknown > 0) {
        bp_skip_check(context->diagnostics, "REG006", state.unknown,
                      "no table says which types these Regions take");
    }
}
