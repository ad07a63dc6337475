/*
 * Files of a tree in memory: looking up with links, reading, listing. What the texts are and where
 * they come from is the owner's business; nothing here touches the disk.
 */
#include "lib/file_tree.h"

#include "lib/file_walk.h"
#include "lib/map.h"
#include "lib/vec.h"

#include <errno.h>
#include <stdlib.h>

enum { FOLDERS_MAX = 64, LINKS_MAX = 40, REST_MAX = 8192 };

struct bp_file_tree {
    bp_arena *arena;
    bp_tree_fetch *fetch;
    void *context;
    bp_map *files;   /* path → bp_tree_file * */
    bp_map *folders; /* path → the tree */
};

/* A walk from the root of the tree. */
typedef struct walk {
    bp_arena *arena;
    const bp_file_tree *tree;
    bp_str at; /* the folder that was reached */
    size_t depth;
    size_t links;
    bp_str rest;
    size_t own; /* bytes of the rest that do not come from a link */
    const bp_tree_file *file;
    bp_file_error *error;
} walk;

bp_file_tree *
bp_file_tree_new(bp_arena *arena, bp_tree_fetch *fetch, void *context)
{
    bp_file_tree *tree = BP_NEW(arena, bp_file_tree);
    *tree = (bp_file_tree){.arena = arena,
                           .fetch = fetch,
                           .context = context,
                           .files = bp_map_new(arena),
                           .folders = bp_map_new(arena)};
    return tree;
}

bool
bp_file_tree_add(bp_file_tree *tree, const bp_tree_file *file)
{
    bp_str clean = {0};
    bool added = false;
    if (!bp_path_clean(tree->arena, file->path, &clean) || !bp_str_equal(clean, file->path)) {
        return false;
    }
    bp_tree_file *kept = BP_NEW(tree->arena, bp_tree_file);
    *kept = *file;
    (void)bp_map_add(tree->files, file->path, kept, &added);
    for (bp_str folder = bp_path_folder(file->path); folder.size > 0 && added;
         folder = bp_path_folder(folder)) {
        (void)bp_map_add(tree->folders, folder, tree, &added);
    }
    return bp_map_get(tree->files, file->path) == kept;
}

static bool
refuse(walk *on, bp_file_error error)
{
    *on->error = error;
    return false;
}

static bool
leaves_root(walk *on)
{
    *on->error = bp_file_refusal("is a link that leads out of the project");
    on->error->outside = true;
    return false;
}

/* Puts the target of a link in front of the rest. */
static bool
follow(walk *on, const bp_tree_file *link, bool from_link)
{
    bp_str target = {0};
    if (++on->links > LINKS_MAX) {
        return refuse(on, bp_file_refusal("is a loop of links"));
    }
    if (!on->tree->fetch(on->tree->context, on->arena, link, REST_MAX, &target, on->error)) {
        return false;
    }
    if (target.size == 0 || target.size + on->rest.size + 2 > REST_MAX) {
        return refuse(on, bp_file_errno(on->arena, ENAMETOOLONG));
    }
    if (target.at[0] == '/' || bp_str_find(target, '\0') < target.size) {
        return leaves_root(on);
    }
    on->own = from_link ? on->own : on->rest.size;
    on->rest = bp_str_format(on->arena, "%.*s/%.*s", BP_ARG(target), BP_ARG(on->rest));
    return true;
}

static bool
go_up(walk *on)
{
    if (on->depth == 0) {
        return leaves_root(on);
    }
    on->depth--;
    on->at = bp_path_folder(on->at);
    return true;
}

static bool
enter(walk *on, bp_str path)
{
    if (on->depth + 1 == FOLDERS_MAX) {
        return refuse(on, bp_file_refusal("lies more than 63 folders deep"));
    }
    on->depth++;
    on->at = path;
    return true;
}

static bool
step(walk *on, bp_str name, bool from_link)
{
    if (bp_str_is(name, ".")) {
        return true;
    }
    if (bp_str_is(name, "..")) {
        return go_up(on);
    }
    bp_str path = bp_path_join(on->arena, on->at, name);
    const bp_tree_file *file = bp_map_get(on->tree->files, path);
    if (file != NULL && file->kind == BP_TREE_LINK) {
        return follow(on, file, from_link);
    }
    if (bp_map_get(on->tree->folders, path) != NULL ||
        (file != NULL && file->kind == BP_TREE_MODULE)) {
        return enter(on, path);
    }
    if (file == NULL) {
        return refuse(on, from_link ? bp_file_refusal("is a link to nothing")
                                    : bp_file_errno(on->arena, ENOENT));
    }
    if (on->rest.size > 0) {
        return refuse(on, bp_file_errno(on->arena, ENOTDIR));
    }
    on->file = file;
    return true;
}

