/*
 * Keys of a document: the way that the rows of settings.def go, keys that no row knows (SYN003),
 * keys that differ in letter case alone (SYN008), keys in capital letters (SYN019).
 *
 * Which wrong names mean which right one is a table here: names of the AWS Backup API, of other
 * tools, and what people remember.
 */
#include "compiler/policy/document_parts.h"
#include "grammar/ast.h"

/* The end of the segment of a path that begins at `at`. */
static size_t
segment_end(bp_str path, size_t at)
{
    return at + bp_str_find(bp_str_cut(path, at, path.size), '/');
}

/* The offset of the first segment below a level in a row's path; false if the row lies elsewhere.
 */
static bool
below(const bp_document_level *level, const bp_setting *row, size_t *at)
{
    if ((row->blocks & level->block) == 0 || row->path[0] == '\0' || row->path[0] == '@') {
        return false;
    }
    bp_str path = bp_str_of(row->path);
    *at = level->path.size == 0 ? 0 : level->path.size + 1;
    return level->path.size == 0 || (bp_str_starts(path, level->path) && *at < path.size &&
                                     path.at[level->path.size] == '/');
}

/* A row that the API knows and policies do not. */
static bool
is_refused(const bp_setting *row)
{
    return row->since[0] == '\0' && row->type == BP_TYPE_STRING;
}

/* The four operators of conditions are the only "*" that takes no name. */
static bool
word_fits(const bp_setting *row, bp_str key, bp_str *word)
{
    if (row == NULL || row->choices[0] == '\0') {
        return true;
    }
    bp_str rest = bp_str_of(row->choices);
    while (rest.size > 0) {
        size_t end = bp_str_find(rest, ' ');
        bp_str each = bp_str_cut(rest, 0, bp_str_find(bp_str_cut(rest, 0, end), '='));
        if (bp_str_equal_folded(each, key)) {
            *word = each;
            return true;
        }
        rest = bp_str_cut(rest, end + 1, rest.size);
    }
    return false;
}

bool
bp_document_take_step(const bp_document_level *level, bp_str key, bp_document_step *step)
{
    size_t count = 0;
    const bp_setting *rows = bp_settings(&count);
    bool found = false;
    bool fixed = false;
    *step = (bp_document_step){.key = key};
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        if (!below(level, &rows[i], &at)) {
            continue;
        }
        bp_str whole = bp_str_of(rows[i].path);
        size_t end = segment_end(whole, at);
        bp_str segment = bp_str_cut(whole, at, end);
        bool name = bp_str_is(segment, "*");
        if ((!name && !bp_str_equal_folded(segment, key)) || (name && fixed)) {
            continue;
        }
        if (!found || (!name && !fixed)) {
            found = true;
            fixed = !name;
            step->row = NULL;
            step->key = name ? key : segment;
            step->path = bp_str_cut(whole, 0, end);
        }
        if (end == whole.size) {
            step->row = &rows[i];
        }
    }
    return found && !(step->row != NULL && is_refused(step->row)) &&
           (fixed || word_fits(step->row, key, &step->key));
}

/* ---- wrong names */

typedef struct alias {
    unsigned block;
    const char *path;  /* of the level below the block */
    const char *wrong; /* folded, without '_' and '-' */
    const char *right;
} alias;

