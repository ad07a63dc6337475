/*
 * Leaves of a document: operators, child controls, and what else stands where they belong (SYN005,
 * SYN006).
 *
 * Which operators a child may use on inherited values, and which controls are wise, is for checks.
 */
#include "compiler/policy/document_parts.h"
#include "grammar/ast.h"

static const struct {
    bp_str key;
    bp_word_at at;
} words[] = {{{"@@assign", 8}, BP_AT_ASSIGN},
             {{"@@append", 8}, BP_AT_APPEND},
             {{"@@remove", 8}, BP_AT_REMOVE},
             {{"@@operators_allowed_for_child_policies", 38}, BP_AT_CONTROL}};

enum { WORD_COUNT = sizeof words / sizeof words[0] };

bp_word_at
bp_document_word(bp_str key)
{
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (bp_str_equal_folded(key, words[i].key)) {
            return words[i].at;
        }
    }
    return BP_AT_NONE;
}

bp_str
bp_document_word_spelling(bp_str key)
{
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (bp_str_equal_folded(key, words[i].key)) {
            return words[i].key;
        }
    }
    return key;
}

bool
bp_document_is_word(bp_str key)
{
    return bp_str_starts(key, BP_STR("@@"));
}

static void
suggest(bp_document *document, bp_finding *finding, const bp_suggester *near, bp_span span)
{
    if (near->best.size == 0) {
        return;
    }
    bp_finding_help(document->diagnostics, finding, "did you mean \"%.*s\"?", BP_ARG(near->best));
    bp_finding_fix(document->diagnostics, finding, near->nearness >= BP_NEAR_LOOSE, span,
                   bp_str_format(document->arena, "\"%.*s\"", BP_ARG(near->best)),
                   "replace with \"%.*s\"", BP_ARG(near->best));
}

void
bp_document_bad_word(bp_document *document, const bp_node *node, const bp_ast_name *key)
{
    bp_suggester near = bp_suggest_start(key->text);
    for (size_t i = 0; i < WORD_COUNT; i++) {
        bp_suggest_offer(&near, words[i].key);
    }
    bp_finding *finding =
        bp_document_fault(document, "SYN006", key->span, node,
                          "\"%.*s\" is no operator; there are @@assign, @@append, @@remove and "
                          "@@operators_allowed_for_child_policies",
                          BP_ARG(key->text));
    suggest(document, finding, &near, key->span);
}

/* ---- child controls */

static const struct {
    bp_str word;
    unsigned bit;
} permissions[] = {{{"@@all", 5}, BP_MAY_ALL},
                   {{"@@none", 6}, BP_MAY_NOTHING},
                   {{"@@assign", 8}, BP_MAY_ASSIGN},
                   {{"@@append", 8}, BP_MAY_APPEND},
                   {{"@@remove", 8}, BP_MAY_REMOVE}};

enum { PERMISSION_COUNT = sizeof permissions / sizeof permissions[0] };

/* The bit of one word of a control; 0 when reported. */
static unsigned
permission(bp_document *document, const bp_node *node, const bp_ast_value *word)
{
    bp_suggester near = bp_suggest_start(word->text);
    for (size_t i = 0; word->kind == BP_AST_STRING && i < PERMISSION_COUNT; i++) {
        if (bp_str_equal_folded(word->text, permissions[i].word)) {
            return permissions[i].bit;
        }
        bp_suggest_offer(&near, permissions[i].word);
    }
    bp_finding *finding =
        word->kind == BP_AST_STRING
            ? bp_document_fault(document, "SYN006", word->span, node,
                                "\"%.*s\" in a child control; it takes @@all, @@none, @@assign, "
                                "@@append and @@remove",
                                BP_ARG(word->text))
            : bp_document_fault(document, "SYN006", word->span, node,
                                "%s in a child control; it takes texts such as \"@@none\"",
                                bp_document_kind(word));
    suggest(document, finding, &near, word->span);
    return 0;
}

/* The same text twice is refused; the same word in another letter case is not. */
static bool
is_repeated(const bp_ast_value *list, size_t index, size_t *first)
{
    for (size_t i = 0; i < index; i++) {
        const bp_ast_value *before = list->items.at[i].value;
        if (before->kind == BP_AST_STRING &&
            bp_str_equal(before->text, list->items.at[index].value->text)) {
            *first = i;
            return true;
        }
    }
    return false;
}

/* SYN019 of a word; where the same one stands in another letter case, too, AWS takes the two as
 * they are, and refuses them when they are written alike. */
