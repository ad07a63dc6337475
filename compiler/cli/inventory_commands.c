/*
 * `backpol inventory commands`: the read-only calls of AWS that an inventory is made of, each with
 * the envelope that says whose the answer is, and the IAM policy that allows them. Where an
 * inventory is there, just the calls that would settle what it leaves open. Nothing is called here.
 */
#include "compiler/checks/cells.h"
#include "compiler/cli/inventory.h"
#include "compiler/cli/inventory_calls.h"
#include "compiler/session_parts.h"
#include "lib/suggest.h"

#include <stdlib.h>
#include <string.h>

typedef struct printer {
    bp_run *run;
    const bp_organization *org; /* NULL: none is known */
    const bp_facts *facts;
    bool wanted[BP_SECTION_NONE + 1];
    bool open_only; /* leave out what the organization says already */
    bp_region_mask regions;
    const bp_call *headed; /* the call whose heading was printed last */
    size_t printed;
} printer;

static bool
choose_sections(bp_run *run, bool wanted[])
{
    const bp_call_section_row *sections = bp_call_sections();
    bool any = false;
    for (size_t i = 0; i < run->line.options.count; i++) {
        if (run->line.options.at[i].id != BP_OPTION_SECTION) {
            continue;
        }
        bp_str name = bp_str_of(run->line.options.at[i].value);
        bp_suggester nearest = bp_suggest_start(name);
        bool found = bp_str_is(name, "all");
        for (int section = 0; section < BP_SECTION_NONE; section++) {
            bp_suggest_offer(&nearest, bp_str_of(sections[section].name));
            if (bp_str_is(name, sections[section].name) || bp_str_is(name, "all")) {
                wanted[section] = found = true;
            }
        }
        if (!found) {
            bp_str hint =
                nearest.best.size == 0
                    ? bp_str_of("")
                    : bp_str_format(run->arena, "; did you mean \"%.*s\"?", BP_ARG(nearest.best));
            bp_run_usage(run, "unknown section \"%.*s\" of an inventory%.*s", BP_ARG(name),
                         BP_ARG(hint));
            return false;
        }
        any = true;
    }
    for (int section = 0; !any && section < BP_SECTION_NONE; section++) {
        wanted[section] = sections[section].by_default;
    }
    return true;
}

/* Region codes of the option, separated by blanks or commas. */
static bool
read_regions(bp_run *run, const bp_facts *facts, const char *text, bp_region_mask *regions)
{
    for (const char *at = text; *at != '\0';) {
        size_t size = strcspn(at, " ,");
        bp_str code = {at, size};
        int region = bp_region_index(facts, code);
        if (size > 0 && region < 0) {
            bp_run_usage(run, "unknown Region \"%.*s\" in --regions", BP_ARG(code));
            return false;
        }
        *regions |= size > 0 ? BP_REGION_BIT(region) : 0;
        at += size + (at[size] != '\0' ? 1 : 0);
    }
    return true;
}

/* Regions that the policies of the project name, for plans or as destinations of copies. */
static bp_region_mask
regions_of_project(const bp_session *session)
{
    bp_region_mask regions = 0;
    for (size_t i = 0; session->effective != NULL && i < session->effective->plans.count; i++) {
        const bp_node *plan = session->effective->plans.at[i].plan;
        regions |= bp_plan_regions(session->facts, plan);
        for (const bp_node *rule = bp_node_first(plan, "rules"); rule; rule = rule->next) {
            const bp_node *copy = bp_node_first(rule, "copy_actions");
            for (; copy != NULL; copy = copy->next) {
                const bp_reference *destination = bp_copy_destination(copy);
                int region =
                    destination == NULL ? -1 : bp_region_index(session->facts, destination->region);
                regions |= region < 0 ? 0 : BP_REGION_BIT(region);
            }
        }
    }
    return regions;
}

/* --- the policy */

