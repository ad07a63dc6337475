/*
 * Dumps of resources: counted by type and watched tags as they come; neither ARNs nor names nor
 * other tags are kept.
 */
#include "compiler/inventory/survey_parts.h"

static bool
is_watched(const bp_dump *dump, bp_str key)
{
    const bp_survey_options *options = &dump->survey->options;
    for (size_t i = 0; i < options->watched_tag_count; i++) {
        if (bp_str_equal(options->watched_tags[i], key)) {
            return true;
        }
    }
    return false;
}

typedef BP_VEC(bp_str) texts;

/* Tags: the watched ones, sorted, as "key FIELD_END value FIELD_END" twice escaped. */
static bool
read_resource_tags(bp_dump *dump, bp_json_event first, bp_value *value)
{
    static const bp_field fields[] = {{"Key", BP_FIELD_TEXT, true, NULL},
                                      {"Value", BP_FIELD_TEXT, true, NULL}};
    bp_value values[2];
    texts pairs = {0};
    if (first.kind != BP_JSON_ARRAY) {
        return bp_wrong_kind(dump, first, "Tags", "a list");
    }
    for (;;) {
        bp_json_event event = bp_dump_next(dump);
        if (event.kind == BP_JSON_ARRAY_END) {
            break;
        }
        if (event.kind != BP_JSON_OBJECT) {
            return bp_wrong_kind(dump, event, "Tags", "an object");
        }
        if (!bp_read_members(dump, "tag", fields, 2, values)) {
            return false;
        }
        if (is_watched(dump, values[0].text)) {
            bp_buf pair = {.arena = dump->item};
            bp_record_field(&pair, values[0].text);
            bp_record_field(&pair, values[1].text);
            *bp_vec_add(dump->item, &pairs) = bp_buf_text(&pair);
        }
    }
    if (pairs.count > 0) {
        value->text = bp_records_join(dump->item, pairs.at, pairs.count);
    }
    return true;
}

static bp_str
trimmed_types(bp_dump *dump, bp_str text, bp_arn *arn)
{
    bp_str trimmed = bp_str_trim(text);
    if (!bp_arn_parse(trimmed, arn)) {
        bp_dump_report(dump, "TOP010", "IMP022", "\"%.*s\" is no ARN", BP_ARG(text));
        dump->spoiled = true;
        return BP_STR("");
    }
    if (!bp_dump_partition(dump, arn->partition) || !bp_dump_agrees(dump, arn)) {
        return BP_STR("");
    }
    return bp_arn_types(dump->survey->options.facts, dump->item, trimmed);
}

static bool
take_resource(bp_dump *dump, const bp_value *values)
{
    bp_arn arn;
    bp_dump_point(dump, &values[0]);
    bp_str types = trimmed_types(dump, values[0].text, &arn);
    if (types.size == 0) {
        return true; /* refused, or of no type that AWS Backup knows */
    }
    if (dump->counts == NULL) {
        dump->counts = bp_map_new(dump->scratch);
    }
    bp_buf record = {.arena = dump->item};
    bp_record_field(&record, types);
    bp_record_field(&record, values[1].text);
    bp_number *count = bp_map_get(dump->counts, bp_buf_text(&record));
    if (count == NULL) {
        count = BP_NEW(dump->scratch, bp_number);
        bp_map_set(dump->counts, bp_str_copy(dump->scratch, bp_buf_text(&record)), count);
    }
    count->number++;
    return true;
}

bool
bp_read_resources(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"ResourceARN", BP_FIELD_TEXT, true, NULL},
                                      {"Tags", BP_FIELD_NESTED, false, read_resource_tags}};
    if (!bp_read_list(dump, first, "resource", fields, 2, take_resource)) {
        return false;
    }
    for (size_t i = 0; dump->counts != NULL && i < bp_map_count(dump->counts); i++) {
        const bp_map_entry *entry = bp_map_at(dump->counts, i);
        const bp_number *count = entry->value;
        bp_record parts;
        bp_str rest = entry->key;
        bp_record_next(dump->scratch, &rest, &parts);
        bp_buf key = {.arena = dump->scratch};
        bp_record_field(&key, parts.field[0]);
        bp_record_field(&key, parts.field[1]);
        bp_str number = bp_str_format(dump->scratch, "%u", count->number);
        bp_record_add(dump, (bp_str[]){bp_buf_text(&key), parts.field[0], parts.field[1], number},
                      4);
    }
    return true;
}

static bool
take_protected(bp_dump *dump, const bp_value *values)
{
    bp_arn arn;
    bp_dump_point(dump, &values[0]);
    bp_str types = trimmed_types(dump, values[0].text, &arn);
    if (types.size > 0) {
        bp_record_add(dump, &types, 1);
    }
    return true;
}

/* Objects are resources that were backed up once; strings are what AWS Config says. */
bool
bp_read_results(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"ResourceArn", BP_FIELD_TEXT, true, NULL}};
    bool config = bp_dump_kind_of(dump->row) == BP_DUMP_CONFIG;
    bool named = dump->enveloped || dump->row_from_path;
    if (first.kind != BP_JSON_ARRAY) {
        return bp_wrong_kind(dump, first, "Results", "a list");
    }
    bp_json_event member = bp_dump_next(dump);
    if (member.kind == BP_JSON_ARRAY_END && !named) {
        bp_dump_report(dump, "IMP011", "IMP011",
                       "an empty list of results that does not say of what; wrap it: {\"dump\": "
                       "\"backup.list-protected-resources\", \"account\": …, \"region\": …, "
                       "\"data\": …}");
        dump->spoiled = true;
        return true;
    }
    if (config || (!named && member.kind == BP_JSON_STRING)) {
        return bp_read_config(dump, member);
    }
    bp_dump_push(dump);
    return bp_read_list(dump, first, "resource", fields, 1, take_protected);
}
