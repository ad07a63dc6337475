/*
 * Which distinct values the organization has, and what they are called: a letter and as many digits
 * of the SHA-256 of the value as tell it from the others of its kind, or the name that an earlier
 * file gave to an equal value. Equal values are one, wherever they stand in memory.
 */
#include "compiler/organization/write_parts.h"
#include "lib/sha256.h"

#include <stdlib.h>
#include <string.h>

static const char letters[BP_SET_KINDS] = {
    [BP_SET_REGIONS] = 'g',         [BP_SET_TAGS] = 't',
    [BP_SET_VAULTS] = 'v',          [BP_SET_ROLES] = 'r',
    [BP_SET_REGION_SETTINGS] = 's', [BP_SET_RESOURCES] = 'x',
    [BP_SET_PROFILES] = 'p',
};

/* Where a pointer leads. */
typedef struct pointer_note {
    const void *pointer;
    const bp_org_value *value; /* NULL: it says nothing */
} pointer_note;

static bp_org_value *
value_of_hash(bp_org_writer *writer, bp_set_kind kind, bp_str hash, const void *at)
{
    bp_org_values *values = &writer->values[kind];
    bp_org_value *value = bp_map_get(values->by_hash, hash);
    if (value == NULL) {
        value = BP_NEW(writer->arena, bp_org_value);
        value->at = at;
        value->hash = hash;
        bp_map_set(values->by_hash, hash, value);
        *bp_vec_add(writer->arena, &values->list) = value;
    }
    return value;
}

const bp_org_value *
bp_org_intern(bp_org_writer *writer, bp_set_kind kind, const void *value)
{
    if (value == NULL) {
        return NULL;
    }
    bp_org_values *values = &writer->values[kind];
    const pointer_note *known =
        bp_map_get(values->by_pointer, (bp_str){(const char *)&value, sizeof(const void *)});
    if (known != NULL) {
        return known->value;
    }
    pointer_note *note = BP_NEW(writer->arena, pointer_note);
    note->pointer = value;
    writer->scratch.size = 0;
    if (bp_org_is_none(writer, kind, value)) {
        note->value = &bp_org_none;
    } else if (bp_org_put_value(writer, &writer->scratch, kind, value)) {
        bp_str hash = bp_sha256_hex(writer->arena, bp_buf_text(&writer->scratch));
        note->value = value_of_hash(writer, kind, hash, value);
    }
    bp_map_set(values->by_pointer, (bp_str){(const char *)&note->pointer, sizeof(const void *)},
               note);
    return note->value;
}

bp_str
bp_org_regions_name(bp_org_writer *writer, bp_region_mask mask)
{
    bp_org_values *values = &writer->values[BP_SET_REGIONS];
    bp_org_value *value =
        bp_map_get(values->by_pointer, (bp_str){(const char *)&mask, sizeof mask});
    if (value == NULL && writer->pass == BP_PASS_NOTE) {
        bp_region_mask *place = BP_NEW(writer->arena, bp_region_mask);
        *place = mask;
        value = BP_NEW(writer->arena, bp_org_value);
        value->at = place;
        bp_map_set(values->by_pointer, (bp_str){(const char *)place, sizeof *place}, value);
        *bp_vec_add(writer->arena, &values->list) = value;
    }
    return value == NULL ? (bp_str){NULL, 0} : value->name;
}

static void
note_account(bp_org_writer *writer, const bp_account *account, bp_org_line *line)
{
    bp_org_combination holds = {
        .vaults = bp_org_intern(writer, BP_SET_VAULTS, account->vaults),
        .roles = bp_org_intern(writer, BP_SET_ROLES, account->roles),
        .settings = bp_org_intern(writer, BP_SET_REGION_SETTINGS, account->region_settings),
        .regions = account->regions_known ? account->regions & writer->org->opt_in : 0,
        .regions_known = account->regions_known ? 1 : 0,
    };
    line->resources = bp_org_intern(writer, BP_SET_RESOURCES, account->resources);
    line->tags = bp_org_intern(writer, BP_SET_TAGS, account->tags);
    bp_str key = {(const char *)&holds, sizeof holds};
    bp_org_profile *profile = bp_map_get(writer->profiles, key);
    if (profile == NULL) {
        profile = BP_NEW(writer->arena, bp_org_profile);
        profile->holds = holds;
        bp_map_set(writer->profiles, (bp_str){(const char *)&profile->holds, sizeof holds},
                   profile);
        writer->scratch.size = 0;
        bp_org_put_regions(writer, &writer->scratch, holds.regions); /* to be noted */
    }
    profile->accounts++;
    line->profile = profile;
}

void
bp_org_note_holders(bp_org_writer *writer)
{
    const bp_organization *org = writer->org;
    writer->lines = bp_arena_array(writer->arena, org->accounts.count + 1, sizeof *writer->lines);
    for (size_t i = 0; i < org->accounts.count; i++) {
        note_account(writer, &org->accounts.at[i], &writer->lines[i]);
    }
    for (size_t i = 0; i < org->ous.count; i++) {
        bp_org_intern(writer, BP_SET_TAGS, org->ous.at[i].tags);
    }
    for (size_t i = 0; i < org->policies.count; i++) {
        bp_org_intern(writer, BP_SET_TAGS, org->policies.at[i].tags);
    }
}

