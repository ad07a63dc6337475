/*
 * An imported document as text of the language: blocks, their settings by the rows, and behind
 * `raw` whatever no row and no block has said.
 *
 * The text is not laid out: the formatter does that. Values, maps and child controls stand in files
 * of their own.
 */
#include "compiler/facts/facts.h"
#include "compiler/policy/import_parts.h"
#include "lib/json_write.h"
#include "lib/map.h"

static const char control_key[] = "@@operators_allowed_for_child_policies";

static void
line(bp_bpol_writer *writer, const char *word, bp_str text)
{
    bp_buf_format(&writer->out, "%s ", word);
    bp_json_quote(&writer->out, text);
}

/* ---- settings */

/* A control that stands on a setting alone, or behind its last value. */
static void
leaf_control(bp_bpol_writer *writer, const bp_setting *row, bp_part *leaf, bool written)
{
    unsigned may = bp_bpol_control_of(leaf);
    if (may == 0) {
        return;
    }
    bp_part_find(leaf, control_key)->taken = true;
    writer->out.size -= written ? 1 : 0; /* the end of the line */
    bp_buf_format(&writer->out, "%s ", written ? "" : row->name);
    bp_bpol_control(&writer->out, may);
    bp_buf_add_char(&writer->out, '\n');
}

static void
write_leaf(bp_bpol_writer *writer, const bp_setting *row, bp_part *leaf)
{
    static const struct {
        const char *key;
        const char *sign;
    } operators[] = {{"@@assign", "="}, {"@@append", "+="}, {"@@remove", "-="}};
    bool written = false;
    for (size_t i = 0; i < (row->operators ? 3 : 1); i++) {
        bp_part_member *value = bp_part_find(leaf, operators[i].key);
        bp_buf text = {.arena = writer->arena};
        if (value != NULL && bp_bpol_value(writer, row, value->value, &text)) {
            bp_buf_format(&writer->out, "%s %s %.*s\n", row->name, operators[i].sign,
                          BP_ARG(bp_buf_text(&text)));
            value->taken = true;
            written = true;
        }
    }
    leaf_control(writer, row, leaf, written);
}

static void
write_settings(bp_bpol_writer *writer, unsigned block, bp_part *part)
{
    size_t count = 0;
    const bp_setting *rows = bp_settings(&count);
    for (size_t i = 0; i < count; i++) {
        const bp_setting *row = &rows[i];
        if ((row->blocks & block) == 0 || row->name[0] == '\0' || row->path[0] == '\0' ||
            row->since[0] == '\0') {
            continue;
        }
        bp_part_member *leaf = bp_part_at(part, row->path);
        if (row->type == BP_TYPE_TAGS) {
            bp_bpol_tags(writer, row, part);
        } else if (row->type == BP_TYPE_CONDITION) {
            bp_bpol_conditions(writer, row, part);
        } else if (leaf != NULL && leaf->value->kind == BP_AST_MAP) {
            write_leaf(writer, row, leaf->value);
        }
    }
}

/* What nothing has said, key by key. */
static void
write_rest(bp_bpol_writer *writer, bp_part *part)
{
    for (size_t i = 0; i < part->members.count; i++) {
        bp_part_member *member = &part->members.at[i];
        if (member->taken || bp_part_done(member->value)) {
            continue;
        }
        line(writer, "raw", member->key);
        bp_buf_add_c(&writer->out, " = ");
        bp_part_write(&writer->out, member->value);
        bp_buf_add_char(&writer->out, '\n');
        member->taken = true;
    }
}

static bool
has_rest(const bp_part *part)
{
    for (size_t i = 0; i < part->members.count; i++) {
        if (!part->members.at[i].taken && !bp_part_done(part->members.at[i].value)) {
            return true;
        }
    }
    return false;
}

/* ---- blocks */

static void
enter(bp_bpol_writer *writer, bp_str first, bp_str second)
{
    *bp_vec_add(writer->arena, &writer->way) = first;
    *bp_vec_add(writer->arena, &writer->way) = second;
}

