/* Raw JSON: any value, merged into what settings wrote, and written back as it was. */
#include "compiler/policy/language_fixture.h"

static void
any_json_is_kept(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"raw \"k\" = \"a\\u00e9\\n\"", "'k':'a\xc3\xa9\\n'", NULL},
        {"raw \"k\" = 35", "'k':35", NULL},
        {"raw \"k\" = -0.50e+3", "'k':-0.50e+3", NULL},
        {"raw \"k\" = 12345678901234567890123", "'k':12345678901234567890123", NULL},
        {"raw \"k\" = true", "'k':true", NULL},
        {"raw \"k\" = null", "'k':null", NULL},
        {"raw \"k\" = {}", "'k':{}", NULL},
        {"raw \"k\" = []", "'k':[]", NULL},
        {"raw \"k\" = [1, \"1\", [true, {\"a\": {\"b\": null}}], {}]",
         "'k':[1,'1',[true,{'a':{'b':null}}],{}]", NULL},
        {"raw \"k\" = {\"@@assign\": {\"a\": [1, {}]}, \"@@odd\": 1, \"x\": {\"y\": 2}}",
         "'k':{'@@assign':{'a':[1,{}]},'@@odd':1,'x':{'y':2}}", NULL},
        /* Operators are folded, and stand in their order. */
        {"raw \"regions\" = {\n \"@@Remove\": [], // comments are allowed\n \"@@APPEND\": [1],\n "
         "\"@@assign\": \"x\" }",
         "'regions':{'@@assign':'x','@@append':[1],'@@remove':[]}", NULL},
        /* Controls are sets of the five words; what is none stays as it is. */
        {"raw \"regions\" = {\"@@Operators_allowed_for_child_policies\": [\"@@Remove\", "
         "\"@@append\", \"@@remove\"], \"@@assign\": []}",
         "'regions':{'@@assign':[],'@@operators_allowed_for_child_policies':['@@append','@@remove']"
         "}",
         NULL},
        {"raw \"regions\" = {\"@@operators_allowed_for_child_policies\": [\"@@none\", "
         "\"@@assign\"]}",
         "'regions':{'@@operators_allowed_for_child_policies':['@@none','@@assign']}", NULL},
        {"raw \"regions\" = {\"@@operators_allowed_for_child_policies\": \"@@none\"}",
         "'regions':{'@@operators_allowed_for_child_policies':'@@none'}", NULL},
        {"raw \"regions\" = {\"@@operators_allowed_for_child_policies\": []}",
         "'regions':{'@@operators_allowed_for_child_policies':[]}", NULL},
        {"raw \"selections\" = {\"tags\": {}}", "'selections':{'tags':{}}", NULL},
        {"raw \"rules\" = {\"r\": {\"lifecycle\": {\"delete_after_days\": {\"@@assign\": 35}}}}",
         "'rules':{'r':{'lifecycle':{'delete_after_days':{'@@assign':35}}}}", NULL},
        /* Two spellings in one object are two keys. */
        {"raw \"rules\" = {\"A\": {\"x\": 1}, \"a\": {\"x\": 2}}",
         "'rules':{'A':{'x':1},'a':{'x':2}}", NULL},
    };
    EXPECT_CASES(PLAN_TEXT, PLAN_DOCUMENT, cases);
}

