/*
 * What vaults let in, by access policy and key; copies that stay next door or are snapshots; roles
 * that cannot be assumed or lack rights; stack sets that cannot go where they are meant to.
 */
#include "compiler/checks/support_test.h"

#include "compiler/checks/seed_test.h"

#define PROD_VAULT "vault \"prodbackupvault\" {}\n"
#define TAGS "      tag_key    = \"backup\"\n      tag_values = [\"prod\"]\n"
#define LISTED "{name: prodbackupvault, in: main}"
#define ROLE "role \"crossaccountbackuprole\" { deploy_to = [root] }\n"
#define INTO_DEV "arn(\"arn:aws:backup:us-east-1:444455556666:backup-vault:nonprodbackupvault\")"

typedef struct change {
    const char *part;
    const char *by;
} change;

/* The seed with changes in the policies and in the inventory. */
static project
run(change first, change second, change inventory)
{
    project p = project_new();
    const change changes[] = {first, second};
    const char *text = SEED;
    for (size_t i = 0; i < 2; i++) {
        if (changes[i].part != NULL) {
            text = replaced(p.arena, text, changes[i].part, changes[i].by);
        }
    }
    const char *org = SEED_ORG;
    if (inventory.part != NULL) {
        org = replaced(p.arena, org, inventory.part, inventory.by);
    }
    project_run(&p, text, org);
    return p;
}

static const change same = {NULL, NULL};
static const change abroad = {"copy to into in ap-northeast-1", "copy to " INTO_DEV};

