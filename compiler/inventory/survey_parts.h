/*
 * What the survey is made of. For compiler/inventory alone.
 *
 * What a unit says is a text of records, sorted by bytes: fields end at BP_FIELD_END, records at
 * BP_RECORD_END; these bytes inside a field are written as BP_ESCAPED and another one. The first
 * field of a record is its key: one unit holds a key once.
 */
#ifndef BP_COMPILER_INVENTORY_SURVEY_PARTS_H
#define BP_COMPILER_INVENTORY_SURVEY_PARTS_H

#include "compiler/inventory/survey.h"

#define BP_NO_TIME INT64_MIN

enum {
    BP_ESCAPED = 0x01,
    BP_RECORD_END = 0x1e,
    BP_FIELD_END = 0x1f,
    BP_NO_REGION = 63, /* among the Regions of a line: of a unit that has none */
    BP_BEFORE_REGIONS = -2,
    BP_FIELDS_MAX = 12,
    BP_TEXT_MAX = 1024 * 1024
};

/* Bits of what a call is about. */
enum {
    BP_ABOUT_ACCOUNT = 1,
    BP_ABOUT_REGION = 2,
    BP_ABOUT_PARENT = 4,
    BP_ABOUT_TARGET = 8,
    BP_ABOUT_POLICY = 16,
    BP_ABOUT_ROLE = 32,
    BP_ABOUT_VAULT = 64,
    BP_ABOUT_STACK_SET = 128
};

#define DUMP(id, command, key, section, needs, reader) BP_DUMP_##id,
typedef enum bp_dump_kind {
#include "compiler/inventory/dumps.def"
    BP_DUMP_KINDS
} bp_dump_kind;

typedef struct bp_dump bp_dump;

/* Reads the value of a top-level key; `first` is its first event. False: the JSON is broken. */
typedef bool bp_dump_reader(bp_dump *dump, bp_json_event first);

typedef struct bp_dump_row {
    const char *command;
    const char *key;
    const char *section;
    unsigned needs;
    bp_dump_reader *read;
} bp_dump_row;

/* An answer that is not the whole one: a page, a list that was cut off, presence alone. */
typedef struct bp_piece bp_piece;
struct bp_piece {
    bp_piece *next;
    const struct bp_unit *unit;
    int64_t taken;
    uint32_t content;
    uint32_t origin;
    uint32_t page; /* from 1; 0: no page */
    uint32_t pages;
    bool whole_page;
};

/* All pieces, each once. */
typedef struct bp_pieces {
    bp_arena *memory;
    bp_piece **slots; /* by hash */
    size_t room;
    size_t count;
} bp_pieces;

/* There are hundreds of thousands of them. */
typedef struct bp_unit {
    uint32_t content;   /* number of the text of the complete answer */
    uint32_t more;      /* number of what only some have; with BP_KEYS_ALONE, of keys; 0: nothing */
    unsigned when : 28; /* number of the complete answer's time and origin */
    unsigned complete : 1;
    unsigned failed : 1;   /* the call failed */
    unsigned cut : 1;      /* an answer was cut off */
    unsigned from_org : 1; /* the complete answer is that of the inventory that was started from */
} bp_unit;

typedef struct bp_more {
    bp_piece *pieces;
    uint32_t keys;       /* their number, or 0 */
    uint32_t into;       /* what the inventory that was started from says */
    uint32_t rival;      /* origin + 1 of another complete answer that no time decides about */
    bool timeless_rival; /* and no later one can */
} bp_more;

typedef struct bp_taken {
    int64_t taken;
    uint32_t origin;
} bp_taken;

/* Hashes of keys, one after another, and how many: "#0", "#1" … in the content of vaults, or those
 * that aliases name. */
enum { BP_KEYS_BLOCK = 4096 };
#define BP_KEYS_ALONE UINT32_C(0x80000000)

enum { BP_WHEN_MASK = 0x0FFFFFFF, BP_UNITS_AT_ONCE = 4, BP_FOURS_FEW = 3, BP_FOURS_MAX = 16 };

