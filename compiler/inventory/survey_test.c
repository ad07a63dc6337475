/*
 * Dumps read in memory: every reason for which one is refused, values of every kind, and that no
 * prefix and no changed byte of a dump is taken for another answer or ends the program.
 */
#include "compiler/inventory/survey_test.h"

/* ---- reasons */

static const struct {
    const char *reason;
    const char *text;
} refusals[] = {
    {"IMP002", "{\"BackupVaultList\": ["},
    {"IMP002", "{\"a\": 1, \"a\": 2}"},
    {"IMP002", "{\"Tags\": \"\\ud800\"}"},
    {"IMP011", "{\"Buckets\": []}"},
    {"IMP011", "{\"Policies\": []}"},
    {"IMP011", "{\"Results\": []}"},
    {"IMP011", "{\"Summaries\": []}"},
    {"IMP011", "{\"Accounts\": []}"},
    {"IMP012", VAULTS("\"acount\":\"x\"," CELL, "{\"BackupVaultList\":[]}")},
    {"IMP012", "{\"dump\":\"backup.list-backup-vault\"," CELL "\"data\":{\"BackupVaultList\":[]}}"},
    {"IMP012",
     "{\"dump\":\"iam.list-roles\",\"data\":{\"Roles\":[]},\"account\":\"222233334444\"}"},
    {"IMP012", "{\"dump\":\"iam.list-roles\",\"account\":\"222233334444\"}"},
    {"IMP013", "{\"BackupVaultList\": []}"},
    {"IMP013", "{\"dump\":\"iam.list-roles\",\"data\":{\"Roles\":[]}}"},
    {"IMP013", "{\"dump\":\"organizations.list-tags-for-resource\",\"data\":{\"Tags\":[]}}"},
    {"IMP014", VAULTS(CELL, "{\"BackupVaultList\":[" VAULT("daily", "us-east-1") "]}")},
    {"IMP021", "{\"Accounts\":[{\"Id\":222233334444,\"Name\":\"x\"}]}"},
    {"IMP021", "{\"2222333344445\":{\"eu-west-1\":{\"BackupVaultList\":[]}}}"},
    {"IMP021", "{\"Accounts\":[{\"Id\":\"12345678901\",\"Name\":\"x\"}]}"},
    {"IMP022",
     "{\"dump\":\"organizations.list-policies\",\"data\":{\"Policies\":[{\"Id\":\"P1\"}]}}"},
    {"IMP022", VAULTS(CELL, "{\"BackupVaultList\":[{\"BackupVaultName\":\"daily\","
                            "\"BackupVaultArn\":\"daily\"}]}")},
    {"IMP023", VAULTS(CELL, "{\"BackupVaultList\":[{\"BackupVaultArn\":\"arn:aws:backup:eu-west-1:"
                            "222233334444:backup-vault:daily\"}]}")},
    {"IMP023", VAULTS(CELL, "{\"BackupVaultList\":{}}")},
    {"IMP023", VAULTS(CELL, "{\"Other\":[]}")},
    {"IMP031", "{\"dump\":\"organizations.list-roots\",\"error\":{\"code\":"
               "\"AWSOrganizationsNotInUseException\"}}"},
    {"IMP034", VAULTS(CELL, "{\"BackupVaultList\":[]}")
                   VAULTS(CELL, "{\"BackupVaultList\":[" VAULT("daily", "eu-west-1") "]}")},
    {"IMP035", "{\"Roots\":[{\"Id\":\"r-ab12\",\"Arn\":\"arn:aws:organizations::111122223333:root/"
               "o-otherother/r-ab12\"}]}"},
    {"IMP035", "{\"dump\":\"backup.list-backup-vaults\"," CELL "\"data\":{\"BackupVaultList\":[{"
               "\"BackupVaultName\":\"daily\",\"BackupVaultArn\":\"arn:aws-cn:backup:eu-west-1:"
               "222233334444:backup-vault:daily\"}]}}"},
    {"IMP036",
     "{\"dump\":\"iam.list-roles\",\"account\":\"999988887777\",\"data\":{\"Roles\":[]}}"},
    {"IMP039",
     "{\"dump\":\"organizations.list-accounts-for-parent\",\"parent\":\"ou-ab12-12345678\","
     "\"data\":{\"Accounts\":[]}}"},
    {"IMP051", "{\"BackupVaultName\":\"daily\",\"BackupVaultArn\":\"arn:aws:backup:eu-west-1:"
               "222233334444:backup-vault:daily\",\"Policy\":\"{\"}"},
    {"IMP032", VAULTS(CELL, "{\"BackupVaultList\":[],\"NextToken\":\"x\"}")},
    {"IMP032", VAULTS("\"complete\":false," CELL, "{\"BackupVaultList\":[]}")},
    {"IMP032", VAULTS("\"pages\":{\"index\":1,\"of\":2}," CELL, "{\"BackupVaultList\":[]}")},
    {"IMP032", "{\"dump\":\"iam.list-roles\",\"account\":\"222233334444\",\"data\":{\"Roles\":[],"
               "\"IsTruncated\":true}}"},
};

