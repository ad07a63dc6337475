/*
 * Texts by number, each once: ids, names, and what units say. There are as many as accounts and
 * more, so they lie close: no entry of a map, a slot of four bytes.
 */
#include "compiler/inventory/survey_parts.h"

#include <string.h>

static bp_str *
text_at(const bp_texts *texts, size_t number)
{
    return &texts->blocks.at[number / BP_UNIT_BLOCK][number % BP_UNIT_BLOCK];
}

/* The slot of a text, or the free one where it belongs. */
static uint32_t *
slot_of(const bp_texts *texts, bp_str text)
{
    size_t mask = texts->room - 1;
    size_t at = bp_keyed_hash(texts->seed, text) & mask;
    while (texts->slots[at] != 0 && !bp_str_equal(*text_at(texts, texts->slots[at]), text)) {
        at = (at + 1) & mask;
    }
    return &texts->slots[at];
}

static void
more_slots(bp_survey *survey, bp_texts *texts)
{
    enum { FIRST = 1024 };
    bp_arena *old = texts->memory;
    texts->room = texts->room == 0 ? FIRST : texts->room * 2;
    texts->memory = bp_arena_child(survey->arena);
    texts->slots = bp_arena_array(texts->memory, texts->room, sizeof *texts->slots);
    for (size_t i = 1; i < texts->count; i++) {
        *slot_of(texts, *text_at(texts, i)) = (uint32_t)i;
    }
    if (old != NULL) {
        bp_arena_release(survey->arena, old);
    }
}

static uint32_t
add_text(bp_survey *survey, bp_texts *texts, bp_str text)
{
    if (texts->count % BP_UNIT_BLOCK == 0) {
        bp_str *block = bp_arena_array(survey->arena, BP_UNIT_BLOCK, sizeof *block);
        *bp_vec_add(survey->arena, &texts->blocks) = block;
    }
    if (texts->count + texts->count / 2 >= texts->room) {
        more_slots(survey, texts);
    }
    uint32_t number = (uint32_t)texts->count++;
    *text_at(texts, number) = text.size == 0 ? BP_STR("") : bp_str_copy(survey->arena, text);
    return number;
}

void
bp_texts_start(bp_survey *survey)
{
    bp_texts *texts = &survey->texts;
    texts->seed[0] = (uint64_t)(uintptr_t)survey;
    texts->seed[1] = (uint64_t)(uintptr_t)&bp_texts_start;
    texts->recent = bp_arena_array(survey->arena, BP_RECENT_TEXTS, sizeof *texts->recent);
    add_text(survey, texts, BP_STR(""));
}

/* Ids and codes come again and again: the last ones are found without a search. */
static uint32_t *
recent_place(const bp_texts *texts, bp_str text)
{
    enum { LONGEST = 64 };
    if (text.size < 4 || text.size > LONGEST) {
        return NULL;
    }
    uint64_t end = 0;
    size_t size = text.size < 8 ? text.size : 8;
    memcpy(&end, text.at + text.size - size, size);
    end = (end ^ text.size) * UINT64_C(0x9E3779B97F4A7C15);
    return &texts->recent[(end >> 32 ^ end >> 48) % BP_RECENT_TEXTS];
}

bool
bp_text_known(const bp_survey *survey, bp_str text, uint32_t *number)
{
    const bp_texts *texts = &survey->texts;
    uint32_t *recent = recent_place(texts, text);
    *number = 0;
    if (text.size == 0) {
        return true;
    }
    if (recent != NULL && bp_str_equal(*text_at(texts, *recent), text)) {
        *number = *recent;
        return true;
    }
    *number = *slot_of(texts, text);
    if (*number != 0 && recent != NULL) {
        *recent = *number;
    }
    return *number != 0;
}

uint32_t
bp_text_number(bp_survey *survey, bp_str text)
{
    uint32_t number = 0;
    if (bp_text_known(survey, text, &number)) {
        return number;
    }
    number = add_text(survey, &survey->texts, text);
    *slot_of(&survey->texts, text) = number;
    return number;
}

bp_str
bp_text_of(const bp_survey *survey, uint32_t number)
{
    return *text_at(&survey->texts, number);
}
