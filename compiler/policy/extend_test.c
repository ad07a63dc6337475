/* `extend` of inherited blocks: what is marked, what may stand in it, and where it cannot stand. */
#include "compiler/policy/language_fixture.h"

static const bp_node *
at(const fixture *f, const char *path)
{
    return bp_node_at(f->program->policies.at[0]->document, path);
}

/* The child policy of the description of the language. */
static void
the_child_policy_gives_its_document(void **state)
{
    (void)state;
    fixture *f = fixture_text(
        "policy \"payments\" {\n  attach = [ou(\"Prod/Payments\")]\n\n"
        "  extend plan \"prodbackupplan\" {\n    regions += [eu-north-1]\n\n"
        "    extend rule \"prodbackuprule\" {\n"
        "      delete_after = 365d   children may nothing    // this setting\n    }\n"
        "    extend select \"prodresources\" {\n      tag_values += [\"pci\"]\n    }\n  }\n}\n");
    assert_string_equal(fixture_findings(f), "");
    assert_string_equal(
        fixture_document(f, 0),
        bp_str_c(f->arena,
                 fixture_quotes(
                     f->arena,
                     "{'plans':{'prodbackupplan':{'regions':{'@@append':['eu-north-1']},'rules':{"
                     "'prodbackuprule':{'lifecycle':{'delete_after_days':{'@@assign':'365',"
                     "'@@operators_allowed_for_child_policies':['@@none']}}}},'selections':{'tags':"
                     "{'prodresources':{'tag_value':{'@@append':['pci']}}}}}}}")));
    assert_true(at(f, "plans/prodbackupplan")->extend);
    assert_true(at(f, "plans/prodbackupplan/rules/prodbackuprule")->extend);
    assert_true(at(f, "plans/prodbackupplan/selections/tags/prodresources")->extend);
    assert_false(at(f, "plans/prodbackupplan/selections/tags/prodresources")->form_open);
    fixture_free(f);
}

static void
blocks_within_an_extension(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"extend plan \"q\" {}", "'q':{}", ""},
        {"extend plan \"q\" { rule \"new\" { start_within = 1h } }",
         "'q':{'rules':{'new':{'start_backup_window_minutes':{'@@assign':'60'}}}}", ""},
        {"extend plan \"q\" { extend rule \"r\" { copy to vault(\"v\") in eu-west-1 {} } }",
         "'q':{'rules':{'r':{'copy_actions':{'arn:aws:backup:eu-west-1:$account:backup-vault:v':{"
         "'target_backup_vault_arn':{'@@assign':"
         "'arn:aws:backup:eu-west-1:$account:backup-vault:v'}}}}}}",
         ""},
        /* The destination is supplied: it carries no control of the block. */
        {"extend plan \"q\" { children may nothing\n extend rule \"r\" { extend copy to "
         "vault(\"v\") in eu-west-1 { delete_after = 5d } } }",
         "'q':{'rules':{'r':{'copy_actions':{'arn:aws:backup:eu-west-1:$account:backup-vault:v':{"
         "'target_backup_vault_arn':{'@@assign':"
         "'arn:aws:backup:eu-west-1:$account:backup-vault:v'},'lifecycle':{'delete_after_days':{"
         "'@@assign':'5','@@operators_allowed_for_child_policies':['@@none']}}}}}}}",
         ""},
        {"extend plan \"q\" { extend rule \"r\" { extend copy to vault(\"v\") in eu-west-1 {\n"
         "children may nothing } } }",
         NULL,
         "4:1 INH011 \"children may\" in a block that sets nothing of the document; a control "
         "stands "
         "on what is set in its block (w)\n"},
        /* Members that are inherited are not missing; those of a new block are. */
        {"extend plan \"q\" { scan_types = [ebs]\n extend select tags \"s\" { tag_key = \"k\" }\n"
         "select tags \"t\" { tag_key = \"k\" } }",
         NULL,
         "5:13 SYN004 the selection \"t\" lacks \"tag_values\"; a selection by tag takes both\n"},
        {"extend plan \"q\" { extend rule \"r\" { delete_after = never } }",
         "'q':{'rules':{'r':{}}}", ""},
        {"extend plan \"q\" { raw \"k\" = 1\nextend rule \"r\" { raw \"k\" = [] } }",
         "'q':{'rules':{'r':{'k':[]}},'k':1}", NULL},
        {"plan \"a\" {}\nextend plan \"b\" {}", "'a':{},'b':{}", ""},
    };
    EXPECT_CASES("policy \"p\" {\n%s\n}\n", "{'plans':{%s}}", cases);
}

static void
extensions_stand_once(void **state)
{
    (void)state;
    static const language_case cases[] = {
        {"extend plan \"q\" {}\nextend plan \"Q\" {}", NULL,
         "5:13 SYN007 extend plan \"Q\" stands twice here; each may stand once\n"},
        {"plan \"q\" {}\nextend plan \"q\" {}", NULL,
         "5:13 SYN018 extend of plan \"q\", which stands in the same body; extend changes a block "
         "of "
         "a template or an inherited one\n"},
        {"extend plan \"q\" {}\nplan \"q\" {}", NULL,
         "5:6 SYN007 plan \"q\" stands twice here; each may stand once\n"},
        {"plan \"q\" { extend rule \"r\" {} }", NULL,
         "4:24 SYN018 extend of rule \"r\" in a new plan; extend changes a block of a template or "
         "an "
         "inherited one\n"},
        {"extend plan \"q\" { rule \"r\" { extend copy to vault(\"v\") in eu-west-1 {} } }", NULL,
         "4:45 SYN018 extend of copy to vault(\"v\") in eu-west-1 in a new rule; extend changes a "
         "block of a template or an inherited one\n"},
        {"plan \"q\" uses t { extend rule \"r\" {}\nextend rule \"R\" {} }", NULL,
         "5:13 SYN007 extend rule \"R\" stands twice here; each may stand once\n"},
        /* A hole keeps silent about what may stand in it. */
        {"plan \"q\" uses gone { extend rule \"r\" {} }", NULL,
         "4:15 SYN018 no plan template is called \"gone\"; a file has its own templates and those "
         "that it includes\n"},
    };
    EXPECT_CASES("template plan t { rule \"r\" {} }\npolicy \"p\" {\n%s\n}\n", NULL, cases);
}

