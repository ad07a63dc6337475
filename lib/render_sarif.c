/*
 * SARIF 2.1.0, for code scanning of GitHub and others.
 *
 * URIs are relative to the root of the project. Columns count code points. Fingerprints are made of
 * rule, scope and the text at the place, and of no line, so that a finding stays the same while
 * files move. GitHub takes at most 5,000 results it shows and 1,000 related places of one result:
 * the worst findings come first and the rest is left out and counted.
 */
#include "lib/json_write.h"
#include "lib/map.h"
#include "lib/render.h"
#include "lib/sha256.h"

enum { RESULTS_MAX = 5000, RELATED_MAX = 1000, TEXT_MAX = 200 };

static const char schema[] =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/* ---- texts */

static const char *
level_name(bp_severity severity)
{
    return severity == BP_ERROR ? "error" : severity == BP_WARNING ? "warning" : "note";
}

/* A path as a URI: what a URI does not take is escaped. */
static bp_str
uri_of(bp_arena *arena, bp_str path)
{
    bp_buf uri = {.arena = arena};
    if (bp_str_starts(path, BP_STR("/"))) {
        bp_buf_add_c(&uri, "file://");
    }
    for (size_t i = 0; i < path.size; i++) {
        char c = path.at[i];
        bool plain = bp_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '/';
        if (plain) {
            bp_buf_add_char(&uri, c);
        } else {
            bp_buf_format(&uri, "%%%02X", (unsigned)(unsigned char)c);
        }
    }
    return bp_buf_text(&uri);
}

static void
put_message(bp_json *object, const char *key, bp_str text)
{
    bp_json_put_text(bp_json_put_object(object, key), "text", text);
}

typedef struct sarif {
    bp_arena *arena;
    bp_diagnostics *list;
    bp_sources *sources;
    const bp_report_facts *facts;
    bp_map *seen; /* fingerprints */
} sarif;

/* ---- places */

static void
put_region(bp_json *object, const char *key, bp_sources *sources, bp_span span)
{
    bp_position start = bp_sources_position(sources, span.source, span.start);
    bp_position end = bp_sources_position(sources, span.source, span.end);
    bp_json *region = bp_json_put_object(object, key);
    bp_json_put_number(region, "startLine", start.line);
    bp_json_put_number(region, "startColumn", start.column);
    bp_json_put_number(region, "endLine", end.line);
    bp_json_put_number(region, "endColumn", end.column);
}

static void
put_artifact(const sarif *on, bp_json *object, bp_str path)
{
    bool outside = bp_str_starts(path, BP_STR("/"));
    bp_str whole = bp_str_format(on->arena, "%.*s%.*s",
                                 BP_ARG(outside ? BP_STR("") : on->facts->prefix), BP_ARG(path));
    bp_json *artifact = bp_json_put_object(object, "artifactLocation");
    bp_json_put_text(artifact, "uri", uri_of(on->arena, whole));
    if (!outside) {
        bp_json_put_c(artifact, "uriBaseId", "%SRCROOT%");
    }
}

/* A location in `locations`; of a finding about the project as a whole: the first line of the file
 * that stands for it, because code scanning shows nothing without a place. */
static bp_json *
push_location(const sarif *on, bp_json *locations, bp_span span, bp_str otherwise)
{
    const bp_source *source = bp_sources_get(on->sources, span.source);
    if (source == NULL && otherwise.size == 0) {
        return NULL;
    }
    bp_json *location = bp_json_push_object(locations);
    bp_json *physical = bp_json_put_object(location, "physicalLocation");
    put_artifact(on, physical, source == NULL ? otherwise : source->path);
    if (source != NULL) {
        put_region(physical, "region", on->sources, span);
    } else {
        bp_json_put_number(bp_json_put_object(physical, "region"), "startLine", 1);
    }
    return location;
}

static void
put_related(const sarif *on, bp_json *result, const bp_finding *finding)
{
    bp_json *related = bp_json_put_array(result, "relatedLocations");
    for (size_t i = 0; i < finding->labels.count && i < RELATED_MAX; i++) {
        const bp_label *label = &finding->labels.at[i];
        bp_json *location = push_location(on, related, label->span, BP_STR(""));
        if (location != NULL) {
            bp_json_put_number(location, "id", (int64_t)i + 1);
            put_message(location, "message", label->text);
        }
    }
}

/* ---- fixes */

