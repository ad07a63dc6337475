/*
 * The merge on small documents: operators, peers, controls, what stays and what falls away, and the
 * events that checks are made from. Whole cases from recorded answers stand in testdata/merges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compiler/effective/merge.h"
#include "compiler/policy/document.h"

enum { MOST = 8 };

typedef struct fixture {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *diagnostics;
    bp_merger merger;
    bp_way *way; /* the lowest level so far */
    bp_bound_policy bounds[MOST];
    size_t count;
} fixture;

static int
set_up(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    fixture *f = BP_NEW(arena, fixture);
    f->arena = arena;
    f->sources = bp_sources_new(arena);
    f->diagnostics = bp_diagnostics_new(arena, f->sources, NULL, 0); /* documents are clean here */
    f->merger = bp_merger_new(arena);
    *state = f;
    return 0;
}

static int
tear_down(void **state)
{
    fixture *f = *state;
    bp_arena_free(f->arena);
    return 0;
}

/* A policy whose plan "p" has these members, in single quotes. */
static const bp_bound_policy *
policy(fixture *f, const char *members)
{
    bp_buf text = {.arena = f->arena};
    bp_buf_format(&text, "{'plans': {'p': {%s}}}", members);
    for (size_t i = 0; i < text.size; i++) {
        text.at[i] = text.at[i] == '\'' ? '"' : text.at[i];
    }
    bp_str name = bp_str_format(f->arena, "policy%zu", f->count);
    const bp_source *source = bp_sources_add(f->sources, name, bp_buf_text(&text));
    bp_policy *read = NULL;
    assert_true(
        bp_document_read(f->arena, f->diagnostics, source, name, bp_span_of(source, 0, 1), &read));
    bp_bound_policy *bound = &f->bounds[f->count++];
    bound->policy = read;
    return bound;
}

/* One more level: up to two peers, the second one NULL if there is one alone. */
static void
level(fixture *f, const char *first, const char *second)
{
    bp_peers peers = {0};
    *bp_vec_add(f->arena, &peers.list) = policy(f, first);
    if (second != NULL) {
        *bp_vec_add(f->arena, &peers.list) = policy(f, second);
    }
    f->way = bp_merger_way(&f->merger, f->way, &peers);
}

/* What the plan became, without white space and with single quotes. */
static void
expect(fixture *f, const char *wanted)
{
    bp_merged *root = bp_merger_document(&f->merger, f->way);
    bp_buf out = {.arena = f->arena};
    bp_buf plain = {.arena = f->arena};
    bp_merged_write(&f->merger, bp_merged_at(&f->merger, root, "plans/p"), BP_STR(""), 0, &out);
    for (size_t i = 0; i < out.size; i++) {
        if (out.at[i] != ' ' && out.at[i] != '\n') {
            bp_buf_add_char(&plain, out.at[i] == '"' ? '\'' : out.at[i]);
        }
    }
    assert_string_equal(bp_str_c(f->arena, bp_buf_text(&plain)), wanted);
}

/* How many events of a kind the lowest level has. */
static size_t
events(fixture *f, bp_merge_event_kind kind)
{
    size_t count = 0;
    (void)bp_merger_document(&f->merger, f->way);
    for (size_t i = 0; i < f->way->events.count; i++) {
        count += f->way->events.at[i].kind == kind;
    }
    return count;
}

static void
a_lower_level_assigns_over(void **state)
{
    fixture *f = *state;
    level(f, "'regions': {'@@assign': ['a', 'b']}", NULL);
    level(f, "'regions': {'@@assign': ['c']}", NULL);
    expect(f, "{'regions':['c']}");
    assert_int_equal(events(f, BP_MERGE_REPLACED), 1);
}

static void
appends_add_what_is_new_at_the_end(void **state)
{
    fixture *f = *state;
    level(f, "'regions': {'@@assign': ['b', 'a']}", NULL);
    level(f, "'regions': {'@@append': ['a', 'c']}", NULL);
    expect(f, "{'regions':['b','a','c']}");
    assert_int_equal(f->way->events.count, 0);
}

