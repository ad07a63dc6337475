/* Examples of the language reference: every one compiles, to what the page says. */
#include "compiler/facts/facts.h"
#include "compiler/policy/example_frames.h"
#include "grammar/format.h"

static const struct {
    bp_block block;
    const char *example;
    const char *at;
    const char *text;
} forms[] = {
#define FORM(SECTION, SHAPE, MEANS, BLOCK, EXAMPLE, AT, TEXT) {BLOCK, EXAMPLE, AT, TEXT},
#include "compiler/policy/reference.def"
};

static const char *const items[] = {
#define ITEM(SHAPE, MEANS, EXAMPLE) EXAMPLE,
#include "compiler/policy/reference.def"
};

static bp_str
double_quotes(bp_arena *arena, const char *text)
{
    bp_buf out = {.arena = arena};
    for (; *text != '\0'; text++) {
        bp_buf_add_char(&out, *text == '\'' ? '"' : *text);
    }
    return bp_buf_text(&out);
}

static size_t
frame_of(bp_block block)
{
    size_t frame = 0;
    while (frame < FRAME_COUNT && frames[frame].block != block) {
        frame++;
    }
    assert_true(frame < FRAME_COUNT);
    return frame;
}

static void
statements_make_what_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t frame = frame_of(forms[i].block);
        bp_arena *arena = bp_arena_new(NULL);
        fixture *f = fixture_text(frame_text(arena, frame, forms[i].example));
        if (!only_lacks_members(f)) {
            fail_msg("%s: %s", forms[i].example, fixture_findings(f));
        }
        if (forms[i].at[0] != '\0') {
            bool itself = strcmp(forms[i].at, ".") == 0;
            bp_str path = bp_str_format(arena, "%s%s", frames[frame].at, itself ? "" : forms[i].at);
            path.size -= itself;
            const bp_node *node = bp_node_at(f->program->policies.at[0]->document,
                                             bp_str_c(arena, bp_str_copy(arena, path)));
            if (node == NULL) {
                fail_msg("%s: nothing at %.*s", forms[i].example, BP_ARG(path));
            }
            assert_string_equal(bp_str_c(arena, bp_tree_write_compact(arena, node)),
                                bp_str_c(arena, double_quotes(arena, forms[i].text)));
        }
        fixture_free(f);
        bp_arena_free(arena);
    }
}

static void
items_compile(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        fixture *f = fixture_new();
        fixture_add(f, "lib/times.bpol", BP_STR("edition 1\nlet night = daily(05:00)\n"));
        fixture_add(f, "a.bpol", bp_str_format(f->arena, "edition 1\n%s\n", items[i]));
        fixture_elaborate(f);
        if (!only_lacks_members(f)) {
            fail_msg("%s: %s", items[i], fixture_findings(f));
        }
        fixture_free(f);
    }
}

/* Every setting that can be used has an example; settings_test.c compiles them. */
static void
every_setting_has_an_example(void **state)
{
    (void)state;
    size_t count = 0;
    const bp_setting *rows = bp_settings(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].name[0] != '\0' && rows[i].since[0] != '\0') {
            assert_true(bp_str_starts(bp_str_of(rows[i].example), bp_str_of(rows[i].name)));
        }
    }
}

/* The layout of a text by the formatter. */
static bp_str
laid_out(fixture *f, bp_str text)
{
    bp_buf out = {.arena = f->arena};
    const bp_source *source = bp_sources_add(f->sources, BP_STR("b.bpol"), text);
    assert_true(bp_format(f->arena, f->diagnostics, source, &out));
    return bp_buf_text(&out);
}

/* What the page shows is what the formatter would write. */
static void
examples_are_laid_out(void **state)
{
    (void)state;
    fixture *f = fixture_new();
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        bp_str text = bp_str_format(f->arena, "edition 1\n\n%s\n", items[i]);
        assert_string_equal(bp_str_c(f->arena, laid_out(f, text)), bp_str_c(f->arena, text));
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        const char *program = frame_text(f->arena, frame_of(forms[i].block), forms[i].example);
        bp_str whole = laid_out(f, bp_str_format(f->arena, "edition 1\n%s", program));
        bp_str rest = bp_str_of(forms[i].example);
        while (rest.size > 0) {
            bp_str line = bp_str_cut(rest, 0, bp_str_find(rest, '\n'));
            rest = bp_str_cut(rest, line.size + 1, rest.size);
            if (!bp_str_contains(whole, bp_str_format(f->arena, " %.*s\n", BP_ARG(line)))) {
                fail_msg("%.*s is not laid out like this\n%.*s", BP_ARG(line), BP_ARG(whole));
            }
        }
    }
    fixture_free(f);
}

/* The page lists all words for resource types. */
static void
every_resource_type_is_named(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    bp_str known[64];
    size_t count = bp_pattern_words(NULL, known, 64);
    assert_true(count > 10);
    for (size_t i = 0; i < count; i++) {
        bp_str line = bp_str_format(arena, "\n  %.*s,\n", BP_ARG(known[i]));
        bool named = false;
        for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
            named = named || bp_str_contains(bp_str_of(forms[f].example), line);
        }
        if (!named) {
            fail_msg("the reference does not name %.*s", BP_ARG(known[i]));
        }
    }
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_make_what_is_said),
        cmocka_unit_test(items_compile),
        cmocka_unit_test(every_setting_has_an_example),
        cmocka_unit_test(every_resource_type_is_named),
        cmocka_unit_test(examples_are_laid_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
