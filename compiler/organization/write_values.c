/*
 * The values of the canonical form, by kind: one order and one merging of their rows, in flow style
 * for the hash and in block style for the file. Which values there are is write_names.c's matter.
 */
#include "compiler/organization/write_parts.h"

#include <stdlib.h>

static void
put_lock(bp_buf *out, const bp_org_vault *vault)
{
    switch (vault->lock) {
    case BP_LOCK_UNKNOWN:
        return;
    case BP_LOCK_NONE:
        bp_buf_add_c(out, ", lock: none");
        return;
    case BP_LOCK_GOVERNANCE:
    case BP_LOCK_COMPLIANCE:
        break;
    }
    bp_buf_format(out, ", lock: {mode: %s",
                  vault->lock == BP_LOCK_GOVERNANCE ? "governance" : "compliance");
    if (vault->lock_min >= 0) {
        bp_buf_format(out, ", min: %lld", (long long)vault->lock_min);
    }
    if (vault->lock_max >= 0) {
        bp_buf_format(out, ", max: %lld", (long long)vault->lock_max);
    }
    bp_buf_add_char(out, '}');
}

static void
put_copy_from(bp_org_writer *writer, bp_buf *out, const bp_org_vault *vault)
{
    switch (vault->copy_from) {
    case BP_COPY_FROM_UNKNOWN:
        break;
    case BP_COPY_FROM_NONE:
        bp_buf_add_c(out, ", copy_from: none");
        break;
    case BP_COPY_FROM_ORGANIZATION:
        bp_buf_add_c(out, ", copy_from: organization");
        break;
    case BP_COPY_FROM_OTHER:
        bp_buf_add_c(out, ", copy_from: other");
        break;
    case BP_COPY_FROM_LISTED:
        bp_buf_add_c(out, ", copy_from: ");
        bp_org_put_names(writer, out, vault->copy_from_ids.at, vault->copy_from_ids.count);
        break;
    }
}

static void
vault_rows(bp_org_writer *writer, const bp_vault_set *set)
{
    static const char *const kinds[] = {"", ", kind: air-gapped", ", kind: restore-access"};
    static const char *const keys[] = {"", ", key: customer", ", key: aws-backup",
                                       ", key: aws-service", ", key: aws-owned"};
    bp_org_rows_begin(writer);
    for (size_t i = 0; i < set->vaults.count; i++) {
        const bp_org_vault *vault = &set->vaults.at[i];
        if (vault->in == 0) {
            continue;
        }
        bp_org_rows_add(writer, vault->name, vault->in);
        bp_buf_add_c(&writer->text, kinds[vault->kind - BP_VAULT_STANDARD]);
        bp_buf_add_c(&writer->text, keys[vault->key - BP_KEY_UNKNOWN]);
        put_lock(&writer->text, vault);
        put_copy_from(writer, &writer->text, vault);
        bp_buf_add_c(&writer->text, vault->creating ? ", state: creating" : "");
    }
    bp_org_rows_settle(writer, true);
}

/* A role is its name alone where nothing else is known of it but that AWS Backup may assume it. */
static void
put_role(bp_org_writer *writer, bp_buf *out, const bp_org_role *role)
{
    bool root = bp_str_is(role->path, "/") || role->path.size == 0;
    if (root && role->trusts_backup == BP_PRESENT && !role->policies_known) {
        bp_org_put_text(out, role->name);
        return;
    }
    bp_buf_add_c(out, "{name: ");
    bp_org_put_text(out, role->name);
    if (!root) {
        bp_buf_add_c(out, ", path: ");
        bp_org_put_text(out, role->path);
    }
    if (role->trusts_backup != BP_UNKNOWN) {
        bp_buf_format(out, ", trust: %s", role->trusts_backup == BP_PRESENT ? "backup" : "other");
    }
    if (role->policies_known) {
        bp_buf_add_c(out, ", policies: ");
        bp_org_put_names(writer, out, role->policies.at, role->policies.count);
    }
    bp_buf_add_char(out, '}');
}

