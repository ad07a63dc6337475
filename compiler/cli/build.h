/*
 * Parts of `backpol build`: where artifacts go, what stands there already, and what is said about
 * it. For compiler/cli/cmd_build.c and build_*.c alone.
 */
#ifndef BP_COMPILER_CLI_BUILD_H
#define BP_COMPILER_CLI_BUILD_H

#include "compiler/cli/run.h"

typedef enum bp_file_state {
    BP_FILE_NEW,
    BP_FILE_SAME,
    BP_FILE_CHANGED,
    BP_FILE_FOREIGN /* differs, and no manifest of ours lists it */
} bp_file_state;

/* The output folder against the artifacts in memory. */
typedef struct bp_comparison {
    const char *folder;    /* absolute */
    bp_str shown;          /* as people know it: relative to the root, or as typed */
    bp_file_state *states; /* by index of artifacts->files */
    bp_str *problems;      /* by the same index: why a standing file cannot be read; mostly empty */
    bp_str *standing;      /* by the same index: what stands there; empty if nothing does */
    bp_strings stale;      /* listed by the manifest there, stand there, and are no longer made */
    bool foreign_manifest; /* a manifest.json stands there that is none of ours */
} bp_comparison;

/*
 * Where output goes: --out, else the manifest's folder, which must lie below the root. False:
 * reported (CFG008) or said already.
 */
bool bp_build_folder(bp_run *run, bp_session *session, bp_comparison *comparison);
/* Reads what stands in the folder. */
void bp_build_compare(bp_run *run, const bp_session *session, bp_comparison *comparison);
/* OPS001 for every file that is missing or differs (with the first difference), OPS008 for one that
 * is no longer made. */
void bp_build_report_stale(bp_session *session, const bp_comparison *comparison);
/* STK006 for a committed plan.tsv or manifest.json that attaches a policy too early. */
void bp_build_report_order(bp_session *session, bp_str path, bp_str shown, bp_str text);
/* Writes the artifacts and removes stale ones. False: said already; what stood there stands. */
bool bp_build_write(bp_run *run, const bp_session *session, const bp_comparison *comparison);
/* What was written, attached and comes next, on standard output. */
void bp_build_summary(bp_run *run, const bp_session *session, const bp_comparison *comparison,
                      const bp_build_order *order);

/* "10,000" */
bp_str bp_build_grouped(bp_arena *arena, size_t number);

/* build_order.c: --template-bucket and --previous. False: said already. */
bool bp_build_read_order(bp_run *run, bp_build_order *order);
/* Whether the previous manifest is one of this organization and path. False: told as trouble of the
 * session. */
bool bp_build_may_remove(bp_session *session, const bp_build_order *order);
/* Sizes against their limits, what is removed and what stays, on standard output. */
void bp_build_sizes(bp_run *run, const bp_session *session, const bp_build_order *order);
void bp_build_removals(bp_run *run, const bp_session *session, const bp_build_order *order);

#endif
