/*
 * Building settings of several leaves: tags and conditions, an entry for each name.
 *
 * A map that names nothing writes nothing: no empty container. What did not type leaves a hole at
 * the place of the container.
 */
#include "compiler/policy/elaborate.h"

/* The hole of a map that did not type. */
static void
add_hole(bp_builder *build, bp_node *node, const bp_typing *typing, const bp_expr *expr)
{
    bp_node *leaf = bp_build_leaf(build, node, typing->row, typing->place, typing->uses);
    leaf->assign = bp_value_hole(typing, expr);
}

/* One `{key, value}` entry of tags or conditions. */
static void
add_entry(bp_builder *build, bp_node *parent, bp_ast_name name, bp_span uses,
          const char *const keys[2], bp_value *const values[2], const bp_setting *const rows[2])
{
    bp_node *entry = bp_node_new(build->elab->arena, BP_NODE_ENTRY, name.text, name.span);
    entry->uses = uses;
    bp_node_add(parent, entry);
    for (size_t i = 0; i < 2; i++) {
        bp_str key = bp_str_of(keys[i]);
        bp_node *leaf = bp_node_new(build->elab->arena, BP_NODE_LEAF, key, values[i]->span);
        leaf->uses = values[i]->uses;
        leaf->setting = rows[i];
        leaf->assign = values[i];
        bp_node_add(entry, leaf);
    }
}

static const bp_setting *
row_below(bp_builder *build, const bp_setting *row, const char *rest)
{
    bp_str path = bp_str_format(build->elab->arena, "%s/%s", row->path, rest);
    return bp_setting_of_path(path, row->blocks);
}

void
bp_build_tags(bp_builder *build, bp_node *node, const bp_typing *typing, const bp_chosen *chosen)
{
    static const char *const keys[2] = {"tag_key", "tag_value"};
    const bp_setting *rows[2] = {row_below(build, typing->row, "*/tag_key"),
                                 row_below(build, typing->row, "*/tag_value")};
    bp_expr expr = bp_resolve(typing, chosen->statement->value, chosen->env, false);
    bp_tag_values tags = {0};
    if (!bp_type_tags(typing, &expr, &tags)) {
        add_hole(build, node, typing, &expr);
        return;
    }
    bp_node origin = {.span = typing->place, .uses = typing->uses};
    for (size_t i = 0; i < tags.count; i++) {
        bp_node *parent = bp_build_container(build, node, bp_str_of(typing->row->path), &origin);
        bp_tag_value *tag = &tags.at[i];
        bp_value *key = bp_value_text(typing, &expr, tag->key.text);
        key->span = tag->key.span;
        bp_value *values[2] = {key, tag->value};
        add_entry(build, parent, tag->key, typing->uses, keys, values, rows);
    }
}

static void
report_same_condition(bp_builder *build, const bp_expr *expr, const bp_condition *condition,
                      const bp_node *first)
{
    bp_elab *elab = build->elab;
    bool folded = !bp_str_equal(first->key, condition->name);
    bp_finding *finding =
        bp_fault(elab, folded ? "SYN008" : "SYN007", condition->name_span, expr->env,
                 folded ? "the condition \"%.*s\" differs from another only in letter case"
                        : "two conditions of one operator are called \"%.*s\"",
                 BP_ARG(condition->name));
    bp_finding_label(elab->diagnostics, finding, first->span, "the other one");
    bp_finding_help(elab->diagnostics, finding, "give one of them a name: \"...\"");
}

void
bp_build_conditions(bp_builder *build, bp_node *node, const bp_typing *typing,
                    const bp_chosen *chosen)
{
    static const char *const keys[2] = {"condition_key", "condition_value"};
    const bp_setting *rows[2] = {row_below(build, typing->row, "*/*/condition_key"),
                                 row_below(build, typing->row, "*/*/condition_value")};
    bp_exprs elements = {0};
    bp_node origin = {.span = typing->place, .uses = typing->uses};
    if (!bp_resolve_list(typing, chosen->statement->value, chosen->env, &elements)) {
        bp_expr whole = {.written = typing->place};
        add_hole(build, node, typing, &whole);
        return;
    }
    bp_map *names = bp_map_new(build->elab->arena);
    for (size_t i = 0; i < elements.count; i++) {
        bp_node *conditions =
            bp_build_container(build, node, bp_str_of(typing->row->path), &origin);
        bp_condition condition;
        if (!bp_type_condition(typing, &elements.at[i], &condition)) {
            continue;
        }
        bp_node *parent = bp_build_container(build, conditions, condition.operator_word, &origin);
        bp_str key = bp_str_format(build->elab->arena, "%.*s/%.*s", BP_ARG(condition.operator_word),
                                   BP_ARG(bp_str_fold(build->elab->arena, condition.name)));
        bp_node *first = bp_map_get(names, key);
        if (first != NULL) {
            report_same_condition(build, &elements.at[i], &condition, first);
            continue;
        }
        bp_ast_name name = {condition.name, condition.name_span};
        bp_value *values[2] = {condition.key, condition.value};
        add_entry(build, parent, name, typing->uses, keys, values, rows);
        bp_map_set(names, key, parent->last);
    }
}
