/*
 * Building: instances to nodes, attributes in the order of settings.def, names in the order of
 * their declaration.
 *
 * A setting that was refused or did not type becomes a leaf with a hole, so that nothing follows
 * from its absence.
 */
#include "compiler/facts/facts.h"
#include "compiler/policy/elaborate.h"

typedef struct builder {
    bp_elab *elab;
    bp_str partition;
} builder;

/* The container of a fixed path below a node, made where it is missing. */
static bp_node *
container(builder *build, bp_node *node, bp_str path, const bp_node *origin)
{
    while (path.size > 0) {
        size_t end = bp_str_find(path, '/');
        bp_str key = bp_str_cut(path, 0, end);
        bp_node *child = bp_node_find(node, key);
        if (child == NULL) {
            child = bp_node_new(build->elab->arena, BP_NODE_CONTAINER, key, origin->span);
            child->uses = origin->uses;
            bp_node_add(node, child);
        }
        node = child;
        path = bp_str_cut(path, end + 1, path.size);
    }
    return node;
}

/* A leaf at a path below a node, its containers made. */
static bp_node *
add_leaf(builder *build, bp_node *node, const char *path, const bp_setting *row, bp_value *value)
{
    bp_str whole = bp_str_of(path);
    size_t slash = whole.size;
    while (slash > 0 && whole.at[slash - 1] != '/') {
        slash--;
    }
    bp_node *leaf = bp_node_new(build->elab->arena, BP_NODE_LEAF,
                                bp_str_cut(whole, slash, whole.size), value->span);
    leaf->uses = value->uses;
    leaf->setting = row;
    leaf->assign = value;
    bp_node *parent =
        slash == 0 ? node : container(build, node, bp_str_cut(whole, 0, slash - 1), leaf);
    bp_node_add(parent, leaf);
    return leaf;
}

/* One `{key, value}` entry of tags or conditions. */
static void
add_entry(builder *build, bp_node *parent, bp_ast_name name, bp_span uses,
          const char *const keys[2], bp_value *const values[2], const bp_setting *const rows[2])
{
    bp_node *entry = bp_node_new(build->elab->arena, BP_NODE_ENTRY, name.text, name.span);
    entry->uses = uses;
    bp_node_add(parent, entry);
    for (size_t i = 0; i < 2; i++) {
        add_leaf(build, entry, keys[i], rows[i], values[i]);
    }
}

static const bp_setting *
row_below(builder *build, const bp_setting *row, const char *rest)
{
    bp_str path = bp_str_format(build->elab->arena, "%s/%s", row->path, rest);
    return bp_setting_of_path(path, row->blocks);
}

static void
build_tags(builder *build, bp_node *node, const bp_typing *typing, const bp_chosen *chosen)
{
    static const char *const keys[2] = {"tag_key", "tag_value"};
    const bp_setting *rows[2] = {row_below(build, typing->row, "*/tag_key"),
                                 row_below(build, typing->row, "*/tag_value")};
    bp_expr expr = bp_resolve(typing, chosen->statement->value, chosen->env, false);
    bp_tag_values tags = {0};
    if (!bp_type_tags(typing, &expr, &tags)) {
        add_leaf(build, node, typing->row->path, typing->row, bp_value_hole(typing, &expr));
        return;
    }
    bp_node origin = {.span = typing->place, .uses = typing->uses};
    bp_node *parent = container(build, node, bp_str_of(typing->row->path), &origin);
    for (size_t i = 0; i < tags.count; i++) {
        bp_tag_value *tag = &tags.at[i];
        bp_value *key = bp_value_text(typing, &expr, tag->key.text);
        key->span = tag->key.span;
        bp_value *values[2] = {key, tag->value};
        add_entry(build, parent, tag->key, typing->uses, keys, values, rows);
    }
}

