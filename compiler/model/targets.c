/*
 * Targets of policies, vaults and roles, looked up in the organization.
 *
 * An OU is named by its path below the root, by its bare name while that is unique, or by its id;
 * an account by its id or its unique name. Only what is absent from a list that was looked at
 * completely is an error; the rest is counted as not checked.
 */
#include "compiler/model/targets.h"

#include "lib/suggest.h"

#include <inttypes.h>

/* Bounds the work of suggesting when thousands of targets are wrong. */
enum { OFFERS = 2000000, CHILDREN_SHOWN = 8, PATHS_SHOWN = 5, SHOWN_BYTES = 60 };

bp_target_finder
bp_target_finder_new(bp_arena *arena, bp_diagnostics *diagnostics, const bp_organization *org)
{
    bp_target_finder finder = {.arena = arena,
                               .diagnostics = diagnostics,
                               .org = org,
                               .ous_complete = true,
                               .accounts_complete = true,
                               .offers = OFFERS};
    for (size_t i = 0; i < org->ous.count; i++) {
        finder.ous_complete = finder.ous_complete && org->ous.at[i].ous_known;
        finder.accounts_complete = finder.accounts_complete && org->ous.at[i].accounts_known;
    }
    finder.accounts_complete = finder.accounts_complete && finder.ous_complete;
    return finder;
}

static size_t
active_below(const bp_organization *org, const bp_ou *ou)
{
    bp_range range = {ou->first_account, ou->end_account};
    bp_ranges ranges = {&range, 1, 1};
    return bp_ranges_active(org, &ranges);
}

/* The text of a target for a message, cut between characters. */
static bp_str
shown(const bp_target_finder *finder, bp_str text)
{
    size_t end = SHOWN_BYTES;
    if (text.size <= SHOWN_BYTES) {
        return text;
    }
    while (end > 0 && ((unsigned char)text.at[end] & 0xC0) == 0x80) {
        end--;
    }
    return bp_str_format(finder->arena, "%.*s...", BP_ARG(bp_str_cut(text, 0, end)));
}

/* How a target is written so that it is found: the path, or the id where a name holds a slash. */
static bp_str
ou_words(const bp_target_finder *finder, const bp_ou *ou)
{
    size_t same = 0;
    if (ou->depth == 0) {
        return BP_STR("root");
    }
    if (bp_str_find(ou->name, '/') < ou->name.size) {
        return ou->id;
    }
    if (bp_str_find(ou->path, '/') == ou->path.size) {
        (void)bp_org_ou_named(finder->org, ou->path, &same);
        return same > 1 ? ou->id : ou->path;
    }
    return ou->path;
}

/* The deepest OU on a path that exists, the root for none. */
static const bp_ou *
last_good_parent(const bp_organization *org, bp_str path)
{
    size_t end = path.size;
    while (end > 0) {
        while (end > 0 && path.at[end - 1] != '/') {
            end--;
        }
        if (end == 0) {
            break;
        }
        const bp_ou *ou = bp_org_ou_path(org, bp_str_cut(path, 0, end - 1));
        if (ou != NULL) {
            return ou;
        }
        end--;
    }
    return &org->ous.at[0];
}

/* A note that lists what stands directly below an OU. */
static void
note_children(bp_target_finder *finder, bp_finding *finding, const bp_ou *parent)
{
    const bp_organization *org = finder->org;
    bp_buf names = {.arena = finder->arena};
    uint32_t index = (uint32_t)(parent - org->ous.at);
    size_t shown = 0;
    size_t more = 0;
    for (uint32_t i = index + 1; i < parent->end_ou; i = org->ous.at[i].end_ou) {
        if (shown < CHILDREN_SHOWN) {
            bp_buf_format(&names, "%s\"%.*s\"", shown > 0 ? ", " : "", BP_ARG(org->ous.at[i].name));
            shown++;
        } else {
            more++;
        }
    }
    if (more > 0) {
        bp_buf_format(&names, " and %zu more", more);
    }
    bp_str list = bp_buf_text(&names);
    bp_str where = parent->depth == 0
                       ? BP_STR("the root")
                       : bp_str_format(finder->arena, "\"%.*s\"", BP_ARG(parent->path));
    if (shown == 0) {
        bp_finding_note(finder->diagnostics, finding, "there is no OU below %.*s", BP_ARG(where));
    } else {
        bp_finding_note(finder->diagnostics, finding, "OUs directly below %.*s: %.*s",
                        BP_ARG(where), BP_ARG(list));
    }
}

