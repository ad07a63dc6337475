/*
 * Path B: inputs of the AWS CLI, the plan, and the script that goes through it.
 *
 * The script is constant text; every value of a user is in a JSON input or in a file that the
 * script reads, never in a shell line. File names carry no sequence numbers, so a new vault renames
 * none.
 */
#include "compiler/emit/parts.h"

/* One row, made from deploy.sh. */
static const struct {
    const char *name;
    const char *text;
} DEPLOY_SCRIPT[] = {
#include "compiler/emit/deploy_sh.inc"
};

/* One call, for the manifest. */
typedef struct step {
    bp_str id;
    const char *service;
    const char *operation;
    const char *when; /* absent, present, always */
    bp_str region;    /* empty: the home Region */
    bp_str policy;    /* slug of the policy whose id is bound; empty: none */
} step;

static void
add_step(bp_emission *emission, const step *what, bp_str input, const bp_json *body)
{
    bp_arena *arena = emission->arena;
    bp_emit_json(emission, input, body, BP_JSON_PRETTY);
    bp_json *row = bp_json_push_object(emission->steps);
    bp_json_put_text(row, "id", what->id);
    bp_json_put_c(row, "service", what->service);
    bp_json_put_c(row, "operation", what->operation);
    bp_json_put_text(row, "input", input);
    bp_json_put_c(row, "when", what->when);
    if (what->region.size > 0) {
        bp_json_put_text(row, "region", what->region);
    }
    if (what->policy.size > 0) {
        bp_json_put_text(bp_json_put_object(row, "bind"), "PolicyId",
                         bp_str_format(arena, "create-policy:%.*s#Policy.PolicySummary.Id",
                                       BP_ARG(what->policy)));
    }
}

static void
add_policy_type(bp_emission *emission)
{
    bp_json *body = bp_json_object(emission->arena);
    bp_json_put_text(body, "RootId", emission->deployment->root_id);
    bp_json_put_c(body, "PolicyType", "BACKUP_POLICY");
    step what = {.id = BP_STR("enable-policy-type"),
                 .service = "organizations",
                 .operation = "enable-policy-type",
                 .when = "absent"};
    add_step(emission, &what, BP_STR("cli/organization.enable-policy-type.json"), body);
}

/* Members between the template and what makes a stack or a stack set of it. */
static void
put_body(bp_emission *emission, bp_json *body, const bp_template *template)
{
    bp_arena *arena = emission->arena;
    bp_put_template_text(emission, body, template);
    bp_json_put(body, "Parameters", bp_parameter_list(arena, template->stack));
    if (template->named_iam) {
        bp_json_push_text(bp_json_put_array(body, "Capabilities"), BP_STR("CAPABILITY_NAMED_IAM"));
    }
    bp_json_put(body, "Tags", bp_tag_list(arena, NULL));
}

static void
add_stack(bp_emission *emission, const bp_template *template, bp_str region, bool create)
{
    bp_arena *arena = emission->arena;
    const char *operation = create ? "create-stack" : "update-stack";
    bp_str key = bp_stack_key(arena, template->stack);
    bp_json *body = bp_json_object(arena);
    bp_json_put_text(body, "StackName", template->stack->stack_name);
    put_body(emission, body, template);
    if (create) {
        bp_json_put_c(body, "OnFailure", "DELETE");
    }
    step what = {.id = bp_str_format(arena, "%s:management-%.*s:%.*s", operation, BP_ARG(key),
                                     BP_ARG(region)),
                 .service = "cloudformation",
                 .operation = operation,
                 .when = create ? "absent" : "present",
                 .region = region};
    add_step(emission, &what,
             bp_str_format(arena, "cli/management-%.*s.%.*s.%s.json", BP_ARG(key), BP_ARG(region),
                           operation),
             body);
}

