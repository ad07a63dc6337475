/*
 * LIF: retention and cold storage, by the arithmetic of the text (LIF001 to LIF006, LIF008, LIF009,
 * LIF014).
 *
 * A value that is unknown or outside its range (LIF004) is left out of everything else. Which
 * resource types honour cold storage is judged elsewhere (LIF007). Rules: AWS Organizations User
 * Guide, "Backup policy syntax and examples"; answers of CreatePolicy recorded on 2026-09-13.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/walk.h"
#include "compiler/facts/facts.h"
#include "compiler/policy/schedule.h"
#include "lib/calendar.h"

#include <string.h>

#define COLD "lifecycle/move_to_cold_storage_after_days"
#define DELETE "lifecycle/delete_after_days"
#define ARCHIVE "lifecycle/opt_in_to_archive_for_supported_resources"
#define CONTINUOUS "enable_continuous_backup"

/* One day value: not written, a hole, or a number in range. */
typedef struct days {
    const bp_value *value; /* NULL: not written */
    bool good;
    int64_t number;
} days;

static bool
is_copy(const bp_place *place)
{
    return place->node->kind == BP_NODE_COPY;
}

/* Below 1 as text: AWS has no word for "none" or "never". */
static bool
negative(bp_str text)
{
    int64_t number;
    return text.size > 1 && text.at[0] == '-' &&
           bp_str_number(bp_str_cut(text, 1, text.size), &number);
}

/* Reads a day value without judging it. */
static days
read_days(const bp_place *place, const char *path)
{
    days result = {.value = bp_node_value(place->node, path)};
    if (bp_node_number(place->node, path, &result.number)) {
        result.good = result.number >= 1 &&
                      result.number <= bp_quota_find(place->context->facts, "DAYS_MAX")->value;
    }
    return result;
}

/* Whether a number above the range breaks what AWS judges in the document: the days of continuous
 * backup, or the gap that the archive flag asks for. */
static bool
beyond_is_refused(const bp_place *place, const char *path, int64_t number)
{
    bool cold = strcmp(path, COLD) == 0;
    int64_t other = 0;
    if (!cold && !is_copy(place) && bp_place_on(place->node, CONTINUOUS)) {
        return true;
    }
    if (!bp_place_on(place->node, ARCHIVE) ||
        !bp_node_number(place->node, cold ? DELETE : COLD, &other)) {
        return false;
    }
    return (cold ? other - number : number - other) <
           bp_quota_find(place->context->facts, "COLD_GAP")->value;
}

static void
judge_range(const bp_place *place, const char *path)
{
    bp_diagnostics *list = place->context->diagnostics;
    const bp_value *value = bp_node_value(place->node, path);
    int64_t number = 0;
    bool counts = bp_node_number(place->node, path, &number);
    if (value == NULL || value->kind != BP_VALUE_TEXT || (!counts && !negative(value->text))) {
        return;
    }
    int64_t most = bp_quota_find(place->context->facts, "DAYS_MAX")->value;
    if (counts && number >= 1 && number <= most) {
        return;
    }
    bp_finding *finding =
        bp_report(list, "LIF004", value->span, "%.*s; a number of days is 1 to %lld",
                  BP_ARG(bp_value_words(place, value, "days")), (long long)most);
    bp_text_finding(place, finding, value->uses);
    if (counts && number > most) {
        if (beyond_is_refused(place, path, number)) {
            finding->aws = BP_AWS_REJECTS;
            return;
        }
        finding->aws = BP_AWS_INVALID_EFFECTIVE;
        bp_finding_note(list, finding,
                        "AWS Organizations takes the policy; the API of AWS Backup does not take "
                        "the plan");
        return;
    }
    bp_finding_help(list, finding, "leave the setting out%s",
                    bp_by_source(place, "; to keep backups for ever write delete_after = never",
                                 "; backups without delete_after_days are kept for ever"));
}

/* Offers to write another number of days where it stands in a form that is understood. */
static void
offer_days(const bp_place *place, bp_finding *finding, const bp_value *value, int64_t number)
{
    bp_str text;
    if (!bp_span_exists(value->declared) &&
        number <= bp_quota_find(place->context->facts, "DAYS_MAX")->value &&
        bp_value_rewrite(place, value, number, &text)) {
        bp_finding_fix(place->context->diagnostics, finding, false, value->span, text,
                       "replace with %.*s", BP_ARG(text));
    }
}

/* The place of the other value of a pair. */
static void
label_cold(const bp_place *place, bp_finding *finding, const days *cold)
{
    if (!bp_span_equal(cold->value->span, finding->span)) {
        bp_finding_label(place->context->diagnostics, finding, cold->value->span,
                         "moves to cold storage after %lld day%s", (long long)cold->number,
                         cold->number == 1 ? "" : "s");
    }
}

