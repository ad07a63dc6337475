/*
 * An inventory as units: what it says stays where no dump answers. Every unit has the age of the
 * file, which is that of its oldest fact; an answer of a dump that is not older takes its place.
 */
#include "compiler/inventory/survey_parts.h"

typedef BP_VEC(bp_str) record_list;

typedef struct starting {
    bp_survey *survey;
    const bp_organization *org;
    bp_arena *scratch;
    record_list records;
} starting;

static void
add(starting *on, const bp_str *fields, size_t count)
{
    bp_buf buf = {.arena = on->scratch};
    for (size_t i = 0; i < count; i++) {
        bp_record_field(&buf, fields[i]);
    }
    *bp_vec_add(on->scratch, &on->records) = bp_buf_text(&buf);
}

static void
enter(starting *on, bp_dump_kind kind, bp_str account, int region, bp_str sub, bool complete)
{
    bp_survey *survey = on->survey;
    bp_unit *unit = bp_unit_make(
        survey, (bp_unit_key){.kind = kind, .account = account, .region = region, .sub = sub});
    bp_str text = bp_records_join(on->scratch, on->records.at, on->records.count);
    uint32_t content = bp_text_number(survey, text);
    on->records = (record_list){0};
    bp_arena_reset(on->scratch);
    if (unit->complete && !unit->from_org) {
        bp_unit_more(survey, unit)->into = content; /* a dump was read before */
        return;
    }
    if (content != 0) {
        bp_unit_more(survey, unit)->into = content;
    }
    if (complete) {
        unit->content = content;
        unit->when = bp_answer_number(survey, survey->start_time, 0) & BP_WHEN_MASK;
        unit->complete = true;
        unit->from_org = true;
    } else if (text.size > 0) {
        bp_piece piece = {.taken = survey->start_time, .content = content};
        bp_piece_add(survey, unit, &piece);
    }
}

#define NONE BP_STR("")

/* ---- the organization and its tree */

static void
start_identity(starting *on)
{
    static const char *const features[] = {"", "ALL", "CONSOLIDATED_BILLING"};
    static const char *const types[] = {"unknown", "enabled", "pending-enable", "pending-disable",
                                        "disabled"};
    const bp_organization *org = on->org;
    const bp_ou *root = &org->ous.at[0];
    add(on,
        (bp_str[]){org->id, org->management_id, bp_str_of(features[org->features]), org->partition},
        4);
    enter(on, BP_DUMP_ORGANIZATION, NONE, -1, NONE, true);
    add(on, (bp_str[]){root->id, root->name, bp_str_of(types[org->policy_type])}, 3);
    enter(on, BP_DUMP_ROOTS, NONE, -1, NONE, true);
    for (size_t i = 0; i < org->trusted.count; i++) {
        add(on, &org->trusted.at[i], 1);
    }
    if (org->trusted_known) {
        enter(on, BP_DUMP_TRUSTED, NONE, -1, NONE, true);
    }
    for (size_t i = 0; i < org->administrators.count; i++) {
        add(on, &org->administrators.at[i], 1);
    }
    if (org->administrators_known) {
        enter(on, BP_DUMP_DELEGATED, NONE, -1, NONE, true);
    }
    if (org->cross_account_backup != BP_UNKNOWN) {
        bool on_now = org->cross_account_backup == BP_PRESENT;
        add(on,
            (bp_str[]){BP_STR("isCrossAccountBackupEnabled"),
                       on_now ? BP_STR("enabled") : BP_STR("disabled")},
            2);
        enter(on, BP_DUMP_GLOBAL, org->management_id, -1, NONE, true);
    }
}

static void
start_tags(starting *on, bp_str target, const bp_tag_set *tags)
{
    for (size_t i = 0; tags != NULL && i < tags->tags.count; i++) {
        add(on, (bp_str[]){tags->tags.at[i].key, tags->tags.at[i].value}, 2);
    }
    if (tags != NULL) {
        enter(on, BP_DUMP_TAGS, NONE, -1, target, true);
    }
}

