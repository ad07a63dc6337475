/*
 * Choosing: which statements count in a block that has a body and templates below it. A body's
 * value of a setting, by whatever operator, drops all values of its templates; its control of a
 * setting or of the block replaces theirs, and else theirs stays; its `raw` of a key replaces
 * theirs.
 *
 * Layers come lowest first, so a statement of another layer than the one chosen is a higher one.
 */
#include "compiler/policy/elaborate.h"

size_t
bp_row_index(const bp_setting *row)
{
    size_t count = 0;
    return (size_t)(row - bp_settings(&count));
}

static void
choose_value(bp_setting_use *use, const bp_layer *layer, size_t index,
             const bp_ast_statement *statement, bool bad)
{
    if (use->layer != index) {
        for (size_t i = 0; i < BP_OPERATORS; i++) {
            use->values[i] = (bp_chosen){0};
        }
    }
    use->layer = index;
    bp_chosen *value = &use->values[statement->op - BP_AST_OP_ASSIGN];
    /* A second one of the same body was told by the parser. */
    if (value->statement == NULL || value->bad) {
        *value = (bp_chosen){statement, layer->env, bad};
    }
}

void
bp_choose_setting(bp_elab *elab, bp_instance *instance, size_t index,
                  const bp_ast_statement *statement)
{
    const bp_layer *layer = &instance->layers.at[index];
    const bp_setting *meant = NULL;
    const bp_setting *row = bp_setting_word(elab, statement, layer->env, instance->blocks, &meant);
    if (meant == NULL) {
        instance->holes = true;
        return;
    }
    bool control = false;
    bool bad = row == NULL || bp_setting_refused(elab, statement, layer->env, row, &control);
    bp_setting_use **slot = &instance->settings[bp_row_index(meant)];
    if (*slot == NULL) {
        *slot = BP_NEW(elab->work, bp_setting_use);
    }
    bp_setting_use *use = *slot;
    if (statement->op != BP_AST_OP_NONE) {
        choose_value(use, layer, index, statement, bad);
    }
    bool again = use->control.statement != NULL && use->control_layer == index;
    if (control && !again) {
        use->control = (bp_chosen){statement, layer->env, false};
        use->control_layer = index;
    }
}

static bool
has_document(const bp_instance *instance)
{
    return instance->kind != BP_AST_ROLE && instance->kind != BP_AST_VAULT;
}

static void
choose_control(bp_elab *elab, bp_instance *instance, const bp_layer *layer,
               const bp_ast_control *control)
{
    if (control->may == 0) {
        return;
    }
    if (!has_document(instance)) {
        bp_fault(elab, "SYN006", control->span, layer->env,
                 "\"children may\" in a %s; it is for blocks of a policy",
                 bp_ast_kind_name(instance->kind));
        return;
    }
    *(control->here ? &instance->here : &instance->deep) = (bp_block_control){*control, layer->env};
}

void
bp_choose_controls(bp_elab *elab, bp_instance *instance, size_t index)
{
    const bp_layer *layer = &instance->layers.at[index];
    choose_control(elab, instance, layer, &layer->body->control);
    choose_control(elab, instance, layer, &layer->body->other);
}

void
bp_choose_raw(bp_elab *elab, bp_instance *instance, size_t index, const bp_ast_statement *statement)
{
    const bp_layer *layer = &instance->layers.at[index];
    if (!has_document(instance)) {
        bp_fault(elab, "SYN003", statement->name.span, layer->env,
                 "\"raw\" in a %s; it is for blocks of a policy", bp_ast_kind_name(instance->kind));
        instance->holes = true;
        return;
    }
    if (statement->json->kind == BP_AST_UNKNOWN) {
        instance->holes = true;
        return;
    }
    bp_span word = {statement->span.source, statement->span.start,
                    statement->span.start + sizeof "raw" - 1};
    bp_finding *finding =
        bp_fault(elab, "SYN003", word, layer->env,
                 "raw JSON at \"%.*s\"; it goes into the document as it is written",
                 BP_ARG(statement->name.text));
    finding->severity = BP_INFO;
    finding->aws = BP_AWS_NONE;
    size_t *top = BP_NEW(elab->work, size_t);
    bp_str key = bp_str_fold(elab->work, statement->name.text);
    instance->raw_tops = instance->raw_tops == NULL ? bp_map_new(elab->work) : instance->raw_tops;
    top = bp_map_add(instance->raw_tops, key, top, NULL);
    *top = index;
    *bp_vec_add(elab->work, &instance->raws) = (bp_raw){statement, layer->env, index, top};
}
