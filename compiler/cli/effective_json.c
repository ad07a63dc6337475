/*
 * `effective --format json`: an element for each account, written as text so that ten thousand
 * accounts need no tree of them. "$account" stays: it is the document as AWS keeps it.
 */
#include "compiler/cli/effective.h"
#include "compiler/effective/faults.h"
#include "lib/json_write.h"

typedef BP_VEC(uint32_t) numbers;

/* What is the same for all accounts of a group. */
typedef struct part {
    bp_str document;
    bp_str contributing;
    bool valid;
    numbers findings; /* those that do not name their accounts */
} part;

/* The name of the policy in whose text a place lies; empty if it is in none. */
static bp_str
policy_around(const bp_session *session, bp_span place)
{
    bp_str name = {NULL, 0};
    size_t nearest = 0;
    for (size_t f = 0; bp_span_exists(place) && f < session->files.count; f++) {
        const bp_ast_file *file = session->files.at[f];
        size_t count = file->source->id == place.source ? file->items.count : 0;
        for (size_t i = 0; i < count; i++) {
            const bp_ast_item *item = file->items.at[i];
            if (item->span.start <= place.start && item->span.start >= nearest) {
                nearest = item->span.start;
                name = item->kind == BP_AST_POLICY ? item->name.text : (bp_str){NULL, 0};
            }
        }
    }
    return name;
}

/* By finding: what it is about. Of an error that does not say so, since it was reported while the
 * text was read, the policy that it or one of its labels lies in. */
static bp_str *
scopes_of(const bp_session *session)
{
    size_t count = bp_diagnostics_total(session->diagnostics);
    bp_str *scopes = bp_arena_array(session->arena, count + 1, sizeof *scopes);
    for (size_t f = 0; f < count; f++) {
        const bp_finding *finding = bp_diagnostics_at(session->diagnostics, f);
        scopes[f] = finding->scope;
        if (finding->scope.size == 0 && finding->severity == BP_ERROR) {
            bp_str name = policy_around(session, finding->span);
            for (size_t i = 0; name.size == 0 && i < finding->labels.count; i++) {
                name = policy_around(session, finding->labels.at[i].span);
            }
            scopes[f] = bp_str_format(session->arena, "policy/%.*s", BP_ARG(name));
        }
    }
    return scopes;
}

/* The numbers of the findings that name accounts, by account. */
static bp_map *
findings_by_account(const bp_shown *shown)
{
    bp_arena *arena = shown->session->arena;
    bp_map *map = bp_map_new(arena);
    const bp_diagnostics *list = shown->session->diagnostics;
    for (size_t i = 0; i < bp_diagnostics_total(list); i++) {
        const bp_finding *finding = bp_diagnostics_at(list, i);
        for (size_t c = 0; c < finding->cells.count; c++) {
            bp_str id = finding->cells.at[c].account;
            if (c > 0 && bp_str_equal(finding->cells.at[c - 1].account, id)) {
                continue;
            }
            numbers *own = bp_map_get(map, id);
            if (own == NULL) {
                own = BP_NEW(arena, numbers);
                bp_map_set(map, id, own);
            }
            *bp_vec_add(arena, own) = (uint32_t)i;
        }
    }
    return map;
}

/* Whether a scope lies in one of the policies. */
static bool
is_about(bp_str scope, bp_map *policies)
{
    bp_str head = BP_STR("policy/");
    if (!bp_str_starts(scope, head)) {
        return false;
    }
    bp_str name = bp_str_cut(scope, head.size, scope.size);
    for (size_t end = name.size;; end--) {
        if ((end == name.size || name.at[end] == '/') &&
            bp_map_get(policies, bp_str_cut(name, 0, end)) != NULL) {
            return true;
        }
        if (end == 0) {
            return false;
        }
    }
}

/* Whether AWS would take it. What was refused where it is written cannot even be sent. */
static bool
is_valid(const bp_shown *shown, bp_way *way)
{
    const bp_session *session = shown->session;
    bp_faults faults = {0};
    return bp_way_faults(session->effective->merger, session->facts, way, session->options.as_of,
                         &faults) &&
           faults.count == 0;
}

/* The names of all policies on a way, from the root down, each once. */
static bp_map *
contributing(const bp_shown *shown, const bp_way *way)
{
    bp_map *names = bp_map_new(shown->session->arena);
    const bp_way *done = NULL;
    while (done != way) {
        const bp_way *next = way;
        while (next->above != done) {
            next = next->above;
        }
        for (size_t i = 0; i < next->peers.count; i++) {
            (void)bp_map_add(names, next->peers.at[i]->policy->name, shown->session, NULL);
        }
        done = next;
    }
    return names;
}

