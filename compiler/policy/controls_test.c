/* Child controls: on settings, on blocks, on containers, and who keeps which. */
#include "compiler/policy/language_fixture.h"

#define NONE "'@@operators_allowed_for_child_policies':['@@none']"
#define ALL "'@@operators_allowed_for_child_policies':['@@all']"
#define SOME "'@@operators_allowed_for_child_policies':['@@append','@@remove']"

static void
settings_carry_controls(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"regions = [us-east-1] children may nothing",
         "'regions':{'@@assign':['us-east-1']," NONE "}", ""},
        {"regions += [us-east-1] children may remove, append",
         "'regions':{'@@append':['us-east-1']," SOME "}", ""},
        {"regions = [us-east-1]\nregions -= [us-east-2] children may all",
         "'regions':{'@@assign':['us-east-1'],'@@remove':['us-east-2']," ALL "}", ""},
        {"regions = [\n us-east-1,\n] children may nothing",
         "'regions':{'@@assign':['us-east-1']," NONE "}", ""},
        {"windows_vss = on children may assign",
         "'advanced_backup_settings':{'ec2':{'windows_vss':{'@@assign':'enabled',"
         "'@@operators_allowed_for_child_policies':['@@assign']}}}",
         ""},
        /* Alone, on a leaf without a value. */
        {"regions children may nothing", "'regions':{" NONE "}", ""},
        {"rule \"r\" { delete_after children may assign }",
         "'rules':{'r':{'lifecycle':{'delete_after_days':{"
         "'@@operators_allowed_for_child_policies':['@@assign']}}}}",
         ""},
        {"rule \"r\" { delete_after = never children may nothing }",
         "'rules':{'r':{'lifecycle':{'delete_after_days':{" NONE "}}}}", ""},
        {"regions = [us-east-1] children may nothing\nregions children may all", NULL,
         "4:1 SYN007 child control of \"regions\" stands twice here; each may stand once\n"},
        /* Of a map: on every leaf. */
        {"plan_tags = {a: \"1\", b: \"2\"} children may nothing",
         "'backup_plan_tags':{'a':{'tag_key':{'@@assign':'a'," NONE
         "},'tag_value':{'@@assign':'1'," NONE "}},'b':{'tag_key':{'@@assign':'b'," NONE
         "},'tag_value':{'@@assign':'2'," NONE "}}}",
         ""},
        {"select \"s\" { where = [string_like(\"k/n\", \"v\")] children may nothing }",
         "'selections':{'resources':{'s':{'conditions':{'string_like':{'n':{'condition_key':{"
         "'@@assign':'k/n'," NONE "},'condition_value':{'@@assign':'v'," NONE "}}}}}}}",
         ""},
        {"plan_tags children may nothing", "",
         "3:11 INH011 \"children may\" on \"plan_tags\", which names no key here; a control stands "
         "on the keys that the setting names (w)\n"},
        {"plan_tags = {} children may nothing", "",
         "3:16 INH011 \"children may\" on \"plan_tags\", which names no key here; a control stands "
         "on the keys that the setting names (w)\n"},
    };
    EXPECT_CASES(PLAN_TEXT, PLAN_DOCUMENT, cases);
}

static void
controls_have_their_places(void **state)
{
    (void)state;
    EXPECT_TEXT("vault \"v\" { children may nothing\n regions = [us-east-1] children may all }\n"
                "policy \"p\" { attach = [root] children may nothing\n plan \"q\" { select \"s\" { "
                "resource_types = [ebs]\n protects = [rds] children may all } } }\n",
                "2:13 SYN006 \"children may\" in a vault; it is for blocks of a policy\n"
                "3:24 SYN006 \"children may\" on \"regions\"; it is for settings of the policy "
                "document, and this is not in it\n"
                "4:30 SYN006 \"children may\" on \"attach\"; it is for settings of the policy "
                "document, and this is not in it\n"
                "6:19 SYN006 \"children may\" on \"protects\"; it is for settings of the policy "
                "document, and this is not in it\n");
}

