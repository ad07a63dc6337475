/*
 * Locks: what is kept in locked vaults, by declaration and by the inventory, with the three
 * answers; bounds that AWS does not take; vaults that somebody else made.
 */
#include "compiler/checks/support_test.h"

#include "compiler/checks/seed_test.h"

#define LISTED "{name: prodbackupvault, in: main}"
#define RETAIN "  delete_after = 180d\n"
#define COPY_RETAIN "    cold_after   = 90d\n    delete_after = 180d\n"

/* The seed with one vault declared otherwise, NULL: with it listed alone. */
static project
run(const char *vault, const char *listed, const char *part, const char *by)
{
    project p = project_new();
    const char *text =
        replaced(p.arena, SEED, "vault \"prodbackupvault\" {}\n", vault != NULL ? vault : "");
    if (part != NULL) {
        text = replaced(p.arena, text, part, by);
    }
    project_run(&p, text, replaced(p.arena, SEED_ORG, LISTED, listed != NULL ? listed : LISTED));
    return p;
}

static void
bounds_of_declared_locks(void **state)
{
    (void)state;
    static const struct {
        const char *lock;
        size_t found; /* rule and copy are kept 180 days */
    } cases[] = {
        {"governance(min: 180d)", 0},
        {"governance(min: 181d)", 2},
        {"compliance(min: 1d, max: 180d)", 0},
        {"compliance(min: 1d, max: 179d, grace: 3d)", 2},
        {"governance(min: 180d, max: 180d)", 0},
        {"governance(min: 200d, max: 100d)", 0}, /* VLT006 alone */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        bp_str vault =
            bp_str_format(p.arena, "vault \"prodbackupvault\" { lock = %s }\n", cases[i].lock);
        project_run(&p, replaced(p.arena, SEED, "vault \"prodbackupvault\" {}\n", vault.at),
                    SEED_ORG);
        assert_int_equal(project_count_at(&p, "VLT008", BP_ERROR), cases[i].found);
        if (cases[i].found > 0) {
            const bp_finding *finding = project_find(&p, "VLT008");
            assert_int_equal(finding->cells.count, 3);
            assert_int_equal(finding->aws, BP_AWS_JOB_FAILS);
            assert_string_equal(project_caret(&p, "VLT008"), "180d");
            assert_false(finding->fixes.at[0].safe);
        }
        project_free(&p);
    }
}

static void
the_inventory_speaks_where_nothing_is_declared(void **state)
{
    (void)state;
    project p = run(NULL, "{name: prodbackupvault, in: main, lock: {mode: governance, min: 200}}",
                    NULL, NULL);
    assert_int_equal(project_count_at(&p, "VLT008", BP_ERROR), 2);
    assert_int_equal(project_skipped(&p, "VLT008"), 0); /* the other vault is declared */
    project_free(&p);
    /* Two locks in two Regions: each with its cells. */
    p = run(NULL,
            "{name: prodbackupvault, in: us-east-1, lock: {mode: governance, min: 200}}\n"
            "      - {name: prodbackupvault, in: [eu-west-1, ap-northeast-1], lock: none}",
            NULL, NULL);
    assert_int_equal(project_count_at(&p, "VLT008", BP_ERROR), 1); /* the copy goes to Tokyo */
    assert_int_equal(project_find(&p, "VLT008")->cells.count, 1);
    project_free(&p);
    p = run(NULL, "{name: prodbackupvault, in: main, lock: none}", NULL, NULL);
    assert_int_equal(project_count(&p, "VLT008"), 0);
    project_free(&p);
}

static void
unknown_locks_are_counted_and_never_told(void **state)
{
    (void)state;
    project p = run(NULL, NULL, NULL, NULL);
    assert_int_equal(project_count(&p, "VLT008"), 0);
    assert_int_equal(project_skipped(&p, "VLT008"), 1);
    assert_int_equal(project_skipped(&p, "VLT012"), 1);
    assert_int_equal(project_count(&p, "DAT003"), 0);
    project_free(&p);
    /* What the project deploys, it knows: an older lock in the inventory does not count. */
    p = run("vault \"prodbackupvault\" {}\n",
            "{name: prodbackupvault, in: main, lock: {mode: compliance, min: 365}}", NULL, NULL);
    assert_int_equal(project_count(&p, "VLT008"), 0);
    assert_int_equal(project_skipped(&p, "VLT008"), 0);
    project_free(&p);
}

static void
a_copy_without_retention_follows_its_rule(void **state)
{
    (void)state;
    const char *lock = "vault \"prodbackupvault\" { lock = governance(min: 1d, max: 100d) }\n";
    project p = run(lock, NULL, COPY_RETAIN, "");
    assert_int_equal(project_count_at(&p, "VLT008", BP_ERROR), 2);
    project_free(&p);
    p = run(lock, NULL, "  cold_after   = 90d\n" RETAIN, "  delete_after = 50d\n");
    assert_int_equal(project_count_at(&p, "VLT008", BP_ERROR), 1); /* the copy says 180 */
    project_free(&p);
}

