/*
 * The sentences of a difference, the same in a terminal and in a comment: what changed, from what
 * to what, what is bad about it, where it stands and who wrote it.
 */
#include "compiler/cli/diff.h"
#include "compiler/cli/effective.h"

enum { OUS_SHOWN = 5, NAMES_SHOWN = 3, SHORT_ID = 12 };

/* Whether a character could mean something in markdown, or in what a site makes of it. */
static bool
is_live(bp_str text, size_t at)
{
    char c = text.at[at];
    if (c == '.') {
        return at > 0 && bp_fold_char(text.at[at - 1]) == 'w';
    }
    return (unsigned char)c < 0x80 && !bp_is_alnum(c) && c != ' ' && c != '-' && c != ',' &&
           c != '/' && c != '(' && c != ')';
}

void
bp_tell_user(bp_teller *teller, bp_str text)
{
    bp_str safe = bp_output_safe(teller->out.arena, text);
    if (!teller->markdown) {
        bp_buf_add(&teller->out, safe);
        return;
    }
    bp_buf_add_c(&teller->out, "<code>");
    for (size_t i = 0; i < safe.size; i++) {
        if (is_live(safe, i)) {
            bp_buf_format(&teller->out, "&#%d;", (unsigned char)safe.at[i]);
        } else {
            bp_buf_add_char(&teller->out, safe.at[i]);
        }
    }
    bp_buf_add_c(&teller->out, "</code>");
}

static void
say(bp_teller *teller, const char *text)
{
    bp_buf_add_c(&teller->out, text);
}

static void
say_list(bp_teller *teller, const char *before, const bp_texts_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        say(teller, i == 0 ? before : ", ");
        bp_tell_user(teller, list->at[i]);
    }
}

static const char *
arrow(const bp_teller *teller)
{
    return teller->markdown ? " → " : " -> ";
}

static void
say_state(bp_teller *teller, const bp_state *state)
{
    if (state->there) {
        bp_tell_user(teller, state->words.size > 0 ? state->words : BP_STR("\"\""));
    } else {
        say(teller, "not set");
    }
}

static void
say_states(bp_teller *teller, const bp_change *change)
{
    say(teller, " ");
    say_state(teller, &change->before);
    say(teller, arrow(teller));
    say_state(teller, &change->after);
}

/* The last name of the path of a part. */
static bp_str
name_of_part(const bp_change *change)
{
    static const char *const containers[] = {".copy_actions.", ".rules.", ".tags.", ".resources.",
                                             "plans."};
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++) {
        bp_str word = bp_str_of(containers[i]);
        for (size_t at = 0; at + word.size < change->path.size; at++) {
            if (bp_str_starts(bp_str_cut(change->path, at, change->path.size), word)) {
                return bp_str_cut(change->path, at + word.size, change->path.size);
            }
        }
    }
    return change->path;
}

static void
say_part(bp_teller *teller, const bp_change *change)
{
    bool added = change->kind == BP_CHANGE_ADDED;
    bp_str about = added ? change->after.words : change->before.words;
    say(teller, added ? "new " : "no more ");
    bp_buf_add(&teller->out, change->what);
    say(teller, " ");
    bp_tell_user(teller, name_of_part(change));
    if (about.size > 0) {
        say(teller, " (");
        bp_tell_user(teller, about);
        say(teller, ")");
    }
}

static void
say_regions(bp_teller *teller, const bp_change *change)
{
    say_list(teller, "no plan runs any more in ", &change->removed);
    say(teller, change->removed.count > 0 && change->added.count > 0 ? "; " : "");
    say_list(teller, "a plan runs now in ", &change->added);
}

static void
say_value(bp_teller *teller, const bp_change *change)
{
    bp_buf_add(&teller->out, bp_output_safe(teller->out.arena, change->what));
    if (change->operator_.size > 0 && !bp_str_is(change->operator_, "assign")) {
        bp_buf_format(&teller->out, " (%.*s)", BP_ARG(change->operator_));
    }
    if (change->kind == BP_CHANGE_LIST) {
        say_list(teller, " - ", &change->removed);
        say_list(teller, " + ", &change->added);
        return;
    }
    say_states(teller, change);
}

