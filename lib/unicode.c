/*
 * UTF-8 decoding by hand, because invalid bytes must be told apart one by one; properties from
 * utf8proc. Not for normalising or folding: AWS compares bytes.
 */
#include "lib/unicode.h"

#include <string.h>
#include <utf8proc.h>

size_t
bp_ascii_run(bp_str text, size_t at)
{
    size_t end = at;
    uint64_t word = 0;
    while (end + sizeof word <= text.size) {
        memcpy(&word, text.at + end, sizeof word);
        if ((word & 0x8080808080808080u) != 0) {
            break;
        }
        end += sizeof word;
    }
    while (end < text.size && (unsigned char)text.at[end] < 0x80) {
        end++;
    }
    return end - at;
}

static size_t
sequence_size(unsigned char first)
{
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return 2;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        return 3;
    }
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

size_t
bp_utf8_next(bp_str text, size_t at, uint32_t *character)
{
    const unsigned char *bytes = (const unsigned char *)text.at + at;
    size_t size = sequence_size(bytes[0]);
    if (size == 0 || size > text.size - at) {
        return 0;
    }
    static const unsigned char head[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t value = bytes[0] & head[size];
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
        value = value << 6 | (bytes[i] & 0x3F);
    }
    bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (overlong || surrogate || value > 0x10FFFF) {
        return 0;
    }
    *character = value;
    return size;
}

void
bp_utf8_add(bp_buf *buf, uint32_t character)
{
    if (character < 0x80) {
        bp_buf_add_char(buf, (char)character);
    } else if (character < 0x800) {
        bp_buf_add_char(buf, (char)(0xC0 | character >> 6));
        bp_buf_add_char(buf, (char)(0x80 | (character & 0x3F)));
    } else if (character < 0x10000) {
        bp_buf_add_char(buf, (char)(0xE0 | character >> 12));
        bp_buf_add_char(buf, (char)(0x80 | (character >> 6 & 0x3F)));
        bp_buf_add_char(buf, (char)(0x80 | (character & 0x3F)));
    } else {
        bp_buf_add_char(buf, (char)(0xF0 | character >> 18));
        bp_buf_add_char(buf, (char)(0x80 | (character >> 12 & 0x3F)));
        bp_buf_add_char(buf, (char)(0x80 | (character >> 6 & 0x3F)));
        bp_buf_add_char(buf, (char)(0x80 | (character & 0x3F)));
    }
}

/* Letters and marks by category that all the same draw nothing: fillers and joiners. */
static bool
draws_nothing(uint32_t character)
{
    return character == 0x034F || character == 0x115F || character == 0x1160 ||
           character == 0x17B4 || character == 0x17B5 || character == 0x3164 || character == 0xFFA0;
}

bool
bp_character_hidden(uint32_t character)
{
    if (character < 0x7F) {
        return character < 0x20;
    }
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)character);
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
           category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP ||
           category == UTF8PROC_CATEGORY_CS || draws_nothing(character);
}

unsigned
bp_character_width(uint32_t character)
{
    if (character < 0x7F) {
        return 1;
    }
    int width = utf8proc_charwidth((utf8proc_int32_t)character);
    return width < 0 ? 1 : (unsigned)width;
}
