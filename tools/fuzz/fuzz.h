/*
 * Mutations: texts of a corpus, changed at random, and what must hold for each of them.
 */
#ifndef BP_TOOLS_FUZZ_FUZZ_H
#define BP_TOOLS_FUZZ_FUZZ_H

#include "grammar/lexer.h"
#include "lib/vec.h"

/* ---- corpus.c */

typedef struct fuzz_text {
    bp_str path;
    bp_str text;
    bp_token *tokens; /* of the language's lexer, for JSON too; line ends are among them */
    size_t token_count;
} fuzz_text;

typedef struct fuzz_corpus {
    bp_arena *arena;
    BP_VEC(fuzz_text) policies;  /* .bpol */
    BP_VEC(fuzz_text) documents; /* .json, and the last column of .tsv */
} fuzz_corpus;

/* Reads all texts of a folder below the working directory; artifacts (out/) and what is too large
 * to be changed often are left out. False after saying what cannot be read. */
bool fuzz_corpus_add(fuzz_corpus *corpus, const char *folder);

/* ---- mutate.c */

typedef struct fuzz_random {
    uint64_t state;
} fuzz_random;

/* Numbers that depend on seed and round alone. */
fuzz_random fuzz_random_start(uint64_t seed, uint64_t round);
/* From 0 to sides - 1; sides is not 0. */
size_t fuzz_dice(fuzz_random *random, size_t sides);
/* A text with one to four changes of its bytes, or of its tokens; `other` lends tokens. */
bp_str fuzz_mutate(bp_arena *arena, fuzz_random *random, const fuzz_text *text,
                   const fuzz_text *other);

/* ---- policies.c, documents.c: what must hold */

typedef struct fuzz_trial {
    bp_arena *arena;
    bp_str text;
    bool whole;         /* result: it parsed, so that all could be held against it */
    const char *broken; /* result: what does not hold; NULL: all does */
    bp_buf detail;      /* and how, for people */
} fuzz_trial;

/*
 * Text of the language: every finding has a place in the text. What parses is formatted: that
 * parses, has the same tree and comments, is its own layout, and compiles to the same documents.
 */
void fuzz_policy(fuzz_trial *trial);
/*
 * A policy document: every finding has a place in it. What is understood is written again, reads
 * back the same, and is one document with the text that was read. What AWS accepts can be imported,
 * and the text of the language compiles to the document again.
 */
void fuzz_document(fuzz_trial *trial);

/* Notes the first thing that does not hold, with two texts that differ (or are empty). */
void fuzz_fail(fuzz_trial *trial, const char *what, bp_str before, bp_str after);

#endif
