/*
 * `backpol inventory list WHAT`: what an inventory holds, as a table or as JSON. Sets are listed
 * where they are held, by account; nothing is judged.
 */
#include "compiler/cli/inventory.h"

#include "compiler/cli/inventory_known.h"
#include "compiler/session_parts.h"

#include <string.h>

enum { COLUMNS = 6 };

/* A table being filled. */
typedef struct table {
    bp_run *run;
    const bp_organization *org;
    size_t count;
    const char *heads[COLUMNS]; /* shown */
    const char *keys[COLUMNS];  /* in JSON */
    BP_VEC(bp_str) cells;
    const bp_ou *ou;           /* only what stands at or below it; NULL: all */
    const bp_account *account; /* only this one; NULL: all */
} table;

static void
start(table *t, size_t count, const char *const *heads, const char *const *keys)
{
    t->count = count;
    for (size_t i = 0; i < count; i++) {
        t->heads[i] = heads[i];
        t->keys[i] = keys[i];
    }
}

static void
put(table *t, bp_str cell)
{
    *bp_vec_add(t->run->arena, &t->cells) = cell;
}

static bool
is_asked(const table *t, const bp_account *account)
{
    return (t->account == NULL || t->account == account) &&
           (t->ou == NULL || bp_org_ou_contains(t->org, t->ou, account));
}

static bp_str
path_of(const table *t, uint32_t ou)
{
    return ou == 0 ? BP_STR("root") : t->org->ous.at[ou].path;
}

static bp_str
number(const table *t, size_t value)
{
    return bp_str_format(t->run->arena, "%zu", value);
}

static void
list_accounts(table *t)
{
    static const char *const heads[] = {"ACCOUNT", "NAME", "STATE", "OU", "VAULTS", "ROLES"};
    static const char *const keys[] = {"id", "name", "state", "ou", "vaults", "roles"};
    start(t, 6, heads, keys);
    for (size_t i = 0; i < t->org->accounts.count; i++) {
        const bp_account *account = &t->org->accounts.at[i];
        if (!is_asked(t, account)) {
            continue;
        }
        put(t, account->id);
        put(t, account->name);
        put(t, bp_str_of(bp_account_state_name(account->state)));
        put(t, path_of(t, account->ou));
        put(t,
            account->vaults == NULL ? BP_STR("unknown") : number(t, account->vaults->vaults.count));
        put(t, account->roles == NULL ? BP_STR("unknown") : number(t, account->roles->roles.count));
    }
}

static void
list_ous(table *t)
{
    static const char *const heads[] = {"OU", "ID", "ACCOUNTS", "LISTED"};
    static const char *const keys[] = {"path", "id", "accounts", "listed"};
    start(t, 4, heads, keys);
    for (uint32_t i = 0; i < t->org->ous.count; i++) {
        const bp_ou *ou = &t->org->ous.at[i];
        uint32_t top = t->ou == NULL ? 0 : (uint32_t)(t->ou - t->org->ous.at);
        bool holds = t->account == NULL || bp_org_ou_contains(t->org, ou, t->account);
        if (!holds || (t->ou != NULL && (i < top || i >= t->ou->end_ou))) {
            continue;
        }
        put(t, path_of(t, i));
        put(t, ou->id);
        put(t, number(t, ou->end_account - ou->first_account));
        put(t, ou->accounts_known && ou->ous_known ? BP_STR("all") : BP_STR("in part"));
    }
}

static bp_str
lock_of(const table *t, const bp_org_vault *vault)
{
    const char *mode = vault->lock == BP_LOCK_GOVERNANCE ? "governance" : "compliance";
    long long least = (long long)vault->lock_min;
    long long most = (long long)vault->lock_max;
    bp_arena *arena = t->run->arena;
    switch (vault->lock) {
    case BP_LOCK_UNKNOWN:
        return BP_STR("unknown");
    case BP_LOCK_NONE:
        return BP_STR("none");
    case BP_LOCK_GOVERNANCE:
    case BP_LOCK_COMPLIANCE:
        break;
    }
    return least >= 0 && most >= 0 ? bp_str_format(arena, "%s, %lld to %lldd", mode, least, most)
           : least >= 0            ? bp_str_format(arena, "%s, from %lldd", mode, least)
           : most >= 0             ? bp_str_format(arena, "%s, up to %lldd", mode, most)
                                   : bp_str_of(mode);
}

