/*
 * Path A: one template of the management account with all stack sets and policies.
 *
 * Vault sets wait for the role sets, every policy for all sets and for the policy before it:
 * Organizations refuses concurrent changes, and the order of attachment is part of the meaning.
 */
#include "compiler/emit/parts.h"

#include "lib/sha256.h"

/* Prefix, the slug's segments capitalised and joined, 8 hex digits of its hash: stable when others
 * are added. */
static bp_str
logical_id(bp_arena *arena, const char *prefix, bp_str slug)
{
    bp_buf id = {.arena = arena};
    bp_buf_add_c(&id, prefix);
    bool first = true;
    for (size_t i = 0; i < slug.size; i++) {
        char c = slug.at[i];
        if (c == '-') {
            first = true;
            continue;
        }
        bp_buf_add_char(&id, first && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
        first = false;
    }
    bp_str digest = bp_sha256_hex(arena, slug);
    for (size_t i = 0; i < 8; i++) {
        char c = digest.at[i];
        bp_buf_add_char(&id, c >= 'a' && c <= 'f' ? (char)(c - 'a' + 'A') : c);
    }
    return bp_buf_text(&id);
}

static bp_json *
start_resource(bp_arena *arena, const char *type)
{
    bp_json *resource = bp_json_object(arena);
    bp_json_put_c(resource, "Type", type);
    return resource;
}

static void
put_depends(bp_arena *arena, bp_json *resource, const bp_strings *on)
{
    if (on->count == 1) {
        bp_json_put_text(resource, "DependsOn", on->at[0]);
    } else if (on->count > 1) {
        bp_json_put(resource, "DependsOn", bp_texts(arena, on));
    }
}

static void
put_stack_set(bp_emission *emission, bp_json *resources, const bp_template *template,
              bp_strings *roles, bp_strings *all)
{
    bp_arena *arena = emission->arena;
    const bp_stack *stack = template->stack;
    bool role = stack->kind == BP_STACK_ROLE;
    bp_str id = logical_id(arena, role ? "RoleStackSet" : "VaultStackSet", stack->slug);
    bp_json *resource = start_resource(arena, "AWS::CloudFormation::StackSet");
    if (!role) {
        put_depends(arena, resource, roles);
    }
    bp_json *properties = bp_json_put_object(resource, "Properties");
    bp_json_put_text(properties, "StackSetName", stack->stack_name);
    bp_json_put_text(properties, "Description", bp_stack_description(arena, stack));
    bp_stack_set_switches(properties);
    bp_json_put_c(properties, "CallAs", emission->call_as);
    bp_json_put(properties, "OperationPreferences", bp_operation_preferences(arena));
    bp_json_put(properties, "Tags", bp_tag_list(arena, NULL));
    bp_json_put(properties, "Parameters", bp_parameter_list(arena, stack));
    bp_put_template_text(emission, properties, template);
    bp_json *groups = bp_json_put_array(properties, "StackInstancesGroup");
    for (size_t i = 0; i < stack->groups.count; i++) {
        bp_json *group = bp_json_push_object(groups);
        bp_json_put(group, "DeploymentTargets", bp_deployment_targets(arena, &stack->groups.at[i]));
        bp_json_put(group, "Regions", bp_texts(arena, &stack->groups.at[i].regions));
    }
    if (template->named_iam) {
        bp_json_push_text(bp_json_put_array(properties, "Capabilities"),
                          BP_STR("CAPABILITY_NAMED_IAM"));
    }
    bp_json_put_named(resources, id, resource);
    *bp_vec_add(arena, all) = id;
    if (role) {
        *bp_vec_add(arena, roles) = id;
    }
}

static bp_str
put_policy(bp_emission *emission, bp_json *resources, const bp_deployed_policy *policy,
           const bp_strings *sets, bp_str before)
{
    bp_arena *arena = emission->arena;
    bp_str id = logical_id(arena, "Policy", policy->slug);
    bp_json *resource = start_resource(arena, "AWS::Organizations::Policy");
    bp_json *depends = bp_texts(arena, sets);
    if (before.size > 0) {
        bp_json_push_text(depends, before);
    }
    bp_json_put(resource, "DependsOn", depends);
    bp_json *properties = bp_json_put_object(resource, "Properties");
    bp_json_put_text(properties, "Name", policy->policy->name);
    bp_json_put_text(properties, "Description", policy->policy->description);
    bp_json_put_c(properties, "Type", "BACKUP_POLICY");
    /* An object: with a text CloudFormation would not detect drift. */
    bp_json *content = bp_json_parse(arena, policy->text);
    if (content == NULL) {
        bp_emit_fault(emission, policy->policy->span,
                      "the document of policy \"%.*s\" does not parse",
                      BP_ARG(policy->policy->name));
        content = bp_json_object(arena);
    }
    bp_json_put(properties, "Content", content);
    bp_json_put(properties, "TargetIds", bp_texts(arena, &policy->targets));
    bp_json_put(properties, "Tags", bp_tag_list(arena, &policy->policy->tags));
    bp_json_put_named(resources, id, resource);
    return id;
}

/* More resources than a template holds: refused before it is built; nearly as many are told. */
static bool
fits(bp_emission *emission)
{
    enum { MARGIN_PERCENT = 80 };
    const bp_deployment *deployment = emission->deployment;
    const bp_quota *quota = bp_quota_find(deployment->facts, "CFN_RESOURCES");
    size_t count = deployment->policies.count;
    for (size_t i = 0; i < deployment->stacks.count; i++) {
        count += deployment->stacks.at[i].groups.count > 0 ? 1 : 0;
    }
    if ((int64_t)count * 100 <= quota->value * MARGIN_PERCENT) {
        return true;
    }
    bool fit = (int64_t)count <= quota->value;
    bp_finding *finding =
        bp_report(emission->diagnostics, "QTA008", BP_NOWHERE,
                  "the management template has %zu resources%s; CloudFormation takes at most %lld",
                  count, fit ? ", more than 80 % of the limit" : "", (long long)quota->value);
    if (fit) {
        finding->severity = BP_WARNING;
    }
    bp_finding_help(emission->diagnostics, finding,
                    "build without the target \"cloudformation\": the CLI path sends one input a "
                    "stack set and policy");
    emission->good = emission->good && fit;
    return fit;
}

void
bp_emit_management(bp_emission *emission)
{
    bp_arena *arena = emission->arena;
    const bp_deployment *deployment = emission->deployment;
    if (!fits(emission)) {
        return;
    }
    bp_json *template = bp_json_object(arena);
    bp_json_put_c(template, "AWSTemplateFormatVersion", "2010-09-09");
    bp_json_put_c(
        template, "Description",
        "Organization backup: role and vault stack sets, then the backup policies. Deploy "
        "in the management account.");
    bp_json *resources = bp_json_put_object(template, "Resources");
    bp_strings roles = {0};
    bp_strings all = {0};
    for (size_t i = 0; i < emission->templates.count; i++) {
        if (emission->templates.at[i].stack->groups.count > 0) {
            put_stack_set(emission, resources, &emission->templates.at[i], &roles, &all);
        }
    }
    bp_str before = {0};
    for (size_t i = 0; i < deployment->policies.count; i++) {
        before = put_policy(emission, resources, &deployment->policies.at[i], &all, before);
    }
    bp_emit_json(emission, BP_STR("cloudformation/management.template.json"), template,
                 BP_JSON_COMPACT);
}
