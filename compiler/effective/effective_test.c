/*
 * Effective results against the plain reading: for each account the policies whose reach holds it.
 * Reaches are random ranges, so that sets of policies come and go in every order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/effective/effective.h"

enum { ACCOUNTS = 60, POLICIES = 21 };

static uint32_t
next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* A model of policies with one plan each and some ranges; every seventh account is suspended. */
static bp_model *
random_model(bp_arena *arena, uint32_t *seed)
{
    bp_model *model = BP_NEW(arena, bp_model);
    bp_organization *org = BP_NEW(arena, bp_organization);
    bp_program *program = BP_NEW(arena, bp_program);
    for (uint32_t i = 0; i < ACCOUNTS; i++) {
        bp_account *account = bp_vec_add(arena, &org->accounts);
        account->state = i % 7 == 3 ? BP_STATE_SUSPENDED : BP_STATE_ACTIVE;
        account->management = i == 0;
    }
    for (size_t i = 0; i < POLICIES; i++) {
        bp_policy *policy = BP_NEW(arena, bp_policy);
        policy->document = bp_node_new(arena, BP_NODE_ROOT, BP_STR(""), BP_NOWHERE);
        bp_node *plans = bp_node_new(arena, BP_NODE_PLANS, BP_STR("plans"), BP_NOWHERE);
        bp_node_add(policy->document, plans);
        bp_node_add(plans, bp_node_new(arena, BP_NODE_PLAN, BP_STR("p"), BP_NOWHERE));
        *bp_vec_add(arena, &program->policies) = policy;
        bp_bound_policy *bound = bp_vec_add(arena, &model->policies);
        bound->policy = policy;
        for (uint32_t r = next_random(seed) % 4; r > 0; r--) {
            uint32_t first = next_random(seed) % ACCOUNTS;
            uint32_t end = first + next_random(seed) % (ACCOUNTS - first + 1);
            *bp_vec_add(arena, &bound->reach) = (bp_range){first, end};
        }
        bp_ranges_settle(&bound->reach);
    }
    model->program = program;
    model->org = org;
    return model;
}

/* Whether exactly the policies of the result reach the account. */
static bool
is_right(const bp_model *model, const bp_effective_result *result, uint32_t account)
{
    size_t at = 0;
    for (size_t i = 0; i < model->policies.count; i++) {
        if (bp_ranges_hold(&model->policies.at[i].reach, account)) {
            if (at == result->policies.count || result->policies.at[at] != &model->policies.at[i]) {
                return false;
            }
            at++;
        }
    }
    return at == result->policies.count;
}

static bool
same_set(const bp_effective_result *a, const bp_effective_result *b)
{
    if (a->policies.count != b->policies.count) {
        return false;
    }
    for (size_t i = 0; i < a->policies.count; i++) {
        if (a->policies.at[i] != b->policies.at[i]) {
            return false;
        }
    }
    return true;
}

static void
results_are_the_sets_of_reaching_policies(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int round = 0; round < 200; round++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_model *model = random_model(arena, &seed);
        bp_effective *effective = NULL;
        size_t placed = 0;
        assert_true(bp_effective_evaluate(arena, model, &effective));
        assert_true(effective->named);
        for (size_t i = 0; i < effective->results.count; i++) {
            const bp_effective_result *result = &effective->results.at[i];
            assert_true(result->policies.count > 0);
            assert_int_equal(result->plans.count, result->policies.count);
            for (size_t a = 0; a < result->accounts.count; a++) {
                assert_true(bp_account_counts(&model->org->accounts.at[result->accounts.at[a]]));
                assert_true(is_right(model, result, result->accounts.at[a]));
                assert_true(a == 0 || result->accounts.at[a - 1] < result->accounts.at[a]);
            }
            assert_int_equal(result->includes_management,
                             result->accounts.count > 0 && result->accounts.at[0] == 0);
            for (size_t j = 0; j < i && result->accounts.count > 0; j++) {
                assert_false(same_set(result, &effective->results.at[j]));
                assert_true(effective->results.at[j].accounts.at[0] < result->accounts.at[0]);
            }
            placed += result->accounts.count;
        }
        size_t reached = 0;
        for (uint32_t a = 0; a < ACCOUNTS; a++) {
            bool any = false;
            for (size_t i = 0; i < POLICIES; i++) {
                any = any || bp_ranges_hold(&model->policies.at[i].reach, a);
            }
            reached += any && bp_account_counts(&model->org->accounts.at[a]);
        }
        assert_int_equal(placed, reached);
        bp_arena_free(arena);
    }
}

static void
a_policy_without_accounts_stands_alone(void **state)
{
    (void)state;
    uint32_t seed = 3;
    bp_arena *arena = bp_arena_new(NULL);
    bp_model *model = random_model(arena, &seed);
    bp_effective *effective = NULL;
    for (size_t i = 0; i < model->policies.count; i++) {
        model->policies.at[i].reach.count = 0;
    }
    *bp_vec_add(arena, &model->policies.at[4].reach) = (bp_range){3, 4}; /* suspended */
    assert_true(bp_effective_evaluate(arena, model, &effective));
    assert_int_equal(effective->results.count, POLICIES);
    for (size_t i = 0; i < POLICIES; i++) {
        assert_int_equal(effective->results.at[i].accounts.count, 0);
        assert_int_equal(effective->results.at[i].plans.count, 1);
    }
    model->org = NULL;
    assert_true(bp_effective_evaluate(arena, model, &effective));
    assert_false(effective->named);
    assert_int_equal(effective->results.count, POLICIES);
    bp_arena_free(arena);
}

static bp_value *
list_of(bp_arena *arena, const char *const *codes)
{
    bp_value *list = BP_NEW(arena, bp_value);
    list->kind = BP_VALUE_LIST;
    for (; *codes != NULL; codes++) {
        bp_value *item = BP_NEW(arena, bp_value);
        item->kind = **codes == '?' ? BP_VALUE_UNKNOWN : BP_VALUE_TEXT;
        item->text = bp_str_of(*codes);
        *bp_vec_add(arena, &list->items) = item;
    }
    return list;
}

static void
plan_regions_follow_the_operators(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    static const char *const assigned[] = {"us-east-1", "eu-west-1", "us-east1", "?", NULL};
    static const char *const appended[] = {"eu-north-1", NULL};
    static const char *const removed[] = {"us-east-1", NULL};
    bp_node *plan = bp_node_new(arena, BP_NODE_PLAN, BP_STR("p"), BP_NOWHERE);
    assert_true(bp_plan_regions(plan) == 0);
    bp_node *leaf = bp_node_new(arena, BP_NODE_LEAF, BP_STR("regions"), BP_NOWHERE);
    bp_node_add(plan, leaf);
    leaf->assign = list_of(arena, assigned);
    leaf->append = list_of(arena, appended);
    leaf->remove = list_of(arena, removed);
    assert_true(bp_plan_regions(plan) == (BP_REGION_BIT(bp_region_index(BP_STR("eu-west-1"))) |
                                          BP_REGION_BIT(bp_region_index(BP_STR("eu-north-1")))));
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_the_sets_of_reaching_policies),
        cmocka_unit_test(a_policy_without_accounts_stands_alone),
        cmocka_unit_test(plan_regions_follow_the_operators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
