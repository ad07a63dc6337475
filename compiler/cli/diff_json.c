/*
 * A difference as one JSON document: everything that the text tells and what it cuts, with the
 * values as they stand in the documents. Minor versions of the format only add members.
 */
#include "compiler/cli/diff.h"
#include "compiler/cli/effective.h"
#include "lib/json_write.h"

static bp_json *
texts(bp_arena *arena, const bp_texts_list *list)
{
    bp_json *array = bp_json_array(arena);
    for (size_t i = 0; i < list->count; i++) {
        bp_json_push_text(array, list->at[i]);
    }
    return array;
}

static void
put_side(bp_json *document, const char *key, const bp_side *side)
{
    static const char *const kinds[] = {"project", "revision", "output", "deployed"};
    bp_json *object = bp_json_put_object(document, key);
    bp_json_put_c(object, "kind", kinds[side->kind]);
    bp_json_put_text(object, "name", side->name);
    if (side->commit.size > 0) {
        bp_json_put_text(object, "commit", side->commit);
    }
}

static void
put_state(bp_json *change, const char *key, const bp_state *state, const bp_session *session)
{
    if (!state->there) {
        return;
    }
    bp_json *object = bp_json_put_object(change, key);
    bp_json_put_text(object, "text", state->text);
    bp_json_put_text(object, "words", state->words);
    if (state->from.policy.size == 0) {
        return;
    }
    bp_json_put_text(object, "policy", state->from.policy);
    const bp_source *source = bp_sources_get(session->sources, state->from.span.source);
    if (source != NULL) {
        bp_position at =
            bp_sources_position(session->sources, state->from.span.source, state->from.span.start);
        bp_json_put_text(object, "file", source->path);
        bp_json_put_number(object, "line", at.line);
        bp_json_put_number(object, "column", at.column);
    }
}

static void
put_changes(const bp_diff *diff, bp_json *into, const bp_changes *changes)
{
    static const char *const kinds[] = {"covered", "bare",  "regions", "invalid",
                                        "valid",   "added", "removed", "renamed",
                                        "value",   "list",  "order",   "control"};
    bp_json *array = bp_json_put_array(into, "changes");
    for (size_t i = 0; i < changes->count; i++) {
        const bp_change *change = &changes->at[i];
        bp_json *object = bp_json_push_object(array);
        bp_json_put_c(object, "kind", kinds[change->kind]);
        bp_json_put_text(object, "what", change->what);
        if (change->path.size > 0) {
            bp_json_put_text(object, "path", change->path);
        }
        if (change->operator_.size > 0) {
            bp_json_put_text(object, "operator", change->operator_);
        }
        if (change->danger != BP_DANGER_NONE) {
            bp_json_put_c(object, "danger", bp_danger_name(change->danger));
        }
        put_state(object, "before", &change->before, diff->before.session);
        put_state(object, "after", &change->after, diff->after.session);
        if (change->kind == BP_CHANGE_LIST || change->kind == BP_CHANGE_REGIONS) {
            bp_json_put(object, "removed", texts(diff->run->arena, &change->removed));
            bp_json_put(object, "added", texts(diff->run->arena, &change->added));
        }
    }
}

static void
put_path(bp_json *object, const char *key, const bp_session *session, const bp_account *account)
{
    const bp_organization *org = session->org;
    uint32_t chain[64];
    size_t count = 0;
    bp_json *array = bp_json_put_array(object, key);
    for (uint32_t ou = account->ou; count < sizeof chain / sizeof *chain;
         ou = org->ous.at[ou].parent) {
        chain[count++] = ou;
        if (org->ous.at[ou].depth == 0) {
            break;
        }
    }
    while (count > 0) {
        bp_json_push_text(array, bp_shown_ou(org, chain[--count]));
    }
}

static void
put_account(const bp_diff *diff, bp_json *object, const bp_account *before, const bp_account *after)
{
    const bp_account *account = after != NULL ? after : before;
    bp_json_put_text(object, "id", account->id);
    bp_json_put_text(object, "name", account->name);
    if (before != NULL) {
        put_path(object, "old_path", diff->before.session, before);
    }
    if (after != NULL) {
        put_path(object, "path", diff->after.session, after);
    }
}

static void
put_groups(const bp_diff *diff, bp_json *document)
{
    const bp_difference *difference = diff->difference;
    bp_json *groups = bp_json_put_array(document, "accounts");
    for (size_t i = 0; i < difference->groups.count; i++) {
        const bp_change_group *group = &difference->groups.at[i];
        bp_json *object = bp_json_push_object(groups);
        bp_json *list = bp_json_put_array(object, "accounts");
        for (size_t a = 0; a < group->accounts.count; a++) {
            put_account(diff, bp_json_push_object(list), group->accounts.at[a].before,
                        group->accounts.at[a].after);
        }
        put_changes(diff, object, &group->changes);
    }
}

