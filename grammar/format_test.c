/*
 * The layout itself: what a text becomes. Each row is one decision; what must hold for every text
 * is in format_properties_test.c.
 */
#include "grammar/format.h"
#include "grammar/parse_fixture.h"

#define PAGE(text) "edition 1\n\n" text

typedef struct row {
    const char *input;
    const char *expected; /* NULL: as the input */
} row;

static void
check(const row *each)
{
    fixture f = fixture_parse(each->input, strlen(each->input));
    bp_str findings = fixture_findings(&f, true);
    if (findings.size > 0) {
        fail_msg("%s\n%.*s", each->input, BP_ARG(findings));
    }
    bp_buf out = {.arena = f.arena};
    assert_true(bp_format_parsed(f.arena, f.file, &out));
    const char *expected = each->expected == NULL ? each->input : each->expected;
    assert_string_equal(bp_str_c(f.arena, bp_buf_text(&out)), expected);
    fixture_free(&f);
}

static void
check_all(const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check(&rows[i]);
    }
}

#define CHECK(rows) check_all(rows, sizeof(rows) / sizeof(rows)[0])

static void
the_example_of_the_language_is_canonical(void **state)
{
    (void)state;
    static const row rows[] = {
        {PAGE("/// Assumed by AWS Backup in every member account.\n"
              "role \"crossaccountbackuprole\" {\n"
              "  deploy_to = [root]\n"
              "}\n\n"
              "vault \"prodbackupvault\" {}        # created wherever the policies below need it\n"
              "vault \"nonprodbackupvault\" {}\n\n"
              "/// Every day at 05:00 UTC; cold after three months, gone after six; a second copy "
              "in "
              "Tokyo.\n"
              "template rule daily_with_tokyo_copy(into: vault) {\n"
              "  schedule     = daily(05:00)\n"
              "  start_within = 8h\n"
              "  vault        = into\n"
              "  cold_after   = 90d\n"
              "  delete_after = 180d\n\n"
              "  copy to into in ap-northeast-1 {\n"
              "    cold_after   = 90d\n"
              "    delete_after = 180d\n"
              "  }\n"
              "}\n\n"
              "policy \"prodbackuppolicy\" {\n"
              "  description = \"Daily backups of production\"\n"
              "  attach      = [ou(\"Prod\")]\n\n"
              "  plan \"prodbackupplan\" {\n"
              "    regions = [us-east-1, eu-west-1, ap-northeast-1]\n\n"
              "    rule \"prodbackuprule\" uses daily_with_tokyo_copy(into: "
              "vault(\"prodbackupvault\")) {}\n\n"
              "    select \"prodresources\" {\n"
              "      role       = role(\"crossaccountbackuprole\")\n"
              "      tag_key    = \"backup\"\n"
              "      tag_values = [\"prod\"]\n"
              "    }\n"
              "  }\n"
              "}\n\n"
              "policy \"nonprodbackuppolicy\" {\n"
              "  attach = [ou(\"Non-Prod\")]\n"
              "}\n"),
         NULL},
        {PAGE("policy \"payments\" {\n"
              "  attach = [ou(\"Prod/Payments\")]\n\n"
              "  extend plan \"prodbackupplan\" {          // must be inherited\n"
              "    regions += [eu-north-1]\n\n"
              "    extend rule \"prodbackuprule\" {\n"
              "      delete_after = 365d   children may nothing    // this setting\n"
              "    }\n"
              "    extend select \"prodresources\" {\n"
              "      tag_values += [\"pci\"]\n"
              "    }\n"
              "  }\n"
              "}\n"),
         PAGE("policy \"payments\" {\n"
              "  attach = [ou(\"Prod/Payments\")]\n\n"
              "  extend plan \"prodbackupplan\" {          // must be inherited\n"
              "    regions += [eu-north-1]\n\n"
              "    extend rule \"prodbackuprule\" {\n"
              "      delete_after = 365d   children may nothing    // this setting\n"
              "    }\n\n"
              "    extend select \"prodresources\" {\n"
              "      tag_values += [\"pci\"]\n"
              "    }\n"
              "  }\n"
              "}\n")},
    };
    CHECK(rows);
}