/* Walks a clean path. on->file is the file at its end, or NULL when it is a folder, on->at. */
static bool
look_up(walk *on, bp_str path)
{
    on->rest = path;
    on->own = path.size;
    on->at = (bp_str){"", 0};
    while (on->rest.size > 0) {
        bool from_link = on->rest.size > on->own;
        size_t end = bp_str_find(on->rest, '/');
        bp_str name = bp_str_cut(on->rest, 0, end);
        while (end < on->rest.size && on->rest.at[end] == '/') {
            end++;
        }
        on->rest = bp_str_cut(on->rest, end, on->rest.size);
        if (name.size > 0 && !step(on, name, from_link)) {
            return false;
        }
    }
    return true;
}

bool
bp_file_tree_read(bp_arena *arena, const bp_file_tree *tree, bp_str path, size_t cap, bp_str *text,
                  bp_file_error *error)
{
    bp_str clean = {0};
    walk on = {.arena = arena, .tree = tree, .error = error};
    *error = (bp_file_error){.text = {"", 0}};
    if (!bp_path_clean(arena, path, &clean)) {
        *error = bp_file_refusal("is not a path inside the project");
        error->outside = true;
        return false;
    }
    if (!look_up(&on, clean)) {
        return false;
    }
    if (on.file == NULL) {
        *error = bp_file_refusal("is a folder");
        return false;
    }
    return tree->fetch(tree->context, arena, on.file, cap, text, error);
}

/* Whether some folder of the way is hidden: listing does not enter these. */
static bool
is_hidden(bp_str below)
{
    bp_str folder = bp_path_folder(below);
    for (size_t i = 0; i < folder.size; i++) {
        if (folder.at[i] == '.' && (i == 0 || folder.at[i - 1] == '/')) {
            return true;
        }
    }
    return false;
}

static bool
is_folder(bp_arena *arena, const bp_file_tree *tree, bp_str path)
{
    bp_file_error error = {0};
    walk on = {.arena = arena, .tree = tree, .error = &error};
    return look_up(&on, path) && on.file == NULL;
}

typedef struct listing {
    bp_arena *arena;
    const bp_file_tree *tree;
    bp_glob pattern;
    bp_str start; /* the folder to start from, links followed */
    size_t limit;
    BP_VEC(bp_str) found;
} listing;

/* False: more than the limit. */
static bool
look_at(listing *on, bp_str path)
{
    bp_str below = path;
    if (on->start.size > 0) {
        if (!bp_str_starts(path, on->start) || path.size <= on->start.size + 1 ||
            path.at[on->start.size] != '/') {
            return true;
        }
        below = bp_str_cut(path, on->start.size + 1, path.size);
    }
    bp_str shown = bp_path_join(on->arena, on->pattern.start, below);
    if (is_hidden(below) || !bp_glob_matches(&on->pattern, shown) ||
        (bp_glob_takes_files_alone(&on->pattern) && is_folder(on->arena, on->tree, path))) {
        return true;
    }
    if (on->found.count == on->limit) {
        return false;
    }
    *bp_vec_add(on->arena, &on->found) = shown;
    return true;
}

static int
by_bytes(const void *left, const void *right)
{
    return bp_str_compare(*(const bp_str *)left, *(const bp_str *)right);
}

bool
bp_file_tree_glob(bp_arena *arena, const bp_file_tree *tree, bp_str pattern, size_t limit,
                  bp_file_list *files, bp_file_error *error)
{
    listing on = {.arena = arena, .tree = tree, .limit = limit};
    walk start = {.arena = arena, .tree = tree, .error = error};
    *error = (bp_file_error){.text = {"", 0}};
    *files = (bp_file_list){NULL, 0};
    if (!bp_glob_prepare(arena, pattern, &on.pattern, error)) {
        return false;
    }
    if (!look_up(&start, on.pattern.start)) {
        bool nothing = error->missing;
        error->text = nothing ? (bp_str){"", 0}
                              : bp_str_format(arena, "\"%.*s\" %.*s", BP_ARG(on.pattern.start),
                                              BP_ARG(error->text));
        error->missing = false;
        return nothing;
    }
    on.start = start.at;
    const bp_map *parts[] = {tree->files, tree->folders};
    for (size_t p = 0; p < 2; p++) {
        for (size_t i = 0; i < bp_map_count(parts[p]); i++) {
            if (!look_at(&on, bp_map_at(parts[p], i)->key)) {
                error->text = bp_str_format(arena, "holds more than %zu matching files", limit);
                error->too_large = true;
                return false;
            }
        }
    }
    if (on.found.count > 0) {
        qsort(on.found.at, on.found.count, sizeof *on.found.at, by_bytes);
    }
    *files = (bp_file_list){on.found.at, on.found.count};
    return true;
}
