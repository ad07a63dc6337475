/*
 * Vaults of an account: rows of all its Regions, equal ones together, each with what the aliases
 * and the access policies add.
 */
#include "compiler/inventory/survey_parts.h"

#include <inttypes.h>

typedef struct row {
    bp_record record; /* name, kind, key, lock, min, max, state, copies */
    bp_region_mask in;
} row;

typedef struct rows {
    BP_VEC(row) all;
    bp_map *index;
    bp_region_mask seen;
    bp_str account;
    bp_line *aliases;
} rows;

/* Regions whose answers are one text, where no other answers add to them. */
typedef struct cell {
    const bp_unit *unit;
    int region; /* of the unit */
    bp_region_mask in;
    bool lacks_aliases;
    size_t lacks_access; /* vaults of no answer about their policy */
} cell;

/* The number of 16 hexadecimal digits; hashes are kept without their last bit. */
static uint64_t
half_of(bp_str digits)
{
    uint64_t number = 0;
    for (size_t i = 0; i < digits.size; i++) {
        char c = digits.at[i];
        number = number << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return number;
}

/* What the aliases of a cell say of a key by its hash. */
static bp_str
alias_word(bp_putting *on, const bp_unit *aliases, uint64_t half)
{
    bp_record record;
    bp_str rest = bp_put_content(on, on->scratch, aliases);
    size_t count = 0;
    const uint64_t *known = bp_unit_keys(on->survey, aliases, &count);
    for (size_t i = 0; i < count; i++) {
        if (known[i] >> 1 == half) {
            return (known[i] & 1) != 0 ? BP_STR("aws-backup") : BP_STR("aws-service");
        }
    }
    while (bp_record_next(on->scratch, &rest, &record)) {
        if (half_of(record.field[0]) == half) {
            return bp_str_is(record.field[1], "b") ? BP_STR("aws-backup") : BP_STR("aws-service");
        }
    }
    return aliases->complete ? BP_STR("customer") : BP_STR("");
}

/* Whose key it is: "#N" is one that the unit keeps, "@…" its hash. */
static bp_str
key_word(bp_putting *on, const rows *of, cell *vaults, bp_str word)
{
    int64_t slot = 0;
    bool kept = bp_str_starts(word, BP_STR("#"));
    if (!kept && !bp_str_starts(word, BP_STR("@"))) {
        return word;
    }
    size_t count = 0;
    const uint64_t *keys = bp_unit_keys(on->survey, vaults->unit, &count);
    const bp_unit *aliases = bp_line_unit(on->survey, of->aliases, vaults->region);
    bp_str rest = bp_str_cut(word, 1, word.size);
    vaults->lacks_aliases = vaults->lacks_aliases || aliases == NULL;
    if (aliases == NULL || (kept && (!bp_str_number(rest, &slot) || (size_t)slot >= count))) {
        return BP_STR("");
    }
    return alias_word(on, aliases, kept ? keys[slot] >> 1 : half_of(rest));
}

static bp_str
copy_words(bp_putting *on, const rows *of, cell *vaults, bp_str name)
{
    bp_record record;
    const bp_unit *access = bp_unit_find(on->survey, (bp_unit_key){.kind = BP_DUMP_ACCESS,
                                                                   .account = of->account,
                                                                   .sub = name,
                                                                   .region = vaults->region});
    vaults->lacks_access += access == NULL;
    bp_str rest =
        access != NULL && access->complete ? bp_put_content(on, on->scratch, access) : BP_STR("");
    return bp_record_next(on->scratch, &rest, &record) ? record.field[0] : BP_STR("");
}

/* What the inventory that was started from says of a vault: its key and whose copies it takes are
 * answers of other calls than the list. */
static bp_record
said_before(bp_putting *on, const bp_unit *unit, bp_str name)
{
    bp_record record;
    for (bp_str rest = bp_text_of(on->survey, bp_unit_has(on->survey, unit)->into);
         bp_record_next(on->scratch, &rest, &record);) {
        if (bp_str_equal(record.field[0], name)) {
            return record;
        }
    }
    return (bp_record){.count = 0};
}

static void
add_unit(bp_putting *on, rows *to, cell *of)
{
    const bp_unit *unit = of->unit;
    bp_record record;
    for (bp_str rest = bp_put_content(on, on->scratch, unit);
         bp_record_next(on->scratch, &rest, &record);) {
        bp_buf key = {.arena = on->scratch};
        bp_str copies = copy_words(on, to, of, record.field[0]);
        bp_record before = said_before(on, unit, record.field[0]);
        bp_str word = key_word(on, to, of, record.field[2]);
        record.field[2] = word.size > 0 ? word : before.field[2];
        record.field[7] = copies.size > 0            ? copies
                          : record.field[7].size > 0 ? record.field[7]
                                                     : before.field[7];
        record.count = 8;
        for (size_t i = 0; i < record.count; i++) {
            bp_record_field(&key, record.field[i]);
        }
        bp_number *index = bp_map_get(to->index, bp_buf_text(&key));
        if (index == NULL) {
            index = BP_NEW(on->scratch, bp_number);
            index->number = (uint32_t)to->all.count;
            bp_map_set(to->index, bp_buf_text(&key), index);
            *bp_vec_add(on->scratch, &to->all) = (row){.record = record};
        }
        to->all.at[index->number].in |= of->in;
    }
}

static size_t
word_index(bp_str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bp_str_is(word, words[i])) {
            return i;
        }
    }
    return 0;
}