/* The units of one call about one account, Region by Region, or the only one. */
typedef struct bp_line {
    uint64_t there;   /* a bit a Region */
    uint32_t account; /* numbers of texts; 0 = none */
    uint32_t sub;
    union {
        bp_unit alone;
        struct {
            uint32_t fours[BP_FOURS_FEW]; /* numbers of four units each; Regions in order of their
                                             first appearance; 0: none yet */
            uint32_t rest;                /* number of where the numbers of the others are */
        } by_region;
    } units;
    uint8_t kind;
} bp_line;

typedef struct bp_fours {
    uint32_t at[BP_FOURS_MAX - BP_FOURS_FEW];
} bp_fours;

typedef struct bp_origin {
    uint32_t folder;
    uint32_t name;
} bp_origin;

/* What is to be repeated, a dump kind at a time. */
typedef struct bp_rival {
    const bp_unit *unit;
    bp_span span;
} bp_rival;

enum { BP_RIVALS_SHOWN = 32, BP_REASONS_MAX = 32, BP_TOLD_IN_A_FILE = 50, BP_TOLD_AT_ALL = 1000 };

/* A time as it was read last. */
typedef struct bp_time_read {
    char text[40];
    size_t size;
    int64_t instant;
} bp_time_read;

typedef struct bp_region_read {
    uint32_t text; /* number; 0: none */
    int region;
} bp_region_read;

/* Texts by number; 0 is the empty one. */
typedef struct bp_texts {
    BP_VEC(bp_str *) blocks;
    size_t count;
    uint64_t seed[2];
    bp_arena *memory; /* of the slots */
    uint32_t *slots;  /* numbers, by hash; 0: free */
    size_t room;
    uint32_t *recent; /* numbers of short texts, by their last bytes */
} bp_texts;

/* How often something was told: a broken dump repeats itself. */
typedef struct bp_tally {
    const char *reason;
    const char *code;
    size_t in_file;
    size_t at_all;
    size_t untold;          /* in the file */
    const bp_finding *last; /* that was told */
} bp_tally;

typedef struct bp_cut_list {
    size_t count;        /* units; in the end */
    const bp_unit *unit; /* the first that was noted */
    bp_span first;
    bp_str call;
    const char *how;
} bp_cut_list;

enum { BP_UNIT_BLOCK = 1024, BP_RECENT_TEXTS = 256, BP_REGIONS_READ = 64 };

typedef struct bp_number {
    uint32_t number;
} bp_number;

struct bp_survey {
    bp_arena *arena;
    bp_diagnostics *list;
    bp_sources *sources;
    bp_survey_options options;
    bp_texts texts;
    bp_arena *units_memory; /* of lines, units and what they have; until they are put together */
    BP_VEC(bp_line *) line_blocks;
    bp_line *last_line; /* that was made or written to; or NULL */
    size_t line_count;
    BP_VEC(bp_unit *) unit_blocks; /* of units four at a time */
    size_t four_count;
    BP_VEC(bp_fours *) fours_blocks;
    size_t fours_count;
    bp_time_read last_time;
    bp_region_read regions_read[BP_REGIONS_READ]; /* by the number of their texts */
    uint8_t region_places[64]; /* of a Region among the units of a line, from 1 */
    uint8_t region_count;
    BP_VEC(bp_more *) more_blocks;
    size_t more_count;
    BP_VEC(uint64_t *) keys_blocks;
    size_t keys_used;         /* of the last block */
    BP_VEC(bp_taken) answers; /* 0: none */
    uint32_t recent_answers[BP_RECENT_TEXTS];
    bp_pieces pieces;
    bp_tally tallies[BP_REASONS_MAX];
    bp_finding untold;       /* stands for those that are only counted */
    BP_VEC(bp_rival) rivals; /* places of the first answers that contradict another */
    uint32_t lacks_page;     /* of the unit that is settled; 0: none */
    uint32_t lacks_of;
    size_t kind_counts[BP_DUMP_KINDS];    /* units by kind */
    uint32_t last_content[BP_DUMP_KINDS]; /* of the last unit of a kind: the next is often equal */
    bp_arena *slot_memory;
    uint32_t *slots; /* line number + 1, by hash */
    size_t slot_count;
    BP_VEC(bp_origin) origins;
    uint32_t origin; /* of the input at hand */
    bp_cut_list cut[BP_DUMP_KINDS];
    bp_cut_list failed[BP_DUMP_KINDS];
    size_t refused;
    size_t findings;
    int64_t oldest; /* of the dumps */
    int64_t newest;
    bool org_not_in_use;
    const bp_organization *start;
    int64_t start_time;
    bp_str org_id; /* of the first ARN or path that names one */
    bp_str management;
    bool org_told;
    bool odd_vault_told;
    bp_str partition; /* of the first ARN that names one; empty: none yet */
    bp_str partition_path;
    bool partition_told;
    bp_region_mask config_regions;
    bool has_config;
    bool broken; /* two organizations and the like */
    BP_VEC(bp_survey_file) files;
    BP_VEC(bp_survey_line) lines;
};

