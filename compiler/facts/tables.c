/*
 * The tables seen as tables: finds tables, columns and rows by name, writes cells as texts, and
 * puts rows of a user on top. What a value means is not known here; the generated columns say
 * where it stands and of which kind it is.
 */
#include "compiler/facts/tables.h"

#include <string.h>

enum { REGION_ROOM = 63, ROW_ROOM = 128 };

typedef struct word {
    const char *text;
    unsigned value;
} word;

static const word answers[] = {
    {"yes", BP_PRESENT},  {"no", BP_ABSENT},       {"?", BP_UNKNOWN}, {"true", BP_PRESENT},
    {"false", BP_ABSENT}, {"unknown", BP_UNKNOWN}, {NULL, 0}};
static const word flags[] = {{"yes", 1}, {"no", 0}, {"true", 1}, {"false", 0}, {NULL, 0}};
static const word marks[] = {{"VERIFIED", BP_MARK_VERIFIED},
                             {"CONFLICT", BP_MARK_CONFLICT},
                             {"UNSURE", BP_MARK_UNSURE},
                             {NULL, 0}};
static const word opt_ins[] = {{"always-on", BP_ALWAYS_ON},
                               {"opt-in", BP_OPT_IN},
                               {"partition", BP_PARTITION_ACCOUNT},
                               {NULL, 0}};
static const word copies[] = {{"any", BP_COPY_ANY},
                              {"cross-region", BP_COPY_CROSS_REGION},
                              {"cross-account", BP_COPY_CROSS_ACCOUNT},
                              {"air-gapped", BP_COPY_AIR_GAPPED},
                              {NULL, 0}};

/* The words of a kind; NULL for kinds without. */
static const word *
words_of(bp_fact_kind kind)
{
    switch (kind) {
    case BP_FACT_ANSWER:
        return answers;
    case BP_FACT_FLAG:
        return flags;
    case BP_FACT_MARK:
        return marks;
    case BP_FACT_OPT_IN:
        return opt_ins;
    case BP_FACT_COPY:
        return copies;
    case BP_FACT_TEXT:
    case BP_FACT_NUMBER:
    case BP_FACT_REGIONS:
    case BP_FACT_NAMES:
    case BP_FACT_SOURCES:
        break;
    }
    return NULL;
}

const bp_fact_table *
bp_fact_table_find(const bp_facts *facts, bp_str name)
{
    facts = bp_facts_or_built_in(facts);
    for (size_t i = 0; i < BP_TABLES; i++) {
        if (bp_str_is(name, facts->tables[i].name)) {
            return &facts->tables[i];
        }
    }
    return NULL;
}

const bp_fact_column *
bp_fact_column_find(const bp_fact_table *table, bp_str name)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (bp_str_is(name, table->columns[i].name)) {
            return &table->columns[i];
        }
    }
    return NULL;
}

static const char *
cell_at(const bp_fact_table *table, size_t row, const bp_fact_column *column)
{
    return (const char *)table->rows + row * table->size + column->offset;
}

static unsigned
word_at(const char *cell, bp_fact_kind kind)
{
    unsigned value = 0;
    bool flag = false;
    if (kind == BP_FACT_FLAG) {
        memcpy(&flag, cell, sizeof flag);
        return flag;
    }
    memcpy(&value, cell, sizeof value);
    return value;
}

static void
write_regions(const bp_facts *facts, bp_region_mask mask, bp_buf *out)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(facts, &count);
    bool first = true;
    if (mask == BP_REGION_BIT(count) - 1 || mask == 0) {
        bp_buf_add_c(out, mask == 0 ? "none" : "all");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if ((mask & BP_REGION_BIT(i)) != 0) {
            bp_buf_format(out, "%s%s", first ? "" : " ", regions[i].code);
            first = false;
        }
    }
}

