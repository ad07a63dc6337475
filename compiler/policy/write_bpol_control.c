/*
 * Child controls of an imported document: which of them the language can say, and which a block can
 * say for all that is written in it.
 */
#include "compiler/policy/import_parts.h"

static const char control_key[] = "@@operators_allowed_for_child_policies";

static const struct {
    const char *text;
    const char *word;
    unsigned bit;
} permissions[] = {{"@@all", "all", BP_MAY_ALL},
                   {"@@none", "nothing", BP_MAY_NOTHING},
                   {"@@assign", "assign", BP_MAY_ASSIGN},
                   {"@@append", "append", BP_MAY_APPEND},
                   {"@@remove", "remove", BP_MAY_REMOVE}};

enum { PERMISSIONS = sizeof permissions / sizeof permissions[0] };

static unsigned
bit_of(const bp_part *word)
{
    for (size_t i = 0; word->kind == BP_AST_STRING && i < PERMISSIONS; i++) {
        if (bp_str_equal_folded(word->text, bp_str_of(permissions[i].text))) {
            return permissions[i].bit;
        }
    }
    return 0;
}

unsigned
bp_bpol_control_of(const bp_part *object)
{
    const bp_part_member *member = bp_part_find(object, control_key);
    if (member == NULL || member->value->kind != BP_AST_LIST) {
        return 0;
    }
    unsigned may = 0;
    for (size_t i = 0; i < member->value->items.count; i++) {
        unsigned bit = bit_of(member->value->items.at[i]);
        if (bit == 0) {
            return 0;
        }
        may |= bit;
    }
    /* Words that stand alone. */
    bool lone = (may & (may - 1)) == 0;
    return lone || (may & (BP_MAY_NOTHING | BP_MAY_ALL)) == 0 ? may : 0;
}

static bool
is_operator(bp_str key)
{
    return bp_str_is(key, "@@assign") || bp_str_is(key, "@@append") || bp_str_is(key, "@@remove");
}

static bool
is_written(const bp_part *object)
{
    for (size_t i = 0; i < object->members.count; i++) {
        if (is_operator(object->members.at[i].key)) {
            return true;
        }
    }
    return false;
}

/* Whether a member holds nodes that a block's control covers: no operator, which holds a value. */
static bool
holds_nodes(const bp_part_member *member)
{
    return member->value->kind == BP_AST_MAP && !is_operator(member->key) &&
           !bp_str_is(member->key, control_key) && !member->supplied;
}

typedef struct agreement {
    size_t leaves;
    unsigned may; /* of all leaves so far */
    bool broken;
} agreement;

/* Objects nest no deeper than the reader takes them. */
static void
agree(const bp_part *object, agreement *on)
{
    if (is_written(object)) {
        unsigned may = bp_bpol_control_of(object);
        on->broken = on->broken || may == 0 || (on->leaves > 0 && may != on->may);
        on->may = may;
        on->leaves++;
    }
    for (size_t i = 0; i < object->members.count && !on->broken; i++) {
        const bp_part_member *member = &object->members.at[i];
        if (holds_nodes(member)) {
            agree(member->value, on);
        }
    }
}

unsigned
bp_bpol_deep(const bp_part *block)
{
    agreement on = {0};
    agree(block, &on);
    return on.broken || on.leaves < 2 ? 0 : on.may;
}

void
bp_bpol_take_deep(bp_part *block)
{
    if (is_written(block)) {
        bp_part_find(block, control_key)->taken = true;
    }
    for (size_t i = 0; i < block->members.count; i++) {
        bp_part_member *member = &block->members.at[i];
        if (holds_nodes(member)) {
            bp_bpol_take_deep(member->value);
        }
    }
}

void
bp_bpol_control(bp_buf *out, unsigned may)
{
    const char *between = "children may ";
    for (size_t i = 0; i < PERMISSIONS; i++) {
        if ((may & permissions[i].bit) != 0) {
            bp_buf_add_c(out, between);
            bp_buf_add_c(out, permissions[i].word);
            between = ", ";
        }
    }
}
