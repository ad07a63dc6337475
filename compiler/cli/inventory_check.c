/*
 * `backpol inventory check`: an inventory judged by itself, and how much it knows. Policies are not
 * looked at, and a manifest only for the name of the inventory, its age limit and its levels.
 */
#include "compiler/cli/inventory.h"

#include "compiler/cli/inventory_known.h"
#include "compiler/session_parts.h"

enum { SECONDS_A_DAY = 86400 };

static void
print_age(bp_run *run, const bp_session *session)
{
    const bp_organization *org = session->org;
    bp_output_format(run->out, "Inventory     %.*s, ", BP_ARG(org->source->path));
    if (!org->captured_known) {
        bp_output_text(run->out, "captured at an unknown time\n");
        return;
    }
    int64_t days = (run->as_of - org->captured) / SECONDS_A_DAY;
    bp_output_format(run->out, "captured %.*s (%lld %s old; the limit is %lld)\n",
                     BP_ARG(org->captured_at), (long long)(days < 0 ? 0 : days),
                     days == 1 ? "day" : "days",
                     (long long)session->manifest->inventory_max_age_days);
}

static void
print_organization(bp_run *run, const bp_organization *org, const bp_known *known)
{
    const bp_account *payer = bp_org_management(org);
    bp_output_format(run->out, "Organization  %.*s, partition %.*s, management account %.*s",
                     BP_ARG(org->id), BP_ARG(org->partition), BP_ARG(org->management_id));
    if (payer != NULL && payer->name.size > 0) {
        bp_output_format(run->out, " (\"%.*s\")", BP_ARG(payer->name));
    }
    bp_output_format(run->out, "\nAccounts      %zu", org->accounts.count);
    const char *between = ": ";
    for (bp_account_state state = BP_STATE_ACTIVE; state <= BP_STATE_UNKNOWN; state++) {
        if (known->states[state] > 0) {
            bp_output_format(run->out, "%s%zu %s", between, known->states[state],
                             state == BP_STATE_UNKNOWN ? "in an unknown state"
                                                       : bp_account_state_name(state));
            between = ", ";
        }
    }
    bp_output_format(run->out, "\nOUs           %zu", org->ous.count == 0 ? 0 : org->ous.count - 1);
    if (known->open_ous > 0) {
        bp_output_format(run->out, " below the root; %zu not wholly listed", known->open_ous);
    }
    bp_output_format(run->out, "\nRegions       %.*s\n",
                     BP_ARG(org->regions_known ? bp_known_regions(org, run->arena, org->regions)
                                               : BP_STR("not said where it was looked")));
}

static void
print_sections(bp_run *run, const bp_organization *org, const bp_known *known)
{
    bp_output_format(run->out, "\nKnown\n");
    for (size_t s = 0; s < BP_KNOWN_SECTIONS; s++) {
        const bp_known_count *count = &known->sections[s];
        bp_output_format(run->out, "  %-26s for %zu of %zu active %s", count->name, count->known,
                         known->active, known->active == 1 ? "account" : "accounts");
        if (count->partly > 0) {
            bp_output_format(run->out, ", in part for %zu", count->partly);
        }
        bp_output_text(run->out, "\n");
    }
    for (size_t i = 0; i < BP_KNOWN_FACTS; i++) {
        const bp_known_fact *fact = &known->facts[i];
        bp_output_format(run->out, "  %-26s %s", fact->name,
                         fact->known    ? "yes"
                         : fact->partly ? "in part"
                                        : "no");
        if (bp_str_is(bp_str_of(fact->key), "policies")) {
            bp_output_format(run->out, ", %zu listed", org->policies.count);
        } else if (bp_str_is(bp_str_of(fact->key), "stack_sets")) {
            bp_output_format(run->out, ", %zu listed", org->stack_sets.count);
        }
        bp_output_text(run->out, "\n");
    }
}

/* What is unknown, and what to call for it. */
static void
print_open(bp_run *run, const bp_known *known)
{
    bool some = false;
    for (size_t s = 0; s < BP_KNOWN_SECTIONS; s++) {
        const bp_known_count *count = &known->sections[s];
        if (count->open == NULL) {
            continue;
        }
        bp_output_format(run->out, "%s  %-26s %s\n", some ? "" : "\nTo settle the rest\n",
                         count->name, count->command);
        bp_output_format(run->out, "  %-26s %s; open for %zu, first %.*s\n", "", count->where,
                         known->active - count->known, BP_ARG(count->open->id));
        some = true;
    }
    for (size_t i = 0; i < BP_KNOWN_FACTS; i++) {
        const bp_known_fact *fact = &known->facts[i];
        if (!fact->known && fact->command[0] != '\0') {
            bp_output_format(run->out, "%s  %-26s %s\n", some ? "" : "\nTo settle the rest\n",
                             fact->name, fact->command);
            some = true;
        }
    }
}

