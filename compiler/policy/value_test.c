/* Values: what each setting makes of what was written, and what it says about the rest. */
#include "compiler/policy/elaborate_fixture.h"

/* A value behind a setting of the rule, the text it becomes, and its findings. Columns count from
 * the start of "SETTING = ". */
typedef struct value_case {
    const char *statement;
    const char *path; /* of the leaf below the rule */
    const char *text; /* NULL: a hole */
    const char *findings;
} value_case;

static void
run_cases(const value_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fixture *f = fixture_rule(cases[i].statement);
        assert_string_equal(fixture_findings(f), cases[i].findings);
        const bp_node *rule = bp_node_at(f->program->policies.at[0]->document, "plans/q/rules/r");
        bp_str text;
        bool good = bp_node_text(rule, cases[i].path, &text);
        if (good != (cases[i].text != NULL)) {
            fail_msg("%s", cases[i].statement);
        }
        if (good) {
            assert_string_equal(bp_str_c(f->arena, text), cases[i].text);
        }
        fixture_free(f);
    }
}

#define RUN(cases) run_cases(cases, sizeof(cases) / sizeof((cases)[0]))

static void
air_gapped_vaults_become_arns_of_the_account_and_region(void **state)
{
    (void)state;
    static const char path[] = "target_logically_air_gapped_backup_vault_arn";
    static const value_case cases[] = {
        {"air_gapped_vault = vault(\"gap\")", path,
         "arn:aws:backup:$region:$account:backup-vault:gap", ""},
        {"air_gapped_vault = arn(\"arn:aws:backup:$region:$account:backup-vault:gap\")", path,
         "arn:aws:backup:$region:$account:backup-vault:gap", ""},
        {"air_gapped_vault = vault(\"gap\") in eu-west-1", path, NULL,
         "5:36 SYN018 \"in\" where the name of a vault is meant; a rule uses the vault of its own "
         "account and Region\n"},
    };
    RUN(cases);
}

static void
schedules_give_their_texts(void **state)
{
    (void)state;
    static const char path[] = "schedule_expression";
    static const value_case cases[] = {
        {"schedule = hourly(:15)", path, "cron(15 * ? * * *)", ""},
        {"schedule = hourly(:05)", path, "cron(5 * ? * * *)", ""},
        {"schedule = every(6h, from: 05:30)", path, "cron(30 5,11,17,23 ? * * *)", ""},
        {"schedule = every(6h, from: 20:00)", path, "cron(0 2,8,14,20 ? * * *)", ""},
        {"schedule = every(12h)", path, "cron(0 0,12 ? * * *)", ""},
        {"schedule = every(24h, from: 23:59)", path, "cron(59 23 ? * * *)", ""},
        {"schedule = daily(05:00)", path, "cron(0 5 ? * * *)", ""},
        {"schedule = daily(00:07)", path, "cron(7 0 ? * * *)", ""},
        {"schedule = weekly([mon, thu], 03:00)", path, "cron(0 3 ? * MON,THU *)", ""},
        {"schedule = weekly([sun, mon], 03:00)", path, "cron(0 3 ? * SUN,MON *)", ""},
        {"schedule = monthly(1, 05:00)", path, "cron(0 5 1 * ? *)", ""},
        {"schedule = monthly(31, 05:00)", path, "cron(0 5 31 * ? *)", ""},
        {"schedule = monthly(last, 05:00)", path, "cron(0 5 L * ? *)", ""},
        {"schedule = cron(\"0 5 ? * 2#1 *\")", path, "cron(0 5 ? * 2#1 *)", ""},
        {"schedule = cron(\"cron(0 5 ? * * *)\")", path, "cron(0 5 ? * * *)", ""},
        {"schedule = every(5h)", path, NULL,
         "5:18 SYN020 every 5 hours does not divide a day; every() takes 1, 2, 3, 4, 6, 8, 12 or "
         "24 "
         "hours\n"},
        {"schedule = every(0h)", path, NULL,
         "5:18 SYN020 every 0 hours does not divide a day; every() takes 1, 2, 3, 4, 6, 8, 12 or "
         "24 "
         "hours\n"},
        {"schedule = every(1d)", path, NULL,
         "5:18 SYN016 \"1d\" is not in hours; the step of every() takes a number of hours such as "
         "6h\n"},
        {"schedule = every(6h, 05:30)", path, NULL,
         "5:22 SYN018 \"every()\" takes no such argument here\n"},
        {"schedule = daily(5)", path, NULL,
         "5:18 SYN005 the value 5; the time of daily() takes a time such as 05:00\n"},
        {"schedule = daily(at: 05:00)", path, NULL,
         "5:18 SYN018 \"daily()\" has no argument \"at\"\n"},
        {"schedule = weekly([mon, mon], 03:00)", path, NULL,
         "5:25 SYN007 a weekday twice; each may stand once\n"},
        {"schedule = weekly([], 03:00)", path, NULL,
         "5:19 SYN018 no weekday; weekly() takes at least one\n"},
        {"schedule = weekly([monday], 03:00)", path, NULL,
         "5:20 SYN020 \"monday\" is none of the choices of the first argument of weekly(): mon, "
         "tue, "
         "wed, thu, fri, sat, sun\n"},
        {"schedule = monthly(0, 05:00)", path, NULL,
         "5:20 SCH002 day 0; a month has the days 1 to 31, and last\n"},
        {"schedule = monthly(32, 05:00)", path, NULL,
         "5:20 SCH002 day 32; a month has the days 1 to 31, and last\n"},
        {"schedule = rate(\"1 day\")", path, NULL,
         "5:12 SYN018 there is no \"rate()\"; \"schedule\" takes a schedule such as "
         "daily(05:00)\n"},
        {"schedule = daly(05:00)", path, NULL,
         "5:12 SYN018 there is no \"daly()\"; \"schedule\" takes a schedule such as "
         "daily(05:00)\n"},
        {"schedule = vault(\"x\")", path, NULL,
         "5:12 SYN005 the value vault(\"x\"); \"schedule\" takes a schedule such as "
         "daily(05:00)\n"},
    };
    RUN(cases);
}

