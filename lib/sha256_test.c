/* SHA-256 against the published vectors, and at every length around a block. */
#include "lib/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
published_vectors(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    assert_string_equal(bp_sha256_hex(arena, BP_STR("")).at,
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(bp_sha256_hex(arena, BP_STR("abc")).at,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(
        bp_sha256_hex(arena, BP_STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).at,
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *million = bp_arena_alloc(arena, 1000000);
    memset(million, 'a', 1000000);
    assert_string_equal(bp_sha256_hex(arena, (bp_str){million, 1000000}).at,
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    bp_arena_free(arena);
}

/* The digest of the digests of 0 to 129 times "x". */
static void
every_padding(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    char text[130];
    memset(text, 'x', sizeof text);
    bp_buf all = {.arena = arena};
    for (size_t i = 0; i < sizeof text; i++) {
        bp_buf_add(&all, bp_sha256_hex(arena, (bp_str){text, i}));
    }
    assert_string_equal(bp_sha256_hex(arena, bp_buf_text(&all)).at,
                        "199af942eba7fa5d1e16d475169eb24018b14e69339c93d26a9ea6d873b4ace6");
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(every_padding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
