/*
 * Members that must stand together in one block of the document (SYN004): AWS judges every document
 * alone and refuses a block that lacks one.
 */
#include "compiler/policy/elaborate.h"

static bp_str
list_missing(bp_elab *elab, const bp_instance *instance, const char *const names[], size_t count)
{
    bp_buf text = {.arena = elab->arena};
    for (size_t i = 0; i < count; i++) {
        if (bp_instance_chosen(instance, names[i]) == NULL) {
            bp_buf_format(&text, "%s\"%s\"", text.size == 0 ? "" : " and ", names[i]);
        }
    }
    return bp_buf_text(&text);
}

void
bp_check_selection(bp_elab *elab, const bp_instance *select)
{
    static const char *const members[] = {"tag_key", "tag_values"};
    if (select->holes || select->lone) {
        return;
    }
    if (select->blocks == BP_BLOCK_SELECT_TAGS) {
        bp_str missing = list_missing(elab, select, members, 2);
        if (missing.size > 0) {
            bp_fault(elab, "SYN004", select->span, select->env,
                     "the selection \"%.*s\" lacks %.*s; a selection by tag takes both",
                     BP_ARG(select->name.text), BP_ARG(missing));
        }
        return;
    }
    if (bp_instance_chosen(select, "resource_types") == NULL &&
        bp_instance_chosen(select, "where") == NULL) {
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
bp_check_scans(bp_elab *elab, const bp_instance *plan)
{
    static const char *const members[] = {"scan_types", "scan_role"};
    if (plan->holes || plan->lone) {
        return;
    }
    const bp_chosen *types = bp_instance_chosen(plan, members[0]);
    const bp_chosen *role = bp_instance_chosen(plan, members[1]);
    if ((types == NULL) == (role == NULL)) {
        return;
    }
    const bp_chosen *written = types != NULL ? types : role;
    bp_fault(elab, "SYN004", written->statement->name.span, written->env,
             "\"%s\" without \"%s\"; scan settings take both",
             types != NULL ? members[0] : members[1], types != NULL ? members[1] : members[0]);
}
