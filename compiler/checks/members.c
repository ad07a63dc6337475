/*
 * SYN004 of documents (INH013 where a plan further up may have them): members that must stand
 * together in one document, which AWS judges alone.
 *
 * In the language the elaboration tells what a block lacks, in the words of the language; only the
 * empty list of tag values is judged here for both.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"

/* Whether a member gives anything, a hole included. */
static bool
gives(const bp_node *node, const char *key)
{
    const bp_node *leaf = bp_node_child(node, key);
    return leaf != NULL && (leaf->assign != NULL || leaf->append != NULL || leaf->remove != NULL);
}

static bool
has_conditions(const bp_node *selection)
{
    for (const bp_node *group = bp_node_first(selection, "conditions"); group;
         group = group->next) {
        if (group->first != NULL || group->kind == BP_NODE_LEAF) {
            return true;
        }
    }
    return false;
}

/* The missing ones of two members, quoted; empty if both are there. */
static bp_str
missing_of(bp_arena *arena, const bp_node *node, const char *const members[2])
{
    bool first = gives(node, members[0]);
    bool second = gives(node, members[1]);
    if (first && second) {
        return BP_STR("");
    }
    return first || second ? bp_str_format(arena, "\"%s\"", members[first ? 1 : 0])
                           : bp_str_format(arena, "\"%s\" and \"%s\"", members[0], members[1]);
}

static void
judge_pair(const bp_place *place, const char *what, const char *const members[2],
           bp_verdict verdict)
{
    bp_str missing = missing_of(place->context->arena, place->node, members);
    if (missing.size == 0) {
        return;
    }
    bp_finding *finding =
        bp_report(place->context->diagnostics, bp_lacking_code(place, "SYN004"), place->node->span,
                  "the %s \"%.*s\" lacks %.*s; it takes both, in one document", what,
                  BP_ARG(place->node->key), BP_ARG(missing));
    finding->aws = verdict;
    bp_lacking_note(place, finding);
    bp_text_finding(place, finding, place->node->uses);
}

static void
judge_resources(const bp_place *place)
{
    if (gives(place->node, "resource_types") || has_conditions(place->node)) {
        return;
    }
    bp_finding *finding =
        bp_report(place->context->diagnostics, bp_lacking_code(place, "SYN004"), place->node->span,
                  "the selection \"%.*s\" selects nothing; it takes \"resource_types\" or "
                  "\"conditions\", in one document",
                  BP_ARG(place->node->key));
    bp_lacking_note(place, finding);
    bp_text_finding(place, finding, place->node->uses);
}

static void
judge_selection(const bp_place *place)
{
    static const char *const members[2] = {"tag_key", "tag_value"};
    const bp_value *values = bp_node_value(place->node, "tag_value");
    bool tags = bp_node_is_tags(place->node);
    if (tags && values != NULL && values->kind == BP_VALUE_LIST && values->items.count == 0) {
        bp_finding *finding = bp_report(place->context->diagnostics, "SYN004", values->span,
                                        "empty list of tag values; a selection names at least one");
        bp_text_finding(place, finding, values->uses);
    }
    if ((!place->policy->from_json && !place->node->raw) || place->node->holes) {
        return;
    }
    if (tags) {
        judge_pair(place, "selection", members, BP_AWS_REJECTS);
    } else {
        judge_resources(place);
    }
}

static bool
is_condition(const bp_node *entry)
{
    return entry->parent->parent != NULL &&
           bp_str_equal_folded(entry->parent->parent->key, BP_STR("conditions"));
}

static bool
is_hole(const bp_node *node)
{
    for (const bp_node *child = node->first; child != NULL; child = child->next) {
        if (child->setting == NULL && child->kind == BP_NODE_LEAF) {
            return true;
        }
    }
    return false;
}

static void
judge_entry(const bp_place *place)
{
    static const char *const tag[2] = {"tag_key", "tag_value"};
    static const char *const condition[2] = {"condition_key", "condition_value"};
    static const char *const scan[2] = {"resource_types", "scanner_role_arn"};
    const bp_node *node = place->node;
    if ((!place->policy->from_json && !node->raw) || is_hole(node)) {
        return;
    }
    if (node->kind == BP_NODE_ENTRY) {
        bool of_condition = is_condition(node);
        judge_pair(place, of_condition ? "condition" : "tag", of_condition ? condition : tag,
                   BP_AWS_REJECTS);
    } else if (node->kind == BP_NODE_CONTAINER && node->first != NULL &&
               bp_str_is(node->parent->key, "scan_settings")) {
        judge_pair(place, "scanner", scan, BP_AWS_UNKNOWN);
    }
}

void
bp_check_members(const bp_check_context *context)
{
    bp_each_selection(context, judge_selection);
    bp_each_node(context, judge_entry);
}
