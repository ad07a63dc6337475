/*
 * Import: every document that AWS accepts becomes text of the language that means the same. Over
 * the recorded answers, the policies of testdata/import, and documents changed at random.
 */
#include "compiler/cli/import_test.h"

static bp_str
read_file(bp_arena *arena, const char *path)
{
    bp_str text = {0};
    bp_file_error error = {0};
    assert_true(bp_file_read(arena, ".", bp_str_of(path), 4 * 1024 * 1024, &text, &error));
    return text;
}

static bp_str
cut_field(bp_str *rest)
{
    size_t end = bp_str_find(*rest, '\t');
    bp_str field = bp_str_cut(*rest, 0, end);
    *rest = bp_str_cut(*rest, end + 1, rest->size);
    return field;
}

/* ---- documents */

typedef void visit(bp_str document, void *context);

/* All documents of a file of answers; those that AWS accepts, or all. */
static size_t
each_answer(const char *path, bool accepted, visit *function, void *context)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_str rest = read_file(arena, path);
    size_t count = 0;
    while (rest.size > 0) {
        size_t end = bp_str_find(rest, '\n');
        bp_str line = bp_str_cut(rest, 0, end);
        rest = bp_str_cut(rest, end + 1, rest.size);
        if (line.size == 0 || line.at[0] == '#') {
            continue;
        }
        cut_field(&line);
        cut_field(&line);
        if (bp_str_is(cut_field(&line), "accepted") || !accepted) {
            function(line, context);
            count++;
        }
    }
    bp_arena_free(arena);
    return count;
}

static size_t
each_policy(visit *function, void *context)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_file_list files = {0};
    bp_file_error error = {0};
    assert_true(bp_file_glob(arena, ".", BP_STR("testdata/import/*/*.json"), 1000, &files, &error));
    for (size_t i = 0; i < files.count; i++) {
        function(read_file(arena, bp_str_c(arena, files.at[i])), context);
    }
    size_t count = files.count;
    bp_arena_free(arena);
    return count;
}

static void
check_accepted(bp_str document, void *context)
{
    (void)context;
    bp_arena *arena = bp_arena_new(NULL);
    if (!round_trip(arena, document, NULL)) {
        fail_msg("refused: %.*s", BP_ARG(document));
    }
    bp_arena_free(arena);
}

static void
check_any(bp_str document, void *context)
{
    (void)context;
    bp_arena *arena = bp_arena_new(NULL);
    round_trip(arena, document, NULL);
    bp_arena_free(arena);
}

static void
what_aws_accepts(void **state)
{
    (void)state;
    assert_true(each_answer("testdata/verdicts/recorded.tsv", true, check_accepted, NULL) > 100);
    assert_true(each_answer("testdata/verdicts/whole.tsv", true, check_accepted, NULL) > 60);
    assert_true(each_answer("testdata/verdicts/near.tsv", true, check_accepted, NULL) > 100);
}

/* What AWS rejects is carried over too, or refused with a reason. */
static void
what_aws_rejects(void **state)
{
    (void)state;
    each_answer("testdata/verdicts/recorded.tsv", false, check_any, NULL);
    each_answer("testdata/verdicts/near.tsv", false, check_any, NULL);
}

static void
policies_of_people(void **state)
{
    (void)state;
    assert_true(each_policy(check_accepted, NULL) >= 30);
}

/* ---- blocks that policies above define */

static bool
all_inherited(void *context, const bp_str *way, size_t count)
{
    (void)context;
    return count > 0 && way[0].size > 0;
}

/* By the length of the name, so that outer blocks are new ones here and there. */
static bool
some_inherited(void *context, const bp_str *way, size_t count)
{
    (void)context;
    for (size_t i = 1; i < count; i += 2) {
        if (way[i].size % 3 == 0) {
            return false;
        }
    }
    return true;
}

/* Plans alone; what stands in them is new. */
static bool
plans_inherited(void *context, const bp_str *way, size_t count)
{
    (void)context;
    return count == 2 && bp_str_is(way[0], "plans");
}

