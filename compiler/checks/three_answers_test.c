/*
 * Three answers: for each kind of knowledge the same project twice, once against an inventory that
 * lacks it (skipped, counted, no error) and once against one that has it and says no (an error).
 */
#include "compiler/checks/support_test.h"

#define POLICY                                                                               \
    "policy \"p\" {\n  attach = [%s]\n  plan \"d\" {\n    regions = [%s]\n"                  \
    "    rule \"n\" {\n      schedule = daily(05:00)\n      vault = vault(\"main\")\n"       \
    "      delete_after = 35d\n%s    }\n    select \"s\" {\n      role = role(\"backup\")\n" \
    "%s    }\n  }\n}\n"

#define BY_TAG "      tag_key = \"k\"\n      tag_values = [\"v\"]\n"
#define COPY                                                                         \
    "      copy to vault(\"main\") in eu-central-1 of account(\"333344445555\") {\n" \
    "        delete_after = 35d\n      }\n"

/* What an inventory says; an empty text: nothing. */
#define ORG                                                                         \
    "backpol_inventory: 1\ncaptured_at: \"2026-11-02\"\n"                           \
    "organization: {id: o-exampleorg, partition: aws, management_account: "         \
    "\"111122223333\"%s}\nsettings: {delegated_administrators: none%s%s%s}\n"       \
    "coverage: {tree: %s, regions: [eu-west-1, eu-central-1, eu-south-1]}\nroot:\n" \
    "  id: r-ab12\n  accounts:\n    - {id: \"111122223333\", name: Management%s}\n" \
    "  ous:\n    - id: ou-ab12-prod0001\n      name: Prod\n      accounts:\n"       \
    "        - {id: \"222233334444\", name: Shop%s%s%s}\n"                          \
    "    - id: ou-ab12-bckp0001\n      name: Backup\n      accounts:\n"             \
    "        - {id: \"333344445555\", name: Copies, vaults: [{name: main, in: "     \
    "eu-central-1}], regions: none}\n"

typedef struct knowledge {
    const char *features;
    const char *policy_type;
    const char *trusted;
    const char *cross_account;
    const char *tree;
    const char *opt_in; /* of the management account */
    const char *vaults;
    const char *roles;
    const char *regions;
} knowledge;

static const knowledge complete = {
    .features = ", features: all",
    .policy_type = ", backup_policy_type: enabled",
    .trusted = ", trusted_access: [backup.amazonaws.com, "
               "member.org.stacksets.cloudformation.amazonaws.com]",
    .cross_account = ", cross_account_backup: enabled",
    .tree = "complete",
    .opt_in = ", regions: none, region_settings: [{in: [eu-west-1, eu-south-1], opted_in: [Aurora, "
              "DocumentDB, Neptune]}]",
    .vaults = ", vaults: [{name: main, in: [eu-west-1, eu-south-1]}]",
    .roles = ", roles: [backup]",
    .regions = ", regions: [eu-south-1]",
};

typedef struct question {
    const char *code;
    size_t member; /* offset in knowledge */
    const char *unknown;
    const char *absent;
    const char *attach;
    const char *regions;
    const char *copy;
    const char *select;
} question;

#define OF(member) offsetof(knowledge, member)
#define PROD "ou(\"Prod\")"

