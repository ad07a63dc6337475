/* The manifest: what it sets, what is refused and where. */
#include "compiler/project/manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RULE(code, slug)                                       \
    {                                                          \
        code, slug, BP_ERROR, BP_AWS_NONE, "CONF", "", "0.1.0" \
    }

static const bp_rule rules[] = {
    RULE("SYN001", "parse-error"),     RULE("SYN007", "duplicate-key"),
    RULE("SYN015", "input-refused"),   RULE("CFG001", "manifest-invalid"),
    RULE("CFG002", "unknown-rule"),    RULE("CFG008", "path-outside-root"),
    RULE("REG003", "region-disabled"), RULE("CPY007", "self-copy"),
    RULE("NAM002", "vault-name-case"), RULE("LIF008", "copy-without-lifecycle"),
};

typedef struct reading {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *list;
    bp_manifest *manifest;
    bool good;
} reading;

static reading
read_text(const char *text, size_t size)
{
    reading r = {.arena = bp_arena_new(NULL)};
    r.sources = bp_sources_new(r.arena);
    r.list = bp_diagnostics_new(r.arena, r.sources, rules, sizeof rules / sizeof rules[0]);
    const bp_source *source =
        bp_sources_add(r.sources, BP_STR("backpol.yaml"), (bp_str){text, size});
    r.good = bp_manifest_read(r.arena, r.list, source, &r.manifest);
    bp_diagnostics_settle(r.list);
    return r;
}

#define START "version: 1\nsources: [a.bpol]\n"

/* One finding: code, place, words; the manifest cannot be used. */
static void
check(const char *text, const char *code, unsigned line, unsigned column, const char *words)
{
    reading r = read_text(text, strlen(text));
    assert_false(r.good);
    assert_int_equal(bp_diagnostics_total(r.list), 1);
    const bp_finding *finding = bp_diagnostics_at(r.list, 0);
    assert_string_equal(finding->rule->code, code);
    if (!bp_str_contains(finding->message, bp_str_of(words))) {
        fail_msg("\"%.*s\" lacks \"%s\"", BP_ARG(finding->message), words);
    }
    bp_position at = bp_sources_position(r.sources, finding->span.source, finding->span.start);
    assert_int_equal(at.line, line);
    assert_int_equal(at.column, column);
    bp_arena_free(r.arena);
}

static void
defaults_stand_where_nothing_is_said(void **state)
{
    (void)state;
    reading r = read_text(START, strlen(START));
    assert_true(r.good);
    assert_int_equal(bp_diagnostics_total(r.list), 0);
    const bp_manifest *m = r.manifest;
    assert_int_equal(m->sources.count, 1);
    assert_true(bp_span_exists(m->sources.at[0].span));
    assert_int_equal(m->inventory.text.size, 0);
    assert_int_equal(m->inventory_max_age_days, 30);
    assert_int_equal(m->facts_max_age_days, 180);
    assert_true(bp_str_is(m->output_dir.text, "generated"));
    assert_int_equal(m->targets, 31);
    assert_int_equal(m->fail_on, BP_ERROR);
    assert_false(m->lowercase_names);
    bp_arena_free(r.arena);
}

static void
every_usable_key_sets_something(void **state)
{
    (void)state;
    static const char text[] =
        "version: 1\nsources: [policies/**/*.bpol, 'x/y.bpol']\ninventory: org/org.yaml\n"
        "inventory_max_age_days: 7\nhome_region: eu-central-1\n"
        "output: { dir: out, targets: [policies, cli] }\n"
        "rules:\n  level: { REG003: error, self-copy: off, syn: info }\n"
        "placeholders: [\"${Prefix}\", \"{{ name }}\"]\nfacts_max_age_days: 365\n"
        "fail_on: warning\nlowercase_names: true\n";
    reading r = read_text(text, sizeof text - 1);
    assert_true(r.good);
    assert_int_equal(bp_diagnostics_total(r.list), 0);
    const bp_manifest *m = r.manifest;
    assert_int_equal(m->sources.count, 2);
    assert_true(bp_str_is(m->inventory.text, "org/org.yaml"));
    assert_int_equal(m->inventory_max_age_days, 7);
    assert_true(bp_str_is(m->home_region.text, "eu-central-1"));
    assert_true(bp_str_is(m->output_dir.text, "out"));
    assert_int_equal(m->targets, BP_TARGET_POLICIES | BP_TARGET_CLI);
    assert_int_equal(m->levels.count, 3);
    assert_string_equal(m->levels.at[0].rule->code, "REG003");
    assert_int_equal(m->levels.at[0].severity, BP_ERROR);
    assert_string_equal(m->levels.at[1].rule->code, "CPY007");
    assert_int_equal(m->levels.at[1].severity, BP_OFF);
    assert_null(m->levels.at[2].rule);
    assert_true(bp_str_is(m->levels.at[2].prefix, "syn"));
    assert_int_equal(m->levels.at[2].severity, BP_INFO);
    assert_int_equal(m->placeholders.count, 2);
    assert_int_equal(m->facts_max_age_days, 365);
    assert_int_equal(m->fail_on, BP_WARNING);
    assert_true(m->lowercase_names);
    bp_arena_free(r.arena);
}

