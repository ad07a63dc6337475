/*
 * SEL021: what a selection is said to protect (`protects`) and does not take; and what the
 * inventory shows that it takes besides. Types that are not opted in, cannot be copied or ignore
 * cold storage are judged where all named types are.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"
#include "compiler/checks/types.h"
#include "compiler/coverage/selected.h"

typedef struct protection {
    const bp_check_context *context;
    const bp_plan_use *use;
    const bp_node *selection;
} protection;

static bool
holds_type(const protection *p, const bp_value *item, const bp_type *type)
{
    const bp_type *types[BP_TYPES_ROOM];
    if (item->kind != BP_VALUE_TEXT) {
        return true; /* not known, and reported */
    }
    size_t count = bp_types_of_words(p->context->facts, item->text, types);
    bool found = count == 0;
    for (size_t i = 0; i < count && !found; i++) {
        found = types[i] == type;
    }
    return found;
}

static bp_finding *
report(const protection *p, const bp_value *item, const char *why)
{
    const bp_type *types[BP_TYPES_ROOM];
    size_t count = bp_types_of_words(p->context->facts, item->text, types);
    bp_str words = bp_type_words(p->context->arena, types, count);
    bp_finding *finding = bp_report(p->context->diagnostics, "SEL021", item->span,
                                    "%.*s is meant to be protected, and %s", BP_ARG(words), why);
    bp_finding_uses(p->context, finding, item->uses);
    bp_finding_scope(
        p->context->diagnostics, finding,
        bp_node_scope(p->context->arena,
                      bp_use_node_owner(p->context, p->use, p->selection)->policy->name,
                      p->selection));
    return finding;
}

/* Whether the patterns of the selection leave out every type of the item, whatever there is. */
static bool
never_takes(const protection *p, const bp_value *item)
{
    const bp_type *types[BP_TYPES_ROOM];
    size_t count = bp_types_of_words(p->context->facts, item->text, types);
    const bp_value *in = bp_node_value(p->selection, "resource_types");
    const bp_value *out = bp_node_value(p->selection, "not_resource_types");
    bool none = count > 0 && !p->selection->extend && !p->selection->holes;
    for (size_t i = 0; i < count && none; i++) {
        bp_resource_row row = {.types = {&types[i], 1, 1}};
        none = (in != NULL && bp_list_holds(p->context->facts, in, &row) == BP_ABSENT) ||
               (out != NULL && bp_list_holds(p->context->facts, out, &row) == BP_PRESENT);
    }
    return none;
}

/* Where resources of the item's types are, and none of them is taken. */
static bp_cell_rows
cells_without(const protection *p, const bp_value *item)
{
    const bp_organization *org = p->context->org;
    bp_cell_rows rows = {0};
    for (size_t i = 0; org != NULL && i < p->use->accounts.count; i++) {
        const bp_resource_set *set = org->accounts.at[p->use->accounts.at[i]].resources;
        bp_region_mask there = 0;
        bp_region_mask maybe = 0;
        for (size_t r = 0; set != NULL && r < set->rows.count; r++) {
            const bp_resource_row *row = &set->rows.at[r];
            bool all = row->types.count > 0;
            bool some = false;
            for (size_t t = 0; t < row->types.count; t++) {
                bool held = holds_type(p, item, row->types.at[t]);
                all = all && held;
                some = some || held;
            }
            there |= all ? row->in & p->use->usable : 0;
            if (some && bp_selection_takes(org, p->selection, row) != BP_ABSENT) {
                maybe |= row->in;
            }
        }
        if ((there & ~maybe) != 0) {
            *bp_vec_add(p->context->arena, &rows) =
                (bp_cell_row){p->use->accounts.at[i], there & ~maybe};
        }
    }
    return rows;
}

static void
judge_item(const protection *p, const bp_value *item)
{
    if (item->kind != BP_VALUE_TEXT || bp_str_is(item->text, "*") || bp_str_is(item->text, "all")) {
        return;
    }
    if (!bp_node_is_tags(p->selection) && never_takes(p, item)) {
        bp_finding *finding = report(p, item, "this selection never takes it");
        const bp_value *in = bp_node_value(p->selection, "resource_types");
        const bp_value *out = bp_node_value(p->selection, "not_resource_types");
        const bp_value *list = in != NULL ? in : out;
        bp_finding_label(p->context->diagnostics, finding, list->span, "what it takes");
        return;
    }
    bp_cell_rows rows = cells_without(p, item);
    if (rows.count > 0) {
        bp_finding *finding = report(p, item, "what there is of it is not selected");
        bp_cells_tell(p->context, finding, &rows);
        bp_cells_note(p->context, finding, &rows, "there, and not selected:");
        bp_finding_help(p->context->diagnostics, finding,
                        bp_node_is_tags(p->selection) ? "tag them, or select them by their type"
                                                      : "tag them as the conditions ask");
    }
}

/* Types that the inventory shows selected and nobody named. */
static void
judge_others(const protection *p)
{
    const bp_organization *org = p->context->org;
    bp_type_list others = {0};
    bp_cell_rows rows = {0};
    for (size_t i = 0; org != NULL && i < p->use->accounts.count; i++) {
        const bp_resource_set *set = org->accounts.at[p->use->accounts.at[i]].resources;
        bp_region_mask where = 0;
        for (size_t r = 0; set != NULL && r < set->rows.count; r++) {
            const bp_resource_row *row = &set->rows.at[r];
            bool meant = row->types.count == 0 || (row->in & p->use->usable) == 0;
            for (size_t t = 0; t < row->types.count && !meant; t++) {
                for (size_t k = 0; k < p->selection->protects.count && !meant; k++) {
                    meant = holds_type(p, p->selection->protects.at[k], row->types.at[t]);
                }
            }
            if (meant || bp_selection_takes(org, p->selection, row) != BP_PRESENT) {
                continue;
            }
            where |= row->in & p->use->usable;
            bool known = false;
            for (size_t k = 0; k < others.count && !known; k++) {
                known = others.at[k] == row->types.at[0];
            }
            if (!known) {
                *bp_vec_add(p->context->arena, &others) = row->types.at[0];
            }
        }
        if (where != 0) {
            *bp_vec_add(p->context->arena, &rows) = (bp_cell_row){p->use->accounts.at[i], where};
        }
    }
    if (others.count == 0) {
        return;
    }
    bp_finding *finding =
        bp_report(p->context->diagnostics, "SEL021", p->selection->protects.at[0]->span,
                  "the selection takes %.*s as well; \"protects\" does not name them",
                  BP_ARG(bp_type_words(p->context->arena, others.at, others.count)));
    finding->severity = BP_INFO;
    bp_cells_tell(p->context, finding, &rows);
    bp_finding_help(p->context->diagnostics, finding, "name them in protects, or leave them out");
    bp_finding_scope(
        p->context->diagnostics, finding,
        bp_node_scope(p->context->arena,
                      bp_use_node_owner(p->context, p->use, p->selection)->policy->name,
                      p->selection));
}

void
bp_check_protection(const bp_check_context *context)
{
    static const char *const forms[] = {"selections/tags", "selections/resources"};
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    for (size_t i = 0; i < uses->count; i++) {
        for (size_t f = 0; f < 2; f++) {
            const bp_node *selection = bp_node_first(uses->at[i].plan, forms[f]);
            for (; selection != NULL; selection = selection->next) {
                protection p = {context, &uses->at[i], selection};
                for (size_t k = 0; k < selection->protects.count; k++) {
                    judge_item(&p, selection->protects.at[k]);
                }
                if (selection->protects.count > 0) {
                    judge_others(&p);
                }
            }
        }
    }
}