void
bp_org_put_name(bp_buf *out, const bp_org_value *value)
{
    if (value == &bp_org_none) {
        bp_buf_add_c(out, "none");
    } else {
        bp_org_put_text(out, value->name);
    }
}

static void
put_part(bp_buf *out, const char *key, const bp_org_value *value, bool *after)
{
    if (value != NULL) {
        bp_buf_format(out, "%s%s: ", *after ? ", " : "", key);
        bp_org_put_name(out, value);
        *after = true;
    }
}

bool
bp_org_put_combination(bp_org_writer *writer, bp_buf *out, const bp_org_combination *holds,
                       bool after)
{
    put_part(out, "vaults", holds->vaults, &after);
    put_part(out, "roles", holds->roles, &after);
    put_part(out, "region_settings", holds->settings, &after);
    if (holds->regions_known != 0) {
        bp_buf_add_c(out, after ? ", regions: " : "regions: ");
        bp_org_put_regions(writer, out, holds->regions);
        after = true;
    }
    return after;
}

static int
by_hash(const void *a, const void *b)
{
    return bp_str_compare((*(const bp_org_value *const *)a)->hash,
                          (*(const bp_org_value *const *)b)->hash);
}

static int
by_name(const void *a, const void *b)
{
    return bp_str_compare((*(const bp_org_value *const *)a)->name,
                          (*(const bp_org_value *const *)b)->name);
}

static size_t
common(bp_str a, bp_str b)
{
    size_t i = 0;
    while (i < a.size && i < b.size && a.at[i] == b.at[i]) {
        i++;
    }
    return i;
}

/* Names from the hashes. Names that are kept stand already, and no other may be the same. */
static void
name_kind(bp_org_writer *writer, bp_set_kind kind)
{
    enum { LEAST = 4, MOST = 31 };
    bp_org_value **at = writer->values[kind].list.at;
    size_t count = writer->values[kind].list.count;
    bp_map *taken = bp_map_new(writer->arena);
    for (size_t i = 0; i < count; i++) {
        if (at[i]->name.size > 0) {
            bp_map_set(taken, at[i]->name, at[i]);
        }
    }
    if (count > 1) {
        qsort(at, count, sizeof(bp_org_value *), by_hash);
    }
    for (size_t i = 0; i < count; i++) {
        size_t before = i > 0 ? common(at[i - 1]->hash, at[i]->hash) + 1 : 0;
        size_t after = i + 1 < count ? common(at[i]->hash, at[i + 1]->hash) + 1 : 0;
        size_t digits = before > after ? before : after;
        digits = digits < LEAST ? LEAST : digits > MOST ? MOST : digits;
        while (at[i]->name.size == 0) {
            bp_str name =
                bp_str_format(writer->arena, "%c%.*s", letters[kind], (int)digits, at[i]->hash.at);
            bool unused = bp_map_get(taken, name) == NULL;
            at[i]->name = unused || digits == MOST ? name : at[i]->name;
            digits++;
        }
    }
    if (count > 1) {
        qsort(at, count, sizeof(bp_org_value *), by_name);
    }
}

static bool
take_name(bp_org_value *value, bp_str name)
{
    bool better = value != NULL && value != &bp_org_none &&
                  (value->name.size == 0 || bp_str_compare(name, value->name) < 0);
    if (better) {
        value->name = name;
    }
    return better;
}

/* The value of this organization that equals one of the file whose names are kept; NULL if none. */
static bp_org_value *
equal_value(bp_org_writer *writer, bp_set_kind kind, const void *value)
{
    if (value == NULL || bp_org_is_none(writer, kind, value)) {
        return NULL;
    }
    writer->scratch.size = 0;
    if (!bp_org_put_value(writer, &writer->scratch, kind, value)) {
        return NULL;
    }
    return bp_map_get(writer->values[kind].by_hash,
                      bp_sha256_hex(writer->arena, bp_buf_text(&writer->scratch)));
}

static void
keep_names(bp_org_writer *writer)
{
    for (size_t i = 0; writer->keep != NULL && i < writer->keep->named.count; i++) {
        const bp_org_named *named = &writer->keep->named.at[i];
        bp_org_value *value = NULL;
        if (named->kind == BP_SET_REGIONS) {
            value = bp_map_get(writer->values[BP_SET_REGIONS].by_pointer,
                               (bp_str){named->value, sizeof(bp_region_mask)});
        } else if (named->kind != BP_SET_PROFILES) {
            value = equal_value(writer, named->kind, named->value);
        }
        take_name(value, named->name);
    }
}

