/*
 * `coverage` for people: what lacks a plan first, worst first; then what is left out with reasons,
 * where copies lie, and what nobody knows. Lists are cut, counts are whole.
 */
#include "compiler/cli/coverage.h"

enum { ROWS_SHOWN = 20, NAMES_SHOWN = 3, COLUMN = 34 };

typedef struct printer {
    bp_run *run;
    const bp_cover_sums *sums;
    const bp_organization *org;
} printer;

static void
print_title(const printer *p, const char *title)
{
    bp_output_format(p->run->out, "\n%s\n", title);
}

/* One line: a name, padded, and what is to be said of it. */
static void
print_row(const printer *p, bp_str name, bp_str text)
{
    bp_buf line = {.arena = p->run->arena};
    bp_buf_format(&line, "  %.*s", BP_ARG(name));
    size_t at = bp_str_characters(name);
    if (at > COLUMN) {
        bp_buf_add_c(&line, "\n  ");
        at = 0;
    }
    for (; at < COLUMN; at++) {
        bp_buf_add_char(&line, ' ');
    }
    bp_buf_format(&line, "  %.*s\n", BP_ARG(text));
    bp_output_format(p->run->out, "%.*s", BP_ARG(bp_buf_text(&line)));
}

static void
print_more(const printer *p, size_t count, size_t shown)
{
    if (count > shown) {
        bp_output_format(p->run->out, "  and %zu more\n", count - shown);
    }
}

static size_t
shown_of(size_t count)
{
    return count > ROWS_SHOWN + 1 ? ROWS_SHOWN : count;
}

static bp_str
account_words(const printer *p, uint32_t index)
{
    const bp_account *account = &p->org->accounts.at[index];
    return account->name.size == 0 ? account->id
                                   : bp_str_format(p->run->arena, "%.*s (%.*s)",
                                                   BP_ARG(account->name), BP_ARG(account->id));
}

static bp_str
count_words(const printer *p, size_t count)
{
    return bp_count_of(p->run->arena, count, "account", "accounts");
}

static bp_str
ou_words(const bp_ou *ou)
{
    return ou->depth == 0 ? BP_STR("root") : ou->path.size > 0 ? ou->path : ou->id;
}

static bp_str
regions_words(const printer *p, bp_region_mask mask)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(p->org->facts, &count);
    bp_buf words = {.arena = p->run->arena};
    for (size_t i = 0; i < count; i++) {
        if ((mask & BP_REGION_BIT(i)) != 0) {
            bp_buf_format(&words, "%s%s", words.size > 0 ? ", " : "", regions[i].code);
        }
    }
    return bp_buf_text(&words);
}

static void
print_summary(const printer *p)
{
    const size_t *counts = p->sums->coverage->counts;
    size_t unknown = counts[BP_COVER_UNKNOWN];
    size_t looked_at = counts[BP_COVER_REACHED] + counts[BP_COVER_NONE] + unknown;
    bp_buf line = {.arena = p->run->arena};
    bp_buf_format(
        &line, "%zu of %.*s reached by a plan", counts[BP_COVER_REACHED],
        BP_ARG(bp_count_of(p->run->arena, looked_at, "active account", "active accounts")));
    bp_buf_format(&line, ", %zu by none", counts[BP_COVER_NONE]);
    if (unknown > 0) {
        bp_buf_format(&line, ", %zu not known", unknown);
    }
    if (counts[BP_COVER_EXEMPT] > 0) {
        bp_buf_format(&line, "; %zu exempt", counts[BP_COVER_EXEMPT]);
    }
    if (counts[BP_COVER_MANAGEMENT] > 0) {
        bp_buf_add_c(&line, "; the management account is left out");
    }
    if (counts[BP_COVER_INACTIVE] > 0) {
        bp_buf_format(&line, "; %zu not active", counts[BP_COVER_INACTIVE]);
    }
    bp_output_format(p->run->out, "%.*s%s\n", BP_ARG(bp_buf_text(&line)),
                     p->sums->required ? "; the manifest requires a plan for each" : "");
}

/* ---- accounts */

static int
by_worst_gap(const bp_cover_gap *a, const bp_cover_gap *b)
{
    return a->accounts.count > b->accounts.count ? -1 : a->accounts.count < b->accounts.count;
}

