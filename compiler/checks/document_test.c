/* Document form, names, selections and sizes: the families that judge a document by itself. */
#include "compiler/checks/text_fixture.h"

#define RULE "rule \"r\" {\nvault = vault(\"v\")\nschedule = daily(05:00)\ndelete_after = 7d\n}\n"

/* A select block stands on line 13. */
#define EXPECT_SELECT(text, findings) EXPECT_FILE(TEXT_HEAD RULE text TEXT_TAIL, findings)

static void
emptiness(void **state)
{
    (void)state;
    EXPECT_FILE("policy \"p\" {\nattach = [root]\n}\n",
                "2:8 SYN002 '\"p\"' policy without a plan\n");
    EXPECT_SELECT(TEXT_SELECT, "");
    /* A file that did not parse whole may have had a plan. */
    text_case *t = text_open("policy \"p\" {\nplan = =\n}\n", "2026-11-02");
    text_run(t);
    assert_true(strstr(text_findings(t), "SYN002") == NULL);
    text_free(t);
}

static void
placeholders(void **state)
{
    (void)state;
    EXPECT_SELECT(
        "select \"s\" {\nrole = role(\"b\")\ntag_key = \"k\"\ntag_values = [\"${Env}\"]\n}\n",
        "16:16 SYN012 '${Env}' placeholder \"${Env}\" was left in\n");
    EXPECT_SELECT("select \"s\" {\nrole = role(\"REPLACE_ME\")\ntag_key = \"k\"\ntag_values = "
                  "[\"x\"]\n}\n",
                  "14:14 SYN012 'REPLACE_ME' placeholder \"REPLACE_ME\" was left in\n");
    EXPECT_SELECT("select \"s\" {\nrole = role(\"replacement\")\ntag_key = \"TODO\"\ntag_values = "
                  "[\"a < b\", \"<>\", \"5 %\"]\n}\n",
                  "");
    EXPECT_SELECT("select \"{{ name }}\" {\nrole = role(\"b\")\ntag_key = \"k\"\ntag_values = "
                  "[\"x\"]\n}\n",
                  "13:8 SYN012 '\"{{ name }}\"' placeholder \"{{ name }}\" was left in\n");
    EXPECT_SCHEDULE("cron(\"${Schedule}\")",
                    "10:18 SYN012 '${Schedule}' placeholder \"${Schedule}\" was left in\n");
}

/* One argument that two settings use is one mistake. */
static void
placeholder_in_an_argument(void **state)
{
    (void)state;
    EXPECT_FILE(TEXT_HEAD "rule \"r\" uses t(into: vault(\"${Vault}\")) {}\n" TEXT_SELECT TEXT_TAIL
                          "template rule t(into: vault) {\nvault = into\nschedule = "
                          "daily(05:00)\ndelete_after = 7d\ncopy to into in eu-central-1 "
                          "{\ndelete_after = 7d\n}\n}\n",
                "8:30 SYN012 '${Vault}' placeholder \"${Vault}\" was left in\n");
}

static void
allowed_placeholder(void **state)
{
    (void)state;
    text_case *t = text_open(TEXT_HEAD RULE
                             "select \"s\" {\nrole = role(\"b\")\ntag_key = \"k\"\ntag_values = "
                             "[\"${Env}-x\", \"${Other}\"]\n}\n" TEXT_TAIL,
                             "2026-11-02");
    bp_manifest *manifest = bp_manifest_new(t->arena);
    *bp_vec_add(t->arena, &manifest->placeholders) = BP_STR("${Env}");
    t->context.manifest = manifest;
    text_run(t);
    assert_string_equal(text_findings(t),
                        "16:28 SYN012 '${Other}' placeholder \"${Other}\" was left in\n");
    text_free(t);
}

