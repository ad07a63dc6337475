/* Blocks and templates: what a program's documents are, and what is refused. */
#include "compiler/policy/elaborate_fixture.h"

#include "lib/file.h"

/* ---- the seed */

static const char *const seed_files[] = {"deployed.bpol", "nonprod.bpol", "prod.bpol"};

static void
seed_document(const fixture *f, size_t index, const char *name)
{
    bp_str expected = bp_str_format(
        f->arena,
        "{\"plans\":{\"%sbackupplan\":{\"regions\":{\"@@assign\":[\"us-east-1\",\"eu-west-1\","
        "\"ap-northeast-1\"]},\"rules\":{\"%sbackuprule\":{\"schedule_expression\":{\"@@assign\":"
        "\"cron(0 5 ? * * *)\"},\"start_backup_window_minutes\":{\"@@assign\":\"480\"},"
        "\"target_backup_vault_name\":{\"@@assign\":\"%sbackupvault\"},\"lifecycle\":{"
        "\"move_to_cold_storage_after_days\":{\"@@assign\":\"90\"},\"delete_after_days\":{"
        "\"@@assign\":\"180\"}},\"copy_actions\":{"
        "\"arn:aws:backup:ap-northeast-1:$account:backup-vault:%sbackupvault\":{"
        "\"target_backup_vault_arn\":{\"@@assign\":"
        "\"arn:aws:backup:ap-northeast-1:$account:backup-vault:%sbackupvault\"},\"lifecycle\":{"
        "\"move_to_cold_storage_after_days\":{\"@@assign\":\"90\"},\"delete_after_days\":{"
        "\"@@assign\":\"180\"}}}}}},\"selections\":{\"tags\":{\"%sresources\":{\"iam_role_arn\":{"
        "\"@@assign\":\"arn:aws:iam::$account:role/crossaccountbackuprole\"},\"tag_key\":{"
        "\"@@assign\":\"backup\"},\"tag_value\":{\"@@assign\":[\"%s\"]}}}}}}}",
        name, name, name, name, name, name, name);
    assert_string_equal(bp_str_c(f->arena, bp_tree_write_compact(
                                               f->arena, f->program->policies.at[index]->document)),
                        bp_str_c(f->arena, expected));
}

static void
the_seed_gives_its_documents(void **state)
{
    (void)state;
    fixture *f = fixture_new();
    for (size_t i = 0; i < sizeof seed_files / sizeof seed_files[0]; i++) {
        bp_str path = bp_str_format(f->arena, "policies/%s", seed_files[i]);
        bp_str text;
        bp_file_error error;
        assert_true(bp_file_read(f->arena, "testdata/seed", path, 1 << 20, &text, &error));
        fixture_add(f, bp_str_c(f->arena, path), text);
    }
    bp_str shared;
    bp_file_error error;
    assert_true(
        bp_file_read(f->arena, "testdata/seed", BP_STR("rules.bpol"), 1 << 20, &shared, &error));
    fixture_add(f, "rules.bpol", shared);
    fixture_elaborate(f);
    assert_string_equal(fixture_findings(f), "");
    assert_int_equal(f->program->policies.count, 2);
    seed_document(f, 0, "nonprod");
    seed_document(f, 1, "prod");
    assert_int_equal(f->program->roles.count, 1);
    assert_int_equal(f->program->vaults.count, 2);
    assert_false(f->program->broken);
    fixture_free(f);
}

/* ---- templates */

