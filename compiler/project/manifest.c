/*
 * Reading backpol.yaml.
 *
 * Every key of the documented manifest has a row here; one whose feature this release does not have
 * is refused by name, because a setting that is silently ignored is worse than none. Files are not
 * opened and patterns are not matched here.
 */
#include "compiler/project/manifest.h"

#include "compiler/facts/facts.h"
#include "compiler/organization/yaml.h"
#include "lib/suggest.h"

#include <string.h>

typedef struct reader {
    bp_arena *arena;
    bp_diagnostics *list;
    bp_yaml *yaml;
    bp_manifest *manifest;
    bool bad;
    bool version_written;
    bool sources_written;
    bp_map *levels; /* code of a rule, or family → span */
} reader;

typedef void read_value(reader *r, bp_yaml_event key, bp_yaml_event first);

typedef struct key_row {
    const char *name;
    read_value *read; /* NULL: not usable in this release */
} key_row;

bp_manifest *
bp_manifest_new(bp_arena *arena)
{
    bp_manifest *manifest = BP_NEW(arena, bp_manifest);
    manifest->inventory_max_age_days = 30;
    manifest->facts_max_age_days = 180;
    manifest->output_dir.text = BP_STR("generated");
    manifest->targets =
        BP_TARGET_POLICIES | BP_TARGET_TEMPLATES | BP_TARGET_CLOUDFORMATION | BP_TARGET_CLI;
    manifest->fail_on = BP_ERROR;
    return manifest;
}

/* The span of a value, never empty where text follows. */
static bp_span
place(const reader *r, bp_yaml_event event)
{
    bp_str text = r->manifest->source->text;
    size_t end = event.span.end;
    while (event.span.start == event.span.end && end < text.size &&
           strchr(" :\r\n", text.at[end]) == NULL) {
        end++;
    }
    return bp_span_of(r->manifest->source, event.span.start, end);
}

static void
wrong_kind(reader *r, bp_yaml_event first, const char *belongs)
{
    r->bad = true;
    if (first.kind == BP_YAML_ERROR || first.kind == BP_YAML_END) {
        return;
    }
    const char *seen = first.kind == BP_YAML_MAP    ? "a mapping"
                       : first.kind == BP_YAML_LIST ? "a list"
                       : first.text.size == 0       ? "no value"
                                                    : "a single value";
    bp_report(r->list, "CFG001", place(r, first), "%s here; %s belongs here", seen, belongs);
    bp_yaml_skip(r->yaml, first);
}

static bool
take_text(reader *r, bp_yaml_event first, const char *belongs, bp_str *text)
{
    if (first.kind != BP_YAML_SCALAR) {
        wrong_kind(r, first, belongs);
        return false;
    }
    bool none = first.text.size == 0 ||
                (first.plain && (bp_str_is(first.text, "~") || bp_str_is(first.text, "null")));
    if (none) {
        bp_report(r->list, "CFG001", first.span, "no value here; %s belongs here", belongs);
        r->bad = true;
        return false;
    }
    *text = first.text;
    return true;
}

