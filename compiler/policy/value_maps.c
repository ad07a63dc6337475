/*
 * Values of several parts: tags, conditions, locks.
 *
 * They become entries of the document, or of a template; here they are only taken apart and typed.
 */
#include "compiler/policy/elaborate.h"

enum { NAME_SIZE = 50 };

bool
bp_type_tags(const bp_typing *typing, const bp_expr *expr, bp_tag_values *tags)
{
    bp_elab *elab = typing->elab;
    if (expr->value == NULL) {
        return false;
    }
    if (expr->value->kind != BP_AST_MAP) {
        bp_type_unknown(typing, expr);
        return false;
    }
    bp_map *folded = bp_map_new(elab->arena);
    for (size_t i = 0; i < expr->value->items.count; i++) {
        bp_ast_entry *entry = &expr->value->items.at[i];
        bool added = false;
        const bp_ast_entry *first =
            bp_map_add(folded, bp_str_fold(elab->arena, entry->key.text), entry, &added);
        if (!added) {
            /* An exact repeat is the parser's to tell. */
            if (!bp_str_equal(first->key.text, entry->key.text)) {
                bp_finding *finding = bp_fault(
                    elab, "SYN008", entry->key.span, expr->env,
                    "the tag keys \"%.*s\" and \"%.*s\" differ only in letter case; AWS takes them "
                    "for one",
                    BP_ARG(first->key.text), BP_ARG(entry->key.text));
                bp_finding_label(elab->diagnostics, finding, first->key.span, "the other one");
            }
            continue;
        }
        bp_typing argument = bp_argument_typing(typing, BP_WANT_STRING, "the value of a tag");
        bp_tag_value *tag = bp_vec_add(elab->arena, tags);
        tag->key = entry->key;
        tag->expr = bp_resolve(&argument, entry->value, expr->env, false);
        tag->value = bp_type_expr(&argument, &tag->expr);
    }
    return true;
}

static bool
legal_name(bp_str name)
{
    bool good = name.size >= 1 && name.size <= NAME_SIZE;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        good = good && (bp_is_alnum(c) || c == '_' || c == '.' || c == '-');
    }
    return good;
}

/* The part of a condition key after its last '/'. */
static bp_str
name_of_key(bp_str key)
{
    size_t start = key.size;
    while (start > 0 && key.at[start - 1] != '/') {
        start--;
    }
    return bp_str_cut(key, start, key.size);
}

static bool
condition_name(const bp_typing *typing, const bp_expr *expr, const bp_ast_value *written,
               bp_condition *condition)
{
    condition->name_span = expr->value->span;
    if (written != NULL) {
        bp_typing argument =
            bp_argument_typing(typing, BP_WANT_STRING, "the name of the condition");
        const bp_value *name = bp_type_value(&argument, written, expr->env);
        condition->name = name->text;
        condition->name_span = name->span;
        return name->kind == BP_VALUE_TEXT;
    }
    if (condition->key->kind != BP_VALUE_TEXT) {
        return false;
    }
    condition->name = name_of_key(condition->key->text);
    if (legal_name(condition->name)) {
        return true;
    }
    bp_finding *finding = bp_fault(typing->elab, "SYN018", expr->value->span, expr->env,
                                   "\"%.*s\" cannot name the condition; it needs a name of its own",
                                   BP_ARG(bp_str_cut(condition->name, 0, NAME_SIZE)));
    bp_finding_help(typing->elab->diagnostics, finding,
                    "add name: \"...\" of letters, digits, \"_\", \".\" and \"-\"");
    return false;
}

bool
bp_type_condition(const bp_typing *typing, const bp_expr *expr, bp_condition *condition)
{
    static const bp_slot slots[] = {
        {"", "the key, such as \"aws:ResourceTag/env\"", true},
        {"", "the value", true},
        {"name", "the name", false},
    };
    static const char operators[] = "string_equals string_not_equals string_like string_not_like";
    const bp_ast_value *values[3];
    bp_str text;
    *condition = (bp_condition){0};
    if (expr->value == NULL) {
        return false;
    }
    if (expr->value->kind != BP_AST_CALL || !bp_choice_text(operators, expr->value->text, &text)) {
        bp_type_unknown(typing, expr);
        return false;
    }
    if (!bp_call_bind(typing, expr, slots, 3, values)) {
        return false;
    }
    bp_typing key = bp_argument_typing(typing, BP_WANT_STRING, "the key of a condition");
    bp_typing value = bp_argument_typing(typing, BP_WANT_STRING, "the value of a condition");
    condition->operator_word = expr->value->text;
    condition->key = bp_type_value(&key, values[0], expr->env);
    condition->value = bp_type_value(&value, values[1], expr->env);
    return condition_name(typing, expr, values[2], condition);
}

