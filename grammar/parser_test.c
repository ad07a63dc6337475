/*
 * The parser by example: what parses clean, the tree of it, and for each common slip the one
 * finding, its place, its second place and what the safe fixes make of the text.
 */
#include "grammar/parse_fixture.h"

static const char organization[] =
    "edition 1\n\n"
    "/// Assumed by AWS Backup in every member account.\n"
    "role \"crossaccountbackuprole\" {\n  deploy_to = [root]\n}\n\n"
    "vault \"prodbackupvault\" {}        # created wherever the policies below need it\n"
    "vault \"nonprodbackupvault\" {}\n\n"
    "/// Every day at 05:00 UTC; cold after three months, gone after six; a second copy in Tokyo.\n"
    "template rule daily_with_tokyo_copy(into: vault) {\n"
    "  schedule     = daily(05:00)\n  start_within = 8h\n  vault        = into\n"
    "  cold_after   = 90d\n  delete_after = 180d\n\n"
    "  copy to into in ap-northeast-1 {\n    cold_after   = 90d\n    delete_after = 180d\n  "
    "}\n}\n\n"
    "policy \"prodbackuppolicy\" {\n  description = \"Daily backups of production\"\n"
    "  attach      = [ou(\"Prod\")]\n\n  plan \"prodbackupplan\" {\n"
    "    regions = [us-east-1, eu-west-1, ap-northeast-1]\n\n"
    "    rule \"prodbackuprule\" uses daily_with_tokyo_copy(into: vault(\"prodbackupvault\")) "
    "{}\n\n"
    "    select \"prodresources\" {\n      role       = role(\"crossaccountbackuprole\")\n"
    "      tag_key    = \"backup\"\n      tag_values = [\"prod\"]\n    }\n  }\n}\n\n"
    "policy \"nonprodbackuppolicy\" {\n  attach = [ou(\"Non-Prod\")]\n\n"
    "  plan \"nonprodbackupplan\" {\n    regions = [us-east-1, eu-west-1, ap-northeast-1]\n\n"
    "    rule \"nonprodbackuprule\" uses daily_with_tokyo_copy(into: "
    "vault(\"nonprodbackupvault\")) {}\n\n"
    "    select \"nonprodresources\" {\n      role       = role(\"crossaccountbackuprole\")\n"
    "      tag_key    = \"backup\"\n      tag_values = [\"nonprod\"]\n    }\n  }\n}\n";

static const char child[] =
    "edition 1\n\npolicy \"payments\" {\n  attach = [ou(\"Prod/Payments\")]\n\n"
    "  extend plan \"prodbackupplan\" {          // must be inherited\n"
    "    regions += [eu-north-1]\n\n    extend rule \"prodbackuprule\" {\n"
    "      delete_after = 365d   children may nothing    // this setting\n    }\n"
    "    extend select \"prodresources\" {\n      tag_values += [\"pci\"]\n    }\n  }\n}\n";

static void
expect(const char *text, const char *findings)
{
    fixture f = fixture_parse(text, strlen(text));
    bp_str seen = fixture_findings(&f, false);
    if (!bp_str_is(seen, findings)) {
        fail_msg("%s\nfound:\n%.*sexpected:\n%s", text, BP_ARG(fixture_findings(&f, true)),
                 findings);
    }
    assert_int_equal(f.file->broken, findings[0] != '\0');
    fixture_free(&f);
}

static void
expect_dump(const char *text, const char *dump)
{
    fixture f = fixture_parse(text, strlen(text));
    bp_buf out = {.arena = f.arena};
    bp_ast_dump(f.file, &out);
    if (!bp_str_is(bp_buf_text(&out), dump)) {
        fail_msg("%s\ngives:\n%.*s", text, BP_ARG(bp_buf_text(&out)));
    }
    fixture_free(&f);
}

static void
whole_programs_parse_clean(void **state)
{
    (void)state;
    expect(organization, "");
    expect(child, "");
    fixture f = fixture_parse(organization, strlen(organization));
    assert_int_equal(f.file->items.count, 6);
    assert_true(
        bp_str_is(f.file->items.at[0]->doc, "Assumed by AWS Backup in every member account."));
    assert_int_equal(f.file->items.at[1]->doc.size, 0);
    fixture_free(&f);
}

