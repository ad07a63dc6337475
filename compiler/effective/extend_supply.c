/*
 * Members that AWS demands in the document of an extending block, taken from what it inherits.
 *
 * A supplied leaf is marked, carries no child control, and keeps the place where the value was
 * written. Where targets inherit different values, or none, the author has to write one (INH013).
 */
#include "compiler/effective/extend_parts.h"

#include "compiler/facts/facts.h"

static const char cold_path[] = "lifecycle/move_to_cold_storage_after_days";
static const char gone_path[] = "lifecycle/delete_after_days";
static const char archive_path[] = "lifecycle/opt_in_to_archive_for_supported_resources";

/* Whether a value operator of a leaf is used, or it is a hole. */
static bool
gives(const bp_node *block, const char *path)
{
    const bp_node *leaf = bp_node_at(block, path);
    return leaf != NULL && (leaf->assign != NULL || leaf->append != NULL || leaf->remove != NULL ||
                            leaf->setting == NULL);
}

static bool
is_on(const bp_node *block, const char *path)
{
    bp_str text;
    return bp_node_text(block, path, &text) && bp_str_is(text, "true");
}

static bool
same_items(const bp_merged *a, const bp_merged *b)
{
    if (a->list != b->list || a->items.count != b->items.count) {
        return false;
    }
    for (size_t i = 0; i < a->items.count; i++) {
        if (!bp_str_equal(a->items.at[i].value->text, b->items.at[i].value->text)) {
            return false;
        }
    }
    return true;
}

/* What all targets inherit at a path, alike. NULL: one lacks it, does not know it, or differs,
 * which *why says. */
static bp_merged *
common(bp_extender *x, const bp_inherited_list *from, const char *path, const char **why)
{
    bp_merged *first = NULL;
    for (size_t i = 0; i < from->count; i++) {
        bp_merged *node = bp_merged_at(&x->merger, from->at[i].node, path);
        if (node != NULL) {
            bp_merged_open(&x->merger, node);
        }
        if (node == NULL || !node->has_value) {
            *why = "the inherited one has none";
            return NULL;
        }
        if (node->hole) {
            *why = "the inherited value is not known";
            return NULL;
        }
        if (first != NULL && !same_items(first, node)) {
            *why = "its targets inherit different values";
            return NULL;
        }
        first = node;
    }
    *why = first == NULL ? "nothing is inherited" : NULL;
    return first;
}

static bp_value *
value_of(bp_extender *x, const bp_merged *node)
{
    bp_value *value = BP_NEW(x->arena, bp_value);
    *value = *node->whole.value;
    if (!node->list) {
        return value;
    }
    value->kind = BP_VALUE_LIST;
    value->items.at = NULL;
    value->items.count = value->items.room = 0;
    for (size_t i = 0; i < node->items.count; i++) {
        bp_value *item = BP_NEW(x->arena, bp_value);
        *item = *node->items.at[i].value;
        *bp_vec_add(x->arena, &value->items) = item;
    }
    return value;
}

/* Puts the value at a path of a block, making what lies between. */
static void
put(bp_extender *x, bp_node *block, const char *path, const bp_merged *inherited)
{
    bp_str rest = bp_str_of(path);
    bp_node *node = block;
    for (;;) {
        size_t end = bp_str_find(rest, '/');
        bp_str key = bp_str_cut(rest, 0, end);
        bp_node *next = bp_node_find(node, key);
        bool leaf = end == rest.size;
        if (next == NULL) {
            bool entry =
                !leaf && node->parent != NULL && bp_str_is(node->parent->key, "conditions");
            bp_node_kind kind = leaf ? BP_NODE_LEAF : entry ? BP_NODE_ENTRY : BP_NODE_CONTAINER;
            next = bp_node_new(x->arena, kind, key, block->span);
            next->uses = block->uses;
            bp_node_add(node, next);
        }
        node = next;
        if (leaf) {
            break;
        }
        rest = bp_str_cut(rest, end + 1, rest.size);
    }
    node->setting = inherited->first.node->setting;
    node->assign = value_of(x, inherited);
    node->supplied = true;
}

