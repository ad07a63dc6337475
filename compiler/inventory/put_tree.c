/*
 * The tree: OUs below their parents from the root on, then accounts. What hangs nowhere, hangs
 * twice or is no part of a complete tree is an error, never a guess.
 */
#include "compiler/inventory/survey_parts.h"

static bool
malformed(bp_putting *on, const char *format, bp_str a, bp_str b)
{
    bp_survey_report(on->survey, "TOP010", "IMP039", BP_STR(""), "\"%.*s\" %s \"%.*s\"", BP_ARG(a),
                     format, BP_ARG(b));
    return false;
}

static bp_policy_type
type_of(bp_str word)
{
    static const char *const words[] = {"unknown", "enabled", "pending-enable", "pending-disable",
                                        "disabled"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (bp_str_is(word, words[i])) {
            return (bp_policy_type)i;
        }
    }
    return BP_POLICY_TYPE_UNKNOWN;
}

static void
add_ou(bp_putting *on, bp_str id, bp_str name, uint32_t parent)
{
    bp_organization *org = on->org;
    bp_ou *ou = bp_vec_add(on->arena, &org->ous);
    size_t index = org->ous.count - 1;
    *ou = (bp_ou){.id = id, .name = name, .parent = parent};
    ou->depth = index == 0 ? 0 : org->ous.at[parent].depth + 1;
    ou->tags = bp_put_tags(on, id);
}

static bool
put_root(bp_putting *on)
{
    bp_survey *survey = on->survey;
    bp_record record;
    bp_unit *unit = bp_unit_find(survey, (bp_unit_key){.kind = BP_DUMP_ROOTS, .region = -1});
    bp_str rest = bp_put_content(on, on->scratch, unit);
    if (bp_record_next(on->scratch, &rest, &record)) {
        add_ou(on, bp_put_text(on, record.field[0]), bp_put_text(on, record.field[1]), 0);
        on->org->policy_type = type_of(record.field[2]);
        bp_record second;
        return !bp_record_next(on->scratch, &rest, &second) ||
               malformed(on, "is one root, and there is another:", record.field[0],
                         second.field[0]);
    }
    for (size_t i = 0; i < survey->line_count; i++) {
        bp_line *each = bp_line_at(survey, i);
        bp_str sub = bp_text_of(survey, each->sub);
        bool about = each->kind == BP_DUMP_OUS || each->kind == BP_DUMP_CHILDREN;
        if (about && bp_str_starts(sub, BP_STR("r-"))) {
            add_ou(on, sub, BP_STR(""), 0);
            return true;
        }
    }
    bp_finding *finding = bp_survey_report(survey, "TOP010", "IMP039", BP_STR(""),
                                           "nothing says what the root of the organization is");
    bp_finding_help(survey->list, finding, "add the output of: aws organizations list-roots");
    return false;
}

static bp_unit *
about_parent(bp_putting *on, bp_dump_kind kind, bp_str parent)
{
    return bp_unit_find(on->survey, (bp_unit_key){.kind = kind, .sub = parent, .region = -1});
}

/* All OUs, level by level: the vector is the queue. */
static bool
put_ous(bp_putting *on, bp_map *known)
{
    bp_organization *org = on->org;
    bp_map_set(known, org->ous.at[0].id, org);
    for (size_t i = 0; i < org->ous.count; i++) {
        bp_record record;
        bp_unit *unit = about_parent(on, BP_DUMP_OUS, org->ous.at[i].id);
        bp_str rest = bp_put_content(on, on->scratch, unit);
        org->ous.at[i].ous_known = unit != NULL && unit->complete;
        while (bp_record_next(on->scratch, &rest, &record)) {
            bp_str id = bp_put_text(on, record.field[0]);
            if (bp_map_get(known, id) != NULL) {
                return malformed(on, "stands in two places of the tree, one of them under", id,
                                 org->ous.at[i].id);
            }
            bp_map_set(known, id, org);
            add_ou(on, id, bp_put_text(on, record.field[1]), (uint32_t)i);
        }
    }
    return true;
}

