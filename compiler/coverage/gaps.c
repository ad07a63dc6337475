/*
 * Where policies lack: accounts without a plan, joined by the highest OU below which nothing that
 * is expected has one, with the nearest OU that could serve as an example.
 */
#include "compiler/coverage/parts.h"

/* How many accounts of [0, i) have a plan, and how many lack one. */
typedef struct sums {
    uint32_t *reached;
    uint32_t *lacking;
} sums;

static sums
sums_of(const bp_cover_maker *m)
{
    uint32_t count = (uint32_t)m->made->org->accounts.count;
    sums made = {bp_arena_array(m->arena, count + 1, sizeof(uint32_t)),
                 bp_arena_array(m->arena, count + 1, sizeof(uint32_t))};
    for (uint32_t i = 0; i < count; i++) {
        bp_cover_state state = m->made->accounts[i].state;
        made.reached[i + 1] = made.reached[i] + (state == BP_COVER_REACHED);
        made.lacking[i + 1] = made.lacking[i] + (state == BP_COVER_NONE);
    }
    return made;
}

/* The first policy that is attached to each OU; NULL entries for none. */
static const bp_bound_policy **
attached(const bp_cover_maker *m)
{
    const bp_organization *org = m->made->org;
    const bp_bound_policy **at = bp_arena_array(m->arena, org->ous.count + 1, sizeof *at);
    for (size_t i = m->model->policies.count; i-- > 0;) {
        const bp_bound_policy *policy = &m->model->policies.at[i];
        for (size_t t = 0; t < policy->targets.count; t++) {
            if (policy->targets.at[t].ou != NULL) {
                at[policy->targets.at[t].ou - org->ous.at] = policy;
            }
        }
    }
    return at;
}

/* Looks below each OU on the way up for one that has a policy and accounts that get a plan. */
static void
find_nearest(const bp_cover_maker *m, const bp_bound_policy *const *policies, const sums *sum,
             bp_cover_gap *gap)
{
    const bp_organization *org = m->made->org;
    for (uint32_t up = (uint32_t)(gap->ou - org->ous.at);; up = org->ous.at[up].parent) {
        for (uint32_t i = up; i < org->ous.at[up].end_ou; i++) {
            const bp_ou *ou = &org->ous.at[i];
            if (policies[i] != NULL &&
                sum->reached[ou->end_account] > sum->reached[ou->first_account]) {
                gap->nearest = ou;
                gap->policy = policies[i];
                return;
            }
        }
        if (org->ous.at[up].depth == 0) {
            return;
        }
    }
}

static bp_cover_gap *
add_gap(const bp_cover_maker *m, const bp_ou *ou, bool whole)
{
    bp_cover_gap *gap = bp_vec_add(m->arena, &m->made->gaps);
    *gap = (bp_cover_gap){.ou = ou, .whole = whole};
    uint32_t own = (uint32_t)(ou - m->made->org->ous.at);
    for (uint32_t i = ou->first_account; i < ou->end_account; i++) {
        if (m->made->accounts[i].state == BP_COVER_NONE &&
            (whole || m->made->org->accounts.at[i].ou == own)) {
            *bp_vec_add(m->arena, &gap->accounts) = i;
        }
    }
    if (gap->accounts.count == 0) {
        m->made->gaps.count--;
        return NULL;
    }
    return gap;
}

void
bp_cover_gaps(bp_cover_maker *m)
{
    const bp_organization *org = m->made->org;
    if (m->made->counts[BP_COVER_NONE] == 0) {
        return;
    }
    sums sum = sums_of(m);
    const bp_bound_policy **policies = attached(m);
    for (uint32_t i = 0; i < org->ous.count;) {
        const bp_ou *ou = &org->ous.at[i];
        uint32_t lacking = sum.lacking[ou->end_account] - sum.lacking[ou->first_account];
        uint32_t reached = sum.reached[ou->end_account] - sum.reached[ou->first_account];
        bool whole = reached == 0;
        bp_cover_gap *gap = lacking > 0 ? add_gap(m, ou, whole) : NULL;
        if (gap != NULL) {
            find_nearest(m, policies, &sum, gap);
        }
        i = whole || lacking == 0 ? ou->end_ou : i + 1;
    }
}
