/*
 * ROL005, ROL007: what the role of a policy can do. ROL005: somebody else than AWS Backup may
 * assume it. ROL007: the managed policies that its work needs are not attached.
 *
 * A role that the project deploys is what its declaration says, and trusts whom plans make it
 * serve; of others the inventory tells trust and managed policies, or does not: then it is skipped
 * and counted. Policies of the customer may grant anything, so a role that has some lacks nothing
 * that could be told. That the role exists is ROL001.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/needs.h"
#include "compiler/checks/override.h"
#include "compiler/checks/stores.h"
#include "compiler/checks/types.h"

enum { POLICIES = 32 };

/* Managed policies as bits by their row in the table. */
typedef uint32_t policy_bits;

/* What the work of one need takes. */
typedef struct work {
    policy_bits backup;  /* without them jobs fail */
    policy_bits restore; /* without them nothing comes back */
} work;

typedef struct powers {
    const bp_check_context *context;
    const bp_role_need *need;
    bool scanner;
    bool reached; /* some account gets it */
    work wanted;
    policy_bits lacking; /* of some account */
    bp_cell_rows weak;   /* lacks something for backups */
    policy_bits restore_lacking;
    bp_cell_rows one_way; /* lacks something for restores */
    bp_cell_rows foreign; /* trusts somebody else */
    const bp_org_role *listed;
    const bp_org_role *weighed; /* accounts share a few sets of roles: what the last one may do */
    policy_bits has;
    bool has_known;
    const bp_check_context *lasting; /* for the sets of accounts */
    bp_account_set *unknown_trust;
    bp_account_set *unknown_policies;
} powers;

static policy_bits
policy_of(const bp_facts *facts, const char *permit, const char *needed_for)
{
    size_t count = 0;
    const bp_managed_policy *rows = bp_managed_policies(facts, &count);
    for (size_t i = 0; i < count && i < POLICIES; i++) {
        bool same = permit != NULL ? bp_str_is(bp_str_of(rows[i].permit), permit)
                                   : bp_str_is(bp_str_of(rows[i].needed_for), needed_for);
        if (same) {
            return (policy_bits)1 << i;
        }
    }
    return 0;
}

static bool
names_s3(const bp_check_context *context, const bp_plan_use *use)
{
    bp_named_types named = bp_named_types_of(context, use);
    for (size_t g = 0; g < named.groups.count; g++) {
        for (size_t t = 0; t < named.groups.at[g].types.count; t++) {
            if (bp_str_is(bp_str_of(named.groups.at[g].types.at[t]->id), "s3")) {
                return true;
            }
        }
    }
    return false;
}

static bool
some_rule_has(const bp_plan_use *use, const char *path)
{
    for (const bp_node *rule = bp_node_first(use->plan, "rules"); rule != NULL; rule = rule->next) {
        if (bp_node_at(rule, path) != NULL) {
            return true;
        }
    }
    return false;
}

static work
work_of(const bp_check_context *context, const bp_role_need *need, bool scanner)
{
    const bp_facts *facts = context->facts;
    work wanted = {0, 0};
    if (scanner) {
        wanted.backup = policy_of(facts, NULL, "scanner role of malware scans");
        return wanted;
    }
    wanted.backup = policy_of(facts, "backup", NULL);
    wanted.restore = policy_of(facts, "restore", NULL);
    for (size_t i = 0; i < need->places.count; i++) {
        const bp_plan_use *use = need->places.at[i].use;
        if (names_s3(context, use)) {
            wanted.backup |= policy_of(facts, "s3_backup", NULL);
            wanted.restore |= policy_of(facts, "s3_restore", NULL);
        }
        if (some_rule_has(use, "index_actions/resource_types")) {
            wanted.backup |= policy_of(facts, NULL, "backup search");
        }
        if (some_rule_has(use, "scan_actions")) {
            wanted.backup |= policy_of(facts, NULL, "malware scans");
        }
    }
    return wanted;
}

/* The managed policies that a declared role gets. Those that `permits` has no word for come by
 * themselves where a plan needs them. */
static policy_bits
permitted(const bp_check_context *context, const bp_role *role)
{
    const bp_facts *facts = context->facts;
    unsigned permits = bp_role_permits(facts, context->effective, role);
    static const struct {
        unsigned bit;
        const char *word;
    } words[] = {{BP_PERMIT_BACKUP, "backup"},
                 {BP_PERMIT_RESTORE, "restore"},
                 {BP_PERMIT_S3_BACKUP, "s3_backup"},
                 {BP_PERMIT_S3_RESTORE, "s3_restore"}};
    policy_bits bits = 0;
    policy_bits sayable = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        policy_bits of_word = policy_of(facts, words[i].word, NULL);
        sayable |= of_word;
        bits |= (permits & words[i].bit) != 0 ? of_word : 0;
    }
    return bits | ~sayable;
}

