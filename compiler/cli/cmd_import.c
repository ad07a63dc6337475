/*
 * `backpol import`: policy documents in JSON as text of the language, one policy a file, to
 * standard output or to --out. Nothing is written unless every document was carried over and read
 * back as the same; a file that is there is kept unless --force says otherwise. Findings of the
 * reader go to standard error and do not keep a document from being carried over.
 */
#include "compiler/cli/import.h"
#include "lib/file.h"

#include <string.h>
#include <sys/stat.h>

enum { DOCUMENT_CAP = 1024 * 1024 };

static const char edition[] = "edition 1\n";

typedef struct importing {
    bp_run *run;
    bp_session *session;       /* of the documents */
    const bp_session *project; /* around them; NULL: none */
    BP_VEC(bp_file_out) files; /* one a policy, path = its name */
} importing;

bp_str
bp_import_name(bp_str path)
{
    size_t start = path.size;
    while (start > 0 && path.at[start - 1] != '/') {
        start--;
    }
    bp_str name = bp_str_cut(path, start, path.size);
    if (name.size > 5 && bp_str_ends(name, BP_STR(".json"))) {
        name.size -= 5;
    }
    return name;
}

bool
bp_import_read(bp_run *run, const char *typed, bp_str *text)
{
    bp_file_error error = {0};
    if (bp_file_read_anywhere(run->arena, bp_project_path(run, typed), DOCUMENT_CAP, text,
                              &error)) {
        return true;
    }
    bp_run_trouble(run, "cannot read \"%s\": %.*s", typed, BP_ARG(error.text));
    return false;
}

int
bp_import_one(bp_run *run, bp_session *session, const bp_session *project,
              const bp_import_order *order, bp_str *text)
{
    bp_import_result result = bp_session_import(session, project, order, text);
    if (result == BP_IMPORT_DIFFERS) {
        return bp_run_trouble(run,
                              "internal error: what was made of \"%.*s\" does not read back as the "
                              "same document; nothing was written, and the document is worth a "
                              "report",
                              BP_ARG(order->shown));
    }
    return result == BP_IMPORTED ? BP_EXIT_NOTHING : BP_EXIT_FOUND;
}

/* ---- reading */

static bool
is_input(const char *typed)
{
    return bp_str_is(bp_str_of(typed), "-");
}

static bool
name_is_free(importing *all, bp_str name)
{
    for (size_t i = 0; i < all->files.count; i++) {
        if (bp_str_equal(all->files.at[i].path, name)) {
            bp_run_trouble(all->run,
                           "two policies would be called \"%.*s\"; import one of them by itself, "
                           "with --name",
                           BP_ARG(name));
            return false;
        }
    }
    return true;
}

static int
import_word(importing *all, const char *typed)
{
    bp_run *run = all->run;
    const char *name = bp_option_value(&run->line, BP_OPTION_NAME);
    bp_import_order order = {.path = bp_str_of(typed), .shown = bp_str_of(typed)};
    if (is_input(typed)) {
        order.shown = BP_STR("<stdin>");
        order.name = BP_STR("imported");
        if (!bp_input_read(run, &order.text)) {
            return BP_EXIT_CANNOT;
        }
    } else {
        order.name = bp_import_name(order.path);
        if (!bp_import_read(run, typed, &order.text)) {
            return BP_EXIT_CANNOT;
        }
    }
    if (name != NULL) {
        order.name = bp_str_of(name);
    }
    if (all->project != NULL && !is_input(typed)) {
        order.path = bp_project_relative(run, all->project->options.root, typed);
    }
    bp_str text = {0};
    if (!name_is_free(all, order.name)) {
        return BP_EXIT_CANNOT;
    }
    int code = bp_import_one(run, all->session, all->project, &order, &text);
    *bp_vec_add(run->arena, &all->files) = (bp_file_out){.path = order.name, .text = text};
    return code;
}

