/*
 * What a build holds: the seed byte by byte against testdata/emit/seed, determinism, refusals, and
 * the list of files read back.
 *
 * `compiler_emit_emit_test --write` writes the seed's expected files anew; the diff is the review.
 */
#include "compiler/deploy/world_for_tests.h"
#include "compiler/emit/emit.h"
#include "lib/json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define EXPECTED "testdata/emit/seed"

enum { ALL = BP_TARGET_POLICIES | BP_TARGET_TEMPLATES | BP_TARGET_CLOUDFORMATION | BP_TARGET_CLI };

static void
seed_lifecycle(world *w, bp_node *parent)
{
    bp_node *lifecycle = world_node(w, parent, BP_NODE_CONTAINER, "lifecycle");
    world_leaf(w, lifecycle, "move_to_cold_storage_after_days", "90");
    world_leaf(w, lifecycle, "delete_after_days", "180");
}

static void
seed_policy(world *w, const char *prefix, const char *description, const char *target)
{
    bp_arena *a = w->arena;
    const char *vault = bp_str_format(a, "%sbackupvault", prefix).at;
    const char *arn =
        bp_str_format(a, "arn:aws:backup:ap-northeast-1:$account:backup-vault:%s", vault).at;
    bp_policy *policy = world_policy(w, bp_str_format(a, "%sbackuppolicy", prefix).at);
    policy->description = bp_str_of(description);
    bp_node *plan = world_node(w, policy->document->first, BP_NODE_PLAN,
                               bp_str_format(a, "%sbackupplan", prefix).at);
    world_list(w, plan, "regions", "us-east-1 eu-west-1 ap-northeast-1");
    bp_node *rules = world_node(w, plan, BP_NODE_CONTAINER, "rules");
    bp_node *rule = world_node(w, rules, BP_NODE_RULE, bp_str_format(a, "%sbackuprule", prefix).at);
    world_leaf(w, rule, "schedule_expression", "cron(0 5 ? * * *)");
    world_leaf(w, rule, "start_backup_window_minutes", "480");
    world_leaf(w, rule, "target_backup_vault_name", vault);
    seed_lifecycle(w, rule);
    bp_node *copies = world_node(w, rule, BP_NODE_CONTAINER, "copy_actions");
    bp_node *copy = world_node(w, copies, BP_NODE_COPY, arn);
    world_leaf(w, copy, "target_backup_vault_arn", arn);
    seed_lifecycle(w, copy);
    bp_node *selections = world_node(w, plan, BP_NODE_CONTAINER, "selections");
    bp_node *tags = world_node(w, selections, BP_NODE_CONTAINER, "tags");
    bp_node *selection =
        world_node(w, tags, BP_NODE_SELECTION, bp_str_format(a, "%sresources", prefix).at);
    world_leaf(w, selection, "iam_role_arn", "arn:aws:iam::$account:role/crossaccountbackuprole");
    world_leaf(w, selection, "tag_key", "backup");
    world_list(w, selection, "tag_value", prefix);
    world_attach(w, target);
}

static world
seed(void)
{
    world w = world_new("o-exampleorg", "r-ab12", "111122223333", "us-east-1");
    world_account(&w, 0, "111122223333");
    uint32_t prod = world_ou(&w, 0, "ou-ab12-prod0001", "Prod");
    world_account(&w, prod, "222233334444");
    uint32_t lower = world_ou(&w, 0, "ou-ab12-nprd0001", "Non-Prod");
    uint32_t qa = world_ou(&w, lower, "ou-ab12-qaqa0001", "QA");
    world_account(&w, qa, "333344445555");
    uint32_t dev = world_ou(&w, lower, "ou-ab12-dvdv0001", "Dev");
    world_account(&w, dev, "444455556666");
    world_finish(&w);
    world_role(&w, "crossaccountbackuprole", "r-ab12");
    world_vault(&w, "prodbackupvault");
    world_vault(&w, "nonprodbackupvault");
    seed_policy(&w, "prod", "Daily backups of production", "ou-ab12-prod0001");
    seed_policy(&w, "nonprod", "", "ou-ab12-nprd0001");
    return w;
}

