/*
 * Matches selections with rows of resources: tags, patterns of types, exclusions, conditions. What
 * follows from it for accounts and Regions stands in coverage.c; nothing is judged here.
 */
#include "compiler/coverage/selected.h"

static bp_answer
both(bp_answer a, bp_answer b)
{
    return a == BP_ABSENT || b == BP_ABSENT ? BP_ABSENT : a == BP_PRESENT ? b : BP_UNKNOWN;
}

static bp_answer
either(bp_answer a, bp_answer b)
{
    return a == BP_PRESENT || b == BP_PRESENT ? BP_PRESENT : a == BP_ABSENT ? b : BP_UNKNOWN;
}

static bp_answer
opposite(bp_answer a)
{
    return a == BP_PRESENT ? BP_ABSENT : a == BP_ABSENT ? BP_PRESENT : BP_UNKNOWN;
}

size_t
bp_types_of_words(const bp_facts *facts, bp_str words, const bp_type **types)
{
    if (bp_str_is(words, "*") || bp_str_is(words, "all")) {
        return 0;
    }
    size_t count = bp_types_of_pattern(facts, words, types, BP_TYPES_ROOM);
    const char *pattern = count == 0 ? bp_pattern_of_word(facts, words) : NULL;
    if (pattern != NULL) {
        count = bp_types_of_pattern(facts, bp_str_of(pattern), types, BP_TYPES_ROOM);
    }
    if (count == 0) {
        types[0] = bp_type_find(facts, words);
        count = types[0] != NULL;
    }
    return count;
}

static bool
item_holds(const bp_facts *facts, bp_str words, const bp_type *type)
{
    const bp_type *types[BP_TYPES_ROOM];
    if (bp_str_is(words, "*") || bp_str_is(words, "all")) {
        return true;
    }
    size_t count = bp_types_of_words(facts, words, types);
    for (size_t i = 0; i < count; i++) {
        if (types[i] == type) {
            return true;
        }
    }
    return false;
}

bp_answer
bp_list_holds(const bp_facts *facts, const bp_value *list, const bp_resource_row *row)
{
    size_t held = 0;
    bool open = false;
    if (list == NULL || list->kind != BP_VALUE_LIST || row->types.count == 0) {
        return BP_UNKNOWN;
    }
    for (size_t t = 0; t < row->types.count; t++) {
        bool found = false;
        for (size_t i = 0; i < list->items.count && !found; i++) {
            const bp_value *item = list->items.at[i];
            open = open || item->kind != BP_VALUE_TEXT;
            found = item->kind == BP_VALUE_TEXT && item_holds(facts, item->text, row->types.at[t]);
        }
        held += found;
    }
    if (held == row->types.count) {
        return BP_PRESENT;
    }
    return held == 0 && !open ? BP_ABSENT : BP_UNKNOWN;
}

bool
bp_tag_is_watched(const bp_organization *org, bp_str key)
{
    for (size_t i = 0; org != NULL && i < org->watched_tags.count; i++) {
        if (bp_str_equal(org->watched_tags.at[i], key)) {
            return true;
        }
    }
    return false;
}

/* The value of a row's tag; *answer tells whether there is one. */
static bp_str
tag_of(const bp_organization *org, const bp_resource_row *row, bp_str key, bp_answer *answer)
{
    for (size_t i = 0; i < row->tag_keys.count; i++) {
        if (bp_str_equal(row->tag_keys.at[i], key)) {
            *answer = BP_PRESENT;
            return row->tags.at[i].text;
        }
    }
    *answer = bp_tag_is_watched(org, key) ? BP_ABSENT : BP_UNKNOWN;
    return (bp_str){"", 0};
}

