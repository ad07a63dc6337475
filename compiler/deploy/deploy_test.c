/* Where stack sets go: covering from the top, single accounts, chunks, the management account,
 * written places, collisions. */
#include "compiler/deploy/world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define HAS(text, part) assert_non_null(strstr((text), (part)))
#define LACKS(text, part) assert_null(strstr((text), (part)))

/* root { management, A { a1, B { b1, C { c1 } } }, D { d1 } } */
static world
nested(void)
{
    world w = world_new("o-test000001", "r-test", "100000000000", "eu-west-1");
    world_account(&w, 0, "100000000000");
    uint32_t a = world_ou(&w, 0, "ou-test-aaaaaaaa", "A");
    world_account(&w, a, "200000000001");
    uint32_t b = world_ou(&w, a, "ou-test-bbbbbbbb", "B");
    world_account(&w, b, "200000000002");
    uint32_t c = world_ou(&w, b, "ou-test-cccccccc", "C");
    world_account(&w, c, "200000000003");
    uint32_t d = world_ou(&w, 0, "ou-test-dddddddd", "D");
    world_account(&w, d, "200000000004");
    world_finish(&w);
    return w;
}

static void
an_ou_covers_its_children(void **state)
{
    world w = nested();
    (void)state;
    world_vault(&w, "main");
    bp_policy *upper = world_policy(&w, "upper");
    world_plan(&w, upper, "p", "us-east-1 eu-west-1", "main", NULL);
    world_attach(&w, "ou-test-aaaaaaaa");
    bp_policy *lower = world_policy(&w, "lower");
    world_plan(&w, lower, "q", "eu-west-1 eu-central-1", "main", NULL);
    world_attach(&w, "ou-test-cccccccc");
    const char *text = world_dump(&w);
    HAS(text, "  group ous=ou-test-cccccccc regions=eu-central-1\n"
              "  group ous=ou-test-aaaaaaaa regions=eu-west-1,us-east-1\n");
    LACKS(text, "management account regions");
    HAS(text, "policy \"upper\" as upper, ");
    HAS(text, " characters, 3 accounts\n  attached targets=ou-test-aaaaaaaa\n");
    bp_arena_free(w.arena);
}

static void
single_accounts_come_last_with_the_highest_parents(void **state)
{
    world w = nested();
    (void)state;
    world_vault(&w, "main");
    bp_policy *policy = world_policy(&w, "p");
    world_plan(&w, policy, "p", "eu-west-1", "main", NULL);
    world_attach(&w, "200000000003");
    world_attach(&w, "200000000001");
    world_attach(&w, "ou-test-dddddddd");
    world_attach(&w, "200000000004");
    const char *text = world_dump(&w);
    HAS(text, "  group ous=ou-test-dddddddd regions=eu-west-1\n"
              "  group ous=ou-test-aaaaaaaa accounts=200000000001,200000000003 "
              "regions=eu-west-1\n");
    HAS(text, "attached targets=200000000003,200000000001,ou-test-dddddddd,200000000004\n");
    bp_arena_free(w.arena);
}

static void
copies_bring_the_need_to_the_right_account(void **state)
{
    world w = nested();
    (void)state;
    world_vault(&w, "central");
    world_vault(&w, "local");
    bp_policy *policy = world_policy(&w, "p");
    bp_node *rule = world_plan(&w, policy, "p", "eu-west-1", "local",
                               "arn:aws:backup:eu-central-1:200000000004:backup-vault:central");
    bp_node *copy = world_node(&w, rule->last, BP_NODE_COPY, "own");
    world_leaf(&w, copy, "target_backup_vault_arn",
               "arn:aws:backup:us-east-1:$account:backup-vault:local");
    world_attach(&w, "ou-test-bbbbbbbb");
    const char *text = world_dump(&w);
    HAS(text, "vault \"central\" as backpol-vault-central\n"
              "  group ous=ou-test-dddddddd accounts=200000000004 regions=eu-central-1\n"
              "vault \"local\" as backpol-vault-local\n"
              "  group ous=ou-test-bbbbbbbb regions=eu-west-1,us-east-1\n"
              "  copies out accounts=200000000004\n");
    HAS(text, "copies to other accounts\n");
    bp_arena_free(w.arena);
}