typedef struct bp_names_kept {
    struct bp_names_kept *next;
    const struct bp_field *fields;
    bp_json_names names;
} bp_names_kept;

/* The dump at hand. */
struct bp_dump {
    bp_survey *survey;
    bp_json_reader *reader;
    bp_arena *scratch; /* forgotten after every dump */
    bp_arena *item;    /* forgotten after every entry of its list */
    unsigned nesting;  /* lists that are being read */
    bp_str path;
    bp_arena *file;               /* lives as long as the file is read */
    bp_json_names *envelope;      /* keys of envelopes */
    struct bp_names_kept **names; /* of the tables of fields that were used */
    const bp_dump *by_path;       /* what the path says, once for the file; NULL: not read yet */
    const bp_dump_row *row;       /* NULL: not known yet */
    bp_json_event last;
    bool pushed;  /* `last` is to be given again */
    bool derived; /* whose answer it is was read from its entries */
    bool row_from_path;
    bool seen; /* the top-level key */
    bool enveloped;
    bp_str account;
    bp_str region_code;
    int region; /* -1 = none */
    bp_str parent;
    bp_str target;
    bp_str policy;
    bp_str role;
    bp_str vault;
    bp_str stack_set;
    bp_str call_as;
    unsigned from_path; /* bits of what the path alone says */
    int64_t taken;
    bool not_complete; /* the envelope says so */
    uint32_t page;
    uint32_t pages;
    const char *cut_how; /* what shows that the answer is cut off; NULL: nothing */
    bool presence_only;
    bool spoiled; /* an entry was refused: the unit is not known */
    bool entered; /* the unit was written already */
    BP_VEC(bp_str) records;
    BP_VEC(uint64_t) keys; /* of the records */
    bp_map *counts;        /* of resources: record → bp_number * */
};

/* ---- survey.c */
const bp_dump_row *bp_dump_rows(void);
bp_dump_kind bp_dump_kind_of(const bp_dump_row *row);
/* ---- texts.c */
void bp_texts_start(bp_survey *survey);
uint32_t bp_text_number(bp_survey *survey, bp_str text);
/* The number of a text that may be new; false: then nothing has it. */
bool bp_text_known(const bp_survey *survey, bp_str text, uint32_t *number);
bp_str bp_text_of(const bp_survey *survey, uint32_t number);

typedef struct bp_unit_key {
    bp_dump_kind kind;
    bp_str account;
    int region; /* -1 = none */
    bp_str sub;
} bp_unit_key;
/* ---- lines.c */
bp_line *bp_line_at(const bp_survey *survey, size_t index);
bp_line *bp_line_find(const bp_survey *survey, bp_dump_kind kind, bp_str account, bp_str sub);
/* NULL: it has none. `region` -1: the only one. */
bp_unit *bp_line_unit(const bp_survey *survey, bp_line *line, int region);
/* The unit of the next Region; begin with -2. NULL at the end. */
bp_unit *bp_line_next(const bp_survey *survey, bp_line *line, int *region);
bp_unit *bp_unit_find(const bp_survey *survey, bp_unit_key key);
bp_unit *bp_unit_make(bp_survey *survey, bp_unit_key key);
/* What only some units have: to be written, or to be looked at. */
bp_more *bp_unit_more(bp_survey *survey, bp_unit *unit);
const bp_more *bp_unit_has(const bp_survey *survey, const bp_unit *unit);
/* The hashes of its keys; NULL: none. */
const uint64_t *bp_unit_keys(const bp_survey *survey, const bp_unit *unit, size_t *count);
void bp_unit_set_keys(bp_survey *survey, bp_unit *unit, const uint64_t *keys, size_t count);
/* Whether anything is known by it; a unit of a call that failed alone says nothing. */
bool bp_unit_says(const bp_survey *survey, const bp_unit *unit);
/* When the complete answer was taken, and where it stands. */
const bp_taken *bp_unit_answer(const bp_survey *survey, const bp_unit *unit);
uint32_t bp_answer_number(bp_survey *survey, int64_t taken, uint32_t origin);

