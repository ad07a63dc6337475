/*
 * The template of a vault: the vault, its key, and who may copy into and out of it.
 *
 * Vault and key are kept when their stack goes, unless the declaration says otherwise. The key's
 * policy delegates to the account and never names the backup role, which may not exist yet. Nothing
 * but the copy action is granted to others.
 */
#include "compiler/emit/parts.h"

/* The key goes with the vault: CloudFormation deletes the vault first, which AWS Backup refuses
 * while there is a recovery point in it. */
static const char *
fate_of(const bp_vault *vault)
{
    return vault->dropped ? "Delete" : "Retain";
}

/* One class of principals: whom a statement lets in. */
typedef struct party {
    const char *use;    /* Sids of the two key statements */
    const char *grant;  /* "" where there is no access to the vault itself */
    const char *copies; /* Sid of the vault's statement */
    bp_str organization;
    const bp_strings *ou_paths;
    const bp_strings *accounts;
} party;

static bp_json *
root_principal(bp_arena *arena, bp_str account)
{
    bp_str arn = bp_str_format(arena, "arn:${AWS::Partition}:iam::%.*s:root", BP_ARG(account));
    return bp_intrinsic(arena, "Fn::Sub", bp_str_c(arena, arn));
}

static void
put_principal(bp_arena *arena, bp_json *statement, const party *who, bool key)
{
    if (who->accounts != NULL) {
        bp_json *list = bp_json_put_array(bp_json_put_object(statement, "Principal"), "AWS");
        for (size_t i = 0; i < who->accounts->count; i++) {
            bp_json_push(list, root_principal(arena, who->accounts->at[i]));
        }
    } else if (key) {
        bp_json_put_c(bp_json_put_object(statement, "Principal"), "AWS", "*");
    } else {
        bp_json_put_c(statement, "Principal", "*");
    }
}

/* The condition that limits "*" to the party, and to grants for AWS itself where `grant`. */
static void
put_condition(bp_arena *arena, bp_json *statement, const party *who, bool grant)
{
    if (who->accounts != NULL && !grant) {
        return;
    }
    bp_json *condition = bp_json_put_object(statement, "Condition");
    if (who->organization.size > 0) {
        bp_json_put_text(bp_json_put_object(condition, "StringEquals"), "aws:PrincipalOrgID",
                         who->organization);
    }
    if (who->ou_paths != NULL) {
        bp_json_put(bp_json_put_object(condition, "ForAnyValue:StringLike"),
                    "aws:PrincipalOrgPaths", bp_texts(arena, who->ou_paths));
    }
    if (grant) {
        bp_json_put_c(bp_json_put_object(condition, "Bool"), "kms:GrantIsForAWSResource", "true");
    }
}

static void
push_key_statement(bp_arena *arena, bp_json *statements, const party *who, bool grant)
{
    static const char *const USE[] = {"kms:DescribeKey", "kms:Decrypt", "kms:Encrypt",
                                      "kms:ReEncrypt*", "kms:GenerateDataKey*"};
    static const char *const GRANT[] = {"kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"};
    bp_json *statement = bp_json_push_object(statements);
    bp_json_put_c(statement, "Sid", grant ? who->grant : who->use);
    bp_json_put_c(statement, "Effect", "Allow");
    put_principal(arena, statement, who, true);
    bp_json *actions = bp_json_put_array(statement, "Action");
    size_t count = grant ? sizeof GRANT / sizeof *GRANT : sizeof USE / sizeof *USE;
    for (size_t i = 0; i < count; i++) {
        bp_json_push_text(actions, bp_str_of(grant ? GRANT[i] : USE[i]));
    }
    bp_json_put_c(statement, "Resource", "*");
    put_condition(arena, statement, who, grant);
}

/* The parties of a vault, into `out` (room for four); those that may copy in come first and have a
 * Sid in `copies`. */
