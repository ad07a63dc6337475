/*
 * The tables seen as tables: columns by name, cells as texts, and rows of a user put on top. For
 * what prints facts and what reads a user's; checks ask facts.h.
 */
#ifndef BP_COMPILER_FACTS_TABLES_H
#define BP_COMPILER_FACTS_TABLES_H

#include "compiler/facts/facts.h"
#include "lib/arena.h"

typedef enum bp_fact_kind {
    BP_FACT_TEXT,
    BP_FACT_NUMBER,
    BP_FACT_ANSWER, /* yes, no, ? */
    BP_FACT_FLAG,   /* yes, no */
    BP_FACT_MARK,
    BP_FACT_OPT_IN, /* always-on, opt-in, partition */
    BP_FACT_COPY,   /* any, cross-region, cross-account, air-gapped */
    BP_FACT_REGIONS,
    BP_FACT_NAMES, /* of columns */
    BP_FACT_SOURCES
} bp_fact_kind;

typedef struct bp_fact_column {
    const char *name;
    bp_fact_kind kind;
    size_t offset;
} bp_fact_column;

typedef enum bp_fact_table_id {
    BP_TABLE_REGIONS,
    BP_TABLE_PARTITIONS,
    BP_TABLE_TYPES,
    BP_TABLE_TYPE_REGIONS,
    BP_TABLE_COPY_EXCEPTIONS,
    BP_TABLE_CONDITIONS,
    BP_TABLE_MANAGED_POLICIES,
    BP_TABLE_QUOTAS,
    BP_TABLE_CHANGES,
    BP_TABLE_SOURCES,
    BP_TABLES
} bp_fact_table_id;

typedef struct bp_fact_table {
    const char *name; /* "resource_types" */
    const char *what; /* what a row is */
    const char *as_of;
    const void *rows;
    size_t count;
    size_t size; /* of a row */
    const bp_fact_column *columns;
    size_t column_count;
    size_t key;        /* index of the column that names a row */
    size_t second_key; /* a second one, where one does not suffice; else the same */
    size_t user;       /* offset of the user's row; 0: a user cannot change this table */
    bool grows;        /* a user may add rows */
} bp_fact_table;

struct bp_facts {
    bp_fact_table tables[BP_TABLES];
    const bp_user_row **users;
    size_t user_count;
};

/* The given tables; the compiled-in ones for NULL. */
const bp_facts *bp_facts_or_built_in(const bp_facts *facts);

/* NULL for an unknown name. */
const bp_fact_table *bp_fact_table_find(const bp_facts *facts, bp_str name);
const bp_fact_column *bp_fact_column_find(const bp_fact_table *table, bp_str name);
/* The key of a row: its cell, or two with a blank between them. */
bp_str bp_fact_key(bp_arena *arena, const bp_fact_table *table, size_t row);
/* The row of a key, or -1. */
int bp_fact_row_find(const bp_fact_table *table, bp_str key);
/* The user's row behind a row, or NULL. */
const bp_user_row *bp_fact_user(const bp_fact_table *table, size_t row);
/* A cell as its table has it written; an empty one is "". */
void bp_fact_cell(const bp_facts *facts, const bp_fact_table *table, size_t row, size_t column,
                  bp_buf *out);

/* A copy of the tables that rows may be put into; in the arena, as all that is put into it. */
bp_facts *bp_facts_edit(bp_arena *arena, const bp_facts *base);
/*
 * Puts a user's row on top: the row of its key from then on says that it is the user's. A new row
 * has unknown answers and empty texts until they are set. `user` must live as long. False when a
 * row would have to be added and cannot be: the table does not grow, is full, or the key is
 * malformed.
 */
bool bp_fact_put(bp_arena *arena, bp_facts *facts, const bp_fact_table *table, bp_user_row *user,
                 size_t *row);
/* Sets a cell. False when the value is none of the column; *belongs then says what is. */
bool bp_fact_set(bp_arena *arena, bp_facts *facts, const bp_fact_table *table, size_t row,
                 const bp_fact_column *column, bp_str value, const char **belongs);
/* Whether a user may set a column: neither a key nor a mark, source or list of marked columns. */
bool bp_fact_settable(const bp_fact_table *table, const bp_fact_column *column);

#endif
