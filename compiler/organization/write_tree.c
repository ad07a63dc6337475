/*
 * The tree of the canonical form: OUs and accounts by id. The order of the records does not matter,
 * only whose child each is; no recursion, the tree may be as deep as a file says.
 */
#include "compiler/organization/write_parts.h"

#include <stdlib.h>

/* A child of an OU. */
typedef struct child {
    uint32_t parent;
    uint32_t index;
    bp_str id;
} child;

/* Children in order, and where those of an OU begin. */
typedef struct children {
    child *at;
    size_t *first; /* by OU, and one more */
} children;

/* An OU that waits to be put. */
typedef struct waiting {
    uint32_t index;
    uint32_t depth;
} waiting;

static int
by_parent(const void *a, const void *b)
{
    const child *one = a;
    const child *other = b;
    if (one->parent != other->parent) {
        return one->parent < other->parent ? -1 : 1;
    }
    int order = bp_str_compare(one->id, other->id);
    return order != 0 ? order : (one->index > other->index) - (one->index < other->index);
}

static void
order_children(bp_org_writer *writer, children *of, size_t count)
{
    size_t ous = writer->org->ous.count;
    if (count > 1) {
        qsort(of->at, count, sizeof *of->at, by_parent);
    }
    of->first = bp_arena_array(writer->arena, ous + 1, sizeof *of->first);
    size_t at = 0;
    for (size_t ou = 0; ou <= ous; ou++) {
        while (at < count && of->at[at].parent < ou) {
            at++;
        }
        of->first[ou] = at;
    }
}

static children
ous_in_order(bp_org_writer *writer)
{
    const bp_organization *org = writer->org;
    children of = {.at = bp_arena_array(writer->arena, org->ous.count + 1, sizeof(child))};
    for (size_t i = 1; i < org->ous.count; i++) {
        of.at[i - 1] = (child){org->ous.at[i].parent, (uint32_t)i, org->ous.at[i].id};
    }
    order_children(writer, &of, org->ous.count == 0 ? 0 : org->ous.count - 1);
    return of;
}

static children
accounts_in_order(bp_org_writer *writer)
{
    const bp_organization *org = writer->org;
    children of = {.at = bp_arena_array(writer->arena, org->accounts.count + 1, sizeof(child))};
    for (size_t i = 0; i < org->accounts.count; i++) {
        of.at[i] = (child){org->accounts.at[i].ou, (uint32_t)i, org->accounts.at[i].id};
    }
    order_children(writer, &of, org->accounts.count);
    return of;
}

static void
put_account(bp_org_writer *writer, size_t index, size_t indent)
{
    const bp_account *account = &writer->org->accounts.at[index];
    const bp_org_line *line = &writer->lines[index];
    bp_buf *out = writer->out;
    bp_buf_format(out, "%*s- {id: ", (int)indent, "");
    bp_org_put_quoted(out, account->id);
    if (account->name.size > 0) {
        bp_buf_add_c(out, ", name: ");
        bp_org_put_text(out, account->name);
    }
    if (account->state != BP_STATE_ACTIVE) {
        bp_buf_format(out, ", state: %s", bp_account_state_name(account->state));
    }
    if (line->profile->value.at != NULL) {
        bp_buf_add_c(out, ", profile: ");
        bp_org_put_name(out, &line->profile->value);
    } else {
        bp_org_put_combination(writer, out, &line->profile->holds, true);
    }
    if (line->resources != NULL) {
        bp_buf_add_c(out, ", resources: ");
        bp_org_put_name(out, line->resources);
    }
    if (line->tags != NULL) {
        bp_buf_add_c(out, ", tags: ");
        bp_org_put_name(out, line->tags);
    }
    bp_buf_add_c(out, "}\n");
}

/* A level whose list is empty, or was not looked at: only what a reader would not take for granted
 * is written. */
static void
put_empty_level(bp_org_writer *writer, const char *key, bool known, size_t indent)
{
    if (known != writer->org->tree_complete) {
        bp_buf_format(writer->out, "%*s%s: %s\n", (int)indent, "", key, known ? "[]" : "unknown");
    }
}

/* The key of a list. One that was not looked at as a whole says so: a reader takes a list that is
 * written for all there is. */
static void
put_level(bp_org_writer *writer, const char *key, bool known, size_t indent)
{
    if (!known) {
        bp_buf_format(writer->out, "%*s%s_seen: partial\n", (int)indent, "", key);
    }
    bp_buf_format(writer->out, "%*s%s:\n", (int)indent, "", key);
}

/* What stands in an OU before its OUs. */
static void
put_node(bp_org_writer *writer, const bp_ou *ou, size_t indent)
{
    bp_buf *out = writer->out;
    bp_buf_add_c(out, "id: ");
    bp_org_put_text(out, ou->id);
    bp_buf_format(out, "\n%*sname: ", (int)indent, "");
    bp_org_put_text(out, ou->name);
    bp_buf_add_char(out, '\n');
    const bp_org_value *tags = bp_org_intern(writer, BP_SET_TAGS, ou->tags);
    if (tags != NULL) {
        bp_buf_format(out, "%*stags: ", (int)indent, "");
        bp_org_put_name(out, tags);
        bp_buf_add_char(out, '\n');
    }
}

static void
put_accounts(bp_org_writer *writer, const children *accounts, size_t ou, size_t indent)
{
    if (accounts->first[ou] == accounts->first[ou + 1]) {
        put_empty_level(writer, "accounts", writer->org->ous.at[ou].accounts_known, indent);
        return;
    }
    put_level(writer, "accounts", writer->org->ous.at[ou].accounts_known, indent);
    for (size_t i = accounts->first[ou]; i < accounts->first[ou + 1]; i++) {
        put_account(writer, accounts->at[i].index, indent + 2);
    }
}

void
bp_org_put_tree(bp_org_writer *writer)
{
    const bp_organization *org = writer->org;
    children ous = ous_in_order(writer);
    children accounts = accounts_in_order(writer);
    BP_VEC(waiting) stack = {.at = NULL};
    bp_buf_add_c(writer->out, "root:\n");
    if (org->ous.count > 0) {
        *bp_vec_add(writer->arena, &stack) = (waiting){0, 0};
    }
    while (stack.count > 0) {
        waiting now = stack.at[--stack.count];
        const bp_ou *ou = &org->ous.at[now.index];
        /* an OU stands four blanks deeper than its parent, its keys behind "- " */
        size_t indent = 2 + 4 * (size_t)now.depth;
        bp_buf_format(writer->out, "%*s%s", (int)(now.depth == 0 ? 2 : indent - 2), "",
                      now.depth == 0 ? "" : "- ");
        put_node(writer, ou, indent);
        put_accounts(writer, &accounts, now.index, indent);
        size_t first = ous.first[now.index];
        size_t end = ous.first[now.index + 1];
        if (first == end) {
            put_empty_level(writer, "ous", ou->ous_known, indent);
            continue;
        }
        put_level(writer, "ous", ou->ous_known, indent);
        for (size_t i = end; i > first; i--) {
            *bp_vec_add(writer->arena, &stack) = (waiting){ous.at[i - 1].index, now.depth + 1};
        }
    }
}
