/*
 * DAT002: rows of the user that decided a verdict. The families tell which; this file words it and
 * counts. It runs when all others are done.
 */
#include "compiler/checks/override.h"

#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"

void
bp_user_spared(const bp_check_context *context, const bp_user_row *user)
{
    if (user != NULL && context->cache != NULL && user->number < context->cache->user_rows) {
        context->cache->decided[user->number]++;
    }
}

void
bp_user_told(const bp_check_context *context, bp_finding *finding, const bp_user_row *user)
{
    if (user == NULL) {
        return;
    }
    bp_finding_note(context->diagnostics, finding,
                    "decided by a row of this project: table %s, \"%.*s\", %.*s (%.*s, %.*s)",
                    user->table, BP_ARG(user->key), BP_ARG(user->set), BP_ARG(user->reason),
                    BP_ARG(user->date));
    bp_finding_label(context->diagnostics, finding, user->span, "this row decides");
    bp_user_spared(context, user);
}

void
bp_quota_told(const bp_check_context *context, bp_finding *finding, const bp_quota *quota)
{
    bp_user_told(context, finding, quota->user);
}

void
bp_quota_kept(const bp_check_context *context, const bp_quota *quota, int64_t number)
{
    const bp_quota *was = quota->user != NULL ? quota->user->was : NULL;
    if (was != NULL && (quota->smallest ? number < was->value : number > was->value)) {
        bp_user_spared(context, quota->user);
    }
}

void
bp_check_overrides(const bp_check_context *context)
{
    const bp_user_row *const *rows = NULL;
    size_t count = bp_user_rows(context->facts, &rows);
    for (size_t i = 0; context->cache != NULL && i < count; i++) {
        size_t decided = context->cache->decided[i];
        if (decided == 0) {
            continue;
        }
        bp_finding *finding = bp_report(context->diagnostics, "DAT002", rows[i]->span,
                                        "this row decided %zu verdict%s, not the documents of AWS",
                                        decided, bp_plural(decided));
        bp_finding_note(context->diagnostics, finding, "table %s, \"%.*s\": %.*s", rows[i]->table,
                        BP_ARG(rows[i]->key), BP_ARG(rows[i]->set));
        bp_finding_note(context->diagnostics, finding, "reason: %.*s (%.*s)",
                        BP_ARG(rows[i]->reason), BP_ARG(rows[i]->date));
        bp_finding_note(context->diagnostics, finding, "tables as of %s", bp_facts_as_of());
    }
}
