/*
 * Units: which answer to one question stands, whatever the order in which the answers came. A later
 * complete answer replaces an earlier one wholly; pieces only add what is there; two complete
 * answers of one time that differ are an error.
 */
#include "compiler/inventory/survey_parts.h"

#include "lib/file.h"

#include <stdlib.h>
#include <string.h>

bp_unit *
bp_unit_at(const bp_survey *survey, size_t index)
{
    return &survey->chunks.at[index / BP_UNIT_CHUNK][index % BP_UNIT_CHUNK];
}

typedef struct numbers {
    uint32_t account;
    uint32_t sub;
    uint8_t kind;
    uint8_t region;
} numbers;

static size_t
hash_of(numbers of)
{
    uint64_t hash = (uint64_t)of.account << 32 | of.sub;
    hash ^= (uint64_t)of.kind << 24 ^ (uint64_t)of.region << 56;
    hash *= UINT64_C(0x9E3779B97F4A7C15);
    hash ^= hash >> 29;
    hash *= UINT64_C(0xBF58476D1CE4E5B9);
    return (size_t)(hash ^ hash >> 32);
}

static numbers
numbers_of(const bp_unit *unit)
{
    return (numbers){unit->account, unit->sub, unit->kind, unit->region};
}

/* The slot of a unit, or the free one where it belongs. */
static uint32_t *
slot_of(const bp_survey *survey, numbers of)
{
    size_t mask = survey->slot_count - 1;
    size_t at = hash_of(of) & mask;
    for (;; at = (at + 1) & mask) {
        uint32_t *slot = &survey->slots[at];
        if (*slot == 0) {
            return slot;
        }
        numbers there = numbers_of(bp_unit_at(survey, *slot - 1));
        if (there.account == of.account && there.sub == of.sub && there.kind == of.kind &&
            there.region == of.region) {
            return slot;
        }
    }
}

static void
more_slots(bp_survey *survey)
{
    enum { FIRST = 256 };
    bp_arena *old = survey->slot_memory;
    survey->slot_memory = bp_arena_child(survey->arena);
    survey->slot_count = survey->slot_count == 0 ? FIRST : survey->slot_count * 2;
    survey->slots = bp_arena_array(survey->slot_memory, survey->slot_count, sizeof *survey->slots);
    for (size_t i = 0; i < survey->unit_count; i++) {
        *slot_of(survey, numbers_of(bp_unit_at(survey, i))) = (uint32_t)(i + 1);
    }
    if (old != NULL) {
        bp_arena_release(survey->arena, old);
    }
}

/* The number of a text that may be new to the survey; false: then nothing has it. */
static bool
known_number(const bp_survey *survey, bp_str text, uint32_t *number)
{
    const bp_number *known = text.size == 0 ? NULL : bp_map_get(survey->text_numbers, text);
    *number = known == NULL ? 0 : known->number;
    return text.size == 0 || known != NULL;
}

bp_unit *
bp_unit_find(const bp_survey *survey, bp_unit_key key)
{
    numbers of = {.kind = (uint8_t)key.kind,
                  .region = key.region < 0 ? BP_NO_REGION : (uint8_t)key.region};
    if (survey->kind_counts[key.kind] == 0 || !known_number(survey, key.account, &of.account) ||
        !known_number(survey, key.sub, &of.sub)) {
        return NULL;
    }
    uint32_t slot = *slot_of(survey, of);
    return slot == 0 ? NULL : bp_unit_at(survey, slot - 1);
}

bp_unit *
bp_unit_make(bp_survey *survey, bp_unit_key key)
{
    numbers of = {.account = bp_text_number(survey, key.account),
                  .sub = bp_text_number(survey, key.sub),
                  .kind = (uint8_t)key.kind,
                  .region = key.region < 0 ? BP_NO_REGION : (uint8_t)key.region};
    if (survey->unit_count + survey->unit_count / 2 >= survey->slot_count) {
        more_slots(survey);
    }
    uint32_t *slot = slot_of(survey, of);
    if (*slot == 0) {
        if (survey->unit_count % BP_UNIT_CHUNK == 0) {
            bp_unit *chunk = bp_arena_array(survey->arena, BP_UNIT_CHUNK, sizeof *chunk);
            *bp_vec_add(survey->arena, &survey->chunks) = chunk;
        }
        bp_unit *unit = bp_unit_at(survey, survey->unit_count++);
        survey->kind_counts[of.kind]++;
        *unit = (bp_unit){.taken = BP_NO_TIME,
                          .account = of.account,
                          .sub = of.sub,
                          .kind = of.kind,
                          .region = of.region};
        *slot = (uint32_t)survey->unit_count;
    }
    return bp_unit_at(survey, *slot - 1);
}

