/*
 * Reading the manifest.json of an earlier build: the deployment it describes, nothing else of it.
 *
 * The file may come from anywhere, and what it says ends up in paths, plans and calls that remove
 * things. So it is taken as a whole or not at all, and every word in it must have the form that a
 * build gives it.
 */
#include "compiler/emit/previous.h"

#include "compiler/emit/parts.h"

#include "lib/json_read.h"
#include "lib/map.h"

enum { DEPTH = 64, OUS_MAX = 50, NAME_MAX_SIZE = 512 };

/* Where the reader is: keys from the top down, joined with '/'; lists add nothing. */
typedef struct place {
    bp_arena *arena;
    bp_str paths[DEPTH + 1]; /* by open containers: the path of what stands in it */
    size_t depth;
    bp_str at; /* of the value that comes next */
} place;

static bool
enter(place *where)
{
    if (where->depth == DEPTH) {
        return false;
    }
    where->paths[++where->depth] = where->at;
    return true;
}

static void
leave(place *where)
{
    where->depth--;
    where->at = where->paths[where->depth];
}

/* No key that matters holds a '/': one that does, as those of "files", must not look like a path.
 */
static void
step_into(place *where, bp_str key)
{
    bp_str above = where->paths[where->depth];
    if (bp_str_contains(key, BP_STR("/"))) {
        key = BP_STR("?");
    }
    where->at = above.size == 0
                    ? bp_str_copy(where->arena, key)
                    : bp_str_format(where->arena, "%.*s/%.*s", BP_ARG(above), BP_ARG(key));
}

#define LAST(list) (&(list).at[(list).count - 1])

/* An object begins: the next of its kind. */
static void
take_object(bp_arena *arena, bp_previous *previous, bp_str at)
{
    if (bp_str_is(at, "stack_sets")) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): an element was just added */
        *bp_vec_add(arena, &previous->stack_sets) = (bp_previous_stack){0};
    } else if (bp_str_is(at, "stack_sets/instances") && previous->stack_sets.count > 0) {
        *bp_vec_add(arena, &LAST(previous->stack_sets)->groups) = (bp_instance_group){0};
    } else if (bp_str_is(at, "management_account/stacks")) {
        *bp_vec_add(arena, &previous->stacks) = (bp_previous_stack){0};
    } else if (bp_str_is(at, "policies")) {
        *bp_vec_add(arena, &previous->policies) = (bp_previous_policy){0};
    }
}

/* Where a text of a stack set or stack goes; NULL: it is not wanted. */
static bp_str *
place_in_stack(bp_previous_stack *stack, bp_str key)
{
    if (bp_str_is(key, "name") || bp_str_is(key, "stack_name")) {
        return &stack->stack_name;
    }
    if (bp_str_is(key, "kind")) {
        return &stack->kind_word;
    }
    if (bp_str_is(key, "creates")) {
        return &stack->creates;
    }
    return bp_str_is(key, "template") ? &stack->template : NULL;
}

static bp_strings *
list_in_group(bp_instance_group *group, bp_str key)
{
    if (bp_str_is(key, "organizational_unit_ids")) {
        return &group->ous;
    }
    if (bp_str_is(key, "regions")) {
        return &group->regions;
    }
    return bp_str_is(key, "accounts") ? &group->accounts : NULL;
}

static bp_str *
place_at_top(bp_previous *previous, bp_str at)
{
    if (bp_str_is(at, "format")) {
        return &previous->format;
    }
    if (bp_str_is(at, "organization/id")) {
        return &previous->organization_id;
    }
    if (bp_str_is(at, "home_region")) {
        return &previous->home_region;
    }
    return bp_str_is(at, "cli/script") ? &previous->script : NULL;
}

static bool
take_prefix(bp_str at, const char *prefix, bp_str *key)
{
    bp_str start = bp_str_of(prefix);
    if (!bp_str_starts(at, start)) {
        return false;
    }
    *key = bp_str_cut(at, start.size, at.size);
    return true;
}

/* A text, or an element of a list. False: a filter that no build writes. */
static bool
take_text(bp_arena *arena, bp_previous *previous, bp_str at, bp_str text)
{
    bp_str key = {0};
    bp_str *one = NULL;
    bp_strings *list = NULL;
    if (take_prefix(at, "stack_sets/instances/", &key)) {
        if (bp_str_is(key, "account_filter_type")) {
            return bp_str_is(text, "INTERSECTION");
        }
        bp_instance_groups *groups = &LAST(previous->stack_sets)->groups;
        list = groups->count > 0 ? list_in_group(LAST(*groups), key) : NULL;
    } else if (take_prefix(at, "stack_sets/", &key)) {
        one = place_in_stack(LAST(previous->stack_sets), key);
    } else if (take_prefix(at, "management_account/stacks/", &key)) {
        bp_previous_stack *stack = LAST(previous->stacks);
        list = bp_str_is(key, "regions") ? &stack->regions : NULL;
        one = place_in_stack(stack, key);
    } else if (take_prefix(at, "policies/", &key)) {
        bp_previous_policy *policy = LAST(previous->policies);
        list = bp_str_is(key, "targets") ? &policy->targets : NULL;
        one = bp_str_is(key, "name") ? &policy->name : NULL;
    } else {
        one = place_at_top(previous, at);
    }
    if (list != NULL) {
        *bp_vec_add(arena, list) = bp_str_copy(arena, text);
    } else if (one != NULL) {
        *one = bp_str_copy(arena, text);
    }
    return true;
}

