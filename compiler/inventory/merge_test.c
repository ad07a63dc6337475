/*
 * Answers that meet: the same bytes whatever the order and the files in which they come, what
 * contradicts and what only came later, lists that are not whole, and memory that follows the facts
 * and not the input.
 */
#include "compiler/inventory/survey_test.h"

#include <stdlib.h>

#define AT(time) "\"taken_at\":\"2026-11-02T0" time ":00:00Z\","
#define LIST(time, more, vaults)                                                                 \
    "{\"dump\":\"backup.list-backup-vaults\"," more CELL AT(time) "\"data\":{"                   \
                                                                  "\"BackupVaultList\":[" vaults \
                                                                  "]}}\n"
#define CUT(time, vaults)                                                                   \
    "{\"dump\":\"backup.list-backup-vaults\"," CELL AT(time) "\"data\":{"                   \
                                                             "\"BackupVaultList\":[" vaults \
                                                             "],\"NextToken\":\"t\"}}\n"
#define LOCKED(name, locked) "{\"BackupVaultName\":\"" name "\",\"Locked\":" locked "}"
#define PAGE(index, time, vaults) LIST(time, "\"pages\":{\"index\":" index ",\"of\":2},", vaults)

static importing
import_both(const char *first, const char *second, bool allow_truncated)
{
    importing on = start_with(NULL, allow_truncated);
    read_dump(&on, "base.json", BP_STR(BASE), 4096);
    read_dump(&on, "first.json", bp_str_of(first), 4096);
    read_dump(&on, "second.json", bp_str_of(second), 4096);
    finish(&on);
    return on;
}

/* ---- any order, any split */

static uint64_t random_state = 88172645463325252U;

static size_t
below(size_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state >> 11) % limit;
}

static const char *const extra_lines[] = {
    /* cut off, by two people, at two times */
    CUT("7", VAULT("late", "eu-west-1")),
    CUT("8", LOCKED("late", "true")),
    CUT("6", VAULT("early", "eu-west-1")),
    /* failed here, whole elsewhere */
    "{\"dump\":\"iam.list-roles\",\"account\":\"222233334444\"," AT(
        "6") "\"error\":{\"code\":\"AccessDeniedException\"}}\n",
    "{\"dump\":\"backup.list-backup-vaults\",\"account\":\"222233334444\",\"region\":\"us-east-"
    "2\"," AT("6") "\"error\":{\"code\":\"ThrottlingException\"}}\n",
    /* pages, one of them twice, and an older whole list of the same */
    "{\"dump\":\"backup.list-backup-vaults\",\"account\":\"222233334444\",\"region\":\"sa-east-1\","
    "\"pages\":{\"index\":1,\"of\":2}," AT(
        "6") "\"data\":{\"BackupVaultList\":[],\"NextToken\":\"n\"}}\n",
    "{\"dump\":\"backup.list-backup-vaults\",\"account\":\"222233334444\",\"region\":\"sa-east-1\","
    "\"pages\":{\"index\":2,\"of\":2}," AT("6") "\"data\":{\"BackupVaultList\":[" LOCKED(
        "paged", "false") "]}}\n",
    "{\"dump\":\"backup.list-backup-vaults\",\"account\":\"222233334444\",\"region\":\"sa-east-"
    "1\"," AT("5") "\"data\":{\"BackupVaultList\":[]}}\n",
    /* glued lists say what is there */
    "[" VAULT("glued", "eu-central-1") "]\n",
};

static void
shuffles_and_splits(void **state)
{
    enum { ROUNDS = 200, FILES = 5 };
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    BP_VEC(bp_str) lines = {0};
    for (bp_str all = file_text(arena, DUMPS); all.size > 0;) {
        size_t end = bp_str_find(all, '\n');
        *bp_vec_add(arena, &lines) = bp_str_cut(all, 0, end + 1);
        all = bp_str_cut(all, end + 1, all.size);
    }
    for (size_t i = 0; i < sizeof extra_lines / sizeof *extra_lines; i++) {
        *bp_vec_add(arena, &lines) = bp_str_of(extra_lines[i]);
    }
    bp_str first = {NULL, 0};
    for (size_t round = 0; round < ROUNDS; round++) {
        importing on = start_with(NULL, true);
        for (size_t i = lines.count; i > 1 && round > 0; i--) {
            size_t j = below(i);
            bp_str moved = lines.at[i - 1];
            lines.at[i - 1] = lines.at[j];
            lines.at[j] = moved;
        }
        size_t files = 1 + below(FILES);
        for (size_t file = 0; file < files; file++) {
            bp_buf text = {.arena = on.arena};
            for (size_t i = file; i < lines.count; i += files) {
                bp_buf_add(&text, lines.at[i]);
            }
            read_dump(&on, "dump.json", bp_buf_text(&text), 4096);
        }
        finish(&on);
        for (size_t f = 0; f < bp_diagnostics_total(on.list) && !on.good; f++) {
            print_message("%.*s\n", BP_ARG(bp_diagnostics_at(on.list, f)->message));
        }
        assert_true(on.good);
        first = first.size == 0 ? bp_str_copy(arena, on.text) : first;
        if (!bp_str_equal(first, on.text)) {
            fail_msg("round %zu:\n%.*s\nbut first:\n%.*s", round, BP_ARG(on.text), BP_ARG(first));
        }
        bp_arena_free(on.arena);
    }
    bp_arena_free(arena);
}

