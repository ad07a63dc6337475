/*
 * Regions and roles: codes, partitions, what works where; ARNs of roles, roles that are missing,
 * stack sets of roles that are too narrow.
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

#define REGIONS "[us-east-1, eu-west-1, ap-northeast-1]"

static void
region_codes(void **state)
{
    (void)state;
    static const struct {
        const char *regions;
        const char *code;
        const char *caret;
        size_t errors;
        size_t warnings; /* of this code */
    } cases[] = {
        {"[us-east-1, us-east1]", "REG001", "us-east1", 1, 0},
        {"[us-east-1, us-east-9]", "REG001", "us-east-9", 1, 0},
        {"[us-east-1, us-east-1]", "REG007", "us-east-1", 0, 1},
        {"[]", "REG009", "[]", 1, 0},
        {"[us-east-1, mx-central-1]", "REG005", "mx-central-1", 1, 0},
        {"[us-east-1, ap-southeast-5]", "REG005", "", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = run(REGIONS, cases[i].regions, NULL, NULL);
        if (bp_diagnostics_count(p.list, BP_ERROR) != cases[i].errors) {
            project_show(&p);
        }
        assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), cases[i].errors);
        assert_int_equal(project_count_at(&p, cases[i].code, BP_WARNING), cases[i].warnings);
        assert_string_equal(project_caret(&p, cases[i].code), cases[i].caret);
        project_free(&p);
    }
}

static void
a_repeat_is_dropped_by_its_fix(void **state)
{
    (void)state;
    project p = run(REGIONS, "[us-east-1, eu-west-1, us-east-1]", NULL, NULL);
    const bp_finding *finding = project_find(&p, "REG007");
    assert_int_equal(finding->fixes.count, 1);
    bp_str removed = bp_span_text(p.sources, finding->fixes.at[0].edits.at[0].span);
    assert_true(bp_str_is(removed, ", us-east-1"));
    assert_int_equal(finding->fixes.at[0].edits.at[0].text.size, 0);
    project_free(&p);
}

static void
a_new_region_is_a_warning_once_the_table_is_old(void **state)
{
    (void)state;
    project p = project_new();
    p.as_of = "2028-01-01";
    project_run(&p, replaced(p.arena, SEED, REGIONS, "[us-east-1, il-southcentral-9]"), SEED_ORG);
    assert_int_equal(project_count_at(&p, "REG001", BP_WARNING), 1);
    project_free(&p);
    p = project_new();
    project_run(&p, replaced(p.arena, SEED, REGIONS, "[us-east-1, il-southcentral-9]"), SEED_ORG);
    assert_int_equal(project_count_at(&p, "REG001", BP_ERROR), 1);
    project_free(&p);
}

static void
a_wrong_region_of_a_template_is_told_once(void **state)
{
    (void)state;
    project p = run("copy to into in ap-northeast-1", "copy to into in ap-northeast1", NULL, NULL);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_string_equal(project_caret(&p, "REG001"), "ap-northeast1");
    project_free(&p);
}

static void
partitions_do_not_mix(void **state)
{
    (void)state;
    project p = run(REGIONS, "[us-east-1, us-gov-west-1, cn-north-1]", NULL, NULL);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_string_equal(project_caret(&p, "REG002"), "us-gov-west-1");
    assert_true(project_find(&p, "REG002")->labels.count >= 1);
    project_free(&p);
    p = run("role(\"crossaccountbackuprole\")\n",
            "arn(\"arn:aws-us-gov:iam::$account:role/crossaccountbackuprole\")\n", NULL, NULL);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_int_equal(project_count(&p, "REG002"), 1);
    assert_true(project_find(&p, "REG002")->fixes.at[0].safe);
    project_free(&p);
    p = run(NULL, NULL, "partition: aws\n", "partition: aws-us-gov\n");
    const char *told = project_findings(&p);
    assert_non_null(strstr(told, "a.bpol:19:16 error REG002\n")); /* one a policy */
    assert_non_null(strstr(told, "a.bpol:31:16 error REG002\n"));
    assert_null(strstr(strstr(told, "a.bpol:31:16 error REG002\n") + 1, "a.bpol:31"));
    project_free(&p);
}