static void
a_policy_without_targets_needs_nothing(void **state)
{
    world w = nested();
    (void)state;
    world_vault(&w, "main");
    bp_policy *policy = world_policy(&w, "p");
    world_plan(&w, policy, "p", "eu-west-1", "main",
               "arn:aws:backup:us-east-1:200000000004:backup-vault:main");
    const char *text = world_dump(&w);
    LACKS(text, "group");
    LACKS(text, "copies");
    bp_arena_free(w.arena);
}

static void
the_management_account_gets_plain_stacks(void **state)
{
    world w = nested();
    (void)state;
    world_role(&w, "backup", "r-test");
    world_vault(&w, "main");
    world_vault(&w, "other");
    bp_policy *policy = world_policy(&w, "p");
    world_plan(&w, policy, "p", "us-east-1 eu-west-1", "main", NULL);
    world_attach(&w, "r-test");
    const char *text = world_dump(&w);
    HAS(text, "role \"backup\" as backpol-role-backup\n"
              "  group ous=r-test regions=eu-west-1\n"
              "  management account regions=eu-west-1\n"
              "vault \"main\" as backpol-vault-main\n"
              "  group ous=r-test regions=eu-west-1,us-east-1\n"
              "  management account regions=eu-west-1,us-east-1\n"
              "vault \"other\" as backpol-vault-other\n"
              "policy");
    bp_arena_free(w.arena);
}

static void
the_management_account_is_no_instance(void **state)
{
    world w = nested();
    (void)state;
    world_vault(&w, "main");
    bp_policy *policy = world_policy(&w, "p");
    world_plan(&w, policy, "p", "eu-west-1", "main", NULL);
    world_attach(&w, "100000000000");
    const char *text = world_dump(&w);
    LACKS(text, "group");
    HAS(text, "management account regions=eu-west-1\n");
    bp_arena_free(w.arena);
}

static void
written_places_win(void **state)
{
    world w = nested();
    (void)state;
    bp_vault *both = world_vault(&w, "both");
    bp_vault *targets = world_vault(&w, "targets");
    bp_vault *regions = world_vault(&w, "regions");
    both->deploy_to_written = both->regions_written = true;
    targets->deploy_to_written = true;
    regions->regions_written = true;
    bp_region_mask tokyo = BP_REGION_BIT(bp_region_index(NULL, BP_STR("ap-northeast-1")));
    w.model->vaults.at[0].regions = tokyo;
    *bp_vec_add(w.arena, &w.model->vaults.at[0].targets) = world_target(&w, "ou-test-cccccccc");
    *bp_vec_add(w.arena, &w.model->vaults.at[0].targets) = world_target(&w, "ou-test-bbbbbbbb");
    *bp_vec_add(w.arena, &w.model->vaults.at[1].targets) = world_target(&w, "ou-test-aaaaaaaa");
    *bp_vec_add(w.arena, &w.model->vaults.at[1].targets) = world_target(&w, "ou-test-dddddddd");
    w.model->vaults.at[2].regions = tokyo;
    static const char *const NAMES[] = {"both", "targets", "regions"};
    for (size_t i = 0; i < 3; i++) {
        bp_policy *policy = world_policy(&w, NAMES[i]);
        world_plan(&w, policy, NAMES[i], "eu-west-1", NAMES[i], NULL);
        world_attach(&w, "ou-test-bbbbbbbb");
    }
    const char *text = world_dump(&w);
    HAS(text, "vault \"both\" as backpol-vault-both\n"
              "  group ous=ou-test-bbbbbbbb regions=ap-northeast-1\n"
              "  beyond need 2 of 2 first=200000000002 in ap-northeast-1,200000000003 in "
              "ap-northeast-1\n"
              "vault \"regions\" as backpol-vault-regions\n"
              "  group ous=ou-test-bbbbbbbb regions=ap-northeast-1\n"
              "  beyond need 2 of 2 first=200000000002 in ap-northeast-1,200000000003 in "
              "ap-northeast-1\n"
              "vault \"targets\" as backpol-vault-targets\n"
              "  group ous=ou-test-aaaaaaaa regions=eu-west-1\n"
              "  beyond need 1 of 3 first=200000000001 in eu-west-1\n"
              "policy");
    bp_arena_free(w.arena);
}

