/*
 * Scalars of the inventory: text, closed lists, flags, numbers, ids.
 *
 * YAML's own types are never applied; the schema decides what a scalar is. Account ids stay text
 * and are never repaired: a zero that is gone cannot be told from one that never was.
 */
#include "compiler/organization/org_reader.h"

#include "compiler/facts/ids.h"

bool
bp_org_text(bp_org_reader *reader, bp_yaml_event first, const char *belongs, bp_str *text)
{
    if (first.kind != BP_YAML_SCALAR) {
        bp_org_wrong_kind(reader, first, belongs);
        return false;
    }
    bool none = first.plain && (first.text.size == 0 || bp_str_is(first.text, "~") ||
                                bp_str_equal_folded(first.text, BP_STR("null")));
    if (none) {
        bp_finding *finding = bp_report(reader->list, "SYN005", first.span,
                                        "no value here; %s belongs here", belongs);
        bp_finding_help(reader->list, finding, "leave the key out where the value is not known");
        reader->stop = true;
        return false;
    }
    *text = first.text;
    return true;
}

/* "a", "b" or "c" */
static bp_str
choices(bp_arena *arena, const char *const *words, size_t count)
{
    bp_buf buf = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        bp_buf_add_c(&buf, i == 0 ? "" : i + 1 == count ? " or " : ", ");
        bp_buf_format(&buf, "\"%s\"", words[i]);
    }
    return bp_buf_text(&buf);
}

bool
bp_org_word(bp_org_reader *reader, bp_yaml_event first, const char *const *words, size_t count,
            size_t *index)
{
    for (size_t i = 0; i < count; i++) {
        if (first.kind == BP_YAML_SCALAR && bp_str_is(first.text, words[i])) {
            *index = i;
            return true;
        }
    }
    bp_str list = choices(reader->arena, words, count);
    bp_str text = {NULL, 0};
    if (!bp_org_text(reader, first, bp_str_c(reader->arena, list), &text)) {
        return false;
    }
    bp_suggester suggester = bp_suggest_start(text);
    for (size_t i = 0; i < count; i++) {
        bp_suggest_offer(&suggester, bp_str_of(words[i]));
    }
    bp_finding *finding = bp_report(reader->list, "SYN020", first.span,
                                    "\"%.*s\" here; it has to be %.*s", BP_ARG(text), BP_ARG(list));
    if (suggester.best.size > 0) {
        bp_finding_fix(reader->list, finding, suggester.nearness == BP_NEAR_CASE, first.span,
                       suggester.best, "replace with \"%.*s\"", BP_ARG(suggester.best));
    }
    return false;
}

bool
bp_org_flag(bp_org_reader *reader, bp_yaml_event first, bool *value)
{
    bp_str text = {NULL, 0};
    if (!bp_org_text(reader, first, "\"true\" or \"false\"", &text)) {
        return false;
    }
    *value = bp_str_is(text, "true");
    if (*value || bp_str_is(text, "false")) {
        return true;
    }
    bp_finding *finding = bp_report(reader->list, "SYN005", first.span,
                                    "\"%.*s\" here; write true or false", BP_ARG(text));
    static const char *const yes[] = {"yes", "on", "y", "1", "true"};
    static const char *const no[] = {"no", "off", "n", "0", "false"};
    for (size_t i = 0; i < 5; i++) {
        if (bp_str_equal_folded(text, bp_str_of(yes[i]))) {
            bp_finding_fix(reader->list, finding, true, first.span, BP_STR("true"), "write true");
        } else if (bp_str_equal_folded(text, bp_str_of(no[i]))) {
            bp_finding_fix(reader->list, finding, true, first.span, BP_STR("false"), "write false");
        }
    }
    return false;
}

bool
bp_org_number(bp_org_reader *reader, bp_yaml_event first, int64_t *value)
{
    bp_str text = {NULL, 0};
    if (!bp_org_text(reader, first, "a number", &text)) {
        return false;
    }
    bool zero = text.size > 1 && text.at[0] == '0';
    if (!zero && text.size <= 9 && bp_str_number(text, value)) {
        return true;
    }
    bp_report(reader->list, "SYN005", first.span,
              "\"%.*s\" is no number; a number is 1 to 9 digits without sign or leading zero",
              BP_ARG(text));
    return false;
}

/* Whether YAML readers take a text without quotes for a number or a time: digits with underscores,
 * points, colons, an exponent, a sign or a base. */
static bool
looks_like_number(bp_str text)
{
    size_t i = text.size > 0 && (text.at[0] == '+' || text.at[0] == '-') ? 1 : 0;
    if (i == text.size || !(bp_is_digit(text.at[i]) || text.at[i] == '.')) {
        return false;
    }
    for (; i < text.size; i++) {
        char c = bp_fold_char(text.at[i]);
        bool part = bp_is_digit(c) || (c >= 'a' && c <= 'f') || c == 'x' || c == 'o' || c == '_' ||
                    c == '.' || c == ':' || c == '+';
        if (!part) {
            return false;
        }
    }
    return true;
}

