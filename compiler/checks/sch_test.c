/* Schedules and windows: places, levels and verdicts. How expressions are read has its own test. */
#include "compiler/checks/text_fixture.h"

static void
syntax(void **state)
{
    (void)state;
    EXPECT_SCHEDULE("cron(\"0 5 ? * * *\")", "");
    EXPECT_SCHEDULE("daily(05:00)", "");
    EXPECT_SCHEDULE("cron(\"0 5 *\")", "10:18 SCH001 '0 5 *' 3 fields in \"0 5 *\"\n");
    EXPECT_SCHEDULE("cron(\"0 60 ? * * *\")", "10:20 SCH002 '60' hour \"60\" in a schedule\n");
    EXPECT_SCHEDULE("cron(\"0 5 ? * 0 *\")", "10:26 SCH002 '0' weekday \"0\" in a schedule\n");
    EXPECT_SCHEDULE("cron(\"0 5 * * MON *\")", "10:22 SCH003 '*' neither day field is ?\n");
    EXPECT_SCHEDULE("cron(\"0 5 1 * ? * more\")",
                    "10:30 SCH001 'more' \"more\" behind the sixth field of a schedule (w)\n");
    EXPECT_SCHEDULE("cron(\"cron(0 5 ? * 9 *)\")",
                    "10:31 SCH002 '9' weekday \"9\" in a schedule\n");
}

static void
day_fields_fix(void **state)
{
    (void)state;
    text_case *t =
        text_open(TEXT_HEAD "rule \"r\" {\nvault = vault(\"v\")\nschedule = cron(\"0 5 * * "
                            "MON *\")\ndelete_after = 35d\n}\n" TEXT_SELECT TEXT_TAIL,
                  "2026-11-02");
    text_run(t);
    const bp_finding *finding = text_first(t, "SCH003");
    assert_true(finding->fixes.count == 1 && finding->fixes.at[0].safe);
    assert_true(bp_str_is(finding->fixes.at[0].edits.at[0].text, "?"));
    assert_int_equal(finding->aws, BP_AWS_UNKNOWN);
    text_free(t);
}

static void
never(void **state)
{
    (void)state;
    EXPECT_SCHEDULE("cron(\"0 5 30 2 ? *\")",
                    "10:17 SCH004 '\"0 5 30 2 ? *\"' the schedule never runs\n");
    EXPECT_SCHEDULE("cron(\"0 5 1 1 ? 2025\")",
                    "10:17 SCH004 '\"0 5 1 1 ? 2025\"' no run after 2026-11-02\n");
    EXPECT_SCHEDULE("cron(\"0 5 1 1 ? 2030\")",
                    "10:17 SCH004 '\"0 5 1 1 ? 2030\"' only one run is ahead, on 2030-01-01\n");
    EXPECT_SCHEDULE("cron(\"0 5 1 1 ? 2030,2031\")", "");
    EXPECT_SCHEDULE("cron(\"0 5 29 2 ? *\")", "");
}

static void
frequent(void **state)
{
    (void)state;
    EXPECT_SCHEDULE("hourly(:00)", "");
    EXPECT_SCHEDULE("cron(\"0/30 * ? * * *\")",
                    "10:17 SCH011 '\"0/30 * ? * * *\"' next two runs 30 minutes apart\n");
    EXPECT_SCHEDULE("cron(\"0,59 5 ? * * *\")",
                    "10:17 SCH011 '\"0,59 5 ? * * *\"' next two runs 59 minutes apart\n");
    text_case *t =
        text_open(TEXT_HEAD "rule \"r\" {\nvault = vault(\"v\")\nschedule = cron(\"0,59 5 ? * "
                            "* *\")\ndelete_after = 35d\n}\n" TEXT_SELECT TEXT_TAIL,
                  "2026-11-02T05:30:00Z");
    text_run(t);
    const bp_finding *finding = text_first(t, "SCH011");
    assert_int_equal(finding->severity, BP_WARNING);
    assert_int_equal(finding->aws, BP_AWS_ACCEPTS);
    assert_true(bp_str_contains(finding->notes.at[0],
                                BP_STR("2026-11-03T05:00:00Z and 2026-11-03T05:59:00Z")));
    text_free(t);
}

static void
windows(void **state)
{
    (void)state;
    EXPECT_RULE("delete_after = 7d\nstart_within = 1h\nfinish_within = 7d", "");
    EXPECT_RULE("delete_after = 7d\nstart_within = 59m",
                "12:16 SCH006 '59m' start window of 59m\n");
    EXPECT_RULE("delete_after = 7d\nfinish_within = 0m",
                "12:17 SCH006 '0m' completion window of 0m\n");
    EXPECT_RULE("delete_after = 7d\nfinish_within = 86399m", "");
    EXPECT_RULE(
        "delete_after = 7d\nfinish_within = 604800m",
        "12:17 SCH013 '604800m' completion window of 604800 minutes, which is 420 days (w)\n");
    EXPECT_RULE("delete_after = 7d\nstart_within = 52560001m",
                "12:16 SCH013 '52560001m' start window of 52560001 minutes\n");
}

static void
presence(void **state)
{
    (void)state;
    EXPECT_BARE("delete_after = 7d", "8:6 SCH010 '\"r\"' rule without a schedule (w)\n");
    /* Without inventory a plan that lacks selections may be a part of another. */
    EXPECT_FILE(TEXT_HEAD "rule \"r\" {\nvault = vault(\"v\")\n}\n}\n}\n", "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syntax),   cmocka_unit_test(day_fields_fix), cmocka_unit_test(never),
        cmocka_unit_test(frequent), cmocka_unit_test(windows),        cmocka_unit_test(presence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
