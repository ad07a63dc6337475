/*
 * Finds the types that selections name. A tag alone names none, unless the inventory lists what
 * carries it: then its rows are as good as names, cell by cell.
 */
#include "compiler/checks/types.h"

#include "compiler/coverage/selected.h"

enum { TYPES_SHOWN = 6 };

bool
bp_type_never_copies(const bp_type *type)
{
    return type->cross_region == BP_ABSENT && type->cross_account == BP_ABSENT;
}

bool
bp_type_has_advanced(const bp_facts *facts, const bp_type *type)
{
    size_t count = 0;
    const bp_type *all = bp_types(facts, &count);
    for (size_t i = 0; i < count; i++) {
        if (all[i].advanced && bp_str_is(bp_str_of(all[i].api_name), type->api_name)) {
            return true;
        }
    }
    return false;
}

bp_str
bp_type_words(bp_arena *arena, const bp_type *const *types, size_t count)
{
    bp_buf words = {.arena = arena};
    size_t shown = count > TYPES_SHOWN + 1 ? TYPES_SHOWN : count;
    for (size_t i = 0; i < shown; i++) {
        bp_str label = bp_str_of(types[i]->label);
        const char *between = i == 0 ? "" : i + 1 == count ? " and " : ", ";
        label = bp_str_trim(bp_str_cut(label, 0, bp_str_find(label, '(')));
        bp_buf_format(&words, "%s%.*s", between, BP_ARG(label));
    }
    if (shown < count) {
        bp_buf_format(&words, " and %zu more", count - shown);
    }
    return bp_buf_text(&words);
}

/* What one selection leaves out. */
typedef struct excluded {
    const bp_type *types[BP_TYPES_ROOM];
    size_t count;
} excluded;

static bool
is_excluded(const excluded *out, const bp_type *type)
{
    for (size_t i = 0; i < out->count; i++) {
        if (out->types[i] == type) {
            return true;
        }
    }
    return false;
}

static void
exclude(const bp_check_context *context, const bp_node *selection, excluded *out)
{
    const bp_value *list = bp_node_value(selection, "not_resource_types");
    for (size_t i = 0; list != NULL && list->kind == BP_VALUE_LIST && i < list->items.count; i++) {
        const bp_value *item = list->items.at[i];
        const bp_type *types[BP_TYPES_ROOM];
        size_t count =
            item->kind == BP_VALUE_TEXT ? bp_types_of_words(context->facts, item->text, types) : 0;
        for (size_t t = 0; t < count && out->count < BP_TYPES_ROOM; t++) {
            out->types[out->count++] = types[t];
        }
    }
}

/* A selection may take anything that a pattern can name, but what it leaves out. */
static void
open_to_all(const bp_check_context *context, bp_named_types *named, const bp_node *selection,
            const excluded *out)
{
    const bp_type *types[BP_TYPES_ROOM];
    size_t count = bp_types_of_pattern(context->facts, BP_STR("*"), types, BP_TYPES_ROOM);
    if (named->open == NULL) {
        named->open = selection;
    }
    for (size_t i = 0; i < count; i++) {
        bool known = is_excluded(out, types[i]);
        for (size_t p = 0; p < named->possible.count && !known; p++) {
            known = named->possible.at[p] == types[i];
        }
        if (!known) {
            *bp_vec_add(context->arena, &named->possible) = types[i];
        }
    }
}

/* Adds one item; false if it stands for everything or for nothing that is known. */
static bool
add_item(const bp_check_context *context, bp_named_types *named, const bp_node *selection,
         const bp_value *item, const excluded *out)
{
    const bp_type *types[BP_TYPES_ROOM];
    if (item->kind != BP_VALUE_TEXT || bp_str_is(item->text, "*") || bp_str_is(item->text, "all")) {
        return item->kind != BP_VALUE_TEXT;
    }
    size_t count = bp_types_of_words(context->facts, item->text, types);
    bp_named_group group = {.span = item->span, .selection = selection};
    for (size_t i = 0; i < count; i++) {
        if (!is_excluded(out, types[i])) {
            *bp_vec_add(context->arena, &group.types) = types[i];
        }
    }
    if (group.types.count > 0) {
        *bp_vec_add(context->arena, &named->groups) = group;
    }
    return true;
}

/* False if the intention is everything. */
static bool
add_protected(const bp_check_context *context, bp_named_types *named, const bp_node *selection,
              const excluded *out)
{
    bool all = false;
    for (size_t i = 0; i < selection->protects.count; i++) {
        all = !add_item(context, named, selection, selection->protects.at[i], out) || all;
    }
    return !all;
}

/* Adds the types that patterns name; false if the selection is not held to some of them. */
static bool
add_patterns(const bp_check_context *context, bp_named_types *named, const bp_node *selection,
             const excluded *out)
{
    const bp_node *leaf = bp_node_child(selection, "resource_types");
    const bp_value *lists[] = {leaf != NULL ? leaf->assign : NULL,
                               leaf != NULL ? leaf->append : NULL};
    bool all = leaf == NULL && !selection->extend;
    for (size_t l = 0; l < 2; l++) {
        for (size_t i = 0;
             lists[l] != NULL && lists[l]->kind == BP_VALUE_LIST && i < lists[l]->items.count;
             i++) {
            all = !add_item(context, named, selection, lists[l]->items.at[i], out) || all;
        }
    }
    return !all;
}

