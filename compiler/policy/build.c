/*
 * Building: instances to nodes, attributes in the order of settings.def, names in the order of
 * their declaration.
 *
 * A setting that was refused or did not type becomes a leaf with a hole, so that nothing follows
 * from its absence.
 */
#include "compiler/facts/facts.h"
#include "compiler/policy/elaborate.h"

bp_node *
bp_build_container(bp_builder *build, bp_node *node, bp_str path, const bp_node *origin)
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

bp_node *
bp_build_leaf(bp_builder *build, bp_node *node, const bp_setting *row, bp_span span, bp_span uses)
{
    bp_str whole = bp_str_of(row->path);
    size_t slash = whole.size;
    while (slash > 0 && whole.at[slash - 1] != '/') {
        slash--;
    }
    bp_node *leaf =
        bp_node_new(build->elab->arena, BP_NODE_LEAF, bp_str_cut(whole, slash, whole.size), span);
    leaf->uses = uses;
    leaf->setting = row;
    bp_node *parent =
        slash == 0 ? node : bp_build_container(build, node, bp_str_cut(whole, 0, slash - 1), leaf);
    bp_node_add(parent, leaf);
    return leaf;
}

static bool
is_never(const bp_expr *expr)
{
    return expr->value != NULL && expr->value->kind == BP_AST_WORD &&
           bp_str_is(expr->value->text, "never");
}

/* The leaf of a setting, made by the first of its operators. */
static bp_node *
setting_leaf(bp_builder *build, bp_node *node, const bp_typing *typing)
{
    bp_node *leaf = bp_node_find_at(node, typing->row->path);
    return leaf != NULL ? leaf
                        : bp_build_leaf(build, node, typing->row, typing->place, typing->uses);
}