static void
reasons(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        importing on = start_with(NULL, false);
        read_dump(&on, "base.json", BP_STR(BASE), 4096);
        read_dump(&on, "dump.json", bp_str_of(refusals[i].text), 7);
        finish(&on);
        if (on.good || !has_reason(&on, refusals[i].reason)) {
            for (size_t f = 0; f < bp_diagnostics_total(on.list); f++) {
                print_message("%.*s\n", BP_ARG(bp_diagnostics_at(on.list, f)->message));
            }
            fail_msg("%s expected: %s", refusals[i].reason, refusals[i].text);
        }
        bp_arena_free(on.arena);
    }
}

/* What is told and does not stop an import. */
static const struct {
    const char *reason;
    bp_severity severity;
    const char *text;
} remarks[] = {
    {"IMP037", BP_WARNING,
     "{\"dump\":\"organizations.list-accounts\"," T "\"complete\":false,\"data\":{\"Accounts\":[{"
     "\"Id\":\"333344445555\",\"Name\":\"x\",\"Status\":\"ACTIVE\"}]}}"},
    {"IMP038", BP_WARNING,
     "{\"dump\":\"iam.list-roles\",\"account\":\"222233334444\",\"taken_at\":"
     "\"2026-11-04T06:00:00Z\",\"data\":{\"Roles\":[]}}"},
    {"IMP041", BP_WARNING,
     "{\"dump\":\"account.list-regions\",\"account\":\"222233334444\"," T
     "\"data\":{\"Regions\":[{\"RegionName\":\"ap-east-1\",\"RegionOptStatus\":\"PERHAPS\"}]}}"},
    {"IMP042", BP_INFO,
     "{\"dump\":\"backup.describe-global-settings\",\"account\":\"111122223333\"," T
     "\"data\":{\"GlobalSettings\":{\"isCrossAccountBackupEnabled\":true}}}"},
    {"IMP043", BP_WARNING,
     "{\"dump\":\"backup.describe-global-settings\",\"account\":\"111122223333\"," T
     "\"data\":{\"GlobalSettings\":{\"isCrossAccountBackupEnabled\":\"True\"}}}"},
    {"IMP044", BP_INFO,
     "{\"dump\":\"backup.describe-region-settings\"," CELL T
     "\"data\":{\"ResourceTypeOptInPreference\":{\"Abacus\":true}}}"},
    {"IMP045", BP_INFO,
     VAULTS(CELL, "{\"BackupVaultList\":[{\"BackupVaultName\":\"bad\",\"VaultState\":"
                  "\"FAILED\"}]}")},
    {"IMP046", BP_INFO,
     "{\"dump\":\"iam.list-roles\",\"account\":\"222233334444\"," T
     "\"data\":{\"Roles\":[{\"RoleName\":\"b\",\"Path\":\"/\",\"AssumeRolePolicyDocument\":{"
     "\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"backup.amazonaws.com\"},"
     "\"Action\":\"sts:AssumeRole\",\"Condition\":{\"StringEquals\":{\"a\":\"b\"}}}]}}]}}"},
};

