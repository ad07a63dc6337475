/*
 * `effective --why PATH`: who did what to a value, from the root down, and what came of it.
 *
 * The levels of an account are its OUs and itself. At each of them the documents are looked up
 * again, in the order in which they act; what a child control took away is told where it was
 * ignored.
 */
#include "compiler/cli/effective.h"
#include "lib/suggest.h"

enum { DEPTH = 80, ROUTE = 16 };

typedef struct route {
    bp_str keys[ROUTE];
    size_t count;
} route;

typedef struct teller {
    bp_run *run;
    bp_shown *shown;
    bp_merger *merger;
    const route *to;
    bp_str account; /* to put in the place of $account */
} teller;

/* A key at the start of the path, after which the path ends or has a separator. */
static bool
takes(bp_str path, bp_str key)
{
    return path.size >= key.size && bp_str_equal_folded(bp_str_cut(path, 0, key.size), key) &&
           (path.size == key.size || path.at[key.size] == '.' || path.at[key.size] == '/');
}

/* Splits a path along the keys that are there: names may hold dots. */
static bool
find_route(const teller *t, bp_merged *document, bp_str path, route *found, bp_suggester *nearest)
{
    bp_merged *node = document;
    found->count = 0;
    while (path.size > 0 && node != NULL && found->count < ROUTE) {
        bp_merged *best = NULL;
        bp_merged_open(t->merger, node);
        *nearest = bp_suggest_start(bp_str_cut(path, 0, bp_str_find(path, '.')));
        for (size_t i = 0; i < node->kids.count; i++) {
            bp_str key = node->kids.at[i]->first.node->key;
            bp_suggest_offer(nearest, key);
            if (takes(path, key) && (best == NULL || key.size > best->first.node->key.size)) {
                best = node->kids.at[i];
            }
        }
        if (best == NULL) {
            return false;
        }
        found->keys[found->count++] = best->first.node->key;
        path = bp_str_cut(path, best->first.node->key.size + 1, path.size);
        node = best;
    }
    return path.size == 0 && found->count > 0;
}

static bp_merged *
follow_merged(const teller *t, bp_merged *node)
{
    for (size_t i = 0; i < t->to->count && node != NULL; i++) {
        node = bp_merged_kid(t->merger, node, t->to->keys[i]);
    }
    return node;
}

static const bp_node *
follow_tree(const teller *t, bp_node *node)
{
    for (size_t i = 0; i < t->to->count && node != NULL; i++) {
        node = bp_node_find(node, t->to->keys[i]);
    }
    return node;
}

static bp_str
words_of(const teller *t, const bp_value *value)
{
    bp_buf out = {.arena = t->run->arena};
    if (value->kind == BP_VALUE_LIST) {
        bp_buf_add_char(&out, '[');
        for (size_t i = 0; i < value->items.count; i++) {
            bp_str item =
                value->items.at[i]->kind == BP_VALUE_TEXT ? value->items.at[i]->text : BP_STR("?");
            bp_buf_format(&out, "%s%.*s", i > 0 ? ", " : "",
                          BP_ARG(bp_effective_text(t->run->arena, item, t->account)));
        }
        bp_buf_add_char(&out, ']');
        return bp_buf_text(&out);
    }
    return value->kind == BP_VALUE_TEXT ? bp_effective_text(t->run->arena, value->text, t->account)
                                        : BP_STR("(not known)");
}

static bp_str
result_words(const teller *t, const bp_merged *node)
{
    bp_buf out = {.arena = t->run->arena};
    if (node == NULL || !node->has_value) {
        return BP_STR("nothing");
    }
    bp_buf_add_c(&out, node->list ? "[" : "");
    for (size_t i = 0; i < node->items.count; i++) {
        bp_buf_format(&out, "%s%.*s", i > 0 ? ", " : "",
                      BP_ARG(words_of(t, node->items.at[i].value)));
    }
    bp_buf_add_c(&out, node->list ? "]" : "");
    return bp_buf_text(&out);
}

/* A key below the path that is told of. */
static bp_str
below(const teller *t, bp_str above, bp_str key)
{
    key = bp_str_fold(t->run->arena, key);
    return above.size == 0 ? key
                           : bp_str_format(t->run->arena, "%.*s.%.*s", BP_ARG(above), BP_ARG(key));
}

