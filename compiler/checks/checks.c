/*
 * The rule table and its runner.
 *
 * The rows of checks.def become the rules that findings point to, and the list of functions that
 * bp_check_all calls, each once, in the order of the table. No rule is judged here.
 */
#include "compiler/checks/cells.h"
#include "compiler/checks/families.h"

#define BY_STAGE NULL

typedef void runner(const bp_check_context *context);

static const bp_rule rules[] = {
#define CHECK(CODE, SLUG, SEVERITY, VERDICT, OVER, RUNNER, SUMMARY, SINCE) \
    {#CODE, SLUG, BP_##SEVERITY, BP_AWS_##VERDICT, #OVER, SUMMARY, SINCE},
#include "compiler/checks/checks.def"
#undef CHECK
};

static runner *const runners[] = {
#define CHECK(CODE, SLUG, SEVERITY, VERDICT, OVER, RUNNER, SUMMARY, SINCE) RUNNER,
#include "compiler/checks/checks.def"
#undef CHECK
};

enum { RULE_COUNT = sizeof rules / sizeof rules[0] };

const bp_rule *
bp_check_rules(size_t *count)
{
    *count = RULE_COUNT;
    return rules;
}

static bool
named_before(size_t row)
{
    for (size_t i = 0; i < row; i++) {
        if (runners[i] == runners[row]) {
            return true;
        }
    }
    return false;
}

/* Findings keep copies of their texts, so what a check works with goes when it is done. */
static void
run_one(const bp_check_context *context, runner *check)
{
    bp_check_context own = *context;
    own.arena = bp_arena_scratch(context->arena);
    check(&own);
    bp_arena_release(context->arena, own.arena);
}

/* Runs what looks at one kind of thing, or all. */
static void
run(const bp_check_context *context, const char *over)
{
    bp_check_context shared = *context;
    const bp_user_row *const *users = NULL;
    shared.cache = BP_NEW(context->arena, struct bp_check_cache);
    shared.cache->user_rows = bp_user_rows(context->facts, &users);
    shared.cache->decided = bp_arena_array(context->arena, shared.cache->user_rows, sizeof(size_t));
    shared.cache->arena = context->arena;
    for (size_t row = 0; row < RULE_COUNT; row++) {
        bool wanted = over == NULL || bp_str_is(bp_str_of(rules[row].over), over);
        if (wanted && runners[row] != NULL && !named_before(row)) {
            run_one(&shared, runners[row]);
        }
    }
}

void
bp_check_all(const bp_check_context *context)
{
    run(context, NULL);
}

void
bp_check_inventory(const bp_check_context *context)
{
    run(context, "ORG");
}
