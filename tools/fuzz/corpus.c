/*
 * The texts that are changed: files of the test data, and documents of the tables of answers. Texts
 * are kept whole, with the tokens that changes cut them into.
 */
#include "lib/file.h"
#include "tools/fuzz/fuzz.h"

#include <stdio.h>

enum { FILES_MAX = 5000, FILE_MAX_SIZE = 4 << 20, TEXT_MAX = 24 << 10 };

static fuzz_text
text_of(bp_arena *arena, bp_str path, bp_str text)
{
    BP_VEC(bp_token) tokens = {0};
    bp_sources *sources = bp_sources_new(arena);
    bp_lexer lexer = bp_lexer_start(arena, bp_sources_add(sources, path, text));
    for (bp_token token = bp_lexer_next(&lexer); token.kind != BP_TOKEN_EOF;
         token = bp_lexer_next(&lexer)) {
        *bp_vec_add(arena, &tokens) = token;
    }
    return (fuzz_text){path, text, tokens.at, tokens.count};
}

/* The documents of a table of answers: the last column of each line. */
static void
add_table(fuzz_corpus *corpus, bp_str path, bp_str rest)
{
    while (rest.size > 0) {
        size_t end = bp_str_find(rest, '\n');
        bp_str line = bp_str_cut(rest, 0, end);
        rest = bp_str_cut(rest, end + 1, rest.size);
        bool comment = line.size > 0 && line.at[0] == '#';
        while (bp_str_find(line, '\t') < line.size) {
            line = bp_str_cut(line, bp_str_find(line, '\t') + 1, line.size);
        }
        if (!comment && line.size > 0 && line.size <= TEXT_MAX) {
            *bp_vec_add(corpus->arena, &corpus->documents) = text_of(corpus->arena, path, line);
        }
    }
}

static bool
add_files(fuzz_corpus *corpus, const char *folder, const char *pattern)
{
    bp_file_list files = {0};
    bp_file_error error = {0};
    if (!bp_file_glob(corpus->arena, folder, bp_str_of(pattern), FILES_MAX, &files, &error)) {
        fprintf(stderr, "mutations: %s: %.*s\n", folder, BP_ARG(error.text));
        return false;
    }
    for (size_t i = 0; i < files.count; i++) {
        bp_str path = bp_path_join(corpus->arena, bp_str_of(folder), files.at[i]);
        bp_str text = {0};
        if (bp_str_contains(path, BP_STR("/out/"))) {
            continue;
        }
        if (!bp_file_read(corpus->arena, folder, files.at[i], FILE_MAX_SIZE, &text, &error)) {
            fprintf(stderr, "mutations: %.*s: %.*s\n", BP_ARG(path), BP_ARG(error.text));
            return false;
        }
        if (bp_str_ends(path, BP_STR(".tsv"))) {
            add_table(corpus, path, text);
        } else if (text.size > 0 && text.size <= TEXT_MAX) {
            fuzz_text *slot = bp_str_ends(path, BP_STR(".bpol"))
                                  ? bp_vec_add(corpus->arena, &corpus->policies)
                                  : bp_vec_add(corpus->arena, &corpus->documents);
            *slot = text_of(corpus->arena, path, text);
        }
    }
    return true;
}

bool
fuzz_corpus_add(fuzz_corpus *corpus, const char *folder)
{
    return add_files(corpus, folder, "**/*.bpol") && add_files(corpus, folder, "**/*.json") &&
           add_files(corpus, folder, "**/*.tsv");
}