static const char *
fate_of(const bp_way *way, const bp_node *node, int operator_, bp_part *by)
{
    for (size_t i = 0; i < way->events.count; i++) {
        const bp_merge_event *event = &way->events.at[i];
        bool above = false;
        for (const bp_node *up = node; up != NULL; up = up->parent) {
            above = above || up == event->mine.node;
        }
        if (event->kind == BP_MERGE_BLOCKED && event->mine.node == node &&
            event->operator_ == operator_) {
            *by = event->other;
            return "ignored: not allowed by";
        }
        if (event->kind == BP_MERGE_KEY_BLOCKED && above) {
            *by = event->other;
            return "ignored: nothing new is allowed here by";
        }
        if (event->kind == BP_MERGE_CONFLICT && event->mine.node == node &&
            operator_ == BP_OPERATOR_ASSIGN) {
            *by = event->other;
            return event->attached ? "without effect: attached before it, says the inventory, is"
                                   : "without effect: declared before it is";
        }
    }
    return NULL;
}

static void
tell_operator(const teller *t, const bp_way *way, const bp_bound_policy *bound, const bp_node *node,
              bp_str path, int operator_)
{
    static const char *const words[] = {"assigns", "appends", "removes"};
    const bp_value *value = operator_ == BP_OPERATOR_ASSIGN   ? node->assign
                            : operator_ == BP_OPERATOR_APPEND ? node->append
                                                              : node->remove;
    bp_part by = {0};
    if (value == NULL) {
        return;
    }
    bp_output_format(t->run->out, "    %.*s", BP_ARG(bound->policy->name));
    if (path.size > 0) {
        bp_output_format(t->run->out, "  %.*s:", BP_ARG(path));
    }
    bp_output_format(t->run->out, " %s %.*s%s  %.*s\n", words[operator_],
                     BP_ARG(words_of(t, value)), node->supplied ? " (supplied)" : "",
                     BP_ARG(bp_shown_place(t->shown, value->span)));
    const char *fate = fate_of(way, node, operator_, &by);
    if (fate != NULL) {
        bp_span span = BP_NOWHERE;
        if (by.node != NULL) {
            span = bp_span_exists(by.node->control.span) ? by.node->control.span : by.node->span;
        }
        bp_output_format(t->run->out, "      %s %.*s  %.*s\n", fate,
                         BP_ARG(by.bound == NULL ? BP_STR("?") : by.bound->policy->name),
                         BP_ARG(bp_shown_place(t->shown, span)));
    }
}

static const char *
may_words(unsigned may)
{
    bool assign = (may & BP_MAY_ASSIGN) != 0;
    bool append = (may & BP_MAY_APPEND) != 0;
    bool remove = (may & BP_MAY_REMOVE) != 0;
    if ((may & BP_MAY_ALL) != 0 || (assign && append && remove)) {
        return "do all";
    }
    return assign && append   ? "assign and append"
           : assign && remove ? "assign and remove"
           : append && remove ? "append and remove"
           : assign           ? "assign"
           : append           ? "append"
           : remove           ? "remove"
                              : "do nothing";
}

static void
tell_control(const teller *t, const bp_bound_policy *bound, const bp_node *node, bp_str path)
{
    if (bp_span_exists(node->control.span) && node->control.may != 0) {
        bp_output_format(t->run->out, "    %.*s ", BP_ARG(bound->policy->name));
        if (path.size > 0) {
            bp_output_format(t->run->out, " %.*s:", BP_ARG(path));
        }
        bp_output_format(t->run->out, " lets policies below %s  %.*s\n",
                         may_words(node->control.may),
                         BP_ARG(bp_shown_place(t->shown, node->control.span)));
    }
}

/* Whether anything is told of a node. */
static bool
speaks(const bp_node *node, int depth)
{
    if (node->assign != NULL || node->append != NULL || node->remove != NULL ||
        node->control.may != 0) {
        return true;
    }
    for (const bp_node *kid = node->first; kid != NULL && depth < DEPTH; kid = kid->next) {
        if (speaks(kid, depth + 1)) {
            return true;
        }
    }
    return false;
}

