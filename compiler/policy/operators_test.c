/* Operators of settings: which take them, how they are written, what templates keep. */
#include "compiler/policy/language_fixture.h"

static void
lists_take_every_operator(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"regions += [eu-north-1]", "'regions':{'@@append':['eu-north-1']}", ""},
        {"regions -= [eu-north-1]", "'regions':{'@@remove':['eu-north-1']}", ""},
        /* In the order of the document, whatever the order of the source. */
        {"regions -= [us-east-2]\nregions += [eu-north-1, eu-west-1]\nregions = [us-east-1]",
         "'regions':{'@@assign':['us-east-1'],'@@append':['eu-north-1','eu-west-1'],"
         "'@@remove':['us-east-2']}",
         ""},
        {"regions = []\nregions += []", "'regions':{'@@assign':[],'@@append':[]}", ""},
        {"scan_types += [ebs]\nscan_types -= [s3]\nscan_role = role(\"r\")",
         "'scan_settings':{'GUARDDUTY':{'resource_types':{'@@append':['EBS'],'@@remove':['S3']},"
         "'scanner_role_arn':{'@@assign':'arn:aws:iam::$account:role/r'}}}",
         ""},
        {"rule \"r\" { index += [ebs]\n index -= [s3] }",
         "'rules':{'r':{'index_actions':{'resource_types':{'@@append':['EBS'],'@@remove':['S3']}}}"
         "}",
         ""},
        {"select \"s\" { tag_key = \"k\"\n tag_values += [\"a\"] }",
         "'selections':{'tags':{'s':{'tag_key':{'@@assign':'k'},'tag_value':{'@@append':['a']}}}}",
         ""},
        {"select \"s\" { resource_types += [ebs]\n not_resource_types -= [s3] }",
         "'selections':{'resources':{'s':{'resource_types':{'@@append':['arn:aws:ec2:*:*:volume/*']"
         "},'not_resource_types':{'@@remove':['arn:aws:s3:::*']}}}}",
         ""},
        {"regions = [us-east-1]\nregions += [eu-west-1]\nregions += [eu-west-2]",
         "'regions':{'@@assign':['us-east-1'],'@@append':['eu-west-1']}",
         "5:1 SYN007 setting \"regions\" stands twice here; each may stand once\n"},
        /* The partition is that of the Regions that are added. */
        {"regions += [cn-north-1]\nselect \"s\" { role = role(\"r\")\n resource_types = [all] }",
         "'regions':{'@@append':['cn-north-1']},'selections':{'resources':{'s':{'iam_role_arn':{"
         "'@@assign':'arn:aws-cn:iam::$account:role/r'},'resource_types':{'@@assign':['*']}}}}",
         ""},
    };
    EXPECT_CASES(PLAN_TEXT, PLAN_DOCUMENT, cases);
}

/* Every setting that is no list of the document says why it takes no other operator than "=". */
static void
others_say_why_not(void **state)
{
    (void)state;
    size_t count = 0;
    size_t tried = 0;
    const bp_setting *rows = bp_settings(&count);
    static const struct {
        unsigned block;
        const char *around;
    } frames[] = {
        {BP_BLOCK_POLICY, "policy \"p\" { %s\n}"},
        {BP_BLOCK_PLAN, "policy \"p\" { plan \"q\" { %s } }"},
        {BP_BLOCK_RULE, "policy \"p\" { plan \"q\" { rule \"r\" { %s } } }"},
        {BP_BLOCK_COPY,
         "policy \"p\" { plan \"q\" { rule \"r\" { copy to vault(\"v\") in eu-west-1 "
         "{ %s } } } }"},
        {BP_BLOCK_SELECT_TAGS,
         "policy \"p\" { extend plan \"q\" { extend select tags \"s\" { %s } } }"},
        {BP_BLOCK_SELECT_RESOURCES,
         "policy \"p\" { extend plan \"q\" { extend select resources \"s\" { %s } } }"},
        {BP_BLOCK_VAULT, "vault \"v\" { %s }"},
        {BP_BLOCK_ROLE, "role \"r\" { %s }"},
    };
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < sizeof frames / sizeof frames[0]; j++) {
            if ((rows[i].blocks & frames[j].block) == 0 || rows[i].example[0] == '\0' ||
                rows[i].since[0] == '\0') {
                continue;
            }
            bp_arena *arena = bp_arena_new(NULL);
            bp_str example = bp_str_of(rows[i].example);
            size_t equals = bp_str_find(example, '=');
            bp_str frame = bp_str_of(frames[j].around);
            size_t hole = bp_str_find(frame, '%');
            fixture *f = fixture_text(
                bp_str_c(arena, bp_str_format(arena, "%.*s%.*s-%.*s%.*s\n",
                                              BP_ARG(bp_str_cut(frame, 0, hole)),
                                              BP_ARG(bp_str_cut(example, 0, equals)),
                                              BP_ARG(bp_str_cut(example, equals, example.size)),
                                              BP_ARG(bp_str_cut(frame, hole + 2, frame.size)))));
            bool refused = strstr(fixture_findings(f), "SYN006 \"-=\" on ") != NULL;
            if (refused == rows[i].operators) {
                fail_msg("-= on %s: %s", rows[i].name, fixture_findings(f));
            }
            tried++;
            fixture_free(f);
            bp_arena_free(arena);
        }
    }
    assert_true(tried > 40);
}

