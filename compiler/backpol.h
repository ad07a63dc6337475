/*
 * backpol: the public header. A session reads a project, checks it, and makes its artifacts in
 * memory.
 *
 * Everything that a session gives out lives as long as its arena. No function prints, exits,
 * writes a file, or reads the environment or the clock; files are read below the project root, and
 * where the options name one outside of it.
 */
#ifndef BP_COMPILER_BACKPOL_H
#define BP_COMPILER_BACKPOL_H

#include "compiler/checks/checks.h"
#include "compiler/emit/emit.h"
#include "compiler/policy/import.h"
#include "compiler/review/review.h"
#include "lib/file_tree.h"

typedef struct bp_options {
    const char *root;         /* project root on disk: the folder of the manifest */
    const bp_file_tree *tree; /* what stands below the root in a revision; NULL: what is on disk */
    bp_str manifest_path;     /* relative to the root; empty: none */
    /* Explicit .bpol and .json files instead of the manifest's sources and documents: relative to
     * the root, or absolute for a file that the user named outside of it. */
    bp_strings files;
    bool with_project;     /* judge named .bpol files as parts of the project that they lie in */
    bp_str inventory_path; /* instead of the manifest's, relative or absolute like files; empty: as
                              the manifest says, org.yaml if it is there */
    bp_str facts_path;     /* rows on top of the fact tables and the manifest's; paths like files */
    int64_t as_of;         /* instant (seconds, UTC) by which age and calendar rules judge */
    bool require_inventory;
    bp_str baseline_path; /* instead of the manifest's, relative or absolute like files */
    bool no_baseline;     /* read none, whatever the manifest says */
    bp_map *overlay;      /* path → bp_str *: texts to take instead of what stands on disk; may be
                             NULL */
} bp_options;

typedef enum bp_outcome {
    BP_DONE,  /* look at the findings */
    BP_CANNOT /* could not do the job (exit 2): unreadable input, broken manifest or inventory;
                 findings tell why */
} bp_outcome;

/* A policy document that was read, not yet understood. */
typedef struct bp_loaded_document {
    const bp_source *source; /* NULL: it could not be read */
    bp_str name;
    const bp_manifest_document *entry; /* NULL: named by itself */
} bp_loaded_document;

typedef struct bp_session {
    bp_arena *arena;
    bp_sources *sources;
    bp_diagnostics *diagnostics;
    bp_options options;
    const bp_manifest *manifest;
    const bp_facts *facts; /* the compiled-in ones, or with rows of the project on top */
    BP_VEC(const bp_ast_file *) files;
    BP_VEC(bp_loaded_document) documents;
    bool whole; /* the files of the project were loaded, not just those that were named */
    const bp_program *program;
    const bp_organization *org;
    const bp_model *model;
    const bp_effective *effective;
    const bp_deployment *deployment;
    const bp_artifacts *artifacts;
    bp_outcome outcome;
    bp_strings trouble; /* lines for standard error when outcome is BP_CANNOT; may be none */
    bp_map *parsed;     /* path → bp_ast_file *: every file is read and parsed once */
    size_t includes;    /* files that were read for an include */
    bp_review review;   /* what people said about findings beforehand */
    bool reviewed;      /* it is under way */
    bool finished;
    bool judged; /* what emitting would report was reported, too */
    struct bp_patterns *patterns;
} bp_session;

/* A session in the arena, all of whose memory it takes from there. Texts of `options` must live as
 * long. */
bp_session *bp_session_new(bp_arena *arena, const bp_options *options);

/* Adds the text of a policy document, under the path to print and the name of its policy. */
void bp_session_add_document(bp_session *session, bp_str path, bp_str name, bp_str text);

/* Where a baseline stands when nobody names one. */
#define BP_BASELINE_NAME "backpol-baseline.json"

/* The stages, each building on the one before; each returns false when later ones cannot start. */
bool bp_session_load(bp_session *session); /* manifest, sources, inventory → files, org */
/* Manifest, with the levels it asks for, and the tables of facts alone. */
bool bp_session_load_facts(bp_session *session);
/* Manifest and sources alone, and every file that they include → files; for what looks at texts. An
 * include that cannot be followed is passed over: it is for later stages to tell. */
bool bp_session_load_texts(bp_session *session);
bool bp_session_compile(bp_session *session); /* → program, model, effective */
bool bp_session_check(bp_session *session);   /* → findings */
bool bp_session_plan(bp_session *session);    /* → deployment */
bool bp_session_judge(bp_session *session,
                      unsigned targets); /* what emitting would report, no artifacts */
bool bp_session_emit(bp_session *session, const bp_build_order *order); /* → artifacts, in memory */

/* Judges the inventory by itself, without policies: age, contradictions, and the documents of its
 * deployed policies → findings. */
void bp_session_check_inventory(bp_session *session);
/* The document of a deployed policy, from below the folder of the inventory. False: it is unknown,
 * because the inventory names no file, or the file is not what the inventory says, which is
 * reported. */
bool bp_session_deployed_policy(bp_session *session, const bp_org_policy *policy, bp_str *text);

/* After the last stage: reports suppressions and lines of the baseline that hid nothing, and
 * settles the list. May be called again. */
void bp_session_finish(bp_session *session);

/* A policy document to import. */
typedef struct bp_import_order {
    bp_str path;  /* relative to the project's root, as its manifest would name it */
    bp_str shown; /* how findings name it */
    bp_str text;
    bp_str name;      /* of the policy */
    bp_str attach;    /* see bp_import */
    bp_str partition; /* the same, where no project says it */
} bp_import_order;

/* Imports a document by what a project around it knows: one that was compiled, or NULL. Findings go
 * to `session`. */
bp_import_result bp_session_import(bp_session *session, const bp_session *project,
                                   const bp_import_order *order, bp_str *text);

/* Whether a part of what was written is not understood, so that nothing may be made from it. */
bool bp_session_has_holes(const bp_session *session);
/* Whether some policy document was named by itself: it is judged, and nothing is made of it. */
bool bp_session_has_lone_documents(const bp_session *session);
/* Remembers a line for standard error and that the job could not be done. */
void bp_session_trouble(bp_session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
