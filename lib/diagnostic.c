/* The list of findings: collecting, levels, order. Printing is in render_*.c. */
#include "lib/diagnostic.h"

#include "lib/map.h"

#include <stdlib.h>

struct bp_diagnostics {
    bp_arena *arena;
    bp_sources *sources;
    const bp_rule *rules;
    size_t rule_count;
    int *levels; /* by rule; -1 = as reported */
    bool *muted; /* by rule */
    BP_VEC(bp_finding *) findings;
    BP_VEC(bp_skip *) skips;
    bp_map *skip_by_reason; /* "CODE reason" */
    size_t sequence;
};

bp_diagnostics *
bp_diagnostics_new(bp_arena *arena, bp_sources *sources, const bp_rule *rules, size_t rule_count)
{
    bp_diagnostics *list = BP_NEW(arena, bp_diagnostics);
    list->arena = arena;
    list->sources = sources;
    list->rules = rules;
    list->rule_count = rule_count;
    list->skip_by_reason = bp_map_new(arena);
    list->levels = bp_arena_array(arena, rule_count, sizeof *list->levels);
    list->muted = bp_arena_array(arena, rule_count, sizeof *list->muted);
    for (size_t i = 0; i < rule_count; i++) {
        list->levels[i] = -1;
    }
    return list;
}

const bp_rule *
bp_diagnostics_rule(const bp_diagnostics *list, bp_str code_or_slug)
{
    for (size_t i = 0; i < list->rule_count; i++) {
        const bp_rule *rule = &list->rules[i];
        if (bp_str_equal_folded(code_or_slug, bp_str_of(rule->code)) ||
            bp_str_equal_folded(code_or_slug, bp_str_of(rule->slug))) {
            return rule;
        }
    }
    return NULL;
}

static const bp_rule *
known_rule(const bp_diagnostics *list, const char *code)
{
    const bp_rule *rule = bp_diagnostics_rule(list, bp_str_of(code));
    if (rule == NULL) {
        abort();
    }
    return rule;
}

bp_finding *
bp_report(bp_diagnostics *list, const char *code, bp_span span, const char *format, ...)
{
    const bp_rule *rule = known_rule(list, code);
    bp_finding *finding = BP_NEW(list->arena, bp_finding);
    va_list arguments;
    va_start(arguments, format);
    finding->message = bp_str_vformat(list->arena, format, arguments);
    va_end(arguments);
    finding->rule = rule;
    finding->severity = rule->severity;
    finding->aws = rule->aws;
    finding->span = span;
    finding->sequence = list->sequence++;
    *bp_vec_add(list->arena, &list->findings) = finding;
    return finding;
}

#define FORMATTED(text)                                           \
    va_list arguments;                                            \
    va_start(arguments, format);                                  \
    bp_str text = bp_str_vformat(list->arena, format, arguments); \
    va_end(arguments)

void
bp_finding_mark(bp_diagnostics *list, bp_finding *finding, const char *format, ...)
{
    FORMATTED(text);
    finding->label = text;
}

void
bp_finding_label(bp_diagnostics *list, bp_finding *finding, bp_span span, const char *format, ...)
{
    FORMATTED(text);
    *bp_vec_add(list->arena, &finding->labels) = (bp_label){span, text};
}

void
bp_finding_note(bp_diagnostics *list, bp_finding *finding, const char *format, ...)
{
    FORMATTED(text);
    *bp_vec_add(list->arena, &finding->notes) = text;
}

void
bp_finding_help(bp_diagnostics *list, bp_finding *finding, const char *format, ...)
{
    FORMATTED(text);
    *bp_vec_add(list->arena, &finding->help) = text;
}

void
bp_finding_fix(bp_diagnostics *list, bp_finding *finding, bool safe, bp_span span,
               bp_str replacement, const char *format, ...)
{
    FORMATTED(text);
    bp_fix *fix = bp_vec_add(list->arena, &finding->fixes);
    fix->safe = safe;
    fix->text = text;
    bp_finding_edit(list, finding, span, replacement);
}

