/* Inventories that are right: what they say is present, absent or unknown, and how fast. */
#include "compiler/organization/org_test.h"

#include <time.h>

static void
free_arena(void *arena)
{
    bp_arena_free(arena);
}

static reading
read_file(const char *path)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_str text = file_text(arena, path);
    reading r = read_text(text.at, text.size);
    bp_arena_defer(r.arena, free_arena, arena); /* the organization points into the text */
    if (!r.good || bp_diagnostics_total(r.list) > 0) {
        show(r);
    }
    assert_true(r.good);
    assert_int_equal(bp_diagnostics_total(r.list), 0);
    return r;
}

static int
region(const char *code)
{
    int index = bp_region_index(NULL, bp_str_of(code));
    assert_true(index >= 0);
    return index;
}

static const bp_account *
account(reading r, const char *id)
{
    const bp_account *found = bp_org_account(r.org, bp_str_of(id));
    assert_non_null(found);
    return found;
}

/* Regions of a vault as two masks. */
static void
check_vault(const bp_account *of, const char *name, bp_region_mask present, bp_region_mask absent)
{
    bp_region_mask is = 0;
    bp_region_mask not = 0;
    bp_org_vault_regions(of, bp_str_of(name), &is, &not );
    assert_true(is == present);
    assert_true(not == absent);
}

static void
the_seed_has_three_answers(void **state)
{
    (void)state;
    reading r = read_file("testdata/seed/org.yaml");
    bp_region_mask main = BP_REGION_BIT(region("us-east-1")) | BP_REGION_BIT(region("eu-west-1")) |
                          BP_REGION_BIT(region("ap-northeast-1"));
    const bp_account *prod = account(r, "222233334444");
    check_vault(prod, "prodbackupvault", main, 0);
    check_vault(prod, "Prodbackupvault", 0, main);
    assert_non_null(bp_org_vault_other_case(prod, BP_STR("Prodbackupvault"), main));
    assert_null(bp_org_vault_other_case(prod, BP_STR("prodbackupvault"), main));
    const bp_account *payer = bp_org_management(r.org);
    assert_true(payer->management);
    check_vault(payer, "prodbackupvault", 0, 0);
    assert_int_equal(bp_org_role_answer(prod, BP_STR("/"), BP_STR("crossaccountbackuprole")),
                     BP_PRESENT);
    assert_int_equal(bp_org_role_answer(prod, BP_STR("/"), BP_STR("other")), BP_ABSENT);
    assert_int_equal(bp_org_role_answer(payer, BP_STR("/"), BP_STR("other")), BP_UNKNOWN);
    int virginia = region("us-east-1");
    assert_int_equal(bp_org_opted_in(payer, virginia, BP_STR("DynamoDB")), BP_PRESENT);
    assert_int_equal(bp_org_managed(payer, virginia, BP_STR("DynamoDB")), BP_ABSENT);
    assert_int_equal(bp_org_opted_in(payer, virginia, BP_STR("S3")), BP_UNKNOWN);
    assert_int_equal(bp_org_opted_in(payer, region("us-west-2"), BP_STR("EBS")), BP_UNKNOWN);
    assert_int_equal(bp_org_opted_in(prod, virginia, BP_STR("EBS")), BP_UNKNOWN);
    assert_int_equal(r.org->cross_account_backup, BP_ABSENT);
    assert_int_equal(bp_org_region_enabled(r.org, prod, virginia), BP_PRESENT);
    assert_int_equal(bp_org_region_enabled(r.org, prod, region("eu-south-1")), BP_UNKNOWN);
    assert_true(r.org->captured_known);
    done(r);
}

static void
the_tree_is_ranges(void **state)
{
    (void)state;
    reading r = read_file("testdata/seed/org.yaml");
    assert_int_equal(r.org->ous.count, 5);
    assert_int_equal(r.org->accounts.count, 4);
    const bp_ou *other = bp_org_ou_path(r.org, BP_STR("Non-Prod"));
    const bp_ou *quality = bp_org_ou_path(r.org, BP_STR("Non-Prod/QA"));
    assert_non_null(quality);
    assert_null(bp_org_ou_path(r.org, BP_STR("non-prod/QA")));
    assert_null(bp_org_ou_path(r.org, BP_STR("QA")));
    assert_null(bp_org_ou_path(r.org, BP_STR("")));
    size_t count = 0;
    assert_ptr_equal(bp_org_ou_named(r.org, BP_STR("QA"), &count), quality);
    assert_int_equal(count, 1);
    assert_ptr_equal(bp_org_ou(r.org, BP_STR("ou-ab12-qaqa0001")), quality);
    const bp_ou *root = bp_org_ou(r.org, BP_STR("r-ab12"));
    assert_ptr_equal(root, &r.org->ous.at[0]);
    assert_true(bp_str_is(root->name, "Root"));
    const bp_account *quality_account = account(r, "333344445555");
    assert_true(bp_org_ou_contains(r.org, quality, quality_account));
    assert_true(bp_org_ou_contains(r.org, other, quality_account));
    assert_true(bp_org_ou_contains(r.org, root, quality_account));
    assert_false(bp_org_ou_contains(r.org, quality, account(r, "444455556666")));
    assert_int_equal(other->end_ou - (size_t)(other - r.org->ous.at), 3);
    assert_int_equal(quality->depth, 2);
    bool many = true;
    assert_ptr_equal(bp_org_account_named(r.org, BP_STR("QA Account"), &many), quality_account);
    assert_false(many);
    assert_null(bp_org_account_named(r.org, BP_STR("qa account"), &many));
    done(r);
}

