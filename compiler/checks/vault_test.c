/*
 * Vaults: missing, in other case, taken for granted, in a form that none can have; each with its
 * near miss, and with the three answers of the inventory.
 */
#include "compiler/checks/support_test.h"

#include "compiler/checks/seed_test.h"

#define ARN_COPY(ARN) "copy to arn(\"" ARN "\") {"

typedef struct change {
    const char *part;
    const char *by;
} change;

/* The seed without its declarations, changed in the policy and in the inventory. */
static project
run(change policy, change inventory)
{
    project p = project_new();
    const char *text = SEED;
    const char *org = SEED_ORG;
    if (policy.part != NULL) {
        text = replaced(p.arena, text, policy.part, policy.by);
    }
    if (inventory.part != NULL) {
        org = replaced(p.arena, org, inventory.part, inventory.by);
    }
    project_run(&p, text, org);
    return p;
}

static const change same = {NULL, NULL};
static const change undeclared = {SEED_VAULTS, ""};

static void
listed_vaults_need_no_declaration(void **state)
{
    (void)state;
    project p = run(undeclared, same);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    assert_int_equal(bp_diagnostics_total(p.list), 6);
    /* Locks and keys that the inventory does not tell are counted, and make no finding. */
    assert_int_equal(bp_diagnostics_skips(p.list), 3);
    assert_int_equal(project_skipped(&p, "VLT008"), 3);
    assert_int_equal(project_skipped(&p, "CPY010"), 3);
    project_free(&p);
}

static void
an_absent_vault_is_one_error_with_its_cells(void **state)
{
    (void)state;
    project p = run((change){"vault(\"prodbackupvault\")", "vault(\"prodbackupvaults\")"}, same);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    const bp_finding *finding = project_find(&p, "VLT001");
    assert_string_equal(project_caret(&p, "VLT001"), "\"prodbackupvaults\"");
    assert_int_equal(finding->cells.count, 3);
    assert_int_equal(finding->aws, BP_AWS_JOB_FAILS);
    assert_true(bp_str_contains(finding->help.at[0], BP_STR("\"prodbackupvault\"")));
    project_free(&p);
}

static void
one_region_without_the_vault_is_told_with_where_it_is(void **state)
{
    (void)state;
    project p = run(undeclared, (change){"{name: prodbackupvault, in: main}",
                                         "{name: prodbackupvault, in: [us-east-1, eu-west-1]}"});
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_int_equal(project_find(&p, "VLT001")->cells.count, 1);
    assert_true(bp_str_is(project_find(&p, "VLT001")->cells.at[0].region, "ap-northeast-1"));
    project_free(&p);
}

static void
a_copy_destination_is_missing_alone(void **state)
{
    (void)state;
    project p =
        run((change){"copy to into in ap-northeast-1", "copy to vault(\"elsewhere\") in us-east-1"},
            same);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 2); /* one a policy */
    assert_int_equal(project_count(&p, "VLT002"), 2);
    assert_string_equal(project_caret(&p, "VLT002"), "\"elsewhere\"");
    assert_int_equal(project_count(&p, "CPY007"), 0);
    project_free(&p);
}

static void
unknown_is_not_absent(void **state)
{
    (void)state;
    project p = run(undeclared, (change){"vaults: prod, ", ""});
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    assert_int_equal(project_skipped(&p, "VLT001"), 1);
    assert_int_equal(project_skipped(&p, "VLT002"), 1);
    assert_int_equal(project_count_at(&p, "SYN018", BP_WARNING), 1);
    assert_string_equal(project_caret(&p, "SYN018"), "\"prodbackupvault\"");
    assert_int_equal(project_count(&p, "DAT003"), 1);
    project_free(&p);
    /* A name that the inventory has somewhere is no unknown name. */
    p = run((change){"vault(\"prodbackupvault\")", "vault(\"nonprodbackupvault\")"},
            (change){"vaults: prod, ", ""});
    assert_int_equal(project_count_at(&p, "SYN018", BP_WARNING), 0);
    project_free(&p);
    /* A Region nobody looked at. */
    p = run((change){"us-east-1, eu-west-1", "us-east-1, us-west-2"}, same);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    assert_int_equal(bp_diagnostics_skips(p.list), 0); /* declared: the stack set brings it */
    project_free(&p);
}