static void
set_copies(bp_putting *on, bp_org_vault *vault, bp_str words)
{
    static const char *const names[] = {"", "none", "organization", " ", "other"};
    bp_str whole = BP_STR("organization ");
    if (bp_str_starts(words, whole)) {
        bool ours = bp_str_equal(bp_str_cut(words, whole.size, words.size), on->org->id);
        words = ours ? BP_STR("organization") : BP_STR("other");
    }
    vault->copy_from = (bp_copy_from)word_index(words, names, 5);
    if (words.size == 0 || vault->copy_from != BP_COPY_FROM_UNKNOWN) {
        return;
    }
    vault->copy_from = BP_COPY_FROM_LISTED;
    while (words.size > 0) {
        size_t end = bp_str_find(words, ' ');
        *bp_vec_add(on->arena, &vault->copy_from_ids) = bp_put_text(on, bp_str_cut(words, 0, end));
        words = bp_str_cut(words, end + 1, words.size);
    }
}

static void
add_vault(bp_putting *on, bp_vault_set *set, const row *from)
{
    static const char *const kinds[] = {"standard", "air-gapped", "restore-access"};
    static const char *const keys[] = {"", "customer", "aws-backup", "aws-service", "aws-owned"};
    static const char *const locks[] = {"", "none", "governance", "compliance"};
    const bp_str *field = from->record.field;
    bp_org_vault *vault = bp_vec_add(on->arena, &set->vaults);
    vault->name = bp_put_text(on, field[0]);
    vault->in = from->in;
    vault->kind = (bp_vault_kind)word_index(field[1], kinds, 3);
    vault->key = (bp_vault_key)word_index(field[2], keys, 5);
    vault->lock = (bp_lock_mode)word_index(field[3], locks, 4);
    vault->lock_min = -1;
    vault->lock_max = -1;
    int64_t days = 0;
    if (bp_str_number(field[4], &days)) {
        vault->lock_min = days;
    }
    if (bp_str_number(field[5], &days)) {
        vault->lock_max = days;
    }
    vault->creating = field[6].size > 0;
    set_copies(on, vault, field[7]);
}

/* All cells that AWS Config was asked about and showed nothing of hold nothing. */
static void
add_config_cells(bp_putting *on, rows *to)
{
    const bp_survey *survey = on->survey;
    if (survey->has_config && survey->options.config_complete) {
        to->seen |= survey->config_regions;
    }
}

static bool
says_the_same(const bp_unit *a, const bp_unit *b)
{
    return a->content == b->content && a->when == b->when && a->more == 0 && b->more == 0;
}

/* Answers that were asked about other vaults and not about these. */
static void
count_lacks(bp_putting *on, const cell *of)
{
    for (size_t i = 0; on->expects && on->has[BP_DUMP_ACCESS] && i < of->lacks_access; i++) {
        bp_put_missing(on, BP_DUMP_ACCESS);
    }
    if (on->expects && on->has[BP_DUMP_ALIASES] && of->lacks_aliases) {
        bp_put_missing(on, BP_DUMP_ALIASES);
    }
}

