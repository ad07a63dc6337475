/*
 * Ranges of accounts: which accounts stand at or below the targets of a policy, vault or role.
 *
 * Accounts stand in tree order, so an OU is one range and a set of targets is a short list of them.
 * Nothing here knows policies.
 */
#include "compiler/model/model.h"

#include <stdlib.h>

bool
bp_account_counts(const bp_account *account)
{
    return account->state == BP_STATE_ACTIVE;
}

uint32_t
bp_account_index(const bp_organization *org, const bp_account *account)
{
    return (uint32_t)(account - org->accounts.at);
}

bool
bp_ranges_hold(const bp_ranges *ranges, uint32_t account)
{
    size_t low = 0;
    size_t high = ranges->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (account >= ranges->at[middle].end) {
            low = middle + 1;
        } else if (account < ranges->at[middle].first) {
            high = middle;
        } else {
            return true;
        }
    }
    return false;
}

static int
by_first(const void *a, const void *b)
{
    const bp_range *left = a;
    const bp_range *right = b;
    if (left->first != right->first) {
        return left->first < right->first ? -1 : 1;
    }
    return left->end < right->end ? -1 : left->end > right->end;
}

void
bp_ranges_settle(bp_ranges *ranges)
{
    size_t kept = 0;
    if (ranges->count > 1) {
        qsort(ranges->at, ranges->count, sizeof *ranges->at, by_first);
    }
    for (size_t i = 0; i < ranges->count; i++) {
        bp_range next = ranges->at[i];
        if (next.first >= next.end) {
            continue;
        }
        if (kept > 0 && next.first <= ranges->at[kept - 1].end) {
            if (next.end > ranges->at[kept - 1].end) {
                ranges->at[kept - 1].end = next.end;
            }
            continue;
        }
        ranges->at[kept++] = next;
    }
    ranges->count = kept;
}

void
bp_ranges_remove(bp_arena *arena, bp_ranges *ranges, uint32_t account)
{
    for (size_t i = 0; i < ranges->count; i++) {
        bp_range range = ranges->at[i];
        if (account < range.first || account >= range.end) {
            continue;
        }
        ranges->at[i].end = account;
        *bp_vec_add(arena, ranges) = (bp_range){account + 1, range.end};
        bp_ranges_settle(ranges);
        return;
    }
}

size_t
bp_ranges_active(const bp_organization *org, const bp_ranges *ranges)
{
    size_t active = 0;
    for (size_t i = 0; i < ranges->count; i++) {
        for (uint32_t at = ranges->at[i].first; at < ranges->at[i].end; at++) {
            active += bp_account_counts(&org->accounts.at[at]);
        }
    }
    return active;
}
