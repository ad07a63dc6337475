/*
 * Policy documents to trees: the structure, by the rows of settings.def.
 *
 * A key is what the rows say at its level: a container, a named block, a setting. The tree is that
 * of the language, so that checks see no difference. Values stand in document_leaf.c and
 * document_value.c, keys that no row knows in document_keys.c.
 */
#include "compiler/policy/document_parts.h"
#include "grammar/ast.h"

enum { DEPTH_MAX = 16 };

bp_finding *
bp_document_fault(bp_document *document, const char *code, bp_span span, const bp_node *node,
                  const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_str message = bp_str_vformat(document->arena, format, arguments);
    va_end(arguments);
    bp_finding *finding = bp_report(document->diagnostics, code, span, "%.*s", BP_ARG(message));
    finding->by_text = true;
    if (document->policy.size > 0) {
        bp_finding_scope(document->diagnostics, finding,
                         bp_node_scope(document->arena, document->policy, node));
    }
    return finding;
}

static bool
is_block(bp_node_kind kind)
{
    switch (kind) {
    case BP_NODE_ROOT:
    case BP_NODE_PLAN:
    case BP_NODE_RULE:
    case BP_NODE_COPY:
    case BP_NODE_SELECTION:
        return true;
    case BP_NODE_PLANS:
    case BP_NODE_CONTAINER:
    case BP_NODE_ENTRY:
    case BP_NODE_LEAF:
        return false;
    }
    return false;
}

void
bp_document_hole(bp_node *node)
{
    while (!is_block(node->kind) && node->parent != NULL) {
        node = node->parent;
    }
    node->holes = true;
}

/* The blocks and entries by the level they stand at; all other containers are just that. */
static const struct {
    unsigned block;
    const char *path;
    bp_node_kind kind;
    unsigned inner; /* the block that begins here; 0 = none */
} named[] = {
    {BP_BLOCK_POLICY, "plans", BP_NODE_PLANS, 0},
    {BP_BLOCK_POLICY, "plans/*", BP_NODE_PLAN, BP_BLOCK_PLAN},
    {BP_BLOCK_PLAN, "rules/*", BP_NODE_RULE, BP_BLOCK_RULE},
    {BP_BLOCK_RULE, "copy_actions/*", BP_NODE_COPY, BP_BLOCK_COPY},
    {BP_BLOCK_PLAN, "selections/tags/*", BP_NODE_SELECTION, BP_BLOCK_SELECT_TAGS},
    {BP_BLOCK_PLAN, "selections/resources/*", BP_NODE_SELECTION, BP_BLOCK_SELECT_RESOURCES},
    {BP_BLOCK_PLAN, "backup_plan_tags/*", BP_NODE_ENTRY, 0},
    {BP_BLOCK_RULE, "recovery_point_tags/*", BP_NODE_ENTRY, 0},
    {BP_BLOCK_SELECT_TAGS, "conditions/*/*", BP_NODE_ENTRY, 0},
    {BP_BLOCK_SELECT_RESOURCES, "conditions/*/*", BP_NODE_ENTRY, 0},
};

static bool
is_container(const bp_setting *row)
{
    return row == NULL || row->type == BP_TYPE_CONTAINER || row->type == BP_TYPE_TAGS ||
           row->type == BP_TYPE_CONDITION;
}

bp_node_kind
bp_document_kind_at(bp_document_level *level, const bp_setting *row)
{
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        if (named[i].block == level->block && bp_str_is(level->path, named[i].path)) {
            if (named[i].inner != 0) {
                *level = (bp_document_level){named[i].inner, BP_STR("")};
            }
            return named[i].kind;
        }
    }
    return is_container(row) ? BP_NODE_CONTAINER : BP_NODE_LEAF;
}

