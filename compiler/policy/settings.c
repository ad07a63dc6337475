/*
 * Settings: lookups over the rows of settings.def.
 *
 * The rows say everything; no word of a setting stands in this file. Names are compared exactly, as
 * the language does; paths are compared folded, as AWS does.
 */
#include "compiler/policy/settings.h"

#define SETTING(name, blocks, type, list, operators, path, minimum, maximum, choices, required, \
                since, example, help)                                                           \
    {(name),    (blocks),  (type),     (list),  (operators), (path), (minimum),                 \
     (maximum), (choices), (required), (since), (example),   (help)},
static const bp_setting rows[] = {
#include "compiler/policy/settings.def"
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

const bp_setting *
bp_settings(size_t *count)
{
    *count = ROW_COUNT;
    return rows;
}

const bp_setting *
bp_setting_find(bp_str name, unsigned block)
{
    if (name.size == 0) {
        return NULL;
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if ((rows[i].blocks & block) != 0 && bp_str_is(name, rows[i].name)) {
            return &rows[i];
        }
    }
    return NULL;
}

const bp_setting *
bp_setting_anywhere(bp_str name)
{
    return bp_setting_find(name, ~0U);
}

/* Whether the segments of a path fit those of a row. */
static bool
path_fits(bp_str path, bp_str pattern)
{
    for (;;) {
        size_t end = bp_str_find(path, '/');
        size_t pattern_end = bp_str_find(pattern, '/');
        bp_str segment = bp_str_cut(path, 0, end);
        bp_str wanted = bp_str_cut(pattern, 0, pattern_end);
        if (!bp_str_is(wanted, "*") && !bp_str_equal_folded(segment, wanted)) {
            return false;
        }
        if (end == path.size || pattern_end == pattern.size) {
            return end == path.size && pattern_end == pattern.size;
        }
        path = bp_str_cut(path, end + 1, path.size);
        pattern = bp_str_cut(pattern, pattern_end + 1, pattern.size);
    }
}

const bp_setting *
bp_setting_of_path(bp_str path, unsigned block)
{
    if (path.size == 0) {
        return NULL;
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if ((rows[i].blocks & block) != 0 && rows[i].path[0] != '\0' &&
            path_fits(path, bp_str_of(rows[i].path))) {
            return &rows[i];
        }
    }
    return NULL;
}

const char *
bp_block_name(bp_block block)
{
    switch (block) {
    case BP_BLOCK_POLICY:
        return "policy";
    case BP_BLOCK_PLAN:
        return "plan";
    case BP_BLOCK_RULE:
        return "rule";
    case BP_BLOCK_COPY:
        return "copy";
    case BP_BLOCK_SELECT_TAGS:
        return "tags selection";
    case BP_BLOCK_SELECT_RESOURCES:
        return "resources selection";
    case BP_BLOCK_VAULT:
        return "vault";
    case BP_BLOCK_AIR_GAPPED:
        return "air-gapped vault";
    case BP_BLOCK_ROLE:
        return "role";
    }
    return "block";
}
