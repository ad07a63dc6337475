/*
 * Adds the coverage of accounts up: types, Regions, copies. How it looks is decided by
 * coverage_text.c and coverage_json.c.
 */
#include "compiler/cli/coverage.h"

#include <stdlib.h>

bp_str
bp_cover_type_words(bp_arena *arena, const bp_resource_row *row)
{
    bp_buf words = {.arena = arena};
    for (size_t i = 0; i < row->types.count; i++) {
        bp_str label = bp_str_of(row->types.at[i]->label);
        label = bp_str_trim(bp_str_cut(label, 0, bp_str_find(label, '(')));
        bp_buf_format(&words, "%s%.*s",
                      i == 0                      ? ""
                      : i + 1 == row->types.count ? " or "
                                                  : ", ",
                      BP_ARG(label));
    }
    return bp_buf_text(&words);
}

static bool
same_types(const bp_resource_row *a, const bp_resource_row *b)
{
    bool same = a->types.count == b->types.count;
    for (size_t i = 0; same && i < a->types.count; i++) {
        same = a->types.at[i] == b->types.at[i];
    }
    return same;
}

static bp_type_cover *
type_of(bp_arena *arena, bp_cover_sums *sums, const bp_resource_row *row)
{
    for (size_t i = 0; i < sums->types.count; i++) {
        if (same_types(sums->types.at[i].row, row)) {
            return &sums->types.at[i];
        }
    }
    bp_type_cover *made = bp_vec_add(arena, &sums->types);
    *made = (bp_type_cover){.row = row};
    return made;
}

/* Whether an earlier row of the answer has the same types: then the account was counted. */
static bool
is_first(const bp_cover_rows *rows, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (same_types(rows->at[i].row, rows->at[at].row)) {
            return false;
        }
    }
    return true;
}

/* All rows of one kind in one account together. */
typedef struct kind_sum {
    bool reached;
    bool open;
    int64_t lost; /* resources that no plan takes */
    bool at_least;
    bp_region_mask where;
} kind_sum;

/* A count belongs to a row, not to its Regions: where only some of them are reached it says little.
 */
static kind_sum
sum_of(const bp_cover_rows *rows, size_t first)
{
    kind_sum sum = {.reached = false};
    for (size_t i = first; i < rows->count; i++) {
        const bp_cover_row *row = &rows->at[i];
        bp_region_mask lost = row->missed | row->outside;
        if (!same_types(row->row, rows->at[first].row)) {
            continue;
        }
        sum.reached = sum.reached || row->reached != 0;
        sum.open = sum.open || row->unknown != 0;
        sum.where |= lost;
        if (lost != 0) {
            bool exact = row->row->count >= 0 && lost == row->row->in;
            sum.lost += exact ? row->row->count : 1;
            sum.at_least = sum.at_least || !exact;
        }
    }
    return sum;
}

static void
add_types(bp_arena *arena, bp_cover_sums *sums, uint32_t account, const bp_cover_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (!is_first(rows, i)) {
            continue;
        }
        kind_sum sum = sum_of(rows, i);
        bp_type_cover *type = type_of(arena, sums, rows->at[i].row);
        type->accounts++;
        type->open += !sum.reached && sum.open;
        type->resources += sum.lost;
        type->at_least = type->at_least || sum.at_least;
        type->regions |= sum.where;
        if (!sum.reached && !sum.open) {
            type->first = type->without++ == 0 ? account : type->first;
        }
    }
}

static int
lowest(bp_region_mask mask)
{
    int at = 0;
    while ((mask & BP_REGION_BIT(at)) == 0) {
        at++;
    }
    return at;
}

static void
add_regions(bp_arena *arena, bp_region_covers *list, bp_region_mask mask, uint32_t account)
{
    for (bp_region_mask rest = mask; rest != 0; rest &= rest - 1) {
        int region = lowest(rest);
        size_t i = 0;
        while (i < list->count && list->at[i].region != region) {
            i++;
        }
        if (i == list->count) {
            *bp_vec_add(arena, list) = (bp_region_cover){region, 0, account};
        }
        list->at[i].accounts++;
    }
}

