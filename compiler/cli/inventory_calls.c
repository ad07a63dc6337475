/*
 * The calls that an inventory is made of: their rows, how they are typed, and which of them would
 * settle something that an organization leaves open. Printing them is inventory_commands.c.
 */
#include "compiler/cli/inventory_calls.h"

#include <string.h>

#define KEY(key) (1u << BP_CALL_KEY_##key)

static const bp_call calls[] = {
#define DUMP(id, service, command, where, arguments, needs, empty, key, section, action, answers) \
    {service, command, BP_CALL_IN_##where, arguments, (needs) | (empty), BP_SECTION_##section,    \
     action,  answers},
#include "compiler/inventory/calls.def"
};

static const bp_call_section_row sections[] = {
#define SECTION(id, name, by_default, settles) {name, by_default, settles},
#include "compiler/inventory/calls.def"
};

static const char *const key_names[BP_CALL_KEYS] = {"account", "region", "parent", "target",
                                                    "policy",  "role",   "vault",  "stack_set"};

const bp_call *
bp_calls(void)
{
    return calls;
}

const bp_call_section_row *
bp_call_sections(void)
{
    return sections;
}

const char *
bp_call_key_name(bp_call_key key)
{
    return key_names[key];
}

/* A value as one word of a shell. */
static void
add_word(bp_buf *out, bp_str value)
{
    bool plain = value.size > 0;
    for (size_t i = 0; i < value.size; i++) {
        char c = value.at[i];
        plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.');
    }
    if (plain) {
        bp_buf_add(out, value);
        return;
    }
    bp_buf_add_char(out, '\'');
    for (size_t i = 0; i < value.size; i++) {
        if (value.at[i] == '\'') {
            bp_buf_add_c(out, "'\\''");
        } else {
            bp_buf_add_char(out, value.at[i]);
        }
    }
    bp_buf_add_char(out, '\'');
}

/* The key that stands in braces at `at`, with the bytes that it takes; BP_CALL_KEYS: other words in
 * braces, which people fill in. */
static bp_call_key
key_at(const char *at, size_t *size)
{
    *size = strcspn(at, "}") + 1;
    for (int key = 0; key < BP_CALL_KEYS; key++) {
        if (bp_str_is((bp_str){at + 1, *size - 2}, key_names[key])) {
            return (bp_call_key)key;
        }
    }
    return BP_CALL_KEYS;
}

bool
bp_call_is_about(const bp_call *call, bp_call_key key)
{
    size_t size = 0;
    const char *brace = strchr(call->arguments, '{');
    while (brace != NULL) {
        if (key_at(brace, &size) == key) {
            return true;
        }
        brace = strchr(brace + size, '{');
    }
    return false;
}

