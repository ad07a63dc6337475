/*
 * Documents of an import: JSON with folded keys, the marks of what was written, the rest of it as
 * JSON, and the comparison of two documents as AWS sees them.
 *
 * Which keys are fixed is asked of the rows of settings, as the reader of documents does. Nothing
 * here judges a value.
 */
#include "compiler/policy/document_parts.h"
#include "compiler/policy/import_parts.h"
#include "lib/json_write.h"
#include "lib/map.h"

#include <stdlib.h>

enum { DEPTH_MAX = 64 };

static const char *const words[] = {"", "@@assign", "@@append", "@@remove",
                                    "@@operators_allowed_for_child_policies"};

/* ---- reading */

/* Where a value stands: at a level with rows, below what rows know, or behind an operator. */
typedef enum part_place { IN_LEVEL, IN_NODE, IN_VALUE } part_place;

static bp_part *copy(bp_arena *arena, const bp_ast_value *json, part_place place,
                     bp_document_level level, int depth);

static void
mark_clashes(bp_arena *arena, bp_part *object)
{
    bp_map *seen = bp_map_new(arena);
    for (size_t i = 0; i < object->members.count; i++) {
        bp_part_member *member = &object->members.at[i];
        bool added = false;
        bp_part_member *first =
            bp_map_add(seen, bp_str_fold(arena, member->written), member, &added);
        if (!added) {
            first->clashes = true;
            member->clashes = true;
        }
    }
}

static void
copy_member(bp_arena *arena, bp_part *object, const bp_ast_entry *entry, part_place place,
            bp_document_level level, int depth)
{
    bp_document_step step = {.key = entry->key.text};
    bp_word_at word = place == IN_VALUE ? BP_AT_NONE : bp_document_word(entry->key.text);
    part_place below = place == IN_VALUE ? IN_VALUE : IN_NODE;
    if (word != BP_AT_NONE) {
        step.key = bp_str_of(words[word]);
        below = IN_VALUE;
    } else if (place == IN_LEVEL && bp_document_take_step(&level, entry->key.text, &step)) {
        level.path = step.path;
        below = bp_document_kind_at(&level, step.row) == BP_NODE_LEAF ? IN_NODE : IN_LEVEL;
    } else {
        step.key = entry->key.text;
    }
    bp_part *value = copy(arena, entry->value, below, level, depth + 1);
    *bp_vec_add(arena, &object->members) =
        (bp_part_member){.key = step.key, .written = entry->key.text, .value = value};
}

static bp_part *
copy(bp_arena *arena, const bp_ast_value *json, part_place place, bp_document_level level,
     int depth)
{
    bp_part *part = BP_NEW(arena, bp_part);
    part->kind = json->kind;
    part->text = json->text;
    if (depth > DEPTH_MAX) {
        return part; /* the reader takes no deeper text */
    }
    for (size_t i = 0; i < json->items.count; i++) {
        if (json->kind == BP_AST_MAP) {
            copy_member(arena, part, &json->items.at[i], place, level, depth);
        } else {
            *bp_vec_add(arena, &part->items) =
                copy(arena, json->items.at[i].value, IN_VALUE, level, depth + 1);
        }
    }
    if (place != IN_VALUE) {
        mark_clashes(arena, part);
    }
    return part;
}

bp_part *
bp_part_of(bp_arena *arena, const bp_ast_value *json)
{
    return copy(arena, json, IN_LEVEL, (bp_document_level){BP_BLOCK_POLICY, BP_STR("")}, 0);
}

/* ---- finding */

bp_part_member *
bp_part_find(const bp_part *object, const char *key)
{
    if (object == NULL || object->kind != BP_AST_MAP) {
        return NULL;
    }
    for (size_t i = 0; i < object->members.count; i++) {
        bp_part_member *member = &object->members.at[i];
        if (bp_str_is(member->key, key)) {
            return member->clashes || member->taken ? NULL : member;
        }
    }
    return NULL;
}

bp_part_member *
bp_part_at(const bp_part *object, const char *path)
{
    bp_part_member *member = NULL;
    bp_str rest = bp_str_of(path);
    while (rest.size > 0) {
        char key[64];
        size_t end = bp_str_find(rest, '/');
        size_t size = end < sizeof key ? end : sizeof key - 1;
        for (size_t i = 0; i < size; i++) {
            key[i] = rest.at[i];
        }
        key[size] = '\0';
        member = bp_part_find(object, key);
        if (member == NULL) {
            return NULL;
        }
        object = member->value;
        rest = bp_str_cut(rest, end + 1, rest.size);
    }
    return member;
}

bool
bp_part_clashes(const bp_part *object)
{
    for (size_t i = 0; i < object->members.count; i++) {
        if (object->members.at[i].clashes || object->members.at[i].key.size == 0) {
            return true;
        }
    }
    return false;
}

bool
bp_part_repeats_operator(const bp_part *part)
{
    for (size_t i = 0; i < part->members.count; i++) {
        const bp_part_member *member = &part->members.at[i];
        bool operator_key = bp_document_word(member->key) != BP_AT_NONE;
        if ((member->clashes && operator_key) ||
            (!operator_key && bp_part_repeats_operator(member->value))) {
            return true;
        }
    }
    return false;
}

bool
bp_part_text(const bp_part *part, bp_str *text)
{
    bool boolean = part->kind == BP_AST_WORD && !bp_str_is(part->text, "null");
    *text = part->text;
    return part->kind == BP_AST_STRING || part->kind == BP_AST_INT || boolean;
}

