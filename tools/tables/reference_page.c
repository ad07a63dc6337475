/*
 * Writes the language reference:  reference_page OUT GRAMMAR.ebnf
 *
 * One markdown page from the tables: settings.def by block, reference.def for values, calls,
 * operators and child controls, tokens.def for reserved words, and the grammar as it stands. Runs
 * on the building machine only; it is no part of the program.
 */
#include "compiler/policy/settings.h"

#include <stdio.h>
#include <string.h>

static const bp_setting settings[] = {
#define SETTING(name, blocks, type, list, operators, path, minimum, maximum, choices, required, \
                since, example, help)                                                           \
    {name,    blocks,  type,     list,  operators, path, minimum,                               \
     maximum, choices, required, since, example,   help},
#include "compiler/policy/settings.def"
};

typedef struct form {
    const char *section;
    const char *shape;
    const char *means;
    const char *example;
    const char *at;
    const char *text;
} form;

static const form forms[] = {
#define FORM(SECTION, SHAPE, MEANS, BLOCK, EXAMPLE, AT, TEXT) \
    {SECTION, SHAPE, MEANS, EXAMPLE, AT, TEXT},
#include "compiler/policy/reference.def"
};

static const form items[] = {
#define ITEM(SHAPE, MEANS, EXAMPLE) {"", SHAPE, MEANS, EXAMPLE, "", ""},
#include "compiler/policy/reference.def"
};

static const char *const words[] = {
#define KEYWORD(word) #word,
#include "grammar/tokens.def"
};

static const char *const tokens[] = {
#define TOKEN(kind, name) name,
#include "grammar/tokens.def"
};

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static const struct {
    bp_block block;
    const char *title;
    const char *header;
    const char *stands;
} blocks[] = {
    {BP_BLOCK_POLICY, "policy", "policy \"NAME\" { … }", "at the top of a file"},
    {BP_BLOCK_PLAN, "plan", "plan \"NAME\" { … }", "in a policy"},
    {BP_BLOCK_RULE, "rule", "rule \"NAME\" { … }", "in a plan"},
    {BP_BLOCK_COPY, "copy", "copy to DESTINATION { … }", "in a rule"},
    {BP_BLOCK_SELECT_TAGS, "select tags", "select tags \"NAME\" { … }", "in a plan"},
    {BP_BLOCK_SELECT_RESOURCES, "select resources", "select resources \"NAME\" { … }", "in a plan"},
    {BP_BLOCK_VAULT, "vault", "vault \"NAME\" { … }", "at the top of a file"},
    {BP_BLOCK_AIR_GAPPED, "air_gapped vault", "air_gapped vault \"NAME\" { … }",
     "at the top of a file"},
    {BP_BLOCK_ROLE, "role", "role \"NAME\" { … }", "at the top of a file"},
};

static const char *
type_words(bp_setting_type type)
{
    switch (type) {
    case BP_TYPE_STRING:
        return "text";
    case BP_TYPE_SWITCH:
        return "`on` or `off`; in the document `true` or `false`";
    case BP_TYPE_ENABLED:
        return "`on` or `off`; in the document `enabled` or `disabled`";
    case BP_TYPE_MINUTES:
        return "duration in `m`, `h`, `d` or `w`; in the document minutes";
    case BP_TYPE_DAYS:
        return "duration in `d` or `w`, or `never`; in the document days";
    case BP_TYPE_SCHEDULE:
        return "schedule, in UTC";
    case BP_TYPE_REGION:
        return "Region";
    case BP_TYPE_VAULT_NAME:
        return "vault; in the document its name";
    case BP_TYPE_AIR_GAPPED_ARN:
        return "air-gapped vault; in the document its ARN";
    case BP_TYPE_ROLE:
        return "role; in the document its ARN";
    case BP_TYPE_TARGET:
        return "target";
    case BP_TYPE_PATTERN:
        return "resource type; in the document a pattern of ARNs";
    case BP_TYPE_PROTECTED:
        return "resource type, or id of the table of resource types";
    case BP_TYPE_CONDITION:
        return "condition";
    case BP_TYPE_TAGS:
        return "tags";
    case BP_TYPE_CHOICE:
        return "word";
    case BP_TYPE_ENCRYPTION:
        return "`customer_managed`, `aws_managed` or the ARN of a key";
    case BP_TYPE_LOCK:
        return "vault lock";
    case BP_TYPE_TOPIC:
        return "topic";
    case BP_TYPE_SOURCE:
        return "`organization` or a target";
    case BP_TYPE_ARN:
        return "ARN";
    case BP_TYPE_CONTAINER:
        return "holds other keys";
    }
    return "";
}

/* "ebs=EBS s3=S3" as "`ebs` (EBS), `s3` (S3)"; the text is left out where it is the word. */
static void
put_choices(FILE *out, const char *choices)
{
    const char *at = choices;
    while (*at != '\0') {
        size_t word = strcspn(at, "=");
        const char *text = at + word + 1;
        size_t size = strcspn(text, " ");
        fprintf(out, "%s`%.*s`", at == choices ? "" : ", ", (int)word, at);
        if (word != size || strncmp(at, text, size) != 0) {
            fprintf(out, " (%.*s)", (int)size, text);
        }
        at = text + size + strspn(text + size, " ");
    }
}

static void
put_code(FILE *out, const char *code)
{
    fprintf(out, "\n```bpol\n%s\n```\n", code);
}

static void
put_range(FILE *out, const bp_setting *row)
{
    const char *unit = row->type == BP_TYPE_DAYS ? "days" : "minutes";
    if (row->maximum > 0) {
        fprintf(out, "- range: %lld to %lld %s\n", (long long)row->minimum, (long long)row->maximum,
                unit);
    }
    if (row->choices[0] != '\0') {
        fputs("- choices: ", out);
        put_choices(out, row->choices);
        fputc('\n', out);
    }
}