static void
add_stacks(bp_emission *emission, const bp_template *template, bp_buf *plan)
{
    const bp_stack *stack = template->stack;
    bp_str key = bp_stack_key(emission->arena, stack);
    for (size_t i = 0; i < stack->management_regions.count; i++) {
        bp_str region = stack->management_regions.at[i];
        add_stack(emission, template, region, true);
        add_stack(emission, template, region, false);
        bp_buf_format(plan, "stack\tmanagement-%.*s\t%.*s\t%.*s\n", BP_ARG(key), BP_ARG(region),
                      BP_ARG(stack->stack_name));
    }
}

static void
add_stack_set(bp_emission *emission, const bp_template *template, bool create)
{
    bp_arena *arena = emission->arena;
    const bp_stack *stack = template->stack;
    const char *operation = create ? "create-stack-set" : "update-stack-set";
    bp_str key = bp_stack_key(arena, stack);
    bp_json *body = bp_json_object(arena);
    bp_json_put_text(body, "StackSetName", stack->stack_name);
    bp_json_put_text(body, "Description", bp_stack_description(arena, stack));
    put_body(emission, body, template);
    bp_stack_set_switches(body);
    bp_json_put_c(body, "CallAs", emission->call_as);
    if (!create) {
        bp_json_put(body, "OperationPreferences", bp_operation_preferences(arena));
    }
    step what = {.id = bp_str_format(arena, "%s:%.*s", operation, BP_ARG(key)),
                 .service = "cloudformation",
                 .operation = operation,
                 .when = create ? "absent" : "present"};
    add_step(emission, &what, bp_str_format(arena, "cli/%.*s.%s.json", BP_ARG(key), operation),
             body);
}

static void
add_instances(bp_emission *emission, const bp_template *template, bp_buf *plan)
{
    bp_arena *arena = emission->arena;
    const bp_stack *stack = template->stack;
    bp_str key = bp_stack_key(arena, stack);
    for (size_t i = 0; i < stack->groups.count; i++) {
        const bp_instance_group *group = &stack->groups.at[i];
        bp_json *body = bp_json_object(arena);
        bp_json_put_text(body, "StackSetName", stack->stack_name);
        bp_json_put(body, "DeploymentTargets", bp_deployment_targets(arena, group));
        bp_json_put(body, "Regions", bp_texts(arena, &group->regions));
        bp_json_put(body, "OperationPreferences", bp_operation_preferences(arena));
        bp_json_put_c(body, "CallAs", emission->call_as);
        step what = {
            .id = bp_str_format(arena, "create-stack-instances:%.*s:%zu", BP_ARG(key), i + 1),
            .service = "cloudformation",
            .operation = "create-stack-instances",
            .when = "always"};
        add_step(
            emission, &what,
            bp_str_format(arena, "cli/%.*s.create-stack-instances.%zu.json", BP_ARG(key), i + 1),
            body);
    }
    bp_buf_format(plan, "stack-set\t%.*s\t%.*s\t%zu\n", BP_ARG(key), BP_ARG(stack->stack_name),
                  stack->groups.count);
}

static void
add_policy_input(bp_emission *emission, const bp_deployed_policy *policy, bool create)
{
    bp_arena *arena = emission->arena;
    const char *operation = create ? "create-policy" : "update-policy";
    bp_json *body = bp_json_object(arena);
    bp_json_put_text(body, "Name", policy->policy->name);
    bp_json_put_text(body, "Description", policy->policy->description);
    if (create) {
        bp_json_put_c(body, "Type", "BACKUP_POLICY");
    }
    bp_json_put_text(body, "Content", policy->text);
    if (create) {
        bp_json_put(body, "Tags", bp_tag_list(arena, &policy->policy->tags));
    }
    step what = {.id = bp_str_format(arena, "%s:%.*s", operation, BP_ARG(policy->slug)),
                 .service = "organizations",
                 .operation = operation,
                 .when = create ? "absent" : "present",
                 .policy = create ? (bp_str){0} : policy->slug};
    add_step(emission, &what,
             bp_str_format(arena, "cli/policy-%.*s.%s.json", BP_ARG(policy->slug), operation),
             body);
}