static void
a_body_drops_what_the_template_sets(void **state)
{
    (void)state;
    fixture *f =
        fixture_text("template rule base(keep: duration = 35d) uses lower {\n"
                     "  delete_after = keep\n  cold_after = 8d\n}\n"
                     "template rule lower { start_within = 1h\n  cold_after = 9d }\n"
                     "policy \"p\" { plan \"q\" {\n"
                     "  rule \"a\" uses base {}\n"
                     "  rule \"b\" uses base(keep: 2w) { cold_after = 1d }\n"
                     "  rule \"c\" uses base { delete_after = never\n cold_after = never }\n"
                     "} }\n");
    assert_string_equal(fixture_findings(f), "");
    assert_string_equal(
        fixture_document(f, 0),
        "{\"plans\":{\"q\":{\"rules\":{"
        "\"a\":{\"start_backup_window_minutes\":{\"@@assign\":\"60\"},\"lifecycle\":{"
        "\"move_to_cold_storage_after_days\":{\"@@assign\":\"8\"},"
        "\"delete_after_days\":{\"@@assign\":\"35\"}}},"
        "\"b\":{\"start_backup_window_minutes\":{\"@@assign\":\"60\"},\"lifecycle\":{"
        "\"move_to_cold_storage_after_days\":{\"@@assign\":\"1\"},"
        "\"delete_after_days\":{\"@@assign\":\"14\"}}},"
        "\"c\":{\"start_backup_window_minutes\":{\"@@assign\":\"60\"}}}}}}");
    const bp_node *rules = bp_node_at(f->program->policies.at[0]->document, "plans/q/rules");
    assert_false(bp_node_child(rules, "a")->never);
    assert_true(bp_node_child(rules, "c")->never);
    assert_true(bp_span_exists(bp_node_child(rules, "c")->never_span));
    fixture_free(f);
}

static const char plan_template[] = "template plan base(dest: vault) {\n"
                                    "  rule \"daily\" {\n    vault = dest\n    copy to dest in "
                                    "eu-west-1 { delete_after = 5d }\n  }\n"
                                    "  select \"all\" { resource_types = [ebs] }\n"
                                    "}\n";

static fixture *
use_plan(const char *body)
{
    fixture *f = fixture_new();
    fixture_add(
        f, "a.bpol",
        bp_str_format(f->arena,
                      "edition 1\n%spolicy \"p\" { plan \"q\" uses base(dest: vault(\"v\")) "
                      "{\n%s\n} }\n",
                      plan_template, body));
    fixture_elaborate(f);
    return f;
}

static void
extend_changes_blocks_of_the_template(void **state)
{
    (void)state;
    fixture *f = use_plan("extend rule \"DAILY\" { delete_after = 9d\n"
                          "extend copy to vault(\"V\") in eu-west-1 { delete_after = 6d }\n"
                          "copy to vault(\"w\") in eu-west-1 {} }\n"
                          "extend select \"all\" { not_resource_types = [s3] }\n"
                          "rule \"new\" {}");
    assert_string_equal(fixture_findings(f), "");
    assert_string_equal(
        fixture_document(f, 0),
        "{\"plans\":{\"q\":{\"rules\":{\"daily\":{\"target_backup_vault_name\":{\"@@assign\":\"v\"}"
        ","
        "\"lifecycle\":{\"delete_after_days\":{\"@@assign\":\"9\"}},\"copy_actions\":{"
        "\"arn:aws:backup:eu-west-1:$account:backup-vault:v\":{\"target_backup_vault_arn\":{"
        "\"@@assign\":\"arn:aws:backup:eu-west-1:$account:backup-vault:v\"},\"lifecycle\":{"
        "\"delete_after_days\":{\"@@assign\":\"6\"}}},"
        "\"arn:aws:backup:eu-west-1:$account:backup-vault:w\":{\"target_backup_vault_arn\":{"
        "\"@@assign\":\"arn:aws:backup:eu-west-1:$account:backup-vault:w\"}}}},\"new\":{}},"
        "\"selections\":{\"resources\":{\"all\":{\"resource_types\":{\"@@assign\":"
        "[\"arn:aws:ec2:*:*:volume/*\"]},\"not_resource_types\":{\"@@assign\":"
        "[\"arn:aws:s3:::*\"]}}}}}}}");
    fixture_free(f);
}

