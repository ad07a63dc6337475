/*
 * Path C: the deployment as Terraform configuration in JSON.
 *
 * Every string there is a template to Terraform. So bodies and documents are never written into it:
 * it reads the files beside it; and words of a user are escaped, in keys as well. The order is the
 * one of all paths: plain stacks, roles, vaults, policies one by one, attachments one by one.
 */
#include "compiler/emit/parts.h"

typedef struct terraform {
    bp_emission *emission;
    bp_json *resources;
    bp_strings roles;  /* addresses of what vaults wait for */
    bp_strings all;    /* … and what policies wait for */
    bp_str policy;     /* address of the policy before */
    bp_str attachment; /* address of the attachment before */
    bp_map *addresses; /* every one that was given */
} terraform;

/* "${" and "%{" begin an instruction wherever they stand; doubling the first character makes them
 * words again. */
static bp_str
plain(bp_arena *arena, bp_str text)
{
    bp_buf out = {.arena = arena};
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if ((c == '$' || c == '%') && i + 1 < text.size && text.at[i + 1] == '{') {
            bp_buf_add_char(&out, c);
        }
        bp_buf_add_char(&out, c);
    }
    return bp_buf_text(&out);
}

static bp_json *
tags_of(bp_arena *arena, const bp_tags *tags)
{
    bp_tags escaped = {0};
    for (size_t i = 0; tags != NULL && i < tags->count; i++) {
        bp_tag *tag = bp_vec_add(arena, &escaped);
        *tag = tags->at[i];
        tag->key = plain(arena, tag->key);
        tag->value = plain(arena, tag->value);
    }
    return bp_tag_map(arena, &escaped);
}

/* A name of Terraform from slugs, ids and Regions: '-' becomes '_', and no digit begins one. */
static bp_str
identifier(bp_arena *arena, bp_str text)
{
    bp_buf out = {.arena = arena};
    if (text.size > 0 && bp_is_digit(text.at[0])) {
        bp_buf_add_char(&out, '_');
    }
    for (size_t i = 0; i < text.size; i++) {
        bp_buf_add_char(&out, text.at[i] == '-' ? '_' : text.at[i]);
    }
    return bp_buf_text(&out);
}

/* The group of all resources of a type, made where the first of them comes. */
static bp_json *
group_of(terraform *t, const char *type)
{
    bp_json *group = bp_map_get(t->addresses, bp_str_of(type));
    if (group == NULL) {
        group = bp_json_put_object(t->resources, type);
        bp_map_set(t->addresses, bp_str_of(type), group);
    }
    return group;
}

/* Adds a resource; gives its address. */
static bp_str
put_resource(terraform *t, const char *type, bp_str name, bp_json *body)
{
    bp_arena *arena = t->emission->arena;
    bp_str address = bp_str_format(arena, "%s.%.*s", type, BP_ARG(name));
    if (bp_map_get(t->addresses, address) != NULL) {
        bp_emit_fault(t->emission, BP_NOWHERE, "two things are \"%.*s\" to Terraform",
                      BP_ARG(address));
        return address;
    }
    bp_map_set(t->addresses, address, t);
    bp_json_put_named(group_of(t, type), name, body);
    return address;
}

static void
put_file(terraform *t, bp_json *body, const char *key, bp_str path)
{
    bp_json_put_text(body, key,
                     bp_str_format(t->emission->arena,
                                   "${jsonencode(jsondecode(file(\"${path.module}/../%.*s\")))}",
                                   BP_ARG(path)));
}

/* Template, parameters and capabilities, as stacks and stack sets have them. */
static void
put_template(terraform *t, bp_json *body, const bp_template *template, const char *folder)
{
    bp_arena *arena = t->emission->arena;
    const bp_stack *stack = template->stack;
    if (t->emission->bucket != NULL) {
        bp_json_put_text(body, "template_url", template->url);
    } else {
        put_file(t, body, "template_body",
                 bp_str_format(arena, "%s/%.*s.template.json", folder,
                               BP_ARG(bp_stack_key(arena, stack))));
    }
    bp_json_put_text(bp_json_put_object(body, "parameters"),
                     stack->kind == BP_STACK_ROLE ? "BackupRoleName" : "BackupVaultName",
                     plain(arena, stack->name));
    if (template->named_iam) {
        bp_json_push_text(bp_json_put_array(body, "capabilities"), BP_STR("CAPABILITY_NAMED_IAM"));
    }
}

