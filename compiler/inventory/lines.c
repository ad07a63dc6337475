/*
 * Where units lie: a line holds the units of one call about one account in all Regions, so that ten
 * thousand accounts in seventeen Regions are ten thousand lines and a few bytes a unit. What only
 * some units have lies apart. Nothing here decides which answer stands.
 */
#include "compiler/inventory/survey_parts.h"

bp_line *
bp_line_at(const bp_survey *survey, size_t index)
{
    return &survey->line_blocks.at[index / BP_UNIT_BLOCK][index % BP_UNIT_BLOCK];
}

static size_t
hash_of(bp_dump_kind kind, uint32_t account, uint32_t sub)
{
    uint64_t hash = ((uint64_t)account << 32 | sub) ^ (uint64_t)kind << 24;
    hash *= UINT64_C(0x9E3779B97F4A7C15);
    hash ^= hash >> 29;
    hash *= UINT64_C(0xBF58476D1CE4E5B9);
    return (size_t)(hash ^ hash >> 32);
}

/* The slot of a line, or the free one where it belongs. */
static uint32_t *
slot_of(const bp_survey *survey, bp_dump_kind kind, uint32_t account, uint32_t sub)
{
    size_t mask = survey->slot_count - 1;
    size_t at = hash_of(kind, account, sub) & mask;
    for (;; at = (at + 1) & mask) {
        uint32_t *slot = &survey->slots[at];
        if (*slot == 0) {
            return slot;
        }
        bp_line *there = bp_line_at(survey, *slot - 1);
        if (there->account == account && there->sub == sub && there->kind == kind) {
            return slot;
        }
    }
}

static void
more_slots(bp_survey *survey)
{
    enum { FIRST = 256 };
    bp_arena *old = survey->slot_memory;
    survey->slot_memory = bp_arena_child(survey->units_memory);
    survey->slot_count = survey->slot_count == 0 ? FIRST : survey->slot_count * 2;
    survey->slots = bp_arena_array(survey->slot_memory, survey->slot_count, sizeof *survey->slots);
    for (size_t i = 0; i < survey->line_count; i++) {
        bp_line *line = bp_line_at(survey, i);
        *slot_of(survey, (bp_dump_kind)line->kind, line->account, line->sub) = (uint32_t)(i + 1);
    }
    if (old != NULL) {
        bp_arena_release(survey->units_memory, old);
    }
}

static bp_line *
make_line(bp_survey *survey, bp_dump_kind kind, uint32_t account, uint32_t sub)
{
    bp_line *last = survey->last_line; /* answers about one account often follow one another */
    if (last != NULL && last->account == account && last->sub == sub && last->kind == kind) {
        return last;
    }
    if (survey->line_count + survey->line_count / 2 >= survey->slot_count) {
        more_slots(survey);
    }
    uint32_t *slot = slot_of(survey, kind, account, sub);
    if (*slot == 0) {
        if (survey->line_count % BP_UNIT_BLOCK == 0) {
            bp_line *block = bp_arena_array(survey->units_memory, BP_UNIT_BLOCK, sizeof *block);
            *bp_vec_add(survey->units_memory, &survey->line_blocks) = block;
        }
        bp_line *line = bp_line_at(survey, survey->line_count++);
        line->account = account;
        line->sub = sub;
        line->kind = (uint8_t)kind;
        *slot = (uint32_t)survey->line_count;
    }
    survey->last_line = bp_line_at(survey, *slot - 1);
    return survey->last_line;
}

bp_line *
bp_line_find(const bp_survey *survey, bp_dump_kind kind, bp_str account, bp_str sub)
{
    uint32_t account_number = 0;
    uint32_t sub_number = 0;
    if (survey->kind_counts[kind] == 0 || !bp_text_known(survey, account, &account_number) ||
        !bp_text_known(survey, sub, &sub_number)) {
        return NULL;
    }
    uint32_t slot = *slot_of(survey, kind, account_number, sub_number);
    return slot == 0 ? NULL : bp_line_at(survey, slot - 1);
}

/* ---- units of a line */

static bool
by_region(bp_dump_kind kind)
{
    return (bp_dump_rows()[kind].needs & BP_ABOUT_REGION) != 0;
}

static bp_unit *
unit_of_four(const bp_survey *survey, uint32_t four, size_t index)
{
    size_t at = four - 1;
    return &survey->unit_blocks
                .at[at / BP_UNIT_BLOCK][at % BP_UNIT_BLOCK * BP_UNITS_AT_ONCE + index];
}

