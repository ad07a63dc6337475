/* Documents to trees: what AWS folds, where everything stands, and one finding a mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/policy/document.h"
#include "grammar/ast.h"

#define RULE(code)                                           \
    {                                                        \
        code, code, BP_ERROR, BP_AWS_REJECTS, "DOC", "", "1" \
    }
static const bp_rule rules[] = {
    RULE("SYN001"), RULE("SYN003"), RULE("SYN005"), RULE("SYN006"), RULE("SYN007"), RULE("SYN008"),
    RULE("SYN012"), RULE("SYN015"), RULE("SYN019"), RULE("SYN020"), RULE("SCH008"),
};

typedef struct reading {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *list;
    bp_policy *policy;
    bool good;
} reading;

static reading
read_document(const char *text, size_t size)
{
    reading r = {.arena = bp_arena_new(NULL)};
    r.sources = bp_sources_new(r.arena);
    r.list = bp_diagnostics_new(r.arena, r.sources, rules, sizeof rules / sizeof rules[0]);
    const bp_source *source = bp_sources_add(r.sources, BP_STR("a.json"), (bp_str){text, size});
    r.good = bp_document_read(r.arena, r.list, source, BP_STR("a"), BP_NOWHERE, &r.policy);
    bp_diagnostics_settle(r.list);
    return r;
}

/* "CODE 'text at the caret'" lines; warnings end with " (w)", unknown answers with " ?", and what
 * AWS accepts with " ok". */
static const char *
found(const reading *r)
{
    bp_buf out = {.arena = r->arena};
    for (size_t i = 0; i < bp_diagnostics_total(r->list); i++) {
        const bp_finding *finding = bp_diagnostics_at(r->list, i);
        bp_buf_format(&out, "%s '%.*s'%s%s\n", finding->rule->code,
                      BP_ARG(bp_span_text(r->sources, finding->span)),
                      finding->severity == BP_WARNING ? " (w)" : "",
                      finding->aws == BP_AWS_UNKNOWN   ? " ?"
                      : finding->aws == BP_AWS_ACCEPTS ? " ok"
                                                       : "");
    }
    return bp_str_c(r->arena, bp_buf_text(&out));
}

static void
expect(const char *text, const char *findings)
{
    reading r = read_document(text, strlen(text));
    assert_string_equal(found(&r), findings);
    bp_arena_free(r.arena);
}

/* The only finding's fix, applied to the text. */
static void
expect_fixed(const char *text, bool safe, const char *fixed)
{
    reading r = read_document(text, strlen(text));
    assert_int_equal(bp_diagnostics_total(r.list), 1);
    const bp_finding *finding = bp_diagnostics_at(r.list, 0);
    assert_int_equal(finding->fixes.count, 1);
    assert_int_equal(finding->fixes.at[0].safe, safe);
    const bp_edit *edit = &finding->fixes.at[0].edits.at[0];
    bp_str all = bp_str_of(text);
    bp_str after =
        bp_str_format(r.arena, "%.*s%.*s%.*s", BP_ARG(bp_str_cut(all, 0, edit->span.start)),
                      BP_ARG(edit->text), BP_ARG(bp_str_cut(all, edit->span.end, all.size)));
    assert_string_equal(bp_str_c(r.arena, after), fixed);
    bp_arena_free(r.arena);
}

#define IN_PLAN(text) "{\"plans\":{\"p\":{" text "}}}"
#define IN_RULE(text) IN_PLAN("\"rules\":{\"r\":{" text "}}")

