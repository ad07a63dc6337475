/*
 * What a change is called, what its states are in words, and whether it takes protection away.
 * Judged by what stands in the documents alone: whether resources exist is not asked.
 */
#include "compiler/compare/parts.h"
#include "compiler/policy/schedule.h"

enum { HOUR = 60, DAY = 1440, YEAR = 366 * 86400, RUNS_MAX = 10000 };

static const char *
name_of(const bp_leaf *leaf)
{
    return leaf->node->setting == NULL ? "" : leaf->node->setting->name;
}

static bool
is_setting(const bp_leaf *leaf, const char *name)
{
    return !leaf->part && !leaf->control && bp_str_is(bp_str_of(name_of(leaf)), name);
}

static bool
is_condition(const bp_node *entry)
{
    return entry->parent != NULL && entry->parent->parent != NULL &&
           bp_str_equal_folded(entry->parent->parent->key, BP_STR("conditions"));
}

static const char *
part_name(const bp_node *node)
{
    switch (node->kind) {
    case BP_NODE_PLAN:
        return "plan";
    case BP_NODE_RULE:
        return "rule";
    case BP_NODE_COPY:
        return "copy";
    case BP_NODE_SELECTION:
        return "selection";
    case BP_NODE_ENTRY:
        return is_condition(node) ? "condition" : "tag";
    case BP_NODE_ROOT:
    case BP_NODE_PLANS:
    case BP_NODE_CONTAINER:
    case BP_NODE_LEAF:
        break;
    }
    return "part";
}

bp_str
bp_change_what(const bp_leaf *leaf)
{
    static const char *const words[][2] = {
        {"delete_after", "retention"},
        {"cold_after", "cold storage"},
        {"regions", "Regions"},
        {"start_within", "start window"},
        {"finish_within", "window"},
        {"continuous", "continuous backup"},
        {"tag_key", "tag key"},
        {"tag_values", "tag values"},
        {"resource_types", "resource types"},
        {"not_resource_types", "excluded resource types"},
    };
    if (leaf->control) {
        return BP_STR("child control");
    }
    if (leaf->part) {
        return bp_str_of(part_name(leaf->node));
    }
    bool of_copy = bp_node_up(leaf->node, BP_NODE_COPY) != NULL;
    if (of_copy && is_setting(leaf, "delete_after")) {
        return BP_STR("retention of the copy");
    }
    if (of_copy && is_setting(leaf, "cold_after")) {
        return BP_STR("cold storage of the copy");
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_setting(leaf, words[i][0])) {
            return bp_str_of(words[i][1]);
        }
    }
    return name_of(leaf)[0] != '\0' ? bp_str_of(name_of(leaf)) : leaf->node->key;
}

static bp_str
duration_words(bp_arena *arena, bp_str text, int64_t unit)
{
    int64_t number = 0;
    if (!bp_str_number(text, &number)) {
        return bp_str_is(text, "-1") ? BP_STR("never") : text;
    }
    if (unit == DAY) {
        return bp_str_format(arena, "%lldd", (long long)number);
    }
    if (number >= DAY && number % DAY == 0) {
        return bp_str_format(arena, "%lldd", (long long)(number / DAY));
    }
    return number > 0 && number % HOUR == 0
               ? bp_str_format(arena, "%lldh", (long long)(number / HOUR))
               : bp_str_format(arena, "%lldm", (long long)number);
}

static bp_str
words_of(bp_arena *arena, const bp_leaf *leaf, bp_str text)
{
    if (leaf->node->setting == NULL) {
        return text;
    }
    bp_setting_type type = leaf->node->setting->type;
    if (type == BP_TYPE_DAYS) {
        return duration_words(arena, text, DAY);
    }
    if (type == BP_TYPE_MINUTES) {
        return duration_words(arena, text, 1);
    }
    if (type == BP_TYPE_SCHEDULE) {
        bp_schedule schedule = bp_schedule_parse(arena, text);
        bp_str words =
            schedule.fault == BP_SCHEDULE_GOOD ? bp_schedule_words(arena, &schedule) : BP_STR("");
        return words.size > 0 ? words : text;
    }
    if (type == BP_TYPE_SWITCH) {
        return bp_str_equal_folded(text, BP_STR("true"))    ? BP_STR("on")
               : bp_str_equal_folded(text, BP_STR("false")) ? BP_STR("off")
                                                            : text;
    }
    return text;
}