/* Where a line has the number of its units of four Regions; NULL: nowhere yet. */
static uint32_t *
four_at(const bp_survey *survey, bp_line *line, size_t index)
{
    if (index < BP_FOURS_FEW) {
        return &line->units.by_region.fours[index];
    }
    size_t at = line->units.by_region.rest;
    return at == 0 ? NULL
                   : &survey->fours_blocks.at[(at - 1) / BP_UNIT_BLOCK][(at - 1) % BP_UNIT_BLOCK]
                          .at[index - BP_FOURS_FEW];
}

bp_unit *
bp_line_unit(const bp_survey *survey, bp_line *line, int region)
{
    unsigned bit = region < 0 ? BP_NO_REGION : (unsigned)region;
    if (line == NULL || (line->there >> bit & 1) == 0) {
        return NULL;
    }
    if (!by_region((bp_dump_kind)line->kind)) {
        return &line->units.alone;
    }
    unsigned place = survey->region_places[bit] - 1U;
    return unit_of_four(survey, *four_at(survey, line, place / BP_UNITS_AT_ONCE),
                        place % BP_UNITS_AT_ONCE);
}

bp_unit *
bp_line_next(const bp_survey *survey, bp_line *line, int *region)
{
    int at = *region < 0 ? 0 : *region + 1;
    if (line == NULL) {
        return NULL;
    }
    while (at <= BP_NO_REGION && (line->there >> at & 1) == 0) {
        at++;
    }
    *region = at;
    return at > BP_NO_REGION ? NULL : bp_line_unit(survey, line, at == BP_NO_REGION ? -1 : at);
}

static uint32_t
new_four(bp_survey *survey)
{
    if (survey->four_count % BP_UNIT_BLOCK == 0) {
        bp_unit *block = bp_arena_array(survey->units_memory,
                                        (size_t)BP_UNIT_BLOCK * BP_UNITS_AT_ONCE, sizeof *block);
        *bp_vec_add(survey->units_memory, &survey->unit_blocks) = block;
    }
    return (uint32_t)++survey->four_count;
}

/* Makes room for the unit of a Region. */
static void
make_four(bp_survey *survey, bp_line *line, size_t index)
{
    if (index >= BP_FOURS_FEW && line->units.by_region.rest == 0) {
        if (survey->fours_count % BP_UNIT_BLOCK == 0) {
            bp_fours *block = bp_arena_array(survey->units_memory, BP_UNIT_BLOCK, sizeof *block);
            *bp_vec_add(survey->units_memory, &survey->fours_blocks) = block;
        }
        line->units.by_region.rest = (uint32_t)++survey->fours_count;
    }
    uint32_t *four = four_at(survey, line, index);
    if (*four == 0) {
        *four = new_four(survey);
    }
}

bp_unit *
bp_unit_find(const bp_survey *survey, bp_unit_key key)
{
    return bp_line_unit(survey, bp_line_find(survey, key.kind, key.account, key.sub), key.region);
}

bp_unit *
bp_unit_make(bp_survey *survey, bp_unit_key key)
{
    unsigned bit = key.region < 0 ? BP_NO_REGION : (unsigned)key.region;
    bp_line *line = make_line(survey, key.kind, bp_text_number(survey, key.account),
                              bp_text_number(survey, key.sub));
    if ((line->there >> bit & 1) == 0) {
        line->there |= UINT64_C(1) << bit;
        survey->kind_counts[key.kind]++;
        if (by_region(key.kind)) {
            if (survey->region_places[bit] == 0) {
                survey->region_places[bit] = (uint8_t)++survey->region_count;
            }
            make_four(survey, line, (survey->region_places[bit] - 1U) / BP_UNITS_AT_ONCE);
        }
    }
    return bp_line_unit(survey, line, key.region);
}

/* ---- what only some units have, and when they were taken */

static bp_more *
more_at(const bp_survey *survey, uint32_t number)
{
    size_t at = number - 1U;
    return &survey->more_blocks.at[at / BP_UNIT_BLOCK][at % BP_UNIT_BLOCK];
}

static bool
has_keys_alone(const bp_unit *unit)
{
    return (unit->more & BP_KEYS_ALONE) != 0;
}

