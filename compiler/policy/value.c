/*
 * Typing: what was written against what a place takes.
 *
 * One function a kind of value; here the plain ones and the choice between all of them. Words that
 * a place knows are listed by value_words.c. A value never fails: what cannot be used was reported
 * and is a hole.
 */
#include "compiler/policy/elaborate.h"

bp_want
bp_want_of(bp_setting_type type)
{
    switch (type) {
    case BP_TYPE_STRING:
        return BP_WANT_STRING;
    case BP_TYPE_SWITCH:
    case BP_TYPE_ENABLED:
        return BP_WANT_SWITCH;
    case BP_TYPE_MINUTES:
        return BP_WANT_MINUTES;
    case BP_TYPE_DAYS:
        return BP_WANT_DAYS;
    case BP_TYPE_SCHEDULE:
        return BP_WANT_SCHEDULE;
    case BP_TYPE_REGION:
        return BP_WANT_REGION;
    case BP_TYPE_VAULT_NAME:
        return BP_WANT_VAULT_NAME;
    case BP_TYPE_AIR_GAPPED_ARN:
        return BP_WANT_AIR_GAPPED;
    case BP_TYPE_ROLE:
        return BP_WANT_ROLE;
    case BP_TYPE_TARGET:
        return BP_WANT_TARGET;
    case BP_TYPE_PATTERN:
        return BP_WANT_PATTERN;
    case BP_TYPE_PROTECTED:
        return BP_WANT_PROTECTED;
    case BP_TYPE_CONDITION:
        return BP_WANT_CONDITION;
    case BP_TYPE_TAGS:
        return BP_WANT_TAGS;
    case BP_TYPE_CHOICE:
        return BP_WANT_CHOICE;
    case BP_TYPE_ENCRYPTION:
        return BP_WANT_ENCRYPTION;
    case BP_TYPE_LOCK:
        return BP_WANT_LOCK;
    case BP_TYPE_SOURCE:
        return BP_WANT_SOURCE;
    case BP_TYPE_ARN:
        return BP_WANT_ARN;
    case BP_TYPE_TOPIC:
        return BP_WANT_TOPIC;
    case BP_TYPE_CONTAINER:
        return BP_WANT_COUNT; /* no value is read for them */
    }
    return BP_WANT_COUNT;
}

bp_str
bp_typing_name(const bp_typing *typing)
{
    return typing->row != NULL ? bp_str_format(typing->elab->arena, "\"%s\"", typing->row->name)
                               : bp_str_of(typing->what);
}

bp_value *
bp_value_new(const bp_typing *typing, const bp_expr *expr, bp_value_kind kind)
{
    bp_value *value = BP_NEW(typing->elab->arena, bp_value);
    value->kind = kind;
    value->span = expr->value != NULL ? expr->value->span : expr->written;
    value->declared = expr->declared;
    value->uses = typing->uses;
    return value;
}

bp_value *
bp_value_text(const bp_typing *typing, const bp_expr *expr, bp_str text)
{
    bp_value *value = bp_value_new(typing, expr, BP_VALUE_TEXT);
    value->text = text;
    return value;
}

bp_value *
bp_value_hole(const bp_typing *typing, const bp_expr *expr)
{
    return bp_value_new(typing, expr, BP_VALUE_UNKNOWN);
}

/* Labels the place that takes a value written elsewhere. */
static void
label_place(const bp_typing *typing, const bp_expr *expr, bp_finding *finding)
{
    if (bp_span_exists(expr->declared) && bp_span_exists(expr->written)) {
        bp_finding_label(typing->elab->diagnostics, finding, expr->written, "used here for %.*s",
                         BP_ARG(bp_typing_name(typing)));
    }
}

bp_value *
bp_type_mismatch(const bp_typing *typing, const bp_expr *expr)
{
    bp_elab *elab = typing->elab;
    const bp_ast_value *value = expr->value;
    bool list = value->kind == BP_AST_LIST;
    bp_finding *finding =
        list ? bp_fault(elab, "SYN005", value->span, expr->env, "a list; %.*s takes %s",
                        BP_ARG(bp_typing_name(typing)), bp_want_words(typing->want))
             : bp_fault(elab, "SYN005", value->span, expr->env, "%s %.*s; %.*s takes %s",
                        value->kind == BP_AST_STRING ? "the text" : "the value",
                        BP_ARG(bp_shown(elab, value->span)), BP_ARG(bp_typing_name(typing)),
                        bp_want_words(typing->want));
    label_place(typing, expr, finding);
    bp_mismatch_fix(typing, expr, finding);
    return bp_value_hole(typing, expr);
}

