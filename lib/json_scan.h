/*
 * Scanning of JSON bytes eight at a time: where blanks and plain characters end. Private to the
 * JSON reader; small enough to stand where it is used.
 */
#ifndef BP_LIB_JSON_SCAN_H
#define BP_LIB_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool
bp_json_is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The byte of a word, as it lies in memory, that holds its first set bit. */
static inline size_t
bp_json_first_byte(uint64_t word)
{
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (size_t)__builtin_ctzll(word) / 8;
#else
    (void)word;
    return 0; /* the caller goes on byte by byte */
#endif
}

/* What prints JSON for people indents by blanks: eight of them at once. */
static inline const char *
bp_json_blanks_end(const char *at, const char *end)
{
    const uint64_t blanks = UINT64_C(0x2020202020202020);
    while (end - at >= 8) {
        uint64_t word = 0;
        memcpy(&word, at, 8);
        word ^= blanks;
        if (word == 0) {
            at += 8;
            continue;
        }
        at += bp_json_first_byte(word);
        if (!bp_json_is_blank(*at)) {
            return at;
        }
        at++;
    }
    while (at < end && bp_json_is_blank(*at)) {
        at++;
    }
    return at;
}

/* The first byte of a string that needs a second look: all but printable ASCII without quotes and
 * backslashes. A byte that is found may mark those after it, too; the first mark is right. */
static inline const char *
bp_json_plain_end(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    while (end - at >= 8) {
        uint64_t word = 0;
        memcpy(&word, at, 8);
        uint64_t found = ((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones);
        found = (found | (word - ones * 0x20) | word) & highs;
        if (found != 0) {
            at += bp_json_first_byte(found);
            break;
        }
        at += 8;
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20 &&
           (unsigned char)*at < 0x80) {
        at++;
    }
    return at;
}

/* The same for the blanks that stand between two tokens of what programs print: none, one, or the
 * end of a line and what indents the next one. */
static inline const char *
bp_json_after_blanks(const char *at, const char *end)
{
    if (at < end && (unsigned char)*at > ' ') {
        return at;
    }
    if (end - at > 1 && *at == ' ' && (unsigned char)at[1] > ' ') {
        return at + 1;
    }
    return bp_json_blanks_end(at + (at < end && *at == '\n'), end);
}

#endif
