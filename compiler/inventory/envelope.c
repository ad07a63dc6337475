/*
 * The envelope around an answer: whose it is, when it was taken, whether it is whole, and then the
 * answer or the error. "data" has to stand last, since it is read as it comes.
 */
#include "compiler/inventory/survey_parts.h"

#include "lib/calendar.h"
#include "lib/suggest.h"

#include <string.h>

typedef enum envelope_key {
    KEY_DUMP,
    KEY_ACCOUNT,
    KEY_REGION,
    KEY_PARENT,
    KEY_TARGET,
    KEY_POLICY,
    KEY_ROLE,
    KEY_VAULT,
    KEY_STACK_SET,
    KEY_CALL_AS,
    KEY_TAKEN_AT,
    KEY_COMPLETE,
    KEY_PAGES,
    KEY_DATA,
    KEY_ERROR,
    KEY_COUNT
} envelope_key;

static const char *const key_names[] = {"dump",     "account",  "region", "parent",    "target",
                                        "policy",   "role",     "vault",  "stack_set", "call_as",
                                        "taken_at", "complete", "pages",  "data",      "error"};

static envelope_key
key_of(bp_str text)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (bp_str_is(text, key_names[i])) {
            return (envelope_key)i;
        }
    }
    return KEY_COUNT;
}

void
bp_envelope_names(bp_json_names *names)
{
    names->others = true;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        bp_json_names_add(names, key_names[i], 0);
    }
}

bool
bp_is_envelope_key(bp_str key)
{
    return key_of(key) != KEY_COUNT;
}

/* "YYYY-MM-DDThh:mm:ss", a fraction, and "Z" or an offset; or a date alone. */
bool
bp_instant_loose(bp_str text, int64_t *instant)
{
    enum { SECONDS = 19, HOUR = 3600, MINUTE = 60 };
    char whole[SECONDS + 1];
    if (text.size <= SECONDS) {
        return bp_instant_parse(text, instant);
    }
    for (size_t i = 0; i < SECONDS; i++) {
        whole[i] = text.at[i] == ' ' && i == 10 ? 'T' : text.at[i];
    }
    whole[SECONDS] = 'Z';
    size_t at = SECONDS;
    if (text.at[at] == '.') {
        for (at++; at < text.size && bp_is_digit(text.at[at]); at++) {
        }
    }
    bp_str zone = bp_str_cut(text, at, text.size);
    if (!bp_instant_parse((bp_str){whole, SECONDS + 1}, instant)) {
        return false;
    }
    if (bp_str_is(zone, "Z")) {
        return true;
    }
    int64_t hours = 0;
    int64_t minutes = 0;
    bool colon = zone.size == 6 && zone.at[3] == ':';
    if ((!colon && zone.size != 5) || (zone.at[0] != '+' && zone.at[0] != '-') ||
        !bp_str_number(bp_str_cut(zone, 1, 3), &hours) ||
        !bp_str_number(bp_str_cut(zone, colon ? 4 : 3, zone.size), &minutes) || hours > 23 ||
        minutes > 59) {
        return false;
    }
    int64_t shift = hours * HOUR + minutes * MINUTE;
    *instant += zone.at[0] == '+' ? -shift : shift;
    return true;
}

typedef struct envelope {
    bp_dump *dump;
    bool has_dump;
    bool has_data;
    bool has_error;
    bool refused;
    bp_str code;
    bp_str message;
} envelope;

static bool
refuse(envelope *on, const char *format, bp_str text)
{
    bp_finding *finding = bp_dump_report(on->dump, "IMP011", "IMP012", "%s%.*s%s",
                                         text.size > 0 ? "\"" : "", BP_ARG(text), format);
    bp_survey_help(on->dump->survey, finding,
                   "an envelope is {\"dump\": \"service.command\", \"account\": …, \"region\": …, "
                   "\"taken_at\": …, \"data\": …}, with \"data\" or \"error\" last");
    on->refused = true;
    on->dump->spoiled = true;
    return true;
}

static void
against_path(bp_dump *dump, unsigned bit, const char *key, bp_str said, bp_str now)
{
    if ((dump->from_path & bit) != 0 && !bp_str_equal(said, now)) {
        bp_dump_report(dump, "IMP014", "IMP033",
                       "%s \"%.*s\" in the envelope and \"%.*s\" in the path", key, BP_ARG(now),
                       BP_ARG(said));
        dump->spoiled = true;
    }
    dump->from_path &= ~bit;
}