static void
keys_of_later_releases_are_refused_by_name(void **state)
{
    (void)state;
    static const char *const keys[] = {"retention"};
    for (size_t i = 0; i < 1; i++) {
        char text[100];
        snprintf(text, sizeof text, START "%s: {a: [1]}\n", keys[i]);
        check(text, "CFG001", 3, 1, keys[i]);
    }
}

static void
rules_are_locked_and_overridden(void **state)
{
    (void)state;
    static const char text[] =
        START "baseline: known.json\nrules:\n  locked: [NAM002, self-copy]\n  overrides:\n"
              "    - { ou: 'Sandbox/**', level: { LIF: off, LIF008: warning } }\n"
              "    - { level: { LIF008: info }, ou: Prod }\n";
    reading r = read_text(text, sizeof text - 1);
    assert_true(r.good);
    const bp_manifest *m = r.manifest;
    assert_true(bp_str_is(m->baseline.text, "known.json"));
    assert_int_equal(m->locked.count, 2);
    assert_string_equal(m->locked.at[1].rule->code, "CPY007");
    assert_int_equal(m->overrides.count, 2);
    assert_true(bp_str_is(m->overrides.at[0]->ou.text, "Sandbox/**"));
    assert_int_equal(m->overrides.at[0]->levels.count, 2);
    assert_int_equal(m->overrides.at[1]->levels.at[0].severity, BP_INFO);
    bp_arena_free(r.arena);
    check(START "rules: { locked: [NAM02] }\n", "CFG002", 3, 19, "NAM02");
    check(START "rules: { locked: NAM002 }\n", "CFG001", 3, 18, "a list of rules");
    check(START "rules:\n  overrides:\n    - { ou: Prod }\n", "CFG001", 5, 7, "\"level\"");
    check(START "rules:\n  overrides:\n    - level: { LIF008: off }\n", "CFG001", 5, 7, "\"ou\"");
    check(START "baseline: ../known.json\n", "CFG008", 3, 11, "..");
}

static void
coverage_has_exemptions_with_reasons(void **state)
{
    (void)state;
    static const char text[] =
        START "coverage:\n  require: true\n  exempt:\n"
              "    - { account: '555566667777', reason: 'sandbox, nothing to keep' }\n"
              "    - { reason: to be closed, ou: Old/Lab }\n";
    reading r = read_text(text, sizeof text - 1);
    assert_true(r.good);
    const bp_manifest_coverage *c = &r.manifest->coverage;
    assert_true(c->require && !c->management);
    assert_int_equal(c->exempt.count, 2);
    assert_true(!c->exempt.at[0].is_ou && c->exempt.at[1].is_ou);
    assert_true(bp_str_is(c->exempt.at[1].target.text, "Old/Lab"));
    assert_true(bp_str_is(c->exempt.at[0].reason.text, "sandbox, nothing to keep"));
    bp_arena_free(r.arena);
    check(START "coverage: { require: yes }\n", "CFG001", 3, 22, "false or true");
    check(START "coverage: { requires: true }\n", "CFG001", 3, 13, "requires");
    check(START "coverage: { exempt: [{ account: '555566667777' }] }\n", "CFG001", 3, 33,
          "without a reason");
    check(START "coverage: { exempt: [{ ou: Lab, reason: ~ }] }\n", "CFG001", 3, 41, "the reason");
    check(START "coverage: { exempt: [{ reason: old }] }\n", "CFG001", 3, 22, "\"ou\"");
    check(START "coverage: { exempt: [{ ou: A, account: B, reason: old }] }\n", "CFG001", 3, 31,
          "takes one");
    check(START "coverage: { exempt: [{ ou: A, reason: a }, { ou: A, reason: b }] }\n", "CFG001", 3,
          50, "twice");
    check(START "coverage: { exempt: { ou: A, reason: a } }\n", "CFG001", 3, 21,
          "a list of exemptions");
}

