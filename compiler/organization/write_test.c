/*
 * The canonical form: examples, that writing what was read changes nothing, that the order of a
 * file does not matter, and how long it takes.
 */
#include "compiler/organization/org_test.h"
#include "compiler/organization/write.h"

#include <time.h>

static bp_str
written(reading r, const bp_organization *keep)
{
    bp_buf out = {.arena = r.arena};
    bp_organization_write(r.arena, r.org, keep, true, &out);
    return bp_buf_text(&out);
}

static void
check_same(bp_str is, bp_str wanted)
{
    if (!bp_str_equal(is, wanted)) {
        size_t i = 0;
        size_t line = 0;
        for (; i < is.size && i < wanted.size && is.at[i] == wanted.at[i]; i++) {
            line = is.at[i] == '\n' ? i + 1 : line;
        }
        bp_str a = bp_str_cut(is, line, is.size);
        bp_str b = bp_str_cut(wanted, line, wanted.size);
        fail_msg("is:\n%.400s\nwanted:\n%.400s\n", a.at, b.at);
    }
}

static reading
read_str(bp_str text)
{
    reading r = read_text(text.at, text.size);
    if (!r.good) {
        show(r);
        print_message("%.*s", BP_ARG(text));
    }
    assert_true(r.good);
    return r;
}

/* The text written, read, and written again. */
static void
check_stable(bp_str text)
{
    reading again = read_str(text);
    for (size_t i = 0; i < bp_diagnostics_total(again.list); i++) {
        if (bp_diagnostics_at(again.list, i)->severity != BP_INFO) {
            show(again);
            fail();
        }
    }
    check_same(written(again, NULL), text);
    done(again);
}

static void
the_examples_are_canonical(void **state)
{
    (void)state;
    static const char *const paths[] = {"testdata/inventory/example-canonical.yaml",
                                        "testdata/inventory/canonical.yaml"};
    for (size_t i = 0; i < 2; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_str text = file_text(arena, paths[i]);
        check_stable(text);
        bp_arena_free(arena);
    }
}

static void
hand_written_files_become_stable(void **state)
{
    (void)state;
    static const char *const paths[] = {"testdata/inventory/by-hand.yaml",
                                        "testdata/inventory/larger.yaml", "testdata/seed/org.yaml"};
    for (size_t i = 0; i < 3; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_str text = file_text(arena, paths[i]);
        reading r = read_str(text);
        check_stable(written(r, NULL));
        done(r);
        bp_arena_free(arena);
    }
}

/* A generator of equal facts in many words. */
typedef struct shuffle {
    uint64_t state;
    bp_buf buf;
} shuffle;

static size_t
draw(uint64_t *state, size_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(*state >> 33) % below;
}

static void
permute(uint64_t *state, size_t *at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        at[i] = i;
    }
    for (size_t i = count; i > 1; i--) {
        size_t other = draw(state, i);
        size_t kept = at[i - 1];
        at[i - 1] = at[other];
        at[other] = kept;
    }
}

static const char *const region_codes[] = {"us-east-1", "eu-west-1", "eu-south-1", "ap-northeast-1",
                                           "sa-east-1"};

/* One vault list of a kind, its rows split by Region or together, in any order. */
static void
add_vaults(shuffle *s, size_t kind)
{
    static const char *const tails[] = {"key: customer", "lock: none, key: aws-backup",
                                        "copy_from: [\"000000000009\", ou-ab12-aaaaaaaa]",
                                        "lock: {max: 90, mode: governance, min: 7}"};
    size_t order[20];
    permute(&s->state, order, 20);
    bp_buf_add_c(&s->buf, "{have: [");
    for (size_t i = 0; i < 20; i++) {
        size_t region = order[i] % 5;
        size_t vault = order[i] / 5;
        if ((vault + region + kind) % 3 == 0) {
            continue;
        }
        bp_buf_format(&s->buf, "{in: [%s], %s, name: v%zu}, ", region_codes[region],
                      tails[(vault + kind + (region > 3)) % 4], vault);
    }
    bp_buf_add_c(&s->buf, "], seen: [");
    permute(&s->state, order, 5);
    for (size_t i = 0; i < 5; i++) {
        bp_buf_format(&s->buf, "%s, ", region_codes[order[i]]);
    }
    bp_buf_add_c(&s->buf, "]}");
}

