/*
 * `documents:` of the manifest: backup policies that are written as JSON, their names, and where
 * they are attached. The files are not opened here.
 */
#include "compiler/project/manifest_reader.h"
#include "lib/suggest.h"

static void
read_file(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_manifest_take_path(r, first, "the path of a policy document", &r->document->file);
}

static void
read_name(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_str text = {NULL, 0};
    if (bp_manifest_take_text(r, first, "the name of the policy", &text)) {
        r->document->name = (bp_manifest_text){.text = text, .span = first.span};
    }
}

static void
report_target(bp_manifest_reader *r, bp_yaml_event item)
{
    bp_finding *finding = bp_report(
        r->list, "CFG001", bp_manifest_place(r, item),
        "\"%.*s\" is no target; there are root, \"ou:PATH\" and \"account:ID\"", BP_ARG(item.text));
    r->bad = true;
    bp_suggester near = bp_suggest_start(item.text);
    bp_suggest_offer(&near, BP_STR("root"));
    if (near.best.size > 0) {
        bp_finding_fix(r->list, finding, near.nearness == BP_NEAR_CASE, item.span, near.best,
                       "replace with root");
    } else if (bp_str_find(item.text, ':') == item.text.size) {
        bp_finding_help(r->list, finding, "for an OU write \"ou:%.*s\"", BP_ARG(item.text));
    }
}

static void
read_target(bp_manifest_reader *r, bp_yaml_event item)
{
    static const bp_str ou = {"ou:", 3};
    static const bp_str account = {"account:", 8};
    bp_str text = {NULL, 0};
    bp_manifest_target target = {.span = item.span};
    if (!bp_manifest_take_text(r, item, "a target, such as \"ou:Prod\",", &text)) {
        return;
    }
    if (bp_str_is(text, "root")) {
        target.kind = BP_MANIFEST_ROOT;
        target.text = text;
    } else if (bp_str_starts(text, ou) && text.size > ou.size) {
        target.kind = BP_MANIFEST_OU;
        target.text = bp_str_cut(text, ou.size, text.size);
    } else if (bp_str_starts(text, account) && text.size > account.size) {
        target.kind = BP_MANIFEST_ACCOUNT;
        target.text = bp_str_cut(text, account.size, text.size);
    } else {
        report_target(r, item);
        return;
    }
    *bp_vec_add(r->arena, &r->document->attach) = target;
}

static void
read_attach(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    if (first.kind != BP_YAML_LIST) {
        bp_manifest_wrong_kind(r, first, "a list of targets");
        return;
    }
    r->document->attach_written = true;
    for (bp_yaml_event item; bp_manifest_next_item(r, &item);) {
        read_target(r, item);
    }
}

static void
read_document(bp_manifest_reader *r, bp_yaml_event first)
{
    static const bp_manifest_key keys[] = {
        {"file", read_file}, {"name", read_name}, {"attach", read_attach}};
    bp_manifest_document *document = BP_NEW(r->arena, bp_manifest_document);
    bp_span place = bp_manifest_place(r, first);
    bool is_map = first.kind == BP_YAML_MAP;
    bool bad = r->bad;
    r->bad = false;
    r->document = document;
    bp_manifest_read_map(r, first, keys, sizeof keys / sizeof keys[0]);
    if (is_map && !r->bad && (document->file.text.size == 0 || document->name.text.size == 0)) {
        bp_report(r->list, "CFG001", place, "a document without \"%s\"",
                  document->file.text.size == 0 ? "file" : "name");
        r->bad = true;
    }
    if (!r->bad) {
        *bp_vec_add(r->arena, &r->manifest->documents) = document;
    }
    r->bad = r->bad || bad;
}

void
bp_manifest_read_documents(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    r->sources_written = true;
    if (first.kind != BP_YAML_LIST) {
        bp_manifest_wrong_kind(r, first, "a list of documents");
        return;
    }
    size_t count = 0;
    for (bp_yaml_event item; bp_manifest_next_item(r, &item); count++) {
        read_document(r, item);
    }
    if (count == 0) {
        bp_report(r->list, "CFG001", key.span,
                  "an empty list of documents; leave the key out for none");
        r->bad = true;
    }
}
