/* Help and version, printed from the tables of commands and options. */
#include "compiler/cli/inventory.h"

typedef struct command_help {
    const char *name;
    const char *other;
    const char *arguments;
    const char *help;
} command_help;

static const command_help helps[] = {
#define COMMAND(id, name, other, function, arguments, help) {name, other, arguments, help},
#define LATER(name, hint)
#include "compiler/cli/commands.def"
};

static void
print_options(bp_output *out, bp_command_id command, bool own)
{
    const bp_option_row *rows = bp_option_rows();
    for (int i = 0; i < BP_OPTION_COUNT; i++) {
        const bp_option_row *row = &rows[i];
        bool everywhere = row->commands == ~0u;
        if (everywhere == own || (row->commands & 1u << command) == 0) {
            continue;
        }
        char letter[] = "    ";
        if (row->letter != 0) {
            letter[0] = '-';
            letter[1] = row->letter;
            letter[2] = ',';
        }
        int room = 25 - (int)bp_str_of(row->name).size;
        bp_output_format(out, "  %s--%s %-*s %s\n", letter, row->name, room < 0 ? 0 : room,
                         row->argument == NULL ? "" : row->argument, row->help);
    }
}

void
bp_help_print(bp_run *run, bp_output *out)
{
    (void)run;
    bp_output_text(out, "backpol: a policy compiler and linter for AWS Organizations backup "
                        "policies\n\nusage: backpol COMMAND [OPTION…] [ARGUMENT…]\n\ncommands\n");
    for (size_t i = 0; i < BP_COMMAND_COUNT; i++) {
        bp_output_format(out, "  %-10s %s", helps[i].name, helps[i].help);
        if (helps[i].other != NULL) {
            bp_output_format(out, " (also: %s)", helps[i].other);
        }
        bp_output_text(out, "\n");
    }
    bp_output_text(out, "\noptions of every command\n");
    print_options(out, BP_COMMAND_CHECK, false);
    bp_output_text(out, "\noptions of one command: backpol help COMMAND\n"
                        "exit codes: 0 nothing to report, 1 something to report, 2 could not do "
                        "the job\n");
}

static const char sides[] =
    "\nOLD and NEW\n"
    "  FOLDER                      a project, or what a build wrote into its output folder\n"
    "  REVISION                    this project in a commit, tag or branch of git\n"
    "  deployed                    what the inventory says is deployed\n"
    "  path:FOLDER, git:REVISION   the same, where a word could mean both\n"
    "  without NEW                 this project as it is on disk\n";

void
bp_help_command(bp_run *run, bp_output *out, bp_command_id command)
{
    (void)run;
    const command_help *help = &helps[command];
    bp_output_format(out, "backpol %s: %s\n\nusage: backpol %s [OPTION…]%s%s\n", help->name,
                     help->help, help->name, help->arguments[0] == '\0' ? "" : " ",
                     help->arguments);
    if (command == BP_COMMAND_INVENTORY) {
        bp_output_text(out, "\nparts\n");
        bp_inventory_help(out);
    }
    if (command == BP_COMMAND_DIFF) {
        bp_output_text(out, sides);
    }
    bool own = false;
    for (int i = 0; i < BP_OPTION_COUNT; i++) {
        unsigned commands = bp_option_rows()[i].commands;
        own = own || (commands != ~0u && (commands & 1u << command) != 0);
    }
    if (own) {
        bp_output_text(out, "\noptions\n");
        print_options(out, command, true);
    }
    bp_output_text(out, "\noptions of every command\n");
    print_options(out, command, false);
}

void
bp_version_print(bp_run *run)
{
    bp_output_format(run->out, "backpol " BACKPOL_VERSION "\nfacts as of %s\neditions %d to %d\n",
                     bp_facts_as_of(), BP_EDITION_OLDEST, BP_EDITION_NEWEST);
}