static void
list_vaults(table *t)
{
    static const char *const heads[] = {"ACCOUNT", "VAULT", "KIND", "KEY", "LOCK", "REGIONS"};
    static const char *const keys[] = {"account", "vault", "kind", "key", "lock", "regions"};
    static const char *const kinds[] = {"standard", "air-gapped", "restore-access"};
    static const char *const names[] = {"unknown", "customer", "aws-backup", "aws-service",
                                        "aws-owned"};
    start(t, 6, heads, keys);
    for (size_t i = 0; i < t->org->accounts.count; i++) {
        const bp_account *account = &t->org->accounts.at[i];
        for (size_t v = 0;
             is_asked(t, account) && account->vaults != NULL && v < account->vaults->vaults.count;
             v++) {
            const bp_org_vault *vault = &account->vaults->vaults.at[v];
            put(t, account->id);
            put(t, vault->name);
            put(t, bp_str_of(kinds[vault->kind - BP_VAULT_STANDARD]));
            put(t, bp_str_of(names[vault->key - BP_KEY_UNKNOWN]));
            put(t, lock_of(t, vault));
            put(t, bp_known_regions(t->org, t->run->arena, vault->in));
        }
    }
}

static void
list_roles(table *t)
{
    static const char *const heads[] = {"ACCOUNT", "ROLE", "PATH", "AWS BACKUP MAY ASSUME IT"};
    static const char *const keys[] = {"account", "role", "path", "trusts_backup"};
    start(t, 4, heads, keys);
    for (size_t i = 0; i < t->org->accounts.count; i++) {
        const bp_account *account = &t->org->accounts.at[i];
        for (size_t r = 0;
             is_asked(t, account) && account->roles != NULL && r < account->roles->roles.count;
             r++) {
            const bp_org_role *role = &account->roles->roles.at[r];
            put(t, account->id);
            put(t, role->name);
            put(t, role->path);
            put(t, role->trusts_backup == BP_PRESENT  ? BP_STR("yes")
                   : role->trusts_backup == BP_ABSENT ? BP_STR("no")
                                                      : BP_STR("unknown"));
        }
    }
}

/* Regions by account: where vaults were looked for, and the opt-in Regions that are on. */
static void
list_regions(table *t)
{
    static const char *const heads[] = {"ACCOUNT", "OPT-IN REGIONS", "VAULTS LOOKED FOR IN"};
    static const char *const keys[] = {"account", "opt_in", "vaults_seen"};
    start(t, 3, heads, keys);
    for (size_t i = 0; i < t->org->accounts.count; i++) {
        const bp_account *account = &t->org->accounts.at[i];
        if (!is_asked(t, account)) {
            continue;
        }
        put(t, account->id);
        put(t, account->regions_known ? bp_known_regions(t->org, t->run->arena, account->regions)
                                      : BP_STR("unknown"));
        put(t, account->vaults != NULL
                   ? bp_known_regions(t->org, t->run->arena, account->vaults->seen)
                   : BP_STR("none"));
    }
}

/* Whether an id is that of the account or OU that was asked for, or of one above or below it. */
static bool
is_target(const table *t, bp_str id)
{
    if (t->ou == NULL && t->account == NULL) {
        return true;
    }
    const bp_ou *ou = bp_org_ou(t->org, id);
    const bp_account *account = bp_org_account(t->org, id);
    if (t->account != NULL) {
        return account == t->account || (ou != NULL && bp_org_ou_contains(t->org, ou, t->account));
    }
    size_t index = ou == NULL ? SIZE_MAX : (size_t)(ou - t->org->ous.at);
    size_t top = (size_t)(t->ou - t->org->ous.at);
    bool above = ou != NULL && index <= top && top < ou->end_ou;
    return above || (index >= top && index < t->ou->end_ou) ||
           (account != NULL && bp_org_ou_contains(t->org, t->ou, account));
}

