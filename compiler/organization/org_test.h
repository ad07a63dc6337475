/* What the tests of this folder share: reading an inventory from text or file, one finding at a
 * place. */
#ifndef BP_COMPILER_ORGANIZATION_ORG_TEST_H
#define BP_COMPILER_ORGANIZATION_ORG_TEST_H

#include "compiler/organization/organization.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RULE(code, severity)                                  \
    {                                                         \
        code, code, severity, BP_AWS_NONE, "ORG", "", "0.1.0" \
    }

static const bp_rule test_rules[] = {
    RULE("SYN001", BP_ERROR),   RULE("SYN003", BP_ERROR),   RULE("SYN004", BP_ERROR),
    RULE("SYN005", BP_ERROR),   RULE("SYN007", BP_ERROR),   RULE("SYN008", BP_ERROR),
    RULE("SYN015", BP_ERROR),   RULE("SYN018", BP_ERROR),   RULE("SYN020", BP_ERROR),
    RULE("NAM001", BP_ERROR),   RULE("ROL002", BP_ERROR),   RULE("REG001", BP_ERROR),
    RULE("REG002", BP_ERROR),   RULE("REG007", BP_WARNING), RULE("TOP010", BP_ERROR),
    RULE("TOP011", BP_WARNING), RULE("TOP014", BP_ERROR),   RULE("CFG008", BP_ERROR),
};

typedef struct reading {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *list;
    bp_organization *org;
    bool good;
} reading;

static inline reading
read_text(const char *text, size_t size)
{
    reading r = {.arena = bp_arena_new(NULL)};
    r.sources = bp_sources_new(r.arena);
    r.list = bp_diagnostics_new(r.arena, r.sources, test_rules,
                                sizeof test_rules / sizeof test_rules[0]);
    const bp_source *source = bp_sources_add(r.sources, BP_STR("org.yaml"), (bp_str){text, size});
    r.good = bp_organization_read(r.arena, r.list, NULL, source, 0, &r.org);
    bp_diagnostics_settle(r.list);
    return r;
}

static inline void
done(reading r)
{
    bp_arena_free(r.arena);
}

static inline void
show(reading r)
{
    for (size_t i = 0; i < bp_diagnostics_total(r.list); i++) {
        const bp_finding *finding = bp_diagnostics_at(r.list, i);
        bp_position at = bp_sources_position(r.sources, finding->span.source, finding->span.start);
        print_message("%u:%u %s %.*s\n", at.line, at.column, finding->rule->code,
                      BP_ARG(finding->message));
    }
}

/* The text of a file of the repository; tests run at its root. */
static inline bp_str
file_text(bp_arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    bp_buf buf = {.arena = arena};
    char block[4096];
    for (size_t got = 0; (got = fread(block, 1, sizeof block, file)) > 0;) {
        bp_buf_add(&buf, (bp_str){block, got});
    }
    fclose(file);
    return bp_buf_text(&buf);
}

#endif