static void
put_setting(FILE *out, const bp_setting *row)
{
    fprintf(out, "\n#### `%s`\n\n%s.\n\n", row->name, row->help);
    if (row->since[0] == '\0') {
        fputs("- not in this release: refused by name\n", out);
    }
    fprintf(out, "- type: %s%s\n", row->list ? "list of: " : "", type_words(row->type));
    put_range(out, row);
    if (row->operators) {
        fputs("- operators: `=`, `+=`, `-=`\n", out);
    }
    if (row->required) {
        fputs("- must be written\n", out);
    }
    if (row->path[0] != '\0') {
        fprintf(out, "- in the document: `%s`\n", row->path);
    } else {
        fputs("- in the document: nothing\n", out);
    }
    if (row->example[0] != '\0') {
        put_code(out, row->example);
    }
}

/* Keys that a block writes by itself. */
static void
put_keys(FILE *out, bp_block block)
{
    bool any = false;
    for (size_t i = 0; i < COUNT(settings); i++) {
        const bp_setting *row = &settings[i];
        if ((row->blocks & block) == 0 || row->name[0] != '\0') {
            continue;
        }
        if (!any) {
            fputs("\nKeys that the block writes by itself, or that `raw` may name:\n\n"
                  "| key | holds |\n| --- | --- |\n",
                  out);
        }
        any = true;
        fprintf(out, "| `%s` | %s |\n", row->path, row->help);
    }
}

static void
put_blocks(FILE *out)
{
    fputs(
        "\n## Blocks and their settings\n\n"
        "A `*` in a key of the document stands for a name. Every setting that is in the document\n"
        "takes a child control.\n",
        out);
    for (size_t b = 0; b < COUNT(blocks); b++) {
        fprintf(out, "\n### %s\n\n`%s`, %s.\n", blocks[b].title, blocks[b].header,
                blocks[b].stands);
        for (size_t i = 0; i < COUNT(settings); i++) {
            if ((settings[i].blocks & blocks[b].block) != 0 && settings[i].name[0] != '\0') {
                put_setting(out, &settings[i]);
            }
        }
        put_keys(out, blocks[b].block);
    }
}

static void
put_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        fputc(*text == '\'' ? '"' : *text, out);
    }
}

static void
put_forms(FILE *out)
{
    const char *section = "";
    for (size_t i = 0; i < COUNT(forms); i++) {
        const form *row = &forms[i];
        if (strcmp(section, row->section) != 0) {
            section = row->section;
            fprintf(out, "\n## %s\n", section);
        }
        fprintf(out, "\n**`%s`**: %s\n", row->shape, row->means);
        put_code(out, row->example);
        if (row->text[0] == '\0') {
            continue;
        }
        if (strcmp(row->at, ".") == 0) {
            fputs("\nIn the block's object: `", out);
        } else {
            fprintf(out, "\nIn the document, `%s`: `", row->at);
        }
        put_text(out, row->text);
        fputs("`\n", out);
    }
}

static void
put_items(FILE *out)
{
    fputs("\n## Files\n\nThe first line of every file is `edition 1`; it is left out below.\n",
          out);
    for (size_t i = 0; i < COUNT(items); i++) {
        fprintf(out, "\n**`%s`**: %s\n", items[i].shape, items[i].means);
        put_code(out, items[i].example);
    }
}

static void
put_words(FILE *out)
{
    fputs("\n## Reserved words\n\nNo constant, template or parameter can be called:\n\n", out);
    for (size_t i = 0; i < COUNT(words); i++) {
        fprintf(out, "`%s`%s", words[i], i + 1 == COUNT(words) ? "\n" : (i + 1) % 12 ? " " : "\n");
    }
    fputs("\n## Tokens\n\nAs messages call them:\n\n", out);
    for (size_t i = 0; i < COUNT(tokens); i++) {
        fprintf(out, "- %s\n", tokens[i]);
    }
}

static bool
put_grammar(FILE *out, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        perror(path);
        return false;
    }
    fputs("\n## Grammar\n\n```ebnf\n", out);
    int c;
    while ((c = fgetc(in)) != EOF) {
        fputc(c, out);
    }
    fputs("```\n", out);
    bool good = ferror(in) == 0;
    return fclose(in) == 0 && good;
}

int
main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: reference_page OUT GRAMMAR.ebnf\n", stderr);
        return 2;
    }
    FILE *out = fopen(argv[1], "wb");
    if (out == NULL) {
        perror(argv[1]);
        return 1;
    }
    fputs("# Language reference, edition 1\n\n"
          "Made from `settings.def`, `reference.def`, `grammar/tokens.def` and `grammar/bpol.ebnf` "
          "by\n"
          "`tools/tables/reference_page.c`: change those, not this page. Tests compile every "
          "example.\n"
          "\n[Files](#files) · [Blocks and their settings](#blocks-and-their-settings) · "
          "[Values](#values) · [Targets](#targets) · [Resource types](#resource-types) · "
          "[Schedules](#schedules) · "
          "[Conditions](#conditions) · [Operators](#operators) · "
          "[Child controls](#child-controls) · [Grammar](#grammar)\n",
          out);
    put_items(out);
    put_blocks(out);
    put_forms(out);
    put_words(out);
    bool good = put_grammar(out, argv[2]);
    good = ferror(out) == 0 && good;
    good = fclose(out) == 0 && good;
    if (!good) {
        remove(argv[1]);
        fputs("reference_page: could not write\n", stderr);
        return 1;
    }
    return 0;
}
