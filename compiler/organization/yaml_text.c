/*
 * Bytes and words of the YAML door: what is checked before libyaml sees the text, and how its
 * complaints read. Not a parser: structure is libyaml's, through yaml.c.
 */
#include "compiler/organization/yaml_text.h"

#include <string.h>

enum { MAX_BYTES = 64 * 1024 * 1024 };

/* Character number `index` needs no escape in YAML: libyaml's own set, without the byte order mark.
 */
static bool
is_control(bp_str text, size_t at)
{
    unsigned char c = (unsigned char)text.at[at];
    if (c < 0x20) {
        return c != '\t' && c != '\n' && c != '\r';
    }
    if (c == 0xC2 && at + 1 < text.size) {
        unsigned char next = (unsigned char)text.at[at + 1];
        return next < 0xA0 && next != 0x85;
    }
    if (c == 0xEF && at + 2 < text.size && (unsigned char)text.at[at + 1] == 0xBF) {
        return (unsigned char)text.at[at + 2] >= 0xBE;
    }
    return c == 0x7F;
}

static bool
is_mark(bp_str text, size_t at)
{
    return bp_str_starts(bp_str_cut(text, at, text.size), BP_STR("\xEF\xBB\xBF"));
}

/* The first tab that stands in the blanks before a line's text. */
static bool
find_tab(bp_str text, size_t body, size_t *place)
{
    for (size_t at = body; at < text.size;) {
        size_t tab = SIZE_MAX;
        while (at < text.size && (text.at[at] == ' ' || text.at[at] == '\t')) {
            if (text.at[at] == '\t' && tab == SIZE_MAX) {
                tab = at;
            }
            at++;
        }
        if (tab != SIZE_MAX) {
            *place = tab;
            return true;
        }
        const char *end = at < text.size ? memchr(text.at + at, '\n', text.size - at) : NULL;
        at = end == NULL ? text.size : (size_t)(end - text.at) + 1;
    }
    return false;
}

static bool
refuse_byte(bp_diagnostics *list, const bp_source *source, size_t at, const char *what)
{
    bp_finding *finding = bp_report(list, "SYN001", bp_span_of(source, at, at + 1),
                                    "%s at byte %zu; the text has to be UTF-8", what, at);
    bp_finding_help(list, finding, "save the file as UTF-8");
    return false;
}

static bool
refuse_character(bp_diagnostics *list, const bp_source *source, size_t at, const char *what)
{
    if (is_mark(source->text, at)) {
        bp_report(list, "SYN001", bp_span_of(source, at, at + 3),
                  "a byte order mark inside %s, at byte %zu; it can only be the first character",
                  what, at);
    } else {
        bp_report(list, "SYN001", bp_span_of(source, at, at + 1),
                  "a control character inside %s, at byte %zu; it cannot stand in YAML", what, at);
    }
    return false;
}

bool
bp_yaml_check_bytes(bp_diagnostics *list, const bp_source *source, const char *what, size_t *body)
{
    bp_str text = source->text;
    *body = is_mark(text, 0) ? 3 : 0;
    if (text.size > MAX_BYTES) {
        bp_report(list, "SYN015", bp_span_of(source, 0, 0),
                  "%s has %zu bytes; at most %d bytes are read", what, text.size, (int)MAX_BYTES);
        return false;
    }
    if (bp_str_starts(text, BP_STR("\xFF\xFE")) || bp_str_starts(text, BP_STR("\xFE\xFF"))) {
        return refuse_byte(list, source, 0, "UTF-16");
    }
    size_t nul = bp_str_find(text, '\0');
    size_t bad = 0;
    bool valid = bp_str_valid_utf8(text, &bad);
    if (nul < text.size && (valid || nul < bad)) {
        return refuse_byte(list, source, nul, "a NUL byte");
    }
    if (!valid) {
        return refuse_byte(list, source, bad, "invalid UTF-8");
    }
    for (size_t at = *body; at < text.size; at++) {
        bool plain = text.at[at] >= ' ' && text.at[at] < 0x7F;
        if (!plain && (is_control(text, at) || is_mark(text, at))) {
            return refuse_character(list, source, at, what);
        }
    }
    size_t tab = 0;
    if (find_tab(text, *body, &tab)) {
        bp_finding *finding = bp_report(list, "SYN001", bp_span_of(source, tab, tab + 1),
                                        "a tab as indentation; YAML indents with blanks");
        bp_finding_help(list, finding, "replace the tab with blanks");
        return false;
    }
    return true;
}

typedef struct wording {
    const char *yaml;
    const char *ours;
} wording;

