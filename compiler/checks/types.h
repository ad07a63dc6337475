/*
 * Named types: which resource types the selections of a plan are known to take — by their patterns,
 * by `protects`, or because the inventory lists tagged resources. Facts decide what a type can do;
 * this decides which types are meant.
 */
#ifndef BP_COMPILER_CHECKS_TYPES_H
#define BP_COMPILER_CHECKS_TYPES_H

#include "compiler/checks/cells.h"

typedef BP_VEC(const bp_type *) bp_type_list;

/* Types that one pattern, id or inventory row stands for: which of them is not known. */
typedef struct bp_named_group {
    bp_type_list types;
    bp_span span; /* the pattern or id; does not exist for the inventory */
    const bp_node *selection;
    bool listed; /* by the inventory: in `rows` alone; else in every cell */
    bp_cell_rows rows;
} bp_named_group;

typedef struct bp_named_types {
    BP_VEC(bp_named_group) groups;
    const bp_node *open; /* a tag-only or `*` selection whose types are not known; NULL for none */
    bp_cell_rows everywhere; /* all cells of the plan: those of a group that is not listed */
    bp_type_list possible;   /* what it may take, exclusions left out */
} bp_named_types;

bp_named_types bp_named_types_of(const bp_check_context *context, const bp_plan_use *use);

/* Whether no copy of the type works at all, not even to the vault next door. */
bool bp_type_never_copies(const bp_type *type);
/* Whether what the type can do hangs on advanced features, which a setting turns on. */
bool bp_type_has_advanced(const bp_facts *facts, const bp_type *type);
/* "A, B and 3 more", without what labels say in brackets. */
bp_str bp_type_words(bp_arena *arena, const bp_type *const *types, size_t count);

#endif