static void
a_plain_block_may_not_repeat_the_template(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        const char *findings;
    } cases[] = {
        {"rule \"Daily\" {}",
         "10:6 SYN007 rule \"Daily\" is in the template already; a plain block is a new one\n"},
        {"select \"all\" { resource_types = [s3] }",
         "10:8 SYN007 select \"all\" is in the template already; a plain block is a new one\n"},
        {"extend rule \"dialy\" {}",
         "10:13 SYN018 the template has no rule \"dialy\" that could be extended\n"},
        {"rule \"x\" {}\nextend rule \"x\" {}",
         "11:13 SYN018 extend of rule \"x\", which stands in the same body; extend changes a block "
         "of a template or an inherited one\n"},
        {"extend rule \"daily\" { extend copy to vault(\"v\") in eu-west-2 {} }",
         "10:38 SYN018 the template has no copy to vault(\"v\") in eu-west-2 that could be "
         "extended\n"},
        /* The other form is another name. */
        {"select \"all\" { tag_key = \"a\"\n tag_values = [\"b\"] }", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = use_plan(cases[i].body);
        assert_string_equal(fixture_findings(f), cases[i].findings);
        fixture_free(f);
    }
}

static void
template_faults_are_told_once(void **state)
{
    (void)state;
    EXPECT_TEXT(
        "template rule t(v: vault) { schedule = v\n  shedule = daily(05:00) }\n"
        "policy \"p\" { plan \"q\" { rule \"a\" uses t(v: vault(\"x\")) {}\n"
        "rule \"b\" uses t(v: vault(\"x\")) {} } }\n",
        "2:40 SYN005 the parameter \"v\" has the type vault; \"schedule\" takes a schedule such as "
        "daily(05:00)\n3:3 SYN003 a rule has no setting \"shedule\"\n");
    /* Unused ones are checked too. */
    EXPECT_TEXT(
        "template copy t { delete_after = 35 }\n",
        "2:34 SYN016 \"35\" has no unit; \"delete_after\" takes a duration in days or weeks "
        "such as 35d\n");
    /* A circle is one finding, whoever enters it. */
    EXPECT_TEXT("template rule a uses b {}\ntemplate rule b uses c {}\ntemplate rule c uses a {}\n"
                "policy \"p\" { plan \"q\" { rule \"r\" uses c {} } }\n",
                "4:22 SYN018 the template \"a\" uses itself; templates do not recur\n");
}

static void
arguments_are_bound_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *uses;
        const char *findings;
    } cases[] = {
        {"t(v: vault(\"x\"), keep: 5d)", ""},
        {"t(v: vault(\"x\"))", ""},
        {"t", "4:39 SYN018 the template \"t\" lacks the argument \"v\"\n"},
        {"t(w: vault(\"x\"))", "4:41 SYN018 the template \"t\" has no parameter \"w\"\n"},
        {"t(v: \"x\")", "4:44 SYN005 the text \"x\"; the parameter \"v\" takes a vault such as "
                        "vault(\"main\")\n"},
        {"t(v: vault(\"x\"), keep: 8h)",
         "4:62 SYN016 \"8h\" is in hours; \"delete_after\" takes days or weeks\n"},
        {"t(v: vault(\"x\"), keep: [8d])",
         "4:62 SYN005 a list; the parameter \"keep\" takes a duration such as 35d or 8h\n"},
        {"c", "4:39 SYN018 \"c\" is a copy template; a rule uses a rule template\n"},
        {"tt", "4:39 SYN018 no rule template is called \"tt\"; a file has its own templates and "
               "those that it includes\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        fixture_add(
            f, "a.bpol",
            bp_str_format(f->arena,
                          "edition 1\ntemplate rule t(v: vault, keep: duration = 3d) { "
                          "vault = v\n delete_after = keep }\n"
                          "policy \"p\" { plan \"q\" { rule \"r\" uses %s {} } }\n"
                          "template copy c {}\npolicy \"u\" { plan \"q\" { rule \"r\" uses "
                          "t(v: vault(\"x\")) { copy to vault(\"x\") in eu-west-1 uses c {} "
                          "} } }\n",
                          cases[i].uses));
        fixture_elaborate(f);
        assert_string_equal(fixture_findings(f), cases[i].findings);
        fixture_free(f);
    }
}

