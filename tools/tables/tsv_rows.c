/*
 * Turns one fact table (.tsv) into C rows, at build time, on the building machine.
 *
 *     tsv_rows TABLE TABLE.tsv REGIONS.tsv SOURCES.tsv OUTPUT.inc
 *
 * A row with a wrong number of cells, an unknown word, mark, source or Region ends the build with
 * its place. This program knows the columns of each table and nothing of what they mean; it is not
 * part of backpol and reads only files of the project.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LINE = 4096, MAX_CELLS = 32, MAX_NAMES = 96, MAX_NAME = 64 };

typedef enum kind {
    TEXT,    /* a C string */
    KEY,     /* a C string; rows ascend by it */
    ID,      /* a C string that no other row has in this place */
    DAY,     /* YYYY-MM-DD; rows ascend by it, several may be of one day */
    NUMBER,  /* decimal digits, or "?" for no limit */
    NAMES,   /* names of columns of this table, a C string */
    WORDS,   /* one of a fixed list, printed as the C name beside it */
    REGIONS, /* a list of Regions, printed as a mask */
    SOURCES, /* codes of sources.tsv, a C string */
    DATE     /* a C string; for a source also added to its words */
} kind;

typedef struct word {
    const char *text;
    const char *c;
} word;

typedef struct bp_column {
    const char *name;
    kind kind;
    const word *words;
} bp_column;

typedef struct bp_table {
    const char *name;
    const char *c_type;
    const bp_column *columns;
} bp_table;

static const word answers[] = {
    {"yes", "BP_PRESENT"}, {"no", "BP_ABSENT"}, {"?", "BP_UNKNOWN"}, {NULL, NULL}};
static const word flags[] = {{"yes", "true"}, {"no", "false"}, {NULL, NULL}};
static const word marks[] = {{"VERIFIED", "BP_MARK_VERIFIED"},
                             {"CONFLICT", "BP_MARK_CONFLICT"},
                             {"UNSURE", "BP_MARK_UNSURE"},
                             {NULL, NULL}};
static const word opt_ins[] = {{"always-on", "BP_ALWAYS_ON"},
                               {"opt-in", "BP_OPT_IN"},
                               {"partition", "BP_PARTITION_ACCOUNT"},
                               {NULL, NULL}};
static const word copies[] = {{"any", "BP_COPY_ANY"},
                              {"cross-region", "BP_COPY_CROSS_REGION"},
                              {"cross-account", "BP_COPY_CROSS_ACCOUNT"},
                              {"air-gapped", "BP_COPY_AIR_GAPPED"},
                              {NULL, NULL}};

static const bp_column region_columns[] = {{"code", KEY, NULL},
                                           {"partition", TEXT, NULL},
                                           {"name", TEXT, NULL},
                                           {"aliases", TEXT, NULL},
                                           {"opt_in", WORDS, opt_ins},
                                           {"backup_endpoint", WORDS, answers},
                                           {"backup_policies", WORDS, answers},
                                           {"cross_region_copy", WORDS, answers},
                                           {"cross_account_copy", WORDS, answers},
                                           {"air_gapped_vault", WORDS, answers},
                                           {"audit_manager", WORDS, answers},
                                           {"restore_testing", WORDS, answers},
                                           {"indexing", WORDS, answers},
                                           {"tiering", WORDS, answers},
                                           {"malware_scan", WORDS, answers},
                                           {"access_points", WORDS, answers},
                                           {"since", TEXT, NULL},
                                           {"doubtful", NAMES, NULL},
                                           {"mark", WORDS, marks},
                                           {"source", SOURCES, NULL},
                                           {"note", TEXT, NULL},
                                           {NULL, TEXT, NULL}};
static const bp_column partition_columns[] = {
    {"name", ID, NULL},         {"region_prefixes", TEXT, NULL}, {"dns_suffix", TEXT, NULL},
    {"iam_region", TEXT, NULL}, {"mark", WORDS, marks},          {"source", SOURCES, NULL},
    {NULL, TEXT, NULL}};
