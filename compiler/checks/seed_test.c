/*
 * The walk-through organization: exactly the findings that are expected of it, and what each of the
 * documented changes makes of them.
 */
#include "compiler/checks/support_test.h"

#include "compiler/checks/seed_test.h"

/* Line 9 has the cold_after of the template, line 11 the destination of its copy. */
#define SEED_FINDINGS                                            \
    "a.bpol:9:18 info LIF007\na.bpol:9:18 info LIF007\n"         \
    "a.bpol:11:11 warning CPY007\na.bpol:11:11 warning CPY007\n" \
    "a.bpol:11:11 info CPY014\na.bpol:11:11 info CPY014\n"

static project
run(const char *policy, const char *inventory)
{
    project p = project_new();
    project_run(&p, policy, inventory);
    return p;
}

static void
expect(project *p, const char *findings)
{
    if (strcmp(project_findings(p), findings) != 0) {
        project_show(p);
    }
    assert_string_equal(project_findings(p), findings);
}

static void
the_seed_gives_two_warnings_and_four_infos(void **state)
{
    (void)state;
    project p = run(SEED, SEED_ORG);
    expect(&p, SEED_FINDINGS);
    bool seen[3] = {false, false, false};
    for (size_t i = 0; i < bp_diagnostics_total(p.list); i++) {
        const bp_finding *finding = bp_diagnostics_at(p.list, i);
        if (strcmp(finding->rule->code, "CPY007") == 0) {
            assert_in_range(finding->cells.count, 1, 2);
            seen[finding->cells.count] = true;
            assert_true(bp_str_is(finding->cells.at[0].region, "ap-northeast-1"));
            assert_true(bp_str_is(finding->cells.at[0].account,
                                  finding->cells.count == 1 ? "222233334444" : "333344445555"));
        }
    }
    assert_true(seen[1] && seen[2]);
    assert_int_equal(bp_diagnostics_skips(p.list), 0);
    project_free(&p);
}

static void
listed_resources_replace_guesses(void **state)
{
    (void)state;
    project p = project_new();
    const char *org = replaced(p.arena, SEED_ORG, "  regions: main\n",
                               "  regions: main\n  watched_tags: [backup]\n");
    org = replaced(p.arena, org, "  roles:\n",
                   "  resources:\n"
                   "    prodlist:\n"
                   "      seen: main\n"
                   "      have:\n"
                   "        - {type: rds_instance, in: main, tags: {backup: prod}}\n"
                   "        - {type: efs, in: [us-east-1], tags: {backup: prod}}\n"
                   "    nonprodlist:\n"
                   "      seen: main\n"
                   "      have:\n"
                   "        - {type: ec2, in: main, tags: {backup: nonprod}}\n"
                   "        - {type: efs, in: main, tags: {backup: other}}\n"
                   "  roles:\n");
    org = replaced(p.arena, org, "vaults: prod,", "vaults: prod, resources: prodlist,");
    org =
        replaced_all(p.arena, org, "vaults: nonprod,", "vaults: nonprod, resources: nonprodlist,");
    project_run(&p, SEED, org);
    assert_int_equal(bp_diagnostics_total(p.list), 4);
    assert_int_equal(project_count_at(&p, "LIF007", BP_INFO), 1);
    assert_int_equal(project_count_at(&p, "LIF007", BP_WARNING), 1);
    assert_int_equal(project_count(&p, "CPY007"), 2);
    project_free(&p);
}

static void
the_root_is_a_trap(void **state)
{
    (void)state;
    project p = project_new();
    const char *policy = replaced(p.arena, SEED, "attach = [ou(\"Prod\")]", "attach = [root]");
    project_run(&p, policy, SEED_ORG);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_string_equal(project_caret(&p, "TOP006"), "root");
    project_free(&p);

    p = project_new();
    policy = replaced(p.arena, SEED, "attach = [ou(\"Prod\")]", "attach = [root]");
    policy = replaced(p.arena, policy, "vault \"prodbackupvault\" {}",
                      "vault \"prodbackupvault\" { deploy_to = [ou(\"Prod\")] }");
    project_run(&p, policy, SEED_ORG);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 2);
    assert_int_equal(project_count(&p, "TOP006"), 1);
    assert_int_equal(project_find(&p, "STK004")->cells.count, 6);
    assert_string_equal(project_caret(&p, "STK004"), "[ou(\"Prod\")]");
    project_free(&p);
}

static void
a_stack_set_without_a_region_is_one_error(void **state)
{
    (void)state;
    project p = project_new();
    const char *policy = replaced(p.arena, SEED, "vault \"prodbackupvault\" {}",
                                  "vault \"prodbackupvault\" { deploy_to = [ou(\"Prod\")]\n  "
                                  "regions = [us-east-1, eu-west-1] }");
    project_run(&p, policy, SEED_ORG);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_string_equal(project_caret(&p, "STK004"), "[us-east-1, eu-west-1]");
    assert_int_equal(project_find(&p, "STK004")->cells.count, 1);
    assert_int_equal(project_count(&p, "CPY007"), 2);
    project_free(&p);
}

