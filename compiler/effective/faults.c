/*
 * Validity of merged plans: members that must be there, lists that must not be empty, numbers of
 * parts, and the days and runs that must fit each other.
 *
 * Sources: AWS Organizations User Guide, "Backup policy syntax and examples"; answers of
 * ListEffectivePolicyValidationErrors recorded in September 2026. What a single document may hold
 * is judged by the checks of documents.
 */
#include "compiler/effective/faults.h"

#include "compiler/policy/schedule.h"

enum { SECONDS_A_DAY = 86400, DEEPEST = 64 };

typedef struct judge {
    bp_arena *arena;
    const bp_facts *facts;
    int64_t as_of;
    bp_faults *faults;
} judge;

static void
add(judge *j, bp_fault_kind kind, const bp_node *node, const char *key, bool told)
{
    *bp_vec_add(j->arena, j->faults) =
        (bp_fault){.kind = kind, .node = node, .key = key, .told_elsewhere = told};
}

static size_t
count_of(const bp_node *from, const char *path)
{
    size_t count = 0;
    for (const bp_node *node = bp_node_first(from, path); node != NULL; node = node->next) {
        count++;
    }
    return count;
}

/* Whether something is there after the merge. A leaf that only has a control, or only takes values
 * away that nobody gave, is not. */
static bool
is_there(const bp_node *parent, const char *key)
{
    const bp_node *node = bp_node_child(parent, key);
    return node != NULL && (node->kind != BP_NODE_LEAF || node->assign != NULL ||
                            node->append != NULL || node->plain != NULL);
}

static void
need(judge *j, const bp_node *node, const char *key, bool told)
{
    if (!is_there(node, key) && !node->holes) {
        add(j, BP_FAULT_MISSING, node, key, told);
    }
}

/* A list that must hold something. `told`: a rule of its own speaks of it even where the values
 * were taken away by other policies than the one that gave them. */
static void
need_items(judge *j, const bp_node *node, const char *key, bool told)
{
    const bp_value *list = bp_node_value(node, key);
    if (list != NULL && list->kind == BP_VALUE_LIST && list->items.count == 0) {
        add(j, BP_FAULT_FEW, node, key, told || !list->emptied);
    }
}

static void
at_most(judge *j, const bp_node *node, const char *key, size_t count, const char *quota)
{
    const bp_quota *most = bp_quota_find(j->facts, quota);
    if (most != NULL && (int64_t)count > most->value) {
        add(j, BP_FAULT_MANY, node, key, true);
    }
}

static bool
is_on(const bp_node *node, const char *path)
{
    bp_str text;
    return bp_node_text(node, path, &text) && bp_str_equal_folded(text, BP_STR("true"));
}

/* Whether the next two runs are too close for the archive. False where nobody can tell. */
static bool
runs_too_close(const judge *j, const bp_node *rule)
{
    bp_str text;
    int64_t first;
    int64_t second;
    if (!bp_node_text(rule, "schedule_expression", &text)) {
        return false;
    }
    bp_schedule schedule = bp_schedule_parse(j->arena, text);
    int64_t least = bp_quota_find(j->facts, "SCHEDULE_GAP_ARCHIVE")->value * SECONDS_A_DAY;
    return schedule.fault == BP_SCHEDULE_GOOD && bp_schedule_next(&schedule, j->as_of, &first) &&
           bp_schedule_next(&schedule, first, &second) && second - first < least;
}

/* Days and switches of a rule or copy. */
static void
judge_lifecycle(judge *j, const bp_node *rule, const bp_node *node)
{
    int64_t cold = 0;
    int64_t gone = 0;
    bool has_cold = bp_node_number(node, "lifecycle/move_to_cold_storage_after_days", &cold);
    bool has_gone = bp_node_number(node, "lifecycle/delete_after_days", &gone);
    bool unknown = bp_node_unknown(node, "lifecycle/move_to_cold_storage_after_days") ||
                   bp_node_unknown(node, "lifecycle/delete_after_days") || node->holes;
    bool archive = is_on(node, "lifecycle/opt_in_to_archive_for_supported_resources");
    bool continuous = node == rule && is_on(node, "enable_continuous_backup");
    int64_t gap = bp_quota_find(j->facts, "COLD_GAP")->value;
    bool wrong = has_cold && has_gone && gone - cold < gap && !(continuous && gone > cold);
    wrong = wrong || (continuous && !unknown &&
                      (!has_gone || gone > bp_quota_find(j->facts, "CONTINUOUS_DAYS")->value));
    wrong = wrong || (archive && !unknown && (!has_cold || !has_gone));
    if (wrong) {
        add(j, BP_FAULT_TOGETHER, node, NULL, true);
    }
    if (archive && !rule->holes &&
        (!is_there(rule, "schedule_expression") || runs_too_close(j, rule))) {
        add(j, BP_FAULT_TOGETHER, rule, NULL, true);
    }
}

