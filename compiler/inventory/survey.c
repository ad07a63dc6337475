/*
 * The survey as a whole: its beginning, its texts, and the order in which it is put together. What
 * dumps hold is read in read_*.c, how answers meet is decided in units.c.
 */
#include "compiler/inventory/survey_parts.h"

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
    survey->units_memory = bp_arena_child(arena);
    bp_texts_start(survey);
    bp_answer_number(survey, BP_NO_TIME, 0);
    survey->oldest = BP_NO_TIME;
    survey->newest = BP_NO_TIME;
    survey->start_time = BP_NO_TIME;
    return survey;
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
