/* Rows of settings.def: every documented key has one, and every example compiles to its path. */
#include "compiler/policy/example_frames.h"

/* The keys of a backup policy as AWS documents them, below the block they belong to. */
static const struct {
    unsigned block;
    const char *path;
} keys[] = {
    {BP_BLOCK_POLICY, "plans"},
    {BP_BLOCK_POLICY, "plans/any"},
    {BP_BLOCK_PLAN, "regions"},
    {BP_BLOCK_PLAN, "rules"},
    {BP_BLOCK_PLAN, "rules/any"},
    {BP_BLOCK_RULE, "schedule_expression"},
    {BP_BLOCK_RULE, "schedule_expression_timezone"},
    {BP_BLOCK_RULE, "target_backup_vault_name"},
    {BP_BLOCK_RULE, "target_logically_air_gapped_backup_vault_arn"},
    {BP_BLOCK_RULE, "start_backup_window_minutes"},
    {BP_BLOCK_RULE, "complete_backup_window_minutes"},
    {BP_BLOCK_RULE, "enable_continuous_backup"},
    {BP_BLOCK_RULE, "lifecycle/move_to_cold_storage_after_days"},
    {BP_BLOCK_RULE, "lifecycle/delete_after_days"},
    {BP_BLOCK_RULE, "lifecycle/opt_in_to_archive_for_supported_resources"},
    {BP_BLOCK_RULE, "lifecycle/delete_after_event"},
    {BP_BLOCK_COPY, "lifecycle/move_to_cold_storage_after_days"},
    {BP_BLOCK_COPY, "lifecycle/delete_after_days"},
    {BP_BLOCK_COPY, "lifecycle/opt_in_to_archive_for_supported_resources"},
    {BP_BLOCK_RULE, "recovery_point_tags/any"},
    {BP_BLOCK_RULE, "recovery_point_tags/any/tag_key"},
    {BP_BLOCK_RULE, "recovery_point_tags/any/tag_value"},
    {BP_BLOCK_RULE, "copy_actions"},
    {BP_BLOCK_RULE, "copy_actions/any"},
    {BP_BLOCK_COPY, "target_backup_vault_arn"},
    {BP_BLOCK_RULE, "index_actions/resource_types"},
    {BP_BLOCK_RULE, "scan_actions/GUARDDUTY/scan_mode"},
    {BP_BLOCK_PLAN, "selections"},
    {BP_BLOCK_PLAN, "selections/tags"},
    {BP_BLOCK_PLAN, "selections/tags/any"},
    {BP_BLOCK_PLAN, "selections/resources"},
    {BP_BLOCK_PLAN, "selections/resources/any"},
    {BP_BLOCK_SELECT_TAGS, "iam_role_arn"},
    {BP_BLOCK_SELECT_RESOURCES, "iam_role_arn"},
    {BP_BLOCK_SELECT_TAGS, "tag_key"},
    {BP_BLOCK_SELECT_TAGS, "tag_value"},
    {BP_BLOCK_SELECT_RESOURCES, "resource_types"},
    {BP_BLOCK_SELECT_RESOURCES, "not_resource_types"},
    {BP_BLOCK_SELECT_TAGS, "conditions/string_equals/any"},
    {BP_BLOCK_SELECT_TAGS, "conditions/string_equals/any/condition_key"},
    {BP_BLOCK_SELECT_TAGS, "conditions/string_equals/any/condition_value"},
    {BP_BLOCK_SELECT_RESOURCES, "conditions/string_like/any"},
    {BP_BLOCK_SELECT_RESOURCES, "conditions/string_like/any/condition_key"},
    {BP_BLOCK_SELECT_RESOURCES, "conditions/string_like/any/condition_value"},
    {BP_BLOCK_PLAN, "advanced_backup_settings/ec2/windows_vss"},
    {BP_BLOCK_PLAN, "advanced_backup_settings/s3/backup_acls"},
    {BP_BLOCK_PLAN, "advanced_backup_settings/s3/backup_object_tags"},
    {BP_BLOCK_PLAN, "backup_plan_tags/any"},
    {BP_BLOCK_PLAN, "backup_plan_tags/any/tag_key"},
    {BP_BLOCK_PLAN, "backup_plan_tags/any/tag_value"},
    {BP_BLOCK_PLAN, "scan_settings/GUARDDUTY/resource_types"},
    {BP_BLOCK_PLAN, "scan_settings/GUARDDUTY/scanner_role_arn"},
    {BP_BLOCK_RULE, "@@operators_allowed_for_child_policies"},
    {BP_BLOCK_POLICY, "@@operators_allowed_for_child_policies"},
};

