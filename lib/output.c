/*
 * The one writer. It watches the bytes that leave it, its own ones too, so that no text of a user
 * can complete a CI command that other bytes began. It never exits and never prints by itself.
 */
#include "lib/output.h"

#include "lib/unicode.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { PENDING_MAX = 64 * 1024 };

/* Where on a line the next byte stands, as far as "::" matters: runners skip leading blanks. */
typedef enum line_state { LINE_BLANK, LINE_COLON, LINE_TEXT } line_state;

/* How much of "##[" or "##word[" the last bytes are. */
typedef enum hash_state { HASH_NONE, HASH_ONE, HASH_TWO, HASH_WORD } hash_state;

struct bp_output {
    int descriptor;
    int error; /* errno of the first failed write */
    bp_buf pending;
    line_state line;
    hash_state hash;
};

bp_output *
bp_output_new(bp_arena *arena, int descriptor)
{
    bp_output *out = BP_NEW(arena, bp_output);
    out->descriptor = descriptor;
    out->pending.arena = arena;
    return out;
}

/* Writes everything or remembers why not. A descriptor that would block is waited for. */
static void
write_pending(bp_output *out)
{
    size_t done = 0;
    while (out->error == 0 && done < out->pending.size) {
        ssize_t wrote = write(out->descriptor, out->pending.at + done, out->pending.size - done);
        if (wrote >= 0) {
            done += (size_t)wrote;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd ready = {.fd = out->descriptor, .events = POLLOUT};
            if (poll(&ready, 1, -1) < 0 && errno != EINTR) {
                out->error = errno;
            }
        } else if (errno != EINTR) {
            out->error = errno;
        }
    }
    out->pending.size = 0;
}

static void
watch(bp_output *out, char c)
{
    if (c == '\n') {
        out->line = LINE_BLANK;
    } else if (out->line == LINE_BLANK && c == ':') {
        out->line = LINE_COLON;
    } else if (out->line != LINE_BLANK || (c != ' ' && c != '\t' && c != '\r')) {
        out->line = LINE_TEXT;
    }
    if (c == '#') {
        out->hash = out->hash == HASH_ONE || out->hash == HASH_TWO ? HASH_TWO : HASH_ONE;
    } else if (bp_is_alpha(c) && (out->hash == HASH_TWO || out->hash == HASH_WORD)) {
        out->hash = HASH_WORD;
    } else {
        out->hash = HASH_NONE;
    }
}

static void
put(bp_output *out, bp_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        watch(out, text.at[i]);
    }
    bp_buf_add(&out->pending, text);
    if (out->descriptor >= 0 && out->pending.size >= PENDING_MAX) {
        write_pending(out);
    }
}

void
bp_output_text(bp_output *out, const char *text)
{
    put(out, bp_str_of(text));
}

void
bp_output_str(bp_output *out, bp_str text)
{
    put(out, text);
}

static void
put_escape(bp_output *out, uint32_t value, char letter, int digits)
{
    static const char hex[] = "0123456789abcdef";
    char escape[10] = {'\\', letter};
    for (int i = 0; i < digits; i++) {
        escape[2 + i] = hex[value >> 4 * (digits - 1 - i) & 0xF];
    }
    put(out, (bp_str){escape, (size_t)digits + 2});
}

/* Whether this byte of a user would begin or complete something that a CI system obeys. */
static bool
commands(const bp_output *out, char c)
{
    return (c == ':' && out->line != LINE_TEXT) ||
           (c == '[' && (out->hash == HASH_TWO || out->hash == HASH_WORD));
}

static void
put_user(bp_output *out, bp_str text, bool newlines)
{
    for (size_t i = 0; i < text.size;) {
        uint32_t character = 0;
        size_t size = bp_utf8_next(text, i, &character);
        char c = text.at[i];
        if (size == 0) {
            put_escape(out, (unsigned char)c, 'x', 2);
        } else if (c == '\n' && newlines) {
            put(out, BP_STR("\n"));
        } else if (size == 1 && (bp_character_hidden(character) || commands(out, c))) {
            put_escape(out, character, 'x', 2);
        } else if (bp_character_hidden(character)) {
            put_escape(out, character, character > 0xFFFF ? 'U' : 'u', character > 0xFFFF ? 8 : 4);
        } else {
            put(out, bp_str_cut(text, i, i + size));
        }
        i += size == 0 ? 1 : size;
    }
}

void
bp_output_user(bp_output *out, bp_str text)
{
    put_user(out, text, false);
}

void
bp_output_format(bp_output *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_user(out, bp_str_vformat(out->pending.arena, format, arguments), true);
    va_end(arguments);
}

bp_str
bp_output_safe(bp_arena *arena, bp_str text)
{
    bp_output *out = bp_output_new(arena, -1);
    bp_output_user(out, text);
    return bp_output_memory(out);
}

bool
bp_output_flush(bp_output *out, int *error)
{
    if (out->descriptor >= 0) {
        write_pending(out);
    }
    if (error != NULL) {
        *error = out->error;
    }
    return out->error == 0;
}

bp_str
bp_output_memory(const bp_output *out)
{
    return bp_buf_text(&out->pending);
}