static void
judge_spelling(bp_document *document, const bp_node *node, const bp_ast_value *list, size_t index,
               unsigned bit)
{
    const bp_ast_value *word = list->items.at[index].value;
    for (size_t i = 0; i < list->items.count; i++) {
        if (i != index && bp_str_equal_folded(list->items.at[i].value->text, word->text)) {
            return;
        }
    }
    for (size_t i = 0; i < PERMISSION_COUNT; i++) {
        if (permissions[i].bit == bit) {
            bp_document_spelling(document, node, &(bp_ast_name){word->text, word->span},
                                 permissions[i].word);
        }
    }
}

static void
report_alone(bp_document *document, const bp_node *node, const bp_ast_value *list, unsigned may)
{
    bool none = (may & BP_MAY_NOTHING) != 0;
    bp_finding *finding =
        bp_document_fault(document, "SYN006", list->span, node,
                          none ? "@@none beside other words in a child control; it stands alone"
                               : "@@all beside other words in a child control; it includes them");
    if (!none) {
        finding->severity = BP_WARNING;
        finding->aws = BP_AWS_ACCEPTS;
    }
}

static unsigned
read_permissions(bp_document *document, const bp_node *node, const bp_ast_value *list)
{
    unsigned may = 0;
    bool bad = false;
    for (size_t i = 0; i < list->items.count; i++) {
        const bp_ast_value *word = list->items.at[i].value;
        unsigned bit = permission(document, node, word);
        size_t first = 0;
        bad = bad || bit == 0;
        if (bit != 0) {
            judge_spelling(document, node, list, i, bit);
        }
        if (bit != 0 && is_repeated(list, i, &first)) {
            bp_finding *finding = bp_document_fault(
                document, "SYN006", word->span, node,
                "\"%.*s\" twice in a child control; each word stands once", BP_ARG(word->text));
            bp_finding_label(document->diagnostics, finding, list->items.at[first].value->span,
                             "first here");
        }
        may |= bit;
    }
    bool lone = (may & (may - 1)) == 0;
    if (!bad && !lone && (may & (BP_MAY_NOTHING | BP_MAY_ALL)) != 0) {
        report_alone(document, node, list, may);
    }
    return may;
}

/* Nobody knows what it does, so that it is sent as it stands. */
static void
keep_empty_control(const bp_document *document, bp_node *node, const bp_ast_name *key,
                   const bp_ast_value *value)
{
    if (!bp_node_controlled(node)) {
        bp_value *empty = BP_NEW(document->arena, bp_value);
        empty->kind = BP_VALUE_LIST;
        empty->span = value->span;
        node->control =
            (bp_child_control){.span = bp_span_join(key->span, value->span), .written = empty};
    }
}

void
bp_document_control(bp_document *document, bp_node *node, const bp_ast_name *key,
                    const bp_ast_value *value)
{
    if (value->kind != BP_AST_LIST) {
        bp_finding *finding = bp_document_fault(document, "SYN006", value->span, node,
                                                "a child control is %s here; it has to be a list",
                                                bp_document_kind(value));
        if (value->kind == BP_AST_STRING) {
            bp_str written =
                bp_span_text(bp_diagnostics_sources(document->diagnostics), value->span);
            bp_finding_fix(document->diagnostics, finding, true, value->span,
                           bp_str_format(document->arena, "[%.*s]", BP_ARG(written)),
                           "write a list of one");
        }
        return;
    }
    if (value->items.count == 0) {
        bp_finding *finding =
            bp_document_fault(document, "SYN006", value->span, node,
                              "a child control without a word; \"@@none\" forbids everything");
        finding->severity = BP_WARNING;
        finding->aws = BP_AWS_UNKNOWN;
        keep_empty_control(document, node, key, value);
        return;
    }
    unsigned may = read_permissions(document, node, value);
    if (node->kind == BP_NODE_ROOT) {
        bp_finding *finding =
            bp_document_fault(document, "SYN006", key->span, node,
                              "child control beside \"plans\"; AWS does nothing with it there");
        finding->severity = BP_WARNING;
        finding->aws = BP_AWS_ACCEPTS;
        bp_finding_help(document->diagnostics, finding, "move it into \"plans\"");
    }
    if (node->control.may == 0) {
        node->control =
            (bp_child_control){.may = may, .span = bp_span_join(key->span, value->span)};
    }
}

/* ---- operators */

static bool
is_raw_list(const bp_ast_value *json, bool list)
{
    return list && json->kind != BP_AST_LIST;
}

