/*
 * Copies: types that cannot be copied, Regions between which some cannot, other accounts, and the
 * vault copied onto itself; cold storage that types ignore.
 */
#include "compiler/checks/support_test.h"

#include "compiler/checks/seed_test.h"
#include "compiler/checks/types.h"

/* The seed with its first selection replaced, and changes in the template and inventory. */
static project
run_types(const char *selection, const char *destination, const char *regions, const char *org)
{
    project p = project_new();
    const char *text = SEED;
    if (selection != NULL) {
        text =
            replaced(p.arena, text,
                     "      tag_key    = \"backup\"\n      tag_values = [\"prod\"]\n", selection);
    }
    if (destination != NULL) {
        text = replaced(p.arena, text, "into in ap-northeast-1", destination);
    }
    if (regions != NULL) {
        text = replaced(p.arena, text, "[us-east-1, eu-west-1, ap-northeast-1]", regions);
    }
    project_run(&p, text, org != NULL ? org : SEED_ORG);
    return p;
}

/* The severity of the first finding of a code, BP_OFF for none. */
static bp_severity
level(project *p, const char *code)
{
    const bp_finding *finding = project_find(p, code);
    return finding == NULL ? BP_OFF : finding->severity;
}

static void
types_that_are_never_copied(void **state)
{
    (void)state;
    static const struct {
        const char *selection;
        bp_severity level;
    } cases[] = {
        {"resource_types = [redshift_serverless]\n", BP_ERROR},
        {"resource_types = [redshift]\n", BP_WARNING},    /* unsure */
        {"resource_types = [rds_cluster]\n", BP_WARNING}, /* Aurora can */
        {"tag_key = \"backup\"\ntag_values = [\"prod\"]\nprotects = [rds_multi_az_cluster]\n",
         BP_WARNING}, /* the sources disagree */
        {"tag_key = \"backup\"\ntag_values = [\"prod\"]\nprotects = [aurora]\n", BP_OFF},
        {"resource_types = [rds, efs, s3]\n", BP_OFF},
        {"resource_types = [dynamodb]\n", BP_OFF}, /* CPY004 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = run_types(cases[i].selection, NULL, NULL, NULL);
        assert_int_equal(level(&p, "CPY001"), cases[i].level);
        assert_int_equal(project_count(&p, "CPY014"), 1); /* of the other policy */
        if (cases[i].level != BP_OFF) {
            assert_int_equal(project_find(&p, "CPY001")->cells.count, 3);
        }
        project_free(&p);
    }
}

static void
a_mixed_selection_tells_sure_and_unsure_apart(void **state)
{
    (void)state;
    project p =
        run_types("resource_types = [redshift, redshift_serverless, efs]\n", NULL, NULL, NULL);
    assert_int_equal(project_count(&p, "CPY001"), 2);
    assert_int_equal(bp_diagnostics_count(p.list, BP_ERROR), 1);
    project_free(&p);
}

static void
exclusions_and_stars(void **state)
{
    (void)state;
    project p =
        run_types("resource_types = [all]\nnot_resource_types = [redshift, redshift_serverless, "
                  "rds_cluster, dynamodb]\n",
                  NULL, NULL, NULL);
    assert_int_equal(project_count(&p, "CPY014"), 1); /* of the other policy */
    project_free(&p);
    p = run_types("resource_types = [all]\nnot_resource_types = [redshift]\n", NULL, NULL, NULL);
    assert_int_equal(project_count(&p, "CPY014"), 2);
    project_free(&p);
}

