/*
 * What rests on a row whose mark is CONFLICT or UNSURE is never an error: every type, every Region
 * at either end of a copy, by the tables as they are and by tables in which every row is doubtful;
 * and what nobody knows is skipped and counted.
 */
#include "compiler/checks/support_test.h"

#include "compiler/facts/tables.h"

#define POLICY                                                                   \
    "vault \"main\" {}\nrole \"backup\" {}\n"                                    \
    "policy \"p\" {\n  attach = [account(\"222233334444\")]\n  plan \"d\" {\n"   \
    "    regions = [%s]\n    rule \"n\" {\n      schedule = daily(05:00)\n"      \
    "      vault = vault(\"main\")\n      delete_after = 35d\n"                  \
    "      copy to vault(\"copies\") in %s%s { delete_after = 35d }\n    }\n"    \
    "    select \"s\" {\n      role = role(\"backup\")\n      tag_key = \"k\"\n" \
    "      tag_values = [\"v\"]\n      protects = [%s]\n    }\n  }\n}\n"

#define ORG                                                                            \
    "backpol_inventory: 1\ncaptured_at: \"2026-11-02\"\n"                              \
    "organization: {id: o-exampleorg, partition: %s, management_account: "             \
    "\"111122223333\"}\nsets:\n  vaults: {central: [{name: copies, in: %s, kind: "     \
    "%s}]}\nroot:\n  id: r-ab12\n  accounts:\n"                                        \
    "    - {id: \"111122223333\", name: m}\n    - {id: \"222233334444\", name: a%s}\n" \
    "    - {id: \"333344445555\", name: b, vaults: central}\n"

/* Rules that rest on marked columns alone. */
static const char *const by_facts[] = {"REG005", "REG006", "CPY001", "CPY002", "CPY003", "CPY011"};

enum { BY_FACTS = sizeof by_facts / sizeof by_facts[0] };

/* One copy of one type. */
typedef struct trip {
    const bp_region *from;
    const bp_region *to;
    const bp_type *type;
    bool abroad;
    bool air_gapped;
} trip;

static project
travel(const bp_facts *facts, const trip *t)
{
    project p = project_new();
    p.facts = facts;
    const char *own = t->abroad ? "" : ", vaults: central";
    bp_str policy = bp_str_format(p.arena, POLICY, t->from->code, t->to->code,
                                  t->abroad ? " of account(\"333344445555\")" : "", t->type->id);
    bp_str org = bp_str_format(p.arena, ORG, t->from->partition, t->to->code,
                               t->air_gapped ? "air-gapped" : "standard", own);
    project_run(&p, policy.at, org.at);
    return p;
}

static size_t
errors_by_facts(project *p)
{
    size_t count = 0;
    for (size_t i = 0; i < BY_FACTS; i++) {
        count += project_count_at(p, by_facts[i], BP_ERROR);
    }
    return count;
}

/* The tables with one mark in every row and column. */
static const bp_facts *
all_marked(bp_arena *arena, bp_mark mark)
{
    bp_facts *facts = bp_facts_edit(arena, NULL);
    for (size_t t = 0; t < BP_TABLES; t++) {
        bp_fact_table *table = &facts->tables[t];
        const bp_fact_column *column = bp_fact_column_find(table, BP_STR("mark"));
        const bp_fact_column *limits = bp_fact_column_find(table, BP_STR("doubtful"));
        char *rows = bp_arena_array(arena, table->count, table->size);
        memcpy(rows, table->rows, table->count * table->size);
        for (size_t r = 0; column != NULL && r < table->count; r++) {
            const char *all = "";
            memcpy(rows + r * table->size + column->offset, &mark, sizeof mark);
            if (limits != NULL) {
                memcpy(rows + r * table->size + limits->offset, &all, sizeof all);
            }
        }
        table->rows = rows;
    }
    return facts;
}

typedef void each(void *state, const trip *t);

/* Every type from every Region to a near and a far one of its partition, within the account, to
 * another one, and into an air-gapped vault. */
static void
for_each_trip(const bp_facts *facts, each *see, void *state)
{
    size_t regions = 0;
    size_t types = 0;
    const bp_region *region = bp_regions(facts, &regions);
    const bp_type *type = bp_types(facts, &types);
    for (size_t f = 0; f < regions; f++) {
        size_t far = f;
        for (size_t i = 0; i < regions; i++) {
            far = i != f && strcmp(region[i].partition, region[f].partition) == 0 ? i : far;
        }
        for (size_t t = 0; t < types; t++) {
            for (unsigned way = 0; way < 3; way++) {
                trip one = {&region[f],
                            &region[way == 0             ? far
                                    : (f + way) % 2 == 0 ? f
                                                         : far],
                            &type[t], way > 0, way == 2};
                see(state, &one);
            }
        }
    }
}

typedef struct doubt {
    const bp_facts *facts;
    size_t findings;
} doubt;

static void
nothing_is_an_error(void *state, const trip *t)
{
    doubt *seen = state;
    project p = travel(seen->facts, t);
    if (errors_by_facts(&p) > 0) {
        project_show(&p);
        fail_msg("%s from %s to %s", t->type->id, t->from->code, t->to->code);
    }
    for (size_t i = 0; i < BY_FACTS; i++) {
        seen->findings += project_count(&p, by_facts[i]);
    }
    project_free(&p);
}

