/*
 * backpol: the public header. A session reads a project, checks it, and makes its artifacts in
 * memory.
 *
 * Everything that a session gives out lives until bp_session_free. No function prints, exits, or
 * reads the environment or the clock; files are read below the project root alone; nothing is
 * written but by bp_session_write.
 */
#ifndef BP_COMPILER_BACKPOL_H
#define BP_COMPILER_BACKPOL_H

#include "compiler/checks/checks.h"
#include "compiler/emit/emit.h"

typedef struct bp_options {
    const char *root;     /* project root on disk: the folder of the manifest */
    bp_str manifest_path; /* relative to the root; empty: none */
    bp_strings
        files; /* explicit .bpol files instead of the manifest's sources; relative to the root */
    bp_str inventory_path; /* instead of the manifest's; empty: as the manifest says, org.yaml if it
                              is there */
    int64_t as_of;         /* instant (seconds, UTC) by which age and calendar rules judge */
    bool require_inventory;
} bp_options;

typedef enum bp_outcome {
    BP_DONE,  /* look at the findings */
    BP_CANNOT /* could not do the job (exit 2): unreadable input, broken manifest or inventory;
                 findings tell why */
} bp_outcome;

typedef struct bp_session {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *diagnostics;
    bp_options options;
    const bp_manifest *manifest;
    BP_VEC(const bp_ast_file *) files;
    const bp_program *program;
    const bp_organization *org;
    const bp_model *model;
    const bp_effective *effective;
    const bp_deployment *deployment;
    const bp_artifacts *artifacts;
    bp_outcome outcome;
    bp_str trouble; /* one line for standard error when outcome is BP_CANNOT; may be empty */
} bp_session;

bp_session *bp_session_new(bp_arena *arena, const bp_options *options);

/* The stages, each building on the one before; each returns false when later ones cannot start. */
bool bp_session_load(bp_session *session);    /* manifest, sources, inventory → files, org */
bool bp_session_compile(bp_session *session); /* → program, model, effective */
bool bp_session_check(bp_session *session);   /* → findings */
bool bp_session_plan(bp_session *session);    /* → deployment */
bool bp_session_emit(bp_session *session, unsigned targets); /* → artifacts, in memory */

#endif
