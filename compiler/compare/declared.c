/*
 * Declared vaults and roles: what is deployed beside the policies. A lock that weakens is a danger;
 * everything else is told as it is.
 */
#include "compiler/compare/parts.h"

typedef struct declaring {
    bp_compare_run *run;
    bp_declared_change change;
    bp_str policy; /* none */
} declaring;

static void
add_value(declaring *d, const char *what, bp_str before, bp_str after, bp_danger danger)
{
    if (bp_str_equal(before, after)) {
        return;
    }
    *bp_vec_add(d->run->arena, &d->change.changes) =
        (bp_change){.kind = BP_CHANGE_VALUE,
                    .danger = danger,
                    .path = d->change.name,
                    .what = bp_str_of(what),
                    .before = {.there = before.size > 0, .text = before, .words = before},
                    .after = {.there = after.size > 0, .text = after, .words = after}};
}

static void
add_whole(declaring *d, bool added, bp_danger danger)
{
    *bp_vec_add(d->run->arena, &d->change.changes) =
        (bp_change){.kind = added ? BP_CHANGE_ADDED : BP_CHANGE_REMOVED,
                    .danger = danger,
                    .path = d->change.name,
                    .what = d->change.vault ? BP_STR("vault") : BP_STR("role"),
                    .before = {.there = !added},
                    .after = {.there = added}};
}

static void
finish(declaring *d)
{
    if (d->change.changes.count > 0) {
        bp_changes_sort(d->run->arena, &d->change.changes);
        *bp_vec_add(d->run->arena, &d->run->difference->declared) = d->change;
    }
}

static bp_str
lock_word(const bp_vault *vault)
{
    static const char *const words[] = {"no lock", "governance", "compliance"};
    return bp_str_of(words[vault->lock.word]);
}

static bp_str
days(bp_arena *arena, int64_t number)
{
    return number == 0 ? (bp_str){"", 0} : bp_str_format(arena, "%lldd", (long long)number);
}

static bp_str
refs(bp_arena *arena, const bp_target_refs *list)
{
    bp_texts_list texts = {0};
    for (size_t i = 0; i < list->count; i++) {
        const bp_target_ref *ref = &list->at[i];
        *bp_vec_add(arena, &texts) = ref->kind == BP_TARGET_ROOT           ? BP_STR("the root")
                                     : ref->kind == BP_TARGET_ORGANIZATION ? BP_STR("organization")
                                                                           : ref->text;
    }
    return bp_texts_joined(arena, &texts);
}

static bp_str
regions(bp_arena *arena, const bp_vault *vault)
{
    bp_texts_list texts = {0};
    for (size_t i = 0; i < vault->regions.count; i++) {
        *bp_vec_add(arena, &texts) = vault->regions.at[i]->text;
    }
    return bp_texts_joined(arena, &texts);
}

static void
compare_vaults(declaring *d, const bp_vault *before, const bp_vault *after)
{
    bp_arena *arena = d->run->arena;
    bool weaker = after->lock.word < before->lock.word;
    bool shorter = after->lock.min_days < before->lock.min_days;
    add_value(d, "kind", before->air_gapped ? BP_STR("air-gapped") : BP_STR("standard"),
              after->air_gapped ? BP_STR("air-gapped") : BP_STR("standard"),
              before->air_gapped ? BP_DANGER_LOCK : BP_DANGER_NONE);
    add_value(d, "lock", lock_word(before), lock_word(after),
              weaker ? BP_DANGER_LOCK : BP_DANGER_NONE);
    add_value(d, "shortest retention of the lock", days(arena, before->lock.min_days),
              days(arena, after->lock.min_days), shorter ? BP_DANGER_LOCK : BP_DANGER_NONE);
    add_value(d, "longest retention of the lock", days(arena, before->lock.max_days),
              days(arena, after->lock.max_days), BP_DANGER_NONE);
    add_value(d, "deployed to", refs(arena, &before->deploy_to), refs(arena, &after->deploy_to),
              BP_DANGER_NONE);
    add_value(d, "Regions", regions(arena, before), regions(arena, after), BP_DANGER_NONE);
    add_value(d, "copies from", refs(arena, &before->allow_copies_from),
              refs(arena, &after->allow_copies_from), BP_DANGER_NONE);
}

static void
each_vault(bp_compare_run *run, const bp_program *before, const bp_program *after)
{
    for (size_t i = 0; i < after->vaults.count; i++) {
        const bp_vault *is = after->vaults.at[i];
        const bp_vault *was = bp_map_get(before->vault_by_name, is->name);
        declaring d = {.run = run, .change = {.vault = true, .name = is->name}};
        if (was == NULL) {
            add_whole(&d, true, BP_DANGER_NONE);
        } else {
            compare_vaults(&d, was, is);
        }
        finish(&d);
    }
    for (size_t i = 0; i < before->vaults.count; i++) {
        const bp_vault *was = before->vaults.at[i];
        declaring d = {.run = run, .change = {.vault = true, .name = was->name}};
        if (bp_map_get(after->vault_by_name, was->name) == NULL) {
            add_whole(&d, false,
                      was->air_gapped || was->lock.word != BP_NO_LOCK ? BP_DANGER_LOCK
                                                                      : BP_DANGER_NONE);
        }
        finish(&d);
    }
}

static void
each_role(bp_compare_run *run, const bp_program *before, const bp_program *after)
{
    for (size_t i = 0; i < after->roles.count; i++) {
        const bp_role *is = after->roles.at[i];
        const bp_role *was = bp_map_get(before->role_by_name, is->name);
        declaring d = {.run = run, .change = {.name = is->name}};
        if (was == NULL) {
            add_whole(&d, true, BP_DANGER_NONE);
        } else {
            add_value(&d, "path", was->path, is->path, BP_DANGER_NONE);
            add_value(&d, "deployed to", refs(run->arena, &was->deploy_to),
                      refs(run->arena, &is->deploy_to), BP_DANGER_NONE);
            add_value(&d, "permissions boundary", was->permissions_boundary,
                      is->permissions_boundary, BP_DANGER_NONE);
        }
        finish(&d);
    }
    for (size_t i = 0; i < before->roles.count; i++) {
        const bp_role *was = before->roles.at[i];
        declaring d = {.run = run, .change = {.name = was->name}};
        if (bp_map_get(after->role_by_name, was->name) == NULL) {
            add_whole(&d, false, BP_DANGER_NONE);
        }
        finish(&d);
    }
}

void
bp_compare_declared(bp_compare_run *run)
{
    if (run->before->declares && run->after->declares) {
        each_role(run, run->before->model->program, run->after->model->program);
        each_vault(run, run->before->model->program, run->after->model->program);
    }
}