static void
start_tree(starting *on)
{
    const bp_organization *org = on->org;
    for (size_t i = 0; i < org->ous.count; i++) {
        const bp_ou *ou = &org->ous.at[i];
        for (size_t child = i + 1; child < ou->end_ou; child++) {
            if (org->ous.at[child].parent == i) {
                add(on, (bp_str[]){org->ous.at[child].id, org->ous.at[child].name}, 2);
            }
        }
        if (ou->ous_known || on->records.count > 0) {
            enter(on, BP_DUMP_OUS, NONE, -1, ou->id, ou->ous_known);
        }
        for (size_t a = ou->first_account; a < ou->end_account; a++) {
            const bp_account *account = &org->accounts.at[a];
            if (account->ou == i) {
                bp_str state = bp_str_of(bp_account_state_name(account->state));
                add(on, (bp_str[]){account->id, account->name, state, NONE}, 4);
            }
        }
        if (ou->accounts_known || on->records.count > 0) {
            enter(on, BP_DUMP_CHILDREN, NONE, -1, ou->id, ou->accounts_known);
        }
        start_tags(on, ou->id, ou->tags);
    }
}

/* ---- accounts */

static bp_str
number_text(starting *on, int64_t number)
{
    return number < 0 ? NONE : bp_str_format(on->scratch, "%lld", (long long)number);
}

static bp_str
copies_text(starting *on, const bp_org_vault *vault)
{
    static const char *const words[] = {"", "none", "", "", "other"};
    bp_buf ids = {.arena = on->scratch};
    if (vault->copy_from == BP_COPY_FROM_ORGANIZATION) {
        return bp_str_format(on->scratch, "organization %.*s", BP_ARG(on->org->id));
    }
    for (size_t i = 0; i < vault->copy_from_ids.count; i++) {
        bp_buf_format(&ids, "%s%.*s", i == 0 ? "" : " ", BP_ARG(vault->copy_from_ids.at[i]));
    }
    return vault->copy_from == BP_COPY_FROM_LISTED ? bp_buf_text(&ids)
                                                   : bp_str_of(words[vault->copy_from]);
}

static void
add_vault(starting *on, const bp_org_vault *vault)
{
    static const char *const kinds[] = {"standard", "air-gapped", "restore-access"};
    static const char *const keys[] = {"", "customer", "aws-backup", "aws-service", "aws-owned"};
    static const char *const locks[] = {"", "none", "governance", "compliance"};
    add(on,
        (bp_str[]){vault->name, bp_str_of(kinds[vault->kind]), bp_str_of(keys[vault->key]),
                   bp_str_of(locks[vault->lock]), number_text(on, vault->lock_min),
                   number_text(on, vault->lock_max), vault->creating ? BP_STR("creating") : NONE,
                   copies_text(on, vault)},
        8);
}

static void
start_vaults(starting *on, const bp_account *account)
{
    const bp_vault_set *set = account->vaults;
    size_t regions = 0;
    bp_regions(on->survey->options.facts, &regions);
    for (size_t region = 0; set != NULL && region < regions; region++) {
        bool seen = (set->seen & BP_REGION_BIT(region)) != 0;
        for (size_t i = 0; i < set->vaults.count; i++) {
            if ((set->vaults.at[i].in & BP_REGION_BIT(region)) != 0) {
                add_vault(on, &set->vaults.at[i]);
            }
        }
        if (seen || on->records.count > 0) {
            enter(on, BP_DUMP_VAULTS, account->id, (int)region, NONE, seen);
        }
    }
}

static void
start_roles(starting *on, const bp_account *account)
{
    static const char *const trusts[] = {"unknown", "other", "backup"};
    const bp_role_set *set = account->roles;
    if (set == NULL) {
        return;
    }
    for (size_t i = 0; i < set->roles.count; i++) {
        const bp_org_role *role = &set->roles.at[i];
        for (size_t p = 0; p < role->policies.count; p++) {
            add(on, &role->policies.at[p], 1);
        }
        if (role->policies_known) {
            enter(on, BP_DUMP_ROLE_POLICIES, account->id, -1, role->name, true);
        }
    }
    for (size_t i = 0; i < set->roles.count; i++) {
        const bp_org_role *role = &set->roles.at[i];
        bp_str whole =
            bp_str_format(on->scratch, "%.*s%.*s", BP_ARG(role->path), BP_ARG(role->name));
        add(on, (bp_str[]){whole, role->name, role->path, bp_str_of(trusts[role->trusts_backup])},
            4);
    }
    enter(on, BP_DUMP_ROLES, account->id, -1, NONE, set->complete);
}

static void
add_types(starting *on, const char *letter, const bp_str *types, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        bp_str key = bp_str_format(on->scratch, "%s:%.*s", letter, BP_ARG(types[i]));
        add(on, (bp_str[]){key, bp_str_of(word)}, 2);
    }
}

