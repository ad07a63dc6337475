/*
 * Files and their names: constants and templates of a file and of its includes, who hides whom,
 * constants that need themselves, names that nothing uses.
 *
 * Values are not looked at here but for the words in them; a constant has no type of its own.
 */
#include "compiler/policy/elaborate.h"

static void
define(bp_elab *elab, bp_scope *scope, const bp_ast_item *item)
{
    bool constant = item->kind == BP_AST_LET;
    bp_definition *definition = BP_NEW(elab->arena, bp_definition);
    definition->item = item;
    definition->home = scope;
    bp_visible *visible = BP_NEW(elab->arena, bp_visible);
    visible->definition = definition;
    bool added = false;
    const bp_visible *first = bp_map_add(constant ? scope->constants : scope->templates,
                                         item->name.text, visible, &added);
    if (added) {
        *bp_vec_add(elab->arena, &scope->own) = definition;
        return;
    }
    bp_finding *finding = bp_fault(elab, "SYN018", item->name.span, NULL,
                                   "%s \"%.*s\" is defined twice; a name means one thing in a file",
                                   constant ? "constant" : "template", BP_ARG(item->name.text));
    bp_finding_label(elab->diagnostics, finding, first->definition->item->name.span,
                     "first defined here");
}

static bp_scope *
new_scope(bp_elab *elab, const bp_ast_file *file)
{
    bp_scope *scope = BP_NEW(elab->arena, bp_scope);
    scope->file = file;
    scope->constants = bp_map_new(elab->arena);
    scope->templates = bp_map_new(elab->arena);
    scope->include_used = bp_arena_array(elab->arena, file->items.count + 1, sizeof(bool));
    scope->holes = file->broken;
    scope->env.scope = scope;
    bp_map_set(elab->scopes, file->source->path, scope);
    return scope;
}

/* A search for constants that need themselves, without recursion over constants. */
typedef struct search {
    bp_elab *elab;
    bp_scope *scope;
    BP_VEC(bp_definition *) needs; /* of the constant whose value is being walked */
} search;

enum { WHITE, GRAY, BLACK };

static void
need(search *find, bp_str word)
{
    const bp_visible *visible = bp_map_get(find->scope->constants, word);
    if (visible != NULL && visible->include == 0) {
        *bp_vec_add(find->elab->arena, &find->needs) = visible->definition;
    }
}

/* Adds the constants that a value names. Values nest as deep as the parser allows. */
static void
walk_value(search *find, const bp_ast_value *value, int depth)
{
    if (value == NULL || depth > 2 * BP_ALIAS_DEPTH) {
        return;
    }
    if (value->kind == BP_AST_WORD) {
        need(find, value->text);
    }
    if (bp_span_exists(value->in_region.span)) {
        need(find, value->in_region.text);
    }
    walk_value(find, value->of, depth + 1);
    for (size_t i = 0; i < value->items.count; i++) {
        walk_value(find, value->items.at[i].value, depth + 1);
    }
}

typedef struct frame {
    bp_definition *definition;
    bp_definition **needs;
    size_t count;
    size_t next;
} frame;

static frame
open_frame(search *find, bp_definition *definition)
{
    find->needs.at = NULL;
    find->needs.count = 0;
    find->needs.room = 0;
    definition->color = GRAY;
    if (definition->item->kind == BP_AST_LET) {
        walk_value(find, definition->item->value, 0);
    }
    return (frame){definition, find->needs.at, find->needs.count, 0};
}

static void
report_circle(bp_elab *elab, bp_definition *start, const frame *frames, size_t count)
{
    bp_str name = start->item->name.text;
    bp_finding *finding = bp_fault(
        elab, "SYN018", start->item->name.span, NULL,
        "constant \"%.*s\" needs itself; a constant may use others, never itself", BP_ARG(name));
    size_t from = count;
    while (from > 0 && frames[from - 1].definition != start) {
        from--;
    }
    for (size_t i = from; i < count; i++) {
        frames[i].definition->circular = true;
        if (i < from + BP_INCLUDE_DEPTH) {
            bp_finding_label(elab->diagnostics, finding, frames[i].definition->item->name.span,
                             "it needs \"%.*s\"", BP_ARG(frames[i].definition->item->name.text));
        }
    }
    start->circular = true;
}

