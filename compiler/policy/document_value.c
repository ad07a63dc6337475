/*
 * Values of a document: JSON to what a setting takes, as AWS takes it (SYN005, SYN020).
 *
 * AWS turns numbers and booleans into texts before it looks at them; so does this file, and judges
 * the text. Recorded answers of CreatePolicy (2026-09-13): windows and days are 1 to 16 digits,
 * leading zeros included; a sign, blank, fraction or exponent is refused; switches are "true" and
 * "false" in small letters. Whether a number is in its range is for checks.
 */
#include "compiler/policy/document_parts.h"
#include "grammar/ast.h"

enum { DIGITS_MAX = 16 };

bp_value *
bp_document_value_hole(bp_document *document, bp_span span)
{
    bp_value *hole = BP_NEW(document->arena, bp_value);
    hole->kind = BP_VALUE_UNKNOWN;
    hole->span = span;
    return hole;
}

static bool
is_null(const bp_ast_value *json)
{
    return json->kind == BP_AST_WORD && bp_str_is(json->text, "null");
}

const char *
bp_document_kind(const bp_ast_value *json)
{
    if (json->kind == BP_AST_MAP) {
        return "an object";
    }
    if (json->kind == BP_AST_LIST) {
        return "a list";
    }
    if (json->kind == BP_AST_STRING) {
        return "a text";
    }
    if (json->kind == BP_AST_WORD) {
        return is_null(json) ? "null" : "true or false";
    }
    return "a number";
}

static bool
is_scalar(const bp_ast_value *json)
{
    return json->kind != BP_AST_MAP && json->kind != BP_AST_LIST && !is_null(json);
}

static bp_value *
new_text(bp_document *document, const bp_ast_value *json)
{
    bp_value *value = BP_NEW(document->arena, bp_value);
    value->kind = BP_VALUE_TEXT;
    value->text = json->text;
    value->span = json->span;
    value->unquoted = json->kind != BP_AST_STRING;
    return value;
}

bp_value *
bp_document_any(bp_document *document, const bp_ast_value *json)
{
    if (json->kind == BP_AST_MAP) {
        return bp_document_value_hole(document, json->span);
    }
    bp_value *value = new_text(document, json);
    if (json->kind == BP_AST_LIST) {
        value->kind = BP_VALUE_LIST;
        value->unquoted = false;
        for (size_t i = 0; i < json->items.count; i++) {
            const bp_ast_value *item = json->items.at[i].value;
            *bp_vec_add(document->arena, &value->items) =
                item->kind == BP_AST_MAP || item->kind == BP_AST_LIST
                    ? bp_document_value_hole(document, item->span)
                    : new_text(document, item);
        }
    }
    return value;
}

bool
bp_document_is_placeholder(bp_str text)
{
    static const char *const marks[] = {"${", "{{", "%{", "!Ref", "Fn::"};
    static const bp_str later[] = {{"replace", 7}, {"changeme", 8}, {"todo", 4}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (bp_str_contains(text, bp_str_of(marks[i]))) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        if (bp_str_equal_folded(bp_str_cut(text, 0, later[i].size), later[i])) {
            return true;
        }
    }
    size_t open = bp_str_find(text, '<');
    return open < text.size && bp_str_contains(bp_str_cut(text, open, text.size), BP_STR(">"));
}

static bp_finding *
fault(const bp_document_place *place, const char *code, bp_span span, bp_str message)
{
    return bp_document_fault(place->document, code, span, place->leaf, "%.*s", BP_ARG(message));
}

/* A text as a message shows it. */
static bp_str
shown(const bp_document_place *place, bp_str text)
{
    enum { SHOWN = 60 };
    if (text.size <= SHOWN) {
        return text;
    }
    size_t end = SHOWN;
    while (end > 0 && ((unsigned char)text.at[end] & 0xC0) == 0x80) {
        end--;
    }
    return bp_str_format(place->document->arena, "%.*s...", BP_ARG(bp_str_cut(text, 0, end)));
}

/* ---- numbers */