/* Goes through the whole text. False: it is no JSON, or not of this kind. */
static bool
read_all(bp_arena *arena, bp_json_reader *reader, bp_previous *previous)
{
    place where = {.arena = arena};
    for (;;) {
        bp_json_event event = bp_json_next(reader);
        switch (event.kind) {
        case BP_JSON_END:
            return true;
        case BP_JSON_ERROR:
            return false;
        case BP_JSON_OBJECT:
            take_object(arena, previous, where.at);
            if (!enter(&where)) {
                return false;
            }
            break;
        case BP_JSON_ARRAY:
            if (where.depth == 0 || !enter(&where)) {
                return false;
            }
            break;
        case BP_JSON_OBJECT_END:
        case BP_JSON_ARRAY_END:
            leave(&where);
            break;
        case BP_JSON_KEY:
            step_into(&where, event.text);
            break;
        case BP_JSON_STRING:
            if (where.depth == 0 || !take_text(arena, previous, where.at, event.text)) {
                return false;
            }
            break;
        case BP_JSON_NUMBER:
        case BP_JSON_TRUE:
        case BP_JSON_FALSE:
        case BP_JSON_NULL:
            break;
        }
    }
}

static bool
all_are(const bp_strings *list, bool (*fits)(bp_str))
{
    for (size_t i = 0; i < list->count; i++) {
        if (!fits(list->at[i])) {
            return false;
        }
    }
    return true;
}

/* Lower-case letters, digits and '-', beginning with `start`. */
static bool
is_id(bp_str text, const char *start)
{
    if (!bp_str_starts(text, bp_str_of(start)) || text.size > 68) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (!(c >= 'a' && c <= 'z') && !bp_is_digit(c) && c != '-') {
            return false;
        }
    }
    return text.size > bp_str_of(start).size;
}

static bool
is_account(bp_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!bp_is_digit(text.at[i])) {
            return false;
        }
    }
    return text.size == 12;
}

static bool
is_ou(bp_str text)
{
    return is_id(text, "ou-") || is_id(text, "r-");
}

static bool
is_target(bp_str text)
{
    return is_ou(text) || is_account(text);
}

static bool
is_region(bp_str text)
{
    return is_id(text, "") && !bp_is_digit(text.at[0]) && text.at[0] != '-' && text.size <= 32;
}

static bool
is_plain_name(bp_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c < 0x20 || c == 0x7F) {
            return false;
        }
    }
    return text.size > 0 && text.size <= NAME_MAX_SIZE;
}

static bool
settle_stack(bp_arena *arena, bp_previous_stack *stack)
{
    bool role = bp_str_is(stack->kind_word, "role");
    if ((!role && !bp_str_is(stack->kind_word, "vault")) || !is_plain_name(stack->creates)) {
        return false;
    }
    stack->kind = role ? BP_STACK_ROLE : BP_STACK_VAULT;
    stack->slug = bp_slug(arena, stack->creates);
    bp_str name =
        bp_str_format(arena, "backpol-%.*s-%.*s", BP_ARG(stack->kind_word), BP_ARG(stack->slug));
    if (!bp_str_equal(name, stack->stack_name) || !all_are(&stack->regions, is_region)) {
        return false;
    }
    for (size_t i = 0; i < stack->groups.count; i++) {
        const bp_instance_group *group = &stack->groups.at[i];
        if (group->ous.count == 0 || group->ous.count > OUS_MAX || group->regions.count == 0 ||
            !all_are(&group->ous, is_ou) || !all_are(&group->regions, is_region) ||
            !all_are(&group->accounts, is_account)) {
            return false;
        }
    }
    return true;
}

