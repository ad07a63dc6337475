/* Hostile programs: many faults, expansions without end, deep chains. All end, with few findings
 * about what was too much, and none that follow. */
#include "compiler/policy/elaborate_fixture.h"

enum { MANY = 10000 };

static fixture *
start(bp_buf *text)
{
    fixture *f = fixture_new();
    text->arena = f->arena;
    bp_buf_add_c(text, "edition 1\n");
    return f;
}

static void
finish(fixture *f, const bp_buf *text)
{
    fixture_add(f, "a.bpol", bp_buf_text(text));
    fixture_elaborate(f);
}

static size_t
count_code(const fixture *f, const char *code)
{
    size_t count = 0;
    for (size_t i = 0; i < bp_diagnostics_total(f->diagnostics); i++) {
        count += strcmp(bp_diagnostics_at(f->diagnostics, i)->rule->code, code) == 0;
    }
    return count;
}

static void
every_fault_is_told(void **state)
{
    (void)state;
    bp_buf text = {0};
    fixture *f = start(&text);
    bp_buf_add_c(&text, "policy \"p\" { plan \"q\" {\n");
    for (int i = 0; i < MANY; i++) {
        bp_buf_format(&text, "rule \"r%d\" { delete_after = unknown%d\n vault = \"v%d\" }\n", i, i,
                      i);
    }
    bp_buf_add_c(&text, "} }\n");
    finish(f, &text);
    assert_int_equal(bp_diagnostics_total(f->diagnostics), 2 * MANY);
    assert_int_equal(count_code(f, "SYN018"), MANY);
    assert_int_equal(count_code(f, "SYN005"), MANY);
    fixture_free(f);
}

static void
lists_that_double_end(void **state)
{
    (void)state;
    bp_buf text = {0};
    fixture *f = start(&text);
    bp_buf_add_c(&text, "let a0 = []\n");
    for (int i = 1; i < 60; i++) {
        bp_buf_format(&text, "let a%d = [a%d, a%d]\n", i, i - 1, i - 1);
    }
    bp_buf_add_c(&text, "policy \"p\" { plan \"q\" { regions = a59 } }\n");
    finish(f, &text);
    assert_int_equal(bp_diagnostics_total(f->diagnostics), 1);
    assert_int_equal(count_code(f, "SYN015"), 1);
    fixture_free(f);
}

static void
chains_of_constants_end(void **state)
{
    (void)state;
    bp_buf text = {0};
    fixture *f = start(&text);
    for (int i = 0; i < MANY; i++) {
        bp_buf_format(&text, "let a%d = [a%d]\n", i, i + 1);
    }
    bp_buf_format(&text, "let a%d = us-east-1\npolicy \"p\" { plan \"q\" { regions = a0 } }\n",
                  MANY);
    finish(f, &text);
    assert_int_equal(count_code(f, "SYN015"), 1);
    fixture_free(f);
    /* And one circle over all of them is one finding. */
    text = (bp_buf){0};
    f = start(&text);
    for (int i = 0; i < MANY; i++) {
        bp_buf_format(&text, "let a%d = a%d\n", i, (i + 1) % MANY);
    }
    finish(f, &text);
    assert_int_equal(bp_diagnostics_total(f->diagnostics), 1);
    fixture_free(f);
}

static void
chains_of_templates_end(void **state)
{
    (void)state;
    bp_buf text = {0};
    fixture *f = start(&text);
    for (int i = 0; i < 1000; i++) {
        bp_buf_format(&text, "template rule t%d uses t%d {}\n", i, i + 1);
    }
    bp_buf_add_c(&text, "template rule t1000 {}\n"
                        "policy \"p\" { plan \"q\" { rule \"r\" uses t0 {} } }\n");
    finish(f, &text);
    assert_int_equal(bp_diagnostics_total(f->diagnostics), 1);
    assert_int_equal(count_code(f, "SYN018"), 1);
    fixture_free(f);
}

static void
expansions_that_multiply_end(void **state)
{
    (void)state;
    bp_buf text = {0};
    fixture *f = start(&text);
    bp_buf_add_c(&text, "template rule r {\n");
    for (int i = 0; i < 300; i++) {
        bp_buf_format(&text, "copy to vault(\"v%d\") in eu-west-1 {}\n", i);
    }
    bp_buf_add_c(&text, "}\ntemplate plan pl {\n");
    for (int i = 0; i < 300; i++) {
        bp_buf_format(&text, "rule \"r%d\" uses r {}\n", i);
    }
    bp_buf_add_c(&text, "}\n");
    for (int i = 0; i < 300; i++) {
        bp_buf_format(&text, "policy \"p%d\" { plan \"q\" uses pl {} }\n", i);
    }
    finish(f, &text);
    assert_int_equal(bp_diagnostics_total(f->diagnostics), 1);
    assert_int_equal(count_code(f, "SYN015"), 1);
    fixture_free(f);
}

static void
many_names_stay_cheap(void **state)
{
    (void)state;
    bp_buf text = {0};
    fixture *f = start(&text);
    bp_buf_add_c(&text, "policy \"p\" { plan \"q\" {\n");
    for (int i = 0; i < MANY; i++) {
        bp_buf_format(&text, "rule \"r%d\" { copy to vault(\"v\") in eu-west-1 {} }\n", i);
    }
    bp_buf_add_c(&text, "} }\n");
    finish(f, &text);
    assert_string_equal(fixture_findings(f), "");
    fixture_free(f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_is_told),          cmocka_unit_test(lists_that_double_end),
        cmocka_unit_test(chains_of_constants_end),      cmocka_unit_test(chains_of_templates_end),
        cmocka_unit_test(expansions_that_multiply_end), cmocka_unit_test(many_names_stay_cheap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
