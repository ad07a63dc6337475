/*
 * A difference as a comment on a pull request: what takes protection away is open, the rest folds.
 * A comment has a limit; what does not fit is counted. Names of users are code, in which no
 * character has a meaning.
 */
#include "compiler/cli/diff.h"

/* GitHub takes 65,536 characters; bytes are at least as many. */
enum { COMMENT_MAX = 65536, ROOM_FOR_THE_END = 512 };

/* A comment being written, one block after the other. */
typedef struct comment {
    bp_teller teller;
    size_t left_out;
    bool full;
} comment;

static void
say(comment *c, const char *text)
{
    bp_buf_add_c(&c->teller.out, text);
}

/* Ends a block that began at `start`; one that does not fit is taken back, and all after it. */
static bool
keep(comment *c, size_t start)
{
    if (!c->full && c->teller.out.size + ROOM_FOR_THE_END <= COMMENT_MAX) {
        return true;
    }
    c->full = true;
    c->teller.out.size = start;
    c->left_out++;
    return false;
}

static void
write_change(comment *c, const bp_change *change)
{
    size_t start = c->teller.out.size;
    bool danger = change->danger != BP_DANGER_NONE;
    say(c, danger ? "- :warning: " : "- ");
    bp_tell_change(&c->teller, change);
    size_t before = c->teller.out.size;
    say(c, "<br>");
    if (!bp_tell_place(&c->teller, change)) {
        c->teller.out.size = before;
    }
    say(c, "\n");
    (void)keep(c, start);
}

static void
write_changes(comment *c, const bp_changes *changes, bool dangerous)
{
    for (size_t i = 0; i < changes->count; i++) {
        if ((changes->at[i].danger != BP_DANGER_NONE) == dangerous) {
            write_change(c, &changes->at[i]);
        }
    }
}

static size_t
count_of(const bp_changes *changes, bool dangerous)
{
    size_t count = 0;
    for (size_t i = 0; i < changes->count; i++) {
        count += (changes->at[i].danger != BP_DANGER_NONE) == dangerous;
    }
    return count;
}

/* Dangers open, the rest folded; a fold that was begun is ended in any case. */
static void
write_block(comment *c, const bp_changes *changes)
{
    size_t calm = count_of(changes, false);
    if (c->full) {
        c->left_out += changes->count;
        return;
    }
    write_changes(c, changes, true);
    if (calm == 0) {
        return;
    }
    if (c->full) {
        c->left_out += calm;
        return;
    }
    bp_buf_format(&c->teller.out, "\n<details><summary>%zu %schange%s</summary>\n\n", calm,
                  count_of(changes, true) > 0 ? "other " : "", bp_plural(calm));
    write_changes(c, changes, false);
    say(c, "\n</details>\n");
}

static void
write_groups(comment *c)
{
    const bp_difference *difference = c->teller.diff->difference;
    for (size_t i = 0; i < difference->groups.count; i++) {
        size_t start = c->teller.out.size;
        say(c, "\n#### ");
        bp_tell_group(&c->teller, &difference->groups.at[i]);
        say(c, "\n\n");
        if (!c->full && c->teller.out.size + ROOM_FOR_THE_END > COMMENT_MAX) {
            c->full = true;
        }
        c->teller.out.size = c->full ? start : c->teller.out.size;
        write_block(c, &difference->groups.at[i].changes);
    }
}

typedef void teller_of_row(bp_teller *teller, const bp_diff *diff, size_t row);

static void
tell_movement(bp_teller *teller, const bp_diff *diff, size_t row)
{
    bp_tell_movement(teller, &diff->difference->movements.at[row]);
}

static void
tell_policy(bp_teller *teller, const bp_diff *diff, size_t row)
{
    bp_tell_policy(teller, &diff->difference->policies.at[row]);
}

static void
tell_order(bp_teller *teller, const bp_diff *diff, size_t row)
{
    bp_tell_order(teller, &diff->difference->orders.at[row]);
}

static void
tell_declared(bp_teller *teller, const bp_diff *diff, size_t row)
{
    bp_tell_declared(teller, &diff->difference->declared.at[row]);
}

static void
tell_note(bp_teller *teller, const bp_diff *diff, size_t row)
{
    bp_tell_user(teller, diff->notes.at[row]);
}

static void
write_rows(comment *c, const char *title, size_t count, teller_of_row *tell)
{
    if (count == 0) {
        return;
    }
    size_t start = c->teller.out.size;
    bp_buf_format(&c->teller.out, "\n<details><summary>%s (%zu)</summary>\n\n", title, count);
    size_t empty = c->teller.out.size;
    for (size_t i = 0; i < count; i++) {
        size_t row = c->teller.out.size;
        say(c, "- ");
        tell(&c->teller, c->teller.diff, i);
        say(c, "\n");
        (void)keep(c, row);
    }
    if (c->teller.out.size == empty) {
        c->teller.out.size = start;
        return;
    }
    say(c, "\n</details>\n");
}

/* Locks of policies are dangers of their own: they stand where they are seen. */
static void
write_locks(comment *c)
{
    const bp_difference *difference = c->teller.diff->difference;
    for (size_t i = 0; i < difference->policies.count; i++) {
        const bp_policy_change *change = &difference->policies.at[i];
        if (count_of(&change->changes, true) == 0) {
            continue;
        }
        size_t start = c->teller.out.size;
        say(c, "\n#### Policy ");
        bp_tell_user(&c->teller,
                     (change->after != NULL ? change->after : change->before)->policy->name);
        say(c, "\n\n");
        if (keep(c, start)) {
            write_changes(c, &change->changes, true);
        }
    }
}

bp_str
bp_diff_markdown(const bp_diff *diff)
{
    const bp_difference *difference = diff->difference;
    comment c = {.teller = {.diff = diff, .out = {.arena = diff->run->arena}, .markdown = true}};
    say(&c, "### Backup policies: ");
    bp_tell_sides(&c.teller);
    say(&c, "\n\n");
    bp_tell_summary(&c.teller);
    say(&c, "\n");
    write_groups(&c);
    write_locks(&c);
    write_rows(&c, "Accounts of the inventory", difference->movements.count, tell_movement);
    write_rows(&c, "Policies", difference->policies.count, tell_policy);
    write_rows(&c, "Order of policies", difference->orders.count, tell_order);
    write_rows(&c, "Vaults and roles", difference->declared.count, tell_declared);
    write_rows(&c, "Notes", diff->notes.count, tell_note);
    if (c.left_out > 0) {
        bp_buf_format(&c.teller.out,
                      "\n%zu more line%s did not fit into a comment; `backpol diff --format json` "
                      "has all\n",
                      c.left_out, bp_plural(c.left_out));
    }
    return bp_buf_text(&c.teller.out);
}