void
bp_fact_cell(const bp_facts *facts, const bp_fact_table *table, size_t row, size_t column,
             bp_buf *out)
{
    const bp_fact_column *which = &table->columns[column];
    const char *cell = cell_at(table, row, which);
    const word *words = words_of(which->kind);
    const char *text = NULL;
    int64_t number = 0;
    bp_region_mask mask = 0;
    if (words != NULL) {
        unsigned value = word_at(cell, which->kind);
        while (words->text != NULL && words->value != value) {
            words++;
        }
        bp_buf_add_c(out, words->text == NULL ? "" : words->text);
    } else if (which->kind == BP_FACT_NUMBER) {
        memcpy(&number, cell, sizeof number);
        if (number == INT64_MAX) {
            bp_buf_add_c(out, "?");
        } else {
            bp_buf_format(out, "%lld", (long long)number);
        }
    } else if (which->kind == BP_FACT_REGIONS) {
        memcpy(&mask, cell, sizeof mask);
        write_regions(facts, mask, out);
    } else {
        memcpy(&text, cell, sizeof text);
        bp_buf_add_c(out, text);
    }
}

bp_str
bp_fact_key(bp_arena *arena, const bp_fact_table *table, size_t row)
{
    bp_buf key = {.arena = arena};
    bp_fact_cell(NULL, table, row, table->key, &key);
    if (table->second_key > table->key) {
        bp_buf_add_char(&key, ' ');
        bp_fact_cell(NULL, table, row, table->second_key, &key);
    }
    return bp_str_trim(bp_buf_text(&key));
}

/* Whether a text is the cell of a row, which is a text or a word. */
static bool
cell_is(const bp_fact_table *table, size_t row, size_t column, bp_str text)
{
    const bp_fact_column *which = &table->columns[column];
    const char *cell = cell_at(table, row, which);
    const char *have = NULL;
    const word *words = words_of(which->kind);
    if (words == NULL) {
        memcpy(&have, cell, sizeof have);
        return bp_str_is(text, have);
    }
    while (words->text != NULL && words->value != word_at(cell, which->kind)) {
        words++;
    }
    return words->text != NULL && bp_str_is(text, words->text);
}

/* The two halves of a key; the second is empty where one names a row. */
static void
split_key(const bp_fact_table *table, bp_str key, bp_str *first, bp_str *second)
{
    size_t end = table->second_key > table->key ? bp_str_find(key, ' ') : key.size;
    *first = bp_str_cut(key, 0, end);
    *second = bp_str_trim(bp_str_cut(key, end, key.size));
}

int
bp_fact_row_find(const bp_fact_table *table, bp_str key)
{
    bp_str first;
    bp_str second;
    split_key(table, key, &first, &second);
    for (size_t i = 0; i < table->count; i++) {
        if (cell_is(table, i, table->key, first) &&
            (table->second_key <= table->key || cell_is(table, i, table->second_key, second))) {
            return (int)i;
        }
    }
    return -1;
}

const bp_user_row *
bp_fact_user(const bp_fact_table *table, size_t row)
{
    const bp_user_row *user = NULL;
    if (table->user != 0) {
        memcpy(&user, (const char *)table->rows + row * table->size + table->user, sizeof user);
    }
    return user;
}

bool
bp_fact_settable(const bp_fact_table *table, const bp_fact_column *column)
{
    return column != &table->columns[table->key] && column != &table->columns[table->second_key] &&
           column->kind != BP_FACT_MARK && column->kind != BP_FACT_NAMES &&
           column->kind != BP_FACT_SOURCES;
}

/* ---- rows of a user */

bp_facts *
bp_facts_edit(bp_arena *arena, const bp_facts *base)
{
    bp_facts *facts = BP_NEW(arena, bp_facts);
    *facts = *bp_facts_or_built_in(base);
    const bp_user_row **users = bp_arena_array(arena, facts->user_count + 1, sizeof *users);
    for (size_t i = 0; i < facts->user_count; i++) {
        users[i] = facts->users[i];
    }
    facts->users = users;
    return facts;
}

/* The table, whose rows may now be written to; one row more at `gap`, if that is below the room. */
static char *
own_rows(bp_arena *arena, bp_facts *facts, const bp_fact_table *table, size_t gap)
{
    bp_fact_table *mine = &facts->tables[table - facts->tables];
    bool grow = gap <= mine->count;
    size_t before = grow ? gap : mine->count;
    char *rows = bp_arena_array(arena, mine->count + (grow ? 1 : 0), mine->size);
    memcpy(rows, mine->rows, before * mine->size);
    if (grow) {
        memcpy(rows + (gap + 1) * mine->size, (const char *)mine->rows + gap * mine->size,
               (mine->count - gap) * mine->size);
        mine->count++;
    }
    mine->rows = rows;
    return rows;
}