/* A profile of the other file in the values of this one. False: no such combination can be here. */
static bool
combination_of(bp_org_writer *writer, const bp_org_holdings *held, bp_org_combination *holds)
{
    static const bp_set_kind kinds[] = {BP_SET_VAULTS, BP_SET_ROLES, BP_SET_REGION_SETTINGS};
    const bp_org_value *values[3] = {NULL, NULL, NULL};
    if (held->values[BP_SET_RESOURCES] != NULL || held->values[BP_SET_TAGS] != NULL) {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        const void *value = held->values[kinds[i]];
        if (value != NULL) {
            bool none = bp_org_is_none(writer, kinds[i], value);
            values[i] = none ? &bp_org_none : equal_value(writer, kinds[i], value);
        }
        if (value != NULL && values[i] == NULL) {
            return false;
        }
    }
    const bp_region_mask *regions = held->values[BP_SET_REGIONS];
    *holds = (bp_org_combination){
        .vaults = values[0],
        .roles = values[1],
        .settings = values[2],
        .regions = regions == NULL ? 0 : *regions & writer->org->opt_in,
        .regions_known = regions == NULL ? 0 : 1,
    };
    return true;
}

static void
keep_profile_names(bp_org_writer *writer)
{
    for (size_t i = 0; writer->keep != NULL && i < writer->keep->named.count; i++) {
        const bp_org_named *named = &writer->keep->named.at[i];
        bp_org_combination holds;
        if (named->kind != BP_SET_PROFILES || !combination_of(writer, named->value, &holds)) {
            continue;
        }
        bp_org_profile *profile =
            bp_map_get(writer->profiles, (bp_str){(const char *)&holds, sizeof holds});
        if (profile != NULL) {
            take_name(&profile->value, named->name);
        }
    }
}

/* Combinations of two or more accounts that say something. Their sets have names by now. */
static void
make_profiles(bp_org_writer *writer)
{
    for (size_t i = 0; i < bp_map_count(writer->profiles); i++) {
        bp_org_profile *profile = bp_map_at(writer->profiles, i)->value;
        writer->scratch.size = 0;
        bp_buf_add_char(&writer->scratch, '{');
        bool some = bp_org_put_combination(writer, &writer->scratch, &profile->holds, false);
        bp_buf_add_char(&writer->scratch, '}');
        if (some && profile->accounts > 1) {
            profile->value.at = profile;
            profile->value.hash = bp_sha256_hex(writer->arena, bp_buf_text(&writer->scratch));
            *bp_vec_add(writer->arena, &writer->values[BP_SET_PROFILES].list) = &profile->value;
        }
    }
}

void
bp_org_name_all(bp_org_writer *writer)
{
    bp_org_values *regions = &writer->values[BP_SET_REGIONS];
    writer->pass = BP_PASS_HASH;
    for (size_t i = 0; i < regions->list.count; i++) {
        writer->scratch.size = 0;
        bp_org_put_regions(writer, &writer->scratch,
                           *(const bp_region_mask *)regions->list.at[i]->at);
        regions->list.at[i]->hash = bp_sha256_hex(writer->arena, bp_buf_text(&writer->scratch));
    }
    keep_names(writer);
    for (bp_set_kind kind = BP_SET_REGIONS; kind < BP_SET_PROFILES; kind++) {
        name_kind(writer, kind);
    }
    keep_profile_names(writer);
    writer->pass = BP_PASS_NAME;
    make_profiles(writer);
    name_kind(writer, BP_SET_PROFILES);
}

static void
put_set(bp_org_writer *writer, bp_set_kind kind, const bp_org_value *value)
{
    bp_buf_add_c(writer->out, "    ");
    bp_org_put_text(writer->out, value->name);
    bp_buf_add_char(writer->out, ':');
    if (kind == BP_SET_PROFILES) {
        bp_buf_add_c(writer->out, " {");
        bp_org_put_combination(writer, writer->out, &((const bp_org_profile *)value->at)->holds,
                               false);
        bp_buf_add_char(writer->out, '}');
    } else if (kind == BP_SET_REGIONS) {
        bp_buf_add_char(writer->out, ' ');
        writer->pass = BP_PASS_HASH; /* as a list */
        bp_org_put_regions(writer, writer->out, *(const bp_region_mask *)value->at);
        writer->pass = BP_PASS_NAME;
    } else {
        bp_org_put_value(writer, writer->out, kind, value->at);
    }
    bp_buf_add_char(writer->out, '\n');
}

void
bp_org_put_sets(bp_org_writer *writer)
{
    static const struct {
        bp_set_kind kind;
        const char *key;
    } kinds[] = {
        {BP_SET_REGIONS, "regions"},     {BP_SET_VAULTS, "vaults"},
        {BP_SET_ROLES, "roles"},         {BP_SET_REGION_SETTINGS, "region_settings"},
        {BP_SET_RESOURCES, "resources"}, {BP_SET_TAGS, "tags"},
        {BP_SET_PROFILES, "profiles"},
    };
    bool begun = false;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const bp_org_values *values = &writer->values[kinds[k].kind];
        if (values->list.count == 0) {
            continue;
        }
        bp_buf_format(writer->out, "%s  %s:\n", begun ? "" : "sets:\n", kinds[k].key);
        begun = true;
        for (size_t i = 0; i < values->list.count; i++) {
            put_set(writer, kinds[k].kind, values->list.at[i]);
        }
    }
}
