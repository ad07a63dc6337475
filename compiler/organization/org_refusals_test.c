/* Inventories that are wrong: each mistake is one finding at its place, and some stop everything.
 */
#include "compiler/organization/org_test.h"

#define HEAD                 \
    "backpol_inventory: 1\n" \
    "organization: {id: o-0123456789, partition: aws, management_account: \"111122223333\"}\n"
#define ROOT "root: {id: r-ab12, accounts: [{id: \"111122223333\"}]}\n"
/* An account on line 3, column 33 is where what it holds begins. */
#define HOLDS(text) HEAD "root: {id: r-ab12, accounts: [{id: \"111122223333\", " text "}]}\n"
#define SETS(text) HEAD "sets: " text "\n" ROOT

typedef struct expected {
    const char *text;
    const char *code;
    unsigned line;
    unsigned column;
    const char *words;
    bool good; /* the rest is used */
    bp_severity severity;
} expected;

static void
check(const expected *row)
{
    reading r = read_text(row->text, strlen(row->text));
    const bp_finding *found = NULL;
    size_t others = 0;
    for (size_t i = 0; i < bp_diagnostics_total(r.list); i++) {
        const bp_finding *finding = bp_diagnostics_at(r.list, i);
        bool unused = finding->severity == BP_INFO &&
                      bp_str_contains(finding->message, BP_STR("nothing uses"));
        if (!unused || row->severity == BP_INFO) {
            found = finding;
            others++;
        }
    }
    if (others != 1) {
        show(r);
        fail_msg("%zu findings for\n%s", others, row->text);
    }
    bp_position at = bp_sources_position(r.sources, found->span.source, found->span.start);
    if (strcmp(found->rule->code, row->code) != 0 || at.line != row->line ||
        at.column != row->column || !bp_str_contains(found->message, bp_str_of(row->words)) ||
        r.good != row->good || found->severity != row->severity) {
        show(r);
        fail_msg("expected %u:%u %s %s (%s, %s)\n%s", row->line, row->column, row->code, row->words,
                 row->good ? "used" : "stop", bp_severity_name(row->severity), row->text);
    }
    done(r);
}

#define CHECK(rows)                                                 \
    for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++) { \
        check(&(rows)[i]);                                          \
    }

static void
the_frame_of_the_file(void **state)
{
    (void)state;
    static const expected rows[] = {
        {"", "SYN001", 1, 1, "is empty", false, BP_ERROR},
        {"# nothing\n", "SYN001", 1, 1, "is empty", false, BP_ERROR},
        {"- a\n", "SYN001", 1, 1, "no mapping", false, BP_ERROR},
        {"text\n", "SYN001", 1, 1, "no mapping", false, BP_ERROR},
        {HEAD, "SYN004", 1, 1, "\"root\"", false, BP_ERROR},
        {"backpol_inventory: 1\n" ROOT, "SYN004", 1, 1, "\"organization\"", false, BP_ERROR},
        {HEAD ROOT ROOT, "SYN007", 4, 1, "twice", false, BP_ERROR},
        {HEAD ROOT "setings: {}\n", "SYN003", 4, 1, "setings", true, BP_ERROR},
        {HEAD ROOT "x-a: 1\nx-a: 2\n", "SYN007", 5, 1, "x-a", false, BP_ERROR},
        {HEAD ROOT "settings: []\n", "SYN005", 4, 11, "a list here", false, BP_ERROR},
        {HEAD ROOT "settings:\n", "SYN005", 4, 10, "no value here", false, BP_ERROR},
        {HEAD "root: {id: ~}\n", "SYN005", 3, 12, "no value", false, BP_ERROR},
        {HEAD "root: {id: }\n", "SYN005", 3, 12, "no value", false, BP_ERROR},
        {HEAD ROOT "captured_at: 2026-02-30\n", "TOP011", 4, 14, "no time", true, BP_ERROR},
        {HEAD ROOT "captured_at: 2026-11-02T06:00:00+01:00\n", "TOP011", 4, 14, "no time", true,
         BP_ERROR},
        {HEAD ROOT "settings: {cross_account_backup: true}\n", "SYN020", 4, 34, "enabled", true,
         BP_ERROR},
        {HEAD ROOT "coverage: {tree: full}\n", "SYN020", 4, 18, "complete", true, BP_ERROR},
        {HEAD ROOT "stack_sets: [{name: a, retain: yes}]\n", "SYN005", 4, 32, "true or false", true,
         BP_ERROR},
    };
    CHECK(rows);
    static const char *const formats[] = {"0", "2", "one", "\"\""};
    for (size_t i = 0; i < 4; i++) {
        char text[300];
        snprintf(text, sizeof text, "backpol_inventory: %s\n%s", formats[i],
                 strchr(HEAD ROOT, '\n') + 1);
        expected row = {text, "SYN005", 1, 20, "format", false, BP_ERROR};
        check(&row);
    }
}