static void
start_settings(starting *on, const bp_account *account)
{
    const bp_region_settings *set = account->region_settings;
    size_t regions = 0;
    bp_regions(on->survey->options.facts, &regions);
    for (size_t region = 0; set != NULL && region < regions; region++) {
        bool some = false;
        for (size_t i = 0; i < set->rows.count; i++) {
            const bp_region_setting *row = &set->rows.at[i];
            if ((row->in & BP_REGION_BIT(region)) != 0) {
                some = true;
                add_types(on, "o", row->opted_in.at, row->opted_in.count, "yes");
                add_types(on, "o", row->opted_out.at, row->opted_out.count, "no");
                add_types(on, "m", row->managed.at, row->managed.count, "yes");
                add_types(on, "m", row->unmanaged.at, row->unmanaged.count, "no");
            }
        }
        if (some) {
            enter(on, BP_DUMP_SETTINGS, account->id, (int)region, NONE, true);
        }
    }
}

static void
start_regions(starting *on, const bp_account *account)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(on->survey->options.facts, &count);
    for (size_t i = 0; i < count && account->regions_known; i++) {
        if ((account->regions & BP_REGION_BIT(i)) != 0) {
            add(on, (bp_str[]){bp_str_of(regions[i].code), BP_STR("ENABLED")}, 2);
        }
    }
    if (account->regions_known) {
        enter(on, BP_DUMP_REGIONS, account->id, -1, NONE, true);
    }
}

static void
add_resource(starting *on, const bp_resource_row *row)
{
    bp_buf types = {.arena = on->scratch};
    record_list pairs = {0};
    for (size_t i = 0; i < row->types.count; i++) {
        bp_buf_format(&types, "%s%s", i == 0 ? "" : " ", row->types.at[i]->id);
    }
    for (size_t i = 0; i < row->tags.count; i++) {
        bp_buf pair = {.arena = on->scratch};
        bp_record_field(&pair, row->tag_keys.at[i]);
        bp_record_field(&pair, row->tags.at[i].text);
        *bp_vec_add(on->scratch, &pairs) = bp_buf_text(&pair);
    }
    bp_str tags = pairs.count == 0 ? NONE : bp_records_join(on->scratch, pairs.at, pairs.count);
    bp_buf key = {.arena = on->scratch};
    bp_record_field(&key, bp_buf_text(&types));
    bp_record_field(&key, tags);
    add(on, (bp_str[]){bp_buf_text(&key), bp_buf_text(&types), tags, number_text(on, row->count)},
        4);
}

static void
start_resources(starting *on, const bp_account *account)
{
    const bp_resource_set *set = account->resources;
    size_t regions = 0;
    bp_regions(on->survey->options.facts, &regions);
    for (size_t region = 0; set != NULL && region < regions; region++) {
        bool seen = (set->seen & BP_REGION_BIT(region)) != 0;
        for (size_t i = 0; i < set->rows.count; i++) {
            if ((set->rows.at[i].in & BP_REGION_BIT(region)) != 0) {
                add_resource(on, &set->rows.at[i]);
            }
        }
        if (seen || on->records.count > 0) {
            enter(on, BP_DUMP_RESOURCES, account->id, (int)region, NONE, seen);
        }
    }
}

/* ---- what is deployed */

static void
start_policies(starting *on)
{
    const bp_organization *org = on->org;
    for (size_t i = 0; i < org->policies.count; i++) {
        add(on, (bp_str[]){org->policies.at[i].id, org->policies.at[i].name}, 2);
    }
    if (org->policies_complete || on->records.count > 0) {
        enter(on, BP_DUMP_POLICIES, NONE, -1, NONE, org->policies_complete);
    }
    for (size_t i = 0; i < org->policies.count; i++) {
        const bp_org_policy *policy = &org->policies.at[i];
        start_tags(on, policy->id, policy->tags);
        if (policy->file.size > 0) {
            add(on,
                (bp_str[]){policy->id, policy->name, policy->file, BP_STR("file"),
                           number_text(on, policy->chars), policy->sha256},
                6);
            enter(on, BP_DUMP_POLICY, NONE, -1, policy->id, true);
        }
        for (size_t a = 0; a < org->attachments.count; a++) {
            if (bp_str_equal(org->attachments.at[a].policy, policy->id)) {
                add(on, &org->attachments.at[a].target, 1);
            }
        }
        if (org->policies_complete || on->records.count > 0) {
            enter(on, BP_DUMP_TARGETS, NONE, -1, policy->id, org->policies_complete);
        }
    }
}

