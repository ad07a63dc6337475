/*
 * The template of a role: what AWS Backup assumes to run the jobs of organization policies.
 *
 * The role is kept when its stack goes: AWS Backup needs it later to expire recovery points.
 */
#include "compiler/emit/parts.h"

static unsigned
permit_bit(const char *permit)
{
    bp_str word = bp_str_of(permit);
    if (bp_str_is(word, "backup")) {
        return BP_PERMIT_BACKUP;
    }
    if (bp_str_is(word, "restore")) {
        return BP_PERMIT_RESTORE;
    }
    if (bp_str_is(word, "s3_backup")) {
        return BP_PERMIT_S3_BACKUP;
    }
    return bp_str_is(word, "s3_restore") ? BP_PERMIT_S3_RESTORE : 0;
}

static bp_json *
managed_policies(const bp_facts *facts, bp_arena *arena, unsigned permits)
{
    bp_json *list = bp_json_array(arena);
    size_t count = 0;
    const bp_managed_policy *rows = bp_managed_policies(facts, &count);
    for (size_t i = 0; i < count; i++) {
        if (permits & permit_bit(rows[i].permit)) {
            bp_str arn =
                bp_str_format(arena, "arn:${AWS::Partition}:iam::aws:policy/%s", rows[i].path);
            bp_json_push(list, bp_intrinsic(arena, "Fn::Sub", bp_str_c(arena, arn)));
        }
    }
    return list;
}

static bp_json *
trust_policy(bp_arena *arena, bool source_account_condition)
{
    bp_json *policy = bp_json_object(arena);
    bp_json_put_c(policy, "Version", "2012-10-17");
    bp_json *statement = bp_json_push_object(bp_json_put_array(policy, "Statement"));
    bp_json_put_c(statement, "Sid", "AllowBackupService");
    bp_json_put_c(statement, "Effect", "Allow");
    bp_json_put_c(bp_json_put_object(statement, "Principal"), "Service", "backup.amazonaws.com");
    bp_json_put_c(statement, "Action", "sts:AssumeRole");
    if (source_account_condition) {
        bp_json *equals =
            bp_json_put_object(bp_json_put_object(statement, "Condition"), "StringEquals");
        bp_json_put(equals, "aws:SourceAccount", bp_intrinsic(arena, "Ref", "AWS::AccountId"));
    }
    return policy;
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
                                               "BackupRole", "AWS::IAM::Role", true);
    bp_json_put(properties, "RoleName", bp_intrinsic(arena, "Ref", "BackupRoleName"));
    if (role->path.size > 0 && !bp_str_is(role->path, "/")) {
        bp_json_put_text(properties, "Path", role->path);
    }
    bp_json_put_c(properties, "Description",
                  "Assumed by AWS Backup to run the jobs of organization backup policies.");
    bp_json_put(properties, "AssumeRolePolicyDocument",
                trust_policy(arena, role->source_account_condition));
    bp_json_put(properties, "ManagedPolicyArns", managed_policies(facts, arena, role->permits));
    if (role->permissions_boundary.size > 0) {
        bp_json_put_text(properties, "PermissionsBoundary", role->permissions_boundary);
    }
    bp_json_put(properties, "Tags", bp_tag_list(arena, &role->tags));
    bp_json *output = bp_json_put_object(bp_json_put_object(template, "Outputs"), "BackupRoleArn");
    bp_json_put_c(output, "Description", "ARN of the role named in the backup policy.");
    bp_json_put(output, "Value", bp_get_att(arena, "BackupRole", "Arn"));
    return template;
}