static void
fixed_keys_fold_and_names_stay(void **state)
{
    (void)state;
    static const char text[] =
        "{\"PLANS\":{\"Ledger\":{\"REGIONS\":{\"@@Assign\":[\"us-east-1\"],"
        "\"@@Operators_Allowed_For_Child_Policies\":[\"@@NONE\"]},\"Rules\":{\"Base\":{"
        "\"LifeCycle\":{\"Delete_After_Days\":{\"@@ASSIGN\":35}},\"scan_actions\":{\"GuardDuty\":{"
        "\"scan_mode\":{\"@@assign\":\"FULL_SCAN\"}}}}}}}}";
    reading r = read_document(text, sizeof text - 1);
    assert_true(r.good);
    assert_string_equal(found(&r), "SYN019 '\"PLANS\"'\n"); /* one for all */
    assert_int_equal(bp_diagnostics_at(r.list, 0)->fixes.at[0].edits.count, 10);
    assert_string_equal(
        bp_str_c(r.arena, bp_tree_write_compact(r.arena, r.policy->document)),
        "{\"plans\":{\"Ledger\":{\"regions\":{\"@@assign\":[\"us-east-1\"],"
        "\"@@operators_allowed_for_child_policies\":[\"@@none\"]},\"rules\":{\"Base\":{"
        "\"lifecycle\":{\"delete_after_days\":{\"@@assign\":35}},\"scan_actions\":{\"GUARDDUTY\":{"
        "\"scan_mode\":{\"@@assign\":\"FULL_SCAN\"}}}}}}}}");
    const bp_node *rule = bp_node_at(r.policy->document, "plans/Ledger/rules/Base");
    assert_int_equal(rule->kind, BP_NODE_RULE);
    int64_t days = 0;
    assert_true(bp_node_number(rule, "lifecycle/delete_after_days", &days));
    assert_int_equal(days, 35);
    assert_int_equal(bp_node_at(r.policy->document, "plans/Ledger/regions")->control.may,
                     BP_MAY_NOTHING);
    bp_arena_free(r.arena);
}

static void
every_kind_of_node_is_known(void **state)
{
    (void)state;
    static const char text[] = IN_PLAN(
        "\"backup_plan_tags\":{\"t\":{\"tag_key\":{\"@@assign\":\"t\"}}},\"selections\":{\"tags\":{"
        "\"s\":{\"conditions\":{\"string_EQUALS\":{\"c\":{\"condition_key\":{\"@@assign\":\"k\"}}}}"
        "}},\"resources\":{\"q\":{\"resource_types\":{\"@@append\":[\"*\"]}}}},\"rules\":{\"r\":{"
        "\"copy_actions\":{\"x/y\":{\"lifecycle\":{}}}}}");
    reading r = read_document(text, sizeof text - 1);
    assert_string_equal(found(&r), "SYN019 '\"string_EQUALS\"'\n");
    const bp_node *plan = bp_node_at(r.policy->document, "plans/p");
    assert_int_equal(plan->kind, BP_NODE_PLAN);
    assert_int_equal(bp_node_at(plan, "backup_plan_tags/t")->kind, BP_NODE_ENTRY);
    assert_int_equal(bp_node_at(plan, "selections/tags/s")->kind, BP_NODE_SELECTION);
    assert_int_equal(bp_node_at(plan, "selections/tags/s/conditions/string_equals/c")->kind,
                     BP_NODE_ENTRY);
    assert_int_equal(bp_node_at(plan, "selections/resources/q")->kind, BP_NODE_SELECTION);
    assert_int_equal(bp_node_at(plan, "selections/resources/q/resource_types")->append->kind,
                     BP_VALUE_LIST);
    assert_int_equal(bp_node_first(plan, "rules/r/copy_actions")->kind, BP_NODE_COPY);
    assert_true(bp_str_is(bp_node_first(plan, "rules/r/copy_actions")->key, "x/y"));
    bp_arena_free(r.arena);
}

static void
references_point_into_the_text(void **state)
{
    (void)state;
    static const char text[] = IN_PLAN(
        "\"rules\":{\"r\":{\"target_backup_vault_name\":{\"@@assign\":\"store\"},"
        "\"copy_actions\":{\"k\":{\"target_backup_vault_arn\":{\"@@assign\":"
        "\"arn:aws:backup:eu-west-1:$account:backup-vault:twin\"}}}}},\"selections\":{\"tags\":{"
        "\"s\":{\"iam_role_arn\":{\"@@assign\":\"arn:aws:iam::\\u0024account:role/a/keeper\"}}}}");
    reading r = read_document(text, sizeof text - 1);
    const bp_node *rule = bp_node_at(r.policy->document, "plans/p/rules/r");
    const bp_reference *vault = bp_node_value(rule, "target_backup_vault_name")->reference;
    assert_true(bp_str_is(bp_span_text(r.sources, vault->name_span), "\"store\""));
    const bp_reference *copy =
        bp_node_value(bp_node_first(rule, "copy_actions"), "target_backup_vault_arn")->reference;
    assert_true(bp_str_is(bp_span_text(r.sources, copy->region_span), "eu-west-1"));
    assert_true(bp_str_is(bp_span_text(r.sources, copy->account_span), "$account"));
    assert_true(bp_str_is(bp_span_text(r.sources, copy->name_span), "twin"));
    const bp_reference *role =
        bp_node_value(bp_node_at(r.policy->document, "plans/p/selections/tags/s"), "iam_role_arn")
            ->reference;
    assert_true(bp_str_is(role->account, "$account") && bp_str_is(role->path, "/a/"));
    /* An escape shifts what follows: the place is the whole text then. */
    assert_true(bp_str_is(bp_span_text(r.sources, role->name_span),
                          "arn:aws:iam::\\u0024account:role/a/keeper"));
    bp_arena_free(r.arena);
}