static void
add_copies(bp_arena *arena, bp_cover_sums *sums, const bp_cover_answer *answer)
{
    sums->uncopied += answer->copies.count == 0 && !answer->copies_open;
    for (size_t i = 0; i < answer->copies.count; i++) {
        const bp_cover_copy *copy = &answer->copies.at[i];
        size_t k = 0;
        while (k < sums->copies.count &&
               !(sums->copies.at[k].to.region == copy->region &&
                 bp_str_equal(sums->copies.at[k].to.vault, copy->vault) &&
                 bp_str_equal(sums->copies.at[k].to.account, copy->account))) {
            k++;
        }
        if (k == sums->copies.count) {
            *bp_vec_add(arena, &sums->copies) = (bp_copy_cover){*copy, 0};
        }
        sums->copies.at[k].accounts++;
    }
}

static int
by_worst_type(const void *a, const void *b)
{
    const bp_type_cover *left = a;
    const bp_type_cover *right = b;
    if (left->without != right->without) {
        return left->without > right->without ? -1 : 1;
    }
    if (left->resources != right->resources) {
        return left->resources > right->resources ? -1 : 1;
    }
    return left->row->types.at[0] < right->row->types.at[0] ? -1 : 1;
}

static int
by_worst_region(const void *a, const void *b)
{
    const bp_region_cover *left = a;
    const bp_region_cover *right = b;
    if (left->accounts != right->accounts) {
        return left->accounts > right->accounts ? -1 : 1;
    }
    return left->region < right->region ? -1 : 1;
}

static int
by_most_copies(const void *a, const void *b)
{
    const bp_copy_cover *left = a;
    const bp_copy_cover *right = b;
    if (left->accounts != right->accounts) {
        return left->accounts > right->accounts ? -1 : 1;
    }
    int order = bp_str_compare(left->to.vault, right->to.vault);
    order = order != 0 ? order : bp_str_compare(left->to.account, right->to.account);
    return order != 0 ? order : left->to.region - right->to.region;
}

static void
add_account(bp_arena *arena, bp_cover_sums *sums, uint32_t index)
{
    const bp_account_cover *cover = &sums->coverage->accounts[index];
    const bp_cover_answer *answer = cover->answer;
    bool reached = cover->state == BP_COVER_REACHED;
    if (!reached && cover->state != BP_COVER_NONE) {
        return;
    }
    bp_region_mask wanted = reached ? answer->regions : sums->coverage->org->regions;
    bp_region_mask seen = answer->resources != NULL ? answer->resources->seen : 0;
    sums->resources_unknown += answer->resources == NULL || (wanted & ~seen) != 0;
    add_types(arena, sums, index, &answer->rows);
    if (reached) {
        add_regions(arena, &sums->outside, answer->outside, index);
        add_regions(arena, &sums->enabled, cover->enabled, index);
        add_copies(arena, sums, answer);
    }
}

bp_cover_sums
bp_cover_sums_of(bp_arena *arena, const bp_coverage *coverage, bool required)
{
    bp_cover_sums sums = {.coverage = coverage, .required = required};
    for (uint32_t i = 0; i < coverage->org->accounts.count; i++) {
        add_account(arena, &sums, i);
    }
    if (sums.types.count > 1) {
        qsort(sums.types.at, sums.types.count, sizeof *sums.types.at, by_worst_type);
    }
    if (sums.outside.count > 1) {
        qsort(sums.outside.at, sums.outside.count, sizeof *sums.outside.at, by_worst_region);
    }
    if (sums.enabled.count > 1) {
        qsort(sums.enabled.at, sums.enabled.count, sizeof *sums.enabled.at, by_worst_region);
    }
    if (sums.copies.count > 1) {
        qsort(sums.copies.at, sums.copies.count, sizeof *sums.copies.at, by_most_copies);
    }
    return sums;
}