static size_t
digits(bp_str text)
{
    size_t count = 0;
    while (count < text.size && bp_is_digit(text.at[count])) {
        count++;
    }
    return count;
}

/* "-7": a range fault and no form of its own. */
static bool
is_negative(bp_str text)
{
    return text.size > 1 && text.size <= DIGITS_MAX && text.at[0] == '-' &&
           digits(bp_str_cut(text, 1, text.size)) == text.size - 1;
}

static const char *
number_flaw(bp_str text)
{
    bp_str trimmed = bp_str_trim(text);
    size_t whole = digits(text);
    if (text.size == 0) {
        return "an empty text is no number";
    }
    if (whole == text.size) {
        return "it has at most 16 digits";
    }
    if (trimmed.size != text.size && digits(trimmed) == trimmed.size) {
        return "it takes no blanks";
    }
    if (text.at[0] == '+' || text.at[0] == '-') {
        return "it takes no sign";
    }
    if (whole > 0 && text.at[whole] == '.') {
        return "it takes no fraction";
    }
    if (whole > 0 && bp_fold_char(text.at[whole]) == 'e') {
        return "it takes no exponent";
    }
    return "it takes digits alone";
}

static void
report_number(const bp_document_place *place, bp_value *value)
{
    bool days = place->leaf->setting->type == BP_TYPE_DAYS;
    bp_diagnostics *list = place->document->diagnostics;
    bp_str text = value->text;
    bp_finding *finding = fault(
        place, "SYN005", value->span,
        bp_str_format(place->document->arena, "\"%.*s\" is no number of %s; %s",
                      BP_ARG(shown(place, text)), days ? "days" : "minutes", number_flaw(text)));
    size_t whole = digits(text);
    bp_str trimmed = bp_str_trim(text);
    if (trimmed.size != text.size && digits(trimmed) == trimmed.size && trimmed.size > 0) {
        bp_finding_fix(list, finding, true, value->span,
                       bp_str_format(place->document->arena, "\"%.*s\"", BP_ARG(trimmed)),
                       "replace with \"%.*s\"", BP_ARG(trimmed));
    } else if (whole > 0 && whole + 1 == text.size && bp_is_alpha(text.at[whole])) {
        bp_finding_help(list, finding, "the number stands without a unit, in %s",
                        days ? "days" : "minutes");
    }
    value->kind = BP_VALUE_UNKNOWN;
}

static void
judge_number(const bp_document_place *place, bp_value *value)
{
    bool days = place->leaf->setting->type == BP_TYPE_DAYS;
    if (value->text.size <= DIGITS_MAX && digits(value->text) == value->text.size &&
        value->text.size > 0) {
        value->has_number = bp_str_number(value->text, &value->number);
    } else if (!days || !is_negative(value->text)) {
        report_number(place, value);
    }
}

/* ---- closed lists */

/* The texts of "word=TEXT word=TEXT", one after the other; false behind the last. */
static bool
next_choice(bp_str *rest, bp_str *text)
{
    if (rest->size == 0) {
        return false;
    }
    size_t end = bp_str_find(*rest, ' ');
    bp_str each = bp_str_cut(*rest, 0, end);
    *text = bp_str_cut(each, bp_str_find(each, '=') + 1, each.size);
    *rest = bp_str_cut(*rest, end + 1, rest->size);
    return true;
}

static bp_str
choices_of(const bp_setting *row)
{
    if (row->type == BP_TYPE_SWITCH) {
        return BP_STR("on=true off=false");
    }
    return row->type == BP_TYPE_ENABLED ? BP_STR("on=enabled off=disabled")
                                        : bp_str_of(row->choices);
}

static bp_str
list_choices(const bp_document_place *place)
{
    bp_buf all = {.arena = place->document->arena};
    bp_str rest = choices_of(place->leaf->setting);
    bp_str each;
    while (next_choice(&rest, &each)) {
        bp_buf_format(&all, "%s%.*s", all.size == 0 ? "" : ", ", BP_ARG(each));
    }
    return bp_buf_text(&all);
}

