/*
 * For the unit tests of checks that the text alone decides: parses and elaborates a policy, runs
 * the text families at 2026-11-02T00:00:00Z, and gives findings as "line:col CODE message" lines.
 *
 * The rule table is made of checks.def here, so that a test needs no other family.
 */
#ifndef BP_COMPILER_CHECKS_TEXT_FIXTURE_H
#define BP_COMPILER_CHECKS_TEXT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/checks/families.h"
#include "lib/calendar.h"

static const bp_rule text_rules[] = {
#define CHECK(CODE, SLUG, SEVERITY, VERDICT, OVER, RUNNER, SUMMARY, SINCE) \
    {#CODE, SLUG, BP_##SEVERITY, BP_AWS_##VERDICT, #OVER, SUMMARY, SINCE},
#include "compiler/checks/checks.def"
#undef CHECK
};

typedef struct text_case {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *diagnostics;
    bp_check_context context;
} text_case;

static inline const bp_ast_file *
text_no_include(void *context, bp_str path, bp_span from)
{
    (void)context;
    (void)path;
    (void)from;
    return NULL;
}

/* Elaborates a whole file; "edition 1" is put on its first line. */
static inline text_case *
text_open(const char *text, const char *as_of)
{
    bp_arena *arena = bp_arena_new(NULL);
    text_case *t = BP_NEW(arena, text_case);
    t->arena = arena;
    t->sources = bp_sources_new(arena);
    t->diagnostics =
        bp_diagnostics_new(arena, t->sources, text_rules, sizeof text_rules / sizeof text_rules[0]);
    bp_str whole = bp_str_format(arena, "edition 1\n%s", text);
    const bp_source *source = bp_sources_add(t->sources, BP_STR("a.bpol"), whole);
    const bp_ast_file *file = bp_parse(arena, t->diagnostics, source);
    bp_elaboration how = {
        .arena = arena, .diagnostics = t->diagnostics, .includer = {.load = text_no_include}};
    bp_program *program = NULL;
    assert_true(bp_elaborate(&how, &file, 1, &program));
    t->context = (bp_check_context){.arena = arena,
                                    .diagnostics = t->diagnostics,
                                    .program = program,
                                    .manifest = bp_manifest_new(arena)};
    assert_true(bp_instant_parse(bp_str_of(as_of), &t->context.as_of));
    return t;
}

static inline void
text_run(text_case *t)
{
    bp_check_empty_policies(&t->context);
    bp_check_placeholders(&t->context);
    bp_check_variables(&t->context);
    bp_check_labels(&t->context);
    bp_check_tag_forms(&t->context);
    bp_check_lifecycles(&t->context);
    bp_check_copy_retention(&t->context);
    bp_check_rule_retention(&t->context);
    bp_check_archive(&t->context);
    bp_check_schedules(&t->context);
    bp_check_windows(&t->context);
    bp_check_rule_schedule(&t->context);
    bp_check_selections(&t->context);
    bp_check_selected_types(&t->context);
    bp_check_policy_sizes(&t->context);
    bp_check_plan_limits(&t->context);
    bp_diagnostics_settle(t->diagnostics);
}

/* "line:col-col CODE message" lines, the first with 1 for the edition; warnings end with " (w)",
 * infos with " (i)". Messages end before their semicolon. */
static inline const char *
text_findings(text_case *t)
{
    bp_buf out = {.arena = t->arena};
    for (size_t i = 0; i < bp_diagnostics_total(t->diagnostics); i++) {
        const bp_finding *finding = bp_diagnostics_at(t->diagnostics, i);
        bp_position at = bp_sources_position(t->sources, finding->span.source, finding->span.start);
        bp_str seen = bp_str_cut(finding->message, 0, bp_str_find(finding->message, ';'));
        bp_buf_format(&out, "%u:%u %s '%.*s' %.*s%s\n", (unsigned)at.line, (unsigned)at.column,
                      finding->rule->code, BP_ARG(bp_span_text(t->sources, finding->span)),
                      BP_ARG(seen),
                      finding->severity == BP_WARNING ? " (w)"
                      : finding->severity == BP_INFO  ? " (i)"
                                                      : "");
    }
    return bp_str_c(t->arena, bp_buf_text(&out));
}

static inline const bp_finding *
text_first(text_case *t, const char *code)
{
    for (size_t i = 0; i < bp_diagnostics_total(t->diagnostics); i++) {
        if (strcmp(bp_diagnostics_at(t->diagnostics, i)->rule->code, code) == 0) {
            return bp_diagnostics_at(t->diagnostics, i);
        }
    }
    fail_msg("no %s", code);
    return NULL;
}

static inline void
text_free(text_case *t)
{
    bp_arena_free(t->arena);
}

#define TEXT_HEAD                                                                              \
    "vault \"v\" {}\nrole \"b\" {}\npolicy \"p\" {\nattach = [root]\nplan \"q\" {\nregions = " \
    "[eu-west-1]\n"
#define TEXT_SELECT "select \"s\" {\nrole = role(\"b\")\ntag_key = \"k\"\ntag_values = [\"x\"]\n}\n"
#define TEXT_TAIL "}\n}\n"

/* Expects exactly these findings for a whole file. */
#define EXPECT_FILE(text, findings)                          \
    do {                                                     \
        text_case *case_ = text_open(text, "2026-11-02");    \
        text_run(case_);                                     \
        assert_string_equal(text_findings(case_), findings); \
        text_free(case_);                                    \
    } while (0)

/* The same for the body of a rule, line 8, that has all it needs else but schedule and retention.
 */
#define EXPECT_BARE(text, findings)                                    \
    EXPECT_FILE(TEXT_HEAD "rule \"r\" { \nvault = vault(\"v\")\n" text \
                          "\n}\n" TEXT_SELECT TEXT_TAIL,               \
                findings)

/* The body stands on line 11. */
#define EXPECT_RULE(text, findings)                                                            \
    EXPECT_FILE(TEXT_HEAD "rule \"r\" {\nvault = vault(\"v\")\nschedule = daily(05:00)\n" text \
                          "\n}\n" TEXT_SELECT TEXT_TAIL,                                       \
                findings)

/* The text of a schedule call, line 10; retention is set. */
#define EXPECT_SCHEDULE(text, findings)                                          \
    EXPECT_FILE(TEXT_HEAD "rule \"r\" {\nvault = vault(\"v\")\nschedule = " text \
                          "\ndelete_after = 35d\n}\n" TEXT_SELECT TEXT_TAIL,     \
                findings)

#endif
