/*
 * `coverage --format json`: the sums, and an element for each account, written as text so that ten
 * thousand accounts need no tree of them.
 */
#include "compiler/cli/coverage.h"
#include "lib/json_write.h"

static const char *
state_name(bp_cover_state state)
{
    switch (state) {
    case BP_COVER_REACHED:
        return "reached";
    case BP_COVER_NONE:
        return "uncovered";
    case BP_COVER_UNKNOWN:
        return "unknown";
    case BP_COVER_EXEMPT:
        return "exempt";
    case BP_COVER_MANAGEMENT:
        return "management";
    case BP_COVER_INACTIVE:
        return "inactive";
    }
    return "";
}

static void
put_regions(const bp_facts *facts, bp_json *object, const char *key, bp_region_mask mask)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(facts, &count);
    bp_json *list = bp_json_put_array(object, key);
    for (size_t i = 0; i < count; i++) {
        if ((mask & BP_REGION_BIT(i)) != 0) {
            bp_json_push_text(list, bp_str_of(regions[i].code));
        }
    }
}

static void
put_types(bp_json *object, const bp_resource_row *row)
{
    bp_json *list = bp_json_put_array(object, "types");
    for (size_t i = 0; i < row->types.count; i++) {
        bp_json_push_text(list, bp_str_of(row->types.at[i]->id));
    }
}

static void
put_copy(const bp_facts *facts, bp_json *object, const bp_cover_copy *copy)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(facts, &count);
    bp_json_put_text(object, "vault", copy->vault);
    bp_json_put_text(object, "account", copy->account);
    bp_json_put_text(object, "region",
                     copy->region < 0 ? BP_STR("") : bp_str_of(regions[copy->region].code));
}

/* What accounts with the same plans and resources share, as members of each. */
static bp_str
shared_text(bp_arena *arena, const bp_facts *facts, const bp_cover_answer *answer)
{
    bp_json *object = bp_json_object(arena);
    bp_json *plans = bp_json_put_array(object, "plans");
    for (size_t i = 0; answer->result != NULL && i < answer->result->plans.count; i++) {
        bp_json_push_text(plans, answer->result->plans.at[i]->plan->key);
    }
    put_regions(facts, object, "regions", answer->regions);
    put_regions(facts, object, "regions_without_plan", answer->outside);
    bp_json_put_bool(object, "resources_known", answer->resources != NULL);
    bp_json *resources = bp_json_put_array(object, "resources");
    for (size_t i = 0; i < answer->rows.count; i++) {
        const bp_cover_row *row = &answer->rows.at[i];
        bp_json *element = bp_json_push_object(resources);
        put_types(element, row->row);
        if (row->row->count >= 0) {
            bp_json_put_number(element, "count", row->row->count);
        }
        put_regions(facts, element, "reached", row->reached);
        put_regions(facts, element, "not_reached", row->missed | row->outside);
        put_regions(facts, element, "unknown", row->unknown);
    }
    bp_json *copies = bp_json_put_array(object, "copies");
    for (size_t i = 0; i < answer->copies.count; i++) {
        put_copy(facts, bp_json_push_object(copies), &answer->copies.at[i]);
    }
    bp_str text = bp_json_print(arena, object, BP_JSON_COMPACT);
    return bp_str_cut(text, 1, text.size - 1);
}

static void
write_account(bp_run *run, const bp_coverage *coverage, uint32_t index, bp_str shared)
{
    const bp_account *account = &coverage->org->accounts.at[index];
    const bp_account_cover *cover = &coverage->accounts[index];
    bp_json *object = bp_json_object(run->arena);
    bp_json_put_text(object, "id", account->id);
    bp_json_put_text(object, "name", account->name);
    bp_json_put_text(object, "ou", coverage->org->ous.at[account->ou].path);
    bp_json_put_c(object, "state", state_name(cover->state));
    if (cover->exemption != NULL) {
        bp_json_put_text(object, "reason", cover->exemption->exemption->reason.text);
    }
    put_regions(coverage->org->facts, object, "receives_copies", cover->received);
    put_regions(coverage->org->facts, object, "enabled_without_plan", cover->enabled);
    bp_str text = bp_json_print(run->arena, object, BP_JSON_COMPACT);
    bp_output_str(run->out, bp_str_cut(text, 0, text.size - 1));
    bp_output_text(run->out, ",");
    bp_output_str(run->out, shared);
    bp_output_text(run->out, "}");
}

