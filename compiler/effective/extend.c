/*
 * Looks up every block that says `extend` in what the policy's targets inherit, ancestors and
 * peers.
 *
 * Policies are settled from the top of the tree down, so that the forms of selections above are
 * known. Values that are supplied equal inherited ones: they change nothing for anybody below.
 */
#include "compiler/effective/effective.h"
#include "compiler/effective/extend_parts.h"

#include "lib/suggest.h"

#include <stdlib.h>

enum { TARGETS_NAMED = 3, DEEPEST = 64 };

bp_inherited_list
bp_inherited_at(bp_extender *x, const bp_inherited_list *from, bp_str key)
{
    bp_inherited_list list = {0};
    for (size_t i = 0; i < from->count; i++) {
        *bp_vec_add(x->arena, &list) =
            (bp_inherited){from->at[i].target, bp_merged_kid(&x->merger, from->at[i].node, key)};
    }
    return list;
}

bp_inherited_list
bp_inherited_path(bp_extender *x, const bp_inherited_list *from, const char *path)
{
    bp_inherited_list list = {0};
    for (size_t i = 0; i < from->count; i++) {
        *bp_vec_add(x->arena, &list) =
            (bp_inherited){from->at[i].target, bp_merged_at(&x->merger, from->at[i].node, path)};
    }
    return list;
}

/* Whether another policy defines the node: it stands there, and not only as an extension of a plan
 * that is not there. */
static bool
is_defined(const bp_extender *x, bp_merged *node)
{
    if (node == NULL) {
        return false;
    }
    if (node->sole) {
        return node->first.bound != x->bound && !bp_part_extends(&node->first);
    }
    for (size_t i = 0; i < node->parts.count; i++) {
        const bp_part *part = &node->parts.at[i];
        bool json_block = part->bound->policy->from_json && part->node->kind != BP_NODE_PLAN;
        if (part->bound != x->bound && (json_block || !bp_part_extends(part))) {
            return true;
        }
    }
    return false;
}

static const char *
word_of(const bp_node *node)
{
    return node->kind == BP_NODE_PLAN        ? "plan"
           : node->kind == BP_NODE_RULE      ? "rule"
           : node->kind == BP_NODE_SELECTION ? "selection"
                                             : "copy";
}

/* The nearest name of the same kind in what is inherited. */
static bp_merged *
nearest_of(bp_extender *x, const bp_inherited_list *siblings, bp_str name)
{
    bp_merged *best = NULL;
    bp_suggester suggester = bp_suggest_start(name);
    for (size_t i = 0; i < siblings->count; i++) {
        bp_merged *container = siblings->at[i].node;
        if (container == NULL) {
            continue;
        }
        bp_merged_open(&x->merger, container);
        for (size_t k = 0; k < container->kids.count; k++) {
            bp_merged *kid = container->kids.at[k];
            bp_str before = suggester.best;
            if (is_defined(x, kid)) {
                bp_suggest_offer(&suggester, kid->first.node->key);
                best = suggester.best.at != before.at ? kid : best;
            }
        }
    }
    return best;
}

/* "ou \"Prod\", ou \"QA\" and 2 more": the targets that lack it. */
static bp_str
lacking_words(bp_extender *x, const bp_inherited_list *list)
{
    bp_buf words = {.arena = x->arena};
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (!is_defined(x, list->at[i].node)) {
            count++;
            if (count <= TARGETS_NAMED) {
                bp_buf_format(&words, "%s%.*s", count > 1 ? ", " : "", BP_ARG(list->at[i].target));
            }
        }
    }
    if (count > TARGETS_NAMED) {
        bp_buf_format(&words, " and %zu more", count - TARGETS_NAMED);
    }
    return bp_buf_text(&words);
}

