/*
 * Levels below some OUs: `overrides` of the manifest, and locked rules.
 *
 * A finding that reaches accounts is judged by them: accounts for which the rule is off are taken
 * off it, and the strongest level of the others is its level. One that reaches none is judged by
 * the accounts of the policy it is about; where there is no such policy, no override applies.
 */
#include "compiler/review/review.h"

#include "lib/suggest.h"

bool
bp_review_locked(const bp_manifest *manifest, const bp_rule *rule, bp_span *span)
{
    for (size_t i = 0; i < manifest->locked.count; i++) {
        if (manifest->locked.at[i].rule == rule) {
            *span = manifest->locked.at[i].span;
            return true;
        }
    }
    return false;
}

static void
refuse_level(const bp_review *review, const bp_level *level)
{
    bp_span lock = BP_NOWHERE;
    if (level->rule == NULL || level->severity >= level->rule->severity ||
        !bp_review_locked(review->manifest, level->rule, &lock)) {
        return;
    }
    bp_finding *finding = bp_report(review->diagnostics, "CFG005", level->span,
                                    "%s cannot be lowered; it is locked", level->rule->code);
    bp_finding_label(review->diagnostics, finding, lock, "locked here");
    bp_finding_help(review->diagnostics, finding, "remove the level, or the lock");
}

static void report_nowhere(const bp_review *review, const bp_override *override);

void
bp_review_begin(const bp_review *review)
{
    const bp_manifest *manifest = review->manifest;
    for (size_t i = 0; i < manifest->levels.count; i++) {
        refuse_level(review, &manifest->levels.at[i]);
    }
    for (size_t i = 0; i < manifest->overrides.count; i++) {
        for (size_t k = 0; k < manifest->overrides.at[i]->levels.count; k++) {
            refuse_level(review, &manifest->overrides.at[i]->levels.at[k]);
        }
        report_nowhere(review, manifest->overrides.at[i]);
    }
}

/* ---- OUs */

static bp_str
segment(bp_str *rest)
{
    size_t end = bp_str_find(*rest, '/');
    bp_str first = bp_str_cut(*rest, 0, end);
    *rest = bp_str_cut(*rest, end + 1, rest->size);
    return first;
}