/* Imports a document as one below others; `context` is what those have. */
static void
check_inherited(bp_str document, void *context)
{
    inherited *const *inherits = context;
    bp_arena *arena = bp_arena_new(NULL);
    assert_true(round_trip(arena, document, *inherits));
    bp_arena_free(arena);
}

static void
inherited_blocks_are_extended(void **state)
{
    (void)state;
    inherited *inherits = all_inherited;
    each_policy(check_inherited, &inherits);
    each_answer("testdata/verdicts/recorded.tsv", true, check_inherited, &inherits);
    each_answer("testdata/verdicts/near.tsv", true, check_inherited, &inherits);
    inherits = plans_inherited;
    each_policy(check_inherited, &inherits);
}

/* ---- documents changed at random */

typedef struct change {
    bp_arena *arena;
    bp_json_reader *reader;
    bp_buf out;
    uint32_t number; /* of a fixed row that looks random */
    uint32_t one_in;
} change;

static uint32_t
next_number(change *on, uint32_t below)
{
    on->number = on->number * 1664525U + 1013904223U;
    return (on->number >> 8) % below;
}

static const char *const odd_values[] = {
    "null",
    "true",
    "0",
    "007",
    "\"007\"",
    "1.5",
    "-1",
    "[]",
    "{}",
    "\"\"",
    "\"a b\"",
    "\"\\u0007\\\"\\\\\"",
    "\"\\u202e\"",
    "[\"x\"]",
    "[\"us-east-1\", 5, null]",
    "{\"@@assign\": {}}",
    "{\"@@assign\": []}",
    "{\"@@append\": [\"cn-north-1\"]}",
    "{\"@@Assign\": \"0\"}",
    "{\"@@assign\": 60, \"@@remove\": [1]}",
    "{\"@@operators_allowed_for_child_policies\": [\"@@all\", \"@@assign\"]}",
    "{\"@@assign\": \"7\", \"@@operators_allowed_for_child_policies\": [\"@@none\"]}",
    "{\"a\": {\"B\": {\"@@assign\": \"c\"}}, \"A\": {}}",
    "\"arn:aws:iam::$account:role//x\"",
    "\"arn:aws-cn:backup:cn-north-1:$account:backup-vault:x\"",
    "\"cron(0 0,6,12,18 ? * * *)\"",
    "\"cron(30 5 ? * MON,THU *)\"",
    "\"cron(cron(1))\"",
    "\"rate(1 day)\"",
    "99999999999999999999",
    "\"disabled\"",
    "{\"@@assign\": \"10000000000\"}",
    "\"enabled\"",
    "\"\xC3\xA4\xF0\x9F\x98\x80\"",
    "\"// backpol: ignore\"",
    "\"${x}\"",
};
static const char *const odd_keys[] = {
    "",
    "a",
    "A",
    "@@assign",
    "@@odd",
    "tag_key",
    "plans",
    "rules",
    "regions",
    "x\\ny",
    "a/b",
    "a b",
    "in",
    "tags",
    "resources",
    "owner",
    "$account",
    "lifecycle",
    "conditions",
    "STRING_EQUALS",
    "target_backup_vault_arn",
    "schedule_expression_timezone",
    "@@Operators_Allowed_For_Child_Policies",
    "arn:aws:backup:eu-west-1:111122223333:backup-vault:v",
};

static void
put_quoted(bp_buf *out, bp_str text)
{
    bp_json_quote(out, text);
}

static void
change_key(change *on, bp_str key)
{
    uint32_t kind = next_number(on, on->one_in * 2);
    if (kind == 0) {
        bp_buf_format(&on->out, "\"%s\"",
                      odd_keys[next_number(on, sizeof odd_keys / sizeof odd_keys[0])]);
        return;
    }
    bp_buf text = {.arena = on->arena};
    for (size_t i = 0; i < key.size; i++) {
        bool upper = kind == 1 && key.at[i] >= 'a' && key.at[i] <= 'z' && next_number(on, 3) == 0;
        bp_buf_add_char(&text, upper ? (char)(key.at[i] - 'a' + 'A') : key.at[i]);
    }
    put_quoted(&on->out, bp_buf_text(&text));
}

static void change_value(change *on, bp_json_event event);