static const bp_column type_columns[] = {{"id", ID, NULL},
                                         {"label", TEXT, NULL},
                                         {"api_name", TEXT, NULL},
                                         {"pattern", TEXT, NULL},
                                         {"word", TEXT, NULL},
                                         {"opt_in_always", WORDS, flags},
                                         {"advanced", WORDS, flags},
                                         {"cross_region", WORDS, answers},
                                         {"cross_account", WORDS, answers},
                                         {"single_action", WORDS, answers},
                                         {"continuous", WORDS, answers},
                                         {"full_management", WORDS, answers},
                                         {"cold_storage", WORDS, answers},
                                         {"air_gapped_vault", WORDS, answers},
                                         {"indexing", WORDS, answers},
                                         {"incremental", WORDS, answers},
                                         {"item_restore", WORDS, answers},
                                         {"restore_testing", WORDS, answers},
                                         {"tiering", WORDS, answers},
                                         {"malware_scan", WORDS, answers},
                                         {"access_points", WORDS, answers},
                                         {"audit_manager", WORDS, answers},
                                         {"unsure", NAMES, NULL},
                                         {"mark", WORDS, marks},
                                         {"source", SOURCES, NULL},
                                         {"note", TEXT, NULL},
                                         {NULL, TEXT, NULL}};
static const bp_column copy_columns[] = {{"type", TEXT, NULL},       {"kind", WORDS, copies},
                                         {"regions", REGIONS, NULL}, {"mark", WORDS, marks},
                                         {"changed", TEXT, NULL},    {"source", SOURCES, NULL},
                                         {"note", TEXT, NULL},       {NULL, TEXT, NULL}};
static const bp_column type_region_columns[] = {
    {"type", ID, NULL},     {"missing", REGIONS, NULL}, {"unknown", REGIONS, NULL},
    {"mark", WORDS, marks}, {"source", SOURCES, NULL},  {"note", TEXT, NULL},
    {NULL, TEXT, NULL}};
static const bp_column change_columns[] = {{"date", DAY, NULL},       {"type", TEXT, NULL},
                                           {"change", TEXT, NULL},    {"mark", WORDS, marks},
                                           {"source", SOURCES, NULL}, {NULL, TEXT, NULL}};
static const bp_column condition_columns[] = {{"id", ID, NULL},          {"condition", TEXT, NULL},
                                              {"needs", TEXT, NULL},     {"mark", WORDS, marks},
                                              {"source", SOURCES, NULL}, {NULL, TEXT, NULL}};
static const bp_column managed_columns[] = {{"permit", TEXT, NULL},     {"path", ID, NULL},
                                            {"needed_for", TEXT, NULL}, {"version", TEXT, NULL},
                                            {"updated", TEXT, NULL},    {"mark", WORDS, marks},
                                            {"source", SOURCES, NULL},  {NULL, TEXT, NULL}};
static const bp_column quota_columns[] = {
    {"id", ID, NULL},           {"value", NUMBER, NULL},        {"unit", TEXT, NULL},
    {"smallest", WORDS, flags}, {"adjustable", WORDS, answers}, {"per", TEXT, NULL},
    {"what", TEXT, NULL},       {"mark", WORDS, marks},         {"source", SOURCES, NULL},
    {NULL, TEXT, NULL}};
static const bp_column source_columns[] = {{"code", KEY, NULL},
                                           {"what", TEXT, NULL},
                                           {"date", DATE, NULL},
                                           {"url", TEXT, NULL},
                                           {NULL, TEXT, NULL}};

static const bp_table tables[] = {{"regions", "bp_region", region_columns},
                                  {"partitions", "bp_partition", partition_columns},
                                  {"resource_types", "bp_type", type_columns},
                                  {"copy_exceptions", "bp_copy_exception", copy_columns},
                                  {"type_regions", "bp_type_regions", type_region_columns},
                                  {"changes", "bp_fact_change", change_columns},
                                  {"conditions", "bp_condition_fact", condition_columns},
                                  {"managed_policies", "bp_managed_policy", managed_columns},
                                  {"quotas", "bp_quota", quota_columns},
                                  {"sources", "bp_fact_origin", source_columns}};