static void
durations_have_their_units(void **state)
{
    (void)state;
    static const char days[] = "lifecycle/delete_after_days";
    static const char minutes[] = "start_backup_window_minutes";
    static const value_case cases[] = {
        {"delete_after = 35d", days, "35", ""},
        {"delete_after = 2w", days, "14", ""},
        {"delete_after = 0d", days, "0", ""},
        {"delete_after = 999999999d", days, "999999999", ""},
        {"start_within = 8h", minutes, "480", ""},
        {"start_within = 90m", minutes, "90", ""},
        {"start_within = 1d", minutes, "1440", ""},
        {"start_within = 1w", minutes, "10080", ""},
        {"start_within = 480", minutes, NULL,
         "5:16 SYN016 \"480\" has no unit; \"start_within\" takes a duration such as 8h or 90m\n"},
        {"start_within = \"8h\"", minutes, NULL,
         "5:16 SYN016 a duration in quotes; \"start_within\" takes a duration such as 8h or 90m, "
         "without quotes\n"},
        {"start_within = \"later\"", minutes, NULL,
         "5:16 SYN005 the text \"later\"; \"start_within\" takes a duration such as 8h or 90m\n"},
        {"start_within = never", minutes, NULL,
         "5:16 SYN005 the value never; \"start_within\" takes a duration such as 8h or 90m\n"},
        {"start_within = 999999999w", minutes, "10079999989920", ""},
        {"delete_after = 6m", days, NULL,
         "5:16 SYN016 \"6m\" means minutes, not months; \"delete_after\" takes days or weeks\n"},
        {"delete_after = 48h", days, NULL,
         "5:16 SYN016 \"48h\" is in hours; \"delete_after\" takes days or weeks\n"},
        {"delete_after = on", days, NULL,
         "5:16 SYN005 the value on; \"delete_after\" takes a duration in days or weeks such as "
         "35d\n"},
        {"delete_after = nevr", days, NULL,
         "5:16 SYN018 no constant or parameter is called \"nevr\"; \"delete_after\" takes a "
         "duration "
         "in days or weeks such as 35d\n"},
    };
    RUN(cases);
}