static void
say_control(bp_teller *teller, const bp_change *change)
{
    static const bp_state all = {.there = true, .words = {"everything", 10}};
    say(teller, "policies below may change ");
    say_state(teller, change->before.there ? &change->before : &all);
    say(teller, arrow(teller));
    say_state(teller, change->after.there ? &change->after : &all);
}

void
bp_tell_change(bp_teller *teller, const bp_change *change)
{
    switch (change->kind) {
    case BP_CHANGE_COVERED:
        say(teller, "the account gets its first plan");
        break;
    case BP_CHANGE_BARE:
        say(teller, "the account loses its last plan");
        break;
    case BP_CHANGE_REGIONS:
        say_regions(teller, change);
        break;
    case BP_CHANGE_INVALID:
        bp_buf_format(&teller->out, "the effective policy becomes invalid, with %.*s fault%s",
                      BP_ARG(change->after.text), bp_str_is(change->after.text, "1") ? "" : "s");
        break;
    case BP_CHANGE_VALID:
        say(teller, "the effective policy becomes valid");
        break;
    case BP_CHANGE_ADDED:
    case BP_CHANGE_REMOVED:
        say_part(teller, change);
        break;
    case BP_CHANGE_RENAMED:
        bp_buf_add(&teller->out, change->what);
        say_states(teller, change);
        say(teller, ": another name for the same");
        break;
    case BP_CHANGE_VALUE:
    case BP_CHANGE_LIST:
        say_value(teller, change);
        break;
    case BP_CHANGE_ORDER:
        say(teller, "order of ");
        say_value(teller, change);
        break;
    case BP_CHANGE_CONTROL:
        say_control(teller, change);
        break;
    }
    if (change->danger != BP_DANGER_NONE) {
        bp_buf_format(&teller->out, ": %s%s%s", teller->markdown ? "**" : "",
                      bp_danger_words(change->danger), teller->markdown ? "**" : "");
    }
}

char
bp_change_mark(const bp_change *change)
{
    if (change->danger != BP_DANGER_NONE) {
        return '!';
    }
    return change->kind == BP_CHANGE_ADDED || change->kind == BP_CHANGE_COVERED ? '+'
           : change->kind == BP_CHANGE_REMOVED                                  ? '-'
                                                                                : '~';
}

bool
bp_tell_place(bp_teller *teller, const bp_change *change)
{
    const bp_diff *diff = teller->diff;
    bool now = change->after.there;
    const bp_origin *from = now ? &change->after.from : &change->before.from;
    if (change->path.size == 0) {
        return false;
    }
    bp_tell_user(teller, change->path);
    if (from->policy.size == 0) {
        return true;
    }
    say(teller, now ? "  by " : "  was by ");
    bp_tell_user(teller, from->policy);
    bp_shown shown = {.session = now ? diff->after.session : diff->before.session};
    bp_str place = bp_shown_place(&shown, from->span);
    if (place.size > 0) {
        say(teller, "  ");
        bp_tell_user(teller, place);
    }
    return true;
}

static void
say_side(bp_teller *teller, const bp_side *side)
{
    bool typed = side->kind == BP_SIDE_REVISION || side->kind == BP_SIDE_OUTPUT;
    if (typed) {
        bp_tell_user(teller, side->name);
    } else {
        bool markdown = teller->markdown;
        teller->markdown = markdown && !bp_str_starts(side->name, BP_STR("the working tree")) &&
                           !bp_str_starts(side->name, BP_STR("what is deployed"));
        bp_tell_user(teller, side->name);
        teller->markdown = markdown;
    }
    if (side->commit.size > 0 && !bp_str_starts(side->commit, side->name)) {
        bp_buf_format(&teller->out, " (%.*s)", BP_ARG(bp_str_cut(side->commit, 0, SHORT_ID)));
    }
}

