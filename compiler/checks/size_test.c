/*
 * Sizes: limits to the character, the cut by plan with sizes that hold when it is made, plans that
 * are too large alone, and what the cut makes of the ten policies of a target.
 */
#include "compiler/checks/size_cut.h"
#include "compiler/checks/support_test.h"

enum { MOST = 10000, PLANS = 40 };

#define ORG                                                                                  \
    "backpol_inventory: 1\ncaptured_at: \"2026-11-02\"\norganization: {id: o-exampleorg, "   \
    "partition: aws, management_account: \"111122223333\"}\ncoverage: {tree: complete}\n"    \
    "root:\n  id: r-ab12\n  accounts: [{id: \"111122223333\", name: Management}]\n  ous:\n"  \
    "    - id: ou-ab12-prod0001\n      name: Prod\n      accounts: [{id: \"222233334444\", " \
    "name: Shop}]\n"

/* One plan whose document grows by one character with each unit of padding. */
static void
add_plan(bp_buf *text, size_t number, size_t padding, const char *unit)
{
    bp_buf_format(text,
                  "plan \"plan-%02zu\" {\nregions = [us-east-1]\nrule \"r\" {\nschedule = "
                  "daily(05:00)\nvault = vault(\"v\")\ndelete_after = 35d\n}\nselect \"s\" {\n"
                  "role = role(\"b\")\ntag_key = \"k\"\ntag_values = [\"",
                  number);
    for (size_t i = 0; i < padding; i++) {
        bp_buf_add_c(text, unit);
    }
    bp_buf_add_c(text, "\"]\n}\n}\n");
}

static void
add_policy(bp_buf *text, const char *name, const char *attach, const size_t *paddings, size_t count)
{
    bp_buf_format(text, "policy \"%s\" {\nattach = [%s]\n", name, attach);
    for (size_t i = 0; i < count; i++) {
        add_plan(text, i, paddings[i], "x");
    }
    bp_buf_add_c(text, "}\n");
}

static project
run_text(bp_arena *arena, const bp_buf *text, const char *org)
{
    project p = project_new();
    project_run(
        &p,
        bp_str_format(arena, "vault \"v\" {}\nrole \"b\" {}\n%.*s", BP_ARG(bp_buf_text(text))).at,
        org);
    return p;
}

static size_t
document_size(project *p, size_t policy)
{
    return bp_str_characters(
        bp_tree_write_compact(p->arena, p->program->policies.at[policy]->document));
}

/* A policy of one plan, of exactly so many characters. */
static project
exactly(bp_arena *arena, size_t characters, const char *unit)
{
    size_t frame = 0;
    for (int pass = 0;; pass++) {
        bp_buf text = {.arena = arena};
        bp_buf_add_c(&text, "policy \"p\" {\nattach = [ou(\"Prod\")]\n");
        add_plan(&text, 0, pass == 0 ? 1 : characters - frame + 1, unit);
        bp_buf_add_c(&text, "}\n");
        project p = run_text(arena, &text, ORG);
        if (pass == 1) {
            assert_int_equal(document_size(&p, 0), characters);
            return p;
        }
        frame = document_size(&p, 0);
        project_free(&p);
    }
}

static void
limits_are_of_characters(void **state)
{
    (void)state;
    static const char *const units[] = {"x", "\xc3\xa9", "\xe6\x97\xa5", "\xf0\x9f\x92\xbe"};
    static const struct {
        size_t size;
        size_t warnings;
        size_t errors;
    } cases[] = {{8000, 0, 0}, {8001, 1, 0}, {9999, 1, 0}, {10000, 1, 0}, {10001, 0, 1}};
    bp_arena *arena = bp_arena_new(NULL);
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            project p = exactly(arena, cases[i].size, units[u]);
            assert_int_equal(project_count(&p, "QTA001"), cases[i].errors);
            assert_int_equal(project_count(&p, "QTA002"), cases[i].warnings);
            const bp_finding *finding = project_find(&p, cases[i].errors > 0 ? "QTA001" : "QTA002");
            if (finding != NULL) {
                assert_true(bp_str_contains(finding->message,
                                            bp_str_format(arena, "policy of %zu ", cases[i].size)));
            }
            project_free(&p);
        }
    }
    bp_arena_free(arena);
}

static const char *
notes_of(bp_arena *arena, const bp_finding *finding)
{
    bp_buf out = {.arena = arena};
    for (size_t i = 0; i < finding->notes.count; i++) {
        bp_buf_format(&out, "%.*s\n", BP_ARG(finding->notes.at[i]));
    }
    for (size_t i = 0; i < finding->help.count; i++) {
        bp_buf_format(&out, "help: %.*s\n", BP_ARG(finding->help.at[i]));
    }
    return bp_str_c(arena, bp_buf_text(&out));
}

