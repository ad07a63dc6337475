/*
 * Units: which answer to one question stands, whatever the order in which the answers came. A later
 * complete answer replaces an earlier one wholly; pieces only add what is there; two complete
 * answers of one time that differ are an error.
 */
#include "compiler/inventory/survey_parts.h"

#include "lib/file.h"

#include <inttypes.h>
#include <string.h>

bp_str
bp_origin_path(const bp_survey *survey, bp_arena *arena, uint32_t origin)
{
    const bp_origin *of = &survey->origins.at[origin];
    return bp_path_join(arena, bp_text_of(survey, of->folder), bp_text_of(survey, of->name));
}

/* Another answer than the one that stands, which no time decides: told in the end, if no later one
 * takes the place of both. */
static void
contradiction(bp_dump *dump, bp_unit *unit, bool timeless)
{
    bp_survey *survey = dump->survey;
    bp_more *more = bp_unit_more(survey, unit);
    if (more->rival == 0 && survey->rivals.count < BP_RIVALS_SHOWN) {
        *bp_vec_add(survey->arena, &survey->rivals) = (bp_rival){unit, bp_dump_here(dump)};
    }
    more->rival = more->rival == 0 ? survey->origin + 1 : more->rival;
    more->timeless_rival = more->timeless_rival || timeless;
}

static bool
keys_equal(bp_dump *dump, const bp_unit *unit)
{
    size_t count = 0;
    const uint64_t *keys = bp_unit_keys(dump->survey, unit, &count);
    return count == dump->keys.count &&
           (count == 0 || memcmp(keys, dump->keys.at, count * sizeof *keys) == 0);
}

static void
enter_whole(bp_dump *dump, bp_unit *unit, uint32_t content)
{
    bp_survey *survey = dump->survey;
    bp_taken before = *bp_unit_answer(survey, unit);
    bool stands = unit->complete && !unit->from_org;
    bool timeless = dump->taken == BP_NO_TIME || before.taken == BP_NO_TIME;
    if (stands && (dump->taken == before.taken || timeless)) {
        if (unit->content != content || !keys_equal(dump, unit)) {
            contradiction(dump, unit, timeless);
        }
        if (dump->taken == BP_NO_TIME) {
            unit->when = bp_answer_number(survey, BP_NO_TIME, before.origin) & BP_WHEN_MASK;
        }
        return;
    }
    if (unit->complete && !timeless && dump->taken < before.taken) {
        return;
    }
    if (unit->more != 0 && !bp_unit_has(survey, unit)->timeless_rival) {
        bp_unit_more(survey, unit)->rival = 0;
    }
    if (!keys_equal(dump, unit)) {
        bp_unit_set_keys(survey, unit, dump->keys.at, dump->keys.count);
    }
    unit->content = content;
    unit->when = bp_answer_number(survey, dump->taken, survey->origin) & BP_WHEN_MASK;
    unit->complete = true;
    unit->from_org = false;
}

static void
note(bp_dump *dump, bp_cut_list *of, const bp_unit *unit, const char *how)
{
    if (of->unit == NULL) {
        of->unit = unit;
        of->first = bp_dump_here(dump);
        of->call = bp_str_copy(dump->survey->arena, bp_dump_call(dump));
        of->how = how;
    }
}

/* Of aliases: in a piece they are records, so that pieces can be put together. */
static void
keys_as_records(bp_dump *dump)
{
    for (size_t i = 0; i < dump->keys.count; i++) {
        bp_str hash = bp_str_format(dump->scratch, "%016" PRIx64, dump->keys.at[i] >> 1);
        bp_str word = (dump->keys.at[i] & 1) != 0 ? BP_STR("b") : BP_STR("s");
        bp_record_add(dump, (bp_str[]){hash, word}, 2);
    }
    dump->keys.count = 0;
}

/* Of vaults: in a piece "#N" would be that of another answer; the hash itself stands there. */
static void
keys_into_records(bp_dump *dump)
{
    for (size_t i = 0; i < dump->records.count; i++) {
        bp_record record;
        int64_t slot = 0;
        bp_str rest = dump->records.at[i];
        bp_buf buf = {.arena = dump->scratch};
        bp_record_next(dump->scratch, &rest, &record);
        bp_str *key = &record.field[2];
        if (!bp_str_starts(*key, BP_STR("#")) ||
            !bp_str_number(bp_str_cut(*key, 1, key->size), &slot)) {
            continue;
        }
        *key = bp_str_format(dump->scratch, "@%016" PRIx64, dump->keys.at[slot] >> 1);
        for (size_t f = 0; f < record.count; f++) {
            bp_record_field(&buf, record.field[f]);
        }
        dump->records.at[i] = bp_buf_text(&buf);
    }
    dump->keys.count = 0;
}

void
bp_unit_enter(bp_dump *dump, bp_unit_key key)
{
    bp_survey *survey = dump->survey;
    bp_unit *unit = bp_unit_make(survey, key);
    if (dump->page != 0 && dump->page < dump->pages) {
        dump->cut_how = NULL; /* a page that is not the last one shows where the next begins */
    }
    bool cut = dump->cut_how != NULL || dump->not_complete;
    if (dump->spoiled) {
        unit->failed = true;
    } else {
        bool piece = cut || dump->presence_only || dump->pages > 1;
        if (piece && key.kind == BP_DUMP_ALIASES) {
            keys_as_records(dump);
        } else if (piece && key.kind == BP_DUMP_VAULTS && dump->keys.count > 0) {
            keys_into_records(dump);
        }
        bp_str text = bp_records_join(dump->scratch, dump->records.at, dump->records.count);
        uint32_t content = survey->last_content[key.kind];
        if (!bp_str_equal(bp_text_of(survey, content), text)) {
            content = bp_text_number(survey, text);
            survey->last_content[key.kind] = content;
        }
        if (piece) {
            bp_piece_enter(dump, unit, content);
        } else {
            enter_whole(dump, unit, content);
        }
        unit->cut = unit->cut || cut;
    }
    if (cut) {
        note(dump, &survey->cut[key.kind], unit,
             dump->cut_how == NULL ? "\"complete\": false" : dump->cut_how);
    }
    dump->records.count = 0;
    dump->keys.count = 0;
    dump->entered = true;
}

void
bp_unit_fail(bp_dump *dump, bp_unit_key key)
{
    bp_unit *unit = bp_unit_make(dump->survey, key);
    unit->failed = true;
    note(dump, &dump->survey->failed[key.kind], unit, "");
    dump->entered = true;
}
