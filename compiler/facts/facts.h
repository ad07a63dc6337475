/*
 * Facts about AWS: Regions, resource types, copy support, managed policies, quotas.
 *
 * The rows live in the .tsv files beside this header, each with its source, date and mark, and are
 * compiled in. Checks read facts here and nowhere else; no AWS knowledge is written into code. A
 * mark limits what a check may say: CONFLICT and UNSURE rows never make an error.
 */
#ifndef BP_COMPILER_FACTS_FACTS_H
#define BP_COMPILER_FACTS_FACTS_H

#include "lib/source.h"
#include "lib/text.h"

typedef enum bp_mark { BP_MARK_VERIFIED, BP_MARK_CONFLICT, BP_MARK_UNSURE } bp_mark;

/* The three answers. UNKNOWN is never "no". */
typedef enum bp_answer { BP_UNKNOWN, BP_ABSENT, BP_PRESENT } bp_answer;

/* A set of Regions: bit i is the Region at index i of the table (fewer than 64 rows, asserted by a
 * test). */
typedef uint64_t bp_region_mask;
#define BP_REGION_BIT(index) ((bp_region_mask)1 << (index))

/* A row that a user put on top of a table, or added to it. */
typedef struct bp_user_row {
    const char *table; /* "regions" */
    bp_str key;
    bp_str columns; /* what it sets, blank-separated */
    bp_str set;     /* the same with values: "backup_policies: yes, opt_in: opt-in" */
    bp_str reason;
    bp_str date;
    bp_span span;    /* of the key in the user's file */
    const void *was; /* the compiled-in row; NULL: there is none */
    size_t number;   /* of the row among those of the user, from 0 */
} bp_user_row;

typedef enum bp_opt_in { BP_ALWAYS_ON, BP_OPT_IN, BP_PARTITION_ACCOUNT } bp_opt_in;

typedef struct bp_region {
    const char *code;
    const char *partition;
    const char *name;    /* "Asia Pacific (Tokyo)" */
    const char *aliases; /* other spellings, '|'-separated; for suggestions only */
    bp_opt_in opt_in;
    bp_answer backup_endpoint; /* AWS Backup has an endpoint there */
    bp_answer backup_policies; /* cross-account management: backup policies work there */
    bp_answer cross_region_copy;
    bp_answer cross_account_copy;
    bp_answer air_gapped_vault; /* a logically air-gapped vault can be made there */
    bp_answer audit_manager;
    bp_answer restore_testing;
    bp_answer indexing; /* backup search */
    bp_answer tiering;
    bp_answer malware_scan;
    bp_answer access_points;
    const char *since;    /* day since which AWS Backup is there; "" = not known */
    const char *doubtful; /* columns that the mark is about, blank-separated; "" = all */
    bp_mark mark;
    const char *source;
    const char *note;
    const bp_user_row *user; /* NULL: as it is compiled in */
} bp_region;

typedef struct bp_partition {
    const char *name;            /* "aws-us-gov" */
    const char *region_prefixes; /* beginnings of its Region codes, blank-separated */
    const char *dns_suffix;
    const char *iam_region; /* where IAM is managed */
    bp_mark mark;
    const char *source;
} bp_partition;

typedef struct bp_type {
    const char *id;       /* "rds_instance" */
    const char *label;    /* "Amazon RDS instance" */
    const char *api_name; /* key of the opt-in maps, exact: "Storage Gateway" */
    const char *pattern;  /* what resource_types takes, partition aws; "" = cannot be named */
    const char *word;     /* the language's word for that pattern: "rds"; "" = none */
    bool opt_in_always;   /* the opt-in counts even where the type is named */
    bool advanced;        /* needs advanced DynamoDB features */
    bp_answer cross_region;
    bp_answer cross_account;
    bp_answer single_action;
    bp_answer continuous; /* point-in-time recovery */
    bp_answer full_management;
    bp_answer cold_storage;
    bp_answer air_gapped_vault;
    bp_answer indexing; /* backup search */
    bp_answer incremental;
    bp_answer item_restore;
    bp_answer restore_testing;
    bp_answer tiering;
    bp_answer malware_scan;
    bp_answer access_points;
    bp_answer audit_manager;
    const char *unsure; /* columns whose value is UNSURE, blank-separated */
    bp_mark mark;
    const char *source;
    const char *note;
    const bp_user_row *user; /* NULL: as it is compiled in */
} bp_type;

typedef enum bp_copy_kind {
    BP_COPY_ANY,
    BP_COPY_CROSS_REGION,
    BP_COPY_CROSS_ACCOUNT,
    BP_COPY_AIR_GAPPED
} bp_copy_kind;

/* A type that cannot be copied from or to some Regions. */
typedef struct bp_copy_exception {
    const char *type; /* id */
    bp_copy_kind kind;
    bp_region_mask regions; /* where it does not work */
    bp_mark mark;
    const char *changed; /* when it was different before; "" = never seen to change */
    const char *source;
    const char *note;
    const bp_user_row *user; /* NULL: as it is compiled in */
} bp_copy_exception;

/* Where AWS Backup takes a type. In Regions of neither mask it does. */
typedef struct bp_type_regions {
    const char *type;       /* id */
    bp_region_mask missing; /* where it does not */
    bp_region_mask unknown; /* of which no table speaks */
    bp_mark mark;
    const char *source;
    const char *note;
    const bp_user_row *user; /* NULL: as it is compiled in */
} bp_type_regions;