static const bp_artifacts *
emit(world *w, unsigned targets, bool *good)
{
    bool deployed = false;
    bp_artifacts *artifacts = NULL;
    const bp_deployment *deployment = world_deploy(w, &deployed);
    assert_true(deployed);
    bp_build_order order = {.targets = targets};
    *good = bp_emit(w->arena, w->diagnostics, deployment, &order, &artifacts);
    return artifacts;
}

static const bp_file_out *
file_of(const bp_artifacts *artifacts, const char *path)
{
    for (size_t i = 0; i < artifacts->files.count; i++) {
        if (bp_str_is(artifacts->files.at[i].path, path)) {
            return &artifacts->files.at[i];
        }
    }
    return NULL;
}

/* The version of the program stands in one line and changes with every release. */
static bp_str
without_version(bp_arena *arena, bp_str text)
{
    bp_buf out = {.arena = arena};
    while (text.size > 0) {
        size_t end = bp_str_find(text, '\n');
        bp_str line = bp_str_cut(text, 0, end + 1);
        if (!bp_str_contains(line, BP_STR("    \"version\": "))) {
            bp_buf_add(&out, line);
        }
        text = bp_str_cut(text, end + 1, text.size);
    }
    return bp_buf_text(&out);
}

static void
the_seed_is_as_expected(void **state)
{
    bool good = false;
    world w = seed();
    (void)state;
    const bp_artifacts *artifacts = emit(&w, ALL, &good);
    assert_true(good);
    assert_int_equal(bp_diagnostics_total(w.diagnostics), 0);
    for (size_t i = 0; i < artifacts->files.count; i++) {
        const bp_file_out *file = &artifacts->files.at[i];
        bp_str expected = {0};
        bp_file_error error = {0};
        if (!bp_file_read(w.arena, EXPECTED, file->path, 1 << 20, &expected, &error)) {
            fail_msg("%.*s: %.*s", BP_ARG(file->path), BP_ARG(error.text));
        }
        bp_str text = file->text;
        if (bp_str_is(file->path, "manifest.json")) {
            text = without_version(w.arena, text);
            expected = without_version(w.arena, expected);
        }
        if (!bp_str_equal(text, expected)) {
            fail_msg("%.*s differs", BP_ARG(file->path));
        }
    }
    bp_file_list found = {0};
    bp_file_error error = {0};
    assert_true(bp_file_glob(w.arena, EXPECTED, BP_STR("**/*"), 1000, &found, &error));
    assert_int_equal(found.count, artifacts->files.count);
    bp_arena_free(w.arena);
}

static void
files_stand_in_byte_order_with_the_manifest_last(void **state)
{
    bool good = false;
    world w = seed();
    (void)state;
    const bp_artifacts *artifacts = emit(&w, ALL, &good);
    size_t last = artifacts->files.count - 1;
    for (size_t i = 1; i < last; i++) {
        assert_true(bp_str_compare(artifacts->files.at[i - 1].path, artifacts->files.at[i].path) <
                    0);
    }
    assert_true(bp_str_is(artifacts->files.at[last].path, "manifest.json"));
    for (size_t i = 0; i <= last; i++) {
        const bp_file_out *file = &artifacts->files.at[i];
        assert_true(bp_str_ends(file->text, BP_STR("\n")));
        assert_false(bp_str_ends(file->text, BP_STR("\n\n")));
        assert_int_equal(file->executable, bp_str_is(file->path, "cli/deploy.sh"));
    }
    bp_arena_free(w.arena);
}

static void
the_same_input_gives_the_same_bytes(void **state)
{
    bool good = false;
    world one = seed();
    world two = seed();
    (void)state;
    const bp_artifacts *a = emit(&one, ALL, &good);
    const bp_artifacts *b = emit(&two, ALL, &good);
    assert_int_equal(a->files.count, b->files.count);
    for (size_t i = 0; i < a->files.count; i++) {
        assert_true(bp_str_equal(a->files.at[i].path, b->files.at[i].path));
        assert_true(bp_str_equal(a->files.at[i].text, b->files.at[i].text));
    }
    bp_arena_free(one.arena);
    bp_arena_free(two.arena);
}