static void
sections_may_stand_in_any_order(void **state)
{
    (void)state;
    reading r = read_file("testdata/inventory/by-hand.yaml");
    bp_region_mask shops = BP_REGION_BIT(region("eu-west-1")) | BP_REGION_BIT(region("eu-south-1"));
    const bp_account *till = account(r, "610000000001");
    check_vault(till, "daily", shops, 0);
    check_vault(till, "weekly", 0, shops);
    assert_int_equal(bp_org_vault_in(till, BP_STR("Weekly"), region("eu-west-1"))->lock_min, 7);
    assert_null(bp_org_vault_in(till, BP_STR("Weekly"), region("eu-south-1")));
    assert_int_equal(bp_org_role_answer(till, BP_STR("/"), BP_STR("none")), BP_UNKNOWN);
    assert_int_equal(bp_org_role_answer(till, BP_STR("/ops/"), BP_STR("audit")), BP_PRESENT);
    assert_non_null(bp_org_role_near(till, BP_STR("/"), BP_STR("audit")));
    assert_non_null(bp_org_role_near(till, BP_STR("/"), BP_STR("Store-Backup")));
    assert_null(bp_org_role_near(till, BP_STR("/"), BP_STR("store-backup")));
    const bp_account *web = account(r, "012345670123");
    check_vault(web, "daily", 0, shops);
    assert_int_equal(bp_org_role_answer(web, BP_STR("/"), BP_STR("audit")), BP_ABSENT);
    const bp_ou *office = bp_org_ou_path(r.org, BP_STR("Back Office"));
    assert_true(office->accounts_known);
    assert_false(bp_org_ou_path(r.org, BP_STR("Back Office/Ledger"))->accounts_known);
    done(r);
}

static void
profiles_give_what_an_account_does_not_say(void **state)
{
    (void)state;
    reading r = read_file("testdata/inventory/larger.yaml");
    const bp_account *shop = account(r, "700000000011");
    const bp_account *data = account(r, "700000000013");
    const bp_account *joined = account(r, "012345670123");
    int stockholm = region("eu-north-1");
    assert_int_equal(bp_org_managed(shop, stockholm, BP_STR("DynamoDB")), BP_PRESENT);
    assert_int_equal(bp_org_managed(data, stockholm, BP_STR("DynamoDB")), BP_UNKNOWN);
    assert_int_equal(bp_org_managed(data, region("eu-west-1"), BP_STR("DynamoDB")), BP_ABSENT);
    assert_int_equal(bp_org_opted_in(shop, stockholm, BP_STR("Timestream")), BP_ABSENT);
    bp_region_mask west =
        BP_REGION_BIT(region("eu-west-1")) | BP_REGION_BIT(region("eu-central-1"));
    check_vault(data, "daily", west, BP_REGION_BIT(stockholm));
    check_vault(data, "weekly", 0, west); /* being created in the third: unknown there */
    assert_null(joined->vaults);
    assert_false(joined->regions_known);
    assert_int_equal(bp_org_region_enabled(r.org, shop, region("eu-south-1")), BP_ABSENT);
    assert_int_equal(bp_org_region_enabled(r.org, account(r, "700000000012"), region("eu-south-1")),
                     BP_PRESENT);
    assert_int_equal(account(r, "700000000014")->state, BP_STATE_SUSPENDED);
    assert_string_equal(bp_account_state_name(BP_STATE_SUSPENDED), "suspended");
    assert_int_equal(shop->resources->rows.count, 3);
    const bp_resource_row *clusters = &shop->resources->rows.at[1];
    assert_int_equal(clusters->types.count, 4);
    assert_true(bp_str_is(clusters->tag_keys.at[1], "tier"));
    assert_true(bp_str_is(clusters->tags.at[1].text, "no"));
    assert_int_equal(clusters->count, 2);
    assert_int_equal(r.org->watched_tags.count, 2);
    const bp_org_vault *sealed =
        bp_org_vault_in(account(r, "700000000002"), BP_STR("sealed"), region("eu-central-1"));
    assert_int_equal(sealed->kind, BP_VAULT_AIR_GAPPED);
    assert_int_equal(sealed->lock, BP_LOCK_COMPLIANCE);
    assert_int_equal(sealed->key, BP_KEY_AWS_OWNED);
    assert_int_equal(sealed->lock_max, 400);
    done(r);
}