static bp_value *
type_string(const bp_typing *typing, const bp_expr *expr)
{
    if (expr->value->kind == BP_AST_STRING) {
        return bp_value_text(typing, expr, expr->value->text);
    }
    if (expr->value->kind == BP_AST_WORD) {
        return bp_type_unknown(typing, expr);
    }
    return bp_type_mismatch(typing, expr);
}

static bp_value *
type_int(const bp_typing *typing, const bp_expr *expr)
{
    if (expr->value->kind == BP_AST_WORD && bp_str_is(expr->value->text, "last") &&
        typing->want == BP_WANT_MONTHDAY) {
        return bp_value_text(typing, expr, BP_STR("L"));
    }
    if (expr->value->kind == BP_AST_INT) {
        bp_value *value = bp_value_text(typing, expr, expr->value->text);
        value->has_number = true;
        value->number = expr->value->number;
        return value;
    }
    return expr->value->kind == BP_AST_WORD ? bp_type_unknown(typing, expr)
                                            : bp_type_mismatch(typing, expr);
}

static bp_value *
type_switch(const bp_typing *typing, const bp_expr *expr)
{
    if (expr->value->kind != BP_AST_WORD) {
        return bp_type_mismatch(typing, expr);
    }
    bp_str word = expr->value->text;
    bool on = bp_str_is(word, "on") || bp_str_is(word, "true");
    bool off = bp_str_is(word, "off") || bp_str_is(word, "false");
    if (!on && !off) {
        return bp_type_unknown(typing, expr);
    }
    bool enabled = typing->row != NULL && typing->row->type == BP_TYPE_ENABLED;
    const char *text = on ? (enabled ? "enabled" : "true") : (enabled ? "disabled" : "false");
    return bp_value_text(typing, expr, bp_str_of(text));
}

static bp_value *
type_choice(const bp_typing *typing, const bp_expr *expr)
{
    bp_str text;
    if (expr->value->kind != BP_AST_WORD) {
        return bp_type_mismatch(typing, expr);
    }
    if (!bp_choice_text(typing->row == NULL ? "" : typing->row->choices, expr->value->text,
                        &text)) {
        return bp_type_unknown(typing, expr);
    }
    return bp_value_text(typing, expr, text);
}

static bp_value *
type_weekday(const bp_typing *typing, const bp_expr *expr)
{
    static const char days[] = "mon=MON tue=TUE wed=WED thu=THU fri=FRI sat=SAT sun=SUN";
    bp_str text;
    if (expr->value->kind != BP_AST_WORD) {
        return bp_type_mismatch(typing, expr);
    }
    return bp_choice_text(days, expr->value->text, &text) ? bp_value_text(typing, expr, text)
                                                          : bp_type_unknown(typing, expr);
}

static bp_value *
type_region(const bp_typing *typing, const bp_expr *expr)
{
    if (expr->value->kind != BP_AST_WORD) {
        return bp_type_mismatch(typing, expr);
    }
    /* A name of the program never has a hyphen, a Region always has: whether the Region exists is
     * for checks. */
    bp_str word = expr->value->text;
    return bp_str_find(word, '-') < word.size ? bp_value_text(typing, expr, word)
                                              : bp_type_unknown(typing, expr);
}

/* A literal of one kind of the grammar. */
static bp_value *
type_literal(const bp_typing *typing, const bp_expr *expr, bp_ast_kind kind)
{
    if (expr->value->kind == kind) {
        bp_value *value = bp_value_text(typing, expr, expr->value->text);
        value->has_number = true;
        value->number = expr->value->number;
        return value;
    }
    return expr->value->kind == BP_AST_WORD ? bp_type_unknown(typing, expr)
                                            : bp_type_mismatch(typing, expr);
}

