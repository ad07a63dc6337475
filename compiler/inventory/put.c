/*
 * From units to an organization: the order of the parts, the ages, and what is said about units
 * that are cut off, failed or missing.
 */
#include "compiler/inventory/survey_parts.h"

#include "lib/calendar.h"

bp_str
bp_put_text(bp_putting *on, bp_str text)
{
    return bp_kept(on->survey, text);
}

static void
use_age(bp_putting *on, int64_t taken)
{
    if (taken == BP_NO_TIME) {
        on->oldest = BP_NO_TIME;
    } else if (!on->used || (on->oldest != BP_NO_TIME && taken < on->oldest)) {
        on->oldest = taken;
    }
    on->used = true;
    bp_survey *survey = on->survey;
    if (taken != BP_NO_TIME) {
        survey->oldest =
            survey->oldest == BP_NO_TIME || taken < survey->oldest ? taken : survey->oldest;
        survey->newest = taken > survey->newest ? taken : survey->newest;
    }
}

void
bp_put_age(bp_putting *on, const bp_unit *unit)
{
    if (unit->when != on->last_used || !on->used) {
        on->last_used = unit->when;
        use_age(on, bp_unit_answer(on->survey, unit)->taken);
    }
}

bp_str
bp_put_content(bp_putting *on, bp_arena *arena, const bp_unit *unit)
{
    int64_t oldest = INT64_MAX;
    if (unit == NULL) {
        return BP_STR("");
    }
    if (unit->more == 0 && unit->complete) {
        bp_put_age(on, unit);
        return bp_text_of(on->survey, unit->content);
    }
    bp_str content = bp_unit_content(on->survey, arena, unit, &oldest);
    if (oldest != INT64_MAX) {
        use_age(on, oldest);
    }
    return content;
}

void
bp_put_missing(bp_putting *on, bp_dump_kind kind)
{
    on->counts[kind].missing++;
}

/* ---- settings */

/* The keys of the run; those of the inventory that was started from where the run names none. */
static void
put_watched(bp_putting *on)
{
    bp_survey *survey = on->survey;
    const bp_str *keys = survey->options.watched_tags;
    size_t count = survey->options.watched_tag_count;
    if (count == 0 && survey->start != NULL) {
        keys = survey->start->watched_tags.at;
        count = survey->start->watched_tags.count;
    }
    for (size_t i = 0; i < count; i++) {
        *bp_vec_add(on->arena, &on->org->watched_tags) = keys[i];
    }
}

void
bp_put_settings(bp_putting *on)
{
    bp_survey *survey = on->survey;
    bp_organization *org = on->org;
    bp_record record;
    bp_unit *trusted = bp_unit_find(survey, (bp_unit_key){.kind = BP_DUMP_TRUSTED, .region = -1});
    bp_str rest = bp_put_content(on, on->scratch, trusted);
    while (bp_record_next(on->scratch, &rest, &record)) {
        *bp_vec_add(on->arena, &org->trusted) = bp_put_text(on, record.field[0]);
    }
    org->trusted_known = trusted != NULL && trusted->complete;
    bp_unit *delegated =
        bp_unit_find(survey, (bp_unit_key){.kind = BP_DUMP_DELEGATED, .region = -1});
    rest = bp_put_content(on, on->scratch, delegated);
    while (bp_record_next(on->scratch, &rest, &record)) {
        *bp_vec_add(on->arena, &org->administrators) = bp_put_text(on, record.field[0]);
    }
    org->administrators_known = delegated != NULL && delegated->complete;
    /* No dump tells of stack sets: what the inventory said before stands. */
    const bp_organization *before = survey->start;
    for (size_t i = 0; before != NULL && i < before->set_administrators.count; i++) {
        *bp_vec_add(on->arena, &org->set_administrators) =
            bp_put_text(on, before->set_administrators.at[i]);
    }
    org->set_administrators_known = before != NULL && before->set_administrators_known;
    bp_unit *global = bp_unit_find(
        survey, (bp_unit_key){.kind = BP_DUMP_GLOBAL, .account = org->management_id, .region = -1});
    rest = bp_put_content(on, on->scratch, global);
    while (bp_record_next(on->scratch, &rest, &record)) {
        org->cross_account_backup = bp_str_is(record.field[1], "enabled")    ? BP_PRESENT
                                    : bp_str_is(record.field[1], "disabled") ? BP_ABSENT
                                                                             : BP_UNKNOWN;
    }
    put_watched(on);
}

/* ---- who the organization is */