static void
variables(void **state)
{
    (void)state;
    EXPECT_RULE(
        "delete_after = 7d\ncopy to arn(\"arn:aws:backup:$region:$account:backup-vault:v\") "
        "{\ndelete_after = 7d\n}",
        "12:29 SYN013 '$region' variable \"$region\" here\n");
    EXPECT_RULE(
        "delete_after = 7d\ncopy to "
        "arn(\"arn:aws:backup:eu-central-1:$account:backup-vault:v\") {\ndelete_after = 7d\n}",
        "");
    EXPECT_RULE("delete_after = 7d\nrecovery_point_tags = {a: \"$account\", b: \"5$\", c: \"$5\"}",
                "12:28 SYN013 '$account' variable \"$account\" here\n");
    EXPECT_FILE("role \"b\" {}\npolicy \"p\" {\nplan \"q\" {\nregions = [eu-west-1]\nrule \"r\" "
                "{\nvault = vault(\"v-$stage\")\nschedule = daily(05:00)\ndelete_after = 7d\n}\n"
                "" TEXT_SELECT "}\n}\n",
                "7:18 SYN013 '$stage' variable \"$stage\" here\n");
}

static void
labels(void **state)
{
    (void)state;
    EXPECT_SELECT(
        "select \"a b\" {\nrole = role(\"b\")\ntag_key = \"k\"\ntag_values = [\"x\"]\n}\n",
        "13:8 NAM003 '\"a b\"' selection name \"a b\" holds a blank\n");
    EXPECT_SELECT("select \"A.b_c-9\" {\nrole = role(\"b\")\ntag_key = \"k\"\ntag_values = "
                  "[\"x\"]\n}\n",
                  "");
    EXPECT_FILE("policy \"p\" {\nplan \"n2345678901234567890123456789012345678901234567890\" "
                "{\nregions = [eu-west-1]\n}\n}\n",
                "");
    EXPECT_FILE(
        "policy \"p\" {\nplan \"n23456789012345678901234567890123456789012345678901\" "
        "{\nregions = [eu-west-1]\n}\n}\n",
        "3:6 NAM003 '\"n23456789012345678901234567890123456789012345678901\"' plan name of 51 "
        "characters\n");
    EXPECT_FILE("policy \"p\" {\nplan \"\xc3\xa9t\xc3\xa9\" {\nregions = [eu-west-1]\n}\n}\n",
                "3:6 NAM003 '\"\xc3\xa9t\xc3\xa9\"' plan name \"\xc3\xa9t\xc3\xa9\" holds "
                "\"\xc3\xa9\"\n");
}

static void
tags(void **state)
{
    (void)state;
    EXPECT_RULE("delete_after = 7d\nrecovery_point_tags = {\"AWS:x\": \"y\"}",
                "12:24 NAM010 '\"AWS:x\"' tag key \"AWS:x\" begins with \"aws:\"\n");
    EXPECT_RULE("delete_after = 7d\nrecovery_point_tags = {\"awsx\": \"\"}", "");
    EXPECT_RULE("delete_after = 7d\nrecovery_point_tags = {\"\": \"y\"}",
                "12:24 NAM010 '\"\"' empty tag key\n");
}

static void
selections(void **state)
{
    (void)state;
    EXPECT_SELECT(TEXT_SELECT "select \"t\" {\nrole = role(\"b\")\nresource_types = [efs]\n}\n",
                  "18:8 SEL004 '\"t\"' one plan selects by tags and by resources\n");
    EXPECT_SELECT("select \"t\" {\nresource_types = [efs]\n}\n",
                  "13:8 SEL017 '\"t\"' selection without a role\n");
    EXPECT_SELECT(
        "select \"t\" {\nrole = role(\"b\")\nresource_types = [all]\n}\n",
        "15:19 SEL007 'all' everything is selected, without a condition or an exclusion (w)\n");
    EXPECT_SELECT(
        "select \"t\" {\nrole = role(\"b\")\nresource_types = [all]\nnot_resource_types = "
        "[s3]\n}\n",
        "");
    EXPECT_SELECT("select \"t\" {\nrole = role(\"b\")\nresource_types = [all]\nwhere = "
                  "[string_equals(\"aws:ResourceTag/a\", \"b\")]\n}\n",
                  "");
    EXPECT_SELECT("select \"t\" {\nrole = role(\"b\")\nresource_types = []\n}\n",
                  "15:18 SEL006 '[]' empty list of resource types\n");
}

static void
patterns(void **state)
{
    (void)state;
    EXPECT_SELECT(
        "select \"t\" {\nrole = role(\"b\")\nresource_types = [efs, "
        "arn(\"arn:aws:sqs:*:*:*\")]\n}\n",
        "15:28 SEL006 '\"arn:aws:sqs:*:*:*\"' \"arn:aws:sqs:*:*:*\" cannot be selected\n");
    EXPECT_SELECT("select \"t\" {\nrole = role(\"b\")\nresource_types = "
                  "[arn(\"arn:aws:rds:*:*:db:*\")]\n}\n",
                  "");
}