static void
documents_have_a_file_a_name_and_targets(void **state)
{
    (void)state;
    static const char text[] =
        "version: 1\ndocuments:\n  - { file: p/a.json, name: base, attach: [root, \"ou:A/B\", "
        "\"account:222233334444\"] }\n  - { file: b.json, name: other }\n";
    reading r = read_text(text, sizeof text - 1);
    assert_true(r.good);
    const bp_manifest *m = r.manifest;
    assert_int_equal(m->documents.count, 2);
    const bp_manifest_document *first = m->documents.at[0];
    assert_true(bp_str_is(first->file.text, "p/a.json") && bp_str_is(first->name.text, "base"));
    assert_int_equal(first->attach.count, 3);
    assert_int_equal(first->attach.at[0].kind, BP_MANIFEST_ROOT);
    assert_true(bp_str_is(first->attach.at[1].text, "A/B"));
    assert_int_equal(first->attach.at[2].kind, BP_MANIFEST_ACCOUNT);
    assert_true(bp_str_is(first->attach.at[2].text, "222233334444"));
    assert_false(m->documents.at[1]->attach_written);
    bp_arena_free(r.arena);
    check("version: 1\ndocuments: []\n", "CFG001", 2, 1, "empty list");
    check("version: 1\ndocuments: [{name: a}]\n", "CFG001", 2, 13, "\"file\"");
    check("version: 1\ndocuments: [{file: a}]\n", "CFG001", 2, 13, "\"name\"");
    check("version: 1\ndocuments: [{file: ../a, name: a}]\n", "CFG008", 2, 20, "..");
    check("version: 1\ndocuments: [{file: a, nmae: a}]\n", "CFG001", 2, 23, "nmae");
    check("version: 1\ndocuments: [{file: a, name: a, attach: root}]\n", "CFG001", 2, 40, "list");
    check("version: 1\ndocuments: [{file: a, name: a, attach: [Prod]}]\n", "CFG001", 2, 41,
          "no target");
    check("version: 1\ndocuments: [{file: a, name: a, attach: ['ou:']}]\n", "CFG001", 2, 41,
          "no target");
}

static void
mistakes_are_shown_where_they_are(void **state)
{
    (void)state;
    check(START "inventroy: org.yaml\n", "CFG001", 3, 1, "unknown key");
    check(START "inventory: a\ninventory: b\n", "SYN007", 4, 1, "twice");
    check("version: 2\nsources: [a]\n", "CFG001", 1, 10, "version \"2\"");
    check("sources: [a]\n", "CFG001", 1, 1, "without \"version\"");
    check("version: 1\n", "CFG001", 1, 1, "without \"sources\"");
    check("version: 1\nsources: []\n", "CFG001", 2, 1, "empty list");
    check("version: 1\nsources: a.bpol\n", "CFG001", 2, 10, "a list");
    check("version: 1\nsources: [~]\n", "CFG001", 2, 11, "no value");
    check("version: 1\nsources: [/etc/x.bpol]\n", "CFG008", 2, 11, "absolute");
    check("version: 1\nsources: [a/../../b]\n", "CFG008", 2, 11, "..");
    check(START "inventory: ../org.yaml\n", "CFG008", 3, 12, "..");
    check(START "output: {dir: /tmp}\n", "CFG008", 3, 15, "absolute");
    check(START "output: {dirs: out}\n", "CFG001", 3, 10, "dirs");
    check(START "output: {targets: [policy]}\n", "CFG001", 3, 20, "policies");
    check(START "output: {targets: []}\n", "CFG001", 3, 10, "empty");
    check(START "inventory_max_age_days: 030\n", "CFG001", 3, 25, "days");
    check(START "inventory_max_age_days: 0\n", "CFG001", 3, 25, "days");
    check(START "facts_max_age_days: 1 year\n", "CFG001", 3, 21, "days");
    check(START "home_region: Europe (Ireland)\n", "CFG001", 3, 14, "Region");
    check(START "fail_on: errors\n", "CFG001", 3, 10, "has to be");
    check(START "lowercase_names: yes\n", "CFG001", 3, 18, "false or true");
    check(START "rules: {level: {REG300: error}}\n", "CFG002", 3, 17, "REG300");
    check(START "rules: {level: {REG003: fatal}}\n", "CFG001", 3, 25, "fatal");
    check(START "rules: {level: {REG003: error, region-disabled: off}}\n", "SYN007", 3, 32,
          "REG003");
    check(START "rules: [a]\n", "CFG001", 3, 8, "a list");
    check("", "CFG001", 1, 1, "empty");
    check("- a\n", "CFG001", 1, 1, "no mapping");
    check("version: 1\nsources: [a\n", "SYN001", 2, 12, "ends inside a list");
    check(START "inventory: *x\n", "SYN015", 3, 12, "alias");
    check("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "SYN015", 1, 65,
          "more than 64");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_stand_where_nothing_is_said),
        cmocka_unit_test(every_usable_key_sets_something),
        cmocka_unit_test(keys_of_later_releases_are_refused_by_name),
        cmocka_unit_test(rules_are_locked_and_overridden),
        cmocka_unit_test(coverage_has_exemptions_with_reasons),
        cmocka_unit_test(documents_have_a_file_a_name_and_targets),
        cmocka_unit_test(mistakes_are_shown_where_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
