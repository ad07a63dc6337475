/*
 * The json format, version 1.0. Fields are only ever added. Texts are given as they are: the writer
 * of json_write.h makes any bytes valid and harmless.
 */
#include "lib/json_write.h"
#include "lib/map.h"
#include "lib/render.h"

static void
put_place(bp_json *object, bp_sources *sources, bp_span span)
{
    const bp_source *source = bp_sources_get(sources, span.source);
    if (source == NULL) {
        return;
    }
    bp_position start = bp_sources_position(sources, span.source, span.start);
    bp_position end = bp_sources_position(sources, span.source, span.end);
    bp_json_put_text(object, "file", source->path);
    bp_json_put_number(object, "line", start.line);
    bp_json_put_number(object, "column", start.column);
    bp_json_put_number(object, "end_line", end.line);
    bp_json_put_number(object, "end_column", end.column);
}

static void
put_texts(bp_json *object, const char *key, const bp_str *texts, size_t count)
{
    bp_json *array = bp_json_put_array(object, key);
    for (size_t i = 0; i < count; i++) {
        bp_json_push_text(array, texts[i]);
    }
}

static void
put_fix(bp_json *fixes, const bp_fix *fix, const bp_sources *sources)
{
    bp_json *object = bp_json_push_object(fixes);
    bp_json_put_bool(object, "safe", fix->safe);
    bp_json_put_text(object, "text", fix->text);
    bp_json *edits = bp_json_put_array(object, "edits");
    for (size_t i = 0; i < fix->edits.count; i++) {
        const bp_edit *edit = &fix->edits.at[i];
        const bp_source *source = bp_sources_get(sources, edit->span.source);
        bp_json *each = bp_json_push_object(edits);
        bp_json_put_text(each, "file", source == NULL ? BP_STR("") : source->path);
        bp_json_put_number(each, "start", edit->span.start);
        bp_json_put_number(each, "end", edit->span.end);
        bp_json_put_text(each, "text", edit->text);
    }
}

static void
put_targets(bp_arena *arena, bp_json *object, const bp_finding *finding)
{
    if (finding->cells.count == 0) {
        return;
    }
    bp_map *accounts = bp_map_new(arena);
    bp_map *regions = bp_map_new(arena);
    bp_json *targets = bp_json_put_object(object, "targets");
    bp_json_put_number(targets, "count", (int64_t)finding->cells.count);
    for (size_t i = 0; i < finding->cells.count; i++) {
        bp_cell *cell = &finding->cells.at[i];
        bp_map_set(accounts, cell->account, cell);
        if (cell->region.size > 0) {
            bp_map_set(regions, cell->region, cell);
        }
    }
    bp_json_put_number(targets, "accounts", (int64_t)bp_map_count(accounts));
    bp_json_put_number(targets, "regions", (int64_t)bp_map_count(regions));
    bp_json *sample = bp_json_put_array(targets, "sample");
    for (size_t i = 0; i < finding->cells.count; i++) {
        bp_json *each = bp_json_push_object(sample);
        bp_json_put_text(each, "account", finding->cells.at[i].account);
        if (finding->cells.at[i].region.size > 0) {
            bp_json_put_text(each, "region", finding->cells.at[i].region);
        }
    }
}

bp_json *
bp_render_finding(bp_json *findings, bp_sources *sources, const bp_finding *finding)
{
    bp_json *object = bp_json_push_object(findings);
    bp_json_put_c(object, "code", finding->rule->code);
    bp_json_put_c(object, "slug", finding->rule->slug);
    bp_json_put_c(object, "severity", bp_severity_name(finding->severity));
    bp_json_put_c(object, "aws", bp_verdict_name(finding->aws));
    bp_json_put_text(object, "message", finding->message);
    put_place(object, sources, finding->span);
    if (finding->scope.size > 0) {
        bp_json_put_text(object, "scope", finding->scope);
    }
    bp_json *labels = bp_json_put_array(object, "labels");
    for (size_t i = 0; i < finding->labels.count; i++) {
        bp_json *label = bp_json_push_object(labels);
        put_place(label, sources, finding->labels.at[i].span);
        bp_json_put_text(label, "text", finding->labels.at[i].text);
    }
    put_texts(object, "notes", finding->notes.at, finding->notes.count);
    put_texts(object, "help", finding->help.at, finding->help.count);
    bp_json *fixes = bp_json_put_array(object, "fixes");
    for (size_t i = 0; i < finding->fixes.count; i++) {
        put_fix(fixes, &finding->fixes.at[i], sources);
    }
    return object;
}

static void
put_head(bp_json *report, const bp_report_facts *facts)
{
    bp_json_put_c(report, "format_version", "1.0");
    bp_json *tool = bp_json_put_object(report, "tool");
    bp_json_put_c(tool, "name", "backpol");
    if (facts->tool_version.size > 0) {
        bp_json_put_text(tool, "version", facts->tool_version);
    }
    if (facts->facts_as_of.size > 0) {
        bp_json_put_text(tool, "facts_as_of", facts->facts_as_of);
    }
    if (facts->inventory_path.size > 0) {
        bp_json *inventory = bp_json_put_object(report, "inventory");
        bp_json_put_text(inventory, "path", facts->inventory_path);
        if (facts->captured_at.size > 0) {
            bp_json_put_text(inventory, "captured_at", facts->captured_at);
        }
        bp_json_put_number(inventory, "accounts", (int64_t)facts->accounts);
        if (facts->known != NULL) {
            bp_json_put(inventory, "known", bp_json_copy(facts->known));
        }
    }
}

static void
put_summary(bp_json *report, const bp_diagnostics *list, const bp_report_facts *facts)
{
    bp_json *summary = bp_json_put_object(report, "summary");
    bp_json_put_number(summary, "errors", (int64_t)bp_diagnostics_count(list, BP_ERROR));
    bp_json_put_number(summary, "warnings", (int64_t)bp_diagnostics_count(list, BP_WARNING));
    bp_json_put_number(summary, "infos", (int64_t)bp_diagnostics_count(list, BP_INFO));
    bp_json_put_number(summary, "suppressed", (int64_t)facts->suppressed);
    bp_json_put_number(summary, "baselined", (int64_t)facts->baselined);
    bp_json *skipped = bp_json_put_array(summary, "skipped");
    for (size_t i = 0; i < bp_diagnostics_skips(list); i++) {
        const bp_skip *skip = bp_diagnostics_skip_at(list, i);
        bp_json *each = bp_json_push_object(skipped);
        bp_json_put_c(each, "code", skip->rule->code);
        bp_json_put_number(each, "count", (int64_t)skip->count);
        bp_json_put_text(each, "reason", skip->reason);
    }
}

void
bp_render_json(bp_arena *arena, bp_diagnostics *list, const bp_report_facts *facts, bp_output *out)
{
    bp_json *report = bp_json_object(arena);
    put_head(report, facts);
    bp_json *findings = bp_json_put_array(report, "findings");
    size_t total = bp_diagnostics_total(list);
    size_t shown = facts->limit > 0 && facts->limit < total ? facts->limit : total;
    for (size_t i = 0; i < shown; i++) {
        const bp_finding *finding = bp_diagnostics_at(list, i);
        bp_json *object = bp_render_finding(findings, bp_diagnostics_sources(list), finding);
        put_targets(arena, object, finding);
    }
    put_summary(report, list, facts);
    bp_output_str(out, bp_json_print(arena, report, BP_JSON_PRETTY));
    bp_output_text(out, "\n");
}