static void
leave(bp_bpol_writer *writer)
{
    writer->way.count -= 2;
}

static bool
is_inherited(const bp_bpol_writer *writer)
{
    const bp_import *import = writer->import;
    return import->inherits != NULL &&
           import->inherits(import->context, writer->way.at, writer->way.count);
}

/* Whether a member of a container can be a block: named, and with no key twice. */
static bool
is_block(const bp_part_member *member)
{
    return !member->clashes && !member->taken && member->value->kind == BP_AST_MAP &&
           !bp_part_clashes(member->value) && member->key.size > 0 &&
           !bp_str_starts(member->key, BP_STR("@@"));
}

/* The controls that stand first: of all leaves, and of the container. */
static void
write_controls(bp_bpol_writer *writer, bp_part *leaves, bp_part *container)
{
    unsigned deep = bp_bpol_deep(leaves);
    if (deep != 0) {
        bp_bpol_take_deep(leaves);
        bp_bpol_control(&writer->out, deep);
        bp_buf_add_char(&writer->out, '\n');
    }
    bp_part_member *own = container == NULL || container->kind != BP_AST_MAP
                              ? NULL
                              : bp_part_find(container, control_key);
    unsigned here = own == NULL ? 0 : bp_bpol_control_of(container);
    if (here != 0) {
        own->taken = true;
        bp_bpol_control(&writer->out, here);
        bp_buf_add_c(&writer->out, " here\n");
    }
}

/* A block from behind its name to its brace. Its member is done then, whatever it held. */
static void
open_block(bp_bpol_writer *writer, bp_part *part)
{
    bp_buf_add_c(&writer->out, " {\n");
    write_controls(writer, part, part);
}

/* What is left of a block stands behind its settings, before the blocks within, which begin at an
 * offset of the text. */
static void
insert_rest(bp_bpol_writer *writer, bp_part *part, size_t blocks)
{
    bp_str within =
        bp_str_copy(writer->arena, bp_str_cut(bp_buf_text(&writer->out), blocks, writer->out.size));
    writer->out.size = blocks;
    write_rest(writer, part);
    bp_buf_add(&writer->out, within);
}

static void
close_block(bp_bpol_writer *writer, bp_part_member *member, size_t blocks)
{
    insert_rest(writer, member->value, blocks);
    bp_buf_add_c(&writer->out, "}\n");
    member->taken = true;
}

/* The destination of a copy whose key is its ARN; NULL when it stays raw. */
static bp_part_member *
destination_of(const bp_part_member *member)
{
    bp_part_member *arn =
        is_block(member) ? bp_part_at(member->value, "target_backup_vault_arn/@@assign") : NULL;
    bp_str text;
    bool same = arn != NULL && bp_part_text(arn->value, &text) && bp_str_equal(text, member->key);
    return same ? arn : NULL;
}

/* Whether the language takes a destination for one that it has met already. */
static bool
is_met(bp_bpol_writer *writer, bp_part_member *member, bp_map *met)
{
    bp_str text = member->key;
    const bp_reference *to = bp_reference_of_arn(writer->arena, text, BP_NOWHERE, BP_REF_VAULT);
    bp_str place = to == NULL ? text
                              : bp_str_format(writer->arena, "%.*s/%.*s/%.*s", BP_ARG(to->region),
                                              BP_ARG(to->account), BP_ARG(to->name));
    bool added = false;
    bp_map_add(met, bp_str_fold(writer->arena, place), member, &added);
    return !added;
}

static void
write_copy(bp_bpol_writer *writer, bp_part_member *member, bp_map *met)
{
    bp_part_member *arn = destination_of(member);
    if (arn == NULL || is_met(writer, member, met)) {
        return;
    }
    enter(writer, BP_STR("copy_actions"), member->key);
    bp_buf_add_c(&writer->out, is_inherited(writer) ? "extend copy to " : "copy to ");
    bp_bpol_destination(writer, member->key, &writer->out);
    open_block(writer, member->value);
    arn->taken = true;
    write_settings(writer, BP_BLOCK_COPY, member->value);
    close_block(writer, member, writer->out.size);
    leave(writer);
}

