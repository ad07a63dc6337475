/*
 * The output folder of a build: where it is, what stands there, and writing to it. Files that no
 * manifest of ours lists are foreign: they are never removed, and a build that would replace one
 * with other bytes is refused.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include "compiler/cli/build.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ARTIFACT_CAP = 64 * 1024 * 1024 };

/* Whether the nearest existing folder at or above `path` really lies at or below the root. */
static bool
lies_below(bp_run *run, bp_str path, const char *root)
{
    char buffer[PATH_MAX];
    bp_str start = bp_str_of(root);
    while (path.size > 0 &&
           realpath(bp_str_format(run->arena, "%.*s", BP_ARG(path)).at, buffer) == NULL) {
        path = bp_path_folder(path);
    }
    bp_str real = bp_str_of(path.size == 0 ? "/" : buffer);
    return start.size == 1 || bp_str_equal(real, start) ||
           (bp_str_starts(real, start) && real.at[start.size] == '/');
}

bool
bp_build_folder(bp_run *run, bp_session *session, bp_comparison *comparison)
{
    const char *out = bp_option_value(&run->line, BP_OPTION_OUT);
    if (out != NULL && out[0] == '\0') {
        bp_run_usage(run, "--out names no folder");
        return false;
    }
    if (out != NULL) {
        comparison->folder = bp_project_path(run, out);
        comparison->shown = bp_str_of(out);
        return true;
    }
    const bp_manifest_text *dir = &session->manifest->output_dir;
    bp_str clean = {0};
    bp_str whole = {0};
    bool inside = bp_path_clean(run->arena, dir->text, &clean);
    if (inside) {
        whole = bp_str_format(run->arena, "%s/%.*s", session->options.root, BP_ARG(clean));
        inside = lies_below(run, whole, session->options.root);
    }
    if (!inside) {
        bp_report(session->diagnostics, "CFG008", dir->span,
                  "\"%.*s\" leaves the project; the output folder must lie below its root",
                  BP_ARG(dir->text));
        session->outcome = BP_CANNOT;
        return false;
    }
    comparison->folder = bp_str_c(run->arena, whole);
    comparison->shown = clean;
    return true;
}

static bp_map *
earlier_files(bp_run *run, bp_comparison *comparison)
{
    bp_map *listed = bp_map_new(run->arena);
    bp_str text = {0};
    bp_strings paths = {0};
    bp_file_error error = {0};
    if (!bp_file_read(run->arena, comparison->folder, BP_STR("manifest.json"), ARTIFACT_CAP, &text,
                      &error)) {
        return listed;
    }
    if (!bp_manifest_files(run->arena, text, &paths)) {
        comparison->foreign_manifest = true;
        return listed;
    }
    bp_map_set(listed, BP_STR("manifest.json"), comparison);
    for (size_t i = 0; i < paths.count; i++) {
        bp_map_set(listed, paths.at[i], comparison);
    }
    return listed;
}

static bp_file_state
state_of(bp_run *run, bp_comparison *comparison, const bp_map *listed, size_t index,
         const bp_file_out *file)
{
    bp_str text = {0};
    bp_file_error error = {0};
    if (!bp_file_read(run->arena, comparison->folder, file->path, ARTIFACT_CAP, &text, &error)) {
        comparison->problems[index] = error.missing ? BP_STR("") : error.text;
        return BP_FILE_NEW;
    }
    if (bp_str_equal(text, file->text)) {
        return BP_FILE_SAME;
    }
    return bp_map_get(listed, file->path) == NULL ? BP_FILE_FOREIGN : BP_FILE_CHANGED;
}

