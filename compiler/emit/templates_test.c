/* The templates of roles and vaults, option by option, and the self-check that judges them. */
#include "compiler/deploy/world_for_tests.h"
#include "compiler/emit/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define HAS(text, part) assert_non_null(strstr((text), (part)))
#define LACKS(text, part) assert_null(strstr((text), (part)))

static const char *
role_text(bp_arena *arena, const bp_role *role)
{
    bp_stack stack = {
        .kind = BP_STACK_ROLE, .name = role->name, .role = role, .permits = role->permits};
    return bp_json_print(arena, bp_role_template(NULL, arena, &stack), BP_JSON_COMPACT).at;
}

static const char *
vault_text(bp_arena *arena, const bp_stack *stack)
{
    return bp_json_print(arena, bp_vault_template(arena, stack, BP_STR("o-test000001")),
                         BP_JSON_COMPACT)
        .at;
}

static void
a_role_has_what_it_declares(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_role role = {.name = BP_STR("r"), .path = BP_STR("/"), .permits = BP_PERMIT_BACKUP};
    (void)state;
    const char *text = role_text(arena, &role);
    HAS(text, "\"DeletionPolicy\":\"Retain\",\"UpdateReplacePolicy\":\"Retain\"");
    HAS(text, "\"RoleName\":{\"Ref\":\"BackupRoleName\"},\"Description\"");
    HAS(text, "\"ManagedPolicyArns\":[{\"Fn::Sub\":\"arn:${AWS::Partition}:iam::aws:policy/"
              "service-role/AWSBackupServiceRolePolicyForBackup\"}]");
    LACKS(text, "\"Path\"");
    LACKS(text, "PermissionsBoundary");
    LACKS(text, "Condition");
    role.path = BP_STR("/team/backup/");
    role.permissions_boundary = BP_STR("arn:aws:iam::aws:policy/x");
    role.source_account_condition = true;
    role.permits = BP_PERMIT_RESTORE | BP_PERMIT_S3_BACKUP | BP_PERMIT_S3_RESTORE;
    *bp_vec_add(arena, &role.tags) = (bp_tag){.key = BP_STR("a"), .value = BP_STR("b \"c\"")};
    text = role_text(arena, &role);
    HAS(text, "\"Path\":\"/team/backup/\"");
    HAS(text, "\"PermissionsBoundary\":\"arn:aws:iam::aws:policy/x\"");
    HAS(text, "\"Condition\":{\"StringEquals\":{\"aws:SourceAccount\":{\"Ref\":\"AWS::AccountId\"}"
              "}}");
    HAS(text, "policy/service-role/AWSBackupServiceRolePolicyForRestores\"}");
    HAS(text, "policy/AWSBackupServiceRolePolicyForS3Backup\"}");
    HAS(text, "policy/AWSBackupServiceRolePolicyForS3Restore\"}");
    LACKS(text, "ForBackup");
    LACKS(text, "malware");
    HAS(text,
        "\"Tags\":[{\"Key\":\"ManagedBy\",\"Value\":\"backpol\"},{\"Key\":\"a\",\"Value\":\"b "
        "\\\"c\\\"\"}]");
    bp_arena_free(arena);
}

static void
a_scanner_is_assumed_by_malware_protection_too(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_role role = {.name = BP_STR("r"),
                    .path = BP_STR("/"),
                    .permits = BP_PERMIT_SCANNER,
                    .source_account_condition = true};
    (void)state;
    const char *text = role_text(arena, &role);
    HAS(text, "{\"Sid\":\"AllowMalwareProtection\",\"Effect\":\"Allow\",\"Principal\":{"
              "\"Service\":\"malware-protection.guardduty.amazonaws.com\"},\"Action\":\"sts:"
              "AssumeRole\",\"Condition\":{\"StringEquals\":{\"aws:SourceAccount\":{\"Ref\":"
              "\"AWS::AccountId\"}}}}");
    HAS(text, "{\"Service\":\"backup.amazonaws.com\"}");
    HAS(text, "\"ManagedPolicyArns\":[{\"Fn::Sub\":\"arn:${AWS::Partition}:iam::aws:policy/"
              "AWSBackupGuardDutyRolePolicyForScans\"}]");
    role.permits = BP_PERMIT_INDEX | BP_PERMIT_SCANS;
    text = role_text(arena, &role);
    HAS(text, "[{\"Fn::Sub\":\"arn:${AWS::Partition}:iam::aws:policy/"
              "AWSBackupServiceRolePolicyForIndexing\"},{\"Fn::Sub\":\"arn:${AWS::Partition}:iam::"
              "aws:policy/AWSBackupServiceRolePolicyForScans\"}]");
    LACKS(text, "malware");
    bp_arena_free(arena);
}

