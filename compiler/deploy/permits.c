/*
 * Permits: which managed policies a role gets. Whatever the source says wins; else the plans that
 * name the role decide about S3, whose backups fail without policies of their own.
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
names_role(const bp_node *selection, const bp_role *role)
{
    const bp_value *value = bp_node_value(selection, "iam_role_arn");
    const bp_reference *reference = value != NULL ? value->reference : NULL;
    return reference != NULL && reference->kind == BP_REF_ROLE &&
           bp_str_equal(reference->name, role->name) && bp_str_equal(reference->path, role->path);
}

static bool
plan_needs_s3(const bp_facts *facts, const bp_node *plan, const bp_role *role)
{
    static const char *const forms[] = {"selections/tags", "selections/resources"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        const bp_node *selection = bp_node_first(plan, forms[i]);
        for (; selection != NULL; selection = selection->next) {
            if (names_role(selection, role) && selects_s3(facts, selection)) {
                return true;
            }
        }
    }
    return false;
}

unsigned
bp_role_permits(const bp_facts *facts, const bp_effective *effective, const bp_role *role)
{
    unsigned permits = role->permits;
    for (size_t i = 0; effective != NULL && !role->permits_written && i < effective->plans.count;
         i++) {
        if (plan_needs_s3(facts, effective->plans.at[i].plan, role)) {
            return permits | BP_PERMIT_S3_BACKUP | BP_PERMIT_S3_RESTORE;
        }
    }
    return permits;
}
