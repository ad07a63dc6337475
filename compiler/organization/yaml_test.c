/* The YAML door: what it reads, what it refuses and where, and that hostile text ends at once. */
#include "compiler/organization/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const bp_rule rules[] = {
    {"SYN001", "parse-error", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1.0"},
    {"SYN015", "input-refused", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1.0"},
};

typedef struct run {
    bp_arena *arena;
    bp_diagnostics *list;
    bp_sources *sources;
    bp_yaml *yaml;
    bp_yaml_kind last;
    size_t events;
} run;

static run
read_text(const char *text, size_t size)
{
    run r = {.arena = bp_arena_new(NULL)};
    r.sources = bp_sources_new(r.arena);
    r.list = bp_diagnostics_new(r.arena, r.sources, rules, sizeof rules / sizeof rules[0]);
    const bp_source *source = bp_sources_add(r.sources, BP_STR("org.yaml"), (bp_str){text, size});
    r.yaml = bp_yaml_open(r.arena, r.list, source, "the inventory");
    do {
        bp_yaml_event event = bp_yaml_next(r.yaml);
        r.last = event.kind;
        r.events++;
        assert_true(event.span.start <= event.span.end && event.span.end <= size);
    } while (r.last != BP_YAML_END && r.last != BP_YAML_ERROR);
    assert_int_equal(bp_yaml_next(r.yaml).kind, r.last);
    return r;
}

/* Exactly one finding: code, line, column, words. */
static void
check_refused(const char *text, size_t size, const char *code, unsigned line, unsigned column,
              const char *words)
{
    run r = read_text(text, size);
    assert_int_equal(r.last, BP_YAML_ERROR);
    assert_int_equal(bp_diagnostics_total(r.list), 1);
    const bp_finding *finding = bp_diagnostics_at(r.list, 0);
    assert_string_equal(finding->rule->code, code);
    if (!bp_str_contains(finding->message, bp_str_of(words))) {
        fail_msg("\"%.*s\" lacks \"%s\"", BP_ARG(finding->message), words);
    }
    bp_position position =
        bp_sources_position(r.sources, finding->span.source, finding->span.start);
    assert_int_equal(position.line, line);
    assert_int_equal(position.column, column);
    bp_arena_free(r.arena);
}

static void
events_carry_places_and_texts(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBF"
                               "na\xC3\xAFve: \"a\\tb\"\nb: ['x''y', z]\n";
    bp_arena *arena = bp_arena_new(NULL);
    bp_sources *sources = bp_sources_new(arena);
    bp_diagnostics *list = bp_diagnostics_new(arena, sources, rules, 2);
    const bp_source *source =
        bp_sources_add(sources, BP_STR("org.yaml"), (bp_str){text, sizeof text - 1});
    bp_yaml *yaml = bp_yaml_open(arena, list, source, "the inventory");
    static const struct {
        bp_yaml_kind kind;
        const char *text;
        const char *there;
        bool plain;
    } rows[] = {
        {BP_YAML_MAP, "", "", false},
        {BP_YAML_SCALAR, "na\xC3\xAFve", "na\xC3\xAFve", true},
        {BP_YAML_SCALAR, "a\tb", "\"a\\tb\"", false},
        {BP_YAML_SCALAR, "b", "b", true},
        {BP_YAML_LIST, "", "[", false},
        {BP_YAML_SCALAR, "x'y", "'x''y'", false},
        {BP_YAML_SCALAR, "z", "z", true},
        {BP_YAML_LIST_END, "", "]", false},
        {BP_YAML_MAP_END, "", "", false},
        {BP_YAML_END, "", "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bp_yaml_event event = bp_yaml_next(yaml);
        assert_int_equal(event.kind, rows[i].kind);
        assert_true(bp_str_is(event.text, rows[i].text));
        assert_true(bp_str_is(bp_span_text(sources, event.span), rows[i].there));
        assert_int_equal(event.plain, rows[i].plain);
    }
    assert_int_equal(bp_diagnostics_total(list), 0);
    bp_arena_free(arena);
}

static void
skipping_leaves_the_next_key(void **state)
{
    (void)state;
    static const char text[] = "a: {b: [1, {c: 2}]}\nd: 3\n";
    bp_arena *arena = bp_arena_new(NULL);
    bp_sources *sources = bp_sources_new(arena);
    bp_diagnostics *list = bp_diagnostics_new(arena, sources, rules, 2);
    const bp_source *source =
        bp_sources_add(sources, BP_STR("org.yaml"), (bp_str){text, sizeof text - 1});
    bp_yaml *yaml = bp_yaml_open(arena, list, source, "the inventory");
    bp_yaml_next(yaml);
    bp_yaml_next(yaml);
    assert_true(bp_yaml_skip(yaml, bp_yaml_next(yaml)));
    assert_true(bp_str_is(bp_yaml_next(yaml).text, "d"));
    assert_true(bp_yaml_skip(yaml, bp_yaml_next(yaml)));
    assert_int_equal(bp_yaml_next(yaml).kind, BP_YAML_MAP_END);
    bp_arena_free(arena);
}

#define REFUSED(text, code, line, column, words) \
    check_refused("" text, sizeof(text) - 1, code, line, column, words)

static void
constructs_are_refused_by_name(void **state)
{
    (void)state;
    REFUSED("a: &x 1\n", "SYN015", 1, 4, "an anchor");
    REFUSED("a: &x [1]\n", "SYN015", 1, 4, "an anchor");
    REFUSED("a: 1\nb: *x\n", "SYN015", 2, 4, "an alias");
    REFUSED("a: *\n", "SYN015", 1, 4, "an alias");
    REFUSED("a: !!str 1\n", "SYN015", 1, 4, "a tag");
    REFUSED("a: ! {}\n", "SYN015", 1, 4, "a tag");
    REFUSED("a:\n  <<: 1\n", "SYN015", 2, 3, "a merge key");
    REFUSED("%YAML 1.1\n---\na: 1\n", "SYN015", 1, 1, "a directive");
    REFUSED("%FOO\n---\na: 1\n", "SYN015", 1, 1, "a directive");
    REFUSED("a: 1\n---\nb: 1\n", "SYN015", 2, 1, "a second document");
    REFUSED("a: |\n  x\n", "SYN015", 1, 4, "a block scalar");
    REFUSED("a: >-\n  x\n", "SYN015", 1, 4, "a block scalar");
    REFUSED("? [a]\n: 1\n", "SYN015", 1, 3, "a list as a key");
    REFUSED("{a: 1}: 1\n", "SYN015", 1, 1, "a mapping as a key");
}

static void
bytes_that_are_no_yaml(void **state)
{
    (void)state;
    REFUSED("a: 1\nb: \0x\n", "SYN001", 2, 4, "NUL");
    REFUSED("\xFF\xFE"
            "a\0",
            "SYN001", 1, 1, "UTF-16");
    REFUSED("a: \xC3\x28\n", "SYN001", 1, 4, "invalid UTF-8");
    REFUSED("a: x\xEF\xBB\xBF\n", "SYN001", 1, 5, "byte order mark");
    REFUSED("a: x\x07\n", "SYN001", 1, 5, "control character");
    REFUSED("a:\n\tb: 1\n", "SYN001", 2, 1, "a tab");
    REFUSED("a: [\n \t1]\n", "SYN001", 2, 2, "a tab");
}

static void
syntax_errors_read_like_ours(void **state)
{
    (void)state;
    REFUSED("a: b: c\n", "SYN001", 1, 5, "\":\" cannot stand here");
    REFUSED("a: - b\n", "SYN001", 1, 4, "\"-\" cannot stand here");
    REFUSED("a:\n  - x\n b: 1\n", "SYN001", 3, 2, "indentation");
    REFUSED("a: 1\nfoo\nb: 2\n", "SYN001", 3, 1, "without \":\"");
    REFUSED("a: @x\n", "SYN001", 1, 4, "no value");
    REFUSED("a: \"\\q\"\n", "SYN001", 1, 5, "escape");
    REFUSED("a: [1 2}\n", "SYN001", 1, 8, "\",\" or \"]\"");
    REFUSED("a: 1\n...\nb: 2\n", "SYN001", 3, 1, "after the end");
}

static void
a_cut_file_names_what_was_open(void **state)
{
    (void)state;
    REFUSED("x: 1\na: [1, 2\n\n", "SYN001", 2, 9, "ends inside a list opened at line 2");
    REFUSED("a: {b: 1", "SYN001", 1, 9, "ends inside a mapping opened at line 1");
    REFUSED("a: [1,\n", "SYN001", 1, 7, "ends inside a list opened at line 1");
    REFUSED("b: 1\na: [{c: [", "SYN001", 2, 10, "ends inside a list opened at line 2");
    REFUSED("a: {", "SYN001", 1, 5, "ends inside a mapping opened at line 1");
    REFUSED("a: \"abc\n", "SYN001", 1, 8, "ends inside a quoted text opened at line 1");
}

static void
nothing_to_read_is_an_end(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n\n", "# comment\n", "---\n", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < 5; i++) {
        run r = read_text(texts[i], strlen(texts[i]));
        assert_int_equal(r.last, BP_YAML_END);
        assert_int_equal(bp_diagnostics_total(r.list), 0);
        bp_arena_free(r.arena);
    }
    run tabs = read_text("a: 1\t\nb:\t2\n", 11);
    assert_int_equal(tabs.last, BP_YAML_END);
    bp_arena_free(tabs.arena);
}

static void
repeat(const char *unit, size_t times, const char *code, const char *words)
{
    bp_arena *arena = bp_arena_new(NULL);
    bp_buf buf = {.arena = arena};
    for (size_t i = 0; i < times; i++) {
        bp_buf_add_c(&buf, unit);
    }
    bp_str text = bp_buf_text(&buf);
    run r = read_text(text.at, text.size);
    assert_int_equal(r.last, BP_YAML_ERROR);
    assert_true(r.events < 300);
    const bp_finding *finding = bp_diagnostics_at(r.list, 0);
    assert_string_equal(finding->rule->code, code);
    assert_true(bp_str_contains(finding->message, bp_str_of(words)));
    assert_true(finding->span.end > finding->span.start);
    bp_arena_free(r.arena);
    bp_arena_free(arena);
}

static void
deep_nesting_ends_at_once(void **state)
{
    (void)state;
    repeat("[", 200000, "SYN015", "more than 64");
    repeat("{", 200000, "SYN015", "a mapping as a key");
    repeat("[\n", 200000, "SYN015", "more than 64");
    repeat("- ", 200000, "SYN015", "more than 64");
    repeat("{a: ", 200000, "SYN015", "more than 64");
}

static void
sixty_four_levels_are_read(void **state)
{
    (void)state;
    char text[200];
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    run r = read_text(text, 128);
    assert_int_equal(r.last, BP_YAML_END);
    bp_arena_free(r.arena);
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    check_refused(text, 130, "SYN015", 1, 65, "64");
}

static void
a_long_line_is_read(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_buf buf = {.arena = arena};
    bp_buf_add_c(&buf, "a: \"");
    for (size_t i = 0; i < 1024 * 1024; i++) {
        bp_buf_add_char(&buf, 'x');
    }
    bp_buf_add_c(&buf, "\"\n");
    run r = read_text(bp_buf_text(&buf).at, bp_buf_text(&buf).size);
    assert_int_equal(r.last, BP_YAML_END);
    bp_arena_free(r.arena);
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_carry_places_and_texts),
        cmocka_unit_test(skipping_leaves_the_next_key),
        cmocka_unit_test(constructs_are_refused_by_name),
        cmocka_unit_test(bytes_that_are_no_yaml),
        cmocka_unit_test(syntax_errors_read_like_ours),
        cmocka_unit_test(a_cut_file_names_what_was_open),
        cmocka_unit_test(nothing_to_read_is_an_end),
        cmocka_unit_test(deep_nesting_ends_at_once),
        cmocka_unit_test(sixty_four_levels_are_read),
        cmocka_unit_test(a_long_line_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
