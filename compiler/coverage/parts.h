/* What the files of compiler/coverage share. Inside this folder only. */
#ifndef BP_COMPILER_COVERAGE_PARTS_H
#define BP_COMPILER_COVERAGE_PARTS_H

#include "compiler/coverage/coverage.h"

typedef struct bp_cover_maker {
    bp_arena *arena;
    const bp_model *model;
    const bp_manifest *manifest;
    bp_coverage *made;
    bp_region_mask usable; /* Regions in which policies act */
    bp_map *plans;         /* bytes of the address of a plan → bp_cover_answer * of it alone */
    bp_map *answers; /* bytes of the addresses of result and resources → bp_cover_answer * */
    const bp_effective_result **results; /* by account; NULL: no policy reaches it */
} bp_cover_maker;

/* Fills in the gaps, once all accounts have their states. */
void bp_cover_gaps(bp_cover_maker *m);

#endif