static void
refuse(bp_extender *x, bp_node *block, bp_span span, const char *what, const char *setting,
       const char *why)
{
    bp_finding *finding =
        bp_report(x->diagnostics, "INH013", span,
                  "%s without %s; AWS judges every policy by itself", what, setting);
    bp_finding_scope(x->diagnostics, finding,
                     bp_node_scope(x->arena, x->bound->policy->name, block));
    if (bp_span_exists(block->uses)) {
        bp_finding_label(x->diagnostics, finding, block->uses, "used here");
    }
    bp_finding_note(x->diagnostics, finding, "it cannot be supplied: %s", why);
    bp_finding_help(x->diagnostics, finding, "write %s here", setting);
    block->holes = true;
}

/* Supplies one member; false if it cannot be, which is told. */
static bool
supply(bp_extender *x, bp_node *block, const bp_inherited_list *from, const char *path,
       const char *what, const char *setting)
{
    const char *why = NULL;
    if (gives(block, path) || block->holes) {
        return true;
    }
    const bp_merged *inherited = common(x, from, path, &why);
    if (inherited == NULL) {
        refuse(x, block, block->span, what, setting, why);
        return false;
    }
    put(x, block, path, inherited);
    return true;
}

/* `continuous = on` demands a retention of its own. */
static void
supply_continuous(bp_extender *x, bp_node *rule, const bp_inherited_list *from)
{
    const char *why = NULL;
    int64_t days = 0;
    if (!is_on(rule, "enable_continuous_backup") || gives(rule, gone_path) || rule->holes ||
        rule->never) {
        return;
    }
    const bp_value *on = bp_node_value(rule, "enable_continuous_backup");
    int64_t most = bp_quota_find(x->model->facts, "CONTINUOUS_DAYS")->value;
    const bp_merged *inherited = common(x, from, gone_path, &why);
    if (inherited != NULL &&
        (inherited->list || inherited->items.count != 1 ||
         !bp_str_number(inherited->items.at[0].value->text, &days) || days > most)) {
        why = "the inherited retention is longer than 35 days";
        inherited = NULL;
    }
    if (inherited == NULL) {
        refuse(x, rule, on->span, "continuous backup", "delete_after of 35d or less", why);
        return;
    }
    put(x, rule, gone_path, inherited);
}

static bool
number_at(const bp_node *block, const char *path, int64_t *days)
{
    return bp_node_number(block, path, days);
}

/* `archive = on` of a rule or copy demands its days, and the schedule of the rule. */
static void
supply_archive(bp_extender *x, bp_node *rule, bp_node *block, const bp_inherited_list *of_rule,
               const bp_inherited_list *of_block)
{
    int64_t cold = 0;
    int64_t gone = 0;
    if (!is_on(block, archive_path) || block->holes || block->never) {
        return;
    }
    if (!supply(x, block, of_block, cold_path, "archive", "cold_after") ||
        !supply(x, block, of_block, gone_path, "archive", "delete_after") ||
        !supply(x, rule, of_rule, "schedule_expression", "archive", "a schedule")) {
        return;
    }
    const bp_node *days = bp_node_at(block, cold_path);
    const bp_node *end = bp_node_at(block, gone_path);
    if (number_at(block, cold_path, &cold) && number_at(block, gone_path, &gone) &&
        (days->supplied || end->supplied) &&
        gone - cold < bp_quota_find(x->model->facts, "COLD_GAP")->value) {
        refuse(x, block, bp_node_value(block, archive_path)->span, "archive",
               days->supplied ? "cold_after" : "delete_after",
               "with the inherited days the two are less than 90 days apart");
    }
}

/* `delete_after = never` cannot take away what is inherited. */
static void
judge_never(bp_extender *x, bp_node *block, const bp_inherited_list *from)
{
    for (size_t i = 0; block->never && i < from->count; i++) {
        bp_merged *node = bp_merged_at(&x->merger, from->at[i].node, gone_path);
        if (node == NULL) {
            continue;
        }
        bp_merged_open(&x->merger, node);
        if (!node->has_value) {
            continue;
        }
        bp_finding *finding = bp_report(
            x->diagnostics, "INH003", block->never_span,
            "delete_after = never where a retention is inherited; a policy further down cannot "
            "take a value away");
        bp_finding_scope(x->diagnostics, finding,
                         bp_node_scope(x->arena, x->bound->policy->name, block));
        bp_finding_label(x->diagnostics, finding, node->whole.value->span, "inherited from here");
        bp_finding_help(x->diagnostics, finding, "write a long retention instead");
        return;
    }
}

