/*
 * Effective results against the plain reading: for each account the policies attached to an OU
 * above it or to itself. Trees and attachments are random, so that ways meet and part in every
 * order. What the merge makes of documents is shown in merge_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/effective/effective.h"

enum { OUS = 14, ACCOUNTS = 60, POLICIES = 21 };

static uint32_t
next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* A preorder of OUs: the parent of each is the one before it or one above that. */
static void
random_tree(bp_arena *arena, bp_organization *org, uint32_t *seed)
{
    for (uint32_t i = 0; i < OUS; i++) {
        uint32_t parent = i == 0 ? 0 : i - 1;
        while (i > 0 && parent > 0 && next_random(seed) % 2 == 0) {
            parent = org->ous.at[parent].parent;
        }
        bp_ou *ou = bp_vec_add(arena, &org->ous);
        ou->parent = parent;
        ou->depth = i == 0 ? 0 : org->ous.at[parent].depth + 1;
    }
    for (uint32_t i = 0; i < ACCOUNTS; i++) {
        bp_account *account = bp_vec_add(arena, &org->accounts);
        account->state = i % 7 == 3 ? BP_STATE_SUSPENDED : BP_STATE_ACTIVE;
        account->management = i == 0;
        account->ou = i * OUS / ACCOUNTS;
    }
}

/* A model of policies with one plan each, all of its own name, and some targets. */
static bp_model *
random_model(bp_arena *arena, uint32_t *seed)
{
    bp_model *model = BP_NEW(arena, bp_model);
    bp_organization *org = BP_NEW(arena, bp_organization);
    bp_program *program = BP_NEW(arena, bp_program);
    random_tree(arena, org, seed);
    for (size_t i = 0; i < POLICIES; i++) {
        bp_policy *policy = BP_NEW(arena, bp_policy);
        policy->document = bp_node_new(arena, BP_NODE_ROOT, BP_STR(""), BP_NOWHERE);
        bp_node *plans = bp_node_new(arena, BP_NODE_PLANS, BP_STR("plans"), BP_NOWHERE);
        bp_node_add(policy->document, plans);
        bp_node_add(plans,
                    bp_node_new(arena, BP_NODE_PLAN, bp_str_format(arena, "p%zu", i), BP_NOWHERE));
        *bp_vec_add(arena, &program->policies) = policy;
        bp_bound_policy *bound = bp_vec_add(arena, &model->policies);
        bound->policy = policy;
        for (uint32_t r = next_random(seed) % 4; r > 0; r--) {
            bp_bound_target *target = bp_vec_add(arena, &bound->targets);
            if (next_random(seed) % 3 > 0) {
                target->ou = &org->ous.at[next_random(seed) % OUS];
            } else {
                target->account = &org->accounts.at[next_random(seed) % ACCOUNTS];
            }
        }
    }
    model->program = program;
    model->org = org;
    return model;
}

static bool
reaches(const bp_model *model, size_t policy, uint32_t index)
{
    const bp_organization *org = model->org;
    const bp_bound_targets *targets = &model->policies.at[policy].targets;
    for (size_t t = 0; t < targets->count; t++) {
        uint32_t ou = org->accounts.at[index].ou;
        if (targets->at[t].account == &org->accounts.at[index]) {
            return true;
        }
        for (;; ou = org->ous.at[ou].parent) {
            if (targets->at[t].ou == &org->ous.at[ou]) {
                return true;
            }
            if (ou == 0) {
                break;
            }
        }
    }
    return false;
}

/* Whether exactly the policies of the result reach the account. */
static bool
is_right(const bp_model *model, const bp_effective_result *result, uint32_t account)
{
    size_t at = 0;
    for (size_t i = 0; i < model->policies.count; i++) {
        if (reaches(model, i, account)) {
            if (at == result->policies.count || result->policies.at[at] != &model->policies.at[i]) {
                return false;
            }
            at++;
        }
    }
    return at == result->policies.count && result->plans.count == at;
}

static void
results_are_the_policies_above_an_account(void **state)
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
            for (size_t a = 0; a < result->accounts.count; a++) {
                assert_true(bp_account_counts(&model->org->accounts.at[result->accounts.at[a]]));
                assert_true(is_right(model, result, result->accounts.at[a]));
                assert_true(a == 0 || result->accounts.at[a - 1] < result->accounts.at[a]);
            }
            assert_int_equal(result->includes_management,
                             result->accounts.count > 0 && result->accounts.at[0] == 0);
            for (size_t j = 0; j < i && result->accounts.count > 0; j++) {
                assert_ptr_not_equal(result->way, effective->results.at[j].way);
                assert_true(effective->results.at[j].accounts.at[0] < result->accounts.at[0]);
            }
            placed += result->accounts.count;
        }
        size_t reached = 0;
        for (uint32_t a = 0; a < ACCOUNTS; a++) {
            bool any = false;
            for (size_t i = 0; i < POLICIES; i++) {
                any = any || reaches(model, i, a);
            }
            reached += any && bp_account_counts(&model->org->accounts.at[a]);
        }
        assert_int_equal(placed, reached);
        for (size_t i = 0; i < effective->plans.count; i++) {
            assert_false(effective->plans.at[i].merged);
        }
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
        model->policies.at[i].targets.count = 0;
    }
    *bp_vec_add(arena, &model->policies.at[4].targets) =
        (bp_bound_target){.account = &model->org->accounts.at[3]}; /* suspended */
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
    assert_true(bp_plan_regions(NULL, plan) == 0);
    bp_node *leaf = bp_node_new(arena, BP_NODE_LEAF, BP_STR("regions"), BP_NOWHERE);
    bp_node_add(plan, leaf);
    leaf->assign = list_of(arena, assigned);
    leaf->append = list_of(arena, appended);
    leaf->remove = list_of(arena, removed);
    assert_true(bp_plan_regions(NULL, plan) ==
                (BP_REGION_BIT(bp_region_index(NULL, BP_STR("eu-west-1"))) |
                 BP_REGION_BIT(bp_region_index(NULL, BP_STR("eu-north-1")))));
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_the_policies_above_an_account),
        cmocka_unit_test(a_policy_without_accounts_stands_alone),
        cmocka_unit_test(plan_regions_follow_the_operators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
