/*
 * SEL010: types that a selection takes and that the management account has not opted in in a
 * Region of the plan. For plans of the organization its opt-in counts, not the members'.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/types.h"

/* What one selection loses, over all plans that share it. */
typedef struct loss {
    const bp_policy *policy;
    const bp_plan_use *use;
    const bp_node *selection;
    bp_span span;
    bool named;   /* types that need the opt-in even where they are named */
    bool nothing; /* all of them are off */
    bp_region_mask regions;
    bp_type_list types; /* one for each service that is off */
    bp_cell_rows rows;
} loss;

/* In which Regions the management account has a type on or off. */
typedef struct choice {
    bp_region_mask on;
    bp_region_mask off;
} choice;

typedef struct run {
    const bp_check_context *context;
    const bp_account *management;
    const bp_type *types;
    choice *choices; /* one for each of `types` */
    BP_VEC(loss) losses;
    size_t unknown;
} run;

static loss *
loss_of(run *state, const bp_plan_use *use, const bp_node *selection, bp_span span, bool nothing)
{
    const bp_policy *policy = bp_use_node_owner(state->context, use, selection)->policy;
    for (size_t i = state->losses.count; i > 0; i--) {
        loss *known = &state->losses.at[i - 1];
        if (known->policy == policy && known->nothing == nothing &&
            bp_span_equal(known->selection->span, selection->span) &&
            bp_span_equal(known->span, span)) {
            return known;
        }
    }
    loss *found = bp_vec_add(state->context->arena, &state->losses);
    *found = (loss){
        .policy = policy, .use = use, .selection = selection, .span = span, .nothing = nothing};
    return found;
}

static void
add_service(run *state, loss *found, const bp_type *type)
{
    for (size_t i = 0; i < found->types.count; i++) {
        if (bp_str_is(bp_str_of(type->api_name), found->types.at[i]->api_name)) {
            return;
        }
    }
    *bp_vec_add(state->context->arena, &found->types) = type;
}

static void
add_cells(run *state, loss *found, const bp_cell_rows *all, int region)
{
    bp_cell_rows rows = {0};
    found->regions |= BP_REGION_BIT(region);
    for (size_t i = 0; i < all->count; i++) {
        if ((all->at[i].regions & BP_REGION_BIT(region)) != 0) {
            *bp_vec_add(state->context->arena, &rows) =
                (bp_cell_row){all->at[i].account, BP_REGION_BIT(region)};
        }
    }
    bp_cells_add(state->context->arena, &found->rows, &rows);
}

/* Asks once for each type and Region: plans are many. */
static void
ask_choices(run *state)
{
    size_t types = 0;
    size_t regions = 0;
    const bp_check_context *context = state->context;
    state->management = bp_org_management(context->org);
    state->types = bp_types(context->facts, &types);
    (void)bp_regions(context->facts, &regions);
    state->choices = bp_arena_array(context->arena, types, sizeof *state->choices);
    for (size_t t = 0; state->management != NULL && t < types; t++) {
        bp_str name = bp_str_of(state->types[t].api_name);
        for (size_t r = 0; r < regions; r++) {
            bp_answer answer = bp_org_opted_in(state->management, (int)r, name);
            state->choices[t].on |= answer == BP_PRESENT ? BP_REGION_BIT(r) : 0;
            state->choices[t].off |= answer == BP_ABSENT ? BP_REGION_BIT(r) : 0;
        }
    }
}

static bp_answer
opted_in(const run *state, const bp_type *type, int region)
{
    const choice *known = &state->choices[type - state->types];
    return (known->on & BP_REGION_BIT(region)) != 0    ? BP_PRESENT
           : (known->off & BP_REGION_BIT(region)) != 0 ? BP_ABSENT
                                                       : BP_UNKNOWN;
}

/* Types that are named obey the opt-in only where they always need it; what the inventory lists
 * under a tag obeys it as tags do. */
