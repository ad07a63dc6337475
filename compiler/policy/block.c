/*
 * Gathering: the layers of a block to one instance — which statement sets what, which blocks it
 * holds — by the rules of expansion: a body's setting drops the template's, `extend` changes a
 * block of the template, a plain block may not repeat one.
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
    bp_instance *instance = BP_NEW(elab->arena, bp_instance);
    instance->kind = kind;
    instance->blocks = blocks_of(kind);
    instance->name = name;
    instance->span = name.span;
    instance->env = env;
    instance->chosen = bp_arena_array(elab->arena, count, sizeof *instance->chosen);
    instance->holes = env->scope->file->broken;
    return instance;
}

static size_t
row_index(const bp_setting *row)
{
    size_t count = 0;
    return (size_t)(row - bp_settings(&count));
}

const bp_chosen *
bp_instance_chosen(const bp_instance *instance, const char *name)
{
    const bp_setting *row = bp_setting_find(bp_str_of(name), instance->blocks);
    if (row == NULL || instance->chosen[row_index(row)].statement == NULL) {
        return NULL;
    }
    return &instance->chosen[row_index(row)];
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

static void
choose(bp_elab *elab, bp_instance *instance, const bp_layer *layer,
       const bp_ast_statement *statement)
{
    const bp_setting *meant = NULL;
    const bp_setting *row = bp_setting_word(elab, statement, layer->env, instance->blocks, &meant);
    if (meant == NULL) {
        instance->holes = true;
        return;
    }
    bool bad = row == NULL || bp_setting_refused(elab, statement, layer->env, row);
    bp_chosen *chosen = &instance->chosen[row_index(meant)];
    /* A second one of the same body was told by the parser. */
    bool again = chosen->statement != NULL && chosen->env == layer->env && !chosen->bad;
    bool control_only = row != NULL && statement->value == NULL && statement->op == BP_AST_OP_NONE;
    if (!again && !control_only) {
        *chosen = (bp_chosen){statement, layer->env, bad};
    }
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

/* The name of a block within its parent: equal after folding means the same one. */
static bp_str
key_of(bp_elab *elab, const bp_instance *instance)
{
    if (instance->kind == BP_AST_COPY) {
        const bp_value *value = instance->destination;
        const bp_reference *to = value->reference;
        if (value->kind != BP_VALUE_TEXT) {
            return (bp_str){"", 0};
        }
        bp_str text = to == NULL ? value->text
                                 : bp_str_format(elab->arena, "%.*s/%.*s/%.*s", BP_ARG(to->region),
                                                 BP_ARG(to->account), BP_ARG(to->name));
        return bp_str_format(elab->arena, "copy/%.*s", BP_ARG(bp_str_fold(elab->arena, text)));
    }
    const char *form = (instance->blocks & BP_BLOCK_SELECT) == BP_BLOCK_SELECT_TAGS ? "tags/" : "";
    return bp_str_format(elab->arena, "%s/%s%.*s", bp_ast_kind_name(instance->kind), form,
                         BP_ARG(bp_str_fold(elab->arena, instance->name.text)));
}

static bp_str
shown_name(bp_elab *elab, const bp_instance *instance)
{
    return instance->kind == BP_AST_COPY
               ? bp_str_format(elab->arena, "copy to %.*s", BP_ARG(bp_shown(elab, instance->span)))
               : bp_str_format(elab->arena, "%s \"%.*s\"", bp_ast_kind_name(instance->kind),
                               BP_ARG(instance->name.text));
}

/* A plain block whose name the parent has already. */
static void
report_repeat(bp_elab *elab, const bp_instance *first, const bp_instance *second)
{
    bp_str name = shown_name(elab, second);
    bp_finding *finding;
    if (first->layer != second->layer) {
        finding =
            bp_fault(elab, "SYN007", second->span, second->env,
                     "%.*s is in the template already; a plain block is a new one", BP_ARG(name));
        bp_finding_label(elab->diagnostics, finding, first->span, "in the template");
        bp_finding_help(elab->diagnostics, finding, "to change it, write extend %.*s",
                        BP_ARG(name));
        return;
    }
    if (first->kind == BP_AST_COPY || bp_str_equal(first->name.text, second->name.text)) {
        finding = bp_fault(elab, "SYN007", second->span, second->env,
                           "%.*s stands twice here; each may stand once", BP_ARG(name));
        bp_finding_label(elab->diagnostics, finding, first->span, "first written here");
        return;
    }
    finding = bp_fault(elab, "SYN008", second->span, second->env,
                       "%.*s differs only in letter case from \"%.*s\"; AWS takes them for one",
                       BP_ARG(name), BP_ARG(first->name.text));
    bp_finding_label(elab->diagnostics, finding, first->span, "the other one");
}

