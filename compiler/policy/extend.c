/*
 * Blocks that are there already: a plain block that repeats one, and what `extend` means. It means
 * the block of that name in a template below, else, in a block that extends, an inherited one; the
 * latter is only marked here: whether some policy above has it is for those who know them all.
 */
#include "compiler/policy/elaborate.h"

bp_str
bp_block_key(bp_elab *elab, const bp_instance *instance)
{
    if (instance->kind == BP_AST_COPY) {
        const bp_value *value = instance->destination;
        const bp_reference *to = value->reference;
        if (value->kind != BP_VALUE_TEXT) {
            return (bp_str){"", 0};
        }
        bp_str text = to == NULL ? value->text
                                 : bp_str_format(elab->work, "%.*s/%.*s/%.*s", BP_ARG(to->region),
                                                 BP_ARG(to->account), BP_ARG(to->name));
        return bp_str_format(elab->work, "copy/%.*s", BP_ARG(bp_str_fold(elab->work, text)));
    }
    const char *form = (instance->blocks & BP_BLOCK_SELECT) == BP_BLOCK_SELECT_TAGS ? "tags/" : "";
    return bp_str_format(elab->work, "%s/%s%.*s", bp_ast_kind_name(instance->kind), form,
                         BP_ARG(bp_str_fold(elab->work, instance->name.text)));
}

static bp_str
shown_name(bp_elab *elab, const bp_instance *instance)
{
    return instance->kind == BP_AST_COPY
               ? bp_str_format(elab->arena, "copy to %.*s", BP_ARG(bp_shown(elab, instance->span)))
               : bp_str_format(elab->arena, "%s \"%.*s\"", bp_ast_kind_name(instance->kind),
                               BP_ARG(instance->name.text));
}

void
bp_report_repeat(bp_elab *elab, const bp_instance *first, const bp_instance *second)
{
    bp_str name = shown_name(elab, second);
    bp_finding *finding;
    if (first->layer != second->layer) {
        finding =
            bp_fault(elab, "SYN007", second->span, second->env,
                     "%.*s is in the template already; a plain block is a new one", BP_ARG(name));
        bp_finding_label(elab->diagnostics, finding, first->span, "in the template");
        bp_finding_help(elab->diagnostics, finding, "to change it, write extend %.*s",
                        BP_ARG(name));
        return;
    }
    if (first->kind == BP_AST_COPY || bp_str_equal(first->name.text, second->name.text)) {
        finding = bp_fault(elab, "SYN007", second->span, second->env,
                           "%.*s stands twice here; each may stand once", BP_ARG(name));
        bp_finding_label(elab->diagnostics, finding, first->span, "first written here");
        return;
    }
    finding = bp_fault(elab, "SYN008", second->span, second->env,
                       "%.*s differs only in letter case from \"%.*s\"; AWS takes them for one",
                       BP_ARG(name), BP_ARG(first->name.text));
    bp_finding_label(elab->diagnostics, finding, first->span, "the other one");
}

bp_instance *
bp_extended(bp_elab *elab, const bp_instance *parent, const bp_instance *wanted)
{
    bp_instance probe = *wanted;
    static const unsigned forms[] = {BP_BLOCK_SELECT_TAGS, BP_BLOCK_SELECT_RESOURCES};
    size_t tries = wanted->kind == BP_AST_SELECT ? 2 : 1;
    for (size_t i = 0; i < tries; i++) {
        if (wanted->kind == BP_AST_SELECT) {
            if ((wanted->blocks & forms[i]) == 0) {
                continue;
            }
            probe.blocks = forms[i];
        }
        bp_instance *found = bp_map_get(parent->by_key, bp_block_key(elab, &probe));
        if (found != NULL && found->layer < wanted->layer) {
            return found;
        }
    }
    return NULL;
}

/* An `extend` in a block that is new and has no such block in its templates. */
static void
report_nothing(bp_elab *elab, const bp_instance *parent, const bp_instance *wanted)
{
    bp_suggester suggester = bp_suggest_start(wanted->name.text);
    for (size_t i = 0; i < parent->children.count; i++) {
        const bp_instance *child = parent->children.at[i];
        if (child->kind == wanted->kind && child->kind != BP_AST_COPY &&
            child->layer < wanted->layer) {
            bp_offer(elab, &suggester, child->name.text);
        }
    }
    bp_str name = shown_name(elab, wanted);
    if (wanted->layer > 0) {
        bp_finding *finding =
            bp_fault(elab, "SYN018", wanted->span, wanted->env,
                     "the template has no %.*s that could be extended", BP_ARG(name));
        bp_suggest_fix(elab, finding, &suggester, wanted->span, true);
        return;
    }
    bp_finding *finding =
        bp_fault(elab, "SYN018", wanted->span, wanted->env,
                 "extend of %.*s in a new %s; extend changes a block of a template or an inherited "
                 "one",
                 BP_ARG(name), bp_ast_kind_name(parent->kind));
    if (parent->statement != NULL) {
        bp_finding_label(elab->diagnostics, finding, parent->span, "this %s is a new one",
                         bp_ast_kind_name(parent->kind));
        bp_finding_help(elab->diagnostics, finding, "to change an inherited one, write extend %.*s",
                        BP_ARG(shown_name(elab, parent)));
    }
}

/* An `extend` of a block that stands beside it. */
static void
report_beside(bp_elab *elab, const bp_instance *first, const bp_instance *wanted)
{
    bp_str name = shown_name(elab, wanted);
    bp_finding *finding =
        first->extend
            ? bp_fault(elab, "SYN007", wanted->span, wanted->env,
                       "extend %.*s stands twice here; each may stand once", BP_ARG(name))
            : bp_fault(elab, "SYN018", wanted->span, wanted->env,
                       "extend of %.*s, which stands in the same body; extend changes a block of a "
                       "template or an inherited one",
                       BP_ARG(name));
    bp_finding_label(elab->diagnostics, finding, first->span,
                     first->extend ? "first written here" : "the other one");
}

bool
bp_extend_once(bp_elab *elab, bp_instance *found, const bp_instance *wanted)
{
    if (found->extension != NULL && found->extension_layer == wanted->layer) {
        bp_finding *finding = bp_fault(elab, "SYN007", wanted->span, wanted->env,
                                       "extend %.*s stands twice here; each may stand once",
                                       BP_ARG(shown_name(elab, wanted)));
        bp_finding_label(elab->diagnostics, finding, found->extension->span, "first written here");
        found->holes = true;
        return false;
    }
    found->extension = wanted->statement;
    found->extension_layer = wanted->layer;
    return true;
}

void
bp_extend_inherited(bp_elab *elab, bp_instance *parent, bp_instance *wanted)
{
    bool inherits = parent->extend || parent->kind == BP_AST_POLICY || parent->lone;
    bp_str key = bp_block_key(elab, wanted);
    const bp_instance *beside = bp_map_get(parent->by_key, key);
    if (beside != NULL) {
        report_beside(elab, beside, wanted);
    } else if (inherits) {
        bp_map_set(parent->by_key, key, wanted);
        *bp_vec_add(elab->work, &parent->children) = wanted;
        return;
    } else if (!parent->holes) {
        report_nothing(elab, parent, wanted);
    }
    parent->holes = true;
}
