/*
 * Targets, the age of the inventory, the management account, plan names that meet, and how many
 * policies hang on one target.
 */
#include "compiler/checks/support_test.h"

#include "compiler/checks/seed_test.h"

static project
run(const char *part, const char *by, const char *org_part, const char *org_by)
{
    project p = project_new();
    const char *text = part != NULL ? replaced(p.arena, SEED, part, by) : SEED;
    const char *org = org_part != NULL ? replaced(p.arena, SEED_ORG, org_part, org_by) : SEED_ORG;
    project_run(&p, text, org);
    return p;
}

static void
a_target_without_active_accounts(void **state)
{
    (void)state;
    project p = run(NULL, NULL, "name: Prod Account,", "name: Prod Account, state: suspended,");
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    assert_string_equal(project_caret(&p, "TOP005"), "\"Prod\"");
    assert_true(bp_str_contains(project_find(&p, "TOP005")->notes.at[0], BP_STR("suspended")));
    /* Judged from its text all the same, as one unnamed account. */
    assert_int_equal(project_count(&p, "CPY007"), 2);
    project_free(&p);
    p = run(NULL, NULL, "name: QA Account,", "name: QA Account, state: closed,");
    assert_int_equal(project_count(&p, "TOP005"), 0);
    project_free(&p);
    p = run("[ou(\"Prod\")]", "[account(\"Prod Account\")]", "name: Prod Account,",
            "name: Prod Account, state: pending-closure,");
    assert_string_equal(project_caret(&p, "TOP005"), "\"Prod Account\"");
    project_free(&p);
}

static void
inactive_accounts_need_nothing(void **state)
{
    (void)state;
    project p = project_new();
    const char *org =
        replaced(p.arena, SEED_ORG, "name: Dev Account, vaults: nonprod, roles: member",
                 "name: Dev Account, state: suspended, vaults: none, roles: none");
    project_run(&p, replaced(p.arena, SEED, SEED_VAULTS, ""), org);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    project_free(&p);
}

static void
a_policy_without_a_target(void **state)
{
    (void)state;
    project p = run("attach = [ou(\"Prod\")]", "attach = []", NULL, NULL);
    assert_int_equal(project_count(&p, "TOP012"), 1);
    assert_string_equal(project_caret(&p, "TOP012"), "\"prodbackuppolicy\"");
    project_free(&p);
    p = run("  attach = [ou(\"Prod\")]\n", "", NULL, NULL);
    assert_int_equal(project_count(&p, "TOP012"), 1);
    project_free(&p);
    p = run("ou(\"Prod\")", "ou(\"Nowhere\")", NULL, NULL); /* a hole is no missing target */
    assert_int_equal(project_count(&p, "TOP012"), 0);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    project_free(&p);
}

static void
the_management_account_may_have_what_it_needs(void **state)
{
    (void)state;
    project p = run("[ou(\"Prod\")]", "[root]", "name: Management",
                    "name: Management, vaults: prod, roles: member");
    assert_int_equal(project_count(&p, "TOP006"), 0);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    project_free(&p);
    p = run("[ou(\"Prod\")]", "[account(\"Management\")]", NULL, NULL);
    assert_int_equal(project_count(&p, "TOP006"), 1);
    assert_string_equal(project_caret(&p, "TOP006"), "\"Management\"");
    assert_int_equal(project_find(&p, "TOP006")->cells.count, 3);
    project_free(&p);
    /* Nothing declared, nothing known there: nothing is said but that it was not checked. */
    p = project_new();
    const char *text = replaced(p.arena, SEED, SEED_VAULTS, "");
    text = replaced(p.arena, text, "role \"crossaccountbackuprole\" { deploy_to = [root] }\n", "");
    text = replaced(p.arena, text, "[ou(\"Prod\")]", "[account(\"Management\")]");
    project_run(&p, text, SEED_ORG);
    assert_int_equal(project_count(&p, "TOP006"), 0);
    assert_int_equal(project_skipped(&p, "TOP006"), 1);
    project_free(&p);
    /* Known to be absent there. */
    p = project_new();
    text = replaced(p.arena, SEED, SEED_VAULTS, "");
    text = replaced(p.arena, text, "[ou(\"Prod\")]", "[account(\"Management\")]");
    project_run(&p, text,
                replaced(p.arena, SEED_ORG, "name: Management",
                         "name: Management, vaults: nonprod, roles: member"));
    assert_int_equal(project_count(&p, "TOP006"), 1);
    assert_int_equal(project_count(&p, "VLT001"), 0);
    project_free(&p);
}