static bool
disagree(bp_survey *survey, const char *what, bp_str a, bp_str b)
{
    bp_survey_report(survey, "TOP014", "IMP035", BP_STR(""),
                     "%s \"%.*s\" in one dump and \"%.*s\" in another; an inventory is of one "
                     "organization",
                     what, BP_ARG(a), BP_ARG(b));
    return false;
}

/* Whether the inventory that is added to is of the organization of the dumps. */
static bool
goes_on(bp_survey *survey, const bp_organization *org)
{
    const bp_organization *start = survey->start;
    if (start == NULL) {
        return true;
    }
    const struct {
        const char *what;
        bp_str before;
        bp_str now;
    } names[] = {{"organization", start->id, org->id},
                 {"management account", start->management_id, org->management_id},
                 {"partition", start->partition, org->partition}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!bp_str_equal(names[i].before, names[i].now)) {
            bp_survey_report(survey, "TOP014", "IMP035", BP_STR(""),
                             "%s \"%.*s\" in the inventory and \"%.*s\" in a dump; an inventory is "
                             "of one organization",
                             names[i].what, BP_ARG(names[i].before), BP_ARG(names[i].now));
            return false;
        }
    }
    return true;
}

static bool
put_identity(bp_putting *on)
{
    bp_survey *survey = on->survey;
    bp_organization *org = on->org;
    bp_record record;
    bp_unit *unit = bp_unit_find(survey, (bp_unit_key){.kind = BP_DUMP_ORGANIZATION, .region = -1});
    bp_str rest = bp_put_content(on, on->scratch, unit);
    if (bp_record_next(on->scratch, &rest, &record)) {
        org->id = bp_put_text(on, record.field[0]);
        org->management_id = bp_put_text(on, record.field[1]);
        org->partition = bp_put_text(on, record.field[3]);
        org->features = bp_str_is(record.field[2], "ALL")                    ? BP_FEATURES_ALL
                        : bp_str_is(record.field[2], "CONSOLIDATED_BILLING") ? BP_FEATURES_BILLING
                                                                             : BP_FEATURES_UNKNOWN;
    } else {
        org->id = survey->org_id;
        org->management_id = survey->management;
        org->partition = survey->partition;
    }
    if (org->id.size == 0 || org->management_id.size == 0) {
        bp_finding *finding = bp_survey_report(
            survey, "TOP010", "IMP039", BP_STR(""),
            "nothing says which organization this is; an inventory begins with its id");
        bp_finding_help(survey->list, finding,
                        "add the output of: aws organizations describe-organization");
        return false;
    }
    if (survey->org_id.size > 0 && !bp_str_equal(survey->org_id, org->id)) {
        return disagree(survey, "organization", org->id, survey->org_id);
    }
    if (survey->management.size > 0 && !bp_str_equal(survey->management, org->management_id)) {
        return disagree(survey, "management account", org->management_id, survey->management);
    }
    if (survey->partition.size > 0 && !bp_str_equal(survey->partition, org->partition)) {
        return disagree(survey, "partition", org->partition, survey->partition);
    }
    return goes_on(survey, org);
}

/* ---- what is not known */

static void
tell_cut(bp_survey *survey, bp_dump_kind kind)
{
    const bp_cut_list *cut = &survey->cut[kind];
    if (cut->count == 0) {
        return;
    }
    bp_finding *finding =
        bp_report(survey->list, "TOP014", cut->first,
                  "%zu answer%s of %s %s cut off (%s); a list that is not whole denies nothing",
                  cut->count, bp_plural(cut->count), bp_dump_rows()[kind].command,
                  cut->count == 1 ? "is" : "are", cut->how);
    bp_finding_note(survey->list, finding, "reason IMP032");
    bp_finding_help(survey->list, finding, "repeat without --max-items: %.*s", BP_ARG(cut->call));
    if (survey->options.allow_truncated) {
        finding->severity = BP_WARNING;
    } else {
        bp_finding_help(survey->list, finding,
                        "--allow-truncated writes the inventory and leaves it unknown");
    }
}

static void
tell_unknown(bp_putting *on, bp_dump_kind kind)
{
    bp_survey *survey = on->survey;
    const bp_cut_list *failed = &survey->failed[kind];
    const bp_dump_row *row = &bp_dump_rows()[kind];
    size_t calls = on->counts[kind].failed;
    if (calls > 0 && failed->unit != NULL) {
        bp_finding *finding =
            bp_report(survey->list, "IMP062", failed->first,
                      "%zu call%s of %s failed; what %s would say is "
                      "unknown",
                      calls, bp_plural(calls), row->command, calls == 1 ? "it" : "they");
        bp_finding_help(survey->list, finding, "repeat: %.*s", BP_ARG(failed->call));
    }
    if (on->counts[kind].missing > 0) {
        bp_finding *finding =
            bp_report(survey->list, "IMP062", BP_NOWHERE, "%s missing: %zu of %zu answers of %s",
                      row->section, on->counts[kind].missing,
                      on->counts[kind].missing + on->counts[kind].complete +
                          on->counts[kind].truncated + on->counts[kind].failed,
                      row->command);
        bp_finding_help(survey->list, finding, "what is missing stays unknown");
    }
}