static void
another_vault_renames_nothing(void **state)
{
    bool good = false;
    world one = seed();
    world two = seed();
    (void)state;
    const bp_artifacts *a = emit(&one, ALL, &good);
    world_vault(&two, "aaa");
    const bp_artifacts *b = emit(&two, ALL, &good);
    assert_int_equal(b->files.count, a->files.count + 1); /* its template; nobody needs it */
    for (size_t i = 0; i < a->files.count; i++) {
        assert_non_null(file_of(b, bp_str_c(one.arena, a->files.at[i].path)));
    }
    bp_arena_free(one.arena);
    bp_arena_free(two.arena);
}

static void
targets_choose_the_parts(void **state)
{
    bool good = false;
    world w = seed();
    (void)state;
    const bp_artifacts *artifacts = emit(&w, BP_TARGET_POLICIES, &good);
    assert_true(good);
    assert_int_equal(artifacts->files.count, 5);
    assert_non_null(file_of(artifacts, "policies/prodbackuppolicy.json"));
    assert_null(strstr(file_of(artifacts, "manifest.json")->text.at, "\"template\""));
    assert_null(strstr(file_of(artifacts, "manifest.json")->text.at, "\"cli\""));
    artifacts = emit(&w, BP_TARGET_TEMPLATES, &good);
    assert_int_equal(artifacts->files.count, 4);
    assert_null(strstr(file_of(artifacts, "manifest.json")->text.at, "\"content\""));
    bp_arena_free(w.arena);
}

static void
without_an_organization_only_texts_are_made(void **state)
{
    bool good = false;
    world w = seed();
    (void)state;
    w.model->org = NULL;
    const bp_artifacts *artifacts = emit(&w, BP_TARGET_POLICIES | BP_TARGET_TEMPLATES, &good);
    assert_true(good);
    assert_int_equal(artifacts->files.count, 8);
    assert_null(strstr(file_of(artifacts, "manifest.json")->text.at, "\"organization\""));
    emit(&w, ALL, &good);
    assert_false(good);
    bp_arena_free(w.arena);
}

static void
all_of_an_unknown_organization_cannot_be_named(void **state)
{
    bool good = true;
    world w = seed();
    (void)state;
    bp_deployment *deployment = world_deploy(&w, &good);
    bp_artifacts *artifacts = NULL;
    bp_build_order order = {.targets = BP_TARGET_TEMPLATES};
    deployment->organization_id = (bp_str){"", 0};
    assert_true(bp_emit(w.arena, w.diagnostics, deployment, &order, &artifacts));
    deployment->stacks.at[1].copies_in.organization = true;
    assert_false(bp_emit(w.arena, w.diagnostics, deployment, &order, &artifacts));
    assert_int_equal(bp_diagnostics_count(w.diagnostics, BP_ERROR), 1);
    bp_arena_free(w.arena);
}

static size_t
errors_of(world *w, const char *code)
{
    size_t count = 0;
    bp_diagnostics_settle(w->diagnostics);
    for (size_t i = 0; i < bp_diagnostics_total(w->diagnostics); i++) {
        const bp_finding *finding = bp_diagnostics_at(w->diagnostics, i);
        count += strcmp(finding->rule->code, code) == 0;
    }
    return count;
}

static void
active_text_is_refused(void **state)
{
    bool good = true;
    world w = seed();
    (void)state;
    bp_policy *policy = world_policy(&w, "x{{resolve:ssm:a}}");
    policy->description = BP_STR("{{resolve:ssm:b}}");
    *bp_vec_add(w.arena, &policy->tags) =
        (bp_tag){.key = BP_STR("k"), .value = BP_STR("{{resolve:secretsmanager:c}}")};
    world_plan(&w, policy, "Ref", "eu-west-1", "{{resolve:ssm:d}}", NULL);
    emit(&w, ALL, &good);
    assert_false(good);
    /* name, description, tag value, plan name, vault name of the rule */
    assert_true(errors_of(&w, "OPS011") >= 4);
    bp_arena_free(w.arena);
}