static void
push_replacement(const sarif *on, bp_json *replacements, const bp_edit *edit)
{
    bp_json *replacement = bp_json_push_object(replacements);
    put_region(replacement, "deletedRegion", on->sources, edit->span);
    put_message(replacement, "insertedContent", edit->text);
}

/* Edits of one file stand together. */
static void
put_fix(const sarif *on, bp_json *fixes, const bp_fix *fix)
{
    bp_json *object = bp_json_push_object(fixes);
    bp_str text = bp_str_format(on->arena, "%.*s%s", BP_ARG(fix->text),
                                fix->safe ? "" : " (changes the meaning)");
    put_message(object, "description", text);
    bp_json *changes = bp_json_put_array(object, "artifactChanges");
    for (size_t i = 0; i < fix->edits.count; i++) {
        uint32_t file = fix->edits.at[i].span.source;
        bool first = true;
        for (size_t k = 0; k < i; k++) {
            first = first && fix->edits.at[k].span.source != file;
        }
        if (!first) {
            continue;
        }
        bp_json *change = bp_json_push_object(changes);
        put_artifact(on, change, bp_sources_get(on->sources, file)->path);
        bp_json *replacements = bp_json_put_array(change, "replacements");
        for (size_t k = i; k < fix->edits.count; k++) {
            if (fix->edits.at[k].span.source == file) {
                push_replacement(on, replacements, &fix->edits.at[k]);
            }
        }
    }
}

/* ---- results */

/* What makes a finding the same finding tomorrow; the same once more gets a number. */
static bp_str
fingerprint(const sarif *on, const bp_finding *finding)
{
    bp_arena *arena = on->arena;
    const bp_source *source = bp_sources_get(on->sources, finding->span.source);
    bp_str at = bp_span_text(on->sources, finding->span);
    at = bp_str_trim(bp_str_cut(at, 0, TEXT_MAX));
    bp_str key = bp_str_format(
        arena, "%s\n%.*s\n%.*s\n%.*s", finding->rule->code, BP_ARG(finding->scope),
        BP_ARG(source == NULL || finding->scope.size > 0 ? BP_STR("") : source->path), BP_ARG(at));
    size_t *times = bp_map_get(on->seen, key);
    if (times == NULL) {
        times = BP_NEW(arena, size_t);
        bp_map_set(on->seen, key, times);
    }
    *times += 1;
    return bp_str_format(arena, "%.*s:%zu", BP_ARG(bp_sha256_hex(arena, key)), *times);
}

static void
add_lines(bp_buf *text, const bp_str *lines, size_t count, const char *before)
{
    for (size_t i = 0; i < count; i++) {
        bp_buf_format(text, "\n%s%.*s", before, BP_ARG(lines[i]));
    }
}

static bp_str
whole_message(bp_arena *arena, const bp_finding *finding)
{
    bp_buf text = {.arena = arena};
    bp_buf_add(&text, finding->message);
    add_lines(&text, finding->notes.at, finding->notes.count, "");
    add_lines(&text, finding->help.at, finding->help.count, "help: ");
    return bp_buf_text(&text);
}

static void
put_properties(bp_json *result, const bp_finding *finding)
{
    bp_json *properties = bp_json_put_object(result, "properties");
    bp_json_put_c(properties, "aws", bp_verdict_name(finding->aws));
    if (finding->scope.size > 0) {
        bp_json_put_text(properties, "scope", finding->scope);
    }
    if (finding->cells.count > 0) {
        bp_json_put_number(properties, "targets", (int64_t)finding->cells.count);
    }
}

static void
push_result(const sarif *on, bp_json *results, const bp_finding *finding)
{
    size_t count = 0;
    const bp_rule *rules = bp_diagnostics_rules(on->list, &count);
    bp_json *result = bp_json_push_object(results);
    bp_json_put_c(result, "ruleId", finding->rule->code);
    bp_json_put_number(result, "ruleIndex", finding->rule - rules);
    bp_json_put_c(result, "level", level_name(finding->severity));
    put_message(result, "message", whole_message(on->arena, finding));
    bp_json *locations = bp_json_put_array(result, "locations");
    push_location(on, locations, finding->span, on->facts->project_path);
    put_related(on, result, finding);
    bp_json *prints = bp_json_put_object(result, "partialFingerprints");
    bp_json_put_text(prints, "backpolScope/v1", fingerprint(on, finding));
    if (finding->fixes.count > 0) {
        bp_json *fixes = bp_json_put_array(result, "fixes");
        for (size_t i = 0; i < finding->fixes.count; i++) {
            put_fix(on, fixes, &finding->fixes.at[i]);
        }
    }
    put_properties(result, finding);
}

