/*
 * bpol.ebnf against the lexer and the parser: its reserved words are the KEYWORD rows, its marks
 * are the tokens, and what it generates parses without a finding. The generator expands the rules
 * from `file` on with a fixed seed; lexical rules are written by hand below, with a new word or
 * text each time, because the grammar lets a name stand only once in many places.
 */
#include "grammar/lexer.h"
#include "grammar/parse_fixture.h"
#include "lib/file.h"
#include "lib/map.h"

enum { SENTENCES = 400, DEEPEST = 28 };

/* One word, literal or bracket of the EBNF. */
typedef struct symbol {
    bp_str text;
    char kind; /* 'n' name, 'l' literal, else the character itself */
} symbol;

typedef BP_VEC(symbol) symbols;

typedef struct generator {
    bp_arena *arena;
    bp_str ebnf;
    bp_map *rules; /* name to symbols */
    bp_buf out;
    uint64_t random;
    unsigned fresh;
    int depth;
} generator;

static unsigned
dice(generator *g, unsigned sides)
{
    g->random = g->random * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(g->random >> 33) % sides;
}

/* The next symbol from *at on; false at the end. */
static bool
scan(bp_str text, size_t *at, symbol *out)
{
    while (*at < text.size) {
        char c = text.at[*at];
        size_t start = *at;
        if (c == '(' && *at + 1 < text.size && text.at[*at + 1] == '*') {
            while (!bp_str_equal(bp_str_cut(text, *at, *at + 2), BP_STR("*)"))) {
                (*at)++;
            }
            *at += 2;
        } else if (c == '"' || c == '\'') {
            do {
                (*at)++;
            } while (text.at[*at] != c);
            (*at)++;
            *out = (symbol){bp_str_cut(text, start + 1, *at - 1), 'l'};
            return true;
        } else if (bp_is_alpha(c)) {
            while (*at < text.size && (bp_is_alnum(text.at[*at]) || text.at[*at] == '_')) {
                (*at)++;
            }
            *out = (symbol){bp_str_cut(text, start, *at), 'n'};
            return true;
        } else {
            (*at)++;
            if (c != ' ' && c != '\n') {
                *out = (symbol){bp_str_cut(text, start, *at), c};
                return true;
            }
        }
    }
    return false;
}

static void
read_rules(generator *g)
{
    size_t at = 0;
    symbol name;
    symbol each;
    while (scan(g->ebnf, &at, &name)) {
        symbols *body = BP_NEW(g->arena, symbols);
        assert_int_equal(name.kind, 'n');
        assert_true(scan(g->ebnf, &at, &each));
        assert_int_equal(each.kind, '=');
        while (scan(g->ebnf, &at, &each) && each.kind != ';') {
            *bp_vec_add(g->arena, body) = each;
        }
        bp_map_set(g->rules, name.text, body);
    }
}

static generator
start(void)
{
    generator g = {.arena = bp_arena_new(NULL), .random = 20251};
    bp_file_error error = {0};
    g.out.arena = g.arena;
    g.rules = bp_map_new(g.arena);
    assert_true(bp_file_read_anywhere(g.arena, "grammar/bpol.ebnf", 1 << 20, &g.ebnf, &error));
    read_rules(&g);
    return g;
}

static bool
lexical(generator *g, bp_str name)
{
    static const char *const reals[] = {"1.5", "-3", "0.25", "1e+9", "-2E-3"};
    static const char *const fixed[][2] = {{"END", "\n"},
                                           {"NL", "\n"},
                                           {"EOF", ""},
                                           {"INT", "17 "},
                                           {"minute", ":45 "},
                                           {"TIME", "05:30 "},
                                           {"edition", "edition 1\n"}};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (bp_str_is(name, fixed[i][0])) {
            bp_buf_add_c(&g->out, fixed[i][1]);
            return true;
        }
    }
    if (bp_str_is(name, "WORD") || bp_str_is(name, "NAME")) {
        bp_buf_format(&g->out, "w%u ", g->fresh++);
    } else if (bp_str_is(name, "STRING")) {
        bp_buf_format(&g->out, "\"t\\u00e4\\\"x %u\" ", g->fresh++);
    } else if (bp_str_is(name, "DURATION")) {
        bp_buf_format(&g->out, "%u%c ", 1 + dice(g, 90), "mhdw"[dice(g, 4)]);
    } else if (bp_str_is(name, "REAL")) {
        bp_buf_format(&g->out, "%s ", reals[dice(g, 5)]);
    } else {
        return false;
    }
    return true;
}