static void
values_know_their_places(void **state)
{
    (void)state;
    fixture *f = fixture_text("template rule t(into: vault) {\n  vault = into\n}\n"
                              "policy \"p\" { plan \"q\" {\n"
                              "  rule \"r\" uses t(into: vault(\"main\")) {}\n} }\n");
    const bp_node *rule = bp_node_at(f->program->policies.at[0]->document, "plans/q/rules/r");
    const bp_node *leaf = bp_node_child(rule, "target_backup_vault_name");
    assert_string_equal(bp_str_c(f->arena, bp_span_text(f->sources, leaf->span)), "vault");
    assert_string_equal(bp_str_c(f->arena, bp_span_text(f->sources, leaf->assign->span)),
                        "vault(\"main\")");
    assert_string_equal(bp_str_c(f->arena, bp_span_text(f->sources, leaf->assign->declared)),
                        "into");
    assert_string_equal(bp_str_c(f->arena, bp_span_text(f->sources, leaf->assign->uses)),
                        "t(into: vault(\"main\"))");
    assert_string_equal(
        bp_str_c(f->arena, bp_span_text(f->sources, leaf->assign->reference->name_span)),
        "\"main\"");
    assert_false(bp_span_exists(rule->uses));
    fixture_free(f);
}

/* ---- names and members */

static void
names_stand_once(void **state)
{
    (void)state;
    EXPECT_TEXT("policy \"p\" { plan \"q\" {\nrule \"r\" {}\nrule \"r\" {}\n rule \"R\" {} }\n"
                "plan \"Q\" {} }\n",
                "4:6 SYN007 rule \"r\" stands twice here; each may stand once\n"
                "5:7 SYN008 rule \"R\" differs only in letter case from \"r\"; AWS takes them for "
                "one\n"
                "6:6 SYN008 plan \"Q\" differs only in letter case from \"q\"; AWS takes them for "
                "one\n");
    EXPECT_RULE("copy to vault(\"a\") in eu-west-1 {}\ncopy to vault(\"a\") in eu-west-2 {}\n"
                "copy to arn(\"arn:aws:backup:eu-west-1:$account:backup-vault:A\") {}",
                "7:9 SYN007 copy to "
                "arn(\"arn:aws:backup:eu-west-1:$account:b... stands twice here; each may stand "
                "once\n");
    EXPECT_TEXT("vault \"v\" {}\nvault \"V\" {}\nvault \"v\" {}\nrole \"v\" {}\nrole \"v\" {}\n",
                "4:7 SYN018 vault \"v\" is declared twice; a name means one vault in a project\n"
                "6:6 SYN018 role \"v\" is declared twice; a name means one role in a project\n");
    EXPECT_RULE(
        "recovery_point_tags = {Env: \"a\", env: \"b\"}",
        "5:34 SYN008 the tag keys \"Env\" and \"env\" differ only in letter case; AWS takes "
        "them for one\n");
}

