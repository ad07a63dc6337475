/* The tree itself: finding nodes, scopes, references, and the written forms. */
#include "compiler/policy/elaborate_fixture.h"

static bp_node *
add(bp_arena *arena, bp_node *parent, bp_node_kind kind, const char *key)
{
    bp_node *node = bp_node_new(arena, kind, bp_str_of(key), BP_NOWHERE);
    if (parent != NULL) {
        bp_node_add(parent, node);
    }
    return node;
}

static bp_value *
text(bp_arena *arena, const char *words)
{
    bp_value *value = BP_NEW(arena, bp_value);
    value->kind = BP_VALUE_TEXT;
    value->text = bp_str_of(words);
    return value;
}

/* A document with one plan "Q", rule "r", and every kind of value. */
static bp_node *
sample(bp_arena *arena)
{
    bp_node *root = add(arena, NULL, BP_NODE_ROOT, "");
    bp_node *plans = add(arena, root, BP_NODE_PLANS, "plans");
    bp_node *plan = add(arena, plans, BP_NODE_PLAN, "Q\"q");
    bp_node *regions = add(arena, plan, BP_NODE_LEAF, "regions");
    bp_value *list = BP_NEW(arena, bp_value);
    list->kind = BP_VALUE_LIST;
    *bp_vec_add(arena, &list->items) = text(arena, "us-east-1");
    *bp_vec_add(arena, &list->items) = BP_NEW(arena, bp_value);
    regions->assign = list;
    bp_value *none = BP_NEW(arena, bp_value);
    none->kind = BP_VALUE_LIST;
    regions->append = none;
    bp_node *rules = add(arena, plan, BP_NODE_CONTAINER, "rules");
    bp_node *rule = add(arena, rules, BP_NODE_RULE, "r");
    bp_node *lifecycle = add(arena, rule, BP_NODE_CONTAINER, "lifecycle");
    bp_node *days = add(arena, lifecycle, BP_NODE_LEAF, "delete_after_days");
    days->assign = text(arena, "35");
    days->control.may = BP_MAY_ASSIGN | BP_MAY_REMOVE;
    add(arena, rule, BP_NODE_LEAF, "schedule_expression")->assign = BP_NEW(arena, bp_value);
    add(arena, plan, BP_NODE_CONTAINER, "selections");
    return root;
}

static void
nodes_are_found_folded(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_node *root = sample(arena);
    const bp_node *rule = bp_node_at(root, "plans/q\"Q/RULES/r");
    assert_non_null(rule);
    assert_null(bp_node_at(root, "plans/q\"Q/rules/other/lifecycle"));
    assert_null(bp_node_child(NULL, "plans"));
    bp_str days;
    int64_t number;
    assert_true(bp_node_text(rule, "lifecycle/delete_after_days", &days));
    assert_true(bp_node_number(rule, "lifecycle/delete_after_days", &number));
    assert_int_equal(number, 35);
    assert_false(bp_node_text(rule, "schedule_expression", &days));
    assert_true(bp_node_unknown(rule, "schedule_expression"));
    assert_false(bp_node_unknown(rule, "lifecycle/delete_after_days"));
    assert_false(bp_node_unknown(rule, "nothing"));
    assert_ptr_equal(bp_node_up(rule->first->first, BP_NODE_RULE), rule);
    assert_null(bp_node_up(rule, BP_NODE_COPY));
    assert_ptr_equal(bp_node_first(root, "plans/q\"q/rules"), rule);
    bp_str scope = bp_node_scope(arena, BP_STR("p"), rule->first->first);
    assert_string_equal(bp_str_c(arena, scope), "policy/p/plan/Q\"q/rule/r");
    bp_arena_free(arena);
}