static void
switches_and_choices_are_closed(void **state)
{
    (void)state;
    static const value_case cases[] = {
        {"continuous = on", "enable_continuous_backup", "true", ""},
        {"continuous = false", "enable_continuous_backup", "false", ""},
        {"scan = incremental", "scan_actions/GUARDDUTY/scan_mode", "INCREMENTAL_SCAN", ""},
        {"continuous = yes", "enable_continuous_backup", NULL,
         "5:14 SYN020 \"yes\" is none of the choices of \"continuous\": on, off\n"},
        {"continuous = \"on\"", "enable_continuous_backup", NULL,
         "5:14 SYN005 the text \"on\"; \"continuous\" takes on or off\n"},
        {"continuous = [on]", "enable_continuous_backup", NULL,
         "5:14 SYN005 a list; \"continuous\" takes on or off\n"},
        {"scan = FULL", "scan_actions/GUARDDUTY/scan_mode", NULL,
         "5:8 SYN020 \"FULL\" is none of the choices of \"scan\": full, incremental\n"},
        {"index = [ebs, efs]", "index_actions/resource_types", NULL,
         "5:15 SYN020 \"efs\" is none of the choices of \"index\": ebs, s3\n"},
        {"index = ebs", "index_actions/resource_types", NULL,
         "5:9 SYN005 \"ebs\" is no list; \"index\" takes one\n"},
    };
    RUN(cases);
}

static void
vaults_stand_with_or_without_a_place(void **state)
{
    (void)state;
    static const char path[] = "target_backup_vault_name";
    static const value_case cases[] = {
        {"vault = vault(\"Main\")", path, "Main", ""},
        {"vault = vault(\"a\\u0062\")", path, "ab", ""},
        {"vault = \"main\"", path, NULL,
         "5:9 SYN005 the text \"main\"; \"vault\" takes a vault such as vault(\"main\")\n"},
        {"vault = vault(main)", path, NULL,
         "5:15 SYN018 no constant or parameter is called \"main\"; the name of the vault takes a "
         "text "
         "in quotes\n"},
        {"vault = vault()", path, NULL, "5:9 SYN018 \"vault()\" lacks the name of the vault\n"},
        {"vault = vault(\"a\", \"b\")", path, NULL,
         "5:20 SYN018 \"vault()\" takes no such argument here\n"},
        {"vault = vault(\"a\") in eu-west-1", path, NULL,
         "5:23 SYN018 \"in\" where the name of a vault is meant; a rule uses the vault of its own "
         "account and Region\n"},
        {"vault = vault(\"a\") of account(\"111122223333\")", path, NULL,
         "5:23 SYN018 \"of\" where the name of a vault is meant; a rule uses the vault of its own "
         "account and Region\n"},
        {"vault = arn(\"arn:aws:backup:eu-west-1:1:backup-vault:x\")", path, NULL,
         "5:9 SYN005 the value arn(\"arn:aws:backup:eu-west-1:1:backup-v...; \"vault\" takes a "
         "vault "
         "such as vault(\"main\")\n"},
        {"delete_after = 5d in eu-west-1", "lifecycle/delete_after_days", NULL,
         "5:22 SYN018 \"in\" behind a value that is no vault; only a vault has a Region and an "
         "account\n"},
    };
    RUN(cases);
}

/* The keys of the copies of the one rule, and what was found. */
static const char *
copies(fixture *f)
{
    bp_buf out = {.arena = f->arena};
    bp_buf_add_c(&out, fixture_findings(f));
    const bp_node *copy =
        bp_node_first(f->program->policies.at[0]->document, "plans/q/rules/r/copy_actions");
    for (; copy != NULL; copy = copy->next) {
        bp_str text = {"?", 1};
        bp_node_text(copy, "target_backup_vault_arn", &text);
        bp_buf_format(&out, "%.*s\n", BP_ARG(text));
    }
    return bp_str_c(f->arena, bp_buf_text(&out));
}

