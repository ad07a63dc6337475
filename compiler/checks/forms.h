/*
 * Forms of names: what a vault, a vault ARN or a role ARN may look like. Shared by the rules about
 * form and by those that must stay silent about what has no good form.
 */
#ifndef BP_COMPILER_CHECKS_FORMS_H
#define BP_COMPILER_CHECKS_FORMS_H

#include "compiler/checks/checks.h"

/* 2 to 50 letters, digits, '-' and '_'. */
bool bp_vault_name_is_good(bp_str name);
/* A placeholder that nobody filled in (SYN012), or a $word (SYN013). */
bool bp_text_is_unfinished(bp_str text);
/* The same for a whole ARN, in which $account and $region have a meaning. */
bool bp_arn_is_unfinished(bp_str text);
/* arn:PARTITION:iam::$account:role/PATH/NAME with good parts. */
bool bp_role_arn_is_good(const bp_value *value);
/* What is wrong with a role's path and name, as message; empty if nothing. */
bp_str bp_role_name_fault(bp_arena *arena, const bp_reference *reference);
/* Whether AWS takes the days of a declared lock; other ones are told by VLT006 and VLT009. */
bool bp_lock_is_good(const bp_facts *facts, const bp_lock *lock);

#endif