static void
put_depends(terraform *t, bp_json *body, const bp_strings *on, bp_str before)
{
    if (on->count == 0 && before.size == 0) {
        return;
    }
    bp_json *list = bp_texts(t->emission->arena, on);
    if (before.size > 0) {
        bp_json_push_text(list, before);
    }
    bp_json_put(body, "depends_on", list);
}

static void
put_stacks(terraform *t, const bp_template *template)
{
    bp_arena *arena = t->emission->arena;
    const bp_stack *stack = template->stack;
    for (size_t i = 0; i < stack->management_regions.count; i++) {
        bp_str region = stack->management_regions.at[i];
        bp_str key =
            bp_str_format(arena, "%.*s-%.*s", BP_ARG(bp_stack_key(arena, stack)), BP_ARG(region));
        bp_json *body = bp_json_object(arena);
        bp_json_put_text(body, "name", stack->stack_name);
        bp_json_put_text(body, "region", region);
        put_template(t, body, template, "management-account");
        bp_json_put(body, "tags", bp_tag_map(arena, NULL));
        bp_str address = put_resource(t, "aws_cloudformation_stack", identifier(arena, key), body);
        *bp_vec_add(arena, &t->roles) = address;
        *bp_vec_add(arena, &t->all) = address;
    }
}

static bp_json *
preferences(bp_arena *arena)
{
    bp_json *body = bp_json_object(arena);
    bp_json_put_c(body, "region_concurrency_type", "PARALLEL");
    bp_json_put_number(body, "failure_tolerance_count", 0);
    bp_json_put_number(body, "max_concurrent_count", 10);
    bp_json_put_c(body, "concurrency_mode", "SOFT_FAILURE_TOLERANCE");
    return body;
}

static void
put_instances(terraform *t, bp_str name, const bp_instance_group *group, size_t number)
{
    bp_arena *arena = t->emission->arena;
    bp_json *body = bp_json_object(arena);
    bp_json_put_text(
        body, "stack_set_name",
        bp_str_format(arena, "${aws_cloudformation_stack_set.%.*s.name}", BP_ARG(name)));
    bp_json_put(body, "regions", bp_texts(arena, &group->regions));
    bp_json_put_c(body, "call_as", t->emission->call_as);
    bp_json *targets = bp_json_put_object(body, "deployment_targets");
    bp_json_put(targets, "organizational_unit_ids", bp_texts(arena, &group->ous));
    if (group->accounts.count > 0) {
        bp_json_put(targets, "accounts", bp_texts(arena, &group->accounts));
        bp_json_put_c(targets, "account_filter_type", "INTERSECTION");
    }
    bp_json_put(body, "operation_preferences", preferences(arena));
    bp_json_put_bool(body, "retain_stacks", true);
    bp_str address = put_resource(t, "aws_cloudformation_stack_instances",
                                  bp_str_format(arena, "%.*s_%zu", BP_ARG(name), number), body);
    *bp_vec_add(arena, &t->all) = address;
}

/* Roles come before vaults in the deployment; what they leave in `all` by then is what vaults wait
 * for. */