static void
tell_node(const teller *t, const bp_way *way, const bp_bound_policy *bound, const bp_node *node,
          bp_str path, int depth)
{
    for (int o = 0; o < BP_OPERATORS; o++) {
        tell_operator(t, way, bound, node, path, o);
    }
    tell_control(t, bound, node, path);
    for (const bp_node *kid = node->first; kid != NULL && depth < DEPTH; kid = kid->next) {
        tell_node(t, way, bound, kid, below(t, path, kid->key), depth + 1);
    }
}

static void
tell_level(const teller *t, const bp_way *way, bp_str where)
{
    bool any = false;
    for (size_t i = 0; i < way->peers.count; i++) {
        bp_node *document = way->peers.at[i]->policy->document;
        const bp_node *node = document == NULL ? NULL : follow_tree(t, document);
        if (node == NULL || !speaks(node, 0)) {
            continue;
        }
        if (!any) {
            bp_output_format(t->run->out, "  at %.*s\n", BP_ARG(where));
        }
        any = true;
        tell_node(t, way, way->peers.at[i], node, BP_STR(""), 0);
    }
}

static void
tell_results(const teller *t, bp_merged *node, bp_str path, int depth)
{
    bp_merged_open(t->merger, node);
    if (node->has_value) {
        bp_output_format(t->run->out, "  = %.*s%s%.*s\n", BP_ARG(path), path.size > 0 ? ": " : "",
                         BP_ARG(result_words(t, node)));
    }
    for (size_t i = 0; i < node->kids.count && depth < DEPTH; i++) {
        tell_results(t, node->kids.at[i], below(t, path, node->kids.at[i]->first.node->key),
                     depth + 1);
    }
}

/* The ways of the OUs above an account, root first, and its own. */
static void
tell_account(const teller *t, uint32_t index)
{
    const bp_effective *effective = t->shown->session->effective;
    const bp_organization *org = t->shown->session->org;
    const bp_account *account = &org->accounts.at[index];
    uint32_t chain[DEPTH];
    size_t count = 0;
    for (uint32_t ou = account->ou; count < DEPTH; ou = org->ous.at[ou].parent) {
        chain[count++] = ou;
        if (org->ous.at[ou].depth == 0) {
            break;
        }
    }
    const bp_way *last = NULL;
    while (count > 0) {
        const bp_way *way = effective->ou_ways[chain[--count]];
        if (way != last) {
            tell_level(t, way, bp_shown_ou(org, chain[count]));
        }
        last = way;
    }
    const bp_way *way = effective->account_ways[index];
    if (way != last) {
        tell_level(t, way, account->name);
    }
}

bool
bp_effective_print_why(bp_run *run, bp_shown *shown, const char *path)
{
    bp_merger *merger = shown->session->effective->merger;
    bp_suggester nearest = bp_suggest_start(bp_str_of(path));
    bool any = false;
    for (size_t g = 0; g < shown->groups.count; g++) {
        const bp_shown_group *group = &shown->groups.at[g];
        route to = {0};
        teller t = {.run = run, .shown = shown, .merger = merger, .to = &to};
        bp_merged *document = bp_merger_document(merger, group->way);
        if (document == NULL || !find_route(&t, document, bp_str_of(path), &to, &nearest)) {
            continue;
        }
        const bp_account *account = &shown->session->org->accounts.at[group->accounts.at[0]];
        bp_output_format(run->out, "%s%.*s (%.*s)", any ? "\n" : "", BP_ARG(account->name),
                         BP_ARG(account->id));
        if (group->accounts.count > 1) {
            bp_output_format(run->out, " and %zu more", group->accounts.count - 1);
        }
        bp_output_format(run->out, ": %s\n", path);
        if (shown->single) {
            t.account = account->id;
        }
        tell_account(&t, group->accounts.at[0]);
        tell_results(&t, follow_merged(&t, document), BP_STR(""), 0);
        any = true;
    }
    if (!any && nearest.best.size > 0) {
        bp_run_trouble(run, "nothing stands at \"%s\"; did you mean \"%.*s\"?", path,
                       BP_ARG(nearest.best));
    } else if (!any) {
        bp_run_trouble(run, "nothing stands at \"%s\"", path);
    }
    return any;
}
