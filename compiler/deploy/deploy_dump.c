/*
 * The deployment as indented text, for `dump --stage=deployment` and for tests.
 */
#include "compiler/deploy/deployment.h"

static void
dump_list(bp_buf *out, const char *label, const bp_strings *list)
{
    bp_buf_format(out, " %s=", label);
    for (size_t i = 0; i < list->count; i++) {
        bp_buf_format(out, "%s%.*s", i > 0 ? "," : "", BP_ARG(list->at[i]));
    }
}

static void
dump_stack(bp_buf *out, const bp_stack *stack)
{
    bp_buf_format(out, "%s \"%.*s\" as %.*s\n", stack->kind == BP_STACK_ROLE ? "role" : "vault",
                  BP_ARG(stack->name), BP_ARG(stack->stack_name));
    for (size_t i = 0; i < stack->groups.count; i++) {
        const bp_instance_group *group = &stack->groups.at[i];
        bp_buf_add_c(out, "  group");
        dump_list(out, "ous", &group->ous);
        if (group->accounts.count > 0) {
            dump_list(out, "accounts", &group->accounts);
        }
        dump_list(out, "regions", &group->regions);
        bp_buf_add_char(out, '\n');
    }
    if (stack->management_regions.count > 0) {
        bp_buf_add_c(out, "  management account");
        dump_list(out, "regions", &stack->management_regions);
        bp_buf_add_char(out, '\n');
    }
    if (stack->spare > 0) {
        bp_buf_format(out, "  beyond need %zu of %zu", stack->spare, stack->cells);
        dump_list(out, "first", &stack->spare_in);
        bp_buf_add_char(out, '\n');
    }
    const bp_copy_access *in = &stack->copies_in;
    if (in->organization || in->ou_paths.count + in->accounts.count > 0) {
        bp_buf_format(out, "  copies in%s", in->organization ? " organization" : "");
        dump_list(out, "ous", &in->ou_paths);
        dump_list(out, "accounts", &in->accounts);
        bp_buf_add_char(out, '\n');
    }
    if (stack->copies_out.count > 0) {
        bp_buf_add_c(out, "  copies out");
        dump_list(out, "accounts", &stack->copies_out);
        bp_buf_add_char(out, '\n');
    }
}

void
bp_deployment_dump(const bp_deployment *deployment, bp_buf *out)
{
    bp_buf_format(out, "partition %.*s, home Region %.*s, global Region %.*s\n",
                  BP_ARG(deployment->partition), BP_ARG(deployment->home_region),
                  BP_ARG(deployment->global_region));
    bp_buf_format(out, "organization %.*s root %.*s management %.*s\n",
                  BP_ARG(deployment->organization_id), BP_ARG(deployment->root_id),
                  BP_ARG(deployment->management_id));
    for (size_t i = 0; i < deployment->stacks.count; i++) {
        dump_stack(out, &deployment->stacks.at[i]);
    }
    for (size_t i = 0; i < deployment->policies.count; i++) {
        const bp_deployed_policy *policy = &deployment->policies.at[i];
        bp_buf_format(out, "policy \"%.*s\" as %.*s, %zu characters, %zu accounts\n",
                      BP_ARG(policy->policy->name), BP_ARG(policy->slug), policy->characters,
                      policy->accounts);
        bp_buf_add_c(out, "  attached");
        dump_list(out, "targets", &policy->targets);
        bp_buf_add_char(out, '\n');
    }
    if (deployment->cross_account_copies) {
        bp_buf_add_c(out, "copies to other accounts\n");
    }
    for (size_t i = 0; i < deployment->unresolved.count; i++) {
        bp_buf_format(out, "unresolved %.*s\n", BP_ARG(deployment->unresolved.at[i]));
    }
}