/* A value where an operator with a value belongs. */
static void
report_raw(bp_document *document, bp_node *leaf, const bp_ast_value *json)
{
    bp_diagnostics *diagnostics = document->diagnostics;
    bool list = leaf->setting != NULL && leaf->setting->list;
    bp_finding *finding =
        bp_document_fault(document, "SYN005", json->span, leaf,
                          "\"%.*s\" is %s here; a value stands behind an operator, in an object",
                          BP_ARG(leaf->key), bp_document_kind(json));
    leaf->assign = bp_document_value_hole(document, json->span);
    if (json->kind == BP_AST_WORD && bp_str_is(json->text, "null")) {
        return;
    }
    if (!list && json->kind == BP_AST_LIST) {
        bp_finding_help(diagnostics, finding, "write {\"@@assign\": \"...\"}");
        return;
    }
    bp_str written = bp_span_text(bp_diagnostics_sources(diagnostics), json->span);
    bp_str text = is_raw_list(json, list)
                      ? bp_str_format(document->arena, "{\"@@assign\": [%.*s]}", BP_ARG(written))
                      : bp_str_format(document->arena, "{\"@@assign\": %.*s}", BP_ARG(written));
    bp_finding_fix(diagnostics, finding, true, json->span, text, "wrap it in @@assign");
}

static void
read_operator(bp_document *document, bp_node *leaf, const bp_document_level *level,
              const bp_ast_entry *entry, bp_word_at at)
{
    static const char *const names[] = {"", "@@assign", "@@append", "@@remove", ""};
    bp_document_place place = {document, leaf, level->block};
    bp_value **slot = at == BP_AT_ASSIGN   ? &leaf->assign
                      : at == BP_AT_APPEND ? &leaf->append
                                           : &leaf->remove;
    if (at != BP_AT_ASSIGN && !leaf->setting->operators) {
        bp_finding *finding =
            bp_document_fault(document, "SYN006", entry->key.span, leaf,
                              "operator %s on \"%.*s\"; it holds one value, which is assigned",
                              names[at], BP_ARG(leaf->key));
        bp_finding_help(document->diagnostics, finding,
                        "only lists are appended to and removed from");
        if (leaf->assign == NULL) {
            leaf->assign = bp_document_value_hole(document, entry->value->span);
        }
        return;
    }
    bp_value *value = bp_document_value(&place, entry->value);
    *slot = *slot == NULL ? value : *slot;
}

static void
read_other(bp_document *document, bp_node *leaf, const bp_ast_entry *entry)
{
    leaf->assign =
        leaf->assign != NULL ? leaf->assign : bp_document_value_hole(document, entry->value->span);
    if (bp_document_placeholder_key(document, leaf, &entry->key)) {
        return;
    }
    bp_finding *finding =
        bp_document_fault(document, "SYN003", entry->key.span, leaf,
                          "unknown key \"%.*s\" in \"%.*s\"; operators stand in a setting",
                          BP_ARG(entry->key.text), BP_ARG(leaf->key));
    finding->aws = BP_AWS_UNKNOWN;
    bp_suggester near =
        bp_suggest_start(bp_str_format(document->arena, "@@%.*s", BP_ARG(entry->key.text)));
    for (size_t i = 0; i < WORD_COUNT; i++) {
        bp_suggest_offer(&near, words[i].key);
    }
    suggest(document, finding, &near, entry->key.span);
}

void
bp_document_leaf(bp_document *document, bp_node *leaf, const bp_document_level *level,
                 const bp_ast_value *json)
{
    if (json->kind != BP_AST_MAP) {
        report_raw(document, leaf, json);
        return;
    }
    bp_document_folded_keys(document, leaf, json);
    for (size_t i = 0; i < json->items.count; i++) {
        const bp_ast_entry *entry = &json->items.at[i];
        bp_word_at at = bp_document_word(entry->key.text);
        bp_document_member_spelling(document, leaf, json, i,
                                    bp_document_word_spelling(entry->key.text));
        if (at == BP_AT_CONTROL) {
            bp_document_control(document, leaf, &entry->key, entry->value);
        } else if (at != BP_AT_NONE) {
            read_operator(document, leaf, level, entry, at);
        } else if (bp_document_is_word(entry->key.text)) {
            bp_document_bad_word(document, leaf, &entry->key);
            leaf->assign = leaf->assign != NULL
                               ? leaf->assign
                               : bp_document_value_hole(document, entry->value->span);
        } else {
            read_other(document, leaf, entry);
        }
    }
    if (json->items.count == 0) {
        bp_finding *finding =
            bp_document_fault(document, "SYN005", json->span, leaf,
                              "\"%.*s\" without an operator; it sets nothing", BP_ARG(leaf->key));
        finding->severity = BP_WARNING;
        finding->aws = BP_AWS_UNKNOWN;
        bp_finding_help(document->diagnostics, finding,
                        "write {\"@@assign\": ...}, or leave it out");
    }
}