static const alias aliases[] = {
    {BP_BLOCK_POLICY, "", "backupplans", "plans"},
    {BP_BLOCK_POLICY, "", "backupplan", "plans"},
    {BP_BLOCK_POLICY, "", "plan", "plans"},
    {BP_BLOCK_PLAN, "", "region", "regions"},
    {BP_BLOCK_PLAN, "", "rule", "rules"},
    {BP_BLOCK_PLAN, "", "backuprules", "rules"},
    {BP_BLOCK_PLAN, "", "planrules", "rules"},
    {BP_BLOCK_PLAN, "", "selection", "selections"},
    {BP_BLOCK_PLAN, "", "backupselections", "selections"},
    {BP_BLOCK_PLAN, "", "tags", "backup_plan_tags"},
    {BP_BLOCK_PLAN, "", "plantags", "backup_plan_tags"},
    {BP_BLOCK_PLAN, "", "advancedsettings", "advanced_backup_settings"},
    {BP_BLOCK_RULE, "", "schedule", "schedule_expression"},
    {BP_BLOCK_RULE, "", "cron", "schedule_expression"},
    {BP_BLOCK_RULE, "", "cronexpression", "schedule_expression"},
    {BP_BLOCK_RULE, "", "startwindow", "start_backup_window_minutes"},
    {BP_BLOCK_RULE, "", "startwindowminutes", "start_backup_window_minutes"},
    {BP_BLOCK_RULE, "", "startbackupwindow", "start_backup_window_minutes"},
    {BP_BLOCK_RULE, "", "completionwindow", "complete_backup_window_minutes"},
    {BP_BLOCK_RULE, "", "completionwindowminutes", "complete_backup_window_minutes"},
    {BP_BLOCK_RULE, "", "completewindowminutes", "complete_backup_window_minutes"},
    {BP_BLOCK_RULE, "", "completebackupwindow", "complete_backup_window_minutes"},
    {BP_BLOCK_RULE, "", "completionbackupwindowminutes", "complete_backup_window_minutes"},
    {BP_BLOCK_RULE, "", "targetbackupvault", "target_backup_vault_name"},
    {BP_BLOCK_RULE, "", "targetvaultname", "target_backup_vault_name"},
    {BP_BLOCK_RULE, "", "targetvault", "target_backup_vault_name"},
    {BP_BLOCK_RULE, "", "vaultname", "target_backup_vault_name"},
    {BP_BLOCK_RULE, "", "backupvaultname", "target_backup_vault_name"},
    {BP_BLOCK_RULE, "", "vault", "target_backup_vault_name"},
    {BP_BLOCK_RULE, "", "continuousbackup", "enable_continuous_backup"},
    {BP_BLOCK_RULE, "", "copyaction", "copy_actions"},
    {BP_BLOCK_RULE, "", "copies", "copy_actions"},
    {BP_BLOCK_RULE, "", "recoverypointtag", "recovery_point_tags"},
    {BP_BLOCK_RULE | BP_BLOCK_COPY, "lifecycle", "todeleteafterdays", "delete_after_days"},
    {BP_BLOCK_RULE | BP_BLOCK_COPY, "lifecycle", "deleteafter", "delete_after_days"},
    {BP_BLOCK_RULE | BP_BLOCK_COPY, "lifecycle", "delete", "delete_after_days"},
    {BP_BLOCK_RULE | BP_BLOCK_COPY, "lifecycle", "expireafterdays", "delete_after_days"},
    {BP_BLOCK_RULE | BP_BLOCK_COPY, "lifecycle", "retentiondays", "delete_after_days"},
    {BP_BLOCK_RULE | BP_BLOCK_COPY, "lifecycle", "tocoldstorageafterdays",
     "move_to_cold_storage_after_days"},
    {BP_BLOCK_RULE | BP_BLOCK_COPY, "lifecycle", "coldstorageafter",
     "move_to_cold_storage_after_days"},
    {BP_BLOCK_RULE | BP_BLOCK_COPY, "lifecycle", "coldstorageafterdays",
     "move_to_cold_storage_after_days"},
    {BP_BLOCK_RULE | BP_BLOCK_COPY, "lifecycle", "movetocoldstorage",
     "move_to_cold_storage_after_days"},
    {BP_BLOCK_RULE | BP_BLOCK_COPY, "lifecycle", "optintoarchive",
     "opt_in_to_archive_for_supported_resources"},
    {BP_BLOCK_COPY, "", "destinationbackupvaultarn", "target_backup_vault_arn"},
    {BP_BLOCK_COPY, "", "destinationvaultarn", "target_backup_vault_arn"},
    {BP_BLOCK_COPY, "", "targetvaultarn", "target_backup_vault_arn"},
    {BP_BLOCK_SELECT_TAGS | BP_BLOCK_SELECT_RESOURCES, "", "iamrole", "iam_role_arn"},
    {BP_BLOCK_SELECT_TAGS | BP_BLOCK_SELECT_RESOURCES, "", "rolearn", "iam_role_arn"},
    {BP_BLOCK_SELECT_TAGS | BP_BLOCK_SELECT_RESOURCES, "", "role", "iam_role_arn"},
    {BP_BLOCK_SELECT_TAGS, "", "key", "tag_key"},
    {BP_BLOCK_SELECT_TAGS, "", "value", "tag_value"},
    {BP_BLOCK_SELECT_TAGS, "", "tagvalues", "tag_value"},
    {BP_BLOCK_SELECT_RESOURCES, "", "resources", "resource_types"},
    {BP_BLOCK_SELECT_RESOURCES, "", "notresources", "not_resource_types"},
    {BP_BLOCK_PLAN, "backup_plan_tags/*", "key", "tag_key"},
    {BP_BLOCK_PLAN, "backup_plan_tags/*", "value", "tag_value"},
    {BP_BLOCK_RULE, "recovery_point_tags/*", "key", "tag_key"},
    {BP_BLOCK_RULE, "recovery_point_tags/*", "value", "tag_value"},
    {BP_BLOCK_PLAN, "scan_settings/GUARDDUTY", "scannerrole", "scanner_role_arn"},
};

