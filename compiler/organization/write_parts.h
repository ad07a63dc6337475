/*
 * The canonical writer: what its parts share. Inside compiler/organization only.
 *
 * Everything is put twice: first to note which values and Region sets there are (no text is kept of
 * it, names are not known yet), then with their names. Rows of all kinds go through one list, which
 * is used again for every value, so that memory follows the distinct values and not the accounts.
 */
#ifndef BP_COMPILER_ORGANIZATION_WRITE_PARTS_H
#define BP_COMPILER_ORGANIZATION_WRITE_PARTS_H

#include "compiler/organization/write.h"

/* How Region sets are put. */
typedef enum bp_org_pass {
    BP_PASS_NOTE, /* written out as lists, and noted for a name */
    BP_PASS_HASH, /* written out as lists */
    BP_PASS_NAME  /* by name */
} bp_org_pass;

/* A distinct value and what it is called. */
typedef struct bp_org_value {
    const void *at;
    bp_str hash; /* 64 digits */
    bp_str name;
} bp_org_value;

typedef struct bp_org_values {
    bp_map *by_pointer; /* bytes of the pointer → a record of the writer */
    bp_map *by_hash;    /* → bp_org_value * */
    BP_VEC(bp_org_value *) list;
} bp_org_values;

/* A row being put in order: a key, Regions, and the text that follows them. */
typedef struct bp_org_row {
    bp_str key;
    bp_region_mask in;
    unsigned first; /* rank of the first Region by text */
    size_t start;   /* of the tail in the buffer of the rows */
    bp_str tail;
} bp_org_row;

/* What the accounts hold together. */
typedef struct bp_org_combination {
    const bp_org_value *vaults;
    const bp_org_value *roles;
    const bp_org_value *settings;
    bp_region_mask regions;
    uint64_t regions_known; /* 0 or 1; as wide as the rest, so that equal records are equal bytes */
} bp_org_combination;

typedef struct bp_org_profile {
    bp_org_combination holds;
    size_t accounts;
    bp_org_value value; /* name empty: no profile is made of it */
} bp_org_profile;

/* What is written of one account. */
typedef struct bp_org_line {
    const bp_org_value *resources;
    const bp_org_value *tags;
    const bp_org_profile *profile;
} bp_org_line;

typedef struct bp_org_writer {
    bp_arena *arena;
    const bp_organization *org;
    const bp_organization *keep; /* may be NULL */
    bool counts;
    bp_org_pass pass;
    bp_buf *out;

    unsigned rank[64];  /* of a Region by the text of its code */
    unsigned order[64]; /* the Region at a rank */
    size_t regions;

    bp_org_values values[BP_SET_KINDS]; /* Region sets: `at` is a bp_region_mask */
    bp_map *profiles;                   /* bytes of a combination → bp_org_profile * */
    bp_org_line *lines;                 /* by account */

    /* used again and again */
    BP_VEC(bp_org_row) rows;
    bp_buf text; /* tails of the rows */
    BP_VEC(bp_str) names;
    bp_buf scratch;
} bp_org_writer;

/* The value of the word `none`. */
extern const bp_org_value bp_org_none;

/* Scalars, lists, Region sets. */
void bp_org_put_text(bp_buf *out, bp_str text);
void bp_org_put_quoted(bp_buf *out, bp_str text);
/* A flow list, sorted, each once. */
void bp_org_put_names(bp_org_writer *writer, bp_buf *out, const bp_str *names, size_t count);
void bp_org_put_regions(bp_org_writer *writer, bp_buf *out, bp_region_mask mask);
void bp_org_order_regions(bp_org_writer *writer);

/* Rows. Begin, add (the tail is what is appended to writer->text afterwards), settle. */
void bp_org_rows_begin(bp_org_writer *writer);
bp_org_row *bp_org_rows_add(bp_org_writer *writer, bp_str key, bp_region_mask in);
/* Sorts by key, first Region, tail. `merge`: rows that differ only in their Regions become one;
 * else equal rows do. */
void bp_org_rows_settle(bp_org_writer *writer, bool merge);

/* Puts the rows that were settled: in block style below `indent` blanks where names are put, else
 * as a flow list. `key`: the name of their first key; NULL: rows begin with their Regions. `types`:
 * the key is one or more type ids. */
void bp_org_put_rows(bp_org_writer *writer, bp_buf *out, const char *key, bool types,
                     size_t indent);
/* Tags sorted by key, as `{k: v}`, or with an indent as a line for each. */
void bp_org_put_tags(bp_org_writer *writer, bp_buf *out, const bp_org_tag *tags, size_t count,
                     size_t indent);

/* Puts a value in flow style (for its hash) or in block style after the name of its set. False:
 * the value says nothing, and nothing is put. */
bool bp_org_put_value(bp_org_writer *writer, bp_buf *out, bp_set_kind kind, const void *value);
/* Whether a value is what the word `none` says. */
bool bp_org_is_none(const bp_org_writer *writer, bp_set_kind kind, const void *value);

/* The value that stands for one in memory: NULL (nothing is known), bp_org_none, or a set. Notes it
 * in the first pass. */
const bp_org_value *bp_org_intern(bp_org_writer *writer, bp_set_kind kind, const void *value);
/* Notes what every account, OU and policy holds. */
void bp_org_note_holders(bp_org_writer *writer);
/* Gives names to all that was noted. */
void bp_org_name_all(bp_org_writer *writer);
void bp_org_put_sets(bp_org_writer *writer);
/* The name of a Region set of two or more Regions; notes it in the first pass. */
bp_str bp_org_regions_name(bp_org_writer *writer, bp_region_mask mask);
/* The name of a value, or the word none. */
void bp_org_put_name(bp_buf *out, const bp_org_value *value);
/* The parts of a profile or an account: "vaults: v1, roles: r1"; true if there was one. */
bool bp_org_put_combination(bp_org_writer *writer, bp_buf *out, const bp_org_combination *holds,
                            bool after);

void bp_org_put_tree(bp_org_writer *writer);
void bp_org_put_policies(bp_org_writer *writer);
void bp_org_put_attachments(bp_org_writer *writer);
void bp_org_put_stack_sets(bp_org_writer *writer);

#endif