static void
roles_that_are_missing(void **state)
{
    (void)state;
    static const char role[] = "role \"crossaccountbackuprole\" { deploy_to = [root] }\n";
    /* Listed, not declared. */
    project p = run(role, "", NULL, NULL);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    project_free(&p);
    /* In no account, in each policy. */
    p = run(role, "", "member: [crossaccountbackuprole]", "member: [other]");
    assert_int_equal(project_count(&p, "ROL001"), 2);
    assert_string_equal(project_caret(&p, "ROL001"), "\"crossaccountbackuprole\"");
    project_free(&p);
    /* Another path: an error that names it. */
    p = run(role, "", "member: [crossaccountbackuprole]",
            "member: [{name: crossaccountbackuprole, path: /backup/}]");
    assert_int_equal(project_count_at(&p, "ROL003", BP_ERROR), 2);
    assert_int_equal(project_count(&p, "ROL001"), 0);
    assert_true(bp_str_is(project_find(&p, "ROL003")->fixes.at[0].edits.at[0].text,
                          "\"backup/crossaccountbackuprole\""));
    project_free(&p);
    /* Other case: a warning. */
    p = run(role, "", "member: [crossaccountbackuprole]", "member: [CrossAccountBackupRole]");
    assert_int_equal(project_count_at(&p, "ROL003", BP_WARNING), 2);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    project_free(&p);
    /* Unknown: a warning about the name, and a count. */
    p = project_new();
    project_run(&p, replaced(p.arena, SEED, role, ""),
                replaced_all(p.arena, SEED_ORG, ", roles: member", ""));
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    assert_int_equal(project_skipped(&p, "ROL001"), 3);
    assert_int_equal(project_count_at(&p, "SYN018", BP_WARNING), 2);
    project_free(&p);
}

static void
role_stack_sets_that_are_too_narrow(void **state)
{
    (void)state;
    project p = run("deploy_to = [root]", "deploy_to = [ou(\"QA\")]", NULL, NULL);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    assert_int_equal(project_find(&p, "STK004")->cells.count, 2);
    assert_string_equal(project_caret(&p, "STK004"), "\"QA\"");
    project_free(&p);
    p = run("deploy_to = [root]", "deploy_to = [ou(\"Prod\"), ou(\"Non-Prod\")]", NULL, NULL);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    project_free(&p);
    p = run("deploy_to = [root]", "deploy_to = [ou(\"Nowhere\")]", NULL, NULL);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1); /* TOP001 alone */
    project_free(&p);
}

static void
role_arns(void **state)
{
    (void)state;
    static const struct {
        const char *arn;
        const char *code;
        const char *caret;
    } cases[] = {
        {"arn:aws:iam::444455556666:role/crossaccountbackuprole", "ROL004", "444455556666"},
        {"arn:aws:iam::$account:role/aws-service-role/x/AWSServiceRoleForBackup", "ROL002",
         "AWSServiceRoleForBackup"},
        {"arn:aws:iam::$account:role//crossaccountbackuprole", "ROL002", "crossaccountbackuprole"},
        {"arn:aws:iam::$account:role/cross account", "ROL002", "cross account"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        const char *by = bp_str_format(p.arena, "arn(\"%s\")\n", cases[i].arn).at;
        project_run(&p, replaced(p.arena, SEED, "role(\"crossaccountbackuprole\")\n", by),
                    SEED_ORG);
        if (bp_diagnostics_count(p.list, BP_ERROR) != 1) {
            project_show(&p);
        }
        assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
        assert_string_equal(project_caret(&p, cases[i].code), cases[i].caret);
        project_free(&p);
    }
    project p = run("role(\"crossaccountbackuprole\")\n",
                    "arn(\"arn:aws:iam::$account:role/crossaccountbackuprole\")\n", NULL, NULL);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 0);
    project_free(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(region_codes),
        cmocka_unit_test(a_repeat_is_dropped_by_its_fix),
        cmocka_unit_test(a_new_region_is_a_warning_once_the_table_is_old),
        cmocka_unit_test(a_wrong_region_of_a_template_is_told_once),
        cmocka_unit_test(partitions_do_not_mix),
        cmocka_unit_test(roles_that_are_missing),
        cmocka_unit_test(role_stack_sets_that_are_too_narrow),
        cmocka_unit_test(role_arns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
