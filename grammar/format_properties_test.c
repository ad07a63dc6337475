/*
 * What must hold for every text that parses: formatting it twice changes nothing, the syntax tree
 * without places is the same before and after, and no comment is lost, added, moved past another or
 * changed. Texts: the policies of testdata/, sentences of the grammar with comments put in, and
 * mutations of a sample, of which those that do not parse must be refused.
 */
#include "grammar/format.h"
#include "grammar/lexer.h"
#include "grammar/sentence_fixture.h"

enum { SENTENCES = 600, MUTATIONS = 20000, POLICY_MAX = 1 << 20 };

/* The text without blanks at the ends of its lines. */
static bp_str
trimmed(bp_arena *arena, bp_str text)
{
    bp_buf out = {.arena = arena};
    for (size_t i = 0; i < text.size;) {
        size_t size = bp_str_find(bp_str_cut(text, i, text.size), '\n');
        bp_str line = bp_str_cut(text, i, i + size);
        while (line.size > 0 && strchr(" \t\r", line.at[line.size - 1]) != NULL) {
            line.size--;
        }
        bp_buf_add(&out, line);
        bp_buf_add_char(&out, '\n');
        i += size + 1;
    }
    return bp_buf_text(&out);
}

/* The tree of a file without places; `true` reads as `on`. */
static bp_str
tree(bp_arena *arena, const bp_ast_file *file)
{
    bp_buf dump = {.arena = arena};
    bp_buf out = {.arena = arena};
    bp_ast_dump(file, &dump);
    bp_str text = trimmed(arena, bp_buf_text(&dump));
    for (size_t i = 0; i < text.size;) {
        size_t size = bp_str_find(bp_str_cut(text, i, text.size), '\n') + 1;
        bp_str line = bp_str_cut(text, i, i + size);
        size_t blanks = 0;
        while (line.at[blanks] == ' ') {
            blanks++;
        }
        bp_str rest = bp_str_cut(line, blanks, line.size);
        if (bp_is_digit(rest.at[0])) {
            rest = bp_str_cut(rest, bp_str_find(rest, ' ') + 1, rest.size);
        }
        bp_buf_add(&out, bp_str_cut(line, 0, blanks));
        if (bp_str_ends(rest, BP_STR("word true\n"))) {
            bp_buf_add(&out, bp_str_cut(rest, 0, rest.size - 5));
            rest = BP_STR("on\n");
        } else if (bp_str_ends(rest, BP_STR("word false\n"))) {
            bp_buf_add(&out, bp_str_cut(rest, 0, rest.size - 6));
            rest = BP_STR("off\n");
        }
        bp_buf_add(&out, rest);
        i += size;
    }
    return bp_buf_text(&out);
}

/* The comments of a text in their order, one a line: all that is neither token nor blank. */
static bp_str
comments(bp_arena *arena, const bp_source *source)
{
    bp_buf out = {.arena = arena};
    bp_lexer lexer = bp_lexer_start(arena, source);
    uint32_t end = lexer.at;
    for (;;) {
        bp_token token = bp_lexer_next(&lexer);
        if (token.kind == BP_TOKEN_NEWLINE) {
            continue;
        }
        bp_str between = bp_str_cut(source->text, end, token.start);
        for (size_t i = 0; i < between.size;) {
            size_t size = bp_str_find(bp_str_cut(between, i, between.size), '\n');
            bp_str line = bp_str_trim(bp_str_cut(between, i, i + size));
            bp_buf_add(&out, line);
            bp_buf_add_c(&out, line.size > 0 ? "\n" : "");
            i += size + 1;
        }
        if (token.kind == BP_TOKEN_EOF) {
            return bp_buf_text(&out);
        }
        end = token.end;
    }
}

static void
compare(const char *what, bp_str text, bp_str before, bp_str after)
{
    if (!bp_str_equal(before, after)) {
        fail_msg("%s differ for:\n%.*s\nbefore:\n%.*s\nafter:\n%.*s", what, BP_ARG(text),
                 BP_ARG(before), BP_ARG(after));
    }
}

static void
check_lines(bp_str text)
{
    assert_true(bp_str_ends(text, BP_STR("\n")) && !bp_str_ends(text, BP_STR("\n\n")));
    for (size_t i = 0; i + 1 < text.size; i++) {
        bool blank = text.at[i] == ' ' || text.at[i] == '\t' || text.at[i] == '\r';
        if ((blank && text.at[i + 1] == '\n') ||
            bp_str_starts(bp_str_cut(text, i, i + 3), BP_STR("\n\n\n"))) {
            fail_msg("a line ends with blanks, or two empty ones meet:\n%.*s", BP_ARG(text));
        }
    }
}

/* False when the text does not parse. */
static bool
check(bp_str text)
{
    fixture f = fixture_parse(text.at, text.size);
    bp_buf once = {.arena = f.arena};
    bool formatted = bp_format_parsed(f.arena, f.file, &once);
    assert_int_equal(formatted, bp_diagnostics_total(f.diagnostics) == 0);
    if (formatted) {
        bp_str canonical = bp_buf_text(&once);
        fixture g = fixture_parse(canonical.at, canonical.size);
        bp_str findings = fixture_findings(&g, true);
        if (findings.size > 0) {
            fail_msg("does not parse:\n%.*s\n%.*s", BP_ARG(canonical), BP_ARG(findings));
        }
        compare("trees", text, tree(f.arena, f.file), tree(g.arena, g.file));
        compare("comments", text, comments(f.arena, f.file->source),
                comments(g.arena, g.file->source));
        bp_buf twice = {.arena = g.arena};
        assert_true(bp_format_parsed(g.arena, g.file, &twice));
        compare("layouts", text, canonical, bp_buf_text(&twice));
        check_lines(canonical);
        fixture_free(&g);
    }
    fixture_free(&f);
    return formatted;
}