static void
put_stack_set(terraform *t, const bp_template *template)
{
    bp_arena *arena = t->emission->arena;
    const bp_stack *stack = template->stack;
    bp_str name = identifier(arena, bp_stack_key(arena, stack));
    bp_json *body = bp_json_object(arena);
    bp_json_put_text(body, "name", stack->stack_name);
    bp_json_put_text(body, "description", plain(arena, bp_stack_description(arena, stack)));
    bp_json_put_c(body, "permission_model", "SERVICE_MANAGED");
    bp_json_put_c(body, "call_as", t->emission->call_as);
    put_template(t, body, template, "templates");
    bp_json *automatic = bp_json_put_object(body, "auto_deployment");
    bp_json_put_bool(automatic, "enabled", true);
    bp_json_put_bool(automatic, "retain_stacks_on_account_removal", true);
    bp_json_put_bool(bp_json_put_object(body, "managed_execution"), "active", true);
    bp_json_put(body, "tags", bp_tag_map(arena, NULL));
    put_depends(t, body, &t->roles, (bp_str){0});
    /* The provider computes it for sets that have none, and would change it for ever. */
    bp_json_push_text(bp_json_put_array(bp_json_put_object(body, "lifecycle"), "ignore_changes"),
                      BP_STR("administration_role_arn"));
    (void)put_resource(t, "aws_cloudformation_stack_set", name, body);
    size_t first = t->all.count;
    for (size_t i = 0; i < stack->groups.count; i++) {
        put_instances(t, name, &stack->groups.at[i], i + 1);
    }
    for (size_t i = first; stack->kind == BP_STACK_ROLE && i < t->all.count; i++) {
        *bp_vec_add(arena, &t->roles) = t->all.at[i];
    }
}

static void
put_policy(terraform *t, const bp_deployed_policy *policy)
{
    bp_arena *arena = t->emission->arena;
    bp_json *body = bp_json_object(arena);
    bp_json_put_text(body, "name", plain(arena, policy->policy->name));
    bp_json_put_text(body, "description", plain(arena, policy->policy->description));
    bp_json_put_c(body, "type", "BACKUP_POLICY");
    put_file(t, body, "content", bp_str_format(arena, "policies/%.*s.json", BP_ARG(policy->slug)));
    bp_json_put(body, "tags", tags_of(arena, &policy->policy->tags));
    put_depends(t, body, &t->all, t->policy);
    t->policy = put_resource(t, "aws_organizations_policy", identifier(arena, policy->slug), body);
}

static void
put_attachments(terraform *t, const bp_deployed_policy *policy)
{
    bp_arena *arena = t->emission->arena;
    bp_str name = identifier(arena, policy->slug);
    for (size_t i = 0; i < policy->targets.count; i++) {
        bp_str target = policy->targets.at[i];
        bp_json *body = bp_json_object(arena);
        bp_json_put_text(body, "policy_id",
                         bp_str_format(arena, "${aws_organizations_policy.%.*s.id}", BP_ARG(name)));
        bp_json_put_text(body, "target_id", target);
        put_depends(t, body, &t->all, t->attachment);
        bp_str key = bp_str_format(arena, "%.*s-%.*s", BP_ARG(policy->slug), BP_ARG(target));
        t->attachment =
            put_resource(t, "aws_organizations_policy_attachment", identifier(arena, key), body);
    }
}

static void
put_head(bp_emission *emission, bp_json *root)
{
    bp_json *settings = bp_json_put_object(root, "terraform");
    bp_json_put_c(settings, "required_version", ">= 1.5.0");
    bp_json *aws = bp_json_put_object(bp_json_put_object(settings, "required_providers"), "aws");
    bp_json_put_c(aws, "source", "hashicorp/aws");
    bp_json_put_c(aws, "version", ">= 6.0.0");
    bp_json_put_text(bp_json_put_object(bp_json_put_object(root, "provider"), "aws"), "region",
                     emission->deployment->home_region);
}

void
bp_emit_terraform(bp_emission *emission)
{
    bp_arena *arena = emission->arena;
    const bp_deployment *deployment = emission->deployment;
    bp_json *root = bp_json_object(arena);
    put_head(emission, root);
    terraform t = {.emission = emission,
                   .resources = bp_json_put_object(root, "resource"),
                   .addresses = bp_map_new(arena)};
    for (size_t i = 0; i < emission->templates.count; i++) {
        put_stacks(&t, &emission->templates.at[i]);
    }
    for (size_t i = 0; i < emission->templates.count; i++) {
        if (emission->templates.at[i].stack->groups.count > 0) {
            put_stack_set(&t, &emission->templates.at[i]);
        }
    }
    for (size_t i = 0; i < deployment->policies.count; i++) {
        put_policy(&t, &deployment->policies.at[i]);
    }
    for (size_t i = 0; i < deployment->policies.count; i++) {
        put_attachments(&t, &deployment->policies.at[i]);
    }
    bp_emit_json(emission, BP_STR("terraform/main.tf.json"), root, BP_JSON_PRETTY);
}
