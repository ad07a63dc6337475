/*
 * Effective policies as files: for a review, and for comparing with what AWS shows later. They are
 * not deployed.
 */
#include "compiler/emit/parts.h"

void
bp_emit_effective(bp_emission *emission)
{
    bp_arena *arena = emission->arena;
    const bp_organization *org = emission->deployment->org;
    const bp_effective *effective = emission->deployment->effective;
    if (org == NULL || effective == NULL ||
        (org->accounts.count > BP_EFFECTIVE_ACCOUNTS &&
         !bp_emission_has(emission, BP_TARGET_EFFECTIVE_ALL))) {
        return;
    }
    for (size_t i = 0; i < org->accounts.count; i++) {
        const bp_account *account = &org->accounts.at[i];
        bp_buf text = {.arena = arena};
        bp_merged *document = bp_merger_document(effective->merger, effective->account_ways[i]);
        bp_merged_write(effective->merger, document, account->id, 0, &text);
        bp_buf_add_char(&text, '\n');
        bp_emit_file(emission, bp_str_format(arena, "effective/%.*s.json", BP_ARG(account->id)),
                     bp_buf_text(&text), false);
    }
}
