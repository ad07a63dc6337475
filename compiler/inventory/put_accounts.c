/*
 * What accounts hold: roles, settings, Regions, resources, tags; vaults stand in put_vaults.c.
 * Equal values of two accounts are one object, found by the text of their units.
 */
#include "compiler/inventory/survey_parts.h"

static bp_unit *
of_account(bp_putting *on, bp_dump_kind kind, bp_str account, bp_str sub)
{
    return bp_unit_find(on->survey,
                        (bp_unit_key){.kind = kind, .account = account, .sub = sub, .region = -1});
}

const bp_tag_set *
bp_put_tags(bp_putting *on, bp_str target)
{
    bp_record record;
    bp_unit *unit =
        bp_unit_find(on->survey, (bp_unit_key){.kind = BP_DUMP_TAGS, .sub = target, .region = -1});
    if (unit == NULL || !unit->complete) {
        return NULL;
    }
    bp_str rest = bp_put_content(on, on->scratch, unit);
    bp_tag_set *set = bp_map_get(on->tag_sets, rest);
    if (set == NULL) {
        set = BP_NEW(on->arena, bp_tag_set);
        bp_map_set(on->tag_sets, bp_put_text(on, rest), set);
        while (bp_record_next(on->scratch, &rest, &record)) {
            *bp_vec_add(on->arena, &set->tags) = (bp_org_tag){
                .key = bp_put_text(on, record.field[0]), .value = bp_put_text(on, record.field[1])};
        }
    }
    return set;
}

/* ---- roles */

static void
add_role(bp_putting *on, bp_role_set *set, const bp_record *record, bp_str policies, bool known)
{
    bp_org_role *role = bp_vec_add(on->arena, &set->roles);
    bp_str trust = record->field[3];
    bp_record policy;
    role->name = bp_put_text(on, record->field[1]);
    role->path = bp_put_text(on, record->field[2]);
    role->trusts_backup = bp_str_is(trust, "backup")  ? BP_PRESENT
                          : bp_str_is(trust, "other") ? BP_ABSENT
                                                      : BP_UNKNOWN;
    role->policies_known = known;
    while (bp_record_next(on->scratch, &policies, &policy)) {
        *bp_vec_add(on->arena, &role->policies) = bp_put_text(on, policy.field[0]);
    }
}

static const bp_role_set *
put_roles(bp_putting *on, bp_str account)
{
    bp_record record;
    bp_unit *unit = of_account(on, BP_DUMP_ROLES, account, BP_STR(""));
    if (!bp_unit_says(on->survey, unit)) {
        return NULL;
    }
    bp_str content = bp_put_content(on, on->scratch, unit);
    bp_buf key = {.arena = on->scratch};
    bp_buf_add_c(&key, unit->complete ? "c" : "p");
    for (bp_str rest = content; bp_record_next(on->scratch, &rest, &record);) {
        bp_unit *policies = of_account(on, BP_DUMP_ROLE_POLICIES, account, record.field[1]);
        bool known = policies != NULL && policies->complete;
        for (size_t i = 0; i < record.count; i++) {
            bp_record_field(&key, record.field[i]);
        }
        bp_record_field(&key, known ? BP_STR("k") : BP_STR(""));
        bp_record_field(&key, bp_put_content(on, on->scratch, known ? policies : NULL));
    }
    bp_role_set *set = bp_map_get(on->role_sets, bp_buf_text(&key));
    if (set != NULL) {
        return set;
    }
    set = BP_NEW(on->arena, bp_role_set);
    set->complete = unit->complete;
    bp_map_set(on->role_sets, bp_str_copy(on->arena, bp_buf_text(&key)), set);
    for (bp_str rest = content; bp_record_next(on->scratch, &rest, &record);) {
        bp_unit *policies = of_account(on, BP_DUMP_ROLE_POLICIES, account, record.field[1]);
        bool known = policies != NULL && policies->complete;
        add_role(on, set, &record, bp_put_content(on, on->scratch, known ? policies : NULL), known);
    }
    return set;
}

/* ---- by Region */

typedef struct part {
    bp_str content;
    bp_region_mask in;
} part;

typedef BP_VEC(part) parts;

/* The answers of a kind about an account, Regions of equal ones together, and a text of them all.
 * *seen: Regions of complete answers. */
