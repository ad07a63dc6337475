/*
 * For the unit tests of grammar/: parses a text and gives its findings as "line:col CODE" lines.
 */
#ifndef BP_GRAMMAR_PARSE_FIXTURE_H
#define BP_GRAMMAR_PARSE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "grammar/ast.h"

static const bp_rule fixture_rules[] = {
    {"SYN001", "parse-error", BP_ERROR, BP_AWS_REJECTS, "SYNTAX", "", "0.1.0"},
    {"SYN007", "duplicate-key", BP_ERROR, BP_AWS_REJECTS, "SYNTAX", "", "0.1.0"},
    {"SYN011", "edition-unsupported", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1.0"},
    {"SYN015", "input-refused", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1.0"},
    {"SYN016", "ambiguous-unit", BP_ERROR, BP_AWS_NONE, "SYNTAX", "", "0.1.0"},
};

typedef struct fixture {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *diagnostics;
    bp_ast_file *file;
} fixture;

/* Parses a copy of the text, of exactly its size, so that sanitizers see a read behind it. */
static inline fixture
fixture_parse(const char *text, size_t size)
{
    fixture f = {.arena = bp_arena_new(NULL)};
    char *copy = malloc(size == 0 ? 1 : size);
    assert_non_null(copy);
    memcpy(copy, text, size);
    bp_arena_defer(f.arena, free, copy);
    f.sources = bp_sources_new(f.arena);
    f.diagnostics = bp_diagnostics_new(f.arena, f.sources, fixture_rules,
                                       sizeof fixture_rules / sizeof fixture_rules[0]);
    const bp_source *source = bp_sources_add(f.sources, BP_STR("input.bpol"), (bp_str){copy, size});
    f.file = bp_parse(f.arena, f.diagnostics, source);
    bp_diagnostics_settle(f.diagnostics);
    return f;
}

static inline void
fixture_free(fixture *f)
{
    bp_arena_free(f->arena);
}

/* "3:5 SYN001" lines; with `messages` " message", " | help" and " @ line:col" of labels too. */
static inline bp_str
fixture_findings(fixture *f, bool messages)
{
    bp_buf out = {.arena = f->arena};
    for (size_t i = 0; i < bp_diagnostics_total(f->diagnostics); i++) {
        const bp_finding *finding = bp_diagnostics_at(f->diagnostics, i);
        bp_position at = bp_sources_position(f->sources, finding->span.source, finding->span.start);
        bp_buf_format(&out, "%u:%u %s", at.line, at.column, finding->rule->code);
        for (size_t k = 0; k < finding->labels.count; k++) {
            at = bp_sources_position(f->sources, finding->labels.at[k].span.source,
                                     finding->labels.at[k].span.start);
            bp_buf_format(&out, " @%u:%u", at.line, at.column);
        }
        if (messages) {
            bp_buf_format(&out, " %.*s", BP_ARG(finding->message));
            for (size_t k = 0; k < finding->help.count; k++) {
                bp_buf_format(&out, " | %.*s", BP_ARG(finding->help.at[k]));
            }
        }
        bp_buf_add_char(&out, '\n');
    }
    return bp_buf_text(&out);
}

/* The text with every safe fix applied; edits do not overlap in what tests apply. */
static inline bp_str
fixture_fixed(fixture *f, bp_str text)
{
    bp_buf out = {.arena = f->arena};
    size_t done = 0;
    for (;;) {
        const bp_edit *next = NULL;
        for (size_t i = 0; i < bp_diagnostics_total(f->diagnostics); i++) {
            const bp_finding *finding = bp_diagnostics_at(f->diagnostics, i);
            for (size_t k = 0; k < finding->fixes.count; k++) {
                for (size_t e = 0;
                     finding->fixes.at[k].safe && e < finding->fixes.at[k].edits.count; e++) {
                    const bp_edit *edit = &finding->fixes.at[k].edits.at[e];
                    bool later = edit->span.start >= done && edit->span.end > done;
                    bool point = edit->span.start == edit->span.end && edit->span.start >= done;
                    if ((later || point) && (next == NULL || edit->span.start < next->span.start)) {
                        next = edit;
                    }
                }
            }
        }
        if (next == NULL) {
            break;
        }
        bp_buf_add(&out, bp_str_cut(text, done, next->span.start));
        bp_buf_add(&out, next->text);
        /* an insertion is followed by at least one byte of the text, so it is not found again */
        size_t end = next->span.end;
        if (next->span.start == next->span.end && end < text.size) {
            bp_buf_add_char(&out, text.at[end]);
            end++;
        }
        done = end;
        if (done >= text.size) {
            break;
        }
    }
    bp_buf_add(&out, bp_str_cut(text, done, text.size));
    return bp_buf_text(&out);
}

#endif
