/*
 * Look-ups over the fact tables.
 *
 * The rows come from the .tsv files through tools/tables/tsv_rows.c; this file only finds things in
 * them. No AWS fact belongs here: a new one is a new row.
 */
#include "compiler/facts/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/facts/tables.h"

#include "compiler/facts/changes.inc"
#include "compiler/facts/conditions.inc"
#include "compiler/facts/copy_exceptions.inc"
#include "compiler/facts/managed_policies.inc"
#include "compiler/facts/partitions.inc"
#include "compiler/facts/quotas.inc"
#include "compiler/facts/regions.inc"
#include "compiler/facts/resource_types.inc"
#include "compiler/facts/sources.inc"
#include "compiler/facts/type_regions.inc"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

_Static_assert(COUNT(regions_rows) < 64, "a set of Regions is one 64-bit mask");

/* A table that a user cannot change, and one that a user can. */
#define FIXED(table, row)                                                                       \
    .name = #table, .as_of = table##_as_of, .rows = table##_rows, .count = COUNT(table##_rows), \
    .size = sizeof(row), .columns = table##_columns, .column_count = COUNT(table##_columns)
#define OPEN(table, row) FIXED(table, row), .user = offsetof(row, user)

static const bp_facts built_in = {
    .tables = {
        [BP_TABLE_REGIONS] = {OPEN(regions, bp_region), .what = "a Region", .grows = true},
        [BP_TABLE_PARTITIONS] = {FIXED(partitions, bp_partition), .what = "a partition"},
        [BP_TABLE_TYPES] = {OPEN(resource_types, bp_type), .what = "a resource type",
                            .grows = true},
        [BP_TABLE_TYPE_REGIONS] = {OPEN(type_regions, bp_type_regions),
                                   .what = "where a type is taken", .grows = true},
        [BP_TABLE_COPY_EXCEPTIONS] = {OPEN(copy_exceptions, bp_copy_exception),
                                      .what = "where a type cannot be copied", .second_key = 1,
                                      .grows = true},
        [BP_TABLE_CONDITIONS] = {FIXED(conditions, bp_condition_fact),
                                 .what = "what else has to hold"},
        [BP_TABLE_MANAGED_POLICIES] = {OPEN(managed_policies, bp_managed_policy),
                                       .what = "an AWS managed policy", .key = 1, .second_key = 1},
        [BP_TABLE_QUOTAS] = {OPEN(quotas, bp_quota), .what = "a limit"},
        [BP_TABLE_CHANGES] = {FIXED(changes, bp_fact_change), .what = "a dated change",
                              .second_key = 1},
        [BP_TABLE_SOURCES] = {FIXED(sources, bp_fact_origin), .what = "a source"},
    }};

const bp_facts *
bp_facts_built_in(void)
{
    return &built_in;
}

const bp_facts *
bp_facts_or_built_in(const bp_facts *facts)
{
    return facts == NULL ? &built_in : facts;
}

const char *
bp_facts_as_of(void)
{
    const char *newest = built_in.tables[0].as_of;
    for (size_t i = 1; i < BP_TABLES; i++) {
        if (strcmp(built_in.tables[i].as_of, newest) > 0) {
            newest = built_in.tables[i].as_of;
        }
    }
    return newest;
}

/* Whether a blank-separated list holds a word. */
static bool
list_has(bp_str list, bp_str word)
{
    for (bp_str rest = list; rest.size > 0;) {
        size_t end = bp_str_find(rest, ' ');
        if (bp_str_equal(bp_str_cut(rest, 0, end), word)) {
            return true;
        }
        rest = bp_str_cut(rest, end + 1, rest.size);
    }
    return false;
}

const bp_region *
bp_regions(const bp_facts *facts, size_t *count)
{
    const bp_fact_table *table = &bp_facts_or_built_in(facts)->tables[BP_TABLE_REGIONS];
    *count = table->count;
    return table->rows;
}