/* The numbers of what the units of all Regions say, as a text. False: other answers may add to what
 * they say. */
static bool
numbers_of(bp_putting *on, bp_line *line, bp_buf *key)
{
    int region = BP_BEFORE_REGIONS;
    if (line == NULL || on->has[BP_DUMP_ACCESS] || on->has[BP_DUMP_ALIASES] ||
        on->survey->has_config) {
        return false;
    }
    for (const bp_unit *unit = bp_line_next(on->survey, line, &region); unit != NULL;
         unit = bp_line_next(on->survey, line, &region)) {
        uint32_t content = unit->content;
        if (region == BP_NO_REGION || unit->more != 0) {
            return false;
        }
        if (unit->complete) {
            bp_put_age(on, unit);
            bp_buf_add_char(key, (char)region);
            bp_buf_add(key, (bp_str){(const char *)&content, sizeof content});
        }
    }
    return key->size > 0;
}

static bp_vault_set *
put_all(bp_putting *on, bp_str account, bp_line *line)
{
    rows all = {.index = bp_map_new(on->scratch),
                .account = account,
                .aliases = bp_line_find(on->survey, BP_DUMP_ALIASES, account, BP_STR(""))};
    bp_buf key = {.arena = on->scratch};
    bool some = false;
    int region = BP_BEFORE_REGIONS;
    bool simple = !on->has[BP_DUMP_ACCESS] && !on->has[BP_DUMP_ALIASES];
    BP_VEC(cell) cells = {0};
    for (const bp_unit *unit = bp_line_next(on->survey, line, &region); unit != NULL;
         unit = bp_line_next(on->survey, line, &region)) {
        if (region != BP_NO_REGION && bp_unit_says(on->survey, unit)) {
            some = true;
            all.seen |= unit->complete ? BP_REGION_BIT(region) : 0;
            size_t i = 0;
            while (simple && i < cells.count && !says_the_same(cells.at[i].unit, unit)) {
                i++;
            }
            if (!simple || i == cells.count) {
                i = cells.count;
                *bp_vec_add(on->scratch, &cells) = (cell){.unit = unit, .region = region};
            }
            cells.at[i].in |= BP_REGION_BIT(region);
        }
    }
    for (size_t i = 0; i < cells.count; i++) {
        add_unit(on, &all, &cells.at[i]);
        count_lacks(on, &cells.at[i]);
    }
    add_config_cells(on, &all);
    if (!some && all.seen == 0) {
        return NULL;
    }
    on->org->regions |= all.seen;
    bp_buf_format(&key, "%" PRIx64, all.seen);
    for (size_t i = 0; i < all.all.count; i++) {
        bp_buf_format(&key, " %" PRIx64 " ", all.all.at[i].in);
        for (size_t f = 0; f < all.all.at[i].record.count; f++) {
            bp_record_field(&key, all.all.at[i].record.field[f]);
        }
    }
    bp_vault_set *set = bp_map_get(on->vault_sets, bp_buf_text(&key));
    if (set == NULL) {
        set = BP_NEW(on->arena, bp_vault_set);
        set->seen = all.seen;
        bp_map_set(on->vault_sets, bp_str_copy(on->arena, bp_buf_text(&key)), set);
        for (size_t i = 0; i < all.all.count; i++) {
            add_vault(on, set, &all.all.at[i]);
        }
    }
    return set;
}

const bp_vault_set *
bp_put_vaults(bp_putting *on, bp_str account)
{
    bp_line *line = bp_line_find(on->survey, BP_DUMP_VAULTS, account, BP_STR(""));
    char room[BP_NO_REGION * (1 + sizeof(uint32_t))];
    bp_buf numbers = {.arena = on->scratch, .at = room, .room = sizeof room};
    if (!numbers_of(on, line, &numbers)) {
        return put_all(on, account, line);
    }
    bp_vault_set *set = bp_map_get(on->vault_texts, bp_buf_text(&numbers));
    if (set == NULL) {
        set = put_all(on, account, line);
        bp_map_set(on->vault_texts, bp_str_copy(on->arena, bp_buf_text(&numbers)), set);
    }
    on->org->regions |= set->seen;
    return set;
}