/* The archive flag is one of the closed lists, the other switch a type. */
static const char *
choice_code(const bp_setting *row)
{
    return row->type == BP_TYPE_SWITCH && bp_str_is(bp_str_of(row->name), "continuous") ? "SYN005"
                                                                                        : "SYN020";
}

static void
judge_choice(const bp_document_place *place, bp_value *value)
{
    bp_str rest = choices_of(place->leaf->setting);
    bp_suggester near = bp_suggest_start(value->text);
    bp_str each;
    while (next_choice(&rest, &each)) {
        if (bp_str_equal(value->text, each)) {
            return;
        }
        bp_suggest_offer(&near, each);
    }
    bp_diagnostics *list = place->document->diagnostics;
    bp_finding *finding = fault(
        place, choice_code(place->leaf->setting), value->span,
        bp_str_format(place->document->arena, "\"%.*s\" is none of the values of \"%.*s\": %.*s",
                      BP_ARG(shown(place, value->text)), BP_ARG(place->leaf->key),
                      BP_ARG(list_choices(place))));
    if (near.best.size > 0) {
        bp_finding_fix(list, finding, near.nearness == BP_NEAR_CASE, value->span,
                       bp_str_format(place->document->arena, "\"%.*s\"", BP_ARG(near.best)),
                       "replace with \"%.*s\"", BP_ARG(near.best));
    }
    value->kind = BP_VALUE_UNKNOWN;
}

/* ---- references */

/* The place of a text without its quotes. */
static bp_span
inside(const bp_value *value)
{
    bp_span span = value->span;
    return value->unquoted ? span : (bp_span){span.source, span.start + 1, span.end - 1};
}

static void
refer(const bp_document_place *place, bp_value *value, bp_reference_kind kind)
{
    value->reference =
        bp_reference_of_arn(place->document->arena, value->text, inside(value), kind);
}

static void
refer_by_name(const bp_document_place *place, bp_value *value)
{
    bp_reference *reference = BP_NEW(place->document->arena, bp_reference);
    reference->kind = BP_REF_VAULT;
    reference->name = value->text;
    reference->name_span = value->span;
    reference->literal = true;
    value->reference = reference;
}

/* ---- all of them */

/* A number where a text belongs. What AWS does was not seen; it seems to take the digits. */
static void
judge_unquoted(const bp_document_place *place, const bp_value *value)
{
    bp_setting_type type = place->leaf->setting->type;
    bool key =
        bp_str_is(place->leaf->key, "tag_key") || bp_str_is(place->leaf->key, "condition_key");
    bool selects = (place->block & (BP_BLOCK_SELECT_TAGS | BP_BLOCK_SELECT_RESOURCES)) != 0;
    if (!value->unquoted || !(type == BP_TYPE_VAULT_NAME || (key && selects))) {
        return;
    }
    bp_finding *finding =
        fault(place, "SYN005", value->span,
              bp_str_format(place->document->arena, "%.*s without quotes; \"%.*s\" is a text",
                            BP_ARG(shown(place, value->text)), BP_ARG(place->leaf->key)));
    finding->severity = BP_WARNING;
    finding->aws = BP_AWS_UNKNOWN;
    bp_finding_fix(place->document->diagnostics, finding, true, value->span,
                   bp_str_format(place->document->arena, "\"%.*s\"", BP_ARG(value->text)),
                   "put it in quotes");
}