static void
the_cut_is_told(void **state)
{
    (void)state;
    static const size_t paddings[] = {2000, 5000, 4000, 100};
    bp_arena *arena = bp_arena_new(NULL);
    bp_buf text = {.arena = arena};
    add_policy(&text, "p", "ou(\"Prod\")", paddings, 4);
    project p = run_text(arena, &text, ORG);
    assert_string_equal(
        notes_of(arena, project_find(&p, "QTA001")),
        "plan \"plan-01\" takes 5361 characters, 43 %\n"
        "plan \"plan-02\" takes 4361 characters, 35 %\n"
        "plan \"plan-00\" takes 2361 characters, 19 %\n"
        "plan \"plan-03\" takes 461 characters, 4 %\n"
        "cut by plan it makes 2 policies; on the same targets they give what it "
        "gave\n"
        "policy 1 of 2, 9735 characters: plans \"plan-01\", \"plan-02\"\n"
        "policy 2 of 2, 2835 characters: plans \"plan-00\", \"plan-03\"\n"
        "with this cut \"Prod\" has 2 backup policies of its own, of 10 that it may "
        "have\n"
        "help: move the plans into policies as noted, with the same \"attach\"\n");
    assert_string_equal(project_caret(&p, "QTA001"), "\"p\"");
    project_free(&p);
    bp_arena_free(arena);
}

static void
a_plan_that_is_too_large_alone(void **state)
{
    (void)state;
    static const size_t paddings[] = {10000, 10, 9000, 300};
    bp_arena *arena = bp_arena_new(NULL);
    bp_buf text = {.arena = arena};
    add_policy(&text, "p", "ou(\"Prod\")", paddings, 4);
    project p = run_text(arena, &text, NULL);
    const char *notes = notes_of(arena, project_find(&p, "QTA001"));
    assert_non_null(strstr(notes, "policy 1 of 3, 10373 characters, too large alone: plan "
                                  "\"plan-00\"\n"));
    assert_non_null(strstr(notes, "policy 2 of 3, 9745 characters: plans \"plan-01\", "
                                  "\"plan-02\"\n"));
    assert_non_null(strstr(notes, "policy 3 of 3, 673 characters: plan \"plan-03\"\n"));
    assert_non_null(strstr(notes, "one target takes 10 backup policies; how many the targets"));
    assert_non_null(strstr(notes, "help: split a plan that is too large alone"));
    project_free(&p);
    /* One plan: nothing to cut. */
    text.size = 0;
    add_policy(&text, "p", "ou(\"Prod\")", paddings, 1);
    p = run_text(arena, &text, ORG);
    notes = notes_of(arena, project_find(&p, "QTA001"));
    assert_string_equal(notes, "plan \"plan-00\" takes 10361 characters, 100 %\n"
                               "policy 1 of 1, 10373 characters, too large alone: plan "
                               "\"plan-00\"\n"
                               "help: split a plan that is too large alone, by Region or by rule, "
                               "into plans of other names\n");
    project_free(&p);
    bp_arena_free(arena);
}

/* A large policy of two parts on Prod and the root, and others on Prod alone. */
static project
crowded(bp_arena *arena, size_t others, size_t large)
{
    static const size_t paddings[] = {6000, 6000};
    static const size_t small[] = {1};
    bp_buf text = {.arena = arena};
    for (size_t i = 0; i < large; i++) {
        add_policy(&text, i == 0 ? "large-0" : "large-1", "ou(\"Prod\"), root, ou(\"Prod\")",
                   paddings, 2);
    }
    for (size_t i = 0; i < others; i++) {
        add_policy(&text, bp_str_format(arena, "small-%zu", i).at, "ou(\"Prod\")", small, 1);
    }
    return run_text(arena, &text, ORG);
}

static void
the_cut_may_hit_the_quota_of_a_target(void **state)
{
    (void)state;
    static const struct {
        size_t others;
        size_t large;
        size_t number;
    } cases[] = {{8, 1, 10}, {9, 1, 11}, {6, 2, 10}, {7, 2, 11}};
    bp_arena *arena = bp_arena_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = crowded(arena, cases[i].others, cases[i].large);
        const bp_finding *finding = project_find(&p, "QTA001");
        const char *notes = notes_of(arena, finding);
        bool over = cases[i].number > 10;
        assert_int_equal(project_count(&p, "QTA001"), cases[i].large);
        assert_int_equal(project_count(&p, "QTA003"), 0);
        bp_str prod = bp_str_format(arena,
                                    "with this cut \"Prod\" has %zu backup policies of its own, of "
                                    "10 that it may have%s\n",
                                    cases[i].number, over ? ": too many (QTA003)" : "");
        assert_non_null(strstr(notes, prod.at));
        bp_str root = bp_str_format(arena,
                                    "with this cut the root has %zu backup policies of its "
                                    "own, of 10 that it may have\n",
                                    cases[i].large * 2);
        assert_non_null(strstr(notes, root.at));
        assert_int_equal(finding->labels.count, over);
        assert_int_equal(strstr(notes, "help: merge other policies") != NULL, over);
        project_free(&p);
    }
    bp_arena_free(arena);
}

