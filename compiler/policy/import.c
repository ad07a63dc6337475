/*
 * Import, in its order: the document is read and judged, written in the language, laid out, read
 * again and compared. What it writes stands in write_bpol*.c.
 */
#include "compiler/policy/import.h"

#include "compiler/policy/document_parts.h"
#include "compiler/policy/import_parts.h"
#include "grammar/format.h"

/* Findings about texts that the program makes itself: nobody sees them. */
static bp_diagnostics *
own_diagnostics(const bp_import *import, bp_sources *sources)
{
    size_t count = 0;
    const bp_rule *rules = bp_diagnostics_rules(import->diagnostics, &count);
    return bp_diagnostics_new(import->arena, sources, rules, count);
}

/* The document of a text of the language; NULL when it does not parse or holds something else. */
static const bp_policy *
read_again(const bp_import *import, bp_diagnostics *unseen, bp_str text)
{
    const bp_source *source =
        bp_sources_add(bp_diagnostics_sources(unseen), BP_STR("import.bpol"), text);
    const bp_ast_file *file = bp_parse(import->arena, unseen, source);
    bp_elaboration how = {
        .arena = import->arena, .diagnostics = unseen, .partition = import->partition};
    bp_program *program = NULL;
    if (file->broken || !bp_elaborate(&how, &file, 1, &program) || program->policies.count != 1) {
        return NULL;
    }
    return program->policies.at[0];
}

static bool
is_same(const bp_import *import, bp_str text, const bp_source *document)
{
    bp_sources *sources = bp_sources_new(import->arena);
    bp_diagnostics *unseen = own_diagnostics(import, sources);
    const bp_policy *policy = read_again(import, unseen, text);
    if (policy == NULL) {
        return false;
    }
    bp_str again = bp_tree_write_compact(import->arena, policy->document);
    const bp_source *first = bp_sources_add(sources, BP_STR("document.json"), document->text);
    const bp_source *second = bp_sources_add(sources, BP_STR("again.json"), again);
    return bp_import_same(import->arena, unseen, first, second);
}

static bp_str
lay_out(const bp_import *import, bp_str text)
{
    bp_sources *sources = bp_sources_new(import->arena);
    bp_diagnostics *unseen = own_diagnostics(import, sources);
    bp_buf out = {.arena = import->arena};
    const bp_source *source = bp_sources_add(sources, BP_STR("import.bpol"), text);
    return bp_format(import->arena, unseen, source, &out) ? bp_buf_text(&out) : text;
}

/* Tells why a document that parsed cannot be a policy, unless the reader did. */
static void
report_refused(const bp_import *import, bp_span span)
{
    if (bp_diagnostics_has(import->diagnostics, BP_ERROR)) {
        return;
    }
    bp_report(import->diagnostics, "SYN002", span,
              "no policy that could be imported; a policy is an object with \"plans\", and every "
              "key stands in it once");
}

bp_import_result
bp_import_document(const bp_import *import, const bp_source *source, bp_str *text)
{
    bp_document document = {
        .arena = import->arena, .diagnostics = import->diagnostics, .source = source};
    bp_sources *sources = bp_sources_new(import->arena);
    bp_document quiet = document;
    bp_policy *policy = NULL;
    bool empty = false;
    *text = (bp_str){"", 0};
    quiet.diagnostics = own_diagnostics(import, sources);
    quiet.source = bp_sources_add(sources, source->path, source->text);
    bp_document_read(import->arena, import->diagnostics, source, import->name, BP_NOWHERE, &policy);
    const bp_ast_value *json = bp_document_parse(&quiet, &empty);
    bp_span begin = bp_span_of(source, 0, source->text.size > 0 ? 1 : 0);
    if (json == NULL || bp_diagnostics_has(quiet.diagnostics, BP_ERROR) ||
        !bp_bpol_write(import, bp_part_of(import->arena, json), text)) {
        report_refused(import, begin);
        return BP_IMPORT_REFUSED;
    }
    *text = lay_out(import, *text);
    return is_same(import, *text, source) ? BP_IMPORTED : BP_IMPORT_DIFFERS;
}
