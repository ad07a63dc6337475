/*
 * Account by account: every pair of ways is compared once, every pair of plans once. Then every
 * change is told once, with all accounts that have it; changes of the same accounts are one group.
 */
#include "compiler/compare/parts.h"

#include "compiler/effective/faults.h"

#include <stdlib.h>

/* Accounts that went one way and go another. */
typedef struct way_pair {
    bp_changes changes; /* none: they come to the same */
    BP_VEC(bp_changed_account) accounts;
} way_pair;

/* A change, and the pairs that have it. */
typedef struct told_change {
    bp_change change;
    BP_VEC(uint32_t) pairs;
} told_change;

/* What there is to know about the plans of one way, apart from what they say. */
typedef struct plan_facts {
    size_t plans;
    size_t faults;
    bp_region_mask regions;
} plan_facts;

typedef struct grouping {
    bp_compare_run *run;
    bp_arena *arena;
    bp_compare_pair pair;
    bp_map *ways;             /* both addresses → way_pair * */
    BP_VEC(way_pair *) pairs; /* those with changes, by first account */
    bp_map *plans;            /* addresses of plans → bp_changes * */
    bp_map *faults;           /* address of a plan → size_t * */
} grouping;

/* One set of tables for both sides, so that their sets of Regions mean the same. */
static const bp_facts *
facts_in_use(const grouping *g)
{
    return g->run->after->model->facts;
}

/* The key of a list of pointers, kept in the arena. */
static bp_str
key_of(const grouping *g, const void *const *pointers, size_t count)
{
    return bp_str_copy(g->arena, (bp_str){(const char *)pointers, count * sizeof *pointers});
}

static bp_merged *
plans_of(bp_merger *merger, bp_way *way)
{
    bp_merged *document = bp_merger_document(merger, way);
    bp_merged *plans = bp_merged_kid(merger, document, BP_STR("plans"));
    if (plans != NULL) {
        bp_merged_open(merger, plans);
    }
    return plans;
}

static size_t
count_of_plans(bp_merger *merger, bp_way *way)
{
    size_t count = 0;
    bp_merged *plans = plans_of(merger, way);
    for (size_t i = 0; plans != NULL && i < plans->kids.count; i++) {
        count += bp_merged_holds(merger, plans->kids.at[i]);
    }
    return count;
}

static size_t
faults_of(grouping *g, bp_merger *merger, bp_merged *plan)
{
    const void *const pointers[] = {plan};
    bp_str key = key_of(g, pointers, 1);
    size_t *known = bp_map_get(g->faults, key);
    if (known == NULL) {
        bp_faults faults = {0};
        bp_plan_faults(g->arena, facts_in_use(g), bp_merged_tree(merger, plan), g->run->as_of,
                       &faults);
        known = BP_NEW(g->arena, size_t);
        *known = faults.count;
        bp_map_set(g->faults, key, known);
    }
    return *known;
}

static plan_facts
facts_of(grouping *g, bp_merger *merger, bp_merged *plans)
{
    plan_facts facts = {0};
    for (size_t i = 0; plans != NULL && i < plans->kids.count; i++) {
        bp_merged *plan = plans->kids.at[i];
        if (bp_merged_holds(merger, plan)) {
            facts.plans++;
            facts.faults += faults_of(g, merger, plan);
            facts.regions |= bp_plan_regions(facts_in_use(g), bp_merged_tree(merger, plan));
        }
    }
    return facts;
}

static void
append(grouping *g, bp_changes *into, const bp_changes *from)
{
    for (size_t i = 0; i < from->count; i++) {
        *bp_vec_add(g->arena, into) = from->at[i];
    }
}

/* Changes between plans that stand under the same keys, or under keys of one side alone. */
static const bp_changes *
compare_plans(grouping *g, const bp_merged_list *before, const bp_merged_list *after)
{
    BP_VEC(const void *) pointers = {0};
    for (size_t i = 0; i < before->count; i++) {
        *bp_vec_add(g->arena, &pointers) = before->at[i];
    }
    *bp_vec_add(g->arena, &pointers) = NULL;
    for (size_t i = 0; i < after->count; i++) {
        *bp_vec_add(g->arena, &pointers) = after->at[i];
    }
    bp_str key = key_of(g, pointers.at, pointers.count);
    bp_changes *changes = bp_map_get(g->plans, key);
    if (changes != NULL) {
        return changes;
    }
    changes = BP_NEW(g->arena, bp_changes);
    bp_map_set(g->plans, key, changes);
    bool one = before->count == 1 && after->count == 1 &&
               bp_str_equal_folded(before->at[0]->first.node->key, after->at[0]->first.node->key);
    if (!one || !bp_merged_same(&g->pair, before->at[0], after->at[0])) {
        bp_compare_flats(g->arena, bp_flat_of_merged(g->pair.before, before, BP_STR("plans")),
                         bp_flat_of_merged(g->pair.after, after, BP_STR("plans")), g->run->as_of,
                         changes);
    }
    return changes;
}