/* Answers about parents that are not in the tree. */
static bool
no_strangers(bp_putting *on, bp_map *known)
{
    bp_survey *survey = on->survey;
    for (size_t i = 0; i < survey->line_count; i++) {
        bp_line *unit = bp_line_at(survey, i);
        bp_str sub = bp_text_of(survey, unit->sub);
        bool about = unit->kind == BP_DUMP_OUS || unit->kind == BP_DUMP_CHILDREN;
        if (about && bp_map_get(known, sub) == NULL) {
            bp_finding *finding = bp_survey_report(
                survey, "TOP010", "IMP039", BP_STR(""),
                "\"%.*s\" has a list of what stands under it and stands nowhere itself",
                BP_ARG(sub));
            bp_finding_help(survey->list, finding,
                            "add the output of: aws organizations "
                            "list-organizational-units-for-parent, for its parent");
            return false;
        }
    }
    return true;
}

/* ---- accounts */

static bp_account_state
state_of(bp_str word)
{
    for (int i = BP_STATE_ACTIVE; i < BP_STATE_UNKNOWN; i++) {
        if (bp_str_is(word, bp_account_state_name((bp_account_state)i))) {
            return (bp_account_state)i;
        }
    }
    return BP_STATE_UNKNOWN;
}

static void
add_account(bp_putting *on, bp_str id, bp_str name, bp_account_state state, uint32_t ou)
{
    bp_organization *org = on->org;
    *bp_vec_add(on->arena, &org->accounts) = (bp_account){
        .id = id,
        .name = name,
        .ou = ou,
        .state = state,
        .management = bp_str_equal(id, org->management_id),
    };
}

typedef struct place {
    uint32_t ou;
} place;

/* In which OU an account stands: its index + 1, or 0; by the number of the account's id. */
static uint32_t *
ou_of(bp_putting *on, uint32_t account)
{
    if (account >= on->placed_room) {
        size_t room = on->survey->texts.count + on->survey->texts.count / 4 + 64;
        uint32_t *placed = bp_arena_array(on->survey->units_memory, room, sizeof *placed);
        for (size_t i = 0; i < on->placed_room; i++) {
            placed[i] = on->placed[i];
        }
        on->placed = placed;
        on->placed_room = room;
    }
    return &on->placed[account];
}

static bool
put_children(bp_putting *on, uint32_t ou)
{
    bp_record record;
    bp_organization *org = on->org;
    bp_unit *unit = about_parent(on, BP_DUMP_CHILDREN, org->ous.at[ou].id);
    bp_arena_reset(on->scratch);
    bp_str rest = bp_put_content(on, on->scratch, unit);
    org->ous.at[ou].accounts_known = unit != NULL && unit->complete;
    while (bp_record_next(on->scratch, &rest, &record)) {
        uint32_t number = bp_text_number(on->survey, record.field[0]);
        bp_str id = bp_text_of(on->survey, number);
        uint32_t *stands = ou_of(on, number);
        if (*stands != 0) {
            return malformed(on, "stands in two OUs, one of them is", id,
                             org->ous.at[*stands - 1].id);
        }
        *stands = ou + 1;
        add_account(on, id, bp_str_copy(on->arena, record.field[1]), state_of(record.field[2]), ou);
    }
    return true;
}

/* An account that no list of the tree holds: wrong where the tree is whole, else put under the
 * root. */
static void
put_stray(bp_putting *on, uint32_t account, bp_str name)
{
    bp_survey *survey = on->survey;
    bp_str id = bp_text_of(survey, account);
    bool whole = on->org->tree_complete;
    bp_finding *finding = bp_survey_report(
        survey, "TOP010", whole ? "IMP036" : "IMP037", BP_STR(""), "account \"%.*s\" %s",
        BP_ARG(id),
        whole ? "is not in the tree, which is complete"
              : "is in no list of the tree; it is put under the root with an unknown state");
    if (!whole) {
        finding->severity = BP_WARNING;
        *ou_of(on, account) = 1;
        add_account(on, id, name, BP_STATE_UNKNOWN, 0);
    }
}

