/*
 * Binding: targets by path, name and id, what is near when nothing is there, the reach as ranges,
 * and where declared vaults and roles will be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/model/model.h"
#include "grammar/parser.h"

#define RULE(CODE)                                            \
    {                                                         \
        CODE, CODE, BP_ERROR, BP_AWS_NONE, "MODEL", "", "0.1" \
    }

static const bp_rule rules[] = {
    RULE("TOP001"), RULE("TOP002"), RULE("SYN001"), RULE("SYN003"), RULE("SYN004"), RULE("SYN005"),
    RULE("SYN007"), RULE("SYN011"), RULE("SYN018"), RULE("TOP010"), RULE("TOP011"), RULE("REG001"),
};

typedef struct bound {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *list;
    bp_program *program;
    bp_organization *org;
    bp_model *model;
} bound;

#define ORG                                                                                \
    "backpol_inventory: 1\n"                                                               \
    "captured_at: 2026-11-02\n"                                                            \
    "organization: {id: o-exampleorg, partition: aws, "                                    \
    "management_account: \"111111111111\"}\n"                                              \
    "coverage: {tree: complete}\n"                                                         \
    "root:\n"                                                                              \
    "  id: r-ab12\n"                                                                       \
    "  accounts:\n"                                                                        \
    "    - {id: \"111111111111\", name: Management}\n"                                     \
    "  ous:\n"                                                                             \
    "    - name: Prod\n"                                                                   \
    "      id: ou-ab12-prod0001\n"                                                         \
    "      accounts:\n"                                                                    \
    "        - {id: \"222222222222\", name: Shop}\n"                                       \
    "        - {id: \"222222222223\", name: Old Shop, state: suspended}\n"                 \
    "      ous:\n"                                                                         \
    "        - {name: Dev, id: ou-ab12-proddev1, accounts: [{id: \"333333333333\", name: " \
    "Twin}]}\n"                                                                            \
    "    - name: Sandbox\n"                                                                \
    "      id: ou-ab12-sand0001\n"                                                         \
    "      ous:\n"                                                                         \
    "        - {name: Dev, id: ou-ab12-sanddev1, accounts: [{id: \"444444444444\", name: " \
    "Twin}]}\n"                                                                            \
    "        - {name: Empty, id: ou-ab12-empty001, accounts: []}\n"

static bound
bind(const char *policy, const char *inventory)
{
    bound b = {.arena = bp_arena_new(NULL)};
    b.sources = bp_sources_new(b.arena);
    b.list = bp_diagnostics_new(b.arena, b.sources, rules, sizeof rules / sizeof rules[0]);
    const bp_source *source = bp_sources_add(b.sources, BP_STR("a.bpol"), bp_str_of(policy));
    const bp_ast_file *file = bp_parse(b.arena, b.list, source);
    if (inventory != NULL) {
        const bp_source *org = bp_sources_add(b.sources, BP_STR("org.yaml"), bp_str_of(inventory));
        assert_true(bp_organization_read(b.arena, b.list, NULL, org, 0, &b.org));
    }
    bp_elaboration how = {.arena = b.arena, .diagnostics = b.list};
    assert_true(bp_elaborate(&how, &file, 1, &b.program));
    assert_true(bp_bind(b.arena, b.list, b.program, b.org, NULL, &b.model));
    bp_diagnostics_settle(b.list);
    return b;
}

/* A policy attached to the given targets. */
static bound
attach(const char *targets, const char *inventory)
{
    static char text[512];
    (void)snprintf(text, sizeof text, "edition 1\npolicy \"p\" {\n  attach = [%s]\n}\n", targets);
    return bind(text, inventory);
}

static const bp_finding *
only(const bound *b, const char *code)
{
    assert_int_equal(bp_diagnostics_total(b->list), 1);
    const bp_finding *finding = bp_diagnostics_at(b->list, 0);
    assert_string_equal(finding->rule->code, code);
    return finding;
}

static bool
says(const bp_finding *finding, const char *text)
{
    bp_str part = bp_str_of(text);
    for (size_t i = 0; i < finding->help.count; i++) {
        if (bp_str_contains(finding->help.at[i], part)) {
            return true;
        }
    }
    for (size_t i = 0; i < finding->notes.count; i++) {
        if (bp_str_contains(finding->notes.at[i], part)) {
            return true;
        }
    }
    return bp_str_contains(finding->message, part);
}