static void
a_vault_in_other_case_is_one_error_with_a_safe_fix(void **state)
{
    (void)state;
    project p = project_new();
    const char *policy =
        replaced(p.arena, SEED, "vault(\"prodbackupvault\")", "vault(\"ProdBackupVault\")");
    project_run(&p, policy, SEED_ORG);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    const bp_finding *finding = project_find(&p, "NAM002");
    assert_string_equal(project_caret(&p, "NAM002"), "\"ProdBackupVault\"");
    assert_int_equal(finding->fixes.count, 1);
    assert_true(finding->fixes.at[0].safe);
    assert_int_equal(finding->cells.count, 3);
    project_free(&p);

    p = project_new();
    policy = replaced(p.arena, SEED, "  vault        = into\n",
                      "  vault        = vault(\"ProdBackupVault\")\n");
    project_run(&p, policy, SEED_ORG);
    assert_int_equal(project_count(&p, "CPY007"), 0);
    project_free(&p);
}

static void
three_months_of_92_days_break_both_lifecycles(void **state)
{
    (void)state;
    project p = project_new();
    const char *policy = replaced_all(p.arena, SEED, "= 90d", "= 92d");
    project_run(&p, policy, SEED_ORG);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 2);
    assert_int_equal(project_count(&p, "LIF001"), 1);
    assert_int_equal(project_count(&p, "LIF002"), 1);
    project_free(&p);
}

#define PROTECT_DYNAMODB "tag_values = [\"prod\"]\n      protects = [dynamodb]\n"

static void
dynamodb_has_three_answers(void **state)
{
    (void)state;
    static const struct {
        const char *settings;
        size_t errors;
        size_t warnings;
    } cases[] = {
        {NULL, 0, 1},
        {"{in: main, opted_in: [DynamoDB], unmanaged: [DynamoDB]}", 1, 0},
        {"{in: main, opted_out: [DynamoDB], managed: [DynamoDB]}", 1, 0},
        {"{in: main, opted_in: [DynamoDB], managed: [DynamoDB]}", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        const char *policy = replaced(p.arena, SEED, "tag_values = [\"prod\"]\n", PROTECT_DYNAMODB);
        const char *org = SEED_ORG;
        if (cases[i].settings != NULL) {
            org = replaced(p.arena, org, "  roles:\n",
                           bp_str_format(p.arena,
                                         "  region_settings:\n    shared:\n      - %s\n"
                                         "  roles:\n",
                                         cases[i].settings)
                               .at);
            org = replaced(p.arena, org, "name: Management",
                           "name: Management, region_settings: shared");
            org = replaced(p.arena, org, "vaults: prod,", "vaults: prod, region_settings: shared,");
        }
        project_run(&p, policy, org);
        const bp_finding *finding = project_find(&p, "CPY004");
        if (bp_diagnostics_count(p.list, BP_ERROR) != cases[i].errors) {
            project_show(&p);
        }
        assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), cases[i].errors);
        assert_int_equal(finding != NULL, cases[i].errors + cases[i].warnings);
        if (finding != NULL) {
            assert_int_equal(finding->severity, cases[i].errors ? BP_ERROR : BP_WARNING);
            assert_int_equal(finding->cells.count, 3);
        }
        assert_int_equal(project_count(&p, "CPY014"), 1);
        project_free(&p);
    }
}

static void
a_literal_account_in_a_role_is_one_error(void **state)
{
    (void)state;
    project p = project_new();
    const char *policy =
        replaced(p.arena, SEED, "role(\"crossaccountbackuprole\")\n",
                 "arn(\"arn:aws:iam::222233334444:role/crossaccountbackuprole\")\n");
    project_run(&p, policy, SEED_ORG);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_string_equal(project_caret(&p, "ROL004"), "222233334444");
    assert_true(project_find(&p, "ROL004")->fixes.at[0].safe);
    project_free(&p);
}

static void
without_inventory_the_text_still_speaks(void **state)
{
    (void)state;
    project p = run(SEED, NULL);
    expect(&p, "- warning DAT003\n" SEED_FINDINGS);
    assert_int_equal(project_skipped(&p, "VLT001"), 2);
    assert_int_equal(project_skipped(&p, "VLT002"), 2);
    assert_int_equal(project_skipped(&p, "ROL001"), 2);
    assert_int_equal(project_skipped(&p, "TOP001"), 2);
    assert_int_equal(project_skipped(&p, "TOP006"), 2);
    assert_int_equal(project_skipped(&p, "CPY006"), 0);
    project_free(&p);
}