/* The same of a listed role; false where some policy may grant what its name does not tell. */
static bool
attached(const bp_facts *facts, const bp_org_role *role, policy_bits *bits)
{
    size_t count = 0;
    const bp_managed_policy *rows = bp_managed_policies(facts, &count);
    *bits = 0;
    for (size_t p = 0; p < role->policies.count; p++) {
        size_t i = 0;
        while (i < count && i < POLICIES && !bp_str_is(role->policies.at[p], rows[i].path)) {
            i++;
        }
        if (i == count || i == POLICIES) {
            return false;
        }
        *bits |= (policy_bits)1 << i;
    }
    return role->policies_known;
}

static const bp_org_role *
listed_role(const bp_account *account, const bp_reference *reference)
{
    for (size_t i = 0; account->roles != NULL && i < account->roles->roles.count; i++) {
        const bp_org_role *role = &account->roles->roles.at[i];
        if (bp_str_equal(role->name, reference->name) &&
            bp_str_equal(role->path, reference->path)) {
            return role;
        }
    }
    return NULL;
}

static void
add_row(const powers *of, bp_cell_rows *rows, uint32_t account)
{
    *bp_vec_add(of->context->arena, rows) = (bp_cell_row){account, 0};
}

static void
judge_policies(powers *of, uint32_t index, policy_bits has)
{
    policy_bits lacking = of->wanted.backup & ~has;
    policy_bits one_way = of->wanted.restore & ~has;
    of->lacking |= lacking;
    of->restore_lacking |= one_way;
    if (lacking != 0) {
        add_row(of, &of->weak, index);
    } else if (one_way != 0) {
        add_row(of, &of->one_way, index);
    }
}

static void
judge_account(powers *of, uint32_t index)
{
    const bp_account *account = &of->context->org->accounts.at[index];
    if (of->need->role != NULL &&
        bp_model_provides_role(of->context->model, of->need->role, account)) {
        judge_policies(of, index, permitted(of->context, of->need->role->role));
        return;
    }
    const bp_org_role *role = listed_role(account, of->need->reference);
    if (role == NULL) {
        return;
    }
    of->listed = of->listed != NULL ? of->listed : role;
    if (!of->scanner && role->trusts_backup == BP_ABSENT) {
        add_row(of, &of->foreign, index);
        return; /* what it could do matters no more */
    }
    if (of->scanner || role->trusts_backup == BP_UNKNOWN) {
        bp_account_set_add(of->lasting, of->unknown_trust, index);
    }
    if (of->weighed != role) {
        of->weighed = role;
        of->has_known = attached(of->context->facts, role, &of->has);
    }
    if (of->has_known) {
        judge_policies(of, index, of->has);
    } else {
        bp_account_set_add(of->lasting, of->unknown_policies, index);
    }
}

static void
dress(const powers *of, bp_finding *finding, const bp_cell_rows *rows)
{
    const bp_check_context *context = of->context;
    const bp_role_need *need = of->need;
    bp_finding_scope(context->diagnostics, finding,
                     bp_node_scope(context->arena, need->policy->name, need->node));
    if (need->role != NULL) {
        bp_finding_label(context->diagnostics, finding, need->role->role->span, "declared here");
    } else if (of->listed != NULL) {
        bp_finding_label(context->diagnostics, finding, of->listed->span, "the inventory has it");
    }
    bp_finding_uses(context, finding, need->value->uses);
    if (context->org != NULL) {
        bp_cells_tell(context, finding, rows);
    }
}

static void
report_trust(const powers *of)
{
    bp_diagnostics *list = of->context->diagnostics;
    const bp_reference *reference = of->need->reference;
    bp_finding *finding = bp_report(list, "ROL005", reference->name_span,
                                    "role \"%.*s\" does not trust AWS Backup; no job can assume it",
                                    BP_ARG(reference->name));
    bp_finding_help(list, finding,
                    "let backup.amazonaws.com do sts:AssumeRole in the trust policy of the role");
    bp_finding_mark(list, finding, "cannot be assumed");
    dress(of, finding, &of->foreign);
}

/* The names of policies, as they stand behind "policy/". */
static bp_str
policy_words(const bp_check_context *context, policy_bits bits)
{
    size_t count = 0;
    const bp_managed_policy *rows = bp_managed_policies(context->facts, &count);
    bp_buf words = {.arena = context->arena};
    for (size_t i = 0; i < count && i < POLICIES; i++) {
        if ((bits & ((policy_bits)1 << i)) != 0) {
            bp_buf_format(&words, "%s%s", words.size > 0 ? ", " : "", rows[i].path);
        }
    }
    return bp_buf_text(&words);
}