static void
add_settings(shuffle *s, size_t kind)
{
    static const char *const types[] = {"EBS", "RDS", "DynamoDB", "EFS"};
    size_t order[20];
    permute(&s->state, order, 20);
    bp_buf_add_c(&s->buf, "[");
    for (size_t i = 0; i < 20; i++) {
        size_t region = order[i] % 5;
        size_t type = order[i] / 5;
        bp_buf_format(&s->buf, "{%s: [%s], in: %s}, ",
                      (type + kind + region / 2) % 2 == 0 ? "opted_in" : "opted_out", types[type],
                      region_codes[region]);
    }
    bp_buf_add_c(&s->buf, "]");
}

static void
add_account(shuffle *s, size_t index)
{
    bp_buf_format(&s->buf, "{id: \"%012zu\", ", index + 1);
    size_t order[5];
    permute(&s->state, order, 5);
    for (size_t i = 0; i < 5; i++) {
        switch (order[i]) {
        case 0:
            bp_buf_add_c(&s->buf, "vaults: ");
            if (index % 4 == 0 && draw(&s->state, 2) == 0) {
                bp_buf_add_c(&s->buf, "named");
            } else {
                add_vaults(s, index % 4);
            }
            break;
        case 1:
            bp_buf_format(&s->buf, "roles: %s",
                          index % 3 == 0            ? "none"
                          : draw(&s->state, 2) == 0 ? "[b, {name: a, trust: backup}]"
                                                    : "[{name: a, trust: backup, path: /}, b]");
            break;
        case 2:
            bp_buf_add_c(&s->buf, "region_settings: ");
            add_settings(s, index % 2);
            break;
        case 3:
            bp_buf_format(&s->buf, "regions: %s",
                          index % 5 == 0 ? "[eu-south-1, ap-east-1]" : "none");
            break;
        default:
            bp_buf_format(&s->buf, "tags: %s",
                          draw(&s->state, 2) == 0 ? "{b: \"2\", a: x y}" : "{a: x y, b: \"2\"}");
            break;
        }
        bp_buf_add_c(&s->buf, ", ");
    }
    bp_buf_add_c(&s->buf, "}");
}

/* 40 accounts in 5 OUs, of the same facts whatever the seed. */
static bp_str
shuffled(bp_arena *arena, uint64_t seed)
{
    shuffle s = {.state = seed, .buf = {.arena = arena}};
    size_t ous[5];
    size_t accounts[8];
    bp_buf_add_c(&s.buf, "backpol_inventory: 1\ncoverage: {tree: complete, regions: "
                         "[us-east-1, eu-west-1]}\nroot:\n  id: r-ab12\n  ous:\n");
    permute(&s.state, ous, 5);
    for (size_t i = 0; i < 5; i++) {
        bp_buf_format(&s.buf, "    - name: OU %zu\n      accounts:\n", ous[i]);
        permute(&s.state, accounts, 8);
        for (size_t a = 0; a < 8; a++) {
            bp_buf_add_c(&s.buf, "        - ");
            add_account(&s, ous[i] * 8 + accounts[a]);
            bp_buf_add_char(&s.buf, '\n');
        }
        bp_buf_format(&s.buf, "      id: ou-ab12-aaaaaaa%c\n", (int)('a' + ous[i]));
    }
    bp_buf_add_c(&s.buf, "organization: {id: o-0123456789, partition: aws, management_account: "
                         "\"000000000001\"}\nsets:\n  vaults:\n    named: ");
    add_vaults(&s, 0);
    bp_buf_add_char(&s.buf, '\n');
    return bp_buf_text(&s.buf);
}

