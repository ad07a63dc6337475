/*
 * Pieces: answers that are not the whole one. They add what is there and deny nothing. Pages that
 * are all there become a complete answer; where two pieces of one time say different things, no
 * order decides between them.
 */
#include "compiler/inventory/survey_parts.h"

#include <stdlib.h>

/* ---- each once */

static size_t
hash_of(const bp_unit *unit, const bp_piece *of)
{
    uint64_t hash = (uint64_t)(uintptr_t)unit ^ (uint64_t)of->content << 32 ^ of->page;
    hash = (hash ^ (uint64_t)of->taken) * UINT64_C(0x9E3779B97F4A7C15);
    hash = (hash ^ hash >> 29 ^ of->pages) * UINT64_C(0xBF58476D1CE4E5B9);
    return (size_t)(hash ^ hash >> 32);
}

static bool
same_piece(const bp_piece *a, const bp_piece *b)
{
    return a->unit == b->unit && a->content == b->content && a->page == b->page &&
           a->pages == b->pages && a->taken == b->taken && a->whole_page == b->whole_page;
}

static bp_piece **
slot_of(bp_pieces *all, const bp_piece *piece)
{
    size_t mask = all->room - 1;
    size_t at = hash_of(piece->unit, piece) & mask;
    while (all->slots[at] != NULL && !same_piece(all->slots[at], piece)) {
        at = (at + 1) & mask;
    }
    return &all->slots[at];
}

static void
more_slots(bp_survey *survey, bp_pieces *all)
{
    enum { FIRST = 64 };
    bp_arena *old_memory = all->memory;
    bp_piece **old = all->slots;
    size_t old_room = all->room;
    all->memory = bp_arena_child(survey->units_memory);
    all->room = old_room == 0 ? FIRST : old_room * 2;
    all->slots = bp_arena_array(all->memory, all->room, sizeof(bp_piece *));
    for (size_t i = 0; i < old_room; i++) {
        if (old[i] != NULL) {
            *slot_of(all, old[i]) = old[i];
        }
    }
    if (old_memory != NULL) {
        bp_arena_release(survey->units_memory, old_memory);
    }
}

void
bp_piece_add(bp_survey *survey, bp_unit *unit, const bp_piece *piece)
{
    bp_pieces *all = &survey->pieces;
    if (all->count + all->count / 2 >= all->room) {
        more_slots(survey, all);
    }
    bp_piece fresh = *piece;
    fresh.unit = unit;
    bp_piece **slot = slot_of(all, &fresh);
    if (*slot != NULL) {
        return;
    }
    bp_more *more = bp_unit_more(survey, unit);
    bp_piece *kept = BP_NEW(survey->units_memory, bp_piece);
    *kept = fresh;
    kept->next = more->pieces;
    more->pieces = kept;
    *slot = kept;
    all->count++;
}

void
bp_piece_enter(bp_dump *dump, bp_unit *unit, uint32_t content)
{
    bp_piece piece = {.taken = dump->taken,
                      .content = content,
                      .origin = dump->survey->origin,
                      .page = dump->page,
                      .pages = dump->pages,
                      .whole_page = dump->cut_how == NULL && !dump->not_complete};
    bp_piece_add(dump->survey, unit, &piece);
}

/* ---- put together */