static void
objects_are_merged(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"regions = [us-east-1]\nraw \"Regions\" = {\"@@append\": [\"us-east-2\"]}",
         "'regions':{'@@assign':['us-east-1'],'@@append':['us-east-2']}", ""},
        {"rule \"r\" { cold_after = 9d\n raw \"LIFECYCLE\" = {\"delete_after_days\": "
         "{\"@@assign\": "
         "\"0360\"}} }",
         "'rules':{'r':{'lifecycle':{'move_to_cold_storage_after_days':{'@@assign':'9'},"
         "'delete_after_days':{'@@assign':'0360'}}}}",
         ""},
        {"rule \"r\" { copy to vault(\"v\") in eu-west-1 { raw \"x\" = {\"y\": 1} } }\n"
         "raw \"rules\" = {\"R\": {\"copy_actions\": {"
         "\"ARN:aws:backup:eu-west-1:$account:backup-vault:v\": {\"X\": {\"z\": 2}}}}, \"s\": {}}",
         "'rules':{'r':{'copy_actions':{'arn:aws:backup:eu-west-1:$account:backup-vault:v':{"
         "'target_backup_vault_arn':{'@@assign':"
         "'arn:aws:backup:eu-west-1:$account:backup-vault:v'},'x':{'y':1,'z':2}}}},'s':{}}",
         NULL},
        {"raw \"x\" = {\"a\": {\"b\": 1}}\nraw \"X\" = {\"A\": {\"c\": 2}}",
         "'x':{'a':{'b':1,'c':2}}", NULL},
        {"plan_tags = {a: \"1\"}\nraw \"backup_plan_tags\" = {\"b\": {\"tag_key\": {\"@@assign\": "
         "\"other\"}}}",
         "'backup_plan_tags':{'a':{'tag_key':{'@@assign':'a'},'tag_value':{'@@assign':'1'}},'b':{"
         "'tag_key':{'@@assign':'other'}}}",
         ""},
        /* A selection may have its members from anywhere. */
        {"select tags \"s\" { tag_key = \"k\"\n raw \"tag_value\" = {\"@@assign\": [1]} }",
         "'selections':{'tags':{'s':{'tag_key':{'@@assign':'k'},'tag_value':{'@@assign':[1]}}}}",
         ""},
        {"scan_types = [ebs]\nraw \"scan_settings\" = {\"guardduty\": {\"scanner_role_arn\": {}}}",
         NULL,
         "3:1 SYN004 \"scan_types\" without \"scan_role\"; scan settings take both\n"
         "4:58 SYN005 \"scanner_role_arn\" without an operator; it sets nothing (w)\n"},
    };
    EXPECT_CASES(PLAN_TEXT, PLAN_DOCUMENT, cases);
}

static void
the_root_takes_everything(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"", "'plans':{}", ""},
        {"raw \"@@assign\" = [1]", "'@@assign':[1],'plans':{}",
         "3:5 SYN006 operator \"@@assign\" beside \"plans\"; AWS accepts it and does nothing with "
         "it "
         "(w)\n"},
        {"raw \"@@operators_allowed_for_child_policies\" = [\"@@none\"]",
         "'plans':{},'@@operators_allowed_for_child_policies':['@@none']", NULL},
        {"raw \"@@odd\" = 1\nraw \"PLANS\" = {\"p\": {}}", "'plans':{'p':{}},'@@odd':1", NULL},
        {"raw \"plans\" = 5", NULL,
         "3:15 SYN005 \"plans\" is a number here; it has to be an object\n"},
    };
    EXPECT_CASES("policy \"p\" {\n%s\n}\n", "{%s}", cases);
}

static void
a_value_has_one_place(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"regions = [us-east-1]\nraw \"regions\" = {\"@@Assign\": [\"us-east-2\"]}",
         "'regions':{'@@assign':['us-east-1']}",
         "4:18 SYN007 \"@@Assign\" of \"regions\" is written twice; a value or operator has one "
         "place\n"},
        {"regions = [us-east-1] children may nothing\nraw \"regions\" = "
         "{\"@@operators_allowed_for_child_policies\": [\"@@all\"]}",
         NULL,
         "4:18 SYN007 \"@@operators_allowed_for_child_policies\" of \"regions\" is written twice; "
         "a "
         "value or operator has one place\n"},
        {"children may all here\nraw \"@@operators_allowed_for_child_policies\" = [\"@@none\"]",
         NULL,
         "4:5 SYN007 \"@@operators_allowed_for_child_policies\" of \"q\" is written twice; a value "
         "or "
         "operator has one place\n"},
        {"regions = [us-east-1]\nraw \"regions\" = [\"us-east-2\"]", NULL,
         "4:17 SYN005 \"regions\" is a list here; a value stands behind an operator, in an "
         "object\n"},
        {"raw \"x\" = 1\nraw \"X\" = {}", "'x':1",
         "3:5 SYN003 unknown key \"x\" in a plan\n4:5 SYN003 unknown key \"X\" in a plan\n"
         "4:5 SYN007 \"X\" is written twice; a value or operator has one place\n"},
        {"rule \"r\" { vault = vault(\"v\") }\nraw \"rules\" = {\"r\": "
         "{\"target_backup_vault_name\": "
         "{\"@@assign\": \"w\"}}}",
         NULL,
         "4:51 SYN007 \"@@assign\" of \"target_backup_vault_name\" is written twice; a value or "
         "operator has one place\n"},
        /* The block control of a leaf with one of its own gives way; one finding a mistake. */
        {"raw \"x\" = {\"@@assign\": 1, \"@@assign\": 2}", "'x':{'@@assign':1}",
         "3:5 SYN003 unknown key \"x\" in a plan\n3:27 SYN007 key \"@@assign\" stands twice here; "
         "each may stand once\n"},
        {"windows_vss = 5\nraw \"advanced_backup_settings\" = {\"ec2\": {\"windows_vss\": "
         "{\"@@assign\": \"enabled\"}}}",
         NULL, "3:15 SYN005 the value 5; \"windows_vss\" takes on or off\n"},
    };
    EXPECT_CASES(PLAN_TEXT, PLAN_DOCUMENT, cases);
}