static void
every_token_has_its_blanks(void **state)
{
    (void)state;
    static const row rows[] = {
        {"\xEF\xBB\xBF\r\n\n edition\t1", "edition 1\n"},
        {"edition 1\ninclude\"a.bpol\"", "edition 1\n\ninclude \"a.bpol\"\n"},
        {PAGE("let a=hourly( : 15 )\nlet b = every(6h,from:05:30)"),
         PAGE("let a = hourly(:15)\nlet b = every(6h, from: 05:30)\n")},
        {PAGE("let a = f( b : : 15 , )"), PAGE("let a = f(b: :15)\n")},
        {PAGE("let a = vault( \"x\" )in eu-west-1 of account(\"y\")"),
         PAGE("let a = vault(\"x\") in eu-west-1 of account(\"y\")\n")},
        {PAGE("let a = {a:1,\"b c\":[ ],d:{ },}"), PAGE("let a = {a: 1, \"b c\": [], d: {}}\n")},
        {PAGE("template copy t( a:[ region ]=[ eu-west-1 , ] , b : string ,\n) uses u( a : a ){}"),
         PAGE("template copy t(a: [region] = [eu-west-1], b: string) uses u(a: a) {}\n")},
        {PAGE("air_gapped   vault \"x\"{\n\n}\nrole \"r\" { }"),
         PAGE("air_gapped vault \"x\" {}\nrole \"r\" {}\n")},
        {PAGE("policy \"p\" { raw \"k\"={\"a\" : [1,-2.5e3 ,true],\"b\":null} }"),
         PAGE("policy \"p\" {\n  raw \"k\" = {\"a\": [1, -2.5e3, true], \"b\": null}\n}\n")},
    };
    CHECK(rows);
}

static void
switches_are_written_on_and_off(void **state)
{
    (void)state;
    static const row rows[] = {
        {PAGE("let a = true\nlet b = [false, on]\nlet c = f(false, x: true)\n"),
         PAGE("let a = on\nlet b = [off, on]\nlet c = f(off, x: on)\n")},
        {PAGE("let a = {true: false}\n"), PAGE("let a = {true: off}\n")},
        {PAGE("template rule t(a: switch = true) {}\n"),
         PAGE("template rule t(a: switch = on) {}\n")},
        {PAGE("let a = \"true\"\nlet b = x in true\n"), NULL},
        {PAGE("policy \"p\" {\n  true = true\n}\n"), PAGE("policy \"p\" {\n  true = on\n}\n")},
        {PAGE("policy \"p\" {\n  false children may nothing\n}\n"), NULL},
        {PAGE("policy \"p\" {\n  raw \"true\" = true\n  true = true\n}\n"),
         PAGE("policy \"p\" {\n  raw \"true\" = true\n  true = on\n}\n")},
        {PAGE("policy \"p\" {\n  raw \"k\" = [{\"a\": [true]}, false]\n}\n"), NULL},
    };
    CHECK(rows);
}

static void
equal_signs_stand_in_a_column(void **state)
{
    (void)state;
    static const row rows[] = {
        {PAGE("role \"r\" {\n  a = 1\n  long_name = 2\n\n  b = 3\n}\n"),
         PAGE("role \"r\" {\n  a         = 1\n  long_name = 2\n\n  b = 3\n}\n")},
        {PAGE("role \"r\" {\n  a = 1\n  # ends the run\n  long_name = 2\n}\n"), NULL},
        {PAGE("role \"r\" {\n  a = 1 // does not\n  long_name = 2\n}\n"),
         PAGE("role \"r\" {\n  a         = 1 // does not\n  long_name = 2\n}\n")},
        {PAGE("role \"r\" {\n  regions = [a]\n  regions += [b]\n  x -= [c]\n}\n"),
         PAGE("role \"r\" {\n  regions  = [a]\n  regions += [b]\n  x       -= [c]\n}\n")},
        {PAGE("role \"r\" {\n  a = 1\n  children_of children may nothing\n  bbb = 1\n}\n"), NULL},
        {PAGE("role \"r\" {\n  a = 1\n  bb = [\n    1, // c\n  ]\n  ccc = 1\n  d = 2\n}\n"),
         PAGE("role \"r\" {\n  a = 1\n  bb = [\n    1, // c\n  ]\n  ccc = 1\n  d   = 2\n}\n")},
        {PAGE("role \"r\" {\n  aa = 1\n  raw \"k\" = 1\n  b = 1\n}\n"), NULL},
    };
    CHECK(rows);
}

