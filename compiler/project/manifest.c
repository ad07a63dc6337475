/*
 * Reading backpol.yaml.
 *
 * Every key of the documented manifest has a row here; one whose feature this release does not have
 * is refused by name, because a setting that is silently ignored is worse than none. Files are not
 * opened and patterns are not matched here.
 */
#include "compiler/project/manifest.h"

#include "compiler/facts/facts.h"
#include "compiler/project/manifest_reader.h"
#include "lib/suggest.h"

bp_manifest *
bp_manifest_new(bp_arena *arena)
{
    bp_manifest *manifest = BP_NEW(arena, bp_manifest);
    manifest->inventory_max_age_days = 30;
    manifest->facts_max_age_days = 180;
    manifest->output_dir.text = BP_STR("generated");
    manifest->targets = BP_TARGET_POLICIES | BP_TARGET_TEMPLATES | BP_TARGET_CLOUDFORMATION |
                        BP_TARGET_CLI | BP_TARGET_EFFECTIVE;
    manifest->fail_on = BP_ERROR;
    return manifest;
}

static void
read_version(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_str text = {NULL, 0};
    r->version_written = true;
    if (bp_manifest_take_text(r, first, "the version of the manifest, 1,", &text) &&
        !bp_str_is(text, "1")) {
        bp_report(r->list, "CFG001", first.span,
                  "manifest version \"%.*s\"; this release of backpol reads version 1",
                  BP_ARG(text));
        r->bad = true;
    }
}

static void
read_sources(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    r->sources_written = true;
    if (first.kind != BP_YAML_LIST) {
        bp_manifest_wrong_kind(r, first, "a list of paths or patterns");
        return;
    }
    size_t count = 0;
    for (bp_yaml_event item; bp_manifest_next_item(r, &item); count++) {
        bp_manifest_text path = {{NULL, 0}, BP_NOWHERE};
        if (bp_manifest_take_path(r, item, "a path or pattern", &path)) {
            *bp_vec_add(r->arena, &r->manifest->sources) = path;
        }
    }
    if (count == 0) {
        bp_report(r->list, "CFG001", key.span,
                  "an empty list of sources; a project has at least one");
        r->bad = true;
    }
}

static void
read_inventory(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_manifest_take_path(r, first, "the path of the inventory", &r->manifest->inventory);
}

static void
read_inventory_age(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_manifest_take_days(r, first, &r->manifest->inventory_max_age_days);
}

static void
read_facts_age(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_manifest_take_days(r, first, &r->manifest->facts_max_age_days);
}

static void
read_home(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_str text = {NULL, 0};
    if (bp_manifest_take_text(r, first, "a Region code", &text)) {
        r->manifest->home_region = (bp_manifest_text){.text = text, .span = first.span};
    }
}

bool
bp_manifest_check_regions(bp_diagnostics *list, const bp_manifest *manifest, const bp_facts *facts)
{
    bp_str text = manifest->home_region.text;
    bp_span span = manifest->home_region.span;
    if (text.size == 0 || bp_region_find(facts, text) != NULL) {
        return true;
    }
    const bp_region *named = bp_region_by_name(facts, text);
    bp_suggester suggester = bp_suggest_start(text);
    size_t count = 0;
    const bp_region *regions = bp_regions(facts, &count);
    for (size_t i = 0; i < count; i++) {
        bp_suggest_offer(&suggester, bp_str_of(regions[i].code));
    }
    bp_str code = named != NULL ? bp_str_of(named->code) : suggester.best;
    bp_finding *finding =
        bp_report(list, "CFG001", span, "\"%.*s\" is no Region code", BP_ARG(text));
    if (code.size > 0) {
        bp_finding_fix(list, finding, named != NULL, span, code, "replace with \"%.*s\"",
                       BP_ARG(code));
    }
    return false;
}

static void
read_facts_extra(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_manifest_take_path(r, first, "the path of a file of facts", &r->manifest->facts_extra);
}

static void
read_facts(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const bp_manifest_key keys[] = {{"extra", read_facts_extra}};
    bp_manifest_read_map(r, first, keys, 1);
}

static void
read_dir(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_manifest_take_path(r, first, "the path of a folder", &r->manifest->output_dir);
}

static void
read_targets(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    static const char *const words[] = {"policies", "templates", "cloudformation",
                                        "cli",      "effective", "terraform"};
    if (first.kind != BP_YAML_LIST) {
        bp_manifest_wrong_kind(r, first, "a list of targets");
        return;
    }
    unsigned targets = 0;
    size_t count = 0;
    for (bp_yaml_event item; bp_manifest_next_item(r, &item); count++) {
        size_t index = 0;
        if (!bp_manifest_take_word(r, item, words, sizeof words / sizeof words[0], &index)) {
            continue;
        }
        if ((targets & (1U << index)) != 0) {
            bp_report(r->list, "CFG001", item.span, "target \"%.*s\" twice in one list",
                      BP_ARG(item.text));
            r->bad = true;
        }
        targets |= 1U << index;
    }
    if (count == 0) {
        bp_report(r->list, "CFG001", key.span,
                  "an empty list of targets; leave the key out for all");
        r->bad = true;
    }
    r->manifest->targets = targets;
}