static void
the_tree_holds_what_was_written(void **state)
{
    (void)state;
    expect_dump(
        "edition 1\n"
        "air_gapped vault \"gap\" {\n  min_retention = 7d\n}\n"
        "template copy far(r: [region] = [eu-west-1], d: duration = 35d,) uses near {\n"
        "  delete_after = d\n}\n"
        "policy \"p\" {\n  children may append, remove here\n  children may all\n"
        "  plan \"x\" {\n"
        "    rule \"r\" { schedule = every(6h, from: 05:30) }\n"
        "    extend select tags \"s\" {\n      tag_values -= [\"a\", \"b\",] children may all\n"
        "      tag_key children may assign\n    }\n"
        "    raw \"k\" = {\"a\": [1, -2.5, true, null, \"\\u00e9\"]}\n"
        "    copy to vault(\"v\") in us-east-1 of account(\"x\") uses far(r: [a]) {}\n"
        "    x = {a: hourly(:15), \"b c\": on}\n  }\n}\n",
        "edition 1\n"
        "2:1 air_gapped vault \"gap\"\n"
        "  3:3 setting min_retention =\n"
        "    3:19 duration 7d\n"
        "5:1 template copy far\n"
        "  5:19 parameter r: [region]\n"
        "    5:33 list\n"
        "      5:34 word eu-west-1\n"
        "  5:46 parameter d: duration\n"
        "    5:60 duration 35d\n"
        "  5:71 uses near\n"
        "  6:3 setting delete_after =\n"
        "    6:18 word d\n"
        "8:1 policy \"p\"\n"
        "  9:3 children may append remove here\n"
        "  10:3 children may all\n"
        "  11:3 plan \"x\"\n"
        "    12:5 rule \"r\"\n"
        "      12:16 setting schedule =\n"
        "        12:27 call every\n"
        "          12:33 duration 6h\n"
        "          12:43 \"from\": time 05:30\n"
        "    13:5 extend select tags \"s\"\n"
        "      14:7 setting tag_values -=\n"
        "        14:21 list\n"
        "          14:22 string \"a\"\n"
        "          14:27 string \"b\"\n"
        "        14:33 children may all\n"
        "      15:7 setting tag_key\n"
        "        15:15 children may assign\n"
        "    17:5 raw \"k\"\n"
        "      17:15 map\n"
        "        17:21 \"a\": list\n"
        "          17:22 number 1\n"
        "          17:25 real -2.5\n"
        "          17:31 word true\n"
        "          17:37 word null\n"
        "          17:43 string \"\xC3\xA9\"\n"
        "    18:5 copy\n"
        "      18:13 \"to\": call vault in us-east-1\n"
        "        18:19 string \"v\"\n"
        "        18:40 \"of\": call account\n"
        "          18:48 string \"x\"\n"
        "      18:58 uses far\n"
        "        18:65 \"r\": list\n"
        "          18:66 word a\n"
        "    19:5 setting x =\n"
        "      19:9 map\n"
        "        19:13 \"a\": call hourly\n"
        "          19:20 minute :15\n"
        "        19:33 \"b c\": word on\n");
}

static void
blanks_that_do_not_matter(void **state)
{
    (void)state;
    expect("\xEF\xBB\xBF"
           "edition 1\r\n\r\nlet a = [ # one\r\n\t1,\r\n\t2, // two\r\n]\r\n",
           "");
    expect("\n// first a comment\n\nedition 1", "");
    expect("edition 1\npolicy \"a\" { plan \"b\" { rule \"c\" { delete_after = 35d } } }", "");
    expect("edition 1\nlet a = f(\n  x\n  ,\n  y:\n  5\n)\n", "");
}

/* The slip stands in line 5 of a plan that goes on with a clean setting. */
typedef struct slip {
    const char *text;
    const char *findings;
    const char *fixed; /* text with the safe fixes; NULL = there is none */
} slip;