#define W20 "wwwwwwwwwwwwwwwwwwww"
#define W40 W20 W20
#define W30 W20 "wwwwwwwwww"
#define W37 W20 "wwwwwwwwwwwwwwwww"

static void
long_lists_take_a_line_an_element(void **state)
{
    (void)state;
    static const row rows[] = {
        /* 100 columns stay, 101 do not */
        {PAGE("let a = [" W40 ", " W40 ", wwwwww]\n"), NULL},
        {PAGE("let a = [" W40 ", " W40 ", wwwwwww]\n"),
         PAGE("let a = [\n  " W40 ",\n  " W40 ",\n  wwwwwww,\n]\n")},
        {PAGE("let a = [\n  1,\n  2\n]\n"), PAGE("let a = [1, 2]\n")},
        {PAGE("let a = {k: [" W40 ", " W37 "], l: 1}\n"), NULL},
        {PAGE("let a = {k: [" W40 ", " W37 "], ll: 1}\n"),
         PAGE("let a = {\n  k: [" W40 ", " W37 "],\n  ll: 1,\n}\n")},
        {PAGE("policy \"p\" {\n  raw \"k\" = {\"" W40 "\": [1], \"x" W40 "\": 2}\n}\n"),
         PAGE("policy \"p\" {\n  raw \"k\" = {\n    \"" W40 "\": [1],\n    \"x" W40
              "\": 2\n  }\n}\n")},
        {PAGE("policy \"p\" {\n  a = [" W40 ", " W40 "] children may all,assign\n}\n"),
         PAGE("policy \"p\" {\n  a = [\n    " W40 ",\n    " W40
              ",\n  ]   children may all, assign\n}\n")},
        /* the last bracket first, the type of a parameter never */
        {PAGE("policy \"p\" {\n  plan \"q\" uses t(a: " W40 ", b: " W30 ") {}\n}\n"), NULL},
        {PAGE("policy \"p\" {\n  plan \"qq\" uses t(a: " W40 ", b: " W30 ") {}\n}\n"),
         PAGE("policy \"p\" {\n  plan \"qq\" uses t(\n    a: " W40 ",\n    b: " W30
              ",\n  ) {}\n}\n")},
        {PAGE("template rule t(a: [region] = [" W40 "], b: vault) uses u(c: " W20 ") { x = 1 }\n"),
         PAGE("template rule t(a: [region] = [" W40 "], b: vault) uses u(\n  c: " W20
              ",\n) {\n  x = 1\n}\n")},
        {PAGE("template rule t(a: [region] = [" W40 "], b: [vault] = [" W40 "]) {}\n"),
         PAGE("template rule t(\n  a: [region] = [" W40 "],\n  b: [vault] = [" W40 "],\n) {}\n")},
        /* what has no bracket stays long */
        {PAGE("let a = \"" W40 W40 W40 "\"\n"), NULL},
    };
    CHECK(rows);
}

static void
comments_stay_with_their_tokens(void **state)
{
    (void)state;
    static const row rows[] = {
        {"# top\n\n\n// two\nedition 1// three\n\n\n\n", "# top\n\n// two\nedition 1 // three\n"},
        {PAGE("let a = [ // open\n1 // one\n, // comma\n# own\n\n2 // two\n// last\n] // close\n"),
         PAGE("let a = [ // open\n  1, // one\n  // comma\n  # own\n\n  2, // two\n  // last\n] // "
              "close\n")},
        {PAGE("let a = [ // empty\n]\n"), NULL},
        {PAGE("let a = {\nk: // behind the colon\n# own\n[1, 2],\nl: f(\n# x\n)}\n"),
         PAGE("let a = {\n  k: // behind the colon\n    # own\n    [1, 2],\n  l: f(\n    # x\n  "
              "),\n}\n")},
        {PAGE("policy \"p\" {\n  raw \"k\" = {\"a\" # key\n: 1 // v\n}\n}\n"),
         PAGE("policy \"p\" {\n  raw \"k\" = {\n    \"a\" # key\n      : 1 // v\n  }\n}\n")},
        {PAGE("policy \"p\" { // open\n// only\n\n}\n"),
         PAGE("policy \"p\" { // open\n  // only\n}\n")},
        {PAGE("policy \"p\" { a = 1 // behind\n\n// last\n} // close\n\n\n// end"),
         PAGE("policy \"p\" {\n  a = 1 // behind\n\n  // last\n} // close\n\n// end\n")},
        {PAGE("/// doc\n\nvault \"a\" {}\n//// no doc\n\nvault \"b\" {}\n"),
         PAGE("/// doc\nvault \"a\" {}\n//// no doc\n\nvault \"b\" {}\n")},
        {PAGE("let a = 1  // c \t\r\nlet b = 2\t# d\r\n"),
         PAGE("let a = 1  // c\nlet b = 2   # d\n")},
    };
    CHECK(rows);
}

