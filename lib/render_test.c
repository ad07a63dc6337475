/* Formats for people, json and annotations, over one small set of sources and rules. */
#include "lib/render.h"

#include "lib/json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const bp_rule rules[] = {
    {"NAM002", "vault-name-case", BP_ERROR, BP_AWS_JOB_FAILS, "MODEL", "", "0.1.0"},
    {"CPY007", "self-copy", BP_WARNING, BP_AWS_ACCEPTS, "MODEL", "", "0.1.0"},
    {"OPS001", "no-description", BP_INFO, BP_AWS_NONE, "DOC", "", "0.1.0"},
    {"LIF001", "cold-90", BP_ERROR, BP_AWS_REJECTS, "DOC", "", "0.1.0"},
    {"XXX001", "merged", BP_ERROR, BP_AWS_INVALID_EFFECTIVE, "EFF", "", "0.1.0"},
    {"XXX002", "nobody-knows", BP_ERROR, BP_AWS_UNKNOWN, "EFF", "", "0.1.0"},
};

typedef struct desk {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *list;
    const bp_source *policy;
    const bp_source *vaults;
    bp_report_facts facts;
} desk;

static int
set_up(void **state)
{
    static desk on;
    memset(&on, 0, sizeof on);
    on.arena = bp_arena_new(NULL);
    on.sources = bp_sources_new(on.arena);
    on.policy =
        bp_sources_add(on.sources, BP_STR("policies/prod.bpol"),
                       BP_STR("one\n\nrule \"a\" into(vault(\"Prod\"))\nfour {\n  five\n}\n"));
    on.vaults = bp_sources_add(on.sources, BP_STR("policies/vaults.bpol"),
                               BP_STR("1\n2\n3\n4\n5\n6\n7\n8\n9\nvault \"prod\" {}\n"));
    on.list = bp_diagnostics_new(on.arena, on.sources, rules, sizeof rules / sizeof *rules);
    on.facts.tool_version = BP_STR("0.1.0");
    *state = &on;
    return 0;
}

static int
tear_down(void **state)
{
    desk *on = *state;
    bp_arena_free(on->arena);
    return 0;
}

static const char *
rendered(desk *on, const char *format)
{
    bp_output *out = bp_output_new(on->arena, -1);
    bp_diagnostics_settle(on->list);
    bp_render_find(bp_str_of(format), NULL)(on->arena, on->list, &on->facts, out);
    return bp_output_memory(out).at;
}

static bp_span
find(const bp_source *source, const char *text)
{
    const char *at = strstr(source->text.at, text);
    assert_non_null(at);
    size_t start = (size_t)(at - source->text.at);
    return bp_span_of(source, start, start + strlen(text));
}

static bp_finding *
report_sample(desk *on)
{
    bp_finding *finding = bp_report(on->list, "NAM002", find(on->policy, "\"Prod\""),
                                    "vault \"Prod\" does not exist; \"prod\" does");
    bp_finding_mark(on->list, finding, "no vault with this exact spelling");
    bp_finding_label(on->list, finding, find(on->vaults, "\"prod\""), "declared here");
    bp_finding_note(on->list, finding, "vault names are case-sensitive");
    bp_finding_fix(on->list, finding, true, finding->span, BP_STR("\"prod\""),
                   "replace with \"prod\"");
    bp_finding_scope(on->list, finding, BP_STR("policy/p/plan/q/rule/a"));
    bp_finding_cell(on->list, finding, BP_STR("222233334444"), BP_STR("Prod Account"),
                    BP_STR("us-east-1"));
    bp_finding_cell(on->list, finding, BP_STR("222233334444"), BP_STR("Prod Account"),
                    BP_STR("us-west-2"));
    return finding;
}