/* One table being read. */
typedef struct reader {
    FILE *file;
    const char *path;
    unsigned line;
    char text[MAX_LINE];
    char *cells[MAX_CELLS];
    size_t cell_count;
} reader;

typedef struct names {
    char at[MAX_NAMES][MAX_NAME];
    bool opt_in[MAX_NAMES];
    size_t count;
} names;

static names regions;
static names sources;

static bool
fail(const reader *in, const char *message, const char *what)
{
    fprintf(stderr, "%s:%u: %s \"%s\"\n", in->path, in->line, message, what);
    return false;
}

/* The next line that is no comment, cut at its tabs. False at the end of the file. */
static bool
next_row(reader *in, char *as_of, size_t as_of_size)
{
    while (fgets(in->text, MAX_LINE, in->file) != NULL) {
        in->line++;
        size_t size = strcspn(in->text, "\r\n");
        in->text[size] = '\0';
        static const char key[] = "# as_of: ";
        if (as_of != NULL && strncmp(in->text, key, sizeof key - 1) == 0) {
            snprintf(as_of, as_of_size, "%s", in->text + sizeof key - 1);
        }
        if (in->text[0] == '#' || size == 0) {
            continue;
        }
        in->cell_count = 0;
        for (char *at = in->text; at != NULL && in->cell_count < MAX_CELLS;) {
            in->cells[in->cell_count++] = at;
            at = strchr(at, '\t');
            if (at != NULL) {
                *at++ = '\0';
            }
        }
        return true;
    }
    return false;
}

/* Whether a text begins with a day, YYYY-MM-DD, and goes on with a blank or not at all. */
static bool
is_day(const char *text)
{
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof form - 1; i++) {
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) {
            return false;
        }
    }
    int month = (text[5] - '0') * 10 + text[6] - '0';
    int day = (text[8] - '0') * 10 + text[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
           (text[10] == '\0' || text[10] == ' ');
}

static bool
known(const names *list, const char *at, size_t size, size_t *index)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strlen(list->at[i]) == size && memcmp(list->at[i], at, size) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

/* Reads the first column of a table. */
static bool
read_names(const char *path, names *list)
{
    static reader in;
    in = (reader){.file = fopen(path, "r"), .path = path};
    if (in.file == NULL) {
        return fail(&in, "cannot open", path);
    }
    bool header = true;
    bool good = true;
    while (good && next_row(&in, NULL, 0)) {
        if (header) {
            header = false;
        } else if (list->count == MAX_NAMES || strlen(in.cells[0]) >= MAX_NAME) {
            good = fail(&in, "too many rows or too long a key", in.cells[0]);
        } else {
            snprintf(list->at[list->count], MAX_NAME, "%s", in.cells[0]);
            list->opt_in[list->count++] = in.cell_count > 4 && strcmp(in.cells[4], "opt-in") == 0;
        }
    }
    fclose(in.file);
    return good;
}

static void
put_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (const char *at = strcmp(text, "-") == 0 ? "" : text; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        if (c == '"' || c == '\\' || c == '?') {
            fprintf(out, "\\%c", c);
        } else if (c < 0x20 || c >= 0x7F) {
            fprintf(out, "\\%03o", c);
        } else {
            fputc(c, out);
        }
    }
    fputc('"', out);
}

static bool
put_sources(const reader *in, FILE *out, const char *cell)
{
    for (const char *at = cell; *at != '\0';) {
        size_t size = strcspn(at, " ");
        size_t index = 0;
        if (!known(&sources, at, size, &index)) {
            return fail(in, "a source is not in sources.tsv:", at);
        }
        at += size + (at[size] == ' ' ? 1 : 0);
    }
    put_string(out, cell);
    return true;
}

