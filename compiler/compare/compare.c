/*
 * The whole of a comparison: its parts in the order in which they are told, and how many dangers
 * there are.
 */
#include "compiler/compare/parts.h"

static size_t
dangers_of(const bp_changes *changes)
{
    size_t count = 0;
    for (size_t i = 0; i < changes->count; i++) {
        count += changes->at[i].danger != BP_DANGER_NONE;
    }
    return count;
}

static void
count_dangers(bp_difference *difference)
{
    for (size_t i = 0; i < difference->groups.count; i++) {
        difference->dangers += dangers_of(&difference->groups.at[i].changes);
    }
    for (size_t i = 0; i < difference->policies.count; i++) {
        difference->dangers += dangers_of(&difference->policies.at[i].changes);
    }
    for (size_t i = 0; i < difference->declared.count; i++) {
        difference->dangers += dangers_of(&difference->declared.at[i].changes);
    }
}

bp_difference *
bp_compare(bp_arena *arena, const bp_compare_side *before, const bp_compare_side *after,
           int64_t as_of)
{
    bp_compare_run run = {.arena = arena, .before = before, .after = after, .as_of = as_of};
    run.difference = BP_NEW(arena, bp_difference);
    bp_compare_accounts(&run);
    bp_compare_policies(&run);
    bp_compare_declared(&run);
    count_dangers(run.difference);
    return run.difference;
}

bool
bp_difference_any(const bp_difference *difference)
{
    return difference->groups.count + difference->movements.count + difference->policies.count +
               difference->orders.count + difference->declared.count >
           0;
}
