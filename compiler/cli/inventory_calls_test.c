/*
 * The calls that are printed and collected are those that import reads, and how a call is typed.
 */
#include "compiler/cli/inventory_calls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef struct dump {
    const char *name;
    const char *key;
} dump;

static const dump read[] = {
#define DUMP(id, name, key, section, needs, reader) {name, key},
#include "compiler/inventory/dumps.def"
};

static const dump called[] = {
#define DUMP(id, service, command, where, arguments, needs, empty, key, section, action, answers) \
    {service "." command, key},
#include "compiler/inventory/calls.def"
};

static void
holds(const dump *dumps, size_t count, const dump *wanted)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(dumps[i].name, wanted->name) == 0 && strcmp(dumps[i].key, wanted->key) == 0) {
            return;
        }
    }
    fail_msg("%s with %s is in one table alone", wanted->name, wanted->key);
}

static void
import_reads_what_is_called(void **state)
{
    (void)state;
    enum { READ = sizeof read / sizeof read[0], CALLED = sizeof called / sizeof called[0] };
    for (size_t i = 0; i < CALLED; i++) {
        holds(read, READ, &called[i]);
    }
    for (size_t i = 0; i < READ; i++) {
        holds(called, CALLED, &read[i]);
    }
}

static void
typed_as(bp_call_id call, const bp_call_subject *subject, const char *expected)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_str words = bp_call_words(arena, &bp_calls()[call], subject);
    assert_string_equal(bp_str_c(arena, words), expected);
    bp_arena_free(arena);
}

static void
calls_are_typed_for_a_shell(void **state)
{
    (void)state;
    bp_call_subject subject = {0};
    typed_as(BP_CALL_ORGANIZATION, &subject, "aws organizations describe-organization");
    typed_as(BP_CALL_VAULT_POLICY, &subject,
             "aws backup get-backup-vault-access-policy --backup-vault-name VAULT --region REGION");
    typed_as(BP_CALL_AGGREGATE, &subject,
             "aws configservice select-aggregate-resource-config "
             "--configuration-aggregator-name AGGREGATOR --expression EXPRESSION");
    subject.keys[BP_CALL_KEY_ROLE] = BP_STR("-x");
    typed_as(BP_CALL_ROLE_POLICIES, &subject, "aws iam list-attached-role-policies --role-name=-x");
    subject.keys[BP_CALL_KEY_ROLE] = BP_STR("it's $(rm)");
    typed_as(BP_CALL_ROLE_POLICIES, &subject,
             "aws iam list-attached-role-policies --role-name 'it'\\''s $(rm)'");
    subject.keys[BP_CALL_KEY_STACK_SET] = BP_STR("a+b");
    typed_as(BP_CALL_STACK_SET, &subject,
             "aws cloudformation describe-stack-set --stack-set-name 'a+b'");
}

static void
keys_of_a_call_are_found(void **state)
{
    (void)state;
    const bp_call *calls = bp_calls();
    assert_true(bp_call_is_about(&calls[BP_CALL_VAULT_POLICY], BP_CALL_KEY_VAULT));
    assert_true(bp_call_is_about(&calls[BP_CALL_VAULT_POLICY], BP_CALL_KEY_REGION));
    assert_false(bp_call_is_about(&calls[BP_CALL_VAULT_POLICY], BP_CALL_KEY_ROLE));
    assert_false(bp_call_is_about(&calls[BP_CALL_ORGANIZATION], BP_CALL_KEY_ACCOUNT));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(import_reads_what_is_called),
        cmocka_unit_test(calls_are_typed_for_a_shell),
        cmocka_unit_test(keys_of_a_call_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
