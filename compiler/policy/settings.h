/*
 * Settings: one row for every setting of the language and every key of a backup policy
 * (settings.def).
 *
 * The rows drive what may stand in which block, the JSON path and its order, types, ranges and
 * help; a setting whose feature this release does not have is a row too, refused by name.
 */
#ifndef BP_COMPILER_POLICY_SETTINGS_H
#define BP_COMPILER_POLICY_SETTINGS_H

#include "lib/text.h"
#include "lib/vec.h"

/* Blocks in which a setting may stand; bits, since rule and copy share some. */
typedef enum bp_block {
    BP_BLOCK_POLICY = 1,
    BP_BLOCK_PLAN = 2,
    BP_BLOCK_RULE = 4,
    BP_BLOCK_COPY = 8,
    BP_BLOCK_SELECT_TAGS = 16,
    BP_BLOCK_SELECT_RESOURCES = 32,
    BP_BLOCK_VAULT = 64,
    BP_BLOCK_AIR_GAPPED = 128,
    BP_BLOCK_ROLE = 256
} bp_block;

typedef enum bp_setting_type {
    BP_TYPE_STRING,
    BP_TYPE_SWITCH,  /* on, off → "true", "false" */
    BP_TYPE_ENABLED, /* on, off → "enabled", "disabled" */
    BP_TYPE_MINUTES, /* duration → minutes */
    BP_TYPE_DAYS,    /* duration → days; never */
    BP_TYPE_SCHEDULE,
    BP_TYPE_REGION,
    BP_TYPE_VAULT_NAME,     /* vault("x") → its name */
    BP_TYPE_AIR_GAPPED_ARN, /* vault("x") → ARN with $region and $account */
    BP_TYPE_ROLE,
    BP_TYPE_TARGET,    /* root, ou(), account() */
    BP_TYPE_PATTERN,   /* resource type pattern */
    BP_TYPE_PROTECTED, /* pattern word or id of the types table */
    BP_TYPE_CONDITION,
    BP_TYPE_TAGS,   /* {key: "value"} */
    BP_TYPE_CHOICE, /* a word of `choices` */
    BP_TYPE_ENCRYPTION,
    BP_TYPE_LOCK,
    BP_TYPE_TOPIC,
    BP_TYPE_SOURCE, /* organization or a target */
    BP_TYPE_ARN,
    BP_TYPE_CONTAINER /* a key that holds other keys: no value of its own */
} bp_setting_type;

typedef struct bp_setting {
    const char *name; /* word of the language; "" for keys that blocks write by themselves */
    unsigned blocks;  /* BP_BLOCK_ bits */
    bp_setting_type type;
    bool list;           /* [ ] : takes a list */
    bool operators;      /* += and -= are possible (a list leaf of the document) */
    const char *path;    /* JSON path below the block, '/'-joined, "*" for a name; "" = not in the
                            document */
    int64_t minimum;     /* of numbers, in the unit of the document; 0 = none */
    int64_t maximum;     /* 0 = none */
    const char *choices; /* "word=TEXT word=TEXT"; "" = open */
    bool required;       /* air_gapped vault: must be written */
    const char *since;   /* edition or release; "" = not usable in this release: refused by name */
    const char *example;
    const char *help; /* one line */
} bp_setting;

const bp_setting *bp_settings(size_t *count);
/* The row of a word in a block, or NULL. */
const bp_setting *bp_setting_find(bp_str name, unsigned block);
/* Any row of this name, for "belongs into a rule"; NULL if no block has it. */
const bp_setting *bp_setting_anywhere(bp_str name);
/* The row of a JSON path below a block ("lifecycle/delete_after_days"), compared folded, or NULL.
 * A name in the path ("backup_plan_tags/owner/tag_key") is met by the "*" of a row. */
const bp_setting *bp_setting_of_path(bp_str path, unsigned block);
/* "plan", "rule", "tags selection" … */
const char *bp_block_name(bp_block block);

#endif