static void
remarks_do_not_stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof remarks / sizeof *remarks; i++) {
        importing on = start_with(NULL, true);
        bool partial = strcmp(remarks[i].reason, "IMP037") == 0;
        bp_str base = BP_STR(BASE);
        if (partial) { /* without the list of OUs the tree is not whole */
            size_t at = 0;
            while (!bp_str_starts(bp_str_cut(base, at, base.size), BP_STR(ROOT_OUS))) {
                at++;
            }
            read_dump(&on, "base.json", bp_str_cut(base, 0, at), 4096);
            base = bp_str_cut(base, at + sizeof ROOT_OUS - 1, base.size);
        }
        read_dump(&on, "base.json", base, 4096);
        read_dump(&on, "dump.json", bp_str_of(remarks[i].text), 4096);
        finish(&on);
        bool told = false;
        for (size_t f = 0; f < bp_diagnostics_total(on.list); f++) {
            const bp_finding *finding = bp_diagnostics_at(on.list, f);
            told = told || (finding->severity == remarks[i].severity &&
                            reason_is(&on, finding, remarks[i].reason));
        }
        if (!told || !on.good) {
            for (size_t f = 0; f < bp_diagnostics_total(on.list); f++) {
                print_message("%.*s\n", BP_ARG(bp_diagnostics_at(on.list, f)->message));
            }
            fail_msg("%s expected", remarks[i].reason);
        }
        bp_arena_free(on.arena);
    }
}

/* ---- files that hold no answer, and paths that say another thing */

static void
files_without_an_answer(void **state)
{
    (void)state;
    importing on = start_with(NULL, false);
    size_t lines = 0;
    read_dump(&on, "base.json", BP_STR(BASE), 4096);
    bp_survey_no_answer(on.survey, BP_STR("iam.list-roles/222233334444.json"), "IMP003",
                        "an empty file is no answer");
    bp_survey_no_answer(on.survey, BP_STR("table.json"), "IMP004", "a table cannot be read");
    bp_survey_unreadable(on.survey, BP_STR("a.fifo"), BP_STR("is no regular file"));
    bp_survey_no_output(on.survey, BP_STR("org.yaml"), "is there", "--force writes over it");
    assert_int_equal(bp_survey_refused(on.survey), 1);
    finish(&on);
    assert_false(on.good);
    assert_true(has_reason(&on, "IMP001"));
    assert_true(has_reason(&on, "IMP003"));
    assert_true(has_reason(&on, "IMP004"));
    assert_true(has_reason(&on, "IMP061"));
    const bp_survey_line *all = bp_survey_lines(on.survey, &lines);
    size_t failed = 0;
    for (size_t i = 0; i < lines; i++) {
        failed += strcmp(all[i].section, "roles") == 0 ? all[i].failed : 0;
    }
    assert_int_equal(failed, 1);
    bp_arena_free(on.arena);
}

static const struct {
    const char *path;
    bool good;
} paths[] = {
    {"backup.list-backup-vaults/222233334444/eu-west-1.json", true},
    {"backup.list-backup-vaults/222233334444/us-east-1.json", false},
    {"backup.list-backup-vaults/111122223333/eu-west-1.json", false},
    {"iam.list-roles/222233334444.json", false},
    {"any.json", true},
};

static void
paths_and_envelopes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        importing on = start_with(NULL, false);
        read_dump(&on, "base.json", BP_STR(BASE), 4096);
        read_dump(&on, paths[i].path, BP_STR(VAULTS(CELL, "{\"BackupVaultList\":[]}")), 4096);
        finish(&on);
        assert_int_equal(on.good, paths[i].good);
        assert_int_equal(has_reason(&on, "IMP033"), !paths[i].good);
        bp_arena_free(on.arena);
    }
}