static void
a_body_replaces_the_key_of_its_template(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"plan \"q\" uses t {}", "'x':{'a':1},'y':2", NULL},
        {"plan \"q\" uses t { raw \"X\" = {\"b\": 3} }", "'y':2,'X':{'b':3}", NULL},
        {"plan \"q\" uses t { raw \"z\" = 4 }", "'x':{'a':1},'y':2,'z':4", NULL},
        {"plan \"q\" uses t { regions = [us-east-1]\n raw \"y\" = {\"@@assign\": 1} }",
         "'regions':{'@@assign':['us-east-1']},'x':{'a':1},'y':{'@@assign':1}", NULL},
    };
    EXPECT_CASES(
        "template plan t { raw \"x\" = {\"a\": 1}\n raw \"y\" = 2 }\npolicy \"p\" {\n%s\n}\n",
        PLAN_DOCUMENT, cases);
}

static void
raw_is_told_once_as_info(void **state)
{
    (void)state;
    fixture *f = fixture_text(
        "template rule t { raw \"lifecycle\" = {} }\npolicy \"p\" { plan \"q\" {\n"
        "rule \"a\" uses t {}\nrule \"b\" uses t {}\nraw \"selections\" = {\"tags\": {}} } }\n"
        "vault \"v\" { raw \"k\" = 1 }\n");
    assert_string_equal(fixture_findings(f),
                        "2:19 SYN003 raw JSON at \"lifecycle\"; it goes into the document as it is "
                        "written (i)\n"
                        "6:1 SYN003 raw JSON at \"selections\"; it goes into the document as it is "
                        "written (i)\n"
                        "7:17 SYN003 \"raw\" in a vault; it is for blocks of a policy\n");
    assert_int_equal(bp_diagnostics_at(f->diagnostics, 0)->aws, BP_AWS_NONE);
    fixture_free(f);
}

/* Checks read raw content like any other: kinds, rows, references and numbers are there. */
static void
checks_see_the_content(void **state)
{
    (void)state;
    fixture *f =
        fixture_text("policy \"p\" {\nraw \"plans\" = {\"q\": {\n"
                     "\"rules\": {\"r\": {\"target_backup_vault_name\": {\"@@assign\": \"main\"},\n"
                     "\"lifecycle\": {\"delete_after_days\": {\"@@assign\": 35}},\n"
                     "\"copy_actions\": {\"arn\": {\"target_backup_vault_arn\": {\"@@assign\":\n"
                     "\"arn:aws:backup:eu-west-1:$account:backup-vault:dr\"}}}}},\n"
                     "\"selections\": {\"tags\": {\"s\": {\"iam_role_arn\": {\"@@assign\":\n"
                     "\"arn:aws:iam::$account:role/a/b\"},\n"
                     "\"conditions\": {\"string_like\": {\"n\": {}}}}}},\n"
                     "\"backup_plan_tags\": {\"t\": {\"tag_key\": {\"@@assign\": \"t\"}}}, "
                     "\"odd\": {\"x\": {}}}}\n}\n");
    assert_string_equal(fixture_faults(f), "11:60 SYN003 unknown key \"odd\" in a plan\n");
    assert_true(bp_node_at(f->program->policies.at[0]->document, "plans/q")->holes);
    assert_false(bp_node_at(f->program->policies.at[0]->document, "plans/q/rules/r")->holes);
    const bp_node *plan = bp_node_at(f->program->policies.at[0]->document, "plans/q");
    assert_int_equal(plan->kind, BP_NODE_PLAN);
    assert_true(plan->raw);
    const bp_node *rule = bp_node_at(plan, "rules/r");
    assert_int_equal(rule->kind, BP_NODE_RULE);
    int64_t days = 0;
    assert_true(bp_node_number(rule, "lifecycle/delete_after_days", &days));
    assert_int_equal(days, 35);
    assert_string_equal(bp_node_at(rule, "lifecycle/delete_after_days")->setting->name,
                        "delete_after");
    const bp_value *vault = bp_node_value(rule, "target_backup_vault_name");
    assert_true(bp_str_is(vault->reference->name, "main"));
    const bp_node *copy = bp_node_first(rule, "copy_actions");
    assert_int_equal(copy->kind, BP_NODE_COPY);
    const bp_value *to = bp_node_value(copy, "target_backup_vault_arn");
    assert_true(bp_str_is(to->reference->name, "dr"));
    assert_string_equal(bp_str_c(f->arena, bp_span_text(f->sources, to->reference->region_span)),
                        "eu-west-1");
    const bp_node *select = bp_node_at(plan, "selections/tags/s");
    assert_int_equal(select->kind, BP_NODE_SELECTION);
    assert_true(bp_str_is(bp_node_value(select, "iam_role_arn")->reference->path, "/a/"));
    assert_int_equal(bp_node_at(select, "conditions/string_like/n")->kind, BP_NODE_ENTRY);
    assert_int_equal(bp_node_at(plan, "backup_plan_tags/t")->kind, BP_NODE_ENTRY);
    assert_int_equal(bp_node_at(plan, "odd/x")->kind, BP_NODE_CONTAINER);
    fixture_free(f);
}