static void
find_circles(bp_elab *elab, bp_scope *scope)
{
    search find = {.elab = elab, .scope = scope};
    BP_VEC(frame) stack = {0};
    for (size_t i = 0; i < scope->own.count; i++) {
        if (scope->own.at[i]->color != WHITE) {
            continue;
        }
        *bp_vec_add(elab->arena, &stack) = open_frame(&find, scope->own.at[i]);
        while (stack.count > 0) {
            frame *top = &stack.at[stack.count - 1];
            if (top->next == top->count) {
                top->definition->color = BLACK;
                stack.count--;
                continue;
            }
            bp_definition *needed = top->needs[top->next++];
            if (needed->color == WHITE) {
                frame opened = open_frame(&find, needed);
                *bp_vec_add(elab->arena, &stack) = opened;
            } else if (needed->color == GRAY && !needed->circular) {
                size_t from = stack.count;
                while (from > 0 && stack.at[from - 1].definition != needed) {
                    from--;
                }
                report_circle(elab, needed, stack.at + from, stack.count - from);
            }
        }
    }
}

bp_scope *
bp_scope_open(bp_elab *elab, const bp_ast_file *file, bp_span from)
{
    bp_scope *known = bp_map_get(elab->scopes, file->source->path);
    if (known != NULL) {
        return known;
    }
    bp_scope *scope = new_scope(elab, file);
    for (size_t i = 0; i < file->items.count; i++) {
        const bp_ast_item *item = file->items.at[i];
        if (item->kind == BP_AST_LET || item->kind == BP_AST_TEMPLATE) {
            define(elab, scope, item);
        }
    }
    scope->included_at = from;
    scope->opening = true;
    *bp_vec_add(elab->arena, &elab->opening) = scope;
    bp_scope_include(elab, scope);
    elab->opening.count--;
    scope->opening = false;
    find_circles(elab, scope);
    return scope;
}

static bp_definition *
look_up(bp_scope *scope, const bp_map *names, bp_str name)
{
    const bp_visible *visible = bp_map_get(names, name);
    if (visible == NULL) {
        return NULL;
    }
    if (visible->include > 0) {
        scope->include_used[visible->include - 1] = true;
    }
    visible->definition->used = true;
    return visible->definition;
}

bp_definition *
bp_scope_constant(bp_scope *scope, bp_str name)
{
    return look_up(scope, scope->constants, name);
}

bp_definition *
bp_scope_template(bp_scope *scope, bp_str name)
{
    return look_up(scope, scope->templates, name);
}

static void
warn_unused(bp_elab *elab, bp_span span, const char *what, bp_str name)
{
    bp_finding *finding =
        bp_fault(elab, "SYN018", span, NULL, "nothing uses the %s \"%.*s\"", what, BP_ARG(name));
    finding->severity = BP_WARNING;
}

void
bp_scope_unused(bp_elab *elab)
{
    for (size_t i = 0; i < bp_map_count(elab->scopes); i++) {
        const bp_scope *scope = bp_map_at(elab->scopes, i)->value;
        if (scope->holes) {
            continue;
        }
        for (size_t j = 0; j < scope->own.count; j++) {
            const bp_ast_item *item = scope->own.at[j]->item;
            if (!scope->own.at[j]->used && !scope->own.at[j]->circular) {
                warn_unused(elab, item->name.span,
                            item->kind == BP_AST_LET ? "constant" : "template", item->name.text);
            }
        }
        for (size_t j = 0; j < scope->file->items.count; j++) {
            const bp_ast_item *item = scope->file->items.at[j];
            if (item->kind == BP_AST_INCLUDE && !scope->include_used[j]) {
                warn_unused(elab, item->name.span, "include", item->name.text);
            }
        }
    }
}