/* Without the archive flag the policy is stored and the merged one is invalid; with it, refused. */
static void
set_pair_verdict(const bp_place *place, bp_finding *finding)
{
    bp_diagnostics *list = place->context->diagnostics;
    const bp_value *archive = bp_node_value(place->node, ARCHIVE);
    if (bp_place_on(place->node, ARCHIVE)) {
        finding->aws = BP_AWS_REJECTS;
        bp_finding_label(list, finding, archive->span,
                         "the archive flag makes AWS check this at once");
        return;
    }
    bp_finding_note(list, finding, "the last valid effective policy stays in force meanwhile");
}

static void
report_inverted(const bp_place *place, const days *cold, const days *gone)
{
    bp_diagnostics *list = place->context->diagnostics;
    bp_finding *finding = bp_report(
        list, "LIF003", gone->value->span,
        "deleted after %lld day%s, moved to cold storage after %lld; the move must come first",
        (long long)gone->number, gone->number == 1 ? "" : "s", (long long)cold->number);
    bp_text_finding(place, finding, gone->value->uses);
    label_cold(place, finding, cold);
    set_pair_verdict(place, finding);
    int64_t gap = bp_quota_find(place->context->facts, "COLD_GAP")->value;
    bool swapped_fits = cold->number - gone->number >= gap;
    if (cold->number > gone->number) {
        bp_finding_help(list, finding, "are the two swapped?");
    }
    bp_str cold_text;
    bp_str gone_text;
    if (swapped_fits && !bp_span_exists(cold->value->declared) &&
        !bp_span_exists(gone->value->declared) &&
        bp_value_rewrite(place, gone->value, cold->number, &gone_text) &&
        bp_value_rewrite(place, cold->value, gone->number, &cold_text)) {
        bp_finding_fix(list, finding, false, gone->value->span, gone_text, "swap the two");
        bp_finding_edit(list, finding, cold->value->span, cold_text);
    } else if (!swapped_fits) {
        offer_days(place, finding, gone->value, cold->number + gap);
    }
}

static void
report_short(const bp_place *place, const days *cold, const days *gone)
{
    bp_diagnostics *list = place->context->diagnostics;
    const bp_quota *quota = bp_quota_find(place->context->facts, "COLD_GAP");
    int64_t stay = gone->number - cold->number;
    bp_finding *finding = bp_report(
        list, is_copy(place) ? "LIF002" : "LIF001", gone->value->span,
        "%lld day%s in cold storage; a %s must stay there at least %lld", (long long)stay,
        stay == 1 ? "" : "s", is_copy(place) ? "copy" : "backup", (long long)quota->value);
    bp_finding_mark(list, finding, "deleted after %lld days", (long long)gone->number);
    bp_text_finding(place, finding, gone->value->uses);
    label_cold(place, finding, cold);
    set_pair_verdict(place, finding);
    bp_finding_help(list, finding, "keep it %lld days or longer, or do without cold storage",
                    (long long)(cold->number + quota->value));
    offer_days(place, finding, gone->value, cold->number + quota->value);
}

static void
judge_pair(const bp_place *place, bool continuous)
{
    days cold = read_days(place, COLD);
    days gone = read_days(place, DELETE);
    if (!cold.good || !gone.good) {
        return;
    }
    if (gone.number <= cold.number) {
        report_inverted(place, &cold, &gone);
    } else if (gone.number - cold.number <
                   bp_quota_find(place->context->facts, "COLD_GAP")->value &&
               !continuous) {
        report_short(place, &cold, &gone);
    }
}

static void
judge_continuous_cold(const bp_place *place, const bp_value *on)
{
    bp_diagnostics *list = place->context->diagnostics;
    days cold = read_days(place, COLD);
    if (!cold.good) {
        return;
    }
    bp_finding *finding = bp_report(
        list, "LIF006", cold.value->span,
        "cold storage after %lld day%s with continuous backup; continuous backups stay warm",
        (long long)cold.number, cold.number == 1 ? "" : "s");
    bp_text_finding(place, finding, cold.value->uses);
    bp_finding_label(list, finding, on->span, "continuous backup is on");
    bp_finding_help(list, finding,
                    "leave cold storage out, or make a second rule without continuous backup");
}