static void
judge_rule(judge *j, const bp_node *rule)
{
    need(j, rule, "target_backup_vault_name", false);
    need_items(j, rule, "index_actions/resource_types", true);
    judge_lifecycle(j, rule, rule);
    at_most(j, rule, "copy_actions", count_of(rule, "copy_actions"), "RULE_COPIES");
    at_most(j, rule, "recovery_point_tags", count_of(rule, "recovery_point_tags"), "RP_TAGS");
    for (const bp_node *copy = bp_node_first(rule, "copy_actions"); copy; copy = copy->next) {
        if (copy->kind == BP_NODE_COPY) {
            judge_lifecycle(j, rule, copy);
        }
    }
}

/* Values and conditions of a selection. */
static void
judge_counts(judge *j, const bp_node *selection)
{
    const bp_value *values = bp_node_value(selection, "tag_value");
    size_t conditions = 0;
    for (const bp_node *group = bp_node_first(selection, "conditions"); group;
         group = group->next) {
        for (const bp_node *entry = group->first; entry != NULL; entry = entry->next) {
            conditions++;
        }
    }
    at_most(j, selection, "tag_value", values == NULL ? 0 : values->items.count, "SELECTION_TAGS");
    at_most(j, selection, "conditions", conditions, "SELECTION_CONDITIONS");
}

static void
judge_selections(judge *j, const bp_node *plan)
{
    const bp_node *tag = bp_node_first(plan, "selections/tags");
    const bp_node *resource = bp_node_first(plan, "selections/resources");
    if (bp_node_child(plan, "selections") == NULL) {
        need(j, plan, "selections", false);
    } else if (tag == NULL && resource == NULL && !plan->holes) {
        add(j, BP_FAULT_FEW, plan, "selections", true);
    }
    for (; tag != NULL; tag = tag->next) {
        need(j, tag, "iam_role_arn", true);
        need(j, tag, "tag_key", true);
        need(j, tag, "tag_value", true);
        need_items(j, tag, "tag_value", false);
        judge_counts(j, tag);
    }
    for (; resource != NULL; resource = resource->next) {
        need(j, resource, "iam_role_arn", true);
        judge_counts(j, resource);
    }
    size_t tags = count_of(plan, "selections/tags");
    at_most(j, plan, "selections", tags, "PLAN_TAG_SELECTIONS");
    at_most(j, plan, "selections", tags + count_of(plan, "selections/resources"),
            "PLAN_ASSIGNMENTS");
}

void
bp_plan_faults(bp_arena *arena, const bp_facts *facts, const bp_node *plan, int64_t as_of,
               bp_faults *faults)
{
    judge j = {.arena = arena, .facts = facts, .as_of = as_of, .faults = faults};
    need(&j, plan, "regions", false);
    need_items(&j, plan, "regions", true);
    if (bp_node_first(plan, "rules") == NULL && !plan->holes) {
        add(&j, BP_FAULT_MISSING, plan, "rules", false);
    }
    at_most(&j, plan, "rules", count_of(plan, "rules"), "PLAN_RULES");
    for (const bp_node *rule = bp_node_first(plan, "rules"); rule != NULL; rule = rule->next) {
        if (rule->kind == BP_NODE_RULE) {
            judge_rule(&j, rule);
        }
    }
    judge_selections(&j, plan);
}

/* Whether nothing at or below a node was refused. */
static bool
is_understood(const bp_node *node, int depth)
{
    const bp_value *const values[] = {node->assign, node->append, node->remove, node->plain};
    bool good = !node->holes && depth < DEEPEST;
    for (size_t i = 0; good && i < sizeof values / sizeof *values; i++) {
        const bp_value *value = values[i];
        good = value == NULL || value->kind != BP_VALUE_UNKNOWN;
        for (size_t k = 0; good && value != NULL && k < value->items.count; k++) {
            good = value->items.at[k]->kind != BP_VALUE_UNKNOWN;
        }
    }
    for (const bp_node *child = node->first; good && child != NULL; child = child->next) {
        good = is_understood(child, depth + 1);
    }
    return good;
}

bool
bp_way_faults(bp_merger *merger, const bp_facts *facts, bp_way *way, int64_t as_of,
              bp_faults *faults)
{
    bool good = true;
    for (const bp_way *level = way; level != NULL; level = level->above) {
        for (size_t i = 0; i < level->peers.count; i++) {
            const bp_node *document = level->peers.at[i]->policy->document;
            good = good && document != NULL && !document->holes;
        }
    }
    bp_merged *plans = bp_merged_kid(merger, bp_merger_document(merger, way), BP_STR("plans"));
    if (plans != NULL) {
        bp_merged_open(merger, plans);
    }
    for (size_t i = 0; plans != NULL && i < plans->kids.count; i++) {
        if (bp_merged_holds(merger, plans->kids.at[i])) {
            const bp_node *plan = bp_merged_tree(merger, plans->kids.at[i]);
            bp_plan_faults(merger->arena, facts, plan, as_of, faults);
            good = good && is_understood(plan, 0);
        }
    }
    return good;
}
