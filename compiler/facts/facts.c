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
bp_regions(size_t *count)
{
    *count = COUNT(regions_rows);
    return regions_rows;
}

int
bp_region_index(bp_str code)
{
    size_t low = 0;
    size_t high = COUNT(regions_rows);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = bp_str_compare(code, bp_str_of(regions_rows[middle].code));
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
bp_region_find(bp_str code)
{
    int index = bp_region_index(code);
    return index < 0 ? NULL : &regions_rows[index];
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
bp_region_by_name(bp_str name)
{
    for (size_t i = 0; i < COUNT(regions_rows); i++) {
        const bp_region *region = &regions_rows[i];
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
bp_regions_opt_in(void)
{
    bp_region_mask mask = 0;
    for (size_t i = 0; i < COUNT(regions_rows); i++) {
        if (regions_rows[i].opt_in == BP_OPT_IN) {
            mask |= BP_REGION_BIT(i);
        }
    }
    return mask;
}

bp_region_mask
bp_regions_of_partition(bp_str partition)
{
    bp_region_mask mask = 0;
    for (size_t i = 0; i < COUNT(regions_rows); i++) {
        if (bp_str_is(partition, regions_rows[i].partition)) {
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
bp_types(size_t *count)
{
    *count = COUNT(resource_types_rows);
    return resource_types_rows;
}

const bp_type *
bp_type_find(bp_str id)
{
    for (size_t i = 0; i < COUNT(resource_types_rows); i++) {
        if (bp_str_is(id, resource_types_rows[i].id)) {
            return &resource_types_rows[i];
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
bp_types_of_pattern(bp_str pattern, const bp_type **types, size_t room)
{
    bool all = bp_str_is(pattern, "*");
    bp_str wanted = {NULL, 0};
    if (!all && !behind_partition(pattern, &wanted)) {
        return 0;
    }
    size_t count = 0;
    for (size_t i = 0; i < COUNT(resource_types_rows); i++) {
        bp_str rest = {NULL, 0};
        if (!behind_partition(bp_str_of(resource_types_rows[i].pattern), &rest)) {
            continue;
        }
        if ((all || bp_str_equal(rest, wanted)) && count < room) {
            types[count++] = &resource_types_rows[i];
        }
    }
    return count;
}

const char *
bp_pattern_of_word(bp_str word)
{
    if (bp_str_is(word, "all")) {
        return "*";
    }
    for (size_t i = 0; word.size > 0 && i < COUNT(resource_types_rows); i++) {
        if (bp_str_is(word, resource_types_rows[i].word)) {
            return resource_types_rows[i].pattern;
        }
    }
    return NULL;
}

size_t
bp_pattern_words(bp_str *words, size_t room)
{
    size_t count = 0;
    if (room > 0) {
        words[count++] = BP_STR("all");
    }
    for (size_t i = 0; i < COUNT(resource_types_rows); i++) {
        bp_str word = bp_str_of(resource_types_rows[i].word);
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
bp_type_api_name(bp_str name)
{
    for (size_t i = 0; i < COUNT(resource_types_rows); i++) {
        if (bp_str_equal_folded(name, bp_str_of(resource_types_rows[i].api_name))) {
            return resource_types_rows[i].api_name;
        }
    }
    return NULL;
}

const bp_copy_exception *
bp_copy_exceptions(size_t *count)
{
    *count = COUNT(copy_exceptions_rows);
    return copy_exceptions_rows;
}

const bp_managed_policy *
bp_managed_policies(size_t *count)
{
    *count = COUNT(managed_policies_rows);
    return managed_policies_rows;
}

const bp_quota *
bp_quotas(size_t *count)
{
    *count = COUNT(quotas_rows);
    return quotas_rows;
}

const bp_quota *
bp_quota_find(const char *id)
{
    for (size_t i = 0; i < COUNT(quotas_rows); i++) {
        if (strcmp(id, quotas_rows[i].id) == 0) {
            return &quotas_rows[i];
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
