/*
 * Named values: the section `sets`, references to it, and what an account or profile holds.
 *
 * A scalar is a name, a list or mapping is the value itself. Names are local to their kind. The
 * values of the kinds are read in org_vaults.c and org_rows.c.
 */
#include "compiler/organization/org_reader.h"

/* What a kind is called, how its value is read, and whether `none` is a value. */
typedef struct kind_row {
    const char *key;
    const char *one; /* "a vault set" */
    const void *(*read)(bp_org_reader *reader, bp_str name, bp_yaml_event first);
    bool none;
} kind_row;

static const void *
read_regions(bp_org_reader *reader, bp_str name, bp_yaml_event first)
{
    (void)name;
    bp_region_mask *mask = BP_NEW(reader->arena, bp_region_mask);
    bp_org_region_set(reader, first, mask);
    return mask;
}

static const void *read_profile(bp_org_reader *reader, bp_str name, bp_yaml_event first);

static const kind_row kinds[BP_SET_KINDS] = {
    [BP_SET_REGIONS] = {"regions", "a Region set", read_regions, true},
    [BP_SET_TAGS] = {"tags", "a tag set", bp_org_tags_value, true},
    [BP_SET_VAULTS] = {"vaults", "a vault set", bp_org_vaults_value, true},
    [BP_SET_ROLES] = {"roles", "a role set", bp_org_roles_value, true},
    [BP_SET_REGION_SETTINGS] = {"region_settings", "a set of Region settings",
                                bp_org_settings_value, false},
    [BP_SET_RESOURCES] = {"resources", "a resource set", bp_org_resources_value, true},
    [BP_SET_PROFILES] = {"profiles", "a profile", read_profile, false},
};

bp_org_set *
bp_org_find_set(bp_org_reader *reader, bp_set_kind kind, bp_yaml_event name)
{
    bp_org_set *set = bp_map_get(reader->sets[kind], name.text);
    if (set != NULL) {
        set->used = true;
        return set;
    }
    bp_suggester suggester = bp_suggest_start(name.text);
    for (size_t i = 0; i < bp_map_count(reader->sets[kind]); i++) {
        bp_suggest_offer(&suggester, bp_map_at(reader->sets[kind], i)->key);
    }
    bp_finding *finding =
        bp_report(reader->list, "SYN018", name.span, "no set \"%.*s\" of kind \"%s\" in \"sets\"",
                  BP_ARG(name.text), kinds[kind].key);
    bp_org_did_you_mean(reader, finding, &suggester);
    return NULL;
}

void
bp_org_hold(bp_org_reader *reader, bp_org_holdings *holdings, bp_set_kind kind, bp_yaml_event first)
{
    holdings->written |= 1U << kind;
    if (first.kind != BP_YAML_SCALAR) {
        holdings->values[kind] = kinds[kind].read(reader, (bp_str){NULL, 0}, first);
        return;
    }
    bp_str text = {NULL, 0};
    if (!bp_org_text(reader, first, kinds[kind].one, &text) || bp_str_is(text, "unknown")) {
        return;
    }
    if (kind == BP_SET_REGIONS && !bp_str_is(text, "none")) {
        holdings->values[kind] = read_regions(reader, (bp_str){NULL, 0}, first);
    } else if (bp_str_is(text, "none") && kinds[kind].none) {
        holdings->values[kind] = kind == BP_SET_REGIONS
                                     ? (const void *)BP_NEW(reader->arena, bp_region_mask)
                                     : kinds[kind].read(reader, (bp_str){NULL, 0}, first);
    } else {
        const bp_org_set *set = bp_org_find_set(reader, kind, first);
        holdings->values[kind] = set == NULL ? NULL : set->value;
    }
}

#define HOLD(name, kind)                                                                        \
    static void name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first) \
    {                                                                                           \
        (void)key;                                                                              \
        bp_org_hold(reader, into, kind, first);                                                 \
    }

HOLD(hold_regions, BP_SET_REGIONS)
HOLD(hold_tags, BP_SET_TAGS)
HOLD(hold_vaults, BP_SET_VAULTS)
HOLD(hold_roles, BP_SET_ROLES)
HOLD(hold_settings, BP_SET_REGION_SETTINGS)
HOLD(hold_resources, BP_SET_RESOURCES)

static const void *
read_profile(bp_org_reader *reader, bp_str name, bp_yaml_event first)
{
    (void)name;
    static const bp_org_key keys[] = {
        {"vaults", hold_vaults, false},
        {"roles", hold_roles, false},
        {"region_settings", hold_settings, false},
        {"regions", hold_regions, false},
        {"resources", hold_resources, false},
        {"tags", hold_tags, false},
    };
    static const bp_org_shape shape = BP_ORG_SHAPE("a profile", keys);
    bp_org_holdings *holdings = BP_NEW(reader->arena, bp_org_holdings);
    bp_org_map(reader, first, bp_org_place(reader, first), &shape, holdings);
    return holdings;
}

const bp_tag_set *
bp_org_tags_of(bp_org_reader *reader, bp_yaml_event first)
{
    bp_org_holdings holdings = {.written = 0};
    bp_org_hold(reader, &holdings, BP_SET_TAGS, first);
    return holdings.values[BP_SET_TAGS];
}

static bool
is_reserved(const bp_org_reader *reader, bp_str name)
{
    static const char *const words[] = {"none", "unknown", "all", "true", "false", "null",
                                        "yes",  "no",      "on",  "off",  "y",     "n"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (bp_str_is(name, words[i])) {
            return true;
        }
    }
    return bp_region_index(reader->org->facts, name) >= 0;
}

