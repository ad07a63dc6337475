/*
 * bpol.ebnf against the lexer and the parser: its reserved words are the KEYWORD rows, its marks
 * are the tokens, and what it generates parses without a finding.
 */
#include "grammar/lexer.h"
#include "grammar/sentence_fixture.h"

enum { SENTENCES = 400 };

static void
generated_sentences_parse(void **state)
{
    (void)state;
    sentence_generator g = sentence_start();
    size_t bytes = 0;
    for (int i = 0; i < SENTENCES; i++) {
        bp_str text = sentence_next(&g);
        bytes += text.size;
        fixture f = fixture_parse(text.at, text.size);
        bp_str findings = fixture_findings(&f, true);
        if (findings.size > 0) {
            fail_msg("sentence %d:\n%.*s\n%.*s", i, BP_ARG(text), BP_ARG(findings));
        }
        assert_false(f.file->broken);
        fixture_free(&f);
    }
    assert_true(bytes > 20000); /* they are no empty files */
    bp_arena_free(g.arena);
}

static void
reserved_words_are_the_keyword_rows(void **state)
{
    (void)state;
    sentence_generator g = sentence_start();
    const sentence_symbols *reserved = bp_map_get(g.rules, BP_STR("reserved"));
    assert_non_null(reserved);
    assert_int_equal(reserved->count, BP_KEY_COUNT - 1);
    for (size_t i = 0; i < reserved->count; i++) {
        bp_str word = bp_keyword_text((bp_keyword)(i + 1));
        assert_int_equal(reserved->at[i].text.size, word.size);
        assert_memory_equal(reserved->at[i].text.at, word.at, word.size);
        assert_int_equal(bp_keyword_of(word), i + 1);
    }
    bp_arena_free(g.arena);
}

static void
marks_of_the_grammar_are_tokens(void **state)
{
    (void)state;
    sentence_generator g = sentence_start();
    const sentence_symbols *marks = bp_map_get(g.rules, BP_STR("punctuation"));
    size_t count = 0;
    for (size_t i = 0; i < marks->count; i++) {
        if (marks->at[i].kind == 'l') {
            bp_str name = bp_str_format(g.arena, "\"%.*s\"", BP_ARG(marks->at[i].text));
            assert_true(bp_str_is(name, bp_token_name((bp_token_kind)(BP_TOKEN_ASSIGN + count))));
            count++;
        }
    }
    assert_int_equal(count, BP_TOKEN_BAD_NUMBER - BP_TOKEN_ASSIGN);
    bp_arena_free(g.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_sentences_parse),
        cmocka_unit_test(reserved_words_are_the_keyword_rows),
        cmocka_unit_test(marks_of_the_grammar_are_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