/* ---- values: what is read before the organization is known means the same */

#define ACCESS(policy)                                                                           \
    "{\"BackupVaultName\":\"daily\",\"BackupVaultArn\":\"arn:aws:backup:eu-west-1:222233334444:" \
    "backup-vault:daily\",\"Policy\":\"" policy "\"}"

static const struct {
    const char *text;
    const char *line; /* that the inventory holds then */
} values[] = {
    {VAULTS(CELL, "{\"BackupVaultList\":[]}"), "id: \"222233334444\", name: S, vaults: none"},
    {VAULTS("\"pages\":{\"index\":2,\"of\":2}," CELL, "{\"BackupVaultList\":[]}")
         VAULTS("\"pages\":{\"index\":1,\"of\":2}," CELL,
                "{\"BackupVaultList\":[" VAULT("daily", "eu-west-1") "],\"NextToken\":\"t\"}"),
     "seen: eu-west-1"},
    {"[{\"BackupVaultList\":[" VAULT("daily", "eu-west-1") "]}]", "name: daily, in: eu-west-1"},
    {"[" VAULT("daily", "eu-west-1") "," VAULT("daily", "us-east-1") "]", "name: daily, in: "},
    {"{\"222233334444\":{\"eu-west-1\":{\"BackupVaultList\":[" VAULT(
         "daily", "eu-west-1") "]},\"us-east-1\":null}}",
     "seen: eu-west-1"},
    {"{\"Results\":[\"{\\\"accountId\\\":\\\"222233334444\\\",\\\"awsRegion\\\":\\\"eu-west-1\\\","
     "\\\"resourceName\\\":\\\"daily\\\"}\"]}",
     "name: daily, in: eu-west-1"},
    {VAULTS(CELL, "{\"BackupVaultList\":[{\"BackupVaultName\":\"sealed\",\"VaultType\":"
                  "\"LOGICALLY_AIR_GAPPED_BACKUP_VAULT\",\"MinRetentionDays\":7,"
                  "\"MaxRetentionDays\":400}]}"),
     "kind: air-gapped, lock: {mode: compliance, min: 7, max: 400}"},
    {VAULTS(CELL, "{\"BackupVaultList\":[{\"BackupVaultName\":\"kept\",\"Locked\":true,"
                  "\"EncryptionKeyType\":\"CUSTOMER_MANAGED_KMS_KEY\"}]}"),
     "key: customer, lock: {mode: governance}"},
    {VAULTS(CELL, "{\"BackupVaultList\":[" VAULT("daily", "eu-west-1") "]}")
         ACCESS("{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*\\\","
                "\\\"Action\\\":\\\"backup:CopyIntoBackupVault\\\",\\\"Resource\\\":\\\"*\\\","
                "\\\"Condition\\\":{\\\"StringEquals\\\":{\\\"aws:PrincipalOrgID\\\":\\\"o-"
                "exampleorg\\\"}}}]}"),
     "copy_from: organization"},
    {VAULTS(CELL, "{\"BackupVaultList\":[" VAULT("daily", "eu-west-1") "]}")
         ACCESS("{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*\\\","
                "\\\"Action\\\":\\\"backup:CopyIntoBackupVault\\\",\\\"Resource\\\":\\\"*\\\","
                "\\\"Condition\\\":{\\\"StringEquals\\\":{\\\"aws:PrincipalOrgID\\\":\\\"o-"
                "otherother\\\"}}}]}"),
     "copy_from: other"},
    {VAULTS(CELL, "{\"BackupVaultList\":[" VAULT("daily", "eu-west-1") "]}") ACCESS(
         "{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*\\\","
         "\\\"Action\\\":\\\"backup:CopyIntoBackupVault\\\",\\\"Resource\\\":\\\"*\\\","
         "\\\"Condition\\\":{\\\"StringEquals\\\":{\\\"aws:PrincipalOrgID\\\":\\\"o-exampleorg\\\"}"
         "}},{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*\\\",\\\"Action\\\":\\\"backup:"
         "CopyIntoBackupVault\\\",\\\"Resource\\\":\\\"*\\\",\\\"Condition\\\":{"
         "\\\"StringEquals\\\":{\\\"aws:PrincipalOrgID\\\":\\\"o-otherother\\\"}}}]}"),
     "copy_from: other"},
    {VAULTS(CELL, "{\"BackupVaultList\":[" VAULT("daily", "eu-west-1") "]}")
         ACCESS("{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*\\\","
                "\\\"Action\\\":\\\"backup:CopyIntoBackupVault\\\",\\\"Resource\\\":\\\"*\\\","
                "\\\"Condition\\\":{\\\"ForAnyValue:StringLike\\\":{\\\"aws:PrincipalOrgPaths\\\":["
                "\\\"o-exampleorg/r-ab12/ou-ab12-12345678/*\\\"]}}}]}"),
     "copy_from: [ou-ab12-12345678]"},
    {VAULTS(CELL, "{\"BackupVaultList\":[" VAULT("daily", "eu-west-1") "]}")
         ACCESS("{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":{\\\"AWS\\\":"
                "\\\"arn:aws:iam::111122223333:root\\\"},\\\"Action\\\":\\\"backup:"
                "CopyIntoBackupVault\\\",\\\"Resource\\\":\\\"*\\\"}]}"),
     "copy_from: [\"111122223333\"]"},
    {VAULTS(CELL, "{\"BackupVaultList\":[" VAULT("daily", "eu-west-1") "]}") ACCESS(
         "{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":{\\\"AWS\\\":\\\"arn:"
         "aws:iam::111122223333:role/"
         "x\\\"},\\\"Action\\\":\\\"backup:CopyIntoBackupVault\\\",\\\"Resource\\\":\\\"*\\\"}]}"),
     "copy_from: other"},
    {VAULTS(CELL, "{\"BackupVaultList\":[" VAULT("daily", "eu-west-1") "]}")
         ACCESS("{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*\\\","
                "\\\"Action\\\":\\\"backup:CopyIntoBackupVault\\\",\\\"Resource\\\":\\\"*\\\","
                "\\\"Condition\\\":{\\\"StringEquals\\\":{\\\"aws:PrincipalOrgID\\\":\\\"o-"
                "exampleorg\\\"}}},{\\\"Effect\\\":\\\"Deny\\\",\\\"Principal\\\":\\\"*\\\","
                "\\\"Action\\\":\\\"backup:CopyIntoBackupVault\\\",\\\"Resource\\\":\\\"*\\\"}]}"),
     "copy_from: other"},
    {VAULTS(CELL, "{\"BackupVaultList\":[" VAULT("daily", "eu-west-1") "]}")
         ACCESS("{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*\\\","
                "\\\"Action\\\":\\\"backup:ListRecoveryPoints\\\",\\\"Resource\\\":\\\"*\\\"}]}"),
     "copy_from: none"},
    {VAULTS(CELL, "{\"BackupVaultList\":[" VAULT("daily", "eu-west-1") "]}") ACCESS(
         "{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*\\\","
         "\\\"Action\\\":\\\"backup:CopyIntoBackupVault\\\",\\\"Resource\\\":\\\"*\\\","
         "\\\"Condition\\\":{\\\"IpAddress\\\":{\\\"aws:SourceIp\\\":\\\"10.0.0.0/8\\\"}}}]}"),
     "copy_from: other"},
    {"{\"dump\":\"iam.list-roles\",\"account\":\"222233334444\"," T "\"data\":{\"Roles\":[{"
     "\"RoleName\":\"b\",\"Path\":\"/x/\",\"AssumeRolePolicyDocument\":\"%7B%22Statement%22%3A%7B"
     "%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%5B%22backup.amazonaws.com"
     "%22%5D%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D\"}]}}",
     "{name: b, path: \"/x/\", trust: backup}"},
    {"{\"dump\":\"resourcegroupstaggingapi.get-resources\"," CELL T "\"data\":{"
     "\"ResourceTagMappingList\":[{\"ResourceARN\":\" arn:aws:s3:::b\",\"Tags\":[{\"Key\":"
     "\"backup\",\"Value\":\"gold\"},{\"Key\":\"owner\",\"Value\":\"me\"}]}]}}",
     "{type: s3, in: eu-west-1, tags: {backup: gold}, count: 1}"},
};

static void
kinds_of_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        importing on = start_with(NULL, false);
        read_dump(&on, "dump.json", bp_str_of(values[i].text), 3);
        read_dump(&on, "base.json", BP_STR(BASE), 4096);
        finish(&on);
        if (!on.good || !bp_str_contains(on.text, bp_str_of(values[i].line))) {
            for (size_t f = 0; f < bp_diagnostics_total(on.list); f++) {
                print_message("%.*s\n", BP_ARG(bp_diagnostics_at(on.list, f)->message));
            }
            fail_msg("%s expected in:\n%.*s", values[i].line, BP_ARG(on.text));
        }
        bp_arena_free(on.arena);
    }
}