static void
judge_group(run *state, const bp_plan_use *use, const bp_named_types *named,
            const bp_named_group *group, int region)
{
    bool by_tag = bp_node_is_tags(group->selection);
    size_t need = 0;
    size_t off = 0;
    bool always = true;
    for (size_t t = 0; t < group->types.count; t++) {
        const bp_type *type = group->types.at[t];
        if (!by_tag && !type->opt_in_always) {
            continue;
        }
        bp_answer answer = opted_in(state, type, region);
        need++;
        always = always && type->opt_in_always;
        off += answer == BP_ABSENT;
        state->unknown += answer == BP_UNKNOWN && !by_tag;
    }
    const bp_cell_rows *cells = group->listed ? &group->rows : &named->everywhere;
    bool nothing = off == need && always;
    if (off == 0) {
        return;
    }
    loss *found = loss_of(state, use, group->selection, group->span, nothing);
    found->named = !by_tag;
    for (size_t t = 0; t < group->types.count; t++) {
        const bp_type *type = group->types.at[t];
        if ((by_tag || type->opt_in_always) && opted_in(state, type, region) == BP_ABSENT) {
            add_service(state, found, type);
        }
    }
    add_cells(state, found, cells, region);
}

/* A selection that names no types may take any. */
static void
judge_open(run *state, const bp_plan_use *use, const bp_named_types *named, int region)
{
    for (size_t i = 0; named->open != NULL && i < named->possible.count; i++) {
        if (opted_in(state, named->possible.at[i], region) == BP_ABSENT) {
            loss *found = loss_of(state, use, named->open, BP_NOWHERE, false);
            add_service(state, found, named->possible.at[i]);
            add_cells(state, found, &named->everywhere, region);
        }
    }
}

static bp_str
services(const run *state, const loss *found)
{
    bp_buf words = {.arena = state->context->arena};
    for (size_t i = 0; i < found->types.count; i++) {
        bp_buf_format(&words, "%s%s", i == 0 ? "" : ", ", found->types.at[i]->api_name);
    }
    return bp_buf_text(&words);
}

/* The row of Region settings that speaks of a Region. */
static const bp_region_setting *
setting_of(const bp_account *account, int region)
{
    const bp_region_settings *settings = account->region_settings;
    for (size_t i = 0; settings != NULL && i < settings->rows.count; i++) {
        if ((settings->rows.at[i].in & BP_REGION_BIT(region)) != 0) {
            return &settings->rows.at[i];
        }
    }
    return NULL;
}

static void
report(const run *state, const loss *found)
{
    const bp_check_context *context = state->context;
    bp_diagnostics *list = context->diagnostics;
    bp_str off = services(state, found);
    bp_str where = bp_mask_words(context, found->regions);
    bp_span span = bp_span_exists(found->span) ? found->span : found->selection->span;
    bp_finding *finding = bp_report(
        list, "SEL010", span,
        found->named ? "%.*s: not opted in in %.*s; these types need it even where they are named"
                     : "%.*s: not opted in in %.*s; resources of these types are passed over there",
        BP_ARG(off), BP_ARG(where));
    finding->severity = found->nothing ? BP_ERROR : BP_WARNING;
    bp_finding_mark(list, finding, found->named ? "named here" : "this selection");
    const bp_region_setting *row = setting_of(state->management, bp_mask_first(found->regions));
    if (row != NULL) {
        bp_finding_label(list, finding, row->span, "settings of the management account");
    }
    bp_finding_note(list, finding,
                    "for plans of the organization the opt-in of the management account, "
                    "\"%.*s\" (%.*s), counts",
                    BP_ARG(state->management->name), BP_ARG(state->management->id));
    bp_finding_help(list, finding, "opt %.*s in in the management account, in %.*s", BP_ARG(off),
                    BP_ARG(where));
    bp_finding_scope(list, finding,
                     bp_node_scope(context->arena, found->policy->name, found->selection));
    bp_cells_tell(context, finding, &found->rows);
}

void
bp_check_opt_ins(const bp_check_context *context)
{
    run state = {.context = context};
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    if (context->org == NULL) {
        return;
    }
    ask_choices(&state);
    for (size_t i = 0; i < uses->count; i++) {
        const bp_plan_use *use = &uses->at[i];
        if (use->accounts.count == 0) {
            continue;
        }
        bp_named_types named = bp_named_types_of(context, use);
        for (bp_region_mask rest = use->usable; rest != 0; rest &= rest - 1) {
            int region = bp_mask_first(rest);
            for (size_t g = 0; g < named.groups.count; g++) {
                judge_group(&state, use, &named, &named.groups.at[g], region);
            }
            judge_open(&state, use, &named, region);
        }
    }
    for (size_t i = 0; i < state.losses.count; i++) {
        report(&state, &state.losses.at[i]);
    }
    if (state.unknown > 0) {
        bp_skip_check(context->diagnostics, "SEL010", state.unknown,
                      "the opt-in of the management account is not known");
    }
}
