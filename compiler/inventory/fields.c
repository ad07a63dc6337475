/*
 * Members of objects by rows: those that are known are kept as texts, the others skipped, since the
 * services add members often. A value of another type is told where it stands; ids that are numbers
 * are refused, because a leading zero may be gone.
 */
#include "compiler/inventory/survey_parts.h"

#include "compiler/facts/ids.h"

bool
bp_dump_skip(bp_dump *dump, bp_json_event first)
{
    dump->last = first;
    return bp_json_skip_to(dump->reader, &dump->last);
}

static const char *
kind_name(bp_json_kind kind)
{
    switch (kind) {
    case BP_JSON_OBJECT:
        return "an object";
    case BP_JSON_ARRAY:
        return "a list";
    case BP_JSON_STRING:
        return "a string";
    case BP_JSON_NUMBER:
        return "a number";
    case BP_JSON_TRUE:
    case BP_JSON_FALSE:
        return "a boolean";
    case BP_JSON_NULL:
        return "null";
    case BP_JSON_END:
    case BP_JSON_ERROR:
    case BP_JSON_OBJECT_END:
    case BP_JSON_ARRAY_END:
    case BP_JSON_KEY:
        break;
    }
    return "nothing";
}

bool
bp_wrong_kind(bp_dump *dump, bp_json_event first, const char *what, const char *belongs)
{
    if (first.kind == BP_JSON_ERROR) {
        return false;
    }
    bp_dump_report(dump, "SYN005", "IMP023", "%s for \"%s\"; %s belongs here",
                   kind_name(first.kind), what, belongs);
    dump->spoiled = true;
    return bp_dump_skip(dump, first);
}

static bool
take_account(bp_dump *dump, bp_json_event event, const char *name, bp_value *value)
{
    value->good = event.kind == BP_JSON_STRING && bp_is_account_id(event.text);
    if (value->good || (event.kind != BP_JSON_STRING && event.kind != BP_JSON_NUMBER)) {
        return value->good || bp_wrong_kind(dump, event, name, "an account id");
    }
    bool number = event.kind == BP_JSON_NUMBER;
    bp_finding *finding = bp_dump_report(
        dump, "SYN005", "IMP021", "\"%s\" is %s%.*s%s; an account id is a string of 12 digits",
        name, number ? "the number " : "\"", BP_ARG(event.text), number ? "" : "\"");
    bp_survey_help(dump->survey, finding,
                   number ? "take the dump again without tools that turn ids into numbers; a "
                            "leading zero may be gone"
                          : "take the dump again; ids are never repaired");
    dump->spoiled = true;
    return true;
}

/* Its parts, which lie in the copy of the text, are kept beside it. */
static bool
take_arn(bp_dump *dump, bp_json_event event, const char *name, bp_value *value)
{
    bp_arn arn;
    if (event.kind != BP_JSON_STRING) {
        return bp_wrong_kind(dump, event, name, "an ARN");
    }
    bp_str text = bp_str_copy(dump->item, event.text);
    value->good = bp_arn_parse(text, &arn);
    if (!value->good) {
        bp_dump_report(dump, "TOP010", "IMP022", "\"%.*s\" is no ARN", BP_ARG(event.text));
        dump->spoiled = true;
    } else if (!bp_dump_partition(dump, arn.partition)) {
        value->good = false;
    } else {
        value->text = text;
        value->arn = BP_NEW(dump->item, bp_arn);
        *value->arn = arn;
    }
    return true;
}

/* A value that has just begun. */
static bool
take(bp_dump *dump, const bp_field *field, const bp_json_event *read, bp_value *value)
{
    bool good = true;
    if (field->kind == BP_FIELD_TEXT && read->kind == BP_JSON_STRING) { /* most of them */
        value->there = true;
        value->good = true;
        value->span = read->span;
        value->text = bp_str_copy(dump->item, read->text);
        return true;
    }
    bp_json_event event = *read;
    value->there = true;
    value->good = true;
    value->span = event.span;
    switch (field->kind) {
    case BP_FIELD_NESTED:
        return field->nested(dump, event, value);
    case BP_FIELD_ANY:
        if (event.kind == BP_JSON_STRING || event.kind == BP_JSON_NUMBER) {
            value->text = bp_str_copy(dump->item, event.text);
        }
        return bp_dump_skip(dump, event);
    case BP_FIELD_FLAG:
        value->good = event.kind == BP_JSON_TRUE || event.kind == BP_JSON_FALSE;
        value->flag = event.kind == BP_JSON_TRUE;
        return value->good || bp_wrong_kind(dump, event, field->name, "true or false");
    case BP_FIELD_NUMBER: {
        int64_t number = 0;
        value->good = event.kind == BP_JSON_NUMBER && event.text.size < 10 &&
                      bp_str_number(event.text, &number);
        good = value->good || bp_wrong_kind(dump, event, field->name, "a number");
        break;
    }
    case BP_FIELD_ACCOUNT:
        good = take_account(dump, event, field->name, value);
        break;
    case BP_FIELD_ARN:
        return take_arn(dump, event, field->name, value);
    case BP_FIELD_TEXT:
    case BP_FIELD_LONG_TEXT:
        value->good = event.kind == BP_JSON_STRING;
        good = value->good || bp_wrong_kind(dump, event, field->name, "a string");
        break;
    }
    if (value->good) {
        value->text = bp_str_copy(dump->item, event.text);
    }
    return good;
}

