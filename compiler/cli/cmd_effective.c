/*
 * `backpol effective`: what accounts get, from the model in memory. Which accounts are meant is
 * decided here; the forms of showing them are effective_text.c, effective_json.c and
 * effective_why.c. Nothing is written.
 */
#include "compiler/cli/effective.h"
#include "lib/suggest.h"

bp_str
bp_shown_ou(const bp_organization *org, uint32_t ou)
{
    const bp_ou *at = &org->ous.at[ou];
    if (at->depth == 0) {
        return BP_STR("Root");
    }
    return at->name.size > 0 ? at->name : at->id;
}

bp_str
bp_shown_path(bp_arena *arena, const bp_organization *org, const bp_account *account)
{
    bp_str path = bp_shown_ou(org, account->ou);
    for (uint32_t ou = account->ou; org->ous.at[ou].depth > 0;) {
        ou = org->ous.at[ou].parent;
        path = bp_str_format(arena, "%.*s / %.*s", BP_ARG(bp_shown_ou(org, ou)), BP_ARG(path));
    }
    return path;
}

bp_str
bp_shown_place(const bp_shown *shown, bp_span span)
{
    bp_sources *sources = shown->session->sources;
    const bp_source *source = bp_sources_get(sources, span.source);
    if (source == NULL) {
        return (bp_str){"", 0};
    }
    bp_position at = bp_sources_position(sources, span.source, span.start);
    return bp_str_format(shown->session->arena, "%.*s:%u:%u", BP_ARG(source->path),
                         (unsigned)at.line, (unsigned)at.column);
}

static void
add_account(bp_shown *shown, bp_map *groups, uint32_t index)
{
    bp_arena *arena = shown->session->arena;
    bp_way *way = shown->session->effective->account_ways[index];
    bp_way **key = BP_NEW(arena, bp_way *);
    *key = way;
    size_t *number = bp_map_get(groups, (bp_str){(const char *)key, sizeof *key});
    if (number == NULL || *number >= shown->groups.count) {
        number = BP_NEW(arena, size_t);
        *number = shown->groups.count;
        bp_map_set(groups, (bp_str){(const char *)key, sizeof *key}, number);
        *bp_vec_add(arena, &shown->groups) = (bp_shown_group){.way = way};
    }
    *bp_vec_add(arena, &shown->groups.at[*number].accounts) = index;
}

static void
add_range(bp_shown *shown, uint32_t first, uint32_t end)
{
    const bp_organization *org = shown->session->org;
    bp_map *groups = bp_map_new(shown->session->arena);
    for (uint32_t i = first; i < end; i++) {
        if (bp_account_counts(&org->accounts.at[i]) || shown->single) {
            add_account(shown, groups, i);
        }
    }
}

static bool
not_found(bp_run *run, const bp_organization *org, bp_str word)
{
    bp_suggester nearest = bp_suggest_start(word);
    for (size_t i = 0; i < org->ous.count; i++) {
        bp_suggest_offer(&nearest, org->ous.at[i].path);
    }
    for (size_t i = 0; i < org->accounts.count; i++) {
        bp_suggest_offer(&nearest, org->accounts.at[i].name);
    }
    if (nearest.best.size > 0) {
        bp_run_trouble(run, "no account or OU is called \"%.*s\"; did you mean \"%.*s\"?",
                       BP_ARG(word), BP_ARG(nearest.best));
    } else {
        bp_run_trouble(run, "no account or OU is called \"%.*s\"", BP_ARG(word));
    }
    return false;
}

/* An account by digits or name, an OU by id, path or name, or "root". */
static bool
choose(bp_run *run, bp_shown *shown, bp_str word)
{
    const bp_organization *org = shown->session->org;
    bool many = false;
    size_t count = 0;
    const bp_account *account = bp_org_account(org, word);
    const bp_ou *ou =
        bp_str_equal_folded(word, BP_STR("root")) ? &org->ous.at[0] : bp_org_ou(org, word);
    ou = ou == NULL ? bp_org_ou_path(org, word) : ou;
    if (account == NULL && ou == NULL) {
        ou = bp_org_ou_named(org, word, &count);
        account = bp_org_account_named(org, word, &many);
    }
    if (many || count > 1 || (account != NULL && ou != NULL)) {
        bp_run_trouble(run, "\"%.*s\" names more than one; use the id", BP_ARG(word));
        return false;
    }
    if (account != NULL) {
        uint32_t index = bp_account_index(org, account);
        shown->single = true;
        add_range(shown, index, index + 1);
        return true;
    }
    if (ou == NULL) {
        return not_found(run, org, word);
    }
    add_range(shown, ou->first_account, ou->end_account);
    return true;
}

static bool
wants_json(bp_run *run, bool *json)
{
    *json = false;
    for (size_t i = 0; i < run->reports.count; i++) {
        bp_str kind = run->reports.at[i].kind;
        *json = bp_str_is(kind, "json");
        if ((!*json && bp_option_given(&run->line, BP_OPTION_FORMAT) && !bp_str_is(kind, "text")) ||
            run->reports.at[i].path.size > 0) {
            bp_run_usage(run, "effective is shown as text or json, on standard output");
            return false;
        }
    }
    return true;
}

static int
finish(bp_run *run, bp_session *session)
{
    bp_report_trouble(run, session);
    if (session->outcome == BP_CANNOT) {
        return BP_EXIT_CANNOT;
    }
    return bp_report_exit(run, session);
}

/* Nothing to show: the findings tell why. */
static int
report_only(bp_run *run, bp_session *session)
{
    bp_report_facts facts = {.limit = (size_t)run->max_findings};
    bp_diagnostics_settle(session->diagnostics);
    bp_render_text(run->arena, session->diagnostics, &facts, run->err);
    int code = finish(run, session);
    return code == BP_EXIT_NOTHING ? BP_EXIT_CANNOT : code;
}

int
bp_command_effective(bp_run *run)
{
    bool json = false;
    const char *why = bp_option_value(&run->line, BP_OPTION_WHY);
    if (run->line.words.count > 1) {
        return bp_run_usage(run, "effective takes one account or OU at most");
    }
    bp_str word = bp_str_of(run->line.words.count == 0 ? NULL : run->line.words.at[0]);
    run->line.words.count = 0;
    bp_session *session = wants_json(run, &json) ? bp_project_open(run) : NULL;
    if (session == NULL) {
        return BP_EXIT_CANNOT;
    }
    if (!bp_session_load(session) || !bp_session_compile(session) || !bp_session_check(session)) {
        return report_only(run, session);
    }
    if (session->org == NULL) {
        return bp_run_trouble(run, "effective policies need an inventory of accounts; name one "
                                   "with --inventory");
    }
    bp_diagnostics_settle(session->diagnostics);
    bp_shown shown = {.session = session};
    if (word.size == 0) {
        add_range(&shown, 0, (uint32_t)session->org->accounts.count);
    } else if (!choose(run, &shown, word)) {
        return BP_EXIT_CANNOT;
    }
    if (why != NULL) {
        if (!bp_effective_print_why(run, &shown, why)) {
            return BP_EXIT_CANNOT;
        }
    } else if (json) {
        bp_effective_print_json(run, &shown);
    } else {
        bp_effective_print_text(run, &shown);
    }
    return finish(run, session);
}
