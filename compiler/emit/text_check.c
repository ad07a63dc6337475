/*
 * Active text: words of a user that a target would take for an instruction.
 *
 * CloudFormation resolves "{{resolve:…}}" wherever it stands in a template, and takes "Ref" and
 * "Fn::…" as keys for its own functions. "${…}" it expands in Fn::Sub alone, where no text of a
 * user ever stands.
 */
#include "compiler/emit/parts.h"

enum { VALUE_DEPTH = 64 };

static void
refuse(bp_emission *emission, bp_span span, const char *where, bp_str text, const char *why)
{
    bp_finding *finding = bp_report(emission->diagnostics, "OPS011", span, "%s holds \"%.*s\"; %s",
                                    where, BP_ARG(text), why);
    bp_finding_help(emission->diagnostics, finding, "write plain text");
    emission->good = false;
}

static void
check_text(bp_emission *emission, const char *where, bp_str text, bp_span span)
{
    if (bp_str_contains(text, BP_STR("{{resolve:"))) {
        refuse(emission, span, where, BP_STR("{{resolve:"),
               "CloudFormation would put a parameter or secret in its place");
    }
}

static bool
is_function(bp_str key)
{
    return bp_str_is(key, "Ref") || bp_str_starts(key, BP_STR("Fn::"));
}

static void
check_key(bp_emission *emission, const char *where, bp_str key, bp_span span)
{
    check_text(emission, where, key, span);
    if (is_function(key)) {
        refuse(emission, span, where, key, "CloudFormation would take it for a function");
    }
}

static void
check_tags(bp_emission *emission, const char *where, const bp_tags *tags, bool as_keys)
{
    for (size_t i = 0; i < tags->count; i++) {
        const bp_tag *tag = &tags->at[i];
        if (as_keys) {
            check_key(emission, where, tag->key, tag->span);
        } else {
            check_text(emission, where, tag->key, tag->span);
        }
        check_text(emission, where, tag->value, tag->span);
    }
}

/* Only the management template carries the document as an object, whose keys CloudFormation reads.
 */
static void
check_document_key(bp_emission *emission, bp_str key, bp_span span)
{
    if (bp_emission_has(emission, BP_TARGET_CLOUDFORMATION)) {
        check_key(emission, "the policy", key, span);
    } else {
        check_text(emission, "the policy", key, span);
    }
}

/* Raw JSON nests, no deeper than a source may. */
static void
check_value(bp_emission *emission, const bp_value *value, int depth)
{
    if (value == NULL || depth > VALUE_DEPTH) {
        return;
    }
    check_text(emission, "the policy", value->text, value->span);
    for (size_t i = 0; i < value->items.count; i++) {
        check_value(emission, value->items.at[i], depth + 1);
    }
    for (size_t i = 0; value->members != NULL && i < value->members->count; i++) {
        const bp_member *member = &value->members->at[i];
        check_document_key(emission, member->key, member->span);
        check_value(emission, member->value, depth + 1);
    }
}

static void
check_node(bp_emission *emission, const bp_node *node)
{
    check_document_key(emission, node->key, node->span);
    check_value(emission, node->assign, 0);
    check_value(emission, node->append, 0);
    check_value(emission, node->remove, 0);
    check_value(emission, node->plain, 0);
    check_value(emission, node->control.written, 0);
}

/* Walks a document without recursion: the tree knows its parents. */
static void
check_document(bp_emission *emission, const bp_node *root)
{
    const bp_node *node = root;
    while (node != NULL) {
        check_node(emission, node);
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node != root && node->next == NULL) {
            node = node->parent;
        }
        node = node == root ? NULL : node->next;
    }
}

static void
check_stack(bp_emission *emission, const bp_stack *stack)
{
    if (stack->kind == BP_STACK_ROLE) {
        const bp_role *role = stack->role;
        check_text(emission, "the path", role->path, role->span);
        check_text(emission, "the permissions boundary", role->permissions_boundary, role->span);
        check_tags(emission, "the tag", &role->tags, false);
        return;
    }
    const bp_vault *vault = stack->vault;
    check_text(emission, "the key", vault->key_arn, vault->encryption_span);
    check_tags(emission, "the tag", &vault->tags, true);
}

bool
bp_check_active_text(bp_emission *emission)
{
    for (size_t i = 0; i < emission->deployment->stacks.count; i++) {
        check_stack(emission, &emission->deployment->stacks.at[i]);
    }
    for (size_t i = 0; i < emission->deployment->policies.count; i++) {
        const bp_policy *policy = emission->deployment->policies.at[i].policy;
        check_text(emission, "the name", policy->name, policy->span);
        check_text(emission, "the description", policy->description, policy->description_span);
        check_tags(emission, "the tag", &policy->tags, false);
        check_document(emission, policy->document);
    }
    return emission->good;
}