static void
slips_of_json_have_words_of_their_own(void **state)
{
    (void)state;
    expect("{\"plans\":{}, // later\n}", "SYN001 '// later'\n");
    expect("{\"plans\":{} /* x */}", "SYN001 '/* x */'\n");
    expect("# x\n{\"plans\":{}}", "SYN001 '# x'\n");
    expect("{\"plans\":{\"p\":{} ,\n}}", "SYN001 ','\n");
    expect(IN_PLAN("\"regions\":{\"@@assign\":[\"us-east-1\",]}"), "SYN001 ','\n");
    expect_fixed("{\"plans\":{},}", true, "{\"plans\":{}}");
    expect_fixed("{\"plans\":{}/**/}", true, "{\"plans\":{}}");
    expect("{'plans':{}}", "SYN001 '''\n");
    expect("{\"plans\":{}", "SYN001 ''\n");
    expect("{\"plans\":{}} x", "SYN001 'x'\n");
    expect("{\"plans\":{\"a\":{},\"b\":{},\"a\":{}}}", "SYN007 '\"a\"'\n");
    char deep[300];
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    expect(deep, "SYN015 '['\n");
    reading nul = read_document("{\"plans\0\":{}}", 13);
    assert_false(nul.good);
    assert_int_equal(bp_diagnostics_total(nul.list), 1);
    assert_true(nul.policy->document->holes);
    bp_arena_free(nul.arena);
}

static void
an_empty_text_is_an_empty_policy(void **state)
{
    (void)state;
    reading r = read_document(" \n", 2);
    assert_true(r.good);
    assert_false(r.policy->document->holes);
    assert_null(r.policy->document->first);
    assert_int_equal(bp_diagnostics_total(r.list), 0);
    bp_arena_free(r.arena);
}

static void
unknown_keys_are_told_with_the_right_one(void **state)
{
    (void)state;
    expect("{\"plans\":{},\"Version\":\"1\"}", "SYN003 '\"Version\"'\n");
    expect(IN_PLAN("\"colour\":{}"), "SYN003 '\"colour\"'\n");
    expect(IN_RULE("\"delete_after_days\":{\"@@assign\":\"5\"}"),
           "SYN003 '\"delete_after_days\"'\n");
    expect(IN_RULE("\"lifecycle\":{\"delete_after_event\":{\"@@assign\":\"X\"}}"),
           "SYN003 '\"delete_after_event\"'\n");
    expect(IN_PLAN("\"selections\":{\"tagz\":{}}"), "SYN003 '\"tagz\"' ?\n");
    expect(IN_PLAN("\"selections\":{\"tags\":{\"s\":{\"conditions\":{\"string_matches\":{}}}}}"),
           "SYN003 '\"string_matches\"' ?\n");
    expect(IN_RULE("\"schedule_expression_timezone\":{\"@@assign\":\"UTC\"}"),
           "SCH008 '\"schedule_expression_timezone\"'\n");
    expect(IN_RULE("\"copy_actions\":{\"k\":{\"DestinationBackupVaultArn\":{\"@@assign\":\"k\"}}}"),
           "SYN003 '\"DestinationBackupVaultArn\"'\n");
    expect(IN_RULE("\"copy_actions\":{\"k\":{\"colour\":{}}}"), "SYN003 '\"colour\"' ?\n");
    expect(IN_RULE("\"target_backup_vault_name\":{\"Fn::Sub\":\"v\"}"), "SYN012 '\"Fn::Sub\"'\n");
    expect(IN_RULE("\"${more}\":{}"), "SYN012 '\"${more}\"'\n");
    expect_fixed(IN_RULE("\"CompletionWindowMinutes\":{\"@@assign\":\"60\"}"), true,
                 IN_RULE("\"complete_backup_window_minutes\":{\"@@assign\":\"60\"}"));
    expect_fixed(IN_RULE("\"LifeCycl\":{}"), false, IN_RULE("\"lifecycle\":{}"));
    expect_fixed(
        IN_RULE("\"vault\":{\"@@assign\":\"a\"},\"target_backup_vault_name\":{\"@@assign\":"
                "\"a\"}"),
        false,
        IN_RULE("\"target_backup_vault_name\":{\"@@assign\":\"a\"},\"target_backup_vault_"
                "name\":{\"@@assign\":\"a\"}"));
}

