/*
 * What of an earlier deployment is removed: nothing that another target still covers, and nothing
 * of a manifest that no build wrote.
 */
#include "compiler/deploy/world_for_tests.h"
#include "compiler/emit/emit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define HEAD                                                                                     \
    "{\"format\":\"backpol/manifest/1\",\"home_region\":\"us-east-1\",\"organization\":{\"id\":" \
    "\"o-exampleorg\"},\"cli\":{\"script\":\"cli/deploy.sh\"},"
#define VAULT                                                                                    \
    "\"name\":\"backpol-vault-main\",\"kind\":\"vault\",\"slug\":\"main\",\"creates\":\"main\"," \
    "\"instances\":"

static world
small(void)
{
    world w = world_new("o-exampleorg", "r-ab12", "111122223333", "us-east-1");
    world_account(&w, 0, "111122223333");
    uint32_t prod = world_ou(&w, 0, "ou-ab12-prod0001", "Prod");
    world_account(&w, prod, "222233334444");
    uint32_t lower = world_ou(&w, prod, "ou-ab12-lowr0001", "Lower");
    world_account(&w, lower, "333344445555");
    world_account(&w, lower, "444455556666");
    world_finish(&w);
    world_vault(&w, "main");
    return w;
}

/* The deployment has the vault at one place; what goes of `instances` that were there before. */
static bp_removals
removed(world *w, const char *ou, const char *account, const char *instances)
{
    bool deployed = false;
    bp_str why = {0};
    bp_previous previous;
    bp_artifacts *artifacts = NULL;
    bp_deployment *deployment = world_deploy(w, &deployed);
    assert_true(deployed);
    deployment->stacks.at[0].groups = (bp_instance_groups){0};
    bp_instance_group *group = bp_vec_add(w->arena, &deployment->stacks.at[0].groups);
    *group = (bp_instance_group){0};
    *bp_vec_add(w->arena, &group->ous) = bp_str_of(ou);
    *bp_vec_add(w->arena, &group->regions) = BP_STR("eu-west-1");
    if (account != NULL) {
        *bp_vec_add(w->arena, &group->accounts) = bp_str_of(account);
    }
    bp_str text = bp_str_format(w->arena, HEAD "\"stack_sets\":[{" VAULT "%s}]}", instances);
    assert_true(bp_previous_read(w->arena, text, &previous, &why));
    bp_build_order order = {.targets = BP_TARGET_CLI, .previous = &previous};
    assert_true(bp_emit(w->arena, w->diagnostics, deployment, &order, &artifacts));
    return artifacts->removals;
}

static void
expect_one(const bp_removals *removals, const char *detail)
{
    assert_int_equal(removals->count, 1);
    assert_int_equal(removals->at[0].what, BP_REMOVE_INSTANCES);
    assert_string_equal(removals->at[0].detail.at, detail);
    assert_true(bp_str_is(removals->at[0].vault, "main"));
}

#define AT(ous, regions) "[{\"organizational_unit_ids\":[" ous "],\"regions\":[" regions "]}]"

static void
what_is_covered_from_above_stays(void **state)
{
    world w = small();
    (void)state;
    assert_int_equal(removed(&w, "r-ab12", NULL, AT("\"ou-ab12-lowr0001\"", "\"eu-west-1\"")).count,
                     0);
    assert_int_equal(
        removed(&w, "ou-ab12-prod0001", NULL, AT("\"ou-ab12-prod0001\"", "\"eu-west-1\"")).count,
        0);
    bp_arena_free(w.arena);
}

static void
a_region_that_is_dropped_goes_alone(void **state)
{
    world w = small();
    (void)state;
    bp_removals removals = removed(&w, "ou-ab12-prod0001", NULL,
                                   AT("\"ou-ab12-prod0001\"", "\"eu-west-1\",\"us-east-1\""));
    expect_one(&removals, "ou-ab12-prod0001 in us-east-1");
    bp_arena_free(w.arena);
}

static void
what_is_covered_from_below_is_taken_out(void **state)
{
    world w = small();
    (void)state;
    bp_removals removals = removed(&w, "ou-ab12-lowr0001", NULL, AT("\"r-ab12\"", "\"eu-west-1\""));
    expect_one(&removals, "r-ab12 without 333344445555, 444455556666 in eu-west-1");
    removals = removed(&w, "ou-ab12-lowr0001", "444455556666",
                       AT("\"ou-ab12-prod0001\"", "\"eu-west-1\""));
    expect_one(&removals, "ou-ab12-prod0001 without 444455556666 in eu-west-1");
    bp_arena_free(w.arena);
}