/* ---- units.c */
/* Enters what the records of the dump say about a unit, and forgets them. */
void bp_unit_enter(bp_dump *dump, bp_unit_key key);
/* The call failed: the unit is there, and unknown. */
void bp_unit_fail(bp_dump *dump, bp_unit_key key);
/* All that is known to be there: the complete answer and what pieces add; into an arena. Pages that
 * are all there become the complete answer. */
bp_str bp_unit_content(bp_survey *survey, bp_arena *arena, const bp_unit *unit, int64_t *oldest);
/* Joins its pages, and tells what contradicts or is cut off. */
void bp_unit_settle(bp_survey *survey, bp_line *line, bp_unit *unit, int region);
/* ---- pieces.c; a piece that is there already is not added */
void bp_piece_add(bp_survey *survey, bp_unit *unit, const bp_piece *piece);
void bp_piece_enter(bp_dump *dump, bp_unit *unit, uint32_t content);
bp_str bp_origin_path(const bp_survey *survey, bp_arena *arena, uint32_t origin);

/* ---- records.c */
/* Begins a record in `buf`; bp_record_field adds to it. */
void bp_record_field(bp_buf *buf, bp_str text);
void bp_record_add(bp_dump *dump, const bp_str *fields, size_t count);
/* Sorted, each once, in one text. */
bp_str bp_records_join(bp_arena *arena, bp_str *records, size_t count);
typedef struct bp_record {
    bp_str field[BP_FIELDS_MAX];
    size_t count;
} bp_record;
/* The next record of a text; false at its end. */
bool bp_record_next(bp_arena *arena, bp_str *rest, bp_record *record);
size_t bp_records_count(bp_str text);

/* ---- fields.c: members of objects */
typedef enum bp_field_kind {
    BP_FIELD_TEXT,
    BP_FIELD_LONG_TEXT, /* up to 1 MiB */
    BP_FIELD_ACCOUNT,   /* 12 digits */
    BP_FIELD_ARN,
    BP_FIELD_FLAG,
    BP_FIELD_NUMBER,
    BP_FIELD_ANY, /* any value; only that it is there counts */
    BP_FIELD_NESTED
} bp_field_kind;
typedef struct bp_arn bp_arn;
typedef struct bp_field bp_field;
typedef struct bp_value {
    bool there;
    bool good;
    bool flag;
    bp_str text;
    bp_span span; /* where it begins, for bp_dump_point */
    void *nested;
    bp_arn *arn; /* of a good BP_FIELD_ARN */
} bp_value;
typedef bool bp_nested_reader(bp_dump *dump, bp_json_event first, bp_value *value);
struct bp_field {
    const char *name;
    bp_field_kind kind;
    bool required;
    bp_nested_reader *nested;
};
/* The next event, good until the one after it. */
static inline const bp_json_event *
bp_dump_step(bp_dump *dump)
{
    if (dump->pushed) {
        dump->pushed = false;
    } else {
        bp_json_read(dump->reader, &dump->last);
    }
    return &dump->last;
}
/* A copy of it. */
static inline bp_json_event
bp_dump_next(bp_dump *dump)
{
    return *bp_dump_step(dump);
}
bool bp_dump_skip(bp_dump *dump, bp_json_event first);
/* bp_json_member into dump->last; also where a key was given back. */
size_t bp_dump_member(bp_dump *dump, bp_json_names *names);
/* Reads the rest of an object whose first event was taken. False: the JSON is broken. */
bool bp_read_members(bp_dump *dump, const char *what, const bp_field *fields, size_t count,
                     bp_value *values);