static void
the_canonical_form_is_read(void **state)
{
    (void)state;
    reading r = read_file("testdata/inventory/canonical.yaml");
    assert_true(r.org->policies_complete);
    assert_true(r.org->tree_complete);
    assert_int_equal(r.org->accounts.count, 4);
    done(r);
}

/* 50,000 accounts in 500 OUs; every tenth with a vault list of its own. */
static bp_str
generate(bp_arena *arena, size_t accounts)
{
    bp_buf buf = {.arena = arena};
    bp_buf_add_c(&buf, "backpol_inventory: 1\norganization: {id: o-0123456789, partition: aws, "
                       "management_account: \"100000000000\"}\n"
                       "coverage: {tree: complete, regions: [eu-west-1]}\n"
                       "sets:\n  vaults:\n    v: [{name: daily, in: eu-west-1}]\n"
                       "  roles:\n    r: [backup]\n  profiles:\n    p: {vaults: v, roles: r}\n"
                       "root:\n  id: r-0123\n  ous:\n");
    for (size_t i = 0; i < accounts; i++) {
        if (i % 100 == 0) {
            bp_buf_format(&buf, "    - id: ou-0123-%08zu\n      name: U%zu\n      accounts:\n", i,
                          i);
        }
        bp_buf_format(&buf, "        - {id: \"%012zu\", name: \"Account %zu\", profile: p%s}\n",
                      (size_t)100000000000 + i, i,
                      i % 10 == 0 ? ", vaults: [{name: own, in: [eu-west-1]}]" : "");
    }
    return bp_buf_text(&buf);
}

static void
fifty_thousand_accounts_are_read_quickly(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_str text = generate(arena, 50000);
    clock_t start = clock();
    reading r = read_text(text.at, text.size);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    assert_true(r.good);
    assert_int_equal(bp_diagnostics_total(r.list), 0);
    assert_int_equal(r.org->accounts.count, 50000);
    check_vault(account(r, "100000049990"), "own", BP_REGION_BIT(region("eu-west-1")), 0);
    check_vault(account(r, "100000049999"), "daily", BP_REGION_BIT(region("eu-west-1")), 0);
    print_message("%zu bytes in %.2f s, %zu bytes of memory\n", text.size, seconds,
                  bp_arena_size(r.arena));
    assert_true(seconds < 10); /* generous: a sanitizer may watch */
    done(r);
    bp_arena_free(arena);
}

static void
accounts_over_the_cap_are_refused(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_str text = generate(arena, 100001);
    reading r = read_text(text.at, text.size);
    assert_false(r.good);
    assert_int_equal(bp_diagnostics_total(r.list), 1);
    assert_string_equal(bp_diagnostics_at(r.list, 0)->rule->code, "SYN015");
    done(r);
    bp_arena_free(arena);
}

/* Cut anywhere, a file ends in an error or in an organization, and never in a crash. */
static void
every_prefix_is_answered(void **state)
{
    (void)state;
    static const char *const paths[] = {"testdata/seed/org.yaml", "testdata/inventory/by-hand.yaml",
                                        "testdata/inventory/larger.yaml"};
    for (size_t i = 0; i < 3; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_str text = file_text(arena, paths[i]);
        for (size_t size = 0; size < text.size; size++) {
            reading r = read_text(text.at, size);
            assert_true(r.good || bp_diagnostics_has(r.list, BP_ERROR));
            for (size_t at = 0; at < bp_diagnostics_total(r.list); at++) {
                assert_true(bp_diagnostics_at(r.list, at)->span.end <= size);
            }
            done(r);
        }
        bp_arena_free(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seed_has_three_answers),
        cmocka_unit_test(the_tree_is_ranges),
        cmocka_unit_test(sections_may_stand_in_any_order),
        cmocka_unit_test(profiles_give_what_an_account_does_not_say),
        cmocka_unit_test(the_canonical_form_is_read),
        cmocka_unit_test(fifty_thousand_accounts_are_read_quickly),
        cmocka_unit_test(accounts_over_the_cap_are_refused),
        cmocka_unit_test(every_prefix_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