void
bp_tell_sides(bp_teller *teller)
{
    say_side(teller, &teller->diff->before);
    say(teller, arrow(teller));
    say_side(teller, &teller->diff->after);
}

static void
say_dangers(bp_teller *teller)
{
    const bp_difference *difference = teller->diff->difference;
    if (difference->dangers > 0) {
        bp_buf_format(&teller->out, "; %zu change%s that take%s protection away",
                      difference->dangers, bp_plural(difference->dangers),
                      difference->dangers == 1 ? "s" : "");
    }
}

void
bp_tell_summary(bp_teller *teller)
{
    const bp_difference *difference = teller->diff->difference;
    if (!bp_difference_any(difference)) {
        say(teller, "nothing differs");
        if (difference->accounts_compared) {
            bp_buf_format(&teller->out, "; %zu account%s compared", difference->accounts,
                          bp_plural(difference->accounts));
        }
        return;
    }
    if (!difference->accounts_compared) {
        say(teller, "policies differ; accounts are not compared");
    } else if (difference->changed == 0) {
        bp_buf_format(&teller->out, "no effective policy changes (%zu account%s compared)",
                      difference->accounts, bp_plural(difference->accounts));
    } else {
        bp_buf_format(&teller->out, "%zu of %zu account%s get%s another effective policy",
                      difference->changed, difference->accounts, bp_plural(difference->accounts),
                      difference->changed == 1 ? "s" : "");
    }
    say_dangers(teller);
}

void
bp_tell_account(bp_teller *teller, const bp_account *account)
{
    bp_tell_user(teller, bp_str_format(teller->out.arena, "%.*s (%.*s)", BP_ARG(account->name),
                                       BP_ARG(account->id)));
}

/* The OU of an account, in the newer inventory that has it. */
static bp_str
ou_of(const bp_diff *diff, const bp_account *before, const bp_account *after)
{
    const bp_session *session = after != NULL ? diff->after.session : diff->before.session;
    return bp_shown_path(diff->run->arena, session->org, after != NULL ? after : before);
}

static void
say_ous(bp_teller *teller, const bp_change_group *group)
{
    bp_map *counts = bp_map_new(teller->out.arena);
    for (size_t i = 0; i < group->accounts.count; i++) {
        const bp_changed_account *account = &group->accounts.at[i];
        bp_str ou = ou_of(teller->diff, account->before, account->after);
        size_t *count = bp_map_get(counts, ou);
        if (count == NULL) {
            count = BP_NEW(teller->out.arena, size_t);
            bp_map_set(counts, ou, count);
        }
        ++*count;
    }
    size_t all = bp_map_count(counts);
    for (size_t i = 0; i < all && i < OUS_SHOWN; i++) {
        const bp_map_entry *entry = bp_map_at(counts, i);
        bp_buf_format(&teller->out, "%s%zu in ", i > 0 ? ", " : ": ",
                      *(const size_t *)entry->value);
        bp_tell_user(teller, entry->key);
    }
    if (all > OUS_SHOWN) {
        bp_buf_format(&teller->out, " and %zu more OUs", all - OUS_SHOWN);
    }
}

void
bp_tell_group(bp_teller *teller, const bp_change_group *group)
{
    const bp_changed_account *first = &group->accounts.at[0];
    if (group->accounts.count == 1) {
        bp_tell_account(teller, first->after);
        say(teller, teller->markdown ? " in " : "  in ");
        bp_tell_user(teller, ou_of(teller->diff, first->before, first->after));
        return;
    }
    bp_buf_format(&teller->out, "%zu accounts", group->accounts.count);
    say_ous(teller, group);
    for (size_t i = 0; i < group->accounts.count && i < NAMES_SHOWN; i++) {
        say(teller, i == 0 ? "; " : ", ");
        bp_tell_account(teller, group->accounts.at[i].after);
    }
    if (group->accounts.count > NAMES_SHOWN) {
        say(teller, " …");
    }
}