/* Reads a list of objects; `item` sees the members of each. */
typedef bool bp_item_reader(bp_dump *dump, const bp_value *values);
bool bp_read_list(bp_dump *dump, bp_json_event first, const char *what, const bp_field *fields,
                  size_t count, bp_item_reader *item);
/* A value of another kind than belongs here; skips it. */
bool bp_wrong_kind(bp_dump *dump, bp_json_event first, const char *what, const char *belongs);

/* ---- faults.c: findings about dumps */
/* The place of the last event. */
bp_span bp_dump_here(bp_dump *dump);
/* What is reported next is about this value. */
void bp_dump_point(bp_dump *dump, const bp_value *value);
/* A finding at the last event, with the reason in a note. */
bp_finding *bp_dump_report(bp_dump *dump, const char *code, const char *reason, const char *format,
                           ...) __attribute__((format(printf, 4, 5)));
/* Adds help to a finding of one of these; nothing where it is only counted. */
void bp_survey_help(bp_survey *survey, bp_finding *finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* At the end of a file: how many more there were of what was told often enough. */
void bp_survey_tell_rest(bp_survey *survey, bp_str path);
/* A finding that belongs to a file as a whole (or, with an empty path, to none). */
bp_finding *bp_survey_report(bp_survey *survey, const char *code, const char *reason, bp_str path,
                             const char *format, ...) __attribute__((format(printf, 5, 6)));
bool bp_is_org_id(bp_str text);
bool bp_is_target_id(bp_str text); /* root, OU or account */
bool bp_is_policy_id(bp_str text);
/* The call to repeat, with what is known. */
bp_str bp_dump_call(bp_dump *dump);
/* Whether what these bits ask for is all said. */
bool bp_dump_says(const bp_dump *dump, unsigned needs);
/* What the dump is about is not all said; reports. True: all there. */
bool bp_dump_addressed(bp_dump *dump, unsigned needs);

/* ---- arn.c */
/* Stands for the id of a key, which is not kept. */
uint64_t bp_key_hash(bp_str id);
struct bp_arn {
    bp_str partition;
    bp_str service;
    bp_str region;
    bp_str account;
    bp_str rest;
};
bool bp_arn_parse(bp_str text, bp_arn *arn);
/* Takes note of the partition; false: another one than before, reported. */
bool bp_dump_partition(bp_dump *dump, bp_str partition);
/* Takes note of the organization and management account that an ARN of Organizations names; false:
 * others than before, reported. An empty text says nothing. */
bool bp_dump_org_arn(bp_dump *dump, bp_str arn);
/* Whether the ARN lies in the account and Region of the dump; sets them where they are not known.
 */
bool bp_dump_agrees(bp_dump *dump, const bp_arn *arn);
/* The ids of the types of an ARN, joined by blanks; empty if it is of none. */
bp_str bp_arn_types(const bp_facts *facts, bp_arena *arena, bp_str arn);

/* ---- envelope.c, dump_read.c; the first event of the value was taken, no key yet */
/* Gives the last event again. */
static inline void
bp_dump_push(bp_dump *dump)
{
    dump->pushed = true;
}
bool bp_read_payload(bp_dump *dump);
bool bp_read_envelope(bp_dump *dump);
void bp_envelope_names(bp_json_names *names);
bool bp_is_envelope_key(bp_str key);
/* The row of a command; NULL if there is none. */
const bp_dump_row *bp_dump_row_named(bp_str command);
/* Forgets what the last dump was about; the path's words stay. */
void bp_dump_begin(bp_dump *dump);
/* A text that lives as long as the survey, kept once. */
bp_str bp_kept(bp_survey *survey, bp_str text);
bool bp_dump_set_region(bp_dump *dump, bp_str code);
/* The entries of another cell or parent follow: enters those before as presence. */
void bp_dump_next_group(bp_dump *dump);
bool bp_instant_loose(bp_str text, int64_t *instant);
/* Whether an entry belongs to the cell of the dump; where the entries alone say the cell, a new one
 * begins another group. False: refused, reported. */
bool bp_dump_cell_of(bp_dump *dump, const bp_arn *arn);
bool bp_read_config(bp_dump *dump, bp_json_event first);
/* read_vaults.c: an element of vault lists that were glued together. */
bool bp_read_lone_vault(bp_dump *dump);

bp_unit_key bp_dump_key(const bp_dump *dump);

/* A reader of a JSON text inside a string. */
bp_json_reader *bp_inner_reader(bp_arena *arena, bp_str text);
/* Tells that it does not parse. */
void bp_inner_broken(bp_dump *dump, const char *what, bp_json_event error);
/* ---- documents.c: JSON texts inside strings */
/* "organization", "none", "other" or ids joined by blanks; empty: not understood, reported. */
bp_str bp_access_words(bp_dump *dump, bp_str document);
/* "backup", "other", "unknown" or empty. From a text, percent-encoded or not. */
bp_str bp_trust_words(bp_dump *dump, bp_str document);
bp_str bp_trust_of(bp_dump *dump, bp_json_event first);

/* ---- from_yaml.c. False: not YAML of the kind that is read. */
bool bp_yaml_to_json(bp_survey *survey, bp_arena *arena, bp_str text, bp_str *json);

/* ---- template.c */
/* "V<name>" and "R<name>" records of what a template makes; false: not known. */
bool bp_template_makes(bp_dump *dump, bp_str body, const bp_org_tag *parameters, size_t count,
                       bp_str *vaults, bp_str *roles);

/* ---- put_*.c: from units to the organization */
/* What a list of Regions came to, which is that of most accounts. */
typedef struct bp_regions_put {
    bp_str content;
    bool known;
    bp_region_mask enabled;
} bp_regions_put;

typedef struct bp_putting {
    bp_survey *survey;
    bp_arena *arena;
    bp_arena *scratch; /* forgotten after every account */
    bp_organization *org;
    int64_t oldest; /* of all that was used; BP_NO_TIME: not known */
    bool used;
    uint32_t last_used; /* number of the time and origin that was used last */
    bp_regions_put last_regions;
    bp_map *vault_texts; /* contents of all Regions → set, where nothing else adds to them */
    bool expects;        /* the account at hand has to answer */
    bool *about;         /* by number of an account's id: something is said about it */
    bp_map *vault_sets;  /* content → set: each distinct one once */
    bp_map *role_sets;
    bp_map *setting_sets;
    bp_map *resource_sets;
    bp_map *tag_sets;
    uint32_t *placed; /* by the number of an account's id: index + 1 of its OU */
    size_t placed_room;
    bool has[BP_DUMP_KINDS]; /* some unit of the kind */
    bp_survey_line counts[BP_DUMP_KINDS];
} bp_putting;
/* The complete answer of a unit is used: its age counts. */
void bp_put_age(bp_putting *on, const bp_unit *unit);
/* All that is there by a unit (NULL: nothing), whose age counts from now on. */
bp_str bp_put_content(bp_putting *on, bp_arena *arena, const bp_unit *unit);
/* A copy in the organization's memory. */
bp_str bp_put_text(bp_putting *on, bp_str text);
bool bp_put_tree(bp_putting *on);
void bp_put_accounts(bp_putting *on);
void bp_put_policies(bp_putting *on);
void bp_put_stack_sets(bp_putting *on);
void bp_put_settings(bp_putting *on);
/* Counts all units that were expected and are not there. */
void bp_put_all_missing(bp_putting *on);
/* A unit that was expected is not known: counts it. */
void bp_put_missing(bp_putting *on, bp_dump_kind kind);
const bp_tag_set *bp_put_tags(bp_putting *on, bp_str target);
const bp_vault_set *bp_put_vaults(bp_putting *on, bp_str account);

bp_dump_reader bp_read_organization, bp_read_roots, bp_read_ous, bp_read_accounts, bp_read_policies,
    bp_read_policy, bp_read_targets, bp_read_tags, bp_read_trusted, bp_read_delegated,
    bp_read_global, bp_read_settings, bp_read_vaults, bp_read_access, bp_read_aliases,
    bp_read_roles, bp_read_role_policies, bp_read_regions, bp_read_resources, bp_read_results,
    bp_read_summaries, bp_read_stack_set, bp_read_management;

#endif