static parts
parts_of(bp_putting *on, bp_dump_kind kind, bp_str account, bp_region_mask *seen, bp_buf *key)
{
    parts all = {0};
    bp_line *line = bp_line_find(on->survey, kind, account, BP_STR(""));
    int region = BP_BEFORE_REGIONS;
    *seen = 0;
    for (const bp_unit *unit = bp_line_next(on->survey, line, &region); unit != NULL;
         unit = bp_line_next(on->survey, line, &region)) {
        if (region == BP_NO_REGION || !bp_unit_says(on->survey, unit)) {
            continue;
        }
        *seen |= unit->complete ? BP_REGION_BIT(region) : 0;
        bp_str content = bp_put_content(on, on->scratch, unit);
        bp_buf_format(key, "%d%s", region, unit->complete ? "c" : "p");
        bp_record_field(key, content);
        size_t i = 0;
        while (i < all.count && !bp_str_equal(all.at[i].content, content)) {
            i++;
        }
        if (i == all.count) {
            *bp_vec_add(on->scratch, &all) = (part){content, 0};
        }
        all.at[i].in |= BP_REGION_BIT(region);
    }
    return all;
}

static const bp_region_settings *
put_region_settings(bp_putting *on, bp_str account)
{
    bp_region_mask seen = 0;
    bp_buf key = {.arena = on->scratch};
    parts all = parts_of(on, BP_DUMP_SETTINGS, account, &seen, &key);
    if (all.count == 0) {
        return NULL;
    }
    bp_region_settings *set = bp_map_get(on->setting_sets, bp_buf_text(&key));
    on->org->regions |= seen;
    if (set != NULL) {
        return set;
    }
    set = BP_NEW(on->arena, bp_region_settings);
    bp_map_set(on->setting_sets, bp_str_copy(on->arena, bp_buf_text(&key)), set);
    for (size_t i = 0; i < all.count; i++) {
        bp_region_setting *row = bp_vec_add(on->arena, &set->rows);
        bp_record record;
        row->in = all.at[i].in;
        for (bp_str rest = all.at[i].content; bp_record_next(on->scratch, &rest, &record);) {
            bp_str type = bp_put_text(on, bp_str_cut(record.field[0], 2, record.field[0].size));
            bool yes = bp_str_is(record.field[1], "yes");
            if (record.field[0].at[0] == 'o' && yes) {
                *bp_vec_add(on->arena, &row->opted_in) = type;
            } else if (record.field[0].at[0] == 'o') {
                *bp_vec_add(on->arena, &row->opted_out) = type;
            } else if (yes) {
                *bp_vec_add(on->arena, &row->managed) = type;
            } else {
                *bp_vec_add(on->arena, &row->unmanaged) = type;
            }
        }
    }
    return set;
}

/* ---- resources */

static void
add_types(bp_putting *on, bp_resource_row *row, bp_str ids)
{
    while (ids.size > 0) {
        size_t end = bp_str_find(ids, ' ');
        const bp_type *type = bp_type_find(on->survey->options.facts, bp_str_cut(ids, 0, end));
        if (type != NULL) {
            *bp_vec_add(on->arena, &row->types) = type;
        }
        ids = bp_str_cut(ids, end + 1, ids.size);
    }
}

/* One row, of a record with a key, types, tags and a count; equal ones of two Regions are one. */
static void
add_resource(bp_putting *on, bp_resource_set *set, bp_map *rows, const bp_record *record,
             bp_region_mask in)
{
    bp_str whole = bp_str_format(on->scratch, "%.*s%c%.*s", BP_ARG(record->field[0]), BP_RECORD_END,
                                 BP_ARG(record->field[3]));
    bp_number *index = bp_map_get(rows, whole);
    int64_t count = -1;
    bp_record pair;
    if (index != NULL) {
        set->rows.at[index->number].in |= in;
        return;
    }
    index = BP_NEW(on->scratch, bp_number);
    index->number = (uint32_t)set->rows.count;
    bp_map_set(rows, whole, index);
    bp_resource_row *row = bp_vec_add(on->arena, &set->rows);
    row->in = in;
    row->count = bp_str_number(record->field[3], &count) ? count : -1;
    add_types(on, row, record->field[1]);
    for (bp_str rest = record->field[2]; bp_record_next(on->scratch, &rest, &pair);) {
        *bp_vec_add(on->arena, &row->tag_keys) = bp_put_text(on, pair.field[0]);
        *bp_vec_add(on->arena, &row->tags) = (bp_label){.text = bp_put_text(on, pair.field[1])};
    }
}