static void
change_members(change *on)
{
    bool first = true;
    bp_buf_add_char(&on->out, '{');
    for (bp_json_event key = bp_json_next(on->reader); key.kind == BP_JSON_KEY;
         key = bp_json_next(on->reader)) {
        bp_buf_add_c(&on->out, first ? "" : ",");
        first = false;
        if (next_number(on, on->one_in * 3) == 0) {
            change_key(on, BP_STR("extra"));
            bp_buf_format(&on->out, ": %s,",
                          odd_values[next_number(on, sizeof odd_values / sizeof odd_values[0])]);
        }
        change_key(on, key.text);
        bp_buf_add_char(&on->out, ':');
        change_value(on, bp_json_next(on->reader));
    }
    bp_buf_add_char(&on->out, '}');
}

static void
change_value(change *on, bp_json_event event)
{
    if (next_number(on, on->one_in * 2) == 0) {
        assert_true(bp_json_skip(on->reader, event));
        bp_buf_add_c(&on->out,
                     odd_values[next_number(on, sizeof odd_values / sizeof odd_values[0])]);
    } else if (event.kind == BP_JSON_OBJECT) {
        change_members(on);
    } else if (event.kind == BP_JSON_ARRAY) {
        bool first = true;
        bp_buf_add_char(&on->out, '[');
        for (event = bp_json_next(on->reader); event.kind != BP_JSON_ARRAY_END;
             event = bp_json_next(on->reader)) {
            bp_buf_add_c(&on->out, first ? "" : ",");
            first = false;
            change_value(on, event);
        }
        bp_buf_add_char(&on->out, ']');
    } else if (event.kind == BP_JSON_STRING) {
        put_quoted(&on->out, event.text);
    } else {
        bp_buf_add_c(&on->out, event.kind == BP_JSON_TRUE    ? "true"
                               : event.kind == BP_JSON_FALSE ? "false"
                               : event.kind == BP_JSON_NULL  ? "null"
                                                             : "");
        bp_buf_add(&on->out, event.kind == BP_JSON_NUMBER ? event.text : BP_STR(""));
    }
}

typedef struct tally {
    uint32_t number;
    int times; /* a document */
    size_t carried;
    size_t refused;
} tally;

static void
check_changed(bp_str document, void *context)
{
    tally *all = context;
    for (int i = 0; i < all->times; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_sources *sources = bp_sources_new(arena);
        const bp_source *source = bp_sources_add(sources, BP_STR("case.json"), document);
        change on = {.arena = arena,
                     .reader = bp_json_reader_new(arena, source),
                     .out = {.arena = arena},
                     .number = all->number,
                     .one_in = 6 + (uint32_t)i % 40};
        change_value(&on, bp_json_next(on.reader));
        all->number = on.number;
        bool carried = round_trip(arena, bp_buf_text(&on.out), i % 2 == 0 ? NULL : some_inherited);
        all->carried += carried;
        all->refused += !carried;
        bp_arena_free(arena);
    }
}

static void
changed_documents(void **state)
{
    (void)state;
    tally all = {.number = 20260913, .times = 20};
    each_policy(check_changed, &all);
    all.times = 5;
    each_answer("testdata/verdicts/whole.tsv", false, check_changed, &all);
    each_answer("testdata/verdicts/near.tsv", true, check_changed, &all);
    assert_true(all.carried > 1500);
    assert_true(all.refused > 10);
}

/* ---- forms of the language */

/* Asserts that the text of a document holds some words. */
static void
says(const char *json, const char *words)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_str text = {0};
    assert_int_equal(import_text(new_session(arena), bp_str_of(json), &text), BP_IMPORTED);
    if (!bp_str_contains(text, bp_str_of(words))) {
        fail_msg("no %s in\n%.*s", words, BP_ARG(text));
    }
    bp_arena_free(arena);
}

static void
says_of_rule(const char *key, const char *value, const char *words)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_str json = bp_str_format(
        arena, "{\"plans\":{\"p\":{\"rules\":{\"r\":{\"%s\":{\"@@assign\":%s}}}}}}", key, value);
    says(bp_str_c(arena, json), words);
    bp_arena_free(arena);
}

