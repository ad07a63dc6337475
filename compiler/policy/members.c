/*
 * Members that must stand together in one block of the document (SYN004): AWS judges every document
 * alone and refuses a block that lacks one.
 */
#include "compiler/policy/elaborate.h"

/* A control alone is no member; an empty container stands for one that was refused. */
static bool
stands(const bp_node *node, const char *path)
{
    const bp_node *at = bp_node_at(node, path);
    return at != NULL && (at->kind != BP_NODE_LEAF || at->first != NULL || at->plain != NULL ||
                          bp_node_written(at));
}

void
bp_check_selection(bp_elab *elab, const bp_instance *select, const bp_node *node)
{
    if (select->holes || select->lone || select->extend) {
        return;
    }
    if (bp_node_is_tags(node)) {
        bool key = stands(node, "tag_key");
        bool values = stands(node, "tag_value");
        if (!key || !values) {
            bp_fault(elab, "SYN004", select->span, select->env,
                     "the selection \"%.*s\" lacks %s; a selection by tag takes both",
                     BP_ARG(select->name.text),
                     key      ? "\"tag_values\""
                     : values ? "\"tag_key\""
                              : "\"tag_key\" and \"tag_values\"");
        }
    } else if (!stands(node, "resource_types") && !stands(node, "conditions")) {
        bp_finding *finding =
            bp_fault(elab, "SYN004", select->span, select->env,
                     "the selection \"%.*s\" selects nothing; it takes \"resource_types\" or "
                     "\"where\"",
                     BP_ARG(select->name.text));
        bp_finding_help(elab->diagnostics, finding,
                        "to select by tag, write \"tag_key\" and \"tag_values\"");
    }
}

void
bp_check_scans(bp_elab *elab, const bp_instance *plan, const bp_node *node)
{
    bool types = stands(node, "scan_settings/GUARDDUTY/resource_types");
    bool role = stands(node, "scan_settings/GUARDDUTY/scanner_role_arn");
    const bp_chosen *written = bp_instance_chosen(plan, types ? "scan_types" : "scan_role");
    if (plan->holes || plan->lone || plan->extend || types == role || written == NULL) {
        return;
    }
    bp_fault(elab, "SYN004", written->statement->name.span, written->env,
             "\"%s\" without \"%s\"; scan settings take both", types ? "scan_types" : "scan_role",
             types ? "scan_role" : "scan_types");
}
