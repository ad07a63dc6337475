/*
 * Values behind `raw`: JSON of the parser to values of the tree, what they refer to, and child
 * controls. Nothing is judged: what is no value that AWS takes stays as it is written.
 */
#include "compiler/policy/elaborate.h"

enum { VALUE_DEPTH = 80 }; /* beyond the nesting that the parser reads */

/* `depth` is that of the value in its statement: it nests no deeper than the parser reads. */
static bp_value *
value_of(bp_elab *elab, const bp_env *env, const bp_ast_value *json, int depth)
{
    bp_arena *arena = elab->arena;
    bp_value *value = BP_NEW(arena, bp_value);
    value->span = json->span;
    value->uses = env->uses;
    if (json->kind == BP_AST_STRING || json->kind == BP_AST_INT || json->kind == BP_AST_REAL ||
        json->kind == BP_AST_WORD) {
        value->kind = BP_VALUE_TEXT;
        value->text = json->text;
        value->unquoted = json->kind != BP_AST_STRING;
    } else if (json->kind == BP_AST_LIST && depth < VALUE_DEPTH) {
        value->kind = BP_VALUE_LIST;
        for (size_t i = 0; i < json->items.count; i++) {
            *bp_vec_add(arena, &value->items) =
                value_of(elab, env, json->items.at[i].value, depth + 1);
        }
    } else if (json->kind == BP_AST_MAP && depth < VALUE_DEPTH) {
        value->kind = BP_VALUE_OBJECT;
        value->members = BP_NEW(arena, bp_members);
        for (size_t i = 0; i < json->items.count; i++) {
            const bp_ast_entry *entry = &json->items.at[i];
            *bp_vec_add(arena, value->members) = (bp_member){
                entry->key.text, entry->key.span, value_of(elab, env, entry->value, depth + 1)};
        }
    }
    return value;
}

/* The place of a literal ARN within its quotes. */
static bp_span
inside(bp_span quoted)
{
    return (bp_span){quoted.source, quoted.start + 1, quoted.end - 1};
}

/* What a text refers to, by the setting it stands for. */
static void
refer(bp_arena *arena, bp_value *value, const bp_setting *row)
{
    if (value->kind != BP_VALUE_TEXT || row == NULL) {
        return;
    }
    bool name = bp_str_is(bp_str_of(row->path), "target_backup_vault_name");
    if (name && !value->unquoted) {
        bp_reference *vault = BP_NEW(arena, bp_reference);
        vault->kind = BP_REF_VAULT;
        vault->name = value->text;
        vault->name_span = inside(value->span);
        value->reference = vault;
    } else if (row->type == BP_TYPE_VAULT_NAME || row->type == BP_TYPE_AIR_GAPPED_ARN) {
        value->reference =
            bp_reference_of_arn(arena, value->text, inside(value->span), BP_REF_VAULT);
    } else if (row->type == BP_TYPE_ROLE) {
        value->reference =
            bp_reference_of_arn(arena, value->text, inside(value->span), BP_REF_ROLE);
    } else if (row->type == BP_TYPE_MINUTES || row->type == BP_TYPE_DAYS) {
        value->has_number = bp_str_number(value->text, &value->number);
    }
}

bp_value *
bp_raw_value(bp_elab *elab, const bp_env *env, const bp_ast_value *json)
{
    return value_of(elab, env, json, 0);
}

void
bp_raw_refer(bp_elab *elab, bp_value *value, const bp_setting *row)
{
    refer(elab->arena, value, row);
    for (size_t i = 0; i < value->items.count; i++) {
        refer(elab->arena, value->items.at[i], row);
    }
}

static bool
control_bit(bp_str word, unsigned *may)
{
    static const struct {
        const char *word;
        unsigned bit;
    } words[] = {{"@@none", BP_MAY_NOTHING},
                 {"@@all", BP_MAY_ALL},
                 {"@@assign", BP_MAY_ASSIGN},
                 {"@@append", BP_MAY_APPEND},
                 {"@@remove", BP_MAY_REMOVE}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (bp_str_equal_folded(word, bp_str_of(words[i].word))) {
            *may |= words[i].bit;
            return true;
        }
    }
    return false;
}

bp_child_control
bp_raw_control(bp_elab *elab, const bp_env *env, const bp_ast_value *json)
{
    bp_child_control control = {.span = json->span};
    bool good = json->kind == BP_AST_LIST && json->items.count > 0;
    for (size_t i = 0; good && i < json->items.count; i++) {
        const bp_ast_value *word = json->items.at[i].value;
        good = word->kind == BP_AST_STRING && control_bit(word->text, &control.may);
    }
    bool alone = (control.may & (BP_MAY_NOTHING | BP_MAY_ALL)) == 0 ||
                 (control.may & (control.may - 1)) == 0;
    if (!good || !alone) {
        control.may = 0;
        control.written = value_of(elab, env, json, 0);
    }
    return control;
}
