/*
 * Patterns over PCRE2. PCRE2 takes all its memory from the arena and never gives single pieces
 * back, so a compiled pattern lives as long as the session and nothing needs releasing. A pattern
 * of a user is tried by bp_pattern_good; for all others, one that does not compile is a programming
 * error.
 */
#include "lib/pattern.h"

#include "lib/map.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { SUBJECT_MAX = 256, MATCH_LIMIT = 10000, DEPTH_LIMIT = 10000, HEAP_KIB = 1024, PAIRS = 32 };
enum { NESTING_MAX = 32, WORDS_MAX = 256 };

struct bp_patterns {
    bp_arena *arena;
    bp_map *compiled; /* pattern text to pcre2_code */
    pcre2_compile_context *compiling;
    pcre2_match_context *matching;
    pcre2_match_data *data; /* one for all: it keeps its frames from match to match */
};

static void *
from_arena(PCRE2_SIZE size, void *arena)
{
    return bp_arena_alloc(arena, size);
}

static void
keep(void *memory, void *arena)
{
    (void)memory;
    (void)arena;
}

bp_patterns *
bp_patterns_new(bp_arena *arena)
{
    bp_patterns *patterns = BP_NEW(arena, bp_patterns);
    patterns->arena = arena;
    patterns->compiled = bp_map_new(arena);
    pcre2_general_context *general = pcre2_general_context_create(from_arena, keep, arena);
    patterns->compiling = pcre2_compile_context_create(general);
    patterns->matching = pcre2_match_context_create(general);
    patterns->data = pcre2_match_data_create(PAIRS, general);
    pcre2_set_parens_nest_limit(patterns->compiling, NESTING_MAX);
    pcre2_set_match_limit(patterns->matching, MATCH_LIMIT);
    pcre2_set_depth_limit(patterns->matching, DEPTH_LIMIT);
    pcre2_set_heap_limit(patterns->matching, HEAP_KIB);
    return patterns;
}

/* NULL when it does not compile. */
static pcre2_code *
compile(bp_patterns *patterns, bp_str text, int *error, PCRE2_SIZE *offset)
{
    uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_UTF |
                       PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C;
    pcre2_code *code = bp_map_get(patterns->compiled, text);
    if (code == NULL) {
        code = pcre2_compile((PCRE2_SPTR)text.at, text.size, options, error, offset,
                             patterns->compiling);
    }
    if (code != NULL) {
        bp_map_set(patterns->compiled, text, code);
    }
    return code;
}

bool
bp_pattern_good(bp_patterns *patterns, const char *pattern, bp_str *why, size_t *offset)
{
    bp_str text = bp_str_of(pattern);
    int error = 0;
    PCRE2_SIZE at = 0;
    PCRE2_UCHAR words[WORDS_MAX] = {0};
    *offset = 0;
    if (text.size > SUBJECT_MAX) {
        *why = BP_STR("longer than 256 bytes");
        return false;
    }
    if (compile(patterns, text, &error, &at) != NULL) {
        return true;
    }
    (void)pcre2_get_error_message(error, words, WORDS_MAX);
    *why = bp_str_copy(patterns->arena, bp_str_of((const char *)words));
    *offset = at;
    return false;
}

static const pcre2_code *
compiled(bp_patterns *patterns, const char *pattern)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    const pcre2_code *code = compile(patterns, bp_str_of(pattern), &error, &offset);
    if (code == NULL) {
        abort();
    }
    return code;
}

bp_match
bp_pattern_match(bp_patterns *patterns, const char *pattern, bp_str subject)
{
    return bp_pattern_groups(patterns, pattern, subject, NULL, 0);
}

bp_match
bp_pattern_groups(bp_patterns *patterns, const char *pattern, bp_str subject, bp_str *groups,
                  size_t room)
{
    for (size_t i = 0; i < room; i++) {
        groups[i] = (bp_str){NULL, 0};
    }
    const pcre2_code *code = compiled(patterns, pattern);
    if (subject.size > SUBJECT_MAX) {
        return BP_MATCH_LIMIT;
    }
    const char *at = subject.at == NULL ? "" : subject.at;
    int found = pcre2_match(code, (PCRE2_SPTR)at, subject.size, 0, PCRE2_NO_JIT, patterns->data,
                            patterns->matching);
    if (found < 0) {
        return found == PCRE2_ERROR_NOMATCH ? BP_MATCH_NO : BP_MATCH_LIMIT;
    }
    const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(patterns->data);
    for (size_t i = 0; i < room && i < (size_t)found; i++) {
        if (pairs[2 * i] != PCRE2_UNSET) {
            groups[i] = (bp_str){at + pairs[2 * i], pairs[2 * i + 1] - pairs[2 * i]};
        }
    }
    return BP_MATCH_YES;
}