/* A value operator where only containers and names may stand. */
static void
container_operator(bp_document *document, bp_node *node, const bp_ast_name *key,
                   const bp_ast_value *value, bp_word_at at)
{
    bool root = node->kind == BP_NODE_ROOT;
    if (!root || value->kind == BP_AST_MAP) {
        bp_finding *finding = bp_document_fault(
            document, "SYN006", key->span, node,
            "operator \"%.*s\" on %s; operators that give values stand on settings",
            BP_ARG(key->text), root ? "the document" : "a container");
        bp_finding_help(document->diagnostics, finding,
                        root ? "begin with \"plans\"" : "give each setting below it a value");
        bp_document_hole(node);
        return;
    }
    bp_finding *finding =
        bp_document_fault(document, "SYN006", key->span, node,
                          "operator \"%.*s\" beside \"plans\"; AWS accepts it and does nothing "
                          "with it",
                          BP_ARG(key->text));
    finding->severity = BP_WARNING;
    finding->aws = BP_AWS_ACCEPTS;
    bp_finding_help(document->diagnostics, finding,
                    "remove it, or move it to the setting it means");
    bp_value *kept = bp_document_any(document, value);
    bp_value **slot = at == BP_AT_ASSIGN   ? &node->assign
                      : at == BP_AT_APPEND ? &node->append
                                           : &node->remove;
    *slot = *slot == NULL ? kept : *slot;
}

static void
read_word(bp_document *document, bp_node *node, const bp_ast_name *key, const bp_ast_value *value)
{
    bp_word_at at = bp_document_word(key->text);
    if (at == BP_AT_NONE) {
        bp_document_bad_word(document, node, key);
        bp_document_hole(node);
    } else if (at == BP_AT_CONTROL) {
        bp_document_control(document, node, key, value);
    } else {
        container_operator(document, node, key, value, at);
    }
}

/* A key that holds a container got something else. */
static void
report_no_object(bp_document *document, bp_node *node, const bp_ast_name *key,
                 const bp_ast_value *value)
{
    bp_document_fault(document, "SYN005", value->span, node,
                      "\"%.*s\" is %s here; it has to be an object", BP_ARG(key->text),
                      bp_document_kind(value));
    bp_document_hole(node);
}

/* A member that is left out of the judgement: its key stays, its meaning is not known. */
static void
keep_unknown(bp_document *document, bp_node *node, const bp_ast_entry *entry)
{
    bp_node *leaf = bp_node_new(document->arena, BP_NODE_LEAF, entry->key.text, entry->key.span);
    bp_node_add(node, leaf);
    leaf->assign = bp_document_value_hole(document, entry->value->span);
    bp_document_hole(node);
}

/* Whether some member of an object is one of the level's keys. */
static bool
has_known_member(const bp_document_level *level, const bp_ast_value *object)
{
    bp_document_step step;
    for (size_t i = 0; i < object->items.count; i++) {
        bp_str key = object->items.at[i].key.text;
        if (!bp_str_starts(key, BP_STR("@@")) && bp_document_take_step(level, key, &step)) {
            return true;
        }
    }
    return false;
}

/* Whether a member of "plans" is a key of a plan, with no plan's name around it. */
static bool
lacks_plan_level(const bp_ast_entry *entry)
{
    bp_document_step step;
    bp_document_level plan = {BP_BLOCK_PLAN, BP_STR("")};
    const bp_ast_value *value = entry->value;
    return bp_document_take_step(&plan, entry->key.text, &step) &&
           (value->kind != BP_AST_MAP ||
            (value->items.count > 0 && !has_known_member(&plan, value)));
}

static void read_object(bp_document *document, bp_node *node, const bp_document_level *level,
                        const bp_ast_value *object, int depth);

/* Keys that tell the name of an element, where the name should be the key. */
static bool
is_name_key(bp_str key)
{
    static const char *const names[] = {"name",           "rule_name", "RuleName", "plan_name",
                                        "selection_name", "copy_name", "id"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (bp_str_is(key, names[i])) {
            return true;
        }
    }
    return false;
}

