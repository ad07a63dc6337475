/*
 * The command line, read by getopt_long over the rows of options.def. Texts are those of argv.
 */
#ifndef BP_COMPILER_CLI_OPTIONS_H
#define BP_COMPILER_CLI_OPTIONS_H

#include "lib/text.h"
#include "lib/vec.h"

#define COMMAND(id, name, other, function, arguments, help) BP_COMMAND_##id,
#define LATER(name, hint)
typedef enum bp_command_id {
#include "compiler/cli/commands.def"
    BP_COMMAND_COUNT
} bp_command_id;

#define OPTION(id, letter, name, argument, commands, help) BP_OPTION_##id,
#define LATER(name, argument)
typedef enum bp_option_id {
#include "compiler/cli/options.def"
    BP_OPTION_COUNT
} bp_option_id;

typedef struct bp_option_row {
    char letter; /* 0 = none */
    const char *name;
    const char *argument; /* NULL = a switch */
    unsigned commands;    /* bit of each bp_command_id */
    const char *help;
} bp_option_row;

typedef struct bp_given_option {
    bp_option_id id;
    const char *value; /* NULL for a switch */
} bp_given_option;

typedef struct bp_command_line {
    BP_VEC(bp_given_option) options; /* in the order of argv */
    BP_VEC(const char *) words;      /* command and arguments */
} bp_command_line;

/* By bp_option_id. */
const bp_option_row *bp_option_rows(void);
/* Reads argv. False: *error is one line for people. */
bool bp_options_read(bp_arena *arena, int argc, char **argv, bp_command_line *line, bp_str *error);
bool bp_option_given(const bp_command_line *line, bp_option_id id);
/* The last value given, or NULL. */
const char *bp_option_value(const bp_command_line *line, bp_option_id id);

#endif