bp_str
bp_texts_joined(bp_arena *arena, const bp_texts_list *list)
{
    bp_buf out = {.arena = arena};
    for (size_t i = 0; i < list->count; i++) {
        bp_buf_add_c(&out, i > 0 ? ", " : "");
        bp_buf_add(&out, list->at[i]);
    }
    return bp_buf_text(&out);
}

static void
add_word(bp_buf *out, const char *separator, const char *before, bp_str word)
{
    bp_buf_add_c(out, out->size > 0 ? separator : "");
    bp_buf_add_c(out, before);
    bp_buf_add(out, word);
}

/* "us-east-1, eu-west-1; every day at 05:00 UTC, kept 35d": what a part is about. */
static bp_str
summary_of(bp_arena *arena, const bp_flat *flat, const bp_leaf *part)
{
    bp_buf out = {.arena = arena};
    for (const bp_leaf *leaf = part + 1; leaf < flat->leaves.at + part->end; leaf++) {
        bool of_copy = leaf->node->kind != BP_NODE_COPY &&
                       bp_node_up(leaf->node, BP_NODE_COPY) != NULL &&
                       part->node->kind != BP_NODE_COPY;
        if (leaf->items.count == 0 && !leaf->part) {
            continue;
        }
        if (leaf->part && leaf->node->kind != BP_NODE_ENTRY) {
            add_word(&out, "; ", bp_str_format(arena, "%s ", part_name(leaf->node)).at,
                     leaf->node->kind == BP_NODE_COPY ? leaf->node->key
                                                      : bp_str_fold(arena, leaf->node->key));
        } else if (is_setting(leaf, "regions") || is_setting(leaf, "tag_values") ||
                   is_setting(leaf, "resource_types")) {
            add_word(&out, ": ", "", bp_texts_joined(arena, &leaf->items));
        } else if (is_setting(leaf, "schedule")) {
            add_word(&out, ": ", "", words_of(arena, leaf, leaf->items.at[0]));
        } else if (is_setting(leaf, "delete_after") && !of_copy) {
            add_word(&out, ", ", "kept ", words_of(arena, leaf, leaf->items.at[0]));
        }
    }
    return bp_buf_text(&out);
}

bp_state
bp_state_of(bp_arena *arena, const bp_flat *flat, const bp_leaf *leaf)
{
    bp_state state = {.there = leaf != NULL};
    if (leaf == NULL) {
        return state;
    }
    state.from = leaf->from;
    if (leaf->part) {
        state.words = summary_of(arena, flat, leaf);
        state.text = state.words;
        return state;
    }
    if (leaf->control) {
        state.text = bp_texts_joined(arena, &leaf->items);
        state.words = leaf->items.count == BP_OPERATORS ? BP_STR("everything")
                      : leaf->items.count == 0          ? BP_STR("nothing")
                                                        : state.text;
        return state;
    }
    state.text = bp_texts_joined(arena, &leaf->items);
    state.words = leaf->list || leaf->items.count == 0
                      ? bp_str_format(arena, "[%.*s]", BP_ARG(state.text))
                      : words_of(arena, leaf, leaf->items.at[0]);
    return state;
}

static size_t
runs_in_a_year(bp_arena *arena, bp_str text, int64_t from)
{
    bp_schedule schedule = bp_schedule_parse(arena, text);
    size_t runs = 0;
    int64_t run = from;
    if (schedule.fault != BP_SCHEDULE_GOOD) {
        return SIZE_MAX;
    }
    while (runs < RUNS_MAX && bp_schedule_next(&schedule, run, &run) && run - from < YEAR) {
        runs++;
    }
    return runs;
}