static void
destinations_become_arns(void **state)
{
    (void)state;
    static const struct {
        const char *to;
        const char *result;
    } cases[] = {
        {"vault(\"dr\") in eu-west-1", "arn:aws:backup:eu-west-1:$account:backup-vault:dr\n"},
        {"vault(\"dr\") in eu-west-1 of account(\"111122223333\")",
         "arn:aws:backup:eu-west-1:111122223333:backup-vault:dr\n"},
        {"vault(\"dr\") in eu-west-1 of account(\"Backup\")",
         "arn:aws:backup:eu-west-1:999988887777:backup-vault:dr\n"},
        {"arn(\"arn:aws:backup:eu-west-1:$account:vault:dr\")",
         "arn:aws:backup:eu-west-1:$account:vault:dr\n"},
        {"vault(\"dr\") in eu-west-1 of account(\"Nobody\")",
         "5:45 TOP002 no account is called \"Nobody\"\n?\n"},
        {"vault(\"dr\") in euwest1", "5:24 SYN018 no constant or parameter is called \"euwest1\"; "
                                     "\"in\" takes a Region such as "
                                     "eu-west-1\n?\n"},
        {"vault(\"dr\")",
         "5:9 SYN018 a copy to a vault without its Region; a destination needs \"in\"\n?\n"},
        {"vault(\"dr\") in eu-west-1 of ou(\"x\")",
         "5:37 SYN005 the value ou(\"x\"); \"of\" takes an account such as "
         "account(\"111122223333\")\n?\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        f->how.account_id = (bp_account_finder){fixture_account, f};
        fixture_add(f, "a.bpol",
                    bp_str_format(f->arena,
                                  "edition 1\npolicy \"p\" {\nplan \"q\" {\nrule \"r\" {\n"
                                  "copy to %s {}\n} } }\n",
                                  cases[i].to));
        fixture_elaborate(f);
        assert_string_equal(copies(f), cases[i].result);
        fixture_free(f);
    }
}

static void
places_pass_through_names(void **state)
{
    (void)state;
    fixture *f = fixture_text("let dr = vault(\"dr\")\nlet home = vault(\"h\") in eu-west-1\n"
                              "let where_to = us-west-2\n"
                              "policy \"p\" { plan \"q\" { rule \"r\" {\n"
                              "copy to dr in where_to {}\ncopy to home {}\n"
                              "copy to home of account(\"111122223333\") {}\n"
                              "copy to home in us-east-1 {}\n} } }\n");
    assert_string_equal(copies(f), "9:17 SYN018 \"in\" is given twice; the vault has one already\n"
                                   "arn:aws:backup:us-west-2:$account:backup-vault:dr\n"
                                   "arn:aws:backup:eu-west-1:$account:backup-vault:h\n"
                                   "arn:aws:backup:eu-west-1:111122223333:backup-vault:h\n?\n");
    fixture_free(f);
}

static void
partitions_come_from_the_regions(void **state)
{
    (void)state;
    static const char text[] =
        "policy \"p\" { plan \"q\" { regions = [cn-north-1]\nrule \"r\" { copy to vault(\"x\") in "
        "cn-northwest-1 {} }\nselect \"s\" { role = role(\"a/b\")\nresource_types = [s3, all] } } "
        "}\n"
        "policy \"o\" { plan \"q\" { regions = [nowhere-1]\n select \"s\" { role = role(\"b\")\n"
        "resource_types = [arn(\"arn:aws-cn:s3:::*\")] } } }\n";
    fixture *f = fixture_text(text);
    assert_string_equal(fixture_findings(f), "");
    const char *document = fixture_document(f, 0);
    assert_non_null(
        strstr(document, "\"arn:aws-cn:backup:cn-northwest-1:$account:backup-vault:x\""));
    assert_non_null(strstr(document, "\"arn:aws-cn:iam::$account:role/a/b\""));
    assert_non_null(strstr(document, "[\"arn:aws-cn:s3:::*\",\"*\"]"));
    assert_non_null(strstr(fixture_document(f, 1), "\"arn:aws:iam::$account:role/b\""));
    const bp_value *role = bp_node_value(f->program->policies.at[0]->document,
                                         "plans/q/selections/resources/s/iam_role_arn");
    assert_true(bp_str_is(role->reference->path, "/a/"));
    assert_true(bp_str_is(role->reference->name, "b"));
    fixture_free(f);
    /* What the organization says comes first. */
    f = fixture_new();
    f->how.partition = BP_STR("aws-us-gov");
    fixture_add(f, "a.bpol", bp_str_format(f->arena, "edition 1\n%s", text));
    fixture_elaborate(f);
    assert_non_null(strstr(fixture_document(f, 0), "\"arn:aws-us-gov:iam::$account:role/a/b\""));
    fixture_free(f);
}

static void
selections_take_types_and_conditions(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        const char *findings;
    } cases[] = {
        {"resource_types = [aurora]",
         "3:32 SYN020 \"aurora\" is no resource type that \"resource_types\" takes\n"},
        {"resource_types = [dynamo]",
         "3:32 SYN020 \"dynamo\" is no resource type that \"resource_types\" takes\n"},
        {"resource_types = [\"ec2\"]",
         "3:32 SYN005 the text \"ec2\"; \"resource_types\" takes resource types such as ebs, or "
         "all\n"},
        {"resource_types = [all]\nprotects = [rds, aurora]", ""},
        {"resource_types = [all]\nprotects = [oracle]",
         "4:13 SYN020 \"oracle\" is no resource type that \"protects\" takes\n"},
        {"where = [string_equals(\"aws:ResourceTag/a b\", \"x\")]",
         "3:23 SYN018 \"a b\" cannot name the condition; it needs a name of its own\n"},
        {"where = [string_equals(\"aws:ResourceTag/a b\", \"x\", name: \"n\")]", ""},
        {"where = [string_equals(\"aws:ResourceTag/a\", \"x\"), string_like(\"b/a\", \"x\")]", ""},
        {"where = [string_equals(\"aws:ResourceTag/a\", \"x\"), string_equals(\"b/a\", \"x\")]",
         "3:64 SYN007 two conditions of one operator are called \"a\"\n"},
        {"where = [string_equals(\"aws:ResourceTag/a\")]",
         "3:23 SYN018 \"string_equals()\" lacks the value\n"},
        {"where = [string_matches(\"a\", \"b\")]",
         "3:23 SYN018 there is no \"string_matches()\"; \"where\" takes conditions such as "
         "string_equals(\"aws:ResourceTag/env\", \"prod\")\n"},
        {"resource_types = [all]\nrole = \"backup\"",
         "4:8 SYN005 the text \"backup\"; \"role\" takes a role such as role(\"backup\")\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        fixture_add(
            f, "a.bpol",
            bp_str_format(f->arena,
                          "edition 1\npolicy \"p\" { plan \"q\" {\nselect \"s\" { %s } } }\n",
                          cases[i].body));
        fixture_elaborate(f);
        assert_string_equal(fixture_findings(f), cases[i].findings);
        fixture_free(f);
    }
}