static void
a_boundary_lies_in_the_account_of_the_role(void **state)
{
    static const struct {
        const char *arn;
        const char *has;
    } cases[] = {
        {"arn:aws:iam::$account:policy/team/b-${x}",
         "\"PermissionsBoundary\":{\"Fn::Sub\":[\"arn:${AWS::Partition}:iam::${AWS::AccountId}:"
         "policy/${BoundaryName}\",{\"BoundaryName\":\"team/b-${x}\"}]}"},
        {"arn:aws:iam::aws:policy/PowerUserAccess",
         "\"PermissionsBoundary\":\"arn:aws:iam::aws:policy/PowerUserAccess\""},
        {"arn:aws:iam::222233334444:policy/b",
         "\"PermissionsBoundary\":\"arn:aws:iam::222233334444:policy/b\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_role role = {.name = BP_STR("r"),
                        .path = BP_STR("/"),
                        .permits = BP_PERMIT_BACKUP,
                        .permissions_boundary = bp_str_of(cases[i].arn)};
        const char *text = role_text(arena, &role);
        HAS(text, cases[i].has);
        assert_false(bp_template_look(arena, bp_str_of(text)).strange);
        bp_arena_free(arena);
    }
}

static void
a_declared_managed_by_wins_and_no_key_stands_twice(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_vault vault = {.name = BP_STR("v")};
    bp_stack stack = {.kind = BP_STACK_VAULT, .name = vault.name, .vault = &vault};
    (void)state;
    *bp_vec_add(arena, &vault.tags) = (bp_tag){.key = BP_STR("managedby"), .value = BP_STR("me")};
    *bp_vec_add(arena, &vault.tags) = (bp_tag){.key = BP_STR("managedby"), .value = BP_STR("you")};
    const char *text = vault_text(arena, &stack);
    HAS(text, "\"BackupVaultTags\":{\"managedby\":\"me\"}");
    HAS(text, "\"Tags\":[{\"Key\":\"managedby\",\"Value\":\"me\"}]");
    bp_arena_free(arena);
}

static void
keys_follow_the_encryption(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_vault vault = {.name = BP_STR("v")};
    bp_stack stack = {.kind = BP_STACK_VAULT, .name = vault.name, .vault = &vault};
    (void)state;
    const char *text = vault_text(arena, &stack);
    HAS(text, "\"EnableKeyRotation\":true");
    HAS(text, "\"AliasName\":{\"Fn::Sub\":\"alias/backup/${BackupVaultName}\"}");
    HAS(text, "\"EncryptionKeyArn\":{\"Fn::GetAtt\":[\"VaultKey\",\"Arn\"]}");
    HAS(text, "arn:${AWS::Partition}:iam::${AWS::AccountId}:root");
    LACKS(text, "AccessPolicy");
    LACKS(text, "LockConfiguration");
    vault.encryption = BP_ENCRYPT_AWS;
    text = vault_text(arena, &stack);
    LACKS(text, "AWS::KMS");
    LACKS(text, "EncryptionKeyArn");
    vault.encryption = BP_ENCRYPT_ARN;
    vault.key_arn = BP_STR("arn:aws:kms:eu-west-1:200000000001:key/${x}");
    text = vault_text(arena, &stack);
    LACKS(text, "AWS::KMS");
    HAS(text, "\"EncryptionKeyArn\":\"arn:aws:kms:eu-west-1:200000000001:key/${x}\"");
    bp_arena_free(arena);
}

static void
locks_are_removable_unless_compliance_is_written(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_vault vault = {.name = BP_STR("v"),
                      .lock = {.word = BP_GOVERNANCE, .min_days = 7, .grace_days = 9}};
    bp_stack stack = {.kind = BP_STACK_VAULT, .name = vault.name, .vault = &vault};
    (void)state;
    HAS(vault_text(arena, &stack), "\"LockConfiguration\":{\"MinRetentionDays\":7}");
    vault.lock.max_days = 35;
    HAS(vault_text(arena, &stack),
        "\"LockConfiguration\":{\"MinRetentionDays\":7,\"MaxRetentionDays\":35}");
    vault.lock.word = BP_COMPLIANCE;
    HAS(vault_text(arena, &stack), "\"MaxRetentionDays\":35,\"ChangeableForDays\":9}");
    vault.lock.grace_days = 0;
    HAS(vault_text(arena, &stack), "\"ChangeableForDays\":3}");
    bp_arena_free(arena);
}