/* Gaps by size, those of one size in tree order: few are shown, so few are chosen. */
static const bp_cover_gap *
next_gap(const bp_coverage *coverage, const bp_cover_gap *last)
{
    const bp_cover_gap *best = NULL;
    for (size_t i = 0; i < coverage->gaps.count; i++) {
        const bp_cover_gap *at = &coverage->gaps.at[i];
        int after = last == NULL ? 1 : by_worst_gap(at, last);
        bool later = after > 0 || (last != NULL && after == 0 && at > last);
        if (later && (best == NULL || by_worst_gap(at, best) < 0)) {
            best = at;
        }
    }
    return best;
}

static size_t
active_in(const printer *p, const bp_cover_gap *gap)
{
    size_t active = 0;
    for (uint32_t i = gap->ou->first_account; i < gap->ou->end_account; i++) {
        bp_cover_state state = p->sums->coverage->accounts[i].state;
        bool meant = gap->whole || &p->org->ous.at[p->org->accounts.at[i].ou] == gap->ou;
        bool expected =
            state == BP_COVER_REACHED || state == BP_COVER_NONE || state == BP_COVER_EXEMPT;
        active += meant && expected;
    }
    return active;
}

static void
print_gap(const printer *p, const bp_cover_gap *gap)
{
    bp_buf text = {.arena = p->run->arena};
    bp_buf_format(&text, "%zu of %.*s: ", gap->accounts.count,
                  BP_ARG(count_words(p, active_in(p, gap))));
    size_t names = gap->accounts.count > NAMES_SHOWN + 1 ? NAMES_SHOWN : gap->accounts.count;
    for (size_t i = 0; i < names; i++) {
        bp_buf_format(&text, "%s%.*s", i > 0 ? ", " : "",
                      BP_ARG(account_words(p, gap->accounts.at[i])));
    }
    if (names < gap->accounts.count) {
        bp_buf_format(&text, " and %zu more", gap->accounts.count - names);
    }
    if (gap->nearest != NULL) {
        bp_buf_format(&text, "; nearest with a policy: %.*s", BP_ARG(ou_words(gap->nearest)));
    }
    print_row(p, ou_words(gap->ou), bp_buf_text(&text));
}

static void
print_gaps(const printer *p)
{
    const bp_coverage *coverage = p->sums->coverage;
    size_t shown = shown_of(coverage->gaps.count);
    const bp_cover_gap *gap = NULL;
    if (shown == 0) {
        return;
    }
    print_title(p, "Accounts that no plan reaches, by OU");
    for (size_t i = 0; i < shown; i++) {
        gap = next_gap(coverage, gap);
        print_gap(p, gap);
    }
    print_more(p, coverage->gaps.count, shown);
}

static void
print_exemptions(const printer *p)
{
    const bp_coverage *coverage = p->sums->coverage;
    if (coverage->exemptions.count > 0) {
        print_title(p, "Exempt");
    }
    for (size_t i = 0; i < coverage->exemptions.count; i++) {
        const bp_bound_exemption *at = &coverage->exemptions.at[i];
        bp_str name = at->exemption->target.text;
        if (at->found && !at->exemption->is_ou) {
            name = account_words(p, at->first);
        }
        print_row(p, name,
                  bp_str_format(p->run->arena, "%.*s: %.*s", BP_ARG(count_words(p, at->used)),
                                BP_ARG(at->exemption->reason.text)));
    }
}

/* ---- Regions, types, copies */

static void
print_regions(const printer *p, const bp_region_covers *list, const char *title, const char *what)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(p->org->facts, &count);
    size_t shown = shown_of(list->count);
    if (shown > 0) {
        print_title(p, title);
    }
    for (size_t i = 0; i < shown; i++) {
        const bp_region_cover *at = &list->at[i];
        print_row(p, bp_str_of(regions[at->region].code),
                  bp_str_format(p->run->arena, "%s %.*s; first: %.*s", what,
                                BP_ARG(count_words(p, at->accounts)),
                                BP_ARG(account_words(p, at->first))));
    }
    print_more(p, list->count, shown);
}