static size_t
parties_of(const bp_stack *stack, bp_str organization, party *out)
{
    const bp_copy_access *in = &stack->copies_in;
    size_t count = 0;
    if (in->organization) {
        out[count++] = (party){"LetOrganizationUseForCopies",
                               "LetOrganizationGrantForCopies",
                               "AllowCopiesFromOrganization",
                               organization,
                               NULL,
                               NULL};
    }
    if (in->ou_paths.count > 0) {
        out[count++] = (party){"LetUnitsUseForCopies", "LetUnitsGrantForCopies",
                               "AllowCopiesFromUnits", {"", 0},
                               &in->ou_paths,          NULL};
    }
    if (in->accounts.count > 0) {
        out[count++] = (party){"LetAccountsUseForCopies",
                               "LetAccountsGrantForCopies",
                               "AllowCopiesFromAccounts",
                               {"", 0},
                               NULL,
                               &in->accounts};
    }
    if (stack->copies_out.count > 0) {
        out[count++] = (party){"LetCopyAccountsUse", "LetCopyAccountsGrant", NULL, {"", 0}, NULL,
                               &stack->copies_out};
    }
    return count;
}

static void
put_key(bp_arena *arena, bp_json *resources, const bp_stack *stack, const party *parties,
        size_t count)
{
    bp_json *key =
        bp_template_resource(resources, "VaultKey", "AWS::KMS::Key", fate_of(stack->vault));
    bp_json_put(key, "Description",
                bp_intrinsic(arena, "Fn::Sub", "Encrypts backup vault ${BackupVaultName}"));
    bp_json_put_bool(key, "EnableKeyRotation", true);
    bp_json_put_number(key, "PendingWindowInDays", 30);
    bp_json *policy = bp_json_put_object(key, "KeyPolicy");
    bp_json_put_c(policy, "Version", "2012-10-17");
    bp_json *statements = bp_json_put_array(policy, "Statement");
    bp_json *own = bp_json_push_object(statements);
    bp_json_put_c(own, "Sid", "DelegateToAccountIam");
    bp_json_put_c(own, "Effect", "Allow");
    bp_json_put(bp_json_put_object(own, "Principal"), "AWS",
                root_principal(arena, BP_STR("${AWS::AccountId}")));
    bp_json_put_c(own, "Action", "kms:*");
    bp_json_put_c(own, "Resource", "*");
    for (size_t i = 0; i < count; i++) {
        push_key_statement(arena, statements, &parties[i], false);
        push_key_statement(arena, statements, &parties[i], true);
    }
    bp_json_put(key, "Tags", bp_tag_list(arena, &stack->vault->tags));
    bp_json *alias = bp_template_resource(resources, "VaultKeyAlias", "AWS::KMS::Alias", NULL);
    bp_json_put(alias, "AliasName",
                bp_intrinsic(arena, "Fn::Sub", "alias/backup/${BackupVaultName}"));
    bp_json_put(alias, "TargetKeyId", bp_intrinsic(arena, "Ref", "VaultKey"));
}

static void
put_access_policy(bp_arena *arena, bp_json *properties, const party *parties, size_t count)
{
    if (count == 0 || parties[0].copies == NULL) {
        return;
    }
    bp_json *policy = bp_json_put_object(properties, "AccessPolicy");
    bp_json_put_c(policy, "Version", "2012-10-17");
    bp_json *statements = bp_json_put_array(policy, "Statement");
    for (size_t i = 0; i < count && parties[i].copies != NULL; i++) {
        bp_json *statement = bp_json_push_object(statements);
        bp_json_put_c(statement, "Sid", parties[i].copies);
        bp_json_put_c(statement, "Effect", "Allow");
        put_principal(arena, statement, &parties[i], false);
        bp_json_put_c(statement, "Action", "backup:CopyIntoBackupVault");
        bp_json_put_c(statement, "Resource", "*");
        put_condition(arena, statement, &parties[i], false);
    }
}

/* CloudFormation demands a minimum with any lock; one day is no restriction. Without a grace time
 * a compliance lock would come out as one of governance, so the shortest is written. */
