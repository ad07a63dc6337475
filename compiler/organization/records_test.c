/* What an inventory says stands in the records, field by field. */
#include "compiler/organization/org_test.h"

static reading
read_good(const char *text)
{
    reading r = read_text(text, strlen(text));
    for (size_t i = 0; i < bp_diagnostics_total(r.list); i++) {
        if (bp_diagnostics_at(r.list, i)->severity != BP_INFO) {
            show(r);
            fail();
        }
    }
    assert_true(r.good);
    return r;
}

static const char everything[] =
    "backpol_inventory: 1\n"
    "organization: {id: o-a1b2c3d4e5, partition: aws, management_account: \"100000000001\","
    " features: consolidated-billing}\n"
    "settings: {backup_policy_type: pending-enable, trusted_access: [backup.amazonaws.com],"
    " delegated_administrators: [\"100000000002\"], stack_set_administrators: none}\n"
    "coverage: {tree: complete, policies: complete, stack_sets: partial, regions: [eu-west-1]}\n"
    "sets:\n"
    "  tags:\n"
    "    pci: {data-class: pci, owner: pay}\n"
    "  profiles:\n"
    "    p: {tags: pci}\n"
    "root:\n"
    "  id: r-x9k2\n"
    "  tags: {unit: all}\n"
    "  accounts:\n"
    "    - id: \"100000000001\"\n"
    "      profile: p\n"
    "      vaults:\n"
    "        - {name: sealed, in: eu-west-1, kind: air-gapped, key: aws-owned,"
    " lock: {mode: compliance, min: 7, max: 400}, copy_from: [ou-x9k2-workload1, "
    "\"100000000013\"]}\n"
    "        - {name: open, in: eu-west-1, copy_from: organization, state: creating}\n"
    "        - {name: shut, in: eu-west-1, copy_from: none}\n"
    "        - {name: odd, in: eu-west-1, copy_from: other}\n"
    "        - {name: plain, in: eu-west-1}\n"
    "      roles:\n"
    "        - {name: a, policies: [arn:aws-cn:iam::aws:policy/service-role/X, service-role/Y,"
    " \"arn:aws:iam::100000000001:policy/own\"]}\n"
    "        - {name: b, policies: []}\n"
    "        - c\n"
    "    - {id: \"100000000002\", profile: p, tags: unknown}\n"
    "  ous:\n"
    "    - {id: ou-x9k2-workload1, name: W, tags: none, accounts: []}\n"
    "policies:\n"
    "  - {id: p-4k2m9x8q1z, name: Prod, content: {file: deployed/a.json, chars: 3412, sha256:"
    " \"7b0d2a4f6c8e1a3b5d7f9c2e4a6b8d0f1c3e5a7b9d2f4a6c8e0b1d3f5a7c9e2b\"}, tags: {x: y}}\n"
    "  - {id: p-4k2m9x8q1y, name: Bare}\n"
    "attachments:\n"
    "  - {to: ou-x9k2-workload1, policies: [p-4k2m9x8q1z, p-4k2m9x8q1y], order: attached}\n"
    "  - {to: r-x9k2, policies: [p-4k2m9x8q1z]}\n"
    "stack_sets:\n"
    "  - {name: s, permission: self-managed, call_as: delegated-admin, auto_deploy: true,"
    " retain: false, targets: [r-x9k2], regions: [eu-west-1, us-east-1], parameters: {P: v},"
    " makes: {vaults: [v1, v2], roles: [r1]}, instances: {not_current: [{account: "
    "\"100000000002\", in: eu-west-1, status: OUTDATED, detail: FAILED}], without: [], extra: "
    "[{account: \"100000000001\", in: us-east-1}]}}\n"
    "  - {name: t, makes: unknown, instances: current}\n"
    "  - {name: u}\n";

static void
settings_and_tags(void **state)
{
    (void)state;
    reading r = read_good(everything);
    const bp_organization *org = r.org;
    assert_int_equal(org->features, BP_FEATURES_BILLING);
    assert_int_equal(org->policy_type, BP_POLICY_TYPE_PENDING_ENABLE);
    assert_true(org->trusted_known && org->trusted.count == 1);
    assert_true(bp_str_is(org->trusted.at[0], "backup.amazonaws.com"));
    assert_true(org->administrators_known && org->administrators.count == 1);
    assert_true(org->set_administrators_known && org->set_administrators.count == 0);
    assert_true(org->tree_complete && org->policies_complete && !org->stack_sets_complete);
    assert_true(org->stack_sets_partial && !org->policies_partial);
    assert_true(org->regions_known);
    assert_true(org->regions == BP_REGION_BIT(bp_region_index(NULL, BP_STR("eu-west-1"))));
    const bp_account *payer = &org->accounts.at[0];
    assert_non_null(payer->tags);
    assert_true(bp_str_is(payer->tags->name, "pci"));
    assert_int_equal(payer->tags->tags.count, 2);
    assert_true(bp_str_is(payer->tags->tags.at[1].key, "owner"));
    assert_true(bp_str_is(payer->tags->tags.at[1].value, "pay"));
    assert_null(org->accounts.at[1].tags);
    assert_int_equal(org->ous.at[0].tags->tags.count, 1);
    assert_int_equal(org->ous.at[1].tags->tags.count, 0);
    assert_int_equal(org->named.count, 2);
    done(r);
}

