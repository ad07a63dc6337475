/*
 * The read-only calls of AWS that answer what an inventory says, as rows of
 * compiler/inventory/calls.def. For compiler/cli/inventory_*.c alone.
 */
#ifndef BP_COMPILER_CLI_INVENTORY_CALLS_H
#define BP_COMPILER_CLI_INVENTORY_CALLS_H

#include "compiler/organization/organization.h"

typedef enum bp_call_section {
#define SECTION(id, name, by_default, settles) BP_SECTION_##id,
#include "compiler/inventory/calls.def"
    BP_SECTION_NONE /* nothing asks for it as a whole */
} bp_call_section;

typedef enum bp_call_id {
#define DUMP(id, service, command, where, arguments, needs, empty, key, section, action, answers) \
    BP_CALL_##id,
#include "compiler/inventory/calls.def"
    BP_CALLS
} bp_call_id;

/* Where a call is made. */
typedef enum bp_call_place {
    BP_CALL_IN_MANAGEMENT, /* or in the account of a delegated administrator */
    BP_CALL_IN_ACCOUNT,
    BP_CALL_IN_REGION /* of each account */
} bp_call_place;

/* Keys of an envelope that tell what a call was about. */
typedef enum bp_call_key {
    BP_CALL_KEY_ACCOUNT,
    BP_CALL_KEY_REGION,
    BP_CALL_KEY_PARENT,
    BP_CALL_KEY_TARGET,
    BP_CALL_KEY_POLICY,
    BP_CALL_KEY_ROLE,
    BP_CALL_KEY_VAULT,
    BP_CALL_KEY_STACK_SET,
    BP_CALL_KEYS
} bp_call_key;

typedef struct bp_call {
    const char *service;
    const char *command;
    bp_call_place place;
    const char *arguments; /* with keys in braces: "--parent-id {parent}" */
    unsigned needs;        /* bits of the keys that an envelope must carry */
    bp_call_section section;
    const char *action; /* of IAM */
    const char *answers;
} bp_call;

typedef struct bp_call_section_row {
    const char *name;
    bool by_default;
    const char *settles;
} bp_call_section_row;

/* By bp_call_id, in the order in which they are collected. */
const bp_call *bp_calls(void);
/* By bp_call_section. */
const bp_call_section_row *bp_call_sections(void);
/* "parent", as envelopes and braces have it. */
const char *bp_call_key_name(bp_call_key key);

/* Whether the key stands among the arguments of a call. */
bool bp_call_is_about(const bp_call *call, bp_call_key key);

/* What one call is about; empty texts are not known. */
typedef struct bp_call_subject {
    bp_str keys[BP_CALL_KEYS];
} bp_call_subject;

/* "aws organizations list-accounts-for-parent --parent-id r-ab12", as a shell reads it. What is not
 * known stands there in capitals: PARENT. */
bp_str bp_call_words(bp_arena *arena, const bp_call *call, const bp_call_subject *subject);

/* Whether an organization leaves the answer of a call open. */
bool bp_call_is_open(const bp_organization *org, bp_call_id call);
bool bp_call_is_open_for_ou(const bp_ou *ou, bp_call_id call);
/* `region` is an index, or -1 for calls about an account as a whole. */
bool bp_call_is_open_in(const bp_account *account, int region, bp_call_id call);

#endif