/* "*" stands for any run of characters. */
static bool
is_like(bp_str pattern, bp_str text)
{
    size_t star = pattern.size;
    size_t mark = 0;
    size_t p = 0;
    size_t t = 0;
    while (t < text.size) {
        if (p < pattern.size && pattern.at[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size && pattern.at[p] == text.at[t]) {
            p++;
            t++;
        } else if (star < pattern.size) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size && pattern.at[p] == '*') {
        p++;
    }
    return p == pattern.size;
}

/* Whether a text is one of a value's texts. */
static bp_answer
is_one_of(bp_str text, const bp_value *values, bool like)
{
    bp_answer answer = BP_ABSENT;
    size_t count = values->kind == BP_VALUE_LIST ? values->items.count : 1;
    for (size_t i = 0; i < count; i++) {
        const bp_value *value = values->kind == BP_VALUE_LIST ? values->items.at[i] : values;
        if (value->kind != BP_VALUE_TEXT) {
            answer = BP_UNKNOWN;
        } else if (like ? is_like(value->text, text) : bp_str_equal(value->text, text)) {
            return BP_PRESENT;
        }
    }
    return answer;
}

static bp_answer
carries(const bp_organization *org, const bp_resource_row *row, bp_str key, const bp_value *values,
        bool like)
{
    bp_answer there = BP_UNKNOWN;
    bp_str text = tag_of(org, row, key, &there);
    return there == BP_PRESENT ? is_one_of(text, values, like) : there;
}

bp_answer
bp_row_carries(const bp_organization *org, const bp_resource_row *row, bp_str key,
               const bp_value *values)
{
    return carries(org, row, key, values, false);
}

bp_str
bp_condition_tag(const bp_node *condition)
{
    static const bp_str head = {"aws:ResourceTag/", 16};
    bp_str key = {"", 0};
    if (!bp_node_text(condition, "condition_key", &key) || !bp_str_starts(key, head)) {
        return (bp_str){"", 0};
    }
    return bp_str_cut(key, head.size, key.size);
}

/* Whether a resource without the tag passes a negative condition is stated nowhere: unknown. */
static bp_answer
condition_holds(const bp_organization *org, bp_str group, const bp_node *condition,
                const bp_resource_row *row)
{
    bp_str key = bp_condition_tag(condition);
    const bp_value *value = bp_node_value(condition, "condition_value");
    bool like = bp_str_is(group, "string_like") || bp_str_is(group, "string_not_like");
    bool negative = bp_str_is(group, "string_not_equals") || bp_str_is(group, "string_not_like");
    bool known = like || negative || bp_str_is(group, "string_equals");
    if (key.size == 0 || value == NULL || !known) {
        return BP_UNKNOWN;
    }
    bp_answer there = BP_UNKNOWN;
    (void)tag_of(org, row, key, &there);
    if (negative && there != BP_PRESENT) {
        return BP_UNKNOWN;
    }
    bp_answer answer = carries(org, row, key, value, like);
    return negative ? opposite(answer) : answer;
}

/* All conditions must hold. */
static bp_answer
conditions_hold(const bp_organization *org, const bp_node *selection, const bp_resource_row *row)
{
    bp_answer answer = BP_PRESENT;
    const bp_node *group = bp_node_first(selection, "conditions");
    for (; group != NULL; group = group->next) {
        const bp_node *condition = group->first;
        answer =
            condition == NULL && group->kind == BP_NODE_LEAF ? both(answer, BP_UNKNOWN) : answer;
        for (; condition != NULL; condition = condition->next) {
            answer = both(answer, condition_holds(org, group->key, condition, row));
        }
    }
    return answer;
}

static bp_answer
takes_by_tag(const bp_organization *org, const bp_node *selection, const bp_resource_row *row)
{
    bp_str key = {"", 0};
    const bp_value *values = bp_node_value(selection, "tag_value");
    if (!bp_node_text(selection, "tag_key", &key) || values == NULL ||
        values->kind == BP_VALUE_UNKNOWN) {
        return BP_UNKNOWN;
    }
    return bp_row_carries(org, row, key, values);
}

static bp_answer
takes_by_type(const bp_organization *org, const bp_node *selection, const bp_resource_row *row)
{
    const bp_node *leaf = bp_node_child(selection, "resource_types");
    bp_answer answer = leaf == NULL ? BP_PRESENT : bp_list_holds(org->facts, leaf->assign, row);
    if (bp_node_child(selection, "not_resource_types") != NULL) {
        const bp_value *out = bp_node_value(selection, "not_resource_types");
        answer = both(answer, opposite(bp_list_holds(org->facts, out, row)));
    }
    return both(answer, conditions_hold(org, selection, row));
}

bp_answer
bp_selection_takes(const bp_organization *org, const bp_node *selection, const bp_resource_row *row)
{
    bp_answer answer = bp_node_is_tags(selection) ? takes_by_tag(org, selection, row)
                                                  : takes_by_type(org, selection, row);
    return (selection->holes || selection->extend) && answer != BP_PRESENT ? BP_UNKNOWN : answer;
}

bp_answer
bp_plan_takes(const bp_organization *org, const bp_node *plan, const bp_resource_row *row)
{
    static const char *const forms[] = {"selections/tags", "selections/resources"};
    bp_answer answer = BP_ABSENT;
    for (size_t i = 0; i < 2; i++) {
        const bp_node *selection = bp_node_first(plan, forms[i]);
        for (; selection != NULL; selection = selection->next) {
            answer = either(answer, bp_selection_takes(org, selection, row));
        }
    }
    return plan->holes ? either(answer, BP_UNKNOWN) : answer;
}
