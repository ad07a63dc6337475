/* Includes: whose names a file sees, and which includes are refused. */
#include "compiler/policy/elaborate_fixture.h"

typedef struct project_file {
    const char *path;
    const char *text;
} project_file;

static fixture *
project(const project_file *files, size_t count)
{
    fixture *f = fixture_new();
    for (size_t i = 0; i < count; i++) {
        fixture_add(f, files[i].path, bp_str_format(f->arena, "edition 1\n%s", files[i].text));
    }
    fixture_elaborate(f);
    return f;
}

static void
expect(const project_file *files, size_t count, const char *findings)
{
    fixture *f = project(files, count);
    assert_string_equal(fixture_findings(f), findings);
    fixture_free(f);
}

#define EXPECT(findings, ...)                                       \
    do {                                                            \
        const project_file files_[] = {__VA_ARGS__};                \
        expect(files_, sizeof files_ / sizeof files_[0], findings); \
    } while (0)

#define USES_KEEP "policy \"p\" { plan \"q\" { rule \"r\" { delete_after = keep } } }\n"

static void
names_come_through_includes(void **state)
{
    (void)state;
    EXPECT("", {"dir/a.bpol", "include \"../lib/x.bpol\"\n" USES_KEEP},
           {"lib/x.bpol", "let keep = days\nlet days = 5d\n"});
    /* Relative to the file, with steps that lead nowhere. */
    EXPECT("", {"a.bpol", "include \"./lib//y/../x.bpol\"\n" USES_KEEP},
           {"lib/x.bpol", "let keep = 5d\n"});
    /* Includes are not passed on. */
    EXPECT("3:51 SYN018 no constant or parameter is called \"keep\"; \"delete_after\" takes a "
           "duration in days or weeks such as 35d\n",
           {"a.bpol", "include \"lib/x.bpol\"\n" USES_KEEP},
           {"lib/x.bpol", "include \"y.bpol\"\nlet other = 1\n"},
           {"lib/y.bpol", "let keep = 5d\n"});
    /* A template sees its own file and what that includes, never its user's. */
    EXPECT("",
           {"a.bpol", "include \"lib/x.bpol\"\nlet keep = on\npolicy \"p\" { plan \"q\" { rule "
                      "\"r\" uses t { continuous = keep } } }\n"},
           {"lib/x.bpol", "include \"y.bpol\"\ntemplate rule t { delete_after = keep }\n"},
           {"lib/y.bpol", "let keep = 5d\n"});
}

static void
names_are_unique_over_includes(void **state)
{
    (void)state;
    EXPECT(
        "2:9 SYN018 \"lib/x.bpol\" brings a second constant \"keep\"; a name means one thing in a "
        "file\n",
        {"a.bpol", "include \"lib/x.bpol\"\nlet keep = 1d\n" USES_KEEP},
        {"lib/x.bpol", "let keep = 5d\n"});
    EXPECT("3:9 SYN007 \"lib/x.bpol\" is included twice; once is enough\n",
           {"a.bpol", "include \"lib/x.bpol\"\ninclude \"lib/x.bpol\"\n" USES_KEEP},
           {"lib/x.bpol", "let keep = 5d\n"});
    /* The same file under two spellings is one file. */
    EXPECT("", {"a.bpol", "include \"lib/x.bpol\"\n" USES_KEEP},
           {"b.bpol", "include \"lib/../lib/x.bpol\"\npolicy \"o\" { plan \"q\" { rule \"r\" { "
                      "delete_after = keep } } }\n"},
           {"lib/x.bpol", "let keep = 5d\n"});
}

static void
unused_names_are_warnings(void **state)
{
    (void)state;
    EXPECT("2:9 SYN018 nothing uses the include \"lib/x.bpol\" (w)\n"
           "lib/x.bpol:2:9 SYN018 nothing uses the include \"y.bpol\" (w)\n"
           "lib/x.bpol:3:5 SYN018 nothing uses the constant \"other\" (w)\n"
           "lib/y.bpol:2:5 SYN018 nothing uses the constant \"keep\" (w)\n"
           "lib/y.bpol:3:15 SYN018 nothing uses the template \"t\" (w)\n",
           {"a.bpol", "include \"lib/x.bpol\"\n"},
           {"lib/x.bpol", "include \"y.bpol\"\nlet other = 1\n"},
           {"lib/y.bpol", "let keep = 5d\ntemplate rule t {}\n"});
}

