/*
 * For the unit tests of compiler/policy/: elaborates texts and gives findings as
 * "file:line:col CODE message" lines, and documents as JSON.
 */
#ifndef BP_COMPILER_POLICY_ELABORATE_FIXTURE_H
#define BP_COMPILER_POLICY_ELABORATE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/policy/program.h"
#include "lib/json_write.h"

static const bp_rule fixture_rules[] = {
    {"SYN001", "parse-error", BP_ERROR, BP_AWS_REJECTS, "SYNTAX", "", "0.1.0"},
    {"SYN003", "unknown-key", BP_ERROR, BP_AWS_REJECTS, "DOC", "", "0.1.0"},
    {"SYN004", "missing-member", BP_ERROR, BP_AWS_REJECTS, "DOC", "", "0.1.0"},
    {"SYN005", "wrong-type", BP_ERROR, BP_AWS_REJECTS, "DOC", "", "0.1.0"},
    {"SYN006", "bad-operator", BP_ERROR, BP_AWS_REJECTS, "DOC", "", "0.1.0"},
    {"SYN007", "duplicate-key", BP_ERROR, BP_AWS_REJECTS, "SYNTAX", "", "0.1.0"},
    {"SYN008", "case-only-duplicate", BP_ERROR, BP_AWS_UNKNOWN, "DOC", "", "0.1.0"},
    {"SYN011", "edition-unsupported", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1.0"},
    {"SYN015", "input-refused", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1.0"},
    {"SYN016", "ambiguous-unit", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1.0"},
    {"SYN017", "include-refused", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1.0"},
    {"SYN018", "unknown-name", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1.0"},
    {"SYN019", "letter-case", BP_INFO, BP_AWS_ACCEPTS, "DOC", "", "0.1.0"},
    {"SYN020", "bad-choice", BP_ERROR, BP_AWS_REJECTS, "DOC", "", "0.1.0"},
    {"SCH002", "cron-range", BP_ERROR, BP_AWS_REJECTS, "DOC", "", "0.1.0"},
    {"INH011", "lock-does-not-lock", BP_WARNING, BP_AWS_ACCEPTS, "DOC", "", "0.1.0"},
    {"SCH008", "timezone", BP_WARNING, BP_AWS_UNKNOWN, "DOC", "", "0.1.0"},
    {"TOP002", "account-not-found", BP_ERROR, BP_AWS_NONE, "MODEL", "", "0.1.0"},
};

enum { FIXTURE_FILES = 300 };

/* A project in memory. Files whose names begin with "lib" are there to be included alone. */
typedef struct fixture {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *diagnostics;
    const bp_ast_file *files[FIXTURE_FILES];
    size_t count;
    bp_elaboration how;
    bp_program *program;
} fixture;

static inline const bp_ast_file *
fixture_load(void *context, bp_str path, bp_span from)
{
    fixture *f = context;
    for (size_t i = 0; i < f->count; i++) {
        if (bp_str_equal(f->files[i]->source->path, path)) {
            return f->files[i];
        }
    }
    bp_report(f->diagnostics, "SYN017", from, "\"%.*s\" cannot be read", BP_ARG(path));
    return NULL;
}

/* Accounts of the fixture: "Backup" is there, others are not. */
static inline bool
fixture_account(void *context, bp_str name, bp_span span, bp_str *id)
{
    fixture *f = context;
    if (bp_str_is(name, "Backup")) {
        *id = BP_STR("999988887777");
        return true;
    }
    bp_report(f->diagnostics, "TOP002", span, "no account is called \"%.*s\"", BP_ARG(name));
    return false;
}

static inline fixture *
fixture_new(void)
{
    bp_arena *arena = bp_arena_new(NULL);
    fixture *f = BP_NEW(arena, fixture);
    f->arena = arena;
    f->sources = bp_sources_new(arena);
    f->diagnostics = bp_diagnostics_new(arena, f->sources, fixture_rules,
                                        sizeof fixture_rules / sizeof fixture_rules[0]);
    f->how.arena = arena;
    f->how.diagnostics = f->diagnostics;
    f->how.includer = (bp_includer){fixture_load, f};
    return f;
}

static inline void
fixture_add(fixture *f, const char *path, bp_str text)
{
    assert_true(f->count < FIXTURE_FILES);
    const bp_source *source = bp_sources_add(f->sources, bp_str_copy(f->arena, bp_str_of(path)),
                                             bp_str_copy(f->arena, text));
    f->files[f->count++] = bp_parse(f->arena, f->diagnostics, source);
}

static inline void
fixture_elaborate(fixture *f)
{
    const bp_ast_file *files[FIXTURE_FILES];
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (!bp_str_starts(f->files[i]->source->path, BP_STR("lib"))) {
            files[count++] = f->files[i];
        }
    }
    assert_true(bp_elaborate(&f->how, files, count, &f->program));
    bp_diagnostics_settle(f->diagnostics);
}

/* One file, "a.bpol"; `edition 1` is put on the first line. */
static inline fixture *
fixture_text(const char *text)
{
    fixture *f = fixture_new();
    fixture_add(f, "a.bpol", bp_str_format(f->arena, "edition 1\n%s", text));
    fixture_elaborate(f);
    return f;
}

/* The text within a rule that has all it needs else. */
static inline fixture *
fixture_rule(const char *text)
{
    fixture *f = fixture_new();
    fixture_add(f, "a.bpol",
                bp_str_format(
                    f->arena,
                    "edition 1\npolicy \"p\" {\nplan \"q\" {\nrule \"r\" {\n%s\n}\n}\n}\n", text));
    fixture_elaborate(f);
    return f;
}

static inline void
fixture_free(fixture *f)
{
    bp_arena_free(f->arena);
}

/* "line:col CODE message" lines; "file:" in front unless it is a.bpol; warnings end with " (w)". */
static inline const char *
fixture_findings(fixture *f)
{
    bp_buf out = {.arena = f->arena};
    for (size_t i = 0; i < bp_diagnostics_total(f->diagnostics); i++) {
        const bp_finding *finding = bp_diagnostics_at(f->diagnostics, i);
        bp_position at = bp_sources_position(f->sources, finding->span.source, finding->span.start);
        bp_str path = bp_sources_get(f->sources, finding->span.source)->path;
        if (!bp_str_is(path, "a.bpol")) {
            bp_buf_format(&out, "%.*s:", BP_ARG(path));
        }
        bp_buf_format(&out, "%u:%u %s %.*s%s\n", (unsigned)at.line, (unsigned)at.column,
                      finding->rule->code, BP_ARG(finding->message),
                      finding->severity == BP_WARNING ? " (w)"
                      : finding->severity == BP_INFO  ? " (i)"
                                                      : "");
    }
    return bp_str_c(f->arena, bp_buf_text(&out));
}

static inline const char *
fixture_document(fixture *f, size_t policy)
{
    assert_true(policy < f->program->policies.count);
    return bp_str_c(f->arena,
                    bp_tree_write_compact(f->arena, f->program->policies.at[policy]->document));
}

/* Expects exactly these findings for a whole file, or for a rule's body. */
#define EXPECT_TEXT(text, findings)                                \
    do {                                                           \
        fixture *fixture_ = fixture_text(text);                    \
        assert_string_equal(fixture_findings(fixture_), findings); \
        fixture_free(fixture_);                                    \
    } while (0)
#define EXPECT_RULE(text, findings)                                \
    do {                                                           \
        fixture *fixture_ = fixture_rule(text);                    \
        assert_string_equal(fixture_findings(fixture_), findings); \
        fixture_free(fixture_);                                    \
    } while (0)

#endif
