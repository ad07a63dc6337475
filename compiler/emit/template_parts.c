/*
 * Pieces that several templates and inputs share: heads, resources, tags, intrinsic functions, and
 * what stack sets are told on every path.
 *
 * User text is only ever a JSON string here: never inside Fn::Sub, never a key of our own objects
 * but in tag maps.
 */
#include "compiler/emit/parts.h"

#define MANAGED_BY "ManagedBy"

bp_json *
bp_template_start(bp_arena *arena, const char *description, const char *parameter, bp_str value,
                  const char *pattern, const char *meaning)
{
    bp_json *template = bp_json_object(arena);
    bp_json_put_c(template, "AWSTemplateFormatVersion", "2010-09-09");
    bp_json_put_c(template, "Description", description);
    bp_json *one = bp_json_put_object(bp_json_put_object(template, "Parameters"), parameter);
    bp_json_put_c(one, "Type", "String");
    bp_json_put_text(one, "Default", value);
    bp_json_put_c(one, "AllowedPattern", pattern);
    bp_json_put_c(one, "Description", meaning);
    return template;
}

bp_json *
bp_template_resource(bp_json *resources, const char *name, const char *type, const char *fate)
{
    bp_json *resource = bp_json_put_object(resources, name);
    bp_json_put_c(resource, "Type", type);
    if (fate != NULL) {
        bp_json_put_c(resource, "DeletionPolicy", fate);
        bp_json_put_c(resource, "UpdateReplacePolicy", fate);
    }
    return bp_json_put_object(resource, "Properties");
}

bp_json *
bp_intrinsic(bp_arena *arena, const char *function, const char *text)
{
    bp_json *call = bp_json_object(arena);
    bp_json_put_c(call, function, text);
    return call;
}

bp_json *
bp_get_att(bp_arena *arena, const char *resource, const char *attribute)
{
    bp_json *call = bp_json_object(arena);
    bp_json *path = bp_json_put_array(call, "Fn::GetAtt");
    bp_json_push_text(path, bp_str_of(resource));
    bp_json_push_text(path, bp_str_of(attribute));
    return call;
}

/* Whether tag `index` counts: AWS refuses a key twice, for some services in any letter case. */
static bool
tag_counts(const bp_tags *tags, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (bp_str_equal_folded(tags->at[i].key, tags->at[index].key)) {
            return false;
        }
    }
    return true;
}

static bool
tags_have(const bp_tags *tags, const char *key)
{
    for (size_t i = 0; tags != NULL && i < tags->count; i++) {
        if (bp_str_equal_folded(tags->at[i].key, bp_str_of(key))) {
            return true;
        }
    }
    return false;
}

static void
push_tag(bp_json *list, bp_str key, bp_str value)
{
    bp_json *tag = bp_json_push_object(list);
    bp_json_put_text(tag, "Key", key);
    bp_json_put_text(tag, "Value", value);
}

bp_json *
bp_tag_list(bp_arena *arena, const bp_tags *tags)
{
    bp_json *list = bp_json_array(arena);
    if (!tags_have(tags, MANAGED_BY)) {
        push_tag(list, BP_STR(MANAGED_BY), BP_STR("backpol"));
    }
    for (size_t i = 0; tags != NULL && i < tags->count; i++) {
        if (tag_counts(tags, i)) {
            push_tag(list, tags->at[i].key, tags->at[i].value);
        }
    }
    return list;
}

static void
put_named_text(bp_arena *arena, bp_json *map, bp_str key, bp_str value)
{
    bp_json_put_text(map, bp_str_c(arena, bp_str_copy(arena, key)), value);
}

bp_json *
bp_tag_map(bp_arena *arena, const bp_tags *tags)
{
    bp_json *map = bp_json_object(arena);
    if (!tags_have(tags, MANAGED_BY)) {
        bp_json_put_c(map, MANAGED_BY, "backpol");
    }
    for (size_t i = 0; tags != NULL && i < tags->count; i++) {
        if (tag_counts(tags, i)) {
            put_named_text(arena, map, tags->at[i].key, tags->at[i].value);
        }
    }
    return map;
}

bp_json *
bp_texts(bp_arena *arena, const bp_strings *texts)
{
    bp_json *list = bp_json_array(arena);
    for (size_t i = 0; i < texts->count; i++) {
        bp_json_push_text(list, texts->at[i]);
    }
    return list;
}

void
bp_stack_set_switches(bp_json *to)
{
    bp_json_put_c(to, "PermissionModel", "SERVICE_MANAGED");
    bp_json *automatic = bp_json_put_object(to, "AutoDeployment");
    bp_json_put_bool(automatic, "Enabled", true);
    bp_json_put_bool(automatic, "RetainStacksOnAccountRemoval", true);
    bp_json_put_bool(bp_json_put_object(to, "ManagedExecution"), "Active", true);
}

/* Soft tolerance: with the strict mode, tolerance 0 would mean one account at a time. */
bp_json *
bp_operation_preferences(bp_arena *arena)
{
    bp_json *preferences = bp_json_object(arena);
    bp_json_put_c(preferences, "RegionConcurrencyType", "PARALLEL");
    bp_json_put_number(preferences, "FailureToleranceCount", 0);
    bp_json_put_number(preferences, "MaxConcurrentCount", 10);
    bp_json_put_c(preferences, "ConcurrencyMode", "SOFT_FAILURE_TOLERANCE");
    return preferences;
}

bp_json *
bp_parameter_list(bp_arena *arena, const bp_stack *stack)
{
    bp_json *list = bp_json_array(arena);
    bp_json *one = bp_json_push_object(list);
    bp_json_put_c(one, "ParameterKey",
                  stack->kind == BP_STACK_ROLE ? "BackupRoleName" : "BackupVaultName");
    bp_json_put_text(one, "ParameterValue", stack->name);
    return list;
}

bp_json *
bp_deployment_targets(bp_arena *arena, const bp_instance_group *group)
{
    bp_json *targets = bp_json_object(arena);
    bp_json_put(targets, "OrganizationalUnitIds", bp_texts(arena, &group->ous));
    if (group->accounts.count > 0) {
        bp_json_put(targets, "Accounts", bp_texts(arena, &group->accounts));
        bp_json_put_c(targets, "AccountFilterType", "INTERSECTION");
    }
    return targets;
}

const char *
bp_stack_word(const bp_stack *stack)
{
    return stack->kind == BP_STACK_ROLE ? "role" : "vault";
}

bp_str
bp_stack_key(bp_arena *arena, const bp_stack *stack)
{
    return bp_str_format(arena, "%s-%.*s", bp_stack_word(stack), BP_ARG(stack->slug));
}

bp_str
bp_stack_description(bp_arena *arena, const bp_stack *stack)
{
    return bp_str_format(arena, "%s %.*s for AWS Backup",
                         stack->kind == BP_STACK_ROLE ? "Role" : "Vault", BP_ARG(stack->name));
}