/* Folded, without what joins words. */
static bp_str
bare(bp_arena *arena, bp_str key)
{
    bp_buf text = {.arena = arena};
    for (size_t i = 0; i < key.size; i++) {
        if (key.at[i] != '_' && key.at[i] != '-' && key.at[i] != ' ') {
            bp_buf_add_char(&text, bp_fold_char(key.at[i]));
        }
    }
    return bp_buf_text(&text);
}

static bp_str
alias_of(bp_document *document, const bp_document_level *level, bp_str key)
{
    bp_str plain = bare(document->arena, key);
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if ((aliases[i].block & level->block) != 0 && bp_str_is(level->path, aliases[i].path) &&
            bp_str_is(plain, aliases[i].wrong)) {
            return bp_str_of(aliases[i].right);
        }
    }
    return BP_STR("");
}

/* The keys of a level, each offered once in a row. */
static void
offer_keys(const bp_document_level *level, bp_suggester *near, bp_buf *all)
{
    size_t count = 0;
    const bp_setting *rows = bp_settings(&count);
    bp_str before = {0};
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        if (!below(level, &rows[i], &at) || is_refused(&rows[i])) {
            continue;
        }
        bp_str whole = bp_str_of(rows[i].path);
        bp_str segment = bp_str_cut(whole, at, segment_end(whole, at));
        if (bp_str_is(segment, "*") || bp_str_equal(segment, before)) {
            continue;
        }
        before = segment;
        bp_suggest_offer(near, segment);
        bp_buf_format(all, "%s%.*s", all->size == 0 ? "" : ", ", BP_ARG(segment));
    }
}

static const char *
place_name(const bp_document_level *level)
{
    static const struct {
        unsigned block;
        const char *name;
    } names[] = {{BP_BLOCK_POLICY, "a policy"},
                 {BP_BLOCK_PLAN, "a plan"},
                 {BP_BLOCK_RULE, "a rule"},
                 {BP_BLOCK_COPY, "a copy"},
                 {BP_BLOCK_SELECT_TAGS, "a selection by tag"},
                 {BP_BLOCK_SELECT_RESOURCES, "a selection by resources"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].block == level->block) {
            return names[i].name;
        }
    }
    return "a policy";
}

/* Another block that has this key at its top. */
static const char *
elsewhere(const bp_document_level *level, bp_str key)
{
    static const unsigned blocks[] = {BP_BLOCK_PLAN, BP_BLOCK_RULE, BP_BLOCK_COPY,
                                      BP_BLOCK_SELECT_TAGS, BP_BLOCK_SELECT_RESOURCES};
    bp_document_step step;
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        bp_document_level other = {blocks[i], BP_STR("")};
        bool here = other.block == level->block && level->path.size == 0;
        if (!here && bp_document_take_step(&other, key, &step)) {
            return place_name(&other);
        }
    }
    bp_document_level lifecycle = {BP_BLOCK_RULE, BP_STR("lifecycle")};
    if (!bp_str_is(level->path, "lifecycle") && bp_document_take_step(&lifecycle, key, &step)) {
        return "\"lifecycle\"";
    }
    return NULL;
}

