/*
 * Records: what a unit says, as a text that can be compared, sorted and kept once. Nothing here
 * knows what the fields mean.
 */
#include "compiler/inventory/survey_parts.h"

#include <stdlib.h>
#include <string.h>

/* Whether no byte of it has a meaning between fields. */
static bool
is_plain(bp_str text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    size_t i = 0;
    for (; i + 8 <= text.size; i += 8) {
        uint64_t word = 0;
        memcpy(&word, text.at + i, 8);
        if (((word - ones * (BP_FIELD_END + 1)) & ~word & highs) != 0) {
            return false;
        }
    }
    while (i < text.size && (unsigned char)text.at[i] > BP_FIELD_END) {
        i++;
    }
    return i == text.size;
}

static void
add_escaped(bp_buf *buf, bp_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (c == BP_ESCAPED || c == BP_RECORD_END || c == BP_FIELD_END) {
            bp_buf_add_char(buf, BP_ESCAPED);
            c = (char)(c + 0x40);
        }
        bp_buf_add_char(buf, c);
    }
}

void
bp_record_field(bp_buf *buf, bp_str text)
{
    if (is_plain(text)) {
        bp_buf_add(buf, text);
    } else {
        add_escaped(buf, text);
    }
    bp_buf_add_char(buf, BP_FIELD_END);
}

void
bp_record_add(bp_dump *dump, const bp_str *fields, size_t count)
{
    size_t size = count;
    bool plain = true;
    for (size_t i = 0; i < count; i++) {
        size += fields[i].size;
        plain = plain && is_plain(fields[i]);
    }
    char *room = bp_arena_alloc(dump->scratch, size + 1);
    bp_buf buf = {.arena = dump->scratch, .at = room, .room = size + 1};
    for (size_t i = 0; i < count && !plain; i++) {
        bp_record_field(&buf, fields[i]);
    }
    for (size_t i = 0; i < count && plain; i++) {
        if (fields[i].size > 0) {
            memcpy(room + buf.size, fields[i].at, fields[i].size);
        }
        buf.size += fields[i].size;
        room[buf.size++] = BP_FIELD_END;
    }
    *bp_vec_add(dump->scratch, &dump->records) = bp_buf_text(&buf);
}

static int
by_bytes(const void *a, const void *b)
{
    return bp_str_compare(*(const bp_str *)a, *(const bp_str *)b);
}

static bool
is_sorted(const bp_str *records, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (bp_str_compare(records[i - 1], records[i]) > 0) {
            return false;
        }
    }
    return true;
}

bp_str
bp_records_join(bp_arena *arena, bp_str *records, size_t count)
{
    bp_buf buf = {.arena = arena};
    if (!is_sorted(records, count)) {
        qsort(records, count, sizeof *records, by_bytes);
    }
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !bp_str_equal(records[i], records[i - 1])) {
            bp_buf_add(&buf, records[i]);
            bp_buf_add_char(&buf, BP_RECORD_END);
        }
    }
    return bp_buf_text(&buf);
}

static bp_str
unescaped(bp_arena *arena, bp_str text)
{
    if (bp_str_find(text, BP_ESCAPED) == text.size) {
        return text;
    }
    bp_buf buf = {.arena = arena};
    for (size_t i = 0; i < text.size; i++) {
        bool escape = text.at[i] == BP_ESCAPED && i + 1 < text.size;
        bp_buf_add_char(&buf, escape ? (char)(text.at[++i] - 0x40) : text.at[i]);
    }
    return bp_buf_text(&buf);
}

bool
bp_record_next(bp_arena *arena, bp_str *rest, bp_record *record)
{
    *record = (bp_record){.count = 0};
    if (rest->size == 0) {
        return false;
    }
    size_t end = bp_str_find(*rest, BP_RECORD_END);
    bp_str text = bp_str_cut(*rest, 0, end);
    *rest = bp_str_cut(*rest, end + 1, rest->size);
    while (text.size > 0 && record->count < BP_FIELDS_MAX) {
        size_t stop = bp_str_find(text, BP_FIELD_END);
        record->field[record->count++] = unescaped(arena, bp_str_cut(text, 0, stop));
        text = bp_str_cut(text, stop + 1, text.size);
    }
    return true;
}

size_t
bp_records_count(bp_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++) {
        count += text.at[i] == BP_RECORD_END;
    }
    return count;
}