static void
policies_of_declared_destinations(void **state)
{
    (void)state;
    static const struct {
        const char *sources;
        size_t found; /* policies whose accounts are not let in */
        size_t cells; /* of the first */
    } cases[] = {
        {"", 2, 1},
        {"allow_copies_from = [organization]", 0, 0},
        {"allow_copies_from = [ou(\"Prod\")]", 1, 1},
        {"allow_copies_from = [ou(\"Non-Prod/QA\"), account(\"222233334444\")]", 0, 0},
        {"allow_copies_from = [account(\"Dev Account\")]", 2, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        bp_str vault =
            bp_str_format(p.arena, "vault \"nonprodbackupvault\" { %s }\n", cases[i].sources);
        const char *text = replaced(p.arena, SEED, "vault \"nonprodbackupvault\" {}\n", vault.at);
        project_run(&p, replaced(p.arena, text, abroad.part, abroad.by), SEED_ORG);
        assert_int_equal(project_count_at(&p, "CPY009", BP_ERROR), cases[i].found);
        if (cases[i].found > 0) {
            assert_int_equal(project_find(&p, "CPY009")->cells.count, cases[i].cells);
            assert_int_equal(project_find(&p, "CPY009")->aws, BP_AWS_JOB_FAILS);
        }
        project_free(&p);
    }
}

static void
policies_of_listed_destinations(void **state)
{
    (void)state;
    static const struct {
        const char *copy_from;
        size_t found;
        size_t skipped;
    } cases[] = {
        {"", 0, 1},
        {", copy_from: other", 0, 1},
        {", copy_from: none", 2, 0},
        {", copy_from: organization", 0, 0},
        {", copy_from: [ou-ab12-prod0001]", 1, 0},
        {", copy_from: [ou-ab12-qaqa0001, \"222233334444\"]", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        bp_str listed =
            bp_str_format(p.arena, "{name: nonprodbackupvault, in: main%s}", cases[i].copy_from);
        const char *text = replaced(p.arena, SEED, "vault \"nonprodbackupvault\" {}\n", "");
        project_run(&p, replaced(p.arena, text, abroad.part, abroad.by),
                    replaced(p.arena, SEED_ORG, "{name: nonprodbackupvault, in: main}", listed.at));
        assert_int_equal(project_count(&p, "CPY009"), cases[i].found);
        assert_int_equal(project_skipped(&p, "CPY009"), cases[i].skipped);
        assert_int_equal(project_count(&p, "DAT003"), 0);
        project_free(&p);
    }
}

static void
keys_of_destinations(void **state)
{
    (void)state;
    static const struct {
        const char *types;
        bp_severity region; /* copied to another Region */
        bp_severity account;
    } cases[] = {
        {"resource_types = [rds]\n", BP_WARNING, BP_ERROR},
        {"resource_types = [efs, s3]\n", BP_OFF, BP_OFF},
        {"resource_types = [efs, ec2]\n", BP_WARNING, BP_ERROR},
        {TAGS, BP_OFF, BP_WARNING},
        {"resource_types = [rds_cluster]\n", BP_WARNING, BP_WARNING}, /* some sources disagree */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int far = 0; far < 2; far++) {
            project p = project_new();
            const char *text = replaced_all(p.arena, SEED, "backupvault\" {}",
                                            "backupvault\" { encryption = aws_managed }");
            text = replaced(p.arena, text, TAGS, cases[i].types);
            if (far == 1) {
                text = replaced(p.arena, text, abroad.part, abroad.by);
            }
            project_run(&p, text, SEED_ORG);
            /* The other policy has the same copy and a tag alone. */
            bp_severity wanted = far == 1 ? cases[i].account : cases[i].region;
            assert_int_equal(project_count_at(&p, "CPY010", BP_ERROR), wanted == BP_ERROR);
            assert_int_equal(project_count_at(&p, "CPY010", BP_WARNING),
                             (wanted == BP_WARNING) + far);
            if (wanted != BP_OFF && far == 0) {
                assert_int_equal(project_find(&p, "CPY010")->cells.count, 2); /* not in Tokyo */
            }
            project_free(&p);
        }
    }
    project p = run((change){TAGS, "resource_types = [rds]\n"}, same, same);
    assert_int_equal(project_count(&p, "CPY010"), 0); /* declared with a key of the customer */
    project_free(&p);
    p = run((change){PROD_VAULT, ""}, (change){TAGS, "resource_types = [rds]\n"}, same);
    assert_int_equal(project_count(&p, "CPY010"), 0);
    assert_int_equal(project_skipped(&p, "CPY010"), 1);
    project_free(&p);
    p = run((change){PROD_VAULT, ""}, (change){TAGS, "resource_types = [rds]\n"},
            (change){LISTED, "{name: prodbackupvault, in: main, key: aws-backup}"});
    assert_int_equal(project_count_at(&p, "CPY010", BP_WARNING), 1);
    project_free(&p);
}

static void
copies_next_door(void **state)
{
    (void)state;
    const change far = {"copy to into in", "copy to vault(\"far\") in"};
    project p = run(far, (change){PROD_VAULT, PROD_VAULT "vault \"far\" {}\n"}, same);
    assert_int_equal(project_count_at(&p, "REG008", BP_WARNING), 2); /* one a policy */
    assert_int_equal(project_find(&p, "REG008")->cells.count, 1);
    assert_int_equal(project_count(&p, "CPY007"), 0);
    project_free(&p);
    p = run(same, same, same);
    assert_int_equal(project_count(&p, "REG008"), 0); /* CPY007 */
    project_free(&p);
    p = run((change){"copy to into in ap-northeast-1", "copy to vault(\"far\") in us-west-2"},
            (change){PROD_VAULT, PROD_VAULT "vault \"far\" {}\n"}, same);
    assert_int_equal(project_count(&p, "REG008"), 0);
    project_free(&p);
    p = run(far, same,
            (change){LISTED, LISTED "\n      - {name: far, in: main, kind: air-gapped}"});
    assert_int_equal(project_count(&p, "REG008"), 1); /* the other accounts have none */
    project_free(&p);
}

static void
copies_of_continuous_backups(void **state)
{
    (void)state;
    const change on = {"  cold_after   = 90d\n  delete_after = 180d\n",
                       "  continuous = on\n  delete_after = 35d\n"};
    project p = run(on, same, same);
    assert_int_equal(project_count_at(&p, "CPY013", BP_INFO), 1); /* one template */
    project_free(&p);
    p = run((change){on.part, "  continuous = off\n  delete_after = 35d\n"}, same, same);
    assert_int_equal(project_count(&p, "CPY013"), 0);
    project_free(&p);
}

static void
trust_of_roles(void **state)
{
    (void)state;
    static const struct {
        const char *trust;
        size_t found;
        size_t skipped;
    } cases[] = {{"backup", 0, 0}, {"other", 2, 0}, {"unknown", 0, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        bp_str roles =
            bp_str_format(p.arena, "[{name: crossaccountbackuprole, trust: %s}]", cases[i].trust);
        project_run(&p, replaced(p.arena, SEED, ROLE, ""),
                    replaced(p.arena, SEED_ORG, "[crossaccountbackuprole]", roles.at));
        assert_int_equal(project_count_at(&p, "ROL005", BP_ERROR), cases[i].found);
        assert_int_equal(project_skipped(&p, "ROL005"), cases[i].skipped);
        project_free(&p);
    }
    /* A role of the project trusts whom it serves: as scanner, malware protection of GuardDuty. */
    project p = run((change){"prodbackupplan\" {\n",
                             "prodbackupplan\" {\n    scan_types = [ebs]\n    scan_role = "
                             "role(\"crossaccountbackuprole\")\n"},
                    same, same);
    assert_int_equal(project_count_at(&p, "ROL005", BP_ERROR), 0);
    assert_int_equal(project_skipped(&p, "ROL005"), 0);
    project_free(&p);
}

#define PAIR                                             \
    "service-role/AWSBackupServiceRolePolicyForBackup, " \
    "service-role/AWSBackupServiceRolePolicyForRestores"

static void
rights_of_listed_roles(void **state)
{
    (void)state;
    static const struct {
        const char *policies;
        size_t warnings;
        size_t infos;
        size_t skipped;
    } cases[] = {
        {PAIR ", AWSBackupServiceRolePolicyForS3Backup, AWSBackupServiceRolePolicyForS3Restore", 0,
         0, 0},
        {PAIR ", AWSBackupServiceRolePolicyForS3Backup", 0, 1, 0},
        {PAIR, 1, 0, 0},
        {PAIR ", service-role/AWSBackupServiceRolePolicyForS3Backup", 0, 0, 3}, /* no such one */
        {"", 2, 0, 0},
        {"\"arn:aws:iam::222233334444:policy/all\"", 0, 0, 3},
        {"service-role/AWSBackupServiceRolePolicyForBackup, AWSBackupServiceRolePolicyForS3Backup",
         0, 2, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        bp_str roles = bp_str_format(p.arena, "[{name: crossaccountbackuprole, policies: [%s]}]",
                                     cases[i].policies);
        const char *text = replaced(p.arena, SEED, ROLE, "");
        project_run(&p, replaced(p.arena, text, TAGS, "resource_types = [s3]\n"),
                    replaced(p.arena, SEED_ORG, "[crossaccountbackuprole]", roles.at));
        assert_int_equal(project_count_at(&p, "ROL007", BP_WARNING), cases[i].warnings);
        assert_int_equal(project_count_at(&p, "ROL007", BP_INFO), cases[i].infos);
        assert_int_equal(project_skipped(&p, "ROL007"), cases[i].skipped);
        project_free(&p);
    }
}

static void
rights_of_declared_roles(void **state)
{
    (void)state;
    static const struct {
        const char *permits;
        const char *types;
        bp_severity level;
    } cases[] = {
        {"[backup, restore]", TAGS, BP_OFF}, /* a tag names no S3 */
        {"[backup, restore]", "resource_types = [s3, efs]\n", BP_WARNING},
        {"[backup, restore, s3_backup]", "resource_types = [s3]\n", BP_INFO},
        {"[backup, restore, s3_backup, s3_restore]", "resource_types = [s3]\n", BP_OFF},
        {"[restore]", TAGS, BP_WARNING},
        {"[backup]", TAGS, BP_INFO},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        bp_str role = bp_str_format(p.arena, "role \"crossaccountbackuprole\" { permits = %s }\n",
                                    cases[i].permits);
        const char *text = replaced(p.arena, SEED, ROLE, role.at);
        project_run(&p, replaced(p.arena, text, TAGS, cases[i].types), SEED_ORG);
        const bp_finding *finding = project_find(&p, "ROL007");
        assert_int_equal(finding == NULL ? BP_OFF : finding->severity, cases[i].level);
        project_free(&p);
    }
    /* From the text alone, without an inventory. */
    project p = project_new();
    const char *text = replaced(p.arena, SEED, TAGS, "resource_types = [s3]\n");
    const char *written = "role \"crossaccountbackuprole\" { permits = [backup, restore] }\n";
    project_run(&p, replaced(p.arena, text, ROLE, written), NULL);
    assert_int_equal(project_count_at(&p, "ROL007", BP_WARNING), 1);
    project_free(&p);
    /* Where nothing is written, the role gets what the plans reach. */
    p = project_new();
    project_run(&p, replaced(p.arena, SEED, TAGS, "resource_types = [s3]\n"), NULL);
    assert_null(project_find(&p, "ROL007"));
    project_free(&p);
}

#define OPT_IN                                                                          \
    "vault \"prodbackupvault\" {\n deploy_to = [ou(\"Prod\")]\n regions = [us-east-1, " \
    "eu-west-1, ap-northeast-1, af-south-1]\n}\n"

static void
closed_regions_of_stack_sets(void **state)
{
    (void)state;
    static const struct {
        const char *management;
        const char *account;
        size_t found;
        size_t skipped;
    } cases[] = {
        {", regions: [af-south-1]", ", regions: [af-south-1]", 0, 0},
        {", regions: [af-south-1]", ", regions: none", 1, 0},
        {", regions: none", ", regions: [af-south-1]", 1, 0},
        {", regions: none", ", regions: none", 2, 0},
        {"", "", 0, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        bp_str own = bp_str_format(p.arena, "name: Management%s}", cases[i].management);
        bp_str member = bp_str_format(p.arena, "name: Prod Account%s,", cases[i].account);
        const char *org = replaced(p.arena, SEED_ORG, "name: Management}", own.at);
        project_run(&p, replaced(p.arena, SEED, PROD_VAULT, OPT_IN),
                    replaced(p.arena, org, "name: Prod Account,", member.at));
        assert_int_equal(project_count_at(&p, "STK009", BP_ERROR), cases[i].found);
        assert_int_equal(project_skipped(&p, "STK009"), cases[i].skipped);
        if (cases[i].found > 0) {
            assert_string_equal(project_caret(&p, "STK009"), "af-south-1");
            assert_int_equal(project_find(&p, "STK009")->cells.count, 1);
        }
        project_free(&p);
    }
    /* What a plan needs there itself is REG003. */
    project p = run((change){"[us-east-1, eu-west-1, ap-northeast-1]", "[us-east-1, af-south-1]"},
                    same, (change){"name: Prod Account,", "name: Prod Account, regions: none,"});
    assert_int_equal(project_count(&p, "REG003"), 1);
    assert_int_equal(project_count(&p, "STK009"), 0);
    project_free(&p);
}

#define SETS(NAME, TARGET, RETAIN)                                                                 \
    "stack_sets:\n  - {name: " NAME ", targets: [" TARGET "], regions: us-east-1, retain: " RETAIN \
    ", makes: {roles: [crossaccountbackuprole]}, instances: current}\n"

static void
stack_sets_of_roles(void **state)
{
    (void)state;
    static const struct {
        const char *role;
        const char *sets;
        size_t per_ou;
        size_t lost;
        size_t skipped;
    } cases[] = {
        {ROLE, SETS("other", "ou-ab12-prod0001", "true"), 1, 0, 0},
        {ROLE, SETS("backpol-role-crossaccountbackuprole", "r-ab12", "true"), 0, 0, 0},
        {"", SETS("other", "r-ab12", "true"), 0, 0, 0},
        {"", SETS("other", "r-ab12", "false"), 0, 1, 0},
        {"", SETS("other", "r-ab12", "unknown"), 0, 0, 1},
        {ROLE, SETS("backpol-role-crossaccountbackuprole", "r-ab12", "false"), 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        project_run(&p, replaced(p.arena, SEED, ROLE, cases[i].role),
                    bp_str_format(p.arena, "%s%s", SEED_ORG, cases[i].sets).at);
        assert_int_equal(project_count_at(&p, "STK014", BP_WARNING), cases[i].per_ou);
        assert_int_equal(project_count_at(&p, "STK007", BP_WARNING), cases[i].lost);
        assert_int_equal(project_skipped(&p, "STK007"), cases[i].skipped);
        project_free(&p);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_of_declared_destinations),
        cmocka_unit_test(policies_of_listed_destinations),
        cmocka_unit_test(keys_of_destinations),
        cmocka_unit_test(copies_next_door),
        cmocka_unit_test(copies_of_continuous_backups),
        cmocka_unit_test(trust_of_roles),
        cmocka_unit_test(rights_of_listed_roles),
        cmocka_unit_test(rights_of_declared_roles),
        cmocka_unit_test(closed_regions_of_stack_sets),
        cmocka_unit_test(stack_sets_of_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
