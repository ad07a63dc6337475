/* What extend.c and extend_supply.c share. For those two alone. */
#ifndef BP_COMPILER_EFFECTIVE_EXTEND_PARTS_H
#define BP_COMPILER_EFFECTIVE_EXTEND_PARTS_H

#include "compiler/effective/extend.h"

/* What one target of the policy inherits at some place of the document; its peers count. */
typedef struct bp_inherited {
    bp_str target;   /* for messages */
    bp_merged *node; /* NULL: nothing stands there */
} bp_inherited;

typedef BP_VEC(bp_inherited) bp_inherited_list;

typedef struct bp_extender {
    bp_arena *arena;
    bp_diagnostics *diagnostics;
    const bp_model *model;
    bp_merger merger;
    bp_way **ou_ways;
    bp_way **account_ways;
    bp_merged *project; /* of all policies together, for those without known targets */
    bool project_made;
    bool whole;                   /* all policies of the project are there */
    const bp_bound_policy *bound; /* the policy at hand */
} bp_extender;

/* The same list one key or path further down. */
bp_inherited_list bp_inherited_at(bp_extender *x, const bp_inherited_list *from, bp_str key);
bp_inherited_list bp_inherited_path(bp_extender *x, const bp_inherited_list *from,
                                    const char *path);

/* Members that AWS demands beside what a block writes; `from` is what the block's targets inherit
 * for it. */
void bp_supply_plan(bp_extender *x, bp_node *plan, const bp_inherited_list *from);
void bp_supply_rule(bp_extender *x, bp_node *rule, const bp_inherited_list *from);
void bp_supply_selection(bp_extender *x, bp_node *selection, const bp_inherited_list *from);

#endif