/* Days that backups are kept: without a number, for ever. */
static int64_t
days_of(const bp_leaf *leaf)
{
    int64_t days = INT64_MAX;
    if (leaf != NULL && leaf->items.count == 1) {
        (void)bp_str_number(leaf->items.at[0], &days);
    }
    return days;
}

static bool
is_on(const bp_leaf *leaf)
{
    return leaf != NULL && leaf->items.count == 1 &&
           bp_str_equal_folded(leaf->items.at[0], BP_STR("true"));
}

bp_danger
bp_danger_of_value(bp_arena *arena, const bp_leaf *before, const bp_leaf *after, int64_t as_of)
{
    const bp_leaf *leaf = after != NULL ? after : before;
    if (is_setting(leaf, "delete_after")) {
        return days_of(after) < days_of(before) ? BP_DANGER_RETENTION : BP_DANGER_NONE;
    }
    if (is_setting(leaf, "continuous")) {
        return is_on(before) && !is_on(after) ? BP_DANGER_CONTINUOUS : BP_DANGER_NONE;
    }
    if (is_setting(leaf, "schedule") && before != NULL && after != NULL &&
        before->items.count == 1 && after->items.count == 1) {
        size_t was = runs_in_a_year(arena, before->items.at[0], as_of);
        size_t is = runs_in_a_year(arena, after->items.at[0], as_of);
        return was != SIZE_MAX && is < was ? BP_DANGER_SCHEDULE : BP_DANGER_NONE;
    }
    bool selects = bp_node_up(leaf->node, BP_NODE_SELECTION) != NULL;
    bool by_key = is_setting(leaf, "tag_key") ||
                  bp_str_equal_folded(leaf->node->key, BP_STR("condition_key")) ||
                  bp_str_equal_folded(leaf->node->key, BP_STR("condition_value"));
    return selects && by_key && before != NULL ? BP_DANGER_SELECTION : BP_DANGER_NONE;
}

bp_danger
bp_danger_of_list(const bp_leaf *leaf, const bp_change *change)
{
    bool takes = bp_str_is(bp_str_of(leaf->operator_), "remove");
    size_t lost = takes ? change->added.count : change->removed.count;
    size_t more = takes ? change->removed.count : change->added.count;
    if (is_setting(leaf, "regions")) {
        return lost > 0 ? BP_DANGER_COVERAGE : BP_DANGER_NONE;
    }
    if (is_setting(leaf, "tag_values") || is_setting(leaf, "resource_types")) {
        return lost > 0 ? BP_DANGER_SELECTION : BP_DANGER_NONE;
    }
    return is_setting(leaf, "not_resource_types") && more > 0 ? BP_DANGER_SELECTION
                                                              : BP_DANGER_NONE;
}

bp_danger
bp_danger_of_part(const bp_leaf *leaf, bool removed)
{
    if (leaf->node->kind == BP_NODE_ENTRY) {
        return is_condition(leaf->node) && !removed ? BP_DANGER_SELECTION : BP_DANGER_NONE;
    }
    if (!removed) {
        return BP_DANGER_NONE;
    }
    return leaf->node->kind == BP_NODE_COPY ? BP_DANGER_COPY : BP_DANGER_COVERAGE;
}

const char *
bp_danger_name(bp_danger danger)
{
    static const char *const names[] = {"coverage",  "invalid",  "retention",  "copy", "lock",
                                        "selection", "schedule", "continuous", ""};
    return names[danger];
}

const char *
bp_danger_words(bp_danger danger)
{
    static const char *const words[] = {"backups are lost",
                                        "AWS finds it faulty",
                                        "kept shorter",
                                        "copies are lost",
                                        "a lock is loosened",
                                        "fewer resources are selected",
                                        "backed up less often",
                                        "point-in-time recovery is lost",
                                        ""};
    return words[danger];
}
