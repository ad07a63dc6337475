/*
 * Policy by policy: what their documents say, where they are attached, in which order they act, and
 * which ones only have another name.
 */
#include "compiler/compare/parts.h"

typedef struct targets {
    bp_map *names; /* id → bp_str *: as people know it */
} targets;

static bp_str
name_of_target(bp_arena *arena, const bp_bound_target *target)
{
    if (target->account != NULL) {
        return bp_str_format(arena, "%.*s (%.*s)", BP_ARG(target->account->name),
                             BP_ARG(target->account->id));
    }
    if (target->ou == NULL) {
        return target->id;
    }
    return target->ou->depth == 0      ? BP_STR("the root")
           : target->ou->path.size > 0 ? target->ou->path
                                       : target->ou->id;
}

static void
add_target(bp_arena *arena, bp_map *names, bp_str id, bp_str name)
{
    bp_str *kept = BP_NEW(arena, bp_str);
    *kept = name;
    (void)bp_map_add(names, id, kept, NULL);
}

/* By id what was found, by the word what was not. */
static bp_map *
targets_of(bp_arena *arena, const bp_compare_side *side, const bp_bound_policy *bound)
{
    bp_map *names = bp_map_new(arena);
    bp_map *found = bp_map_new(arena);
    for (size_t i = 0; i < bound->targets.count; i++) {
        const bp_bound_target *target = &bound->targets.at[i];
        add_target(arena, names, target->id, name_of_target(arena, target));
        bp_map_set(found, (bp_str){(const char *)&target->ref, sizeof target->ref}, names);
    }
    for (size_t i = 0; i < bound->policy->attach.count; i++) {
        const bp_target_ref *ref = &bound->policy->attach.at[i];
        if (bp_map_get(found, (bp_str){(const char *)&ref, sizeof ref}) == NULL) {
            bp_str word = ref->kind == BP_TARGET_ROOT ? BP_STR("the root") : ref->text;
            add_target(arena, names, word,
                       side->model->org == NULL
                           ? word
                           : bp_str_format(arena, "%.*s (not in the inventory)", BP_ARG(word)));
        }
    }
    return names;
}

static void
names_without(bp_arena *arena, const bp_map *from, const bp_map *other, bp_texts_list *into)
{
    for (size_t i = 0; i < bp_map_count(from); i++) {
        const bp_map_entry *entry = bp_map_at(from, i);
        if (bp_map_get(other, entry->key) == NULL) {
            *bp_vec_add(arena, into) = *(const bp_str *)entry->value;
        }
    }
}

/* Ids and names of targets cannot be held against each other without an inventory. */
static bool
targets_compare(const bp_compare_run *run)
{
    return (run->before->model->org != NULL && run->after->model->org != NULL) ||
           (run->before->declares && run->after->declares &&
            run->before->model->org == run->after->model->org);
}

static bp_str
text_of(bp_arena *arena, const bp_bound_policy *bound)
{
    return bound->policy->document == NULL ? (bp_str){"", 0}
                                           : bp_tree_write_compact(arena, bound->policy->document);
}

/* Dangers are told where accounts are; a document alone shows what it lets others do. */
static void
calm(const bp_compare_run *run, bp_changes *changes)
{
    for (size_t i = 0; i < changes->count && run->difference->accounts_compared; i++) {
        if (changes->at[i].danger != BP_DANGER_LOCK) {
            changes->at[i].danger = BP_DANGER_NONE;
        }
    }
}

static void
compare_two(bp_compare_run *run, const bp_bound_policy *before, const bp_bound_policy *after)
{
    bp_arena *arena = run->arena;
    bp_policy_change change = {.kind = BP_POLICY_CHANGED, .before = before, .after = after};
    bool renamed = !bp_str_equal(before->policy->name, after->policy->name);
    bool same_text = bp_str_equal(text_of(arena, before), text_of(arena, after));
    if (!same_text) {
        bp_compare_flats(arena, bp_flat_of_policy(arena, before->policy),
                         bp_flat_of_policy(arena, after->policy), run->as_of, &change.changes);
        calm(run, &change.changes);
        bp_changes_sort(arena, &change.changes);
        change.only_form = change.changes.count == 0;
    }
    if (targets_compare(run)) {
        bp_map *was = targets_of(arena, run->before, before);
        bp_map *is = targets_of(arena, run->after, after);
        names_without(arena, was, is, &change.detached);
        names_without(arena, is, was, &change.attached);
    }
    change.description = run->before->declares && run->after->declares &&
                         !bp_str_equal(before->policy->description, after->policy->description);
    if (renamed) {
        change.kind = BP_POLICY_RENAMED;
    } else if (same_text && change.attached.count + change.detached.count == 0 &&
               !change.description) {
        return;
    }
    *bp_vec_add(arena, &run->difference->policies) = change;
}

static bp_map *
by_name(bp_arena *arena, const bp_model *model)
{
    bp_map *map = bp_map_new(arena);
    for (size_t i = 0; i < model->policies.count; i++) {
        bp_bound_policy *bound = &model->policies.at[i];
        (void)bp_map_add(map, bound->policy->name, bound, NULL);
    }
    return map;
}

