/*
 * SEL002: tags of selections against those that the inventory lists on resources. A difference in
 * letter case alone is told first, as AWS compares exactly.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"
#include "compiler/coverage/selected.h"
#include "lib/suggest.h"

/* Tags that some resource of the organization carries. */
typedef struct registry {
    const bp_check_context *context;
    bp_map *keys;   /* key → bp_map of values */
    size_t skipped; /* values of which nobody knows */
} registry;

static void
add_set(registry *known, const bp_resource_set *set)
{
    for (size_t r = 0; r < set->rows.count; r++) {
        const bp_resource_row *row = &set->rows.at[r];
        for (size_t i = 0; i < row->tag_keys.count; i++) {
            bp_map *values = bp_map_get(known->keys, row->tag_keys.at[i]);
            if (values == NULL) {
                values = bp_map_new(known->context->arena);
                bp_map_set(known->keys, row->tag_keys.at[i], values);
            }
            (void)bp_map_add(values, row->tags.at[i].text, known, NULL);
        }
    }
}

static registry
registry_of(const bp_check_context *context)
{
    registry known = {.context = context, .keys = bp_map_new(context->arena)};
    bp_map *seen = bp_map_new(context->arena);
    for (size_t i = 0; i < context->org->accounts.count; i++) {
        const bp_resource_set **set = BP_NEW(context->arena, const bp_resource_set *);
        *set = context->org->accounts.at[i].resources;
        bool added = false;
        if (*set != NULL) {
            (void)bp_map_add(seen, (bp_str){(const char *)set, sizeof *set}, seen, &added);
        }
        if (added) {
            add_set(&known, *set);
        }
    }
    return known;
}

/* The only watched key that differs in letter case alone. */
static bp_str
key_in_other_case(const bp_organization *org, bp_str key)
{
    for (size_t i = 0; i < org->watched_tags.count; i++) {
        if (bp_str_equal_folded(org->watched_tags.at[i], key)) {
            return org->watched_tags.at[i];
        }
    }
    return (bp_str){"", 0};
}

/* Whether all places of a plan were looked at. */
static bool
looked_at(const bp_check_context *context, const bp_plan_use *use)
{
    for (size_t i = 0; i < use->accounts.count; i++) {
        const bp_resource_set *set = context->org->accounts.at[use->accounts.at[i]].resources;
        if (set == NULL || (use->usable & ~set->seen) != 0) {
            return false;
        }
    }
    return use->accounts.count > 0;
}

static void
finish(const bp_check_context *context, const bp_plan_use *use, bp_finding *finding,
       const bp_value *value, const bp_node *selection)
{
    bp_finding_uses(context, finding, value->uses);
    bp_finding_scope(context->diagnostics, finding,
                     bp_node_scope(context->arena,
                                   bp_use_node_owner(context, use, selection)->policy->name,
                                   selection));
}

/* Puts the known spelling in place of a text that is written out; a constant or an argument is
 * mended by hand. */
static void
offer_spelling(const bp_check_context *context, bp_finding *finding, const bp_value *value,
               bp_str spelling, bool safe)
{
    bp_diagnostics *list = context->diagnostics;
    bp_sources *sources = bp_diagnostics_sources(list);
    const bp_source *source = bp_sources_get(sources, value->span.source);
    bp_str written = source == NULL ? (bp_str){"", 0}
                                    : bp_str_cut(source->text, value->span.start, value->span.end);
    bp_str quoted = bp_str_format(context->arena, "\"%.*s\"", BP_ARG(value->text));
    if (bp_str_equal(written, quoted)) {
        bp_finding_fix(list, finding, safe, value->span,
                       bp_str_format(context->arena, "\"%.*s\"", BP_ARG(spelling)),
                       "replace with \"%.*s\"", BP_ARG(spelling));
    } else {
        bp_finding_help(list, finding, "write \"%.*s\"", BP_ARG(spelling));
    }
}

static void
judge_key(registry *known, const bp_plan_use *use, const bp_node *selection, const bp_value *value,
          bp_str key)
{
    const bp_check_context *context = known->context;
    bp_str other = key_in_other_case(context->org, key);
    if (other.size == 0 || bp_map_get(known->keys, key) != NULL) {
        known->skipped++;
        return;
    }
    bp_finding *finding =
        bp_report(context->diagnostics, "SEL002", value->span,
                  "the tag key of this organization is \"%.*s\", not \"%.*s\"; keys and values of "
                  "tags are case-sensitive",
                  BP_ARG(other), BP_ARG(bp_shown_text(context->arena, key)));
    if (bp_str_equal(value->text, key)) {
        offer_spelling(context, finding, value, other, bp_map_get(known->keys, other) != NULL);
    }
    finish(context, use, finding, value, selection);
}

