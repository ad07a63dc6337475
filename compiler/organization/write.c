/*
 * The canonical form of an inventory: its top level, organization, settings and coverage. Values,
 * names, the tree and what is deployed stand in write_*.c. Nothing here judges what it writes.
 */
#include "compiler/organization/write_parts.h"

static void
put_line(bp_buf *out, const char *key, bp_str value)
{
    bp_buf_format(out, "  %s: ", key);
    bp_org_put_text(out, value);
    bp_buf_add_char(out, '\n');
}

static void
put_head(bp_org_writer *writer)
{
    const bp_organization *org = writer->org;
    bp_buf *out = writer->out;
    bp_buf_add_c(out, "# backpol inventory, canonical form\nbackpol_inventory: 1\n");
    if (org->captured_at.size > 0 && !bp_str_is(org->captured_at, "unknown")) {
        bp_buf_add_c(out, "captured_at: ");
        bp_org_put_quoted(out, org->captured_at);
        bp_buf_add_char(out, '\n');
    }
    bp_buf_add_c(out, "organization:\n");
    put_line(out, "id", org->id);
    put_line(out, "partition", org->partition);
    bp_buf_add_c(out, "  management_account: ");
    bp_org_put_quoted(out, org->management_id);
    bp_buf_add_char(out, '\n');
    switch (org->features) {
    case BP_FEATURES_UNKNOWN:
        break;
    case BP_FEATURES_ALL:
        bp_buf_add_c(out, "  features: all\n");
        break;
    case BP_FEATURES_BILLING:
        bp_buf_add_c(out, "  features: consolidated-billing\n");
        break;
    }
}

/* A list, or none where it is known that there is nothing. */
static void
put_list(bp_org_writer *writer, const char *key, bool known, const bp_str *at, size_t count)
{
    if (!known) {
        return;
    }
    bp_buf_format(writer->out, "  %s: ", key);
    if (count == 0) {
        bp_buf_add_c(writer->out, "none");
    } else {
        bp_org_put_names(writer, writer->out, at, count);
    }
    bp_buf_add_char(writer->out, '\n');
}

/* A section is left out where nothing stands in it: its key is taken back. */
static void
take_back(bp_buf *out, size_t before, const char *key)
{
    size_t empty = before + bp_str_of(key).size;
    if (out->size == empty) {
        out->size = before;
    }
}

static void
put_settings(bp_org_writer *writer)
{
    static const char key[] = "settings:\n";
    static const char *const types[] = {
        "", "  backup_policy_type: enabled\n", "  backup_policy_type: pending-enable\n",
        "  backup_policy_type: pending-disable\n", "  backup_policy_type: disabled\n"};
    const bp_organization *org = writer->org;
    bp_buf *out = writer->out;
    size_t before = out->size;
    bp_buf_add_c(out, key);
    bp_buf_add_c(out, types[org->policy_type - BP_POLICY_TYPE_UNKNOWN]);
    put_list(writer, "trusted_access", org->trusted_known, org->trusted.at, org->trusted.count);
    if (org->cross_account_backup != BP_UNKNOWN) {
        bp_buf_format(out, "  cross_account_backup: %s\n",
                      org->cross_account_backup == BP_PRESENT ? "enabled" : "disabled");
    }
    put_list(writer, "delegated_administrators", org->administrators_known, org->administrators.at,
             org->administrators.count);
    put_list(writer, "stack_set_administrators", org->set_administrators_known,
             org->set_administrators.at, org->set_administrators.count);
    take_back(out, before, key);
}

static void
put_looked(bp_buf *out, const char *key, bool complete, bool partial)
{
    if (complete || partial) {
        bp_buf_format(out, "  %s: %s\n", key, complete ? "complete" : "partial");
    }
}

static void
put_coverage(bp_org_writer *writer)
{
    static const char key[] = "coverage:\n";
    const bp_organization *org = writer->org;
    bp_buf *out = writer->out;
    size_t before = out->size;
    bp_buf_add_c(out, key);
    put_looked(out, "tree", org->tree_complete, org->tree_partial);
    if (org->regions_known) {
        bp_buf_add_c(out, "  regions: ");
        bp_org_put_regions(writer, out, org->regions);
        bp_buf_add_char(out, '\n');
    }
    put_looked(out, "policies", org->policies_complete, org->policies_partial);
    put_looked(out, "stack_sets", org->stack_sets_complete, org->stack_sets_partial);
    put_list(writer, "watched_tags", org->watched_tags.count > 0, org->watched_tags.at,
             org->watched_tags.count);
    take_back(out, before, key);
}

/* The first pass: everything that may carry a name is put where nobody reads it. */
static void
note_all(bp_org_writer *writer)
{
    bp_buf nowhere = {.arena = writer->arena};
    bp_buf *out = writer->out;
    writer->out = &nowhere;
    writer->pass = BP_PASS_NOTE;
    put_coverage(writer);
    bp_org_note_holders(writer);
    bp_org_put_stack_sets(writer);
    writer->out = out;
}

void
bp_organization_write(bp_arena *arena, const bp_organization *org, const bp_organization *keep,
                      bool counts, bp_buf *out)
{
    bp_org_writer writer = {.arena = arena, .org = org, .keep = keep, .counts = counts, .out = out};
    writer.text.arena = arena;
    writer.scratch.arena = arena;
    writer.profiles = bp_map_new(arena);
    for (size_t kind = 0; kind < BP_SET_KINDS; kind++) {
        writer.values[kind].by_pointer = bp_map_new(arena);
        writer.values[kind].by_hash = bp_map_new(arena);
    }
    bp_org_order_regions(&writer);
    note_all(&writer);
    bp_org_name_all(&writer);
    put_head(&writer);
    put_settings(&writer);
    put_coverage(&writer);
    bp_org_put_sets(&writer);
    bp_org_put_tree(&writer);
    bp_org_put_policies(&writer);
    bp_org_put_attachments(&writer);
    bp_org_put_stack_sets(&writer);
}