/* Where CreatePolicy was seen to refuse unknown keys; elsewhere nobody looked. */
static bool
is_observed(const bp_document_level *level)
{
    return (level->path.size == 0 &&
            (level->block & (BP_BLOCK_POLICY | BP_BLOCK_PLAN | BP_BLOCK_RULE)) != 0) ||
           bp_str_is(level->path, "lifecycle") ||
           bp_str_starts(level->path, BP_STR("advanced_backup_settings"));
}

static bool
stands(const bp_ast_value *object, bp_str key)
{
    for (size_t i = 0; i < object->items.count; i++) {
        if (bp_str_equal_folded(object->items.at[i].key.text, key)) {
            return true;
        }
    }
    return false;
}

/* The time zone that the API has and no page on backup policies does. */
static void
report_time_zone(bp_document *document, const bp_node *node, const bp_ast_name *key)
{
    bp_finding *finding = bp_document_fault(
        document, "SCH008", key->span, node,
        "time zone of a schedule; backup policies have none, their schedules are UTC");
    bp_finding_note(document->diagnostics, finding,
                    "the AWS Backup API has this setting, no page on backup policies does");
    bp_finding_help(document->diagnostics, finding, "remove it, and write the schedule in UTC");
}

/* Members without which AWS refuses their block. */
static bool
is_obligatory(bp_str key)
{
    static const char *const keys[] = {"target_backup_vault_arn", "tag_key", "tag_value",
                                       "condition_key", "condition_value"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (bp_str_is(key, keys[i])) {
            return true;
        }
    }
    return false;
}

bool
bp_document_placeholder_key(bp_document *document, const bp_node *node, const bp_ast_name *key)
{
    if (!bp_document_is_placeholder(key->text) && !bp_str_is(key->text, "Ref")) {
        return false;
    }
    bp_finding *finding = bp_document_fault(
        document, "SYN012", key->span, node,
        "placeholder \"%.*s\" was left in; a policy is deployed as it stands", BP_ARG(key->text));
    bp_finding_help(document->diagnostics, finding, "render the template first");
    return true;
}

bool
bp_document_unknown(bp_document *document, const bp_node *node, const bp_document_level *level,
                    const bp_ast_value *object, const bp_ast_name *key)
{
    bp_diagnostics *list = document->diagnostics;
    if (level->block == BP_BLOCK_RULE && level->path.size == 0 &&
        bp_str_equal_folded(key->text, BP_STR("schedule_expression_timezone"))) {
        report_time_zone(document, node, key);
        return false;
    }
    if (bp_document_placeholder_key(document, node, key)) {
        return true;
    }
    bp_finding *finding = bp_document_fault(
        document, "SYN003", key->span, node, "unknown key \"%.*s\" in %s%s%.*s%s",
        BP_ARG(key->text), level->path.size == 0 ? "" : "\"",
        level->path.size == 0 ? place_name(level) : "",
        BP_ARG(level->path.size == 0 ? level->path : node->key), level->path.size == 0 ? "" : "\"");
    if (!is_observed(level)) {
        finding->aws = BP_AWS_UNKNOWN;
    }
    bp_suggester near = bp_suggest_start(key->text);
    bp_buf all = {.arena = document->arena};
    offer_keys(level, &near, &all);
    bp_str right = alias_of(document, level, key->text);
    bool safe = right.size > 0 || near.nearness >= BP_NEAR_LOOSE;
    right = right.size > 0 ? right : near.best;
    const char *place = elsewhere(level, key->text);
    if (is_obligatory(right) && place == NULL && !stands(object, right)) {
        finding->aws = BP_AWS_REJECTS;
    }
    if (right.size > 0 && place == NULL) {
        bp_finding_help(list, finding, "did you mean \"%.*s\"?", BP_ARG(right));
        bp_finding_fix(list, finding, safe && !stands(object, right), key->span,
                       bp_str_format(document->arena, "\"%.*s\"", BP_ARG(right)),
                       "replace with \"%.*s\"", BP_ARG(right));
    } else if (place != NULL) {
        bp_finding_help(list, finding, "\"%.*s\" belongs into %s", BP_ARG(key->text), place);
    } else if (all.size > 0) {
        bp_finding_help(list, finding, "here stand: %.*s", BP_ARG(bp_buf_text(&all)));
    }
    return true;
}