/* A policy around a statement of one block; %s is the statement. */
static const struct {
    unsigned block;
    const char *around;
} frames[] = {
    {BP_BLOCK_PLAN, "policy \"case\" { plan \"q\" { %s } }"},
    {BP_BLOCK_RULE, "policy \"case\" { plan \"q\" { rule \"r\" { %s } } }"},
    {BP_BLOCK_COPY,
     "policy \"case\" { plan \"q\" { rule \"r\" { copy to vault(\"d\") in eu-west-1 { %s } } } }"},
    {BP_BLOCK_SELECT_TAGS, "policy \"case\" { plan \"q\" { select tags \"s\" { %s } } }"},
    {BP_BLOCK_SELECT_RESOURCES, "policy \"case\" { plan \"q\" { select resources \"s\" { %s } } }"},
};

/* The document of an example becomes the example again. */
static void
try_example(const bp_setting *row, size_t frame)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_str around = bp_str_of(frames[frame].around);
    size_t hole = bp_str_find(around, '%');
    bp_str text =
        bp_str_format(arena, "edition 1\n%.*s%s%.*s\n", BP_ARG(bp_str_cut(around, 0, hole)),
                      row->example, BP_ARG(bp_str_cut(around, hole + 2, around.size)));
    bp_str json = document_of(arena, text);
    bp_str again = {0};
    assert_true(round_trip(arena, json, NULL));
    assert_int_equal(import_text(new_session(arena), json, &again), BP_IMPORTED);
    bool same = bp_str_contains(again, bp_str_of(row->example));
    /* 7d is written in hours. */
    if (!same && !(row->type == BP_TYPE_MINUTES && bp_str_contains(again, bp_str_of("168h")))) {
        fail_msg("%s became\n%.*s", row->example, BP_ARG(again));
    }
    bp_arena_free(arena);
}

static void
every_setting_comes_back(void **state)
{
    (void)state;
    size_t count = 0;
    size_t tried = 0;
    const bp_setting *rows = bp_settings(&count);
    for (size_t i = 0; i < count; i++) {
        bool usable =
            rows[i].example[0] != '\0' && rows[i].path[0] != '\0' && rows[i].since[0] != '\0';
        for (size_t k = 0; usable && k < sizeof frames / sizeof frames[0]; k++) {
            if ((rows[i].blocks & frames[k].block) != 0) {
                try_example(&rows[i], k);
                tried++;
            }
        }
    }
    assert_true(tried >= 25);
}

static void
schedules_have_calls_where_they_are_exact(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"cron(15 * ? * * *)", "schedule = hourly(:15)"},
        {"cron(30 5,11,17,23 ? * * *)", "schedule = every(6h, from: 05:30)"},
        {"cron(0 0,12 ? * * *)", "schedule = every(12h)"},
        {"cron(0 12,0 ? * * *)", "schedule = cron(\"0 12,0 ? * * *\")"},
        {"cron(0 5 ? * * *)", "schedule = daily(05:00)"},
        {"cron(00 5 ? * * *)", "schedule = cron(\"00 5 ? * * *\")"},
        {"cron(0 05 ? * * *)", "schedule = cron(\"0 05 ? * * *\")"},
        {"cron(0 5 * * ? *)", "schedule = cron(\"0 5 * * ? *\")"},
        {"cron(0 3 ? * MON,THU *)", "schedule = weekly([mon, thu], 03:00)"},
        {"cron(0 3 ? * THU,MON *)", "schedule = weekly([thu, mon], 03:00)"},
        {"cron(0 3 ? * MON,MON *)", "schedule = cron(\"0 3 ? * MON,MON *\")"},
        {"cron(0 3 ? * mon *)", "schedule = cron(\"0 3 ? * mon *\")"},
        {"cron(0 5 1 * ? *)", "schedule = monthly(1, 05:00)"},
        {"cron(0 5 L * ? *)", "schedule = monthly(last, 05:00)"},
        {"cron(0 5 32 * ? *)", "schedule = cron(\"0 5 32 * ? *\")"},
        {"cron(0 5 ? * * * )", "schedule = cron(\"0 5 ? * * * \")"},
        {"cron(cron(0)", "schedule = cron(\"cron(cron(0)\")"},
        {"rate(1 day)", "raw \"schedule_expression\" = {\"@@assign\": \"rate(1 day)\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char value[64];
        snprintf(value, sizeof value, "\"%s\"", cases[i][0]);
        says_of_rule("schedule_expression", value, cases[i][1]);
    }
}