static bp_json *
gaps_of(bp_run *run, const bp_coverage *coverage)
{
    bp_json *list = bp_json_array(run->arena);
    for (size_t i = 0; i < coverage->gaps.count; i++) {
        const bp_cover_gap *gap = &coverage->gaps.at[i];
        bp_json *element = bp_json_push_object(list);
        bp_json_put_text(element, "ou", gap->ou->path);
        bp_json_put_text(element, "id", gap->ou->id);
        bp_json_put_bool(element, "whole", gap->whole);
        bp_json_put_number(element, "accounts", (int64_t)gap->accounts.count);
        if (gap->nearest != NULL) {
            bp_json_put_text(element, "nearest", gap->nearest->path);
            bp_json_put_text(element, "policy", gap->policy->policy->name);
        }
    }
    return list;
}

static bp_json *
exemptions_of(bp_run *run, const bp_coverage *coverage)
{
    bp_json *list = bp_json_array(run->arena);
    for (size_t i = 0; i < coverage->exemptions.count; i++) {
        const bp_bound_exemption *at = &coverage->exemptions.at[i];
        bp_json *element = bp_json_push_object(list);
        bp_json_put_text(element, at->exemption->is_ou ? "ou" : "account",
                         at->exemption->target.text);
        bp_json_put_text(element, "reason", at->exemption->reason.text);
        bp_json_put_number(element, "accounts", (int64_t)at->used);
    }
    return list;
}

static bp_json *
types_of(bp_run *run, const bp_cover_sums *sums)
{
    bp_json *list = bp_json_array(run->arena);
    for (size_t i = 0; i < sums->types.count; i++) {
        const bp_type_cover *at = &sums->types.at[i];
        bp_json *element = bp_json_push_object(list);
        put_types(element, at->row);
        bp_json_put_number(element, "accounts", (int64_t)at->accounts);
        bp_json_put_number(element, "accounts_not_reached", (int64_t)at->without);
        bp_json_put_number(element, "accounts_unknown", (int64_t)at->open);
        bp_json_put_number(element, "resources_not_reached", at->resources);
        bp_json_put_bool(element, "at_least", at->at_least);
        put_regions(sums->coverage->org->facts, element, "regions_not_reached", at->regions);
    }
    return list;
}

static bp_json *
copies_of(bp_run *run, const bp_cover_sums *sums)
{
    bp_json *list = bp_json_array(run->arena);
    for (size_t i = 0; i < sums->copies.count; i++) {
        bp_json *element = bp_json_push_object(list);
        put_copy(sums->coverage->org->facts, element, &sums->copies.at[i].to);
        bp_json_put_number(element, "accounts", (int64_t)sums->copies.at[i].accounts);
    }
    return list;
}

static bp_json *
summary_of(bp_run *run, const bp_cover_sums *sums)
{
    const bp_coverage *coverage = sums->coverage;
    bp_json *summary = bp_json_object(run->arena);
    for (int state = 0; state <= BP_COVER_INACTIVE; state++) {
        bp_json_put_number(summary, state_name((bp_cover_state)state),
                           (int64_t)coverage->counts[state]);
    }
    bp_json_put_number(summary, "without_copy", (int64_t)sums->uncopied);
    bp_json_put_number(summary, "resources_unknown", (int64_t)sums->resources_unknown);
    bp_json_put_bool(summary, "tree_complete", coverage->org->tree_complete);
    bp_json_put_bool(summary, "required", sums->required);
    return summary;
}

static void
write_member(bp_run *run, const char *key, const bp_json *value)
{
    bp_output_format(run->out, "  \"%s\": ", key);
    bp_output_str(run->out, bp_json_print(run->arena, value, BP_JSON_COMPACT));
    bp_output_text(run->out, ",\n");
}

void
bp_coverage_print_json(bp_run *run, const bp_cover_sums *sums)
{
    const bp_coverage *coverage = sums->coverage;
    size_t count = coverage->org->accounts.count;
    const bp_cover_answer *last = NULL;
    bp_str shared = {"", 0};
    bp_output_text(run->out, "{\n  \"format_version\": \"1.0\",\n");
    write_member(run, "summary", summary_of(run, sums));
    write_member(run, "gaps", gaps_of(run, coverage));
    write_member(run, "exemptions", exemptions_of(run, coverage));
    write_member(run, "types", types_of(run, sums));
    write_member(run, "copies", copies_of(run, sums));
    bp_output_text(run->out, "  \"accounts\": [");
    for (uint32_t i = 0; i < count; i++) {
        if (coverage->accounts[i].answer != last) {
            last = coverage->accounts[i].answer;
            shared = shared_text(run->arena, coverage->org->facts, last);
        }
        bp_output_text(run->out, i > 0 ? ",\n    " : "\n    ");
        write_account(run, coverage, i, shared);
    }
    bp_output_text(run->out, count > 0 ? "\n  ]\n}\n" : "]\n}\n");
}