/* A Region came in at an index: sets of Regions move aside; nobody knows which types it takes. */
static void
widen_masks(bp_arena *arena, bp_facts *facts, size_t index)
{
    bp_region_mask low = BP_REGION_BIT(index) - 1;
    for (size_t t = 0; t < BP_TABLES; t++) {
        const bp_fact_table *table = &facts->tables[t];
        for (size_t c = 0; c < table->column_count; c++) {
            const bp_fact_column *column = &table->columns[c];
            if (column->kind != BP_FACT_REGIONS) {
                continue;
            }
            char *rows = own_rows(arena, facts, table, SIZE_MAX);
            for (size_t r = 0; r < table->count; r++) {
                bp_region_mask mask = 0;
                char *cell = rows + r * table->size + column->offset;
                memcpy(&mask, cell, sizeof mask);
                mask = (mask & low) | (mask & ~low) << 1;
                mask |= strcmp(column->name, "unknown") == 0 ? BP_REGION_BIT(index) : 0;
                memcpy(cell, &mask, sizeof mask);
            }
        }
    }
}

/* Texts of a new row are empty, never NULL. */
static void
clear_row(const bp_fact_table *table, char *row)
{
    const char *empty = "";
    const char *user = "yours";
    for (size_t c = 0; c < table->column_count; c++) {
        bp_fact_kind kind = table->columns[c].kind;
        if (kind == BP_FACT_TEXT || kind == BP_FACT_NAMES || kind == BP_FACT_SOURCES) {
            memcpy(row + table->columns[c].offset, kind == BP_FACT_SOURCES ? &user : &empty,
                   sizeof empty);
        }
    }
}

/* Puts a half of the key into its cell; false if it cannot be one. */
static bool
set_key(bp_arena *arena, const bp_fact_table *table, char *row, size_t column, bp_str text)
{
    const bp_fact_column *which = &table->columns[column];
    const word *words = words_of(which->kind);
    const char *copy = NULL;
    if (words == NULL) {
        copy = bp_str_c(arena, text);
        memcpy(row + which->offset, &copy, sizeof copy);
        return text.size > 0 && bp_str_find(text, ' ') == text.size;
    }
    while (words->text != NULL && !bp_str_is(text, words->text)) {
        words++;
    }
    memcpy(row + which->offset, &words->value, sizeof words->value);
    return words->text != NULL;
}

static bool
add_row(bp_arena *arena, bp_facts *facts, const bp_fact_table *table, bp_str key, size_t *index)
{
    bool regions = table == &facts->tables[BP_TABLE_REGIONS];
    size_t room = regions ? REGION_ROOM : ROW_ROOM;
    bp_str first;
    bp_str second;
    split_key(table, key, &first, &second);
    if (!table->grows || table->count >= room || (regions && !bp_region_shaped(key))) {
        return false;
    }
    *index = table->count;
    while (regions && *index > 0 &&
           bp_str_compare(key, bp_str_of(((const bp_region *)table->rows)[*index - 1].code)) < 0) {
        (*index)--;
    }
    char *row = own_rows(arena, facts, table, *index) + *index * table->size;
    memset(row, 0, table->size);
    clear_row(table, row);
    if (!set_key(arena, table, row, table->key, first) ||
        (table->second_key > table->key &&
         !set_key(arena, table, row, table->second_key, second))) {
        return false;
    }
    if (regions) {
        widen_masks(arena, facts, *index);
    }
    return true;
}

bool
bp_fact_put(bp_arena *arena, bp_facts *facts, const bp_fact_table *table, bp_user_row *user,
            size_t *row)
{
    int index = bp_fact_row_find(table, user->key);
    if (table->user == 0) {
        return false;
    }
    if (index >= 0) {
        *row = (size_t)index;
        user->was = (const char *)table->rows + *row * table->size;
        own_rows(arena, facts, table, SIZE_MAX);
    } else if (!add_row(arena, facts, table, user->key, row)) {
        return false;
    }
    const bp_user_row *const told = user;
    bp_fact_table *mine = &facts->tables[table - facts->tables];
    char *rows = own_rows(arena, facts, table, SIZE_MAX);
    memcpy(rows + *row * mine->size + mine->user, &told, sizeof told);
    user->table = table->name;
    user->number = facts->user_count;
    const bp_user_row **users = bp_arena_array(arena, facts->user_count + 1, sizeof *users);
    for (size_t i = 0; i < facts->user_count; i++) {
        users[i] = facts->users[i];
    }
    users[facts->user_count++] = told;
    facts->users = users;
    return true;
}