static void
text_that_is_only_strange_passes(void **state)
{
    bool good = false;
    world w = seed();
    (void)state;
    bp_policy *policy = world_policy(&w, "it's \"$(reboot)\" ${x} %{y} `z` \\ \xC3\xA9");
    policy->description = BP_STR("{{ resolve }} <>&\x7F");
    world_attach(&w, "ou-ab12-prod0001");
    const bp_artifacts *artifacts = emit(&w, ALL, &good);
    assert_true(good);
    const bp_file_out *name = file_of(artifacts, "cli/policy-it-s-reboot-x-y-z.name");
    assert_non_null(name);
    assert_true(bp_str_is(name->text, "it's \"$(reboot)\" ${x} %{y} `z` \\ \xC3\xA9\n"));
    bp_str plan = file_of(artifacts, "cli/plan.tsv")->text;
    assert_true(bp_str_ends(plan, BP_STR("policy\tpolicy-it-s-reboot-x-y-z\tou-ab12-prod0001\n")));
    bp_arena_free(w.arena);
}

static void
a_tag_that_is_a_function_is_refused_where_it_is_a_key(void **state)
{
    bool good = true;
    world w = seed();
    (void)state;
    bp_tag tag = {.key = BP_STR("Fn::Sub"), .value = BP_STR("x")};
    bp_role *role = world_role(&w, "other", "r-ab12");
    *bp_vec_add(w.arena, &role->tags) = tag;
    emit(&w, ALL, &good);
    assert_true(good);
    bp_vault *vault = world_vault(&w, "other");
    *bp_vec_add(w.arena, &vault->tags) = tag;
    emit(&w, ALL, &good);
    assert_false(good);
    assert_int_equal(errors_of(&w, "OPS011"), 1);
    bp_arena_free(w.arena);
}

static void
a_large_management_template_is_refused_and_the_cli_path_is_not(void **state)
{
    bool good = true;
    world w = seed();
    (void)state;
    for (int i = 0; i < 40; i++) {
        seed_policy(&w, bp_str_format(w.arena, "p%d", i).at, "", "ou-ab12-prod0001");
    }
    emit(&w, ALL, &good);
    assert_false(good);
    assert_int_equal(errors_of(&w, "QTA008"), 1);
    emit(&w, BP_TARGET_POLICIES | BP_TARGET_TEMPLATES | BP_TARGET_CLI, &good);
    assert_true(good);
    bp_template_bucket bucket = {.url = BP_STR("https://b-1.s3.amazonaws.com"),
                                 .bucket = BP_STR("b-1")};
    bp_build_order order = {.targets = ALL, .bucket = &bucket};
    bp_artifacts *artifacts = NULL;
    const bp_deployment *deployment = world_deploy(&w, &good);
    assert_true(bp_emit(w.arena, w.diagnostics, deployment, &order, &artifacts));
    assert_true(artifacts->management_size > 51200);
    bp_arena_free(w.arena);
}

static size_t
warnings_of(world *w, const char *code)
{
    size_t count = 0;
    bp_diagnostics_settle(w->diagnostics);
    for (size_t i = 0; i < bp_diagnostics_total(w->diagnostics); i++) {
        const bp_finding *finding = bp_diagnostics_at(w->diagnostics, i);
        count += strcmp(finding->rule->code, code) == 0 && finding->severity == BP_WARNING;
    }
    return count;
}

/* Policies are added one by one: silent up to 80 % of the limit, a warning up to it, then refused.
 */
static void
a_management_template_near_the_limit_is_told(void **state)
{
    (void)state;
    size_t warned = 0;
    for (int count = 16; count < 40; count += 2) {
        bool good = true;
        world w = seed();
        for (int i = 0; i < count; i++) {
            seed_policy(&w, bp_str_format(w.arena, "p%d", i).at, "", "ou-ab12-prod0001");
        }
        size_t size = emit(&w, ALL, &good)->management_size;
        assert_int_equal(good, size <= 51200);
        assert_int_equal(warnings_of(&w, "QTA008"), size > 40960 && size <= 51200);
        warned += warnings_of(&w, "QTA008");
        bp_arena_free(w.arena);
    }
    assert_true(warned > 1);
}

