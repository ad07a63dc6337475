/*
 * `backpol dump`: what a stage of the compiler made, for developers and tests. Findings go to
 * standard error and do not keep a stage from being shown.
 */
#include "compiler/cli/run.h"
#include "lib/suggest.h"

typedef enum stage {
    STAGE_TOKENS,
    STAGE_AST,
    STAGE_POLICY,
    STAGE_DOCUMENT,
    STAGE_MODEL,
    STAGE_DEPLOYMENT,
    STAGE_COUNT
} stage;

static const char *const stage_names[] = {"tokens",   "ast",   "policy",
                                          "document", "model", "deployment"};

static bool
find_stage(bp_run *run, stage *chosen)
{
    const char *value = bp_option_value(&run->line, BP_OPTION_STAGE);
    if (value == NULL) {
        bp_run_usage(run, "dump needs --stage: tokens, ast, policy, document, model or deployment");
        return false;
    }
    bp_suggester nearest = bp_suggest_start(bp_str_of(value));
    for (int i = 0; i < STAGE_COUNT; i++) {
        if (bp_str_is(bp_str_of(value), stage_names[i])) {
            *chosen = (stage)i;
            return true;
        }
        bp_suggest_offer(&nearest, bp_str_of(stage_names[i]));
    }
    if (nearest.best.size > 0) {
        bp_run_usage(run, "no stage is called \"%s\"; did you mean \"%.*s\"?", value,
                     BP_ARG(nearest.best));
    } else {
        bp_run_usage(run, "no stage is called \"%s\"", value);
    }
    return false;
}

static void
dump_files(bp_session *session, stage which, bp_buf *text)
{
    for (size_t i = 0; i < session->files.count; i++) {
        const bp_ast_file *file = session->files.at[i];
        if (session->files.count > 1) {
            bp_buf_format(text, "# %.*s\n", BP_ARG(file->source->path));
        }
        if (which == STAGE_TOKENS) {
            bp_tokens_dump(session->arena, file->source, text);
        } else {
            bp_ast_dump(file, text);
        }
    }
}

/* Documents one a line, as they would be sent; trees indented below their policy's name. */
static void
dump_policies(bp_run *run, bp_session *session, stage which, bp_buf *text)
{
    for (size_t i = 0; i < session->program->policies.count; i++) {
        const bp_policy *policy = session->program->policies.at[i];
        if (which == STAGE_DOCUMENT) {
            bp_document_print(run, bp_tree_write_compact(session->arena, policy->document));
        } else {
            bp_buf_format(text, "policy %.*s\n", BP_ARG(policy->name));
            bp_tree_dump(session->sources, policy->document, text);
        }
    }
}

static void
dump_stage(bp_run *run, bp_session *session, stage which, bp_buf *text)
{
    bool loaded = bp_session_load(session);
    if (which == STAGE_TOKENS || which == STAGE_AST) {
        dump_files(session, which, text);
        return;
    }
    bool compiled = loaded && bp_session_compile(session);
    if (session->program != NULL && (which == STAGE_POLICY || which == STAGE_DOCUMENT)) {
        dump_policies(run, session, which, text);
    } else if (session->model != NULL && which == STAGE_MODEL) {
        bp_model_dump(session->model, session->options.as_of, text);
    } else if (compiled && which == STAGE_DEPLOYMENT && bp_session_plan(session)) {
        bp_deployment_dump(session->deployment, text);
    }
}

int
bp_command_dump(bp_run *run)
{
    stage which = STAGE_AST;
    if (!find_stage(run, &which)) {
        return BP_EXIT_CANNOT;
    }
    bp_session *session = bp_project_open(run);
    if (session == NULL) {
        return BP_EXIT_CANNOT;
    }
    bp_buf text = {.arena = run->arena};
    dump_stage(run, session, which, &text);
    bp_output_format(run->out, "%.*s", BP_ARG(bp_buf_text(&text)));
    bp_report_beside(run, session);
    bp_report_trouble(run, session);
    if (session->outcome == BP_CANNOT) {
        return BP_EXIT_CANNOT;
    }
    return bp_diagnostics_has(session->diagnostics, BP_ERROR) ? BP_EXIT_FOUND : BP_EXIT_NOTHING;
}
