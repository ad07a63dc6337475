/*
 * Gathering: the layers of a block to one instance, and the blocks it holds. What its statements
 * set is chosen in choose.c; what `extend` means is found in extend.c; a plain block may not repeat
 * one.
 *
 * Values are not typed here but for the destinations of copies, which are their names.
 */
#include "compiler/policy/elaborate.h"

static unsigned
blocks_of(bp_ast_kind kind)
{
    /* Kinds of the syntax tree that are no blocks with settings take none. */
    return kind == BP_AST_POLICY   ? BP_BLOCK_POLICY
           : kind == BP_AST_PLAN   ? BP_BLOCK_PLAN
           : kind == BP_AST_RULE   ? BP_BLOCK_RULE
           : kind == BP_AST_COPY   ? BP_BLOCK_COPY
           : kind == BP_AST_SELECT ? BP_BLOCK_SELECT
           : kind == BP_AST_VAULT  ? BP_BLOCK_VAULT
           : kind == BP_AST_ROLE   ? BP_BLOCK_ROLE
                                   : 0;
}

bp_instance *
bp_instance_new(bp_elab *elab, bp_ast_kind kind, bp_ast_name name, const bp_env *env)
{
    size_t count = 0;
    bp_settings(&count);
    bp_instance *instance = BP_NEW(elab->work, bp_instance);
    instance->kind = kind;
    instance->blocks = blocks_of(kind);
    instance->name = name;
    instance->span = name.span;
    instance->env = env;
    instance->settings = bp_arena_array(elab->work, count, sizeof(bp_setting_use *));
    instance->holes = env->scope->file->broken;
    return instance;
}

const bp_setting_use *
bp_instance_use(const bp_instance *instance, const char *name)
{
    const bp_setting *row = bp_setting_find(bp_str_of(name), instance->blocks);
    return row == NULL ? NULL : instance->settings[bp_row_index(row)];
}

const bp_chosen *
bp_instance_chosen(const bp_instance *instance, const char *name)
{
    const bp_setting_use *use = bp_instance_use(instance, name);
    for (size_t i = 0; use != NULL && i < BP_OPERATORS; i++) {
        if (use->values[i].statement != NULL) {
            return &use->values[i];
        }
    }
    return NULL;
}

bp_typing
bp_chosen_typing(bp_elab *elab, const bp_setting *row, const bp_chosen *chosen)
{
    return (bp_typing){.elab = elab,
                       .want = bp_want_of(row->type),
                       .row = row,
                       .uses = chosen->env->uses,
                       .place = chosen->statement->name.span};
}

/* False once too many statements came from templates; reported once. */
static bool
count_statement(bp_elab *elab, const bp_ast_statement *statement, const bp_env *env)
{
    if (!bp_span_exists(env->uses) || ++elab->statements <= BP_STATEMENTS) {
        return true;
    }
    if (!elab->full) {
        bp_fault(elab, "SYN015", statement->span, env,
                 "templates bring more than %d statements; that is the limit", BP_STATEMENTS);
    }
    elab->full = true;
    return false;
}

/* ---- blocks within */

static bool
may_hold(bp_ast_kind outer, bp_ast_kind inner)
{
    return (outer == BP_AST_POLICY && inner == BP_AST_PLAN) ||
           (outer == BP_AST_PLAN && (inner == BP_AST_RULE || inner == BP_AST_SELECT)) ||
           (outer == BP_AST_RULE && inner == BP_AST_COPY);
}

/* The destination of a copy; a hole when it did not resolve. */
static bp_value *
destination(bp_elab *elab, const bp_ast_statement *statement, const bp_env *env)
{
    bp_typing typing = {.elab = elab,
                        .want = BP_WANT_DESTINATION,
                        .what = "\"copy to\"",
                        .uses = env->uses,
                        .place = statement->keyword};
    return bp_type_value(&typing, statement->destination, env);
}

/* Adds the layers of a statement, lowest first: its templates, then its own body. */
static void
add_layers(bp_elab *elab, bp_instance *instance, const bp_ast_statement *statement,
           const bp_env *env)
{
    if (!bp_template_layers(elab, &statement->uses, statement->block, env, &instance->layers)) {
        instance->holes = true;
    }
    if (statement->body != NULL) {
        *bp_vec_add(elab->work, &instance->layers) = (bp_layer){statement->body, env};
    } else {
        instance->holes = true;
    }
}

