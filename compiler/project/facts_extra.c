/*
 * Reads a project's own rows for the fact tables. Rows of Regions are put in first, so that other
 * rows of the file may name new ones. What the columns take, the tables know (facts/tables.h).
 */
#include "compiler/project/facts_extra.h"

#include "compiler/facts/tables.h"
#include "compiler/organization/yaml.h"
#include "lib/calendar.h"
#include "lib/map.h"
#include "lib/suggest.h"
#include "lib/vec.h"

typedef struct setting {
    bp_str column;
    bp_span column_span;
    bp_str value;
    bp_span value_span;
} setting;

/* A row as it is written. */
typedef struct entry {
    bp_span span; /* of its first key */
    bp_yaml_event table;
    bp_yaml_event key;
    bp_yaml_event reason;
    bp_yaml_event date;
    BP_VEC(setting) set;
    bp_span set_span;
    unsigned seen; /* bits by member */
    bp_span places[5];
} entry;

static const char *const members[] = {"table", "key", "set", "reason", "date"};

enum { TABLE, KEY, SET, REASON, DATE, MEMBERS };

typedef struct reader {
    bp_arena *arena;
    bp_diagnostics *list;
    const bp_source *source;
    bp_yaml *yaml;
    BP_VEC(entry) entries;
    bp_facts *facts;
    bp_map *keys; /* "table key" → span * */
    bool bad;
} reader;

