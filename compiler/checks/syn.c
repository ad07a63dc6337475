/*
 * SYN: what a whole document lacks or should not hold (SYN002, SYN012, SYN013).
 *
 * Syntax, types and operators are reported where a source is read; these rules need the finished
 * tree. A value with a placeholder is left alone by every other rule.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"

static void
judge_emptiness(const bp_place *place)
{
    const bp_node *plans = bp_node_child(place->node, "plans");
    if (place->context->program->broken || place->node->holes ||
        (plans != NULL && plans->first != NULL) || (plans != NULL && plans->control.may != 0)) {
        return;
    }
    bp_diagnostics *list = place->context->diagnostics;
    bool json = place->policy->from_json;
    bp_finding *finding = bp_report(list, "SYN002", json ? place->node->span : place->policy->span,
                                    "policy without a plan; nothing is backed up by it");
    bp_finding_scope(list, finding,
                     bp_node_scope(place->context->arena, place->policy->name, NULL));
    if (plans != NULL) {
        finding->aws = BP_AWS_JOB_FAILS;
    }
    bp_finding_help(list, finding, "add a plan, or delete the policy");
}

void
bp_check_empty_policies(const bp_check_context *context)
{
    bp_each_policy(context, judge_emptiness);
}

/* Whether the key of a node is a name that somebody chose. */
static bool
is_named(const bp_node *node)
{
    return node->kind == BP_NODE_PLAN || node->kind == BP_NODE_RULE ||
           node->kind == BP_NODE_SELECTION || node->kind == BP_NODE_ENTRY;
}

/* Settings whose text is free: tags and conditions. All others have a form that AWS checks. */
static bool
free_text(const bp_node *leaf)
{
    return leaf->setting != NULL && leaf->setting->type == BP_TYPE_STRING;
}

static size_t
find_text(bp_str text, size_t from, bp_str part)
{
    for (size_t i = from; i + part.size <= text.size; i++) {
        if (bp_str_equal(bp_str_cut(text, i, i + part.size), part)) {
            return i;
        }
    }
    return text.size;
}

static const struct {
    bp_str open;
    bp_str close; /* empty: up to the end of the text */
    bool closed;  /* without its end it is none */
} forms[] = {
    {{"${", 2}, {"}", 1}, false}, {{"{{", 2}, {"}}", 2}, false}, {{"%{", 2}, {"}", 1}, false},
    {{"<", 1}, {">", 1}, true},   {{"!Ref", 4}, {"", 0}, false}, {{"Fn::", 4}, {"", 0}, false},
};

/* Whether a placeholder begins at `at`; *end is behind it. `last` is the place of the last ">", so
 * that a text of many "<" is not searched for each of them. */
static bool
placeholder_at(bp_str text, size_t at, size_t last, size_t *end)
{
    bp_str rest = bp_str_cut(text, at, text.size);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (rest.at[0] != forms[i].open.at[0]) {
            continue;
        }
        if (!bp_str_starts(rest, forms[i].open) || (forms[i].closed && at >= last)) {
            continue;
        }
        size_t close = forms[i].close.size == 0
                           ? text.size
                           : find_text(text, at + forms[i].open.size, forms[i].close);
        if (forms[i].closed && close == at + 1) {
            continue;
        }
        *end = close == text.size ? close : close + forms[i].close.size;
        return true;
    }
    return false;
}

/* The length of an allowed form that stands at `at`; 0 if none does. */
static size_t
allowed_at(const bp_check_context *context, bp_str text, size_t at)
{
    if (context->manifest == NULL) {
        return 0;
    }
    bp_str rest = bp_str_cut(text, at, text.size);
    for (size_t i = 0; i < context->manifest->placeholders.count; i++) {
        bp_str form = context->manifest->placeholders.at[i];
        if (form.size > 0 && bp_str_starts(rest, form)) {
            return form.size;
        }
    }
    return 0;
}

/* Whether a text holds a byte with which some form begins; most do not. */
static bool
may_hold(bp_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (c == '$' || c == '{' || c == '%' || c == '<' || c == '!' || c == 'F') {
            return true;
        }
    }
    return false;
}

bool
bp_placeholder_find(const bp_check_context *context, bp_str text, size_t *start, size_t *end)
{
    if (!may_hold(text)) {
        return false;
    }
    size_t at = 0;
    size_t last = text.size;
    while (last > 0 && text.at[last - 1] != '>') {
        last--;
    }
    last = last > 0 ? last - 1 : 0;
    while (at < text.size) {
        size_t allowed = allowed_at(context, text, at);
        if (allowed == 0 && placeholder_at(text, at, last, end)) {
            *start = at;
            return true;
        }
        at += allowed > 0 ? allowed : 1;
    }
    return false;
}

bool
bp_name_says_later(bp_str text)
{
    static const bp_str words[] = {{"replaceme", 9}, {"replace", 7}, {"changeme", 8}, {"todo", 4}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        bp_str begin = bp_str_cut(text, 0, words[i].size);
        bool ends = text.size == words[i].size ||
                    !(text.size > words[i].size && text.at[words[i].size] >= 'a' &&
                      text.at[words[i].size] <= 'z');
        if (bp_str_equal_folded(begin, words[i]) && ends) {
            return true;
        }
    }
    return false;
}

static void
report_placeholder(const bp_place *place, bp_span span, bp_span uses, bp_str what, bool free)
{
    bp_diagnostics *list = place->context->diagnostics;
    bp_finding *finding = bp_report(
        list, "SYN012", span, "placeholder \"%.*s\" was left in; a policy is deployed as it stands",
        BP_ARG(bp_shown_text(place->context->arena, what)));
    if (free) {
        finding->aws = BP_AWS_ACCEPTS;
    }
    bp_text_finding(place, finding, uses);
    bp_finding_help(list, finding,
                    "fill it in, or name the form under placeholders in the manifest if a later "
                    "step does");
}

