/*
 * What must hold for any policy document in JSON, whatever stands in it.
 */
#include "tools/fuzz/laws.h"

static bp_session *
judge(bp_arena *arena, bp_str text)
{
    bp_session *session = fuzz_session(arena);
    bp_session_add_document(session, BP_STR("case.json"), BP_STR("case"), text);
    if (bp_session_compile(session)) {
        bp_session_check(session);
    }
    bp_diagnostics_settle(session->diagnostics);
    return session;
}

static bool
is_refused(const bp_diagnostics *list)
{
    for (size_t i = 0; i < bp_diagnostics_total(list); i++) {
        if (bp_diagnostics_at(list, i)->aws == BP_AWS_REJECTS) {
            return true;
        }
    }
    return false;
}

/* The document of the only policy; empty if there are others. */
static bp_str
written(bp_arena *arena, const bp_session *session)
{
    const bp_program *program = session->program;
    return program == NULL || program->policies.count != 1
               ? BP_STR("")
               : bp_tree_write_compact(arena, program->policies.at[0]->document);
}

/* Whether two texts are one document to AWS. */
static bool
same(bp_arena *arena, bp_str a, bp_str b)
{
    bp_session *session = fuzz_session(arena);
    const bp_source *one = bp_sources_add(session->sources, BP_STR("a.json"), a);
    const bp_source *other = bp_sources_add(session->sources, BP_STR("b.json"), b);
    return bp_import_same(arena, session->diagnostics, one, other);
}

/* What was understood whole is written, and reads back the same. Where something was refused, it is
 * not in what is written. */
static void
check_written(fuzz_trial *trial, const bp_session *session)
{
    bp_str once = written(trial->arena, session);
    const bp_session *second = judge(trial->arena, once);
    bp_str twice = written(trial->arena, second);
    if (bp_session_has_holes(second) || !bp_str_equal(once, twice)) {
        fuzz_fail(trial, "what is written reads back", once, twice);
    }
    if (!bp_diagnostics_has(session->diagnostics, BP_ERROR) &&
        !same(trial->arena, trial->text, once)) {
        fuzz_fail(trial, "what is written is the document", trial->text, once);
    }
}

/* The document that text of the language compiles to; empty if it does not. */
static bp_str
compiled(bp_arena *arena, bp_str text)
{
    bp_session *session = fuzz_session(arena);
    const bp_source *source = bp_sources_add(session->sources, BP_STR("case.bpol"), text);
    *bp_vec_add(arena, &session->files) = bp_parse(arena, session->diagnostics, source);
    bool whole = bp_session_compile(session) && !bp_session_has_holes(session);
    return whole ? written(arena, session) : BP_STR("");
}

static void
check_import(fuzz_trial *trial, bool accepted)
{
    bp_session *session = fuzz_session(trial->arena);
    bp_import_order order = {.path = BP_STR("case.json"),
                             .shown = BP_STR("case.json"),
                             .name = BP_STR("case"),
                             .text = trial->text};
    bp_str text = {0};
    switch (bp_session_import(session, NULL, &order, &text)) {
    case BP_IMPORTED:
        trial->whole = true;
        bp_str again = compiled(trial->arena, text);
        if (!same(trial->arena, trial->text, again)) {
            fuzz_fail(trial, "what is imported is the document", text, again);
        }
        break;
    case BP_IMPORT_REFUSED:
        if (accepted) {
            fuzz_fail(trial, "what AWS accepts can be imported", trial->text, (bp_str){0});
        }
        bp_diagnostics_settle(session->diagnostics);
        fuzz_check_places(trial, session->diagnostics);
        if (!bp_diagnostics_has(session->diagnostics, BP_ERROR)) {
            fuzz_fail(trial, "what cannot be imported has an error", trial->text, (bp_str){0});
        }
        break;
    case BP_IMPORT_DIFFERS:
        fuzz_fail(trial, "import proves its result", trial->text, text);
        break;
    }
}

void
fuzz_document(fuzz_trial *trial)
{
    const bp_session *session = judge(trial->arena, trial->text);
    fuzz_check_places(trial, session->diagnostics);
    bool whole = !bp_session_has_holes(session);
    bool accepted = whole && !is_refused(session->diagnostics);
    if (whole) {
        check_written(trial, session);
    }
    check_import(trial, accepted);
}