static void
the_name_of_a_plan_can_be_missing(void **state)
{
    (void)state;
    expect("{\"plans\":{\"rules\":{\"r\":{\"vault\":\"x\"}},\"regions\":{\"@@assign\":[]}}}",
           "SYN003 '\"rules\"'\nSYN003 '\"vault\"'\n");
    expect("{\"plans\":{\"regions\":[\"us-east-1\"]}}",
           "SYN003 '\"regions\"'\nSYN005 '[\"us-east-1\"]'\n");
    /* A plan may be called so. */
    expect("{\"plans\":{\"rules\":{\"regions\":{\"@@assign\":[]}}}}", "");
    expect("{\"plans\":{\"rules\":{}}}", "");
}

static void
values_are_what_a_setting_takes(void **state)
{
    (void)state;
    expect(IN_RULE("\"target_backup_vault_name\":\"v\""), "SYN005 '\"v\"'\n");
    expect_fixed(IN_RULE("\"start_backup_window_minutes\":60"), true,
                 IN_RULE("\"start_backup_window_minutes\":{\"@@assign\": 60}"));
    expect_fixed(IN_PLAN("\"regions\":\"us-east-1\""), true,
                 IN_PLAN("\"regions\":{\"@@assign\": [\"us-east-1\"]}"));
    expect_fixed(IN_PLAN("\"regions\":{\"@@assign\":\"us-east-1\"}"), true,
                 IN_PLAN("\"regions\":{\"@@assign\":[\"us-east-1\"]}"));
    expect_fixed(IN_RULE("\"target_backup_vault_name\":{\"@@assign\":[\"v\"]}"), true,
                 IN_RULE("\"target_backup_vault_name\":{\"@@assign\":\"v\"}"));
    expect_fixed(IN_RULE("\"start_backup_window_minutes\":{\"@@assign\":\" 60\"}"), true,
                 IN_RULE("\"start_backup_window_minutes\":{\"@@assign\":\"60\"}"));
    expect(IN_RULE("\"start_backup_window_minutes\":{\"@@assign\":60.0}"), "SYN005 '60.0'\n");
    expect(IN_RULE("\"enable_continuous_backup\":{\"@@assign\":\"TRUE\"}"), "SYN005 '\"TRUE\"'\n");
    expect(IN_RULE("\"lifecycle\":{\"delete_after_days\":{\"@@assign\":\"-1\"}}"), "");
    expect(IN_RULE("\"lifecycle\":{\"delete_after_days\":{\"@@assign\":\"${days}\"}}"), "");
    expect(IN_RULE("\"lifecycle\":{\"opt_in_to_archive_for_supported_resources\":{\"@@assign\":"
                   "\"enabled\"}}"),
           "SYN020 '\"enabled\"'\n");
    expect_fixed(IN_PLAN("\"advanced_backup_settings\":{\"ec2\":{\"windows_vss\":{\"@@assign\":"
                         "\"Enabled\"}}}"),
                 true,
                 IN_PLAN("\"advanced_backup_settings\":{\"ec2\":{\"windows_vss\":{\"@@assign\":"
                         "\"enabled\"}}}"));
    expect(IN_RULE("\"target_backup_vault_name\":{\"@@assign\":12}"), "SYN005 '12' (w) ?\n");
    expect(IN_RULE("\"target_backup_vault_name\":{}"), "SYN005 '{}' (w) ?\n");
    expect(IN_RULE("\"target_backup_vault_name\":{\"@@assign\":null}"), "SYN005 'null'\n");
    expect(IN_PLAN("\"rules\":[]"), "SYN005 '[]'\n");
    expect("{\"plans\":null}", "SYN005 'null'\n");
    expect("[]", "SYN005 '[]'\n");
}