static void
child_controls_have_a_share(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    project p = project_new();
    project_run(&p,
                "policy \"p\" {\nattach = [root]\nplan \"q\" {\nregions = [us-east-1] children "
                "may nothing\nrule \"r\" { delete_after children may nothing }\n}\n}\n",
                NULL);
    const bp_node *document = p.program->policies.at[0]->document;
    /* With its comma, and alone in its object. */
    assert_int_equal(bp_tree_control_characters(arena, document), 52 + 51);
    assert_int_equal(bp_tree_control_characters(arena, bp_node_at(document, "plans/q/regions")),
                     52);
    project_free(&p);
    p = exactly(arena, 500, "x");
    assert_int_equal(bp_tree_control_characters(arena, p.program->policies.at[0]->document), 0);
    project_free(&p);
    bp_arena_free(arena);
}

/* Writes the policies of the cut as sources, and counts what they make. */
static void
make_the_cut(bp_arena *arena, const bp_size_cut *cut, const size_t *paddings)
{
    for (size_t i = 0; i < cut->parts.count; i++) {
        const bp_size_part *part = &cut->parts.at[i];
        bp_buf text = {.arena = arena};
        bp_buf_add_c(&text, "policy \"p\" {\nattach = [ou(\"Prod\")]\nchildren may all here\n");
        for (size_t k = 0; k < part->plans.count; k++) {
            int64_t number = 0;
            assert_true(bp_str_number(bp_str_cut(part->plans.at[k]->key, 5, 7), &number));
            add_plan(&text, (size_t)number, paddings[number], "x");
        }
        bp_buf_add_c(&text, "}\n");
        project p = run_text(arena, &text, NULL);
        assert_int_equal(document_size(&p, 0), part->characters);
        project_free(&p);
    }
}

static void
every_cut_holds_what_it_says(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (size_t round = 0; round < 12; round++) {
        bp_arena *arena = bp_arena_new(NULL);
        size_t paddings[PLANS];
        size_t count = 2 + round * 3;
        bp_buf text = {.arena = arena};
        bp_buf_add_c(&text, "policy \"p\" {\nattach = [ou(\"Prod\")]\nchildren may all here\n");
        for (size_t i = 0; i < count; i++) {
            seed = seed * 1103515245U + 12345U;
            paddings[i] = 1 + (seed >> 16) % (round % 3 == 0 ? 11000 : 4000);
            add_plan(&text, i, paddings[i], "x");
        }
        bp_buf_add_c(&text, "}\n");
        project p = run_text(arena, &text, NULL);
        const bp_node *document = p.program->policies.at[0]->document;
        bp_size_cut cut = bp_size_cut_of(arena, document, MOST);
        size_t plans = 0;
        for (size_t i = 0; i < cut.parts.count; i++) {
            plans += cut.parts.at[i].plans.count;
            assert_true(cut.parts.at[i].characters <= MOST || cut.parts.at[i].plans.count == 1);
            /* First fit: nothing of a later part has room here. */
            for (size_t k = i + 1; k < cut.parts.count; k++) {
                const bp_node *plan = cut.parts.at[k].plans.at[0];
                assert_true(cut.parts.at[i].characters + 1 + bp_size_of_plan(arena, plan) > MOST);
            }
        }
        assert_int_equal(plans, count);
        make_the_cut(arena, &cut, paddings);
        project_free(&p);
        bp_arena_free(arena);
    }
}

static void
no_plans_no_cut(void **state)
{
    (void)state;
    bp_arena *arena = bp_arena_new(NULL);
    project p = project_new();
    project_run(&p, "policy \"p\" {\nattach = [root]\nraw \"plans\" = {}\n}\n", NULL);
    bp_size_cut cut = bp_size_cut_of(arena, p.program->policies.at[0]->document, MOST);
    assert_int_equal(cut.parts.count, 0);
    project_free(&p);
    bp_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_of_characters),
        cmocka_unit_test(the_cut_is_told),
        cmocka_unit_test(a_plan_that_is_too_large_alone),
        cmocka_unit_test(the_cut_may_hit_the_quota_of_a_target),
        cmocka_unit_test(child_controls_have_a_share),
        cmocka_unit_test(every_cut_holds_what_it_says),
        cmocka_unit_test(no_plans_no_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
