/*
 * Patterns over PCRE2: anchored at both ends, under limits, compiled at first use. The one door to
 * PCRE2.
 *
 * Match limit 10,000, depth limit 10,000, heap 1 MiB, JIT off, subjects of at most 256 bytes, ASCII
 * semantics.
 */
#ifndef BP_LIB_PATTERN_H
#define BP_LIB_PATTERN_H

#include "lib/text.h"

typedef struct bp_patterns bp_patterns; /* the compiled patterns of a session */

typedef enum bp_match {
    BP_MATCH_NO,
    BP_MATCH_YES,
    BP_MATCH_LIMIT /* a limit was hit or the subject is too long */
} bp_match;

/* The patterns are released with the arena. */
bp_patterns *bp_patterns_new(bp_arena *arena);

/* Whether a pattern that a user wrote can be compiled. False: *why tells it in PCRE2's words,
 * *offset is the byte where it was noticed. Patterns are at most 256 bytes. */
bool bp_pattern_good(bp_patterns *patterns, const char *pattern, bp_str *why, size_t *offset);

/* Whether the whole subject matches a pattern of the program; `pattern` must live as long as the
 * patterns (it is the cache key), and compile: it is a constant, or was found good. */
bp_match bp_pattern_match(bp_patterns *patterns, const char *pattern, bp_str subject);
/* The same with up to `room` groups: groups[0] is the whole; groups that took no part are empty
 * with at == NULL. */
bp_match bp_pattern_groups(bp_patterns *patterns, const char *pattern, bp_str subject,
                           bp_str *groups, size_t room);

#endif