/* Table of account ids: as written, code, severity. */
static void
account_ids_are_text(void **state)
{
    (void)state;
    static const struct {
        const char *written;
        const char *code;
        bool good;
        bp_severity severity;
        bool fix;
    } rows[] = {
        {"222233334444", "SYN015", true, BP_WARNING, true},
        {"012345670123", "SYN015", false, BP_ERROR, true},
        {"1111_2222_3333", "SYN015", false, BP_ERROR, false},
        {"1.11122223333e11", "SYN015", false, BP_ERROR, false},
        {"0x19DF3D2A05", "SYN015", false, BP_ERROR, false},
        {"+111122223333", "SYN015", false, BP_ERROR, false},
        {"1111:2222", "SYN015", false, BP_ERROR, false},
        {"12345678901", "SYN015", false, BP_ERROR, false},
        {"\"12345678901\"", "TOP010", false, BP_ERROR, false},
        {"\"1111-2222-3333\"", "TOP010", false, BP_ERROR, true},
        {"\"1111 2222 3333\"", "TOP010", false, BP_ERROR, true},
        {"\"1111222233334\"", "TOP010", false, BP_ERROR, false},
        {"\" 111122223333\"", "TOP010", false, BP_ERROR, true},
        {"\"\xD9\xA1\xD9\xA1\"", "TOP010", false, BP_ERROR, false},
        {"main", "TOP010", false, BP_ERROR, false},
        {"\"\"", "TOP010", false, BP_ERROR, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[400];
        snprintf(text, sizeof text, HEAD "root: {id: r-ab12, accounts: [{id: %s}]}\n",
                 rows[i].written);
        reading r = read_text(text, strlen(text));
        assert_int_equal(bp_diagnostics_total(r.list), 1);
        const bp_finding *finding = bp_diagnostics_at(r.list, 0);
        assert_string_equal(finding->rule->code, rows[i].code);
        assert_int_equal(finding->severity, rows[i].severity);
        assert_int_equal(r.good, rows[i].good);
        assert_int_equal(finding->fixes.count, rows[i].fix);
        assert_true(bp_str_is(bp_span_text(r.sources, finding->span), rows[i].written));
        done(r);
    }
}

static void
a_lost_zero_is_named_and_never_put_back(void **state)
{
    (void)state;
    static const char text[] = HEAD "root: {id: r-ab12, accounts: [{id: \"12345678901\"}]}\n";
    reading r = read_text(text, sizeof text - 1);
    const bp_finding *finding = bp_diagnostics_at(r.list, 0);
    assert_int_equal(finding->help.count, 1);
    assert_true(bp_str_contains(finding->help.at[0], BP_STR("012345678901")));
    done(r);
}

static void
ids_names_and_numbers(void **state)
{
    (void)state;
    static const expected rows[] = {
        {"backpol_inventory: 1\norganization: {id: o-short, partition: aws, management_account: "
         "\"111122223333\"}\n" ROOT,
         "TOP010", 2, 20, "organization", true, BP_ERROR},
        {"backpol_inventory: 1\norganization: {id: o-0123456789, partition: awz, "
         "management_account: \"111122223333\"}\n" ROOT,
         "REG002", 2, 45, "awz", true, BP_ERROR},
        {HEAD "root: {id: root}\n", "TOP010", 3, 12, "root", true, BP_ERROR},
        {HEAD "root: {id: r-ab12, ous: [{id: ou-ab12-short, name: A}]}\n", "TOP010", 3, 31, "OU",
         true, BP_ERROR},
        {HEAD "root: {id: r-ab12, ous: [{id: ou-cd34-12345678, name: A}]}\n", "TOP010", 3, 31,
         "cd34", true, BP_ERROR},
        {HEAD "root: {id: r-ab12, ous: [{id: ou-ab12-12345678}]}\n", "SYN004", 3, 26, "name", false,
         BP_ERROR},
        {HOLDS("state: gone"), "SYN020", 3, 59, "gone", true, BP_ERROR},
        {HOLDS("vault: none"), "SYN003", 3, 52, "vault", true, BP_ERROR},
        {HOLDS("vaults: [{name: a.b, in: eu-west-1}]"), "NAM001", 3, 68, "a.b", true, BP_ERROR},
        {HOLDS("vaults: [{name: a, in: eu-west-1}]"), "NAM001", 3, 68, "1 characters", true,
         BP_ERROR},
        {HOLDS("vaults: [{in: eu-west-1}]"), "SYN004", 3, 61, "name", false, BP_ERROR},
        {HOLDS("vaults: [{name: ab, in: eu-wst-1}]"), "REG001", 3, 76, "eu-wst-1", true, BP_ERROR},
        {HOLDS("vaults: [{name: ab, in: [Europe (Ireland)]}]"), "REG001", 3, 77, "name of a Region",
         true, BP_ERROR},
        {HOLDS("vaults: [{name: ab, in: cn-north-1}]"), "REG002", 3, 76, "aws-cn", true, BP_ERROR},
        {HOLDS("vaults: [{name: ab, in: [eu-west-1, eu-west-1]}]"), "REG007", 3, 88, "twice", true,
         BP_WARNING},
        {HOLDS("regions: [eu-west-1]"), "REG007", 3, 61, "always on", true, BP_INFO},
        {HOLDS("vaults: [{name: ab, in: eu-west-1}, {name: ab, in: [eu-west-1]}]"), "SYN007", 3, 95,
         "twice", true, BP_ERROR},
        {HOLDS("vaults: [{name: ab, in: eu-west-1, lock: {mode: governance, min: 9, max: 8}}]"),
         "SYN005", 3, 87, "min 9", true, BP_ERROR},
        {HOLDS("vaults: [{name: ab, in: eu-west-1, lock: {mode: governance, min: 0}}]"), "SYN005",
         3, 87, "min 0", true, BP_ERROR},
        {HOLDS("vaults: [{name: ab, in: eu-west-1, lock: {mode: governance, min: 07}}]"), "SYN005",
         3, 117, "leading zero", true, BP_ERROR},
        {HOLDS("vaults: [{name: ab, in: eu-west-1, kind: air-gapped, lock: {mode: compliance, min: "
               "3, max: 9}}]"),
         "SYN005", 3, 105, "below 7", true, BP_ERROR},
        {HOLDS("vaults: [{name: ab, in: eu-west-1, kind: air-gapped, lock: {mode: compliance, min: "
               "7}}]"),
         "SYN005", 3, 105, "without max", true, BP_ERROR},
        {HOLDS("roles: [a/b]"), "ROL002", 3, 60, "a/b", true, BP_ERROR},
        {HOLDS("roles: [{name: ab, path: ops}]"), "ROL002", 3, 77, "path", true, BP_ERROR},
        {HOLDS("roles: [ab, ab]"), "SYN007", 3, 64, "twice", true, BP_ERROR},
        {HOLDS("roles: [ab, AB]"), "SYN008", 3, 64, "letter case", true, BP_ERROR},
        {HOLDS("resources: [{type: rds, in: eu-west-1}]"), "SYN020", 3, 71, "rds", true, BP_ERROR},
        {HOLDS("resources: [{type: EBS, in: eu-west-1}]"), "SYN020", 3, 71, "EBS", true, BP_ERROR},
        {HOLDS("resources: [{type: ebs, in: eu-west-1, tags: {a: 1, a: 2}}]"), "SYN007", 3, 104,
         "twice", false, BP_ERROR},
        {HOLDS("region_settings: [{in: eu-west-1, opted_in: [ebs]}]"), "SYN020", 3, 97, "\"EBS\"",
         true, BP_ERROR},
        {HOLDS("region_settings: [{in: eu-west-1, opted_in: [EBS], opted_out: [EBS]}]"), "SYN007",
         3, 115, "exclude", true, BP_ERROR},
        {HOLDS("region_settings: [{in: eu-west-1, opted_in: [Lambda]}]"), "SYN020", 3, 97, "Lambda",
         true, BP_INFO},
    };
    CHECK(rows);
}

static void
sets_and_references(void **state)
{
    (void)state;
    static const expected rows[] = {
        {SETS("{vaults: {prod: []}}"), "SYN018", 3, 17, "nothing uses", true, BP_INFO},
        {HOLDS("vaults: prod"), "SYN018", 3, 60, "\"prod\"", true, BP_ERROR},
        {HOLDS("profile: p"), "SYN018", 3, 61, "\"p\"", true, BP_ERROR},
        {HOLDS("vaults: [{name: ab, in: main}]"), "SYN018", 3, 76, "\"main\"", true, BP_ERROR},
        {HOLDS("region_settings: none"), "SYN018", 3, 69, "none", true, BP_ERROR},
        {SETS("{vaults: {Prod: []}}"), "SYN005", 3, 17, "Prod", true, BP_ERROR},
        {SETS("{vaults: {all: []}}"), "SYN005", 3, 17, "all", true, BP_ERROR},
        {SETS("{regions: {eu-west-1: []}}"), "SYN005", 3, 18, "eu-west-1", true, BP_ERROR},
        {SETS("{vaults: {a: [], a: []}}"), "SYN007", 3, 24, "twice", false, BP_ERROR},
        {SETS("{vaults: {a: b}}"), "SYN005", 3, 20, "single value", false, BP_ERROR},
        {SETS("{regions: {a: a}}"), "REG001", 3, 21, "\"a\"", true, BP_ERROR},
        {SETS("{vault: {a: []}}"), "SYN003", 3, 8, "vault", true, BP_ERROR},
        {SETS("{profiles: {a: {profile: b}}}"), "SYN003", 3, 23, "profile", true, BP_ERROR},
    };
    CHECK(rows);
}

static void
the_tree_holds_together(void **state)
{
    (void)state;
#define OU(id, rest) "{id: ou-ab12-" id ", name: N" id rest "}"
    static const expected rows[] = {
        {HEAD "root: {id: r-ab12, ous: [{id: ou-ab12-00000001, name: A}, {id: ou-ab12-00000002, "
              "name: A}]}\n",
         "TOP010", 3, 88, "siblings", true, BP_ERROR},
        {HEAD "root: {id: r-ab12, ous: [{id: ou-ab12-00000001, name: A}, {id: ou-ab12-00000001, "
              "name: B}]}\n",
         "TOP010", 3, 64, "twice", false, BP_ERROR},
        {HEAD "root: {id: r-ab12, accounts: [{id: \"111122223333\"}, {id: \"111122223333\"}]}\n",
         "TOP010", 3, 58, "twice", false, BP_ERROR},
        {HEAD "root: {id: r-ab12, ous: [" OU(
             "00000001",
             ", ous: [" OU(
                 "00000002",
                 ", ous: [" OU(
                     "00000003",
                     ", ous: [" OU("00000004",
                                   ", ous: [" OU("00000005",
                                                 ", ous: [" OU("00000006",
                                                               "") "]") "]") "]") "]") "]") "]}\n",
         "TOP010", 3, 285, "6 levels", true, BP_ERROR},
        {HEAD "coverage: {tree: complete}\nroot: {id: r-ab12}\n", "TOP014", 4, 1, "without any",
         false, BP_ERROR},
        {HEAD
         "coverage: {tree: complete}\nroot: {id: r-ab12, accounts: [{id: \"222233334444\"}]}\n",
         "TOP010", 2, 70, "111122223333", true, BP_ERROR},
    };
    CHECK(rows);
    /* the same names and a tree without accounts are fine where nothing denies them */
    static const char *const fine[] = {
        HEAD "root: {id: r-ab12}\n",
        HEAD
        "root: {id: r-ab12, ous: [{id: ou-ab12-00000001, name: A, ous: [{id: ou-ab12-00000002, "
        "name: A}]}]}\n",
        HEAD "root: {id: r-ab12, accounts: unknown, ous: unknown}\n",
    };
    for (size_t i = 0; i < 3; i++) {
        reading r = read_text(fine[i], strlen(fine[i]));
        assert_true(r.good);
        assert_int_equal(bp_diagnostics_total(r.list), 0);
        done(r);
    }
}

static void
what_is_deployed_is_checked_in_form(void **state)
{
    (void)state;
#define DEPLOYED(text) HEAD ROOT text "\n"
    static const expected rows[] = {
        {DEPLOYED("policies: [{id: p-1, name: a}]"), "TOP010", 4, 17, "policy", true, BP_ERROR},
        {DEPLOYED("policies: [{id: p-12345678, name: a}, {id: p-12345678, name: b}]"), "TOP010", 4,
         44, "twice", true, BP_ERROR},
        {DEPLOYED("policies: [{id: p-12345678, name: a, content: {file: ../a.json}}]"), "CFG008", 4,
         54, "leaves", true, BP_ERROR},
        {DEPLOYED("policies: [{id: p-12345678, name: a, content: {file: a.json, sha256: ab}}]"),
         "SYN005", 4, 70, "SHA-256", true, BP_ERROR},
        {DEPLOYED("attachments: [{to: r-ab12, policies: [p-12345678]}]"), "SYN018", 4, 39, "policy",
         true, BP_INFO},
        {HEAD "coverage: {policies: complete}\n" ROOT
              "attachments: [{to: r-ab12, policies: [p-12345678]}]\n",
         "SYN018", 5, 39, "policy", true, BP_ERROR},
        {DEPLOYED("attachments: [{to: ou-ab12-00000009, policies: []}]"), "SYN018", 4, 20, "target",
         true, BP_INFO},
        {DEPLOYED("stack_sets: [{name: a}, {name: a}]"), "TOP010", 4, 32, "twice", true, BP_ERROR},
        {DEPLOYED("stack_sets: [{name: a, retain: \"Yes\"}]"), "SYN005", 4, 32, "true or false",
         true, BP_ERROR},
        {DEPLOYED("stack_sets: [{name: a, instances: stale}]"), "SYN020", 4, 35, "stale", true,
         BP_ERROR},
    };
    CHECK(rows);
}

/* Whether it is one row or several, a target has ten policies at most. */
static void
policies_of_a_target_are_counted_together(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    for (size_t count = 10; count <= 12; count++) {
        bp_buf text = {.arena = arena};
        bp_buf_add_c(&text, HEAD ROOT "policies:\n");
        for (size_t i = 0; i < count; i++) {
            bp_buf_format(&text, "  - {id: p-000000%02zu, name: p%zu}\n", i, i);
        }
        bp_buf_add_c(&text, "attachments:\n");
        for (size_t i = 0; i < count; i++) {
            bp_buf_format(&text, "  - {to: r-ab12, policies: [p-000000%02zu]}\n", i);
        }
        reading r = read_text(text.at, text.size);
        assert_true(r.good);
        assert_int_equal(bp_diagnostics_total(r.list), count > 10 ? 1 : 0);
        done(r);
    }
    bp_arena_free(arena);
}

static void
hostile_text_ends_at_once(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_buf brackets = {.arena = arena};
    bp_buf line = {.arena = arena};
    bp_buf keys = {.arena = arena};
    bp_buf_add_c(&line, HEAD "root: {id: r-ab12, name: \"");
    bp_buf_add_c(&keys, HEAD "root: {id: r-ab12}\n");
    for (size_t i = 0; i < 200000; i++) {
        bp_buf_add_char(&brackets, '[');
        bp_buf_add_c(&line, "long!");
        bp_buf_format(&keys, "x-%zu: 1\n", i);
    }
    bp_buf_add_c(&line, "\"}\n");
    bp_str text = bp_buf_text(&brackets);
    reading r = read_text(text.at, text.size);
    assert_false(r.good);
    assert_int_equal(bp_diagnostics_total(r.list), 1);
    assert_string_equal(bp_diagnostics_at(r.list, 0)->rule->code, "SYN015");
    assert_int_equal(bp_diagnostics_at(r.list, 0)->span.start, 64);
    done(r);
    text = bp_buf_text(&line);
    r = read_text(text.at, text.size);
    assert_true(r.good);
    done(r);
    text = bp_buf_text(&keys);
    r = read_text(text.at, text.size);
    assert_true(r.good);
    done(r);
    static const char binary[] = "\x7F"
                                 "ELF\2\1\1\0\0\0\xFF\xFE\x80";
    r = read_text(binary, sizeof binary - 1);
    assert_false(r.good);
    assert_string_equal(bp_diagnostics_at(r.list, 0)->rule->code, "SYN001");
    done(r);
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_frame_of_the_file),
        cmocka_unit_test(account_ids_are_text),
        cmocka_unit_test(a_lost_zero_is_named_and_never_put_back),
        cmocka_unit_test(ids_names_and_numbers),
        cmocka_unit_test(sets_and_references),
        cmocka_unit_test(the_tree_holds_together),
        cmocka_unit_test(what_is_deployed_is_checked_in_form),
        cmocka_unit_test(policies_of_a_target_are_counted_together),
        cmocka_unit_test(hostile_text_ends_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