static void
write_rule(bp_bpol_writer *writer, bp_part_member *member)
{
    enter(writer, BP_STR("rules"), member->key);
    line(writer, is_inherited(writer) ? "extend rule" : "rule", member->key);
    open_block(writer, member->value);
    write_settings(writer, BP_BLOCK_RULE, member->value);
    size_t blocks = writer->out.size;
    bp_part_member *copies = bp_part_find(member->value, "copy_actions");
    bp_map *met = bp_map_new(writer->arena);
    for (size_t i = 0; copies != NULL && i < copies->value->members.count; i++) {
        write_copy(writer, &copies->value->members.at[i], met);
    }
    close_block(writer, member, blocks);
    leave(writer);
}

/* The form of a selection is written unless its settings say it. */
static void
write_selection(bp_bpol_writer *writer, bp_part_member *member, bool tags)
{
    enter(writer, tags ? BP_STR("selections/tags") : BP_STR("selections/resources"), member->key);
    bool extend = is_inherited(writer);
    bp_buf body = writer->out;
    writer->out = (bp_buf){.arena = writer->arena};
    open_block(writer, member->value);
    write_settings(writer, tags ? BP_BLOCK_SELECT_TAGS : BP_BLOCK_SELECT_RESOURCES, member->value);
    bp_str text = bp_buf_text(&writer->out);
    bool says = tags && (bp_str_contains(text, BP_STR("\ntag_key ")) ||
                         bp_str_contains(text, BP_STR("\ntag_values ")));
    bool open = has_rest(member->value) || (tags ? !says : extend);
    close_block(writer, member, writer->out.size);
    text = bp_buf_text(&writer->out);
    writer->out = body;
    line(writer,
         bp_str_c(writer->arena, bp_str_format(writer->arena, "%sselect%s", extend ? "extend " : "",
                                               !open  ? ""
                                               : tags ? " tags"
                                                      : " resources")),
         member->key);
    bp_buf_add(&writer->out, text);
    leave(writer);
}

static void
write_selections(bp_bpol_writer *writer, bp_part *plan, bool tags)
{
    bp_part_member *all = bp_part_at(plan, tags ? "selections/tags" : "selections/resources");
    for (size_t i = 0; all != NULL && i < all->value->members.count; i++) {
        if (is_block(&all->value->members.at[i])) {
            write_selection(writer, &all->value->members.at[i], tags);
        }
    }
}

static void
write_plan(bp_bpol_writer *writer, bp_part_member *member)
{
    enter(writer, BP_STR("plans"), member->key);
    line(writer, is_inherited(writer) ? "extend plan" : "plan", member->key);
    open_block(writer, member->value);
    write_settings(writer, BP_BLOCK_PLAN, member->value);
    size_t blocks = writer->out.size;
    bp_part_member *rules = bp_part_find(member->value, "rules");
    for (size_t i = 0; rules != NULL && i < rules->value->members.count; i++) {
        if (is_block(&rules->value->members.at[i])) {
            write_rule(writer, &rules->value->members.at[i]);
        }
    }
    write_selections(writer, member->value, true);
    write_selections(writer, member->value, false);
    close_block(writer, member, blocks);
    leave(writer);
}

/* ---- destinations that are supplied */

static void
mark_copies(bp_bpol_writer *writer, bp_part_member *rule)
{
    bp_part_member *copies = bp_part_find(rule->value, "copy_actions");
    bp_map *met = bp_map_new(writer->arena);
    for (size_t i = 0; copies != NULL && i < copies->value->members.count; i++) {
        bp_part_member *copy = &copies->value->members.at[i];
        if (destination_of(copy) == NULL || is_met(writer, copy, met)) {
            continue;
        }
        enter(writer, BP_STR("copy_actions"), copy->key);
        bp_part_find(copy->value, "target_backup_vault_arn")->supplied = is_inherited(writer);
        leave(writer);
    }
}