static void
text_shows_two_places(void **state)
{
    desk *on = *state;
    report_sample(on);
    assert_string_equal(rendered(on, "text"),
                        "error[NAM002]: vault \"Prod\" does not exist; \"prod\" does  "
                        "(vault-name-case)\n"
                        "  --> policies/prod.bpol:3:21\n"
                        "   |\n"
                        " 3 | rule \"a\" into(vault(\"Prod\"))\n"
                        "   |                     ^^^^^^ no vault with this exact spelling\n"
                        "  ::: policies/vaults.bpol:10:7\n"
                        "   |\n"
                        "10 | vault \"prod\" {}\n"
                        "   |       ------ declared here\n"
                        "   = note: vault names are case-sensitive\n"
                        "   = note: AWS accepts the policy; the backup or copy job fails later\n"
                        "   = note: reaches 1 account x 2 Regions; first: Prod Account "
                        "(222233334444) in us-east-1, us-west-2\n"
                        "   = fix: replace with \"prod\"   [safe]\n"
                        "   = help: backpol explain NAM002\n"
                        "\n"
                        "1 error\n");
}

static void
marks_of_one_line_share_an_excerpt(void **state)
{
    desk *on = *state;
    bp_finding *finding = bp_report(on->list, "CPY007", find(on->policy, "into"), "m");
    bp_finding_label(on->list, finding, find(on->policy, "four {\n  five\n}"), "this block");
    bp_finding_label(on->list, finding, find(on->policy, "\"a\""), "this rule");
    bp_finding_label(on->list, finding, BP_NOWHERE, "nowhere");
    bp_finding_fix(on->list, finding, false, finding->span, BP_STR(""), "remove it");
    bp_finding_help(on->list, finding, "write it once");
    assert_string_equal(rendered(on, "text"), "warning[CPY007]: m  (self-copy)\n"
                                              "  --> policies/prod.bpol:3:10\n"
                                              "   |\n"
                                              " 3 | rule \"a\" into(vault(\"Prod\"))\n"
                                              "   |          ^^^^\n"
                                              "   |      --- this rule\n"
                                              "  ::: policies/prod.bpol:4:1\n"
                                              "   |\n"
                                              " 4 | four {\n"
                                              "   | ------ this block\n"
                                              "   = fix: remove it   [changes the meaning]\n"
                                              "   = help: write it once\n"
                                              "   = help: backpol explain CPY007\n"
                                              "\n"
                                              "1 warning\n");
}

static void
text_without_a_place_and_at_the_end(void **state)
{
    desk *on = *state;
    bp_report(on->list, "OPS001", BP_NOWHERE, "nothing to back up");
    size_t end = on->policy->text.size;
    bp_report(on->list, "OPS001", bp_span_of(on->policy, end, end), "ends here");
    bp_report(on->list, "OPS001", bp_span_of(on->policy, 4, 4), "empty line");
    assert_string_equal(rendered(on, "text"), "info[OPS001]: nothing to back up  "
                                              "(no-description)\n"
                                              "   = help: backpol explain OPS001\n"
                                              "\n"
                                              "info[OPS001]: empty line  (no-description)\n"
                                              "  --> policies/prod.bpol:2:1\n"
                                              "   |\n"
                                              " 2 |\n"
                                              "   | ^\n"
                                              "   = help: backpol explain OPS001\n"
                                              "\n"
                                              "info[OPS001]: ends here  (no-description)\n"
                                              "  --> policies/prod.bpol:7:1\n"
                                              "   |\n"
                                              " 7 |\n"
                                              "   | ^\n"
                                              "   = help: backpol explain OPS001\n"
                                              "\n"
                                              "3 infos\n");
}

static void
every_verdict_has_its_sentence(void **state)
{
    desk *on = *state;
    bp_report(on->list, "LIF001", BP_NOWHERE, "m");
    bp_report(on->list, "XXX001", BP_NOWHERE, "m");
    bp_report(on->list, "XXX002", BP_NOWHERE, "m");
    const char *text = rendered(on, "text");
    assert_non_null(strstr(text, "= note: AWS refuses this when the policy or the stack set"));
    assert_non_null(strstr(text, "= note: AWS accepts the policy; the merged policy is then"));
    assert_non_null(strstr(text, "= note: it is not known what AWS does with this"));
}