/* "opt-in except a b", "all", "none" or codes. */
static bool
put_regions(const reader *in, FILE *out, const char *cell)
{
    uint64_t mask = 0;
    bool take = true;
    for (const char *at = cell; *at != '\0';) {
        size_t size = strcspn(at, " ");
        size_t index = 0;
        if (size == 6 && memcmp(at, "opt-in", size) == 0) {
            for (size_t i = 0; i < regions.count; i++) {
                mask |= (uint64_t)regions.opt_in[i] << i;
            }
        } else if (size == 3 && memcmp(at, "all", size) == 0) {
            mask = ((uint64_t)1 << regions.count) - 1;
        } else if (size == 6 && memcmp(at, "except", size) == 0) {
            take = false;
        } else if (known(&regions, at, size, &index)) {
            uint64_t bit = (uint64_t)1 << index;
            mask = take ? mask | bit : mask & ~bit;
        } else if (size != 4 || memcmp(at, "none", size) != 0) {
            return fail(in, "no Region and no word for Regions:", at);
        }
        at += size + (at[size] == ' ' ? 1 : 0);
    }
    fprintf(out, "UINT64_C(0x%llx)", (unsigned long long)mask);
    return true;
}

/* Blank-separated names of columns. */
static bool
put_names(const reader *in, FILE *out, const bp_column *columns, const char *cell)
{
    for (const char *at = strcmp(cell, "-") == 0 ? "" : cell; *at != '\0';) {
        size_t size = strcspn(at, " ");
        const bp_column *column = columns;
        while (column->name != NULL &&
               (strlen(column->name) != size || memcmp(column->name, at, size) != 0)) {
            column++;
        }
        if (column->name == NULL) {
            return fail(in, "no column of this table:", at);
        }
        at += size + (at[size] == ' ' ? 1 : 0);
    }
    put_string(out, cell);
    return true;
}

static bool
put_number(const reader *in, FILE *out, const char *cell)
{
    if (strcmp(cell, "?") == 0) {
        fputs("INT64_MAX", out);
        return true;
    }
    if (strspn(cell, "0123456789") != strlen(cell) || strlen(cell) > 18) {
        return fail(in, "not a number:", cell);
    }
    fprintf(out, "INT64_C(%s)", cell);
    return true;
}

static bool
put_word(const reader *in, FILE *out, const word *words, const char *cell)
{
    for (const word *w = words; w->text != NULL; w++) {
        if (strcmp(w->text, cell) == 0) {
            fputs(w->c, out);
            return true;
        }
    }
    return fail(in, "unknown word", cell);
}

/* Keys ascend, days do not descend, ids stand once. */
static bool
check_key(const reader *in, kind form)
{
    static char last[MAX_NAME];
    static names ids;
    const char *cell = in->cells[0];
    size_t size = strlen(cell);
    size_t index = 0;
    if (form != KEY && form != ID && form != DAY) {
        return true;
    }
    if (size >= MAX_NAME || ids.count == MAX_NAMES) {
        return fail(in, "too many rows or too long a key", cell);
    }
    int order = strcmp(last, cell);
    if (form == KEY ? order >= 0 : form == DAY && order > 0) {
        return fail(in, "rows have to ascend; too early or twice:", cell);
    }
    if (form == ID && known(&ids, cell, size, &index)) {
        return fail(in, "twice in one table:", cell);
    }
    if (form == DAY && !is_day(cell)) {
        return fail(in, "not a day, YYYY-MM-DD:", cell);
    }
    snprintf(last, sizeof last, "%s", cell);
    if (form == ID) {
        snprintf(ids.at[ids.count++], MAX_NAME, "%s", cell);
    }
    return true;
}

static bool
put_cell(const reader *in, FILE *out, const bp_column *columns, size_t index)
{
    const bp_column *column = &columns[index];
    const char *cell = in->cells[index];
    if (cell[0] == '\0') {
        return fail(in, "empty cell (write \"-\") in column", column->name);
    }
    fprintf(out, " .%s = ", column->name);
    switch (column->kind) {
    case TEXT:
    case KEY:
    case ID:
    case DAY:
        put_string(out, cell);
        return true;
    case DATE:
        put_string(out, cell);
        fputs(", .words = ", out);
        put_string(out, in->cells[index - 1]);
        fputs(" \", \" ", out);
        put_string(out, cell);
        return true;
    case NUMBER:
        return put_number(in, out, cell);
    case NAMES:
        return put_names(in, out, columns, cell);
    case WORDS:
        return put_word(in, out, column->words, cell);
    case REGIONS:
        return put_regions(in, out, cell);
    case SOURCES:
        return put_sources(in, out, cell);
    }
    return false;
}

