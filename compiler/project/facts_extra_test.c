/* Rows of a project's own: what they change, and what is refused with its place. */
#include "compiler/project/facts_extra.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/facts/tables.h"

static const bp_rule rules[] = {
    {"CFG001", "manifest-invalid", BP_ERROR, BP_AWS_NONE, "CONF", "", "0.1"},
    {"SYN001", "parse-error", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1"},
    {"SYN007", "duplicate-key", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1"},
    {"SYN015", "input-refused", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1"}};

typedef struct reading {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *list;
    const bp_facts *facts;
    bool good;
} reading;

static reading
read_text(const char *text)
{
    reading r = {.arena = bp_arena_new(NULL), .facts = bp_facts_built_in()};
    r.sources = bp_sources_new(r.arena);
    r.list = bp_diagnostics_new(r.arena, r.sources, rules, sizeof rules / sizeof rules[0]);
    const bp_source *source = bp_sources_add(r.sources, BP_STR("f.yaml"), bp_str_of(text));
    r.good = bp_facts_extra_read(r.arena, r.list, source, &r.facts);
    return r;
}

#define ROW(table, key, set) \
    "- {table: " table ", key: " key ", set: {" set "}, reason: seen, date: 2026-10-30}\n"

static const bp_region *
region(const reading *r, const char *code)
{
    return bp_region_find(r->facts, bp_str_of(code));
}

static void
a_row_changes_what_it_sets_alone(void **state)
{
    (void)state;
    reading r = read_text(ROW("regions", "ap-southeast-7", "backup_policies: yes"));
    assert_true(r.good);
    const bp_region *now = region(&r, "ap-southeast-7");
    const bp_region *was = bp_region_find(NULL, BP_STR("ap-southeast-7"));
    assert_int_equal(was->backup_policies, BP_ABSENT);
    assert_int_equal(now->backup_policies, BP_PRESENT);
    assert_int_equal(now->air_gapped_vault, was->air_gapped_vault);
    assert_string_equal(now->name, was->name);
    assert_non_null(now->user);
    assert_ptr_equal(now->user->was, was);
    assert_true(bp_str_is(now->user->reason, "seen"));
    /* What the user says is sure; what the row was doubtful about stays so. */
    assert_int_equal(bp_region_mark(now, "backup_policies"), BP_MARK_VERIFIED);
    assert_int_equal(bp_region_mark(now, "air_gapped_vault"), BP_MARK_CONFLICT);
    assert_null(region(&r, "eu-west-1")->user);
    const bp_user_row *const *rows = NULL;
    assert_int_equal(bp_user_rows(r.facts, &rows), 1);
    bp_arena_free(r.arena);
}

static void
the_compiled_in_tables_stay_as_they_are(void **state)
{
    (void)state;
    reading r = read_text(ROW("quotas", "PLAN_RULES", "value: 20")
                              ROW("resource_types", "ebs", "cross_region: no")
                                  ROW("regions", "eu-west-9", "partition: aws, opt_in: opt-in"));
    assert_true(r.good);
    assert_int_equal(bp_quota_find(r.facts, "PLAN_RULES")->value, 20);
    assert_int_equal(bp_quota_find(NULL, "PLAN_RULES")->value, 10);
    assert_int_equal(bp_type_find(r.facts, BP_STR("ebs"))->cross_region, BP_ABSENT);
    assert_int_equal(bp_type_find(NULL, BP_STR("ebs"))->cross_region, BP_PRESENT);
    assert_int_equal(bp_region_index(NULL, BP_STR("eu-west-9")), -1);
    assert_int_equal(bp_type_mark(bp_type_find(r.facts, BP_STR("aurora_dsql")), "cold_storage"),
                     BP_MARK_UNSURE);
    bp_arena_free(r.arena);
}

static bp_region_mask
mask_of(const bp_facts *facts, const char *type, bp_copy_kind kind)
{
    size_t count = 0;
    const bp_copy_exception *rows = bp_copy_exceptions(facts, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == kind && strcmp(rows[i].type, type) == 0) {
            return rows[i].regions;
        }
    }
    return 0;
}

/* A Region in the middle moves others aside; every set of Regions still holds the same codes. */
static void
a_new_region_keeps_all_sets_whole(void **state)
{
    (void)state;
    reading r = read_text(
        ROW("regions", "ca-east-1", "partition: aws, opt_in: opt-in, backup_policies: yes")
            ROW("copy_exceptions", "ebs cross-region", "regions: [ca-east-1]"));
    assert_true(r.good);
    size_t before = 0;
    size_t after = 0;
    const bp_region *old = bp_regions(NULL, &before);
    const bp_region *new = bp_regions(r.facts, &after);
    assert_int_equal(after, before + 1);
    for (size_t i = 1; i < after; i++) {
        assert_true(strcmp(new[i - 1].code, new[i].code) < 0);
    }
    size_t types = 0;
    const bp_type *type = bp_types(NULL, &types);
    for (size_t i = 0; i < before; i++) {
        int index = bp_region_index(r.facts, bp_str_of(old[i].code));
        assert_true(index >= 0);
        for (size_t t = 0; t < types; t++) {
            assert_int_equal(bp_type_in_region(NULL, &type[t], (int)i),
                             bp_type_in_region(r.facts, &type[t], index));
        }
        assert_int_equal((mask_of(NULL, "neptune", BP_COPY_CROSS_REGION) >> i) & 1,
                         (mask_of(r.facts, "neptune", BP_COPY_CROSS_REGION) >> index) & 1);
    }
    int added = bp_region_index(r.facts, BP_STR("ca-east-1"));
    assert_int_equal(bp_type_in_region(r.facts, &type[0], added), BP_UNKNOWN);
    assert_int_equal(new[added].air_gapped_vault, BP_UNKNOWN);
    assert_true(mask_of(r.facts, "ebs", BP_COPY_CROSS_REGION) == BP_REGION_BIT(added));
    assert_true((bp_regions_opt_in(r.facts) & BP_REGION_BIT(added)) != 0);
    bp_arena_free(r.arena);
}

static void
sets_of_regions_take_words_and_lists(void **state)
{
    (void)state;
    reading r = read_text(ROW("type_regions", "efs", "missing: [eu-west-1, us-east-1]")
                              ROW("type_regions", "ebs", "missing: opt-in except af-south-1")
                                  ROW("type_regions", "s3", "missing: []"));
    assert_true(r.good);
    const bp_type *efs = bp_type_find(r.facts, BP_STR("efs"));
    const bp_type *ebs = bp_type_find(r.facts, BP_STR("ebs"));
    int ireland = bp_region_index(r.facts, BP_STR("eu-west-1"));
    assert_int_equal(bp_type_in_region(r.facts, efs, ireland), BP_ABSENT);
    assert_int_equal(bp_type_in_region(r.facts, ebs, ireland), BP_PRESENT);
    assert_int_equal(
        bp_type_in_region(r.facts, ebs, bp_region_index(r.facts, BP_STR("eu-south-1"))), BP_ABSENT);
    assert_int_equal(
        bp_type_in_region(r.facts, ebs, bp_region_index(r.facts, BP_STR("af-south-1"))),
        BP_PRESENT);
    assert_int_equal(bp_type_regions_find(r.facts, BP_STR("efs"))->mark, BP_MARK_VERIFIED);
    bp_arena_free(r.arena);
}

static void
a_new_type_can_be_selected(void **state)
{
    (void)state;
    reading r = read_text(
        ROW("resource_types", "memorydb",
            "label: Amazon MemoryDB, api_name: MemoryDB, pattern: \"arn:aws:memorydb:*:*:cluster/"
            "*\", word: memorydb, cross_region: yes"));
    assert_true(r.good);
    const bp_type *type = NULL;
    assert_int_equal(
        bp_types_of_pattern(r.facts, BP_STR("arn:aws:memorydb:*:*:cluster/*"), &type, 1), 1);
    assert_int_equal(type->cross_region, BP_PRESENT);
    assert_int_equal(type->cross_account, BP_UNKNOWN);
    assert_string_equal(bp_pattern_of_word(r.facts, BP_STR("memorydb")), type->pattern);
    assert_string_equal(type->note, "");
    bp_arena_free(r.arena);
}

typedef struct refusal {
    const char *text;
    const char *code;
    const char *message; /* a part of it */
    const char *caret;
    const char *fix; /* a part of some fix; NULL: none is looked for */
} refusal;

static const refusal refusals[] = {
    {"", "CFG001", "empty", "", NULL},
    {"a: 1\n", "CFG001", "a mapping here", NULL, NULL},
    {"- 7\n", "CFG001", "a single value here", "7", NULL},
    {ROW("region", "eu-west-1", "backup_policies: no"), "CFG001", "no table of facts \"region\"",
     "region", "regions"},
    {ROW("copy-exceptions", "s3 any", "regions: all"), "CFG001", "no table", "copy-exceptions",
     "copy_exceptions"},
    {ROW("partitions", "aws", "dns_suffix: x"), "CFG001", "cannot be changed", "partitions", NULL},
    {ROW("sources", "FA", "what: x"), "CFG001", "cannot be changed", "sources", NULL},
    {ROW("regions", "eu-wst-1", "backup_policies: no"), "CFG001", "has no row \"eu-wst-1\"",
     "eu-wst-1", "eu-west-1"},
    {ROW("regions", "narnia", "partition: aws, opt_in: opt-in"), "CFG001", "cannot be a key",
     "narnia", NULL},
    {ROW("quotas", "PLAN_RULE", "value: 3"), "CFG001", "is no row of table quotas", "PLAN_RULE",
     "PLAN_RULES"},
    {ROW("copy_exceptions", "neptune cross_account", "regions: none"), "CFG001", "cannot be a key",
     "neptune cross_account", "neptune cross-account"},
    {ROW("regions", "eu-west-1", "backup_policy: no"), "CFG001", "no column \"backup_policy\"",
     "backup_policy", "backup_policies"},
    {ROW("regions", "eu-west-1", "mark: UNSURE"), "CFG001", "that a row can set", "mark", NULL},
    {ROW("regions", "eu-west-1", "code: eu-west-2"), "CFG001", "that a row can set", "code", NULL},
    {ROW("regions", "eu-west-1", "backup_policies: maybe"), "CFG001", "yes, no or unknown", "maybe",
     NULL},
    {ROW("regions", "eu-west-1", "opt_in: required"), "CFG001", "always-on", "required", NULL},
    {ROW("regions", "eu-west-1", "partition: aws-mars"), "CFG001", "partition", "aws-mars", NULL},
    {ROW("quotas", "PLAN_RULES", "value: -1"), "CFG001", "digits", "-1", NULL},
    {ROW("quotas", "PLAN_RULES", "value: 99999999999999999999"), "CFG001", "digits",
     "99999999999999999999", NULL},
    {ROW("copy_exceptions", "s3 any", "regions: [eu-wst-1]"), "CFG001", "Region codes", NULL, NULL},
    {ROW("resource_types", "ebs", "advanced: perhaps"), "CFG001", "yes or no", "perhaps", NULL},
    {ROW("regions", "eu-west-1", ""), "CFG001", "sets nothing", "set", NULL},
    {"- {table: regions, key: eu-west-1, set: {backup_policies: no}, date: 2026-10-30}\n", "CFG001",
     "without \"reason\"", "table", NULL},
    {"- {table: regions, key: eu-west-1, set: {backup_policies: no}, reason: x}\n", "CFG001",
     "without \"date\"", "table", NULL},
    {"- {table: regions, key: eu-west-1, reason: x, date: 2026-10-30}\n", "CFG001",
     "without \"set\"", "table", NULL},
    {"- {table: regions, key: eu-west-1, set: {name: X}, reason: x, date: yesterday}\n", "CFG001",
     "is no day", "yesterday", NULL},
    {"- {table: regions, key: eu-west-1, set: {name: X}, reason: x, date: 2026-02-30}\n", "CFG001",
     "is no day", "2026-02-30", NULL},
    {"- {table: regions, kee: eu-west-1, set: {name: X}, reason: x, date: 2026-02-03}\n", "CFG001",
     "unknown key \"kee\"", "kee", "key"},
    {"- {table: regions, key: eu-west-1, key: x, set: {name: X}, reason: x, date: 2026-02-03}\n",
     "SYN007", "twice", "key", NULL},
    {"- {table: regions, key: eu-west-1, set: {name: X, name: Y}, reason: x, date: 2026-02-03}\n",
     "SYN007", "twice", "name", NULL},
    {ROW("regions", "eu-west-1", "name: X") ROW("regions", "eu-west-1", "name: Y"), "CFG001",
     "a second row", "eu-west-1", NULL},
    {"- {table: regions, key: eu-west-1, set: [a], reason: x, date: 2026-02-03}\n", "CFG001",
     "a list here", NULL, NULL},
    {"- {table: regions, key: eu-west-1, set: {name: {a: b}}, reason: x, date: 2026-02-03}\n",
     "CFG001", "a mapping here", NULL, NULL},
    {"- &a {table: regions}\n", "SYN015", "", NULL, NULL},
    {"- {table: regions\n", "SYN001", "", NULL, NULL},
};

static void
what_cannot_be_meant_is_refused_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const refusal *c = &refusals[i];
        reading r = read_text(c->text);
        if (r.good || bp_diagnostics_total(r.list) == 0) {
            fail_msg("taken: %s", c->text);
        }
        assert_ptr_equal(r.facts, bp_facts_built_in());
        const bp_finding *finding = bp_diagnostics_at(r.list, 0);
        bp_str seen = bp_span_text(r.sources, finding->span);
        bool fixed = c->fix == NULL;
        for (size_t f = 0; f < finding->fixes.count; f++) {
            fixed = fixed || bp_str_contains(finding->fixes.at[f].text, bp_str_of(c->fix));
        }
        if (strcmp(finding->rule->code, c->code) != 0 ||
            !bp_str_contains(finding->message, bp_str_of(c->message)) ||
            (c->caret != NULL && !bp_str_is(seen, c->caret)) || !fixed) {
            fail_msg("%s: %s \"%.*s\" at \"%.*s\"", c->text, finding->rule->code,
                     BP_ARG(finding->message), BP_ARG(seen));
        }
        bp_arena_free(r.arena);
    }
}

static void
a_row_that_changes_nothing_is_told(void **state)
{
    (void)state;
    reading r = read_text(ROW("regions", "eu-west-1", "backup_policies: yes"));
    assert_true(r.good);
    assert_int_equal(bp_diagnostics_total(r.list), 1);
    assert_int_equal(bp_diagnostics_at(r.list, 0)->severity, BP_INFO);
    bp_arena_free(r.arena);
}

/* Every prefix of a file is refused or read; none is read to another meaning than it has. */
static void
no_prefix_is_taken_for_more(void **state)
{
    (void)state;
    static const char whole[] = ROW("regions", "eu-west-9", "partition: aws, opt_in: opt-in")
        ROW("copy_exceptions", "ebs any", "regions: [eu-west-9]");
    for (size_t size = 0; size < sizeof whole - 1; size++) {
        char text[sizeof whole];
        memcpy(text, whole, size);
        text[size] = '\0';
        reading r = read_text(text);
        assert_true(!r.good || bp_region_index(r.facts, BP_STR("eu-west-9")) >= 0);
        assert_true(r.good || bp_diagnostics_has(r.list, BP_ERROR));
        bp_arena_free(r.arena);
    }
}

/* Many new Regions: at most 63 in all. */
static void
a_full_table_takes_no_more(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_buf text = {.arena = arena};
    for (int i = 1; i <= 18; i++) {
        bp_buf_format(&text,
                      "- {table: regions, key: eu-nowhere-%d, set: {partition: aws, opt_in: "
                      "opt-in}, reason: x, date: 2026-10-30}\n",
                      i);
        reading r = read_text(bp_str_c(arena, bp_buf_text(&text)));
        assert_int_equal(r.good, i <= 17);
        bp_arena_free(r.arena);
    }
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_changes_what_it_sets_alone),
        cmocka_unit_test(the_compiled_in_tables_stay_as_they_are),
        cmocka_unit_test(a_new_region_keeps_all_sets_whole),
        cmocka_unit_test(sets_of_regions_take_words_and_lists),
        cmocka_unit_test(a_new_type_can_be_selected),
        cmocka_unit_test(what_cannot_be_meant_is_refused_with_its_place),
        cmocka_unit_test(a_row_that_changes_nothing_is_told),
        cmocka_unit_test(no_prefix_is_taken_for_more),
        cmocka_unit_test(a_full_table_takes_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
