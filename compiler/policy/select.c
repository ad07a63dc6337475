/*
 * The form of a selection: by tag or by resource type. The word in its header decides, else its
 * settings; one that extends and says neither has the form of the inherited one, which is not known
 * here.
 */
#include "compiler/policy/elaborate.h"

/* Whether a statement is a setting, or raw JSON at a key, that one form has and the other has not.
 */
static bool
is_of(const bp_ast_statement *statement, unsigned form, unsigned other)
{
    bp_str word = statement->name.text;
    if (statement->kind == BP_AST_RAW) {
        return bp_setting_of_path(word, form) != NULL && bp_setting_of_path(word, other) == NULL;
    }
    return statement->kind == BP_AST_SETTING && bp_setting_find(word, form) != NULL &&
           bp_setting_find(word, other) == NULL;
}

static bool
sets(const bp_instance *select, unsigned form, unsigned other)
{
    for (size_t i = 0; i < select->layers.count; i++) {
        const bp_ast_statements *statements = &select->layers.at[i].body->statements;
        for (size_t j = 0; j < statements->count; j++) {
            if (is_of(statements->at[j], form, other)) {
                return true;
            }
        }
    }
    return false;
}

/* Words that are almost settings of a tags selection count too: the misspelt word is told, and
 * nothing that follows from it. */
static bool
sets_nearly_tags(const bp_instance *select)
{
    for (size_t i = 0; i < select->layers.count; i++) {
        const bp_ast_statements *statements = &select->layers.at[i].body->statements;
        for (size_t j = 0; j < statements->count; j++) {
            bp_suggester suggester = bp_suggest_start(statements->at[j]->name.text);
            bp_suggest_offer(&suggester, BP_STR("tag_key"));
            bp_suggest_offer(&suggester, BP_STR("tag_values"));
            if (statements->at[j]->kind == BP_AST_SETTING && suggester.nearness != BP_NEAR_NOT) {
                return true;
            }
        }
    }
    return false;
}

void
bp_select_form(bp_elab *elab, bp_instance *select)
{
    (void)elab;
    if (select->blocks != BP_BLOCK_SELECT) {
        return; /* the header says it */
    }
    bool resources = sets(select, BP_BLOCK_SELECT_RESOURCES, BP_BLOCK_SELECT_TAGS);
    bool tags = sets(select, BP_BLOCK_SELECT_TAGS, BP_BLOCK_SELECT_RESOURCES) ||
                (!resources && sets_nearly_tags(select));
    select->blocks = tags ? BP_BLOCK_SELECT_TAGS : BP_BLOCK_SELECT_RESOURCES;
    select->form_open = select->extend && !tags && !resources;
}