/* As a document of JSON is judged: once, wherever it stands. */
static void
raw_is_judged_like_a_document(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"raw \"lifecycle\" = {\"delete_after_days\": {\"@@assign\": 35}}", NULL, ""},
        {"raw \"lifecycle\" = {\"delete_after_days\": 35}", NULL,
         "3:41 SYN005 \"delete_after_days\" is a number here; a value stands behind an operator, "
         "in "
         "an object\n"},
        {"raw \"lifecycle\" = {\"delete_after_day\": {\"@@assign\": 35}}", NULL,
         "3:20 SYN003 unknown key \"delete_after_day\" in \"lifecycle\"\n"},
        {"raw \"lifecycle\" = {\"delete_after_days\": {\"@@append\": 35}}", NULL,
         "3:42 SYN006 operator @@append on \"delete_after_days\"; it holds one value, which is "
         "assigned\n"},
        {"raw \"lifecycle\" = {\"delete_after_days\": {\"@@assign\": \"1\", \"@@Assign\": "
         "\"2\"}}",
         NULL,
         "3:59 SYN008 \"@@Assign\" differs from \"@@assign\" in letter case alone; AWS folds the "
         "two "
         "into one\n"},
        {"raw \"schedule_expression_timezone\" = {\"@@assign\": \"Etc/UTC\"}",
         "'schedule_expression_timezone':{'@@assign':'Etc/UTC'}",
         "3:5 SCH008 time zone of a schedule; backup policies have none, their schedules are UTC "
         "(w)\n"},
    };
    EXPECT_CASES("policy \"p\" { plan \"q\" { rule \"r\" {\n%s\n} } }\n",
                 "{'plans':{'q':{'rules':{'r':{%s}}}}}", cases);
}

/* Merging into large objects stays cheap. */
static void
many_raws_stay_cheap(void **state)
{
    (void)state;
    fixture *f = fixture_new();
    bp_buf text = {.arena = f->arena};
    bp_buf_add_c(&text, "edition 1\npolicy \"p\" { plan \"q\" {\n");
    for (int i = 0; i < 20000; i++) {
        bp_buf_format(&text, "raw \"rules\" = {\"r%d\": {\"lifecycle\": {}}}\n", i);
    }
    bp_buf_add_c(&text, "} }\n");
    fixture_add(f, "a.bpol", bp_buf_text(&text));
    fixture_elaborate(f);
    assert_string_equal(fixture_faults(f), "");
    assert_non_null(
        bp_node_at(f->program->policies.at[0]->document, "plans/q/rules/r19999/lifecycle"));
    fixture_free(f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_json_is_kept),
        cmocka_unit_test(objects_are_merged),
        cmocka_unit_test(the_root_takes_everything),
        cmocka_unit_test(a_value_has_one_place),
        cmocka_unit_test(a_body_replaces_the_key_of_its_template),
        cmocka_unit_test(raw_is_told_once_as_info),
        cmocka_unit_test(checks_see_the_content),
        cmocka_unit_test(raw_is_judged_like_a_document),
        cmocka_unit_test(many_raws_stay_cheap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