static void
operators_stand_where_they_belong(void **state)
{
    (void)state;
    expect("{\"plans\":{},\"@@assign\":\"x\"}", "SYN006 '\"@@assign\"' (w) ok\n");
    expect("{\"plans\":{},\"@@remove\":{}}", "SYN006 '\"@@remove\"'\n");
    expect("{\"plans\":{\"@@append\":1}}", "SYN006 '\"@@append\"'\n");
    expect(IN_RULE("\"target_backup_vault_name\":{\"@@append\":\"v\"}"), "SYN006 '\"@@append\"'\n");
    expect_fixed(IN_PLAN("\"regions\":{\"@@asign\":[\"us-east-1\"]}"), false,
                 IN_PLAN("\"regions\":{\"@@assign\":[\"us-east-1\"]}"));
    expect(IN_PLAN("\"regions\":{\"assign\":[\"us-east-1\"]}"), "SYN003 '\"assign\"' ?\n");
    expect(IN_PLAN("\"regions\":{\"@@assign\":[\"us-east-1\"],\"@@append\":[\"eu-west-1\"],"
                   "\"@@remove\":[]}"),
           "");
    static const char root[] = "{\"plans\":{},\"@@assign\":null}";
    reading r = read_document(root, sizeof root - 1);
    assert_string_equal(bp_str_c(r.arena, bp_tree_write_compact(r.arena, r.policy->document)),
                        "{\"@@assign\":null,\"plans\":{}}");
    bp_arena_free(r.arena);
}

#define CONTROL "\"@@operators_allowed_for_child_policies\":"

static void
child_controls_are_sets_of_words(void **state)
{
    (void)state;
    expect(IN_PLAN(CONTROL "[\"@@assign\",\"@@Assign\"]"), "");
    expect(IN_PLAN(CONTROL "[\"@@assign\",\"@@assign\"]"), "SYN006 '\"@@assign\"'\n");
    expect(IN_PLAN(CONTROL "[\"@@none\",\"@@append\"]"), "SYN006 '[\"@@none\",\"@@append\"]'\n");
    expect(IN_PLAN(CONTROL "[\"@@all\",\"@@append\"]"),
           "SYN006 '[\"@@all\",\"@@append\"]' (w) ok\n");
    expect(IN_PLAN(CONTROL "[]"), "SYN006 '[]' (w) ?\n");
    expect_fixed(IN_PLAN(CONTROL "\"@@none\""), true, IN_PLAN(CONTROL "[\"@@none\"]"));
    expect_fixed(IN_PLAN(CONTROL "[\"@@non\"]"), false, IN_PLAN(CONTROL "[\"@@none\"]"));
    expect(IN_PLAN(CONTROL "[1]"), "SYN006 '1'\n");
    static const char empty[] = "{\"plans\":{" CONTROL "[]}}";
    reading r = read_document(empty, sizeof empty - 1);
    assert_string_equal(bp_str_c(r.arena, bp_tree_write_compact(r.arena, r.policy->document)),
                        empty);
    bp_arena_free(r.arena);
}

static void
letter_case_alone_makes_no_second_name(void **state)
{
    (void)state;
    expect("{\"plans\":{\"Ledger\":{},\"ledger\":{}}}", "SYN008 '\"ledger\"'\n");
    expect(IN_PLAN("\"rules\":{},\"Rules\":{}"), "SYN008 '\"Rules\"'\n");
    expect(IN_PLAN("\"Rules\":{}"), "SYN019 '\"Rules\"'\n");
    expect_fixed(IN_PLAN("\"Rules\":{}"), true, IN_PLAN("\"rules\":{}"));
    expect(IN_PLAN(CONTROL "[\"@@Assign\"]"), "SYN019 '\"@@Assign\"'\n");
    expect("{\"plans\":{\"a\":{\"rules\":{\"R\":{}}},\"b\":{\"rules\":{\"r\":{}}}}}", "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_keys_fold_and_names_stay),
        cmocka_unit_test(every_kind_of_node_is_known),
        cmocka_unit_test(references_point_into_the_text),
        cmocka_unit_test(slips_of_json_have_words_of_their_own),
        cmocka_unit_test(an_empty_text_is_an_empty_policy),
        cmocka_unit_test(unknown_keys_are_told_with_the_right_one),
        cmocka_unit_test(the_name_of_a_plan_can_be_missing),
        cmocka_unit_test(values_are_what_a_setting_takes),
        cmocka_unit_test(operators_stand_where_they_belong),
        cmocka_unit_test(child_controls_are_sets_of_words),
        cmocka_unit_test(letter_case_alone_makes_no_second_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