/* The worst first, each kind in the order of the list. Gives how many are left out. */
static size_t
put_results(const sarif *on, bp_json *run)
{
    static const bp_severity worst_first[] = {BP_ERROR, BP_WARNING, BP_INFO};
    bp_json *results = bp_json_put_array(run, "results");
    size_t total = bp_diagnostics_total(on->list);
    size_t shown = 0;
    for (size_t kind = 0; kind < 3; kind++) {
        for (size_t i = 0; i < total && shown < RESULTS_MAX; i++) {
            const bp_finding *finding = bp_diagnostics_at(on->list, i);
            if (finding->severity == worst_first[kind]) {
                push_result(on, results, finding);
                shown++;
            }
        }
    }
    return total - shown;
}

/* ---- the tool */

static void
push_rule(const sarif *on, bp_json *rules, const bp_rule *rule)
{
    bp_json *object = bp_json_push_object(rules);
    bp_json_put_c(object, "id", rule->code);
    bp_json_put_c(object, "name", rule->slug);
    put_message(object, "shortDescription", bp_str_of(rule->summary));
    const char *page = on->facts->page == NULL ? NULL : on->facts->page(bp_str_of(rule->code));
    if (page != NULL) {
        bp_json *help = bp_json_put_object(object, "help");
        bp_json_put_c(help, "text", page);
        bp_json_put_c(help, "markdown", page);
    }
    bp_json *level = bp_json_put_object(object, "defaultConfiguration");
    bp_json_put_c(level, "level", level_name(rule->severity));
    bp_json *properties = bp_json_put_object(object, "properties");
    bp_json *tags = bp_json_put_array(properties, "tags");
    bp_json_push_text(tags, bp_str_cut(bp_str_of(rule->code), 0, 3));
    bp_json_put_c(properties, "aws", bp_verdict_name(rule->aws));
}

static void
put_tool(const sarif *on, bp_json *run)
{
    size_t count = 0;
    const bp_rule *rules = bp_diagnostics_rules(on->list, &count);
    bp_json *driver = bp_json_put_object(bp_json_put_object(run, "tool"), "driver");
    bp_json_put_c(driver, "name", "backpol");
    if (on->facts->tool_version.size > 0) {
        bp_json_put_text(driver, "version", on->facts->tool_version);
    }
    bp_json *table = bp_json_put_array(driver, "rules");
    for (size_t i = 0; i < count; i++) {
        push_rule(on, table, &rules[i]);
    }
}

/* What was not judged is told, so that an empty list is not read as "all is well". */
static void
put_invocation(const sarif *on, bp_json *run, size_t left_out)
{
    bp_json *invocation = bp_json_push_object(bp_json_put_array(run, "invocations"));
    bp_json_put_bool(invocation, "executionSuccessful", true);
    bp_json *told = bp_json_put_array(invocation, "toolExecutionNotifications");
    for (size_t i = 0; i < bp_diagnostics_skips(on->list); i++) {
        const bp_skip *skip = bp_diagnostics_skip_at(on->list, i);
        bp_json *note = bp_json_push_object(told);
        bp_json_put_c(note, "level", "note");
        put_message(note, "message",
                    bp_str_format(on->arena, "%s not checked %zu times: %.*s", skip->rule->code,
                                  skip->count, BP_ARG(skip->reason)));
    }
    if (left_out > 0) {
        bp_json *note = bp_json_push_object(told);
        bp_json_put_c(note, "level", "warning");
        put_message(note, "message",
                    bp_str_format(on->arena, "%zu more findings are left out", left_out));
    }
}

void
bp_render_sarif(bp_arena *arena, bp_diagnostics *list, const bp_report_facts *facts, bp_output *out)
{
    sarif on = {.arena = arena,
                .list = list,
                .sources = bp_diagnostics_sources(list),
                .facts = facts,
                .seen = bp_map_new(arena)};
    bp_json *document = bp_json_object(arena);
    bp_json_put_c(document, "$schema", schema);
    bp_json_put_c(document, "version", "2.1.0");
    bp_json *run = bp_json_push_object(bp_json_put_array(document, "runs"));
    put_tool(&on, run);
    bp_json_put_c(run, "columnKind", "unicodeCodePoints");
    size_t left_out = put_results(&on, run);
    put_invocation(&on, run, left_out);
    bp_output_str(out, bp_json_print(arena, document, BP_JSON_PRETTY));
    bp_output_text(out, "\n");
}