/* What the columns are, for what prints rows and what puts a user's values into them. */
static void
put_columns(FILE *out, const bp_table *table)
{
    fprintf(out, "static const bp_fact_column %s_columns[] = {\n", table->name);
    for (const bp_column *column = table->columns; column->name != NULL; column++) {
        const char *form = column->kind == NUMBER     ? "NUMBER"
                           : column->kind == REGIONS  ? "REGIONS"
                           : column->kind == NAMES    ? "NAMES"
                           : column->kind == SOURCES  ? "SOURCES"
                           : column->words == answers ? "ANSWER"
                           : column->words == flags   ? "FLAG"
                           : column->words == marks   ? "MARK"
                           : column->words == opt_ins ? "OPT_IN"
                           : column->words == copies  ? "COPY"
                                                      : "TEXT";
        fprintf(out, "    {\"%s\", BP_FACT_%s, offsetof(%s, %s)},\n", column->name, form,
                table->c_type, column->name);
    }
    fputs("};\n", out);
}

static bool
check_header(const reader *in, const bp_column *columns)
{
    size_t count = 0;
    for (; columns[count].name != NULL; count++) {
        if (count >= in->cell_count || strcmp(in->cells[count], columns[count].name) != 0) {
            return fail(in, "the header lacks, at its place, the column", columns[count].name);
        }
    }
    return count == in->cell_count || fail(in, "unknown column", in->cells[count]);
}

static bool
convert(const bp_table *table, reader *in, FILE *out)
{
    char as_of[MAX_LINE] = "";
    if (!next_row(in, as_of, sizeof as_of) || !check_header(in, table->columns)) {
        return false;
    }
    if (!is_day(as_of)) {
        return fail(in, "no comment \"# as_of: YYYY-MM-DD\" before the header; found", as_of);
    }
    size_t width = in->cell_count;
    fprintf(out, "static const char %s_as_of[] = \"%.10s\";\n", table->name, as_of);
    fprintf(out, "static const %s %s_rows[] = {\n", table->c_type, table->name);
    while (next_row(in, NULL, 0)) {
        if (in->cell_count != width) {
            return fail(in, "wrong number of cells in the row of", in->cells[0]);
        }
        if (!check_key(in, table->columns[0].kind)) {
            return false;
        }
        fputs("    {", out);
        for (size_t i = 0; i < width; i++) {
            if (i > 0) {
                fputc(',', out);
            }
            if (!put_cell(in, out, table->columns, i)) {
                return false;
            }
        }
        fputs("},\n", out);
    }
    fputs("};\n", out);
    put_columns(out, table);
    return true;
}

int
main(int count, char **arguments)
{
    if (count != 6) {
        fputs("usage: tsv_rows TABLE TABLE.tsv REGIONS.tsv SOURCES.tsv OUTPUT.inc\n", stderr);
        return 2;
    }
    const bp_table *table = NULL;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (strcmp(tables[i].name, arguments[1]) == 0) {
            table = &tables[i];
        }
    }
    static reader in;
    in = (reader){.file = fopen(arguments[2], "r"), .path = arguments[2]};
    if (table == NULL || in.file == NULL) {
        fail(&in, "unknown table or unreadable file", arguments[1]);
        return 1;
    }
    FILE *out = fopen(arguments[5], "w");
    if (out == NULL) {
        fail(&in, "cannot write", arguments[5]);
        fclose(in.file);
        return 1;
    }
    bool good = read_names(arguments[3], &regions) && read_names(arguments[4], &sources) &&
                convert(table, &in, out);
    fclose(in.file);
    if (fclose(out) != 0 || !good) {
        remove(arguments[5]);
        return 1;
    }
    return 0;
}