bp_more *
bp_unit_more(bp_survey *survey, bp_unit *unit)
{
    if (unit->more == 0 || has_keys_alone(unit)) {
        if (survey->more_count % BP_UNIT_BLOCK == 0) {
            bp_more *block = bp_arena_array(survey->units_memory, BP_UNIT_BLOCK, sizeof *block);
            *bp_vec_add(survey->units_memory, &survey->more_blocks) = block;
        }
        uint32_t number = (uint32_t)++survey->more_count;
        more_at(survey, number)->keys = unit->more & ~BP_KEYS_ALONE;
        unit->more = number;
    }
    return more_at(survey, unit->more);
}

const bp_more *
bp_unit_has(const bp_survey *survey, const bp_unit *unit)
{
    static const bp_more nothing = {0};
    return unit->more == 0 || has_keys_alone(unit) ? &nothing : more_at(survey, unit->more);
}

/* Where keys lie: how many, then they. A number of keys is never 0. */
static uint64_t *
keys_at(const bp_survey *survey, uint32_t number)
{
    size_t at = number - 1U;
    return &survey->keys_blocks.at[at / BP_KEYS_BLOCK][at % BP_KEYS_BLOCK];
}

static uint32_t
keys_number(const bp_survey *survey, const bp_unit *unit)
{
    return has_keys_alone(unit) ? unit->more & ~BP_KEYS_ALONE : bp_unit_has(survey, unit)->keys;
}

/* Room for so many; many of them have a block of their own. */
static uint32_t
new_keys(bp_survey *survey, size_t count)
{
    size_t size = count + 1;
    if (survey->keys_blocks.count == 0 || survey->keys_used + size > BP_KEYS_BLOCK) {
        size_t room = size > BP_KEYS_BLOCK ? size : BP_KEYS_BLOCK;
        uint64_t *block = bp_arena_array(survey->units_memory, room, sizeof *block);
        *bp_vec_add(survey->units_memory, &survey->keys_blocks) = block;
        survey->keys_used = 0;
    }
    size_t at = (survey->keys_blocks.count - 1) * BP_KEYS_BLOCK + survey->keys_used;
    survey->keys_used += size;
    return (uint32_t)(at + 1);
}

const uint64_t *
bp_unit_keys(const bp_survey *survey, const bp_unit *unit, size_t *count)
{
    uint32_t number = keys_number(survey, unit);
    const uint64_t *keys = number == 0 ? NULL : keys_at(survey, number);
    *count = keys == NULL ? 0 : (size_t)keys[0];
    return keys == NULL ? NULL : keys + 1;
}

void
bp_unit_set_keys(bp_survey *survey, bp_unit *unit, const uint64_t *keys, size_t count)
{
    size_t before = 0;
    bp_unit_keys(survey, unit, &before);
    uint32_t number = keys_number(survey, unit);
    if (before < count) {
        number = new_keys(survey, count);
        if (unit->more == 0 || has_keys_alone(unit)) {
            unit->more = number | BP_KEYS_ALONE;
        } else {
            bp_unit_more(survey, unit)->keys = number;
        }
    }
    if (number != 0) {
        uint64_t *to = keys_at(survey, number);
        to[0] = count;
        for (size_t i = 0; i < count; i++) {
            to[i + 1] = keys[i];
        }
    }
}

bool
bp_unit_says(const bp_survey *survey, const bp_unit *unit)
{
    return unit != NULL && (unit->complete || bp_unit_has(survey, unit)->pieces != NULL);
}

const bp_taken *
bp_unit_answer(const bp_survey *survey, const bp_unit *unit)
{
    return &survey->answers.at[unit->when];
}

/* The last ones are looked for first: answers come file by file, many of one second. */
uint32_t
bp_answer_number(bp_survey *survey, int64_t taken, uint32_t origin)
{
    uint64_t hash = ((uint64_t)taken ^ (uint64_t)origin << 40) * UINT64_C(0x9E3779B97F4A7C15);
    uint32_t *recent = &survey->recent_answers[hash >> 32 & (BP_RECENT_TEXTS - 1)];
    if (survey->answers.count == 0) {
        *bp_vec_add(survey->arena, &survey->answers) = (bp_taken){.taken = BP_NO_TIME};
    }
    const bp_taken *there = &survey->answers.at[*recent];
    if (there->taken != taken || there->origin != origin || *recent == 0) {
        *recent = (uint32_t)survey->answers.count;
        *bp_vec_add(survey->arena, &survey->answers) = (bp_taken){taken, origin};
    }
    return *recent;
}