/* The block of a lower layer that an `extend` means; NULL if there is none. */
static bp_instance *
find_extended(bp_elab *elab, const bp_instance *parent, const bp_instance *wanted, size_t layer)
{
    bp_instance probe = *wanted;
    static const unsigned forms[] = {BP_BLOCK_SELECT_TAGS, BP_BLOCK_SELECT_RESOURCES};
    size_t tries = wanted->kind == BP_AST_SELECT ? 2 : 1;
    for (size_t i = 0; i < tries; i++) {
        if (wanted->kind == BP_AST_SELECT) {
            if ((wanted->blocks & forms[i]) == 0) {
                continue;
            }
            probe.blocks = forms[i];
        }
        bp_instance *found = bp_map_get(parent->by_key, key_of(elab, &probe));
        if (found != NULL && found->layer < layer) {
            return found;
        }
    }
    return NULL;
}

static void
report_no_template_block(bp_elab *elab, const bp_instance *parent, const bp_instance *wanted)
{
    bp_suggester suggester = bp_suggest_start(wanted->name.text);
    bool same_body = false;
    for (size_t i = 0; i < parent->children.count; i++) {
        const bp_instance *child = parent->children.at[i];
        if (child->kind == wanted->kind && child->kind != BP_AST_COPY) {
            bp_offer(elab, &suggester, child->name.text);
            same_body = same_body || bp_str_equal_folded(child->name.text, wanted->name.text);
        }
    }
    if (parent->holes) {
        return;
    }
    bp_str name = shown_name(elab, wanted);
    if (same_body) {
        bp_fault(elab, "SYN018", wanted->span, wanted->env,
                 "extend of %.*s, which stands in the same body; extend changes a block of the "
                 "template",
                 BP_ARG(name));
        return;
    }
    bp_finding *finding = bp_fault(elab, "SYN018", wanted->span, wanted->env,
                                   "the template has no %.*s that could be extended", BP_ARG(name));
    bp_suggest_fix(elab, finding, &suggester, wanted->span, true);
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
        *bp_vec_add(elab->arena, &instance->layers) = (bp_layer){statement->body, env};
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
    if (layer == 0 && !parent->holes) {
        bp_finding *finding =
            bp_fault(elab, "SYN003", statement->keyword, env,
                     "\"extend %s\" of an inherited %s is not usable in this release",
                     bp_ast_kind_name(statement->block), bp_ast_kind_name(statement->block));
        bp_finding_help(elab->diagnostics, finding,
                        "within a body with \"uses\" it changes a block of the template");
    }
    bool hole = layer == 0 ||
                (wanted->kind == BP_AST_COPY && wanted->destination->kind == BP_VALUE_UNKNOWN);
    bp_instance *found = hole ? NULL : find_extended(elab, parent, wanted, layer);
    if (found != NULL) {
        add_layers(elab, found, statement, env);
        return;
    }
    if (!hole) {
        report_no_template_block(elab, parent, wanted);
    }
    parent->holes = true;
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
    bp_str key = key_of(elab, child);
    bool added = true;
    const bp_instance *first =
        key.size > 0 ? bp_map_add(parent->by_key, key, child, &added) : child;
    if (added) {
        *bp_vec_add(elab->arena, &parent->children) = child;
    } else {
        report_repeat(elab, first, child);
        parent->holes = true;
    }
}

static void
add_statement(bp_elab *elab, bp_instance *instance, const bp_layer *layer, size_t index,
              const bp_ast_statement *statement)
{
    if (statement->kind == BP_AST_SETTING) {
        choose(elab, instance, layer, statement);
    } else if (statement->kind == BP_AST_BLOCK) {
        add_block(elab, instance, layer, index, statement);
    } else if (statement->kind == BP_AST_RAW) {
        bp_fault(elab, "SYN003", statement->name.span, layer->env,
                 "\"raw\" is not usable in this release");
        instance->holes = true;
    }
}

static void
gather_layer(bp_elab *elab, bp_instance *instance, size_t index)
{
    const bp_layer layer = instance->layers.at[index];
    if (layer.body->control.may != 0) {
        bp_fault(elab, "SYN003", layer.body->control.span, layer.env,
                 "\"children may\" is not usable in this release");
    }
    for (size_t i = 0; i < layer.body->statements.count; i++) {
        const bp_ast_statement *statement = layer.body->statements.at[i];
        if (!count_statement(elab, statement, layer.env)) {
            instance->holes = true;
            return;
        }
        add_statement(elab, instance, &layer, index, statement);
    }
}

void
bp_block_gather(bp_elab *elab, bp_instance *instance)
{
    instance->by_key = bp_map_new(elab->arena);
    for (size_t i = 0; i < instance->layers.count; i++) {
        gather_layer(elab, instance, i);
    }
    /* Policy, plan, rule, copy: no deeper. */
    for (size_t i = 0; i < instance->children.count; i++) {
        instance->children.at[i]->lone = instance->lone;
        bp_block_gather(elab, instance->children.at[i]);
    }
}