static void
comments_in_a_column_stay_in_one(void **state)
{
    (void)state;
    static const row rows[] = {
        {PAGE("role \"r\" {\n  a = 1    // one\n  bbb = 22 // two\n}\n"),
         PAGE("role \"r\" {\n  a   = 1  // one\n  bbb = 22 // two\n}\n")},
        {PAGE("role \"r\" {\n  a=1  // one\n  b=22 // two\n\n  c = 3     // three\n}\n"),
         PAGE("role \"r\" {\n  a = 1  // one\n  b = 22 // two\n\n  c = 3     // three\n}\n")},
    };
    CHECK(rows);
}

static void
blank_lines_stand_around_blocks(void **state)
{
    (void)state;
    static const row rows[] = {
        {"edition 1\nlet a = 1\nlet b = 2\n\n\n\nlet c = 3\npolicy \"p\" {x = 1}\nlet d = 4\n",
         PAGE("let a = 1\nlet b = 2\n\nlet c = 3\n\npolicy \"p\" {\n  x = 1\n}\n\nlet d = 4\n")},
        {PAGE(
             "policy \"p\" {\n\n  children may nothing here\n  children may all\n  a = 1\n  plan "
             "\"a\" {}\n  plan \"b\" {}\n  # of c\n  plan \"c\" {\n    x = 1\n  }\n  y = 1\n\n}\n"),
         PAGE("policy \"p\" {\n  children may nothing here\n  children may all\n  a = 1\n\n  plan "
              "\"a\" {}\n  plan \"b\" {}\n\n  # of c\n  plan \"c\" {\n    x = 1\n  }\n\n  y = "
              "1\n}\n")},
        {PAGE("policy \"p\" { plan \"a\" { rule \"b\" { children may nothing } } }\n"),
         PAGE("policy \"p\" {\n  plan \"a\" {\n    rule \"b\" {\n      children may nothing\n    "
              "}\n  }\n}\n")},
        {PAGE("policy \"p\" { x children may nothing }\n"),
         PAGE("policy \"p\" {\n  x children may nothing\n}\n")},
        {PAGE("let a = [\n  1, // c\n]\nlet b = 2\n"),
         PAGE("let a = [\n  1, // c\n]\n\nlet b = 2\n")},
        {PAGE("let a = [\n  1, // c\n\n\n  2,\n\n]\n"), PAGE("let a = [\n  1, // c\n\n  2,\n]\n")},
    };
    CHECK(rows);
}

static void
what_does_not_parse_is_not_written(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "let a = 1\n",
                                        "edition 7\n",
                                        "edition 1\nlet a = = 1\n",
                                        "edition 1\npolicy \"p\" {\n",
                                        "edition 1\n/* x */\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        fixture f = fixture_parse(texts[i], strlen(texts[i]));
        bp_buf out = {.arena = f.arena};
        size_t total = bp_diagnostics_total(f.diagnostics);
        assert_int_not_equal(total, 0);
        assert_false(bp_format_parsed(f.arena, f.file, &out));
        assert_false(bp_format(f.arena, f.diagnostics, f.file->source, &out));
        assert_int_equal(out.size, 0);
        bp_diagnostics_settle(f.diagnostics);
        assert_int_equal(bp_diagnostics_total(f.diagnostics), total);
        fixture_free(&f);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_language_is_canonical),
        cmocka_unit_test(every_token_has_its_blanks),
        cmocka_unit_test(switches_are_written_on_and_off),
        cmocka_unit_test(equal_signs_stand_in_a_column),
        cmocka_unit_test(long_lists_take_a_line_an_element),
        cmocka_unit_test(comments_stay_with_their_tokens),
        cmocka_unit_test(comments_in_a_column_stay_in_one),
        cmocka_unit_test(blank_lines_stand_around_blocks),
        cmocka_unit_test(what_does_not_parse_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