static void
add_capitals(bp_buf *out, bp_str word)
{
    for (size_t i = 0; i < word.size; i++) {
        char c = word.at[i];
        bp_buf_add_char(out, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
    }
}

bp_str
bp_call_words(bp_arena *arena, const bp_call *call, const bp_call_subject *subject)
{
    bp_buf out = {.arena = arena};
    bp_buf_format(&out, "aws %s %s%s", call->service, call->command,
                  call->arguments[0] == '\0' ? "" : " ");
    for (const char *at = call->arguments; *at != '\0';) {
        const char *brace = strchr(at, '{');
        size_t before = brace == NULL ? strlen(at) : (size_t)(brace - at);
        size_t size = 0;
        bp_call_key key = brace == NULL ? BP_CALL_KEYS : key_at(brace, &size);
        bp_str value = key == BP_CALL_KEYS ? (bp_str){0} : subject->keys[key];
        /* A name that begins like an option is one word with its own option. */
        bool joined = value.size > 0 && value.at[0] == '-' && before > 0;
        bp_buf_add(&out, (bp_str){at, joined ? before - 1 : before});
        if (joined) {
            bp_buf_add_char(&out, '=');
        }
        if (value.size > 0) {
            add_word(&out, value);
        } else if (brace != NULL) {
            add_capitals(&out, (bp_str){brace + 1, size - 2});
        }
        at += before + size;
    }
    return bp_buf_text(&out);
}

bool
bp_call_is_open(const bp_organization *org, bp_call_id call)
{
    switch (call) {
    case BP_CALL_ORGANIZATION:
        return org->features == BP_FEATURES_UNKNOWN;
    case BP_CALL_SERVICE_ACCESS:
        return !org->trusted_known;
    case BP_CALL_ADMINISTRATORS:
        return !org->administrators_known;
    case BP_CALL_GLOBAL_SETTINGS:
        return org->cross_account_backup == BP_UNKNOWN;
    case BP_CALL_ROOTS:
        return org->policy_type == BP_POLICY_TYPE_UNKNOWN;
    case BP_CALL_ACCOUNTS:
        return !org->tree_complete;
    case BP_CALL_POLICIES:
    case BP_CALL_POLICY:
    case BP_CALL_POLICY_TARGETS:
        return !org->policies_complete;
    case BP_CALL_STACK_SETS:
    case BP_CALL_STACK_SET:
    case BP_CALL_STACK_INSTANCES:
        return !org->stack_sets_complete;
    case BP_CALL_UNITS:
    case BP_CALL_CHILD_ACCOUNTS:
    case BP_CALL_TARGET_POLICIES:
    case BP_CALL_SETTINGS:
    case BP_CALL_REGIONS:
    case BP_CALL_ROLES:
    case BP_CALL_ROLE_POLICIES:
    case BP_CALL_VAULTS:
    case BP_CALL_ALIASES:
    case BP_CALL_VAULT_POLICY:
    case BP_CALL_MEMBER_SETTINGS:
    case BP_CALL_RESOURCES:
    case BP_CALL_PROTECTED:
    case BP_CALL_RESOURCE_TAGS:
    case BP_CALL_AGGREGATE:
    case BP_CALLS:
        break;
    }
    return true;
}

bool
bp_call_is_open_for_ou(const bp_ou *ou, bp_call_id call)
{
    return call == BP_CALL_UNITS ? !ou->ous_known : !ou->accounts_known;
}

static bool
settings_cover(const bp_account *account, int region)
{
    const bp_region_settings *settings = account->region_settings;
    for (size_t i = 0; settings != NULL && i < settings->rows.count; i++) {
        if ((settings->rows.at[i].in & BP_REGION_BIT(region)) != 0) {
            return true;
        }
    }
    return false;
}

/* Whether some vault of the Region lacks what the call would tell, or no vault is known to be all.
 */
static bool
some_vault_is_open(const bp_account *account, int region, bp_call_id call)
{
    const bp_vault_set *set = account->vaults;
    if (set == NULL || (set->seen & BP_REGION_BIT(region)) == 0) {
        return true;
    }
    for (size_t i = 0; i < set->vaults.count; i++) {
        const bp_org_vault *vault = &set->vaults.at[i];
        bool open = call == BP_CALL_ALIASES ? vault->key == BP_KEY_UNKNOWN
                                            : vault->copy_from == BP_COPY_FROM_UNKNOWN;
        if (open && (vault->in & BP_REGION_BIT(region)) != 0) {
            return true;
        }
    }
    return false;
}

static bool
roles_lack_policies(const bp_account *account)
{
    for (size_t i = 0; i < account->roles->roles.count; i++) {
        if (!account->roles->roles.at[i].policies_known) {
            return true;
        }
    }
    return false;
}

bool
bp_call_is_open_in(const bp_account *account, int region, bp_call_id call)
{
    bool roles_open = account->roles == NULL || !account->roles->complete;
    if (call == BP_CALL_REGIONS) {
        return !account->regions_known;
    }
    if (call == BP_CALL_ROLES) {
        return roles_open;
    }
    if (call == BP_CALL_ROLE_POLICIES) {
        return roles_open || roles_lack_policies(account);
    }
    if (call == BP_CALL_SETTINGS || call == BP_CALL_MEMBER_SETTINGS) {
        return !settings_cover(account, region);
    }
    if (call == BP_CALL_VAULTS) {
        return account->vaults == NULL || (account->vaults->seen & BP_REGION_BIT(region)) == 0;
    }
    if (call == BP_CALL_ALIASES || call == BP_CALL_VAULT_POLICY) {
        return some_vault_is_open(account, region, call);
    }
    return account->resources == NULL || (account->resources->seen & BP_REGION_BIT(region)) == 0;
}