/* "opt-in except a b", "all", "none" or codes; commas count as blanks. */
static bool
read_regions(const bp_facts *facts, bp_str text, bp_region_mask *mask)
{
    size_t count = 0;
    bool take = true;
    (void)bp_regions(facts, &count);
    *mask = 0;
    for (size_t at = 0; at < text.size;) {
        size_t end = at;
        while (end < text.size && text.at[end] != ' ' && text.at[end] != ',') {
            end++;
        }
        bp_str code = bp_str_cut(text, at, end);
        int index = bp_region_index(facts, code);
        at = end + 1;
        if (bp_str_is(code, "opt-in")) {
            *mask |= bp_regions_opt_in(facts);
        } else if (bp_str_is(code, "all")) {
            *mask = BP_REGION_BIT(count) - 1;
        } else if (bp_str_is(code, "except")) {
            take = false;
        } else if (index >= 0) {
            *mask = take ? *mask | BP_REGION_BIT(index) : *mask & ~BP_REGION_BIT(index);
        } else if (code.size > 0 && !bp_str_is(code, "none")) {
            return false;
        }
    }
    return text.size > 0;
}

static bool
set_word(char *cell, bp_fact_kind kind, bp_str value, const char **belongs)
{
    const word *words = words_of(kind);
    *belongs = kind == BP_FACT_ANSWER   ? "yes, no or unknown"
               : kind == BP_FACT_FLAG   ? "yes or no"
               : kind == BP_FACT_OPT_IN ? "always-on, opt-in or partition"
                                        : "a word of this column";
    while (words->text != NULL && !bp_str_is(value, words->text)) {
        words++;
    }
    if (words->text == NULL) {
        return false;
    }
    bool flag = words->value != 0;
    if (kind == BP_FACT_FLAG) {
        memcpy(cell, &flag, sizeof flag);
    } else {
        memcpy(cell, &words->value, sizeof words->value);
    }
    return true;
}

static bool
set_text(bp_arena *arena, char *cell, const bp_fact_column *column, bp_str value,
         const char **belongs)
{
    *belongs = "the name of a partition";
    if (strcmp(column->name, "partition") == 0 && !bp_partition_known(value)) {
        return false;
    }
    const char *copy = bp_str_c(arena, value);
    memcpy(cell, &copy, sizeof copy);
    return true;
}

bool
bp_fact_set(bp_arena *arena, bp_facts *facts, const bp_fact_table *table, size_t row,
            const bp_fact_column *column, bp_str value, const char **belongs)
{
    char *rows = own_rows(arena, facts, table, SIZE_MAX);
    char *cell = rows + row * table->size + column->offset;
    const bp_fact_column *mark = bp_fact_column_find(table, BP_STR("mark"));
    bp_fact_table_id id = (bp_fact_table_id)(table - facts->tables);
    int64_t number = 0;
    bp_region_mask mask = 0;
    bool good = true;
    if (column->kind == BP_FACT_NUMBER) {
        *belongs = "a number, digits alone";
        good = value.size <= 15 && bp_str_number(value, &number);
        memcpy(cell, &number, sizeof number);
    } else if (column->kind == BP_FACT_REGIONS) {
        *belongs = "Region codes, or opt-in, all or none, and codes after except";
        good = read_regions(facts, value, &mask);
        memcpy(cell, &mask, sizeof mask);
    } else if (words_of(column->kind) != NULL) {
        good = set_word(cell, column->kind, value, belongs);
    } else {
        good = set_text(arena, cell, column, value, belongs);
    }
    /* Regions and types have marks for single columns, which ask the user's row themselves. */
    if (good && id != BP_TABLE_REGIONS && id != BP_TABLE_TYPES && mark != NULL) {
        memset(rows + row * table->size + mark->offset, 0, sizeof(bp_mark));
    }
    return good;
}
