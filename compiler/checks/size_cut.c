/*
 * First-fit decreasing over the plans of a document. Sizes of the new policies are not added up but
 * taken from documents that are really written.
 */
#include "compiler/checks/size_cut.h"
#include "lib/json_write.h"

#include <stdlib.h>

/* A plan on its way into a policy. */
typedef struct load {
    const bp_node *plan;
    size_t size;
    size_t order; /* in the document */
    size_t part;
} load;

size_t
bp_size_of_plan(bp_arena *arena, const bp_node *plan)
{
    bp_buf text = {.arena = arena};
    bp_json_quote(&text, plan->key);
    bp_buf_add_char(&text, ':');
    bp_buf_add(&text, bp_tree_write_compact(arena, plan));
    return bp_str_characters(bp_buf_text(&text));
}

/* Which plans a copy of the document keeps: those of a list, met in its order. */
typedef struct chosen {
    const bp_plan_list *plans;
    const bp_node *container;
    size_t next;
} chosen;

static bool
keep_chosen(void *context, const bp_node *node)
{
    chosen *c = context;
    if (node->parent != c->container) {
        return true;
    }
    bool kept = c->next < c->plans->count && c->plans->at[c->next] == node;
    c->next += kept;
    return kept;
}

static size_t
size_with(bp_arena *arena, const bp_node *document, const bp_plan_list *plans)
{
    chosen c = {.plans = plans, .container = bp_node_child(document, "plans")};
    const bp_node *copy = bp_tree_copy(arena, document, keep_chosen, &c);
    return bp_str_characters(bp_tree_write_compact(arena, copy));
}

static int
larger_first(const void *a, const void *b)
{
    const load *x = a;
    const load *y = b;
    if (x->size != y->size) {
        return x->size > y->size ? -1 : 1;
    }
    return x->order < y->order ? -1 : 1;
}

static int
in_order(const void *a, const void *b)
{
    const load *x = a;
    const load *y = b;
    return x->order < y->order ? -1 : 1;
}

/* Gives each load its part; returns how many parts there are. */
static size_t
pack(bp_arena *arena, load *loads, size_t count, size_t frame, size_t most)
{
    size_t *filled = bp_arena_array(arena, count, sizeof *filled);
    size_t parts = 0;
    for (size_t i = 0; i < count; i++) {
        size_t part = 0;
        while (part < parts && filled[part] + 1 + loads[i].size > most) {
            part++;
        }
        if (part == parts) {
            filled[parts++] = frame + loads[i].size;
        } else {
            filled[part] += 1 + loads[i].size;
        }
        loads[i].part = part;
    }
    return parts;
}

bp_size_cut
bp_size_cut_of(bp_arena *arena, const bp_node *document, size_t most)
{
    bp_size_cut cut = {{0}};
    bp_plan_list none = {0};
    BP_VEC(load) loads = {0};
    for (const bp_node *plan = bp_node_first(document, "plans"); plan != NULL; plan = plan->next) {
        load *next = bp_vec_add(arena, &loads);
        *next = (load){plan, bp_size_of_plan(arena, plan), loads.count, 0};
    }
    if (loads.count == 0) {
        return cut;
    }
    qsort(loads.at, loads.count, sizeof *loads.at, larger_first);
    size_t frame = size_with(arena, document, &none);
    size_t parts = pack(arena, loads.at, loads.count, frame, most);
    do { /* where there is a plan there is a part */
        (void)bp_vec_add(arena, &cut.parts);
    } while (cut.parts.count < parts);
    qsort(loads.at, loads.count, sizeof *loads.at, in_order);
    for (size_t i = 0; i < loads.count; i++) {
        *bp_vec_add(arena, &cut.parts.at[loads.at[i].part].plans) = loads.at[i].plan;
    }
    for (size_t i = 0; i < parts; i++) {
        cut.parts.at[i].characters = size_with(arena, document, &cut.parts.at[i].plans);
    }
    return cut;
}