void
bp_finding_edit(bp_diagnostics *list, bp_finding *finding, bp_span span, bp_str replacement)
{
    bp_fix *fix = &finding->fixes.at[finding->fixes.count - 1];
    *bp_vec_add(list->arena, &fix->edits) = (bp_edit){span, bp_str_copy(list->arena, replacement)};
}

void
bp_finding_scope(bp_diagnostics *list, bp_finding *finding, bp_str scope)
{
    finding->scope = bp_str_copy(list->arena, scope);
}

void
bp_finding_cell(bp_diagnostics *list, bp_finding *finding, bp_str account, bp_str account_name,
                bp_str region)
{
    *bp_vec_add(list->arena, &finding->cells) = (bp_cell){account, account_name, region};
}

void
bp_skip_check(bp_diagnostics *list, const char *code, size_t count, const char *format, ...)
{
    FORMATTED(reason);
    const bp_rule *rule = known_rule(list, code);
    bp_str key = bp_str_format(list->arena, "%s %.*s", rule->code, BP_ARG(reason));
    bp_skip *skip = bp_map_get(list->skip_by_reason, key);
    if (skip != NULL) {
        skip->count += count;
        return;
    }
    skip = BP_NEW(list->arena, bp_skip);
    *skip = (bp_skip){rule, reason, count};
    bp_map_set(list->skip_by_reason, key, skip);
    *bp_vec_add(list->arena, &list->skips) = skip;
}

bp_severity
bp_diagnostics_severity(const bp_diagnostics *list, const bp_finding *finding)
{
    int level = list->levels[finding->rule - list->rules];
    if (list->muted[finding->rule - list->rules]) {
        return BP_OFF;
    }
    return level < 0 || finding->settled ? finding->severity : (bp_severity)level;
}

void
bp_diagnostics_level(bp_diagnostics *list, const bp_rule *rule, bp_severity severity)
{
    list->levels[rule - list->rules] = (int)severity;
}

void
bp_diagnostics_mute(bp_diagnostics *list, const bp_rule *rule)
{
    list->muted[rule - list->rules] = true;
}

bp_severity
bp_diagnostics_level_of(const bp_diagnostics *list, const bp_rule *rule)
{
    int level = list->levels[rule - list->rules];
    if (list->muted[rule - list->rules]) {
        return BP_OFF;
    }
    return level < 0 ? rule->severity : (bp_severity)level;
}

bool
bp_diagnostics_is_off(const bp_diagnostics *list, const bp_rule *rule)
{
    return list->muted[rule - list->rules] || list->levels[rule - list->rules] == (int)BP_OFF;
}

void
bp_diagnostics_keep(bp_diagnostics *list,
                    bool (*keep)(const void *context, const bp_finding *finding),
                    const void *context)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->findings.count; i++) {
        if (keep(context, list->findings.at[i])) {
            list->findings.at[kept++] = list->findings.at[i];
        }
    }
    list->findings.count = kept;
}

static int
by_place(const bp_finding *a, const bp_finding *b)
{
    int order = bp_span_compare(a->span, b->span);
    return order != 0 ? order : bp_str_compare(bp_str_of(a->rule->code), bp_str_of(b->rule->code));
}