/* A list where an object by name belongs: what its elements hold is read all the same, for its own
 * mistakes. */
static void
read_elements(bp_document *document, bp_node *node, const bp_document_level *level,
              const bp_ast_value *list, int depth)
{
    bp_document_step step;
    if (list->kind != BP_AST_LIST || !bp_document_take_step(level, BP_STR("x"), &step)) {
        return;
    }
    for (size_t i = 0; i < list->items.count; i++) {
        const bp_ast_value *element = list->items.at[i].value;
        bp_document_level below = {level->block, step.path};
        if (element->kind != BP_AST_MAP || bp_document_kind_at(&below, step.row) == BP_NODE_LEAF) {
            continue;
        }
        bp_ast_value rest = *element;
        rest.items.count = rest.items.room = 0;
        rest.items.at = NULL;
        for (size_t k = 0; k < element->items.count; k++) {
            if (!is_name_key(element->items.at[k].key.text)) {
                *bp_vec_add(document->arena, &rest.items) = element->items.at[k];
            }
        }
        bp_node *orphan =
            bp_node_new(document->arena, BP_NODE_CONTAINER, BP_STR(""), element->span);
        bp_node_add(node, orphan);
        read_object(document, orphan, &below, &rest, depth + 1);
    }
}

static void
read_member(bp_document *document, bp_node *node, const bp_document_level *level,
            const bp_ast_value *object, const bp_ast_entry *entry, int depth)
{
    bp_document_step step;
    if (!bp_document_take_step(level, entry->key.text, &step)) {
        if (bp_document_unknown(document, node, level, object, &entry->key)) {
            keep_unknown(document, node, entry);
            return;
        }
        /* AWS may know it: its value stays as it is written. */
    }
    bp_document_member_spelling(document, node, object, (size_t)(entry - object->items.at),
                                step.key);
    bp_document_level below = {level->block, step.path};
    bp_node_kind kind = bp_document_kind_at(&below, step.row);
    bp_node *child = bp_node_new(document->arena, kind, step.key, entry->key.span);
    bp_node_add(node, child);
    if (kind == BP_NODE_LEAF) {
        child->setting = step.row;
        bp_document_leaf(document, child, &below, entry->value);
    } else if (entry->value->kind != BP_AST_MAP) {
        report_no_object(document, child, &entry->key, entry->value);
        read_elements(document, child, &below, entry->value, depth + 1);
    } else {
        read_object(document, child, &below, entry->value, depth + 1);
    }
}

static void
read_missing_level(bp_document *document, bp_node *plans, const bp_ast_entry *entry,
                   bp_finding **told, const bp_ast_value *object, int depth)
{
    if (*told != NULL) {
        bp_finding_label(document->diagnostics, *told, entry->key.span, "and here");
    } else {
        *told = bp_document_fault(
            document, "SYN003", entry->key.span, plans,
            "\"%.*s\" straight under \"plans\"; the name of a plan stands between the two",
            BP_ARG(entry->key.text));
        bp_finding_help(document->diagnostics, *told,
                        "write \"plans\": {\"NAME\": {\"%.*s\": ...}}", BP_ARG(entry->key.text));
    }
    /* What stands there is read all the same, as part of a plan that nobody named. */
    bp_document_level plan = {BP_BLOCK_PLAN, BP_STR("")};
    bp_document_hole(plans);
    read_member(document, plans, &plan, object, entry, depth);
}

static void
read_object(bp_document *document, bp_node *node, const bp_document_level *level,
            const bp_ast_value *object, int depth)
{
    bp_finding *level_told = NULL;
    if (depth > DEPTH_MAX) {
        return;
    }
    bp_document_folded_keys(document, node, object);
    for (size_t i = 0; i < object->items.count; i++) {
        const bp_ast_entry *entry = &object->items.at[i];
        if (bp_document_is_word(entry->key.text)) {
            bp_document_member_spelling(document, node, object, i,
                                        bp_document_word_spelling(entry->key.text));
            read_word(document, node, &entry->key, entry->value);
        } else if (node->kind == BP_NODE_PLANS && lacks_plan_level(entry)) {
            read_missing_level(document, node, entry, &level_told, object, depth);
        } else {
            read_member(document, node, level, object, entry, depth);
        }
    }
}