static void
mark_rules(bp_bpol_writer *writer, bp_part_member *plan)
{
    bp_part_member *rules = bp_part_find(plan->value, "rules");
    for (size_t i = 0; rules != NULL && i < rules->value->members.count; i++) {
        bp_part_member *rule = &rules->value->members.at[i];
        if (is_block(rule)) {
            enter(writer, BP_STR("rules"), rule->key);
            mark_copies(writer, rule);
            leave(writer);
        }
    }
}

/* Before anything is written, because the controls of outer blocks come first. */
static void
mark_supplied(bp_bpol_writer *writer, bp_part *plans)
{
    for (size_t i = 0; writer->import->inherits != NULL && i < plans->members.count; i++) {
        if (is_block(&plans->members.at[i])) {
            enter(writer, BP_STR("plans"), plans->members.at[i].key);
            mark_rules(writer, &plans->members.at[i]);
            leave(writer);
        }
    }
}

/* ---- the policy */

/* The partition that the language will choose: of the project, else of the first Region that a
 * setting of a plan names. */
static bp_str
partition_of_plan(const bp_part *plan)
{
    static const char *const ways[] = {"regions/@@assign", "regions/@@append", "regions/@@remove"};
    for (size_t i = 0; i < 3; i++) {
        const bp_part_member *list = bp_part_at(plan, ways[i]);
        const bp_region *first = NULL;
        bool words = list != NULL && list->value->kind == BP_AST_LIST;
        for (size_t k = 0; words && k < list->value->items.count; k++) {
            bp_str text;
            words = bp_part_text(list->value->items.at[k], &text) && bp_bpol_is_region(text);
            first = first != NULL || !words ? first : bp_region_find(bp_facts_built_in(), text);
        }
        if (words && first != NULL) {
            return bp_str_of(first->partition);
        }
    }
    return (bp_str){"", 0};
}

static bp_str
choose_partition(const bp_import *import, const bp_part *plans)
{
    if (import->partition.size > 0) {
        return import->partition;
    }
    for (size_t i = 0; i < plans->members.count; i++) {
        if (is_block(&plans->members.at[i])) {
            bp_str found = partition_of_plan(plans->members.at[i].value);
            if (found.size > 0) {
                return found;
            }
        }
    }
    return BP_STR("aws");
}

static void
write_attach(bp_bpol_writer *writer)
{
    if (writer->import->attach.size > 0) {
        bp_buf_format(&writer->out, "attach = %.*s\n", BP_ARG(writer->import->attach));
    } else {
        bp_buf_add_c(&writer->out,
                     "// attached to nothing yet; to attach it, write for example\n"
                     "// attach = [ou(\"Path/To/OU\"), account(\"111122223333\")]\n\n");
    }
}

bool
bp_bpol_write(const bp_import *import, bp_part *document, bp_str *text)
{
    bp_part_member *plans = bp_part_find(document, "plans");
    if (plans == NULL || plans->value->kind != BP_AST_MAP || bp_part_clashes(document) ||
        bp_part_repeats_operator(document)) {
        return false;
    }
    bp_bpol_writer writer = {.arena = import->arena,
                             .import = import,
                             .partition = choose_partition(import, plans->value),
                             .out = {.arena = import->arena}};
    mark_supplied(&writer, plans->value);
    bp_buf_add_c(&writer.out, "edition 1\n\n");
    line(&writer, "policy", import->name);
    bp_buf_add_c(&writer.out, " {\n");
    write_controls(&writer, document, plans->value);
    write_attach(&writer);
    size_t blocks = writer.out.size;
    /* An empty container of plans is written by every policy. */
    plans->taken = plans->value->members.count == 0;
    for (size_t i = 0; i < plans->value->members.count; i++) {
        if (is_block(&plans->value->members.at[i])) {
            write_plan(&writer, &plans->value->members.at[i]);
        }
    }
    insert_rest(&writer, document, blocks);
    bp_buf_add_c(&writer.out, "}\n");
    *text = bp_buf_text(&writer.out);
    return true;
}