void
bp_supply_rule(bp_extender *x, bp_node *rule, const bp_inherited_list *from)
{
    judge_never(x, rule, from);
    supply_continuous(x, rule, from);
    supply_archive(x, rule, rule, from, from);
    bp_inherited_list all = bp_inherited_at(x, from, BP_STR("copy_actions"));
    bp_node *copies = bp_node_find(rule, BP_STR("copy_actions"));
    for (bp_node *copy = copies == NULL ? NULL : copies->first; copy != NULL; copy = copy->next) {
        if (copy->kind == BP_NODE_COPY && !copy->holes) {
            bp_inherited_list own = bp_inherited_at(x, &all, copy->key);
            if (copy->extend) {
                judge_never(x, copy, &own);
                supply_archive(x, rule, copy, from, &own);
            } else if (is_on(copy, archive_path)) {
                (void)supply(x, rule, from, "schedule_expression", "archive of a copy",
                             "a schedule");
            }
        }
    }
}

/* Copies the inherited conditions, which all targets must have alike. */
static bool
supply_conditions(bp_extender *x, bp_node *selection, const bp_inherited_list *from)
{
    bp_inherited_list all = bp_inherited_at(x, from, BP_STR("conditions"));
    bp_buf first = {.arena = x->arena};
    for (size_t i = 0; i < all.count; i++) {
        bp_buf text = {.arena = x->arena};
        if (!bp_merged_holds(&x->merger, all.at[i].node)) {
            return false;
        }
        bp_merged_write(&x->merger, all.at[i].node, BP_STR(""), 0, &text);
        if (i == 0) {
            first = text;
        } else if (!bp_str_equal(bp_buf_text(&first), bp_buf_text(&text))) {
            return false;
        }
    }
    bp_merged *node = all.count > 0 ? all.at[0].node : NULL;
    for (size_t g = 0; node != NULL && g < node->kids.count; g++) {
        bp_merged *group = node->kids.at[g];
        bp_merged_open(&x->merger, group);
        for (size_t e = 0; e < group->kids.count; e++) {
            bp_merged *entry = group->kids.at[e];
            bp_merged_open(&x->merger, entry);
            for (size_t l = 0; l < entry->kids.count; l++) {
                bp_merged *leaf = entry->kids.at[l];
                bp_merged_open(&x->merger, leaf);
                bp_str path = bp_str_format(
                    x->arena, "conditions/%.*s/%.*s/%.*s", BP_ARG(group->first.node->key),
                    BP_ARG(entry->first.node->key), BP_ARG(leaf->first.node->key));
                if (leaf->has_value) {
                    put(x, selection, bp_str_c(x->arena, path), leaf);
                }
            }
        }
    }
    return node != NULL;
}

void
bp_supply_selection(bp_extender *x, bp_node *selection, const bp_inherited_list *from)
{
    const char *why = NULL;
    if (selection->holes) {
        return;
    }
    if (bp_node_is_tags(selection)) {
        if (supply(x, selection, from, "tag_key", "tag selection", "tag_key")) {
            (void)supply(x, selection, from, "tag_value", "tag selection", "tag_values");
        }
        return;
    }
    if (gives(selection, "resource_types") || bp_node_first(selection, "conditions") != NULL) {
        return;
    }
    const bp_merged *types = common(x, from, "resource_types", &why);
    if (types != NULL) {
        put(x, selection, "resource_types", types);
    } else if (!supply_conditions(x, selection, from)) {
        refuse(x, selection, selection->span, "resource selection", "resource_types or where", why);
    }
}

void
bp_supply_plan(bp_extender *x, bp_node *plan, const bp_inherited_list *from)
{
    bp_node *settings = bp_node_find(plan, BP_STR("scan_settings"));
    for (bp_node *scanner = settings == NULL ? NULL : settings->first; scanner != NULL;
         scanner = scanner->next) {
        bp_str path = bp_str_format(x->arena, "scan_settings/%.*s", BP_ARG(scanner->key));
        bp_inherited_list own = bp_inherited_path(x, from, bp_str_c(x->arena, path));
        if (gives(scanner, "resource_types") || gives(scanner, "scanner_role_arn")) {
            (void)supply(x, scanner, &own, "resource_types", "scan_role", "scan_types");
            (void)supply(x, scanner, &own, "scanner_role_arn", "scan_types", "scan_role");
        }
    }
}