static void
list_policies(table *t)
{
    static const char *const heads[] = {"POLICY", "NAME", "ATTACHED TO", "DOCUMENT"};
    static const char *const keys[] = {"id", "name", "targets", "document"};
    start(t, 4, heads, keys);
    for (size_t i = 0; i < t->org->policies.count; i++) {
        const bp_org_policy *policy = &t->org->policies.at[i];
        bp_buf targets = {.arena = t->run->arena};
        bool asked = t->ou == NULL && t->account == NULL;
        for (size_t a = 0; a < t->org->attachments.count; a++) {
            const bp_org_attachment *attachment = &t->org->attachments.at[a];
            if (bp_str_equal(attachment->policy, policy->id)) {
                bp_buf_format(&targets, "%s%.*s", targets.size == 0 ? "" : ", ",
                              BP_ARG(attachment->target));
                asked = asked || is_target(t, attachment->to);
            }
        }
        if (asked) {
            put(t, policy->id);
            put(t, policy->name);
            put(t, targets.size == 0 ? BP_STR("none") : bp_buf_text(&targets));
            put(t, policy->file.size == 0 ? BP_STR("unknown") : policy->file);
        }
    }
}

static void
list_stack_sets(table *t)
{
    static const char *const heads[] = {"STACK SET", "TARGETS", "REGIONS", "MAKES", "INSTANCES"};
    static const char *const keys[] = {"name", "targets", "regions", "makes", "instances"};
    start(t, 5, heads, keys);
    for (size_t i = 0; i < t->org->stack_sets.count; i++) {
        const bp_org_stack_set *set = &t->org->stack_sets.at[i];
        bool asked = t->ou == NULL && t->account == NULL;
        bp_buf targets = {.arena = t->run->arena};
        for (size_t k = 0; k < set->targets.count; k++) {
            bp_buf_format(&targets, "%s%.*s", k == 0 ? "" : ", ", BP_ARG(set->targets.at[k]));
            asked = asked || is_target(t, set->targets.at[k]);
        }
        if (!asked) {
            continue;
        }
        bp_buf makes = {.arena = t->run->arena};
        for (size_t k = 0; k < set->vaults.count; k++) {
            bp_buf_format(&makes, "%svault %.*s", makes.size == 0 ? "" : ", ",
                          BP_ARG(set->vaults.at[k]));
        }
        for (size_t k = 0; k < set->roles.count; k++) {
            bp_buf_format(&makes, "%srole %.*s", makes.size == 0 ? "" : ", ",
                          BP_ARG(set->roles.at[k]));
        }
        size_t odd = set->not_current.count + set->without.count + set->extra.count;
        put(t, set->name);
        put(t, targets.size == 0 ? BP_STR("unknown") : bp_buf_text(&targets));
        put(t, set->regions == 0 ? BP_STR("unknown")
                                 : bp_known_regions(t->org, t->run->arena, set->regions));
        put(t, !set->makes_known ? BP_STR("unknown")
               : makes.size == 0 ? BP_STR("none")
                                 : bp_buf_text(&makes));
        put(t, !set->instances_known ? BP_STR("unknown")
               : odd == 0            ? BP_STR("current")
                                     : bp_str_format(t->run->arena, "%zu rows not current", odd));
    }
}

typedef struct listing {
    const char *word;
    const char *key; /* in JSON */
    void (*fill)(table *t);
} listing;

static const listing listings[] = {
    {"accounts", "accounts", list_accounts},
    {"ous", "ous", list_ous},
    {"vaults", "vaults", list_vaults},
    {"roles", "roles", list_roles},
    {"regions", "regions", list_regions},
    {"policies", "policies", list_policies},
    {"stack-sets", "stack_sets", list_stack_sets},
};

enum { LISTINGS = sizeof listings / sizeof listings[0] };

/* What a terminal would obey is made visible. */
static bp_str
visible(const table *t, bp_str cell)
{
    bp_buf buf = {.arena = t->run->arena};
    bool plain = true;
    for (size_t i = 0; i < cell.size; i++) {
        unsigned char c = (unsigned char)cell.at[i];
        plain = plain && c >= 0x20 && c != 0x7F;
        if (c < 0x20 || c == 0x7F) {
            bp_buf_format(&buf, "\\x%02x", c);
        } else {
            bp_buf_add_char(&buf, (char)c);
        }
    }
    return plain ? cell : bp_buf_text(&buf);
}

