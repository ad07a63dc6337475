/*
 * Writes the index of the rules:  rules_page OUT
 *
 * One markdown page from checks.def, a table a family, each code a link to its page. Runs on the
 * building machine only; it is no part of the program.
 */
#include <stdio.h>
#include <string.h>

typedef struct row {
    const char *code;
    const char *slug;
    const char *level;
    const char *aws;
    const char *over;
    const char *summary;
} row;

static const row rows[] = {
#define CHECK(CODE, SLUG, SEVERITY, VERDICT, OVER, RUNNER, SUMMARY, SINCE) \
    {#CODE, SLUG, #SEVERITY, #VERDICT, #OVER, SUMMARY},
#include "compiler/checks/checks.def"
#undef CHECK
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static const struct {
    const char *family;
    const char *title;
} families[] = {
    {"SYN", "syntax and document form"},
    {"NAM", "names"},
    {"TOP", "organization and attachment"},
    {"VLT", "vaults"},
    {"ROL", "roles"},
    {"REG", "Regions"},
    {"CPY", "copies"},
    {"LIF", "lifecycle"},
    {"SCH", "schedule and windows"},
    {"SEL", "selections"},
    {"INH", "inheritance"},
    {"QTA", "quotas"},
    {"STK", "stack sets"},
    {"SEC", "posture"},
    {"OPS", "output and operation"},
    {"DAT", "data"},
    {"CFG", "manifest and suppressions"},
    {"IMP", "dumps that an inventory is made of"},
};

enum { FAMILIES = sizeof families / sizeof families[0] };

static const struct {
    const char *name;
    const char *words;
} verdicts[] = {
    {"REJECTS", "refuses it"},
    {"INVALID_EFFECTIVE", "accepts; effective policy invalid"},
    {"JOB_FAILS", "accepts; backups do not happen"},
    {"ACCEPTS", "accepts, works as written"},
    {"UNKNOWN", "not seen yet"},
    {"NONE", "-"},
};

static const char *
verdict_words(const char *name)
{
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        if (strcmp(verdicts[i].name, name) == 0) {
            return verdicts[i].words;
        }
    }
    return NULL;
}

static const char *
level_word(const char *severity)
{
    if (strcmp(severity, "ERROR") == 0) {
        return "error";
    }
    return strcmp(severity, "WARNING") == 0 ? "warning" : "info";
}

static int
is_of(const row *each, const char *family)
{
    return strncmp(each->code, family, 3) == 0;
}

/* The rows of a family; how many they are. */
static int
write_family(FILE *out, size_t family)
{
    int count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        const row *each = &rows[i];
        if (!is_of(each, families[family].family)) {
            continue;
        }
        if (count == 0) {
            fprintf(out,
                    "\n## %s: %s\n\n| code | slug | level | over | AWS | what it is about |\n"
                    "| --- | --- | --- | --- | --- | --- |\n",
                    families[family].family, families[family].title);
        }
        const char *words = verdict_words(each->aws);
        if (words == NULL) {
            fprintf(stderr, "rules_page: %s has a verdict without words\n", each->code);
            return -1;
        }
        fprintf(out, "| [%s](%s.md) | %s | %s | %s | %s | %s |\n", each->code, each->code,
                each->slug, level_word(each->level), each->over, words, each->summary);
        count++;
    }
    return count;
}

static int
write_page(FILE *out)
{
    int count = 0;
    fprintf(
        out,
        "# The rules\n\n"
        "%d rules. `backpol explain CODE` shows the page of one, `backpol rules` the levels of a "
        "project. Made from `checks.def` by `tools/tables/rules_page.c`.\n\n"
        "*Level* is the usual one. *Over* is what the rule looks at: SYNTAX texts, DOC one policy, "
        "ORG the inventory, MODEL policies and who they\nreach, EFF what accounts get, ART "
        "what is written, CONF the project file. *AWS* is what it usually does when the policy "
        "is created, and later.\n\n"
        "The examples of the pages are run by a test, as parts of the project in "
        "[example](example/): what a page leaves open stands there.\n",
        (int)ROWS);
    for (size_t i = 0; i < FAMILIES; i++) {
        int written = write_family(out, i);
        if (written < 0) {
            return 1;
        }
        count += written;
    }
    if (count != ROWS) {
        fputs("rules_page: a rule of no family\n", stderr);
        return 1;
    }
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: rules_page OUT\n", stderr);
        return 2;
    }
    FILE *out = fopen(argv[1], "wb");
    if (out == NULL) {
        perror(argv[1]);
        return 1;
    }
    int failed = write_page(out);
    failed |= ferror(out);
    failed |= fclose(out) != 0;
    return failed ? 1 : 0;
}
