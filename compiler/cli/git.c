/*
 * Revisions through git, which may be run in a stranger's repository: arguments are a fixed list,
 * what a user typed comes last behind --end-of-options, and everything by which a repository could
 * make git start something else is switched off. Objects are read by id; names that a commit holds
 * never reach a command line or the disk.
 */
#include "compiler/cli/git.h"

#include "compiler/cli/process.h"

#include <string.h>
#include <unistd.h>

enum {
    ARGUMENTS_MAX = 32,
    WORD_MAX = 256,
    ANSWER_MAX = 64 * 1024,
    LIST_MAX = 128 * 1024 * 1024,
    ID_MIN = 40,
    ID_MAX = 64,
    HEADER_MAX = 256
};

struct bp_git {
    bp_run *run;
    const char *program;
    const char *folder;
    const char *environment[16];
    bp_str prefix;
    bp_process *objects; /* `git cat-file --batch`; NULL: not running */
};

typedef struct arguments {
    const char *at[ARGUMENTS_MAX];
} arguments;

/* What every call begins with: nothing that a repository configures is started. */
static arguments
arguments_of(const bp_git *git, const char *const *own)
{
    const char *const head[] = {
        "git",
        "-C",
        git->folder,
        "--no-pager",
        "--no-replace-objects",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "safe.bareRepository=explicit",
    };
    arguments all = {{NULL}};
    size_t count = 0;
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        all.at[count++] = head[i];
    }
    for (size_t i = 0; own[i] != NULL; i++) {
        all.at[count++] = own[i];
    }
    return all;
}

/* Folders of PATH that are absolute: no program of the folder at hand is started. */
static bp_str
safe_path(bp_run *run)
{
    const char *given = bp_run_environment(run, "PATH");
    bp_str path = bp_str_of(given == NULL ? "/usr/local/bin:/usr/bin:/bin" : given);
    bp_buf safe = {.arena = run->arena};
    for (size_t at = 0; at < path.size;) {
        bp_str rest = bp_str_cut(path, at, path.size);
        bp_str folder = bp_str_cut(rest, 0, bp_str_find(rest, ':'));
        if (bp_str_starts(folder, BP_STR("/"))) {
            bp_buf_add_c(&safe, safe.size > 0 ? ":" : "");
            bp_buf_add(&safe, folder);
        }
        at += folder.size + 1;
    }
    return bp_buf_text(&safe);
}

static const char *
find_program(bp_run *run, bp_str path)
{
    for (size_t at = 0; at < path.size;) {
        bp_str rest = bp_str_cut(path, at, path.size);
        bp_str folder = bp_str_cut(rest, 0, bp_str_find(rest, ':'));
        const char *program = bp_str_format(run->arena, "%.*s/git", BP_ARG(folder)).at;
        if (access(program, X_OK) == 0) {
            return program;
        }
        at += folder.size + 1;
    }
    return NULL;
}

/* Where git finds its own settings, and nothing else of ours. */
static void
fill_environment(bp_git *git, bp_str path)
{
    static const char *const kept[] = {"HOME", "XDG_CONFIG_HOME"};
    static const char *const fixed[] = {"LC_ALL=C",
                                        "GIT_ALLOW_PROTOCOL=",
                                        "GIT_NO_LAZY_FETCH=1",
                                        "GIT_OPTIONAL_LOCKS=0",
                                        "GIT_TERMINAL_PROMPT=0",
                                        "GIT_PAGER=cat"};
    bp_arena *arena = git->run->arena;
    size_t count = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        git->environment[count++] = fixed[i];
    }
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const char *value = bp_run_environment(git->run, kept[i]);
        if (value != NULL) {
            git->environment[count++] = bp_str_format(arena, "%s=%s", kept[i], value).at;
        }
    }
    git->environment[count] = bp_str_format(arena, "PATH=%.*s", BP_ARG(path)).at;
}

/* The first line of what git had to say against it. */
static bp_str
complaint(const bp_process_result *result)
{
    bp_str line = bp_str_cut(result->err, 0, bp_str_find(result->err, '\n'));
    return line.size > 0 ? bp_str_trim(line) : BP_STR("it says nothing more");
}