static void
the_age_of_the_inventory(void **state)
{
    (void)state;
    static const struct {
        const char *captured;
        const char *as_of;
        bool told;
    } cases[] = {
        {"captured_at: 2026-11-02T06:00:00Z\n", "2026-11-02", false},
        {"captured_at: 2026-11-02\n", "2026-12-02", false},
        {"captured_at: 2026-11-02\n", "2026-12-03", true},
        {"captured_at: 2026-11-03\n", "2026-11-02", true},
        {"captured_at: unknown\n", "2026-11-02", true},
        {"", "2026-11-02", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        p.as_of = cases[i].as_of;
        project_run(
            &p, SEED,
            replaced(p.arena, SEED_ORG, "captured_at: 2026-11-02T06:00:00Z\n", cases[i].captured));
        assert_int_equal(project_count(&p, "TOP011"), cases[i].told);
        assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
        project_free(&p);
    }
}

static void
old_facts_are_told_once(void **state)
{
    (void)state;
    project p = project_new();
    p.as_of = "2027-03-24";
    project_run(&p, SEED, SEED_ORG);
    assert_int_equal(project_count(&p, "DAT001"), 1);
    project_free(&p);
    p = project_new();
    p.as_of = "2027-03-23";
    project_run(&p, SEED, SEED_ORG);
    assert_int_equal(project_count(&p, "DAT001"), 0);
    project_free(&p);
}

static void
plan_names_that_meet(void **state)
{
    (void)state;
    /* Both policies reach QA and Dev. */
    project p = project_new();
    const char *text =
        replaced(p.arena, SEED, "plan \"prodbackupplan\"", "plan \"NonProdBackupPlan\"");
    text = replaced(p.arena, text, "[ou(\"Prod\")]", "[ou(\"QA\")]");
    project_run(&p, text, SEED_ORG);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    /* The one further down is told: it could say `extend`. */
    assert_string_equal(project_caret(&p, "NAM006"), "\"NonProdBackupPlan\"");
    assert_int_equal(project_find(&p, "NAM006")->cells.count, 1);
    assert_int_equal(project_find(&p, "NAM006")->labels.count, 1);
    project_free(&p);
    /* One name, but no account in common. */
    p = run("plan \"prodbackupplan\"", "plan \"nonprodbackupplan\"", NULL, NULL);
    assert_int_equal(project_count(&p, "NAM006"), 0);
    project_free(&p);
    /* Nobody knows who meets. */
    p = project_new();
    project_run(
        &p, replaced(p.arena, SEED, "plan \"prodbackupplan\"", "plan \"nonprodbackupplan\""), NULL);
    assert_int_equal(project_count(&p, "NAM006"), 0);
    assert_int_equal(project_skipped(&p, "NAM006"), 1);
    project_free(&p);
}

static void
too_many_policies_on_one_target(void **state)
{
    (void)state;
    for (int extra = 0; extra < 2; extra++) {
        project p = project_new();
        bp_buf text = {.arena = p.arena};
        for (int i = 0; i < 10 + extra; i++) {
            bp_buf_format(&text,
                          "policy \"p%d\" {\n  attach = [ou(\"Prod\"), ou(\"Prod\"), ou(\"QA\")]\n"
                          "  plan \"plan%d\" {\n    regions = [us-east-1]\n    rule \"r\" {\n"
                          "      schedule = daily(05:00)\n      delete_after = 30d\n"
                          "      vault = vault(\"v1\")\n    }\n    select \"s\" {\n"
                          "      role = role(\"r1\")\n      tag_key = \"k\"\n"
                          "      tag_values = [\"v\"]\n    }\n  }\n}\n",
                          i, i);
        }
        bp_buf_add_c(&text, "vault \"v1\" {}\nrole \"r1\" {}\n");
        project_run(&p, bp_str_c(p.arena, bp_buf_text(&text)), SEED_ORG);
        assert_int_equal(project_count(&p, "QTA003"), extra * 2); /* Prod and QA */
        project_free(&p);
    }
}

static void
a_missing_inventory_is_an_error_on_demand(void **state)
{
    (void)state;
    project p = project_new();
    p.require_inventory = true;
    project_run(&p, SEED, NULL);
    assert_int_equal(project_find(&p, "DAT003")->severity, BP_ERROR);
    project_free(&p);
    p = project_new();
    p.no_project = true;
    project_run(&p, SEED, NULL);
    assert_int_equal(project_count(&p, "DAT003"), 0);
    project_free(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_without_active_accounts),
        cmocka_unit_test(inactive_accounts_need_nothing),
        cmocka_unit_test(a_policy_without_a_target),
        cmocka_unit_test(the_management_account_may_have_what_it_needs),
        cmocka_unit_test(the_age_of_the_inventory),
        cmocka_unit_test(old_facts_are_told_once),
        cmocka_unit_test(plan_names_that_meet),
        cmocka_unit_test(too_many_policies_on_one_target),
        cmocka_unit_test(a_missing_inventory_is_an_error_on_demand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
