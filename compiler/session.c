/*
 * The session: the stages of the compiler in the order in which data flows through them. What a
 * stage does stands in its own folder; reading files stands in session_load.c. Nothing here prints,
 * writes, or decides an exit code.
 */
#include "compiler/backpol.h"

#include "compiler/effective/extend.h"
#include "compiler/model/targets.h"
#include "compiler/session_parts.h"
#include "lib/pattern.h"

bp_session *
bp_session_new(bp_arena *arena, const bp_options *options)
{
    size_t rule_count = 0;
    const bp_rule *rules = bp_check_rules(&rule_count);
    bp_session *session = BP_NEW(arena, bp_session);
    session->arena = arena;
    session->options = *options;
    session->sources = bp_sources_new(arena);
    session->diagnostics = bp_diagnostics_new(arena, session->sources, rules, rule_count);
    session->manifest = bp_manifest_new(arena);
    session->facts = bp_facts_built_in();
    session->parsed = bp_map_new(arena);
    session->patterns = bp_patterns_new(arena);
    session->review = (bp_review){.arena = arena,
                                  .diagnostics = session->diagnostics,
                                  .manifest = session->manifest,
                                  .levels = bp_map_new(arena)};
    return session;
}

bool
bp_session_load(bp_session *session)
{
    return bp_session_load_facts(session) && bp_session_load_baseline(session) &&
           bp_session_load_sources(session) && bp_session_load_inventory(session);
}

/* `of account("name")`: the digits that the inventory gives for a name. */
static bool
find_account(void *context, bp_str name, bp_span span, bp_str *id)
{
    bp_target_finder *finder = context;
    bp_target_ref ref = {.kind = BP_TARGET_ACCOUNT, .text = name, .span = span};
    bp_bound_target found = {0};
    bool good = bp_target_find(finder, &ref, &found);
    *id = found.id;
    return good;
}

bool
bp_session_compile(bp_session *session)
{
    bp_arena *arena = session->arena;
    bp_program *program = NULL;
    bp_model *model = NULL;
    bp_effective *effective = NULL;
    bp_elaboration how = {
        .arena = arena,
        .diagnostics = session->diagnostics,
        .facts = session->facts,
        .partition = session->org == NULL ? BP_STR("") : session->org->partition,
        .includer = {bp_session_include, session},
    };
    bp_target_finder finder = {0};
    if (session->org != NULL) {
        finder = bp_target_finder_new(arena, session->diagnostics, session->org);
        how.account_id = (bp_account_finder){find_account, &finder};
    }

    bool done = bp_elaborate(&how, session->files.at, session->files.count, &program);
    session->program = program;
    bp_session_read_documents(session, program);
    done = done &&
           bp_bind(arena, session->diagnostics, program, session->org, session->manifest, &model);
    session->model = model;
    if (done) {
        bp_extend_settle(arena, session->diagnostics, model, session->whole);
    }
    done = done && bp_effective_evaluate(arena, model, &effective);
    session->effective = effective;
    return done;
}

/* What the checks run over. */
static bp_check_context
check_context(const bp_session *session)
{
    return (bp_check_context){
        .arena = session->arena,
        .diagnostics = session->diagnostics,
        .as_of = session->options.as_of,
        .facts = session->facts,
        .manifest = session->manifest,
        .program = session->program,
        .org = session->org,
        .model = session->model,
        .effective = session->effective,
        .patterns = session->patterns,
        .require_inventory = session->options.require_inventory,
        .has_project =
            session->manifest->source != NULL || session->options.inventory_path.size > 0,
    };
}

bool
bp_session_check(bp_session *session)
{
    bp_check_context context = check_context(session);
    bp_check_all(&context);
    bp_session_review(session);
    return true;
}

void
bp_session_check_inventory(bp_session *session)
{
    bp_check_context context = check_context(session);
    bp_session_read_deployed(session);
    bp_check_inventory(&context);
    bp_session_review(session);
}

bool
bp_session_plan(bp_session *session)
{
    bp_deployment *deployment = NULL;
    bool done = bp_deploy(session->arena, session->diagnostics, session->model, session->effective,
                          &deployment);
    session->deployment = deployment;
    bp_session_review(session);
    return done && deployment != NULL;
}

bool
bp_session_judge(bp_session *session, unsigned targets)
{
    bool done = bp_emit_judge(session->arena, session->diagnostics, session->deployment, targets);
    session->judged = done;
    bp_session_review(session);
    return done;
}

bool
bp_session_emit(bp_session *session, const bp_build_order *order)
{
    bp_artifacts *artifacts = NULL;
    bool done =
        bp_emit(session->arena, session->diagnostics, session->deployment, order, &artifacts);
    session->artifacts = artifacts;
    session->judged = done;
    bp_session_review(session);
    return done && artifacts != NULL;
}

static bool
value_is_hole(const bp_value *value)
{
    if (value == NULL) {
        return false;
    }
    if (value->kind == BP_VALUE_UNKNOWN) {
        return true;
    }
    for (size_t i = 0; i < value->items.count; i++) {
        if (value->items.at[i]->kind == BP_VALUE_UNKNOWN) {
            return true;
        }
    }
    return false;
}

/* Walks a document without recursion: the tree knows its parents. */
static bool
document_has_holes(const bp_node *root)
{
    const bp_node *node = root;
    while (node != NULL) {
        if (value_is_hole(node->assign) || value_is_hole(node->append) ||
            value_is_hole(node->remove)) {
            return true;
        }
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node != root && node->next == NULL) {
            node = node->parent;
        }
        node = node == root ? NULL : node->next;
    }
    return false;
}

bool
bp_session_has_holes(const bp_session *session)
{
    if (session->program == NULL || session->program->broken) {
        return true;
    }
    for (size_t i = 0; i < session->program->policies.count; i++) {
        if (document_has_holes(session->program->policies.at[i]->document)) {
            return true;
        }
    }
    return false;
}

void
bp_session_trouble(bp_session *session, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_str line = bp_str_vformat(session->arena, format, arguments);
    va_end(arguments);
    session->outcome = BP_CANNOT;
    *bp_vec_add(session->arena, &session->trouble) = line;
}
