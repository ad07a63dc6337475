/*
 * Rows of options to getopt_long and back. What a value means is decided by those who use it.
 */
#include "compiler/cli/options.h"

#include "lib/suggest.h"

#include <getopt.h>

#define ANY (~0u)
#define FOR(command) (1u << BP_COMMAND_##command)

static const bp_option_row rows[] = {
#define OPTION(id, letter, name, argument, commands, help) {letter, name, argument, commands, help},
#define LATER(name, argument)
#include "compiler/cli/options.def"
};

typedef struct later_row {
    const char *name;
    const char *argument;
} later_row;

static const later_row later_rows[] = {
#define OPTION(id, letter, name, argument, commands, help)
#define LATER(name, argument) {name, argument},
#include "compiler/cli/options.def"
};

enum { LATER_COUNT = sizeof later_rows / sizeof later_rows[0], CODE_BASE = 1000 };

const bp_option_row *
bp_option_rows(void)
{
    return rows;
}

static void
fill_long(struct option *options)
{
    for (int i = 0; i < BP_OPTION_COUNT; i++) {
        options[i] = (struct option){rows[i].name,
                                     rows[i].argument == NULL ? no_argument : required_argument,
                                     NULL, CODE_BASE + i};
    }
    for (int i = 0; i < LATER_COUNT; i++) {
        options[BP_OPTION_COUNT + i] = (struct option){
            later_rows[i].name, later_rows[i].argument == NULL ? no_argument : optional_argument,
            NULL, CODE_BASE + BP_OPTION_COUNT + i};
    }
    options[BP_OPTION_COUNT + LATER_COUNT] = (struct option){NULL, 0, NULL, 0};
}

/* ":C:qvo:hV" from the rows; the leading colon tells a missing argument from an unknown option. */
static const char *
short_letters(bp_arena *arena)
{
    bp_buf letters = {.arena = arena};
    bp_buf_add_c(&letters, ":");
    for (int i = 0; i < BP_OPTION_COUNT; i++) {
        if (rows[i].letter != 0) {
            bp_buf_add_char(&letters, rows[i].letter);
            bp_buf_add_c(&letters, rows[i].argument == NULL ? "" : ":");
        }
    }
    return bp_str_c(arena, bp_buf_text(&letters));
}

static bp_option_id
row_of_letter(int letter)
{
    int i = 0;
    while (i < BP_OPTION_COUNT && rows[i].letter != letter) {
        i++;
    }
    return (bp_option_id)i;
}

static bp_str
unknown_option(bp_arena *arena, const char *word)
{
    if (word[0] != '-' || word[1] != '-') {
        return bp_str_format(arena, "unknown option -%c", optopt);
    }
    bp_str name = bp_str_cut(bp_str_of(word), 2, SIZE_MAX);
    name = bp_str_cut(name, 0, bp_str_find(name, '='));
    bp_suggester nearest = bp_suggest_start(name);
    for (int i = 0; i < BP_OPTION_COUNT; i++) {
        bp_suggest_offer(&nearest, bp_str_of(rows[i].name));
        if (bp_str_is(name, rows[i].name)) {
            return bp_str_format(arena, "option --%s takes no argument", rows[i].name);
        }
    }
    if (nearest.best.size == 0) {
        return bp_str_format(arena, "unknown option --%.*s", BP_ARG(name));
    }
    return bp_str_format(arena, "unknown option --%.*s; did you mean --%.*s?", BP_ARG(name),
                         BP_ARG(nearest.best));
}

static bp_str
missing_argument(bp_arena *arena)
{
    bp_option_id id =
        optopt >= CODE_BASE ? (bp_option_id)(optopt - CODE_BASE) : row_of_letter(optopt);
    return bp_str_format(arena, "option --%s needs an argument: %s", rows[id].name,
                         rows[id].argument);
}

/* One answer of getopt_long. False: *error is set. */
static bool
take(bp_arena *arena, int code, const char *word, bp_command_line *line, bp_str *error)
{
    if (code == '?') {
        *error = unknown_option(arena, word);
        return false;
    }
    if (code == ':') {
        *error = missing_argument(arena);
        return false;
    }
    int index = code >= CODE_BASE ? code - CODE_BASE : (int)row_of_letter(code);
    if (index >= BP_OPTION_COUNT) {
        *error = bp_str_format(arena, "option --%s is not supported by this release",
                               later_rows[index - BP_OPTION_COUNT].name);
        return false;
    }
    *bp_vec_add(arena, &line->options) = (bp_given_option){(bp_option_id)index, optarg};
    return true;
}

bool
bp_options_read(bp_arena *arena, int argc, char **argv, bp_command_line *line, bp_str *error)
{
    struct option options[BP_OPTION_COUNT + LATER_COUNT + 1];
    fill_long(options);
    const char *letters = short_letters(arena);
    char **words = bp_arena_array(arena, (size_t)argc + 1, sizeof *words);
    for (int i = 0; i < argc; i++) {
        words[i] = argv[i];
    }
    opterr = 0;
    optind = 0; /* starts over, also after an earlier run in this process */
    for (;;) {
        int at = optind == 0 ? 1 : optind;
        int code = getopt_long(argc, words, letters, options, NULL);
        if (code == -1) {
            break;
        }
        const char *word = words[optind > at ? optind - 1 : at];
        if (!take(arena, code, word, line, error)) {
            return false;
        }
    }
    for (int i = optind; i < argc; i++) {
        *bp_vec_add(arena, &line->words) = words[i];
    }
    return true;
}

bool
bp_option_given(const bp_command_line *line, bp_option_id id)
{
    for (size_t i = 0; i < line->options.count; i++) {
        if (line->options.at[i].id == id) {
            return true;
        }
    }
    return false;
}

const char *
bp_option_value(const bp_command_line *line, bp_option_id id)
{
    const char *value = NULL;
    for (size_t i = 0; i < line->options.count; i++) {
        if (line->options.at[i].id == id) {
            value = line->options.at[i].value;
        }
    }
    return value;
}
