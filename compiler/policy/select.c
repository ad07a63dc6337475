/*
 * The form of a selection: by tag or by resource type. The word in its header decides, else its
 * settings; one that extends and says neither has the form of the inherited one, which is not known
 * here.
 */
#include "compiler/policy/elaborate.h"

static bool
sets(const bp_instance *select, unsigned form, unsigned other)
{
    for (size_t i = 0; i < select->layers.count; i++) {
        const bp_ast_statements *statements = &select->layers.at[i].body->statements;
        for (size_t j = 0; j < statements->count; j++) {
            const bp_ast_statement *statement = statements->at[j];
            if (statement->kind == BP_AST_SETTING &&
                bp_setting_find(statement->name.text, form) != NULL &&
                bp_setting_find(statement->name.text, other) == NULL) {
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