/* `count` OUs below the root, each with one account, all targets of one policy. */
static world
wide(size_t count, bool by_account)
{
    world w = world_new("o-test000001", "r-test", "100000000000", "eu-west-1");
    for (size_t i = 0; i < count; i++) {
        bp_str id = bp_str_format(w.arena, "ou-test-%08zu", count - i);
        bp_str account = bp_str_format(w.arena, "2%011zu", i);
        uint32_t ou = world_ou(&w, 0, id.at, id.at);
        world_account(&w, ou, account.at);
    }
    world_finish(&w);
    world_vault(&w, "main");
    bp_policy *policy = world_policy(&w, "p");
    world_plan(&w, policy, "p", "eu-west-1", "main", NULL);
    for (size_t i = 0; i < count; i++) {
        world_attach(&w, by_account ? w.org->accounts.at[i].id.at : w.org->ous.at[i + 1].id.at);
    }
    return w;
}

static void
more_than_50_ous_are_cut(void **state)
{
    (void)state;
    for (size_t count = 50; count <= 51; count++) {
        for (int by_account = 0; by_account < 2; by_account++) {
            bool good = false;
            world w = wide(count, by_account != 0);
            const bp_deployment *deployment = world_deploy(&w, &good);
            const bp_instance_groups *groups = &deployment->stacks.at[0].groups;
            assert_true(good);
            assert_int_equal(groups->count, count == 50 ? 1 : 2);
            assert_int_equal(groups->at[0].ous.count, 50);
            assert_string_equal(groups->at[0].ous.at[0].at, "ou-test-00000001");
            assert_int_equal(groups->at[0].accounts.count, by_account ? 50 : 0);
            if (count == 51) {
                assert_int_equal(groups->at[1].ous.count, 1);
                assert_string_equal(groups->at[1].ous.at[0].at, "ou-test-00000051");
                assert_int_equal(groups->at[1].accounts.count, by_account ? 1 : 0);
            }
            bp_arena_free(w.arena);
        }
    }
}

static void
slugs_that_collide_are_refused_with_both_places(void **state)
{
    world w = nested();
    bool good = true;
    (void)state;
    const bp_source *source = bp_sources_add(w.sources, BP_STR("x.bpol"), BP_STR("one two"));
    world_vault(&w, "prod_vault")->span = bp_span_of(source, 0, 3);
    world_vault(&w, "Prod-Vault")->span = bp_span_of(source, 4, 7);
    world_role(&w, "prod-vault", "r-test"); /* another kind: no collision */
    world_deploy(&w, &good);
    assert_false(good);
    bp_diagnostics_settle(w.diagnostics);
    assert_int_equal(bp_diagnostics_total(w.diagnostics), 1);
    const bp_finding *finding = bp_diagnostics_at(w.diagnostics, 0);
    assert_string_equal(finding->rule->code, "OPS010");
    assert_int_equal(finding->span.start, 4);
    assert_int_equal(finding->labels.count, 1);
    assert_int_equal(finding->labels.at[0].span.start, 0);
    bp_arena_free(w.arena);
}

static void
texts_that_organizations_refuses_are_named(void **state)
{
    char long_text[600];
    world w = nested();
    bool good = true;
    (void)state;
    memset(long_text, 'x', sizeof long_text);
    world_policy(&w, "fits")->description = (bp_str){long_text, 512};
    world_deploy(&w, &good);
    assert_true(good);
    world_policy(&w, "long")->description = (bp_str){long_text, 513};
    world_policy(&w, "name")->name = (bp_str){long_text, 129};
    world_deploy(&w, &good);
    assert_false(good);
    assert_int_equal(bp_diagnostics_count(w.diagnostics, BP_ERROR), 2);
    bp_arena_free(w.arena);
}