/* Recursion is bounded: from DEEPEST on, options stay out and the first alternative is taken. */
static void expand(generator *g, const symbol *at, const symbol *end);

static const symbol *
closing(const symbol *open)
{
    int depth = 0;
    for (const symbol *each = open;; each++) {
        depth += strchr("([{", each->kind) != NULL;
        depth -= strchr(")]}", each->kind) != NULL;
        if (depth == 0) {
            return each;
        }
    }
}

static void
expand_sequence(generator *g, const symbol *at, const symbol *end)
{
    bool deep = g->depth > DEEPEST;
    for (; at < end; at++) {
        if (at->kind == 'l') {
            bp_buf_add(&g->out, at->text);
            bp_buf_add_char(&g->out, ' ');
        } else if (at->kind == 'n' && !lexical(g, at->text)) {
            const symbols *body = bp_map_get(g->rules, at->text);
            assert_non_null(body);
            g->depth++;
            expand(g, body->at, body->at + body->count);
            g->depth--;
        } else if (at->kind == '(' || at->kind == '[' || at->kind == '{') {
            const symbol *close = closing(at);
            unsigned times = at->kind == '(' ? 1 : deep ? 0 : dice(g, at->kind == '[' ? 2 : 4);
            for (unsigned i = 0; i < times; i++) {
                expand(g, at + 1, close);
            }
            at = close;
        }
    }
}

static void
expand(generator *g, const symbol *at, const symbol *end)
{
    unsigned alternatives = 1;
    for (const symbol *each = at; each < end; each++) {
        if (strchr("([{", each->kind) != NULL) {
            each = closing(each);
        }
        alternatives += each->kind == '|';
    }
    unsigned chosen = g->depth > DEEPEST ? 0 : dice(g, alternatives);
    const symbol *from = at;
    for (const symbol *each = at; each <= end; each++) {
        if (each == end || each->kind == '|') {
            if (chosen == 0) {
                expand_sequence(g, from, each);
                return;
            }
            chosen--;
            from = each + 1;
        } else if (strchr("([{", each->kind) != NULL) {
            each = closing(each);
        }
    }
}

/* Indented by open braces: in flat text, a rule inside of a copy would show a missing brace. */
static bp_str
indented(generator *g, bp_str text)
{
    bp_buf out = {.arena = g->arena};
    int depth = 0;
    for (size_t i = 0; i < text.size; i++) {
        bp_buf_add_char(&out, text.at[i]);
        depth += text.at[i] == '{';
        depth -= text.at[i] == '}';
        if (text.at[i] == '\n') {
            bp_buf_format(&out, "%*s", depth * 2, "");
        }
    }
    return bp_buf_text(&out);
}

static void
generated_sentences_parse(void **state)
{
    (void)state;
    generator g = start();
    const symbols *file = bp_map_get(g.rules, BP_STR("file"));
    size_t bytes = 0;
    for (int i = 0; i < SENTENCES; i++) {
        g.out = (bp_buf){.arena = g.arena};
        expand(&g, file->at, file->at + file->count);
        bp_str text = indented(&g, bp_buf_text(&g.out));
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
    generator g = start();
    const symbols *reserved = bp_map_get(g.rules, BP_STR("reserved"));
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
    generator g = start();
    const symbols *marks = bp_map_get(g.rules, BP_STR("punctuation"));
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
