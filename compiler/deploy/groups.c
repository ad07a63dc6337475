/*
 * Groups: the fewest targets of a stack set that cover what nodes need.
 *
 * A service-managed stack set is aimed at OUs (an OU covers its child OUs); single accounts need
 * their parents as OUs and the filter INTERSECTION. One operation takes at most 50 OUs, so larger
 * groups are cut. Order is part of the result: file names carry the number of a group.
 */
#include "compiler/deploy/parts.h"

#include <stdlib.h>
#include <string.h>

enum { OUS_AT_ONCE = 50 };

/* A node that is covered by itself. */
typedef struct placed {
    bool account;
    bp_region_mask regions; /* bits in byte order of the codes, as the table has them */
    bp_str id;
    uint32_t ou; /* the OU itself, or the one the account stands in */
} placed;

typedef BP_VEC(placed) placed_list;

void
bp_region_codes(const bp_facts *facts, bp_arena *arena, bp_region_mask mask, bp_strings *codes)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(facts, &count);
    for (size_t i = 0; i < count; i++) {
        if ((mask & BP_REGION_BIT(i)) != 0) {
            *bp_vec_add(arena, codes) = bp_str_of(regions[i].code);
        }
    }
}

/* As lists of codes compare: element by element, a list that ends comes first. */
static int
compare_regions(bp_region_mask a, bp_region_mask b)
{
    if (a == b) {
        return 0;
    }
    bp_region_mask differ = a ^ b;
    bp_region_mask lowest = differ & (~differ + 1);
    bool a_has = (a & lowest) != 0;
    bp_region_mask other = a_has ? b : a;
    bool other_goes_on = (other & ~(lowest - 1)) != 0;
    bool a_first = a_has == other_goes_on;
    return a_first ? -1 : 1;
}

static int
compare_placed(const void *a, const void *b)
{
    const placed *left = a;
    const placed *right = b;
    if (left->account != right->account) {
        return left->account ? 1 : -1;
    }
    int order = compare_regions(left->regions, right->regions);
    return order != 0 ? order : bp_str_compare(left->id, right->id);
}

/* What the OUs above a node cover; `own` holds the needs of each OU. */
static bp_region_mask
covered_above(const bp_organization *org, const bp_region_mask *own, uint32_t ou, bool inclusive)
{
    bp_region_mask mask = inclusive ? own[ou] : 0;
    while (ou != 0) {
        ou = org->ous.at[ou].parent;
        mask |= own[ou];
    }
    return mask;
}

static void
place(bp_arena *arena, const bp_organization *org, const bp_need_list *needs, placed_list *out)
{
    size_t ous = org->ous.count;
    bp_region_mask *own = bp_arena_array(arena, ous, sizeof *own);
    for (size_t i = 0; i < needs->count && needs->at[i].node < ous; i++) {
        own[needs->at[i].node] = needs->at[i].regions;
    }
    for (size_t i = 0; i < needs->count; i++) {
        uint32_t node = needs->at[i].node;
        bool account = node >= ous;
        const bp_account *single = account ? &org->accounts.at[node - ous] : NULL;
        uint32_t ou = account ? single->ou : node;
        bp_region_mask left = needs->at[i].regions & ~covered_above(org, own, ou, account);
        if (left != 0) {
            *bp_vec_add(arena, out) = (placed){.account = account,
                                               .regions = left,
                                               .id = account ? single->id : org->ous.at[node].id,
                                               .ou = ou};
        }
    }
}

static void
group_ous(bp_arena *arena, const bp_organization *org, const placed *run, size_t count,
          bp_instance_groups *groups)
{
    for (size_t from = 0; from < count; from += OUS_AT_ONCE) {
        bp_instance_group *group = bp_vec_add(arena, groups);
        bp_region_codes(org->facts, arena, run[0].regions, &group->regions);
        for (size_t i = from; i < count && i < from + OUS_AT_ONCE; i++) {
            *bp_vec_add(arena, &group->ous) = run[i].id;
        }
    }
}

static int
compare_parents(const void *a, const void *b)
{
    return bp_str_compare((*(const bp_ou *const *)a)->id, (*(const bp_ou *const *)b)->id);
}

/* The highest OU with a mark at or above `ou`, which has one itself. */
static uint32_t
topmost(const bp_organization *org, const uint32_t *marks, uint32_t ou)
{
    uint32_t top = ou;
    while (ou != 0) {
        ou = org->ous.at[ou].parent;
        if (marks[ou] != 0) {
            top = ou;
        }
    }
    return top;
}

static void
group_accounts(bp_arena *arena, const bp_organization *org, const placed *run, size_t count,
               bp_instance_groups *groups)
{
    /* marks: 1 = parent of an account; then, of the topmost ones, the number of the chunk. */
    uint32_t *marks = bp_arena_array(arena, org->ous.count, sizeof *marks);
    BP_VEC(const bp_ou *) parents = {0};
    for (size_t i = 0; i < count; i++) {
        marks[run[i].ou] = 1;
    }
    for (size_t i = 0; i < org->ous.count; i++) {
        if (marks[i] != 0 && topmost(org, marks, (uint32_t)i) == i) {
            *bp_vec_add(arena, &parents) = &org->ous.at[i];
        }
    }
    if (parents.count > 0) {
        qsort(parents.at, parents.count, sizeof parents.at[0], compare_parents);
    }
    for (size_t i = 0; i < parents.count; i++) {
        marks[parents.at[i] - org->ous.at] = (uint32_t)(i / OUS_AT_ONCE) + 1;
    }
    size_t first = groups->count;
    for (size_t i = 0; i < parents.count; i++) {
        if (i % OUS_AT_ONCE == 0) {
            bp_instance_group *group = bp_vec_add(arena, groups);
            bp_region_codes(org->facts, arena, run[0].regions, &group->regions);
        }
        *bp_vec_add(arena, &groups->at[groups->count - 1].ous) = parents.at[i]->id;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t chunk = marks[topmost(org, marks, run[i].ou)] - 1;
        *bp_vec_add(arena, &groups->at[first + chunk].accounts) = run[i].id;
    }
}

void
bp_groups_cover(bp_arena *arena, const bp_organization *org, const bp_need_list *needs,
                bp_instance_groups *groups)
{
    placed_list list = {0};
    if (needs->count == 0) {
        return;
    }
    place(arena, org, needs, &list);
    if (list.count == 0) {
        return;
    }
    qsort(list.at, list.count, sizeof *list.at, compare_placed);
    for (size_t from = 0, end; from < list.count; from = end) {
        const placed *run = &list.at[from];
        end = from + 1;
        while (end < list.count && list.at[end].account == run->account &&
               list.at[end].regions == run->regions) {
            end++;
        }
        if (run->account) {
            group_accounts(arena, org, run, end - from, groups);
        } else {
            group_ous(arena, org, run, end - from, groups);
        }
    }
}
