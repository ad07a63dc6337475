/*
 * grammar/bpol.tmLanguage.json against the tables: its keywords are the reserved words, its
 * settings the rows of settings.def, its calls those that give values, its types those of the EBNF.
 * How it colours a text is not judged here.
 */
#include "compiler/policy/elaborate_fixture.h"

#include "compiler/policy/elaborate.h"
#include "compiler/policy/settings.h"
#include "grammar/lexer.h"
#include "lib/file.h"
#include "lib/json_read.h"
#include "lib/map.h"

enum { FILE_MAX = 1 << 20 };

typedef struct grammar {
    bp_arena *arena;
    bp_map *sections; /* of the repository: name → words of its matches, a bp_map each */
    BP_VEC(bp_str) included;
    size_t matches;
} grammar;

/* The words of the first list of alternatives "(?:a|b)" that stands between word borders. */
static void
take_words(grammar *g, bp_map *words, bp_str match)
{
    static const char open[] = "(?<![\\w-])(?:";
    size_t at = 0;
    while (at < match.size && !bp_str_starts(bp_str_cut(match, at, match.size), bp_str_of(open))) {
        at++;
    }
    g->matches++;
    if (at == match.size) {
        return;
    }
    bp_str list = bp_str_cut(match, at + sizeof open - 1, match.size);
    list = bp_str_cut(list, 0, bp_str_find(list, ')'));
    while (list.size > 0) {
        bp_str word = bp_str_cut(list, 0, bp_str_find(list, '|'));
        bool added = false;
        bp_map_add(words, word, g, &added);
        if (!added) {
            fail_msg("\"%.*s\" stands twice", BP_ARG(word));
        }
        list = bp_str_cut(list, word.size + 1, list.size);
    }
}

static void
read_grammar(grammar *g)
{
    bp_file_error error = {0};
    bp_str text;
    *g = (grammar){.arena = bp_arena_new(NULL)};
    g->sections = bp_map_new(g->arena);
    assert_true(
        bp_file_read_anywhere(g->arena, "grammar/bpol.tmLanguage.json", FILE_MAX, &text, &error));
    bp_sources *sources = bp_sources_new(g->arena);
    const bp_source *source = bp_sources_add(sources, BP_STR("bpol.tmLanguage.json"), text);
    bp_json_reader *reader = bp_json_reader_new(g->arena, source);
    bp_map *section = NULL;
    bool repository = false;
    int depth = 0;
    for (;;) {
        bp_json_event event = bp_json_next(reader);
        assert_int_not_equal(event.kind, BP_JSON_ERROR);
        if (event.kind == BP_JSON_END) {
            return;
        }
        depth += event.kind == BP_JSON_OBJECT || event.kind == BP_JSON_ARRAY;
        depth -= event.kind == BP_JSON_OBJECT_END || event.kind == BP_JSON_ARRAY_END;
        if (event.kind != BP_JSON_KEY) {
            continue;
        }
        repository = depth == 1 ? bp_str_is(event.text, "repository") : repository;
        if (repository && depth == 2) {
            section = bp_map_new(g->arena);
            bp_map_set(g->sections, event.text, section);
        } else if (bp_str_is(event.text, "match")) {
            take_words(g, section, bp_json_next(reader).text);
        } else if (bp_str_is(event.text, "include")) {
            *bp_vec_add(g->arena, &g->included) = bp_json_next(reader).text;
        }
    }
}

static const bp_map *
section(const grammar *g, const char *name)
{
    const bp_map *words = bp_map_get(g->sections, bp_str_of(name));
    assert_non_null(words);
    return words;
}

static void
expect(const bp_map *words, bp_str word)
{
    if (bp_map_get(words, word) == NULL) {
        fail_msg("\"%.*s\" is not in the grammar for editors", BP_ARG(word));
    }
}

static void
keywords_are_the_reserved_words(void **state)
{
    (void)state;
    grammar g;
    read_grammar(&g);
    const bp_map *words = section(&g, "keywords");
    for (int i = 1; i < BP_KEY_COUNT; i++) {
        expect(words, bp_keyword_text((bp_keyword)i));
    }
    assert_int_equal(bp_map_count(words), BP_KEY_COUNT - 1);
    bp_arena_free(g.arena);
}

static void
settings_are_the_rows(void **state)
{
    (void)state;
    grammar g;
    read_grammar(&g);
    const bp_map *words = section(&g, "settings");
    bp_map *names = bp_map_new(g.arena);
    size_t count = 0;
    const bp_setting *rows = bp_settings(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].name[0] != '\0') {
            expect(words, bp_str_of(rows[i].name));
            bp_map_set(names, bp_str_of(rows[i].name), &g);
        }
    }
    assert_int_equal(bp_map_count(words), bp_map_count(names));
    bp_arena_free(g.arena);
}

static void
calls_are_those_that_give_values(void **state)
{
    (void)state;
    grammar g;
    read_grammar(&g);
    const bp_map *words = section(&g, "calls");
    bp_map *names = bp_map_new(g.arena);
    for (int want = 0; want < BP_WANT_COUNT; want++) {
        bp_str calls = bp_str_of(bp_want_calls((bp_want)want));
        while (calls.size > 0) {
            bp_str call = bp_str_cut(calls, 0, bp_str_find(calls, ' '));
            expect(words, call);
            bp_map_set(names, call, &g);
            calls = bp_str_cut(calls, call.size + 1, calls.size);
        }
    }
    assert_true(bp_map_count(names) > 10);
    assert_int_equal(bp_map_count(words), bp_map_count(names));
    bp_arena_free(g.arena);
}

/* The types stand in one rule of the EBNF, each in quotes. */
static void
types_are_those_of_the_grammar(void **state)
{
    (void)state;
    grammar g;
    read_grammar(&g);
    bp_file_error error = {0};
    bp_str text;
    assert_true(bp_file_read_anywhere(g.arena, "grammar/bpol.ebnf", FILE_MAX, &text, &error));
    while (text.size > 0 && !bp_str_starts(text, BP_STR("\ntname "))) {
        text = bp_str_cut(text, 1, text.size);
    }
    text = bp_str_cut(text, 0, bp_str_find(text, ';'));
    size_t count = 0;
    for (size_t quote = bp_str_find(text, '"'); quote < text.size; quote = bp_str_find(text, '"')) {
        text = bp_str_cut(text, quote + 1, text.size);
        bp_str type = bp_str_cut(text, 0, bp_str_find(text, '"'));
        expect(section(&g, "parameters"), type);
        text = bp_str_cut(text, type.size + 1, text.size);
        count++;
    }
    assert_int_equal(bp_map_count(section(&g, "parameters")), count);
    bp_arena_free(g.arena);
}

static void
every_include_has_its_section(void **state)
{
    (void)state;
    grammar g;
    read_grammar(&g);
    assert_int_equal(g.included.count, bp_map_count(g.sections));
    for (size_t i = 0; i < g.included.count; i++) {
        bp_str name = bp_str_cut(g.included.at[i], 1, g.included.at[i].size);
        assert_int_equal(g.included.at[i].at[0], '#');
        assert_non_null(bp_map_get(g.sections, name));
    }
    assert_true(g.matches > 20);
    bp_arena_free(g.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keywords_are_the_reserved_words),
        cmocka_unit_test(settings_are_the_rows),
        cmocka_unit_test(calls_are_those_that_give_values),
        cmocka_unit_test(types_are_those_of_the_grammar),
        cmocka_unit_test(every_include_has_its_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
