/*
 * `backpol facts [TABLE [KEY]]`: the tables about AWS in use, with the rows that the project or
 * --facts put on top. What the tables hold, compiler/facts knows; here they are only printed.
 */
#include "compiler/cli/run.h"

#include "compiler/facts/tables.h"
#include "lib/json_write.h"
#include "lib/suggest.h"

#include <string.h>

/* What is printed. */
typedef struct shown {
    bp_run *run;
    const bp_facts *facts;
    const bp_fact_table *table;
    int row; /* -1: all */
} shown;

static bp_str
cell_of(const shown *s, size_t row, size_t column)
{
    bp_buf text = {.arena = s->run->arena};
    bp_fact_cell(s->facts, s->table, row, column, &text);
    return bp_buf_text(&text);
}

static size_t
users_of(const bp_fact_table *table)
{
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++) {
        count += bp_fact_user(table, i) != NULL;
    }
    return count;
}

/* ---- text */

static void
print_tables(bp_run *run, const bp_facts *facts)
{
    for (size_t i = 0; i < BP_TABLES; i++) {
        const bp_fact_table *table = &facts->tables[i];
        size_t users = users_of(table);
        bp_output_format(run->out, "%-17s %3zu rows  as of %s  %s", table->name, table->count,
                         table->as_of, table->what);
        if (users > 0) {
            bp_output_format(run->out, " (%zu changed by rows of yours)", users);
        }
        bp_output_text(run->out, "\n");
    }
}

static bool
is_apart(const bp_fact_table *table, size_t column)
{
    const bp_fact_column *which = &table->columns[column];
    return column == table->key || (column == table->second_key && table->second_key != 0) ||
           which->kind == BP_FACT_MARK || which->kind == BP_FACT_SOURCES ||
           strcmp(which->name, "note") == 0;
}

/* The cells that are neither key, mark, source nor note: answers by name, all on one line. */
static void
print_cells(const shown *s, size_t row)
{
    bool first = true;
    for (size_t c = 0; c < s->table->column_count; c++) {
        bp_str cell = cell_of(s, row, c);
        if (is_apart(s->table, c) || cell.size == 0) {
            continue;
        }
        bp_output_format(s->run->out, "%s%s: %.*s", first ? "  " : ", ", s->table->columns[c].name,
                         BP_ARG(cell));
        first = false;
    }
    bp_output_text(s->run->out, first ? "" : "\n");
}

static void
print_row(const shown *s, size_t row, bp_buf *codes)
{
    bp_output *out = s->run->out;
    const bp_user_row *user = bp_fact_user(s->table, row);
    bp_output_format(out, "%.*s\n", BP_ARG(bp_fact_key(s->run->arena, s->table, row)));
    print_cells(s, row);
    for (size_t c = 0; c < s->table->column_count; c++) {
        const bp_fact_column *column = &s->table->columns[c];
        bp_str cell = cell_of(s, row, c);
        bool apart = column->kind == BP_FACT_SOURCES || column->kind == BP_FACT_MARK ||
                     strcmp(column->name, "note") == 0;
        if (apart && cell.size > 0) {
            bp_output_format(out, "  %s: %.*s\n", column->name, BP_ARG(cell));
        }
        if (column->kind == BP_FACT_SOURCES) {
            bp_buf_format(codes, "%.*s ", BP_ARG(cell));
        }
    }
    if (user != NULL) {
        bp_output_format(out, "  yours: %.*s (%.*s, %.*s)\n", BP_ARG(user->set),
                         BP_ARG(user->reason), BP_ARG(user->date));
    }
}

static bool
list_has(bp_str list, const char *code)
{
    for (bp_str rest = list; rest.size > 0;) {
        size_t end = bp_str_find(rest, ' ');
        if (bp_str_is(bp_str_cut(rest, 0, end), code)) {
            return true;
        }
        rest = bp_str_cut(rest, end + 1, rest.size);
    }
    return false;
}

static void
print_table(const shown *s)
{
    bp_buf codes = {.arena = s->run->arena};
    size_t count = 0;
    const bp_fact_origin *origins = bp_fact_origins(&count);
    bp_output_format(s->run->out, "%s, as of %s\n\n", s->table->name, s->table->as_of);
    for (size_t i = 0; i < s->table->count; i++) {
        if (s->row < 0 || (size_t)s->row == i) {
            print_row(s, i, &codes);
        }
    }
    if (codes.size == 0) {
        return;
    }
    bp_output_text(s->run->out, "\nsources\n");
    for (size_t i = 0; i < count; i++) {
        if (list_has(bp_buf_text(&codes), origins[i].code)) {
            bp_output_format(s->run->out, "  %-5s %s\n", origins[i].code, origins[i].words);
        }
    }
}

/* ---- json */

static void
put_sources(const shown *s, bp_json *row, bp_str codes)
{
    bp_json *list = bp_json_put_array(row, "sources");
    size_t count = 0;
    const bp_fact_origin *origins = bp_fact_origins(&count);
    (void)s;
    for (size_t i = 0; i < count; i++) {
        if (list_has(codes, origins[i].code)) {
            bp_json *source = bp_json_push_object(list);
            bp_json_put_c(source, "code", origins[i].code);
            bp_json_put_c(source, "what", origins[i].what);
            bp_json_put_c(source, "date", origins[i].date);
            bp_json_put_c(source, "url", origins[i].url);
        }
    }
}

