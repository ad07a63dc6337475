/* Deployed policies, attachments and stack sets of the canonical form. */
#include "compiler/organization/write_parts.h"

#include <stdlib.h>

static int
by_id(const void *a, const void *b)
{
    const bp_org_policy *one = *(const bp_org_policy *const *)a;
    const bp_org_policy *other = *(const bp_org_policy *const *)b;
    int order = bp_str_compare(one->id, other->id);
    return order != 0 ? order : bp_str_compare(one->name, other->name);
}

static void
put_policy(bp_org_writer *writer, const bp_org_policy *policy)
{
    bp_buf *out = writer->out;
    bp_buf_add_c(out, "  - {id: ");
    bp_org_put_text(out, policy->id);
    bp_buf_add_c(out, ", name: ");
    bp_org_put_text(out, policy->name);
    if (policy->file.size > 0) {
        bp_buf_add_c(out, ", content: {file: ");
        bp_org_put_text(out, policy->file);
        if (policy->chars >= 0) {
            bp_buf_format(out, ", chars: %lld", (long long)policy->chars);
        }
        if (policy->sha256.size > 0) {
            bp_buf_add_c(out, ", sha256: ");
            bp_org_put_text(out, policy->sha256);
        }
        bp_buf_add_char(out, '}');
    }
    const bp_org_value *tags = bp_org_intern(writer, BP_SET_TAGS, policy->tags);
    if (tags != NULL) {
        bp_buf_add_c(out, ", tags: ");
        bp_org_put_name(out, tags);
    }
    bp_buf_add_c(out, "}\n");
}

void
bp_org_put_policies(bp_org_writer *writer)
{
    size_t count = writer->org->policies.count;
    if (count == 0) {
        return;
    }
    const bp_org_policy **order =
        bp_arena_array(writer->arena, count, sizeof(const bp_org_policy *));
    for (size_t i = 0; i < count; i++) {
        order[i] = &writer->org->policies.at[i];
    }
    qsort(order, count, sizeof(const bp_org_policy *), by_id);
    bp_buf_add_c(writer->out, "policies:\n");
    for (size_t i = 0; i < count; i++) {
        put_policy(writer, order[i]);
    }
}

static bp_str
target_of(const bp_org_attachment *attachment)
{
    return attachment->to.size > 0 ? attachment->to : attachment->target;
}

/* By target, then as they stood in the inventory. */
static int
by_target(const void *a, const void *b)
{
    const bp_org_attachment *one = *(const bp_org_attachment *const *)a;
    const bp_org_attachment *other = *(const bp_org_attachment *const *)b;
    int order = bp_str_compare(target_of(one), target_of(other));
    return order != 0 ? order : (one > other) - (one < other);
}

/* The policies of one target. Where their order is known it is kept. */
static void
put_target(bp_org_writer *writer, const bp_org_attachment *const *at, size_t count)
{
    bp_buf *out = writer->out;
    bp_str *policies = bp_arena_array(writer->arena, count, sizeof *policies);
    bool ordered = true;
    for (size_t i = 0; i < count; i++) {
        policies[i] = at[i]->policy;
        ordered = ordered && at[i]->ordered;
    }
    bp_str to = target_of(at[0]);
    bp_buf_add_c(out, "  - {to: ");
    bp_org_put_text(out, to);
    bp_buf_add_c(out, ", policies: ");
    if (ordered) {
        for (size_t i = 0; i < count; i++) {
            bp_buf_add_c(out, i == 0 ? "[" : ", ");
            bp_org_put_text(out, policies[i]);
        }
        bp_buf_add_c(out, "], order: attached");
    } else {
        bp_org_put_names(writer, out, policies, count);
    }
    bp_buf_add_c(out, "}\n");
}

void
bp_org_put_attachments(bp_org_writer *writer)
{
    size_t count = writer->org->attachments.count;
    if (count == 0) {
        return;
    }
    const bp_org_attachment **order =
        bp_arena_array(writer->arena, count, sizeof(const bp_org_attachment *));
    for (size_t i = 0; i < count; i++) {
        order[i] = &writer->org->attachments.at[i];
    }
    qsort(order, count, sizeof(const bp_org_attachment *), by_target);
    bp_buf_add_c(writer->out, "attachments:\n");
    for (size_t start = 0; start < count;) {
        size_t end = start + 1;
        while (end < count && bp_str_equal(target_of(order[end]), target_of(order[start]))) {
            end++;
        }
        put_target(writer, order + start, end - start);
        start = end;
    }
}