static int
by_role(const void *a, const void *b)
{
    const bp_org_role *one = *(const bp_org_role *const *)a;
    const bp_org_role *other = *(const bp_org_role *const *)b;
    int order = bp_str_compare(one->name, other->name);
    return order != 0 ? order : bp_str_compare(one->path, other->path);
}

static bool
put_roles(bp_org_writer *writer, bp_buf *out, const bp_role_set *set)
{
    if (set->roles.count == 0 && !set->complete) {
        return false;
    }
    const bp_org_role **order =
        bp_arena_array(writer->arena, set->roles.count + 1, sizeof(const bp_org_role *));
    for (size_t i = 0; i < set->roles.count; i++) {
        order[i] = &set->roles.at[i];
    }
    if (set->roles.count > 1) {
        qsort(order, set->roles.count, sizeof(const bp_org_role *), by_role);
    }
    bp_buf_add_c(out, set->complete ? "[" : "{seen: partial, have: [");
    for (size_t i = 0; i < set->roles.count; i++) {
        if (i > 0 && by_role(&order[i - 1], &order[i]) == 0) {
            continue; /* twice is a mistake that is reported elsewhere */
        }
        bp_buf_add_c(out, i == 0 ? "" : ", ");
        put_role(writer, out, order[i]);
    }
    bp_buf_add_c(out, set->complete ? "]" : "]}");
    return true;
}

/* A type in one of the four lists of a row. */
typedef struct type_entry {
    bp_str name;
    size_t row;
    unsigned column; /* 0 opted_in, 1 opted_out, 2 managed, 3 unmanaged */
} type_entry;

typedef struct type_entries {
    BP_VEC(type_entry) list;
} type_entries;

static int
by_type(const void *a, const void *b)
{
    const type_entry *one = a;
    const type_entry *other = b;
    if (one->column / 2 != other->column / 2) {
        return one->column / 2 < other->column / 2 ? -1 : 1;
    }
    int order = bp_str_compare(one->name, other->name);
    return order != 0 ? order : (one->row > other->row) - (one->row < other->row);
}

static void
gather(bp_org_writer *writer, type_entries *entries, const bp_region_setting *row, size_t index)
{
    const bp_str *lists[] = {row->opted_in.at, row->opted_out.at, row->managed.at,
                             row->unmanaged.at};
    size_t counts[] = {row->opted_in.count, row->opted_out.count, row->managed.count,
                       row->unmanaged.count};
    for (unsigned column = 0; column < 4; column++) {
        for (size_t i = 0; i < counts[column]; i++) {
            *bp_vec_add(writer->arena, &entries->list) =
                (type_entry){.name = lists[column][i], .row = index, .column = column};
        }
    }
}

/* The lists of one Region: what the first row that names a type says of it. */
static void
put_types(bp_buf *out, type_entries *entries)
{
    static const char *const keys[] = {", opted_in: [", ", opted_out: [", ", managed: [",
                                       ", unmanaged: ["};
    size_t count = entries->list.count;
    type_entry *at = entries->list.at;
    if (count > 1) {
        qsort(at, count, sizeof *at, by_type);
    }
    for (unsigned column = 0; column < 4; column++) {
        bool open = false;
        for (size_t i = 0; i < count; i++) {
            bool first = i == 0 || at[i - 1].column / 2 != at[i].column / 2 ||
                         !bp_str_equal(at[i - 1].name, at[i].name);
            if (!first || at[i].column != column) {
                continue;
            }
            bp_buf_add_c(out, open ? ", " : keys[column]);
            bp_org_put_text(out, at[i].name);
            open = true;
        }
        bp_buf_add_c(out, open ? "]" : "");
    }
}

/* Region settings are facts of single Regions: Regions that agree share a row, whatever rows they
 * came from. */