static void
doubtful_tables_give_warnings_alone(void **state)
{
    (void)state;
    static const bp_mark marks[] = {BP_MARK_CONFLICT, BP_MARK_UNSURE};
    for (size_t i = 0; i < 2; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        doubt seen = {.facts = all_marked(arena, marks[i])};
        for_each_trip(seen.facts, nothing_is_an_error, &seen);
        assert_true(seen.findings > 1000); /* they do speak */
        bp_arena_free(arena);
    }
}

static bool
exception_is_sure(const trip *t)
{
    size_t count = 0;
    const bp_copy_exception *rows = bp_copy_exceptions(NULL, &count);
    bool sure = t->abroad && t->type->cross_account == BP_ABSENT &&
                bp_type_mark(t->type, "cross_account") == BP_MARK_VERIFIED;
    for (size_t i = 0; i < count; i++) {
        sure = sure || (rows[i].mark == BP_MARK_VERIFIED && strcmp(rows[i].type, t->type->id) == 0);
    }
    return sure;
}

/* Whether the rows that an error of the rule may rest on are VERIFIED. */
static bool
may_be_an_error(const char *code, const trip *t)
{
    const bp_type_regions *row = bp_type_regions_find(NULL, bp_str_of(t->type->id));
    if (strcmp(code, "REG005") == 0) {
        return t->from->backup_endpoint == BP_ABSENT
                   ? bp_region_mark(t->from, "backup_endpoint") == BP_MARK_VERIFIED
                   : t->from->backup_policies == BP_ABSENT &&
                         bp_region_mark(t->from, "backup_policies") == BP_MARK_VERIFIED;
    }
    if (strcmp(code, "REG006") == 0) {
        return row != NULL && row->mark == BP_MARK_VERIFIED && row->missing != 0;
    }
    if (strcmp(code, "CPY001") == 0) {
        return bp_type_mark(t->type, "cross_region") == BP_MARK_VERIFIED &&
               bp_type_mark(t->type, "cross_account") == BP_MARK_VERIFIED;
    }
    if (strcmp(code, "CPY002") == 0) {
        return exception_is_sure(t);
    }
    return bp_type_mark(t->type,
                        strcmp(code, "CPY003") == 0 ? "single_action" : "air_gapped_vault") ==
           BP_MARK_VERIFIED;
}

static void
errors_rest_on_sure_rows(void *state, const trip *t)
{
    size_t *errors = state;
    project p = travel(NULL, t);
    for (size_t i = 0; i < BY_FACTS; i++) {
        size_t count = project_count_at(&p, by_facts[i], BP_ERROR);
        *errors += count;
        if (count > 0 && !may_be_an_error(by_facts[i], t)) {
            project_show(&p);
            fail_msg("%s: %s from %s to %s", by_facts[i], t->type->id, t->from->code, t->to->code);
        }
    }
    project_free(&p);
}

static void
errors_of_the_tables_rest_on_verified_rows(void **state)
{
    (void)state;
    size_t errors = 0;
    for_each_trip(NULL, errors_rest_on_sure_rows, &errors);
    assert_true(errors > 50); /* there are some */
}

/* A column of which nothing is known: every cell of a table becomes "?". */
static const bp_facts *
all_unknown(bp_arena *arena)
{
    bp_facts *facts = bp_facts_edit(arena, NULL);
    for (size_t t = 0; t < BP_TABLES; t++) {
        bp_fact_table *table = &facts->tables[t];
        char *rows = bp_arena_array(arena, table->count, table->size);
        memcpy(rows, table->rows, table->count * table->size);
        for (size_t c = 0; c < table->column_count; c++) {
            const bp_answer answer = BP_UNKNOWN;
            const bp_region_mask mask =
                strcmp(table->columns[c].name, "unknown") == 0 ? ~(bp_region_mask)0 : 0;
            for (size_t r = 0; r < table->count; r++) {
                char *cell = rows + r * table->size + table->columns[c].offset;
                if (table->columns[c].kind == BP_FACT_ANSWER) {
                    memcpy(cell, &answer, sizeof answer);
                } else if (table->columns[c].kind == BP_FACT_REGIONS) {
                    memcpy(cell, &mask, sizeof mask);
                }
            }
        }
        table->rows = rows;
    }
    return facts;
}

static void
nothing_is_said(void *state, const trip *t)
{
    doubt *seen = state;
    project p = travel(seen->facts, t);
    for (size_t i = 0; i < BY_FACTS; i++) {
        if (project_count(&p, by_facts[i]) > 0) {
            project_show(&p);
            fail_msg("%s: %s from %s", by_facts[i], t->type->id, t->from->code);
        }
    }
    seen->findings += project_skipped(&p, "REG006");
    assert_true(project_skipped(&p, "CPY001") > 0);
    assert_int_equal(project_skipped(&p, "CPY011") > 0, t->air_gapped);
    project_free(&p);
}

static void
unknown_is_never_no(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    doubt seen = {.facts = all_unknown(arena)};
    for_each_trip(seen.facts, nothing_is_said, &seen);
    assert_true(seen.findings > 1000); /* skipped, and counted */
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubtful_tables_give_warnings_alone),
        cmocka_unit_test(errors_of_the_tables_rest_on_verified_rows),
        cmocka_unit_test(unknown_is_never_no),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
