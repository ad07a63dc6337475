/*
 * What a selection takes: three answers for tags, patterns, exclusions and conditions, against rows
 * of the inventory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/coverage/selected.h"

typedef struct world {
    bp_arena *arena;
    bp_organization org;
    bp_node *plan;
} world;

static world
world_new(void)
{
    world w = {.arena = bp_arena_new(NULL)};
    *bp_vec_add(w.arena, &w.org.watched_tags) = BP_STR("backup");
    w.plan = bp_node_new(w.arena, BP_NODE_PLAN, BP_STR("p"), BP_NOWHERE);
    return w;
}

static bp_node *
below(world *w, bp_node *parent, bp_node_kind kind, const char *key)
{
    bp_node *node = bp_node_new(w->arena, kind, bp_str_of(key), BP_NOWHERE);
    bp_node_add(parent, node);
    return node;
}

static bp_value *
text(world *w, const char *words)
{
    bp_value *value = BP_NEW(w->arena, bp_value);
    value->kind = words == NULL ? BP_VALUE_UNKNOWN : BP_VALUE_TEXT;
    value->text = bp_str_of(words);
    return value;
}

static bp_value *
list(world *w, const char *first, const char *second)
{
    bp_value *value = BP_NEW(w->arena, bp_value);
    value->kind = BP_VALUE_LIST;
    *bp_vec_add(w->arena, &value->items) = text(w, first);
    if (second != NULL) {
        *bp_vec_add(w->arena, &value->items) = text(w, second);
    }
    return value;
}

static bp_node *
selection(world *w, const char *form)
{
    bp_node *all = below(w, w->plan, BP_NODE_CONTAINER, "selections");
    bp_node *of_form = below(w, all, BP_NODE_CONTAINER, form);
    return below(w, of_form, BP_NODE_SELECTION, "s");
}

static void
condition(world *w, bp_node *chosen, const char *group, const char *key, const char *value)
{
    bp_node *conditions = below(w, chosen, BP_NODE_CONTAINER, "conditions");
    bp_node *entry = below(w, below(w, conditions, BP_NODE_CONTAINER, group), BP_NODE_ENTRY, "c");
    below(w, entry, BP_NODE_LEAF, "condition_key")->assign = text(w, key);
    below(w, entry, BP_NODE_LEAF, "condition_value")->assign = text(w, value);
}

static bp_resource_row
row_of(world *w, const char *type, const char *other, const char *tag)
{
    bp_resource_row row = {.in = 1, .count = -1};
    *bp_vec_add(w->arena, &row.types) = bp_type_find(NULL, bp_str_of(type));
    if (other != NULL) {
        *bp_vec_add(w->arena, &row.types) = bp_type_find(NULL, bp_str_of(other));
    }
    if (tag != NULL) {
        *bp_vec_add(w->arena, &row.tag_keys) = BP_STR("backup");
        *bp_vec_add(w->arena, &row.tags) = (bp_label){.text = bp_str_of(tag)};
    }
    return row;
}

static bp_answer
by_tag(const char *key, const char *first, const char *second, const char *tag)
{
    world w = world_new();
    bp_node *chosen = selection(&w, "tags");
    below(&w, chosen, BP_NODE_LEAF, "tag_key")->assign = text(&w, key);
    below(&w, chosen, BP_NODE_LEAF, "tag_value")->assign = list(&w, first, second);
    bp_resource_row row = row_of(&w, "s3", NULL, tag);
    bp_answer answer = bp_plan_takes(&w.org, w.plan, &row);
    bp_arena_free(w.arena);
    return answer;
}

static void
tags_are_compared_exactly(void **state)
{
    (void)state;
    assert_int_equal(by_tag("backup", "prod", NULL, "prod"), BP_PRESENT);
    assert_int_equal(by_tag("backup", "gold", "prod", "prod"), BP_PRESENT);
    assert_int_equal(by_tag("backup", "Prod", NULL, "prod"), BP_ABSENT);
    assert_int_equal(by_tag("backup", "prod*", NULL, "prod1"), BP_ABSENT);
    assert_int_equal(by_tag("backup", "prod", NULL, NULL), BP_ABSENT);
    assert_int_equal(by_tag("tier", "prod", NULL, "prod"), BP_UNKNOWN); /* nobody watched it */
    assert_int_equal(by_tag("Backup", "prod", NULL, "prod"), BP_UNKNOWN);
    assert_int_equal(by_tag("backup", NULL, "gold", "prod"), BP_UNKNOWN); /* a hole */
    assert_int_equal(by_tag("backup", NULL, "prod", "prod"), BP_PRESENT);
}

