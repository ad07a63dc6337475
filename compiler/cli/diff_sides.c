/*
 * What the words of `diff` mean: a folder, an output folder, a revision of git, or what is
 * deployed; and the sessions that stand for them. A word that could mean two things is refused with
 * the two ways to say it.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include "compiler/cli/diff.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { INVENTORY_CAP = 64 * 1024 * 1024, MANIFEST_CAP = 1024 * 1024 };

static const char manifest_name[] = "backpol.yaml";

/* What stands on disk under a word. */
typedef struct found_path {
    bool any;
    bool project;
    bool output;
    const char *folder;
    bp_str manifest;
} found_path;

void
bp_diff_note(bp_diff *diff, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_str line = bp_str_vformat(diff->run->arena, format, arguments);
    va_end(arguments);
    *bp_vec_add(diff->run->arena, &diff->notes) = line;
}

static const char *
real_path(bp_run *run, const char *path)
{
    char buffer[PATH_MAX];
    return realpath(path, buffer) == NULL ? NULL
                                          : bp_arena_copy(run->arena, buffer, strlen(buffer));
}

static bool
stands(bp_run *run, const char *folder, const char *name)
{
    struct stat found;
    return lstat(bp_str_format(run->arena, "%s/%s", folder, name).at, &found) == 0;
}

static found_path
look_up(bp_run *run, const char *word)
{
    struct stat found;
    found_path path = {.manifest = bp_str_of(manifest_name)};
    const char *real = word[0] == '\0' ? NULL : real_path(run, bp_project_path(run, word));
    if (real == NULL || stat(real, &found) != 0) {
        return path;
    }
    path.any = true;
    path.folder = real;
    if (S_ISDIR(found.st_mode)) {
        path.project = stands(run, real, manifest_name);
        path.output = !path.project && stands(run, real, "manifest.json");
        return path;
    }
    bp_str whole = bp_str_of(real);
    bp_str folder = bp_path_folder(whole);
    path.manifest = bp_str_cut(whole, folder.size + (folder.size > 1 ? 1 : 0), whole.size);
    path.folder = bp_str_c(run->arena, bp_str_copy(run->arena, folder));
    path.output = bp_str_is(path.manifest, "manifest.json");
    path.project = bp_str_ends(whole, BP_STR(".yaml")) || bp_str_ends(whole, BP_STR(".yml"));
    return path;
}

bool
bp_diff_compile(bp_diff *diff, const bp_side *side)
{
    bp_run *run = diff->run;
    bp_session *session = side->session;
    bool done = bp_session_compile(session) && session->outcome != BP_CANNOT &&
                !bp_session_has_holes(session);
    if (!done) {
        bp_report_errors(run, session);
        bp_report_trouble(run, session);
        bp_run_trouble(
            run, "cannot compare: %.*s does not compile%s", BP_ARG(side->name),
            bp_diagnostics_has(session->diagnostics, BP_ERROR) ? "; its errors stand above" : "");
        return false;
    }
    for (size_t i = 0; session->org != NULL && i < session->model->policies.count; i++) {
        const bp_bound_policy *bound = &session->model->policies.at[i];
        if (bound->holes) {
            bp_diff_note(
                diff,
                "in %.*s, policy \"%.*s\" is attached to something that the inventory does "
                "not hold: what it does there is not compared",
                BP_ARG(side->name), BP_ARG(bound->policy->name));
        }
    }
    return true;
}

static bool
cannot_load(bp_diff *diff, const bp_side *side)
{
    bp_report_errors(diff->run, side->session);
    bp_report_trouble(diff->run, side->session);
    bp_run_trouble(diff->run, "cannot compare: %.*s cannot be read", BP_ARG(side->name));
    return false;
}

/* The inventory named on the command line, absolute: it counts for both sides. */
static bp_str
named_inventory(bp_run *run)
{
    const char *inventory = bp_option_value(&run->line, BP_OPTION_INVENTORY);
    return inventory == NULL ? (bp_str){"", 0} : bp_str_of(bp_project_path(run, inventory));
}

/* The same for rows of facts. */
static bp_str
named_facts(bp_run *run)
{
    const char *facts = bp_option_value(&run->line, BP_OPTION_FACTS);
    return facts == NULL ? (bp_str){"", 0} : bp_str_of(bp_project_path(run, facts));
}

static bp_options
options_for(bp_run *run, const char *root, bp_str manifest)
{
    return (bp_options){.root = root,
                        .manifest_path = manifest,
                        .inventory_path = named_inventory(run),
                        .facts_path = named_facts(run),
                        .as_of = run->as_of,
                        .require_inventory =
                            bp_option_given(&run->line, BP_OPTION_REQUIRE_INVENTORY)};
}

