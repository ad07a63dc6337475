/*
 * Changes of a text: some bytes, as a slip or a broken file makes them, or some tokens, as people
 * forget, double and confuse them. Which, depends on seed and round alone.
 */
#include "tools/fuzz/fuzz.h"

#include <string.h>

fuzz_random
fuzz_random_start(uint64_t seed, uint64_t round)
{
    return (fuzz_random){seed * 0x9E3779B97F4A7C15U + round * 0xD1B54A32D192ED03U};
}

size_t
fuzz_dice(fuzz_random *random, size_t sides)
{
    /* splitmix64 */
    random->state += 0x9E3779B97F4A7C15U;
    uint64_t mixed = random->state;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    mixed ^= mixed >> 31;
    return (size_t)(mixed % sides);
}

/* ---- bytes */

static const char bytes[] = "{}[]()\"'=:,+-@#/*\n\r\t ;$0123579adhwxATZ_.\\\xC3\xA9\xE2\x80\x9C\xFF"
                            "\xEF\xBB\xBF\x7F\x01";

/* What stands at the ends of lines. */
static const char *const snippets[] = {" // a\n",         "\n# b \t\n", "\n/// c\n", "\r\n",
                                       "\n\n\n   // d\n", " # \"{[(\n", "\t\n",      ",\n"};

static bp_str
change_bytes(bp_arena *arena, fuzz_random *random, bp_str text)
{
    bp_buf out = {.arena = arena};
    size_t at = fuzz_dice(random, text.size + 1);
    size_t run = 1 + fuzz_dice(random, fuzz_dice(random, 4) == 0 ? 40 : 3);
    bp_buf_add(&out, bp_str_cut(text, 0, at));
    switch (fuzz_dice(random, 8)) {
    case 0: /* cut out */
        at += run;
        break;
    case 1: /* repeated */
        bp_buf_add(&out, bp_str_cut(text, at, at + run));
        break;
    case 2: /* copied from elsewhere */
    {
        size_t from = fuzz_dice(random, text.size + 1);
        bp_buf_add(&out, bp_str_cut(text, from, from + run));
        break;
    }
    case 3: /* another byte in its place */
        at++;
        bp_buf_add_char(&out, bytes[fuzz_dice(random, sizeof bytes - 1)]);
        break;
    case 4: /* any byte, zero too */
        bp_buf_add_char(&out, (char)fuzz_dice(random, 256));
        break;
    case 5:
    case 6:
        bp_buf_add_c(&out, snippets[fuzz_dice(random, sizeof snippets / sizeof snippets[0])]);
        break;
    default:
        bp_buf_add_char(&out, bytes[fuzz_dice(random, sizeof bytes - 1)]);
        break;
    }
    if (at < text.size) {
        bp_buf_add(&out, bp_str_cut(text, at, text.size));
    }
    return bp_buf_text(&out);
}

/* ---- tokens */

/* What stands in place of the token at `at`, and whether it does. */
typedef struct token_change {
    size_t at;
    bp_str instead;
    bool dropped;
    bool kept; /* the token stays, before what is put in */
} token_change;

static bp_str
token_text(const fuzz_text *text, size_t at)
{
    return bp_str_cut(text->text, text->tokens[at].start, text->tokens[at].end);
}

/* A token of a text; half of the time one of a kind, where there is one: what it makes may parse.
 */
static size_t
pick_token(fuzz_random *random, const fuzz_text *from, bp_token_kind kind)
{
    size_t at = fuzz_dice(random, from->token_count);
    bool any = fuzz_dice(random, 2) == 0;
    for (size_t i = 0; !any && i < from->token_count; i++) {
        size_t near = (at + i) % from->token_count;
        if (from->tokens[near].kind == kind) {
            return near;
        }
    }
    return at;
}

static token_change
change_token(fuzz_random *random, const fuzz_text *text, const fuzz_text *other)
{
    token_change change = {.at = fuzz_dice(random, text->token_count)};
    size_t how = fuzz_dice(random, 6);
    bool lent = (how == 3 || how == 5) && other->token_count > 0;
    const fuzz_text *from = lent ? other : text;
    change.instead = token_text(from, pick_token(random, from, text->tokens[change.at].kind));
    change.dropped = how == 0;
    change.kept = how == 1 || how >= 4;
    if (how == 1) {
        change.instead = token_text(text, change.at);
    }
    return change;
}

static bp_str
change_tokens(bp_arena *arena, fuzz_random *random, const fuzz_text *text, const fuzz_text *other)
{
    token_change changes[3];
    size_t count = 1 + fuzz_dice(random, 2) * fuzz_dice(random, sizeof changes / sizeof changes[0]);
    bp_buf out = {.arena = arena};
    size_t end = 0;
    for (size_t i = 0; i < count; i++) {
        changes[i] = change_token(random, text, other);
    }
    for (size_t i = 0; i < text->token_count; i++) {
        const token_change *change = NULL;
        for (size_t k = 0; k < count; k++) {
            change = changes[k].at == i ? &changes[k] : change;
        }
        bp_buf_add(&out, bp_str_cut(text->text, end, text->tokens[i].start));
        end = text->tokens[i].end;
        if (change == NULL || change->kept) {
            bp_buf_add(&out, token_text(text, i));
        }
        if (change != NULL && !change->dropped) {
            bp_buf_add_c(&out, change->kept ? " " : "");
            bp_buf_add(&out, change->instead);
        }
    }
    bp_buf_add(&out, bp_str_cut(text->text, end, text->text.size));
    return bp_buf_text(&out);
}

bp_str
fuzz_mutate(bp_arena *arena, fuzz_random *random, const fuzz_text *text, const fuzz_text *other)
{
    if (text->token_count > 0 && fuzz_dice(random, 2) == 0) {
        return change_tokens(arena, random, text, other);
    }
    bp_str changed = text->text;
    for (size_t times = 1 + fuzz_dice(random, 2) * fuzz_dice(random, 4); times > 0; times--) {
        changed = change_bytes(arena, random, changed);
    }
    return changed;
}
