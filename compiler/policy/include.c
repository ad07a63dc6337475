/*
 * Includes: paths, circles, limits, and what an included file may hold.
 *
 * The path is worked out from the text alone; whether a link leaves the project, or a file cannot
 * be read, is for whoever loads it. Includes are not passed on.
 */
#include "compiler/policy/elaborate.h"
#include "grammar/ast.h"
#include "lib/file.h"

typedef BP_VEC(bp_str) segments;

/* Adds the parts of a path, "." and ".." worked out; false when it climbs above the root. */
static bool
add_segments(bp_arena *arena, bp_str path, segments *list)
{
    while (path.size > 0) {
        size_t end = bp_str_find(path, '/');
        bp_str part = bp_str_cut(path, 0, end);
        path = bp_str_cut(path, end + 1, path.size);
        if (bp_str_is(part, "..")) {
            if (list->count == 0) {
                return false;
            }
            list->count--;
        } else if (part.size > 0 && !bp_str_is(part, ".")) {
            *bp_vec_add(arena, list) = part;
        }
    }
    return true;
}

const char *
bp_include_path(bp_arena *arena, bp_str from, bp_str written, bp_str *path)
{
    segments parts = {0};
    bp_str folder = bp_path_folder(from);
    if (bp_str_starts(written, BP_STR("/"))) {
        return "is absolute";
    }
    add_segments(arena, folder, &parts);
    if (!add_segments(arena, written, &parts)) {
        return "leaves the project";
    }
    if (parts.count == 0) {
        return "names no file";
    }
    bp_buf text = {.arena = arena};
    for (size_t i = 0; i < parts.count; i++) {
        bp_buf_add_c(&text, i == 0 ? "" : "/");
        bp_buf_add(&text, parts.at[i]);
    }
    *path = bp_buf_text(&text);
    return NULL;
}

/* The file is being read further up: shows the whole circle. */
static void
report_circle(bp_elab *elab, const bp_scope *again, bp_span span)
{
    bp_finding *finding = bp_fault(elab, "SYN017", span, NULL,
                                   "includes go in a circle back to \"%.*s\"; no file may include "
                                   "itself, directly or through others",
                                   BP_ARG(again->file->source->path));
    bool inside = false;
    for (size_t i = 0; i < elab->opening.count; i++) {
        const bp_scope *scope = elab->opening.at[i];
        if (inside) {
            bp_finding_label(elab->diagnostics, finding, scope->included_at,
                             "which includes \"%.*s\"", BP_ARG(scope->file->source->path));
        }
        inside = inside || scope == again;
    }
}

/* What an included file may not hold; reports the first such item. */
static bool
holds_only_names(bp_elab *elab, const bp_ast_file *file, bp_span span)
{
    for (size_t i = 0; i < file->items.count; i++) {
        const bp_ast_item *item = file->items.at[i];
        if (item->kind == BP_AST_INCLUDE || item->kind == BP_AST_LET ||
            item->kind == BP_AST_TEMPLATE || item->kind == BP_AST_UNKNOWN) {
            continue;
        }
        bp_finding *finding = bp_fault(
            elab, "SYN017", span, NULL,
            "\"%.*s\" declares a %s; an included file holds only include, let and template",
            BP_ARG(file->source->path), bp_ast_kind_name(item->kind));
        bp_finding_label(elab->diagnostics, finding, item->keyword, "declared here");
        return false;
    }
    return true;
}

/* The parsed file of an include, or NULL after reporting. */
static const bp_ast_file *
load(bp_elab *elab, bp_str path, bp_span span)
{
    const bp_scope *known = bp_map_get(elab->scopes, path);
    if (known != NULL) {
        return known->file;
    }
    if (elab->opening.count >= BP_INCLUDE_DEPTH) {
        bp_fault(elab, "SYN017", span, NULL, "includes go %d levels deep; the limit is %d",
                 BP_INCLUDE_DEPTH + 1, BP_INCLUDE_DEPTH);
        return NULL;
    }
    if (elab->includes >= BP_INCLUDE_FILES) {
        bp_fault(elab, "SYN017", span, NULL, "more than %d included files; that is the limit",
                 BP_INCLUDE_FILES);
        return NULL;
    }
    elab->includes++;
    const bp_includer *includer = &elab->how->includer;
    return includer->load == NULL ? NULL : includer->load(includer->context, path, span);
}