static void
vaults_and_roles(void **state)
{
    (void)state;
    reading r = read_good(everything);
    const bp_account *payer = &r.org->accounts.at[0];
    const bp_org_vault *vaults = payer->vaults->vaults.at;
    assert_int_equal(vaults[0].copy_from, BP_COPY_FROM_LISTED);
    assert_int_equal(vaults[0].copy_from_ids.count, 2);
    assert_true(bp_str_is(vaults[0].copy_from_ids.at[1], "100000000013"));
    assert_int_equal(vaults[1].copy_from, BP_COPY_FROM_ORGANIZATION);
    assert_true(vaults[1].creating);
    assert_int_equal(vaults[2].copy_from, BP_COPY_FROM_NONE);
    assert_int_equal(vaults[3].copy_from, BP_COPY_FROM_OTHER);
    assert_int_equal(vaults[4].copy_from, BP_COPY_FROM_UNKNOWN);
    const bp_org_role *roles = payer->roles->roles.at;
    assert_true(roles[0].policies_known && roles[0].policies.count == 3);
    assert_true(bp_str_is(roles[0].policies.at[0], "service-role/X"));
    assert_true(bp_str_is(roles[0].policies.at[1], "service-role/Y"));
    assert_true(bp_str_is(roles[0].policies.at[2], "arn:aws:iam::100000000001:policy/own"));
    assert_int_equal(roles[0].trusts_backup, BP_UNKNOWN);
    assert_true(roles[1].policies_known && roles[1].policies.count == 0);
    assert_false(roles[2].policies_known);
    assert_int_equal(roles[2].trusts_backup, BP_PRESENT);
    done(r);
}

static void
policies_and_attachments(void **state)
{
    (void)state;
    reading r = read_good(everything);
    const bp_org_policy *policy = &r.org->policies.at[0];
    assert_true(bp_str_is(policy->file, "deployed/a.json"));
    assert_int_equal(policy->chars, 3412);
    assert_int_equal(policy->sha256.size, 64);
    assert_int_equal(policy->tags->tags.count, 1);
    assert_int_equal(r.org->policies.at[1].chars, -1);
    assert_int_equal(r.org->policies.at[1].file.size, 0);
    assert_null(r.org->policies.at[1].tags);
    assert_int_equal(r.org->attachments.count, 3);
    assert_true(r.org->attachments.at[1].ordered && !r.org->attachments.at[2].ordered);
    assert_true(bp_str_is(r.org->attachments.at[1].to, "ou-x9k2-workload1"));
    done(r);
}

static void
stack_sets(void **state)
{
    (void)state;
    reading r = read_good(everything);
    const bp_org_stack_set *set = r.org->stack_sets.at;
    assert_int_equal(r.org->stack_sets.count, 3);
    assert_int_equal(set[0].permission, BP_STACK_SELF_MANAGED);
    assert_true(set[0].delegated && !set[1].delegated);
    assert_int_equal(set[0].auto_deploy, BP_PRESENT);
    assert_int_equal(set[0].retain, BP_ABSENT);
    assert_int_equal(set[2].retain, BP_UNKNOWN);
    assert_true(set[0].targets.count == 1 && bp_str_is(set[0].targets.at[0], "r-x9k2"));
    assert_true(set[0].regions == (BP_REGION_BIT(bp_region_index(NULL, BP_STR("eu-west-1"))) |
                                   BP_REGION_BIT(bp_region_index(NULL, BP_STR("us-east-1")))));
    assert_true(bp_str_is(set[0].parameters.at[0].value, "v"));
    assert_true(set[0].makes_known && set[0].vaults.count == 2 && set[0].roles.count == 1);
    assert_true(!set[1].makes_known && set[1].instances_known && !set[2].instances_known);
    assert_int_equal(set[0].not_current.count, 1);
    assert_true(bp_str_is(set[0].not_current.at[0].detail, "FAILED"));
    assert_int_equal(set[0].without.count, 0);
    assert_int_equal(set[0].extra.count, 1);
    done(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_and_tags),
        cmocka_unit_test(vaults_and_roles),
        cmocka_unit_test(policies_and_attachments),
        cmocka_unit_test(stack_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