static void
cells_are_counted_and_sampled(void **state)
{
    desk *on = *state;
    bp_finding *finding = bp_report(on->list, "CPY007", BP_NOWHERE, "m");
    static const char *const accounts[] = {"111111111111", "222222222222", "333333333333"};
    for (size_t i = 0; i < 3; i++) {
        for (size_t r = 0; r < (i == 2 ? 1 : 3); r++) {
            bp_finding_cell(on->list, finding, bp_str_of(accounts[i]),
                            i == 1 ? BP_STR("B") : BP_STR(""),
                            r == 0   ? BP_STR("us-east-1")
                            : r == 1 ? BP_STR("us-east-2")
                                     : BP_STR("us-west-2"));
        }
    }
    assert_non_null(strstr(rendered(on, "text"),
                           "   = note: reaches 3 accounts x 3 Regions (7 of 9 pairs); first: "
                           "111111111111 in us-east-1, us-east-2, us-west-2, B (222222222222) in "
                           "us-east-1, us-east-2\n"));
    bp_finding *other = bp_report(on->list, "OPS001", BP_NOWHERE, "m");
    bp_finding_cell(on->list, other, bp_str_of(accounts[0]), BP_STR("A"), BP_STR(""));
    assert_non_null(strstr(rendered(on, "text"), "note: reaches 1 account; first: A (1111111"));
}

static void
the_summary_counts(void **state)
{
    desk *on = *state;
    assert_string_equal(rendered(on, "text"), "no findings\n");
    on->facts.checked = BP_STR("2 policies, 4 accounts");
    on->facts.suppressed = 1;
    bp_skip_check(on->list, "NAM002", 2, "no role list for %d accounts", 2);
    bp_skip_check(on->list, "NAM002", 1, "no role list for %d accounts", 2);
    bp_skip_check(on->list, "CPY007", 1, "no vaults");
    assert_string_equal(rendered(on, "text"),
                        "no findings; 1 suppressed; checked 2 policies, 4 accounts; "
                        "4 checks skipped (--verbose lists them)\n");
    on->facts.verbose = true;
    on->facts.suppressed = 0;
    assert_string_equal(rendered(on, "text"),
                        "no findings; checked 2 policies, 4 accounts; 4 checks skipped:\n"
                        "  NAM002 vault-name-case: 3, no role list for 2 accounts\n"
                        "  CPY007 self-copy: 1, no vaults\n");
    on->facts.quiet = true;
    assert_string_equal(rendered(on, "text"), "");
}

static void
limits_cut_and_say_so(void **state)
{
    desk *on = *state;
    for (int i = 0; i < 5; i++) {
        bp_report(on->list, i == 4 ? "NAM002" : "OPS001", BP_NOWHERE, "m%d", i);
    }
    on->facts.limit = 2;
    const char *text = rendered(on, "text");
    assert_non_null(strstr(text, "error[NAM002]: m4"));
    assert_non_null(strstr(text, "info[OPS001]: m0"));
    assert_null(strstr(text, "m1"));
    assert_non_null(strstr(text, "3 more findings are not shown (--max-findings)\n\n"
                                 "1 error, 4 infos\n"));
    assert_string_equal(rendered(on, "line"), "error[NAM002]: m4\ninfo[OPS001]: m0\n"
                                              "3 more findings are not shown\n");
    on->facts.quiet = true;
    text = rendered(on, "text");
    assert_null(strstr(text, "OPS001"));
    assert_null(strstr(text, "not shown"));
}

static void
colors_are_ours_alone(void **state)
{
    desk *on = *state;
    bp_report(on->list, "NAM002", find(on->policy, "one"), "bad \x1B[31m name");
    assert_null(strchr(rendered(on, "text"), '\x1B'));
    on->facts.color = true;
    const char *text = rendered(on, "text");
    assert_non_null(strstr(text, "\x1B[1;31merror[NAM002]\x1B[0m"));
    assert_non_null(strstr(text, "bad \\x1b[31m name"));
}

static void
line_format(void **state)
{
    desk *on = *state;
    report_sample(on);
    bp_report(on->list, "OPS001", BP_NOWHERE, "::error::two\nlines");
    assert_string_equal(rendered(on, "line"),
                        "info[OPS001]: ::error::two\\x0alines\n"
                        "policies/prod.bpol:3:21: error[NAM002]: vault \"Prod\" does not exist; "
                        "\"prod\" does\n");
}