static void
put_row(const shown *s, bp_json *list, size_t index)
{
    bp_json *row = bp_json_push_object(list);
    const bp_user_row *user = bp_fact_user(s->table, index);
    bp_json_put_text(row, "key", bp_fact_key(s->run->arena, s->table, index));
    bp_json *cells = bp_json_put_object(row, "cells");
    bp_str codes = {0};
    for (size_t c = 0; c < s->table->column_count; c++) {
        const bp_fact_column *column = &s->table->columns[c];
        bp_str cell = cell_of(s, index, c);
        if (column->kind == BP_FACT_SOURCES) {
            codes = cell;
        } else if (column->kind == BP_FACT_MARK) {
            bp_json_put_text(row, "mark", cell);
        } else {
            bp_json_put_text(cells, column->name, cell);
        }
    }
    put_sources(s, row, codes);
    if (user != NULL) {
        bp_json *yours = bp_json_put_object(row, "yours");
        bp_json_put_text(yours, "set", user->set);
        bp_json_put_text(yours, "reason", user->reason);
        bp_json_put_text(yours, "date", user->date);
    }
}

static void
print_json(const shown *s)
{
    bp_json *document = bp_json_object(s->run->arena);
    bp_json_put_c(document, "format_version", "1.0");
    bp_json_put_c(document, "facts_as_of", bp_facts_as_of());
    bp_json *tables = bp_json_put_array(document, "tables");
    for (size_t i = 0; i < BP_TABLES; i++) {
        const bp_fact_table *table = &s->facts->tables[i];
        if (s->table != NULL && s->table != table) {
            continue;
        }
        bp_json *one = bp_json_push_object(tables);
        bp_json_put_c(one, "name", table->name);
        bp_json_put_c(one, "what", table->what);
        bp_json_put_c(one, "as_of", table->as_of);
        bp_json_put_number(one, "count", (int64_t)table->count);
        bp_json_put_number(one, "yours", (int64_t)users_of(table));
        bp_json *rows = s->table == NULL ? NULL : bp_json_put_array(one, "rows");
        for (size_t r = 0; rows != NULL && r < table->count; r++) {
            if (s->row < 0 || (size_t)s->row == r) {
                put_row(s, rows, r);
            }
        }
    }
    bp_output_str(s->run->out, bp_json_print(s->run->arena, document, BP_JSON_PRETTY));
    bp_output_text(s->run->out, "\n");
}

/* ---- the command */

static bool
choose(bp_run *run, shown *s)
{
    if (run->line.words.count == 0) {
        return true;
    }
    bp_str name = bp_str_of(run->line.words.at[0]);
    s->table = bp_fact_table_find(s->facts, name);
    bp_suggester near = bp_suggest_start(name);
    if (s->table == NULL) {
        for (size_t i = 0; i < BP_TABLES; i++) {
            bp_suggest_offer(&near, bp_str_of(s->facts->tables[i].name));
        }
        bp_run_usage(run,
                     near.best.size > 0 ? "no table of facts is called \"%.*s\"; did you mean "
                                          "\"%.*s\"?"
                                        : "no table of facts is called \"%.*s\"; backpol "
                                          "facts lists them%.*s",
                     BP_ARG(name), BP_ARG(near.best));
        return false;
    }
    if (run->line.words.count == 1) {
        return true;
    }
    bp_buf key = {.arena = run->arena};
    for (size_t i = 1; i < run->line.words.count; i++) {
        bp_buf_format(&key, "%s%s", i > 1 ? " " : "", run->line.words.at[i]);
    }
    near = bp_suggest_start(bp_buf_text(&key));
    s->row = bp_fact_row_find(s->table, bp_buf_text(&key));
    for (size_t i = 0; s->row < 0 && i < s->table->count; i++) {
        bp_suggest_offer(&near, bp_fact_key(run->arena, s->table, i));
    }
    if (s->row < 0) {
        bp_run_usage(run,
                     near.best.size > 0 ? "table %s has no row \"%.*s\"; did you mean \"%.*s\"?"
                                        : "table %s has no row \"%.*s\"%.*s",
                     s->table->name, BP_ARG(bp_buf_text(&key)), BP_ARG(near.best));
    }
    return s->row >= 0;
}

int
bp_command_facts(bp_run *run)
{
    const char *format = bp_option_value(&run->line, BP_OPTION_FORMAT);
    bool json = format != NULL && bp_str_is(bp_str_of(format), "json");
    if (format != NULL && !json && !bp_str_is(bp_str_of(format), "text")) {
        return bp_run_usage(run, "facts are printed as text or json, not \"%s\"", format);
    }
    bp_session *session = bp_project_facts(run);
    if (session == NULL) {
        return BP_EXIT_CANNOT;
    }
    shown s = {.run = run, .facts = session->facts, .row = -1};
    if (!choose(run, &s)) {
        return BP_EXIT_CANNOT;
    }
    if (json) {
        print_json(&s);
    } else if (s.table == NULL) {
        print_tables(run, s.facts);
    } else {
        print_table(&s);
    }
    return BP_EXIT_NOTHING;
}