static void
bad_includes_are_refused(void **state)
{
    (void)state;
    EXPECT("2:9 SYN017 \"/etc/x.bpol\" is absolute; an include is relative to its file and inside "
           "the project\n",
           {"a.bpol", "include \"/etc/x.bpol\"\n" USES_KEEP});
    EXPECT(
        "dir/a.bpol:2:9 SYN017 \"../../x.bpol\" leaves the project; an include is relative to its "
        "file and inside the project\n",
        {"dir/a.bpol", "include \"../../x.bpol\"\n"});
    EXPECT("2:9 SYN017 \"\" names no file; an include is relative to its file and inside the "
           "project\n",
           {"a.bpol", "include \"\"\n"});
}

static void
included_files_hold_names_alone(void **state)
{
    (void)state;
    EXPECT("2:9 SYN017 \"b.bpol\" declares a vault; an included file holds only include, let and "
           "template\n",
           {"a.bpol", "include \"b.bpol\"\n" USES_KEEP}, {"b.bpol", "vault \"v\" {}\n"});
    EXPECT("2:9 SYN017 \"lib/none.bpol\" cannot be read\n",
           {"a.bpol", "include \"lib/none.bpol\"\n" USES_KEEP});
}

static void
circles_are_shown(void **state)
{
    (void)state;
    static const project_file files[] = {
        {"a.bpol", "include \"lib/x.bpol\"\n"},
        {"lib/x.bpol", "include \"y.bpol\"\n"},
        {"lib/y.bpol", "include \"x.bpol\"\n"},
    };
    fixture *f = project(files, 3);
    assert_string_equal(fixture_findings(f),
                        "lib/y.bpol:2:9 SYN017 includes go in a circle back to \"lib/x.bpol\"; no "
                        "file may include itself, directly or through others\n");
    const bp_finding *finding = bp_diagnostics_at(f->diagnostics, 0);
    assert_int_equal(finding->labels.count, 1);
    assert_true(bp_str_is(finding->labels.at[0].text, "which includes \"lib/y.bpol\""));
    fixture_free(f);
    EXPECT("2:9 SYN017 includes go in a circle back to \"a.bpol\"; no file may include itself, "
           "directly or through others\n",
           {"a.bpol", "include \"a.bpol\"\n"});
}

static void
includes_have_limits(void **state)
{
    (void)state;
    fixture *f = fixture_new();
    fixture_add(f, "a.bpol", BP_STR("edition 1\ninclude \"lib0.bpol\"\n"));
    for (int i = 0; i < 20; i++) {
        bp_str path = bp_str_format(f->arena, "lib%d.bpol", i);
        fixture_add(f, bp_str_c(f->arena, path),
                    bp_str_format(f->arena, "edition 1\ninclude \"lib%d.bpol\"\n", i + 1));
    }
    fixture_elaborate(f);
    assert_string_equal(fixture_findings(f),
                        "lib14.bpol:2:9 SYN017 includes go 17 levels deep; the limit is 16\n");
    fixture_free(f);
    f = fixture_new();
    bp_buf text = {.arena = f->arena};
    bp_buf_add_c(&text, "edition 1\n");
    for (int i = 0; i < 257; i++) {
        bp_buf_format(&text, "include \"lib%d.bpol\"\n", i);
        bp_str path = bp_str_format(f->arena, "lib%d.bpol", i);
        fixture_add(f, bp_str_c(f->arena, path), BP_STR("edition 1\n"));
    }
    fixture_add(f, "a.bpol", bp_buf_text(&text));
    fixture_elaborate(f);
    assert_string_equal(fixture_findings(f),
                        "258:9 SYN017 more than 256 included files; that is the limit\n");
    fixture_free(f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_come_through_includes),
        cmocka_unit_test(names_are_unique_over_includes),
        cmocka_unit_test(unused_names_are_warnings),
        cmocka_unit_test(bad_includes_are_refused),
        cmocka_unit_test(included_files_hold_names_alone),
        cmocka_unit_test(circles_are_shown),
        cmocka_unit_test(includes_have_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