static void
documents_are_written_both_ways(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_node *root = sample(arena);
    assert_string_equal(
        bp_str_c(arena, bp_tree_write_compact(arena, root)),
        "{\"plans\":{\"Q\\\"q\":{\"regions\":{\"@@assign\":[\"us-east-1\",null],\"@@append\":[]},"
        "\"rules\":{\"r\":{\"lifecycle\":{\"delete_after_days\":{\"@@assign\":\"35\","
        "\"@@operators_allowed_for_child_policies\":[\"@@assign\",\"@@remove\"]}},"
        "\"schedule_expression\":{\"@@assign\":null}}},\"selections\":{}}}}");
    assert_string_equal(bp_str_c(arena, bp_tree_write_pretty(arena, root)),
                        "{\n"
                        "  \"plans\": {\n"
                        "    \"Q\\\"q\": {\n"
                        "      \"regions\": {\n"
                        "        \"@@assign\": [\n"
                        "          \"us-east-1\",\n"
                        "          null\n"
                        "        ],\n"
                        "        \"@@append\": []\n"
                        "      },\n"
                        "      \"rules\": {\n"
                        "        \"r\": {\n"
                        "          \"lifecycle\": {\n"
                        "            \"delete_after_days\": {\n"
                        "              \"@@assign\": \"35\",\n"
                        "              \"@@operators_allowed_for_child_policies\": [\n"
                        "                \"@@assign\",\n"
                        "                \"@@remove\"\n"
                        "              ]\n"
                        "            }\n"
                        "          },\n"
                        "          \"schedule_expression\": {\n"
                        "            \"@@assign\": null\n"
                        "          }\n"
                        "        }\n"
                        "      },\n"
                        "      \"selections\": {}\n"
                        "    }\n"
                        "  }\n"
                        "}");
    bp_node *empty = add(arena, NULL, BP_NODE_ROOT, "");
    assert_string_equal(bp_str_c(arena, bp_tree_write_pretty(arena, empty)), "{}");
    bp_arena_free(arena);
}

static const bp_reference *
parts(bp_arena *arena, const char *arn, bp_reference_kind kind)
{
    bp_str copy = bp_str_of(arn);
    return bp_reference_of_arn(arena, copy, (bp_span){1, 100, 100 + (uint32_t)copy.size}, kind);
}

static void
arns_are_taken_apart(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    const bp_reference *vault =
        parts(arena, "arn:aws-cn:backup:cn-north-1:$account:backup-vault:Main", BP_REF_VAULT);
    assert_non_null(vault);
    assert_true(bp_str_is(vault->partition, "aws-cn"));
    assert_true(bp_str_is(vault->region, "cn-north-1"));
    assert_true(bp_str_is(vault->account, "$account"));
    assert_true(bp_str_is(vault->name, "Main"));
    assert_int_equal(vault->region_span.start, 118);
    assert_int_equal(vault->region_span.end, 128);
    assert_int_equal(vault->name_span.end - vault->name_span.start, 4);
    assert_true(vault->literal);
    const bp_reference *role = parts(arena, "arn:aws:iam::111122223333:role/a/b/Name", BP_REF_ROLE);
    assert_non_null(role);
    assert_true(bp_str_is(role->path, "/a/b/"));
    assert_true(bp_str_is(role->name, "Name"));
    assert_int_equal(role->account_span.start, 113);
    assert_true(bp_str_is(parts(arena, "arn:aws:iam::$account:role/N", BP_REF_ROLE)->path, "/"));
    bp_arena_free(arena);
}

static void
other_shapes_are_no_references(void **state)
{
    (void)state;
    static const char *const shapes[] = {
        "",
        "arn:",
        "arn:aws:backup:r:a",
        "arn:aws:backup:r:a:vault:n",
        "arn:aws:s3:r:a:backup-vault:n",
        "ARN:aws:backup:r:a:backup-vault:n",
        "x:aws:backup:r:a:backup-vault:n",
        "arn:aws:iam::a:user/n",
        "arn:aws:iam:us-east-1:a:role/n",
    };
    bp_arena *arena = bp_arena_new(NULL);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        assert_null(parts(arena, shapes[i], BP_REF_VAULT));
        assert_null(parts(arena, shapes[i], BP_REF_ROLE));
        assert_null(parts(arena, shapes[i], BP_REF_NONE));
    }
    bp_arena_free(arena);
}

static void
dumps_show_places(void **state)
{
    (void)state;
    fixture *f = fixture_text("let keep = 35d\npolicy \"p\" { plan \"q\" { rule \"r\" {\n"
                              "delete_after = keep\ncold_after = never } } }\n");
    bp_buf out = {.arena = f->arena};
    bp_tree_dump(f->sources, f->program->policies.at[0]->document, &out);
    const char *dump = bp_str_c(f->arena, bp_buf_text(&out));
    assert_non_null(strstr(dump, "        rule \"r\"  a.bpol:3:30\n"));
    assert_non_null(
        strstr(dump, "leaf \"delete_after_days\" = \"35\"  a.bpol:2:12  as a.bpol:2:5"));
    fixture_free(f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_are_found_folded), cmocka_unit_test(documents_are_written_both_ways),
        cmocka_unit_test(arns_are_taken_apart),   cmocka_unit_test(other_shapes_are_no_references),
        cmocka_unit_test(dumps_show_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