static void
judge_continuous_days(const bp_place *place, const bp_value *on)
{
    bp_diagnostics *list = place->context->diagnostics;
    int64_t most = bp_quota_find(place->context->facts, "CONTINUOUS_DAYS")->value;
    days gone = read_days(place, DELETE);
    if ((gone.value != NULL && !gone.good) || (gone.good && gone.number <= most) ||
        (place->node->extend && (gone.value == NULL || place->merged != NULL)) ||
        (gone.value == NULL && (place->node->holes || place->merged != NULL))) {
        return;
    }
    if (gone.value == NULL) {
        bool never = place->node->never;
        bp_finding *finding = bp_report(
            list, bp_lacking_code(place, "LIF005"), never ? place->node->never_span : on->span,
            "continuous backup without a retention; it needs one of 1 to %lld days",
            (long long)most);
        bp_lacking_note(place, finding);
        bp_text_finding(place, finding, on->uses);
        if (never) {
            bp_finding_label(list, finding, on->span, "continuous backup is on");
        }
        bp_finding_help(list, finding, "add %s%lld%s",
                        bp_by_source(place, "delete_after = ", "a delete_after_days of "),
                        (long long)most, bp_by_source(place, "d", " or less"));
        return;
    }
    bp_finding *finding =
        bp_report(list, "LIF005", gone.value->span,
                  "continuous backups kept for %lld days; they can be kept for 1 to %lld",
                  (long long)gone.number, (long long)most);
    bp_text_finding(place, finding, gone.value->uses);
    bp_finding_label(list, finding, on->span, "continuous backup is on");
    bp_finding_help(list, finding,
                    "for a longer retention make a second rule without continuous "
                    "backup");
    offer_days(place, finding, gone.value, most);
}

static void
judge_lifecycle(const bp_place *place)
{
    if (place->merged != NULL && place->node->holes) {
        return; /* a document lacks something in it, which was told */
    }
    bool continuous = !is_copy(place) && bp_place_on(place->node, CONTINUOUS);
    judge_range(place, COLD);
    judge_range(place, DELETE);
    judge_pair(place, continuous);
    if (continuous) {
        const bp_value *on = bp_node_value(place->node, CONTINUOUS);
        judge_continuous_days(place, on);
        judge_continuous_cold(place, on);
    }
}

void
bp_check_lifecycles(const bp_check_context *context)
{
    bp_each_lifecycle(context, judge_lifecycle);
    bp_each_merged(context, BP_LAYER_LIFECYCLES, judge_lifecycle);
}

/* Whether anything stands at a path of a rule or copy, a hole included. */
static bool
written(const bp_node *node, const char *path)
{
    return bp_node_at(node, path) != NULL;
}

static void
judge_copy_retention(const bp_place *place)
{
    bp_diagnostics *list = place->context->diagnostics;
    if (place->node->extend || place->node->holes || written(place->node, DELETE)) {
        return;
    }
    bool source_kept = !written(place->rule, DELETE);
    bool cold = written(place->node, COLD);
    if (place->node->never && (source_kept || cold)) {
        return;
    }
    bp_finding *finding;
    if (place->node->never) {
        finding = bp_report(list, "LIF008", place->node->never_span,
                            "copy to be kept for ever; a copy without a lifecycle follows its "
                            "source, which is deleted");
    } else if (cold) {
        finding = bp_report(list, "LIF008", place->node->span,
                            "copy with cold storage and without retention; it is kept for ever");
    } else {
        finding = bp_report(list, "LIF008", place->node->span,
                            "copy without a retention of its own; it follows that of its source%s",
                            source_kept ? ", which is kept for ever" : "");
    }
    bp_text_finding(place, finding, place->node->uses);
    const bp_value *source = bp_node_value(place->rule, DELETE);
    if (source != NULL && source->kind == BP_VALUE_TEXT && !cold) {
        bp_finding_label(list, finding, source->span, "retention of the source");
    }
    bp_finding_help(list, finding, "write %s into the copy",
                    bp_by_source(place, "delete_after", "a lifecycle with delete_after_days"));
}

void
bp_check_copy_retention(const bp_check_context *context)
{
    bp_each_copy(context, judge_copy_retention);
    bp_each_merged(context, BP_LAYER_COPIES, judge_copy_retention);
}

static void
judge_rule_retention(const bp_place *place)
{
    bp_diagnostics *list = place->context->diagnostics;
    bool continuous = bp_place_on(place->node, CONTINUOUS); /* LIF005 says it */
    if (!bp_place_whole(place) || place->node->holes || place->node->never ||
        written(place->node, DELETE) || continuous) {
        return;
    }
    bp_finding *finding =
        bp_report(list, "LIF009", place->node->span,
                  "rule without retention; its backups are kept until somebody deletes them");
    bp_text_finding(place, finding, place->node->uses);
    bp_finding_help(list, finding, "%s",
                    bp_by_source(place,
                                 "add delete_after, or delete_after = never if that is what you "
                                 "want",
                                 "add a lifecycle with delete_after_days"));
}

