/*
 * The top of a run: memory, options, the choice of a command, and what can end every command alike
 * (exhausted memory, failed output). No command does its work here.
 */
#include "compiler/cli/cli.h"

#include "compiler/cli/run.h"
#include "lib/suggest.h"

#include <errno.h>
#include <setjmp.h>
#include <string.h>
#include <unistd.h>

typedef struct command_row {
    const char *name;
    const char *other;
    bp_command *function;
} command_row;

static const command_row commands[] = {
#define COMMAND(id, name, other, function, arguments, help) {name, other, function},
#define LATER(name, hint)
#include "compiler/cli/commands.def"
};

typedef struct later_command {
    const char *name;
    const char *hint;
} later_command;

static const later_command later_commands[] = {
#define COMMAND(id, name, other, function, arguments, help)
#define LATER(name, hint) {name, hint},
#include "compiler/cli/commands.def"
};

enum { LATER_COUNT = sizeof later_commands / sizeof later_commands[0] };

const char *
bp_command_name(bp_command_id command)
{
    return commands[command].name;
}

int
bp_run_trouble(bp_run *run, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_str line = bp_str_vformat(run->arena, format, arguments);
    va_end(arguments);
    bp_output_text(run->err, "backpol: ");
    bp_output_user(run->err, line);
    bp_output_text(run->err, "\n");
    return BP_EXIT_CANNOT;
}

int
bp_run_usage(bp_run *run, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_str line = bp_str_vformat(run->arena, format, arguments);
    va_end(arguments);
    bp_run_trouble(run, "%.*s", BP_ARG(line));
    bp_output_text(run->err, "try: backpol --help\n");
    return BP_EXIT_CANNOT;
}

bool
bp_run_flush(bp_run *run)
{
    int error = 0;
    if (bp_output_flush(run->out, &error)) {
        return true;
    }
    if (error != EPIPE && !run->out_failed) {
        bp_run_trouble(run, "cannot write to standard output: %s", strerror(error));
    }
    run->out_failed = true;
    return false;
}

const char *
bp_run_environment(const bp_run *run, const char *name)
{
    const char *value = run->host->environment == NULL ? NULL : run->host->environment(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static int
refuse_command(bp_run *run, bp_str word)
{
    for (size_t i = 0; i < LATER_COUNT; i++) {
        const later_command *later = &later_commands[i];
        if (bp_str_is(word, later->name)) {
            return bp_run_trouble(run, "\"%s\" is not a command%s%s", later->name,
                                  later->hint == NULL ? " of this release" : "; ",
                                  later->hint == NULL ? "" : later->hint);
        }
    }
    bp_suggester nearest = bp_suggest_start(word);
    for (size_t i = 0; i < BP_COMMAND_COUNT; i++) {
        bp_suggest_offer(&nearest, bp_str_of(commands[i].name));
    }
    if (nearest.best.size > 0) {
        return bp_run_usage(run, "unknown command \"%.*s\"; did you mean \"%.*s\"?", BP_ARG(word),
                            BP_ARG(nearest.best));
    }
    if (bp_str_ends(word, BP_STR(".bpol")) || bp_str_ends(word, BP_STR(".json"))) {
        return bp_run_usage(run, "unknown command \"%.*s\"; to judge a file: backpol check %.*s",
                            BP_ARG(word), BP_ARG(word));
    }
    return bp_run_usage(run, "unknown command \"%.*s\"", BP_ARG(word));
}

/* False when the word is no command; the code says how the run ends. */
static bool
find_command(bp_run *run, bp_str word, int *code)
{
    for (int i = 0; i < BP_COMMAND_COUNT; i++) {
        if (bp_str_is(word, commands[i].name) ||
            (commands[i].other != NULL && bp_str_is(word, commands[i].other))) {
            run->command = (bp_command_id)i;
            return true;
        }
    }
    *code = refuse_command(run, word);
    return false;
}

static bool
options_fit(bp_run *run)
{
    const bp_option_row *rows = bp_option_rows();
    for (size_t i = 0; i < run->line.options.count; i++) {
        const bp_option_row *row = &rows[run->line.options.at[i].id];
        if ((row->commands & 1u << run->command) == 0) {
            bp_run_usage(run, "option --%s does not belong to \"%s\"", row->name,
                         commands[run->command].name);
            return false;
        }
    }
    return true;
}

static int
run_command(bp_run *run)
{
    int code = BP_EXIT_NOTHING;
    bp_str word = bp_str_of(run->line.words.count == 0 ? NULL : run->line.words.at[0]);
    bool help = bp_option_given(&run->line, BP_OPTION_HELP) || bp_str_is(word, "help");
    if (bp_option_given(&run->line, BP_OPTION_VERSION) || bp_str_is(word, "version")) {
        bp_version_print(run);
        return BP_EXIT_NOTHING;
    }
    if (bp_str_is(word, "help")) {
        run->line.words.at++;
        run->line.words.count--;
        word = bp_str_of(run->line.words.count == 0 ? NULL : run->line.words.at[0]);
    }
    if (word.size == 0) {
        bp_help_print(run, help ? run->out : run->err);
        return help ? BP_EXIT_NOTHING : BP_EXIT_CANNOT;
    }
    if (!find_command(run, word, &code)) {
        return code;
    }
    if (help) {
        bp_help_command(run, run->out, run->command);
        return BP_EXIT_NOTHING;
    }
    run->line.words.at++;
    run->line.words.count--;
    if (!options_fit(run) || !bp_settings_read(run)) {
        return BP_EXIT_CANNOT;
    }
    return commands[run->command].function(run);
}

static int
run_all(bp_run *run, int argc, char **argv)
{
    bp_str error = {0};
    int code = bp_options_read(run->arena, argc, argv, &run->line, &error)
                   ? run_command(run)
                   : bp_run_usage(run, "%.*s", BP_ARG(error));
    if (!bp_run_flush(run)) {
        code = BP_EXIT_CANNOT;
    }
    (void)bp_output_flush(run->err, NULL);
    return code;
}

static void
leave(void *context)
{
    longjmp(*(jmp_buf *)context, 1);
}

/* Written without any allocation; a short write cannot be helped. */
static int
out_of_memory(const bp_host *host)
{
    static const char line[] = "backpol: out of memory\n";
    ssize_t wrote = write(host->err, line, sizeof line - 1);
    (void)wrote;
    return BP_EXIT_CANNOT;
}

int
bp_cli_main(int argc, char **argv, const bp_host *host)
{
    jmp_buf top;
    bp_arena *volatile arena = bp_arena_new(host->allocator);
    if (arena == NULL) {
        return out_of_memory(host);
    }
    if (setjmp(top) != 0) {
        bp_arena_free(arena);
        return out_of_memory(host);
    }
    bp_arena_on_failure(arena, leave, &top);
    bp_run *run = BP_NEW(arena, bp_run);
    run->host = host;
    run->arena = arena;
    run->out = bp_output_new(arena, host->out);
    run->err = bp_output_new(arena, host->err);
    int code = run_all(run, argc, argv);
    bp_arena_free(arena);
    return code;
}
