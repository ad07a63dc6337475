/*
 * For the unit tests of this folder and its neighbours: small projects from texts, run through all
 * stages up to the checks; findings as "file:line:column SEVERITY CODE" lines.
 */
#ifndef BP_COMPILER_CHECKS_SUPPORT_TEST_H
#define BP_COMPILER_CHECKS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/checks/checks.h"
#include "grammar/parser.h"
#include "lib/calendar.h"
#include "lib/pattern.h"

typedef struct project {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *list;
    bp_manifest *manifest;
    const bp_facts *facts; /* NULL: those that are compiled in */
    bp_program *program;
    bp_organization *org;
    bp_model *model;
    bp_effective *effective;
    const char *as_of;
    bool require_inventory;
    bool no_project; /* neither a manifest nor an inventory was named */
} project;

static inline const bp_ast_file *
project_no_include(void *context, bp_str path, bp_span from)
{
    (void)context;
    (void)path;
    (void)from;
    return NULL;
}

static inline project
project_new(void)
{
    project p = {.arena = bp_arena_new(NULL), .as_of = "2026-11-02"};
    size_t count = 0;
    const bp_rule *rules = bp_check_rules(&count);
    p.sources = bp_sources_new(p.arena);
    p.list = bp_diagnostics_new(p.arena, p.sources, rules, count);
    p.manifest = bp_manifest_new(p.arena);
    return p;
}

/* Runs a policy file "a.bpol" (its edition line is added in front of line 1) and, if not NULL, an
 * inventory "org.yaml" through all stages. */
static inline void
project_run(project *p, const char *policy, const char *inventory)
{
    const bp_source *source = bp_sources_add(p->sources, BP_STR("a.bpol"),
                                             bp_str_format(p->arena, "edition 1\n%s", policy));
    const bp_ast_file *file = bp_parse(p->arena, p->list, source);
    int64_t as_of = 0;
    assert_true(bp_instant_parse(bp_str_of(p->as_of), &as_of));
    if (inventory != NULL) {
        const bp_source *org = bp_sources_add(p->sources, BP_STR("org.yaml"), bp_str_of(inventory));
        assert_true(bp_organization_read(p->arena, p->list, p->facts, org, as_of, &p->org));
    }
    bp_elaboration how = {.arena = p->arena,
                          .diagnostics = p->list,
                          .facts = p->facts,
                          .partition = p->org != NULL ? p->org->partition : BP_STR(""),
                          .includer = {project_no_include, NULL}};
    assert_true(bp_elaborate(&how, &file, 1, &p->program));
    p->manifest->facts = p->facts;
    assert_true(bp_bind(p->arena, p->list, p->program, p->org, p->manifest, &p->model));
    assert_true(bp_effective_evaluate(p->arena, p->model, &p->effective));
    bp_check_context context = {.arena = p->arena,
                                .diagnostics = p->list,
                                .facts = p->facts,
                                .as_of = as_of,
                                .manifest = p->manifest,
                                .program = p->program,
                                .org = p->org,
                                .model = p->model,
                                .effective = p->effective,
                                .patterns = bp_patterns_new(p->arena),
                                .require_inventory = p->require_inventory,
                                .has_project = !p->no_project};
    bp_check_all(&context);
    bp_diagnostics_settle(p->list);
}

/* All findings, one a line; `-` for those without a place. */
static inline const char *
project_findings(project *p)
{
    bp_buf out = {.arena = p->arena};
    for (size_t i = 0; i < bp_diagnostics_total(p->list); i++) {
        const bp_finding *finding = bp_diagnostics_at(p->list, i);
        if (bp_span_exists(finding->span)) {
            bp_position at =
                bp_sources_position(p->sources, finding->span.source, finding->span.start);
            bp_str path = bp_sources_get(p->sources, finding->span.source)->path;
            bp_buf_format(&out, "%.*s:%u:%u ", BP_ARG(path), (unsigned)at.line,
                          (unsigned)at.column);
        } else {
            bp_buf_add_c(&out, "- ");
        }
        bp_buf_format(&out, "%s %s\n", bp_severity_name(finding->severity), finding->rule->code);
    }
    return bp_str_c(p->arena, bp_buf_text(&out));
}

