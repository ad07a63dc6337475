/*
 * Dumps of settings: global and Region settings of AWS Backup, Regions of an account, aliases of
 * keys.
 */
#include "compiler/inventory/survey_parts.h"

#include <inttypes.h>

/* One setting whose value is the string "true" or "false". */
static bool
take_flag(bp_dump *dump, bp_str key, bp_json_event value)
{
    bp_str word = {"unknown", 7};
    bool boolean = value.kind == BP_JSON_TRUE || value.kind == BP_JSON_FALSE;
    if (value.kind == BP_JSON_STRING &&
        (bp_str_is(value.text, "true") || bp_str_is(value.text, "false"))) {
        word = bp_str_is(value.text, "true") ? BP_STR("enabled") : BP_STR("disabled");
    } else if (boolean) {
        word = value.kind == BP_JSON_TRUE ? BP_STR("enabled") : BP_STR("disabled");
        bp_finding *finding = bp_dump_report(dump, "IMP041", "IMP042",
                                             "a boolean for \"%.*s\"; AWS gives the string "
                                             "\"true\" or \"false\"",
                                             BP_ARG(key));
        finding->severity = BP_INFO;
    } else {
        bp_dump_report(dump, "IMP041", "IMP043",
                       "\"%.*s\" is neither \"true\" nor \"false\"; the setting stays unknown",
                       BP_ARG(key));
    }
    bp_record_add(dump, (bp_str[]){key, word}, 2);
    return bp_dump_skip(dump, value);
}

bool
bp_read_global(bp_dump *dump, bp_json_event first)
{
    if (first.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(dump, first, "GlobalSettings", "an object");
    }
    for (;;) {
        bp_json_event event = bp_dump_next(dump);
        if (event.kind == BP_JSON_OBJECT_END) {
            return true;
        }
        if (event.kind != BP_JSON_KEY) {
            return false;
        }
        bool ours = bp_str_is(event.text, "isCrossAccountBackupEnabled");
        event = bp_dump_next(dump);
        if (ours ? !take_flag(dump, BP_STR("isCrossAccountBackupEnabled"), event)
                 : !bp_dump_skip(dump, event)) {
            return false;
        }
    }
}

/* A map of type names to booleans, as records "o:EBS yes". */
static bool
read_types(bp_dump *dump, bp_json_event first, const char *what, const char *letter)
{
    if (first.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(dump, first, what, "an object");
    }
    for (;;) {
        bp_json_event event = bp_dump_next(dump);
        if (event.kind == BP_JSON_OBJECT_END) {
            return true;
        }
        if (event.kind != BP_JSON_KEY) {
            return false;
        }
        bp_str type = bp_str_format(dump->scratch, "%s:%.*s", letter, BP_ARG(event.text));
        bp_str name = bp_str_cut(type, 2, type.size);
        const char *known = bp_type_api_name(dump->survey->options.facts, name);
        if (known == NULL || !bp_str_is(name, known)) {
            bp_finding *finding = bp_survey_report(
                dump->survey, "IMP041", "IMP044", BP_STR(""),
                "\"%.*s\" is no resource type that is known; it is kept as it is", BP_ARG(name));
            finding->severity = BP_INFO;
        }
        event = bp_dump_next(dump);
        if (event.kind != BP_JSON_TRUE && event.kind != BP_JSON_FALSE) {
            if (!bp_wrong_kind(dump, event, bp_str_c(dump->scratch, name), "true or false")) {
                return false;
            }
            continue;
        }
        bp_str word = event.kind == BP_JSON_TRUE ? BP_STR("yes") : BP_STR("no");
        bp_record_add(dump, (bp_str[]){type, word}, 2);
    }
}

bool
bp_read_settings(bp_dump *dump, bp_json_event first)
{
    return read_types(dump, first, "ResourceTypeOptInPreference", "o");
}

bool
bp_read_management(bp_dump *dump, bp_json_event first)
{
    return read_types(dump, first, "ResourceTypeManagementPreference", "m");
}

static bool
take_region(bp_dump *dump, const bp_value *values)
{
    static const char *const words[] = {"ENABLED", "ENABLED_BY_DEFAULT", "ENABLING", "DISABLING",
                                        "DISABLED"};
    bool known = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        known = known || bp_str_is(values[1].text, words[i]);
    }
    if (!known) {
        bp_dump_report(dump, "IMP041", "IMP041", "\"%.*s\" is no known status of a Region",
                       BP_ARG(values[1].text));
    }
    bp_record_add(dump, (bp_str[]){values[0].text, values[1].text}, 2);
    return true;
}

bool
bp_read_regions(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"RegionName", BP_FIELD_TEXT, true, NULL},
                                      {"RegionOptStatus", BP_FIELD_TEXT, true, NULL}};
    return bp_read_list(dump, first, "Region", fields, 2, take_region);
}

/* ---- aliases: which keys are those of AWS */

static bool
take_alias(bp_dump *dump, const bp_value *values)
{
    bp_arn arn;
    bp_str name = values[0].text;
    if (bp_arn_parse(values[2].text, &arn) && !bp_dump_cell_of(dump, &arn)) {
        return true;
    }
    if (bp_str_starts(name, BP_STR("alias/aws/")) && values[1].there) {
        bp_str word = bp_str_is(name, "alias/aws/backup") ? BP_STR("b") : BP_STR("s");
        bp_str key = bp_str_format(dump->item, "%016" PRIx64, bp_key_hash(values[1].text));
        bp_record_add(dump, (bp_str[]){key, word}, 2);
    }
    return true;
}

bool
bp_read_aliases(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"AliasName", BP_FIELD_TEXT, true, NULL},
                                      {"TargetKeyId", BP_FIELD_TEXT, false, NULL},
                                      {"AliasArn", BP_FIELD_ARN, false, NULL}};
    return bp_read_list(dump, first, "alias", fields, 3, take_alias);
}
