/* Slugs: a table of names and what becomes of them. */
#include "compiler/deploy/deployment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void
maps_names(void **state)
{
    static const char *const ROWS[][2] = {
        {"prodbackupvault", "prodbackupvault"},
        {"Prod_Vault", "prod-vault"},
        {"prod-vault", "prod-vault"},
        {"--a  b--", "a-b"},
        {"Workloads/Prod/Critical", "workloads-prod-critical"},
        {"$(rm -rf ~); \"x\"", "rm-rf-x"},
        {"../../etc", "etc"},
        {"caf\xC3\xA9 1", "caf-1"},
        {"A+B=C,D.E@F", "a-b-c-d-e-f"},
        {"0", "0"},
    };
    bp_arena *arena = bp_arena_new(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        bp_str slug = bp_slug(arena, bp_str_of(ROWS[i][0]));
        assert_string_equal(bp_str_c(arena, slug), ROWS[i][1]);
    }
    bp_arena_free(arena);
}

static void
cuts_at_80_without_a_trailing_hyphen(void **state)
{
    char name[200];
    bp_arena *arena = bp_arena_new(NULL);
    (void)state;
    memset(name, 'x', sizeof name);
    assert_int_equal(bp_slug(arena, (bp_str){name, 80}).size, 80);
    assert_int_equal(bp_slug(arena, (bp_str){name, 81}).size, 80);
    name[79] = '_';
    assert_int_equal(bp_slug(arena, (bp_str){name, 200}).size, 79);
    name[78] = '_';
    assert_int_equal(bp_slug(arena, (bp_str){name, 200}).size, 80);
    bp_arena_free(arena);
}

static void
names_without_letters_get_their_hash(void **state)
{
    bp_arena *arena = bp_arena_new(NULL);
    (void)state;
    /* sha256 of "___" and of the empty text. */
    assert_string_equal(bp_str_c(arena, bp_slug(arena, BP_STR("___"))), "n-bda25155");
    assert_string_equal(bp_str_c(arena, bp_slug(arena, BP_STR(""))), "n-e3b0c442");
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_names),
        cmocka_unit_test(cuts_at_80_without_a_trailing_hyphen),
        cmocka_unit_test(names_without_letters_get_their_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