static void
report_same_condition(builder *build, const bp_expr *expr, const bp_condition *condition,
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

static void
build_conditions(builder *build, bp_node *node, const bp_typing *typing, const bp_chosen *chosen)
{
    static const char *const keys[2] = {"condition_key", "condition_value"};
    const bp_setting *rows[2] = {row_below(build, typing->row, "*/*/condition_key"),
                                 row_below(build, typing->row, "*/*/condition_value")};
    bp_exprs elements = {0};
    bp_node origin = {.span = typing->place, .uses = typing->uses};
    if (!bp_resolve_list(typing, chosen->statement->value, chosen->env, &elements)) {
        bp_expr whole = {.written = typing->place};
        add_leaf(build, node, typing->row->path, typing->row, bp_value_hole(typing, &whole));
        return;
    }
    bp_map *names = bp_map_new(build->elab->arena);
    bp_node *conditions = container(build, node, bp_str_of(typing->row->path), &origin);
    for (size_t i = 0; i < elements.count; i++) {
        bp_condition condition;
        if (!bp_type_condition(typing, &elements.at[i], &condition)) {
            continue;
        }
        bp_node *parent = container(build, conditions, condition.operator_word, &origin);
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

static bool
is_never(const bp_expr *expr)
{
    return expr->value != NULL && expr->value->kind == BP_AST_WORD &&
           bp_str_is(expr->value->text, "never");
}

/* A leaf with one value; `never` is a wish and no leaf. */
static void
build_scalar(builder *build, bp_node *node, const bp_typing *typing, const bp_chosen *chosen)
{
    bp_expr expr = bp_resolve(typing, chosen->statement->value, chosen->env, false);
    if (typing->row->type == BP_TYPE_DAYS && is_never(&expr)) {
        if (bp_str_ends(bp_str_of(typing->row->path), BP_STR("delete_after_days"))) {
            node->never = true;
            node->never_span = expr.value->span;
        }
        return;
    }
    bp_node *leaf =
        add_leaf(build, node, typing->row->path, typing->row, bp_type_expr(typing, &expr));
    leaf->span = typing->place;
}

static void
build_protects(bp_node *node, const bp_typing *typing, const bp_chosen *chosen)
{
    bp_value *list = bp_type_list(typing, chosen->statement->value, chosen->env);
    for (size_t i = 0; i < list->items.count; i++) {
        if (list->items.at[i]->kind == BP_VALUE_TEXT) {
            *bp_vec_add(typing->elab->arena, &node->protects) = list->items.at[i];
        }
    }
}

/* The leaf or leaves of a chosen setting. */
static void
build_setting(builder *build, bp_node *node, const bp_instance *instance, const bp_setting *row,
              const bp_chosen *chosen)
{
    bp_typing typing = bp_chosen_typing(build->elab, row, chosen);
    typing.partition = build->partition;
    if (chosen->bad) {
        if (row->path[0] != '\0') {
            bp_expr none = {.written = typing.place};
            add_leaf(build, node, row->path, row, bp_value_hole(&typing, &none));
        }
    } else if (row->type == BP_TYPE_PROTECTED) {
        build_protects(node, &typing, chosen);
    } else if (row->type == BP_TYPE_TAGS) {
        build_tags(build, node, &typing, chosen);
    } else if (row->type == BP_TYPE_CONDITION) {
        build_conditions(build, node, &typing, chosen);
    } else if (row->list) {
        bp_value *list = instance->regions != NULL && row->type == BP_TYPE_REGION
                             ? instance->regions
                             : bp_type_list(&typing, chosen->statement->value, chosen->env);
        add_leaf(build, node, row->path, row, list)->span = typing.place;
    } else {
        build_scalar(build, node, &typing, chosen);
    }
}

/* All settings of an instance whose rows lie in [from, to). */
static void
build_settings(builder *build, bp_node *node, const bp_instance *instance, size_t from, size_t to)
{
    size_t count = 0;
    const bp_setting *rows = bp_settings(&count);
    for (size_t i = from; i < to && i < count; i++) {
        if (instance->chosen[i].statement != NULL) {
            build_setting(build, node, instance, &rows[i], &instance->chosen[i]);
        }
    }
}

/* The index of the row of a path, where blocks take their place among the settings. */
static size_t
row_of(const char *path, unsigned block)
{
    size_t count = 0;
    return (size_t)(bp_setting_of_path(bp_str_of(path), block) - bp_settings(&count));
}

static bp_node *
new_block(builder *build, bp_node *parent, bp_node_kind kind, const bp_instance *instance,
          bp_str key)
{
    bp_node *node = bp_node_new(build->elab->arena, kind, key, instance->span);
    node->uses = instance->env->uses;
    node->holes = instance->holes;
    bp_node_add(parent, node);
    return node;
}

/* The destination, its partition filled in: known only now. */
static bp_value *
place_destination(builder *build, const bp_instance *copy)
{
    bp_value *value = copy->destination;
    const bp_reference *to = value->reference;
    if (to == NULL || to->literal) {
        return value;
    }
    bp_reference *placed = BP_NEW(build->elab->arena, bp_reference);
    *placed = *to;
    placed->partition = build->partition;
    value->text = bp_str_format(build->elab->arena, "arn:%.*s:backup:%.*s:%.*s:backup-vault:%.*s",
                                BP_ARG(build->partition), BP_ARG(to->region), BP_ARG(to->account),
                                BP_ARG(to->name));
    value->reference = placed;
    return value;
}

static void
build_copy(builder *build, bp_node *copies, const bp_instance *copy)
{
    size_t count = 0;
    bp_settings(&count);
    bp_value *to = place_destination(build, copy);
    bp_str key = to->text;
    if (to->kind != BP_VALUE_TEXT) {
        /* Any key that no other copy has: what it would be is not known. */
        key = bp_str_format(build->elab->arena, "%.*s at byte %u",
                            BP_ARG(bp_shown(build->elab, copy->span)), (unsigned)copy->span.start);
    }
    bp_node *node = new_block(build, copies, BP_NODE_COPY, copy, key);
    const bp_setting *row = bp_setting_of_path(BP_STR("target_backup_vault_arn"), BP_BLOCK_COPY);
    add_leaf(build, node, row->path, row, to);
    build_settings(build, node, copy, 0, count);
}

static void
build_rule(builder *build, bp_node *rules, const bp_instance *rule)
{
    size_t count = 0;
    bp_settings(&count);
    bp_node *node = new_block(build, rules, BP_NODE_RULE, rule, rule->name.text);
    size_t copies = row_of("copy_actions", BP_BLOCK_RULE);
    build_settings(build, node, rule, 0, copies);
    for (size_t i = 0; i < rule->children.count; i++) {
        build_copy(build, container(build, node, BP_STR("copy_actions"), node),
                   rule->children.at[i]);
    }
    build_settings(build, node, rule, copies, count);
}

static void
build_selection(builder *build, bp_node *plan, const bp_instance *select)
{
    size_t count = 0;
    bp_settings(&count);
    bool tags = select->blocks == BP_BLOCK_SELECT_TAGS;
    bp_node *parent = container(
        build, plan, tags ? BP_STR("selections/tags") : BP_STR("selections/resources"), plan);
    bp_node *node = new_block(build, parent, BP_NODE_SELECTION, select, select->name.text);
    build_settings(build, node, select, 0, count);
    bp_check_selection(build->elab, select);
}

static void
build_plan(builder *build, bp_node *plans, const bp_instance *plan)
{
    size_t count = 0;
    bp_settings(&count);
    bp_node *node = new_block(build, plans, BP_NODE_PLAN, plan, plan->name.text);
    size_t rules = row_of("rules", BP_BLOCK_PLAN);
    build_settings(build, node, plan, 0, rules);
    for (size_t i = 0; i < plan->children.count; i++) {
        if (plan->children.at[i]->kind == BP_AST_RULE) {
            build_rule(build, container(build, node, BP_STR("rules"), node), plan->children.at[i]);
        }
    }
    for (size_t i = 0; i < plan->children.count; i++) {
        if (plan->children.at[i]->kind == BP_AST_SELECT) {
            build_selection(build, node, plan->children.at[i]);
        }
    }
    build_settings(build, node, plan, rules, count);
    bp_check_scans(build->elab, plan);
}

/* Types the Regions of a plan ahead of all else. */
static void
type_regions(bp_elab *elab, bp_instance *plan)
{
    const bp_chosen *chosen = bp_instance_chosen(plan, "regions");
    if (chosen != NULL && !chosen->bad) {
        const bp_setting *row = bp_setting_find(BP_STR("regions"), BP_BLOCK_PLAN);
        bp_typing typing = bp_chosen_typing(elab, row, chosen);
        plan->regions = bp_type_list(&typing, chosen->statement->value, chosen->env);
    }
}

/* The partition of a policy's ARNs: the one that is given, else that of its first known Region. */
static bp_str
choose_partition(bp_elab *elab, const bp_instance *policy)
{
    if (elab->how->partition.size > 0) {
        return elab->how->partition;
    }
    for (size_t i = 0; i < policy->children.count; i++) {
        const bp_value *regions = policy->children.at[i]->regions;
        for (size_t j = 0; regions != NULL && j < regions->items.count; j++) {
            const bp_region *region = bp_region_find(regions->items.at[j]->text);
            if (region != NULL) {
                return bp_str_of(region->partition);
            }
        }
    }
    return BP_STR("aws");
}

bp_node *
bp_build_policy(bp_elab *elab, const bp_instance *policy)
{
    for (size_t i = 0; i < policy->children.count; i++) {
        type_regions(elab, policy->children.at[i]);
    }
    builder build = {elab, choose_partition(elab, policy)};
    bp_node *root = bp_node_new(elab->arena, BP_NODE_ROOT, (bp_str){"", 0}, policy->span);
    bp_node *plans = bp_node_new(elab->arena, BP_NODE_PLANS, BP_STR("plans"), policy->span);
    bp_node_add(root, plans);
    for (size_t i = 0; i < policy->children.count; i++) {
        build_plan(&build, plans, policy->children.at[i]);
    }
    return root;
}

void
bp_build_alone(bp_elab *elab, bp_instance *instance)
{
    builder build = {elab, BP_STR("aws")};
    bp_node *scratch = bp_node_new(elab->arena, BP_NODE_CONTAINER, (bp_str){"", 0}, instance->span);
    if (instance->kind == BP_AST_PLAN) {
        type_regions(elab, instance);
        build_plan(&build, scratch, instance);
    } else if (instance->kind == BP_AST_RULE) {
        build_rule(&build, scratch, instance);
    } else if (instance->kind == BP_AST_SELECT) {
        build_selection(&build, scratch, instance);
    } else if (instance->kind == BP_AST_COPY) {
        bp_expr none = {.written = instance->span};
        bp_typing typing = {.elab = elab, .want = BP_WANT_DESTINATION, .what = "\"copy to\""};
        instance->destination = bp_value_hole(&typing, &none);
        build_copy(&build, scratch, instance);
    }
}
