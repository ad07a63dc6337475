/*
 * The text of a document to values: strict JSON, every value and key with its place (SYN001,
 * SYN007, SYN015).
 *
 * The slips that people make most, comments and commas too many, get words of their own. Nothing
 * here knows what a policy is.
 */
#include "compiler/policy/document_parts.h"

enum { DEPTH_MAX = 64 };

typedef struct reading {
    bp_document *document;
    bp_arena *arena; /* of the values; texts stay with the document */
    bp_json_reader *reader;
    bool failed;
} reading;

static bp_str
rest_at(const reading *on, size_t at)
{
    return bp_str_cut(on->document->source->text, at, on->document->source->text.size);
}

/* The offset behind a comment that begins at `at`; `at` itself if none does. */
static size_t
comment_end(const reading *on, size_t at)
{
    bp_str text = on->document->source->text;
    bp_str rest = rest_at(on, at);
    if (bp_str_starts(rest, BP_STR("//")) || bp_str_starts(rest, BP_STR("#"))) {
        size_t end = at + bp_str_find(rest, '\n');
        return end > at && end < text.size && text.at[end - 1] == '\r' ? end - 1 : end;
    }
    if (!bp_str_starts(rest, BP_STR("/*"))) {
        return at;
    }
    for (size_t end = at + 2; end + 1 < text.size; end++) {
        if (text.at[end] == '*' && text.at[end + 1] == '/') {
            return end + 2;
        }
    }
    return text.size;
}

/* The offset of a comma with nothing but blanks up to `at`; the size of the text if there is none.
 */
static size_t
comma_before(const reading *on, size_t at)
{
    bp_str text = on->document->source->text;
    while (at > 0 && (text.at[at - 1] == ' ' || text.at[at - 1] == '\t' ||
                      text.at[at - 1] == '\n' || text.at[at - 1] == '\r')) {
        at--;
    }
    return at > 0 && text.at[at - 1] == ',' ? at - 1 : text.size;
}

static void
report_comment(const reading *on, size_t start, size_t end)
{
    bp_diagnostics *list = on->document->diagnostics;
    bp_span span = bp_span_of(on->document->source, start, end);
    bp_finding *finding =
        bp_report(list, "SYN001", span, "comment in a policy document; JSON has no comments");
    bp_finding_fix(list, finding, true, span, BP_STR(""), "remove the comment");
    bp_finding_help(list, finding, "a .bpol file takes comments");
}

static void
report_comma(const reading *on, size_t at, char close)
{
    bp_diagnostics *list = on->document->diagnostics;
    bp_span span = bp_span_of(on->document->source, at, at + 1);
    bp_finding *finding =
        bp_report(list, "SYN001", span,
                  "comma behind the last %s; in JSON a comma stands between two of them",
                  close == '}' ? "member" : "element");
    bp_finding_fix(list, finding, true, span, BP_STR(""), "remove the comma");
}

static void
report_error(reading *on, bp_json_event error)
{
    bp_diagnostics *list = on->document->diagnostics;
    bp_str text = on->document->source->text;
    size_t at = error.span.start;
    size_t end = comment_end(on, at);
    char here = at < text.size ? text.at[at] : '\0';
    on->failed = true;
    if (bp_str_contains(error.text, BP_STR("levels of nesting"))) {
        bp_report(list, "SYN015", error.span, "%.*s; a policy needs fewer than ten",
                  BP_ARG(error.text));
        return;
    }
    if (end > at) {
        report_comment(on, at, end);
        return;
    }
    if ((here == '}' || here == ']') && comma_before(on, at) < text.size) {
        report_comma(on, comma_before(on, at), here);
        return;
    }
    bp_finding *finding = bp_report(list, "SYN001", error.span, "%.*s", BP_ARG(error.text));
    if (bp_span_exists(error.opener)) {
        bp_finding_label(list, finding, error.opener, "opened here");
    }
    if (here == '\'') {
        bp_finding_help(list, finding, "JSON takes double quotes alone");
    }
}

static bp_json_event
next(reading *on)
{
    bp_json_event event = bp_json_next(on->reader);
    if (event.kind == BP_JSON_ERROR && !on->failed) {
        report_error(on, event);
    }
    return event;
}

