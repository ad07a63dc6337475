/*
 * The reader of org.yaml: events that can be recorded and replayed, mappings by tables of keys, and
 * values by kind. Inside compiler/organization only.
 *
 * A file may hold its sections in any order. Those that others refer to (coverage, sets) are
 * recorded and read before the tree, so that a reference always finds its set and nothing has to be
 * patched afterwards. Every reading function takes the first event of a value and consumes the
 * whole value, whatever it reports. Records and texts live in the arena.
 */
#ifndef BP_COMPILER_ORGANIZATION_ORG_READER_H
#define BP_COMPILER_ORGANIZATION_ORG_READER_H

#include "compiler/organization/organization.h"
#include "compiler/organization/yaml.h"
#include "lib/suggest.h"

/* The events of one value. */
typedef struct bp_org_record {
    BP_VEC(bp_yaml_event) events;
} bp_org_record;

typedef struct bp_org_reader {
    bp_arena *arena;
    bp_diagnostics *list;
    const bp_source *source;
    bp_organization *org;
    bp_yaml *yaml;
    const bp_org_record *replay; /* read instead of `yaml` where not NULL */
    size_t replayed;
    bool stop;   /* something was found that makes the inventory useless */
    bool broken; /* the text cannot be read further */

    bp_map *sets[BP_SET_KINDS]; /* name → bp_org_set * */
    bool seen_known;            /* coverage.regions is written */
    bp_region_mask seen;

    /* sections that wait */
    bp_org_record *coverage;
    bp_org_record *named;
    bp_org_record *root;
    bp_org_record *policies;
    bp_org_record *attachments;
    bp_org_record *stack_sets;
    bp_span root_key;
    bp_span management_span;
    bool organization_seen;
    bool prepared; /* coverage and sets are read */
    bool tree_read;
    bp_map *policy_ids; /* id → span of it */
} bp_org_reader;

/* Reads one value into `into`; `key` is the event of its key (of the list's item: the item). */
typedef void bp_org_read(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first);

typedef struct bp_org_key {
    const char *name;
    bp_org_read *read;
    bool required;
} bp_org_key;

typedef struct bp_org_shape {
    const char *what; /* "an account" */
    const bp_org_key *keys;
    size_t count; /* at most 32 */
} bp_org_shape;

#define BP_ORG_SHAPE(what, keys)                         \
    {                                                    \
        (what), (keys), sizeof(keys) / sizeof((keys)[0]) \
    }

/* Events. */
bp_yaml_event bp_org_next(bp_org_reader *reader);
void bp_org_skip(bp_org_reader *reader, bp_yaml_event first);
bp_org_record *bp_org_keep(bp_org_reader *reader, bp_yaml_event first);
void bp_org_again(bp_org_reader *reader, const bp_org_record *record, bp_org_read *read,
                  void *into);

/* Mappings and lists. `owner` is shown where a required key is missing. */
void bp_org_map(bp_org_reader *reader, bp_yaml_event first, bp_span owner,
                const bp_org_shape *shape, void *into);
void bp_org_list(bp_org_reader *reader, bp_yaml_event first, const char *what, bp_org_read *item,
                 void *into);

/* A place that can be seen: a structure without brackets is shown by its first word. */
bp_span bp_org_place(const bp_org_reader *reader, bp_yaml_event first);
/* SYN005 at a value: "KIND here; WHAT belongs here". The inventory is then useless. */
void bp_org_wrong_kind(bp_org_reader *reader, bp_yaml_event first, const char *belongs);
/* Adds "did you mean" where something near was offered. */
void bp_org_did_you_mean(bp_org_reader *reader, bp_finding *finding, const bp_suggester *suggester);

/* Scalars. False: reported and consumed. `belongs` says what should stand here. */
bool bp_org_text(bp_org_reader *reader, bp_yaml_event first, const char *belongs, bp_str *text);
bool bp_org_word(bp_org_reader *reader, bp_yaml_event first, const char *const *words, size_t count,
                 size_t *index);
bool bp_org_flag(bp_org_reader *reader, bp_yaml_event first, bool *value);
bool bp_org_number(bp_org_reader *reader, bp_yaml_event first, int64_t *value);
bool bp_org_account_id(bp_org_reader *reader, bp_yaml_event first, bp_str *id);
/* Ids of AWS Organizations: lower-case letters and digits. Reports TOP010 and is false if the form
 * is another. `root` of an OU id: the root's id, or empty. */
bool bp_org_id(bp_org_reader *reader, bp_str id, bp_span span, const char *prefix);
bool bp_org_ou_id(bp_org_reader *reader, bp_str id, bp_span span, bp_str root);

/* Region sets. */
void bp_org_region_set(bp_org_reader *reader, bp_yaml_event first, bp_region_mask *mask);
/* The value of `seen`: a Region set, or the words none and unknown for no Region. */
void bp_org_seen(bp_org_reader *reader, bp_yaml_event first, bp_region_mask *mask);
/* What was looked at where a place says none: coverage.regions, all Regions where that is missing.
 */
bp_region_mask bp_org_seen_for_none(const bp_org_reader *reader);
bool bp_org_region_code(bp_org_reader *reader, bp_yaml_event item, int *index);

/* A named value. */
typedef struct bp_org_set {
    bp_str name;
    bp_span span;
    bool used;
    const void *value; /* bp_region_mask, bp_vault_set …, bp_org_holdings for a profile */
} bp_org_set;

/* Reads the kept sections `sets` and `coverage`: Region sets, then coverage, which needs them, then
 * the other sets, which need both. */
void bp_org_read_sets(bp_org_reader *reader, bp_org_read *coverage);
/* The set a scalar names, marked as used; NULL after SYN018. */
bp_org_set *bp_org_find_set(bp_org_reader *reader, bp_set_kind kind, bp_yaml_event name);
void bp_org_hold(bp_org_reader *reader, bp_org_holdings *holdings, bp_set_kind kind,
                 bp_yaml_event first);
void bp_org_report_unused(bp_org_reader *reader);
/* Tags of the root, an OU or a policy: a value or the name of one; NULL = unknown. */
const bp_tag_set *bp_org_tags_of(bp_org_reader *reader, bp_yaml_event first);
/* A mapping of texts to texts, each key once. */
void bp_org_tag_map(bp_org_reader *reader, bp_yaml_event first, bp_tag_set *set);

/* Values of the kinds; `name` is empty for a value written in its place. */
const void *bp_org_vaults_value(bp_org_reader *reader, bp_str name, bp_yaml_event first);
const void *bp_org_roles_value(bp_org_reader *reader, bp_str name, bp_yaml_event first);
const void *bp_org_settings_value(bp_org_reader *reader, bp_str name, bp_yaml_event first);
const void *bp_org_resources_value(bp_org_reader *reader, bp_str name, bp_yaml_event first);
const void *bp_org_tags_value(bp_org_reader *reader, bp_str name, bp_yaml_event first);

/* The tree. */
void bp_org_tree(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first);
void bp_org_finish_tree(bp_org_reader *reader);

/* Fills the maps by name and path that the queries use. */
void bp_org_index_names(bp_arena *arena, bp_organization *org);

/* Deployed policies and stack sets. */
void bp_org_policies(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first);
void bp_org_attachments(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first);
/* Something that is named and not in the inventory: an error where its list is complete, else a
 * remark. `what`: "policy". */
void bp_org_nowhere(bp_org_reader *reader, bp_yaml_event item, const char *what, bool complete);
void bp_org_stack_sets(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first);

#endif