/* Findings with messages, cells, labels, notes: for a look at a failing test. */
static inline void
project_show(project *p)
{
    for (size_t i = 0; i < bp_diagnostics_total(p->list); i++) {
        const bp_finding *finding = bp_diagnostics_at(p->list, i);
        bp_str seen = bp_span_text(p->sources, finding->span);
        printf("%s[%s] %.*s  <%.*s> (%zu cells)\n", bp_severity_name(finding->severity),
               finding->rule->code, BP_ARG(finding->message), BP_ARG(seen), finding->cells.count);
        for (size_t l = 0; l < finding->labels.count; l++) {
            seen = bp_span_text(p->sources, finding->labels.at[l].span);
            printf("    label <%.*s> %.*s\n", BP_ARG(seen), BP_ARG(finding->labels.at[l].text));
        }
        for (size_t n = 0; n < finding->notes.count; n++) {
            printf("    note %.*s\n", BP_ARG(finding->notes.at[n]));
        }
        for (size_t h = 0; h < finding->help.count; h++) {
            printf("    help %.*s\n", BP_ARG(finding->help.at[h]));
        }
        for (size_t f = 0; f < finding->fixes.count; f++) {
            printf("    fix %s %.*s\n", finding->fixes.at[f].safe ? "safe" : "unsafe",
                   BP_ARG(finding->fixes.at[f].text));
        }
    }
}

/* The first finding of a code, or NULL. */
static inline const bp_finding *
project_find(project *p, const char *code)
{
    for (size_t i = 0; i < bp_diagnostics_total(p->list); i++) {
        const bp_finding *finding = bp_diagnostics_at(p->list, i);
        if (strcmp(finding->rule->code, code) == 0) {
            return finding;
        }
    }
    return NULL;
}

static inline size_t
project_count(project *p, const char *code)
{
    size_t count = 0;
    for (size_t i = 0; i < bp_diagnostics_total(p->list); i++) {
        count += strcmp(bp_diagnostics_at(p->list, i)->rule->code, code) == 0;
    }
    return count;
}

static inline size_t
project_count_at(project *p, const char *code, bp_severity severity)
{
    size_t count = 0;
    for (size_t i = 0; i < bp_diagnostics_total(p->list); i++) {
        const bp_finding *finding = bp_diagnostics_at(p->list, i);
        count += strcmp(finding->rule->code, code) == 0 && finding->severity == severity;
    }
    return count;
}

/* The text under the caret of the first finding of a code. */
static inline const char *
project_caret(project *p, const char *code)
{
    const bp_finding *finding = project_find(p, code);
    return finding == NULL ? "" : bp_str_c(p->arena, bp_span_text(p->sources, finding->span));
}

static inline size_t
project_skipped(project *p, const char *code)
{
    size_t count = 0;
    for (size_t i = 0; i < bp_diagnostics_skips(p->list); i++) {
        const bp_skip *skip = bp_diagnostics_skip_at(p->list, i);
        count += strcmp(skip->rule->code, code) == 0 ? skip->count : 0;
    }
    return count;
}

/* A text with one part replaced by another, which must occur. */
static inline const char *
replaced(bp_arena *arena, const char *text, const char *part, const char *by)
{
    const char *at = strstr(text, part);
    assert_non_null(at);
    return bp_str_format(arena, "%.*s%s%s", (int)(at - text), text, by, at + strlen(part)).at;
}

/* Every occurrence. */
static inline const char *
replaced_all(bp_arena *arena, const char *text, const char *part, const char *by)
{
    bp_buf out = {.arena = arena};
    const char *at = strstr(text, part);
    assert_non_null(at);
    for (; at != NULL; at = strstr(text, part)) {
        bp_buf_add(&out, (bp_str){text, (size_t)(at - text)});
        bp_buf_add_c(&out, by);
        text = at + strlen(part);
    }
    bp_buf_add_c(&out, text);
    return bp_str_c(arena, bp_buf_text(&out));
}

static inline void
project_free(project *p)
{
    bp_arena_free(p->arena);
}

#endif
