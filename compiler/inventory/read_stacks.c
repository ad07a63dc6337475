/*
 * Dumps of CloudFormation: which stack sets there are, what they are, and their instances.
 */
#include "compiler/inventory/survey_parts.h"

/* A list of strings, joined by newlines. */
static bool
read_texts(bp_dump *dump, bp_json_event first, bp_value *value)
{
    bp_buf all = {.arena = dump->item};
    if (first.kind != BP_JSON_ARRAY) {
        return bp_wrong_kind(dump, first, "list of a stack set", "a list");
    }
    for (;;) {
        bp_json_event event = bp_dump_next(dump);
        if (event.kind == BP_JSON_ARRAY_END) {
            break;
        }
        if (event.kind != BP_JSON_STRING) {
            return bp_wrong_kind(dump, event, "list of a stack set", "a string");
        }
        bp_buf_add(&all, event.text);
        bp_buf_add_char(&all, '\n');
    }
    value->text = bp_buf_text(&all);
    return true;
}

typedef BP_VEC(bp_org_tag) parameters;

static bool
read_parameters(bp_dump *dump, bp_json_event first, bp_value *value)
{
    static const bp_field fields[] = {{"ParameterKey", BP_FIELD_TEXT, true, NULL},
                                      {"ParameterValue", BP_FIELD_TEXT, false, NULL}};
    bp_value values[2];
    parameters *all = BP_NEW(dump->item, parameters);
    if (first.kind != BP_JSON_ARRAY) {
        return bp_wrong_kind(dump, first, "Parameters", "a list");
    }
    for (;;) {
        bp_json_event event = bp_dump_next(dump);
        if (event.kind == BP_JSON_ARRAY_END) {
            break;
        }
        if (event.kind != BP_JSON_OBJECT) {
            return bp_wrong_kind(dump, event, "Parameters", "an object");
        }
        if (!bp_read_members(dump, "parameter", fields, 2, values)) {
            return false;
        }
        *bp_vec_add(dump->item, all) = (bp_org_tag){.key = values[0].text, .value = values[1].text};
    }
    value->nested = all;
    return true;
}

/* AutoDeployment: "yes"/"no" for being on, and for keeping stacks. */
static bool
read_deployment(bp_dump *dump, bp_json_event first, bp_value *value)
{
    static const bp_field fields[] = {{"Enabled", BP_FIELD_FLAG, false, NULL},
                                      {"RetainStacksOnAccountRemoval", BP_FIELD_FLAG, false, NULL}};
    bp_value *values = bp_arena_array(dump->item, 2, sizeof *values);
    if (first.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(dump, first, "AutoDeployment", "an object");
    }
    value->nested = values;
    return bp_read_members(dump, "automatic deployment", fields, 2, values);
}

enum { NAME, PERMISSION, AUTO, OUS, REGIONS, PARAMETERS, BODY, STACK_VALUES };

static const bp_field stack_fields[STACK_VALUES] = {
    [NAME] = {"StackSetName", BP_FIELD_TEXT, true, NULL},
    [PERMISSION] = {"PermissionModel", BP_FIELD_TEXT, false, NULL},
    [AUTO] = {"AutoDeployment", BP_FIELD_NESTED, false, read_deployment},
    [OUS] = {"OrganizationalUnitIds", BP_FIELD_NESTED, false, read_texts},
    [REGIONS] = {"Regions", BP_FIELD_NESTED, false, read_texts},
    [PARAMETERS] = {"Parameters", BP_FIELD_NESTED, false, read_parameters},
    [BODY] = {"TemplateBody", BP_FIELD_LONG_TEXT, false, NULL},
};

/* A record for each line of a text: its letter and the line. */
static void
add_lines(bp_dump *dump, const char *letter, bp_str lines)
{
    while (lines.size > 0) {
        size_t end = bp_str_find(lines, '\n');
        bp_str line = bp_str_cut(lines, 0, end);
        bp_str key = bp_str_format(dump->scratch, "%s %.*s", letter, BP_ARG(line));
        bp_record_add(dump, (bp_str[]){key, line}, 2);
        lines = bp_str_cut(lines, end + 1, lines.size);
    }
}

static void
add_answer(bp_dump *dump, const char *key, const bp_value *value)
{
    if (value->there && value->good) {
        bp_record_add(dump, (bp_str[]){bp_str_of(key), value->flag ? BP_STR("yes") : BP_STR("no")},
                      2);
    }
}

static void
add_stack_set(bp_dump *dump, const bp_value *values)
{
    const bp_value *deployment = values[AUTO].nested;
    const parameters *given = values[PARAMETERS].nested;
    bp_str vaults = {"", 0};
    bp_str roles = {"", 0};
    bp_str permission =
        bp_str_is(values[PERMISSION].text, "SERVICE_MANAGED") ? BP_STR("service-managed")
        : bp_str_is(values[PERMISSION].text, "SELF_MANAGED")  ? BP_STR("self-managed")
                                                              : BP_STR("unknown");
    bp_record_add(dump, (bp_str[]){BP_STR("permission"), permission}, 2);
    if (deployment != NULL) {
        add_answer(dump, "auto", &deployment[0]);
        add_answer(dump, "retain", &deployment[1]);
    }
    add_lines(dump, "t", values[OUS].text);
    add_lines(dump, "r", values[REGIONS].text);
    for (size_t i = 0; given != NULL && i < given->count; i++) {
        bp_str key = bp_str_format(dump->scratch, "p %.*s", BP_ARG(given->at[i].key));
        bp_record_add(dump, (bp_str[]){key, given->at[i].key, given->at[i].value}, 3);
    }
    if (bp_template_makes(dump, values[BODY].text, given == NULL ? NULL : given->at,
                          given == NULL ? 0 : given->count, &vaults, &roles)) {
        bp_record_add(dump, &BP_STR("makes"), 1);
        add_lines(dump, "mv", vaults);
        add_lines(dump, "mr", roles);
    }
}