static void
targets_are_found_by_path_name_and_id(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        const char *id;
        size_t accounts;
    } cases[] = {
        {"root", "r-ab12", 5},
        {"ou(\"Prod\")", "ou-ab12-prod0001", 3},
        {"ou(\"Prod/Dev\")", "ou-ab12-proddev1", 1},
        {"ou(\"Empty\")", "ou-ab12-empty001", 0},
        {"ou(\"ou-ab12-sanddev1\")", "ou-ab12-sanddev1", 1},
        {"account(\"Shop\")", "222222222222", 1},
        {"account(\"444444444444\")", "444444444444", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bound b = attach(cases[i].target, ORG);
        assert_int_equal(bp_diagnostics_total(b.list), 0);
        const bp_bound_policy *policy = &b.model->policies.at[0];
        assert_int_equal(policy->targets.count, 1);
        assert_true(bp_str_is(policy->targets.at[0].id, cases[i].id));
        size_t reached = 0;
        for (size_t r = 0; r < policy->reach.count; r++) {
            reached += policy->reach.at[r].end - policy->reach.at[r].first;
        }
        assert_int_equal(reached, cases[i].accounts);
        assert_int_equal(policy->reaches_management, i == 0);
        assert_false(policy->holes);
        bp_arena_free(b.arena);
    }
}

static void
what_is_near_is_offered(void **state)
{
    (void)state;
    bound b = attach("ou(\"prod\")", ORG);
    const bp_finding *finding = only(&b, "TOP001");
    assert_true(says(finding, "\"Prod\", with 2 active accounts"));
    assert_int_equal(finding->labels.count, 1);
    assert_true(b.model->policies.at[0].holes);
    assert_int_equal(b.model->policies.at[0].reach.count, 0);
    bp_arena_free(b.arena);

    b = attach("ou(\"Prod/Shopping\")", ORG);
    assert_true(says(only(&b, "TOP001"), "OUs directly below \"Prod\": \"Dev\""));
    bp_arena_free(b.arena);

    b = attach("ou(\"Root\")", ORG);
    assert_true(says(only(&b, "TOP001"), "the word root"));
    bp_arena_free(b.arena);

    b = attach("ou(\"ou-ab12-prod0002\")", ORG);
    assert_true(says(only(&b, "TOP001"), "\"Prod\""));
    bp_arena_free(b.arena);

    b = attach("account(\"Shopp\")", ORG);
    assert_true(says(only(&b, "TOP002"), "\"Shop\" (222222222222)"));
    bp_arena_free(b.arena);

    b = attach("account(\"222222222221\")", ORG);
    assert_true(says(only(&b, "TOP002"), "222222222222"));
    bp_arena_free(b.arena);
}

static void
names_must_be_unique(void **state)
{
    (void)state;
    bound b = attach("ou(\"Dev\")", ORG);
    const bp_finding *finding = only(&b, "TOP001");
    assert_true(says(finding, "ou(\"Prod/Dev\"), ou(\"Sandbox/Dev\")"));
    assert_int_equal(finding->labels.count, 2);
    bp_arena_free(b.arena);
    b = attach("account(\"Twin\")", ORG);
    assert_int_equal(only(&b, "TOP002")->labels.count, 2);
    bp_arena_free(b.arena);
}

static void
an_unfinished_tree_proves_nothing(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    const char *at = strstr(ORG, "complete");
    const char *partial =
        bp_str_format(arena, "%.*spartial%s", (int)(at - ORG), ORG, at + strlen("complete")).at;
    bound b = attach("ou(\"Nowhere\"), account(\"999999999999\"), ou(\"Prod\")", partial);
    assert_int_equal(bp_diagnostics_total(b.list), 0);
    assert_int_equal(bp_diagnostics_skips(b.list), 2);
    assert_true(b.model->policies.at[0].holes);
    assert_int_equal(b.model->policies.at[0].targets.count, 1);
    bp_arena_free(b.arena);
    /* The list of OUs below the root is written: what it lacks is absent all the same. */
    b = attach("ou(\"Nowhere/Dev\")", partial);
    assert_int_equal(bp_diagnostics_total(b.list), 1);
    bp_arena_free(b.arena);
    bp_arena_free(arena);
}

static void
without_an_organization_nothing_is_said(void **state)
{
    (void)state;
    bound b = attach("ou(\"Nowhere\"), account(\"x\")", NULL);
    assert_int_equal(bp_diagnostics_total(b.list), 0);
    assert_int_equal(b.model->policies.at[0].targets.count, 0);
    assert_true(bp_str_is(b.model->partition, "aws"));
    assert_true(bp_str_is(b.model->home_region, "us-east-1"));
    bp_arena_free(b.arena);
}

static const bp_account *
account(const bound *b, const char *id)
{
    return bp_org_account(b->org, bp_str_of(id));
}