/* '*' stands for any run of characters of one name. */
static bool
name_fits(bp_str pattern, bp_str name)
{
    size_t star = pattern.size;
    size_t mark = 0;
    size_t p = 0;
    size_t n = 0;
    while (n < name.size) {
        if (p < pattern.size && pattern.at[p] == '*') {
            star = p++;
            mark = n;
        } else if (p < pattern.size && pattern.at[p] == name.at[n]) {
            p++;
            n++;
        } else if (star < pattern.size) {
            p = star + 1;
            n = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size && pattern.at[p] == '*') {
        p++;
    }
    return p == pattern.size;
}

/* Whether a pattern names the OU of a path or one above it. "**" stands for any number of names; at
 * the end it says what holds anyway. */
static bool
path_fits(bp_str pattern, bp_str path)
{
    bp_str star_pattern = {NULL, 0};
    bp_str star_path = {NULL, 0};
    bool star = false;
    while (pattern.size > 0) {
        bp_str rest = pattern;
        bp_str wanted = segment(&rest);
        if (bp_str_is(wanted, "**")) {
            star = true;
            star_pattern = pattern = rest;
            star_path = path;
            continue;
        }
        if (path.size == 0) {
            return false;
        }
        bp_str below = path;
        if (name_fits(wanted, segment(&below))) {
            pattern = rest;
            path = below;
        } else if (star && star_path.size > 0) {
            segment(&star_path);
            pattern = star_pattern;
            path = star_path;
        } else {
            return false;
        }
    }
    return true;
}

/* Whether an override is about an OU: by path, or by the id of it or of one above. */
static bool
is_about(const bp_override *override, const bp_organization *org, uint32_t ou)
{
    if (path_fits(override->ou.text, org->ous.at[ou].path)) {
        return true;
    }
    for (; org->ous.at[ou].depth > 0; ou = org->ous.at[ou].parent) {
        if (bp_str_equal(org->ous.at[ou].id, override->ou.text)) {
            return true;
        }
    }
    return false;
}

static void
report_nowhere(const bp_review *review, const bp_override *override)
{
    const bp_organization *org = review->org;
    bp_suggester nearest = bp_suggest_start(override->ou.text);
    for (uint32_t i = 0; org != NULL && i < org->ous.count; i++) {
        if (is_about(override, org, i)) {
            return;
        }
        bp_suggest_offer(&nearest, org->ous.at[i].path);
    }
    if (org == NULL || !org->tree_complete) {
        return;
    }
    bp_finding *finding =
        bp_report(review->diagnostics, "TOP001", override->ou.span,
                  "no OU of the inventory is \"%.*s\"; the override is about nothing",
                  BP_ARG(override->ou.text));
    if (nearest.best.size > 0) {
        bp_finding_fix(review->diagnostics, finding, false, override->ou.span, nearest.best,
                       "replace with \"%.*s\"", BP_ARG(nearest.best));
    }
}

/* ---- levels */

static bool
level_is_for(const bp_level *level, const bp_rule *rule)
{
    return level->rule != NULL
               ? level->rule == rule
               : bp_str_equal_folded(level->prefix,
                                     bp_str_cut(bp_str_of(rule->code), 0, level->prefix.size));
}

/* The level of a rule in one override: a rule by itself is stronger than its family. */
static bool
level_in(const bp_override *override, const bp_rule *rule, bp_severity *severity)
{
    bool found = false;
    for (size_t i = 0; i < override->levels.count; i++) {
        const bp_level *level = &override->levels.at[i];
        if (level_is_for(level, rule) && (!found || level->rule != NULL)) {
            *severity = level->severity;
            found = true;
        }
    }
    return found;
}

/* The level for an account; `otherwise` where no override is about it. Later overrides win. */
static bp_severity
level_for(const bp_review *review, const bp_rule *rule, const bp_account *account,
          bp_severity otherwise)
{
    bp_severity severity = otherwise;
    for (size_t i = 0; i < review->manifest->overrides.count; i++) {
        const bp_override *override = review->manifest->overrides.at[i];
        bp_severity here = BP_OFF;
        if (level_in(override, rule, &here) && is_about(override, review->org, account->ou)) {
            severity = here;
        }
    }
    return severity;
}

static void
override_cells(const bp_review *review, bp_finding *finding)
{
    bp_severity strongest = BP_OFF;
    size_t kept = 0;
    for (size_t i = 0; i < finding->cells.count; i++) {
        const bp_account *account = bp_org_account(review->org, finding->cells.at[i].account);
        bp_severity level = account == NULL
                                ? finding->severity
                                : level_for(review, finding->rule, account, finding->severity);
        strongest = level > strongest ? level : strongest;
        if (level != BP_OFF) {
            finding->cells.at[kept++] = finding->cells.at[i];
        }
    }
    finding->cells.count = kept;
    finding->severity = strongest;
    finding->settled = true;
}

/* The policy of a scope, or NULL. */
static const bp_bound_policy *
policy_of(const bp_review *review, bp_str scope)
{
    bp_str word = BP_STR("policy/");
    if (review->model == NULL || !bp_str_starts(scope, word)) {
        return NULL;
    }
    bp_str rest = bp_str_cut(scope, word.size, scope.size);
    const bp_bound_policy *best = NULL;
    for (size_t i = 0; i < review->model->policies.count; i++) {
        const bp_bound_policy *bound = &review->model->policies.at[i];
        bp_str name = bound->policy->name;
        bool fits =
            bp_str_starts(rest, name) && (rest.size == name.size || rest.at[name.size] == '/');
        if (fits && (best == NULL || name.size > best->policy->name.size)) {
            best = bound;
        }
    }
    return best;
}

/* The strongest level among the accounts that a policy reaches; false where it reaches none. */
static bool
level_of_reach(const bp_review *review, const bp_bound_policy *bound, bp_finding *finding)
{
    bp_severity strongest = BP_OFF;
    size_t reached = 0;
    for (size_t i = 0; i < bound->reach.count; i++) {
        for (uint32_t k = bound->reach.at[i].first; k < bound->reach.at[i].end; k++) {
            const bp_account *account = &review->org->accounts.at[k];
            if (bp_account_counts(account)) {
                bp_severity level = level_for(review, finding->rule, account, finding->severity);
                strongest = level > strongest ? level : strongest;
                reached++;
            }
        }
    }
    finding->severity = reached > 0 ? strongest : finding->severity;
    return reached > 0;
}

/* What a policy gets for a rule is the same for all findings of both that start at one level. */
static void
override_policy(bp_review *review, bp_finding *finding)
{
    const bp_bound_policy *bound = policy_of(review, finding->scope);
    if (bound == NULL || bound->holes) {
        return;
    }
    bp_str key = bp_str_format(review->arena, "%s%d %.*s", finding->rule->code,
                               (int)finding->severity, BP_ARG(bound->policy->name));
    const bp_severity *known = bp_map_get(review->levels, key);
    if (known != NULL) {
        finding->severity = *known;
        finding->settled = true;
    } else if (level_of_reach(review, bound, finding)) {
        bp_severity *level = BP_NEW(review->arena, bp_severity);
        *level = finding->severity;
        bp_map_set(review->levels, key, level);
        finding->settled = true;
    }
}

static bool
is_overridden(const bp_review *review, const bp_rule *rule)
{
    bp_span lock = BP_NOWHERE;
    bool any = false;
    for (size_t i = 0; i < review->manifest->overrides.count; i++) {
        bp_severity severity = BP_OFF;
        any = any || level_in(review->manifest->overrides.at[i], rule, &severity);
    }
    return any && !bp_review_locked(review->manifest, rule, &lock);
}

void
bp_review_override(bp_review *review)
{
    if (review->org == NULL || review->manifest->overrides.count == 0) {
        return;
    }
    for (size_t i = 0; i < bp_diagnostics_total(review->diagnostics); i++) {
        bp_finding *finding = bp_diagnostics_edit(review->diagnostics, i);
        if (finding->settled || !is_overridden(review, finding->rule)) {
            continue;
        }
        finding->severity = bp_diagnostics_severity(review->diagnostics, finding);
        if (finding->cells.count > 0) {
            override_cells(review, finding);
        } else {
            override_policy(review, finding);
        }
    }
}
