/*
 * Statements that are none: setting words that nobody knows, that stand in the wrong block, that
 * AWS uses in its JSON or its Backup API, and what this release does not have.
 */
#include "compiler/policy/elaborate.h"

/* Words of AWS documents and of the Backup API, folded, without "_", and the setting that says
 * them. */
static const struct {
    const char *word;
    const char *setting;
} aliases[] = {
    {"scheduleexpression", "schedule"},
    {"cron", "schedule"},
    {"scheduleexpressiontimezone", "timezone"},
    {"schedule_timezone", "timezone"},
    {"startbackupwindowminutes", "start_within"},
    {"startwindowminutes", "start_within"},
    {"startwindow", "start_within"},
    {"completebackupwindowminutes", "finish_within"},
    {"completionwindowminutes", "finish_within"},
    {"completionwindow", "finish_within"},
    {"completewindow", "finish_within"},
    {"enablecontinuousbackup", "continuous"},
    {"continuousbackup", "continuous"},
    {"targetbackupvaultname", "vault"},
    {"targetbackupvault", "vault"},
    {"targetvaultname", "vault"},
    {"targetvault", "vault"},
    {"backupvault", "vault"},
    {"backupvaultname", "vault"},
    {"vaultname", "vault"},
    {"targetlogicallyairgappedbackupvaultarn", "air_gapped_vault"},
    {"movetocoldstorageafterdays", "cold_after"},
    {"movetocoldstorageafter", "cold_after"},
    {"coldstorageafter", "cold_after"},
    {"coldafterdays", "cold_after"},
    {"deleteafterdays", "delete_after"},
    {"todeleteafterdays", "delete_after"},
    {"retention", "delete_after"},
    {"retentiondays", "delete_after"},
    {"optintoarchiveforsupportedresources", "archive"},
    {"recoverypointtag", "recovery_point_tags"},
    {"indexactions", "index"},
    {"scanactions", "scan"},
    {"scanmode", "scan"},
    {"scansettings", "scan_types"},
    {"scannerrolearn", "scan_role"},
    {"backupplantags", "plan_tags"},
    {"plantag", "plan_tags"},
    {"windowsvss", "windows_vss"},
    {"backupacls", "s3_acls"},
    {"backupobjecttags", "s3_object_tags"},
    {"region", "regions"},
    {"iamrolearn", "role"},
    {"iamrole", "role"},
    {"rolearn", "role"},
    {"tagvalue", "tag_values"},
    {"notresources", "not_resource_types"},
    {"resources", "resource_types"},
    {"resourcetype", "resource_types"},
    {"conditions", "where"},
    {"condition", "where"},
    {"targets", "attach"},
    {"target", "attach"},
    {"attachto", "attach"},
    {"lockconfiguration", "lock"},
    {"managedpolicies", "permits"},
    {"backupvaulttags", "tags"},
};

const char *
bp_blocks_name(unsigned blocks)
{
    static const bp_block order[] = {
        BP_BLOCK_POLICY, BP_BLOCK_PLAN,        BP_BLOCK_RULE,
        BP_BLOCK_COPY,   BP_BLOCK_SELECT_TAGS, BP_BLOCK_SELECT_RESOURCES,
        BP_BLOCK_VAULT,  BP_BLOCK_AIR_GAPPED,  BP_BLOCK_ROLE};
    if ((blocks & BP_BLOCK_SELECT) == BP_BLOCK_SELECT) {
        return "selection";
    }
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if ((blocks & order[i]) != 0) {
            return bp_block_name(order[i]);
        }
    }
    return "block";
}

/* The folded word without "_" and "-". */
static bp_str
plain(bp_arena *arena, bp_str word)
{
    bp_buf text = {.arena = arena};
    for (size_t i = 0; i < word.size; i++) {
        if (word.at[i] != '_' && word.at[i] != '-') {
            bp_buf_add_char(&text, bp_fold_char(word.at[i]));
        }
    }
    return bp_buf_text(&text);
}

static const bp_setting *
find_alias(bp_elab *elab, bp_str word, unsigned blocks)
{
    bp_str wanted = plain(elab->arena, word);
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (bp_str_equal(wanted, plain(elab->arena, bp_str_of(aliases[i].word)))) {
            return bp_setting_find(bp_str_of(aliases[i].setting), blocks);
        }
    }
    return NULL;
}

/* "policy", "a rule or a copy": the blocks that have a word. */
static bp_str
blocks_of_word(bp_elab *elab, bp_str word)
{
    size_t count = 0;
    const bp_setting *rows = bp_settings(&count);
    unsigned blocks = 0;
    for (size_t i = 0; i < count; i++) {
        if (bp_str_is(word, rows[i].name)) {
            blocks |= rows[i].blocks;
        }
    }
    if ((blocks & BP_BLOCK_VAULT) != 0) {
        blocks &= ~(unsigned)BP_BLOCK_AIR_GAPPED;
    }
    bp_buf text = {.arena = elab->arena};
    if ((blocks & BP_BLOCK_SELECT) == BP_BLOCK_SELECT) {
        bp_buf_add_c(&text, "a selection");
        blocks &= ~(unsigned)BP_BLOCK_SELECT;
    }
    for (unsigned bit = 1; bit <= BP_BLOCK_ROLE; bit <<= 1) {
        if ((blocks & bit) != 0) {
            bp_buf_format(&text, "%s%s %s", text.size == 0 ? "" : " or ",
                          bit == BP_BLOCK_AIR_GAPPED ? "an" : "a", bp_blocks_name(bit));
        }
    }
    return bp_buf_text(&text);
}