typedef struct bp_managed_policy {
    const char *permit; /* word of `permits`: backup restore s3_backup s3_restore; "" = other */
    const char *path;   /* below arn:PARTITION:iam::aws:policy/, "service-role/…" */
    const char *needed_for;
    const char *version;
    const char *updated;
    bp_mark mark;
    const char *source;
    const bp_user_row *user; /* NULL: as it is compiled in */
} bp_managed_policy;

typedef struct bp_quota {
    const char *id;
    int64_t value; /* INT64_MAX: no limit is known */
    const char *unit;
    bool smallest;        /* the value is the smallest allowed, not the largest */
    bp_answer adjustable; /* AWS raises it on request */
    const char *per;      /* what one counter belongs to */
    const char *what;
    const char *source;
    bp_mark mark;
    const bp_user_row *user; /* NULL: as it is compiled in */
} bp_quota;

/* Since when the other tables are as they are. */
typedef struct bp_fact_change {
    const char *date;
    const char *type; /* id; "" = all types */
    const char *change;
    bp_mark mark;
    const char *source;
} bp_fact_change;

/* What has to hold beside types and Regions. */
typedef struct bp_condition_fact {
    const char *id;
    const char *condition;
    const char *needs; /* what has to be known to judge it */
    bp_mark mark;
    const char *source;
} bp_condition_fact;

/* A source of the tables. */
typedef struct bp_fact_origin {
    const char *code;
    const char *what;
    const char *date;
    const char *url;   /* "" = none kept */
    const char *words; /* what and date */
} bp_fact_origin;

/*
 * The tables as a project sees them: those that are compiled in, or those with rows of its own on
 * top. NULL stands for the compiled-in ones wherever a handle is taken. Rows are in the order of
 * their table; Regions ascend by code.
 */
typedef struct bp_facts bp_facts;

const bp_facts *bp_facts_built_in(void);

/* Newest source day of all compiled-in tables ("2026-09-24"), for --version and DAT001. */
const char *bp_facts_as_of(void);

const bp_region *bp_regions(const bp_facts *facts, size_t *count);
/* Index of a code, exact, or -1. */
int bp_region_index(const bp_facts *facts, bp_str code);
/* NULL for an unknown code. */
const bp_region *bp_region_find(const bp_facts *facts, bp_str code);
/* The Region whose display name or alias this is, letter case and blanks ignored; NULL if none. */
const bp_region *bp_region_by_name(const bp_facts *facts, bp_str name);
/* All opt-in Regions; all Regions of a partition. */
bp_region_mask bp_regions_opt_in(const bp_facts *facts);
bp_region_mask bp_regions_of_partition(const bp_facts *facts, bp_str partition);
/* Whether a text has the shape of a Region code of some partition. */
bool bp_region_shaped(bp_str code);

/* What a finding about a column of the row may rest on: VERIFIED where the row's mark is about
 * other columns. */
bp_mark bp_region_mark(const bp_region *region, const char *column);

/* Partition known by its name ("aws", "aws-us-gov" …). */
bool bp_partition_known(bp_str partition);
/* NULL for an unknown name. */
const bp_partition *bp_partition_find(bp_str partition);
const bp_partition *bp_partitions(size_t *count);

const bp_type *bp_types(const bp_facts *facts, size_t *count);
const bp_type *bp_type_find(const bp_facts *facts, bp_str id);
/* Types that a pattern of a policy selects (any known partition), into `types` (room for all); the
 * number of them. "*" gives all that some pattern names. */
size_t bp_types_of_pattern(const bp_facts *facts, bp_str pattern, const bp_type **types,
                           size_t room);
/* The pattern of a word of the language ("rds" → "arn:aws:rds:*:*:db:*", "all" → "*"); NULL if it
 * is no such word. */
const char *bp_pattern_of_word(const bp_facts *facts, bp_str word);
/* The words of the language for patterns, in table order, each once. */
size_t bp_pattern_words(const bp_facts *facts, bp_str *words, size_t room);
/* Whether a column of a row is listed as unsure. */
bool bp_type_unsure(const bp_type *type, const char *column);
/* The mark of a column of the row: UNSURE where it is listed as unsure, else that of the row. */
bp_mark bp_type_mark(const bp_type *type, const char *column);
/* The API name as AWS writes it, whatever its letter case here; NULL if no type has it. */
const char *bp_type_api_name(const bp_facts *facts, bp_str name);

const bp_copy_exception *bp_copy_exceptions(const bp_facts *facts, size_t *count);
/* The row of a type id; NULL if there is none: then nothing is known. */
const bp_type_regions *bp_type_regions_find(const bp_facts *facts, bp_str id);
/* Whether AWS Backup takes a type in a Region (index). */
bp_answer bp_type_in_region(const bp_facts *facts, const bp_type *type, int region);
const bp_managed_policy *bp_managed_policies(const bp_facts *facts, size_t *count);
/* The quota of an id; aborts on an unknown id (a programming error). */
const bp_quota *bp_quota_find(const bp_facts *facts, const char *id);
const bp_quota *bp_quotas(const bp_facts *facts, size_t *count);

const bp_fact_change *bp_fact_changes(size_t *count);
const bp_condition_fact *bp_condition_facts(size_t *count);

/* The rows of the user, in the order of their file. */
size_t bp_user_rows(const bp_facts *facts, const bp_user_row *const **rows);
/* Whether a user's row (may be NULL) says the value of a column. */
bool bp_user_row_sets(const bp_user_row *row, const char *column);

/* A source code of the tables ("FA") in words with its date; NULL if unknown. */
const char *bp_fact_source(bp_str code);
const bp_fact_origin *bp_fact_origins(size_t *count);

#endif