bool
bp_read_stack_set(bp_dump *dump, bp_json_event first)
{
    bp_value values[STACK_VALUES];
    if (first.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(dump, first, "StackSet", "an object");
    }
    if (!bp_read_members(dump, "stack set", stack_fields, STACK_VALUES, values)) {
        return false;
    }
    if (!values[NAME].good) {
        dump->spoiled = true;
        return true;
    }
    if (dump->stack_set.size > 0 && !bp_str_equal(dump->stack_set, values[NAME].text)) {
        bp_dump_report(dump, "IMP014", "IMP014", "stack set \"%.*s\" in an answer about \"%.*s\"",
                       BP_ARG(values[NAME].text), BP_ARG(dump->stack_set));
        dump->spoiled = true;
        return true;
    }
    dump->stack_set = bp_kept(dump->survey, values[NAME].text);
    if (bp_str_is(dump->call_as, "DELEGATED_ADMIN") ||
        bp_str_is(dump->call_as, "delegated-admin")) {
        bp_record_add(dump, &BP_STR("delegated"), 1);
    }
    add_stack_set(dump, values);
    return true;
}

/* ---- summaries: of stack sets, or of instances */

static bool
read_detail(bp_dump *dump, bp_json_event first, bp_value *value)
{
    static const bp_field fields[] = {{"DetailedStatus", BP_FIELD_TEXT, false, NULL}};
    bp_value values[1];
    if (first.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(dump, first, "StackInstanceStatus", "an object");
    }
    if (!bp_read_members(dump, "status", fields, 1, values)) {
        return false;
    }
    value->text = values[0].text;
    return true;
}

enum { STATUS, SET_NAME, ACCOUNT, REGION, DETAIL, OU, SUMMARY_VALUES };

static bool
take_instance(bp_dump *dump, const bp_value *values)
{
    if (!values[ACCOUNT].good || !values[REGION].good) {
        if (!values[ACCOUNT].there || !values[REGION].there) {
            bp_dump_report(dump, "SYN005", "IMP023", "stack instance without \"%s\"",
                           values[ACCOUNT].there ? "Region" : "Account");
        }
        dump->spoiled = true;
        return true;
    }
    if (bp_region_index(dump->survey->options.facts, values[REGION].text) < 0) {
        bp_dump_report(dump, "REG001", "IMP022", "Region \"%.*s\" is not known",
                       BP_ARG(values[REGION].text));
        dump->spoiled = true;
        return true;
    }
    bp_str key = bp_str_format(dump->item, "%.*s %.*s", BP_ARG(values[ACCOUNT].text),
                               BP_ARG(values[REGION].text));
    bp_record_add(dump,
                  (bp_str[]){key, values[ACCOUNT].text, values[REGION].text, values[STATUS].text,
                             values[DETAIL].text, values[OU].text},
                  6);
    return true;
}

static bool
take_summary(bp_dump *dump, const bp_value *values)
{
    if (!dump->enveloped && !dump->row_from_path && values[ACCOUNT].there) {
        dump->row = &bp_dump_rows()[BP_DUMP_INSTANCES];
    }
    if (bp_dump_kind_of(dump->row) == BP_DUMP_INSTANCES) {
        return take_instance(dump, values);
    }
    if (!values[SET_NAME].good) {
        bp_dump_report(dump, "SYN005", "IMP023", "stack set without \"StackSetName\"");
        dump->spoiled = true;
    } else if (!bp_str_is(values[STATUS].text, "DELETED")) {
        bp_record_add(dump, &values[SET_NAME].text, 1);
    }
    return true;
}

bool
bp_read_summaries(bp_dump *dump, bp_json_event first)
{
    static const bp_field fields[SUMMARY_VALUES] = {
        [STATUS] = {"Status", BP_FIELD_TEXT, true, NULL},
        [SET_NAME] = {"StackSetName", BP_FIELD_TEXT, false, NULL},
        [ACCOUNT] = {"Account", BP_FIELD_ACCOUNT, false, NULL},
        [REGION] = {"Region", BP_FIELD_TEXT, false, NULL},
        [DETAIL] = {"StackInstanceStatus", BP_FIELD_NESTED, false, read_detail},
        [OU] = {"OrganizationalUnitId", BP_FIELD_TEXT, false, NULL},
    };
    bool named = dump->enveloped || dump->row_from_path;
    if (!bp_read_list(dump, first, "summary", fields, SUMMARY_VALUES, take_summary)) {
        return false;
    }
    if (!named && dump->records.count == 0 && !dump->spoiled) {
        bp_dump_report(dump, "IMP011", "IMP011",
                       "an empty list of summaries that does not say of what; wrap it: {\"dump\": "
                       "\"cloudformation.list-stack-sets\", \"data\": …}");
        dump->spoiled = true;
    }
    return true;
}
