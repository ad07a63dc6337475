/*
 * NAM006: blocks of one name that meet in an account although neither says `extend`.
 *
 * Where documents meet, the merged plan knows all places that are in it. A plain plan that another
 * policy defines as well is told; so is a plain rule, selection or copy inside `extend plan` that
 * is there already. Blocks within plans that are told stay silent.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"

/* One block that meets another of its name, with the accounts where it does. */
typedef struct meeting {
    bp_part later;
    bp_part earlier;
    bp_result_list results;
} meeting;

typedef struct collisions {
    const bp_check_context *context;
    BP_VEC(meeting *) list;
    bp_map *by_block; /* bytes of the address of the later block → meeting * */
} collisions;

static void
add_meeting(collisions *all, const bp_part *later, const bp_part *earlier,
            const bp_effective_result *result)
{
    bp_arena *arena = all->context->arena;
    const void **key = BP_NEW(arena, const void *);
    *key = later->node;
    bp_str text = {(const char *)key, sizeof *key};
    meeting *found = bp_map_get(all->by_block, text);
    if (found == NULL) {
        found = BP_NEW(arena, meeting);
        found->later = *later;
        found->earlier = *earlier;
        *bp_vec_add(arena, &all->list) = found;
        bp_map_set(all->by_block, text, found);
    }
    if (found->results.count == 0 || found->results.at[found->results.count - 1] != result) {
        *bp_vec_add(arena, &found->results) = result;
    }
}

/* Finds a plain block of the parts that another policy brings too. `plain_only`: the other one must
 * be plain as well, not just one of JSON. True if some was found. */
static bool
judge_parts(collisions *all, const bp_parts *parts, bool plain_only,
            const bp_effective_result *result)
{
    const bp_part *earlier = NULL;
    bool any = false;
    for (size_t i = 0; i < parts->count; i++) {
        const bp_part *part = &parts->at[i];
        bool plain = !bp_part_extends(part);
        if (earlier == NULL) {
            /* An extension of the language changes another one; of JSON nobody can tell. */
            bool brings = plain || (!plain_only && part->bound->policy->from_json);
            earlier = brings ? part : NULL;
        } else if (plain && earlier->bound != part->bound) {
            add_meeting(all, part, earlier, result);
            any = true;
        }
    }
    return any;
}

/* Rules, copies and selections below a merged plan. */
static void
judge_blocks(collisions *all, const bp_merged *node, const bp_effective_result *result, int depth)
{
    enum { DEPTH = 8 };
    for (size_t i = 0; i < node->kids.count && depth < DEPTH; i++) {
        const bp_merged *kid = node->kids.at[i];
        bp_node_kind kind = kid->first.node->kind;
        if (kid->sole) {
            continue;
        }
        if ((kind != BP_NODE_RULE && kind != BP_NODE_COPY && kind != BP_NODE_SELECTION) ||
            !judge_parts(all, &kid->parts, false, result)) {
            judge_blocks(all, kid, result, depth + 1);
        }
    }
}

static const char *
word_of(const bp_node *node)
{
    return node->kind == BP_NODE_PLAN        ? "plan"
           : node->kind == BP_NODE_RULE      ? "rule"
           : node->kind == BP_NODE_SELECTION ? "selection"
                                             : "copy";
}

static void
report_meeting(const bp_check_context *context, const meeting *found)
{
    bp_diagnostics *list = context->diagnostics;
    const bp_node *block = found->later.node;
    const char *word = word_of(block);
    bp_finding *finding = bp_report(
        list, "NAM006", block->span,
        "%s \"%.*s\" is also defined by policy \"%.*s\" for the same accounts; AWS would merge "
        "the two leaf by leaf",
        word, BP_ARG(block->key), BP_ARG(found->earlier.bound->policy->name));
    bp_finding_mark(list, finding, "the same name in the same accounts");
    bp_finding_label(list, finding, found->earlier.node->span, "first defined here");
    bp_finding_uses(context, finding, block->uses);
    if (found->later.bound->policy->from_json || found->earlier.bound->policy->from_json) {
        finding->severity = BP_WARNING;
    }
    bp_cell_rows rows = bp_cells_of_results(context, &found->results);
    bp_cells_tell(context, finding, &rows);
    bp_cells_note(context, finding, &rows, "both reach");
    if (block->kind == BP_NODE_PLAN) {
        bp_finding_help(list, finding, "give one of the plans another name");
    } else {
        bp_finding_help(list, finding, "give it another name, or write extend %s to change it",
                        block->kind == BP_NODE_SELECTION ? "select" : word);
    }
    bp_finding_scope(list, finding,
                     bp_node_scope(context->arena, found->later.bound->policy->name, block));
}

/* Without an inventory nobody knows who meets; counts the names that two policies define. */
static void
skip_plan_names(const bp_check_context *context)
{
    bp_map *seen = bp_map_new(context->arena);
    size_t count = 0;
    for (size_t i = 0; i < context->effective->plans.count; i++) {
        const bp_effective_plan *plan = &context->effective->plans.at[i];
        bool added = false;
        bp_str name = bp_str_fold(context->arena, plan->plan->key);
        (void)bp_map_add(seen, name, &context->effective->plans.at[i], &added);
        count += !added;
    }
    bp_skip_without_inventory(context, "NAM006", count);
}

void
bp_check_plan_names(const bp_check_context *context)
{
    if (context->effective == NULL) {
        return;
    }
    if (!context->effective->named) {
        skip_plan_names(context);
        return;
    }
    collisions all = {.context = context, .by_block = bp_map_new(context->arena)};
    for (size_t i = 0; i < context->effective->results.count; i++) {
        const bp_effective_result *result = &context->effective->results.at[i];
        for (size_t p = 0; p < result->plans.count && result->accounts.count > 0; p++) {
            const bp_merged *plan = result->plans.at[p]->from;
            if (!plan->sole && !judge_parts(&all, &plan->parts, true, result)) {
                judge_blocks(&all, plan, result, 0);
            }
        }
    }
    for (size_t i = 0; i < all.list.count; i++) {
        report_meeting(context, all.list.at[i]);
    }
}