static void
report_unknown(bp_extender *x, bp_node *node, const bp_inherited_list *found,
               const bp_inherited_list *siblings)
{
    bp_merged *near = nearest_of(x, siblings, node->key);
    bp_str where = lacking_words(x, found);
    bp_finding *finding = bp_report(
        x->diagnostics, "INH012", node->span,
        "no other policy that reaches %.*s defines the %s \"%.*s\"; extend changes one that is "
        "inherited",
        BP_ARG(where), word_of(node), BP_ARG(node->key));
    bp_finding_mark(x->diagnostics, finding, "nothing to extend");
    bp_finding_scope(x->diagnostics, finding,
                     bp_node_scope(x->arena, x->bound->policy->name, node));
    if (bp_span_exists(node->uses)) {
        bp_finding_label(x->diagnostics, finding, node->uses, "used here");
    }
    for (size_t i = 0; i < found->count; i++) {
        if (is_defined(x, found->at[i].node)) {
            bp_finding_label(x->diagnostics, finding, found->at[i].node->first.node->span,
                             "%.*s inherits this one", BP_ARG(found->at[i].target));
            break;
        }
    }
    bp_finding_note(x->diagnostics, finding, "AWS would take it for the start of a second %s",
                    word_of(node));
    if (near != NULL) {
        bp_str name = near->first.node->key;
        bp_finding_label(x->diagnostics, finding, near->first.node->span, "\"%.*s\" is inherited",
                         BP_ARG(name));
        if (node->kind != BP_NODE_COPY && !bp_span_exists(node->uses)) {
            bp_finding_fix(x->diagnostics, finding, false, node->span,
                           bp_str_format(x->arena, "\"%.*s\"", BP_ARG(name)),
                           "replace with \"%.*s\"", BP_ARG(name));
        }
    } else {
        bp_finding_help(x->diagnostics, finding, "to define a new %s, write it without extend",
                        word_of(node));
    }
}

/* True if every target inherits the block; else told, and the block is a hole from now on. */
static bool
stands(bp_extender *x, bp_node *node, const bp_inherited_list *found,
       const bp_inherited_list *siblings)
{
    bool all = true;
    for (size_t i = 0; i < found->count; i++) {
        all = all && is_defined(x, found->at[i].node);
    }
    if (!all) {
        if (x->whole) {
            report_unknown(x, node, found, siblings);
        } else {
            bp_skip_check(x->diagnostics, "INH012", 1, "only named files were read");
        }
        node->holes = true;
        for (bp_node *up = node; up != NULL; up = up->parent) {
            up->holes = up->holes || up->kind == BP_NODE_PLAN;
        }
    }
    return all;
}

static void
settle_copies(bp_extender *x, bp_node *rule, const bp_inherited_list *from)
{
    bp_inherited_list siblings = bp_inherited_at(x, from, BP_STR("copy_actions"));
    bp_node *copies = bp_node_find(rule, BP_STR("copy_actions"));
    for (bp_node *copy = copies == NULL ? NULL : copies->first; copy != NULL; copy = copy->next) {
        if (copy->kind == BP_NODE_COPY && copy->extend && !copy->holes) {
            bp_inherited_list found = bp_inherited_at(x, &siblings, copy->key);
            (void)stands(x, copy, &found, &siblings);
        }
    }
}

static void
settle_rules(bp_extender *x, bp_node *plan, const bp_inherited_list *from)
{
    bp_inherited_list siblings = bp_inherited_at(x, from, BP_STR("rules"));
    bp_node *rules = bp_node_find(plan, BP_STR("rules"));
    for (bp_node *rule = rules == NULL ? NULL : rules->first; rule != NULL; rule = rule->next) {
        if (rule->kind != BP_NODE_RULE || !rule->extend || rule->holes) {
            continue;
        }
        bp_inherited_list found = bp_inherited_at(x, &siblings, rule->key);
        if (stands(x, rule, &found, &siblings)) {
            settle_copies(x, rule, &found);
            bp_supply_rule(x, rule, &found);
        }
    }
}

/* Takes a child out of its container; the container goes with its last one. */
static void
take_out(bp_node *child)
{
    bp_node *parent = child->parent;
    bp_node *before = NULL;
    for (bp_node *node = parent->first; node != child; node = node->next) {
        before = node;
    }
    if (before == NULL) {
        parent->first = child->next;
    } else {
        before->next = child->next;
    }
    if (parent->last == child) {
        parent->last = before;
    }
    child->next = NULL;
    if (parent->first == NULL && parent->control.may == 0 && parent->kind == BP_NODE_CONTAINER) {
        take_out(parent);
    }
}

/* Puts a selection of open form under selections/tags. */
static void
make_tags(bp_extender *x, bp_node *plan, bp_node *selection)
{
    take_out(selection);
    bp_node *selections = bp_node_find(plan, BP_STR("selections"));
    if (selections == NULL) {
        selections =
            bp_node_new(x->arena, BP_NODE_CONTAINER, BP_STR("selections"), selection->span);
        bp_node_add(plan, selections);
    }
    bp_node *tags = bp_node_find(selections, BP_STR("tags"));
    if (tags == NULL) {
        tags = bp_node_new(x->arena, BP_NODE_CONTAINER, BP_STR("tags"), selection->span);
        bp_node_add(selections, tags);
    }
    bp_node_add(tags, selection);
}