static void
report_repeat(const reading *on, bp_json_event key)
{
    bp_finding *finding =
        bp_report(on->document->diagnostics, "SYN007", key.span,
                  "key \"%.*s\" twice in one object; a key stands once", BP_ARG(key.text));
    bp_finding_label(on->document->diagnostics, finding, key.opener, "first here");
}

static bp_ast_kind
kind_of(bp_json_event event)
{
    switch (event.kind) {
    case BP_JSON_OBJECT:
        return BP_AST_MAP;
    case BP_JSON_ARRAY:
        return BP_AST_LIST;
    case BP_JSON_STRING:
        return BP_AST_STRING;
    case BP_JSON_NUMBER:
        for (size_t i = 0; i < event.text.size; i++) {
            if (!bp_is_digit(event.text.at[i])) {
                return BP_AST_REAL;
            }
        }
        return BP_AST_INT;
    case BP_JSON_TRUE:
    case BP_JSON_FALSE:
    case BP_JSON_NULL:
        return BP_AST_WORD;
    case BP_JSON_END:
    case BP_JSON_ERROR:
    case BP_JSON_OBJECT_END:
    case BP_JSON_ARRAY_END:
    case BP_JSON_KEY:
        break;
    }
    return BP_AST_UNKNOWN;
}

static bp_ast_value *take(reading *on, bp_json_event first, int depth);

static bool
take_members(reading *on, bp_ast_value *object, int depth)
{
    for (;;) {
        bp_json_event key = next(on);
        if (key.kind != BP_JSON_KEY) {
            object->span = bp_span_join(object->span, key.span);
            return key.kind == BP_JSON_OBJECT_END;
        }
        bp_ast_value *value = take(on, next(on), depth + 1);
        if (value == NULL) {
            return false;
        }
        if (bp_span_exists(key.opener)) {
            report_repeat(on, key);
            continue;
        }
        *bp_vec_add(on->arena, &object->items) = (bp_ast_entry){{key.text, key.span}, value};
    }
}

static bool
take_elements(reading *on, bp_ast_value *list, int depth)
{
    for (;;) {
        bp_json_event first = next(on);
        if (first.kind == BP_JSON_ARRAY_END) {
            list->span = bp_span_join(list->span, first.span);
            return true;
        }
        bp_ast_value *value = take(on, first, depth + 1);
        if (value == NULL) {
            return false;
        }
        *bp_vec_add(on->arena, &list->items) = (bp_ast_entry){.value = value};
    }
}

/* The value whose first event was taken; NULL when the text failed. */
static bp_ast_value *
take(reading *on, bp_json_event first, int depth)
{
    bp_ast_kind kind = kind_of(first);
    if (kind == BP_AST_UNKNOWN || depth > DEPTH_MAX) {
        return NULL;
    }
    bp_ast_value *value = BP_NEW(on->arena, bp_ast_value);
    value->kind = kind;
    value->span = first.span;
    value->text = first.text;
    if (kind == BP_AST_INT && !bp_str_number(first.text, &value->number)) {
        value->number = -1;
    }
    if ((kind == BP_AST_MAP && !take_members(on, value, depth)) ||
        (kind == BP_AST_LIST && !take_elements(on, value, depth))) {
        return NULL;
    }
    return value;
}

static bool
is_empty(bp_str text)
{
    bp_str rest =
        bp_str_starts(text, BP_STR("\xEF\xBB\xBF")) ? bp_str_cut(text, 3, text.size) : text;
    return bp_str_trim(rest).size == 0;
}

bp_ast_value *
bp_document_parse(bp_document *document, bool *empty)
{
    bp_arena *arena = document->scratch != NULL ? document->scratch : document->arena;
    reading on = {.document = document,
                  .arena = arena,
                  .reader = bp_json_reader_new(arena, document->source)};
    *empty = is_empty(document->source->text);
    if (*empty) {
        return NULL;
    }
    bp_json_reader_keep_texts(on.reader, document->arena);
    bp_json_reader_give_repeats(on.reader);
    bp_ast_value *value = take(&on, next(&on), 0);
    if (value == NULL || next(&on).kind != BP_JSON_END) {
        return NULL;
    }
    return value;
}
