/*
 * Permits: which managed policies a role gets. Whatever the source says wins; else the plans that
 * name the role decide about S3, whose backups fail without policies of their own. Backup search
 * and malware scans have no words in the language: plans alone decide.
 *
 * Not here: whether written permits are enough (checks).
 */
#include "compiler/deploy/deployment.h"

#include <string.h>

enum { TYPES_ROOM = 64 };

/* Whether a pattern, or an id of the types table, takes S3. */
static bool
takes_s3(const bp_facts *facts, const bp_value *item)
{
    const bp_type *types[TYPES_ROOM];
    if (item->kind != BP_VALUE_TEXT) {
        return false;
    }
    if (bp_str_is(item->text, "s3") || bp_str_is(item->text, "all")) {
        return true;
    }
    size_t count = bp_types_of_pattern(facts, item->text, types, TYPES_ROOM);
    for (size_t i = 0; i < count && i < TYPES_ROOM; i++) {
        if (strcmp(types[i]->id, "s3") == 0) {
            return true;
        }
    }
    return false;
}

static bool
list_takes_s3(const bp_facts *facts, const bp_value *list)
{
    for (size_t i = 0; list != NULL && list->kind == BP_VALUE_LIST && i < list->items.count; i++) {
        if (takes_s3(facts, list->items.at[i])) {
            return true;
        }
    }
    return false;
}

/* Whether a selection reaches for S3. A tag alone may find anything and says nothing. */
static bool
selects_s3(const bp_facts *facts, const bp_node *selection)
{
    for (size_t i = 0; i < selection->protects.count; i++) {
        if (takes_s3(facts, selection->protects.at[i])) {
            return true;
        }
    }
    const bp_node *types = bp_node_child(selection, "resource_types");
    return types != NULL &&
           (list_takes_s3(facts, types->assign) || list_takes_s3(facts, types->append)) &&
           !list_takes_s3(facts, bp_node_value(selection, "not_resource_types"));
}

static bool
names_role(const bp_value *value, const bp_role *role)
{
    const bp_reference *reference = value != NULL ? value->reference : NULL;
    return reference != NULL && reference->kind == BP_REF_ROLE &&
           bp_str_equal(reference->name, role->name) && bp_str_equal(reference->path, role->path);
}

/* What the selections of a plan that name the role make it do; 0 where none does. */
static unsigned
work_in_plan(const bp_facts *facts, const bp_node *plan, const bp_role *role)
{
    static const char *const forms[] = {"selections/tags", "selections/resources"};
    unsigned permits = 0;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        const bp_node *selection = bp_node_first(plan, forms[i]);
        for (; selection != NULL; selection = selection->next) {
            if (!names_role(bp_node_value(selection, "iam_role_arn"), role)) {
                continue;
            }
            permits |= BP_PERMIT_BACKUP;
            if (selects_s3(facts, selection)) {
                permits |= BP_PERMIT_S3_BACKUP | BP_PERMIT_S3_RESTORE;
            }
        }
    }
    const bp_node *rule = bp_node_first(plan, "rules");
    for (; rule != NULL && permits != 0; rule = rule->next) {
        permits |= bp_node_at(rule, "index_actions/resource_types") != NULL ? BP_PERMIT_INDEX : 0;
        permits |= bp_node_at(rule, "scan_actions") != NULL ? BP_PERMIT_SCANS : 0;
    }
    return permits;
}

static bool
scans_for_plan(const bp_node *plan, const bp_role *role)
{
    const bp_node *scanner = bp_node_first(plan, "scan_settings");
    for (; scanner != NULL; scanner = scanner->next) {
        if (names_role(bp_node_value(scanner, "scanner_role_arn"), role)) {
            return true;
        }
    }
    return false;
}

unsigned
bp_role_permits(const bp_facts *facts, const bp_effective *effective, const bp_role *role)
{
    unsigned used = 0;
    for (size_t i = 0; effective != NULL && i < effective->plans.count; i++) {
        const bp_node *plan = effective->plans.at[i].plan;
        used |= work_in_plan(facts, plan, role);
        used |= scans_for_plan(plan, role) ? BP_PERMIT_SCANNER : 0;
    }
    if (role->permits_written) {
        return role->permits | (used & (BP_PERMIT_INDEX | BP_PERMIT_SCANS | BP_PERMIT_SCANNER));
    }
    return used == BP_PERMIT_SCANNER ? used : role->permits | used;
}