static void
put_lock(bp_json *properties, const bp_lock *lock)
{
    if (lock->word == BP_NO_LOCK) {
        return;
    }
    bp_json *configuration = bp_json_put_object(properties, "LockConfiguration");
    bp_json_put_number(configuration, "MinRetentionDays", lock->min_days > 0 ? lock->min_days : 1);
    if (lock->max_days > 0) {
        bp_json_put_number(configuration, "MaxRetentionDays", lock->max_days);
    }
    if (lock->word == BP_COMPLIANCE) {
        bp_json_put_number(configuration, "ChangeableForDays",
                           lock->grace_days > 0 ? lock->grace_days : 3);
    }
}

/* The name stands beside the text of Fn::Sub, never in it. */
static void
put_notifications(bp_json *properties, const bp_topic *topic)
{
    if (topic->name.size == 0) {
        return;
    }
    bp_json *notifications = bp_json_put_object(properties, "Notifications");
    bp_json *arn = bp_json_put_array(bp_json_put_object(notifications, "SNSTopicArn"), "Fn::Sub");
    bp_json_push_text(
        arn, BP_STR("arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${TopicName}"));
    bp_json_put_text(bp_json_push_object(arn), "TopicName", topic->name);
    bp_json *events = bp_json_put_array(notifications, "BackupVaultEvents");
    for (size_t i = 0; i < topic->events.count; i++) {
        bp_json_push_text(events, topic->events.at[i]);
    }
}

static bp_json *
put_vault(bp_arena *arena, bp_json *resources, const bp_vault *vault)
{
    bp_json *properties =
        bp_template_resource(resources, "BackupVault",
                             vault->air_gapped ? "AWS::Backup::LogicallyAirGappedBackupVault"
                                               : "AWS::Backup::BackupVault",
                             fate_of(vault));
    bp_json_put(properties, "BackupVaultName", bp_intrinsic(arena, "Ref", "BackupVaultName"));
    if (vault->encryption == BP_ENCRYPT_ARN) {
        bp_json_put_text(properties, "EncryptionKeyArn", vault->key_arn);
    } else if (vault->encryption == BP_ENCRYPT_CUSTOMER && !vault->air_gapped) {
        bp_json_put(properties, "EncryptionKeyArn", bp_get_att(arena, "VaultKey", "Arn"));
    }
    return properties;
}

bp_json *
bp_vault_template(bp_arena *arena, const bp_stack *stack, bp_str organization)
{
    const bp_vault *vault = stack->vault;
    bp_json *template = bp_template_start(
        arena, "Backup vault. Deploy to every Region that is a plan Region or a copy destination.",
        "BackupVaultName", stack->name, "^[a-zA-Z0-9_-]{2,50}$",
        "Case-sensitive. Must equal the vault name in the backup policy.");
    bp_json *resources = bp_json_put_object(template, "Resources");
    party parties[4];
    size_t count = parties_of(stack, organization, parties);
    if (vault->encryption == BP_ENCRYPT_CUSTOMER && !vault->air_gapped) {
        put_key(arena, resources, stack, parties, count);
    }
    bp_json *properties = put_vault(arena, resources, vault);
    put_access_policy(arena, properties, parties, count);
    if (vault->air_gapped) {
        bp_json_put_number(properties, "MinRetentionDays", vault->lock.min_days);
        bp_json_put_number(properties, "MaxRetentionDays", vault->lock.max_days);
    } else {
        put_lock(properties, &vault->lock);
    }
    put_notifications(properties, &vault->notify);
    bp_json_put(properties, "BackupVaultTags", bp_tag_map(arena, &vault->tags));
    bp_json *output = bp_json_put_object(bp_json_put_object(template, "Outputs"), "BackupVaultArn");
    bp_json_put_c(output, "Description", "ARN of the vault in this account and Region.");
    bp_json_put(output, "Value", bp_get_att(arena, "BackupVault", "BackupVaultArn"));
    return template;
}