static void
policies_of_the_project_keep_their_meaning(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_file_list files = {0};
    bp_file_error error = {0};
    size_t formatted = 0;
    assert_true(bp_file_glob(arena, "testdata", BP_STR("**/*.bpol"), 5000, &files, &error));
    for (size_t i = 0; i < files.count; i++) {
        bp_str text;
        if (bp_file_read(arena, "testdata", files.at[i], POLICY_MAX, &text, &error)) {
            formatted += check(text);
        }
    }
    assert_true(formatted >= 4); /* those of the seed */
    bp_arena_free(arena);
}

/* Comments, blanks and empty lines at the ends of lines, which are all places for comments. */
static bp_str
commented(sentence_generator *g, bp_str text)
{
    static const char *const words[] = {"// a",    " # b \t",  "/// c", "   //// d", "//",
                                        "#\t{[(}", "\t///e  ", "\r",    " \n",       "\n\n // \"f"};
    bp_buf out = {.arena = g->arena};
    for (size_t i = 0; i < text.size; i++) {
        while (text.at[i] == '\n' && sentence_dice(g, 3) == 0) {
            bp_buf_format(&out, "%s", words[sentence_dice(g, sizeof words / sizeof words[0])]);
            bool ends = out.at[out.size - 1] == '\r' || sentence_dice(g, 2) == 0;
            bp_buf_add_c(&out, ends ? "\n" : "");
        }
        bp_buf_add_char(&out, text.at[i]);
    }
    return bp_buf_text(&out);
}

static void
sentences_of_the_grammar_keep_their_meaning(void **state)
{
    (void)state;
    sentence_generator g = sentence_start();
    for (int i = 0; i < SENTENCES; i++) {
        bp_str text = sentence_next(&g);
        assert_true(check(text));
        assert_true(check(commented(&g, text)));
    }
    bp_arena_free(g.arena);
}

static const char sample[] =
    "# top\nedition 1\n\n/// doc\nrole \"r\" { deploy_to = [root] }\nair_gapped vault \"g\" {} // "
    "g\ninclude \"shared/x.bpol\"\nlet days = 35d\n"
    "template rule t(into: vault, // into\n r: [region] = [eu-west-1]) uses u(a: 1) {\n"
    "  schedule = every(6h, from: 05:30)\n  copy to into in us-east-1 of account(\"x\") {}\n}\n"
    "policy \"p\" {\n  children may nothing here\n  extend plan \"q\" {\n"
    "    regions += [a, b] children may append, remove\n    rule \"x\" uses t(into: vault(\"v\")) "
    "{}\n    x = true\n    long_name = {k: // c\n      [1, 2]}\n"
    "    select tags \"s\" {\n      tag_values = [\n        \"\\u00e9\", // c\n        # d\n       "
    " \"b\"\n      ]\n    }\n    plan_tags = {a: \"1\", \"b c\": \"2\"}\n"
    "    raw \"k\" = {\"a\" # key\n : [1, -2.5e3, true]}\n    y = hourly(:15)   // y\n  }\n}\n";

static void
mutations_are_refused_or_keep_their_meaning(void **state)
{
    (void)state;
    static const char bytes[] = "{}[]()\"=:,+-#/\n\n\n\r\t  19adx_\xC3\xA9";
    sentence_generator g = sentence_start();
    size_t formatted = 0;
    for (int i = 0; i < MUTATIONS; i++) {
        char text[sizeof sample + 8];
        size_t size = sizeof sample - 1;
        memcpy(text, sample, size);
        for (unsigned times = 1 + sentence_dice(&g, 4); times > 0; times--) {
            size_t at = sentence_dice(&g, (unsigned)size);
            char byte = bytes[sentence_dice(&g, sizeof bytes - 1)];
            if (sentence_dice(&g, 3) == 0) {
                memmove(text + at, text + at + 1, size - at - 1);
                size--;
            } else if (sentence_dice(&g, 3) == 0) {
                text[at] = byte;
            } else {
                memmove(text + at + 1, text + at, size - at);
                text[at] = byte;
                size++;
            }
        }
        formatted += check((bp_str){text, size});
    }
    assert_true(formatted > MUTATIONS / 20 && formatted < MUTATIONS / 2);
    bp_arena_free(g.arena);
}

/* Texts that could make the layout much larger than themselves. */
static void
layouts_grow_with_their_texts_only(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_buf text = {.arena = arena};
    bp_buf_add_c(&text, "edition 1\npolicy \"p\" {\n");
    for (int i = 0; i < 20000; i++) {
        bp_buf_add_char(&text, 'x');
    }
    bp_buf_add_c(&text, " = 1 // far\n");
    for (int i = 0; i < 20000; i++) {
        bp_buf_format(&text, "x%d=1 // c\n", i);
    }
    bp_buf_format(&text, "%50000s// far\n}\n", "y = 1");
    fixture f = fixture_parse(text.at, text.size);
    bp_buf out = {.arena = f.arena};
    assert_true(bp_format_parsed(f.arena, f.file, &out));
    assert_true(out.size < 3 * text.size);
    assert_true(check(bp_buf_text(&text)));
    fixture_free(&f);
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_of_the_project_keep_their_meaning),
        cmocka_unit_test(sentences_of_the_grammar_keep_their_meaning),
        cmocka_unit_test(mutations_are_refused_or_keep_their_meaning),
        cmocka_unit_test(layouts_grow_with_their_texts_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
