/*
 * Strings of the lexer: exactly a JSON string on one line, decoded. Curly and single quotes are
 * read as far as they can be meant, so that one mistake stays one finding. A string with a flaw
 * still ends at its closing quote. U+0000 is refused, because no name or text of AWS can hold it
 * and tools that read what we write would cut there.
 */
#include "grammar/lexer.h"

#include <string.h>

typedef struct decoder {
    bp_str text; /* the source */
    size_t at;
    bp_token *token;
    bp_buf out;
} decoder;

static void
flaw(decoder *d, bp_flaw kind, size_t start, size_t end)
{
    if (d->token->flaw == BP_FLAW_NONE) {
        d->token->flaw = kind;
        d->token->flaw_start = (uint32_t)start;
        d->token->flaw_end = (uint32_t)end;
    }
}

static char
byte(const decoder *d, size_t at)
{
    return at < d->text.size ? d->text.at[at] : '\n';
}

static void
add_code_point(bp_buf *out, uint32_t code)
{
    if (code < 0x80) {
        bp_buf_add_char(out, (char)code);
        return;
    }
    if (code < 0x800) {
        bp_buf_add_char(out, (char)(0xC0 | code >> 6));
    } else if (code < 0x10000) {
        bp_buf_add_char(out, (char)(0xE0 | code >> 12));
        bp_buf_add_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
    } else {
        bp_buf_add_char(out, (char)(0xF0 | code >> 18));
        bp_buf_add_char(out, (char)(0x80 | (code >> 12 & 0x3F)));
        bp_buf_add_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
    }
    bp_buf_add_char(out, (char)(0x80 | (code & 0x3F)));
}

/* Four hexadecimal digits at `at`, or false. */
static bool
hex4(const decoder *d, size_t at, uint32_t *value)
{
    *value = 0;
    for (size_t i = at; i < at + 4; i++) {
        char c = bp_fold_char(byte(d, i));
        if (!bp_is_digit(c) && !(c >= 'a' && c <= 'f')) {
            return false;
        }
        *value = *value * 16 + (uint32_t)(bp_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return true;
}

/* \uXXXX at d->at, which is the backslash. */
static void
unicode_escape(decoder *d)
{
    size_t start = d->at;
    uint32_t code = 0;
    uint32_t low = 0;
    if (!hex4(d, start + 2, &code)) {
        d->at += 2;
        flaw(d, BP_FLAW_ESCAPE, start, d->at);
        return;
    }
    d->at += 6;
    bool paired = code >= 0xD800 && code < 0xDC00 && byte(d, d->at) == '\\' &&
                  byte(d, d->at + 1) == 'u' && hex4(d, d->at + 2, &low) && low >= 0xDC00 &&
                  low < 0xE000;
    if (paired) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        d->at += 6;
    }
    if (code == 0 || (code >= 0xD800 && code < 0xE000)) {
        flaw(d, BP_FLAW_ESCAPE, start, d->at);
        return;
    }
    add_code_point(&d->out, code);
}

static void
escape(decoder *d)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    char c = byte(d, d->at + 1);
    if (c == 'u') {
        unicode_escape(d);
        return;
    }
    const char *known = c == '\0' ? NULL : strchr(from, c);
    if (known != NULL) {
        bp_buf_add_char(&d->out, to[known - from]);
        d->at += 2;
        return;
    }
    bool line_end = c == '\n';
    size_t end = d->at + 1;
    if (!line_end) {
        end++;
        while ((byte(d, end) & 0xC0) == 0x80) {
            end++;
        }
        flaw(d, BP_FLAW_ESCAPE, d->at, end);
    }
    d->at = end;
}

static bool
line_ends(const decoder *d)
{
    return byte(d, d->at) == '\n' || (byte(d, d->at) == '\r' && byte(d, d->at + 1) == '\n');
}

void
bp_lex_string(bp_lexer *lexer, bp_token *token)
{
    decoder d = {lexer->source->text, lexer->at + 1, token, {.arena = lexer->arena}};
    size_t plain = d.at;
    bool decoded = false;
    while (!line_ends(&d) && byte(&d, d.at) != '"') {
        if (byte(&d, d.at) == '\\') {
            decoded = true;
            bp_buf_add(&d.out, bp_str_cut(d.text, plain, d.at));
            escape(&d);
            plain = d.at;
            continue;
        }
        if ((unsigned char)byte(&d, d.at) < 0x20) {
            flaw(&d, BP_FLAW_CONTROL, d.at, d.at + 1);
        }
        d.at++;
    }
    bp_str tail = bp_str_cut(d.text, plain, d.at);
    token->text = tail;
    if (decoded) {
        bp_buf_add(&d.out, tail);
        token->text = bp_buf_text(&d.out);
    }
    if (byte(&d, d.at) == '"') {
        d.at++;
    } else {
        token->flaw = BP_FLAW_UNCLOSED;
    }
    token->kind = token->flaw == BP_FLAW_NONE ? BP_TOKEN_STRING : BP_TOKEN_BAD_STRING;
    lexer->at = (uint32_t)d.at;
}

static bool
is_quote(bp_str text, size_t at, const char *quote)
{
    return bp_str_equal(bp_str_cut(text, at, at + 3), (bp_str){quote, 3});
}

bool
bp_lex_is_curly(bp_str text, size_t at)
{
    return is_quote(text, at, "\xE2\x80\x9C") || is_quote(text, at, "\xE2\x80\x9D");
}

/* From a curly or single quote to the next curly, straight or single one of the line. */
void
bp_lex_foreign_quotes(bp_lexer *lexer, bp_token *token)
{
    bp_str text = lexer->source->text;
    bool single = text.at[lexer->at] == '\'';
    size_t start = lexer->at + (single ? 1 : 3);
    size_t at = start;
    while (at < text.size && text.at[at] != '\n' && text.at[at] != '"' &&
           !(single && text.at[at] == '\'') && !bp_lex_is_curly(text, at)) {
        at++;
    }
    bool curly_end = bp_lex_is_curly(text, at);
    bool closed = at < text.size && text.at[at] != '\n' && (!single || text.at[at] == '\'');
    token->kind = BP_TOKEN_BAD;
    token->flaw = single ? BP_FLAW_APOSTROPHE : BP_FLAW_CURLY;
    if (!closed) {
        token->flaw = BP_FLAW_CHARACTER;
        lexer->at = (uint32_t)start;
        return;
    }
    token->text = bp_str_cut(text, start, at);
    lexer->at = (uint32_t)(at + (curly_end ? 3 : 1));
}