/* The group of the inventory with exactly these types, made if it is new. */
static bp_named_group *
listed_group(const bp_check_context *context, bp_named_types *named, const bp_node *selection,
             const bp_resource_row *row)
{
    for (size_t i = 0; i < named->groups.count; i++) {
        bp_named_group *group = &named->groups.at[i];
        bool same = group->listed && group->selection == selection &&
                    group->types.count == row->types.count;
        for (size_t t = 0; same && t < row->types.count; t++) {
            same = group->types.at[t] == row->types.at[t];
        }
        if (same) {
            return group;
        }
    }
    bp_named_group *group = bp_vec_add(context->arena, &named->groups);
    *group = (bp_named_group){.selection = selection, .listed = true};
    for (size_t t = 0; t < row->types.count; t++) {
        *bp_vec_add(context->arena, &group->types) = row->types.at[t];
    }
    return group;
}

/* Accounts come in tree order, so a known one is the last, but for a second selection. */
static void
add_row(const bp_check_context *context, bp_cell_rows *rows, uint32_t account, bp_region_mask where)
{
    if (rows->count > 0 && rows->at[rows->count - 1].account == account) {
        rows->at[rows->count - 1].regions |= where;
    } else if (rows->count == 0 || rows->at[rows->count - 1].account < account) {
        *bp_vec_add(context->arena, rows) = (bp_cell_row){account, where};
    } else {
        bp_cell_row row = {account, where};
        bp_cell_rows single = {&row, 1, 1};
        bp_cells_add(context->arena, rows, &single);
    }
}

/* Adds what the inventory lists for the selection; false if some cell is not known. */
static bool
add_listed(const bp_check_context *context, bp_named_types *named, const bp_plan_use *use,
           const bp_node *selection)
{
    bool known = use->accounts.count > 0;
    for (size_t i = 0; i < use->accounts.count; i++) {
        const bp_resource_set *set = context->org->accounts.at[use->accounts.at[i]].resources;
        known = known && set != NULL && (use->usable & ~set->seen) == 0;
        for (size_t r = 0; set != NULL && r < set->rows.count; r++) {
            bp_region_mask where = set->rows.at[r].in & use->usable;
            bp_answer takes = where == 0
                                  ? BP_ABSENT
                                  : bp_selection_takes(context->org, selection, &set->rows.at[r]);
            known = known && takes != BP_UNKNOWN;
            if (takes == BP_PRESENT) {
                bp_named_group *group = listed_group(context, named, selection, &set->rows.at[r]);
                add_row(context, &group->rows, use->accounts.at[i], where);
            }
        }
    }
    return known;
}

/* Whether all that the selection can take would be listed: the inventory is complete by tag alone,
 * as resources that never had one may be missing. */
static bool
is_told(const bp_check_context *context, const bp_node *selection)
{
    static const char *const groups[] = {"conditions/string_equals", "conditions/string_like"};
    bp_str key = {"", 0};
    if (bp_node_is_tags(selection)) {
        return bp_node_text(selection, "tag_key", &key) && bp_tag_is_watched(context->org, key);
    }
    for (size_t i = 0; i < 2; i++) {
        const bp_node *condition = bp_node_first(selection, groups[i]);
        for (; condition != NULL; condition = condition->next) {
            if (bp_tag_is_watched(context->org, bp_condition_tag(condition))) {
                return true;
            }
        }
    }
    return false;
}

static void
add_tags(const bp_check_context *context, bp_named_types *named, const bp_plan_use *use,
         const bp_node *selection)
{
    const excluded none = {.count = 0};
    if (bp_node_unknown(selection, "tag_key") || bp_node_unknown(selection, "tag_value")) {
        return;
    }
    bool held = selection->protects.count > 0 && add_protected(context, named, selection, &none);
    bool known = add_listed(context, named, use, selection) && is_told(context, selection);
    if (!held && !known) {
        open_to_all(context, named, selection, &none);
    }
}

static void
add_resources(const bp_check_context *context, bp_named_types *named, const bp_plan_use *use,
              const bp_node *selection)
{
    excluded out = {.count = 0};
    exclude(context, selection, &out);
    bool held = selection->protects.count > 0 ? add_protected(context, named, selection, &out)
                                              : add_patterns(context, named, selection, &out);
    if (!held && !(add_listed(context, named, use, selection) && is_told(context, selection))) {
        open_to_all(context, named, selection, &out);
    }
}

bp_named_types
bp_named_types_of(const bp_check_context *context, const bp_plan_use *use)
{
    bp_named_types named = {0};
    const bp_node *selection = bp_node_first(use->plan, "selections/tags");
    for (; selection != NULL; selection = selection->next) {
        add_tags(context, &named, use, selection);
    }
    selection = bp_node_first(use->plan, "selections/resources");
    for (; selection != NULL; selection = selection->next) {
        add_resources(context, &named, use, selection);
    }
    named.everywhere.at =
        bp_arena_array(context->arena, use->accounts.count + 1, sizeof *named.everywhere.at);
    for (size_t i = 0; i < use->accounts.count; i++) {
        named.everywhere.at[named.everywhere.count++] =
            (bp_cell_row){use->accounts.at[i], use->usable};
    }
    return named;
}