/* All documents, whatever comes of them; the worst code. */
static int
import_all(importing *all)
{
    int worst = BP_EXIT_NOTHING;
    for (size_t i = 0; i < all->run->line.words.count; i++) {
        int code = import_word(all, all->run->line.words.at[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}

/* ---- writing */

/* All policies as one file. */
static bp_str
joined(const importing *all)
{
    bp_buf out = {.arena = all->run->arena};
    bp_buf_add_c(&out, edition);
    for (size_t i = 0; i < all->files.count; i++) {
        bp_str text = all->files.at[i].text;
        bp_buf_add(&out, bp_str_cut(text, sizeof edition - 1, text.size));
    }
    return bp_buf_text(&out);
}

static bool
may_write(bp_run *run, const char *folder, bp_str path)
{
    struct stat found;
    bp_str full = bp_str_format(run->arena, "%s/%.*s", folder, BP_ARG(path));
    if (bp_option_given(&run->line, BP_OPTION_FORCE) || lstat(full.at, &found) != 0) {
        return true;
    }
    bp_run_trouble(run, "\"%.*s\" is there already; --force writes over it", BP_ARG(path));
    return false;
}

bp_str
bp_import_file(bp_arena *arena, bp_str name)
{
    bp_buf out = {.arena = arena};
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        bool good = bp_is_alnum(c) || c == '_' || c == '-' || (c == '.' && i > 0);
        bp_buf_add_char(&out, good ? c : '-');
    }
    bp_buf_add_c(&out, ".bpol");
    return bp_buf_text(&out);
}

static int
write_files(importing *all, const char *folder, bp_file_out *files, size_t count)
{
    bp_run *run = all->run;
    bp_file_error error = {0};
    for (size_t i = 0; i < count; i++) {
        if (!may_write(run, folder, files[i].path)) {
            return BP_EXIT_CANNOT;
        }
    }
    if (!bp_file_write_set(run->arena, folder, files, count, NULL, 0, &error)) {
        return bp_run_trouble(run, "%.*s", BP_ARG(error.text));
    }
    for (size_t i = 0; i < count && !bp_option_given(&run->line, BP_OPTION_QUIET); i++) {
        bp_output_text(run->out, "wrote ");
        bp_output_user(run->out, files[i].path);
        bp_output_text(run->out, "\n");
    }
    return BP_EXIT_NOTHING;
}

/* Into a folder that is there, a file a policy; else into the one file that --out names. */
static int
write_out(importing *all, const char *typed)
{
    bp_run *run = all->run;
    const char *path = bp_project_path(run, typed);
    struct stat found;
    if (stat(path, &found) == 0 && S_ISDIR(found.st_mode)) {
        for (size_t i = 0; i < all->files.count; i++) {
            all->files.at[i].path = bp_import_file(run->arena, all->files.at[i].path);
        }
        return write_files(all, path, all->files.at, all->files.count);
    }
    bp_str whole = bp_str_of(path);
    bp_str folder = bp_path_folder(whole);
    bp_file_out file = {.path = bp_str_cut(whole, folder.size + 1, whole.size),
                        .text = joined(all)};
    if (file.path.size == 0) {
        return bp_run_trouble(run, "cannot write to \"%s\": there is no such folder", typed);
    }
    return write_files(all, folder.size == 0 ? "/" : bp_str_c(run->arena, folder), &file, 1);
}

static bool
words_fit(bp_run *run)
{
    size_t inputs = 0;
    for (size_t i = 0; i < run->line.words.count; i++) {
        inputs += is_input(run->line.words.at[i]);
    }
    if (run->line.words.count == 0) {
        bp_run_usage(run, "import needs a file: a backup policy in JSON, or - for standard input");
    } else if (run->line.words.count > 1 && bp_option_given(&run->line, BP_OPTION_NAME)) {
        bp_run_usage(run, "--name is for one policy; %zu files are named", run->line.words.count);
    } else if (inputs > 1) {
        bp_run_usage(run, "standard input is there once");
    } else {
        return true;
    }
    return false;
}

int
bp_command_import(bp_run *run)
{
    if (!words_fit(run) || !bp_project_start(run)) {
        return BP_EXIT_CANNOT;
    }
    bp_options options = {.root = run->start, .as_of = run->as_of};
    importing all = {.run = run,
                     .session = bp_session_new(run->arena, &options),
                     .project = bp_project_around(run)};
    const char *out = bp_option_value(&run->line, BP_OPTION_OUT);
    int code = import_all(&all);
    bp_report_beside(run, all.session);
    if (code != BP_EXIT_NOTHING) {
        return code;
    }
    if (out != NULL) {
        return write_out(&all, out);
    }
    bp_output_str(run->out, joined(&all));
    return BP_EXIT_NOTHING;
}