static void
setting_rows(bp_org_writer *writer, const bp_region_settings *settings)
{
    type_entries entries = {.list = {.at = NULL}};
    bp_region_mask mask = 0;
    for (size_t i = 0; i < settings->rows.count; i++) {
        mask |= settings->rows.at[i].in;
    }
    bp_org_rows_begin(writer);
    for (size_t r = 0; r < writer->regions; r++) {
        bp_region_mask region = BP_REGION_BIT(r);
        entries.list.count = 0;
        for (size_t i = 0; (mask & region) != 0 && i < settings->rows.count; i++) {
            if ((settings->rows.at[i].in & region) != 0) {
                gather(writer, &entries, &settings->rows.at[i], i);
            }
        }
        if (entries.list.count > 0) {
            bp_org_rows_add(writer, (bp_str){NULL, 0}, region);
            put_types(&writer->text, &entries);
        }
    }
    bp_org_rows_settle(writer, true);
}

static int
by_key(const void *a, const void *b)
{
    return bp_str_compare(((const bp_org_tag *)a)->key, ((const bp_org_tag *)b)->key);
}

void
bp_org_put_tags(bp_org_writer *writer, bp_buf *out, const bp_org_tag *tags, size_t count,
                size_t indent)
{
    bool block = indent > 0;
    bp_org_tag *order = bp_arena_array(writer->arena, count + 1, sizeof *order);
    for (size_t i = 0; i < count; i++) {
        order[i] = tags[i];
    }
    if (count > 1) {
        qsort(order, count, sizeof *order, by_key);
    }
    bp_buf_add_c(out, block ? "" : "{");
    for (size_t i = 0; i < count; i++) {
        bp_buf_format(out, "%s%*s", block ? "\n" : i == 0 ? "" : ", ", (int)indent, "");
        bp_org_put_text(out, order[i].key);
        bp_buf_add_c(out, ": ");
        bp_org_put_text(out, order[i].value);
    }
    bp_buf_add_c(out, block ? "" : "}");
}

/* The types of a row: an id, or several with commas between. */
static bp_str
types_of(bp_org_writer *writer, const bp_resource_row *row)
{
    bp_str *ids = bp_arena_array(writer->arena, row->types.count + 1, sizeof *ids);
    for (size_t i = 0; i < row->types.count; i++) {
        ids[i] = bp_str_of(row->types.at[i]->id);
    }
    if (row->types.count == 1) {
        return ids[0];
    }
    bp_buf buf = {.arena = writer->arena};
    bp_org_put_names(writer, &buf, ids, row->types.count);
    return bp_str_cut(bp_buf_text(&buf), 1, buf.size - 1); /* rows stand by type, brackets aside */
}

static void
resource_rows(bp_org_writer *writer, const bp_resource_set *set)
{
    bp_org_rows_begin(writer);
    for (size_t i = 0; i < set->rows.count; i++) {
        const bp_resource_row *row = &set->rows.at[i];
        if (row->in == 0 || row->types.count == 0) {
            continue;
        }
        bp_org_rows_add(writer, types_of(writer, row), row->in);
        bp_org_tag *tags = bp_arena_array(writer->arena, row->tags.count + 1, sizeof *tags);
        for (size_t t = 0; t < row->tags.count; t++) {
            tags[t] = (bp_org_tag){.key = row->tag_keys.at[t], .value = row->tags.at[t].text};
        }
        if (row->tags.count > 0) {
            bp_buf_add_c(&writer->text, ", tags: ");
            bp_org_put_tags(writer, &writer->text, tags, row->tags.count, 0);
        }
        if (writer->counts && row->count >= 0) {
            bp_buf_format(&writer->text, ", count: %lld", (long long)row->count);
        }
    }
    bp_org_rows_settle(writer, false);
}

static void
put_types_key(bp_buf *out, bp_str types)
{
    bool several = bp_str_find(types, ',') < types.size;
    bp_buf_format(out, several ? "[%.*s]" : "%.*s", BP_ARG(types));
}

