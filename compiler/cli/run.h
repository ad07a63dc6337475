/*
 * One run of the program, as the commands see it. For compiler/cli alone.
 *
 * Commands give an exit code and have said why on `out` (findings) or `err` (trouble). All memory
 * is the run's arena.
 */
#ifndef BP_COMPILER_CLI_RUN_H
#define BP_COMPILER_CLI_RUN_H

#include "compiler/backpol.h"
#include "compiler/cli/cli.h"
#include "compiler/cli/options.h"
#include "lib/render.h"

typedef struct bp_report_to {
    bp_str kind; /* "text" … */
    bp_renderer *render;
    bp_str path; /* empty: standard output */
} bp_report_to;

typedef struct bp_run {
    const bp_host *host;
    bp_arena *arena;
    bp_output *out;
    bp_output *err;
    bp_command_line line;
    bp_command_id command;
    const char *start; /* absolute folder to work from */
    BP_VEC(bp_report_to) reports;
    int64_t as_of;
    int64_t max_findings;
    bool fail_on_given;
    bp_severity fail_on;
    bool color;
    const bp_json *inventory_known; /* for a machine: how much an inventory knows; may be NULL */
    bp_map *overlay;                /* texts that were mended and are not written yet; NULL: none */
    bool out_failed;                /* standard output could not be written, which was said */
} bp_run;

typedef int bp_command(bp_run *run);
bp_command bp_command_check;
bp_command bp_command_build;
bp_command bp_command_effective;
bp_command bp_command_diff;
bp_command bp_command_coverage;
bp_command bp_command_fmt;
bp_command bp_command_rules;
bp_command bp_command_explain;
bp_command bp_command_import;
bp_command bp_command_init;
bp_command bp_command_inventory;
bp_command bp_command_facts;
bp_command bp_command_dump;

/* One line "backpol: …" on standard error. Gives BP_EXIT_CANNOT. */
int bp_run_trouble(bp_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for a wrong command line, with a pointer to the help. */
int bp_run_usage(bp_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Hands standard output over. False: it could not be written, and the run must end with
 * BP_EXIT_CANNOT; said already, except for a closed pipe. */
bool bp_run_flush(bp_run *run);
/* The value of an environment variable; NULL when not set or empty. */
const char *bp_run_environment(const bp_run *run, const char *name);

/* Reads the values of options that every command takes. False: said already. */
bool bp_settings_read(bp_run *run);

/* help.c */
void bp_help_print(bp_run *run, bp_output *out);
void bp_help_command(bp_run *run, bp_output *out, bp_command_id command);
void bp_version_print(bp_run *run);
/* The name of a command as people type it. */
const char *bp_command_name(bp_command_id command);

/*
 * project.c: finds the project of the run, makes a session with the levels that the options ask
 * for. `words` are files or folders that the user named. NULL: said already.
 */
bp_session *bp_project_open(bp_run *run);
/* Sets the folder that the run starts from. False: said already. */
bool bp_project_start(bp_run *run);
/* A session with nothing but the tables about AWS in use: of the project around the start folder,
 * if there is one, and of --facts. NULL: they cannot be used, which is said. */
bp_session *bp_project_facts(bp_run *run);
/* The project around the start folder, compiled; NULL when there is none, or when it is broken,
 * which is said. No findings are reported. */
bp_session *bp_project_around(bp_run *run);
/* Sets root and manifest of the project around the start folder. False: there is none, which is not
 * said, or --config names none, which is. */
bool bp_project_locate(bp_run *run, bp_options *options);
/* A typed path relative to a root where it lies below it, else absolute. */
bp_str bp_project_relative(bp_run *run, const char *root, const char *typed);
/* A path as the user typed it, absolute: from the start folder. */
const char *bp_project_path(bp_run *run, const char *typed);

/* input.c: all of standard input, if it is no larger than a policy file may be. False: said
 * already.
 */
bool bp_input_read(bp_run *run, bp_str *text);

/* document.c: one policy document and a newline on standard output. */
void bp_document_print(bp_run *run, bp_str json);

/* write.c: replaces a file that a session read under this path, as a whole. False: said already. */
bool bp_write_back(bp_run *run, const bp_session *session, bp_str path, bp_str text);
/* Lines of a user's file for people: what a terminal or a CI system would obey is made visible, but
 * tabs stay. */
void bp_write_lines(bp_run *run, bp_str text);

/* explain_schedule.c: a schedule in words, whether AWS takes it, and its next runs after the run's
 * instant, on standard output. Gives the exit code. */
int bp_explain_schedule(bp_run *run, bp_str text);

/* report.c: settles and renders the findings to every place asked for. False: one of them could not
 * be written; said already. Does not flush standard output. */
bool bp_report_all(bp_run *run, bp_session *session, bp_str checked);
/* Drops what was not asked for, where files of a project were named. */
void bp_report_asked(bp_session *session);
/* Findings to standard error, where standard output belongs to something else. */
void bp_report_beside(bp_run *run, bp_session *session);
/* Errors alone, to standard error. */
void bp_report_errors(bp_run *run, bp_session *session);
/* A finished report to where it was asked for. False: it could not be written; said already. */
bool bp_report_hand_over(bp_run *run, const bp_report_to *to, bp_str text);
/* Lines for standard error about a job that could not be done. */
void bp_report_trouble(bp_run *run, const bp_session *session);
/* The exit code that findings and trouble of a session ask for. */
int bp_report_exit(bp_run *run, const bp_session *session);
/* "2 policies, 2 rules … against org.yaml (4 accounts, captured 2026-11-02)". */
bp_str bp_report_checked(bp_arena *arena, const bp_session *session);
/* "1 policy", "2 policies". `plural` is used for every other number. */
bp_str bp_count_of(bp_arena *arena, size_t count, const char *single, const char *plural);
/* Whether standard output belongs to a machine format. */
bool bp_report_is_machine(const bp_run *run);

#endif
