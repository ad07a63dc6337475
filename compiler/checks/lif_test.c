/* Lifecycle arithmetic: what fires where, what stays silent beside it, and which code wins. */
#include "compiler/checks/text_fixture.h"

static void
cold_90(void **state)
{
    (void)state;
    EXPECT_RULE("cold_after = 90d\ndelete_after = 180d", "");
    EXPECT_RULE("cold_after = 92d\ndelete_after = 180d",
                "12:16 LIF001 '180d' 88 days in cold storage\n");
    EXPECT_RULE("cold_after = 91d\ndelete_after = 180d",
                "12:16 LIF001 '180d' 89 days in cold storage\n");
    EXPECT_RULE("cold_after = 13w\ndelete_after = 180d",
                "12:16 LIF001 '180d' 89 days in cold storage\n");
    EXPECT_RULE("delete_after = 20d\ncold_after = never", "");
}

static void
copies_too(void **state)
{
    (void)state;
    EXPECT_RULE("cold_after = 92d\ndelete_after = 180d\ncopy to vault(\"v\") in eu-central-1 "
                "{\ncold_after = 92d\ndelete_after = 180d\n}",
                "12:16 LIF001 '180d' 88 days in cold storage\n"
                "15:16 LIF002 '180d' 88 days in cold storage\n");
    EXPECT_RULE("delete_after = 35d\ncopy to vault(\"v\") in eu-central-1 "
                "{\ncold_after = 30d\ndelete_after = 120d\n}",
                "");
}

/* A template says it once, whoever uses it, with the use as second place. */
static void
told_once(void **state)
{
    (void)state;
    text_case *t = text_open(
        "vault \"v\" {}\nrole \"b\" {}\n"
        "template rule t(into: vault) {\nschedule = daily(05:00)\nvault = into\ncold_after = "
        "92d\ndelete_after = 180d\n}\n"
        "policy \"p\" {\nattach = [root]\nplan \"q\" {\nregions = [eu-west-1]\nrule \"r\" uses "
        "t(into: "
        "vault(\"v\")) {}\nrule \"r2\" uses t(into: vault(\"v\")) {}\n" TEXT_SELECT "}\n}\n",
        "2026-11-02");
    text_run(t);
    assert_string_equal(text_findings(t), "8:16 LIF001 '180d' 88 days in cold storage\n");
    const bp_finding *finding = text_first(t, "LIF001");
    assert_true(finding->by_text);
    assert_true(finding->labels.count >= 2);
    assert_int_equal(finding->aws, BP_AWS_INVALID_EFFECTIVE);
    assert_true(finding->fixes.count == 1 && !finding->fixes.at[0].safe);
    assert_true(bp_str_is(finding->fixes.at[0].edits.at[0].text, "182d"));
    text_free(t);
}

static void
inverted(void **state)
{
    (void)state;
    EXPECT_RULE("cold_after = 365d\ndelete_after = 30d",
                "12:16 LIF003 '30d' deleted after 30 days, moved to cold storage after 365\n");
    EXPECT_RULE("cold_after = 30d\ndelete_after = 30d",
                "12:16 LIF003 '30d' deleted after 30 days, moved to cold storage after 30\n");
    EXPECT_RULE("cold_after = 30d\ndelete_after = 31d",
                "12:16 LIF001 '31d' 1 day in cold storage\n");
    text_case *t =
        text_open(TEXT_HEAD "rule \"r\" {\nvault = vault(\"v\")\nschedule = daily(05:00)\n"
                            "cold_after = 365d\ndelete_after = 4w\n}\n" TEXT_SELECT TEXT_TAIL,
                  "2026-11-02");
    text_run(t);
    const bp_finding *finding = text_first(t, "LIF003");
    assert_int_equal(finding->fixes.at[0].edits.count, 2);
    assert_true(bp_str_is(finding->fixes.at[0].edits.at[0].text, "365d"));
    assert_true(bp_str_is(finding->fixes.at[0].edits.at[1].text, "28d"));
    text_free(t);
}

static void
range(void **state)
{
    (void)state;
    EXPECT_RULE("delete_after = 0d", "11:16 LIF004 '0d' 0d\n");
    EXPECT_RULE("delete_after = 1d", "");
    EXPECT_RULE("delete_after = 36500d", "");
    EXPECT_RULE("delete_after = 36501d", "11:16 LIF004 '36501d' 36501d\n");
    EXPECT_RULE("cold_after = 0d\ndelete_after = 30d", "11:14 LIF004 '0d' 0d\n");
    EXPECT_RULE("cold_after = 40000d\ndelete_after = 0d",
                "11:14 LIF004 '40000d' 40000d\n12:16 LIF004 '0d' 0d\n");
    EXPECT_RULE("continuous = on\ndelete_after = 0d", "12:16 LIF004 '0d' 0d\n");
}

