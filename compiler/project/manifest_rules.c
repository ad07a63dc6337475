/*
 * The `rules:` of the manifest: levels by code, slug or family, the same below some OUs alone, and
 * the rules that nobody may silence; and `naming:`, the team's own conventions. What they do stands
 * in compiler/review/ and compiler/checks/.
 */
#include "compiler/project/manifest_reader.h"

#include "lib/suggest.h"

/* Whether a text is the family of some rule: the letters that codes begin with. */
static bool
is_family(const bp_manifest_reader *r, bp_str text)
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
report_unknown_rule(bp_manifest_reader *r, bp_yaml_event key)
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

/* One rule or family has one level in one mapping, by whatever name it is called. */
static bool
is_first_level(bp_manifest_reader *r, bp_map *seen, bp_yaml_event key, bp_str name)
{
    bp_span *span = BP_NEW(r->arena, bp_span);
    *span = key.span;
    bool added = false;
    const bp_span *before = bp_map_add(seen, name, span, &added);
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
read_level(bp_manifest_reader *r, bp_map *seen, bp_levels *levels, bp_yaml_event key)
{
    static const char *const words[] = {"off", "info", "warning", "error"};
    bp_yaml_event first = bp_yaml_next(r->yaml);
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
    bool unique = is_first_level(r, seen, key, name);
    if (bp_manifest_take_word(r, first, words, 4, &index) && unique) {
        level.severity = (bp_severity)(BP_OFF + index);
        *bp_vec_add(r->arena, levels) = level;
    }
}

static void
read_levels_into(bp_manifest_reader *r, bp_levels *levels, bp_yaml_event first)
{
    if (first.kind != BP_YAML_MAP) {
        bp_manifest_wrong_kind(r, first, "a mapping of rules to levels");
        return;
    }
    bp_map *seen = bp_map_new(r->arena);
    for (bp_yaml_event rule; (rule = bp_yaml_next(r->yaml)).kind == BP_YAML_SCALAR;) {
        read_level(r, seen, levels, rule);
    }
}

static void
read_levels(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    read_levels_into(r, &r->manifest->levels, first);
}

/* ---- locked */

static void
read_locked_rule(bp_manifest_reader *r, bp_yaml_event item)
{
    bp_str text = {NULL, 0};
    if (!bp_manifest_take_text(r, item, "the code or slug of a rule", &text)) {
        return;
    }
    const bp_rule *rule = bp_diagnostics_rule(r->list, text);
    if (rule == NULL) {
        report_unknown_rule(r, item);
        return;
    }
    *bp_vec_add(r->arena, &r->manifest->locked) = (bp_locked_rule){rule, item.span};
}

static void
read_locked(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    if (first.kind != BP_YAML_LIST) {
        bp_manifest_wrong_kind(r, first, "a list of rules");
        return;
    }
    for (bp_yaml_event item; bp_manifest_next_item(r, &item);) {
        read_locked_rule(r, item);
    }
}

/* ---- overrides */

static void
read_override_ou(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_str text = {NULL, 0};
    if (bp_manifest_take_text(r, first, "the path of an OU, or a pattern of paths", &text)) {
        r->override_->ou = (bp_manifest_text){.text = text, .span = first.span};
    }
}

static void
read_override_levels(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    r->override_->level_span = key.span;
    read_levels_into(r, &r->override_->levels, first);
}

/* Both keys are needed: an override for no place, or of nothing, is a slip. */
static void
read_override(bp_manifest_reader *r, bp_yaml_event item)
{
    static const bp_manifest_key keys[] = {{"ou", read_override_ou},
                                           {"level", read_override_levels}};
    bp_override *override = BP_NEW(r->arena, bp_override);
    bp_span place = bp_manifest_place(r, item);
    bool bad = r->bad;
    r->override_ = override;
    r->bad = false;
    bp_manifest_read_map(r, item, keys, 2);
    bool whole = override->ou.text.size > 0 && override->levels.count > 0;
    if (!whole && !r->bad) {
        bp_report(r->list, "CFG001", place,
                  "an override without \"%s\"; it needs \"ou\" and \"level\"",
                  override->ou.text.size == 0 ? "ou" : "level");
        r->bad = true;
    }
    r->bad = r->bad || bad;
    *bp_vec_add(r->arena, &r->manifest->overrides) = override;
}

static void
read_overrides(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    if (first.kind != BP_YAML_LIST) {
        bp_manifest_wrong_kind(r, first, "a list of overrides");
        return;
    }
    for (bp_yaml_event item; bp_manifest_next_item(r, &item);) {
        read_override(r, item);
    }
}

void
bp_manifest_read_rules(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const bp_manifest_key keys[] = {
        {"level", read_levels}, {"locked", read_locked}, {"overrides", read_overrides}};
    bp_manifest_read_map(r, first, keys, 3);
}

/* ---- naming */

/* A pattern, shown at the character that is wrong with it where the scalar is written plainly. */
static void
read_pattern(bp_manifest_reader *r, bp_naming *naming, bp_yaml_event first)
{
    bp_str text = {NULL, 0};
    bp_str why = {NULL, 0};
    size_t offset = 0;
    if (!bp_manifest_take_text(r, first, "a pattern for names", &text)) {
        return;
    }
    r->patterns = r->patterns == NULL ? bp_patterns_new(r->arena) : r->patterns;
    const char *pattern = bp_str_c(r->arena, bp_str_copy(r->arena, text));
    bool whole = bp_str_find(text, '\0') == text.size;
    if (whole && bp_pattern_good(r->patterns, pattern, &why, &offset)) {
        *naming = (bp_naming){pattern, first.span};
        return;
    }
    why = whole ? why : BP_STR("it holds a NUL");
    bp_finding *finding =
        bp_report(r->list, "CFG001", first.span, "no pattern for names; %.*s", BP_ARG(why));
    if (offset > 0 && offset < text.size) {
        bp_finding_note(r->list, finding, "noticed before \"%.*s\"",
                        BP_ARG(bp_str_cut(text, offset, text.size)));
    }
    r->bad = true;
}

#define READ_NAMING(thing, THING)                                                           \
    static void read_##thing(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first) \
    {                                                                                       \
        (void)key;                                                                          \
        read_pattern(r, &r->manifest->naming[THING], first);                                \
    }

READ_NAMING(policy, BP_NAMED_POLICY)
READ_NAMING(plan, BP_NAMED_PLAN)
READ_NAMING(rule, BP_NAMED_RULE)
READ_NAMING(selection, BP_NAMED_SELECTION)
READ_NAMING(vault, BP_NAMED_VAULT)
READ_NAMING(role, BP_NAMED_ROLE)

void
bp_manifest_read_naming(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const bp_manifest_key keys[] = {{"policy", read_policy}, {"plan", read_plan},
                                           {"rule", read_rule},     {"selection", read_selection},
                                           {"vault", read_vault},   {"role", read_role}};
    bp_manifest_read_map(r, first, keys, BP_NAMED_THINGS);
}