static void
without_an_inventory_every_target_is_unresolved(void **state)
{
    world w = nested();
    bool good = false;
    (void)state;
    w.model->org = NULL;
    world_vault(&w, "main");
    bp_policy *policy = world_policy(&w, "p");
    world_plan(&w, policy, "p", "eu-west-1", "main",
               "arn:aws:backup:us-east-1:200000000004:backup-vault:other");
    *bp_vec_add(w.arena, &policy->attach) =
        (bp_target_ref){.kind = BP_TARGET_OU, .text = BP_STR("Prod")};
    *bp_vec_add(w.arena, &policy->attach) =
        (bp_target_ref){.kind = BP_TARGET_OU, .text = BP_STR("Prod")};
    bp_deployment *deployment = world_deploy(&w, &good);
    assert_true(good);
    assert_false(deployment->resolved);
    assert_int_equal(deployment->unresolved.count, 1);
    assert_true(bp_str_is(deployment->unresolved.at[0], "ou(\"Prod\")"));
    assert_int_equal(deployment->stacks.at[0].copies_out.count, 1);
    bp_arena_free(w.arena);
}

static void
who_may_copy_is_said_in_the_words_of_templates(void **state)
{
    world w = nested();
    (void)state;
    world_vault(&w, "main");
    bp_bound_targets *sources = &w.model->vaults.at[0].copy_sources;
    *bp_vec_add(w.arena, sources) = world_target(&w, "organization");
    *bp_vec_add(w.arena, sources) = world_target(&w, "ou-test-cccccccc");
    *bp_vec_add(w.arena, sources) = world_target(&w, "200000000004");
    *bp_vec_add(w.arena, sources) = world_target(&w, "200000000004");
    HAS(world_dump(&w), "copies in organization "
                        "ous=o-test000001/r-test/ou-test-aaaaaaaa/ou-test-bbbbbbbb/"
                        "ou-test-cccccccc/* accounts=200000000004\n");
    bp_arena_free(w.arena);
}