/* ---- what contradicts, and what only came later */

static const struct {
    const char *first;
    const char *second;
    const char *reason; /* NULL: none */
} meetings[] = {
    {LIST("6", "", ""), LIST("6", "", VAULT("daily", "eu-west-1")), "IMP034"},
    {LIST("6", "", ""), LIST("7", "", VAULT("daily", "eu-west-1")), NULL},
    /* two that contradict, and a later one that replaces both */
    {LIST("6", "", "") LIST("6", "", VAULT("daily", "eu-west-1")), LIST("7", "", ""), NULL},
    {LIST("7", "", ""), LIST("6", "", "") LIST("6", "", VAULT("daily", "eu-west-1")), NULL},
    /* pieces of one time */
    {CUT("6", LOCKED("daily", "true")), CUT("6", LOCKED("daily", "false")), "IMP034"},
    {CUT("6", LOCKED("daily", "true")), CUT("7", LOCKED("daily", "false")), NULL},
    {CUT("6", LOCKED("daily", "true")), CUT("6", LOCKED("weekly", "false")), NULL},
    /* a page twice */
    {PAGE("1", "6", LOCKED("daily", "true")) PAGE("2", "6", ""),
     PAGE("1", "6", LOCKED("daily", "false")), "IMP034"},
    {PAGE("1", "6", LOCKED("daily", "true")) PAGE("2", "6", ""),
     PAGE("1", "7", LOCKED("daily", "false")), NULL},
    /* pages and a whole list of their time */
    {PAGE("1", "6", "") PAGE("2", "6", ""), LIST("6", "", VAULT("daily", "eu-west-1")), "IMP034"},
    {PAGE("1", "6", "") PAGE("2", "6", ""), LIST("6", "", ""), NULL},
    /* what is known by its name alone contradicts nothing */
    {"[" VAULT("daily", "eu-west-1") "]\n",
     "{\"Results\":[\"{\\\"accountId\\\":\\\"222233334444\\\",\\\"awsRegion\\\":\\\"eu-west-1\\\","
     "\\\"resourceName\\\":\\\"daily\\\"}\"]}",
     NULL},
};

static void
answers_that_meet(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof meetings / sizeof *meetings; i++) {
        for (int turn = 0; turn < 2; turn++) {
            importing on = turn == 0 ? import_both(meetings[i].first, meetings[i].second, true)
                                     : import_both(meetings[i].second, meetings[i].first, true);
            bool contradicts = has_reason(&on, "IMP034");
            if (contradicts != (meetings[i].reason != NULL) || on.good == contradicts) {
                fail_msg("%s expected of:\n%s%s", meetings[i].reason == NULL ? "nothing" : "IMP034",
                         meetings[i].first, meetings[i].second);
            }
            bp_arena_free(on.arena);
        }
    }
}

/* A complete answer takes the place of one that is cut off, whatever its age. */
static void
complete_answers_replace_pieces(void **state)
{
    (void)state;
    const char *cut = CUT("7", VAULT("daily", "eu-west-1"));
    importing on = import_both(cut, LIST("6", "", ""), false);
    assert_true(on.good);
    assert_false(has_reason(&on, "IMP032"));
    bp_arena_free(on.arena);
    on = import_both(cut, "", false);
    assert_true(has_reason(&on, "IMP032"));
    bp_arena_free(on.arena);
}

/* ---- lists that are not whole, written and read again */

static const char partial_dumps[] =
    "{\"dump\":\"organizations.list-organizational-units-for-parent\",\"parent\":\"r-ab12\"," AT(
        "7") "\"data\":{\"OrganizationalUnits\":[]}}\n"
             "{\"dump\":\"account.list-regions\",\"account\":\"222233334444\"," AT(
                 "6") "\"data\":{\"Regions\":[{\"RegionName\":\"ap-east-1\",\"RegionOptStatus\":"
                      "\"ENABLING\"},"
                      "{\"RegionName\":\"eu-south-1\",\"RegionOptStatus\":\"ENABLED\"}]}}\n";