static int
by_stack_name(const void *a, const void *b)
{
    return bp_str_compare((*(const bp_org_stack_set *const *)a)->name,
                          (*(const bp_org_stack_set *const *)b)->name);
}

static void
put_instances(bp_org_writer *writer, const char *key, const bp_stack_instances *list)
{
    bp_org_rows_begin(writer);
    for (size_t i = 0; i < list->count; i++) {
        const bp_stack_instance *instance = &list->at[i];
        if (instance->in == 0) {
            continue;
        }
        bp_org_rows_add(writer, instance->account, instance->in);
        if (instance->status.size > 0) {
            bp_buf_add_c(&writer->text, ", status: ");
            bp_org_put_text(&writer->text, instance->status);
        }
        if (instance->detail.size > 0) {
            bp_buf_add_c(&writer->text, ", detail: ");
            bp_org_put_text(&writer->text, instance->detail);
        }
    }
    bp_org_rows_settle(writer, true);
    if (writer->rows.count > 0) {
        bp_buf_format(writer->out, "\n      %s:", key);
        bp_org_put_rows(writer, writer->out, "account", false, 8);
    }
}

static void
put_makes(bp_org_writer *writer, const bp_org_stack_set *set)
{
    bp_buf *out = writer->out;
    if (!set->makes_known) {
        return;
    }
    bp_buf_add_c(out, "    makes: {");
    if (set->vaults.count > 0) {
        bp_buf_add_c(out, "vaults: ");
        bp_org_put_names(writer, out, set->vaults.at, set->vaults.count);
    }
    if (set->roles.count > 0) {
        bp_buf_add_c(out, set->vaults.count > 0 ? ", roles: " : "roles: ");
        bp_org_put_names(writer, out, set->roles.at, set->roles.count);
    }
    bp_buf_add_c(out, "}\n");
}

static void
put_how(bp_buf *out, const bp_org_stack_set *set)
{
    static const char *const permissions[] = {"", "    permission: service-managed\n",
                                              "    permission: self-managed\n"};
    static const char *const answers[] = {"", "false", "true"};
    bp_buf_add_c(out, permissions[set->permission - BP_STACK_UNKNOWN]);
    bp_buf_add_c(out, set->delegated ? "    call_as: delegated-admin\n" : "");
    if (set->auto_deploy != BP_UNKNOWN) {
        bp_buf_format(out, "    auto_deploy: %s\n", answers[set->auto_deploy - BP_UNKNOWN]);
    }
    if (set->retain != BP_UNKNOWN) {
        bp_buf_format(out, "    retain: %s\n", answers[set->retain - BP_UNKNOWN]);
    }
}

static void
put_stack_set(bp_org_writer *writer, const bp_org_stack_set *set)
{
    bp_buf *out = writer->out;
    bp_buf_add_c(out, "  - name: ");
    bp_org_put_text(out, set->name);
    bp_buf_add_char(out, '\n');
    put_how(out, set);
    if (set->targets.count > 0) {
        bp_buf_add_c(out, "    targets: ");
        bp_org_put_names(writer, out, set->targets.at, set->targets.count);
        bp_buf_add_char(out, '\n');
    }
    if (set->regions != 0) {
        bp_buf_add_c(out, "    regions: ");
        bp_org_put_regions(writer, out, set->regions);
        bp_buf_add_char(out, '\n');
    }
    if (set->parameters.count > 0) {
        bp_buf_add_c(out, "    parameters:");
        bp_org_put_tags(writer, out, set->parameters.at, set->parameters.count, 6);
        bp_buf_add_char(out, '\n');
    }
    put_makes(writer, set);
    if (set->instances_known) {
        bool current =
            set->not_current.count == 0 && set->without.count == 0 && set->extra.count == 0;
        bp_buf_add_c(out, current ? "    instances: current" : "    instances:");
        put_instances(writer, "not_current", &set->not_current);
        put_instances(writer, "without", &set->without);
        put_instances(writer, "extra", &set->extra);
        bp_buf_add_char(out, '\n');
    }
}

void
bp_org_put_stack_sets(bp_org_writer *writer)
{
    size_t count = writer->org->stack_sets.count;
    if (count == 0) {
        return;
    }
    const bp_org_stack_set **order =
        bp_arena_array(writer->arena, count, sizeof(const bp_org_stack_set *));
    for (size_t i = 0; i < count; i++) {
        order[i] = &writer->org->stack_sets.at[i];
    }
    qsort(order, count, sizeof(const bp_org_stack_set *), by_stack_name);
    bp_buf_add_c(writer->out, "stack_sets:\n");
    for (size_t i = 0; i < count; i++) {
        put_stack_set(writer, order[i]);
    }
}