static part
part_of(const bp_shown *shown, bp_way *way, const bp_str *scopes)
{
    bp_session *session = shown->session;
    bp_buf document = {.arena = session->arena};
    bp_buf names = {.arena = session->arena};
    part made = {.valid = is_valid(shown, way)};
    bp_merged_write(session->effective->merger, bp_merger_document(session->effective->merger, way),
                    BP_STR(""), 6, &document);
    bp_map *policies = contributing(shown, way);
    bp_buf_add_char(&names, '[');
    for (size_t i = 0; i < bp_map_count(policies); i++) {
        bp_buf_add_c(&names, i > 0 ? ", " : "");
        bp_json_quote(&names, bp_map_at(policies, i)->key);
    }
    bp_buf_add_char(&names, ']');
    for (size_t i = 0; i < bp_diagnostics_total(session->diagnostics); i++) {
        const bp_finding *finding = bp_diagnostics_at(session->diagnostics, i);
        if (finding->cells.count == 0 && is_about(scopes[i], policies)) {
            *bp_vec_add(session->arena, &made.findings) = (uint32_t)i;
        }
    }
    made.document = bp_buf_text(&document);
    made.contributing = bp_buf_text(&names);
    return made;
}

static void
write_path(const bp_organization *org, uint32_t ou, bp_buf *out)
{
    uint32_t chain[64];
    size_t count = 0;
    for (; count < sizeof chain / sizeof *chain; ou = org->ous.at[ou].parent) {
        chain[count++] = ou;
        if (org->ous.at[ou].depth == 0) {
            break;
        }
    }
    bp_buf_add_char(out, '[');
    while (count > 0) {
        bp_json_quote(out, bp_shown_ou(org, chain[--count]));
        bp_buf_add_c(out, count > 0 ? ", " : "");
    }
    bp_buf_add_char(out, ']');
}

/* Findings as texts, made when they are first wanted. */
typedef struct finding_texts {
    bp_run *run;
    const bp_session *session;
    bp_str *at;
} finding_texts;

static void
write_findings(finding_texts *texts, const numbers *list, bool *any)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        bp_str *text = &texts->at[list->at[i]];
        if (text->size == 0) {
            bp_json *array = bp_json_array(texts->run->arena);
            const bp_finding *finding = bp_diagnostics_at(texts->session->diagnostics, list->at[i]);
            bp_render_finding(array, texts->session->sources, finding);
            bp_str all = bp_json_print(texts->run->arena, array, BP_JSON_COMPACT);
            *text = bp_str_cut(all, 1, all.size - 1);
        }
        bp_output_text(texts->run->out, *any ? "," : "");
        bp_output_str(texts->run->out, *text);
        *any = true;
    }
}

static void
write_account(finding_texts *texts, const bp_shown *shown, uint32_t index, const part *made,
              const numbers *own)
{
    bp_run *run = texts->run;
    bool any = false;
    const bp_organization *org = shown->session->org;
    const bp_account *account = &org->accounts.at[index];
    bp_buf text = {.arena = run->arena};
    bp_buf_add_c(&text, "    {\n      \"id\": ");
    bp_json_quote(&text, account->id);
    bp_buf_add_c(&text, ",\n      \"name\": ");
    bp_json_quote(&text, account->name);
    bp_buf_add_c(&text, ",\n      \"path\": ");
    write_path(org, account->ou, &text);
    bp_buf_format(&text,
                  ",\n      \"valid\": %s,\n      \"effective\": ", made->valid ? "true" : "false");
    bp_output_str(run->out, bp_buf_text(&text));
    bp_output_str(run->out, made->document);
    bp_output_text(run->out, ",\n      \"contributing\": ");
    bp_output_str(run->out, made->contributing);
    bp_output_text(run->out, ",\n      \"findings\": [");
    write_findings(texts, &made->findings, &any);
    write_findings(texts, own, &any);
    bp_output_text(run->out, "]\n    }");
}

/* Which group an account is in. */
static size_t *
groups_of(const bp_shown *shown)
{
    size_t *group = bp_arena_array(shown->session->arena, shown->session->org->accounts.count + 1,
                                   sizeof *group);
    for (size_t g = 0; g < shown->groups.count; g++) {
        for (size_t i = 0; i < shown->groups.at[g].accounts.count; i++) {
            group[shown->groups.at[g].accounts.at[i]] = g + 1;
        }
    }
    return group;
}

void
bp_effective_print_json(bp_run *run, bp_shown *shown)
{
    const bp_organization *org = shown->session->org;
    bp_map *own = findings_by_account(shown);
    size_t *group = groups_of(shown);
    part *parts = bp_arena_array(run->arena, shown->groups.count + 1, sizeof *parts);
    bool any = false;
    finding_texts texts = {.run = run, .session = shown->session};
    texts.at = bp_arena_array(run->arena, bp_diagnostics_total(shown->session->diagnostics) + 1,
                              sizeof *texts.at);
    const bp_str *scopes = scopes_of(shown->session);
    for (size_t g = 0; g < shown->groups.count; g++) {
        parts[g] = part_of(shown, shown->groups.at[g].way, scopes);
    }
    bp_output_text(run->out, "{\n  \"format_version\": \"1.0\",\n  \"accounts\": [");
    for (uint32_t i = 0; i < org->accounts.count; i++) {
        if (group[i] > 0) {
            bp_output_text(run->out, any ? ",\n" : "\n");
            write_account(&texts, shown, i, &parts[group[i] - 1],
                          bp_map_get(own, org->accounts.at[i].id));
            any = true;
        }
    }
    bp_output_text(run->out, any ? "\n  ]\n}\n" : "]\n}\n");
}