static void
declarations_are_typed(void **state)
{
    (void)state;
    fixture *f = fixture_text(
        "role \"backup\" { path = \"team/x\"\npermits = [backup, s3_backup]\n"
        "source_account_condition = on\ntags = {a: \"b\"} }\n"
        "vault \"v\" { lock = compliance(min: 7d, max: 2w, grace: 3d)\nregions = [eu-west-1]\n"
        "encryption = arn(\"arn:aws:kms:eu-west-1:111122223333:key/k\")\n"
        "allow_copies_from = [organization, account(\"Backup\")] }\n"
        "policy \"p\" { description = \"d\"\nattach = [root, ou(\"A/B\"), account(\"x\")]\n"
        "plan \"q\" { select \"s\" { role = role(\"backup\")\nresource_types = [all] } } }\n");
    assert_string_equal(fixture_findings(f), "");
    const bp_role *role = f->program->roles.at[0];
    assert_true(bp_str_is(role->path, "/team/x/"));
    assert_int_equal(role->permits, BP_PERMIT_BACKUP | BP_PERMIT_S3_BACKUP);
    assert_true(role->source_account_condition);
    assert_false(role->deploy_to_written);
    assert_int_equal(role->deploy_to.at[0].kind, BP_TARGET_ROOT);
    const bp_vault *vault = f->program->vaults.at[0];
    assert_int_equal(vault->lock.word, BP_COMPLIANCE);
    assert_int_equal(vault->lock.max_days, 14);
    assert_int_equal(vault->lock.grace_days, 3);
    assert_int_equal(vault->encryption, BP_ENCRYPT_ARN);
    assert_int_equal(vault->regions.count, 1);
    assert_int_equal(vault->allow_copies_from.at[0].kind, BP_TARGET_ORGANIZATION);
    const bp_policy *policy = f->program->policies.at[0];
    assert_int_equal(policy->attach.count, 3);
    assert_true(bp_str_is(policy->attach.at[1].text, "A/B"));
    assert_string_equal(bp_str_c(f->arena, bp_span_text(f->sources, policy->attach.at[1].span)),
                        "\"A/B\"");
    /* A declared role is referenced by its name alone; the document has its path. */
    assert_non_null(strstr(fixture_document(f, 0), "\"arn:aws:iam::$account:role/team/x/backup\""));
    fixture_free(f);
}

