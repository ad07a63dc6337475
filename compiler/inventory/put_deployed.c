/*
 * What is deployed: policies with their documents, what they are attached to, and stack sets.
 */
#include "compiler/inventory/survey_parts.h"

#include "lib/sha256.h"

#include <stdlib.h>

static bp_unit *
about(bp_putting *on, bp_dump_kind kind, bp_str sub)
{
    return bp_unit_find(on->survey, (bp_unit_key){.kind = kind, .sub = sub, .region = -1});
}

static void
put_policy(bp_putting *on, bp_str id, bp_str name)
{
    bp_survey *survey = on->survey;
    bp_record record;
    bp_org_policy *policy = bp_vec_add(on->arena, &on->org->policies);
    *policy = (bp_org_policy){.id = id, .name = name, .chars = -1};
    policy->tags = bp_put_tags(on, id);
    bp_unit *unit = about(on, BP_DUMP_POLICY, id);
    bp_str rest = bp_put_content(on, on->scratch, unit);
    if (unit == NULL || !unit->complete || !bp_record_next(on->scratch, &rest, &record)) {
        return;
    }
    policy->name = name.size > 0 ? name : bp_put_text(on, record.field[1]);
    if (bp_str_is(record.field[3], "file")) {
        policy->file = bp_put_text(on, record.field[2]);
        bp_str_number(record.field[4], &policy->chars);
        policy->sha256 = bp_put_text(on, record.field[5]);
    } else if (bp_str_is(record.field[3], "yes")) {
        bp_str text = bp_str_copy(on->arena, record.field[2]);
        policy->file = bp_str_format(on->arena, "deployed/%.*s.json", BP_ARG(id));
        policy->chars = (int64_t)text.size;
        policy->sha256 = bp_sha256_hex(on->arena, text);
        *bp_vec_add(survey->arena, &survey->files) = (bp_survey_file){policy->file, text};
    }
}

/* One attachment, once. */
static void
attach(bp_putting *on, bp_map *seen, bp_str target, bp_str policy)
{
    bp_str key = bp_str_format(on->arena, "%.*s %.*s", BP_ARG(target), BP_ARG(policy));
    bool added = false;
    bp_map_add(seen, key, on, &added);
    if (added) {
        *bp_vec_add(on->arena, &on->org->attachments) =
            (bp_org_attachment){.to = bp_put_text(on, target),
                                .target = bp_put_text(on, target),
                                .policy = bp_put_text(on, policy)};
    }
}

/* Both ways of asking; whether together they answer for every policy. */
static bool
put_attachments(bp_putting *on)
{
    bp_survey *survey = on->survey;
    bp_organization *org = on->org;
    bp_map *seen = bp_map_new(on->arena);
    size_t by_target = 0;
    size_t by_policy = 0;
    bp_record record;
    for (size_t i = 0; i < survey->unit_count; i++) {
        bp_unit *unit = bp_unit_at(survey, i);
        bool targets = unit->kind == BP_DUMP_TARGETS;
        if (!targets && unit->kind != BP_DUMP_ATTACHED) {
            continue;
        }
        bp_str sub = bp_text_of(survey, unit->sub);
        by_policy += targets && unit->complete;
        by_target += !targets && unit->complete;
        for (bp_str rest = bp_put_content(on, on->scratch, unit);
             bp_record_next(on->scratch, &rest, &record);) {
            attach(on, seen, targets ? record.field[0] : sub, targets ? sub : record.field[0]);
        }
    }
    return by_policy >= org->policies.count ||
           (org->tree_complete && by_target >= org->ous.count + org->accounts.count);
}

static int
by_target_and_policy(const void *a, const void *b)
{
    const bp_org_attachment *x = a;
    const bp_org_attachment *y = b;
    int order = bp_str_compare(x->target, y->target);
    return order != 0 ? order : bp_str_compare(x->policy, y->policy);
}