void
bp_org_put_rows(bp_org_writer *writer, bp_buf *out, const char *key, bool types, size_t indent)
{
    bool block = writer->pass == BP_PASS_NAME;
    if (writer->rows.count == 0 || !block) {
        bp_buf_add_c(out, block ? " [" : "[");
    }
    for (size_t i = 0; i < writer->rows.count; i++) {
        const bp_org_row *row = &writer->rows.at[i];
        if (block) {
            bp_buf_format(out, "\n%*s- ", (int)indent, "");
        } else {
            bp_buf_add_c(out, i == 0 ? "" : ", ");
        }
        bp_buf_add_char(out, '{');
        if (key != NULL) {
            bp_buf_format(out, "%s: ", key);
            if (types) {
                put_types_key(out, row->key);
            } else {
                bp_org_put_text(out, row->key);
            }
            bp_buf_add_c(out, ", ");
        }
        bp_buf_add_c(out, "in: ");
        bp_org_put_regions(writer, out, row->in);
        bp_buf_add(out, row->tail);
        bp_buf_add_char(out, '}');
    }
    if (writer->rows.count == 0 || !block) {
        bp_buf_add_char(out, ']');
    }
}

/* Rows with the Regions in which was looked. */
static bool
put_seen(bp_org_writer *writer, bp_buf *out, bp_region_mask seen, const char *key, bool types)
{
    bool block = writer->pass == BP_PASS_NAME;
    if (seen == 0 && writer->rows.count == 0) {
        return false;
    }
    bp_buf_add_c(out, block ? "\n      seen: " : "{seen: ");
    bp_org_put_regions(writer, out, seen);
    bp_buf_add_c(out, block ? "\n      have:" : ", have: ");
    bp_org_put_rows(writer, out, key, types, 8);
    bp_buf_add_c(out, block ? "" : "}");
    return true;
}

bool
bp_org_put_value(bp_org_writer *writer, bp_buf *out, bp_set_kind kind, const void *value)
{
    const bp_tag_set *tags = value;
    switch (kind) {
    case BP_SET_VAULTS:
        vault_rows(writer, value);
        return put_seen(writer, out, ((const bp_vault_set *)value)->seen, "name", false);
    case BP_SET_RESOURCES:
        resource_rows(writer, value);
        return put_seen(writer, out, ((const bp_resource_set *)value)->seen, "type", true);
    case BP_SET_ROLES:
        bp_buf_add_c(out, writer->pass == BP_PASS_NAME ? " " : "");
        return put_roles(writer, out, value);
    case BP_SET_REGION_SETTINGS:
        setting_rows(writer, value);
        if (writer->rows.count > 0) {
            bp_org_put_rows(writer, out, NULL, false, 6);
        }
        return writer->rows.count > 0;
    case BP_SET_TAGS:
        bp_org_put_tags(writer, out, tags->tags.at, tags->tags.count,
                        writer->pass == BP_PASS_NAME ? 6 : 0);
        return true;
    case BP_SET_REGIONS:
    case BP_SET_PROFILES:
    case BP_SET_KINDS:
        break;
    }
    return false;
}

bool
bp_org_is_none(const bp_org_writer *writer, bp_set_kind kind, const void *value)
{
    const bp_organization *org = writer->org;
    bp_region_mask looked =
        org->regions_known ? org->regions : bp_regions_of_partition(org->facts, org->partition);
    if (kind == BP_SET_VAULTS) {
        const bp_vault_set *set = value;
        return set->vaults.count == 0 && set->seen == looked && looked != 0;
    }
    if (kind == BP_SET_RESOURCES) {
        const bp_resource_set *set = value;
        return set->rows.count == 0 && set->seen == looked && looked != 0;
    }
    if (kind == BP_SET_ROLES) {
        const bp_role_set *set = value;
        return set->roles.count == 0 && set->complete;
    }
    return kind == BP_SET_TAGS && ((const bp_tag_set *)value)->tags.count == 0;
}