static void
peers_assign_then_append_then_remove(void **state)
{
    fixture *f = *state;
    level(f, "'regions': {'@@append': ['b'], '@@remove': ['a']}",
          "'regions': {'@@assign': ['a', 'c']}");
    expect(f, "{'regions':['c','b']}");
}

static void
of_two_assigns_the_first_wins(void **state)
{
    fixture *f = *state;
    level(f, "'regions': {'@@assign': ['a']}", "'regions': {'@@assign': ['b']}");
    expect(f, "{'regions':['a']}");
    assert_int_equal(events(f, BP_MERGE_CONFLICT), 1);
}

static void
peers_that_assign_the_same_do_not_disagree(void **state)
{
    fixture *f = *state;
    level(f, "'regions': {'@@assign': ['a', 'b']}", "'regions': {'@@assign': ['b', 'a']}");
    expect(f, "{'regions':['a','b']}");
    assert_int_equal(events(f, BP_MERGE_CONFLICT), 0);
}

static void
an_emptied_list_stays(void **state)
{
    fixture *f = *state;
    level(f, "'regions': {'@@assign': ['a']}", NULL);
    level(f, "'regions': {'@@remove': ['a']}", NULL);
    expect(f, "{'regions':[]}");
}

static void
the_level_above_keeps_its_list(void **state)
{
    fixture *f = *state;
    level(f, "'regions': {'@@assign': ['a', 'b']}", NULL);
    bp_way *above = f->way;
    level(f, "'regions': {'@@remove': ['a'], '@@append': ['c']}", NULL);
    expect(f, "{'regions':['b','c']}");
    f->way = above;
    expect(f, "{'regions':['a','b']}");
}

static void
controls_bind_the_levels_below(void **state)
{
    fixture *f = *state;
    level(f,
          "'regions': {'@@assign': ['a'], '@@append': ['b'], "
          "'@@operators_allowed_for_child_policies': ['@@append']}",
          NULL);
    level(f, "'regions': {'@@assign': ['x'], '@@append': ['c'], '@@remove': ['a']}", NULL);
    expect(f, "{'regions':['a','b','c']}");
    assert_int_equal(events(f, BP_MERGE_BLOCKED), 2);
}

static void
controls_of_peers_meet(void **state)
{
    fixture *f = *state;
    level(f,
          "'regions': {'@@assign': ['a'], '@@operators_allowed_for_child_policies': ['@@append', "
          "'@@remove']}",
          "'regions': {'@@operators_allowed_for_child_policies': ['@@append', '@@assign']}");
    level(f, "'regions': {'@@assign': ['x'], '@@append': ['b'], '@@remove': ['a']}", NULL);
    expect(f, "{'regions':['a','b']}");
    assert_int_equal(events(f, BP_MERGE_BLOCKED), 2);
}

static void
a_control_cannot_be_widened(void **state)
{
    fixture *f = *state;
    level(f, "'regions': {'@@assign': ['a'], '@@operators_allowed_for_child_policies': ['@@none']}",
          NULL);
    level(f, "'regions': {'@@operators_allowed_for_child_policies': ['@@all']}", NULL);
    assert_int_equal(events(f, BP_MERGE_WIDER), 1);
    level(f, "'regions': {'@@assign': ['x']}", NULL);
    expect(f, "{'regions':['a']}");
}

static void
a_control_on_a_container_leaves_its_settings_free(void **state)
{
    fixture *f = *state;
    level(f,
          "'rules': {'@@operators_allowed_for_child_policies': ['@@none'], "
          "'r': {'target_backup_vault_name': {'@@assign': 'one'}}}",
          NULL);
    level(f, "'rules': {'r': {'target_backup_vault_name': {'@@assign': 'two'}}}", NULL);
    expect(f, "{'rules':{'r':{'target_backup_vault_name':'two'}}}");
    assert_int_equal(f->way->events.count, 0);
    level(f, "'rules': {'new': {'target_backup_vault_name': {'@@assign': 'three'}}}", NULL);
    expect(f, "{'rules':{'r':{'target_backup_vault_name':'two'}}}");
    assert_int_equal(events(f, BP_MERGE_KEY_BLOCKED), 1);
}