bp_str
bp_origin_path(const bp_survey *survey, bp_arena *arena, uint32_t origin)
{
    const bp_origin *of = &survey->origins.at[origin];
    return bp_path_join(arena, bp_text_of(survey, of->folder), bp_text_of(survey, of->name));
}

static void
contradiction(bp_dump *dump, uint32_t other)
{
    bp_survey *survey = dump->survey;
    bp_str path = bp_origin_path(survey, dump->scratch, other);
    bp_str call = bp_dump_call(dump);
    bp_finding *finding =
        bp_dump_report(dump, "IMP034", "IMP034", "another answer to \"%.*s\" than in \"%.*s\"; %s",
                       BP_ARG(call), BP_ARG(path),
                       dump->taken == BP_NO_TIME ? "neither of them says when it was taken"
                                                 : "both were taken at one time");
    bp_finding_help(survey->list, finding,
                    "remove the one that is out of date, or give both their \"taken_at\"");
}

static bool
keys_equal(const uint64_t *a, const uint64_t *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return a[0] == b[0] && memcmp(a, b, (size_t)(a[0] + 1) * sizeof *a) == 0;
}

static uint64_t *
keys_of(bp_dump *dump)
{
    if (dump->keys.count == 0) {
        return NULL;
    }
    uint64_t *keys = bp_arena_array(dump->survey->arena, dump->keys.count + 1, sizeof *keys);
    keys[0] = dump->keys.count;
    memcpy(keys + 1, dump->keys.at, dump->keys.count * sizeof *keys);
    return keys;
}

static void
enter_whole(bp_dump *dump, bp_unit *unit, uint32_t content)
{
    bool stands = unit->complete && !unit->from_org;
    if (stands &&
        (dump->taken == unit->taken || dump->taken == BP_NO_TIME || unit->taken == BP_NO_TIME)) {
        bool same = unit->content == content;
        uint64_t *keys = same ? keys_of(dump) : NULL;
        if (!same || !keys_equal(keys, unit->keys)) {
            contradiction(dump, unit->origin);
        }
        if (dump->taken == BP_NO_TIME) {
            unit->taken = BP_NO_TIME;
        }
        return;
    }
    if (unit->complete && dump->taken != BP_NO_TIME && unit->taken != BP_NO_TIME &&
        dump->taken < unit->taken) {
        return;
    }
    unit->content = content;
    unit->keys = keys_of(dump);
    unit->taken = dump->taken;
    unit->origin = dump->survey->origin;
    unit->complete = true;
    unit->from_org = false;
}

static void
enter_piece(bp_dump *dump, bp_unit *unit, uint32_t content)
{
    for (bp_piece *each = unit->pieces; each != NULL; each = each->next) {
        if (each->content == content && each->page == dump->page && each->pages == dump->pages &&
            each->taken == dump->taken) {
            return;
        }
    }
    bp_piece *piece = BP_NEW(dump->survey->arena, bp_piece);
    *piece = (bp_piece){.next = unit->pieces,
                        .taken = dump->taken,
                        .content = content,
                        .origin = dump->survey->origin,
                        .page = dump->page,
                        .pages = dump->pages,
                        .whole_page = dump->cut_how == NULL && !dump->not_complete};
    unit->pieces = piece;
}