static void
check_name(bp_org_reader *reader, bp_yaml_event key)
{
    bp_str name = key.text;
    bool good = name.size >= 1 && name.size <= 32 && name.at[0] >= 'a' && name.at[0] <= 'z';
    for (size_t i = 0; good && i < name.size; i++) {
        char c = name.at[i];
        good = bp_is_digit(c) || c == '-' || (c >= 'a' && c <= 'z');
    }
    if (!good) {
        bp_report(
            reader->list, "SYN005", key.span,
            "\"%.*s\" cannot name a set; a name is a small letter and up to 31 small letters, "
            "digits or \"-\"",
            BP_ARG(name));
    } else if (is_reserved(reader, name)) {
        bp_report(
            reader->list, "SYN005", key.span,
            "\"%.*s\" cannot name a set; the word means something else where a name may stand",
            BP_ARG(name));
    }
}

/* The value of one set. A name in its place would be a set within a set, and there are none. */
static void
read_set(bp_org_reader *reader, bp_set_kind kind, bp_org_set *set, bp_yaml_event value)
{
    if (kind == BP_SET_REGIONS && value.kind == BP_YAML_SCALAR) {
        bp_region_mask *mask = BP_NEW(reader->arena, bp_region_mask);
        int index = 0;
        if (bp_org_region_code(reader, value, &index)) {
            *mask = BP_REGION_BIT(index);
        }
        set->value = mask;
    } else if (value.kind == BP_YAML_SCALAR) {
        bp_org_wrong_kind(reader, value, "the value of the set");
        set->value = kind == BP_SET_PROFILES ? BP_NEW(reader->arena, bp_org_holdings) : NULL;
    } else {
        set->value = kinds[kind].read(reader, set->name, value);
    }
}

/* Reads all sets of one kind. */
static void
read_kind(bp_org_reader *reader, bp_set_kind kind, bp_yaml_event first)
{
    if (first.kind != BP_YAML_MAP) {
        bp_org_wrong_kind(reader, first, "a mapping of names to values");
        return;
    }
    for (;;) {
        bp_yaml_event key = bp_org_next(reader);
        if (key.kind != BP_YAML_SCALAR) {
            return;
        }
        bool added = false;
        bp_org_set *set = BP_NEW(reader->arena, bp_org_set);
        *set = (bp_org_set){.name = key.text, .span = key.span, .used = false};
        const bp_org_set *before = bp_map_add(reader->sets[kind], key.text, set, &added);
        if (!added) {
            bp_finding *finding =
                bp_report(reader->list, "SYN007", key.span, "set \"%.*s\" twice", BP_ARG(key.text));
            bp_finding_label(reader->list, finding, before->span, "first here");
            reader->stop = true;
        }
        check_name(reader, key);
        read_set(reader, kind, set, bp_org_next(reader));
        *bp_vec_add(reader->arena, &reader->org->named) =
            (bp_org_named){.kind = kind, .name = set->name, .value = set->value};
    }
}

/* The kinds of the section, each kept until its turn comes. */
typedef struct kept_kinds {
    bp_org_record *records[BP_SET_KINDS];
} kept_kinds;

#define KEEP(name, kind)                                                                        \
    static void name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first) \
    {                                                                                           \
        (void)key;                                                                              \
        ((kept_kinds *)into)->records[kind] = bp_org_keep(reader, first);                       \
    }

KEEP(keep_regions, BP_SET_REGIONS)
KEEP(keep_tags, BP_SET_TAGS)
KEEP(keep_vaults, BP_SET_VAULTS)
KEEP(keep_roles, BP_SET_ROLES)
KEEP(keep_settings, BP_SET_REGION_SETTINGS)
KEEP(keep_resources, BP_SET_RESOURCES)
KEEP(keep_profiles, BP_SET_PROFILES)

static void
read_kept(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    read_kind(reader, *(const bp_set_kind *)into, first);
}

static void
keep_kinds(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const bp_org_key keys[] = {
        {"regions", keep_regions, false},     {"vaults", keep_vaults, false},
        {"roles", keep_roles, false},         {"region_settings", keep_settings, false},
        {"resources", keep_resources, false}, {"tags", keep_tags, false},
        {"profiles", keep_profiles, false},
    };
    static const bp_org_shape shape = BP_ORG_SHAPE("\"sets\"", keys);
    kept_kinds *kept = into;
    bp_org_map(reader, first, bp_org_place(reader, first), &shape, kept);
}

void
bp_org_read_sets(bp_org_reader *reader, bp_org_read *coverage)
{
    kept_kinds kept = {.records = {NULL}};
    if (reader->named != NULL) {
        bp_org_again(reader, reader->named, keep_kinds, &kept);
    }
    for (bp_set_kind kind = BP_SET_REGIONS; kind < BP_SET_KINDS; kind++) {
        if (kept.records[kind] != NULL) {
            bp_org_again(reader, kept.records[kind], read_kept, &kind);
        }
        if (kind == BP_SET_REGIONS && reader->coverage != NULL) {
            bp_org_again(reader, reader->coverage, coverage, reader);
        }
    }
}

void
bp_org_report_unused(bp_org_reader *reader)
{
    for (size_t kind = 0; kind < BP_SET_KINDS; kind++) {
        for (size_t i = 0; i < bp_map_count(reader->sets[kind]); i++) {
            const bp_org_set *set = bp_map_at(reader->sets[kind], i)->value;
            if (!set->used) {
                bp_finding *finding =
                    bp_report(reader->list, "SYN018", set->span, "nothing uses %s \"%.*s\"",
                              kinds[kind].one, BP_ARG(set->name));
                finding->severity = BP_INFO;
            }
        }
    }
}
