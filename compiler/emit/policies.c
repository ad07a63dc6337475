/*
 * Policy documents: the text exactly as it is sent, and a twin for people.
 */
#include "compiler/emit/parts.h"

void
bp_emit_policies(bp_emission *emission)
{
    bp_arena *arena = emission->arena;
    for (size_t i = 0; i < emission->deployment->policies.count; i++) {
        const bp_deployed_policy *policy = &emission->deployment->policies.at[i];
        bp_str pretty = bp_tree_write_pretty(arena, policy->policy->document);
        if (!bp_json_texts_equal(arena, policy->text, pretty)) {
            bp_emit_fault(emission, policy->policy->span,
                          "the document of policy \"%.*s\" does not read back as it was meant",
                          BP_ARG(policy->policy->name));
        }
        bp_emit_file(emission, bp_str_format(arena, "policies/%.*s.json", BP_ARG(policy->slug)),
                     bp_str_format(arena, "%.*s\n", BP_ARG(policy->text)), false);
        bp_emit_file(emission,
                     bp_str_format(arena, "policies/%.*s.pretty.json", BP_ARG(policy->slug)),
                     bp_str_format(arena, "%.*s\n", BP_ARG(pretty)), false);
    }
}