/* One of some words. */
static bool
take_word(reader *r, bp_yaml_event first, const char *const *words, size_t count, size_t *index)
{
    bp_buf choices = {.arena = r->arena};
    bp_suggester suggester = bp_suggest_start(first.text);
    for (size_t i = 0; i < count; i++) {
        if (first.kind == BP_YAML_SCALAR && bp_str_is(first.text, words[i])) {
            *index = i;
            return true;
        }
        bp_suggest_offer(&suggester, bp_str_of(words[i]));
        bp_buf_format(&choices, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", words[i]);
    }
    bp_str text = {NULL, 0};
    bp_str list = bp_buf_text(&choices);
    if (!take_text(r, first, bp_str_c(r->arena, list), &text)) {
        return false;
    }
    r->bad = true;
    bp_finding *finding = bp_report(r->list, "CFG001", first.span,
                                    "\"%.*s\" here; it has to be %.*s", BP_ARG(text), BP_ARG(list));
    if (suggester.best.size > 0) {
        bp_finding_fix(r->list, finding, suggester.nearness == BP_NEAR_CASE, first.span,
                       suggester.best, "replace with \"%.*s\"", BP_ARG(suggester.best));
    }
    return false;
}

static void
report_unknown(reader *r, bp_yaml_event key, const key_row *keys, size_t count)
{
    bp_suggester suggester = bp_suggest_start(key.text);
    for (size_t i = 0; i < count; i++) {
        bp_suggest_offer(&suggester, bp_str_of(keys[i].name));
    }
    bp_finding *finding = bp_report(r->list, "CFG001", key.span,
                                    "unknown key \"%.*s\" in the manifest", BP_ARG(key.text));
    if (suggester.best.size > 0) {
        bp_finding_fix(r->list, finding, false, key.span, suggester.best, "replace with \"%.*s\"",
                       BP_ARG(suggester.best));
    }
    r->bad = true;
}

static void
report_twice(reader *r, bp_yaml_event key, bp_span before)
{
    bp_finding *finding = bp_report(r->list, "SYN007", key.span,
                                    "key \"%.*s\" twice in one mapping", BP_ARG(key.text));
    bp_finding_label(r->list, finding, before, "first here");
    r->bad = true;
}

static void
refuse_key(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    bp_finding *finding =
        bp_report(r->list, "CFG001", key.span,
                  "\"%.*s\" is not usable in this release; no key of the manifest is ignored",
                  BP_ARG(key.text));
    bp_finding_help(r->list, finding, "remove the key");
    r->bad = true;
    bp_yaml_skip(r->yaml, first);
}

static void
read_map(reader *r, bp_yaml_event first, const key_row *keys, size_t count)
{
    if (first.kind != BP_YAML_MAP) {
        wrong_kind(r, first, "a mapping of keys to values");
        return;
    }
    bp_span places[16];
    unsigned seen = 0;
    for (;;) {
        bp_yaml_event key = bp_yaml_next(r->yaml);
        if (key.kind != BP_YAML_SCALAR) {
            return;
        }
        size_t i = 0;
        while (i < count && !bp_str_is(key.text, keys[i].name)) {
            i++;
        }
        bp_yaml_event value = bp_yaml_next(r->yaml);
        if (i == count) {
            report_unknown(r, key, keys, count);
            bp_yaml_skip(r->yaml, value);
        } else if ((seen & (1U << i)) != 0) {
            report_twice(r, key, places[i]);
            bp_yaml_skip(r->yaml, value);
        } else {
            seen |= 1U << i;
            places[i] = key.span;
            (keys[i].read == NULL ? refuse_key : keys[i].read)(r, key, value);
        }
    }
}

/* The next item of a list; false at its end. */
static bool
next_item(reader *r, bp_yaml_event *item)
{
    *item = bp_yaml_next(r->yaml);
    return item->kind != BP_YAML_LIST_END && item->kind != BP_YAML_ERROR &&
           item->kind != BP_YAML_END;
}

static void
read_version(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_str text = {NULL, 0};
    r->version_written = true;
    if (take_text(r, first, "the version of the manifest, 1,", &text) && !bp_str_is(text, "1")) {
        bp_report(r->list, "CFG001", first.span,
                  "manifest version \"%.*s\"; this release of backpol reads version 1",
                  BP_ARG(text));
        r->bad = true;
    }
}

/* A path or pattern that stays under the root. */
static bool
take_path(reader *r, bp_yaml_event first, const char *belongs, bp_manifest_text *path)
{
    bp_str text = {NULL, 0};
    if (!take_text(r, first, belongs, &text)) {
        return false;
    }
    const char *wrong = NULL;
    if (text.at[0] == '/') {
        wrong = "is absolute";
    } else if (bp_str_find(text, '\0') < text.size) {
        wrong = "holds a NUL";
    }
    for (bp_str rest = text; wrong == NULL && rest.size > 0;) {
        size_t end = bp_str_find(rest, '/');
        wrong = bp_str_is(bp_str_cut(rest, 0, end), "..") ? "leaves its folder by \"..\"" : NULL;
        rest = bp_str_cut(rest, end + 1, rest.size);
    }
    if (wrong != NULL) {
        bp_report(r->list, "CFG008", first.span,
                  "path \"%.*s\" %s; paths are relative to the manifest and stay below it",
                  BP_ARG(text), wrong);
        r->bad = true;
        return false;
    }
    *path = (bp_manifest_text){.text = text, .span = first.span};
    return true;
}

static void
read_sources(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    r->sources_written = true;
    if (first.kind != BP_YAML_LIST) {
        wrong_kind(r, first, "a list of paths or patterns");
        return;
    }
    size_t count = 0;
    for (bp_yaml_event item; next_item(r, &item); count++) {
        bp_manifest_text path = {{NULL, 0}, BP_NOWHERE};
        if (take_path(r, item, "a path or pattern", &path)) {
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
read_inventory(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    take_path(r, first, "the path of the inventory", &r->manifest->inventory);
}

static void
take_days(reader *r, bp_yaml_event first, int64_t *days)
{
    bp_str text = {NULL, 0};
    int64_t number = 0;
    if (!take_text(r, first, "a number of days", &text)) {
        return;
    }
    bool zero = text.size > 1 && text.at[0] == '0';
    if (zero || text.size > 5 || !bp_str_number(text, &number) || number < 1 || number > 36500) {
        bp_report(r->list, "CFG001", first.span,
                  "\"%.*s\" is no number of days; write 1 to 36500, digits alone", BP_ARG(text));
        r->bad = true;
        return;
    }
    *days = number;
}

static void
read_inventory_age(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    take_days(r, first, &r->manifest->inventory_max_age_days);
}

static void
read_facts_age(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    take_days(r, first, &r->manifest->facts_max_age_days);
}

static void
read_home(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_str text = {NULL, 0};
    if (!take_text(r, first, "a Region code", &text)) {
        return;
    }
    if (bp_region_find(text) != NULL) {
        r->manifest->home_region = (bp_manifest_text){.text = text, .span = first.span};
        return;
    }
    const bp_region *named = bp_region_by_name(text);
    bp_suggester suggester = bp_suggest_start(text);
    size_t count = 0;
    const bp_region *regions = bp_regions(&count);
    for (size_t i = 0; i < count; i++) {
        bp_suggest_offer(&suggester, bp_str_of(regions[i].code));
    }
    bp_str code = named != NULL ? bp_str_of(named->code) : suggester.best;
    bp_finding *finding =
        bp_report(r->list, "CFG001", first.span, "\"%.*s\" is no Region code", BP_ARG(text));
    if (code.size > 0) {
        bp_finding_fix(r->list, finding, named != NULL, first.span, code, "replace with \"%.*s\"",
                       BP_ARG(code));
    }
    r->bad = true;
}

static void
read_dir(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    take_path(r, first, "the path of a folder", &r->manifest->output_dir);
}

static void
read_targets(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    static const char *const words[] = {"policies", "templates", "cloudformation", "cli"};
    if (first.kind != BP_YAML_LIST) {
        wrong_kind(r, first, "a list of targets");
        return;
    }
    unsigned targets = 0;
    size_t count = 0;
    for (bp_yaml_event item; next_item(r, &item); count++) {
        size_t index = 0;
        if (!take_word(r, item, words, 4, &index)) {
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
read_output(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const key_row keys[] = {{"dir", read_dir}, {"targets", read_targets}};
    read_map(r, first, keys, 2);
}

/* Whether a text is the family of some rule: the letters that codes begin with. */
static bool
is_family(const reader *r, bp_str text)
{
    size_t count = 0;
    const bp_rule *rules = bp_diagnostics_rules(r->list, &count);
    for (size_t i = 0; i < count; i++) {
        bp_str code = bp_str_of(rules[i].code);
        size_t letters = 0;
        while (letters < code.size && bp_is_alpha(code.at[letters])) {
            letters++;
        }
        if (bp_str_equal_folded(text, bp_str_cut(code, 0, letters))) {
            return true;
        }
    }
    return false;
}

static void
report_unknown_rule(reader *r, bp_yaml_event key)
{
    size_t count = 0;
    const bp_rule *rules = bp_diagnostics_rules(r->list, &count);
    bp_suggester suggester = bp_suggest_start(key.text);
    for (size_t i = 0; i < count; i++) {
        bp_suggest_offer(&suggester, bp_str_of(rules[i].code));
        bp_suggest_offer(&suggester, bp_str_of(rules[i].slug));
    }
    bp_finding *finding = bp_report(r->list, "CFG002", key.span,
                                    "no rule has the code or slug \"%.*s\"", BP_ARG(key.text));
    if (suggester.best.size > 0) {
        bp_finding_fix(r->list, finding, false, key.span, suggester.best, "replace with \"%.*s\"",
                       BP_ARG(suggester.best));
    }
    r->bad = true;
}

/* One rule or family has one level, by whatever name it is called. */
static bool
is_first_level(reader *r, bp_yaml_event key, bp_str name)
{
    bp_span *span = BP_NEW(r->arena, bp_span);
    *span = key.span;
    bool added = false;
    const bp_span *before = bp_map_add(r->levels, name, span, &added);
    if (added) {
        return true;
    }
    bp_finding *finding =
        bp_report(r->list, "SYN007", key.span, "two levels for rule %.*s", BP_ARG(name));
    bp_finding_label(r->list, finding, *before, "first here");
    r->bad = true;
    return false;
}

static void
read_level(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    static const char *const words[] = {"off", "info", "warning", "error"};
    bp_level level = {.rule = bp_diagnostics_rule(r->list, key.text), .span = key.span};
    bp_str name = {NULL, 0};
    if (level.rule != NULL) {
        name = bp_str_of(level.rule->code);
    } else if (is_family(r, key.text)) {
        level.prefix = key.text;
        name = bp_str_fold(r->arena, key.text);
    } else {
        report_unknown_rule(r, key);
        bp_yaml_skip(r->yaml, first);
        return;
    }
    size_t index = 0;
    bool unique = is_first_level(r, key, name);
    if (take_word(r, first, words, 4, &index) && unique) {
        level.severity = (bp_severity)(BP_OFF + index);
        *bp_vec_add(r->arena, &r->manifest->levels) = level;
    }
}

static void
read_levels(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    if (first.kind != BP_YAML_MAP) {
        wrong_kind(r, first, "a mapping of rules to levels");
        return;
    }
    for (;;) {
        bp_yaml_event rule = bp_yaml_next(r->yaml);
        if (rule.kind != BP_YAML_SCALAR) {
            return;
        }
        read_level(r, rule, bp_yaml_next(r->yaml));
    }
}

static void
read_rules(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const key_row keys[] = {{"level", read_levels}, {"locked", NULL}, {"overrides", NULL}};
    read_map(r, first, keys, 3);
}

static void
read_placeholders(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    if (first.kind != BP_YAML_LIST) {
        wrong_kind(r, first, "a list of texts");
        return;
    }
    for (bp_yaml_event item; next_item(r, &item);) {
        bp_str text = {NULL, 0};
        if (take_text(r, item, "a placeholder", &text)) {
            *bp_vec_add(r->arena, &r->manifest->placeholders) = text;
        }
    }
}

static void
read_fail_on(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"info", "warning", "error"};
    size_t index = 0;
    if (take_word(r, first, words, 3, &index)) {
        r->manifest->fail_on = (bp_severity)(BP_INFO + index);
    }
}

static void
read_lowercase(reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"false", "true"};
    size_t index = 0;
    if (take_word(r, first, words, 2, &index)) {
        r->manifest->lowercase_names = index == 1;
    }
}

static const key_row top_keys[] = {
    {"version", read_version},
    {"sources", read_sources},
    {"documents", NULL},
    {"inventory", read_inventory},
    {"inventory_max_age_days", read_inventory_age},
    {"home_region", read_home},
    {"output", read_output},
    {"rules", read_rules},
    {"coverage", NULL},
    {"retention", NULL},
    {"naming", NULL},
    {"facts", NULL},
    {"placeholders", read_placeholders},
    {"facts_max_age_days", read_facts_age},
    {"fail_on", read_fail_on},
    {"lowercase_names", read_lowercase},
};

static void
check_required(reader *r, bp_span top)
{
    if (!r->version_written) {
        bp_finding *finding = bp_report(r->list, "CFG001", top, "a manifest without \"version\"");
        bp_finding_help(r->list, finding, "write \"version: 1\"");
        r->bad = true;
    }
    if (!r->sources_written) {
        bp_finding *finding = bp_report(r->list, "CFG001", top, "a manifest without \"sources\"");
        bp_finding_help(r->list, finding, "write \"sources: [policies/**/*.bpol]\"");
        r->bad = true;
    }
}

static void
read_top(reader *r)
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
        bp_finding *finding = bp_report(r->list, "CFG001", place(r, first),
                                        first.kind == BP_YAML_END ? "the manifest is empty"
                                                                  : "the manifest is no mapping");
        bp_finding_help(r->list, finding,
                        "it begins with \"version: 1\" and \"sources: [policies/**/*.bpol]\"");
        return;
    }
    read_map(r, first, top_keys, sizeof top_keys / sizeof top_keys[0]);
    if (bp_yaml_next(r->yaml).kind != BP_YAML_END) {
        r->bad = true;
        return;
    }
    check_required(r, place(r, first));
}

bool
bp_manifest_read(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source,
                 bp_manifest **manifest)
{
    reader r = {.arena = arena, .list = diagnostics, .manifest = bp_manifest_new(arena)};
    r.manifest->source = source;
    r.levels = bp_map_new(arena);
    r.yaml = bp_yaml_open(arena, diagnostics, source, "the manifest");
    read_top(&r);
    *manifest = r.manifest;
    return !r.bad;
}