/* ---- what is left */

bool
bp_part_done(const bp_part *part)
{
    if (part->kind != BP_AST_MAP || part->members.count == 0) {
        return false;
    }
    for (size_t i = 0; i < part->members.count; i++) {
        const bp_part_member *member = &part->members.at[i];
        if (!member->taken && !bp_part_done(member->value)) {
            return false;
        }
    }
    return true;
}

static void
write_members(bp_buf *out, const bp_part *part)
{
    bool first = true;
    for (size_t i = 0; i < part->members.count; i++) {
        const bp_part_member *member = &part->members.at[i];
        if (member->taken || bp_part_done(member->value)) {
            continue;
        }
        bp_buf_add_c(out, first ? "" : ", ");
        first = false;
        bp_json_quote(out, member->clashes ? member->written : member->key);
        bp_buf_add_c(out, ": ");
        bp_part_write(out, member->value);
    }
}

void
bp_part_write(bp_buf *out, const bp_part *part)
{
    if (part->kind == BP_AST_STRING) {
        bp_json_quote(out, part->text);
    } else if (part->kind == BP_AST_MAP) {
        bp_buf_add_char(out, '{');
        write_members(out, part);
        bp_buf_add_char(out, '}');
    } else if (part->kind == BP_AST_LIST) {
        bp_buf_add_char(out, '[');
        for (size_t i = 0; i < part->items.count; i++) {
            bp_buf_add_c(out, i == 0 ? "" : ", ");
            bp_part_write(out, part->items.at[i]);
        }
        bp_buf_add_char(out, ']');
    } else {
        bp_buf_add(out, part->text);
    }
}

/* ---- comparison */

static int
by_bytes(const void *left, const void *right)
{
    return bp_str_compare(*(const bp_str *)left, *(const bp_str *)right);
}

typedef BP_VEC(bp_str) texts;

/* Texts in byte order, joined; of equal ones only the first where they are a set. */
static void
join(bp_buf *out, texts *all, bool set)
{
    if (all->count > 0) {
        qsort(all->at, all->count, sizeof *all->at, by_bytes);
    }
    for (size_t i = 0; i < all->count; i++) {
        if (!set || i == 0 || !bp_str_equal(all->at[i], all->at[i - 1])) {
            bp_buf_add(out, all->at[i]);
            bp_buf_add_char(out, ',');
        }
    }
}

static bool
is_text_list(const bp_part *part)
{
    for (size_t i = 0; i < part->items.count; i++) {
        if (part->items.at[i]->kind != BP_AST_STRING) {
            return false;
        }
    }
    return part->kind == BP_AST_LIST;
}

static bp_str
canonical_set(bp_arena *arena, const bp_part *list)
{
    bp_buf out = {.arena = arena};
    texts all = {0};
    for (size_t i = 0; i < list->items.count; i++) {
        bp_buf text = {.arena = arena};
        bp_json_quote(&text, bp_str_fold(arena, list->items.at[i]->text));
        *bp_vec_add(arena, &all) = bp_buf_text(&text);
    }
    bp_buf_add_char(&out, '[');
    join(&out, &all, true);
    bp_buf_add_char(&out, ']');
    return bp_buf_text(&out);
}

static bp_str
canonical_object(bp_arena *arena, const bp_part *part)
{
    bp_buf out = {.arena = arena};
    texts all = {0};
    for (size_t i = 0; i < part->members.count; i++) {
        const bp_part_member *member = &part->members.at[i];
        bool set = bp_str_is(member->key, words[BP_AT_CONTROL]) && is_text_list(member->value);
        bp_buf text = {.arena = arena};
        bp_json_quote(&text, member->key);
        bp_buf_add_char(&text, ':');
        bp_buf_add(&text, set ? canonical_set(arena, member->value)
                              : bp_part_canonical(arena, member->value));
        *bp_vec_add(arena, &all) = bp_buf_text(&text);
    }
    bp_buf_add_char(&out, '{');
    join(&out, &all, false);
    bp_buf_add_char(&out, '}');
    return bp_buf_text(&out);
}

bp_str
bp_part_canonical(bp_arena *arena, const bp_part *part)
{
    bp_buf out = {.arena = arena};
    if (part->kind == BP_AST_MAP) {
        return canonical_object(arena, part);
    }
    if (part->kind == BP_AST_LIST) {
        bp_buf_add_char(&out, '[');
        for (size_t i = 0; i < part->items.count; i++) {
            bp_buf_add(&out, bp_part_canonical(arena, part->items.at[i]));
            bp_buf_add_char(&out, ',');
        }
        bp_buf_add_char(&out, ']');
    } else if (part->kind == BP_AST_WORD && bp_str_is(part->text, "null")) {
        bp_buf_add_c(&out, "null");
    } else {
        bp_json_quote(&out, part->text);
    }
    return bp_buf_text(&out);
}

bool
bp_import_same(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *a, const bp_source *b)
{
    bool empty = false;
    bp_document first = {.arena = arena, .diagnostics = diagnostics, .source = a};
    bp_document second = {.arena = arena, .diagnostics = diagnostics, .source = b};
    const bp_ast_value *one = bp_document_parse(&first, &empty);
    const bp_ast_value *other = bp_document_parse(&second, &empty);
    return one != NULL && other != NULL &&
           bp_str_equal(bp_part_canonical(arena, bp_part_of(arena, one)),
                        bp_part_canonical(arena, bp_part_of(arena, other)));
}