static void
reasons_differ(void **state)
{
    (void)state;
    EXPECT_TEXT(
        "policy \"p\" { attach += [root]\nplan \"q\" { rule \"r\" { delete_after -= 5d }\n"
        "select \"s\" { where += [string_like(\"a/b\", \"c\")] } } }\n",
        "2:21 SYN006 \"+=\" on \"attach\"; it is for lists of the policy document, and this "
        "is not in it\n"
        "3:36 SYN006 \"-=\" on \"delete_after\"; it is for lists of the policy document "
        "alone\n"
        "4:20 SYN006 \"+=\" on \"where\"; it is for lists, and conditions are entries by "
        "name: \"=\" adds those that it names\n");
}

/* What a refused operator would have set is not missing, and what stands beside it counts. */
static void
a_refused_operator_leaves_a_hole(void **state)
{
    (void)state;
    fixture *f = fixture_rule("delete_after -= 5d\nstart_within = 2h\nstart_within += 1h");
    const bp_node *rule = bp_node_at(f->program->policies.at[0]->document, "plans/q/rules/r");
    assert_true(bp_node_unknown(rule, "lifecycle/delete_after_days"));
    int64_t minutes = 0;
    assert_true(bp_node_number(rule, "start_backup_window_minutes", &minutes));
    assert_int_equal(minutes, 120);
    assert_null(bp_node_child(rule, "start_backup_window_minutes")->append);
    fixture_free(f);
}

static void
a_body_drops_every_operator_of_its_template(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"plan \"q\" uses t {}", "'regions':{'@@assign':['us-east-1'],'@@append':['us-east-2']}",
         ""},
        {"plan \"q\" uses t { regions -= [eu-west-1] }", "'regions':{'@@remove':['eu-west-1']}",
         ""},
        {"plan \"q\" uses t { regions -= [eu-west-1]\n regions += [eu-west-2] }",
         "'regions':{'@@append':['eu-west-2'],'@@remove':['eu-west-1']}", ""},
        {"plan \"q\" uses t { regions children may nothing }",
         "'regions':{'@@assign':['us-east-1'],'@@append':['us-east-2'],"
         "'@@operators_allowed_for_child_policies':['@@none']}",
         ""},
        {"plan \"q\" uses u {}", "'regions':{'@@remove':['us-east-1']}", ""},
    };
    EXPECT_CASES("template plan t { regions = [us-east-1]\n regions += [us-east-2] }\n"
                 "template plan u uses t { regions -= [us-east-1] }\npolicy \"p\" {\n%s\n}\n",
                 PLAN_DOCUMENT, cases);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_take_every_operator),
        cmocka_unit_test(others_say_why_not),
        cmocka_unit_test(reasons_differ),
        cmocka_unit_test(a_refused_operator_leaves_a_hole),
        cmocka_unit_test(a_body_drops_every_operator_of_its_template),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