/* The digits of a text with separators, where they are 12; else empty. */
static bp_str
without_separators(bp_arena *arena, bp_str text)
{
    bp_buf buf = {.arena = arena};
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (bp_is_digit(c)) {
            bp_buf_add_char(&buf, c);
        } else if (c != '-' && c != ' ' && c != '_' && c != '.') {
            return (bp_str){NULL, 0};
        }
    }
    return buf.size == 12 && text.size != 12 ? bp_buf_text(&buf) : (bp_str){NULL, 0};
}

static void
fix_quotes(bp_org_reader *reader, bp_finding *finding, bp_span span, bp_str digits, bool safe)
{
    bp_str quoted = bp_str_format(reader->arena, "\"%.*s\"", BP_ARG(digits));
    bp_finding_fix(reader->list, finding, safe, span, quoted, "write \"%.*s\" in quotes",
                   BP_ARG(digits));
}

static bool
refuse_account_id(bp_org_reader *reader, bp_yaml_event first)
{
    bp_str text = first.text;
    bp_str digits = without_separators(reader->arena, text);
    bp_finding *finding = NULL;
    reader->stop = true;
    if (first.plain && looks_like_number(text)) {
        bool twelve = bp_is_account_id(text);
        finding = bp_report(reader->list, "SYN015", first.span,
                            twelve ? "account id %.*s without quotes; other programs read it as "
                                     "another number"
                                   : "account id %.*s is a number here; an account id is 12 digits "
                                     "in quotes",
                            BP_ARG(text));
        if (twelve) {
            fix_quotes(reader, finding, first.span, text, true);
        }
        return false;
    }
    finding = bp_report(reader->list, "TOP010", first.span,
                        "\"%.*s\" is no account id; an account id is 12 digits", BP_ARG(text));
    if (digits.size > 0) {
        fix_quotes(reader, finding, first.span, digits, false);
    } else if (text.size == 11 && bp_str_is_digits(text)) {
        bp_finding_help(reader->list, finding, "a leading zero may have been lost: \"0%.*s\"?",
                        BP_ARG(text));
    }
    return false;
}

bool
bp_org_account_id(bp_org_reader *reader, bp_yaml_event first, bp_str *id)
{
    if (!bp_org_text(reader, first, "an account id", id)) {
        return false;
    }
    bool twelve = bp_is_account_id(*id);
    if (!twelve || (first.plain && id->at[0] == '0')) {
        return refuse_account_id(reader, first);
    }
    if (first.plain) {
        bp_finding *finding = bp_report(
            reader->list, "SYN015", first.span,
            "account id %.*s without quotes; it is text here and a number to other programs",
            BP_ARG(*id));
        finding->severity = BP_WARNING;
        fix_quotes(reader, finding, first.span, *id, true);
    }
    return true;
}

/* Small letters and digits, of a size from `least` to 32. */
static bool
is_id_part(bp_str part, size_t least)
{
    if (part.size < least || part.size > 32) {
        return false;
    }
    for (size_t i = 0; i < part.size; i++) {
        if (!bp_is_digit(part.at[i]) && !(part.at[i] >= 'a' && part.at[i] <= 'z')) {
            return false;
        }
    }
    return true;
}

bool
bp_org_id(bp_org_reader *reader, bp_str id, bp_span span, const char *prefix)
{
    bp_str start = bp_str_of(prefix);
    bool organization = bp_str_is(start, "o-");
    if (bp_str_starts(id, start) &&
        is_id_part(bp_str_cut(id, start.size, id.size), organization ? 10 : 4)) {
        return true;
    }
    bp_report(reader->list, "TOP010", span, "\"%.*s\" is no id of %s; it is \"%s\" and %s",
              BP_ARG(id), organization ? "an organization" : "a root", prefix,
              organization ? "10 to 32 small letters or digits"
                           : "4 to 32 small letters or digits");
    return false;
}

bool
bp_org_ou_id(bp_org_reader *reader, bp_str id, bp_span span, bp_str root)
{
    bp_str rest = bp_str_starts(id, BP_STR("ou-")) ? bp_str_cut(id, 3, id.size) : (bp_str){NULL, 0};
    size_t end = bp_str_find(rest, '-');
    bp_str part = bp_str_cut(rest, 0, end);
    if (!is_id_part(part, 4) || !is_id_part(bp_str_cut(rest, end + 1, rest.size), 8)) {
        bp_report(
            reader->list, "TOP010", span,
            "\"%.*s\" is no id of an OU; it is \"ou-\", the part of the root, \"-\" and 8 to 32 "
            "small letters or digits",
            BP_ARG(id));
        return false;
    }
    bp_str wanted = bp_str_cut(root, 2, root.size);
    if (wanted.size > 0 && !bp_str_equal(part, wanted)) {
        bp_report(reader->list, "TOP010", span,
                  "OU id \"%.*s\" has the part \"%.*s\"; ids of this root have \"%.*s\"",
                  BP_ARG(id), BP_ARG(part), BP_ARG(wanted));
        return false;
    }
    return true;
}