static void
understand(const bp_document_place *place, bp_value *value)
{
    if (bp_document_is_placeholder(value->text)) {
        return;
    }
    judge_unquoted(place, value);
    switch (place->leaf->setting->type) {
    case BP_TYPE_MINUTES:
    case BP_TYPE_DAYS:
        judge_number(place, value);
        return;
    case BP_TYPE_SWITCH:
    case BP_TYPE_ENABLED:
    case BP_TYPE_CHOICE:
        judge_choice(place, value);
        return;
    case BP_TYPE_ROLE:
        refer(place, value, BP_REF_ROLE);
        return;
    case BP_TYPE_AIR_GAPPED_ARN:
        refer(place, value, BP_REF_VAULT);
        return;
    case BP_TYPE_VAULT_NAME:
        if (place->block == BP_BLOCK_COPY) {
            refer(place, value, BP_REF_VAULT);
        } else {
            refer_by_name(place, value);
        }
        return;
    case BP_TYPE_STRING:
    case BP_TYPE_SCHEDULE:
    case BP_TYPE_REGION:
    case BP_TYPE_TARGET:
    case BP_TYPE_PATTERN:
    case BP_TYPE_PROTECTED:
    case BP_TYPE_CONDITION:
    case BP_TYPE_TAGS:
    case BP_TYPE_ENCRYPTION:
    case BP_TYPE_LOCK:
    case BP_TYPE_TOPIC:
    case BP_TYPE_SOURCE:
    case BP_TYPE_ARN:
    case BP_TYPE_CONTAINER:
        return;
    }
}

static bp_value *
read_scalar(const bp_document_place *place, const bp_ast_value *json)
{
    bp_document *document = place->document;
    if (is_scalar(json)) {
        bp_value *value = new_text(document, json);
        understand(place, value);
        return value;
    }
    bp_finding *finding =
        fault(place, "SYN005", json->span,
              bp_str_format(document->arena, "%s for \"%.*s\"; it takes one value",
                            bp_document_kind(json), BP_ARG(place->leaf->key)));
    if (json->kind == BP_AST_LIST && json->items.count == 1 && is_scalar(json->items.at[0].value)) {
        bp_str text = bp_span_text(bp_diagnostics_sources(document->diagnostics),
                                   json->items.at[0].value->span);
        bp_finding_fix(document->diagnostics, finding, true, json->span, text, "replace with %.*s",
                       BP_ARG(text));
    }
    return bp_document_value_hole(document, json->span);
}

static bp_value *
read_item(const bp_document_place *place, const bp_ast_value *json)
{
    /* AWS takes null in a list of free texts, and shows it as the text "null" after the merge. */
    if (is_scalar(json) || (is_null(json) && place->leaf->setting->type == BP_TYPE_STRING)) {
        bp_value *value = new_text(place->document, json);
        understand(place, value);
        return value;
    }
    fault(place, "SYN005", json->span,
          bp_str_format(place->document->arena, "%s in the list of \"%.*s\"; it takes texts",
                        bp_document_kind(json), BP_ARG(place->leaf->key)));
    return bp_document_value_hole(place->document, json->span);
}

static bp_value *
read_list(const bp_document_place *place, const bp_ast_value *json)
{
    bp_document *document = place->document;
    if (json->kind != BP_AST_LIST) {
        bp_finding *finding =
            fault(place, "SYN005", json->span,
                  bp_str_format(document->arena, "%s for \"%.*s\"; it takes a list",
                                bp_document_kind(json), BP_ARG(place->leaf->key)));
        if (is_scalar(json)) {
            bp_str text = bp_span_text(bp_diagnostics_sources(document->diagnostics), json->span);
            bp_finding_fix(document->diagnostics, finding, true, json->span,
                           bp_str_format(document->arena, "[%.*s]", BP_ARG(text)),
                           "write a list of one");
        }
        return bp_document_value_hole(document, json->span);
    }
    bp_value *list = BP_NEW(document->arena, bp_value);
    list->kind = BP_VALUE_LIST;
    list->span = json->span;
    for (size_t i = 0; i < json->items.count; i++) {
        *bp_vec_add(document->arena, &list->items) = read_item(place, json->items.at[i].value);
    }
    if (json->items.count == 0 && place->leaf->setting->type == BP_TYPE_CHOICE) {
        fault(place, "SYN020", json->span,
              bp_str_format(document->arena, "empty list for \"%.*s\"; it takes %.*s",
                            BP_ARG(place->leaf->key), BP_ARG(list_choices(place))));
    }
    return list;
}

bp_value *
bp_document_value(const bp_document_place *place, const bp_ast_value *json)
{
    return place->leaf->setting->list ? read_list(place, json) : read_scalar(place, json);
}