/* Plans of one document that the other has under no such key. */
static void
plans_alone(bp_merger *merger, bp_merged *plans, bp_merger *other_merger, bp_merged *other,
            bp_merged_list *alone)
{
    for (size_t i = 0; plans != NULL && i < plans->kids.count; i++) {
        bp_merged *plan = plans->kids.at[i];
        bp_merged *twin =
            bp_merged_kid(other_merger, other, bp_str_fold(merger->arena, plan->first.node->key));
        if (bp_merged_holds(merger, plan) && !bp_merged_holds(other_merger, twin)) {
            *bp_vec_add(merger->arena, alone) = plan;
        }
    }
}

static void
compare_documents(grouping *g, bp_merged *before, bp_merged *after, bp_changes *changes)
{
    for (size_t i = 0; before != NULL && i < before->kids.count; i++) {
        bp_merged *plan = before->kids.at[i];
        bp_merged *twin =
            bp_merged_kid(g->pair.after, after, bp_str_fold(g->arena, plan->first.node->key));
        if (bp_merged_holds(g->pair.before, plan) && bp_merged_holds(g->pair.after, twin)) {
            bp_merged_list was = {.at = &plan, .count = 1};
            bp_merged_list is = {.at = &twin, .count = 1};
            append(g, changes, compare_plans(g, &was, &is));
        }
    }
    bp_merged_list gone = {0};
    bp_merged_list fresh = {0};
    plans_alone(g->pair.before, before, g->pair.after, after, &gone);
    plans_alone(g->pair.after, after, g->pair.before, before, &fresh);
    if (gone.count + fresh.count > 0) {
        append(g, changes, compare_plans(g, &gone, &fresh));
    }
}

static void
list_regions(const grouping *g, bp_region_mask mask, bp_texts_list *into)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(facts_in_use(g), &count);
    for (size_t i = 0; i < count; i++) {
        if ((mask & BP_REGION_BIT(i)) != 0) {
            *bp_vec_add(g->arena, into) = bp_str_of(regions[i].code);
        }
    }
}

static bp_change *
add_about_account(grouping *g, bp_changes *changes, bp_change_kind kind, bp_danger danger)
{
    bp_change *change = bp_vec_add(g->arena, changes);
    *change = (bp_change){.kind = kind, .danger = danger, .what = BP_STR("account")};
    return change;
}

/* What the account as a whole gains or loses by its changes. */
static void
compare_facts(grouping *g, const plan_facts *before, const plan_facts *after, bp_changes *changes)
{
    bp_changes about = {0};
    if (before->plans > 0 && after->plans == 0) {
        add_about_account(g, &about, BP_CHANGE_BARE, BP_DANGER_COVERAGE);
    } else if (before->plans == 0 && after->plans > 0) {
        add_about_account(g, &about, BP_CHANGE_COVERED, BP_DANGER_NONE);
    } else if (before->regions != after->regions) {
        bp_region_mask lost = before->regions & ~after->regions;
        bp_change *change = add_about_account(g, &about, BP_CHANGE_REGIONS,
                                              lost != 0 ? BP_DANGER_COVERAGE : BP_DANGER_NONE);
        list_regions(g, lost, &change->removed);
        list_regions(g, after->regions & ~before->regions, &change->added);
    }
    if (before->faults == 0 && after->faults > 0) {
        bp_change *change = add_about_account(g, &about, BP_CHANGE_INVALID, BP_DANGER_INVALID);
        change->after.text = bp_str_format(g->arena, "%zu", after->faults);
    } else if (before->faults > 0 && after->faults == 0) {
        add_about_account(g, &about, BP_CHANGE_VALID, BP_DANGER_NONE);
    }
    append(g, &about, changes);
    *changes = about;
}

static void
write_list(bp_buf *out, const bp_texts_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        bp_buf_add(out, list->at[i]);
        bp_buf_add_char(out, '\x1e');
    }
    bp_buf_add_char(out, '\x1d');
}