void
bp_put_policies(bp_putting *on)
{
    bp_organization *org = on->org;
    bp_map *known = bp_map_new(on->arena);
    bp_record record;
    bp_unit *list = about(on, BP_DUMP_POLICIES, BP_STR(""));
    for (bp_str rest = bp_put_content(on, on->scratch, list);
         bp_record_next(on->scratch, &rest, &record);) {
        bp_str id = bp_put_text(on, record.field[0]);
        bp_map_set(known, id, on);
        put_policy(on, id, bp_put_text(on, record.field[1]));
    }
    for (size_t i = 0; i < on->survey->unit_count; i++) {
        const bp_unit *unit = bp_unit_at(on->survey, i);
        bp_str id = bp_text_of(on->survey, unit->sub);
        bool deployed = unit->kind == BP_DUMP_POLICY || unit->kind == BP_DUMP_TARGETS;
        if (deployed && bp_map_get(known, id) == NULL) {
            bp_map_set(known, id, on);
            put_policy(on, id, BP_STR(""));
        }
    }
    bool attachments = put_attachments(on);
    if (org->attachments.count > 1) {
        qsort(org->attachments.at, org->attachments.count, sizeof *org->attachments.at,
              by_target_and_policy);
    }
    for (size_t i = 0; i < org->attachments.count; i++) {
        if (bp_map_get(known, org->attachments.at[i].policy) == NULL) {
            bp_map_set(known, org->attachments.at[i].policy, on);
            put_policy(on, org->attachments.at[i].policy, BP_STR(""));
        }
    }
    org->policies_complete = list != NULL && list->complete && attachments;
    org->policies_partial = !org->policies_complete && org->policies.count > 0;
}

/* ---- stack sets */

static void
take_detail(bp_putting *on, bp_org_stack_set *set, const bp_record *record)
{
    bp_str key = record->field[0];
    bp_str value = record->field[1];
    bool yes = bp_str_is(value, "yes");
    bp_str text = bp_put_text(on, value);
    if (bp_str_is(key, "permission")) {
        set->permission = bp_str_is(value, "service-managed") ? BP_STACK_SERVICE_MANAGED
                          : bp_str_is(value, "self-managed")  ? BP_STACK_SELF_MANAGED
                                                              : BP_STACK_UNKNOWN;
    } else if (bp_str_is(key, "auto")) {
        set->auto_deploy = yes ? BP_PRESENT : BP_ABSENT;
    } else if (bp_str_is(key, "retain")) {
        set->retain = yes ? BP_PRESENT : BP_ABSENT;
    } else if (bp_str_is(key, "delegated")) {
        set->delegated = true;
    } else if (bp_str_is(key, "makes")) {
        set->makes_known = true;
    } else if (bp_str_starts(key, BP_STR("t "))) {
        *bp_vec_add(on->arena, &set->targets) = text;
    } else if (bp_str_starts(key, BP_STR("r "))) {
        int region = bp_region_index(on->survey->options.facts, value);
        set->regions |= region >= 0 ? BP_REGION_BIT(region) : 0;
    } else if (bp_str_starts(key, BP_STR("p "))) {
        *bp_vec_add(on->arena, &set->parameters) =
            (bp_org_tag){.key = text, .value = bp_put_text(on, record->field[2])};
    } else if (bp_str_starts(key, BP_STR("mv "))) {
        *bp_vec_add(on->arena, &set->vaults) = text;
    } else if (bp_str_starts(key, BP_STR("mr "))) {
        *bp_vec_add(on->arena, &set->roles) = text;
    }
}

static bool
is_under(const bp_organization *org, uint32_t ou, const bp_org_stack_set *set)
{
    for (;; ou = org->ous.at[ou].parent) {
        for (size_t i = 0; i < set->targets.count; i++) {
            if (bp_str_equal(set->targets.at[i], org->ous.at[ou].id)) {
                return true;
            }
        }
        if (ou == 0) {
            return false;
        }
    }
}

static void
add_instance(bp_putting *on, bp_stack_instances *to, bp_stack_instance made)
{
    for (size_t i = 0; i < to->count; i++) {
        bp_stack_instance *each = &to->at[i];
        if (bp_str_equal(each->account, made.account) && bp_str_equal(each->status, made.status) &&
            bp_str_equal(each->detail, made.detail)) {
            each->in |= made.in;
            return;
        }
    }
    *bp_vec_add(on->arena, to) = made;
}

/* Regions of an account. */
typedef struct found {
    bp_region_mask in;
    bool may_lack; /* StackSets passes accounts by that are not active; what it made before stays */
} found;