static void
members_stand_together(void **state)
{
    (void)state;
    static const struct {
        const char *plan;
        const char *findings;
    } cases[] = {
        {"select \"s\" { tag_key = \"k\"\n tag_values = [\"v\"] }", ""},
        {"select \"s\" { tag_key = \"k\" }",
         "3:8 SYN004 the selection \"s\" lacks \"tag_values\"; a selection by tag takes both\n"},
        {"select tags \"s\" {}", "3:13 SYN004 the selection \"s\" lacks \"tag_key\" and "
                                 "\"tag_values\"; a selection by tag takes both\n"},
        {"select \"s\" { resource_types = [all] }", ""},
        {"select \"s\" { where = [string_like(\"a/b\", \"c\")] }", ""},
        {"select \"s\" { not_resource_types = [all] }",
         "3:8 SYN004 the selection \"s\" selects nothing; it takes \"resource_types\" or "
         "\"where\"\n"},
        /* What is written wrong is not missing. */
        {"select \"s\" { tag_key = \"k\"\n tag_value = [\"v\"] }",
         "4:2 SYN003 a tags selection has no setting \"tag_value\"; it is called \"tag_values\"\n"},
        {"select \"s\" { tag_key = 5\n tag_values = [\"v\"] }",
         "3:24 SYN005 the value 5; \"tag_key\" takes a text in quotes\n"},
        {"select \"s\" { tag_key = \"k\"\n tag_values = [\"v\"]\n resource_types = [s3] }",
         "5:2 SYN003 a tags selection has no setting \"resource_types\"; it belongs into a "
         "resources "
         "selection\n"},
        {"scan_types = [ebs]",
         "3:1 SYN004 \"scan_types\" without \"scan_role\"; scan settings take both\n"},
        {"scan_types = [ebs]\nscan_role = role(\"x\")", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        fixture_add(f, "a.bpol",
                    bp_str_format(f->arena, "edition 1\npolicy \"p\" { plan \"q\" {\n%s\n} }\n",
                                  cases[i].plan));
        fixture_elaborate(f);
        assert_string_equal(fixture_findings(f), cases[i].findings);
        fixture_free(f);
    }
}

/* ---- vaults */

static void
an_air_gapped_vault_has_its_bounds(void **state)
{
    (void)state;
    fixture *f = fixture_text("let longest = 52w\nair_gapped vault \"v\" { min_retention = 7d\n"
                              "max_retention = longest\nkeep = on }\n"
                              "air_gapped vault \"w\" { min_retention = never }\n");
    const bp_vault *vault = f->program->vaults.at[0];
    assert_true(vault->air_gapped);
    assert_false(vault->dropped);
    assert_int_equal(vault->lock.word, BP_NO_LOCK);
    assert_int_equal(vault->lock.min_days, 7);
    assert_int_equal(vault->lock.max_days, 364);
    vault = f->program->vaults.at[1];
    assert_true(bp_span_exists(vault->lock.min_span));
    assert_false(bp_span_exists(vault->lock.max_span));
    fixture_free(f);
}

static void
settings_of_the_other_kind_are_refused(void **state)
{
    (void)state;
    EXPECT_TEXT(
        "air_gapped vault \"v\" { lock = governance(min: 7d) }",
        "2:24 SYN003 an air-gapped vault has no setting \"lock\"; it belongs into a vault\n");
    EXPECT_TEXT(
        "air_gapped vault \"v\" { encryption = aws_managed }",
        "2:24 SYN003 an air-gapped vault has no setting \"encryption\"; it belongs into a vault\n");
    EXPECT_TEXT("vault \"v\" { min_retention = 7d }",
                "2:13 SYN003 a vault has no setting \"min_retention\"; it belongs into an "
                "air-gapped vault\n");
}

static void
a_topic_has_a_name_and_events(void **state)
{
    (void)state;
    fixture *f = fixture_text("vault \"v\" { notify = topic(\"ops-1\", events: [backup_job_failed, "
                              "copy_job_failed, backup_job_failed])\nkeep = off }\n");
    assert_string_equal(fixture_findings(f), "");
    const bp_vault *vault = f->program->vaults.at[0];
    assert_true(vault->dropped);
    assert_true(bp_str_is(vault->notify.name, "ops-1"));
    assert_int_equal(vault->notify.events.count, 2);
    assert_true(bp_str_is(vault->notify.events.at[1], "COPY_JOB_FAILED"));
    fixture_free(f);
    EXPECT_TEXT("vault \"v\" { notify = topic(\"t\") }",
                "2:22 SYN018 \"topic()\" lacks \"events\", a list\n");
    EXPECT_TEXT("vault \"v\" { notify = topic(\"t\", events: []) }",
                "2:41 SYN005 no event; a topic hears of one event or more\n");
    EXPECT_TEXT("vault \"v\" { notify = topic(\"a.fifo\", events: [backup_job_failed]) }",
                "2:28 SYN005 \"a.fifo\" cannot be the name of a topic; it is 1 to 256 letters, "
                "digits, \"_\" and \"-\"\n");
    EXPECT_TEXT("vault \"v\" { notify = topic(\"${x}\", events: [backup_job_failed]) }",
                "2:28 SYN005 \"${x}\" cannot be the name of a topic; it is 1 to 256 letters, "
                "digits, \"_\" and \"-\"\n");
    f = fixture_text("vault \"v\" { notify = topic(\"t\", events: [backup_job_faild]) }");
    assert_non_null(
        strstr(fixture_findings(f),
               "2:42 SYN020 \"backup_job_faild\" is none of the choices of \"notify\""));
    assert_int_equal(f->program->vaults.at[0]->notify.events.count, 0);
    fixture_free(f);
    EXPECT_TEXT("vault \"v\" { notify = \"t\" }",
                "2:22 SYN005 the text \"t\"; \"notify\" takes a topic such as topic(\"backups\", "
                "events: [backup_job_failed])\n");
    EXPECT_TEXT("vault \"v\" { notify = arn(\"arn:aws:sns:eu-west-1:111122223333:t\") }",
                "2:22 SYN005 the value arn(\"arn:aws:sns:eu-west-1:111122223333:...; \"notify\" "
                "takes a topic such as topic(\"backups\", events: [backup_job_failed])\n");
}

/* ---- what this release does not have */

static void
unusable_features_are_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *findings;
    } cases[] = {
        {"policy \"p\" { plan \"q\" { rule \"r\" { schedule_expression_timezone = \"UTC\" } } }",
         "2:36 SYN003 a rule has no setting \"schedule_expression_timezone\"; it is called "
         "\"timezone\"\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EXPECT_TEXT(cases[i].text, cases[i].findings);
    }
}