int
bp_region_index(const bp_facts *facts, bp_str code)
{
    size_t row_count = 0;
    const bp_region *rows = bp_regions(facts, &row_count);
    size_t low = 0;
    size_t high = row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = bp_str_compare(code, bp_str_of(rows[middle].code));
        if (order == 0) {
            return (int)middle;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return -1;
}

const bp_region *
bp_region_find(const bp_facts *facts, bp_str code)
{
    size_t count = 0;
    int index = bp_region_index(facts, code);
    return index < 0 ? NULL : &bp_regions(facts, &count)[index];
}

/* Equal without regard to letter case and blanks. */
static bool
same_name(bp_str a, bp_str b)
{
    size_t i = 0;
    size_t j = 0;
    for (;;) {
        while (i < a.size && a.at[i] == ' ') {
            i++;
        }
        while (j < b.size && b.at[j] == ' ') {
            j++;
        }
        if (i == a.size || j == b.size) {
            return i == a.size && j == b.size;
        }
        if (bp_fold_char(a.at[i++]) != bp_fold_char(b.at[j++])) {
            return false;
        }
    }
}

const bp_region *
bp_region_by_name(const bp_facts *facts, bp_str name)
{
    size_t row_count = 0;
    const bp_region *rows = bp_regions(facts, &row_count);
    for (size_t i = 0; i < row_count; i++) {
        const bp_region *region = &rows[i];
        if (same_name(name, bp_str_of(region->name))) {
            return region;
        }
        for (bp_str rest = bp_str_of(region->aliases); rest.size > 0;) {
            size_t end = bp_str_find(rest, '|');
            if (same_name(name, bp_str_cut(rest, 0, end))) {
                return region;
            }
            rest = bp_str_cut(rest, end + 1, rest.size);
        }
    }
    return NULL;
}

bp_region_mask
bp_regions_opt_in(const bp_facts *facts)
{
    size_t row_count = 0;
    const bp_region *rows = bp_regions(facts, &row_count);
    bp_region_mask mask = 0;
    for (size_t i = 0; i < row_count; i++) {
        if (rows[i].opt_in == BP_OPT_IN) {
            mask |= BP_REGION_BIT(i);
        }
    }
    return mask;
}

bp_region_mask
bp_regions_of_partition(const bp_facts *facts, bp_str partition)
{
    size_t row_count = 0;
    const bp_region *rows = bp_regions(facts, &row_count);
    bp_region_mask mask = 0;
    for (size_t i = 0; i < row_count; i++) {
        if (bp_str_is(partition, rows[i].partition)) {
            mask |= BP_REGION_BIT(i);
        }
    }
    return mask;
}

/* Whether a text is "-", a word, "-", a number. */
static bool
shaped_rest(bp_str rest)
{
    size_t i = 1;
    if (rest.size == 0 || rest.at[0] != '-') {
        return false;
    }
    while (i < rest.size && (bp_is_alnum(rest.at[i]) || rest.at[i] == '_')) {
        i++;
    }
    if (i == 1 || i >= rest.size || rest.at[i] != '-') {
        return false;
    }
    size_t digits = ++i;
    while (i < rest.size && bp_is_digit(rest.at[i])) {
        i++;
    }
    return i == rest.size && i > digits;
}

bool
bp_region_shaped(bp_str code)
{
    for (size_t i = 0; i < COUNT(partitions_rows); i++) {
        for (bp_str rest = bp_str_of(partitions_rows[i].region_prefixes); rest.size > 0;) {
            size_t end = bp_str_find(rest, ' ');
            bp_str prefix = bp_str_cut(rest, 0, end);
            if (bp_str_starts(code, prefix) &&
                shaped_rest(bp_str_cut(code, prefix.size, code.size))) {
                return true;
            }
            rest = bp_str_cut(rest, end + 1, rest.size);
        }
    }
    return false;
}

bp_mark
bp_region_mark(const bp_region *region, const char *column)
{
    if (bp_user_row_sets(region->user, column)) {
        return BP_MARK_VERIFIED;
    }
    if (region->doubtful[0] == '\0' || list_has(bp_str_of(region->doubtful), bp_str_of(column))) {
        return region->mark;
    }
    return BP_MARK_VERIFIED;
}

const bp_partition *
bp_partitions(size_t *count)
{
    *count = COUNT(partitions_rows);
    return partitions_rows;
}

const bp_partition *
bp_partition_find(bp_str partition)
{
    for (size_t i = 0; i < COUNT(partitions_rows); i++) {
        if (bp_str_is(partition, partitions_rows[i].name)) {
            return &partitions_rows[i];
        }
    }
    return NULL;
}

bool
bp_partition_known(bp_str partition)
{
    return bp_partition_find(partition) != NULL;
}

const bp_type *
bp_types(const bp_facts *facts, size_t *count)
{
    const bp_fact_table *table = &bp_facts_or_built_in(facts)->tables[BP_TABLE_TYPES];
    *count = table->count;
    return table->rows;
}

const bp_type *
bp_type_find(const bp_facts *facts, bp_str id)
{
    size_t row_count = 0;
    const bp_type *rows = bp_types(facts, &row_count);
    for (size_t i = 0; i < row_count; i++) {
        if (bp_str_is(id, rows[i].id)) {
            return &rows[i];
        }
    }
    return NULL;
}

/* The part of an ARN pattern behind its partition; false if that is not a known one. */
static bool
behind_partition(bp_str pattern, bp_str *rest)
{
    if (!bp_str_starts(pattern, BP_STR("arn:"))) {
        return false;
    }
    bp_str tail = bp_str_cut(pattern, 4, pattern.size);
    size_t end = bp_str_find(tail, ':');
    *rest = bp_str_cut(tail, end, tail.size);
    return bp_partition_known(bp_str_cut(tail, 0, end));
}

size_t
bp_types_of_pattern(const bp_facts *facts, bp_str pattern, const bp_type **types, size_t room)
{
    size_t row_count = 0;
    const bp_type *rows = bp_types(facts, &row_count);
    bool all = bp_str_is(pattern, "*");
    bp_str wanted = {NULL, 0};
    if (!all && !behind_partition(pattern, &wanted)) {
        return 0;
    }
    size_t count = 0;
    for (size_t i = 0; i < row_count; i++) {
        bp_str rest = {NULL, 0};
        if (!behind_partition(bp_str_of(rows[i].pattern), &rest)) {
            continue;
        }
        if ((all || bp_str_equal(rest, wanted)) && count < room) {
            types[count++] = &rows[i];
        }
    }
    return count;
}

const char *
bp_pattern_of_word(const bp_facts *facts, bp_str word)
{
    size_t row_count = 0;
    const bp_type *rows = bp_types(facts, &row_count);
    if (bp_str_is(word, "all")) {
        return "*";
    }
    for (size_t i = 0; word.size > 0 && i < row_count; i++) {
        if (bp_str_is(word, rows[i].word)) {
            return rows[i].pattern;
        }
    }
    return NULL;
}

size_t
bp_pattern_words(const bp_facts *facts, bp_str *words, size_t room)
{
    size_t row_count = 0;
    const bp_type *rows = bp_types(facts, &row_count);
    size_t count = 0;
    if (room > 0) {
        words[count++] = BP_STR("all");
    }
    for (size_t i = 0; i < row_count; i++) {
        bp_str word = bp_str_of(rows[i].word);
        bool seen = word.size == 0;
        for (size_t j = 0; !seen && j < count; j++) {
            seen = bp_str_equal(words[j], word);
        }
        if (!seen && count < room) {
            words[count++] = word;
        }
    }
    return count;
}

bool
bp_type_unsure(const bp_type *type, const char *column)
{
    return !bp_user_row_sets(type->user, column) &&
           list_has(bp_str_of(type->unsure), bp_str_of(column));
}

bp_mark
bp_type_mark(const bp_type *type, const char *column)
{
    if (bp_user_row_sets(type->user, column)) {
        return BP_MARK_VERIFIED;
    }
    return bp_type_unsure(type, column) ? BP_MARK_UNSURE : type->mark;
}

const char *
bp_type_api_name(const bp_facts *facts, bp_str name)
{
    size_t row_count = 0;
    const bp_type *rows = bp_types(facts, &row_count);
    for (size_t i = 0; i < row_count; i++) {
        if (bp_str_equal_folded(name, bp_str_of(rows[i].api_name))) {
            return rows[i].api_name;
        }
    }
    return NULL;
}

const bp_copy_exception *
bp_copy_exceptions(const bp_facts *facts, size_t *count)
{
    const bp_fact_table *table = &bp_facts_or_built_in(facts)->tables[BP_TABLE_COPY_EXCEPTIONS];
    *count = table->count;
    return table->rows;
}

const bp_type_regions *
bp_type_regions_find(const bp_facts *facts, bp_str id)
{
    const bp_fact_table *table = &bp_facts_or_built_in(facts)->tables[BP_TABLE_TYPE_REGIONS];
    const bp_type_regions *rows = table->rows;
    for (size_t i = 0; i < table->count; i++) {
        if (bp_str_is(id, rows[i].type)) {
            return &rows[i];
        }
    }
    return NULL;
}

bp_answer
bp_type_in_region(const bp_facts *facts, const bp_type *type, int region)
{
    const bp_type_regions *row = bp_type_regions_find(facts, bp_str_of(type->id));
    if (row == NULL || (row->unknown & BP_REGION_BIT(region)) != 0) {
        return BP_UNKNOWN;
    }
    return (row->missing & BP_REGION_BIT(region)) != 0 ? BP_ABSENT : BP_PRESENT;
}

const bp_managed_policy *
bp_managed_policies(const bp_facts *facts, size_t *count)
{
    const bp_fact_table *table = &bp_facts_or_built_in(facts)->tables[BP_TABLE_MANAGED_POLICIES];
    *count = table->count;
    return table->rows;
}

const bp_quota *
bp_quotas(const bp_facts *facts, size_t *count)
{
    const bp_fact_table *table = &bp_facts_or_built_in(facts)->tables[BP_TABLE_QUOTAS];
    *count = table->count;
    return table->rows;
}

const bp_quota *
bp_quota_find(const bp_facts *facts, const char *id)
{
    size_t row_count = 0;
    const bp_quota *rows = bp_quotas(facts, &row_count);
    for (size_t i = 0; i < row_count; i++) {
        if (rows[i].id[0] == id[0] && strcmp(id, rows[i].id) == 0) {
            return &rows[i];
        }
    }
    (void)fprintf(stderr, "backpol: internal error: no quota %s\n", id);
    abort();
}

const bp_fact_change *
bp_fact_changes(size_t *count)
{
    *count = COUNT(changes_rows);
    return changes_rows;
}

const bp_condition_fact *
bp_condition_facts(size_t *count)
{
    *count = COUNT(conditions_rows);
    return conditions_rows;
}

size_t
bp_user_rows(const bp_facts *facts, const bp_user_row *const **rows)
{
    facts = bp_facts_or_built_in(facts);
    *rows = facts->users;
    return facts->user_count;
}

bool
bp_user_row_sets(const bp_user_row *row, const char *column)
{
    return row != NULL && list_has(row->columns, bp_str_of(column));
}

const bp_fact_origin *
bp_fact_origins(size_t *count)
{
    *count = COUNT(sources_rows);
    return sources_rows;
}

const char *
bp_fact_source(bp_str code)
{
    for (size_t i = 0; i < COUNT(sources_rows); i++) {
        if (bp_str_is(code, sources_rows[i].code)) {
            return sources_rows[i].words;
        }
    }
    return NULL;
}