static void
note_cut(bp_dump *dump, bp_cut_list *of, const char *how)
{
    if (of->count++ == 0) {
        of->first = bp_dump_here(dump);
        of->call = bp_str_copy(dump->survey->arena, bp_dump_call(dump));
        of->how = how;
    }
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
        bp_str text = bp_records_join(dump->scratch, dump->records.at, dump->records.count);
        uint32_t content = bp_text_number(survey, text);
        if (piece) {
            enter_piece(dump, unit, content);
        } else {
            enter_whole(dump, unit, content);
        }
        unit->cut = unit->cut || cut;
    }
    if (cut) {
        note_cut(dump, &survey->cut[key.kind],
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
    note_cut(dump, &dump->survey->failed[key.kind], "");
    dump->entered = true;
}

/* ---- what stands in the end */

typedef struct dated {
    bp_str record;
    size_t key; /* bytes of the first field */
    int64_t taken;
} dated;

static int
by_key_then_age(const void *a, const void *b)
{
    const dated *x = a;
    const dated *y = b;
    int order = bp_str_compare(bp_str_cut(x->record, 0, x->key), bp_str_cut(y->record, 0, y->key));
    if (order == 0 && x->taken != y->taken) {
        order = x->taken > y->taken ? -1 : 1;
    }
    return order != 0 ? order : bp_str_compare(x->record, y->record);
}

typedef BP_VEC(dated) dated_list;

static void
collect(bp_arena *arena, dated_list *all, bp_str content, int64_t taken)
{
    while (content.size > 0) {
        size_t end = bp_str_find(content, BP_RECORD_END);
        bp_str record = bp_str_cut(content, 0, end);
        *bp_vec_add(arena, all) = (dated){record, bp_str_find(record, BP_FIELD_END), taken};
        content = bp_str_cut(content, end + 1, content.size);
    }
}

static bp_str
merged(bp_arena *arena, dated_list *all)
{
    bp_buf buf = {.arena = arena};
    if (all->count > 1) {
        qsort(all->at, all->count, sizeof *all->at, by_key_then_age);
    }
    for (size_t i = 0; i < all->count; i++) {
        const dated *each = &all->at[i];
        bool again = i > 0 && bp_str_equal(bp_str_cut(each->record, 0, each->key),
                                           bp_str_cut(each[-1].record, 0, each[-1].key));
        if (!again) {
            bp_buf_add(&buf, each->record);
            bp_buf_add_char(&buf, BP_RECORD_END);
        }
    }
    return bp_buf_text(&buf);
}

static void
older(int64_t *oldest, int64_t taken)
{
    if (oldest != NULL && (taken == BP_NO_TIME || taken < *oldest)) {
        *oldest = taken;
    }
}

bp_str
bp_unit_content(bp_survey *survey, bp_arena *arena, bp_unit *unit, int64_t *oldest)
{
    bool alone = true;
    dated_list all = {0};
    if (unit->complete) {
        older(oldest, unit->taken);
    }
    for (const bp_piece *each = unit->pieces; each != NULL; each = each->next) {
        bool adds = !unit->complete || each->taken > unit->taken ||
                    (unit->from_org && each->taken == BP_NO_TIME);
        if (adds) {
            alone = false;
            older(oldest, each->taken);
            collect(arena, &all, bp_text_of(survey, each->content), each->taken);
        }
    }
    if (alone) {
        return bp_text_of(survey, unit->content);
    }
    collect(arena, &all, bp_text_of(survey, unit->content), unit->taken);
    return merged(arena, &all);
}

/* The newest piece that is this page of so many; NULL if there is none. */
static const bp_piece *
page_of(const bp_unit *unit, uint32_t page, uint32_t pages)
{
    const bp_piece *best = NULL;
    for (const bp_piece *each = unit->pieces; each != NULL; each = each->next) {
        bool this = each->page == page && each->pages == pages && each->whole_page;
        if (this && (best == NULL || each->taken > best->taken)) {
            best = each;
        }
    }
    return best;
}

static void
lacks_page(bp_survey *survey, bp_unit *unit, const bp_piece *of, uint32_t page)
{
    bp_cut_list *cut = &survey->cut[unit->kind];
    unit->cut = true;
    if (cut->count++ == 0) {
        bp_str path = bp_origin_path(survey, survey->arena, of->origin);
        const bp_source *source =
            bp_sources_add_part(survey->sources, path, BP_STR(""), (bp_position){1, 1});
        cut->first = bp_span_of(source, 0, 0);
        cut->call = bp_str_of(bp_dump_rows()[unit->kind].command);
        cut->how = bp_str_format(survey->arena, "no page %u of %u", page, of->pages).at;
    }
}

void
bp_unit_settle(bp_survey *survey, bp_unit *unit)
{
    for (const bp_piece *first = unit->pieces; first != NULL; first = first->next) {
        if (first->page != 1 && first->pages > 1 && page_of(unit, 1, first->pages) == NULL) {
            lacks_page(survey, unit, first, 1);
            return;
        }
        if (first->page != 1 || first->pages < 2) {
            continue;
        }
        bp_arena *scratch = bp_arena_child(survey->arena);
        dated_list all = {0};
        int64_t taken = INT64_MAX;
        uint32_t page = 1;
        for (; page <= first->pages; page++) {
            const bp_piece *found = page_of(unit, page, first->pages);
            if (found == NULL) {
                break;
            }
            older(&taken, found->taken);
            collect(scratch, &all, bp_text_of(survey, found->content), found->taken);
        }
        bool whole = page > first->pages;
        if (whole && (!unit->complete || unit->from_org || taken > unit->taken)) {
            unit->content = bp_text_number(survey, merged(scratch, &all));
            unit->keys = NULL;
            unit->taken = taken;
            unit->complete = true;
            unit->from_org = false;
        } else if (!whole) {
            lacks_page(survey, unit, first, page);
        }
        bp_arena_release(survey->arena, scratch);
        if (!whole) {
            return;
        }
    }
}