static void
a_hostile_path_is_no_command(void **state)
{
    desk *on = *state;
    const bp_source *hostile =
        bp_sources_add(on->sources, BP_STR("::error file=x,a%b\n"), BP_STR("x\n"));
    bp_report(on->list, "OPS001", bp_span_of(hostile, 0, 1), "100%% ##[x]\nnext");
    assert_string_equal(rendered(on, "line"), "\\x3a:error file=x,a%b\\x0a:1:1: info[OPS001]: 100% "
                                              "##\\x5bx]\\x0anext\n");
    assert_string_equal(rendered(on, "github"),
                        "::notice file=\\x3a%3Aerror file=x%2Ca%25b\\x0a,line=1,endLine=1,col=1,"
                        "endColumn=2,title=OPS001 no-description::100%25 ##\\x5bx]\\x0anext\n");
}

static void
json_has_every_field_in_order(void **state)
{
    desk *on = *state;
    report_sample(on);
    bp_skip_check(on->list, "CPY007", 2, "no vault list");
    on->facts.facts_as_of = BP_STR("2026-09-24");
    on->facts.inventory_path = BP_STR("org.yaml");
    on->facts.captured_at = BP_STR("2026-11-02");
    on->facts.accounts = 4;
    assert_string_equal(
        rendered(on, "json"),
        "{\n"
        "  \"format_version\": \"1.0\",\n"
        "  \"tool\": {\n"
        "    \"name\": \"backpol\",\n"
        "    \"version\": \"0.1.0\",\n"
        "    \"facts_as_of\": \"2026-09-24\"\n"
        "  },\n"
        "  \"inventory\": {\n"
        "    \"path\": \"org.yaml\",\n"
        "    \"captured_at\": \"2026-11-02\",\n"
        "    \"accounts\": 4\n"
        "  },\n"
        "  \"findings\": [\n"
        "    {\n"
        "      \"code\": \"NAM002\",\n"
        "      \"slug\": \"vault-name-case\",\n"
        "      \"severity\": \"error\",\n"
        "      \"aws\": \"job-fails\",\n"
        "      \"message\": \"vault \\\"Prod\\\" does not exist; \\\"prod\\\" does\",\n"
        "      \"file\": \"policies/prod.bpol\",\n"
        "      \"line\": 3,\n"
        "      \"column\": 21,\n"
        "      \"end_line\": 3,\n"
        "      \"end_column\": 27,\n"
        "      \"scope\": \"policy/p/plan/q/rule/a\",\n"
        "      \"labels\": [\n"
        "        {\n"
        "          \"file\": \"policies/vaults.bpol\",\n"
        "          \"line\": 10,\n"
        "          \"column\": 7,\n"
        "          \"end_line\": 10,\n"
        "          \"end_column\": 13,\n"
        "          \"text\": \"declared here\"\n"
        "        }\n"
        "      ],\n"
        "      \"notes\": [\n"
        "        \"vault names are case-sensitive\"\n"
        "      ],\n"
        "      \"help\": [],\n"
        "      \"fixes\": [\n"
        "        {\n"
        "          \"safe\": true,\n"
        "          \"text\": \"replace with \\\"prod\\\"\",\n"
        "          \"edits\": [\n"
        "            {\n"
        "              \"file\": \"policies/prod.bpol\",\n"
        "              \"start\": 25,\n"
        "              \"end\": 31,\n"
        "              \"text\": \"\\\"prod\\\"\"\n"
        "            }\n"
        "          ]\n"
        "        }\n"
        "      ],\n"
        "      \"targets\": {\n"
        "        \"count\": 2,\n"
        "        \"accounts\": 1,\n"
        "        \"regions\": 2,\n"
        "        \"sample\": [\n"
        "          {\n"
        "            \"account\": \"222233334444\",\n"
        "            \"region\": \"us-east-1\"\n"
        "          },\n"
        "          {\n"
        "            \"account\": \"222233334444\",\n"
        "            \"region\": \"us-west-2\"\n"
        "          }\n"
        "        ]\n"
        "      }\n"
        "    }\n"
        "  ],\n"
        "  \"summary\": {\n"
        "    \"errors\": 1,\n"
        "    \"warnings\": 0,\n"
        "    \"infos\": 0,\n"
        "    \"suppressed\": 0,\n"
        "    \"baselined\": 0,\n"
        "    \"skipped\": [\n"
        "      {\n"
        "        \"code\": \"CPY007\",\n"
        "        \"count\": 2,\n"
        "        \"reason\": \"no vault list\"\n"
        "      }\n"
        "    ]\n"
        "  }\n"
        "}\n");
}

