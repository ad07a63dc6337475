/*
 * Child controls: of settings, on their leaves; of blocks, on every leaf that the document writes
 * in them. AWS's own controls of containers protect no leaf, so that a block's must stand on each.
 *
 * The tree is walked by its links, inner blocks before outer ones: a leaf keeps what it has.
 */
#include "compiler/policy/elaborate.h"

/* The node after this one below `root`, in the order of the document; NULL at its end. */
static bp_node *
next_below(const bp_node *root, bp_node *node)
{
    if (node->first != NULL) {
        return node->first;
    }
    while (node != root && node->next == NULL) {
        node = node->parent;
    }
    return node == root ? NULL : node->next;
}

typedef struct coverage {
    size_t leaves; /* that the document writes */
    size_t set;
} coverage;

static coverage
cover(bp_node *root, unsigned may, bp_span span)
{
    coverage found = {0};
    for (bp_node *node = root; node != NULL; node = next_below(root, node)) {
        if (!bp_node_written(node) || node->supplied) {
            continue;
        }
        found.leaves++;
        if (!bp_node_controlled(node)) {
            node->control = (bp_child_control){.may = may, .span = span};
            found.set++;
        }
    }
    return found;
}

void
bp_control_setting(bp_builder *build, bp_node *node, const bp_setting *row,
                   const bp_chosen *control)
{
    const bp_ast_control *written = &control->statement->control;
    bp_node *at = bp_node_find_at(node, row->path);
    if (row->type != BP_TYPE_TAGS && row->type != BP_TYPE_CONDITION) {
        if (at == NULL) {
            at = bp_build_leaf(build, node, row, control->statement->name.span, control->env->uses);
        }
        at->control = (bp_child_control){.may = written->may, .span = written->span};
        return;
    }
    coverage found = {0};
    if (at != NULL) {
        found = cover(at, written->may, written->span);
    }
    if (found.leaves == 0 && !node->holes && !build->lone) {
        bp_fault(
            build->elab, "INH011", written->span, control->env,
            "\"children may\" on \"%s\", which names no key here; a control stands on the keys "
            "that the setting names",
            row->name);
    }
}

/* Whether something in a block is missing for reasons that were reported. */
static bool
has_holes(bp_node *root)
{
    for (bp_node *node = root; node != NULL; node = next_below(root, node)) {
        if (node->holes) {
            return true;
        }
    }
    return false;
}

static void
warn_idle(bp_builder *build, const bp_spread *block, coverage found)
{
    const bp_block_control *control = block->control;
    if (found.set > 0 || build->lone || has_holes(block->node)) {
        return;
    }
    bp_finding *finding =
        bp_fault(build->elab, "INH011", control->written.span, control->env,
                 found.leaves == 0
                     ? "\"children may\" in a block that sets nothing of the document; a control "
                       "stands on what is set in its block"
                     : "\"children may\" in a block where every setting has its own; it changes "
                       "nothing");
    if (found.leaves == 0) {
        bp_finding_help(
            build->elab->diagnostics, finding,
            "inherited settings are locked where they are set; for the container alone, "
            "write here behind it");
    }
}

void
bp_control_spread(bp_builder *build)
{
    for (size_t i = build->spread.count; i > 0; i--) {
        const bp_spread *block = &build->spread.at[i - 1];
        const bp_ast_control *written = &block->control->written;
        warn_idle(build, block, cover(block->node, written->may, written->span));
    }
}