static void
copies_in_open_vault_and_key_to_the_same_principals(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_vault vault = {.name = BP_STR("v")};
    bp_stack stack = {.kind = BP_STACK_VAULT, .name = vault.name, .vault = &vault};
    (void)state;
    stack.copies_in.organization = true;
    const char *text = vault_text(arena, &stack);
    HAS(text, "\"AccessPolicy\":{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":"
              "\"AllowCopiesFromOrganization\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":"
              "\"backup:CopyIntoBackupVault\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{"
              "\"aws:PrincipalOrgID\":\"o-test000001\"}}}]}");
    HAS(text, "\"Condition\":{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-test000001\"},\"Bool\":{"
              "\"kms:GrantIsForAWSResource\":\"true\"}}");
    stack.copies_in.organization = false;
    *bp_vec_add(arena, &stack.copies_in.ou_paths) =
        BP_STR("o-test000001/r-test/ou-test-aaaaaaaa/*");
    *bp_vec_add(arena, &stack.copies_in.accounts) = BP_STR("200000000001");
    text = vault_text(arena, &stack);
    HAS(text, "\"ForAnyValue:StringLike\":{\"aws:PrincipalOrgPaths\":[\"o-test000001/r-test/"
              "ou-test-aaaaaaaa/*\"]}");
    HAS(text, "\"Sid\":\"AllowCopiesFromAccounts\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[{"
              "\"Fn::Sub\":\"arn:${AWS::Partition}:iam::200000000001:root\"}]},\"Action\":"
              "\"backup:CopyIntoBackupVault\",\"Resource\":\"*\"}");
    LACKS(text, "PrincipalOrgID");
    LACKS(text,
          "\"Principal\":\"*\",\"Action\":\"backup:CopyIntoBackupVault\",\"Resource\":\"*\"}");
    bp_arena_free(arena);
}

static void
copies_out_open_the_key_alone(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_vault vault = {.name = BP_STR("v")};
    bp_stack stack = {.kind = BP_STACK_VAULT, .name = vault.name, .vault = &vault};
    (void)state;
    *bp_vec_add(arena, &stack.copies_out) = BP_STR("200000000009");
    const char *text = vault_text(arena, &stack);
    HAS(text, "\"Sid\":\"LetCopyAccountsUse\"");
    HAS(text, "\"Sid\":\"LetCopyAccountsGrant\"");
    HAS(text, "\"Condition\":{\"Bool\":{\"kms:GrantIsForAWSResource\":\"true\"}}");
    LACKS(text, "AccessPolicy");
    bp_arena_free(arena);
}

static void
an_air_gapped_vault_has_its_own_type(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_vault vault = {
        .name = BP_STR("v"), .air_gapped = true, .lock = {.min_days = 7, .max_days = 365}};
    bp_stack stack = {.kind = BP_STACK_VAULT, .name = vault.name, .vault = &vault};
    (void)state;
    const char *text = vault_text(arena, &stack);
    HAS(text, "\"Type\":\"AWS::Backup::LogicallyAirGappedBackupVault\"");
    HAS(text, "\"MinRetentionDays\":7,\"MaxRetentionDays\":365,\"BackupVaultTags\"");
    LACKS(text, "LockConfiguration");
    LACKS(text, "AWS::KMS");
    bp_arena_free(arena);
}

static void
a_vault_that_is_not_kept_goes_with_its_key(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_vault vault = {.name = BP_STR("v"), .dropped = true};
    bp_stack stack = {.kind = BP_STACK_VAULT, .name = vault.name, .vault = &vault};
    (void)state;
    const char *text = vault_text(arena, &stack);
    HAS(text, "\"AWS::KMS::Key\",\"DeletionPolicy\":\"Delete\",\"UpdateReplacePolicy\":\"Delete\"");
    HAS(text, "\"AWS::Backup::BackupVault\",\"DeletionPolicy\":\"Delete\"");
    LACKS(text, "Retain");
    vault.dropped = false;
    LACKS(vault_text(arena, &stack), "\"Delete\"");
    bp_arena_free(arena);
}