/* What was backed up once is there, where resources were not looked up. */
static void
add_protected(bp_putting *on, bp_resource_set *set, bp_map *rows, const parts *protected,
              bp_region_mask seen)
{
    for (size_t i = 0; i < protected->count; i++) {
        bp_record record;
        bp_region_mask in = protected->at[i].in & ~seen;
        for (bp_str rest = protected->at[i].content;
             in != 0 && bp_record_next(on->scratch, &rest, &record);) {
            bp_record row = {.count = 4};
            row.field[0] = record.field[0];
            row.field[1] = record.field[0];
            add_resource(on, set, rows, &row, in);
        }
    }
}

static const bp_resource_set *
put_resources(bp_putting *on, bp_str account)
{
    bp_region_mask seen = 0;
    bp_region_mask once = 0;
    bp_buf key = {.arena = on->scratch};
    parts all = parts_of(on, BP_DUMP_RESOURCES, account, &seen, &key);
    bp_buf_add_char(&key, BP_RECORD_END);
    parts protected = parts_of(on, BP_DUMP_PROTECTED, account, &once, &key);
    if (all.count + protected.count == 0) {
        return NULL;
    }
    on->org->regions |= seen;
    bp_resource_set *set = bp_map_get(on->resource_sets, bp_buf_text(&key));
    if (set != NULL) {
        return set;
    }
    set = BP_NEW(on->arena, bp_resource_set);
    set->seen = seen;
    bp_map_set(on->resource_sets, bp_str_copy(on->arena, bp_buf_text(&key)), set);
    bp_map *rows = bp_map_new(on->scratch);
    for (size_t i = 0; i < all.count; i++) {
        bp_record record;
        for (bp_str rest = all.at[i].content; bp_record_next(on->scratch, &rest, &record);) {
            add_resource(on, set, rows, &record, all.at[i].in);
        }
    }
    add_protected(on, set, rows, &protected, seen);
    return set;
}

/* ---- Regions */

static bp_regions_put
regions_of(bp_putting *on, bp_str content)
{
    bp_record record;
    bp_region_mask opt_in = bp_regions_opt_in(on->survey->options.facts);
    bp_regions_put regions = {.content = content, .known = true};
    for (bp_str rest = content; bp_record_next(on->scratch, &rest, &record);) {
        bp_str status = record.field[1];
        int region = bp_region_index(on->survey->options.facts, record.field[0]);
        bool enabled = bp_str_is(status, "ENABLED");
        /* a Region that is on its way is neither enabled nor disabled, and a list denies what it
         * lacks */
        if (!enabled && !bp_str_is(status, "DISABLED") &&
            !bp_str_is(status, "ENABLED_BY_DEFAULT")) {
            regions.known = false;
        }
        if (region >= 0 && enabled) {
            regions.enabled |= BP_REGION_BIT(region) & opt_in;
        }
    }
    return regions;
}

static void
put_regions(bp_putting *on, bp_account *account)
{
    bp_unit *unit = of_account(on, BP_DUMP_REGIONS, account->id, BP_STR(""));
    bp_str content = bp_put_content(on, on->scratch, unit);
    if (unit == NULL || !unit->complete) {
        return;
    }
    if (content.at != on->last_regions.content.at) {
        on->last_regions = regions_of(on, content);
    }
    if (bp_unit_has(on->survey, unit)->pieces != NULL) {
        on->last_regions.content = BP_STR(""); /* put together for this account alone */
    }
    account->regions_known = on->last_regions.known;
    account->regions = on->last_regions.known ? on->last_regions.enabled : 0;
}

void
bp_put_accounts(bp_putting *on)
{
    bp_organization *org = on->org;
    for (size_t i = 0; i < org->accounts.count; i++) {
        bp_account *account = &org->accounts.at[i];
        bp_arena_reset(on->scratch);
        on->expects = account->state == BP_STATE_ACTIVE;
        account->vaults = bp_put_vaults(on, account->id);
        account->roles = put_roles(on, account->id);
        account->region_settings = put_region_settings(on, account->id);
        account->resources = put_resources(on, account->id);
        account->tags = bp_put_tags(on, account->id);
        put_regions(on, account);
    }
    org->regions_known = org->regions != 0;
}
