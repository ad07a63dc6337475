/*
 * Region settings, resources and tags of the inventory.
 *
 * Types stand under two names: AWS's own keys in Region settings ("Storage Gateway"), our ids in
 * resources ("storage_gateway"). Each mistaken for the other is named.
 */
#include "compiler/organization/org_reader.h"

/* A list of types in a Region setting. */
typedef struct type_list {
    bp_org_reader *reader;
    bp_region_setting *setting;
    int column; /* 0 opted_in, 1 opted_out, 2 managed, 3 unmanaged */
} type_list;

static void
add_type(bp_arena *arena, bp_region_setting *setting, int column, bp_str name)
{
    if (column == 0) {
        *bp_vec_add(arena, &setting->opted_in) = name;
    } else if (column == 1) {
        *bp_vec_add(arena, &setting->opted_out) = name;
    } else if (column == 2) {
        *bp_vec_add(arena, &setting->managed) = name;
    } else {
        *bp_vec_add(arena, &setting->unmanaged) = name;
    }
}

/* Whether the list that contradicts a column names the type. */
static bool
contradicted(const bp_region_setting *setting, int column, bp_str name)
{
    const bp_str *at = column == 0   ? setting->opted_out.at
                       : column == 1 ? setting->opted_in.at
                       : column == 2 ? setting->unmanaged.at
                                     : setting->managed.at;
    size_t count = column == 0   ? setting->opted_out.count
                   : column == 1 ? setting->opted_in.count
                   : column == 2 ? setting->unmanaged.count
                                 : setting->managed.count;
    for (size_t i = 0; i < count; i++) {
        if (bp_str_equal(at[i], name)) {
            return true;
        }
    }
    return false;
}

/* AWS's key of a type: exact, or what was meant by an id or another letter case; NULL if unknown.
 */
static const char *
api_name_of(const bp_facts *facts, bp_str name)
{
    const char *api_name = bp_type_api_name(facts, name);
    if (api_name != NULL) {
        return api_name;
    }
    const bp_type *type = bp_type_find(facts, name);
    return type == NULL ? NULL : type->api_name;
}

static void
report_foreign_type(bp_org_reader *reader, bp_yaml_event item)
{
    bp_suggester suggester = bp_suggest_start(item.text);
    size_t count = 0;
    const bp_type *types = bp_types(reader->org->facts, &count);
    for (size_t i = 0; i < count; i++) {
        bp_suggest_offer(&suggester, bp_str_of(types[i].api_name));
    }
    bp_finding *finding =
        bp_report(reader->list, "SYN020", item.span,
                  "\"%.*s\" is no type that is known here; it is kept as it is", BP_ARG(item.text));
    finding->severity = BP_INFO;
    bp_org_did_you_mean(reader, finding, &suggester);
}

static void
read_type_name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    type_list *list = into;
    bp_str name = {NULL, 0};
    if (!bp_org_text(reader, item, "the name of a resource type", &name)) {
        return;
    }
    const char *api_name = api_name_of(reader->org->facts, name);
    if (api_name == NULL) {
        report_foreign_type(reader, item);
    } else if (!bp_str_is(name, api_name)) {
        bp_finding *finding = bp_report(reader->list, "SYN020", item.span,
                                        "\"%.*s\" here; Region settings name the type \"%s\"",
                                        BP_ARG(name), api_name);
        bp_finding_fix(reader->list, finding, true, item.span,
                       bp_str_format(reader->arena, "\"%s\"", api_name), "replace with \"%s\"",
                       api_name);
        return;
    }
    if (contradicted(list->setting, list->column, name)) {
        bp_report(reader->list, "SYN007", item.span,
                  "\"%.*s\" in two lists that exclude each other", BP_ARG(name));
        return;
    }
    add_type(reader->arena, list->setting, list->column, name);
}

static void
read_types(bp_org_reader *reader, bp_region_setting *setting, int column, bp_yaml_event first)
{
    type_list list = {.reader = reader, .setting = setting, .column = column};
    bp_org_list(reader, first, "a list of resource types", read_type_name, &list);
}

#define TYPES(name, column)                                                                     \
    static void name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first) \
    {                                                                                           \
        (void)key;                                                                              \
        read_types(reader, into, column, first);                                                \
    }

TYPES(read_opted_in, 0)
TYPES(read_opted_out, 1)
TYPES(read_managed, 2)
TYPES(read_unmanaged, 3)

static void
read_setting_in(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_region_set(reader, first, &((bp_region_setting *)into)->in);
}

static void
read_setting(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    static const bp_org_key keys[] = {
        {"in", read_setting_in, true},        {"opted_in", read_opted_in, false},
        {"opted_out", read_opted_out, false}, {"managed", read_managed, false},
        {"unmanaged", read_unmanaged, false},
    };
    static const bp_org_shape shape = BP_ORG_SHAPE("a row of Region settings", keys);
    bp_region_settings *settings = into;
    bp_region_setting setting = {.span = bp_org_place(reader, item)};
    bp_org_map(reader, item, setting.span, &shape, &setting);
    *bp_vec_add(reader->arena, &settings->rows) = setting;
}

const void *
bp_org_settings_value(bp_org_reader *reader, bp_str name, bp_yaml_event first)
{
    bp_region_settings *settings = BP_NEW(reader->arena, bp_region_settings);
    settings->name = name;
    bp_org_list(reader, first, "a list of rows", read_setting, settings);
    return settings;
}