static void
say_plans(bp_teller *teller, size_t plans)
{
    bp_buf_format(&teller->out, ", with %zu plan%s", plans, bp_plural(plans));
}

void
bp_tell_movement(bp_teller *teller, const bp_movement *movement)
{
    const bp_account *account = movement->after != NULL ? movement->after : movement->before;
    bp_tell_account(teller, account);
    switch (movement->kind) {
    case BP_ACCOUNT_NEW:
        say(teller, " is new in the inventory, in ");
        bp_tell_user(teller, ou_of(teller->diff, movement->before, movement->after));
        say_plans(teller, movement->plans);
        break;
    case BP_ACCOUNT_GONE:
        say(teller, " is no longer in the inventory; it was in ");
        bp_tell_user(teller, ou_of(teller->diff, movement->before, NULL));
        say_plans(teller, movement->plans);
        break;
    case BP_ACCOUNT_MOVED:
        say(teller, " moves from ");
        bp_tell_user(teller, ou_of(teller->diff, movement->before, NULL));
        say(teller, " to ");
        bp_tell_user(teller, ou_of(teller->diff, movement->before, movement->after));
        break;
    case BP_ACCOUNT_STATE:
        if (movement->before != NULL && movement->after != NULL) {
            bp_buf_format(&teller->out, " was %s and is %s",
                          bp_account_state_name(movement->before->state),
                          bp_account_state_name(movement->after->state));
        }
        say_plans(teller, movement->plans);
        break;
    }
}

static void
say_targets(bp_teller *teller, const bp_policy_change *change)
{
    bool alone = change->kind == BP_POLICY_GONE;
    say_list(teller, change->kind == BP_POLICY_NEW ? ", attached to " : "; now attached to ",
             &change->attached);
    say_list(teller, alone ? "; it was attached to " : "; no longer attached to ",
             &change->detached);
}

void
bp_tell_policy(bp_teller *teller, const bp_policy_change *change)
{
    const bp_bound_policy *bound = change->after != NULL ? change->after : change->before;
    bp_tell_user(teller, bound->policy->name);
    switch (change->kind) {
    case BP_POLICY_NEW:
        say(teller, " is new");
        break;
    case BP_POLICY_GONE:
        say(teller, " is gone");
        break;
    case BP_POLICY_RENAMED:
        say(teller, " was called ");
        bp_tell_user(teller, change->before->policy->name);
        say(teller, ": its document is the same");
        break;
    case BP_POLICY_CHANGED:
        if (change->only_form) {
            say(teller, " is written in another way and says the same");
        } else if (change->changes.count > 0) {
            bp_buf_format(&teller->out, " changes in %zu place%s", change->changes.count,
                          bp_plural(change->changes.count));
        } else {
            say(teller, ": its document is the same");
        }
        break;
    }
    say_targets(teller, change);
    say(teller, change->description ? "; it has another description" : "");
}

void
bp_tell_order(bp_teller *teller, const bp_order_change *order)
{
    say(teller, "at ");
    bp_tell_user(teller, order->target);
    say(teller, ", policies act in the order ");
    say_list(teller, "", &order->after);
    say(teller, "; it was ");
    say_list(teller, "", &order->before);
}

void
bp_tell_declared(bp_teller *teller, const bp_declared_change *change)
{
    say(teller, change->vault ? "vault " : "role ");
    bp_tell_user(teller, change->name);
    for (size_t i = 0; i < change->changes.count; i++) {
        const bp_change *each = &change->changes.at[i];
        say(teller, i == 0 ? ": " : "; ");
        if (each->kind != BP_CHANGE_VALUE) {
            say(teller, each->kind == BP_CHANGE_ADDED ? "new" : "no longer declared");
            if (each->danger != BP_DANGER_NONE) {
                bp_buf_format(&teller->out, ", %s", bp_danger_words(each->danger));
            }
        } else {
            bp_tell_change(teller, each);
        }
    }
}