void
bp_build_compare(bp_run *run, const bp_session *session, bp_comparison *comparison)
{
    const bp_artifacts *artifacts = session->artifacts;
    size_t count = artifacts->files.count;
    bp_map *made = bp_map_new(run->arena);
    bp_map *listed = earlier_files(run, comparison);
    comparison->states = bp_arena_array(run->arena, count, sizeof *comparison->states);
    comparison->problems = bp_arena_array(run->arena, count, sizeof *comparison->problems);
    for (size_t i = 0; i < count; i++) {
        const bp_file_out *file = &artifacts->files.at[i];
        bp_map_set(made, file->path, comparison);
        comparison->states[i] = state_of(run, comparison, listed, i, file);
    }
    for (size_t i = 0; i < bp_map_count(listed); i++) {
        bp_str path = bp_map_at(listed, i)->key;
        bp_str text = {0};
        bp_file_error error = {0};
        if (bp_map_get(made, path) == NULL &&
            (bp_file_read(run->arena, comparison->folder, path, ARTIFACT_CAP, &text, &error) ||
             !error.missing)) {
            *bp_vec_add(run->arena, &comparison->stale) = path;
        }
    }
}

static void
report_one(bp_session *session, const bp_comparison *comparison, bp_str path, const char *what)
{
    bp_str shown = bp_path_join(session->arena, comparison->shown, path);
    const bp_source *place = bp_sources_add(session->sources, shown, BP_STR(""));
    bp_finding *finding = bp_report(session->diagnostics, "OPS001", bp_span_of(place, 0, 0),
                                    "\"%.*s\" %s", BP_ARG(shown), what);
    bp_finding_help(session->diagnostics, finding, "run backpol build and commit what it writes");
}

void
bp_build_report_stale(bp_session *session, const bp_comparison *comparison)
{
    for (size_t i = 0; i < session->artifacts->files.count; i++) {
        bp_str path = session->artifacts->files.at[i].path;
        bp_file_state state = comparison->states[i];
        if (comparison->problems[i].size > 0) {
            report_one(session, comparison, path,
                       bp_str_format(session->arena, "cannot be compared: it %.*s",
                                     BP_ARG(comparison->problems[i]))
                           .at);
        } else if (state == BP_FILE_NEW) {
            report_one(session, comparison, path, "is missing; the sources make it");
        } else if (state != BP_FILE_SAME) {
            report_one(session, comparison, path, "differs from what the sources make");
        }
    }
    for (size_t i = 0; i < comparison->stale.count; i++) {
        bp_str shown = bp_path_join(session->arena, comparison->shown, comparison->stale.at[i]);
        const bp_source *place = bp_sources_add(session->sources, shown, BP_STR(""));
        bp_finding *finding =
            bp_report(session->diagnostics, "OPS008", bp_span_of(place, 0, 0),
                      "\"%.*s\" is no longer made from the sources", BP_ARG(shown));
        bp_finding_help(session->diagnostics, finding, "run backpol build, which removes it");
    }
}

bool
bp_build_write(bp_run *run, const bp_session *session, const bp_comparison *comparison)
{
    const bp_artifacts *artifacts = session->artifacts;
    for (size_t i = 0; i < artifacts->files.count; i++) {
        if (comparison->states[i] == BP_FILE_FOREIGN) {
            bp_run_trouble(run,
                           "\"%.*s/%.*s\" was not written by backpol, or no manifest.json there "
                           "lists it; move it away, then build again",
                           BP_ARG(comparison->shown), BP_ARG(artifacts->files.at[i].path));
            return false;
        }
    }
    struct stat found;
    if (stat(comparison->folder, &found) == 0 && !S_ISDIR(found.st_mode)) {
        bp_run_trouble(run, "cannot write into \"%.*s\": it is no folder",
                       BP_ARG(comparison->shown));
        return false;
    }
    bp_file_error error = {0};
    if (!bp_file_write_set(run->arena, comparison->folder, artifacts->files.at,
                           artifacts->files.count, comparison->stale.at, comparison->stale.count,
                           &error)) {
        bp_run_trouble(run, "in \"%.*s\": %.*s; what stood there stands", BP_ARG(comparison->shown),
                       BP_ARG(error.text));
        return false;
    }
    return true;
}
