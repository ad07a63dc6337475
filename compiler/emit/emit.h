/*
 * Emit: the files of a build, made in memory from the deployment alone.
 */
#ifndef BP_COMPILER_EMIT_EMIT_H
#define BP_COMPILER_EMIT_EMIT_H

#include "compiler/deploy/deployment.h"
#include "lib/file.h"

/* So many accounts have effective policies written without being asked for. */
enum { BP_EFFECTIVE_ACCOUNTS = 200 };

typedef struct bp_artifacts {
    BP_VEC(bp_file_out) files; /* in byte order of the path, manifest.json last */
} bp_artifacts;

/*
 * Makes every file of the asked targets (BP_TARGET_ bits; manifest.json always). JSON is read back
 * and compared before it is accepted. Reports QTA001, QTA002, QTA008, STK003, OPS010, OPS011,
 * OPS009 (own mistakes).
 */
bool bp_emit(bp_arena *arena, bp_diagnostics *diagnostics, const bp_deployment *deployment,
             unsigned targets, bp_artifacts **artifacts);

/*
 * Reports what bp_emit would report about the user's input, without making the files: for `check`,
 * which must see on a pull request what only a build would find, at the cost of the templates
 * alone.
 */
bool bp_emit_judge(bp_arena *arena, bp_diagnostics *diagnostics, const bp_deployment *deployment,
                   unsigned targets);

/* Paths that the manifest.json of an earlier build lists, for the removal of those that are no
 * longer made. False when the text is no manifest of ours. Only clean paths below the folder are
 * given. */
bool bp_manifest_files(bp_arena *arena, bp_str manifest_json, bp_strings *paths);

#endif