static const slip slips[] = {
    {"regions: [a]", "5:12 SYN001\n", "regions = [a]"},
    {"x = {owner = \"x\", b = \"y\"}", "5:16 SYN001\n", "x = {owner : \"x\", b : \"y\"}"},
    {"@@append = [x]", "5:5 SYN001\n", NULL},
    {"x = @@assign [a]", "5:9 SYN001\n", NULL},
    {"x = {\"@@assign\": [a]}", "5:10 SYN001\n", NULL},
    {"\"regions\": {\"@@assign\": [\"us-east-1\"]},", "5:5 SYN001\n", NULL},
    {"rule daily {\n    }", "5:10 SYN001\n", "rule \"daily\" {\n    }"},
    {"/* one */ x = 1", "5:5 SYN001\n", NULL},
    {"/* one\n two */\n    x = 1 /* three */", "5:5 SYN001\n7:11 SYN001\n", NULL},
    {"delete-after = 35d", "5:5 SYN001\n", "delete_after = 35d"},
    {"rule \"x\" uses t(a: 1)", "5:26 SYN001\n", "rule \"x\" uses t(a: 1) {}"},
    {"x = \xE2\x80\x9C"
     "abc\xE2\x80\x9D",
     "5:9 SYN001\n", "x = \"abc\""},
    {"x = 'abc'", "5:9 SYN001\n", "x = \"abc\""},
    {"x = [\n      1\n      2 // c\n      3\n    ]", "6:8 SYN001\n",
     "x = [\n      1,\n      2, // c\n      3\n    ]"},
    {"x = {\n      a: 1\n      b: 2\n    }", "6:11 SYN001\n",
     "x = {\n      a: 1,\n      b: 2\n    }"},
    {"rule \"x\" // c\n    {\n    }", "6:5 SYN001\n", "rule \"x\" { // c\n    \n    }"},
    {"x = 1 y = 2", "5:11 SYN001\n", "x = 1\n    y = 2"},
    {"x = 1,", "5:10 SYN001\n", "x = 1"},
    {"x = 1;", "5:10 SYN001\n", "x = 1"},
    {"x [1]", "5:6 SYN001\n", "x = [1]"},
    {"vault \"main\"", "5:10 SYN001\n", "vault = \"main\""},
    {"rul \"x\" {\n      a = = 1\n    }", "5:5 SYN001\n", NULL},
    {"lifecycle {\n      delete_after = 35d\n    }", "5:5 SYN001\n", NULL},
    {"delete after = 35d", "5:12 SYN001\n", NULL},
    {"x =", "5:8 SYN001\n", NULL},
    {"x =\n      [1]", "5:8 SYN001\n", NULL},
    {"x = [1", "6:5 SYN001 @5:9\n", NULL},
    {"x = [1}", "5:11 SYN001 @5:9\n", NULL},
    {"x = 1]", "5:10 SYN001\n", NULL},
    {"x = f(a: [1, {b: 2)", "5:23 SYN001 @5:18\n", NULL},
    {"x = \"abc", "5:13 SYN001 @5:9\n", NULL},
    {"x = \"a\\qb\"", "5:11 SYN001\n", NULL},
    {"x = \"\\ud800\"", "5:10 SYN001\n", NULL},
    {"x = \"a\\u0000\"", "5:11 SYN001\n", NULL},
    {"x = \"a\tb\"", "5:11 SYN001\n", NULL},
    {"x = hourly(:5)", "5:16 SYN001\n", NULL},
    {"x = hourly(:60)", "5:16 SYN001\n", NULL},
    {"x = 5:30", "5:9 SYN001\n", NULL},
    {"x = 24:00", "5:9 SYN001\n", NULL},
    {"x = 1.5", "5:9 SYN001\n", NULL},
    {"x = 1234567890123456789", "5:9 SYN001\n", NULL},
    {"x = $a", "5:9 SYN001\n", NULL},
    {"x = f(a: 1, 2)", "5:17 SYN001\n", NULL},
    {"copy vault(\"x\") in b {}", "5:10 SYN001\n", "copy to vault(\"x\") in b {}"},
    {"copy to {\n    }", "5:13 SYN001\n", NULL},
    {"copy to a in \"us-east-1\" {}", "5:18 SYN001\n", NULL},
    {"select other \"x\" {}", "5:12 SYN001\n", NULL},
    {"rule \"x\" uses if {}", "5:19 SYN001\n", NULL},
    {"rule \"x\" uses t(\"v\") {}", "5:21 SYN001\n", NULL},
    {"plan \"q\" = {\n    }", "5:14 SYN001\n", "plan \"q\"  {\n    }"},
    {"raw \"a\" = {\"b\": [1, 2,]}", "5:26 SYN001\n", "raw \"a\" = {\"b\": [1, 2]}"},
    {"raw \"a\" = {b: 1}", "5:16 SYN001\n", "raw \"a\" = {\"b\": 1}"},
    {"raw \"a\" = 35d", "5:15 SYN001\n", NULL},
    {"raw \"a\" = 007", "5:15 SYN001\n", NULL},
    {"x = 1 children may nothin", "5:24 SYN001\n", NULL},
    {"x = 1\n    children may all", "6:5 SYN001\n", NULL},
    {"let a = 5", "5:5 SYN001\n", NULL},
    {")", "5:5 SYN001\n", NULL},
};