static void
set_text(bp_dump *dump, envelope_key key, bp_str text)
{
    struct {
        bp_str *to;
        unsigned bit;
    } places[KEY_COUNT] = {
        [KEY_ACCOUNT] = {&dump->account, BP_ABOUT_ACCOUNT},
        [KEY_PARENT] = {&dump->parent, BP_ABOUT_PARENT},
        [KEY_TARGET] = {&dump->target, BP_ABOUT_TARGET},
        [KEY_POLICY] = {&dump->policy, BP_ABOUT_POLICY},
        [KEY_ROLE] = {&dump->role, BP_ABOUT_ROLE},
        [KEY_VAULT] = {&dump->vault, BP_ABOUT_VAULT},
        [KEY_STACK_SET] = {&dump->stack_set, BP_ABOUT_STACK_SET},
        [KEY_CALL_AS] = {&dump->call_as, 0},
    };
    bp_str kept = bp_kept(dump->survey, text);
    against_path(dump, places[key].bit, key_names[key], *places[key].to, kept);
    *places[key].to = kept;
}

static void
set_row(envelope *on, bp_str text)
{
    bp_dump *dump = on->dump;
    const bp_dump_row *row = bp_dump_row_named(text);
    if (row == NULL) {
        bp_suggester near = bp_suggest_start(text);
        for (size_t i = 0; i < BP_DUMP_KINDS; i++) {
            bp_suggest_offer(&near, bp_str_of(bp_dump_rows()[i].command));
        }
        bp_finding *finding =
            bp_dump_report(dump, "IMP011", "IMP012", "no dump is called \"%.*s\"", BP_ARG(text));
        if (near.best.size > 0) {
            bp_survey_help(dump->survey, finding, "did you mean \"%.*s\"?", BP_ARG(near.best));
        }
        on->refused = true;
        dump->spoiled = true;
        return;
    }
    if (dump->row_from_path && dump->row != row) {
        bp_dump_report(dump, "IMP014", "IMP033",
                       "dump \"%.*s\" in the envelope and \"%s\" in the path", BP_ARG(text),
                       dump->row->command);
        dump->spoiled = true;
    }
    dump->row = row;
    on->has_dump = true;
}

/* Many answers are of one second: the time that was read last is compared first. */
static bool
read_time(bp_dump *dump, bp_str text)
{
    bp_time_read *last = &dump->survey->last_time;
    if (last->size != text.size || text.size == 0 || memcmp(last->text, text.at, text.size) != 0) {
        if (!bp_instant_loose(text, &last->instant)) {
            last->size = 0;
            return false;
        }
        last->size = text.size <= sizeof last->text ? text.size : 0;
        memcpy(last->text, text.at, last->size);
    }
    dump->taken = last->instant;
    return true;
}

static bool
read_text(envelope *on, envelope_key key, bp_json_event value)
{
    bp_dump *dump = on->dump;
    if (key == KEY_ACCOUNT && value.kind == BP_JSON_NUMBER) {
        bp_finding *finding =
            bp_dump_report(dump, "SYN005", "IMP021",
                           "\"account\" is the number %.*s; an account id is a string "
                           "of 12 digits",
                           BP_ARG(value.text));
        bp_survey_help(dump->survey, finding,
                       "write 12 digits in quotes; a leading zero may be gone");
        dump->spoiled = true;
        return true;
    }
    if (value.kind != BP_JSON_STRING) {
        return bp_wrong_kind(dump, value, key_names[key], "a string");
    }
    if (key == KEY_DUMP) {
        set_row(on, value.text);
    } else if (key == KEY_TAKEN_AT) {
        if (!read_time(dump, value.text)) {
            bp_dump_report(dump, "SYN005", "IMP023",
                           "\"taken_at\" is \"%.*s\"; a time is written 2026-11-02T06:00:00Z",
                           BP_ARG(value.text));
            dump->spoiled = true;
        }
    } else if (key == KEY_REGION) {
        bp_str before = dump->region_code;
        if (!bp_dump_set_region(dump, value.text)) {
            bp_dump_report(dump, "REG001", "IMP022", "Region \"%.*s\" is not known",
                           BP_ARG(value.text));
            dump->spoiled = true;
        }
        against_path(dump, BP_ABOUT_REGION, "region", before, dump->region_code);
    } else if (key == KEY_ACCOUNT && !bp_is_account_number(value.text)) {
        bp_dump_report(dump, "SYN005", "IMP021",
                       "\"account\" is \"%.*s\"; an account id is 12 digits", BP_ARG(value.text));
        dump->spoiled = true;
    } else {
        set_text(dump, key, value.text);
    }
    return true;
}