/* Runs git to its end. False: *why tells, with git's own words where it has some. */
static bool
ask(bp_git *git, const char *const *own, size_t cap, bp_str *out, bp_str *why)
{
    bp_arena *arena = git->run->arena;
    arguments all = arguments_of(git, own);
    bp_process_result result = {0};
    bp_program_call call = {
        .path = git->program, .arguments = all.at, .environment = git->environment};
    bp_str trouble = {0};
    if (!bp_process_run(arena, &call, cap, &result, &trouble)) {
        *why = bp_str_format(arena, "git cannot be started: %.*s", BP_ARG(trouble));
        return false;
    }
    *out = result.out;
    if (result.too_slow || result.too_large) {
        *why = result.too_slow ? BP_STR("git gives no answer")
                               : BP_STR("git lists more files than can be looked at");
        return false;
    }
    if (result.code != 0) {
        *why = bp_str_format(arena, "git: %.*s", BP_ARG(complaint(&result)));
    }
    return result.code == 0;
}

/* The repository as git finds it from the folder upwards. */
static bool
find_repository(bp_git *git, bp_str *why)
{
    static const char *const prefix[] = {"rev-parse", "--show-prefix", NULL};
    bp_str out = {0};
    if (!ask(git, prefix, ANSWER_MAX, &out, why)) {
        return false;
    }
    bp_str line = bp_str_ends(out, BP_STR("\n")) ? bp_str_cut(out, 0, out.size - 1) : out;
    git->prefix = bp_str_ends(line, BP_STR("/")) ? bp_str_cut(line, 0, line.size - 1) : line;
    return true;
}

bp_git *
bp_git_open(bp_run *run, const char *folder, bp_str *why)
{
    bp_git *git = BP_NEW(run->arena, bp_git);
    bp_str path = safe_path(run);
    *git = (bp_git){.run = run, .folder = folder, .program = find_program(run, path)};
    if (git->program == NULL) {
        *why = BP_STR("there is no git in the folders of PATH");
        return NULL;
    }
    fill_environment(git, path);
    return find_repository(git, why) ? git : NULL;
}

bp_str
bp_git_prefix(const bp_git *git)
{
    return git->prefix;
}

