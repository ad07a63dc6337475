/*
 * Dumps of IAM: roles that AWS Backup may assume, those that look like it, and their policies.
 */
#include "compiler/inventory/survey_parts.h"

#include "compiler/facts/ids.h"

static bool
read_trust(bp_dump *dump, bp_json_event first, bp_value *value)
{
    if (first.kind == BP_JSON_STRING) {
        bp_str text = bp_str_copy(dump->item, first.text);
        value->text = bp_trust_words(dump, text);
        return true;
    }
    if (first.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(dump, first, "AssumeRolePolicyDocument", "an object or a JSON text");
    }
    value->text = bp_trust_of(dump, first);
    return value->text.at != NULL;
}

static bool
is_kept(const bp_dump *dump, bp_str name, bp_str trust)
{
    const bp_survey_options *options = &dump->survey->options;
    if (bp_str_is(trust, "backup") ||
        bp_str_contains(bp_str_fold(dump->item, name), BP_STR("backup"))) {
        return true;
    }
    for (size_t i = 0; i < options->keep_role_count; i++) {
        if (bp_str_equal(options->keep_roles[i], name)) {
            return true;
        }
    }
    return false;
}

static bool
take_role(bp_dump *dump, const bp_value *values)
{
    bp_str name = values[0].text;
    bp_str path = values[1].text.size == 0 ? BP_STR("/") : values[1].text;
    bp_str trust = values[2].there ? values[2].text : BP_STR("unknown");
    bp_arn arn;
    if (values[3].good && bp_arn_parse(values[3].text, &arn)) {
        if (!dump->enveloped && dump->from_path == 0 && dump->account.size == 0 &&
            bp_is_account_id(arn.account)) {
            dump->account = bp_kept(dump->survey, arn.account);
        }
        if (!bp_dump_agrees(dump, &arn)) {
            return true;
        }
    }
    if (!bp_dump_addressed(dump, BP_ABOUT_ACCOUNT) || !is_kept(dump, name, trust)) {
        return true;
    }
    bp_str whole = bp_str_format(dump->item, "%.*s%.*s", BP_ARG(path), BP_ARG(name));
    bp_record_add(dump, (bp_str[]){whole, name, path, trust}, 4);
    return true;
}

bool
bp_read_roles(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {
        {"RoleName", BP_FIELD_TEXT, true, NULL},
        {"Path", BP_FIELD_TEXT, false, NULL},
        {"AssumeRolePolicyDocument", BP_FIELD_NESTED, false, read_trust},
        {"Arn", BP_FIELD_ARN, false, NULL}};
    return bp_read_list(dump, first, "role", fields, 4, take_role);
}

static bool
take_policy(bp_dump *dump, const bp_value *values)
{
    bp_arn arn;
    bp_str text = values[0].text;
    if (!bp_arn_parse(text, &arn)) {
        return true;
    }
    if (bp_str_is(arn.account, "aws") && bp_str_starts(arn.rest, BP_STR("policy/"))) {
        text = bp_str_cut(arn.rest, 7, arn.rest.size);
    } else if (!bp_dump_agrees(dump, &arn)) {
        return true;
    }
    bp_record_add(dump, &text, 1);
    return true;
}

bool
bp_read_role_policies(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[] = {{"PolicyArn", BP_FIELD_ARN, true, NULL}};
    return bp_read_list(dump, first, "policy of a role", fields, 1, take_policy);
}
