/*
 * The model as indented text, for `dump --stage=model` and tests. Everything in the order of the
 * model; no address, no hash order.
 */
#include "compiler/model/model.h"
#include "compiler/policy/schedule.h"

static void
dump_targets(const bp_bound_targets *targets, const char *word, bp_buf *out)
{
    for (size_t i = 0; i < targets->count; i++) {
        const bp_bound_target *target = &targets->at[i];
        bp_str name = {"", 0};
        const char *kind = "organization";
        if (target->ou != NULL) {
            kind = target->ou->depth == 0 ? "root" : "ou";
            name = target->ou->path;
        } else if (target->account != NULL) {
            kind = "account";
            name = target->account->name;
        }
        bp_buf_format(out, "    %s %s", word, kind);
        if (target->id.size > 0) {
            bp_buf_format(out, " %.*s", BP_ARG(target->id));
        }
        if (name.size > 0) {
            bp_buf_format(out, " \"%.*s\"", BP_ARG(name));
        }
        bp_buf_add_char(out, '\n');
    }
}

static void
dump_accounts(const bp_model *model, const bp_ranges *ranges, const char *word, bp_buf *out)
{
    if (model->org == NULL) {
        bp_buf_format(out, "    %s unknown: no inventory\n", word);
        return;
    }
    for (size_t i = 0; i < ranges->count; i++) {
        for (uint32_t at = ranges->at[i].first; at < ranges->at[i].end; at++) {
            const bp_account *account = &model->org->accounts.at[at];
            bp_buf_format(out, "    %s %.*s \"%.*s\"%s%s%s\n", word, BP_ARG(account->id),
                          BP_ARG(account->name), account->management ? " management" : "",
                          bp_account_counts(account) ? "" : " ",
                          bp_account_counts(account) ? "" : bp_account_state_name(account->state));
        }
    }
}

static void
dump_regions(const bp_model *model, const bp_bound_vault *vault, bp_buf *out)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(model->facts, &count);
    if (!vault->vault->regions_written) {
        bp_buf_add_c(out, "    regions where needed\n");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if ((vault->regions & BP_REGION_BIT(i)) != 0) {
            bp_buf_format(out, "    region %s\n", regions[i].code);
        }
    }
}

/* Schedules with a fault have no words; checks tell what is wrong with them. */
static void
dump_schedules(const bp_policy *policy, int64_t as_of, bp_buf *out)
{
    const bp_node *plan = bp_node_first(policy->document, "plans");
    for (; plan != NULL; plan = plan->next) {
        const bp_node *rule = bp_node_first(plan, "rules");
        for (; rule != NULL; rule = rule->next) {
            bp_str text;
            if (!bp_node_text(rule, "schedule_expression", &text)) {
                continue;
            }
            bp_schedule schedule = bp_schedule_parse(out->arena, text);
            bp_str told = bp_schedule_told(out->arena, &schedule, as_of);
            bp_buf_format(out, "    rule \"%.*s/%.*s\" %.*s%s%.*s\n", BP_ARG(plan->key),
                          BP_ARG(rule->key), BP_ARG(text), told.size > 0 ? ": " : "", BP_ARG(told));
        }
    }
}

void
bp_model_dump(const bp_model *model, int64_t as_of, bp_buf *out)
{
    bp_buf_format(out, "partition %.*s\nhome region %.*s\n", BP_ARG(model->partition),
                  BP_ARG(model->home_region));
    for (size_t i = 0; i < model->policies.count; i++) {
        const bp_bound_policy *policy = &model->policies.at[i];
        bp_buf_format(out, "policy \"%.*s\"%s%s\n", BP_ARG(policy->policy->name),
                      policy->holes ? " (some targets not found)" : "",
                      policy->reaches_management ? " (reaches the management account)" : "");
        dump_targets(&policy->targets, "attach", out);
        dump_accounts(model, &policy->reach, "reaches", out);
        dump_schedules(policy->policy, as_of, out);
    }
    for (size_t i = 0; i < model->vaults.count; i++) {
        const bp_bound_vault *vault = &model->vaults.at[i];
        bp_buf_format(out, "vault \"%.*s\"%s\n", BP_ARG(vault->vault->name),
                      vault->holes || vault->region_holes ? " (some places not found)" : "");
        if (vault->placed_by_need) {
            bp_buf_add_c(out, "    placed where policies need it\n");
            continue;
        }
        dump_targets(&vault->targets, "deploy", out);
        dump_regions(model, vault, out);
        dump_accounts(model, &vault->accounts, "in", out);
    }
    for (size_t i = 0; i < model->roles.count; i++) {
        const bp_bound_role *role = &model->roles.at[i];
        bp_buf_format(out, "role \"%.*s%.*s\"%s\n", BP_ARG(role->role->path),
                      BP_ARG(role->role->name), role->holes ? " (some targets not found)" : "");
        dump_targets(&role->targets, "deploy", out);
        dump_accounts(model, &role->accounts, "in", out);
    }
}