static const wording problems[] = {
    {"mapping values are not allowed in this context",
     "\":\" cannot stand here; a mapping begins on a line of its own, indented under its key"},
    {"block sequence entries are not allowed in this context",
     "\"-\" cannot stand here; a list begins on a line of its own, indented under its key"},
    {"did not find expected key",
     "no key here; text goes on, or the indentation fits no mapping above"},
    {"did not find expected '-' indicator", "no \"-\" here; the indentation fits no list above"},
    {"could not find expected ':'", "a line without \":\"; a mapping consists of \"key: value\""},
    {"did not find expected ',' or ']'", "no \",\" or \"]\" here; a list in [ ] goes on or ends"},
    {"did not find expected ',' or '}'",
     "no \",\" or \"}\" here; a mapping in { } goes on or ends"},
    {"did not find expected node content", "no value here"},
    {"found unknown escape character", "an unknown escape in a quoted text"},
    {"did not find expected hexdecimal number", "an escape without its hexadecimal digits"},
    {"found invalid Unicode character escape code", "an escape of a character that does not exist"},
    {"found unexpected document indicator", "a document ends inside a quoted text"},
    {"found character that cannot start any token", "no value can begin like this"},
    {"did not find expected <document start>", "text after the end of the document"},
};

static const wording structures[] = {
    {"while parsing a flow sequence", "a list"},
    {"while parsing a flow mapping", "a mapping"},
    {"while parsing a flow node", "a list or mapping"},
    {"while parsing a block mapping", "a mapping"},
    {"while parsing a block collection", "a list"},
    {"while scanning a quoted scalar", "a quoted text"},
    {"while scanning a simple key", "a key"},
};

static const char *
find(const wording *rows, size_t count, const char *yaml)
{
    for (size_t i = 0; yaml != NULL && i < count; i++) {
        if (strcmp(rows[i].yaml, yaml) == 0) {
            return rows[i].ours;
        }
    }
    return NULL;
}

/* Whether only blanks and comments follow. */
static bool
ended(bp_str text, size_t at)
{
    while (at < text.size) {
        char c = text.at[at];
        if (c == '#') {
            while (at < text.size && text.at[at] != '\n') {
                at++;
            }
        } else if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            at++;
        } else {
            return false;
        }
    }
    return true;
}

/* The offset just behind the last byte of text that is not blank. */
static size_t
last_place(bp_str text)
{
    size_t at = text.size;
    while (at > 0 && (text.at[at - 1] == ' ' || text.at[at - 1] == '\n' ||
                      text.at[at - 1] == '\r' || text.at[at - 1] == '\t')) {
        at--;
    }
    return at;
}

static unsigned
line_of(bp_diagnostics *list, const bp_source *source, size_t at)
{
    return bp_sources_position(bp_diagnostics_sources(list), source->id, (uint32_t)at).line;
}

/* A construct that the subset refuses anyway, met in a broken form. */
static bool
refused(bp_diagnostics *list, const bp_source *source, const char *what, size_t at)
{
    static const wording constructs[] = {
        {"&", "an anchor"}, {"*", "an alias"}, {"!", "a tag"}, {"%", "a directive"}};
    char mark[2] = {at < source->text.size ? source->text.at[at] : '\0', '\0'};
    const char *name = find(constructs, 4, mark);
    if (name == NULL) {
        return false;
    }
    bp_finding *finding = bp_report(list, "SYN015", bp_span_of(source, at, at + 1),
                                    "\"%s\" begins %s; %s cannot hold one", mark, name, what);
    bp_finding_help(list, finding, "put quotes around the text if it is meant as text");
    return true;
}

void
bp_yaml_report(bp_diagnostics *list, const bp_source *source, const char *what,
               bp_yaml_complaint complaint)
{
    bp_str text = source->text;
    size_t at = complaint.at < text.size ? complaint.at : text.size;
    size_t opened = complaint.opened < text.size ? complaint.opened : text.size;
    const char *structure =
        find(structures, sizeof structures / sizeof structures[0], complaint.context);
    if (structure != NULL && opened < at && ended(text, at)) {
        size_t end = last_place(text);
        bp_finding *finding = bp_report(list, "SYN001", bp_span_of(source, end, end),
                                        "the file ends inside %s opened at line %u", structure,
                                        line_of(list, source, opened));
        bp_finding_label(list, finding, bp_span_of(source, opened, opened + 1), "opened here");
        bp_finding_help(list, finding, "the end of %s may be missing; write or copy it again",
                        what);
        return;
    }
    if (refused(list, source, what, complaint.context != NULL ? opened : at) ||
        refused(list, source, what, at)) {
        return;
    }
    const char *ours = find(problems, sizeof problems / sizeof problems[0], complaint.problem);
    size_t last = last_place(text);
    size_t start = at < last ? at : last;
    bp_finding *finding =
        bp_report(list, "SYN001", bp_span_of(source, start, start < text.size ? start + 1 : start),
                  "%s", ours != NULL ? ours : "this is not valid YAML");
    if (structure != NULL && line_of(list, source, opened) != line_of(list, source, start)) {
        bp_finding_label(list, finding, bp_span_of(source, opened, opened + 1),
                         "inside %s that begins here", structure);
    }
}