static bp_instance *
new_child(bp_elab *elab, const bp_ast_statement *statement, const bp_env *env, size_t layer)
{
    bp_instance *child = bp_instance_new(elab, statement->block, statement->name, env);
    child->statement = statement;
    child->layer = layer;
    if (statement->block == BP_AST_COPY) {
        child->destination = destination(elab, statement, env);
        child->span =
            statement->destination != NULL ? statement->destination->span : statement->keyword;
    }
    if (statement->block == BP_AST_SELECT && statement->form.text.size > 0) {
        child->blocks = bp_str_is(statement->form.text, "tags") ? BP_BLOCK_SELECT_TAGS
                                                                : BP_BLOCK_SELECT_RESOURCES;
    }
    return child;
}

static void
add_extension(bp_elab *elab, bp_instance *parent, const bp_ast_statement *statement,
              const bp_env *env, size_t layer)
{
    bp_instance *wanted = new_child(elab, statement, env, layer);
    wanted->extend = true;
    if (wanted->kind == BP_AST_COPY && wanted->destination->kind == BP_VALUE_UNKNOWN) {
        parent->holes = true;
        return;
    }
    bp_instance *found = bp_extended(elab, parent, wanted);
    if (found != NULL) {
        if (bp_extend_once(elab, found, wanted)) {
            add_layers(elab, found, statement, env);
        }
        return;
    }
    add_layers(elab, wanted, statement, env);
    if (wanted->kind == BP_AST_SELECT) {
        bp_select_form(elab, wanted);
    }
    bp_extend_inherited(elab, parent, wanted);
}

static void
add_block(bp_elab *elab, bp_instance *parent, const bp_layer *layer, size_t index,
          const bp_ast_statement *statement)
{
    if (!may_hold(parent->kind, statement->block)) {
        bp_fault(elab, "SYN003", statement->keyword, layer->env, "a %s holds no %s",
                 bp_ast_kind_name(parent->kind), bp_ast_kind_name(statement->block));
        parent->holes = true;
        return;
    }
    if (statement->extend) {
        add_extension(elab, parent, statement, layer->env, index);
        return;
    }
    bp_instance *child = new_child(elab, statement, layer->env, index);
    add_layers(elab, child, statement, layer->env);
    if (child->kind == BP_AST_SELECT) {
        bp_select_form(elab, child);
    }
    bp_str key = bp_block_key(elab, child);
    bool added = true;
    const bp_instance *first =
        key.size > 0 ? bp_map_add(parent->by_key, key, child, &added) : child;
    if (added) {
        *bp_vec_add(elab->work, &parent->children) = child;
    } else {
        bp_report_repeat(elab, first, child);
        parent->holes = true;
    }
}

static void
add_statement(bp_elab *elab, bp_instance *instance, size_t index, const bp_ast_statement *statement)
{
    /* No pointer into the layers: a block within may add to them. */
    const bp_layer layer = instance->layers.at[index];
    if (statement->kind == BP_AST_SETTING) {
        bp_choose_setting(elab, instance, index, statement);
    } else if (statement->kind == BP_AST_BLOCK) {
        add_block(elab, instance, &layer, index, statement);
    } else if (statement->kind == BP_AST_RAW) {
        bp_choose_raw(elab, instance, index, statement);
    }
}

static void
gather_layer(bp_elab *elab, bp_instance *instance, size_t index)
{
    const bp_layer layer = instance->layers.at[index];
    bp_choose_controls(elab, instance, index);
    for (size_t i = 0; i < layer.body->statements.count; i++) {
        const bp_ast_statement *statement = layer.body->statements.at[i];
        if (!count_statement(elab, statement, layer.env)) {
            instance->holes = true;
            return;
        }
        add_statement(elab, instance, index, statement);
    }
}

void
bp_block_gather(bp_elab *elab, bp_instance *instance)
{
    instance->by_key = bp_map_new(elab->work);
    for (size_t i = 0; i < instance->layers.count; i++) {
        gather_layer(elab, instance, i);
    }
    /* Policy, plan, rule, copy: no deeper. */
    for (size_t i = 0; i < instance->children.count; i++) {
        instance->children.at[i]->lone = instance->lone;
        bp_block_gather(elab, instance->children.at[i]);
    }
}