static void
tokyo_in_a_plan_of_its_own_ends_the_self_copy(void **state)
{
    (void)state;
    project p = project_new();
    const char *policy = replaced_all(p.arena, SEED, "[us-east-1, eu-west-1, ap-northeast-1]",
                                      "[us-east-1, eu-west-1]");
    policy =
        replaced(p.arena, policy, "template rule",
                 "template rule daily_alone(into: vault) {\n  schedule = daily(05:00)\n"
                 "  vault = into\n  cold_after = 90d\n  delete_after = 180d\n}\ntemplate rule");
    policy = replaced(p.arena, policy, "  plan \"prodbackupplan\"",
                      "  plan \"tokyo\" {\n    regions = [ap-northeast-1]\n"
                      "    rule \"r\" uses daily_alone(into: vault(\"prodbackupvault\")) {}\n"
                      "    select \"s\" {\n      role = role(\"crossaccountbackuprole\")\n"
                      "      tag_key = \"backup\"\n      tag_values = [\"prod\"]\n    }\n  }\n"
                      "  plan \"prodbackupplan\"");
    project_run(&p, policy, SEED_ORG);
    assert_int_equal(project_count(&p, "CPY007"), 0);
    assert_int_equal(project_count(&p, "LIF007"), 3);
    assert_int_equal(bp_diagnostics_total(p.list), 5);
    project_free(&p);
}

/* Each change makes exactly one error, at the caret. */
static void
one_mistake_gives_one_error(void **state)
{
    (void)state;
    static const struct {
        const char *part;
        const char *by;
        const char *code;
        const char *caret;
    } cases[] = {
        {"ou(\"Prod\")", "ou(\"Prood\")", "TOP001", "\"Prood\""},
        {"us-east-1, eu-west-1", "us-east1, eu-west-1", "REG001", "us-east1"},
        {"role       = role(\"crossaccountbackuprole\")", "role       = role(\"nobodyhasthis\")",
         "ROL001", "\"nobodyhasthis\""},
        {"us-east-1, eu-west-1", "us-east-1, cn-north-1", "REG002", "cn-north-1"},
        {"us-east-1, eu-west-1", "us-east-1, ap-east-2", "REG005", "ap-east-2"},
        {"vault(\"prodbackupvault\")", "vault(\"nobodyhasthis\")", "VLT001", "\"nobodyhasthis\""},
        {"vault(\"prodbackupvault\")", "vault(\"no.such\")", "NAM001", "\"no.such\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        project_run(&p, replaced(p.arena, SEED, cases[i].part, cases[i].by), SEED_ORG);
        if (bp_diagnostics_count(p.list, BP_ERROR) != 1 ||
            strcmp(project_caret(&p, cases[i].code), cases[i].caret) != 0) {
            project_show(&p);
        }
        assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
        assert_string_equal(project_caret(&p, cases[i].code), cases[i].caret);
        assert_int_equal(project_find(&p, cases[i].code)->severity, BP_ERROR);
        project_free(&p);
    }
}

static void
a_closed_region_is_one_error(void **state)
{
    (void)state;
    project p = project_new();
    const char *policy = replaced(p.arena, SEED, "us-east-1, eu-west-1", "us-east-1, eu-south-1");
    const char *org = replaced(p.arena, SEED_ORG, "vaults: prod,", "vaults: prod, regions: none,");
    project_run(&p, policy, org);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_string_equal(project_caret(&p, "REG003"), "eu-south-1");
    assert_int_equal(project_find(&p, "REG003")->cells.count, 1);
    assert_int_equal(project_count(&p, "DAT003"), 0);
    project_free(&p);

    p = project_new();
    org = replaced(p.arena, SEED_ORG, "vaults: prod,", "vaults: prod, regions: [eu-south-1],");
    policy = replaced(p.arena, SEED, "us-east-1, eu-west-1", "us-east-1, eu-south-1");
    project_run(&p, policy, org);
    assert_int_equal(project_count(&p, "REG003"), 0);
    project_free(&p);

    p = project_new();
    policy = replaced(p.arena, SEED, "us-east-1, eu-west-1", "us-east-1, eu-south-1");
    project_run(&p, policy, SEED_ORG);
    assert_int_equal(project_count(&p, "REG003"), 0);
    assert_int_equal(project_skipped(&p, "REG003"), 1);
    assert_int_equal(project_count(&p, "DAT003"), 1);
    project_free(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seed_gives_two_warnings_and_four_infos),
        cmocka_unit_test(listed_resources_replace_guesses),
        cmocka_unit_test(the_root_is_a_trap),
        cmocka_unit_test(a_stack_set_without_a_region_is_one_error),
        cmocka_unit_test(a_vault_in_other_case_is_one_error_with_a_safe_fix),
        cmocka_unit_test(three_months_of_92_days_break_both_lifecycles),
        cmocka_unit_test(dynamodb_has_three_answers),
        cmocka_unit_test(a_literal_account_in_a_role_is_one_error),
        cmocka_unit_test(without_inventory_the_text_still_speaks),
        cmocka_unit_test(tokyo_in_a_plan_of_its_own_ends_the_self_copy),
        cmocka_unit_test(one_mistake_gives_one_error),
        cmocka_unit_test(a_closed_region_is_one_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