/* Gives each thing its slug; two of one slug cannot both have been built. */
static bool
settle(bp_arena *arena, bp_previous *previous, bp_str *why)
{
    bp_map *seen = bp_map_new(arena);
    bool added = true;
    for (size_t i = 0; i < previous->stack_sets.count; i++) {
        bp_previous_stack *set = &previous->stack_sets.at[i];
        if (!settle_stack(arena, set) || set->groups.count == 0 ||
            (bp_map_add(seen, set->stack_name, set, &added), !added)) {
            *why = bp_str_format(arena, "has a stack set \"%.*s\" that no build writes",
                                 BP_ARG(set->stack_name));
            return false;
        }
    }
    for (size_t i = 0; i < previous->stacks.count; i++) {
        bp_previous_stack *stack = &previous->stacks.at[i];
        bp_str key = bp_str_format(arena, "stack %.*s", BP_ARG(stack->stack_name));
        if (!settle_stack(arena, stack) || stack->regions.count == 0 ||
            (bp_map_add(seen, key, stack, &added), !added)) {
            *why = bp_str_format(arena, "has a stack \"%.*s\" that no build writes",
                                 BP_ARG(stack->stack_name));
            return false;
        }
    }
    for (size_t i = 0; i < previous->policies.count; i++) {
        bp_previous_policy *policy = &previous->policies.at[i];
        policy->slug = bp_slug(arena, policy->name);
        bp_str key = bp_str_format(arena, "policy %.*s", BP_ARG(policy->slug));
        if (!is_plain_name(policy->name) || !all_are(&policy->targets, is_target) ||
            (bp_map_add(seen, key, policy, &added), !added)) {
            *why = bp_str_format(arena, "has a policy \"%.*s\" that no build writes",
                                 BP_ARG(policy->name));
            return false;
        }
    }
    return true;
}

bool
bp_previous_read(bp_arena *arena, bp_str manifest_json, bp_previous *previous, bp_str *why)
{
    bp_source *source = BP_NEW(arena, bp_source);
    source->path = BP_STR("manifest.json");
    source->text = manifest_json;
    *previous = (bp_previous){0};
    bool whole = read_all(arena, bp_json_reader_new(arena, source), previous);
    if (!whole || !bp_str_starts(previous->format, BP_STR("backpol/manifest/"))) {
        *why = BP_STR("is no manifest.json of a build");
        return false;
    }
    if (!bp_str_is(previous->format, "backpol/manifest/1")) {
        *why = bp_str_format(arena,
                             "has the format \"%.*s\"; this release reads \"backpol/manifest/1\"",
                             BP_ARG(previous->format));
        return false;
    }
    if (!is_id(previous->organization_id, "o-") || !is_region(previous->home_region)) {
        *why = BP_STR("names no organization or home Region, so nothing was deployed from it");
        return false;
    }
    return settle(arena, previous, why);
}

/* Whether a place of a template holds what is set once. */
static bool
is_fixed(bp_str at)
{
    bp_str key = {0};
    if (!take_prefix(at, "Resources/", &key)) {
        return false;
    }
    key = bp_str_cut(key, bp_str_find(key, '/') + 1, key.size);
    return bp_str_is(key, "Type") || bp_str_starts(key, BP_STR("Properties/EncryptionKeyArn")) ||
           bp_str_is(key, "Properties/MinRetentionDays") ||
           bp_str_is(key, "Properties/MaxRetentionDays");
}

/* Types that are no vault do not count. */
static bool
counts(bp_str at, bp_str text)
{
    return !bp_str_ends(at, BP_STR("/Type")) || bp_str_starts(text, BP_STR("AWS::Backup::"));
}

bp_str
bp_template_fixed(bp_arena *arena, bp_str template_json)
{
    bp_buf out = {.arena = arena};
    bp_source *source = BP_NEW(arena, bp_source);
    source->text = template_json;
    bp_json_reader *reader = bp_json_reader_new(arena, source);
    place where = {.arena = arena};
    for (;;) {
        bp_json_event event = bp_json_next(reader);
        switch (event.kind) {
        case BP_JSON_END:
            return bp_buf_text(&out);
        case BP_JSON_ERROR:
            return (bp_str){0};
        case BP_JSON_OBJECT:
        case BP_JSON_ARRAY:
            if (!enter(&where)) {
                return (bp_str){0};
            }
            break;
        case BP_JSON_OBJECT_END:
        case BP_JSON_ARRAY_END:
            leave(&where);
            break;
        case BP_JSON_KEY:
            step_into(&where, event.text);
            break;
        case BP_JSON_STRING:
        case BP_JSON_NUMBER:
            if (is_fixed(where.at) && counts(where.at, event.text)) {
                bp_buf_format(&out, "%.*s=%.*s\n", BP_ARG(where.at), BP_ARG(event.text));
            }
            break;
        case BP_JSON_TRUE:
        case BP_JSON_FALSE:
        case BP_JSON_NULL:
            break;
        }
    }
}

bool
bp_template_drops(bp_arena *arena, bp_str template_json)
{
    return bp_template_look(arena, template_json).drops;
}
