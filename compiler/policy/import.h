/*
 * Import: a backup policy that is written as JSON, as text of the language.
 *
 * Every document that AWS accepts can be carried over, and means the same afterwards: what is
 * written is read again, and its document compared, before it is given out. What has no form of its
 * own in the language is written with `raw`.
 */
#ifndef BP_COMPILER_POLICY_IMPORT_H
#define BP_COMPILER_POLICY_IMPORT_H

#include "compiler/policy/program.h"
#include "lib/diagnostic.h"

/* What is known around a document. All but the first three may be empty. */
typedef struct bp_import {
    bp_arena *arena;
    bp_diagnostics *diagnostics; /* takes what the JSON reader has to say */
    bp_str name;                 /* of the policy */
    bp_str partition; /* of the ARNs that the project generates; empty: decided by the Regions */
    bp_str attach; /* the targets as the language writes them, "[root]"; empty: a comment says how
                      to add them */
    const bp_program *project; /* whose roles may have paths; NULL: none */
    /* Whether a policy above defines the block at a way of keys ("plans", NAME, "rules", NAME): it
     * is written as `extend` then. NULL: none does. */
    bool (*inherits)(void *context, const bp_str *way, size_t count);
    void *context;
} bp_import;

typedef enum bp_import_result {
    BP_IMPORTED,
    BP_IMPORT_REFUSED, /* it does not parse, or is no policy: reported */
    BP_IMPORT_DIFFERS  /* an error of the program: what was written does not mean the same */
} bp_import_result;

/* Gives the formatted text of a file with the one policy. When it differs, *text is what was
 * written, for a report. */
bp_import_result bp_import_document(const bp_import *import, const bp_source *source, bp_str *text);

/* Whether two JSON texts are one policy to AWS: numbers and booleans are texts, letter case of
 * fixed keys and operators does not count, child controls are sets, the order of members is none.
 * False also if one does not parse. */
bool bp_import_same(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *a,
                    const bp_source *b);

#endif
