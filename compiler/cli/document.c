/*
 * Prints a policy document for people and pipes: the same JSON as is sent, with characters that a
 * terminal or a CI system would obey written as JSON escapes.
 */
#include "compiler/cli/run.h"
#include "lib/unicode.h"

static void
put_escape(bp_buf *buf, uint32_t character)
{
    if (character > 0xFFFF) {
        uint32_t offset = character - 0x10000;
        bp_buf_format(buf, "\\u%04x\\u%04x", 0xD800u + (offset >> 10), 0xDC00u + (offset & 0x3FF));
    } else {
        bp_buf_format(buf, "\\u%04x", character);
    }
}

void
bp_document_print(bp_run *run, bp_str json)
{
    bp_buf buf = {.arena = run->arena};
    bool in_string = false;
    unsigned hashes = 0; /* seen in this string: "##" and later "[" is a command for some runners */
    for (size_t i = 0; i < json.size;) {
        uint32_t character = 0;
        size_t size = bp_utf8_next(json, i, &character);
        char c = json.at[i];
        if (c == '\\' && in_string && i + 1 < json.size) {
            bp_buf_add(&buf, bp_str_cut(json, i, i + 2));
            i += 2;
            continue;
        }
        if (c == '"') {
            in_string = !in_string;
            hashes = 0;
        }
        hashes += c == '#';
        bool hidden = in_string && size > 0 && bp_character_hidden(character);
        if (hidden || (c == '[' && in_string && hashes >= 2)) {
            put_escape(&buf, character);
        } else {
            bp_buf_add(&buf, bp_str_cut(json, i, i + (size == 0 ? 1 : size)));
        }
        i += size == 0 ? 1 : size;
    }
    bp_output_str(run->out, bp_buf_text(&buf));
    bp_output_text(run->out, "\n");
}