static void
other_case_in_the_inventory_or_the_project(void **state)
{
    (void)state;
    project p = run(undeclared, (change){"{name: prodbackupvault,", "{name: ProdBackupVault,"});
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_string_equal(project_caret(&p, "NAM002"), "\"prodbackupvault\"");
    assert_true(
        bp_str_is(project_find(&p, "NAM002")->fixes.at[0].edits.at[0].text, "\"ProdBackupVault\""));
    project_free(&p);
    /* No list at all, but a declaration that differs in case. */
    p = run((change){"vault(\"prodbackupvault\")", "vault(\"PRODbackupvault\")"},
            (change){"vaults: prod, ", ""});
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_int_equal(project_count(&p, "NAM002"), 1);
    assert_int_equal(project_count_at(&p, "SYN018", BP_WARNING), 0);
    project_free(&p);
    /* Near miss: both spellings exist. */
    p = run((change){"vault(\"prodbackupvault\")", "vault(\"PRODbackupvault\")"},
            (change){"{name: prodbackupvault, in: main}", "{name: PRODbackupvault, in: main}"});
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    project_free(&p);
}

static void
default_is_taken_for_granted(void **state)
{
    (void)state;
    change named = {"vault(\"prodbackupvault\")", "vault(\"Default\")"};
    project p = run(named, (change){"vaults: prod, ", ""});
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    assert_int_equal(project_count(&p, "VLT003"), 1);
    assert_int_equal(project_count_at(&p, "SYN018", BP_WARNING), 0);
    assert_string_equal(project_caret(&p, "VLT003"), "\"Default\"");
    project_free(&p);
    p = run(named, (change){"{name: prodbackupvault,", "{name: Default,"});
    assert_int_equal(project_count(&p, "VLT003"), 0);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    project_free(&p);
    p = run(named, same);
    assert_int_equal(project_count(&p, "VLT003"), 0);
    assert_int_equal(project_count(&p, "VLT001"), 1);
    project_free(&p);
    p = run((change){"copy to into in ap-northeast-1 {",
                     ARN_COPY("arn:aws:backup:ap-northeast-1:444455556666:backup-vault:Default")},
            (change){"{name: nonprodbackupvault,", "{name: Default,"});
    assert_int_equal(project_find(&p, "VLT003")->severity, BP_ERROR);
    project_free(&p);
}

static void
names_that_no_vault_can_have(void **state)
{
    (void)state;
    project p = run((change){"vault(\"prodbackupvault\")", "vault(\"x\")"}, same);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_int_equal(project_find(&p, "NAM001")->aws, BP_AWS_JOB_FAILS);
    project_free(&p);
    p = run((change){"vault \"prodbackupvault\" {}", "vault \"prod.backup\" {}"}, same);
    assert_int_equal(project_count(&p, "NAM001"), 1);
    assert_string_equal(project_caret(&p, "NAM001"), "\"prod.backup\"");
    project_free(&p);
    p = run((change){"vault(\"prodbackupvault\")", "vault(\"ab\")"},
            (change){"{name: prodbackupvault,", "{name: ab,"});
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    project_free(&p);
}

static void
destinations_that_are_no_vault_arn(void **state)
{
    (void)state;
    project p =
        run((change){"copy to into in ap-northeast-1 {",
                     ARN_COPY("arn:aws:backup:ap-northeast-1:$account:vault:prodbackupvault")},
            same);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_int_equal(project_count(&p, "VLT011"), 1);
    assert_true(project_find(&p, "VLT011")->fixes.at[0].safe);
    project_free(&p);
    p = run(
        (change){"copy to into in ap-northeast-1 {",
                 ARN_COPY("arn:aws:backup:ap-northeast-1:$account:backup-vault:prodbackupvault")},
        same);
    assert_int_equal(project_count(&p, "VLT011"), 0);
    project_free(&p);
}

static void
a_broken_file_may_declare_what_is_missing(void **state)
{
    (void)state;
    project p = run((change){SEED_VAULTS, "vault \"prodbackupvault\" { = }\n"},
                    (change){"{name: prodbackupvault,", "{name: another,"});
    assert_int_equal(project_count(&p, "VLT001"), 0);
    assert_true(project_count(&p, "SYN001") > 0);
    project_free(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed_vaults_need_no_declaration),
        cmocka_unit_test(an_absent_vault_is_one_error_with_its_cells),
        cmocka_unit_test(one_region_without_the_vault_is_told_with_where_it_is),
        cmocka_unit_test(a_copy_destination_is_missing_alone),
        cmocka_unit_test(unknown_is_not_absent),
        cmocka_unit_test(other_case_in_the_inventory_or_the_project),
        cmocka_unit_test(default_is_taken_for_granted),
        cmocka_unit_test(names_that_no_vault_can_have),
        cmocka_unit_test(destinations_that_are_no_vault_arn),
        cmocka_unit_test(a_broken_file_may_declare_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
