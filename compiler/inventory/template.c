/*
 * What the template of a stack set makes: vaults and roles whose names are written out or are
 * parameters with a value. Anything else about a name makes the whole answer unknown.
 */
#include "compiler/inventory/survey_parts.h"

enum { LEVELS = 6 }; /* keys[5] is the deepest that counts */

typedef struct resource {
    bp_str type;
    bp_str name;  /* literal */
    bp_str ref;   /* the parameter of its name */
    bool complex; /* the name is something else */
} resource;

typedef struct making {
    bp_arena *arena;
    const bp_org_tag *parameters;
    size_t count;
    bp_buf vaults;
    bp_buf roles;
    bool unknown;
    bp_str keys[LEVELS];
    size_t depth;
    resource at_hand;
} making;

static bool
is_vault(bp_str type)
{
    return bp_str_is(type, "AWS::Backup::BackupVault") ||
           bp_str_is(type, "AWS::Backup::LogicallyAirGappedBackupVault");
}

static void
finish_resource(making *on)
{
    resource made = on->at_hand;
    bool vault = is_vault(made.type);
    on->at_hand = (resource){.complex = false};
    if (!vault && !bp_str_is(made.type, "AWS::IAM::Role")) {
        return;
    }
    for (size_t i = 0; i < on->count && made.ref.size > 0; i++) {
        if (bp_str_equal(on->parameters[i].key, made.ref)) {
            made.name = on->parameters[i].value;
        }
    }
    if (made.complex || made.name.size == 0) {
        on->unknown = true;
        return;
    }
    bp_buf *to = vault ? &on->vaults : &on->roles;
    bp_buf_add(to, made.name);
    bp_buf_add_char(to, '\n');
}

static void
take_scalar(making *on, bp_json_event event)
{
    bp_str text = bp_str_copy(on->arena, event.text);
    if (on->depth < 3 || on->depth >= LEVELS || !bp_str_is(on->keys[1], "Resources")) {
        return;
    }
    bool name = on->depth >= 4 && bp_str_is(on->keys[3], "Properties") &&
                (bp_str_is(on->keys[4], "BackupVaultName") || bp_str_is(on->keys[4], "RoleName"));
    if (on->depth == 3 && bp_str_is(on->keys[3], "Type")) {
        on->at_hand.type = text;
    } else if (on->depth == 4 && name) {
        on->at_hand.name = text;
    } else if (on->depth == 5 && name && bp_str_is(on->keys[5], "Ref")) {
        on->at_hand.ref = text;
    } else if (on->depth >= 5 && name) {
        on->at_hand.complex = true;
    }
}

static void
take(making *on, bp_json_event event)
{
    switch (event.kind) {
    case BP_JSON_KEY:
        if (on->depth < LEVELS) {
            on->keys[on->depth] = bp_str_copy(on->arena, event.text);
        }
        break;
    case BP_JSON_OBJECT:
    case BP_JSON_ARRAY:
        on->depth++;
        if (on->depth < LEVELS) {
            on->keys[on->depth] = BP_STR("");
        }
        break;
    case BP_JSON_OBJECT_END:
    case BP_JSON_ARRAY_END:
        if (on->depth == 3 && bp_str_is(on->keys[1], "Resources")) {
            finish_resource(on);
        }
        on->depth--;
        break;
    case BP_JSON_STRING:
    case BP_JSON_NUMBER:
    case BP_JSON_TRUE:
    case BP_JSON_FALSE:
    case BP_JSON_NULL:
        take_scalar(on, event);
        break;
    case BP_JSON_END:
    case BP_JSON_ERROR:
        break;
    }
}

bool
bp_template_makes(bp_dump *dump, bp_str body, const bp_org_tag *parameters, size_t count,
                  bp_str *vaults, bp_str *roles)
{
    making on = {.arena = dump->item,
                 .parameters = parameters,
                 .count = count,
                 .vaults = {.arena = dump->item},
                 .roles = {.arena = dump->item}};
    bp_str text = body;
    bp_str start = bp_str_trim(body);
    if (body.size == 0 || (!bp_str_starts(start, BP_STR("{")) &&
                           !bp_yaml_to_json(dump->survey, dump->item, body, &text))) {
        return false;
    }
    bp_json_reader *reader = bp_inner_reader(dump->item, text);
    for (;;) {
        bp_json_event event = bp_json_next(reader);
        if (event.kind == BP_JSON_ERROR) {
            return false;
        }
        if (event.kind == BP_JSON_END) {
            break;
        }
        take(&on, event);
    }
    *vaults = bp_buf_text(&on.vaults);
    *roles = bp_buf_text(&on.roles);
    return !on.unknown;
}