/* A type id of a resource row; an API name in its place is named. */
static void
read_type_id(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    bp_resource_row *row = into;
    bp_str id = {NULL, 0};
    if (!bp_org_text(reader, item, "the id of a resource type", &id)) {
        return;
    }
    const bp_type *type = bp_type_find(reader->org->facts, id);
    if (type != NULL) {
        *bp_vec_add(reader->arena, &row->types) = type;
        return;
    }
    bp_suggester suggester = bp_suggest_start(id);
    size_t count = 0;
    const bp_type *types = bp_types(reader->org->facts, &count);
    bp_str meant = {NULL, 0};
    for (size_t i = 0; i < count; i++) {
        bp_suggest_offer(&suggester, bp_str_of(types[i].id));
        if (meant.size == 0 && bp_str_is(id, types[i].api_name)) {
            meant = bp_str_of(types[i].id);
        }
    }
    bp_finding *finding =
        bp_report(reader->list, "SYN020", item.span,
                  "unknown resource type \"%.*s\"; a row names types by their ids", BP_ARG(id));
    suggester.best = meant.size > 0 ? meant : suggester.best;
    bp_org_did_you_mean(reader, finding, &suggester);
}

static void
read_type(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    if (first.kind == BP_YAML_LIST) {
        bp_org_list(reader, first, "a list of type ids", read_type_id, into);
    } else {
        read_type_id(reader, into, key, first);
    }
}

static void
read_row_in(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_region_set(reader, first, &((bp_resource_row *)into)->in);
}

static void
read_tag(bp_org_reader *reader, bp_tag_set *set, bp_map *keys, bp_yaml_event key)
{
    bp_span *place = BP_NEW(reader->arena, bp_span);
    *place = key.span;
    bool added = false;
    const bp_span *before = bp_map_add(keys, key.text, place, &added);
    if (!added) {
        bp_finding *finding =
            bp_report(reader->list, "SYN007", key.span, "tag key \"%.*s\" twice", BP_ARG(key.text));
        bp_finding_label(reader->list, finding, *before, "first here");
        reader->stop = true;
    }
    bp_str value = {NULL, 0};
    if (bp_org_text(reader, bp_org_next(reader), "the value of a tag", &value)) {
        *bp_vec_add(reader->arena, &set->tags) =
            (bp_org_tag){.key = key.text, .value = value, .span = key.span};
    }
}

void
bp_org_tag_map(bp_org_reader *reader, bp_yaml_event first, bp_tag_set *set)
{
    if (first.kind != BP_YAML_MAP) {
        bp_org_wrong_kind(reader, first, "a mapping of keys to values");
        return;
    }
    bp_map *keys = bp_map_new(reader->arena);
    for (;;) {
        bp_yaml_event key = bp_org_next(reader);
        if (key.kind != BP_YAML_SCALAR) {
            return;
        }
        read_tag(reader, set, keys, key);
    }
}

const void *
bp_org_tags_value(bp_org_reader *reader, bp_str name, bp_yaml_event first)
{
    bp_tag_set *set = BP_NEW(reader->arena, bp_tag_set);
    set->name = name;
    if (first.kind != BP_YAML_SCALAR) { /* a scalar is `none` here */
        bp_org_tag_map(reader, first, set);
    }
    return set;
}

static void
read_row_tags(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_resource_row *row = into;
    const bp_tag_set *set = bp_org_tags_of(reader, first);
    for (size_t i = 0; set != NULL && i < set->tags.count; i++) {
        const bp_org_tag *tag = &set->tags.at[i];
        *bp_vec_add(reader->arena, &row->tags) = (bp_label){.span = tag->span, .text = tag->value};
        *bp_vec_add(reader->arena, &row->tag_keys) = tag->key;
    }
}

static void
read_count(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    int64_t count = 0;
    if (!bp_org_number(reader, first, &count)) {
        return;
    }
    ((bp_resource_row *)into)->count = count;
    if (count == 0) {
        bp_report(reader->list, "SYN005", first.span,
                  "count 0; leave the row out where there is nothing");
    }
}

static void
read_row(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    static const bp_org_key keys[] = {{"type", read_type, true},
                                      {"in", read_row_in, true},
                                      {"tags", read_row_tags, false},
                                      {"count", read_count, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("a row of resources", keys);
    bp_resource_set *set = into;
    bp_resource_row row = {.count = -1};
    bp_org_map(reader, item, bp_org_place(reader, item), &shape, &row);
    if (row.types.count > 0 && row.count != 0) {
        *bp_vec_add(reader->arena, &set->rows) = row;
    }
}

static void
read_have(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of rows", read_row, into);
}

static void
read_seen(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_seen(reader, first, &((bp_resource_set *)into)->seen);
}

const void *
bp_org_resources_value(bp_org_reader *reader, bp_str name, bp_yaml_event first)
{
    static const bp_org_key keys[] = {{"seen", read_seen, false}, {"have", read_have, true}};
    static const bp_org_shape shape = BP_ORG_SHAPE("a resource set", keys);
    bp_resource_set *set = BP_NEW(reader->arena, bp_resource_set);
    set->name = name;
    set->seen = reader->seen;
    if (first.kind == BP_YAML_SCALAR) { /* none: looked, nothing there */
        set->seen = bp_org_seen_for_none(reader);
    } else if (first.kind == BP_YAML_LIST) {
        bp_org_list(reader, first, "a list of rows", read_row, set);
    } else {
        bp_org_map(reader, first, bp_org_place(reader, first), &shape, set);
    }
    return set;
}