static void
put_instances(bp_putting *on, bp_org_stack_set *set, bp_unit *unit)
{
    bp_organization *org = on->org;
    bp_map *there = bp_map_new(on->scratch);
    bp_map *expected = bp_map_new(on->scratch);
    bp_record record;
    bool managed = set->permission == BP_STACK_SERVICE_MANAGED && set->targets.count > 0;
    set->instances_known = true;
    for (size_t i = 0; managed && i < org->accounts.count; i++) {
        const bp_account *account = &org->accounts.at[i];
        if (!account->management && is_under(org, account->ou, set)) {
            found *cells = BP_NEW(on->scratch, found);
            cells->in = set->regions;
            cells->may_lack = account->state != BP_STATE_ACTIVE;
            bp_map_set(expected, account->id, cells);
        }
    }
    for (bp_str rest = bp_put_content(on, on->scratch, unit);
         bp_record_next(on->scratch, &rest, &record);) {
        bp_stack_instance made = {
            .account = bp_put_text(on, record.field[1]),
            .in = BP_REGION_BIT(bp_region_index(on->survey->options.facts, record.field[2]))};
        found *cells = bp_map_get(there, made.account);
        const found *wanted = bp_map_get(expected, made.account);
        if (cells == NULL) {
            cells = BP_NEW(on->scratch, found);
            bp_map_set(there, made.account, cells);
        }
        cells->in |= made.in;
        if (managed && (wanted == NULL || (wanted->in & made.in) == 0)) {
            add_instance(on, &set->extra, made);
            continue;
        }
        bool current = bp_str_is(record.field[3], "CURRENT") &&
                       (record.field[4].size == 0 || bp_str_is(record.field[4], "SUCCEEDED"));
        if (!current) {
            made.status = bp_put_text(on, record.field[3]);
            made.detail = bp_put_text(on, record.field[4]);
            add_instance(on, &set->not_current, made);
        }
    }
    for (size_t i = 0; i < bp_map_count(expected); i++) {
        const bp_map_entry *entry = bp_map_at(expected, i);
        const found *wanted = entry->value;
        const found *cells = bp_map_get(there, entry->key);
        bp_region_mask lacking = wanted->in & ~(cells == NULL ? 0 : cells->in);
        if (lacking != 0 && !wanted->may_lack) {
            add_instance(on, &set->without,
                         (bp_stack_instance){.account = entry->key, .in = lacking});
        }
    }
}

static void
put_stack_set(bp_putting *on, bp_str name)
{
    bp_record record;
    bp_org_stack_set *set = bp_vec_add(on->arena, &on->org->stack_sets);
    *set = (bp_org_stack_set){.name = name};
    bp_unit *details = about(on, BP_DUMP_STACK_SET, name);
    bp_unit *instances = about(on, BP_DUMP_INSTANCES, name);
    for (bp_str rest = bp_put_content(on, on->scratch, details);
         bp_record_next(on->scratch, &rest, &record);) {
        take_detail(on, set, &record);
    }
    if (instances != NULL && instances->complete) {
        put_instances(on, set, instances);
        return;
    }
    const bp_organization *start = on->survey->start;
    for (size_t i = 0; start != NULL && i < start->stack_sets.count; i++) {
        const bp_org_stack_set *before = &start->stack_sets.at[i];
        if (bp_str_equal(before->name, name)) {
            set->instances_known = before->instances_known;
            set->not_current = before->not_current;
            set->without = before->without;
            set->extra = before->extra;
        }
    }
}

void
bp_put_stack_sets(bp_putting *on)
{
    bp_survey *survey = on->survey;
    bp_organization *org = on->org;
    bp_map *known = bp_map_new(on->arena);
    bool complete = false;
    bp_record record;
    for (size_t i = 0; i < survey->unit_count; i++) {
        bp_unit *unit = bp_unit_at(survey, i);
        if (unit->kind == BP_DUMP_STACK_SETS) {
            complete = complete || (unit->complete && unit->sub == 0);
            for (bp_str rest = bp_put_content(on, on->scratch, unit);
                 bp_record_next(on->scratch, &rest, &record);) {
                bp_map_set(known, bp_put_text(on, record.field[0]), on);
            }
        } else if (unit->kind == BP_DUMP_STACK_SET || unit->kind == BP_DUMP_INSTANCES) {
            bp_map_set(known, bp_text_of(survey, unit->sub), on);
        }
    }
    for (size_t i = 0; i < bp_map_count(known); i++) {
        put_stack_set(on, bp_map_at(known, i)->key);
    }
    org->stack_sets_complete = complete;
    org->stack_sets_partial = !complete && org->stack_sets.count > 0;
}
