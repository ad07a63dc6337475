/*
 * NAM: names that a document gives by itself: labels (NAM003) and tags (NAM010).
 *
 * Names of vaults and of policies, and plan names that meet, are judged where the organization is.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"
#include "compiler/facts/facts.h"
#include "lib/unicode.h"

static bool
is_condition(const bp_node *node)
{
    return node->kind == BP_NODE_ENTRY && node->parent != NULL && node->parent->parent != NULL &&
           bp_str_equal_folded(node->parent->parent->key, BP_STR("conditions"));
}

static const char *
label_of(const bp_node *node)
{
    switch (node->kind) {
    case BP_NODE_PLAN:
        return "plan";
    case BP_NODE_RULE:
        return "rule";
    case BP_NODE_SELECTION:
        return "selection";
    case BP_NODE_ENTRY:
        return is_condition(node) ? "condition" : NULL;
    case BP_NODE_ROOT:
    case BP_NODE_PLANS:
    case BP_NODE_COPY:
    case BP_NODE_CONTAINER:
    case BP_NODE_LEAF:
        return NULL;
    }
    return NULL;
}

/* The first character that a label cannot hold; its bytes. False if all fit. */
static bool
odd_character(bp_str name, bp_str *character)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        if (bp_is_alnum(c) || c == '_' || c == '.' || c == '-') {
            continue;
        }
        uint32_t code;
        size_t size = bp_utf8_next(name, i, &code);
        *character = bp_str_cut(name, i, i + (size > 0 ? size : 1));
        return true;
    }
    return false;
}

/* What is seen; empty if the name is good. */
static bp_str
label_fault(const bp_check_context *context, const char *thing, bp_str name)
{
    bp_arena *arena = context->arena;
    bp_str odd;
    size_t length = bp_str_characters(name);
    int64_t most = bp_quota_find(context->facts, "NAME_PLAN")->value;
    if (name.size == 0) {
        return bp_str_format(arena, "empty %s name", thing);
    }
    if ((int64_t)length > most) {
        return bp_str_format(arena, "%s name of %zu characters", thing, length);
    }
    if (odd_character(name, &odd)) {
        return bp_str_is(odd, " ")
                   ? bp_str_format(arena, "%s name \"%.*s\" holds a blank", thing, BP_ARG(name))
                   : bp_str_format(arena, "%s name \"%.*s\" holds \"%.*s\"", thing, BP_ARG(name),
                                   BP_ARG(odd));
    }
    return (bp_str){NULL, 0};
}

/* Offers the name with "-" for its blanks, if that alone makes it good. */
static void
offer_hyphens(const bp_place *place, bp_finding *finding, bp_str name)
{
    bp_arena *arena = place->context->arena;
    bp_buf text = {.arena = arena};
    bp_buf_add_char(&text, '"');
    for (size_t i = 0; i < name.size; i++) {
        bp_buf_add_char(&text, name.at[i] == ' ' ? '-' : name.at[i]);
    }
    bp_str plain = bp_str_cut(bp_buf_text(&text), 1, text.size);
    if (bp_str_equal(plain, name) || label_fault(place->context, "", plain).size > 0) {
        return;
    }
    bp_buf_add_char(&text, '"');
    bp_finding_fix(place->context->diagnostics, finding, false, finding->span, bp_buf_text(&text),
                   "replace with %.*s", BP_ARG(bp_buf_text(&text)));
}

static void
judge_label(const bp_place *place)
{
    const bp_node *node = place->node;
    const char *thing = label_of(node);
    size_t start;
    size_t end;
    if (thing == NULL || bp_placeholder_find(place->context, node->key, &start, &end)) {
        return;
    }
    bp_str fault = label_fault(place->context, thing, node->key);
    if (fault.size == 0) {
        return;
    }
    bp_finding *finding =
        bp_report(place->context->diagnostics, "NAM003", node->span,
                  "%.*s; a name is 1 to 50 letters, digits, \"_\", \".\" and \"-\"", BP_ARG(fault));
    if (node->kind != BP_NODE_PLAN) {
        finding->aws = BP_AWS_UNKNOWN;
    }
    bp_text_finding(place, finding, node->uses);
    offer_hyphens(place, finding, node->key);
}

void
bp_check_labels(const bp_check_context *context)
{
    bp_each_node(context, judge_label);
}

