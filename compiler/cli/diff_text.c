/*
 * A difference for a terminal: which accounts change and how, what takes protection away first;
 * then the policies one by one. Long lists are cut by count; json has all of them.
 */
#include "compiler/cli/diff.h"

enum { GROUPS_MAX = 50, CHANGES_MAX = 40, ROWS_MAX = 50 };

static void
say(bp_teller *teller, const char *text)
{
    bp_buf_add_c(&teller->out, text);
}

static void
mark(bp_teller *teller, const char *indent, char sign, bool color)
{
    bool red = color && sign == '!';
    bp_buf_format(&teller->out, "%s%s%c%s ", indent, red ? "\x1b[1;31m" : "", sign,
                  red ? "\x1b[0m" : "");
}

static void
more(bp_teller *teller, const char *indent, size_t count, size_t shown, const char *what)
{
    if (count > shown) {
        bp_buf_format(&teller->out, "%sand %zu more %s; --format json has all\n", indent,
                      count - shown, what);
    }
}

static void
print_changes(bp_teller *teller, const bp_changes *changes, const char *indent, bool color)
{
    for (size_t i = 0; i < changes->count && i < CHANGES_MAX; i++) {
        const bp_change *change = &changes->at[i];
        mark(teller, indent, bp_change_mark(change), color);
        bp_tell_change(teller, change);
        say(teller, "\n");
        size_t before = teller->out.size;
        bp_buf_format(&teller->out, "%s    ", indent);
        if (bp_tell_place(teller, change)) {
            say(teller, "\n");
        } else {
            teller->out.size = before;
        }
    }
    more(teller, indent, changes->count, CHANGES_MAX, "changes");
}

static void
print_groups(bp_teller *teller, bool color)
{
    const bp_difference *difference = teller->diff->difference;
    for (size_t i = 0; i < difference->groups.count && i < GROUPS_MAX; i++) {
        say(teller, "\n");
        bp_tell_group(teller, &difference->groups.at[i]);
        say(teller, "\n");
        print_changes(teller, &difference->groups.at[i].changes, "  ", color);
    }
    if (difference->groups.count > GROUPS_MAX) {
        say(teller, "\n");
    }
    more(teller, "", difference->groups.count, GROUPS_MAX, "groups of accounts");
}

static void
print_movements(bp_teller *teller)
{
    const bp_difference *difference = teller->diff->difference;
    size_t count = difference->movements.count;
    say(teller, count > 0 ? "\nAccounts of the inventory\n" : "");
    for (size_t i = 0; i < count && i < ROWS_MAX; i++) {
        say(teller, "  ");
        bp_tell_movement(teller, &difference->movements.at[i]);
        say(teller, "\n");
    }
    more(teller, "  ", count, ROWS_MAX, "accounts");
}

static void
print_policies(bp_teller *teller, bool color)
{
    const bp_difference *difference = teller->diff->difference;
    size_t rows = difference->policies.count + difference->orders.count;
    say(teller, rows > 0 ? "\nPolicies\n" : "");
    for (size_t i = 0; i < difference->policies.count && i < ROWS_MAX; i++) {
        const bp_policy_change *change = &difference->policies.at[i];
        say(teller, "  ");
        bp_tell_policy(teller, change);
        say(teller, "\n");
        print_changes(teller, &change->changes, "    ", color);
    }
    more(teller, "  ", difference->policies.count, ROWS_MAX, "policies");
    for (size_t i = 0; i < difference->orders.count && i < ROWS_MAX; i++) {
        say(teller, "  ");
        bp_tell_order(teller, &difference->orders.at[i]);
        say(teller, "\n");
    }
    more(teller, "  ", difference->orders.count, ROWS_MAX,
         "targets whose policies are in another "
         "order");
}

static void
print_declared(bp_teller *teller, bool color)
{
    const bp_difference *difference = teller->diff->difference;
    say(teller, difference->declared.count > 0 ? "\nVaults and roles\n" : "");
    for (size_t i = 0; i < difference->declared.count && i < ROWS_MAX; i++) {
        const bp_declared_change *change = &difference->declared.at[i];
        bool danger = change->changes.at[0].danger != BP_DANGER_NONE;
        mark(teller, "  ", danger ? '!' : bp_change_mark(&change->changes.at[0]), color);
        bp_tell_declared(teller, change);
        say(teller, "\n");
    }
    more(teller, "  ", difference->declared.count, ROWS_MAX, "vaults and roles");
}

bp_str
bp_diff_text(const bp_diff *diff, bool color)
{
    bp_teller teller = {.diff = diff, .out = {.arena = diff->run->arena}};
    bp_tell_sides(&teller);
    say(&teller, "\n");
    bp_tell_summary(&teller);
    say(&teller, "\n");
    print_groups(&teller, color);
    print_movements(&teller);
    print_policies(&teller, color);
    print_declared(&teller, color);
    say(&teller, diff->notes.count > 0 ? "\n" : "");
    for (size_t i = 0; i < diff->notes.count && i < ROWS_MAX; i++) {
        say(&teller, "note: ");
        bp_tell_user(&teller, diff->notes.at[i]);
        say(&teller, "\n");
    }
    more(&teller, "", diff->notes.count, ROWS_MAX, "notes");
    return bp_buf_text(&teller.out);
}
