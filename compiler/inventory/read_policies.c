/*
 * Dumps about policies and the settings of the organization: policies, their documents and targets,
 * tags, trusted access, delegated administrators.
 */
#include "compiler/inventory/survey_parts.h"

#include "compiler/facts/ids.h"

static bool
policy_id_fits(bp_dump *dump, bp_str id)
{
    if (bp_is_policy_id(id)) {
        return true;
    }
    bp_dump_report(dump, "TOP010", "IMP022", "\"%.*s\" is no id of a policy", BP_ARG(id));
    dump->spoiled = true;
    return false;
}

static bool
take_policy(bp_dump *dump, const bp_value *values)
{
    bp_dump_point(dump, &values[0]);
    if (values[2].there && !bp_str_is(values[2].text, "BACKUP_POLICY")) {
        return true; /* of another type: none of our business */
    }
    if (policy_id_fits(dump, values[0].text)) {
        bp_dump_org_arn(dump, values[3].text);
        bp_record_add(dump, (bp_str[]){values[0].text, values[1].text}, 2);
    }
    return true;
}

bool
bp_read_policies(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"Id", BP_FIELD_TEXT, true, NULL},
                                      {"Name", BP_FIELD_TEXT, false, NULL},
                                      {"Type", BP_FIELD_TEXT, false, NULL},
                                      {"Arn", BP_FIELD_ARN, false, NULL}};
    if (!bp_read_list(dump, first, "policy", fields, 4, take_policy)) {
        return false;
    }
    if (!dump->enveloped && !dump->row_from_path && dump->records.count == 0 && !dump->spoiled) {
        bp_dump_report(dump, "IMP011", "IMP011",
                       "an empty list of policies that does not say whose; wrap it: {\"dump\": "
                       "\"organizations.list-policies\", \"data\": …}");
        dump->spoiled = true;
    }
    return true;
}

typedef struct summary {
    bp_str id;
    bp_str name;
    bp_str type;
} summary;

static bool
read_summary(bp_dump *dump, bp_json_event first, bp_value *value)
{
    static const bp_field fields[] = {{"Id", BP_FIELD_TEXT, true, NULL},
                                      {"Name", BP_FIELD_TEXT, false, NULL},
                                      {"Type", BP_FIELD_TEXT, false, NULL},
                                      {"Arn", BP_FIELD_ARN, false, NULL}};
    bp_value values[4];
    if (first.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(dump, first, "PolicySummary", "an object");
    }
    if (!bp_read_members(dump, "policy", fields, 4, values)) {
        return false;
    }
    summary *read = BP_NEW(dump->item, summary);
    *read = (summary){values[0].text, values[1].text, values[2].text};
    value->nested = read;
    return true;
}

static bool
parses(bp_dump *dump, bp_str text)
{
    bp_json_reader *reader = bp_inner_reader(dump->item, text);
    for (;;) {
        bp_json_event event = bp_json_next(reader);
        if (event.kind == BP_JSON_ERROR) {
            bp_inner_broken(dump, "the policy", event);
            return false;
        }
        if (event.kind == BP_JSON_END) {
            return true;
        }
    }
}

bool
bp_read_policy(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"PolicySummary", BP_FIELD_NESTED, true, read_summary},
                                      {"Content", BP_FIELD_LONG_TEXT, true, NULL}};
    bp_value values[2];
    if (first.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(dump, first, "Policy", "an object");
    }
    if (!bp_read_members(dump, "policy", fields, 2, values)) {
        return false;
    }
    const summary *of = values[0].nested;
    if (of == NULL || !values[1].good || !policy_id_fits(dump, of->id)) {
        dump->spoiled = true;
        return true;
    }
    if (dump->policy.size > 0 && !bp_str_equal(dump->policy, of->id)) {
        bp_dump_report(dump, "IMP014", "IMP014", "policy \"%.*s\" in an answer about \"%.*s\"",
                       BP_ARG(of->id), BP_ARG(dump->policy));
        dump->spoiled = true;
        return true;
    }
    dump->policy = bp_kept(dump->survey, of->id);
    bp_dump_point(dump, &values[1]);
    bool good = parses(dump, values[1].text);
    bp_record_add(dump,
                  (bp_str[]){of->id, of->name, good ? values[1].text : BP_STR(""),
                             good ? BP_STR("yes") : BP_STR("no")},
                  4);
    return true;
}

static bool
take_target(bp_dump *dump, const bp_value *values)
{
    bp_dump_point(dump, &values[0]);
    if (!bp_is_target_id(values[0].text)) {
        bp_dump_report(dump, "TOP010", "IMP022", "\"%.*s\" is no id of a root, OU or account",
                       BP_ARG(values[0].text));
        dump->spoiled = true;
        return true;
    }
    bp_record_add(dump, &values[0].text, 1);
    return true;
}

bool
bp_read_targets(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"TargetId", BP_FIELD_TEXT, true, NULL}};
    return bp_read_list(dump, first, "target", fields, 1, take_target);
}

static bool
take_tag(bp_dump *dump, const bp_value *values)
{
    bp_record_add(dump, (bp_str[]){values[0].text, values[1].text}, 2);
    return true;
}

bool
bp_read_tags(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"Key", BP_FIELD_TEXT, true, NULL},
                                      {"Value", BP_FIELD_TEXT, true, NULL}};
    return bp_read_list(dump, first, "tag", fields, 2, take_tag);
}

static bool
take_principal(bp_dump *dump, const bp_value *values)
{
    bp_str name = values[0].text;
    if (bp_str_is(name, "backup.amazonaws.com") || bp_str_is(name, BP_STACK_SETS_PRINCIPAL)) {
        bp_record_add(dump, &name, 1);
    }
    return true;
}

bool
bp_read_trusted(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"ServicePrincipal", BP_FIELD_TEXT, true, NULL}};
    return bp_read_list(dump, first, "service principal", fields, 1, take_principal);
}

static bool
take_administrator(bp_dump *dump, const bp_value *values)
{
    bp_str state = values[1].there ? values[1].text : values[2].text;
    if (state.size == 0 || bp_str_is(state, "ACTIVE")) {
        bp_record_add(dump, &values[0].text, 1);
    }
    return true;
}

bool
bp_read_delegated(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"Id", BP_FIELD_ACCOUNT, true, NULL},
                                      {"State", BP_FIELD_TEXT, false, NULL},
                                      {"Status", BP_FIELD_TEXT, false, NULL}};
    return bp_read_list(dump, first, "delegated administrator", fields, 3, take_administrator);
}