static void
single_accounts_go_one_by_one(void **state)
{
    world w = small();
    (void)state;
    bp_removals removals =
        removed(&w, "ou-ab12-lowr0001", "444455556666",
                "[{\"organizational_unit_ids\":[\"ou-ab12-lowr0001\"],\"regions\":[\"eu-west-1\"],"
                "\"accounts\":[\"333344445555\",\"444455556666\"],\"account_filter_type\":"
                "\"INTERSECTION\"}]");
    expect_one(&removals, "333344445555 in eu-west-1");
    bp_arena_free(w.arena);
}

static void
an_ou_that_is_not_known_goes_as_it_was_named(void **state)
{
    world w = small();
    (void)state;
    bp_removals removals = removed(&w, "r-ab12", NULL, AT("\"ou-ab12-gone0001\"", "\"eu-west-1\""));
    expect_one(&removals, "ou-ab12-gone0001 in eu-west-1");
    bp_arena_free(w.arena);
}

static void
a_manifest_that_no_build_wrote_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "[]",
        "\"x\"",
        "{}",
        "{\"format\":\"backpol/manifest/1\"}",
        "{\"format\":\"backpol/manifest/2\",\"organization\":{\"id\":\"o-exampleorg\"}}",
        HEAD "\"stack_sets/name\":\"x\",\"stack_sets/instances/regions\":\"x\",\"policies\":[{}]}",
        HEAD "\"policies\":[{\"name\":\"a\\u001bb\"}]}",
        HEAD "\"policies\":[{\"name\":\"a\",\"targets\":[\"../x\"]}]}",
        HEAD "\"policies\":[{\"name\":\"a\"},{\"name\":\"A\"}]}",
        HEAD "\"stack_sets\":[{" VAULT AT("\"r-ab12\"", "\"eu-west-1\\tx\"") "}]}",
        HEAD "\"stack_sets\":[{" VAULT AT("\"$(id)\"", "\"eu-west-1\"") "}]}",
        HEAD "\"stack_sets\":[{" VAULT AT("", "\"eu-west-1\"") "}]}",
        HEAD "\"stack_sets\":[{" VAULT "[]}]}",
        HEAD "\"stack_sets\":[{" VAULT AT("\"r-ab12\"", "\"eu-west-1\"") "},{" VAULT AT(
            "\"r-ab12\"", "\"eu-west-1\"") "}]}",
        HEAD "\"management_account\":{\"stacks\":[{\"stack_name\":\"backpol-vault-main\"}]}}",
        HEAD "\"policies\":[]",
    };
    bp_arena *arena = bp_arena_new(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bp_previous previous;
        bp_str why = {0};
        if (bp_previous_read(arena, bp_str_of(texts[i]), &previous, &why) || why.size == 0) {
            fail_msg("%s", texts[i]);
        }
    }
    bp_arena_free(arena);
}

static void
keys_and_bounds_are_fixed_and_tags_are_not(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    (void)state;
#define VAULT_WITH(more)                                                                         \
    BP_STR(                                                                                      \
        "{\"Resources\":{\"Vault\":{\"Type\":\"AWS::Backup::BackupVault\",\"Properties\":{" more \
        "}},\"Key\":{\"Type\":\"AWS::KMS::Key\"}}}")
    bp_str plain = bp_template_fixed(arena, VAULT_WITH("\"BackupVaultTags\":{\"a\":\"b\"}"));
    assert_true(plain.size > 0);
    assert_true(bp_str_equal(plain, bp_template_fixed(arena, VAULT_WITH("\"X\":\"y\""))));
    assert_false(bp_str_equal(
        plain, bp_template_fixed(arena, VAULT_WITH("\"EncryptionKeyArn\":\"arn:aws:kms:x\""))));
    assert_false(
        bp_str_equal(plain, bp_template_fixed(arena, VAULT_WITH("\"MinRetentionDays\":7"))));
    assert_int_equal(bp_template_fixed(arena, BP_STR("{")).size, 0);
    assert_true(bp_template_drops(
        arena, BP_STR("{\"Resources\":{\"BackupVault\":{\"DeletionPolicy\":\"Delete\"}}}")));
    assert_false(bp_template_drops(
        arena, BP_STR("{\"Resources\":{\"BackupVault\":{\"DeletionPolicy\":\"Retain\"}}}")));
    assert_false(bp_template_drops(
        arena, BP_STR("{\"Resources\":{\"BackupVault\":{\"BackupVaultTags\":{\"DeletionPolicy\":"
                      "\"Delete\"}}}}")));
    assert_false(bp_template_drops(arena, BP_STR("{")));
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_covered_from_above_stays),
        cmocka_unit_test(a_region_that_is_dropped_goes_alone),
        cmocka_unit_test(what_is_covered_from_below_is_taken_out),
        cmocka_unit_test(single_accounts_go_one_by_one),
        cmocka_unit_test(an_ou_that_is_not_known_goes_as_it_was_named),
        cmocka_unit_test(a_manifest_that_no_build_wrote_is_refused),
        cmocka_unit_test(keys_and_bounds_are_fixed_and_tags_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