static void
pairing(void **state)
{
    (void)state;
    EXPECT_SELECT(
        "rule \"weekly\" {\nvault = vault(\"v\")\nschedule = weekly([sun], "
        "05:00)\ndelete_after = 90d\n}\n" TEXT_SELECT
        "select \"t\" {\nrole = role(\"b\")\ntag_key = \"k\"\ntag_values = [\"Weekly\"]\n}\n",
        "6:6 SEL009 '\"q\"' 2 rules and 2 selections in one plan (w)\n");
    EXPECT_SELECT("rule \"other\" {\nvault = vault(\"v\")\nschedule = weekly([sun], "
                  "05:00)\ndelete_after = 90d\n}\n" TEXT_SELECT
                  "select \"t\" {\nrole = role(\"b\")\ntag_key = \"k\"\ntag_values = [\"y\"]\n}\n",
                  "6:6 SEL009 '\"q\"' 2 rules and 2 selections in one plan (i)\n");
    EXPECT_SELECT(TEXT_SELECT
                  "select \"t\" {\nrole = role(\"b\")\ntag_key = \"k\"\ntag_values = [\"y\"]\n}\n",
                  "");
}

/* A plan with `count` rules of this kind. */
static bp_str
plan_of(bp_arena *arena, size_t count)
{
    bp_buf text = {.arena = arena};
    bp_buf_add_c(&text, TEXT_HEAD);
    for (size_t i = 0; i < count; i++) {
        bp_buf_format(&text,
                      "rule \"rule-of-a-long-name-%02zu\" {\nvault = vault(\"v\")\nschedule = "
                      "daily(05:00)\ndelete_after = 7d\n}\n",
                      i);
    }
    bp_buf_add_c(&text, TEXT_SELECT TEXT_TAIL);
    return bp_buf_text(&text);
}

static const char *
codes_of(size_t count, bp_arena *arena)
{
    text_case *t = text_open(bp_str_c(arena, plan_of(arena, count)), "2026-11-02");
    text_run(t);
    bp_buf codes = {.arena = arena};
    for (size_t i = 0; i < bp_diagnostics_total(t->diagnostics); i++) {
        bp_buf_format(&codes, "%s ", bp_diagnostics_at(t->diagnostics, i)->rule->code);
    }
    text_free(t);
    return bp_str_c(arena, bp_buf_text(&codes));
}

static void
limits(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    assert_string_equal(codes_of(10, arena), "");
    assert_string_equal(codes_of(11, arena), "QTA010 ");
    assert_string_equal(codes_of(45, arena), "QTA002 QTA010 ");
    assert_string_equal(codes_of(60, arena), "QTA001 QTA010 ");
    bp_arena_free(arena);
}

/* What was refused is not missing as well. */
static void
one_mistake_one_finding(void **state)
{
    (void)state;
    EXPECT_FILE(TEXT_HEAD "rule \"r\" uses missing() {}\n" TEXT_SELECT TEXT_TAIL,
                "8:15 SYN018 'missing' no rule template is called \"missing\"\n");
    EXPECT_RULE("delete_afte = 7d",
                "11:1 SYN003 'delete_afte' a rule has no setting \"delete_afte\"\n");
    EXPECT_BARE("scedule = daily(05:00)\ndelete_after = 7d",
                "10:1 SYN003 'scedule' a rule has no setting \"scedule\"\n");
    EXPECT_SELECT("select \"s\" {\nroll = role(\"b\")\ntag_key = \"k\"\ntag_values = [\"x\"]\n}\n",
                  "14:1 SYN003 'roll' a tags selection has no setting \"roll\"\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emptiness),
        cmocka_unit_test(placeholders),
        cmocka_unit_test(placeholder_in_an_argument),
        cmocka_unit_test(allowed_placeholder),
        cmocka_unit_test(variables),
        cmocka_unit_test(labels),
        cmocka_unit_test(tags),
        cmocka_unit_test(selections),
        cmocka_unit_test(patterns),
        cmocka_unit_test(pairing),
        cmocka_unit_test(limits),
        cmocka_unit_test(one_mistake_one_finding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