static void
count_units(bp_putting *on)
{
    bp_survey *survey = on->survey;
    for (size_t i = 0; i < survey->line_count; i++) {
        bp_line *line = bp_line_at(survey, i);
        bp_survey_line *to = &on->counts[line->kind];
        int region = BP_BEFORE_REGIONS;
        for (const bp_unit *unit = bp_line_next(survey, line, &region); unit != NULL;
             unit = bp_line_next(survey, line, &region)) {
            to->complete += unit->complete;
            to->failed += !unit->complete && unit->failed;
            to->truncated += !unit->complete && !unit->failed;
        }
    }
}

static void
tell_ages(bp_putting *on)
{
    enum { DAY = 24 * 3600 };
    bp_survey *survey = on->survey;
    bp_organization *org = on->org;
    org->captured_known = on->used && on->oldest != BP_NO_TIME;
    if (org->captured_known) {
        org->captured = on->oldest;
        org->captured_at = bp_instant_text(on->arena, on->oldest);
    }
    if (survey->oldest != BP_NO_TIME && survey->newest - survey->oldest > DAY) {
        bp_str first = bp_instant_text(on->arena, survey->oldest);
        bp_str last = bp_instant_text(on->arena, survey->newest);
        bp_survey_report(survey, "IMP038", "IMP038", BP_STR(""),
                         "dumps from %.*s to %.*s; what changed between is seen by some only",
                         BP_ARG(first), BP_ARG(last));
    }
}

static void
link_accounts(bp_putting *on)
{
    bp_survey *survey = on->survey;
    on->about = bp_arena_array(on->arena, survey->texts.count, sizeof *on->about);
    for (size_t i = 0; i < survey->line_count; i++) {
        bp_line *line = bp_line_at(survey, i);
        on->has[line->kind] = true;
        on->about[line->account] = true;
    }
}

static void
settle(bp_survey *survey)
{
    for (size_t i = 0; i < survey->line_count; i++) {
        bp_line *line = bp_line_at(survey, i);
        int region = BP_BEFORE_REGIONS;
        for (bp_unit *unit = bp_line_next(survey, line, &region); unit != NULL;
             unit = bp_line_next(survey, line, &region)) {
            bp_unit_settle(survey, line, unit, region == BP_NO_REGION ? -1 : region);
        }
    }
}

static bool
put_together(bp_survey *survey, const bp_organization **org)
{
    bp_putting on = {.survey = survey,
                     .arena = bp_arena_child(survey->arena),
                     .scratch = bp_arena_child(survey->units_memory),
                     .org = BP_NEW(survey->arena, bp_organization)};
    on.org->facts = survey->options.facts;
    on.org->opt_in = bp_regions_opt_in(survey->options.facts);
    settle(survey);
    link_accounts(&on);
    on.vault_sets = bp_map_new(on.arena);
    on.vault_texts = bp_map_new(on.arena);
    on.role_sets = bp_map_new(on.arena);
    on.setting_sets = bp_map_new(on.arena);
    on.resource_sets = bp_map_new(on.arena);
    on.tag_sets = bp_map_new(on.arena);
    for (size_t i = 0; i < BP_DUMP_KINDS; i++) {
        tell_cut(survey, (bp_dump_kind)i);
    }
    if (survey->org_not_in_use || survey->broken || !put_identity(&on) || !bp_put_tree(&on)) {
        return false;
    }
    count_units(&on);
    bp_put_settings(&on);
    bp_put_accounts(&on);
    bp_put_policies(&on);
    bp_put_stack_sets(&on);
    bp_put_all_missing(&on);
    tell_ages(&on);
    for (size_t i = 0; i < BP_DUMP_KINDS; i++) {
        bp_survey_line line = on.counts[i];
        line.section = bp_dump_rows()[i].section;
        tell_unknown(&on, (bp_dump_kind)i);
        if (line.complete + line.truncated + line.failed + line.missing > 0) {
            *bp_vec_add(survey->arena, &survey->lines) = line;
        }
    }
    *org = on.org;
    return true;
}

bool
bp_survey_finish(bp_survey *survey, const bp_organization **org)
{
    bool good = put_together(survey, org);
    bp_arena_release(survey->arena, survey->units_memory);
    return good;
}