static void
every_key_has_a_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (bp_setting_of_path(bp_str_of(keys[i].path), keys[i].block) == NULL) {
            fail_msg("no row for %s", keys[i].path);
        }
    }
    assert_null(bp_setting_of_path(BP_STR("lifecycle"), BP_BLOCK_RULE));
    assert_null(bp_setting_of_path(BP_STR("lifecycle/delete_after_days/x"), BP_BLOCK_RULE));
    assert_null(bp_setting_of_path(BP_STR("tag_key"), BP_BLOCK_SELECT_RESOURCES));
    assert_null(bp_setting_of_path(BP_STR(""), BP_BLOCK_RULE));
}

static void
paths_are_compared_folded(void **state)
{
    (void)state;
    assert_non_null(bp_setting_of_path(BP_STR("LifeCycle/Delete_After_Days"), BP_BLOCK_RULE));
    assert_non_null(bp_setting_of_path(BP_STR("scan_actions/guardduty/scan_mode"), BP_BLOCK_RULE));
}

static void
words_belong_to_their_blocks(void **state)
{
    (void)state;
    assert_non_null(bp_setting_find(BP_STR("delete_after"), BP_BLOCK_COPY));
    assert_null(bp_setting_find(BP_STR("schedule"), BP_BLOCK_COPY));
    assert_null(bp_setting_find(BP_STR("Schedule"), BP_BLOCK_RULE));
    assert_null(bp_setting_find(BP_STR(""), BP_BLOCK_RULE));
    assert_non_null(bp_setting_anywhere(BP_STR("permits")));
    assert_null(bp_setting_anywhere(BP_STR("permit")));
}

static void
lists_alone_have_operators(void **state)
{
    (void)state;
    size_t count = 0;
    const bp_setting *rows = bp_settings(&count);
    for (size_t i = 0; i < count; i++) {
        assert_true(!rows[i].operators || (rows[i].list && rows[i].path[0] != '\0'));
        assert_int_not_equal(rows[i].blocks, 0);
        assert_string_not_equal(rows[i].help, "");
        for (size_t j = 0; j < i && rows[i].name[0] != '\0'; j++) {
            assert_true(strcmp(rows[i].name, rows[j].name) != 0 ||
                        (rows[i].blocks & rows[j].blocks) == 0);
        }
    }
}

static void
try_example(const bp_setting *row, size_t frame)
{
    bp_arena *arena = bp_arena_new(NULL);
    fixture *f = fixture_text(frame_text(arena, frame, row->example));
    bool usable = row->since[0] != '\0';
    if (usable != only_lacks_members(f)) {
        fail_msg("%s: %s", row->example, fixture_findings(f));
    }
    if (!usable) {
        assert_non_null(strstr(fixture_findings(f), "is not usable in this release"));
    } else if (row->path[0] != '\0' && frames[frame].at[0] != '\0') {
        bp_str at = bp_str_format(arena, "%s%s", frames[frame].at, row->path);
        const bp_node *node = bp_node_at(f->program->policies.at[0]->document, bp_str_c(arena, at));
        if (node == NULL || (node->kind == BP_NODE_LEAF && node->setting != row)) {
            fail_msg("%s is not at %.*s", row->example, BP_ARG(at));
        }
    }
    fixture_free(f);
    bp_arena_free(arena);
}

static void
every_example_compiles_to_its_path(void **state)
{
    (void)state;
    size_t count = 0;
    size_t tried = 0;
    const bp_setting *rows = bp_settings(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < FRAME_COUNT; j++) {
            if (rows[i].example[0] != '\0' && (rows[i].blocks & frames[j].block) != 0) {
                try_example(&rows[i], j);
                tried++;
            }
        }
    }
    assert_true(tried > 40);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_has_a_row),
        cmocka_unit_test(paths_are_compared_folded),
        cmocka_unit_test(words_belong_to_their_blocks),
        cmocka_unit_test(lists_alone_have_operators),
        cmocka_unit_test(every_example_compiles_to_its_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