static void
a_topic_is_that_of_the_account_and_region(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_vault vault = {.name = BP_STR("v"), .notify = {.name = BP_STR("ops")}};
    bp_stack stack = {.kind = BP_STACK_VAULT, .name = vault.name, .vault = &vault};
    (void)state;
    *bp_vec_add(arena, &vault.notify.events) = BP_STR("BACKUP_JOB_FAILED");
    *bp_vec_add(arena, &vault.notify.events) = BP_STR("COPY_JOB_FAILED");
    const char *text = vault_text(arena, &stack);
    HAS(text, "\"Notifications\":{\"SNSTopicArn\":{\"Fn::Sub\":[\"arn:${AWS::Partition}:sns:"
              "${AWS::Region}:${AWS::AccountId}:${TopicName}\",{\"TopicName\":\"ops\"}]},"
              "\"BackupVaultEvents\":[\"BACKUP_JOB_FAILED\",\"COPY_JOB_FAILED\"]}");
    vault.air_gapped = true;
    HAS(vault_text(arena, &stack), "\"TopicName\":\"ops\"");
    vault.notify.name = BP_STR("");
    LACKS(vault_text(arena, &stack), "Notifications");
    bp_arena_free(arena);
}

static void
our_own_templates_look_good(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_vault vault = {.name = BP_STR("v")};
    bp_stack stack = {.kind = BP_STACK_VAULT, .name = vault.name, .vault = &vault};
    (void)state;
    /* Keys of a tag map are words of a user and prove nothing. */
    *bp_vec_add(arena, &vault.tags) = (bp_tag){.key = BP_STR("Transform"), .value = BP_STR("x")};
    bp_template_facts facts = bp_template_look(arena, bp_str_of(vault_text(arena, &stack)));
    assert_true(facts.parsed);
    assert_false(facts.transform || facts.strange || facts.role_name);
    assert_int_equal(facts.resources, 3);
    bp_role role = {.name = BP_STR("r")};
    facts = bp_template_look(arena, bp_str_of(role_text(arena, &role)));
    assert_true(facts.parsed && facts.role_name);
    bp_arena_free(arena);
}

static void
the_self_check_sees_what_must_not_be(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    (void)state;
    assert_true(bp_template_look(arena, BP_STR("{\"Transform\":\"x\"}")).transform);
    assert_true(bp_template_look(arena, BP_STR("{\"a\":[{\"Fn::Transform\":{}}]}")).transform);
    assert_true(bp_template_look(arena, BP_STR("{\"Resources\":{\"A\":{\"Type\":"
                                               "\"AWS::CloudFormation::Stack\"}}}"))
                    .transform);
    assert_true(bp_template_look(arena, BP_STR("{\"a\":{\"Fn::ImportValue\":\"x\"}}")).strange);
    assert_false(bp_template_look(arena, BP_STR("{\"a\":{\"Fn::Sub\":\"x\"}}")).strange);
    assert_false(bp_template_look(arena, BP_STR("{\"a\":")).parsed);
    bp_template_facts facts = bp_template_look(
        arena, BP_STR("{\"PermissionModel\":\"SERVICE_MANAGED\",\"AutoDeployment\":{\"Enabled\":"
                      "true},\"Capabilities\":[\"CAPABILITY_NAMED_IAM\"]}"));
    assert_true(facts.service_managed && facts.auto_deployment && facts.named_iam);
    facts = bp_template_look(
        arena, BP_STR("{\"PermissionModel\":\"SELF_MANAGED\",\"AutoDeployment\":{\"Enabled\":"
                      "false},\"Capabilities\":[\"CAPABILITY_IAM\"]}"));
    assert_false(facts.service_managed || facts.auto_deployment || facts.named_iam);
    bp_arena_free(arena);
}