static void
blocks_cover_their_leaves(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"children may nothing\nregions = [us-east-1]\nrule \"r\" { start_within = 1h\n"
         "copy to vault(\"v\") in eu-west-1 { delete_after = 5d } }",
         "'regions':{'@@assign':['us-east-1']," NONE "},'rules':{'r':{'start_backup_window_minutes'"
         ":{'@@assign':'60'," NONE "},'copy_actions':{"
         "'arn:aws:backup:eu-west-1:$account:backup-vault:v':{'target_backup_vault_arn':{'@@assign'"
         ":'arn:aws:backup:eu-west-1:$account:backup-vault:v'," NONE
         "},'lifecycle':{'delete_after_days':{'@@assign':'5'," NONE "}}}}}}",
         ""},
        /* A leaf and an inner block keep their own. */
        {"children may nothing\nregions = [us-east-1] children may all\n"
         "rule \"r\" { children may append, remove\n start_within = 1h\n finish_within = 2h "
         "children may all }\nrule \"s\" { start_within = 1h }",
         "'regions':{'@@assign':['us-east-1']," ALL "},'rules':{'r':{'start_backup_window_minutes':"
         "{'@@assign':'60'," SOME "},'complete_backup_window_minutes':{'@@assign':'120'," ALL
         "}},'s':{'start_backup_window_minutes':{'@@assign':'60'," NONE "}}}",
         ""},
        {"rule \"r\" { children may nothing\n start_within = 1h }\nregions = [us-east-1]",
         "'regions':{'@@assign':['us-east-1']},'rules':{'r':{'start_backup_window_minutes':{"
         "'@@assign':'60'," NONE "}}}",
         ""},
        /* The container alone; it stands last in its object. */
        {"children may nothing here\nregions = [us-east-1]",
         "'regions':{'@@assign':['us-east-1']}," NONE, ""},
        {"rule \"r\" { children may nothing here\n children may all\n start_within = 1h }",
         "'rules':{'r':{'start_backup_window_minutes':{'@@assign':'60'," ALL "}," NONE "}}", ""},
        {"children may nothing here", NONE, ""},
        /* Raw leaves count too, whoever wrote them. */
        {"rule \"r\" { children may nothing\n raw \"schedule_expression\" = {\"@@assign\": \"x\"} }"
         "\nraw \"rules\" = {\"R\": {\"target_backup_vault_name\": {\"@@assign\": \"v\"}}}",
         "'rules':{'r':{'schedule_expression':{'@@assign':'x'," NONE "},"
         "'target_backup_vault_name':{'@@assign':'v'," NONE "}}}",
         ""},
    };
    EXPECT_CASES(PLAN_TEXT, PLAN_DOCUMENT, cases);
}

static void
policies_cover_all_plans(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"children may nothing\nplan \"a\" { regions = [us-east-1] }\nplan \"b\" { regions += "
         "[]\n}",
         "'a':{'regions':{'@@assign':['us-east-1']," NONE "}},'b':{'regions':{'@@append':[]," NONE
         "}}",
         ""},
        {"children may nothing here\nplan \"a\" {}", "'a':{}," NONE, ""},
        {"children may nothing here", NONE, ""},
    };
    EXPECT_CASES("policy \"p\" {\n%s\n}\n", "{'plans':{%s}}", cases);
}

static void
idle_controls_are_told(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"children may nothing", "",
         "3:1 INH011 \"children may\" in a block that sets nothing of the document; a control "
         "stands "
         "on what is set in its block (w)\n"},
        {"rule \"r\" { children may nothing\n delete_after = never }", "'rules':{'r':{}}",
         "3:12 INH011 \"children may\" in a block that sets nothing of the document; a control "
         "stands on what is set in its block (w)\n"},
        {"children may nothing\nregions = [us-east-1] children may all", NULL,
         "3:1 INH011 \"children may\" in a block where every setting has its own; it changes "
         "nothing "
         "(w)\n"},
        /* What was refused may have been meant. */
        {"children may nothing\nrgions = [us-east-1]", NULL,
         "4:1 SYN003 a plan has no setting \"rgions\"\n"},
        {"children may nothing\nrule \"r\" uses gone {}", NULL,
         "4:15 SYN018 no rule template is called \"gone\"; a file has its own templates and those "
         "that it includes\n"},
    };
    EXPECT_CASES(PLAN_TEXT, PLAN_DOCUMENT, cases);
}