static void
offer_settings(bp_elab *elab, unsigned blocks, bp_suggester *suggester)
{
    size_t count = 0;
    const bp_setting *rows = bp_settings(&count);
    for (size_t i = 0; i < count; i++) {
        if ((rows[i].blocks & blocks) != 0 && rows[i].name[0] != '\0') {
            bp_offer(elab, suggester, bp_str_of(rows[i].name));
        }
    }
}

static const char *
article_of(unsigned blocks)
{
    return blocks == BP_BLOCK_AIR_GAPPED ? "an" : "a";
}

/* A word that no setting of these blocks has. */
static const bp_setting *
unknown_word(bp_elab *elab, const bp_ast_statement *statement, const bp_env *env, unsigned blocks)
{
    bp_str word = statement->name.text;
    bp_span span = statement->name.span;
    const bp_setting *alias = find_alias(elab, word, blocks);
    if (alias != NULL) {
        bp_finding *finding = bp_fault(
            elab, "SYN003", span, env, "%s %s has no setting \"%.*s\"; it is called \"%s\"",
            article_of(blocks), bp_blocks_name(blocks), BP_ARG(word), alias->name);
        bp_finding_fix(elab->diagnostics, finding, true, span, bp_str_of(alias->name),
                       "replace with %s", alias->name);
        return alias;
    }
    if (bp_setting_anywhere(word) != NULL) {
        bp_fault(elab, "SYN003", span, env, "%s %s has no setting \"%.*s\"; it belongs into %.*s",
                 article_of(blocks), bp_blocks_name(blocks), BP_ARG(word),
                 BP_ARG(blocks_of_word(elab, word)));
        return NULL;
    }
    bp_finding *finding = bp_fault(elab, "SYN003", span, env, "%s %s has no setting \"%.*s\"",
                                   article_of(blocks), bp_blocks_name(blocks), BP_ARG(word));
    bp_suggester suggester = bp_suggest_start(word);
    offer_settings(elab, blocks, &suggester);
    bp_suggest_fix(elab, finding, &suggester, span, false);
    if (suggester.nearness != BP_NEAR_NOT) {
        return bp_setting_find(suggester.best, blocks);
    }
    alias = find_alias(elab, word, ~0U);
    if (alias != NULL) {
        bp_finding_help(elab->diagnostics, finding, "\"%s\" says that, in %.*s", alias->name,
                        BP_ARG(blocks_of_word(elab, bp_str_of(alias->name))));
    }
    return NULL;
}

const bp_setting *
bp_setting_word(bp_elab *elab, const bp_ast_statement *statement, const bp_env *env,
                unsigned blocks, const bp_setting **meant)
{
    const bp_setting *row = bp_setting_find(statement->name.text, blocks);
    *meant = row != NULL ? row : unknown_word(elab, statement, env, blocks);
    return row;
}

/* Why a setting has no leaf that += and -= could change; NULL if it has one. */
static const char *
no_operators(const bp_setting *row)
{
    if (row->operators) {
        return NULL;
    }
    if (row->path[0] == '\0') {
        return "it is for lists of the policy document, and this is not in it";
    }
    if (row->type == BP_TYPE_CONDITION) {
        return "it is for lists, and conditions are entries by name: \"=\" adds those that it "
               "names";
    }
    return "it is for lists of the policy document alone";
}

bool
bp_setting_refused(bp_elab *elab, const bp_ast_statement *statement, const bp_env *env,
                   const bp_setting *row, bool *control)
{
    *control = false;
    if (row->since[0] == '\0') {
        bp_finding *finding = bp_fault(elab, "SYN003", statement->name.span, env,
                                       "\"%s\" is not usable in this release", row->name);
        bp_finding_help(elab->diagnostics, finding, "%s", row->help);
        return true;
    }
    *control = statement->control.may != 0;
    if (*control && (row->path[0] == '\0' || row->type == BP_TYPE_PROTECTED)) {
        bp_fault(
            elab, "SYN006", statement->control.span, env,
            "\"children may\" on \"%s\"; it is for settings of the policy document, and this is "
            "not in it",
            row->name);
        *control = false;
    }
    const char *reason = no_operators(row);
    if ((statement->op == BP_AST_OP_APPEND || statement->op == BP_AST_OP_REMOVE) &&
        reason != NULL) {
        bp_fault(elab, "SYN006", statement->op_span, env, "\"%s\" on \"%s\"; %s",
                 statement->op == BP_AST_OP_APPEND ? "+=" : "-=", row->name, reason);
        return true;
    }
    return statement->value == NULL;
}
