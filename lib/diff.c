/*
 * Unified differences: lines common to both ends are taken off, what is left is compared by Myers'
 * greedy algorithm (E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986) with the
 * furthest points of each step kept for the way back. The number of steps is bounded.
 */
#include "lib/diff.h"

#include "lib/vec.h"

enum { STEPS_MAX = 600, CONTEXT = 3 };

typedef BP_VEC(bp_str) lines;

typedef struct differ {
    bp_arena *arena;
    lines before;
    lines after;
    bool *removed; /* by line of `before` */
    bool *added;   /* by line of `after` */
    bp_buf *out;
} differ;

/* Lines with their ends. */
static void
split(bp_arena *arena, bp_str text, lines *into)
{
    while (text.size > 0) {
        size_t end = bp_str_find(text, '\n') + 1;
        *bp_vec_add(arena, into) = bp_str_cut(text, 0, end);
        text = bp_str_cut(text, end, text.size);
    }
}

/* ---- comparing */

/* The lines that differ: `count` from `start` on. */
typedef struct range {
    size_t start;
    size_t count;
} range;

/* The furthest line of `before` that step `step` reached on a diagonal; negative: not reached. */
static long
furthest(long *const *steps, long step, long diagonal)
{
    bool inside = step >= 0 && diagonal >= -step && diagonal <= step;
    return inside ? steps[step][diagonal + step] : -1;
}

/* Whether the best way onto a diagonal adds a line, instead of removing one. */
static bool
comes_by_adding(long *const *steps, long step, long diagonal)
{
    return diagonal == -step || (diagonal != step && furthest(steps, step - 1, diagonal - 1) <
                                                         furthest(steps, step - 1, diagonal + 1));
}

/* One step on one diagonal; true at the end of both ranges. */
static bool
advance(const differ *d, range a, range b, long *const *steps, long step, long diagonal)
{
    long x = 0;
    if (step > 0) {
        x = comes_by_adding(steps, step, diagonal) ? furthest(steps, step - 1, diagonal + 1)
                                                   : furthest(steps, step - 1, diagonal - 1) + 1;
    }
    long y = x - diagonal;
    while (x >= 0 && y >= 0 && (size_t)x < a.count && (size_t)y < b.count &&
           bp_str_equal(d->before.at[a.start + (size_t)x], d->after.at[b.start + (size_t)y])) {
        x++;
        y++;
    }
    steps[step][diagonal + step] = x;
    return (size_t)x >= a.count && (size_t)y >= b.count;
}

/* From the end of both ranges back to their start. */
static void
mark_way(differ *d, range a, range b, long *const *steps, long step)
{
    long x = (long)a.count;
    long y = (long)b.count;
    for (; step > 0; step--) {
        long diagonal = x - y;
        bool adding = comes_by_adding(steps, step, diagonal);
        x = furthest(steps, step - 1, adding ? diagonal + 1 : diagonal - 1);
        y = x - (adding ? diagonal + 1 : diagonal - 1);
        if (adding && (size_t)y < b.count) {
            d->added[b.start + (size_t)y] = true;
        } else if (!adding && (size_t)x < a.count) {
            d->removed[a.start + (size_t)x] = true;
        }
    }
}

static void
mark_all(differ *d, range a, range b)
{
    for (size_t i = 0; i < a.count; i++) {
        d->removed[a.start + i] = true;
    }
    for (size_t i = 0; i < b.count; i++) {
        d->added[b.start + i] = true;
    }
}

static void
compare(differ *d, range a, range b)
{
    long **steps = bp_arena_array(d->arena, STEPS_MAX, sizeof *steps);
    for (long step = 0; step < STEPS_MAX; step++) {
        steps[step] = bp_arena_array(d->arena, 2 * (size_t)step + 1, sizeof *steps[step]);
        for (long diagonal = -step; diagonal <= step; diagonal += 2) {
            if (advance(d, a, b, steps, step, diagonal)) {
                mark_way(d, a, b, steps, step);
                return;
            }
        }
    }
    mark_all(d, a, b);
}

