/*
 * The texts of a project, for what looks at their layout and not at their meaning: the sources and
 * all that they include, directly or not. The inventory is not read. Findings about includes are
 * the elaborator's; here one that cannot be followed is passed over.
 */
#include "compiler/session_parts.h"

enum { TEXT_CAP = 1024 * 1024, TEXTS_MAX = 10000 };

/* Adds an included file, unless it is among the files already or cannot be read. */
static void
add_included(bp_session *session, bp_str from, bp_str written)
{
    bp_str path = {0};
    bp_str text = {0};
    bp_file_error error = {0};
    if (bp_include_path(session->arena, from, written, &path) != NULL ||
        bp_map_get(session->parsed, path) != NULL || session->files.count >= TEXTS_MAX ||
        !bp_session_read_text(session, path, TEXT_CAP, &text, &error)) {
        return;
    }
    const bp_source *source = bp_sources_add(session->sources, path, text);
    bp_ast_file *file = bp_parse(session->arena, session->diagnostics, source);
    bp_map_set(session->parsed, path, file);
    *bp_vec_add(session->arena, &session->files) = file;
}

bool
bp_session_load_texts(bp_session *session)
{
    if (!bp_session_load_facts(session) || !bp_session_load_sources(session)) {
        return false;
    }
    for (size_t i = 0; i < session->files.count && session->options.files.count == 0; i++) {
        const bp_ast_file *file = session->files.at[i];
        for (size_t k = 0; k < file->items.count; k++) {
            if (file->items.at[k]->kind == BP_AST_INCLUDE) {
                add_included(session, file->source->path, file->items.at[k]->name.text);
            }
        }
    }
    return true;
}