static void
partial_lists_stay_partial(void **state)
{
    (void)state;
    importing on = start_with(NULL, true);
    bp_organization *back = NULL;
    bp_str base = BP_STR(BASE);
    bp_str open = BP_STR("\"SUSPENDED\"}]");
    size_t at = 0;
    while (!bp_str_starts(bp_str_cut(base, at, base.size), open)) {
        at++;
    }
    bp_buf cut = {.arena = on.arena}; /* the list of accounts goes on after its last entry */
    bp_buf_add(&cut, bp_str_cut(base, 0, at + open.size));
    bp_buf_add_c(&cut, ",\"NextToken\":\"x\"");
    bp_buf_add(&cut, bp_str_cut(base, at + open.size, base.size));
    read_dump(&on, "base.json", bp_buf_text(&cut), 4096);
    read_dump(&on, "more.json", bp_str_of(partial_dumps), 4096);
    finish(&on);
    assert_true(on.good);
    assert_true(bp_str_contains(on.text, BP_STR("tree: partial")));
    assert_true(bp_str_contains(on.text, BP_STR("accounts_seen: partial")));
    const bp_source *source =
        bp_sources_add(bp_diagnostics_sources(on.list), BP_STR("org.yaml"), on.text);
    assert_true(bp_organization_read(on.arena, on.list, NULL, source, 0, &back));
    assert_int_equal(back->accounts.count, 2);
    assert_false(back->ous.at[0].accounts_known);
    assert_true(back->ous.at[0].ous_known);
    for (size_t i = 0; i < back->accounts.count; i++) {
        assert_false(back->accounts.at[i].regions_known);
    }
    bp_buf again = {.arena = on.arena};
    bp_organization_write(on.arena, back, NULL, true, &again);
    assert_true(bp_str_equal(on.text, bp_buf_text(&again)));
    bp_arena_free(on.arena);
}

/* ---- memory */

typedef struct counter {
    size_t now;
    size_t most;
} counter;

static void *
count_alloc(void *context, size_t size)
{
    counter *on = context;
    size_t *block = malloc(sizeof(max_align_t) + size);
    assert_non_null(block);
    *block = size;
    on->now += size;
    on->most = on->now > on->most ? on->now : on->most;
    return (char *)block + sizeof(max_align_t);
}

static void
count_release(void *context, void *block_of)
{
    counter *on = context;
    if (block_of != NULL) {
        size_t *block = (size_t *)(void *)((char *)block_of - sizeof(max_align_t));
        on->now -= *block;
        free(block);
    }
}

typedef struct repeated {
    const char *line;
    size_t line_size;
    size_t at;
    size_t left;
} repeated;

static int64_t
give_again(void *context, char *at, size_t room)
{
    repeated *from = context;
    size_t size = 0;
    while (size < room && from->left > 0) {
        at[size++] = from->line[from->at++];
        if (from->at == from->line_size) {
            from->at = 0;
            from->left--;
        }
    }
    return (int64_t)size;
}

/* Most memory while a line is read so many times. */
static size_t
memory_of(const char *line, size_t times, size_t *findings)
{
    counter count = {0};
    bp_allocator allocator = {count_alloc, count_release, &count};
    importing on = start_with(&allocator, true);
    repeated from = {.line = line, .line_size = strlen(line), .left = times};
    read_dump(&on, "base.json", BP_STR(BASE), 4096);
    bp_survey_read(on.survey, BP_STR("dump.json"), (bp_json_input){give_again, &from});
    *findings = bp_diagnostics_total(on.list);
    bp_arena_free(on.arena);
    return count.most;
}

static const char *const monotonous[] = {
    LIST("6", "", VAULT("daily", "eu-west-1") "," VAULT("weekly", "eu-west-1")),
    CUT("6", VAULT("daily", "eu-west-1")),
    PAGE("1", "6", VAULT("daily", "eu-west-1")),
    "[" VAULT("daily", "eu-west-1") "," VAULT("daily", "us-east-1") "]\n",
    "{\"dump\":\"kms.list-aliases\"," CELL AT("6") "\"data\":{\"Aliases\":[{\"AliasName\":\"alias/"
                                                   "aws/backup\",\"TargetKeyId\":\"k\"}]}}\n",
    "{\"dump\":\"iam.list-roles\",\"account\":\"222233334444\"," AT(
        "6") "\"error\":{\"code\":\"AccessDeniedException\"}}\n",
    /* nothing but mistakes */
    "{\"Accounts\":[{\"Id\":222233334444,\"Name\":\"x\"},{\"Id\":\"1\"}]}\n",
    LIST("6", "\"acount\":\"x\",", "{},{\"BackupVaultName\":\"?\"}"),
};

static void
memory_follows_the_facts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof monotonous / sizeof *monotonous; i++) {
        size_t findings[2];
        size_t few = memory_of(monotonous[i], 5000, &findings[0]);
        size_t many = memory_of(monotonous[i], 20000, &findings[1]);
        if (many > few + few / 10 || findings[1] > findings[0]) {
            fail_msg("%zu bytes and %zu findings, then %zu and %zu, of: %s", few, findings[0], many,
                     findings[1], monotonous[i]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shuffles_and_splits),
        cmocka_unit_test(answers_that_meet),
        cmocka_unit_test(complete_answers_replace_pieces),
        cmocka_unit_test(partial_lists_stay_partial),
        cmocka_unit_test(memory_follows_the_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