static void
compare_middle(differ *d)
{
    size_t start = 0;
    size_t before = d->before.count;
    size_t after = d->after.count;
    while (start < before && start < after &&
           bp_str_equal(d->before.at[start], d->after.at[start])) {
        start++;
    }
    while (before > start && after > start &&
           bp_str_equal(d->before.at[before - 1], d->after.at[after - 1])) {
        before--;
        after--;
    }
    range a = {start, before - start};
    range b = {start, after - start};
    if (a.count == 0 || b.count == 0) {
        mark_all(d, a, b);
    } else {
        compare(d, a, b);
    }
}

/* ---- writing */

/* A place in both texts. */
typedef struct cursor {
    size_t before;
    size_t after;
} cursor;

static bool
at_change(const differ *d, cursor at)
{
    return (at.before < d->before.count && d->removed[at.before]) ||
           (at.after < d->after.count && d->added[at.after]);
}

static cursor
behind_change(const differ *d, cursor at)
{
    while (at.before < d->before.count && d->removed[at.before]) {
        at.before++;
    }
    while (at.after < d->after.count && d->added[at.after]) {
        at.after++;
    }
    return at;
}

static bool
at_end(const differ *d, cursor at)
{
    return at.before >= d->before.count && at.after >= d->after.count;
}

/* The end of the hunk whose first change is at `at`: changes with no more than twice the context
 * between them belong together. */
static cursor
hunk_end(const differ *d, cursor at)
{
    for (;;) {
        at = behind_change(d, at);
        cursor next = at;
        size_t equal = 0;
        while (!at_change(d, next) && !at_end(d, next) && equal <= 2 * CONTEXT) {
            next.before++;
            next.after++;
            equal++;
        }
        if (!at_change(d, next) || equal > 2 * CONTEXT) {
            size_t left = d->before.count - at.before;
            at.before += left < CONTEXT ? left : CONTEXT;
            at.after += left < CONTEXT ? left : CONTEXT;
            return at;
        }
        at = next;
    }
}

static void
write_range(bp_buf *out, char mark, size_t start, size_t end)
{
    /* an empty range is named by the line before it */
    bp_buf_format(out, " %c%zu", mark, end == start ? start : start + 1);
    if (end != start + 1) {
        bp_buf_format(out, ",%zu", end - start);
    }
}

static void
write_line(bp_buf *out, char mark, bp_str line)
{
    bp_buf_add_char(out, mark);
    bp_buf_add(out, line);
    if (!bp_str_ends(line, BP_STR("\n"))) {
        bp_buf_add_c(out, "\n\\ No newline at end of file\n");
    }
}

static void
write_hunk(const differ *d, cursor from, cursor to)
{
    bp_buf_add_c(d->out, "@@");
    write_range(d->out, '-', from.before, to.before);
    write_range(d->out, '+', from.after, to.after);
    bp_buf_add_c(d->out, " @@\n");
    for (cursor at = from; at.before < to.before || at.after < to.after;) {
        if (at.before < to.before && d->removed[at.before]) {
            write_line(d->out, '-', d->before.at[at.before++]);
        } else if (at.after < to.after && d->added[at.after]) {
            write_line(d->out, '+', d->after.at[at.after++]);
        } else {
            write_line(d->out, ' ', d->before.at[at.before++]);
            at.after++;
        }
    }
}

static void
write_hunks(const differ *d)
{
    cursor at = {0, 0};
    while (!at_end(d, at)) {
        if (!at_change(d, at)) {
            at.before++;
            at.after++;
            continue;
        }
        size_t context = at.before < CONTEXT ? at.before : CONTEXT;
        cursor from = {at.before - context, at.after - context};
        at = hunk_end(d, at);
        write_hunk(d, from, at);
    }
}

void
bp_diff_unified(bp_arena *arena, bp_str before_name, bp_str after_name, bp_str before, bp_str after,
                bp_buf *out)
{
    if (bp_str_equal(before, after)) {
        return;
    }
    differ d = {.arena = arena, .out = out};
    split(arena, before, &d.before);
    split(arena, after, &d.after);
    d.removed = bp_arena_array(arena, d.before.count + 1, sizeof *d.removed);
    d.added = bp_arena_array(arena, d.after.count + 1, sizeof *d.added);
    compare_middle(&d);
    bp_buf_format(out, "--- %.*s\n+++ %.*s\n", BP_ARG(before_name), BP_ARG(after_name));
    write_hunks(&d);
}
