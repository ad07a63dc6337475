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

#include "compiler/facts/copy_exceptions.inc"
#include "compiler/facts/managed_policies.inc"
#include "compiler/facts/partitions.inc"
#include "compiler/facts/quotas.inc"
#include "compiler/facts/regions.inc"
#include "compiler/facts/resource_types.inc"
#include "compiler/facts/sources.inc"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

_Static_assert(COUNT(regions_rows) < 64, "a set of Regions is one 64-bit mask");

const char *
bp_facts_as_of(void)
{
    const char *const days[] = {regions_as_of,         partitions_as_of,       resource_types_as_of,
                                copy_exceptions_as_of, managed_policies_as_of, quotas_as_of,
                                sources_as_of};
    const char *newest = days[0];
    for (size_t i = 1; i < COUNT(days); i++) {
        if (strcmp(days[i], newest) > 0) {
            newest = days[i];
        }
    }
    return newest;
}

static const bp_facts built_in = {
    .regions = regions_rows,
    .region_count = COUNT(regions_rows),
    .types = resource_types_rows,
    .type_count = COUNT(resource_types_rows),
    .copy_exceptions = copy_exceptions_rows,
    .copy_exception_count = COUNT(copy_exceptions_rows),
    .managed_policies = managed_policies_rows,
    .managed_policy_count = COUNT(managed_policies_rows),
    .quotas = quotas_rows,
    .quota_count = COUNT(quotas_rows),
};

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

/* Whether a blank-separated list holds a word. */
static bool
list_has(const char *list, bp_str word)
{
    for (bp_str rest = bp_str_of(list); rest.size > 0;) {
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
    facts = bp_facts_or_built_in(facts);
    *count = facts->region_count;
    return facts->regions;
}

int
bp_region_index(const bp_facts *facts, bp_str code)
{
    facts = bp_facts_or_built_in(facts);
    size_t low = 0;
    size_t high = facts->region_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = bp_str_compare(code, bp_str_of(facts->regions[middle].code));
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
    int index = bp_region_index(facts, code);
    return index < 0 ? NULL : &bp_facts_or_built_in(facts)->regions[index];
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
    facts = bp_facts_or_built_in(facts);
    for (size_t i = 0; i < facts->region_count; i++) {
        const bp_region *region = &facts->regions[i];
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
    facts = bp_facts_or_built_in(facts);
    bp_region_mask mask = 0;
    for (size_t i = 0; i < facts->region_count; i++) {
        if (facts->regions[i].opt_in == BP_OPT_IN) {
            mask |= BP_REGION_BIT(i);
        }
    }
    return mask;
}

bp_region_mask
bp_regions_of_partition(const bp_facts *facts, bp_str partition)
{
    facts = bp_facts_or_built_in(facts);
    bp_region_mask mask = 0;
    for (size_t i = 0; i < facts->region_count; i++) {
        if (bp_str_is(partition, facts->regions[i].partition)) {
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
    if (region->doubtful[0] == '\0' || list_has(region->doubtful, bp_str_of(column))) {
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
    facts = bp_facts_or_built_in(facts);
    *count = facts->type_count;
    return facts->types;
}

const bp_type *
bp_type_find(const bp_facts *facts, bp_str id)
{
    facts = bp_facts_or_built_in(facts);
    for (size_t i = 0; i < facts->type_count; i++) {
        if (bp_str_is(id, facts->types[i].id)) {
            return &facts->types[i];
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
    facts = bp_facts_or_built_in(facts);
    bool all = bp_str_is(pattern, "*");
    bp_str wanted = {NULL, 0};
    if (!all && !behind_partition(pattern, &wanted)) {
        return 0;
    }
    size_t count = 0;
    for (size_t i = 0; i < facts->type_count; i++) {
        bp_str rest = {NULL, 0};
        if (!behind_partition(bp_str_of(facts->types[i].pattern), &rest)) {
            continue;
        }
        if ((all || bp_str_equal(rest, wanted)) && count < room) {
            types[count++] = &facts->types[i];
        }
    }
    return count;
}

const char *
bp_pattern_of_word(const bp_facts *facts, bp_str word)
{
    facts = bp_facts_or_built_in(facts);
    if (bp_str_is(word, "all")) {
        return "*";
    }
    for (size_t i = 0; word.size > 0 && i < facts->type_count; i++) {
        if (bp_str_is(word, facts->types[i].word)) {
            return facts->types[i].pattern;
        }
    }
    return NULL;
}

size_t
bp_pattern_words(const bp_facts *facts, bp_str *words, size_t room)
{
    facts = bp_facts_or_built_in(facts);
    size_t count = 0;
    if (room > 0) {
        words[count++] = BP_STR("all");
    }
    for (size_t i = 0; i < facts->type_count; i++) {
        bp_str word = bp_str_of(facts->types[i].word);
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
    return list_has(type->unsure, bp_str_of(column));
}

bp_mark
bp_type_mark(const bp_type *type, const char *column)
{
    return bp_type_unsure(type, column) ? BP_MARK_UNSURE : type->mark;
}

const char *
bp_type_api_name(const bp_facts *facts, bp_str name)
{
    facts = bp_facts_or_built_in(facts);
    for (size_t i = 0; i < facts->type_count; i++) {
        if (bp_str_equal_folded(name, bp_str_of(facts->types[i].api_name))) {
            return facts->types[i].api_name;
        }
    }
    return NULL;
}

const bp_copy_exception *
bp_copy_exceptions(const bp_facts *facts, size_t *count)
{
    facts = bp_facts_or_built_in(facts);
    *count = facts->copy_exception_count;
    return facts->copy_exceptions;
}

const bp_managed_policy *
bp_managed_policies(const bp_facts *facts, size_t *count)
{
    facts = bp_facts_or_built_in(facts);
    *count = facts->managed_policy_count;
    return facts->managed_policies;
}

const bp_quota *
bp_quotas(const bp_facts *facts, size_t *count)
{
    facts = bp_facts_or_built_in(facts);
    *count = facts->quota_count;
    return facts->quotas;
}

const bp_quota *
bp_quota_find(const bp_facts *facts, const char *id)
{
    facts = bp_facts_or_built_in(facts);
    for (size_t i = 0; i < facts->quota_count; i++) {
        if (strcmp(id, facts->quotas[i].id) == 0) {
            return &facts->quotas[i];
        }
    }
    (void)fprintf(stderr, "backpol: internal error: no quota %s\n", id);
    abort();
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