static bp_answer
by_type(const char *in, const char *out, const char *type, const char *other)
{
    world w = world_new();
    bp_node *chosen = selection(&w, "resources");
    below(&w, chosen, BP_NODE_LEAF, "resource_types")->assign = list(&w, in, NULL);
    if (out != NULL) {
        below(&w, chosen, BP_NODE_LEAF, "not_resource_types")->assign = list(&w, out, NULL);
    }
    bp_resource_row row = row_of(&w, type, other, NULL);
    bp_answer answer = bp_plan_takes(&w.org, w.plan, &row);
    bp_arena_free(w.arena);
    return answer;
}

static void
patterns_and_exclusions(void **state)
{
    (void)state;
    assert_int_equal(by_type("*", NULL, "s3", NULL), BP_PRESENT);
    assert_int_equal(by_type("arn:aws:s3:::*", NULL, "s3", NULL), BP_PRESENT);
    assert_int_equal(by_type("arn:aws:s3:::*", NULL, "efs", NULL), BP_ABSENT);
    assert_int_equal(by_type("arn:aws:rds:*:*:cluster:*", NULL, "aurora", "neptune"), BP_PRESENT);
    assert_int_equal(by_type("arn:aws:rds:*:*:cluster:*", NULL, "aurora", "s3"), BP_UNKNOWN);
    assert_int_equal(by_type("*", "arn:aws:s3:::*", "s3", NULL), BP_ABSENT);
    assert_int_equal(by_type("*", "arn:aws:s3:::*", "efs", NULL), BP_PRESENT);
    assert_int_equal(by_type("*", "arn:aws:s3:::*", "efs", "s3"), BP_UNKNOWN);
    assert_int_equal(by_type(NULL, NULL, "s3", NULL), BP_UNKNOWN);
}

static bp_answer
by_condition(const char *group, const char *key, const char *value, const char *tag)
{
    world w = world_new();
    bp_node *chosen = selection(&w, "resources");
    below(&w, chosen, BP_NODE_LEAF, "resource_types")->assign = list(&w, "*", NULL);
    condition(&w, chosen, group, key, value);
    bp_resource_row row = row_of(&w, "s3", NULL, tag);
    bp_answer answer = bp_plan_takes(&w.org, w.plan, &row);
    bp_arena_free(w.arena);
    return answer;
}

#define TAG "aws:ResourceTag/backup"

static void
conditions_on_tags(void **state)
{
    (void)state;
    assert_int_equal(by_condition("string_equals", TAG, "prod", "prod"), BP_PRESENT);
    assert_int_equal(by_condition("string_equals", TAG, "prod", "Prod"), BP_ABSENT);
    assert_int_equal(by_condition("string_equals", TAG, "prod", NULL), BP_ABSENT);
    assert_int_equal(by_condition("string_equals", TAG, "pr*", "prod"), BP_ABSENT);
    assert_int_equal(by_condition("string_like", TAG, "pr*d", "prod"), BP_PRESENT);
    assert_int_equal(by_condition("string_like", TAG, "pr*", "test"), BP_ABSENT);
    assert_int_equal(by_condition("string_not_equals", TAG, "prod", "test"), BP_PRESENT);
    assert_int_equal(by_condition("string_not_equals", TAG, "prod", "prod"), BP_ABSENT);
    /* What AWS does with a resource that has no such tag is stated nowhere. */
    assert_int_equal(by_condition("string_not_equals", TAG, "prod", NULL), BP_UNKNOWN);
    assert_int_equal(by_condition("string_not_like", TAG, "p*", "prod"), BP_ABSENT);
    assert_int_equal(by_condition("string_equals", "aws:ResourceTag/tier", "a", "prod"),
                     BP_UNKNOWN);
    assert_int_equal(by_condition("string_equals", "aws:RequestedRegion", "a", "prod"), BP_UNKNOWN);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_compared_exactly),
        cmocka_unit_test(patterns_and_exclusions),
        cmocka_unit_test(conditions_on_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
