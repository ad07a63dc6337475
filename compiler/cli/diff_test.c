/*
 * Comparing whole projects, which lie in memory: what counts as a change, what it is called, and
 * what of it takes protection away.
 */
#include "compiler/backpol.h"
#include "compiler/compare/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { FILES_MAX = 4, AS_OF = 1793577600 };

static bp_arena *arena;

static int
open_arena(void **state)
{
    (void)state;
    arena = bp_arena_new(NULL);
    return 0;
}

static int
close_arena(void **state)
{
    (void)state;
    bp_arena_free(arena);
    return 0;
}

static bool
fetch(void *context, bp_arena *into, const bp_tree_file *file, size_t cap, bp_str *text,
      bp_file_error *error)
{
    (void)context;
    (void)error;
    *text = bp_str_copy(into, file->id);
    assert_true(text->size <= cap);
    return true;
}

static const char organization[] = "backpol_inventory: 1\n"
                                   "captured_at: \"2026-11-02T06:00:00Z\"\n"
                                   "organization: {id: o-exampleorg, partition: aws, "
                                   "management_account: \"111122223333\"}\n"
                                   "coverage: {tree: complete}\n"
                                   "root:\n"
                                   "  id: r-ab12\n"
                                   "  accounts:\n"
                                   "    - {id: \"111122223333\", name: Management}\n"
                                   "  ous:\n"
                                   "    - id: ou-ab12-aaaa0001\n"
                                   "      name: A\n"
                                   "      accounts:\n"
                                   "        - {id: \"222233334444\", name: One}\n"
                                   "        - {id: \"333344445555\", name: Two}\n"
                                   "    - id: ou-ab12-bbbb0001\n"
                                   "      name: B\n"
                                   "      accounts:\n"
                                   "        - {id: \"444455556666\", name: Three}\n";

/* A project of one file of policies and the organization above, or another. */
static bp_compare_side
side_of(const char *policies, const char *inventory)
{
    bp_file_tree *tree = bp_file_tree_new(arena, fetch, NULL);
    const char *const files[][2] = {
        {"backpol.yaml", "version: 1\nsources: [policies/*.bpol]\ninventory: org.yaml\n"},
        {"org.yaml", inventory == NULL ? organization : inventory},
        {"policies/all.bpol", policies}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        bp_tree_file file = {.path = bp_str_of(files[i][0]), .id = bp_str_of(files[i][1])};
        assert_true(bp_file_tree_add(tree, &file));
    }
    bp_options options = {.root = "/nonexistent",
                          .tree = tree,
                          .manifest_path = BP_STR("backpol.yaml"),
                          .as_of = AS_OF};
    bp_session *session = bp_session_new(arena, &options);
    assert_true(bp_session_load(session));
    assert_true(bp_session_compile(session));
    assert_false(bp_session_has_holes(session));
    return (bp_compare_side){
        .model = session->model, .effective = session->effective, .declares = true};
}

static bp_difference *
difference_of(const char *before, const char *after)
{
    bp_compare_side sides[] = {side_of(before, NULL), side_of(after, NULL)};
    return bp_compare(arena, &sides[0], &sides[1], AS_OF);
}

/* One policy at A with one plan; `rule`, `select` and `regions` stand in it. */
static const char *
policy(const char *regions, const char *rule, const char *select)
{
    return bp_str_format(arena,
                         "edition 1\n"
                         "policy \"p\" {\n  attach = [ou(\"A\")]\n"
                         "  plan \"daily\" {\n    regions = [%s]\n"
                         "    rule \"r\" {\n      vault = vault(\"v\")\n      %s\n    }\n"
                         "    select \"s\" {\n      role = role(\"x\")\n      %s\n    }\n  }\n}\n"
                         "vault \"v\" {}\nrole \"x\" {}\n",
                         regions, rule, select)
        .at;
}

#define REGIONS "us-east-1, eu-west-1"
#define RULE "schedule = daily(05:00)\n delete_after = 35d"
#define SELECT "tag_key = \"k\"\n tag_values = [\"a\", \"b\"]"

/* Holds that rules and selections differ in one change with this danger and these words. */
static void
expect(const char *before, const char *after, bp_danger danger, const char *what)
{
    const bp_difference *difference = difference_of(before, after);
    assert_int_equal(difference->groups.count, 1);
    const bp_change_group *group = &difference->groups.at[0];
    assert_int_equal(group->accounts.count, 2);
    assert_int_equal(difference->changed, 2);
    assert_string_equal(bp_danger_name(group->changes.at[0].danger), bp_danger_name(danger));
    assert_true(bp_str_is(group->changes.at[0].what, what));
    assert_int_equal(difference->dangers, danger == BP_DANGER_NONE ? 0 : 1);
}