static void
continuous(void **state)
{
    (void)state;
    EXPECT_RULE("continuous = on\ndelete_after = 35d", "");
    EXPECT_RULE("continuous = off\ndelete_after = 84d", "");
    EXPECT_RULE("continuous = on\ndelete_after = 36d",
                "12:16 LIF005 '36d' continuous backups kept for 36 days\n");
    EXPECT_RULE("continuous = on", "11:14 LIF005 'on' continuous backup without a retention\n");
    EXPECT_RULE("continuous = on\ndelete_after = never",
                "12:16 LIF005 'never' continuous backup without a retention\n");
    EXPECT_RULE("continuous = on\ncold_after = 10d\ndelete_after = 35d",
                "12:14 LIF006 '10d' cold storage after 10 days with continuous backup\n");
    EXPECT_RULE("continuous = on\ncold_after = 0d\ndelete_after = 84d",
                "12:14 LIF004 '0d' 0d\n13:16 LIF005 '84d' continuous backups kept for 84 days\n");
}

static void
retention(void **state)
{
    (void)state;
    EXPECT_RULE("start_within = 8h", "8:6 LIF009 '\"r\"' rule without retention (w)\n");
    EXPECT_RULE("delete_after = never", "");
    EXPECT_RULE(
        "delete_after = 35d\ncopy to vault(\"v\") in eu-central-1 {}",
        "12:9 LIF008 'vault(\"v\") in eu-central-1' copy without a retention of its own (w)\n");
    EXPECT_RULE(
        "delete_after = never\ncopy to vault(\"v\") in eu-central-1 {\ndelete_after = never\n}",
        "");
    EXPECT_RULE(
        "delete_after = 35d\ncopy to vault(\"v\") in eu-central-1 {\ndelete_after = never\n}",
        "13:16 LIF008 'never' copy to be kept for ever (w)\n");
    EXPECT_RULE(
        "delete_after = never\ncopy to vault(\"v\") in eu-central-1 {}",
        "12:9 LIF008 'vault(\"v\") in eu-central-1' copy without a retention of its own (w)\n");
}

/* What did not parse or bind is no missing retention. */
static void
holes_are_silent(void **state)
{
    (void)state;
    EXPECT_RULE("delete_after = 30", "11:16 SYN016 '30' \"30\" has no unit\n");
    EXPECT_RULE("cold_after = nothing\ndelete_after = 30d",
                "11:14 SYN018 'nothing' no constant or parameter is called \"nothing\"\n");
}

static void
archive(void **state)
{
    (void)state;
    EXPECT_BARE("schedule = monthly(1, 05:00)\ncold_after = 30d\ndelete_after = 120d\narchive = on",
                "");
    EXPECT_BARE("schedule = monthly(1, 05:00)\ndelete_after = 120d\narchive = on",
                "12:11 LIF014 'on' archive without cold_after\n");
    EXPECT_BARE("schedule = daily(05:00)\ncold_after = 30d\ndelete_after = 120d\narchive = on",
                "10:12 LIF014 'daily(05:00)' next two runs 1 day apart\n");
    EXPECT_BARE("schedule = daily(05:00)\ncold_after = 30d\ndelete_after = 120d\narchive = off",
                "");
    EXPECT_BARE("cold_after = 30d\ndelete_after = 120d\narchive = on",
                "8:6 SCH010 '\"r\"' rule without a schedule (w)\n"
                "12:11 LIF014 'on' archive without a schedule\n");
    EXPECT_BARE("schedule = monthly(1, 05:00)\ncold_after = 30d\ndelete_after = 60d\narchive = on",
                "12:16 LIF001 '60d' 30 days in cold storage\n");
    EXPECT_BARE("schedule = weekly([sun], 05:00)\ndelete_after = 35d\ncopy to vault(\"v\") in "
                "eu-central-1 {\ncold_after = 30d\ndelete_after = 120d\narchive = on\n}",
                "10:12 LIF014 'weekly([sun], 05:00)' next two runs 7 days apart\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cold_90),
        cmocka_unit_test(copies_too),
        cmocka_unit_test(told_once),
        cmocka_unit_test(inverted),
        cmocka_unit_test(range),
        cmocka_unit_test(continuous),
        cmocka_unit_test(retention),
        cmocka_unit_test(archive),
        cmocka_unit_test(holes_are_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
