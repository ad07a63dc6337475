/*
 * The template of a role: what AWS Backup assumes to run the jobs of organization policies.
 *
 * The role is kept when its stack goes: AWS Backup needs it later to expire recovery points.
 */
#include "compiler/emit/parts.h"

#include <string.h>

/* The bit that a managed policy goes with; 0: none of ours. */
static unsigned
permit_bit(const bp_managed_policy *row)
{
    static const struct {
        const char *permit; /* as the table says, "" where there is no word */
        const char *needed_for;
        unsigned bit;
    } bits[] = {{"backup", NULL, BP_PERMIT_BACKUP},
                {"restore", NULL, BP_PERMIT_RESTORE},
                {"s3_backup", NULL, BP_PERMIT_S3_BACKUP},
                {"s3_restore", NULL, BP_PERMIT_S3_RESTORE},
                {"", "backup search", BP_PERMIT_INDEX},
                {"", "malware scans", BP_PERMIT_SCANS},
                {"", "scanner role of malware scans", BP_PERMIT_SCANNER}};
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        if (strcmp(row->permit, bits[i].permit) == 0 &&
            (bits[i].needed_for == NULL || strcmp(row->needed_for, bits[i].needed_for) == 0)) {
            return bits[i].bit;
        }
    }
    return 0;
}

static bp_json *
managed_policies(const bp_facts *facts, bp_arena *arena, unsigned permits)
{
    bp_json *list = bp_json_array(arena);
    size_t count = 0;
    const bp_managed_policy *rows = bp_managed_policies(facts, &count);
    for (size_t i = 0; i < count; i++) {
        if (permits & permit_bit(&rows[i])) {
            bp_str arn =
                bp_str_format(arena, "arn:${AWS::Partition}:iam::aws:policy/%s", rows[i].path);
            bp_json_push(list, bp_intrinsic(arena, "Fn::Sub", bp_str_c(arena, arn)));
        }
    }
    return list;
}

static void
push_trust(bp_arena *arena, bp_json *statements, const char *sid, const char *service,
           bool source_account_condition)
{
    bp_json *statement = bp_json_push_object(statements);
    bp_json_put_c(statement, "Sid", sid);
    bp_json_put_c(statement, "Effect", "Allow");
    bp_json_put_c(bp_json_put_object(statement, "Principal"), "Service", service);
    bp_json_put_c(statement, "Action", "sts:AssumeRole");
    if (source_account_condition) {
        bp_json *equals =
            bp_json_put_object(bp_json_put_object(statement, "Condition"), "StringEquals");
        bp_json_put(equals, "aws:SourceAccount", bp_intrinsic(arena, "Ref", "AWS::AccountId"));
    }
}

/* A scanner role is assumed by malware protection of GuardDuty, not by AWS Backup. */
static bp_json *
trust_policy(bp_arena *arena, const bp_stack *stack)
{
    bp_json *policy = bp_json_object(arena);
    bp_json_put_c(policy, "Version", "2012-10-17");
    bp_json *statements = bp_json_put_array(policy, "Statement");
    bool condition = stack->role->source_account_condition;
    push_trust(arena, statements, "AllowBackupService", "backup.amazonaws.com", condition);
    if ((stack->permits & BP_PERMIT_SCANNER) != 0) {
        push_trust(arena, statements, "AllowMalwareProtection",
                   "malware-protection.guardduty.amazonaws.com", condition);
    }
    return policy;
}

/* The name behind "arn:PARTITION:iam::$account:policy/"; empty where the ARN is another. */
static bp_str
own_policy_name(bp_str arn)
{
    static const char own[] = "$account:policy/";
    size_t colons = 0;
    size_t i = 0;
    while (i < arn.size && colons < 4) {
        colons += arn.at[i++] == ':';
    }
    bp_str rest = bp_str_cut(arn, i, arn.size);
    return bp_str_starts(rest, bp_str_of(own)) ? bp_str_cut(rest, sizeof own - 1, rest.size)
                                               : (bp_str){"", 0};
}

/* A boundary lies in the account of its role, so "$account" stands for the account that gets the
 * role. The name stands beside the text of Fn::Sub, never in it. */
static void
put_boundary(bp_json *properties, bp_str arn)
{
    bp_str name = own_policy_name(arn);
    if (name.size == 0) {
        bp_json_put_text(properties, "PermissionsBoundary", arn);
        return;
    }
    bp_json *sub =
        bp_json_put_array(bp_json_put_object(properties, "PermissionsBoundary"), "Fn::Sub");
    bp_json_push_text(
        sub, BP_STR("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${BoundaryName}"));
    bp_json_put_text(bp_json_push_object(sub), "BoundaryName", name);
}

bp_json *
bp_role_template(const bp_facts *facts, bp_arena *arena, const bp_stack *stack)
{
    const bp_role *role = stack->role;
    bp_json *template = bp_template_start(
        arena,
        "Service role assumed by AWS Backup. IAM is global: deploy to exactly one Region per "
        "account.",
        "BackupRoleName", stack->name, "^[\\w+=,.@-]{1,64}$",
        "Must equal the role name in the backup policy selections.");
    bp_json *properties = bp_template_resource(bp_json_put_object(template, "Resources"),
                                               "BackupRole", "AWS::IAM::Role", "Retain");
    bp_json_put(properties, "RoleName", bp_intrinsic(arena, "Ref", "BackupRoleName"));
    if (role->path.size > 0 && !bp_str_is(role->path, "/")) {
        bp_json_put_text(properties, "Path", role->path);
    }
    bp_json_put_c(properties, "Description",
                  "Assumed by AWS Backup to run the jobs of organization backup policies.");
    bp_json_put(properties, "AssumeRolePolicyDocument", trust_policy(arena, stack));
    bp_json_put(properties, "ManagedPolicyArns", managed_policies(facts, arena, stack->permits));
    if (role->permissions_boundary.size > 0) {
        put_boundary(properties, role->permissions_boundary);
    }
    bp_json_put(properties, "Tags", bp_tag_list(arena, &role->tags));
    bp_json *output = bp_json_put_object(bp_json_put_object(template, "Outputs"), "BackupRoleArn");
    bp_json_put_c(output, "Description", "ARN of the role named in the backup policy.");
    bp_json_put(output, "Value", bp_get_att(arena, "BackupRole", "Arn"));
    return template;
}
