/*
 * The parser against input that wants to hurt it: deep nesting, long lines, many errors, mutations.
 * Each text must end with findings inside of the file, and the work must grow with its size only:
 * that is measured by the number of findings and by memory, not by a clock.
 */
#include "grammar/parse_fixture.h"

#include "grammar/lexer.h"

static const char sample[] =
    "edition 1\n\n/// doc\nrole \"r\" {\n  deploy_to = [root]\n}\nair_gapped vault \"g\" {}\n"
    "include \"shared/x.bpol\"\nlet days = 35d\n"
    "template rule t(into: vault, r: [region] = [eu-west-1]) uses u(a: 1) {\n"
    "  schedule = every(6h, from: 05:30)\n  copy to into in us-east-1 of account(\"x\") {}\n}\n"
    "policy \"p\" {\n  children may nothing here\n  extend plan \"q\" {\n"
    "    regions += [a, b] children may append, remove\n    rule \"x\" uses t(into: vault(\"v\")) "
    "{}\n"
    "    select tags \"s\" {\n      tag_values = [\n        \"\\u00e9\", // c\n        \"b\"\n     "
    " ]\n"
    "    }\n    plan_tags = {a: \"1\", \"b c\": \"2\"}\n    raw \"k\" = {\"a\": [1, -2.5e3, "
    "true]}\n"
    "    x = hourly(:15)\n  }\n}\n";

static void
check_places(fixture *f, size_t size, const char *text)
{
    for (size_t i = 0; i < bp_diagnostics_total(f->diagnostics); i++) {
        const bp_finding *finding = bp_diagnostics_at(f->diagnostics, i);
        bool inside = bp_span_exists(finding->span) && finding->span.start <= finding->span.end &&
                      finding->span.end <= size && finding->message.size > 0;
        for (size_t k = 0; k < finding->labels.count; k++) {
            inside = inside && finding->labels.at[k].span.end <= size &&
                     bp_span_exists(finding->labels.at[k].span);
        }
        if (!inside) {
            fail_msg("finding outside of the text: %.*s\n%.*s", BP_ARG(finding->message), (int)size,
                     text);
        }
    }
    assert_int_equal(f->file->broken, bp_diagnostics_total(f->diagnostics) > 0);
}

static unsigned
dice(uint64_t *random, size_t sides)
{
    *random = *random * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)((*random >> 33) % sides);
}

static void
byte_mutation(uint64_t *random, bp_buf *text)
{
    static const char bytes[] = "{}[]()\"'=:,+-@#/*\n\r\t ;$019adx_\\\xC3\xA9\xE2\x80\x9C\xFF";
    size_t at = dice(random, text->size);
    char byte = bytes[dice(random, sizeof bytes - 1)];
    if (dice(random, 3) == 0) {
        memmove(text->at + at, text->at + at + 1, text->size - at - 1);
        text->size--;
    } else if (dice(random, 2) == 0) {
        text->at[at] = byte;
    } else {
        bp_buf_add_char(text, ' ');
        memmove(text->at + at + 1, text->at + at, text->size - at - 1);
        text->at[at] = byte;
    }
}

/* Drops, doubles or swaps tokens of the sample. */
static void
token_mutation(uint64_t *random, const bp_token *tokens, size_t count, bp_buf *out)
{
    size_t at = dice(random, count);
    size_t other = dice(random, count);
    unsigned how = dice(random, 4);
    for (size_t i = 0; i < count; i++) {
        size_t taken = how == 0 && i == at ? other : how == 1 && i == other ? at : i;
        unsigned times = i != at || how < 2 ? 1 : how == 2 ? 0 : 2;
        size_t from = i == 0 ? 0 : tokens[i - 1].end;
        bp_buf_add(out, bp_str_cut(bp_str_of(sample), from, tokens[i].start));
        for (unsigned k = 0; k < times; k++) {
            bp_buf_add(out, bp_str_cut(bp_str_of(sample), tokens[taken].start, tokens[taken].end));
            bp_buf_add_char(out, ' ');
        }
    }
}

static size_t
sample_tokens(bp_arena *arena, bp_token *tokens, size_t room)
{
    bp_sources *sources = bp_sources_new(arena);
    bp_lexer lexer = bp_lexer_start(arena, bp_sources_add(sources, BP_STR("x"), bp_str_of(sample)));
    size_t count = 0;
    for (bp_token token = bp_lexer_next(&lexer); token.kind != BP_TOKEN_EOF && count < room;
         token = bp_lexer_next(&lexer)) {
        tokens[count++] = token;
    }
    return count;
}