/* Values that are no text of the document: typed for their findings alone. */
static bp_value *
type_other(const bp_typing *typing, const bp_expr *expr)
{
    bool good = true;
    if (typing->want == BP_WANT_CONDITION) {
        bp_condition condition;
        good = bp_type_condition(typing, expr, &condition);
    } else if (typing->want == BP_WANT_TAGS) {
        bp_tag_values tags = {0};
        good = bp_type_tags(typing, expr, &tags);
    } else if (typing->want == BP_WANT_LOCK) {
        bp_lock lock;
        good = bp_type_lock(typing, expr, &lock);
    } else if (typing->want == BP_WANT_TOPIC) {
        bp_topic topic;
        good = bp_type_topic(typing, expr, &topic);
    } else {
        bp_target_ref target = bp_type_target(typing, expr);
        return target.unknown ? bp_value_hole(typing, expr)
                              : bp_value_text(typing, expr, target.text);
    }
    return good ? bp_value_text(typing, expr, (bp_str){"", 0}) : bp_value_hole(typing, expr);
}

bp_value *
bp_type_expr(const bp_typing *typing, const bp_expr *expr)
{
    if (expr->value == NULL) {
        return bp_value_hole(typing, expr);
    }
    switch (typing->want) {
    case BP_WANT_STRING:
        return type_string(typing, expr);
    case BP_WANT_INT:
    case BP_WANT_MONTHDAY:
        return type_int(typing, expr);
    case BP_WANT_SWITCH:
        return type_switch(typing, expr);
    case BP_WANT_DURATION:
    case BP_WANT_MINUTES:
    case BP_WANT_DAYS:
    case BP_WANT_HOURS:
        return bp_type_duration(typing, expr);
    case BP_WANT_TIME:
        return type_literal(typing, expr, BP_AST_TIME);
    case BP_WANT_MINUTE:
        return type_literal(typing, expr, BP_AST_MINUTE);
    case BP_WANT_WEEKDAY:
        return type_weekday(typing, expr);
    case BP_WANT_SCHEDULE:
        return bp_type_schedule(typing, expr);
    case BP_WANT_REGION:
        return type_region(typing, expr);
    case BP_WANT_VAULT:
    case BP_WANT_VAULT_NAME:
    case BP_WANT_AIR_GAPPED:
    case BP_WANT_DESTINATION:
        return bp_type_vault(typing, expr);
    case BP_WANT_ROLE:
        return bp_type_role(typing, expr);
    case BP_WANT_PATTERN:
    case BP_WANT_PROTECTED:
        return bp_type_pattern(typing, expr);
    case BP_WANT_CHOICE:
        return type_choice(typing, expr);
    case BP_WANT_ENCRYPTION:
    case BP_WANT_ARN:
        return bp_type_arn(typing, expr);
    case BP_WANT_ACCOUNT:
    case BP_WANT_TARGET:
    case BP_WANT_SOURCE:
    case BP_WANT_CONDITION:
    case BP_WANT_TAGS:
    case BP_WANT_LOCK:
    case BP_WANT_TOPIC:
        return type_other(typing, expr);
    case BP_WANT_COUNT:
        break;
    }
    return bp_value_hole(typing, expr);
}

bp_value *
bp_type_value(const bp_typing *typing, const bp_ast_value *value, const bp_env *env)
{
    bp_expr expr = bp_resolve(typing, value, env, false);
    return bp_type_expr(typing, &expr);
}

bp_value *
bp_type_list(const bp_typing *typing, const bp_ast_value *value, const bp_env *env)
{
    bp_exprs elements = {0};
    bp_expr whole = {.env = env, .value = value};
    whole.written = value == NULL ? BP_NOWHERE : value->span;
    if (!bp_resolve_list(typing, value, env, &elements)) {
        return bp_value_hole(typing, &whole);
    }
    bp_value *list = bp_value_new(typing, &whole, BP_VALUE_LIST);
    for (size_t i = 0; i < elements.count; i++) {
        *bp_vec_add(typing->elab->arena, &list->items) = bp_type_expr(typing, &elements.at[i]);
    }
    return list;
}

bool
bp_type_check(const bp_typing *typing, const bp_ast_value *value, const bp_env *env, bool list)
{
    bp_value *typed = list ? bp_type_list(typing, value, env) : bp_type_value(typing, value, env);
    for (size_t i = 0; i < typed->items.count; i++) {
        if (typed->items.at[i]->kind == BP_VALUE_UNKNOWN) {
            return false;
        }
    }
    return typed->kind != BP_VALUE_UNKNOWN;
}
