/* How much an inventory knows, section by section. For the commands of `backpol inventory`. */
#ifndef BP_COMPILER_CLI_INVENTORY_KNOWN_H
#define BP_COMPILER_CLI_INVENTORY_KNOWN_H

#include "compiler/organization/organization.h"

/* Sections of which every active account has a part. */
typedef enum bp_known_section {
    BP_KNOWN_VAULTS,
    BP_KNOWN_ROLES,
    BP_KNOWN_SETTINGS,
    BP_KNOWN_RESOURCES,
    BP_KNOWN_REGIONS,
    BP_KNOWN_SECTIONS
} bp_known_section;

/* Accounts of one section: known + partly + the rest = all active ones. */
typedef struct bp_known_count {
    const char *name;    /* "vaults" */
    const char *key;     /* "vaults", for machines */
    const char *command; /* the call that settles what is unknown */
    const char *where;   /* "in each account and Region" */
    size_t known;
    size_t partly;
    const bp_account *open; /* the first account that is not wholly known; NULL: none */
} bp_known_count;

/* A list of the organization, or one of its settings. */
typedef struct bp_known_fact {
    const char *name;
    const char *key;
    const char *command;
    bool known;
    bool partly;
} bp_known_fact;

enum { BP_KNOWN_FACTS = 9 };

typedef struct bp_known {
    size_t states[BP_STATE_UNKNOWN + 1];
    size_t active;
    size_t open_ous; /* whose accounts or OUs nobody listed */
    bp_known_count sections[BP_KNOWN_SECTIONS];
    bp_known_fact facts[BP_KNOWN_FACTS];
} bp_known;

/* Counts. Vaults and resources are known where all Regions that the inventory says were looked at
 * are seen. */
bp_known bp_known_of(const bp_organization *org);

/* A Region set as codes in order of the facts, ", " between them; "none" for an empty one. */
bp_str bp_known_regions(const bp_organization *org, bp_arena *arena, bp_region_mask mask);

#endif