static bp_finding *refuse(reader *r, bp_span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bp_finding *
refuse(reader *r, bp_span span, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_str text = bp_str_vformat(r->arena, format, arguments);
    va_end(arguments);
    r->bad = true;
    return bp_report(r->list, "CFG001", span, "%.*s", BP_ARG(text));
}

/* Offers the nearest word in place of what was written. */
static void
did_you_mean(reader *r, bp_finding *finding, const bp_suggester *suggester)
{
    if (suggester->best.size > 0) {
        bp_finding_fix(r->list, finding, false, finding->span, suggester->best,
                       "replace with \"%.*s\"", BP_ARG(suggester->best));
    }
}

static void
twice(reader *r, bp_span span, bp_str what, bp_span before)
{
    bp_finding *finding =
        bp_report(r->list, "SYN007", span, "\"%.*s\" twice in one mapping", BP_ARG(what));
    bp_finding_label(r->list, finding, before, "first here");
    r->bad = true;
}

static void
wrong_kind(reader *r, bp_yaml_event event, const char *belongs)
{
    if (event.kind == BP_YAML_ERROR || event.kind == BP_YAML_END) {
        r->bad = true;
        return;
    }
    const char *seen = event.kind == BP_YAML_MAP    ? "a mapping"
                       : event.kind == BP_YAML_LIST ? "a list"
                       : event.text.size == 0       ? "no value"
                                                    : "a single value";
    bp_span span = event.span;
    if (span.start == span.end && span.end < r->source->text.size) {
        span.end++;
    }
    (void)refuse(r, span, "%s here; %s belongs here", seen, belongs);
    (void)bp_yaml_skip(r->yaml, event);
}

/* A list of codes becomes one text with blanks. */
static bool
read_value(reader *r, bp_yaml_event first, setting *to)
{
    if (first.kind == BP_YAML_SCALAR && first.text.size > 0) {
        to->value = first.text;
        to->value_span = first.span;
        return true;
    }
    if (first.kind != BP_YAML_LIST) {
        wrong_kind(r, first, "the value of a column");
        return false;
    }
    bp_buf text = {.arena = r->arena};
    to->value_span = first.span;
    for (;;) {
        bp_yaml_event item = bp_yaml_next(r->yaml);
        if (item.kind == BP_YAML_LIST_END) {
            break;
        }
        if (item.kind != BP_YAML_SCALAR) {
            wrong_kind(r, item, "a Region code");
            return false;
        }
        to->value_span = bp_span_join(to->value_span, item.span);
        bp_buf_format(&text, "%s%.*s", text.size > 0 ? " " : "", BP_ARG(item.text));
    }
    to->value = text.size > 0 ? bp_buf_text(&text) : BP_STR("none");
    return true;
}

static void
read_set(reader *r, entry *into, bp_yaml_event first)
{
    if (first.kind != BP_YAML_MAP) {
        wrong_kind(r, first, "a mapping of columns to values");
        return;
    }
    for (;;) {
        bp_yaml_event column = bp_yaml_next(r->yaml);
        if (column.kind != BP_YAML_SCALAR) {
            break;
        }
        setting one = {.column = column.text, .column_span = column.span};
        bool known = false;
        for (size_t i = 0; i < into->set.count && !known; i++) {
            known = bp_str_equal(into->set.at[i].column, column.text);
            if (known) {
                twice(r, column.span, column.text, into->set.at[i].column_span);
            }
        }
        if (read_value(r, bp_yaml_next(r->yaml), &one) && !known) {
            *bp_vec_add(r->arena, &into->set) = one;
        }
    }
}

static void
read_member(reader *r, entry *into, size_t member, bp_yaml_event value)
{
    static const char *const belongs[] = {"the name of a table", "the key of a row", "",
                                          "the reason for the row", "the day of the row"};
    if (member == SET) {
        read_set(r, into, value);
    } else if (value.kind != BP_YAML_SCALAR || value.text.size == 0) {
        wrong_kind(r, value, belongs[member]);
    } else {
        *(member == TABLE    ? &into->table
          : member == KEY    ? &into->key
          : member == REASON ? &into->reason
                             : &into->date) = value;
    }
}

static void
read_entry(reader *r, bp_yaml_event first)
{
    if (first.kind != BP_YAML_MAP) {
        wrong_kind(r, first, "a row, {table, key, set, reason, date},");
        return;
    }
    entry *into = bp_vec_add(r->arena, &r->entries);
    *into = (entry){.span = first.span};
    for (;;) {
        bp_yaml_event key = bp_yaml_next(r->yaml);
        if (key.kind != BP_YAML_SCALAR) {
            return;
        }
        bp_suggester near = bp_suggest_start(key.text);
        size_t i = 0;
        while (i < MEMBERS && !bp_str_is(key.text, members[i])) {
            bp_suggest_offer(&near, bp_str_of(members[i++]));
        }
        into->span = into->seen == 0 ? key.span : into->span;
        bp_yaml_event value = bp_yaml_next(r->yaml);
        if (i == MEMBERS) {
            did_you_mean(
                r, refuse(r, key.span, "unknown key \"%.*s\" in a row of facts", BP_ARG(key.text)),
                &near);
            (void)bp_yaml_skip(r->yaml, value);
        } else if ((into->seen & (1U << i)) != 0) {
            twice(r, key.span, key.text, into->places[i]);
            (void)bp_yaml_skip(r->yaml, value);
        } else {
            into->seen |= 1U << i;
            into->places[i] = key.span;
            read_member(r, into, i, value);
        }
    }
}

static bool
read_file(reader *r)
{
    bp_yaml_event first = bp_yaml_next(r->yaml);
    if (first.kind == BP_YAML_ERROR) {
        return false;
    }
    if (first.kind == BP_YAML_END) {
        (void)refuse(r, bp_span_of(r->source, 0, 0), "the file of facts is empty");
        return false;
    }
    if (first.kind != BP_YAML_LIST) {
        wrong_kind(r, first, "a list of rows, each {table, key, set, reason, date},");
        return false;
    }
    for (;;) {
        bp_yaml_event item = bp_yaml_next(r->yaml);
        if (item.kind == BP_YAML_LIST_END) {
            break;
        }
        if (item.kind == BP_YAML_ERROR || item.kind == BP_YAML_END) {
            return false;
        }
        read_entry(r, item);
    }
    return bp_yaml_next(r->yaml).kind == BP_YAML_END && !r->bad;
}

static bool
is_whole(reader *r, const entry *row)
{
    static const char *const why[] = {
        "it names the table", "it names the row", "it gives columns and their values",
        "a row that overrules AWS's documents says why", "it says of which day it is"};
    for (size_t i = 0; i < MEMBERS; i++) {
        if ((row->seen & (1U << i)) == 0) {
            bp_finding *finding = refuse(r, row->span, "a row of facts without \"%s\"", members[i]);
            bp_finding_help(r->list, finding, "%s", why[i]);
            return false;
        }
    }
    int64_t day = 0;
    if (row->date.text.size != 10 || !bp_instant_parse(row->date.text, &day)) {
        (void)refuse(r, row->date.span, "\"%.*s\" is no day; write it as 2026-11-02",
                     BP_ARG(row->date.text));
        return false;
    }
    if (row->set.count == 0) {
        (void)refuse(r, row->places[SET], "a row of facts that sets nothing");
        return false;
    }
    return true;
}

static const bp_fact_table *
find_table(reader *r, const entry *row)
{
    const bp_fact_table *table = bp_fact_table_find(r->facts, row->table.text);
    if (table != NULL && table->user != 0) {
        return table;
    }
    bp_suggester near = bp_suggest_start(row->table.text);
    bp_buf names = {.arena = r->arena};
    for (size_t i = 0; i < BP_TABLES; i++) {
        if (r->facts->tables[i].user != 0) {
            bp_suggest_offer(&near, bp_str_of(r->facts->tables[i].name));
            bp_buf_format(&names, "%s%s", names.size > 0 ? ", " : "", r->facts->tables[i].name);
        }
    }
    bp_finding *finding = refuse(r, row->table.span,
                                 table == NULL ? "there is no table of facts \"%.*s\""
                                               : "rows of table \"%.*s\" cannot be changed",
                                 BP_ARG(row->table.text));
    bp_finding_help(r->list, finding, "tables that take rows: %.*s", BP_ARG(bp_buf_text(&names)));
    if (table == NULL) {
        did_you_mean(r, finding, &near);
    }
    return NULL;
}

static void
report_key(reader *r, const entry *row, const bp_fact_table *table)
{
    bp_suggester near = bp_suggest_start(row->key.text);
    for (size_t i = 0; i < table->count; i++) {
        bp_suggest_offer(&near, bp_fact_key(r->arena, table, i));
    }
    bp_finding *finding = refuse(r, row->key.span,
                                 table->grows ? "\"%.*s\" cannot be a key of table %s"
                                              : "\"%.*s\" is no row of table %s",
                                 BP_ARG(row->key.text), table->name);
    if (table->second_key > table->key) {
        bp_finding_help(r->list, finding, "a key of this table is two words: %s and %s",
                        table->columns[table->key].name, table->columns[table->second_key].name);
    }
    did_you_mean(r, finding, &near);
}

/* A new row without what tells where it belongs is a slip of the key. */
static bool
new_row_is_whole(reader *r, const entry *row, const bp_fact_table *table)
{
    static const char *const needed[][3] = {
        [BP_TABLE_REGIONS] = {"partition", "opt_in", NULL},
        [BP_TABLE_TYPES] = {"label", "api_name", NULL},
        [BP_TABLE_TYPE_REGIONS] = {"missing", NULL, NULL},
        [BP_TABLE_COPY_EXCEPTIONS] = {"regions", NULL, NULL},
        [BP_TABLES] = {NULL, NULL, NULL},
    };
    size_t id = (size_t)(table - r->facts->tables);
    for (const char *const *name = needed[id]; *name != NULL; name++) {
        bool written = false;
        for (size_t i = 0; i < row->set.count; i++) {
            written = written || bp_str_is(row->set.at[i].column, *name);
        }
        if (!written) {
            bp_suggester near = bp_suggest_start(row->key.text);
            for (size_t i = 0; i < table->count; i++) {
                bp_suggest_offer(&near, bp_fact_key(r->arena, table, i));
            }
            bp_finding *finding = refuse(
                r, row->key.span, "table %s has no row \"%.*s\"; a new one has to set \"%s\"",
                table->name, BP_ARG(row->key.text), *name);
            did_you_mean(r, finding, &near);
            return false;
        }
    }
    return true;
}

static void
report_column(reader *r, const setting *one, const bp_fact_table *table,
              const bp_fact_column *column)
{
    bp_suggester near = bp_suggest_start(one->column);
    for (size_t i = 0; i < table->column_count; i++) {
        if (bp_fact_settable(table, &table->columns[i])) {
            bp_suggest_offer(&near, bp_str_of(table->columns[i].name));
        }
    }
    bp_finding *finding =
        refuse(r, one->column_span, "table %s has no column \"%.*s\"%s", table->name,
               BP_ARG(one->column), column == NULL ? "" : " that a row can set");
    did_you_mean(r, finding, &near);
}

/* Whether a cell already had the value that the user gives it. */
static bool
same_as_before(reader *r, const bp_fact_table *before, const bp_fact_table *after, size_t row,
               const bp_fact_column *column)
{
    bp_buf old = {.arena = r->arena};
    bp_buf new = {.arena = r->arena};
    size_t index = (size_t)(column - after->columns);
    bp_fact_cell(r->facts, before, row, index, &old);
    bp_fact_cell(r->facts, after, row, index, &new);
    return bp_str_equal(bp_buf_text(&old), bp_buf_text(&new));
}

static void
set_all(reader *r, const entry *row, const bp_fact_table *table, size_t index, bool added)
{
    const bp_fact_table before = *table;
    bool same = !added;
    for (size_t i = 0; i < row->set.count; i++) {
        const setting *one = &row->set.at[i];
        const bp_fact_column *column = bp_fact_column_find(table, one->column);
        const char *belongs = "";
        if (column == NULL || !bp_fact_settable(table, column)) {
            report_column(r, one, table, column);
        } else if (!bp_fact_set(r->arena, r->facts, table, index, column, one->value, &belongs)) {
            (void)refuse(r, one->value_span, "\"%.*s\" is no value of column %s; it takes %s",
                         BP_ARG(one->value), column->name, belongs);
        } else {
            same = same && same_as_before(r, &before, table, index, column);
        }
    }
    if (same && !r->bad) {
        bp_finding *finding = bp_report(r->list, "CFG001", row->key.span,
                                        "this row says what table %s says without it", table->name);
        finding->severity = BP_INFO;
        bp_finding_help(r->list, finding, "remove the row");
    }
}

static bool
is_first(reader *r, const entry *row)
{
    bp_str name =
        bp_str_format(r->arena, "%.*s %.*s", BP_ARG(row->table.text), BP_ARG(row->key.text));
    bp_span *span = BP_NEW(r->arena, bp_span);
    *span = row->key.span;
    bool added = false;
    const bp_span *before = bp_map_add(r->keys, name, span, &added);
    if (!added) {
        bp_finding *finding = refuse(r, row->key.span, "a second row for \"%.*s\" of table %.*s",
                                     BP_ARG(row->key.text), BP_ARG(row->table.text));
        bp_finding_label(r->list, finding, *before, "first here");
    }
    return added;
}

static void
apply(reader *r, const entry *row)
{
    const bp_fact_table *table = find_table(r, row);
    if (table == NULL || !is_first(r, row)) {
        return;
    }
    bool added = bp_fact_row_find(table, row->key.text) < 0;
    bp_user_row *user = BP_NEW(r->arena, bp_user_row);
    bp_buf columns = {.arena = r->arena};
    bp_buf set = {.arena = r->arena};
    for (size_t i = 0; i < row->set.count; i++) {
        bp_buf_format(&columns, "%s%.*s", i > 0 ? " " : "", BP_ARG(row->set.at[i].column));
        bp_buf_format(&set, "%s%.*s: %.*s", i > 0 ? ", " : "", BP_ARG(row->set.at[i].column),
                      BP_ARG(row->set.at[i].value));
    }
    *user = (bp_user_row){.key = row->key.text,
                          .columns = bp_buf_text(&columns),
                          .set = bp_buf_text(&set),
                          .reason = row->reason.text,
                          .date = row->date.text,
                          .span = row->key.span};
    size_t index = 0;
    if (added && table->grows && !new_row_is_whole(r, row, table)) {
        return;
    }
    if (!bp_fact_put(r->arena, r->facts, table, user, &index)) {
        report_key(r, row, table);
        return;
    }
    set_all(r, row, table, index, added);
}

bool
bp_facts_extra_read(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source,
                    const bp_facts **facts)
{
    reader r = {.arena = arena,
                .list = diagnostics,
                .source = source,
                .facts = bp_facts_edit(arena, *facts),
                .keys = bp_map_new(arena)};
    r.yaml = bp_yaml_open(arena, diagnostics, source, "the file of facts");
    if (!read_file(&r)) {
        return false;
    }
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < r.entries.count; i++) {
            const entry *row = &r.entries.at[i];
            if (bp_str_is(row->table.text, "regions") != (pass == 0)) {
                continue;
            }
            if (is_whole(&r, row)) {
                apply(&r, row);
            }
        }
    }
    if (r.bad) {
        return false;
    }
    *facts = r.facts;
    return true;
}