static void
constants_stand_for_what_they_say(void **state)
{
    (void)state;
    EXPECT_TEXT("let a = b\nlet b = 5d\npolicy \"p\" { plan \"q\" { rule \"r\" { delete_after = a "
                "} } }\n",
                "");
    EXPECT_TEXT(
        "let a = [b]\nlet b = c\nlet c = a\n",
        "2:5 SYN018 constant \"a\" needs itself; a constant may use others, never itself\n");
    EXPECT_TEXT(
        "let a = a\npolicy \"p\" { plan \"q\" { rule \"r\" { delete_after = a } } }\n",
        "2:5 SYN018 constant \"a\" needs itself; a constant may use others, never itself\n");
    EXPECT_TEXT(
        "let ebs = s3\npolicy \"p\" { plan \"q\" { select \"s\" { resource_types = [ebs] } } "
        "}\n",
        "3:56 SYN018 the constant \"ebs\" hides a word that means something here (w)\n");
    /* The fault is where the value is written. */
    EXPECT_TEXT(
        "let keep = \"35d\"\npolicy \"p\" { plan \"q\" { rule \"r\" { delete_after = keep } } "
        "}\n",
        "2:12 SYN016 a duration in quotes; \"delete_after\" takes a duration in days or "
        "weeks such as 35d, without quotes\n");
    EXPECT_TEXT("let some = [us-east-1, us-west-2]\npolicy \"p\" { plan \"q\" { regions = [some, "
                "eu-west-1] } }\n",
                "");
    EXPECT_TEXT("policy \"p\" { plan \"q\" { regions = [[us-east-1]] } }\n",
                "2:36 SYN005 a list within a list; lists do not nest\n");
    EXPECT_TEXT(
        "policy \"p\" { plan \"q\" { regions = [\"us-east-1\"] } }\n",
        "2:36 SYN005 the text \"us-east-1\"; \"regions\" takes a Region such as eu-west-1\n");
}

/* The replacement of the first fix of the only finding. */
static void
expect_fix(const char *text, const char *replacement, bool safe)
{
    fixture *f = fixture_text(text);
    assert_int_equal(bp_diagnostics_total(f->diagnostics), 1);
    const bp_finding *finding = bp_diagnostics_at(f->diagnostics, 0);
    assert_int_equal(finding->fixes.count, 1);
    assert_string_equal(bp_str_c(f->arena, finding->fixes.at[0].edits.at[0].text), replacement);
    assert_int_equal(finding->fixes.at[0].safe, safe);
    fixture_free(f);
}

#define IN_RULE(setting) "policy \"p\" { plan \"q\" { rule \"r\" { " setting " } } }\n"
#define IN_PLAN(setting) "policy \"p\" { plan \"q\" { " setting " } }\n"

static void
evident_slips_have_fixes(void **state)
{
    (void)state;
    expect_fix(IN_PLAN("regions = [us_east_1]"), "us-east-1", true);
    expect_fix(IN_PLAN("regions = [\"Europe (Frankfurt)\"]"), "eu-central-1", true);
    expect_fix(IN_PLAN("regions = [\"us-east-1\"]"), "us-east-1", true);
    expect_fix(IN_PLAN("regions = us-east-1"), "[us-east-1]", true);
    expect_fix(IN_PLAN("windows_vss = On"), "on", true);
    expect_fix("vault \"v\" {}\n" IN_RULE("vault = v"), "vault(\"v\")", true);
    expect_fix(IN_RULE("vault = \"v\""), "vault(\"v\")", true);
    expect_fix(IN_RULE("schedule = \"cron(0 5 ? * * *)\""), "cron(\"0 5 ? * * *\")", true);
    expect_fix(IN_RULE("schedule = hourly(7)"), ":07", true);
    expect_fix(IN_RULE("schedule = daily(\"05:00\")"), "05:00", true);
    expect_fix(IN_RULE("schedule = weekly(mon, 05:00)"), "[mon]", true);
    expect_fix(IN_RULE("delete_after = \"35 days\""), "35d", true);
    expect_fix(IN_RULE("delete_after = 48h"), "2d", true);
    expect_fix(IN_RULE("delete_after = 35"), "35d", false);
    expect_fix(IN_RULE("start_within = 480"), "480m", false);
    expect_fix(IN_RULE("delete_after_days = 35d"), "delete_after", true);
    expect_fix(IN_RULE("delete_aftr = 35d"), "delete_after", false);
    expect_fix(IN_RULE("index = [\"ebs\"]"), "ebs", true);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(air_gapped_vaults_become_arns_of_the_account_and_region),
        cmocka_unit_test(schedules_give_their_texts),
        cmocka_unit_test(durations_have_their_units),
        cmocka_unit_test(switches_and_choices_are_closed),
        cmocka_unit_test(vaults_stand_with_or_without_a_place),
        cmocka_unit_test(destinations_become_arns),
        cmocka_unit_test(places_pass_through_names),
        cmocka_unit_test(partitions_come_from_the_regions),
        cmocka_unit_test(selections_take_types_and_conditions),
        cmocka_unit_test(declarations_are_typed),
        cmocka_unit_test(constants_stand_for_what_they_say),
        cmocka_unit_test(evident_slips_have_fixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