static bool
under(const bp_node *node, const char *container)
{
    return node->parent != NULL && bp_str_equal_folded(node->parent->key, bp_str_of(container));
}

static void
report_tag(const bp_place *place, const bp_value *value, bp_verdict verdict, bp_severity severity,
           bp_str message)
{
    bp_finding *finding =
        bp_report(place->context->diagnostics, "NAM010", value->span, "%.*s", BP_ARG(message));
    finding->aws = verdict;
    finding->severity = severity;
    bp_text_finding(place, finding, value->uses);
}

static void
judge_tag_key(const bp_place *place, const bp_value *key, bp_verdict verdict)
{
    bp_arena *arena = place->context->arena;
    int64_t most = bp_quota_find(place->context->facts, "TAG_KEY")->value;
    size_t length = bp_str_characters(key->text);
    bp_str folded = bp_str_fold(arena, bp_str_cut(key->text, 0, 4));
    if (key->unquoted) {
        report_tag(place, key, verdict, BP_ERROR,
                   bp_str_format(arena, "tag key %.*s without quotes; a tag key is a text",
                                 BP_ARG(key->text)));
    } else if (length == 0) {
        report_tag(
            place, key, verdict, BP_ERROR,
            bp_str_format(arena, "empty tag key; a key has 1 to %lld characters", (long long)most));
    } else if ((int64_t)length > most) {
        report_tag(place, key, verdict, BP_ERROR,
                   bp_str_format(arena, "tag key of %zu characters; a key has 1 to %lld", length,
                                 (long long)most));
    } else if (bp_str_is(folded, "aws:")) {
        report_tag(place, key, BP_AWS_UNKNOWN, BP_ERROR,
                   bp_str_format(arena,
                                 "tag key \"%.*s\" begins with \"aws:\"; AWS keeps such keys "
                                 "for itself",
                                 BP_ARG(key->text)));
    } else if (!bp_str_equal_folded(key->text, place->node->key)) {
        report_tag(place, key, verdict, BP_ERROR,
                   bp_str_format(arena,
                                 "tag key \"%.*s\" under the identifier \"%.*s\"; the two must "
                                 "be the same word",
                                 BP_ARG(key->text), BP_ARG(place->node->key)));
    }
}

static void
judge_tag(const bp_place *place)
{
    const bp_node *node = place->node;
    bool of_plan = under(node, "backup_plan_tags");
    if (node->kind != BP_NODE_ENTRY || (!of_plan && !under(node, "recovery_point_tags"))) {
        return;
    }
    bp_verdict verdict = of_plan ? BP_AWS_REJECTS : BP_AWS_UNKNOWN;
    const bp_value *key = bp_node_value(node, "tag_key");
    const bp_value *value = bp_node_value(node, "tag_value");
    if (key != NULL && key->kind == BP_VALUE_TEXT) {
        judge_tag_key(place, key, verdict);
    }
    int64_t most = bp_quota_find(place->context->facts, "TAG_VALUE")->value;
    if (value != NULL && value->kind == BP_VALUE_TEXT &&
        (int64_t)bp_str_characters(value->text) > most) {
        report_tag(place, value, BP_AWS_UNKNOWN, BP_WARNING,
                   bp_str_format(place->context->arena,
                                 "tag value of %zu characters; tags of AWS have %lld at most",
                                 bp_str_characters(value->text), (long long)most));
    }
}

/* The key of a selection: any key that a tag can have, whatever the selection is called. */
static void
judge_selected_key(const bp_place *place)
{
    const bp_value *key = bp_node_value(place->node, "tag_key");
    int64_t most = bp_quota_find(place->context->facts, "TAG_KEY")->value;
    if (!bp_node_is_tags(place->node) || key == NULL || key->kind != BP_VALUE_TEXT) {
        return;
    }
    size_t length = bp_str_characters(key->text);
    if (length == 0 || (int64_t)length > most) {
        report_tag(place, key, BP_AWS_REJECTS, BP_ERROR,
                   bp_str_format(place->context->arena,
                                 "tag key of %zu characters; a key has 1 to %lld", length,
                                 (long long)most));
    }
}

void
bp_check_tag_forms(const bp_check_context *context)
{
    bp_each_node(context, judge_tag);
    bp_each_selection(context, judge_selected_key);
}