static bool
read_pages(envelope *on, bp_json_event value)
{
    static const bp_field fields[] = {{"index", BP_FIELD_NUMBER, true, NULL},
                                      {"of", BP_FIELD_NUMBER, true, NULL}};
    bp_value values[2];
    int64_t index = 0;
    int64_t of = 0;
    if (value.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(on->dump, value, "pages", "{\"index\": 1, \"of\": 3}");
    }
    if (!bp_read_members(on->dump, "pages", fields, 2, values)) {
        return false;
    }
    bool good = bp_str_number(values[0].text, &index) && bp_str_number(values[1].text, &of) &&
                index >= 1 && index <= of;
    if (!good && !on->dump->spoiled) {
        return refuse(on, "pages are counted from 1 to \"of\"", BP_STR(""));
    }
    on->dump->page = (uint32_t)index;
    on->dump->pages = (uint32_t)of;
    return true;
}

static bool
read_error(envelope *on, bp_json_event value)
{
    static const bp_field fields[] = {{"code", BP_FIELD_TEXT, true, NULL},
                                      {"message", BP_FIELD_TEXT, false, NULL}};
    bp_value values[2];
    on->has_error = true;
    if (value.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(on->dump, value, "error", "{\"code\": …, \"message\": …}");
    }
    if (!bp_read_members(on->dump, "error", fields, 2, values)) {
        return false;
    }
    on->code = values[0].text;
    on->message = values[1].text;
    return true;
}

static bool
read_data(envelope *on, bp_json_event value)
{
    on->has_data = true;
    if (!on->has_dump) {
        if (!on->refused) {
            refuse(on, "\"data\" before \"dump\"; the envelope has to say first what it holds",
                   BP_STR(""));
        }
        return bp_dump_skip(on->dump, value);
    }
    if (value.kind != BP_JSON_OBJECT) {
        return bp_wrong_kind(on->dump, value, "data", "the unchanged answer, an object,");
    }
    return bp_read_payload(on->dump);
}

static bool
read_key(envelope *on, envelope_key key, bp_json_event value)
{
    switch (key) {
    case KEY_DUMP:
    case KEY_ACCOUNT:
    case KEY_REGION:
    case KEY_PARENT:
    case KEY_TARGET:
    case KEY_POLICY:
    case KEY_ROLE:
    case KEY_VAULT:
    case KEY_STACK_SET:
    case KEY_CALL_AS:
    case KEY_TAKEN_AT:
        return read_text(on, key, value);
    case KEY_COMPLETE:
        if (value.kind != BP_JSON_TRUE && value.kind != BP_JSON_FALSE) {
            return bp_wrong_kind(on->dump, value, "complete", "true or false");
        }
        on->dump->not_complete = value.kind == BP_JSON_FALSE;
        return true;
    case KEY_PAGES:
        return read_pages(on, value);
    case KEY_DATA:
        return read_data(on, value);
    case KEY_ERROR:
        return read_error(on, value);
    case KEY_COUNT:
        break;
    }
    return bp_dump_skip(on->dump, value);
}

/* What a failed call means. */
static void
take_error(envelope *on)
{
    bp_dump *dump = on->dump;
    bool access = bp_dump_kind_of(dump->row) == BP_DUMP_ACCESS;
    if (bp_str_is(on->code, "AWSOrganizationsNotInUseException")) {
        dump->survey->org_not_in_use = true;
        bp_dump_report(dump, "TOP010", "IMP031", "the account is in no organization");
        return;
    }
    if (!bp_dump_addressed(dump, dump->row->needs)) {
        return;
    }
    if (access && bp_str_is(on->code, "ResourceNotFoundException")) {
        bp_record_add(dump, &BP_STR("none"), 1);
        bp_unit_enter(dump, bp_dump_key(dump));
        return;
    }
    bp_unit_fail(dump, bp_dump_key(dump));
}

bool
bp_read_envelope(bp_dump *dump)
{
    envelope on = {.dump = dump};
    bp_json_names *names = dump->envelope;
    dump->enveloped = true;
    names->next = 0;
    for (;;) {
        envelope_key key = (envelope_key)bp_dump_member(dump, names);
        bp_json_kind kind = dump->last.kind;
        if (kind == BP_JSON_OBJECT_END) {
            break;
        }
        if (kind == BP_JSON_ERROR) {
            return false;
        }
        if (key == KEY_COUNT) {
            refuse(&on, "\" is no key of an envelope", names->other);
        } else if (on.has_data) {
            refuse(&on, "\" after \"data\"; \"data\" has to be the last key", names->at[key]);
        }
        if (!read_key(&on, key, dump->last)) {
            return false;
        }
    }
    if (on.has_data == on.has_error && !on.refused) {
        refuse(&on,
               on.has_data ? "both \"data\" and \"error\" in one envelope"
                           : "neither \"data\" nor \"error\" in an envelope",
               BP_STR(""));
    } else if (!on.has_dump && !on.refused) {
        refuse(&on, "an envelope without \"dump\"", BP_STR(""));
    } else if (on.has_error && !on.refused && !dump->spoiled) {
        take_error(&on);
    }
    return true;
}
