/*
 * YAML, read by libyaml's events under our caps: the one door to libyaml.
 *
 * Refused with a finding: anchors, aliases, tags, merge keys, directives, a second document, block
 * scalars, keys that are not scalars, tabs as indentation, NUL, invalid UTF-8, UTF-16, a nesting
 * over 64, more scalars than the cap. Duplicate keys are the caller's to see (bp_yaml_keys helps).
 * Scalars stay text; `plain` says whether quotes were absent. libyaml's document API is never used.
 */
#ifndef BP_COMPILER_ORGANIZATION_YAML_H
#define BP_COMPILER_ORGANIZATION_YAML_H

#include "lib/diagnostic.h"
#include "lib/map.h"

typedef enum bp_yaml_kind {
    BP_YAML_END,   /* the document ended */
    BP_YAML_ERROR, /* reported; nothing more can be read */
    BP_YAML_MAP,
    BP_YAML_MAP_END,
    BP_YAML_LIST,
    BP_YAML_LIST_END,
    BP_YAML_SCALAR
} bp_yaml_kind;

typedef struct bp_yaml_event {
    bp_yaml_kind kind;
    bp_span span; /* scalars: with their quotes */
    bp_str text;
    bool plain; /* a scalar without quotes */
} bp_yaml_event;

typedef struct bp_yaml bp_yaml;

/* `what` names the file's role in messages: "the inventory", "the manifest". Released with the
 * arena. */
bp_yaml *bp_yaml_open(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source,
                      const char *what);
bp_yaml_event bp_yaml_next(bp_yaml *yaml);
/* Skips the rest of a value whose first event was just taken. False after an error. */
bool bp_yaml_skip(bp_yaml *yaml, bp_yaml_event first);

#endif
