/*
 * For unit tests that compile the examples of tables: a program around one statement, for each
 * block.
 */
#ifndef BP_COMPILER_POLICY_EXAMPLE_FRAMES_H
#define BP_COMPILER_POLICY_EXAMPLE_FRAMES_H

#include "compiler/policy/elaborate_fixture.h"

/* %s is the statement. */
static const struct {
    bp_block block;
    const char *around;
    const char *at; /* of the block below the document; "" = not in the document */
} frames[] = {
    {BP_BLOCK_POLICY, "policy \"p\" { %s\nplan \"q\" {} }", ""},
    {BP_BLOCK_PLAN, "policy \"p\" { plan \"q\" { %s } }", "plans/q/"},
    {BP_BLOCK_RULE, "policy \"p\" { plan \"q\" { rule \"r\" { %s } } }", "plans/q/rules/r/"},
    {BP_BLOCK_COPY, "policy \"p\" { plan \"q\" { rule \"r\" { copy to arn(\"dr\") { %s } } } }",
     "plans/q/rules/r/copy_actions/dr/"},
    {BP_BLOCK_SELECT_TAGS, "policy \"p\" { plan \"q\" { select tags \"s\" { %s } } }",
     "plans/q/selections/tags/s/"},
    {BP_BLOCK_SELECT_RESOURCES, "policy \"p\" { plan \"q\" { select resources \"s\" { %s } } }",
     "plans/q/selections/resources/s/"},
    {BP_BLOCK_VAULT, "vault \"v\" { %s }", ""},
    {BP_BLOCK_ROLE, "role \"r\" { %s }", ""},
};

enum { FRAME_COUNT = sizeof frames / sizeof frames[0] };

/* The program of a statement in a frame. */
static inline const char *
frame_text(bp_arena *arena, size_t frame, const char *statement)
{
    bp_str before = bp_str_of(frames[frame].around);
    size_t hole = bp_str_find(before, '%');
    return bp_str_c(arena,
                    bp_str_format(arena, "%.*s%s%.*s\n", BP_ARG(bp_str_cut(before, 0, hole)),
                                  statement, BP_ARG(bp_str_cut(before, hole + 2, before.size))));
}

/* What a statement alone cannot have beside it, members of its block, and what is said by the way.
 */
static inline bool
only_lacks_members(const fixture *f)
{
    for (size_t i = 0; i < bp_diagnostics_total(f->diagnostics); i++) {
        const bp_finding *finding = bp_diagnostics_at(f->diagnostics, i);
        if (strcmp(finding->rule->code, "SYN004") != 0 && finding->severity != BP_INFO) {
            return false;
        }
    }
    return true;
}

#endif
