/*
 * Suggestions: the nearest of some known words to one that is not known.
 *
 * Same letters in other case → same after removing "-", "_" and blanks → same last path segment →
 * Damerau-Levenshtein distance of at most max(1, length / 3). Ties go to the word that was offered
 * first.
 */
#ifndef BP_LIB_SUGGEST_H
#define BP_LIB_SUGGEST_H

#include "lib/text.h"

typedef enum bp_nearness {
    BP_NEAR_NOT,
    BP_NEAR_DISTANCE,
    BP_NEAR_SEGMENT,
    BP_NEAR_LOOSE,
    BP_NEAR_CASE
} bp_nearness;

typedef struct bp_suggester {
    bp_str wanted;
    bp_str best; /* empty while nothing is near */
    bp_nearness nearness;
    size_t distance;
} bp_suggester;

bp_suggester bp_suggest_start(bp_str wanted);
/* Offers one known word. */
void bp_suggest_offer(bp_suggester *suggester, bp_str word);
/* Damerau-Levenshtein distance (adjacent swaps count one) of two texts of up to 128 bytes; more is
 * SIZE_MAX. */
size_t bp_edit_distance(bp_str a, bp_str b);

#endif