static unsigned
block_bit(const bp_node *block)
{
    /* Other kinds are no blocks. */
    return block->kind == BP_NODE_PLAN   ? BP_BLOCK_PLAN
           : block->kind == BP_NODE_RULE ? BP_BLOCK_RULE
           : block->kind == BP_NODE_COPY ? BP_BLOCK_COPY
           : block->kind == BP_NODE_SELECTION
               ? (bp_node_is_tags(block) ? BP_BLOCK_SELECT_TAGS : BP_BLOCK_SELECT_RESOURCES)
               : BP_BLOCK_POLICY;
}

/* The node of a tree that stands where another stands below its own top; NULL if there is none. */
static bp_node *
counterpart(bp_node *tree, const bp_node *top, const bp_node *node)
{
    const bp_node *way[DEPTH_MAX + 2];
    size_t steps = 0;
    while (node != top && steps < sizeof way / sizeof way[0]) {
        way[steps++] = node;
        node = node->parent;
    }
    while (tree != NULL && steps > 0) {
        tree = bp_node_find(tree, way[--steps]->key);
    }
    return tree;
}

void
bp_document_judge(bp_arena *arena, bp_diagnostics *diagnostics, bp_str policy, bp_node *block,
                  const bp_ast_value *object)
{
    bp_document document = {.arena = arena, .diagnostics = diagnostics, .policy = policy};
    bp_document_level level = {block_bit(block), BP_STR("")};
    bp_node top = {.kind = block->kind, .key = block->key, .parent = block->parent};
    read_object(&document, &top, &level, object, 0);
    bp_document_spelling_end(&document);
    for (bp_node *node = &top; node != NULL;) {
        bp_node *meant = node->holes ? counterpart(block, &top, node) : NULL;
        if (meant != NULL) {
            meant->holes = true;
        }
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node != &top && node->next == NULL) {
            node = node->parent;
        }
        node = node == &top ? NULL : node->next;
    }
}

/* The tree of a document, with what its text became as values in the scratch arena. */
static bool
read_document(bp_document *document, bp_str name, bp_span name_span, bp_policy *read)
{
    const bp_source *source = document->source;
    bool empty = false;
    bp_ast_value *whole = bp_document_parse(document, &empty);
    bp_span begin = whole == NULL ? bp_span_of(source, 0, 0)
                                  : (bp_span){source->id, whole->span.start, whole->span.start + 1};
    read->name = name;
    read->from_json = true;
    read->span = bp_span_exists(name_span) ? name_span : begin;
    read->document = bp_node_new(document->arena, BP_NODE_ROOT, BP_STR(""), begin);
    read->document->holes = whole == NULL && !empty;
    if (whole == NULL) {
        return empty;
    }
    if (whole->kind != BP_AST_MAP) {
        bp_document_fault(document, "SYN005", whole->span, read->document,
                          "the document is %s; a policy is an object with \"plans\"",
                          bp_document_kind(whole));
        read->document->holes = true;
        return true;
    }
    bp_document_level level = {BP_BLOCK_POLICY, BP_STR("")};
    read_object(document, read->document, &level, whole, 0);
    bp_document_spelling_end(document);
    return true;
}

bool
bp_document_read(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source, bp_str name,
                 bp_span name_span, bp_policy **policy)
{
    bp_document document = {.arena = arena,
                            .diagnostics = diagnostics,
                            .source = source,
                            .policy = name,
                            .scratch = bp_arena_scratch(arena)};
    *policy = BP_NEW(arena, bp_policy);
    bool good = read_document(&document, name, name_span, *policy);
    bp_arena_release(arena, document.scratch);
    return good;
}