static bool
open_project(bp_diff *diff, const char *root, bp_str manifest, bp_side *side)
{
    bp_options options = options_for(diff->run, root, manifest);
    side->kind = BP_SIDE_PROJECT;
    side->session = bp_session_new(diff->run->arena, &options);
    return bp_session_load(side->session) ? bp_diff_compile(diff, side) : cannot_load(diff, side);
}

/* Where the inventory of the project at hand is. */
static bool
find_inventory(bp_diff *diff)
{
    bp_run *run = diff->run;
    diff->inventory_read = true;
    diff->inventory = named_inventory(run);
    if (diff->inventory.size > 0 || diff->here.root == NULL) {
        return true;
    }
    bp_side here = {.kind = BP_SIDE_PROJECT, .name = BP_STR("the project")};
    bp_options options = options_for(run, diff->here.root, diff->here.manifest_path);
    here.session = bp_session_new(run->arena, &options);
    if (!bp_session_load(here.session)) {
        return cannot_load(diff, &here);
    }
    if (here.session->org != NULL) {
        bp_str path = here.session->org->source->path;
        diff->inventory = bp_str_starts(path, BP_STR("/"))
                              ? path
                              : bp_str_format(run->arena, "%s/%.*s", diff->here.root, BP_ARG(path));
    }
    return true;
}

bool
bp_diff_inventory(bp_diff *diff, bp_session *session)
{
    bp_run *run = diff->run;
    bp_str text = {0};
    bp_file_error error = {0};
    bp_organization *org = NULL;
    if (!diff->inventory_read && !find_inventory(diff)) {
        return false;
    }
    if (diff->inventory.size == 0) {
        return true;
    }
    if (!bp_file_read_anywhere(run->arena, bp_str_c(run->arena, diff->inventory), INVENTORY_CAP,
                               &text, &error)) {
        bp_run_trouble(run, "cannot read the inventory \"%.*s\": %.*s", BP_ARG(diff->inventory),
                       BP_ARG(error.text));
        return false;
    }
    bp_str shown = diff->inventory;
    bp_str root = bp_str_of(session->options.root);
    if (bp_str_starts(shown, root) && shown.size > root.size + 1 && shown.at[root.size] == '/') {
        shown = bp_str_cut(shown, root.size + 1, shown.size);
    }
    const bp_source *source = bp_sources_add(session->sources, shown, text);
    if (!bp_organization_read(run->arena, session->diagnostics, session->facts, source, run->as_of,
                              &org)) {
        bp_report_errors(run, session);
        bp_run_trouble(run, "cannot compare: the inventory \"%.*s\" is broken",
                       BP_ARG(diff->inventory));
        return false;
    }
    session->org = org;
    return true;
}

/* The folder of the project; where there is none on disk, a commit may have one. */
static const char *
folder_here(const bp_diff *diff)
{
    return diff->here.root != NULL ? diff->here.root : diff->run->start;
}

/* Whether a commit lacks the inventory that its manifest means. */
static bool
lacks_inventory(bp_diff *diff, const bp_session *session)
{
    bp_str text = {0};
    bp_file_error error = {0};
    bp_str path = session->manifest->inventory.text;
    return session->org == NULL && session->manifest->source != NULL &&
           !bp_file_tree_read(diff->run->arena, session->options.tree,
                              path.size > 0 ? path : BP_STR("org.yaml"), INVENTORY_CAP, &text,
                              &error) &&
           error.missing;
}

/* The project of a commit; an inventory that is not under version control is that on disk. */
static bool
load_revision(bp_diff *diff, bp_side *side, bp_options *options)
{
    bp_run *run = diff->run;
    side->session = bp_session_new(run->arena, options);
    bool loaded = bp_session_load(side->session);
    if (options->inventory_path.size == 0 && lacks_inventory(diff, side->session)) {
        if (!diff->inventory_read && !find_inventory(diff)) {
            return false;
        }
        if (diff->inventory.size > 0) {
            options->inventory_path = diff->inventory;
            side->session = bp_session_new(run->arena, options);
            loaded = bp_session_load(side->session);
            bp_diff_note(diff, "%.*s holds no inventory; the one on disk is taken for it",
                         BP_ARG(side->name));
        }
    }
    return loaded || cannot_load(diff, side);
}