static void
durations_keep_their_text(void **state)
{
    (void)state;
    says_of_rule("start_backup_window_minutes", "480", "start_within = 8h");
    says_of_rule("start_backup_window_minutes", "\"90\"", "start_within = 90m");
    says_of_rule("start_backup_window_minutes", "\"0\"", "start_within = 0m");
    says_of_rule("start_backup_window_minutes", "\"060\"", "raw \"start_backup_window_minutes\"");
    says_of_rule("start_backup_window_minutes", "\"9999999999\"",
                 "raw \"start_backup_window_minutes\"");
    says("{\"plans\":{\"p\":{\"rules\":{\"r\":{\"lifecycle\":{\"delete_after_days\":{\"@@assign\":"
         "35},"
         "\"move_to_cold_storage_after_days\":{\"@@assign\":\"007\"}}}}}}}",
         "delete_after = 35d");
}

static void
controls_stand_where_all_agree(void **state)
{
    (void)state;
    const char *lock = "\"@@operators_allowed_for_child_policies\":[\"@@none\"]";
    char text[512];
    snprintf(text, sizeof text,
             "{\"plans\":{\"p\":{\"regions\":{\"@@assign\":[],%s},\"rules\":{\"r\":{"
             "\"target_backup_vault_name\":{\"@@assign\":\"v\",%s}}}}}}",
             lock, lock);
    says(text, "policy \"case\" {\n  children may nothing\n");
    snprintf(text, sizeof text,
             "{\"plans\":{%s,\"p\":{%s,\"regions\":{\"@@assign\":[]},\"rules\":{\"r\":{"
             "\"target_backup_vault_name\":{\"@@assign\":\"v\",%s}}}}}}",
             lock, lock, lock);
    says(text, "policy \"case\" {\n  children may nothing here\n");
    says(text, "vault = vault(\"v\")   children may nothing\n");
}

static void
partitions_follow_the_regions(void **state)
{
    (void)state;
    says("{\"plans\":{\"p\":{\"regions\":{\"@@assign\":[\"us-gov-west-1\"]},\"selections\":{"
         "\"tags\":"
         "{\"s\":{\"iam_role_arn\":{\"@@assign\":\"arn:aws-us-gov:iam::$account:role/a/b\"}}}}}}}",
         "role = role(\"a/b\")");
    says("{\"plans\":{\"p\":{\"regions\":{\"@@assign\":[\"us-gov-west-1\"]},\"selections\":{"
         "\"tags\":"
         "{\"s\":{\"iam_role_arn\":{\"@@assign\":\"arn:aws:iam::$account:role/a/b\"}}}}}}}",
         "role = arn(\"arn:aws:iam::$account:role/a/b\")");
}

static void
no_policy_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {"",
                                        "{",
                                        "[]",
                                        "{}",
                                        "null",
                                        "{\"plans\": []}",
                                        "{\"plans\": {}, \"PLANS\": {}}",
                                        "{\"plans\": {}, \"plans\": {}}"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_session *session = new_session(arena);
        bp_str text = {0};
        assert_int_equal(import_text(session, bp_str_of(cases[i]), &text), BP_IMPORT_REFUSED);
        assert_true(bp_diagnostics_has(session->diagnostics, BP_ERROR));
        bp_arena_free(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_aws_accepts),
        cmocka_unit_test(what_aws_rejects),
        cmocka_unit_test(policies_of_people),
        cmocka_unit_test(inherited_blocks_are_extended),
        cmocka_unit_test(changed_documents),
        cmocka_unit_test(every_setting_comes_back),
        cmocka_unit_test(schedules_have_calls_where_they_are_exact),
        cmocka_unit_test(durations_keep_their_text),
        cmocka_unit_test(controls_stand_where_all_agree),
        cmocka_unit_test(partitions_follow_the_regions),
        cmocka_unit_test(no_policy_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
