/*
 * The session's part in the review of findings: which texts hold suppressions, where the baseline
 * is read from, and when both are applied. What they do stands in compiler/review/.
 */
#include "compiler/session_parts.h"

enum { BASELINE_CAP = 64 * 1024 * 1024 };

bool
bp_session_load_baseline(bp_session *session)
{
    bp_str path = session->options.baseline_path;
    bool typed = path.size > 0;
    path = typed ? path : session->manifest->baseline.text;
    bp_review *review = &session->review;
    review->manifest = session->manifest;
    if (path.size == 0 || session->options.no_baseline) {
        return true;
    }
    bp_str text = {0};
    bp_file_error error = {0};
    if (!bp_session_read_text(session, path, BASELINE_CAP, &text, &error)) {
        bp_session_trouble(session, "cannot read the baseline \"%.*s\": %.*s", BP_ARG(path),
                           BP_ARG(error.text));
        return false;
    }
    if (!bp_baseline_read(review, bp_sources_add(session->sources, path, text))) {
        session->outcome = BP_CANNOT;
        return false;
    }
    return true;
}

static void
begin(bp_session *session)
{
    bp_review *review = &session->review;
    review->org = session->org;
    review->model = session->model;
    for (size_t i = 0; i < bp_map_count(session->parsed); i++) {
        bp_review_read(review, bp_map_at(session->parsed, i)->value, session->options.as_of);
    }
    bp_review_begin(review);
    session->reviewed = true;
}

void
bp_session_review(bp_session *session)
{
    if (!session->reviewed) {
        begin(session);
    }
    bp_review_apply(&session->review);
}

void
bp_session_finish(bp_session *session)
{
    if (session->reviewed && !session->finished) {
        session->finished = true;
        bp_session_review(session);
        bp_review_end(&session->review, session->judged);
        bp_session_review(session);
    }
    bp_diagnostics_settle(session->diagnostics);
}