static void
templates_extend_what_is_inherited(void **state)
{
    (void)state;
    static const char around[] =
        "template plan longer { extend rule \"r\" { delete_after = 365d } }\n"
        "template plan both uses longer { rule \"own\" {} }\n"
        "policy \"p\" {\n%s\n}\n";
    static const language_case cases[] = {
        {"extend plan \"q\" uses longer {}",
         "'q':{'rules':{'r':{'lifecycle':{'delete_after_days':{'@@assign':'365'}}}}}", ""},
        {"extend plan \"q\" uses longer { extend rule \"R\" { delete_after = 9d\n start_within = "
         "1h "
         "} }",
         "'q':{'rules':{'r':{'start_backup_window_minutes':{'@@assign':'60'},'lifecycle':{"
         "'delete_after_days':{'@@assign':'9'}}}}}",
         ""},
        {"extend plan \"q\" uses both { extend rule \"own\" { start_within = 1h }\n"
         "extend rule \"far\" {} }",
         "'q':{'rules':{'r':{'lifecycle':{'delete_after_days':{'@@assign':'365'}}},'own':{"
         "'start_backup_window_minutes':{'@@assign':'60'}},'far':{}}}",
         ""},
        {"plan \"q\" uses longer {}", NULL,
         "2:36 SYN018 extend of rule \"r\" in a new plan; extend changes a block of a template or "
         "an "
         "inherited one\n"},
    };
    EXPECT_CASES(around, "{'plans':{%s}}", cases);
    fixture *f =
        fixture_text("template plan t { rule \"own\" {}\nextend rule \"far\" {} }\n"
                     "policy \"p\" { extend plan \"q\" uses t { extend rule \"own\" {} } }\n");
    assert_string_equal(fixture_findings(f), "");
    assert_false(at(f, "plans/q/rules/own")->extend);
    assert_true(at(f, "plans/q/rules/far")->extend);
    fixture_free(f);
}

static void
the_form_may_be_the_inherited_one(void **state)
{
    (void)state;
    static const struct {
        const char *select;
        const char *where;
        bool open;
    } cases[] = {
        {"extend select \"s\" {}", "resources", true},
        {"extend select \"s\" { role = role(\"r\") }", "resources", true},
        {"extend select \"s\" { where = [string_like(\"k/n\", \"v\")] }", "resources", true},
        {"extend select \"s\" { tag_values -= [\"v\"] }", "tags", false},
        {"extend select \"s\" { tag_key children may nothing }", "tags", false},
        {"extend select \"s\" { resource_types += [ebs] }", "resources", false},
        {"extend select tags \"s\" {}", "tags", false},
        {"extend select \"s\" { raw \"Tag_Value\" = {\"@@append\": [\"v\"]} }", "tags", false},
        {"extend select \"s\" { raw \"conditions\" = {} }", "resources", true},
        {"extend select resources \"s\" {}", "resources", false},
        {"extend select \"s\" uses t {}", "tags", false},
        {"select \"s\" { where = [string_like(\"k/n\", \"v\")] }", "resources", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        fixture_add(f, "a.bpol",
                    bp_str_format(f->arena,
                                  "edition 1\ntemplate select t { tag_values += [\"v\"] }\n"
                                  "policy \"p\" { extend plan \"q\" { %s } }\n",
                                  cases[i].select));
        fixture_elaborate(f);
        assert_string_equal(fixture_faults(f), "");
        bp_str path = bp_str_format(f->arena, "plans/q/selections/%s/s", cases[i].where);
        const bp_node *select = at(f, bp_str_c(f->arena, path));
        assert_non_null(select);
        assert_true(select->form_open == cases[i].open);
        fixture_free(f);
    }
}

static void
destinations_of_extensions_are_supplied(void **state)
{
    (void)state;
    fixture *f = fixture_text("policy \"p\" { extend plan \"q\" { extend rule \"r\" {\n"
                              "extend copy to vault(\"v\") in eu-west-1 { delete_after = 5d }\n"
                              "copy to vault(\"w\") in eu-west-1 {} } } }\n");
    const bp_node *copy = bp_node_first(at(f, "plans/q/rules/r"), "copy_actions");
    assert_true(copy->extend);
    assert_true(bp_node_child(copy, "target_backup_vault_arn")->supplied);
    assert_false(bp_node_at(copy, "lifecycle/delete_after_days")->supplied);
    assert_false(copy->next->extend);
    assert_false(bp_node_child(copy->next, "target_backup_vault_arn")->supplied);
    fixture_free(f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_child_policy_gives_its_document),
        cmocka_unit_test(blocks_within_an_extension),
        cmocka_unit_test(extensions_stand_once),
        cmocka_unit_test(templates_extend_what_is_inherited),
        cmocka_unit_test(the_form_may_be_the_inherited_one),
        cmocka_unit_test(destinations_of_extensions_are_supplied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