static void
add_alone(bp_compare_run *run, bp_policy_change_kind kind, const bp_bound_policy *bound)
{
    bool fresh = kind == BP_POLICY_NEW;
    const bp_compare_side *side = fresh ? run->after : run->before;
    bp_policy_change *change = bp_vec_add(run->arena, &run->difference->policies);
    *change = (bp_policy_change){.kind = kind};
    *(fresh ? &change->after : &change->before) = bound;
    bp_map *none = bp_map_new(run->arena);
    names_without(run->arena, targets_of(run->arena, side, bound), none,
                  fresh ? &change->attached : &change->detached);
}

/* Policies that the old side alone knows, by their text. */
static bp_map *
gone_by_text(bp_compare_run *run, const bp_map *now)
{
    bp_map *map = bp_map_new(run->arena);
    const bp_model *old = run->before->model;
    for (size_t i = 0; i < old->policies.count; i++) {
        bp_bound_policy *bound = &old->policies.at[i];
        if (bp_map_get(now, bound->policy->name) == NULL) {
            (void)bp_map_add(map, text_of(run->arena, bound), bound, NULL);
        }
    }
    return map;
}

/* Policies of a target in the order in which they act. */
typedef struct peer {
    bp_str policy;
    unsigned order;
} peer;

typedef struct peers {
    bp_str target;
    BP_VEC(peer) list;
} peers;

static bp_map *
peers_of(bp_arena *arena, const bp_model *model)
{
    bp_map *map = bp_map_new(arena);
    for (size_t i = 0; i < model->policies.count; i++) {
        const bp_bound_policy *bound = &model->policies.at[i];
        for (size_t t = 0; t < bound->targets.count; t++) {
            const bp_bound_target *target = &bound->targets.at[t];
            peers *at = bp_map_get(map, target->id);
            if (at == NULL) {
                at = BP_NEW(arena, peers);
                at->target = name_of_target(arena, target);
                bp_map_set(map, target->id, at);
            }
            (void)bp_vec_add(arena, &at->list);
            size_t place = at->list.count - 1;
            for (; place > 0 && at->list.at[place - 1].order > target->ref->order; place--) {
                at->list.at[place] = at->list.at[place - 1];
            }
            at->list.at[place] = (peer){bound->policy->name, target->ref->order};
        }
    }
    return map;
}

/* The policies of one side that the other has there, too. */
static void
common(bp_arena *arena, const peers *from, const peers *other, bp_texts_list *into)
{
    bp_map *known = bp_map_new(arena);
    for (size_t i = 0; i < other->list.count; i++) {
        bp_map_set(known, other->list.at[i].policy, known);
    }
    for (size_t i = 0; i < from->list.count; i++) {
        if (bp_map_get(known, from->list.at[i].policy) != NULL) {
            *bp_vec_add(arena, into) = from->list.at[i].policy;
        }
    }
}

static void
compare_orders(bp_compare_run *run)
{
    bp_map *before = peers_of(run->arena, run->before->model);
    bp_map *after = peers_of(run->arena, run->after->model);
    for (size_t i = 0; i < bp_map_count(after); i++) {
        const bp_map_entry *entry = bp_map_at(after, i);
        const peers *is = entry->value;
        const peers *was = bp_map_get(before, entry->key);
        if (was == NULL || was->list.count < 2 || is->list.count < 2) {
            continue;
        }
        bp_order_change change = {.target = is->target};
        common(run->arena, was, is, &change.before);
        common(run->arena, is, was, &change.after);
        bool same = change.before.count == change.after.count;
        for (size_t p = 0; p < change.after.count && same; p++) {
            same = bp_str_equal(change.before.at[p], change.after.at[p]);
        }
        if (!same) {
            *bp_vec_add(run->arena, &run->difference->orders) = change;
        }
    }
}

void
bp_compare_policies(bp_compare_run *run)
{
    bp_map *old = by_name(run->arena, run->before->model);
    bp_map *now = by_name(run->arena, run->after->model);
    bp_map *gone = gone_by_text(run, now);
    bp_map *renamed = bp_map_new(run->arena);
    for (size_t i = 0; i < bp_map_count(now); i++) {
        const bp_bound_policy *after = bp_map_at(now, i)->value;
        const bp_bound_policy *before = bp_map_get(old, after->policy->name);
        if (before == NULL) {
            before = bp_map_get(gone, text_of(run->arena, after));
            if (before != NULL && bp_map_get(renamed, before->policy->name) != NULL) {
                before = NULL;
            }
            if (before == NULL) {
                add_alone(run, BP_POLICY_NEW, after);
                continue;
            }
            bp_map_set(renamed, before->policy->name, renamed);
        }
        compare_two(run, before, after);
    }
    for (size_t i = 0; i < bp_map_count(old); i++) {
        const bp_bound_policy *before = bp_map_at(old, i)->value;
        if (bp_map_get(now, before->policy->name) == NULL &&
            bp_map_get(renamed, before->policy->name) == NULL) {
            add_alone(run, BP_POLICY_GONE, before);
        }
    }
    compare_orders(run);
}