static void
add_lines(starting *on, const char *letter, const bp_str *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bp_str key = bp_str_format(on->scratch, "%s %.*s", letter, BP_ARG(texts[i]));
        add(on, (bp_str[]){key, texts[i]}, 2);
    }
}

static void
start_stack_set(starting *on, const bp_org_stack_set *set)
{
    static const char *const permissions[] = {"unknown", "service-managed", "self-managed"};
    static const char *const answers[] = {"", "no", "yes"};
    size_t count = 0;
    const bp_region *regions = bp_regions(on->survey->options.facts, &count);
    add(on, (bp_str[]){BP_STR("permission"), bp_str_of(permissions[set->permission])}, 2);
    if (set->auto_deploy != BP_UNKNOWN) {
        add(on, (bp_str[]){BP_STR("auto"), bp_str_of(answers[set->auto_deploy])}, 2);
    }
    if (set->retain != BP_UNKNOWN) {
        add(on, (bp_str[]){BP_STR("retain"), bp_str_of(answers[set->retain])}, 2);
    }
    if (set->delegated) {
        add(on, &BP_STR("delegated"), 1);
    }
    add_lines(on, "t", set->targets.at, set->targets.count);
    for (size_t i = 0; i < count; i++) {
        bp_str code = bp_str_of(regions[i].code);
        if ((set->regions & BP_REGION_BIT(i)) != 0) {
            add_lines(on, "r", &code, 1);
        }
    }
    for (size_t i = 0; i < set->parameters.count; i++) {
        bp_str name = set->parameters.at[i].key;
        bp_str key = bp_str_format(on->scratch, "p %.*s", BP_ARG(name));
        add(on, (bp_str[]){key, name, set->parameters.at[i].value}, 3);
    }
    if (set->makes_known) {
        add(on, &BP_STR("makes"), 1);
    }
    add_lines(on, "mv", set->vaults.at, set->vaults.count);
    add_lines(on, "mr", set->roles.at, set->roles.count);
    enter(on, BP_DUMP_STACK_SET, NONE, -1, set->name, true);
}

static void
start_stack_sets(starting *on)
{
    const bp_organization *org = on->org;
    for (size_t i = 0; i < org->stack_sets.count; i++) {
        add(on, &org->stack_sets.at[i].name, 1);
    }
    if (org->stack_sets_complete || on->records.count > 0) {
        enter(on, BP_DUMP_STACK_SETS, NONE, -1, NONE, org->stack_sets_complete);
    }
    for (size_t i = 0; i < org->stack_sets.count; i++) {
        start_stack_set(on, &org->stack_sets.at[i]);
    }
}

/* Tells an inventory that is of another organization than the one before. */
static void
tell_other(bp_survey *survey, const bp_organization *org)
{
    const bp_organization *before = survey->start;
    if (before != NULL && !bp_str_equal(before->id, org->id)) {
        survey->broken = true;
        bp_survey_report(survey, "TOP014", "IMP035", BP_STR(""),
                         "organization \"%.*s\" in one inventory and \"%.*s\" in another; an "
                         "inventory is of one organization",
                         BP_ARG(before->id), BP_ARG(org->id));
    }
}

void
bp_survey_start_from(bp_survey *survey, const bp_organization *org)
{
    starting on = {.survey = survey, .org = org, .scratch = bp_arena_child(survey->arena)};
    tell_other(survey, org);
    survey->start = org;
    survey->start_time = org->captured_known ? org->captured : BP_NO_TIME;
    if (survey->options.watched_tag_count == 0) {
        survey->options.watched_tags = org->watched_tags.at;
        survey->options.watched_tag_count = org->watched_tags.count;
    }
    start_identity(&on);
    start_tree(&on);
    for (size_t i = 0; i < org->accounts.count; i++) {
        const bp_account *account = &org->accounts.at[i];
        start_vaults(&on, account);
        start_roles(&on, account);
        start_settings(&on, account);
        start_regions(&on, account);
        start_resources(&on, account);
        start_tags(&on, account->id, account->tags);
    }
    start_policies(&on);
    start_stack_sets(&on);
    bp_arena_release(survey->arena, on.scratch);
}