/* Makes the definitions of an included file visible. */
static void
take_names(bp_elab *elab, bp_scope *scope, bp_scope *from, size_t index)
{
    const bp_ast_item *include = scope->file->items.at[index];
    for (size_t i = 0; i < from->own.count; i++) {
        bp_definition *definition = from->own.at[i];
        bool constant = definition->item->kind == BP_AST_LET;
        bp_visible *visible = BP_NEW(elab->arena, bp_visible);
        *visible = (bp_visible){definition, index + 1};
        bool added = false;
        const bp_visible *first = bp_map_add(constant ? scope->constants : scope->templates,
                                             definition->item->name.text, visible, &added);
        if (!added && first->definition != definition) {
            bp_finding *finding =
                bp_fault(elab, "SYN018", include->name.span, NULL,
                         "\"%.*s\" brings a second %s \"%.*s\"; a name means one thing in a file",
                         BP_ARG(include->name.text), constant ? "constant" : "template",
                         BP_ARG(definition->item->name.text));
            bp_finding_label(elab->diagnostics, finding, first->definition->item->name.span,
                             "defined here");
            bp_finding_label(elab->diagnostics, finding, definition->item->name.span, "and here");
            scope->include_used[index] = true;
        }
    }
}

static void
include(bp_elab *elab, bp_scope *scope, size_t index)
{
    const bp_ast_item *item = scope->file->items.at[index];
    bp_span span = item->name.span;
    bp_str path = {0};
    scope->include_used[index] = true; /* until it was read */
    const char *refused =
        bp_include_path(elab->arena, scope->file->source->path, item->name.text, &path);
    if (refused != NULL) {
        bp_fault(elab, "SYN017", span, NULL,
                 "\"%.*s\" %s; an include is relative to its file and inside the project",
                 BP_ARG(item->name.text), refused);
        scope->holes = true;
        return;
    }
    const bp_ast_file *file = load(elab, path, span);
    if (file == NULL || !holds_only_names(elab, file, span)) {
        scope->holes = true;
        return;
    }
    if (file->edition > scope->file->edition && scope->file->edition > 0) {
        bp_finding *finding = bp_fault(
            elab, "SYN011", span, NULL,
            "\"%.*s\" is written in edition %lld, this file in edition %lld; a file cannot "
            "include a newer edition",
            BP_ARG(item->name.text), (long long)file->edition, (long long)scope->file->edition);
        bp_finding_label(elab->diagnostics, finding, file->edition_span, "the newer edition");
        scope->holes = true;
        return;
    }
    const bp_scope *again = bp_map_get(elab->scopes, path);
    if (again != NULL && again->opening) {
        report_circle(elab, again, span);
        scope->holes = true;
        return;
    }
    bp_scope *from = again != NULL ? bp_map_get(elab->scopes, path) : NULL;
    if (from == NULL) {
        from = bp_scope_open(elab, file, span);
    }
    scope->include_used[index] = from->own.count == 0 ? true : false;
    scope->holes = scope->holes || from->file->broken;
    take_names(elab, scope, from, index);
}

void
bp_scope_include(bp_elab *elab, bp_scope *scope)
{
    bp_map *paths = bp_map_new(elab->arena);
    for (size_t i = 0; i < scope->file->items.count; i++) {
        const bp_ast_item *item = scope->file->items.at[i];
        if (item->kind != BP_AST_INCLUDE) {
            continue;
        }
        bool added = false;
        const bp_ast_item *first =
            bp_map_add(paths, item->name.text, scope->file->items.at[i], &added);
        if (added) {
            include(elab, scope, i);
            continue;
        }
        scope->include_used[i] = true;
        bp_finding *finding =
            bp_fault(elab, "SYN007", item->name.span, NULL,
                     "\"%.*s\" is included twice; once is enough", BP_ARG(item->name.text));
        bp_finding_label(elab->diagnostics, finding, first->name.span, "first included here");
    }
}