static bp_str
type_words(const printer *p, const bp_type_cover *type)
{
    bp_buf text = {.arena = p->run->arena};
    if (type->without > 0) {
        bp_buf_format(&text, "no plan takes any in %zu of %.*s; first: %.*s; ", type->without,
                      BP_ARG(count_words(p, type->accounts)),
                      BP_ARG(account_words(p, type->first)));
    } else if (type->regions != 0) {
        bp_buf_format(&text, "some are left out in %.*s; ", BP_ARG(count_words(p, type->accounts)));
    }
    if (type->regions != 0) {
        bp_buf_format(&text, "%s%lld resource%s in %.*s", type->at_least ? "at least " : "",
                      (long long)type->resources, bp_plural(type->resources),
                      BP_ARG(regions_words(p, type->regions)));
    }
    if (type->open > 0) {
        bp_buf_format(&text, "%snot known in %.*s", text.size > 0 ? "; " : "",
                      BP_ARG(count_words(p, type->open)));
    }
    return bp_buf_text(&text);
}

static void
print_types(const printer *p)
{
    bool titled = false;
    for (size_t i = 0; i < p->sums->types.count; i++) {
        const bp_type_cover *type = &p->sums->types.at[i];
        bp_str text = type_words(p, type);
        if (text.size == 0) {
            continue;
        }
        if (!titled) {
            print_title(p, "Types with resources that no plan takes");
        }
        titled = true;
        print_row(p, bp_cover_type_words(p->run->arena, type->row), text);
    }
}

static bp_str
destination_words(const printer *p, const bp_cover_copy *to)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(p->org->facts, &count);
    const bp_account *account = bp_org_account(p->org, to->account);
    bp_buf text = {.arena = p->run->arena};
    bp_buf_add_c(&text, "in ");
    bp_buf_add_c(&text, to->region < 0 ? "an unknown Region" : regions[to->region].code);
    if (bp_str_is(to->account, "$account")) {
        bp_buf_add_c(&text, " of the account itself");
    } else if (account != NULL) {
        bp_buf_format(&text, " of %.*s",
                      BP_ARG(account_words(p, bp_account_index(p->org, account))));
    } else {
        bp_buf_format(&text, " of %.*s, which is not in the inventory", BP_ARG(to->account));
    }
    return bp_buf_text(&text);
}

static void
print_copies(const printer *p)
{
    size_t shown = shown_of(p->sums->copies.count);
    if (shown > 0 || p->sums->uncopied > 0) {
        print_title(p, "Where the second copy lies");
    }
    for (size_t i = 0; i < shown; i++) {
        const bp_copy_cover *at = &p->sums->copies.at[i];
        print_row(p, at->to.vault,
                  bp_str_format(p->run->arena, "%.*s: %.*s", BP_ARG(destination_words(p, &at->to)),
                                BP_ARG(count_words(p, at->accounts))));
    }
    print_more(p, p->sums->copies.count, shown);
    if (p->sums->uncopied > 0) {
        print_row(p, BP_STR("no copy"), count_words(p, p->sums->uncopied));
    }
}

static void
print_unknown(const printer *p)
{
    const bp_coverage *coverage = p->sums->coverage;
    bool any = p->sums->resources_unknown > 0 || coverage->open || !p->org->tree_complete ||
               coverage->counts[BP_COVER_UNKNOWN] > 0;
    if (any) {
        print_title(p, "Not known");
    }
    if (coverage->counts[BP_COVER_UNKNOWN] > 0) {
        print_row(p, BP_STR("accounts"),
                  bp_str_format(p->run->arena, "%.*s: %s",
                                BP_ARG(count_words(p, coverage->counts[BP_COVER_UNKNOWN])),
                                coverage->open ? "a policy or target that could not be read may "
                                                 "reach them"
                                               : "their state is unknown"));
    }
    if (!p->org->tree_complete) {
        print_row(p, BP_STR("tree"),
                  BP_STR("the inventory does not say that it holds all accounts"));
    }
    if (p->sums->resources_unknown > 0) {
        print_row(p, BP_STR("resources"),
                  bp_str_format(p->run->arena, "%.*s: not listed in every Region of their plans",
                                BP_ARG(count_words(p, p->sums->resources_unknown))));
    }
}

void
bp_coverage_print_text(bp_run *run, const bp_cover_sums *sums)
{
    printer p = {.run = run, .sums = sums, .org = sums->coverage->org};
    print_summary(&p);
    print_gaps(&p);
    print_regions(&p, &sums->outside, "Regions with resources and without a plan", "resources of");
    print_regions(&p, &sums->enabled, "Opt-in Regions that are enabled, without a plan",
                  "enabled in");
    print_types(&p);
    print_copies(&p);
    print_exemptions(&p);
    print_unknown(&p);
}