/* The OU that was probably meant, or NULL. */
static const bp_ou *
near_ou(bp_target_finder *finder, bp_str wanted)
{
    const bp_organization *org = finder->org;
    bp_suggester suggester = bp_suggest_start(wanted);
    bool path = bp_str_find(wanted, '/') < wanted.size;
    bool id = bp_str_starts(wanted, BP_STR("ou-"));
    size_t count = 0;
    if (finder->offers < org->ous.count) {
        return NULL;
    }
    finder->offers -= org->ous.count;
    for (size_t i = 1; i < org->ous.count; i++) {
        const bp_ou *ou = &org->ous.at[i];
        bp_suggest_offer(&suggester, id ? ou->id : path ? ou->path : ou->name);
    }
    if (suggester.best.size == 0) {
        return NULL;
    }
    return id     ? bp_org_ou(org, suggester.best)
           : path ? bp_org_ou_path(org, suggester.best)
                  : bp_org_ou_named(org, suggester.best, &count);
}

static void
report_ou(bp_target_finder *finder, const bp_target_ref *ref)
{
    bp_diagnostics *list = finder->diagnostics;
    bp_str words_seen = shown(finder, ref->text);
    bp_finding *finding =
        bp_report(list, "TOP001", ref->span,
                  "the organization has no OU \"%.*s\"; a target must be in the inventory",
                  BP_ARG(words_seen));
    bp_finding_mark(list, finding, "no OU of this %s",
                    bp_str_starts(ref->text, BP_STR("ou-"))        ? "id"
                    : bp_str_find(ref->text, '/') < ref->text.size ? "path"
                                                                   : "name");
    if (bp_str_equal_folded(ref->text, BP_STR("root"))) {
        bp_finding_help(list, finding, "the root of the organization is the word root");
        return;
    }
    const bp_ou *near = near_ou(finder, ref->text);
    if (near != NULL) {
        size_t accounts = active_below(finder->org, near);
        bp_str words = ou_words(finder, near);
        bp_finding_label(list, finding, near->span, "this OU has a name that is near");
        bp_finding_help(list, finding, "did you mean \"%.*s\", with %zu active account%s?",
                        BP_ARG(words), accounts, bp_plural(accounts));
        bp_str seen = bp_span_text(bp_diagnostics_sources(list), ref->span);
        if (seen.size > 1 && seen.at[0] == '"') {
            bp_str text = bp_str_format(finder->arena, "\"%.*s\"", BP_ARG(words));
            bp_finding_fix(list, finding, false, ref->span, text, "replace with %.*s",
                           BP_ARG(text));
        }
    }
    note_children(finder, finding, last_good_parent(finder->org, ref->text));
}

static void
report_ambiguous(bp_target_finder *finder, const bp_target_ref *ref, size_t count)
{
    const bp_organization *org = finder->org;
    bp_diagnostics *list = finder->diagnostics;
    bp_finding *finding = bp_report(list, "TOP001", ref->span,
                                    "%zu OUs are named \"%.*s\"; a name alone must be unique",
                                    count, BP_ARG(ref->text));
    bp_buf words = {.arena = finder->arena};
    size_t shown = 0;
    for (size_t i = 1; i < org->ous.count && shown < PATHS_SHOWN; i++) {
        const bp_ou *ou = &org->ous.at[i];
        if (!bp_str_equal(ou->name, ref->text)) {
            continue;
        }
        bp_finding_label(list, finding, ou->span, "\"%.*s\" (%.*s), with %zu active account%s",
                         BP_ARG(ou->path), BP_ARG(ou->id), active_below(org, ou),
                         bp_plural(active_below(org, ou)));
        bp_str way = ou_words(finder, ou);
        bp_buf_format(&words, "%sou(\"%.*s\")", shown > 0 ? ", " : "", BP_ARG(way));
        shown++;
    }
    bp_finding_mark(list, finding, "which one?");
    bp_str ways = bp_buf_text(&words);
    bp_finding_help(list, finding, "write one of %.*s%s", BP_ARG(ways),
                    count > shown ? " or another full path" : "");
}

static void
skip(bp_target_finder *finder, const char *code)
{
    bp_skip_check(finder->diagnostics, code, 1, "the tree of the inventory is not complete");
}

