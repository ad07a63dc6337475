/*
 * The survey as a whole: its beginning, its texts, and the order in which it is put together. What
 * dumps hold is read in read_*.c, how answers meet is decided in units.c.
 */
#include "compiler/inventory/survey_parts.h"

#include <string.h>

static const bp_dump_row rows[] = {
#define DUMP(id, command, key, section, needs, reader) {command, key, section, needs, reader},
#include "compiler/inventory/dumps.def"
};

const bp_dump_row *
bp_dump_rows(void)
{
    return rows;
}

bp_dump_kind
bp_dump_kind_of(const bp_dump_row *row)
{
    return (bp_dump_kind)(row - rows);
}

bp_survey *
bp_survey_new(bp_arena *arena, bp_diagnostics *diagnostics, const bp_survey_options *options)
{
    bp_survey *survey = BP_NEW(arena, bp_survey);
    survey->arena = arena;
    survey->list = diagnostics;
    survey->sources = bp_diagnostics_sources(diagnostics);
    survey->options = *options;
    survey->text_numbers = bp_map_new(arena);
    survey->recent = bp_arena_array(arena, BP_RECENT_TEXTS, sizeof *survey->recent);
    bp_answer_number(survey, BP_NO_TIME, 0);
    *bp_vec_add(arena, &survey->texts) = BP_STR("");
    survey->oldest = BP_NO_TIME;
    survey->newest = BP_NO_TIME;
    survey->start_time = BP_NO_TIME;
    return survey;
}

/* Ids and codes come again and again: the last ones are found without the map. */
static uint32_t *
recent_place(const bp_survey *survey, bp_str text)
{
    enum { LONGEST = 64 };
    if (text.size < 4 || text.size > LONGEST) {
        return NULL;
    }
    uint64_t end = 0;
    size_t size = text.size < 8 ? text.size : 8;
    memcpy(&end, text.at + text.size - size, size);
    end = (end ^ text.size) * UINT64_C(0x9E3779B97F4A7C15);
    return &survey->recent[(end >> 32 ^ end >> 48) % BP_RECENT_TEXTS];
}

bool
bp_text_known(const bp_survey *survey, bp_str text, uint32_t *number)
{
    uint32_t *recent = recent_place(survey, text);
    *number = 0;
    if (text.size == 0) {
        return true;
    }
    if (recent != NULL && bp_str_equal(survey->texts.at[*recent], text)) {
        *number = *recent;
        return true;
    }
    const bp_number *known = bp_map_get(survey->text_numbers, text);
    if (known == NULL) {
        return false;
    }
    *number = known->number;
    if (recent != NULL) {
        *recent = known->number;
    }
    return true;
}

uint32_t
bp_text_number(bp_survey *survey, bp_str text)
{
    if (text.size == 0) {
        return 0;
    }
    uint32_t *recent = recent_place(survey, text);
    if (recent != NULL && bp_str_equal(survey->texts.at[*recent], text)) {
        return *recent;
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is always a survey */
    bp_number *known = bp_map_get(survey->text_numbers, text);
    if (known == NULL) {
        known = BP_NEW(survey->arena, bp_number);
        known->number = (uint32_t)survey->texts.count;
        bp_str copy = bp_str_copy(survey->arena, text);
        *bp_vec_add(survey->arena, &survey->texts) = copy;
        bp_map_set(survey->text_numbers, copy, known);
    }
    if (recent != NULL) {
        *recent = known->number;
    }
    return known->number;
}

bp_str
bp_text_of(const bp_survey *survey, uint32_t number)
{
    return survey->texts.at[number];
}

size_t
bp_survey_refused(const bp_survey *survey)
{
    return survey->refused;
}

const bp_survey_file *
bp_survey_files(const bp_survey *survey, size_t *count)
{
    *count = survey->files.count;
    return survey->files.at;
}

const bp_survey_line *
bp_survey_lines(const bp_survey *survey, size_t *count)
{
    *count = survey->lines.count;
    return survey->lines.at;
}
