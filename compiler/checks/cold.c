/*
 * LIF007: cold storage that the selected types ignore. Told once for each place that sets it in a
 * plan; a copy is judged only where its rule sets none.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/types.h"
#include "compiler/checks/walk.h"

#define COLD_PATH "lifecycle/move_to_cold_storage_after_days"

/* Types that honour cold storage here, and types that ignore it. */
typedef struct sorted {
    BP_VEC(const bp_type *) honour;
    BP_VEC(const bp_type *) ignore;
} sorted;

/* EBS honours cold storage only as snapshot archive, which its own flag turns on. */
static bool
honours(const bp_type *type, bool archive)
{
    return type->cold_storage == BP_PRESENT && (archive || !bp_str_is(bp_str_of(type->id), "ebs"));
}

static void
sort_type(const bp_check_context *context, sorted *types, const bp_type *type, bool archive)
{
    bool good = honours(type, archive) || type->cold_storage == BP_UNKNOWN;
    for (size_t i = 0; i < (good ? types->honour.count : types->ignore.count); i++) {
        if ((good ? types->honour.at[i] : types->ignore.at[i]) == type) {
            return;
        }
    }
    if (good) {
        *bp_vec_add(context->arena, &types->honour) = type;
    } else {
        *bp_vec_add(context->arena, &types->ignore) = type;
    }
}

static void
judge(const bp_check_context *context, const bp_plan_use *use, const bp_named_types *named,
      const bp_node *node)
{
    const bp_value *cold = bp_node_value(node, COLD_PATH);
    bool archive = bp_place_on(node, "lifecycle/opt_in_to_archive_for_supported_resources");
    sorted types = {0};
    if (cold->kind != BP_VALUE_TEXT || !cold->has_number || cold->number < 1 ||
        cold->number > bp_quota_find(context->facts, "DAYS_MAX")->value) {
        return;
    }
    for (size_t g = 0; g < named->groups.count; g++) {
        for (size_t t = 0; t < named->groups.at[g].types.count; t++) {
            sort_type(context, &types, named->groups.at[g].types.at[t], archive);
        }
    }
    for (size_t p = 0; named->open != NULL && p < named->possible.count; p++) {
        sort_type(context, &types, named->possible.at[p], archive);
    }
    if (types.ignore.count == 0) {
        return;
    }
    bp_diagnostics *list = context->diagnostics;
    bp_str ignoring = bp_type_words(context->arena, types.ignore.at, types.ignore.count);
    bool all = types.honour.count == 0 && named->open == NULL;
    bp_finding *finding =
        bp_report(list, "LIF007", cold->span,
                  all                   ? "cold storage is set, and all selected types ignore it"
                  : named->open != NULL ? "cold storage is set; types that do not have it ignore "
                                          "it"
                                        : "cold storage is set, and some selected types ignore it");
    if (!all) {
        finding->severity = BP_INFO;
    }
    bp_finding_mark(list, finding, "stays in warm storage for some types");
    if (all) {
        bp_finding_mark(list, finding, "has no effect");
    }
    for (size_t g = 0; g < named->groups.count; g++) {
        if (bp_span_exists(named->groups.at[g].span)) {
            bp_finding_label(list, finding, named->groups.at[g].span, "selected here");
            break;
        }
    }
    if (named->open != NULL) {
        bp_finding_label(list, finding, named->open->span, "this selection names no types");
    }
    bp_finding_uses(context, finding, cold->uses);
    bp_finding_note(list, finding, "%s it: %.*s", named->open != NULL ? "would ignore" : "ignoring",
                    BP_ARG(ignoring));
    bp_finding_note(list, finding, "resource types as of %s", bp_facts_as_of());
    bp_finding_scope(
        list, finding,
        bp_node_scope(context->arena, bp_use_value_owner(context, use, cold)->policy->name, node));
}

/* Whether this place was judged in the same plan before. */
static bool
judged_before(const bp_node *first, const bp_node *rule)
{
    const bp_value *cold = bp_node_value(rule, COLD_PATH);
    for (const bp_node *earlier = first; earlier != rule; earlier = earlier->next) {
        const bp_value *known = bp_node_value(earlier, COLD_PATH);
        if (known != NULL && bp_span_equal(known->span, cold->span)) {
            return true;
        }
    }
    return false;
}

static void
judge_use(const bp_check_context *context, const bp_plan_use *use)
{
    const bp_node *first = bp_node_first(use->plan, "rules");
    bp_named_types named = {0};
    bool filled = false;
    for (const bp_node *rule = first; rule != NULL; rule = rule->next) {
        if (bp_place_on(rule, "enable_continuous_backup")) {
            continue; /* LIF006 */
        }
        bool own = bp_node_at(rule, COLD_PATH) != NULL;
        const bp_node *copy = bp_node_first(rule, "copy_actions");
        if (!filled && (own || copy != NULL)) {
            named = bp_named_types_of(context, use);
            filled = true;
        }
        if (own) {
            if (bp_node_value(rule, COLD_PATH) != NULL && !judged_before(first, rule)) {
                judge(context, use, &named, rule);
            }
            continue;
        }
        for (; copy != NULL; copy = copy->next) {
            if (bp_node_value(copy, COLD_PATH) != NULL) {
                judge(context, use, &named, copy);
                break;
            }
        }
    }
}

void
bp_check_cold_types(const bp_check_context *context)
{
    const bp_plan_uses *uses = bp_plan_uses_of(context);
    for (size_t i = 0; i < uses->count; i++) {
        bp_check_context own = *context;
        own.arena = bp_arena_scratch(context->arena);
        judge_use(&own, &uses->at[i]);
        bp_arena_release(context->arena, own.arena);
    }
}