static bp_json *
json_of(bp_run *run, const bp_session *session, const bp_known *known)
{
    const bp_organization *org = session->org;
    bp_json *all = bp_json_object(run->arena);
    bp_json_put_text(all, "organization", org->id);
    bp_json_put_text(all, "partition", org->partition);
    bp_json_put_text(all, "management_account", org->management_id);
    if (org->captured_known) {
        bp_json_put_number(all, "age_days", (run->as_of - org->captured) / SECONDS_A_DAY);
    }
    bp_json_put_number(all, "max_age_days", session->manifest->inventory_max_age_days);
    bp_json_put_number(all, "ous", org->ous.count == 0 ? 0 : (int64_t)org->ous.count - 1);
    bp_json_put_number(all, "incomplete_ous", (int64_t)known->open_ous);
    bp_json *states = bp_json_put_object(all, "states");
    for (bp_account_state state = BP_STATE_ACTIVE; state <= BP_STATE_UNKNOWN; state++) {
        bp_json_put_number(states, bp_account_state_name(state), (int64_t)known->states[state]);
    }
    bp_json *list = bp_json_put_array(all, "accounts_known");
    for (size_t s = 0; s < BP_KNOWN_SECTIONS; s++) {
        const bp_known_count *count = &known->sections[s];
        bp_json *row = bp_json_push_object(list);
        bp_json_put_c(row, "section", count->key);
        bp_json_put_number(row, "known", (int64_t)count->known);
        bp_json_put_number(row, "partly", (int64_t)count->partly);
        bp_json_put_number(row, "of", (int64_t)known->active);
        bp_json_put_c(row, "command", count->command);
    }
    list = bp_json_put_array(all, "organization_known");
    for (size_t i = 0; i < BP_KNOWN_FACTS; i++) {
        const bp_known_fact *fact = &known->facts[i];
        bp_json *row = bp_json_push_object(list);
        bp_json_put_c(row, "section", fact->key);
        bp_json_put_c(row, "known", fact->known ? "yes" : fact->partly ? "partly" : "no");
        bp_json_put_c(row, "command", fact->command);
    }
    return all;
}

static bool
prints_text(const bp_run *run)
{
    for (size_t i = 0; i < run->reports.count; i++) {
        if (run->reports.at[i].path.size == 0 && bp_str_is(run->reports.at[i].kind, "text")) {
            return !bp_option_given(&run->line, BP_OPTION_QUIET);
        }
    }
    return false;
}

static int
judge(bp_run *run, bp_session *session)
{
    bp_known known = {.active = 0};
    if (session->org != NULL) {
        bp_session_check_inventory(session);
        known = bp_known_of(session->org);
        run->inventory_known = json_of(run, session, &known);
    }
    bp_str checked = session->org == NULL ? BP_STR("") : session->org->source->path;
    if (!bp_report_all(run, session, checked)) {
        return BP_EXIT_CANNOT;
    }
    if (session->org != NULL && prints_text(run)) {
        bp_output_text(run->out, "\n");
        print_age(run, session);
        print_organization(run, session->org, &known);
        print_sections(run, session->org, &known);
        print_open(run, &known);
    }
    bp_report_trouble(run, session);
    if (session->outcome == BP_CANNOT) {
        return BP_EXIT_CANNOT;
    }
    return bp_diagnostics_has(session->diagnostics,
                              run->fail_on_given ? run->fail_on : session->manifest->fail_on)
               ? BP_EXIT_FOUND
               : BP_EXIT_NOTHING;
}

bp_session *
bp_inventory_open(bp_run *run, const char *typed)
{
    run->line.words.count = 0;
    bp_session *session = bp_project_open(run);
    if (session == NULL) {
        return NULL;
    }
    if (typed != NULL) {
        session->options.inventory_path = bp_project_relative(run, session->options.root, typed);
    }
    bool read = bp_session_load_facts(session) && bp_session_load_inventory(session);
    if (read && session->org == NULL) {
        bp_run_trouble(run, "there is no org.yaml here; name an inventory");
        return NULL;
    }
    return session;
}

int
bp_inventory_check(bp_run *run)
{
    if (run->line.words.count > 1) {
        return bp_run_usage(run, "inventory check takes one inventory at most");
    }
    bp_session *session =
        bp_inventory_open(run, run->line.words.count == 0 ? NULL : run->line.words.at[0]);
    return session == NULL ? BP_EXIT_CANNOT : judge(run, session);
}