static void
rule_becomes(const char *before, const char *after, bp_danger danger, const char *what)
{
    expect(policy(REGIONS, before, SELECT), policy(REGIONS, after, SELECT), danger, what);
}

static void
select_becomes(const char *before, const char *after, bp_danger danger, const char *what)
{
    expect(policy(REGIONS, RULE, before), policy(REGIONS, RULE, after), danger, what);
}

static void
equal_projects_do_not_differ(void **state)
{
    (void)state;
    const char *text = policy(REGIONS, RULE, SELECT);
    const bp_difference *difference = difference_of(text, text);
    assert_false(bp_difference_any(difference));
    assert_true(difference->accounts_compared);
    assert_int_equal(difference->accounts, 4);
}

#define DAILY "schedule = daily(05:00)\n "

static void
retention_is_dangerous_when_it_gets_shorter(void **state)
{
    (void)state;
    rule_becomes(RULE, DAILY "delete_after = 34d", BP_DANGER_RETENTION, "retention");
    rule_becomes(RULE, DAILY "delete_after = 36d", BP_DANGER_NONE, "retention");
    rule_becomes(DAILY, RULE, BP_DANGER_RETENTION, "retention");
    rule_becomes(RULE, DAILY, BP_DANGER_NONE, "retention");
}

static void
schedules_are_dangerous_when_they_run_less_often(void **state)
{
    (void)state;
    rule_becomes(RULE, "schedule = weekly([mon], 05:00)\n delete_after = 35d", BP_DANGER_SCHEDULE,
                 "schedule");
    rule_becomes(RULE, "schedule = daily(06:00)\n delete_after = 35d", BP_DANGER_NONE, "schedule");
}

static void
continuous_backups_that_end_are_dangerous(void **state)
{
    (void)state;
    rule_becomes(RULE "\n continuous = on", RULE, BP_DANGER_CONTINUOUS, "continuous backup");
    rule_becomes(RULE, RULE "\n continuous = on", BP_DANGER_NONE, "continuous backup");
}

#define COPY "\n copy to vault(\"v\") in us-west-2 {\n delete_after = 35d\n }"

static void
copies_that_are_lost_are_dangerous(void **state)
{
    (void)state;
    rule_becomes(RULE COPY, RULE, BP_DANGER_COPY, "copy");
    rule_becomes(RULE, RULE COPY, BP_DANGER_NONE, "copy");
}

static void
selections_that_get_narrower_are_dangerous(void **state)
{
    (void)state;
    select_becomes(SELECT, "tag_key = \"k\"\n tag_values = [\"a\"]", BP_DANGER_SELECTION,
                   "tag values");
    select_becomes(SELECT, "tag_key = \"k\"\n tag_values = [\"a\", \"b\", \"c\"]", BP_DANGER_NONE,
                   "tag values");
    select_becomes(SELECT, "tag_key = \"l\"\n tag_values = [\"a\", \"b\"]", BP_DANGER_SELECTION,
                   "tag key");
}

static void
regions_and_plans_that_are_lost_come_first(void **state)
{
    (void)state;
    const bp_difference *difference =
        difference_of(policy(REGIONS, RULE, SELECT), policy("us-east-1", RULE, SELECT));
    const bp_changes *changes = &difference->groups.at[0].changes;
    assert_int_equal(changes->at[0].kind, BP_CHANGE_REGIONS);
    assert_int_equal(changes->at[1].kind, BP_CHANGE_LIST);
    assert_int_equal(changes->at[1].removed.count, 1);

    difference = difference_of(policy(REGIONS, RULE, SELECT), "edition 1\n");
    changes = &difference->groups.at[0].changes;
    assert_int_equal(changes->at[0].kind, BP_CHANGE_BARE);
    assert_int_equal(changes->at[1].kind, BP_CHANGE_REMOVED);
    assert_int_equal(difference->policies.at[0].kind, BP_POLICY_GONE);
    assert_int_equal(difference->policies.at[0].detached.count, 1);
}

/* Texts of projects with one word replaced by another. */
static const char *
replaced(const char *text, const char *word, const char *by)
{
    bp_buf out = {.arena = arena};
    const char *at = text;
    for (const char *found = strstr(at, word); found != NULL; found = strstr(at, word)) {
        bp_buf_add(&out, (bp_str){at, (size_t)(found - at)});
        bp_buf_add_c(&out, by);
        at = found + strlen(word);
    }
    bp_buf_add_c(&out, at);
    return bp_str_c(arena, bp_buf_text(&out));
}