static void
json_leaves_out_what_does_not_apply(void **state)
{
    desk *on = *state;
    bp_report(on->list, "OPS001", BP_NOWHERE, "m");
    const char *text = rendered(on, "json");
    assert_non_null(strstr(text, "      \"message\": \"m\",\n"
                                 "      \"labels\": [],\n"
                                 "      \"notes\": [],\n"
                                 "      \"help\": [],\n"
                                 "      \"fixes\": []\n"
                                 "    }\n"));
    assert_null(strstr(text, "inventory"));
}

static void
json_is_valid_for_any_bytes(void **state)
{
    desk *on = *state;
    char bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(i == 0 ? 1 : i);
    }
    const bp_source *source =
        bp_sources_add(on->sources, (bp_str){bytes, 256}, (bp_str){bytes, 256});
    bp_finding *finding =
        bp_report(on->list, "OPS001", bp_span_of(source, 128, 256), "%.*s", 256, bytes);
    bp_finding_scope(on->list, finding, (bp_str){bytes, 256});
    bp_finding_note(on->list, finding, "%.*s", 256, bytes);
    bp_finding_fix(on->list, finding, true, finding->span, (bp_str){bytes, 256}, "x");
    bp_finding_label(on->list, finding, finding->span, "%.*s", 256, bytes);
    bp_str text = bp_str_of(rendered(on, "json"));
    size_t bad = 0;
    assert_true(bp_str_valid_utf8(text, &bad));
    assert_non_null(bp_json_parse(on->arena, text));
    assert_true(bp_str_valid_utf8(bp_str_of(rendered(on, "text")), &bad));
    assert_true(bp_str_valid_utf8(bp_str_of(rendered(on, "line")), &bad));
    assert_true(bp_str_valid_utf8(bp_str_of(rendered(on, "github")), &bad));
}

static void
github_is_worst_first_and_capped(void **state)
{
    desk *on = *state;
    bp_report(on->list, "CPY007", find(on->policy, "four {\n  five\n}"), "over two lines");
    for (int i = 0; i < 12; i++) {
        bp_report(on->list, "OPS001", BP_NOWHERE, "i%02d", i);
        bp_report(on->list, "NAM002", BP_NOWHERE, "e%02d", i);
    }
    const char *text = rendered(on, "github");
    assert_ptr_equal(strstr(text, "::error title=NAM002 vault-name-case::e00\n"), text);
    const char *warning = strstr(text, "::warning file=policies/prod.bpol,line=4,endLine=6,"
                                       "title=CPY007 self-copy::over two lines\n");
    assert_non_null(warning);
    assert_true(warning > strstr(text, "::e09\n"));
    assert_true(warning < strstr(text, "::notice title=OPS001 no-description::i00\n"));
    assert_null(strstr(text, "::e10"));
    assert_null(strstr(text, "::i10"));
    assert_non_null(strstr(text, "::notice title=backpol::not annotated: 2 more errors, 0 more "
                                 "warnings, 2 more infos\n"));
}

static void
formats_are_found_by_name(void **state)
{
    (void)state;
    const char *names = NULL;
    assert_ptr_equal(bp_render_find(BP_STR("json"), &names), bp_render_json);
    assert_string_equal(names, "text, line, json, sarif, github, markdown");
    assert_null(bp_render_find(BP_STR("JSON"), NULL));
    assert_null(bp_render_find(BP_STR(""), NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(text_shows_two_places),
        TEST(marks_of_one_line_share_an_excerpt),
        TEST(text_without_a_place_and_at_the_end),
        TEST(every_verdict_has_its_sentence),
        TEST(cells_are_counted_and_sampled),
        TEST(the_summary_counts),
        TEST(limits_cut_and_say_so),
        TEST(colors_are_ours_alone),
        TEST(line_format),
        TEST(a_hostile_path_is_no_command),
        TEST(json_has_every_field_in_order),
        TEST(json_leaves_out_what_does_not_apply),
        TEST(json_is_valid_for_any_bytes),
        TEST(github_is_worst_first_and_capped),
        TEST(formats_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
