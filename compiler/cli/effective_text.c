/*
 * `effective` for people: every value with the policy and the place it comes from, once for each
 * group of accounts that get the same.
 */
#include "compiler/cli/effective.h"
#include "compiler/effective/faults.h"

enum { NAMES_SHOWN = 5, COLUMN = 64, DEPTH = 80 };

typedef struct printer {
    bp_run *run;
    bp_shown *shown;
    bp_merger *merger;
    bp_str account; /* to put in the place of $account; may be empty */
} printer;

static void
pad(bp_buf *line, size_t to)
{
    size_t size = bp_str_characters(bp_buf_text(line));
    for (bp_buf_add_char(line, ' '); ++size < to;) {
        bp_buf_add_char(line, ' ');
    }
}

static void
print_origin(const printer *p, bp_buf *line, const bp_written *from)
{
    pad(line, COLUMN);
    bp_buf_format(line, " %.*s", BP_ARG(from->bound->policy->name));
    bp_str place = bp_shown_place(p->shown, from->value->span);
    bp_buf_format(line, place.size > 0 ? "  %.*s\n" : "%.*s\n", BP_ARG(place));
    bp_output_str(p->run->out, bp_buf_text(line));
}

static bp_str
text_of(const printer *p, const bp_value *value)
{
    if (value->kind != BP_VALUE_TEXT) {
        return BP_STR("(not known)");
    }
    return bp_effective_text(p->run->arena, value->text, p->account);
}

static void
print_value(const printer *p, const bp_merged *node, size_t indent)
{
    bp_str key = bp_str_fold(p->run->arena, node->first.node->key);
    bp_buf line = {.arena = p->run->arena};
    pad(&line, indent);
    if (!node->list) {
        bp_buf_format(&line, "%.*s = %.*s", BP_ARG(key),
                      BP_ARG(text_of(p, node->items.at[0].value)));
        print_origin(p, &line, &node->whole);
        return;
    }
    if (node->items.count == 0) {
        bp_buf_format(&line, "%.*s = []", BP_ARG(key));
        print_origin(p, &line, &node->whole);
    }
    for (size_t i = 0; i < node->items.count; i++) {
        line = (bp_buf){.arena = p->run->arena};
        pad(&line, indent);
        bp_buf_format(&line, "%.*s %s %.*s", BP_ARG(key), i == 0 ? " =" : "and",
                      BP_ARG(text_of(p, node->items.at[i].value)));
        print_origin(p, &line, &node->items.at[i]);
    }
}

static void
print_node(const printer *p, bp_merged *node, size_t indent, int depth)
{
    bp_merged_open(p->merger, node);
    for (size_t i = 0; i < node->kids.count && depth < DEPTH; i++) {
        bp_merged *kid = node->kids.at[i];
        if (!bp_merged_holds(p->merger, kid)) {
            continue;
        }
        if (kid->has_value) {
            print_value(p, kid, indent);
            continue;
        }
        bp_buf line = {.arena = p->run->arena};
        bp_str key = bp_str_fold(p->run->arena, kid->first.node->key);
        pad(&line, indent);
        bp_buf_format(&line, "%.*s\n", BP_ARG(bp_effective_text(p->run->arena, key, p->account)));
        bp_output_str(p->run->out, bp_buf_text(&line));
        print_node(p, kid, indent + 2, depth + 1);
    }
}

static void
print_accounts(const printer *p, const bp_shown_group *group)
{
    const bp_organization *org = p->shown->session->org;
    size_t shown = group->accounts.count < NAMES_SHOWN ? group->accounts.count : NAMES_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        const bp_account *account = &org->accounts.at[group->accounts.at[i]];
        bp_output_format(p->run->out, "%.*s (%.*s)  in %.*s\n", BP_ARG(account->name),
                         BP_ARG(account->id), BP_ARG(bp_shown_path(p->run->arena, org, account)));
    }
    if (shown < group->accounts.count) {
        bp_output_format(p->run->out, "and %zu more accounts\n", group->accounts.count - shown);
    }
}

/* How many faults AWS would find, and whether something is missing here that was refused; findings
 * tell them one by one. */
static void
print_verdict(const printer *p, bp_way *way)
{
    bp_faults faults = {0};
    bool known = bp_way_faults(p->merger, p->shown->session->facts, way,
                               p->shown->session->options.as_of, &faults);
    if (faults.count > 0) {
        bp_output_format(p->run->out, "  not valid: %zu fault%s; backpol check tells them\n",
                         faults.count, faults.count == 1 ? "" : "s");
    } else if (!known) {
        bp_output_text(p->run->out, "  not valid: some of it is refused where it is written; "
                                    "backpol check tells what\n");
    }
}

/* Where policies of one level disagree, their order decides: says which one was taken. */
static void
print_order(const printer *p, const bp_way *way)
{
    bool told[2] = {false, false};
    for (; way != NULL; way = way->above) {
        for (size_t i = 0; i < way->events.count; i++) {
            if (way->events.at[i].kind == BP_MERGE_CONFLICT) {
                told[way->events.at[i].attached] = true;
            }
        }
    }
    if (told[true]) {
        bp_output_text(p->run->out, "  policies of one target disagree; taken in the order of "
                                    "attachment that the inventory lists\n");
    }
    if (told[false]) {
        bp_output_text(p->run->out, "  policies of one target disagree; taken in the order of "
                                    "declaration, as the inventory lists none\n");
    }
}

void
bp_effective_print_text(bp_run *run, bp_shown *shown)
{
    bp_merger *merger = shown->session->effective->merger;
    for (size_t g = 0; g < shown->groups.count; g++) {
        const bp_shown_group *group = &shown->groups.at[g];
        printer p = {.run = run, .shown = shown, .merger = merger};
        if (shown->single) {
            p.account = shown->session->org->accounts.at[group->accounts.at[0]].id;
        }
        bp_output_text(run->out, g > 0 ? "\n" : "");
        print_accounts(&p, group);
        bp_merged *document = bp_merger_document(merger, group->way);
        if (!bp_merged_holds(merger, document)) {
            bp_output_text(run->out, "  no backup policy\n");
            continue;
        }
        print_verdict(&p, group->way);
        print_order(&p, group->way);
        print_node(&p, document, 2, 0);
    }
    if (shown->groups.count == 0) {
        bp_output_text(run->out, "no active account\n");
    }
}