static void
a_role_is_made_in_the_home_region_alone(void **state)
{
    static const struct {
        const char *regions;
        size_t findings;
    } cases[] = {{"", 0}, {"eu-west-1", 0}, {"us-east-1", 1}, {"eu-west-1 us-east-1", 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world w = nested();
        bool good = true;
        bp_role *role = world_role(&w, "backup", "r-test");
        bp_str left = bp_str_of(cases[i].regions);
        while (left.size > 0) {
            size_t end = bp_str_find(left, ' ');
            *bp_vec_add(w.arena, &role->regions) = bp_str_cut(left, 0, end);
            left = bp_str_cut(left, end + 1, left.size);
        }
        world_deploy(&w, &good);
        assert_int_equal(bp_diagnostics_total(w.diagnostics), cases[i].findings);
        assert_int_equal(good, cases[i].findings == 0);
        if (cases[i].findings > 0) {
            assert_string_equal(bp_diagnostics_at(w.diagnostics, 0)->rule->code, "STK011");
        }
        bp_arena_free(w.arena);
    }
}

static void
what_iam_refuses_of_a_role_is_told(void **state)
{
    static const struct {
        const char *boundary;
        const char *key;
        const char *value;
        const char *account; /* the only target, if any */
        size_t findings;
    } cases[] = {
        {"", "a b", "x_.:/=+-@ \xC3\xA4", "", 0},
        {"", "it's", "x", "", 1},
        {"", "a", "${x}", "", 1},
        {"arn:aws:iam::$account:policy/a/b", "a", "", "", 0},
        {"arn:aws:iam::aws:policy/PowerUserAccess", "a", "", "", 0},
        {"arn:aws:iam::200000000001:policy/b", "a", "", "", 1},
        {"arn:aws:iam::200000000001:policy/b", "a", "", "200000000001", 0},
        {"arn:aws:iam::200000000001:policy/b", "a", "", "200000000002", 1},
        {"arn:aws-cn:iam::$account:policy/b", "a", "", "", 1},
        {"arn:aws:iam::$account:role/b", "a", "", "", 1},
        {"arn:aws:iam::$account:policy/", "a", "", "", 1},
        {"arn:aws:iam::$account:policy/a b", "a", "", "", 1},
        {"arn:aws:iam::$region:policy/a", "a", "", "", 1},
        {"arn:aws:s3:::x", "a", "", "", 1},
        {"arn:", "a", "", "", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world w = nested();
        bool good = true;
        bool alone = cases[i].account[0] != '\0';
        bp_role *role = world_role(&w, "backup", alone ? cases[i].account : "r-test");
        role->permissions_boundary = bp_str_of(cases[i].boundary);
        *bp_vec_add(w.arena, &role->tags) =
            (bp_tag){.key = bp_str_of(cases[i].key), .value = bp_str_of(cases[i].value)};
        if (alone) {
            *bp_vec_add(w.arena, &role->deploy_to) =
                (bp_target_ref){.kind = BP_TARGET_ACCOUNT, .text = BP_STR("its name")};
        }
        world_deploy(&w, &good);
        assert_int_equal(bp_diagnostics_total(w.diagnostics), cases[i].findings);
        assert_int_equal(good, cases[i].findings == 0);
        if (cases[i].findings > 0) {
            assert_string_equal(bp_diagnostics_at(w.diagnostics, 0)->rule->code, "OPS010");
        }
        bp_arena_free(w.arena);
    }
}

/* A lower policy takes a Region away that the OU above brought: what stays there is told. */
static void
what_nobody_needs_is_counted(void **state)
{
    world w = nested();
    (void)state;
    world_vault(&w, "main");
    bp_policy *upper = world_policy(&w, "upper");
    world_plan(&w, upper, "p", "us-east-1 eu-west-1", "main", NULL);
    world_attach(&w, "ou-test-aaaaaaaa");
    LACKS(world_dump(&w), "beyond need");
    bp_policy *lower = world_policy(&w, "lower");
    bp_node *plan = world_node(&w, lower->document->first, BP_NODE_PLAN, "p");
    bp_node *regions = world_node(&w, plan, BP_NODE_LEAF, "regions");
    world_list(&w, plan, "scratch", "us-east-1");
    regions->remove = plan->last->assign;
    plan->last = regions;
    regions->next = NULL;
    world_attach(&w, "ou-test-bbbbbbbb");
    HAS(world_dump(&w), "  group ous=ou-test-aaaaaaaa regions=eu-west-1,us-east-1\n"
                        "  beyond need 2 of 6 first=200000000002 in us-east-1,200000000003 in "
                        "us-east-1\n");
    bp_arena_free(w.arena);
}

static void
written_places_may_be_wider_than_the_need(void **state)
{
    world w = nested();
    (void)state;
    bp_vault *vault = world_vault(&w, "main");
    vault->deploy_to_written = true;
    *bp_vec_add(w.arena, &w.model->vaults.at[0].targets) = world_target(&w, "r-test");
    bp_policy *policy = world_policy(&w, "p");
    world_plan(&w, policy, "p", "eu-west-1", "main",
               "arn:aws:backup:eu-west-1:200000000004:backup-vault:main");
    world_attach(&w, "ou-test-aaaaaaaa");
    /* The destination of the copy needs it too; the management account is no instance. */
    LACKS(world_dump(&w), "beyond need");
    w.model->policies.at[0].targets.count = 0;
    w.model->policies.at[0].reach.count = 0;
    world_attach(&w, "ou-test-cccccccc");
    HAS(world_dump(&w), "  group ous=r-test regions=eu-west-1\n"
                        "  beyond need 2 of 4 first=200000000001 in eu-west-1,200000000002 in "
                        "eu-west-1\n");
    bp_arena_free(w.arena);
}

/* Accounts alone under several OUs, one of which an OU target covers already. */
static void
accounts_under_several_ous_share_a_filter(void **state)
{
    world w = nested();
    (void)state;
    world_vault(&w, "main");
    bp_policy *single = world_policy(&w, "single");
    world_plan(&w, single, "p", "eu-west-1 us-east-1", "main", NULL);
    world_attach(&w, "200000000001");
    world_attach(&w, "200000000004");
    world_attach(&w, "200000000003");
    bp_policy *whole = world_policy(&w, "whole");
    world_plan(&w, whole, "q", "us-east-1", "main", NULL);
    world_attach(&w, "ou-test-dddddddd");
    const char *text = world_dump(&w);
    HAS(text, "  group ous=ou-test-dddddddd regions=us-east-1\n"
              "  group ous=ou-test-dddddddd accounts=200000000004 regions=eu-west-1\n"
              "  group ous=ou-test-aaaaaaaa accounts=200000000001,200000000003 "
              "regions=eu-west-1,us-east-1\n");
    LACKS(text, "beyond need");
    bp_arena_free(w.arena);
}

static void
air_gapped_vaults_stay_where_there_are_any(void **state)
{
    world w = nested();
    (void)state;
    world_vault(&w, "main");
    world_vault(&w, "gap")->air_gapped = true;
    bp_policy *policy = world_policy(&w, "p");
    bp_node *rule = world_plan(&w, policy, "p", "ca-west-1 eu-west-1", "main", NULL);
    world_leaf(&w, rule, "target_logically_air_gapped_backup_vault_arn",
               "arn:aws:backup:$region:$account:backup-vault:gap");
    world_attach(&w, "r-test");
    HAS(world_dump(&w), "vault \"gap\" as backpol-vault-gap\n"
                        "  group ous=r-test regions=eu-west-1\n"
                        "  management account regions=eu-west-1\n"
                        "vault \"main\" as backpol-vault-main\n"
                        "  group ous=r-test regions=ca-west-1,eu-west-1\n");
    bp_arena_free(w.arena);
}

/* A plan with one selection that names the role; gives the selection. */
static bp_node *
selection_with(world *w, const char *types, const char *role)
{
    bp_policy *policy = world_policy(w, "p");
    world_plan(w, policy, "p", "eu-west-1", "main", NULL);
    bp_node *plan = policy->document->first->first;
    bp_node *forms = world_node(w, plan, BP_NODE_CONTAINER, "selections");
    bp_node *form = world_node(w, forms, BP_NODE_CONTAINER, "resources");
    bp_node *selection = world_node(w, form, BP_NODE_SELECTION, "s");
    bp_reference *reference = BP_NEW(w->arena, bp_reference);
    *reference = (bp_reference){.kind = BP_REF_ROLE, .path = BP_STR("/"), .name = bp_str_of(role)};
    world_leaf(w, selection, "iam_role_arn", "arn:aws:iam::$account:role/x");
    selection->last->assign->reference = reference;
    world_list(w, selection, "resource_types", types);
    world_attach(w, "ou-test-aaaaaaaa");
    return selection;
}

static void
a_role_gets_the_pair_for_s3_when_plans_reach_it(void **state)
{
    enum { PLAIN = BP_PERMIT_BACKUP | BP_PERMIT_RESTORE };
    enum { WITH_S3 = PLAIN | BP_PERMIT_S3_BACKUP | BP_PERMIT_S3_RESTORE };
    static const struct {
        const char *types;
        const char *excluded;
        const char *role;
        bool written;
        unsigned permits;
    } cases[] = {
        {"arn:aws:s3:::*", "", "backup", false, WITH_S3},
        {"*", "", "backup", false, WITH_S3},
        {"*", "arn:aws:s3:::*", "backup", false, PLAIN},
        {"arn:aws:ec2:*:*:volume/*", "", "backup", false, PLAIN},
        {"arn:aws:s3:::*", "", "other", false, PLAIN},
        {"arn:aws:s3:::*", "", "backup", true, PLAIN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world w = nested();
        bool good = false;
        world_role(&w, "backup", "r-test")->permits_written = cases[i].written;
        bp_node *selection = selection_with(&w, cases[i].types, cases[i].role);
        if (cases[i].excluded[0] != '\0') {
            world_list(&w, selection, "not_resource_types", cases[i].excluded);
        }
        assert_int_equal(world_deploy(&w, &good)->stacks.at[0].permits, cases[i].permits);
        bp_arena_free(w.arena);
    }
}

/* Makes a plan name a role as its scanner. */
static void
scan_with(world *w, bp_node *selection, const char *role)
{
    bp_node *plan = selection->parent->parent->parent;
    bp_node *settings = world_node(w, plan, BP_NODE_CONTAINER, "scan_settings");
    bp_node *scanner = world_node(w, settings, BP_NODE_CONTAINER, "GUARDDUTY");
    bp_reference *reference = BP_NEW(w->arena, bp_reference);
    *reference = (bp_reference){.kind = BP_REF_ROLE, .path = BP_STR("/"), .name = bp_str_of(role)};
    world_leaf(w, scanner, "scanner_role_arn", "arn:aws:iam::$account:role/x");
    scanner->last->assign->reference = reference;
}

static void
scans_and_searches_bring_their_permits(void **state)
{
    enum { PLAIN = BP_PERMIT_BACKUP | BP_PERMIT_RESTORE };
    static const struct {
        const char *selected; /* role of the selection */
        const char *scanner;
        const char *setting; /* of the rule; NULL: none */
        bool written;
        unsigned permits; /* of role "backup" */
    } cases[] = {
        {"backup", "other", NULL, false, PLAIN},
        {"other", "backup", NULL, false, BP_PERMIT_SCANNER},
        {"other", "backup", NULL, true, PLAIN | BP_PERMIT_SCANNER},
        {"backup", "backup", NULL, false, PLAIN | BP_PERMIT_SCANNER},
        {"backup", "other", "index_actions", false, PLAIN | BP_PERMIT_INDEX},
        {"backup", "other", "scan_actions", true, PLAIN | BP_PERMIT_SCANS},
        {"other", "backup", "scan_actions", false, BP_PERMIT_SCANNER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world w = nested();
        bool good = false;
        world_role(&w, "backup", "r-test")->permits_written = cases[i].written;
        bp_node *selection = selection_with(&w, "arn:aws:ec2:*:*:volume/*", cases[i].selected);
        scan_with(&w, selection, cases[i].scanner);
        bp_node *plan = selection->parent->parent->parent;
        bp_node *rule = bp_node_child(plan, "rules")->first;
        if (cases[i].setting != NULL) {
            bp_node *actions = world_node(&w, rule, BP_NODE_CONTAINER, cases[i].setting);
            world_list(&w, actions, "resource_types", "EBS");
        }
        assert_int_equal(world_deploy(&w, &good)->stacks.at[0].permits, cases[i].permits);
        bp_arena_free(w.arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ou_covers_its_children),
        cmocka_unit_test(single_accounts_come_last_with_the_highest_parents),
        cmocka_unit_test(copies_bring_the_need_to_the_right_account),
        cmocka_unit_test(a_policy_without_targets_needs_nothing),
        cmocka_unit_test(the_management_account_gets_plain_stacks),
        cmocka_unit_test(the_management_account_is_no_instance),
        cmocka_unit_test(written_places_win),
        cmocka_unit_test(more_than_50_ous_are_cut),
        cmocka_unit_test(what_nobody_needs_is_counted),
        cmocka_unit_test(written_places_may_be_wider_than_the_need),
        cmocka_unit_test(accounts_under_several_ous_share_a_filter),
        cmocka_unit_test(air_gapped_vaults_stay_where_there_are_any),
        cmocka_unit_test(a_role_gets_the_pair_for_s3_when_plans_reach_it),
        cmocka_unit_test(scans_and_searches_bring_their_permits),
        cmocka_unit_test(a_role_is_made_in_the_home_region_alone),
        cmocka_unit_test(what_iam_refuses_of_a_role_is_told),
        cmocka_unit_test(slugs_that_collide_are_refused_with_both_places),
        cmocka_unit_test(texts_that_organizations_refuses_are_named),
        cmocka_unit_test(without_an_inventory_every_target_is_unresolved),
        cmocka_unit_test(who_may_copy_is_said_in_the_words_of_templates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
