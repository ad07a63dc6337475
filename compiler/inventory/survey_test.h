/*
 * What the tests of dumps share: dumps read in memory, and what came of them.
 */
#ifndef BP_COMPILER_INVENTORY_SURVEY_TEST_H
#define BP_COMPILER_INVENTORY_SURVEY_TEST_H

#include "compiler/inventory/survey.h"

#include "compiler/organization/write.h"

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
    RULE("SYN001", BP_ERROR),   RULE("SYN003", BP_ERROR),   RULE("SYN005", BP_ERROR),
    RULE("SYN007", BP_ERROR),   RULE("SYN015", BP_ERROR),   RULE("REG001", BP_ERROR),
    RULE("TOP010", BP_ERROR),   RULE("TOP014", BP_ERROR),   RULE("IMP001", BP_ERROR),
    RULE("IMP011", BP_ERROR),   RULE("IMP014", BP_ERROR),   RULE("IMP034", BP_ERROR),
    RULE("IMP038", BP_WARNING), RULE("IMP041", BP_WARNING), RULE("IMP051", BP_ERROR),
    RULE("IMP061", BP_ERROR),   RULE("IMP062", BP_WARNING),
};

#define T "\"taken_at\":\"2026-11-02T06:00:00Z\","
#define ROOT_OUS                                                                                \
    "{\"dump\":\"organizations.list-organizational-units-for-parent\",\"parent\":\"r-ab12\"," T \
    "\"data\":{\"OrganizationalUnits\":[]}}\n"
#define BASE                                                                                  \
    "{\"dump\":\"organizations.describe-organization\"," T                                    \
    "\"data\":{\"Organization\":{\"Id\":\"o-exampleorg\",\"Arn\":\"arn:aws:organizations::"   \
    "111122223333:organization/o-exampleorg\",\"FeatureSet\":\"ALL\",\"MasterAccountId\":"    \
    "\"111122223333\"}}}\n"                                                                   \
    "{\"dump\":\"organizations.list-roots\"," T "\"data\":{\"Roots\":[{\"Id\":\"r-ab12\","    \
    "\"Name\":\"Root\",\"PolicyTypes\":[]}]}}\n" ROOT_OUS                                     \
    "{\"dump\":\"organizations.list-accounts-for-parent\",\"parent\":\"r-ab12\"," T           \
    "\"data\":{\"Accounts\":[{\"Id\":\"111122223333\",\"Name\":\"M\",\"Status\":\"ACTIVE\"}," \
    "{\"Id\":\"222233334444\",\"Name\":\"S\",\"State\":\"ACTIVE\",\"Status\":\"SUSPENDED\"}]}}\n"

#define VAULTS(envelope, data) \
    "{\"dump\":\"backup.list-backup-vaults\"," envelope T "\"data\":" data "}"
#define CELL "\"account\":\"222233334444\",\"region\":\"eu-west-1\","
#define VAULT(name, region)                                                         \
    "{\"BackupVaultName\":\"" name "\",\"BackupVaultArn\":\"arn:aws:backup:" region \
    ":222233334444:backup-vault:" name "\"}"

typedef struct memory {
    bp_str rest;
    size_t step; /* bytes given at once */
} memory;

static int64_t
give(void *context, char *at, size_t room)
{
    memory *from = context;
    size_t size = from->rest.size < room ? from->rest.size : room;
    size = size < from->step ? size : from->step;
    memcpy(at, size == 0 ? "" : from->rest.at, size);
    from->rest = bp_str_cut(from->rest, size, from->rest.size);
    return (int64_t)size;
}

typedef struct importing {
    bp_arena *arena;
    bp_diagnostics *list;
    bp_survey *survey;
    const bp_organization *org;
    bool good; /* whole, and without an error */
    bp_str text;
} importing;

/* With memory from an allocator; NULL: malloc. */
static importing
start_with(const bp_allocator *allocator, bool allow_truncated)
{
    static const bp_str watched[] = {{"backup", 6}};
    bp_str *tags = NULL;
    importing on = {.arena = bp_arena_new(allocator)};
    tags = bp_arena_array(on.arena, 1, sizeof *tags);
    tags[0] = watched[0];
    bp_survey_options options = {
        .watched_tags = tags, .watched_tag_count = 1, .allow_truncated = allow_truncated};
    on.list = bp_diagnostics_new(on.arena, bp_sources_new(on.arena), test_rules,
                                 sizeof test_rules / sizeof *test_rules);
    on.survey = bp_survey_new(on.arena, on.list, &options);
    return on;
}

static void
read_dump(importing *on, const char *path, bp_str text, size_t step)
{
    memory from = {text, step};
    bp_survey_read(on->survey, bp_str_of(path), (bp_json_input){give, &from});
}

static void
finish(importing *on)
{
    on->good = bp_survey_finish(on->survey, &on->org) && bp_survey_refused(on->survey) == 0 &&
               !bp_diagnostics_has(on->list, BP_ERROR);
    bp_diagnostics_settle(on->list);
    if (on->good) {
        bp_buf buf = {.arena = on->arena};
        bp_organization_write(on->arena, on->org, NULL, true, &buf);
        on->text = bp_buf_text(&buf);
    }
}

static inline bool
reason_is(const importing *on, const bp_finding *finding, const char *reason)
{
    bp_str wanted = bp_str_format(on->arena, "reason %s", reason);
    for (size_t n = 0; n < finding->notes.count; n++) {
        if (bp_str_equal(finding->notes.at[n], wanted)) {
            return true;
        }
    }
    return false;
}

static inline bool
has_reason(const importing *on, const char *reason)
{
    for (size_t i = 0; i < bp_diagnostics_total(on->list); i++) {
        if (reason_is(on, bp_diagnostics_at(on->list, i), reason)) {
            return true;
        }
    }
    return false;
}

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
    assert_int_equal(fclose(file), 0);
    return bp_buf_text(&buf);
}

#define DUMPS "testdata/inventory-import/dumps-become-an-organization/dumps.ndjson"

#endif