static void
what_a_stack_set_may_not_hold_is_a_finding(void **state)
{
    static const struct {
        const char *body;
        bool named_iam;
        size_t findings;
    } cases[] = {
        {"{\"Resources\":{}}", false, 0},
        {"{\"a\":{\"Fn::Sub\":\"Transform\"}}", false, 0},
        {"{\"Resources\":{\"R\":{\"Properties\":{\"RoleName\":\"r\"}}}}", true, 0},
        {"{\"Resources\":{\"R\":{\"Properties\":{\"RoleName\":\"r\"}}}}", false, 1},
        {"{\"Transform\":\"x\"}", false, 1},
        {"{\"a\":{\"Fn::ImportValue\":\"x\"}}", false, 1},
        {"{\"a\":", false, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world w = world_new("o-test000001", "r-test", "100000000000", "eu-west-1");
        bp_vault *vault = world_vault(&w, "main");
        bp_stack stack = {.kind = BP_STACK_VAULT, .name = vault->name, .vault = vault};
        bp_emission emission = {.arena = w.arena,
                                .diagnostics = w.diagnostics,
                                .deployment = BP_NEW(w.arena, bp_deployment),
                                .artifacts = BP_NEW(w.arena, bp_artifacts),
                                .good = true};
        *bp_vec_add(w.arena, &emission.templates) = (bp_template){.stack = &stack,
                                                                  .document = NULL,
                                                                  .body = bp_str_of(cases[i].body),
                                                                  .named_iam = cases[i].named_iam};
        bp_check_templates(&emission);
        assert_int_equal(bp_diagnostics_total(w.diagnostics), cases[i].findings);
        assert_int_equal(emission.good, cases[i].findings == 0);
        if (cases[i].findings > 0) {
            assert_string_equal(bp_diagnostics_at(w.diagnostics, 0)->rule->code, "STK003");
        }
        bp_arena_free(w.arena);
    }
}

static void
a_plan_that_is_out_of_order_is_a_finding(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *text;
        size_t findings;
    } cases[] = {
        {"cli/plan.tsv",
         "prerequisites\nstack\tmanagement-role-a\tr\tn\nstack-set\trole-a\tn\t1\n"
         "stack-set\tvault-a\tn\t1\npolicy\tpolicy-p\tr-ab12\npolicy\tpolicy-q\n",
         0},
        {"cli/plan.tsv", "policy\tpolicy-p\tr-ab12\nstack-set\trole-a\tn\t1\n", 1},
        {"cli/plan.tsv", "stack-set\tvault-a\tn\t1\nstack-set\trole-a\tn\t1\n", 1},
        {"cli/plan.tsv", "stack-set\trole-a\tn\t1\nstack\tmanagement-vault-a\tr\tn\n", 1},
        {"manifest.json",
         "{\"a\":[1],\"cli\":{\"plan\":\"x\",\"steps\":[{\"id\":\"create-policy:p\"},{\"id\":"
         "\"create-stack-instances:vault-a:1\",\"when\":\"always\"},{\"id\":\"attach-policy:p:r\"}]"
         "}}",
         0},
        {"manifest.json",
         "{\"cli\":{\"steps\":[{\"id\":\"attach-policy:p:r\"},{\"id\":\"create-stack-instances:"
         "vault-a:1\"}]}}",
         1},
        {"other.tsv", "policy\tpolicy-p\tr-ab12\nstack-set\trole-a\tn\t1\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world w = world_new("o-test000001", "r-test", "100000000000", "eu-west-1");
        bp_artifacts artifacts = {0};
        bp_emission emission = {
            .arena = w.arena, .diagnostics = w.diagnostics, .artifacts = &artifacts, .good = true};
        *bp_vec_add(w.arena, &artifacts.files) =
            (bp_file_out){.path = bp_str_of(cases[i].path), .text = bp_str_of(cases[i].text)};
        bp_check_order(&emission);
        assert_int_equal(bp_diagnostics_total(w.diagnostics), cases[i].findings);
        assert_int_equal(emission.good, cases[i].findings == 0);
        bp_arena_free(w.arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_stack_set_may_not_hold_is_a_finding),
        cmocka_unit_test(a_role_has_what_it_declares),
        cmocka_unit_test(a_scanner_is_assumed_by_malware_protection_too),
        cmocka_unit_test(a_boundary_lies_in_the_account_of_the_role),
        cmocka_unit_test(a_declared_managed_by_wins_and_no_key_stands_twice),
        cmocka_unit_test(keys_follow_the_encryption),
        cmocka_unit_test(locks_are_removable_unless_compliance_is_written),
        cmocka_unit_test(copies_in_open_vault_and_key_to_the_same_principals),
        cmocka_unit_test(copies_out_open_the_key_alone),
        cmocka_unit_test(an_air_gapped_vault_has_its_own_type),
        cmocka_unit_test(a_vault_that_is_not_kept_goes_with_its_key),
        cmocka_unit_test(a_topic_is_that_of_the_account_and_region),
        cmocka_unit_test(our_own_templates_look_good),
        cmocka_unit_test(a_plan_that_is_out_of_order_is_a_finding),
        cmocka_unit_test(the_self_check_sees_what_must_not_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