/* The words of `permits` that give the policies; empty if some has none. */
static bp_str
permit_words(const bp_check_context *context, policy_bits bits)
{
    size_t count = 0;
    const bp_managed_policy *rows = bp_managed_policies(context->facts, &count);
    bp_buf words = {.arena = context->arena};
    for (size_t i = 0; i < count && i < POLICIES; i++) {
        if ((bits & ((policy_bits)1 << i)) == 0) {
            continue;
        }
        if (rows[i].permit[0] == '\0') {
            return (bp_str){"", 0};
        }
        bp_buf_format(&words, "%s%s", words.size > 0 ? ", " : "", rows[i].permit);
    }
    return bp_buf_text(&words);
}

static void
note_user_rows(const bp_check_context *context, bp_finding *finding, policy_bits bits)
{
    size_t count = 0;
    const bp_managed_policy *rows = bp_managed_policies(context->facts, &count);
    for (size_t i = 0; i < count && i < POLICIES; i++) {
        bp_user_told(context, finding, (bits & ((policy_bits)1 << i)) != 0 ? rows[i].user : NULL);
    }
}

static void
report_policies(const powers *of, policy_bits bits, const bp_cell_rows *rows, bool restore)
{
    const bp_check_context *context = of->context;
    bp_diagnostics *list = context->diagnostics;
    bp_str names = policy_words(context, bits);
    const bp_reference *reference = of->need->reference;
    bp_finding *finding =
        restore ? bp_report(list, "ROL007", reference->name_span,
                            "role \"%.*s\" may not restore; somebody will need that in a hurry",
                            BP_ARG(reference->name))
                : bp_report(list, "ROL007", reference->name_span,
                            "role \"%.*s\" lacks rights that the plan needs; such jobs fail",
                            BP_ARG(reference->name));
    if (restore) {
        finding->severity = BP_INFO;
        finding->aws = BP_AWS_ACCEPTS;
    }
    bp_finding_mark(list, finding, "without %.*s", BP_ARG(names));
    dress(of, finding, rows);
    note_user_rows(context, finding, bits);
    bits |= of->restore_lacking;
    bp_str permits = of->need->role != NULL ? permit_words(context, bits) : (bp_str){"", 0};
    if (permits.size > 0) {
        bp_finding_help(list, finding, "add %.*s to permits of the role", BP_ARG(permits));
    } else if (of->need->role != NULL) {
        bp_finding_help(list, finding,
                        "permits cannot give this: name a role that is made elsewhere");
    } else {
        bp_finding_help(list, finding, "attach the managed polic%s to the role",
                        (bits & (bits - 1)) == 0 ? "y" : "ies");
    }
}

static void
judge_need(powers *of)
{
    const bp_check_context *context = of->context;
    if (context->org != NULL) {
        bp_cell_rows rows = bp_role_need_rows(context, of->need);
        of->reached = rows.count > 0;
        for (size_t i = 0; i < rows.count; i++) {
            judge_account(of, rows.at[i].account);
        }
    }
    bool by_text = of->need->role != NULL && (context->org == NULL || !of->reached);
    policy_bits has = by_text ? permitted(context, of->need->role->role) : 0;
    if (by_text) {
        of->lacking = of->wanted.backup & ~has;
        of->restore_lacking = of->wanted.restore & ~has;
    }
    if (of->foreign.count > 0) {
        report_trust(of);
    }
    if (of->lacking != 0) {
        report_policies(of, of->lacking, &of->weak, false);
    } else if (of->restore_lacking != 0) {
        report_policies(of, of->restore_lacking, &of->one_way, true);
    }
}

void
bp_check_role_powers(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL || context->program->broken) {
        return;
    }
    const bp_needs *needs = bp_needs_of(context);
    bp_check_context scratch = bp_scratch_context(context);
    bp_account_set trust = {0};
    bp_account_set policies = {0};
    size_t without_inventory = 0;
    for (size_t i = 0; i < needs->roles.count; i++) {
        const bp_role_need *need = &needs->roles.at[i];
        powers of = {.context = &scratch,
                     .lasting = context,
                     .need = need,
                     .scanner = need->node->kind != BP_NODE_SELECTION,
                     .unknown_trust = &trust,
                     .unknown_policies = &policies};
        of.wanted = work_of(&scratch, need, of.scanner);
        without_inventory += context->org == NULL && need->role == NULL;
        judge_need(&of);
        bp_arena_reset(scratch.arena);
    }
    bp_arena_release(context->arena, scratch.arena);
    if (trust.count > 0) {
        bp_skip_check(context->diagnostics, "ROL005", trust.count,
                      "whom a role trusts is not known in %zu account%s", trust.count,
                      bp_plural(trust.count));
    }
    if (policies.count > 0) {
        bp_skip_check(context->diagnostics, "ROL007", policies.count,
                      "the policies of a role are not known in %zu account%s", policies.count,
                      bp_plural(policies.count));
    }
    bp_skip_without_inventory(context, "ROL005", without_inventory);
    bp_skip_without_inventory(context, "ROL007", without_inventory);
}