/* ---- damaged dumps */

/* A dump that ends early is an error, wherever it ends. */
static void
every_prefix(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_str all = file_text(arena, DUMPS);
    while (all.size > 0) {
        size_t end = bp_str_find(all, '\n');
        bp_str line = bp_str_cut(all, 0, end);
        all = bp_str_cut(all, end + 1, all.size);
        for (size_t size = 1; size < line.size; size += 1 + line.size / 60) {
            importing on = start_with(NULL, false);
            read_dump(&on, "dump.json", bp_str_cut(line, 0, size), 4096);
            assert_int_equal(bp_survey_refused(on.survey), 1);
            bp_arena_free(on.arena);
        }
    }
    bp_arena_free(arena);
}

/* Changed bytes: an answer or a refusal, never a crash; what was read can be put together. */
static void
changed_bytes(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_str all = file_text(arena, DUMPS);
    static const char odd[] = "\"{}[]:,0 1\\\x01\xff/-aN";
    uint64_t random = 88172645463325252u;
    for (size_t round = 0; round < 300; round++) {
        char *copy = bp_arena_copy(arena, all.at, all.size);
        for (size_t change = 0; change < 1 + round % 3; change++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            copy[random % all.size] = odd[(random >> 32) % (sizeof odd - 1)];
        }
        importing on = start_with(NULL, false);
        read_dump(&on, "dump.json", (bp_str){copy, all.size}, 1000);
        finish(&on);
        assert_true(on.good || bp_diagnostics_total(on.list) > 0);
        bp_arena_free(on.arena);
    }
    bp_arena_free(arena);
}

/* The size of the pieces in which a stream comes does not matter. */
static void
any_window(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_str all = file_text(arena, DUMPS);
    bp_str first = {NULL, 0};
    for (size_t step = 1; step < 70000; step = step * 5 + 2) {
        importing on = start_with(NULL, false);
        read_dump(&on, "dump.json", all, step);
        finish(&on);
        assert_true(on.good);
        if (first.size == 0) {
            first = bp_str_copy(arena, on.text);
        }
        assert_true(bp_str_equal(first, on.text));
        bp_arena_free(on.arena);
    }
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons),
        cmocka_unit_test(kinds_of_values),
        cmocka_unit_test(every_prefix),
        cmocka_unit_test(changed_bytes),
        cmocka_unit_test(any_window),
        cmocka_unit_test(remarks_do_not_stop),
        cmocka_unit_test(files_without_an_answer),
        cmocka_unit_test(paths_and_envelopes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