static const question questions[] = {
    {"TOP015", OF(features), "", ", features: consolidated-billing", PROD, "eu-west-1", "", BY_TAG},
    {"TOP015", OF(policy_type), "", ", backup_policy_type: disabled", PROD, "eu-west-1", "",
     BY_TAG},
    {"TOP015", OF(policy_type), ", backup_policy_type: unknown",
     ", backup_policy_type: pending-disable", PROD, "eu-west-1", "", BY_TAG},
    {"TOP015", OF(trusted), "", ", trusted_access: none", PROD, "eu-west-1", "", BY_TAG},
    {"TOP015", OF(trusted), ", trusted_access: unknown",
     ", trusted_access: [member.org.stacksets.cloudformation.amazonaws.com]", PROD, "eu-west-1", "",
     BY_TAG},
    {"CPY012", OF(cross_account), "", ", cross_account_backup: disabled", PROD, "eu-west-1", COPY,
     BY_TAG},
    {"SEL010", OF(opt_in), ", regions: none",
     ", regions: none, region_settings: [{in: [eu-west-1], opted_out: [Aurora, DocumentDB, "
     "Neptune]}]",
     PROD, "eu-west-1", "", "      resource_types = [rds_cluster]\n"},
    {"VLT001", OF(vaults), "", ", vaults: none", PROD, "eu-west-1", "", BY_TAG},
    {"VLT001", OF(vaults), ", vaults: unknown", ", vaults: [{name: other, in: eu-west-1}]", PROD,
     "eu-west-1", "", BY_TAG},
    {"ROL001", OF(roles), "", ", roles: none", PROD, "eu-west-1", "", BY_TAG},
    {"REG003", OF(regions), "", ", regions: none", PROD, "eu-south-1", "", BY_TAG},
    {"TOP001", OF(tree), "partial", "complete", "ou(\"Elsewhere\")", "eu-west-1", "", BY_TAG},
    {"TOP002", OF(tree), "partial", "complete", "account(\"999988887777\")", "eu-west-1", "",
     BY_TAG},
};

/* The project of a question against complete knowledge with one part exchanged; NULL: none. */
static project
ask(const question *q, const char *part)
{
    knowledge k = complete;
    if (part != NULL) {
        memcpy((char *)&k + q->member, &part, sizeof part);
    }
    project p = project_new();
    bp_str policy = bp_str_format(p.arena, POLICY, q->attach, q->regions, q->copy, q->select);
    bp_str settings = bp_str_format(p.arena, "%s%s", k.trusted, k.cross_account);
    bp_str org = bp_str_format(p.arena, ORG, k.features, k.policy_type, settings.at, "", k.tree,
                               k.opt_in, k.vaults, k.roles, k.regions);
    project_run(&p, policy.at, org.at);
    return p;
}

static void
unknown_is_skipped_and_absent_is_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        const question *q = &questions[i];
        project p = ask(q, q->unknown);
        if (project_count(&p, q->code) > 0 || project_skipped(&p, q->code) == 0) {
            project_show(&p);
            fail_msg("%s, \"%s\": not skipped and counted", q->code, q->unknown);
        }
        project_free(&p);
        p = ask(q, q->absent);
        if (project_count_at(&p, q->code, BP_ERROR) == 0 || project_skipped(&p, q->code) > 0) {
            project_show(&p);
            fail_msg("%s, \"%s\": no error", q->code, q->absent);
        }
        project_free(&p);
    }
}

/* The same with complete knowledge that says yes: neither. */
static void
present_is_silent(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        const question *q = &questions[i];
        project p = ask(q, NULL);
        bool tree = q->member == OF(tree);
        if (!tree && (project_count(&p, q->code) > 0 || project_skipped(&p, q->code) > 0)) {
            project_show(&p);
            fail_msg("%s: said or skipped although all is there", q->code);
        }
        project_free(&p);
    }
}

/* DAT003 names the call that would tell. */
static void
what_would_settle_it_is_named(void **state)
{
    (void)state;
    static const char *const calls[][2] = {{"VLT001", "aws backup list-backup-vaults"},
                                           {"ROL001", "aws iam list-roles"},
                                           {"REG003", "aws account list-regions"},
                                           {"CPY012", "aws backup describe-global-settings"}};
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        project p = ask(&questions[i], questions[i].unknown);
        const bp_finding *finding = project_find(&p, "DAT003");
        for (size_t c = 0; c < sizeof calls / sizeof calls[0]; c++) {
            if (strcmp(questions[i].code, calls[c][0]) != 0) {
                continue;
            }
            bool named = false;
            assert_non_null(finding);
            for (size_t h = 0; h < finding->help.count; h++) {
                named = named || bp_str_contains(finding->help.at[h], bp_str_of(calls[c][1]));
            }
            assert_true(named);
        }
        project_free(&p);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_is_skipped_and_absent_is_an_error),
        cmocka_unit_test(present_is_silent),
        cmocka_unit_test(what_would_settle_it_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
