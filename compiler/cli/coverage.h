/* What the files of `backpol coverage` share. For compiler/cli/cmd_coverage.c and its parts. */
#ifndef BP_COMPILER_CLI_COVERAGE_H
#define BP_COMPILER_CLI_COVERAGE_H

#include "compiler/cli/run.h"
#include "compiler/coverage/coverage.h"

/* How the resources of one kind of type are reached, over all accounts that are looked at. */
typedef struct bp_type_cover {
    const bp_resource_row *row; /* any with these types */
    size_t accounts;            /* that hold such resources */
    size_t without;             /* of those, accounts in which no plan takes any */
    size_t open;                /* of those, accounts of which nobody knows */
    int64_t resources;          /* where no plan takes them; by the counts of the inventory */
    bool at_least;              /* some row has no count */
    bp_region_mask regions;     /* where no plan takes them */
    uint32_t first;             /* account without */
} bp_type_cover;

/* A Region that holds resources in which no plan runs. */
typedef struct bp_region_cover {
    int region;
    size_t accounts;
    uint32_t first;
} bp_region_cover;

typedef BP_VEC(bp_region_cover) bp_region_covers;

/* Where copies lie, and for how many accounts. */
typedef struct bp_copy_cover {
    bp_cover_copy to;
    size_t accounts;
} bp_copy_cover;

/* All answers of bp_coverage, added up. */
typedef struct bp_cover_sums {
    const bp_coverage *coverage;
    bool required;
    BP_VEC(bp_type_cover) types;  /* worst first */
    bp_region_covers outside;     /* worst first */
    bp_region_covers enabled;     /* enabled by choice, nothing known of resources there */
    BP_VEC(bp_copy_cover) copies; /* most first */
    size_t uncopied;              /* reached accounts whose backups go nowhere else */
    size_t resources_unknown;     /* accounts whose resources nobody listed everywhere */
} bp_cover_sums;

/* Adds up. */
bp_cover_sums bp_cover_sums_of(bp_arena *arena, const bp_coverage *coverage, bool required);

/* "Amazon S3", or "Aurora, Neptune or DocumentDB" where a row may be several. */
bp_str bp_cover_type_words(bp_arena *arena, const bp_resource_row *row);

/* A table for people. */
void bp_coverage_print_text(bp_run *run, const bp_cover_sums *sums);
/* One document of format version 1.0, an element for each account. */
void bp_coverage_print_json(bp_run *run, const bp_cover_sums *sums);

#endif