static void
mutations_never_hurt(void **state)
{
    (void)state;
    static bp_token tokens[400];
    bp_arena *words = bp_arena_new(NULL);
    size_t count = sample_tokens(words, tokens, 400);
    assert_true(count > 150);
    uint64_t random = 4711;
    size_t broken = 0;
    for (int i = 0; i < 20000; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_buf text = {.arena = arena};
        if (i % 2 == 0) {
            token_mutation(&random, tokens, count, &text);
        } else {
            bp_buf_add(&text, bp_str_of(sample));
        }
        for (unsigned k = 0; k < 1 + dice(&random, 3) && i % 2 == 1; k++) {
            byte_mutation(&random, &text);
        }
        fixture f = fixture_parse(text.at, text.size);
        check_places(&f, text.size, text.at);
        broken += f.file->broken;
        if (i % 16 == 0) {
            bp_buf dump = {.arena = arena};
            bp_ast_dump(f.file, &dump);
            bp_tokens_dump(arena, f.file->source, &dump);
            assert_true(dump.size > 0);
        }
        fixture_free(&f);
        bp_arena_free(arena);
    }
    assert_true(broken > 8000 && broken < 20000);
    bp_arena_free(words);
}

static void
the_sample_is_clean(void **state)
{
    (void)state;
    fixture f = fixture_parse(sample, sizeof sample - 1);
    assert_int_equal(bp_diagnostics_total(f.diagnostics), 0);
    fixture_free(&f);
}

typedef struct flood {
    const char *head;
    const char *unit;
    size_t times;
    const char *tail;
    size_t findings;  /* expected */
    const char *code; /* of the first */
} flood;

static const flood floods[] = {
    {"edition 1\nlet a = ", "[", 200000, "", 1, "SYN015"},
    {"edition 1\nlet a = ", "f(", 200000, "\nlet b = = 1\n", 2, "SYN015"},
    {"edition 1\nlet a = ", "{a:", 200000, "", 1, "SYN015"},
    {"edition 1\nvault \"a\" {\n  raw \"k\" = ", "{\"a\":[", 100000, "", 1, "SYN015"},
    {"edition 1\npolicy \"a\" {", "plan \"b\" {", 100000, "", 1, "SYN015"},
    {"edition 1\n", "{", 200000, "", 1, "SYN001"},
    {"edition 1\n", "}", 200000, "", 1, "SYN001"},
    {"edition 1\n", "policy \"a\" {\n", 20000, "", 20000, "SYN001"},
    {"edition 1\nlet a = \"", "x", 1000000, "\n", 1, "SYN001"},
    {"edition 1\n", "@@", 500000, "", 1, "SYN001"},
    {"edition 1\nlet a = ", "\xE2\x80\x9C", 300000, "", 1, "SYN001"},
    {"edition 1\n", "/* ", 300000, "\n", 1, "SYN001"},
    {"edition 1\npolicy \"a\" {\n", "  x = = 1\n", 10000, "}\n", 10000, "SYN001"},
    {"edition 1\npolicy \"a\" {\n", "  x = [\n", 10000, "}\n", 10000, "SYN001"},
    {"edition 1\nlet a = [\n", "1\n", 100000, "]\n", 1, "SYN001"},
    {"edition 1\nlet a = {", "k: 1,", 10000, "}\n", 9999, "SYN007"},
    {"edition 1\n", "a ", 300000, "", 1, "SYN001"},
    {"edition 1\n", "'", 300000, "", 1, "SYN001"},
    {"edition 1\nlet a = ", "9", 300000, "\n", 1, "SYN001"},
};

static void
floods_take_linear_work(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof floods[0]; i++) {
        bp_arena *arena = bp_arena_new(NULL);
        bp_buf text = {.arena = arena};
        bp_buf_add_c(&text, floods[i].head);
        for (size_t k = 0; k < floods[i].times; k++) {
            bp_buf_add_c(&text, floods[i].unit);
        }
        bp_buf_add_c(&text, floods[i].tail);
        fixture f = fixture_parse(text.at, text.size);
        check_places(&f, text.size, "");
        size_t total = bp_diagnostics_total(f.diagnostics);
        if (total != floods[i].findings) {
            fail_msg("flood of %s: %zu findings, expected %zu", floods[i].unit, total,
                     floods[i].findings);
        }
        assert_string_equal(bp_diagnostics_at(f.diagnostics, 0)->rule->code, floods[i].code);
        assert_true(bp_arena_size(f.arena) < 200 * text.size + 2000000);
        fixture_free(&f);
        bp_arena_free(arena);
    }
}

static void
nested(unsigned depth, size_t findings)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_buf text = {.arena = arena};
    bp_buf_add_c(&text, "edition 1\nlet a = ");
    for (unsigned i = 0; i < depth; i++) {
        bp_buf_add_char(&text, '[');
    }
    for (unsigned i = 0; i < depth; i++) {
        bp_buf_add_char(&text, ']');
    }
    bp_buf_add_c(&text, "\nlet b = 1\n");
    fixture f = fixture_parse(text.at, text.size);
    assert_int_equal(bp_diagnostics_total(f.diagnostics), findings);
    assert_int_equal(f.file->items.count, 2);
    fixture_free(&f);
    bp_arena_free(arena);
}

static void
nesting_of_64_is_the_limit(void **state)
{
    (void)state;
    nested(64, 0);
    nested(65, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_is_clean),
        cmocka_unit_test(mutations_never_hurt),
        cmocka_unit_test(floods_take_linear_work),
        cmocka_unit_test(nesting_of_64_is_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