static void
another_name_is_said_to_be_that(void **state)
{
    (void)state;
    const char *text = policy(REGIONS, RULE, SELECT);
    const bp_difference *difference =
        difference_of(text, replaced(text, "policy \"p\"", "policy \"q\""));
    assert_int_equal(difference->groups.count, 0);
    assert_int_equal(difference->policies.count, 1);
    assert_int_equal(difference->policies.at[0].kind, BP_POLICY_RENAMED);
    assert_true(bp_difference_any(difference));

    difference = difference_of(text, replaced(text, "\"daily\"", "\"nightly\""));
    assert_int_equal(difference->groups.count, 1);
    assert_int_equal(difference->groups.at[0].changes.count, 1);
    assert_int_equal(difference->groups.at[0].changes.at[0].kind, BP_CHANGE_RENAMED);
    assert_int_equal(difference->dangers, 0);
}

static void
controls_and_locks_that_are_loosened_are_dangerous(void **state)
{
    (void)state;
    const char *loose = policy(REGIONS, RULE, SELECT);
    const char *tight = policy(REGIONS, RULE " children may nothing", SELECT);
    const bp_difference *difference = difference_of(tight, loose);
    assert_int_equal(difference->groups.count, 0);
    assert_int_equal(difference->policies.at[0].changes.at[0].kind, BP_CHANGE_CONTROL);
    assert_int_equal(difference->policies.at[0].changes.at[0].danger, BP_DANGER_LOCK);
    assert_int_equal(difference->dangers, 1);
    assert_int_equal(difference_of(loose, tight)->dangers, 0);

    const char *locked =
        replaced(loose, "vault \"v\" {}", "vault \"v\" { lock = governance(min: 7d) }");
    difference = difference_of(locked, loose);
    assert_int_equal(difference->declared.count, 1);
    assert_int_equal(difference->declared.at[0].changes.at[0].danger, BP_DANGER_LOCK);
    assert_int_equal(difference_of(loose, locked)->dangers, 0);
}

static void
a_change_is_told_once_with_all_its_accounts(void **state)
{
    (void)state;
    const char *before = policy(REGIONS, RULE, SELECT);
    const char *at_b = "policy \"b\" {\n attach = [ou(\"B\")]\n plan \"other\" {\n regions = "
                       "[us-east-1]\n rule \"r\" { vault = vault(\"v\") }\n select \"s\" { role = "
                       "role(\"x\")\n tag_key = \"k\"\n tag_values = [\"a\"] } } }\n";
    before = bp_str_format(arena, "%s%s", before, at_b).at;
    const char *after =
        bp_str_format(arena, "%s%s", before,
                      "policy \"c\" {\n attach = [root]\n plan \"new\" {\n regions = [us-east-1]\n "
                      "rule \"r\" { vault = vault(\"v\") }\n select \"s\" { role = role(\"x\")\n "
                      "tag_key = \"k\"\n tag_values = [\"a\"] } } }\n")
            .at;
    const bp_difference *difference = difference_of(before, after);
    assert_int_equal(difference->changed, 4);
    assert_int_equal(difference->groups.count, 2);
    assert_int_equal(difference->groups.at[0].accounts.count, 4);
    assert_int_equal(difference->groups.at[0].changes.count, 1);
    assert_int_equal(difference->groups.at[1].accounts.count, 1);
    assert_int_equal(difference->groups.at[1].changes.at[0].kind, BP_CHANGE_COVERED);
}

static void
accounts_that_come_go_and_move_are_told(void **state)
{
    (void)state;
    const char *text = policy(REGIONS, RULE, SELECT);
    const char *other =
        replaced(organization, "\"444455556666\", name: Three", "\"555566667777\", name: Four");
    bp_compare_side sides[] = {side_of(text, NULL), side_of(text, other)};
    const bp_difference *difference = bp_compare(arena, &sides[0], &sides[1], AS_OF);
    assert_int_equal(difference->movements.count, 2);
    assert_int_equal(difference->movements.at[0].kind, BP_ACCOUNT_NEW);
    assert_int_equal(difference->movements.at[1].kind, BP_ACCOUNT_GONE);
    assert_int_equal(difference->groups.count, 0);

    other = replaced(organization, "name: Two}", "name: Two, state: suspended}");
    bp_compare_side suspended[] = {side_of(text, NULL), side_of(text, other)};
    difference = bp_compare(arena, &suspended[0], &suspended[1], AS_OF);
    assert_int_equal(difference->movements.count, 1);
    assert_int_equal(difference->movements.at[0].kind, BP_ACCOUNT_STATE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(equal_projects_do_not_differ),
        TEST(retention_is_dangerous_when_it_gets_shorter),
        TEST(schedules_are_dangerous_when_they_run_less_often),
        TEST(continuous_backups_that_end_are_dangerous),
        TEST(copies_that_are_lost_are_dangerous),
        TEST(selections_that_get_narrower_are_dangerous),
        TEST(regions_and_plans_that_are_lost_come_first),
        TEST(another_name_is_said_to_be_that),
        TEST(controls_and_locks_that_are_loosened_are_dangerous),
        TEST(a_change_is_told_once_with_all_its_accounts),
        TEST(accounts_that_come_go_and_move_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