/* The name that a reference or text stands for. */
static bp_str
name_of(const bp_value *value)
{
    return value->reference != NULL ? value->reference->name : value->text;
}

static void
judge_value_placeholder(const bp_place *place, const bp_value *value)
{
    if (value == NULL || value->kind != BP_VALUE_TEXT) {
        return;
    }
    size_t start;
    size_t end;
    bool exact;
    bool free = free_text(place->node);
    if (bp_placeholder_find(place->context, value->text, &start, &end)) {
        bp_str what = bp_str_cut(value->text, start, end);
        report_placeholder(place, bp_span_within(place, value, what, &exact), value->uses, what,
                           free);
    } else if (!free && bp_name_says_later(name_of(value))) {
        bp_str what = name_of(value);
        report_placeholder(place, bp_span_within(place, value, what, &exact), value->uses, what,
                           false);
    }
}

/* Calls a function with every text value of a leaf. */
static void
each_value(const bp_place *place, void (*judge)(const bp_place *, const bp_value *))
{
    const bp_value *values[] = {place->node->assign, place->node->append, place->node->remove};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (values[i] == NULL) {
            continue;
        }
        judge(place, values[i]);
        for (size_t j = 0; j < values[i]->items.count; j++) {
            judge(place, values[i]->items.at[j]);
        }
    }
}

static void
judge_placeholders(const bp_place *place)
{
    size_t start;
    size_t end;
    const bp_node *node = place->node;
    if (node->kind == BP_NODE_LEAF) {
        each_value(place, judge_value_placeholder);
        return;
    }
    /* The key of a copy is told at its destination. */
    if (is_named(node) && bp_placeholder_find(place->context, node->key, &start, &end)) {
        report_placeholder(place, node->span, node->uses, bp_str_cut(node->key, start, end),
                           node->kind == BP_NODE_ENTRY);
    }
}

void
bp_check_placeholders(const bp_check_context *context)
{
    bp_each_node(context, judge_placeholders);
}

/* Bytes [*start, *end) of the account field of an ARN; false for other texts. */
static bool
account_field(bp_str text, size_t *start, size_t *end)
{
    if (!bp_str_starts(text, BP_STR("arn:"))) {
        return false;
    }
    size_t at = 0;
    for (int field = 0; field < 4; field++) {
        at += bp_str_find(bp_str_cut(text, at, text.size), ':') + 1;
        if (at >= text.size) {
            return false;
        }
    }
    *start = at;
    *end = at + bp_str_find(bp_str_cut(text, at, text.size), ':');
    return true;
}

/* The next $word from `at` on; a lone "$" counts unless the text is free. */
static bool
next_variable(bp_str text, bool free, size_t *at, size_t *end)
{
    for (size_t i = *at; i < text.size; i++) {
        if (text.at[i] != '$') {
            continue;
        }
        size_t word = i + 1;
        while (word < text.size && bp_is_alpha(text.at[word])) {
            word++;
        }
        if (word > i + 1 || !free) {
            *at = i;
            *end = word;
            return true;
        }
    }
    return false;
}

static bool
variable_fits(const bp_node *leaf, bp_str text, size_t at, size_t end)
{
    size_t start;
    size_t stop;
    bp_str word = bp_str_cut(text, at, end);
    if (bp_str_is(word, "$account")) {
        return account_field(text, &start, &stop) && at == start && end == stop;
    }
    return bp_str_is(word, "$region") && leaf->setting != NULL &&
           leaf->setting->type == BP_TYPE_AIR_GAPPED_ARN;
}

static void
report_variable(const bp_place *place, const bp_value *value, bp_str word, bool free)
{
    bp_diagnostics *list = place->context->diagnostics;
    bool exact;
    bp_span span = bp_span_within(place, value, word, &exact);
    const char *rule = "AWS replaces $account in the account field of an ARN and nothing else";
    if (bp_str_is(word, "$region")) {
        rule = "AWS replaces it in the air-gapped vault of a rule and nowhere else";
    } else if (bp_str_is(word, "$account")) {
        rule = "AWS replaces it in the account field of an ARN and nowhere else";
    }
    bp_finding *finding = bp_report(list, "SYN013", span, "variable \"%.*s\" here; %s",
                                    BP_ARG(bp_shown_text(place->context->arena, word)), rule);
    bp_text_finding(place, finding, value->uses);
    if (free) {
        finding->aws = BP_AWS_UNKNOWN;
    }
    if (bp_str_is(word, "$region")) {
        bp_finding_help(list, finding, "write one plan for each Region");
    }
}

static void
judge_value_variables(const bp_place *place, const bp_value *value)
{
    size_t at = 0;
    size_t end = 0;
    if (value == NULL || value->kind != BP_VALUE_TEXT ||
        bp_placeholder_find(place->context, value->text, &at, &end)) {
        return;
    }
    bool free = free_text(place->node);
    at = 0;
    while (next_variable(value->text, free, &at, &end)) {
        if (!variable_fits(place->node, value->text, at, end)) {
            report_variable(place, value, bp_str_cut(value->text, at, end), free);
            return;
        }
        at = end;
    }
}

static void
judge_variables(const bp_place *place)
{
    if (place->node->kind == BP_NODE_LEAF) {
        each_value(place, judge_value_variables);
    }
}

void
bp_check_variables(const bp_check_context *context)
{
    bp_each_node(context, judge_variables);
}