static void
one_slip_gives_one_finding(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
        static const char before[] = "edition 1\n\npolicy \"a\" {\n  plan \"p\" {\n    ";
        static const char after[] = "\n    last_one = on\n  }\n}\n";
        bp_arena *arena = bp_arena_new(NULL);
        bp_str text = bp_str_format(arena, "%s%s%s", before, slips[i].text, after);
        expect(text.at, slips[i].findings);
        fixture f = fixture_parse(text.at, text.size);
        bp_str fixed = fixture_fixed(&f, text);
        bp_str wanted =
            bp_str_format(arena, "%s%s%s", before,
                          slips[i].fixed == NULL ? slips[i].text : slips[i].fixed, after);
        if (!bp_str_equal(fixed, wanted)) {
            fail_msg("fixed:\n%.*s\nexpected:\n%.*s", BP_ARG(fixed), BP_ARG(wanted));
        }
        if (slips[i].fixed != NULL) {
            expect(bp_str_c(arena, fixed), "");
        }
        const bp_ast_item *policy = f.file->items.at[f.file->items.count - 1];
        const bp_ast_body *plan = policy->body->statements.at[0]->body;
        assert_true(
            bp_str_is(plan->statements.at[plan->statements.count - 1]->name.text, "last_one"));
        fixture_free(&f);
        bp_arena_free(arena);
    }
}