static void
lacks(bp_dump *dump, const char *what, const bp_field *field, const bp_value *values)
{
    if (values[0].good && values[0].text.size > 0) {
        bp_dump_report(dump, "SYN005", "IMP023", "%s \"%.*s\" without \"%s\"", what,
                       BP_ARG(values[0].text), field->name);
    } else {
        bp_dump_report(dump, "SYN005", "IMP023", "%s without \"%s\"", what, field->name);
    }
    dump->spoiled = true;
}

/* The names of a table of fields. They are kept for the file, with what the reader learns by them.
 */
static bp_json_names *
names_of(bp_dump *dump, const bp_field *fields, size_t count)
{
    for (bp_names_kept *each = *dump->names; each != NULL; each = each->next) {
        if (each->fields == fields && each->names.count == count) {
            return &each->names;
        }
    }
    bp_names_kept *kept = BP_NEW(dump->file, bp_names_kept);
    *kept = (bp_names_kept){.next = *dump->names, .fields = fields};
    *dump->names = kept;
    for (size_t i = 0; i < count; i++) {
        bp_json_names_add(&kept->names, fields[i].name,
                          fields[i].kind == BP_FIELD_TEXT ? 0 : BP_TEXT_MAX);
    }
    return &kept->names;
}

size_t
bp_dump_member(bp_dump *dump, bp_json_names *names)
{
    if (!dump->pushed) {
        return bp_json_member(dump->reader, names, &dump->last);
    }
    bp_json_event key = bp_dump_next(dump);
    if (key.kind != BP_JSON_KEY) {
        return names->count;
    }
    size_t number = bp_json_member_value(dump->reader, names, key.text, &dump->last);
    bool skipped =
        number == names->count && !names->others && bp_json_skip_to(dump->reader, &dump->last);
    return skipped ? bp_json_member(dump->reader, names, &dump->last) : number;
}

static bool
read_members(bp_dump *dump, const char *what, const bp_field *fields, bp_json_names *names,
             bp_value *values)
{
    size_t count = names->count;
    names->next = 0;
    for (size_t i = 0; i < count; i++) {
        values[i] = (bp_value){.there = false};
    }
    for (size_t at = bp_dump_member(dump, names); at < count; at = bp_dump_member(dump, names)) {
        if (!take(dump, &fields[at], &dump->last, &values[at])) {
            return false;
        }
    }
    if (dump->last.kind != BP_JSON_OBJECT_END) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (fields[i].required && !values[i].there) {
            lacks(dump, what, &fields[i], values);
        }
    }
    return true;
}

bool
bp_read_members(bp_dump *dump, const char *what, const bp_field *fields, size_t count,
                bp_value *values)
{
    return read_members(dump, what, fields, names_of(dump, fields, count), values);
}

bool
bp_read_list(bp_dump *dump, bp_json_event first, const char *what, const bp_field *fields,
             size_t count, bp_item_reader *item)
{
    bp_value values[BP_FIELDS_MAX];
    if (first.kind != BP_JSON_ARRAY) {
        return bp_wrong_kind(dump, first, what, "a list");
    }
    bp_json_names *names = names_of(dump, fields, count);
    dump->nesting++;
    for (;;) {
        if (dump->nesting == 1) {
            bp_arena_reset(dump->item);
        }
        const bp_json_event *event = bp_dump_step(dump);
        if (event->kind == BP_JSON_ARRAY_END) {
            dump->nesting--;
            return true;
        }
        if (event->kind != BP_JSON_OBJECT) {
            if (!bp_wrong_kind(dump, *event, what, "an object")) {
                return false;
            }
            continue;
        }
        if (!read_members(dump, what, fields, names, values)) {
            return false;
        }
        for (size_t i = 0; i < count; i++) {
            if (fields[i].required && !values[i].good) {
                values[0].there = false;
            }
        }
        if (count > 0 && values[0].there && !item(dump, values)) {
            return false;
        }
    }
}