static bp_str
value_in_other_case(const bp_map *values, bp_str text)
{
    for (size_t i = 0; values != NULL && i < bp_map_count(values); i++) {
        if (bp_str_equal_folded(bp_map_at(values, i)->key, text)) {
            return bp_map_at(values, i)->key;
        }
    }
    return (bp_str){"", 0};
}

static void
judge_value(registry *known, const bp_plan_use *use, const bp_node *selection,
            const bp_value *value, bp_str key)
{
    const bp_check_context *context = known->context;
    const bp_map *values = bp_map_get(known->keys, key);
    if (value->kind != BP_VALUE_TEXT ||
        (values != NULL && bp_map_get(values, value->text) != NULL)) {
        return;
    }
    bool complete = looked_at(context, use);
    bp_str other = value_in_other_case(values, value->text);
    bp_str shown = bp_shown_text(context->arena, value->text);
    if (other.size == 0 && !complete) {
        known->skipped++;
        return;
    }
    bp_finding *finding;
    if (other.size > 0) {
        finding = bp_report(context->diagnostics, "SEL002", value->span,
                            "resources carry \"%.*s\" = \"%.*s\", none \"%.*s\"; keys and values "
                            "of tags are case-sensitive",
                            BP_ARG(key), BP_ARG(other), BP_ARG(shown));
        offer_spelling(context, finding, value, other, complete);
    } else {
        finding = bp_report(context->diagnostics, "SEL002", value->span,
                            "no resource carries the tag \"%.*s\" = \"%.*s\"; this value selects "
                            "nothing",
                            BP_ARG(key), BP_ARG(shown));
        bp_suggester near = bp_suggest_start(value->text);
        for (size_t i = 0; values != NULL && i < bp_map_count(values); i++) {
            bp_suggest_offer(&near, bp_map_at(values, i)->key);
        }
        if (near.best.size > 0) {
            bp_finding_help(context->diagnostics, finding, "did you mean \"%.*s\"?",
                            BP_ARG(near.best));
        }
    }
    finish(context, use, finding, value, selection);
}

/* A key with its values: of a selection by tags, or of a condition. */
static void
judge_pair(registry *known, const bp_plan_use *use, const bp_node *selection,
           const bp_value *key_value, bp_str key, const bp_value *values)
{
    if (key.size == 0 || key_value == NULL) {
        return;
    }
    if (!bp_tag_is_watched(known->context->org, key)) {
        judge_key(known, use, selection, key_value, key);
        return;
    }
    if (values != NULL && values->kind == BP_VALUE_TEXT) {
        judge_value(known, use, selection, values, key);
    }
    for (size_t i = 0; values != NULL && i < values->items.count; i++) {
        judge_value(known, use, selection, values->items.at[i], key);
    }
}

static void
judge_tags(registry *known, const bp_plan_use *use)
{
    const bp_node *selection = bp_node_first(use->plan, "selections/tags");
    for (; selection != NULL; selection = selection->next) {
        bp_str key = {"", 0};
        (void)bp_node_text(selection, "tag_key", &key);
        judge_pair(known, use, selection, bp_node_value(selection, "tag_key"), key,
                   bp_node_value(selection, "tag_value"));
    }
    selection = bp_node_first(use->plan, "selections/resources");
    for (; selection != NULL; selection = selection->next) {
        const bp_node *condition = bp_node_first(selection, "conditions/string_equals");
        for (; condition != NULL; condition = condition->next) {
            judge_pair(known, use, selection, bp_node_value(condition, "condition_key"),
                       bp_condition_tag(condition), bp_node_value(condition, "condition_value"));
        }
    }
}

void
bp_check_known_tags(const bp_check_context *context)
{
    if (context->org == NULL || context->org->watched_tags.count == 0) {
        return; /* nobody looks at tags here */
    }
    registry known = registry_of(context);
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    for (size_t i = 0; i < uses->count; i++) {
        judge_tags(&known, &uses->at[i]);
    }
    if (known.skipped > 0) {
        bp_skip_check(context->diagnostics, "SEL002", known.skipped,
                      "tags of resources are not listed everywhere");
    }
}