/* A leaf with one value; `never` is a wish and no leaf. */
static void
build_scalar(bp_builder *build, bp_node *node, const bp_typing *typing, const bp_chosen *chosen)
{
    bp_expr expr = bp_resolve(typing, chosen->statement->value, chosen->env, false);
    if (typing->row->type == BP_TYPE_DAYS && is_never(&expr)) {
        if (bp_str_ends(bp_str_of(typing->row->path), BP_STR("delete_after_days"))) {
            node->never = true;
            node->never_span = expr.value->span;
        }
        return;
    }
    setting_leaf(build, node, typing)->assign = bp_type_expr(typing, &expr);
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

static bp_value **
operator_of(bp_node *leaf, size_t index)
{
    return index == 0 ? &leaf->assign : index == 1 ? &leaf->append : &leaf->remove;
}

/* A list as written; AWS refuses one without an entry where it takes choices. */
static bp_value *
list_of(const bp_builder *build, const bp_typing *typing, const bp_chosen *chosen)
{
    bp_value *list = bp_type_list(typing, chosen->statement->value, chosen->env);
    if (typing->row->type == BP_TYPE_CHOICE && list->kind == BP_VALUE_LIST &&
        list->items.count == 0) {
        bp_str choices = bp_choice_list(build->elab->arena, typing->row->choices);
        (void)bp_fault(build->elab, "SYN020", list->span, chosen->env,
                       "empty list for %.*s; it takes %.*s", BP_ARG(bp_typing_name(typing)),
                       BP_ARG(choices));
    }
    return list;
}

/* The leaf or leaves that one operator of a setting makes. */
static void
build_value(bp_builder *build, bp_node *node, const bp_instance *instance, const bp_setting *row,
            size_t index)
{
    const bp_chosen *chosen = &instance->settings[bp_row_index(row)]->values[index];
    bp_typing typing = bp_chosen_typing(build->elab, row, chosen);
    typing.partition = build->partition;
    if (chosen->bad) {
        if (row->path[0] != '\0') {
            bp_expr none = {.written = typing.place};
            *operator_of(setting_leaf(build, node, &typing), row->operators ? index : 0) =
                bp_value_hole(&typing, &none);
        }
    } else if (row->type == BP_TYPE_PROTECTED) {
        build_protects(node, &typing, chosen);
    } else if (row->type == BP_TYPE_TAGS) {
        bp_build_tags(build, node, &typing, chosen);
    } else if (row->type == BP_TYPE_CONDITION) {
        bp_build_conditions(build, node, &typing, chosen);
    } else if (row->list) {
        bp_value *regions = row->type == BP_TYPE_REGION ? instance->regions[index] : NULL;
        *operator_of(setting_leaf(build, node, &typing), index) =
            regions != NULL ? regions : list_of(build, &typing, chosen);
    } else {
        build_scalar(build, node, &typing, chosen);
    }
}

static void
build_setting(bp_builder *build, bp_node *node, const bp_instance *instance, const bp_setting *row)
{
    const bp_setting_use *use = instance->settings[bp_row_index(row)];
    /* What is refused goes last: it is no value beside one that is good. */
    bool good = false;
    for (size_t i = 0; i < BP_OPERATORS; i++) {
        if (use->values[i].statement != NULL && (!use->values[i].bad || row->operators || !good)) {
            build_value(build, node, instance, row, i);
            good = true;
        }
    }
    if (use->control.statement != NULL) {
        bp_control_setting(build, node, row, &use->control);
    }
}

/* All settings of an instance whose rows lie in [from, to). */
static void
build_settings(bp_builder *build, bp_node *node, const bp_instance *instance, size_t from,
               size_t to)
{
    size_t count = 0;
    const bp_setting *rows = bp_settings(&count);
    for (size_t i = from; i < to && i < count; i++) {
        if (instance->settings[i] != NULL) {
            build_setting(build, node, instance, &rows[i]);
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

/* Notes the control of a block for its leaves, and sets that of its container. */
static void
open_controls(bp_builder *build, bp_node *node, const bp_instance *instance)
{
    if (instance->deep.written.may != 0) {
        *bp_vec_add(build->elab->arena, &build->spread) = (bp_spread){node, &instance->deep};
    }
    if (instance->here.written.may != 0) {
        bp_node *container =
            node->kind == BP_NODE_ROOT ? bp_node_find(node, BP_STR("plans")) : node;
        container->control = (bp_child_control){.may = instance->here.written.may,
                                                .span = instance->here.written.span};
    }
}

static bp_node *
new_block(bp_builder *build, bp_node *parent, bp_node_kind kind, const bp_instance *instance,
          bp_str key)
{
    bp_node *node = bp_node_new(build->elab->arena, kind, key, instance->span);
    node->uses = instance->env->uses;
    node->holes = instance->holes;
    node->extend = instance->extend;
    node->form_open = instance->form_open;
    bp_node_add(parent, node);
    open_controls(build, node, instance);
    return node;
}

/* The destination, its partition filled in: known only now. */
static bp_value *
place_destination(bp_builder *build, const bp_instance *copy)
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
build_copy(bp_builder *build, bp_node *copies, const bp_instance *copy)
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
    bp_node *leaf = bp_build_leaf(build, node, row, to->span, to->uses);
    leaf->assign = to;
    leaf->supplied = copy->extend;
    build_settings(build, node, copy, 0, count);
    bp_build_raws(build, node, copy);
}

static void
build_rule(bp_builder *build, bp_node *rules, const bp_instance *rule)
{
    size_t count = 0;
    bp_settings(&count);
    bp_node *node = new_block(build, rules, BP_NODE_RULE, rule, rule->name.text);
    size_t copies = row_of("copy_actions", BP_BLOCK_RULE);
    build_settings(build, node, rule, 0, copies);
    for (size_t i = 0; i < rule->children.count; i++) {
        build_copy(build, bp_build_container(build, node, BP_STR("copy_actions"), node),
                   rule->children.at[i]);
    }
    build_settings(build, node, rule, copies, count);
    bp_build_raws(build, node, rule);
}

static void
build_selection(bp_builder *build, bp_node *plan, const bp_instance *select)
{
    size_t count = 0;
    bp_settings(&count);
    bool tags = select->blocks == BP_BLOCK_SELECT_TAGS;
    bp_node *parent = bp_build_container(
        build, plan, tags ? BP_STR("selections/tags") : BP_STR("selections/resources"), plan);
    bp_node *node = new_block(build, parent, BP_NODE_SELECTION, select, select->name.text);
    build_settings(build, node, select, 0, count);
    bp_build_raws(build, node, select);
    *bp_vec_add(build->elab->arena, &build->whole) = (bp_whole){node, select};
}

static void
build_plan(bp_builder *build, bp_node *plans, const bp_instance *plan)
{
    size_t count = 0;
    bp_settings(&count);
    bp_node *node = new_block(build, plans, BP_NODE_PLAN, plan, plan->name.text);
    size_t rules = row_of("rules", BP_BLOCK_PLAN);
    build_settings(build, node, plan, 0, rules);
    for (size_t i = 0; i < plan->children.count; i++) {
        if (plan->children.at[i]->kind == BP_AST_RULE) {
            build_rule(build, bp_build_container(build, node, BP_STR("rules"), node),
                       plan->children.at[i]);
        }
    }
    for (size_t i = 0; i < plan->children.count; i++) {
        if (plan->children.at[i]->kind == BP_AST_SELECT) {
            build_selection(build, node, plan->children.at[i]);
        }
    }
    build_settings(build, node, plan, rules, count);
    bp_build_raws(build, node, plan);
    *bp_vec_add(build->elab->arena, &build->whole) = (bp_whole){node, plan};
}

/* Types the Regions of a plan ahead of all else. */
static void
type_regions(bp_elab *elab, bp_instance *plan)
{
    const bp_setting *row = bp_setting_find(BP_STR("regions"), BP_BLOCK_PLAN);
    const bp_setting_use *use = bp_instance_use(plan, "regions");
    for (size_t i = 0; use != NULL && i < BP_OPERATORS; i++) {
        const bp_chosen *chosen = &use->values[i];
        if (chosen->statement != NULL && !chosen->bad) {
            bp_typing typing = bp_chosen_typing(elab, row, chosen);
            plan->regions[i] = bp_type_list(&typing, chosen->statement->value, chosen->env);
        }
    }
}

static const bp_region *
first_region(const bp_facts *facts, const bp_instance *plan)
{
    for (size_t i = 0; i < BP_OPERATORS; i++) {
        const bp_value *regions = plan->regions[i];
        for (size_t j = 0; regions != NULL && j < regions->items.count; j++) {
            const bp_region *region = bp_region_find(facts, regions->items.at[j]->text);
            if (region != NULL) {
                return region;
            }
        }
    }
    return NULL;
}

/* The partition of a policy's ARNs: the one that is given, else that of its first known Region. */
static bp_str
choose_partition(bp_elab *elab, const bp_instance *policy)
{
    if (elab->how->partition.size > 0) {
        return elab->how->partition;
    }
    for (size_t i = 0; i < policy->children.count; i++) {
        const bp_region *region = first_region(elab->how->facts, policy->children.at[i]);
        if (region != NULL) {
            return bp_str_of(region->partition);
        }
    }
    return BP_STR("aws");
}

/* What can be said once a whole policy is built. */
static void
finish(bp_builder *build)
{
    for (size_t i = 0; i < build->whole.count; i++) {
        const bp_whole *whole = &build->whole.at[i];
        if (whole->instance->kind == BP_AST_SELECT) {
            bp_check_selection(build->elab, whole->instance, whole->node);
        } else {
            bp_check_scans(build->elab, whole->instance, whole->node);
        }
    }
    bp_control_spread(build);
}

bp_node *
bp_build_policy(bp_elab *elab, const bp_instance *policy)
{
    for (size_t i = 0; i < policy->children.count; i++) {
        type_regions(elab, policy->children.at[i]);
    }
    bp_builder build = {.elab = elab, .partition = choose_partition(elab, policy)};
    bp_node *root = bp_node_new(elab->arena, BP_NODE_ROOT, (bp_str){"", 0}, policy->span);
    bp_node *plans = bp_node_new(elab->arena, BP_NODE_PLANS, BP_STR("plans"), policy->span);
    bp_node_add(root, plans);
    open_controls(&build, root, policy);
    for (size_t i = 0; i < policy->children.count; i++) {
        build_plan(&build, plans, policy->children.at[i]);
    }
    bp_build_raws(&build, root, policy);
    finish(&build);
    return root;
}

void
bp_build_alone(bp_elab *elab, bp_instance *instance)
{
    bp_builder build = {.elab = elab, .partition = BP_STR("aws"), .lone = true};
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
    finish(&build);
}