void
bp_check_rule_retention(const bp_check_context *context)
{
    bp_each_effective(context, BP_LAYER_RULES, judge_rule_retention);
}

/* What the archive flag lacks in its lifecycle: nothing where a pair is judged by itself. */
static const char *
missing_days(const bp_place *place)
{
    bool cold = written(place->node, COLD);
    bool gone = written(place->node, DELETE);
    if (cold && gone) {
        return NULL;
    }
    const char *cold_word = bp_by_source(place, "cold_after", "move_to_cold_storage_after_days");
    const char *gone_word = bp_by_source(place, "delete_after", "delete_after_days");
    return cold   ? gone_word
           : gone ? cold_word
                  : bp_by_source(place, "cold_after and delete_after",
                                 "move_to_cold_storage_after_days and delete_after_days");
}

/* LIF014 for a rule or copy whose flag is on and that lacks something in the same document. */
static void
report_lacking(const bp_place *place, const bp_value *flag, const char *lacking, bool and_schedule)
{
    bp_diagnostics *list = place->context->diagnostics;
    bp_finding *finding = bp_report(
        list, bp_lacking_code(place, "LIF014"), flag->span,
        "archive without %s%s%s; it needs %s, a %s at least 90 days later, and a schedule",
        lacking == NULL ? "" : lacking, lacking != NULL && and_schedule ? " and without " : "",
        and_schedule ? "a schedule" : "",
        bp_by_source(place, "cold_after", "move_to_cold_storage_after_days"),
        bp_by_source(place, "delete_after", "delete_after_days"));
    bp_lacking_note(place, finding);
    bp_text_finding(place, finding, flag->uses);
    bp_finding_help(list, finding, "they must stand in the same policy%s",
                    is_copy(place) ? ": the days in the copy, the schedule in its rule" : "");
}

static void
report_rapid(const bp_place *place, const bp_value *flag, const bp_value *schedule, int64_t first,
             int64_t second)
{
    const bp_check_context *context = place->context;
    int64_t least = bp_quota_find(place->context->facts, "SCHEDULE_GAP_ARCHIVE")->value;
    int64_t apart = (second - first) / 86400;
    bp_finding *finding = bp_report(context->diagnostics, "LIF014", schedule->span,
                                    "next two runs %lld day%s apart; with the archive flag they "
                                    "must be at least %lld days apart",
                                    (long long)apart, apart == 1 ? "" : "s", (long long)least);
    bp_text_finding(place, finding, schedule->uses);
    bp_finding_label(context->diagnostics, finding, flag->span, "archive is on");
    bp_finding_note(context->diagnostics, finding, "next two runs: %.*s and %.*s",
                    BP_ARG(bp_instant_text(context->arena, first)),
                    BP_ARG(bp_instant_text(context->arena, second)));
    bp_note_schedule(place, finding, schedule);
    bp_finding_help(context->diagnostics, finding,
                    "archive the backups of a monthly rule, or switch archive off");
}

static void
judge_archive(const bp_place *place)
{
    const bp_value *flag = bp_node_value(place->node, ARCHIVE);
    if (!bp_place_on(place->node, ARCHIVE) || place->node->extend || place->rule->extend ||
        (place->merged != NULL && place->node->holes)) {
        return;
    }
    const bp_value *schedule = bp_node_value(place->rule, "schedule_expression");
    bool no_schedule = !written(place->rule, "schedule_expression");
    const char *lacking = missing_days(place);
    bool holes = place->node->holes || place->rule->holes;
    /* What the flag lacks must stand in its own document, and was told there. */
    if (!holes && place->merged == NULL && (lacking != NULL || no_schedule)) {
        report_lacking(place, flag, lacking, no_schedule);
    }
    if (schedule == NULL || schedule->kind != BP_VALUE_TEXT) {
        return;
    }
    bp_schedule parsed = bp_schedule_parse(place->context->arena, schedule->text);
    int64_t first;
    int64_t second;
    int64_t least = bp_quota_find(place->context->facts, "SCHEDULE_GAP_ARCHIVE")->value * 86400;
    if (parsed.fault == BP_SCHEDULE_GOOD &&
        bp_schedule_next(&parsed, place->context->as_of, &first) &&
        bp_schedule_next(&parsed, first, &second) && second - first < least) {
        report_rapid(place, flag, schedule, first, second);
    }
}

void
bp_check_archive(const bp_check_context *context)
{
    bp_each_lifecycle(context, judge_archive);
    bp_each_merged(context, BP_LAYER_LIFECYCLES, judge_archive);
}