/* Changes that read the same, whoever wrote them, have the same text. */
static bp_str
text_of(grouping *g, const bp_change *change)
{
    bp_buf out = {.arena = g->arena};
    bp_buf_format(&out, "%d\x1f%d\x1f", (int)change->kind, (int)change->danger);
    bp_buf_add(&out, change->path);
    bp_buf_format(&out, "\x1f%d", change->before.there);
    bp_buf_add(&out, change->before.text);
    bp_buf_format(&out, "\x1f%d", change->after.there);
    bp_buf_add(&out, change->after.text);
    write_list(&out, &change->removed);
    write_list(&out, &change->added);
    return bp_buf_text(&out);
}

static void
join_origin(bp_origin *known, const bp_origin *other)
{
    if (!bp_str_equal(known->policy, other->policy)) {
        *known = (bp_origin){.policy = {"", 0}, .span = BP_NOWHERE};
    }
}

static way_pair *
compare_ways(grouping *g, bp_way *before, bp_way *after)
{
    const void *const pointers[] = {before, after};
    way_pair *pair = bp_map_get(g->ways, (bp_str){(const char *)pointers, sizeof pointers});
    if (pair != NULL) {
        return pair;
    }
    pair = BP_NEW(g->arena, way_pair);
    bp_map_set(g->ways, key_of(g, pointers, 2), pair);
    bp_merged *was = plans_of(g->pair.before, before);
    bp_merged *is = plans_of(g->pair.after, after);
    compare_documents(g, was, is, &pair->changes);
    if (pair->changes.count > 0) {
        plan_facts facts_before = facts_of(g, g->pair.before, was);
        plan_facts facts_after = facts_of(g, g->pair.after, is);
        compare_facts(g, &facts_before, &facts_after, &pair->changes);
        *bp_vec_add(g->arena, &g->pairs) = pair;
    }
    return pair;
}

static void
add_movement(grouping *g, bp_movement_kind kind, const bp_changed_account *account, size_t plans)
{
    *bp_vec_add(g->arena, &g->run->difference->movements) = (bp_movement){
        .kind = kind, .before = account->before, .after = account->after, .plans = plans};
}

static bp_way *
way_of(const bp_compare_side *side, const bp_account *account)
{
    return side->effective->account_ways[bp_account_index(side->model->org, account)];
}

static bp_str
ou_of(const bp_compare_side *side, const bp_account *account)
{
    return side->model->org->ous.at[account->ou].id;
}

/* An account that both sides know. */
static void
compare_account(grouping *g, const bp_changed_account *account)
{
    bp_compare_run *run = g->run;
    bp_way *before = way_of(run->before, account->before);
    bp_way *after = way_of(run->after, account->after);
    bool was = bp_account_counts(account->before);
    bool is = bp_account_counts(account->after);
    run->difference->accounts += was || is;
    if (was != is) {
        add_movement(g, BP_ACCOUNT_STATE, account,
                     was ? count_of_plans(g->pair.before, before)
                         : count_of_plans(g->pair.after, after));
        return;
    }
    if (!is) {
        return;
    }
    if (!bp_str_equal(ou_of(run->before, account->before), ou_of(run->after, account->after))) {
        add_movement(g, BP_ACCOUNT_MOVED, account, count_of_plans(g->pair.after, after));
    }
    way_pair *pair = compare_ways(g, before, after);
    if (pair->changes.count > 0) {
        *bp_vec_add(g->arena, &pair->accounts) = *account;
        run->difference->changed++;
    }
}

static void
compare_all(grouping *g)
{
    bp_compare_run *run = g->run;
    const bp_organization *old = run->before->model->org;
    const bp_organization *org = run->after->model->org;
    for (size_t i = 0; i < org->accounts.count; i++) {
        bp_changed_account account = {.after = &org->accounts.at[i]};
        account.before = bp_org_account(old, account.after->id);
        if (account.before != NULL) {
            compare_account(g, &account);
        } else if (bp_account_counts(account.after)) {
            run->difference->accounts++;
            add_movement(g, BP_ACCOUNT_NEW, &account,
                         count_of_plans(g->pair.after, way_of(run->after, account.after)));
        }
    }
    for (size_t i = 0; i < old->accounts.count; i++) {
        bp_changed_account account = {.before = &old->accounts.at[i]};
        if (bp_account_counts(account.before) && bp_org_account(org, account.before->id) == NULL) {
            run->difference->accounts++;
            add_movement(g, BP_ACCOUNT_GONE, &account,
                         count_of_plans(g->pair.before, way_of(run->before, account.before)));
        }
    }
}