static void
read_call_as(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"self", "delegated_admin"};
    size_t index = 0;
    if (bp_manifest_take_word(r, first, words, 2, &index)) {
        r->manifest->delegated = index == 1;
        r->manifest->call_as_span = first.span;
    }
}

static void
read_deployer(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_str text = {NULL, 0};
    if (!bp_manifest_take_text(r, first, "the id of an account", &text)) {
        return;
    }
    bool good = text.size == 12;
    for (size_t i = 0; good && i < text.size; i++) {
        good = bp_is_digit(text.at[i]);
    }
    if (!good) {
        bp_report(r->list, "CFG001", first.span, "\"%.*s\" is no account id; it has 12 digits",
                  BP_ARG(text));
        r->bad = true;
        return;
    }
    r->manifest->deployer = (bp_manifest_text){.text = text, .span = first.span};
}

static void
read_output(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const bp_manifest_key keys[] = {{"dir", read_dir},
                                           {"targets", read_targets},
                                           {"call_as", read_call_as},
                                           {"account", read_deployer}};
    bp_manifest_read_map(r, first, keys, sizeof keys / sizeof keys[0]);
}

static void
read_baseline(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_manifest_take_path(r, first, "the path of a baseline", &r->manifest->baseline);
}

static void
read_placeholders(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    if (first.kind != BP_YAML_LIST) {
        bp_manifest_wrong_kind(r, first, "a list of texts");
        return;
    }
    for (bp_yaml_event item; bp_manifest_next_item(r, &item);) {
        bp_str text = {NULL, 0};
        if (bp_manifest_take_text(r, item, "a placeholder", &text)) {
            *bp_vec_add(r->arena, &r->manifest->placeholders) = text;
        }
    }
}

static void
read_fail_on(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"info", "warning", "error"};
    size_t index = 0;
    if (bp_manifest_take_word(r, first, words, 3, &index)) {
        r->manifest->fail_on = (bp_severity)(BP_INFO + index);
    }
}

static void
read_lowercase(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_manifest_take_switch(r, first, &r->manifest->lowercase_names);
}

static const bp_manifest_key top_keys[] = {
    {"version", read_version},
    {"sources", read_sources},
    {"documents", bp_manifest_read_documents},
    {"inventory", read_inventory},
    {"inventory_max_age_days", read_inventory_age},
    {"home_region", read_home},
    {"output", read_output},
    {"rules", bp_manifest_read_rules},
    {"baseline", read_baseline},
    {"coverage", bp_manifest_read_coverage},
    {"retention", NULL},
    {"naming", bp_manifest_read_naming},
    {"facts", read_facts},
    {"placeholders", read_placeholders},
    {"facts_max_age_days", read_facts_age},
    {"fail_on", read_fail_on},
    {"lowercase_names", read_lowercase},
};

static void
check_required(bp_manifest_reader *r, bp_span top)
{
    /* A key that is misspelt was told already; that it is missing too follows from that. */
    if (bp_diagnostics_has(r->list, BP_ERROR)) {
        r->bad = r->bad || !r->version_written || !r->sources_written;
        return;
    }
    if (!r->version_written) {
        bp_finding *finding = bp_report(r->list, "CFG001", top, "a manifest without \"version\"");
        bp_finding_help(r->list, finding, "write \"version: 1\"");
        r->bad = true;
    }
    if (!r->sources_written) {
        bp_finding *finding =
            bp_report(r->list, "CFG001", top, "a manifest without \"sources\" or \"documents\"");
        bp_finding_help(r->list, finding, "write \"sources: [policies/**/*.bpol]\"");
        r->bad = true;
    }
}

static void
read_top(bp_manifest_reader *r)
{
    bp_yaml_event first = bp_yaml_next(r->yaml);
    if (first.kind == BP_YAML_ERROR) {
        r->bad = true;
        return;
    }
    if (first.kind != BP_YAML_MAP) {
        r->bad = true;
        if (first.kind != BP_YAML_END && !bp_yaml_skip(r->yaml, first)) {
            return;
        }
        bp_finding *finding = bp_report(r->list, "CFG001", bp_manifest_place(r, first),
                                        first.kind == BP_YAML_END ? "the manifest is empty"
                                                                  : "the manifest is no mapping");
        bp_finding_help(r->list, finding,
                        "it begins with \"version: 1\" and \"sources: [policies/**/*.bpol]\"");
        return;
    }
    bp_manifest_read_map(r, first, top_keys, sizeof top_keys / sizeof top_keys[0]);
    if (bp_yaml_next(r->yaml).kind != BP_YAML_END) {
        r->bad = true;
        return;
    }
    check_required(r, bp_manifest_place(r, first));
}

bool
bp_manifest_read(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source,
                 bp_manifest **manifest)
{
    bp_manifest_reader r = {
        .arena = arena, .list = diagnostics, .manifest = bp_manifest_new(arena)};
    r.manifest->source = source;
    r.yaml = bp_yaml_open(arena, diagnostics, source, "the manifest");
    read_top(&r);
    if (r.manifest->facts_extra.text.size == 0) {
        r.bad = !bp_manifest_check_regions(diagnostics, r.manifest, NULL) || r.bad;
    }
    *manifest = r.manifest;
    return !r.bad;
}