static bool
find_ou(bp_target_finder *finder, const bp_target_ref *ref, bp_bound_target *found)
{
    const bp_organization *org = finder->org;
    size_t count = 0;
    found->ou = bp_org_ou(org, ref->text);
    if (found->ou != NULL) {
        return true;
    }
    bool path = bp_str_find(ref->text, '/') < ref->text.size;
    bool id = bp_str_starts(ref->text, BP_STR("ou-"));
    if (!path) {
        found->ou = bp_org_ou_named(org, ref->text, &count);
        /* A name that only an unfinished list makes unique still binds: it is there. */
        if (count > 1) {
            report_ambiguous(finder, ref, count);
            return false;
        }
    }
    if (found->ou == NULL) {
        found->ou = bp_org_ou_path(org, ref->text);
    }
    if (found->ou != NULL && found->ou->depth > 0) {
        return true;
    }
    bool known = path && !id ? last_good_parent(org, ref->text)->ous_known : finder->ous_complete;
    if (known) {
        report_ou(finder, ref);
    } else {
        skip(finder, "TOP001");
    }
    return false;
}

static void
suggest_account(bp_target_finder *finder, bp_finding *finding, const bp_target_ref *ref)
{
    const bp_organization *org = finder->org;
    bp_suggester suggester = bp_suggest_start(ref->text);
    bool digits = bp_str_is_digits(ref->text);
    if (finder->offers < org->accounts.count) {
        return;
    }
    finder->offers -= org->accounts.count;
    for (size_t i = 0; i < org->accounts.count; i++) {
        const bp_account *account = &org->accounts.at[i];
        bp_suggest_offer(&suggester, digits ? account->id : account->name);
    }
    for (size_t i = 0; i < org->accounts.count && suggester.best.size > 0; i++) {
        const bp_account *account = &org->accounts.at[i];
        if (!bp_str_equal(digits ? account->id : account->name, suggester.best)) {
            continue;
        }
        bp_finding_label(finder->diagnostics, finding, account->span, "this account is near");
        bp_finding_help(finder->diagnostics, finding, "did you mean \"%.*s\" (%.*s)?",
                        BP_ARG(suggester.best), BP_ARG(digits ? account->name : account->id));
        return;
    }
}

static bool
find_account(bp_target_finder *finder, const bp_target_ref *ref, bp_bound_target *found)
{
    const bp_organization *org = finder->org;
    bp_diagnostics *list = finder->diagnostics;
    bool many = false;
    found->account = bp_org_account(org, ref->text);
    if (found->account == NULL) {
        found->account = bp_org_account_named(org, ref->text, &many);
    }
    if (found->account != NULL) {
        return true;
    }
    if (many) {
        bp_finding *finding = bp_report(
            list, "TOP002", ref->span,
            "several accounts are named \"%.*s\"; a name alone must be unique", BP_ARG(ref->text));
        bp_finding_mark(list, finding, "which one?");
        size_t shown = 0;
        for (size_t i = 0; i < org->accounts.count && shown < PATHS_SHOWN; i++) {
            const bp_account *account = &org->accounts.at[i];
            if (bp_str_equal(account->name, ref->text)) {
                bp_finding_label(list, finding, account->span, "one of them");
                shown++;
            }
        }
        bp_finding_help(list, finding, "name the account by its 12 digits");
        return false;
    }
    if (!finder->accounts_complete) {
        skip(finder, "TOP002");
        return false;
    }
    bp_str words_seen = shown(finder, ref->text);
    bp_finding *finding =
        bp_report(list, "TOP002", ref->span,
                  "the organization has no account \"%.*s\"; a target must be in the inventory",
                  BP_ARG(words_seen));
    bp_finding_mark(list, finding, "no account of this %s",
                    bp_str_is_digits(ref->text) ? "id" : "name");
    suggest_account(finder, finding, ref);
    return false;
}

bool
bp_target_find(bp_target_finder *finder, const bp_target_ref *ref, bp_bound_target *found)
{
    *found = (bp_bound_target){.ref = ref};
    if (ref->unknown) {
        return false;
    }
    bool good = false;
    switch (ref->kind) {
    case BP_TARGET_ORGANIZATION:
        found->self_is_organization = true;
        return true;
    case BP_TARGET_ROOT:
        found->ou = &finder->org->ous.at[0];
        good = finder->org->ous.count > 0;
        break;
    case BP_TARGET_OU:
        good = find_ou(finder, ref, found);
        break;
    case BP_TARGET_ACCOUNT:
        good = find_account(finder, ref, found);
        break;
    }
    if (good) {
        found->id = found->ou != NULL ? found->ou->id : found->account->id;
    }
    return good;
}