static void
durations_without_sense(void **state)
{
    static const char *const bad[][2] = {
        {"6months", "write the days: 180d, at 30 days a month"},
        {"1y", "write 365d, or 366d with leap days"},
        {"1.5h", "write 90m"},
        {"30 d", "write 30d"},
        {"2 Weeks", "write 2w"},
        {"0.5d", "write 12h"},
        {"35D", "write 35d"},
        {"5s", "units are m (minutes), h, d and w"},
        {"9999999999d", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_str text = bp_str_format(arena, "edition 1\nlet a = %s\nlet b = 1\n", bad[i][0]);
        expect(text.at, "2:9 SYN016\n");
        fixture f = fixture_parse(text.at, text.size);
        assert_int_equal(f.file->items.at[0]->value->kind, BP_AST_UNKNOWN);
        const bp_finding *finding = bp_diagnostics_at(f.diagnostics, 0);
        if (bad[i][1] != NULL) {
            assert_true(bp_str_is(finding->help.at[0], bad[i][1]));
        }
        fixture_free(&f);
        bp_arena_free(arena);
    }
    expect("edition 1\nlet a = [999999999d, 0m, 35d, 8h, 2w, 60m]\n", "");
    expect("edition 1\nlet a = \"35d\"\n", ""); /* judged where the type is known */
}

static void
things_that_stand_twice(void **state)
{
    (void)state;
    expect("edition 1\nvault \"a\" {\n  x = 1\n  x += [1]\n  x -= [1]\n  x children may all\n}\n",
           "");
    expect("edition 1\nvault \"a\" {\n  x = 1\n  x = 2\n}\n", "4:3 SYN007 @3:3\n");
    expect("edition 1\nvault \"a\" {\n  x += [1]\n  y = 1\n  x += [2]\n}\n", "5:3 SYN007 @3:3\n");
    expect("edition 1\nvault \"a\" {\n  x = 1 children may all\n  x children may all\n}\n",
           "4:3 SYN007 @3:3\n");
    expect("edition 1\nvault \"a\" {\n  children may all\n  children may all\n}\n",
           "4:3 SYN007 @3:3\n");
    expect("edition 1\nlet m = {a: 1, b: 2, \"a\": 3}\n", "2:22 SYN007 @2:10\n");
    expect("edition 1\nlet m = f(a: 1, a: 2)\n", "2:17 SYN007 @2:11\n");
    expect("edition 1\ntemplate rule t(a: int, a: int) {}\n", "2:25 SYN007 @2:17\n");
    expect("edition 1\nvault \"a\" {\n  raw \"k\" = {\"a\": 1, \"a\": 2}\n}\n",
           "3:22 SYN007 @3:14\n");
    expect("edition 1\nvault \"a\" { x = 1 }\nvault \"b\" { x = 1 }\n", "");
}

static void
editions(void **state)
{
    (void)state;
    expect("", "1:1 SYN011\n");
    expect("// nothing\n", "1:1 SYN011\n");
    expect("\nvault \"a\" {}\n", "2:1 SYN011\n");
    expect("vault \"a\" {}\nedition 1\n", "2:1 SYN011 @1:1\n");
    expect("edition 1\nedition 1\n", "2:1 SYN011 @1:1\n");
    expect("edition 2\n= what edition two may have =\n", "1:9 SYN011\n");
    expect("edition 0\n", "1:9 SYN011\n");
    expect("edition 99999999999999999999\n", "1:9 SYN011\n");
    expect("Edition 1\nlet a = 1\n", "1:1 SYN001\n");
    expect("edition \"1\"\nlet a = 1\n", "1:9 SYN001\n");
    expect("{\n  \"plans\": {}\n}\n", "1:1 SYN001\n");
}

static void
braces_that_are_missing_or_too_many(void **state)
{
    (void)state;
    expect("edition 1\npolicy \"a\" {\n  plan \"p\" {\n    rule \"r\" {\n      x = 1\n"
           "    select \"s\" {\n    }\n  }\n}\n",
           "6:5 SYN001 @4:14\n");
    expect("edition 1\npolicy \"a\" {\n  plan \"p\" {\n    x = 1\n\npolicy \"b\" {\n  y = 1\n}\n",
           "6:1 SYN001 @3:12\n");
    expect("edition 1\npolicy \"a\" {\n  plan \"p\" {\n    rule \"r\" {\n      x = 1\n  }\n}\n",
           "7:2 SYN001 @2:12 @4:5\n");
    expect("edition 1\npolicy \"a\" {\n  plan \"p\" {\n  }\n  }\n  plan \"q\" {\n  }\n}\n",
           "6:3 SYN001 @5:3\n");
    expect("edition 1\nvault \"a\" {}\n}\n", "3:1 SYN001\n");
    expect("edition 1\nlet a = [1,\n  2\n\nlet c = 5\nlet c = = 6\n",
           "5:1 SYN001 @2:9\n6:9 SYN001\n");
    /* a rule inside a rule, deeper indented and closed: its meaning is not the parser's business */
    expect(
        "edition 1\npolicy \"a\" {\n  plan \"p\" {\n    rule \"r\" {\n      rule \"s\" {\n      }\n"
        "    }\n  }\n}\n",
        "");
}

static void
items_with_mistakes(void **state)
{
    (void)state;
    expect("edition 1\nair-gapped vault \"a\" {}\nvault \"b\"\nvault c {}\n",
           "2:1 SYN001\n3:10 SYN001\n4:7 SYN001\n");
    expect("edition 1\npolcy \"a\" {\n  x = = 1\n}\nvault \"b\" {}\n", "2:1 SYN001\n");
    expect("edition 1\nlet for = 1\nlet A = 1\nlet a-b = 1\nlet x 1\nlet y = 1\n",
           "2:5 SYN001\n3:5 SYN001\n4:5 SYN001\n5:7 SYN001\n");
    expect("edition 1\ntemplate daily() {}\ntemplate rule t(a: vaul, b) {}\n",
           "2:10 SYN001\n3:20 SYN001\n");
    expect("edition 1\ninclude x.bpol\n", "2:9 SYN001\n");
    expect("edition 1\nplan \"p\" {\n  x = = 1\n}\n", "2:1 SYN001\n3:7 SYN001\n");
}

static void
text_that_is_none(void **state)
{
    (void)state;
    expect("edition 1\nlet a = \"\xFF\xFE\"\nlet = = \n", "2:10 SYN001\n");
    fixture f = fixture_parse("edition 1\n\0 = =\xFF", 16);
    assert_true(bp_str_is(fixture_findings(&f, true),
                          "2:1 SYN001 byte 10 is NUL; a policy is text in UTF-8\n"));
    fixture_free(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_programs_parse_clean),
        cmocka_unit_test(the_tree_holds_what_was_written),
        cmocka_unit_test(blanks_that_do_not_matter),
        cmocka_unit_test(one_slip_gives_one_finding),
        cmocka_unit_test(durations_without_sense),
        cmocka_unit_test(things_that_stand_twice),
        cmocka_unit_test(editions),
        cmocka_unit_test(braces_that_are_missing_or_too_many),
        cmocka_unit_test(items_with_mistakes),
        cmocka_unit_test(text_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