static int
by_inventory(const void *left, const void *right)
{
    const bp_changed_account *a = left;
    const bp_changed_account *b = right;
    return a->after < b->after ? -1 : a->after > b->after;
}

/* Every change of every pair, each once. */
static bp_map *
tell_once(grouping *g)
{
    bp_map *told = bp_map_new(g->arena);
    for (size_t p = 0; p < g->pairs.count; p++) {
        const bp_changes *changes = &g->pairs.at[p]->changes;
        for (size_t i = 0; i < changes->count; i++) {
            bp_str text = text_of(g, &changes->at[i]);
            told_change *known = bp_map_get(told, text);
            if (known == NULL) {
                known = BP_NEW(g->arena, told_change);
                known->change = changes->at[i];
                bp_map_set(told, text, known);
            }
            join_origin(&known->change.before.from, &changes->at[i].before.from);
            join_origin(&known->change.after.from, &changes->at[i].after.from);
            *bp_vec_add(g->arena, &known->pairs) = (uint32_t)p;
        }
    }
    return told;
}

static void
fill_accounts(grouping *g, const told_change *told, bp_change_group *group)
{
    for (size_t p = 0; p < told->pairs.count; p++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): what is told has its pairs */
        const way_pair *pair = g->pairs.at[told->pairs.at[p]];
        for (size_t i = 0; i < pair->accounts.count; i++) {
            *bp_vec_add(g->arena, &group->accounts) = pair->accounts.at[i];
        }
    }
    qsort(group->accounts.at, group->accounts.count, sizeof *group->accounts.at, by_inventory);
}

/* Changes that the same pairs have are one group. */
static void
make_groups(grouping *g)
{
    bp_difference *difference = g->run->difference;
    bp_map *told = tell_once(g);
    bp_map *numbers = bp_map_new(g->arena);
    for (size_t i = 0; i < bp_map_count(told); i++) {
        const told_change *each = bp_map_at(told, i)->value;
        bp_str key = {(const char *)each->pairs.at, each->pairs.count * sizeof *each->pairs.at};
        size_t *number = bp_map_get(numbers, key);
        if (number == NULL) {
            number = BP_NEW(g->arena, size_t);
            *number = difference->groups.count;
            bp_map_set(numbers, key, number);
            fill_accounts(g, each, bp_vec_add(g->arena, &difference->groups));
        }
        *bp_vec_add(g->arena, &difference->groups.at[*number].changes) = each->change;
    }
}

/* Dangerous groups first, by the worst of their changes; then those of more accounts. */
static int
by_weight(const void *left, const void *right)
{
    const bp_change_group *a = left;
    const bp_change_group *b = right;
    if (a->changes.at[0].danger != b->changes.at[0].danger) {
        return a->changes.at[0].danger < b->changes.at[0].danger ? -1 : 1;
    }
    if (a->accounts.count != b->accounts.count) {
        return a->accounts.count > b->accounts.count ? -1 : 1;
    }
    if (a->accounts.at[0].after != b->accounts.at[0].after) {
        return a->accounts.at[0].after < b->accounts.at[0].after ? -1 : 1;
    }
    return bp_str_compare(a->changes.at[0].path, b->changes.at[0].path);
}

static void
sort_groups(grouping *g)
{
    bp_difference *difference = g->run->difference;
    for (size_t i = 0; i < difference->groups.count; i++) {
        bp_changes_sort(g->arena, &difference->groups.at[i].changes);
    }
    if (difference->groups.count > 0) {
        qsort(difference->groups.at, difference->groups.count, sizeof *difference->groups.at,
              by_weight);
    }
}

void
bp_compare_accounts(bp_compare_run *run)
{
    grouping g = {.run = run,
                  .arena = run->arena,
                  .ways = bp_map_new(run->arena),
                  .plans = bp_map_new(run->arena),
                  .faults = bp_map_new(run->arena)};
    if (run->before->model->org == NULL || run->after->model->org == NULL) {
        return;
    }
    g.pair = (bp_compare_pair){run->before->effective->merger, run->after->effective->merger};
    run->difference->accounts_compared = true;
    compare_all(&g);
    make_groups(&g);
    sort_groups(&g);
}