static void
print_table(const table *t)
{
    size_t widths[COLUMNS] = {0};
    size_t rows = t->cells.count / t->count;
    for (size_t c = 0; c < t->count; c++) {
        widths[c] = strlen(t->heads[c]);
        for (size_t r = 0; r < rows; r++) {
            t->cells.at[r * t->count + c] = visible(t, t->cells.at[r * t->count + c]);
            size_t width = bp_str_characters(t->cells.at[r * t->count + c]);
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    for (size_t r = 0; r <= rows; r++) {
        for (size_t c = 0; c < t->count; c++) {
            bp_str cell = r == 0 ? bp_str_of(t->heads[c]) : t->cells.at[(r - 1) * t->count + c];
            bp_output_str(t->run->out, cell);
            size_t pad = c + 1 == t->count ? 0 : widths[c] - bp_str_characters(cell) + 2;
            bp_output_format(t->run->out, "%*s", (int)pad, "");
        }
        bp_output_text(t->run->out, "\n");
    }
}

static void
print_json(const table *t, const listing *what)
{
    bp_json *document = bp_json_object(t->run->arena);
    bp_json_put_c(document, "format_version", "1.0");
    bp_json *list = bp_json_put_array(document, what->key);
    for (size_t at = 0; at < t->cells.count; at += t->count) {
        bp_json *row = bp_json_push_object(list);
        for (size_t c = 0; c < t->count; c++) {
            bp_json_put_text(row, t->keys[c], t->cells.at[at + c]);
        }
    }
    bp_output_str(t->run->out, bp_json_print(t->run->arena, document, BP_JSON_PRETTY));
    bp_output_text(t->run->out, "\n");
}

/* Which OU or account a word means: an id, a path, or a name that stands once. */
static bool
find_filter(table *t, const char *typed)
{
    bp_str word = bp_str_of(typed);
    size_t count = 0;
    bool many = false;
    t->account = bp_org_account(t->org, word);
    t->ou = bp_str_is(word, "root") ? t->org->ous.at : bp_org_ou(t->org, word);
    t->ou = t->ou == NULL && t->account == NULL ? bp_org_ou_path(t->org, word) : t->ou;
    if (t->ou == NULL && t->account == NULL) {
        const bp_ou *named = bp_org_ou_named(t->org, word, &count);
        t->ou = count == 1 ? named : NULL;
        t->account = count == 0 ? bp_org_account_named(t->org, word, &many) : NULL;
    }
    if (t->ou != NULL || t->account != NULL) {
        return true;
    }
    bp_run_trouble(t->run,
                   count > 1 || many ? "\"%s\" stands more than once in the inventory; use its id"
                                     : "no OU and no account \"%s\" in the inventory",
                   typed);
    return false;
}

static const listing *
find_listing(bp_run *run)
{
    const char *word = run->line.words.count == 0 ? "" : run->line.words.at[0];
    bp_buf names = {.arena = run->arena};
    for (size_t i = 0; i < LISTINGS; i++) {
        if (bp_str_is(bp_str_of(word), listings[i].word)) {
            return &listings[i];
        }
        bp_buf_format(&names, "%s%s",
                      i == 0              ? ""
                      : i + 1 == LISTINGS ? " or "
                                          : ", ",
                      listings[i].word);
    }
    bp_run_usage(run, "inventory list needs to know what: %.*s", BP_ARG(bp_buf_text(&names)));
    return NULL;
}

int
bp_inventory_list(bp_run *run)
{
    const listing *what = find_listing(run);
    if (what == NULL) {
        return BP_EXIT_CANNOT;
    }
    if (run->line.words.count > 2) {
        return bp_run_usage(run, "inventory list takes one OU or account at most");
    }
    const char *filter = run->line.words.count == 2 ? run->line.words.at[1] : NULL;
    const char *format = bp_option_value(&run->line, BP_OPTION_FORMAT);
    bool json = format != NULL && bp_str_is(bp_str_of(format), "json");
    if (format != NULL && !json && !bp_str_is(bp_str_of(format), "text")) {
        return bp_run_usage(run, "inventory list is printed as text or json, not \"%s\"", format);
    }
    bp_session *session = bp_inventory_open(run, NULL);
    if (session == NULL) {
        return BP_EXIT_CANNOT;
    }
    if (session->org == NULL) {
        bp_report_beside(run, session);
        bp_report_trouble(run, session);
        return BP_EXIT_CANNOT;
    }
    table t = {.run = run, .org = session->org};
    if (filter != NULL && !find_filter(&t, filter)) {
        return BP_EXIT_CANNOT;
    }
    what->fill(&t);
    if (json) {
        print_json(&t, what);
    } else {
        print_table(&t);
    }
    return BP_EXIT_NOTHING;
}