static void
more_than_500_resources_are_refused(void **state)
{
    bool good = true;
    world w = seed();
    (void)state;
    for (int i = 0; i < 496; i++) {
        world_policy(&w, bp_str_format(w.arena, "p%d", i).at);
    }
    emit(&w, BP_TARGET_CLOUDFORMATION, &good);
    assert_false(good);
    bp_diagnostics_settle(w.diagnostics);
    assert_int_equal(bp_diagnostics_total(w.diagnostics), 1);
    assert_true(
        bp_str_contains(bp_diagnostics_at(w.diagnostics, 0)->message, BP_STR("501 resources")));
    bp_arena_free(w.arena);
}

static void
the_manifest_gives_its_files_back(void **state)
{
    bool good = false;
    world w = seed();
    (void)state;
    const bp_artifacts *artifacts = emit(&w, ALL, &good);
    bp_strings paths = {0};
    assert_true(bp_manifest_files(w.arena, file_of(artifacts, "manifest.json")->text, &paths));
    assert_int_equal(paths.count, artifacts->files.count - 1);
    for (size_t i = 0; i < paths.count; i++) {
        assert_true(bp_str_equal(paths.at[i], artifacts->files.at[i].path));
    }
    bp_arena_free(w.arena);
}

static void
foreign_manifests_and_dirty_paths_are_not_believed(void **state)
{
    static const char *const BAD[] = {
        "",
        "[]",
        "{}",
        "{\"format\":\"backpol/manifest/2\",\"files\":{\"a\":\"b\"}}",
        "{\"format\":\"backpol/manifest/1\"}",
        "{\"format\":\"backpol/manifest/1\",\"files\":[\"a\"]}",
        "{\"format\":\"backpol/manifest/1\",\"files\":{\"a\":1}}",
        "{\"format\":\"backpol/manifest/1\",\"files\":{\"a\":\"b\"}} x",
        "{\"format\":\"backpol/manifest/1\",\"files\":{\"a\":\"b\"}",
    };
    bp_arena *arena = bp_arena_new(NULL);
    bp_strings paths = {0};
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_false(bp_manifest_files(arena, bp_str_of(BAD[i]), &paths));
    }
    assert_true(bp_manifest_files(
        arena,
        BP_STR("{\"format\":\"backpol/manifest/1\",\"files\":{\"../x\":\"\",\"/etc/passwd\":\"\","
               "\"a/./b\":\"\",\"manifest.json\":\"\",\"cli/plan.tsv\":\"\"}}"),
        &paths));
    assert_int_equal(paths.count, 1);
    assert_true(bp_str_is(paths.at[0], "cli/plan.tsv"));
    bp_arena_free(arena);
}

static int
write_expected(void)
{
    bool good = false;
    world w = seed();
    bp_file_error error = {0};
    const bp_artifacts *artifacts = emit(&w, ALL, &good);
    good = good && bp_file_write_set(w.arena, EXPECTED, artifacts->files.at, artifacts->files.count,
                                     NULL, 0, &error);
    fprintf(stderr, "%.*s\n", BP_ARG(error.text));
    bp_arena_free(w.arena);
    return good ? 0 : 1;
}

int
main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seed_is_as_expected),
        cmocka_unit_test(files_stand_in_byte_order_with_the_manifest_last),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(another_vault_renames_nothing),
        cmocka_unit_test(targets_choose_the_parts),
        cmocka_unit_test(without_an_organization_only_texts_are_made),
        cmocka_unit_test(all_of_an_unknown_organization_cannot_be_named),
        cmocka_unit_test(active_text_is_refused),
        cmocka_unit_test(text_that_is_only_strange_passes),
        cmocka_unit_test(a_tag_that_is_a_function_is_refused_where_it_is_a_key),
        cmocka_unit_test(a_large_management_template_is_refused_and_the_cli_path_is_not),
        cmocka_unit_test(a_management_template_near_the_limit_is_told),
        cmocka_unit_test(more_than_500_resources_are_refused),
        cmocka_unit_test(the_manifest_gives_its_files_back),
        cmocka_unit_test(foreign_manifests_and_dirty_paths_are_not_believed),
    };
    if (count == 2 && strcmp(arguments[1], "--write") == 0) {
        return write_expected();
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