static void
nothing_expires(void **state)
{
    (void)state;
    const char *rule = "  cold_after   = 90d\n" RETAIN;
    const char *never = "  delete_after = never\n";
    project p =
        run("vault \"prodbackupvault\" { lock = compliance(min: 7d) }\n", NULL, rule, never);
    assert_int_equal(project_count_at(&p, "VLT012", BP_WARNING), 1);
    assert_int_equal(project_count(&p, "VLT008"), 0);
    project_free(&p);
    p = run("vault \"prodbackupvault\" { lock = compliance(min: 7d, max: 365d) }\n", NULL, rule,
            never);
    assert_int_equal(project_count_at(&p, "VLT008", BP_WARNING), 1);
    assert_int_equal(project_count(&p, "VLT012"), 0);
    project_free(&p);
    p = run("vault \"prodbackupvault\" { lock = governance(min: 7d) }\n", NULL, rule, never);
    assert_int_equal(project_count(&p, "VLT008") + project_count(&p, "VLT012"), 0);
    project_free(&p);
}

static void
without_an_inventory_the_declaration_decides(void **state)
{
    (void)state;
    project p = project_new();
    project_run(&p,
                replaced(p.arena, SEED, "vault \"prodbackupvault\" {}",
                         "vault \"prodbackupvault\" { lock = governance(min: 365d) }"),
                NULL);
    assert_int_equal(project_count_at(&p, "VLT008", BP_ERROR), 2);
    assert_int_equal(project_find(&p, "VLT008")->cells.count, 0);
    project_free(&p);
}

static void
values_of_locks(void **state)
{
    (void)state;
    static const struct {
        const char *lock;
        const char *caret; /* NULL: silent */
    } cases[] = {
        {"governance(min: 1d)", NULL},
        {"governance(min: 36500d, max: 36500d)", NULL},
        {"compliance(min: 7d, max: 30d, grace: 3d)", NULL},
        {"compliance(min: 7d)", NULL},
        {"governance(min: 0d)", "0d"},
        {"governance(min: 1d, max: 36501d)", "36501d"},
        {"governance(min: 31d, max: 30d)", "30d"},
        {"compliance(min: 7d, grace: 2d)", "2d"},
        {"compliance(min: 7d, grace: 40000d)", "40000d"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = project_new();
        bp_str text =
            bp_str_format(p.arena, "vault \"prodbackupvault\" { lock = %s }\n", cases[i].lock);
        project_run(&p, text.at, NULL);
        assert_string_equal(project_caret(&p, "VLT006"),
                            cases[i].caret != NULL ? cases[i].caret : "");
        assert_int_equal(project_count(&p, "VLT006"), cases[i].caret != NULL);
        project_free(&p);
    }
}

#define SET(NAME, TARGET, REGIONS)                                               \
    "stack_sets:\n  - {name: " NAME ", targets: [" TARGET "], regions: " REGIONS \
    ", retain: true, makes: {vaults: [prodbackupvault]}, instances: current}\n"

/* The seed in an organization whose stack sets are said. */
static project
run_sets(const char *sets, const char *coverage, const char *vaults)
{
    project p = project_new();
    const char *org = replaced(p.arena, SEED_ORG, "  tree: complete\n", coverage);
    org = replaced(p.arena, org, "vaults: nonprod, ", "");
    org = replaced(p.arena, org, "vaults: nonprod, ", "");
    if (vaults != NULL) {
        org = replaced(p.arena, org, LISTED, vaults);
    }
    project_run(&p, SEED, bp_str_format(p.arena, "%s%s", org, sets).at);
    return p;
}

static void
vaults_of_others(void **state)
{
    (void)state;
    const char *whole = "  tree: complete\n  stack_sets: complete\n";
    project p = run_sets(SET("platform", "r-ab12", "us-east-1"), whole, NULL);
    assert_int_equal(project_count_at(&p, "VLT005", BP_ERROR), 2); /* and the other two Regions */
    assert_string_equal(project_caret(&p, "VLT005"), "\"prodbackupvault\"");
    project_free(&p);
    p = run_sets(SET("backpol-vault-prodbackupvault", "ou-ab12-prod0001", "main"), whole, NULL);
    assert_int_equal(project_count(&p, "VLT005"), 0);
    project_free(&p);
    /* Ours is narrower than what is there. */
    p = run_sets(SET("backpol-vault-prodbackupvault", "ou-ab12-prod0001", "us-east-1"), whole,
                 NULL);
    assert_int_equal(project_find(&p, "VLT005")->cells.count, 2);
    project_free(&p);
    /* Nothing is there yet. */
    p = run_sets("stack_sets: []\n", whole, "{name: other, in: main}");
    assert_int_equal(project_count(&p, "VLT005"), 0);
    project_free(&p);
    /* Without the whole list nobody knows. */
    p = run_sets(SET("backpol-vault-prodbackupvault", "ou-ab12-prod0001", "us-east-1"),
                 "  tree: complete\n  stack_sets: partial\n", NULL);
    assert_int_equal(project_count(&p, "VLT005"), 0);
    assert_int_equal(project_skipped(&p, "VLT005"), 1);
    project_free(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_of_declared_locks),
        cmocka_unit_test(the_inventory_speaks_where_nothing_is_declared),
        cmocka_unit_test(unknown_locks_are_counted_and_never_told),
        cmocka_unit_test(a_copy_without_retention_follows_its_rule),
        cmocka_unit_test(nothing_expires),
        cmocka_unit_test(without_an_inventory_the_declaration_decides),
        cmocka_unit_test(values_of_locks),
        cmocka_unit_test(vaults_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