static void
overriding_a_value_never_unlocks_it(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"rule \"r\" uses t {}",
         "'start_backup_window_minutes':{'@@assign':'60'," NONE "},"
         "'complete_backup_window_minutes':{'@@assign':'120'," ALL "}",
         ""},
        {"rule \"r\" uses t { start_within = 3h }",
         "'start_backup_window_minutes':{'@@assign':'180'," NONE "},"
         "'complete_backup_window_minutes':{'@@assign':'120'," ALL "}",
         ""},
        {"rule \"r\" uses t { start_within = 3h children may append, remove }",
         "'start_backup_window_minutes':{'@@assign':'180'," SOME "},"
         "'complete_backup_window_minutes':{'@@assign':'120'," ALL "}",
         ""},
        {"rule \"r\" uses t { children may append, remove\n finish_within children may nothing }",
         "'start_backup_window_minutes':{'@@assign':'60'," NONE "},"
         "'complete_backup_window_minutes':{'@@assign':'120'," NONE "}",
         "9:19 INH011 \"children may\" in a block where every setting has its own; it changes "
         "nothing "
         "(w)\n"},
        {"rule \"r\" uses b {}", "'start_backup_window_minutes':{'@@assign':'60'," NONE "}", ""},
        {"rule \"r\" uses b { start_within = 2h }",
         "'start_backup_window_minutes':{'@@assign':'120'," NONE "}", ""},
        {"rule \"r\" uses b { children may append, remove\n finish_within = 2h }",
         "'start_backup_window_minutes':{'@@assign':'60'," SOME "},"
         "'complete_backup_window_minutes':{'@@assign':'120'," SOME "}",
         ""},
        {"rule \"r\" uses b { children may all here }",
         "'start_backup_window_minutes':{'@@assign':'60'," NONE "}," ALL, ""},
        /* A template that names no setting may lock what its user writes. */
        {"rule \"r\" uses l { start_within = 1h }",
         "'start_backup_window_minutes':{'@@assign':'60'," NONE "}", ""},
    };
    EXPECT_CASES("template rule t { start_within = 1h children may nothing\n"
                 "  finish_within = 2h children may all }\n"
                 "template rule b {\n  children may nothing\n  start_within = 1h }\n"
                 "template rule l { children may nothing }\n"
                 "policy \"p\" { plan \"q\" {\n%s\n} }\n",
                 "{'plans':{'q':{'rules':{'r':{%s}}}}}", cases);
}

static void
controls_know_their_places(void **state)
{
    (void)state;
    fixture *f = fixture_text("policy \"p\" { plan \"q\" {\nchildren may nothing\n"
                              "regions = [us-east-1]\nwindows_vss = on children may all } }\n");
    const bp_node *plan = bp_node_at(f->program->policies.at[0]->document, "plans/q");
    bp_span regions = bp_node_child(plan, "regions")->control.span;
    bp_span vss = bp_node_at(plan, "advanced_backup_settings/ec2/windows_vss")->control.span;
    assert_string_equal(bp_str_c(f->arena, bp_span_text(f->sources, regions)),
                        "children may nothing");
    assert_string_equal(bp_str_c(f->arena, bp_span_text(f->sources, vss)), "children may all");
    assert_false(bp_node_controlled(plan));
    fixture_free(f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_carry_controls),
        cmocka_unit_test(controls_have_their_places),
        cmocka_unit_test(blocks_cover_their_leaves),
        cmocka_unit_test(policies_cover_all_plans),
        cmocka_unit_test(idle_controls_are_told),
        cmocka_unit_test(overriding_a_value_never_unlocks_it),
        cmocka_unit_test(controls_know_their_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