static bool
open_revision(bp_diff *diff, bp_git *git, bp_side *side)
{
    bp_run *run = diff->run;
    bp_str why = {0};
    bp_str text = {0};
    bp_file_error error = {0};
    bp_options options = options_for(run, folder_here(diff), diff->here.manifest_path);
    side->kind = BP_SIDE_REVISION;
    options.tree = bp_git_tree(git, side->commit, &why);
    if (options.tree == NULL) {
        bp_run_trouble(run, "cannot read the files of %.*s: %.*s", BP_ARG(side->name), BP_ARG(why));
        return false;
    }
    if (!bp_file_tree_read(run->arena, options.tree, options.manifest_path, MANIFEST_CAP, &text,
                           &error) &&
        error.missing) {
        bp_str prefix = bp_git_prefix(git);
        bp_run_trouble(run, "there is no manifest in %.*s: it holds no \"%.*s%s%.*s\"",
                       BP_ARG(side->name), BP_ARG(prefix), prefix.size > 0 ? "/" : "",
                       BP_ARG(options.manifest_path));
        return false;
    }
    return load_revision(diff, side, &options) && bp_diff_compile(diff, side);
}

static bool
open_path(bp_diff *diff, const char *word, const found_path *path, bp_side *side)
{
    side->name = bp_str_of(word);
    if (path->project) {
        return open_project(diff, path->folder, path->manifest, side);
    }
    if (path->output) {
        return bp_diff_open_output(diff, path->folder, side);
    }
    bp_run_trouble(diff->run,
                   path->any ? "\"%s\" holds neither backpol.yaml nor the manifest.json of a build"
                             : "there is no \"%s\" here",
                   word);
    return false;
}

static bool
open_here(bp_diff *diff, bp_side *side)
{
    side->name = BP_STR("the working tree");
    if (diff->here.root == NULL) {
        bp_run_trouble(diff->run,
                       "no %s in \"%s\" or above; start in a project, or name the second side",
                       manifest_name, diff->run->start);
        return false;
    }
    return open_project(diff, diff->here.root, diff->here.manifest_path, side);
}

/* A commit by a word; the id stays empty, and *why tells, when it is none. */
static bp_git *
find_commit(bp_diff *diff, bp_str word, bp_side *side, bp_str *why)
{
    bp_git *git = bp_git_open(diff->run, folder_here(diff), why);
    side->name = word;
    side->commit = git == NULL ? (bp_str){"", 0} : bp_git_commit(git, word, why);
    return git;
}

static bool
open_git(bp_diff *diff, const char *word, bp_side *side)
{
    bp_str why = {0};
    bp_git *git = find_commit(diff, bp_str_of(word), side, &why);
    if (side->commit.size > 0) {
        return open_revision(diff, git, side);
    }
    bp_run_trouble(diff->run, "\"%s\" cannot be read as a revision: %.*s", word, BP_ARG(why));
    return false;
}

static bool
looks_like_a_path(const char *word)
{
    return word[0] == '.' || word[0] == '/' || bp_str_ends(bp_str_of(word), BP_STR("/"));
}

/* A word without a mark: what stands there on disk, or what git calls so. */
static bool
open_plain(bp_diff *diff, const char *word, bp_side *side)
{
    bp_run *run = diff->run;
    bp_str why = {0};
    found_path path = look_up(run, word);
    if (looks_like_a_path(word)) {
        return open_path(diff, word, &path, side);
    }
    bp_git *git = find_commit(diff, bp_str_of(word), side, &why);
    bool on_disk = path.project || path.output;
    if (side->commit.size > 0 && on_disk) {
        bp_run_trouble(run, "\"%s\" is a folder here and a revision of git; say path:%s or git:%s",
                       word, word, word);
        return false;
    }
    if (side->commit.size > 0) {
        return open_revision(diff, git, side);
    }
    if (on_disk) {
        return open_path(diff, word, &path, side);
    }
    bp_run_trouble(run, "\"%s\" is nothing to compare with: as a revision, %.*s; as a path, %s",
                   word, BP_ARG(why),
                   path.any ? "it holds neither backpol.yaml nor the manifest.json of a build"
                            : "nothing stands there");
    return false;
}

bool
bp_diff_open(bp_diff *diff, const char *word, bp_side *side)
{
    if (word == NULL) {
        return open_here(diff, side);
    }
    bp_str text = bp_str_of(word);
    if (bp_str_is(text, "deployed")) {
        return bp_diff_open_deployed(diff, side);
    }
    if (bp_str_starts(text, BP_STR("path:"))) {
        found_path path = look_up(diff->run, word + 5);
        return open_path(diff, word + 5, &path, side);
    }
    return bp_str_starts(text, BP_STR("git:")) ? open_git(diff, word + 4, side)
                                               : open_plain(diff, word, side);
}