static void
add_attachment(bp_emission *emission, const bp_deployed_policy *policy, bp_str target)
{
    bp_arena *arena = emission->arena;
    bp_json *body = bp_json_object(arena);
    bp_json_put_text(body, "TargetId", target);
    step what = {
        .id = bp_str_format(arena, "attach-policy:%.*s:%.*s", BP_ARG(policy->slug), BP_ARG(target)),
        .service = "organizations",
        .operation = "attach-policy",
        .when = "absent",
        .policy = policy->slug};
    add_step(emission, &what,
             bp_str_format(arena, "cli/policy-%.*s.attach-policy.%.*s.json", BP_ARG(policy->slug),
                           BP_ARG(target)),
             body);
}

static void
add_policy(bp_emission *emission, const bp_deployed_policy *policy, bp_buf *plan)
{
    bp_arena *arena = emission->arena;
    bp_emit_file(emission, bp_str_format(arena, "cli/policy-%.*s.name", BP_ARG(policy->slug)),
                 bp_str_format(arena, "%.*s\n", BP_ARG(policy->policy->name)), false);
    add_policy_input(emission, policy, true);
    add_policy_input(emission, policy, false);
    bp_buf_format(plan, "policy\tpolicy-%.*s", BP_ARG(policy->slug));
    for (size_t i = 0; i < policy->targets.count; i++) {
        add_attachment(emission, policy, policy->targets.at[i]);
        bp_buf_add_char(plan, i == 0 ? '\t' : ',');
        bp_buf_add(plan, policy->targets.at[i]);
    }
    bp_buf_add_char(plan, '\n');
}

/* One line a template that has to be in the bucket before anything names it. */
static void
add_bucket(bp_emission *emission, bp_buf *plan)
{
    const bp_template_bucket *bucket = emission->bucket;
    for (size_t i = 0; bucket != NULL && i < emission->templates.count; i++) {
        const bp_template *template = &emission->templates.at[i];
        bp_str key = bp_stack_key(emission->arena, template->stack);
        bp_str object = bp_bucket_object(emission->arena, template->file);
        bp_str region =
            bucket->region.size > 0 ? bucket->region : emission->deployment->home_region;
        bp_buf_format(plan, "template\ttemplates/%.*s.template.json\t%.*s\t%.*s/%.*s%.*s\n",
                      BP_ARG(key), BP_ARG(region), BP_ARG(bucket->bucket), BP_ARG(bucket->prefix),
                      BP_ARG(object));
    }
}

void
bp_emit_cli(bp_emission *emission)
{
    const bp_deployment *deployment = emission->deployment;
    bp_buf plan = {.arena = emission->arena};
    bp_buf_format(&plan, "home-region\t%.*s\nglobal-region\t%.*s\n",
                  BP_ARG(deployment->home_region), BP_ARG(deployment->global_region));
    if (!bp_calls_for_itself(emission)) {
        bp_buf_format(&plan, "call-as\t%s\n", emission->call_as);
    }
    bp_buf_add_c(&plan, "prerequisites\n");
    add_policy_type(emission);
    add_bucket(emission, &plan);
    for (size_t i = 0; i < emission->templates.count; i++) {
        add_stacks(emission, &emission->templates.at[i], &plan);
    }
    for (size_t i = 0; i < emission->templates.count; i++) {
        const bp_template *template = &emission->templates.at[i];
        if (template->stack->groups.count > 0) {
            add_stack_set(emission, template, true);
            add_stack_set(emission, template, false);
            add_instances(emission, template, &plan);
        }
    }
    for (size_t i = 0; i < deployment->policies.count; i++) {
        add_policy(emission, &deployment->policies.at[i], &plan);
    }
    bp_emit_file(emission, BP_STR("cli/plan.tsv"), bp_buf_text(&plan), false);
    bp_emit_file(emission, BP_STR("cli/deploy.sh"), bp_str_of(DEPLOY_SCRIPT[0].text), true);
}