static void
the_order_of_a_file_does_not_matter(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    reading first = read_str(shuffled(arena, 1));
    bp_str wanted = written(first, NULL);
    check_stable(wanted);
    for (uint64_t seed = 2; seed < 40; seed++) {
        reading r = read_str(shuffled(arena, seed));
        check_same(written(r, NULL), wanted);
        done(r);
    }
    done(first);
    bp_arena_free(arena);
}

static void
names_are_kept(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_str canonical = file_text(arena, "testdata/inventory/example-canonical.yaml");
    reading r = read_str(canonical);
    /* the same sets under names of one's own; one of them is the digest of another set */
    static const char keep[] =
        "backpol_inventory: 1\n"
        "organization: {id: o-exampleorg, partition: aws, management_account: \"111122223333\"}\n"
        "sets:\n"
        "  regions: {main: [us-east-1, eu-west-1, ap-northeast-1], alias: [us-east-1, eu-west-1, "
        "ap-northeast-1]}\n"
        "  vaults:\n"
        "    v803d: {seen: main, have: [{name: nonprodbackupvault, in: main, copy_from: none, "
        "lock: none, key: aws-backup}]}\n"
        "  roles: {member: [crossaccountbackuprole], other: [x]}\n"
        "  profiles: {workload: {vaults: v803d, roles: member, regions: none}}\n"
        "root: {id: r-ab12}\n";
    reading names = read_str((bp_str){keep, sizeof keep - 1});
    bp_str text = written(r, names.org);
    assert_true(bp_str_contains(text, BP_STR("  regions: alias\n")));
    assert_true(bp_str_contains(text, BP_STR("    v803d:\n      seen: alias\n      have:\n        "
                                             "- {name: nonprod")));
    assert_true(bp_str_contains(text, BP_STR("    workload: {vaults: v803d, roles: member, "
                                             "regions: none}\n")));
    assert_true(bp_str_contains(text, BP_STR("vaults: v803d3, roles: member")));
    reading again = read_str(text);
    check_same(written(again, again.org), text);
    check_same(written(again, NULL), canonical);
    done(again);
    done(names);
    done(r);
    bp_arena_free(arena);
}

/* Texts that have to stand in quotes come back as they were. */
static void
any_text_survives(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    static const char *const names[] = {"plain",
                                        "Two words",
                                        "no",
                                        "NULL",
                                        "~",
                                        "-",
                                        "a: b",
                                        "#x",
                                        "a\"b\\c",
                                        "tab\there",
                                        "line\nbreak",
                                        "\x01\x7f",
                                        "\xc2\x85",
                                        "\xe2\x80\xa8",
                                        "\xef\xbb\xbf",
                                        "\xc3\xa9t\xc3\xa9",
                                        "123",
                                        "_x@y+z/w",
                                        " lead",
                                        "trail ",
                                        "{a}",
                                        "[b]",
                                        "'",
                                        "\r",
                                        "&a",
                                        "*b",
                                        "!c",
                                        "%d",
                                        "unknown",
                                        "none",
                                        "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        bp_str canonical = file_text(arena, "testdata/inventory/example-canonical.yaml");
        reading r = read_str(canonical);
        r.org->accounts.at[0].name = bp_str_of(names[i]);
        r.org->stack_sets.at[0].name = bp_str_of(names[i]);
        reading again = read_str(written(r, NULL));
        assert_true(bp_str_is(again.org->accounts.at[0].name, names[i]));
        done(again);
        done(r);
    }
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_are_canonical),
        cmocka_unit_test(hand_written_files_become_stable),
        cmocka_unit_test(the_order_of_a_file_does_not_matter),
        cmocka_unit_test(names_are_kept),
        cmocka_unit_test(any_text_survives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