/* ---- letter case */

/* The key of the object that stands before `count` and is the same after folding; most objects
 * have a few keys, `seen` is for those that have more. */
static const bp_ast_name *
folded_before(bp_document *document, const bp_ast_value *object, size_t count, bp_map **seen)
{
    enum { FEW = 16 };
    bp_ast_name *key = &object->items.at[count].key;
    bool added = false;
    if (object->items.count > FEW) {
        *seen = *seen == NULL ? bp_map_new(document->arena) : *seen;
        const bp_ast_name *first =
            bp_map_add(*seen, bp_str_fold(document->arena, key->text), key, &added);
        return added ? NULL : first;
    }
    for (size_t i = 0; i < count; i++) {
        if (bp_str_equal_folded(object->items.at[i].key.text, key->text)) {
            return &object->items.at[i].key;
        }
    }
    return NULL;
}

void
bp_document_folded_keys(bp_document *document, const bp_node *node, const bp_ast_value *object)
{
    bp_map *seen = NULL;
    for (size_t i = 0; i < object->items.count; i++) {
        const bp_ast_name *key = &object->items.at[i].key;
        const bp_ast_name *first = folded_before(document, object, i, &seen);
        if (first == NULL) {
            continue;
        }
        bp_finding *finding = bp_document_fault(
            document, "SYN008", key->span, node,
            "\"%.*s\" differs from \"%.*s\" in letter case alone; AWS folds the two into one",
            BP_ARG(key->text), BP_ARG(first->text));
        bp_finding_label(document->diagnostics, finding, first->span, "the other one");
        bp_finding_help(document->diagnostics, finding, "rename one of them");
    }
}

void
bp_document_spelling(bp_document *document, const bp_node *node, const bp_ast_name *written,
                     bp_str documented)
{
    enum { LABELS = 3 };
    bp_diagnostics *list = document->diagnostics;
    if (bp_str_equal(written->text, documented)) {
        return;
    }
    bp_str text = bp_str_format(document->arena, "\"%.*s\"", BP_ARG(documented));
    if (document->cased == NULL) {
        document->cased = bp_document_fault(document, "SYN019", written->span, node,
                                            "\"%.*s\" in other letter case than \"%.*s\"; AWS "
                                            "takes both, and shows the second",
                                            BP_ARG(written->text), BP_ARG(documented));
        bp_finding_fix(list, document->cased, true, written->span, text,
                       "write it as it is documented");
    } else {
        bp_finding_edit(list, document->cased, written->span, text);
        if (document->cased_words <= LABELS) {
            bp_finding_label(list, document->cased, written->span, "this is \"%.*s\"",
                             BP_ARG(documented));
        }
    }
    document->cased_words++;
}

void
bp_document_member_spelling(bp_document *document, const bp_node *node, const bp_ast_value *object,
                            size_t member, bp_str documented)
{
    enum { MOST = 64 }; /* more than any object has keys that are fixed */
    const bp_ast_name *key = &object->items.at[member].key;
    if (bp_str_equal(key->text, documented) || object->items.count > MOST) {
        return;
    }
    for (size_t i = 0; i < object->items.count; i++) {
        if (i != member && bp_str_equal_folded(object->items.at[i].key.text, key->text)) {
            return;
        }
    }
    bp_document_spelling(document, node, key, documented);
}

void
bp_document_spelling_end(bp_document *document)
{
    if (document->cased_words > 1) {
        bp_finding_note(document->diagnostics, document->cased,
                        "%zu keys and operators of this text are not spelt as they are documented",
                        document->cased_words);
    }
}
