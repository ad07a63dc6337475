/*
 * Sentences generated from bpol.ebnf, for the unit tests of grammar/: the rules are expanded from
 * `file` on with a fixed seed; lexical rules are written by hand below, with a new word or text
 * each time, because the grammar lets a name stand only once in many places.
 */
#ifndef BP_GRAMMAR_SENTENCE_FIXTURE_H
#define BP_GRAMMAR_SENTENCE_FIXTURE_H

#include "grammar/parse_fixture.h"
#include "lib/file.h"
#include "lib/map.h"

enum { SENTENCE_DEEPEST = 28 };

/* One word, literal or bracket of the EBNF. */
typedef struct sentence_symbol {
    bp_str text;
    char kind; /* 'n' name, 'l' literal, else the character itself */
} sentence_symbol;

typedef BP_VEC(sentence_symbol) sentence_symbols;

typedef struct sentence_generator {
    bp_arena *arena;
    bp_str ebnf;
    bp_map *rules; /* name to its symbols */
    bp_buf out;
    uint64_t random;
    unsigned fresh;
    int depth;
} sentence_generator;

static inline unsigned
sentence_dice(sentence_generator *g, unsigned sides)
{
    g->random = g->random * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(g->random >> 33) % sides;
}

/* The next symbol from *at on; false at the end. */
static inline bool
sentence_scan(bp_str text, size_t *at, sentence_symbol *out)
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
            *out = (sentence_symbol){bp_str_cut(text, start + 1, *at - 1), 'l'};
            return true;
        } else if (bp_is_alpha(c)) {
            while (*at < text.size && (bp_is_alnum(text.at[*at]) || text.at[*at] == '_')) {
                (*at)++;
            }
            *out = (sentence_symbol){bp_str_cut(text, start, *at), 'n'};
            return true;
        } else {
            (*at)++;
            if (c != ' ' && c != '\n') {
                *out = (sentence_symbol){bp_str_cut(text, start, *at), c};
                return true;
            }
        }
    }
    return false;
}

static inline void
sentence_rules(sentence_generator *g)
{
    size_t at = 0;
    sentence_symbol name;
    sentence_symbol each;
    while (sentence_scan(g->ebnf, &at, &name)) {
        sentence_symbols *body = BP_NEW(g->arena, sentence_symbols);
        assert_int_equal(name.kind, 'n');
        assert_true(sentence_scan(g->ebnf, &at, &each));
        assert_int_equal(each.kind, '=');
        while (sentence_scan(g->ebnf, &at, &each) && each.kind != ';') {
            *bp_vec_add(g->arena, body) = each;
        }
        bp_map_set(g->rules, name.text, body);
    }
}

static inline sentence_generator
sentence_start(void)
{
    sentence_generator g = {.arena = bp_arena_new(NULL), .random = 20251};
    bp_file_error error = {0};
    g.out.arena = g.arena;
    g.rules = bp_map_new(g.arena);
    assert_true(bp_file_read_anywhere(g.arena, "grammar/bpol.ebnf", 1 << 20, &g.ebnf, &error));
    sentence_rules(&g);
    return g;
}

static inline bool
sentence_lexical(sentence_generator *g, bp_str name)
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
        bp_buf_format(&g->out, "%u%c ", 1 + sentence_dice(g, 90), "mhdw"[sentence_dice(g, 4)]);
    } else if (bp_str_is(name, "REAL")) {
        bp_buf_format(&g->out, "%s ", reals[sentence_dice(g, 5)]);
    } else {
        return false;
    }
    return true;
}

/* Recursion is bounded: from SENTENCE_DEEPEST on, options stay out and the first alternative is
 * taken. */
static inline void sentence_expand(sentence_generator *g, const sentence_symbol *at,
                                   const sentence_symbol *end);

static inline const sentence_symbol *
sentence_closing(const sentence_symbol *open)
{
    int depth = 0;
    for (const sentence_symbol *each = open;; each++) {
        depth += strchr("([{", each->kind) != NULL;
        depth -= strchr(")]}", each->kind) != NULL;
        if (depth == 0) {
            return each;
        }
    }
}

static inline void
sentence_sequence(sentence_generator *g, const sentence_symbol *at, const sentence_symbol *end)
{
    bool deep = g->depth > SENTENCE_DEEPEST;
    for (; at < end; at++) {
        if (at->kind == 'l') {
            bp_buf_add(&g->out, at->text);
            bp_buf_add_char(&g->out, ' ');
        } else if (at->kind == 'n' && !sentence_lexical(g, at->text)) {
            const sentence_symbols *body = bp_map_get(g->rules, at->text);
            assert_non_null(body);
            g->depth++;
            sentence_expand(g, body->at, body->at + body->count);
            g->depth--;
        } else if (at->kind == '(' || at->kind == '[' || at->kind == '{') {
            const sentence_symbol *close = sentence_closing(at);
            unsigned times = at->kind == '(' ? 1
                             : deep          ? 0
                                             : sentence_dice(g, at->kind == '[' ? 2 : 4);
            for (unsigned i = 0; i < times; i++) {
                sentence_expand(g, at + 1, close);
            }
            at = close;
        }
    }
}

static inline void
sentence_expand(sentence_generator *g, const sentence_symbol *at, const sentence_symbol *end)
{
    unsigned alternatives = 1;
    for (const sentence_symbol *each = at; each < end; each++) {
        if (strchr("([{", each->kind) != NULL) {
            each = sentence_closing(each);
        }
        alternatives += each->kind == '|';
    }
    unsigned chosen = g->depth > SENTENCE_DEEPEST ? 0 : sentence_dice(g, alternatives);
    const sentence_symbol *from = at;
    for (const sentence_symbol *each = at; each <= end; each++) {
        if (each == end || each->kind == '|') {
            if (chosen == 0) {
                sentence_sequence(g, from, each);
                return;
            }
            chosen--;
            from = each + 1;
        } else if (strchr("([{", each->kind) != NULL) {
            each = sentence_closing(each);
        }
    }
}

/* Indented by open braces: in flat text, a rule inside of a copy would show a missing brace. */
static inline bp_str
sentence_indented(sentence_generator *g, bp_str text)
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

/* A new sentence of the whole language. */
static inline bp_str
sentence_next(sentence_generator *g)
{
    const sentence_symbols *file = bp_map_get(g->rules, BP_STR("file"));
    g->out = (bp_buf){.arena = g->arena};
    sentence_expand(g, file->at, file->at + file->count);
    return sentence_indented(g, bp_buf_text(&g->out));
}

#endif