static bool
any_defined(const bp_extender *x, const bp_inherited_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (is_defined(x, list->at[i].node)) {
            return true;
        }
    }
    return false;
}

static void
report_both_forms(bp_extender *x, bp_node *selection)
{
    bp_finding *finding =
        bp_report(x->diagnostics, "INH012", selection->span,
                  "the selection \"%.*s\" is inherited in both forms; extend has to say which one "
                  "it changes",
                  BP_ARG(selection->key));
    bp_finding_scope(x->diagnostics, finding,
                     bp_node_scope(x->arena, x->bound->policy->name, selection));
    bp_finding_help(x->diagnostics, finding, "write extend select tags or extend select resources");
    selection->holes = true;
}

static void
settle_selection(bp_extender *x, bp_node *plan, bp_node *selection, const bp_inherited_list *from)
{
    bp_inherited_list tags = bp_inherited_path(x, from, "selections/tags");
    bp_inherited_list resources = bp_inherited_path(x, from, "selections/resources");
    bp_inherited_list as_tags = bp_inherited_at(x, &tags, selection->key);
    bp_inherited_list as_resources = bp_inherited_at(x, &resources, selection->key);
    bool is_tags = bp_node_is_tags(selection);
    if (selection->form_open) {
        is_tags = any_defined(x, &as_tags);
        if (is_tags && any_defined(x, &as_resources)) {
            report_both_forms(x, selection);
            return;
        }
        if (is_tags) {
            make_tags(x, plan, selection);
        }
        selection->form_open = false;
    }
    const bp_inherited_list *found = is_tags ? &as_tags : &as_resources;
    bp_inherited_list none = {0};
    bool nothing = !any_defined(x, found);
    const bp_inherited_list *siblings = is_tags ? &tags : &resources;
    if (nothing && resources.count > 0 && !any_defined(x, &as_resources) && !is_tags) {
        /* A name of the other form is as near. */
        siblings = nearest_of(x, &resources, selection->key) == NULL ? &tags : &resources;
    }
    if (stands(x, selection, found, siblings->count > 0 ? siblings : &none)) {
        bp_supply_selection(x, selection, found);
    }
}

static void
settle_selections(bp_extender *x, bp_node *plan, const bp_inherited_list *from)
{
    static const char *const forms[] = {"tags", "resources"};
    BP_VEC(bp_node *) all = {0}; /* first, since a selection may move */
    bp_node *selections = bp_node_find(plan, BP_STR("selections"));
    for (size_t i = 0; selections != NULL && i < 2; i++) {
        bp_node *form = bp_node_find(selections, bp_str_of(forms[i]));
        for (bp_node *node = form == NULL ? NULL : form->first; node != NULL; node = node->next) {
            if (node->kind == BP_NODE_SELECTION && node->extend && !node->holes) {
                *bp_vec_add(x->arena, &all) = node;
            }
        }
    }
    for (size_t i = 0; i < all.count; i++) {
        settle_selection(x, plan, all.at[i], from);
    }
}

static void
settle_plans(bp_extender *x, const bp_inherited_list *documents)
{
    bp_node *plans = bp_node_find(x->bound->policy->document, BP_STR("plans"));
    bp_inherited_list siblings = bp_inherited_at(x, documents, BP_STR("plans"));
    for (bp_node *plan = plans == NULL ? NULL : plans->first; plan != NULL; plan = plan->next) {
        if (plan->kind != BP_NODE_PLAN || !plan->extend) {
            continue;
        }
        bp_inherited_list found = bp_inherited_at(x, &siblings, plan->key);
        if (stands(x, plan, &found, &siblings)) {
            settle_rules(x, plan, &found);
            settle_selections(x, plan, &found);
            bp_supply_plan(x, plan, &found);
        }
    }
}