static void
declared_things_stand_where_they_are_deployed(void **state)
{
    (void)state;
    bound b = bind("edition 1\n"
                   "vault \"everywhere\" {}\n"
                   "vault \"prod\" { deploy_to = [ou(\"Prod\")] }\n"
                   "vault \"regional\" { regions = [us-east-1] }\n"
                   "vault \"both\" {\n  deploy_to = [root]\n  regions = [eu-west-1]\n}\n"
                   "vault \"hole\" { deploy_to = [ou(\"Nowhere\")] }\n"
                   "role \"all\" {}\n"
                   "role \"dev\" {\n  deploy_to = [ou(\"Sandbox\")]\n  path = \"/x/\"\n}\n",
                   ORG);
    assert_int_equal(bp_diagnostics_total(b.list), 1);
    int us = bp_region_index(NULL, BP_STR("us-east-1"));
    int eu = bp_region_index(NULL, BP_STR("eu-west-1"));
    static const struct {
        const char *vault;
        const char *account;
        bool us;
        bool eu;
    } cases[] = {
        {"everywhere", "222222222222", true, true}, {"everywhere", "111111111111", false, false},
        {"prod", "333333333333", true, true},       {"prod", "444444444444", false, false},
        {"regional", "444444444444", true, false},  {"both", "222222222222", false, true},
        {"both", "111111111111", false, false},     {"hole", "444444444444", true, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const bp_bound_vault *vault = bp_model_vault(b.model, bp_str_of(cases[i].vault));
        assert_non_null(vault);
        assert_int_equal(bp_model_provides_vault(b.model, vault, account(&b, cases[i].account), us),
                         cases[i].us);
        assert_int_equal(bp_model_provides_vault(b.model, vault, account(&b, cases[i].account), eu),
                         cases[i].eu);
    }
    assert_null(bp_model_vault(b.model, BP_STR("Prod")));
    const bp_bound_role *dev = bp_model_role(b.model, BP_STR("/x/"), BP_STR("dev"));
    assert_non_null(dev);
    assert_null(bp_model_role(b.model, BP_STR("/"), BP_STR("dev")));
    assert_true(bp_model_provides_role(b.model, dev, account(&b, "444444444444")));
    assert_false(bp_model_provides_role(b.model, dev, account(&b, "222222222222")));
    const bp_bound_role *all = bp_model_role(b.model, BP_STR("/"), BP_STR("all"));
    assert_true(bp_model_provides_role(b.model, all, account(&b, "222222222222")));
    assert_false(bp_model_provides_role(b.model, all, account(&b, "111111111111")));
    bp_arena_free(b.arena);
}

static void
ranges_join_and_lose_accounts(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_ranges ranges = {0};
    static const bp_range some[] = {{8, 9}, {0, 3}, {3, 5}, {1, 2}, {6, 6}};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        *bp_vec_add(arena, &ranges) = some[i];
    }
    bp_ranges_settle(&ranges);
    assert_int_equal(ranges.count, 2);
    assert_int_equal(ranges.at[0].end, 5);
    bp_ranges_remove(arena, &ranges, 0);
    bp_ranges_remove(arena, &ranges, 2);
    bp_ranges_remove(arena, &ranges, 8);
    bp_ranges_remove(arena, &ranges, 7);
    static const bool held[10] = {false, true,  false, true,  true,
                                  false, false, false, false, false};
    for (uint32_t i = 0; i < 10; i++) {
        assert_int_equal(bp_ranges_hold(&ranges, i), held[i]);
    }
    bp_arena_free(arena);
}

static void
the_dump_tells_what_was_bound(void **state)
{
    (void)state;
    bound b = bind("edition 1\npolicy \"p\" {\n  attach = [ou(\"Prod\"), ou(\"Nowhere\")]\n"
                   "plan \"q\" { rule \"r\" { schedule = daily(05:00) }\n"
                   "rule \"s\" { schedule = cron(\"0 5 * * *\") }\nrule \"t\" {} } }\n"
                   "vault \"v1\" { regions = [us-east-1] }\n",
                   ORG);
    bp_buf out = {.arena = b.arena};
    bp_model_dump(b.model, 1793577600, &out);
    assert_string_equal(bp_str_c(b.arena, bp_buf_text(&out)),
                        "partition aws\nhome region us-east-1\n"
                        "policy \"p\" (some targets not found)\n"
                        "    attach ou ou-ab12-prod0001 \"Prod\"\n"
                        "    reaches 222222222222 \"Shop\"\n"
                        "    reaches 222222222223 \"Old Shop\" suspended\n"
                        "    reaches 333333333333 \"Twin\"\n"
                        "    rule \"q/r\" cron(0 5 ? * * *): every day at 05:00 UTC; next "
                        "2026-11-02\n"
                        "    rule \"q/s\" cron(0 5 * * *)\n"
                        "vault \"v1\"\n"
                        "    region us-east-1\n"
                        "    in 222222222222 \"Shop\"\n"
                        "    in 222222222223 \"Old Shop\" suspended\n"
                        "    in 333333333333 \"Twin\"\n"
                        "    in 444444444444 \"Twin\"\n");
    bp_arena_free(b.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_found_by_path_name_and_id),
        cmocka_unit_test(what_is_near_is_offered),
        cmocka_unit_test(names_must_be_unique),
        cmocka_unit_test(an_unfinished_tree_proves_nothing),
        cmocka_unit_test(without_an_organization_nothing_is_said),
        cmocka_unit_test(declared_things_stand_where_they_are_deployed),
        cmocka_unit_test(ranges_join_and_lose_accounts),
        cmocka_unit_test(the_dump_tells_what_was_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
