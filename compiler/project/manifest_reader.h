/*
 * The reader of backpol.yaml: values with their mistakes reported. Inside compiler/project only.
 *
 * Every reading function takes the first event of a value and consumes the whole value.
 */
#ifndef BP_COMPILER_PROJECT_MANIFEST_READER_H
#define BP_COMPILER_PROJECT_MANIFEST_READER_H

#include "compiler/organization/yaml.h"
#include "compiler/project/manifest.h"
#include "lib/pattern.h"

typedef struct bp_manifest_reader {
    bp_arena *arena;
    bp_diagnostics *list;
    bp_yaml *yaml;
    bp_manifest *manifest;
    bool bad; /* something was reported: the manifest cannot be used */
    bool version_written;
    bool sources_written;           /* or documents */
    bp_manifest_document *document; /* the one that is being read */
    bp_patterns *patterns;          /* of `naming`; NULL until needed */
    bp_override *override_;         /* the one that is being read */
    bp_exemption *exemption;        /* the one that is being read */
} bp_manifest_reader;

typedef void bp_manifest_read_value(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first);

typedef struct bp_manifest_key {
    const char *name;
    bp_manifest_read_value *read; /* NULL: not usable in this release */
} bp_manifest_key;

/* `documents:`, in manifest_documents.c. */
void bp_manifest_read_documents(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first);

/* `rules:` and `naming:`, in manifest_rules.c. */
void bp_manifest_read_naming(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first);
void bp_manifest_read_rules(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first);

/* `coverage:`, in manifest_coverage.c. */
void bp_manifest_read_coverage(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first);

/* The span of a value, never empty where text follows. */
bp_span bp_manifest_place(const bp_manifest_reader *r, bp_yaml_event event);
/* Reports "KIND here; WHAT belongs here" and skips the value. */
void bp_manifest_wrong_kind(bp_manifest_reader *r, bp_yaml_event first, const char *belongs);
/* A mapping by its table of at most 32 keys. */
void bp_manifest_read_map(bp_manifest_reader *r, bp_yaml_event first, const bp_manifest_key *keys,
                          size_t count);
/* The next item of a list whose first event was taken; false at its end. */
bool bp_manifest_next_item(bp_manifest_reader *r, bp_yaml_event *item);

/* Scalars. False: reported. `belongs` says what should stand here. */
bool bp_manifest_take_text(bp_manifest_reader *r, bp_yaml_event first, const char *belongs,
                           bp_str *text);
bool bp_manifest_take_word(bp_manifest_reader *r, bp_yaml_event first, const char *const *words,
                           size_t count, size_t *index);
/* A path or pattern that is relative and holds no "..". */
bool bp_manifest_take_path(bp_manifest_reader *r, bp_yaml_event first, const char *belongs,
                           bp_manifest_text *path);
/* `true` or `false`; *on stays where the value is wrong. */
void bp_manifest_take_switch(bp_manifest_reader *r, bp_yaml_event first, bool *on);
/* 1 to 36,500 days; *days stays where the value is wrong. */
void bp_manifest_take_days(bp_manifest_reader *r, bp_yaml_event first, int64_t *days);

#endif