static void
names_fold_scalars_are_texts_and_nothing_empty_stays(void **state)
{
    fixture *f = *state;
    level(f,
          "'rules': {'Night': {'lifecycle': {'delete_after_days': {'@@assign': 35}}, "
          "'copy_actions': {}}}",
          NULL);
    level(f, "'rules': {'NIGHT': {'enable_continuous_backup': {'@@assign': true}}}", NULL);
    expect(f, "{'rules':{'night':{'lifecycle':{'delete_after_days':'35'},"
              "'enable_continuous_backup':'true'}}}");
}

static void
the_account_is_put_in_where_it_is_known(void **state)
{
    fixture *f = *state;
    bp_str text = BP_STR("arn:aws:iam::$account:role/$account");
    bp_str shown = bp_effective_text(f->arena, text, BP_STR("222233334444"));
    assert_string_equal(bp_str_c(f->arena, shown), "arn:aws:iam::222233334444:role/222233334444");
    shown = bp_effective_text(f->arena, text, BP_STR(""));
    assert_true(bp_str_equal(shown, text));
}

static void
removes_of_nothing_are_told(void **state)
{
    fixture *f = *state;
    level(f, "'regions': {'@@assign': ['a'], '@@remove': ['b']}", NULL);
    assert_int_equal(events(f, BP_MERGE_NOTHING), 1);
    level(f, "'regions': {'@@remove': ['a', 'c']}", NULL);
    assert_int_equal(events(f, BP_MERGE_NOTHING), 1);
    assert_int_equal(events(f, BP_MERGE_WEAKENED), 1);
}

static void
less_protection_below_is_told(void **state)
{
    static const char rule[] =
        "'rules': {'r': {'lifecycle': {'delete_after_days': {'@@assign': '%s'}}, "
        "'enable_continuous_backup': {'@@assign': '%s'}}}";
    fixture *f = *state;
    const struct {
        const char *days;
        const char *continuous;
        size_t told;
    } steps[] = {{"30", "true", 0}, {"35", "true", 0}, {"34", "true", 1}, {"7", "false", 2}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        bp_buf text = {.arena = f->arena};
        bp_buf_format(&text, rule, steps[i].days, steps[i].continuous);
        level(f, bp_str_c(f->arena, bp_buf_text(&text)), NULL);
        assert_int_equal(events(f, BP_MERGE_WEAKENED), steps[i].told);
    }
}

static void
ways_that_share_a_rule_share_its_tree(void **state)
{
    fixture *f = *state;
    level(f, "'rules': {'r': {'target_backup_vault_name': {'@@assign': 'one'}}}", NULL);
    bp_way *top = f->way;
    const bp_node *rules[2];
    for (size_t i = 0; i < 2; i++) {
        f->way = top;
        level(f, i == 0 ? "'regions': {'@@assign': ['a']}" : "'regions': {'@@assign': ['b']}",
              NULL);
        bp_merged *root = bp_merger_document(&f->merger, f->way);
        const bp_node *plan = bp_merged_tree(&f->merger, bp_merged_at(&f->merger, root, "plans/p"));
        rules[i] = bp_node_child(plan, "rules");
        assert_non_null(rules[i]);
        assert_ptr_equal(bp_node_up(rules[i], BP_NODE_PLAN), plan);
    }
    assert_ptr_not_equal(rules[0], rules[1]);
    assert_ptr_equal(rules[0]->first, rules[1]->first);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_lower_level_assigns_over),
        TEST(appends_add_what_is_new_at_the_end),
        TEST(peers_assign_then_append_then_remove),
        TEST(of_two_assigns_the_first_wins),
        TEST(peers_that_assign_the_same_do_not_disagree),
        TEST(an_emptied_list_stays),
        TEST(the_level_above_keeps_its_list),
        TEST(controls_bind_the_levels_below),
        TEST(controls_of_peers_meet),
        TEST(a_control_cannot_be_widened),
        TEST(a_control_on_a_container_leaves_its_settings_free),
        TEST(names_fold_scalars_are_texts_and_nothing_empty_stays),
        TEST(the_account_is_put_in_where_it_is_known),
        TEST(removes_of_nothing_are_told),
        TEST(less_protection_below_is_told),
        TEST(ways_that_share_a_rule_share_its_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