/* The documents of all policies as peers: what can be known without targets. */
static bp_merged *
project_document(bp_extender *x)
{
    if (!x->project_made) {
        bp_parts parts = {0};
        for (size_t i = 0; i < x->model->policies.count; i++) {
            const bp_bound_policy *bound = &x->model->policies.at[i];
            if (bound->policy->document != NULL) {
                *bp_vec_add(x->arena, &parts) = (bp_part){bound->policy->document, bound};
            }
        }
        x->project = bp_merge_over(&x->merger, NULL, &parts, NULL);
        x->project_made = true;
    }
    return x->project;
}

/* What a target inherits: the document above it with the other policies of the target. */
static bp_inherited
inherited_of(bp_extender *x, const bp_bound_target *target)
{
    const bp_organization *org = x->model->org;
    bp_way *above;
    bp_way *own;
    if (target->ou != NULL) {
        size_t index = (size_t)(target->ou - org->ous.at);
        own = x->ou_ways[index];
        above = index == 0 ? NULL : x->ou_ways[target->ou->parent];
    } else {
        own = x->account_ways[bp_account_index(org, target->account)];
        above = x->ou_ways[target->account->ou];
    }
    bp_parts peers = {0};
    for (size_t i = 0; own != above && i < own->peers.count; i++) {
        const bp_bound_policy *peer = own->peers.at[i];
        if (peer != x->bound && peer->policy->document != NULL) {
            *bp_vec_add(x->arena, &peers) = (bp_part){peer->policy->document, peer};
        }
    }
    bp_merged *document = bp_merger_document(&x->merger, above);
    return (bp_inherited){
        target->ref != NULL
            ? bp_str_format(x->arena, target->ref->text.size > 0 ? "\"%.*s\"" : "%.*sthe root",
                            BP_ARG(target->ref->text))
            : target->id,
        bp_merge_over(&x->merger, document, &peers, NULL)};
}

static bool
extends_something(const bp_policy *policy)
{
    const bp_node *plan = bp_node_first(policy->document, "plans");
    for (; plan != NULL; plan = plan->next) {
        if (plan->extend) {
            return true;
        }
    }
    return false;
}

static void
settle_policy(bp_extender *x, const bp_bound_policy *bound)
{
    bp_inherited_list documents = {0};
    x->bound = bound;
    for (size_t t = 0; x->model->org != NULL && t < bound->targets.count; t++) {
        const bp_bound_target *target = &bound->targets.at[t];
        if (target->ou != NULL || target->account != NULL) {
            *bp_vec_add(x->arena, &documents) = inherited_of(x, target);
        }
    }
    if (documents.count == 0) {
        *bp_vec_add(x->arena, &documents) =
            (bp_inherited){BP_STR("the same accounts"), project_document(x)};
    }
    settle_plans(x, &documents);
}

/* How far below the root the first target of a policy is. */
static unsigned
depth_of(const bp_bound_policy *bound)
{
    unsigned depth = DEEPEST;
    for (size_t t = 0; t < bound->targets.count; t++) {
        const bp_bound_target *target = &bound->targets.at[t];
        unsigned at = target->ou != NULL ? target->ou->depth : DEEPEST - 1;
        depth = at < depth ? at : depth;
    }
    return depth;
}

static int
from_the_top(const void *a, const void *b)
{
    const bp_bound_policy *left = *(const bp_bound_policy *const *)a;
    const bp_bound_policy *right = *(const bp_bound_policy *const *)b;
    unsigned l = depth_of(left);
    unsigned r = depth_of(right);
    return l != r ? (l < r ? -1 : 1) : left < right ? -1 : left > right;
}

void
bp_extend_settle(bp_arena *arena, bp_diagnostics *diagnostics, const bp_model *model, bool whole)
{
    bp_extender x = {.arena = arena,
                     .diagnostics = diagnostics,
                     .model = model,
                     .whole = whole,
                     .merger = bp_merger_new(arena)};
    BP_VEC(const bp_bound_policy *) all = {0};
    for (size_t i = 0; i < model->policies.count; i++) {
        if (extends_something(model->policies.at[i].policy)) {
            *bp_vec_add(arena, &all) = &model->policies.at[i];
        }
    }
    if (all.count == 0 || model->program->broken) {
        return; /* what is missing may stand in a file that was not read whole */
    }
    if (model->org != NULL) {
        bp_effective_ways(arena, model, &x.merger, &x.ou_ways, &x.account_ways);
    }
    qsort(all.at, all.count, sizeof *all.at, from_the_top);
    for (size_t i = 0; i < all.count; i++) {
        settle_policy(&x, all.at[i]);
    }
}