static bool
is_word(bp_str word)
{
    if (word.size == 0 || word.size > WORD_MAX || word.at[0] == '-') {
        return false;
    }
    for (size_t i = 0; i < word.size; i++) {
        if ((unsigned char)word.at[i] < ' ' || word.at[i] == ':' || word.at[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool
is_id(bp_str id)
{
    for (size_t i = 0; i < id.size; i++) {
        if (!bp_is_digit(id.at[i]) && (id.at[i] < 'a' || id.at[i] > 'f')) {
            return false;
        }
    }
    return id.size >= ID_MIN && id.size <= ID_MAX;
}

bp_str
bp_git_commit(bp_git *git, bp_str word, bp_str *why)
{
    bp_str out = {0};
    if (!is_word(word)) {
        *why = BP_STR("it cannot name a revision");
        return (bp_str){"", 0};
    }
    const char *asked = bp_str_format(git->run->arena, "%.*s^{commit}", BP_ARG(word)).at;
    const char *const own[] = {"rev-parse", "--verify", "--quiet", "--end-of-options", asked, NULL};
    bp_str trouble = {0};
    bool known = ask(git, own, ANSWER_MAX, &out, &trouble);
    bp_str id = bp_str_trim(out);
    if (known && is_id(id)) {
        return id;
    }
    *why = bp_str_contains(word, BP_STR(".."))
               ? BP_STR("a range is no revision; name both: backpol diff OLD NEW")
               : BP_STR("no revision of git is called so");
    return (bp_str){"", 0};
}

/* The process that gives objects, started when it is first needed. */
static bool
objects_ready(bp_git *git, bp_file_error *error)
{
    static const char *const own[] = {"cat-file", "--batch", NULL};
    if (git->objects != NULL) {
        return true;
    }
    arguments all = arguments_of(git, own);
    bp_program_call call = {
        .path = git->program, .arguments = all.at, .environment = git->environment};
    git->objects = bp_process_start(git->run->arena, &call, &error->text);
    return git->objects != NULL;
}

static void
stop_objects(bp_git *git)
{
    bp_process_end(git->objects);
    git->objects = NULL;
}

static bool
fail(bp_git *git, const char *text, bp_file_error *error)
{
    stop_objects(git);
    error->text = bp_str_of(text);
    return false;
}

/* The size in "ID blob SIZE"; false for anything else. */
static bool
size_of_blob(bp_str header, bp_str id, size_t *size)
{
    bp_str words = BP_STR(" blob ");
    int64_t number = 0;
    bp_str rest = bp_str_cut(header, id.size, header.size);
    if (!bp_str_starts(header, id) || !bp_str_starts(rest, words) ||
        !bp_str_number(bp_str_cut(rest, words.size, rest.size), &number)) {
        return false;
    }
    *size = (size_t)number;
    return true;
}

/* bp_tree_fetch. An object over the cap is not taken over: git is ended in the midst of it. */
static bool
fetch(void *context, bp_arena *arena, const bp_tree_file *file, size_t cap, bp_str *text,
      bp_file_error *error)
{
    bp_git *git = context;
    bp_str line = {0};
    size_t size = 0;
    *error = (bp_file_error){.text = {"", 0}};
    if (file->kind == BP_TREE_MODULE) {
        error->text = BP_STR("is a submodule, whose files are not in this repository");
        return false;
    }
    if (!objects_ready(git, error)) {
        return false;
    }
    bp_str order = bp_str_format(arena, "%.*s\n", BP_ARG(file->id));
    if (!bp_process_send(git->objects, order) ||
        !bp_process_line(git->objects, HEADER_MAX, &line)) {
        return fail(git, "git does not give it", error);
    }
    if (!size_of_blob(line, file->id, &size)) {
        return fail(git, "git does not have its content here", error);
    }
    if (size > cap) {
        (void)fail(git, "", error);
        error->too_large = true;
        error->text = bp_str_format(arena, "is larger than %zu KiB", cap >> 10);
        return false;
    }
    if (!bp_process_take(git->objects, size + 1, text)) {
        return fail(git, "git does not give all of it", error);
    }
    text->size = size;
    return true;
}

/* "100644 blob ID\tPATH": takes it into the tree. False when it is nothing like that. */
static bool
add_entry(bp_file_tree *tree, bp_str entry)
{
    size_t tab = bp_str_find(entry, '\t');
    bp_str head = bp_str_cut(entry, 0, tab);
    bp_str mode = bp_str_cut(head, 0, bp_str_find(head, ' '));
    size_t last = head.size;
    while (last > 0 && head.at[last - 1] != ' ') {
        last--;
    }
    bp_tree_file file = {.path = bp_str_cut(entry, tab + 1, entry.size),
                         .id = bp_str_cut(head, last, head.size)};
    file.kind = bp_str_is(mode, "120000")   ? BP_TREE_LINK
                : bp_str_is(mode, "160000") ? BP_TREE_MODULE
                                            : BP_TREE_FILE;
    if (tab == entry.size || !is_id(file.id)) {
        return false;
    }
    (void)bp_file_tree_add(tree, &file); /* a path that is not clean cannot be named */
    return true;
}

const bp_file_tree *
bp_git_tree(bp_git *git, bp_str commit, bp_str *why)
{
    bp_arena *arena = git->run->arena;
    bp_str out = {0};
    const char *what = bp_str_format(arena, "%.*s%s%.*s", BP_ARG(commit),
                                     git->prefix.size > 0 ? ":" : "", BP_ARG(git->prefix))
                           .at;
    const char *const own[] = {"ls-tree", "-r", "-z", "--full-tree", what, NULL};
    if (!ask(git, own, LIST_MAX, &out, why)) {
        return NULL;
    }
    bp_file_tree *tree = bp_file_tree_new(arena, fetch, git);
    for (size_t at = 0; at < out.size;) {
        bp_str rest = bp_str_cut(out, at, out.size);
        bp_str entry = bp_str_cut(rest, 0, bp_str_find(rest, '\0'));
        if (!add_entry(tree, entry)) {
            *why = BP_STR("the list of git is not understood");
            return NULL;
        }
        at += entry.size + 1;
    }
    return tree;
}
