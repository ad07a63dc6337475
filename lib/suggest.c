/*
 * Suggestions by four kinds of nearness; see suggest.h. The distance is computed in a band no wider
 * than what could still win, so that offering a long list stays cheap.
 */
#include "lib/suggest.h"

enum { LONGEST = 128 };

bp_suggester
bp_suggest_start(bp_str wanted)
{
    return (bp_suggester){.wanted = wanted, .best = {"", 0}, .distance = SIZE_MAX};
}

static bool
is_filler(char c)
{
    return c == '-' || c == '_' || c == ' ';
}

/* Equal in other letter case once fillers are left out, and not made of fillers alone. */
static bool
loosely_equal(bp_str a, bp_str b)
{
    size_t i = 0;
    size_t j = 0;
    size_t common = 0;
    for (;;) {
        while (i < a.size && is_filler(a.at[i])) {
            i++;
        }
        while (j < b.size && is_filler(b.at[j])) {
            j++;
        }
        if (i == a.size || j == b.size) {
            return i == a.size && j == b.size && common > 0;
        }
        if (bp_fold_char(a.at[i++]) != bp_fold_char(b.at[j++])) {
            return false;
        }
        common++;
    }
}

static bp_str
last_segment(bp_str path)
{
    size_t start = path.size;
    while (start > 0 && path.at[start - 1] != '/') {
        start--;
    }
    return bp_str_cut(path, start, path.size);
}

static bool
same_segment(bp_str a, bp_str b)
{
    bp_str segment = last_segment(a);
    return segment.size > 0 && (segment.size < a.size || bp_str_find(b, '/') < b.size) &&
           bp_str_equal_folded(segment, last_segment(b));
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool
same_char(bp_str a, size_t i, bp_str b, size_t j, bool folded)
{
    return folded ? bp_fold_char(a.at[i]) == bp_fold_char(b.at[j]) : a.at[i] == b.at[j];
}

/* The distance if it is at most `limit`, else SIZE_MAX. Three rows of the usual table. */
static size_t
distance_within(bp_str a, bp_str b, size_t limit, bool folded)
{
    size_t apart = a.size > b.size ? a.size - b.size : b.size - a.size;
    if (a.size > LONGEST || b.size > LONGEST || apart > limit) {
        return SIZE_MAX;
    }
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= b.size; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.size; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *higher = rows[(i + 1) % 3];
        size_t best = row[0] = i;
        for (size_t j = 1; j <= b.size; j++) {
            bool same = same_char(a, i - 1, b, j - 1, folded);
            size_t cost = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && same_char(a, i - 1, b, j - 2, folded) &&
                same_char(a, i - 2, b, j - 1, folded)) {
                cost = least(cost, higher[j - 2] + 1);
            }
            row[j] = cost;
            best = least(best, cost);
        }
        if (best > limit) {
            return SIZE_MAX;
        }
    }
    size_t distance = rows[a.size % 3][b.size];
    return distance <= limit ? distance : SIZE_MAX;
}

size_t
bp_edit_distance(bp_str a, bp_str b)
{
    return distance_within(a, b, (size_t)LONGEST * 2, false);
}

static void
take(bp_suggester *suggester, bp_str word, bp_nearness nearness, size_t distance)
{
    suggester->best = word;
    suggester->nearness = nearness;
    suggester->distance = distance;
}

static void
offer_by_distance(bp_suggester *suggester, bp_str word)
{
    size_t size = suggester->wanted.size;
    if (size == 0) {
        return;
    }
    /* Never as many changes as there are letters: nothing of the word would be left. */
    size_t limit = least(size / 3 > 1 ? size / 3 : 1, size - 1);
    if (suggester->nearness == BP_NEAR_DISTANCE) {
        if (suggester->distance == 0) {
            return;
        }
        limit = least(limit, suggester->distance - 1);
    }
    size_t distance = distance_within(suggester->wanted, word, limit, true);
    if (distance != SIZE_MAX) {
        take(suggester, word, BP_NEAR_DISTANCE, distance);
    }
}

void
bp_suggest_offer(bp_suggester *suggester, bp_str word)
{
    bp_str wanted = suggester->wanted;
    if (word.size == 0 || suggester->nearness == BP_NEAR_CASE || bp_str_equal(wanted, word)) {
        return;
    }
    if (bp_str_equal_folded(wanted, word)) {
        take(suggester, word, BP_NEAR_CASE, 0);
    } else if (suggester->nearness < BP_NEAR_LOOSE && loosely_equal(wanted, word)) {
        take(suggester, word, BP_NEAR_LOOSE, 0);
    } else if (suggester->nearness < BP_NEAR_SEGMENT && same_segment(wanted, word)) {
        take(suggester, word, BP_NEAR_SEGMENT, 0);
    } else if (suggester->nearness <= BP_NEAR_DISTANCE) {
        offer_by_distance(suggester, word);
    }
}