typedef struct dated {
    bp_str record;
    size_t key; /* bytes of the first field */
    int64_t taken;
    uint32_t origin;
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
collect(bp_arena *arena, dated_list *all, bp_str content, bp_taken of)
{
    while (content.size > 0) {
        size_t end = bp_str_find(content, BP_RECORD_END);
        bp_str record = bp_str_cut(content, 0, end);
        *bp_vec_add(arena, all) =
            (dated){record, bp_str_find(record, BP_FIELD_END), of.taken, of.origin};
        content = bp_str_cut(content, end + 1, content.size);
    }
}

/* What two records of one thing and one time say together, where an empty field says nothing.
 * False: they contradict each other. */
static bool
agree(bp_arena *arena, bp_str a, bp_str b, bp_str *both)
{
    bp_buf buf = {.arena = arena};
    while (a.size > 0 || b.size > 0) {
        size_t a_end = bp_str_find(a, BP_FIELD_END);
        size_t b_end = bp_str_find(b, BP_FIELD_END);
        bp_str x = bp_str_cut(a, 0, a_end);
        bp_str y = bp_str_cut(b, 0, b_end);
        if (x.size > 0 && y.size > 0 && !bp_str_equal(x, y)) {
            return false;
        }
        bp_buf_add(&buf, x.size > 0 ? x : y);
        bp_buf_add_char(&buf, BP_FIELD_END);
        a = bp_str_cut(a, a_end + 1, a.size);
        b = bp_str_cut(b, b_end + 1, b.size);
    }
    *both = bp_buf_text(&buf);
    return true;
}

typedef struct dispute {
    bool there;
    uint32_t one;
    uint32_t other;
    bp_span span; /* of the one, if it is known */
    bool timeless;
} dispute;

static void
add_group(bp_arena *arena, bp_buf *to, const dated *of, size_t count, dispute *about)
{
    bp_str record = of->record;
    for (size_t i = 1; i < count; i++) {
        bool decided = of[i].taken != of->taken && of[i].taken != BP_NO_TIME;
        if (decided || bp_str_equal(of[i].record, record) ||
            agree(arena, record, of[i].record, &record)) {
            continue;
        }
        if (!about->there) {
            *about = (dispute){.there = true,
                               .one = of->origin,
                               .other = of[i].origin,
                               .timeless = of[i].taken == BP_NO_TIME};
        }
    }
    bp_buf_add(to, record);
    bp_buf_add_char(to, BP_RECORD_END);
}

static bp_str
merged(bp_arena *arena, dated_list *all, dispute *about)
{
    bp_buf buf = {.arena = arena};
    if (all->count > 1) {
        qsort(all->at, all->count, sizeof *all->at, by_key_then_age);
    }
    for (size_t i = 0; i < all->count;) {
        size_t end = i + 1;
        bp_str key = bp_str_cut(all->at[i].record, 0, all->at[i].key);
        while (end < all->count &&
               bp_str_equal(key, bp_str_cut(all->at[end].record, 0, all->at[end].key))) {
            end++;
        }
        add_group(arena, &buf, &all->at[i], end - i, about);
        i = end;
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

static bp_str
content_of(bp_survey *survey, bp_arena *arena, const bp_unit *unit, int64_t *oldest, dispute *about)
{
    bool alone = true;
    dated_list all = {0};
    bp_taken whole = *bp_unit_answer(survey, unit);
    if (unit->complete) {
        older(oldest, whole.taken);
    }
    for (const bp_piece *each = bp_unit_has(survey, unit)->pieces; each != NULL;
         each = each->next) {
        bool adds = !unit->complete || each->taken > whole.taken ||
                    (unit->from_org && each->taken == BP_NO_TIME);
        if (adds) {
            alone = false;
            older(oldest, each->taken);
            collect(arena, &all, bp_text_of(survey, each->content),
                    (bp_taken){each->taken, each->origin});
        }
    }
    if (alone) {
        return bp_text_of(survey, unit->content);
    }
    collect(arena, &all, bp_text_of(survey, unit->content), whole);
    return merged(arena, &all, about);
}

bp_str
bp_unit_content(bp_survey *survey, bp_arena *arena, const bp_unit *unit, int64_t *oldest)
{
    dispute about = {0};
    return content_of(survey, arena, unit, oldest, &about);
}

/* ---- pages */

/* The newest piece that is this page of so many; NULL if there is none. */
static const bp_piece *
page_of(const bp_piece *pieces, uint32_t page, uint32_t pages, dispute *about)
{
    const bp_piece *best = NULL;
    for (const bp_piece *each = pieces; each != NULL; each = each->next) {
        bool this = each->page == page && each->pages == pages && each->whole_page;
        if (!this) {
            continue;
        }
        bool rival =
            best != NULL && each->content != best->content &&
            (each->taken == best->taken || each->taken == BP_NO_TIME || best->taken == BP_NO_TIME);
        if (rival) {
            *about = (dispute){.there = true,
                               .one = best->origin,
                               .other = each->origin,
                               .timeless = each->taken == BP_NO_TIME || best->taken == BP_NO_TIME};
        }
        if (best == NULL || each->taken > best->taken) {
            about->there = about->there && rival;
            best = each;
        }
    }
    return best;
}

/* The pages of so many, as one answer; the number of the first that is missing, or 0. */
static uint32_t
join_pages(bp_survey *survey, bp_arena *arena, const bp_piece *pieces, uint32_t count,
           bp_str *content, int64_t *taken, dispute *about)
{
    dated_list all = {0};
    *taken = INT64_MAX;
    for (uint32_t page = 1; page <= count; page++) {
        dispute here = {0};
        const bp_piece *found = page_of(pieces, page, count, &here);
        if (found == NULL) {
            return page;
        }
        *about = here.there ? here : *about;
        older(taken, found->taken);
        collect(arena, &all, bp_text_of(survey, found->content),
                (bp_taken){found->taken, found->origin});
    }
    *content = merged(arena, &all, about);
    return 0;
}

static void
take_pages(bp_survey *survey, bp_unit *unit, bp_str content, int64_t taken, uint32_t origin,
           dispute *about)
{
    bp_taken before = *bp_unit_answer(survey, unit);
    bool stands = unit->complete && !unit->from_org;
    uint32_t number = bp_text_number(survey, content);
    if (!stands || (taken > before.taken && before.taken != BP_NO_TIME)) {
        unit->content = number;
        unit->when = bp_answer_number(survey, taken, origin) & BP_WHEN_MASK;
        unit->complete = true;
        unit->from_org = false;
        bp_unit_set_keys(survey, unit, NULL, 0);
    } else if (number != unit->content &&
               (taken == before.taken || taken == BP_NO_TIME || before.taken == BP_NO_TIME)) {
        *about = (dispute){.there = true,
                           .one = origin,
                           .other = before.origin,
                           .timeless = taken == BP_NO_TIME || before.taken == BP_NO_TIME};
    }
}

/* How many pages the pieces are of: each number once, from the largest on. */
static uint32_t
pages_below(const bp_piece *pieces, uint32_t limit)
{
    uint32_t most = 0;
    for (const bp_piece *each = pieces; each != NULL; each = each->next) {
        most = each->pages > most && each->pages < limit ? each->pages : most;
    }
    return most;
}

static void
settle_pages(bp_survey *survey, bp_unit *unit, dispute *about)
{
    const bp_piece *pieces = bp_unit_has(survey, unit)->pieces;
    for (uint32_t count = pages_below(pieces, UINT32_MAX); count > 1;
         count = pages_below(pieces, count)) {
        bp_arena *scratch = bp_arena_child(survey->arena);
        bp_str content = {"", 0};
        int64_t taken = 0;
        dispute here = {0};
        uint32_t lacks = join_pages(survey, scratch, pieces, count, &content, &taken, &here);
        if (lacks == 0) {
            *about = here.there ? here : *about;
            take_pages(survey, unit, content, taken, pieces->origin, about);
        } else {
            unit->cut = true;
            survey->lacks_page = lacks;
            survey->lacks_of = count;
        }
        bp_arena_release(survey->arena, scratch);
    }
}

/* ---- what is told of a unit in the end */

static bp_str
call_of(bp_survey *survey, bp_arena *arena, bp_line *line, int region)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(survey->options.facts, &count);
    bp_str sub = bp_text_of(survey, line->sub);
    bp_dump dump = {.survey = survey,
                    .scratch = arena,
                    .row = &bp_dump_rows()[line->kind],
                    .account = bp_text_of(survey, line->account),
                    .region_code = region < 0 ? BP_STR("") : bp_str_of(regions[region].code),
                    .parent = sub,
                    .target = sub,
                    .policy = sub,
                    .role = sub,
                    .vault = sub,
                    .stack_set = sub};
    return bp_dump_call(&dump);
}

static bp_span
place_of_rival(const bp_survey *survey, const bp_unit *unit)
{
    for (size_t i = survey->rivals.count; i > 0; i--) {
        if (survey->rivals.at[i - 1].unit == unit) {
            return survey->rivals.at[i - 1].span;
        }
    }
    return BP_NOWHERE;
}

static void
tell_dispute(bp_survey *survey, bp_line *line, int region, dispute of)
{
    bp_str one = bp_origin_path(survey, survey->arena, of.one);
    bp_str other = bp_origin_path(survey, survey->arena, of.other);
    bool swap = !bp_span_exists(of.span) && bp_str_compare(one, other) < 0;
    bp_str call = call_of(survey, survey->arena, line, region);
    bp_finding *finding = bp_survey_report(
        survey, "IMP034", "IMP034", swap ? other : one,
        "another answer to \"%.*s\" than in \"%.*s\"; %s", BP_ARG(call), BP_ARG(swap ? one : other),
        of.timeless ? "not both of them say when they were taken" : "both were taken at one time");
    if (bp_span_exists(of.span)) {
        finding->span = of.span;
    }
    bp_survey_help(survey, finding,
                   "remove the one that is out of date, or give both their \"taken_at\"");
}

static void
tell_cut(bp_survey *survey, bp_line *line, bp_unit *unit, int region)
{
    bp_cut_list *cut = &survey->cut[line->kind];
    if (cut->count++ > 0 && (cut->unit == NULL || !cut->unit->complete)) {
        return;
    }
    if (cut->unit == NULL || cut->unit->complete) { /* noted was one that is whole now */
        const bp_piece *piece = bp_unit_has(survey, unit)->pieces;
        uint32_t origin = piece == NULL ? bp_unit_answer(survey, unit)->origin : piece->origin;
        const bp_source *source =
            bp_sources_add_part(survey->sources, bp_origin_path(survey, survey->arena, origin),
                                BP_STR(""), (bp_position){1, 1});
        cut->unit = unit;
        cut->first = bp_span_of(source, 0, 0);
        cut->call = call_of(survey, survey->arena, line, region);
        cut->how = survey->lacks_page == 0 ? "cut off"
                                           : bp_str_format(survey->arena, "no page %u of %u",
                                                           survey->lacks_page, survey->lacks_of)
                                                 .at;
    }
}

void
bp_unit_settle(bp_survey *survey, bp_line *line, bp_unit *unit, int region)
{
    dispute about = {0};
    const bp_more *more = bp_unit_has(survey, unit);
    survey->lacks_page = 0;
    if (more->pieces != NULL) {
        settle_pages(survey, unit, &about);
    }
    if (more->pieces != NULL && !about.there) {
        bp_arena *scratch = bp_arena_child(survey->arena);
        content_of(survey, scratch, unit, NULL, &about);
        bp_arena_release(survey->arena, scratch);
    }
    if (!about.there && more->rival != 0) {
        about = (dispute){.there = true,
                          .one = more->rival - 1,
                          .other = bp_unit_answer(survey, unit)->origin,
                          .span = place_of_rival(survey, unit),
                          .timeless = more->timeless_rival};
    }
    if (about.there) {
        tell_dispute(survey, line, region, about);
    }
    if (unit->cut && !unit->complete) {
        tell_cut(survey, line, unit, region);
    }
}