/* One duration of a lock. */
static bool
lock_days(const bp_typing *typing, const bp_expr *expr, const bp_ast_value *value, const char *what,
          int64_t *days, bp_span *span)
{
    *span = value == NULL ? BP_NOWHERE : value->span;
    if (value == NULL) {
        return true;
    }
    bp_typing argument = bp_argument_typing(typing, BP_WANT_DAYS, what);
    bp_expr resolved = bp_resolve(&argument, value, expr->env, false);
    if (resolved.value != NULL && resolved.value->kind == BP_AST_WORD) {
        bp_type_unknown(&argument, &resolved);
        return false;
    }
    return bp_type_days(&argument, &resolved, days);
}

bool
bp_type_lock(const bp_typing *typing, const bp_expr *expr, bp_lock *lock)
{
    static const bp_slot slots[] = {
        {"min", "\"min\", the shortest retention", true},
        {"max", "\"max\", the longest retention", false},
        {"grace", "\"grace\", the days it may still be removed", false}};
    const bp_ast_value *values[3];
    *lock = (bp_lock){0};
    if (expr->value == NULL) {
        return false;
    }
    bool compliance = bp_str_is(expr->value->text, "compliance");
    if (expr->value->kind != BP_AST_CALL ||
        !(compliance || bp_str_is(expr->value->text, "governance"))) {
        bp_type_unknown(typing, expr);
        return false;
    }
    lock->word = compliance ? BP_COMPLIANCE : BP_GOVERNANCE;
    lock->span = expr->value->span;
    if (!bp_call_bind(typing, expr, slots, compliance ? 3 : 2, values)) {
        return false;
    }
    bool good = lock_days(typing, expr, values[0], "\"min\"", &lock->min_days, &lock->min_span);
    good = lock_days(typing, expr, values[1], "\"max\"", &lock->max_days, &lock->max_span) && good;
    if (compliance) {
        good =
            lock_days(typing, expr, values[2], "\"grace\"", &lock->grace_days, &lock->grace_span) &&
            good;
    }
    return good;
}

/* The name of an SNS topic that takes events of AWS Backup: not one of the first-in-first-out kind,
 * whose names end in ".fifo". */
static bool
topic_name(const bp_typing *typing, const bp_expr *call, const bp_ast_value *value, bp_str *name)
{
    enum { LONGEST = 256 };
    bp_typing argument = bp_argument_typing(typing, BP_WANT_STRING, "the name of a topic");
    const bp_value *text = bp_type_value(&argument, value, call->env);
    if (text->kind != BP_VALUE_TEXT) {
        return false;
    }
    bool good = text->text.size > 0 && text->text.size <= LONGEST;
    for (size_t i = 0; good && i < text->text.size; i++) {
        char c = text->text.at[i];
        good = bp_is_alnum(c) || c == '_' || c == '-';
    }
    if (!good) {
        bp_fault(typing->elab, "SYN005", text->span, call->env,
                 "\"%.*s\" cannot be the name of a topic; it is 1 to %d letters, digits, \"_\" "
                 "and \"-\"",
                 BP_ARG(bp_str_cut(text->text, 0, 60)), LONGEST);
    }
    *name = text->text;
    return good;
}

bool
bp_type_topic(const bp_typing *typing, const bp_expr *expr, bp_topic *topic)
{
    static const bp_slot slots[] = {{"", "the name of the topic", true},
                                    {"events", "\"events\", a list", true}};
    const bp_ast_value *values[2];
    *topic = (bp_topic){0};
    if (expr->value == NULL) {
        return false;
    }
    if (expr->value->kind != BP_AST_CALL || !bp_str_is(expr->value->text, "topic")) {
        bp_type_unknown(typing, expr);
        return false;
    }
    topic->span = expr->value->span;
    if (!bp_call_bind(typing, expr, slots, 2, values)) {
        return false;
    }
    bool good = topic_name(typing, expr, values[0], &topic->name);
    bp_typing argument = bp_argument_typing(typing, BP_WANT_CHOICE, "\"events\"");
    argument.row = typing->row;
    const bp_value *events = bp_type_list(&argument, values[1], expr->env);
    bp_map *seen = bp_map_new(typing->elab->arena);
    for (size_t i = 0; i < events->items.count; i++) {
        const bp_value *event = events->items.at[i];
        bool added = false;
        if (event->kind == BP_VALUE_TEXT) {
            bp_map_add(seen, event->text, seen, &added);
        }
        if (added) {
            *bp_vec_add(typing->elab->arena, &topic->events) = event->text;
        }
    }
    if (good && events->kind != BP_VALUE_UNKNOWN && events->items.count == 0) {
        bp_fault(typing->elab, "SYN005", values[1]->span, expr->env,
                 "no event; a topic hears of one event or more");
    }
    return good && topic->events.count > 0;
}
