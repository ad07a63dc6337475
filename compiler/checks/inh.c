/*
 * INH: what policies further down may change (INH011), and what AWS asks of a document though a
 * policy further up has it (INH013). What they do change is judged where policies are merged.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"

enum { CONTROL_SIZE = 52 }; /* characters of a control on one more leaf */

/* The leaves below a container that carry no control of their own; *first is the first one. */
static size_t
free_leaves(const bp_node *top, const bp_node **first)
{
    size_t count = 0;
    const bp_node *node = top->first;
    while (node != NULL) {
        if (node->kind == BP_NODE_LEAF && node->control.may == 0 && node->setting != NULL) {
            *first = count == 0 ? node : *first;
            count++;
        }
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node != top && node->next == NULL) {
            node = node->parent;
        }
        node = node == top ? NULL : node->next;
    }
    return count;
}

static void
judge_control(const bp_place *place)
{
    const bp_node *node = place->node;
    const bp_node *first = NULL;
    if (node->kind == BP_NODE_LEAF || node->control.may == 0 ||
        (!place->policy->from_json && !node->raw)) {
        return;
    }
    size_t count = free_leaves(node, &first);
    if (count == 0) {
        return;
    }
    bp_diagnostics *list = place->context->diagnostics;
    bp_finding *finding =
        bp_report(list, "INH011", node->control.span,
                  "child control on a container; policies further down still assign the %zu "
                  "setting%s in it freely",
                  count, bp_plural(count));
    bp_finding_label(list, finding, first->span, "not protected, for example");
    bp_finding_help(list, finding, "repeat the control on each setting, about %zu characters more",
                    count * CONTROL_SIZE);
    bp_text_finding(place, finding, node->uses);
}

void
bp_check_container_controls(const bp_check_context *context)
{
    bp_each_node(context, judge_control);
}

const char *
bp_lacking_code(const bp_place *place, const char *code)
{
    return bp_place_inherits(place) != NULL ? "INH013" : code;
}

void
bp_lacking_note(const bp_place *place, bp_finding *finding)
{
    const bp_node *inherited = bp_place_inherits(place);
    bp_diagnostics *list = place->context->diagnostics;
    if (inherited == NULL) {
        return;
    }
    bp_finding_label(list, finding, inherited->span, "the plan that this one changes");
    bp_finding_note(list, finding, "AWS judges every policy by itself, before anything is merged");
    bp_finding_help(list, finding, "repeat the inherited values in this policy");
}