static void
unknown_words_get_a_way_out(void **state)
{
    (void)state;
    EXPECT_RULE(
        "regions = [us-east-1]",
        "5:1 SYN003 a rule has no setting \"regions\"; it belongs into a plan or a vault\n");
    EXPECT_RULE("DeleteAfterDays = 35d",
                "5:1 SYN003 a rule has no setting \"DeleteAfterDays\"; it is called "
                "\"delete_after\"\n");
    EXPECT_RULE("target_backup_vault_name = vault(\"x\")",
                "5:1 SYN003 a rule has no setting \"target_backup_vault_name\"; it is called "
                "\"vault\"\n");
    EXPECT_RULE("zzz = 1", "5:1 SYN003 a rule has no setting \"zzz\"\n");
    fixture *f = fixture_rule("Schedule = daily(05:00)");
    const bp_finding *finding = bp_diagnostics_at(f->diagnostics, 0);
    assert_int_equal(finding->fixes.count, 1);
    assert_true(finding->fixes.at[0].safe);
    assert_true(bp_str_is(finding->fixes.at[0].edits.at[0].text, "schedule"));
    /* The setting counts as written, with a hole. */
    assert_true(bp_node_unknown(f->program->policies.at[0]->document,
                                "plans/q/rules/r/schedule_expression"));
    fixture_free(f);
}

static void
broken_files_silence_what_follows(void **state)
{
    (void)state;
    EXPECT_TEXT("let keep 35d\npolicy \"p\" { plan \"q\" {\nrule \"r\" { delete_after = keep }\n"
                "select \"s\" { tag_key = \"a\" } } }\n",
                "2:10 SYN001 found \"35d\"; expected \"=\"\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seed_gives_its_documents),
        cmocka_unit_test(a_body_drops_what_the_template_sets),
        cmocka_unit_test(extend_changes_blocks_of_the_template),
        cmocka_unit_test(a_plain_block_may_not_repeat_the_template),
        cmocka_unit_test(template_faults_are_told_once),
        cmocka_unit_test(arguments_are_bound_by_name),
        cmocka_unit_test(values_know_their_places),
        cmocka_unit_test(names_stand_once),
        cmocka_unit_test(members_stand_together),
        cmocka_unit_test(an_air_gapped_vault_has_its_bounds),
        cmocka_unit_test(settings_of_the_other_kind_are_refused),
        cmocka_unit_test(a_topic_has_a_name_and_events),
        cmocka_unit_test(unusable_features_are_refused_by_name),
        cmocka_unit_test(unknown_words_get_a_way_out),
        cmocka_unit_test(broken_files_silence_what_follows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