static int
by_sequence(const bp_finding *a, const bp_finding *b)
{
    return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

/* 0 for findings that say the same: what the text alone decides is the same in every scope. */
static int
by_content(const bp_finding *a, const bp_finding *b)
{
    int order = by_place(a, b);
    if (order == 0) {
        order = bp_str_compare(a->message, b->message);
    }
    if (order == 0 && !(a->by_text && b->by_text)) {
        order = bp_str_compare(a->scope, b->scope);
    }
    return order;
}

static int
to_drop_repeats(const void *left, const void *right)
{
    const bp_finding *a = *(bp_finding *const *)left;
    const bp_finding *b = *(bp_finding *const *)right;
    int order = by_content(a, b);
    return order != 0 ? order : by_sequence(a, b);
}

static int
to_print(const void *left, const void *right)
{
    const bp_finding *a = *(bp_finding *const *)left;
    const bp_finding *b = *(bp_finding *const *)right;
    int order = by_place(a, b);
    return order != 0 ? order : by_sequence(a, b);
}

/* What the text decides is told once, about the accounts of all that say it. Those that say it one
 * after the other are about the same accounts or share none. */
static void
join_cells(bp_diagnostics *list, bp_finding *told, const bp_finding *again)
{
    bool same = told->cells.count >= again->cells.count;
    for (size_t i = 0; same && i < again->cells.count; i++) {
        const bp_cell *cell = &told->cells.at[told->cells.count - again->cells.count + i];
        same = bp_str_equal(cell->account, again->cells.at[i].account) &&
               bp_str_equal(cell->region, again->cells.at[i].region);
    }
    for (size_t i = 0; !same && i < again->cells.count; i++) {
        *bp_vec_add(list->arena, &told->cells) = again->cells.at[i];
    }
}

void
bp_diagnostics_settle(bp_diagnostics *list)
{
    if (list->findings.count == 0) {
        return;
    }
    size_t size = sizeof *list->findings.at;
    qsort(list->findings.at, list->findings.count, size, to_drop_repeats);
    size_t kept = 0;
    for (size_t i = 0; i < list->findings.count; i++) {
        bp_finding *finding = list->findings.at[i];
        finding->severity = bp_diagnostics_severity(list, finding);
        bool again = kept > 0 && by_content(list->findings.at[kept - 1], finding) == 0;
        if (finding->severity != BP_OFF && !again) {
            list->findings.at[kept++] = finding;
        } else if (again && finding->by_text && list->findings.at[kept - 1]->cells.count > 0) {
            join_cells(list, list->findings.at[kept - 1], finding);
        }
    }
    list->findings.count = kept;
    qsort(list->findings.at, list->findings.count, size, to_print);
}

size_t
bp_diagnostics_count(const bp_diagnostics *list, bp_severity severity)
{
    size_t count = 0;
    for (size_t i = 0; i < list->findings.count; i++) {
        count += bp_diagnostics_severity(list, list->findings.at[i]) == severity;
    }
    return count;
}

bool
bp_diagnostics_has(const bp_diagnostics *list, bp_severity at_least)
{
    for (size_t i = 0; i < list->findings.count; i++) {
        if (bp_diagnostics_severity(list, list->findings.at[i]) >= at_least) {
            return true;
        }
    }
    return false;
}

size_t
bp_diagnostics_total(const bp_diagnostics *list)
{
    return list->findings.count;
}

const bp_finding *
bp_diagnostics_at(const bp_diagnostics *list, size_t index)
{
    return list->findings.at[index];
}

bp_finding *
bp_diagnostics_edit(bp_diagnostics *list, size_t index)
{
    return list->findings.at[index];
}

size_t
bp_diagnostics_skips(const bp_diagnostics *list)
{
    return list->skips.count;
}

const bp_skip *
bp_diagnostics_skip_at(const bp_diagnostics *list, size_t index)
{
    return list->skips.at[index];
}

bp_sources *
bp_diagnostics_sources(const bp_diagnostics *list)
{
    return list->sources;
}

const bp_rule *
bp_diagnostics_rules(const bp_diagnostics *list, size_t *count)
{
    *count = list->rule_count;
    return list->rules;
}

const char *
bp_severity_name(bp_severity severity)
{
    static const char *const names[] = {"off", "info", "warning", "error"};
    return names[severity];
}

const char *
bp_verdict_name(bp_verdict verdict)
{
    static const char *const names[] = {"none",      "rejects", "invalid-effective",
                                        "job-fails", "accepts", "unknown"};
    return names[verdict];
}