static void
put_movements(const bp_diff *diff, bp_json *document)
{
    static const char *const kinds[] = {"new", "gone", "moved", "state"};
    bp_json *array = bp_json_put_array(document, "inventory");
    for (size_t i = 0; i < diff->difference->movements.count; i++) {
        const bp_movement *movement = &diff->difference->movements.at[i];
        bp_json *object = bp_json_push_object(array);
        bp_json_put_c(object, "kind", kinds[movement->kind]);
        put_account(diff, object, movement->before, movement->after);
        bp_json_put_number(object, "plans", (int64_t)movement->plans);
        if (movement->kind == BP_ACCOUNT_STATE) {
            bp_json_put_c(object, "old_state", bp_account_state_name(movement->before->state));
            bp_json_put_c(object, "state", bp_account_state_name(movement->after->state));
        }
    }
}

static void
put_policies(const bp_diff *diff, bp_json *document)
{
    static const char *const kinds[] = {"new", "gone", "renamed", "changed"};
    bp_arena *arena = diff->run->arena;
    bp_json *array = bp_json_put_array(document, "policies");
    for (size_t i = 0; i < diff->difference->policies.count; i++) {
        const bp_policy_change *change = &diff->difference->policies.at[i];
        bp_json *object = bp_json_push_object(array);
        const bp_bound_policy *bound = change->after != NULL ? change->after : change->before;
        bp_json_put_text(object, "name", bound->policy->name);
        bp_json_put_c(object, "kind", kinds[change->kind]);
        if (change->kind == BP_POLICY_RENAMED) {
            bp_json_put_text(object, "old_name", change->before->policy->name);
        }
        bp_json_put(object, "attached", texts(arena, &change->attached));
        bp_json_put(object, "detached", texts(arena, &change->detached));
        bp_json_put_bool(object, "description", change->description);
        bp_json_put_bool(object, "only_form", change->only_form);
        put_changes(diff, object, &change->changes);
    }
}

static void
put_rest(const bp_diff *diff, bp_json *document)
{
    bp_json *orders = bp_json_put_array(document, "orders");
    for (size_t i = 0; i < diff->difference->orders.count; i++) {
        const bp_order_change *order = &diff->difference->orders.at[i];
        bp_json *object = bp_json_push_object(orders);
        bp_json_put_text(object, "target", order->target);
        bp_json_put(object, "before", texts(diff->run->arena, &order->before));
        bp_json_put(object, "after", texts(diff->run->arena, &order->after));
    }
    bp_json *declared = bp_json_put_array(document, "declared");
    for (size_t i = 0; i < diff->difference->declared.count; i++) {
        const bp_declared_change *change = &diff->difference->declared.at[i];
        bp_json *object = bp_json_push_object(declared);
        bp_json_put_c(object, "kind", change->vault ? "vault" : "role");
        bp_json_put_text(object, "name", change->name);
        put_changes(diff, object, &change->changes);
    }
    bp_json *notes = bp_json_put_array(document, "notes");
    for (size_t i = 0; i < diff->notes.count; i++) {
        bp_json_push_text(notes, diff->notes.at[i]);
    }
}

bp_str
bp_diff_json(const bp_diff *diff)
{
    bp_arena *arena = diff->run->arena;
    const bp_difference *difference = diff->difference;
    bp_json *document = bp_json_object(arena);
    bp_json_put_c(document, "format_version", "1.0");
    put_side(document, "old", &diff->before);
    put_side(document, "new", &diff->after);
    bp_json *summary = bp_json_put_object(document, "summary");
    bp_json_put_bool(summary, "differs", bp_difference_any(difference));
    bp_json_put_bool(summary, "accounts_compared", difference->accounts_compared);
    bp_json_put_number(summary, "accounts", (int64_t)difference->accounts);
    bp_json_put_number(summary, "changed", (int64_t)difference->changed);
    bp_json_put_number(summary, "dangers", (int64_t)difference->dangers);
    put_groups(diff, document);
    put_movements(diff, document);
    put_policies(diff, document);
    put_rest(diff, document);
    bp_buf text = {.arena = arena};
    bp_buf_add(&text, bp_json_print(arena, document, BP_JSON_PRETTY));
    bp_buf_add_char(&text, '\n');
    return bp_buf_text(&text);
}