static int
by_text(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void
print_iam(const printer *p)
{
    const char *actions[BP_CALLS];
    size_t count = 0;
    for (int call = 0; call < BP_CALLS; call++) {
        if (p->wanted[bp_calls()[call].section]) {
            actions[count++] = bp_calls()[call].action;
        }
    }
    qsort(actions, count, sizeof actions[0], by_text);
    bp_output *out = p->run->out;
    bp_output_text(out, "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n"
                        "      \"Sid\": \"BackpolInventory\",\n      \"Effect\": \"Allow\",\n"
                        "      \"Action\": [\n");
    for (size_t i = 0; i < count; i++) {
        if (i + 1 == count || strcmp(actions[i], actions[i + 1]) != 0) {
            bp_output_format(out, "        \"%s\"%s\n", actions[i], i + 1 == count ? "" : ",");
        }
    }
    bp_output_text(out, "      ],\n      \"Resource\": \"*\"\n    }\n  ]\n}\n");
}

/* --- the calls */

static const char *const places[] = {"in the management account", "in each account",
                                     "in each account and Region"};

/* What the calls that follow are for, and how their answers are kept. */
static void
print_heading(printer *p, const bp_call *call)
{
    bp_output *out = p->run->out;
    bp_output_format(out, "\n# %s: %s\n# {\"dump\": \"%s.%s\", ", call->answers,
                     places[call->place], call->service, call->command);
    for (int key = 0; key < BP_CALL_KEYS; key++) {
        if ((call->needs >> key & 1u) != 0 || bp_call_is_about(call, (bp_call_key)key)) {
            bp_output_format(out, "\"%s\": …, ", bp_call_key_name((bp_call_key)key));
        }
    }
    bp_output_text(out, "\"taken_at\": …, \"data\": …}\n");
    p->headed = call;
}

static void
print_call(printer *p, const bp_call *call, const bp_call_subject *subject)
{
    if (p->headed != call) {
        print_heading(p, call);
    }
    bp_output *out = p->run->out;
    bp_output_format(out, "%.*s", BP_ARG(bp_call_words(p->run->arena, call, subject)));
    if (call->place != BP_CALL_IN_MANAGEMENT) {
        bp_str account = subject->keys[BP_CALL_KEY_ACCOUNT];
        bp_output_format(out, "  # in %.*s",
                         BP_ARG(account.size > 0 ? account : BP_STR("ACCOUNT")));
    }
    bp_output_text(out, "\n");
    p->printed++;
}

static void
print_about(printer *p, const bp_call *call, bp_call_key key, bp_str value)
{
    bp_call_subject subject = {0};
    subject.keys[key] = value;
    print_call(p, call, &subject);
}

static void
print_for_ous(printer *p, const bp_call *call, bp_call_id id)
{
    for (size_t i = 0; i < p->org->ous.count; i++) {
        const bp_ou *ou = &p->org->ous.at[i];
        if (!p->open_only || bp_call_is_open_for_ou(ou, id)) {
            print_about(p, call, BP_CALL_KEY_PARENT, ou->id);
        }
    }
}

static void
print_for_policies(printer *p, const bp_call *call)
{
    if (p->org->policies.count == 0) {
        print_about(p, call, BP_CALL_KEY_POLICY, (bp_str){0});
    }
    for (size_t i = 0; i < p->org->policies.count; i++) {
        print_about(p, call, BP_CALL_KEY_POLICY, p->org->policies.at[i].id);
    }
}

static void
print_for_stack_sets(printer *p, const bp_call *call)
{
    if (p->org->stack_sets.count == 0) {
        print_about(p, call, BP_CALL_KEY_STACK_SET, (bp_str){0});
    }
    for (size_t i = 0; i < p->org->stack_sets.count; i++) {
        print_about(p, call, BP_CALL_KEY_STACK_SET, p->org->stack_sets.at[i].name);
    }
}

static void
print_for_targets(printer *p, const bp_call *call)
{
    for (size_t i = 0; i < p->org->ous.count; i++) {
        print_about(p, call, BP_CALL_KEY_TARGET, p->org->ous.at[i].id);
    }
    for (size_t i = 0; i < p->org->accounts.count; i++) {
        print_about(p, call, BP_CALL_KEY_TARGET, p->org->accounts.at[i].id);
    }
    for (size_t i = 0; i < p->org->policies.count; i++) {
        print_about(p, call, BP_CALL_KEY_TARGET, p->org->policies.at[i].id);
    }
}

/* The roles that an account is known to have; a word to fill in where none is. */
static void
print_for_roles(printer *p, const bp_call *call, const bp_account *account)
{
    bp_call_subject subject = {.keys = {[BP_CALL_KEY_ACCOUNT] = account->id}};
    size_t count = account->roles == NULL ? 0 : account->roles->roles.count;
    for (size_t i = 0; i < count; i++) {
        const bp_org_role *role = &account->roles->roles.at[i];
        if (!p->open_only || !role->policies_known) {
            subject.keys[BP_CALL_KEY_ROLE] = role->name;
            print_call(p, call, &subject);
        }
    }
    if (count == 0 && (account->roles == NULL || !account->roles->complete)) {
        print_call(p, call, &subject);
    }
}

static void
print_for_vaults(printer *p, const bp_call *call, const bp_account *account, int region)
{
    bp_call_subject subject = {.keys = {[BP_CALL_KEY_ACCOUNT] = account->id,
                                        [BP_CALL_KEY_REGION] = bp_str_of(
                                            bp_regions(p->facts, &(size_t){0})[region].code)}};
    size_t count = account->vaults == NULL ? 0 : account->vaults->vaults.count;
    for (size_t i = 0; i < count; i++) {
        const bp_org_vault *vault = &account->vaults->vaults.at[i];
        bool open = vault->copy_from == BP_COPY_FROM_UNKNOWN;
        if ((vault->in & BP_REGION_BIT(region)) != 0 && (!p->open_only || open)) {
            subject.keys[BP_CALL_KEY_VAULT] = vault->name;
            print_call(p, call, &subject);
        }
    }
    if (account->vaults == NULL || (account->vaults->seen & BP_REGION_BIT(region)) == 0) {
        subject.keys[BP_CALL_KEY_VAULT] = (bp_str){0};
        print_call(p, call, &subject);
    }
}

static void
print_in_region(printer *p, const bp_call *call, const bp_account *account, int region)
{
    if (bp_call_is_about(call, BP_CALL_KEY_VAULT)) {
        print_for_vaults(p, call, account, region);
        return;
    }
    bp_call_subject subject = {.keys = {[BP_CALL_KEY_ACCOUNT] = account->id}};
    if (region >= 0) {
        subject.keys[BP_CALL_KEY_REGION] =
            bp_str_of(bp_regions(p->facts, &(size_t){0})[region].code);
    }
    print_call(p, call, &subject);
}

static void
print_in_account(printer *p, const bp_call *call, bp_call_id id, const bp_account *account)
{
    if (bp_call_is_about(call, BP_CALL_KEY_ROLE)) {
        print_for_roles(p, call, account);
        return;
    }
    if (!bp_call_is_about(call, BP_CALL_KEY_REGION)) {
        if (!p->open_only || bp_call_is_open_in(account, -1, id)) {
            print_in_region(p, call, account, -1);
        }
        return;
    }
    if (p->regions == 0) {
        print_about(p, call, BP_CALL_KEY_ACCOUNT, account->id);
    }
    for (int region = 0; region < 64; region++) {
        bool asked = (p->regions & BP_REGION_BIT(region)) != 0;
        if (asked && (!p->open_only || bp_call_is_open_in(account, region, id))) {
            print_in_region(p, call, account, region);
        }
    }
}

/* Members that are active; the management account where its own settings are asked for. */
static void
print_for_accounts(printer *p, const bp_call *call, bp_call_id id)
{
    if (call->place == BP_CALL_IN_MANAGEMENT) {
        const bp_account unlisted = {.id = p->org->management_id};
        const bp_account *management = bp_org_management(p->org);
        print_in_account(p, call, id, management == NULL ? &unlisted : management);
        return;
    }
    for (size_t i = 0; i < p->org->accounts.count; i++) {
        const bp_account *account = &p->org->accounts.at[i];
        bool told = id == BP_CALL_MEMBER_SETTINGS && account->management;
        if (account->state == BP_STATE_ACTIVE && !told) {
            print_in_account(p, call, id, account);
        }
    }
}

static void
print_row(printer *p, bp_call_id id)
{
    const bp_call *call = &bp_calls()[id];
    bool regional = bp_call_is_about(call, BP_CALL_KEY_REGION);
    if (!p->wanted[call->section]) {
        return;
    }
    if (p->org == NULL) {
        bp_call_subject subject = {0};
        for (int region = 0; regional && region < 64; region++) {
            if ((p->regions & BP_REGION_BIT(region)) != 0) {
                subject.keys[BP_CALL_KEY_REGION] =
                    bp_str_of(bp_regions(p->facts, &(size_t){0})[region].code);
                print_call(p, call, &subject);
            }
        }
        if (!regional || p->regions == 0) {
            print_call(p, call, &subject);
        }
        return;
    }
    if (p->open_only && !bp_call_is_open(p->org, id)) {
        return;
    }
    if (bp_call_is_about(call, BP_CALL_KEY_PARENT)) {
        print_for_ous(p, call, id);
    } else if (bp_call_is_about(call, BP_CALL_KEY_POLICY)) {
        print_for_policies(p, call);
    } else if (bp_call_is_about(call, BP_CALL_KEY_STACK_SET)) {
        print_for_stack_sets(p, call);
    } else if (bp_call_is_about(call, BP_CALL_KEY_TARGET)) {
        print_for_targets(p, call);
    } else if (call->place != BP_CALL_IN_MANAGEMENT || regional) {
        print_for_accounts(p, call, id);
    } else {
        print_call(p, call, &(bp_call_subject){0});
    }
}

static void
print_calls(printer *p)
{
    bp_output *out = p->run->out;
    bp_output_text(
        out, "# Read-only calls of AWS. Keep each answer unchanged as \"data\" of an envelope, "
             "one file a call or\n# many in one file; words in capitals are to be filled in. "
             "tools/collect-inventory makes these calls\n# and keeps the answers; backpol "
             "inventory import reads them.\n");
    if (p->open_only) {
        bp_output_text(out,
                       "# Just what the inventory leaves open; --section prints all calls of a "
                       "section.\n");
    }
    for (int call = 0; call < BP_CALLS; call++) {
        print_row(p, (bp_call_id)call);
    }
    bp_output_format(out, "\n# %.*s%s\n",
                     BP_ARG(bp_count_of(p->run->arena, p->printed, "call", "calls")),
                     p->printed == 0 ? ": the inventory leaves nothing open" : "");
}

/* The project and its inventory, as far as there are any; a lone org.yaml is enough. */
static bp_session *
open_session(bp_run *run)
{
    bp_session *session = bp_project_around(run);
    if (session != NULL) {
        return session;
    }
    bp_options options = {.root = run->start, .as_of = run->as_of};
    const char *inventory = bp_option_value(&run->line, BP_OPTION_INVENTORY);
    if (inventory != NULL) {
        options.inventory_path = bp_project_relative(run, options.root, inventory);
    }
    session = bp_session_new(run->arena, &options);
    if (bp_session_load_facts(session)) {
        bp_session_load_inventory(session);
    }
    return session;
}

int
bp_inventory_commands(bp_run *run)
{
    printer p = {.run = run};
    const char *regions = bp_option_value(&run->line, BP_OPTION_REGIONS);
    if (run->line.words.count > 0) {
        return bp_run_usage(run, "inventory commands takes no argument");
    }
    if (!choose_sections(run, p.wanted)) {
        return BP_EXIT_CANNOT;
    }
    if (bp_option_given(&run->line, BP_OPTION_PRINT_IAM)) {
        print_iam(&p);
        return bp_run_flush(run) ? BP_EXIT_NOTHING : BP_EXIT_CANNOT;
    }
    if (!bp_project_start(run)) {
        return BP_EXIT_CANNOT;
    }
    bp_session *session = open_session(run);
    if (session->outcome == BP_CANNOT) {
        bp_report_beside(run, session);
        bp_report_trouble(run, session);
        return BP_EXIT_CANNOT;
    }
    p.org = session->org;
    p.facts = session->facts;
    if (regions != NULL && !read_regions(run, p.facts, regions, &p.regions)) {
        return BP_EXIT_CANNOT;
    }
    p.open_only = p.org != NULL && !bp_option_given(&run->line, BP_OPTION_SECTION);
    if (p.regions == 0) {
        p.regions = regions_of_project(session);
        p.regions |= p.org == NULL ? 0 : p.org->regions;
    }
    print_calls(&p);
    return bp_run_flush(run) ? BP_EXIT_NOTHING : BP_EXIT_CANNOT;
}