/* The list of all accounts: places those that say where they stand. */
static bool
place_listed(bp_putting *on, bp_unit *list, const bp_map *ou_indexes, bool *all_placed)
{
    bp_record record;
    bp_str rest = bp_put_content(on, on->scratch, list);
    while (bp_record_next(on->scratch, &rest, &record)) {
        uint32_t number = bp_text_number(on->survey, record.field[0]);
        bp_str id = bp_text_of(on->survey, number);
        uint32_t *stands = ou_of(on, number);
        place *said = record.field[3].size == 0 ? NULL : bp_map_get(ou_indexes, record.field[3]);
        if (record.field[3].size > 0 && said == NULL) {
            return malformed(on, "stands under an OU that stands nowhere:", id, record.field[3]);
        }
        if (*stands != 0 && said != NULL && *stands - 1 != said->ou) {
            return malformed(on, "stands in two OUs, one of them is", id, record.field[3]);
        }
        *all_placed = *all_placed && (*stands != 0 || said != NULL);
        if (*stands == 0 && said != NULL) {
            *stands = said->ou + 1;
            add_account(on, id, bp_put_text(on, record.field[1]), state_of(record.field[2]),
                        said->ou);
        }
    }
    return true;
}

static void
put_strays(bp_putting *on, bp_unit *list)
{
    bp_survey *survey = on->survey;
    bp_record record;
    bp_str rest = list == NULL ? BP_STR("") : bp_unit_content(survey, on->scratch, list, NULL);
    while (bp_record_next(on->scratch, &rest, &record)) {
        uint32_t account = bp_text_number(survey, record.field[0]);
        if (*ou_of(on, account) == 0) {
            put_stray(on, account, bp_put_text(on, record.field[1]));
        }
    }
    for (size_t i = 0; i < survey->line_count; i++) {
        uint32_t account = bp_line_at(survey, i)->account;
        if (account != 0 && *ou_of(on, account) == 0 && on->about[account]) {
            put_stray(on, account, BP_STR(""));
            on->about[account] = !on->org->tree_complete;
        }
    }
}

/* How many accounts the lists hold: room for them at once. */
static size_t
count_children(const bp_putting *on)
{
    const bp_survey *survey = on->survey;
    size_t count = 0;
    for (size_t i = 0; i < survey->line_count; i++) {
        bp_line *line = bp_line_at(survey, i);
        const bp_unit *unit = bp_line_unit(survey, line, -1);
        if (line->kind == BP_DUMP_CHILDREN && unit != NULL) {
            count += bp_records_count(bp_text_of(survey, unit->content));
        }
    }
    return count;
}

static bool
put_all_accounts(bp_putting *on)
{
    bp_organization *org = on->org;
    bp_map *indexes = bp_map_new(on->arena);
    bp_unit *list = bp_unit_find(on->survey, (bp_unit_key){.kind = BP_DUMP_ACCOUNTS, .region = -1});
    bool listed = list != NULL && list->complete;
    org->accounts.room = 1 + count_children(on);
    org->accounts.at = bp_arena_array(on->arena, org->accounts.room, sizeof *org->accounts.at);
    bool all_placed = true;
    for (size_t i = 0; i < org->ous.count; i++) {
        place *at = BP_NEW(on->arena, place);
        at->ou = (uint32_t)i;
        bp_map_set(indexes, org->ous.at[i].id, at);
        if (!put_children(on, (uint32_t)i)) {
            return false;
        }
    }
    if (list != NULL && !place_listed(on, list, indexes, &all_placed)) {
        return false;
    }
    org->tree_complete = true;
    for (size_t i = 0; i < org->ous.count; i++) {
        bp_ou *ou = &org->ous.at[i];
        ou->accounts_known = ou->accounts_known || (listed && all_placed);
        org->tree_complete = org->tree_complete && ou->ous_known && ou->accounts_known;
        if (!ou->ous_known) {
            bp_put_missing(on, BP_DUMP_OUS);
        }
        if (!ou->accounts_known) {
            bp_put_missing(on, BP_DUMP_CHILDREN);
        }
    }
    org->tree_partial = !org->tree_complete;
    put_strays(on, list);
    return true;
}

bool
bp_put_tree(bp_putting *on)
{
    bp_map *known = bp_map_new(on->arena);
    if (!put_root(on) || !put_ous(on, known) || !no_strangers(on, known) || !put_all_accounts(on)) {
        return false;
    }
    if (on->org->tree_complete && on->org->accounts.count == 0) {
        bp_survey_report(on->survey, "TOP014", "IMP032", BP_STR(""),
                         "a complete tree without any account; no organization is empty");
        return false;
    }
    return true;
}
