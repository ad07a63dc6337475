/*
 * Rows that a project put on top of the tables of facts: the findings that they decide say so, and
 * DAT002 names each such row once.
 */
#ifndef BP_COMPILER_CHECKS_OVERRIDE_H
#define BP_COMPILER_CHECKS_OVERRIDE_H

#include "compiler/checks/checks.h"

/* Notes in a finding that a user's row decided it, and counts it. Nothing for NULL. */
void bp_user_told(const bp_check_context *context, bp_finding *finding, const bp_user_row *user);
/* Counts a verdict that stayed away because of a user's row. Nothing for NULL. */
void bp_user_spared(const bp_check_context *context, const bp_user_row *user);
/* Notes the row of a limit that a number went beyond. */
void bp_quota_told(const bp_check_context *context, bp_finding *finding, const bp_quota *quota);
/* Counts a limit that a number keeps only because of the user's row. */
void bp_quota_kept(const bp_check_context *context, const bp_quota *quota, int64_t number);

#endif
