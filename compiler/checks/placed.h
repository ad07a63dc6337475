/*
 * Placed: the cells that stack sets reach — those of the project, by declaration and need, and
 * those that the inventory lists.
 */
#ifndef BP_COMPILER_CHECKS_PLACED_H
#define BP_COMPILER_CHECKS_PLACED_H

#include "compiler/checks/needs.h"

/* Where the project's stack set of a vault goes, ACTIVE accounts alone: `needed` is what policies
 * need of it there, `all` with what deploy_to and regions ask for beyond that. Opt-in Regions that
 * are closed are among them. Nothing without an inventory. */
typedef struct bp_placed {
    bp_cell_rows needed;
    bp_cell_rows all;
} bp_placed;

bp_placed bp_vault_placed(const bp_check_context *context, const bp_bound_vault *vault);

/* The cells of a listed stack set: accounts below its targets, without those that lack an instance,
 * and instances elsewhere. Never in the management account. */
bp_cell_rows bp_set_cells(const bp_check_context *context, const bp_org_stack_set *set);
bool bp_set_makes(const bp_org_stack_set *set, bool vault, bp_str name);

/* Cells of `a` that are in `b`, or that are not. Rows are in tree order. */
bp_cell_rows bp_cells_both(bp_arena *arena, const bp_cell_rows *a, const bp_cell_rows *b);
bp_cell_rows bp_cells_without(bp_arena *arena, const bp_cell_rows *a, const bp_cell_rows *b);

#endif
