/*
 * Tags and conditions of an imported document: entries of two leaves, as maps and lists of the
 * language. An entry that is more than its two assigned values stays raw.
 */
#include "compiler/policy/import_parts.h"
#include "lib/json_write.h"

enum { NAME_SIZE = 50 };

/* An entry of two leaves that hold one assigned text each. */
typedef struct pair {
    bp_part_member *entry;
    bp_part *leaves[2];
    bp_str texts[2];
} pair;

typedef BP_VEC(pair) pairs;

static const char control_key[] = "@@operators_allowed_for_child_policies";

static bool
read_leaf(bp_part *entry, const char *key, bp_part **leaf, bp_str *text)
{
    bp_part_member *member = bp_part_find(entry, key);
    bp_part_member *value = member == NULL ? NULL : bp_part_find(member->value, "@@assign");
    if (value == NULL || !bp_part_text(value->value, text)) {
        return false;
    }
    *leaf = member->value;
    return true;
}

static bool
read_pair(bp_part_member *entry, const char *key, const char *value, pair *read)
{
    *read = (pair){.entry = entry};
    return !entry->clashes && !entry->taken && !bp_str_starts(entry->key, BP_STR("@@")) &&
           read_leaf(entry->value, key, &read->leaves[0], &read->texts[0]) &&
           read_leaf(entry->value, value, &read->leaves[1], &read->texts[1]);
}

static void
take(bp_part *object, const char *key)
{
    bp_part_member *member = bp_part_find(object, key);
    if (member != NULL) {
        member->taken = true;
    }
}

/* The control that all leaves of the pairs have, or 0: each keeps what it has, behind `raw`. */
static unsigned
common_control(const pairs *all)
{
    unsigned may = 0;
    for (size_t i = 0; i < all->count; i++) {
        for (size_t k = 0; k < 2; k++) {
            unsigned own = bp_bpol_control_of(all->at[i].leaves[k]);
            if (own == 0 || (may != 0 && own != may)) {
                return 0;
            }
            may = own;
        }
    }
    return may;
}

/* Marks what the setting says, and writes the control behind it. */
static void
finish(bp_bpol_writer *writer, const pairs *all)
{
    unsigned may = common_control(all);
    for (size_t i = 0; i < all->count; i++) {
        for (size_t k = 0; k < 2; k++) {
            take(all->at[i].leaves[k], "@@assign");
            if (may != 0) {
                take(all->at[i].leaves[k], control_key);
            }
        }
    }
    if (may != 0) {
        bp_buf_add_char(&writer->out, ' ');
        bp_bpol_control(&writer->out, may);
    }
    bp_buf_add_char(&writer->out, '\n');
}

/* ---- tags */

/* Whether a key may stand in a map without quotes. */
static bool
is_word(bp_str key)
{
    for (size_t i = 0; i < key.size; i++) {
        char c = key.at[i];
        if (!(bp_is_alpha(c) || (i > 0 && (bp_is_digit(c) || c == '_')))) {
            return false;
        }
    }
    return key.size > 0;
}

void
bp_bpol_tags(bp_bpol_writer *writer, const bp_setting *row, bp_part *block)
{
    bp_part_member *map = bp_part_at(block, row->path);
    pairs all = {0};
    for (size_t i = 0; map != NULL && i < map->value->members.count; i++) {
        pair read;
        if (read_pair(&map->value->members.at[i], "tag_key", "tag_value", &read) &&
            bp_str_equal(read.texts[0], read.entry->key)) {
            *bp_vec_add(writer->arena, &all) = read;
        }
    }
    if (all.count == 0) {
        return;
    }
    bp_buf_format(&writer->out, "%s = {", row->name);
    for (size_t i = 0; i < all.count; i++) {
        bp_buf_add_c(&writer->out, i == 0 ? "" : ", ");
        if (is_word(all.at[i].texts[0])) {
            bp_buf_add(&writer->out, all.at[i].texts[0]);
        } else {
            bp_json_quote(&writer->out, all.at[i].texts[0]);
        }
        bp_buf_add_c(&writer->out, ": ");
        bp_json_quote(&writer->out, all.at[i].texts[1]);
    }
    bp_buf_add_char(&writer->out, '}');
    finish(writer, &all);
}

/* ---- conditions */

static bool
is_legal_name(bp_str name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        if (!bp_is_alnum(c) && c != '_' && c != '.' && c != '-') {
            return false;
        }
    }
    return name.size >= 1 && name.size <= NAME_SIZE;
}

/* Whether the language would give the condition this name by itself. */
static bool
is_own_name(const pair *condition)
{
    bp_str key = condition->texts[0];
    size_t start = key.size;
    while (start > 0 && key.at[start - 1] != '/') {
        start--;
    }
    bp_str name = bp_str_cut(key, start, key.size);
    return is_legal_name(name) && bp_str_equal(name, condition->entry->key);
}

static void
write_condition(bp_buf *out, bp_str operator_key, const pair *condition)
{
    bp_buf_format(out, "%.*s(", BP_ARG(operator_key));
    bp_json_quote(out, condition->texts[0]);
    bp_buf_add_c(out, ", ");
    bp_json_quote(out, condition->texts[1]);
    if (!is_own_name(condition)) {
        bp_buf_add_c(out, ", name: ");
        bp_json_quote(out, condition->entry->key);
    }
    bp_buf_add_char(out, ')');
}

static bool
is_operator(bp_str key)
{
    return bp_str_is(key, "string_equals") || bp_str_is(key, "string_not_equals") ||
           bp_str_is(key, "string_like") || bp_str_is(key, "string_not_like");
}

void
bp_bpol_conditions(bp_bpol_writer *writer, const bp_setting *row, bp_part *block)
{
    bp_part_member *map = bp_part_at(block, row->path);
    pairs all = {0};
    for (size_t i = 0; map != NULL && i < map->value->members.count; i++) {
        bp_part_member *same = &map->value->members.at[i];
        for (size_t k = 0;
             is_operator(same->key) && !same->clashes && k < same->value->members.count; k++) {
            pair read;
            if (!read_pair(&same->value->members.at[k], "condition_key", "condition_value",
                           &read)) {
                continue;
            }
            bp_buf_format(&writer->out, "%s", all.count == 0 ? "where = [" : ", ");
            write_condition(&writer->out, same->key, &read);
            *bp_vec_add(writer->arena, &all) = read;
        }
    }
    if (all.count > 0) {
        bp_buf_add_char(&writer->out, ']');
        finish(writer, &all);
    }
}
