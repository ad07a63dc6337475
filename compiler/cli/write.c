/*
 * Writing back to files that people keep, each as a whole, and showing their lines. Which files and
 * what is for the commands to say.
 */
#include "compiler/cli/run.h"
#include "lib/file.h"

bool
bp_write_back(bp_run *run, const bp_session *session, bp_str path, bp_str text)
{
    bp_file_out out = {.path = path, .text = text, .keep_mode = true};
    const char *folder = session->options.root;
    if (bp_str_starts(path, BP_STR("/"))) {
        bp_str above = bp_path_folder(path);
        out.path = bp_str_cut(path, above.size + 1, path.size);
        folder = above.size == 0 ? "/" : bp_str_c(run->arena, bp_str_copy(run->arena, above));
    }
    bp_file_error error = {0};
    if (!bp_file_write_set(run->arena, folder, &out, 1, NULL, 0, &error)) {
        bp_run_trouble(run, "%.*s", BP_ARG(error.text));
        return false;
    }
    return true;
}

void
bp_write_lines(bp_run *run, bp_str text)
{
    while (text.size > 0) {
        size_t tab = bp_str_find(text, '\t');
        bp_output_format(run->out, "%.*s", BP_ARG(bp_str_cut(text, 0, tab)));
        bp_output_text(run->out, tab < text.size ? "\t" : "");
        text = bp_str_cut(text, tab + 1, text.size);
    }
}
