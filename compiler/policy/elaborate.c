/*
 * Elaboration: parsed files to a program. Read from the bottom: files and their names first, then
 * roles and vaults of all files, then policies, then templates on their own.
 *
 * Templates are checked on their own as well as where they are used, so that a fault in one that
 * nobody uses yet is found; what both find is told once.
 */
#include "compiler/policy/elaborate.h"

typedef void declare_item(bp_elab *elab, const bp_env *env, const bp_ast_item *item);

/* Declares the items of one kind, in the order of files. */
static void
declare_all(bp_elab *elab, const bp_ast_file *const *files, size_t count, bp_ast_kind kind,
            declare_item *declare)
{
    for (size_t i = 0; i < count; i++) {
        const bp_scope *scope = bp_map_get(elab->scopes, files[i]->source->path);
        for (size_t j = 0; j < files[i]->items.count; j++) {
            if (files[i]->items.at[j]->kind == kind) {
                declare(elab, &scope->env, files[i]->items.at[j]);
                bp_arena_reset(elab->work);
            }
        }
    }
}

static void
check_template(bp_elab *elab, const bp_definition *template)
{
    const bp_ast_item *item = template->item;
    bp_env *env = bp_template_env(elab, template);
    bp_instance *instance = bp_instance_new(elab, item->block, item->name, env);
    instance->lone = true;
    if (!bp_template_layers(elab, &item->uses, item->block, env, &instance->layers)) {
        instance->holes = true;
    }
    if (item->body == NULL) {
        return;
    }
    *bp_vec_add(elab->work, &instance->layers) = (bp_layer){item->body, env};
    if (item->block == BP_AST_SELECT) {
        bp_select_form(elab, instance);
    }
    bp_block_gather(elab, instance);
    bp_build_alone(elab, instance);
}

static void
check_templates(bp_elab *elab)
{
    for (size_t i = 0; i < bp_map_count(elab->scopes); i++) {
        const bp_scope *scope = bp_map_at(elab->scopes, i)->value;
        for (size_t j = 0; j < scope->own.count; j++) {
            if (scope->own.at[j]->item->kind == BP_AST_TEMPLATE) {
                check_template(elab, scope->own.at[j]);
                bp_arena_reset(elab->work);
            }
        }
    }
}

static void
note_broken(bp_elab *elab)
{
    for (size_t i = 0; i < bp_map_count(elab->scopes); i++) {
        const bp_scope *scope = bp_map_at(elab->scopes, i)->value;
        elab->program->broken = elab->program->broken || scope->holes;
    }
}

bool
bp_elaborate(const bp_elaboration *how, const bp_ast_file *const *files, size_t count,
             bp_program **program)
{
    bp_elab elab = {.how = how,
                    .arena = how->arena,
                    .work = bp_arena_child(how->arena),
                    .diagnostics = how->diagnostics};
    elab.program = BP_NEW(how->arena, bp_program);
    elab.program->role_by_name = bp_map_new(how->arena);
    elab.program->vault_by_name = bp_map_new(how->arena);
    elab.policies = bp_map_new(how->arena);
    elab.scopes = bp_map_new(how->arena);
    for (size_t i = 0; i < count; i++) {
        bp_scope_open(&elab, files[i], BP_NOWHERE);
    }
    note_broken(&elab);
    declare_all(&elab, files, count, BP_AST_ROLE, bp_declare_role);
    declare_all(&elab, files, count, BP_AST_VAULT, bp_declare_vault);
    declare_all(&elab, files, count, BP_AST_POLICY, bp_declare_policy);
    check_templates(&elab);
    /* A name may be unused because of an error: it would follow from that. */
    if (!bp_diagnostics_has(how->diagnostics, BP_ERROR)) {
        bp_scope_unused(&elab);
    }
    bp_arena_release(how->arena, elab.work);
    *program = elab.program;
    return true;
}