static void
exceptions_by_region(void **state)
{
    (void)state;
    static const struct {
        const char *selection;
        const char *destination;
        const char *regions;
        bp_severity level;
        size_t cells;
    } cases[] = {
        /* Neptune into an opt-in Region that takes none. */
        {"tag_key = \"b\"\ntag_values = [\"p\"]\nprotects = [neptune]\n", "into in eu-south-1",
         "[us-east-1]", BP_ERROR, 1},
        {"resource_types = [rds_cluster]\n", "into in eu-south-1", "[us-east-1]", BP_WARNING, 1},
        {"tag_key = \"b\"\ntag_values = [\"p\"]\nprotects = [neptune]\n", "into in af-south-1",
         "[us-east-1]", BP_OFF, 0},
        {"tag_key = \"b\"\ntag_values = [\"p\"]\nprotects = [aurora]\n", "into in eu-south-1",
         "[us-east-1]", BP_OFF, 0},
        /* The source Region counts, too. */
        {"resource_types = [fsx]\n", "into in us-east-1", "[me-south-1, us-east-1, us-west-2]",
         BP_ERROR, 1},
        {"resource_types = [fsx]\n", "into in us-east-1", "[us-west-2]", BP_OFF, 0},
        /* The sources disagree about stacks of other accounts. */
        {"resource_types = [cloudformation]\n", NULL, "[us-east-1]", BP_OFF, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = run_types(cases[i].selection, cases[i].destination, cases[i].regions, NULL);
        if (level(&p, "CPY002") != cases[i].level) {
            project_show(&p);
        }
        assert_int_equal(level(&p, "CPY002"), cases[i].level);
        if (cases[i].level != BP_OFF) {
            assert_int_equal(project_find(&p, "CPY002")->cells.count, cases[i].cells);
        }
        project_free(&p);
    }
}

#define INTO(ACCOUNT) \
    "arn(\"arn:aws:backup:us-east-1:" ACCOUNT ":backup-vault:nonprodbackupvault\")"

static void
copies_to_other_accounts(void **state)
{
    (void)state;
    project p = run_types("resource_types = [cloudformation]\n", INTO("444455556666"), NULL, NULL);
    assert_int_equal(level(&p, "CPY012"), BP_ERROR);
    assert_string_equal(project_caret(&p, "CPY012"), "444455556666");
    assert_int_equal(level(&p, "CPY002"), BP_WARNING);
    assert_int_equal(project_find(&p, "CPY002")->cells.count, 3);
    project_free(&p);

    p = project_new();
    const char *org = replaced(p.arena, SEED_ORG, "cross_account_backup: disabled",
                               "cross_account_backup: enabled");
    project q = run_types(NULL, INTO("444455556666"), NULL, org);
    assert_int_equal(bp_diagnostics_count(q.list, BP_ERROR), 0);
    /* The Dev Account copies into its own vault in us-east-1, the others do not. */
    assert_int_equal(project_count(&q, "CPY007"), 1);
    assert_int_equal(project_find(&q, "CPY007")->cells.count, 1);
    assert_true(bp_str_is(project_find(&q, "CPY007")->cells.at[0].account, "444455556666"));
    project_free(&q);

    q = run_types(NULL, INTO("444455556667"), NULL, org);
    assert_int_equal(project_count(&q, "CPY006"), 1); /* one template line */
    assert_int_equal(bp_diagnostics_count(q.list, BP_ERROR), 1);
    assert_string_equal(project_caret(&q, "CPY006"), "444455556667");
    assert_true(bp_str_contains(project_find(&q, "CPY006")->help.at[0], BP_STR("444455556666")));
    project_free(&q);

    const char *closed =
        replaced(p.arena, org, "name: Dev Account,", "name: Dev Account, state: suspended,");
    q = run_types(NULL, INTO("444455556666"), NULL, closed);
    assert_int_equal(project_count(&q, "CPY006"), 1);
    assert_int_equal(project_count(&q, "VLT002"), 0);
    project_free(&q);

    const char *partial = replaced(p.arena, org, "tree: complete", "tree: partial");
    q = run_types(NULL, INTO("444455556667"), NULL, partial);
    assert_int_equal(project_count(&q, "CPY006"), 0);
    assert_int_equal(project_skipped(&q, "CPY006"), 2);
    project_free(&q);

    const char *unknown = replaced(p.arena, SEED_ORG, "  cross_account_backup: disabled\n", "");
    q = run_types(NULL, INTO("444455556666"), NULL, unknown);
    assert_int_equal(project_count(&q, "CPY012"), 0);
    assert_int_equal(project_skipped(&q, "CPY012"), 2);
    project_free(&q);
    project_free(&p);
}

static void
a_self_copy_needs_region_name_and_account(void **state)
{
    (void)state;
    project p = run_types(NULL, "vault(\"nonprodbackupvault\") in ap-northeast-1", NULL, NULL);
    assert_int_equal(project_count(&p, "CPY007"), 1);
    project_free(&p);
    p = run_types(NULL, "into in us-west-2", NULL, NULL);
    assert_int_equal(project_count(&p, "CPY007"), 0);
    project_free(&p);
}

static void
cold_storage_by_type(void **state)
{
    (void)state;
    static const struct {
        const char *selection;
        bp_severity level;
    } cases[] = {
        {"resource_types = [rds]\n", BP_WARNING},
        {"resource_types = [rds, efs]\n", BP_INFO},
        {"resource_types = [efs]\n", BP_OFF},
        {"resource_types = [ebs]\n", BP_WARNING},
        {"resource_types = [efs, timestream]\n", BP_OFF},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = run_types(cases[i].selection, NULL, NULL, NULL);
        size_t warnings = 0;
        for (size_t f = 0; f < bp_diagnostics_total(p.list); f++) {
            const bp_finding *finding = bp_diagnostics_at(p.list, f);
            warnings +=
                strcmp(finding->rule->code, "LIF007") == 0 && finding->severity == BP_WARNING;
        }
        assert_int_equal(project_count(&p, "LIF007"), cases[i].level == BP_OFF ? 1 : 2);
        assert_int_equal(warnings, cases[i].level == BP_WARNING);
        project_free(&p);
    }
}

static void
the_archive_flag_gives_ebs_cold_storage(void **state)
{
    (void)state;
    project p = project_new();
    const char *text =
        replaced(p.arena, SEED, "      tag_key    = \"backup\"\n      tag_values = [\"prod\"]\n",
                 "resource_types = [ebs]\n");
    text = replaced(p.arena, text, "  cold_after   = 90d\n  delete_after",
                    "  archive = on\n  cold_after   = 90d\n  delete_after");
    project_run(&p, text, SEED_ORG);
    assert_int_equal(project_count(&p, "LIF007"), 1); /* of the other policy */
    project_free(&p);
}

static void
only_the_copy_sets_cold_storage(void **state)
{
    (void)state;
    project p = project_new();
    const char *text = replaced(p.arena, SEED, "  cold_after   = 90d\n  delete_after = 180d\n",
                                "  delete_after = 180d\n");
    project_run(&p, text, SEED_ORG);
    assert_int_equal(project_count(&p, "LIF007"), 2);
    bp_position at = bp_sources_position(p.sources, project_find(&p, "LIF007")->span.source,
                                         project_find(&p, "LIF007")->span.start);
    assert_int_equal(at.line, 11);
    project_free(&p);
}

/* Seven are told whole; of eight, six and a number. */
static void
a_long_list_of_types_is_cut(void **state)
{
    (void)state;
    static const struct {
        size_t count;
        const char *ending;
    } cases[] = {{1, "t"},
                 {2, "t and t"},
                 {7, "t, t, t, t, t, t and t"},
                 {8, "t, t, t, t, t, t and 2 more"}};
    bp_arena *arena = bp_arena_new(NULL);
    static const bp_type type = {.label = "t (more about it)"};
    const bp_type *types[8];
    for (size_t i = 0; i < 8; i++) {
        types[i] = &type;
    }
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bp_str words = bp_type_words(arena, types, cases[i].count);
        assert_true(bp_str_equal(words, bp_str_of(cases[i].ending)));
    }
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_list_of_types_is_cut),
        cmocka_unit_test(types_that_are_never_copied),
        cmocka_unit_test(a_mixed_selection_tells_sure_and_unsure_apart),
        cmocka_unit_test(exclusions_and_stars),
        cmocka_unit_test(exceptions_by_region),
        cmocka_unit_test(copies_to_other_accounts),
        cmocka_unit_test(a_self_copy_needs_region_name_and_account),
        cmocka_unit_test(cold_storage_by_type),
        cmocka_unit_test(the_archive_flag_gives_ebs_cold_storage),
        cmocka_unit_test(only_the_copy_sets_cold_storage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
